"""A plan spread anew conserves money: new principal + row 0 = what was owed + late interest − receipts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plans.test_plan_status import DAYS, RECEIPTS, ZERO, plans

from duebook.core.cells import CellError
from duebook.core.dates import months_later
from duebook.core.money import rounded
from duebook.core.notes import listening
from duebook.plans.plan_status import receipts
from duebook.plans.plan_table import read
from duebook.plans.replan import left_of, replan

RATES = st.one_of(st.just(ZERO), st.decimals("0", "1", places=3))
Received = list[tuple[Decimal, date]]


def columns(received: Received) -> tuple[list[Decimal] | None, list[date] | None]:
    return [amount for amount, _ in received] or None, [day for _, day in received] or None


def late_interest_day_by_day(plan: list[list[Any]], received: Received, as_of: date, rate: Decimal) -> Decimal:
    """The slow way: each day's overdue principal, receipts applied anew every day."""
    total = ZERO
    day = min(row[1] for row in plan[1:])
    while day < as_of:
        cash = sum((amount for amount, on in received if on <= day), ZERO)
        for row in plan[1:]:
            interest = min(cash, row[4])
            principal = min(cash - interest, row[3])
            cash -= interest + principal
            if row[1] <= day:
                total += row[3] - principal
        day += timedelta(1)
    return rounded(total * rate / 365)


@given(plans(), RECEIPTS, DAYS, RATES)
def test_late_interest_is_that_of_every_single_day(
    plan: list[list[Any]], received: Received, as_of: date, rate: Decimal
) -> None:
    found = left_of(read(plan), receipts(*columns(received), as_of), as_of, rate, 2)
    assert abs(found.late_interest - late_interest_day_by_day(plan, received, as_of, rate)) <= Decimal("0.01")


@given(plans(), RECEIPTS, DAYS, RATES)
def test_what_is_left_is_what_was_owed_less_what_came(
    plan: list[list[Any]], received: Received, as_of: date, rate: Decimal
) -> None:
    agreed = read(plan)
    came = receipts(*columns(received), as_of)
    left = left_of(agreed, came, as_of, rate, 2)
    fallen = sum((row[4] for row in plan[1:] if row[1] <= as_of), ZERO)
    running = max((row[4] for row in plan[1:] if row[1] > as_of), default=ZERO)
    earned = left.principal + left.interest + came.total - agreed.principal
    assert fallen <= earned <= fallen + running, "interest so far: fallen due, and at most the running period's"
    assert left.interest >= 0 and left.late_interest >= 0
    assert left.interest == 0 or left.principal > 0 or came.total < agreed.principal + earned


@given(
    plans(),
    RECEIPTS,
    DAYS,
    RATES,
    RATES,
    st.booleans(),
    st.integers(1, 12),
    st.sampled_from(("level", "interest_only")),
)
def test_money_is_conserved(
    plan: list[list[Any]],
    received: Received,
    as_of: date,
    rate: Decimal,
    late_rate: Decimal,
    capitalize: bool,
    count: int,
    method: str,
) -> None:
    left = left_of(read(plan), receipts(*columns(received), as_of), as_of, late_rate, 2)
    try:
        table = replan(plan, *columns(received), as_of, count, rate, late_rate, capitalize, method=method)
    except CellError as refused:
        assert refused.key == "plans.nothing_left"
        assert (left.total if capitalize else left.principal) <= 0
        return
    new = [row for row in table.rows if row[0]]
    at_once = sum((row[5] for row in table.rows if not row[0]), ZERO)
    assert sum(row[3] for row in new) + at_once == left.total
    assert at_once == (0 if capitalize else left.interest + left.late_interest)
    assert len(new) == count and new[-1][6] == 0
    assert all(after[2] == before[6] for before, after in pairwise(table.rows))
    assert all(row[5] == row[3] + row[4] for row in table.rows)


def test_interest_of_the_running_period_accrues_by_days() -> None:
    plan = [["date", "principal", "interest"], [date(2026, 1, 31), 0, 31], [date(2026, 2, 28), 1000, 28]]
    left = left_of(
        read(plan), receipts([Decimal(31)], [date(2026, 1, 31)], date(2026, 2, 10)), date(2026, 2, 10), ZERO, 2
    )
    assert (left.principal, left.interest) == (1000, 10)


@given(plans(), DAYS, st.integers(1, 24), st.integers(1, 12))
def test_new_dates_do_not_drift(plan: list[list[Any]], as_of: date, count: int, every: int) -> None:
    days = [row[1] for row in replan(plan, None, None, as_of, count, every_months=every).rows if row[0]]
    assert days == [months_later(as_of, every * number) for number in range(1, count + 1)]


def test_a_first_new_month_bears_a_month_of_interest() -> None:
    rows = replan([[date(2026, 1, 31), 1200]], None, None, date(2026, 1, 31), 2, Decimal("0.12")).rows
    assert (rows[0][1], rows[0][4]) == (date(2026, 2, 28), 12)


def test_a_plan_that_does_not_tell_interest_counts_as_principal() -> None:
    with listening() as notes:
        replan([[date(2026, 1, 31), 100]], None, None, date(2026, 3, 31), 3)
    assert [note.key for note in notes] == ["plans.left", "plans.all_principal"]


def test_what_is_said_and_refused() -> None:
    plan = [["date", "principal", "interest"], [date(2026, 1, 31), 500, 10], [date(2026, 2, 28), 500, 5]]
    with listening() as notes:
        replan(plan, [5.0], [date(2026, 5, 1)], date(2026, 3, 31), 3)
    assert [note.key for note in notes] == ["plans.later_receipts", "plans.left", "plans.without_interest"]
    with pytest.raises(CellError, match="starts on 2026-03-31"):
        replan(plan, None, None, date(2026, 3, 31), 3, first_date=date(2026, 3, 30))
    with pytest.raises(CellError) as refused:
        replan(plan, None, None, date(9999, 12, 31), 3)
    assert refused.value.key == "plans.beyond_calendar"
