"""Receipts settle the oldest installment first, and every cent stands in some row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError, Table
from duebook.core.notes import listening
from duebook.plans.plan_status import plan_status
from duebook.plans.plan_table import PLAN

DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
MONEY = st.decimals("0.01", "1000", places=2)
ZERO = Decimal(0)
PLAN_ROWS = [["date", "payment"], [date(2026, 1, 31), 100], [date(2026, 2, 28), 100]]


@st.composite
def plans(draw: st.DrawFn) -> list[list[Any]]:
    """A plan of up to eight installments with principal and interest."""
    days = sorted(draw(st.lists(DAYS, min_size=1, max_size=8)))
    parts = [(draw(MONEY), draw(st.one_of(st.just(ZERO), MONEY))) for _ in days]
    left = sum(principal for principal, _ in parts)
    rows: list[list[Any]] = [[str(field.label) for field in PLAN.columns]]
    for number, (day, (principal, interest)) in enumerate(zip(days, parts, strict=True), start=1):
        rows.append([number, day, left, principal, interest, principal + interest, left - principal])
        left -= principal
    return rows


RECEIPTS = st.lists(st.tuples(MONEY, DAYS), max_size=6)


def status(plan: list[list[Any]], received: list[tuple[Decimal, date]], as_of: date) -> Table:
    amounts, dates = [amount for amount, _ in received] or None, [day for _, day in received] or None
    return plan_status(plan, amounts, dates, as_of)


@given(plans(), RECEIPTS, DAYS)
def test_nothing_is_lost(plan: list[list[Any]], received: list[tuple[Decimal, date]], as_of: date) -> None:
    *rows, total = status(plan, received, as_of).rows
    came = sum((amount for amount, day in received if day <= as_of), ZERO)
    assert sum(row[3] for row in rows) == total[3] == came
    assert sum(row[4] for row in rows) == total[4] == sum(row[5] for row in plan[1:]) - came
    assert sum(row[5] for row in rows if row[5]) == total[5]


@given(plans(), RECEIPTS, DAYS)
def test_oldest_first(plan: list[list[Any]], received: list[tuple[Decimal, date]], as_of: date) -> None:
    rows = status(plan, received, as_of).rows[: len(plan) - 1]
    opened = False
    for row in rows:
        assert row[3] + row[4] == row[2] and row[3] >= 0 and row[4] >= 0
        assert not (opened and row[3]), "nothing goes to a later installment while an earlier one is open"
        opened = opened or row[4] > 0
        assert row[5] == (row[4] if row[1] < as_of else 0)
        assert (row[7] is not None) == (row[4] == 0)


@given(plans(), RECEIPTS, DAYS, MONEY)
def test_a_returned_payment_is_as_if_it_had_not_come(
    plan: list[list[Any]], received: list[tuple[Decimal, date]], as_of: date, amount: Decimal
) -> None:
    back = [*received, (amount, date(2026, 1, 1)), (-amount, date(2026, 1, 1))]
    assert status(plan, back, as_of).rows == status(plan, received, as_of).rows


def test_an_installment_is_settled_when_it_stays_so() -> None:
    received = [(Decimal(100), date(2026, 1, 20)), (Decimal(-100), date(2026, 1, 25)), (Decimal(150), date(2026, 2, 3))]
    rows = status(PLAN_ROWS, received, date(2026, 3, 1)).rows
    assert rows[0][7] == date(2026, 2, 3) and rows[1][8] == "overdue" and rows[1][6] == 1


def test_what_is_said() -> None:
    def keys(as_of: date, *received: tuple[Decimal, date]) -> list[str]:
        with listening() as notes:
            status(PLAN_ROWS, list(received), as_of)
        return [note.key for note in notes]

    assert keys(date(2026, 2, 1)) == ["plans.next_due", "plans.overdue"]
    assert keys(date(2026, 2, 1), (Decimal(200), date(2026, 1, 1))) == ["plans.all_paid"]
    assert keys(date(2026, 1, 1), (Decimal(200), date(2026, 2, 1))) == ["plans.next_due", "plans.later_receipts"]


def test_one_column_without_the_other_is_refused() -> None:
    for amounts, dates in (([Decimal(1)], None), (None, [date(2026, 1, 1)])):
        with pytest.raises(CellError, match="no filled cell"):
            plan_status(PLAN_ROWS, amounts, dates, date(2026, 1, 31))
