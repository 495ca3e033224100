"""The thresholds of the order check."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, refused, shipped

from duebook.policy.order_check import Thresholds


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("overdue_days_block = 60", "overdue_days_block = 10", "order_check 1, overdue_days_block", "15 or more"),
        ("overdue_days_review = 15", "overdue_days_review = -1", "order_check 1, overdue_days_review", "0 or more"),
        ('block = "0.50"', 'block = "50"', "order_check 1, overdue_share_block", "0 to 1"),
        ('red = "block"', 'red = "stop"', "order_check 1, red", "release, review, block"),
        ('red = "block"', 'red = "release"', "order_check 1, red", "at least as strict as yellow"),
        ('block = "signal"', 'block = "all"', "order_check 1, without_limit_block", "never, signal, any"),
        ('over_limit_review = "0"', 'over_limits = "0"', "order_check 1, over_limits", "left out"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("order_check", old, new), where, says)


def test_two_checks_of_one_day_are_refused(tmp_path: Path) -> None:
    text = shipped("order_check")
    refused(tmp_path, text + text[text.index("[[order_check]]") :], "order_check 2, from", "one rule at a time")


def test_the_bounds_themselves_pass() -> None:
    bounds = Thresholds(Decimal(15), Decimal(60))
    decided = {days: bounds.decide(Decimal(days)) for days in ("-3", "15", "15.01", "60", "60.01")}
    assert list(decided.values()) == ["release", "release", "review", "review", "block"]
