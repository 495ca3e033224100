"""Dates as exports write them: what a text can mean, and which layout a whole column has.

A text has *readings*: label → date. A year-first, month-name or dotted date has one (`fixed`); `03/04/2026` has two
(`dmy`, `mdy`), `03/04/26` three. Nothing here prefers one; `layouts_left` rules out what no value of the column allows,
and `duebook.ledger.date_evidence` weighs the rest.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Label = str
FIXED, DMY, MDY, YMD, AS_IS, SWAPPED = "fixed", "dmy", "mdy", "ymd", "as_is", "swapped"
LAYOUTS = (DMY, MDY, YMD)
EARLIEST = date(1990, 1, 1)
YEARS_AHEAD = 20
SINCE_1904 = " (1904)"
"""Marks the day numbers of a workbook that counts from 1904, as those made on old Macs do."""
_SERIAL_ZERO, _SERIAL_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_TIME = re.compile(
    r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]\.?m\.?|[上下]午)?(Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年\s]\s*(\d{1,2})\s*[-/.月\s]\s*(\d{1,2})\s*日?")
_CHINESE_SHORT = re.compile(r"(\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?")
_PARTS = re.compile(r"(\d{1,2})\s*([-/.\s])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/.\s]*([a-z]{3,9})\.?[-/.,\s]*(\d{4}|\d{2})", re.IGNORECASE)
_MONTH_NAME_DAY = re.compile(r"([a-z]{3,9})\.?[-/.\s]*(\d{1,2})(?:st|nd|rd|th)?[-/.,\s]+(\d{4}|\d{2})", re.IGNORECASE)
_YEAR_MONTH_NAME = re.compile(r"(\d{4})[-/.\s]*([a-z]{3,9})\.?[-/.\s]*(\d{1,2})", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*月?")
_WEEKDAY = re.compile(r"^(mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,\s]+", re.IGNORECASE)


@dataclass(frozen=True)
class Readings:
    """What one text can mean. `style`: iso, serial, text (month name), parts, unreadable, implausible."""

    style: str
    by_label: Mapping[Label, date]

    @property
    def certain(self) -> date | None:
        """The date, where every reading is the same day."""
        days = set(self.by_label.values())
        return days.pop() if len(days) == 1 else None


_NONE: Mapping[Label, date] = {}


def read(text: str, as_of: date | None = None) -> Readings:
    """All that `text` can mean as a date. Readings before 1990 or more than 20 years after `as_of` do not count."""
    found = _read(_TIME.sub("", unicodedata.normalize("NFKC", text).strip()).strip())
    if not found.by_label:
        return found
    latest = (as_of or date(2100, 1, 1)).year + YEARS_AHEAD
    plausible = {k: d for k, d in found.by_label.items() if d >= EARLIEST and d.year <= latest}
    return Readings(found.style, plausible) if plausible else Readings("implausible", _NONE)


def _read(text: str) -> Readings:
    text = _WEEKDAY.sub("", text)
    if m := _YEAR_FIRST.fullmatch(text):
        return _one("iso", int(m[1]), int(m[2]), int(m[3]))
    if m := _PARTS.fullmatch(text):
        return _parts(int(m[1]), int(m[3]), m[4], dotted=m[2] == ".")
    if text.isascii() and text.isdigit() and len(text) == 8:
        return _one("iso", int(text[:4]), int(text[4:6]), int(text[6:]))
    if m := re.fullmatch(r"(\d{5})(?:\.\d+)?( \(1904\))?", text):
        zero = _SERIAL_ZERO_1904 if m[2] else _SERIAL_ZERO
        return Readings("serial", {FIXED: zero + timedelta(days=int(m[1]))})
    if m := _CHINESE_SHORT.fullmatch(text):
        return _one("text", _century(int(m[1])), int(m[2]), int(m[3]))
    if m := _DAY_MONTH_NAME.fullmatch(text):
        return _one("text", _year(m[3]), _MONTHS.get(m[2].lower(), 0), int(m[1]))
    if m := _MONTH_NAME_DAY.fullmatch(text):
        return _one("text", _year(m[3]), _MONTHS.get(m[1].lower(), 0), int(m[2]))
    if m := _YEAR_MONTH_NAME.fullmatch(text):
        return _one("text", int(m[1]), _MONTHS.get(m[2].lower(), 0), int(m[3]))
    return Readings("unreadable", _NONE)


def _one(style: str, year: int, month: int, day: int) -> Readings:
    found = _day(year, month, day)
    return Readings(style, {FIXED: found}) if found else Readings("unreadable", _NONE)


def _parts(first: int, second: int, last: str, dotted: bool) -> Readings:
    year = _year(last)
    found = {DMY: _day(year, second, first)}
    if not dotted:  # no country writes month.day.year with dots
        found[MDY] = _day(year, first, second)
    if len(last) == 2:
        found[YMD] = _day(_century(first), second, int(last))
    readings = {label: day for label, day in found.items() if day}
    return Readings("parts", readings) if readings else Readings("unreadable", _NONE)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else _century(int(text))


def _century(year: int) -> int:
    """Two digits: 70–99 are 1970–1999, the rest is 2000–2069."""
    return year + (1900 if year >= 70 else 2000)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_start(text: str, as_of: date | None = None) -> date | None:
    """The first day of the month that a text names: 2026-03, 202603, 2026年3月, Mar 2026 or any date."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if m := _YEAR_MONTH.fullmatch(plain):
        return _day(int(m[1]), int(m[2]), 1)
    if m := re.fullmatch(r"([A-Za-z]{3,9})\.?[-/\s]*(\d{4}|\d{2})", plain):
        return _day(_year(m[2]), _MONTHS.get(m[1].lower(), 0), 1)
    found = read(plain, as_of)
    months = {day.replace(day=1) for day in found.by_label.values()}
    return months.pop() if len(months) == 1 else None


