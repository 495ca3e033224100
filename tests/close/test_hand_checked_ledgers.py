"""Small ledgers with figures worked out on paper, one or more for each rule of what a Chinese or export ledger holds.

Each case gives the export as a user would have it, read by the close's own reader; the sums stand beside the figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.close.options import CloseOptions
from duebook.close.result import Close
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source

AS_OF = date(2026, 10, 31)
HEAD = "Customer ID | Document No | Type | Invoice Date | Due Date | Amount | Currency"
PAID = "Customer ID | Payment No | Payment Type | Payment Date | Applies to | Amount | Currency"


@dataclass(frozen=True)
class Case:
    """`ledger` and `payments` are tables with `|`; `figures` are of the only currency unless named CUR.figure."""

    rule: str
    ledger: str
    figures: dict[str, str]
    payments: str = ""
    customers: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


CASES = {
    "open on a past day": Case(
        "3: open = amount − allocations with max(document date, payment date) ≤ T; settled on T is closed",
        """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-09-01 | 2026-10-01 | 1000.00 | CNY
        C1 | I2 | 2026-09-01 | 2026-10-01 | 500.00 | CNY
        C1 | I3 | 2026-11-02 | 2026-12-02 | 70.00 | CNY
        """,
        # I1: 1000 − 400 (paid on the day itself) = 600; I2: paid on 1 November, so 500 stand; I3 is later
        {"balance": "1100.00", "aged": "1100.00", "overdue": "1100.00", "items": "2", "bucket_2": "1100.00"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-31 | I1 | 400.00 | CNY
        C1 | P2 | | 2026-11-01 | I2 | 500.00 | CNY
        """,
    ),
    "a payment before its invoice": Case(
        "3: an advance meets its invoice no earlier than that is issued",
        """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-11-05 | 2026-12-05 | 300.00 | CNY
        """,
        {"balance": "-300.00", "unapplied": "-300.00", "aged": "0", "advances": "-300.00"},
        payments=f"""
        {PAID.replace("Payment Type", "Document type")}
        C1 | P1 | advance | 2026-10-20 | I1 | 300.00 | CNY
        """,
    ),
    "tie-out with everything named": Case(
        "4: not due + buckets + disputed + unapplied + reconciling = control",
        """
        Customer ID | Document No | Type | Invoice Date | Due Date | Amount | Currency | Disputed amount
        C1 | I1 | Invoice | 2026-10-10 | 2026-11-10 | 1000.00 | USD |
        C1 | I2 | Invoice | 2026-08-01 | 2026-09-01 | 400.00 | USD | 150.00
        C1 | I2 | Invoice | 2026-08-01 | 2026-09-01 | 400.00 | USD | 150.00
        C2 | K1 | Credit note | 2026-10-15 | 2026-10-15 | 60.00 | USD |
        C2 | V1 | Revaluation | 2026-10-31 | 2026-10-31 | 12.34 | USD |
        C2 | N1 | Netting | 2026-10-20 | 2026-10-20 | 25.00 | USD |
        """,
        # not due 1000 + buckets (400 − 150 disputed) 250 + disputed 150 − 60 unapplied = 1340 balance; reconciling: the
        # doubled I2 400, the revaluation 12.34, the netting without agreement −25: 1340 + 387.34 = 1727.34
        {
            "not_due": "1000.00",
            "buckets": "250.00",
            "disputed": "150.00",
            "unapplied": "-60.00",
            "reconciling": "387.34",
            "total": "1727.34",
            "difference": "0",
        },
        options={"control_totals": {"USD": Decimal("1727.34")}},
        problems=("ledger.duplicate_row", "ledger.netting_without_agreement"),
    ),
    "currencies are never added": Case(
        "5: totals per currency",
        """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-10-01 | 2026-11-01 | 100.00 | USD
        C1 | I2 | 2026-10-01 | 2026-11-01 | 100 | JPY
        """,
        {"USD.balance": "100.00", "JPY.balance": "100"},
    ),
    "a cent left open": Case(
        "6: 0.01 left open is kept and shown",
        """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-09-01 | 2026-10-01 | 100.01 | CNY
        """,
        {"balance": "0.01", "items": "1"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-05 | I1 | 100.00 | CNY
        """,
    ),
    "a bill closes the invoice, not the exposure": Case(
        "24: taking a bill",
        f"""
        {HEAD} | Applies to | Bill status
        C1 | I1 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY | |
        C1 | I2 | Invoice | 2026-09-01 | 2026-10-15 | 300.00 | CNY | |
        C1 | B1 | 银行承兑汇票 | 2026-10-05 | 2027-01-05 | 800.00 | CNY | I1 | 持有
        """,
        # receivables: 1000 − 800 taken as a bill = 200, and 300: 500, all overdue; exposure 500 + 800 bill
        {"balance": "500.00", "overdue": "500.00", "bills": "800.00", "exposure.C1": "1300.00", "items": "2"},
    ),
    "a bill among the receipts": Case(
        "24: a receipts file that lists bills with their maturity",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY
        """,
        {"balance": "300.00", "bills": "600.00", "exposure.C1": "900.00"},  # 1000 − 600 bill − 100 cash
        payments="""
        客户编码 | 收款单号 | 类型 | 收款日期 | 到期日 | 核销发票号 | 收款金额 | 币种
        C1 | S1 | 商业承兑汇票 | 2026-10-05 | 2027-04-05 | I1 | 600.00 | CNY
        C1 | S2 | 收款单 | 2026-10-06 | | I1 | 100.00 | CNY
        """,
    ),
    "endorsed with and without recourse": Case(
        "24: endorsed or discounted with recourse stays until maturity",
        f"""
        {HEAD} | Bill status | Transferred date | Recourse
        C1 | B1 | 商业承兑汇票 | 2026-08-01 | 2026-12-01 | 100.00 | CNY | 已背书 | 2026-09-01 | 有追索权
        C1 | B2 | 商业承兑汇票 | 2026-08-01 | 2026-12-01 | 200.00 | CNY | 已贴现 | 2026-09-01 | 无追索权
        C1 | B3 | 商业承兑汇票 | 2026-04-01 | 2026-10-01 | 400.00 | CNY | 已贴现 | 2026-05-01 | 有追索权
        C1 | B4 | 银行承兑汇票 | 2026-04-01 | 2026-10-01 | 800.00 | CNY | 托收 | |
        C1 | B5 | 商业承兑汇票 | 2026-04-01 | 2026-10-01 | 1600.00 | CNY | 拒付 | |
        C1 | B6 | 银行承兑汇票 | 2026-10-01 | 2027-04-01 | 3200.00 | CNY | 已背书 | 2026-11-15 | 无追索权
        """,
        # B1 stays (recourse, not matured), B2 left, B3 matured, B4 collected at maturity, B5 dishonored stays,
        # B6 is endorsed only in November: 100 + 1600 + 3200
        {"bills": "4900.00", "balance": "0", "exposure.C1": "4900.00"},
        problems=("ledger.bill_dishonored",),
    ),
    "a bill that is paid": Case(
        "24: the money that pays a bill closes the bill, not an invoice",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY
        C1 | B1 | Bill of exchange | 2026-07-01 | 2026-10-20 | 250.00 | CNY
        """,
        {"balance": "1000.00", "bills": "50.00", "unapplied": "0"},  # the bill: 250 − 200
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-20 | B1 | 200.00 | CNY
        """,
    ),
    "retention waits for its release": Case(
        "25: never overdue before release; the contract asset in an account of its own",
        f"""
        {HEAD} | Applies to | 合同资产
        C1 | I1 | Invoice | 2026-05-01 | 2026-06-30 | 10000.00 | CNY | |
        C1 | R1 | 质保金 | 2026-05-01 | 2027-05-01 | 300.00 | CNY | I1 | 否
        C1 | R2 | 质保金 | 2026-05-01 | 2027-05-01 | 200.00 | CNY | I1 | 是
        C1 | R3 | 质保金 | 2025-05-01 | | 70.00 | CNY | | 否
        C1 | R4 | 质保金 | 2025-10-01 | 2026-10-01 | 50.00 | CNY | | 否
        """,
        # I1: 10000 − 300 − 200 = 9500 overdue; R1 300 and R3 70 not due; R4 was released on 1 October: 50, 30 days late
        {
            "not_due": "370.00",
            "overdue": "9550.00",
            "bucket_2": "50.00",
            "balance": "9920.00",
            "contract_assets": "200.00",
            "retention": "420.00",
            "exposure.C1": "10120.00",
        },
        problems=("ledger.retention_release_open",),
    ),
    "written off, sold, netted": Case(
        "27: kinds of their own; sold without recourse leaves, with recourse stays; netting with an agreement",
        f"""
        {HEAD} | Applies to | Recourse | 抵销协议号
        C1 | I1 | Invoice | 2026-06-01 | 2026-07-01 | 100.00 | CNY | | |
        C1 | I2 | Invoice | 2026-06-01 | 2026-07-01 | 200.00 | CNY | | |
        C1 | I3 | Invoice | 2026-06-01 | 2026-07-01 | 400.00 | CNY | | |
        C1 | I4 | Invoice | 2026-06-01 | 2026-07-01 | 800.00 | CNY | | |
        C1 | W1 | 坏账核销 | 2026-10-01 | 2026-10-01 | 100.00 | CNY | I1 | |
        C1 | F1 | 保理 | 2026-10-02 | 2026-10-02 | 200.00 | CNY | I2 | 无追索权 |
        C1 | F2 | 保理 | 2026-10-02 | 2026-10-02 | 400.00 | CNY | I3 | 有追索权 |
        C1 | N1 | 抵销 | 2026-10-03 | 2026-10-03 | 300.00 | CNY | I4 | | A-2026-1
        """,
        # I1 written off, I2 sold for good, I3 stays whole (recourse), I4: 800 − 300 = 500
        {
            "balance": "900.00",
            "exposure.C1": "900.00",
            "moved.write_offs": "-100.00",
            "moved.factoring": "-200.00",
            "moved.netting": "-300.00",
            "moved.invoiced": "1500.00",
        },
    ),
    "a journal goes either way": Case(
        "27: journals are no sales; a credit one is applied where it says so",
        f"""
        {HEAD} | Applies to
        C1 | I1 | Invoice | 2026-09-01 | 2026-10-01 | 500.00 | EUR |
        C1 | J1 | Journal | 2026-09-05 | 2026-10-05 | 40.00 | EUR |
        C1 | J2 | Journal | 2026-09-06 | 2026-09-06 | -60.00 | EUR | I1
        C1 | J3 | Journal | 2026-09-07 | 2026-09-07 | -5.00 | EUR |
        """,
        # I1: 500 − 60 = 440, J1 40 owed, J3 −5 unapplied; sales are the invoice's 500
        {"balance": "475.00", "aged": "480.00", "unapplied": "-5.00", "sales": "500.00", "moved.journals": "-25.00"},
    ),
    "advances and credits stand apart": Case(
        "28: credit balances and advances are never netted away silently",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-10-01 | 2026-11-01 | 100.00 | CNY
        C1 | A1 | 预收款 | 2026-10-02 | 2026-10-02 | 250.00 | CNY
        C2 | I2 | Invoice | 2026-10-01 | 2026-11-01 | 30.00 | CNY
        """,
        {"aged": "130.00", "unapplied": "-250.00", "advances": "-250.00", "balance": "-120.00"},
    ),
    "related parties are told": Case(
        "29: related and intercompany, from the ledger or the customers file",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-10-01 | 2026-11-01 | 100.00 | CNY
        C2 | I2 | Invoice | 2026-10-01 | 2026-11-01 | 30.00 | CNY
        C3 | I3 | Invoice | 2026-10-01 | 2026-11-01 | 7.00 | CNY
        """,
        {"relation.C1": "related", "relation.C2": "intercompany", "relation.C3": "third_party"},
        customers="""
        客户编码 | 客户名称 | 关联关系
        C1 | 甲 | 关联方
        C2 | 乙 | 集团内
        C3 | 丙 | 非关联方
        """,
    ),
}


