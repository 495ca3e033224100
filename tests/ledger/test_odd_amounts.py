"""Amounts and currencies in the forms that people and programs leave them in, through a whole file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from duebook.ledger.raw import Source
from tests.ledger.made_ledgers import Read, write

HEAD = "Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency"


@pytest.mark.parametrize(
    ("written", "value", "told"),
    [
        ("'12.00", "12.00", []),
        ('="12.00"', "12.00", []),
        ("US$ 1,234.50", "1234.50", []),
        ("1,234.50 USD", "1234.50", []),
        ("1,234.50-", "-1234.50", ["negative_invoice"]),
        ("(1,234.50)", "-1234.50", ["negative_invoice"]),
        ("−12.00", "-12.00", ["negative_invoice"]),
        ("１，２３４．５０", "1234.50", []),
        ("1.5万", "15000.00", []),
        ("0.2亿", "20000000.00", []),
        ("10.5000000", "10.50", []),
        ("0.30000000000000004", "0.30", ["amount_trace"]),
        ("1234.5600000000001", "1234.56", ["amount_trace"]),
        ("99.99999999999999", "100.00", ["amount_trace"]),
        ("10.005", None, ["amount_decimals"]),
        ("10.1234567", None, ["amount_decimals"]),
        ("12%", None, ["amount_unreadable"]),
        ("1.23457E+11", None, ["amount_unreadable"]),
        ("壹佰元整", None, ["amount_unreadable"]),
        ("12.34.56", None, ["amount_unreadable"]),
        ("100000000000000", None, ["amount_too_large"]),
        ("€ 12.00", None, ["currency_mark"]),
    ],
)
def test_an_amount_is_read_exactly_or_left_out_and_said(
    tmp_path: Path, written: str, value: str | None, told: list[str]
) -> None:
    text = (
        f"{HEAD}\nC1 | I0 | 2026-10-01 | 2026-10-31 | 5.25 | USD\nC1 | I1 | 2026-10-01 | 2026-10-31 | {written} | USD"
    )
    read = Read([write(tmp_path / "a.csv", text)])
    assert [reason for reason, *_ in read.told()] == told
    expected = [("I0", Decimal("5.25"))] + ([("I1", Decimal(value))] if value else [])
    assert read.rows("document_id, amount") == expected


@pytest.mark.parametrize(
    ("header", "amounts"),
    [
        (
            "Kundennummer;Rechnungsnummer;Rechnungsdatum;Fälligkeit;Betrag;Währung",
            ["1.234,56", "1.234,56-", "12,5", "1.234.567,00 €", "(99,00)"],
        ),
        (
            "Code client;N° facture;Date facture;Date échéance;Montant TTC;Devise",
            ["1 234,56", "-1\u00a0234,56", "12,50", "1\u202f234\u202f567,00 €", "-99,00"],
        ),
    ],
)
def test_german_and_french_exports_without_any_option(tmp_path: Path, header: str, amounts: list[str]) -> None:
    path = tmp_path / "export.csv"
    rows = [f"K1;R{n};15.10.2026;14.11.2026;{amount};EUR" for n, amount in enumerate(amounts)]
    path.write_text("\n".join([header, *rows]), "cp1252" if "\u202f" not in "".join(amounts) else "utf-8")
    read = Read([Source(path)], currency=None)
    assert read.rows("amount") == [(Decimal(v),) for v in ("1234.56", "-1234.56", "12.5", "1234567", "-99")]
    assert [reason for reason, *_ in read.told()] == ["negative_invoice"]


@pytest.mark.parametrize(
    ("others", "written", "expected"),
    [
        (["CNY"], "￥", "CNY"),
        (["RMB", "usd"], "¥", "CNY"),
        (["JPY"], "¥", "JPY"),
        (["USD"], "$", "USD"),
        (["CNY", "JPY"], "¥", None),
        (["EUR"], "¥", None),
        (["USD", "AUD"], "$", None),
        (["CNY"], "人民币", "CNY"),
        (["CNY"], "Usd ", "USD"),
    ],
)
def test_a_mark_in_the_currency_column(tmp_path: Path, others: list[str], written: str, expected: str | None) -> None:
    """`¥` and `$` are a currency only where the ledger shows which; otherwise the row is left out."""
    rows = [f"C1 | I{n} | 2026-10-01 | 2026-10-31 | 10 | {code}" for n, code in enumerate([*others, written])]
    read = Read([write(tmp_path / "a.csv", "\n".join([HEAD, *rows]))], currency=None)
    last = f"I{len(others)}"
    assert read.engine.rows(f"SELECT currency FROM documents WHERE document_id = '{last}'") == (
        [(expected,)] if expected else []
    )
    told = {"currency_mark_read"} if expected and written in "￥¥$" else set() if expected else {"currency_unknown"}
    assert {reason for reason, *_ in read.told()} == told


def test_a_yuan_mark_under_chinese_headers_is_cny(tmp_path: Path) -> None:
    text = "客户编码 | 发票号码 | 开票日期 | 到期日 | 应收金额 | 币种\nC1 | F1 | 2026-10-01 | 2026-10-31 | 10 | ￥"
    assert Read([write(tmp_path / "a.csv", text)], currency=None).rows("currency") == [("CNY",)]
