"""A small ledger for the auditor pack, and how its tests ask for the pack of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.books.plan import Plan, Value
from duebook.close import audit_book
from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.result import Close
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source

AS_OF = date(2026, 10, 31)
HEAD = "Customer ID | Customer name | Document No | Type | Invoice Date | Due Date | Amount | Currency"
PAID = "Customer ID | Payment No | Payment Type | Payment Date | Applies to | Amount | Currency"
Row = dict[str, Value]


def written(path: Path, content: str) -> Path:
    cells = [[cell.strip() for cell in line.split("|")] for line in content.strip().splitlines()]
    path.write_text("\n".join(",".join(row) for row in cells) + "\n", "utf-8")
    return path


def options(folder: Path, ledger: str, payments: str = "", customers: str = "", **audit: Any) -> CloseOptions:
    sources = [Source(written(folder / "ledger.csv", ledger))]
    if payments:
        sources.append(Source(written(folder / "payments.csv", payments), "payments"))
    if customers:
        sources.append(Source(written(folder / "customers.csv", customers), "customers"))
    for use in ("replies", "deliveries"):
        if use in audit:
            audit[use] = written(folder / f"{use}.csv", audit[use])
    return CloseOptions(tuple(sources), AS_OF, folder / "out", audit=AuditRequest(**audit))


@contextmanager
def pack(asked: CloseOptions) -> Iterator[tuple[Close, Plan]]:
    with Engine(threads=1) as engine:
        close = figured(asked, engine)
        yield close, audit_book.plan(close)


def rows(plan: Plan, slot: str) -> list[Row]:
    filled = plan.tables[slot]
    keys = [column.key for column in filled.columns]
    return [dict(zip(keys, row, strict=True)) for batch in filled.batches(100) for row in batch]


def money(row: Row, *keys: str) -> list[Decimal | None]:
    return [None if row[key] is None else Decimal(str(row[key])) for key in keys]


LEDGER = f"""
{HEAD} | Applies to | Recorded
C1 | One | I1 | Invoice | 2026-08-01 | 2026-09-01 | 1000.00 | CNY | |
C1 | One | I2 | Invoice | 2026-10-25 | 2026-11-25 | 300.00 | CNY | |
C1 | One | A1 | 预收款 | 2026-10-20 | 2026-10-20 | 200.00 | CNY | |
C2 | Two | I3 | Invoice | 2024-05-01 | 2024-06-01 | 500.00 | CNY | |
C2 | Two | K1 | Credit note | 2026-11-08 | 2026-11-08 | 100.00 | CNY | I3 |
C2 | Two | W1 | 坏账核销 | 2026-11-20 | 2026-11-20 | 50.00 | CNY | I3 |
C3 | Three | A2 | 预收款 | 2026-10-01 | 2026-10-01 | 80.00 | CNY | |
C4 | Four | I4 | Invoice | 2026-10-01 | 2026-11-01 | 700.00 | USD | |
C4 | Four | I5 | Invoice | 2026-11-03 | 2026-12-03 | 60.00 | USD | |
"""
PAYMENTS = f"""
{PAID}
C1 | P1 | | 2026-10-31 | I1 | 150.00 | CNY
C1 | P2 | | 2026-11-05 | I1 | 400.00 | CNY
C1 | P3 | | 2026-12-01 | I1 | 250.00 | CNY
C2 | P4 | | 2026-11-10 | | 90.00 | CNY
C4 | P5 | | 2026-11-02 | I4 | 700.00 | USD
"""
REPLIES = """
客户编码 | 币种 | 回函金额 | 回函日期 | 备注
C1 | CNY | 550.00 | 2026-11-20 | 已于11月付款
C2 | CNY | 440.00 | 2026-11-18 |
C4 | USD | 700.00 | 2026-11-15 |
"""
