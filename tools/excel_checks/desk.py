"""The Excel at hand: opens and makes workbooks, calculates them, presses buttons, and leaves all others alone.

Everything goes through xlwings. An Excel that was started by a program opens neither its start folder nor its add-ins:
`excel.py` finds the Excel that a person has started, or opens the add-in itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlwings as xw

from duebook.sample.month import SampleMonth, write_month

ADDIN = "duebook.xlam"
Cell = float | str | bool | None
"""What a cell shows, errors as their text; days as their number."""
_DAY_0 = datetime(1899, 12, 30)
NEWER_ERRORS = {
    -2146826288 + place: code
    for place, code in {43: "#GETTING_DATA", 45: "#SPILL!", 46: "#CONNECT!", 47: "#BLOCKED!", 48: "#UNKNOWN!",
                        49: "#FIELD!", 50: "#CALC!"}.items()
}  # fmt: skip
"""Errors of later versions, which xlwings leaves as the numbers that COM gives them."""


class Desk:
    """`folder` is the check's own; nothing is written elsewhere."""

    real = True

    cells, rows = 10_000, 100_000
    """How many cells are timed, and how many rows of a whole column."""

    def __init__(self, app: Any, folder: Path) -> None:
        self.app = app
        self.folder = folder
        self.attached = False
        """Whether a person has started this Excel."""
        self.books: dict[str, xw.Book] = {}
        """The check's own open workbooks, by the name that the steps give them."""

    # --- workbooks --------------------------------------------------------------------------------------------------

    def open(self, name: str, path: Path) -> xw.Book:
        """The workbook at `path`, open; steps ask for it later as `desk.books[name]`."""
        self.close(name)
        self.books[name] = self._opened(path)
        return self.books[name]

    def new(self, name: str) -> xw.Book:
        self.close(name)
        self.books[name] = self._made()
        return self.books[name]

    def close(self, name: str) -> None:
        if name in self.books:
            self.books.pop(name).close()

    def close_all(self) -> None:
        """Closes the check's own workbooks, unsaved."""
        for name in list(self.books):
            with contextlib.suppress(Exception):
                self.close(name)

    def _opened(self, path: Path) -> xw.Book:
        return self.app.books.open(str(path), update_links=False)

    def _made(self) -> xw.Book:
        return self.app.books.add()

    # --- what differs between programs ------------------------------------------------------------------------------

    def calculate(self, book: xw.Book) -> None:
        """Computes every formula of the workbook anew, whether Excel calculates by itself or not."""
        for sheet in book.sheets:
            sheet.used_range.api.Dirty()
        self.app.calculate()

    def put(self, cell: xw.Range, formula: str) -> None:
        """A formula as a person types it in. Excel before 2021 knows `formula` alone."""
        try:
            cell.formula2 = formula
        except Exception:
            cell.formula = formula

    def put_array(self, block: xw.Range, formula: str) -> None:
        """A formula over a range, as by Ctrl+Shift+Enter."""
        block.formula_array = formula

    def sample(self, folder: Path) -> SampleMonth:
        """The ledger that the buttons read."""
        return write_month(folder)

    def press(self, button: str, book: xw.Book) -> str:
        """What the ribbon's button answers, by the add-in's own way to Python but without its box: a box would wait
        for somebody to click. The first character tells: + done, ? done and told, - could not."""
        book.activate()
        return str(self.app.macro(f"'{ADDIN}'!DuebookServer.ServerPress")(button, book))


def shown(block: xw.Range) -> list[list[Cell]]:
    """What cells show, row by row."""
    rows = block.options(ndim=2, err_to_str=True).value
    return [[_plain(value) for value in row] for row in rows]


def cell(book: xw.Book, sheet: str, address: str) -> Cell:
    return shown(book.sheets[sheet].range(address))[0][0]


def _plain(value: Any) -> Cell:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _DAY_0).total_seconds() / 86_400
    if isinstance(value, date):
        return float((value - _DAY_0.date()).days)
    if type(value) is int:
        return NEWER_ERRORS.get(value, float(value))
    return value  # type: ignore[no-any-return]  # float, text, flag or nothing


def same(seen: object, wanted: object, within: float = 1e-9) -> bool:
    """Whether a cell shows what is wanted: numbers within a billionth, flags and texts exactly; "" is blank."""
    if isinstance(seen, bool) or isinstance(wanted, bool):
        return seen is wanted
    if isinstance(seen, (int, float)) and isinstance(wanted, (int, float)):
        return abs(seen - wanted) <= within * max(1.0, abs(wanted))
    return (seen or "") == (wanted or "")


def written(value: object) -> str:
    """A value for the report."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return format(value, ".12g")
    return "(blank)" if value in (None, "") else str(value)


def rows_differ(seen: Sequence[Sequence[object]], wanted: Sequence[Sequence[object]]) -> list[str]:
    """What differs between two blocks, cell by cell."""
    if len(seen) != len(wanted):
        return [f"{len(seen)} rows instead of {len(wanted)}"]
    return [
        f"row {down}, column {right}: shows {written(value)}, expected {written(other)}"
        for down, (row, others) in enumerate(zip(seen, wanted, strict=True), start=1)
        for right, (value, other) in enumerate(zip(row, others, strict=False), start=1)
        if not same(value, other)
    ]
