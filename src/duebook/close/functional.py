"""A ledger in its functional currency: what is open at the closing rate, as booked, and the differences between.

The rule of rounding: what a customer owes in one currency and account is translated once, at the closing rate, and
rounded to the functional currency's minor unit; its parts (buckets, disputed, unapplied) are translated by running
sums, so that they add up to it; every total is a sum of customers. Booked values are kept by document: the booked
amount that the export gives, in proportion to what is open, else at the rate of the document's day. Both sides of a
difference are rounded as the ledger books them, as `receivables.revaluation` does.

Plain arithmetic on plain values; `functional_figures` reads them from the engine, `functional_rows` shows them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from duebook.close.figures import ZERO, Balance
from duebook.core.money import decimals, rounded
from duebook.ledger.rates import Quote

ACCOUNTS = ("receivable", "bill", "contract_asset")
"""The accounts that are translated."""
ONE = Decimal(1)
MARK = " Σ"
"""Behind a currency's code: all currencies together in it. Lookups in a sheet take it for no wildcard."""


@dataclass(frozen=True)
class Booked:
    """At what a document stands in the books: `value` for an `amount` of its currency, both without sign."""

    value: Decimal
    amount: Decimal

    def of(self, open_amount: Decimal, digits: int) -> Decimal:
        """The booked value of what is open. As settling uses it up, the values of the parts add up to the whole."""
        if not self.amount:
            return ZERO
        with localcontext(prec=60):
            return rounded(open_amount * self.value / self.amount, digits)


@dataclass(frozen=True)
class FxLine:
    """One customer in one currency and account; sums of such lines are lines too.

    functional = booked + unrealized + not_revalued. closing booked = opening + documents + settled + realized.
    Blank (None) where a booked value is not known.
    """

    currency: str
    account: str
    customer_id: str
    balance: Decimal
    functional: Decimal
    booked: Decimal | None
    not_revalued: Decimal | None
    """Of advances received: at the closing rate less as booked. They are settled in goods, and stay as booked."""
    opening: Decimal | None
    documents: Decimal | None
    """Booked since the opening: what new documents brought, payments among them."""
    settled: Decimal | None
    """Booked since: what was settled on its own line, at the rate of that day; negative."""
    realized: Decimal | None

    @property
    def unrealized(self) -> Decimal | None:
        if self.booked is None or self.not_revalued is None:
            return None
        return self.functional - self.booked - self.not_revalued

    @property
    def carried(self) -> Decimal:
        """What the books hold once the unrealized difference is booked; at the closing rate where nothing is booked."""
        return self.functional - (self.not_revalued or ZERO)


AMOUNTS = ("balance", "functional")
KNOWN = ("booked", "not_revalued", "opening", "documents", "settled", "realized")


@dataclass(frozen=True)
class Functional:
    """Everything in the functional currency.

    `balances`: one per customer and currency, amounts translated; `customers`: one per customer over all currencies.
    `entries`: exchange differences that the export itself has booked. `since`: the day before realized ones count.
    """

    currency: str
    closing: Mapping[str, Quote]
    balances: tuple[Balance, ...]
    customers: tuple[Balance, ...]
    lines: tuple[FxLine, ...]
    allowances: Mapping[str, Decimal | None]
    left_out: Decimal
    """Rows of the export that are in no balance, at the closing rate."""
    entries: Decimal
    since: date
    shares: Mapping[str, Decimal | None] = field(default_factory=dict)
    """top_1, top_5, top_10 and hhi of the groups' balances."""

    @property
    def label(self) -> str:
        """How "all currencies in this one" is called where a currency is chosen."""
        return self.currency + MARK

    @property
    def foreign(self) -> bool:
        """Whether anything had to be translated."""
        return bool(self.closing)

    def rate(self, currency: str) -> Decimal:
        return ONE if currency == self.currency else self.closing[currency].rate

    def translated(self, amount: Decimal, currency: str) -> Decimal:
        """An amount of any currency of the close, at the closing rate."""
        return translated(amount, self.rate(currency), decimals(self.currency))

    def by_account(self) -> list[FxLine]:
        """One line per currency and account, sorted by code; the functional currency is among them."""
        return summed(self.lines, ("currency", "account"))

    def total(self, account: str) -> FxLine | None:
        """All currencies of an account together, in the functional currency; None where it holds nothing."""
        own = [line for line in self.lines if line.account == account]
        return replace(_sum(own), currency=self.currency, customer_id="", balance=ZERO) if own else None

    @property
    def allowance(self) -> Decimal | None:
        """All currencies together; None where one has none."""
        found = [amount for amount in self.allowances.values() if amount is not None]
        return sum(found, ZERO) if found and len(found) == len(self.allowances) else None


