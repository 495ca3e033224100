"""Rows left out of the ledger become named reconciling items: every reason has a title, every row is counted."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import duebook.ledger
from duebook.close.aging_book import reconciling_rows
from duebook.close.options import CloseOptions
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.core.messages import LANGUAGES, catalogue
from duebook.ledger import found, json_lines, records
from duebook.ledger.raw import Source

ROOMS = ("ledger", "sources")
HEAD = "Customer ID,Invoice No,Invoice Date,Due Date,Amount,Currency\n"


def reasons() -> list[str]:
    return (
        [f"ledger.{r}" for r in found.LEFT_OUT]
        + [f"ledger_files.{r}" for r in records.REJECTED]
        + [f"sources.{r}" for r in json_lines.REJECTED]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", reasons())
def test_every_reason_for_leaving_out_has_a_sentence_and_a_title(reason: str, language: str) -> None:
    assert catalogue(language)[reason] and catalogue(language)[f"{reason}_title"]


def test_no_reason_for_leaving_out_is_missing_from_the_list() -> None:
    """The list above is complete: every reason that the sources name beside "left_out" stands in it."""
    folder = Path(duebook.ledger.__file__).parent
    named = {
        reason
        for path in folder.glob("*.py")
        if path.name != "audit_files.py"  # beside the ledger: their rows reconcile nothing
        for reason in re.findall(r'"(\w+)",\s*"left_out"', path.read_text("utf-8"))
        if f"ledger.{reason}" in catalogue("en")
    }
    assert len(named) > 5
    assert named - {"equal_payment"} <= set(found.LEFT_OUT), "equal_payment is the other branch of a choice: kept"
    titled = {key.removesuffix("_title") for key in catalogue("en") if key.startswith(ROOMS) and "_title" in key}
    assert titled == set(reasons())


def reconciled(folder: Path, text: str) -> list[tuple[str, int, Decimal | None]]:
    path = folder / "ledger.csv"
    path.write_text(text, "utf-8")
    options = CloseOptions((Source(path),), date(2026, 10, 31), folder / "out")
    with Engine(threads=1) as engine:
        close = figured(options, engine)
        assert sum(item.count for item in close.reconciling) == close.ledger.left_out
        return [(str(r["item"]), int(str(r["count"])), r["amount"]) for r in reconciling_rows(close)]  # type: ignore[misc]


def test_a_run_of_rows_left_out_that_is_cut_counts_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 7 rows in an unknown currency 3 are listed one by one; the reconciling item still has 7 rows.

    The rest of the run is told in one line, `ledger.rows_alike`.
    """
    monkeypatch.setattr(found, "MOST_LEFT_OUT", 3)
    good = "C1,INV-0,2026-10-01,2026-10-31,10.00,USD\n"
    text = HEAD + good + "".join(f"C1,INV-{n},2026-10-01,2026-10-31,1.005,USD\n" for n in range(1, 8))
    # amounts with a third decimal are left out, each with its amount: 7 × 1.005
    assert reconciled(tmp_path, text) == [("Amounts with too many decimals", 7, Decimal("7.0350"))]


def test_duplicates_beyond_the_list_count_with_what_is_open_of_their_twins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MOST_LEFT_OUT", 2)
    rows = [f"C1,INV-{n},2026-10-01,2026-10-31,{n}.00,USD\n" for n in range(1, 6)]
    # 1 + 2 + 3 + 4 + 5 are open, each exported twice
    assert reconciled(tmp_path, HEAD + "".join(rows * 2)) == [("Full duplicates", 5, Decimal("15.0000"))]


def test_objects_that_are_no_rows_are_named(tmp_path: Path) -> None:
    good = '{"Customer ID": "C1", "Invoice No": "I1", "Invoice Date": "2026-10-01", "Amount": 10.00, "Currency": "USD"}'
    twice = '{"Invoice No": "I2", "Amount": 1, "Amount": 2}'
    named = "Objects in which a name occurs twice"
    (row,) = reconciled(tmp_path, f"{good}\n{twice}\n{good.replace('I1', 'I3')}\n")
    assert named in row[0] and row[1:] == (1, None)


def test_records_that_cannot_be_split_are_named(tmp_path: Path) -> None:
    text = HEAD + "C1,INV-1,2026-10-01,2026-10-31,10.00,USD\nC1,INV-2,2026-10-01,2026-10-31,10,00,USD\n"
    ((item, count, amount),) = reconciled(tmp_path, text + "C1,INV-3,2026-10-01,2026-10-31,5.00,USD\n")
    assert item.startswith("Records with too many fields")
    assert (count, amount) == (1, None)
