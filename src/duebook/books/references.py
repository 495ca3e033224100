"""References in formulas and ranges, and how they follow rows that are inserted or removed on their sheet.

A *region* is the body of a slot; filling gives it another number of rows. `RowMap` says where each row of the sheet
goes, with the semantics of Excel's insert: what lies below moves; a range that ends at the body's last row ends at the
new last row. All rows and columns are 1-based.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True)
class Region:
    """Body rows `first`..`last` of the template that become `first`..`new_last`.

    `room_last` is the last row kept for it: beyond `new_last` where rows that the data no longer needs still carry
    something else (a note beside the table, a comment, a cell that a formula elsewhere reads).
    """

    first: int
    last: int
    new_last: int
    room_last: int

    @property
    def shift(self) -> int:
        return self.room_last - self.last


class RowMap:
    """Where the rows of one sheet go. Regions must not share rows."""

    def __init__(self, regions: tuple[Region, ...] = ()) -> None:
        self.regions = tuple(sorted(regions, key=lambda r: r.first))

    def _place(self, row: int) -> tuple[int, Region | None]:
        """The shift from the regions above `row`, and the region that `row` is in."""
        shift = 0
        for region in self.regions:
            if row < region.first:
                break
            if row <= region.last:
                return shift, region
            shift += region.shift
        return shift, None

    def meets(self, covered: tuple[int, int, int, int]) -> bool:
        """Whether an area (first row, first column, last row, last column) has rows of a body."""
        return any(covered[0] <= r.last and covered[2] >= r.first for r in self.regions)

    def cell(self, row: int) -> int | None:
        """A single cell's row: inside a body it stays; None when it leaves the sheet."""
        shift, _ = self._place(row)
        return row + shift if row + shift <= LAST_ROW else None

    def range(self, start: int, end: int) -> tuple[int, int] | None:
        """A range's first and last row; None when it leaves the sheet. The sheet's last row as an end stays."""
        new_start, new_end = self._start(start, end), self._end(start, end)
        if new_start > LAST_ROW:
            return None
        return new_start, max(new_start, min(new_end, LAST_ROW))

    def anchor(self, row: int) -> int:
        """Where something that only hangs on a row goes (a picture, a scroll position): never off the sheet."""
        moved = self.range(row, row)
        return row if moved is None else moved[0]

    def _start(self, start: int, end: int) -> int:
        shift, region = self._place(start)
        if region is None or start <= max(region.room_last, region.new_last):
            return start + shift
        return shift + (region.room_last + 1 if end > region.last else region.new_last)

    def _end(self, start: int, end: int) -> int:
        if end >= LAST_ROW:
            return LAST_ROW
        shift, region = self._place(end)
        if region is None:
            return end + shift
        whole = end == region.last and (start < end or region.first == region.last)
        if whole and region.new_last >= start:
            return shift + region.new_last
        return shift + (end if end <= region.room_last else region.new_last)


class Watch(RowMap):
    """A map that moves nothing and remembers what refers to the regions' rows or below: the dry run before filling."""

    def __init__(self, regions: tuple[Region, ...]) -> None:
        super().__init__(regions)
        self.touched = False
        self.needed: dict[Region, int] = {}

    def cell(self, row: int) -> int | None:
        self._note(row, row, row)
        return row

    def range(self, start: int, end: int) -> tuple[int, int] | None:
        self._note(start, end, end)
        return start, end

    def anchor(self, row: int) -> int:
        self.touched = self.touched or (bool(self.regions) and row >= self.regions[0].first)
        return row

    def _note(self, start: int, end: int, keep: int) -> None:
        if self.regions and end >= self.regions[0].first:
            self.touched = True
        for region in self.regions:
            # what lies wholly in rows that the data gives up keeps them: no #REF!, and no other cell in its place
            if region.new_last < start and start >= region.first and keep <= region.last:
                self.needed[region] = max(self.needed.get(region, 0), keep)


@dataclass(frozen=True)
class Corner:
    """`$C$5`: column 0 in a row reference (5:9), row 0 in a column reference (C:F)."""

    fixed_column: bool
    column: int
    fixed_row: bool
    row: int

    def text(self) -> str:
        column = ("$" if self.fixed_column else "") + column_letters(self.column) if self.column else ""
        return column + (("$" if self.fixed_row else "") + str(self.row) if self.row else "")


