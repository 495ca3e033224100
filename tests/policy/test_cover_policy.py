"""Insurance contracts and causes of loss in the policy: dates, shares, names; refusals name the line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duebook.core.errors import DuebookError
from duebook.policy import cover
from duebook.policy.load import load

OWN = """
[[cover_policy]]
from = 2020-01-01
name = "ours"
cover = "0.85"
extension_days = 30
report_start = "due_date"
report_days = 45
stop_shipment = "report"
claim_start = "extension_end"
claim_unit = "days"
claim_after = 150
claim_within = 240

[[peril]]
from = 2020-01-01
name = "insolvency"
kind = "commercial"
cover = "0.9"
"""


def test_the_shipped_tables() -> None:
    found = load().section(cover.read)
    assert list(found.policies(None)) == ["whole_turnover", "export_short_term", "export_90_days"]
    assert len(found.perils(None)) == 12, "domain.md 20 starts with twelve"
    assert {peril.kind for peril in found.perils(None)} == {"commercial", "political"}
    assert load().illustrative(cover)


def test_own_contract(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    duties = load(tmp_path / "own.toml").section(cover.read).policies(None)["ours"].duties(date(2026, 3, 1))
    assert duties == cover.Duties(
        extension_end=date(2026, 3, 31),
        report_by=date(2026, 4, 15),
        stop_shipment=date(2026, 4, 15),
        claim_from=date(2026, 8, 28),
        claim_until=date(2026, 11, 26),
    )


def test_a_newer_version_replaces_the_older_from_its_day(tmp_path: Path) -> None:
    newer = OWN[: OWN.index("[[peril]]")].replace("2020-01-01", "2026-07-01").replace("= 30", "= 60")
    (tmp_path / "own.toml").write_text(OWN + newer, "utf-8")
    found = load(tmp_path / "own.toml").section(cover.read)
    days = [found.policies(on)["ours"].extension_days for on in (date(2026, 6, 30), date(2026, 7, 1), None)]
    assert days == [30, 60, 60]
    with pytest.raises(DuebookError, match="cover_policy"):
        found.policies(date(2019, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('cover = "0.85"', 'cover = "85"', 5, "a number from 0 to 1"),
        ("extension_days = 30", "extension_days = -1", 6, "a whole number, 0 or more"),
        ('report_start = "due_date"', 'report_start = "report"', 7, "one of due_date, extension_end"),
        ('stop_shipment = "report"', 'stop_shipment = "never"', 9, "one of due_date, extension_end, report"),
        ('claim_unit = "days"', 'claim_unit = "weeks"', 11, "one of days, months"),
        ("claim_within = 240", "claim_within = 150", 13, "above claim_after"),
        ('kind = "commercial"', 'kind = "natural"', 18, "one of commercial, political"),
        ("report_days = 45", "report_day = 45", 8, "left out"),
    ],
)
def test_a_refusal_names_the_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in OWN
    (tmp_path / "own.toml").write_text(OWN.replace(old, new, 1), "utf-8")
    with pytest.raises(DuebookError, match=says) as refused:
        load(tmp_path / "own.toml")
    assert refused.value.facts["line"] == line


@pytest.mark.parametrize("table", ["cover_policy", "peril"])
def test_a_name_used_twice_is_refused(tmp_path: Path, table: str) -> None:
    start = OWN.index(f"[[{table}]]")
    entry = OWN[start : OWN.index("[[peril]]")] if table == "cover_policy" else OWN[start:]
    (tmp_path / "own.toml").write_text(OWN + entry, "utf-8")
    with pytest.raises(DuebookError, match=f"{table} 2, name"):
        load(tmp_path / "own.toml")
