"""What the door remembers of its answers so that `WHY` can explain a cell: reasons by calling cell, no figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from duebook.core.cells import CellError, is_grid
from duebook.core.notes import Note

Place = tuple[str, int, int]
"""Sheet with its book (lower case, `[book.xlsx]sheet1`), row, column, counted from 1."""

_REMEMBERED = 200_000
"""Reasons kept at the most; the oldest go first."""
REMEMBERED_EACH = 50_000
"""Of one call, so that a long column does not drive out all others."""
_NOTES = 12
"""Remarks on one cell at the most."""
_NO_REMARKS: Mapping[int, Sequence[Note]] = {}


def distinct(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The first few different remarks, in order."""
    found: list[Note] = []
    for note in notes:
        if note not in found:
            found.append(note)
            if len(found) == _NOTES:
                break
    return tuple(found)


class Answer(NamedTuple):
    """What a call gave: a value, a `CellError`, or rows of them; and what it said beside.

    `remarks` are those on single cells of a range, by the cell's number (row × width + column, from 0).
    """

    name: str
    value: Any
    notes: Sequence[Note] = ()
    remarks: Mapping[int, Sequence[Note]] = _NO_REMARKS


class Reasons(NamedTuple):
    """What `WHY` needs of an answer, without its figures: errors and remarks by the cell's number.

    Of the `known` first cells; after them there are errors whose reasons are not kept. The remarks on a very long
    column may end earlier: a cell then says its rule alone.
    """

    name: str
    notes: Sequence[Note]
    height: int
    width: int
    errors: Mapping[int, CellError]
    remarks: Mapping[int, Sequence[Note]]
    known: int

    def at(self, row: int, column: int) -> Answer | None:
        """The answer of one cell; an empty value stands for any figure."""
        number = row * self.width + column
        if number >= self.known:
            return None
        notes = (*self.notes, *self.remarks.get(number, ()))
        return Answer(self.name, self.errors.get(number, ""), notes)

    @property
    def weight(self) -> int:
        return 1 + len(self.errors) + len(self.remarks)


def reasons(answer: Answer) -> Reasons:
    """The reasons in an answer, at most `REMEMBERED_EACH` of them."""
    if not is_grid(answer.value):
        errors = {0: answer.value} if isinstance(answer.value, CellError) else {}
        return Reasons(answer.name, answer.notes, 1, 1, errors, answer.remarks, 1)
    height, width = len(answer.value), len(answer.value[0])
    errors = {}
    known = height * width
    for number, value in enumerate(value for row in answer.value for value in row):
        if type(value) is CellError:
            if len(errors) == REMEMBERED_EACH:
                known = number
                break
            errors[number] = value
    return Reasons(answer.name, answer.notes, height, width, errors, answer.remarks, known)


class Memory:
    """The reasons of a session by calling cell, the oldest forgotten first. It holds no figures."""

    def __init__(self) -> None:
        self._reasons: dict[Place, Reasons] = {}
        self._held = 0

    def remember(self, where: Place, answer: Answer) -> None:
        self._forget(where)
        found = reasons(answer)
        self._reasons[where] = found
        self._held += found.weight
        while self._held > _REMEMBERED:
            self._forget(next(iter(self._reasons)))

    def _forget(self, where: Place) -> None:
        gone = self._reasons.pop(where, None)
        self._held -= gone.weight if gone else 0

    def cells(self) -> Iterator[tuple[Place, Answer]]:
        """Every cell with an error or a remark of its own, oldest call first, and what is remembered of it."""
        for (sheet, top, left), found in self._reasons.items():
            numbers = {0} if found.notes else set()
            for number in sorted(numbers | found.errors.keys() | found.remarks.keys()):
                row, column = divmod(number, found.width)
                if answer := found.at(row, column):
                    yield (sheet, top + row, left + column), answer

    def recall(self, where: Place) -> Answer | None:
        """The last answer in a cell, or of the block that covers it. A sheet without its book is looked for in all."""
        if where in self._reasons:
            return self._reasons[where].at(0, 0)
        sheet, row, column = where
        for (home, top, left), found in reversed(self._reasons.items()):
            if sheet not in (home, home.rpartition("]")[2]):
                continue
            if 0 <= row - top < found.height and 0 <= column - left < found.width:
                return found.at(row - top, column - left)
        return None


_ADDRESS = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[0-9]{1,7})(?::.*)?")


def place(address: str, sheet: str = "") -> Place | None:
    """Where an address points: `B7`, `Sheet1!$B$7`, `'My sheet'!B7`, `[Book.xlsx]Sheet1!B7`. None if it is none.

    What it does not name is that of `sheet`, the sheet (with its book) that asks.
    """
    m = _ADDRESS.fullmatch(address.strip())
    if not m:
        return None
    book, _, name = (m["sheet"] or "").strip("'").replace("''", "'").rpartition("]")
    book = book.rpartition("[")[2] or sheet.rpartition("]")[0].lstrip("[")
    named = f"[{book}]{name}" if book and name else name
    column = 0
    for letter in m["column"].upper():
        column = column * 26 + ord(letter) - 64
    return (named or sheet).lower(), int(m["row"]), column
