"""Fills an open workbook: `fill_live(book, plan, change)` does to it what `books.fill.fill` does to a file.

Slots are found by the same names, columns by the same headers, and what refers to the rows of a slot follows by the
same rule: Excel moves the rows, and every formula, name and print area that it leaves with another text than the
file's filling would give gets that text. Charts, conditional formats and validations are left to Excel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duebook.books.body import plain_text
from duebook.books.parts import SheetPart
from duebook.books.plan import Column, Plan, Rows, Value, matched_columns
from duebook.books.references import LAST_ROW, Region, RowFormula, RowMap, Watch, formula_at, mapped, row_formula
from duebook.books.slots import Placement, in_area, refuse_overlaps
from duebook.books.spans import Spans
from duebook.books.structured_references import renamed_columns
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells as live_cells
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import Content
from duebook.hosts.excel.live.changes import Change
from duebook.hosts.excel.live.formulas import all_formulas, put_formulas
from duebook.hosts.excel.live.journal import area_of

if TYPE_CHECKING:
    import xlwings as xw

BATCH = 10_000


@dataclass(frozen=True)
class FilledLive:
    """What filling did, in the words of `books.fill.Filled`."""

    slots: tuple[str, ...]
    absent: tuple[str, ...]
    unmatched_columns: Mapping[str, tuple[str, ...]]
    unmatched_headers: Mapping[str, tuple[str, ...]]
    spans: tuple[str, ...] = ()


def fill_live(book: xw.Book, plan: Plan, change: Change) -> FilledLive:
    """Applies `plan` to an open workbook as part of `change`. What the book has no slot for is skipped and reported."""
    filling = _Filling(book, plan, change)
    filling.find()
    filling.set_cells()
    filling.look()
    filling.move()
    filling.write()
    filling.follow()
    filling.hide()
    return filling.report()


@dataclass
class _Body:
    """A slot on its way into the sheet."""

    placement: Placement
    rows: Rows
    region: Region
    formulas: dict[int, str] = field(default_factory=dict)
    """Place in the row (from 0) → formula of the first body row."""

    @property
    def sheet(self) -> str:
        return self.placement.sheet.name

    @property
    def width(self) -> int:
        return self.placement.last_column - self.placement.first_column + 1


class _Filling:
    """One run of `fill_live`, step by step."""

    def __init__(self, book: xw.Book, plan: Plan, change: Change) -> None:
        self.book = book
        self.plan = plan
        self.pen = change.pen
        self.change = change

    # --- where things are -------------------------------------------------------------------------------------------

    def find(self) -> None:
        """The slots that the book has."""
        self.named = tables.native_names(self.book)
        found = {slot: self._placement(slot, rows.columns) for slot, rows in self.plan.tables.items()}
        self.placed = {slot: placement for slot, placement in found.items() if placement is not None}
        refuse_overlaps(self.placed, {slot: self.plan.tables[slot].count for slot in self.placed})
        self.absent = [slot for slot in self.plan.tables if slot not in self.placed]
        for slot, placement in self.placed.items():
            most = LAST_ROW - placement.first + 1 - placement.totals
            if self.plan.tables[slot].count > most:
                raise DuebookError("books.too_many_rows", slot=slot, rows=self.plan.tables[slot].count, most=most)

    def _placement(self, slot: str, columns: tuple[Column, ...]) -> Placement | None:
        table = self.pen.tables().get(slot.casefold())
        if table is not None:
            return _in_table(slot, table, columns)
        block = tables.range_of(self.named.get(slot.casefold()))
        if block is None:
            return None
        row, column, height, width = area_of(block)
        sheet = block.sheet
        covered = (row, column, row + height - 1, column + width - 1)
        return in_area(slot, _part(sheet.name), covered, columns, lambda r, c: _text(sheet, r, c))

    def set_cells(self) -> None:
        """Single named cells."""
        for name, value in self.plan.cells.items():
            place = tables.first_cell(tables.range_of(self.named.get(name.casefold())))
            if place is None:
                self.absent.append(name)
                continue
            if any(p.sheet.name == place.sheet and p.holds(place.row, place.column) for p in self.placed.values()):
                raise DuebookError("books.cell_in_body", name=name, sheet=place.sheet)
            kind = "text" if isinstance(value, str) else "number"
            self.pen.cells(place.sheet, place.row, place.column, [[_content(value, kind)]])

    # --- what is there ----------------------------------------------------------------------------------------------

    def look(self) -> None:
        """All formulas and names, and how many rows each slot needs and keeps."""
        self.formulas = list(all_formulas(self.book))
        self.names = {
            name.name: name.refers_to for name in self.book.names if not name.name.endswith("_FilterDatabase")
        }  # that one is Excel's own memory of a filter, and moves by itself
        watches = {
            placement.sheet.name.casefold(): Watch(tuple(self._wanted(p) for p in self._on(placement.sheet.name)))
            for placement in self.placed.values()
        }
        for sheet, row, column, text in self.formulas:
            if not self._in_body(sheet, row, column):
                mapped(text, watches, sheet)
        for name, refers_to in self.names.items():
            mapped(refers_to, watches, _sheet_of(name))
        self.bodies = []
        for slot, placement in self.placed.items():
            wanted = self._wanted(placement)
            needed = watches[placement.sheet.name.casefold()].needed.get(wanted, 0)
            region = self._with_room(placement, wanted, needed)
            body = _Body(placement, self.plan.tables[slot], region)
            body.formulas = {
                column - placement.first_column: text
                for sheet, row, column, text in self.formulas
                if sheet == body.sheet and row == placement.first and placement.holds(row, column)
            }
            self.bodies.append(body)
        regions: dict[str, list[Region]] = {}
        for body in self.bodies:
            regions.setdefault(body.sheet.casefold(), []).append(body.region)
        self.maps = {sheet: RowMap(tuple(found)) for sheet, found in regions.items()}

    def _on(self, sheet: str) -> list[Placement]:
        return [placement for placement in self.placed.values() if placement.sheet.name == sheet]

    def _wanted(self, placement: Placement) -> Region:
        new_last = placement.first + max(self.plan.tables[placement.slot].count, 1) - 1
        return Region(placement.first, placement.last, new_last, new_last)

    def _with_room(self, placement: Placement, wanted: Region, needed: int) -> Region:
        """Rows that the slot gives up stay where something beside it, or a reference to them, needs them."""
        if wanted.new_last >= wanted.last:
            return wanted
        kept = self._kept_until(placement, wanted.new_last + 1)
        return Region(wanted.first, wanted.last, wanted.new_last, max(wanted.new_last, needed, kept))

    def _kept_until(self, placement: Placement, first: int) -> int:
        """The last of the body's rows from `first` on that holds something beside the slot."""
        others = [p for p in self._on(placement.sheet.name) if p is not placement]
        shared = [min(p.rows[1], placement.last) for p in others if p.rows[0] <= placement.last and p.rows[1] >= first]
        used = self.book.sheets[placement.sheet.name].used_range
        right = used.column + used.shape[1] - 1
        block = used.sheet.range((first, 1), (placement.last, max(right, placement.last_column)))
        filled = [
            first + down
            for down, row in enumerate(live_cells.formulas(block))
            if any(row[: placement.first_column - 1]) or any(row[placement.last_column :])
        ]
        return max([*shared, *filled], default=0)

    def _in_body(self, sheet: str, row: int, column: int) -> bool:
        return any(p.holds(row, column) for p in self._on(sheet))

    # --- rows -------------------------------------------------------------------------------------------------------

    def move(self) -> None:
        """Sheet rows come in below a body that grows, and go where it shrinks; the lowest slot of a sheet first."""
        for body in sorted(self.bodies, key=lambda b: -b.placement.first):
            placement, region = body.placement, body.region
            if region.shift > 0:
                self.pen.insert_rows(body.sheet, placement.last + 1, region.shift)
            elif region.shift < 0:
                self.pen.delete_rows(body.sheet, region.room_last + 1, -region.shift)

    def write(self) -> None:
        """Headers and rows."""
        self.renames: dict[str, dict[str, str]] = {}
        for body in sorted(self.bodies, key=lambda b: (b.sheet, b.placement.first)):
            placement, region = body.placement, body.region
            first = self._now(body, placement.first)
            left, width = placement.first_column, body.width
            height = region.new_last - region.first + 1
            header = None if placement.header_row is None else first - 1
            if placement.table_part is not None:
                top = first if header is None else header
                extent = (top, left, first + height + placement.totals - top, width)
                self.pen.resize_table(placement.table_part, extent)
            fresh = max(0, region.shift)
            self.pen.body(body.sheet, (first, left, height, width), fresh, self._rows(body, first))
            given_up = min(region.last, region.room_last) - region.new_last
            if given_up > 0 and not placement.totals:
                self.pen.clear(body.sheet, (first + height, left, given_up, width))
            if header is not None:
                self._rename(body, header)

    def _now(self, body: _Body, row: int) -> int:
        return self.maps[body.sheet.casefold()].cell(row) or row

    def _rows(self, body: _Body, first: int) -> Iterator[list[list[Content]]]:
        """The rows as contents; a table without any keeps a blank one."""
        placement, columns = body.placement, body.rows.columns
        kinds = [None if s is None else columns[s].kind for s in placement.sources]
        formulas = {
            place: row_formula(text, body.sheet, placement.first, body.region, self.maps)
            for place, text in body.formulas.items()
        }
        at = first
        for batch in body.rows.batches(BATCH):
            made = [_row(values, placement.sources, kinds, formulas, at + down) for down, values in enumerate(batch)]
            if made:
                yield made
            at += len(made)
        if at == first:
            yield [_row((), [None] * body.width, kinds, formulas, first)]

    def _rename(self, body: _Body, header: int) -> None:
        """Header texts that the plan changes."""
        placement = body.placement
        for key, text in self.plan.headers.get(placement.slot, {}).items():
            column = placement.column_of_key(key, body.rows.columns)
            if column is None:
                continue
            place = column - placement.first_column
            old = placement.headers[place]
            others = [h.casefold() for at, h in enumerate(self._headers(body)) if at != place]
            if text.casefold() in others and placement.table_part is not None:
                raise DuebookError("books.header_twice", slot=placement.slot, header=text)
            if old == text:
                continue
            self.pen.cells(body.sheet, header, column, [[text]])
            if placement.table_part is not None:
                self.renames.setdefault(placement.table_part, {})[old] = text

    def _headers(self, body: _Body) -> list[str]:
        """The headers as they stand now, renamed ones included."""
        done = self.renames.get(body.placement.table_part or "", {})
        return [done.get(header, header) for header in body.placement.headers]

    # --- what refers to them ----------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Formulas, names and print areas get the text that filling the file gives them."""
        order = [sheet.name.casefold() for sheet in self.book.sheets]
        spans = Spans(self.maps, order)
        wanted: dict[tuple[str, int, int], str] = {}
        for sheet, row, column, text in self.formulas:
            rows = self.maps.get(sheet.casefold(), RowMap())
            if self._in_body(sheet, row, column) or self._is_gone(sheet, row):
                continue
            moved = mapped(text, self.maps, sheet, spans.moved)
            for table, columns in self.renames.items():
                moved = renamed_columns(moved, table, columns)
            wanted[sheet, rows.cell(row) or row, column] = moved
        put_formulas(self.pen, wanted)
        self.pen.names({n: mapped(text, self.maps, _sheet_of(n), spans.moved) for n, text in self.names.items()})
        self.spans = tuple(sorted(spans.left))

    def _is_gone(self, sheet: str, row: int) -> bool:
        return any(b.sheet == sheet and b.region.room_last < row <= b.region.last for b in self.bodies)

    def hide(self) -> None:
        """Columns that this run has no use for are hidden; those that a plan names anew are shown again."""
        for body in self.bodies:
            slot, columns = body.placement.slot, body.rows.columns
            hidden = set(self.plan.hidden.get(slot, ()))
            for key in sorted(hidden | set(self.plan.headers.get(slot, {}))):
                column = body.placement.column_of_key(key, columns)
                if column is not None:
                    self.pen.hide_column(body.sheet, column, key in hidden)

    def report(self) -> FilledLive:
        columns: dict[str, tuple[str, ...]] = {}
        headers: dict[str, tuple[str, ...]] = {}
        for body in self.bodies:
            placement = body.placement
            used = {source for source in placement.sources if source is not None}
            columns[placement.slot] = tuple(c.key for i, c in enumerate(body.rows.columns) if i not in used)
            headers[placement.slot] = tuple(
                header
                for place, (header, source) in enumerate(zip(placement.headers, placement.sources, strict=True))
                if source is None and place not in body.formulas
            )
        return FilledLive(
            (*self.placed, *(name for name in self.plan.cells if name not in self.absent)),
            tuple(self.absent),
            {slot: found for slot, found in columns.items() if found},
            {slot: found for slot, found in headers.items() if found},
            self.spans,
        )


