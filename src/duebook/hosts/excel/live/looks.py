"""The looks that macros give to cells: read, so that they can be given back, and put.

Each trait (bold, size, ink, fill, wrap, align, valign) is read as few rectangles of one look each as halving finds. Not
every host knows every trait: one that cannot be read or put is left out, since looks are no reason to fail.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from duebook.hosts.excel.live import cells as live_cells

if TYPE_CHECKING:
    import xlwings as xw

TRAITS = ("bold", "size", "ink", "fill", "wrap", "align", "valign")
Look = tuple[str, int, int, int, int, Any]
"""A trait, first row and column inside a block (from 0), height, width, and what the trait is there."""
BLACK = (0, 0, 0)


class _Trait(NamedTuple):
    """How a trait is read and put, and what hosts say where the cells of a block differ."""

    read: Callable[[xw.Range], Any]
    put: Callable[[xw.Range, Any], None]
    mixed: Any = None


def _put_fill(block: xw.Range, value: Any) -> None:
    block.color = None if value is None else tuple(value)


def _font(name: str) -> _Trait:
    def put(block: xw.Range, value: Any) -> None:
        setattr(block.font, name, tuple(value) if isinstance(value, list) else value)

    return _Trait(lambda block: getattr(block.font, name), put)


def _range(name: str) -> _Trait:
    return _Trait(lambda block: getattr(block, name), lambda block, value: setattr(block, name, value))


_TRAITS: Mapping[str, _Trait] = {
    "bold": _font("bold"),
    "size": _font("size"),
    "ink": _font("color"),
    # Excel says black of cells whose fills differ, and nothing of those that have none
    "fill": _Trait(lambda block: block.color, _put_fill, BLACK),
    "wrap": _range("wrap_text"),
    "align": _range("horizontal_alignment"),
    "valign": _range("vertical_alignment"),
}


def read(block: xw.Range, traits: Iterable[str]) -> list[Look]:
    """The looks of a block, trait by trait."""
    height, width = block.shape
    return [(name, *found) for name in traits for found in _patches(block, _TRAITS[name], (0, 0, height, width))]


def _patches(
    block: xw.Range, trait: _Trait, part: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int, int, Any]]:
    row, column, height, width = part
    single = height * width == 1
    try:
        value = trait.read(_part(block, part))
    except Exception:  # of cells that differ, some hosts cannot say a color at all
        if single:
            return
        value = trait.mixed
    if value != trait.mixed or single:
        yield (*part, value)
    elif height > 1:
        half = height // 2
        yield from _patches(block, trait, (row, column, half, width))
        yield from _patches(block, trait, (row + half, column, height - half, width))
    else:
        half = width // 2
        yield from _patches(block, trait, (row, column, height, half))
        yield from _patches(block, trait, (row, column + half, height, width - half))


def put(block: xw.Range, looks: Iterable[Sequence[Any]]) -> None:
    for name, row, column, height, width, value in looks:
        with contextlib.suppress(Exception):
            _TRAITS[name].put(_part(block, (row, column, height, width)), value)


def _part(block: xw.Range, part: tuple[int, int, int, int]) -> xw.Range:
    at = (block.row, block.column, *block.shape)
    return live_cells.part(block.sheet, live_cells.inside(at, *part))
