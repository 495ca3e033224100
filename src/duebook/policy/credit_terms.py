"""Days of credit by grade and sector. Rows with the same `from` make one version (`versions`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from duebook.core.cells import Label
from duebook.policy import grades
from duebook.policy.by_grade import every_grade
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Placed, Versions, versions

TABLES = ("credit_terms",)
LONGEST = 3650


@dataclass(frozen=True)
class GradeTerms:
    """Days of credit for a grade in a sector ("" = every sector without rows), known by either of its names."""

    sector: Label
    grade: str
    days: int


@dataclass(frozen=True)
class CreditTerms:
    scale: grades.Grades
    _terms: Versions[GradeTerms]

    def row(self, grade: str, sector: str, on: date | None) -> GradeTerms:
        """The days of a grade in `sector`, or of all other sectors. CellError lists the grades where it is none."""
        known = self.scale.on(on).find(grade).name
        of_grade = [row for row in self._terms.rows(on) if row.grade == known]
        rows = {_plain(name): row for row in of_grade for name in (row.sector.zh, row.sector)}
        return rows.get(_plain(sector)) or rows[""]


def read(check: Checker) -> CreditTerms:
    scale = grades.read(check)

    def terms(check: Checker, where: str, entry: Entry) -> GradeTerms:
        days = check.whole(f"{where}, days", entry.get("days"), 0, LONGEST)
        sector = check.text(where, entry, "sector", "")
        named = Label(sector, check.text(where, entry, "sector_zh", "") or sector)
        return GradeTerms(named, scale.named(check, where, entry), days)

    found = versions(check, "credit_terms", terms)
    for (start, rows), until in zip(found.all, (*found.starts[1:], None), strict=True):
        _one_sector_per_name(check, rows)
        sectors = dict.fromkeys(_plain(row.sector) for _, row in rows)
        if "" not in sectors:
            where, last = rows[-1]
            wanted = Label(
                "blank in rows of this `from` that serve all other sectors, one for each grade",
                "空白：同一 from 须另有行业留空的行，适用于其他所有行业，每个等级一行",
            )
            check.refuse(f"{where}, sector", last.sector, wanted)
        for sector in sectors:
            of_sector = Versions(found.table, [(start, tuple(p for p in rows if _plain(p.row.sector) == sector))])
            every_grade(check, of_sector, scale, lambda row: row.grade, {"days": lambda row: row.days}, until)
    return CreditTerms(scale, found)


def _one_sector_per_name(check: Checker, rows: Sequence[Placed[GradeTerms]]) -> None:
    """Refuses a Chinese name that is another sector's too: a lookup by it could find either."""
    owner = {_plain(row.sector): _plain(row.sector) for _, row in rows}
    for where, row in rows:
        if owner.setdefault(_plain(row.sector.zh), _plain(row.sector)) != _plain(row.sector):
            wanted = Label(
                "the name of one sector only, the same in all its rows", "只属于一个行业的名称，且在该行业各行中相同"
            )
            check.refuse(f"{where}, sector_zh", row.sector.zh, wanted)


def _plain(sector: str) -> str:
    return " ".join(sector.split()).casefold()
