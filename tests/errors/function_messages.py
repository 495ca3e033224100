"""Runs an entry of the functions' gallery: makes the cells of its call, asks the door, gives what the cell and WHY say.

Arguments are as cells hold them: "" is a blank, a list a column, a list of lists a block. What TOML cannot hold is a
small table: `{error = "#REF!"}` is an error cell, `{range = "…"}` a block of a sheet, its cells parted by `|` (or the
name of one in the file's `[ranges]`), `{rows = 3, of = […]}` a block of equal rows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.hosts.reasons import place

HERE = Path(__file__).parent / "functions"
RANGES = "ranges"

Entry = Mapping[str, Any]


class Said(NamedTuple):
    """What a call gave: all its cells, the one that the entry looks at, and what WHY says of it."""

    cells: Sequence[Any]
    value: Any
    why: str


@cache
def entries() -> dict[str, Entry]:
    """Message key → its entry, over all rooms."""
    rooms = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*.toml"))}
    return {f"{room}.{name}": entry for room, found in rooms.items() for name, entry in found.items() if name != RANGES}


@cache
def ranges() -> dict[str, str]:
    """Blocks of cells that several entries share, by name."""
    found: dict[str, str] = {}
    for path in HERE.glob("*.toml"):
        found |= tomllib.loads(path.read_text("utf-8")).get(RANGES, {})
    return found


def cells(value: Any) -> Any:
    """An argument as a host hands it over."""
    if isinstance(value, list):
        return [cells(each) for each in value]
    if isinstance(value, dict):
        if "error" in value:
            return CellError(value["error"], "cell.missing", argument="another cell")
        return _range(value["range"]) if "range" in value else [value["of"]] * value["rows"]
    return value


def _range(text: str) -> list[list[object]]:
    rows = [[_cell(each.strip()) for each in line.split("|")] for line in ranges().get(text, text).strip().splitlines()]
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _cell(text: str) -> object:
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def said(function: str, arguments: Sequence[Any], at: str = "A1", language: str = "en") -> Said:
    """What `=FUNCTION(arguments)` in A1 shows, and what WHY says of the cell `at`."""
    door = Door(language)
    found = door.call(function, cells(arguments), cell="S!A1")
    rows = found if isinstance(found, list) else [[found]]
    where = place(at)
    assert where is not None
    value = rows[where[1] - 1][where[2] - 1]
    return Said([cell for row in rows for cell in row], value, door.why(f"S!{at}"))
