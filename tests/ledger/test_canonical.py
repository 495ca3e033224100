"""The canonical ledger from small exports of each shape, and each check with its problem."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.core import messages
from duebook.core.errors import DuebookError
from tests.ledger.made_ledgers import Read, write

OPEN_ITEMS = """
    Customer No | Customer Name | Invoice No | Invoice Date | Due Date | Currency | Amount | Balance due
    0007 | Ärger GmbH | 001 | 2026-09-01 | 2026-10-01 | EUR | 1,000.00 | 400.00
    0007 | Ärger GmbH | 002 | 2026-10-01 | 2026-10-31 | EUR | 50.00 | 50.00
"""


def test_open_items_keep_amounts_and_leading_zeros(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "open.csv", OPEN_ITEMS)], currency=None)
    assert read.rows("customer_id, document_id, kind, document_date, due_date, currency, amount, open_amount") == [
        ("0007", "001", "invoice", date(2026, 9, 1), date(2026, 10, 1), "EUR", Decimal(1000), Decimal(400)),
        ("0007", "002", "invoice", date(2026, 10, 1), date(2026, 10, 31), "EUR", Decimal(50), Decimal(50)),
    ]
    assert read.rows("customer_id, customer_name", "customers", "1") == [("0007", "Ärger GmbH")]
    assert (read.ledger.records, read.ledger.accepted, read.ledger.left_out, read.ledger.problems) == (2, 2, 0, ())


def test_settlement_on_the_invoices_own_line(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        客户编码 | 发票号码 | 开票日期 | 到期日 | 应收金额 | 回款日期 | 已收金额 | 是否争议
        C1 | 1 | 2026-09-01 | 2026-10-01 | ￥1,000.00 | 2026-10-05 | 300 | 否
        C1 | 2 | 2026年9月2日 | 2026-10-02 | 200 | | 20 | 是
        C1 | 3 | 20260903 | 2026-10-03 | 30 | | | 否
    """)], currency="CNY")  # fmt: skip
    assert read.rows("applies_to, amount, applied_date, line", "allocations") == [
        ("1", Decimal(300), date(2026, 10, 5), 2),
        ("2", Decimal(20), None, 3),  # the day is not known
    ]
    assert read.rows("document_id, disputed") == [("1", False), ("2", True), ("3", False)]
    assert read.told() == [("paid_undated", None, "kept")]


