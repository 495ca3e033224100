"""Signals and tiers: more events are never greener, a baseline never makes a company worse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.credit.signals import KIND_NAMES, risk_signal, risk_tier, tier_action, tier_of
from duebook.hosts.call import Door
from duebook.policy.monitoring import COLORS, KINDS, TierRule

DOOR = Door()
kinds = st.sampled_from(KINDS)
events = st.integers(0, 50)
windows = st.integers(1, 1000)
baselines = st.floats(0, 50)
signals = st.lists(st.sampled_from(COLORS), min_size=1, max_size=8)


def seriousness(kind: str, count: int, days: int, usual: float) -> int:
    return COLORS.index(risk_signal(kind, count, days, usual))  # type: ignore[arg-type]  # else the test fails


@given(kinds, events, windows, baselines, st.integers(0, 9))
def test_more_events_are_never_greener(kind: str, count: int, days: int, usual: float, more: int) -> None:
    assert seriousness(kind, count, days, usual) <= seriousness(kind, count + more, days, usual)


@given(kinds, events, windows, baselines, st.floats(0, 9))
def test_a_higher_baseline_is_never_worse(kind: str, count: int, days: int, usual: float, more: float) -> None:
    assert seriousness(kind, count, days, usual + more) <= seriousness(kind, count, days, usual)


@given(kinds, events, windows, st.integers(0, 500))
def test_the_same_events_in_more_days_are_never_worse(kind: str, count: int, days: int, more: int) -> None:
    assert seriousness(kind, count, days + more, 0) <= seriousness(kind, count, days, 0)


@given(kinds, windows, baselines)
def test_no_events_are_green(kind: str, days: int, usual: float) -> None:
    assert risk_signal(kind, 0, days, usual) == "green"


@pytest.mark.parametrize(("kind", "name"), list(zip(KINDS, KIND_NAMES, strict=True)))
def test_every_kind_has_three_colors_and_a_chinese_name(kind: str, name: str) -> None:
    counts = DOOR.call("RISK_SIGNAL", [name, [[0], [1], [2], [3], [5]], 90])
    assert {row[0] for row in counts} == set(COLORS)
    assert counts == DOOR.call("RISK_SIGNAL", [kind, [[0], [1], [2], [3], [5]], 90])


def test_thresholds_are_reached_not_passed() -> None:
    """730 days are twice the policy's 365: 2 events are 1 in its window, 1 event is a half."""
    assert [risk_signal("lawsuit", count, 730) for count in (1, 2, 5, 6)] == ["green", "yellow", "yellow", "red"]
    assert [risk_signal("lawsuit", count, 365, 10) for count in (14, 15, 19, 20)] == [
        "green", "yellow", "yellow", "red",
    ]  # fmt: skip


def test_a_threshold_is_exact_where_the_window_does_not_divide() -> None:
    """9 changes where 6 are usual are 1.5 times the baseline, in 181 days as in 180."""
    assert [risk_signal("executive_change", 9, days, 6) for days in (180, 181, 187)] == ["yellow"] * 3
    assert [risk_signal("executive_change", 8, days, 6) for days in (180, 181, 187)] == ["green"] * 3


def test_a_short_window_is_said() -> None:
    DOOR.call("RISK_SIGNAL", ["lawsuit", 1, 30], "B2")
    assert "Only 30 of the policy's 365 days" in DOOR.why("B2") and "illustrative" in DOOR.why("B2")


@given(signals, st.data())
def test_a_worse_signal_never_lowers_the_tier(found: list[str], data: st.DataObject) -> None:
    rule = TierRule(data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)), data.draw(st.integers(0, 5)))
    place = data.draw(st.integers(0, len(found) - 1))
    worse = [*found]
    worse[place] = COLORS[min(COLORS.index(found[place]) + 1, 2)]
    assert COLORS.index(tier_of(found, rule)) <= COLORS.index(tier_of(worse, rule))
    assert COLORS.index(tier_of(found, rule)) <= COLORS.index(tier_of([*found, "green"], rule))


@given(signals)
def test_the_tier_is_no_better_than_the_worst_signal(found: list[str]) -> None:
    assert COLORS.index(risk_tier(found)) >= max(map(COLORS.index, found))  # type: ignore[arg-type]


def test_red_alone_can_be_made_yellow_by_policy() -> None:
    rule = TierRule(red_signals=2, yellow_signals=1, yellow_for_red=0)
    assert [tier_of(found, rule) for found in (["red"], ["red", "red"], ["yellow"] * 9)] == ["yellow", "red", "yellow"]


def test_blank_cells_are_no_signals() -> None:
    assert DOOR.call("RISK_TIER", [["", "red", None, "-"]]) == "red"
    assert DOOR.call("RISK_TIER", [["", None]]).code == "#N/A"


def test_the_words_stay_english_and_the_action_follows_the_reader() -> None:
    chinese = Door("zh")
    assert chinese.call("RISK_TIER", [["绿", "黄"]]) == "yellow"
    assert chinese.call("TIER_ACTION", ["red"]) == tier_action("red").zh
    assert "Collect early" in tier_action("yellow") and "Hold new deliveries" in tier_action("red")
