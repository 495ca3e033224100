"""The committed templates keep their contract: slots, headers, formulas, pages; and a rebuild gives the same parts."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.worksheet import Worksheet

from duebook.close.slots import AGING_CELLS, AGING_TABLES, EXPOSURE_CELLS, EXPOSURE_TABLES, Table
from duebook.close.slots_audit import AUDIT_CELLS, AUDIT_TABLES
from duebook.close.slots_compare import COMPARE_CELLS, COMPARE_TABLES
from duebook.close.slots_movements import MOVEMENTS_CELLS, MOVEMENTS_TABLES
from duebook.core.messages import EDITIONS

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.templates import build, sheets, style, texts  # noqa: E402  # the builder is not part of the package

BOOKS = [(name, language) for name in ("aging", "exposure", "movements", "audit", "compare") for language in EDITIONS]
CHARTED = {"aging": "figures", "exposure": "exposure_figures", "movements": "movements_figures"}
CONTRACT = {
    "aging": (AGING_TABLES, AGING_CELLS),
    "exposure": (EXPOSURE_TABLES, EXPOSURE_CELLS),
    "movements": (MOVEMENTS_TABLES, MOVEMENTS_CELLS),
    "audit": (AUDIT_TABLES, AUDIT_CELLS),
    "compare": (COMPARE_TABLES, COMPARE_CELLS),
}
OWN_NAMES = {
    "aging": {"flag_days", "figures_row", "checks_failed"},
    "exposure": {"near_limit", "figures_row", "checks_failed"},
    "movements": {"figures_row", "checks_failed"},
    "audit": {"figures_row", "checks_failed"},
    "compare": {"figures_row", "checks_failed"},
}

# What books/evaluate computes and Excel 2007 already knew; TEXT is left out, as its formats depend on the locale.
ALLOWED = {
    *("SUM", "SUMIF", "SUMIFS", "COUNTIF", "COUNTIFS", "SUBTOTAL", "INDEX", "MATCH", "IF", "IFERROR"),
    *("AND", "OR", "ABS", "ROUND", "MIN", "MAX", "N"),
}
# Zero and one as neutral values and match types, four as the decimals amounts are stored with.
NEUTRAL_NUMBERS = {"0", "1", "4"}


def committed(name: str, language: str) -> Path:
    return ROOT / "xlsx_templates" / f"{name}.{language}.xlsx"


@pytest.fixture(scope="module", params=BOOKS, ids=lambda b: ".".join(b))
def opened(request: pytest.FixtureRequest) -> tuple[str, str, Workbook]:
    name, language = request.param
    return name, language, load_workbook(committed(name, language))


def placed(book: Workbook) -> Iterator[tuple[Worksheet, ExcelTable]]:
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            yield sheet, table


def formulas(book: Workbook) -> Iterator[tuple[Worksheet, str, str]]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet, cell.coordinate, str(cell.value)


def tokens(formula: str) -> list[Token]:
    return list(Tokenizer(formula).items)


def test_a_fresh_build_gives_the_committed_parts(tmp_path: Path) -> None:
    for fresh in build.build_all(tmp_path):
        with zipfile.ZipFile(fresh) as one, zipfile.ZipFile(ROOT / "xlsx_templates" / fresh.name) as other:
            assert one.namelist() == other.namelist(), fresh.name
            stale = [part for part in one.namelist() if one.read(part) != other.read(part)]
        assert not stale, f"{fresh.name}: {stale} differ; run `make templates` and commit"


def test_the_files_of_the_folder_are_the_books() -> None:
    books = {f"{n}.{lang}.xlsx" for n, lang in [*BOOKS, *(("statement", edition) for edition in EDITIONS)]}
    assert {p.name for p in (ROOT / "xlsx_templates").glob("*.xlsx")} == books | {"functions.xlsx"}


def test_tables_are_the_slots_with_their_headers_in_order(opened: tuple[str, str, Workbook]) -> None:
    name, language, book = opened
    wanted = {t.name: [f.label(language) for f in t.fields] for t in CONTRACT[name][0]}
    found = {t.displayName: [c.name for c in t.tableColumns] for _, t in placed(book)}
    assert found == wanted
    for sheet, table in placed(book):
        left, top, right, _ = range_boundaries(table.ref)
        cells = [sheet.cell(top, column).value for column in range(left, right + 1)]
        assert cells == wanted[table.displayName]


def test_headers_are_unique_within_a_table() -> None:
    for tables, _ in CONTRACT.values():
        for table in tables:
            for language in EDITIONS:
                labels = [f.label(language).casefold() for f in table.fields]
                assert len(set(labels)) == len(labels), (table.name, language)


def test_each_table_has_one_blank_body_row_with_the_number_format_of_its_unit(
    opened: tuple[str, str, Workbook],
) -> None:
    name, _, book = opened
    contract: dict[str, Table] = {t.name: t for t in CONTRACT[name][0]}
    for sheet, table in placed(book):
        left, top, _, bottom = range_boundaries(table.ref)
        assert bottom == top + 1, table.displayName
        body = {f.key: sheet.cell(bottom, left + n) for n, f in enumerate(contract[table.displayName].fields)}
        for f in contract[table.displayName].fields:
            cell = body[f.key]
            assert cell.number_format == style.FORMATS.get(f.unit, "General"), (table.displayName, f.key)
            if f.formula:
                spots = {key: other.coordinate for key, other in body.items()}
                assert cell.value == "=" + f.formula.format(**spots), (table.displayName, f.key)
            else:
                assert cell.value is None, (table.displayName, f.key)
            if f.unit in style.RIGHT_ALIGNED:
                assert cell.alignment.horizontal == "right", (table.displayName, f.key)
                assert cell.alignment.shrink_to_fit, (table.displayName, f.key)


def test_slots_never_share_rows_and_the_summary_has_none(opened: tuple[str, str, Workbook]) -> None:
    _, _, book = opened
    assert not book.worksheets[0].tables
    for sheet in book.worksheets:
        spans = sorted(range_boundaries(t.ref)[1::2] for t in sheet.tables.values())
        assert all(above[1] < below[0] for above, below in pairwise(spans)), sheet.title


def test_named_cells_are_single_cells_and_the_contract_s_lie_on_the_summary(
    opened: tuple[str, str, Workbook],
) -> None:
    name, _, book = opened
    cells = set(CONTRACT[name][1])
    assert set(book.defined_names) == cells | OWN_NAMES[name]
    for key, defined in book.defined_names.items():
        ((sheet, cell),) = defined.destinations
        assert re.fullmatch(r"\$[A-Z]+\$\d+", cell), key
        if key in cells:
            assert sheet == book.worksheets[0].title, key
            assert cell.replace("$", "") not in {str(r).split(":")[1] for r in book[sheet].merged_cells.ranges}, (
                f"{key} must be the first cell of its merged range"
            )


def test_formulas_use_allowed_functions_plain_references_and_no_typed_numbers(
    opened: tuple[str, str, Workbook],
) -> None:
    _, _, book = opened
    seen = 0
    for sheet, cell, formula in formulas(book):
        seen += 1
        where = f"{sheet.title}!{cell} {formula}"
        for token in tokens(formula):
            if token.type == Token.FUNC and token.subtype == Token.OPEN:
                assert token.value.rstrip("(").upper() in ALLOWED, where
            if token.type == Token.OPERAND and token.subtype == Token.RANGE:
                assert "[" not in token.value, where
            if token.type == Token.OPERAND and token.subtype == Token.NUMBER:
                assert token.value in NEUTRAL_NUMBERS, where
            assert token.type != Token.ARRAY, where
    assert seen > 100


def test_at_most_fifty_formulas_touch_the_open_items() -> None:
    for language in EDITIONS:
        book = load_workbook(committed("aging", language))
        ((sheet, _),) = [(s, t) for s, t in placed(book) if t.displayName == "open_items"]
        name = re.escape(sheet.title)
        touching = [f for s, _, f in formulas(book) if re.search(rf"'?{name}'?!", f) or s is sheet]
        assert 0 < len(touching) <= 50


def test_ranges_in_formulas_cover_whole_table_bodies(opened: tuple[str, str, Workbook]) -> None:
    """A reference into another sheet's table covers its body, so that it grows with it."""
    _, _, book = opened
    bodies = {}
    for sheet, table in placed(book):
        left, top, right, bottom = range_boundaries(table.ref)
        bodies.setdefault(sheet.title, []).append((left, right, top + 1, bottom))
    checked = 0
    for _, where, formula in formulas(book):
        for target, c1, r1, c2, r2 in re.findall(r"'([^']+)'!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)", formula):
            left, right = column_index_from_string(c1), column_index_from_string(c2)
            fits = [b for b in bodies[target] if b[0] <= left == right <= b[1] and (b[2], b[3]) == (int(r1), int(r2))]
            assert len(fits) == 1, f"{where} {formula}"
            checked += 1
    assert checked > 100


