"""Shared formulas (one text for many cells) written out cell by cell, before the rows that they refer to move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from duebook.books.parts import Element, Parts, descendants
from duebook.books.references import Reference, RowMap, area, moved_by, tokens
from duebook.books.slots import Sheets


def expand_shared_formulas(parts: Parts, sheets: Sheets, maps: Mapping[str, RowMap]) -> set[str]:
    """Writes shared formulas out cell by cell where they are on, or refer to, a sheet whose rows move."""
    touched = set()
    for sheet in parts.sheets:
        if sheet.kind != "worksheet" or b"shared" not in parts.raw(sheet.part):
            continue
        grid = sheets.grid(sheet.part)
        masters = dict(_masters(grid.data))
        names = {(r.sheet or sheet.name).casefold() for text, _, _ in masters.values() for r in _references(text)}
        if sheet.name.casefold() not in maps and not names & set(maps):
            continue
        for formula in [f for f in descendants(grid.data, "f") if f.get("t") == "shared"]:
            master = masters.get(formula.get("si", ""))
            cell = formula.getparent()
            at = area(cell.get("r", "")) if cell is not None else None
            if master is None or at is None:
                continue
            text, row, column = master
            if not formula.text:
                formula.text = moved_by(text, at[0] - row, at[1] - column)
            for attribute in ("t", "si", "ref"):
                formula.attrib.pop(attribute, "")
            touched.add(sheet.part)
    return touched


def _masters(data: Element) -> Iterator[tuple[str, tuple[str, int, int]]]:
    for formula in descendants(data, "f"):
        cell = formula.getparent()
        if formula.get("t") == "shared" and formula.text and cell is not None:
            at = area(cell.get("r", ""))
            if at:
                yield formula.get("si", ""), (formula.text, at[0], at[1])


def _references(formula: str) -> Iterator[Reference]:
    return (t for t in tokens(formula) if isinstance(t, Reference))
