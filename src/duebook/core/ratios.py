"""Division that serves numbers, exact decimals and numpy arrays alike, so that a formula is written once."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Real = Any
"""A float, an exact Decimal, or (in Python) a numpy array of floats: the same formula serves all three."""


def is_array(value: Real) -> bool:
    """Whether a caller in Python brought an array; a cell never does."""
    return hasattr(value, "dtype") and value.ndim > 0


def divided(numerator: Real, denominator: Real) -> Real:
    """numerator ÷ denominator. A zero denominator raises ZeroDivisionError; in an array its place becomes NaN.

    Infinity never comes back, so a company without current liabilities cannot rank best by accident.
    """
    if is_array(denominator):
        if denominator.all():  # the usual case, in one quick pass
            return numerator / denominator
        import numpy  # only where the caller brought arrays

        with numpy.errstate(divide="ignore", invalid="ignore"):
            return numerator / numpy.where(denominator == 0, math.nan, denominator)
    if denominator == 0:  # numpy scalars would give infinity, and 0 ÷ 0 of Decimals another error
        raise ZeroDivisionError
    return numerator / denominator


def only_where(sound: Real, value: Real, refusal: Callable[[], Exception]) -> Real:
    """`value` where `sound` holds. A single number that is not sound raises `refusal()`; in an array it becomes NaN."""
    if is_array(sound):
        if sound.all():
            return value
        import numpy

        return numpy.where(sound, value, math.nan)
    if not sound:
        raise refusal()
    return value


def logarithm(value: Real) -> Real:
    """The natural logarithm. ArithmeticError at zero or below; in an array such a place becomes NaN."""
    if is_array(value):
        import numpy

        return numpy.log(numpy.where(value > 0, value, math.nan))
    if value <= 0:
        raise ArithmeticError("no logarithm at or below zero")
    return math.log(value)


def exponential(value: Real) -> Real:
    """e to the power of `value`, never infinite: powers beyond ±700 count as ±700."""
    if is_array(value):
        import numpy

        return numpy.exp(numpy.clip(value, -700, 700))
    return math.exp(min(max(value, -700), 700))
