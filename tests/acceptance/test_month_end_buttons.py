"""The buttons of the month end against real open documents, on workbooks made from the sample month."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw
from live_engine import Live

from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES
from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.hosts import settings
from duebook.hosts.cli import main
from duebook.hosts.excel import close_sheet
from duebook.hosts.excel.buttons import hearing
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.macros import explain, month_end
from duebook.sample.month import SampleMonth, write_month

pytestmark = pytest.mark.office


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("month"))


@dataclass
class Few:
    """The sample month's first documents: what is tested with them does not hang on how many there are."""

    invoices: Path
    payments: Path
    customers: Path
    as_of: date


@pytest.fixture(scope="module")
def few(month: SampleMonth, tmp_path_factory: pytest.TempPathFactory) -> Few:
    folder = tmp_path_factory.mktemp("few")
    invoices = folder / "invoices.csv"
    invoices.write_bytes(b"".join(month.invoices.read_bytes().splitlines(keepends=True)[:25]))
    return Few(invoices, month.payments, month.customers, month.as_of)


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of the machine counts, and none is written to it."""
    monkeypatch.setattr(settings, "path", lambda: tmp_path / "settings" / "duebook.conf")
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    yield


def opened(live: Live, part: str, folder: Path, language: str = "en") -> xw.Book:
    """A copy of a standard template, open."""
    path = folder / f"{part}.xlsx"
    shutil.copyfile(resources.templates() / f"{part}.{language}.xlsx", path)
    return live.open(path)


def wish(book: xw.Book, month: SampleMonth | Few, **values: object) -> None:
    """Fills the close settings as a user does, after the first press has added the sheet."""
    if tables.find_table(book, close_sheet.TABLE) is None:
        month_end.fill_aging(book) if book.name == "aging.xlsx" else month_end.fill_exposure(book)
    table = tables.table(book, close_sheet.TABLE)
    wanted = {
        "ledger": str(month.invoices),
        "payments": str(month.payments),
        "customers": str(month.customers),
        "as_of": month.as_of,
        **values,
    }
    sheet = book.sheets[table.sheet]
    for number, (label, *_) in enumerate(table.rows, start=1):
        for setting in close_sheet.SETTINGS:
            if label in (str(setting.label), setting.label.zh):
                sheet.range((table.row + number, table.column + 1)).value = wanted.get(setting.key)


def said(book: xw.Book, macro: object) -> str:
    with hearing(book) as telling:
        macro(book)  # type: ignore[operator]
        return telling.said


def picture(book: xw.Book) -> dict[str, object]:
    """All that a user sees: formulas of every visible sheet, tables, names."""
    shown: dict[str, object] = {
        sheet.name: sheet.used_range.formula for sheet in book.sheets if sheet.name != "duebook.undo"
    }
    shown["tables"] = sorted((t.name, t.range.address) for s in book.sheets for t in s.tables)
    shown["names"] = sorted((n.name, n.refers_to) for n in book.names)
    return shown


def test_asks_first_then_fills_as_the_command_line_does(live: Live, few: Few, tmp_path: Path) -> None:
    book = opened(live, "aging", tmp_path)
    assert "Close settings was added" in said(book, month_end.fill_aging)
    wish(book, few)
    before = picture(book)
    sentence = said(book, month_end.fill_aging)
    assert "blank now" not in sentence and "Not in this" not in sentence
    assert "as of 2026-10-31" in sentence and "Filled aging.xlsx" in sentence
    same_as_file(book, closed_by_command(few, tmp_path / "out") / "aging.xlsx")
    assert said(book, explain.undo) == "Taken back: Fill aging."
    assert picture(book) == before


def test_a_press_that_fails_leaves_the_book_as_it_was(live: Live, few: Few, asked: xw.Book) -> None:
    """And one that does not says what it could not keep: a column of the user's own, whose rows are others now."""
    wish(asked, few)
    with changes(asked, "made") as change:
        change.put_table("exposure", "Sheet1", ["Customer ID", "Exposure", "My remark"], [["001", 7, "ask"]])
    before = picture(asked)
    for number in (3, 6):
        live.fail_at(number)
        with pytest.raises(RuntimeError, match="Excel is busy"):
            month_end.fill_exposure(asked)
        live.fail_at(None)
        assert picture(asked) == before
    assert "blank now, as the rows are others: exposure[My remark]." in said(asked, month_end.fill_exposure)
    said(asked, explain.undo)
    assert picture(asked) == before


def closed_by_command(few: Few, out: Path) -> Path:
    command = ["close", str(few.invoices), "--payments", str(few.payments), "--customers", str(few.customers)]
    main([*command, "--as-of", "2026-10-31", "--out", str(out), "--quiet", "--language", "en"])
    return out


