"""Exports in the layouts of known systems, written here in small, to the canonical ledger row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import LANGUAGES, text
from duebook.ledger import columns, kinds, presets
from duebook.ledger.canonical import Reading, read_ledger
from duebook.ledger.raw import Source
from tests.ledger.made_ledgers import AS_OF, Read, write

DOCUMENT = "customer_id, document_id, kind, document_date, due_date, currency, amount"
Row = tuple[object, ...]


def d(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def money(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def read(tmp_path: Path, layout: str, currency: str | None = None, **more: object) -> Read:
    return Read([write(tmp_path / "export.csv", layout)], currency=currency, **more)  # type: ignore[arg-type]


def told_as(found: Read) -> list[str | None]:
    return [table.preset for table in found.ledger.recognized]


# ---- SAP ----

FBL5N = """
    Account | Assignment | Document Number | Document Type | Special G/L ind. | Document Date | Net due date | Amount in doc. curr. | Document currency | Amount in local currency | Local Currency | Clearing Document | Clearing date | Invoice reference
    0000100234 | 20260901 | 1800000001 | RV | | 01.09.2026 | 01.10.2026 | 11.600,00 | EUR | 12.528,00 | USD | 1400000007 | 15.10.2026 |
    0000100234 | 20260915 | 1800000002 | DR | | 15.09.2026 | 15.10.2026 | 2.320,50 | EUR | 2.506,14 | USD | | |
    0000100234 | 20260916 | 1600000003 | DG | | 16.09.2026 | 16.09.2026 | 320,50- | EUR | 346,14- | USD | | | 1800000002
    0000100234 | 20261010 | 1400000007 | DZ | | 10.10.2026 | 10.10.2026 | 11.600,00- | EUR | 12.528,00- | USD | 1400000007 | 15.10.2026 | 1800000001
    0000100234 | 20261012 | 1400000008 | DZ | A | 12.10.2026 | 12.10.2026 | 500,00- | EUR | 540,00- | USD | | |
    0000100234 | 20261013 | 1400000009 | DA | W | 13.10.2026 | 13.01.2027 | 900,00 | EUR | 972,00 | USD | | |
    0000100234 | 20261014 | 1400000010 | DA | F | 14.10.2026 | 14.11.2026 | 7.777,00 | EUR | 8.399,16 | USD | | |
    0000100234 | 20261020 | 0100000011 | AB | | 20.10.2026 | 20.10.2026 | 0,50- | EUR | 0,54- | USD | | |
