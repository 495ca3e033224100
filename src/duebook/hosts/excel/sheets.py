"""Sheets that buttons make: an input to fill in (yellow cells, what to write beside them), and a result.

A result is a table with a name, values only; above it its title and lines that say what it rests on. A second press
replaces the table where it stands, and its lines.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from duebook.close.slots import Field
from duebook.core.cells import Cell, CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.hosts.excel import basis, close_sheet
from duebook.hosts.excel.columns import Asked, key_of
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import FORMATS, Area
from duebook.hosts.excel.live.changes import INPUT_FILL, INPUT_INK, Change
from duebook.hosts.excel.live.tables import LiveTable

OWN_FORMATS: Mapping[str, str] = {**FORMATS, "points": "0.00", "ratio": "#,##0.00"}
GRAY = (242, 242, 242)
MUTED = (110, 110, 110)
_WIDTHS = {"id": 13, "date": 12, "money": 16, "text": 12, "rate": 10}
_BLANK_ROWS = 20
_WIDEST = 42
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
    depth = 1 + len(lines) + (totals is not None)
    known = tables.native(change.book, result.name)
    sheet = change.add_sheet(result.sheet.text(language)) if known is None else known.parent.name
    head = _head_row(change, result, sheet, known is None, depth)
    at = (head + depth + 1, 1) if head else (1, 1)
    area = change.put_table(result.name, sheet, headers, body, kinds=[_kind(f.unit) for f in result.fields], at=at)
    if head:
        _put_head(change, result, sheet, (head, area), [result.title.text(language), *lines], totals)
    _dress(change, result, sheet, area, body, headers, {**OWN_FORMATS, **(formats or {})})
    return sheet


def _head_row(change: Change, result: Result, sheet: str, new: bool, depth: int) -> int:
    """The row of the title; 0 where somebody has taken it away, or the lines would not fit above the table."""
    if new:
        return 1
    place = tables.named_cell(change.book, result.head)
    known = tables.native(change.book, result.name)
    assert known is not None
    fits = place is not None and place.sheet == sheet and place.row + depth < known.range.row
    return place.row if place is not None and fits else 0


def _put_head(
    change: Change,
    result: Result,
    sheet: str,
    where: tuple[int, Area],
    lines: Sequence[str],
    totals: Mapping[str, object] | None,
) -> None:
    head, area = where
    change.set_cells(sheet, head, area[1], [[line] for line in lines])
    change.define_name(result.head, sheet, (head, area[1], 1, 1))
    change.paint(sheet, (head, area[1], 1, 1), bold=True, size=14)
    if totals is not None:
        units = {field.key: field.unit for field in result.fields}
        cells = [totals.get(field.key) for field in result.fields]
        row = area[0] - 1
        change.set_cells(sheet, row, area[1], [cells], kinds=[_kind(units[f.key]) for f in result.fields])
        change.paint(sheet, (row, area[1], 1, area[3]), bold=True)


def _dress(
    change: Change,
    result: Result,
    sheet: str,
    area: Area,
    body: Sequence[Sequence[object]],
    headers: Sequence[str],
    formats: Mapping[str, str],
) -> None:
    """Number formats, widths that fit, long texts wrapped, the header in sight."""
    top, left, height, width = area
    for place, field in enumerate(result.fields):
        if formats[field.unit] != FORMATS[_kind(field.unit)]:
            # a row of totals stands right above the header
            change.set_format(sheet, (top + 1, left + place, height - 1, 1), formats[field.unit])
        column = [headers[place], *(row[place] for row in body)]
        change.set_width(sheet, left + place, fitting(column, field.unit))
        if field.unit == "text":
            change.paint(sheet, (top + 1, left + place, height - 1, 1), wrap=True)
    change.paint(sheet, (top, left, 1, width), bold=True, fill=GRAY, wrap=True)
    change.freeze(sheet, top + 1)


def _kind(unit: str) -> str:
    """A kind of column that live books know."""
    return unit if unit in FORMATS else "number"


def _shown(cell: object, language: str) -> object:
    return cell.text(language) if isinstance(cell, Label) else cell


def display_width(text: str) -> int:
    """Characters as a sheet shows them: Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


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
    change.paint(made, (top, 1, 1, len(asked)), ink=MUTED, wrap=True, size=9)
    kinds = [_kind(one.field.unit) for one in asked]
    area = change.put_table(name, made, headers, [[None] * len(asked)] * _BLANK_ROWS, kinds=kinds, at=(top + 1, 1))
    change.paint(made, (area[0], 1, 1, area[3]), bold=True, fill=GRAY, wrap=True)
    change.paint(made, (area[0] + 1, 1, area[2] - 1, area[3]), fill=INPUT_FILL, ink=INPUT_INK)
    for place, one in enumerate(asked, start=1):
        change.set_width(made, place, 26 if one.field.key == "customer_name" else 15)
    change.freeze(made, area[0] + 1)
    return made


def add_settings(change: Change, name: str, sheet: Label, lead: str, asked: Sequence[Asked], language: str) -> str:
    """A sheet with a table of settings: one row each, the value yellow, what to write beside it."""
    made = change.add_sheet(sheet.text(language))
    change.set_cells(made, 1, 1, [[sheet.text(language)], [lead]])
    change.paint(made, (1, 1, 1, 1), bold=True, size=14)
    area = put_settings(change, name, made, asked, language, at=(4, 1))
    for column, width in enumerate((24, 22, 60), start=1):
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
