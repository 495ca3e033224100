"""Finds the slots of a plan in a template: an Excel table or a defined name for rows, a defined name for one cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from duebook.books.parts import Element, Grid, Parts, SheetPart, child, children, decoded, local, string_text
from duebook.books.plan import Column, Plan, matched_columns
from duebook.books.references import Reference, area, tokens
from duebook.core.errors import DuebookError


@dataclass(frozen=True)
class Placement:
    """Where the rows of a slot go. `sources[i]` is the index of the Rows column for sheet column `first_column + i`."""

    slot: str
    sheet: SheetPart
    first: int
    last: int
    first_column: int
    last_column: int
    header_row: int | None
    sources: tuple[int | None, ...]
    headers: tuple[str, ...]
    table_part: str | None = None
    totals: int = 0

    @property
    def rows(self) -> tuple[int, int]:
        """First and last row with header and totals."""
        return self.first if self.header_row is None else self.header_row, self.last + self.totals

    def keeps_rows(self, count: int) -> bool:
        """Whether the body keeps its number of rows with `count` rows of data; an empty one keeps one blank row."""
        return max(count, 1) == self.last - self.first + 1

    def holds(self, row: int, column: int) -> bool:
        return self.first <= row <= self.last and self.first_column <= column <= self.last_column

    def column_of_key(self, key: str, columns: Sequence[Column]) -> int | None:
        """The sheet column that the Rows column `key` goes to."""
        for offset, source in enumerate(self.sources):
            if source is not None and columns[source].key == key:
                return self.first_column + offset
        return None


class Sheets:
    """The grids of the worksheets, made when first asked for."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._grids: dict[str, Grid] = {}

    def grid(self, part: str) -> Grid:
        if part not in self._grids:
            self._grids[part] = Grid(self._parts.tree(part), part)
        return self._grids[part]

    def text(self, part: str, row: int, column: int) -> str:
        cell = self.grid(part).cell(row, column)
        return "" if cell is None else cell_text(cell, self._parts)


def cell_text(cell: Element, parts: Parts) -> str:
    """What a cell shows as plain text (numbers as they are stored)."""
    inline = child(cell, "is")
    if inline is not None:
        return string_text(inline)
    value = child(cell, "v")
    text = (value.text or "") if value is not None else ""
    if cell.get("t") == "s":
        shared = parts.shared_strings()
        return shared[int(text)] if text.isdigit() and int(text) < len(shared) else ""
    return decoded(text)


@dataclass(frozen=True)
class Name:
    name: str
    sheet: str | None
    """The sheet it is local to."""
    formula: str
    element: Element


def defined_names(parts: Parts) -> Iterator[Name]:
    holder = child(parts.tree(parts.workbook), "definedNames")
    for element in children(holder, "definedName") if holder is not None else ():
        index = element.get("localSheetId")
        local_to = parts.sheets[int(index)].name if index and int(index) < len(parts.sheets) else None
        yield Name(element.get("name", ""), local_to, element.text or "", element)


def named_area(parts: Parts, slot: str) -> tuple[SheetPart, tuple[int, int, int, int]] | None:
    """The one range on a worksheet that a defined name refers to; workbook-wide names come before local ones."""
    named = [n for n in defined_names(parts) if n.name.casefold() == slot.casefold()]
    for name in sorted(named, key=lambda n: n.sheet is not None):
        found = list(tokens(name.formula.lstrip("=")))
        if len(found) != 1 or not isinstance(found[0], Reference):
            continue
        sheet = parts.sheet(found[0].sheet or name.sheet or "")
        if sheet is not None and sheet.kind == "worksheet":
            return sheet, found[0].area
    return None


@dataclass(frozen=True)
class TablePart:
    """An Excel table of the template."""

    part: str
    sheet: SheetPart
    root: Element
    area: tuple[int, int, int, int]
    header: bool
    totals: int

    @property
    def names(self) -> tuple[str, str]:
        return self.root.get("displayName", ""), self.root.get("name", "")

    @property
    def columns(self) -> list[Element]:
        holder = child(self.root, "tableColumns")
        return list(children(holder, "tableColumn")) if holder is not None else []