def same_as_file(book: xw.Book, path: Path) -> None:
    """The open tables hold the numbers that the command line wrote."""
    file = openpyxl.load_workbook(path, data_only=True)
    for name in ("figures", "bucket_totals", "aged_balance", "open_items", "tie_out"):
        sheet = next(s for s in file.worksheets if name in s.tables)
        wanted = [[cell.value for cell in row] for row in sheet[sheet.tables[name].ref]][1:]
        found = tables.table(book, name).rows
        assert len(found) == len(wanted), name
        for row, expected in zip(found, wanted, strict=True):
            for value, other in zip(row, expected, strict=True):
                if isinstance(other, (int, float)) and not isinstance(other, bool):
                    assert value == pytest.approx(other, abs=1e-9), (name, row)
                elif isinstance(other, str):
                    assert value == other, (name, row)


def small(live: Live, slot: str, language: str) -> xw.Book:
    """A book of the user's own with one of the tables that a close fills."""
    book = live.new()
    fields = next(t.fields for t in (*AGING_TABLES, *EXPOSURE_TABLES) if t.name == slot)
    with changes(book, "made") as change:
        change.put_table(slot, "Sheet1", [field.label(language) for field in fields], [])
    return book


def test_the_whole_close_goes_into_the_open_books_or_nowhere(
    live: Live, few: Few, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    aging, exposure = small(live, "aged_balance", "zh"), small(live, "exposure", "en")
    wish(exposure, few, out=str(tmp_path / "october"), control_total="CNY=1.00")
    last = sealed(live, tmp_path / "september")
    before = picture(aging), picture(exposure), picture(last)
    with monkeypatch.context() as patch:

        def no_room(*_: object) -> None:
            assert picture(aging) != before[0] and picture(exposure) != before[1]
            raise OSError("no space left")

        patch.setattr("duebook.close.seal.written", no_room)
        with pytest.raises(OSError, match="no space"):
            month_end.monthly_close(aging)
    assert (picture(aging), picture(exposure), picture(last)) == before
    assert not (tmp_path / "october").exists()
    sentence = said(aging, month_end.monthly_close)
    assert f"Filled: {exposure.name}, {aging.name}." in sentence
    assert "Left as they are, as they belong to a sealed close: aging.xlsx." in sentence
    assert (tmp_path / "october" / "close.json").is_file()
    assert "未到期" in tables.table(aging, "aged_balance").headers, "a Chinese book stays Chinese"
    assert tables.table(aging, "aged_balance").rows and tables.table(exposure, "exposure").rows
    assert picture(last) == before[2], "last month's sealed workbook is only open to be compared"
    assert said(aging, explain.undo) == said(exposure, explain.undo) == "Taken back: Monthly close."
    assert (picture(aging), picture(exposure)) == before[:2]


def sealed(live: Live, folder: Path) -> xw.Book:
    """A workbook of an earlier close, open."""
    folder.mkdir()
    (folder / "close.json").write_text("{}", "utf-8")
    book = small(live, "aged_balance", "en")
    book.save(str(folder / "aging.xlsx"))
    return book


def test_a_ledger_in_an_open_workbook_gives_what_its_file_gives(live: Live, few: Few, tmp_path: Path) -> None:
    """The export is open in Excel: its sheet is named. What was read is kept beside the close, which verifies."""
    table = openpyxl.Workbook()
    assert table.active is not None
    table.active.title = "Export"
    with few.invoices.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            table.active.append(row)
    table.save(tmp_path / "export.xlsx")
    live.open(tmp_path / "export.xlsx")
    book = opened(live, "exposure", tmp_path)
    out = tmp_path / "october"
    wish(book, few, ledger="export", out=str(out))
    month_end.monthly_close(book)
    by_sheet = tables.table(book, "exposure").rows
    inputs = [str(out.with_name("october-inputs")), str(few.payments.parent)]
    assert main(["verify", str(out), *inputs, "--quiet"]) == 0
    wish(book, few)
    month_end.fill_exposure(book)
    assert tables.table(book, "exposure").rows == by_sheet


@pytest.fixture
def asked(live: Live, tmp_path: Path) -> xw.Book:
    """A small book with the table of an exposure workbook."""
    book = live.new()
    with changes(book, "made") as change:
        change.put_table("exposure", "Sheet1", ["Customer ID"], [["001"]])
    return book


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"as_of": "soon"}, "month_end.not_a_day"),
        ({"ledger": str(Path.cwd() / "nowhere.csv")}, "month_end.no_such_source"),
        ({"control_total": "8,160"}, "month_end.not_a_total"),
        ({"control_total": "XXQ=1"}, "month_end.not_a_currency"),
        ({"dates": "upside"}, "month_end.not_an_order"),
        ({"ledger": None}, "month_end.no_ledger"),
        ({"as_of": None}, "month_end.no_day"),
        ({"previous": "last month"}, "month_end.no_folder"),
        ({"previous": str(Path.cwd() / "nowhere")}, "close.seal_missing"),
        ({"as_of": "'3/4/2026"}, "month_end.not_a_day"),
        ({"ledger": "/~/x.csv"}, "month_end.no_such_source"),
        ({"ledger": "/" + "long" * 500}, "month_end.no_such_source"),
        ({"ledger": "~who-is-that/x.csv"}, "month_end.no_folder"),
        ({"ledger": "exposure"}, "month_end.own_result"),
        ({"ledger": "sheet1"}, "month_end.own_result"),
        ({"ledger": "[Other.xlsx]Sheet1"}, "month_end.no_folder"),
        ({"ledger": "=1/0"}, "month_end.error_value"),
    ],
)
def test_a_setting_that_cannot_be_used(asked: xw.Book, few: Few, values: dict[str, object], key: str) -> None:
    wish(asked, few, **values)
    with pytest.raises(DuebookError) as refused:
        month_end.fill_exposure(asked)
    assert refused.value.key == key
    assert refused.value.text("zh") != refused.value.text("en")


