"""`duebook rebind`: in a copy, formulas call Duebook's functions as another host stores them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from duebook.books.parts import Parts
from duebook.core.messages import text
from duebook.hosts.cli import DONE
from duebook.hosts.sharing.copies import copy_path, finder, opened, signed, written
from duebook.hosts.sharing.formulas import Dialect, Finder
from duebook.hosts.sharing.links import addin_links, drop_unused, linked_to_addin
from duebook.hosts.sharing.places import Place, book_places, part_text, sheet_places
from duebook.hosts.sharing.telling import listed, tell


@dataclass
class Report:
    """What was done. `formulas` counts those that were written anew, `calling` all that call our functions."""

    path: Path
    calling: int = 0
    formulas: int = 0
    sheets: list[str] = field(default_factory=list)
    names: int = 0


def run_rebind(chosen: argparse.Namespace) -> int:
    """The command: 0 done, 1 where there is nothing to write anew."""
    dialect = Dialect(chosen.to)
    with opened(chosen.workbook) as parts:
        target = copy_path(chosen.workbook, chosen.out, dialect.value)
        report = rebind(parts, target, dialect)
        if not report.calling:
            return tell(chosen, "sharing.nothing_to_rebind", path=chosen.workbook.name)
        spoken = text(f"sharing.dialect_{dialect.value}", chosen.language)
        if not parts.changed:
            return tell(chosen, "sharing.already", path=chosen.workbook.name, dialect=spoken)
        written(parts, target)
    remarks = [text("sharing.signature", chosen.language)] if signed(parts) else []
    tell(
        chosen,
        "sharing.rebound",
        remarks=remarks,
        facts={"file": str(target), "formulas": report.formulas, "sheets": report.sheets},
        path=target.name,
        formulas=report.formulas,
        sheets=listed(report.sheets) or "–",
        dialect=spoken,
    )
    return DONE


def rebind(parts: Parts, target: Path, dialect: Dialect) -> Report:
    """Changes the parts; nothing is touched where every call is in the dialect already."""
    ours = finder(parts)
    report = Report(target)
    before = addin_links(parts)
    calling = [(place, place.text) for place in _calling(parts, ours)]
    report.calling = len(calling)
    used = {use.name for place, formula in calling for use in ours.uses(formula, place.sheet)}
    link = linked_to_addin(parts, used) if calling and dialect is Dialect.ADDIN else None
    for place, formula in calling:
        changed = ours.rewritten(formula, dialect, link, place.sheet)
        if changed == formula:
            continue
        place.put(changed)
        parts.touch(place.part)
        report.formulas += 1
        if place.sheet is not None and place.sheet not in report.sheets:
            report.sheets.append(place.sheet)
    drop_unused(parts, before - {link} if calling else ())
    return report


def _calling(parts: Parts, ours: Finder) -> Iterator[Place]:
    for sheet in parts.worksheets():
        if ours.maybe(part_text(parts, sheet.part)):
            yield from (p for p in sheet_places(parts, sheet) if any(ours.uses(p.text, p.sheet)))
    yield from (p for p in book_places(parts) if any(ours.uses(p.text, p.sheet)))
