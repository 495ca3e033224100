"""Documents from ledger and payments files: every row typed and stored, in one pass per file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from duebook.core import amounts
from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import columns, kinds, running_account
from duebook.ledger.cells import Group, Reader
from duebook.ledger.checks import CREDITS
from duebook.ledger.customers import say_percents, share
from duebook.ledger.date_columns import DateReading, read_dates
from duebook.ledger.date_evidence import DateColumn, terms_days
from duebook.ledger.found import Findings, Part
from duebook.ledger.problems import Treatment

SCHEMA = {
    "customer_id": "VARCHAR", "customer_name": "VARCHAR", "document_id": "VARCHAR", "kind": "VARCHAR",
    "document_date": "DATE", "due_date": "DATE", "recorded_date": "DATE", "amount": "DECIMAL(18, 4)",
    "open_amount": "DECIMAL(18, 4)", "paid_amount": "DECIMAL(18, 4)", "settled_date": "DATE", "currency": "VARCHAR",
    "disputed_amount": "DECIMAL(18, 4)", "disputed": "BOOLEAN", "dispute_reason": "VARCHAR", "dispute_opened": "DATE",
    "terms": "VARCHAR", "base_date": "DATE", "sales_unit": "VARCHAR", "parent_id": "VARCHAR", "relation": "VARCHAR",
    "contract_id": "VARCHAR", "order_id": "VARCHAR", "delivery_id": "VARCHAR", "net_amount": "DECIMAL(18, 4)",
    "tax_amount": "DECIMAL(18, 4)", "applies_to": "VARCHAR", "acceptor": "VARCHAR", "bill_kind": "VARCHAR",
    "bill_status": "VARCHAR", "transferred_date": "DATE", "recourse": "BOOLEAN", "contract_asset": "BOOLEAN",
    "agreement_id": "VARCHAR", "functional_amount": "DECIMAL(18, 4)", "specific_allowance": "DECIMAL(18, 4)",
    "specific_rate": "DECIMAL(18, 9)", "credited": "DECIMAL(18, 4)",
}  # fmt: skip
"""Columns of `documents`, besides file, sheet and line. `credited`: of a bill, what is credited without an invoice."""
WORKING = {
    "settled_unknown": "BOOLEAN", "settled_recorded_date": "DATE", "applied_amount": "DECIMAL(18, 4)",
    "applied_date": "DATE", "country": "VARCHAR",
    "bill_maturity": "DATE", "running_balance": "DECIMAL(18, 4)", "opening": "BOOLEAN",
}  # fmt: skip
_SIMPLIFIED = re.compile("[币发应单额户]")
"""Letters of Chinese headers that Japanese ones write otherwise."""
ALWAYS = ("customer_id", "document_id", "kind", "document_date", "due_date", "amount", "currency")
_IDS = (
    "customer_id", "document_id", "applies_to", "parent_id", "contract_id", "order_id", "delivery_id", "agreement_id",
)  # fmt: skip
_WORDS: Mapping[str, tuple[str, Callable[[str], object]]] = {
    "relation": ("VARCHAR", kinds.relation),
    "bill_kind": ("VARCHAR", kinds.bill_kind),
    "bill_status": ("VARCHAR", kinds.bill_state),
    "recourse": ("BOOLEAN", kinds.recourse),
    "specific_rate": ("DECIMAL(18, 9)", share),
}
"""Columns of words with a meaning each; a word without one is reported and the row kept."""
_MATTERS = ("amount", "open_amount", "paid_amount", "applied_amount")


def create(engine: Engine, parts: Sequence[Part]) -> list[str]:
    """The table `document_rows` with the columns that some file has; returns them."""
    present = {name for part in parts for name in part.mapped.positions}
    if "settled_date" in present:
        present.add("settled_unknown")
    if "transferred_date" in present:
        present.add("bill_status")  # a bill with such a date was passed on
    if any(part.lines for part in parts):
        present.add("opening")
    if "kind" in present:
        present |= {"bill_kind", "recourse"}  # the word for the kind may say whose acceptance, and who bears the risk
    wanted = {n: k for n, k in {**SCHEMA, **WORKING}.items() if n in present or n in ALWAYS}
    listed = ", ".join(f"{name} {kind}" for name, kind in wanted.items())
    engine.execute(f"CREATE OR REPLACE TABLE document_rows (entry BIGINT, line BIGINT, {listed})")
    return list(wanted)


def check_columns(part: Part) -> None:
    """Refuses a table that cannot be a ledger, with the headers seen and how to map them."""
    mapped, raw = part.mapped, part.raw
    if mapped.sides or mapped.running:
        if "customer_id" not in mapped.positions:
            seen = ", ".join(header for header in raw.headers if header)
            raise DuebookError("ledger.running_account_customer", file=raw.file, seen=seen)
        columns.require(mapped, raw.headers, raw.file, ("document_date",))
        return
    choices: list[tuple[str, ...]] = [("document_date",), ("amount", "open_amount")]
    if mapped.role == "payments":
        choices.append(("customer_id", "applies_to"))
    else:
        choices.insert(0, ("customer_id", "customer_name"))
        choices.insert(1, ("document_id",))
    columns.require(mapped, raw.headers, raw.file, *choices)


class DocumentReader:
    """Reads one group of files into `document_rows`."""

    def __init__(
        self,
        engine: Engine,
        findings: Findings,
        group: Group,
        as_of: date | None,
        dates: str,
        currency: str | None,
        currency_open: bool = False,
    ) -> None:
        self.currency_open = currency_open
        self.engine, self.group, self.currency = engine, group, currency
        self.reader = Reader(engine, findings, group)
        self.as_of, self.dates = as_of, dates
        self.decided: Mapping[str, DateColumn] = {}
        self.currency_from: dict[int, str] = {}

    def read(self, stored: Sequence[str]) -> None:
        self._values()
        terms = self._terms()
        names = [n for n in self.group.parts[0].mapped.positions if columns.fields()[n].kind == "date" and n in stored]
        self.decided = read_dates(self.reader, names, terms)
        for part in self.group.parts:
            self._insert(part, stored)

    def _values(self) -> None:
        reader, fields = self.reader, columns.fields()
        for name in self.group.parts[0].mapped.positions:
            kind = fields[name].kind
            if name == "running_balance":
                continue  # read with the sides of the account
            if name in _IDS:
                reader.identifiers(name)
            elif kind == "amount" and (name in SCHEMA or name in WORKING):
                reader.amounts(name, _matters if name in _MATTERS else _ignored)
            elif name in _WORDS:
                reader.words(name, *_WORDS[name], "value_ignored", "kept")
                if name == "specific_rate":
                    say_percents(reader.findings, self.group.parts[0], reader, name)
            elif kind == "flag":
                reader.words(name, "BOOLEAN", kinds.flag, "value_ignored", "kept")
            elif kind == "text" and (name in SCHEMA or name in WORKING):
                reader.text(name)
        mapped = self.group.parts[0].mapped
        if mapped.sides or mapped.running:
            running_account.read_sides(reader)
            running_account.read_kinds(reader)
        else:
            self._kinds()
        self._currency()

    def _kinds(self) -> None:
        """The kind column, if its words are kinds at all; else invoices, or payments in a payments file."""
        reader, default = self.reader, "payment" if self.group.parts[0].mapped.role == "payments" else "invoice"
        told: dict[str, tuple[str, Mapping[str, object]]] = {}
        if self.group.has("kind"):
            texts = reader.distinct(lambda p: p.text("kind"))
            if any(kinds.kind(text) for text in texts):
                reader.words("kind", "VARCHAR", kinds.kind, "kind_unknown", "left_out")
                told = _told_by_kind(texts)
            elif texts:
                reader.findings.remark(self.group.parts[0], "kind", "kind_column_ignored", "kept", texts[0])
        for part in self.group.parts:
            shape = reader.shapes[part.number]
            known = shape.expressions.get("kind")
            for name, (sql, words) in told.items():  # "bank acceptance", "factoring without recourse"
                own = shape.expressions.get(name, "NULL")
                cases = " ".join(f"WHEN {quoted(text)} THEN {quoted(str(value))}" for text, value in words.items())
                shape.expressions[name] = f"coalesce({own}, CAST(CASE {part.text('kind')} {cases} END AS {sql}))"
            shape.expressions["kind"] = f"coalesce({known}, {quoted(default)})" if known else quoted(default)

    def _currency(self) -> None:
        reader = self.reader
        if self.group.has("currency"):
            marks = self._currency_marks()
            reader.words(
                "currency",
                "VARCHAR",
                lambda text: kinds.currency(text) or marks.get(text),
                "currency_unknown",
                "left_out",
            )
        for part in self.group.parts:
            shape = reader.shapes[part.number]
            code = part.mapped.currency or self.currency
            if known := shape.expressions.get("currency"):
                # an unknown code is not replaced by the one given: its row is left out
                blank = f"{part.text('currency')} IS NULL"
                if code:
                    shape.expressions["currency"] = f"CASE WHEN {blank} THEN {quoted(code)} ELSE {known} END"
                raw = identifier(part.raw.name)
                reader.findings.rows(
                    f"SELECT {part.entry}, r.line, NULL, json_object('currency', {quoted(code or '')}) "
                    f"FROM {raw} AS r WHERE {blank}",
                    "currency", "currency_filled" if code else "currency_missing", "kept" if code else "left_out",
                )  # fmt: skip
                self.currency_from[part.number] = "column"
            elif code:
                shape.expressions["currency"] = quoted(code)
                self.currency_from[part.number] = "header" if part.mapped.currency else "given"
            elif part.mapped.role == "payments" and self.group.has("applies_to"):
                shape.expressions["currency"] = "CAST(NULL AS VARCHAR)"  # taken from the invoice that is paid
                self.currency_from[part.number] = "invoice"
            elif self.currency_open:
                shape.expressions["currency"] = "CAST(NULL AS VARCHAR)"
                reader.findings.remark(part, "currency", "currency_open", "kept")
                self.currency_from[part.number] = "needed"
            else:
                raise DuebookError("ledger.currency_needed", file=part.raw.file)

    def _currency_marks(self) -> dict[str, str]:
        """What `¥` or `$` means as a currency: the only currency with that mark that the files show otherwise.

        A ledger with headers in Chinese means CNY by ¥. What stays open is left out like any unknown currency.
        """
        texts = self.reader.distinct(lambda p: p.text("currency"))
        shown = {kinds.currency(text) for text in texts} | {self.currency}
        shown |= {p.mapped.currency for p in self.group.parts}
        if any(_SIMPLIFIED.search(header) for part in self.group.parts for header in part.raw.headers):
            shown.add("CNY")
        found: dict[str, str] = {}
        for text in texts:
            left = [code for code in amounts.shared_mark(text) if code in shown]
            if kinds.currency(text) is None and len(left) == 1:
                found[text] = left[0]
                for part in self.group.parts:
                    self.reader.findings.remark(
                        part, "currency", "currency_mark_read", "repaired", text, currency=left[0]
                    )
        return found

    def _terms(self) -> DateReading:
        """Where a row's terms in days stand: its own terms column, else the customers file."""
        sql: dict[int, str] = {}
        joins: dict[int, list[str]] = {}
        reader = self.reader
        if self.group.has("terms"):
            texts = reader.distinct(lambda p: p.text("terms"))
            days = [terms_days(text) for text in texts]
            table = reader.table("terms", {"text": ("VARCHAR", texts), "days": ("INTEGER", days)})
        for part in self.group.parts:
            found, joined = [], []
            if self.group.has("terms"):
                joined.append(f"LEFT JOIN {identifier(table)} AS t ON t.text = {part.text('terms')}")
                found.append("t.days")
            customer = reader.shapes[part.number].expressions.get("customer_id")
            if customer:
                joined.append(f"LEFT JOIN customer_terms AS k ON k.customer_id = lower({customer})")
                found.append("k.terms_days")
            if found:
                sql[part.number] = f"coalesce({', '.join([*found, 'NULL'])})"
                joins[part.number] = joined
            reader.shapes[part.number].joins += joined
        return DateReading(self.as_of, self.dates, sql, joins)

    def _insert(self, part: Part, stored: Sequence[str]) -> None:
        shape = self.reader.shapes[part.number]
        have = dict(shape.expressions)
        if "open_amount" in have:
            have["amount"] = f"coalesce({have['amount']}, {have['open_amount']})"
        terms = "NULL"
        if shape.joins and any(" AS k " in j or " AS t " in j for j in shape.joins):
            terms = (
                "coalesce("
                + ", ".join(
                    [
                        a
                        for a, j in (("t.days", " AS t "), ("k.terms_days", " AS k "))
                        if any(j in x for x in shape.joins)
                    ]
                    + ["NULL"]
                )
                + ")"
            )
        document = have.get("document_date", "NULL")
        # credits are due at once; an invoice without a due date follows its terms; a retention without one waits
        fallback = (
            f"CASE WHEN {have['kind']} NOT IN {CREDITS} THEN CAST({document} + CAST({terms} AS INTEGER) AS DATE) END"
        )
        due, maturity = have.get("due_date", "NULL"), have.get("bill_maturity", "NULL")
        have["due_date"] = (
            f"CASE WHEN {have['kind']} = 'retention' THEN {due} "
            f"WHEN {have['kind']} = 'bill' THEN coalesce({maturity}, {due}) "
            f"ELSE coalesce({due}, {fallback}, {document}) END"
        )
        identity = have.get("document_id", "NULL")
        have["document_id"] = f"coalesce({identity}, 'L' || r.line)"
        values = ", ".join(f"{have.get(name, 'NULL')}" for name in stored)
        self.engine.execute(
            f"INSERT INTO document_rows SELECT {part.entry}, r.line, {values} "
            f"FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)}"
        )
        self._note_gaps(part, terms, shape.joins, have)
        self._note_marks(part)

    def _note_gaps(self, part: Part, terms: str, joins: Sequence[str], have: Mapping[str, str]) -> None:
        """Missing fields, in the cells as they stand."""
        findings, raw = self.reader.findings, identifier(part.raw.name)
        invoices = part.mapped.role != "payments"
        required: list[tuple[str, str]] = [("document_date", "date_missing")]
        if invoices:
            required.append(("customer_id", "customer_missing"))
        aside = f" AND r.record NOT IN (SELECT record FROM {identifier(part.lines)})" if part.lines else ""
        for name, reason in required:
            empty = part.text(name)
            findings.rows(
                f"SELECT {part.entry}, r.line, NULL, NULL FROM {raw} AS r WHERE {empty} IS NULL{aside}",
                name,
                reason,
                "left_out",
            )
        sums = [part.text(n) for n in ("amount", "open_amount", "debit", "credit")]
        findings.rows(
            f"SELECT {part.entry}, r.line, NULL, NULL FROM {raw} AS r WHERE coalesce({', '.join(sums)}) IS NULL{aside}",
            "amount", "amount_missing", "left_out",
        )  # fmt: skip
        if part.cell("document_id") and not part.mapped.running:
            findings.rows(
                f"SELECT {part.entry}, r.line, NULL, json_object('line', CAST(r.line AS VARCHAR)) FROM {raw} AS r "
                f"WHERE {part.text('document_id')} IS NULL",
                "document_id", "document_missing", "kept",
            )  # fmt: skip
        if not invoices:
            return
        due = part.text("due_date")
        if part.cell("due_date") is None:
            findings.remark(part, "due_date", "due_column_missing", "kept")
            return
        (gaps,) = self.engine.one(f"SELECT count(*) FROM {raw} AS r WHERE {due} IS NULL")
        if not gaps:
            return
        for reason, test in (("due_from_terms", "IS NOT NULL"), ("due_missing", "IS NULL")):
            findings.rows(
                f"SELECT {part.entry}, r.line, NULL, json_object('days', CAST({terms} AS VARCHAR)) FROM {raw} AS r "
                f"{' '.join(joins)} WHERE {due} IS NULL AND {terms} {test} "
                f"AND {have['kind']} NOT IN {CREDITS} AND {have['kind']} NOT IN ('retention', 'bill', 'revaluation') "
                f"AND NOT ({have['kind']} = 'journal' AND {have['amount']} < 0)",
                "due_date", reason, "kept",
            )  # fmt: skip

    def _note_marks(self, part: Part) -> None:
        """A currency mark in the amount that contradicts the row's currency."""
        shape = self.reader.shapes[part.number]
        code = shape.expressions["currency"]
        for name in ("amount", "open_amount"):
            mark, cell = shape.expressions.get(f"{name}_mark"), part.cell(name)
            if mark is None or cell is None:
                continue
            joined = f"FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)}"
            pairs = self.engine.rows(f"SELECT DISTINCT {mark}, {code} {joined} WHERE {mark} IS NOT NULL ORDER BY ALL")
            for text, currency in pairs:
                if not amounts.mark_fits(text, currency):
                    self.reader.findings.rows(
                        f"SELECT {part.entry}, r.line, {part.text(name)}, json_object('currency', {quoted(currency)}) "
                        f"{joined} WHERE {mark} = {quoted(text)} AND {code} = {quoted(currency)}",
                        name, "currency_mark", "left_out",
                    )  # fmt: skip


def _told_by_kind(texts: Sequence[str]) -> dict[str, tuple[str, Mapping[str, object]]]:
    """What the words for kinds say besides: whose acceptance a bill is, and who bears the risk of what was sold."""
    claims = [text for text in texts if kinds.kind(text) in ("bill", "factoring")]
    found = {
        name: (_WORDS[name][0], {text: _WORDS[name][1](text) for text in claims}) for name in ("bill_kind", "recourse")
    }
    told = {name: (sql, {t: m for t, m in words.items() if m is not None}) for name, (sql, words) in found.items()}
    return {name: (sql, words) for name, (sql, words) in told.items() if words}


def _matters(reason: str) -> Treatment:
    return "left_out"


def _ignored(reason: str) -> Treatment:
    return "kept"
