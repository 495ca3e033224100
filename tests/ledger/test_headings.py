"""The header row among titles, parameters and data; each case as it stands in some export."""

from __future__ import annotations

import pytest

from duebook.ledger.headings import decimal_comma, header_index, is_value

CASES = {
    "at the top": (0, ["Customer,Invoice,Amount", "A,1,10.00", "B,2,20.00"]),
    "below a title": (1, ["Aged receivables,,", "Customer,Invoice,Amount", "A,1,10.00"]),
    "below a row of parameters as wide as the table": (
        1,
        ["As of,2026-10-31,Unit,EUR", "客户,发票号码,到期日,金额", "甲,1,2026-01-01,5"],
    ),
    "Chinese, with unit in parentheses": (
        2,
        ["应收账款明细表,,", "编制单位：某公司,,", "客户名称,到期日,应收金额(万元)", "甲,2026-01-01,5"],
    ),
    "period names that look like numbers": (0, ["Customer,2024,2025,2026", "A,1,2,3", "B,4,5,6"]),
    "names nobody knows": (1, ["Report 7,,,", "Alpha,Beta,Gamma,Delta", "x,1,2,3", "y,4,5,6"]),
    "no names at all": (0, ["A,1,2026-01-01,10.00", "B,2,2026-01-02,20.00"]),
    "merged group names above": (
        1,
        ["Customer,,,Invoice,,,,", "Code,Name,City,Number,Date,Due,Amount,Open", "A,a,b,1,x,y,1,1"],
    ),
    "words only": (0, ["customer_id,customer_name,state", "A,Acacia Legal,ACT", "B,Brindabella,NSW"]),
}


@pytest.mark.parametrize("name", CASES)
def test_header(name: str) -> None:
    expected, lines = CASES[name]
    assert header_index([line.split(",") for line in lines]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "-1,234.50",
        "(1,234.50)",
        "￥55.94",
        "12.5%",
        "100 EUR",
        "１２３",
        "2026-01-31",
        "31/1/2026",
        "30-Mar-2026",
        "2013年01月02日",
        "2026-01-31 08:00",
    ],
)
def test_values(text: str) -> None:
    assert is_value(text)


@pytest.mark.parametrize("text", ["Customer", "INV-1001", "1-30", ">90", "客户", "30 days", "n/a", "Q1 2026 sales"])
def test_words(text: str) -> None:
    assert not is_value(text)


@pytest.mark.parametrize(
    ("values", "comma"),
    [
        (["1.234,50"], True),
        (["0,5"], True),
        (["1,234.50"], False),
        (["12", "2026-01-01"], None),
        (["1,5", "1.5"], None),
        (["1,234"], None),
    ],
)
def test_decimal_mark(values: list[str], comma: bool | None) -> None:
    assert decimal_comma(values) is comma
