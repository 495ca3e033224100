"""One worked case on a sheet of the gallery: its blocks in shelves, the live formula, and the check.

A case is a few blocks: the result, what is expected, the tolerance, one block an argument. They stand side by side as
far as the page is wide; what does not fit goes on a shelf below, so that the pages stay large enough to read.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.cases.functions import Case, cases, tolerance
from tools.templates import style
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no py.typed

from duebook.core.cells import ERRORS
from duebook.core.declare import Declaration, Spill
from duebook.hosts.formula_text import formula

FONT = "Arial"
CHECK, CASE, FIRST, LAST = 0, 1, 2, 12
"""Columns: the check, the case with its source, then the blocks up to the page's edge."""
CASE_CHARACTERS = 50
FORMATS = {
    "money": "#,##0.00##",
    "days": "#,##0.######",
    "rate": "0.00##%",
    "yearly rate": "0.00##%",
    "share": "0.00##%",
    "date": "yyyy-mm-dd",
}
FRACTIONS = ("rate", "yearly rate", "share")
ERROR_LIST = "{" + ",".join(f'"{code}"' for code in ERRORS) + "}"
RESULT, EXPECTED, TOLERANCE = "Result · 结果", "Expected · 应得", "Tolerance · 容差"


class Look:
    """The cell formats of the gallery, made once each."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[Any, Any] = {}

    def __call__(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            wanted = {"font_name": FONT, "font_size": 9, "valign": "top", **properties}
            self._made[key] = self._workbook.add_format(wanted)
        return self._made[key]

    def value(self, unit: str, value: object, **properties: Any) -> Any:
        """A value in the format of its unit; texts and errors at the left."""
        if isinstance(value, (date, datetime)):
            unit = "date"
        if isinstance(value, bool) or not isinstance(value, (int, float, date)):
            return self(align="left", indent=1, **properties)
        if unit in FRACTIONS and isinstance(value, (int, float)) and abs(value) > 1:
            unit = "count"  # numbers given where shares may stand too
        if unit == "text":
            unit = "money"  # a column more than the declaration can name: a bucket of an aged balance
        return self(align="right", num_format=FORMATS.get(unit, "General"), **properties)


@dataclass(frozen=True)
class Block:
    """Cells that belong together: their heading, rows of values, and the unit of each column."""

    title: str
    rows: list[list[Any]]
    units: list[str]

    @property
    def width(self) -> int:
        return max(map(len, self.rows))


@dataclass(frozen=True)
class Placed:
    """A block at its place; rows and columns count from 0."""

    block: Block
    top: int
    left: int

    @property
    def reference(self) -> str:
        bottom, right = self.top + len(self.block.rows) - 1, self.left + self.block.width - 1
        return str(xl_range_abs(self.top, self.left, bottom, right))

    def cell(self, down: int, along: int) -> str:
        return str(xl_rowcol_to_cell(self.top + down, self.left + along))


Shelf = list[tuple[Block, int]]
"""Blocks side by side, each with its first column."""


def write_case(
    sheet: Worksheet, look: Look, declaration: Declaration, case: Case, row: int, wanted: Any, before: list[Shelf]
) -> tuple[int, list[Shelf]]:
    """Writes a case from `row` on; the first free row, and the shelves, so that the next can share the headings."""
    shelves = _shelves([*_outcome(declaration, case, wanted), *_arguments(declaration, case)])
    shared = len(shelves) == 1 and _headings_of(shelves) == _headings_of(before)
    placed: list[Placed] = []
    first = row if shared else row + 1
    for shelf in shelves:
        if not shared:
            _write_headings(sheet, look, shelf, row)
            row += 1
        placed += [Placed(block, row, left) for block, left in shelf]
        row += max(len(block.rows) for block, _ in shelf)
    result, expected, bound, *arguments = placed
    _write_result(sheet, look, declaration, case, result, [each.reference for each in arguments])
    for each in (expected, *arguments):
        _write_block(sheet, look, each, each is not expected, case)
    quiet_number = look(align="right", font_color=style.MUTED, num_format="[<0.0001]0E+00;General")
    sheet.write_number(bound.top, bound.left, bound.block.rows[0][0], quiet_number)
    _write_source(sheet, look, case, first, first + max(len(block.rows) for block, _ in shelves[0]) - 1)
    mark = look(align="center", num_format='"TRUE";"TRUE";"FALSE"')
    sheet.write_formula(first, CHECK, _check(result, expected, bound), mark, True)
    return row, shelves


def rows_of(value: Any) -> list[list[Any]]:
    """A value, a column or a block as rows of cells."""
    if not isinstance(value, list):
        return [[value]]
    return [row if isinstance(row, list) else [row] for row in value]


def text_columns(text: str) -> int:
    """The width of a text in half-width characters: Chinese ones take two."""
    return sum(2 if character > "\u2e7f" else 1 for character in text)


def _outcome(declaration: Declaration, case: Case, wanted: Any) -> list[Block]:
    rows = rows_of(wanted)
    units = _units(declaration, case, max(map(len, rows)))
    bound = tolerance(case.within, 0.0, *(value for cells in rows for value in cells if _number(value)))
    return [Block(RESULT, rows, units), Block(EXPECTED, rows, units), Block(TOLERANCE, [[bound]], ["count"])]


def _arguments(declaration: Declaration, case: Case) -> list[Block]:
    """A block an argument; those left out too where there is room, so that headings stay alike from case to case."""
    names = [*((p.name, p.kind.unit) for p in declaration.parameters), ("headers", "flag")]
    blocks = []
    for (name, unit), value in zip(names, _given(case), strict=False):
        rows = rows_of(value)
        blocks.append(Block(name, rows, [unit] * max(map(len, rows))))
    most = max(len(_given(each)) for each in cases() if each.function == declaration.name)
    left_out = [Block(name, [[""]], [unit]) for name, unit in names[len(blocks) : most]]
    taken = 2 * max(map(len, rows_of(case.gives))) + 1 + sum(block.width for block in blocks)
    return blocks + left_out if FIRST + taken + len(left_out) - 1 <= LAST else blocks


def _given(case: Case) -> list[Any]:
    """The arguments without those left out at the end."""
    given = list(case.args)
    while given and given[-1] == "":
        given.pop()
    return given


def _shelves(blocks: Sequence[Block]) -> list[Shelf]:
    shelves: list[Shelf] = [[]]
    left = FIRST
    for block in blocks:
        if left + block.width - 1 > LAST and shelves[-1]:
            shelves.append([])
            left = FIRST
        shelves[-1].append((block, left))
        left += block.width
    return shelves


def _headings_of(shelves: Sequence[Shelf]) -> list[tuple[str, int]]:
    return [(block.title, left) for shelf in shelves for block, left in shelf]


def _write_headings(sheet: Worksheet, look: Look, shelf: Shelf, row: int) -> None:
    edge = {"bottom": 1, "bottom_color": style.HAIRLINE}
    head = look(font_color=style.MUTED, valign="bottom", shrink=True, **edge)
    sheet.write_string(row, CASE, "", head)
    for block, left in shelf:
        for along in range(block.width):
            sheet.write_string(row, left + along, "" if along else block.title, head)


def _write_block(sheet: Worksheet, look: Look, placed: Placed, is_input: bool, case: Case) -> None:
    ink = {"font_color": style.INPUT_INK, "bg_color": style.INPUT_FILL} if is_input else {}
    for down, cells in enumerate(placed.block.rows):
        for along, value in enumerate(cells):
            if case.asks and is_input:  # WHY is asked about a live cell
                asked = formula(case.asks["function"], case.asks["args"], ",")
                shown = str(case.gives).partition(":")[0]
                sheet.write_formula(placed.top, placed.left, asked, look(align="right"), shown)
            elif not (is_input and value == ""):
                unit = placed.block.units[along]
                _write(sheet, placed.top + down, placed.left + along, value, look.value(unit, value, **ink))


def _write_source(sheet: Worksheet, look: Look, case: Case, top: int, bottom: int) -> None:
    """The case's id, source and working beside its first shelf; the last row grows with the sentence."""
    said = f"{case.id}: " + "; ".join(part for part in (case.source, case.working) if part)
    quiet = look(font_color=style.MUTED, text_wrap=True)
    if bottom > top:
        sheet.merge_range(top, CASE, bottom, CASE, said, quiet)
    else:
        sheet.write_string(top, CASE, said, quiet)
    lines = -(-text_columns(said) // CASE_CHARACTERS)
    if lines > bottom - top + 1:
        sheet.set_row_pixels(bottom, 16 * (lines - bottom + top))


def _write_result(
    sheet: Worksheet, look: Look, declaration: Declaration, case: Case, placed: Placed, references: list[str]
) -> None:
    """The live formula: one cell, one cell of a table by INDEX, or an array formula over the table's size."""
    given = references[: len(_given(case))]
    call = f"{declaration.name}({','.join(given)})"
    if case.at:
        call = f"INDEX({call},{case.at[0]},{case.at[1]})"
    rows, units = placed.block.rows, placed.block.units
    look_of_first = look.value(units[0], rows[0][0])
    if len(rows) == 1 and len(rows[0]) == 1:
        sheet.write_formula(placed.top, placed.left, f"={call}", look_of_first, _cached(rows[0][0]))
        return
    bottom, right = placed.top + len(rows) - 1, placed.left + placed.block.width - 1
    array = (placed.top, placed.left, bottom, right)
    sheet.write_array_formula(*array, f"{{={call}}}", look_of_first, _cached(rows[0][0]))
    for down, cells in enumerate(rows):
        for along, value in enumerate(cells):
            if down or along:  # the cached values of the other cells of the array
                _write(sheet, placed.top + down, placed.left + along, value, look.value(units[along], value))


def _units(declaration: Declaration, case: Case, width: int) -> list[str]:
    if isinstance(declaration.result, Spill):
        units = [column.unit for column in declaration.result.columns]
        if case.at:
            return [units[case.at[1] - 1]] if case.at[1] <= len(units) else ["value"]
        return list(itertools.islice(itertools.chain(units, itertools.repeat(units[-1])), width))
    return [declaration.result.unit] * width


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cached(value: Any) -> Any:
    """What the cell shows before it is computed: Protected View and previews show this."""
    if isinstance(value, bool) or value is None:
        return value if value is not None else ""
    if isinstance(value, (date, datetime)):
        return (value - date(1899, 12, 30)).days
    return value


def _write(sheet: Worksheet, row: int, column: int, value: Any, look: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif _number(value):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, (date, datetime)):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)
    else:
        sheet.write_string(row, column, str(value), look)


def _check(result: Placed, expected: Placed, bound: Placed) -> str:
    """TRUE where every cell of the result is what is expected; an unexpected error is FALSE, not an error."""
    limit = xl_rowcol_to_cell(bound.top, bound.left, row_abs=True, col_abs=True)
    conditions = [
        _condition(value, result.cell(down, along), expected.cell(down, along), limit)
        for down, cells in enumerate(expected.block.rows)
        for along, value in enumerate(cells)
    ]
    groups = [f"AND({','.join(conditions[n : n + 30])})" for n in range(0, len(conditions), 30)]
    return f"=IFERROR({groups[0] if len(groups) == 1 else 'AND(' + ','.join(groups) + ')'},FALSE)"


def _condition(value: Any, result: str, wanted: str, bound: str) -> str:
    if isinstance(value, str) and value in ERRORS:
        return f"ERROR.TYPE({result})=MATCH({wanted},{ERROR_LIST},0)"
    if isinstance(value, bool):
        return f"N({result})=N({wanted})"
    if isinstance(value, (int, float, date)):
        return f"ABS({result}-{wanted})<={bound}"
    return f'EXACT({result}&"",{wanted}&"")'
