"""Risk amounts: each figure of a customer bears an amount, and their sum is a measure of the limit it can bear.

The amounts stand in bands: the highest band that a figure reaches counts. Used where [[limit_method]] names
`risk_amounts`. Source of the method: theglobaltreasurer.com, "The Credit Limit", 2011-05-05.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duebook.core.cells import Label
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Placed, Versions, used_once, versions

TABLES = ("risk_amount",)
FIGURES = ("equity", "working_capital", "net_margin")


@dataclass(frozen=True)
class RiskAmount:
    """From `at_least` on, `figure` bears a fixed `amount` plus `share` of itself."""

    figure: str
    at_least: Decimal
    amount: Decimal
    share: Decimal

    def risk(self, value: Decimal) -> Decimal:
        return self.amount + self.share * value


@dataclass(frozen=True)
class RiskAmounts:
    """The checked bands. `on`: the day that counts, None for the newest."""

    _bands: Versions[RiskAmount]

    def figures(self, on: date | None) -> tuple[str, ...]:
        """The figures that have bands."""
        held = {row.figure for row in self._bands.rows(on)}
        return tuple(figure for figure in FIGURES if figure in held)

    def risk(self, figure: str, value: Decimal, on: date | None) -> Decimal:
        """The amount that `figure` bears at `value`; 0 below its lowest band."""
        reached = [row for row in self._bands.rows(on) if row.figure == figure and row.at_least <= value]
        return max(reached, key=lambda row: row.at_least).risk(value) if reached else Decimal(0)


def read(check: Checker) -> RiskAmounts:
    bands = versions(check, "risk_amount", _band)
    for _, rows in bands.all:
        used_once(check, rows, "at_least", lambda row: (row.figure, row.at_least))
        for figure in FIGURES:
            _never_less(check, [placed for placed in rows if placed.row.figure == figure])
    return RiskAmounts(bands)


def _band(check: Checker, where: str, entry: Entry) -> RiskAmount:
    figure = check.choice(where, entry, "figure", FIGURES)
    share = check.decimal(f"{where}, share", entry.get("share", 0), Decimal(1))
    if share and figure == "net_margin":
        wanted = Label(
            "blank: a margin is no amount; give the amount that it bears",
            "空白：利润率不是金额，请在 amount 中填写其可承受的金额",
        )
        check.refuse(f"{where}, share", share, wanted)
    least = None if figure == "net_margin" else Decimal(0)
    return RiskAmount(
        figure,
        check.decimal(f"{where}, at_least", entry.get("at_least"), least=least),
        check.decimal(f"{where}, amount", entry.get("amount", 0)),
        share,
    )


def _never_less(check: Checker, rows: Sequence[Placed[RiskAmount]]) -> None:
    """Each band begins with at least what the band below gives there, so a stronger customer never bears less."""
    rising = sorted(rows, key=lambda placed: placed.row.at_least)
    for (_, lower), (where, higher) in itertools.pairwise(rising):
        before, after = lower.risk(higher.at_least), higher.risk(higher.at_least)
        if after < before:
            least, there = before, higher.at_least
            wanted = Label(
                f"enough for {least} at {there}, which the band below gives there",
                f"足以使 {there} 处不小于 {least} 的金额，即较低一段在该处给出的金额",
            )
            check.refuse(f"{where}, amount", higher.amount, wanted)
