"""Excel kept quiet while a macro writes: no recalculation, no flicker, no events, no questions; all as before after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xlwings as xw

_WHILE: Mapping[str, object] = {
    "screen_updating": False,
    "enable_events": False,
    "display_alerts": False,
    "calculation": "manual",
}


_BY_ITSELF = ("AutoFillFormulasInLists", "AutoExpandListRange")
"""What Excel does to tables of its own accord: a formula entered into one cell fills its column, a cell written beside
a table becomes part of it."""


@contextlib.contextmanager
def quietly(book: xw.Book) -> Iterator[None]:
    """Runs a block of writing; the sheet in front stays in front."""
    app, before = book.app, {}
    front = None
    with contextlib.suppress(Exception):
        front = book.sheets.active
    for name, value in _WHILE.items():
        with contextlib.suppress(Exception):  # not every host has every one of them
            before[name] = getattr(app, name)
            setattr(app, name, value)
    helpful: list[tuple[Any, str]] = []
    for name in _BY_ITSELF:
        with contextlib.suppress(Exception):
            corrections = app.api.AutoCorrect
            if getattr(corrections, name):
                setattr(corrections, name, False)
                helpful.append((corrections, name))
    try:
        yield
    finally:
        if front is not None:
            with contextlib.suppress(Exception):
                front.activate()
        for corrections, name in helpful:
            with contextlib.suppress(Exception):
                setattr(corrections, name, True)
        for name, value in reversed(before.items()):
            with contextlib.suppress(Exception):
                setattr(app, name, value)
