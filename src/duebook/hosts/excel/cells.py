"""What crosses between Excel and the door: what pywin32 makes of a cell's value, and what VBA turns into one.

To us: a number is a float (a date its serial number), text and flags are themselves, a blank is None, a range is a
tuple of rows; an error is the integer that COM gives error values. To VBA: always rows, because xlwings takes the
length of every result and hands a single cell over as that cell and a single row as an array of one dimension. These
are lists: of a tuple pywin32 gives VBA the first item alone, and writes the others into the call's arguments. An
error travels as its text after `MARK`; a text that begins with `MARK` is sent with a second one before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from duebook.core.cells import CellError, is_grid
from duebook.core.dates import to_serial

MARK = "\x01"
"""Chr(1): no one can type it into a cell."""
Sent = str | float | bool
Rows = list[Sequence[Sent]]

ERROR_NUMBERS: Mapping[str, int] = {
    "#NULL!": 2000, "#DIV/0!": 2007, "#VALUE!": 2015, "#REF!": 2023, "#NAME?": 2029, "#NUM!": 2036, "#N/A": 2042,
}  # fmt: skip
"""The numbers of Excel's error values, as VBA's CVErr takes them."""
_COM_ERRORS = -2146828288
"""0x800A0000: COM tells an error value as this plus its number."""
_CODES = {_COM_ERRORS + number: code for code, number in ERROR_NUMBERS.items()}
_NEWER = range(_COM_ERRORS + 2000, _COM_ERRORS + 2300)
"""Error values of later programs (#SPILL!, #CALC!, #BLOCKED! …) have numbers in here too."""
_GETTING_DATA = _COM_ERRORS + 2043
_LEFT_OUT = -2147352572
"""What COM says of an argument that was left out."""
_AS_THEY_ARE = {float, str, bool, type(None)}
_SENT_AS_THEY_ARE = {float, bool}


def from_excel(value: Any) -> Any:
    """One argument as the door takes it: a single cell, or rows of cells. An array of one dimension is a row."""
    if type(value) is float or not is_grid(value):
        return _cell(value)
    if not value or value[0] == ():
        return None
    rows = value if is_grid(value[0]) else (value,)
    kinds = set(map(type, chain.from_iterable(rows)))
    return rows if kinds <= _AS_THEY_ARE else tuple(tuple(map(_cell, row)) for row in rows)


def _cell(value: Any) -> Any:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is int:
        return _integer(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)  # pywin32 calls the times of a sheet universal
    return value


def _integer(value: int) -> Any:
    """An error value, an argument left out, or a number that VBA code handed over; cells hold no integers."""
    code = _CODES.get(value)
    if code is None:
        if value == _LEFT_OUT:
            return None
        if value not in _NEWER:
            return float(value)
        code = "#N/A" if value == _GETTING_DATA else "#VALUE!"
    return CellError(code, "cell.error_passed", argument="the cell", value=code)


def to_excel(value: Any, since_1904: bool = False) -> Rows:
    """A result as rows for VBA. Dates become serial numbers of the caller's date system."""
    if is_grid(value):
        if set(map(type, chain.from_iterable(value))) <= _SENT_AS_THEY_ARE:
            return [list(value[0])] if len(value) == 1 else list(value)
        return [[_sent(cell, since_1904) for cell in row] for row in value]
    return [[_sent(value, since_1904)]]


def error_rows(code: str) -> Rows:
    """A single cell that shows an error."""
    return [[MARK + code]]


def _sent(value: Any, since_1904: bool) -> Sent:
    kind = type(value)
    if kind is float or kind is bool:
        return value  # type: ignore[no-any-return]  # its kind was just looked at
    if isinstance(value, CellError):
        return MARK + value.code
    if isinstance(value, str):
        return MARK + value if value.startswith(MARK) else str(value)
    if isinstance(value, (int, Decimal)):
        return float(value)
    if isinstance(value, date):
        return float(to_serial(value.date() if isinstance(value, datetime) else value, since_1904))
    if value is None:
        return ""
    raise TypeError(f"a result of {kind.__name__}")
