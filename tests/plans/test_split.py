"""Splitting conserves every cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.plans.split import shared, split_cents

AMOUNTS = st.decimals("-1e9", "1e9", places=2)


@given(AMOUNTS, st.integers(1, 300), st.sampled_from(("first", "last")))
def test_equal_parts_differ_by_one_cent_at_most(amount: Decimal, parts: int, residue: str) -> None:
    found = shared(amount, [Decimal(1)] * parts, 2, residue)
    assert sum(found) == amount and max(found) - min(found) <= Decimal("0.01")
    larger_first = sorted(found, key=abs, reverse=residue == "first")
    assert [abs(part) for part in found] == [abs(part) for part in larger_first]


@given(AMOUNTS, st.lists(st.decimals("0", "1000", places=3), min_size=1, max_size=30), st.sampled_from((0, 2, 3)))
def test_shares_conserve_and_stay_within_a_unit(amount: Decimal, shares: list[Decimal], digits: int) -> None:
    amount = round(amount, digits)
    if not sum(shares):
        with pytest.raises(ZeroDivisionError):
            shared(amount, shares, digits)
        return
    found = shared(amount, shares, digits)
    assert sum(found) == amount
    for part, share in zip(found, shares, strict=True):
        assert abs(part - amount * share / sum(shares)) < Decimal(1).scaleb(-digits)
        assert share or not part, "a share of nothing gets nothing"


def test_python_callers_may_pass_floats() -> None:
    assert [row[2] for row in split_cents(0.3, [3.0]).rows] == [Decimal("0.10")] * 3
    with pytest.raises(CellError, match="1201"):
        split_cents(1, [1201])


@pytest.mark.parametrize(
    ("shares", "said"), [((70, 30, 100), True), ((50, 50), False), ((2,), False), ((1, 2, 2), False)]
)
def test_a_total_among_the_shares_is_said(shares: tuple[int, ...], said: bool) -> None:
    with listening() as notes:
        split_cents(Decimal(100), [Decimal(share) for share in shares])
    assert ["plans.total_among_shares"] * said == [note.key for note in notes]