"""  # noqa: E501


def test_sap_line_items(tmp_path: Path) -> None:
    found = read(tmp_path, FBL5N)
    assert told_as(found) == ["sap_line_items"]
    customer = "0000100234"
    assert found.rows(DOCUMENT) == [
        (customer, "1800000001", "invoice", d(9, 1), d(10, 1), "EUR", Decimal("11600.00")),
        (customer, "1800000002", "invoice", d(9, 15), d(10, 15), "EUR", Decimal("2320.50")),
        (customer, "1600000003", "credit_note", d(9, 16), d(9, 16), "EUR", Decimal("-320.50")),
        (customer, "1400000007", "payment", d(10, 10), d(10, 10), "EUR", Decimal("-11600.00")),
        (customer, "1400000008", "advance", d(10, 12), d(10, 12), "EUR", Decimal("-500.00")),  # special G/L A
        (customer, "1400000009", "bill", d(10, 13), d(1, 13, 2027), "EUR", Decimal("900.00")),  # special G/L W
        (customer, "0100000011", "journal", d(10, 20), d(10, 20), "EUR", Decimal("-0.50")),
    ]
    assert [row[0] for row in found.rows("functional_amount")] == money(
        "12528.00", "2506.14", "-346.14", "-12528.00", "-540.00", "972.00", "-0.54"
    )
    # cleared on 15 October: invoice and receipt each on their own line; the open credit note refers to its invoice,
    # the reference of the cleared receipt would count its 11,600 twice
    assert found.rows("document_id, applies_to, amount, applied_date", "allocations", "applies_to, document_id") == [
        (None, "1400000007", Decimal("-11600.00"), d(10, 15)),
        (None, "1800000001", Decimal("11600.00"), d(10, 15)),
        ("1600000003", "1800000002", Decimal("320.50"), d(9, 16)),
    ]
    # a down payment request is a noted item
    assert ("noted_row", 8, "left_out") in found.told()
    assert not any(reason == "kind_unknown" for reason, _, _ in found.told())


def test_sap_table_fields_with_the_side_in_a_column(tmp_path: Path) -> None:
    found = read(tmp_path, """
        BUKRS | KUNNR | UMSKZ | BELNR | BLART | SHKZG | BLDAT | NETDT | WRBTR | WAERS | DMBTR | AUGDT | AUGBL | REBZG
        1000 | C1 | | 18001 | RV | S | 20260901 | 20261001 | 1160.00 | EUR | 1252.80 | 00000000 | |
        1000 | C1 | | 14001 | DZ | H | 20261002 | 20261002 | 160.00 | EUR | 172.80 | 00000000 | | 18001
        1000 | C1 | | 16001 | RV | H | 20261003 | 20261003 | 50.00 | EUR | 54.00 | 00000000 | |
    """)  # fmt: skip
    assert told_as(found) == ["sap_line_items"]
    assert found.rows("document_id, kind, amount, functional_amount") == [
        ("18001", "invoice", *money("1160.00", "1252.80")),
        ("14001", "payment", *money("-160.00", "-172.80")),
        ("16001", "credit_note", *money("-50.00", "-54.00")),
    ]
    # a date of zeros is no clearing date, so the reference counts; open items are not matched first-in first-out
    assert found.rows("document_id, applies_to, amount", "allocations") == [("14001", "18001", Decimal(160))]
    assert found.ledger.derived == ()


def test_sap_terms_from_the_base_date(tmp_path: Path) -> None:
    found = read(tmp_path, """
        KUNNR | BELNR | BLART | SHKZG | BLDAT | ZFBDT | ZBD1T | ZBD2T | ZBD3T | WRBTR | WAERS | ZUONR
        C1 | 18001 | RV | S | 20260901 | 20260905 | 14 | 30 | 60 | 1160.00 | EUR | 1
        C1 | 18002 | RV | S | 20260901 | 20260901 | 14 | 30 | 0 | 10.00 | EUR | 1
        C1 | 18003 | RV | S | 20260901 | 20260901 | 0 | 0 | 0 | 10.00 | EUR | 1
        C1 | 16001 | DG | H | 20260903 | 20260903 | 14 | 0 | 0 | 5.00 | EUR | 1
    """)  # fmt: skip
    # 5 September + 60 days, the net days; 1 September + 30 days; at once; a credit memo is due on its base date
    assert [row[0] for row in found.rows("due_date")] == [d(11, 4), d(10, 1), d(9, 1), d(9, 3)]


def test_sap_in_german_with_local_currency_only(tmp_path: Path) -> None:
    found = read(tmp_path, """
        Debitor | Zuordnung | Belegnummer | Belegart | Belegdatum | Nettofälligkeit | Betrag in Hauswährung | Hauswährung | Ausgleichsbeleg | Ausgleichsdatum | Soll/Haben-Kennz.
        4711 | 1 | 100 | DR | 02.09.2026 | 02.10.2026 | 1.190,00 | EUR | | | S
        4711 | 2 | 101 | DZ | 05.10.2026 | 05.10.2026 | 190,00- | EUR | | | H
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["sap_line_items"]
    assert found.rows(DOCUMENT) == [
        ("4711", "100", "invoice", d(9, 2), d(10, 2), "EUR", Decimal("1190.00")),
        ("4711", "101", "payment", d(10, 5), d(10, 5), "EUR", Decimal("-190.00")),  # H, and its minus already there
    ]


# ---- Oracle ----


