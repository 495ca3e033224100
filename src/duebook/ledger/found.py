"""Collects what needs a person's eye while a ledger is read, and tells it in file and line order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duebook.core.engine import Engine, Row, identifier, quoted
from duebook.ledger import columns, dates
from duebook.ledger.columns import Mapped
from duebook.ledger.presets import Preset
from duebook.ledger.problems import Problem, Treatment
from duebook.ledger.raw import RawTable

ENTRY_SHIFT = 40
"""A row's entry number is its table's number × 2^40 + its record number: unique, and in reading order."""
_SPACES = " \t\r\n\u00a0\u3000\ufeff\u200b"
MOST_LEFT_OUT, MOST_REMARKS = 20_000, 1_000
"""Rows listed one by one for the same column and reason; the rest is told in one line, with its count and amount."""

ROWS_ALIKE = "ledger.rows_alike"
LEFT_OUT = (
    "total_line", "note_line", "item_line", "duplicate_row", "void_row", "noted_row", "kind_unknown",
    "netting_without_agreement", "customer_missing",
    "date_unreadable", "date_implausible", "date_ambiguous", "date_missing",
    "amount_unreadable", "amount_too_large", "amount_decimals", "side_unknown", "currency_mark", "amount_missing",
    "currency_unknown", "currency_missing",
)  # fmt: skip
"""Reasons for leaving a row out, gravest first: a row is reported with one reason, so that its amount counts once."""


SILENT = ("ledger.total_line", "ledger.note_line", "ledger.item_line", "ledger.void_row", "ledger.noted_row")
"""Rows that carry no money of their own: no reconciling amount comes of them."""


@dataclass(frozen=True)
class Part:
    """One raw table of the ledger, with its number in reading order and what its columns mean."""

    number: int
    raw: RawTable
    mapped: Mapped
    spaced: frozenset[int] = frozenset()
    """Positions of columns in which some cell has spaces around it (`profiled`)."""
    timed: frozenset[int] = frozenset()
    """Positions of columns in which some cell has a colon, as times of day do."""
    lines: str | None = None
    """The table of lines that are no entries (`account_lines.mark`), where the table is an account."""
    preset: Preset | None = None
    """The system whose export this is (`presets`), if it is a known one."""
    repeated: str | None = None
    """SQL for the records that repeat a document for another of its lines."""
    noted: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Positions and codes by which the system says that a row stands in no account."""

    def cell(self, name: str) -> str | None:
        """The column of the raw table that holds a field: `r.c3`."""
        position = self.mapped.positions.get(name)
        return None if position is None else f"r.c{position + 1}"

    def text(self, name: str) -> str:
        """SQL for the text of a field without surrounding spaces; NULL where empty or where there is no such column."""
        position = self.mapped.positions.get(name)
        if position is None:
            return "CAST(NULL AS VARCHAR)"
        return (
            f"nullif(trim(r.c{position + 1}, {quoted(_SPACES)}), '')"
            if position in self.spaced
            else f"r.c{position + 1}"
        )

    def day_text(self, name: str) -> str:
        """SQL for the date part of a field's text: exports often add 00:00:00."""
        position, text = self.mapped.positions.get(name), self.text(name)
        if position in self.timed:
            text = f"regexp_replace({text}, '[T\\s]+[0-9]{{1,2}}:[0-9]{{2}}.*$', '')"
        if position is not None and self.raw.facts.get("date_system") == "1904":
            # day numbers in this workbook count from 1904; the reader has converted real dates already
            number = f"substr(r.kinds, {position + 1}, 1) = 'n'"
            text = f"CASE WHEN {number} THEN {text} || {quoted(dates.SINCE_1904)} ELSE {text} END"
        return text

    def header(self, name: str | None) -> str | None:
        position = self.mapped.positions.get(name) if name else None
        return None if position is None else self.raw.headers[position]

    @property
    def entry(self) -> str:
        """SQL for the entry number of a row `r`."""
        return f"(CAST({self.number << ENTRY_SHIFT} AS BIGINT) + r.record)"


def shown(amount: str) -> str:
    """SQL for an amount as people write it: 12.0000 → 12.00."""
    return f"regexp_replace(CAST({amount} AS VARCHAR), '00$', '')"


def profiled(engine: Engine, part: Part) -> Part:
    """The part with what one look over its columns tells, so that clean columns are read as they are."""
    # amounts are matched whole, spaces and all
    used = sorted({p for name, p in part.mapped.positions.items() if columns.fields()[name].kind != "amount"})
    cells = [f"c{position + 1}" for position in used]
    if not cells:
        return part
    dates = {p for name, p in part.mapped.positions.items() if columns.fields()[name].kind == "date"}
    spaces = ", ".join(str(ord(space)) for space in _SPACES)
    tests = [
        f"bool_or({c} < '!' OR ascii(right({c}, 1)) IN ({spaces}) OR ({c} > '~' AND ascii({c}) IN ({spaces}))), "
        + (f"bool_or(contains({c}, ':'))" if position in dates else "false")
        for position, c in zip(used, cells, strict=True)
    ]
    told_by = engine.one(f"SELECT {', '.join(tests)} FROM {identifier(part.raw.name)}")
    return replace(
        part,
        spaced=frozenset(p for p, seen in zip(used, told_by[::2], strict=True) if seen),
        timed=frozenset(p for p, seen in zip(used, told_by[1::2], strict=True) if seen),
    )


