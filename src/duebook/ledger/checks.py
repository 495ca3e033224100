"""What is wrong with rows as a whole: duplicates, totals, unknown customers and kinds, dates and amounts that clash."""

from __future__ import annotations

from collections.abc import Sequence

from duebook.core import money
from duebook.core.engine import Engine, identifier, quoted
from duebook.core.total_words import total_words
from duebook.ledger import account_lines, kinds
from duebook.ledger.cells import Group
from duebook.ledger.columns import plain
from duebook.ledger.found import ENTRY_SHIFT, Findings, Part, shown

_TOTAL_OF = (
    r"(?i)^\s*((sub|grand|overall|zwischen|gesamt|sous)[\s-]*)?(totals?|summe)\b"
    r"|^\s*(小计|合计|总计|小計|合計|總計|共计)|(小计|合计|总计|小計|合計|總計)\s*[:：]?\s*$"
)
CREDITS = "(" + ", ".join(quoted(kind) for kind in kinds.CREDIT_KINDS) + ")"
"""The kinds that reduce what is owed, as a list in SQL."""
TAKEN = "('bill', 'retention')"
"""What is taken for part of an invoice and stays a claim: it closes the invoice, not the exposure."""
REDUCES = f"(kind IN {CREDITS} OR kind = 'journal' AND amount < 0)"
"""Whether a row reduces what is owed: by its kind, and a journal entry by its sign."""
_WITH_SIGN = ("amount", "open_amount", "paid_amount", "functional_amount")
"""Amounts of a document that change their sign together."""


def full_duplicates(engine: Engine, findings: Findings, group: Group) -> None:
    """Rows that repeat an earlier row of the same export in every column; the first one stays.

    Rows are compared by a hash first, then cell by cell. Payments without a number of their own may well be equal
    (two like transfers on one day), so these are kept and reported.
    """
    each, whole = [], []
    for part in group.parts:
        cells = ", ".join(f"r.c{position + 1}" for position in _by_header(part.raw.headers))
        raw = identifier(part.raw.name)
        each.append(f"SELECT {part.entry} AS entry, hash({cells}) AS h FROM {raw} AS r")
        whole.append(f"SELECT {part.entry} AS entry, r.line, [{cells}] AS cells FROM {raw} AS r")
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT h FROM ({' UNION ALL '.join(each)}) "
        "GROUP BY h HAVING count(*) > 1"
    )
    if engine.one("SELECT count(*) FROM repeated") == (0,):
        return
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE twins AS WITH suspects AS MATERIALIZED ("
        f"SELECT entry FROM ({' UNION ALL '.join(each)}) WHERE h IN (SELECT h FROM repeated)), "
        f"rows AS (SELECT w.* FROM ({' UNION ALL '.join(whole)}) AS w JOIN suspects USING (entry)) "
        "SELECT entry, line, min(entry) OVER same AS first, first_value(line) OVER (PARTITION BY cells ORDER BY entry) "
        "AS first_line FROM rows WINDOW same AS (PARTITION BY cells)"
    )
    place = " ".join(f"WHEN {p.number} THEN {quoted(f' ({_place(p)})')}" for p in group.parts)
    numbered = group.parts[0].mapped.role != "payments" or group.has("document_id")
    if group.parts[0].mapped.running:
        numbered = False  # one voucher may well have two equal entries
    findings.rows(
        "SELECT entry, line, NULL, json_object('first', CAST(first_line AS VARCHAR) || "
        f"CASE WHEN (entry >> {ENTRY_SHIFT}) = (first >> {ENTRY_SHIFT}) THEN '' "
        f"ELSE CASE first >> {ENTRY_SHIFT} {place} END END) FROM twins WHERE entry <> first",
        None,
        "duplicate_row" if numbered else "equal_payment",
        "left_out" if numbered else "kept",
    )
    engine.execute("DROP TABLE twins")


def _place(part: Part) -> str:
    return part.raw.file + (f" [{part.raw.sheet}]" if part.raw.sheet else "")


