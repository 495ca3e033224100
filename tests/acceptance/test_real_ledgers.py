"""Real ledgers, with the figures that the issue states for them (worked out independently of this program)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from duebook.close.options import CloseOptions, Period
from duebook.close.run import Outcome, close_month
from duebook.ledger.files import Source

pytestmark = pytest.mark.shared
QUARTER = Period(date(2013, 4, 1), date(2013, 6, 30))


def closed(out: Path, *sources: Source, **options: Any) -> Outcome:
    return close_month(CloseOptions(sources=sources, out=out / "close", **options))


def near(found: str | None, expected: str) -> bool:
    """Equal to the digits that were published."""
    assert found is not None
    wanted = Decimal(expected)
    return Decimal(found).quantize(wanted) == wanted


@pytest.fixture
def ibm(shared: Path) -> Source:
    return Source(shared / "data" / "ledgers" / "ibm_ar.csv")


def test_ibm_at_the_end_of_june(ibm: Source, tmp_path: Path) -> None:
    outcome = closed(tmp_path, ibm, as_of=date(2013, 6, 30), currency="USD", disputed="open", period=QUARTER)
    usd = outcome.sealed["totals"]["USD"]
    assert (usd["items"], usd["balance"], usd["customers"]) == (84, "5119.85", 52)
    assert outcome.sealed["buckets"]["USD"] == ["4284.29", "835.56", "0", "0", "0", "0"]
    assert usd["bucket_items"] == [72, 12, 0, 0, 0, 0]
    assert usd["sales"] == "20098.87" and usd["period_days"] == 91
    assert near(usd["dso"], "23.1807")
    assert near(usd["dso_average"], "24.9553")
    assert near(usd["dso_best"], "19.3976")
    assert near(usd["dso_countback"], "26.2575")
    assert near(str(Decimal(usd["collection_effectiveness"]) * 100), "96.1527")
    assert outcome.sealed["records"][0]["records"] == 2466
    assert outcome.problems == 0


def test_ibm_keeps_the_ten_digits_of_every_number(ibm: Source) -> None:
    from duebook.core.engine import Engine
    from duebook.ledger.canonical import Reading, read_ledger

    with Engine() as engine:
        read_ledger([ibm], Reading(as_of=date(2013, 6, 30), currency="USD"), engine)
        assert engine.rows("SELECT length(document_id), count(*) FROM documents GROUP BY ALL") == [(10, 2466)]
        assert engine.one("SELECT count(*) FROM documents WHERE document_id LIKE '0%'")[0] == 266


def test_ibm_at_the_end_of_2012(ibm: Source, tmp_path: Path) -> None:
    outcome = closed(tmp_path, ibm, as_of=date(2012, 12, 31), currency="USD", disputed="open")
    usd = outcome.sealed["totals"]["USD"]
    assert (usd["items"], usd["balance"]) == (99, "5725.06")


def test_ibm_disputes_shown_apart(ibm: Source, tmp_path: Path) -> None:
    outcome = closed(tmp_path, ibm, as_of=date(2013, 6, 30), currency="USD", period=QUARTER)
    usd = outcome.sealed["totals"]["USD"]
    assert outcome.sealed["buckets"]["USD"][:2] == ["3053.54", "259.47"]
    assert usd["bucket_items"][:2] == [53, 4]
    assert (usd["disputed_items"], usd["disputed"]) == (27, "1806.84")
    assert near(usd["dso"], "23.1807"), "a display option changes no figure"


def test_dirty_ledger_with_its_customers(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "ledgers"
    outcome = closed(
        tmp_path,
        Source(folder / "dirty_au_FactInvoice_raw.csv"),
        Source(folder / "dirty_au_DimCustomer_raw.csv", "customers"),
        as_of=date(2026, 3, 31),
        currency="AUD",
        disputed="open",
    )
    reasons = Counter(problem["reason"] for problem in outcome.sealed["problems"])
    assert reasons["ledger.duplicate_row"] == 50
    (ledger,) = [table for table in outcome.sealed["records"] if table["role"] == "invoices"]
    assert (ledger["records"], ledger["accepted"], ledger["left_out"]) == (2571, 2521, 50)
    aud = outcome.sealed["totals"]["AUD"]
    assert (aud["items"], aud["balance"]) == (942, "2024782.72")
    assert outcome.sealed["buckets"]["AUD"][:4] == ["1079280.98", "607475.12", "238641.26", "99385.36"]
    assert aud["bucket_items"] == [491, 284, 126, 41, 0, 0]


def test_dirty_ledger_billed_amount(shared: Path) -> None:
    from duebook.core.engine import Engine
    from duebook.ledger.canonical import Reading, read_ledger

    folder = shared / "data" / "ledgers"
    sources = [
        Source(folder / "dirty_au_FactInvoice_raw.csv"),
        Source(folder / "dirty_au_DimCustomer_raw.csv", "customers"),
    ]
    with Engine() as engine:
        read_ledger(sources, Reading(as_of=date(2026, 3, 31), currency="AUD"), engine)
        assert engine.one("SELECT count(*), sum(amount) FROM documents") == (2521, Decimal("5250359.50"))


def test_without_the_customers_the_ambiguity_is_reported_not_guessed(shared: Path, tmp_path: Path) -> None:
    source = Source(shared / "data" / "ledgers" / "dirty_au_FactInvoice_raw.csv")
    outcome = closed(tmp_path, source, as_of=date(2026, 3, 31), currency="AUD")
    ambiguous = [p for p in outcome.sealed["problems"] if "ambiguous" in p["reason"] and p["treatment"] == "left_out"]
    assert ambiguous
    ledger = outcome.sealed["records"][0]
    assert ledger["accepted"] + ledger["left_out"] == ledger["records"] == 2571
    assert all(p["line"] and p["value"] for p in ambiguous)


@pytest.mark.parametrize("name", ["ar_cn_gb18030.csv", "ar_cn_tab_utf16le.txt", "ar_cn_utf16le_bom.csv"])
def test_chinese_exports(shared: Path, tmp_path: Path, name: str) -> None:
    """300 rows, 18,494.45 billed in all."""
    source = Source(shared / "data" / "encodings" / name)
    outcome = closed(tmp_path, source, as_of=date(2013, 12, 31), currency="CNY", language="zh", disputed="open")
    assert outcome.sealed["records"][0]["accepted"] == 300
    before = closed(tmp_path, source, as_of=date(2012, 1, 1), currency="CNY", control_totals={"CNY": Decimal(0)})
    assert before.ties_out
