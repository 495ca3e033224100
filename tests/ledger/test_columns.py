"""Headers in English and Chinese, and what they mean."""

from __future__ import annotations

from decimal import Decimal

import pytest

from duebook.core.errors import DuebookError
from duebook.ledger.columns import fields, plain, recognize


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("customerID", "customer_id"), ("CustomerNo", "customer_id"), ("CUSTOMER NO.", "customer_id"),
        ("客户编码", "customer_id"), ("客户名称", "customer_name"), ("Customer Name", "customer_name"),
        ("invoiceNumber", "document_id"), ("Invoice No.", "document_id"), ("Invoice #", "document_id"),
        ("发票号码", "document_id"), ("单据编号", "document_id"), ("InvoiceDate", "document_date"),
        ("开票日期", "document_date"), ("DueDate", "due_date"), ("到期日", "due_date"), ("InvoiceAmount", "amount"),
        ("原币金额", "amount"), ("应收金额", "amount"), ("价税合计", "amount"), ("未清金额", "open_amount"),
        ("Balance Due", "open_amount"), ("Disputed", "disputed"), ("是否争议", "disputed"),
        ("SettledDate", "settled_date"), ("回款日期", "settled_date"), ("amount_paid", "paid_amount"),
        ("核销发票号", "applies_to"), ("Applied To", "applies_to"), ("币种", "currency"), ("币别", "currency"),
        ("payment_terms_days", "terms"), ("账期", "terms"), ("credit_limit", "credit_limit"),
        ("信用额度", "credit_limit"), ("KUNNR", "customer_id"), ("Net due date", "due_date"),
        ("客户编码 Customer No.", "customer_id"), ("开票日期/Invoice date", "document_date"),
    ],
)  # fmt: skip
def test_known_names(header: str, field: str) -> None:
    # as part of a ledger, so that no role changes the meaning
    rest = {"document_id": "Invoice No", "due_date": "Due date", "amount": "Amount", "document_date": "Issue date"}
    headers = [header, *(h for f, h in rest.items() if f != field)]
    assert headers[recognize(headers, role="invoices").positions[field]] == header


def test_gross_is_preferred_to_net() -> None:
    found = recognize(["invoice_id", "issue_date", "amount_excl_gst", "gst", "amount_incl_gst"])
    assert {name: found.positions[name] for name in ("amount", "net_amount", "tax_amount")} == {
        "net_amount": 2, "tax_amount": 3, "amount": 4,
    }  # fmt: skip


def test_two_headers_for_one_field_are_said() -> None:
    found = recognize(["客户", "客户编码", "单据号", "日期", "价税合计", "金额"])
    assert found.positions["customer_id"] == 1
    assert found.positions["customer_name"] == 0
    assert found.positions["amount"] == 4
    assert found.passed_over == (("金额", "amount"),)


def test_the_users_mapping_wins() -> None:
    found = recognize(["Kunde X", "Customer ID", "Invoice", "Date", "Amount"], {"customer_id": "kunde x"})
    assert found.positions["customer_id"] == 0
    with pytest.raises(DuebookError, match="no such field") as error:
        recognize(["a"], {"colour": "a"})
    assert error.value.key == "ledger.field_unknown"


@pytest.mark.parametrize(
    ("headers", "role"),
    [
        (["客户编码", "客户名称", "账期", "信用额度"], "customers"),
        (["客户编码", "信用额度", "额度币种"], "limits"),
        (["收款单号", "收款日期", "客户编码", "核销发票号", "收款金额"], "payments"),
        (["Customer No", "Invoice No", "Invoice date", "Due date", "Amount", "Paid amount"], "invoices"),
        (["月份", "币种", "销售额"], "sales"),
    ],
)
def test_the_columns_tell_the_role(headers: list[str], role: str) -> None:
    assert recognize(headers).role == role


def test_units_and_currencies_in_headers() -> None:
    found = recognize(["客户编码", "发票号", "开票日期", "应收金额(万元)"])
    assert found.scales == {"amount": Decimal(10_000)}
    assert recognize(["Customer No", "Invoice No", "Date", "Amount (USD)"]).currency == "USD"


def test_no_name_means_two_things() -> None:
    seen: dict[str, str] = {}
    for field in fields().values():
        for name in field.ranks:
            assert seen.setdefault(name, field.name) == field.name, name
    assert plain("Invoice No.") == plain("INVOICE_NO") == plain("invoiceNo")
