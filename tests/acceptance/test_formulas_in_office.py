"""Our formula values beside those of a real LibreOffice, formula by formula."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from formula_cases import CALC, DIFFERS, ERROR_ROWS, FIRST, FORMULAS, HEADERS, LAST, NAMES, ROWS, SORTED
from office import Cell, Office
from xlsxwriter.worksheet import Worksheet

from duebook.books.evaluate import evaluate
from duebook.books.evaluate_view import CellValue, ExcelError, Key, TableView, Unknown


def data() -> dict[tuple[int, int], CellValue]:
    """The cells of the sheet `Data`, by row and column."""
    cells: dict[tuple[int, int], CellValue] = {(1, col): name for col, name in enumerate(HEADERS, 1)}
    for row, values in enumerate(ROWS, FIRST):
        cells |= {(row, col): value for col, value in enumerate(values, 1) if value is not None}
    cells |= {(row, 10): value for row, value in enumerate(ERROR_ROWS, 2)}
    for row, bound in enumerate(SORTED, 2):
        cells |= {(row, 11): bound, (row, 12): f"from {bound:.0f}"}
    return cells


class DataView:
    """The sheet `Data` in memory; every other cell is blank."""

    date1904 = False
    names: Mapping[str | tuple[str, str], str] = {name.upper(): text for name, text in NAMES.items()}
    tables: Mapping[str, TableView] = {"ITEMS": TableView("Data", 1, FIRST, LAST, 1, HEADERS)}

    def __init__(self) -> None:
        self.cells = data()

    def value(self, sheet: str, row: int, col: int) -> CellValue:
        return self.cells.get((row, col)) if sheet == "Data" else None

    def last_row(self, sheet: str) -> int:
        return max(row for row, _ in self.cells) if sheet == "Data" else 1

    def column_total(self, sheet: str, first_row: int, last_row: int, col: int) -> Decimal | None:
        return None


def formulas() -> dict[Key, str]:
    cells: dict[Key, str] = {("F", row, 1): text for row, text in enumerate(FORMULAS, 1)}
    cells |= {("Differs", row, 1): text for row, text in enumerate(DIFFERS, 1)}
    return cells | {("Calc", row, col): text for (row, col), text in CALC.items()}


def write(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for (row, col), value in data().items():
            if isinstance(value, ExcelError):
                sheet.write_formula(row - 1, col - 1, "=NA()", value=value.code)
            elif isinstance(value, date):
                sheet.write_datetime(row - 1, col - 1, value, day)
            elif value == "":
                sheet.write_formula(row - 1, col - 1, '=""', value="")
            elif isinstance(value, str):
                sheet.write_string(row - 1, col - 1, value)
            else:
                sheet.write(row - 1, col - 1, value)
        sheet.add_table(0, 0, LAST - 1, 6, {"name": "items", "columns": [{"header": name} for name in HEADERS]})
        others: dict[str, Worksheet] = {name: book.add_worksheet(name) for name in ("F", "Calc", "Differs")}
        for (name, row, col), text in formulas().items():
            others[name].write_formula(row - 1, col - 1, f"={text}", value=999)
        for name, text in NAMES.items():
            book.define_name(name, f"={text}")


@pytest.fixture(scope="module")
def shown(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[Key, Cell]:
    """What LibreOffice shows for every formula."""
    path = tmp_path_factory.mktemp("formulas") / "formulas.xlsx"
    write(path)
    return office.recalculated([path])[path].values


def alike(ours: object, theirs: Cell) -> bool:
    """Numbers to 1e-12 of their size (sums are exact here and floating there), everything else exactly."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-12 * max(1.0, abs(theirs))
    if isinstance(ours, ExcelError):
        return ours.code == theirs
    return (type(ours) is type(theirs) and ours == theirs) or (ours == "" and theirs is None)


@pytest.mark.office
def test_every_formula_shows_what_libreoffice_shows(shown: dict[Key, Cell]) -> None:
    cells = formulas()
    ours = evaluate(cells, DataView())
    assert len(cells) > 250
    wrong = [
        f"{key[0]}!{key[1]},{key[2]} ={text}: ours {ours[key]!r}, LibreOffice {shown.get(key)!r}"
        for key, text in cells.items()
        if key[0] != "Differs"
        if ours[key] is Unknown or not alike(ours[key], shown.get(key))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.office
@pytest.mark.parametrize(("row", "text"), list(enumerate(DIFFERS, 1)))
def test_where_the_programs_differ_excel_is_followed(shown: dict[Key, Cell], row: int, text: str) -> None:
    """The list stays honest: each formula on it must still show something else in LibreOffice."""
    ours = evaluate({("Differs", 1, 1): text}, DataView())[("Differs", 1, 1)]
    assert ours == DIFFERS[text]
    assert not alike(ours, shown.get(("Differs", row, 1)))