def test_every_sheet_prints_on_a4_with_titles_and_page_numbers(opened: tuple[str, str, Workbook]) -> None:
    _, language, book = opened
    for number, sheet in enumerate(book.worksheets):
        assert sheet.page_setup.paperSize == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.print_title_rows, sheet.title
        assert sheet.print_area, sheet.title
        left, top, right, bottom = range_boundaries(sheet.print_area.split("!")[-1].replace("$", ""))
        assert (left, top) == (1, 1) and right > 1 and bottom > 1, sheet.title
        footer = sheet.oddFooter.right.text
        assert "&P" in footer and "&N" in footer, sheet.title
        assert ("第" in footer) == (language != "en") and ("Page" in footer) == (language != "zh")
        assert not sheet.sheet_view.showGridLines
        assert sheet.sheet_view.selection[-1].activeCell in ("A1", None) or number > 0
        if number:
            assert sheet.freeze_panes, sheet.title
        else:
            assert sheet.page_setup.orientation == "portrait"
        # Absent means 1: the summary is one page, other sheets run on downwards.
        assert sheet.page_setup.fitToHeight in ((0,) if number else (1, None)), sheet.title
    assert book.active is book.worksheets[0]


# Last columns that stay off paper, so that the page is large enough to read.
OFF_PAPER = {
    "aged_balance": 2,
    "exposure": 2,
    "concentration": 1,
    "top_five": 1,
    "compare_changes": 6,
    "subsequent_receipts": 2,
    "replies": 1,
}


