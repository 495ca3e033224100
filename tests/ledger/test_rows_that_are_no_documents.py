"""Rows of an export that are no documents: void and draft ones, totals per customer, notes, titles."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.ledger.made_ledgers import Read, write

HEAD = "Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency | Status"


@pytest.mark.parametrize(
    "status", ["Void", "VOIDED", "cancelled", "Canceled", "Draft", "作废", "已作废", "草稿", "未审核", "storniert"]
)
def test_a_document_that_the_export_calls_void_is_left_out_and_said(tmp_path: Path, status: str) -> None:
    read = Read(
        [
            write(
                tmp_path / "a.csv",
                f"""
                {HEAD}
                C1 | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD | {status}
                C1 | I2 | 2026-10-01 | 2026-10-31 | 20.00 | USD | Posted
                """,
            )
        ]
    )
    assert read.told() == [("void_row", 2, "left_out")]
    (problem,) = read.ledger.problems
    assert (problem.column, problem.value, problem.amount) == ("Status", status, None), "it is in no account"
    assert read.rows("document_id, amount") == [("I2", Decimal("20.0000"))]


@pytest.mark.parametrize("status", ["Open", "Paid", "Overdue", "已审核", "Posted", "", "Partially paid"])
def test_other_statuses_leave_nothing_out(tmp_path: Path, status: str) -> None:
    text = f"{HEAD}\nC1 | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD | {status}"
    assert Read([write(tmp_path / "a.csv", text)]).told() == []


def test_a_flag_column_for_void_documents(tmp_path: Path) -> None:
    text = """
        客户编码 | 发票号码 | 开票日期 | 到期日 | 应收金额 | 币种 | 是否作废
        C1 | F1 | 2026-10-01 | 2026-10-31 | 10.00 | CNY | 是
        C1 | F2 | 2026-10-01 | 2026-10-31 | 20.00 | CNY | 否
    """
    read = Read([write(tmp_path / "a.csv", text)])
    assert read.told() == [("void_row", 2, "left_out")]
    assert read.rows("document_id") == [("F2",)]


def test_totals_per_customer_and_notes_carry_no_money(tmp_path: Path) -> None:
    text = """
        Acme Ltd | | | | |
        Open items as of 31 Oct 2026 | | | | |
        Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD
        Total C1 | | | | 10.00 | USD
        C2 | I2 | 2026-10-01 | 2026-10-31 | 5.00 | USD
        Subtotal for C2: | | | | 5.00 | USD
        青松贸易 小计 | | | | 5.00 | USD
        合计 | | | | 15.00 | USD
        Printed by the system on 2026-11-01 | | | | |
    """
    read = Read([write(tmp_path / "a.csv", text)])
    assert read.told() == [
        *((reason, line, "left_out") for line, reason in ((5, "total_line"), (7, "total_line"), (8, "total_line"))),
        ("total_line", 9, "left_out"),
        ("note_line", 10, "left_out"),
    ]
    assert [p.amount for p in read.ledger.problems] == [None] * 5
    assert read.rows("document_id") == [("I1",), ("I2",)]


def test_a_customer_called_total_is_no_total(tmp_path: Path) -> None:
    text = """
        Customer Name | Invoice No | Invoice Date | Due Date | Amount | Currency
        Total Energies | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD
        Total Energies | I2 | | 2026-10-31 | 20.00 | USD
    """
    read = Read([write(tmp_path / "a.csv", text)])
    assert read.rows("document_id, customer_id") == [("I1", "Total Energies")]
    assert read.told() == [("date_missing", 3, "left_out")], "a document without a date keeps its amount in view"
    assert read.ledger.problems[0].amount == Decimal("20.00")
