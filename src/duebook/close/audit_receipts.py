"""Subsequent receipts: what became of every open item between the as-of date and a later day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from duebook.close.open_items import day, statements
from duebook.close.result import Close
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.checks import CREDITS

ZERO = Decimal(0)
EXPECTED = "('collected', 'endorsed', 'discounted')"
"""Allocations that follow from a bill's maturity: a day that may be yet to come, which no export can have seen."""


@dataclass(frozen=True)
class Reach:
    """`to`: the last day that is looked at; `latest`: the last day on which anything in the ledger happens."""

    to: date
    latest: date


@dataclass(frozen=True)
class Later:
    """Items of one customer in one currency, what settled them by the later day, and receipts not taken up yet.

    open = receipts + credit_notes + bills + write_offs + earlier + other + still_open.
    """

    items: int = 0
    open: Decimal = ZERO
    receipts: Decimal = ZERO
    credit_notes: Decimal = ZERO
    bills: Decimal = ZERO
    write_offs: Decimal = ZERO
    earlier: Decimal = ZERO
    other: Decimal = ZERO
    still_open: Decimal = ZERO
    unapplied_later: Decimal = ZERO
    receivable_receipts: Decimal = ZERO
    """Of the receipts: those on receivables, bills and contract assets left out."""

    @property
    def settled_otherwise(self) -> Decimal:
        return self.open - self.receipts - self.still_open


def reach(close: Close) -> Reach:
    """Up to the day asked for, else as far as the ledger goes. DuebookError for a day before the as-of date."""
    asked = close.options.audit.receipts_to if close.options.audit else None
    if asked is not None and asked < close.as_of:
        raise DuebookError("audit_refusals.receipts_before", date=asked.isoformat(), as_of=close.as_of.isoformat())
    (latest,) = close.engine.one(
        "SELECT max(day) FROM (SELECT max(document_date) AS day FROM doc UNION ALL SELECT max(effective) FROM link "
        f"WHERE kind NOT IN {EXPECTED})"
    )
    latest = max(latest or close.as_of, close.as_of)
    return Reach(asked or latest, latest)


def make(close: Close, to: date) -> None:
    """Makes `subsequent` (one row per item open on the as-of date), `unapplied_later` and `open_later`."""
    engine, as_of = close.engine, day(close.as_of)
    engine.execute(statements("open_at", table="open_later", as_of=day(to)))
    engine.execute(statements("subsequent", as_of=as_of, to=day(to), credits=CREDITS))


SUMS = ("open", "receipts", "credit_notes", "bills", "write_offs", "earlier", "other", "still_open")


def by_customer(engine: Engine) -> Mapping[tuple[str, str], Later]:
    """(currency, customer) → what came later, in that order."""
    sums = ", ".join(f"sum({name}) AS {name}" for name in SUMS)
    shown = ", ".join(f"coalesce(s.{name}, 0)" for name in SUMS)
    rows = engine.rows(
        "SELECT coalesce(s.currency, u.currency) AS currency, coalesce(s.customer_id, u.customer_id) AS customer_id, "
        f"coalesce(s.items, 0), {shown}, coalesce(u.amount, 0), coalesce(s.of_receivables, 0) "
        f"FROM (SELECT currency, customer_id, count(*) AS items, {sums}, "
        "sum(CASE WHEN account = 'receivable' THEN receipts ELSE 0 END) AS of_receivables "
        "FROM subsequent GROUP BY currency, customer_id) AS s "
        "FULL JOIN unapplied_later AS u ON s.currency = u.currency AND s.customer_id = u.customer_id "
        "ORDER BY currency, customer_id"
    )
    return {(row[0], row[1]): Later(*row[2:]) for row in rows}


def total(every: Mapping[tuple[str, str], Later], currency: str) -> Later:
    """The sum over the customers of a currency."""
    own = [later for (code, _), later in every.items() if code == currency]
    sums = [sum((getattr(later, f.name) for later in own), ZERO) for f in fields(Later)[1:]]
    return Later(sum(later.items for later in own), *sums)
