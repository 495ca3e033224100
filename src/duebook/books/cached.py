"""Cached values after filling: which formulas depend on what was filled, and what they show now.

Excel recalculates when the book is opened for editing; Protected View, previews and phones show what the file says.
So a formula that depends on a filled cell gets the evaluator's value, or none at all where that cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from duebook.books.body import RowShape, coded, plain_number, plain_text, serial
from duebook.books.body_rows import Body
from duebook.books.evaluate import evaluate
from duebook.books.evaluate_view import CellValue, ExcelError, Key, Result, TableView, Unavailable, Unknown
from duebook.books.parts import Element, Parts, child, decoded, descendants
from duebook.books.plan import Value
from duebook.books.references import Reference, area, formula_at, moved_by, tokens
from duebook.books.rows import exact
from duebook.books.slots import Sheets, cell_text, defined_names, tables

MOST_BODY_FORMULAS = 2_000
"""Rows of a slot up to which its own formulas are computed too, where the rows bring no value for them."""
MOST_CELLS = 50_000
"""Rows of a slot that the view gives cell by cell; of more it knows the column totals only."""
_VOLATILE = frozenset({"INDIRECT", "OFFSET", "ROW", "CELL", "SHEET", "SHEETS", "INFO", "GETPIVOTDATA"})
_SUBTOTAL = re.compile(r"\b(?:SUBTOTAL|AGGREGATE)\(", re.IGNORECASE)
_WORD = re.compile(r'"(?:[^"]|"")*"|(?:\'(?:[^\']|\'\')+\'!)?[^\W\d][\w.\\?]*!?|\[')


@dataclass(frozen=True)
class Area:
    """A rectangle of cells; `sheet` is case-folded."""

    sheet: str
    first: int
    left: int
    last: int
    right: int

    def meets(self, other: Area) -> bool:
        return (
            self.sheet == other.sheet
            and self.first <= other.last
            and other.first <= self.last
            and self.left <= other.right
            and other.left <= self.right
        )

    def holds(self, row: int, column: int) -> bool:
        return self.first <= row <= self.last and self.left <= column <= self.right


@dataclass
class FilledBody:
    """A slot's rows where they stand in the filled book."""

    sheet: str
    body: Body
    first: int
    shape: RowShape
    results: dict[tuple[int, int], Result] = field(default_factory=dict)
    """What the body's own formulas show, where the rows bring no value for them."""
    _cells: list[tuple[Value, ...]] | None = None

    def own_formulas(self) -> dict[Key, str]:
        """The formulas of the body without a value from the rows."""
        if not 0 < self.body.count <= MOST_BODY_FORMULAS:
            return {}
        left = self.body.placement.first_column
        return {
            (self.sheet, row, left + offset): formula_at(cell.formula, row)
            for offset, cell in enumerate(self.shape.cells)
            if cell.formula is not None and cell.source is None and not cell.array
            for row in range(self.first, self.last + 1)
        }

    def completed(self, date1904: bool) -> RowShape:
        """The row's shape with the values that its own formulas were computed to."""
        left = self.body.placement.first_column
        known: dict[int, dict[int, tuple[str, str]]] = {}
        for (row, column), result in self.results.items():
            if result is not Unknown and result is not None:
                known.setdefault(column - left, {})[row] = stored(result, date1904)
        cells = [replace(c, cached=known.get(i)) for i, c in enumerate(self.shape.cells)]
        return replace(self.shape, cells=tuple(cells))

    @property
    def last(self) -> int:
        return self.first + max(self.body.count, 1) - 1

    @property
    def area(self) -> Area:
        """With the rows that the slot had and gave up: what referred to them sees something else now."""
        placement = self.body.placement
        last = max(self.last, self.first + placement.last - placement.first)
        return Area(self.sheet.casefold(), self.first, placement.first_column, last, placement.last_column)

    def holds(self, row: int, column: int) -> bool:
        placement = self.body.placement
        return self.first <= row <= self.last and placement.first_column <= column <= placement.last_column

    def source(self, column: int) -> int | None:
        return self.body.placement.sources[column - self.body.placement.first_column]

    def value(self, row: int, column: int) -> CellValue:
        source = self.source(column)
        if not self.body.count:
            return None  # the one blank row of an empty slot
        if source is None:
            if column not in self.body.formulas:
                return None
            result = self.results.get((row, column), Unknown)
            if result is Unknown:
                raise Unavailable
            return result
        if self._cells is None:
            if self.body.count > MOST_CELLS:
                raise Unavailable
            self._cells = [row for batch in self.body.rows.batches(10_000) for row in batch]
        value = self._cells[row - self.first][source]
        if value == "" and column not in self.body.formulas:
            return None
        text = self.body.rows.columns[source].kind == "text" and value is not None
        return plain_text(value) if text else "" if value is None and column in self.body.formulas else value

    def total(self, first: int, last: int, column: int) -> Decimal | None:
        source = self.source(column)
        if source is None or not self.body.count:
            return None
        if (first, last) == (self.first, self.last):
            return self.body.rows.total(self.body.rows.columns[source].key)
        if self.body.count > MOST_CELLS:
            return None
        values = (self.value(row, column) for row in range(first, last + 1))
        return sum((exact(v) for v in values if not isinstance(v, ExcelError)), Decimal(0))


