"""Our formula values beside those that real Excel left in the workbooks of `../shared`."""

from __future__ import annotations

from pathlib import Path

import pytest
from office import Book, agree, opened, read
from openpyxl.utils import range_boundaries

from duebook.books.evaluate import evaluate
from duebook.books.evaluate_view import ERRORS, CellValue, ExcelError, TableView, Unknown

BY_CODE = {error.code: error for error in ERRORS}


class ExcelView:
    """A workbook file with the values Excel stored in it."""

    def __init__(self, path: Path, book: Book) -> None:
        self.book = book
        written = opened(path, values=False)
        self.date1904 = written.epoch.year == 1904
        self.names: dict[str | tuple[str, str], str] = {n.upper(): d.value for n, d in written.defined_names.items()}
        self.tables: dict[str, TableView] = {}
        for sheet in written.worksheets:
            self.names |= {(sheet.title, n.upper()): d.value for n, d in sheet.defined_names.items()}
            for table in sheet.tables.values():
                left, top, _, bottom = range_boundaries(table.ref)
                header = 0 if table.headerRowCount == 0 else 1
                names = tuple(column.name for column in table.tableColumns)
                last = bottom - (table.totalsRowCount or 0)
                self.tables[table.displayName.upper()] = TableView(
                    sheet.title,
                    top if header else None,
                    top + header,
                    last,
                    left,
                    names,
                    bottom if last < bottom else None,
                )

    def value(self, sheet: str, row: int, col: int) -> CellValue:
        value = self.book.values.get((sheet, row, col))
        return BY_CODE.get(value, value) if isinstance(value, str) else value

    def column_total(self, sheet: str, first_row: int, last_row: int, col: int) -> None:
        return None

    def last_row(self, sheet: str) -> int:
        return max((row for name, row, _ in self.book.values if name == sheet), default=1)


@pytest.mark.shared
def test_what_we_compute_is_what_excel_stored(shared: Path) -> None:
    """Of most formulas there we say nothing (cubes, pivots, today); whatever we say must be Excel's value."""
    computed, wrong = 0, []
    for path in sorted((shared / "data" / "workbooks").glob("*.xls[xm]")):
        book = read(path)
        formulas = {key: text[1:] for key, text in book.formulas.items() if text.startswith("=")}
        if not formulas:
            continue
        for key, ours in evaluate(formulas, ExcelView(path, book)).items():
            if ours is Unknown or key in book.uncached:
                continue
            computed += 1
            theirs = book.values.get(key)
            if not agree(ours.code if isinstance(ours, ExcelError) else ours, theirs):  # type: ignore[arg-type]  # no Decimal, no date comes out
                wrong.append(f"{path.name} {key} ={formulas[key]}: ours {ours!r}, Excel {theirs!r}")
    assert not wrong, "\n".join(wrong)
    assert computed >= 90
