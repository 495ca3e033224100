"""What a plan is worth: present value, cost and rate agree with each other and with another library."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.plans.installments import payment_plan
from duebook.plans.plan_value import months_between, plan_affordable, plan_cost, plan_present_value, plan_rate

FIRST = st.dates(date(2000, 1, 1), date(2030, 12, 31))
AMOUNT = st.decimals("1000", "1e8", places=2)
JANUARY = date(2026, 1, 31)


def rows(amount: Any, count: int, first: date, rate: Any = 0, **terms: Any) -> list[list[Any]]:
    table = payment_plan(amount, count, first, rate, **terms)
    return [list(table.header), *[list(row) for row in table.rows]]


@given(
    AMOUNT,
    st.integers(2, 60),
    FIRST,
    st.decimals("0", "0.5", places=3),
    st.sampled_from(("level", "interest_only")),
    st.sampled_from((1, 2, 3, 6, 12)),
)
def test_the_rate_of_a_plan_is_the_one_it_was_made_with(
    amount: Decimal, count: int, first: date, rate: Decimal, method: str, every: int
) -> None:
    """Months of different length do not matter to a nominal rate; rounding to the cent does, a little."""
    plan = rows(amount, count, first, rate, method=method, every_months=every)
    nominal = float(rate)
    assert plan_rate(plan, amount) == pytest.approx(nominal, abs=2e-4)
    cents = 0.02 * count * (1 + float(rate) * every / 12) ** count
    assert plan_cost(plan, nominal) == pytest.approx(0, abs=cents + 1e-9 * float(amount))


@given(AMOUNT, st.integers(2, 36), FIRST, st.floats(0, 0.9), st.booleans(), st.sampled_from((0, 0.3)))
def test_a_plan_at_its_rate_is_worth_the_amount(
    amount: Decimal, count: int, first: date, price: float, effective: bool, deposit: float
) -> None:
    plan = rows(amount, count, first, deposit=deposit)
    cash = Decimal(str(round(float(amount) * (1 - price / 2), 2)))
    rate = plan_rate(plan, cash, effective)
    if rate <= 1e6:
        assert plan_present_value(plan, rate, effective) == pytest.approx(float(cash), rel=1e-9)


@given(AMOUNT, st.integers(2, 36), FIRST, st.floats(0, 1))
def test_effective_values_are_another_librarys(amount: Decimal, count: int, first: date, rate: float) -> None:
    plan = rows(amount, count, first)
    start = date(1999, 12, 31)
    days = [start, *[row[1] for row in plan[1:]]]
    theirs = pyxirr.xnpv(rate, days, [0, *[float(row[5]) for row in plan[1:]]])
    assert plan_present_value(plan, rate, True, start) == pytest.approx(theirs, rel=1e-9)


@given(AMOUNT, st.integers(2, 36), FIRST, st.floats(0, 0.9), st.floats(0.001, 0.1))
def test_a_higher_rate_costs_more(amount: Decimal, count: int, first: date, rate: float, more: float) -> None:
    plan = rows(amount, count, first)
    assert plan_cost(plan, rate) < plan_cost(plan, rate + more)
    share = plan_cost(plan, rate, True)
    assert share == pytest.approx(plan_cost(plan, rate) / float(amount)) and 0 <= share < 1


@pytest.mark.parametrize(
    ("begin", "end", "months"),
    [
        (date(2026, 1, 15), date(2026, 4, 15), 3),
        (date(2025, 12, 31), date(2026, 2, 28), 2),
        (date(2026, 1, 15), date(2026, 1, 30), 15 / 31),
        (date(2026, 1, 30), date(2026, 2, 14), 15 / 29),
        (date(2026, 1, 30), date(2026, 3, 29), 1 + 29 / 30),
        (date(2026, 2, 28), date(2026, 4, 30), 2),
        (date(2026, 2, 28), date(2026, 8, 30), 6),
        (date(2026, 6, 30), date(2026, 12, 31), 6),
        (date(9999, 11, 30), date(9999, 12, 31), 1),
        (date(9999, 12, 1), date(9999, 12, 16), 0.5),
        (date(2026, 1, 15), date(2026, 1, 15), 0),
    ],
)
def test_months_between(begin: date, end: date, months: float) -> None:
    assert months_between(begin, end) == pytest.approx(months)


@given(FIRST)
def test_months_never_fall_with_days(begin: date) -> None:
    found = [months_between(begin, date.fromordinal(begin.toordinal() + days)) for days in range(430)]
    assert found[0] == 0 and found == sorted(found)


def test_no_interest_is_a_rate_of_exactly_zero() -> None:
    assert plan_rate(rows(100, 3, JANUARY), 100) == 0


def test_several_rates_are_said() -> None:
    plan = [[date(2026, 1, 1), 240], [date(2026, 2, 1), -143]]
    with listening() as notes:
        found = plan_rate(plan, 100, False, date(2025, 12, 1))
    assert found == pytest.approx(1.2) and notes[0].key == "plans.several_rates"
    assert "120 %, 360 %" in notes[0].text()


def test_the_tightest_month_is_named() -> None:
    plan = rows(300, 3, JANUARY)
    with listening() as notes:
        assert plan_affordable(plan, [150, 120, 130])
        assert not plan_affordable(plan, [150, 120, 130], 0.8)
        assert not plan_affordable(plan, [-5])
    assert [(n.facts["month"], n.facts["left"]) for n in notes] == [
        ("2026-02", "20"),
        ("2026-02", "-4"),
        ("2026-01", "-105"),
    ]


@given(AMOUNT, st.integers(1, 24), FIRST, st.decimals("0.01", "1e7", places=2), st.decimals("0.1", "1", places=2))
def test_more_cash_never_makes_it_unaffordable(
    amount: Decimal, count: int, first: date, cash: Decimal, share: Decimal
) -> None:
    plan = rows(amount, count, first)
    found = plan_affordable(plan, [cash], share)
    assert found == (max(row[5] for row in plan[1:]) <= cash * share)
    assert plan_affordable(plan, [cash * 2], share) or not found


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: plan_present_value([[JANUARY, 5]], 0.1), "plans.from_needed"),
        (lambda: plan_present_value([[JANUARY, 5]], 0.1, False, date(2026, 2, 1)), "plans.from_after_first"),
        (lambda: plan_cost([[JANUARY, 5]], 0.1), "plans.amount_needed"),
        (lambda: plan_rate([[JANUARY, -5]], 5, False, JANUARY), "plans.no_rate"),
        (lambda: plan_affordable([[JANUARY, 5], [date(2026, 3, 1), 5]], [9, 9]), "plans.months_missing"),
    ],
)
def test_what_is_refused(call: Any, key: str) -> None:
    with pytest.raises(CellError) as refused:
        call()
    assert refused.value.key == key
    assert refused.value.text("zh") != refused.value.text("en")
