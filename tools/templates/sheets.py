"""A standard workbook under construction: its sheets, the table slots placed on them, and how a page prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools.templates import style
from tools.templates.texts import text
from tools.templates.widths_audit import AUDIT_WIDTHS
from tools.templates.widths_compare import COMPARE_SCREEN_ONLY, COMPARE_WIDTHS
from tools.templates.widths_movements import MOVEMENTS_WIDTHS
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no py.typed

from duebook.books.plan import Value
from duebook.close.slots import Field, Table
from duebook.core.messages import BOTH

CREATED = datetime(2026, 1, 1)
"""A fixed date, so that a rebuild gives the same bytes; the close replaces it with the as-of date."""

TITLE_ROW, COVER_ROW, NOTE_ROW, LINK_ROW = range(4)
LAST_ROW = 1_048_575

TEXT_WIDTHS = {
    "customer_id": 11.0,
    "customer_name": 30.0,
    "parent_id": 18.0,
    "group": 36.0,
    "sales_unit": 11.0,
    "currency": 8.5,
    "document_id": 15.0,
    "kind": 12.0,
    "bucket": 13.0,
    "file": 22.0,
    "sheet": 12.0,
    "column": 14.0,
    "value": 20.0,
    "treatment": 11.0,
    "dispute_reason": 28.0,
    "status": 18.0,
    "ties": 10.0,
    "period": 22.0,
    "lookup": 10.0,
    "number": 6.0,
    "item": 44.0,
}
SLOT_WIDTHS: dict[str, dict[str, float]] = {
    "aged_balance": {"customer_id": 10.5, "customer_name": 27.0, "money": 12.0},
    "aged_groups": {"money": 12.0},
    "aged_units": {"money": 12.0},
    "exposure": {"customer_id": 10.5, "customer_name": 25.0, "money": 10.5, "use": 13.0},
    "watch_list": {"customer_name": 27.0, "reason": 60.0, "action": 36.0},
    "problems": {"file": 17.0, "sheet": 10.0, "line": 7.0, "column": 19.0, "reason": 78.0},
    "concentration": {"rank": 7.0},
    **AUDIT_WIDTHS,
    **MOVEMENTS_WIDTHS,
    **COMPARE_WIDTHS,
}
"""Narrower columns where a page would print too small to read; by field, else by unit."""
BILINGUAL_WIDTHS = {
    "kind": 18.0,
    "document_date": 14.0,
    "days_past_due": 14.0,
    "dispute_days": 14.0,
    "bucket": 17.0,
    "status": 18.0,
    "ties": 24.0,
    "treatment": 16.0,
}
BILINGUAL_SLOT_WIDTHS = {("watch_list", "reason"): 60.0, ("watch_list", "action"): 41.0}
"""Wider columns where a word of Duebook's stands in both languages."""
UNSUMMED = {"confirmations": ("cumulative", "unit")}
"""Amounts whose sum means nothing."""
SCREEN_ONLY = {
    "aged_balance": ("parent_id", "sales_unit"),
    "exposure": ("relation", "parent_id"),
    "concentration": ("lookup",),
    "top_five": ("lookup",),
    **COMPARE_SCREEN_ONLY,
    "subsequent_receipts": ("file", "line"),
    "replies": ("comment",),
}
"""The last columns of a slot that stay off paper: the page is then large enough to read, and they print elsewhere."""


@dataclass(frozen=True)
class Preview:
    """Rows and cells to lay into the template at build time, to look at the pages; the committed files have none."""

    tables: Mapping[str, Sequence[Mapping[str, Value]]] = field(default_factory=dict)
    cells: Mapping[str, Value] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    chart_title: str = ""


@dataclass(frozen=True)
class Placed:
    """A table slot on its sheet. Rows and columns count from 0; `first` and `last` are body rows."""

    table: Table
    sheet: str
    header: int
    first: int
    last: int
    left: int

    def column(self, key: str) -> int:
        return self.left + next(i for i, f in enumerate(self.table.fields) if f.key == key)

    def range(self, key: str) -> str:
        """The body of a column as an absolute reference from any sheet; it grows with the table."""
        column = self.column(key)
        top = xl_rowcol_to_cell(self.first, column, row_abs=True, col_abs=True)
        bottom = xl_rowcol_to_cell(self.last, column, row_abs=True, col_abs=True)
        return f"{quoted(self.sheet)}!{top}:{bottom}"

    def cell(self, key: str) -> str:
        """The first body cell of a column, its column fixed: what a conditional format looks at."""
        return str(xl_rowcol_to_cell(self.first, self.column(key), col_abs=True))

    @property
    def right(self) -> int:
        return self.left + len(self.table.fields) - 1

    @property
    def printed(self) -> int:
        """The last column on paper."""
        return self.right - len(SCREEN_ONLY.get(self.table.name, ()))


