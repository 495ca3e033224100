"""Statements of account of a small ledger of every kind: each entry, item and age worked out on paper."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close import statement, statement_book
from duebook.close.statement import Asked, Statement
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from tests.close.sealed_closes import sealed, table

HEAD = (
    "Customer ID | Customer | Document No | Type | Issued | Due Date | Amount | Currency | "
    "Applies to | Disputed amount | 抵销协议号 | Recourse"
)
LEDGER = f"""
{HEAD}
C1 | Blue Pine | I1 | Invoice | 2026-08-01 | 2026-08-31 | 1000.00 | CNY | | | |
C1 | Blue Pine | I2 | Invoice | 2026-10-05 | 2026-11-04 | 600.00 | CNY | | | |
C1 | Blue Pine | I3 | Invoice | 2026-09-10 | 2026-10-10 | 500.00 | CNY | | 120.00 | |
C1 | Blue Pine | K1 | Credit note | 2026-10-06 | 2026-10-06 | 50.00 | CNY | I1 | | |
C1 | Blue Pine | B1 | 银行承兑汇票 | 2026-10-08 | 2026-12-01 | 300.00 | CNY | I1 | | |
C1 | Blue Pine | W1 | Write-off | 2026-10-09 | 2026-10-09 | 20.00 | CNY | I1 | | |
C1 | Blue Pine | N1 | Netting | 2026-10-11 | 2026-10-11 | 30.00 | CNY | I2 | | A-1 |
C1 | Blue Pine | J1 | Journal | 2026-10-12 | 2026-11-12 | 5.00 | CNY | | | |
C1 | Blue Pine | R1 | Retention | 2026-10-13 | 2027-10-13 | 60.00 | CNY | I2 | | |
C1 | Blue Pine | F1 | Factoring | 2026-10-14 | 2026-10-14 | 15.00 | CNY | I2 | | | without
C1 | Blue Pine | A1 | Advance | 2026-10-20 | 2026-10-20 | 80.00 | CNY | | | |
C1 | Blue Pine | U1 | Invoice | 2026-09-01 | 2026-10-31 | 200.00 | USD | | | |
C2 | 青松贸易 | I9 | Invoice | 2026-08-01 | 2026-08-31 | 10.00 | CNY | | | |
C3 | Green Hill | I7 | Invoice | 2026-10-30 | 2026-11-30 | 70.00 | CNY | | | |
"""
PAID = """
Customer ID | Payment No | Document type | Payment Date | Applies to | Amount | Currency
C1 | P1 | payment | 2026-09-05 | I1 | 250.00 | CNY
C1 | P2 | payment | 2026-10-15 | I1 | 100.00 | CNY
C1 | P3 | payment | 2026-11-02 | I3 | 60.00 | CNY
C2 | P9 | payment | 2026-09-30 | I9 | 10.00 | CNY
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = tmp_path_factory.mktemp("statement")
    paid = "payments", table(held / "paid.csv", PAID)
    return sealed(held / "close", "2026-10-31", table(held / "ledger.csv", LEDGER), paid)


def stated(folder: Path, *customers: str, overdue: bool = False, since: date | None = None) -> list[Statement]:
    with Engine(threads=1) as engine:
        return list(statement.opened(folder, engine, Asked(customers, overdue, since)))


def test_the_movements_of_every_kind_with_their_running_balance(folder: Path) -> None:
    cny, usd = stated(folder, "C1")
    # on 30 September: I1 1000 − 250 = 750, I3 500
    assert (cny.addressee.currency, cny.since, cny.opening) == ("CNY", date(2026, 10, 1), Decimal(1250))
    assert [(e.day and e.day.day, e.document_id, e.what, e.against, e.amount, e.balance) for e in cny.entries] == [
        (5, "I2", "invoice", None, Decimal(600), Decimal(1850)),
        (6, "K1", "credit_note", "I1", Decimal(-50), Decimal(1800)),
        (8, "B1", "bill", "I1", Decimal(-300), Decimal(1500)),
        (9, "W1", "write_off", "I1", Decimal(-20), Decimal(1480)),
        (11, "N1", "netting", "I2", Decimal(-30), Decimal(1450)),
        (12, "J1", "journal", None, Decimal(5), Decimal(1455)),
        (13, "R1", "retention", None, Decimal(60), Decimal(1515)),
        (13, "R1", "retention", "I2", Decimal(-60), Decimal(1455)),
        (14, "F1", "factoring", "I2", Decimal(-15), Decimal(1440)),
        (15, "P2", "payment", "I1", Decimal(-100), Decimal(1340)),
        (20, "A1", "advance", None, Decimal(-80), Decimal(1260)),
    ]
    assert cny.telling == ("write_off", "factoring")
    assert (usd.opening, usd.entries, usd.balance) == (Decimal(200), (), Decimal(200))


def test_open_items_and_their_ages(folder: Path) -> None:
    cny, usd = stated(folder, "C1")
    # I1: 1000 − 250 − 50 − 300 − 20 − 100 = 280, 61 days late; I3: 500, of it 120 disputed, 21 days late (paid in
    # November); I2: 600 − 30 − 60 − 15 = 495; the advance of 80 stands apart, the bill of 300 in a column of its own
    assert [(i.document_id, i.days_overdue, i.open, i.disputed, i.bill) for i in cny.items] == [
        ("I1", 61, Decimal(280), Decimal(0), False),
        ("I3", 21, Decimal(500), Decimal(120), False),
        ("I2", None, Decimal(495), Decimal(0), False),
        ("J1", None, Decimal(5), Decimal(0), False),
        ("R1", None, Decimal(60), Decimal(0), False),
        ("A1", None, Decimal(-80), Decimal(0), False),
        ("B1", None, Decimal(300), Decimal(0), True),
    ]
    # 280 + 500 + 495 + 5 + 60 − 80 = 1260, the end of the running balance; overdue: 280 + (500 − 120) = 660
    assert (cny.balance, cny.bills, cny.overdue, cny.oldest_days) == (Decimal(1260), Decimal(300), Decimal(660), 61)
    # not due 495 + 5 + 60, 1–30 days 380, 61–90 days 280, disputed 120, credits −80: 560 + 380 + 280 + 120 − 80 = 1260
    assert [int(amount) for amount in cny.buckets] == [560, 380, 0, 280, 0, 0]
    assert (cny.disputed, cny.credits) == (Decimal(120), Decimal(-80))
    # due on the as-of date is not overdue
    assert (usd.overdue, [int(amount) for amount in usd.buckets]) == (Decimal(0), [200, 0, 0, 0, 0, 0])