def test_oracle_payment_schedules(tmp_path: Path) -> None:
    found = read(tmp_path, """
        CUSTOMER_NUMBER | CUSTOMER_NAME | TRX_NUMBER | CLASS | STATUS | TRX_DATE | DUE_DATE | GL_DATE | INVOICE_CURRENCY_CODE | AMOUNT_DUE_ORIGINAL | AMOUNT_DUE_REMAINING | AMOUNT_IN_DISPUTE | ACTUAL_DATE_CLOSED
        1005 | Business World | 10001 | INV | OP | 01-SEP-2026 | 01-OCT-2026 | 01-SEP-2026 | USD | 1250.40 | 250.40 | 50.00 | 31-DEC-4712
        1005 | Business World | 10002 | DM | CL | 05-SEP-2026 | 05-OCT-2026 | 05-SEP-2026 | USD | 75.00 | 0 | | 12-OCT-2026
        1005 | Business World | 20001 | CM | OP | 06-SEP-2026 | 06-SEP-2026 | 06-SEP-2026 | USD | -30.00 | -10.00 | | 31-DEC-4712
        1005 | Business World | R-77 | PMT | OP | 12-OCT-2026 | 12-OCT-2026 | 12-OCT-2026 | USD | -1200.00 | -125.00 | | 31-DEC-4712
        1005 | Business World | BR-1 | BR | OP | 13-OCT-2026 | 13-DEC-2026 | 13-OCT-2026 | USD | 400.00 | 400.00 | | 31-DEC-4712
        1005 | Business World | 30001 | CB | OP | 14-OCT-2026 | 14-OCT-2026 | 14-OCT-2026 | USD | 20.00 | 20.00 | | 31-DEC-4712
        1005 | Business World | G-1 | GUAR | OP | 15-OCT-2026 | 15-OCT-2026 | 15-OCT-2026 | USD | 999.00 | 999.00 | | 31-DEC-4712
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["oracle_payment_schedules"]
    assert found.rows(f"{DOCUMENT}, open_amount") == [
        ("1005", "10001", "invoice", d(9, 1), d(10, 1), "USD", *money("1250.40", "250.40")),
        ("1005", "10002", "invoice", d(9, 5), d(10, 5), "USD", *money("75.00", "0.00")),
        ("1005", "20001", "credit_note", d(9, 6), d(9, 6), "USD", *money("-30.00", "-10.00")),
        ("1005", "R-77", "payment", d(10, 12), d(10, 12), "USD", *money("-1200.00", "-125.00")),
        ("1005", "BR-1", "bill", d(10, 13), d(12, 13), "USD", *money("400.00", "400.00")),
        ("1005", "30001", "invoice", d(10, 14), d(10, 14), "USD", *money("20.00", "20.00")),
    ]
    assert found.rows("disputed_amount, disputed")[0] == (Decimal("50.00"), True)
    # the day it was closed puts its 75.00 back before that day; a day in the year 4712 means none
    assert found.rows("applies_to, amount, applied_date", "allocations") == [("10002", Decimal("75.00"), d(10, 12))]
    assert [t for t in found.told() if t[2] == "left_out"] == [("noted_row", 8, "left_out")]


def test_oracle_in_words(tmp_path: Path) -> None:
    found = read(tmp_path, """
        Customer Account Number | Transaction Number | Transaction Class | Transaction Date | Due Date | Currency | Original Amount | Balance Due
        1005 | 10001 | Invoice | 2026-09-01 | 2026-10-01 | USD | 100.10 | 60.10
        1005 | 20001 | Credit memo | 2026-09-06 | 2026-09-06 | USD | -30.00 | -30.00
        1005 | 30001 | Chargeback | 2026-09-07 | 2026-09-07 | USD | 5.00 | 5.00
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["oracle_payment_schedules"]
    assert found.rows("kind, amount, open_amount") == [
        ("invoice", *money("100.10", "60.10")),
        ("credit_note", *money("-30.00", "-30.00")),
        ("invoice", *money("5.00", "5.00")),
    ]


# ---- Kingdee ----


def test_kingdee_receivables_and_receipts(tmp_path: Path) -> None:
    found = read(tmp_path, """
        单据编号 | 单据类型 | 业务日期 | 客户编码 | 客户 | 币别 | 价税合计 | 到期日 | 单据状态 | 结算组织
        AR00000101 | 标准应收单 | 2026/9/1 | CUST0001 | 华东机械 | 人民币 | 113,000.00 | 2026/10/31 | 已审核 | 总公司
        AR00000102 | 标准应收单 | 2026/9/5 | CUST0001 | 华东机械 | 人民币 | -13,000.00 | 2026/9/5 | 已审核 | 总公司
        AR00000103 | 费用应收单 | 2026/9/6 | CUST0002 | 南方电气 | 美元 | 800.50 | 2026/10/6 | 已审核 | 总公司
        AR00000104 | 标准应收单 | 2026/9/7 | CUST0002 | 南方电气 | 美元 | 1.00 | 2026/10/7 | 创建 | 总公司
    """)  # fmt: skip
    assert told_as(found) == ["kingdee_documents"]
    assert found.rows(DOCUMENT) == [
        ("CUST0001", "AR00000101", "invoice", d(9, 1), d(10, 31), "CNY", Decimal("113000.00")),
        ("CUST0001", "AR00000102", "credit_note", d(9, 5), d(9, 5), "CNY", Decimal("-13000.00")),
        ("CUST0002", "AR00000103", "invoice", d(9, 6), d(10, 6), "USD", Decimal("800.50")),
    ]
    assert ("noted_row", 5, "left_out") in found.told()  # 创建: not approved yet


def test_kingdee_fields_of_the_web_api(tmp_path: Path) -> None:
    found = read(tmp_path, """
        FBillNo | FBillTypeID | FDATE | FCUSTOMERID.FNumber | FCUSTOMERID.FName | FCURRENCYID.FCODE | FALLAMOUNTFOR | FENDDATE_H | FDocumentStatus
        AR1 | YSD01_SYS | 2026-09-01T00:00:00 | C1 | 甲 | CNY | 10.5 | 2026-10-01T00:00:00 | C
        AR2 | YSD01_SYS | 2026-09-02T00:00:00 | C1 | 甲 | CNY | 99 | 2026-10-02T00:00:00 | Z
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["kingdee_documents"]
    assert found.rows(DOCUMENT) == [("C1", "AR1", "invoice", d(9, 1), d(10, 1), "CNY", Decimal("10.5"))]


def test_kingdee_account(tmp_path: Path) -> None:
    found = read(tmp_path, """
        往来单位编码 | 往来单位名称 | 单据日期 | 单据类型 | 单据编号 | 币别 | 本期应收 | 本期收款 | 期末余额
        C1 | 甲 | | 期初余额 | | 人民币 | | | 1,000.00
        C1 | 甲 | 2026-09-03 | 应收单 | AR1 | 人民币 | 500.00 | | 1,500.00
        C1 | 甲 | 2026-09-20 | 收款单 | SK1 | 人民币 | | 1,200.00 | 300.00
        C1 | 甲 | | 小计 | | | 500.00 | 1,200.00 | 300.00
    """)  # fmt: skip
    assert told_as(found) == ["kingdee_account"]
    assert found.rows(DOCUMENT) == [
        ("C1", "L2", "journal", d(9, 3), d(9, 3), "CNY", Decimal("1000.00")),  # without a date: that of the first entry
        ("C1", "AR1", "invoice", d(9, 3), d(9, 3), "CNY", Decimal("500.00")),
        ("C1", "SK1", "payment", d(9, 20), d(9, 20), "CNY", Decimal("-1200.00")),
    ]
    # 1,200 = the opening 1,000 and 200 of AR1; 300 stay open
    assert found.rows("applies_to, amount", "allocations") == [("L2", Decimal(1000)), ("AR1", Decimal(200))]
    assert found.ledger.derived == ("export.csv",)


# ---- Yonyou ----


def test_yonyou_account(tmp_path: Path) -> None:
    found = read(tmp_path, """
        年 | 月 | 日 | 凭证号 | 客户编码 | 客户名称 | 摘要 | 单据类型 | 单据号 | 币种 | 本期应收 | 本期收回 | 余额 | 到期日
        2026 | 9 | 1 | | 001 | 乙 | 期初余额 | | | 人民币 | | | 200.00 |
        2026 | 9 | 5 | 转-3 | 001 | 乙 | 销售 | 销售专用发票 | XS5 | 人民币 | 113.00 | | 313.00 | 2026-10-05
        2026 | 9 | 9 | 收-1 | 001 | 乙 | 回款 | 收款单 | SK9 | 人民币 | | 250.00 | 63.00 |
        2026 | 9 | 30 | | 001 | 乙 | 本月合计 | | | | 113.00 | 250.00 | 63.00 |
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["yonyou_account"]
    assert found.rows(DOCUMENT) == [
        ("001", "L2", "journal", d(9, 1), d(9, 1), "CNY", Decimal("200.00")),
        ("001", "XS5", "invoice", d(9, 5), d(10, 5), "CNY", Decimal("113.00")),
        ("001", "SK9", "payment", d(9, 9), d(9, 9), "CNY", Decimal("-250.00")),
    ]
    assert found.rows("applies_to, amount", "allocations") == [("L2", Decimal(200)), ("XS5", Decimal(50))]


def test_yonyou_open_items_on_two_sides(tmp_path: Path) -> None:
    found = read(tmp_path, """
        对账对象编码 | 对账对象名称 | 币种 | 凭证日期 | 凭证字号 | 业务日期 | 业务单号 | 摘要 | 借方-发生-金额 | 借方-发生-本币 | 借方-已结-金额 | 借方-未结-金额 | 贷方-发生-金额 | 贷方-已结-金额 | 贷方-未结-金额
        001 | 乙 | 人民币 | 2026-09-06 | 转-3 | 2026-09-05 | XS5 | 销售 | 113.00 | 113.00 | 50.00 | 63.00 | | |
        001 | 乙 | 人民币 | 2026-09-09 | 收-1 | 2026-09-09 | SK9 | 回款 | | | | | 80.00 | 50.00 | 30.00
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["yonyou_open_items"]
    assert found.rows("document_id, kind, document_date, amount, open_amount") == [
        ("XS5", "invoice", d(9, 5), *money("113.00", "63.00")),
        ("SK9", "payment", d(9, 9), *money("-80.00", "-30.00")),
    ]
    assert found.ledger.derived == ()


def test_yonyou_u8_fields(tmp_path: Path) -> None:
    found = read(tmp_path, """
        cVouchType | cVouchID | dVouchDate | cDwCode | cexch_name | iAmount_f | iAmount | iRAmount_f | iRAmount
        R0 | 0000000101 | 2026-09-01 | 001 | 美元 | 100.00 | 710.00 | 40.00 | 284.00
        48 | 0000000202 | 2026-09-09 | 001 | 美元 | 60.00 | 426.00 | 0.00 | 0.00
    """)  # fmt: skip
    assert told_as(found) == ["yonyou_documents"]
    assert found.rows("document_id, kind, currency, amount, open_amount, functional_amount") == [
        ("0000000101", "invoice", "USD", *money("100.00", "40.00", "710.00")),
        ("0000000202", "payment", "USD", *money("-60.00", "0.00", "-426.00")),
    ]


# ---- Xero ----


def test_xero_invoices_count_once_however_many_lines_they_have(tmp_path: Path) -> None:
    found = read(tmp_path, """
        ContactName | EmailAddress | InvoiceNumber | Reference | InvoiceDate | DueDate | PlannedDate | Total | TaxTotal | InvoiceAmountPaid | InvoiceAmountDue | Description | Quantity | UnitAmount | LineAmount | TaxAmount | Currency | Type | Sent | Status
        Ridgeway University | a@b.c | INV-0001 | P/O CRM08 | 13/09/2026 | 27/09/2026 | | 6187.50 | 562.50 | 1000.00 | 5187.50 | Desktop support | 5 | 625.00 | 3125.00 | 312.50 | NZD | Sales invoice | Sent | Awaiting Payment
        Ridgeway University | a@b.c | INV-0001 | P/O CRM08 | 13/09/2026 | 27/09/2026 | | 6187.50 | 562.50 | 1000.00 | 5187.50 | Training | 1 | 2500.00 | 2500.00 | 250.00 | NZD | Sales invoice | Sent | Awaiting Payment
        Ridgeway University | a@b.c | CN-0002 | | 14/09/2026 | | | 50.25 | 4.57 | 0.00 | 50.25 | Returned | 1 | 45.68 | 45.68 | 4.57 | NZD | Sales credit note | | Awaiting Payment
        City Limousines | | INV-0003 | | 15/09/2026 | 25/09/2026 | | 100.00 | 0.00 | 0.00 | 100.00 | Taxi | 1 | 100.00 | 100.00 | 0.00 | NZD | Sales invoice | | Voided
        City Limousines | | INV-0004 | | 16/09/2026 | 26/09/2026 | | 100.00 | 0.00 | 0.00 | 100.00 | Taxi | 1 | 100.00 | 100.00 | 0.00 | NZD | Sales invoice | | Awaiting Approval
        Bayside Club | | B-9 | | 17/09/2026 | 27/09/2026 | | 9.00 | 0.00 | 0.00 | 9.00 | Rent | 1 | 9.00 | 9.00 | 0.00 | NZD | Bill | | Awaiting Payment
    """)  # noqa: E501  # fmt: skip
    assert told_as(found) == ["xero_invoices"]
    assert found.rows(f"{DOCUMENT}, open_amount") == [
        ("Ridgeway University", "INV-0001", "invoice", d(9, 13), d(9, 27), "NZD", *money("6187.50", "5187.50")),
        ("Ridgeway University", "CN-0002", "credit_note", d(9, 14), d(9, 14), "NZD", *money("-50.25", "-50.25")),
    ]
    assert [t for t in found.told() if t[2] == "left_out"] == [
        ("item_line", 3, "left_out"),
        ("void_row", 5, "left_out"),  # voided
        # awaiting approval, and a bill of a supplier
        ("noted_row", 6, "left_out"),
        ("noted_row", 7, "left_out"),
    ]


def test_xero_aged_receivables(tmp_path: Path) -> None:
    found = read(tmp_path, """
        Aged Receivables Detail | | | | | | | | |
        Demo Company (NZ) | | | | | | | | |
        As at 31 October 2026 | | | | | | | | |
        Invoice Date | Due Date | Invoice Number | Invoice Reference | Current | < 1 Month | 1 Month | 2 Months | Older | Total
        Ridgeway University | | | | | | | | |
        13 Sep 2026 | 27 Sep 2026 | INV-0001 | P/O CRM08 | 0.00 | 0.00 | 5,187.50 | 0.00 | 0.00 | 5,187.50
        20 Sep 2026 | 20 Sep 2026 | CN-0002 | | 0.00 | 0.00 | -50.25 | 0.00 | 0.00 | -50.25
        Total Ridgeway University | | | | 0.00 | 0.00 | 5,137.25 | 0.00 | 0.00 | 5,137.25
        City Limousines | | | | | | | | |
        15 Oct 2026 | 25 Oct 2026 | INV-0003 | | 0.00 | 100.00 | 0.00 | 0.00 | 0.00 | 100.00
        Total City Limousines | | | | 0.00 | 100.00 | 0.00 | 0.00 | 0.00 | 100.00
        Total | | | | 0.00 | 100.00 | 5,137.25 | 0.00 | 0.00 | 5,237.25
        Percentage of total | | | | 0.00% | 1.91% | 98.09% | 0.00% | 0.00% | 100.00%
    """, "NZD")  # noqa: E501  # fmt: skip
    assert told_as(found) == ["xero_aged_receivables"]
    assert found.rows(DOCUMENT) == [
        ("Ridgeway University", "INV-0001", "invoice", d(9, 13), d(9, 27), "NZD", Decimal("5187.50")),
        ("Ridgeway University", "CN-0002", "credit_note", d(9, 20), d(9, 20), "NZD", Decimal("-50.25")),
        ("City Limousines", "INV-0003", "invoice", d(10, 15), d(10, 25), "NZD", Decimal("100.00")),
    ]
    assert {(reason, treatment) for reason, _, treatment in found.told() if treatment == "left_out"} == {
        ("total_line", "left_out"),
        ("note_line", "left_out"),
    }
    assert (found.ledger.records, found.ledger.accepted, found.ledger.left_out) == (9, 3, 6)


# ---- QuickBooks ----


def test_quickbooks_open_invoices_in_blocks(tmp_path: Path) -> None:
    found = read(tmp_path, """
        Craig's Design and Landscaping | | | | | |
        Open Invoices | | | | | |
        As of October 31, 2026 | | | | | |
        | Date | Transaction type | Num | Terms | Due date | Open balance
        Amy's Bird Sanctuary | | | | | |
        | 09/13/2026 | Invoice | 1021 | Net 30 | 10/13/2026 | 459.00
        | 10/20/2026 | Payment | | | 10/20/2026 | -105.00
        Total for Amy's Bird Sanctuary | | | | | | $354.00
        Freeman Sporting Goods:55 Twin Lane | | | | | |
        | 09/25/2026 | Invoice | 1028 | Net 30 | 10/25/2026 | 81.00
        | 09/28/2026 | Credit Memo | 1030 | | 09/28/2026 | -8.10
        Total for Freeman Sporting Goods:55 Twin Lane | | | | | | $72.90
        TOTAL | | | | | | $426.90
    """, "USD")  # fmt: skip
    assert told_as(found) == ["quickbooks_open_items"]
    assert found.rows(DOCUMENT) == [
        ("Amy's Bird Sanctuary", "1021", "invoice", d(9, 13), d(10, 13), "USD", Decimal("459.00")),
        ("Amy's Bird Sanctuary", "L7", "payment", d(10, 20), d(10, 20), "USD", Decimal("-105.00")),
        ("Freeman Sporting Goods:55 Twin Lane", "1028", "invoice", d(9, 25), d(10, 25), "USD", Decimal("81.00")),
        ("Freeman Sporting Goods:55 Twin Lane", "1030", "credit_note", d(9, 28), d(9, 28), "USD", Decimal("-8.10")),
    ]
    assert found.ledger.derived == ()


def test_quickbooks_aging_detail_in_blocks_of_age(tmp_path: Path) -> None:
    found = read(tmp_path, """
        | Date | Transaction type | Num | Customer full name | Due date | Amount | Open balance
        91 or more days past due | | | | | | |
        | 06/13/2026 | Invoice | 1021 | Amy's Bird Sanctuary | 07/13/2026 | 459.00 | 59.00
        Total for 91 or more days past due | | | | | | $459.00 | $59.00
        Current | | | | | | |
        | 10/25/2026 | Invoice | 1028 | Red Rock Diner | 11/24/2026 | 81.00 | 81.00
        Total for Current | | | | | | $81.00 | $81.00
        TOTAL | | | | | | $540.00 | $140.00
    """, "USD")  # fmt: skip
    assert told_as(found) == ["quickbooks_open_items"]
    assert found.rows(f"{DOCUMENT}, open_amount") == [
        ("Amy's Bird Sanctuary", "1021", "invoice", d(6, 13), d(7, 13), "USD", *money("459.00", "59.00")),
        ("Red Rock Diner", "1028", "invoice", d(10, 25), d(11, 24), "USD", *money("81.00", "81.00")),
    ]


# ---- naming one, and having none ----


def test_columns_named_by_the_user_win_over_the_preset(tmp_path: Path) -> None:
    found = read(tmp_path, FBL5N, columns={"document_id": "Assignment"})
    assert told_as(found) == ["sap_line_items"]
    assert found.rows("document_id, kind, due_date")[0] == ("20260901", "invoice", d(10, 1))


def test_a_preset_may_be_named_or_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "export.csv", """
        Customer | Document Number | Document Type | Document Date | Amount in document currency | Document Curr.
        C1 | 100 | ZV | 2026-09-01 | -10.00 | EUR
        C1 | 101 | DR | 2026-09-01 | 30.00 | EUR
    """)  # fmt: skip

    def kinds_with(preset: str | None) -> list[Row]:
        with Engine(threads=1) as engine:
            read_ledger([source], Reading(AS_OF, "EUR", preset=preset), engine)
            return engine.rows("SELECT kind FROM documents ORDER BY line")

    assert kinds_with("sap_line_items") == [("payment",), ("invoice",)]
    assert kinds_with("none") == [("invoice",)]  # ZV means nothing outside SAP
    for preset, key in (("sop", "presets.unknown"), ("xero_invoices", "presets.not_fitting")):
        with pytest.raises(DuebookError) as error:
            kinds_with(preset)
        assert error.value.key == key


def test_a_ledger_of_no_known_system_is_read_as_ever(tmp_path: Path) -> None:
    found = read(tmp_path, """
        Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency | Type
        C1 | I1 | 2026-09-01 | 2026-10-01 | 10.00 | USD | Invoice
    """)  # fmt: skip
    assert told_as(found) == [None]


def test_every_preset_is_whole() -> None:
    for name, preset in presets.presets().items():
        aids = {*presets._AIDS, "local_amount", "local_currency", "ignored"}
        assert {*preset.columns} - aids <= {*columns.fields()}, name
        assert {*preset.kinds.values(), *preset.special_kinds.values()} <= {*kinds.KINDS}, name
        known = {header for headers in preset.columns.values() for header in headers}
        assert all({*group} & known for group in preset.signature), name
        for language in LANGUAGES:
            assert text(f"presets.{name}", language)


def test_a_source_without_rows_of_the_system_is_left_to_recognition() -> None:
    assert presets.told(["Customer", "Amount"], "sap_line_items") is None
    assert presets.told(["", "", ""]) is None
    assert Source(Path("a.csv")).role is None
