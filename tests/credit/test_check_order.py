"""The check of an order: blank is not zero, equality passes, and more risk never releases what less risk held."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.credit.check_order import check_reason, credit_check
from duebook.hosts.call import Door
from duebook.policy.order_check import DECISIONS

DOOR = Door()
COLORS = ("", "green", "yellow", "red")

amounts = st.decimals("0", "1e6", places=2)
days = st.none() | st.integers(-60, 120)
shares = st.none() | st.decimals("0", "1", places=2)
colors = st.sampled_from(COLORS)
orders = st.tuples(st.none() | amounts, st.decimals("-1e3", "1e6", places=2), amounts, days, shares, colors)


def strictness(*args: Any) -> int:
    return DECISIONS.index(credit_check(*args))  # type: ignore[arg-type]  # one of the three, or the test fails


@given(orders, st.integers(1, 2), amounts)
def test_more_exposure_never_eases(order: tuple[Any, ...], place: int, more: Decimal) -> None:
    worse = [*order]
    worse[place] += more
    assert strictness(*order) <= strictness(*worse)


@given(orders, st.integers(0, 60), st.decimals("0", "1", places=2))
def test_more_overdue_never_eases(order: tuple[Any, ...], later: int, share: Decimal) -> None:
    limit, exposure, amount, days, old, color = order
    worse = (limit, exposure, amount, (days or 0) + later, max(old or Decimal(0), share), color)
    assert strictness(limit, exposure, amount, days, old, color) <= strictness(*worse)


@given(orders)
def test_a_worse_signal_never_eases(order: tuple[Any, ...]) -> None:
    found = [strictness(*order[:5], color) for color in COLORS]
    assert found == sorted(found)


@given(orders, amounts)
def test_a_higher_limit_is_never_stricter(order: tuple[Any, ...], more: Decimal) -> None:
    limit = order[0] or Decimal(0)
    assert strictness(limit + more, *order[1:]) <= strictness(limit, *order[1:])


@given(orders)
def test_without_a_limit_an_order_is_reviewed_and_only_red_blocks(order: tuple[Any, ...]) -> None:
    assert credit_check(None, *order[1:]) == ("block" if order[5] == "red" else "review")


@given(amounts, amounts)
def test_equality_passes_and_a_cent_more_does_not(exposure: Decimal, order: Decimal) -> None:
    assert credit_check(exposure + order, exposure, order) == "release"
    assert credit_check(exposure + order, exposure, order + Decimal("0.01")) == "block"


@given(orders)
def test_the_reason_begins_with_the_decision(order: tuple[Any, ...]) -> None:
    decision, reason = credit_check(*order), check_reason(*order)
    assert reason.startswith(decision.capitalize() + ". ") and f"（{decision}）。" in reason.zh
    assert "{" not in reason + reason.zh


def with_policy(**changes: object) -> list[list[object]]:
    row: dict[str, object] = {
        "from": "2000-01-01", "over_limit_review": 0, "overdue_days_review": 15, "overdue_days_block": 60,
        "overdue_share_review": 0.1, "overdue_share_block": 0.5, "yellow": "review", "red": "block",
        "without_limit_block": "signal", **changes,
    }  # fmt: skip
    return [["[order_check]", *[""] * (len(row) - 1)], list(row), list(row.values())]


@pytest.mark.parametrize(
    ("args", "changes", "gives"),
    [
        ((100, 100, 10), {"over_limit_review": 0.1}, "review"),
        ((100, 100, 10.01), {"over_limit_review": 0.1}, "block"),
        ((0, 0, 0.01), {"over_limit_review": 1}, "block"),
        ((100, 0, 1, 15, 0.1), {}, "release"),
        ((100, 0, 1, 15.5), {}, "review"),
        ((100, 0, 1, 60, 0.5), {}, "review"),
        ((100, 0, 1, -5, 0.51), {}, "block"),
        ((None, 0, 1, 61, 0, "red"), {"without_limit_block": "never"}, "review"),
        ((None, 0, 1, 61), {"without_limit_block": "any"}, "block"),
        ((None, 0, 1, 61), {}, "review"),
        ((100, 0, 1, 0, 0, "yellow"), {"yellow": "release"}, "release"),
        ((100, 0, 1, 0, 0, "red"), {"red": "review"}, "review"),
        ((0, 0, 0), {}, "release"),
    ],
)
def test_the_policy_decides(args: tuple[Any, ...], changes: dict[str, object], gives: str) -> None:
    full = [*args, *[None] * (6 - len(args)), with_policy(**changes)]
    assert DOOR.call("CREDIT_CHECK", full) == gives


def test_a_difference_far_behind_the_point_still_counts() -> None:
    limit, order = "99999999999999", "0.00000000000001"
    assert credit_check(Decimal(limit), Decimal(limit), Decimal(order)) == "block"


def test_the_words_stay_english_in_a_chinese_book() -> None:
    chinese = Door("zh")
    assert chinese.call("CREDIT_CHECK", [100, 60, 41]) == "block"
    assert chinese.call("CREDIT_CHECK", [100, 0, 1, None, None, "红"]) == "block"
    assert chinese.call("CHECK_REASON", [100, 60, 41]).startswith(
        "冻结（block）。敞口 60 加订单 41 合计 101，超出额度 100 共 1。"
    )


def test_the_strictest_reason_comes_first_and_what_was_not_checked_last() -> None:
    found = DOOR.call("CHECK_REASON", [100, -5, 140, 20, None, "red"])
    parts = [
        "Block. Exposure 0 plus the order 140 is 140",
        "signal is red",
        "20 days past due",
        "credit balance",
        "Not given",
    ]
    places = [found.index(part) for part in parts]
    assert places == sorted(places) and "overdue share" in found[places[-1] :]


def test_a_column_of_orders_with_a_blank_limit() -> None:
    found = DOOR.call("CREDIT_CHECK", [[[100], [None], [0]], [[60], [0], [0]], 1])
    assert [cell for (cell,) in found] == ["release", "review", "block"]
