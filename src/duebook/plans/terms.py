"""What payment terms say, once read: parts of the amount with their steps from the base date, and cash discounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from duebook.core.dates import month_end, months_later

StepKind = Literal["days", "months", "month_end", "month_day", "on_day", "business_days", "period_end", "half_month"]


class Step(NamedTuple):
    """One move: `n` days, months or business days on; to the month's end; to the `n`-th of the next month
    (`month_day`); to the first `n`-th on or after (`on_day`); to the end of the running period of `n` months
    (`period_end`: 3, 6 or 12) or half-month."""

    kind: StepKind
    n: int = 0


Rule = tuple[Step, ...]
IMMEDIATE: Rule = ()
"""Due on the base date itself."""


class Part(NamedTuple):
    """A share of the amount and when it is due. `milestone`: the terms tie it to an event, not to days."""

    share: Fraction
    rule: Rule
    milestone: bool = False


class Discount(NamedTuple):
    """Pay by `rule` from the base date and take `rate` off."""

    rate: Decimal
    rule: Rule


@dataclass(frozen=True)
class Terms:
    """What a wording says: its parts in the order written, and its cash discounts, the soonest first."""

    parts: tuple[Part, ...]
    discounts: tuple[Discount, ...] = ()


BusinessDays = Callable[[date, int], date]
"""The `n`-th business day after a day, by the caller's calendar."""


def reached(rule: Rule, base: date, business_days: BusinessDays) -> date:
    """The day that `rule` leads to from `base`. OverflowError beyond the calendar."""
    day = base
    for kind, n in rule:
        if kind == "days":
            day += timedelta(n)
        elif kind == "months":
            day = months_later(day, n)
        elif kind == "month_end":
            day = month_end(day)
        elif kind == "period_end":
            day = month_end(day.replace(day=1, month=-(-day.month // n) * n))
        elif kind == "half_month":
            day = day.replace(day=15) if day.day <= 15 else month_end(day)
        elif kind == "month_day":
            day = _month_day(months_later(day.replace(day=1), 1), n)
        elif kind == "on_day":
            here = _month_day(day, n)
            day = here if here >= day else _month_day(months_later(day.replace(day=1), 1), n)
        else:
            day = business_days(day, n)
    return day


def discount_end(rule: Rule, base: date) -> date:
    """The last day of a discount; its rule holds days and month ends, never business days."""
    return reached(rule, base, lambda day, n: day)


def _month_day(day: date, n: int) -> date:
    """The `n`-th of the month of `day`, or its last day where the month is shorter."""
    return day.replace(day=min(n, month_end(day).day))
