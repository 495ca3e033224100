"""What is refused before it is written: protected sheets, merged cells, filtered lists, parts of array formulas."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from duebook.core.errors import DuebookError
from duebook.hosts.excel.live.cells import Area, Contents

if TYPE_CHECKING:
    import xlwings as xw


class Guard:
    """Looks at each sheet once, and again where a table was added."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._open: set[str] = set()
        self._filtered: dict[str, list[xw.Table]] = {}

    def structure(self) -> None:
        """Refuses where sheets cannot be added."""
        if has_protected_structure(self._book):
            raise DuebookError("live.protected_book", book=self._book.name)

    def sheet(self, name: str) -> None:
        """Refuses a protected sheet."""
        if name in self._open:
            return
        if _flag(self._book.sheets[name].api, "ProtectContents", "protect_contents"):
            raise DuebookError("live.protected_sheet", sheet=name)
        self._open.add(name)

    def block(self, block: xw.Range) -> None:
        """Refuses merged cells (but for a merged cell's own first one) and rows of a filtered list."""
        _refuse_merged(block)
        area = (block.row, block.column, *block.shape)
        sheet = block.sheet
        for name, held in self._filters(sheet):
            if meet(area, (held.row, held.column, *held.shape)):
                raise _filtered(name, sheet.name)

    def rows(self, sheet: xw.Sheet) -> None:
        """Refuses to move rows of a sheet with a filtered list: Excel moves those that are seen."""
        for name, _ in self._filters(sheet):
            raise _filtered(name, sheet.name)

    def _filters(self, sheet: xw.Sheet) -> Sequence[tuple[str, xw.Range]]:
        """The filtered lists of a sheet: tables by their names, and its own list, which has none."""
        name = sheet.name
        if name not in self._filtered:
            self._filtered[name] = [table for table in sheet.tables if _is_filtered(table)]
        found = [(table.name, table.range) for table in self._filtered[name]]
        with contextlib.suppress(Exception):  # Excel on Windows only; where the sheet has no filter there is nothing
            own = sheet.api.AutoFilter
            if own.FilterMode:
                found.append(("", sheet.range(own.Range.Address)))
        return found

    def more_tables(self, sheet: str) -> None:
        self._filtered.pop(sheet, None)


def _filtered(table: str, sheet: str) -> DuebookError:
    if table:
        return DuebookError("live.filtered", table=table, sheet=sheet)
    return DuebookError("live.filtered_sheet", sheet=sheet)


def has_protected_structure(book: xw.Book) -> bool:
    """Whether sheets can be neither added nor taken out nor hidden."""
    return _flag(book.api, "ProtectStructure", "protect_structure")


def has_1904(book: xw.Book) -> bool:
    """Whether a workbook counts its days from 1904."""
    return _flag(book.api, "Date1904", "date_1904")


def meet(one: Area, other: Area) -> bool:
    """Whether two areas have a cell in common."""
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )


def refuse_arrays(block: xw.Range, contents: Contents) -> None:
    """Refuses cells of an array formula: Excel changes it as a whole only."""
    if not any(isinstance(cell, tuple) for row in contents for cell in row):
        return
    found: Any = False
    with contextlib.suppress(Exception):  # not every host tells
        found = block.has_array
    if found is not False:
        raise DuebookError("live.array_formula", cells=place_text(block))


def place_text(block: xw.Range) -> str:
    return f"{block.sheet.name}!{block.address.replace('$', '')}"


def _refuse_merged(block: xw.Range) -> None:
    merged: Any = False
    with contextlib.suppress(Exception):  # not every host tells
        merged = block.merge_cells
    if merged is False:
        return
    if block.shape == (1, 1) and block.merge_area.address.partition(":")[0] == block.address:
        return
    raise DuebookError("live.merged_cells", cells=place_text(block))


def _is_filtered(table: xw.Table) -> bool:
    with contextlib.suppress(Exception):  # Excel on Windows says it in one word
        return bool(table.api.ShowAutoFilter and table.api.AutoFilter.FilterMode)
    with contextlib.suppress(Exception):  # not every host tells
        return any(found.type != "none" for found in table.autofilter.criteria)
    return False


def _flag(native: Any, windows: str, mac: str) -> bool:
    """A property of Excel's own object that xlwings has no name for; False where the host does not tell."""
    with contextlib.suppress(Exception):
        return bool(getattr(native, windows))
    with contextlib.suppress(Exception):
        return bool(getattr(native, mac).get())
    return False
