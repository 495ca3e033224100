"""Due dates and discounts: laws over all wordings, the cents of a schedule, what is refused. Figures: tests/cases."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError, Label
from duebook.core.dates import month_end
from duebook.core.money import decimals, rounded
from duebook.core.notes import listening
from duebook.plans.discounts import bill_discount, discount_yield, early_payment
from duebook.plans.due_dates import due_date, due_schedule

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
WORDINGS = (
    "net 30", "60 days", "45 days EOM", "EOM + 45", "60 days EOM + 10", "30 days EOM on the 15th", "1 month",
    "1 month EOM", "2个月", "EOM + 1 month", "月结60天", "月结次月10日", "货到60天", "次月31日", "10th of next month",
    "end of next month", "sight", "D/A 60", "2/10 net 30", "30/60/90", "30/60/10", "10 business days", "3 weeks",
    "30% deposit, 70% net 60", "月末",
)  # fmt: skip


@pytest.mark.parametrize("wording", WORDINGS)
@given(first=DAYS, later=st.integers(0, 400))
def test_a_later_base_is_never_due_earlier(wording: str, first: date, later: int) -> None:
    second = first + timedelta(later)
    assert first <= due_date(first, wording) <= due_date(second, wording)


@pytest.mark.parametrize("convention", ["following", "modified_following", "preceding"])
@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), later=st.integers(0, 60))
def test_a_calendar_keeps_the_order(convention: str, first: date, later: int) -> None:
    second = first + timedelta(later)
    assert due_date(first, "30 days", "weekend", convention) <= due_date(second, "30 days", "weekend", convention)


@given(DAYS, st.integers(1, 24))
def test_months_clamp_without_drift(base: date, months: int) -> None:
    day = due_date(base, f"{months} months")
    assert day.day == min(base.day, month_end(day).day)
    assert (day.year * 12 + day.month) - (base.year * 12 + base.month) == months


@given(st.decimals("0", "1e9", places=2), st.sets(st.integers(1, 99), max_size=20), st.sampled_from(["", "JPY", "KWD"]))
def test_parts_add_up_and_none_is_a_unit_off(amount: Decimal, cuts: set[int], currency: str) -> None:
    edges = [0, *sorted(cuts), 100]
    shares = [b - a for a, b in itertools.pairwise(edges)]
    wording = "/".join(f"{share}%" for share in shares) if cuts else "net 30"
    parts = [row[3] for row in due_schedule(date(2026, 1, 1), amount, wording, currency=currency).rows]
    digits = decimals(currency)
    total = rounded(amount, digits)
    assert sum(parts) == total and min(parts) >= 0
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - total * share / 100) <= Decimal(1).scaleb(-digits)


def test_a_schedule_in_yen_and_dinar() -> None:
    base = date(2026, 1, 1)
    yen = due_schedule(base, Decimal(100), "30/60/90", currency="JPY")
    assert [row[3] for row in yen.rows] == [34, 33, 33]
    dinar = due_schedule(base, Decimal(1), "30/60/90", currency="KWD")
    assert [row[3] for row in dinar.rows] == [Decimal("0.334"), Decimal("0.333"), Decimal("0.333")]


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("net 30", "30"), ("NET30", "n/30"), ("３０天", "30 days"), ("三十天", "30日"), ("2/10, n/30", "2% 10 net 30"),
        ("45 days after EOM", "EOM + 45"), ("45d then eom", "45 days end of month"), ("15th MFI", "次月15日"),
        ("月结", "EOM"), ("开票后30天内付款", "within 30 days of invoice date"), ("COD", "货到付款"), ("D/P", "sight"),
        ("L/C 90 days", "承兑90天"), ("CIA", "款到发货"), ("25 prox", "25th of the following month"),
        ("30%/70%", "T/T 30/70"), ("预付30%，货到60%，质保10%", "30/60/10"), ("两个月", "2 months"),
        ("30/60/10 at 0/30/365 days", "30%预付，60%货到30天，10%质保365天"), ("30天后再到月底", "30 days EOM"),
        ("30天月结", "月结30天"),
    ],
)  # fmt: skip
def test_wordings_that_mean_the_same(one: str, same: str) -> None:
    for base in (date(2026, 1, 31), date(2028, 2, 29), date(2026, 8, 15)):
        rows = [[row[1:] for row in due_schedule(base, Decimal(1000), text).rows] for text in (one, same)]
        assert rows[0] == rows[1]


@pytest.mark.parametrize(
    ("wording", "key"),
    [
        ("", "unreadable"), ("30 apples", "unreadable"), ("net", "unreadable"), ("-30", "unreadable"),
        ("(30)", "unreadable"), ("30-", "unreadable"), (".5 days", "unreadable"),
        ("30 days before shipment", "unreadable"), ("30 days 60 days", "unreadable"),
        ("3月", "unreadable"), ("2026-10-31", "unreadable"), ("x" * 500, "unreadable"), ("D/A", "no_tenor"),
        ("net 30 EOM", "net_eom"), ("45 EOM", "net_eom"), ("2/10", "discount_without_net"),
        ("100/10 net 30", "bad_discount"), ("2/10, 3/20, net 30", "bad_discount"), ("20/30/50", "list_ambiguous"),
        ("30/70", "list_ambiguous"), ("2/10/30", "list_ambiguous"), ("30/60/20", "list_unclear"),
        ("90/60/30 days", "list_unclear"), ("30%/60%", "share_sum"), ("100%/0%", "share_sum"), ("9999 days", "too_far"),
        ("40th of next month", "too_far"), ("99999999999999 days", "too_far"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_refused(wording: str, key: str) -> None:
    with pytest.raises(CellError) as refused:
        due_date(date(2026, 1, 31), wording)
    assert refused.value.key == f"due_dates.{key}"
    for language in ("en", "zh"):
        assert wording[:40] in refused.value.text(language)


def test_the_reading_is_said() -> None:
    with listening() as notes:
        due_date(date(2026, 1, 31), "45 days EOM")
    assert "base date + 45 days, to the month's end" in notes[0].text()
    assert "起算日加 45 天，到月底" in notes[0].text("zh")
    with listening() as notes:
        due_date(date(2026, 1, 31), "30/60/10")
    assert [note.key for note in notes] == ["due_dates.parts", "due_dates.no_milestones"]
    assert isinstance(notes[0].facts["reading"], Label)


def test_a_year_without_a_notice_is_provisional() -> None:
    with listening() as notes:
        due_date(date(2091, 9, 1), "30 days", "CN")
    assert "calendars.provisional" in [note.key for note in notes]


def test_milestones_need_one_date_each() -> None:
    with pytest.raises(CellError, match="2 dates, but the terms have 3 parts"):
        due_schedule(date(2026, 1, 1), Decimal(9), "30/60/10", [date(2026, 1, 1), date(2026, 2, 1)])


@given(st.decimals("0", "1e9", places=2), st.integers(0, 60))
def test_paying_later_never_costs_less(amount: Decimal, day: int) -> None:
    base = date(2026, 3, 1)
    pay = [early_payment(amount, "3/10, 1/20, net 60", base, base + timedelta(d)) for d in (day, day + 1)]
    assert 0 <= pay[0] <= pay[1] <= amount


@given(st.integers(1, 20), st.integers(1, 30), st.integers(1, 60), st.sampled_from([360, 365]))
def test_compounding_never_yields_less(rate: int, early: int, more: int, basis: int) -> None:
    wording = f"{rate}/{early} net {early + more}"
    simple, compound = discount_yield(wording, basis), discount_yield(wording, basis, True)
    assert 0 < simple <= compound * (1 + 1e-12)


def test_a_yield_needs_days() -> None:
    with pytest.raises(CellError, match="no fixed number of days"):
        discount_yield("2/10 net 1 month")
    with pytest.raises(CellError, match="must come later"):
        discount_yield("2/30 net 30")


@given(st.decimals("0.01", "1e9", places=2), st.integers(0, 360), st.decimals("0", "0.5", places=4))
def test_a_bill_pays_out_something_and_longer_costs_more(face: Decimal, days: int, rate: Decimal) -> None:
    start = date(2026, 1, 1)
    shorter, longer = (bill_discount(face, start, start + timedelta(d), rate) for d in (days, days + 1))
    assert 0 <= shorter <= longer <= face


def test_a_discount_above_the_face_is_refused() -> None:
    with pytest.raises(CellError, match="would exceed the face value"):
        bill_discount(Decimal(100), date(2026, 1, 1), date(2056, 1, 1), Decimal("0.1"))
