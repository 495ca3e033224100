"""Ohlson, Zmijewski, Springate, Taffler, Grover: direction, scale, variants, arrays. Figures: tests/cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.declare import REGISTRY
from duebook.credit import distress

ITEM = st.floats(-1e6, 1e6)
POSITIVE = st.floats(1, 1e6)
UNIT = st.floats(0.001, 1000)
OHLSON = st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE, ITEM, ITEM, ITEM)


def close(one: float, other: float) -> bool:
    return one == pytest.approx(other, rel=1e-6, abs=1e-6)


@given(OHLSON, POSITIVE, UNIT)
def test_ohlson_depends_on_the_unit_of_money_as_the_deflator_says(
    items: tuple[float, ...], deflator: float, unit: float
) -> None:
    found = distress.ohlson_o(*items, deflator)
    scaled = [item * unit for item in items]
    assert close(distress.ohlson_o(*scaled, deflator * unit), found)
    assert close(distress.ohlson_o(*scaled, deflator), found - 0.407 * math.log(unit))


@given(OHLSON, POSITIVE)
def test_more_funds_from_operations_never_raise_ohlsons_risk(items: tuple[float, ...], more: float) -> None:
    *rest, funds = items
    assert distress.ohlson_o(*rest, funds + more, 100) <= distress.ohlson_o(*rest, funds, 100)


def test_ohlsons_flags_switch_where_the_paper_says() -> None:
    def o(**changes: float) -> float:
        items = {"total_assets": 1e6, "total_liabilities": 1e6, "current_assets": 1e6, "current_liabilities": 1e6}
        items |= {"net_income": 0.0, "net_income_before": 0.0, "funds_from_operations": 0.0, "deflator": 100.0}
        return distress.ohlson_o(**(items | changes))

    step = 1e-3
    negative_equity = o(total_liabilities=1e6 + step) - o(total_liabilities=1e6)
    assert negative_equity == pytest.approx(-1.72, abs=1e-6), "the paper's sign: OENEG corrects the debt ratio"
    once, twice = o(net_income=-step, net_income_before=0), o(net_income=-step, net_income_before=-step)
    assert twice - once == pytest.approx(0.285 - 0.521, abs=1e-6), "a second loss, and income no longer falling"
    assert math.isfinite(o()), "without income in either year the change counts as none"


@given(st.sampled_from(["unweighted", "weighted"]), ITEM, POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE, UNIT)
def test_zmijewski_rises_with_debt_falls_with_income_and_knows_no_unit(
    weights: str, income: float, debt: float, assets: float, ca: float, cl: float, more: float, unit: float
) -> None:
    found = distress.zmijewski(weights, income, debt, assets, ca, cl)
    assert distress.zmijewski(weights, income, debt + more, assets, ca, cl) >= found
    assert distress.zmijewski(weights, income + more, debt, assets, ca, cl) <= found
    scaled = (each * unit for each in (income, debt, assets, ca, cl))
    assert close(distress.zmijewski(weights, *scaled), found)


@given(ITEM, ITEM, ITEM, POSITIVE, POSITIVE, POSITIVE, POSITIVE, UNIT)
def test_springate_rises_with_each_item_and_knows_no_unit(
    wc: float, ebit: float, profit: float, sales: float, assets: float, cl: float, more: float, unit: float
) -> None:
    items = [wc, ebit, profit, sales]
    found = distress.springate(*items, assets, cl)
    for n in range(4):
        better = [item + more * (place == n) for place, item in enumerate(items)]
        assert distress.springate(*better, assets, cl) >= found
    assert close(distress.springate(*(each * unit for each in (*items, assets, cl))), found)


@given(ITEM, ITEM, ITEM, POSITIVE, POSITIVE, UNIT)
def test_grover_rises_with_working_capital_and_ebit_and_knows_no_unit(
    wc: float, ebit: float, income: float, assets: float, more: float, unit: float
) -> None:
    found = distress.grover(wc, ebit, income, assets)
    assert distress.grover(wc + more, ebit, income, assets) >= found
    assert distress.grover(wc, ebit + more, income, assets) >= found
    assert close(distress.grover(wc * unit, ebit * unit, income * unit, assets * unit), found)


@given(st.tuples(st.floats(-1e6, 0), POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE, POSITIVE), POSITIVE, UNIT)
def test_both_versions_of_taffler_rise_with_profit_and_know_no_unit(
    items: tuple[float, ...], more: float, unit: float
) -> None:
    profit, *rest = items
    scaled = [item * unit for item in items]
    assert close(distress.taffler("taffler_1983", *scaled, 0), distress.taffler("taffler_1983", *items, 0))
    assert close(distress.taffler("tisshaw_1977", *scaled), distress.taffler("tisshaw_1977", *items))
    assert distress.taffler("tisshaw_1977", profit + more, *rest) >= distress.taffler("tisshaw_1977", *items)


def test_tafflers_interval_asks_for_its_items_and_needs_expenses() -> None:
    items = ("taffler_1983", 100, 500, 250, 500, 1000, 1500)
    with pytest.raises(CellError, match="quick_assets and depreciation"):
        distress.taffler(*items, 300)
    with pytest.raises(CellError, match="no operating expenses"):
        distress.taffler(*items, 300, 1400)
    assert distress.taffler(*items, 300, 1399) > 0


@pytest.mark.parametrize("name", ["OHLSON_O", "ZMIJEWSKI", "SPRINGATE", "TAFFLER", "GROVER", "ALTMAN_Z"])
def test_one_formula_on_numbers_and_arrays(name: str) -> None:
    declaration = REGISTRY[name]
    for example in declaration.examples:
        if isinstance(example.gives, str):
            continue
        texts = [n for n, argument in enumerate(example.arguments) if isinstance(argument, str)]
        arrays = [a if n in texts else np.array([a, a], float) for n, a in enumerate(example.arguments)]
        found = declaration.function(*arrays)
        assert found == pytest.approx([declaration.function(*example.arguments)] * 2)
        arrays = [a if n in texts else np.array([a, 0], float) for n, a in enumerate(example.arguments)]
        assert math.isnan(declaration.function(*arrays)[1]), "all items zero: no number, and no infinity"
