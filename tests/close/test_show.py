"""One customer out of a sealed close: every figure worked out on paper from the ledger beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close import show
from duebook.close.show import Candidate, Shown
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from tests.close.sealed_closes import PAID, sealed, table

LEDGER = """
Customer ID | Customer | Invoice No | Type | Issued | Due Date | Amount | Currency | Disputed amount | Dispute type
C1 | Blue Pine Trading | I1 | Invoice | 2026-08-01 | 2026-08-31 | 1000.00 | CNY | |
C1 | Blue Pine Trading | I2 | Invoice | 2026-09-10 | 2026-10-10 | 500.00 | CNY | 120.00 | short delivery
C1 | Blue Pine Trading | I3 | Invoice | 2026-10-20 | 2026-11-19 | 300.00 | CNY | |
C1 | Blue Pine Trading | N1 | Credit note | 2026-10-05 | 2026-10-05 | 40.00 | CNY | |
C1 | Blue Pine Trading | Q1 | Retention | 2026-03-01 | 2027-03-01 | 80.00 | CNY | |
C1 | Blue Pine Trading | H1 | Bank acceptance | 2026-09-15 | 2026-12-15 | 200.00 | CNY | |
C2 | Blue Lake Trading | I4 | Invoice | 2026-09-01 | 2026-10-01 | 70.00 | USD | |
c3 | 青松贸易 | I5 | Invoice | 2026-09-01 | 2026-10-01 | 10.00 | CNY | |
"""
RECEIPTS = f"""
{PAID}
C1 | P1 | payment | 2026-09-05 | I1 | 250.00 | CNY
C1 | P2 | payment | 2026-10-08 | I1 | 100.00 | CNY
C1 | P3 | payment | 2026-10-09 | I2 | 50.00 | CNY
C1 | P4 | payment | 2026-11-03 | I1 | 60.00 | CNY
"""
TERMS = """
Customer ID | Customer name | Group | Credit limit | Limit currency | Insured limit | Cover
C1 | Blue Pine Trading | Pine Group | 2000.00 | CNY | 1000.00 | 90%
C2 | Blue Lake Trading | | 500.00 | EUR | |
c3 | 青松贸易 | | | | |
C4 | Green Hill | | 900.00 | CNY | |
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = tmp_path_factory.mktemp("show")
    others = ("payments", table(held / "paid.csv", RECEIPTS)), ("customers", table(held / "terms.csv", TERMS))
    return sealed(held / "close", "2026-10-31", table(held / "ledger.csv", LEDGER), *others)


def shown(folder: Path, wanted: str, document: str | None = None, payments: int = 10) -> Shown:
    with Engine(threads=1) as engine:
        found = show.show(folder, wanted, engine, document=document, payments=payments)
    assert isinstance(found, Shown)
    return found


def test_the_standing_of_a_customer(folder: Path) -> None:
    found = shown(folder, "C1")
    (held,) = found.standings
    # I1: 1000 − 250 − 100 = 650, 61 days late; I2: 500 − 50 = 450, of it 120 disputed, 330 late by 21 days; I3: 300;
    # Q1: 80, waits. Aged 650 + 330 + 300 + 80 = 1360; overdue 650 + 330 = 980; unapplied −40.
    assert (held.aged, held.overdue, held.disputed, held.unapplied) == tuple(map(Decimal, (1360, 980, 120, -40)))
    assert (held.balance, held.oldest_days, held.retention, held.bills) == (
        Decimal(1440),
        61,
        Decimal(80),
        Decimal(200),
    )
    assert [int(amount) for amount in held.buckets] == [380, 330, 0, 650, 0, 0]
    # exposure: receivables 650 + 450 + 300 + 80 = 1480, and the bill of 200; 2000 − 1680 = 320 free, 84 % used
    assert (held.exposure, held.headroom, held.limit_use) == (Decimal(1680), Decimal(320), Decimal("0.84"))
    # cover: min(1480 − 120 undisputed, 1000) × 0.9 = 900
    assert (held.insured_limit, held.cover_ratio, held.covered) == (Decimal(1000), Decimal("0.9"), Decimal(900))
    assert (found.parent_id, found.customer_name) == ("Pine Group", "Blue Pine Trading")


