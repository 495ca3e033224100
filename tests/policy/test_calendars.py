"""Calendars: China's official years, provisional ones, a firm's own, what the tables refuse."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.policy import calendars
from duebook.policy.calendars import adjusted, business_day
from duebook.policy.load import Policy, load
from duebook.policy.sheet import policy_of_range

NAMES = ("weekend", "CN", "US", "TARGET", "SA", "six_days")
OWN = [
    ["[own_calendar]", None, None, None, None],
    ["from", "name", "based_on", "weekend", "holidays"],
    [46023.0, "Plant", "CN", "Sunday", "2026-08-03..2026-08-14, 2026-12-24"],
]
YEAR = [
    ["[holiday_year]", None, None, None, None],
    ["from", "calendar", "year", "holidays", "source"],
    [46388.0, "CN", 2027.0, "2027-01-01..2027-01-03", "the notice"],
]


def changed(rows: list[list[object]], row: int, column: int, value: object) -> Policy:
    rows = [list(each) for each in rows]
    rows[row][column] = value
    return policy_of_range(rows, load())


@pytest.mark.parametrize("year", range(2007, 2027))
def test_chinas_years_have_their_statutory_days_off(year: int) -> None:
    """Moving weekends gives no day away: weekdays off less weekend days worked are the statutory holidays.

    国务院令 270, 513, 644, 795: 10 days to 2007, 11 from 2008, 13 from 2025; those on a weekend are made up.
    """
    statutory = 10 if year < 2008 else 11 if year < 2025 else 13
    statutory += {
        2007: 2,  # 30 and 31 December 2006 were worked for 2 and 3 January
        2011: -1,  # 31 December was worked for 3 January 2012
        2012: 1,
        2015: 1,  # 3 September, once
        2020: 2,  # Spring Festival extended: 31 January off, 1 February not worked
    }.get(year, 0)
    days = [date(year, 1, 1) + timedelta(n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    found = [(day.weekday() >= 5, *business_day(None, "CN", day)) for day in days]
    assert not any(provisional for _, _, provisional in found)
    off = sum(not weekend and not works for weekend, works, _ in found)
    worked = sum(weekend and works for weekend, works, _ in found)
    assert off - worked == statutory


def test_an_unannounced_year_is_provisional_and_has_weekends_only() -> None:
    assert business_day(None, "CN", date(2027, 10, 1)) == (True, True)
    assert business_day(None, "CN", date(2027, 10, 2)) == (False, True)
    assert business_day(changed(YEAR, 2, 2, 2027.0), "CN", date(2027, 1, 1)) == (False, False)
    assert business_day(changed(YEAR, 2, 2, 2027.0), "CN", date(2026, 10, 1)) == (False, False), "added, not replaced"


def test_a_step_into_an_unannounced_year_is_provisional() -> None:
    policy = changed(YEAR, 2, 3, "2027-12-31")
    assert adjusted(None, "CN", date(2026, 12, 31)) == (date(2026, 12, 31), False)
    assert adjusted(policy, "CN", date(2027, 12, 31)) == (date(2028, 1, 3), True)
    assert adjusted(None, "CN", date(2022, 12, 31)) == (date(2023, 1, 3), False), "the notice of 2023 names that day"


def test_a_firms_own_calendar_stands_on_another() -> None:
    policy = policy_of_range(OWN, load())
    assert business_day(policy, "plant", date(2026, 8, 8)) == (False, False)
    assert business_day(policy, "plant", date(2026, 8, 15)) == (True, False), "its weekend is Sunday"
    assert business_day(policy, "plant", date(2026, 10, 1)) == (False, False), "China's days off count"
    assert business_day(policy, "six_days", date(2026, 8, 8)) == (True, False), "Duebook's stay"
    assert business_day(policy, "plant", date(2027, 8, 3)) == (True, True)


@pytest.mark.parametrize(
    ("rows", "row", "column", "value", "where"),
    [
        (OWN, 2, 1, "CN", "own_calendar 1, name"),
        (OWN, 2, 2, "Atlantis", "own_calendar 1, based_on"),
        (OWN, 2, 3, "Caturday", "own_calendar 1, weekend"),
        (OWN, 2, 3, ", ".join(calendars._DAYS), "own_calendar 1, weekend"),
        (OWN, 2, 4, "2026-08-14..2026-08-03", "own_calendar 1, holidays"),
        (OWN, 2, 4, "2026-08-03..2028-08-03", "own_calendar 1, holidays"),
        (OWN, 2, 4, "2026-02-30", "own_calendar 1, holidays"),
        (OWN, 1, 4, "holiday", "own_calendar 1, holiday"),
        (YEAR, 2, 2, "next", "holiday_year 1, year"),
        (YEAR, 2, 3, "2030-01-01", "holiday_year 1, holidays"),
        (YEAR, 2, 4, "", "holiday_year 1, source"),
        (YEAR, 1, 4, "workdays", "holiday_year 1, source"),
    ],
)
def test_a_wrong_entry_is_refused_by_place(
    rows: list[list[object]], row: int, column: int, value: object, where: str
) -> None:
    with pytest.raises(DuebookError) as refused:
        changed(rows, row, column, value)
    assert refused.value.facts["where"] == where


def test_china_never_comes_from_the_package() -> None:
    for name in ("CHN", "XSHG", "SSE", "CN-11"):
        with pytest.raises(CellError, match="weekend, CN"):
            business_day(None, name, date(2026, 10, 1))
    assert business_day(None, "中国", date(2026, 10, 1)) == (False, False)


def test_the_sentence_does_not_depend_on_earlier_questions() -> None:
    def sentence() -> str:
        with pytest.raises(CellError) as refused:
            business_day(None, "Atlantis", date(2026, 10, 1))
        return refused.value.text()

    before = sentence()
    business_day(None, "NO", date(2026, 5, 17))
    assert sentence() == before


def test_other_weekends() -> None:
    assert [business_day(None, "SA", date(2026, 5, day))[0] for day in (7, 8, 9, 10)] == [True, False, False, True]
    assert business_day(None, "HK", date(2026, 6, 6)) == (False, False), "a Saturday, although Hong Kong's law has none"
    assert business_day(None, "US", date(2400, 7, 4))[1], "beyond what the package knows"


@settings(deadline=None)  # the first question about another country loads its package
@given(st.dates(date(2000, 1, 1), date(2060, 12, 31)), st.sampled_from(NAMES))
def test_conventions(day: date, name: str) -> None:
    following, modified, preceding, unadjusted = (adjusted(None, name, day, c)[0] for c in calendars.CONVENTIONS)
    assert unadjusted == day and preceding <= day <= following
    assert all(business_day(None, name, moved)[0] for moved in (following, modified, preceding))
    assert (modified.year, modified.month) == (day.year, day.month)
    assert modified in (following, preceding)
    between = (preceding + timedelta(n) for n in range(1, (following - preceding).days))
    assert not any(business_day(None, name, other)[0] for other in between)
    if business_day(None, name, day)[0]:
        assert following == modified == preceding == day
