"""Writes the sample month and says what is true of it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from duebook.core.errors import DuebookError
from duebook.sample import trade
from duebook.sample.chance import Chance
from duebook.sample.claims import claims
from duebook.sample.customers import Customer, portfolio
from duebook.sample.export import CUSTOMER_HEADERS, INVOICE_HEADERS, PAYMENT_HEADERS, export
from duebook.sample.rates import RATE_HEADERS, rate_rows
from duebook.sample.sheet import write_sheet
from duebook.sample.trade import Document, ReceiptLine

SEED = 20261031
FEWEST, MOST = 20, 120
"""Customers that a sample may have: every market and every blemish needs some, and invented names run out."""


@dataclass(frozen=True)
class SampleMonth:
    """The files, and the truth behind them.

    `documents` and `receipts` are what was booked, without the second copies in `booked_twice`; `blemishes` counts the
    rows that the export spoiled: full_duplicate, unreadable_amount and orphan_payment are reported by a close as such,
    missing_due_date is filled from the customers' terms, float_id is repaired, date_style and amount_text are read.
    """

    invoices: Path
    payments: Path
    customers: Path
    rates: Path
    as_of: date
    previous_as_of: date
    documents: tuple[Document, ...]
    receipts: tuple[ReceiptLine, ...]
    portfolio: tuple[Customer, ...]
    booked_twice: tuple[Document, ...]
    blemishes: Mapping[str, int]
    rows: Mapping[str, int]
    """Data rows by file name, blemishes included."""

    @property
    def files(self) -> tuple[Path, Path, Path]:
        return self.invoices, self.payments, self.customers

    def control_totals(self, as_of: date) -> dict[str, Decimal]:
        """The control account by currency: everything booked by `as_of`, what was booked twice counted twice.

        A plain sum of postings. It knows nothing of applications and buckets, so it is a control in earnest.
        """
        found: dict[str, Decimal] = {}
        for document in (*self.documents, *self.booked_twice):
            if document.day <= as_of:
                found[document.currency] = found.get(document.currency, Decimal(0)) + document.posted
        bills = {document.number for document in self.documents if document.kind == "bill"}
        for receipt in self.receipts:
            if receipt.day <= as_of and receipt.applies_to not in bills:
                found[receipt.currency] = found.get(receipt.currency, Decimal(0)) - receipt.amount
        return dict(sorted(found.items()))


def write_month(folder: Path, *, seed: int = SEED, customers: int = 60) -> SampleMonth:
    """Writes invoices.csv (UTF-8 with BOM), payments.csv (GB18030), customers.xlsx and rates.csv to `folder`.

    A trading company with four currencies on 2026-10-31; the same ledger as of 2026-09-30 is the close before.
    The same `seed` and number of customers write the same bytes; a file of that name with other content is left alone
    and refused.
    """
    if not FEWEST <= customers <= MOST:
        raise DuebookError("sample.customers_out_of_range", customers=customers, fewest=FEWEST, most=MOST)
    chance = Chance(seed)
    clients = portfolio(chance, customers)
    happened = trade.trade(chance, clients)
    more, paid = claims(clients)
    out = export(chance, clients, happened, more, paid)
    folder.mkdir(parents=True, exist_ok=True)
    invoices, payments, listed, rates = (
        folder / name for name in ("invoices.csv", "payments.csv", "customers.xlsx", "rates.csv")
    )
    with tempfile.TemporaryDirectory(prefix="duebook-") as scratch:
        customers_book = Path(scratch) / listed.name
        write_sheet(customers_book, "Customers", [CUSTOMER_HEADERS, *out.customers])
        contents = {
            invoices: _csv(INVOICE_HEADERS, out.invoices).encode("utf-8-sig"),
            payments: _csv(PAYMENT_HEADERS, out.payments).encode("gb18030"),
            listed: customers_book.read_bytes(),
            rates: _csv(RATE_HEADERS, rate_rows()).encode("utf-8-sig"),
        }
    for path, content in contents.items():
        if path.exists() and path.read_bytes() != content:
            raise DuebookError("sample.would_overwrite", path=path.name)
    for path, content in contents.items():
        path.write_bytes(content)
    return SampleMonth(
        invoices=invoices,
        payments=payments,
        customers=listed,
        rates=rates,
        as_of=trade.AS_OF,
        previous_as_of=trade.PREVIOUS_AS_OF,
        documents=(*happened.documents, *more),
        receipts=(*happened.receipts, *paid, *out.orphans),
        portfolio=tuple(clients),
        booked_twice=out.booked_twice,
        blemishes=out.blemishes,
        rows={
            invoices.name: len(out.invoices),
            payments.name: len(out.payments),
            listed.name: len(out.customers),
        },
    )


def _csv(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)  # the dialect's line end is CRLF, as Windows exports have
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue()
