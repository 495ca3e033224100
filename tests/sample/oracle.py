"""What a close of the sample month has to find, worked out by plain arithmetic and nothing of the close's own code.

Kept apart from `src` on purpose: it goes over lists of what happened, one document after the other, with Decimal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duebook.sample import SampleMonth

ZERO = Decimal(0)
BUCKETS = ("not due", "1-30", "31-60", "61-90", "91-120", ">120")


@dataclass(frozen=True)
class OpenItem:
    """A document that is not settled on the day. `open` is negative for credits; `disputed` is part of `open`."""

    customer_id: str
    number: str
    kind: str
    currency: str
    due: date | None
    open: Decimal
    disputed: Decimal
    days_past_due: int | None


@dataclass
class Aged:
    """One currency. `buckets` hold undisputed amounts, in the order of `BUCKETS`."""

    buckets: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))
    counts: list[int] = field(default_factory=lambda: [0] * len(BUCKETS))
    """Items with an undisputed part in the bucket."""
    disputed: Decimal = ZERO
    disputed_items: int = 0
    unapplied: Decimal = ZERO
    unapplied_items: int = 0

    @property
    def total(self) -> Decimal:
        return sum(self.buckets, ZERO) + self.disputed + self.unapplied


def open_items(month: SampleMonth, as_of: date) -> list[OpenItem]:
    """Every document and receipt with something open on `as_of`."""
    invoice_day = {d.number: d.day for d in month.documents if d.kind in ("invoice", "bill")}
    paid: dict[str, Decimal] = {}
    found = []
    # receipts: money in hand on its day; it settles an invoice once it is set against one that has been written
    for receipt in month.receipts:
        if receipt.day > as_of:
            continue
        invoice = receipt.applies_to
        if invoice in invoice_day and receipt.applied_on is not None:
            effective = max(receipt.day, receipt.applied_on, invoice_day[invoice])
            if effective <= as_of:
                paid[invoice] = paid.get(invoice, ZERO) + receipt.amount
                continue
        found.append(_credit(receipt.customer.id, receipt.number, "payment", receipt.currency, -receipt.amount))
    # what is taken from an invoice as a bill or as retention: the invoice is less, and the claim stands elsewhere
    for document in month.documents:
        if document.kind in ("bill", "retention") and document.applies_to and document.day <= as_of:
            paid[document.applies_to] = paid.get(document.applies_to, ZERO) + document.amount
    # credit notes, advances and all that reduces an invoice: the same as receipts; sold with recourse reduces nothing
    for document in month.documents:
        if document.amount > 0 or document.stays or document.day > as_of:
            continue
        invoice = document.applies_to
        if invoice is not None and max(document.day, invoice_day[invoice]) <= as_of:
            paid[invoice] = paid.get(invoice, ZERO) - document.amount
            continue
        found.append(_credit(document.customer.id, document.number, document.kind, document.currency, document.amount))
    # invoices: what is left of them
    for document in month.documents:
        owed = document.kind in ("invoice", "journal") or (document.kind == "retention" and not document.contract_asset)
        if not owed or document.amount < 0 or document.day > as_of:
            continue
        still = document.amount - paid.get(document.number, ZERO)
        if still == 0:
            continue
        assert document.due is not None
        disputed = ZERO
        if still > 0 and document.disputed and document.dispute_opened and document.dispute_opened <= as_of:
            disputed = min(document.disputed, still)
        found.append(
            OpenItem(
                document.customer.id,
                document.number,
                document.kind,
                document.currency,
                document.due,
                still,
                disputed,
                (as_of - document.due).days,
            )
        )
    return found


def other_accounts(month: SampleMonth, as_of: date) -> dict[str, dict[str, Decimal]]:
    """By account and currency: bills that may still come back, contract assets, exchange differences booked."""
    paid = {r.applies_to: r.amount for r in month.receipts if r.day <= as_of}
    found: dict[str, dict[str, Decimal]] = {"bill": {}, "contract_asset": {}, "revaluation": {}}
    for document in month.documents:
        if document.day > as_of:
            continue
        amount, account = document.amount, document.kind
        if document.kind == "retention" and document.contract_asset:
            account = "contract_asset"
        elif document.kind == "bill":
            assert document.due is not None
            gone = document.transferred is not None and document.transferred <= as_of
            if document.recourse == "有追索权":
                gone = gone and document.due <= as_of
            amount = ZERO if gone else amount - paid.get(document.number, ZERO)
        if account in found and amount:
            found[account][document.currency] = found[account].get(document.currency, ZERO) + amount
    return found


def open_by_bucket(month: SampleMonth, as_of: date) -> dict[str, Aged]:
    """Per currency: day 0 is not due, upper bounds are inclusive, disputed and unapplied stand apart."""
    found: dict[str, Aged] = {}
    for item in open_items(month, as_of):
        aged = found.setdefault(item.currency, Aged())
        if item.open < 0 or item.days_past_due is None:
            aged.unapplied += item.open
            aged.unapplied_items += 1
            continue
        if item.disputed:
            aged.disputed += item.disputed
            aged.disputed_items += 1
        place = bucket(item.days_past_due)
        rest = item.open - item.disputed
        if rest:
            aged.buckets[place] += rest
            aged.counts[place] += 1
    return dict(sorted(found.items()))


def bucket(days: int) -> int:
    """The place in `BUCKETS` of an item so many days past due."""
    if days <= 0:
        return 0
    if days <= 30:
        return 1
    if days <= 60:
        return 2
    if days <= 90:
        return 3
    if days <= 120:
        return 4
    return 5


def _credit(customer_id: str, number: str, kind: str, currency: str, amount: Decimal) -> OpenItem:
    return OpenItem(customer_id, number, kind, currency, None, amount, ZERO, None)