def tables(parts: Parts) -> list[TablePart]:
    found = []
    for sheet in parts.worksheets():
        for part in parts.related(sheet.part, "table"):
            root = parts.tree(part)
            covered = area(root.get("ref", ""))
            if local(root) == "table" and covered:
                header = root.get("headerRowCount", "1") != "0"
                found.append(TablePart(part, sheet, root, covered, header, int(root.get("totalsRowCount", "0"))))
    return found


def placements(parts: Parts, sheets: Sheets, plan: Plan) -> dict[str, Placement]:
    """Every table slot of the plan that the template has."""
    by_name: dict[str, TablePart] = {}
    for table in tables(parts):
        for name in table.names:
            by_name.setdefault(name.casefold(), table)
    found = {}
    for slot, rows in plan.tables.items():
        at = by_name.get(slot.casefold())
        placement = _in_table(slot, at, rows.columns) if at else _in_name(parts, sheets, slot, rows.columns)
        if placement is not None:
            found[slot] = placement
    refuse_overlaps(found, {slot: rows.count for slot, rows in plan.tables.items()})
    return found


def _in_table(slot: str, table: TablePart, columns: tuple[Column, ...]) -> Placement:
    first, left, last, right = table.area
    headers = tuple(decoded(c.get("name", "")) for c in table.columns)
    body = first + 1 if table.header else first
    end = last - table.totals
    if end < body:
        raise DuebookError("books.table_without_body", slot=slot, sheet=table.sheet.name)
    sources = matched_columns(headers, columns)
    header_row = first if table.header else None
    return Placement(slot, table.sheet, body, end, left, right, header_row, sources, headers, table.part, table.totals)


def _in_name(parts: Parts, sheets: Sheets, slot: str, columns: tuple[Column, ...]) -> Placement | None:
    found = named_area(parts, slot)
    if found is None:
        return None
    sheet, covered = found
    return in_area(slot, sheet, covered, columns, lambda row, column: sheets.text(sheet.part, row, column))


def in_area(
    slot: str,
    sheet: SheetPart,
    covered: tuple[int, int, int, int],
    columns: tuple[Column, ...],
    text: Callable[[int, int], str],
) -> Placement:
    """Where rows go that belong to a named range: its header is its first row or the one above; `text` reads cells."""
    first, left, last, right = covered
    if last - first > 100_000 or right - left > 1_000:
        raise DuebookError("books.slot_too_large", slot=slot, sheet=sheet.name)
    if (first, left) == (last, right):
        right = left + len(columns) - 1  # one cell names the first cell of the body
    best: tuple[int, int] = (0, 0)
    for row in (first - 1, first):
        if row >= 1:
            texts = tuple(text(row, c) for c in range(left, right + 1))
            best = max(best, (sum(s is not None for s in matched_columns(texts, columns)), -row))
    hits, header = best[0], -best[1]
    if not hits:
        width = right - left + 1
        positions = tuple(i if i < len(columns) else None for i in range(width))
        return Placement(slot, sheet, first, last, left, right, None, positions, ("",) * width)
    if header == first == last:
        raise DuebookError("books.table_without_body", slot=slot, sheet=sheet.name)
    headers = tuple(text(header, c) for c in range(left, right + 1))
    return Placement(slot, sheet, header + 1, last, left, right, header, matched_columns(headers, columns), headers)


def refuse_overlaps(found: Mapping[str, Placement], counts: Mapping[str, int]) -> None:
    """Two slots on the same rows cannot both set the number of these rows; side by side they may where neither does."""
    placed = sorted(found.values(), key=lambda p: (p.sheet.part, p.first, p.first_column))
    for one, other in combinations(placed, 2):
        if one.sheet != other.sheet or not _share(one.rows, other.rows):
            continue
        across = _share((one.first_column, one.last_column), (other.first_column, other.last_column))
        if across or not all(p.keeps_rows(counts[p.slot]) for p in (one, other)):
            raise DuebookError("books.slots_side_by_side", slot=one.slot, other=other.slot, sheet=one.sheet.name)


def _share(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
