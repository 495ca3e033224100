"""The arithmetic of a plan: anchored dates, interest to the cent, the last installment takes the residue.

Amounts are exact decimals. Interest of a period = opening × yearly rate × part of a year, rounded half up; principal is
never negative and never more than is left, so what is owed falls to the balloon and to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from duebook.core.cells import CellError
from duebook.core.dates import months_later, whole_months, year_fraction
from duebook.core.money import readable, rounded
from duebook.core.notes import note

PERIODIC = "periodic"
LONGEST = 1200
"""Installments at most: a hundred years of months."""
_DIGITS = 60


@dataclass(frozen=True)
class Installment:
    """A row of a plan. Number 0 is the deposit. payment = principal + interest; closing = opening − principal."""

    number: int
    day: date
    opening: Decimal
    principal: Decimal
    interest: Decimal

    @property
    def payment(self) -> Decimal:
        return self.principal + self.interest

    @property
    def closing(self) -> Decimal:
        return self.opening - self.principal

    def on(self, day: date) -> Installment:
        """The same row, paid on another day."""
        return replace(self, day=day)


@dataclass(frozen=True)
class Accrual:
    """How interest runs: yearly rate, day count (`PERIODIC` or one of `core.dates`), first day, months per period."""

    annual_rate: Decimal
    start: date
    every_months: int = 1
    day_count: str = PERIODIC

    def factors(self, days: Sequence[date]) -> list[Fraction]:
        """Interest on 1 in each period that ends on one of `days`; the first begins on `start`."""
        return [self.factor(n, before, day) for n, (before, day) in enumerate(pairwise([self.start, *days]), start=1)]

    def factor(self, number: int, before: date, day: date) -> Fraction:
        """Interest on 1 in period `number`, from `before` to `day`."""
        if self.day_count != PERIODIC:
            return self._rate * year_fraction(before, day, self.day_count)
        return self._regular * self._first_periods(day) if number == 1 else self._regular

    @cached_property
    def _rate(self) -> Fraction:
        return Fraction(self.annual_rate)

    @cached_property
    def _regular(self) -> Fraction:
        return regular_factor(self.annual_rate, self.every_months)

    def _first_periods(self, first: date) -> Fraction:
        """Periods from the start to the first date: whole ones counted back from it, and a part by actual days."""
        exactly = whole_months(self.start, first)
        if exactly is not None and exactly % self.every_months == 0:
            return Fraction(exactly, self.every_months)
        months = (first.year - self.start.year) * 12 + first.month - self.start.month
        count = months // self.every_months
        while count and _before(first, count * self.every_months) < self.start:
            count -= 1
        end = _before(first, count * self.every_months)
        begin = _before(first, (count + 1) * self.every_months)
        return count + Fraction((end - self.start).days, (end - begin).days or 1)


def regular_factor(annual_rate: Decimal, every_months: int) -> Fraction:
    """Interest on 1 in a regular period."""
    return Fraction(annual_rate) * every_months / 12


def _before(day: date, months: int) -> date:
    try:
        return months_later(day, -months)
    except OverflowError:
        return date.min


def due_date(first: date, number: int, every_months: int) -> date:
    """The date of installment `number` (from 1), anchored to the first. CellError beyond the year 9999."""
    try:
        return months_later(first, every_months * (number - 1))
    except OverflowError:
        raise CellError("#NUM!", "plans.beyond_calendar", count=number, months=every_months) from None


def due_dates(first: date, count: int, every_months: int) -> list[date]:
    """`count` dates: 31 January, 28 February, 31 March."""
    return [due_date(first, number, every_months) for number in range(1, count + 1)]


def spread(
    amount: Decimal,
    days: Sequence[date],
    accrual: Accrual,
    method: str = "level",
    balloon: Decimal = Decimal(0),
    grace: int = 0,
    digits: int = 2,
) -> list[Installment]:
    """`amount` over installments on `days`: "level" payments, "equal_principal", or "interest_only" to the last.

    The first `grace` installments are interest only. The balloon is what the regular installments leave; the last one
    pays it and every residue.
    """
    factors = accrual.factors(days)
    principal: Callable[[Decimal], Decimal]
    if method == "level":
        payment, grace = _level(amount, factors, balloon, grace, digits)
        principal = payment.__sub__
    else:
        with localcontext() as context:
            context.prec = _DIGITS
            part = (amount - balloon) / (len(days) - grace) if method == "equal_principal" else Decimal(0)
        part = rounded(part, digits)
        principal = lambda interest: part  # noqa: E731  # the same shape as the level rule above
    rows: list[Installment] = []
    left = amount
    for number, (day, factor) in enumerate(zip(days, factors, strict=True), start=1):
        interest = rounded(times(left, factor), digits)
        paid = Decimal(0) if number <= grace else max(Decimal(0), min(principal(interest), left - balloon))
        rows.append(Installment(number, day, left, left if number == len(days) else paid, interest))
        left -= paid
    if method == "level" and not balloon and abs(rows[-1].payment - payment) > len(rows) * Decimal(1).scaleb(-digits):
        note("plans.last_differs", payment=readable(payment), last=readable(rows[-1].payment))
    return rows


def _level(
    amount: Decimal, factors: Sequence[Fraction], balloon: Decimal, grace: int, digits: int
) -> tuple[Decimal, int]:
    """The level payment in minor units, and how many installments bear interest only.

    A first period so long that its interest alone is more than the payment makes the first installment one of these:
    otherwise debt would grow, or the payments after it would be too high.
    """
    payment = rounded(level_payment(amount, factors[grace:], balloon), digits)
    interest = rounded(times(amount, factors[0]), digits)
    if grace or interest <= payment or factors[0] <= max(factors[1:], default=factors[0]):
        return payment, grace
    note("plans.long_first_period", interest=readable(interest))
    return rounded(level_payment(amount, factors[1:], balloon), digits), 1


def level_payment(amount: Decimal, factors: Sequence[Fraction], balloon: Decimal = Decimal(0)) -> Decimal:
    """The equal payment after which `balloon` is left, to 40 digits; periods may bear different interest."""
    with localcontext() as context:
        context.prec = _DIGITS
        growth, annuity = Decimal(1), Decimal(0)
        for factor in factors:
            grown = 1 + _decimal(factor)
            growth *= grown
            annuity = annuity * grown + 1
        payment = (amount * growth - balloon) / annuity
    return _shortened(payment)


def regular_payment(amount: Decimal, factor: Fraction, installments: int) -> Decimal:
    """`level_payment` where every period bears the same interest, at once."""
    with localcontext() as context:
        context.prec = _DIGITS
        interest = _decimal(factor)
        growth = (1 + interest) ** installments
        payment = amount * growth / ((growth - 1) / interest) if growth != 1 else amount / installments
    return _shortened(payment)


def _decimal(factor: Fraction) -> Decimal:
    return Decimal(factor.numerator) / factor.denominator


def _shortened(payment: Decimal) -> Decimal:
    """Without its last digits, which are not sure: half a cent must be half a cent to be rounded up."""
    with localcontext() as context:
        context.prec = 40
        return +payment


def fixed(
    amount: Decimal,
    payment: Decimal,
    day_of: Callable[[int], date],
    accrual: Accrual,
    digits: int = 2,
    installments: int | None = None,
) -> list[Installment]:
    """Installments of `payment` until nothing is left, or for `installments`; the last takes the rest.

    `day_of(n)` is the date of installment n, from 1. CellError: the payment does not cover the interest (or pays
    interest only, without end), or the plan would be longer than `LONGEST`.
    """
    rows: list[Installment] = []
    left, before = amount, accrual.start
    while left > 0:
        number = len(rows) + 1
        if number > LONGEST:
            raise CellError("#NUM!", "plans.too_many", most=LONGEST)
        day = day_of(number)
        interest = rounded(times(left, accrual.factor(number, before, day)), digits)
        last = number == installments
        if not last and (payment < interest or (payment == interest and installments is None)):
            facts = {"installment": readable(payment), "interest": readable(interest)}
            raise CellError("#NUM!", "plans.installment_too_small", **facts)
        paid = left if last else min(payment - interest, left)
        rows.append(Installment(number, day, left, paid, interest))
        left, before = left - paid, day
    return rows


def times(amount: Decimal, factor: Fraction) -> Decimal:
    """amount × factor, divided last: 120.60 × 10 % ÷ 12 is 1.005, which rounds up; 120.60 × 0.008333… would not."""
    with localcontext() as context:
        context.prec = _DIGITS
        return amount * factor.numerator / factor.denominator
