"""The aged balance: customer by bucket, credits apart, one block per currency. It always ties: see `Balance.total`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from itertools import groupby
from typing import Annotated

from duebook.core.arguments import Column, Currency, Day, Money, Text
from duebook.core.cells import Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import exact
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.closing import UNAPPLIED, AgingScheme
from duebook.receivables.aging import (
    BASIS_OF_SCHEME,
    DAY_ZERO_NOT_DUE,
    SchemeName,
    bucket_number,
    labels,
    scheme_in_use,
)

ZERO = Decimal(0)
PRECISION = 60
"""Digits of the sums: amounts have at most 15 each, so no sum of a worksheet's cents is ever rounded."""
TOTAL = Label("Total", "合计")
CUSTOMER = Field("Customer", "客户", "text")
CURRENCY = Field("Currency", "币种", "text")
UNAPPLIED_COLUMN = Field("Unapplied", "未核销", "money")
TOTAL_COLUMN = Field("Total", "合计", "money")
_DAYS = (date(2026, 11, 30), date(2026, 10, 1), date(2026, 8, 1), date(2026, 9, 15))


@dataclass
class Balance:
    """What one customer owes in one currency: by bucket, and what is unapplied (zero or negative)."""

    buckets: list[Decimal]
    unapplied: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Buckets + unapplied: exactly the sum of the customer's amounts."""
        return sum(self.buckets, self.unapplied)

    def add(self, other: Balance) -> None:
        self.buckets = [mine + its for mine, its in zip(self.buckets, other.buckets, strict=True)]
        self.unapplied += other.unapplied

    def fold(self) -> None:
        """Sets what is unapplied against the oldest bucket first; what no bucket takes stays unapplied."""
        for place in reversed(range(len(self.buckets))):
            met = min(-self.unapplied, self.buckets[place])
            self.buckets[place] -= met
            self.unapplied += met


@worksheet(
    "AGING",
    group="receivables",
    help="Aged balance: open amounts by customer and aging bucket, with totals; one block per currency, never summed "
    "across; credits in a column of their own.",
    zh="账龄表：按客户和账龄段汇总未结金额并合计；每种货币一块，绝不跨币种相加；贷方金额单列。",
    result=Spill(
        (CUSTOMER, CURRENCY, Field("Each bucket", "各账龄段", "money"), UNAPPLIED_COLUMN, TOTAL_COLUMN),
        help="One row per customer and then the total, for each currency. A column for each bucket of the scheme; the "
        "currency column only where currencies are given.",
        zh="每种货币先列各客户，再列合计。方案的每段一列；给出币种时才有币种列。",
    ),
    source="Duebook's aging rule; the same that the month-end close runs",
    examples=[
        Example((["A", "A", "B", "B"], list(_DAYS), [100, 50, 70, -20], date(2026, 10, 31)), 200.0, at=(4, 9)),
    ],
    conventions=[
        DAY_ZERO_NOT_DUE,
        BASIS_OF_SCHEME,
        Label(
            "Buckets + Unapplied = Total, for each customer and currency, to the cent.",
            "每个客户、每种货币：各段 + 未核销 = 合计，分毫不差。",
        ),
        Label(
            "Negative amounts (credit notes, advances, unapplied cash) go to Unapplied; fold sets them against the "
            "oldest items, age ages them by their own date.",
            "负数金额（红字单据、预收、未核销收款）列入“未核销”；fold 冲抵最早款项，age 按自身日期计龄。",
        ),
    ],
    errors={"policy.unknown_scheme": "#VALUE!"},
)
def aging(
    customer: Annotated[
        Sequence[str], Column("Customer of each open item.", "每笔未结款项的客户。", of=Text(), rows="items")
    ],
    date: Annotated[
        Sequence[date],
        Column(
            "Due date or invoice date of each item, as the scheme ages by.",
            "到期日或开票日期，视方案而定。",
            of=Day(),
            rows="items",
        ),
    ],
    amount: Annotated[
        Sequence[Decimal],
        Column("Open amount of each item; credits negative.", "每笔未结金额，贷方为负。", of=Money(), rows="items"),
    ],
    as_of: AsOf,
    scheme: SchemeName = "",
    currency: Annotated[
        Sequence[str] | None,
        Column(
            "Currency of each item. Blank: all are in one currency.",
            "每笔的币种；留空表示同一币种。",
            of=Currency(),
            rows="items",
        ),
    ] = None,
    unapplied: Annotated[
        str,
        Text(
            "Where negative amounts go: separate (own column), fold (against the oldest items) or age (by their own "
            "date). Default: the policy's, separate.",
            "负数金额的处理：separate（单列）、fold（冲抵最早款项）或 age（按自身日期）；默认按政策，即单列。",
            choices=UNAPPLIED,
            zh_choices=("单列", "冲抵", "计龄"),
        ),
    ] = "",
    policy: PolicyArgument = None,
) -> Table:
    """Customers in order of their text; amounts are summed exactly, in whatever currency they are. See `balances`.

    DuebookError (#VALUE!) names the known schemes where `scheme` is none of them.
    """
    rule = scheme_in_use(policy, scheme, as_of)
    treatment = unapplied or in_use(policy).close(as_of).unapplied
    note(f"aging.unapplied_{treatment}")
    later = sum(day > as_of for day in date)
    if later and not rule.has_not_due:
        note("aging.after_as_of", items=later, as_of=as_of.isoformat())
    currencies = currency if currency is not None else [""] * len(customer)
    items = zip(customer, currencies, date, map(exact, amount), strict=True)
    with localcontext(prec=PRECISION):
        rows = _rows(balances(items, as_of, rule, treatment), rule)
    figures = [*labels(rule), UNAPPLIED_COLUMN.label, TOTAL_COLUMN.label]
    if currency is None:
        return Table([CUSTOMER.label, *figures], [[name, *rest] for name, _, *rest in rows])
    return Table([CUSTOMER.label, CURRENCY.label, *figures], rows)


def balances(
    items: Iterable[tuple[str, str, date, Decimal]], as_of: date, scheme: AgingScheme, unapplied: str
) -> dict[tuple[str, str], Balance]:
    """(currency, customer) → balance, in that order. `items`: customer, currency, date, open amount.

    `unapplied` is one of `policy.closing.UNAPPLIED`. Call it where decimals have digits enough for exact sums.
    """
    bucket = cache(lambda day: bucket_number(scheme, day, as_of) - 1)
    found: dict[tuple[str, str], Balance] = {}
    for customer, currency, day, amount in items:
        balance = found.get((currency, customer))
        if balance is None:
            balance = found[currency, customer] = Balance([ZERO] * scheme.buckets)
        if amount < 0 and unapplied != "age":
            balance.unapplied += amount
        else:
            balance.buckets[bucket(day)] += amount
    if unapplied == "fold":
        for balance in found.values():
            balance.fold()
    return dict(sorted(found.items()))


def _rows(held: Mapping[tuple[str, str], Balance], scheme: AgingScheme) -> list[list[object]]:
    """Customer, currency, buckets, unapplied, total; after the customers of a currency their total."""
    rows: list[list[object]] = []
    for currency, customers in groupby(held.items(), key=lambda entry: entry[0][0]):
        total = Balance([ZERO] * scheme.buckets)
        for (_, customer), balance in customers:
            rows.append([customer, currency, *balance.buckets, balance.unapplied, balance.total])
            total.add(balance)
        rows.append([TOTAL, currency, *total.buckets, total.unapplied, total.total])
    return rows
