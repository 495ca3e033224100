"""One customer out of a sealed close: what it owes and since when, what it paid and how late, without the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from duebook.close import detail
from duebook.close.detail import Sealed
from duebook.core.engine import Engine, Row, quoted
from duebook.core.errors import DuebookError
from duebook.portfolio.exposure import figure, headroom, limit_use

CANDIDATES = 50
"""Customers listed where a part of a name fits several."""


@dataclass(frozen=True)
class Candidate:
    customer_id: str
    customer_name: str | None


@dataclass(frozen=True)
class Standing:
    """What the customer owes in one currency. Limit, headroom and cover are None where there is none."""

    currency: str
    balance: Decimal
    aged: Decimal
    overdue: Decimal
    disputed: Decimal
    excluded: Decimal
    unapplied: Decimal
    oldest_days: int
    buckets: tuple[Decimal, ...]
    retention: Decimal
    bills: Decimal
    contract_assets: Decimal
    exposure: Decimal
    credit_limit: Decimal | None
    limit_currency: str | None
    insured_limit: Decimal | None
    cover_ratio: Decimal | None
    covered: Decimal | None

    @property
    def _limit(self) -> Decimal | None:
        return self.credit_limit if self.limit_currency in (None, self.currency) else None

    @property
    def headroom(self) -> Decimal | None:
        return figure(headroom, self._limit, self.exposure)

    @property
    def limit_use(self) -> Decimal | None:
        return figure(limit_use, self._limit, self.exposure, 6)


@dataclass(frozen=True)
class Item:
    """An open document. `section`: items, retention, credits, bills, contract_assets or other."""

    section: str
    currency: str
    document_id: str
    kind: str
    document_date: date
    due_date: date | None
    days_late: int
    amount: Decimal
    open: Decimal
    disputed: Decimal
    dispute_reason: str | None
    dispute_opened: date | None
    held_as: str | None
    file: str
    line: int


@dataclass(frozen=True)
class Payment:
    """What a receipt paid of an invoice. `days_late`: from the due date, negative where it came early."""

    currency: str
    day: date
    payment_id: str | None
    document_id: str
    amount: Decimal
    due_date: date | None
    days_late: int | None
    file: str
    line: int


@dataclass(frozen=True)
class Step:
    """What took something off a document, or gave it back. `day` is None where the export does not tell it.

    `what`: allocation, or undated (settled before the export was made); `counts`: whether by the as-of date.
    """

    what: str
    kind: str | None
    other_id: str | None
    day: date | None
    amount: Decimal
    counts: bool
    file: str | None
    line: int | None


@dataclass(frozen=True)
class Document:
    """How one document came to what is open of it: amount + Σ steps that count = open, where it is dated by then."""

    currency: str
    document_id: str
    kind: str
    document_date: date
    due_date: date | None
    amount: Decimal
    steps: tuple[Step, ...]
    open: Decimal
    file: str
    line: int


@dataclass(frozen=True)
class Shown:
    """One customer as of a sealed close. `bucket_labels` by language."""

    folder: str
    as_of: date
    known_at: date | None
    customer_id: str
    customer_name: str | None
    parent_id: str | None
    relation: str | None
    standings: tuple[Standing, ...]
    items: tuple[Item, ...]
    payments: tuple[Payment, ...]
    documents: tuple[Document, ...]
    bucket_labels: Mapping[str, Sequence[str]]


def show(
    folder: Path, wanted: str, engine: Engine, *, document: str | None = None, payments: int = 10
) -> Shown | list[Candidate]:
    """The customer with this id, or with this name or part of it; a list where several fit.

    DuebookError where none does, where the folder is no sealed close with its detail, or has no such document.
    """
    sealed = detail.opened(folder, engine, "shown")
    found = candidates(sealed, engine, wanted)
    if not found:
        raise DuebookError("show.no_customer", customer=wanted, path=sealed.name)
    if len(found) > 1:
        return found
    customer = found[0].customer_id
    documents = _documents(sealed, engine, customer, document) if document is not None else ()
    if document is not None and not documents:
        raise DuebookError("show.no_document", document=document, customer=customer, path=sealed.name)
    (name, parent, relation) = engine.one(
        f"SELECT min(customer_name), min(parent_id), min(relation) FROM {sealed.views['customers']} "
        f"WHERE customer_id = {quoted(customer)}"
    )
    known_at = sealed.content["options"].get("known_at")
    return Shown(
        sealed.name, _as_of(sealed), date.fromisoformat(known_at) if known_at else None, customer, name, parent,
        relation, _standings(sealed, engine, customer), _items(sealed, engine, customer),
        _payments(sealed, engine, customer, max(payments, 0)), documents,
        sealed.content["policy"].get("bucket_labels", {}),
    )  # fmt: skip


def candidates(sealed: Sealed, engine: Engine, wanted: str) -> list[Candidate]:
    """Who is meant: by the id as it is, by the id in another case, by the whole name, or by a part of either."""
    said = quoted(wanted.strip().lower())
    customers = (
        f"(SELECT customer_id, min(customer_name) AS customer_name FROM {sealed.views['customers']} "
        "GROUP BY customer_id)"
    )
    tests = (
        f"customer_id = {quoted(wanted)}",
        f"lower(customer_id) = {said}",
        f"lower(trim(customer_name)) = {said}",
        f"contains(lower(customer_name), {said}) OR contains(lower(customer_id), {said})",
    )
    for test in tests:
        rows = engine.rows(f"SELECT * FROM {customers} WHERE {test} ORDER BY customer_id LIMIT {CANDIDATES + 1}")
        if rows:
            return [Candidate(*row) for row in rows]
    return []


def _as_of(sealed: Sealed) -> date:
    return date.fromisoformat(sealed.content["as_of"])


def _standings(sealed: Sealed, engine: Engine, customer: str) -> tuple[Standing, ...]:
    rows = engine.rows(
        "SELECT currency, aged + disputed + unapplied, aged, overdue, disputed, excluded, unapplied, oldest_days, "
        "buckets, retention, bills, contract_assets, coalesce(exposure, 0), credit_limit, limit_currency, "
        f"insured_limit, cover_ratio, covered FROM {sealed.views['customers']} "
        f"WHERE customer_id = {quoted(customer)} AND currency IS NOT NULL ORDER BY currency"
    )
    held: list[Row] = [(*row[:8], tuple(row[8]), *row[9:]) for row in rows]
    return tuple(Standing(*values) for values in held)


def _items(sealed: Sealed, engine: Engine, customer: str) -> tuple[Item, ...]:
    section = (
        "CASE account WHEN 'bill' THEN 'bills' WHEN 'contract_asset' THEN 'contract_assets' WHEN 'receivable' THEN "
        "CASE WHEN open < 0 THEN 'credits' WHEN kind = 'retention' THEN 'retention' ELSE 'items' END ELSE 'other' END"
    )
    rows = engine.rows(
        f"SELECT {section} AS section, currency, document_id, kind, document_date, due_date, days_past_due, amount, "
        f"open, disputed_open, dispute_reason, dispute_opened, held_as, file, line FROM {sealed.views['items']} "
        f"WHERE customer_id = {quoted(customer)} ORDER BY currency, due, document_date, document_id, no"
    )
    return tuple(Item(*row) for row in rows)


def _payments(sealed: Sealed, engine: Engine, customer: str, most: int) -> tuple[Payment, ...]:
    """The latest receipts set against invoices, latest first. Only what came in as money, and by the as-of date."""
    rows = engine.rows(
        "SELECT d.currency, a.effective, a.document_id, d.document_id, a.amount, d.due_date, "
        "date_diff('day', d.due_date, a.effective), a.file, a.line "
        f"FROM {sealed.views['allocations']} AS a INNER JOIN {sealed.views['documents']} AS d ON a.target = d.no "
        f"WHERE d.customer_id = {quoted(customer)} AND a.kind IN ('payment', 'advance') AND a.told AND a.amount <> 0 "
        f"AND a.effective <= DATE '{_as_of(sealed)}' "
        f"ORDER BY a.effective DESC, d.currency, d.document_id, a.allocation LIMIT {most}"
    )
    return tuple(Payment(*row) for row in rows)


def _documents(sealed: Sealed, engine: Engine, customer: str, document: str) -> tuple[Document, ...]:
    documents, allocations = sealed.views["documents"], sealed.views["allocations"]
    day = _as_of(sealed)
    found = []
    for no, currency, number, kind, issued, due, amount, base, file, line in engine.rows(
        f"SELECT no, currency, document_id, kind, document_date, due_date, amount, base, file, line FROM {documents} "
        f"WHERE customer_id = {quoted(customer)} AND lower(document_id) = {quoted(document.strip().lower())} "
        "ORDER BY no"
    ):
        steps = [Step("undated", None, None, None, base - amount, True, None, None)] if base != amount else []
        for row in engine.rows(
            "SELECT a.kind, o.document_id, a.document_id, a.effective, a.told, "
            f"CASE WHEN a.target = {no} THEN -a.amount ELSE a.amount END, a.target = {no}, a.file, a.line "
            f"FROM {allocations} AS a LEFT JOIN {documents} AS o "
            f"ON o.no = CASE WHEN a.target = {no} THEN a.source ELSE a.target END "
            f"WHERE (a.target = {no} OR a.source = {no} AND a.target IS NOT NULL) AND a.amount <> 0 "
            "ORDER BY a.effective NULLS FIRST, a.allocation"
        ):
            how, other, named, effective, told, moved, paid, source, place = row
            counts = effective is None or effective <= day
            other = other or (named if paid else None)
            steps.append(Step("allocation", how, other, effective if told else None, moved, counts, source, place))
        still = sum((step.amount for step in steps if step.counts), amount) if issued <= day else Decimal(0)
        found.append(Document(currency, number, kind, issued, due, amount, tuple(steps), still, file, line))
    return tuple(found)
