"""--known-at: the figures as they were known on a day, whatever was recorded since."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from duebook.close import seal
from duebook.close.options import CloseOptions
from duebook.close.run import close_month, figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source

AS_OF, KNOWN = date(2026, 10, 31), date(2026, 11, 5)
HEAD = ["Customer ID", "Document No", "Type", "Invoice Date", "Due Date", "Amount", "Currency", "Entry Date"]
PAID = ["Customer ID", "Payment No", "Payment Date", "Applies to", "Amount", "Currency", "Entry Date"]
Row = Sequence[str]


def table(path: Path, head: Row, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def options(folder: Path, *files: Path, known_at: date | None = None, out: str = "out", **more: str) -> CloseOptions:
    sources = tuple(Source(path, "payments" if "paid" in path.name else None) for path in files)
    return CloseOptions(sources, AS_OF, folder / out, known_at=known_at, **more)  # type: ignore[arg-type]


def figures(folder: Path, *files: Path, known_at: date | None = None) -> str:
    """Totals, balances, tie-out and open items of a close, as the seal would write them."""
    with Engine(threads=1) as engine:
        close = figured(options(folder, *files, known_at=known_at), engine)
        content = seal.seal(close, (), {})
        items = engine.rows(
            "SELECT file, line, customer_id, document_id, kind, due, bucket, days_past_due, CAST(open AS VARCHAR), "
            "CAST(aged AS VARCHAR), CAST(unapplied AS VARCHAR) FROM items ORDER BY no"
        )
    found = {key: content[key] for key in ("totals", "balances", "buckets", "tie_out", "reconciling")}
    return json.dumps([found, items], default=str, sort_keys=True)


INVOICES = [
    ["C1", "I1", "Invoice", "2026-09-01", "2026-10-01", "1000.00", "CNY", "2026-09-02"],
    ["C1", "I2", "Invoice", "2026-10-01", "2026-11-01", "500.00", "CNY", "2026-11-08"],
    ["C2", "I3", "Invoice", "2026-10-11", "2026-11-01", "70.00", "CNY", ""],
]
PAYMENTS = [
    ["C1", "P1", "2026-10-20", "I1", "400.00", "CNY", "2026-10-21"],
    ["C1", "P2", "2026-10-25", "I1", "100.00", "CNY", "2026-11-07"],
]


@pytest.mark.parametrize(
    ("language", "cover", "basis"),
    [
        ("en", "As of 2026-10-31, as known on 2026-11-05", "2026-11-05: 2 rows recorded later are left out"),
        ("zh", "截至 2026-10-31（按 2026-11-05 已知情况）", "2026-11-05：之后录入的 2 行不计"),
    ],
)
def test_the_close_says_on_which_day_it_was_known(tmp_path: Path, language: str, cover: str, basis: str) -> None:
    """1000 − 400 (P2 was recorded on 7 November) = 600, and 70 of I3; I2 was recorded on 8 November."""
    files = table(tmp_path / "ledger.csv", HEAD, INVOICES), table(tmp_path / "paid.csv", PAID, PAYMENTS)
    outcome = close_month(options(tmp_path, *files, known_at=KNOWN, language=language))
    # the messages known.as_known, headline, basis and basis_words
    assert outcome.sealed["totals"]["CNY"]["balance"] == "670"
    assert outcome.sealed["options"]["known_at"] == "2026-11-05"
    assert [r["recorded_later"] for r in outcome.sealed["records"]] == [1, 1]
    assert "2026-11-05" in outcome.headlines[0]
    book = load_workbook(tmp_path / "out" / "aging.xlsx", read_only=True)
    said = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    book.close()
    assert any(str(cell).startswith(cover) for cell in said)
    assert any(str(cell).startswith(basis) for cell in said)


def test_a_settlement_has_a_recorded_date_of_its_own_where_the_export_tells_it(tmp_path: Path) -> None:
    """I1 of 100 was settled on 20 October, recorded on 9 November: on 5 November it was open. I2 is settled."""
    head = [*HEAD, "Settled date", "核销录入日期"]
    rows = [
        ["C1", "I1", "Invoice", "2026-09-01", "2026-10-01", "100.00", "CNY", "2026-09-02", "2026-10-20", "2026-11-09"],
        ["C1", "I2", "Invoice", "2026-09-01", "2026-10-01", "30.00", "CNY", "2026-09-02", "2026-10-20", "2026-10-21"],
    ]
    path = table(tmp_path / "ledger.csv", head, rows)
    with Engine(threads=1) as engine:
        close = figured(options(tmp_path, path, known_at=KNOWN), engine)
        assert [(f.balance, f.items) for f in close.figures] == [(Decimal(100), 1)]
        assert not close.ledger.problems


def test_a_receipt_known_and_matched_later_is_unapplied(tmp_path: Path) -> None:
    """P1 of 40 came in on 20 October and was set against I1 on 9 November: 100 aged, 40 unapplied, 60 in all."""
    head = [*PAID, "Allocation recorded date"]
    rows = [["C1", "P1", "2026-10-20", "I1", "40.00", "CNY", "2026-10-21", "2026-11-09"]]
    ledger = table(tmp_path / "ledger.csv", HEAD, [[*INVOICES[0][:5], "100.00", "CNY", "2026-09-02"]])
    paid = table(tmp_path / "paid.csv", head, rows)
    with Engine(threads=1) as engine:
        (held,) = figured(options(tmp_path, ledger, paid, known_at=KNOWN), engine).figures
    assert (held.aged, held.unapplied, held.balance) == (Decimal(100), Decimal(-40), Decimal(60))


def test_what_was_paid_later_comes_back_into_an_open_amount(tmp_path: Path) -> None:
    """Open 60 of 100 on the day of the export; the 40 were recorded on 9 November, so 100 were known to be open."""
    head = [*HEAD, "Open amount"]
    ledger = table(tmp_path / "ledger.csv", head, [[*INVOICES[0][:5], "100.00", "CNY", "2026-09-02", "60.00"]])
    paid = table(tmp_path / "paid.csv", PAID, [["C1", "P1", "2026-10-20", "I1", "40.00", "CNY", "2026-11-09"]])
    with Engine(threads=1) as engine:
        (held,) = figured(options(tmp_path, ledger, paid, known_at=KNOWN), engine).figures
    assert (held.aged, held.unapplied) == (Decimal(100), Decimal(0))


# ---- the law ----

DAYS = st.integers(0, 80).map(lambda n: AS_OF - timedelta(n))
EARLY = st.none() | st.integers(0, 60).map(lambda n: KNOWN - timedelta(n))
LATE = st.integers(1, 40).map(lambda n: KNOWN + timedelta(n))
CENTS = st.integers(1, 10**6).map(lambda n: str(Decimal(n) / 100))
CUSTOMERS = st.sampled_from(["C1", "C2", "C3"])
MONEY = st.sampled_from(["CNY", "USD"])
KINDS = st.sampled_from(["Invoice", "Invoice", "Invoice", "Credit note", "Bill", "Retention", "Advance", "Write-off"])


@st.composite
def entries(draw: st.DrawFn, prefix: str, recorded: st.SearchStrategy[date | None], least: int) -> list[list[str]]:
    """Rows of the ledger. Numbers may repeat those of other rows, as back-dated copies do."""
    found = []
    for number in range(draw(st.integers(least, 6))):
        day = draw(DAYS)
        due = day + timedelta(draw(st.integers(0, 90)))
        name = draw(st.sampled_from([f"{prefix}{number}", f"I{number}"]))
        booked = draw(recorded)
        found.append(
            [draw(CUSTOMERS), name, draw(KINDS), str(day), str(due), draw(CENTS), draw(MONEY), str(booked or "")]
        )
    return found


@st.composite
def receipts(
    draw: st.DrawFn, prefix: str, recorded: st.SearchStrategy[date | None], invoices: list[list[str]]
) -> list[list[str]]:
    found = []
    for number in range(draw(st.integers(0, 5))):
        paid = draw(st.sampled_from(invoices))
        target = draw(st.sampled_from([paid[1], paid[1], "", "X9"]))
        day, booked = draw(DAYS), draw(recorded)
        found.append([paid[0], f"{prefix}{number}", str(day), target, draw(CENTS), paid[6], str(booked or "")])
    return found


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]], list[list[str]], list[list[str]]]:
    known = draw(entries("I", EARLY, 1))
    later = draw(entries("L", LATE, 1))
    # one row must tell a recorded date, or there is nothing to ask for
    known[0][7] = "2026-10-01"
    return known, draw(receipts("P", EARLY, known)), later, draw(receipts("Q", LATE, [*known, *later]))


@given(histories())
@settings(max_examples=25, deadline=None)
def test_what_is_recorded_later_changes_nothing_that_was_known(
    tmp_path_factory: pytest.TempPathFactory,
    history: tuple[list[list[str]], list[list[str]], list[list[str]], list[list[str]]],
) -> None:
    known, paid, later, paid_later = history
    folder = tmp_path_factory.mktemp("known")
    # a receipt that stands in both files, so that the second file is there in both
    paid = [["C1", "P99", "2026-10-01", "", "0.01", "CNY", "2026-10-01"], *paid]
    sealed = figures(folder, table(folder / "ledger.csv", HEAD, known), table(folder / "paid.csv", PAID, paid))
    again = figures(
        folder,
        table(folder / "ledger.csv", HEAD, [*known, *later]),
        table(folder / "paid.csv", PAID, [*paid, *paid_later]),
        known_at=KNOWN,
    )
    assert again == sealed
