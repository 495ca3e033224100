"""Which arguments a call leaves out: Calc hands over 0 for one that is left out, as for one that is 0.

Both look alike only where the 0 comes from no cell. Then the formulas of the open workbooks are searched: hardly any
leaves an argument out, and one that does is compared with the call argument by argument. Where one formula leaves an
argument out and another writes 0 in its place, and all else is equal, nobody can tell them apart: an error says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

from duebook.core.cells import CellError
from duebook.hosts.libreoffice.formulas import Call, Constant, Part, Reference, Unreadable, calls, parsed, reference
from duebook.hosts.libreoffice.sheets import Document

Handed = Sequence[object]
"""What a call is handed: for a range its name ("$Sheet1.$A$1") as `Where`, else the value."""
Found = Sequence[tuple[str, str]]


class Where(str):
    """The full name of the cells that an argument points to."""


class Gaps:
    """Remembers which formulas leave arguments out, for as long as the search took: no recalculation takes twice as
    long for it, and nobody types a formula in that time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[str, tuple[float, Found]] = {}

    def of(self, document: Document) -> Found:
        start = self._clock()
        until, found = self._known.get(document.key, (start - 1, ()))
        if start > until:
            found = document.with_gaps()
            now = self._clock()
            self._known[document.key] = (now + (now - start), found)
        return found


def left_out(name: str, handed: Handed, documents: Sequence[Document] | None, gaps: Gaps) -> frozenset[int]:
    """The places (from 0) of the zeros in `handed` that stand for nothing.

    `documents`: where the call can stand; None while that cannot be looked into. CellError where nothing tells.
    """
    zeros = frozenset(place for place, value in enumerate(handed) if not isinstance(value, Where) and value == 0)
    if not zeros or len(handed) == 1:
        return frozenset()
    if documents is None:
        raise CellError("#VALUE!", "libreoffice.zero_while_loading", name=name)
    known = [_matching(name, handed, zeros, gaps.of(document)) for document in documents]
    if not any(any(found) for found in known):
        return frozenset()
    ways = set().union(*(_matching(name, handed, zeros, document.calling(name)) for document in documents))
    if len(ways) > 1:
        raise CellError("#VALUE!", "libreoffice.zero_or_left_out", name=name)
    return next(iter(ways), frozenset())


def _matching(name: str, handed: Handed, zeros: frozenset[int], formulas: Found) -> Collection[frozenset[int]]:
    """For each different call in the formulas that can be this one: which places it leaves out."""
    found = set()
    for sheet, text in formulas:
        for call in _calls(text, name):
            if len(call.arguments) == len(handed) and all(
                _can_be(part, value, place in zeros, sheet)
                for place, (part, value) in enumerate(zip(call.arguments, handed, strict=True))
            ):
                found.add(frozenset(place for place in zeros if call.arguments[place] is None))
    return found


def _calls(text: str, name: str) -> list[Call]:
    try:
        return [call for call in calls(parsed(text)) if call.name == name]
    except Unreadable:
        return []


def _can_be(part: Part | None, value: object, zero: bool, sheet: str) -> bool:
    """Whether an argument, as a formula on `sheet` writes it, can have handed the value over."""
    if part is None:
        return zero
    if isinstance(part, Constant):
        return not isinstance(value, Where) and part.value == value
    if isinstance(part, Reference):
        return isinstance(value, Where) and _same_cells(part, value, sheet)
    return True


def _same_cells(part: Reference, where: Where, sheet: str) -> bool:
    named = reference(where)
    first, _, last = named.cells.partition(":")
    cells = first if first == last else named.cells
    if not any(map(str.isdigit, part.cells)):  # whole columns
        cells = "".join(sign for sign in named.cells if not sign.isdigit())
    elif part.cells.replace(":", "").isdigit():  # whole rows
        cells = "".join(sign for sign in named.cells if not sign.isalpha())
    return cells == part.cells and str(named.sheet).casefold() == (part.sheet or sheet).casefold()