class FilledBook:
    """The filled workbook as the evaluator and the charts see it."""

    def __init__(self, parts: Parts, sheets: Sheets, bodies: Sequence[FilledBody]) -> None:
        self._parts = parts
        self._sheets = sheets
        self._bodies = bodies
        self._cells: dict[str, dict[tuple[int, int], Element]] = {}
        self._subtotals: dict[str, frozenset[tuple[int, int]]] = {}
        self.results: dict[Key, Result] = {}
        self.date1904 = parts.date1904
        self.names = self._names()
        self.tables = dict(self._tables())

    def _names(self) -> Mapping[str | tuple[str, str], str]:
        found: dict[str | tuple[str, str], str] = {}
        for name in defined_names(self._parts):
            key = name.name.upper()
            found[key if name.sheet is None else (name.sheet, key)] = name.formula
        return found

    def _tables(self) -> Iterator[tuple[str, TableView]]:
        for table in tables(self._parts):
            first, left, last, _ = area(table.root.get("ref", "")) or table.area
            header = first if table.header else None
            columns = tuple(decoded(c.get("name", "")) for c in table.columns)
            body = first + 1 if table.header else first
            totals = last if table.totals else None
            view = TableView(table.sheet.name, header, body, last - table.totals, left, columns, totals)
            yield table.names[0].upper(), view

    def cells(self, sheet: str) -> dict[tuple[int, int], Element]:
        key = sheet.casefold()
        if key not in self._cells:
            found = self._parts.sheet(sheet)
            grid = self._sheets.grid(found.part) if found is not None and found.kind == "worksheet" else None
            numbered = grid.rows if grid is not None else {}
            self._cells[key] = {(r, c): e for r in numbered for c, e in (grid.cells(r) if grid else ())}
        return self._cells[key]

    def value(self, sheet: str, row: int, col: int) -> CellValue:
        for filled in self._bodies:
            if filled.sheet.casefold() == sheet.casefold() and filled.holds(row, col):
                return filled.value(row, col)
        if (sheet, row, col) in self.results:
            result = self.results[(sheet, row, col)]
            if result is Unknown:
                raise Unavailable
            return result
        cell = self.cells(sheet).get((row, col))
        return None if cell is None else self._stored(cell)

    def _stored(self, cell: Element) -> CellValue:
        kind = cell.get("t", "n")
        value = child(cell, "v")
        if kind in ("s", "inlineStr", "str"):
            if value is None and child(cell, "f") is not None:
                raise Unavailable
            return cell_text(cell, self._parts)
        text = (value.text or "").strip() if value is not None else ""
        if not text:
            if child(cell, "f") is not None:
                raise Unavailable
            return None
        if kind == "b":
            return text in ("1", "true")
        if kind == "e":
            return ExcelError(text)
        if kind != "n":
            raise Unavailable
        return int(text) if re.fullmatch(r"-?\d{1,15}", text) else float(text)

    def column_total(self, sheet: str, first_row: int, last_row: int, col: int) -> Decimal | None:
        for filled in self._bodies:
            inside = filled.holds(first_row, col) and filled.holds(last_row, col)
            if inside and filled.sheet.casefold() == sheet.casefold():
                return filled.total(first_row, last_row, col)
        return None

    def is_subtotal(self, sheet: str, row: int, col: int) -> bool:
        """Whether the cell's formula calls SUBTOTAL or AGGREGATE: a SUBTOTAL over it leaves it out."""
        key = sheet.casefold()
        for filled in self._bodies:
            if filled.sheet.casefold() == key and filled.holds(row, col):
                formula = filled.shape.cells[col - filled.body.placement.first_column].formula
                return any(isinstance(text, str) and _SUBTOTAL.search(text) for text in formula or ())
        if key not in self._subtotals:
            self._subtotals[key] = frozenset(self._subtotals_of(sheet))
        return (row, col) in self._subtotals[key]

    def _subtotals_of(self, sheet: str) -> Iterator[tuple[int, int]]:
        masters: dict[str, bool] = {}
        for at, cell in self.cells(sheet).items():
            formula = child(cell, "f")
            if formula is None:
                continue
            found = bool(_SUBTOTAL.search(formula.text or ""))
            if formula.get("t") == "shared":  # the others of a shared formula carry no text
                found = masters.setdefault(formula.get("si", ""), found)
            if found:
                yield at

    def last_row(self, sheet: str) -> int:
        rows = [row for row, _ in self.cells(sheet)]
        filled = [b.last for b in self._bodies if b.sheet.casefold() == sheet.casefold()]
        return max([0, *rows, *filled])


