"""What crosses between a Calc cell and the door: numbers, texts, flags, days, blanks, errors and ranges of them.

To us: a number is a float (dates are day numbers, flags are 1 and 0: Calc keeps only their format apart), a blank is
None, a range rows of cells. To Calc: an error is a NaN whose low word is Calc's own error number; it shows as the real
error. Where an argument is computed in the formula and is an error, Calc calls no function at all.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from duebook.core.cells import CellError, is_grid

ERROR_NUMBERS: Mapping[str, int] = {
    "#NULL!": 521, "#DIV/0!": 532, "#VALUE!": 519, "#REF!": 524, "#NAME?": 525, "#NUM!": 503, "#N/A": 32767,
}  # fmt: skip
_CODES = {number: code for code, number in ERROR_NUMBERS.items()}
_ZERO, _ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)


def error_value(code: str) -> float:
    """The number that shows as an error in Calc: a quiet NaN with the error's number in its low word."""
    found: float = struct.unpack("<d", struct.pack("<II", ERROR_NUMBERS[code], 0x7FF80000))[0]
    return found


def error_code(number: int) -> str:
    """The Excel error that one of Calc's error numbers stands for; its own ones (Err:502) count as `#VALUE!`."""
    return _CODES.get(number, "#VALUE!")


def number_of(value: float) -> int:
    """Calc's error number in a NaN; 0 for any other number."""
    low: int = struct.unpack("<II", struct.pack("<d", value))[0]
    return low if math.isnan(value) else 0


def from_calc(value: Any) -> Any:
    """One argument as Calc hands it over: a single cell, or the rows of a range."""
    if is_grid(value):
        return tuple(tuple(map(_cell, row)) if is_grid(row) else (_cell(row),) for row in value)
    return _cell(value)


def _cell(value: Any) -> Any:
    """Basic packs whole numbers as integers; a NaN is an error; what is neither number nor text is a blank."""
    kind = type(value)
    if kind is str:
        return value
    if kind is float and not math.isnan(value):
        return value
    if kind is float:
        code = error_code(number_of(value))
        return CellError(code, "cell.error_passed", argument="the cell", value=code)
    return float(value) if kind is int or kind is bool else None


def blank(value: Any) -> bool:
    """Whether Calc handed over nothing: a blank cell or empty text."""
    return value is None or value == ""


def to_calc(value: Any, since_1904: bool = False) -> Any:
    """A result as Calc takes it: a number, text or flag, or rows of numbers and texts."""
    if is_grid(value):
        return tuple(tuple(_in_table(cell, since_1904) for cell in row) for row in value)
    return _result(value, since_1904)


def _in_table(value: Any, since_1904: bool) -> Any:
    """Calc keeps no flag apart inside an array: TRUE is 1 there."""
    return float(value) if isinstance(value, bool) else _result(value, since_1904)


def _result(value: Any, since_1904: bool) -> Any:
    if isinstance(value, CellError):
        return error_value(value.code)
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value) if math.isfinite(value) else error_value("#NUM!")
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return float((value - (_ZERO_1904 if since_1904 else _ZERO)).days)
    return "" if value is None else error_value("#VALUE!")
