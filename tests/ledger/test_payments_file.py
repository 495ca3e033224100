"""Payments as they come: over several invoices, too much, back again, with numbers written otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duebook.ledger.raw import Source
from tests.ledger.made_ledgers import Read, write

INVOICES = """
    Customer ID | Invoice No | Invoice Date | Due Date | Amount | Currency
    C1 | 00123 | 2026-10-01 | 2026-10-31 | 100.00 | USD
    C1 | INV-2 | 2026-10-01 | 2026-10-31 | 50.00 | USD
    C2 | INV-3 | 2026-10-05 | 2026-11-04 | 70.00 | USD
"""
HEAD = "Receipt No | Invoice No | Customer ID | Date | Amount | Currency"


def read(folder: Path, *rows: str) -> Read:
    payments = write(folder / "p.csv", "\n".join([HEAD, *rows]))
    return Read([write(folder / "a.csv", INVOICES), Source(payments.path, "payments")])


def applied(found: Read) -> list[tuple[object, ...]]:
    return found.rows("applies_to, amount, applied_date", "allocations", "line")


@pytest.mark.parametrize(
    ("written", "near"),
    [("123", "00123"), ("INV 2", "INV-2"), ("inv2", "INV-2"), ("INV–3", "INV-3"), ("0INV3", "INV-3")],
)
def test_a_number_written_otherwise_is_hinted_at_and_never_matched(tmp_path: Path, written: str, near: str) -> None:
    found = read(tmp_path, f"R1 | {written} | C1 | 2026-10-10 | 50.00 | USD")
    (problem,) = found.ledger.problems
    assert (problem.reason, problem.treatment, problem.value) == ("ledger.allocation_near", "kept", written)
    assert problem.facts["near"] == near
    assert applied(found) == []


def test_a_number_that_nothing_resembles_is_unknown(tmp_path: Path) -> None:
    assert read(tmp_path, "R1 | INV-9 | C1 | 2026-10-10 | 50.00 | USD").told() == [("allocation_unknown", 2, "kept")]


def test_one_receipt_over_several_invoices(tmp_path: Path) -> None:
    found = read(tmp_path, "R1 | 00123 | C1 | 2026-10-10 | 100.00 | USD", "R1 | INV-2 | C1 | 2026-10-10 | 20.00 | USD")
    day = date(2026, 10, 10)
    assert applied(found) == [("00123", Decimal(100), day), ("INV-2", Decimal(20), day)]
    assert found.told() == []


def test_too_much_paid_is_said_once_and_money_paid_back_reduces_it(tmp_path: Path) -> None:
    found = read(tmp_path, "R1 | INV-3 | C2 | 2026-10-10 | 90.00 | USD", "R2 | INV-2 | C1 | 2026-10-11 | 1.00 | USD")
    assert found.told() == [("overpaid", 4, "kept")]
    back = read(
        tmp_path,
        "R1 | INV-3 | C2 | 2026-10-10 | 90.00 | USD",
        "R2 | INV-2 | C1 | 2026-10-11 | 1.00 | USD",
        "R3 | INV-3 | C2 | 2026-10-12 | -20.00 | USD",
    )
    assert back.told() == [], "90 − 20 is what the invoice asks for"
    assert back.rows("sum(amount)", "allocations", "1") == [(Decimal(71),)]


def test_a_credit_note_reduces_the_invoice_it_names(tmp_path: Path) -> None:
    text = """
        Customer ID | Document No | Type | Invoice Date | Due Date | Amount | Currency | Applies to
        C1 | I1 | Invoice | 2026-10-01 | 2026-10-31 | 100.00 | USD |
        C1 | CN1 | Credit note | 2026-10-05 | | -30.00 | USD | I1
    """
    found = Read([write(tmp_path / "a.csv", text)])
    assert applied(found) == [("I1", Decimal(30), date(2026, 10, 5))]
    assert found.told() == []
