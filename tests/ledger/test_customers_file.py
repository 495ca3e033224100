"""Customers files as they come: limits with marks, blanks and zeros, cover in percent, twins."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.ledger.made_ledgers import Read, write

LEDGER = """
    Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency
    C1 | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD
"""
HEAD = "Customer ID | Customer Name | Credit Limit | Limit Currency | Insured Limit | Cover Ratio"


def read(folder: Path, *rows: str) -> Read:
    return Read([write(folder / "a.csv", LEDGER), write(folder / "c.csv", "\n".join([HEAD, *rows]))])


def customer(found: Read, columns: str, number: str = "C1") -> tuple[object, ...]:
    return found.engine.one(f"SELECT {columns} FROM customers WHERE customer_id = '{number}'")


@pytest.mark.parametrize(
    ("limit", "currency", "expected", "told"),
    [
        ("", "USD", (None, "USD"), []),
        ("0", "USD", (Decimal(0), "USD"), []),
        ("$1,000.50", "USD", (Decimal("1000.50"), "USD"), []),
        ("RMB 1,000", "", (Decimal(1000), "CNY"), []),
        ("€ 1000", "", (Decimal(1000), "EUR"), []),
        ("$1000", "", (Decimal(1000), None), []),
        ("2万", "CNY", (Decimal(20000), "CNY"), []),
        ("RMB 1,000", "USD", (None, "USD"), [("limit_mark", 2, "kept")]),
        ("-5", "USD", (None, "USD"), [("limit_negative", 2, "kept")]),
        ("a lot", "USD", (None, "USD"), [("value_ignored", 2, "kept")]),
    ],
)
def test_a_limit_means_what_it_says_or_is_not_set(
    tmp_path: Path, limit: str, currency: str, expected: tuple[object, object], told: list[tuple[str, int, str]]
) -> None:
    found = read(tmp_path, f"C1 | One | {limit} | {currency} | |")
    assert customer(found, "credit_limit, limit_currency") == expected
    assert found.told() == told


@pytest.mark.parametrize(
    ("cover", "expected", "told"),
    [
        ("0.9", "0.9", []),
        ("90%", "0.9", []),
        ("９０％", "0.9", []),
        ("1", "1", []),
        ("100", "1", ["cover_percent"]),
        ("90", "0.9", ["cover_percent"]),
        ("120", None, ["cover_assumed", "value_ignored"]),
        ("-1", None, ["cover_assumed", "value_ignored"]),
        ("", None, ["cover_assumed"]),
    ],
)
def test_cover_is_a_share_however_it_is_written(
    tmp_path: Path, cover: str, expected: str | None, told: list[str]
) -> None:
    found = read(tmp_path, f"C1 | One | 100 | USD | 50 | {cover}")
    (ratio,) = customer(found, "cover_ratio")
    assert ratio == (Decimal(expected) if expected else None)
    assert sorted(reason for reason, *_ in found.told()) == told


def test_rows_without_a_number_and_numbers_alike_but_for_case_are_said(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "C1 | One | 1 | USD | |",
        " | Nobody | 5 | USD | |",
        "c1 | Other | 2 | USD | |",
        "C1 | Again | 3 | USD | |",
    )
    assert sorted(found.told()) == [
        ("customer_case_twin", 4, "kept"),
        ("customer_unnamed", 3, "kept"),
        ("duplicate_customer", 5, "repaired"),
    ]
    assert customer(found, "customer_name, credit_limit") == ("One", Decimal("1.0000"))


def test_specific_allowances_are_read_and_nonsense_is_told(tmp_path: Path) -> None:
    """An amount below zero and a rate above 100 % mean nothing; a bare 75 is read as percent, and said."""
    ledger = """
    Customer ID | Document No | Invoice Date | Due Date | Amount | Currency | Specific allowance | 单项计提比例
    C1 | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD | -4.00 |
    C1 | I2 | 2026-10-01 | 2026-10-31 | 10.00 | USD | | 75
    C2 | I3 | 2026-10-01 | 2026-10-31 | 10.00 | USD | 4.50 | 120%
    """
    customers = """
    客户编码 | 客户名称 | 单项计提金额 | 单项损失率
    C1 | One | -1 |
    C2 | Two | 1,000.00 | 90 %
    """
    found = Read([write(tmp_path / "a.csv", ledger), write(tmp_path / "c.csv", customers)])
    assert found.rows("document_id, specific_allowance, specific_rate", order="1") == [
        ("I1", None, None), ("I2", None, Decimal("0.75")), ("I3", Decimal("4.50"), None),
    ]  # fmt: skip
    assert customer(found, "specific_allowance, specific_rate") == (None, None)
    assert customer(found, "specific_allowance, specific_rate", "C2") == (1000, Decimal("0.9"))
    told = [(reason, line) for reason, line, _ in found.told()]
    assert told.count(("value_ignored", 2)) == 2 and told.count(("value_ignored", 4)) == 1
    assert ("cover_percent", None) in told and len(told) == 4
