"""Rates by grade are complete, rates by score leave no gap; each mistake is refused by place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, refused

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.policy import default_probability as rates
from duebook.policy import grades
from duebook.policy.load import load
from duebook.policy.sheet import policy_of_range


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ('grade = "C", rate', 'grade = "B", rate', "default_probability 3, grade", "no other row"),
        ('grade = "C", rate', 'grade = "F", rate', "default_probability 3, grade", "A, B, C, D, E"),
        ('grade = "B", rate = "0.01"', 'grade = "B", rate = "0.3"', "default_probability 3, rate",
         "0.3 or more, the rate of the better grade B"),
        ('"0.03" },', '"3" },', "default_probability 3, rate", "0.016 for 1.6 %"),
        ('kind = "grade", grade = "C"', 'kind = "class", grade = "C"', "default_probability 3, kind", "grade, score"),
        ("low = 35, high = 50", "low = 36, high = 50", "default_probability 8, low", "gap"),
        ("low = 35, high = 50", "low = 34, high = 50", "default_probability 8, low", "overlap"),
        ("low = 35, high = 50", "low = 35, high = 50, grade = 1", "default_probability 8, grade", "blank"),
        ('grade = "C", rate', 'grade = "C", low = 1, rate', "default_probability 3, low", "blank"),
        ('grade = "C", rate', 'grade = "C", horizon_months = 0, rate', "default_probability 3, horizon_months", "1"),
        ('grade = "C", rate', 'grade = "C", PD = 1, rate', "default_probability 3, PD", "left out"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    refused(tmp_path, changed("default_probability", old, new), where, says)


def test_a_grade_without_a_rate_is_refused() -> None:
    rows = [["[default_probability]", None, None, None], ["from", "kind", "grade", "rate"]]
    rows.append([date(2026, 1, 1), "grade", "A", 0.01])  # type: ignore[list-item]
    with pytest.raises(DuebookError, match="B, C, D, E"):
        policy_of_range(rows, load())


def test_other_grades_ask_for_other_rates_only_when_these_are_read() -> None:
    rows: list[list[object]] = [["[grade]", None], ["from", "grade"], [date(2026, 1, 1), "one"]]
    policy = policy_of_range(rows, load())
    assert policy.section(grades.read).on(None).names == ("one",)
    with pytest.raises(DuebookError, match=r"its own \(one\), so state \[\[default_probability"):
        policy.section(rates.read)


def test_each_rate_belongs_to_its_own_edge() -> None:
    found = load().section(rates.read).on(None)
    for low, row in zip(found.by_score, found.by_score[1:], strict=False):
        assert found.of_score(row.low) == row and found.of_score(row.low - Decimal("0.01")) == low
    assert found.of_score(100) == found.by_score[-1]
    assert [row.words for row in found.by_score[-2:]] == ["scores from 80 to under 90", "scores from 90 to 100"]
    for outside in (-1, 100.01):
        with pytest.raises(CellError, match="from 0 to 100"):
            found.of_score(outside)
    worse = [row.rate for row in found.by_score]
    assert worse == sorted(worse, reverse=True) and [r.rate for r in found.by_grade] == sorted(
        r.rate for r in found.by_grade
    )
