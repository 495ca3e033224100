"""Worksheet functions on text: parts, case, joining, and numbers and dates shown in the common formats."""

from __future__ import annotations

import re
from decimal import Decimal

from duebook.books.evaluate_arguments import MANY, Area, Arguments, Grid, Operand, function
from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_values import (
    Failed,
    as_number,
    as_text,
    may_be_number,
    plain_number,
    rounded,
    serial_date,
    shown,
)
from duebook.books.evaluate_view import VALUE


def _text(args: Arguments, index: int) -> str:
    """A text whose letters every program counts alike; outside the basic plane some count two."""
    text = args.text(index)
    if any(ord(letter) > 0xFFFF for letter in text):
        raise NotUnderstood("letters outside the basic plane")
    return text


def _count(args: Arguments, index: int, default: int = 1) -> int:
    count = args.whole(index, default)
    if count < 0:
        raise Failed(VALUE)
    return count


@function("LEN", 1, lifted=True)
def len_(args: Arguments) -> Operand:
    return float(len(_text(args, 0)))


@function("LEFT", 1, 2, lifted=True)
def left(args: Arguments) -> Operand:
    return _text(args, 0)[: _count(args, 1)]


@function("RIGHT", 1, 2, lifted=True)
def right(args: Arguments) -> Operand:
    text, count = _text(args, 0), _count(args, 1)
    return text[max(0, len(text) - count) :]


@function("MID", 3, lifted=True)
def mid(args: Arguments) -> Operand:
    text, start, count = _text(args, 0), args.whole(1), _count(args, 2)
    if start < 1:
        raise Failed(VALUE)
    return text[start - 1 : start - 1 + count]


@function("FIND", 2, 3, lifted=True)
def find(args: Arguments) -> Operand:
    """Where a text begins in another, upper and lower case apart."""
    wanted, text, start = _text(args, 0), _text(args, 1), args.whole(2, 1)
    if wanted == "":
        raise NotUnderstood("FIND of nothing")
    place = text.find(wanted, start - 1) if start >= 1 else -1
    if place < 0:
        raise Failed(VALUE)
    return float(place + 1)


@function("SUBSTITUTE", 3, lifted=True)
def substitute(args: Arguments) -> Operand:
    text, old, new = _text(args, 0), _text(args, 1), _text(args, 2)
    return text.replace(old, new) if old else text


@function("TRIM", 1, lifted=True)
def trim(args: Arguments) -> Operand:
    """Spaces at the ends go, runs of spaces become one; only the plain space counts."""
    return " ".join(part for part in args.text(0).split(" ") if part)


@function("UPPER", 1, lifted=True)
def upper(args: Arguments) -> Operand:
    return _same_length(args.text(0), args.text(0).upper())


@function("LOWER", 1, lifted=True)
def lower(args: Arguments) -> Operand:
    return _same_length(args.text(0), args.text(0).lower())


def _same_length(text: str, changed: str) -> str:
    if len(text) != len(changed):
        raise NotUnderstood(f"the case of {text!r}")
    return changed


@function("REPT", 2, lifted=True)
def rept(args: Arguments) -> Operand:
    text, count = args.text(0), _count(args, 1)
    if len(text) * count > 32_767:
        raise Failed(VALUE)
    return text * count


@function("EXACT", 2, lifted=True)
def exact(args: Arguments) -> Operand:
    return args.text(0) == args.text(1)


@function("CONCATENATE", 1, MANY)
def concatenate(args: Arguments) -> Operand:
    return "".join(args.text(index) for index in range(len(args)))


@function("HYPERLINK", 1, 2)
def hyperlink(args: Arguments) -> Operand:
    """What the cell shows: the friendly name, else the address."""
    address = args.text(0)
    return args.value(1) if args.given(1) else address


@function("VALUE", 1, lifted=True)
def value(args: Arguments) -> Operand:
    found = args.value(0)
    if isinstance(found, bool):
        raise Failed(VALUE)
    return as_number(found)


_NUMBER_FORMAT = re.compile(r"(#,##0|0+)(?:\.(0+))?(%?)")
_DATE_FORMAT = re.compile(r'(?:yyyy|mm|m|dd|d|-|年|月|日|"[年月日]")+')
_DATE_TOKEN = re.compile(r'yyyy|mm|m|dd|d|"?([-年月日])"?')


@function("TEXT", 2)
def text_(args: Arguments) -> Operand:
    """Number and date formats that read alike in every locale written in English or Chinese."""
    operands = [args.operand(0), args.operand(1)]
    if any(isinstance(x, Grid) or (isinstance(x, Area) and not x.single) for x in operands):
        raise NotUnderstood("several cells where one value is wanted")
    shown_value, pattern = args.value(0), args.text(1)
    if isinstance(shown_value, bool):
        return as_text(shown_value)
    if isinstance(shown_value, str):
        if plain_number(shown_value) is not None or may_be_number(shown_value):
            raise NotUnderstood("text that may be a number")
        return shown_value
    number = as_number(shown_value)
    if match := _NUMBER_FORMAT.fullmatch(pattern):
        return _number_text(number, match[1], len(match[2] or ""), bool(match[3]))
    if _DATE_FORMAT.fullmatch(pattern) and re.search("[ymd]", pattern):
        return _date_text(number, pattern, args.sheets.date1904)
    raise NotUnderstood(f"the format {pattern!r}")


def _number_text(number: float, whole: str, digits: int, percent: bool) -> str:
    value = shown(number) * 100 if percent else shown(number)
    if abs(value) >= Decimal(10) ** 15:
        raise NotUnderstood("more than 15 digits")
    places = digits + 2 if percent else digits
    value = Decimal(repr(rounded(number, places))) * (100 if percent else 1)
    if number < 0 and value == 0:
        raise NotUnderstood("a negative number that rounds to zero")
    text = format(abs(value), f"{',' if ',' in whole else ''}.{digits}f")
    head, point, tail = text.partition(".")
    head = head if "," in whole else head.rjust(len(whole), "0")
    return ("-" if value < 0 else "") + head + point + tail + ("%" if percent else "")


def _date_text(number: float, pattern: str, date1904: bool) -> str:
    if not 0 <= number < 2_958_466:
        raise NotUnderstood("a date beyond the calendar")
    day = serial_date(number, date1904)
    parts = {"yyyy": f"{day.year:04}", "mm": f"{day.month:02}", "m": str(day.month)}
    parts |= {"dd": f"{day.day:02}", "d": str(day.day)}
    return "".join(token[1] or parts[token[0]] for token in _DATE_TOKEN.finditer(pattern))
