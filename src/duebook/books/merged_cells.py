"""Merged cells: those along a body row stand in every new row too, those that shrank to one cell go."""

from __future__ import annotations

from lxml import etree

from duebook.books.body_rows import Body
from duebook.books.parts import Element, beside, child, children
from duebook.books.references import LAST_ROW, RowMap, area, area_text

MOST_MERGES = 10_000
"""Merged cells of the body row are repeated for this many rows at most: no program is quick with more."""


def repeat_merges(root: Element, body: Body, rows: RowMap) -> None:
    """Merged cells along the first body row stand in every new body row too."""
    holder = child(root, "mergeCells")
    first = rows.cell(body.placement.first) or LAST_ROW
    new_last = first + max(body.count, 1) - 1
    old_last = first + body.placement.last - body.placement.first
    if holder is None or new_last <= old_last or new_last - first >= MOST_MERGES:
        return
    for merge in list(children(holder, "mergeCell")):
        covered = area(merge.get("ref", ""))
        if covered is None or covered[0] != first or covered[1] < body.placement.first_column:
            continue
        if covered[2] != first or covered[3] > body.placement.last_column:
            continue
        for row in range(old_last + 1, new_last + 1):
            etree.SubElement(holder, beside(holder, "mergeCell")).set(
                "ref", area_text(row, covered[1], row, covered[3])
            )
    if holder.get("count"):
        holder.set("count", str(len(holder)))


def drop_single_merges(root: Element) -> None:
    """A merged area that shrank to one cell is none any more (and Excel repairs a file that says it is)."""
    holder = child(root, "mergeCells")
    if holder is None:
        return
    for merge in list(children(holder, "mergeCell")):
        covered = area(merge.get("ref", ""))
        if covered and covered[:2] == covered[2:]:
            holder.remove(merge)
    if len(holder) == 0:
        root.remove(holder)
    elif holder.get("count"):
        holder.set("count", str(len(holder)))
