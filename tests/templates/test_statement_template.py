"""The template of the statement keeps its contract: one page of its own kind, without summary and checks."""

from __future__ import annotations

import re

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import range_boundaries
from tests.templates.test_templates import ALLOWED, NEUTRAL_NUMBERS, ROOT, formulas, placed, tokens
from tools.templates import style, texts

from duebook.close.slots_statement import STATEMENT_CELLS, STATEMENT_TABLES
from duebook.core.messages import EDITIONS

COLUMNS = 9
"""Both tables stand on them; the last two are those that may be hidden."""


@pytest.fixture(scope="module", params=EDITIONS)
def opened(request: pytest.FixtureRequest) -> tuple[str, Workbook]:
    language: str = request.param
    return language, load_workbook(ROOT / "xlsx_templates" / f"statement.{language}.xlsx")


def test_tables_and_named_cells_are_the_slots(opened: tuple[str, Workbook]) -> None:
    language, book = opened
    (sheet,) = book.worksheets
    assert sheet.title == texts.text("statement", language)
    wanted = {t.name: [f.label(language) for f in t.fields] for t in STATEMENT_TABLES}
    assert {t.displayName: [c.name for c in t.tableColumns] for _, t in placed(book)} == wanted
    assert set(book.defined_names) == set(STATEMENT_CELLS)
    for name, defined in book.defined_names.items():
        ((where, cell),) = defined.destinations
        assert where == sheet.title and re.fullmatch(r"\$[A-Z]+\$\d+", cell), name
        inside = [r for r in sheet.merged_cells.ranges if cell.replace("$", "") in r]
        assert all(str(r).split(":")[0] == cell.replace("$", "") for r in inside), name
        assert sheet[cell].value is None, f"{name}: nothing is invented in the firm's place"


def test_body_cells_have_the_format_of_their_unit(opened: tuple[str, Workbook]) -> None:
    _, book = opened
    contract = {t.name: t for t in STATEMENT_TABLES}
    for sheet, table in placed(book):
        left, top, right, bottom = range_boundaries(table.ref)
        assert (left, bottom) == (1, top + 1) and right <= COLUMNS and not table.autoFilter
        for n, f in enumerate(contract[table.displayName].fields):
            cell = sheet.cell(bottom, left + n)
            assert cell.number_format == style.FORMATS.get(f.unit, "General"), f.key
            assert cell.alignment.shrink_to_fit or f.unit == "date", f.key


def test_formulas_are_few_and_plain(opened: tuple[str, Workbook]) -> None:
    _, book = opened
    found = list(formulas(book))
    # three sums of each table's money but for one, the strip above, the closing balance, the sum of the ages
    assert len(found) == 10
    for _, where, formula in found:
        for token in tokens(formula):
            if token.value.endswith("(") and token.type == "FUNC":
                assert token.value.rstrip("(") in ALLOWED, where
            assert token.subtype != "NUMBER" or token.value in NEUTRAL_NUMBERS, where


def test_it_prints_upright_with_its_letterhead_on_every_page(opened: tuple[str, Workbook]) -> None:
    language, book = opened
    (sheet,) = book.worksheets
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "portrait"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$1" and sheet.freeze_panes is None
    left, top, right, bottom = range_boundaries(sheet.print_area.split("!")[-1].replace("$", ""))
    assert (left, top, right) == (1, 1, COLUMNS) and bottom >= sheet.max_row - 1
    footer = sheet.oddFooter.right.text
    assert "&P" in footer and "&N" in footer and ("第" in footer) == (language != "en")
    assert not sheet.oddFooter.left.text, "a letter of the firm carries no name of ours"
    width = sum(sheet.column_dimensions[letter].width for letter in "ABCDEFGHI")
    assert 9 * 103 / width >= 6, "nine points stay six or more"


def test_no_sentence_runs_over_the_edge_of_the_page(opened: tuple[str, Workbook]) -> None:
    """Text over the edge of a fitted page makes LibreOffice 7.4 crash."""
    _, book = opened
    (sheet,) = book.worksheets
    for name in STATEMENT_CELLS:
        ((_, where),) = book.defined_names[name].destinations
        look = sheet[where].alignment
        dated = sheet[where].number_format == style.DATE
        assert look.wrap_text or look.shrink_to_fit or dated, name