def test_a_settled_invoice_without_paid_column_is_wholly_settled(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        customerID | invoiceNumber | InvoiceDate | DueDate | InvoiceAmount | SettledDate
        C1 | 1 | 2026-09-01 | 2026-10-01 | 55.94 | 2026-09-15
        C1 | 2 | 2026-09-01 | 2026-10-01 | 10 |
    """)])  # fmt: skip
    assert read.rows("applies_to, amount, applied_date", "allocations") == [("1", Decimal("55.94"), date(2026, 9, 15))]


PAYMENTS = """
    收款单号 | 收款日期 | 客户编码 | 收款金额 | 核销发票号 | 币种
    R1 | 2026-10-10 | C1 | 60 | 001 | USD
    R2 | 2026-10-11 | | 40 | 001 | USD
    R3 | 2026-10-12 | C1 | 7 | 404 | USD
    R4 | 2026-10-13 | C1 | 8 | 001 | EUR
    R5 | 2026-10-14 | C1 | 9 | | USD
"""
INVOICES = """
    Customer No | Document No | Document type | Invoice date | Due date | Currency | Amount
    C1 | 001 | Invoice | 2026-09-01 | 2026-10-01 | USD | 90
    C1 | CN1 | Credit note | 2026-09-02 | | USD | 15
    C1 | AD1 | 预收款 | 2026-09-03 | | USD | 5
"""


def test_payments_reduce_the_invoices_they_name(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "inv.csv", INVOICES), write(tmp_path / "pay.csv", PAYMENTS)], currency=None)
    assert read.rows("document_id, kind, amount, customer_id") == [
        ("001", "invoice", Decimal(90), "C1"),
        ("CN1", "credit_note", Decimal(-15), "C1"),
        ("AD1", "advance", Decimal(-5), "C1"),
        ("R1", "payment", Decimal(-60), "C1"),
        ("R2", "payment", Decimal(-40), "C1"),  # the customer of the invoice it names
        ("R3", "payment", Decimal(-7), "C1"),
        ("R4", "payment", Decimal(-8), "C1"),
        ("R5", "payment", Decimal(-9), "C1"),
    ]
    assert read.rows("document_id, applies_to, amount, applied_date", "allocations") == [
        ("R1", "001", Decimal(60), date(2026, 10, 10)),
        ("R2", "001", Decimal(40), date(2026, 10, 11)),
    ]
    assert read.told() == [
        ("overpaid", 2, "kept"),
        ("allocation_unknown", 4, "kept"),
        ("allocation_currency", 5, "kept"),
    ]


def test_credits_written_negative_stay_negative(tmp_path: Path) -> None:
    text = INVOICES.replace("| USD | 15", "| USD | -15").replace("| USD | 5", "| USD | (5.00)")
    assert [a for (a,) in Read([write(tmp_path / "a.csv", text)]).rows("amount")] == [90, -15, -5]


def test_a_receipt_repeated_on_its_rows_counts_once(tmp_path: Path) -> None:
    invoices = write(tmp_path / "a.csv", """
        Customer No | Invoice No | Invoice date | Due date | Amount
        C1 | 1 | 2026-09-01 | 2026-10-01 | 60
        C1 | 2 | 2026-09-01 | 2026-10-01 | 30
    """)  # fmt: skip
    payments = write(tmp_path / "p.csv", """
        Receipt No | Receipt date | Customer No | Amount | Applied to invoice | Applied amount
        R1 | 2026-10-10 | C1 | 100 | 1 | 60
        R1 | 2026-10-10 | C1 | 100 | 2 | 30
    """)  # fmt: skip
    read = Read([invoices, payments])
    assert read.engine.one("SELECT sum(amount) FROM documents WHERE kind = 'payment'") == (Decimal(-100),)
    assert read.rows("applies_to, amount", "allocations", "1") == [("1", Decimal(60)), ("2", Decimal(30))]


def test_one_advance_meets_its_invoice_when_that_is_issued(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer No | Document No | Document type | Invoice date | Due date | Amount | Applies to
        C1 | AD1 | Advance | 2026-08-01 | | 50 | 001
        C1 | 001 | Invoice | 2026-09-01 | 2026-10-01 | 90 |
    """)])  # fmt: skip
    assert read.rows("document_id, applies_to, amount, applied_date", "allocations") == [
        ("AD1", "001", Decimal(50), date(2026, 9, 1))
    ]


