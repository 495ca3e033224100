"""Tables, named cells and the selection of an open workbook, read through xlwings' public interface only.

    found = table(book, "exposure")            # anywhere in the book, in any case; DuebookError if there is none
    found.headers, found.rows                  # ("Customer ID", …), rows of cells
    places = found.places(columns)             # for each `books.plan.Column` its place in the table, or None
    found.records(columns)                     # rows as dicts by column key, only what was found

Cells come as float, text, flag, date (a datetime where the time of day counts), None for a blank, `CellError`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from duebook.books.plan import Column, matched_columns
from duebook.core.cells import Cell, CellError, blank_row
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells as live_cells

if TYPE_CHECKING:
    import xlwings as xw


class Place(NamedTuple):
    """A cell: sheet name, row, column from 1."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True)
class LiveTable:
    """A table as it stood when it was read. `name` is "" for a plain block of cells; the header is at `row`.

    `rows` leave a totals row out; of an empty table (Excel keeps one blank row) there are none.
    """

    name: str
    sheet: str
    row: int
    column: int
    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def title(self) -> str:
        """What sentences call it."""
        return self.name or self.sheet

    def places(self, columns: Sequence[Column]) -> dict[str, int]:
        """Column key → place in `headers` (from 0), for the columns whose header is there, in any language."""
        found = matched_columns(self.headers, columns)
        return {columns[source].key: place for place, source in enumerate(found) if source is not None}

    def required(self, columns: Sequence[Column]) -> dict[str, int]:
        """The same for columns that must all be there; DuebookError names those that are not."""
        found = self.places(columns)
        absent = [column.labels[0] if column.labels else column.key for column in columns if column.key not in found]
        if absent:
            raise DuebookError("live.no_columns", table=self.title, columns=", ".join(absent))
        return found

    def records(self, columns: Sequence[Column]) -> list[dict[str, Cell]]:
        """Each row by column key; columns that the table does not have are left out."""
        places = self.places(columns)
        return [{key: row[place] for key, place in places.items()} for row in self.rows]

    def values(self, header: str) -> tuple[Cell, ...]:
        """One column by its header text."""
        place = self.places((Column(header),)).get(header)
        if place is None:
            raise DuebookError("live.no_columns", table=self.title, columns=header)
        return tuple(row[place] for row in self.rows)


def names(book: xw.Book) -> tuple[str, ...]:
    """The names of all tables of a workbook, sheet by sheet."""
    return tuple(found.name for sheet in book.sheets for found in sheet.tables)


def tables(book: xw.Book) -> Iterator[LiveTable]:
    """Every table of a workbook, sheet by sheet, each read when it is asked for."""
    return (read(found) for sheet in book.sheets for found in sheet.tables)


def natives(book: xw.Book) -> dict[str, xw.Table]:
    """xlwings' own tables by their names in lower case, wherever they stand."""
    return {found.name.casefold(): found for sheet in book.sheets for found in sheet.tables}


def native(book: xw.Book, name: str) -> xw.Table | None:
    """xlwings' own table of this name (upper and lower case are one), wherever it stands."""
    return natives(book).get(name.casefold())


def find_table(book: xw.Book, name: str) -> LiveTable | None:
    """The table of this name, or None."""
    found = native(book, name)
    return None if found is None else read(found)


def table(book: xw.Book, name: str) -> LiveTable:
    """The table of this name; DuebookError if there is none."""
    found = find_table(book, name)
    if found is None:
        raise DuebookError("live.no_table", table=name, book=book.name)
    return found


def read(found: xw.Table) -> LiveTable:
    """What a table holds now."""
    block = found.range
    rows = live_cells.shown(block)
    start = block.row
    if found.header_row_range is None:
        headers = tuple(f"Column{place + 1}" for place in range(len(rows[0])))
        start -= 1
    else:
        headers = tuple(map(label, rows.pop(0)))
    if rows and has_totals(found):
        rows.pop()
    if len(rows) == 1 and blank_row(rows[0]):
        rows = []
    return LiveTable(found.name, block.sheet.name, start, block.column, headers, tuple(map(tuple, rows)))


def has_totals(found: xw.Table) -> bool:
    with contextlib.suppress(Exception):  # not every host tells
        return bool(found.show_totals)
    return False


