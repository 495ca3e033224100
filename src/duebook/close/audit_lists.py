"""Further lists of the auditor pack: related parties, aging by year, credit balances. Amounts per currency."""

from __future__ import annotations

from decimal import Decimal

from duebook.close.open_items import SOLD, day
from duebook.close.result import Close
from duebook.close.slots_audit import YEARS
from duebook.core.engine import Row
from duebook.policy.closing import AgingScheme
from duebook.policy.load import load
from duebook.receivables.aging import bucket_sql

ANNUAL = "cn_annual"


def annual_scheme(close: Close) -> AgingScheme:
    """Aging by year: the policy's own scheme of that name where it fits the columns, else Duebook's."""
    own = close.policy.schemes.get(ANNUAL)
    return own if own is not None and own.buckets <= YEARS else load().scheme(ANNUAL)


def name_customers(close: Close) -> None:
    """Makes `audit_names`: one row per customer with its name and relation, from wherever the ledger tells them."""
    close.engine.execute(
        "CREATE OR REPLACE TABLE audit_names AS SELECT customer_id, min(customer_name) AS customer_name, "
        "min(relation) AS relation FROM (SELECT customer_id, customer_name, relation FROM customers UNION ALL "
        "SELECT d.customer_id, min(d.customer_name), min(d.relation) FROM doc AS d GROUP BY d.customer_id "
        "HAVING d.customer_id NOT IN (SELECT customer_id FROM customers "
        "WHERE customer_name IS NOT NULL)) GROUP BY customer_id"
    )


def related_parties(close: Close) -> list[Row]:
    """customer, currency, opening, invoiced, credit notes, cash, other, closing of each related party's receivables."""
    first, as_of = day(close.period.first), day(close.as_of)
    within = f"m.day BETWEEN {first} AND {as_of}"
    named = "('invoiced', 'credit_notes', 'cash')"
    return close.engine.rows(
        "SELECT m.customer_id, m.currency, "
        f"sum(CASE WHEN m.day IS NULL OR m.day < {first} THEN m.amount ELSE 0 END), "
        + "".join(
            f"sum(CASE WHEN {within} AND m.line = '{line}' THEN m.amount ELSE 0 END), "
            for line in ("invoiced", "credit_notes", "cash")
        )
        + f"sum(CASE WHEN {within} AND m.line NOT IN {named} THEN m.amount ELSE 0 END), sum(m.amount) AS closing "
        "FROM movements AS m INNER JOIN audit_names AS n ON m.customer_id = n.customer_id "
        f"WHERE m.account = 'receivable' AND (m.day IS NULL OR m.day <= {as_of}) "
        "AND n.relation IN ('related', 'intercompany') GROUP BY m.customer_id, m.currency "
        "ORDER BY m.currency, closing DESC, m.customer_id"
    )


def invoiced(close: Close) -> dict[str, Decimal]:
    """Currency → what was invoiced in the period to all customers."""
    return dict(
        close.engine.rows(
            f"SELECT currency, sum(amount) FROM doc WHERE ({SOLD}) AND document_date BETWEEN "
            f"{day(close.period.first)} AND {day(close.as_of)} GROUP BY currency"
        )
    )


def _years(close: Close, scheme: AgingScheme) -> str:
    """A sum per column of the scheme over the open amounts of receivables; columns it does not have are blank."""
    bucket = bucket_sql(scheme, "aged_from", close.as_of)
    return ", ".join(
        f"sum(CASE WHEN receivable AND ({bucket}) = {n} THEN open ELSE 0 END)" if n <= scheme.buckets else "NULL"
        for n in range(1, YEARS + 1)
    )


def _dated(scheme: AgingScheme) -> str:
    return f"(SELECT *, coalesce({scheme.basis}, document_date) AS aged_from FROM items WHERE account = 'receivable')"


def by_year(close: Close) -> list[Row]:
    """customer, currency, a sum per year, receivables, credits, balance; disputed amounts are aged with the rest."""
    scheme = annual_scheme(close)
    return close.engine.rows(
        f"SELECT customer_id, currency, {_years(close, scheme)}, "
        f"sum(CASE WHEN receivable THEN open ELSE 0 END) AS gross, "
        f"sum(CASE WHEN receivable THEN 0 ELSE open END), sum(open) FROM {_dated(scheme)} "
        "GROUP BY customer_id, currency ORDER BY currency, gross DESC, customer_id"
    )


def bridge(close: Close) -> list[Row]:
    """currency, column of the close's scheme, a sum per year, receivables, and what the close shows in the column."""
    scheme = annual_scheme(close)
    return close.engine.rows(
        f"SELECT currency, bucket, {_years(close, scheme)}, sum(CASE WHEN receivable THEN open ELSE 0 END), sum(aged) "
        f"FROM {_dated(scheme)} GROUP BY currency, bucket HAVING sum(CASE WHEN receivable THEN open ELSE 0 END) <> 0 "
        "OR sum(aged) <> 0 ORDER BY currency, bucket"
    )


def over_year(close: Close) -> dict[str, Decimal]:
    """Currency → what is in none but the first column of the aging by year."""
    scheme = annual_scheme(close)
    bucket = bucket_sql(scheme, "aged_from", close.as_of)
    return dict(
        close.engine.rows(
            f"SELECT currency, sum(CASE WHEN receivable AND ({bucket}) > 1 THEN open ELSE 0 END) "
            f"FROM {_dated(scheme)} GROUP BY currency ORDER BY currency"
        )
    )


def credit_balances(close: Close) -> list[Row]:
    """customer, currency, receivables, credits, of these advances, balance, of it to reclassify; largest credit first.

    What a customer is in credit with on balance is a liability (合同负债 for goods not yet delivered), never netted
    against what others owe.
    """
    return close.engine.rows(
        "SELECT customer_id, currency, sum(CASE WHEN receivable THEN open ELSE 0 END), "
        "sum(CASE WHEN receivable THEN 0 ELSE open END) AS credits, "
        "sum(CASE WHEN kind = 'advance' THEN open ELSE 0 END), sum(open), "
        "CASE WHEN sum(open) < 0 THEN -sum(open) ELSE 0 END AS reclassified FROM items WHERE account = 'receivable' "
        "GROUP BY customer_id, currency HAVING sum(CASE WHEN receivable THEN 0 ELSE open END) <> 0 "
        "ORDER BY currency, reclassified DESC, credits, customer_id"
    )
