"""What a change does to an open workbook, step by step, so that every step can be taken back.

`Pen` is the only thing that writes. Each of its strokes keeps what was there before it touches anything, and
`take_back` undoes strokes from the last to the first. Strokes are plain data (JSON), so they survive saving, closing
and opening the workbook.

Places in a stroke are those of its moment: strokes that insert or delete rows move what lies below, and going back in
reverse order finds every place as it was.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells as live_cells
from duebook.hosts.excel.live import guards, tables
from duebook.hosts.excel.live import looks as live_looks
from duebook.hosts.excel.live.cells import Area, Contents, Patch
from duebook.hosts.excel.live.strokes import Stroke

if TYPE_CHECKING:
    import xlwings as xw


class Pen:
    """Writes into an open workbook and remembers how to take it back, unless it is to forget (`remembers=False`)."""

    def __init__(self, book: xw.Book, remembers: bool = True) -> None:
        self.book = book
        self.remembers = remembers
        self.strokes: list[Stroke] = []
        self._guard = guards.Guard(book)

    def block(self, sheet: str, area: Area) -> xw.Range:
        row, column, height, width = area
        return self.book.sheets[sheet].range((row, column), (row + height - 1, column + width - 1))

    # --- cells ------------------------------------------------------------------------------------------------------

    def cells(self, sheet: str, row: int, column: int, rows: Contents) -> None:
        """Contents into a block of cells, whose number formats stay."""
        if not rows or not rows[0]:
            return
        block, formats = self._kept(sheet, (row, column, len(rows), len(rows[0])))
        textual = [patch for patch in formats if patch[4] == "@"]
        # whatever is entered into a cell of the format "text" becomes text: the format waits
        live_cells.put_formats(block, [(*patch[:4], "General") for patch in textual])
        live_cells.put(block, rows)
        live_cells.put_formats(block, textual)

    def restore(self, sheet: str, area: Area, rows: Contents, formats: Sequence[Patch]) -> None:
        """Contents and number formats as they were kept."""
        block, _ = self._kept(sheet, area)
        block.number_format = "General"  # whatever is entered into a cell of the format "text" becomes text
        live_cells.put(block, rows)
        live_cells.put_formats(block, formats)

    def clear(self, sheet: str, area: Area) -> None:
        """Empties cells; their formats stay."""
        if min(area[2:]) > 0:
            self._kept(sheet, area)[0].clear_contents()

    def formats(self, sheet: str, area: Area, patches: Sequence[Patch]) -> None:
        """Number formats; `patches` count from the area's first cell."""
        self._guard.sheet(sheet)
        block = self.block(sheet, area)
        if next(self._keepers(sheet, area, ("cells", "formats")), None) is None:
            self.strokes.append(Stroke("formats", sheet, {"at": area, "formats": live_cells.formats(block)}))
        live_cells.put_formats(block, patches)

    def looks(self, sheet: str, area: Area, looks: Sequence[Sequence[Any]]) -> None:
        """Bold, colors, wrapped text (`looks.Look`, counted from the area's first cell)."""
        self._guard.sheet(sheet)
        block = self.block(sheet, area)
        traits = dict.fromkeys(look[0] for look in looks)
        for stroke in self._keepers(sheet, area, ("looks",)):
            kept = traits if stroke.kind == "sheet_added" else {look[0] for look in stroke.data["looks"]}
            traits = {trait: None for trait in traits if trait not in kept}
        if traits:
            self.strokes.append(Stroke("looks", sheet, {"at": area, "looks": live_looks.read(block, traits)}))
        live_looks.put(block, looks)

    def _keepers(self, sheet: str, area: Area, kinds: Sequence[str]) -> Iterator[Stroke]:
        """The strokes that will give an area its looks back whatever is done to it from here on: reading them again,
        cell by cell, would take time."""
        for stroke in reversed(self.strokes):
            if stroke.sheet != sheet:
                continue
            if stroke.kind == "sheet_added":  # it goes as a whole
                yield stroke
            elif stroke.kind in ("inserted", "deleted"):
                return
            elif stroke.kind in kinds and _within(area, stroke.data["area" if stroke.kind == "cells" else "at"]):
                yield stroke

    def copy_row(self, sheet: str, area: Area, count: int) -> None:
        """The cells of one row, with all their formats, into the `count` rows below."""
        if count < 1:
            return
        below = (area[0] + 1, area[1], count, area[3])
        target, _ = self._kept(sheet, below)
        self.block(sheet, area).copy(target)

    def _kept(self, sheet: str, area: Area) -> tuple[xw.Range, list[Patch]]:
        """The block to be written, whose contents and number formats are now remembered."""
        self._guard.sheet(sheet)
        block = self.block(sheet, area)
        if not self.remembers:
            return block, live_cells.formats(block)
        self._guard.block(block)
        before, formats = live_cells.contents(block), live_cells.formats(block)
        guards.refuse_arrays(block, before)
        self.strokes.append(Stroke("cells", sheet, {"area": area, "before": before, "formats": formats}))
        return block, formats

    # --- rows and columns -------------------------------------------------------------------------------------------

    def insert_rows(self, sheet: str, row: int, count: int) -> None:
        """Blank sheet rows before `row`; what refers to the rows below follows, as Excel does it."""
        self._guard.sheet(sheet)
        self.book.sheets[sheet].range(f"{row}:{row + count - 1}").insert("down")
        self.strokes.append(Stroke("inserted", sheet, {"row": row, "count": count}))
        self._guard.moved(sheet)

    def delete_rows(self, sheet: str, row: int, count: int) -> None:
        """Takes sheet rows out. What they held, and every formula and name of the book, is remembered first."""
        self._guard.sheet(sheet)
        kept = {"row": row, "count": count}
        if self.remembers:
            kept |= _rows_before(self.book, sheet, row, count)
        self.book.sheets[sheet].range(f"{row}:{row + count - 1}").delete("up")
        self.strokes.append(Stroke("deleted", sheet, kept))
        self._guard.moved(sheet)

    def hide_column(self, sheet: str, column: int, hidden: bool) -> None:
        self._guard.sheet(sheet)
        cells = self.block(sheet, (1, column, 1, 1)).columns
        before = bool(cells.hidden)
        if before != hidden:
            self.strokes.append(Stroke("hidden", sheet, {"column": column, "before": before}))
            cells.hidden = hidden

    def width(self, sheet: str, column: int, width: float) -> None:
        """A column's width, in characters."""
        self._guard.sheet(sheet)
        cell = self.block(sheet, (1, column, 1, 1))
        self.strokes.append(Stroke("width", sheet, {"column": column, "before": cell.column_width}))
        cell.column_width = width

    # --- names, tables, sheets --------------------------------------------------------------------------------------

    def name(self, name: str, refers_to: str | None) -> None:
        """Defines a name or has it refer to something else; None takes it out. `Sheet1!name` is the name of a sheet."""
        known = next((found for found in self.book.names if found.name.casefold() == name.casefold()), None)
        before = None if known is None else known.refers_to
        if before == refers_to:
            return
        self.strokes.append(Stroke("name", "", {"name": name, "before": before}))
        if refers_to is None:
            if known is not None:
                known.delete()
        elif known is not None:
            known.refers_to = refers_to
        else:
            self.book.names.add(name, refers_to)

    def add_table(self, sheet: str, area: Area, name: str) -> None:
        """Makes a table of cells whose first row holds the headers."""
        self._guard.sheet(sheet)
        made = self.book.sheets[sheet].tables.add(source=self.block(sheet, area))
        stroke = Stroke("table_added", sheet, {"name": made.name})
        self.strokes.append(stroke)
        made.name = name
        stroke.data["name"] = name
        self._guard.moved(sheet)

    def resize_table(self, name: str, area: Area) -> None:
        """A table's new extent, header row included; it must begin where the table begins."""
        found = _table(self.book, name)
        sheet = found.parent.name
        self._guard.sheet(sheet)
        before = area_of(found.range)
        if before != area:
            self.strokes.append(Stroke("table_resized", sheet, {"name": name, "before": before}))
            found.resize(self.block(sheet, area))
            self._guard.moved(sheet)

    def add_sheet(self, name: str) -> None:
        """A new sheet after the last one."""
        self._guard.structure()
        made = self.book.sheets.add(after=self.book.sheets[-1])
        stroke = Stroke("sheet_added", made.name)
        self.strokes.append(stroke)
        made.name = name
        stroke.sheet = name


