"""What crosses between xlwings Lite and the door: what Lite makes of a cell's value, and what it turns into one.

To us: a number is a float or int (a date its serial number), text and flags are themselves, a blank is None, an error
its own text, every argument rows of cells. To Lite: an error is its text, which Lite turns into the real error; a date
stays a date, which Lite shows as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from duebook.core.cells import ERRORS, CellError, is_grid
from duebook.core.dates import to_serial

_NEWER_ERRORS = frozenset(
    {"#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#PYTHON!", "#EXTERNAL!"}
)
"""Errors of later programs, for which the others have no name."""
_NULLS = ("JsNull", "JsUndefined", "NoneType")
"""What the browser's Python calls nothing: a blank, or an argument left out."""
_WHOLE_COLUMN = 1_048_576
_AT_ONCE = 8_192
_FIRST_SAFE_DAY = date(1900, 3, 1)
"""Before it, Excel counts a 29 February 1900 that never was; other programs do not."""


def trimmed(arguments: Sequence[Any]) -> list[Any]:
    """The arguments with whole columns cut to the last row that any of them uses: `A:A` is a million blanks long."""
    whole = {n for n, value in enumerate(arguments) if is_grid(value) and len(value) >= _WHOLE_COLUMN}
    last = max((_used_rows(arguments[n]) for n in whole), default=0)
    return [value[: max(last, 1)] if n in whole else value for n, value in enumerate(arguments)]


def _used_rows(rows: Sequence[Any]) -> int:
    number = len(rows)
    unused = [rows[-1]] * _AT_ONCE
    while number >= _AT_ONCE and _blank_row(rows[-1]) and rows[number - _AT_ONCE : number] == unused:
        number -= _AT_ONCE
    while number and _blank_row(rows[number - 1]):
        number -= 1
    return number


def _blank_row(row: Any) -> bool:
    return all(map(_blank, row if is_grid(row) else (row,)))


def _blank(cell: Any) -> bool:
    return cell is None or cell == "" or type(cell).__name__ in _NULLS


def from_lite(value: Any) -> Any:
    """One argument as the door takes it: a single cell or rows of cells."""
    if is_grid(value):
        return [list(map(_cell, row)) if is_grid(row) else [_cell(row)] for row in value]
    return _cell(value)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        if value in ERRORS:
            return _error(value, value)
        return _error("#VALUE!", value) if value in _NEWER_ERRORS else value
    if isinstance(value, dict):  # a formatted number or another of Excel's data types
        return _cell(value.get("basicValue"))
    return None if type(value).__name__ in _NULLS else value


def _error(code: str, shown: str) -> CellError:
    return CellError(code, "cell.error_passed", argument="the cell", value=shown)


def to_lite(value: Any, since_1904: bool = False) -> Any:
    """A result as Lite takes it: a single value or rows of values."""
    if is_grid(value):
        return [[_result(cell, since_1904) for cell in row] for row in value]
    return _result(value, since_1904)


def _result(value: Any, since_1904: bool) -> Any:
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, str):
        # a text that reads like an error would become one: the blank keeps it a text
        return f" {value}" if value in ERRORS else str(value)
    if isinstance(value, date) and (since_1904 or value < _FIRST_SAFE_DAY):
        return to_serial(value, since_1904)  # Lite itself counts from 1900
    return value
