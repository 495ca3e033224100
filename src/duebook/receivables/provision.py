"""Provision by matrix: loss rate per aging bucket, each bucket's loss rounded to the currency's minor unit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from duebook.core.money import rounded


def provision_by_bucket(balances: Sequence[Decimal], loss_rates: Sequence[Decimal], digits: int) -> tuple[Decimal, ...]:
    """Allowance per bucket: balance × rate, `digits` decimals, half away from zero.

    A rate above 1 counts as 1 and a negative balance needs no allowance, so the allowance never exceeds the balance.
    Lists are equally long, first bucket first. Source: IFRS 9 B5.5.35 and IE74–IE77.
    """
    pairs = zip(balances, loss_rates, strict=True)
    return tuple(rounded(max(balance, Decimal(0)) * min(rate, Decimal(1)), digits) for balance, rate in pairs)