class Book:
    """One standard workbook: the XlsxWriter workbook, its language, styles and placed tables."""

    def __init__(self, path: Path, language: str, title: str, subject: str, preview: Preview | None = None) -> None:
        font = {"font_name": style.FONTS[language], "font_size": 10}
        self.workbook = Workbook(str(path), {"default_format_properties": font, "strings_to_urls": False})
        self.workbook.set_properties(
            {
                "title": text(title, language),
                "subject": text(subject, language),
                "author": "Duebook",
                "created": CREATED,
            }
        )
        self.language = language
        self.bilingual = language == BOTH
        self.styles = style.Styles(self.workbook, language)
        self.preview = preview or Preview()
        self.sheets: dict[str, Worksheet] = {}
        self.placed: dict[str, Placed] = {}
        self._ids: dict[str, set[int]] = {}
        self.sentence_pixels: dict[str, int] = {}
        """Heights of rows whose sentences take more lines in this book than in others, by slot."""
        self.inputs: dict[str, tuple[str, ...]] = {}
        """Columns that are for the reader to fill, by slot."""

    def text(self, key: str) -> str:
        return text(key, self.language)

    def title(self, key: str) -> str:
        """The words `key` on one line, however long they are."""
        return " ".join(self.text(key).split("\n"))

    def tall(self, pixels: int, bilingual: int = 0) -> int:
        """The height of a row with a sentence: twice, or what `bilingual` says, where it is said in two languages."""
        return (bilingual or 2 * pixels) if self.bilingual else pixels

    def _header_pixels(self, slot: str, filters: bool) -> int:
        plain = HEADER_PIXELS.get(slot, PLAIN_HEADER_PIXELS)
        return (FILTER_HEADER_PIXELS if filters else plain) + (BILINGUAL_HEADER_PIXELS if self.bilingual else 0)

    def _body_pixels(self, table: Table) -> int | None:
        """The height of the rows of a table whose sentences wrap; None where nothing does."""
        known = self.sentence_pixels.get(table.name, BODY_PIXELS.get(table.name))
        if known is None and self.bilingual and any(f.key in SENTENCES for f in table.fields):
            known = BILINGUAL_PIXELS.get(table.name, LINE_PIXELS)
        return None if known is None else self.tall(known)

    def add_sheets(self, keys: Sequence[str]) -> None:
        """All sheets in their order, named by text key; the first is the page that opens."""
        for number, key in enumerate(keys):
            sheet = self.workbook.add_worksheet(self.text(key))
            sheet.hide_gridlines(2)
            sheet.set_paper(9)
            sheet.set_footer(self.text("footer"))
            sheet.set_margins(left=0.35, right=0.35, top=0.45, bottom=0.6)
            sheet.set_tab_color(style.ACCENT if number == 0 else style.RULE)
            self.sheets[key] = sheet
        self.sheets[keys[0]].activate()

    def name(self, name: str, sheet: str, row: int, column: int) -> None:
        """A defined name for one cell, and its preview value's place."""
        cell = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
        self.workbook.define_name(name, f"={quoted(self.text(sheet))}!{cell}")

    def frame(self, key: str, right: int, left: int = 0) -> Worksheet:
        """Title, cover line, what the sheet is for, and the way back: the same on every detail sheet.

        The sentences end at column `right`, where the page ends: LibreOffice 7.4 crashes on exporting a page fitted to
        its width when text runs over the edge of the print area.
        """
        sheet = self.sheets[key]
        sheet.set_row_pixels(TITLE_ROW, 30)
        sheet.write(TITLE_ROW, left, self.title(key), self.styles(bold=True, font_size=16, font_color=style.ACCENT))
        muted = self.styles(font_color=style.MUTED, font_size=8, shrink=True)
        sheet.merge_range(COVER_ROW, left, COVER_ROW, right, "", muted)
        sheet.write_formula(COVER_ROW, left, '=cover_line&""', muted, "")
        note = self.styles(font_color=style.MUTED, **({"text_wrap": True} if self.bilingual else {"shrink": True}))
        if self.bilingual:
            sheet.set_row_pixels(NOTE_ROW, self.tall(LINE_PIXELS))
        sheet.merge_range(NOTE_ROW, left, NOTE_ROW, right, self.text(f"{key}_note"), note)
        back = f"internal:{quoted(self.text('summary'))}!A1"
        sheet.write_url(
            LINK_ROW, left, back, self.styles(font_color=style.LINK, underline=1, font_size=8), self.text("back")
        )
        return sheet

    def heading(self, key: str, row: int, words: str, left: int = 0) -> None:
        sheet = self.sheets[key]
        sheet.set_row_pixels(row, 24)
        sheet.write(
            row, left, self.title(words), self.styles(bold=True, font_size=11, font_color=style.ACCENT, valign="bottom")
        )

    def place(
        self, key: str, row: int, table: Table, *, totals: bool = False, widths: bool = False, filters: bool = True
    ) -> Placed:
        """Puts a table slot on sheet `key`, header at `row` (at `row` + 1 with totals above it), and returns it."""
        sheet = self.sheets[key]
        header = row + 1 if totals else row
        rows = self.preview.tables.get(table.name, ())
        last = header + max(len(rows), 1)
        placed = Placed(table, self.text(key), header, header + 1, last, 0)
        self.placed[table.name] = placed
        renamed = self.preview.headers.get(table.name, {})
        # With filters, room for the buttons below the words, which stand at the top.
        middle = {} if filters else {"valign": "vcenter"}
        sheet.set_row_pixels(header, self._header_pixels(table.name, filters))
        pixels = self._body_pixels(table)
        columns = [
            {
                "header": renamed.get(f.key, f.label(self.language)),
                "header_format": self.styles.header(f.unit, **_apart(table, f), **middle),
            }
            for f in table.fields
        ]
        options = {"name": table.name, "style": None, "columns": columns, "autofilter": filters}
        sheet.add_table(header, 0, last, placed.right, options)
        for number in range(placed.first, last + 1):
            given = rows[number - placed.first] if rows else {}
            if pixels:
                sheet.set_row_pixels(number, pixels)
            for f in table.fields:
                self._body_cell(sheet, placed, number, f, given.get(f.key), wraps=pixels is not None)
        if totals:
            self._totals(sheet, placed, row)
        if widths:
            self._widths(sheet, table)
        self._decimals(sheet, placed)
        columns_of_ids = self._ids.setdefault(key, set())
        columns_of_ids.update(placed.column(f.key) for f in table.fields if f.unit == "id")
        return placed

    def _body_cell(self, sheet: Worksheet, placed: Placed, row: int, f: Field, value: Value, *, wraps: bool) -> None:
        column = placed.column(f.key)
        look = {"bg_color": style.INPUT_FILL, "font_color": style.INPUT_INK} if self._is_input(placed, f) else {}
        cell_format = self.styles.body(f.unit, **_fitting(placed.table, f, wraps), **_apart(placed.table, f), **look)
        if f.formula:
            cells = {g.key: xl_rowcol_to_cell(row, placed.column(g.key)) for g in placed.table.fields}
            sheet.write_formula(row, column, f"={f.formula.format(**cells)}", cell_format, "")
        else:
            write(sheet, row, column, value, cell_format)

    def _is_input(self, placed: Placed, f: Field) -> bool:
        return f.key in self.inputs.get(placed.table.name, ())

    def _totals(self, sheet: Worksheet, placed: Placed, row: int) -> None:
        """Totals above the header, where they stay in sight: the chosen currency only, currencies are never added."""
        bold = self.styles(bold=True, font_color=style.ACCENT)
        sheet.set_row_pixels(row, 22)
        sheet.write_formula(row, 0, f'="{self.text("total_in")}"&selected_currency', bold, "")
        for f in placed.table.fields:
            if f.unit == "money" and f.key not in UNSUMMED.get(placed.table.name, ()):
                column = placed.column(f.key)
                total = f"=SUMIF({placed.range('currency')},selected_currency,{placed.range(f.key)})"
                shown = self.styles(bold=True, font_color=style.ACCENT, **style.value_format("money"))
                sheet.write_formula(row, column, total, shown, "")
                self.by_currency(sheet, row, column, row, column, "selected_currency")

    def _widths(self, sheet: Worksheet, table: Table) -> None:
        for number, f in enumerate(table.fields):
            sheet.set_column(number, number, width(f, table.name, self.bilingual))

    def _decimals(self, sheet: Worksheet, placed: Placed) -> None:
        """Yen without decimals, dinars with three: by the row's own currency."""
        keys = [f.key for f in placed.table.fields]
        if "currency" not in keys:
            return
        for first, last in runs([f.unit == "money" for f in placed.table.fields]):
            code = placed.cell("currency")
            self.by_currency(sheet, placed.first, placed.left + first, placed.last, placed.left + last, code)

    def by_currency(self, sheet: Worksheet, top: int, left: int, bottom: int, right: int, code: str) -> None:
        """Money in a range follows the minor units of the currency in `code` (a cell or a name): its first three
        letters, so that "JPY Σ" (all currencies in yen) counts as yen."""
        for digits, codes in style.currencies_by_digits().items():
            shown = self.styles.changed(num_format=style.money_format(digits))
            rule = f'=AND({code}<>"",ISNUMBER(SEARCH("|"&LEFT({code},3)&"|","{codes}")))'
            sheet.conditional_format(top, left, bottom, right, {"type": "formula", "criteria": rule, "format": shown})

    def page(
        self,
        key: str,
        *,
        right: int,
        bottom: int,
        repeat: int,
        freeze: tuple[int, int] | None,
        wide: int = 1,
        portrait: bool = False,
    ) -> None:
        """How a detail sheet prints: A4, `wide` pages across, the header row on every page."""
        sheet = self.sheets[key]
        if portrait:
            sheet.set_portrait()
        else:
            sheet.set_landscape()
        sheet.fit_to_pages(wide, 0)
        sheet.repeat_rows(repeat)
        sheet.print_area(0, 0, bottom, right)
        if freeze is not None:
            sheet.freeze_panes(*freeze)
        # Customer and document numbers are text on purpose: no green triangles.
        columns = [xl_range(0, column, LAST_ROW, column) for column in sorted(self._ids.get(key, ()))]
        if columns:
            sheet.ignore_errors({"number_stored_as_text": " ".join(columns)})


