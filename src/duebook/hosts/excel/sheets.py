"""Sheets that buttons make: an input to fill in (yellow cells, what to write beside them), and a result.

A result is a table with a name, values only; above it its title and lines that say what it rests on. A second press
replaces the table where it stands, and its lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from duebook.close.slots import Field
from duebook.core.cells import Cell, CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.hosts.excel import basis, close_sheet
from duebook.hosts.excel.columns import Asked, key_of
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import FORMATS, Area
from duebook.hosts.excel.live.changes import INPUT_FILL, INPUT_INK, Change
from duebook.hosts.excel.live.tables import LiveTable

if TYPE_CHECKING:
    import xlwings as xw

OWN_FORMATS: Mapping[str, str] = {
    **FORMATS,
    "money": "#,##0.00_)",
    "count": "#,##0_)",
    "days": "0_)",
    "rate": "0.0%_)",
    "points": "0.00_)",
    "ratio": "#,##0.00_)",
}
"""Number formats of results: with a gap, so that a figure does not touch a text to its right."""
_WORD = re.compile(r"[\u2e80-\uffef][，。；：！？、）》”]*|[^\s\u2e80-\uffef]+[，。；：！？、）》”]*\s*|\s+")
"""What a line is made of: a Chinese character, or a word; with the marks and blanks behind it."""
GRAY = (242, 242, 242)
MUTED = (110, 110, 110)
_WIDTHS = {"id": 13, "date": 12, "money": 16, "text": 12, "rate": 10}
_BLANK_ROWS = 20
_WIDEST = 42
_LINE = 90
"""Characters of the lines above a narrow result."""
_NARROWEST = 9


class Result(NamedTuple):
    """A table that a button writes: its name is the contract. `head_`NAME names the cell of its title."""

    name: str
    sheet: Label
    title: Label
    fields: tuple[Field, ...]

    @property
    def head(self) -> str:
        return f"{self.name}_head"


def put_result(
    change: Change,
    result: Result,
    rows: Sequence[Sequence[object]],
    lines: Sequence[str],
    language: str,
    totals: Mapping[str, object] | None = None,
    formats: Mapping[str, str] | None = None,
) -> str:
    """Writes the result and gives the sheet it stands on. `totals`, by key, stand above their columns; `formats` are
    number formats by unit that differ from the usual ones."""
    body = [[_shown(cell, language) for cell in row] for row in rows]
    headers = [field.label(language) for field in result.fields]
    widths = [fitting(column, field.unit) for column, field in zip(_columns(headers, body), result.fields, strict=True)]
    said = [part for line in lines for part in folded(line, max(_LINE, round(sum(widths))))]
    said.insert(0, result.title.text(language))
    depth = len(said) + 1 + (totals is not None)
    known = tables.native(change.book, result.name)
    sheet = change.add_sheet(result.sheet.text(language)) if known is None else known.parent.name
    head = 1 if known is None else _head_row(change, result, known, depth)
    at = (max(1, head) + depth, 1)
    area = change.put_table(result.name, sheet, headers, body, kinds=[_kind(f.unit) for f in result.fields], at=at)
    own = {**OWN_FORMATS, **(formats or {})}
    if head:
        _put_head(change, result, sheet, (head, area[1], area[0] - head, area[3]), said)
    if head and totals is not None:
        _put_totals(change, result, sheet, area, totals, own)
    _dress(change, result, sheet, area, widths, own)
    return sheet


def _head_row(change: Change, result: Result, known: xw.Table, depth: int) -> int:
    """The row of the title, with `depth` rows from there to the table; 0 where somebody has taken the title away. Sheet
    rows are inserted where there are too few."""
    place, top, sheet = tables.named_cell(change.book, result.head), known.range.row, known.parent.name
    if place is None or place.sheet != sheet or place.row >= top:
        return 0
    if place.row + depth > top:
        change.insert_rows(sheet, top, place.row + depth - top)
    return place.row


def _put_head(change: Change, result: Result, sheet: str, area: Area, lines: Sequence[str]) -> None:
    """Title and lines into the rows above the table, which hold nothing else."""
    change.clear(sheet, *area)
    change.unpaint(sheet, area)
    change.set_cells(sheet, area[0], area[1], [[line] for line in lines])
    change.define_name(result.head, sheet, (*area[:2], 1, 1))
    change.paint(sheet, (*area[:2], 1, 1), bold=True, size=14)


def _put_totals(
    change: Change,
    result: Result,
    sheet: str,
    area: Area,
    totals: Mapping[str, object],
    formats: Mapping[str, str],
) -> None:
    row = area[0] - 1
    change.set_cells(sheet, row, area[1], [[totals.get(field.key) for field in result.fields]])
    for place, field in enumerate(result.fields):
        change.set_format(sheet, (row, area[1] + place, 1, 1), formats[field.unit])
    change.paint(sheet, (row, area[1], 1, area[3]), bold=True)


def _dress(
    change: Change, result: Result, sheet: str, area: Area, widths: Sequence[float], formats: Mapping[str, str]
) -> None:
    """Number formats, widths that fit, long texts wrapped, the header in sight."""
    top, left, height, width = area
    body = (top + 1, left, height - 1, width)
    change.paint(sheet, body, valign="top")
    change.paint(sheet, (top, left, 1, width), bold=True, fill=GRAY, wrap=True, valign="top")
    for place, field in enumerate(result.fields):
        column = (top + 1, left + place, height - 1, 1)
        if formats[field.unit] != FORMATS[_kind(field.unit)]:
            change.set_format(sheet, column, formats[field.unit])
        change.set_width(sheet, left + place, widths[place])
        if field.unit == "text":
            change.paint(sheet, column, wrap=True)
        elif field.unit != "id":
            change.paint(sheet, (top, left + place, 1, 1), align="right")
    change.fit_rows(sheet, (top, left, height, width))
    change.freeze(sheet, top + 1, 3 if result.fields[0].unit == "id" else 1)


def _columns(headers: Sequence[str], body: Sequence[Sequence[object]]) -> Iterator[list[object]]:
    return (list(column) for column in zip(headers, *body, strict=True))


def _kind(unit: str) -> str:
    """A kind of column that live books know."""
    return unit if unit in FORMATS else "number"


def _shown(cell: object, language: str) -> object:
    return cell.text(language) if isinstance(cell, Label) else cell


def display_width(text: str) -> int:
    """Characters as a sheet shows them: Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def folded(text: str, width: int) -> list[str]:
    """A text in lines of at most `width` characters (Chinese ones count twice), cut at blanks or beside Chinese."""
    found, line = [], ""
    for word in _WORD.findall(text):
        if line and display_width(line + word.rstrip()) > width:
            found.append(line.rstrip())
            line = ""
        line += word
    return [*found, line.rstrip()]


