"""The last changes of a workbook, kept in it on a hidden sheet, and `undo`, which takes the latest one back.

The sheet has one column per change, the latest first: the title and the strokes as JSON, packed, in pieces that a cell
holds: plain, the changes of a large ledger would make the file several times as large.
With them stands a digest of every block as the change left it: where a block reads otherwise today, somebody has
worked on since, and taking back would destroy their work, so it is refused.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells as live_cells
from duebook.hosts.excel.live import guards, tables
from duebook.hosts.excel.live.cells import UNDO_SHEET, Area, Content, Contents
from duebook.hosts.excel.live.journal import (
    Pen,
    area_of,
    delete_sheet,
    new_sheet,
    remove_sheets,
    sheets_added,
    take_back,
)
from duebook.hosts.excel.live.quiet import quietly
from duebook.hosts.excel.live.strokes import Stroke, well_formed

if TYPE_CHECKING:
    import xlwings as xw

FORMAT = "duebook undo 2"
"""What the first cell of each column begins with; another program's sheet, or a later one's, is left alone."""
LEVELS = 3
"""So many changes can be taken back, one after the other; older ones are forgotten, so that books do not grow."""
_MOST_EARLIER = 2_000_000
"""Characters of all changes but the latest (of some fifty thousand rows): beyond, the oldest are forgotten, too."""
_PIECE = 30_000
_MOST_TEXT = 512 * 1024 * 1024
"""More text than a change of ours can have: a workbook that claims more is not unpacked."""
_VERY_HIDDEN = 2


@dataclass(frozen=True)
class Level:
    """One change: its title, its strokes, and what it left: (sheet, area or table, digest)."""

    title: str
    strokes: tuple[Stroke, ...]
    left: tuple[tuple[str, Any, str], ...]

    def text(self) -> str:
        strokes = [[stroke.kind, stroke.sheet, stroke.data] for stroke in self.strokes]
        return packed(json.dumps([self.title, strokes, self.left], separators=(",", ":")))


def packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")


def unpacked(text: str) -> str:
    """ValueError for what was not packed here."""
    try:
        unpacking = zlib.decompressobj()
        made = unpacking.decompress(base64.b64decode(text, validate=True), _MOST_TEXT)
    except zlib.error as error:
        raise ValueError("not packed") from error
    if not unpacking.eof:
        raise ValueError("too long, or cut off")
    return made.decode("ascii")


def undo(book: xw.Book) -> str:
    """Takes the latest change back, whole or not at all, and gives its title.

    DuebookError if there is none, or if cells that it wrote were changed since.
    """
    levels = read_levels(book)
    if not levels:
        raise DuebookError("live.nothing_to_undo", book=book.name)
    latest, *earlier = levels
    level = _parsed(latest, book)
    refuse_changed(book, level)
    added = sheets_added(level.strokes)
    pen = Pen(book)
    with quietly(book):
        if added:
            guards.Guard(book).structure()
        try:
            failed = take_back(pen, level.strokes)
            if failed:
                raise failed[0]
            write_levels(book, earlier)
            remove_sheets(book, added)
        except BaseException:
            put_back(book, pen)
            if read_levels(book) != levels:
                write_levels(book, levels)
            raise
    return level.title


def put_back(book: xw.Book, pen: Pen) -> None:
    """Takes everything back that a pen has done; DuebookError where Excel would not let go."""
    failed = take_back(Pen(book, remembers=False), pen.strokes)
    try:
        remove_sheets(book, sheets_added(pen.strokes))
    except Exception as error:
        failed.append(error)
    if failed:
        raise DuebookError("live.not_put_back", book=book.name, detail=str(failed[0])) from failed[0]


def refuse_unkept(book: xw.Book) -> None:
    """Refuses a change that could be made but not be kept, where no sheet can be added for it."""
    if _sheet(book) is None:
        guards.Guard(book).structure()


def keep(book: xw.Book, title: str, strokes: Sequence[Stroke]) -> None:
    """Keeps a change that has been made, as the latest."""
    level = Level(title, tuple(strokes), tuple(_left(book, strokes)))
    latest, *earlier = [level.text(), *read_levels(book)][:LEVELS]
    while sum(map(len, earlier)) > _MOST_EARLIER:
        earlier.pop()
    write_levels(book, [latest, *earlier])


# --- what a change left ---------------------------------------------------------------------------------------------


def refuse_changed(book: xw.Book, level: Level) -> None:
    """Refuses to take back what somebody has worked on since."""
    sheets = {sheet.name for sheet in book.sheets}
    for stroke in level.strokes:
        if stroke.sheet and stroke.sheet not in sheets:
            raise DuebookError("live.sheet_gone", title=level.title, sheet=stroke.sheet)
    known = tables.natives(book)
    for sheet, what, digest in level.left:
        place = f"{sheet}!{what}" if isinstance(what, str) and what else sheet
        if _digest(book, sheet, what, known) != digest:
            if not isinstance(what, str):
                place = guards.place_text(_block(book, sheet, what))
            raise DuebookError("live.changed_since", title=level.title, place=place)


def _left(book: xw.Book, strokes: Sequence[Stroke]) -> list[tuple[str, Any, str]]:
    """Every block, table and added sheet with its digest, once each."""
    added = sheets_added(strokes)
    places: dict[tuple[str, Any], None] = {(sheet, ""): None for sheet in sorted(added)}
    for index, stroke in enumerate(strokes):
        if stroke.sheet in added:
            continue
        if stroke.kind in ("cells", "written"):
            area = _later(tuple(stroke.data["area"]), stroke.sheet, strokes[index + 1 :])
            if area[2]:
                places[stroke.sheet, area] = None
        elif stroke.kind in ("table_added", "table_resized"):
            places[stroke.sheet, stroke.data["name"]] = None
    known = tables.natives(book)
    return [(sheet, what, _digest(book, sheet, what, known)) for sheet, what in places]


def _later(area: Area, sheet: str, strokes: Sequence[Stroke]) -> Area:
    """Where an area is after later strokes inserted and deleted rows. Height 0: it is gone."""
    first, column, height, width = area
    last = first + height - 1
    for stroke in strokes:
        if stroke.sheet != sheet or stroke.kind not in ("inserted", "deleted"):
            continue
        row, count = stroke.data["row"], stroke.data["count"]
        if stroke.kind == "inserted":
            first, last = (at + count if at >= row else at for at in (first, last))
        else:
            end = row + count
            first, last = (
                first if first < row else max(row, first - count),
                last if last < row else max(row - 1, last - count) if last >= end else row - 1,
            )
    return first, column, max(0, last - first + 1), width


def _block(book: xw.Book, sheet: str, area: Any) -> xw.Range:
    return live_cells.part(book.sheets[sheet], area)


def _digest(book: xw.Book, sheet: str, what: Any, natives: Mapping[str, xw.Table]) -> str:
    """A digest of a block's contents, of a table's extent, or ("" for `what`) of all that a sheet holds."""
    found: Any
    if what == "":
        used = book.sheets[sheet].used_range
        found = [area_of(used), _plain(used)]
    elif isinstance(what, str):
        known = natives.get(what.casefold())
        found = None if known is None else area_of(known.range)
    else:
        found = _plain(_block(book, sheet, what))
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:32]


def _plain(block: xw.Range) -> list[list[Content]]:
    """Contents with numbers to the 15 digits that a saved workbook keeps."""
    return [
        [float(format(cell, ".15g")) if type(cell) is float else cell for cell in row]
        for row in live_cells.contents(block)
    ]


# --- the sheet ------------------------------------------------------------------------------------------------------


def read_levels(book: xw.Book) -> list[str]:
    """The kept changes as JSON texts, the latest first."""
    sheet = _sheet(book)
    if sheet is None:
        return []
    columns = zip(*live_cells.shown(sheet.range((1, 1), sheet.used_range.last_cell)), strict=True)
    found = []
    for head, *pieces in columns:
        if not isinstance(head, str) or not head.startswith(FORMAT):
            break
        found.append("".join(piece for piece in pieces if isinstance(piece, str)))
    return found


def write_levels(book: xw.Book, levels: Sequence[str]) -> None:
    """Replaces what is kept, whole or not at all; without anything to keep the sheet goes."""
    before = read_levels(book)
    try:
        _written(book, levels)
    except BaseException:
        _written(book, before)
        raise


def _written(book: xw.Book, levels: Sequence[str]) -> None:
    sheet = _sheet(book)
    if sheet is None:
        if not levels:
            return
        sheet = _added(book)
    elif not levels:
        _forget(book, sheet)
        return
    columns = [[FORMAT, *(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))] for text in levels]
    height = max(map(len, columns))
    rows: Contents = [[column[at] if at < len(column) else None for column in columns] for at in range(height)]
    sheet.clear_contents()
    live_cells.put(sheet, 1, 1, rows)
    if sheet.visible:
        hide(sheet)


def _forget(book: xw.Book, sheet: xw.Sheet) -> None:
    """The sheet goes; where sheets are kept from that, it stays blank."""
    if guards.has_protected_structure(book):
        sheet.clear_contents()
    else:
        delete_sheet(sheet)


def _added(book: xw.Book) -> xw.Sheet:
    guards.Guard(book).structure()
    sheet = new_sheet(book)
    try:
        sheet.name = UNDO_SHEET
    except BaseException:
        delete_sheet(sheet)
        raise
    return sheet


def hide(sheet: xw.Sheet) -> None:
    """Very hidden where the host knows it: only a program can show the sheet then."""
    sheet.visible = False
    with contextlib.suppress(Exception):
        sheet.api.Visible = _VERY_HIDDEN


def _sheet(book: xw.Book) -> xw.Sheet | None:
    return next((sheet for sheet in book.sheets if sheet.name == UNDO_SHEET), None)


def _parsed(text: str, book: xw.Book) -> Level:
    """A kept change. The sheet came with the file, so nothing in it is trusted to be as we write it."""
    try:
        title, strokes, left = json.loads(unpacked(text))
        made = tuple(Stroke(str(kind), str(sheet), _tuples(dict(data))) for kind, sheet, data in strokes)
        places = tuple(
            (str(sheet), tuple(what) if isinstance(what, list) else str(what), str(digest))
            for sheet, what, digest in left
        )
        if not all(map(well_formed, made)):
            raise ValueError("no change of ours")
        return Level(str(title), made, places)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DuebookError("live.undo_unreadable", book=book.name) from error


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    """JSON has lists where formulas are tuples."""
    if "before" in data and isinstance(data["before"], list) and data["before"] and isinstance(data["before"][0], list):
        data["before"] = [
            [(str(cell[0]),) if isinstance(cell, list) else cell for cell in row] for row in data["before"]
        ]
    return data
