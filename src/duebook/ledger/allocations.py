"""What reduces what: settlements on the invoice's own line, and payments that name the invoice they pay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from duebook.core.engine import Engine
from duebook.ledger import claims
from duebook.ledger.checks import CREDITS, REDUCES, TAKEN
from duebook.ledger.found import ENTRY_SHIFT, Findings, Part, shown

_TABLE = """
CREATE OR REPLACE TABLE allocation_rows (
    entry BIGINT, line BIGINT, customer_id VARCHAR, document_id VARCHAR, kind VARCHAR, applies_to VARCHAR,
    amount DECIMAL(18, 4), currency VARCHAR, document_date DATE, applied_date DATE, recorded_date DATE,
    paid_entry BIGINT, paying_entry BIGINT
)
"""


def kept_risk(has: Collection[str], prefix: str = "") -> str:
    """SQL for factoring that leaves the risk with the seller: with recourse, and where nothing says which."""
    recourse = f"coalesce({prefix}recourse, true)" if "recourse" in has else "true"
    return f"({prefix}kind = 'factoring' AND {recourse})"


def carried(engine: Engine, parts: Sequence[Part]) -> str:
    """SQL for what a row would be in the receivables where that is not its amount; else NULL."""
    has = set(engine.columns("document_rows"))
    receipts = ", ".join(str(part.number) for part in parts if part.mapped.role == "payments") or "-1"
    names = "applies_to IS NOT NULL" if "applies_to" in has else "false"
    bill = f"CASE WHEN {names} OR (entry >> {ENTRY_SHIFT}) IN ({receipts}) THEN -amount ELSE 0 END"
    asset = "coalesce(contract_asset, false)" if "contract_asset" in has else "false"
    return (
        f"CASE WHEN kind = 'bill' THEN {bill} WHEN {kept_risk(has)} THEN 0 "
        f"WHEN kind = 'retention' AND {asset} THEN CASE WHEN {names} THEN -amount ELSE 0 END "
        f"WHEN kind = 'retention' AND {names} THEN 0 END"
    )


def fill_payers(engine: Engine) -> None:
    """A payment without customer or currency takes them from the invoice it names, if only one has that number."""
    if "applies_to" not in engine.columns("document_rows"):
        return
    engine.execute(
        "UPDATE document_rows SET customer_id = coalesce(document_rows.customer_id, i.customer_id), "
        "currency = coalesce(document_rows.currency, i.currency) FROM ("
        "SELECT document_id, min(customer_id) AS customer_id, min(currency) AS currency FROM document_rows "
        "WHERE kind = 'invoice' GROUP BY document_id "
        "HAVING count(DISTINCT customer_id) = 1 AND count(DISTINCT currency) = 1) AS i "
        "WHERE applies_to = i.document_id AND (document_rows.customer_id IS NULL OR document_rows.currency IS NULL)"
    )


def payers_missing(engine: Engine, findings: Findings, currency_open: bool = False) -> None:
    """After `fill_payers`: rows that still have no customer or currency."""
    for name, reason in (("customer_id", "customer_missing"), ("currency", "currency_missing")):
        if name == "currency" and currency_open:
            continue
        findings.rows(
            f"SELECT entry, line, NULL, json_object('currency', '') FROM document_rows WHERE {name} IS NULL "
            f"AND entry NOT IN (SELECT entry FROM found WHERE treatment = 'left_out')",
            name, reason, "left_out",
        )  # fmt: skip


def spread_receipts(engine: Engine, part: Part) -> None:
    """A receipt or bill whose total is repeated on each row it pays counts once: each row takes the part it applies.

    What the rows do not apply stays with the first one, as unapplied. An open amount that is repeated is shared out.
    """
    cells = part.mapped.positions
    if not {"applied_amount", "amount", "document_id"} <= cells.keys() or cells["amount"] == cells["applied_amount"]:
        return
    own = f"(entry >> {ENTRY_SHIFT}) = {part.number} AND (kind IN {CREDITS} OR kind IN {TAKEN}) "
    own += "AND applied_amount IS NOT NULL"
    if part.mapped.role != "payments":
        own += " AND applies_to IS NOT NULL" if "applies_to" in cells else " AND false"
    still = "open_amount" if "open_amount" in cells else "CAST(NULL AS DECIMAL(18, 4))"
    signed = "CASE WHEN {0} < 0 THEN -({1}) ELSE {1} END"
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE spread AS
        WITH rows AS (
            SELECT *, {still} AS still, row_number() OVER receipt AS place,
                sum(abs(applied_amount)) OVER whole AS applied, count(*) OVER whole AS n,
                min(amount) OVER whole AS least, max(amount) OVER whole AS most,
                min({still}) OVER whole = max({still}) OVER whole AND count({still}) OVER whole = count(*) OVER whole
                    AS repeated
            FROM document_rows WHERE {own}
            WINDOW whole AS (PARTITION BY customer_id, kind, document_id, currency), receipt AS (
                PARTITION BY customer_id, kind, document_id, currency ORDER BY entry)
        ),
        shared AS (
            SELECT *, abs(applied_amount) + CASE WHEN place = 1 THEN abs(amount) - applied ELSE 0 END AS share
            FROM rows WHERE n > 1 AND least = most AND abs(amount) >= applied
        ),
        placed AS (
            SELECT *, sum(share) OVER (
                PARTITION BY customer_id, kind, document_id, currency ORDER BY entry) - share AS before FROM shared
        )
        SELECT entry, {signed.format("amount", "share")} AS amount, CASE WHEN repeated THEN
            {signed.format("still", "greatest(least(abs(still) - before, share), 0)")} ELSE still END AS still
        FROM placed
        """
    )
    changed = "amount = s.amount" + (", open_amount = s.still" if "open_amount" in cells else "")
    engine.execute(f"UPDATE document_rows SET {changed} FROM spread AS s WHERE document_rows.entry = s.entry")
    engine.execute("DROP TABLE spread")


