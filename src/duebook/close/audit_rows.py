"""The rows of the auditor pack's tables, in the words of the close's language."""

from __future__ import annotations

from collections.abc import Sequence

from duebook.books.plan import Rows
from duebook.books.rows import EngineRows
from duebook.close import audit_confirmation, audit_lists
from duebook.close.aging_book import SHEET_ROWS, Record, cases_in_words, kinds_in_words
from duebook.close.audit_confirmation import Answer, to_confirm
from duebook.close.audit_pack import Pack
from duebook.close.audit_receipts import Later
from duebook.close.audit_replies import CAUSES
from duebook.close.credit_lines import credit_lines
from duebook.close.figures import ZERO
from duebook.close.slots import BUCKET_COLUMNS, table
from duebook.close.slots_audit import AUDIT_TABLES, YEARS
from duebook.core.engine import quoted
from duebook.core.messages import text
from duebook.core.money import ratio

LATER = ("receipts", "credit_notes", "bills", "write_offs", "earlier", "other", "still_open")


# -- subsequent receipts ---------------------------------------------------------------------------------------------


def receipts(pack: Pack) -> tuple[Rows, str | None]:
    """Every item; or one line per customer, currency and kind where a sheet is too short."""
    close, columns = pack.close, table(AUDIT_TABLES, "subsequent_receipts").columns()
    kind = kinds_in_words(close, "s.kind")
    named = "FROM subsequent AS s LEFT JOIN audit_names AS n ON s.customer_id = n.customer_id"
    (count,) = close.engine.one("SELECT count(*) FROM subsequent")
    if count <= SHEET_ROWS:
        amounts = ", ".join(f"s.{name}" for name in LATER)
        sql = (
            f"SELECT s.customer_id, n.customer_name, s.document_id, {kind}, s.document_date, s.due_date, s.currency, "
            f"s.open, {amounts}, {_collected('s.receipts', 's.open')}, s.last_date, s.file, s.line {named} "
            "ORDER BY s.currency, s.customer_id, s.document_date, s.document_id, s.no"
        )
        return EngineRows(close.engine, sql, columns), None
    amounts = ", ".join(f"sum(s.{name})" for name in LATER)
    many = text("close.summarized_items", close.language, count="#")
    before, _, after = many.partition("#")
    sql = (
        f"SELECT s.customer_id, min(n.customer_name), {quoted(before)} || count(*) || {quoted(after)}, {kind}, "
        f"min(s.document_date), min(s.due_date), s.currency, sum(s.open), {amounts}, "
        f"{_collected('sum(s.receipts)', 'sum(s.open)')}, max(s.last_date), NULL, NULL {named} "
        "GROUP BY s.customer_id, s.currency, s.kind ORDER BY s.currency, s.customer_id, s.kind"
    )
    words = text("audit.detail_summarized", close.language, count=f"{count:,}", rows=f"{SHEET_ROWS:,}")
    return EngineRows(close.engine, sql, columns), words


def _collected(receipts: str, opened: str) -> str:
    """SQL for receipts ÷ open to six decimals, half away from zero, in whole numbers: no DOUBLE divides money."""
    up, down = (
        f"CAST(CAST({amount} AS DECIMAL(30, 4)) * CAST(10000 AS DECIMAL(5, 0)) AS HUGEINT)"
        for amount in (receipts, opened)
    )
    return (
        f"CAST(CASE WHEN {down} = 0 THEN NULL ELSE (2000000 * {up} + sign({up}) * {down}) // (2 * {down}) END "
        "AS DECIMAL(30, 0)) * CAST('0.000001' AS DECIMAL(7, 6))"
    )


def by_customer(pack: Pack) -> list[Record]:
    return [
        {
            "customer_id": customer,
            "customer_name": pack.name(customer),
            "currency": currency,
            "items": later.items,
            "open": later.open,
            **{name: getattr(later, name) for name in LATER},
            "collected": ratio(later.receipts, later.open, 6),
            "unapplied_later": later.unapplied_later,
        }
        for (currency, customer), later in pack.later.items()
    ]


# -- confirmations ---------------------------------------------------------------------------------------------------


def confirmations(pack: Pack) -> list[Record]:
    held, language = pack.held, pack.close.language
    rows: list[Record] = []
    for currency, own in pack.samples.items():
        debit = own.debit
        for choice in sorted(own.choices, key=lambda c: (-c.candidate.balance, c.candidate.customer_id)):
            customer, balance = choice.candidate.customer_id, choice.candidate.balance
            b = held[currency, customer]
            chosen = choice.reason is not None
            rows.append(
                {
                    "customer_id": customer,
                    "customer_name": b.customer_name,
                    "relation": pack.relation(customer),
                    "currency": currency,
                    "items": b.items,
                    "balance": balance,
                    "share": ratio(balance, debit, 6) if balance > 0 else None,
                    "bills": b.bills,
                    "contract_assets": b.contract_assets,
                    "chosen": text("audit.chosen", language) if chosen else None,
                    "choice": text(f"audit.reason_{choice.reason}", language) if chosen else None,
                    "cumulative": choice.cumulative,
                    "unit": choice.unit,
                    "hits": choice.hits or None,
                    "draw": choice.draw[:16],
                }
            )
    return rows