DIRTY = """
    Customer No | Invoice No | Type | Invoice date | Due date | Currency | Amount | Memo
    C1 | 1 | invoice | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    C1 | 1 | invoice | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    C1 | 1 | invoice | 2026-09-01 | 2026-10-01 | USD | 10.00 | again
    C9 | 5 | invoice | 2026-09-01 | 2026-08-01 | USD | 10.00 |
    C1 | 6 | invoice | 2026-09-01 | | USD | 10.00 |
    C2 | 7 | invoice | 2026-09-01 | | USD | 10.00 |
    | 8 | invoice | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    C1 | 9 | invoice | | 2026-10-01 | USD | 10.00 |
    C1 | 10 | invoice | tomorrow | 2026-10-01 | USD | 10.00 |
    C1 | 11 | invoice | 1926-09-01 | 2026-10-01 | USD | 10.00 |
    C1 | 12 | invoice | 2026-09-01 | 2026-10-01 | USD | |
    C1 | 13 | invoice | 2026-09-01 | 2026-10-01 | USD | ten |
    C1 | 14 | invoice | 2026-09-01 | 2026-10-01 | USD | 10.005 |
    C1 | 15 | invoice | 2026-09-01 | 2026-10-01 | JPY | 10.50 |
    C1 | 16 | invoice | 2026-09-01 | 2026-10-01 | QQQ | 10.00 |
    C1 | 17 | invoice | 2026-09-01 | 2026-10-01 | | 10.00 |
    C1 | 18 | invoice | 2026-09-01 | 2026-10-01 | CNY | $10.00 |
    C1 | 19 | mystery | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    C1 | 20 | 往来冲销 | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    c1 | 21.0 | invoice | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    C1 | | invoice | 2026-09-01 | 2026-10-01 | USD | 10.00 |
    Total | | | | | | 180.00 |
"""
CUSTOMERS = """
    Customer ID | Customer name | Payment terms | Credit limit | Cover
    C1 | One | 30 days | $5,000 | 90%
    C2 | Two | EOM | |
    C1 | Uno | 60 | 1 | 0.5
"""


def test_every_check_with_its_line_and_treatment(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "led.csv", DIRTY), write(tmp_path / "cust.csv", CUSTOMERS)], currency=None)
    assert read.told() == [
        ("terms_unread", 3, "kept"),
        ("duplicate_customer", 4, "repaired"),
        ("duplicate_row", 3, "left_out"),
        ("duplicate_document", 4, "kept"),
        ("orphan_customer", 5, "kept"),
        ("due_before_issue", 5, "kept"),
        ("due_from_terms", 6, "kept"),
        ("due_missing", 7, "kept"),
        ("customer_missing", 8, "left_out"),
        ("date_missing", 9, "left_out"),
        ("date_unreadable", 10, "left_out"),
        ("date_implausible", 11, "left_out"),
        ("amount_missing", 12, "left_out"),
        ("amount_unreadable", 13, "left_out"),
        ("amount_decimals", 14, "left_out"),
        ("amount_decimals", 15, "left_out"),
        ("currency_unknown", 16, "left_out"),
        ("currency_missing", 17, "left_out"),
        ("currency_mark", 18, "left_out"),
        ("kind_unknown", 19, "left_out"),
        ("netting_without_agreement", 20, "left_out"),
        ("customer_id_case", 21, "repaired"),
        ("id_repaired", 21, "repaired"),
        ("document_missing", 22, "kept"),
        ("total_line", 23, "left_out"),
    ]
    assert (read.ledger.records, read.ledger.accepted, read.ledger.left_out) == (22, 7, 15)
    assert read.rows("document_id, customer_id, due_date") == [
        ("1", "C1", date(2026, 10, 1)),
        ("1", "C1", date(2026, 10, 1)),
        ("5", "C9", date(2026, 8, 1)),
        ("6", "C1", date(2026, 10, 1)),  # 1 September + 30 days
        ("7", "C2", date(2026, 9, 1)),
        ("21", "C1", date(2026, 10, 1)),
        ("L22", "C1", date(2026, 10, 1)),
    ]
    assert read.rows("customer_id, customer_name, credit_limit, terms_days, cover_ratio", "customers", "1") == [
        ("C1", "One", Decimal(5000), 30, Decimal("0.9")),
        ("C2", "Two", None, None, None),
        ("C9", None, None, None, None),
    ]


def test_problems_carry_the_money_and_speak_both_languages(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "led.csv", DIRTY), write(tmp_path / "cust.csv", CUSTOMERS)], currency=None)
    by_reason = {p.reason.removeprefix("ledger."): p for p in read.ledger.problems}
    assert by_reason["duplicate_row"].amount == Decimal("10.00")
    assert by_reason["customer_missing"].amount == Decimal("10.00")
    assert by_reason["amount_unreadable"].value == "ten"
    assert by_reason["amount_unreadable"].column == "Amount"
    assert by_reason["total_line"].amount is None  # a total is no money of its own
    for problem in read.ledger.problems:
        for language in messages.LANGUAGES:
            assert "{" not in messages.text(problem.reason, language, **problem.facts)
            if problem.treatment == "left_out":
                assert messages.text(f"{problem.reason}_title", language)


