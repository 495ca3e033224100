"""Which customers get a confirmation: the largest, related parties, monetary units, and random ones. Pure functions.

Sources: ISA 505 (External Confirmations); ISA 530 (Audit Sampling), appendices 1 and 4; the AICPA audit guide "Audit
Sampling", chapter 6 (monetary-unit sampling by fixed interval). Every random number is the SHA-256 digest of a plain
text, so that anyone can draw the same sample again without this program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from duebook.core import money

Reason = Literal["over", "coverage", "related", "unit", "random", "same_customer"]
REASONS: tuple[Reason, ...] = ("over", "coverage", "related", "unit", "random", "same_customer")
"""In the order in which customers are chosen; each is counted once, by its first reason."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class Candidate:
    """One customer's balance in one currency; negative where it is in credit."""

    customer_id: str
    balance: Decimal
    related: bool = False


@dataclass(frozen=True)
class Wish:
    """How to choose. `over`: all balances from this amount on; None: the largest until `coverage` of all debit ones."""

    seed: str
    coverage: Decimal
    monetary_units: int
    random: int
    related: bool = True
    over: Decimal | None = None


@dataclass(frozen=True)
class Choice:
    """A candidate, why it was chosen (None: not), and what shows that the choice was by chance.

    `cumulative`: the debit balances up to and with this one in the population of monetary units; `unit`: the first
    unit selected in it, counted from its beginning; `hits`: how many are; `draw`: the customer's random number.
    """

    candidate: Candidate
    reason: Reason | None
    cumulative: Decimal | None
    unit: Decimal | None
    hits: int
    draw: str


@dataclass(frozen=True)
class Sample:
    """All candidates of a currency by customer, with the interval, start and size of the monetary-unit population."""

    choices: tuple[Choice, ...]
    interval: Decimal | None
    start: Decimal | None
    population: Decimal

    @property
    def chosen(self) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice.reason is not None)

    @property
    def debit(self) -> Decimal:
        """All debit balances."""
        return debit_of(self.choices)

    @property
    def chosen_debit(self) -> Decimal:
        return debit_of(self.chosen)


def debit_of(choices: Sequence[Choice]) -> Decimal:
    """The debit balances among them; what is in credit covers nothing."""
    return sum((c.candidate.balance for c in choices if c.candidate.balance > 0), ZERO)


def drawn(*words: str) -> str:
    """The SHA-256 digest, in hexadecimal, of the words joined by "|" (UTF-8)."""
    return hashlib.sha256("|".join(words).encode()).hexdigest()


def sample(currency: str, candidates: Sequence[Candidate], wish: Wish) -> Sample:
    """The sample of one currency; the order of the candidates does not matter."""
    ordered = sorted(candidates, key=lambda c: c.customer_id)
    by_value: Reason = "coverage" if wish.over is None else "over"
    reasons: dict[str, Reason] = dict.fromkeys(largest(ordered, wish), by_value)
    if wish.related:
        for candidate in ordered:
            if candidate.related:
                reasons.setdefault(candidate.customer_id, "related")
    left = [c for c in ordered if c.balance > 0 and c.customer_id not in reasons]
    units = monetary_units(currency, left, wish)
    reasons |= dict.fromkeys(units.hits, "unit")
    draws = {c.customer_id: drawn(wish.seed, currency, c.customer_id) for c in ordered}
    rest = sorted((c.customer_id for c in ordered if c.customer_id not in reasons), key=lambda key: (draws[key], key))
    reasons |= dict.fromkeys(rest[: wish.random], "random")
    choices = tuple(
        Choice(
            c,
            reasons.get(c.customer_id),
            units.cumulative.get(c.customer_id),
            units.hits.get(c.customer_id, (None, 0))[0],
            units.hits.get(c.customer_id, (None, 0))[1],
            draws[c.customer_id],
        )
        for c in ordered
    )
    return Sample(choices, units.interval, units.start, sum((c.balance for c in left), ZERO))


def largest(candidates: Sequence[Candidate], wish: Wish) -> list[str]:
    """Customers chosen by value. Of equal balances the customer that sorts first goes first."""
    debit = sorted((c for c in candidates if c.balance > 0), key=lambda c: (-c.balance, c.customer_id))
    if wish.over is not None:
        return [c.customer_id for c in candidates if abs(c.balance) >= wish.over]
    wanted = sum((c.balance for c in debit), ZERO) * wish.coverage
    found, so_far = [], ZERO
    for candidate in debit:
        if so_far >= wanted:
            break
        found.append(candidate.customer_id)
        so_far += candidate.balance
    return found


@dataclass(frozen=True)
class Units:
    """`hits`: customer → its first selected unit and how many of its units are selected."""

    cumulative: dict[str, Decimal]
    hits: dict[str, tuple[Decimal, int]]
    interval: Decimal | None = None
    start: Decimal | None = None


def monetary_units(currency: str, population: Sequence[Candidate], wish: Wish) -> Units:
    """Every interval-th monetary unit from a random start, along the customers as they sort.

    The unit is the currency's smallest (a cent). Interval = population ÷ monetary units wanted, rounded up to a unit;
    start = 1 + SHA-256("seed|currency") mod interval. Each unit of the population is selected by exactly one start.
    """
    digits = _digits(currency, population)
    sizes = [int(c.balance.scaleb(digits)) for c in population]
    total = sum(sizes)
    cumulative, so_far = {}, 0
    for candidate, size in zip(population, sizes, strict=True):
        so_far += size
        cumulative[candidate.customer_id] = _amount(so_far, digits)
    if not total or not wish.monetary_units:
        return Units(cumulative, {})
    interval = -(-total // wish.monetary_units)
    start = 1 + int(drawn(wish.seed, currency), 16) % interval
    hits: dict[str, tuple[Decimal, int]] = {}
    before = 0
    for candidate, size in zip(population, sizes, strict=True):
        first = (
            start + max(0, -(-(before + 1 - start) // interval)) * interval
        )  # the first selected unit after `before`
        if first <= before + size:
            hits[candidate.customer_id] = (_amount(first, digits), 1 + (before + size - first) // interval)
        before += size
    return Units(cumulative, hits, _amount(interval, digits), _amount(start, digits))


def _digits(currency: str, population: Sequence[Candidate]) -> int:
    """Decimals of the smallest unit that every balance is a whole number of."""
    kept = money.decimals(currency)
    if all(c.balance == money.rounded(c.balance, kept) for c in population):
        return kept
    return money.STORED_DECIMALS


def _amount(units: int, digits: int) -> Decimal:
    return Decimal(units).scaleb(-digits)