def test_open_items_with_their_source(folder: Path) -> None:
    found = {item.document_id: item for item in shown(folder, "C1").items}
    assert {name: item.section for name, item in found.items()} == {
        "I1": "items", "I2": "items", "I3": "items", "N1": "credits", "Q1": "retention", "H1": "bills",
    }  # fmt: skip
    assert (found["I2"].open, found["I2"].days_late, found["I2"].disputed) == (Decimal(450), 21, Decimal(120))
    assert (found["I2"].dispute_reason, found["I2"].file, found["I2"].line) == ("short delivery", "ledger.csv", 3)
    assert (found["I3"].days_late, found["N1"].open) == (-19, Decimal(-40))


def test_the_latest_payments_and_how_late_they_came(folder: Path) -> None:
    """P4 is of November. P3 came a day before I2 was due; P2 and P1 5 and 38 days after I1 was."""
    found = [(p.payment_id, p.document_id, int(p.amount), p.days_late, p.line) for p in shown(folder, "C1").payments]
    assert found == [("P3", "I2", 50, -1, 4), ("P2", "I1", 100, 38, 3), ("P1", "I1", 250, 5, 2)]
    assert [p.payment_id for p in shown(folder, "C1", payments=1).payments] == ["P3"]


def test_how_a_document_came_to_its_open_amount(folder: Path) -> None:
    (found,) = shown(folder, "C1", "i1").documents
    assert (found.amount, found.open, found.file, found.line) == (Decimal(1000), Decimal(650), "ledger.csv", 2)
    assert [(s.other_id, s.day, int(s.amount), s.counts, s.file, s.line) for s in found.steps] == [
        ("P1", date(2026, 9, 5), -250, True, "paid.csv", 2),
        ("P2", date(2026, 10, 8), -100, True, "paid.csv", 3),
        ("P4", date(2026, 11, 3), -60, False, "paid.csv", 5),
    ]
    (receipt,) = shown(folder, "C1", "P1").documents
    assert (receipt.amount, receipt.open, receipt.steps[0].other_id) == (Decimal(-250), Decimal(0), "I1")


def test_a_limit_in_another_currency_gives_no_headroom(folder: Path) -> None:
    (held,) = shown(folder, "C2").standings
    assert (held.credit_limit, held.limit_currency, held.headroom, held.limit_use) == (Decimal(500), "EUR", None, None)


def test_a_customer_that_owes_nothing_is_found_too(folder: Path) -> None:
    found = shown(folder, "green hill")
    assert (found.customer_id, found.standings, found.items, found.payments) == ("C4", (), (), ())


@pytest.mark.parametrize("wanted", ["c3", "C3", "青松贸易", "青松"])
def test_a_customer_is_found_by_id_name_or_part_of_it(folder: Path, wanted: str) -> None:
    assert shown(folder, wanted).customer_id == "c3"


def test_where_several_fit_they_are_listed(folder: Path) -> None:
    with Engine(threads=1) as engine:
        found = show.show(folder, "blue", engine)
    assert found == [Candidate("C1", "Blue Pine Trading"), Candidate("C2", "Blue Lake Trading")]


@pytest.mark.parametrize(("wanted", "document", "key"), [("grey", None, "no_customer"), ("C1", "I9", "no_document")])
def test_what_is_not_there_is_refused(folder: Path, wanted: str, document: str | None, key: str) -> None:
    with pytest.raises(DuebookError) as refused:
        shown(folder, wanted, document)
    assert refused.value.key == f"show.{key}"


def test_a_settlement_without_a_day_is_said_to_be_so(tmp_path: Path) -> None:
    """Open 60 of 100: 40 were settled before the export, not told when; nothing tells who paid."""
    head = "Customer ID | Document No | Invoice Date | Due Date | Amount | Open amount | Currency"
    path = table(tmp_path / "ledger.csv", f"{head}\nC1 | I1 | 2026-08-01 | 2026-08-31 | 100.00 | 60.00 | CNY")
    found = shown(sealed(tmp_path / "close", "2026-10-31", path), "C1", "I1")
    (document,) = found.documents
    assert [(s.what, s.day, s.amount) for s in document.steps] == [("undated", None, Decimal(-40))]
    assert document.open == Decimal(60)
    assert not found.payments
