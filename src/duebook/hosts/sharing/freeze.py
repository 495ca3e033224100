"""`duebook freeze`: in a copy, formulas with Duebook functions become the values they had; the formula stays as a note.

A value is the one that the last program to compute the workbook left in the file. Where there is none, nothing is
frozen at all: a guess would be a silent wrong number.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from duebook.books.body import RISKY
from duebook.books.parts import Element, Grid, Parts, SheetPart, beside, child, children, descendants
from duebook.books.references import area, area_text, moved_by, relative
from duebook.books.sheet_cells import quoted_styles
from duebook.books.slots import Sheets, cell_text, defined_names
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.hosts.cli import DONE, PROBLEMS
from duebook.hosts.sharing.copies import copy_path, finder, opened, signed, written
from duebook.hosts.sharing.formulas import CallingNames, Finder
from duebook.hosts.sharing.links import addin_links, drop_unused
from duebook.hosts.sharing.notes import add_notes
from duebook.hosts.sharing.places import CELL, COLUMN, TOTAL, Place, book_places, part_text, sheet_places
from duebook.hosts.sharing.spills import without_spills
from duebook.hosts.sharing.telling import Left, listed, tell
from duebook.hosts.sharing.what_if import depending, what_if_tables

MOST_NOTES = 1_000
"""Notes on one sheet, one for each formula; where there are more, one stands for a formula filled down."""
_NOT_COMPUTED = frozenset({"#NAME?", "#BUSY!", "#GETTING_DATA", "#SPILL!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!"})
"""Errors that come from the host, not from a function: the function has not answered."""
_SPILLED = re.compile(rb"anchorarray", re.IGNORECASE)


@dataclass
class Frozen:
    """A formula that becomes a value: its cell, its text, and the area its values cover."""

    cell: Element
    row: int
    column: int
    text: str
    covers: tuple[int, int, int, int]
    kind: str
    dynamic: bool
    shared: tuple[str, int, int] | None = None
    """The master's text and place, for one of a shared formula."""

    @property
    def formula(self) -> str:
        if self.shared is None:
            return self.text
        master, row, column = self.shared
        return moved_by(master, self.row - row, self.column - column)


@dataclass
class Report:
    """What was done. `cells` counts by sheet; `left`: formulas that cannot be frozen where they stand."""

    path: Path
    formulas: int = 0
    cells: dict[str, int] = field(default_factory=dict)
    notes: int = 0
    tables: list[str] = field(default_factory=list)
    """What-if tables that became values."""
    left: list[Left] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def run_freeze(chosen: argparse.Namespace) -> int:
    """The command: 0 done, 1 nothing to freeze or something left that cannot be frozen."""
    with opened(chosen.workbook) as parts:
        target = copy_path(chosen.workbook, chosen.out, "values")
        report = freeze(parts, target, chosen.language)
        if not report.formulas and not report.left:
            return tell(chosen, "sharing.nothing_to_freeze", path=chosen.workbook.name)
        if not report.formulas:
            return tell(chosen, "sharing.only_left", left=report.left, path=chosen.workbook.name)
        written(parts, target)
    remarks = [text(f"sharing.{key}", chosen.language) for key in report.remarks]
    if report.tables:
        remarks.insert(0, text("sharing.what_if", chosen.language, tables=listed(report.tables)))
    tell(
        chosen,
        "sharing.frozen",
        left=report.left,
        remarks=remarks,
        facts={"file": str(target), "formulas": report.formulas, "cells": report.cells, "notes": report.notes},
        path=target.name,
        formulas=report.formulas,
        cells=sum(report.cells.values()),
        sheets=listed(report.cells),
        notes=report.notes,
    )
    return PROBLEMS if report.left else DONE


def freeze(parts: Parts, target: Path, language: str = "en") -> Report:
    """Changes the parts; `report.formulas` is 0 where there was nothing to freeze."""
    return _Freezing(parts, target, language).run()


