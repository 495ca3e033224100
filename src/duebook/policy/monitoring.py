"""What the policy says of monitoring: five kinds of events, what makes a signal yellow or red, tiers and actions.

Rows with the same `from` make one version of their table (`versions`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from duebook.core.cells import Label
from duebook.policy.check import Checker, Entry, followed_by
from duebook.policy.versions import Versions, one_rule, used_once, versions

TABLES = ("risk_signal", "risk_tier", "tier_action")

Color = Literal["green", "yellow", "red"]
COLORS: tuple[Color, ...] = ("green", "yellow", "red")
"""From the mildest to the most serious."""
COLOR_NAMES = ("绿", "黄", "红")
"""Their Chinese names."""
KINDS = ("registry_change", "lawsuit", "payment_slowdown", "negative_news", "executive_change")


@dataclass(frozen=True)
class SignalRule:
    """Events of a kind in `window_days`: from `yellow` or `red` of them on, and from so many `times` the baseline."""

    kind: str
    window_days: int
    yellow: Decimal
    red: Decimal
    yellow_times: Decimal
    red_times: Decimal


@dataclass(frozen=True)
class TierRule:
    """So many red signals make red; so many that are not green make yellow; so many of those make red (0 = never)."""

    red_signals: int
    yellow_signals: int
    yellow_for_red: int


@dataclass(frozen=True)
class TierAction:
    tier: str
    action: Label


@dataclass(frozen=True)
class Monitoring:
    _signals: Versions[SignalRule]
    _tiers: Versions[TierRule]
    _actions: Versions[TierAction]

    def signal(self, kind: str, on: date | None) -> SignalRule:
        return next(row for row in self._signals.rows(on) if row.kind == kind)

    def tier(self, on: date | None) -> TierRule:
        return self._tiers.rows(on)[0]

    def action(self, tier: str, on: date | None) -> Label:
        return next(row.action for row in self._actions.rows(on) if row.tier == tier)


def read(check: Checker) -> Monitoring:
    signals = versions(check, "risk_signal", _signal)
    actions = versions(check, "tier_action", _action)
    for _, rules in signals.all:
        used_once(check, rules, "kind", lambda row: row.kind)
        _all_named(check, rules[-1].where, "kind", KINDS, [row.kind for _, row in rules])
    for _, texts in actions.all:
        used_once(check, texts, "tier", lambda row: row.tier)
        _all_named(check, texts[-1].where, "tier", COLORS, [row.tier for _, row in texts])
    tiers = versions(check, "risk_tier", _tier)
    one_rule(check, tiers)
    return Monitoring(signals, tiers, actions)


def _all_named(check: Checker, where: str, key: str, names: tuple[str, ...], given: list[str]) -> None:
    if lacking := [name for name in names if name not in given]:
        check.refuse(f"{where}, {key}", given[-1], followed_by(lacking))


def _signal(check: Checker, where: str, entry: Entry) -> SignalRule:
    yellow = check.decimal(f"{where}, yellow", entry.get("yellow"))
    if yellow == 0:
        check.refuse(f"{where}, yellow", yellow, Label("above 0: no events are green", "大于 0 的数：没有事件即为绿色"))
    return SignalRule(
        check.choice(where, entry, "kind", KINDS),
        check.whole(f"{where}, window_days", entry.get("window_days"), 1),
        yellow,
        _not_below(check, where, entry, "red", yellow),
        times := check.decimal(f"{where}, yellow_times", entry.get("yellow_times", 0)),
        _not_below(check, where, entry, "red_times", times, default=times),
    )


def _not_below(
    check: Checker, where: str, entry: Entry, key: str, least: Decimal, default: Decimal | None = None
) -> Decimal:
    found = check.decimal(f"{where}, {key}", entry.get(key, default))
    if found < least:
        wanted = Label(f"{least} or more: red is not milder than yellow", f"不小于 {least}：红色不得比黄色宽松")
        check.refuse(f"{where}, {key}", found, wanted)
    return found


def _tier(check: Checker, where: str, entry: Entry) -> TierRule:
    return TierRule(
        check.whole(f"{where}, red_signals", entry.get("red_signals"), 1),
        check.whole(f"{where}, yellow_signals", entry.get("yellow_signals"), 1),
        check.whole(f"{where}, yellow_for_red", entry.get("yellow_for_red"), 0),
    )


def _action(check: Checker, where: str, entry: Entry) -> TierAction:
    text = check.text(where, entry, "action_en")
    tier = check.choice(where, entry, "tier", COLORS)
    return TierAction(tier, Label(text, check.text(where, entry, "action_zh", text)))
