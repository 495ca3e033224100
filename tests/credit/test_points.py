"""The points scale: a score and its odds are one another's inverse; every pdo points double them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.credit.points import odds_probability, points_score, probability_odds, score_odds
from duebook.hosts.call import Door

ODDS = st.floats(1e-6, 1e6)
SCALE = st.tuples(st.floats(-1000, 1000), st.floats(0.01, 1e4), st.floats(1, 100))


@given(ODDS, SCALE)
def test_a_score_and_its_odds_are_inverse(odds: float, scale: tuple[float, float, float]) -> None:
    assert score_odds(points_score(odds, *scale), *scale) == pytest.approx(odds, rel=1e-6)


@given(ODDS, SCALE)
def test_every_pdo_points_double_the_odds(odds: float, scale: tuple[float, float, float]) -> None:
    score = points_score(odds, *scale)
    assert points_score(2 * odds, *scale) - score == pytest.approx(scale[2], abs=1e-6)
    assert score_odds(score + scale[2], *scale) == pytest.approx(2 * odds, rel=1e-6)


@given(ODDS)
def test_odds_and_probability_are_inverse(odds: float) -> None:
    probability = odds_probability(odds)
    assert 0 < probability < 1
    assert probability_odds(probability) == pytest.approx(odds, rel=1e-6)


def test_the_base_is_the_base() -> None:
    assert points_score(50) == 600 and score_odds(600) == 50


def test_one_formula_on_numbers_and_arrays() -> None:
    assert points_score(np.array([25.0, 100.0])) == pytest.approx([580, 620])
    found = score_odds(np.array([580.0, 1e9]))
    assert found[0] == pytest.approx(25) and math.isnan(found[1]), "no odds so far from the base, and no infinity"
    assert np.isnan(points_score(np.array([0.0]))).all()


def test_no_odds_is_an_error_with_a_reason_in_a_cell() -> None:
    for score in (1e9, -1e9):
        found = Door().call("SCORE_ODDS", [score])
        assert found.code == "#NUM!" and "too large or too small" in found.text()
