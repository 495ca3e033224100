"""Sheets of a workbook that are no part of the ledger: notes, pivots, summaries beside the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from duebook.core.errors import DuebookError
from duebook.ledger import documents
from duebook.ledger.found import Findings, Part

NOTES, LACKING = "notes", "lacking"
_LEDGER_ROLES = ("invoices", "payments")


def set_aside(parts: Sequence[Part], named: Collection[str]) -> dict[int, str]:
    """Part number → why its sheet is not read. `named`: raw tables whose role the user has stated; these are read.

    Only sheets that stand beside others are looked at: a file or sheet given alone is meant, and refused if it cannot
    be read. A sheet with fewer than two known columns holds notes. One with more, that still lacks what documents
    need, is set aside too (a summary, a pivot), but said as a problem, since it may be a ledger nobody recognized.
    """
    sheets = Counter(part.raw.file for part in parts if part.raw.sheet is not None)
    beside = [p for p in parts if p.raw.sheet is not None and sheets[p.raw.file] > 1 and p.raw.name not in named]
    found: dict[int, str] = {}
    for part in beside:
        if len(set(part.mapped.positions.values())) < 2:
            found[part.number] = NOTES
        elif part.mapped.role in _LEDGER_ROLES and not _can_be_read(part):
            found[part.number] = LACKING
    readable = any(p.mapped.role in _LEDGER_ROLES and p.number not in found for p in parts)
    return found if readable else {}


def _can_be_read(part: Part) -> bool:
    try:
        documents.check_columns(part)
    except DuebookError:
        return False
    return True


def remark(findings: Findings, parts: Sequence[Part], aside: Mapping[int, str]) -> None:
    """Says which sheets with columns of a ledger are not read. Notes are told by `Recognized` alone."""
    for part in parts:
        if aside.get(part.number) == LACKING:
            seen = ", ".join(header for header in part.raw.headers if header)
            findings.remark(part, None, "sheet_not_used", "kept", sheet=part.raw.sheet, seen=seen)