@dataclass(frozen=True)
class Reference:
    """A cell or range in a formula. `prefix` is the sheet as written, with its `!`; `sheet` the name it means."""

    prefix: str
    start: Corner
    end: Corner | None = None

    @property
    def sheet(self) -> str | None:
        """None: the formula's own sheet. A span (3-D) or another book shows as `:` or `[`, as in no sheet name."""
        if not self.prefix:
            return None
        name = self.prefix[:-1]
        return name[1:-1].replace("''", "'") if name.startswith("'") else name

    def text(self) -> str:
        return self.prefix + self.start.text() + (":" + self.end.text() if self.end else "")

    @property
    def area(self) -> tuple[int, int, int, int]:
        """First row, first column, last row, last column."""
        end = self.end or self.start
        return (
            self.start.row or 1,
            self.start.column or 1,
            end.row or LAST_ROW,
            end.column or LAST_COLUMN,
        )


_SHEET = r"(?:'(?:[^']|'')+'|(?<![\w.\\?\]])(?:\[[^\[\]]+\])?[\w.\\?]+(?::[\w.\\?]+)?)!"
_CELL = r"(\$?)([A-Z]{1,3})(\$?)([1-9][0-9]{0,6})"
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|({_SHEET})?(?:(?<![\w.\\$])|(?<=!)){_CELL}(?::{_CELL})?(?![\w(.!\[])"
    rf"|({_SHEET})?(?:(?<![\w.\\$:])|(?<=!))(\$?)([1-9][0-9]{{0,6}}):(\$?)([1-9][0-9]{{0,6}})(?![\w.(!])"
    rf"|({_SHEET})?(?:(?<![\w.\\$:])|(?<=!))(\$?)([A-Z]{{1,3}}):(\$?)([A-Z]{{1,3}})(?![\w.(!\[])"
    r"|\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
)


def tokens(formula: str) -> Iterator[str | Reference]:
    """The formula cut into references and the text between them (strings and [structured] parts are text)."""
    done = 0
    for found in _TOKEN.finditer(formula):
        reference = _reference(found)
        if reference is None:
            continue
        if found.start() > done:
            yield formula[done : found.start()]
        yield reference
        done = found.end()
    if done < len(formula):
        yield formula[done:]


def _reference(found: re.Match[str]) -> Reference | None:
    g = found.groups()
    if g[2]:
        start = Corner(bool(g[1]), column_number(g[2]), bool(g[3]), int(g[4]))
        end = Corner(bool(g[5]), column_number(g[6]), bool(g[7]), int(g[8])) if g[6] else None
        prefix = g[0]
    elif g[11]:
        start, end = Corner(False, 0, bool(g[10]), int(g[11])), Corner(False, 0, bool(g[12]), int(g[13]))
        prefix = g[9]
    elif g[16]:
        start = Corner(bool(g[15]), column_number(g[16]), False, 0)
        end = Corner(bool(g[17]), column_number(g[18]), False, 0)
        prefix = g[14]
    else:
        return None
    corners = (start, end or start)
    if any(c.row > LAST_ROW or c.column > LAST_COLUMN for c in corners):
        return None
    return Reference(prefix or "", start, end)


def rewritten(formula: str, change: Callable[[Reference], str]) -> str:
    return "".join(t if isinstance(t, str) else change(t) for t in tokens(formula))


def mapped(formula: str, maps: Mapping[str, RowMap], here: str, over: Callable[[Reference], str] | None = None) -> str:
    """`formula`, standing on sheet `here`, after the rows moved; `maps` by case-folded sheet name.

    `over` says what becomes of a reference over several sheets; without it such a reference stays.
    """

    def change(reference: Reference) -> str:
        sheet = (reference.sheet if reference.sheet is not None else here).casefold()
        if over is not None and ":" in sheet and "[" not in sheet:
            return over(reference)
        rows = maps.get(sheet)
        return reference.text() if rows is None else mapped_reference(reference, rows)

    return rewritten(formula, change)


def mapped_reference(reference: Reference, rows: RowMap) -> str:
    start, end = reference.start, reference.end
    if end is None:
        row = rows.cell(start.row)
        return "#REF!" if row is None else replace(reference, start=replace(start, row=row)).text()
    if not start.row or not end.row:
        return reference.text()
    moved = rows.range(min(start.row, end.row), max(start.row, end.row))
    if moved is None:
        return "#REF!"
    return replace(reference, start=replace(start, row=moved[0]), end=replace(end, row=moved[1])).text()


_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)(?::\$?([A-Za-z]{1,3})\$?([0-9]+))?")


def area(text: str) -> tuple[int, int, int, int] | None:
    """`B2:D9` as first row, first column, last row, last column; None for anything else."""
    found = _AREA.fullmatch(text.strip())
    if not found:
        return None
    column, row, last_column, last_row = found.groups()
    first = int(row), column_number(column)
    return (*first, int(last_row), column_number(last_column)) if last_column else (*first, *first)


