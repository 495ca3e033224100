"""Cut-off: deliveries and invoices on two sides of the as-of date, the documents around it, and unusual ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from duebook.close.aging_book import SHEET_ROWS
from duebook.close.open_items import day, statements
from duebook.close.result import Close
from duebook.policy.audit import AuditRules


def make(close: Close, rules: AuditRules, to: date) -> None:
    """Makes `delivered_not_invoiced`, `invoiced_not_delivered`, `cutoff_documents` and `unusual`."""
    engine, as_of, first = close.engine, day(close.as_of), day(close.period.first)
    given = close.options.audit is not None and close.options.audit.deliveries is not None
    engine.execute(
        statements(
            "cutoff_deliveries",
            as_of=as_of,
            first=first,
            given="true" if given else "false",
            known="true" if given or numbered(close) else "false",
        )
    )
    engine.execute(
        statements(
            "cutoff_documents",
            as_of=as_of,
            days=str(rules.cut_off_days),
            count=str(rules.cut_off_documents),
            most=str(SHEET_ROWS // 4),  # two classes on two sides
        )
    )
    engine.execute(statements("unusual", as_of=as_of, first=first, to=day(to)))


def numbered(close: Close) -> bool:
    """Whether the ledger itself tells deliveries: some invoice of it has a delivery number."""
    return bool(close.engine.one("SELECT count(*) FROM doc WHERE delivery_id IS NOT NULL")[0])


def totals(close: Close, table: str) -> dict[str, tuple[int, Decimal]]:
    """Currency → count and amount of one of the two lists of deliveries; a row without an amount counts."""
    return {
        str(currency): (int(count), Decimal(amount or 0))
        for currency, count, amount in close.engine.rows(
            f"SELECT currency, count(*), sum(amount) FROM {table} WHERE currency IS NOT NULL GROUP BY currency "
            "ORDER BY currency"
        )
    }