def test_limits_sales_and_terms_files(tmp_path: Path) -> None:
    read = Read([
        write(tmp_path / "open.csv", OPEN_ITEMS),
        write(tmp_path / "limits.csv", """
            客户编码 | 信用额度 | 额度币种
            0007 | 12.5万 | 人民币
        """),
        write(tmp_path / "sales.csv", """
            Month | Currency | Sales
            2026-09 | EUR | 100
            2026年9月 | EUR | 0.50
            soon | EUR | 1
        """),
    ])  # fmt: skip
    assert read.rows("credit_limit, limit_currency", "customers", "1") == [(Decimal(125_000), "CNY")]
    assert read.rows("*", "sales", "1") == [(date(2026, 9, 1), "EUR", Decimal("100.5"))]
    assert read.told() == [("sales_unread", 4, "kept")]


AMBIGUOUS = """
    Customer No | Invoice No | Invoice date | Due date | Amount
    C1 | 1 | 03/04/2026 | 03/05/2026 | 10
    C1 | 2 | 05/06/2026 | 07/08/2026 | 20
"""


def test_ambiguous_dates_are_reported_not_guessed(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", AMBIGUOUS)
    assert Read([source]).told() == [("date_ambiguous", 2, "left_out"), ("date_ambiguous", 3, "left_out")]
    assert Read([source], dates="dmy").rows("document_date") == [(date(2026, 4, 3),), (date(2026, 6, 5),)]
    assert Read([source], dates="mdy").rows("document_date") == [(date(2026, 3, 4),), (date(2026, 5, 6),)]


def test_a_customers_terms_settle_ambiguous_dates(tmp_path: Path) -> None:
    customers = write(tmp_path / "c.csv", """
        Customer ID | Customer name | Terms days
        C1 | One | 30
    """)  # fmt: skip
    read = Read([write(tmp_path / "a.csv", AMBIGUOUS), customers])
    # 3 April + 30 days = 3 May settles the column, so that row 2 is read day first as well
    assert read.rows("document_date, due_date") == [
        (date(2026, 4, 3), date(2026, 5, 3)),
        (date(2026, 6, 5), date(2026, 8, 7)),
    ]
    assert read.told() == []
    ledger = next(r for r in read.ledger.recognized if r.role == "invoices")
    assert ledger.dates == {"document_date": "dmy: terms", "due_date": "dmy: terms"}


def test_a_decimal_comma_column(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        Customer No | Invoice No | Invoice date | Due date | Amount
        C1 | 1 | 2026-09-01 | 2026-10-01 | 1.234,50
        C1 | 2 | 2026-09-01 | 2026-10-01 | 1.234
    """)])  # fmt: skip
    assert read.rows("amount") == [(Decimal("1234.5"),), (Decimal(1234),)]


def test_amounts_in_ten_thousands(tmp_path: Path) -> None:
    read = Read([write(tmp_path / "a.csv", """
        客户编码 | 发票号 | 开票日期 | 到期日 | 应收金额(万元)
        C1 | 1 | 2026-09-01 | 2026-10-01 | 1.5
        C1 | 2 | 2026-09-01 | 2026-10-01 | 0.123456
    """)], currency="CNY")  # fmt: skip
    assert read.rows("amount") == [(Decimal(15_000),), (Decimal("1234.56"),)]
    assert read.told() == [("column_scaled", None, "repaired")]


def test_equal_payments_without_a_number_are_both_kept(tmp_path: Path) -> None:
    payments = write(tmp_path / "p.csv", """
        Payment date | Customer No | Applied to invoice | Amount
        2026-10-10 | C1 | 001 | 5
        2026-10-10 | C1 | 001 | 5
    """)  # fmt: skip
    read = Read([write(tmp_path / "inv.csv", INVOICES), payments])
    assert read.engine.one("SELECT sum(amount) FROM allocations") == (Decimal(10),)
    assert read.told() == [("equal_payment", 3, "kept")]


@pytest.mark.parametrize(
    ("text", "currency", "columns", "key"),
    [
        ("Customer No | Invoice No | Due date | Amount\nC1 | 1 | 2026-09-01 | 5", "USD", {}, "column_missing"),
        ("Customer No | Invoice No | Invoice date | Amount\nC1 | 1 | 2026-09-01 | 5", None, {}, "currency_needed"),
        ("Customer No | Invoice No | Date | Amount\nC1 | 1 | 2026-09-01 | 5", "Q", {}, "currency_given_unknown"),
        ("Customer No | Invoice No | Invoice date | Amount\nC1 | 1 | 2026-09-01 | 5", "USD", {"kind": "Art"},
         "column_absent"),
        ("凭证号 | 日期 | 借方金额 | 贷方金额\n1 | 2026-09-01 | 5 |", "CNY", {}, "running_account_customer"),
        ("Customer No | Customer name | Credit limit\nC1 | One | 5", "USD", {}, "no_ledger"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_ledger_is_refused(
    tmp_path: Path, text: str, currency: str | None, columns: dict[str, str], key: str
) -> None:
    with pytest.raises(DuebookError) as error:
        Read([write(tmp_path / "a.csv", text)], currency=currency, columns=columns)
    assert error.value.key == f"ledger.{key}"
    for language in messages.LANGUAGES:
        assert error.value.text(language)


def test_dates_that_excel_swapped_are_put_back(tmp_path: Path) -> None:
    # 1 February to 8 September, written day first: Excel took each for month first, and left 13/04/2026 as text
    days = [
        "2026-01-02",
        "2026-02-03",
        "2026-03-04",
        "2026-04-05",
        "2026-05-06",
        "2026-06-07",
        "2026-07-08",
        "2026-08-09",
    ]
    lines = [f"C1 | {n} | {day} | 2026-10-01 | 10" for n, day in enumerate([*days, "13/04/2026"])]
    text = "\n".join(["Customer No | Invoice No | Invoice date | Due date | Amount", *lines])
    read = Read([write(tmp_path / "a.csv", text)])
    assert read.rows("document_date") == [
        *((date(2026, month, month - 1),) for month in range(2, 10)),
        (date(2026, 4, 13),),
    ]
    assert [(p.reason, p.treatment, p.facts["count"]) for p in read.ledger.problems] == [
        ("ledger.date_damaged", "repaired", "8")
    ]


MIXED = (
    AMBIGUOUS
    + """
    C1 | 3 | 13/04/2026 | 14/05/2026 | 30
    C1 | 4 | 04/26/2026 | 05/27/2026 | 40
"""
)


def test_a_mixed_column_is_settled_row_by_row_and_said_so(tmp_path: Path) -> None:
    source = write(tmp_path / "a.csv", MIXED.replace("    \n", ""))
    read = Read([source])
    assert [row for row in read.told() if row[2] == "left_out"] == [
        ("date_ambiguous", 2, "left_out"),
        ("date_ambiguous", 3, "left_out"),
    ]
    assert read.rows("document_date") == [(date(2026, 4, 13),), (date(2026, 4, 26),)]
    given = Read([source], dates="dmy")
    assert given.rows("document_date")[:2] == [(date(2026, 4, 3),), (date(2026, 6, 5),)]
    mixed = [p.facts for p in given.ledger.problems if p.reason == "ledger.date_mixed"]
    assert [(f["given"], f["open"]) for f in mixed] == [("2", "0"), ("2", "0")]