def test_an_earlier_first_day_moves_what_the_opening_held_into_the_movements(folder: Path) -> None:
    cny, _ = stated(folder, "C1", since=date(2026, 9, 5))
    # I1 stood at 1000 on 4 September; then P1 −250 and I3 +500
    assert cny.opening == Decimal(1000)
    assert [(e.document_id, e.balance) for e in cny.entries][:2] == [("P1", Decimal(750)), ("I3", Decimal(1250))]
    assert cny.entries[-1].balance == Decimal(1260)


def test_whose_statements(folder: Path) -> None:
    with Engine(threads=1) as engine:
        everyone = statement.opened(folder, engine, Asked())
        assert [(a.customer_id, a.currency) for a in everyone.addressees] == [
            ("C1", "CNY"),
            ("C1", "USD"),
            ("C3", "CNY"),
        ]
        late = statement.opened(folder, engine, Asked(overdue=True))
        assert [(a.customer_id, a.currency) for a in late.addressees] == [("C1", "CNY")]
        named = statement.opened(folder, engine, Asked(("green", "C2", "C3")))
        assert [a.customer_id for a in named.addressees] == ["C3"]
        assert named.without == ("C2",)
        paid = statement.opened(folder, engine, Asked(("C2",), since=date(2026, 9, 30)))
        (own,) = paid
        assert (own.opening, own.entries[0].against, own.balance) == (Decimal(10), "I9", Decimal(0))


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (Asked(("nobody",)), "show.no_customer"),
        (Asked(("C",)), "statement.several"),
        (Asked(("C1",), since=date(2026, 11, 1)), "statement.from_later"),
    ],
)
def test_what_is_refused(folder: Path, asked: Asked, key: str) -> None:
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as refusal:
        statement.opened(folder, engine, asked)
    assert refusal.value.key == key


def test_more_rows_than_a_sheet_holds_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "MOST_ROWS", 17)  # C1 has 11 entries and 7 items in CNY
    with pytest.raises(DuebookError) as refusal:
        stated(folder, "C1")
    assert refusal.value.key == "statement.too_long"
    assert "18 rows" in refusal.value.text("en")


def test_a_list_of_open_items_says_what_it_does_not_tell(tmp_path: Path) -> None:
    ledger = """
    Customer ID | Document No | Issued | Due Date | Amount | Open amount | Currency
    C1 | I1 | 2026-10-02 | 2026-10-20 | 100.00 | 40.00 | EUR
    """
    sealed(tmp_path / "close", "2026-10-31", table(tmp_path / "l.csv", ledger))
    (own,) = stated(tmp_path / "close", "C1")
    # 100 billed, 60 of it settled on a day that the list does not tell
    assert [(e.what, e.day and e.day.day, e.amount) for e in own.entries] == [
        ("invoice", 2, Decimal(100)),
        ("undated", None, Decimal(-60)),
    ]
    assert (own.opening, own.balance, own.listed) == (Decimal(0), Decimal(40), True)
    labels = {"en": [str(n) for n in range(6)], "zh": [str(n) for n in range(6)]}
    notes = statement_book.plan(own, labels, "en", {}).cells["notes"]
    assert notes and "list of what is open" in str(notes)


def test_disputes_that_the_policy_ages_are_noted_only(tmp_path: Path) -> None:
    ledger = """
    Customer ID | Document No | Issued | Due Date | Amount | Disputed amount | Currency
    C1 | I1 | 2026-09-01 | 2026-10-01 | 100.00 | 30.00 | EUR
    """
    source = table(tmp_path / "l.csv", ledger)
    sealed(tmp_path / "aged", "2026-10-31", source, disputed="open")
    sealed(tmp_path / "excluded", "2026-10-31", source, disputed="exclude")
    (aged,) = stated(tmp_path / "aged", "C1")
    assert (aged.overdue, aged.disputed, aged.balance) == (Decimal(100), Decimal(0), Decimal(100))
    # left out of the aged balance, but not of what the customer is told
    (excluded,) = stated(tmp_path / "excluded", "C1")
    assert (excluded.overdue, excluded.disputed, excluded.balance) == (Decimal(70), Decimal(30), Decimal(100))


@pytest.mark.parametrize(
    ("language", "customer", "said"),
    [
        ("en", "C1", "On 2026-10-31 you owe us CNY 1,260.00. 660.00 of it is overdue, the oldest by 61 days."),
        ("zh", "C1", "截至 2026-10-31，贵公司尚欠我方 CNY 1,260.00，其中逾期 660.00，最长逾期 61 天。"),
        ("en", "C3", "On 2026-10-31 you owe us CNY 70.00. Nothing of it is overdue."),
    ],
)
def test_the_headline(folder: Path, language: str, customer: str, said: str) -> None:
    assert statement_book.headline(stated(folder, customer)[0], language) == said
