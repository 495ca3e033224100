"""Exposure against limits and cover. One currency at a time; credits are shown apart, never netted silently."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from duebook.core.money import ratio, rounded

Status = Literal["within", "over", "no_limit", "other_currency"]


def headroom(limit: Decimal | None, exposure: Decimal) -> Decimal | None:
    """Limit less exposure, negative when exceeded; None where no limit is set (blank is not zero)."""
    return None if limit is None else limit - exposure


def limit_use(limit: Decimal | None, exposure: Decimal) -> Decimal | None:
    """Exposure ÷ limit, a fraction; None without a limit or with a limit of zero."""
    return None if not limit else ratio(exposure, limit, 6)


def limit_status(limit: Decimal | None, exposure: Decimal) -> Status:
    """Blank limit → "no_limit" (review, never released silently); 0 allows nothing; equality is within."""
    if limit is None:
        return "no_limit"
    return "over" if exposure > limit else "within"


def covered_amount(
    eligible: Decimal, insured_limit: Decimal | None, cover_ratio: Decimal | None, digits: int
) -> Decimal | None:
    """min(eligible, insured limit) × cover, rounded to `digits`; None where nothing says that it is insured.

    `eligible` leaves out disputed amounts: insurers do not cover them until the dispute is settled.
    """
    if insured_limit is None:
        return None
    cover = Decimal(1) if cover_ratio is None else cover_ratio
    return rounded(min(max(eligible, Decimal(0)), insured_limit) * cover, digits)
