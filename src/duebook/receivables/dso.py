"""Days sales outstanding and its relatives.

Money goes in as exact Decimals; results are Decimals rounded to 6 places (half away from zero), or None where the
denominator is zero: a figure that does not exist is left blank with its reason, never zero or infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from duebook.core.money import ratio, rounded

DIGITS = 6


def dso(receivables: Decimal, credit_sales: Decimal, days: int) -> Decimal | None:
    """receivables ÷ credit_sales × days. Both in one currency and on one VAT basis; days of the sales period."""
    return _scaled(receivables, credit_sales, days)


def dso_average(opening: Decimal, closing: Decimal, credit_sales: Decimal, days: int) -> Decimal | None:
    """DSO on the mean of opening and closing receivables."""
    return _scaled((opening + closing) / 2, credit_sales, days)


def dso_best_possible(current_receivables: Decimal, credit_sales: Decimal, days: int) -> Decimal | None:
    """DSO if nothing were overdue: receivables not yet due ÷ credit sales × days."""
    return _scaled(current_receivables, credit_sales, days)


def average_days_delinquent(dso_days: Decimal | None, best_possible: Decimal | None) -> Decimal | None:
    """DSO less best possible DSO: the days that lateness costs."""
    return None if dso_days is None or best_possible is None else dso_days - best_possible


def collection_effectiveness(
    opening: Decimal, credit_sales: Decimal, closing: Decimal, closing_current: Decimal
) -> Decimal | None:
    """(O + S − C) ÷ (O + S − Cc), a fraction; whole sales of the period (the convention "whole": two are in print)."""
    return ratio(opening + credit_sales - closing, opening + credit_sales - closing_current, DIGITS)


def turnover(credit_sales: Decimal, opening: Decimal, closing: Decimal) -> Decimal | None:
    """Credit sales ÷ mean receivables: times in the period, the reciprocal of average DSO in periods."""
    return ratio(credit_sales, (opening + closing) / 2, DIGITS)


@dataclass(frozen=True)
class Countback:
    """`days` is None where the sales history does not cover the receivables: more than `covered_days` days.

    `empty_months` counts months without sales that were passed over: a gap in the data, or a month without sales.
    """

    days: Decimal | None
    covered_days: int
    empty_months: int


def dso_countback(
    receivables: Decimal, sales_newest_first: Sequence[Decimal], days_in_month: Sequence[int]
) -> Countback:
    """Count-back (exhaustion) DSO: whole months while sales are covered, then the fraction of the next.

    `sales_newest_first` and `days_in_month` run from the month of the as-of date backwards, equally long.
    """
    left, covered, empty = receivables, 0, 0
    for sales, days in zip(sales_newest_first, days_in_month, strict=True):
        if left <= 0:
            break
        if sales > left:
            return Countback(rounded(covered + left / sales * days, DIGITS), covered, empty)
        empty += sales <= 0
        left -= sales
        covered += days
    if left > 0:
        return Countback(None, covered, empty)
    return Countback(Decimal(covered), covered, empty)


def _scaled(amount: Decimal, credit_sales: Decimal, days: int) -> Decimal | None:
    return ratio(amount * days, credit_sales, DIGITS)
