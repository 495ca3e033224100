"""Laws of statements of account over random histories of all kinds: they end at what is open."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close import open_items
from duebook.close.detail import Sealed
from duebook.close.statement import Asked, Statements
from duebook.core.engine import Engine
from duebook.policy import load
from tests.close.small_ledgers import Row, engine_with
from tests.close.test_laws_of_movement import DAYS, held_at, histories

VIEWS = {
    "documents": "SELECT no, document_id, kind, open_amount IS NOT NULL AS listed FROM doc",
    "allocations": "SELECT allocation, target, source, amount, effective, NULL AS document_id FROM link",
    "items": "SELECT * FROM items",
    "movements": "SELECT * FROM movements",
    "customers": "SELECT DISTINCT customer_id, NULL AS customer_name, currency FROM doc",
}


def sealed(engine: Engine, as_of: date, disputed: str) -> Sealed:
    """The detail as a close would seal it, from the tables of the engine."""
    scheme = load.load().schemes["standard"]
    open_items.link_allocations(engine)
    open_items.age(engine, as_of, scheme, disputed, "separate")
    for name, query in VIEWS.items():
        engine.execute(f"CREATE OR REPLACE VIEW stated_{name} AS {query}")
    labels = {tongue: [str(n) for n in range(scheme.buckets)] for tongue in ("en", "zh")}
    content = {"as_of": as_of.isoformat(), "policy": {"disputed": disputed, "bucket_labels": labels}}
    return Sealed("made", content, {name: f"stated_{name}" for name in VIEWS})


@given(histories(), DAYS, st.integers(0, 200), st.sampled_from(["open", "separate", "exclude"]))
@settings(max_examples=25, deadline=None)
def test_every_statement_ends_at_what_is_open(
    history: tuple[list[Row], list[Row]], as_of: date, days: int, disputed: str
) -> None:
    since = as_of - timedelta(days)
    with engine_with(*history) as engine:
        found = list(Statements(sealed(engine, as_of, disputed), engine, Asked(since=since)))
        before, now = held_at(engine, since - timedelta(1)), held_at(engine, as_of)
        for own in found:
            key = (own.addressee.customer_id, own.addressee.currency, "receivable")
            assert own.opening == before.get(key, 0)
            assert own.opening + sum(e.amount for e in own.entries) == own.balance == now.get(key, 0)
            assert own.balance == (own.entries[-1].balance if own.entries else own.opening)
            assert sum(own.buckets, own.disputed + own.credits) == own.balance
            assert own.bills == now.get((*key[:2], "bill"), 0)
            assert 0 <= own.overdue <= sum(own.buckets)
        stated = {(own.addressee.customer_id, own.addressee.currency) for own in found}
        owing = {key[:2] for key, amount in now.items() if key[2] in ("receivable", "bill") and amount != Decimal(0)}
        assert owing <= stated, "whoever owes something gets a statement"
