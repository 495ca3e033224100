"""Concentration and exposure."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from duebook.portfolio import concentration, exposure

AMOUNTS = st.lists(st.decimals("-1e6", "1e9", places=2), min_size=1, max_size=30)


def test_hhi_of_the_department_of_justice_example() -> None:
    """US DoJ, Horizontal Merger Guidelines: four firms of 30, 30, 20 and 20 percent have an HHI of 2,600."""
    assert concentration.hhi([Decimal(x) for x in (30, 30, 20, 20)]) == 2600


@given(AMOUNTS)
def test_bounds(amounts: list[Decimal]) -> None:
    index = concentration.hhi(amounts)
    if not any(a > 0 for a in amounts):
        assert index is None and concentration.top_share(amounts) is None
        return
    assert index is not None
    assert Decimal(10_000) / len(amounts) - 1 <= index <= 10_000
    shares = [concentration.top_share(amounts, n) for n in range(1, len(amounts) + 1)]
    assert shares == sorted(shares) and shares[-1] == 1


def test_blank_limit_is_not_zero() -> None:
    """domain.md 7: blank goes to review, 0 allows nothing, equality passes."""
    assert exposure.limit_status(None, Decimal(5)) == "no_limit"
    assert exposure.limit_status(Decimal(0), Decimal("0.01")) == "over"
    assert exposure.limit_status(Decimal(0), Decimal(0)) == "within"
    assert exposure.limit_status(Decimal(100), Decimal(100)) == "within"
    assert exposure.headroom(None, Decimal(5)) is None
    assert exposure.limit_use(Decimal(0), Decimal(5)) is None
    assert exposure.limit_use(Decimal(200), Decimal(50)) == Decimal("0.25")


def test_cover_stops_at_the_insured_limit() -> None:
    assert exposure.covered_amount(Decimal(120), Decimal(100), Decimal("0.9"), 2) == 90
    assert exposure.covered_amount(Decimal(50), Decimal(100), Decimal("0.9"), 2) == 45
    assert exposure.covered_amount(Decimal(-50), Decimal(100), Decimal("0.9"), 2) == 0
    assert exposure.covered_amount(Decimal(50), None, Decimal("0.9"), 2) is None
