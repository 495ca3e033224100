"""Blocks of cells of an open sheet: what they show, what exactly they hold, and how values are entered.

What a cell *shows* is a `Cell` of the core: float, text, flag, date, None or `CellError`. What it *holds* is its
content: None, a flag, a number, a text, or a one-tuple with the text of a formula (or of an error that was typed in);
contents put back make the same cell again. Text is entered so that it stays text whatever it looks like.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from duebook.books.body import capped
from duebook.books.references import column_letters
from duebook.core.cells import ERRORS, Cell, CellError
from duebook.core.errors import DuebookError

if TYPE_CHECKING:
    import xlwings as xw

Content = bool | float | str | tuple[str] | datetime | None
Shown = list[list[Cell]]
Area = tuple[int, int, int, int]
"""First row, first column (from 1), height, width."""
Contents = list[list[Content]]

UNDO_SHEET = "duebook.undo"
"""The hidden sheet on which `undo` keeps the last changes."""
MOST_CELLS = 4_000_000
"""A block with more cells is not read: it would keep Excel busy for minutes and fill the memory."""
FORMATS = {
    "id": "@",
    "date": "yyyy-mm-dd",
    "count": "#,##0",
    "days": "0",
    "decimal": "#,##0.0",
    "money": "#,##0.00",
    "rate": "0.0%",
    "text": "General",
    "number": "General",
    "flag": "General",
}
"""The number format of each kind of column (the kinds are the units of the standard workbooks)."""
_NO_DYNAMIC_ARRAYS = (AttributeError, NotImplementedError)
"""How Excel before 2021 says that it has no `formula2`."""
_FIRST_DAY = date(1900, 3, 1)
"""Days before it have other numbers in Excel than in the calendar: they are entered as text."""
_DAYS_TO_1904 = 1462
_NEWER_ERRORS = range(-2146826288, -2146825988)
"""Error values (#SPILL!, #CALC! …) for which xlwings has no text: numbers in cells are never integers."""


# --- reading --------------------------------------------------------------------------------------------------------


def part(sheet: xw.Sheet, area: Area) -> xw.Range:
    """Cells of a sheet. By its address Excel gives a block in one call, by two corners in three."""
    row, column, height, width = area
    first = f"{column_letters(column)}{row}"
    last = f"{column_letters(column + width - 1)}{row + height - 1}"
    return sheet.range(first if first == last else f"{first}:{last}")


def inside(area: Area, row: int, column: int, height: int, width: int) -> Area:
    """A part of an area, given from the area's first cell on (from 0), as an area of the sheet."""
    return area[0] + row, area[1] + column, height, width


def shown(block: xw.Range) -> Shown:
    """What the cells show, row by row."""
    refuse_giant(block)
    rows = block.options(ndim=2, err_to_str=True).value
    if any(type(value) is str and value in ERRORS for row in rows for value in row):
        # an error and a text that reads like one differ in the other reading only, which has nothing for an error
        texts = block.options(ndim=2).value
        return [[_shown(*pair) for pair in zip(*both, strict=True)] for both in zip(rows, texts, strict=True)]
    return [[_shown(value, value) for value in row] for row in rows]


def _shown(value: Any, text: Any) -> Cell:
    if type(value) is float or value is None:
        return value
    if type(value) is str:
        return value if text is not None or value not in ERRORS else error(value)
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None)
        return plain.date() if plain.time() == time() else plain
    if type(value) is int and value in _NEWER_ERRORS:
        return error("#VALUE!")
    return value if isinstance(value, (bool, date)) else float(value)


def error(code: str) -> CellError:
    return CellError(code, "cell.error_passed", argument="the cell", value=code)


def refuse_giant(block: xw.Range) -> None:
    height, width = block.shape
    if height * width > MOST_CELLS:
        cells = f"{block.sheet.name}!{block.address.replace('$', '')}"
        raise DuebookError("live.too_many_cells", cells=cells, count=f"{height * width:,}", most=f"{MOST_CELLS:,}")


def formulas(block: xw.Range) -> list[list[str]]:
    """The formulas of the cells as Excel writes them in English; a constant as its text, a blank as ""."""
    try:
        found = block.formula2
    except _NO_DYNAMIC_ARRAYS:
        found = block.formula
    height = block.shape[0]
    if not isinstance(found, (list, tuple)):
        return [[_text(found)]]
    if found and not isinstance(found[0], (list, tuple)):
        flat = [_text(cell) for cell in found]
        return [flat] if height == 1 else [[cell] for cell in flat]
    return [[_text(cell) for cell in row] for row in found]


def _text(formula: Any) -> str:
    return formula if type(formula) is str else "" if formula is None else str(formula)


def contents(block: xw.Range) -> Contents:
    """What the cells hold, exactly enough to make the same cells again."""
    pairs = zip(shown(block), formulas(block), strict=True)
    return [[_content(value, formula) for value, formula in zip(*both, strict=True)] for both in pairs]


def _content(value: Cell, formula: str) -> Content:
    if type(value) is str:
        # a text that begins with "=" is its own formula text; a formula never shows itself
        return value if value == formula or not formula.startswith("=") else (formula,)
    if formula.startswith("="):
        return (formula,)
    if isinstance(value, CellError):
        return (value.code,)
    if value is None or type(value) is bool:
        return value
    if type(value) is float:
        told = float(formula)  # a currency format makes Excel hand over four places only: its text has them all
        return value if format(value, ".15g") == format(told, ".15g") else told
    return _serial(value, formula) if isinstance(value, datetime) else float(formula)