def _part(sheet: str) -> SheetPart:
    """A sheet of an open book where the file has a part."""
    return SheetPart(sheet, sheet, "worksheet")


def _sheet_of(name: str) -> str:
    """The sheet that a defined name belongs to; empty for one of the whole workbook."""
    return name.rpartition("!")[0].strip("'").replace("''", "'")


def _in_table(slot: str, table: xw.Table, columns: tuple[Column, ...]) -> Placement:
    row, left, height, width = area_of(table.range)
    sheet = table.parent
    header = table.header_row_range is not None
    totals = int(tables.has_totals(table))
    first = row + 1 if header else row
    last = row + height - 1 - totals
    if last < first:
        raise DuebookError("books.table_without_body", slot=slot, sheet=sheet.name)
    headers = ("",) * width
    if header:
        headers = tuple(map(tables.label, live_cells.shown(live_cells.part(sheet, (row, left, 1, width)))[0]))
    sources = matched_columns(headers, columns)
    header_row = row if header else None
    right = left + width - 1
    part = _part(sheet.name)
    return Placement(slot, part, first, last, left, right, header_row, sources, headers, table.name, totals)


def _text(sheet: xw.Sheet, row: int, column: int) -> str:
    """What a header cell reads."""
    return tables.label(live_cells.shown(sheet.range((row, column)))[0][0])


def _row(
    values: Sequence[Value],
    sources: Sequence[int | None],
    kinds: Sequence[str | None],
    formulas: Mapping[int, RowFormula],
    row: int,
) -> list[Content]:
    """The contents of one body row; a column with neither source nor formula is blank."""
    made: list[Content] = []
    for place, source in enumerate(sources):
        formula = formulas.get(place)
        if formula is not None:
            made.append((formula_at(formula, row),))
        else:
            made.append(None if source is None else _content(values[source], kinds[place] or "text"))
    return made


def _content(value: Value, kind: str) -> Content:
    return live_cells.content_of(plain_text(value) if kind == "text" else value)
