"""One call as Basic hands it over, read: where an argument points to, what it holds, what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from duebook.core.cells import is_grid
from duebook.hosts.libreoffice import sheets
from duebook.hosts.libreoffice.cells import from_calc
from duebook.hosts.libreoffice.left_out import Gaps, Where, left_out
from duebook.hosts.libreoffice.sheets import Document

Documents = Callable[[], Sequence[Document] | None]
"""The open documents; None while one is being opened."""


class Given:
    """The arguments of one call. A reference is known by the range object that Basic wraps it in."""

    def __init__(self, arguments: Sequence[Any]) -> None:
        self.arguments = [_cells(argument) for argument in arguments]
        self._points = [not _plain(argument) for argument in self.arguments]

    @property
    def cells(self) -> list[Any]:
        """The office's own objects for the cells that arguments point to."""
        return [argument for argument, points in zip(self.arguments, self._points, strict=True) if points]

    @property
    def document(self) -> Document | None:
        """The document that calls; None where no argument points to a cell."""
        return sheets.of_cells(self.cells[0])[0] if self.cells else None

    def values(self, name: str, gaps: Gaps, documents: Documents) -> list[Any]:
        """What the function `name` sees; `documents` are looked into where no argument tells the one that calls.

        CellError where a 0 and an argument left out cannot be told apart.
        """
        found = list(self.arguments)
        pointing = [place for place, points in enumerate(self._points) if points]
        if pointing:
            blocks = sheets.used([found[place] for place in pointing])
            for place, block in zip(pointing, blocks, strict=True):
                rows = sheets.contents(block, sheets.name_of)
                found[place] = tuple(map(tuple, rows)) if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]
        for place in self._left_out(name, gaps, documents):
            found[place] = None
        return [value if points else from_calc(value) for value, points in zip(found, self._points, strict=True)]

    def _left_out(self, name: str, gaps: Gaps, documents: Documents) -> Iterable[int]:
        plain = (value for value, points in zip(self.arguments, self._points, strict=True) if not points)
        if not any(value == 0 for value in plain):
            return ()
        handed = [
            Where(argument.AbsoluteName) if points else argument
            for argument, points in zip(self.arguments, self._points, strict=True)
        ]
        document = self.document
        return left_out(name, handed, documents() if document is None else [document], gaps)


def _plain(argument: Any) -> bool:
    return argument is None or isinstance(argument, (float, str, int)) or is_grid(argument)


def _cells(argument: Any) -> Any:
    """The office's own object for the cells that an argument points to; any other argument as it is."""
    return argument if _plain(argument) else argument.CellRange
