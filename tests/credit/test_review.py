"""Review dates: month ends clamp, key customers come quarterly, larger and weaker ones never later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.dates import months_later
from duebook.credit.review import review_due
from duebook.hosts.call import Door

DOOR = Door()
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
exposures = st.decimals("-1e6", "1e8", places=2)


@given(days, exposures)
def test_a_weaker_grade_is_never_reviewed_later(last: date, exposure: Decimal) -> None:
    due = [review_due(last, grade, exposure) for grade in "ABCDE"]
    assert due == sorted(due, reverse=True) and due[-1] > last


@given(days, st.sampled_from("ABCDE"), exposures, st.decimals("0", "1e8", places=2))
def test_a_larger_customer_is_never_reviewed_later(last: date, grade: str, exposure: Decimal, more: Decimal) -> None:
    assert review_due(last, grade, exposure + more) <= review_due(last, grade, exposure)


@given(days, st.sampled_from("ABCDE"), st.decimals("1e6", "1e9", places=2))
def test_key_customers_are_reviewed_every_quarter(last: date, grade: str, exposure: Decimal) -> None:
    assert review_due(last, grade, exposure) == months_later(last, 3)


def test_month_ends_clamp() -> None:
    assert review_due(date(2026, 11, 30), "D", Decimal(0)) == date(2027, 2, 28)
    assert review_due(date(2027, 11, 30), "D", Decimal(0)) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ([date(2026, 1, 31), "A", 50], "Grade A: every 12 months"),
        ([date(2026, 1, 31), "A", 1e6], "Size counts (key customers): every 3 months"),
        ([date(2026, 1, 31), "E", 1e6], "Grade E: every 3 months"),
        ([date(2026, 1, 31), "A", 50], "illustrative until adopted"),
        ([date(9999, 12, 1), "A", 50], "after the year 9999"),
        ([date(2026, 1, 31), "Q", 50], "A, B, C, D, E"),
    ],
)
def test_why_says_which_interval_counts(args: list[object], says: str) -> None:
    DOOR.call("REVIEW_DUE", args, "B2")
    assert says in DOOR.why("B2")