def area_of(block: xw.Range) -> Area:
    return (block.row, block.column, *block.shape)


def _within(area: Area, other: Area) -> bool:
    """Whether all of an area is in another one."""
    return (
        other[0] <= area[0]
        and other[1] <= area[1]
        and area[0] + area[2] <= other[0] + other[2]
        and area[1] + area[3] <= other[1] + other[3]
    )


def _table(book: xw.Book, name: str) -> xw.Table:
    found = tables.native(book, name)
    if found is None:
        raise DuebookError("live.no_table", table=name, book=book.name)
    return found


def _rows_before(book: xw.Book, sheet: str, row: int, count: int) -> dict[str, Any]:
    """What is lost with rows: their cells, and what formulas, names and tables may lose by it."""
    used = book.sheets[sheet].used_range
    width = used.column + used.shape[1] - 1
    block = book.sheets[sheet].range((row, 1), (row + count - 1, width))
    return {
        "before": live_cells.contents(block),
        "formats": live_cells.formats(block),
        "formulas": [found for found in all_formulas(book) if found[0] == sheet or _mentions(found[3], sheet)],
        "names": {found.name: found.refers_to for found in book.names},
        "tables": [[found.name, area_of(found.range)] for found in book.sheets[sheet].tables],
    }


def _mentions(formula: str, sheet: str) -> bool:
    return sheet.replace("'", "''").casefold() in formula.casefold()


