"""References over several sheets (`Jan:Dec!B9`) and when they follow moved rows.

Such a reference is one address for many sheets. Rows that are inserted on one of them leave it alone, as in Excel,
because it would then miss its cell on all the others; where all of its sheets move alike it follows (in Excel: when the
sheets are grouped).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duebook.books.references import Reference, RowMap, mapped_reference


@dataclass
class Spans:
    """`maps` by case-folded sheet name; `order`: all sheets of the book, case-folded, as their tabs stand."""

    maps: Mapping[str, RowMap]
    order: Sequence[str]
    left: set[str] = field(default_factory=set)
    """References left as written although rows moved on some of their sheets: a person should look at them."""

    def moved(self, reference: Reference) -> str:
        found = {self._on(sheet, reference) for sheet in spanned(reference.sheet or "", self.order)}
        if len(found) == 1:
            return found.pop()
        if found:
            self.left.add(reference.text())
        return reference.text()

    def _on(self, sheet: str, reference: Reference) -> str:
        rows = self.maps.get(sheet)
        return reference.text() if rows is None else mapped_reference(reference, rows)


def spanned(sheet: str, order: Sequence[str]) -> Sequence[str]:
    """The sheets that `first:last` means; none where one of the two is not in the book."""
    first, _, last = sheet.casefold().partition(":")
    if first not in order or last not in order:
        return ()
    one, other = sorted((order.index(first), order.index(last)))
    return order[one : other + 1]
