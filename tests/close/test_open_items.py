"""Open as of a date, by the published cases of peers and by hand: figures are worked out in the test."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close.figures import Balance
from duebook.policy.closing import UNAPPLIED
from duebook.policy.load import load
from duebook.receivables.aged_balance import balances
from tests.close.small_ledgers import Row, aged, document, engine_with, paid


def total(held: list[Balance]) -> Decimal:
    return sum((b.balance for b in held), Decimal(0))


@pytest.mark.parametrize(
    ("as_of", "invoice", "paid_on", "amount", "expected"),
    [
        # OCA/account-financial-reporting#707: paid later is still open on the day
        ("2020-05-31", "2020-04-30", "2020-06-30", "1", 1),
        ("2020-06-30", "2020-04-30", "2020-06-30", "1", 0),
        # odoo/odoo PR 19984
        ("2016-10-27", "2016-07-26", "2016-10-28", "115", 115),
        ("2016-10-31", "2016-07-26", "2016-10-28", "115", 0),
    ],
)
def test_later_payments_are_put_back(as_of: str, invoice: str, paid_on: str, amount: str, expected: int) -> None:
    with engine_with([document("i1", invoice, amount)], [paid("i1", paid_on, amount)]) as engine:
        assert total(aged(engine, as_of)[0]) == expected


def test_buckets_by_invoice_date() -> None:
    """moiz-lakkadkutta/Fabric-Inventory test_reports_ageing: 0, 15, 46 and 105 days old on 2026-04-30."""
    days = ("2026-04-30", "2026-04-15", "2026-03-15", "2026-01-15")
    with engine_with([document(f"i{n}", day, "1050") for n, day in enumerate(days)]) as engine:
        (held,), _ = aged(engine, "2026-04-30", scheme="invoice_date")
    assert held.buckets == (2100, 1050, 0, 1050, 0)
    assert held.balance == 4200


def test_a_payment_counts_on_the_later_of_its_two_dates() -> None:
    """A payment booked on 5 May but allocated on 20 May leaves the invoice open on 10 May; it is unapplied then."""
    rows = [
        document("i1", "2026-04-01", "100"),
        document("p1", "2026-05-05", "-100", kind="payment", file="paid.csv", line=1),
    ]
    link = paid("i1", "2026-05-20", "100", document_id="p1", document_date=None)
    with engine_with(rows, [link]) as engine:
        (held,), _ = aged(engine, "2026-05-10")
        assert (held.aged, held.unapplied) == (100, -100)
        assert aged(engine, "2026-05-20")[0] == []


def test_documents_dated_later_are_out() -> None:
    with engine_with([document("i1", "2026-05-01", "5"), document("i2", "2026-05-02", "7")]) as engine:
        assert total(aged(engine, "2026-05-01")[0]) == 5


def test_a_cent_left_open_is_kept() -> None:
    """erpnext test_accounts_receivable_output_for_minor_outstanding: 100 less 99.99 leaves 0.01."""
    with engine_with([document("i1", "2026-05-01", "100")], [paid("i1", "2026-05-02", "99.99")]) as engine:
        assert total(aged(engine, "2026-05-31")[0]) == Decimal("0.01")


def test_a_credit_note_of_its_own_is_unapplied() -> None:
    """erpnext test_cr_note_flag_to_update_self: invoice 100 less 40 is 60; a stand-alone credit note of 100 is −100."""
    rows = [document("i1", "2026-05-01", "100"), document("c2", "2026-05-02", "-100", kind="credit_note")]
    with engine_with(rows, [paid("i1", "2026-05-03", "40")]) as engine:
        (held,), _ = aged(engine, "2026-05-31")
    assert (held.aged, held.unapplied, held.balance) == (60, -100, -40)


def test_an_overpaid_invoice_is_unapplied_not_a_negative_bucket() -> None:
    with engine_with([document("i1", "2026-05-01", "100")], [paid("i1", "2026-05-02", "130")]) as engine:
        (held,), _ = aged(engine, "2026-05-31")
    assert (held.aged, held.unapplied) == (0, -30)


def test_open_amount_of_an_open_item_export_is_taken_and_later_payments_put_back() -> None:
    rows = [document("i1", "2026-05-01", "100", open_amount=Decimal(30))]
    with engine_with(rows, [paid("i1", "2026-06-02", "50")]) as engine:
        assert total(aged(engine, "2026-05-31")[0]) == 80
        assert total(aged(engine, "2026-06-30")[0]) == 30


DISPUTES = [
    document("i1", "2026-01-01", "100", due="2026-01-31", disputed=True),
    document("i2", "2026-01-01", "100", due="2026-01-31", disputed_amount=Decimal(40)),
    document("i3", "2026-01-01", "100", due="2026-01-31", disputed=True, dispute_opened=date(2026, 3, 1)),
    document("i4", "2026-01-01", "100", due="2026-01-31", disputed_amount=Decimal(400)),
]


@pytest.mark.parametrize(
    ("mode", "aging", "disputed", "excluded"),
    [("open", 400, 0, 0), ("separate", 160, 240, 0), ("exclude", 160, 0, 240)],
)
def test_disputes(mode: str, aging: int, disputed: int, excluded: int) -> None:
    """100 + 40 + (opened later: 0) + at most the open 100 are in dispute on 28 February."""
    with engine_with(DISPUTES) as engine:
        (held,), _ = aged(engine, "2026-02-28", disputed=mode)
    assert (held.aged, held.disputed, held.excluded) == (aging, disputed, excluded)


CREDITS = [
    document("i1", "2026-01-01", "100", due="2026-01-31"),
    document("i2", "2026-02-01", "100", due="2026-03-03"),
    document("p3", "2026-02-10", "-130", kind="payment"),
]


@pytest.mark.parametrize(
    ("policy", "buckets", "unapplied"),
    [
        ("separate", (100, 100), -130),
        ("fold", (70, 0), 0),
        # the payment of 10 February is 18 days old: it is aged in 1–30
        ("age", (100, -30), 0),
    ],
)
def test_unapplied_cash(policy: str, buckets: tuple[int, int], unapplied: int) -> None:
    """On 28 February i1 is 28 days late, i2 is not due; 130 were paid without a reference."""
    with engine_with(CREDITS) as engine:
        (held,), _ = aged(engine, "2026-02-28", unapplied=policy)
    assert (held.buckets[:2], held.unapplied, held.balance) == (buckets, unapplied, 70)


def test_what_folding_does_not_use_stays_unapplied() -> None:
    rows = [document("i1", "2026-01-01", "100"), document("p2", "2026-01-05", "-130", kind="advance")]
    with engine_with(rows) as engine:
        (held,), _ = aged(engine, "2026-02-28", unapplied="fold")
        assert (held.aged, held.unapplied) == (0, -30)
        assert engine.rows("SELECT document_id, aged, unapplied FROM items ORDER BY 1") == [
            ("i1", 0, 0),
            ("p2", 0, -30),
        ]


def test_currencies_are_never_added() -> None:
    rows = [document("i1", "2026-05-01", "5"), document("i2", "2026-05-01", "7", currency="USD")]
    with engine_with(rows) as engine:
        held, found = aged(engine, "2026-05-31")
    assert {b.currency: b.balance for b in held} == {"EUR": 5, "USD": 7}
    assert [f.currency for f in found] == ["EUR", "USD"]


CENTS = st.integers(1, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 12, 31))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    documents, links = [], []
    for n in range(draw(st.integers(1, 12))):
        customer, currency = draw(st.sampled_from(["C1", "C2", "C3"])), draw(st.sampled_from(["EUR", "USD"]))
        kind = draw(st.sampled_from(["invoice", "invoice", "invoice", "credit_note", "payment", "advance"]))
        amount = draw(CENTS)
        day = draw(DAYS)
        more = {
            "customer_id": customer,
            "currency": currency,
            "kind": kind,
            "disputed_amount": draw(st.none() | CENTS) if kind == "invoice" else None,
        }
        signed = amount if kind == "invoice" else -amount
        documents.append(document(f"d{n}", day.isoformat(), str(signed), draw(DAYS).isoformat(), **more))
        if kind == "invoice" and draw(st.booleans()):
            part = draw(st.integers(1, int(amount * 100))) if amount > Decimal("0.01") else 1
            links.append(paid(f"d{n}", draw(DAYS).isoformat(), str(Decimal(part).scaleb(-2)), currency=currency))
    return documents, links


@settings(max_examples=40, deadline=None)
@given(
    histories(), DAYS, st.sampled_from(["open", "separate", "exclude"]), st.sampled_from(["separate", "fold", "age"])
)
def test_the_tie_out_identity(
    history: tuple[list[Row], list[Row]],
    as_of: date,
    disputed: str,
    unapplied: str,
) -> None:
    """Buckets + disputed + excluded + unapplied = documents − allocations, per currency, whatever the conventions."""
    documents, links = history
    with engine_with(documents, links) as engine:
        held, _ = aged(engine, as_of.isoformat(), disputed=disputed, unapplied=unapplied)
    for currency in ("EUR", "USD"):
        known = {d["document_id"] for d in documents if d["currency"] == currency and d["document_date"] <= as_of}
        control = sum((d["amount"] for d in documents if d["document_id"] in known), Decimal(0)) - sum(
            (a["amount"] for a in links if a["applies_to"] in known and a["applied_date"] <= as_of), Decimal(0)
        )
        own = [b for b in held if b.currency == currency]
        parts = sum((sum(b.buckets) + b.disputed + b.excluded + b.unapplied for b in own), Decimal(0))
        assert parts == control
        assert all(sum(b.buckets) == b.aged for b in own)
        assert unapplied == "age" or all(amount >= 0 for b in own for amount in b.buckets)


@settings(max_examples=40, deadline=None)
@given(histories(), DAYS, st.sampled_from(sorted(load().schemes)), st.sampled_from(UNAPPLIED))
def test_a_cell_that_ages_the_open_items_finds_the_balances_of_the_close(
    history: tuple[list[Row], list[Row]], as_of: date, name: str, unapplied: str
) -> None:
    scheme = load().schemes[name]
    with engine_with(*history) as engine:
        held, found = aged(engine, as_of.isoformat(), scheme=name, disputed="open", unapplied=unapplied)
        basis = "due" if scheme.basis == "due_date" else "document_date"
        items = engine.rows(f"SELECT customer_id, currency, {basis}, open FROM items")
    cells = balances(items, as_of, scheme, unapplied)
    assert {(b.currency, b.customer_id): (list(b.buckets), b.unapplied) for b in held} == {
        key: (balance.buckets, balance.unapplied) for key, balance in cells.items()
    }
    if scheme.has_not_due:
        for figure in found:
            assert figure.overdue == sum(figure.buckets[1:]), "what the scheme puts past not due is what is overdue"


def test_due_today_is_overdue_where_the_scheme_says_so() -> None:
    rows = [document("i1", "2026-09-01", "100", due="2026-10-31")]
    for name, overdue, current in (("standard", 0, 100), ("erpnext", 100, 0), ("tryton", 100, 0)):
        with engine_with(rows) as engine:
            _, (found,) = aged(engine, "2026-10-31", scheme=name)
        assert (found.overdue, found.sales.current) == (overdue, current), name


def test_credits_meet_the_oldest_item_as_the_scheme_ages() -> None:
    """By invoice date i1 is the oldest, by due date i2."""
    rows = [
        document("i1", "2026-01-15", "100", due="2026-06-30"),
        document("i2", "2026-04-15", "100", due="2026-04-15"),
        document("p3", "2026-04-20", "-100", kind="payment"),
    ]
    for name, left in (("invoice_date", "i2"), ("standard", "i1")):
        with engine_with(rows) as engine:
            aged(engine, "2026-04-30", scheme=name, unapplied="fold")
            assert engine.rows("SELECT document_id FROM items WHERE aged > 0") == [(left,)], name


@settings(max_examples=25, deadline=None)
@given(histories(), DAYS, DAYS)
def test_later_never_loses_an_unpaid_invoice(
    history: tuple[list[Row], list[Row]],
    one: date,
    other: date,
) -> None:
    documents, links = history
    settled = {link["applies_to"] for link in links}
    early, late = sorted([one, other])
    with engine_with(documents, links) as engine:
        seen = []
        for day in (early, late):
            aged(engine, day.isoformat())
            seen.append({row[0] for row in engine.rows("SELECT document_id FROM items WHERE kind = 'invoice'")})
    assert seen[0] - settled <= seen[1]
