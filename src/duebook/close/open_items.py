"""Open items as of a date: runs the SQL files of `close/sql` over the canonical ledger in the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from duebook.core import resources
from duebook.core.engine import Engine, quoted
from duebook.ledger.checks import CREDITS
from duebook.policy.closing import AgingScheme
from duebook.receivables.aging import bucket_sql


def statements(name: str, **parts: str) -> str:
    """The text of `close/sql/NAME.sql` with its `{parts}` filled in."""
    text = (resources.root() / "close" / "sql" / f"{name}.sql").read_text("utf-8")
    for part, value in parts.items():
        text = text.replace("{" + part + "}", value)
    return text


def day(value: date) -> str:
    """`value` as a SQL date."""
    return f"DATE '{value.isoformat()}'"


FOREVER = date(9999, 12, 31)
SOLD = "kind = 'invoice' OR kind = 'retention' AND applies_to IS NULL"
"""What counts as credit sales: invoices, and retention that is in none of them. Journals and bills sell nothing."""


def link_allocations(engine: Engine, known_at: date | None = None) -> None:
    """Makes `doc`, `link` and `movements`: documents by entry number, what reduces what from which day, what moved.

    `known_at`: what was recorded later is left out; None: everything is known.
    """
    engine.execute(statements("linked", known_at=day(known_at or FOREVER)))
    engine.execute(statements("movements"))


def age(engine: Engine, as_of: date, scheme: AgingScheme, disputed: str, unapplied: str) -> None:
    """Makes `items` (one row per open document, aged) and `balances` (one per customer and currency)."""
    engine.execute(statements("open_at", table="open_now", as_of=day(as_of)))
    basis = scheme.basis
    engine.execute(
        statements(
            "items",
            basis=f"d.{basis}",
            bucket=bucket_sql(scheme, "aged_from", as_of),
            as_of=day(as_of),
            credits=CREDITS,
            waits="true" if scheme.has_not_due else "false",
            first_late="0" if scheme.has_not_due and scheme.day_zero == "overdue" else "1",
            disputed=quoted(disputed),
            unapplied=quoted(unapplied),
        )
    )
    if unapplied == "fold":
        engine.execute(statements("fold"))
    sums = ",\n        ".join(
        f"sum(CASE WHEN bucket = {n} THEN aged ELSE 0 END) AS bucket_{n}" for n in range(1, scheme.buckets + 1)
    )
    engine.execute(statements("balances", bucket_sums=sums))


def _of(left_out: Sequence[str]) -> str:
    """SQL that leaves out documents `d` of customers with these relations, as the document or its customer says."""
    if not left_out:
        return ""
    known = "(SELECT min(c.relation) FROM customers AS c WHERE c.customer_id = d.customer_id)"
    return f" AND coalesce(d.relation, {known}, '') NOT IN ({', '.join(map(quoted, left_out))})"


def receivables_at(engine: Engine, as_of: date, left_out: Sequence[str] = ()) -> dict[str, Decimal]:
    """What customers owed on a day, by currency: open invoices, disputed ones included, credits left out.

    `left_out`: relations whose customers do not count, here and below.
    """
    engine.execute(statements("open_at", table="open_then", as_of=day(as_of)))
    return dict(
        engine.rows(
            "SELECT d.currency, sum(o.open) FROM open_then AS o INNER JOIN doc AS d ON o.no = d.no "
            f"WHERE o.open > 0 AND d.account = 'receivable' AND d.kind NOT IN {CREDITS}{_of(left_out)} "
            "GROUP BY d.currency"
        )
    )


def not_late(engine: Engine, left_out: Sequence[str] = ()) -> dict[str, Decimal]:
    """What is owed and not overdue, by currency, from `items`."""
    outside = "".join(f" AND coalesce(relation, '') <> {quoted(name)}" for name in left_out)
    return dict(
        engine.rows(f"SELECT currency, sum(open) FROM items WHERE receivable AND NOT late{outside} GROUP BY currency")
    )


def monthly_sales(engine: Engine, as_of: date, left_out: Sequence[str] = ()) -> dict[str, dict[date, Decimal]]:
    """Credit sales by currency and month (its first day) up to `as_of`: the sales file's, else what was invoiced.

    A sales file tells no customers, so that it counts whole.
    """
    given = engine.one("SELECT count(*) FROM sales")[0]
    source = (
        "SELECT currency, date_trunc('month', month) AS month, amount FROM sales"
        if given
        else "SELECT currency, date_trunc('month', document_date) AS month, amount FROM doc AS d "
        f"WHERE ({SOLD}) AND document_date <= {day(as_of)}{_of(left_out)}"
    )
    found: dict[str, dict[date, Decimal]] = {}
    for currency, month, amount in engine.rows(
        f"SELECT currency, CAST(month AS DATE), sum(amount) FROM ({source}) WHERE month <= {day(as_of)} "
        "GROUP BY ALL ORDER BY ALL"
    ):
        found.setdefault(currency, {})[month] = amount
    return found


def sales_between(engine: Engine, first: date, last: date, left_out: Sequence[str] = ()) -> dict[str, Decimal]:
    """Credit sales by currency from `first` to `last`: invoiced amounts with their tax, credit notes not deducted."""
    if engine.one("SELECT count(*) FROM sales")[0]:
        sql = (
            f"SELECT currency, sum(amount) FROM sales WHERE month BETWEEN {day(first)} AND {day(last)} "
            "GROUP BY currency"
        )
    else:
        sql = (
            f"SELECT currency, sum(amount) FROM doc AS d WHERE ({SOLD}) "
            f"AND document_date BETWEEN {day(first)} AND {day(last)}{_of(left_out)} GROUP BY currency"
        )
    return dict(engine.rows(sql))
