"""Ranges at the door: their shapes, the rows of columns that belong together, cells read in bulk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from duebook.core.arguments import Argument, Column, Context, Matrix, Number, cells_of, read_cell, row_label
from duebook.core.cells import CellError, blank_row, is_grid, missing
from duebook.core.declare import Parameter

PAD = CellError("#N/A", "cell.shapes_differ")
"""Stands where a range is too short for the common shape: it is no cell's own error."""


def single(value: object) -> object:
    """Rows of cells, all equally long; a range of one cell as that cell; a flat list as a column."""
    if not is_grid(value):
        return value
    rows: Sequence[Any] = value  # type: ignore[assignment]  # is_grid has told
    if not set(map(type, rows)) <= {list, tuple}:
        rows = [row if is_grid(row) else (row,) for row in rows]
    width = max(map(len, rows), default=0)
    if not width:
        return None
    if min(map(len, rows)) < width:
        rows = [(*row, *[None] * (width - len(row))) for row in rows]
    return rows[0][0] if len(rows) == 1 and width == 1 else rows


def rows_of(value: object) -> Sequence[Sequence[object]]:
    assert isinstance(value, (list, tuple))
    return value


def spread(rows: Sequence[Sequence[object]], height: int, width: int) -> list[object]:
    """The cells of a range over the common shape: one row or column repeats, what is short is padded with `#N/A`."""
    if len(rows) == height and len(rows[0]) == width:
        return [value for row in rows for value in row] if width > 1 else [row[0] for row in rows]
    across = [[*row] * width if len(row) == 1 else [*row, *[PAD] * (width - len(row))] for row in rows]
    if len(across) == 1:
        return across[0] * height
    down = [value for row in across for value in row]
    return down + [PAD] * (height * width - len(down))


def plain_floats(kind: Number, name: str, cells: Sequence[Any]) -> bool:
    """Whether all cells are floats within the bounds, checked in bulk: then they are what the function sees."""
    if kind.whole or set(map(type, cells)) != {float} or not all(map(math.isfinite, cells)):
        return False
    try:
        kind.check(min(cells), name)
        kind.check(max(cells), name)
    except CellError:
        return False
    return not (kind.divisor and 0.0 in cells)


def column_cells(parameter: Parameter, value: object) -> list[Any] | None:
    """The cells of a column argument (or the rows of a matrix); None where nothing was given.

    A range that is blank throughout was not given either, unless its blanks mean something (no invoice paid yet).
    """
    kind = parameter.kind
    assert isinstance(kind, Column)
    if isinstance(value, CellError):
        raise CellError(value.code, "cell.error_passed", argument=parameter.name, value=value.code)
    if not is_grid(value):
        if missing(value) and not (parameter.required and kind.of.nullable):
            return None
        return [[value]] if isinstance(kind, Matrix) else [value]
    rows = rows_of(value)
    if isinstance(kind, Matrix):
        return None if all(map(blank_row, rows)) and not kind.of.nullable else list(rows)
    if len(rows) > 1 and len(rows[0]) > 1:
        facts = {"height": len(rows), "width": len(rows[0])}
        raise CellError("#VALUE!", "cell.not_one_column", argument=parameter.name, **facts)
    cells = list(cells_of(rows))
    return None if blank_row(cells) and not kind.of.nullable else cells


def kept_rows(columns: Sequence[Parameter], raw: Mapping[str, list[Any]]) -> Sequence[int]:
    """The rows of a group that are not blank in every column; columns of other lengths are refused.

    Where the place of a row counts, blank ones stay up to the last that is filled.
    """
    first = columns[0]
    length = len(raw[first.name])
    for column in columns[1:]:
        if len(raw[column.name]) != length:
            facts = {"argument": column.name, "found": len(raw[column.name]), "other": first.name, "expected": length}
            raise CellError("#VALUE!", "cell.lengths_differ", **facts)
    cells = [raw[column.name] for column in columns]
    if any(map(_never_blank, cells)):
        return range(length)
    filled = [row for row in range(length) if not all(_blank(column[row]) for column in cells)]
    if filled and any(getattr(column.kind, "placed", False) for column in columns):
        return range(filled[-1] + 1)
    return filled


def _never_blank(cells: Sequence[Any]) -> bool:
    """Whether a column holds numbers or dates throughout: told in bulk, where a look at each cell would take long."""
    kinds = set(map(type, cells))
    return kinds <= {float, date} and (float not in kinds or all(value == value for value in cells))


def _blank(value: Any) -> bool:
    return blank_row(value) if is_grid(value) else missing(value)


def read_in_row(kind: Argument, value: object, name: str, row: int, context: Context) -> Any:
    """`read_cell`, naming the row only where it fails: the label would cost more than the reading."""
    if type(value) is float or type(value) is str or type(value) is date:
        try:
            found = read_cell(kind, value, name, context)
        except CellError:
            pass
        else:
            if type(found) is not CellError:
                return found
    return read_cell(kind, value, row_label(name, row + 1), context)
