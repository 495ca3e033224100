"""Open workbooks in LibreOffice through xlwings: reading, changes that are whole or nothing, undo."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlwings as xw
from live_engine import Live
from live_snapshot import differences, snapshot

from duebook.books.plan import Column
from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live import undo as undoing
from duebook.hosts.excel.live.changes import Change, changes, undo

pytestmark = pytest.mark.office

CELLS = [
    ["Customer ID", "Customer", "Due", "Amount", "Paid", "Note", "Twice", "Error"],
    ["'0007", "Müller & Söhne", datetime(2026, 10, 31), 1234.5678901234, True, "'=1+1", "=D4*2", "=1/0"],
    ["'12", "'3M", datetime(2026, 11, 30, 12, 30), 0.1, False, "'#N/A", "=D5*2", "=NA()"],
    ["'0x1F", "中国石油", None, -5.0, None, None, "=D6*2", None],
]


def ledger(live: Live) -> xw.Book:
    """A workbook with every kind of cell: a table at A3 of sheet Data, formulas that refer to it, names."""
    book = live.new()
    data = book.sheets["Sheet1"]
    data.name = "Data"
    data.range("A3:A6").number_format = "@"
    data.range("D4:D6").number_format = "#,##0.00"
    data.range("A3").value = CELLS
    data.range("C4:C6").number_format = "yyyy-mm-dd"
    data.range("J9").number_format = "@"
    data.range("A9").value = [["Total", "=SUM(D4:D6)", "below", 1]]
    data.tables.add(source=data.range("A3:H6"), name="ledger")
    other = book.sheets.add("Other one", after=data)
    other.range("B2").value = [["=SUM(Data!$D$4:$D$6)", "=Data!B9", "'007"]]
    book.names.add("total", "=Data!$B$9")
    book.names.add("amounts", "=Data!$D$4:$D$6")
    return book


def overwrite(change: Change) -> None:
    change.set_name("total", "overwritten")
    change.set_formulas("Other one", 2, 2, [["=SUM(Data!D4:D5)"]])
    change.set_cells("Data", 4, 1, [["0008", None, date(2026, 1, 2), 7, None]], kinds=["text", "text", "date", "money"])


def grow(change: Change) -> None:
    """The table takes in three rows, which must be inserted, and its first two headers change places."""
    wrong = CellError("#N/A", "cell.error_passed", argument="a", value="")
    rows = [[f"{n:05}", n, n % 2 == 0, "-x", wrong] for n in range(6)]
    change.put_table("LEDGER", "Data", ["Customer", "Customer ID", "Due", "New", "Amount"], rows, kinds=["id", "count"])


def shrink(change: Change) -> None:
    change.put_table("ledger", "Data", ["Customer ID", "Paid"], [["7", True]], kinds=["id"])


def add(change: Change) -> None:
    sheet = change.add_sheet("Scores: 2026/10")
    change.put_table("scores", sheet, ["Customer", "Score"], [["0001", 3.5]], kinds=["id", "decimal"], at=(3, 2))
    change.freeze(sheet, 4)
    change.define_name("scores_here", sheet, (3, 2, 2, 2))
    change.define_name("amounts", "Data", (1, 1, 2, 2))
    change.put_table("fresh", "Other one", ["A"], [[1], [2]], at=(10, 1))


def move(change: Change) -> None:
    change.insert_rows("Data", 5, 2)
    change.delete_rows("Data", 4, 3)
    change.delete_rows("Data", 5, 1)
    change.hide_column("Data", 2)
    change.set_width("Data", 4, 31)


STEPS: tuple[Callable[[Change], None], ...] = (overwrite, grow, shrink, add, move)


def everything(change: Change) -> None:
    for step in STEPS:
        step(change)


def failing_at(live: Live, number: int, act: Callable[[], object]) -> bool:
    """Does something whose write of this number fails; whether there were so many."""
    live.fail_at(number)
    try:
        act()
    except RuntimeError as error:
        assert str(error) == "Excel is busy"
        return True
    finally:
        live.fail_at(None)
    return False


def changed(book: xw.Book, *steps: Callable[[Change], None]) -> None:
    with changes(book, "steps") as change:
        for step in steps:
            step(change)


EVERY = [pytest.param(1, marks=pytest.mark.slow), 8]
"""Each write fails once, or (quicker) each eighth."""


@pytest.mark.parametrize("every", EVERY)
def test_a_failure_at_any_write_leaves_the_book_as_it_was(live: Live, every: int) -> None:
    book = ledger(live)
    before = snapshot(book)
    for step in STEPS:
        number = 1 + STEPS.index(step) % every
        while failing_at(live, number, lambda: changed(book, step)):  # noqa: B023  # called at once
            assert not differences(snapshot(book), before), (step.__name__, number)
            assert "duebook.undo" not in book.sheets, (step.__name__, number)
            number += every
        assert number > every, step.__name__
        assert differences(snapshot(book), before)
        assert undo(book) == "steps"
        assert not differences(snapshot(book), before), step.__name__


@pytest.mark.parametrize("every", EVERY)
def test_an_undo_that_fails_at_any_write_changes_nothing(live: Live, every: int) -> None:
    book = ledger(live)
    before = snapshot(book)
    for step in STEPS:
        changed(book, step)
        after = snapshot(book)
        number = 1 + STEPS.index(step) % every
        while failing_at(live, number, lambda: undo(book)):
            assert not differences(snapshot(book), after), (step.__name__, number)
            number += every
        assert number > every or every > 1
        assert not differences(snapshot(book), before), step.__name__
        assert "duebook.undo" not in book.sheets


def test_undo_goes_back_after_saving_and_opening(live: Live, tmp_path: Path) -> None:
    book = ledger(live)
    path = tmp_path / "saved.xlsx"
    book.save(str(path))
    book = live.open(path)
    before = snapshot(book)
    changed(book, everything)
    assert book.sheets[-1].name == "duebook.undo"
    assert book.sheets[-1].api.Visible == 2
    book.save(str(path))
    book.close()
    book = live.open(path)
    assert not book.sheets["duebook.undo"].visible
    assert undo(book) == "steps"
    assert not differences(snapshot(book), before)


def test_excel_does_nothing_of_its_own_accord_and_helps_again_afterwards(live: Live) -> None:
    """A formula that comes back into one cell of a table's column does not fill the others."""
    book = ledger(live)
    live.app.AutoCorrect.AutoExpandListRange = False  # as the user has it
    with changes(book, "a formula") as change:
        change.clear("Data", 4, 7, 3, 1)
        change.set_formulas("Data", 5, 7, [["=D5*3"]])
        assert not live.app.AutoCorrect.AutoFillFormulasInLists
    assert [row[0] for row in book.sheets["Data"].range("G4:G6").formula] == ["", "=D5*3", ""]
    assert live.app.AutoCorrect.AutoFillFormulasInLists and not live.app.AutoCorrect.AutoExpandListRange


