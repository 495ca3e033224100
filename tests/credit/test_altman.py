"""Altman's models: scale-free, better with more of each item, zones without gaps, arrays at numpy's pace."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit.altman import MODELS, altman_z, altman_zone

MODEL = st.sampled_from(sorted(MODELS))
ITEM = st.floats(-1e6, 1e6)
POSITIVE = st.floats(1, 1e6)


@given(MODEL, ITEM, ITEM, ITEM, POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.floats(0.001, 1000))
def test_z_knows_no_unit_of_money(
    model: str, wc: float, re: float, ebit: float, equity: float, ta: float, tl: float, sales: float, unit: float
) -> None:
    amounts = (wc, re, ebit, equity, ta, tl, sales)
    scaled = altman_z(model, *(amount * unit for amount in amounts))
    assert scaled == pytest.approx(altman_z(model, *amounts), rel=1e-6, abs=1e-6)


@given(MODEL, ITEM, ITEM, ITEM, POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE, st.integers(0, 3))
def test_more_of_an_item_is_never_worse_and_more_debt_never_better(
    model: str,
    wc: float,
    re: float,
    ebit: float,
    equity: float,
    ta: float,
    tl: float,
    sales: float,
    more: float,
    n: int,
) -> None:
    items = [wc, re, ebit, equity]
    before = altman_z(model, *items, ta, tl, sales)
    items[n] += more
    assert altman_z(model, *items, ta, tl, sales) >= before
    assert altman_z(model, wc, re, ebit, equity, ta, tl + more, sales) <= before


@given(st.tuples(ITEM, ITEM, ITEM, ITEM, POSITIVE, POSITIVE))
def test_the_em_score_is_z_double_prime_and_a_constant_zones_included(items: tuple[float, ...]) -> None:
    z, em = altman_z("z_double_prime", *items), altman_z("em_score", *items)
    assert em == pytest.approx(z + 3.25)
    if min(abs(z - 1.10), abs(z - 2.60)) > 1e-9 * max(1, abs(z)):
        assert altman_zone("em_score", em) == altman_zone("z_double_prime", z)


@given(MODEL, st.floats(-1e4, 1e4), st.floats(0, 1e4))
def test_zones_rise_with_z(model: str, z: float, more: float) -> None:
    order = ["distress", "gray", "safe"]
    assert order.index(altman_zone(model, z)) <= order.index(altman_zone(model, z + more))


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [("public_1968", 1.81, 2.99), ("private", 1.23, 2.90), ("z_double_prime", 1.10, 2.60), ("em_score", 4.35, 5.85)],
)
def test_the_cutoffs_of_each_model_belong_to_gray(model: str, low: float, high: float) -> None:
    eps = 1e-9
    zones = [altman_zone(model, z) for z in (low - eps, low, high, high + eps)]
    assert zones == ["distress", "gray", "gray", "safe"]
    assert altman_zone(model, low).zh == "灰色"


def test_between_the_two_lower_cutoffs_in_print_the_em_zone_says_so() -> None:
    with listening() as said:
        altman_zone("em_score", 4.2)
    assert "4.15" in said[0].text() and "4.15" in said[0].text("zh")


def test_sales_are_asked_for_by_name_where_the_model_needs_them() -> None:
    for model in ("public_1968", "private"):
        with pytest.raises(CellError, match=f"sales is blank, and the model {model}") as refused:
            altman_z(model, 1, 1, 1, 1, 1, 1)
        assert refused.value.code == "#N/A"
    with listening() as said:
        assert altman_z("z_double_prime", 1, 1, 1, 1, 1, 1, 9) == altman_z("z_double_prime", 1, 1, 1, 1, 1, 1)
    assert said[0].key == "distress.sales_unused"


def test_a_market_value_below_zero_is_a_book_value_in_the_wrong_model() -> None:
    with pytest.raises(CellError, match="market value"):
        altman_z("public_1968", 1, 1, 1, -1, 1, 1, 1)
    assert altman_z("private", 1, 1, 1, -1, 1, 1, 1) == pytest.approx(0.717 + 0.847 + 3.107 - 0.42 + 0.998)


def test_one_formula_on_numbers_and_arrays() -> None:
    items = [np.array([100.0, 5.0, 1.0]), 400.0, 50.0, np.array([600.0, 1.0, -1.0]), np.array([1000.0, 0.0, 9.0])]
    found = altman_z("public_1968", *items, 700.0, 1500.0)
    assert found[0] == pytest.approx(altman_z("public_1968", 100, 400, 50, 600, 1000, 700, 1500))
    assert math.isnan(found[1]) and math.isnan(found[2]), "no assets, and a negative market value"


def test_arrays_give_what_the_bare_formula_gives() -> None:
    """On 400,000 companies; how fast is for `benchmarks/functions.py` to say."""
    rng = np.random.default_rng(1)
    wc, re, ebit, equity, ta, tl, sales = rng.uniform(1, 1000, (7, 400_000))
    bare = 1.2 * wc / ta + 1.4 * re / ta + 3.3 * ebit / ta + 0.6 * equity / tl + 0.999 * sales / ta
    assert np.allclose(bare, altman_z("public_1968", wc, re, ebit, equity, ta, tl, sales))
