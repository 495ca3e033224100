"""The ledger and the close, on the sample month: every blemish is found, every open amount is the oracle's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from duebook.close import open_items
from duebook.core.engine import Engine
from duebook.ledger.canonical import Ledger, Reading, read_ledger
from duebook.ledger.files import Source
from duebook.policy.load import load
from duebook.sample import SampleMonth, write_month
from tests.sample import oracle

Closed = tuple[SampleMonth, Ledger, Engine]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    month = write_month(tmp_path_factory.mktemp("sample"))
    with Engine() as engine:
        ledger = read_ledger([Source(path) for path in month.files], Reading(as_of=month.as_of), engine)
        open_items.link_allocations(engine)
        yield month, ledger, engine


def test_every_blemish_is_reported_and_nothing_else(closed: Closed) -> None:
    month, ledger, _ = closed
    found = Counter((problem.reason, problem.treatment) for problem in ledger.problems)
    assert found == {
        ("ledger.duplicate_row", "left_out"): month.blemishes["full_duplicate"],
        ("ledger.amount_unreadable", "left_out"): month.blemishes["unreadable_amount"],
        ("ledger.id_repaired", "repaired"): month.blemishes["float_id"],
        ("ledger.due_from_terms", "kept"): month.blemishes["missing_due_date"],
        ("ledger.allocation_unknown", "kept"): month.blemishes["orphan_payment"],
        ("ledger.bill_dishonored", "kept"): 1,
    }
    assert ledger.records == month.rows["invoices.csv"] + month.rows["payments.csv"]
    assert ledger.left_out == month.blemishes["full_duplicate"] + month.blemishes["unreadable_amount"]


def test_customers_limits_and_cover_are_read(closed: Closed) -> None:
    month, _, engine = closed
    rows = engine.rows(
        "SELECT customer_id, customer_name, parent_id, credit_limit, terms_days, insured_limit, cover_ratio, country "
        "FROM customers ORDER BY customer_id"
    )
    assert rows == sorted(
        (
            c.id,
            c.company.name,
            c.group,
            c.credit_limit,
            c.terms_days,
            c.insured_limit,
            c.cover_ratio,
            c.company.country,
        )
        for c in month.portfolio
    )


@pytest.mark.parametrize("as_of", [date(2026, 3, 31), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 6)])
def test_every_open_amount_bucket_and_dispute_is_the_oracles(closed: Closed, as_of: date) -> None:
    month, _, engine = closed
    open_items.age(engine, as_of, load().scheme("standard"), "separate", "separate")
    expected: Counter[tuple[str, str, str]] = Counter()
    for item in oracle.open_items(month, as_of):
        expected[item.customer_id, item.number, item.currency] += item.open  # type: ignore[assignment]  # exact Decimals
    found = engine.rows(
        "SELECT customer_id, document_id, currency, sum(open) FROM items WHERE account = 'receivable' GROUP BY ALL"
    )
    assert {tuple(key): amount for *key, amount in found} == dict(expected)
    for currency, aged in oracle.open_by_bucket(month, as_of).items():
        sums = engine.one(
            "SELECT " + ", ".join(f"sum(CASE WHEN bucket = {n} THEN aged ELSE 0 END)" for n in range(1, 7)) + ", "
            "sum(disputed), sum(unapplied), sum(open) FROM items "
            f"WHERE currency = '{currency}' AND account = 'receivable'"
        )
        assert list(sums) == [*aged.buckets, aged.disputed, aged.unapplied, aged.total]
        counts = engine.one(
            "SELECT "
            + ", ".join(f"count(CASE WHEN bucket = {n} AND aged <> 0 THEN 1 END)" for n in range(1, 7))
            + f" FROM items WHERE currency = '{currency}'"
        )
        assert list(counts) == aged.counts
        twice = sum((d.amount for d in month.booked_twice if d.currency == currency and d.day <= as_of), Decimal(0))
        booked = oracle.other_accounts(month, as_of)["revaluation"].get(currency, Decimal(0))
        assert sums[-1] + twice + booked == month.control_totals(as_of)[currency]


@pytest.mark.parametrize("as_of", [date(2026, 3, 31), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 6)])
def test_bills_contract_assets_and_exchange_differences_are_the_oracles(closed: Closed, as_of: date) -> None:
    month, _, engine = closed
    open_items.age(engine, as_of, load().scheme("standard"), "separate", "separate")
    expected = oracle.other_accounts(month, as_of)
    for account, amounts in expected.items():
        rows = engine.rows(f"SELECT currency, sum(open) FROM items WHERE account = '{account}' GROUP BY currency")
        assert dict(rows) == amounts
    assert as_of < date(2026, 10, 31) or all(expected.values())
