"""What a close is asked to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from duebook.ledger.files import Source


@dataclass(frozen=True)
class Period:
    """The days over which sales are counted, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat()}"


@dataclass(frozen=True)
class AuditRequest:
    """What the auditor pack is asked for; blank choices follow the policy (its table `audit`).

    `over`: all balances from this amount on, by currency ("" where the ledger has but one); `sample`: how many monetary
    units are drawn; `seed`: the text that every random choice follows from.
    """

    receipts_to: date | None = None
    sample: int | None = None
    seed: str | None = None
    over: Mapping[str, Decimal] = field(default_factory=dict)
    replies: Path | None = None
    deliveries: Path | None = None

    @property
    def files(self) -> dict[str, Path]:
        """The files given, by use."""
        given = {"replies": self.replies, "deliveries": self.deliveries}
        return {use: path for use, path in given.items() if path is not None}


@dataclass(frozen=True)
class CloseOptions:
    """One monthly close. Blank choices (`disputed`, `unapplied`, `scheme`, `period`) follow the policy."""

    sources: tuple[Source, ...]
    as_of: date
    out: Path
    currency: str | None = None
    dates: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    policy: Path | None = None
    control_totals: Mapping[str, Decimal] = field(default_factory=dict)
    templates: tuple[Path, ...] = ()
    previous: Path | None = None
    disputed: str | None = None
    unapplied: str | None = None
    scheme: str | None = None
    period: Period | None = None
    language: str = "en"
    known_at: date | None = None
    """What was recorded later is left out: the figures as they were known on that day."""
    functional: str | None = None
    """The functional currency, and `rates`, the file of exchange rates that translates into it."""
    rates: Path | None = None
    account_controls: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    """Control totals of other accounts (`account_ties.ACCOUNTS`) by account and currency."""
    vat_rates: Mapping[str, Decimal] = field(default_factory=dict)
    """The VAT that the sales files leave out, as fractions by currency, "" for all others; blank follows the policy."""
    history: tuple[Path, ...] = ()
    """Folders of own earlier closes, for loss rates by cohort and roll rate."""
    audit: AuditRequest | None = None
    """What the auditor pack holds; None: no such pack."""
