"""The figures of a close: per currency, per customer, per bucket. Plain values, ready for a sheet, a file or a test."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from duebook.close import assessed, open_items
from duebook.close.allowance import Allowance
from duebook.close.assessed import Basis
from duebook.close.options import Period
from duebook.core.dates import months_later
from duebook.core.engine import Engine
from duebook.policy.closing import AgingScheme
from duebook.portfolio import concentration
from duebook.receivables import dso as days_sales

ZERO = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """What one customer owes in one currency. balance = aged + disputed + unapplied (unapplied is negative)."""

    customer_id: str
    customer_name: str | None
    parent_id: str | None
    sales_unit: str | None
    currency: str
    buckets: tuple[Decimal, ...]
    aged: Decimal
    disputed: Decimal
    excluded: Decimal
    unapplied: Decimal
    receivable: Decimal
    disputed_open: Decimal
    overdue: Decimal
    oldest_days: int
    items: int
    retention: Decimal = ZERO
    """Of the receivables: retention money, released or not."""
    advances: Decimal = ZERO
    bills: Decimal = ZERO
    contract_assets: Decimal = ZERO
    revalued: Decimal = ZERO
    """Exchange differences booked in the export, which no bucket holds."""
    relation: str | None = None
    acceptors: Decimal = ZERO
    """Of the bills: acceptances of banks that the policy counts as the bank's exposure, not the customer's."""

    @property
    def exposure(self) -> Decimal:
        """What can be lost: receivables, bills that may come back, and work that is not yet billable."""
        return self.receivable + self.bills - self.acceptors + self.contract_assets

    @property
    def balance(self) -> Decimal:
        return self.aged + self.disputed + self.unapplied

    @property
    def group(self) -> str:
        return self.parent_id or self.customer_id


@dataclass(frozen=True)
class SalesFigures:
    """DSO and its relatives over `period`; blank where sales or history are missing. Receivables here are all open
    invoices, disputed ones included, credits left out; of the customers that the policy counts."""

    period: Period
    sales: Decimal
    opening: Decimal
    closing: Decimal
    current: Decimal
    dso: Decimal | None
    dso_average: Decimal | None
    dso_best: Decimal | None
    countback: days_sales.Countback
    average_days_delinquent: Decimal | None
    collection_effectiveness: Decimal | None
    turnover: Decimal | None
    dso_with_bills: Decimal | None = None
    """DSO with the bills that stand for receivables still unpaid; blank where there are none."""


@dataclass(frozen=True)
class CurrencyFigures:
    currency: str
    items: int
    customers: int
    buckets: tuple[Decimal, ...]
    bucket_items: tuple[int, ...]
    aged: Decimal
    disputed: Decimal
    disputed_items: int
    excluded: Decimal
    excluded_items: int
    unapplied: Decimal
    overdue: Decimal
    provision: Allowance
    sales: SalesFigures
    top_1: Decimal | None
    top_5: Decimal | None
    top_10: Decimal | None
    hhi: Decimal | None
    bills: Decimal = ZERO
    contract_assets: Decimal = ZERO
    retention: Decimal = ZERO
    advances: Decimal = ZERO
    revalued: Decimal = ZERO
    revalued_items: int = 0

    @property
    def balance(self) -> Decimal:
        return self.aged + self.disputed + self.unapplied

    @property
    def allowance(self) -> Decimal | None:
        """Of the receivables, specific items and pools together; None where the policy has no rates."""
        return self.provision.total("receivable")


def balances(engine: Engine, scheme: AgingScheme, bank_acceptances: str = "customer") -> list[Balance]:
    """All balances, largest first within a currency; ties by customer. `bank_acceptances`: whose exposure they are."""
    acceptors = "accepted" if bank_acceptances == "acceptor" else "0"
    buckets = ", ".join(f"bucket_{n}" for n in range(1, scheme.buckets + 1))
    found = []
    for row in engine.rows(
        "SELECT customer_id, customer_name, parent_id, sales_unit, currency, aged, disputed, excluded, unapplied, "
        "receivable, disputed_open, overdue, oldest_days, items, retention, advances, bills, contract_assets, "
        f"revalued, relation, {acceptors}, {buckets} FROM balances "
        "ORDER BY currency, aged + disputed + unapplied DESC, customer_id"
    ):
        found.append(
            Balance(
                customer_id=row[0],
                customer_name=row[1],
                parent_id=row[2],
                sales_unit=row[3],
                currency=row[4],
                buckets=tuple(row[21:]),
                aged=row[5],
                disputed=row[6],
                excluded=row[7],
                unapplied=row[8],
                receivable=row[9],
                disputed_open=row[10],
                overdue=row[11],
                oldest_days=row[12],
                items=row[13],
                retention=row[14],
                advances=row[15],
                bills=row[16],
                contract_assets=row[17],
                revalued=row[18],
                relation=row[19],
                acceptors=row[20],
            )
        )
    return found


def by_currency(engine: Engine, held: Sequence[Balance], basis: Basis, period: Period) -> list[CurrencyFigures]:
    """Figures of each currency that has open items, sales in the period or a history; sorted by code."""
    scheme, as_of, left_out = basis.scheme, basis.as_of, basis.left_out("dso")
    opening = open_items.receivables_at(engine, period.first - timedelta(1), left_out)
    sales = open_items.sales_between(engine, period.first, period.last, left_out)
    months = open_items.monthly_sales(engine, as_of, left_out)
    current = open_items.not_late(engine, left_out)
    bucket_items: dict[str, dict[int, int]] = defaultdict(dict)
    for currency, bucket, count in engine.rows(
        "SELECT currency, bucket, count(*) FROM items WHERE aged <> 0 GROUP BY ALL ORDER BY ALL"
    ):
        bucket_items[currency][bucket] = count
    marks = {
        row[0]: row[1:]
        for row in engine.rows(
            "SELECT currency, count(*) FILTER (account = 'receivable'), "
            "sum(CASE WHEN disputed <> 0 THEN 1 ELSE 0 END), "
            "sum(CASE WHEN excluded <> 0 THEN 1 ELSE 0 END), "
            "sum(CASE WHEN account = 'revaluation' THEN 1 ELSE 0 END) FROM items GROUP BY currency"
        )
    }
    grouped: dict[str, list[Balance]] = defaultdict(list)
    for balance in held:
        grouped[balance.currency].append(balance)
    numbers = range(1, scheme.buckets + 1)
    currencies = sorted(set(grouped) | set(sales))
    provisions = assessed.allowances(engine, basis, currencies)
    found = []
    for currency in currencies:
        own = grouped.get(currency, [])
        items, disputed_items, excluded_items, revalued_items = marks.get(currency, (0, 0, 0, 0))
        counted = [b for b in own if b.relation not in left_out]
        groups = concentration.netted([b.balance for b in own], [b.group for b in own])
        found.append(
            CurrencyFigures(
                currency=currency,
                items=items,
                customers=sum(1 for b in own if b.items),
                buckets=tuple(sum((b.buckets[n - 1] for b in own), ZERO) for n in numbers),
                bucket_items=tuple(bucket_items[currency].get(n, 0) for n in numbers),
                aged=sum((b.aged for b in own), ZERO),
                disputed=sum((b.disputed for b in own), ZERO),
                disputed_items=disputed_items,
                excluded=sum((b.excluded for b in own), ZERO),
                excluded_items=excluded_items,
                unapplied=sum((b.unapplied for b in own), ZERO),
                overdue=sum((b.overdue for b in own), ZERO),
                bills=sum((b.bills for b in own), ZERO),
                contract_assets=sum((b.contract_assets for b in own), ZERO),
                retention=sum((b.retention for b in own), ZERO),
                advances=sum((b.advances for b in own), ZERO),
                revalued=sum((b.revalued for b in own), ZERO),
                revalued_items=revalued_items,
                provision=provisions[currency],
                sales=_sales_figures(
                    period,
                    as_of,
                    sales.get(currency, ZERO),
                    opening.get(currency, ZERO),
                    sum((b.receivable for b in counted), ZERO),
                    current.get(currency, ZERO),
                    months.get(currency, {}),
                    sum((b.bills for b in counted), ZERO),
                ),
                top_1=concentration.figure(concentration.top_share, groups, n=1),
                top_5=concentration.figure(concentration.top_share, groups, n=5),
                top_10=concentration.figure(concentration.top_share, groups, n=10),
                hhi=concentration.figure(concentration.hhi, groups),
            )
        )
    return found


def default_period(as_of: date, months: int) -> Period:
    """The `months` calendar months that end with the month of `as_of`, up to `as_of` itself."""
    return Period(months_later(as_of.replace(day=1), 1 - months), as_of)


def _sales_figures(
    period: Period,
    as_of: date,
    sales: Decimal,
    opening: Decimal,
    closing: Decimal,
    current: Decimal,
    months: Mapping[date, Decimal],
    bills: Decimal,
) -> SalesFigures:
    days = period.days
    figure = days_sales.figure
    sold = max(sales, ZERO)  # where a sales file nets credit notes, more may be credited than sold: no days of sales
    dso = figure(days_sales.dso, closing, sold, days)
    best = figure(days_sales.dso_best_possible, current, sold, days)
    return SalesFigures(
        period=period,
        sales=sales,
        opening=opening,
        closing=closing,
        current=current,
        dso=dso,
        dso_average=figure(days_sales.dso_average, opening, closing, sold, days),
        dso_best=best,
        countback=days_sales.countback(closing, *_months_back(as_of, months)),
        average_days_delinquent=None if dso is None or best is None else days_sales.average_days_delinquent(dso, best),
        collection_effectiveness=figure(days_sales.collection_effectiveness, opening, sales, closing, current, "whole"),
        turnover=figure(days_sales.receivables_turnover, sold, (opening + closing) / 2),
        dso_with_bills=figure(days_sales.dso, closing + bills, sold, days) if bills else None,
    )


def _months_back(as_of: date, months: Mapping[date, Decimal]) -> tuple[list[Decimal], list[int]]:
    """Sales and days of each month from that of `as_of` back to the first with sales; the first is cut at `as_of`."""
    sales, days = [], []
    month = as_of.replace(day=1)
    first = min(months, default=month)
    while month >= first:
        whole = calendar.monthrange(month.year, month.month)[1]
        days.append(as_of.day if (month.year, month.month) == (as_of.year, as_of.month) else whole)
        sales.append(months.get(month, ZERO))
        month = months_later(month, -1)
    return sales, days
