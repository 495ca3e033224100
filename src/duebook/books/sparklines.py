"""Sparklines of body rows: new rows get those of the first one, rows that go away lose theirs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from duebook.books.parts import Element, child, children, descendants
from duebook.books.references import Reference, area, rewritten

MOST_SPARKLINES = 10_000
"""New rows up to which each gets its sparkline: with more, no program opens the sheet in reasonable time."""


def add_row_sparklines(root: Element, first: int, last: int, new_last: int) -> None:
    """Gives each new body row the sparklines of the first one."""
    if new_last - last > MOST_SPARKLINES:
        return
    for group in list(descendants(root, "sparklines")):
        for sparkline in list(children(group, "sparkline")):
            place, source = child(sparkline, "sqref"), child(sparkline, "f")
            at = area(place.text or "") if place is not None else None
            if at is None or at[0] != first or place is None:
                continue
            for row in range(last + 1, new_last + 1):
                made = sparkline.makeelement(sparkline.tag)
                if source is not None:
                    copied = made.makeelement(source.tag)
                    copied.text = rewritten(source.text or "", partial(_moved_row, first=first, row=row))
                    made.append(copied)
                copied = made.makeelement(place.tag)
                copied.text = (place.text or "").rstrip("0123456789") + str(row)
                made.append(copied)
                group.append(made)


def _moved_row(reference: Reference, first: int, row: int) -> str:
    one = reference.end is None or reference.end.row == reference.start.row
    if not one or reference.start.row != first:
        return reference.text()
    start = replace(reference.start, row=row)
    end = replace(reference.end, row=row) if reference.end else None
    return replace(reference, start=start, end=end).text()


def drop_row_sparklines(root: Element, new_last: int, last: int) -> None:
    """Takes the sparklines of body rows that go away."""
    for group in list(descendants(root, "sparklines")):
        for sparkline in list(children(group, "sparkline")):
            place = child(sparkline, "sqref")
            at = area(place.text or "") if place is not None else None
            if at and new_last < at[0] <= last and len(group) > 1:
                group.remove(sparkline)