def make_allocations(engine: Engine, findings: Findings, parts: Sequence[Part], as_of: date | None = None) -> None:
    """Makes `allocation_rows`. Amounts are positive where they reduce an invoice."""
    engine.execute(_TABLE)
    has = set(engine.columns("document_rows"))
    recorded = _recorded(has)
    claims.bills_passed_on(engine)
    _settlements(engine, findings, parts, has)
    if "applies_to" in has:
        _payments(engine, findings, has)
    claims.reversals(engine, recorded, [part.number for part in parts if part.mapped.running])
    if "bill_status" in has:
        claims.bills_gone(engine, recorded)
    claims.recoveries(engine, findings)
    claims.credited(engine, [part.number for part in parts if part.mapped.role == "payments"])
    _overpaid(findings)
    claims.told_of_bills(engine, findings, as_of)


def _overpaid(findings: Findings) -> None:
    """Documents of which more is paid and taken off than they are of."""
    others = f"document_id IS NOT NULL AND (paying_entry IS NOT NULL OR kind IN {TAKEN})"
    if findings.engine.one(f"SELECT count(*) FROM allocation_rows WHERE {others}") == (0,):
        return
    for reason, taken in (("overpaid", "NOT taken"), ("overtaken", "taken")):
        findings.rows(
            f"SELECT d.entry, d.line, {shown('a.applied')}, json_object('amount', {shown('d.amount')}) "
            "FROM document_rows AS d JOIN (SELECT paid_entry, sum(amount) AS applied, "
            f"bool_or(paying_entry IS NULL AND kind IN {TAKEN}) AS taken FROM allocation_rows "
            f"WHERE paid_entry IN (SELECT paid_entry FROM allocation_rows WHERE {others}) GROUP BY paid_entry) AS a "
            f"ON a.paid_entry = d.entry WHERE a.applied > d.amount AND {taken}",
            "amount", reason, "kept",
        )  # fmt: skip


def _settlements(engine: Engine, findings: Findings, parts: Sequence[Part], has: set[str]) -> None:
    if not {"settled_date", "paid_amount"} & has:
        return
    day = "settled_date" if "settled_date" in has else "CAST(NULL AS DATE)"
    paid = "paid_amount" if "paid_amount" in has else "CAST(NULL AS DECIMAL(18, 4))"
    settled = "(settled_date IS NOT NULL OR coalesce(settled_unknown, false))" if "settled_date" in has else "false"
    recorded = _recorded(has)
    # A settled credit note is used up on its own line: the same row, with the sign of its amount.
    sums = f"CASE WHEN {settled} THEN coalesce({paid}, amount) ELSE {paid} END"
    engine.execute(
        f"INSERT INTO allocation_rows SELECT entry, line, customer_id, NULL, 'payment', document_id, {sums}, currency, "
        f"document_date, {day}, {recorded}, entry, NULL FROM document_rows WHERE {sums} <> 0"
    )
    for part in parts:
        (count,) = engine.one(
            "SELECT count(*) FROM allocation_rows WHERE applied_date IS NULL "
            f"AND (entry >> {ENTRY_SHIFT}) = {part.number} "
            "AND entry NOT IN (SELECT entry FROM found WHERE reason = 'ledger.paid_date_open')"
        )
        if count:
            findings.remark(part, "paid_amount", "paid_undated", "kept", count=f"{count:,}")


def _recorded(has: Collection[str], prefix: str = "") -> str:
    """SQL for the day on which a settlement was recorded: its own, else that of the row it stands on."""
    given = [f"{prefix}{name}" for name in ("settled_recorded_date", "recorded_date") if name in has]
    return f"coalesce({', '.join(given)})" if given else "NULL"


