"""Worksheet functions on numbers: sums, counts, sums and counts under criteria, rounding, ranks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from duebook.books.evaluate_arguments import (
    MANY,
    Area,
    Arguments,
    Grid,
    Operand,
    cells_of,
    column_of,
    counts_as_number,
    exact_sum,
    function,
)
from duebook.books.evaluate_criteria import Column
from duebook.books.evaluate_parse import MAX_COL, MAX_ROW, NotUnderstood
from duebook.books.evaluate_values import (
    EXACT,
    Failed,
    Scalar,
    finite,
    floor,
    power,
    rounded,
    same_number,
    shown,
    whole,
)
from duebook.books.evaluate_view import DIV0, NA, NUM, VALUE, ExcelError


@function("SUM", 1, MANY)
def sum_(args: Arguments) -> Operand:
    return finite(float(args.total()))


@function("AVERAGE", 1, MANY)
def average(args: Arguments) -> Operand:
    return _mean(list(args.numbers()))


def _mean(numbers: list[float]) -> float:
    if not numbers:
        raise Failed(DIV0)
    return finite(float(EXACT.divide(exact_sum(iter(numbers)), Decimal(len(numbers)))))


@function("MIN", 1, MANY)
def min_(args: Arguments) -> Operand:
    return min(args.numbers(), default=0.0)


@function("MAX", 1, MANY)
def max_(args: Arguments) -> Operand:
    return max(args.numbers(), default=0.0)


@function("PRODUCT", 1, MANY)
def product(args: Arguments) -> Operand:
    numbers = list(args.numbers())
    return finite(math.prod(numbers)) if numbers else 0.0


@function("MEDIAN", 1, MANY)
def median(args: Arguments) -> Operand:
    numbers = sorted(args.numbers())
    if not numbers:
        raise Failed(NUM)
    middle = numbers[(len(numbers) - 1) // 2 : len(numbers) // 2 + 1]
    return _mean(middle)


@function("COUNT", 1, MANY)
def count(args: Arguments) -> Operand:
    return float(sum(1 for value, direct in _all_values(args) if counts_as_number(value, direct)))


@function("COUNTA", 1, MANY)
def counta(args: Arguments) -> Operand:
    return float(sum(1 for value, direct in _all_values(args) if value is not None or direct))


def _all_values(args: Arguments) -> Iterator[tuple[Scalar, bool]]:
    """Every value given, and whether it was given directly and not in cells. An error is a value here."""
    for index in range(len(args)):
        found = _caught(args, index)
        if isinstance(found, (Area, Grid)):
            yield from ((value, False) for value in cells_of(args.sheets, found))
        else:
            yield found, True


def _caught(args: Arguments, index: int) -> Operand:
    try:
        return args.operand(index)
    except Failed as failed:
        return failed.error


@function("COUNTBLANK", 1)
def countblank(args: Arguments) -> Operand:
    column = args.sheets.column(args.area(0))
    if column.cut:
        raise NotUnderstood("blank cells of a whole column")
    return float(sum(1 for value in column.cells if value is None or value == ""))


_SUBTOTALS: dict[int, Callable[[list[float]], float]] = {
    1: _mean,
    4: lambda numbers: max(numbers, default=0.0),
    5: lambda numbers: min(numbers, default=0.0),
}


@function("SUBTOTAL", 2, MANY)
def subtotal(args: Arguments) -> Operand:
    """1 and 101 are the same here: rows hidden by hand or by a filter are not known."""
    kind = args.whole(0) % 100
    areas = [args.area(index) for index in range(1, len(args))]
    if kind == 9:
        return finite(float(args.total(1, subtotals=False)))
    if kind in (2, 3):
        values = [value for area in areas for value in args.sheets.column(area, subtotals=False).cells]
        return float(sum(1 for value in values if (counts_as_number(value, False) if kind == 2 else value is not None)))
    if kind not in _SUBTOTALS:
        raise NotUnderstood(f"SUBTOTAL {kind}")
    return _SUBTOTALS[kind](list(args.numbers(1, subtotals=False)))


# --- under criteria ---


def _matching(args: Arguments, first: int) -> tuple[tuple[int, int], frozenset[int]]:
    """Size of the criteria ranges from argument `first` on, and the places where all criteria are met."""
    if (len(args) - first) % 2:
        raise NotUnderstood("criteria come in pairs")
    size: tuple[int, int] | None = None
    met: list[frozenset[int]] = []
    for index in range(first, len(args), 2):
        area = args.area(index)
        if size not in (None, (area.height, area.width)):
            raise Failed(VALUE)
        size = (area.height, area.width)
        met.append(args.sheets.column(area).meeting(args.raw(index + 1)))
    assert size
    met.sort(key=len)
    return size, met[0].intersection(*met[1:])


def _numbers_at(column: Column, places: frozenset[int]) -> list[float]:
    found = []
    for place in sorted(places):
        value = column.cells[place] if place < len(column.cells) else None
        if isinstance(value, ExcelError):
            raise Failed(value)
        if isinstance(value, float):
            found.append(value)
    return found


def _chosen(args: Arguments) -> list[float]:
    """The numbers that SUMIFS and AVERAGEIFS work on."""
    area = args.area(0)
    size, places = _matching(args, 1)
    if size != (area.height, area.width):
        raise Failed(VALUE)
    return _numbers_at(args.sheets.column(area), places)


def _chosen_if(args: Arguments) -> list[float]:
    """The numbers that SUMIF and AVERAGEIF work on: the third range takes the size of the first."""
    area = args.area(0)
    places = args.sheets.column(area).meeting(args.raw(1))
    target = area
    if args.given(2):
        start = args.area(2)
        if start.row + area.height - 1 > MAX_ROW or start.col + area.width - 1 > MAX_COL:
            raise NotUnderstood("a sum range that runs over the sheet's edge")
        target = start.part(0, 0, area.height, area.width)
    return _numbers_at(args.sheets.column(target), places)


@function("SUMIF", 2, 3)
def sumif(args: Arguments) -> Operand:
    return finite(float(exact_sum(iter(_chosen_if(args)))))


@function("SUMIFS", 3, MANY)
def sumifs(args: Arguments) -> Operand:
    return finite(float(exact_sum(iter(_chosen(args)))))


@function("AVERAGEIF", 2, 3)
def averageif(args: Arguments) -> Operand:
    return _mean(_chosen_if(args))


@function("AVERAGEIFS", 3, MANY)
def averageifs(args: Arguments) -> Operand:
    return _mean(_chosen(args))


@function("COUNTIF", 2)
def countif(args: Arguments) -> Operand:
    return float(len(_matching(args, 0)[1]))


@function("COUNTIFS", 2, MANY)
def countifs(args: Arguments) -> Operand:
    return float(len(_matching(args, 0)[1]))


@function("SUMPRODUCT", 1, MANY)
def sumproduct(args: Arguments) -> Operand:
    """Products place by place, then their exact sum. Text and flags count as 0, errors win."""
    inner = Arguments(args.sheets, args.nodes, args.at, array=True)
    blocks = [inner.block(index) for index in range(len(inner))]
    if len({(block.height, block.width) for block in blocks}) != 1:
        raise Failed(VALUE)
    total = Decimal(0)
    for values in zip(*(cells_of(args.sheets, block) for block in blocks), strict=True):
        factors = []
        for value in values:
            if isinstance(value, ExcelError):
                raise Failed(value)
            factors.append(Decimal(repr(value)) if isinstance(value, float) else Decimal(0))
        term = factors[0]
        for factor in factors[1:]:
            term = EXACT.multiply(term, factor)
        total = EXACT.add(total, term)
    return finite(float(total))


# --- one number ---


@function("ABS", 1, lifted=True)
def abs_(args: Arguments) -> Operand:
    return abs(args.number(0))


@function("SIGN", 1, lifted=True)
def sign(args: Arguments) -> Operand:
    number = args.number(0)
    return float((number > 0) - (number < 0))


@function("INT", 1, lifted=True)
def int_(args: Arguments) -> Operand:
    return float(floor(args.number(0)))


@function("TRUNC", 1, 2, lifted=True)
def trunc(args: Arguments) -> Operand:
    return _cut(args, ROUND_DOWN)


@function("ROUND", 2, lifted=True)
def round_(args: Arguments) -> Operand:
    return rounded(args.number(0), args.whole(1))


@function("ROUNDUP", 2, lifted=True)
def roundup(args: Arguments) -> Operand:
    return _cut(args, ROUND_UP)


@function("ROUNDDOWN", 2, lifted=True)
def rounddown(args: Arguments) -> Operand:
    return _cut(args, ROUND_DOWN)


def _cut(args: Arguments, rounding: str) -> float:
    """Rounding by direction. Where the 16th digit decides, programs differ: then it is not decided here."""
    number, digits = args.number(0), args.whole(1)
    cut = rounded(number, digits, rounding)
    if digits <= 20:
        exact = EXACT.scaleb(Decimal(repr(number)), digits).to_integral_value(rounding)
        if float(EXACT.scaleb(exact, -digits)) != cut:
            raise NotUnderstood(f"{number!r} is a hair beside a round number")
    return cut


@function("MOD", 2, lifted=True)
def mod(args: Arguments) -> Operand:
    """number − divisor × INT(number ÷ divisor), in floats as documented: it takes the divisor's sign."""
    number, divisor = args.number(0), args.number(1)
    if divisor == 0:
        raise Failed(DIV0)
    if abs(number / divisor) > 1e9:
        raise NotUnderstood("a quotient too large for MOD in some programs")
    exact = shown(number) % shown(divisor)
    if exact and (exact < 0) != (divisor < 0):
        exact += shown(divisor)
    raw = math.fmod(number, divisor)
    if raw and (raw < 0) != (divisor < 0):
        raw += divisor
    if abs(float(exact) - raw) > 1e-9 * abs(divisor):
        raise NotUnderstood("a remainder that hangs on rounding noise")
    return finite(number - divisor * math.floor(number / divisor)) if exact else 0.0


