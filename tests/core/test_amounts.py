"""Amounts: every way exports write them, read exactly. Expected values by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.amounts import decimal_comma, mark_fits, parse

POINT = [
    ("1234.5", "1234.5", None),
    ("1,234.50", "1234.50", None),
    ("$4,235.00", "4235.00", "$"),
    ("-$5.00", "-5", "$"),
    ("1,234.50-", "-1234.50", None),
    ("(1,234.50)", "-1234.50", None),
    ("($5)", "-5", "$"),
    ("−7.25", "-7.25", None),  # a real minus sign
    ("￥55.94", "55.94", "¥"),
    ("１，２３４．５", "1234.5", None),
    ("RMB 1,000", "1000", "RMB"),
    ("1,000.00 CNY", "1000", "CNY"),
    ("USD1,234.5", "1234.5", "USD"),
    ("12.5万", "125000", None),
    ("3亿", "300000000", None),
    ("1'000.25", "1000.25", None),
    ("1 234 567.89", "1234567.89", None),
    ("12,34,567.00", "1234567", None),  # lakhs
    ("1,2345.00", "12345", None),  # groups of four
    (".5", "0.5", None),
    ("100 CR", "-100", None),
    ("0.0", "0", None),
]


@pytest.mark.parametrize(("text", "value", "mark"), POINT)
def test_amounts_with_a_decimal_point(text: str, value: str, mark: str | None) -> None:
    found = parse(text)
    assert found is not None
    assert (found.value, found.mark) == (Decimal(value), mark)


@pytest.mark.parametrize(
    ("text", "value"), [("1.234,50", "1234.50"), ("1234,5", "1234.5"), ("1 234,50", "1234.50"), ("1.234", "1234")]
)
def test_amounts_with_a_decimal_comma(text: str, value: str) -> None:
    found = parse(text, comma=True)
    assert found is not None and found.value == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "abc", "--5", "-5-", "(-5)", "(5", "1,23", "1e3", "1.2.3", "XYZ 5", "5 %", "#N/A", "12,345,6", "$5€"]
)
def test_no_amount(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("texts", "hint", "comma"),
    [
        (["1.234,50", "17"], None, True),
        (["1,234.50", "17"], None, False),
        (["1234,5"], None, True),
        (["1,234"], None, False),  # tells nothing: thousands
        (["1,234"], True, True),  # unless the file says so
        (["1.234.567"], None, True),
        (["12,5", "12.5"], None, False),  # both occur: what does not fit is reported as unreadable
    ],
)
def test_the_decimal_mark_is_decided_for_the_column(texts: list[str], hint: bool | None, comma: bool) -> None:
    assert decimal_comma(texts, hint) is comma


@pytest.mark.parametrize(
    ("mark", "currency", "fits"),
    [("$", "AUD", True), ("$", "CNY", False), ("¥", "CNY", True), ("¥", "JPY", True), ("¥", "USD", False),
     ("RMB", "CNY", True), ("RMB", "USD", False), ("US$", "AUD", False), ("EUR", "EUR", True), (None, "USD", True)],
)  # fmt: skip
def test_marks_and_currencies(mark: str | None, currency: str, fits: bool) -> None:
    assert mark_fits(mark, currency) is fits


AMOUNTS = st.decimals(Decimal("-99999999999.99"), Decimal("99999999999.99"), places=2)


@given(AMOUNTS, st.sampled_from(["plain", "grouped", "dollar", "trailing", "parentheses", "full width", "german"]))
def test_any_amount_in_any_style_reads_back_exactly(amount: Decimal, style: str) -> None:
    size = f"{abs(amount):,.2f}"
    minus = amount < 0
    text = {
        "plain": f"{amount:.2f}",
        "grouped": f"{amount:,.2f}",
        "dollar": ("-" if minus else "") + "$" + size,
        "trailing": size + ("-" if minus else ""),
        "parentheses": f"({size})" if minus else size,
        "full width": f"{amount:,.2f}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.,-"}),
        "german": f"{amount:,.2f}".translate(str.maketrans(".,", ",.")),
    }[style]
    found = parse(text, comma=style == "german")
    assert found is not None and found.value == amount