def _payments(engine: Engine, findings: Findings, has: set[str]) -> None:
    own = f"CASE WHEN p.kind IN {TAKEN} THEN p.amount ELSE -p.amount END"
    applied = f"coalesce(abs(p.applied_amount), {own})" if "applied_amount" in has else own
    recorded = _recorded(has, "p.")
    day = "coalesce(p.applied_date, p.document_date)" if "applied_date" in has else "p.document_date"
    # of the rows that share a number the first is paid, retention last
    place = f"entry + CASE WHEN kind = 'retention' THEN {1 << 60} ELSE 0 END"
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE applied AS
        WITH invoices AS (
            SELECT customer_id, currency, document_id, arg_min(entry, {place}) AS entry,
                arg_min(document_date, {place}) AS issued, arg_min(kind, {place}) AS kind, count(*) AS several
            FROM document_rows WHERE NOT {REDUCES} GROUP BY customer_id, currency, document_id
        ),
        numbers AS (
            SELECT document_id, count(*) AS n, min(customer_id) AS customer_id, min(currency) AS currency,
                min(entry) AS entry, arg_min(issued, entry) AS issued, arg_min(kind, entry) AS kind,
                max(several) AS several FROM invoices GROUP BY document_id
        )
        SELECT p.entry, p.line, p.kind, p.applies_to, p.currency,
            coalesce(i.entry, CASE WHEN n.n = 1 THEN n.entry END) AS paid,
            coalesce(i.customer_id, n.customer_id) AS owner, n.n, coalesce(i.currency, n.currency) AS paid_currency,
            coalesce(i.issued, n.issued) AS issued, coalesce(i.several, n.several) AS several
        FROM document_rows AS p
        LEFT JOIN invoices AS i
            ON i.customer_id = p.customer_id AND i.currency = p.currency AND i.document_id = p.applies_to
        LEFT JOIN numbers AS n ON n.document_id = p.applies_to
        WHERE p.applies_to IS NOT NULL
            AND (p.kind IN {CREDITS} OR p.kind IN {TAKEN} OR p.kind = 'journal' AND p.amount < 0)
            -- what names its own number reduces nothing, but a claim that shares its number with the invoice does
            AND (p.applies_to <> p.document_id OR p.kind IN {TAKEN} AND i.kind NOT IN {TAKEN})
        """
    )
    # compared without case, spaces, hyphens and leading zeros: told as a hint, never used as a match
    bare = "ltrim(regexp_replace(lower({}), '[^a-z0-9\u4e00-\u9fff]', '', 'g'), '0')"
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE near AS WITH lost AS MATERIALIZED ("
        f"SELECT entry, {bare.format('applies_to')} AS bare FROM applied "
        f"WHERE n IS NULL AND kind NOT IN {TAKEN}), known AS ("
        f"SELECT {bare.format('document_id')} AS bare, min(document_id) AS document_id FROM document_rows "
        f"WHERE NOT {REDUCES} AND {bare.format('document_id')} IN (SELECT bare FROM lost) GROUP BY 1 "
        "HAVING count(DISTINCT document_id) = 1) "
        "SELECT entry, document_id FROM lost JOIN known USING (bare) WHERE bare <> ''"
    )
    findings.rows(
        "SELECT a.entry, a.line, a.applies_to, json_object('near', near.document_id) FROM applied AS a "
        "JOIN near ON near.entry = a.entry",
        "applies_to", "allocation_near", "kept",
    )  # fmt: skip
    unknown = "n IS NULL AND entry NOT IN (SELECT entry FROM near)"
    several, currency = "n > 1 AND paid IS NULL", "paid IS NOT NULL AND paid_currency <> currency"
    reasons = (
        ("allocation_unknown", f"kind NOT IN {TAKEN} AND {unknown}"),
        ("allocation_several", f"kind NOT IN {TAKEN} AND {several}"),
        ("allocation_currency", f"kind NOT IN {TAKEN} AND {currency}"),
        ("claim_alone", f"kind IN {TAKEN} AND (n IS NULL OR {several} OR {currency})"),
    )
    for reason, test in reasons:
        findings.rows(f"SELECT entry, line, applies_to, NULL FROM applied WHERE {test}", "applies_to", reason, "kept")
    # Sold with recourse, an invoice stays: it is allocated nothing, and marked as factored by that.
    kept = kept_risk(has, "p.")
    stays = f"CASE WHEN {kept} THEN 0 ELSE {applied} END"
    what = f"CASE WHEN {kept} AND p.amount > 0 THEN 'repurchase' ELSE p.kind END"
    # What a bill or a retention takes off its invoice it does not use up: it goes on as a claim of its own.
    paying = f"CASE WHEN p.kind IN {TAKEN} OR {kept} THEN NULL ELSE p.entry END"
    # a payment made in advance meets its invoice no earlier than that is issued
    engine.execute(
        f"INSERT INTO allocation_rows SELECT p.entry, p.line, a.owner, p.document_id, {what}, p.applies_to, {stays}, "
        f"p.currency, p.document_date, greatest({day}, a.issued), {recorded}, a.paid, {paying} FROM document_rows AS p "
        "JOIN applied AS a ON a.entry = p.entry "
        f"WHERE a.paid IS NOT NULL AND a.paid_currency = p.currency AND a.paid <> p.entry "
        f"AND {applied} <> 0 ORDER BY p.entry"
    )
    claims.over_the_rows(engine)
    engine.execute("DROP TABLE applied")
    engine.execute("DROP TABLE near")
