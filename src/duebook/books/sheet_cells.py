"""Single cells of a template sheet: values, headers, hidden columns, and the quoted twins of cell styles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date

from lxml import etree

from duebook.books.body import RISKY, BodyCell, RowShape, cell_xml
from duebook.books.parts import Element, Grid, Parts, beside, child, children, decoded
from duebook.books.plan import Value
from duebook.books.references import LAST_COLUMN, column_letters
from duebook.books.slots import Placement
from duebook.core.errors import DuebookError


def set_cell(parts: Parts, grid: Grid, row: int, column: int, value: Value) -> None:
    """Puts a value into a cell; its style stays."""
    cell = grid.made(row, column)
    style = cell.get("s")
    quoted = None
    if isinstance(value, str) and value[:1] and value[:1] in RISKY:
        quoted = quoted_styles(parts, {style or "0"}).get(style or "0")
    prefix = f"{grid.data.prefix}:" if grid.data.prefix else ""
    if isinstance(value, date):
        style = dated_styles(parts, {style or "0"}).get(style or "0", style)
    kind = "text" if isinstance(value, str) else "number"
    shape = RowShape(prefix, "", (), parts.date1904)
    made_cell = BodyCell(column_letters(column), style or "0", quoted, 0, kind)
    text = cell_xml(made_cell, row, value, shape)
    declared = "".join(f' xmlns{":" + p if p else ""}="{uri}"' for p, uri in grid.data.nsmap.items())
    made = etree.fromstring(f"<made{declared}>{text}</made>".encode())[0]
    for part in list(cell):
        cell.remove(part)
    for attribute in ("t", "cm", "vm"):
        cell.attrib.pop(attribute, "")
    if made.get("t"):
        cell.set("t", made.get("t", ""))
    if style or quoted:
        cell.set("s", made.get("s", "0"))
    for part in list(made):
        cell.append(part)


def set_header(parts: Parts, grid: Grid, placement: Placement, column: int, text: str) -> tuple[str, str] | None:
    """Renames a column; for a table gives its name and the column's old one, for the formulas that use it."""
    if placement.header_row is not None:
        set_cell(parts, grid, placement.header_row, column, text)
        parts.touch(placement.sheet.part)
    if placement.table_part is None:
        return None
    root = parts.tree(placement.table_part)
    holder = child(root, "tableColumns")
    columns = list(children(holder, "tableColumn")) if holder is not None else []
    one = columns[column - placement.first_column]
    old = decoded(one.get("name", ""))
    if any(c is not one and decoded(c.get("name", "")).casefold() == text.casefold() for c in columns):
        raise DuebookError("books.header_twice", slot=placement.slot, header=text)
    one.set("name", text.replace("\n", "_x000a_"))
    parts.touch(placement.table_part)
    return (root.get("displayName", ""), old) if old != text else None


def hide_columns(grid: Grid, columns: Sequence[int]) -> None:
    """Marks sheet columns as hidden, cutting column groups where need be."""
    if not columns:
        return
    holder = child(grid.root, "cols")
    if holder is None:
        holder = etree.Element(beside(grid.data, "cols"))
        grid.data.addprevious(holder)
    for column in sorted(set(columns)):
        entry = _alone(holder, column)
        if entry is None:
            entry = etree.Element(beside(holder, "col"))
            for name, value in (("min", column), ("max", column), ("width", "9.140625")):
                entry.set(name, str(value))
            before = sum(int(other.get("min", "1")) < column for other in children(holder, "col"))
            holder.insert(before, entry)
        entry.set("hidden", "1")


def show_columns(grid: Grid, columns: Sequence[int]) -> None:
    """Shows sheet columns that are hidden."""
    holder = child(grid.root, "cols")
    if holder is None:
        return
    for column in sorted(set(columns)):
        entry = _alone(holder, column, hidden=True)
        if entry is not None:
            entry.attrib.pop("hidden")


def _alone(holder: Element, column: int, hidden: bool = False) -> Element | None:
    """The entry of a column, cut off from its neighbors; None where it has none (or, if asked, none that hides it)."""
    for entry in list(children(holder, "col")):
        first, last = int(entry.get("min", "1")), int(entry.get("max", str(LAST_COLUMN)))
        if not first <= column <= last or (hidden and entry.get("hidden") not in ("1", "true")):
            continue
        for start, end in ((column + 1, last), (first, column - 1)):
            if start <= end:
                piece = deepcopy(entry)
                piece.set("min", str(start))
                piece.set("max", str(end))
                (entry.addnext if start > column else entry.addprevious)(piece)
        entry.set("min", str(column))
        entry.set("max", str(column))
        return entry
    return None


def quoted_styles(parts: Parts, styles: Iterable[str]) -> dict[str, str]:
    """For each cell style its twin with quotePrefix."""
    return _twins(parts, styles, {"quotePrefix": "1"}, lambda style: True)


def dated_styles(parts: Parts, styles: Iterable[str]) -> dict[str, str]:
    """For each cell style without a number format its twin with the short date (format 14, as the user's system has
    it): a date in a General cell would show as a number."""
    general = {"numFmtId": "14", "applyNumberFormat": "1"}
    return _twins(parts, styles, general, lambda style: style.get("numFmtId", "0") == "0")


def _twins(
    parts: Parts, styles: Iterable[str], changes: Mapping[str, str], wanted: Callable[[Element], bool]
) -> dict[str, str]:
    """Cell styles changed in `changes` only, found in the styles part or added to it."""
    part = parts.style_part()
    holder = child(parts.tree(part), "cellXfs") if part is not None else None
    if holder is None or part is None:
        return {}
    found = {}
    formats = list(children(holder, "xf"))
    known = {etree.tostring(x, method="c14n"): i for i, x in reversed(list(enumerate(formats)))}
    for style in sorted(set(styles), key=int):
        if int(style) >= len(formats) or not wanted(formats[int(style)]):
            continue
        twin = deepcopy(formats[int(style)])
        twin.tail = None
        for name, value in changes.items():
            twin.set(name, value)
        same = known.get(etree.tostring(twin, method="c14n"))
        if same is None:
            holder.append(twin)
            formats.append(twin)
            same = len(formats) - 1
            known[etree.tostring(twin, method="c14n")] = same
            holder.set("count", str(len(formats)))
            parts.touch(part)
        found[style] = str(same)
    return found
