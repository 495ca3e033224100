"""The case tables of the worksheet functions, read once for the tests and for the gallery workbook."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from duebook.core.cells import CellError

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """One worked example. `args` are as cells hold them ("" is a blank); `at` picks one cell of a table."""

    id: str
    function: str
    args: list[Any]
    gives: Any
    source: str
    within: float = 0.0
    working: str = ""
    at: tuple[int, int] | None = None
    asks: dict[str, Any] | None = None
    """For WHY: the call (function, args) in the cell that it is asked about."""
    wrong_print: float | None = None
    """What the source prints where it is wrong: a negative control."""


@cache
def cases() -> tuple[Case, ...]:
    """Every case of every table, in order."""
    found = []
    for path in sorted(HERE.glob("*.toml")):
        for entry in tomllib.loads(path.read_text("utf-8"))["case"]:
            at = entry.pop("at", None)
            found.append(Case(at=tuple(at) if at else None, **entry))
    return tuple(found)


def agrees(found: Any, wanted: Any, within: float = 0.0) -> bool:
    """Whether a result is what a case wants: numbers within its tolerance (else to the float), the rest exactly."""
    if isinstance(wanted, list):
        rows = [[row] if not isinstance(row, list) else row for row in wanted]
        return (
            isinstance(found, (list, tuple))
            and len(found) == len(rows)
            and all(len(f) == len(w) and _row_agrees(f, w, within) for f, w in zip(found, rows, strict=True))
        )
    if isinstance(found, CellError):
        return isinstance(wanted, str) and found.code == wanted
    if isinstance(wanted, (bool, str, date)) or wanted is None:
        return (type(found) is type(wanted) and found == wanted) or (wanted is None and found == "")
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return False
    return abs(found - wanted) <= tolerance(within, wanted)


def tolerance(within: float, *wanted: float) -> float:
    """What may differ: what the case allows, else the float's own noise, never a cent."""
    return max(within, min(1e-6, 1e-9 * max(1.0, *map(abs, wanted))))


def _row_agrees(found: Any, wanted: list[Any], within: float) -> bool:
    return all(agrees(one, other, within) for one, other in zip(found, wanted, strict=True))


def result(found: Any, at: tuple[int, int] | None) -> Any:
    """The cell of a table that a case looks at, or the whole result."""
    if at is None or not isinstance(found, (list, tuple)):
        return found
    return found[at[0] - 1][at[1] - 1]
