"""Canonical ledgers made by hand, straight into the engine: what the close sees after reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal


from duebook.close import figures, open_items
from duebook.close.figures import Balance, CurrencyFigures
from duebook.close.options import Period
from duebook.core.engine import Engine
from duebook.policy import load

Row = Mapping[str, object]


def empty_ledger(engine: Engine) -> None:
    m, t, d = "DECIMAL(18, 4)", "VARCHAR", "DATE"
    for name, cols in {
        "documents": f"file {t}, sheet {t}, line BIGINT, customer_id {t}, customer_name {t}, document_id {t}, kind {t}, document_date {d}, due_date {d}, recorded_date {d}, amount {m}, open_amount {m}, paid_amount {m}, settled_date {d}, currency {t}, disputed_amount {m}, disputed BOOLEAN, dispute_reason {t}, dispute_opened {d}, terms {t}, base_date {d}, sales_unit {t}, parent_id {t}, relation {t}, contract_id {t}, order_id {t}, delivery_id {t}, net_amount {m}, tax_amount {m}",
        "allocations": f"file {t}, sheet {t}, line BIGINT, customer_id {t}, document_id {t}, kind {t}, applies_to {t}, amount {m}, currency {t}, document_date {d}, applied_date {d}, recorded_date {d}",
        "customers": f"customer_id {t}, customer_name {t}, parent_id {t}, sales_unit {t}, credit_limit {m}, limit_currency {t}, terms_days INTEGER, insured_limit {m}, cover_ratio DECIMAL(18,9), grade {t}, relation {t}, country {t}",
        "sales": f"month {d}, currency {t}, amount {m}",
    }.items():
        engine.execute(f"CREATE TABLE {name} ({cols})")


def engine_with(
    documents: Sequence[Row], allocations: Sequence[Row] = (), customers: Sequence[Row] = (), sales: Sequence[Row] = ()
) -> Engine:
    """An engine with the canonical tables; a row names only what matters to the case."""
    engine = Engine(threads=1)
    empty_ledger(engine)
    for name, rows in (
        ("documents", documents),
        ("allocations", allocations),
        ("customers", customers),
        ("sales", sales),
    ):
        columns = engine.columns(name)
        engine.insert(name, [[row.get(column) for column in columns] for row in rows])
    return engine


def document(number: str, day: str, amount: str, due: str | None = None, **more: object) -> Row:
    return {
        "file": "hand.csv",
        "line": int("".join(c for c in number if c.isdigit()) or 1),
        "customer_id": "C1",
        "document_id": number,
        "kind": "invoice",
        "document_date": date.fromisoformat(day),
        "due_date": date.fromisoformat(due or day),
        "amount": Decimal(amount),
        "currency": "EUR",
        **more,
    }


def paid(invoice: str, day: str | None, amount: str, **more: object) -> Row:
    return {
        "file": "paid.csv",
        "line": 1,
        "kind": "payment",
        "applies_to": invoice,
        "amount": Decimal(amount),
        "currency": "EUR",
        "applied_date": date.fromisoformat(day) if day else None,
        **more,
    }


def aged(
    engine: Engine, as_of: str, *, scheme: str = "standard", disputed: str = "separate", unapplied: str = "separate"
) -> tuple[list[Balance], list[CurrencyFigures]]:
    policy = load.load()
    day, chosen = date.fromisoformat(as_of), policy.schemes[scheme]
    open_items.link_allocations(engine)
    open_items.age(engine, day, chosen, disputed, unapplied)
    held = figures.balances(engine, chosen)
    period = Period(day.replace(day=1), day)
    return held, figures.by_currency(engine, held, chosen, policy, day, period)
