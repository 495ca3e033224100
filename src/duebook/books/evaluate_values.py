"""Excel's rules for single values: number, text and truth out of each other, comparison, rounding.

Numbers are floats. Functions that sum do it exactly, on the shortest decimals that name the numbers, so that cents
add up as they are written; the operators work in floats, as in Excel. Text is read as a number only where it is
plainly one; locale decides the rest.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_view import DIV0, NUM, VALUE, CellValue, ExcelError

Scalar = float | str | bool | ExcelError | None
"""One value while computing; None is a blank cell."""

EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)
_PLAIN_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,3})?")
_NOISE: Final = 2.0**-48
"""A difference this small beside its operands is rounding noise; Excel and LibreOffice show it as zero."""


class Failed(Exception):
    """The formula's value is this error."""

    def __init__(self, error: ExcelError) -> None:
        self.error = error
        super().__init__(error.code)


def scalar(value: CellValue, date1904: bool) -> Scalar:
    """A cell's value as the evaluator counts with it: numbers as floats, dates as serials."""
    if value is None or isinstance(value, (bool, str, ExcelError)):
        return value
    if isinstance(value, date):
        return date_serial(value, date1904)
    number = float(value)
    if not math.isfinite(number):
        raise NotUnderstood(f"{value} is no cell value")
    return number


def date_serial(day: date, date1904: bool) -> float:
    """Days since the book's epoch. The 1900 system counts a 29 February 1900 that never was."""
    moment = day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
    span = moment.replace(tzinfo=None) - (datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30))
    serial = span.days + (span.seconds + span.microseconds / 1e6) / 86400
    if serial < (0 if date1904 else 61):
        raise NotUnderstood("dates before March 1900 are not surely numbered")
    return float(serial)


def serial_date(number: float, date1904: bool) -> date:
    """The day of a serial; the time of day is cut off."""
    if number < 0:
        raise Failed(NUM)
    if not date1904 and number < 61:
        raise NotUnderstood("dates before March 1900 are not surely numbered")
    try:
        return (date(1904, 1, 1) if date1904 else date(1899, 12, 30)) + timedelta(days=math.floor(number))
    except OverflowError:
        raise Failed(NUM) from None


def finite(number: float) -> float:
    """`number` as a cell can hold it: no inf, no nan, no −0."""
    if not math.isfinite(number):
        raise Failed(NUM)
    return number + 0.0


def plain_number(text: str) -> float | None:
    """The number that `text` plainly is, in any locale that writes decimals with a point; else None."""
    stripped = text.strip(" ")
    return float(stripped) if _PLAIN_NUMBER.fullmatch(stripped) else None


def may_be_number(text: str) -> bool:
    """Whether some locale could read a number, a date or a time out of `text`."""
    return any(letter.isdigit() for letter in text)


def as_number(value: Scalar) -> float:
    if isinstance(value, ExcelError):
        raise Failed(value)
    if isinstance(value, str):
        number = plain_number(value)
        if number is not None:
            return finite(number)
        if may_be_number(value):
            raise NotUnderstood(f"{value!r} as a number depends on the locale")
        raise Failed(VALUE)
    return float(value) if value is not None else 0.0


def as_logical(value: Scalar) -> bool:
    if isinstance(value, ExcelError):
        raise Failed(value)
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        if may_be_number(value):
            raise NotUnderstood(f"{value!r} as a condition")
        raise Failed(VALUE)
    return bool(value)