def printed(sheet: Worksheet) -> tuple[int, int]:
    """Last column and row of the print area."""
    _, _, right, bottom = range_boundaries(sheet.print_area.split("!")[-1].replace("$", ""))
    return right, bottom


def test_print_areas_cover_every_table(opened: tuple[str, str, Workbook]) -> None:
    _, _, book = opened
    for sheet, table in placed(book):
        _, _, right, bottom = range_boundaries(table.ref)
        last, lowest = printed(sheet)
        assert right - OFF_PAPER.get(table.displayName, 0) <= last and bottom <= lowest, table.displayName


def test_what_stays_off_paper_prints_elsewhere_or_is_machinery() -> None:
    off = {
        t.name: {f.key for f in t.fields[-OFF_PAPER[t.name] :]}
        for tables, _ in CONTRACT.values()
        for t in tables
        if t.name in OFF_PAPER
    }
    groups = {"parent_id", "sales_unit"}  # the sheet of groups and units; the concentration
    # a related party's relation prints on the pages of related parties
    assert off == {
        "aged_balance": groups,
        "exposure": {"relation", "parent_id"},
        "concentration": {"lookup"},
        "top_five": {"lookup"},
        "subsequent_receipts": {"file", "line"},  # the open items of the aging workbook tell them too
        "replies": {"comment"},  # it stands in the file of replies
        # where a change is found is for the screen, where one can go there
        "compare_changes": {
            *("old_customer", "new_customer"),
            *("old_file", "old_line", "new_file", "new_line"),
        },
    }


