"""Present values and rates of return of any payments, in pure Python.

The present value Σ cᵢ·(1 + r)^−tᵢ is searched in δ = ln(1 + r), where its sign is that of h(δ) = ln(Σ inflows) −
ln(Σ outflows), each discounted. With one change of sign in the payments, h falls or rises throughout and is nearly a
straight line: Newton needs a few steps. With s changes there are at most s rates: multiplying by e^(δτ) with τ between
two payments of different sign and differentiating takes one change of sign away, and between two neighbouring zeros of
that derivative lies at most one zero of the function (Descartes and Rolle). So *all* rates are found, without a guess.

The one that is given is a spreadsheet's: where Newton's method ends that starts at 10 %; failing that, the nearest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from operator import mul
from typing import NamedTuple

GUESS = 0.1
"""Where the spreadsheets begin."""
_LOW, _HIGH = -23.0, 700.0
"""δ is sought from −99.99999999 % to 1e304; what lies beyond is no rate."""
_TOUCHES = 1e-14
"""A height this small is zero: ln sums of a few hundred payments carry no more digits."""
_STEPS = 200
_MANY_SIGNS = 24
_GRID = 400


class Rates(NamedTuple):
    """`chosen` is one of `all`, which ascend."""

    chosen: float
    all: tuple[float, ...]


def npv(rate: float, flows: Sequence[float], first: int = 0) -> float:
    """Present value of flows one period apart; `first`: periods before the first (a spreadsheet's NPV has 1)."""
    return present_value(rate, flows, range(first, first + len(flows)))


def present_value(rate: float, flows: Sequence[float], times: Sequence[float]) -> float:
    """Σ flow ÷ (1 + rate)^time, times in the rate's periods. ValueError at −100 % or below."""
    force = math.log1p(rate)
    return math.fsum(flow * math.exp(-force * time) for flow, time in zip(flows, times, strict=True))


def xnpv(rate: float, flows: Sequence[float], dates: Sequence[date]) -> float:
    """Present value on the first date, at a yearly rate over actual days ÷ 365."""
    return present_value(rate, flows, years(dates))


def irr(flows: Sequence[float], guess: float = GUESS) -> float | None:
    """The rate per period at which the flows are worth nothing; None where there is none."""
    found = rates(flows, range(len(flows)), guess)
    return found.chosen if found else None


def xirr(flows: Sequence[float], dates: Sequence[date], guess: float = GUESS) -> float | None:
    """The effective yearly rate over actual days ÷ 365; None where there is none."""
    found = rates(flows, years(dates), guess)
    return found.chosen if found else None


def years(dates: Sequence[date]) -> list[float]:
    """Years from the first of `dates`, actual days ÷ 365."""
    return [(day - dates[0]).days / 365 for day in dates]


def rates(flows: Sequence[float], times: Sequence[float], guess: float = GUESS) -> Rates | None:
    """Every rate at which the flows are worth nothing, and the one a spreadsheet gives. None where there is none."""
    terms = _terms(flows, times)
    found = tuple(math.expm1(force) if abs(force) > _TOUCHES else 0.0 for force in _zeros(terms, math.log1p(guess)))
    if not found:
        return None
    if len(found) == 1:
        return Rates(found[0], found)
    return Rates(_spreadsheets_choice(found, terms, guess), found)


# --- the search -----------------------------------------------------------------------------------------------------

_Term = tuple[float, float]
"""Time, amount."""


def _terms(flows: Sequence[float], times: Sequence[float]) -> list[_Term]:
    """Amounts by time, in order, times from 0, the largest amount 1; what falls on one day is one amount."""
    summed: dict[float, float] = {}
    for flow, time in zip(flows, times, strict=True):
        summed[time] = summed.get(time, 0.0) + flow
    start = min(summed, default=0.0)
    return _normalized([(time - start, flow) for time, flow in sorted(summed.items())])


def _sign_changes(terms: Sequence[_Term]) -> list[int]:
    """Places after which the next amount has the other sign."""
    return [n for n, ((_, a), (_, b)) in enumerate(pairwise(terms)) if (a > 0) != (b > 0)]


def _zeros(terms: Sequence[_Term], start: float) -> list[float]:
    """All δ where the terms' present value is zero, ascending."""
    changes = _sign_changes(terms)
    if not changes:
        return []
    value = _Height(terms)
    if len(changes) == 1:
        found = _only_zero(value, start)
        return [] if found is None else [found]
    if len(changes) > _MANY_SIGNS:
        bounds = [_grid_place(n) for n in range(_GRID + 1)]
        return _zeros_between(value, bounds)
    turn = changes[len(changes) // 2]
    between = (terms[turn][0] + terms[turn + 1][0]) / 2
    slope = _normalized([(time, amount * (between - time)) for time, amount in terms])
    return _zeros_between(value, [_LOW, *_zeros(slope, start), _HIGH])


def _normalized(terms: Sequence[_Term]) -> list[_Term]:
    """The largest amount is 1; what is nothing beside it goes."""
    largest = max((abs(amount) for _, amount in terms), default=0.0)
    return [(time, amount / largest) for time, amount in terms if largest and amount / largest]


def _grid_place(n: int) -> float:
    """Points dense around a rate of zero, thin far away."""
    at = 2 * n / _GRID - 1
    return math.copysign(math.expm1(abs(at) * math.log1p(_HIGH if at > 0 else -_LOW)), at)


def _zeros_between(value: _Height, bounds: Sequence[float]) -> list[float]:
    """Zeros where at most one lies between neighbouring `bounds`; one that only touches lies on a bound."""
    heights = [value(bound)[0] for bound in bounds]
    found = [bound for bound, height in zip(bounds, heights, strict=True) if abs(height) < _TOUCHES]
    for (low, at_low), (high, at_high) in pairwise(zip(bounds, heights, strict=True)):
        if abs(at_low) >= _TOUCHES and abs(at_high) >= _TOUCHES and (at_low > 0) != (at_high > 0):
            found.append(_between(value, low, high, (low + high) / 2, at_low > 0))
    return sorted(set(found))


class _Height:
    """h(δ) = ln Σ inflows·e^(−δt) − ln Σ outflows·e^(−δt), and its slope: the outflows' mean time less the inflows'.

    Each sum is taken relative to its first payment (δ ≥ 0) or its last, so that nothing overflows or vanishes.
    """

    def __init__(self, terms: Sequence[_Term]) -> None:
        self._sides = [
            ([time for time, amount in terms if amount > 0], [amount for _, amount in terms if amount > 0]),
            ([time for time, amount in terms if amount < 0], [-amount for _, amount in terms if amount < 0]),
        ]

    def __call__(self, force: float) -> tuple[float, float]:
        (gains, gain_time), (costs, cost_time) = (self._side(*side, force) for side in self._sides)
        return gains - costs, cost_time - gain_time

    @staticmethod
    def _side(times: list[float], amounts: list[float], force: float) -> tuple[float, float]:
        """ln of the present value, and its mean time."""
        origin = times[0] if force >= 0 else times[-1]
        values = list(map(mul, amounts, map(math.exp, [force * (origin - time) for time in times])))
        total = sum(values)
        return math.log(total) - force * origin, sum(map(mul, values, times)) / total


def _only_zero(value: _Height, start: float) -> float | None:
    """The zero of a height that falls or rises throughout; None where it lies beyond every rate."""
    height, slope = value(start)
    if height == 0:
        return start
    rising = slope > 0
    low, high = (start, _HIGH) if (height < 0) == rising else (_LOW, start)
    found = _between(value, low, high, start - height / slope if slope else (low + high) / 2, not rising)
    end = high if low == start else low
    beyond = abs(found - end) < 1e-6 and (value(end)[0] > 0) == (height > 0)
    return None if beyond else found


def _between(value: _Height, low: float, high: float, at: float, falls: bool) -> float:
    """The zero between `low` and `high`: Newton's steps, or halves where a step would leave the interval."""
    last = math.inf
    for _ in range(_STEPS):
        if not low < at < high:
            at = (low + high) / 2
        height, slope = value(at)
        if height == 0 or high - low <= 4e-16 * max(abs(low), abs(high)):
            break
        if (height > 0) == falls:
            low = at
        else:
            high = at
        step = -height / slope if slope else math.inf
        if abs(step) <= 1e-10:  # Newton doubles the digits: what is left after this step is below the last one
            return at + step
        if abs(step) * 2 > last:  # Newton does not close in: halve instead
            step = (low + high) / 2 - at
        last = abs(step)
        at += step
    return at


def _spreadsheets_choice(found: Sequence[float], terms: Sequence[_Term], guess: float) -> float:
    """Where Newton's method on the present value itself ends, as spreadsheets do it; else the rate nearest the guess.

    LibreOffice and, as far as it shows, Excel step from 10 %; several rates are several ends of that walk.
    """
    rate = guess
    for _ in range(50):
        if rate <= -1:
            break
        try:
            force = math.log1p(rate)
            values = [(time, amount * math.exp(-force * time)) for time, amount in terms]
            slope = -math.fsum(time * amount for time, amount in values) / (1 + rate)
            step = math.fsum(amount for _, amount in values) / slope
        except (OverflowError, ZeroDivisionError):
            break
        rate -= step
        if abs(step) <= 1e-10 * max(1.0, abs(rate)):
            nearest = min(found, key=lambda each: abs(each - rate))
            if abs(nearest - rate) <= 1e-6 * max(1.0, abs(rate)):
                return nearest
            break
    return min(found, key=lambda each: abs(each - guess))
