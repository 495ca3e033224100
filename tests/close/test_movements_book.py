"""The movements workbook on a small ledger of every kind: each line, account and credit worked out on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close import movements_rows
from duebook.close.movements_book import plan
from duebook.close.options import CloseOptions, Period
from duebook.close.result import Close
from duebook.close.roll_forward import rolled
from duebook.close.run import close_month, figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source
from tests.close.test_hand_checked_ledgers import AS_OF, written

HEAD = (
    "Customer ID | Document No | Type | Invoice Date | Due Date | Amount | Currency | "
    "Applies to | Recourse | 抵销协议号 | Relation | Bill status"
)
LEDGER = f"""
    {HEAD}
    C1 | I1 | Invoice | 2026-09-10 | 2026-10-10 | 1000.00 | CNY | | | | |
    C1 | I2 | Invoice | 2026-10-05 | 2026-11-04 | 600.00 | CNY | | | | |
    C1 | K1 | Credit note | 2026-10-06 | 2026-10-06 | 50.00 | CNY | I1 | | | |
    C1 | B1 | 银行承兑汇票 | 2026-10-08 | 2026-12-01 | 300.00 | CNY | I1 | | | | 持有
    C1 | B2 | 商业承兑汇票 | 2026-06-08 | 2026-10-01 | 40.00 | CNY | | | | | 拒付
    C1 | W1 | Write-off | 2026-10-09 | 2026-10-09 | 20.00 | CNY | I1 | | | |
    C1 | F1 | Factoring | 2026-10-10 | 2026-10-10 | 100.00 | CNY | I2 | without | | |
    C1 | N1 | Netting | 2026-10-11 | 2026-10-11 | 30.00 | CNY | I2 | | A-1 | |
    C1 | J1 | Journal | 2026-10-12 | 2026-11-12 | 5.00 | CNY | | | | |
    C1 | R1 | Retention | 2026-10-05 | 2027-10-05 | 60.00 | CNY | I2 | | | |
    C2 | I3 | Invoice | 2026-10-07 | 2026-11-06 | 200.00 | CNY | | | | Related party |
    C2 | A1 | Advance | 2026-10-20 | 2026-10-20 | 260.00 | CNY | | | | Related party |
"""
PAID = """
    Customer ID | Payment No | Payment Date | Applies to | Amount | Currency
    C1 | P1 | 2026-10-15 | I1 | 400.00 | CNY