def _by_header(headers: Sequence[str]) -> list[int]:
    """Positions in the order of their headers: files of one export may order their columns differently."""
    return [position for _, position in sorted((plain(header), p) for p, header in enumerate(headers))]


def total_lines(engine: Engine, findings: Findings, group: Group) -> None:
    """Total and subtotal lines: no date, and a total word among the first cells."""
    words = ", ".join(quoted(word) for word in sorted(total_words()))
    for part in group.parts:
        account_lines.leave_out(findings, part)
        if part.cell("document_date") is None:
            continue
        cells = {f"r.c{n}" for n in range(1, min(3, len(part.raw.headers)) + 1)}
        cells |= {c for n in ("customer_id", "customer_name", "document_id", "applies_to") if (c := part.cell(n))}
        tests = " OR ".join(
            f"lower(regexp_replace({cell}, '[\\s\u3000\u00a0_.:：。*-]', '', 'g')) IN ({words})"
            for cell in sorted(cells)
        )
        shown = f"concat_ws(' | ', {', '.join(sorted(cells))}, {part.cell('amount') or 'NULL'})"
        # "Total C1" and "C1 小计" are totals where nothing else tells of a document
        named = " OR ".join(f"regexp_matches({cell}, {quoted(_TOTAL_OF)})" for cell in sorted(cells))
        bare = f"{part.text('document_id')} IS NULL AND {part.text('due_date')} IS NULL"
        if part.mapped.positions.get("document_id") == 0:  # the words stand where the number would
            bare = f"({bare} OR regexp_matches(r.c1, {quoted(_TOTAL_OF)})) AND {part.text('due_date')} IS NULL"
        findings.rows(
            f"SELECT {part.entry}, r.line, {shown}, NULL FROM {identifier(part.raw.name)} AS r "
            f"WHERE {part.text('document_date')} IS NULL AND (({tests}) OR ({bare} AND ({named})))",
            None, "total_line", "left_out",
        )  # fmt: skip
        empty = ("amount", "open_amount", "debit", "credit", "running_balance", "document_date")
        sums = " AND ".join(f"{part.text(n)} IS NULL" for n in empty)
        words_only = f"concat_ws(' | ', {', '.join(f'r.c{n}' for n in range(1, min(4, len(part.raw.headers)) + 1))})"
        findings.rows(
            f"SELECT {part.entry}, r.line, {words_only}, NULL FROM {identifier(part.raw.name)} AS r "
            f"WHERE {sums} AND {bare}",
            None, "note_line", "left_out",
        )  # fmt: skip


def void_rows(engine: Engine, findings: Findings, group: Group) -> None:
    """Documents that the export itself calls void, cancelled or a draft, or that its system keeps in no account."""
    for part in group.parts:
        for place, codes in part.noted:
            listed = ", ".join(quoted(code) for code in codes)
            findings.rows(
                f"SELECT {part.entry}, r.line, r.c{place + 1}, NULL FROM {identifier(part.raw.name)} AS r "
                f"WHERE upper(trim(r.c{place + 1})) IN ({listed})",
                None, "noted_row", "left_out",
            )  # fmt: skip
        for name, meant in (("status", kinds.is_out), ("voided", kinds.flag)):
            if part.cell(name) is None:
                continue
            raw, cell = identifier(part.raw.name), part.text(name)
            texts = [t for (t,) in engine.rows(f"SELECT DISTINCT {cell} FROM {raw} AS r WHERE {cell} IS NOT NULL")]
            out = ", ".join(quoted(text) for text in sorted(texts) if meant(text))
            if out:
                findings.rows(
                    f"SELECT {part.entry}, r.line, {cell}, NULL FROM {raw} AS r WHERE {cell} IN ({out})",
                    name, "void_row", "left_out",
                )  # fmt: skip