def _serial(moment: datetime, formula: str) -> float:
    """The number of a day with a time of day. Excel tells 15 digits of it, two fewer than the cell has."""
    told = float(formula)
    exact = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    return next((n for n in (exact, exact - _DAYS_TO_1904) if format(n, ".15g") == format(told, ".15g")), told)


# --- writing --------------------------------------------------------------------------------------------------------


def put(sheet: xw.Sheet, row: int, column: int, rows: Contents) -> None:
    """Makes the cells from (`row`, `column`) on hold `rows`: constants in one go, then runs of formulas."""
    if any(not isinstance(content, tuple) for line in rows for content in line):
        entered = [[_entered(content) for content in line] for line in rows]
        block = part(sheet, (row, column, len(rows), len(rows[0])))
        block.value = entered[0][0] if len(rows) == len(rows[0]) == 1 else entered
        for down, right, run in _formula_runs(rows):
            enter_formulas(part(sheet, (row + down, column + right, len(run), 1)), [[text] for text in run])
    elif rows and rows[0]:
        texts = [[content[0] for content in line if isinstance(content, tuple)] for line in rows]
        enter_formulas(part(sheet, (row, column, len(rows), len(rows[0]))), texts)


def enter_formulas(cells: xw.Range, texts: Sequence[Sequence[str]]) -> None:
    """Formulas (in English) into a block of cells that is as large."""
    value: Any = texts[0][0] if len(texts) == len(texts[0]) == 1 else texts
    try:
        cells.formula2 = value  # as typed today; `formula` would put an @ where Excel expects a single value
    except _NO_DYNAMIC_ARRAYS:
        cells.formula = value


def _formula_runs(rows: Contents) -> Iterator[tuple[int, int, list[str]]]:
    """Formulas that stand below each other: first row, column, texts."""
    for column in range(len(rows[0]) if rows else 0):
        run: list[str] = []
        for place, row in enumerate(rows):
            content = row[column]
            if isinstance(content, tuple):
                run.append(content[0])
            elif run:
                yield place - len(run), column, run
                run = []
        if run:
            yield len(rows) - len(run), column, run


def _entered(content: Content) -> Any:
    if type(content) is str:
        return guarded(content)
    return None if isinstance(content, tuple) else content


_WORDS = re.compile(r"[^\W\d_][^\W\d]*(?:[ ,.&/()-]+[^\W\d]+)*[.)]?")
_FLAGS = frozenset({"true", "false"})


def guarded(text: str) -> str:
    """Text as it is typed to stay text: with an apostrophe before it wherever Excel might read something else."""
    whole = capped(text.replace("\x00", "")).encode("utf-16-le", "replace").decode("utf-16-le", "replace")
    return whole if not whole or _is_words(whole) else f"'{whole}"


def _is_words(text: str) -> bool:
    if not _WORDS.fullmatch(text) or text.casefold() in _FLAGS:
        return False
    return text[0].isalpha() and not any(map(str.isdigit, text))


def content_of(value: object) -> Content:
    """A value of ours as the content of a cell. Text never becomes a formula, inf and nan never reach a cell."""
    if value is None or value == "":
        return None
    if isinstance(value, (str, bool)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, CellError):
        return (value.code,)
    if isinstance(value, (int, float, Decimal)):
        if not math.isfinite(value):
            raise DuebookError("books.not_a_number", value=value)
        return float(value)
    if isinstance(value, date):
        return _day(value)
    return str(value)


def _day(value: date) -> Content:
    """A day as a datetime: Excel itself knows its number, in books that count from 1904 too."""
    if value < (datetime(1900, 3, 1) if isinstance(value, datetime) else _FIRST_DAY):
        return value.isoformat()
    return value.replace(tzinfo=None) if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def content_rows(rows: Iterable[Sequence[object]], width: int | None = None) -> Contents:
    """Rows of values as rows of contents, all equally long."""
    made = [[content_of(value) for value in row] for row in rows]
    widest = max(map(len, made), default=0) if width is None else width
    return [[*row, *[None] * (widest - len(row))] for row in made]


# --- number formats -------------------------------------------------------------------------------------------------

Patch = tuple[int, int, int, int, str]
"""First row and column inside a block (from 0), height, width, number format."""


def formats(sheet: xw.Sheet, area: Area) -> list[Patch]:
    """The number formats of an area, as few rectangles of one format each as is quickly found: columns first."""
    height, width = area[2:]
    found = part(sheet, area).number_format
    if found is not None or height * width == 1:
        return [(0, 0, height, width, found or "General")]
    if width == 1:
        return _halves(sheet, area)
    made: list[Patch] = []
    for place in range(width):
        column = [
            (top, place, tall, 1, text) for top, _, tall, _, text in formats(sheet, inside(area, 0, place, height, 1))
        ]
        before = made[-1] if made and len(column) == 1 and made[-1][2] == height else None
        if before is not None and before[4] == column[0][4]:  # as the column before, whole
            made[-1] = (0, before[1], height, before[3] + 1, before[4])
        else:
            made += column
    return made


def _halves(sheet: xw.Sheet, area: Area) -> list[Patch]:
    """A column whose formats differ."""
    height = area[2]
    half = height // 2
    upper, lower = formats(sheet, inside(area, 0, 0, half, 1)), formats(sheet, inside(area, half, 0, height - half, 1))
    lower = [(half + top, 0, tall, 1, text) for top, _, tall, _, text in lower]
    if upper[-1][4] == lower[0][4]:
        first = upper.pop()
        lower[0] = (first[0], 0, first[2] + lower[0][2], 1, first[4])
    return upper + lower


def put_formats(sheet: xw.Sheet, area: Area, patches: Iterable[Patch]) -> None:
    for row, column, height, width, number_format in patches:
        part(sheet, inside(area, row, column, height, width)).number_format = number_format
