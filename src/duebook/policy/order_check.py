"""What the policy says of an order against the credit limit: when it is released, reviewed or blocked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from duebook.core.cells import Label
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Versions, one_rule, versions

TABLES = ("order_check",)

Decision = Literal["release", "review", "block"]
DECISIONS: tuple[Decision, ...] = ("release", "review", "block")
"""From the mildest to the strictest."""
WITHOUT_LIMIT = ("never", "signal", "any")


@dataclass(frozen=True)
class Thresholds:
    """Above `review` an order is reviewed, above `block` it is blocked; equality passes."""

    review: Decimal
    block: Decimal

    def decide(self, value: Decimal) -> Decision:
        return "block" if value > self.block else "review" if value > self.review else "release"


@dataclass(frozen=True)
class OrderCheck:
    """`over_limit_review`: the share of the limit by which it may be passed with a review; beyond, it blocks.

    `without_limit_block`: which reasons may block where no limit is set (else the order is reviewed): never, signal,
    any.
    """

    over_limit_review: Decimal
    overdue_days: Thresholds
    overdue_share: Thresholds
    yellow: Decision
    red: Decision
    without_limit_block: Literal["never", "signal", "any"]


@dataclass(frozen=True)
class OrderChecks:
    _checks: Versions[OrderCheck]

    def on(self, day: date | None) -> OrderCheck:
        return self._checks.rows(day)[0]


def read(check: Checker) -> OrderChecks:
    checks = versions(check, "order_check", _order_check)
    one_rule(check, checks)
    return OrderChecks(checks)


def _order_check(check: Checker, where: str, entry: Entry) -> OrderCheck:
    yellow, red = (cast(Decision, check.choice(where, entry, key, DECISIONS)) for key in ("yellow", "red"))
    if DECISIONS.index(red) < DECISIONS.index(yellow):
        wanted = Label(f"at least as strict as yellow, which is {yellow}", f"不比 yellow 宽松的值，yellow 为 {yellow}")
        check.refuse(f"{where}, red", red, wanted)
    return OrderCheck(
        check.decimal(f"{where}, over_limit_review", entry.get("over_limit_review", 0), Decimal(1)),
        _thresholds(check, where, entry, "overdue_days", None),
        _thresholds(check, where, entry, "overdue_share", Decimal(1)),
        yellow,
        red,
        cast(Literal["never", "signal", "any"], check.choice(where, entry, "without_limit_block", WITHOUT_LIMIT)),
    )


def _thresholds(check: Checker, where: str, entry: Entry, key: str, top: Decimal | None) -> Thresholds:
    review, block = (check.decimal(f"{where}, {key}_{end}", entry.get(f"{key}_{end}"), top) for end in DECISIONS[1:])
    if block < review:
        wanted = Label(f"{review} or more: a block is not milder than a review", f"不小于 {review}：冻结不得比审核宽松")
        check.refuse(f"{where}, {key}_block", block, wanted)
    return Thresholds(review, block)
