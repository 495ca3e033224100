"""A whole close in its functional currency: ties out by named lines, limits meet the whole customer, verifies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.close import exposure_book, functional_rows, movements_book
from duebook.close.credit_lines import credit_lines, functional_lines, watch_list
from duebook.close.net_of_tax import net_of_tax, net_open
from duebook.close.options import CloseOptions
from duebook.close.output import SEAL
from duebook.close.result import Close
from duebook.close.run import close_month, figured
from duebook.close.tie_out import ReconcilingItem
from duebook.close.verify import verify
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.hosts.cli import main
from duebook.ledger.files import Source

# The ledger of tests/close/test_functional.py, as files.
LEDGER = """Customer ID,Customer,Document No,Type,Document Date,Due Date,Amount,Currency,Applies To
A,Alpha,I1,invoice,2026-08-10,2026-09-10,1000.00,USD,
A,Alpha,P1,payment,2026-10-15,,400.00,USD,I1
A,Alpha,I2,invoice,2026-09-05,2026-10-05,5000.00,CNY,
B,Beta,I3,invoice,2026-09-20,2026-11-20,2000.00,EUR,
B,Beta,V1,advance,2026-10-20,,300.00,EUR,
C,Gamma,I4,invoice,2026-08-20,2026-10-20,150001,JPY,
C,Gamma,W1,bill,2026-10-10,2027-01-10,50001,JPY,I4
"""
RATES = """Pair,Rate,Date,Source
USD/CNY,7.20,2026-08-01,PBoC
USD/CNY,7.10,2026-10-15,PBoC
USD/CNY,7.05,2026-10-31,PBoC
EUR/CNY,8.10,2026-09-15,PBoC
EUR/CNY,8.25,2026-10-20,PBoC
EUR/CNY,8.40,2026-10-30,PBoC
100JPY/CNY,4.80,2026-08-15,PBoC
100JPY/CNY,4.70,2026-10-10,PBoC
100JPY/CNY,4.65,2026-10-30,PBoC
"""
CUSTOMERS = """Customer ID,Customer,Credit limit,Limit currency
A,Alpha,9000,CNY
B,Beta,3000,EUR
C,Gamma,1000,USD
"""
BOOKED = Decimal("27845.00")  # 5,000 + 13,725 + 4,800 + 4,320
UNREALIZED = Decimal("360.00")  # 600 − 150 − 90
AS_OF = date(2026, 10, 31)


@pytest.fixture
def options(tmp_path: Path) -> CloseOptions:
    for name, content in (("ledger", LEDGER), ("rates", RATES), ("customers", CUSTOMERS)):
        (tmp_path / f"{name}.csv").write_text(content, "utf-8")
    return CloseOptions(
        sources=(Source(tmp_path / "ledger.csv"), Source(tmp_path / "customers.csv", "customers")),
        as_of=AS_OF,
        out=tmp_path / "out",
        rates=tmp_path / "rates.csv",
        functional="CNY",
    )


def closed(options: CloseOptions, engine: Engine, **changes: Any) -> Close:
    return figured(replace(options, **changes), engine)


# ---- tie-out ----


@pytest.mark.parametrize(
    ("control", "ties", "before", "difference"),
    [
        (BOOKED + UNREALIZED, True, False, "0"),  # the account after the revaluation is booked
        (BOOKED, True, True, "360.00"),  # and before
        (BOOKED + 1, False, False, "359.00"),
    ],
)
def test_the_receivables_tie_out_in_the_functional_currency(
    options: CloseOptions, control: Decimal, ties: bool, before: bool, difference: str
) -> None:
    with Engine(threads=1) as engine:
        close = closed(options, engine, account_controls={("functional", "CNY"): control})
        (tie,) = close.account_ties
        assert dict(tie.parts) == {"booked": BOOKED, "to_book": UNREALIZED}
        assert (tie.ties, tie.ties_before, tie.difference) == (ties, before, Decimal(difference))
        assert close.ties_out is ties


def test_what_the_export_has_revalued_is_a_line_of_its_own(options: CloseOptions) -> None:
    # 200 of the 360 stand in the export already, as an entry in yuan: 160 are still to be booked
    ledger = options.sources[0].path
    ledger.write_text(LEDGER + "A,Alpha,R1,revaluation,2026-09-30,,200.00,CNY,\n", "utf-8")
    with Engine(threads=1) as engine:
        close = closed(options, engine, account_controls={("functional", "CNY"): BOOKED + UNREALIZED})
        (tie,) = close.account_ties
    assert dict(tie.parts) == {"booked": BOOKED, "entries": 200, "to_book": 160}
    assert tie.difference == 0


def test_rows_left_out_are_translated_too(options: CloseOptions) -> None:
    # an invoice of 10 USD without a date is left out: 10 × 7.05 = 70.50
    options.sources[0].path.write_text(LEDGER + "A,Alpha,I9,invoice,,,10.00,USD,\n", "utf-8")
    with Engine(threads=1) as engine:
        close = closed(options, engine, account_controls={("functional", "CNY"): Decimal("28275.50")})
        (tie,) = close.account_ties
    assert dict(tie.parts)["left_out"] == Decimal("70.50")
    assert tie.difference == 0


def test_bills_tie_out_in_their_own_currency(options: CloseOptions) -> None:
    controls = {("bill", "JPY"): Decimal(50001), ("contract_asset", "CNY"): Decimal(1)}
    with Engine(threads=1) as engine:
        close = closed(options, engine, account_controls=controls)
        found = [(tie.account, tie.currency, tie.difference) for tie in close.account_ties]
    assert found == [("bill", "JPY", Decimal(0)), ("contract_asset", "CNY", Decimal(-1))]
    assert not close.ties_out


# ---- totals, limits, concentration ----


def test_totals_are_sums_of_customers(options: CloseOptions) -> None:
    with Engine(threads=1) as engine:
        close = closed(options, engine)
    functional = close.functional
    assert functional is not None
    # A: 5,000 + 4,230; B: 14,280 (receivables 16,800); C: 4,650 and a bill of 2,325.05
    held = {b.customer_id: (b.balance, b.exposure) for b in functional.customers}
    assert held == {
        "A": (Decimal("9230.00"), Decimal("9230.00")),
        "B": (Decimal("14280.00"), Decimal("16800.00")),
        "C": (Decimal("4650.00"), Decimal("6975.05")),
    }
    # 14,280 ÷ 28,160 = 0.507102; HHI = (0.507102² + 0.327770² + 0.165128²) × 10,000 = 3,918.5
    assert functional.shares["top_1"] == Decimal("0.507102")
    assert functional.shares["hhi"] is not None
    assert round(functional.shares["hhi"], 1) == Decimal("3918.5")


def test_a_limit_meets_the_exposure_over_all_currencies(options: CloseOptions) -> None:
    with Engine(threads=1) as engine:
        close = closed(options, engine)
        apart = {(x.held.customer_id, x.held.currency): (x.credit_limit, x.status) for x in credit_lines(close)}
        whole = {x.held.customer_id: (x.credit_limit, x.exposure, x.status) for x in functional_lines(close)}
        watched = [(w.line.held.customer_id, w.action) for w in watch_list(close, functional_lines(close))]
        plan = exposure_book.plan(close)
    # 5,000 CNY alone is within 9,000 CNY; with 600 USD × 7.05 = 4,230 it is not
    assert apart["A", "CNY"] == apart["A", "USD"] == (None, "whole")
    assert whole == {
        "A": (Decimal("9000.00"), Decimal("9230.00"), "over"),
        "B": (Decimal("25200.00"), Decimal("16800.00"), "within"),  # 3,000 EUR × 8.40
        "C": (Decimal("7050.00"), Decimal("6975.05"), "within"),  # 1,000 USD × 7.05
    }
    assert ("A", "over") in watched
    assert plan.cells["selected_currency"] == "CNY Σ"


def test_without_rates_limits_stay_in_their_own_currency(options: CloseOptions) -> None:
    with Engine(threads=1) as engine:
        close = closed(options, engine, rates=None, functional=None)
        found = {(x.held.customer_id, x.held.currency): x.status for x in credit_lines(close)}
        assert functional_lines(close) == []
        assert functional_rows.headline(close) is None
        assert movements_book.plan(close).tables["currencies"].count == 0
    assert found == {
        ("A", "CNY"): "within",
        ("A", "USD"): "other_currency",
        ("B", "EUR"): "within",
        ("C", "JPY"): "other_currency",
    }


@pytest.mark.parametrize(
    ("gone", "key"),
    [("JPY", "rate_missing"), ("USD", "rate_missing")],  # the dollar is also the currency of a limit
)
def test_one_currency_without_a_rate_and_nothing_is_added(options: CloseOptions, gone: str, key: str) -> None:
    assert options.rates is not None
    kept = [line for line in RATES.splitlines() if gone not in line]
    options.rates.write_text("\n".join(kept) + "\n", "utf-8")
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as refused:
        closed(options, engine)
    assert refused.value.key == f"functional_remarks.{key}"
    assert f"{gone}/CNY for 2026-10-31" in refused.value.text("en")


def test_the_currency_of_a_limit_needs_a_rate_too(options: CloseOptions) -> None:
    options.sources[1].path.write_text(CUSTOMERS.replace("USD", "GBP"), "utf-8")
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as refused:
        closed(options, engine)
    assert "GBP/CNY" in refused.value.text("en")


def test_the_functional_currency_is_told_by_the_rates(options: CloseOptions) -> None:
    with Engine(threads=1) as engine:
        close = closed(options, engine, functional=None)
    assert close.functional is not None
    assert close.functional.currency == "CNY"


# ---- the workbook, the seal, the command line ----


def test_the_rows_of_all_currencies_close_the_table(options: CloseOptions) -> None:
    with Engine(threads=1) as engine:
        rows = functional_rows.rows(closed(options, engine))["currencies"]
    amounts = ("functional", "booked", "unrealized", "not_revalued", "realized")
    for account in ("Receivables", "Bills"):
        own: list[Mapping[str, Any]] = [row for row in rows if row["account"] == account]
        *each, whole = own
        assert whole["original"] == "CNY Σ"
        assert [whole[name] for name in amounts] == [sum(row[name] for row in each) for name in amounts]


def test_buckets_and_what_stands_beside_them_add_up_to_the_balance(options: CloseOptions) -> None:
    with Engine(threads=1) as engine:
        rows = functional_rows.rows(closed(options, engine))["functional_totals"]
    found = {row["item"]: row.get("amount") for row in rows}
    # not due: 2,000 EUR × 8.40; 1–30: 5,000 CNY (26 days) and 100,000 JPY × 0.0465 (11 days); 31–60: 600 USD × 7.05
    # (51 days); unapplied: the advance, −300 × 8.40
    expected = {"Not due": "16800", "1–30 days": "9650", "31–60 days": "4230", "Unapplied": "-2520", "Balance": "28160"}
    assert {item: found[item] for item in expected} == {item: Decimal(amount) for item, amount in expected.items()}
    assert (found["Overdue"], found["Bills"]) == (Decimal(13880), Decimal("2325.05"))


def test_a_sealed_close_verifies_and_says_it_all(options: CloseOptions, tmp_path: Path) -> None:
    asked = replace(
        options, account_controls={("functional", "CNY"): BOOKED, ("bill", "JPY"): Decimal(50001)}, language="zh"
    )
    outcome = close_month(asked)
    assert outcome.headlines[-1] == (
        "全部折合 CNY：应收 28,160.00，其中逾期 13,880.00；入账 27,845.00，未实现汇兑损益 360.00，"
        "自 2026-07-31 起已实现 -90.00；预收款按入账金额列示，与期末折算额相差 -45.00。"
    )
    assert "在汇兑差额 360.00 入账之前核对相符" in outcome.tie_out_words
    sealed = json.loads((tmp_path / "out" / SEAL).read_text("utf-8"))
    assert sealed["functional"]["rates"]["JPY"] == {"rate": "0.0465", "date": "2026-10-30", "source": "PBoC"}
    assert sealed["account_tie_out"][0]["parts"] == {"booked": "27845", "to_book": "360"}
    verdict = verify(tmp_path / "out", [tmp_path])
    assert (verdict.findings, verdict.recomputed) == ((), True)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("cash:CNY=1", "no such account"),
        ("functional:XXZ=1", "XXZ"),
        ("functional:CNY", "write a control total"),
    ],
)
def test_control_totals_that_name_no_account(word: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["close", "ledger.csv", "--as-of", "2026-10-31", "--control-total", word])
    assert said in capsys.readouterr().err


# ---- tax ----

SALES = "Month,Sales,Currency\n2026-08,1000.00,CNY\n2026-09,100.05,CNY\n2026-10,500.00,USD\n"


@pytest.mark.parametrize(
    ("rates", "sold", "put_on"),
    [
        ({}, ("1100.05", "500.00"), {}),
        # 1,000 × 1.13 = 1,130; 100.05 × 1.13 = 113.0565 → 113.06; exports bear none
        ({"CNY": "0.13", "USD": "0"}, ("1243.06", "500.00"), {"CNY": "0.13", "USD": "0"}),
        ({"": "0.13"}, ("1243.06", "565.00"), {"CNY": "0.13", "USD": "0.13"}),
    ],
)
def test_sales_without_tax_are_raised_to_the_basis_of_receivables(
    options: CloseOptions, tmp_path: Path, rates: dict[str, str], sold: tuple[str, str], put_on: dict[str, str]
) -> None:
    (tmp_path / "sales.csv").write_text(SALES, "utf-8")
    asked = replace(options, sources=(*options.sources, Source(tmp_path / "sales.csv", "sales")))
    with Engine(threads=1) as engine:
        close = closed(asked, engine, vat_rates={code: Decimal(rate) for code, rate in rates.items()})
    found = {f.currency: f.sales.sales for f in close.figures}
    assert (found["CNY"], found["USD"]) == tuple(map(Decimal, sold))
    assert close.vat_rates == {code: Decimal(rate) for code, rate in put_on.items()}
    assert len(functional_rows.tax_basis(close)) == (1 if put_on else 0)


def test_the_policy_may_say_that_sales_come_without_tax(options: CloseOptions, tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES, "utf-8")
    (tmp_path / "policy.toml").write_text(
        '[[close]]\nfrom = 2000-01-01\nscheme = "standard"\ndisputed = "separate"\nunapplied = "separate"\n'
        'period_months = 3\nvat_rate = "0.13"\n',
        "utf-8",
    )
    asked = replace(options, sources=(*options.sources, Source(tmp_path / "sales.csv", "sales")))
    with Engine(threads=1) as engine:
        close = closed(asked, engine, policy=tmp_path / "policy.toml")
    assert next(f.sales.sales for f in close.figures if f.currency == "CNY") == Decimal("1243.06")


def test_net_of_tax_by_document(tmp_path: Path) -> None:
    # 113 with 13 of tax, 56.50 open: 56.50 × 100 ÷ 113 = 50.00. 10.00 with 1.15 of tax, all open: 8.85. The third
    # document tells no tax.
    (tmp_path / "ledger.csv").write_text(
        "Customer ID,Invoice No,Invoice Date,Due Date,Amount,Open amount,Tax amount,Currency\n"
        "A,I1,2026-09-01,2026-10-01,113.00,56.50,13.00,CNY\n"
        "A,I2,2026-09-01,2026-10-01,10.00,10.00,1.15,CNY\n"
        "A,I3,2026-09-01,2026-10-01,7.00,7.00,,CNY\n",
        "utf-8",
    )
    with Engine(threads=1) as engine:
        figured(CloseOptions((Source(tmp_path / "ledger.csv"),), AS_OF, tmp_path / "out"), engine)
        (own,) = net_of_tax(engine)
    assert (own.currency, own.gross, own.net, own.untold) == ("CNY", Decimal("66.50"), Decimal("58.85"), Decimal(7))
    assert net_open(Decimal("0.05"), Decimal("1.13"), Decimal("1.00"), 2) == Decimal("0.04")  # 0.0442…


def test_reconciling_items_that_stand_beside_are_not_translated_twice() -> None:
    # excluded disputes are open all the same, entries of the export have a line of their own
    from duebook.close.functional_figures import _left_out

    items = [
        ReconcilingItem("CNY", "close.disputes_excluded", 1, Decimal(5)),
        ReconcilingItem("CNY", "close.revaluation_entries", 1, Decimal(6)),
        ReconcilingItem("CNY", "ledger.date_missing", 1, Decimal(7)),
        ReconcilingItem(None, "ledger.currency_missing", 1, Decimal(8)),
    ]
    assert _left_out(items, "CNY", {}) == 7
