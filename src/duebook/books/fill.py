"""Fills a workbook file: `fill(template, target, plan)`.

The parts that may change are computed from what refers to the slots; every other part is copied byte for byte. The
sheets that hold slots are written as streams, so a million rows need no million cells in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from duebook.books.body_rows import (
    Body,
    drop_rows,
    place_body,
    read_body,
    refuse_overflow,
    set_dimension,
    shape_of,
    share_rows,
    sheet_chunks,
)
from duebook.books.book_parts import calculate_on_load, rename_type, set_properties
from duebook.books.cached import Area, FilledBody, FilledBook, Stale, refresh
from duebook.books.charts import refresh_charts
from duebook.books.grow import Follow
from duebook.books.merged_cells import repeat_merges
from duebook.books.package import Package, Writer, replaced
from duebook.books.parts import Parts, serialized
from duebook.books.plan import Plan
from duebook.books.references import Region, RowMap, Watch
from duebook.books.rows import any_risky
from duebook.books.shared_formulas import expand_shared_formulas
from duebook.books.sheet_cells import (
    dated_styles,
    hide_columns,
    quoted_styles,
    set_cell,
    set_header,
    show_columns,
)
from duebook.books.slots import Placement, Sheets, named_area, placements
from duebook.books.sparklines import add_row_sparklines, drop_row_sparklines
from duebook.core.errors import DuebookError

Progress = Callable[[str, int], None]
"""Called with a slot's name and the number of its rows when they are being written."""


@dataclass(frozen=True)
class Filled:
    """What filling did. `allowed`: parts that may change, computed beforehand; `changed`: parts that did."""

    allowed: frozenset[str]
    changed: frozenset[str]
    slots: tuple[str, ...]
    absent: tuple[str, ...]
    unmatched_columns: Mapping[str, tuple[str, ...]]
    """Slot → columns of the rows that the template has no place for."""
    unmatched_headers: Mapping[str, tuple[str, ...]]
    """Slot → columns of the template that the rows have nothing for (formula columns aside)."""
    refreshed: int
    """Formulas elsewhere that depend on filled cells and got their new value."""
    dropped: int
    """Such formulas whose old value was taken out, as it could not be computed here."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every part of the written file, uncompressed."""
    spans: tuple[str, ...] = ()
    """References over several sheets left as written, although rows moved on some of these sheets but not on all."""


def fill(template: Path, target: Path, plan: Plan, *, progress: Progress | None = None) -> Filled:
    """Applies `plan` to `template` and writes `target`, whole or not at all. The template itself is never changed."""
    with Package(Path(template)) as package:
        filling = _Filling(Parts(package), plan)
        filling.prepare()
        filling.move()
        filling.shape()
        filling.refresh()
        filling.place()
        filling.finish(Path(target))
        replaced(Path(target), lambda file: filling.write(file, progress))
        return filling.report()


