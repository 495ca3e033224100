"""Exposure against limits: a blank limit is not zero; nothing is counted twice; the close's figures."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.portfolio import exposure

CENTS = st.decimals("0", "1e10", places=2)


def test_blank_limit_is_not_zero() -> None:
    """domain.md 7: blank goes to review, 0 allows nothing, equality passes."""
    assert exposure.limit_status(None, Decimal(5)) == "no_limit"
    assert exposure.limit_status(Decimal(0), Decimal("0.01")) == "over"
    assert exposure.limit_status(Decimal(0), Decimal(0)) == "within"
    assert exposure.limit_status(Decimal(100), Decimal(100)) == "within"
    for formula in (exposure.headroom, exposure.limit_use):
        with pytest.raises(CellError, match="No limit is set") as refused:
            formula(None, Decimal(5))
        assert refused.value.code == "#N/A"
        assert exposure.figure(formula, None, Decimal(5)) is None


def test_a_sheet_has_no_share_of_a_limit_of_zero() -> None:
    assert exposure.figure(exposure.limit_use, Decimal(0), Decimal(5)) is None
    assert exposure.figure(exposure.headroom, Decimal(0), Decimal(5)) == -5
    assert exposure.figure(exposure.limit_use, Decimal(300), Decimal(100), 6) == Decimal("0.333333")
    assert exposure.figure(exposure.limit_use, Decimal(200), Decimal(50)) == Decimal("0.25")


@given(CENTS, CENTS, CENTS)
def test_one_amount_on_its_way_is_counted_once(order: Decimal, other: Decimal, owed: Decimal) -> None:
    """An order becomes a delivery, an invoice, a bill: the exposure stays what it was."""
    stages = [(owed, order, other), (owed, 0, other + order), (owed + order, 0, other), (owed, 0, other, order)]
    assert len({exposure.exposure(*stage) for stage in stages}) == 1


@given(CENTS, CENTS, CENTS)
def test_net_exposure_is_between_zero_and_gross(gross: Decimal, guaranteed: Decimal, covered: Decimal) -> None:
    with listening() as said:
        net = exposure.net_exposure(gross, guaranteed, covered)
    assert 0 <= net <= gross
    assert (gross - net) == min(gross, guaranteed + covered)
    assert bool(said) == (guaranteed + covered > gross)


@given(CENTS, CENTS)
def test_headroom_and_use_agree_on_who_is_over(limit: Decimal, held: Decimal) -> None:
    over = exposure.limit_status(limit, held) == "over"
    assert (exposure.headroom(limit, held) < 0) == over
    if limit:
        assert (exposure.limit_use(limit, held) > 1) == over


def test_a_credit_balance_adds_nothing_to_a_limit_in_any_function() -> None:
    with listening() as said:
        assert exposure.headroom(Decimal(100), Decimal("-20.5")) == 100
    assert said[0].text() == "The exposure is a credit balance of 20.5; it counts as 0 and adds nothing to the limit."
    assert exposure.limit_use(100.0, -20.5) == 0
    assert list(exposure.limit_use(np.array([100.0, 100.0]), np.array([-20.5, 50.0]))) == [0, 0.5]


@given(CENTS, st.decimals("-1e6", "1e6", places=2), CENTS)
def test_an_order_within_the_headroom_is_one_that_the_check_releases(
    limit: Decimal, held: Decimal, order: Decimal
) -> None:
    door = Door()
    headroom = door.call("HEADROOM", [limit, held])
    assert (door.call("CREDIT_CHECK", [limit, held, order]) == "release") == (order <= Decimal(str(headroom)))


def test_arrays_in_python_have_no_infinite_use() -> None:
    use = exposure.limit_use(np.array([100.0, 0.0, 50.0]), np.array([80.0, 80.0, 50.0]))
    assert use[0] == 0.8 and np.isnan(use[1]) and use[2] == 1.0


def test_a_column_of_limits_keeps_its_blanks() -> None:
    found = Door().call("LIMIT_USE", [[[100.0], [None], [0.0]], [[50.0], [50.0], [50.0]]])
    assert found[0] == [0.5] or found[0] == (0.5,)
    assert [row[0].code for row in found[1:]] == ["#N/A", "#DIV/0!"]


def test_cents_are_exact() -> None:
    assert Door().call("EXPOSURE", [0.1, 0.2]) == 0.3
    assert Door().call("HEADROOM", [1.1, 1.0]) == 0.1
