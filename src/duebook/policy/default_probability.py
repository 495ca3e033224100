"""Default probabilities: by credit grade, by band of the score, or both.

Score bands are half-open [low, high); the highest takes its own end too. A blank end means the score's own, 0 or 100;
an agency's scale is written with its own ends (1001 to 1875), and a score outside them has no rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, cast

from duebook.core.cells import CellError, Label
from duebook.core.money import exact
from duebook.policy import grades
from duebook.policy.check import Checker, Entry, in_force
from duebook.policy.grades import BEST_SCORE, WORST_SCORE
from duebook.policy.versions import Placed, used_once, versions

TABLES = ("default_probability",)

Kind = Literal["grade", "score"]
KINDS = ("grade", "score")
ERRORS = {"score.no_rate_for": "#N/A", "score.outside_scale": "#NUM!"}
"""What the look-ups raise, for the `errors` of the function."""


@dataclass(frozen=True)
class Rate:
    """The share that defaults within `months`: of a `grade` (`low`, `high` unused), or of scores [low, high)."""

    kind: Kind
    grade: str
    low: Decimal
    high: Decimal
    rate: Decimal
    months: int
    source: str
    highest: bool = False
    """Whether it is the highest band of the scores, which takes its own end too."""

    @property
    def words(self) -> Label:
        """What the rate belongs to."""
        if self.kind == "grade":
            return Label(f"grade {self.grade}", f"等级 {self.grade}")
        under, excluded = ("", "") if self.highest else ("under ", "（不含）")
        low, high = f"{self.low:f}", f"{self.high:f}"
        return Label(f"scores from {low} to {under}{high}", f"分数 {low} 至 {high}{excluded}")


@dataclass(frozen=True)
class Rates:
    """The rates of one version; score bands lowest first."""

    by_grade: tuple[Rate, ...]
    by_score: tuple[Rate, ...]

    def of_grade(self, name: str) -> Rate:
        """The rate of the policy's grade `name`. CellError (#N/A) where the policy has none by grade."""
        for row in self.by_grade:
            if row.grade == name:
                return row
        raise CellError("#N/A", "score.no_rate_for", kind="grade")

    def of_score(self, score: float | Decimal) -> Rate:
        """The rate of a score. CellError where there are no bands (#N/A) or it lies outside them (#NUM!)."""
        if not self.by_score:
            raise CellError("#N/A", "score.no_rate_for", kind="score")
        found, low, high = exact(score), self.by_score[0].low, self.by_score[-1].high
        if not low <= found <= high:
            raise CellError("#NUM!", "score.outside_scale", value=f"{found:f}", low=f"{low:f}", high=f"{high:f}")
        return next(row for row in reversed(self.by_score) if found >= row.low)


@dataclass(frozen=True)
class DefaultProbabilities:
    """The checked `[[default_probability]]` tables."""

    grades: grades.Grades
    _versions: tuple[tuple[date, Rates], ...]

    def on(self, day: date | None) -> Rates:
        return in_force(self._versions, day, "default_probability")


def read(check: Checker) -> DefaultProbabilities:
    """The rates of every version; refused where a grade has none or two or less than a better one, or score bands leave
    a gap or overlap."""
    scale = grades.read(check)
    found = versions(check, "default_probability", lambda check, where, entry: _rate(check, where, entry, scale))
    checked = []
    for start, rows in found.all:
        by_grade = [placed for placed in rows if placed.row.kind == "grade"]
        by_score = sorted((placed for placed in rows if placed.row.kind == "score"), key=lambda each: each.row.low)
        used_once(check, by_grade, "grade", lambda row: row.grade)
        check.bands([(where, row.low, row.high) for where, row in by_score], whole_line=False)
        later = [other for other, _ in found.all if other > start]
        for day in (start, *(day for day in scale.starts if day > start and (not later or day < later[0]))):
            _every_grade(check, by_grade, scale.on(day).names)
        bands = [placed.row for placed in by_score]
        bands[-1:] = [replace(band, highest=True) for band in bands[-1:]]
        checked.append((start, Rates(tuple(placed.row for placed in by_grade), tuple(bands))))
    return DefaultProbabilities(scale, tuple(checked))


def _every_grade(check: Checker, rows: Sequence[Placed[Rate]], names: Sequence[str]) -> None:
    """Refuses rates by grade that leave a grade out, or that fall from a better grade to a worse one (a slip)."""
    held = [placed.row.grade for placed in rows]
    if rows and (lacking := [name for name in names if name not in held]):
        where, last = rows[-1]
        names = ", ".join(lacking)
        wanted = Label(f"followed by a row for each other grade: {names}", f"后面还须有其余等级的行：{names}")
        check.refuse(f"{where}, grade", last.grade, wanted)
    in_order = sorted(
        (placed for placed in rows if placed.row.grade in names), key=lambda each: names.index(each.row.grade)
    )
    for (_, better), (where, worse) in pairwise(in_order):
        if worse.rate < better.rate:
            en = f"{better.rate:f} or more, the rate of the better grade {better.grade}"
            wanted = Label(en, f"不小于 {better.rate:f}，即更高等级 {better.grade} 的违约概率")
            check.refuse(f"{where}, rate", worse.rate, wanted)


def _rate(check: Checker, where: str, entry: Entry, scale: grades.Grades) -> Rate:
    kind = cast(Kind, check.choice(where, entry, "kind", KINDS))
    unused = ("low", "high") if kind == "grade" else ("grade",)
    for key in unused:
        if entry.get(key, "") != "":
            wanted = Label(f"blank: this row is by {kind}", f"空白：此行按 {kind} 列出")
            check.refuse(f"{where}, {key}", entry[key], wanted)
    low, high = (
        check.decimal(f"{where}, {key}", open_end if entry.get(key, "") == "" else entry[key], least=None)
        for key, open_end in (("low", WORST_SCORE), ("high", BEST_SCORE))
    )
    return Rate(
        kind,
        scale.named(check, where, entry) if kind == "grade" else "",
        low,
        high,
        check.decimal(f"{where}, rate", entry.get("rate"), Decimal(1)),
        check.whole(f"{where}, horizon_months", entry.get("horizon_months", 12), 1),
        check.text(where, entry, "source", ""),
    )
