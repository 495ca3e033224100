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
from duebook.hosts.excel.live.formulas import all_formulas, put_formulas
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
        self._sheets: dict[str, xw.Sheet] = {}
        self._tables: dict[str, xw.Table] = {}

    def sheet(self, name: str) -> xw.Sheet:
        """A sheet by its name, looked up once."""
        if name not in self._sheets:
            self._sheets[name] = self.book.sheets[name]
        return self._sheets[name]

    def tables(self) -> Mapping[str, xw.Table]:
        """The book's tables by their names in lower case, looked up once for as long as none comes or goes."""
        self._tables = self._tables or tables.natives(self.book)
        return self._tables

    def table(self, name: str) -> xw.Table:
        found = self.tables().get(name.casefold())
        if found is None:
            raise DuebookError("live.no_table", table=name, book=self.book.name)
        return found

    def block(self, sheet: str, area: Area) -> xw.Range:
        return live_cells.part(self.sheet(sheet), area)

    # --- cells ------------------------------------------------------------------------------------------------------

    def cells(self, sheet: str, row: int, column: int, rows: Contents) -> None:
        """Contents into a block of cells, whose number formats stay."""
        if not rows or not rows[0]:
            return
        area = (row, column, len(rows), len(rows[0]))
        formats = self._keep(sheet, area) if self.remembers else live_cells.formats(self.sheet(sheet), area)
        with self._bare(sheet, area, formats):
            live_cells.put(self.sheet(sheet), row, column, rows)

    def body(self, sheet: str, area: Area, fresh: int, batches: Iterable[Contents]) -> None:
        """Rows of contents into an area, all with the formats of its first row.

        Its last `fresh` rows were inserted by this pen and have never held anything: they are not read.
        """
        row, column, height, width = area
        if height > fresh:
            self._keep(sheet, (row, column, height - fresh, width))
        if fresh:
            self._guard.block(self.block(sheet, (row + height - fresh, column, fresh, width)))
            self.strokes.append(Stroke("written", sheet, {"area": (row + height - fresh, column, fresh, width)}))
        first = (row, column, 1, width)
        if height > 1:
            self.block(sheet, first).copy(self.block(sheet, (row + 1, column, height - 1, width)))
        alike = [(0, patch[1], height, *patch[3:]) for patch in live_cells.formats(self.sheet(sheet), first)]
        with self._bare(sheet, area, alike):
            at = row
            for batch in batches:
                live_cells.put(self.sheet(sheet), at, column, batch)
                at += len(batch)

    @contextlib.contextmanager
    def _bare(self, sheet: str, area: Area, formats: Sequence[Patch]) -> Iterator[None]:
        """Whatever is entered into a cell of the format "text" becomes text: the format waits."""
        textual = [patch for patch in formats if patch[4] == "@"]
        live_cells.put_formats(self.sheet(sheet), area, [(*patch[:4], "General") for patch in textual])
        yield
        live_cells.put_formats(self.sheet(sheet), area, textual)

    def restore(self, sheet: str, area: Area, rows: Contents, formats: Sequence[Patch]) -> None:
        """Contents and number formats as they were kept."""
        self._keep(sheet, area)
        self.block(sheet, area).number_format = "General"  # not "text", of which `_bare` tells
        live_cells.put(self.sheet(sheet), *area[:2], rows)
        live_cells.put_formats(self.sheet(sheet), area, [patch for patch in formats if patch[4] != "General"])

    def clear(self, sheet: str, area: Area) -> None:
        """Empties cells; their formats stay."""
        if min(area[2:]) > 0:
            self._keep(sheet, area)
            self.block(sheet, area).clear_contents()

    def formats(self, sheet: str, area: Area, patches: Sequence[Patch]) -> None:
        """Number formats; `patches` count from the area's first cell."""
        self._guard.sheet(sheet)
        if next(self._keepers(sheet, area, ("cells", "formats")), None) is None:
            before = live_cells.formats(self.sheet(sheet), area)
            self.strokes.append(Stroke("formats", sheet, {"at": area, "formats": before}))
        live_cells.put_formats(self.sheet(sheet), area, patches)

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

    def _keep(self, sheet: str, area: Area) -> list[Patch]:
        """Remembers the contents and number formats of a block that is to be written; gives the formats."""
        self._guard.sheet(sheet)
        if not self.remembers:
            return []
        block = self.block(sheet, area)
        self._guard.block(block)
        before, formats = live_cells.contents(block), live_cells.formats(self.sheet(sheet), area)
        guards.refuse_arrays(block, before)
        self.strokes.append(Stroke("cells", sheet, {"area": area, "before": before, "formats": formats}))
        return formats

    # --- rows and columns -------------------------------------------------------------------------------------------

    def insert_rows(self, sheet: str, row: int, count: int) -> None:
        """Blank sheet rows before `row`; what refers to the rows below follows, as Excel does it."""
        self._guard.sheet(sheet)
        self._guard.rows(self.sheet(sheet))
        self.sheet(sheet).range(f"{row}:{row + count - 1}").insert("down")
        self.strokes.append(Stroke("inserted", sheet, {"row": row, "count": count}))

    def delete_rows(self, sheet: str, row: int, count: int) -> None:
        """Takes sheet rows out. What they held, and every formula and name of the book, is remembered first."""
        self._guard.sheet(sheet)
        self._guard.rows(self.sheet(sheet))
        kept = {"row": row, "count": count}
        if self.remembers:
            kept |= _rows_before(self.book, sheet, row, count)
        self.sheet(sheet).range(f"{row}:{row + count - 1}").delete("up")
        self.strokes.append(Stroke("deleted", sheet, kept))

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

    def names(self, wanted: Mapping[str, str | None]) -> None:
        """Names and what they are to refer to from now on; None takes a name out. `Sheet1!name` is a sheet's own."""
        known = {found.name.casefold(): found for found in self.book.names} if wanted else {}
        for name, refers_to in wanted.items():
            found = known.get(name.casefold())
            before = None if found is None else found.refers_to
            if before == refers_to:
                continue
            self.strokes.append(Stroke("name", "", {"name": name, "before": before}))
            if found is None:
                self.book.names.add(name, refers_to)
            elif refers_to is None:
                found.delete()
            else:
                found.refers_to = refers_to

    def add_table(self, sheet: str, area: Area, name: str) -> None:
        """Makes a table of cells whose first row holds the headers."""
        self._guard.sheet(sheet)
        made = self.sheet(sheet).tables.add(source=self.block(sheet, area))
        stroke = Stroke("table_added", sheet, {"name": made.name})
        self.strokes.append(stroke)
        made.name = name
        stroke.data["name"] = name
        self._tables = {}
        self._guard.more_tables(sheet)

    def unlist(self, sheet: str, name: str) -> None:
        """Turns a table back into plain cells, if it is still there. xlwings has no call for it: the hosts' own."""
        found = self.tables().get(name.casefold())
        if found is None:
            return
        area = area_of(found.range)
        self._tables = {}
        try:
            found.api.Unlist()
        except AttributeError:
            found.api.unlist()
        self.strokes.append(Stroke("table_removed", sheet, {"name": name, "area": area}))

    def resize_table(self, name: str, area: Area) -> None:
        """A table's new extent, header row included; it must begin where the table begins."""
        found = self.table(name)
        sheet = found.parent.name
        self._guard.sheet(sheet)
        before = area_of(found.range)
        if before != area:
            self.strokes.append(Stroke("table_resized", sheet, {"name": name, "before": before}))
            found.resize(self.block(sheet, area))

    def add_sheet(self, name: str) -> None:
        """A new sheet after the last one that is seen."""
        self._guard.structure()
        made = new_sheet(self.book)
        stroke = Stroke("sheet_added", made.name)
        self.strokes.append(stroke)
        made.name = name
        stroke.sheet = name