@dataclass(frozen=True)
class Formula:
    """A formula cell of the filled book. `plain` is False for arrays and data tables, which are never computed here."""

    key: Key
    part: str
    cell: Element
    text: str
    plain: bool
    covers: tuple[int, int, int, int] | None = None


@dataclass
class Dependence:
    """What formulas read, at the level of areas; names and tables are resolved, whatever moves at run time counts."""

    parts: Parts
    book: FilledBook
    _names: dict[tuple[str, str], tuple[tuple[Area, ...], bool]] = field(default_factory=dict)

    def reads(self, formula: str, here: str) -> tuple[tuple[Area, ...], bool]:
        """The areas, and whether the formula may read anything at all (volatile lookups, 3-D spans)."""
        areas: list[Area] = []
        anything = False
        for token in tokens(formula):
            if isinstance(token, Reference):
                sheet = token.sheet if token.sheet is not None else here
                if "[" in sheet:
                    continue
                anything = anything or ":" in sheet
                areas.append(Area(sheet.casefold(), *_ordered(token.area)))
            else:
                found, some = self._words(token, here)
                areas += found
                anything = anything or some
        return tuple(areas), anything

    def _words(self, text: str, here: str) -> tuple[list[Area], bool]:
        areas: list[Area] = []
        anything = False
        for word in _WORD.findall(text):
            if word.startswith('"'):
                continue
            plain = word.rpartition("!")[2].upper()
            if plain in _VOLATILE:
                anything = True
            elif word == "[":
                # [@Column] without a name: the table the formula stands in
                areas += [_table_area(t) for t in self.book.tables.values() if t.sheet == here]
            elif plain in self.book.tables:
                areas.append(_table_area(self.book.tables[plain]))
            else:
                found, some = self._named(plain, here)
                areas += found
                anything = anything or some
        return areas, anything

    def _named(self, name: str, here: str) -> tuple[tuple[Area, ...], bool]:
        formula = self.book.names.get((here, name)) or self.book.names.get(name)
        if formula is None:
            return (), False
        if (here, name) not in self._names:
            self._names[(here, name)] = (), False  # a name that refers to itself ends here
            self._names[(here, name)] = self.reads(formula, here)
        return self._names[(here, name)]


