"""Days of credit by grade and sector, and the laws beside them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.policy.refusals import changed, loaded, refused, shipped

from duebook.core.cells import CellError
from duebook.policy import credit_terms, load, terms_law

FOOD = 'sector = "food"\nsector_zh = "食品"'
SECTOR = '\n[[credit_terms]]\nfrom = 2000-01-01\nsector = "Toys"\ngrade = "{grade}"\ndays = {days}\n'


@pytest.mark.parametrize(
    ("section", "old", "new", "where", "says"),
    [
        ("credit_terms", "days = 60", "days = -1", "credit_terms 1, days", "from 0 to 3650"),
        ("credit_terms", "days = 60", "days = 9999", "credit_terms 1, days", "from 0 to 3650"),
        ("credit_terms", "days = 45", "days = 61", "credit_terms 2, days", "the better grade A has 60"),
        ("credit_terms", 'grade = "B"', 'grade = "b+"', "credit_terms 2, grade", "A, B, C, D, E"),
        ("credit_terms", FOOD, 'sector = "fish"', "credit_terms 16, grade", "B, C, D, E"),
        ("credit_terms", 'sector = "food"', 'sector = "fish"', "credit_terms 17, sector_zh", "one sector only"),
        ("credit_terms", 'sector = "retail"', 'sektor = "retail"', "credit_terms 6, sektor", "left out"),
        ("credit_terms", 'sector_zh = "食品"', 'sector_zh = "零售"', "credit_terms 16, sector_zh", "one sector only"),
        ("terms_law", "above = 60", 'above = "two months"', "terms_law 1, above", "a whole number"),
        ("terms_law", 'name = "CN_SME"', 'name = ""', "terms_law 1, name", "a text"),
    ],
)
def test_a_wrong_value_is_refused_by_place(
    tmp_path: Path, section: str, old: str, new: str, where: str, says: str
) -> None:
    refused(tmp_path, changed(section, old, new), where, says)


def test_a_sector_names_every_grade_or_none(tmp_path: Path) -> None:
    half = "".join(SECTOR.format(grade=grade, days=30) for grade in "ABC")
    refused(tmp_path, shipped("credit_terms") + half, "credit_terms 23, grade", "D, E")
    whole = half + SECTOR.format(grade="D", days=0) + SECTOR.format(grade="E", days=0)
    found = loaded(tmp_path, shipped("credit_terms") + whole).section(credit_terms.read)
    assert [found.row("a", text, None).days for text in ("toys", " TOYS ", "", "toy")] == [30, 30, 60, 60]


def test_a_sector_is_found_by_its_chinese_name_too() -> None:
    found = load.load().section(credit_terms.read)
    assert [found.row("B", name, None).days for name in ("construction", "建筑", "Construction ")] == [30, 30, 30]


def test_rows_for_all_other_sectors_are_needed(tmp_path: Path) -> None:
    only = "".join(SECTOR.format(grade=grade, days=30) for grade in "ABCDE")
    refused(tmp_path, only, "credit_terms 5, sector", "all other sectors")


def test_an_unknown_grade_lists_the_known_ones() -> None:
    with pytest.raises(CellError, match="A, B, C, D, E"):
        load.load().section(credit_terms.read).row("F", "", None)


@pytest.mark.parametrize(
    ("days", "on", "names"),
    [
        (60, None, []),
        (61, None, ["EU", "CN_SME"]),
        (61, date(2025, 5, 31), ["EU"]),
        (61, date(2025, 6, 1), ["EU", "CN_SME"]),
        (90, date(2012, 1, 1), []),
    ],
)
def test_a_law_speaks_from_its_day_on_and_above_its_days(days: int, on: date | None, names: list[str]) -> None:
    found = load.load().section(terms_law.read).broken_by(days, on)
    assert [law.name for law in found] == names


def test_a_newer_entry_replaces_the_law_of_its_name(tmp_path: Path) -> None:
    newer = '\n[[terms_law]]\nfrom = 2030-01-01\nname = "CN_SME"\nabove = 45\ntext_en = "New."\n'
    laws = loaded(tmp_path, shipped("terms_law") + newer).section(terms_law.read)
    assert [law.text for law in laws.broken_by(50, None)] == ["New."]
    assert laws.broken_by(50, date(2029, 12, 31)) == ()
