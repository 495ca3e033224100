"""How often a customer's credit is reviewed: by grade and by size, the shorter interval counts.

Rows with the same `from` make one version of their table (`versions`).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duebook.core.cells import Label
from duebook.policy import grades
from duebook.policy.by_grade import every_grade
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Placed, Versions, used_once, versions

TABLES = ("review_grade", "review_size")
LONGEST = 120
"""Months."""


@dataclass(frozen=True)
class GradeReview:
    grade: str
    months: int


@dataclass(frozen=True)
class SizeReview:
    """Customers with an exposure of `at_least` are reviewed at least every `months`."""

    name: Label
    at_least: Decimal
    months: int


@dataclass(frozen=True)
class Reviews:
    scale: grades.Grades
    _grades: Versions[GradeReview]
    _sizes: Versions[SizeReview]

    def of_grade(self, name: str, on: date | None) -> GradeReview:
        """The interval of a grade. CellError lists the grades where it is none."""
        known = self.scale.on(on).find(name).name
        return next(row for row in self._grades.rows(on) if row.grade == known)

    def of_size(self, exposure: Decimal, on: date | None) -> SizeReview | None:
        """The highest size class that `exposure` reaches; None below the first."""
        reached = [row for row in self._sizes.rows(on) if row.at_least <= exposure]
        return max(reached, key=lambda row: row.at_least) if reached else None


def read(check: Checker) -> Reviews:
    scale = grades.read(check)

    def of_grade(check: Checker, where: str, entry: Entry) -> GradeReview:
        return GradeReview(scale.named(check, where, entry), _months(check, where, entry))

    by_grade = versions(check, "review_grade", of_grade)
    every_grade(check, by_grade, scale, lambda row: row.grade, {"months": lambda row: row.months})
    by_size = versions(check, "review_size", _size)
    for _, rows in by_size.all:
        _larger_not_rarer(check, rows)
    return Reviews(scale, by_grade, by_size)


def _months(check: Checker, where: str, entry: Entry) -> int:
    return check.whole(f"{where}, months", entry.get("months"), 1, LONGEST)


def _size(check: Checker, where: str, entry: Entry) -> SizeReview:
    name = check.text(where, entry, "name_en")
    label = Label(name, check.text(where, entry, "name_zh", name))
    at_least = check.decimal(f"{where}, at_least", entry.get("at_least"))
    return SizeReview(label, at_least, _months(check, where, entry))


def _larger_not_rarer(check: Checker, rows: Sequence[Placed[SizeReview]]) -> None:
    used_once(check, rows, "at_least", lambda row: row.at_least)
    rising = sorted(rows, key=lambda placed: placed.row.at_least)
    for (_, smaller), (where, larger) in itertools.pairwise(rising):
        if larger.months > smaller.months:
            most = smaller.months
            wanted = Label(f"{most} or less, as smaller customers have", f"不大于 {most}，即较小客户的间隔")
            check.refuse(f"{where}, months", larger.months, wanted)
