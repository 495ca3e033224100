"""Dispute days and clocks: their edges, what was known on a past date, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.receivables.disputes import dispute_clock, dispute_days

OPENED = date(2026, 3, 1)


@pytest.mark.parametrize(("clock", "most"), [("acknowledge", 1), ("answer", 2), ("resolve", 21), ("解决", 21)])
def test_the_last_day_of_a_clock_still_keeps_it(clock: str, most: int) -> None:
    as_of = OPENED + timedelta(60)
    assert dispute_clock(OPENED, as_of, clock, OPENED + timedelta(most)) == "kept"
    assert dispute_clock(OPENED, as_of, clock, OPENED + timedelta(most + 1)) == "broken"
    assert dispute_clock(OPENED, OPENED + timedelta(most), clock) == "running"
    assert dispute_clock(OPENED, OPENED + timedelta(most + 1), clock) == "broken"


@given(st.integers(0, 500), st.none() | st.integers(0, 500), st.integers(0, 100))
def test_days_grow_until_the_close_and_then_stand(seen: int, closed: int | None, more: int) -> None:
    close = None if closed is None else OPENED + timedelta(closed)
    days = [dispute_days(OPENED, OPENED + timedelta(n), close) for n in (seen, seen + more)]
    assert 0 <= days[0] <= days[1]
    assert days[0] == (seen if closed is None or closed > seen else closed)


def test_why_tells_about_the_clock() -> None:
    with listening() as notes:
        assert dispute_days(OPENED, date(2026, 3, 31), None, "resolve") == 30
    assert "broken: 30 days, 9 more than allowed" in notes[0].text()
    assert "超出 9 天" in notes[0].text("zh") and "illustrative" in notes[1].text()
    with listening() as notes:
        dispute_days(OPENED, date(2026, 3, 31), date(2026, 4, 15))
    assert [note.key for note in notes] == ["disputes.closed_later"]


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ([OPENED, date(2026, 3, 31), "weekly"], "unknown_clock"),
        ([OPENED, date(2026, 3, 31), "resolve", date(2026, 2, 1)], "closed_before"),
        ([OPENED, date(2026, 2, 1), "resolve"], "opened_later"),
    ],
)
def test_what_cannot_be_is_refused(arguments: list[object], key: str) -> None:
    found = Door().call("DISPUTE_CLOCK", arguments)
    assert isinstance(found, CellError) and found.key == f"disputes.{key}"


def test_a_clock_of_a_firm_and_a_chinese_sheet() -> None:
    table = [["[dispute_clock]"], ["from", "clock", "limit", "unit"], [date(2020, 1, 1), "visit", 25, "hours"]]
    assert Door().call("DISPUTE_CLOCK", [OPENED, OPENED + timedelta(2), "visit", None, table]) == "running"
    assert Door("zh").call("DISPUTE_CLOCK", [OPENED, OPENED + timedelta(3), "answer"]) == "超时"
