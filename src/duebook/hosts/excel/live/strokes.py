"""One step of a change as plain data, and whether data that came with a workbook can be such a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from duebook.books.references import LAST_COLUMN, LAST_ROW
from duebook.hosts.excel.live.cells import MOST_CELLS
from duebook.hosts.excel.live.looks import TRAITS


@dataclass
class Stroke:
    """`kind` says how it is taken back (`journal`), `data` is what that needs: numbers, texts and lists of them."""

    kind: str
    sheet: str
    data: dict[str, Any] = field(default_factory=dict)


def _count(value: Any) -> bool:
    return type(value) is int and 1 <= value <= LAST_ROW


def _text(value: Any) -> bool:
    return type(value) is str


def _text_or_none(value: Any) -> bool:
    return value is None or type(value) is str


def _flag(value: Any) -> bool:
    return type(value) is bool


def _width(value: Any) -> bool:
    return type(value) in (int, float) and bool(0 <= value <= 255)


def _area(value: Any) -> bool:
    if not isinstance(value, (list, tuple)) or len(value) != 4 or not all(map(_count, value)):
        return False
    row, column, height, width = value
    return bool(row + height - 1 <= LAST_ROW and column + width - 1 <= LAST_COLUMN and height * width <= MOST_CELLS)


def _content(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) == 1 and _text(value[0])
    return value is None or type(value) in (bool, int, float, str)


def _rows(value: Any) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(row, list) and row for row in value):
        return False
    return len({len(row) for row in value}) == 1 and all(_content(cell) for row in value for cell in row)


def _part(value: Any) -> bool:
    """First row and column inside a block, height, width."""
    return all(type(number) is int and 0 <= number <= LAST_ROW for number in value) and bool(min(value[2:]) > 0)


def _patches(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(patch, (list, tuple)) and len(patch) == 5 and _part(patch[:4]) and _text(patch[4]) for patch in value
    )


def _looks(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(look, (list, tuple))
        and len(look) == 6
        and _text(look[0])
        and look[0] in TRAITS
        and _part(look[1:5])
        and (look[5] is None or type(look[5]) in (bool, int, float, str) or _color(look[5]))
        for look in value
    )


def _color(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 3 and all(type(part) is int for part in value)


def _formulas(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(found, (list, tuple))
        and len(found) == 4
        and _text(found[0])
        and _count(found[1])
        and _count(found[2])
        and _text(found[3])
        and found[3].startswith("=")
        for found in value
    )


def _names(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_text, [*value, *value.values()]))


def _tables(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(found, (list, tuple)) and len(found) == 2 and _text(found[0]) and _area(found[1]) for found in value
    )


_SHAPES: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "cells": {"area": _area, "before": _rows, "formats": _patches},
    "written": {"area": _area},
    "formats": {"at": _area, "formats": _patches},
    "looks": {"at": _area, "looks": _looks},
    "inserted": {"row": _count, "count": _count},
    "deleted": {
        "row": _count,
        "count": _count,
        "before": _rows,
        "formats": _patches,
        "formulas": _formulas,
        "names": _names,
        "tables": _tables,
    },
    "hidden": {"column": _count, "before": _flag},
    "width": {"column": _count, "before": _width},
    "name": {"name": _text, "before": _text_or_none},
    "table_added": {"name": _text},
    "table_resized": {"name": _text, "before": _area},
    "sheet_added": {},
}


def well_formed(stroke: Stroke) -> bool:
    """Whether all that taking the stroke back needs is there, and of a kind that it can work with."""
    shape = _SHAPES.get(stroke.kind)
    if shape is None or not all(key in stroke.data and fits(stroke.data[key]) for key, fits in shape.items()):
        return False
    if stroke.kind == "cells":
        before = stroke.data["before"]
        return tuple(stroke.data["area"][2:]) == (len(before), len(before[0]))
    return stroke.kind != "deleted" or len(stroke.data["before"]) == stroke.data["count"]