def signs(engine: Engine, findings: Findings, group: Group) -> None:
    """Credits reduce what is owed: stored negative, however the export writes them.

    An export that writes most amounts of a kind without a minus means reductions by the kind itself; there a minus is
    a reversal. A negative invoice is a credit note.
    """
    own = f"(entry >> {ENTRY_SHIFT}) IN ({', '.join(str(p.number) for p in group.parts)})"
    has = set(engine.columns("document_rows"))
    for part in group.parts:
        (count,) = engine.one(
            f"SELECT count(*) FROM document_rows WHERE (entry >> {ENTRY_SHIFT}) = {part.number} "
            "AND kind = 'invoice' AND amount < 0"
        )
        if count:
            findings.remark(part, "amount", "negative_invoice", "kept", count=f"{count:,}")
    engine.execute(f"UPDATE document_rows SET kind = 'credit_note' WHERE {own} AND kind = 'invoice' AND amount < 0")
    negated = ", ".join(f"{name} = -{name}" for name in _WITH_SIGN if name in has)
    written = engine.rows(
        "SELECT kind, count(*) FILTER (amount > 0), count(*) FILTER (amount < 0) FROM document_rows "
        f"WHERE {own} AND (kind IN {CREDITS} OR kind IN ('bill', 'retention')) GROUP BY kind ORDER BY kind"
    )
    for kind, positive, negative in written:
        # a bill or a retention that an export writes with a minus is what it takes off the invoices
        if positive > negative if kind in kinds.CREDIT_KINDS else negative > positive:
            engine.execute(f"UPDATE document_rows SET {negated} WHERE {own} AND kind = {quoted(kind)}")


def row_checks(engine: Engine, findings: Findings) -> None:
    """Checks of single rows that need their typed values."""
    findings.rows(
        "SELECT entry, line, CAST(due_date AS VARCHAR), json_object('issued', CAST(document_date AS VARCHAR)) "
        f"FROM document_rows WHERE due_date < document_date AND kind NOT IN {CREDITS}",
        "due_date", "due_before_issue", "kept",
    )  # fmt: skip
    has = engine.columns("document_rows")
    _claims_of_their_own(findings, has)
    for name, reason in (("amount", "amount_missing"), ("document_date", "date_missing")):
        # whatever way a field came to be empty, an accepted row has it
        findings.rows(
            f"SELECT entry, line, NULL, NULL FROM document_rows WHERE {name} IS NULL", name, reason, "left_out"
        )
    for name in ("amount", "open_amount", "paid_amount", "applied_amount", "disputed_amount"):
        if name in has:
            _too_many_decimals(findings, name)
    if "specific_allowance" in has:
        findings.rows(
            f"SELECT entry, line, {shown('specific_allowance')}, NULL FROM document_rows WHERE specific_allowance < 0",
            "specific_allowance", "value_ignored", "kept",
        )  # fmt: skip
        findings.engine.execute("UPDATE document_rows SET specific_allowance = NULL WHERE specific_allowance < 0")
    if "paid_amount" in has:
        findings.rows(
            f"SELECT entry, line, {shown('paid_amount')}, json_object('amount', {shown('amount')}) "
            f"FROM document_rows WHERE paid_amount > amount AND kind NOT IN {CREDITS}",
            "paid_amount", "overpaid", "kept",
        )  # fmt: skip


def _claims_of_their_own(findings: Findings, has: Sequence[str]) -> None:
    """What bills, retention, factoring and netting need to be placed right, where the export does not say it."""

    def given(name: str) -> str:
        return name if name in has else "NULL"

    transferred = f"{given('bill_status')} IN ('endorsed', 'discounted') AND {given('recourse')} IS NULL"
    for field, reason, treatment, test in (
        ("due_date", "retention_release_open", "kept", "kind = 'retention' AND due_date IS NULL"),
        ("due_date", "bill_maturity_missing", "kept", "kind = 'bill' AND due_date IS NULL"),
        ("recourse", "bill_recourse_open", "kept", f"kind = 'bill' AND {transferred}"),
        ("recourse", "factoring_recourse_open", "kept", f"kind = 'factoring' AND {given('recourse')} IS NULL"),
        (
            "agreement_id", "netting_without_agreement", "left_out",
            f"kind = 'netting' AND coalesce({given('agreement_id')}, {given('contract_id')}) IS NULL",
        ),
    ):  # fmt: skip
        findings.rows(
            f"SELECT entry, line, document_id, NULL FROM document_rows WHERE {test}", field, reason,
            "left_out" if treatment == "left_out" else "kept",
        )  # fmt: skip


