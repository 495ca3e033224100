"""Ratios of statements: what has no ratio says so, one formula on numbers and arrays. Figures: tests/cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit import ratios
from duebook.policy import score_card
from duebook.policy.load import load
from duebook.policy.score_rows import plain

AMOUNTS = st.floats(0, 1e9)
SOME = st.floats(1, 1e9)


@pytest.mark.parametrize(
    ("call", "code", "says"),
    [
        (lambda: ratios.debt_to_equity(600, 0), "#NUM!", "at or below zero"),
        (lambda: ratios.debt_to_equity(600, -10), "#NUM!", "equity is -10"),
        (lambda: ratios.interest_cover(500, 0), "#DIV/0!", "nothing to cover"),
        (lambda: ratios.cash_flow_to_debt(500, 0), "#DIV/0!", "nothing to repay"),
        (lambda: ratios.cash_ratio(100, 50, 0, 101), "#NUM!", "part of cash"),
        (lambda: ratios.quick_ratio(100, 101, 50), "#NUM!", "more than current assets"),
        (lambda: ratios.quick_ratio(100, 10, 50, None, None, "less_prepaid"), "#N/A", "prepaid is blank"),
        (lambda: ratios.quick_ratio(100, 10, 50, 5, None, "liquid_only"), "#N/A", "other is blank"),
    ],
)
def test_what_has_no_ratio_says_why(call: object, code: str, says: str) -> None:
    with pytest.raises(CellError, match=says) as refused:
        call()  # type: ignore[operator]
    assert refused.value.code == code
    assert refused.value.text("zh") != refused.value.text("en")


def test_the_class_without_debt_that_the_sentence_names_is_the_cards() -> None:
    dimensions = load().section(score_card.read).card("existing", None).dimensions
    cover = next(each for each in dimensions if each.key == "interest_cover")
    with pytest.raises(CellError) as refused:
        ratios.interest_cover(500, 0)
    for tongue, name in (("en", "no debt"), ("zh", "无有息负债")):
        assert name in refused.value.text(tongue) and plain(name) in cover.named


@pytest.mark.parametrize("ratio", [ratios.current_ratio, ratios.debt_to_assets, ratios.net_margin, ratios.equity_ratio])
def test_a_zero_denominator_is_no_figure(ratio: object) -> None:
    with pytest.raises(ZeroDivisionError):
        ratio(1, 0)  # type: ignore[operator]


def test_in_an_array_what_has_no_ratio_is_no_number() -> None:
    none = np.array([0.0, 2.0])
    for found in (
        ratios.debt_to_equity(np.array([6.0, 6.0]), np.array([-1.0, 2.0])),
        ratios.interest_cover(np.array([6.0, 6.0]), none),
        ratios.cash_flow_to_debt(np.array([6.0, 6.0]), none),
        ratios.current_ratio(np.array([6.0, 6.0]), none),
        ratios.cash_ratio(np.array([1.0, 6.0]), np.array([2.0, 2.0]), 0.0, np.array([2.0, 0.0])),
        ratios.quick_ratio(np.array([1.0, 8.0]), np.array([2.0, 2.0]), np.array([2.0, 2.0])),
        ratios.cash_ratio_with_cover(np.array([6.0, 4.0]), none, np.array([0.0, 2.0])),
    ):
        assert math.isnan(found[0]) and found[1] == 3, found


def test_methods_and_definitions_say_what_they_leave_out() -> None:
    with listening() as said:
        assert ratios.quick_ratio(100, 20, 40, 10) == 2
        assert ratios.cash_ratio(50, 100, 30, 0, "cash_only") == 0.5
        assert ratios.debt_to_assets(120, 100) == 1.2
        assert ratios.cash_ratio_with_cover(50, 100, 25) == 0.75
    text = " ".join(note.text() for note in said)
    assert "prepaid stays in" in text and "Securities are left out" in text and "equity is negative" in text
    assert "cash ratio is 0.5" in text


@given(SOME, AMOUNTS, AMOUNTS, SOME)
def test_the_three_quick_ratios_fall_in_order_and_none_is_above_the_current(
    quick: float, prepaid: float, other: float, liabilities: float
) -> None:
    assets = quick + prepaid + other
    loose, less, strict = (
        ratios.quick_ratio(assets, 0, liabilities, prepaid, other, method)
        for method in ("less_inventory", "less_prepaid", "liquid_only")
    )
    assert ratios.current_ratio(assets, liabilities) >= loose >= less >= strict >= 0


@given(SOME, SOME, st.floats(0.001, 1e3))
def test_ratios_know_no_unit_of_money(one: float, other: float, unit: float) -> None:
    for ratio in (ratios.current_ratio, ratios.debt_to_equity, ratios.interest_cover, ratios.net_margin):
        assert ratio(one * unit, other * unit) == pytest.approx(ratio(one, other))


@given(SOME, AMOUNTS)
def test_debt_and_equity_share_the_assets(equity: float, debt: float) -> None:
    assets = equity + debt
    assert ratios.debt_to_assets(debt, assets) + ratios.equity_ratio(equity, assets) == pytest.approx(1)
    assert ratios.debt_to_equity(debt, equity) * ratios.equity_ratio(equity, assets) == pytest.approx(debt / assets)


@given(SOME, AMOUNTS, AMOUNTS, SOME)
def test_cover_only_ever_adds(cash: float, securities: float, claims: float, liabilities: float) -> None:
    plain = ratios.cash_ratio(cash, liabilities, securities)
    assert ratios.cash_ratio_with_cover(cash, liabilities, claims, securities) >= plain
    assert ratios.cash_ratio_with_cover(cash, liabilities, 0, securities) == plain
