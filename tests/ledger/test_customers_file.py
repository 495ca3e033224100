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
