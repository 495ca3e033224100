"""The cash conversion cycle: its parts, one formula on numbers and arrays, the named base."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.hosts.call import Door
from duebook.receivables.cash_cycle import cash_conversion_cycle, days_inventory, days_payable

DAYS = st.floats(0, 1e4)


@given(DAYS, DAYS, DAYS, st.floats(0, 100))
def test_a_day_more_of_any_part_is_a_day_of_the_cycle(stock: float, dso: float, payable: float, more: float) -> None:
    cycle = cash_conversion_cycle(stock, dso, payable)
    assert cash_conversion_cycle(stock + more, dso, payable) == pytest.approx(cycle + more)
    assert cash_conversion_cycle(stock, dso + more, payable) == pytest.approx(cycle + more)
    assert cash_conversion_cycle(stock, dso, payable + more) == pytest.approx(cycle - more)


@given(st.floats(0.01, 1e9), st.floats(1, 366))
def test_a_periods_cost_in_stock_lasts_the_period(cost: float, days: float) -> None:
    assert days_inventory(cost, cost, days) == pytest.approx(days)
    assert days_payable(cost, cost, days, "cogs") == days_payable(cost, cost, days, "purchases")


def test_arrays_and_zero_costs() -> None:
    found = days_inventory(np.array([200.0, 5.0]), np.array([800.0, 0.0]), 365)
    assert found[0] == 91.25 and np.isnan(found[1])
    assert Door().call("DAYS_INVENTORY", [200, 0, 365]).code == "#DIV/0!"
    assert Door().call("DAYS_PAYABLE", [200, 0, 365, "cogs"]).code == "#DIV/0!"


def test_the_base_is_named_with_the_figure() -> None:
    door = Door("zh")
    door.call("DAYS_PAYABLE", [100, 750, 365, "采购额"], cell="S!A1")
    assert "采购额" in door.why("S!A1")
    assert "cogs" in Door().call("DAYS_PAYABLE", [100, 750, 365, "turnover"]).text()
    assert Door().call("DAYS_PAYABLE", [100, 750, 365]).code == "#N/A"
