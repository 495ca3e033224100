"""Rates of return: published figures, every root found, the law XNPV(XIRR) = 0, another library."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.plans.rate_of_return import irr, npv, present_value, rates, xirr, xnpv, years

FLOWS = st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 2)), min_size=2, max_size=15)
DAYS = st.lists(st.integers(1, 900), min_size=1, max_size=14)


@pytest.mark.parametrize(
    ("found", "wanted", "within"),
    [
        pytest.param(
            xirr(
                [-10000, 2750, 4250, 3250, 2750],
                [date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)],
            ),
            0.373362535,
            5e-8,
            id="P06",
        ),
        pytest.param(irr([-50, -100, 600, 300, -100]), 1.8544178284561, 1e-9, id="P10"),
        pytest.param(npv(0.1, [-10000, 3000, 4200, 6800], first=1), 1188.44, 0.005, id="NPV"),
        pytest.param(irr([-70000, 12000, 15000, 18000, 21000, 26000]), 0.0866, 0.00005, id="IRR"),
        pytest.param(irr([-70000, 12000, 15000, 18000, 21000]), -0.0212, 0.00005, id="IRR-negative"),
    ],
)
def test_published_figures(found: float, wanted: float, within: float) -> None:
    assert abs(found - wanted) <= within


@pytest.mark.parametrize(
    ("roots", "time"),
    [([0.1, 0.3], 1), ([0.2, 0.3, 0.5], 1), ([-0.5, 0.0, 0.25, 4.0], 1), ([0.05, 0.06], 12), ([-0.9, 20.0], 1)],
)
def test_every_rate_is_found(roots: list[float], time: int) -> None:
    """Payments built from their rates: the product of (1 − (1 + r)·v), v the discount factor of `time` periods."""
    flows = [1.0]
    for root in roots:
        growth = (1 + root) ** time
        flows = [a - growth * b for a, b in zip([*flows, 0.0], [0.0, *flows], strict=True)]
    found = rates(flows, range(0, len(flows) * time, time))
    assert found is not None and found.all == pytest.approx(sorted(roots), abs=1e-9)
    assert found.chosen in found.all


def test_rates_that_touch_are_found() -> None:
    found = rates([1, -2.2, 1.21], range(3))
    assert found is not None and found.all == pytest.approx([0.1], abs=1e-7)


@pytest.mark.parametrize("flows", [[1, 2, 3], [-1, -2], [0, 0], [1, -2, 1.5], [], [-5e-324, 9e3]])
def test_no_rate(flows: list[float]) -> None:
    assert irr(flows) is None


@pytest.mark.parametrize("scale", [1e-12, 1, 1e12, 1e250])
def test_scale_does_not_matter(scale: float) -> None:
    assert irr([-100 * scale, 60 * scale, 60 * scale]) == pytest.approx(0.1306623862918075, abs=1e-12)


def test_long_horizons_and_odd_rates() -> None:
    assert irr([-1000, *[1000 * 0.005 / (1 - 1.005**-1200)] * 1200]) == pytest.approx(0.005, abs=1e-12)
    assert irr([-1000, *[0] * 599, 1]) == pytest.approx(0.001 ** (1 / 600) - 1, abs=1e-12)
    assert irr([-1, 1e9]) == pytest.approx(1e9 - 1)
    assert irr([-100, 0.01]) == pytest.approx(-0.9999)
    assert xirr([-100, 101], [date(2026, 1, 1), date(2026, 1, 2)]) == pytest.approx(1.01**365 - 1)
    assert xirr([-100, 1], [date(2026, 1, 1), date(2026, 1, 2)]) is None, "no rate that a number can hold"


def test_order_does_not_matter() -> None:
    days = [date(2026, 1, 1), date(2026, 7, 1), date(2026, 4, 1)]
    assert xirr([-100, 60, 50], days) == xirr([-100, 50, 60], [days[0], days[2], days[1]])


@given(FLOWS, DAYS)
@settings(max_examples=150)
def test_at_its_rates_money_is_worth_nothing(flows: list[float], gaps: list[int]) -> None:
    """XNPV(XIRR) = 0, measured by the size of what is added up; beyond 1e8 % and below −99.99 % digits fade."""
    days = [date(2020, 1, 1)]
    for gap in gaps:
        days.append(days[-1] + timedelta(gap))
    count = min(len(flows), len(days))
    flows, days = flows[:count], days[:count]
    found = rates(flows, years(days))
    for rate in found.all if found else ():
        if -0.9999 < rate < 1e6:
            size = present_value(rate, [abs(flow) for flow in flows], years(days))
            assert abs(xnpv(rate, flows, days)) <= 1e-8 * size


@given(FLOWS)
@settings(max_examples=40)
def test_no_rate_is_missed(flows: list[float]) -> None:
    """Wherever the present value changes its sign on a fine grid, one of the rates lies."""
    found = rates(flows, range(len(flows)))
    forces = [math.log1p(rate) for rate in found.all] if found else []
    grid = [-5 + n * 0.02 for n in range(501)]
    values = [math.fsum(flow * math.exp(-force * t) for t, flow in enumerate(flows)) for force in grid]
    sizes = [math.fsum(abs(flow) * math.exp(-force * t) for t, flow in enumerate(flows)) for force in grid]
    clear = [abs(v) > 1e-12 * s for v, s in zip(values, sizes, strict=True)]
    for n in range(500):
        if clear[n] and clear[n + 1] and (values[n] > 0) != (values[n + 1] > 0):
            assert any(grid[n] - 1e-9 <= force <= grid[n + 1] + 1e-9 for force in forces)


@given(st.floats(1, 1e6), st.lists(st.floats(0, 1e6), min_size=1, max_size=30))
def test_another_library_agrees(paid: float, received: list[float]) -> None:
    theirs = pyxirr.irr([-paid, *received]) if any(received) else None
    if theirs is not None and -0.99 < theirs < 100:
        assert irr([-paid, *received]) == pytest.approx(theirs, rel=1e-8, abs=1e-9)
