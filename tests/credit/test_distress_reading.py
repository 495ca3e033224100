"""Zones without gaps, probabilities that are probabilities."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit.distress_reading import bankruptcy_probability, distress_zone

VALUE = st.floats(-1e4, 1e4)
MODEL = st.sampled_from(["ohlson", "zmijewski"])


@given(MODEL, VALUE, st.floats(0, 1e4))
def test_a_probability_lies_between_0_and_1_and_rises(model: str, value: float, more: float) -> None:
    found = bankruptcy_probability(model, value)
    assert 0 <= found <= bankruptcy_probability(model, value + more) <= 1


@given(MODEL, st.floats(-30, 30))
def test_the_two_tails_mirror(model: str, value: float) -> None:
    assert bankruptcy_probability(model, value) + bankruptcy_probability(model, -value) == pytest.approx(1)


@given(st.floats(-8, 8))
def test_the_probit_is_the_normal_distribution_and_the_logit_the_logistic(value: float) -> None:
    assert bankruptcy_probability("zmijewski", value) == pytest.approx(NormalDist().cdf(value), abs=1e-12)
    odds = bankruptcy_probability("ohlson", value)
    assert math.log(odds / (1 - odds)) == pytest.approx(value, abs=1e-9)


def test_one_formula_on_numbers_and_arrays() -> None:
    values = np.array([-800.0, -1.0, 0.0, 1.0, 800.0])
    for model in ("ohlson", "zmijewski"):
        assert bankruptcy_probability(model, values) == pytest.approx(
            [bankruptcy_probability(model, v) for v in values]
        )


def test_a_model_without_a_probability_says_so_and_the_others_say_whose_it_is() -> None:
    for model in ("public_1968", "springate", "taffler_1983", "grover"):
        with pytest.raises(CellError, match="has no probability"):
            bankruptcy_probability(model, 1.0)
    with listening() as said:
        bankruptcy_probability("ohlson", 0.0)
    assert "one year ahead" in said[0].text() and "一年" in said[0].text("zh")


@pytest.mark.parametrize(
    ("model", "edges"),
    [
        ("springate", [(0.8619, "distress"), (0.862, "safe")]),
        ("taffler_1983", [(-0.001, "distress"), (0.0, "safe")]),
        ("tisshaw_1977", [(0.199, "distress"), (0.2, "gray"), (0.3, "gray"), (0.301, "safe")]),
        ("grover", [(-0.02, "distress"), (-0.019, "gray"), (0.009, "gray"), (0.01, "safe")]),
        ("zmijewski", [(-0.001, "safe"), (0.0, "distress")]),
    ],
)
def test_the_cutoffs_of_each_model(model: str, edges: list[tuple[float, str]]) -> None:
    assert [distress_zone(model, value) for value, _ in edges] == [zone for _, zone in edges]
