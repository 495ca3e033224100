"""The zone of a distress model's value: safe, gray or distress, by the cutoffs of its paper."""

from __future__ import annotations

from duebook.core.cells import Label

SAFE = Label("safe", "安全")
GRAY = Label("gray", "灰色")
DISTRESS = Label("distress", "困境")


def zone(value: float, distress_below: float, safe_above: float) -> Label:
    """`distress` below the one cutoff, `safe` above the other, `gray` between and on either."""
    if value < distress_below:
        return DISTRESS
    return SAFE if value > safe_above else GRAY
