"""What may explain that a customer confirms another balance than the book has: whole documents that sum to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Cause = Literal["receipts_in_transit", "goods_in_transit", "disputed", "credit_notes", "invoiced_later"]
CAUSES: tuple[Cause, ...] = ("receipts_in_transit", "goods_in_transit", "disputed", "credit_notes", "invoiced_later")
MOST_PAPERS = 14
"""So many documents nearest to the as-of date are tried in all combinations: 2¹⁴ sums."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class Paper:
    """A document that book and customer may see differently. `amount`: by how much the book is then higher."""

    cause: Cause
    document_id: str
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Explanation:
    """difference = Σ papers + unexplained."""

    papers: tuple[Paper, ...]
    unexplained: Decimal

    def of(self, cause: Cause) -> Decimal:
        return sum((paper.amount for paper in self.papers if paper.cause == cause), ZERO)


def explained(difference: Decimal, papers: Sequence[Paper], as_of: date) -> Explanation:
    """The fewest documents that sum exactly to the difference; else those that fit into it whole, nearest first.

    A document is on its way or it is not: a part of one explains nothing.
    """
    if difference == 0:
        return Explanation((), ZERO)
    near = sorted(papers, key=lambda p: (CAUSES.index(p.cause), abs((p.day - as_of).days), p.document_id, p.amount))
    sums: dict[Decimal, tuple[Paper, ...]] = {ZERO: ()}
    for paper in sorted(near, key=lambda p: abs((p.day - as_of).days))[:MOST_PAPERS]:
        for so_far, chosen in list(sums.items()):
            reached = so_far + paper.amount
            if reached not in sums or len(sums[reached]) > len(chosen) + 1:
                sums[reached] = (*chosen, paper)
    if found := sums.get(difference):
        return Explanation(tuple(sorted(found, key=near.index)), ZERO)
    fitting: list[Paper] = []
    left = difference
    for paper in near:
        if paper.amount * left > 0 and abs(paper.amount) <= abs(left):
            fitting.append(paper)
            left -= paper.amount
    return Explanation(tuple(fitting), left)