def all_formulas(book: xw.Book) -> Iterable[tuple[str, int, int, str]]:
    """Every formula of the workbook: sheet, row, column, text."""
    for sheet in book.sheets:
        if sheet.name == live_cells.UNDO_SHEET:
            continue
        used = sheet.used_range
        live_cells.refuse_giant(used)
        top, left = used.row, used.column
        for down, row in enumerate(live_cells.formulas(used)):
            for right, text in enumerate(row):
                if text.startswith("="):
                    yield sheet.name, top + down, left + right, text


# --- taking back ----------------------------------------------------------------------------------------------------


def take_back(pen: Pen, strokes: Sequence[Stroke]) -> list[Exception]:
    """Undoes strokes, the last first, with a pen of its own. A step that fails does not keep the others from it.

    Sheets that the strokes added are left: `remove_sheets` takes them out when all else is well, since that is the one
    step that cannot itself be taken back.
    """
    added = sheets_added(strokes)
    failed: list[Exception] = []
    for stroke in reversed(strokes):
        if stroke.sheet in added:
            continue
        try:
            _BACK[stroke.kind](pen, stroke)
        except Exception as error:
            failed.append(error)
    return failed


def sheets_added(strokes: Iterable[Stroke]) -> set[str]:
    return {stroke.sheet for stroke in strokes if stroke.kind == "sheet_added"}


def remove_sheets(book: xw.Book, names: Iterable[str]) -> None:
    for name in sorted(names):
        book.sheets[name].delete()


def _cells_back(pen: Pen, stroke: Stroke) -> None:
    pen.restore(stroke.sheet, tuple(stroke.data["area"]), stroke.data["before"], stroke.data["formats"])


def _formats_back(pen: Pen, stroke: Stroke) -> None:
    pen.formats(stroke.sheet, tuple(stroke.data["at"]), stroke.data["formats"])


def _looks_back(pen: Pen, stroke: Stroke) -> None:
    pen.looks(stroke.sheet, tuple(stroke.data["at"]), stroke.data["looks"])


def _inserted_back(pen: Pen, stroke: Stroke) -> None:
    pen.delete_rows(stroke.sheet, stroke.data["row"], stroke.data["count"])


def _deleted_back(pen: Pen, stroke: Stroke) -> None:
    data = stroke.data
    pen.insert_rows(stroke.sheet, data["row"], data["count"])
    for name, area in data["tables"]:
        pen.resize_table(name, tuple(area))
    before: Contents = data["before"]
    pen.restore(stroke.sheet, (data["row"], 1, len(before), len(before[0])), before, data["formats"])
    for name, refers_to in data["names"].items():
        pen.name(name, refers_to)
    put_formulas(pen, {(sheet, row, column): text for sheet, row, column, text in data["formulas"]})


def put_formulas(pen: Pen, wanted: Mapping[tuple[str, int, int], str]) -> None:
    """Formulas that read otherwise now get the text they should have, each by itself (cells may be merged)."""
    now = {(sheet, row, column): text for sheet, row, column, text in all_formulas(pen.book)}
    for (sheet, row, column), text in wanted.items():
        if now.get((sheet, row, column)) != text:
            pen.cells(sheet, row, column, [[(text,)]])


def _hidden_back(pen: Pen, stroke: Stroke) -> None:
    pen.hide_column(stroke.sheet, stroke.data["column"], stroke.data["before"])


def _width_back(pen: Pen, stroke: Stroke) -> None:
    pen.width(stroke.sheet, stroke.data["column"], stroke.data["before"])


def _name_back(pen: Pen, stroke: Stroke) -> None:
    pen.name(stroke.data["name"], stroke.data["before"])


def _table_added_back(pen: Pen, stroke: Stroke) -> None:
    found = tables.native(pen.book, stroke.data["name"])
    if found is None:
        return
    area = area_of(found.range)
    _unlist(found)
    pen.strokes.append(Stroke("table_removed", stroke.sheet, {"name": stroke.data["name"], "area": area}))


def _table_removed_back(pen: Pen, stroke: Stroke) -> None:
    pen.add_table(stroke.sheet, tuple(stroke.data["area"]), stroke.data["name"])


def _unlist(found: xw.Table) -> None:
    """Turns a table back into plain cells. xlwings has no call for it, so the hosts' own are tried."""
    with contextlib.suppress(AttributeError):
        found.api.Unlist()
        return
    found.api.unlist()


def _table_resized_back(pen: Pen, stroke: Stroke) -> None:
    pen.resize_table(stroke.data["name"], tuple(stroke.data["before"]))


_BACK: Mapping[str, Callable[[Pen, Stroke], None]] = {
    "cells": _cells_back,
    "formats": _formats_back,
    "looks": _looks_back,
    "inserted": _inserted_back,
    "deleted": _deleted_back,
    "hidden": _hidden_back,
    "width": _width_back,
    "name": _name_back,
    "table_added": _table_added_back,
    "table_removed": _table_removed_back,
    "table_resized": _table_resized_back,
}
