"""Credit grades: which score, from 0 to 100, is which grade.

Grades are half-open bands [low, high) that cover 0 to 100 exactly once; 100 itself is in the highest. Other sections
name grades: they read this one with `read(check)` and check their names with `Grades.named`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from duebook.core.cells import CellError, Label
from duebook.core.money import exact
from duebook.policy.check import Checker, Entry, in_force
from duebook.policy.versions import Placed, used_once, versions

TABLES = ("grade",)

WORST_SCORE, BEST_SCORE = Decimal(0), Decimal(100)
STEP = Decimal("0.01")
"""Scores have two decimals."""
TWO_DECIMALS = Label("a score of two decimals at most", "最多两位小数的评分")
GRADE_ERRORS = {"score.unknown_grade": "#VALUE!"}
"""What `GradeScale.find` can raise, for the `errors` of functions that take a grade."""


@dataclass(frozen=True)
class Grade:
    """A grade: scores from `low` to under `high` (to 100 itself for the highest)."""

    name: str
    low: Decimal
    high: Decimal
    meaning: Label

    @property
    def top(self) -> Decimal:
        """The highest score, of two decimals, that is still this grade: 79.99 below 80."""
        return self.high if self.high == BEST_SCORE else self.high - STEP

    @property
    def range(self) -> Label:
        """Its scores in words."""
        if self.high == BEST_SCORE:
            return Label(f"{self.low:f} to 100", f"{self.low:f} 至 100")
        return Label(f"{self.low:f} to under {self.high:f}", f"{self.low:f} 至 {self.high:f}（不含）")


@dataclass(frozen=True)
class GradeScale:
    """The grades of one day, best first."""

    grades: tuple[Grade, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(grade.name for grade in self.grades)

    def of(self, score: float | Decimal) -> Grade:
        """The grade of a score from 0 to 100, read at the 15 digits that a spreadsheet shows."""
        found = exact(score)
        return next((grade for grade in self.grades if found >= grade.low), self.grades[-1])

    def rank(self, name: str) -> int:
        """0 for the best grade."""
        return self.names.index(name)

    def find(self, text: str, argument: str = "grade") -> Grade:
        """The grade of that name, whatever its case and spaces. CellError (#VALUE!) lists those there are."""
        wanted = text.strip().casefold()
        for grade in self.grades:
            if grade.name.casefold() == wanted:
                return grade
        known = Label(", ".join(self.names), "、".join(self.names))
        raise CellError("#VALUE!", "score.unknown_grade", argument=argument, value=text[:60], known=known)


@dataclass(frozen=True)
class Grades:
    """The checked `[[grade]]` tables."""

    _scales: tuple[tuple[date, GradeScale], ...]

    @property
    def starts(self) -> tuple[date, ...]:
        return tuple(start for start, _ in self._scales)

    def on(self, day: date | None) -> GradeScale:
        """The grades in force on `day` (the newest where it is None)."""
        return in_force(self._scales, day, "grade")

    @cached_property
    def all_names(self) -> tuple[str, ...]:
        """Every grade of any version, best first in each."""
        return tuple(dict.fromkeys(name for _, scale in self._scales for name in scale.names))

    def named(self, check: Checker, where: str, entry: Entry, key: str = "grade") -> str:
        """The grade that `key` names in another table, in the spelling of `[[grade]]`; any other name is refused."""
        value = entry.get(key)
        text = str(value).strip().casefold() if isinstance(value, (str, int)) else ""
        for name in self.all_names:
            if name.casefold() == text:
                return name
        refuse_inherited(check, f"{where}, {key}", value, self.all_names)
        known = ", ".join(self.all_names)
        check.refuse(f"{where}, {key}", value, Label(f"a grade of the policy: {known}", f"信用政策中的等级：{known}"))


def refuse_inherited(check: Checker, where: str, value: object, names: Sequence[str]) -> None:
    """Refuses a row of Duebook's own beside a firm's own grades, which it cannot know: the advice is to state both."""
    table = where.partition(" ")[0]
    if check.inherited(table, "grade"):
        known = ", ".join(names)
        wanted = Label(
            f"left to your policy: it has grades of its own ({known}), so state [[{table}]] in it too",
            f"由您的政策规定：政策已自定等级（{known}），因此也须列出 [[{table}]]",
        )
        check.refuse(where, value, wanted)


def read(check: Checker) -> Grades:
    """The grades of every version; refused where they leave a gap, overlap or miss an end of 0 to 100."""
    scales = []
    for start, rows in versions(check, "grade", _grade).all:
        used_once(check, rows, "grade", lambda grade: grade.name.casefold())
        placed = sorted(rows, key=lambda each: each.row.low)
        covers_once(check, placed)
        scales.append((start, GradeScale(tuple(each.row for each in reversed(placed)))))
    return Grades(tuple(scales))


def covers_once(check: Checker, placed: Sequence[Placed[Grade]]) -> None:
    """Refuses bands, lowest first, that do not cover 0 to 100 exactly once."""
    check.bands([(where, grade.low, grade.high) for where, grade in placed], whole_line=False)
    lowest, highest = placed[0], placed[-1]
    if lowest.row.low != WORST_SCORE:
        wanted = Label("0 or blank in the lowest grade: scores begin at 0", "最低等级填 0 或留空：评分从 0 开始")
        check.refuse(f"{lowest.where}, low", lowest.row.low, wanted)
    if highest.row.high != BEST_SCORE:
        wanted = Label("100 or blank in the highest grade: scores end at 100", "最高等级填 100 或留空：评分到 100 为止")
        check.refuse(f"{highest.where}, high", highest.row.high, wanted)


def _grade(check: Checker, where: str, entry: Entry) -> Grade:
    name = entry.get("grade")
    if isinstance(name, bool) or not isinstance(name, (str, int)) or not str(name).strip():
        check.refuse(f"{where}, grade", name, Label("a grade's name, such as A", "等级名称，例如 A"))
    text = str(name).strip()
    meaning = Label(
        check.text(where, entry, "meaning_en", text) or text, check.text(where, entry, "meaning_zh", text) or text
    )
    low, high = (
        check.decimal(f"{where}, {key}", open_end if entry.get(key, "") == "" else entry[key], BEST_SCORE)
        for key, open_end in (("low", WORST_SCORE), ("high", BEST_SCORE))
    )
    for key, bound in (("low", low), ("high", high)):
        if bound % STEP:
            check.refuse(f"{where}, {key}", bound, TWO_DECIMALS)
    return Grade(text, low, high, meaning)
