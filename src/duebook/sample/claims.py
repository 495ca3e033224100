"""What else a Chinese ledger holds: bills, retention, write-offs, factoring, netting, exchange differences, journals.

Each has an invoice of its own, so that its effect can be followed by eye. Amounts are signed as documents are signed:
what adds to what is owed positive, what reduces it negative; a bill and a retention are positive and say which invoice
they are taken from.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from duebook.sample.customers import ANCHOR_GROUP, Customer
from duebook.sample.trade import AS_OF, Document, Kind, ReceiptLine

LATE_ENTRY = date(2026, 11, 4)
"""The day on which an invoice of October was booked, after the month was closed for the first time."""
PROJECT, AGREEMENT = "HT-2026-018", "DX-2026-03"


class _Book:
    """Documents and receipts under construction, numbered in the order in which they are added."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.receipts: list[ReceiptLine] = []

    def add(self, kind: Kind, customer: Customer, day: str, amount: str, due: str | None = None, **more: object) -> str:
        """Adds a document and returns its number."""
        number = f"{_PREFIX[kind]}{day[2:4]}{day[5:7]}-{len(self.documents) + 1:03d}"
        fell_due = date.fromisoformat(due) if due else None
        made = Document(customer, number, kind, date.fromisoformat(day), fell_due, Decimal(amount), "", **more)  # type: ignore[arg-type]
        self.documents.append(made)
        return number

    def receive(self, customer: Customer, day: str, amount: str, target: str) -> None:
        on = date.fromisoformat(day)
        number = f"SK{on:%Y%m}8{len(self.receipts) + 1:04d}"
        self.receipts.append(ReceiptLine(customer, number, on, Decimal(amount), target, on))


_PREFIX: dict[Kind, str] = {
    "invoice": "XM",
    "credit_note": "CN",
    "advance": "AD",
    "bill": "HP",
    "retention": "ZB",
    "write_off": "HX",
    "factoring": "BL",
    "netting": "DX",
    "revaluation": "TH",
    "journal": "PZ",
}


def claims(customers: list[Customer]) -> tuple[list[Document], list[ReceiptLine]]:
    """Every kind at least once, with Chinese customers outside the anchor group."""
    chinese = [c for c in customers if c.currency == "CNY" and c.group != ANCHOR_GROUP]
    first, second, third = chinese[0], chinese[1], chinese[2]
    book = _Book()
    _bills(book, first, second, third)
    _retention(book, second)
    _sold_netted_written_off(book, first, third)
    _entries(book, first, next(c for c in customers if c.currency == "USD"))
    return book.documents, book.receipts


def _bills(book: _Book, first: Customer, second: Customer, third: Customer) -> None:
    """One in hand, one endorsed and one discounted with and without recourse, one collected, one dishonored."""
    held = book.add("invoice", first, "2026-07-06", "280000.00", "2026-09-04")
    book.add(
        "bill", first, "2026-09-08", "200000.00", "2027-03-08",
        applies_to=held, bill="bank", state="持有", acceptor="江衡商业银行",
    )  # fmt: skip
    endorsed = book.add("invoice", second, "2026-05-11", "150000.00", "2026-07-10")
    book.add(
        "bill", second, "2026-07-13", "150000.00", "2027-01-13",
        applies_to=endorsed, bill="commercial", state="已背书", acceptor=second.company.name,
        transferred=date(2026, 8, 20), recourse="有追索权",
    )  # fmt: skip
    discounted = book.add("invoice", third, "2026-04-13", "96500.50", "2026-06-12")
    book.add(
        "bill", third, "2026-06-15", "96500.50", "2026-12-15",
        applies_to=discounted, bill="bank", state="已贴现", acceptor="江衡商业银行",
        transferred=date(2026, 7, 1), recourse="无追索权",
    )  # fmt: skip
    collected = book.add("invoice", first, "2026-01-12", "120000.00", "2026-03-13")
    paid = book.add(
        "bill", first, "2026-03-16", "120000.00", "2026-09-16",
        applies_to=collected, bill="bank", state="", acceptor="江衡商业银行",
    )  # fmt: skip
    book.receive(first, "2026-09-16", "120000.00", paid)
    refused = book.add("invoice", third, "2026-02-09", "64000.00", "2026-04-10")
    book.add(
        "bill", third, "2026-03-30", "64000.00", "2026-09-30",
        applies_to=refused, bill="commercial", state="拒付", acceptor=third.company.name,
    )  # fmt: skip


def _retention(book: _Book, customer: Customer) -> None:
    """A project with 5 % retention that is due a year later, one whose retention is not billable yet, one released."""
    project = book.add("invoice", customer, "2026-03-16", "800000.00", "2026-05-15", contract=PROJECT)
    book.add("retention", customer, "2026-03-16", "40000.00", "2027-03-16", applies_to=project, contract=PROJECT)
    book.receive(customer, "2026-05-22", "760000.00", project)
    second = book.add("invoice", customer, "2026-08-10", "500000.00", "2026-10-09", contract=PROJECT)
    book.add(
        "retention", customer, "2026-08-10", "25000.00", "2027-08-10",
        applies_to=second, contract=PROJECT, contract_asset=True,
    )  # fmt: skip
    book.add("retention", customer, "2025-09-22", "18000.00", "2026-09-22", contract="HT-2025-007")


def _sold_netted_written_off(book: _Book, first: Customer, third: Customer) -> None:
    lost = book.add("invoice", third, "2025-10-20", "18400.00", "2025-12-19")
    book.add("write_off", third, "2026-10-20", "-18400.00", applies_to=lost)
    sold = book.add("invoice", first, "2026-09-14", "220000.00", "2026-11-13")
    book.add("factoring", first, "2026-10-12", "-220000.00", applies_to=sold, recourse="无追索权")
    pledged = book.add("invoice", first, "2026-09-21", "130000.00", "2026-11-20")
    book.add("factoring", first, "2026-10-12", "-130000.00", applies_to=pledged, recourse="有追索权")
    netted = book.add("invoice", third, "2026-08-24", "75000.00", "2026-10-23")
    book.add("netting", third, "2026-10-15", "-40000.00", applies_to=netted, agreement=AGREEMENT)


def _entries(book: _Book, first: Customer, abroad: Customer) -> None:
    """Journals either way, an exchange difference, and an invoice that was booked after the month was closed."""
    billed = book.add("invoice", first, "2026-09-28", "31000.00", "2026-11-27")
    book.add("journal", first, "2026-10-08", "1250.00", "2026-11-07")
    book.add("journal", first, "2026-10-22", "-860.00", applies_to=billed)
    book.add("revaluation", abroad, AS_OF.isoformat(), "3215.40", booked_in="CNY")
    book.add("invoice", first, "2026-10-29", "46800.00", "2026-12-28", recorded=LATE_ENTRY)
