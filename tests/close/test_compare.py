"""Two small closes compared, each line worked out on paper; then laws over random ledgers and random edits."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close import compare, detail
from duebook.close.compare import Change, RollLine
from duebook.close.options import CloseOptions
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger.files import Source
from tests.close.sealed_closes import HEAD, PAID, sealed, table, written

SEPTEMBER = f"""
{HEAD}
C1 | One | I1 | Invoice | 2026-08-01 | 2026-08-31 | 1000.00 | CNY
C1 | One | I2 | Invoice | 2026-08-05 | 2026-09-04 | 200.00 | CNY
C1 | One | I3 | Invoice | 2026-09-10 | 2026-10-10 | 300.00 | CNY
C2 | Two | I4 | Invoice | 2026-09-12 | 2026-10-12 | 400.00 | CNY
C2 | Two | I5 | Invoice | 2026-09-15 | 2026-10-15 | 50.00 | CNY
C2 | Two | I6 | Invoice | 2026-09-20 | 2026-10-20 | 60.00 | CNY
"""
SEPTEMBER_PAID = f"""
{PAID}
C1 | P1 | payment | 2026-09-05 | I1 | 100.00 | CNY
C1 | P2 | payment | 2026-09-25 | I2 | 80.00 | CNY
C1 | P5 | payment | 2026-09-26 | | 5.00 | CNY
"""
# In October's export: I2 is gone; I3 was 300 and is 330; I4 was moved to C3; I5 has another due date; I6 is dated
# 2 October; B1 is new and dated 30 September; P2 is gone; P3 was booked with a date of 28 September; P5 is set against
# I1 from its own date on. Then October itself:
# I7 of 500, a credit note of 20, 150 of cash, a write-off of 10, a bill of 250 taken for I7.
OCTOBER = f"""
{HEAD}
C1 | One | I1 | Invoice | 2026-08-01 | 2026-08-31 | 1000.00 | CNY
C1 | One | I3 | Invoice | 2026-09-10 | 2026-10-10 | 330.00 | CNY
C3 | Three | I4 | Invoice | 2026-09-12 | 2026-10-12 | 400.00 | CNY
C2 | Two | I5 | Invoice | 2026-09-15 | 2026-11-15 | 50.00 | CNY
C2 | Two | I6 | Invoice | 2026-10-02 | 2026-10-20 | 60.00 | CNY
C2 | Two | B1 | Invoice | 2026-09-30 | 2026-10-30 | 70.00 | CNY
C1 | One | I7 | Invoice | 2026-10-05 | 2026-11-04 | 500.00 | CNY
C1 | One | N1 | Credit note | 2026-10-06 | 2026-10-06 | 20.00 | CNY
C1 | One | W1 | Write-off | 2026-10-20 | 2026-10-20 | 10.00 | CNY
"""
OCTOBER_PAID = f"""
{PAID}
C1 | P1 | payment | 2026-09-05 | I1 | 100.00 | CNY
C1 | P3 | payment | 2026-09-28 | I1 | 25.00 | CNY
C1 | P5 | payment | 2026-09-26 | I1 | 5.00 | CNY
C1 | P4 | payment | 2026-10-15 | I1 | 150.00 | CNY
C1 | H1 | bank acceptance | 2026-10-18 | I7 | 250.00 | CNY
"""


@pytest.fixture(scope="module")
def closes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("closes")
    old = table(folder / "9" / "ledger.csv", SEPTEMBER), table(folder / "9" / "paid.csv", SEPTEMBER_PAID)
    new = table(folder / "10" / "ledger.csv", OCTOBER), table(folder / "10" / "paid.csv", OCTOBER_PAID)
    return (
        sealed(folder / "september", "2026-09-30", old[0], ("payments", old[1])),
        sealed(folder / "october", "2026-10-31", new[0], ("payments", new[1])),
    )


def compared(closes: tuple[Path, Path], customer: str | None = None) -> tuple[tuple[RollLine, ...], list[Change]]:
    with Engine(threads=1) as engine:
        found = compare.compare(*closes, engine, customer)
        return found.roll, list(found.changes())


def test_the_roll_forward_of_each_customer(closes: tuple[Path, Path]) -> None:
    roll, _ = compared(closes)
    found = {
        (line.customer_id, line.account): (
            line.opening,
            {k: str(v.normalize()) for k, v in line.lines.items()},
            line.closing,
        )
        for line in roll
    }
    # C1 then: 1000 + 200 + 300 − 100 − 80 − 5 = 1315. The past: −200 (I2 gone) + 30 (I3) + 80 (P2 gone) − 25 (P3).
    # That is −115. Since: 500 − 20 − 150 − 10 − 250 (a bill) = 70. Now 1315 − 115 + 70 = 1270, and a bill of 250.
    assert found["C1", "receivable"] == (
        Decimal(1315),
        {
            "changed": "-115",
            "invoiced": "5E+2",
            "credit_notes": "-2E+1",
            "cash": "-1.5E+2",
            "write_offs": "-1E+1",
            "bills": "-2.5E+2",
        },
        Decimal(1270),
    )
    assert found["C1", "bill"] == (Decimal(0), {"bills": "2.5E+2"}, Decimal(250))
    # C2 then: 400 + 50 + 60 = 510. The past: −400 (I4 to C3) − 60 (I6 is of October) + 70 (B1) = −390. Since: 60 (I6).
    assert found["C2", "receivable"] == (Decimal(510), {"changed": "-3.9E+2", "invoiced": "6E+1"}, Decimal(180))
    assert found["C3", "receivable"] == (Decimal(0), {"changed": "4E+2"}, Decimal(400))
    assert len(found) == 4
    assert all(line.unexplained == 0 for line in roll)


def test_each_change_of_the_past_is_named_with_its_effect_and_source(closes: tuple[Path, Path]) -> None:
    _, changes = compared(closes)
    found = {
        (c.customer_id, c.document_id, c.what): (str(c.effect.normalize()), c.old_file, c.old_line, c.new_line)
        for c in changes
    }
    assert found == {
        ("C1", "I2", "removed"): ("-2E+2", "ledger.csv", 3, None),
        ("C1", "I3", "amount"): ("3E+1", "ledger.csv", 4, 3),
        ("C1", "P2", "removed"): ("8E+1", "paid.csv", 3, None),
        ("C1", "P3", "added"): ("-25", None, None, 3),
        ("C1", "I1", "allocation_added"): ("0", None, None, 4),
        ("C2", "I4", "customer"): ("-4E+2", "ledger.csv", 5, 4),
        ("C3", "I4", "customer"): ("4E+2", "ledger.csv", 5, 4),
        ("C2", "I5", "due_date"): ("0", "ledger.csv", 6, 5),
        ("C2", "I6", "date"): ("-6E+1", "ledger.csv", 7, 6),
        ("C2", "B1", "added"): ("7E+1", None, None, 7),
    }  # allocations of receipts that are new or gone go with them; that of P5 moves what is open of I1 and P5
    by_name = {(c.document_id, c.what): c for c in changes}
    assert (by_name["I3", "amount"].old_amount, by_name["I3", "amount"].new_amount) == (Decimal(300), Decimal(330))
    assert (by_name["I5", "due_date"].old_due, by_name["I5", "due_date"].new_due) == (
        date(2026, 10, 15),
        date(2026, 11, 15),
    )
    assert (by_name["I6", "date"].old_date, by_name["I6", "date"].new_date) == (date(2026, 9, 20), date(2026, 10, 2))
    assert by_name["I1", "allocation_added"].other_id == "P5"


def test_one_customer_alone(closes: tuple[Path, Path]) -> None:
    roll, changes = compared(closes, "C2")
    assert {line.customer_id for line in roll} == {"C2"}
    assert {c.document_id for c in changes} == {"I4", "I5", "I6", "B1"}


def test_the_later_close_given_first_is_refused(closes: tuple[Path, Path]) -> None:
    with pytest.raises(DuebookError) as refused, Engine(threads=1) as engine:
        compare.compare(closes[1], closes[0], engine)
    assert refused.value.key == "compare.order"


def test_a_customer_of_neither_close_is_refused(closes: tuple[Path, Path]) -> None:
    with pytest.raises(DuebookError) as refused, Engine(threads=1) as engine:
        compare.compare(*closes, engine, "C9")
    assert refused.value.key == "compare.no_customer"


def test_a_close_without_its_detail_or_with_another_is_refused(closes: tuple[Path, Path], tmp_path: Path) -> None:
    import json
    import shutil

    changed = shutil.copytree(closes[0], tmp_path / "changed")
    (changed / "detail" / "items.parquet").write_bytes(b"PAR1")
    bare = shutil.copytree(closes[0], tmp_path / "bare")
    content = json.loads((bare / "close.json").read_text("utf-8"))
    (bare / "close.json").write_text(json.dumps({**content, "outputs": {}}), "utf-8")
    for folder, key in ((changed, "detail.changed"), (bare, "detail.none")):
        with pytest.raises(DuebookError) as refused, Engine(threads=1) as engine:
            compare.compare(folder, closes[1], engine)
        assert refused.value.key == key


def test_settings_that_differ_are_named(closes: tuple[Path, Path], tmp_path: Path) -> None:
    other = sealed(
        tmp_path / "other", "2026-10-31", table(tmp_path / "ledger.csv", OCTOBER), disputed="exclude", scheme="standard"
    )
    with Engine(threads=1) as engine:
        found = compare.compare(closes[0], other, engine)
    assert [(d.name, d.old, d.new) for d in found.settings] == [("disputed", "separate", "exclude")]
    assert found.totals["CNY"][0].name == "balance"


OPEN_HEAD = "Customer ID | Document No | Type | Invoice Date | Due Date | Amount | Open amount | Currency"


def test_what_is_gone_from_a_list_of_open_items_was_settled(tmp_path: Path) -> None:
    """Open then 100, 60 of 90, −30; now the first is gone, the second is down to 20, the credit is used up to −10.

    A fourth has come up with a date of September: that changes the past.
    """
    old = table(
        tmp_path / "old.csv",
        f"""
        {OPEN_HEAD}
        C1 | I1 | Invoice | 2026-08-01 | 2026-08-31 | 100.00 | 100.00 | CNY
        C1 | I2 | Invoice | 2026-08-05 | 2026-09-04 | 90.00 | 60.00 | CNY
        C1 | N1 | Credit note | 2026-09-05 | 2026-09-05 | -30.00 | -30.00 | CNY
        """,
    )
    new = table(
        tmp_path / "new.csv",
        f"""
        {OPEN_HEAD}
        C1 | I2 | Invoice | 2026-08-05 | 2026-09-04 | 90.00 | 20.00 | CNY
        C1 | N1 | Credit note | 2026-09-05 | 2026-09-05 | -30.00 | -10.00 | CNY
        C1 | I4 | Invoice | 2026-09-20 | 2026-10-20 | 45.00 | 45.00 | CNY
        """,
    )
    closes = sealed(tmp_path / "9", "2026-09-30", old), sealed(tmp_path / "10", "2026-10-31", new)
    (line,), changes = compared(closes)
    # 130 − 100 − 40 + 20 + 45 = 55
    assert (line.opening, line.closing, line.unexplained) == (Decimal(130), Decimal(55), 0)
    assert dict(line.lines) == {"changed": Decimal(45), "undated": Decimal(-120)}
    assert [(c.what, c.document_id, c.effect) for c in changes] == [("added", "I4", Decimal(45))]


def test_a_list_that_tells_nothing_but_what_is_open(tmp_path: Path) -> None:
    """Without a column of amounts 100 → 40 is a settlement, 50 → 70 a change of the past."""
    head = "Customer ID | Document No | Invoice Date | Due Date | Open amount | Currency"
    closes = tuple(
        sealed(
            tmp_path / name,
            as_of,
            table(
                tmp_path / f"{name}.csv",
                f"{head}\nC1 | I1 | 2026-08-01 | 2026-08-31 | {one} | CNY\n"
                f"C1 | I2 | 2026-08-01 | 2026-08-31 | {two} | CNY",
            ),
        )
        for name, as_of, one, two in (("old", "2026-09-30", "100.00", "50.00"), ("new", "2026-10-31", "40.00", "70.00"))
    )
    (line,), changes = compared((closes[0], closes[1]))
    assert dict(line.lines) == {"changed": Decimal(20), "undated": Decimal(-60)}
    assert [(c.document_id, c.effect) for c in changes] == [("I2", Decimal(20))]


def test_a_close_under_way_compares_like_a_sealed_one(closes: tuple[Path, Path]) -> None:
    folder = closes[1].parent / "10"
    sources = Source(folder / "ledger.csv", "invoices"), Source(folder / "paid.csv", "payments")
    with Engine(threads=1) as engine:
        close = figured(CloseOptions(sources, date(2026, 10, 31), folder / "out"), engine)
        assert compare.roll_forward(close, closes[0]) == compared(closes)[0]


def test_the_detail_has_the_same_bytes_whatever_the_threads(closes: tuple[Path, Path], tmp_path: Path) -> None:
    folder = closes[1].parent / "10"
    sources = Source(folder / "ledger.csv", "invoices"), Source(folder / "paid.csv", "payments")
    with Engine(threads=4) as engine:
        close = figured(CloseOptions(sources, date(2026, 10, 31), folder / "out"), engine)
        detail.write(close, tmp_path)
    for name in detail.TABLES:
        path = f"detail/{name}.parquet"
        assert (tmp_path / path).read_bytes() == (closes[1] / path).read_bytes(), name


# ---- laws ----

FIRST, SINCE, UNTIL = date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 31)
DAYS = st.integers(0, 122).map(lambda n: FIRST + timedelta(n))
CENTS = st.integers(1, 10**6).map(lambda n: str(Decimal(n) / 100))
KINDS = (
    "Invoice", "Invoice", "Invoice", "Credit note", "Payment", "Advance", "Bill", "Retention", "Write-off", "Journal",
)  # fmt: skip
Rows = list[list[str]]


@st.composite
def row(draw: st.DrawFn, number: int) -> list[str]:
    day = draw(DAYS)
    return [
        draw(st.sampled_from(["C1", "C2", "C3"])),
        draw(st.sampled_from([f"D{number}", f"D{number}", "D0", ""])),
        draw(st.sampled_from(KINDS)),
        str(day),
        str(day + timedelta(draw(st.integers(0, 60)))),
        draw(CENTS),
        draw(st.sampled_from(["CNY", "USD"])),
        draw(st.sampled_from(["", "", "D0", "D1", "D2"])),
    ]


@st.composite
def edited(draw: st.DrawFn, rows: Rows) -> Rows:
    """The same ledger a month later: rows gone, changed in any field, in another order, and rows that are new."""
    found: Rows = []
    for own in rows:
        what = draw(st.sampled_from(["keep", "keep", "keep", "drop", "edit"]))
        if what == "drop":
            continue
        changed = list(own)
        if what == "edit":
            fresh = draw(row(99))
            place = draw(st.integers(0, 7))
            changed[place] = fresh[place]
        found.append(changed)
    found += [draw(row(50 + n)) for n in range(draw(st.integers(0, 4)))]
    return draw(st.permutations(found)) or [draw(row(60))]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[list[str], Rows, Rows]:
    rows = [draw(row(n)) for n in range(draw(st.integers(1, 9)))]
    head = ["Customer ID", "Document No", "Type", "Invoice Date", "Due Date", "Amount", "Currency", "Applies to"]
    later = draw(edited(rows))
    if draw(st.booleans()):  # an export of open items besides
        head = [*head, "Open amount"]
        rows, later = ([[*own, draw(st.sampled_from(["", "0.50", own[5]]))] for own in side] for side in (rows, later))
    return head, rows, later


@given(pairs(), st.sampled_from([SINCE, UNTIL]))
@settings(max_examples=15, deadline=None)
def test_every_difference_between_two_closes_is_explained_line_by_line(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[str], Rows, Rows], until: date
) -> None:
    head, rows, later = drawn
    folder = tmp_path_factory.mktemp("compare")
    old = sealed(folder / "old", str(SINCE), written(folder / "a.csv", [head, *rows]))
    new = sealed(folder / "new", str(until), written(folder / "b.csv", [head, *later]))
    with Engine(threads=1) as engine:
        found = compare.compare(old, new, engine)
        changes = list(found.changes())
        moved = engine.rows("SELECT currency, account, customer_id, line, sum(amount) FROM period GROUP BY ALL")
        named = engine.rows("SELECT pair, account, customer_id, old_place, new_place FROM changes")
    assert all(line.unexplained == 0 for line in found.roll)
    assert len(named) == len(set(named)), "a line is one document or one allocation"
    past: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for change in changes:
        past[change.currency, change.account, change.customer_id] += change.effect
    period = {
        (currency, account, customer, line): amount for currency, account, customer, line, amount in moved if amount
    }
    for line in found.roll:
        place = line.currency, line.account, line.customer_id
        assert line.lines.get("changed", 0) == past.pop(place, 0)
        for name, amount in line.lines.items():
            assert name == "changed" or period.pop((*place, name)) == amount
    assert not any(past.values())
    assert not period


@given(pairs())
@settings(max_examples=5, deadline=None)
def test_a_close_compared_with_itself_shows_nothing(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[list[str], Rows, Rows]
) -> None:
    head, rows, _ = drawn
    folder = tmp_path_factory.mktemp("same")
    close = sealed(folder / "close", str(SINCE), written(folder / "a.csv", [head, *rows]))
    with Engine(threads=1) as engine:
        found = compare.compare(close, close, engine)
        assert not list(found.changes())
    assert all(not line.lines and line.opening == line.closing for line in found.roll)
