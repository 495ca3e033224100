"""Provision matrices from a standard and textbooks."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from duebook.receivables.provision import provision_by_bucket


def test_ifrs_9_example() -> None:
    """IFRS 9 IE74–IE77: 580,000 on 30 million."""
    balances = [Decimal(x) for x in ("15000000", "7500000", "4000000", "2500000", "1000000")]
    rates = [Decimal(x) for x in ("0.003", "0.016", "0.036", "0.066", "0.106")]
    assert sum(provision_by_bucket(balances, rates, 2)) == Decimal("580000")


def test_textbook_example() -> None:
    """Accounting Principles p. 375: 24,400."""
    balances = [Decimal(x) for x in ("560000", "252000", "4000", "800", "11200")]
    rates = [Decimal(x) for x in ("0.01", "0.05", "0.10", "0.25", "0.50")]
    assert sum(provision_by_bucket(balances, rates, 2)) == Decimal("24400")


def test_each_bucket_is_rounded_half_up_to_the_minor_unit() -> None:
    assert provision_by_bucket([Decimal("0.50"), Decimal("1.50")], [Decimal("0.01")] * 2, 2) == (
        Decimal("0.01"),
        Decimal("0.02"),
    )
    assert provision_by_bucket([Decimal(250)], [Decimal("0.01")], 0) == (Decimal(3),)


@given(
    st.lists(st.tuples(st.decimals("-1e9", "1e9", places=2), st.decimals("0", "3", places=4)), min_size=1, max_size=8)
)
def test_never_more_than_the_balance(rows: list[tuple[Decimal, Decimal]]) -> None:
    found = provision_by_bucket([b for b, _ in rows], [r for _, r in rows], 2)
    assert all(0 <= loss <= max(balance, 0) for loss, (balance, _) in zip(found, rows, strict=True))