def as_text(value: Scalar) -> str:
    if isinstance(value, ExcelError):
        raise Failed(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return general(value)
    return value or ""


def general(number: float) -> str:
    """A number joined to text: up to 15 digits. Where Excel might write an exponent it is left to Excel."""
    if number == 0:
        return "0"
    if not 1e-4 <= abs(number) < 1e15:
        raise NotUnderstood(f"{number!r} as text")
    if Context(prec=15, rounding=ROUND_HALF_UP).plus(Decimal(repr(number))) != shown(number):
        raise NotUnderstood(f"the 15th digit of {number!r} is cut differently between programs")
    digits = format(shown(number), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def shown(number: float) -> Decimal:
    """The 15 digits that Excel shows of a number, as an exact decimal."""
    return Decimal(format(number, ".15g"))


def rounded(number: float, digits: int, rounding: str = ROUND_HALF_UP) -> float:
    """`number` to `digits` decimals (negative: to tens, hundreds), worked out on the 15 digits that Excel shows."""
    if digits > 20:
        return number
    value = EXACT.scaleb(shown(number), digits)
    whole = value.to_integral_value(rounding)
    return finite(float(EXACT.scaleb(whole, -digits)))


def whole(number: float) -> int:
    """Cut to a whole number, as Excel does with counts and positions."""
    return math.trunc(_settled(number))


def floor(number: float) -> int:
    return math.floor(_settled(number))


def _settled(number: float) -> float:
    """A number that is not a hair beside a whole one; on which side such a hair falls differs between programs."""
    nearest = round(number)
    if number != nearest and abs(number - nearest) < 1e-9 * max(1.0, abs(number)):
        raise NotUnderstood(f"{number!r} is a hair beside {nearest}")
    return number


def added(left: float, right: float, sign: int = 1) -> float:
    """left ± right in floats, as the programs do it; noise far below the operands is zero."""
    total = left + sign * right
    if abs(total) < _NOISE * max(abs(left), abs(right)):
        return 0.0
    return finite(total)


def divided(left: float, right: float) -> float:
    if right == 0:
        raise Failed(DIV0)
    return finite(left / right)


def power(base: float, exponent: float) -> float:
    if base == 0 and exponent == 0:
        raise NotUnderstood("0^0 differs between programs")
    if base == 0 and exponent < 0:
        raise Failed(DIV0)
    if base < 0 and exponent != int(exponent):
        raise Failed(NUM)
    try:
        result = finite(base**exponent)
    except OverflowError:
        raise Failed(NUM) from None
    if result == 0 and base != 0:
        raise NotUnderstood("too small a power is 0 or an error between programs")
    return result


def same_number(left: float, right: float) -> bool:
    return left == right or (abs(left - right) <= abs(left) * 1e-14 and shown(left) == shown(right))


def fold(text: str) -> str:
    """Text as comparisons see it: upper and lower case alike."""
    return text.lower()


def same_text(left: str, right: str) -> bool:
    """Equality of text, upper and lower case alike. Letters that only some rule makes equal are not decided here."""
    if fold(left) == fold(right):
        return True
    if not (left.isascii() and right.isascii()) and _blurred(left) == _blurred(right):
        raise NotUnderstood(f"{left!r} and {right!r} are equal by some rules")
    return False


def _blurred(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def order(left: Scalar, right: Scalar) -> int:
    """−1, 0 or 1: numbers before text before FALSE before TRUE; a blank is 0, "" or FALSE as its partner needs."""
    left, right = _beside(left, right), _beside(right, left)
    if isinstance(left, ExcelError):
        raise Failed(left)
    if isinstance(right, ExcelError):
        raise Failed(right)
    if _rank(left) != _rank(right):
        return -1 if _rank(left) < _rank(right) else 1
    if isinstance(left, str) and isinstance(right, str):
        return _text_order(left, right)
    a, b = as_number(left), as_number(right)
    return 0 if same_number(a, b) else -1 if a < b else 1


def same(left: Scalar, right: Scalar) -> bool:
    """Whether `left = right` holds; unlike `order` it needs no collation."""
    left, right = _beside(left, right), _beside(right, left)
    if isinstance(left, str) and isinstance(right, str):
        return same_text(left, right)
    return order(left, right) == 0


def _beside(value: Scalar, partner: Scalar) -> Scalar:
    if value is not None:
        return value
    if isinstance(partner, str):
        return ""
    return False if isinstance(partner, bool) else 0.0


def _rank(value: Scalar) -> int:
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 0


def _text_order(left: str, right: str) -> int:
    """Which text comes first; only for plain letters, digits and spaces, since the rest hangs on the locale."""
    if same_text(left, right):
        return 0
    a, b = fold(left), fold(right)
    if not (a and b):
        return -1 if not a else 1
    if not all(letter.isascii() and letter.isalnum() for letter in a + b):
        raise NotUnderstood(f"the order of {left!r} and {right!r} depends on the locale")
    return -1 if a < b else 1