@function("SQRT", 1, lifted=True)
def sqrt(args: Arguments) -> Operand:
    number = args.number(0)
    if number < 0:
        raise Failed(NUM)
    return math.sqrt(number)


@function("POWER", 2, lifted=True)
def power_(args: Arguments) -> Operand:
    return power(args.number(0), args.number(1))


# --- ranks ---


def _kth(args: Arguments, descending: bool) -> float:
    block = args.block(0)
    numbers = []
    for value in cells_of(args.sheets, block):
        if isinstance(value, ExcelError):
            raise Failed(value)
        if isinstance(value, float):
            numbers.append(value)
    k = args.number(1)
    if k != whole(k):
        raise NotUnderstood("a rank that is no whole number")
    if not 1 <= k <= len(numbers):
        raise Failed(NUM)
    return sorted(numbers, reverse=descending)[int(k) - 1]


@function("LARGE", 2)
def large(args: Arguments) -> Operand:
    return _kth(args, descending=True)


@function("SMALL", 2)
def small(args: Arguments) -> Operand:
    return _kth(args, descending=False)


@function("RANK", 2, 3)
def rank(args: Arguments) -> Operand:
    number = args.number(0)
    numbers = []
    for value in column_of(args.sheets, args.area(1)).cells:
        if isinstance(value, ExcelError):
            raise Failed(value)
        if isinstance(value, float):
            numbers.append(value)
    if number not in numbers:
        if any(same_number(number, other) for other in numbers):
            raise NotUnderstood("a rank that hangs on rounding noise")
        raise Failed(NA)
    ascending = args.number(2) != 0
    return float(1 + sum(1 for other in numbers if (other < number if ascending else other > number)))