def test_a_detail_page_is_large_enough_to_read(opened: tuple[str, str, Workbook]) -> None:
    """A4 landscape fits 151 columns of one character at full size, portrait 103; nine points stay six or more."""
    _, language, book = opened
    for sheet in book.worksheets[1:]:
        if sheet.title == texts.text("figures", language):
            continue  # machinery, three pages wide
        right, _ = printed(sheet)
        width = 0.0
        for dimension in sheet.column_dimensions.values():
            width += dimension.width * max(0, min(right, dimension.max) - dimension.min + 1)
        fits = 103 if sheet.page_setup.orientation == "portrait" else 151
        assert 9 * fits / width >= 6, (sheet.title, width)


def test_no_sentence_runs_over_the_edge_of_the_page(opened: tuple[str, str, Workbook]) -> None:
    """It wraps or shrinks, in a cell of its own: text over the edge of a fitted page makes LibreOffice 7.4 crash."""
    name, language, book = opened
    contract: dict[str, Table] = {t.name: t for t in CONTRACT[name][0]}
    for sheet, table in placed(book):
        left, _, _, bottom = range_boundaries(table.ref)
        for n, f in enumerate(contract[table.displayName].fields):
            look = sheet.cell(bottom, left + n).alignment
            if f.key in sheets.CUT and not look.wrap_text and left + n < printed(sheet)[0]:
                # The cell to the right (after a blank sheet name, the line) holds something: a name is cut there.
                beside = contract[table.displayName].fields[n + 1].key
                assert beside in {
                    "currency",
                    "original",
                    "document_id",
                    "exposure",
                    "balance",
                    "previous",
                    "customers",
                    "line",
                    "sheet",
                    "reason",
                    "dispute_opened",
                    "kind",
                }
            elif f.key not in sheets.CUT or look.wrap_text:
                assert look.wrap_text or look.shrink_to_fit or f.unit == "date", (table.displayName, f.key)
            else:
                assert left + n > printed(sheet)[0], (table.displayName, f.key)
    for sheet in book.worksheets:
        right, _ = printed(sheet)
        merged = {str(r).split(":")[0]: r for r in sheet.merged_cells.ranges}
        for row in sheet.iter_rows(max_row=4):
            for cell in row:
                if cell.data_type == "f" and not str(cell.value).startswith("=IF"):
                    fits = cell.alignment.shrink_to_fit or (language == "both" and cell.alignment.wrap_text)
                    assert fits, (sheet.title, cell.coordinate)
                    assert merged[cell.coordinate].max_col <= right, (sheet.title, cell.coordinate)


def test_a_header_row_repeats_where_a_sheet_holds_one_table(opened: tuple[str, str, Workbook]) -> None:
    _, _, book = opened
    for sheet in book.worksheets[1:]:
        if len(sheet.tables) == 1 and sheet.tables[next(iter(sheet.tables))].autoFilter:
            (table,) = sheet.tables.values()
            header = range_boundaries(table.ref)[1]
            assert sheet.print_title_rows.replace("$", "") == f"{header}:{header}", sheet.title
            pane = re.fullmatch(r"[A-Z]+(\d+)", sheet.freeze_panes)
            assert pane and int(pane[1]) == header + 1, sheet.title


