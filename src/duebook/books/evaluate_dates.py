"""Worksheet functions on dates, as serials of the book's date system; TODAY and NOW are never computed."""

from __future__ import annotations

import calendar
from datetime import date

from duebook.books.evaluate_arguments import Arguments, Operand, function
from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_values import Failed, date_serial, serial_date
from duebook.books.evaluate_view import NUM


def _day(args: Arguments, index: int) -> date:
    return serial_date(args.number(index), args.sheets.date1904)


def _shifted(day: date, months: int) -> tuple[int, int]:
    """Year and month, `months` later."""
    return divmod(day.year * 12 + day.month - 1 + months, 12)


def _serial(args: Arguments, year: int, month: int, day: int, beyond: int = 0) -> float:
    """The serial of a day, moved on by `beyond` days."""
    if not 1 <= year <= 9999:
        raise Failed(NUM)
    try:
        moved = date.fromordinal(date(year, month, day).toordinal() + beyond)
    except (ValueError, OverflowError):
        raise Failed(NUM) from None
    return date_serial(moved, args.sheets.date1904)


@function("DATE", 3, lifted=True)
def date_(args: Arguments) -> Operand:
    """Months and days may run over; a year below 1900 counts from 1900."""
    year, month, day = args.whole(0), args.whole(1), args.whole(2)
    if year < 0 or year > 9999:
        raise Failed(NUM)
    if year < 1900:
        if args.sheets.date1904 or year < 30:
            raise NotUnderstood("two-digit years are read differently between programs")
        year += 1900
    years, months = divmod(month - 1, 12)
    return _serial(args, year + years, months + 1, 1, day - 1)


@function("YEAR", 1, lifted=True)
def year_(args: Arguments) -> Operand:
    return float(_day(args, 0).year)


@function("MONTH", 1, lifted=True)
def month_(args: Arguments) -> Operand:
    return float(_day(args, 0).month)


@function("DAY", 1, lifted=True)
def day_(args: Arguments) -> Operand:
    return float(_day(args, 0).day)


@function("EOMONTH", 2)
def eomonth(args: Arguments) -> Operand:
    year, month = _shifted(_day(args, 0), args.whole(1))
    return _serial(args, year, month + 1, calendar.monthrange(max(year, 1), month + 1)[1]) if year > 0 else NUM


@function("EDATE", 2)
def edate(args: Arguments) -> Operand:
    day = _day(args, 0)
    year, month = _shifted(day, args.whole(1))
    if not 1 <= year <= 9999:
        return NUM
    return _serial(args, year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@function("_XLFN.DAYS", 2)
def days(args: Arguments) -> Operand:
    """Newer than the file format, hence the prefix; without it Excel does not know the name."""
    return float(_day(args, 0).toordinal() - _day(args, 1).toordinal())