def named(live: Live, few: Few, name: str) -> xw.Book:
    """An export that is open: the ledger on a sheet of that name."""
    book = live.new()
    sheet = book.sheets[0]
    sheet.name = name
    with few.invoices.open(encoding="utf-8-sig", newline="") as file, changes(book, "made") as change:
        change.set_cells(name, 1, 1, list(csv.reader(file)))
    return book


def test_sheets_of_one_name_in_two_workbooks_are_asked_about(live: Live, few: Few, asked: xw.Book) -> None:
    """A sheet called 2026 is found too: to Excel what the user typed is a number. So is a day without its format."""
    wish(asked, few, ledger=2026)
    table = tables.table(asked, close_sheet.TABLE)
    day = next(n for n, row in enumerate(table.rows, start=1) if row[0] == "As of")
    cell = asked.sheets[table.sheet].range((table.row + day, table.column + 1))
    cell.number_format = "General"
    cell.value = 46326.0
    one = named(live, few, "2026")
    assert "as of 2026-10-31" in said(asked, month_end.fill_exposure)
    rows = tables.table(asked, "exposure").rows
    assert rows
    other = named(live, few, "2026")
    with pytest.raises(DuebookError) as refused:
        month_end.fill_exposure(asked)
    assert refused.value.key == "month_end.which_sheet"
    assert f"[{one.name}]2026, [{other.name}]2026" in refused.value.text("en")
    wish(asked, few, ledger=f"[{other.name.upper()}]2026", as_of=datetime(2026, 10, 31, 18, 30))
    assert "as of 2026-10-31:" in said(asked, month_end.fill_exposure)
    assert tables.table(asked, "exposure").rows == rows


def test_settings_in_two_workbooks_are_asked_about(live: Live, few: Few, asked: xw.Book) -> None:
    wish(asked, few)
    second, third = small(live, "exposure", "en"), small(live, "exposure", "en")
    assert close_sheet.wishes(second) is not None
    with changes(third, "made") as change:
        close_sheet.add_sheet(change, "en")
    wish(third, few)
    with pytest.raises(DuebookError) as refused:
        month_end.fill_exposure(second)
    assert refused.value.key == "month_end.which_settings"
    found = close_sheet.wishes(third)
    assert found is not None and found.book.name == third.name, "a workbook's own settings count"


def test_a_setting_that_is_there_twice_or_unknown(asked: xw.Book, few: Few) -> None:
    wish(asked, few)
    table = tables.table(asked, close_sheet.TABLE)
    cell = asked.sheets[table.sheet].range((table.row + len(table.rows), table.column)).resize(1, 2)
    cell.value = [["As of", "2026-11-30"]]
    with pytest.raises(DuebookError) as refused:
        month_end.fill_exposure(asked)
    assert refused.value.key == "month_end.once"
    cell.value = [["As off", "2026-11-30"]]
    with pytest.raises(DuebookError) as refused:
        month_end.fill_exposure(asked)
    assert refused.value.key == "month_end.unknown_setting"


def test_a_book_without_the_tables(live: Live, tmp_path: Path) -> None:
    with pytest.raises(DuebookError, match="none of the tables"):
        month_end.fill_aging(live.new())