def translated(amount: Decimal, rate: Decimal, digits: int) -> Decimal:
    """`amount` at a rate, in the functional currency's minor units, rounded half away from zero."""
    with localcontext(prec=60):
        return rounded(amount * rate, digits)


def parts_translated(parts: Sequence[Decimal], rate: Decimal, digits: int) -> list[Decimal]:
    """Parts of an amount, translated so that they add up to the translated whole: the differences of running sums."""
    found, before, so_far = [], ZERO, ZERO
    for part in parts:
        so_far += part
        now = translated(so_far, rate, digits)
        found.append(now - before)
        before = now
    return found


def balance_translated(held: Balance, currency: str, rate: Decimal) -> Balance:
    """What a customer owes in one currency, in the functional one."""
    digits = decimals(currency)
    parts = parts_translated((*held.buckets, held.disputed, held.excluded, held.unapplied), rate, digits)
    buckets = tuple(parts[:-3])
    plain: dict[str, Any] = {
        name: translated(getattr(held, name), rate, digits)
        for name in (
            "receivable", "disputed_open", "overdue", "retention", "advances", "bills", "acceptors", "contract_assets",
            "revalued",
        )
    }  # fmt: skip
    return replace(
        held,
        currency=currency,
        buckets=buckets,
        aged=sum(buckets, ZERO),
        disputed=parts[-3],
        excluded=parts[-2],
        unapplied=parts[-1],
        **plain,
    )


def customers_of(balances: Iterable[Balance]) -> list[Balance]:
    """One balance per customer over all its currencies (already translated), largest first."""
    held: dict[str, list[Balance]] = defaultdict(list)
    for balance in balances:
        held[balance.customer_id].append(balance)
    found = [_together(own) for own in held.values()]
    return sorted(found, key=lambda b: (-b.balance, b.customer_id))


def _together(own: Sequence[Balance]) -> Balance:
    first = own[0]
    sums: dict[str, Any] = {
        name: sum((getattr(b, name) for b in own), ZERO)
        for name in (
            "aged", "disputed", "excluded", "unapplied", "receivable", "disputed_open", "overdue", "retention",
            "advances", "bills", "acceptors", "contract_assets", "revalued",
        )
    }  # fmt: skip
    return replace(
        first,
        customer_name=next((b.customer_name for b in own if b.customer_name), None),
        parent_id=next((b.parent_id for b in own if b.parent_id), None),
        sales_unit=next((b.sales_unit for b in own if b.sales_unit), None),
        relation=next((b.relation for b in own if b.relation), None),
        buckets=tuple(sum(amounts, ZERO) for amounts in zip(*(b.buckets for b in own), strict=True)),
        oldest_days=max(b.oldest_days for b in own),
        items=sum(b.items for b in own),
        **sums,
    )


def summed(lines: Iterable[FxLine], by: Sequence[str]) -> list[FxLine]:
    """Lines added up by some of currency, account and customer_id, sorted by these (accounts in their own order)."""
    held: dict[tuple[str, ...], list[FxLine]] = defaultdict(list)
    for line in lines:
        held[tuple(getattr(line, name) for name in by)].append(line)
    blank: dict[str, Any] = {name: "" for name in ("currency", "account", "customer_id") if name not in by}
    ranked = {name: place for place, name in enumerate(ACCOUNTS)}

    def order(key: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ranked.get(word, word)) for word in key)

    return [replace(_sum(held[key]), **blank) for key in sorted(held, key=order)]


def _sum(own: Sequence[FxLine]) -> FxLine:
    """The sum of lines; what is not known of one is not known of all."""
    known: dict[str, Any] = {}
    for name in KNOWN:
        amounts = [getattr(line, name) for line in own]
        known[name] = None if any(amount is None for amount in amounts) else sum(amounts, ZERO)
    sums: dict[str, Any] = {name: sum((getattr(line, name) for line in own), ZERO) for name in AMOUNTS}
    return replace(own[0], **sums, **known)
