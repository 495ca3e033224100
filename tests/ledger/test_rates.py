"""Exchange rates from files: how pairs are written, for how many units, on which day; nothing is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.canonical import Reading, read_ledger
from duebook.ledger.files import Source
from duebook.ledger.problems import Problem
from duebook.ledger.rates import Rates, pair_of, read_rates

AS_OF = date(2026, 10, 31)
LEDGER = "Customer ID,Invoice No,Invoice Date,Due Date,Amount,Currency\nC1,I1,2026-10-01,2026-10-31,10.00,USD\n"


def read(folder: Path, rates: str | Path, functional: str | None = "CNY") -> tuple[Rates, tuple[Problem, ...]]:
    with Engine(threads=1) as engine:
        (folder / "ledger.csv").write_text(LEDGER, "utf-8")
        read_ledger([Source(folder / "ledger.csv")], Reading(AS_OF), engine)
        path = rates if isinstance(rates, Path) else folder / "rates.csv"
        if not isinstance(rates, Path):
            path.write_text(rates, "utf-8")
        return read_rates(engine, path, AS_OF, functional)


def quoted(rates: Rates) -> dict[str, list[tuple[str, Decimal, str]]]:
    return {
        "/".join(pair): [(quote.day.isoformat(), quote.rate, quote.source) for quote in own]
        for pair, own in rates.quotes.items()
    }


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("USD/CNY", ("USD", "CNY", 1)),
        ("usdcny", ("USD", "CNY", 1)),
        ("USD-CNY", ("USD", "CNY", 1)),
        ("EUR CNY", ("EUR", "CNY", 1)),
        ("USD→CNY", ("USD", "CNY", 1)),
        ("ＵＳＤ／ＣＮＹ", ("USD", "CNY", 1)),
        ("100JPY/CNY", ("JPY", "CNY", 100)),
        ("100日元/人民币", ("JPY", "CNY", 100)),
        ("美元兑人民币", ("USD", "CNY", 1)),
        ("EUR", ("EUR", "CNY", 1)),
        ("100 JPY", ("JPY", "CNY", 100)),
        ("0USD/CNY", None),
        ("USD/", None),
        ("dollars", None),
        ("USD/CNY/EUR", None),
        ("", None),
    ],
)
def test_pairs_as_people_write_them(written: str, meant: tuple[str, str, int] | None) -> None:
    assert pair_of(written, "CNY") == meant


def test_a_currency_alone_needs_the_functional_one() -> None:
    assert pair_of("EUR") is None


def test_one_unit_in_the_other_currency_exact_to_nine_decimals(tmp_path: Path) -> None:
    rates, problems = read(
        tmp_path,
        "Pair,Rate,Date,Source\n"
        "USD/CNY,7.1234,2026-10-31,PBoC\n"
        "100JPY/CNY,4.8123,2026-10-30,PBoC\n"  # 4.8123 ÷ 100
        "USD/CNY,7.0999,2026-09-30,PBoC\n",
    )
    assert quoted(rates) == {
        "JPY/CNY": [("2026-10-30", Decimal("0.048123"), "PBoC")],
        "USD/CNY": [("2026-09-30", Decimal("7.0999"), "PBoC"), ("2026-10-31", Decimal("7.1234"), "PBoC")],
    }
    assert problems == ()


def test_chinese_columns_with_the_unit_of_the_quotation(tmp_path: Path) -> None:
    rates, problems = read(
        tmp_path,
        "原币,本位币,单位,汇率,日期,来源\n"
        "日元,人民币,100,4.8123,2026年10月30日,中国人民银行\n"
        "美元,人民币,1,7.1234,2026/10/31,中国人民银行\n",
    )
    assert quoted(rates) == {
        "JPY/CNY": [("2026-10-30", Decimal("0.048123"), "中国人民银行")],
        "USD/CNY": [("2026-10-31", Decimal("7.1234"), "中国人民银行")],
    }
    assert problems == ()


def test_decimal_commas_are_told_by_the_column(tmp_path: Path) -> None:
    rates, _ = read(tmp_path, 'Pair;Rate;Date;Source\nUSD/EUR;"0,8612";31.10.2026;ECB\n', "EUR")
    assert quoted(rates) == {"USD/EUR": [("2026-10-31", Decimal("0.8612"), "ECB")]}


def test_a_workbook_with_real_numbers_and_dates(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Rates for the close", None, None, None],
        ["Currency", "Exchange rate", "Valid from", "Source"],
        ["USD", 7.1234, date(2026, 10, 31), "PBoC"],
        ["EUR", 8.4, date(2026, 10, 30), "PBoC"],
    ):
        sheet.append(row)
    book.save(tmp_path / "rates.xlsx")
    rates, problems = read(tmp_path, tmp_path / "rates.xlsx")
    assert quoted(rates) == {
        "EUR/CNY": [("2026-10-30", Decimal("8.4"), "PBoC")],
        "USD/CNY": [("2026-10-31", Decimal("7.1234"), "PBoC")],
    }
    assert problems == ()


def test_the_latest_not_after_the_day_counts(tmp_path: Path) -> None:
    rates, _ = read(
        tmp_path,
        "Pair,Rate,Date,Source\n"
        "USD/CNY,7.30,2026-11-02,Bank\nUSD/CNY,7.10,2026-10-01,Bank\nUSD/CNY,7.20,2026-10-30,Bank\n",
    )
    found = {day: rates.latest("USD", "CNY", date.fromisoformat(day)) for day in ("2026-09-30", "2026-10-29")}
    assert [quote and quote.rate for quote in found.values()] == [None, Decimal("7.1")]
    last = rates.latest("USD", "CNY", AS_OF)
    assert last is not None
    assert (last.rate, last.day, last.line) == (Decimal("7.2"), date(2026, 10, 30), 4)
    assert rates.latest("CNY", "USD", AS_OF) is None, "nothing is turned round"


def test_the_same_rate_twice_is_one(tmp_path: Path) -> None:
    rates, problems = read(
        tmp_path, "Pair,Rate,Date,Source\nUSD/CNY,7.10,2026-10-01,Bank\nUSD/CNY,7.1000,2026-10-01,Bank\n"
    )
    assert quoted(rates) == {"USD/CNY": [("2026-10-01", Decimal("7.1"), "Bank")]}
    assert problems == ()


def test_two_rates_of_a_day_are_refused_with_both_lines(tmp_path: Path) -> None:
    with pytest.raises(DuebookError) as refused:
        read(tmp_path, "Pair,Rate,Date,Source\nUSD/CNY,7.10,2026-10-01,Bank\nUSD/CNY,7.11,2026-10-01,Other\n")
    assert refused.value.text("en") == (
        "rates.csv: USD/CNY has two rates for 2026-10-01: 7.1 in line 2 and 7.11 in line 3. Keep the one that counts."
    )


@pytest.mark.parametrize("rate", ["0", "-7.1", "seven", "", "1000000000", "0.0000000001"])
def test_what_is_no_rate_is_left_out(tmp_path: Path, rate: str) -> None:
    rates, problems = read(
        tmp_path, f"Pair,Rate,Date,Source\nUSD/CNY,7.10,2026-10-01,Bank\nEUR/CNY,{rate},2026-10-01,B\n"
    )
    assert set(quoted(rates)) == {"USD/CNY"}
    assert [(p.line, p.reason, p.treatment) for p in problems] == [(3, "rates.not_positive", "left_out")]


def test_more_than_nine_decimals_are_said(tmp_path: Path) -> None:
    # 1 ÷ 7.1 = 0.14084507042…; half away from zero at nine decimals
    rates, problems = read(tmp_path, "Pair,Rate,Date,Source\nCNY/USD,0.14084507042,2026-10-01,Bank\n", "USD")
    assert quoted(rates) == {"CNY/USD": [("2026-10-01", Decimal("0.140845070"), "Bank")]}
    assert [(p.reason, p.treatment) for p in problems] == [("rates.rounded", "repaired")]


def test_neighbours_far_apart_are_said(tmp_path: Path) -> None:
    # 7.10 and 1.42 are exactly five times apart, which is still a rate; 7.10 and 1.41 are further
    line = "Pair,Rate,Date,Source\nUSD/CNY,7.10,2026-10-01,Bank\nUSD/CNY,{},2026-10-02,Bank\n"
    assert read(tmp_path, line.format("1.42"))[1] == ()
    assert [p.reason for p in read(tmp_path, line.format("1.41"))[1]] == ["rates.jump"]


def test_the_only_currency_into_which_all_translate(tmp_path: Path) -> None:
    one, _ = read(tmp_path, "Pair,Rate,Date,Source\nUSD/CNY,7.1,2026-10-01,B\nEUR/CNY,8.1,2026-10-01,B\n", None)
    two, _ = read(tmp_path, "Pair,Rate,Date,Source\nUSD/CNY,7.1,2026-10-01,B\nUSD/EUR,0.9,2026-10-01,B\n", None)
    assert (one.only_target(), two.only_target()) == ("CNY", None)
