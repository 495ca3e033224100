"""Reminder levels: by age and staged, what holds a letter back, ladders that are refused."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.receivables.reminders import reminder_date, reminder_fee, reminder_level

DUE = date(2026, 1, 1)
LADDERS = st.sampled_from(["", "standard", "three_letters"])


@pytest.mark.parametrize(
    ("days", "level"),
    [(-5, 0), (0, 0), (2, 0), (3, 1), (14, 1), (15, 2), (29, 2), (30, 3), (59, 3), (60, 4), (3000, 4)],
)
def test_the_edges_of_the_default_ladder(days: int, level: int) -> None:
    assert reminder_level(DUE, DUE + timedelta(days)) == level


@given(LADDERS, st.integers(0, 200), st.integers(0, 50))
def test_by_age_never_falls_with_age(ladder: str, days: int, more: int) -> None:
    now, later = (DUE + timedelta(n) for n in (days, days + more))
    assert reminder_level(DUE, now, ladder=ladder) <= reminder_level(DUE, later, ladder=ladder)


@given(LADDERS, st.integers(0, 400), st.integers(0, 3), st.none() | st.integers(0, 400))
def test_staged_never_jumps_more_than_one_step(ladder: str, days: int, last: int, sent: int | None) -> None:
    as_of = DUE + timedelta(days)
    last_sent = None if sent is None or not last else as_of - timedelta(sent)
    level = reminder_level(DUE, as_of, last, last_sent, ladder=ladder, mode="staged")
    assert level <= last + 1 and level <= reminder_level(DUE, as_of, ladder=ladder)
    if last and last_sent is None:
        assert level <= last, "a draft waits"


@given(st.integers(1, 40))
def test_daily_runs_climb_one_level_at_a_time_and_wait(start: int) -> None:
    level, sent, letters = 0, None, []
    for days in range(start + 60, start + 160):
        as_of = DUE + timedelta(days)
        found = reminder_level(DUE, as_of, level, sent, mode="staged")
        if found > level:
            letters.append(days)
            level, sent = found, as_of
    assert level == 4
    assert [b - a for a, b in itertools.pairwise(letters)] == [7, 7, 14]


def test_what_holds_a_letter_back_says_so() -> None:
    late = DUE + timedelta(40)
    cases = {
        "disputed": {"disputed_share": 1.0},
        "blocked": {"blocked_until": late},
        "settled": {"open_amount": Decimal(0)},
    }
    for key, arguments in cases.items():
        with listening() as notes:
            assert reminder_level(DUE, late, **arguments) == 0  # type: ignore[arg-type]  # one argument of each kind
        assert [note.key for note in notes] == [f"reminders.{key}"]
    assert reminder_level(DUE, late, blocked_until=late - timedelta(1)) == 3
    with listening() as notes:
        assert reminder_level(DUE, late, disputed_share=0.4) == 3
    assert "40 % of the amount" in notes[0].text()
    assert "illustrative" in " ".join(note.text() for note in notes)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"ladder": "weekly"}, "unknown_ladder"),
        ({"last_level": 5}, "level_unknown"),
        ({"last_level": 1, "last_sent": date(2027, 1, 1)}, "sent_later"),
        ({"last_sent": date(2026, 1, 10)}, "sent_without_level"),
    ],
)
def test_what_cannot_be_is_refused(arguments: dict[str, object], key: str) -> None:
    given = {"due_date": DUE, "as_of": date(2026, 3, 1), **arguments}
    names = ("due_date", "as_of", "last_level", "last_sent", "disputed_share", "blocked_until", "ladder")
    found = Door().call("REMINDER_LEVEL", [given.get(name) for name in names])
    assert isinstance(found, CellError) and found.key == f"reminders.{key}"


def test_a_date_is_where_the_level_begins() -> None:
    for level in (1, 2, 3, 4):
        day = reminder_date(DUE, level)
        assert reminder_level(DUE, day) == level and reminder_level(DUE, day - timedelta(1)) == level - 1
    with pytest.raises(CellError, match="has 4 levels"):
        reminder_fee(5)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([[1, 10], [3, 20]], "reminder_step 2, level"),
        ([[1, 10], [2, 10]], "reminder_step 2, days"),
        ([[1, 10], [1, 20]], "reminder_step 2, level"),
        ([[1, 0]], "reminder_step 1, days"),
    ],
)
def test_a_ladder_that_skips_or_falls_is_refused(rows: list[list[int]], where: str) -> None:
    table = [["[reminder_step]"], ["from", "ladder", "level", "days"], *[[date(2000, 1, 1), "x", *row] for row in rows]]
    found = Door().call("REMINDER_DATE", [DUE, 1, "x", None, table])
    assert isinstance(found, CellError) and found.facts["where"] == where
