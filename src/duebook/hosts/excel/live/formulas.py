"""All formulas of an open workbook, and those put right that Excel left with another text than wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells as live_cells
from duebook.hosts.excel.live.cells import Area

if TYPE_CHECKING:
    import xlwings as xw

    from duebook.hosts.excel.live.journal import Pen


def all_formulas(book: xw.Book) -> Iterable[tuple[str, int, int, str]]:
    """Every formula of the workbook: sheet, row, column, text."""
    for sheet in book.sheets:
        name = sheet.name
        if name == live_cells.UNDO_SHEET:
            continue
        used = sheet.used_range
        live_cells.refuse_giant(used)
        top, left = used.row, used.column
        for down, row in enumerate(live_cells.formulas(used)):
            for right, text in enumerate(row):
                if text.startswith("="):
                    yield name, top + down, left + right, text


def put_formulas(pen: Pen, wanted: Mapping[tuple[str, int, int], str]) -> None:
    """Formulas that read otherwise now get the text they should have."""
    now = {(sheet, row, column): text for sheet, row, column, text in all_formulas(pen.book)}
    other = {place: text for place, text in wanted.items() if now.get(place) != text}
    for sheet, (row, column, height, width) in _blocks(other):
        texts = [[other[sheet, row + down, column + right] for right in range(width)] for down in range(height)]
        try:
            pen.cells(sheet, row, column, [[(text,) for text in line] for line in texts])
        except DuebookError as refused:
            if height * width == 1 or refused.key not in ("live.merged_cells", "live.array_formula"):
                raise
            for down, line in enumerate(texts):  # each by itself: a merged cell can be written, too
                for right, text in enumerate(line):
                    pen.cells(sheet, row + down, column + right, [[(text,)]])


def _blocks(places: Iterable[tuple[str, int, int]]) -> Iterator[tuple[str, Area]]:
    """The cells as blocks: runs in a row, and runs of the same columns that stand below each other."""
    open_runs: dict[tuple[str, int, int], Area] = {}
    for sheet, row, column, width in _runs(sorted(places)):
        above = open_runs.get((sheet, column, width))
        if above is not None and above[0] + above[2] == row:
            open_runs[sheet, column, width] = (above[0], column, above[2] + 1, width)
            continue
        if above is not None:
            yield sheet, above
        open_runs[sheet, column, width] = (row, column, 1, width)
    for (sheet, _, _), area in open_runs.items():
        yield sheet, area


def _runs(places: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int, int]]:
    """Cells that stand side by side: sheet, row, first column, width."""
    first = 0
    for at, (sheet, row, column) in enumerate(places):
        if at + 1 == len(places) or places[at + 1] != (sheet, row, column + 1):
            yield (*places[first], at - first + 1)
            first = at + 1
