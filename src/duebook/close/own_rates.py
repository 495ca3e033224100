"""Loss rates that own earlier closes propose, by the formulas of ROLL_RATES and LOSS_RATES. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from duebook.core.cells import Label, shown_facts
from duebook.core.messages import text
from duebook.core.money import rounded
from duebook.receivables import loss_rates

ZERO = Decimal(0)


@dataclass(frozen=True)
class Rates:
    """Loss rates per bucket, first bucket first, with what was done to each; None with the reason where there are none.

    `steps`: for roll rates the average roll of each bucket but the last, for cohorts what reached each bucket.
    """

    rates: tuple[Decimal, ...] | None
    steps: tuple[Decimal, ...] = ()
    remarks: tuple[Label | None, ...] = ()
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def said(self) -> Label:
        """The reason in words; blank where there are rates."""
        return Label(self._in("en"), self._in("zh")) if self.reason else Label("", "")

    def _in(self, language: str) -> str:
        return text(self.reason, language, **shown_facts(dict(self.facts), language))


@dataclass(frozen=True)
class OwnRates:
    """What the own closes propose for one currency. `written_off`: put back into the rolls, from this ledger."""

    currency: str
    roll: Rates
    cohort: Rates
    closes: int
    cohorts: int
    written_off: Decimal


def rolled(held: Sequence[Sequence[Decimal]], written_off: Sequence[Sequence[Decimal]], last: Decimal) -> Rates:
    """Roll rates of one currency; a row per close, the oldest first. The last bucket is open."""
    with localcontext(prec=60):
        try:
            found = loss_rates.rolls(held, written_off, open_last=True)
        except ZeroDivisionError:
            return Rates(None, reason="allowance.nothing_held")
        return Rates(
            rates=tuple(_kept(rate) for rate in loss_rates.chained(found, last)),
            steps=tuple(_kept(roll.average) for roll in found),
            remarks=(*(loss_rates.remark(roll) for roll in found), None),
        )


def staged(flows: Sequence[Sequence[Decimal]]) -> Rates:
    """Rates by cohort of one currency: per cohort what was sold, what reached each later bucket, what was lost."""
    if not flows or not sum((flow[0] for flow in flows), ZERO):
        return Rates(None, reason="allowance.no_cohort")
    with localcontext(prec=60):
        found = loss_rates.stages([sum(stage, ZERO) for stage in zip(*flows, strict=True)])[:-1]
        return Rates(
            rates=tuple(_kept(stage.rate) for stage in found),
            steps=tuple(stage.reached for stage in found),
            remarks=tuple(stage.remark for stage in found),
        )


def _kept(rate: Decimal) -> Decimal:
    """A rate to nine decimals, as rates are stored."""
    return rounded(rate, 9)
