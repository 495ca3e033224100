"""Rounding as Excel rounds, and the minor units of ISO 4217."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from duebook.core import money


def test_half_goes_away_from_zero() -> None:
    """domain.md: 2.675 → 2.68, −2.5 → −3."""
    assert money.rounded(Decimal("2.675")) == Decimal("2.68")
    assert money.rounded(Decimal("-2.5"), 0) == -3
    assert money.rounded(Decimal("0.5"), 0) == 1


def test_minor_units() -> None:
    assert {code: money.decimals(code) for code in ("JPY", "KWD", "CNY", "CLF", "ISK")} == {
        "JPY": 0,
        "KWD": 3,
        "CNY": 2,
        "CLF": 4,
        "ISK": 0,
    }


def test_no_ratio_over_zero() -> None:
    assert money.ratio(Decimal(5), Decimal(0)) is None


@given(st.decimals("-1e20", "1e20", places=6), st.integers(0, 4))
def test_rounding_moves_by_half_a_unit_at_most(amount: Decimal, digits: int) -> None:
    assert abs(money.rounded(amount, digits) - amount) * 2 <= Decimal(1).scaleb(-digits)
