"""A ledger export of any number of lines: twelve columns, 8,000 customers, four currencies, some invoices part paid.

Numbers come from a small congruential generator written out here, so that every machine makes the same file.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HEADERS = (
    "customer_id",
    "customer_name",
    "document_type",
    "invoice_no",
    "invoice_date",
    "due_date",
    "currency",
    "invoice_amount",
    "paid_amount",
    "payment_date",
    "sales_unit",
    "sales_order",
)
AS_OF = date(2026, 10, 31)
CUSTOMERS = 8_000
_CURRENCIES = ("CNY", "CNY", "CNY", "USD", "USD", "EUR", "JPY")
_UNITS = ("East China", "South China", "North China", "Americas", "Europe", "Asia Pacific")
_TERMS = (30, 45, 60, 90)
_BATCH = 50_000


def write_ledger(path: Path, lines: int) -> None:
    """Writes `lines` invoices of the last 300 days. One in ten is paid, one in four in part: the rest stays open."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADERS) + "\n")
        batch: list[str] = []
        for line in _lines(lines):
            batch.append(line)
            if len(batch) == _BATCH:
                file.write("".join(batch))
                batch.clear()
        file.write("".join(batch))


def _lines(lines: int) -> Iterator[str]:
    state = 20_261_031
    days = [AS_OF - timedelta(back) for back in range(420)]
    texts = [day.isoformat() for day in days]
    for number in range(lines):
        # Knuth's 64-bit multiplier; the high bits are the good ones
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) & 0xFFFF_FFFF_FFFF_FFFF
        draw = state >> 24
        customer = draw % CUSTOMERS
        currency = _CURRENCIES[customer % 7]
        age = 1 + (draw >> 7) % 300
        terms = _TERMS[customer % 4]
        due = texts[age - terms] if age >= terms else (AS_OF + timedelta(terms - age)).isoformat()
        cents = 5_000 + (draw >> 3) % 4_000_000
        digits = 0 if currency == "JPY" else 2
        amount = cents // 100 * 100 if digits == 0 else cents
        fate = (draw >> 11) % 20
        paid = amount if fate < 2 else amount // 200 * 100 if fate < 7 else 0
        day = texts[(draw >> 5) % age] if paid else ""
        shown = f"{amount // 100}" if digits == 0 else f"{amount // 100}.{amount % 100:02d}"
        settled = "" if not paid else f"{paid // 100}" if digits == 0 else f"{paid // 100}.{paid % 100:02d}"
        yield (
            f"{customer:07d},Customer {customer:04d} Trading Co. Ltd.,Invoice,{10_000_000 + number},{texts[age]},{due},"
            f"{currency},{shown},{settled},{day},{_UNITS[customer % 6]},SO{number // 3:08d}\n"
        )
