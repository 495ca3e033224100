"""What bills, retention, split numbers, reversals and recoveries need beside the allocations that rows state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from duebook.core.engine import Engine
from duebook.ledger.checks import REDUCES, TAKEN
from duebook.ledger.found import ENTRY_SHIFT, Findings, shown

_NUMBER = "customer_id, currency, document_id"
_EFFECTIVE = (
    "CASE WHEN a.applied_date IS NULL OR a.applied_date < a.document_date THEN a.document_date ELSE a.applied_date END"
)


def bills_passed_on(engine: Engine) -> None:
    """A bill with a transfer date and no status was passed on: its status is endorsed."""
    if {"bill_status", "transferred_date"} <= set(engine.columns("document_rows")):
        engine.execute(
            "UPDATE document_rows SET bill_status = 'endorsed' "
            "WHERE kind = 'bill' AND bill_status IS NULL AND transferred_date IS NOT NULL"
        )


def over_the_rows(engine: Engine) -> None:
    """What is paid on a number that stands on several rows pays them in turn, retention last.

    `applied` (of `allocations`) tells which numbers do; its allocations stand on the first row. What exceeds all rows
    stays there.
    """
    if engine.one("SELECT count(*) FROM applied WHERE several > 1") == (0,):
        return
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE split AS
        WITH places AS (
            SELECT d.entry, d.document_date, f.paid,
                sum(greatest(d.amount - coalesce(s.amount, 0), 0)) OVER (
                    PARTITION BY f.paid ORDER BY CASE WHEN d.kind = 'retention' THEN 1 ELSE 0 END, d.entry
                ) AS up_to, greatest(d.amount - coalesce(s.amount, 0), 0) AS room
            FROM (SELECT DISTINCT paid FROM applied WHERE several > 1 AND paid IS NOT NULL) AS f
            INNER JOIN document_rows AS r ON f.paid = r.entry
            INNER JOIN (SELECT * FROM document_rows WHERE NOT {REDUCES} AND amount > 0) AS d
                ON r.customer_id = d.customer_id AND r.currency = d.currency AND r.document_id = d.document_id
            LEFT JOIN (
                SELECT paid_entry, sum(amount) AS amount FROM allocation_rows WHERE document_id IS NULL
                GROUP BY paid_entry
            ) AS s ON d.entry = s.paid_entry
        ),
        taken AS (
            SELECT a.*, sum(a.amount) OVER (
                PARTITION BY a.paid_entry ORDER BY {_EFFECTIVE}, a.entry ROWS UNBOUNDED PRECEDING
            ) AS up_to
            FROM allocation_rows AS a
            WHERE a.document_id IS NOT NULL AND a.amount > 0 AND a.paid_entry IN (SELECT paid FROM places)
        ),
        met AS (
            SELECT t.entry, p.entry AS row_entry, p.document_date,
                least(t.up_to, p.up_to) - greatest(t.up_to - t.amount, p.up_to - p.room) AS amount
            FROM taken AS t INNER JOIN places AS p ON t.paid_entry = p.paid
        )
        SELECT t.* EXCLUDE (up_to) REPLACE (
                m.row_entry AS paid_entry, greatest(t.applied_date, m.document_date) AS applied_date,
                CAST(m.amount AS DECIMAL(18, 4)) AS amount
            ), t.paid_entry AS was
        FROM taken AS t INNER JOIN met AS m ON t.entry = m.entry
        WHERE m.amount > 0 AND m.row_entry <> t.paid_entry
        """
    )
    engine.execute(
        "UPDATE allocation_rows SET amount = allocation_rows.amount - s.amount FROM "
        "(SELECT entry, was, sum(amount) AS amount FROM split GROUP BY entry, was) AS s "
        "WHERE allocation_rows.entry = s.entry AND allocation_rows.paid_entry = s.was"
    )
    engine.execute(
        "DELETE FROM allocation_rows WHERE amount = 0 AND (entry, paid_entry) IN (SELECT entry, was FROM split)"
    )
    engine.execute("INSERT INTO allocation_rows SELECT * EXCLUDE (was) FROM split ORDER BY entry, paid_entry")
    engine.execute("DROP TABLE split")


def reversals(engine: Engine, recorded: str, running: Collection[int]) -> None:
    """A negative bill, retention or journal entry takes back the positive one of the same number.

    Not in the `running` accounts, whose entries are matched first-in first-out.
    """
    kinds = f"(kind IN {TAKEN} OR kind = 'journal'{_names_none(engine)})"
    if running:
        kinds += f" AND (entry >> {ENTRY_SHIFT}) NOT IN ({', '.join(str(number) for number in sorted(running))})"
    if engine.one(f"SELECT count(*) FROM document_rows WHERE amount < 0 AND {kinds}") == (0,):
        return
    place = f"row_number() OVER (PARTITION BY {_NUMBER}, kind ORDER BY abs(amount) DESC, entry) AS place"
    engine.execute(
        f"""
        INSERT INTO allocation_rows
        WITH back AS (
            SELECT *, {recorded} AS known, {place} FROM document_rows WHERE amount < 0 AND {kinds}
        ),
        there AS (
            SELECT *, {place} FROM document_rows WHERE amount > 0 AND {kinds}
                AND document_id IN (SELECT document_id FROM back)
        )
        SELECT b.entry, b.line, b.customer_id, b.document_id, b.kind, b.document_id, least(-b.amount, t.amount),
            b.currency, b.document_date, greatest(b.document_date, t.document_date), b.known, t.entry, b.entry
        FROM back AS b
        INNER JOIN there AS t ON b.customer_id = t.customer_id AND b.currency = t.currency
            AND b.document_id = t.document_id AND b.kind = t.kind AND b.place = t.place
        ORDER BY b.entry
        """
    )