def letters(pack: Pack) -> list[Record]:
    numbers, held = audit_confirmation.letters(pack.samples), pack.held
    keys = sorted(
        (numbers[c.candidate.customer_id], currency, c.candidate.customer_id)
        for currency, own in pack.samples.items()
        for c in own.chosen
    )
    return [
        {
            "letter": letter,
            "customer_id": customer,
            "customer_name": held[currency, customer].customer_name,
            "currency": currency,
            "as_of": pack.close.as_of,
            "balance": to_confirm(held[currency, customer]),
            "items": held[currency, customer].items,
            "bills": held[currency, customer].bills,
            "contract_assets": held[currency, customer].contract_assets,
        }
        for letter, currency, customer in keys
    ]


def answer_row(pack: Pack, answer: Answer) -> Record:
    currency, customer = answer.key
    receipts = pack.later.get(answer.key, Later()).receivable_receipts
    told, reply = answer.explanation, answer.reply
    comma = text("close.list_comma", pack.close.language)
    return {
        "letter": answer.letter,
        "customer_id": customer,
        "customer_name": pack.name(customer),
        "currency": currency,
        "balance": answer.book,
        "confirmed": reply.amount if reply else None,
        "difference": answer.difference,
        **{cause: (told.of(cause) if told else None) for cause in CAUSES},
        "unexplained": told.unexplained if told else None,
        "status": text(f"audit.status_{answer.status}", pack.close.language),
        "documents": comma.join(paper.document_id for paper in told.papers) if told and told.papers else None,
        "reply_date": reply.reply_date if reply else None,
        "receipts": receipts,
        "covered": ratio(receipts, answer.book, 6) if answer.book > 0 else None,
        "comment": reply.remark if reply else None,
    }


# -- cut-off ---------------------------------------------------------------------------------------------------------


def _why(pack: Pack, name: str) -> str:
    words = {why: text(f"audit.{name}_{why}", pack.close.language) for why in ("none", "unknown", "later")}
    return cases_in_words("v.why", words)


def deliveries(pack: Pack, name: str, by: str) -> Rows:
    """One of the two lists, by day; or a line per customer, currency and reason where half a sheet is too short."""
    engine, columns = pack.close.engine, table(AUDIT_TABLES, name).columns()
    named = f"FROM {name} AS v LEFT JOIN audit_names AS n ON v.customer_id = n.customer_id"
    customer = "coalesce(n.customer_name, v.customer_name)"
    (count,) = engine.one(f"SELECT count(*) FROM {name}")
    if count <= SHEET_ROWS // 2:
        sql = (
            f"SELECT v.customer_id, {customer}, v.currency, v.delivery_id, v.delivery_date, v.amount, v.document_id, "
            f"v.document_date, v.gap, {_why(pack, name)}, v.file, v.line {named} "
            f"ORDER BY v.{by}, v.delivery_id, v.document_id, v.file, v.line"
        )
        return EngineRows(engine, sql, columns)
    many = text("close.summarized_items", pack.close.language, count="#")
    before, _, after = many.partition("#")
    sql = (
        f"SELECT v.customer_id, min({customer}), v.currency, {quoted(before)} || count(*) || {quoted(after)}, "
        f"min(v.delivery_date), sum(v.amount), NULL, min(v.document_date), NULL, {_why(pack, name)}, NULL, NULL "
        f"{named} GROUP BY v.customer_id, v.currency, v.why ORDER BY v.currency, v.customer_id, v.why"
    )
    return EngineRows(engine, sql, columns)


def documents(pack: Pack) -> Rows:
    """By class, series and number: what is missing in the sequence stands between two lines."""
    language = pack.close.language
    gap = text("audit.sequence_gap", language, first="#1", last="#2")
    one = text("audit.sequence_one", language, number="#1")
    order = quoted(text("audit.sequence_order", language))
    missing = (
        "CASE WHEN d.missing_from IS NULL THEN NULL "
        f"WHEN d.sparse THEN {quoted(text('audit.sequence_sparse', language))} "
        f"WHEN d.missing_from = d.missing_to THEN replace({quoted(one)}, '#1', {_number('d.missing_from')}) "
        f"ELSE replace(replace({quoted(gap)}, '#1', {_number('d.missing_from')}), '#2', {_number('d.missing_to')}) END"
    )
    sequence = (
        f"nullif(concat_ws({quoted(text('close.watch_joined', language))}, {missing}, "
        f"CASE WHEN d.out_of_order THEN {order} END), '')"
    )
    sides = {side: text(f"audit.side_{side}", language) for side in ("before", "after")}
    side = f"CASE WHEN d.before_close THEN {quoted(sides['before'])} ELSE {quoted(sides['after'])} END"
    sql = (
        f"SELECT {side}, {kinds_in_words(pack.close, 'd.kind')}, d.document_id, d.document_date, d.customer_id, "
        f"n.customer_name, d.currency, d.amount, CASE WHEN d.number IS NULL THEN NULL "
        f"ELSE concat(d.before, '#', d.behind) END, {sequence}, d.file, d.line FROM cutoff_documents AS d "
        "LEFT JOIN audit_names AS n ON d.customer_id = n.customer_id "
        "ORDER BY d.class, d.before NULLS LAST, d.behind, d.number, d.document_date, d.document_id, d.no"
    )
    return EngineRows(pack.close.engine, sql, table(AUDIT_TABLES, "cutoff_documents").columns())


