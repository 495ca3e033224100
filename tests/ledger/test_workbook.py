"""Workbooks: what XlsxWriter wrote is read back cell by cell; real workbooks agree with openpyxl's reading."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.files import RawTable, Source, read_raw
from duebook.ledger.worker import number, row_as_text

from .made_books import packed, parts

HEADER = ["Customer", "Invoice", "Date", "Amount"]


def read(path: Path, engine: Engine, sheet: str | None = None) -> dict[str, tuple[RawTable, list[tuple[Any, ...]]]]:
    found = {}
    for table in read_raw(Source(path, sheet=sheet), engine):
        rows = engine.rows(f"SELECT * FROM {table.name} ORDER BY record")
        assert len(rows) == table.records
        assert table.file == path.name
        found[str(table.sheet)] = (table, rows)
    assert list(engine.spill_folder.iterdir()) == []
    return found


@pytest.mark.parametrize("date_1904", [False, True])
def test_every_kind_of_cell(tmp_path: Path, date_1904: bool) -> None:
    path = tmp_path / "kinds.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": date_1904, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Ledger")
    sheet.write_row(0, 0, [f"Column {letter}" for letter in "ABCDEFGHIJ"])
    chinese = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
    sheet.write_string(1, 0, "000123")
    sheet.write_number(1, 1, 1930571429)
    sheet.write_datetime(1, 2, dt.date(2026, 10, 31))
    sheet.write_datetime(1, 3, dt.datetime(2026, 10, 31, 23, 59, 59))
    sheet.write_datetime(1, 4, dt.date(1999, 12, 31), chinese)
    sheet.write_boolean(1, 5, True)
    sheet.write_formula(1, 6, "=NA()", None, "#N/A")
    sheet.write_formula(1, 7, "=1/4", None, 0.25)
    sheet.write_string(1, 9, "=cmd|' /C calc'!A0")
    sheet.write_string(2, 0, "two\nlines\r\x1f\x1b and tabs\t")
    sheet.write_number(2, 1, 0.1 + 0.2)
    sheet.write_number(2, 2, 1e21)
    sheet.write_number(2, 3, -0.00000125)
    sheet.write_boolean(2, 5, False)
    sheet.write_formula(2, 9, "=1/0", None, "#DIV/0!")
    # Formats whose letters look like those of a date, but are not one.
    for column, form in enumerate(['0 "days"', "[Red]#,##0.00", "#,##0 [$USD]", '"Due "0', "0.00%", "@"]):
        sheet.write_number(3, column, 45000, book.add_format({"num_format": form}))
    book.close()
    with Engine() as engine:
        table, rows = read(path, engine)["Ledger"]
    assert table.facts["date_system"] == ("1904" if date_1904 else "1900")
    assert rows[0] == (
        1, 2, "tndddben.t",
        "000123", "1930571429", "2026-10-31", "2026-10-31 23:59:59", "1999-12-31", "TRUE", "#N/A", "0.25", None,
        "=cmd|' /C calc'!A0",
    )  # fmt: skip
    assert rows[1][2] == "tnnn.b...e"
    # XML turns a bare CR into LF; XlsxWriter writes control characters as _x001F_, which is read back.
    assert rows[1][3].replace("\r", "\n") == "two\nlines\n\x1f\x1b and tabs\t"
    assert rows[1][4:7] == ("0.3", "1000000000000000000000", "-0.00000125")
    assert (rows[1][8], rows[1][12]) == ("FALSE", "#DIV/0!")
    assert rows[2][2:9] == ("nnnnnn....", *["45000"] * 6)


def test_more_rows_than_the_sample_none_lost(tmp_path: Path) -> None:
    """The header is looked for in the first rows; the row after that sample was once lost."""
    path = tmp_path / "many.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Ledger")
    sheet.write_row(0, 0, HEADER)
    for row in range(1, 501):
        sheet.write_row(row, 0, [f"C{row}", row, "x", row / 4])
    book.close()
    with Engine() as engine:
        table, rows = read(path, engine)["Ledger"]
    assert [(record, line, int(first)) for record, line, _, _, first, *_ in rows] == [
        (n, n + 1, n) for n in range(1, 501)
    ]
    assert sum(Decimal(row[6]) for row in rows) == Decimal(500 * 501) / 8
    assert table.records == 500


def test_a_table_that_begins_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Ledger")
    sheet.write(1, 2, "Example Trading Ltd")
    sheet.write(2, 2, "Aged receivables")
    sheet.write_row(4, 2, HEADER)
    sheet.write_row(5, 2, ["C1", 1, "2026-01-01", 5])
    sheet.write_row(8, 2, ["C2", 2, "2026-01-02", 7.5])
    sheet.write_formula(8, 4, "=NA()", None, "#N/A")
    sheet.write(9, 5, 12.5)
    book.close()
    with Engine() as engine:
        table, rows = read(path, engine)["Ledger"]
    assert (table.headers, table.header_line) == (("", "", *HEADER), 5)
    assert rows == [
        (1, 6, "..tntn", None, None, "C1", "1", "2026-01-01", "5"),
        (2, 9, "..tnen", None, None, "C2", "2", "#N/A", "7.5"),
        (3, 10, ".....n", None, None, None, None, None, "12.5"),
    ]
    assert (table.facts["title_lines"], table.facts["blank_lines"]) == ("2", "2")


def test_visible_sheets_with_data_or_the_one_named(tmp_path: Path) -> None:
    path = tmp_path / "sheets.xlsm"
    book = xlsxwriter.Workbook(path)
    for name in ("Invoices", "Blank", "Payments", "Secret", "Deep"):
        sheet = book.add_worksheet(name)
        if name != "Blank":
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, [name, 1, "x", 2])
        if name == "Secret":
            sheet.hide()
        if name == "Deep":
            sheet.very_hidden()
    book.add_chartsheet("Chart").set_chart(chart := book.add_chart({"type": "column"}))
    chart.add_series({"values": "=Invoices!$D$2:$D$2"})
    book.close()
    with Engine() as engine:
        found = read(path, engine)
        assert list(found) == ["Invoices", "Payments"]
        assert found["Payments"][1][0][3] == "Payments"
        assert found["Invoices"][0].facts["hidden_sheets_not_read"] == "Secret, Deep"
        assert list(read(path, engine, "Secret")) == ["Secret"]
        with pytest.raises(DuebookError, match=r"no sheet 'Nowhere'.*Invoices, Blank, Payments") as caught:
            read(path, engine, "Nowhere")
        assert caught.value.key == "ledger_files.no_sheet"
        with pytest.raises(DuebookError, match="no visible sheet"):
            read(path, engine, "Blank")


def test_a_stray_cell_far_down_is_no_obstacle(tmp_path: Path) -> None:
    """A cell touched by accident in the last row: 1,048,576 rows × 4 columns are read, three of them hold data."""
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c><c r="D{0}"><v>{0}</v></c></row>'
    rows = row.format(1, "Name").replace("<v>1</v>", "<v>0</v>") + row.format(2, "a") + row.format(1048576, "b")
    path = packed(tmp_path / "stray.xlsx", parts(rows))
    began = time.monotonic()
    with Engine() as engine:
        table, found = read(path, engine)["Data"]
    assert time.monotonic() - began < 10
    assert [(line, first, last) for _, line, _, first, _, _, last in found] == [
        (2, "a", "2"),
        (1048576, "b", "1048576"),
    ]
    assert table.records == 2


def test_the_sheets_dimension_is_not_believed(tmp_path: Path) -> None:
    contents = parts()
    data = contents["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    contents["xl/worksheets/sheet1.xml"] = data
    with Engine() as engine:
        table, _ = read(packed(tmp_path / "dimension.xlsx", contents), engine)["Data"]
    assert table.headers == ("1", "2")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_have_15_digits_and_no_exponent(value: float) -> None:
    text = number(value)
    assert "e" not in text and not text.endswith(".0")
    assert Decimal(text) == Decimal(format(value, ".15g"))


def test_times_of_day_and_rounding_of_clock_fractions() -> None:
    kinds, texts = row_as_text(
        [
            dt.time(8, 30),
            dt.timedelta(days=1, hours=12),
            dt.datetime(2026, 1, 31, 7, 59, 59, 999_600),
            dt.timedelta(hours=-1),
        ]
    )
    assert (kinds, texts) == ("ttdt", ["08:30:00", "36:00:00", "2026-01-31 08:00:00", "-01:00:00"])


@pytest.mark.shared
def test_real_workbooks_agree_with_openpyxl(shared: Path) -> None:
    """Every non-blank cell of every visible sheet of the shared workbooks, at its row and column."""
    compared = 0
    for path in sorted((shared / "data" / "workbooks").glob("*.xls[xm]")):
        other = openpyxl.load_workbook(path, data_only=True)
        with Engine() as engine:
            found = read(path, engine)
        for sheet in other.worksheets:
            cells = {
                (cell.row, cell.column): cell.value
                for row in sheet.iter_rows()
                for cell in row
                if cell.value not in (None, "")
            }
            if sheet.sheet_state != "visible" or not cells:
                assert sheet.title not in found
                continue
            table, rows = found[sheet.title]
            below = {place: value for place, value in cells.items() if place[0] > table.header_line}
            ours = {
                (line, column): text
                for _, line, _, *texts in rows
                for column, text in enumerate(texts, 1)
                if text is not None
            }
            assert set(ours) == set(below), (path.name, sheet.title)
            for place, value in below.items():
                if isinstance(value, str):
                    assert ours[place].replace("\r\n", "\n") == value.replace("\r\n", "\n"), (path.name, place)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    assert float(ours[place]) == pytest.approx(value, rel=1e-14), (path.name, place)
                elif isinstance(value, dt.datetime):
                    assert ours[place].startswith(value.date().isoformat()), (path.name, place)
                compared += 1
    assert compared > 100_000
