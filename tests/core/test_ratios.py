"""Formulas written once: division, conditions, logarithms on numbers and arrays alike, never infinite."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest

from duebook.core.ratios import divided, exponential, is_array, logarithm, only_where


def test_a_zero_denominator_is_an_error_and_in_an_array_no_number() -> None:
    assert divided(Decimal(1), Decimal(4)) == Decimal("0.25")
    for zero in (0, 0.0, Decimal(0), np.float64(0)):
        with pytest.raises(ZeroDivisionError):
            divided(1, zero)
    found = divided(np.array([1.0, 1.0]), np.array([4.0, 0.0]))
    assert found[0] == 0.25 and math.isnan(found[1])


def test_what_is_not_sound_is_refused_and_in_an_array_no_number() -> None:
    assert only_where(True, 5, ValueError) == 5
    with pytest.raises(ValueError, match="too bad"):
        only_where(False, 5, lambda: ValueError("too bad"))
    found = only_where(np.array([True, False]), np.array([1.0, 2.0]), ValueError)
    assert found[0] == 1 and math.isnan(found[1])


def test_logarithms_and_powers_stay_finite() -> None:
    assert logarithm(math.e) == 1 and exponential(0) == 1
    with pytest.raises(ArithmeticError):
        logarithm(0)
    found = logarithm(np.array([1.0, 0.0, -1.0]))
    assert found[0] == 0 and np.isnan(found[1:]).all()
    assert math.isfinite(exponential(1e300)) and exponential(-1e300) > 0
    assert np.isfinite(exponential(np.array([1e300, -1e300]))).all()


def test_only_arrays_are_arrays() -> None:
    assert is_array(np.array([1.0])) and not is_array(1.0) and not is_array(np.float64(1)) and not is_array(None)