def _too_many_decimals(findings: Findings, name: str) -> None:
    """Amounts with more decimals than their currency has (2, unless ISO 4217 says otherwise)."""
    by_digits: dict[int, list[str]] = {}
    for code, digits in money.minor_units().items():
        by_digits.setdefault(digits, []).append(quoted(code))
    other = ", ".join(c for digits, codes in sorted(by_digits.items()) if digits != 2 for c in codes)
    tests = [f"({name} % 0.01 <> 0 AND (currency IS NULL OR currency NOT IN ({other})))"]
    for digits, codes in sorted(by_digits.items()):
        if digits != 2 and digits < 4:
            tests.append(f"({name} % {'1' if digits == 0 else '0.001'} <> 0 AND currency IN ({', '.join(codes)}))")
    findings.rows(
        f"SELECT entry, line, rtrim(CAST({name} AS VARCHAR), '0'), json_object('currency', coalesce(currency, '')) "
        f"FROM document_rows WHERE {' OR '.join(tests)}",
        name, "amount_decimals", "left_out",
    )  # fmt: skip


def customer_ids(engine: Engine, findings: Findings, files: Sequence[str]) -> None:
    """Ids that differ from the customers file in case only become its ids; ids it does not know are reported."""
    if not files:
        return
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE spelled AS SELECT DISTINCT d.customer_id AS was, f.customer_id AS now "
        "FROM (SELECT DISTINCT customer_id FROM document_rows) AS d JOIN ("
        "SELECT lower(customer_id) AS folded, min(customer_id) AS customer_id FROM file_customers "
        "GROUP BY lower(customer_id) HAVING count(*) = 1) AS f ON lower(d.customer_id) = f.folded "
        "WHERE d.customer_id NOT IN (SELECT customer_id FROM file_customers)"
    )
    findings.rows(
        "SELECT d.entry, d.line, d.customer_id, json_object('mended', s.now) FROM document_rows AS d "
        "JOIN spelled AS s ON d.customer_id = s.was",
        "customer_id", "customer_id_case", "repaired",
    )  # fmt: skip
    engine.execute("UPDATE document_rows SET customer_id = s.now FROM spelled AS s WHERE customer_id = s.was")
    engine.execute("DROP TABLE spelled")
    findings.rows(
        f"SELECT entry, line, customer_id, json_object('files', {quoted(', '.join(files))}) FROM document_rows "
        "WHERE customer_id NOT IN (SELECT customer_id FROM file_customers)",
        "customer_id", "orphan_customer", "kept",
    )  # fmt: skip


def same_document(engine: Engine, findings: Findings, payments: Sequence[int]) -> None:
    """The same document number twice for one customer, with different content. Receipts over several rows are usual."""
    skipped = ", ".join(str(number) for number in payments) or "-1"
    own = f"kind IN ('invoice', 'credit_note') AND (entry >> {ENTRY_SHIFT}) NOT IN ({skipped})"
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE repeated AS SELECT hash(customer_id, document_id) AS h FROM document_rows "
        f"WHERE {own} GROUP BY h HAVING count(*) > 1"
    )
    if engine.one("SELECT count(*) FROM repeated") == (0,):
        return
    findings.rows(
        "SELECT entry, line, document_id, json_object('first', CAST(first_line AS VARCHAR)) FROM ("
        "SELECT entry, line, document_id, min(entry) OVER same AS first, "
        "first_value(line) OVER (PARTITION BY customer_id, document_id, kind ORDER BY entry) AS first_line "
        f"FROM document_rows WHERE {own} AND hash(customer_id, document_id) IN (SELECT h FROM repeated) "
        "WINDOW same AS (PARTITION BY customer_id, document_id, kind)) WHERE entry <> first",
        "document_id", "duplicate_document", "kept",
    )  # fmt: skip
