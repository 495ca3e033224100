"""All that one close found out, before it is written anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duebook.close.account_ties import AccountTie
from duebook.close.allowance import Assessed, Key, Movement
from duebook.close.assessed import Basis
from duebook.close.figures import Balance, CurrencyFigures
from duebook.close.functional import Functional
from duebook.close.options import CloseOptions, Period
from duebook.close.own_rates import OwnRates
from duebook.close.tie_out import ReconcilingItem, TieOut
from duebook.core.engine import Engine
from duebook.ledger.canonical import Ledger
from duebook.policy.closing import AgingScheme, WatchRules
from duebook.policy.load import Policy


@dataclass(frozen=True)
class Previous:
    """What an earlier sealed close said. Buckets are None where it used another scheme."""

    as_of: date
    scheme: str
    totals: Mapping[str, Mapping[str, Decimal | None]]
    buckets: Mapping[str, tuple[Decimal, ...]]
    balances: Mapping[tuple[str, str], tuple[str | None, Decimal]]
    allowances: Mapping[Key, Decimal] | None = None
    """Its allowance by currency, account and part; None where it had none."""
    allowance_unsplit: bool = False
    """Whether it was sealed before specific items stood apart: all of it opens the pools of receivables."""
    assessed: Assessed = field(default_factory=Assessed)

    def total(self, currency: str, name: str) -> Decimal | None:
        return self.totals.get(currency, {}).get(name)


@dataclass(frozen=True)
class Close:
    """The engine still holds `items`, `doc` and the other tables while the workbooks are filled."""

    options: CloseOptions
    engine: Engine
    ledger: Ledger
    policy: Policy
    scheme: AgingScheme
    disputed: str
    unapplied: str
    period: Period
    watch: WatchRules
    balances: tuple[Balance, ...]
    figures: tuple[CurrencyFigures, ...]
    reconciling: tuple[ReconcilingItem, ...]
    tie_outs: tuple[TieOut, ...]
    previous: Previous | None
    basis: Basis
    allowance_movement: tuple[Movement, ...] = ()
    """How the allowance moved since the previous close, by currency, account and part."""
    own_rates: tuple[OwnRates, ...] = ()
    """What own earlier closes propose as loss rates, by currency; empty where none were given."""
    functional: Functional | None = None
    """Everything in the functional currency; None where no rates were given."""
    account_ties: tuple[AccountTie, ...] = ()
    """Accounts beside the receivables of a currency, with the control totals given for them."""
    vat_rates: Mapping[str, Decimal] = field(default_factory=dict)
    """By currency, what was put on the sales of a sales file to have them with their tax, as receivables are."""

    @property
    def as_of(self) -> date:
        return self.options.as_of

    @property
    def language(self) -> str:
        return self.options.language

    @property
    def in_one_currency(self) -> Functional | None:
        """Everything in the functional currency, where that is another thing than the only currency there is."""
        return self.functional if self.functional and self.functional.foreign else None

    @property
    def leading_currency(self) -> str:
        """The currency a workbook opens on: the one with most open items, then the first by code."""
        return (
            max(self.figures, key=lambda f: (f.items, [-ord(c) for c in f.currency])).currency if self.figures else ""
        )

    @property
    def ties_out(self) -> bool:
        """False where a control total was given and differs; no control total is no difference."""
        return all(tie.ties is not False for tie in self.tie_outs) and all(tie.ties for tie in self.account_ties)
