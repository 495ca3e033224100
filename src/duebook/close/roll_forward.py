"""The roll-forward inside a close: from the previous close, or else from the day before the sales period begins.

With a previous close its sealed balances open it, and what changed in the past since is a line of its own
(`compare.roll_forward`). Without one, the ledger's own movements lead from the first day on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from duebook.close import compare, detail
from duebook.close.compare import ACCOUNTS, LINES, ZERO, RollLine
from duebook.close.open_items import day
from duebook.close.result import Close


@dataclass(frozen=True)
class Rolled:
    """`since` is the day of the opening balances; `sealed`: they are those of the previous close."""

    since: date
    sealed: bool
    lines: tuple[RollLine, ...]


def rolled(close: Close) -> Rolled:
    """One line per account, currency and customer with anything in it; the closing is what the close holds open."""
    folder = close.options.previous
    if close.previous is not None and folder is not None:
        if close.previous.as_of <= close.as_of and (folder / detail.FOLDER).is_dir():
            return Rolled(close.previous.as_of, True, compare.roll_forward(close, folder))
        if close.previous.as_of < close.as_of:  # sealed before detail was kept
            return Rolled(close.previous.as_of, False, tuple(_from_movements(close, close.previous.as_of)))
    since = close.period.first - timedelta(1)
    return Rolled(since, False, tuple(_from_movements(close, since)))


def _from_movements(close: Close, since: date) -> Iterator[RollLine]:
    rows = close.engine.rows(
        "SELECT m.currency, m.account, m.customer_id, min(b.customer_name), "
        f"CASE WHEN m.day <= {day(since)} THEN 'opening' ELSE m.line END AS part, sum(m.amount) FROM movements AS m "
        "LEFT JOIN balances AS b ON m.customer_id = b.customer_id AND m.currency = b.currency "
        f"WHERE m.day <= {day(close.as_of)} GROUP BY m.currency, m.account, m.customer_id, part "
        "ORDER BY m.currency, m.customer_id"
    )
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(dict)
    names: dict[str, str | None] = {}
    for currency, account, customer, name, part, amount in rows:
        sums[currency, account, customer][part] = amount
        names[customer] = names.get(customer) or name
    order = {account: place for place, account in enumerate(ACCOUNTS)}
    for currency, account, customer in sorted(sums, key=lambda k: (k[0], order[k[1]], k[2])):
        own = sums[currency, account, customer]
        closing = sum(own.values(), ZERO)
        opening = own.pop("opening", ZERO)
        lines = {line: own[line] for line in LINES if own.get(line)}
        if opening or closing or lines:
            yield RollLine(currency, account, customer, names[customer], opening, lines, closing)
