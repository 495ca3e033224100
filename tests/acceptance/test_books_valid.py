"""The standard workbooks, empty and filled in every way a close can ask for, are valid by the ECMA-376 schemas."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.books.schemas import violations

from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.run import close_month
from duebook.core import resources
from duebook.ledger.files import Source
from duebook.sample.month import SampleMonth, write_month

pytestmark = pytest.mark.shared

WAYS: dict[str, dict[str, Any]] = {
    "as it stands": {},
    "Chinese": {"language": "zh"},
    "four buckets": {"scheme": "four_buckets"},
    "by years": {"scheme": "cn_annual", "language": "zh"},
    "by document date": {"scheme": "invoice_date"},
    "disputes excluded, credits folded": {"disputed": "exclude", "unapplied": "fold"},
    "disputes open, credits aged": {"disputed": "open", "unapplied": "age"},
    "with the auditor pack": {"audit": AuditRequest(seed="<spring>")},
}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> SampleMonth:
    return write_month(tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("path", sorted(resources.templates().glob("*.xlsx")), ids=lambda path: path.stem)
def test_templates(path: Path, shared: Path) -> None:
    assert violations(path, shared / "schemas") == {}


@pytest.mark.parametrize("way", WAYS)
def test_filled(way: str, month: SampleMonth, shared: Path, tmp_path: Path) -> None:
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    control = month.control_totals(month.as_of)
    outcome = close_month(CloseOptions(sources, month.as_of, tmp_path / "out", control_totals=control, **WAYS[way]))
    assert outcome.ties_out, "the control account does not depend on how disputes and credits are shown"
    for name in sorted(name for name in outcome.sealed["outputs"] if name.endswith(".xlsx")):
        assert violations(tmp_path / "out" / name, shared / "schemas") == {}


def test_filled_with_next_to_nothing(shared: Path, tmp_path: Path) -> None:
    """One paid invoice: no open item, no balance, but sales in the period."""
    ledger = tmp_path / "ledger.csv"
    header = "Customer No,Invoice No,Invoice date,Due date,Amount,Currency,Paid date"
    ledger.write_text(f"{header}\nC1,I1,2026-10-01,2026-10-31,10.00,EUR,2026-10-05\n")
    outcome = close_month(CloseOptions((Source(ledger),), date(2026, 10, 31), tmp_path / "out"))
    assert outcome.sealed["totals"]["EUR"]["balance"] == "0"
    for name in ("aging.xlsx", "exposure.xlsx", "movements.xlsx"):
        assert violations(tmp_path / "out" / name, shared / "schemas") == {}
