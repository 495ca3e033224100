"""Loss rates from own earlier closes, a proposal beside the policy's: by roll rate (迁徙率) and by cohort (批次).

The formulas are those of ROLL_RATES and LOSS_RATES. Roll rates need the buckets that every seal holds; cohorts follow
each invoice through the sealed detail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

from duebook.close import detail, seal
from duebook.close.allowance import ZERO
from duebook.close.assessed import Basis
from duebook.close.figures import Balance
from duebook.close.open_items import day, statements
from duebook.close.own_rates import OwnRates, Rates, rolled, staged
from duebook.close.written_off import by_bucket
from duebook.core.dates import months_later
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.policy.closing import AgingScheme
from duebook.receivables.aging import bucket_sql

NEEDED = 3
"""Earlier closes below which no average of periods is worth the name."""
SLACK = 3
"""Days by which a month between two closes may differ from a bucket's width."""


@dataclass(frozen=True)
class Earlier:
    """An earlier close of one's own: what stood in each bucket, by currency."""

    folder: Path
    as_of: date
    buckets: Mapping[str, tuple[Decimal, ...]]


def read(folders: Sequence[Path], basis: Basis, disputed: str, unapplied: str) -> list[Earlier]:
    """The earlier closes, oldest first. DuebookError where they are too few, or not of one basis with this close."""
    if 0 < len(folders) < NEEDED:
        raise DuebookError("allowance.history_short", count=len(folders), needed=NEEDED)
    found = []
    for folder in folders:
        content = seal.read(folder)
        try:
            rules, as_of = content["policy"], date.fromisoformat(content["as_of"])
            buckets = {
                currency: tuple(max(Decimal(amount), ZERO) for amount in amounts)
                for currency, amounts in content["buckets"].items()
            }
            then = (rules["scheme"], rules["disputed"], rules["unapplied"])
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise DuebookError("close.previous_unreadable", path=folder.name) from error
        now = (basis.scheme.name, disputed, unapplied)
        if then != now or any(len(amounts) != basis.scheme.buckets for amounts in buckets.values()):
            facts = {"path": folder.name, "then": ", ".join(map(str, then)), "now": ", ".join(now)}
            raise DuebookError("allowance.history_basis", **facts)
        if as_of >= basis.as_of:
            raise DuebookError("allowance.history_late", path=folder.name, then=as_of, now=basis.as_of)
        found.append(Earlier(folder, as_of, buckets))
    found.sort(key=lambda earlier: earlier.as_of)
    for before, after in pairwise(found):
        if before.as_of == after.as_of:
            raise DuebookError("allowance.history_twice", path=after.folder.name, other=before.folder.name)
    return found


def proposals(
    engine: Engine, earlier: Sequence[Earlier], held: Sequence[Balance], basis: Basis
) -> tuple[OwnRates, ...]:
    """By currency, from the earlier closes and this one, whose balances are `held`; none without earlier closes."""
    if not earlier:
        return ()
    now = _buckets(held, basis.scheme)
    currencies = sorted({*now, *(currency for close in earlier for currency in close.buckets)})
    uneven = _uneven(basis.scheme, [*(close.as_of for close in earlier), basis.as_of])
    flows, opened = _cohorts(engine, earlier, basis)
    empty = (ZERO,) * basis.scheme.buckets
    last = basis.tables.rules(basis.as_of).last_bucket_loss
    gone = by_bucket(engine, basis.scheme, [*(close.as_of for close in earlier), basis.as_of])
    found = []
    for currency in currencies:
        rows = [*(close.buckets.get(currency, empty) for close in earlier), now.get(currency, empty)]
        written = [
            [step.get((currency, bucket), ZERO) for bucket in range(1, basis.scheme.buckets + 1)] for step in gone
        ]
        none = [ZERO] * basis.scheme.buckets
        found.append(
            OwnRates(
                currency=currency,
                roll=uneven or rolled(rows, [none, *written], last),
                cohort=opened or staged(flows.get(currency, [])),
                closes=len(rows),
                cohorts=len(flows.get(currency, [])),
                written_off=sum((sum(row, ZERO) for row in written), ZERO),
            )
        )
    return tuple(found)


