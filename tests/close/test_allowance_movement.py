"""How the allowance moves from close to close, and what own closes propose as loss rates, worked out on paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.close import allowance_rows, detail, seal
from duebook.close.options import CloseOptions, Period
from duebook.close.own_rates import rolled, staged
from duebook.close.result import Close
from duebook.close.run import close_month, figured
from duebook.close.slots_movements import ALLOWANCE_TABLES
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import EDITIONS
from duebook.ledger.files import Source
from tests.close.test_allowance import HEAD, RATES, table

PAID = "Customer ID | Payment No | Payment Type | Payment Date | Applies to | Amount | Currency"
ZERO, ONE = Decimal(0), Decimal(1)

LEDGER = f"""
{HEAD} | Applies to
C1 | I1 | Invoice | 2026-08-01 | 2026-09-10 | 1000.00 | CNY |
C2 | I2 | Invoice | 2026-05-01 | 2026-06-01 | 400.00 | CNY |
C3 | I3 | Invoice | 2026-05-01 | 2026-06-01 | 200.00 | CNY |
C3 | I4 | Invoice | 2026-10-05 | 2026-11-05 | 500.00 | CNY |
C3 | W1 | Write-off | 2026-10-20 | 2026-10-20 | 150.00 | CNY | I3
C2 | W2 | Write-off | 2026-10-25 | 2026-10-25 | 400.00 | CNY | I2
"""
PAYMENTS = f"""
{PAID}
C2 | P1 | Receipt | 2026-10-28 | I2 | 60.00 | CNY
"""
CUSTOMERS = "Customer ID | Customer Name | Specific rate\nC2 | Two | 80 %\n"


class Books:
    """A firm's ledger, closed on several days; `sealed` leaves a close's seal and detail in a folder."""

    def __init__(self, folder: Path, ledger: str, payments: str = "", customers: str = "", policy: str = RATES) -> None:
        self.folder = folder
        sources = [Source(table(folder / "ledger.csv", ledger))]
        if payments:
            sources.append(Source(table(folder / "payments.csv", payments), "payments"))
        if customers:
            sources.append(Source(table(folder / "customers.csv", customers), "customers"))
        (folder / "policy.toml").write_text(policy, "utf-8")
        self.options = CloseOptions(
            tuple(sources), date(2026, 10, 31), folder / "out", policy=folder / "policy.toml", language="en"
        )

    def at(self, day: str, engine: Engine, **options: object) -> Close:
        return figured(replace(self.options, as_of=date.fromisoformat(day), **options), engine)  # type: ignore[arg-type]

    def sealed(self, day: str, **options: object) -> Path:
        folder = self.folder / day
        folder.mkdir()
        with Engine(threads=1) as engine:
            close = self.at(day, engine, **options)
            seal.written(folder, seal.seal(close, [], detail.write(close, folder)))
        return folder


@pytest.fixture
def engine() -> object:
    with Engine(threads=1) as engine:
        yield engine


def lines(close: Close) -> list[tuple[object, ...]]:
    """account, part: opening + charge − reversal − write-offs + recoveries = closing."""
    return [
        (m.account, m.part, m.opening, m.charge, m.reversal, m.write_offs, m.recoveries, m.closing)
        for m in close.allowance_movement
    ]


def test_the_movement_on_paper(tmp_path: Path, engine: Engine) -> None:
    books = Books(tmp_path, LEDGER, PAYMENTS, CUSTOMERS)
    september = books.sealed("2026-09-30")
    close = books.at("2026-10-31", engine, previous=september)
    # September: I1 20 days late 1000 × 10 % = 100, I3 121 days late 200 × 50 % = 100; C2 by itself 400 × 80 % = 320
    # October: I1 51 days 1000 × 20 % = 200, I3 50 left × 50 % = 25, I4 500 × 1 % = 5: 230; of C2 nothing is left
    # pool: 200 − 150 written off = 50, so 180 are charged to 230
    # specific: 320 − 400 written off + 60 received on what was written off = −20, so 20 are charged to 0
    assert lines(close) == [
        ("receivable", "specific", 320, 20, 0, 400, 60, 0),
        ("receivable", "pool", 200, 180, 0, 150, 0, Decimal("230.00")),
    ]


def test_what_is_reversed(tmp_path: Path, engine: Engine) -> None:
    ledger = f"{HEAD}\nC1 | I1 | Invoice | 2026-08-01 | 2026-09-10 | 1000.00 | CNY"
    books = Books(tmp_path, ledger, f"{PAID}\nC1 | P1 | Receipt | 2026-10-10 | I1 | 900.00 | CNY")
    close = books.at("2026-10-31", engine, previous=books.sealed("2026-09-30"))
    # 1000 × 10 % = 100 in September, 100 × 20 % = 20 in October: 80 are reversed
    assert lines(close) == [("receivable", "pool", 100, 0, 80, 0, 0, 20)]


def test_without_an_earlier_close_only_the_closing_is_known(tmp_path: Path, engine: Engine) -> None:
    close = Books(tmp_path, LEDGER, PAYMENTS, CUSTOMERS).at("2026-09-30", engine)
    assert lines(close) == [
        ("receivable", "specific", None, None, None, 0, 0, 320),
        ("receivable", "pool", None, None, None, 0, 0, 200),
    ]
    assert "--previous" in (allowance_rows.words(close) or "")


def test_a_close_of_an_older_version_opens_the_pools(tmp_path: Path, engine: Engine) -> None:
    books = Books(tmp_path, LEDGER, PAYMENTS, CUSTOMERS)
    folder = books.sealed("2026-09-30")
    content = json.loads((folder / "close.json").read_text("utf-8"))
    for key in ("allowance", "allowance_movement", "own_loss_rates"):
        del content[key]
    seal.written(folder, content)
    close = books.at("2026-10-31", engine, previous=folder)
    # its total of 520 opens the pools; C2 is no specific item any more, so that its write-off and receipt are theirs
    assert lines(close) == [("receivable", "pool", 520, 200, 0, 550, 60, 230)]
    assert "did not tell specific items apart" in (allowance_rows.words(close) or "")


def test_a_payment_of_what_was_left_is_no_recovery(tmp_path: Path, engine: Engine) -> None:
    ledger = f"""
    {HEAD} | Applies to
    C1 | I1 | Invoice | 2026-05-01 | 2026-06-01 | 100.00 | CNY |
    C1 | W1 | Write-off | 2026-10-02 | 2026-10-02 | 60.00 | CNY | I1
    C9 | I9 | Invoice | 2026-10-30 | 2026-11-30 | 10.00 | USD |
    """
    payments = f"{PAID}\nC1 | P1 | Receipt | 2026-10-10 | I1 | {{amount}} | CNY"
    for amount, recovered in (("40.00", 0), ("70.00", 30), ("140.00", 60)):
        # 100 − 60 leaves 40: what is received beyond that, 60 at most, was written off
        folder = tmp_path / amount
        folder.mkdir()
        books = Books(folder, ledger, payments.format(amount=amount))
        close = books.at("2026-10-31", engine, previous=books.sealed("2026-09-30"))
        line = close.allowance_movement[0]
        assert line.currency == "CNY"
        assert (line.opening, line.write_offs, line.recoveries, line.closing) == (50, 60, recovered, 0)


def test_a_write_off_that_is_reversed_and_its_receipt_are_one_recovery(tmp_path: Path, engine: Engine) -> None:
    ledger = f"""
    {HEAD} | Applies to
    C1 | I1 | Invoice | 2026-05-01 | 2026-06-01 | 100.00 | CNY |
    C1 | I2 | Invoice | 2026-05-01 | 2026-06-01 | 80.00 | CNY |
    C1 | W1 | Write-off | 2026-09-02 | 2026-09-02 | -100.00 | CNY | I1
    C1 | W2 | Write-off | 2026-10-02 | 2026-10-02 | -80.00 | CNY | I2
    C1 | W3 | Write-off | 2026-10-09 | 2026-10-09 | 30.00 | CNY |
    """
    books = Books(tmp_path, ledger, f"{PAID}\nC1 | P1 | Receipt | 2026-10-10 | I1 | 30.00 | CNY")
    close = books.at("2026-10-31", engine, previous=books.sealed("2026-09-30"))
    # September holds I2: 80 × 50 % = 40. October: I2 is written off; 30 come back, booked once as a reversal (W3, which
    # leaves a debit of 30: one day 22 days old) and once as the receipt: one recovery of 30
    (line,) = close.allowance_movement
    assert (line.opening, line.write_offs, line.recoveries) == (40, 80, 30)


def test_the_bad_debt_rate_names_what_it_is_measured_against(tmp_path: Path, engine: Engine) -> None:
    books = Books(tmp_path, LEDGER, PAYMENTS, CUSTOMERS)
    close = books.at("2026-10-31", engine, period=Period(date(2026, 10, 1), date(2026, 10, 31)))
    rows = {row["basis"]: row for row in allowance_rows.rows(close)["bad_debt_rates"]}
    # written off 150 + 400, recovered 60: 490 net. Sales of October 500; receivables 1600 → 1000 + 50 + 500 = 1550
    assert rows["Credit sales"]["rate"] == Decimal("0.98")  # 490 ÷ 500
    assert rows["Average receivables"]["base"] == 1575
    assert rows["Average receivables"]["rate"] == Decimal("0.311111")  # 490 ÷ 1575


# --- rates of own closes

HISTORY = f"""
{HEAD} | Applies to
C1 | A | Invoice | 2026-06-01 | 2026-07-15 | 1000.00 | CNY |
C2 | B | Invoice | 2026-07-01 | 2026-08-15 | 2000.00 | CNY |
C2 | W | Write-off | 2026-10-15 | 2026-10-15 | 300.00 | CNY | B
"""
PAID_LATE = f"""
{PAID}
C1 | P1 | Receipt | 2026-08-20 | A | 400.00 | CNY
C2 | P2 | Receipt | 2026-09-10 | B | 500.00 | CNY
"""
# Not due | 1–30 | 31–60 | >60:  July 2000 | 1000 | 0 | 0;  August 0 | 2000 | 600 | 0;  September 0 | 0 | 1500 | 600;
# October 0 | 0 | 0 | 600 + 1200, with the 300 written off 2100
# 1→2: 2000/2000 = 1, then empty: its rate over all periods, 1
# 2→3: 600/1000 = 0.6, 1500/2000 = 0.75, empty: 2100/3000 = 0.7; mean 2.05/3
# 3→4 (open, so what stood there counts): empty: 1; 600/600 = 1; 2100/(1500 + 600) = 1
ROLLED = (Decimal("0.683333333"), Decimal("0.683333333"), ONE, ONE)
# July's invoices alone are known from their start: B's 2000 sold, 2000 seen in 1–30, 1500 in 31–60; lost are 300
# written off and 1200 left in the last bucket, which passed every stage: 1500/2000, 1500/2000, 1500/1500, 1500/1500
COHORT = (Decimal("0.75"), Decimal("0.75"), ONE, ONE)
MONTHS = ("2026-07-31", "2026-08-31", "2026-09-30")


def history(folder: Path, policy: str = RATES, months: Sequence[str] = MONTHS) -> tuple[Books, tuple[Path, ...]]:
    books = Books(folder, HISTORY, PAID_LATE, policy=policy)
    plain = Books(folder, HISTORY, PAID_LATE)  # the earlier closes went by the policy's rates
    closes = tuple(plain.sealed(month) for month in months)
    (folder / "policy.toml").write_text(policy, "utf-8")
    return books, closes


def test_rates_of_own_closes_on_paper(tmp_path: Path, engine: Engine) -> None:
    books, closes = history(tmp_path)
    close = books.at("2026-10-31", engine, history=closes)
    (own,) = close.own_rates
    assert (own.closes, own.cohorts, own.written_off) == (4, 1, 300)
    assert own.roll.rates == ROLLED and own.cohort.rates == COHORT
    assert own.roll.steps == (ONE, Decimal("0.683333333"), ONE)
    assert [label and label.text("en") for label in own.roll.remarks] == ["pooled", "pooled", "pooled", None]
    # a proposal: the policy's rates count, 1800 × 50 %
    assert close.figures[0].allowance == 900 and close.figures[0].provision.rates_from == "policy"
    rows = allowance_rows.rows(close)["own_loss_rates"]
    assert [row["used_rate"] for row in rows] == [Decimal(x) for x in ("0.01", "0.1", "0.2", "0.5")]
    assert [row["remark"] for row in rows] == [
        "Roll rates: pooled.",
        "Roll rates: pooled.",
        "Roll rates: pooled.",
        "Written off and put back: CNY 300.00. Months of invoices that have run their course: 1.",
    ]


@pytest.mark.parametrize("order", [MONTHS, MONTHS[::-1]])
def test_the_order_of_the_closes_is_theirs(tmp_path: Path, engine: Engine, order: tuple[str, ...]) -> None:
    books, closes = history(tmp_path, months=order)
    assert books.at("2026-10-31", engine, history=closes).own_rates[0].roll.rates == ROLLED


@pytest.mark.parametrize(("method", "rates"), [("roll", ROLLED), ("cohort", COHORT)])
def test_the_policy_may_take_them(tmp_path: Path, engine: Engine, method: str, rates: tuple[Decimal, ...]) -> None:
    books, closes = history(tmp_path, RATES + f'loss_rates = "{method}"\n')
    close = books.at("2026-10-31", engine, history=closes)
    assert close.figures[0].provision.matrices[0].rates == rates
    assert close.figures[0].allowance == 1800  # all stands in the last bucket, which is lost
    assert close.figures[0].provision.rates_from == method
    content = seal.seal(close, [], {})
    assert content["allowance"]["CNY"]["rates"] == method
    assert content["own_loss_rates"]["CNY"]["cohort"] == ["0.75", "0.75", "1", "1"]


def test_what_is_lost_of_the_last_bucket_is_policy(tmp_path: Path, engine: Engine) -> None:
    policy = (
        RATES + 'loss_rates = "roll"\n[[allowance]]\nfrom = 2000-01-01\ncover = "ignored"\nlast_bucket_loss = "0.6"\n'
    )
    books, closes = history(tmp_path, policy)
    close = books.at("2026-10-31", engine, history=closes)
    # 0.6; × 1; × 2.05/3 = 0.41; × 1
    assert close.own_rates[0].roll.rates == (Decimal("0.41"), Decimal("0.41"), Decimal("0.6"), Decimal("0.6"))
    assert close.figures[0].allowance == 1080  # 1800 × 60 %


def test_without_the_detail_there_are_roll_rates_only(tmp_path: Path, engine: Engine) -> None:
    books, closes = history(tmp_path)
    (closes[1] / "detail" / "items.parquet").unlink()
    (own,) = books.at("2026-10-31", engine, history=closes).own_rates
    assert own.roll.rates == ROLLED and own.cohort.rates is None
    assert "2026-08-31" in own.cohort.said.text("en") and "2026-08-31" in own.cohort.said.text("zh")


def test_a_month_that_is_still_under_way_is_no_cohort(tmp_path: Path, engine: Engine) -> None:
    books, closes = history(tmp_path)
    more = HISTORY + "C3 | D | Invoice | 2026-07-20 | 2026-10-20 | 10.00 | CNY |\n"
    table(tmp_path / "ledger.csv", more)
    (own,) = books.at("2026-10-31", engine, history=closes).own_rates
    assert own.cohort.rates is None and own.cohorts == 0
    assert "run its course" in own.cohort.said.text("en")


def test_a_month_that_was_quickly_paid_is_no_cohort_before_its_time(tmp_path: Path, engine: Engine) -> None:
    """Else the months that are paid well would be known first, and the rates look better than they are."""
    books, closes = history(tmp_path)
    table(tmp_path / "ledger.csv", HISTORY + "C3 | D | Invoice | 2026-08-20 | 2026-09-20 | 9000.00 | CNY |\n")
    table(tmp_path / "payments.csv", PAID_LATE + "C3 | P3 | Receipt | 2026-08-25 | D | 9000.00 | CNY\n")
    (own,) = books.at("2026-10-31", engine, history=closes).own_rates
    assert own.cohorts == 1 and own.cohort.rates == COHORT  # August's 9000 are 41 days late at most by now


def test_closes_that_do_not_lie_a_bucket_apart_roll_nothing(tmp_path: Path, engine: Engine) -> None:
    books, closes = history(tmp_path, months=("2026-06-30", "2026-07-31", "2026-09-30"))
    (own,) = books.at("2026-10-31", engine, history=closes).own_rates
    assert own.roll.rates is None and "2026-07-31" in own.roll.said.text("en")


def refused(books: Books, closes: Sequence[Path], key: str, **options: object) -> str:
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as refusal:
        books.at("2026-10-31", engine, history=tuple(closes), **options)
    assert refusal.value.key == f"allowance.{key}"
    assert refusal.value.text("zh") != refusal.value.text("en")
    return refusal.value.text("en")


def test_what_is_refused(tmp_path: Path) -> None:
    books, closes = history(tmp_path)
    assert "at least 3 earlier closes; 2 given" in refused(books, closes[:2], "history_short")
    assert "2026-09-30" in refused(books, [*closes, closes[2]], "history_twice")
    assert "three, open" in refused(books, closes, "history_basis", disputed="open")
    assert "separate, fold" in refused(books, closes, "history_basis", unapplied="fold")
    late = books.sealed("2026-11-30")
    assert "2026-11-30" in refused(books, [*closes, late], "history_late")


def test_rates_that_the_policy_takes_must_be_there(tmp_path: Path) -> None:
    books, closes = history(tmp_path, RATES + 'loss_rates = "roll"\n')
    assert "at least 3" in refused(books, (), "history_missing")
    table(tmp_path / "ledger.csv", HISTORY + "C3 | D | Invoice | 2026-10-20 | 2026-11-20 | 10.00 | USD |\n")
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as refusal:
        books.at("2026-10-31", engine, history=closes)
    said = refusal.value  # USD rolls nothing yet: its only balance is this close's
    assert said.key == "allowance.no_rates" and "USD" in said.text("en")
    assert "hold nothing" in said.text("en") and "均无余额" in said.text("zh")


def test_published_roll_rate() -> None:
    """北京注协专家提示 2020-3: 100 becomes 50 with 20 written off, which is 70 %."""
    found = rolled([(Decimal(100), ZERO), (ZERO, Decimal(50))], [(ZERO, ZERO), (ZERO, Decimal(20))], ONE)
    assert found.steps == (Decimal("0.7"),) and found.rates == (Decimal("0.7"), ONE)


def test_a_roll_above_one_is_capped_and_said() -> None:
    found = rolled([(Decimal(100), ZERO), (ZERO, Decimal(120))], [(ZERO, ZERO)] * 2, ONE)
    assert found.rates == (ONE, ONE) and found.remarks[0] is not None and "capped" in found.remarks[0].text("en")


def test_published_cohort() -> None:
    """ifrscommunity.com, provision matrix: 2,000 lost of 100,000, 50,000, 23,000, 8,000."""
    flow = [Decimal(x) for x in (100_000, 50_000, 23_000, 8_000, 2_000)]
    expected = (Decimal("0.02"), Decimal("0.04"), Decimal("0.086956522"), Decimal("0.25"))
    assert staged([flow]).rates == expected


# --- the workbook's rows and the seal


@pytest.mark.parametrize("language", EDITIONS)
def test_rows_fit_their_slots_in_every_edition(tmp_path: Path, engine: Engine, language: str) -> None:
    books, closes = history(tmp_path)
    found = allowance_rows.rows(books.at("2026-10-31", engine, history=closes, previous=closes[2], language=language))
    assert found.keys() == {slot.name for slot in ALLOWANCE_TABLES}
    for slot in ALLOWANCE_TABLES:
        assert all(set(row) <= {field.key for field in slot.fields} for row in found[slot.name])
    assert found["allowance_movement"] and found["own_loss_rates"] and found["bad_debt_rates"]


def test_a_row_of_the_movement_adds_up_with_its_signs(tmp_path: Path, engine: Engine) -> None:
    books = Books(tmp_path, LEDGER, PAYMENTS, CUSTOMERS)
    close = books.at("2026-10-31", engine, previous=books.sealed("2026-09-30"))
    for row in allowance_rows.rows(close)["allowance_movement"]:
        names = ("opening", "charge", "reversal", "write_offs", "recoveries", "fx")
        assert sum(Decimal(str(row[name])) for name in names) == row["closing"]
    (item,) = allowance_rows.rows(books.at("2026-09-30", engine))["specific_items"]
    assert (item["balance"], item["allowance"], item["rate"]) == (400, 320, Decimal("0.8"))


def test_the_whole_close_seals_it_and_seals_the_same_again(tmp_path: Path) -> None:
    books = Books(tmp_path, LEDGER, PAYMENTS, CUSTOMERS)
    september = books.sealed("2026-09-30")
    first, second = (
        close_month(replace(books.options, out=tmp_path / name, previous=september)).sealed for name in ("one", "two")
    )
    assert first["allowance"] == second["allowance"]
    assert first["allowance"]["CNY"]["accounts"]["receivable"] == {"specific": "0", "pool": "230"}
    assert first["allowance_movement"][0] == {
        "currency": "CNY", "account": "receivable", "part": "specific", "opening": "320", "write_offs": "400",
        "recoveries": "60", "fx": "0", "charge": "20", "reversal": "0", "closing": "0",
    }  # fmt: skip
