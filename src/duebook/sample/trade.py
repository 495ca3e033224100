"""What happened: invoices, credit notes, advances, disputes and receipts over fourteen months.

This is the truth of the sample, before an export spoils it. Amounts are what the document says, signed as a control
account books them: invoices positive, credit notes, advances and receipts negative. Applications are positive.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from duebook.sample.chance import Chance
from duebook.sample.customers import TYPICAL_INVOICE, Customer

Kind = Literal[
    "invoice",
    "credit_note",
    "advance",
    "bill",
    "retention",
    "write_off",
    "factoring",
    "netting",
    "revaluation",
    "journal",
]

FIRST_MONTH = (2025, 9)
AS_OF = date(2026, 10, 31)
PREVIOUS_AS_OF = date(2026, 9, 30)
EXPORTED = date(2026, 11, 6)
"""The export was run a few days after month end, as exports are: it holds November's first documents too."""
_STOPPED_PAYING = date(2026, 4, 15)
_SEASON = {1: 9, 2: 5, 3: 10, 4: 10, 5: 10, 6: 11, 7: 9, 8: 10, 9: 12, 10: 13, 11: 13, 12: 14}
"""Invoices by calendar month, in tenths of the usual: low at the Spring Festival, high before the end of the year."""
_REASONS = (
    "价格差异 Price difference",
    "质量索赔 Quality claim",
    "短装 Short delivery",
    "单证不符 Document discrepancy",
)
_LATE: dict[str, tuple[int, int]] = {"prompt": (-9, 2), "steady": (-2, 16), "slow": (12, 60), "strained": (45, 130)}


@dataclass(frozen=True)
class Document:
    """`applies_to`: the invoice that a credit note or an advance was set against, on the later of both dates."""

    customer: Customer
    number: str
    kind: Kind
    day: date
    due: date | None
    amount: Decimal
    order: str
    applies_to: str | None = None
    disputed: Decimal | None = None
    dispute_reason: str | None = None
    dispute_opened: date | None = None
    bill: Literal["bank", "commercial"] | None = None
    state: str = ""
    acceptor: str = ""
    transferred: date | None = None
    recourse: str = ""
    contract: str = ""
    contract_asset: bool = False
    agreement: str = ""
    recorded: date | None = None
    """The day on which it was booked, where that is not its own day."""
    booked_in: str | None = None
    """The currency it is booked in, where that is not the customer's: exchange differences are the books' own."""

    @property
    def currency(self) -> str:
        return self.booked_in or self.customer.currency

    @property
    def posted(self) -> Decimal:
        """What it does to the control account of receivables.

        What is taken from an invoice as a bill or as a contract asset leaves the account; retention that is due moves
        within it; what is sold with recourse stays.
        """
        if self.kind == "bill" or (self.kind == "retention" and self.contract_asset):
            return -self.amount if self.applies_to else Decimal(0)
        if self.kind == "retention" and self.applies_to:
            return Decimal(0)
        return Decimal(0) if self.stays else self.amount

    @property
    def stays(self) -> bool:
        """Sold, but the risk has stayed."""
        return self.kind == "factoring" and self.recourse == "有追索权"


@dataclass(frozen=True)
class ReceiptLine:
    """Money received, or the part of it set against one invoice. `amount` is positive; `applied_on` may be later."""

    customer: Customer
    number: str
    day: date
    amount: Decimal
    applies_to: str | None
    applied_on: date | None

    @property
    def currency(self) -> str:
        return self.customer.currency


@dataclass(frozen=True)
class Trade:
    documents: tuple[Document, ...]
    receipts: tuple[ReceiptLine, ...]


def trade(chance: Chance, customers: list[Customer]) -> Trade:
    """Everything booked until the day of the export."""
    invoices = _numbered(_dispute(chance, _invoices(chance, customers)))
    credits = _credits(chance, invoices)
    receipts = _receipts(chance, invoices, credits)
    documents = sorted((*invoices, *credits), key=lambda d: (d.day, d.number))
    return Trade(tuple(documents), tuple(receipts))


def _invoices(chance: Chance, customers: list[Customer]) -> list[Document]:
    found = []
    year, month = FIRST_MONTH
    while date(year, month, 1) <= EXPORTED:
        first = date(year, month, 1)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        last = min(date(year, month, 1) - timedelta(1), EXPORTED)
        for customer in customers:
            if customer.habit == "failing" and first > _STOPPED_PAYING + timedelta(60):
                continue  # delivery was stopped two months after the last payment
            tenths = customer.monthly * _SEASON[first.month] * ((last - first).days + 1) // 30
            count = tenths // 100 + (1 if chance.below(100) < tenths % 100 else 0)
            for _ in range(count):
                day = chance.weekday(first, last)
                order = f"SO{day:%y%m}{chance.between(100, 9999):04d}"
                amount = _amount(chance, customer)
                found.append(
                    Document(customer, "", "invoice", day, day + timedelta(customer.terms_days), amount, order)
                )
    return found


def _amount(chance: Chance, customer: Customer) -> Decimal:
    low, high = TYPICAL_INVOICE[customer.currency]
    whole = chance.skewed(low, high) * customer.scale // 100
    if customer.currency == "JPY":
        return Decimal(whole)
    return Decimal(whole) + Decimal(chance.pick((0, 0, 20, 45, 50, 67, 80, 92))) / 100