class _Freezing:
    """One run of `freeze`, step by step."""

    def __init__(self, parts: Parts, target: Path, language: str) -> None:
        self.parts = parts
        self.language = language
        self.finder = finder(parts)
        self.sheets = Sheets(parts)
        self.names = CallingNames(defined_names(parts), self.finder)
        self.report = Report(target)

    def run(self) -> Report:
        found = {sheet: self._found(sheet) for sheet in self.parts.worksheets()}
        found = {sheet: frozen for sheet, frozen in found.items() if frozen}
        self.report.left = list(self._left())
        if not found:
            return self.report
        for sheet, table in list(self._what_if_tables(found)):
            found.setdefault(sheet, []).append(table)
        self._refuse_uncomputed(found)
        self._rewrite_spill_references(found)
        notes = {sheet: _notes(frozen, self.finder, self.language) for sheet, frozen in found.items()}
        for sheet, frozen in found.items():
            self._freeze(sheet, frozen)
            add_notes(self.parts, sheet, notes[sheet])
        self._plain_table_columns()
        self.report.notes = sum(map(len, notes.values()))
        for chain in list(self.parts.related(self.parts.workbook, "calcChain")):
            self.parts.drop(chain)
        drop_unused(self.parts, addin_links(self.parts))
        self.report.remarks = list(_remarks(self.parts))
        return self.report

    # --- what is to be frozen

    def _calls(self, formula: str, sheet: str | None) -> bool:
        """Whether a formula calls a function of ours, itself or through a name."""
        return any(self.finder.uses(formula, sheet)) or self.names.used_in(formula, sheet)

    def _may_call(self, sheet: SheetPart) -> bool:
        raw = part_text(self.parts, sheet.part)
        return self.finder.maybe(raw) or self.names.may_be_used_in(raw)

    def _found(self, sheet: SheetPart) -> list[Frozen]:
        if not self._may_call(sheet):
            return []
        found: list[Frozen] = []
        masters: dict[str, tuple[str, int, int]] = {}
        for element in descendants(self.sheets.grid(sheet.part).data, "f"):
            cell = element.getparent()
            at = area(cell.get("r", "")) if cell is not None else None
            if cell is None or at is None:
                continue
            shared = None
            if element.get("t") == "shared":
                key = element.get("si", "")
                if element.text and self._calls(element.text, sheet.name):
                    masters[key] = (element.text, at[0], at[1])
                elif element.text:
                    masters.pop(key, None)
                shared = masters.get(key)
            elif not element.text or not self._calls(element.text, sheet.name):
                continue
            if element.get("t") != "shared" or shared is not None:
                found.append(_frozen(element, cell, at, shared))
        return found

    def _what_if_tables(self, found: dict[SheetPart, list[Frozen]]) -> Iterator[tuple[SheetPart, Frozen]]:
        """What-if tables that look at what is frozen: nothing moves there any more, so they become values too."""
        tables = what_if_tables(self.parts, self.sheets)
        changed = {(sheet.name, f.row, f.column) for sheet, frozen in found.items() for f in frozen}
        for table in depending(tables, self.parts, self.sheets, changed):
            at = area(table.cell.get("r", ""))
            if at is not None:
                self.report.tables.append(f"{table.sheet.name}!{area_text(*table.covers)}")
                frozen = _frozen(table.element, table.cell, at, None)
                frozen.text = table.text
                yield table.sheet, frozen

    def _refuse_uncomputed(self, found: dict[SheetPart, list[Frozen]]) -> None:
        missing = [
            f"{sheet.name}!{f.cell.get('r')}"
            for sheet, frozen in found.items()
            for f in frozen
            if not self._computed(f)
        ]
        if missing:
            raise DuebookError(
                "sharing.not_computed", path=self.parts.package.path.name, count=len(missing), cells=listed(missing)
            )

    def _computed(self, frozen: Frozen) -> bool:
        value = child(frozen.cell, "v")
        if frozen.cell.get("t") == "str":
            return value is not None
        shown = (value.text or "").strip() if value is not None else ""
        if not shown or shown in _NOT_COMPUTED:
            return False
        alone = frozen.covers[:2] == frozen.covers[2:]
        blocked = frozen.dynamic and alone and frozen.cell.get("vm") is not None and shown == "#VALUE!"
        return not blocked  # a table that found no room: Excel notes #SPILL! so

    # --- freezing

    def _freeze(self, sheet: SheetPart, frozen: list[Frozen]) -> None:
        grid = self.sheets.grid(sheet.part)
        cells = 0
        texts: list[Element] = []
        for each in frozen:
            for formula in list(children(each.cell, "f")):
                each.cell.remove(formula)
            for cell in _covered(grid, each):
                cells += each.kind != "dataTable"
                cell.attrib.pop("cm", "")
                if cell.get("t") == "e":
                    cell.attrib.pop("vm", "")
                elif cell.get("t") == "str":
                    texts.append(cell)
        risky = [cell for cell in texts if cell_text(cell, self.parts).startswith(tuple(RISKY))]
        quoted = quoted_styles(self.parts, {cell.get("s", "0") for cell in risky})
        for cell in risky:
            # a text that looks like a formula is marked as text
            style = cell.get("s", "0")
            cell.set("s", quoted.get(style, style))
        for cell in texts:
            if cell.get("t") == "str":
                _text_constant(cell)
        if cells:
            self.report.formulas += sum(each.kind != "dataTable" for each in frozen)
            self.report.cells[sheet.name] = cells
        self.parts.touch(sheet.part)

    def _plain_table_columns(self) -> None:
        """Table columns whose formula was frozen must not fill new rows with it."""
        for place in list(book_places(self.parts)):
            if place.kind in (COLUMN, TOTAL) and self._calls(place.text, place.sheet):
                column = place.element.getparent()
                assert column is not None
                column.remove(place.element)
                if place.kind == TOTAL:
                    column.attrib.pop("totalsRowFunction", "")
                self.parts.touch(place.part)

    def _rewrite_spill_references(self, found: dict[SheetPart, list[Frozen]]) -> None:
        """`A1#` means the values that spill from A1; frozen they spill no more, and the area itself stands for them."""
        areas = {
            (s.name.casefold(), f.row, f.column): f.covers for s, frozen in found.items() for f in frozen if f.dynamic
        }
        if not areas:
            return
        sheets = [s for s in self.parts.worksheets() if _SPILLED.search(self.parts.raw(s.part))]
        places = [p for sheet in sheets for p in sheet_places(self.parts, sheet)]
        for place in [*places, *book_places(self.parts)]:
            changed = without_spills(place.text, place.sheet or "", areas)
            if changed != place.text:
                place.put(changed)
                self.parts.touch(place.part)

    # --- what is left

    def _left(self) -> Iterator[Left]:
        places: list[Place] = [p for p in book_places(self.parts) if p.kind not in (COLUMN, TOTAL)]
        for sheet in self.parts.worksheets():
            if self._may_call(sheet):
                places += [p for p in sheet_places(self.parts, sheet) if p.kind != CELL]
        for place in places:
            if self._calls(place.text, place.sheet):
                yield Left(place.kind, place.where, self.finder.readable(place.text, place.sheet))


