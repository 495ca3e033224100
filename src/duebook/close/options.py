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
    history: tuple[Path, ...] = ()
    """Folders of own earlier closes, for loss rates by cohort and roll rate."""