TRUE_DATES = ("iso", "text", "serial")
"""How real dates of a sheet come out of it: as dates, and in a CSV with whatever format their cells had."""


def layouts_left(values: Iterable[Readings]) -> frozenset[str] | None:
    """Layouts that fit every value whose parts could be swapped; None where no value could.

    One left: the column has it. Several: nothing in the column tells. None left (empty set): the column mixes them.
    """
    left: set[str] | None = None
    for value in values:
        if value.style == "parts":
            left = set(value.by_label) if left is None else left & set(value.by_label)
    return None if left is None else frozenset(left)


@dataclass(frozen=True)
class Damage:
    """A column in which Excel swapped day and month of the dates it could, and left the others as text."""

    dates: int
    """Distinct true dates, all with a day of 12 or less."""
    texts: int
    """Distinct texts, none of which Excel could have taken for a date."""

    @property
    def sure(self) -> bool:
        """Eight days of the month, none above 12, by chance: (12/31)^8 < 0.05 %."""
        return self.dates >= 8


def damage(values: Iterable[Readings]) -> Damage | None:
    """Signs of Excel's damage: real dates only with days up to 12 beside texts that only one layout can read."""
    days, texts, layouts = set(), 0, set()
    for value in values:
        if value.style in TRUE_DATES:
            days.add(value.by_label[FIXED])
        elif value.style == "parts":
            texts += 1
            layouts.add(tuple(value.by_label))
    if not days or not texts or any(day.day > 12 for day in days):
        return None
    one = layouts.pop() if len(layouts) == 1 else ()
    return Damage(len(days), texts) if len(one) == 1 and one[0] in (DMY, MDY) else None


def swapped(value: Readings) -> Readings:
    """The two readings of a true date in a damaged column: as it stands, and with day and month put back."""
    day = value.by_label[FIXED]
    return Readings("damaged", {AS_IS: day, SWAPPED: date(day.year, day.day, day.month)})