def _frozen(
    element: Element, cell: Element, at: tuple[int, int, int, int], shared: tuple[str, int, int] | None
) -> Frozen:
    kind = element.get("t", "")
    covers = area(element.get("ref", "")) if kind in ("array", "dataTable") else None
    return Frozen(cell, at[0], at[1], element.text or "", covers or at, kind, cell.get("cm") is not None, shared)


def _text_constant(cell: Element) -> None:
    """A formula's text as a text of its own."""
    value = child(cell, "v")
    holder = cell.makeelement(beside(cell, "is"))
    said = etree.SubElement(holder, beside(cell, "t"))
    said.text = (value.text if value is not None else "") or ""
    said.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    cell.set("t", "inlineStr")
    if value is not None:
        cell.replace(value, holder)
    else:
        cell.append(holder)


def _covered(grid: Grid, frozen: Frozen) -> Iterator[Element]:
    yield frozen.cell
    first, left, last, right = frozen.covers
    if (first, left) == (last, right):
        return
    for row in range(first, min(last, max(grid.rows, default=0)) + 1):
        for column, cell in grid.cells(row):
            # a cell with a formula of its own is no part of another's values, whatever the file says
            if left <= column <= right and cell is not frozen.cell and child(cell, "f") is None:
                yield cell


def _notes(frozen: list[Frozen], finder: Finder, language: str) -> dict[tuple[int, int], str]:
    """The note of each formula; on a sheet with very many, one for each formula filled down a column."""
    runs = [[each] for each in frozen] if len(frozen) <= MOST_NOTES else list(_filled_down(frozen))
    notes = {}
    for run in runs:
        first, last = run[0], run[-1]
        shown = "=" + finder.readable(first.formula)
        if (first.kind == "array" and not first.dynamic) or first.kind == "dataTable":
            shown = f"{{{shown}}}"
        covered = (
            area_text(*first.covers) if len(run) == 1 else area_text(first.row, first.column, last.row, last.column)
        )
        key = "note" if ":" not in covered else "note_area" if len(run) == 1 else "note_filled"
        notes[first.row, first.column] = text(f"sharing.{key}", language, formula=shown, area=covered)
    return notes


def _filled_down(frozen: list[Frozen]) -> Iterator[list[Frozen]]:
    """Formulas that are the same but for their row, one below the other."""
    run: list[Frozen] = []
    before: object = None
    for each in sorted(frozen, key=lambda f: (f.column, f.row)):
        same: object = each.shared or relative(each.text, each.row, each.column)
        below = bool(run) and (run[-1].column, run[-1].row + 1) == (each.column, each.row)
        if below and same == before and each.kind not in ("array", "dataTable"):
            run.append(each)
            continue
        if run:
            yield run
        run, before = [each], same
    if run:
        yield run


def _remarks(parts: Parts) -> Iterator[str]:
    """What the user should know besides: values that Excel has not computed, a signature that no longer holds."""
    settings = child(parts.tree(parts.workbook), "calcPr")
    if settings is not None and settings.get("fullCalcOnLoad") in ("1", "true"):
        yield "not_from_excel"
    if signed(parts):
        yield "signature"
