"""Limitation: every regime of the shipped table, what restarts it, what a policy adds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.dates import months_later
from duebook.hosts.call import Door
from duebook.receivables.limitation import limitation_date

# Years by law and the events that start the period afresh, from the statutes named in the policy table.
LAWS = {
    "CN": (3, {"acknowledgment", "demand", "partial_payment"}), "EW": (6, {"acknowledgment", "partial_payment"}),
    "SCT": (5, {"acknowledgment", "partial_payment"}), "DE": (3, {"acknowledgment", "partial_payment"}),
    "FR": (5, {"acknowledgment", "partial_payment"}), "IT": (10, {"acknowledgment", "demand"}),
    "ES": (5, {"acknowledgment", "demand"}), "NL": (5, {"acknowledgment", "demand"}),
    "IE": (6, {"acknowledgment", "partial_payment"}), "HK": (6, {"acknowledgment", "partial_payment"}),
    "SG": (6, {"acknowledgment", "partial_payment"}), "US_UCC": (4, set()),
}  # fmt: skip


@pytest.mark.parametrize("regime", LAWS)
def test_years_and_restarts(regime: str) -> None:
    years, restarts = LAWS[regime]
    day = date(2024, 2, 29)
    first = date(2024 + years, 12, 31) if regime == "DE" else months_later(day, 12 * years)
    assert limitation_date(day, "due", regime) == first
    for event in ("acknowledgment", "demand", "partial_payment"):
        if event in restarts:
            assert limitation_date(day, event, regime) == months_later(day, 12 * years)
        else:
            with pytest.raises(CellError, match="does not start the period afresh"):
                limitation_date(day, event, regime)


@given(st.sampled_from(sorted(LAWS)), st.dates(date(2016, 1, 1), date(2060, 1, 1)), st.integers(0, 800))
def test_a_later_event_never_ends_earlier(regime: str, day: date, more: int) -> None:
    later = day + timedelta(more)
    assert day < limitation_date(day, "due", regime) <= limitation_date(later, "due", regime)


def test_china_before_and_after_the_three_years() -> None:
    assert limitation_date(date(2015, 9, 30), "due", "CN") == date(2017, 9, 30)
    assert limitation_date(date(2015, 10, 1), "due", "CN") == date(2018, 10, 1)


def test_default_and_own_regimes() -> None:
    assert limitation_date(date(2024, 5, 1), "due") == limitation_date(date(2024, 5, 1), "due", "中国")
    own = [
        ["[limitation]", "", "", "", ""],
        ["from", "regime", "years", "restarts", "source"],
        [date(2000, 1, 1), "AT", 3, "acknowledgment, demand", "contract"],
    ]
    door = Door()
    assert door.call("LIMITATION_DATE", [date(2024, 5, 1), "demand", None, own]) == date(2027, 5, 1)
    assert door.call("LIMITATION_DATE", [date(2024, 5, 1), "due", "EW", own]) == date(2030, 5, 1)
    own[2][3] = "lawsuit"
    refused = door.call("LIMITATION_DATE", [date(2024, 5, 1), "due", "EW", own])
    assert isinstance(refused, CellError) and refused.facts["where"] == "limitation 1, restarts"


def test_unknown_regimes_and_days_before_the_law() -> None:
    found = Door().call("LIMITATION_DATE", [date(2024, 5, 1), "due", "Mars"])
    assert isinstance(found, CellError) and "US_UCC" in found.text() and "Mars" in found.text("zh")
    found = Door().call("LIMITATION_DATE", [date(1980, 5, 1), "due", "CN"])
    assert isinstance(found, CellError) and found.key == "policy.none_in_force"
    assert getattr(Door().call("LIMITATION_DATE", [date(9999, 5, 1), "due", "CN"]), "code", "") == "#NUM!"


def test_the_law_is_named_in_the_reader_s_language() -> None:
    for language, law in (("en", "2021 Civil Code, art. 188, 195"), ("zh", "2021 年起《民法典》，第 188、195 条")):
        door = Door(language)
        door.call("LIMITATION_DATE", [date(2023, 3, 15), "due", "CN"], cell="S!A1")
        assert law in door.why("S!A1")
