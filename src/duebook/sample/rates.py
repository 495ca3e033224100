"""Exchange rates of the sample month: made up, near what rates are, one for each month's end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from duebook.sample.trade import AS_OF, FIRST_MONTH

RATE_HEADERS = ("Pair", "Rate", "Date", "Source")
SOURCE = "sample (invented)"
_START = {"USD/CNY": Decimal("7.1055"), "EUR/CNY": Decimal("8.3421"), "JPY/CNY": Decimal("0.04812")}
_STEPS = (3, -7, 5, 11, -4, -9, 6, 2, -5, 8, -3, 4, -6, 7, 1)
"""Monthly moves in thousandths, shared out differently over the pairs."""


def rate_rows() -> list[list[str]]:
    """One row for each pair and month end from before the first month to the as-of date."""
    rows = []
    for place, (pair, rate) in enumerate(_START.items()):
        for number, day in enumerate(_month_ends()):
            rate += rate * _STEPS[(number + 4 * place) % len(_STEPS)] / 1000
            rows.append([pair, f"{rate:.6f}", day.isoformat(), SOURCE])
    return rows


def _month_ends() -> list[date]:
    found, day = [], date(*FIRST_MONTH, 1) - timedelta(1)
    while day <= AS_OF:
        found.append(day)
        first = day + timedelta(1)
        day = (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
    return found