"""


@pytest.fixture
def close(tmp_path: Path) -> Close:
    sources = (
        Source(written(tmp_path / "ledger.csv", LEDGER)),
        Source(written(tmp_path / "paid.csv", PAID), "payments"),
    )
    period = Period(date(2026, 10, 1), AS_OF)
    return figured(CloseOptions(sources, AS_OF, tmp_path / "out", period=period), Engine(threads=1))


def test_the_roll_forward_of_every_kind(close: Close) -> None:
    forward = rolled(close)
    assert (forward.since, forward.sealed) == (date(2026, 9, 30), False)
    rows = {row["movement"]: row for row in movements_rows.roll_lines(close, forward)}
    # receivables: 1000 + (600 + 200) − 50 − (400 + 260 advance) − 20 − 300 bill − 30 − 100 + (60 − 60) + 5 = 645
    assert {name: row["receivable"] for name, row in rows.items()} == {
        "Opening": Decimal(1000),
        "Invoiced": Decimal(800),
        "Credit notes": Decimal(-50),
        "Cash": Decimal(-660),
        "Write-offs": Decimal(-20),
        "Bills": Decimal(-300),
        "Netting": Decimal(-30),
        "Factoring": Decimal(-100),
        "Journals": Decimal(5),
        "Closing": Decimal(645),
    }
    assert {name: rows[name]["bill"] for name in ("Opening", "Bills", "Closing")} == {
        "Opening": Decimal(40),
        "Bills": Decimal(300),
        "Closing": Decimal(340),
    }
    # C1: 1000 − 50 − 400 − 20 − 300 + 600 − 30 − 100 + 5 = 705 (the retention of 60 in it), C2: 200 − 260 = −60
    by_customer = {row["customer_id"]: row["closing"] for row in movements_rows.roll_forward(forward)}
    assert by_customer == {"C1": Decimal(705), "C2": Decimal(-60)}
    assert set(movements_rows.unused_lines(forward)) == {"changed", "retention", "fx", "undated"}


def test_credits_stand_apart_on_the_balance_sheet(close: Close) -> None:
    (row,) = movements_rows.balance_sheet(close)
    assert {key: row[key] for key in ("gross", "contract_liabilities", "other_credits", "balance", "notes")} == {
        "gross": Decimal(905),  # 705 of C1, 200 of C2
        "contract_liabilities": Decimal(-260),
        "other_credits": Decimal(0),
        "balance": Decimal(645),
        "notes": Decimal(340),
    }
    assert row["retained"] == Decimal(60)
    allowance = row["allowance"]
    assert isinstance(allowance, Decimal) and row["carrying"] == Decimal(905 + 340) - allowance
    (credit,) = movements_rows.net_credit(close)
    assert (credit["customer_id"], credit["balance"]) == ("C2", Decimal(-60))


def test_bills_by_maturity_and_related_parties(close: Close) -> None:
    rows = [(row["span"], row["items"], row["open"]) for row in movements_rows.bill_maturities(close)]
    # B2 matured on 1 October; B1 matures on 1 December, 31 days on
    assert rows == [("past maturity", 1, Decimal(40)), ("31–60 days", 1, Decimal(300))]
    (related,) = movements_rows.related(close)
    assert (related["customer_id"], related["relation"], related["balance"]) == ("C2", "Related party", Decimal(-60))


def test_bills_by_status_and_what_was_set_off(close: Close) -> None:
    states = [(row["status"], row["recourse"], row["items"], row["open"]) for row in movements_rows.bill_states(close)]
    assert states == [("held", None, 1, Decimal(300)), ("▲ dishonored", None, 1, Decimal(40))]
    rows = movements_rows.netting(close, date(2026, 9, 30))
    columns = [column.key for column in rows.columns]
    ((found,),) = rows.batches(10)
    row = dict(zip(columns, found, strict=True))
    assert (row["customer_id"], row["document_id"], row["agreement_id"], row["settles"], row["amount"]) == (
        "C1",
        "N1",
        "A-1",
        "I2",
        Decimal(-30),
    )
    assert row["day"] == date(2026, 10, 11)
    assert movements_rows.netting(close, date(2026, 10, 11)).count == 0, "of the period only"


def test_the_chart_s_bars_lead_from_the_opening_to_the_closing(close: Close) -> None:
    (row,) = movements_rows.figures(close, rolled(close))
    # 1000 + 800 − 50 − 660 = 1090; write-offs 20, bills 300, netting 30, factoring 100 less, journals 5 more: −445; 645
    assert [row[f"bar_{n}"] for n in range(1, 7)] == [
        "Opening\n1,000",
        "Invoiced\n800",
        "Credit notes\n(50)",
        "Cash\n(660)",
        "Other\n(445)",
        "Closing\n645",
    ]
    # 645 of 1000: 355 less, 35.5 %
    assert row["chart_title"] == "CNY 355.00 (35.5%) less receivable than on 2026-09-30"
    assert row["headline"] == (
        "CNY 1,000.00 receivable on 2026-09-30, 645.00 on 2026-10-31: 800.00 invoiced, 660.00 received."
    )


def test_a_ledger_without_any_of_it_says_how_to_get_it(tmp_path: Path) -> None:
    simple = """
        Customer ID | Document No | Invoice Date | Due Date | Amount | Currency
        C1 | I1 | 2026-10-10 | 2026-11-10 | 10.00 | EUR
    """
    options = CloseOptions((Source(written(tmp_path / "l.csv", simple)),), AS_OF, tmp_path / "out")
    with Engine(threads=1) as engine:
        cells = plan(figured(options, engine)).cells
        assert all(cells[name] for name in ("bills_words", "retention_words", "related_words"))


def test_with_a_previous_close_the_sealed_balances_open_it(tmp_path: Path) -> None:
    first = written(tmp_path / "a.csv", LEDGER)
    before = CloseOptions((Source(first),), date(2026, 9, 30), tmp_path / "september")
    close_month(before)
    # after September was sealed, somebody books an invoice of September: it is a change of the past, not of October
    late = LEDGER + "    C1 | I9 | Invoice | 2026-09-20 | 2026-10-20 | 77.00 | CNY | | | | |\n"
    sources = (Source(written(tmp_path / "b.csv", late)),)
    options = CloseOptions(sources, AS_OF, tmp_path / "october", previous=tmp_path / "september")
    with Engine(threads=1) as engine:
        forward = rolled(figured(options, engine))
    assert (forward.since, forward.sealed) == (date(2026, 9, 30), True)
    own = next(line for line in forward.lines if (line.customer_id, line.account) == ("C1", "receivable"))
    assert (own.opening, own.lines["changed"], own.unexplained) == (Decimal(1000), Decimal(77), Decimal(0))
