"""What was written off and recovered in a span of days, read from the movements and allocations of a ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from duebook.close.allowance import (
    ACCOUNTS,
    PARTS,
    ZERO,
    Allowance,
    Assessed,
    Flow,
    Key,
    Movement,
    assessed_in,
    movements,
)
from duebook.close.open_items import day
from duebook.close.result import Previous
from duebook.core.engine import Engine, quoted
from duebook.policy.closing import AgingScheme
from duebook.receivables.aging import bucket_sql

_ACCOUNTS = f"({', '.join(map(quoted, ACCOUNTS))})"


def movement(
    engine: Engine, provisions: Sequence[Allowance], previous: Previous | None, as_of: date
) -> tuple[Movement, ...]:
    """How the allowance moved since the close `previous`; a currency whose policy has no rates has none."""
    unknown = {own.currency for own in provisions if not own.known}
    closing = {
        (own.currency, account, part): own.required(account, part)
        for own in provisions
        for account in ACCOUNTS
        for part in PARTS
        if own.known
    }
    if previous is None or previous.allowances is None:
        return tuple(movements(closing, None, {}))
    opening = {key: amount for key, amount in previous.allowances.items() if key[0] not in unknown}
    moved = flows(engine, previous.as_of, as_of, previous.assessed | assessed_in(provisions))
    return tuple(movements(closing, opening, {key: flow for key, flow in moved.items() if key[0] not in unknown}))


def flows(engine: Engine, after: date, until: date, assessed: Assessed) -> dict[Key, Flow]:
    """By currency, account and part, what the days after `after` up to `until` wrote off and brought back.

    Written off counts by the entry that books it, reversals apart. A reversal and the receipt for it are one recovery:
    the larger counts, by customer. What is `assessed` by itself is the specific part.
    """
    gone: dict[Key, Decimal] = defaultdict(Decimal)
    reversed_: dict[tuple[Key, str], Decimal] = defaultdict(Decimal)
    for currency, account, customer, document, amount in _entries(engine, after, until):
        key = (currency, account, "specific" if assessed.holds(currency, customer, document) else "pool")
        if amount < 0:
            gone[key] -= amount
        else:
            reversed_[key, customer] += amount
    received: dict[tuple[Key, str], Decimal] = defaultdict(Decimal)
    then = _recovered(engine, after)
    for place, amount in _recovered(engine, until).items():
        currency, account, customer, document = place
        part = "specific" if assessed.holds(currency, customer, document) else "pool"
        received[(currency, account, part), customer] += amount - then.get(place, ZERO)
    back: dict[Key, Decimal] = defaultdict(Decimal)
    for key, customer in sorted({*reversed_, *received}):
        back[key] += max(reversed_[key, customer], received[key, customer], ZERO)
    found = {key: Flow(gone[key], back[key]) for key in sorted({*gone, *back})}
    return {key: flow for key, flow in found.items() if flow.write_offs or flow.recoveries}


def in_period(engine: Engine, after: date, until: date) -> dict[str, Flow]:
    """The same by currency, all accounts and parts together."""
    found: dict[str, Flow] = {}
    for (currency, _, _), flow in flows(engine, after, until, Assessed()).items():
        own = found.get(currency, Flow())
        found[currency] = Flow(own.write_offs + flow.write_offs, own.recoveries + flow.recoveries)
    return found


def _entries(engine: Engine, after: date, until: date) -> list[tuple[str, str, str, str | None, Decimal]]:
    """Currency, account, customer, document written off (or the entry's own) and amount, negative where it takes off.

    An entry that crosses accounts moves both; what it moves of each is netted, so that it counts once and where it
    belongs.
    """
    return engine.rows(
        "WITH netted AS (SELECT no, currency, account, customer_id, sum(amount) AS amount FROM movements "
        f"WHERE line = 'write_offs' AND account IN {_ACCOUNTS} AND day > {day(after)} AND day <= {day(until)} "
        "GROUP BY ALL HAVING sum(amount) <> 0), "
        "aim AS (SELECT source AS no, min(target) AS target FROM link WHERE target IS NOT NULL GROUP BY source) "
        "SELECT n.currency, n.account, n.customer_id, coalesce(t.document_id, d.document_id), n.amount "
        "FROM netted AS n INNER JOIN doc AS d ON n.no = d.no LEFT JOIN aim AS a ON n.no = a.no "
        "LEFT JOIN doc AS t ON a.target = t.no ORDER BY n.currency, n.account, n.customer_id, n.no"
    )


def _recovered(engine: Engine, on: date) -> Mapping[tuple[str, str, str, str | None], Decimal]:
    """By currency, account, customer and document what had been received by `on` beyond what a write-off had left.

    At most what was written off; a document without a write-off recovers nothing, however much it is overpaid.
    """
    rows = engine.rows(
        "WITH gone AS (SELECT l.target AS no, sum(l.amount) AS amount FROM link AS l "
        "INNER JOIN doc AS s ON l.source = s.no WHERE s.kind = 'write_off' "
        f"AND (l.effective IS NULL OR l.effective <= {day(on)}) GROUP BY l.target), "
        "taken AS (SELECT l.target AS no, sum(l.amount) AS amount FROM link AS l "
        "INNER JOIN gone AS g ON l.target = g.no "
        f"WHERE l.effective IS NULL OR l.effective <= {day(on)} GROUP BY l.target) "
        "SELECT d.currency, d.account, d.customer_id, d.document_id, "
        "sum(CASE WHEN t.amount - d.base > g.amount THEN g.amount ELSE t.amount - d.base END) "
        "FROM gone AS g INNER JOIN taken AS t ON g.no = t.no INNER JOIN doc AS d ON g.no = d.no "
        f"WHERE g.amount > 0 AND t.amount > d.base AND d.account IN {_ACCOUNTS} GROUP BY ALL ORDER BY ALL"
    )
    return {(currency, account, customer, document): amount for currency, account, customer, document, amount in rows}


def by_bucket(engine: Engine, scheme: AgingScheme, days: Sequence[date]) -> list[dict[tuple[str, int], Decimal]]:
    """For each span between two of `days`, by currency and bucket what it wrote off of the receivables.

    The bucket is the one in which the document would have stood at the end of the span.
    """
    found = []
    for after, until in pairwise(days):
        rows = engine.rows(
            "WITH netted AS (SELECT no, currency, sum(amount) AS amount FROM movements WHERE line = 'write_offs' "
            f"AND account = 'receivable' AND day > {day(after)} AND day <= {day(until)} "
            "GROUP BY ALL HAVING sum(amount) < 0), "
            "aim AS (SELECT source AS no, min(target) AS target FROM link WHERE target IS NOT NULL GROUP BY source), "
            f"dated AS (SELECT n.currency, n.amount, coalesce(t.{scheme.basis}, t.document_date, d.document_date) "
            "AS aged_from FROM netted AS n INNER JOIN doc AS d ON n.no = d.no LEFT JOIN aim AS a ON n.no = a.no "
            "LEFT JOIN doc AS t ON a.target = t.no) "
            f"SELECT currency, {bucket_sql(scheme, 'aged_from', until)} AS bucket, sum(-amount) FROM dated "
            "GROUP BY ALL ORDER BY ALL"
        )
        found.append({(currency, bucket): amount for currency, bucket, amount in rows})
    return found