def new_sheet(book: xw.Book) -> xw.Sheet:
    """A new sheet, the last one of those that are seen.

    To put a sheet after the last one, xlwings moves that one to and fro, and Excel moves no very hidden sheet.
    """
    hidden = None
    for sheet in reversed(list(book.sheets)):
        if sheet.visible:
            break
        hidden = sheet
    return book.sheets.add(after=book.sheets[-1]) if hidden is None else book.sheets.add(before=hidden)


def delete_sheet(sheet: xw.Sheet) -> None:
    """Takes a sheet out; a very hidden one is shown first, or Excel would refuse."""
    if not sheet.visible:
        sheet.visible = True
    sheet.delete()


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


def _rows_before(book: xw.Book, sheet: str, row: int, count: int) -> dict[str, Any]:
    """What is lost with rows: their cells, and what formulas, names and tables may lose by it."""
    held = book.sheets[sheet]
    used = held.used_range
    area = (row, 1, count, used.column + used.shape[1] - 1)
    return {
        "before": live_cells.contents(live_cells.part(held, area)),
        "formats": live_cells.formats(held, area),
        "formulas": [found for found in all_formulas(book) if found[0] == sheet or _mentions(found[3], sheet)],
        "names": {found.name: found.refers_to for found in book.names},
        "tables": [[found.name, area_of(found.range)] for found in held.tables],
    }


def _mentions(formula: str, sheet: str) -> bool:
    return sheet.replace("'", "''").casefold() in formula.casefold()


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
        delete_sheet(book.sheets[name])


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
    pen.names(data["names"])
    put_formulas(pen, {(sheet, row, column): text for sheet, row, column, text in data["formulas"]})


def _hidden_back(pen: Pen, stroke: Stroke) -> None:
    pen.hide_column(stroke.sheet, stroke.data["column"], stroke.data["before"])


def _width_back(pen: Pen, stroke: Stroke) -> None:
    pen.width(stroke.sheet, stroke.data["column"], stroke.data["before"])


def _name_back(pen: Pen, stroke: Stroke) -> None:
    pen.names({stroke.data["name"]: stroke.data["before"]})


def _table_added_back(pen: Pen, stroke: Stroke) -> None:
    pen.unlist(stroke.sheet, stroke.data["name"])


def _table_removed_back(pen: Pen, stroke: Stroke) -> None:
    pen.add_table(stroke.sheet, tuple(stroke.data["area"]), stroke.data["name"])


def _table_resized_back(pen: Pen, stroke: Stroke) -> None:
    pen.resize_table(stroke.data["name"], tuple(stroke.data["before"]))


_BACK: Mapping[str, Callable[[Pen, Stroke], None]] = {
    "cells": _cells_back,
    "written": lambda pen, stroke: None,  # with the rows that were inserted
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