def chosen(basis: Basis, own: Sequence[OwnRates], held: Sequence[Balance]) -> Basis:
    """The basis with the rates that the policy takes: its own, or those of earlier closes.

    DuebookError where the policy takes rates of earlier closes and a currency that is owed in has none: the policy's
    own never stand in unasked.
    """
    if basis.rates_from == "policy":
        return basis
    if not own:
        raise DuebookError("allowance.history_missing", method=basis.rates_from, needed=NEEDED)
    owed = {currency for currency, amounts in _buckets(held, basis.scheme).items() if any(amounts)}
    rates = {}
    for proposal in own:
        found: Rates = proposal.roll if basis.rates_from == "roll" else proposal.cohort
        if found.rates is not None:
            rates[proposal.currency] = found.rates
        elif proposal.currency in owed:
            raise DuebookError(
                "allowance.no_rates", method=basis.rates_from, currency=proposal.currency, reason=found.said
            )
    return replace(basis, own_rates=rates)


def _buckets(held: Sequence[Balance], scheme: AgingScheme) -> dict[str, tuple[Decimal, ...]]:
    """What stands in each bucket, by currency; never below zero."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * scheme.buckets)
    for balance in held:
        sums[balance.currency] = [a + b for a, b in zip(sums[balance.currency], balance.buckets, strict=True)]
    return {currency: tuple(max(amount, ZERO) for amount in amounts) for currency, amounts in sums.items()}


def _uneven(scheme: AgingScheme, days: Sequence[date]) -> Rates | None:
    """Why there are no roll rates: a bucket must be as wide as closes lie apart, so that what is left rolls on."""
    widths = {upper - lower for lower, upper in pairwise((0, *scheme.upper))}
    if len(widths) > 1:
        return Rates(None, reason="allowance.buckets_uneven")
    (width,) = widths
    for before, after in pairwise(days):
        if scheme.unit == "days":
            off = (after - before).days - width
        else:
            off = (after - months_later(before, width * (12 if scheme.unit == "fiscal_years" else 1))).days
        if abs(off) > SLACK:
            facts = {"before": before, "after": after}
            return Rates(None, reason="allowance.closes_uneven", facts=facts)
    return None


def _cohorts(
    engine: Engine, earlier: Sequence[Earlier], basis: Basis
) -> tuple[dict[str, list[list[Decimal]]], Rates | None]:
    """By currency the flows of all months of origin that have run their course, or why there are none.

    A month is known from its start if its first close is among the earlier ones; it has run its course when nothing of
    it could be open but in the last bucket, which counts as lost, with what was written off.
    """
    if not earlier:
        return {}, Rates(None, reason="allowance.no_cohort")
    try:
        sealed = [detail.opened(close.folder, engine, f"h{n}").views for n, close in enumerate(earlier)]
    except DuebookError as fault:
        return {}, Rates(None, reason=fault.key, facts=fault.facts)
    views = [
        *((own["documents"], own["items"], own["allocations"]) for own in sealed),
        ("doc", "items", "link"),
    ]
    key = "customer_id, document_id, currency, date_trunc('month', document_date) AS origin"
    last = basis.scheme.buckets
    rows = engine.rows(
        statements(
            "cohorts",
            sold=" UNION ALL ".join(
                f"SELECT {key}, coalesce({basis.scheme.basis}, document_date) AS aged_from, amount FROM {documents} "
                f"WHERE {_SOLD}"
                for documents, _, _ in views
            ),
            seen=" UNION ALL ".join(
                f"SELECT {key}, bucket, sum(open) AS open FROM {items} WHERE receivable GROUP BY ALL"
                for _, items, _ in views
            ),
            lost=" UNION ALL ".join(
                "SELECT t.customer_id, t.document_id, t.currency, date_trunc('month', t.document_date) AS origin, "
                f"sum(l.amount) AS amount FROM {links} AS l INNER JOIN {documents} AS t ON l.target = t.no "
                f"INNER JOIN {documents} AS s ON l.source = s.no WHERE s.kind = 'write_off' "
                f"AND (l.effective IS NULL OR l.effective <= {day(basis.as_of)}) GROUP BY ALL"
                for documents, _, links in views
            ),
            first=day(earlier[0].as_of.replace(day=1)),
            last=str(last),
            bucket=bucket_sql(basis.scheme, "aged_from", basis.as_of),
        )
    )
    flows: dict[tuple[str, date], list[Decimal]] = defaultdict(lambda: [ZERO] * (last + 1))
    for currency, origin, number, amount in rows:
        flows[currency, origin][number - 1] = amount
    found: dict[str, list[list[Decimal]]] = defaultdict(list)
    for (currency, _), flow in sorted(flows.items()):
        found[currency].append(flow)
    return found, None


_SOLD = "kind IN ('invoice', 'retention')"
"""What starts a cohort. The sealed detail does not tell what a retention is taken from."""
