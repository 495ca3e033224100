"""Old workbooks by a real program: LibreOffice saves .xlsx files as .xls, and opens the binary files the tests make."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from tests.ledger.made_old_books import Cell, Made, Wrong, serial, xls, xlsb

from duebook.core.engine import Engine
from duebook.ledger.files import Source, read_raw

pytestmark = pytest.mark.office

Sheets = dict[str, tuple[tuple[str, ...], int, dict[tuple[int, int], tuple[str, str]]]]
SHARED = ("cn_easyexcel_t07.xlsx", "jxls_sample.xlsx", "poi_45540_form_Header.xlsx")
"""Workbooks of some size without pivot tables, which LibreOffice computes anew for the old form."""


def converted(soffice: str, paths: Sequence[Path], form: str, folder: Path) -> list[Path]:
    command = [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", str(folder), *map(str, paths)], check=True, capture_output=True, timeout=180)
    return [folder / f"{path.stem}.{form.partition(':')[0]}" for path in paths]


def cells(path: Path) -> Sheets:
    """Sheet → (headers, line of the header, (line, column) → (kind, text) of every filled cell below it)."""
    with Engine(threads=1) as engine:
        found: Sheets = {}
        for table in read_raw(Source(path), engine):
            filled = {}
            for _, line, kinds, *texts in engine.rows(f"SELECT * FROM {table.name}"):
                for column, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
                    if text is not None:
                        filled[line, column] = (kind, text.replace("\r\n", "\n").replace("\r", "\n"))
            found[str(table.sheet)] = (table.headers, table.header_line, filled)
        return found


def ledger(path: Path, date_1904: bool) -> Path:
    book = xlsxwriter.Workbook(path, {"date_1904": date_1904, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("应收账款")
    sheet.merge_range(0, 0, 0, 4, "应收账款明细")
    sheet.write_row(2, 0, ["Customer ID", "Invoice No", "Invoice Date", "Amount", "Paid"])
    for row in range(3, 1500):
        sheet.write_string(row, 0, f"{row:06}")
        sheet.write_string(row, 1, f"发票-{row}")
        sheet.write_datetime(row, 2, dt.date(2020, 1, 1) + dt.timedelta(days=row))
        sheet.write_number(row, 3, (row * 7919 % 100_000_003) / 100)
        sheet.write_boolean(row, 4, row % 3 == 0)
    sheet.write_formula(1500, 3, "=NA()", None, "#N/A")
    sheet.write_formula(1501, 3, "=D4*2", None, 554.33)
    sheet.write_formula(1502, 4, "=1=1", None, True)
    sheet.write_rich_string(1503, 1, "发票", book.add_format({"bold": True}), "-Y")
    sheet.set_row(5, None, None, {"hidden": True})
    other = book.add_worksheet("Notes")
    other.write_row(0, 0, ["Customer ID", "Invoice No"])
    other.hide()
    book.close()
    return path


def test_what_libreoffice_saves_as_xls_reads_as_the_xlsx(soffice: str, shared: Path, tmp_path: Path) -> None:
    given = [ledger(tmp_path / "days1900.xlsx", False), ledger(tmp_path / "days1904.xlsx", True)]
    given += [shared / "data" / "workbooks" / name for name in SHARED]
    compared = 0
    for new, old in zip(given, converted(soffice, given, "xls", tmp_path / "out"), strict=True):
        theirs, ours = cells(new), cells(old)
        assert list(ours) == list(theirs), new.name
        for sheet, (headers, line, filled) in theirs.items():
            assert ours[sheet][:2] == (headers, line), (new.name, sheet)
            assert ours[sheet][2] == filled, (new.name, sheet)
            compared += len(filled)
    assert compared > 14_000


ROWS: list[list[Cell]] = [
    ["Customer ID", "客户", "Day", "Moment", "Paid", "Amount", "Wrong", "Computed"],
    ["000123", "贸易有限公司", dt.date(2026, 10, 31), dt.datetime(2026, 10, 31, 12), True, 1234.56, Wrong("#N/A"),
     Wrong("#DIV/0!", formula=True)],
    ["C2", "a,b", dt.date(1999, 12, 31), None, False, -0.00000125, None, 1930571429],
]  # fmt: skip


@pytest.mark.parametrize("date_1904", [False, True])
def test_libreoffice_reads_in_our_binary_files_what_we_read(soffice: str, tmp_path: Path, date_1904: bool) -> None:
    """So the files that the tests make by hand are workbooks, and not only to our reader. Days compared as serials."""
    sheets = {"Ledger": Made(ROWS), "Hidden": Made(ROWS, 1)}
    for make in (xls, xlsb):
        path = make(tmp_path / f"made.{make.__name__}", sheets, date_1904)
        (text,) = converted(soffice, [path], "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false", tmp_path)
        with text.open(encoding="utf-8", newline="") as file:
            shown = list(csv.reader(file))
        ((headers, _, filled),) = cells(path).values()
        assert tuple(shown[0]) == headers == tuple(map(str, ROWS[0]))
        for line, row in enumerate(ROWS[1:], 2):
            for column, cell in enumerate(row):
                ours, theirs = filled.get((line, column), (".", ""))[1], shown[line - 1][column]
                if isinstance(cell, dt.date):
                    assert ours == (cell.isoformat() if type(cell) is dt.date else str(cell))
                    assert _serial(theirs, date_1904) == serial(cell, date_1904), (make.__name__, cell)
                elif isinstance(cell, bool):
                    assert (ours, theirs in ("TRUE", "1")) == (str(cell).upper(), cell)
                elif isinstance(cell, int | float):
                    assert Decimal(ours) == Decimal(theirs)
                else:
                    assert ours == theirs == (cell.text if isinstance(cell, Wrong) else cell or "")


def _serial(shown: str, date_1904: bool) -> float:
    """A day as LibreOffice writes it: with the format of the cell, 10/31/2026 12:00, or as its number."""
    for form in ("%m/%d/%Y", "%m/%d/%Y %H:%M"):
        try:
            return serial(dt.datetime.strptime(shown, form), date_1904)
        except ValueError:
            continue
    return float(shown)