def label(cell: Cell) -> str:
    """What a header cell reads."""
    if isinstance(cell, CellError):
        return cell.code
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def sheet_rows(sheet: xw.Sheet) -> list[list[Cell]]:
    """All that a sheet shows, from its first used cell to its last."""
    return live_cells.shown(sheet.used_range)


# --- the selection --------------------------------------------------------------------------------------------------


def selected_cell(book: xw.Book) -> Place:
    """The first cell of the selection. DuebookError where something else is selected (a chart, say)."""
    found = _selection(book)
    return Place(found.sheet.name, found.row, found.column)


def selected_table(book: xw.Book) -> LiveTable:
    """The table that the selection is in, else the selected block, else the block of cells around the selected cell.

    A plain block needs a header row of texts that differ. A selection of whole columns counts as far as it is used.
    """
    selection = _selection(book)
    sheet = selection.sheet
    for found in sheet.tables:
        if _holds(found.range, selection.row, selection.column):
            return read(found)
    block = selection.current_region if selection.shape == (1, 1) else selection
    cut = used_part(block)
    if cut is None or cut.shape[0] < 2:
        raise DuebookError("live.no_selected_table", sheet=sheet.name)
    rows = live_cells.shown(cut)
    headers = tuple(label(cell).strip() for cell in rows.pop(0))
    while rows and blank_row(rows[-1]):
        rows.pop()
    distinct = {header.casefold() for header in headers}
    if "" in distinct or len(distinct) < len(headers):
        cells = f"{sheet.name}!{cut.address.replace('$', '')}"
        raise DuebookError("live.no_header_row", cells=cells)
    return LiveTable("", sheet.name, cut.row, cut.column, headers, tuple(map(tuple, rows)))


def selected_rows(book: xw.Book) -> list[list[Cell]]:
    """The cells that are selected, or the block around the selected one, whatever they hold."""
    selection = _selection(book)
    cut = used_part(selection.current_region if selection.shape == (1, 1) else selection)
    return [] if cut is None else live_cells.shown(cut)


def used_part(block: xw.Range) -> xw.Range | None:
    """The part of a range that lies in the sheet's used range; None if none does."""
    used = block.sheet.used_range
    top, left = max(block.row, used.row), max(block.column, used.column)
    bottom = min(block.row + block.shape[0], used.row + used.shape[0]) - 1
    right = min(block.column + block.shape[1], used.column + used.shape[1]) - 1
    return None if bottom < top or right < left else block.sheet.range((top, left), (bottom, right))


def _selection(book: xw.Book) -> xw.Range:
    found: Any = None
    with contextlib.suppress(Exception):  # a selected picture is no range, and hosts say so in their own ways
        found = book.selection
        found = found if found is not None and found.row else None
    if found is None:
        raise DuebookError("live.nothing_selected")
    return found


def _holds(block: xw.Range, row: int, column: int) -> bool:
    height, width = block.shape
    return bool(block.row <= row < block.row + height and block.column <= column < block.column + width)


# --- named cells ----------------------------------------------------------------------------------------------------


def native_names(book: xw.Book) -> dict[str, xw.Name]:
    """xlwings' own defined names in lower case, without their sheets; a workbook-wide one comes before a sheet's."""
    made: dict[str, xw.Name] = {}
    for found in book.names:
        sheet, _, own = found.name.rpartition("!")
        if not sheet or own.casefold() not in made:
            made[own.casefold()] = found
    return made


def range_of(found: xw.Name | None) -> xw.Range | None:
    """The range that a name refers to; None if there is no such name or it names no range."""
    with contextlib.suppress(Exception):  # a constant, a formula, a lost reference
        return None if found is None else found.refers_to_range
    return None


def named_block(book: xw.Book, name: str) -> xw.Range | None:
    """The range that a defined name refers to; None if there is no such name or it names no range."""
    return range_of(native_names(book).get(name.casefold()))


def named_cell(book: xw.Book, name: str) -> Place | None:
    """The (first) cell that a defined name refers to."""
    return first_cell(named_block(book, name))


def first_cell(block: xw.Range | None) -> Place | None:
    return None if block is None else Place(block.sheet.name, block.row, block.column)


def named_value(book: xw.Book, name: str) -> Cell:
    """What the (first) cell of a defined name shows; DuebookError if no cell has this name."""
    block = named_block(book, name)
    if block is None:
        raise DuebookError("live.no_name", name=name, book=book.name)
    return live_cells.shown(block.sheet.range((block.row, block.column)))[0][0]
