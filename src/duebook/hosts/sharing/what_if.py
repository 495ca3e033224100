"""What-if tables of a workbook (Data > What-If Analysis > Data Table), and which of them look at frozen formulas.

Such a table tries values in its input cells and shows what the formulas at its edge become. Where these depend on a
frozen formula, however indirectly, every line would show the same from now on; the other tables go on working.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from duebook.books.cached import Area, Dependence, FilledBook, Formula, formulas
from duebook.books.parts import Element, Parts, SheetPart, child
from duebook.books.references import area
from duebook.books.slots import Sheets

MOST_STEPS = 2_000_000
"""Formulas looked at on the way; a workbook so entangled that this is not enough counts as depending."""
At = tuple[str, int, int]
"""Sheet, row, column."""


@dataclass(frozen=True)
class WhatIfTable:
    """A what-if table: its first cell, the formula element there, and the area of its results."""

    sheet: SheetPart
    cell: Element
    element: Element
    covers: tuple[int, int, int, int]

    @property
    def text(self) -> str:
        """As Excel shows it: TABLE(row input, column input)."""
        first, second = self.element.get("r1", ""), self.element.get("r2", "")
        return f"TABLE({first},{second})" if _has(self.element, "dt2D", "dtr") else f"TABLE({second},{first})"


def what_if_tables(parts: Parts, sheets: Sheets) -> list[WhatIfTable]:
    """All what-if tables of the workbook."""
    return list(_tables(parts, sheets))


def _tables(parts: Parts, sheets: Sheets) -> Iterator[WhatIfTable]:
    for sheet in parts.worksheets():
        if b"dataTable" not in parts.raw(sheet.part):
            continue
        for element in sheets.grid(sheet.part).data.iter("{*}f"):
            cell, covers = element.getparent(), area(element.get("ref", ""))
            if element.get("t") == "dataTable" and cell is not None and covers is not None:
                yield WhatIfTable(sheet, cell, element, covers)


def depending(
    tables: Iterable[WhatIfTable], parts: Parts, sheets: Sheets, changed: Collection[At]
) -> Iterator[WhatIfTable]:
    """Those tables whose results depend, or may depend, on one of the cells."""
    waiting = list(tables)
    if waiting:
        paths = _Paths(parts, sheets, changed)
        for table in waiting:
            if paths.lead_from(_watched(table.sheet.name, table.element, table.covers)):
                yield table


class _Paths:
    """Follows formulas backwards, from cell to the cells that it reads."""

    def __init__(self, parts: Parts, sheets: Sheets, changed: Collection[At]) -> None:
        self._changed = changed
        self._dependence = Dependence(parts, FilledBook(parts, sheets, ()))
        self._steps = 0
        self._spread: list[tuple[Area, Formula]] = []
        self._columns: dict[tuple[str, int], tuple[list[int], list[Formula]]] = {}
        for formula in sorted(formulas(parts, sheets, ()), key=lambda f: f.key[1]):
            sheet, row, column = formula.key
            rows, found = self._columns.setdefault((sheet.casefold(), column), ([], []))
            rows.append(row)
            found.append(formula)
            if formula.covers is not None:
                self._spread.append((Area(sheet.casefold(), *formula.covers), formula))

    def lead_from(self, watched: Area) -> bool:
        """Whether a changed cell is among the cells that these depend on."""
        waiting, seen, met = [watched], {watched}, set[At]()
        while waiting:
            for formula in self._standing_in(waiting.pop()):
                self._steps += 1
                if formula.key in self._changed or self._steps > MOST_STEPS:
                    return True
                if formula.key in met:
                    continue
                met.add(formula.key)
                areas, anything = self._reads(formula)
                if anything:
                    return True
                new = set(areas) - seen
                seen |= new
                waiting += new
        return False

    def _reads(self, formula: Formula) -> tuple[tuple[Area, ...], bool]:
        element = child(formula.cell, "f")
        if element is None or element.get("t") != "dataTable" or formula.covers is None:
            return self._dependence.reads(formula.text, formula.key[0])
        return (_watched(formula.key[0], element, formula.covers),), False

    def _standing_in(self, wanted: Area) -> Iterator[Formula]:
        columns: Iterable[int] = range(wanted.left, wanted.right + 1)
        if wanted.right - wanted.left >= len(self._columns):
            columns = [c for sheet, c in self._columns if sheet == wanted.sheet and wanted.left <= c <= wanted.right]
        for column in columns:
            rows, found = self._columns.get((wanted.sheet, column), ((), ()))
            yield from found[bisect_left(rows, wanted.first) : bisect_right(rows, wanted.last)]
        yield from (formula for spread, formula in self._spread if spread.meets(wanted))


def _watched(sheet: str, element: Element, covers: tuple[int, int, int, int]) -> Area:
    """Where the formulas stand that the table computes: the corner, or the row above, or the column to the left."""
    first, left, last, right = covers
    if _has(element, "dt2D"):
        return Area(sheet.casefold(), first - 1, left - 1, first - 1, left - 1)
    if _has(element, "dtr"):
        return Area(sheet.casefold(), first, left - 1, last, left - 1)
    return Area(sheet.casefold(), first - 1, left, first - 1, right)


def _has(element: Element, *flags: str) -> bool:
    return any(element.get(flag) in ("1", "true") for flag in flags)
