"""Concentration: how much of the exposure sits with few. One amount per group, negatives clipped by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from duebook.core.money import ratio

DIGITS = 6


def top_share(amounts: Sequence[Decimal], n: int = 1) -> Decimal | None:
    """Share of the `n` largest amounts in the sum, a fraction; None where there is nothing to share."""
    clipped = _clipped(amounts)
    return ratio(sum(sorted(clipped, reverse=True)[:n], Decimal(0)), sum(clipped, Decimal(0)), DIGITS)


def hhi(amounts: Sequence[Decimal]) -> Decimal | None:
    """Herfindahl–Hirschman index, 0 to 10,000: the sum of squared percentage shares (30, 30, 20, 20 → 2,600)."""
    clipped = _clipped(amounts)
    total = sum(clipped, Decimal(0))
    return ratio(sum((a * a for a in clipped), Decimal(0)) * 10_000, total * total, DIGITS)


def effective_customers(amounts: Sequence[Decimal]) -> Decimal | None:
    """10,000 ÷ HHI: how many equal customers would be as concentrated."""
    index = hhi(amounts)
    return None if index is None else ratio(Decimal(10_000), index, DIGITS)


def _clipped(amounts: Sequence[Decimal]) -> list[Decimal]:
    return [max(amount, Decimal(0)) for amount in amounts]
