"""The auditor pack as a file: written when asked, sealed and verified; its letters come back as replies."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.run import close_month
from duebook.close.slots import table
from duebook.close.slots_audit import AUDIT_TABLES
from duebook.close.verify import verify
from tests.close.audit_ledgers import AS_OF, LEDGER, PAYMENTS, REPLIES, options, pack, rows, written


def test_the_pack_is_written_when_asked_and_verified(tmp_path: Path) -> None:
    asked = options(tmp_path, LEDGER, PAYMENTS, seed="spring", over={"CNY": Decimal("500.5")}, replies=REPLIES)
    outcome = close_month(asked)
    assert "audit.xlsx" in outcome.sealed["outputs"]
    assert outcome.sealed["options"]["audit"] == {
        "receipts_to": None,
        "sample": None,
        "seed": "spring",
        "over": {"CNY": "500.5"},
        "replies": "replies.csv",
        "deliveries": None,
    }
    assert ("replies", "replies.csv") in [(entry["use"], entry["name"]) for entry in outcome.sealed["inputs"]]
    verdict = verify(asked.out, [tmp_path])
    assert verdict.recomputed and not verdict.findings
    written(tmp_path / "replies.csv", REPLIES.replace("440.00", "441.00"))
    assert verify(asked.out, [tmp_path]).missing == ("replies.csv",)
    plain = close_month(CloseOptions(asked.sources, AS_OF, tmp_path / "plain"))
    assert "audit.xlsx" not in plain.sealed["outputs"]
    assert plain.sealed["options"]["audit"] is None


@pytest.mark.parametrize("language", ["zh", "both"])
def test_the_letters_filled_in_are_the_replies(tmp_path: Path, language: str) -> None:
    """The workbook itself, with amounts and a day in the yellow columns of its letters, is a file of replies."""
    asked = replace(options(tmp_path, LEDGER, PAYMENTS, seed="spring"), language=language)
    close_month(asked)
    book = load_workbook(asked.out / "audit.xlsx")
    (sheet,) = [sheet for sheet in book.worksheets if "confirmation_letters" in sheet.tables]
    left, top, _, bottom = range_boundaries(sheet.tables["confirmation_letters"].ref)
    keys = [f.key for f in table(AUDIT_TABLES, "confirmation_letters").fields]
    place = {key: left + number for number, key in enumerate(keys)}
    for row in range(top + 1, bottom + 1):
        if sheet.cell(row, place["customer_id"]).value != "C3":
            sheet.cell(row, place["confirmed_amount"], sheet.cell(row, place["balance"]).value)
            sheet.cell(row, place["reply_date"], date(2026, 11, 20))
    book.save(tmp_path / "answers.xlsx")
    again = replace(asked, language="en", audit=AuditRequest(seed="spring", replies=tmp_path / "answers.xlsx"))
    with pack(again) as (close, plan):
        assert not close.ledger.problems
        statuses = {row["customer_id"]: row["status"] for row in rows(plan, "replies")}
        assert statuses == {"C1": "✓ agrees", "C2": "✓ agrees", "C3": "no reply", "C4": "✓ agrees"}