def _names_none(engine: Engine) -> str:
    return " AND applies_to IS NULL" if "applies_to" in engine.columns("document_rows") else ""


def bills_gone(engine: Engine, recorded: str) -> None:
    """When a bill leaves: on its transfer without recourse, at maturity after one with recourse, on collection.

    Until then whoever endorsed or discounted it answers for it; without a maturity nothing tells an end. A dishonored
    bill stays open. The states say more than an open amount beside them would.
    """
    has = set(engine.columns("document_rows"))
    moved = "kind = 'bill' AND bill_status IN ('endorsed', 'discounted', 'collected')"
    if "open_amount" in has:
        engine.execute(f"UPDATE document_rows SET open_amount = NULL WHERE {moved}")
    day = "transferred_date" if "transferred_date" in has else "CAST(NULL AS DATE)"
    recourse = "coalesce(recourse, true)" if "recourse" in has else "true"
    left = (
        f"CASE WHEN bill_status = 'collected' THEN coalesce({day}, due_date) "
        f"WHEN NOT {recourse} THEN coalesce({day}, document_date) ELSE greatest(due_date, {day}) END"
    )
    engine.execute(
        "INSERT INTO allocation_rows SELECT d.entry, d.line, customer_id, NULL, bill_status, document_id, "
        f"CAST(d.amount - coalesce(a.amount, 0) AS DECIMAL(18, 4)), currency, document_date, {left}, {recorded}, "
        f"d.entry, NULL FROM document_rows AS d LEFT JOIN ({_taken_off()}) AS a ON d.entry = a.paid_entry "
        f"WHERE {moved} AND d.amount > coalesce(a.amount, 0) "
        f"AND (bill_status = 'collected' OR NOT {recourse} OR due_date IS NOT NULL) ORDER BY d.entry"
    )


def _taken_off(until: date | None = None) -> str:
    """SQL for what allocations take off each entry, all of them or those effective by a day."""
    dated = f"WHERE coalesce({_EFFECTIVE}, DATE '0001-01-01') <= DATE '{until}' " if until else ""
    return f"SELECT a.paid_entry, sum(a.amount) AS amount FROM allocation_rows AS a {dated}GROUP BY a.paid_entry"


