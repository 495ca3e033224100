"""Division that serves numbers, exact decimals and numpy arrays alike, so that a formula is written once."""

from __future__ import annotations

import math
from typing import Any

Real = Any
"""A float, an exact Decimal, or (in Python) a numpy array of floats: the same formula serves all three."""


def divided(numerator: Real, denominator: Real) -> Real:
    """numerator ÷ denominator. A zero denominator raises ZeroDivisionError; in an array its place becomes NaN.

    Infinity never comes back, so a company without current liabilities cannot rank best by accident.
    """
    if hasattr(denominator, "dtype") and denominator.ndim > 0:
        import numpy  # only where the caller brought arrays

        with numpy.errstate(divide="ignore", invalid="ignore"):
            return numerator / numpy.where(denominator == 0, math.nan, denominator)
    if denominator == 0:  # numpy scalars would give infinity, and 0 ÷ 0 of Decimals another error
        raise ZeroDivisionError
    return numerator / denominator
