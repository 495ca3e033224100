"""References to what spills from a cell (`A1#`), turned into the area itself once the values no longer spill."""

from __future__ import annotations

import re
from collections.abc import Mapping

from duebook.books.formula_names import argument_of, called_names
from duebook.books.references import Reference, area_text, tokens

Areas = Mapping[tuple[str, int, int], tuple[int, int, int, int]]
"""(Sheet, case-folded, row, column) of an anchor → first row, first column, last row, last column of its values."""

_SPILLED = "_XLFN.ANCHORARRAY"
_LONGEST = 400
"""Letters that one reference may have, path and sheet with it."""


def without_spills(formula: str, here: str, areas: Areas) -> str:
    """A formula on sheet `here` with `ANCHORARRAY(A1)`, as files write `A1#`, replaced where A1 is in `areas`."""
    if _SPILLED not in formula.upper():
        return formula
    for called in reversed(list(called_names(formula))):
        if called.prefix or called.name.upper() != _SPILLED:
            continue
        argument, end = argument_of(formula, called)
        inside = list(tokens(argument.strip())) if len(argument) <= _LONGEST else []
        if len(inside) == 1 and isinstance(inside[0], Reference) and inside[0].end is None:
            whole = _area(inside[0], here, areas)
            formula = formula if whole is None else formula[: called.start] + whole + formula[end:]
    return formula


def _area(anchor: Reference, here: str, areas: Areas) -> str | None:
    sheet = (here if anchor.sheet is None else anchor.sheet).casefold()
    covers = areas.get((sheet, anchor.start.row, anchor.start.column))
    return None if covers is None else anchor.prefix + re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", area_text(*covers))
