"""Figures as people read them: amounts, shares and sentences in English and Chinese."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from duebook.core import money
from duebook.core.messages import text


def amount(value: Decimal, currency: str) -> str:
    """1,234,567.80 with the currency's decimals; more only where the value itself has them (a cent is never hidden)."""
    digits = money.decimals(currency)
    plain = money.rounded(value, digits)
    if plain != value:
        plain = value.normalize()
    return f"{plain:,f}"


def share(value: Decimal | None, digits: int = 1) -> str:
    """0.3124 → "31.2%", as the cells of the workbooks show it; a dash where there is none."""
    return "–" if value is None else f"{money.rounded(value * 100, digits)}%"


def points(value: Decimal, digits: int = 1) -> str:
    """A difference of shares in percentage points, without its sign."""
    return f"{money.rounded(abs(value) * 100, digits)}"


def days(value: Decimal | None) -> str:
    return "–" if value is None else f"{money.rounded(value, 1)}"


def headline(
    language: str,
    currency: str,
    balance: Decimal,
    customers: int,
    overdue_share: Decimal | None,
    previous_share: Decimal | None,
    previous_as_of: date | None,
    known_at: date | None = None,
) -> str:
    """The answer in one sentence: how much, from how many, how much of it late, compared with before."""
    end = ending(language, known_at)
    now = text(
        "close.headline_nothing_aged" if overdue_share is None else "close.headline",
        language,
        currency=currency,
        balance=amount(balance, currency),
        customers=f"{customers:,}",
        overdue=share(overdue_share),
    )
    if overdue_share is None or previous_share is None or previous_as_of is None:
        return now + end
    return now + _compared(language, overdue_share, previous_share, previous_as_of) + end


def ending(language: str, known_at: date | None) -> str:
    """How a headline ends: with the day on which things stood so, where that was asked."""
    known = text("known.headline", language, date=known_at.isoformat()) if known_at else ""
    return known + text("close.sentence_end", language)


def chart_title(
    language: str, label: str, late_share: Decimal | None, previous_share: Decimal | None, previous_as_of: date | None
) -> str:
    """The chart's message: which share is older than `label`, and against when."""
    if late_share is None:
        return text("close.chart_empty", language)
    now = text("close.chart_title", language, share=share(late_share, 0), label=label)
    if previous_share is None or previous_as_of is None:
        return now
    return now + _compared(language, late_share, previous_share, previous_as_of)


def _compared(language: str, now: Decimal, before: Decimal, on: date) -> str:
    gap = now - before
    if money.rounded(gap * 100, 1) == 0:
        return text("close.points_same", language, date=on.isoformat())
    key = "close.points_more" if gap > 0 else "close.points_less"
    return text(key, language, points=points(gap), date=on.isoformat())
