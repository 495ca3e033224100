"""Plans to the cent: what holds for every plan, whatever its terms. Figures: tests/cases."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy_financial
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.cells import CellError, Table
from duebook.core.dates import DAY_COUNTS
from duebook.core.money import rounded
from duebook.core.notes import listening
from duebook.plans.installments import (
    METHODS,
    payment_plan,
    payment_plan_fixed,
    payment_plan_shares,
)
from duebook.plans.level_installment import installment, installment_interest
from duebook.policy.calendars import business_day

CENT = Decimal("0.01")
AMOUNTS = st.decimals("0.01", "1e8", places=2)
RATES = st.decimals("0", "1", places=4)
FIRST = st.dates(date(2000, 1, 1), date(2030, 12, 31))
JANUARY = date(2026, 1, 31)


def ties(table: Table, amount: Decimal) -> None:
    """Principal is the amount, payment = principal + interest, rows open where the last closed, nothing is left."""
    rows = [dict(zip(map(str.lower, table.header), row, strict=True)) for row in table.rows]
    for row in rows:
        assert row["payment"] == row["principal"] + row["interest"]
        assert row["closing"] == row["opening"] - row["principal"]
        assert row["principal"] >= 0 and row["interest"] >= 0 and row["closing"] >= 0
        assert row["payment"] == rounded(row["payment"]), "whole cents"
    assert all(later["opening"] == before["closing"] for before, later in pairwise(rows))
    assert rows[0]["opening"] == amount and rows[-1]["closing"] == 0
    total = sum(row["payment"] for row in rows)
    assert total == amount + sum(row["interest"] for row in rows)


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    amount = draw(AMOUNTS)
    count = draw(st.integers(1, 40))
    deposit = draw(st.one_of(st.just(Decimal(0)), st.decimals("0", "0.9", places=2)))
    left = amount - rounded(amount * deposit)
    balloon = rounded(left * draw(st.decimals("0", "1", places=2))) if left >= 1 else Decimal(0)
    return {
        "amount": amount,
        "installments": count,
        "first_date": draw(FIRST),
        "annual_rate": draw(RATES),
        "method": draw(st.sampled_from(METHODS)),
        "deposit": deposit if left > 0 else Decimal(0),
        "every_months": draw(st.integers(1, 24)),
        "balloon": balloon if balloon >= 1 else Decimal(0),  # below 1 it would be a share
        "grace_periods": draw(st.integers(0, count - 1)),
        "day_count": draw(st.sampled_from(("periodic", *DAY_COUNTS))),
    }


@given(terms())
def test_every_plan_ties_to_the_cent(terms: dict[str, Any]) -> None:
    table = payment_plan(**terms)
    ties(table, terms["amount"])
    assert len(table.rows) == terms["installments"] + bool(terms["deposit"] and table.rows[0][0] == 0)


@given(terms())
def test_dates_do_not_drift(terms: dict[str, Any]) -> None:
    first = terms["first_date"]
    days = [row[1] for row in payment_plan(**terms).rows if row[0] != 0]
    for number, day in enumerate(days):
        assert (day.year - first.year) * 12 + day.month - first.month == number * terms["every_months"]
        assert day.day == min(first.day, monthrange(day.year, day.month)[1])


@given(
    st.decimals("500", "1e8", places=2), st.integers(1, 60), FIRST, st.decimals("0", "0.3", places=4), st.integers(1, 2)
)
def test_level_installments_are_equal_but_the_last(
    amount: Decimal, count: int, first: date, rate: Decimal, every: int
) -> None:
    payments = [row[5] for row in payment_plan(amount, count, first, rate, every_months=every).rows]
    one = installment(amount, count, rate, every)
    assert payments[:-1] == [one] * (count - 1)
    if rate:
        theirs = -float(numpy_financial.pmt(float(rate) * every / 12, count, float(amount)))
        assert abs(float(one) - theirs) <= 0.0051 + 1e-9 * theirs


@given(AMOUNTS, st.integers(1, 60), FIRST, RATES, st.sampled_from(METHODS))
def test_interest_is_that_of_the_open_balance(
    amount: Decimal, count: int, first: date, rate: Decimal, method: str
) -> None:
    for _, _, opening, _, interest, _, _ in payment_plan(amount, count, first, rate, method).rows:
        assert interest == rounded(opening * rate / 12)


@given(st.decimals("10", "1e6", places=2), st.decimals("0.01", "0.3", places=4), st.integers(2, 60))
def test_rounding_moves_total_interest_by_cents_only(amount: Decimal, rate: Decimal, count: int) -> None:
    exactly = installment_interest(float(amount), count, float(rate), 1, count)
    found = sum(row[4] for row in payment_plan(amount, count, JANUARY, rate).rows)
    assert abs(float(found) - exactly) <= 0.02 * count * (1 + float(rate) / 12) ** count


@given(AMOUNTS, st.decimals("0.002", "1.5", places=3), FIRST, st.decimals("0", "0.3", places=4), st.integers(1, 3))
def test_fixed_installments_end(amount: Decimal, share: Decimal, first: date, rate: Decimal, every: int) -> None:
    paid = max(CENT, rounded(amount * share))
    try:
        table = payment_plan_fixed(amount, paid, first, rate, every)
    except CellError as refused:
        assert refused.key in ("plans.installment_too_small", "plans.too_many")
        return
    ties(table, amount)
    assert all(row[5] == paid for row in table.rows[:-1]) and table.rows[-1][5] <= paid
    assert all(row[1].day == min(first.day, monthrange(row[1].year, row[1].month)[1]) for row in table.rows)


def test_a_month_from_the_end_of_january_is_one_period() -> None:
    """28 February to 31 March is one period of a plan anchored to the 31st, not a month and three days."""
    table = payment_plan_fixed(1000, 400, JANUARY, 0.12)
    assert [row[4] for row in table.rows] == [Decimal("10.00"), Decimal("6.10"), Decimal("2.16")]


@given(
    AMOUNTS,
    st.lists(st.integers(1, 1000), min_size=1, max_size=12),
    st.lists(FIRST, min_size=12, max_size=12),
    st.decimals("0", "0.5", places=3),
)
def test_shares_tie_to_the_cent(amount: Decimal, weights: list[int], days: list[date], rate: Decimal) -> None:
    shares = [rounded(Decimal(weight) / sum(weights), 6) for weight in weights[:-1]]
    shares.append(1 - sum(shares))
    days = sorted(days)[: len(shares)]
    table = payment_plan_shares(amount, shares, days, rate, days[0])
    ties(table, amount)
    for row, share in zip(table.rows, shares, strict=True):
        assert abs(row[3] - amount * share) <= CENT * len(shares)


@settings(deadline=None)  # the first question about another country loads its package
@given(terms(), st.sampled_from(("CN", "US", "weekend")))
def test_a_calendar_moves_dates_and_nothing_else(terms: dict[str, Any], calendar: str) -> None:
    plain, moved = payment_plan(**terms), payment_plan(**terms, calendar=calendar)
    for before, after in zip(plain.rows, moved.rows, strict=True):
        assert (before[0], *before[2:]) == (after[0], *after[2:])
        assert after[1] >= before[1] and business_day(None, calendar, after[1])[0]


@pytest.mark.parametrize(
    ("start", "first", "every", "periods"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 1, 1),
        (date(2026, 2, 28), date(2026, 3, 31), 1, 1),
        (date(2025, 11, 30), date(2026, 2, 28), 3, 1),
        (date(2026, 2, 1), date(2026, 2, 28), 1, 27 / 31),
        (date(2026, 1, 27), date(2026, 2, 28), 1, 1 + 1 / 31),
        (date(2026, 2, 28), date(2026, 2, 28), 1, 0),
    ],
)
def test_interest_of_a_first_period(start: date, first: date, every: int, periods: float) -> None:
    """A month from month end to month end is a month, whatever their days."""
    (row,) = payment_plan(1_200_000, 1, first, 0.01, start_date=start, every_months=every).rows
    assert row[4] == rounded(Decimal(str(1000 * every * periods)))


@given(st.decimals("10000", "1e8", places=2), st.integers(2, 36), FIRST, st.integers(0, 5000))
def test_a_long_first_period_leaves_the_others_level(amount: Decimal, count: int, first: date, days: int) -> None:
    start = date.fromordinal(first.toordinal() - days)
    table = payment_plan(amount, count, first, Decimal("0.24"), start_date=start)
    ties(table, amount)
    payments = [row[5] for row in table.rows]
    assert (len(set(payments[1:-1])) <= 1 and abs(payments[-1] - payments[-2]) <= CENT * count) or count == 2
    assert payments[0] >= payments[-1] - CENT * count


@pytest.mark.parametrize(
    ("amount", "start", "interest"),
    [
        ("0.24", date(2025, 11, 17), "0.01"),  # 0.24 × 10 % × 75 ÷ 360 is 0.005 exactly
        ("0.23", date(2025, 11, 17), "0.00"),
        ("24.24", date(2025, 11, 17), "0.51"),  # 0.505
        ("7.20", date(2025, 12, 31), "0.06"),  # 31 days: 0.062
    ],
)
def test_half_a_cent_of_interest_rounds_up(amount: str, start: date, interest: str) -> None:
    """Even where the rate of the period, here 0.0208333…, has no last digit."""
    rows = payment_plan(Decimal(amount), 1, JANUARY, Decimal("0.1"), start_date=start, day_count="actual/360").rows
    assert rows[0][4] == Decimal(interest)


def test_what_rounding_leaves_is_said_where_it_is_much() -> None:
    for currency, rate, said in (("", 0.12, []), ("JPY", 1, ["plans.last_differs"])):
        with listening() as notes:
            payment_plan(100_000, 60, JANUARY, rate, currency=currency)
        assert [note.key for note in notes] == said


def test_a_deposit_of_one_is_an_amount_and_said() -> None:
    with listening() as notes:
        assert payment_plan(200, 3, JANUARY, deposit=1).rows[0][5] == 1
    assert [(note.key, note.facts["share"]) for note in notes] == [("plans.deposit_read", "0.50")]


def test_what_is_said_beside_a_plan() -> None:
    with listening() as notes:
        payment_plan(100.005, 2, date(2030, 1, 1), balloon=50, calendar="CN")
    assert [note.key for note in notes] == ["plans.rounded_amount", "plans.balloon_in_last", "calendars.provisional"]
    assert "100.01" in notes[0].text() and "2030" in notes[2].text("zh")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"amount": 0.004}, "plans.amount_vanishes"),
        ({"amount": 0.4, "currency": "JPY"}, "plans.amount_vanishes"),
        ({"deposit": 1000}, "plans.deposit_too_large"),
        ({"deposit": 0.5, "balloon": 600}, "plans.balloon_too_large"),
        ({"grace_periods": 3}, "plans.grace_too_long"),
        ({"start_date": date(2026, 2, 1)}, "plans.start_after_first"),
        ({"first_date": date(9999, 12, 1)}, "plans.beyond_calendar"),
        ({"first_date": date(1, 1, 1)}, "plans.beyond_calendar"),
        ({"calendar": "Atlantis"}, "calendars.unknown"),
    ],
)
def test_what_a_plan_refuses(arguments: dict[str, Any], key: str) -> None:
    with pytest.raises(CellError) as refused:
        payment_plan(**{"amount": 1000, "installments": 3, "first_date": JANUARY, **arguments})
    assert refused.value.key == key
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"shares": [0.3, 0.3]}, "plans.shares_not_whole"),
        ({"dates": [date(2026, 3, 1), JANUARY]}, "plans.dates_not_ordered"),
        ({"annual_rate": 0.1}, "plans.start_needed"),
        ({"annual_rate": 0.1, "start_date": date(2026, 2, 1)}, "plans.start_after_first"),
        ({"shares": [0.5] * 1201, "dates": [JANUARY] * 1201}, "plans.too_many_parts"),
    ],
)
def test_what_shares_refuse(arguments: dict[str, Any], key: str) -> None:
    with pytest.raises(CellError) as refused:
        payment_plan_shares(**{"amount": 1000, "shares": [0.5, 0.5], "dates": [JANUARY, date(2026, 3, 1)], **arguments})
    assert refused.value.key == key


def test_the_longest_plan_at_the_highest_rate() -> None:
    table = payment_plan(Decimal("99999999999999.99"), 1200, date(1900, 1, 31), 1, every_months=60)
    ties(table, Decimal("99999999999999.99"))


def test_a_balloon_below_one_is_a_share_as_a_deposit_is() -> None:
    share = payment_plan(1000, 3, JANUARY, deposit=0.3, balloon=0.2)
    assert share == payment_plan(1000, 3, JANUARY, deposit=300, balloon=200)