LONG_TEXTS = frozenset({"reason", "action", "headline", "chart_title", "remark"})
SENTENCES = LONG_TEXTS | {"item"}
"""What may take a line per language."""
_LONG_WIDTH = 52.0
CUT = frozenset({"customer_name", "parent_id", "group", "file", "value", "dispute_reason"})
"""Texts that the next cell, hardly ever blank, cuts off: shrunk to fit, 200 characters would be a hairline."""
LINE_PIXELS = 16
FILTER_HEADER_PIXELS = 33
BILINGUAL_HEADER_PIXELS = 22
"""More in two languages: the English may take two lines."""
PLAIN_HEADER_PIXELS = 24
_FIGURES = ("figures", "exposure_figures", "movements_figures", "audit_figures", "compare_figures")
HEADER_PIXELS = dict.fromkeys(_FIGURES, 48)
BODY_PIXELS = {"problems": 31, "basis": 31, **dict.fromkeys(_FIGURES, 44)}
"""Rows whose sentences take two or three lines; LibreOffice gives a row without a height one line."""
BILINGUAL_PIXELS = {"watch_list": 20}
"""Rows that take two lines in the bilingual edition only: half their height there."""


def _apart(slot: Table, f: Field) -> dict[str, Any]:
    """Text beside a right-aligned number keeps its distance."""
    at = slot.fields.index(f)
    beside = at > 0 and slot.fields[at - 1].unit in style.RIGHT_ALIGNED and f.unit not in style.RIGHT_ALIGNED
    return {"indent": 1} if beside else {}


