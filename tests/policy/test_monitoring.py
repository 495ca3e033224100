"""Signals, tiers and actions are complete and red is never milder than yellow."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.policy.refusals import changed, refused, shipped


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ('kind = "lawsuit"', 'kind = "gossip"', "risk_signal 2, kind", "negative_news"),
        ('kind = "executive_change"', 'kind = "lawsuit"', "risk_signal 5, kind", "no other row"),
        ("window_days = 180", "window_days = 0", "risk_signal 1, window_days", "1 or more"),
        ("yellow = 1", "yellow = 0", "risk_signal 1, yellow", "no events are green"),
        ("red = 3", 'red = "0.5"', "risk_signal 1, red", "1 or more"),
        ('red_times = "2.5"', 'red_times = "1"', "risk_signal 1, red_times", "1.5 or more"),
        ("red_signals = 1", "red_signals = 0", "risk_tier 1, red_signals", "1 or more"),
        ("yellow_for_red = 3", "yellow_to_red = 3", "risk_tier 1, yellow_to_red", "left out"),
        ('tier = "yellow"', 'tier = "orange"', "tier_action 2, tier", "green, yellow, red"),
        ('tier = "red"', 'tier = "green"', "tier_action 3, tier", "no other row"),
        ('action_en = "Collect', 'action = "Collect', "tier_action 2, action", "left out"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("monitoring", old, new), where, says)


def test_two_tier_rules_of_one_day_are_refused(tmp_path: Path) -> None:
    text = shipped("monitoring")
    again = text[text.index("[[risk_tier]]") : text.index("# TIER_ACTION")]
    refused(tmp_path, text + "\n" + again, "risk_tier 2, from", "one rule at a time")


def test_a_kind_or_a_tier_that_is_left_out_is_named(tmp_path: Path) -> None:
    text = shipped("monitoring")
    last_kind = text.index("# Changes of chairman")
    refused(tmp_path, text[:last_kind] + text[text.index("# RISK_TIER") :], "risk_signal 4, kind", "executive_change")
    refused(tmp_path, text[: text.rindex("[[tier_action]]")], "tier_action 2, tier", "rows for red")