def fitting(cells: Iterable[object], unit: str) -> float:
    """A width in which the cells of a column stand; the longest texts are wrapped."""
    texts = [str(cell) for cell in cells if isinstance(cell, str) and not isinstance(cell, CellError)]
    longest = max(map(display_width, texts), default=0)
    return min(_WIDEST, max(_NARROWEST, _WIDTHS.get(unit, 0), longest + 2))


# --- sheets to fill in ------------------------------------------------------------------------------------------------


def add_input(
    change: Change, name: str, sheet: Label, lead: str, asked: Sequence[Asked], language: str, day: bool = False
) -> str:
    """A sheet with an empty table `name`: what to write stands above each column. `day`: it asks for the as-of date."""
    made = change.add_sheet(sheet.text(language))
    change.set_cells(made, 1, 1, [[sheet.text(language)], [lead]])
    change.paint(made, (1, 1, 1, 1), bold=True, size=14)
    top = 4
    if day:
        basis.ask_day(change, made, 3, language)
        top = 5
    helps = [one.help.text(language) for one in asked]
    headers = [one.field.label(language) for one in asked]
    change.set_cells(made, top, 1, [helps])
    change.paint(made, (top, 1, 1, len(asked)), ink=MUTED, wrap=True, size=9, valign="bottom")
    kinds = [_kind(one.field.unit) for one in asked]
    area = change.put_table(name, made, headers, [[None] * len(asked)] * _BLANK_ROWS, kinds=kinds, at=(top + 1, 1))
    change.paint(made, (area[0], 1, 1, area[3]), bold=True, fill=GRAY, wrap=True)
    change.paint(made, (area[0] + 1, 1, area[2] - 1, area[3]), fill=INPUT_FILL, ink=INPUT_INK)
    for place, one in enumerate(asked, start=1):
        change.set_width(made, place, 26 if one.field.key == "customer_name" else 15)
    change.freeze(made, area[0] + 1, 3)
    return made


def add_settings(change: Change, name: str, sheet: Label, lead: str, asked: Sequence[Asked], language: str) -> str:
    """A sheet with a table of settings: one row each, the value yellow, what to write beside it."""
    made = change.add_sheet(sheet.text(language))
    change.set_cells(made, 1, 1, [[sheet.text(language)], [lead]])
    change.paint(made, (1, 1, 1, 1), bold=True, size=14)
    area = put_settings(change, name, made, asked, language, at=(4, 1))
    for column, width in enumerate((24, 22, 80), start=1):
        change.set_width(made, column, width)
    change.freeze(made, area[0] + 1)
    return made


def put_settings(
    change: Change,
    name: str,
    sheet: str,
    asked: Sequence[Asked],
    language: str,
    at: tuple[int, int],
    values: Mapping[str, Cell] | None = None,
) -> Area:
    """The table of settings alone: its values are blank, or those given by key."""
    known = values or {}
    rows = [[one.field.label(language), known.get(one.field.key), one.help.text(language)] for one in asked]
    top, left = at[0] + 1, at[1]
    for place, one in enumerate(asked):
        change.set_format(sheet, (top + place, left + 1, 1, 1), OWN_FORMATS[one.field.unit])
    area = change.put_table(name, sheet, [header.text(language) for header in close_sheet.HEADERS], rows, at=at)
    change.paint(sheet, (area[0], left, 1, 3), bold=True, fill=GRAY)
    change.paint(sheet, (top, left + 1, len(asked), 1), fill=INPUT_FILL, ink=INPUT_INK)
    change.paint(sheet, (top, left, len(asked), 3), valign="top")
    change.paint(sheet, (top, left + 2, len(asked), 1), ink=MUTED, wrap=True)
    return area


def settings(table: LiveTable, asked: Sequence[Asked]) -> dict[str, Cell]:
    """Key → value of a table of settings, blank ones left out. DuebookError for a row that is no setting, or twice."""
    found: dict[str, Cell] = {}
    for setting, value, *_ in table.rows:
        if missing(setting) or missing(value):
            continue
        key = key_of(str(setting), asked)
        if key is None:
            known = Label(", ".join(one.field.en for one in asked), "、".join(one.field.zh for one in asked))
            raise DuebookError("credit_buttons.unknown_setting", table=table.name, setting=str(setting), known=known)
        if key in found:
            raise DuebookError("credit_buttons.setting_twice", table=table.name, setting=str(setting))
        found[key] = value
    return found
