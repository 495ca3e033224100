"""Sheets and tables of open workbooks as inputs of a close: found by name, written down as CSV files.

The close and its later verification read files only.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES
from duebook.core.cells import Cell, CellError, missing
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import tables

if TYPE_CHECKING:
    import xlwings as xw

Rows = Sequence[Sequence[Cell]]
FILLED = frozenset(slot.name.casefold() for slot in (*AGING_TABLES, *EXPOSURE_TABLES))
"""The tables that a close fills: last month's results are nobody's ledger."""
_OF_BOOK = re.compile(r"'?\[(?P<book>[^\]]+)\](?P<name>[^!]+?)'?!?")
_LONGEST = 60


def open_rows(book: xw.Book, word: str) -> Rows | None:
    """The cells of the table or sheet that `word` names, in any open workbook; None if none has it.

    `[October.xlsx]Export` is the one in that workbook. DuebookError where several workbooks have it, or where it is a
    table that Duebook fills.
    """
    asked = _OF_BOOK.fullmatch(word)
    name, wanted = (asked["name"], asked["book"].casefold()) if asked else (word, None)
    found: dict[str, Callable[[], Rows]] = {}
    for candidate in book.app.books:
        title = candidate.name
        if wanted is None or wanted in (title.casefold(), title.rpartition(".")[0].casefold()):
            reading = _reading(candidate, name)
            if reading is not None:
                found[title] = reading
    if len(found) > 1:
        places = ", ".join(f"[{title}]{name}" for title in found)
        raise DuebookError("month_end.which_sheet", name=name, places=places)
    return next(iter(found.values()))() if found else None


def _reading(book: xw.Book, name: str) -> Callable[[], Rows] | None:
    """How the table or sheet is read; a table comes before a sheet of the same name, which mostly holds it."""
    wanted = name.casefold()
    for sheet in book.sheets:
        for native in sheet.tables:
            if native.name.casefold() == wanted:
                return lambda: _table(native)
    for sheet in book.sheets:
        if sheet.name.casefold() == wanted:
            return lambda: _sheet(sheet)
    return None


def _table(native: xw.Table) -> Rows:
    if native.name.casefold() in FILLED:
        raise DuebookError("month_end.own_result", name=native.name)
    table = tables.read(native)
    return [table.headers, *table.rows]


def _sheet(sheet: xw.Sheet) -> Rows:
    for native in sheet.tables:
        if native.name.casefold() in FILLED:
            raise DuebookError("month_end.own_result", name=sheet.name)
    return tables.sheet_rows(sheet)


def written_down(rows: Rows, folder: Path, key: str, word: str) -> Path:
    """Cells as a CSV file that the ledger reader takes: days year-first, numbers in full, nothing rounded."""
    plain = f"{key}-{''.join(c if c.isalnum() or c in '-_ ' else '_' for c in word)[:_LONGEST].strip()}"
    taken = {file.stem.casefold() for file in folder.iterdir()}
    names = (plain if number == 1 else f"{plain} ({number})" for number in range(1, len(taken) + 2))
    path = folder / f"{next(name for name in names if name.casefold() not in taken)}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_plain(value) for value in row] for row in rows)
    return path


def _plain(value: object) -> str:
    if missing(value) and not isinstance(value, str):
        return ""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return format(value, ".15g") if abs(value) < 1e15 else format(Decimal(value), "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
