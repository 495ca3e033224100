"""What cannot be done to an open workbook is refused before anything is written, with a sentence that helps on."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
import xlwings as xw
from live_engine import Live
from live_snapshot import differences, snapshot

from duebook.books.plan import Column
from duebook.core.errors import DuebookError
from duebook.core.messages import catalogue
from duebook.hosts.excel.live import cells, tables
from duebook.hosts.excel.live.changes import changes, undo
from duebook.hosts.excel.live.undo import FORMAT, packed

pytestmark = pytest.mark.office


def _table(book: xw.Book, at: str = "A1", name: str = "ledger") -> xw.Table:
    block = book.sheets[0].range(at).resize(3, 2)
    block.value = [["Customer", "Sum"], ["a", 1], ["b", 2]]
    return book.sheets[0].tables.add(source=block, name=name)


def _write(book: xw.Book) -> None:
    with changes(book, "a change") as change:
        change.set_cells("Sheet1", 8, 8, [["first"]])
        change.set_cells("Sheet1", 2, 1, [["x", 2], ["y", 3]])


def _put(book: xw.Book, rows: int = 1, name: str = "ledger", at: tuple[int, int] = (1, 1)) -> None:
    with changes(book, "a change") as change:
        change.put_table(name, "Sheet1", ["Customer", "Sum"], [["x", 2]] * rows, at=at)


def protected_sheet(book: xw.Book) -> None:
    book.sheets[0].impl.component.protect("")
    _write(book)


def protected_book(book: xw.Book) -> None:
    book.impl.component.protect("")
    _write(book)


def merged_cells(book: xw.Book) -> None:
    book.sheets[0].range("A3:B4").merge()
    _write(book)


def array_formula(book: xw.Book) -> None:
    book.sheets[0].impl.component.getCellRangeByName("A2:A3").setArrayFormula("=ROW(A1:A2)")
    _write(book)


def filtered(book: xw.Book) -> None:
    component = _table(book).impl.component
    field = book.impl.uno.createUnoStruct("com.sun.star.sheet.TableFilterField")
    field.Field, field.IsNumeric, field.StringValue = 0, False, "a"
    component.getFilterDescriptor().setFilterFields((field,))
    _write(book)


def filtered_sheet(book: xw.Book) -> None:
    """A list that is no table."""
    book.impl.filtered_lists["Sheet1"] = "A1:B3"
    _write(book)


def no_room(book: xw.Book) -> None:
    book.sheets[0].range("B2").value = "in the way"
    _put(book)


def no_room_below(book: xw.Book) -> None:
    _table(book)
    _table(book, "E2", "other")
    book.sheets[0].range("A4").value = "in the way"
    _put(book, rows=5)


def totals_row(book: xw.Book) -> None:
    table = _table(book)
    table.impl.component.TotalsRow = True
    _put(book)


def no_headers(book: xw.Book) -> None:
    table = _table(book)
    table.impl.component.ContainsHeader = False
    _put(book)


def table_name(book: xw.Book) -> None:
    _put(book, name="two words")


def no_table(book: xw.Book) -> None:
    tables.table(book, "ledger")


def no_name(book: xw.Book) -> None:
    tables.named_value(book, "as_of")


def no_columns(book: xw.Book) -> None:
    _table(book)
    tables.table(book, "ledger").required([Column("due_date", ("Due date", "到期日"))])


def nothing_selected(book: xw.Book) -> None:
    tables.selected_table(book)


def no_selected_table(book: xw.Book) -> None:
    book.sheets[0].range("C3").select()
    tables.selected_table(book)


def no_header_row(book: xw.Book) -> None:
    book.sheets[0].range("A1").value = [["Name", "name"], [1, 2]]
    book.sheets[0].range("A1").select()
    tables.selected_table(book)


def too_many_cells(book: xw.Book) -> None:
    cells.shown(book.sheets[0].cells)


def nothing_to_undo(book: xw.Book) -> None:
    undo(book)


def changed_since(book: xw.Book) -> None:
    _write(book)
    book.sheets[0].range("A2").value = "by hand"
    undo(book)


def sheet_gone(book: xw.Book) -> None:
    _write(book)
    book.sheets[0].name = "Renamed"
    undo(book)


def undo_unreadable(book: xw.Book) -> None:
    _write(book)
    book.sheets["duebook.undo"].range("A2").value = "'[1, 2"
    undo(book)


def not_put_back(book: xw.Book) -> None:
    with changes(book, "a change") as change:
        change.set_cells("Sheet1", 2, 1, [["x", 2]])
        book.sheets[0].impl.component.protect("")  # as another program might do meanwhile
        raise RuntimeError("something fails")


CASES: Mapping[str, Callable[[xw.Book], None]] = {
    act.__name__: act
    for act in (
        protected_sheet, protected_book, merged_cells, array_formula, filtered, filtered_sheet, no_room,
        no_room_below, totals_row, no_headers, table_name, no_table, no_name, no_columns, nothing_selected,
        no_selected_table, no_header_row, too_many_cells, nothing_to_undo, changed_since, sheet_gone,
        undo_unreadable, not_put_back,
    )
}  # fmt: skip
READS = {
    "no_table", "no_name", "no_columns", "nothing_selected", "no_selected_table", "no_header_row", "too_many_cells",
}  # fmt: skip


def test_every_sentence_has_a_case() -> None:
    for language in ("en", "zh"):
        assert {key.partition(".")[2] for key in catalogue(language) if key.startswith("live.")} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_and_nothing_is_written(live: Live, name: str) -> None:
    book = live.new()
    live.app.selection = None
    with pytest.raises(DuebookError) as refused:
        CASES[name](book)
    assert refused.value.key == f"live.{name}"
    for language in ("en", "zh"):
        said = refused.value.text(language)
        assert "{" not in said
        assert len(said) > 20
    if name not in READS | {"changed_since", "sheet_gone", "undo_unreadable", "not_put_back"}:
        assert book.sheets[0].range("H8").value is None
        assert "duebook.undo" not in book.sheets


def test_rows_of_a_filtered_list_do_not_move(live: Live) -> None:
    book = live.new()
    book.impl.filtered_lists["Sheet1"] = "A1:B3"
    for act in ("insert_rows", "delete_rows"):
        with pytest.raises(DuebookError) as refused, changes(book, "rows") as change:
            getattr(change, act)("Sheet1", 8, 1)
        assert refused.value.key == "live.filtered_sheet"


def test_an_undo_sheet_of_somebody_else_is_left_alone(live: Live) -> None:
    """The sheet comes with the file: whatever stands in it is data, and what is no change of ours changes nothing."""
    book = live.new()
    sheet = book.sheets.add("duebook.undo", after=book.sheets[-1])
    strokes = [["no_such_stroke", "Sheet1", {}], ["cells", "Sheet1", {"area": [1, 1, 1, 1]}], ["cells", "nowhere", {}]]
    for wrong in [*strokes, ["inserted", "Sheet1", {"row": "x", "count": 1}]]:
        sheet.range("A1").value = [[FORMAT], [f"'{packed(json.dumps(['title', [wrong], []]))}"]]
        before = snapshot(book)
        with pytest.raises(DuebookError) as refused:
            undo(book)
        assert refused.value.key == "live.undo_unreadable"
        assert not differences(snapshot(book), before)
    sheet.range("A1").value = "somebody's notes"
    with pytest.raises(DuebookError) as nothing:
        undo(book)
    assert nothing.value.key == "live.nothing_to_undo"
