"""Temporary limits expire; far orders wait."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.portfolio.limit_in_force import limit_in_force, order_in_horizon

CENTS = st.decimals("0", "1e10", places=2)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
DAY = date(2026, 10, 31)


@given(CENTS, CENTS, DAYS, DAYS, st.integers(0, 400), st.sampled_from(["adds", "replaces"]))
def test_a_temporary_limit_counts_on_its_days_and_on_no_other(
    limit: Decimal, temporary: Decimal, as_of: date, start: date, length: int, kind: str
) -> None:
    end = start + timedelta(length)
    found = limit_in_force(limit, temporary, end, as_of, kind, start)
    if as_of in {start + timedelta(day) for day in range(length + 1)}:
        assert found == (limit + temporary if kind == "adds" else temporary)
    else:
        assert found == limit


@pytest.mark.parametrize(
    ("arguments", "gives"),
    [
        ((None, None, None, DAY), "#N/A"),
        ((None, 500, DAY, DAY, "replaces"), 500.0),
        ((None, 500, DAY, DAY, "adds"), "#N/A"),
        ((None, 500, date(2026, 10, 30), DAY, "replaces"), "#N/A"),
        ((0, None, None, DAY), 0.0),
        ((0, 500, DAY, DAY, "追加"), 500.0),
        ((100, 0, DAY, DAY, "replaces"), 0.0),
        ((100, 50, DAY, DAY), "#N/A"),
        ((100, 50, DAY, DAY, "adds", date(2026, 11, 1)), "#NUM!"),
        ((100, 50, DAY, DAY, "instead"), "#VALUE!"),
    ],
)
def test_blank_is_not_zero_and_nothing_is_guessed(arguments: tuple[object, ...], gives: object) -> None:
    found = Door().call("LIMIT_IN_FORCE", arguments)
    assert (found.code if isinstance(found, CellError) else found) == gives


def test_why_says_which_limit_counts() -> None:
    door = Door()
    limits = [[[100.0], [100.0], [100.0]], [[50.0], [50.0], [None]], [[DAY], [date(2026, 9, 30)], [None]]]
    assert door.call("LIMIT_IN_FORCE", [*limits, DAY, "adds"], cell="S!A1") == [(150.0,), (100.0,), (100.0,)]
    said = [door.why(f"S!A{row}") for row in (1, 2, 3)]
    assert "counts, up to 2026-10-31" in said[0] and "expired on 2026-09-30" in said[1]
    assert "emporary limit counts" not in said[2] and "expired" not in said[2]


@given(CENTS, DAYS, DAYS, st.integers(0, 3660))
def test_an_order_counts_whole_or_not_at_all(amount: Decimal, delivery: date, as_of: date, horizon: int) -> None:
    found = order_in_horizon(amount, delivery, as_of, horizon)
    assert found == (amount if (delivery - as_of).days <= horizon else 0)
    assert order_in_horizon(amount, None, as_of, horizon) == amount


def test_the_horizon_ends_with_the_calendar() -> None:
    found = Door().call("ORDER_IN_HORIZON", [1, date(9999, 1, 1), date(9999, 12, 1), 90])
    assert found.code == "#NUM!"
