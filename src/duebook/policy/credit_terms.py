"""Days of credit by grade and sector. Rows with the same `from` make one version (`versions`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duebook.policy import grades
from duebook.policy.by_grade import every_grade, grade_of
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Versions, versions

TABLES = ("credit_terms",)
LONGEST = 3650


@dataclass(frozen=True)
class GradeTerms:
    """Days of credit for a grade in a sector ("" = every sector without rows)."""

    sector: str
    grade: str
    days: int


@dataclass(frozen=True)
class CreditTerms:
    scale: grades.Grades
    _terms: Versions[GradeTerms]

    def row(self, grade: str, sector: str, on: date | None) -> GradeTerms:
        """The days of a grade in `sector`, or of all other sectors. CellError lists the grades where it is none."""
        known = self.scale.on(on).find(grade).name
        rows = {(_plain(row.sector), row.grade): row for row in self._terms.rows(on)}
        return rows.get((_plain(sector), known)) or rows["", known]


def read(check: Checker) -> CreditTerms:
    scale = grades.read(check)

    def terms(check: Checker, where: str, entry: Entry) -> GradeTerms:
        days = check.whole(f"{where}, days", entry.get("days"), 0)
        if days > LONGEST:
            check.refuse(f"{where}, days", days, f"a whole number, {LONGEST} or less")
        return GradeTerms(check.text(where, entry, "sector", ""), grade_of(check, scale, where, entry), days)

    found = versions(check, "credit_terms", ("sector", "grade", "days"), terms)
    for (start, rows), until in zip(found.all, (*found.starts[1:], None), strict=True):
        sectors = dict.fromkeys(_plain(row.sector) for _, row in rows)
        if "" not in sectors:
            where, last = rows[-1]
            wanted = "blank in rows of this `from` that serve all other sectors, one for each grade"
            check.refuse(f"{where}, sector", last.sector, wanted)
        for sector in sectors:
            of_sector = Versions(found.table, [(start, tuple(p for p in rows if _plain(p.row.sector) == sector))])
            every_grade(check, of_sector, scale, lambda row: row.grade, {"days": lambda row: row.days}, until)
    return CreditTerms(scale, found)


def _plain(sector: str) -> str:
    return " ".join(sector.split()).casefold()