def test_sheets_come_before_very_hidden_ones(live: Live) -> None:
    book = live.new()
    names = []
    for number in range(2):
        with changes(book, "a sheet") as change:
            names.append(change.add_sheet(f"New {number}"))
    assert [sheet.name for sheet in book.sheets] == ["Sheet1", *names, "duebook.undo"]
    undo(book)
    undo(book)
    assert [sheet.name for sheet in book.sheets] == ["Sheet1"]


def test_a_workbook_whose_sheets_were_protected_since(live: Live) -> None:
    """What is kept for undoing is written into the sheet that is there, and emptied where it cannot be taken out."""
    book = live.new()
    before = snapshot(book)
    for _ in range(2):
        with changes(book, "a value") as change:
            change.set_cells("Sheet1", 1, 1, [[7]])
        if not book.impl.component.isProtected():
            book.impl.component.protect("")
    undo(book)
    assert undo(book) == "a value"
    assert not differences(snapshot(book), before)
    with pytest.raises(DuebookError, match="nothing"):
        undo(book)


def test_three_changes_are_kept_and_go_back_one_by_one(live: Live) -> None:
    book = live.new()
    seen = []
    for number in range(4):
        seen.append(snapshot(book))
        with changes(book, f"change {number}") as change:
            change.set_cells("Sheet1", 1 + number, 1, [[number]])
    for number in (3, 2, 1):
        assert undo(book) == f"change {number}"
        assert not differences(snapshot(book), seen[number])
    with pytest.raises(DuebookError) as refused:
        undo(book)
    assert refused.value.key == "live.nothing_to_undo"