def _number(column: str) -> str:
    """A missing number as its series writes it: with the zeros that fill it up."""
    written = f"CAST({column} AS VARCHAR)"
    padded = f"lpad({written}, CAST(greatest(d.wide, length({written})) AS INTEGER), '0')"
    return f"concat(d.before, {padded}, d.behind)"


def unusual(pack: Pack) -> Rows:
    names = ("reversed", "credited", "written_off", "journal")
    items = {name: text(f"audit.item_{name}", pack.close.language) for name in names}
    order = " ".join(f"WHEN {quoted(name)} THEN {place}" for place, name in enumerate(names))
    sql = (
        f"SELECT {cases_in_words('u.item', items)}, u.customer_id, n.customer_name, "
        f"{kinds_in_words(pack.close, 'u.kind')}, u.document_id, u.document_date, u.currency, u.amount, "
        "u.other_document, u.other_date, u.file, u.line FROM unusual AS u LEFT JOIN audit_names AS n "
        f"ON u.customer_id = n.customer_id ORDER BY CASE u.item {order} END, u.currency, u.document_date, "
        "u.document_id, u.other_document, u.no"
    )
    return EngineRows(pack.close.engine, sql, table(AUDIT_TABLES, "unusual_items").columns())


# -- largest, related, by year, credits ------------------------------------------------------------------------------


def top_five(pack: Pack) -> list[Record]:
    limits = {(line.held.currency, line.held.customer_id): line.credit_limit for line in credit_lines(pack.close)}
    rows: list[Record] = []
    for currency in pack.currencies:
        whole = pack.balance(currency)
        for rank, b in enumerate(pack.largest(currency), start=1):
            later = pack.later.get((currency, b.customer_id), Later())
            rows.append(
                {
                    "currency": currency,
                    "rank": rank,
                    "customer_id": b.customer_id,
                    "customer_name": b.customer_name,
                    "balance": to_confirm(b),
                    "share": ratio(to_confirm(b), whole, 6) if whole > 0 else None,
                    **{f"bucket_{n}": amount for n, amount in enumerate(b.buckets[:BUCKET_COLUMNS], start=1)},
                    "disputed": b.disputed + b.excluded,
                    "unapplied": b.unapplied,
                    "receipts": later.receivable_receipts,
                    "collected": ratio(later.receivable_receipts, b.receivable, 6),
                    "credit_limit": limits.get((currency, b.customer_id)),
                    "relation": pack.relation(b.customer_id),
                    "lookup": f"{currency}|{rank}",
                }
            )
    return rows


def related(pack: Pack) -> list[Record]:
    held, sold = pack.held, audit_lists.invoiced(pack.close)
    rows: list[Record] = []
    for customer, currency, *moved, closing in audit_lists.related_parties(pack.close):
        b, whole = held.get((currency, customer)), pack.balance(currency)
        rows.append(
            {
                "customer_id": customer,
                "customer_name": pack.name(customer),
                "relation": pack.relation(customer),
                "currency": currency,
                **dict(zip(("opening", "invoiced", "credit_notes", "cash", "other"), moved, strict=True)),
                "balance": closing,
                "share": ratio(closing, whole, 6) if whole > 0 else None,
                "sales_share": ratio(moved[1], sold.get(currency, ZERO), 6),
                "bills": b.bills if b else ZERO,
                "contract_assets": b.contract_assets if b else ZERO,
            }
        )
    return rows


def by_year(pack: Pack) -> list[Record]:
    return [
        {
            "customer_id": row[0],
            "customer_name": pack.name(row[0]),
            "currency": row[1],
            **{f"year_{n}": row[1 + n] for n in range(1, YEARS + 1)},
            "gross": row[2 + YEARS],
            "credits": row[3 + YEARS],
            "balance": row[4 + YEARS],
            "relation": pack.relation(row[0]),
        }
        for row in audit_lists.by_year(pack.close)
    ]


def bridge(pack: Pack, labels: Sequence[str]) -> list[Record]:
    return [
        {
            "bucket": labels[row[1] - 1],
            "currency": row[0],
            **{f"year_{n}": row[1 + n] for n in range(1, YEARS + 1)},
            "gross": row[2 + YEARS],
            "aged": row[3 + YEARS],
            "difference": row[3 + YEARS] - row[2 + YEARS],
        }
        for row in audit_lists.bridge(pack.close)
    ]


def credits_held(pack: Pack) -> list[Record]:
    keys = ("customer_id", "currency", "debit", "credits", "advances", "balance", "reclassified")
    return [
        {
            **dict(zip(keys, row, strict=True)),
            "customer_name": pack.name(row[0]),
            "relation": pack.relation(row[0]),
        }
        for row in audit_lists.credit_balances(pack.close)
    ]
