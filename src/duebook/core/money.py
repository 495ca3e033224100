"""Exact amounts: Decimal in, Decimal out, rounded half away from zero as Excel rounds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache

from duebook.core import resources

STORED_DECIMALS = 4
"""Amounts are stored as DECIMAL(18,4); rates as DECIMAL(18,9)."""


@cache
def minor_units() -> Mapping[str, int]:
    """Decimals of every active ISO 4217 currency code (JPY 0, KWD 3); codes absent here are unknown currencies."""
    table = tomllib.loads((resources.root() / "core" / "currencies.toml").read_text("utf-8"))
    found = {code: int(digits) for digits, codes in table["minor_units"].items() for code in codes.split()}
    return dict(sorted(found.items()))


def exact(value: float | int | Decimal) -> Decimal:
    """A number as the exact decimal that people mean by it: the 15 digits that a spreadsheet keeps of a float."""
    return value if isinstance(value, Decimal) else Decimal(format(value, ".15g"))


def decimals(currency: str) -> int:
    """Minor units of `currency`; 2 for a code the standard does not list."""
    return minor_units().get(currency, 2)


def rounded(amount: Decimal, digits: int = 2) -> Decimal:
    """`amount` with `digits` decimals, half away from zero: 2.675 → 2.68, −2.5 → −3 at 0 digits."""
    with localcontext() as context:
        context.prec = 60
        return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def readable(amount: Decimal, digits: int | None = None) -> str:
    """An amount as a sentence shows it, to `digits` decimals if given: thousands separated, whole ones without any."""
    shown = amount if digits is None else rounded(amount, digits)
    return f"{shown.to_integral_value() if shown == shown.to_integral_value() else shown:,f}" if shown else "0"


def plain(value: Decimal | None) -> str | None:
    """An amount as text that is kept, without needless zeros or an exponent; None stays None."""
    return None if value is None else f"{value.normalize() + 0:f}"


def in_percent(share: Decimal) -> str:
    """A fraction as a sentence writes it before a percent sign: 0.085 → "8.5"."""
    return f"{(share * 100).normalize():f}"


def ratio(numerator: Decimal | int, denominator: Decimal | int, digits: int = 12) -> Decimal | None:
    """numerator ÷ denominator to `digits` decimals, or None where the denominator is zero (never inf)."""
    if denominator == 0:
        return None
    with localcontext() as context:
        context.prec = 60
        return rounded(Decimal(numerator) / Decimal(denominator), digits)
