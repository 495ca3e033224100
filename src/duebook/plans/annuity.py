"""Level payments: payment, interest and principal parts, number of periods, present and future value.

Signs are a spreadsheet's: what you receive is positive, what you pay negative, so a loan of 10,000 has negative
payments. `rate` is per period, as a fraction; `due` is 1 where payments fall at the start of each period. Formulas use
expm1 and log1p, so a rate near zero loses no digits, and a rate of zero is the plain division that it should be.

State equation: pv·(1 + rate)^n + payment·(1 + rate·due)·((1 + rate)^n − 1) ÷ rate + fv = 0.
Source: OASIS OpenDocument 1.2 part 2, 6.12 (PMT, IPMT, PPMT, CUMIPMT, CUMPRINC, NPER, PV, FV).
"""

from __future__ import annotations

import math


def pmt(rate: float, periods: float, pv: float, fv: float = 0.0, due: int = 0) -> float:
    """The payment per period. ZeroDivisionError without periods."""
    if rate == 0:
        return -(pv + fv) / periods
    discounted = math.exp(-periods * math.log1p(rate))
    return -(pv + fv * discounted) * rate / (-math.expm1(-periods * math.log1p(rate)) * (1 + rate * due))


def fv(rate: float, periods: float, payment: float, pv: float = 0.0, due: int = 0) -> float:
    """The future value after `periods` payments."""
    if rate == 0:
        return -(pv + payment * periods)
    growth = math.expm1(periods * math.log1p(rate))
    return -(pv * (1 + growth) + payment * (1 + rate * due) * growth / rate)


def pv(rate: float, periods: float, payment: float, fv: float = 0.0, due: int = 0) -> float:
    """The present value of `periods` payments and `fv` at the end."""
    if rate == 0:
        return -(fv + payment * periods)
    shrinkage = -math.expm1(-periods * math.log1p(rate))
    return -(fv * (1 - shrinkage) + payment * (1 + rate * due) * shrinkage / rate)


def nper(rate: float, payment: float, pv: float, fv: float = 0.0, due: int = 0) -> float:
    """How many payments it takes; a fraction where the last is smaller.

    ZeroDivisionError: no payment at a zero rate. ValueError: the payments never get there (they only pay interest).
    """
    if rate == 0:
        return -(pv + fv) / payment
    perpetual = payment * (1 + rate * due) / rate
    if perpetual + pv == 0 or (perpetual - fv) / (perpetual + pv) <= 0:
        raise ValueError("the payments never pay this off")
    return math.log1p(-(fv + pv) / (perpetual + pv)) / math.log1p(rate)


def ipmt(rate: float, period: int, periods: int, pv: float, fv_at_end: float = 0.0, due: int = 0) -> float:
    """The interest part of payment number `period` (from 1). ValueError outside 1…`periods`."""
    if not 1 <= period <= periods:
        raise ValueError("the period must be one of the periods")
    return _interest(rate, period, periods, pmt(rate, periods, pv, fv_at_end, due), fv_at_end, due)


def _interest(rate: float, period: int, periods: int, payment: float, fv_at_end: float, due: int) -> float:
    """Interest on what the remaining payments are worth: unlike the past ones, they do not cancel each other out."""
    if due and period == 1:
        return 0.0
    owed = pv(rate, periods - period + 1, payment, fv_at_end, due)
    return -owed * rate / (1 + rate * due)


def ppmt(rate: float, period: int, periods: int, pv: float, fv_at_end: float = 0.0, due: int = 0) -> float:
    """The principal part of payment number `period` (from 1)."""
    return pmt(rate, periods, pv, fv_at_end, due) - ipmt(rate, period, periods, pv, fv_at_end, due)


def cumulative_interest(rate: float, periods: int, pv: float, first: int, last: int, due: int = 0) -> float:
    """The interest of payments number `first` to `last`. ValueError where they are not 1 ≤ first ≤ last ≤ periods."""
    if not 1 <= first <= last <= periods:
        raise ValueError("first and last must be periods, in order")
    payment = pmt(rate, periods, pv, 0.0, due)
    return math.fsum(_interest(rate, period, periods, payment, 0.0, due) for period in range(first, last + 1))


def cumulative_principal(rate: float, periods: int, pv: float, first: int, last: int, due: int = 0) -> float:
    """The principal of payments number `first` to `last`."""
    interest = cumulative_interest(rate, periods, pv, first, last, due)
    return pmt(rate, periods, pv, 0.0, due) * (last - first + 1) - interest
