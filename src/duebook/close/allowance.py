"""The allowance of a close: specific items (单项), pools (组合) with their rates, and its movement since the last.

Plain arithmetic on plain values; `assessed` reads them from the engine, `allowance_rows` shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duebook.core.money import rounded
from duebook.receivables.provision import provision_by_bucket

ZERO = Decimal(0)
ACCOUNTS = ("receivable", "bill", "contract_asset")
"""The accounts that bear an allowance, each with one of its own in the books."""
PARTS = ("specific", "pool")
ACCOUNT_OF = {
    "retention": "receivable",
    "bank_acceptance": "bill",
    "commercial_acceptance": "bill",
    "dishonored_bill": "bill",
    "contract_asset": "contract_asset",
}
"""The account in which each pool that is not aged stands."""


@dataclass(frozen=True)
class Matrix:
    """A pool of aged receivables, specific items left out: amounts by bucket, first bucket first.

    `relation` is "" for the general pool, else the class of customers that has rates of its own. `rates` is None where
    the policy has none. `covered` is what credit insurance takes over, 0 unless the policy counts it.
    """

    relation: str
    base: tuple[Decimal, ...]
    rates: tuple[Decimal, ...] | None
    covered: tuple[Decimal, ...]
    digits: int

    @property
    def allowance(self) -> tuple[Decimal, ...] | None:
        """By bucket, rounded; a negative bucket needs none, and no rate takes more than the balance."""
        if self.rates is None:
            return None
        return provision_by_bucket(self.base, self.rates, self.digits, self.covered)


@dataclass(frozen=True)
class AccountPool:
    """A pool that is not aged, with one rate: retention before its release, bills by kind, contract assets."""

    name: str
    balance: Decimal
    rate: Decimal
    digits: int

    @property
    def account(self) -> str:
        return ACCOUNT_OF[self.name]

    @property
    def allowance(self) -> Decimal:
        return rounded(max(self.balance, ZERO) * self.rate, self.digits)


@dataclass(frozen=True)
class SpecificItem:
    """A document, or all that a customer owes in one account (`document_id` None), that is assessed by itself.

    `stated` is the allowance that the export gives, `rate` the share that it says is lost; where both are given, the
    amount counts. The allowance never exceeds the balance.
    """

    customer_id: str
    customer_name: str | None
    document_id: str | None
    account: str
    balance: Decimal
    stated: Decimal | None
    rate: Decimal | None
    digits: int

    @property
    def wanted(self) -> Decimal:
        """What the export asks for, before the balance caps it."""
        if self.stated is not None:
            return rounded(self.stated, self.digits)
        return rounded(max(self.balance, ZERO) * (self.rate or ZERO), self.digits)

    @property
    def allowance(self) -> Decimal:
        return min(self.wanted, max(self.balance, ZERO))

    @property
    def capped(self) -> bool:
        return self.wanted > self.allowance


@dataclass(frozen=True)
class Allowance:
    """One currency. `left_out`: what parties owe that the policy leaves out. `rates_from`: policy, roll, cohort."""

    currency: str
    matrices: tuple[Matrix, ...]
    pools: tuple[AccountPool, ...] = ()
    specific: tuple[SpecificItem, ...] = ()
    left_out: Decimal = ZERO
    rates_from: str = "policy"

    @property
    def known(self) -> bool:
        """Whether every pool has rates, so that there is an allowance at all."""
        return all(matrix.rates is not None for matrix in self.matrices)

    def required(self, account: str, part: str) -> Decimal:
        """The allowance of one of `ACCOUNTS`, for specific items or pools; a pool without rates counts nothing."""
        if part == "specific":
            return sum((item.allowance for item in self.specific if item.account == account), ZERO)
        pooled = sum((pool.allowance for pool in self.pools if pool.account == account), ZERO)
        if account == "receivable":
            pooled += sum((sum(matrix.allowance or (), ZERO) for matrix in self.matrices), ZERO)
        return pooled

    def total(self, account: str) -> Decimal | None:
        """Both parts; None where the policy has no rates."""
        if not self.known:
            return None
        return self.required(account, "specific") + self.required(account, "pool")


def covered_by_bucket(eligible: Sequence[Decimal], insured_limit: Decimal, cover: Decimal) -> list[Decimal]:
    """What an insurer takes over of one customer's buckets: its limit is used by the oldest debts first.

    `eligible` leaves disputed amounts out. Not rounded: the loss is, once for the bucket.
    """
    left = insured_limit
    found = [ZERO] * len(eligible)
    for place in reversed(range(len(eligible))):
        used = min(max(eligible[place], ZERO), left)
        left -= used
        found[place] = used * cover
    return found


@dataclass(frozen=True)
class Assessed:
    """What is assessed by itself: (currency, customer) as a whole, (currency, customer, document) alone."""

    customers: frozenset[tuple[str, str]] = frozenset()
    documents: frozenset[tuple[str, str, str]] = frozenset()

    def holds(self, currency: str, customer: str, document: str | None) -> bool:
        return (currency, customer) in self.customers or (currency, customer, document or "") in self.documents

    def __or__(self, other: Assessed) -> Assessed:
        return Assessed(self.customers | other.customers, self.documents | other.documents)


def assessed_in(provisions: Sequence[Allowance]) -> Assessed:
    """The specific items of several currencies."""
    items = [(own.currency, item) for own in provisions for item in own.specific]
    return Assessed(
        frozenset((currency, item.customer_id) for currency, item in items if item.document_id is None),
        frozenset((currency, item.customer_id, item.document_id) for currency, item in items if item.document_id),
    )


@dataclass(frozen=True)
class Flow:
    """What was written off and recovered in a period, both positive."""

    write_offs: Decimal = ZERO
    recoveries: Decimal = ZERO


Key = tuple[str, str, str]
"""Currency, account, part."""


@dataclass(frozen=True)
class Movement:
    """opening + charge − reversal − write-offs + recoveries + fx = closing. Every figure but `fx` is 0 or more.

    `opening` is None where no earlier close is known; then nothing but `closing` is.
    """

    currency: str
    account: str
    part: str
    opening: Decimal | None
    write_offs: Decimal
    recoveries: Decimal
    fx: Decimal
    closing: Decimal

    @property
    def change(self) -> Decimal | None:
        """What must be booked: a charge, or below zero a reversal."""
        if self.opening is None:
            return None
        return self.closing - (self.opening - self.write_offs + self.recoveries + self.fx)

    @property
    def charge(self) -> Decimal | None:
        return None if self.change is None else max(self.change, ZERO)

    @property
    def reversal(self) -> Decimal | None:
        return None if self.change is None else max(-self.change, ZERO)


def movements(
    closing: Mapping[Key, Decimal], opening: Mapping[Key, Decimal] | None, flows: Mapping[Key, Flow]
) -> list[Movement]:
    """One line for each currency, account and part that has anything; sorted. `opening` None: no earlier close."""
    keys = {key for key, amount in {**(opening or {}), **closing}.items() if amount} | set(closing)
    keys |= set(flows)
    order = {name: place for place, name in enumerate((*ACCOUNTS, *PARTS))}
    found = []
    for currency, account, part in sorted(keys, key=lambda key: (key[0], order[key[1]], order[key[2]])):
        key = (currency, account, part)
        flow = flows.get(key, Flow()) if opening is not None else Flow()
        line = Movement(
            currency=currency,
            account=account,
            part=part,
            opening=None if opening is None else opening.get(key, ZERO),
            write_offs=flow.write_offs,
            recoveries=flow.recoveries,
            fx=ZERO,
            closing=closing.get(key, ZERO),
        )
        if line.opening or line.closing or line.write_offs or line.recoveries:
            found.append(line)
    return found


def translated(line: Movement, currency: str, before: Decimal, now: Decimal, digits: int) -> Movement:
    """The line in another currency: opening at the rate `before`, all else at the rate `now`.

    The opening's own change is the exchange difference, so that what was charged is what must be booked now.
    """
    opening = None if line.opening is None else rounded(line.opening * before, digits)
    at_now = None if line.opening is None else rounded(line.opening * now, digits)
    return Movement(
        currency=currency,
        account=line.account,
        part=line.part,
        opening=opening,
        write_offs=rounded(line.write_offs * now, digits),
        recoveries=rounded(line.recoveries * now, digits),
        fx=ZERO if opening is None or at_now is None else at_now - opening,
        closing=rounded(line.closing * now, digits),
    )
