"""Small ledgers with figures worked out on paper, one or more for each rule of what a Chinese or export ledger holds.

Each case gives the export as a user would have it, read by the close's own reader; the sums stand beside the figures.
The allowance (rule 30) is worked out in `test_allowance.py` and `test_allowance_movement.py`, cut-off and subsequent
receipts (rule 31) in `test_audit_book.py`, the matching of running accounts (rule 26) in
`tests/ledger/test_running_account.py` besides the cases here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.close.options import CloseOptions
from duebook.close.result import Close
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source
from tests.close.test_laws_of_movement import held_at, moved

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
    as_of: date = AS_OF
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
    "applied later than it came": Case(
        "3: the later of document date and day of application; until then the money is unapplied",
        """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-09-01 | 2026-10-01 | 1000.00 | CNY
        """,
        # of the 250 received in August, 150 are set against I1 in October and 100 only in November: 1000 − 150 = 850
        {"balance": "750.00", "aged": "850.00", "unapplied": "-100.00", "advances": "-100.00"},
        payments=f"""
        {PAID.replace("Payment Type", "Document type")} | Applied date
        C1 | P1 | advance | 2026-08-20 | I1 | 150.00 | CNY | 2026-10-02
        C1 | P2 | advance | 2026-08-20 | I1 | 100.00 | CNY | 2026-11-02
        """,
    ),
    "rows left out of other accounts": Case(
        "4: a doubled bill takes its invoice down twice in a plain sum; doubled retention held back from it nothing",
        f"""
        {HEAD} | Applies to
        C1 | I1 | Invoice | 2026-03-01 | 2026-04-30 | 1000.00 | CNY |
        C1 | B1 | 银承 | 2026-04-01 | 2026-11-11 | 50.00 | CNY | I1
        C1 | B1 | 银承 | 2026-04-01 | 2026-11-11 | 50.00 | CNY | I1
        C1 | B2 | 银承 | soon | 2026-11-11 | 70.00 | CNY |
        C1 | R1 | 质保金 | 2026-04-01 | 2026-11-11 | 30.00 | CNY | I1
        C1 | R1 | 质保金 | 2026-04-01 | 2026-11-11 | 30.00 | CNY | I1
        """,
        # I1: 1000 − 50 − 30 = 920 late, R1 30 not due: 950. Reconciling: the doubled B1 −50; B2 names no invoice and
        # the doubled R1 moves no receivable: 0
        {"not_due": "30.00", "buckets": "920.00", "reconciling": "-50.00", "total": "900.00", "difference": "0"},
        options={"control_totals": {"CNY": Decimal("900.00")}},
        problems=("ledger.duplicate_row", "ledger.date_unreadable"),
    ),
    "each currency with its own decimals": Case(
        "5: yen have none, dinars three; exchange differences stand in the currency they are booked in",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-09-01 | 2026-10-30 | 1000 | JPY
        C1 | I2 | Invoice | 2026-09-01 | 2026-10-30 | 10.555 | KWD
        C1 | I3 | Invoice | 2026-09-01 | 2026-10-30 | 10.5 | JPY
        C1 | V1 | 调汇 | 2026-09-30 | | 12.34 | USD
        C1 | V2 | 调汇 | 2026-10-01 | | -12.34 | USD
        C1 | V3 | 调汇 | 2026-10-31 | | -3.125 | KWD
        """,
        # I3 has more decimals than yen have: left out, 10.5 reconciling. USD: 12.34 − 12.34, taken back next month
        {
            "JPY.total": "1010.5",
            "JPY.balance": "1000",
            "KWD.balance": "10.555",
            "KWD.reconciling": "-3.125",
            "KWD.total": "7.430",
            "USD.total": "0",
            "USD.revalued": "0",
        },
        problems=("ledger.amount_decimals",),
    ),
    "a cent too much": Case(
        "6: 0.01 paid too much is kept, and never darkens a bucket",
        """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-09-01 | 2026-10-01 | 100.01 | CNY
        C1 | I2 | 2026-09-01 | 2026-10-01 | 5.00 | CNY
        """,
        {"balance": "4.99", "aged": "5.00", "unapplied": "-0.01", "items": "2"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-05 | I1 | 100.02 | CNY
        """,
        problems=("ledger.overpaid",),
    ),
    "a bill for several invoices": Case(
        "24: one bill over several rows, its total repeated or split, counts once; money on its number pays them all",
        f"""
        {HEAD} | Applies to | Applied amount
        C1 | I1 | Invoice | 2026-05-01 | 2026-06-30 | 1000.00 | CNY | |
        C1 | I2 | Invoice | 2026-05-01 | 2026-06-30 | 500.00 | CNY | |
        C1 | B1 | 银承 | 2026-10-05 | 2027-01-05 | 1400.00 | CNY | I1 | 1000.00
        C1 | B1 | 银承 | 2026-10-05 | 2027-01-05 | 1400.00 | CNY | I2 | 400.00
        C2 | I3 | Invoice | 2026-05-01 | 2026-06-30 | 70.00 | CNY | |
        C2 | I4 | Invoice | 2026-05-01 | 2026-06-30 | 30.00 | CNY | |
        C2 | B2 | 银承 | 2026-07-05 | 2026-10-05 | 70.00 | CNY | I3 |
        C2 | B2 | 银承 | 2026-07-05 | 2026-10-05 | 30.00 | CNY | I4 |
        """,
        # B1: 1400 once, I2 keeps 500 − 400 = 100; B2: 70 + 30 = 100, paid with 90 on its number: 10 are late
        {"bills": "1410.00", "balance": "100.00", "exposure.C1": "1500.00", "exposure.C2": "10.00", "unapplied": "0"},
        payments=f"""
        {PAID}
        C2 | P1 | | 2026-10-05 | B2 | 90.00 | CNY
        """,
        problems=("ledger.bill_matured",),
    ),
    "a bill for more than its invoice": Case(
        "24: what the bill exceeds the invoice by is the customer's; several bills for one invoice",
        f"""
        {HEAD} | Applies to | Applied amount
        C1 | I1 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY | |
        C1 | B1 | 银承 | 2026-10-05 | 2027-01-05 | 1200.00 | CNY | I1 |
        C2 | I2 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY | |
        C2 | B2 | 银承 | 2026-10-05 | 2027-01-05 | 700.00 | CNY | I2 | 600.00
        C2 | B3 | 商承 | 2026-10-06 | 2027-01-05 | 300.00 | CNY | I2 |
        """,
        # C1: 1000 − 1200 = −200 unapplied. C2: 1000 − 600 − 300 = 100 late, and 100 of B2 unapplied
        {"bills": "2200.00", "aged": "100.00", "unapplied": "-300.00", "balance": "-200.00", "moved.bills": "-2200.00"},
        problems=("ledger.overtaken",),
    ),
    "a bill among the receipts without an invoice": Case(
        "24: it was received like money: unapplied until it names an invoice, and a claim on its acceptor",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY
        """,
        # 1000 open; 600 by bill and 60 in cash are not set against it: 340; the bill itself is still to be paid
        {"aged": "1000.00", "unapplied": "-660.00", "balance": "340.00", "bills": "600.00", "exposure.C1": "1600.00"},
        payments="""
        客户编码 | 收款单号 | 类型 | 收款日期 | 到期日 | 核销发票号 | 收款金额 | 币种
        C1 | S1 | 商业承兑汇票 | 2026-10-05 | 2027-04-05 | | 600.00 | CNY
        C1 | S2 | 收款单 | 2026-10-05 | | | 60.00 | CNY
        """,
    ),
    "discounted, a day before it matures": Case(
        "24: with recourse until maturity, without until the transfer, each seen before and after",
        f"""
        {HEAD} | Bill status | Transferred date | Recourse
        C1 | B1 | 商承 | 2026-05-05 | 2026-09-05 | 100.00 | CNY | 贴现 | 2026-07-01 | 有追索权
        C1 | B2 | 商承 | 2026-05-05 | 2026-09-05 | 200.00 | CNY | 贴现 | 2026-09-04 | 无追索权
        C1 | B3 | 商承 | 2026-05-05 | 2026-09-05 | 400.00 | CNY | 贴现 | 2026-09-05 | 无追索权
        C1 | B4 | 商承 | 2026-05-05 | 2026-09-05 | 800.00 | CNY | 托收 | |
        C1 | B5 | 商承 | 2026-05-05 | 2026-09-05 | 1600.00 | CNY | 拒付 | |
        """,
        # on 4 September B2 has just left; B1 100, B3 400, B4 800 and B5 1600 stand: 2900; nothing is refused yet
        {"bills": "2900.00", "held.B1": "discounted", "held.B3": "held", "held.B5": "held"},
        as_of=date(2026, 9, 4),
    ),
    "discounted, on the day it matures": Case(
        "24: the same on the day itself",
        f"""
        {HEAD} | Bill status | Transferred date | Recourse
        C1 | B1 | 商承 | 2026-05-05 | 2026-09-05 | 100.00 | CNY | 贴现 | 2026-07-01 | 有追索权
        C1 | B3 | 商承 | 2026-05-05 | 2026-09-05 | 400.00 | CNY | 贴现 | 2026-09-05 | 无追索权
        C1 | B4 | 商承 | 2026-05-05 | 2026-09-05 | 800.00 | CNY | 托收 | |
        C1 | B5 | 商承 | 2026-05-05 | 2026-09-05 | 1600.00 | CNY | 拒付 | |
        """,
        {"bills": "1600.00", "held.B5": "dishonored"},
        as_of=date(2026, 9, 5),
        problems=("ledger.bill_dishonored",),
    ),
    "bills with half of their story": Case(
        "24: no maturity, no state, paid in part, returned",
        f"""
        {HEAD} | Applies to | Bill status | Transferred date | Recourse
        C1 | I1 | Invoice | 2026-03-01 | 2026-04-30 | 1000.00 | CNY | | | |
        C1 | B1 | 商承 | 2026-05-05 | | 100.00 | CNY | | 背书 | | 有追索权
        C1 | B2 | 商承 | 2026-05-05 | 2026-12-05 | 200.00 | CNY | | | 2026-07-01 | 无追索权
        C1 | B3 | 商承 | 2026-05-05 | 2026-08-05 | 400.00 | CNY | | 托收 | |
        C1 | B4 | 商承 | 2026-05-05 | 2026-12-05 | 800.00 | CNY | I1 | | |
        C1 | B4 | 商承 | 2026-06-05 | 2026-12-05 | -800.00 | CNY | I1 | | |
        C1 | B5 | 商承 | 2026-05-05 | 2026-10-30 | 1600.00 | CNY | | 已承兑 | |
        """,
        # B1: with recourse and no maturity, so nothing ends it; B2: a transfer date alone, without recourse: gone;
        # B3: 300 in cash, the rest collected at maturity; B4 given back, I1 stands whole; B5: accepted is not paid.
        # 100 + 1600 = 1700
        {"bills": "1700.00", "balance": "1000.00", "exposure.C1": "2700.00", "held.B1": "endorsed", "held.B5": "held"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-08-01 | B3 | 300.00 | CNY
        """,
        problems=("ledger.bill_maturity_missing", "ledger.bill_matured"),
    ),
    "money that names the invoice of a bill": Case(
        "24: the invoice is closed by the bill: the money is unapplied and the bill stays, and both are said",
        f"""
        {HEAD} | Applies to
        C1 | I1 | Invoice | 2026-05-01 | 2026-06-30 | 1000.00 | CNY |
        C1 | B1 | 商承 | 2026-07-05 | 2026-10-05 | 1000.00 | CNY | I1
        C1 | B2 | 商承 | 2026-07-05 | 2026-12-05 | 5.00 | CNY | I9
        """,
        {"balance": "-1000.00", "unapplied": "-1000.00", "bills": "1005.00"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-05 | I1 | 1000.00 | CNY
        """,
        problems=("ledger.overtaken", "ledger.bill_matured", "ledger.claim_alone"),
    ),
    "bills in an export of open items": Case(
        "24: the open amount of a bill counts; a state says more than it",
        f"""
        {HEAD} | Open amount | Applies to | Bill status
        C1 | I1 | Invoice | 2026-08-01 | 2026-09-30 | 1000.00 | CNY | 200.00 | |
        C1 | B1 | 银承 | 2026-10-05 | 2027-01-05 | 800.00 | CNY | 800.00 | I1 |
        C1 | B2 | 银承 | 2026-07-05 | 2026-12-05 | 300.00 | CNY | 0 | |
        C1 | B3 | 银承 | 2026-07-05 | 2026-12-05 | 300.00 | CNY | 100.00 | | 持有
        C1 | B4 | 银承 | 2026-07-05 | 2026-12-05 | 40.00 | CNY | 0 | | 背书
        """,
        # I1 200 as exported; bills 800 + 0 + 100, and B4 endorsed with nothing said of recourse: 40
        {"balance": "200.00", "bills": "940.00", "exposure.C1": "1140.00"},
        problems=("ledger.bill_recourse_open",),
    ),
    "retention under the number of its invoice": Case(
        "25: money on the number pays the invoice first, then the retention; retention that names it is part of it",
        f"""
        {HEAD} | Applies to
        C1 | I1 | 质保金 | 2026-05-01 | 2027-05-01 | 500.00 | CNY |
        C1 | I1 | Invoice | 2026-05-01 | 2026-06-30 | 9500.00 | CNY |
        C1 | I2 | Invoice | 2026-05-01 | 2026-06-30 | 1000.00 | CNY |
        C1 | I2 | 质保金 | 2026-05-01 | 2027-05-01 | 50.00 | CNY | I2
        C1 | R3 | 质保金 | 2026-05-01 | 2027-05-01 | 20.00 | CNY |
        C1 | R3 | 质保金 | 2026-09-01 | 2027-05-01 | -20.00 | CNY |
        """,
        # I1: 9500 + 200 paid, of the retention 500 − 200 = 300 wait; I2: 1000 − 50 = 950 late, 50 wait; R3 taken back
        {"overdue": "950.00", "not_due": "350.00", "retention": "350.00", "unapplied": "0", "items": "3"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-07-01 | I1 | 9500.00 | CNY
        C1 | P2 | | 2026-10-01 | I1 | 200.00 | CNY
        """,
    ),
    "retention on the day of its release": Case(
        "25: under a scheme whose day 0 is late, it is late on the day; the day before it waits",
        f"""
        {HEAD}
        C1 | R1 | 质保金 | 2025-05-01 | 2026-10-31 | 500.00 | CNY
        C1 | R2 | 质保金 | 2025-05-01 | 2026-11-01 | 70.00 | CNY
        C1 | R3 | 质保金 | 2025-05-01 | 2025-04-01 | 3.00 | CNY
        """,
        # R1 500 − 200 released = 300, due today; R3 was released before it was billed
        {"overdue": "303.00", "not_due": "70.00", "retention": "373.00"},
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-20 | R1 | 200.00 | CNY
        """,
        options={"scheme": "erpnext"},
        problems=("ledger.due_before_issue",),
    ),
    "retention that is disputed, and an advance": Case(
        "25: credits fold into what is late first, then into retention; disputed retention stands with the disputes",
        f"""
        {HEAD} | 合同资产 | 争议金额
        C1 | I1 | Invoice | 2026-05-01 | 2026-06-30 | 1000.00 | CNY | |
        C1 | R1 | 质保金 | 2026-05-01 | 2027-05-01 | 500.00 | CNY | | 100.00
        C1 | R2 | 质保金 | 2026-05-01 | 2027-05-01 | 80.00 | CNY | 是 | 80.00
        C1 | A1 | 预收款 | 2026-05-01 | | 1250.00 | CNY | |
        """,
        # 1250 meet the 1000, then 250 of the 400 not disputed: 150 not due, 100 disputed; a contract asset is not aged
        {"overdue": "0", "not_due": "150.00", "disputed": "100.00", "unapplied": "0", "contract_assets": "80.00"},
        options={"unapplied": "fold"},
    ),
    "a running account": Case(
        "26: the oldest credit pays the oldest charge",
        """
        客户编码 | 日期 | 凭证号 | 摘要 | 借方金额 | 贷方金额 | 余额
        C1 | 2026-08-01 | 1 | 销售 | 1000.00 | | 1000.00
        C1 | 2026-08-05 | 2 | 收银行承兑汇票 | | 600.00 | 400.00
        C1 | 2026-09-06 | 3 | 销售 | 50.00 | | 450.00
        C1 | 2026-09-08 | 4 | 收款 | | 420.00 | 30.00
        """,
        # 600 + 420 = 1020 pay 1: 1000, and 20 of 3: 30 are left, 55 days old (a bill leaves an account of receivables)
        {"balance": "30.00", "bucket_3": "30.00", "items": "1", "bills": "0"},
        options={"currency": "CNY"},
        problems=("ledger.running_account_derived",),
    ),
    "a running account by contract": Case(
        "26: what one contract pays too much is not set against another; red entries are credits, not matched twice",
        """
        客户编码 | 合同号 | 日期 | 凭证号 | 单据类型 | 借方金额 | 贷方金额
        C1 | HT-1 | 2026-10-01 | 1 | 记账凭证 | 100.00 |
        C1 | HT-1 | 2026-10-02 | 1 | 记账凭证 | -30.00 |
        C1 | HT-1 | 2026-10-03 | 2 | 收款 | | 90.00
        C1 | HT-2 | 2026-10-04 | 3 | 销售发票 | 500.00 |
        """,
        # HT-1: 100 − 30 − 90 = −20 unapplied; HT-2: 500
        {"balance": "480.00", "aged": "500.00", "unapplied": "-20.00"},
        options={"currency": "CNY"},
    ),
    "written off and recovered": Case(
        "27: money on what was written off is a recovery, no credit of the customer; a write-off taken back is none",
        f"""
        {HEAD} | Applies to
        C1 | I1 | Invoice | 2026-03-01 | 2026-04-30 | 100.00 | CNY |
        C1 | I2 | Invoice | 2026-03-01 | 2026-04-30 | 200.00 | CNY |
        C1 | I3 | Invoice | 2026-03-01 | 2026-04-30 | 400.00 | CNY |
        C1 | W1 | 坏账核销 | 2026-06-01 | | 100.00 | CNY | I1
        C1 | W2 | 坏账核销 | 2026-06-01 | | 200.00 | CNY | I2
        C1 | W2 | 坏账核销 | 2026-09-01 | | -200.00 | CNY | I2
        C1 | W3 | 坏账核销 | 2026-06-01 | | 150.00 | CNY | I3
        """,
        # I1: 100 − 100, 60 recovered, then 50 of which 40 recovered and 10 too much; I2 back: 200; I3: 400 − 150 = 250.
        # Write-offs: −100 − 150 + 60 + 40 = −150
        {
            "aged": "450.00",
            "unapplied": "-10.00",
            "balance": "440.00",
            "moved.write_offs": "-150.00",
            "moved.cash": "-110.00",
        },
        payments=f"""
        {PAID}
        C1 | P1 | | 2026-10-01 | I1 | 60.00 | CNY
        C1 | P2 | | 2026-10-02 | I1 | 50.00 | CNY
        """,
        problems=("ledger.recovered", "ledger.overpaid"),
    ),
    "sold in part, bought back": Case(
        "27: sold in part without recourse; with recourse until it is bought back; netting by the contract's number",
        f"""
        {HEAD} | Applies to | Recourse | Contract No
        C1 | I1 | Invoice | 2026-03-01 | 2026-04-30 | 1000.00 | CNY | | |
        C1 | I2 | Invoice | 2026-03-01 | 2026-04-30 | 4000.00 | CNY | | |
        C1 | I3 | Invoice | 2026-03-01 | 2026-04-30 | 8000.00 | CNY | | | HT-1
        C1 | F1 | 保理 | 2026-04-01 | | 600.00 | CNY | I1 | 无追索权 |
        C1 | F2 | 保理 | 2026-04-01 | | 4000.00 | CNY | I2 | 有追索权 |
        C1 | F3 | 保理 | 2026-04-01 | | 8000.00 | CNY | I3 | 有追索权 |
        C1 | F3 | 保理 | 2026-08-01 | | -8000.00 | CNY | I3 | 有追索权 |
        C1 | N1 | 对抵 | 2026-06-01 | | 500.00 | CNY | I3 | | HT-1
        C1 | N2 | 对抵 | 2026-06-01 | | 25.00 | CNY | I3 | |
        """,
        # I1: 1000 − 600 = 400; I2 4000, with recourse; I3: 8000 − 500 = 7500, bought back; N2 names no agreement
        {
            "balance": "11900.00",
            "reconciling": "-25.00",
            "held.I2": "factored",
            "held.I3": "None",
            "moved.factoring": "-600.00",
            "moved.netting": "-500.00",
        },
        problems=("ledger.netting_without_agreement",),
    ),
    "journals that take each other back": Case(
        "27: by the number they name, or by their own; without a due date they are due at once",
        f"""
        {HEAD} | Applies to
        C1 | I1 | Invoice | 2026-09-01 | 2026-11-01 | 1000.00 | CNY |
        C1 | J1 | Journal | 2026-09-01 | | 300.00 | CNY |
        C1 | J2 | Journal | 2026-09-02 | | -300.00 | CNY | J1
        C1 | J3 | Journal | 2026-09-01 | | 70.00 | CNY |
        C1 | J3 | Journal | 2026-09-02 | | -70.00 | CNY |
        C1 | J4 | Journal | 2026-10-30 | | 8.00 | CNY |
        """,
        {"not_due": "1000.00", "buckets": "8.00", "unapplied": "0", "overdue": "8.00", "moved.journals": "8.00"},
    ),
    "a customer with a credit balance": Case(
        "28: its credits fold into its own items only; what is left stands as a credit",
        f"""
        {HEAD}
        C1 | I1 | Invoice | 2026-10-01 | 2026-11-01 | 100.00 | CNY
        C1 | K1 | 红字发票 | 2026-10-02 | | -130.00 | CNY
        C2 | I2 | Invoice | 2026-10-01 | 2026-11-01 | 30.00 | CNY
        """,
        # C1: 100 − 130 leaves −30, which is no receivable of C2's 30; no advance was received
        {"aged": "30.00", "unapplied": "-30.00", "balance": "0", "advances": "0", "exposure.C2": "30.00"},
        options={"unapplied": "fold"},
    ),
    "relations that contradict each other": Case(
        "29: one customer has one relation: the customers file's, else the closest",
        f"""
        {HEAD} | 关联方
        C1 | I1 | Invoice | 2026-10-01 | 2026-11-01 | 100.00 | CNY | 是
        C1 | I2 | Invoice | 2026-10-01 | 2026-11-01 | 30.00 | CNY |
        C2 | I3 | Invoice | 2026-10-01 | 2026-11-01 | 7.00 | CNY | 关联方
        C2 | I4 | Invoice | 2026-10-01 | 2026-11-01 | 7.00 | CNY | 集团内
        """,
        {"relation.C1": "third_party", "relation.C2": "intercompany"},
        customers="""
        客户编码 | 客户名称 | 关联关系
        C1 | 甲 | 非关联方
        C2 | 乙 |
        """,
        problems=("ledger.relation_differs",),
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
    return figured(CloseOptions(tuple(sources), case.as_of, folder / "out", **case.options), engine)


def figure(close: Close, name: str) -> Decimal | str | int | None:
    """A figure by name: CUR.figure, exposure. and relation.CUSTOMER, held.DOCUMENT, moved.LINE, bucket_N, or of the
    tie-out."""
    first, _, rest = name.partition(".")
    if first == "exposure":
        return sum((b.exposure for b in close.balances if b.customer_id == rest), Decimal(0))
    if first == "relation":
        return next(b.relation for b in close.balances if b.customer_id == rest)
    if first == "moved":
        (total,) = close.engine.one(
            f"SELECT sum(amount) FROM movements WHERE account = 'receivable' AND line = '{rest}' "
            f"AND day <= DATE '{close.as_of}'"
        )
        return Decimal(total)
    if first == "held":
        return str(close.engine.one(f"SELECT held_as FROM items WHERE document_id = '{rest}'")[0])
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
    """And for every account, customer and currency, what moved up to a day is what is open on it, whichever day."""
    case = CASES[name]
    with Engine(threads=1) as engine:
        close = closed(case, tmp_path, engine)
        found = {figure_name: figure(close, figure_name) for figure_name in case.figures}
        words = ("relation.", "held.")
        wanted = {key: value if key.startswith(words) else Decimal(value) for key, value in case.figures.items()}
        assert found == wanted
        reasons = {p.reason for p in close.ledger.problems}
        assert set(case.problems) <= reasons
        days = {day + timedelta(n) for (day,) in engine.rows("SELECT DISTINCT day FROM movements") for n in (-1, 0)}
        for day in sorted({case.as_of, *days}):
            assert moved(engine, day) == held_at(engine, day), day