def test_the_chart_title_is_the_message_of_the_close_and_the_currency_is_chosen_from_the_figures() -> None:
    for name, language in BOOKS:
        if name not in CHARTED:
            continue
        path = committed(name, language)
        with zipfile.ZipFile(path) as parts:
            (chart,) = [n for n in parts.namelist() if n.startswith("xl/charts/chart")]
            xml = parts.read(chart).decode()
        title = re.search(r"<c:title><c:tx><c:strRef><c:f>([^<]+)</c:f>", xml)
        assert title
        book = load_workbook(path)
        figures = texts.text("figures", language)
        assert title[1].startswith(f"'{figures}'!")
        table = next(t for _, t in placed(book) if t.displayName == CHARTED[name])
        left, top, _, bottom = range_boundaries(table.ref)
        letter = get_column_letter(left)
        linked = book[figures][title[1].split("!")[1].replace("$", "")].value
        titles = {"en": "Chart title", "zh": "图表标题", "both": "Chart title\n图表标题"}
        position = [c.name for c in table.tableColumns].index(titles[language])
        assert f"${get_column_letter(left + position)}${bottom}" in linked
        lists = [v for v in book.worksheets[0].data_validations.dataValidation if v.type == "list"]
        assert [v.formula1 for v in lists] == [f"'{figures}'!${letter}${top + 1}:${letter}${bottom}"]


def test_both_languages_say_everything() -> None:
    for key, (english, chinese) in texts.TEXTS.items():
        assert english and chinese, key
        assert not re.search(r"[\u4e00-\u9fff]", english), key


def test_the_bilingual_book_shows_both_languages_everywhere() -> None:
    """Every word of both texts stands in the bilingual one, but for those that are written anew: these hold both."""
    for key, (english, chinese) in texts.TEXTS.items():
        shown = texts.text(key, "both")
        if key in texts.BOTH_TEXTS:
            assert re.search(r"[A-Za-z]{3}", shown) and re.search(r"[\u4e00-\u9fff]", shown), key
            continue
        for word in re.findall(r"[A-Za-z]{3,}|[\u4e00-\u9fff]{2,}", f"{english} {chinese}"):
            assert word in shown, (key, word, shown)


def test_sheet_names_fit_and_differ() -> None:
    """Excel allows 31 characters."""
    for name, language in BOOKS:
        titles = [sheet.title for sheet in load_workbook(committed(name, language)).worksheets]
        assert all(len(title) <= 31 for title in titles) and len(set(titles)) == len(titles)


def test_a_format_with_words_says_both_and_keeps_its_numbers() -> None:
    assert texts.text("f_items", "both") == '#,##0" open items 笔未清"'
    assert texts.text("f_change_points", "both") == '"▲ "0.0%" pts 点差";"▼ "0.0%" pts 点差";"="'
    assert texts.text("f_checks", "both") == '"✗ "0" fail 项不符";;"✓ all hold 全部相符"'


def test_colors_that_ask_for_action_come_with_a_sign() -> None:
    """Red or amber text is also written differently, or what is written there carries a sign of its own."""
    # parentheses around a negative amount; a sign in the words of the close
    signed_already = {"headroom", "status", "sequence"}
    contract = {t.name: t for tables, _ in CONTRACT.values() for t in tables}
    colors = {"FF" + style.RED[1:], "FF" + style.AMBER[1:]}
    rules = 0
    for name, language in BOOKS:
        book = load_workbook(committed(name, language))
        for sheet in book.worksheets:
            columns = {}
            for table in sheet.tables.values():
                left, _, _, bottom = range_boundaries(table.ref)
                for n, f in enumerate(contract[table.displayName].fields):
                    columns[f"{get_column_letter(left + n)}{bottom}"] = f.key
            for area in sheet.conditional_formatting:
                for rule in area.rules:
                    look = rule.dxf
                    if (
                        look is None
                        or look.font is None
                        or look.font.color is None
                        or look.font.color.rgb not in colors
                    ):
                        continue
                    rules += 1
                    cell = str(area.sqref).split(":")[0]
                    written = look.numFmt.formatCode if look.numFmt else sheet[cell].number_format
                    if columns.get(cell) not in signed_already:
                        assert any(sign in written for sign in "▲●✗"), (name, sheet.title, cell)
    assert rules >= 20
