"""The customers of the made-up company: who they are, how they pay, what credit they were given."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from duebook.sample.chance import Chance
from duebook.sample.names import Company, companies

Habit = Literal["prompt", "steady", "slow", "strained", "failing"]
"""How a customer pays: early, around the due date, weeks late, months late in parts, or no longer since spring."""

ANCHOR_GROUP = "恒岳集团 Hengyue Group"
"""The group that buys too much of everything: the concentration risk of the month."""
REPAIRED_ID = "1930571429"
"""A customer code without letters, which spreadsheet programs like to turn into `1930571429.0`."""
MARKETS: tuple[tuple[str, str, str, int], ...] = (
    ("CN", "CNY", "华东 East China", 20),
    ("CN", "CNY", "华南 South China", 15),
    ("CN", "CNY", "华北 North China", 10),
    ("US", "USD", "美洲 Americas", 16),
    ("VN", "USD", "亚太 Asia Pacific", 8),
    ("DE", "EUR", "欧洲 Europe", 10),
    ("FR", "EUR", "欧洲 Europe", 6),
    ("GB", "USD", "欧洲 Europe", 6),
    ("JP", "JPY", "亚太 Asia Pacific", 9),
)
"""Country, currency, sales unit, share of customers in percent."""
TYPICAL_INVOICE: dict[str, tuple[int, int]] = {
    "CNY": (18_000, 620_000),
    "USD": (4_000, 130_000),
    "EUR": (3_500, 110_000),
    "JPY": (450_000, 14_000_000),
}
"""Smallest and largest invoice, whole units of the currency."""
_LIMIT_STEP = {"CNY": 50_000, "USD": 10_000, "EUR": 10_000, "JPY": 1_000_000}
_HABITS: tuple[tuple[Habit, int], ...] = (
    ("prompt", 34),
    ("steady", 32),
    ("slow", 20),
    ("strained", 10),
    ("failing", 4),
)
_SATELLITE_GROUPS = ("砚禾控股 Yanhe Holding", "Harrowgate Partners", "朔渡实业 Shuodu Industries")


@dataclass(frozen=True)
class Customer:
    """`monthly` is the usual number of invoices a month, in tenths. A limit of None was never set; 0 allows nothing."""

    id: str
    company: Company
    group: str | None
    sales_unit: str
    currency: str
    terms_days: int
    habit: Habit
    monthly: int
    scale: int
    credit_limit: Decimal | None
    insured_limit: Decimal | None
    cover_ratio: Decimal | None


def portfolio(chance: Chance, count: int) -> list[Customer]:
    """`count` customers in the order of their codes; the first four belong to the anchor group."""
    markets = [("CN", "CNY", "华东 East China")] * 4
    options = [((country, currency, unit), share) for country, currency, unit, share in MARKETS]
    # one customer in each market first, so that even a small month has every currency
    markets += [option for option, _ in options][: count - 4]
    markets += [chance.weighted(options) for _ in range(count - len(markets))]
    named = companies(chance, [country for country, _, _ in markets])
    code = 10_203
    found = []
    for place, (market, company) in enumerate(zip(markets, named, strict=True)):
        code += chance.between(3, 97)
        customer_id = REPAIRED_ID if place == 5 else f"{code:07d}"
        found.append(_customer(chance, place, customer_id, company, market[1], market[2]))
    return found


def _customer(chance: Chance, place: int, code: str, company: Company, currency: str, unit: str) -> Customer:
    anchor = place < 4
    habit: Habit = "failing" if place == 7 else chance.weighted(_HABITS)
    if anchor:
        habit = "slow" if place == 1 else "steady"
    terms = chance.pick((30, 60, 60, 90) if currency == "CNY" else (30, 45, 60))
    monthly = chance.between(16, 24) if anchor else chance.between(2, 12)
    scale = chance.between(75, 110) if anchor else chance.between(40, 110)
    insured = Decimal(0)
    step = _LIMIT_STEP[currency]
    # what it usually owes: invoices a month × typical amount × months until it pays
    low, high = TYPICAL_INVOICE[currency]
    usual = (low + (high - low) // 8) * monthly * scale * (terms + 30) // (10 * 100 * 30)
    limit: Decimal | None = Decimal(max(1, usual * chance.pick((110, 180, 250, 300, 400)) // 100 // step) * step)
    if limit is not None and currency != "CNY" and chance.happens(70):
        insured = Decimal(max(1, int(limit) * chance.pick((60, 80, 100)) // 100 // step) * step)
    if place in (6, 10) or chance.happens(4):
        limit = None
    if place == 7:  # the customer that stopped paying gets nothing more on credit
        limit = Decimal(0)
    return Customer(
        id=code,
        company=company,
        group=_group(chance, anchor, place),
        sales_unit=unit,
        currency=currency,
        terms_days=terms,
        habit=habit,
        monthly=monthly,
        scale=scale,
        credit_limit=limit,
        insured_limit=insured or None,
        cover_ratio=Decimal("0.90") if insured else None,
    )


def _group(chance: Chance, anchor: bool, place: int) -> str | None:
    if anchor:
        return ANCHOR_GROUP
    return chance.pick(_SATELLITE_GROUPS) if place % 5 == 0 or chance.happens(6) else None
