"""DSO and its relatives: exact in the close, the same formula on floats and arrays, laws. Figures: tests/cases."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.receivables import dso


def test_no_sales_is_no_figure_rather_than_zero() -> None:
    zero = Decimal(0)
    assert dso.figure(dso.dso, Decimal(100), zero, 30) is None
    assert dso.figure(dso.collection_effectiveness, zero, zero, zero, zero, "whole") is None
    assert dso.figure(dso.receivables_turnover, Decimal(5), zero) is None


def test_one_formula_on_decimals_floats_and_arrays() -> None:
    assert dso.dso(Decimal("11300"), Decimal("10000"), 30, Decimal("0.13")) == 30
    assert dso.dso(11300.0, 10000.0, 30, 0.13) == pytest.approx(30)
    found = dso.dso(np.array([11300.0, 5.0]), np.array([10000.0, 0.0]), 30, 0.13)
    assert found[0] == pytest.approx(30) and np.isnan(found[1]), "no sales is no figure, never infinity"


def test_an_exhausted_history_says_so() -> None:
    found = dso.countback(Decimal(100), [Decimal(30), Decimal(0), Decimal(40)], [31, 30, 31])
    assert (found.days, found.covered_days, found.empty_months) == (None, 92, 1)
    with pytest.raises(CellError, match="More than 92 days") as refused:
        dso.dso_countback(Decimal(100), [Decimal(30), Decimal(0), Decimal(40)], [31, 30, 31])
    assert refused.value.code == "#N/A"


@given(
    st.decimals("0.01", "1e9", places=2),
    st.lists(st.decimals("0.01", "1e8", places=2), min_size=1, max_size=12),
    st.decimals("0", "1e8", places=2),
)
def test_more_receivables_never_count_back_fewer_days(owed: Decimal, sales: list[Decimal], more: Decimal) -> None:
    days = [30] * len(sales)
    less, greater = dso.countback(owed, sales, days), dso.countback(owed + more, sales, days)
    assert greater.days is None or (less.days is not None and less.days <= greater.days)


@given(st.floats(0.01, 1e6), st.floats(1, 1e5))
def test_turnover_days_times_turnover_is_the_period(turnover: float, days: float) -> None:
    assert dso.turnover_days(turnover, days) * turnover == pytest.approx(days)