def area_text(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    start = f"{column_letters(first_column)}{first_row}"
    end = f"{column_letters(last_column)}{last_row}"
    return start if start == end else f"{start}:{end}"


def mapped_areas(text: str, rows: RowMap, grows: bool = True) -> str:
    """A space-separated list of areas (sqref). With `grows`, a single cell of a one-row body grows with it too."""
    done = []
    for part in text.split():
        found = area(part)
        if found is None:
            done.append(part)
            continue
        first, left, last, right = found
        if ":" in part or grows:
            moved = rows.range(first, last)
        else:
            row = rows.cell(first)
            moved = None if row is None else (row, row)
        if moved is not None:
            done.append(area_text(moved[0], left, moved[1], right))
    return " ".join(done)


RowFormula = tuple[str | int, ...]
"""A formula for every body row: text, and distances from the row at hand where a row number stands."""


def row_formula(formula: str, here: str, at: int, region: Region, maps: Mapping[str, RowMap]) -> RowFormula:
    """The body formula of row `at` for all rows: what moves with the row, and what stays as the map says.

    A relative row in the body or just above it goes with the row (running balances look one row up); a fixed one, one
    below the body (a total) and one far above it (a parameter) is an anchor. A relative range over a whole body of
    several rows means the body.
    """
    parts: list[str | int] = []
    own_map = maps.get(here.casefold(), RowMap())
    for token in tokens(formula):
        if isinstance(token, str):
            parts.append(token)
            continue
        own = token.sheet is None or token.sheet.casefold() == here.casefold()
        corners = [token.start] if token.end is None else [token.start, token.end]
        body = token.end is not None and (token.start.row, token.end.row) == (region.first, region.last)
        whole = body and region.last > region.first
        goes = [own and not whole and _goes_along(c, region) for c in corners]
        if not own and any(not c.fixed_row and c.row == at for c in corners) and token.end is None:
            goes = [not c.fixed_row for c in corners]  # the same row of another sheet
        if not any(goes):
            parts.append(mapped(token.text(), maps, here))
            continue
        parts.append(token.prefix)
        for index, (corner, along) in enumerate(zip(corners, goes, strict=True)):
            if index:
                parts.append(":")
            parts.append(replace(corner, row=0).text() if corner.column else "")
            if along:
                parts.append(corner.row - at)
            else:
                row = own_map.cell(corner.row) or LAST_ROW
                parts.append(("$" if corner.fixed_row else "") + str(row))
    return _joined(parts)


def _goes_along(corner: Corner, region: Region) -> bool:
    return bool(corner.row) and not corner.fixed_row and region.first - 1 <= corner.row <= region.last


def _joined(parts: list[str | int]) -> RowFormula:
    done: list[str | int] = []
    for part in parts:
        if part == "" and isinstance(part, str):
            continue
        if isinstance(part, str) and done and isinstance(done[-1], str):
            done[-1] += part
        else:
            done.append(part)
    return tuple(done)


def formula_at(formula: RowFormula, row: int) -> str:
    return "".join(part if isinstance(part, str) else str(row + part) for part in formula)


def moved_by(formula: str, down: int, right: int) -> str:
    """`formula` as it reads when copied `down` rows and `right` columns (how a shared formula is meant)."""

    def change(reference: Reference) -> str:
        corners = []
        for corner in (reference.start, reference.end):
            if corner is None:
                continue
            row = corner.row + down if corner.row and not corner.fixed_row else corner.row
            column = corner.column + right if corner.column and not corner.fixed_column else corner.column
            # copying past an edge comes out at the other one, as in Excel
            row = (row - 1) % LAST_ROW + 1 if corner.row else 0
            column = (column - 1) % LAST_COLUMN + 1 if corner.column else 0
            corners.append(replace(corner, row=row, column=column))
        return Reference(reference.prefix, corners[0], corners[1] if len(corners) > 1 else None).text()

    return rewritten(formula, change)


def relative(formula: str, row: int, column: int) -> tuple[object, ...]:
    """A formula as seen from its cell: the same for all cells of a formula filled down or to the right."""

    def seen(corner: Corner | None) -> object:
        if corner is None:
            return None
        at_row = corner.row if corner.fixed_row or not corner.row else corner.row - row
        at_column = corner.column if corner.fixed_column or not corner.column else corner.column - column
        return corner.fixed_row, at_row, corner.fixed_column, at_column

    return tuple(t if isinstance(t, str) else (t.prefix, seen(t.start), seen(t.end)) for t in tokens(formula))
