"""The rules of the auditor pack: what is refused, and the bounds that pass."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, refused, shipped

from duebook.policy import audit
from duebook.policy.load import load


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ('coverage = "0.60"', 'coverage = "60"', "audit 1, coverage", "0 to 1"),
        ("monetary_units = 10", "monetary_units = -1", "audit 1, monetary_units", "0 to 10000"),
        ("random = 5", 'random = "5"', "audit 1, random", "0 to 10000"),
        ("related_parties = true", 'related_parties = "all"', "audit 1, related_parties", "true or false"),
        ("transit_days = 7", "transit_days = 367", "audit 1, transit_days", "0 to 366"),
        ("cut_off_days = 5", "cut_off_days = 5.5", "audit 1, cut_off_days", "0 to 366"),
        ("cut_off_documents = 5", "cut_off_papers = 5", "audit 1, cut_off_papers", "left out"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("audit", old, new), where, says)


def test_two_rules_of_one_day_are_refused(tmp_path: Path) -> None:
    text = shipped("audit")
    refused(tmp_path, text + text[text.index("[[audit]]") :], "audit 2, from", "one rule at a time")


def test_a_newer_row_counts_from_its_day(tmp_path: Path) -> None:
    text = shipped("audit")
    newer = text[text.index("[[audit]]") :].replace("2000-01-01", "2026-07-01").replace('"0.60"', '"0.75"')
    path = tmp_path / "mine.toml"
    path.write_text(text + newer, "utf-8")
    rules = load(path).section(audit.read)
    assert [rules.on(day).coverage for day in (date(2026, 6, 30), date(2026, 7, 1))] == [
        Decimal("0.60"),
        Decimal("0.75"),
    ]
