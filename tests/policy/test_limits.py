"""Limit rules, methods, multipliers and caps are checked before a limit is computed with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, loaded, refused, shipped

from duebook.core.errors import DuebookError
from duebook.policy import limits, load, risk_amounts

NEWER_GRADE = '\n[[limit_grade]]\nfrom = 2030-01-01\ngrade = "A"\nmultiplier = "0.9"\n'
GRADE_F = '\n[[grade]]\nfrom = {start}\ngrade = "{name}"\nlow = {low}\nhigh = {high}\n'


@pytest.mark.parametrize(
    ("section", "old", "new", "where", "says"),
    [
        ("limits", 'combine = "lowest"', 'combine = "worst"', "limit_rule 1, combine", "lowest, average, highest"),
        ("limits", 'need = "ceiling"', 'need = "no"', "limit_rule 1, need", "ceiling, method"),
        ("limits", "month_days = 30", "month_days = 365", "limit_rule 1, month_days", "28 to 31"),
        ("limits", 'insurer = "ceiling"', 'insurer = "floor"', "limit_rule 1, insurer", "ceiling, shown"),
        ("limits", 'missing = "worst"', 'missing = "zero"', "limit_rule 1, missing", "worst, capped"),
        ("limits", "month_days = 30", "month_day = 30", "limit_rule 1, month_day", "left out"),
        ("limits", 'method = "net_worth"', 'method = "turnover"', "limit_method 1, method", "risk_amounts"),
        ("limits", 'method = "net_worth"', 'method = "reference"', "limit_method 3, method", "no other row"),
        ("limits", 'share = "0.10"', 'share = "10"', "limit_method 1, share", "0.016 for 1.6 %"),
        ("limits", 'currency = "JPY"', 'currency = "YEN"', "limit_amount 2, currency", "ISO 4217"),
        ("limits", 'currency = ""', 'currency = "CNY"', "limit_amount 2, currency", "blank in one row"),
        ("limits", 'step = "1000"', "step = 0", "limit_amount 1, step", "above 0"),
        ("limits", 'cap = "5000000"', 'cap = "lots"', "limit_amount 1, cap", "a number"),
        ("limits", 'grade = "C"', 'grade = "G"', "limit_grade 3, grade", "A, B, C, D, E"),
        ("limits", 'grade = "C"', 'grade = "B"', "limit_grade 3, grade", "no other row"),
        ("limits", 'multiplier = "0.80"', 'multiplier = "0.40"', "limit_grade 3, multiplier", "the better grade B"),
        ("limits", 'cap_share = "0.60"', 'cap_share = "0.10"', "limit_grade 3, cap_share", "the better grade B"),
        ("limits", 'multiplier = "1.00"', 'multiplier = "-1"', "limit_grade 1, multiplier", "0 or more"),
        ("risk_amounts", 'figure = "equity"', 'figure = "sales"', "risk_amount 1, figure", "net_margin"),
        ("risk_amounts", 'amount = "100000"', 'amount = "1"', "risk_amount 3, amount", "40000"),
        ("risk_amounts", 'amount = "40000"', 'share = "0.1"', "risk_amount 2, share", "a margin is no amount"),
        ("risk_amounts", 'at_least = "0.05"', 'at_least = "0.02"', "risk_amount 3, at_least", "no other row"),
        ("risk_amounts", "at_least = 0", "at_least = -5", "risk_amount 1, at_least", "0 or more"),
    ],
)
def test_a_wrong_value_is_refused_by_place(
    tmp_path: Path, section: str, old: str, new: str, where: str, says: str
) -> None:
    refused(tmp_path, changed(section, old, new), where, says)


def test_a_grade_without_a_multiplier_is_refused_even_if_only_a_later_version_forgets_it(tmp_path: Path) -> None:
    refused(tmp_path, shipped("limits") + NEWER_GRADE, "limit_grade 6, grade", "2030-01-01: B, C, D, E")


def test_two_rules_of_one_day_are_refused(tmp_path: Path) -> None:
    twice = '\n[[limit_rule]]\nfrom = 2000-01-01\ncombine = "highest"\nneed = "ceiling"\ninsurer = "ceiling"\n'
    refused(tmp_path, shipped("limits") + twice, "limit_rule 2, from", "one rule at a time")


def test_a_grade_that_comes_later_needs_a_row_from_its_day_on(tmp_path: Path) -> None:
    """Grades change in 2030, the multipliers do not: the policy is refused, and the day is named."""
    grades = shipped("grades")
    for name, low, high in (("A", 50, 100), ("F", 0, 50)):
        grades += GRADE_F.format(start="2030-01-01", name=name, low=low, high=high)
    refused(tmp_path, grades + shipped("limits"), "limit_grade 2, grade", "in force on 2030-01-01: A, F")


def test_own_grades_beside_duebooks_multipliers_ask_for_own_multipliers(tmp_path: Path) -> None:
    own = GRADE_F.format(start="2000-01-01", name="1", low=50, high=100)
    own += GRADE_F.format(start="2000-01-01", name="2", low=0, high=50)
    policy = loaded(tmp_path, own)
    with pytest.raises(DuebookError, match=r"it has grades of its own \(1, 2\), so state \[\[limit_grade\]\]"):
        policy.section(limits.read)


def test_the_newest_version_replaces_the_one_before_whole(tmp_path: Path) -> None:
    newer = '\n[[limit_method]]\nfrom = 2030-01-01\nmethod = "reference"\nshare = "0.5"\n'
    found = loaded(tmp_path, shipped("limits") + newer).section(limits.read)
    assert [method.name for method in found.methods(date(2029, 12, 31))] == [
        "net_worth",
        "working_capital",
        "reference",
    ]
    assert [(method.name, method.share) for method in found.methods(None)] == [("reference", Decimal("0.5"))]


def test_each_figure_bears_the_amount_of_the_highest_band_that_it_reaches() -> None:
    found = load.load().section(risk_amounts.read)
    margins = {"-0.5": 0, "0.0199": 0, "0.02": 40000, "0.0499": 40000, "0.05": 100000, "0.0999": 100000, "0.1": 200000}
    for margin, amount in margins.items():
        assert found.risk("net_margin", Decimal(margin), None) == amount, margin
    assert found.risk("equity", Decimal(1_000_000), None) == 200_000
    assert found.risk("working_capital", Decimal(1_000_000), None) == 0, "no band, no amount"