def _ordered(found: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    first, left, last, right = found
    return min(first, last), min(left, right), max(first, last), max(left, right)


def _table_area(table: TableView) -> Area:
    first = table.header_row or table.first_row
    last = table.totals_row or table.last_row
    return Area(table.sheet.casefold(), first, table.first_col, last, table.first_col + len(table.columns) - 1)


class Stale:
    """What has changed: the filled areas, then every formula cell that depends on them."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.areas = list(areas)
        self._cells: dict[str, dict[int, set[int]]] = {}

    def add(self, sheet: str, row: int, column: int) -> None:
        self._cells.setdefault(sheet.casefold(), {}).setdefault(row, set()).add(column)

    def meets(self, wanted: Area) -> bool:
        if any(wanted.meets(a) for a in self.areas):
            return True
        rows = self._cells.get(wanted.sheet)
        if not rows:
            return False
        span = range(wanted.first, wanted.last + 1)
        numbers: Iterable[int] = span if len(span) < len(rows) else rows
        return any(
            n in rows and wanted.first <= n <= wanted.last and any(wanted.left <= c <= wanted.right for c in rows[n])
            for n in numbers
        )


def formulas(parts: Parts, sheets: Sheets, bodies: Sequence[FilledBody]) -> Iterator[Formula]:
    """All formulas outside the filled bodies."""
    for sheet in parts.worksheets():
        if sheet.part not in parts.changed and not re.search(rb"<(?:\w+:)?f[ />]", parts.raw(sheet.part)):
            continue
        masters: dict[str, tuple[str, int, int]] = {}
        own = [b for b in bodies if b.sheet == sheet.name]
        for element in descendants(sheets.grid(sheet.part).data, "f"):
            cell = element.getparent()
            at = area(cell.get("r", "")) if cell is not None else None
            if cell is None or at is None or any(b.holds(at[0], at[1]) for b in own):
                continue
            text = element.text or ""
            kind = element.get("t", "normal")
            if kind == "shared":
                text = _shared(element, text, at, masters)
            covers = area(element.get("ref", "")) if kind in ("array", "dataTable") else None
            yield Formula((sheet.name, at[0], at[1]), sheet.part, cell, text, kind in ("normal", "shared"), covers)


def _shared(
    element: Element, text: str, at: tuple[int, int, int, int], masters: dict[str, tuple[str, int, int]]
) -> str:
    index = element.get("si", "")
    if text:
        masters[index] = (text, at[0], at[1])
        return text
    if index not in masters:
        return ""
    master, row, column = masters[index]
    return moved_by(master, at[0] - row, at[1] - column)


@dataclass(frozen=True)
class Refreshed:
    parts: frozenset[str]
    computed: int
    dropped: int


def refresh(parts: Parts, sheets: Sheets, book: FilledBook, bodies: Sequence[FilledBody], stale: Stale) -> Refreshed:
    """Gives every formula that depends on a filled cell its new value, or none."""
    dependence = Dependence(parts, book)
    waiting = [(f, *dependence.reads(f.text, f.key[0])) for f in formulas(parts, sheets, bodies)]
    found: list[Formula] = []
    while True:
        # a fixpoint: each round adds what depends on the round before
        hit = [w for w in waiting if w[2] or any(stale.meets(a) for a in w[1])]
        if not hit:
            break
        gone = {w[0].key for w in hit}
        waiting = [w for w in waiting if w[0].key not in gone]
        for formula, _, _ in hit:
            found.append(formula)
            first, left, last, right = formula.covers or (*formula.key[1:], *formula.key[1:])
            for row in range(first, min(last, first + 10_000) + 1):
                for column in range(left, right + 1):
                    stale.add(formula.key[0], row, column)
    wanted = {f.key: f.text for f in found if f.plain and f.text}
    for formula in found:
        book.results[formula.key] = Unknown
    own = {key: (b, text) for b in bodies for key, text in b.own_formulas().items()}
    computed_now = evaluate(wanted | {key: text for key, (_, text) in own.items()}, book)
    for key, (filled, _) in own.items():
        filled.results[key[1:]] = computed_now[key]
    book.results.update({key: value for key, value in computed_now.items() if key not in own})
    computed = sum(_write(f, book.results[f.key], book, parts) for f in found)
    return Refreshed(frozenset(f.part for f in found), computed, len(found) - computed)


def _write(formula: Formula, result: Result, book: FilledBook, parts: Parts) -> bool:
    """Puts the result into the cell; True when there is one."""
    cell = formula.cell
    if formula.covers:
        _forget_spill(formula, book)
    for value in [e for e in cell if isinstance(e.tag, str) and e.tag.endswith(("}v", "}is"))]:
        cell.remove(value)
    cell.attrib.pop("t", "")
    parts.touch(formula.part)
    if result is Unknown or result is None:
        return False
    kind, text = stored(result, book.date1904)
    if kind:
        cell.set("t", kind)
    formula_element = child(cell, "f")
    assert formula_element is not None
    made = formula_element.makeelement(formula_element.tag[: -len("f")] + "v")
    made.text = coded(text)
    formula_element.addnext(made)
    return True


def _forget_spill(formula: Formula, book: FilledBook) -> None:
    """The other cells of an array's range hold its old results."""
    assert formula.covers
    first, left, last, right = formula.covers
    cells = book.cells(formula.key[0])
    for (row, column), cell in cells.items():
        if first <= row <= last and left <= column <= right and cell is not formula.cell:
            for value in [e for e in cell if isinstance(e.tag, str) and e.tag.endswith("}v")]:
                cell.remove(value)
            cell.attrib.pop("t", "")


def stored(value: Value | ExcelError, date1904: bool) -> tuple[str, str]:
    """Cell type and text of a formula's cached value, not yet coded for XML."""
    if isinstance(value, ExcelError):
        return "e", value.code
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, str):
        return "str", value
    if isinstance(value, date):
        return "", serial(value, date1904) or ""
    return "", "" if value is None else plain_number(value)
