"""The oracle itself, on cases small enough to check in one's head."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.sample.customers import Customer
from duebook.sample.month import SampleMonth
from duebook.sample.names import Company
from duebook.sample.trade import Document, ReceiptLine
from tests.sample import oracle

BUYER = Customer(
    id="0000001",
    company=Company("买方", "Buyer", "CN"),
    group=None,
    sales_unit="East",
    currency="CNY",
    terms_days=30,
    habit="steady",
    monthly=10,
    scale=100,
    credit_limit=None,
    insured_limit=None,
    cover_ratio=None,
)


def invoice(number: str, day: date, due: date, amount: str, disputed: str | None = None) -> Document:
    part = Decimal(disputed) if disputed else None
    opened = day if disputed else None
    return Document(BUYER, number, "invoice", day, due, Decimal(amount), "", None, part, "", opened)


def month(documents: list[Document], receipts: list[ReceiptLine]) -> SampleMonth:
    nowhere = Path("unwritten")
    day = date(2026, 10, 31)
    return SampleMonth(
        nowhere, nowhere, nowhere, nowhere, day, day, tuple(documents), tuple(receipts), (BUYER,), (), {}, {}
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (120, 4), (121, 5)],
)
def test_bucket_edges(days: int, expected: int) -> None:
    assert oracle.bucket(days) == expected


def test_part_payment_dispute_and_money_without_a_name() -> None:
    documents = [
        invoice("1", date(2026, 8, 1), date(2026, 9, 30), "100"),  # 31 days late, 40 paid
        invoice("2", date(2026, 10, 1), date(2026, 10, 31), "50", disputed="20"),  # due today
        Document(BUYER, "CN1", "credit_note", date(2026, 10, 5), None, Decimal(-7), ""),
        Document(BUYER, "AD1", "advance", date(2026, 10, 6), None, Decimal(-9), "", applies_to="3"),
        invoice("3", date(2026, 11, 2), date(2026, 12, 2), "500"),  # after the close: so is the use of its advance
    ]
    receipts = [
        ReceiptLine(BUYER, "R1", date(2026, 10, 10), Decimal(40), "1", date(2026, 10, 10)),
        ReceiptLine(BUYER, "R2", date(2026, 10, 12), Decimal(60), "1", date(2026, 11, 3)),  # in hand, not yet applied
        ReceiptLine(BUYER, "R3", date(2026, 10, 13), Decimal(5), None, None),
    ]
    aged = oracle.open_by_bucket(month(documents, receipts), date(2026, 10, 31))["CNY"]
    assert aged.buckets == [Decimal(30), 0, Decimal(60), 0, 0, 0]
    assert aged.disputed == 20
    assert aged.unapplied == -(7 + 9 + 60 + 5)
    later = oracle.open_by_bucket(month(documents, receipts), date(2026, 11, 30))["CNY"]
    assert later.total == 100 + 50 + 500 - 7 - 9 - 40 - 60 - 5
    assert later.unapplied == -(7 + 5)