def written(path: Path, table: str) -> Path:
    """A table with `|` as a CSV file."""
    lines = [line.strip() for line in table.strip().splitlines()]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", "utf-8")
    return path


def closed(case: Case, folder: Path, engine: Engine) -> Close:
    """The case's files, read and figured; nothing is written."""
    sources = [Source(written(folder / "ledger.csv", case.ledger))]
    if case.payments:
        sources.append(Source(written(folder / "payments.csv", case.payments), "payments"))
    if case.customers:
        sources.append(Source(written(folder / "customers.csv", case.customers), "customers"))
    return figured(CloseOptions(tuple(sources), AS_OF, folder / "out", **case.options), engine)


def figure(close: Close, name: str) -> Decimal | str | int | None:
    """A figure by name: CUR.figure, exposure.CUSTOMER, relation.CUSTOMER, moved.LINE, bucket_N, or of the tie-out."""
    first, _, rest = name.partition(".")
    if first == "exposure":
        return sum((b.exposure for b in close.balances if b.customer_id == rest), Decimal(0))
    if first == "relation":
        return next(b.relation for b in close.balances if b.customer_id == rest)
    if first == "moved":
        (total,) = close.engine.one(
            f"SELECT sum(amount) FROM movements WHERE account = 'receivable' AND line = '{rest}' "
            f"AND day <= DATE '{AS_OF}'"
        )
        return Decimal(total)
    currency = first if rest else close.figures[0].currency
    name = rest or name
    tie = next(t for t in close.tie_outs if t.currency == currency)
    found = next(f for f in close.figures if f.currency == currency)
    if name.startswith("bucket_"):
        return found.buckets[int(name.removeprefix("bucket_")) - 1]
    if name == "sales":
        return found.sales.sales
    if name in ("not_due", "buckets", "reconciling", "total", "difference"):
        return getattr(tie, name)  # type: ignore[no-any-return]
    return getattr(found, name)  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", CASES)
def test_the_figures_are_those_worked_out_on_paper(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    with Engine(threads=1) as engine:
        close = closed(case, tmp_path, engine)
        found = {figure_name: figure(close, figure_name) for figure_name in case.figures}
        wanted = {key: value if key.startswith("relation.") else Decimal(value) for key, value in case.figures.items()}
        assert found == wanted
        reasons = {p.reason for p in close.ledger.problems}
        assert set(case.problems) <= reasons


@pytest.mark.parametrize("name", CASES)
def test_movements_add_up_to_every_balance(name: str, tmp_path: Path) -> None:
    """For every account, customer and currency, what moved up to the day is what is open on it."""
    with Engine(threads=1) as engine:
        close = closed(CASES[name], tmp_path, engine)
        moved = close.engine.rows(
            "SELECT customer_id, currency, account, sum(amount) AS amount FROM movements "
            f"WHERE day <= DATE '{AS_OF}' GROUP BY ALL HAVING sum(amount) <> 0 ORDER BY ALL"
        )
        held = close.engine.rows(
            "SELECT customer_id, currency, account, sum(open) AS amount FROM items GROUP BY ALL "
            "HAVING sum(open) <> 0 ORDER BY ALL"
        )
        assert moved == held
