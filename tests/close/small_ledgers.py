"""Canonical ledgers made by hand, straight into the engine: what the close sees after reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from duebook.close import figures, open_items
from duebook.close.assessed import Basis
from duebook.close.figures import Balance, CurrencyFigures
from duebook.close.options import Period
from duebook.core.engine import Engine
from duebook.ledger.customers import SCHEMA as CUSTOMERS
from duebook.ledger.documents import SCHEMA as DOCUMENTS
from duebook.policy import load

Row = Mapping[str, object]
MONEY = "DECIMAL(18, 4)"
PLACE = {"file": "VARCHAR", "sheet": "VARCHAR", "line": "BIGINT"}
ALLOCATIONS = {
    "kind": "VARCHAR",
    "recorded_date": "DATE",
    "amount": MONEY,
    "document_date": "DATE",
    "applied_date": "DATE",
    "paid_entry": "BIGINT",
    "paying_entry": "BIGINT",
    "entry": "BIGINT",
}
SALES = {"month": "DATE", "currency": "VARCHAR", "amount": MONEY}


def engine_with(
    documents: Sequence[Row], allocations: Sequence[Row] = (), customers: Sequence[Row] = (), sales: Sequence[Row] = ()
) -> Engine:
    """An engine with the canonical tables; a row names only what matters to the case."""
    entries = {str(row["document_id"]): number for number, row in enumerate(documents, start=1)}
    numbered = [{**row, "entry": number} for number, row in enumerate(documents, start=1)]
    linked = [
        {
            **row,
            "paid_entry": entries[str(row["applies_to"])],
            "paying_entry": entries.get(str(row.get("document_id"))),
            "entry": number,
        }
        for number, row in enumerate(allocations, start=1)
    ]
    engine = Engine(threads=1)
    for name, columns, rows in (
        ("documents", {**PLACE, **DOCUMENTS, "entry": "BIGINT"}, numbered),
        ("allocations", ALLOCATIONS, linked),
        ("customers", CUSTOMERS, customers),
        ("sales", SALES, sales),
    ):
        engine.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
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
    return held, figures.by_currency(engine, held, Basis(chosen, policy, day), period)
