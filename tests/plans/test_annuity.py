"""Annuities: published figures, the zero rate, the equation behind them, another library where it is right."""

from __future__ import annotations

import math

import numpy_financial
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duebook.plans import annuity

RATES = st.one_of(st.just(0.0), st.floats(1e-9, 0.5), st.floats(-0.2, -1e-9))
PERIODS = st.integers(1, 120)
AMOUNTS = st.floats(1, 1e9)


@pytest.mark.parametrize(
    ("found", "wanted", "within"),
    [
        pytest.param(annuity.pmt(0.08 / 12, 10, 10000), -1037.03, 0.005, id="P01"),
        pytest.param(annuity.cumulative_interest(0.09 / 12, 360, 125000, 13, 24), -11135.23213, 5e-6, id="P02"),
        pytest.param(annuity.ipmt(0.1 / 12, 1, 36, 8000), -66.67, 0.005, id="P04"),
        pytest.param(annuity.ppmt(0.08, 10, 10, 200000), -27598.05, 0.005, id="P05"),
        pytest.param(annuity.nper(0, -10, 100), 10, 0, id="P09"),
    ],
)
def test_published_figures(found: float, wanted: float, within: float) -> None:
    assert abs(found - wanted) <= within


def test_the_zero_rate_is_plain_division() -> None:
    assert annuity.pmt(0, 8, 100) == -12.5
    assert annuity.fv(0, 8, -12.5, 100) == 0
    assert annuity.pv(0, 8, -12.5) == 100
    assert annuity.ipmt(0, 3, 8, 100) == 0 and annuity.ppmt(0, 3, 8, 100) == -12.5
    assert numpy_financial.nper(0, -10, 100) == -10, "the other library's sign is wrong here: ours is checked above"


def test_what_has_no_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        annuity.nper(0, 0, 100)
    for payment in (-1.0, -0.5):  # interest on 100 at 1 % is 1
        with pytest.raises(ValueError, match="never"):
            annuity.nper(0.01, payment, 100)
    for first, last in ((0, 3), (3, 2), (1, 13)):
        with pytest.raises(ValueError, match="in order"):
            annuity.cumulative_interest(0.01, 12, 100, first, last)


@given(RATES, PERIODS, AMOUNTS, st.floats(-1e6, 1e6), st.sampled_from((0, 1)))
def test_the_payment_solves_the_equation(rate: float, periods: int, owed: float, end: float, due: int) -> None:
    payment = annuity.pmt(rate, periods, owed, end, due)
    size = max(owed, abs(end)) * max(1, (1 + rate) ** periods)
    assert annuity.fv(rate, periods, payment, owed, due) == pytest.approx(end, abs=1e-9 * size)
    assert annuity.pv(rate, periods, payment, end, due) == pytest.approx(owed, abs=1e-9 * size / (1 + rate) ** periods)


@given(st.one_of(st.just(0.0), st.floats(1e-9, 0.3)), PERIODS, AMOUNTS, st.sampled_from((0, 1)))
def test_parts_add_up(rate: float, periods: int, owed: float, due: int) -> None:
    interest = annuity.cumulative_interest(rate, periods, owed, 1, periods, due)
    principal = annuity.cumulative_principal(rate, periods, owed, 1, periods, due)
    assert principal == pytest.approx(-owed, rel=1e-9), "in the end all principal is paid"
    assert interest + principal == pytest.approx(annuity.pmt(rate, periods, owed, 0, due) * periods, rel=1e-9)


@given(st.one_of(st.just(0.0), st.floats(1e-6, 0.3)), PERIODS, AMOUNTS, st.sampled_from((0, 1)))
def test_periods_from_the_payment(rate: float, periods: int, owed: float, due: int) -> None:
    payment = annuity.pmt(rate, periods, owed, 0, due)
    assume(abs(payment) > owed * rate * 1.0001)
    assert annuity.nper(rate, payment, owed, 0, due) == pytest.approx(periods, rel=1e-4)


@given(st.floats(1e-3, 0.3), PERIODS, AMOUNTS, st.floats(-1e6, 1e6), st.sampled_from((0, 1)))
def test_another_library_agrees(rate: float, periods: int, owed: float, end: float, due: int) -> None:
    when = "begin" if due else "end"
    theirs = float(numpy_financial.pmt(rate, periods, owed, end, when))
    size = max(owed, abs(end))
    assert annuity.pmt(rate, periods, owed, end, due) == pytest.approx(theirs, rel=1e-8, abs=1e-8 * size)
    middle = (periods + 1) // 2
    interest = float(numpy_financial.ipmt(rate, middle, periods, owed, end, when))
    growth = (1 + rate) ** periods
    assert annuity.ipmt(rate, middle, periods, owed, end, due) == pytest.approx(interest, abs=1e-9 * size * growth)


@given(st.floats(1e-300, 1e-12), st.integers(1, 1200), AMOUNTS)
def test_a_tiny_rate_is_next_to_none(rate: float, periods: int, owed: float) -> None:
    assert annuity.pmt(rate, periods, owed) == pytest.approx(-owed / periods, rel=1e-8)
    assert math.isfinite(annuity.fv(rate, periods, -1, owed))