def _fitting(slot: Table, f: Field, wraps: bool) -> dict[str, Any]:
    """How a body cell deals with what is too long: sentences wrap, other text shrinks, a long name is cut."""
    # From the top, so that a sentence of three lines loses its last one, not half of its first.
    top = {"valign": "top"} if slot.name == "problems" else {}
    if wraps and (f.key in SENTENCES or slot.name == "basis"):
        return {"text_wrap": True, **top}
    return {**top, "shrink": True} if f.unit in ("text", "id") and f.key not in CUT else top


def width(f: Field, slot: str, bilingual: bool = False) -> float:
    """Column width for a field, wide enough for a name of 40 characters at 9 points or a 15-digit amount."""
    if bilingual and (slot, f.key) in BILINGUAL_SLOT_WIDTHS:
        return BILINGUAL_SLOT_WIDTHS[slot, f.key]
    if bilingual and f.key in BILINGUAL_WIDTHS:
        return BILINGUAL_WIDTHS[f.key]
    own = SLOT_WIDTHS.get(slot, {})
    if f.key in own or f.unit in own:
        return own.get(f.key) or own[f.unit]
    if f.key in LONG_TEXTS:
        return _LONG_WIDTH
    return TEXT_WIDTHS.get(f.key) or style.WIDTHS.get(f.unit, 14.0)


def write(sheet: Worksheet, row: int, column: int, value: Value, cell_format: object) -> None:
    """A typed value into a cell; None leaves the cell blank but styled."""
    if value is None:
        sheet.write_blank(row, column, None, cell_format)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, cell_format)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell_format)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, cell_format)
    else:
        sheet.write_number(row, column, float(value) if isinstance(value, Decimal) else value, cell_format)


def runs(wanted: Sequence[bool]) -> list[tuple[int, int]]:
    """First and last index of each unbroken run of True."""
    found: list[tuple[int, int]] = []
    for index, yes in enumerate(wanted):
        if yes and index and wanted[index - 1]:
            found[-1] = (found[-1][0], index)
        elif yes:
            found.append((index, index))
    return found


def quoted(sheet: str) -> str:
    """A sheet name as formulas want it."""
    return "'" + sheet.replace("'", "''") + "'"