class Findings:
    """Problems of rows go to the engine table `found`, remarks on whole columns to a list."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.remarks: list[Problem] = []
        engine.execute(
            "CREATE OR REPLACE TABLE found (entry BIGINT, line BIGINT, field VARCHAR, value VARCHAR, reason VARCHAR, "
            "treatment VARCHAR, facts VARCHAR)"
        )

    def rows(self, select: str, field: str | None, reason: str, treatment: Treatment) -> None:
        """Notes rows. `select` yields (entry, line, value, facts as a JSON text or NULL)."""
        self.engine.execute(
            f"INSERT INTO found SELECT q.entry, q.line, {quoted(field) if field else 'NULL'}, q.value, "
            f"{quoted('ledger.' + reason)}, {quoted(treatment)}, q.facts "
            f"FROM ({select}) AS q(entry, line, value, facts)"
        )

    def remark(
        self,
        part: Part,
        field: str | None,
        reason: str,
        treatment: Treatment,
        value: str | None = None,
        /,
        **facts: object,
    ) -> None:
        """A remark on a whole column of one table."""
        self.remarks.append(
            Problem(
                part.raw.file, part.raw.sheet, None, part.header(field) or field, value, f"ledger.{reason}", treatment,
                {"value": value or "", **{name: str(fact) for name, fact in facts.items()}},
            )
        )  # fmt: skip


def told(findings: Findings, parts: Mapping[int, Part]) -> tuple[Problem, ...]:
    """All problems: the remarks of a file first, then its rows by line and column."""
    engine = findings.engine
    rank = " ".join(f"WHEN {quoted('ledger.' + reason)} THEN {n}" for n, reason in enumerate(LEFT_OUT))
    rows = engine.rows(
        f"""
        WITH ranked AS (
            SELECT *, row_number() OVER (
                PARTITION BY entry ORDER BY CASE reason {rank} ELSE {len(LEFT_OUT)} END, field, value
            ) AS place, bool_or(treatment = 'left_out') OVER (PARTITION BY entry) AS gone
            FROM found
        )
        SELECT f.entry, f.line, f.field, f.value, f.reason, f.treatment, f.facts,
            d.document_id, d.customer_id, d.currency, d.amount, d.carried
        FROM ranked AS f LEFT JOIN (
            SELECT entry, document_id, customer_id, currency, amount, NULL AS carried FROM document_rows
            UNION ALL SELECT entry, document_id, customer_id, currency, amount, carried FROM left_rows
        ) AS d ON f.entry = d.entry
        WHERE NOT gone OR place = 1
        ORDER BY f.entry, f.field, f.reason
        """
    )
    found = _limited([_problem(row, parts) for row in rows])
    rejected = [problem for part in parts.values() for problem in part.raw.rejected]
    return tuple(sorted([*findings.remarks, *rejected, *found], key=_order))


def _problem(row: Row, parts: Mapping[int, Part]) -> Problem:
    entry, line, field, value, reason, treatment, facts, document, customer, currency, amount, carried = row
    part = parts[entry >> ENTRY_SHIFT]
    told_facts = json.loads(facts) if facts else {}
    silent = reason in SILENT
    return Problem(
        part.raw.file,
        part.raw.sheet,
        line,
        part.header(field),
        value,
        reason,
        treatment,
        {"value": value or "", **{name: str(fact) for name, fact in told_facts.items()}},
        document,
        customer,
        currency,
        None if silent or amount is None else plain_decimal(amount),
        None if silent or carried is None else plain_decimal(carried),
    )


def plain_decimal(amount: Decimal) -> Decimal:
    """An amount out of the engine without needless zeros, with two decimals at least: 35.0000 → 35.00."""
    short = amount.normalize()
    exponent = short.as_tuple().exponent
    return amount.quantize(Decimal(1).scaleb(min(int(exponent), -2)))


def _order(problem: Problem) -> tuple[object, ...]:
    return (
        problem.file, problem.sheet or "", problem.line or 0, problem.column or "", problem.reason, problem.value or "",
    )  # fmt: skip


def rows_meant(problem: Problem) -> int:
    """How many rows a problem stands for: one, unless it tells the rest of a long run."""
    return int(problem.facts["more"].replace(",", "")) if problem.reason == ROWS_ALIKE else 1


def reason_meant(problem: Problem) -> str:
    """The reason of a problem, or of the run whose rest it tells."""
    return problem.facts["alike"] if problem.reason == ROWS_ALIKE else problem.reason


def _limited(problems: Sequence[Problem]) -> list[Problem]:
    """Long runs of the same remark are cut; one line tells how many more there are and what they carry."""
    groups: dict[tuple[object, ...], list[Problem]] = defaultdict(list)
    for problem in problems:
        groups[problem.file, problem.sheet, problem.column, problem.reason, problem.treatment, problem.currency].append(
            problem
        )
    found: list[Problem] = []
    for group in groups.values():
        most = MOST_LEFT_OUT if group[0].treatment == "left_out" else MOST_REMARKS
        found += group[:most]
        if len(group) > most:
            rest = group[most:]
            amounts = [p.amount for p in rest if p.amount is not None]
            carried = [p.amount if p.carried is None else p.carried for p in rest if p.amount is not None]
            facts = {**rest[0].facts, "alike": rest[0].reason, "more": f"{len(rest):,}", "last": str(rest[-1].line)}
            found.append(
                replace(
                    rest[0], line=None, value=None, facts=facts, document_id=None, customer_id=None,
                    reason=ROWS_ALIKE, amount=sum(amounts, Decimal(0)) if amounts else None,
                    carried=sum(carried, Decimal(0)) if any(p.carried is not None for p in rest) else None,
                )
            )  # fmt: skip
    return found
