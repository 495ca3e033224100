"""Grades cover 0 to 100 exactly once, and other tables can name only those there are."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.refusals import changed, loaded, refused

from duebook.core.cells import CellError
from duebook.policy import grades
from duebook.policy.load import load
from duebook.policy.sheet import policy_of_range

SCALE = load().section(grades.read).on(None)
START = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("low = 65\nhigh = 80", "low = 65\nhigh = 78", "grade 1, low", "gap"),
        ("low = 65\nhigh = 80", "low = 65\nhigh = 82", "grade 1, low", "overlap"),
        ("low = 65\nhigh = 80", "low = 85\nhigh = 80", "grade 2, high", "above 85"),
        ("low = 0\n", "low = 1\n", "grade 5, low", "scores begin at 0"),
        ("high = 100", "high = 99", "grade 1, high", "scores end at 100"),
        ("high = 100", "high = 101", "grade 1, high", "100 or less"),
        ("high = 100", "high = 99.999", "grade 1, high", "two decimals"),
        ('grade = "B"', 'grade = "a"', "grade 2, grade", "no other row"),
        ('grade = "B"', 'grade = ""', "grade 2, grade", "a grade's name"),
        ("low = 65", "lwo = 65", "grade 2, lwo", "left out"),
        ('grade = "A"\nlow = 80', 'grade = "A"\nlow = "high"', "grade 1, low", "a number"),
    ],
)
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("grades", old, new), where, says)


def test_blank_ends_are_those_of_the_score(tmp_path: Path) -> None:
    text = changed("grades", "high = 100\n", "").replace("low = 0\n", "")
    assert loaded(tmp_path, text).section(grades.read).on(None) == SCALE


def test_a_newer_version_replaces_the_older_from_its_day() -> None:
    rows: list[list[object]] = [
        ["[grade]", None, None, None],
        ["from", "grade", "low", "high"],
        [date(2026, 1, 1), "good", 50, None],
        [date(2026, 1, 1), "bad", None, 50],
        [date(2027, 1, 1), 1.0, 70, None],
        [date(2027, 1, 1), 2.0, None, 70],
    ]
    found = policy_of_range(rows, load()).section(grades.read)
    assert found.on(date(2026, 12, 31)).names == ("good", "bad")
    assert found.on(date(2027, 1, 1)).names == found.on(None).names == ("1", "2")


@given(st.sets(st.integers(1, 9999), max_size=8))
def test_every_score_has_exactly_one_grade(cuts: set[int]) -> None:
    bounds = [None, *(Decimal(cut) / 100 for cut in sorted(cuts)), None]
    rows = [[START, f"G{n}", low, high] for n, (low, high) in enumerate(itertools.pairwise(bounds))]
    table = [["[grade]", None, None, None], ["from", "grade", "low", "high"], *reversed(rows)]
    scale = policy_of_range(table, load()).section(grades.read).on(None)
    for hundredths in {0, 10000, *cuts, *(cut - 1 for cut in cuts), 5000}:
        score = Decimal(hundredths) / 100
        held = [g for g in scale.grades if g.low <= score and (score < g.high or score == g.high == 100)]
        assert held == [scale.of(score)]
    for grade in scale.grades:
        assert scale.of(grade.top) == grade and (grade.top == 100 or scale.of(grade.top + grades.STEP) != grade)


def test_a_grade_is_found_whatever_its_case() -> None:
    assert SCALE.find(" b ").name == "B"
    with pytest.raises(CellError, match="A, B, C, D, E"):
        SCALE.find("AAA")


def test_a_binary_score_is_read_at_the_digits_it_shows() -> None:
    assert SCALE.of(0.1 * 3 * 1000 / 3.75).name == "A", "80 with a trace of binary arithmetic"