def _dispute(chance: Chance, invoices: list[Document]) -> list[Document]:
    """One invoice in twenty-two since spring is disputed, two in five of them in part."""
    found = []
    for invoice in invoices:
        if invoice.day >= date(2026, 4, 1) and chance.below(22) == 0:
            share = chance.pick((100, 100, 100, 25, 40))
            disputed = _share(invoice.amount, share, invoice.currency)
            opened = invoice.day + timedelta(chance.between(8, 40))
            if opened <= EXPORTED:
                reason = chance.pick(_REASONS)
                invoice = replace(invoice, disputed=disputed, dispute_reason=reason, dispute_opened=opened)
        found.append(invoice)
    return found


def _share(amount: Decimal, percent: int, currency: str) -> Decimal:
    """A share of an amount, cut to whole units (JPY) or cents: the cut is deliberate, no rounding rule is needed."""
    cents = int(amount * 100) * percent // 100
    return Decimal(cents // 100) if currency == "JPY" else Decimal(cents) / 100


def _numbered(invoices: list[Document]) -> list[Document]:
    """Numbers by day, eight digits with leading zeros, as a tax invoice has."""
    ordered = sorted(invoices, key=lambda d: (d.day, d.customer.id, d.amount))
    return [replace(invoice, number=f"{4_417_300 + 7 * place:08d}") for place, invoice in enumerate(ordered)]


def _credits(chance: Chance, invoices: list[Document]) -> list[Document]:
    """Concessions and returns against an invoice, rebates against none, advances before an invoice or for none."""
    found: list[Document] = []

    def add(customer: Customer, kind: Kind, day: date, amount: Decimal, order: str, invoice: str | None) -> None:
        if day <= EXPORTED and amount:
            prefix = "CN" if kind == "credit_note" else "AD"
            number = f"{prefix}{day:%y%m}-{len(found) + 1:03d}"
            found.append(Document(customer, number, kind, day, None, -amount, order, invoice))

    for invoice in invoices:
        customer, amount, order = invoice.customer, invoice.amount, invoice.order
        draw = chance.below(1000)
        days = chance.between(10, 50)
        if invoice.disputed is None and draw < 40:
            add(
                customer,
                "credit_note",
                invoice.day + timedelta(days),
                _share(amount, 8, customer.currency),
                order,
                invoice.number,
            )
        elif draw < 48:
            add(
                customer,
                "credit_note",
                invoice.day + timedelta(days),
                _share(amount, 5, customer.currency),
                order,
                None,
            )
        elif invoice.disputed is None and (draw < 63 or (invoice.day > AS_OF and draw < 300)):
            # an advance may come before the month ends for an invoice written after it
            add(
                customer,
                "advance",
                invoice.day - timedelta(days),
                _share(amount, 30, customer.currency),
                order,
                invoice.number,
            )
        elif draw < 70:
            add(customer, "advance", invoice.day + timedelta(days), _share(amount, 15, customer.currency), "", None)
    return found


def _receipts(chance: Chance, invoices: list[Document], credits: list[Document]) -> list[ReceiptLine]:
    """Customers pay on Fridays, several invoices at once; some pay in parts, short by a bank charge, or unasked."""
    credited: dict[str, Decimal] = {}
    for credit in credits:
        if credit.applies_to:
            credited[credit.applies_to] = credited.get(credit.applies_to, Decimal(0)) - credit.amount
    lines = []
    for invoice in invoices:
        owed = invoice.amount - credited.get(invoice.number, Decimal(0)) - (invoice.disputed or Decimal(0))
        for day, amount in _payments(chance, invoice, owed):
            friday = day + timedelta((4 - day.weekday()) % 7)
            if friday <= EXPORTED and amount > 0:
                late = timedelta(chance.between(5, 30)) if chance.happens(7) else timedelta(0)
                known = friday + late <= EXPORTED
                lines.append(
                    ReceiptLine(
                        invoice.customer,
                        "",
                        friday,
                        amount,
                        invoice.number if known else None,
                        friday + late if known else None,
                    )
                )
    return _receipt_numbers(lines)


def _payments(chance: Chance, invoice: Document, owed: Decimal) -> list[tuple[date, Decimal]]:
    """When and how much is paid on one invoice; days after the export are for the caller to leave out."""
    customer = invoice.customer
    assert invoice.due is not None
    low, high = _LATE.get(customer.habit, _LATE["slow"])
    day = max(invoice.due + timedelta(chance.between(low, high)), invoice.day + timedelta(2))
    if customer.habit == "failing" and day > _STOPPED_PAYING:
        return []
    if (customer.habit == "strained" and chance.happens(45)) or chance.happens(6):
        part = _share(owed, chance.pick((30, 50, 60)), invoice.currency)
        return [(day, part), (day + timedelta(chance.between(20, 60)), owed - part)]
    if invoice.currency in ("USD", "EUR") and chance.happens(3):
        return [(day, owed - Decimal(chance.pick((15, 25, 35))))]  # the bank kept its charge
    if chance.below(400) == 0:
        return [(day, owed + Decimal(100))]  # paid too much by mistake
    return [(day, owed)]


def _receipt_numbers(lines: list[ReceiptLine]) -> list[ReceiptLine]:
    """One receipt per customer and Friday; lines whose invoice nobody named are a receipt of their own."""
    ordered = sorted(lines, key=lambda r: (r.day, r.customer.id, r.applies_to is None, r.applies_to or "", r.amount))
    numbers: dict[tuple[date, str, bool], str] = {}
    found = []
    for line in ordered:
        key = (line.day, line.customer.id, line.applies_to is None)
        number = numbers.setdefault(key, f"SK{line.day:%Y%m}{len(numbers) + 1:05d}")
        found.append(replace(line, number=number))
    return found