class _Filling:
    """One run of `fill`, step by step."""

    def __init__(self, parts: Parts, plan: Plan) -> None:
        self.parts = parts
        self.plan = plan
        self.sheets = Sheets(parts)
        self.allowed: set[str] = set()
        self.streams: dict[str, dict[str, Iterator[list[bytes]]]] = {}
        self.refreshed = self.dropped = 0
        self.digests: Mapping[str, str] = {}

    def prepare(self) -> None:
        """Finds the slots, puts single cells in, and learns by a dry run what refers to the slots."""
        self.placed = placements(self.parts, self.sheets, self.plan)
        regions = {slot: self._region(p) for slot, p in self.placed.items()}
        names = {p.sheet.name.casefold(): RowMap() for p in self.placed.values()}
        named = [named_area(self.parts, name) for name in self.plan.cells]
        names |= {found[0].name.casefold(): RowMap() for found in named if found is not None}
        for part in expand_shared_formulas(self.parts, self.sheets, names):
            self.parts.touch(part)
            self.allowed.add(part)
        self._set_cells()
        self.renames = self._renames()
        self.bodies: dict[str, Body] = {}
        for slot, placement in self.placed.items():
            grid = self.sheets.grid(placement.sheet.part)
            self.bodies[slot] = read_body(self.parts, grid, placement, self.plan.tables[slot])
            self.parts.touch(placement.sheet.part)
            drop_row_sparklines(grid.root, regions[slot].new_last, regions[slot].last)
        share_rows(list(self.bodies.values()))
        watches = {name: Watch(tuple(r)) for name, r in self._by_sheet(regions).items()}
        look = Follow(self.parts, self.sheets, watches, self.renames, dry=True)
        look.run()
        self.allowed |= look.referring
        self.regions = {}
        for slot, region in regions.items():
            watch = watches[self.placed[slot].sheet.name.casefold()]
            self.regions[slot] = self.bodies[slot].region(watch.needed.get(region, 0))

    def _region(self, placement: Placement) -> Region:
        new_last = placement.first + max(self.plan.tables[placement.slot].count, 1) - 1
        return Region(placement.first, placement.last, new_last, new_last)

    def _by_sheet(self, regions: Mapping[str, Region]) -> dict[str, list[Region]]:
        found: dict[str, list[Region]] = {}
        for slot, region in regions.items():
            found.setdefault(self.placed[slot].sheet.name.casefold(), []).append(region)
        return found

    def _set_cells(self) -> None:
        self.cell_areas: list[tuple[str, int, int]] = []
        self.absent = [slot for slot in self.plan.tables if slot not in self.placed]
        for name, value in self.plan.cells.items():
            found = named_area(self.parts, name)
            if found is None:
                self.absent.append(name)
                continue
            sheet, (row, column, _, _) = found
            if any(p.sheet == sheet and p.holds(row, column) for p in self.placed.values()):
                raise DuebookError("books.cell_in_body", name=name, sheet=sheet.name)
            set_cell(self.parts, self.sheets.grid(sheet.part), row, column, value)
            self.parts.touch(sheet.part)
            self.allowed.add(sheet.part)
            self.cell_areas.append((sheet.name, row, column))

    def _renames(self) -> dict[str, dict[str, str]]:
        """Header texts that change, by table name; and the header cells themselves."""
        found: dict[str, dict[str, str]] = {}
        for slot, headers in self.plan.headers.items():
            placement = self.placed.get(slot)
            if placement is None:
                continue
            for key, text in headers.items():
                column = placement.column_of_key(key, self.plan.tables[slot].columns)
                if column is None:
                    continue
                renamed = set_header(self.parts, self.sheets.grid(placement.sheet.part), placement, column, text)
                if placement.header_row is not None:
                    self.cell_areas.append((placement.sheet.name, placement.header_row, column))
                if renamed:
                    found.setdefault(renamed[0], {})[renamed[1]] = text
            if placement.table_part:
                self.allowed.add(placement.table_part)
        return found

    def move(self) -> None:
        """Rows below move, and everything that refers to them follows."""
        self.maps = {name: RowMap(tuple(r)) for name, r in self._by_sheet(self.regions).items()}
        for slot, placement in self.placed.items():
            grid = self.sheets.grid(placement.sheet.part)
            drop_rows(grid, self.regions[slot])
            refuse_overflow(grid, self.maps[placement.sheet.name.casefold()], slot)
        follow = Follow(self.parts, self.sheets, self.maps, self.renames)
        follow.run()
        self.spans = follow.spans.left

    def shape(self) -> None:
        """What a row of each slot looks like and where the rows will stand."""
        self.filled: list[FilledBody] = []
        self._date_styles()
        quoted = quoted_styles(self.parts, self._text_styles())
        for slot, body in self.bodies.items():
            placement, region = self.placed[slot], self.regions[slot]
            rows, grid = self.maps[placement.sheet.name.casefold()], self.sheets.grid(placement.sheet.part)
            shape = shape_of(body, grid, self.maps, self.renames, quoted, region, self.parts.date1904)
            self.filled.append(FilledBody(placement.sheet.name, body, rows.cell(placement.first) or 1, shape))

    def place(self) -> None:
        """The rows' XML goes where the template's body was."""
        areas: dict[str, list[tuple[int, int, int, int]]] = {}
        for number, filled in enumerate(self.filled):
            body, placement, first = filled.body, filled.body.placement, filled.first
            rows, grid = self.maps[placement.sheet.name.casefold()], self.sheets.grid(placement.sheet.part)
            mark = f"duebook-rows-{number}"
            texts = place_body(grid, body, filled.completed(self.parts.date1904), rows, mark)
            self.streams.setdefault(placement.sheet.part, {})[mark] = texts
            add_row_sparklines(grid.root, first, first + placement.last - placement.first, filled.last)
            repeat_merges(grid.root, body, rows)
            hidden = self.plan.hidden.get(placement.slot, ())
            for keys, change in ((self.plan.headers.get(placement.slot, ()), show_columns), (hidden, hide_columns)):
                columns = [placement.column_of_key(key, body.rows.columns) for key in keys]
                change(grid, [column for column in columns if column is not None])
            covered = (first, placement.first_column, filled.last, placement.last_column)
            areas.setdefault(placement.sheet.part, []).append(covered)
            self.allowed.add(placement.sheet.part)
        for part, covered_areas in areas.items():
            set_dimension(self.parts.tree(part), covered_areas)

    def _date_styles(self) -> None:
        """Date columns of a body without a number format get the short date."""
        for body in self.bodies.values():
            placement = body.placement
            columns = [
                placement.first_column + offset
                for offset, source in enumerate(placement.sources)
                if source is not None and body.rows.columns[source].kind == "date"
            ]
            dated = dated_styles(self.parts, {body.styles.get(c, "0") for c in columns})
            for column in columns:
                style = body.styles.get(column, "0")
                if style in dated:
                    body.styles[column] = dated[style]

    def _text_styles(self) -> set[str]:
        """The styles of columns in which text occurs that asks for a quoted style."""
        found: set[str] = set()
        for body in self.bodies.values():
            if any_risky(body.rows):
                columns = range(body.placement.first_column, body.placement.last_column + 1)
                found |= {
                    body.styles.get(c, "0")
                    for c, s in zip(columns, body.placement.sources, strict=True)
                    if s is not None
                }
        return found

    def refresh(self) -> None:
        """Cached values of formulas and charts that depend on filled cells."""
        if not self.filled and not self.cell_areas:
            return
        changed = [filled.area for filled in self.filled]
        for sheet, row, column in self.cell_areas:
            rows = self.maps.get(sheet.casefold(), RowMap())
            at = rows.cell(row) or row
            changed.append(Area(sheet.casefold(), at, column, at, column))
        book, stale = FilledBook(self.parts, self.sheets, self.filled), Stale(changed)
        done = refresh(self.parts, self.sheets, book, self.filled, stale)
        self.refreshed, self.dropped = done.computed, done.dropped
        self.allowed |= done.parts | refresh_charts(self.parts, book, stale)

    def finish(self, target: Path) -> None:
        """The workbook's own parts: calculation, document properties, content type."""
        self.allowed |= calculate_on_load(self.parts)
        self.allowed |= set_properties(self.parts, self.plan.properties)
        self.allowed |= rename_type(self.parts, target)
        style_part = self.parts.style_part()
        if style_part in self.parts.changed and style_part is not None:
            self.allowed.add(style_part)

    def write(self, file: BinaryIO, progress: Progress | None) -> None:
        writer = Writer(file)
        for info in self.parts.package.infos():
            name = info.filename
            if name in self.parts.dropped:
                continue
            if name in self.streams:
                for filled in self.filled if progress else ():
                    if filled.body.placement.sheet.part == name and progress:
                        progress(filled.body.placement.slot, filled.body.count)
                writer.stream(name, sheet_chunks(serialized(self.parts.tree(name)), self.streams[name]))
            elif name in self.parts.changed:
                writer.write(name, serialized(self.parts.tree(name)))
            else:
                writer.copy(self.parts.package, info)
        writer.finish()
        self.digests = writer.digests

    def report(self) -> Filled:
        columns: dict[str, tuple[str, ...]] = {}
        headers: dict[str, tuple[str, ...]] = {}
        for slot, body in self.bodies.items():
            placement = body.placement
            used = {s for s in placement.sources if s is not None}
            columns[slot] = tuple(c.key for i, c in enumerate(body.rows.columns) if i not in used)
            headers[slot] = tuple(
                header
                for offset, (header, source) in enumerate(zip(placement.headers, placement.sources, strict=True))
                if source is None and placement.first_column + offset not in body.formulas
            )
        changed = self.parts.changed | self.parts.dropped | set(self.streams)
        names = [*self.placed, *(n for n in self.plan.cells if n not in self.absent)]
        return Filled(
            frozenset(self.allowed),
            frozenset(changed),
            tuple(names),
            tuple(self.absent),
            {slot: found for slot, found in columns.items() if found},
            {slot: found for slot, found in headers.items() if found},
            self.refreshed,
            self.dropped,
            self.digests,
            tuple(sorted(self.spans)),
        )