def test_large_changes_push_earlier_ones_out(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a workbook does not grow without end; the latest change can always be taken back."""
    monkeypatch.setattr(undoing, "_MOST_EARLIER", 100)
    book = live.new()
    for number in range(3):
        with changes(book, f"change {number}") as change:
            change.set_cells("Sheet1", 1, 1, [[number] * 50 for _ in range(20)])
    before = undoing.read_levels(book)
    assert len(before) == 1
    assert undo(book) == "change 2"
    with pytest.raises(DuebookError):
        undo(book)


def test_what_somebody_has_worked_on_since_is_not_taken_back(live: Live) -> None:
    book = ledger(live)
    changed(book, everything)
    after = snapshot(book)
    data = book.sheets["Data"]
    cell = data.range((data.tables["ledger"].range.row, 1))
    cell.value = "by hand"
    with pytest.raises(DuebookError) as refused:
        undo(book)
    assert refused.value.key == "live.changed_since"
    assert "Data!" in str(refused.value)
    cell.value = after["Data"]["cells"][cell.row - 1, 0][2]
    book.sheets[-2].range("K40").value = "a remark on the sheet that undoing would delete"
    with pytest.raises(DuebookError, match="Scores"):
        undo(book)


def test_text_stays_text(live: Live) -> None:
    book = live.new()
    texts = [
        "007",
        "=1+1",
        "+1",
        "-1",
        "@x",
        "1E5",
        "2026-10-31",
        "3/4",
        "TRUE",
        "'quoted",
        "5%",
        "\t=1",
        "Acme",
        "#N/A",
    ]
    with changes(book, "texts") as change:
        change.set_cells("Sheet1", 1, 1, [[text] for text in texts])
        change.set_cells("Sheet1", 1, 2, [[text] for text in texts], kinds=["id"])
        change.put_table("t", "Sheet1", ["=HYPERLINK(1)"], [["=cmd|'/c calc'!A0"]], at=(1, 4))
    sheet = book.sheets["Sheet1"]
    assert sheet.range("A1:B14").options(ndim=2).value == [[text, text] for text in texts]
    assert all(cell.Type.value == "TEXT" for cell in _cells(sheet, 14, 2))
    assert tables.table(book, "T").headers == ("=HYPERLINK(1)",)
    assert tables.table(book, "T").rows == (("=cmd|'/c calc'!A0",),)


def _cells(sheet: xw.Sheet, height: int, width: int) -> list[object]:
    component = sheet.impl.component
    return [component.getCellByPosition(column, row) for row in range(height) for column in range(width)]


def test_cells_are_read_as_what_they_are(live: Live) -> None:
    book = ledger(live)
    found = tables.table(book, "Ledger")
    assert (found.name, found.sheet, found.row, found.column) == ("ledger", "Data", 3, 1)
    assert found.rows[0][:6] == ("0007", "Müller & Söhne", date(2026, 10, 31), 1234.5678901234, True, "=1+1")
    assert found.rows[1][2] == datetime(2026, 11, 30, 12, 30)
    assert found.rows[1][5] == "#N/A"
    assert found.rows[1][6] == 0.2
    assert [row[7].code if isinstance(row[7], CellError) else row[7] for row in found.rows] == ["#DIV/0!", "#N/A", None]
    columns = [Column("customer_name", ("Customer", "客户名称")), Column("x", ("nowhere",))]
    assert found.places(columns) == {"customer_name": 1}
    assert [record["customer_name"] for record in found.records(columns)] == ["Müller & Söhne", "3M", "中国石油"]
    assert tables.named_value(book, "TOTAL") == pytest.approx(1229.6678901234)
    assert tables.names(book) == ("ledger",)
    assert tables.find_table(book, "nothing") is None


def test_the_selected_table(live: Live) -> None:
    book = ledger(live)
    data = book.sheets["Data"]
    data.range("F5").select()
    assert tables.selected_table(book).name == "ledger"
    assert tables.selected_cell(book) == ("Data", 5, 6)
    plain = book.sheets.add("Plain")
    plain.range("B2").value = [["Name", "Sum"], ["a", 1], ["b", 2]]
    plain.range("C3").select()
    found = tables.selected_table(book)
    assert (found.name, found.row, found.column, found.headers) == ("", 2, 2, ("Name", "Sum"))
    assert found.rows == (("a", 1.0), ("b", 2.0))
    plain.cells.select()  # a whole sheet counts as far as it is used
    assert tables.selected_table(book).rows == found.rows


def test_fifty_thousand_rows_are_quick(live: Live) -> None:
    book = live.new()
    rows = [[f"{n:06}", f"Customer {n}", n * 1.5, date(2026, 10, 31), n % 7, None] for n in range(50_000)]
    started = time.monotonic()
    with changes(book, "many") as change:
        change.put_table("many", "Sheet1", list("abcdef"), rows, kinds=["id", "text", "money", "date", "count", "flag"])
    assert time.monotonic() - started < 45  # a quarter of it on a machine that does nothing else
    assert live.writes < 40
    assert len(tables.table(book, "many").rows) == 50_000