def recoveries(engine: Engine, findings: Findings) -> None:
    """Money on an invoice that is written off takes the write-off back by as much: it is no credit of the customer.

    Where the export takes back write-offs in entries of their own that name no invoice, these would count twice:
    nothing is taken back here, and what is received beyond the write-off stays unapplied.
    """
    if engine.one("SELECT count(*) FROM allocation_rows WHERE kind = 'write_off'") == (0,):
        return
    # where the export tells what is open of an invoice, that stands
    listed = " AND d.open_amount IS NULL" if "open_amount" in engine.columns("document_rows") else ""
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE recovered AS
        WITH gone AS (
            SELECT a.paid_entry, sum(a.amount) AS amount FROM allocation_rows AS a
            WHERE a.kind = 'write_off' AND a.paid_entry IS NOT NULL GROUP BY a.paid_entry HAVING sum(a.amount) > 0
        ),
        taken AS (
            SELECT a.*, g.amount AS written_off, d.amount AS whole, {_EFFECTIVE} AS day, sum(a.amount) OVER (
                PARTITION BY a.paid_entry
                ORDER BY {_EFFECTIVE}, CASE WHEN a.kind = 'write_off' THEN 0 ELSE 1 END, a.entry
                ROWS UNBOUNDED PRECEDING
            ) AS up_to
            FROM allocation_rows AS a
            INNER JOIN gone AS g ON a.paid_entry = g.paid_entry
            INNER JOIN document_rows AS d ON a.paid_entry = d.entry
            WHERE (d.customer_id, d.currency) NOT IN (
                SELECT (customer_id, currency) FROM document_rows WHERE kind = 'write_off' AND amount > 0
                    AND entry NOT IN (SELECT paying_entry FROM allocation_rows WHERE paying_entry IS NOT NULL)
            ){listed}
        )
        SELECT * EXCLUDE (written_off, whole, up_to),
            least(least(up_to, whole + written_off) - greatest(up_to - amount, whole), amount) AS back
        FROM taken
        WHERE kind IN ('payment', 'advance') AND amount > 0
            AND least(up_to, whole + written_off) > greatest(up_to - amount, whole)
        """
    )
    findings.rows(
        f"SELECT r.entry, r.line, r.applies_to, json_object('amount', {shown('r.back')}) FROM recovered AS r",
        "applies_to", "recovered", "kept",
    )  # fmt: skip
    engine.execute(
        "INSERT INTO allocation_rows SELECT * EXCLUDE (day, back) REPLACE ('write_off' AS kind, NULL AS document_id, "
        "CAST(-back AS DECIMAL(18, 4)) AS amount, day AS applied_date, NULL AS paying_entry) "
        "FROM recovered ORDER BY entry, paid_entry"
    )
    engine.execute("DROP TABLE recovered")


def credited(engine: Engine, payments: Collection[int]) -> None:
    """What of a bill among the receipts pays no invoice is credited to the customer all the same: as `credited`.

    A bill in a ledger stands alone where it names no invoice, which may be net of it already; one of which it says
    that a part is applied is credited whole.
    """
    has = set(engine.columns("document_rows"))
    numbers = ", ".join(str(number) for number in sorted(payments)) or "-1"
    part = (
        "applied_amount IS NOT NULL AND applies_to IS NOT NULL" if {"applied_amount", "applies_to"} <= has else "false"
    )
    own = f"kind = 'bill' AND ((entry >> {ENTRY_SHIFT}) IN ({numbers}) OR {part})"
    if engine.one(f"SELECT count(*) FROM document_rows WHERE {own}") == (0,):
        return
    engine.execute("ALTER TABLE document_rows ADD COLUMN IF NOT EXISTS credited DECIMAL(18, 4)")
    engine.execute(
        "UPDATE document_rows SET credited = document_rows.amount - s.amount FROM ("
        f"SELECT d.entry, coalesce(sum(a.amount), 0) AS amount FROM (SELECT * FROM document_rows WHERE {own}) AS d "
        "LEFT JOIN allocation_rows AS a ON d.entry = a.entry AND a.kind = 'bill' AND a.paying_entry IS NULL "
        "GROUP BY d.entry) AS s WHERE document_rows.entry = s.entry AND document_rows.amount <> s.amount"
    )


def told_of_bills(engine: Engine, findings: Findings, as_of: date | None) -> None:
    """Bills dishonored, and bills that matured by the as-of date with nothing said about payment."""
    if engine.one("SELECT count(*) FROM document_rows WHERE kind = 'bill'") == (0,):
        return
    has = set(engine.columns("document_rows"))
    status = "d.bill_status" if "bill_status" in has else "NULL"
    still = "coalesce(d.open_amount, d.amount - coalesce(a.amount, 0))"
    if "open_amount" not in has:
        still = "d.amount - coalesce(a.amount, 0)"
    due = f"d.due_date < DATE '{as_of}' AND coalesce({status}, 'held') = 'held'"
    for field, reason, test, until in (
        ("bill_status", "bill_dishonored", f"{status} = 'dishonored'", None),
        ("due_date", "bill_matured", due, as_of),
    ):
        if reason == "bill_matured" and as_of is None:
            continue
        findings.rows(
            "SELECT d.entry, d.line, d.document_id, json_object('date', CAST(d.due_date AS VARCHAR)) "
            f"FROM (SELECT * FROM document_rows WHERE kind = 'bill') AS d LEFT JOIN ({_taken_off(until)}) AS a "
            f"ON d.entry = a.paid_entry WHERE {test} AND {still} > 0",
            field, reason, "kept",
        )  # fmt: skip


def relations(engine: Engine, findings: Findings) -> None:
    """A customer has one relation: the customers file's, else the closest that its rows state. Others are reported."""
    if "relation" not in engine.columns("document_rows"):
        return
    engine.execute(
        # in the order of the alphabet the closest relation comes first
        "CREATE OR REPLACE TEMP TABLE related_by AS WITH own AS (SELECT customer_id, min(relation) AS relation "
        "FROM document_rows WHERE relation IS NOT NULL GROUP BY customer_id) "
        "SELECT o.customer_id, coalesce(f.relation, o.relation) AS relation FROM own AS o LEFT JOIN "
        "(SELECT customer_id, relation FROM file_customers) AS f ON o.customer_id = f.customer_id"
    )
    findings.rows(
        "SELECT d.entry, d.line, NULL, json_object('customer', d.customer_id) "
        "FROM document_rows AS d INNER JOIN related_by AS r ON d.customer_id = r.customer_id "
        "WHERE d.relation <> r.relation",
        "relation", "relation_differs", "kept",
    )  # fmt: skip
    engine.execute(
        "UPDATE document_rows SET relation = r.relation FROM related_by AS r "
        "WHERE document_rows.customer_id = r.customer_id AND document_rows.relation IS DISTINCT FROM r.relation"
    )
    engine.execute("DROP TABLE related_by")
