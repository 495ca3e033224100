"""Bucket edges: each edge at −1, 0, +1; the SQL rule and the Python rule are one rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.dates import months_later
from duebook.core.engine import Engine
from duebook.policy.closing import AgingScheme
from duebook.policy.load import load
from duebook.receivables import aging

AS_OF = date(2026, 10, 31)
SCHEMES = list(load().schemes.values())

# domain.md 1: not due | 1–30 | 31–60 | 61–90 | 91–120 | >120, day 0 = not due, upper bounds inclusive
STANDARD_EDGES = {-1: 1, 0: 1, 1: 2, 29: 2, 30: 2, 31: 3, 59: 3, 60: 3, 61: 4, 90: 4, 91: 5, 120: 5, 121: 6, 5000: 6}


@pytest.mark.parametrize(("late", "bucket"), STANDARD_EDGES.items())
def test_standard_edges(late: int, bucket: int) -> None:
    assert aging.bucket_number(load().schemes["standard"], AS_OF - timedelta(late), AS_OF) == bucket


def test_document_date_has_no_not_due_bucket() -> None:
    scheme = load().schemes["invoice_date"]
    assert aging.bucket_number(scheme, AS_OF, AS_OF) == 1
    assert aging.bucket_number(scheme, AS_OF - timedelta(30), AS_OF) == 1
    assert aging.bucket_number(scheme, AS_OF - timedelta(31), AS_OF) == 2
    assert aging.bucket_labels(scheme)[0] == "0–30 days"


def test_years_run_to_the_same_day() -> None:
    scheme = load().schemes["cn_annual"]
    assert aging.bucket_number(scheme, date(2025, 10, 31), AS_OF) == 1
    assert aging.bucket_number(scheme, date(2025, 10, 30), AS_OF) == 2
    assert aging.bucket_number(scheme, date(2024, 2, 29), date(2025, 2, 28)) == 1
    assert aging.bucket_number(scheme, date(2024, 2, 29), date(2025, 3, 1)) == 2


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_sql_and_python_agree_on_every_day(scheme: AgingScheme) -> None:
    with Engine() as engine:
        days = "SELECT CAST(DATE '2020-01-01' + CAST(range AS INTEGER) AS DATE) AS day FROM range(3000)"
        found = engine.rows(f"SELECT day, {aging.bucket_sql(scheme, 'day', AS_OF)} FROM ({days})")
    assert len(found) == 3000
    assert [(day, aging.bucket_number(scheme, day, AS_OF)) for day, _ in found] == found


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_a_label_for_every_bucket_in_both_languages(scheme: AgingScheme) -> None:
    for language in ("en", "zh"):
        labels = aging.bucket_labels(scheme, language)
        assert len(labels) == len(set(labels)) == scheme.buckets


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-400, 400))
def test_months_anchor_to_the_day_and_clamp(day: date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(1)).day == 1


@given(st.sampled_from(SCHEMES), st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_older_is_never_in_an_earlier_bucket(scheme: AgingScheme, day: date, older: int) -> None:
    younger = aging.bucket_number(scheme, day, AS_OF)
    assert younger <= aging.bucket_number(scheme, day - timedelta(older), AS_OF) <= scheme.buckets
