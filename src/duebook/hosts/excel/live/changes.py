"""All writing into an open workbook: made whole or not at all, and taken back by `undo`.

    with changes(book, "score_customers") as change:
        change.set_cells("Ledger", 5, 3, [[12.5, "007"], [None, date(2026, 10, 31)]])
        change.put_table("scores", change.add_sheet("Scores"), ["Customer", "Score"], rows, kinds=["id", "count"])

On an exception inside the block everything is as before it, and the exception goes on. At the end of the block what was
replaced is kept on a hidden sheet of the workbook. The first argument of every method is a sheet's name.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells as live_cells
from duebook.hosts.excel.live import guards, tables
from duebook.hosts.excel.live.cells import FORMATS, Area, Content
from duebook.hosts.excel.live.journal import Pen, area_of
from duebook.hosts.excel.live.looks import BLACK
from duebook.hosts.excel.live.quiet import quietly
from duebook.hosts.excel.live.undo import keep, put_back, refuse_unkept, undo

if TYPE_CHECKING:
    import xlwings as xw

__all__ = ["INPUT_FILL", "INPUT_INK", "Change", "changes", "undo"]

Color = tuple[int, int, int]
INPUT_FILL: Color = (255, 251, 224)
INPUT_INK: Color = (0, 0, 255)
"""What a user types stands blue on pale yellow, as in the standard workbooks."""
_LONGEST_SHEET_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_TABLE_NAME = re.compile(r"[^\W\d][\w.]{0,254}")


@contextlib.contextmanager
def changes(book: xw.Book, title: str) -> Iterator[Change]:
    """One undoable change; `title` is what `undo` gives back (the button's name)."""
    refuse_unkept(book)
    change = Change(book)
    with quietly(book):
        try:
            yield change
            if change.pen.strokes:
                keep(book, title, change.pen.strokes)
        except BaseException:
            put_back(book, change.pen)
            raise


class Change:
    """What a macro may do to its workbook. Whatever cannot be done raises DuebookError before it is half done."""

    def __init__(self, book: xw.Book) -> None:
        self.book = book
        self.pen = Pen(book)

    # --- cells ------------------------------------------------------------------------------------------------------

    def set_cells(
        self, sheet: str, row: int, column: int, rows: Sequence[Sequence[object]], kinds: Sequence[str] | None = None
    ) -> None:
        """Values into cells, row by row from (`row`, `column`) on. None empties a cell; text stays text.

        `kinds`: a kind per column (`cells.FORMATS`: id, date, count, days, decimal, money, rate, text …) gives the
        number format; without it formats stay.
        """
        contents = live_cells.content_rows(rows)
        if not contents or not contents[0]:
            return
        if kinds is not None:
            self._set_kinds(sheet, (row, column, len(contents), len(contents[0])), kinds)
        self.pen.cells(sheet, row, column, contents)

    def set_formulas(self, sheet: str, row: int, column: int, rows: Sequence[Sequence[str]]) -> None:
        """Formulas, in English and with commas, as Excel files have them; "" empties a cell."""
        made: list[list[Content]] = [[(text,) if text else None for text in line] for line in rows]
        self.pen.cells(sheet, row, column, made)

    def clear(self, sheet: str, row: int, column: int, height: int, width: int) -> None:
        """Empties cells; their formats stay."""
        self.pen.clear(sheet, (row, column, height, width))

    def set_format(self, sheet: str, area: Area, number_format: str) -> None:
        """A number format for an area (first row, first column, height, width)."""
        self.pen.formats(sheet, area, [(0, 0, area[2], area[3], number_format)])

    def set_name(self, name: str, value: object) -> None:
        """A value into the cell that has this name; DuebookError if no cell has it."""
        place = tables.named_cell(self.book, name)
        if place is None:
            raise DuebookError("live.no_name", name=name, book=self.book.name)
        self.set_cells(place.sheet, place.row, place.column, [[value]])

    def define_name(self, name: str, sheet: str, area: Area) -> None:
        """A workbook-wide name for cells; a name that is there already refers to them from now on."""
        quoted = sheet.replace("'", "''")
        address = self.pen.block(sheet, area).address
        self.pen.names({name: f"='{quoted}'!{address}"})

    def _set_kinds(self, sheet: str, area: Area, kinds: Sequence[str]) -> None:
        row, column, height, width = area
        patches = [(0, place, height, 1, FORMATS[kind]) for place, kind in enumerate(kinds[:width])]
        self.pen.formats(sheet, (row, column, height, len(patches)), patches)

    # --- sheets and columns -----------------------------------------------------------------------------------------

    def add_sheet(self, name: str) -> str:
        """A new sheet after the last one; gives its name: `name` without what Excel forbids, with a number if taken."""
        made = sheet_name(name, [sheet.name for sheet in self.book.sheets])
        self.pen.add_sheet(made)
        return made

    def sheet(self, name: str) -> str:
        """The sheet of this name (in any case), added where there is none yet."""
        known = next((s.name for s in self.book.sheets if s.name.casefold() == name.casefold()), None)
        return known or self.add_sheet(name)

    def hide_column(self, sheet: str, column: int, hidden: bool = True) -> None:
        self.pen.hide_column(sheet, column, hidden)

    def set_width(self, sheet: str, column: int, width: float) -> None:
        """A column's width in characters, as Excel counts them."""
        self.pen.width(sheet, column, width)

    def paint(
        self,
        sheet: str,
        area: Area,
        *,
        bold: bool | None = None,
        size: float | None = None,
        fill: Color | None = None,
        ink: Color | None = None,
        wrap: bool | None = None,
        align: str | None = None,
        valign: str | None = None,
    ) -> None:
        """Looks of cells; what is None stays. What a host cannot show is left out."""
        wanted = {"bold": bold, "size": size, "fill": fill, "ink": ink, "wrap": wrap, "align": align, "valign": valign}
        self._look(sheet, area, {name: value for name, value in wanted.items() if value is not None})

    def unpaint(self, sheet: str, area: Area) -> None:
        """Plain looks: black, not bold, no fill, nothing wrapped or aligned."""
        plain = {"bold": False, "fill": None, "ink": BLACK, "wrap": False, "align": "general", "valign": "bottom"}
        self._look(sheet, area, plain)

    def fit_rows(self, sheet: str, area: Area) -> None:
        """Rows as high as their wrapped texts need. Undo leaves heights."""
        with contextlib.suppress(Exception):
            self.pen.block(sheet, area).rows.autofit()

    def _look(self, sheet: str, area: Area, wanted: Mapping[str, object]) -> None:
        self.pen.looks(sheet, area, [(name, 0, 0, area[2], area[3], value) for name, value in wanted.items()])

    def _added(self, sheet: str) -> bool:
        return any(s.kind == "sheet_added" and s.sheet == sheet for s in self.pen.strokes)

    def freeze(self, sheet: str, row: int, column: int = 1) -> None:
        """Keeps what is above `row` and left of `column` in sight. Only on a sheet that this change has added: how an
        older one was frozen cannot be read and hence not be put back."""
        if self._added(sheet):
            with contextlib.suppress(Exception):  # a matter of comfort, and not every host can
                cells = self.pen.block(sheet, (1, 1, max(1, row - 1), max(1, column - 1)))
                address = cells.address if row > 1 and column > 1 else f"1:{row - 1}" if row > 1 else cells.address
                self.book.sheets[sheet].freeze_panes.freeze_at(address)

    def print_area(self, sheet: str, area: Area) -> None:
        """What prints of a sheet. Undo leaves it, as all that only paper shows."""
        with contextlib.suppress(Exception):
            self.book.sheets[sheet].page_setup.print_area = self.pen.block(sheet, area).address

    # --- rows -------------------------------------------------------------------------------------------------------

    def insert_rows(self, sheet: str, row: int, count: int) -> None:
        """Blank sheet rows before `row`."""
        self.pen.insert_rows(sheet, row, count)

    def delete_rows(self, sheet: str, row: int, count: int) -> None:
        self.pen.delete_rows(sheet, row, count)

    # --- tables -----------------------------------------------------------------------------------------------------

    def put_table(
        self,
        name: str,
        sheet: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        kinds: Sequence[str] | None = None,
        at: tuple[int, int] = (1, 1),
    ) -> Area:
        """Makes the table `name` hold exactly these columns and rows; gives where it stands, header row included.

        A table of this name, wherever it stands in the workbook, is resized and keeps its place: cells that it gives
        up are emptied. Cells that it takes in must be blank; where they are not, sheet rows are inserted below it,
        unless another table stands beside it. A new table is put at `at` of `sheet`, on blank cells only.
        """
        labels = _distinct(headers)
        contents = live_cells.content_rows(rows, len(labels))
        size = (1 + max(1, len(contents)), len(labels))
        known = self.pen.tables().get(name.casefold())
        if known is None:
            sheet, area = sheet, (*at, *size)
            if not _TABLE_NAME.fullmatch(name):
                raise DuebookError("live.table_name", table=name)
            self._need_blank(sheet, area, name)
        else:
            sheet = known.parent.name
            area = self._resized(known, size)
        self._write_headers(sheet, area, labels)
        body = (area[0] + 1, area[1], size[0] - 1, size[1])
        if kinds is not None:
            self._set_kinds(sheet, body, kinds)
        self.pen.cells(sheet, body[0], body[1], contents or [[None] * size[1]])
        if known is None:
            self.pen.add_table(sheet, area, name)
        return area

    def _resized(self, known: xw.Table, size: tuple[int, int]) -> Area:
        """Makes room for a table and resizes it."""
        name, sheet = known.name, known.parent.name
        if tables.has_totals(known):
            raise DuebookError("live.totals_row", table=name)
        if known.header_row_range is None:
            raise DuebookError("live.no_headers", table=name)
        old = area_of(known.range)
        new = (old[0], old[1], *size)
        right = (old[0], old[1] + old[3], old[2], new[3] - old[3])
        if right[3] > 0:
            self._need_blank(sheet, right, name)
        below = (old[0] + old[2], old[1], new[2] - old[2], max(old[3], new[3]))
        if below[2] > 0 and not self._is_blank(sheet, below):
            self._insert_below(sheet, old, below[2], name)
        self.pen.resize_table(name, new)
        # only now: a header that is emptied inside the table would be given another text
        self.pen.clear(sheet, (new[0] + new[2], old[1], old[2] - new[2], old[3]))
        self.pen.clear(sheet, (new[0], new[1] + new[3], min(old[2], new[2]), old[3] - new[3]))
        return new

    def _insert_below(self, sheet: str, old: Area, count: int, name: str) -> None:
        end = old[0] + old[2]
        for other in self.book.sheets[sheet].tables:
            top, _, height, _ = area_of(other.range)
            if other.name != name and top < end < top + height:
                raise DuebookError("live.no_room_below", table=name, other=other.name, sheet=sheet, rows=f"{count:,}")
        self.pen.insert_rows(sheet, end, count)

    def _write_headers(self, sheet: str, area: Area, labels: Sequence[str]) -> None:
        """Header texts. Excel renames a header that is there twice, so those that only change places go in twice."""
        row, column, _, width = area
        block = self.pen.block(sheet, (row, column, 1, width))
        before = [str(cell or "").casefold() for cell in live_cells.shown(block)[0]]
        after = [label.casefold() for label in labels]
        if before == after and list(live_cells.shown(block)[0]) == list(labels):
            return
        if any(text in before and before.index(text) != place for place, text in enumerate(after)):
            self.pen.cells(sheet, row, column, [[f"duebook {place}" for place in range(width)]])
        self.pen.cells(sheet, row, column, [list(labels)])

    def _need_blank(self, sheet: str, area: Area, name: str) -> None:
        if not self._is_blank(sheet, area):
            raise DuebookError("live.no_room", table=name, cells=guards.place_text(self.pen.block(sheet, area)))

    def _is_blank(self, sheet: str, area: Area) -> bool:
        """Whether cells are empty and of no table."""
        if any(guards.meet(area, area_of(other.range)) for other in self.book.sheets[sheet].tables):
            return False
        used = tables.used_part(self.pen.block(sheet, area))
        return used is None or not any(text for row in live_cells.formulas(used) for text in row)


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """A name that a new sheet can have: at most 31 characters, none that Excel forbids, in no case taken already."""
    plain = " ".join(_FORBIDDEN.sub(" ", wanted).split()).strip("' ")
    plain = _cut(plain, _LONGEST_SHEET_NAME) or "Sheet"
    known = {name.casefold() for name in taken} | {"history"}  # Excel keeps that one to itself
    number, made = 1, plain
    while made.casefold() in known:
        number += 1
        tail = f" ({number})"
        made = _cut(plain, _LONGEST_SHEET_NAME - len(tail)) + tail
    return made


def _cut(text: str, most: int) -> str:
    """Excel counts UTF-16 units."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore").strip().strip("'")


def _distinct(headers: Sequence[str]) -> list[str]:
    """Header texts as a table takes them: none blank, none twice."""
    taken: set[str] = set()
    made = []
    for place, header in enumerate(headers):
        plain = str(header) or f"Column{place + 1}"
        text, number = plain, 1
        while text.casefold() in taken:
            number += 1
            text = f"{plain} ({number})"
        taken.add(text.casefold())
        made.append(text)
    return made
