"""Calendar days: months that clamp to their end, spreadsheet day numbers, year-first text, day counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction

LAST_SERIAL = 2_958_465
"""9999-12-31 as a day number of the 1900 system; spreadsheets know no later day."""
_ZERO_1900, _ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


def months_later(day: date, months: int) -> date:
    """The same day `months` later, clamped to the end of the month. OverflowError beyond the calendar."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise OverflowError(year)
    return min(date(year, month + 1, 1) + timedelta(day.day - 1), month_end(date(year, month + 1, 1)))


def whole_months(start: date, end: date) -> int | None:
    """Months from `start` to a later `end` where none of their days is left over, else None.

    31 January to 28 February is one, and so is 28 February to 31 March: the shorter month has no such day.
    """
    count = (end.year - start.year) * 12 + end.month - start.month
    return count if months_later(start, count) == end or months_later(end, -count) == start else None


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return day.replace(day=31) if day.month == 12 else day.replace(month=day.month + 1, day=1) - timedelta(1)


def from_serial(serial: float, since_1904: bool = False) -> date:
    """The day of a spreadsheet's day number; a time of day is dropped. ValueError outside the system.

    In the 1900 system day 60 is 29 February 1900, which never was; days up to it are one lower, as in Excel.
    """
    days = int(serial // 1)
    if since_1904:
        if not 0 <= days <= LAST_SERIAL - 1462:
            raise ValueError(serial)
        return _ZERO_1904 + timedelta(days)
    if not 1 <= days <= LAST_SERIAL or days == 60:
        raise ValueError(serial)
    return _ZERO_1900 + timedelta(days + (days < 60))


def to_serial(day: date, since_1904: bool = False) -> int:
    """The day number of `day`; ValueError before the system's first day."""
    days = (day - (_ZERO_1904 if since_1904 else _ZERO_1900)).days
    if since_1904:
        if days < 0:
            raise ValueError(day)
        return days
    days -= days < 61
    if days < 1:
        raise ValueError(day)
    return days


def year_first(text: str) -> date | None:
    """The day that a year-first text writes: 2026-10-31, 2026/10/31, 2026年10月31日. None for any other text.

    Other orders are never guessed in a cell: 03/04/2026 is March to one reader and April to another.
    """
    m = _YEAR_FIRST.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not m:
        return None
    try:
        return date(int(m[1]), int(m[2]), int(m[3]))
    except ValueError:
        return None


def _actual(year: int) -> Callable[[date, date], Fraction]:
    return lambda start, end: Fraction((end - start).days, year)


def _actual_actual(start: date, end: date) -> Fraction:
    """ISDA: days in leap years over 366 plus days in other years over 365."""
    if end < start:
        return -_actual_actual(end, start)
    total = Fraction(0)
    while start.year < end.year:
        following = date(start.year + 1, 1, 1)
        total += Fraction((following - start).days, 366 if _leap(start.year) else 365)
        start = following
    return total + Fraction((end - start).days, 366 if _leap(start.year) else 365)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _thirty_360(start: date, end: date) -> Fraction:
    """Bond basis (30/360 US without the end-of-February rule): day 31 counts as 30."""
    first = min(start.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first, 360)


def _thirty_e_360(start: date, end: date) -> Fraction:
    """Eurobond basis: day 31 counts as 30 at both ends."""
    last = min(end.day, 30) - min(start.day, 30)
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + last, 360)


DAY_COUNTS: Mapping[str, Callable[[date, date], Fraction]] = {
    "actual/365": _actual(365),
    "actual/360": _actual(360),
    "actual/actual": _actual_actual,
    "30/360": _thirty_360,
    "30e/360": _thirty_e_360,
}
"""Day count conventions: the part of a year between two days, exactly. Source: ISDA 2006 Definitions, 4.16."""


def year_fraction(start: date, end: date, day_count: str) -> Fraction:
    """The part of a year from `start` to `end` under a convention of `DAY_COUNTS`; negative backwards."""
    return DAY_COUNTS[day_count](start, end)
