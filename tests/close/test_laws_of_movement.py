"""Laws over random histories of all kinds: what moved adds up to what is open, on every day and in every account."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close import open_items
from duebook.core.engine import Engine
from duebook.ledger.kinds import BILL_STATES, CREDIT_KINDS, KINDS
from tests.close.small_ledgers import Row, engine_with

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 300).map(lambda n: FIRST + timedelta(n))
CENTS = st.integers(1, 10**7).map(lambda n: Decimal(n) / 100)
Balances = dict[tuple[str, str, str], Decimal]


@st.composite
def documents(draw: st.DrawFn) -> list[Row]:
    found: list[Row] = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(KINDS))
        amount, day = draw(CENTS), draw(DAYS)
        sign = -1 if kind in CREDIT_KINDS or (kind == "journal" and draw(st.booleans())) else 1
        found.append(
            {
                "file": "made.csv",
                "line": number + 2,
                "document_id": f"D{number}",
                "kind": kind,
                "customer_id": draw(st.sampled_from(["C1", "C2", "C3"])),
                "currency": draw(st.sampled_from(["CNY", "USD"])),
                "document_date": day,
                "due_date": draw(st.none() | DAYS),
                "recorded_date": draw(st.none() | DAYS),
                "amount": sign * amount,
                # an open-item export tells what is left, and not how it came about
                "open_amount": draw(st.none() | CENTS.map(lambda left, sign=sign: sign * left)),
                "recourse": draw(st.none() | st.booleans()),
                "contract_asset": draw(st.none() | st.booleans()),
                "bill_status": draw(st.sampled_from(BILL_STATES)) if kind == "bill" else None,
            }
        )
    return found


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    held = draw(documents())
    by_id = {str(row["document_id"]): row for row in held}
    allocations: list[Row] = []
    for _ in range(draw(st.integers(0, 12))):
        paid = by_id[draw(st.sampled_from(sorted(by_id)))]
        payers = [
            name
            for name, row in sorted(by_id.items())
            if row["kind"] in CREDIT_KINDS and row["currency"] == paid["currency"] and row is not paid
        ]
        paying = by_id[draw(st.sampled_from(payers))] if payers and draw(st.booleans()) else None
        day = draw(DAYS)
        if paying is not None:  # no earlier than either document, as the ledger ties them
            day = max(day, paid["document_date"], paying["document_date"])  # type: ignore[type-var,assignment]
        allocations.append(
            {
                "kind": paying["kind"]
                if paying
                else draw(st.sampled_from(["payment", "bill", "retention", "endorsed"])),
                "applies_to": paid["document_id"],
                "document_id": paying["document_id"] if paying else None,
                "amount": draw(CENTS),
                "document_date": paying["document_date"] if paying else paid["document_date"],
                "applied_date": day if paying else draw(st.none() | DAYS),
                "recorded_date": draw(st.none() | DAYS),
            }
        )
    return held, allocations


def moved(engine: Engine, until: date, since: date | None = None) -> Balances:
    after = f"AND day > DATE '{since}'" if since else ""
    return _nonzero(
        engine.rows(
            "SELECT customer_id, currency, account, sum(amount) FROM movements "
            f"WHERE day <= DATE '{until}' {after} GROUP BY ALL"
        )
    )


def held_at(engine: Engine, day: date) -> Balances:
    engine.execute(open_items.statements("open_at", table="held", as_of=open_items.day(day)))
    return _nonzero(
        engine.rows(
            "SELECT d.customer_id, d.currency, d.account, sum(h.open) "
            "FROM held AS h INNER JOIN doc AS d ON h.no = d.no GROUP BY ALL"
        )
    )


def _nonzero(rows: list[tuple[str, str, str, Decimal]]) -> Balances:
    return {(customer, currency, account): amount for customer, currency, account, amount in rows if amount}


@given(histories(), DAYS, st.none() | DAYS)
@settings(max_examples=70, deadline=None)
def test_what_moved_up_to_a_day_is_what_is_open_on_it(
    history: tuple[list[Row], list[Row]], day: date, known_at: date | None
) -> None:
    with engine_with(*history) as engine:
        open_items.link_allocations(engine, known_at)
        assert moved(engine, day) == held_at(engine, day)


@given(histories(), DAYS, DAYS)
@settings(max_examples=40, deadline=None)
def test_a_roll_forward_between_any_two_days_closes(
    history: tuple[list[Row], list[Row]], one: date, other: date
) -> None:
    first, last = sorted((one, other))
    with engine_with(*history) as engine:
        open_items.link_allocations(engine)
        rolled: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for part in (held_at(engine, first), moved(engine, last, since=first)):
            for key, amount in part.items():
                rolled[key] += amount
        assert {key: amount for key, amount in rolled.items() if amount} == held_at(engine, last)


@given(histories(), DAYS)
@settings(max_examples=30, deadline=None)
def test_what_is_known_later_changes_nothing_known_before(history: tuple[list[Row], list[Row]], day: date) -> None:
    """With everything recorded by the day the ledger is sealed, `known_at` that day gives the ledger as it is."""
    documents_, allocations = history
    early = [{**row, "recorded_date": None} for row in documents_]
    late = [{**row, "document_id": f"L{n}", "recorded_date": day + timedelta(1)} for n, row in enumerate(documents_)]
    known = [{**row, "recorded_date": None} for row in allocations]
    with engine_with(early, known) as before, engine_with([*early, *late], known) as after:
        open_items.link_allocations(before)
        open_items.link_allocations(after, day)
        assert held_at(before, day) == held_at(after, day)
