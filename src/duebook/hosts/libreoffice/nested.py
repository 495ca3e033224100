"""Calls inside calls: a function that reads a cell out of date has Calc compute that cell, and so on up a chain.

Each level takes a piece of the office's stack, which is small: a chain of some hundred cells, computed from its end,
would end the office. So from a few levels on, what a call is going to read is computed first, the cells that others
wait for before those others. Cells that no reference leads to (INDIRECT) stay hidden from that: for them there is a
last level, beyond which a call is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from duebook.core.cells import CellError

FREE, MOST = 8, 24
"""The levels of calls that need no care, and those that there can be at all."""
_FORMULAS = 16  # com.sun.star.sheet.CellFlags


class Nesting:
    """The calls of one office that have begun and not yet ended."""

    def __init__(self) -> None:
        self._depth = 0
        self._settled: set[tuple[int, int, int]] = set()

    @contextmanager
    def call(self, name: str, blocks: Iterable[Any]) -> Iterator[None]:
        """A call of the function `name`, which reads some cells (the office's own objects for them).

        CellError beyond the last level.
        """
        self._depth += 1
        try:
            if self._depth > MOST:
                raise CellError("#VALUE!", "libreoffice.out_of_turn", name=name)
            if self._depth > FREE:
                self._settle(blocks)
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._settled.clear()

    def _settle(self, blocks: Iterable[Any]) -> None:
        """Has all formulas in some cells computed, and before them all that they rest on."""
        waiting: list[tuple[Any, Iterator[Any]]] = [(None, self._unsettled(blocks))]
        while waiting:
            cell, before = waiting[-1]
            further = next(before, None)
            if further is not None:
                waiting.append((further, self._unsettled([further.queryPrecedents(False)])))
                continue
            waiting.pop()
            if cell is not None:
                cell.getError()

    def _unsettled(self, blocks: Iterable[Any]) -> Iterator[Any]:
        """The cells with formulas that were not seen since the outermost call began."""
        for block in blocks:
            # Not queryFormulaCells, which computes them in its own order.
            cells = block.queryContentCells(_FORMULAS).Cells.createEnumeration()
            while cells.hasMoreElements():
                cell = cells.nextElement()
                place = cell.CellAddress
                key = (place.Sheet, place.Column, place.Row)
                if key not in self._settled:
                    self._settled.add(key)
                    yield cell
