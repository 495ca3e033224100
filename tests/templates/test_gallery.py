"""The gallery of functions holds every function and every case, live, and its checks look at what is expected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from tests.cases.functions import cases

from duebook.core.declare import GROUPS
from duebook.hosts import catalogue

GALLERY = Path(__file__).resolve().parents[2] / "xlsx_templates" / "functions.xlsx"


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(GALLERY)


def formulas(book: Workbook, column: int | None = None) -> list[str]:
    found = []
    for sheet in book.worksheets[1:]:
        for row in sheet.iter_rows():
            for cell in row:
                if column is None or cell.column == column:
                    value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                    if isinstance(value, str) and cell.data_type == "f":
                        found.append(value)
    return found


def test_one_sheet_a_group_and_a_first_page(book: Workbook) -> None:
    assert book.sheetnames == ["Start", *map(str, GROUPS.values())]


def test_every_case_is_live(book: Workbook) -> None:
    called = [m[1] for text in formulas(book, 3) for m in re.finditer(r"([A-Z][A-Z0-9_]+)\(", text) if m[1] != "INDEX"]
    assert sorted(called) == sorted(case.function for case in cases())
    assert set(called) == set(catalogue.functions())


def test_every_case_has_a_check_that_reads_result_and_expectation(book: Workbook) -> None:
    checks = formulas(book, 1)
    assert len(checks) == len(cases())
    assert all(re.match(r"=IFERROR\(AND\(", check) for check in checks)
    for check in checks:
        assert len(set(re.findall(r"\$?[A-Z]+\$?[0-9]+", check))) >= 2 and len(check) < 8_000


def test_no_number_is_typed_inside_a_formula(book: Workbook) -> None:
    for text in formulas(book, 3):
        rest = re.sub(r"\$?[A-Z]{1,3}\$?[0-9]+|INDEX\(.*,[0-9]+,[0-9]+\)|[A-Z][A-Z0-9_]*\(", "", text)
        assert not re.search(r"[0-9]", rest), text


def test_what_is_shown_before_computing_is_what_is_expected() -> None:
    """Protected View and previews show cached values: the expected ones, and TRUE."""
    shown = load_workbook(GALLERY, data_only=True)
    marks = [sheet.cell(row, 1).value for sheet in shown.worksheets[1:] for row in range(1, sheet.max_row + 1)]
    assert [mark for mark in marks if isinstance(mark, bool)] == [True] * len(cases())
