"""What an auditor lays beside a ledger: replies to confirmations, and deliveries. Read as ledger files are.

Makes the engine tables `replies` (customer_id, currency, amount, reply_date, remark) and `deliveries` (delivery_id,
delivery_date, customer_id, amount, currency, invoice_id), both with file, sheet and line; empty without such a file.
What cannot be read comes back as problems, named by file, line and column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import columns, kinds
from duebook.ledger.cells import Group, Reader
from duebook.ledger.columns import Role
from duebook.ledger.date_columns import DateReading, read_dates
from duebook.ledger.files import read_raw
from duebook.ledger.found import Findings, Part, profiled, told
from duebook.ledger.problems import Problem
from duebook.ledger.raw import RawTable, Source

SCHEMAS: dict[Role, dict[str, str]] = {
    "replies": {
        "customer_id": "VARCHAR", "customer_name": "VARCHAR", "currency": "VARCHAR",
        "confirmed_amount": "DECIMAL(18, 4)", "reply_date": "DATE", "remark": "VARCHAR",
    },
    "deliveries": {
        "delivery_id": "VARCHAR", "delivery_date": "DATE", "customer_id": "VARCHAR", "customer_name": "VARCHAR",
        "amount": "DECIMAL(18, 4)", "currency": "VARCHAR", "document_id": "VARCHAR",
    },
}  # fmt: skip
NEEDED: dict[Role, tuple[tuple[str, ...], ...]] = {
    "replies": (("customer_id",), ("confirmed_amount",)),
    "deliveries": (("delivery_date",), ("delivery_id", "document_id")),
}
"""Each of these choices names columns of which one must be there."""
_APART = 1_000_000
"""Numbers of these tables begin here, well above those of the ledger's own."""


@dataclass(frozen=True)
class Beside:
    """How such files are read: as the ledger is."""

    as_of: date
    dates: str
    currency: str | None


def read_beside(engine: Engine, replies: Path | None, deliveries: Path | None, how: Beside) -> tuple[Problem, ...]:
    """Makes `replies` and `deliveries`; gives the problems of both files."""
    findings = Findings(engine)
    parts: dict[int, Part] = {}
    given: tuple[tuple[Role, Path | None], ...] = (("replies", replies), ("deliveries", deliveries))
    for role, path in given:
        listed = ", ".join(f"{name} {kind}" for name, kind in SCHEMAS[role].items())
        engine.execute(
            f"CREATE OR REPLACE TABLE {role} (entry BIGINT, file VARCHAR, sheet VARCHAR, line BIGINT, {listed})"
        )
        if path is None:
            continue
        for raw, mapped in _tables(engine, role, path):
            part = profiled(engine, Part(_APART + len(parts), raw, mapped))
            parts[part.number] = part
            _read(engine, findings, role, part, how)
    _gaps(findings)
    _known_customers(engine, findings)
    _one_reply_each(findings)
    for role in SCHEMAS:
        engine.execute(f"DELETE FROM {role} WHERE entry IN (SELECT entry FROM found WHERE treatment = 'left_out')")
    problems = told(findings, parts)
    for part in parts.values():
        engine.execute(f"DROP VIEW IF EXISTS {identifier(part.raw.name)}")
    return problems


def _tables(engine: Engine, role: Role, path: Path) -> list[tuple[RawTable, columns.Mapped]]:
    """The tables of a file that can be what it is given as; refused where none can."""
    found = [(raw, columns.recognize(raw.headers, role=role)) for raw in read_raw(Source(path, role), engine)]
    fit = [
        (raw, mapped)
        for raw, mapped in found
        if all(any(name in mapped.positions for name in choice) for choice in NEEDED[role])
    ]
    if fit:  # of the sheets of a workbook those that name the amount confirmed; a balance alone may be anything
        meant = [
            t for t in fit if any(columns.names_field(header, NEEDED[role][-1][0], role) for header in t[0].headers)
        ]
        return meant or fit
    raw, mapped = max(found, key=lambda table: len(table[1].positions))
    lacking = next(choice for choice in NEEDED[role] if not any(name in mapped.positions for name in choice))
    seen = ", ".join(header for header in raw.headers if header)
    names = ", ".join(known for name in lacking for known in _best_names(name))
    raise DuebookError("ledger.beside_column_missing", file=raw.file, field=" / ".join(lacking), seen=seen, names=names)


def _best_names(name: str) -> tuple[str, ...]:
    """An English and a Chinese header that the field answers to."""
    ranked = sorted(columns.fields()[name].ranks.items(), key=lambda known: known[1])
    chinese = [known for known, _ in ranked if not known.isascii()]
    return (name.replace("_", " "), *chinese[:1])


def _read(engine: Engine, findings: Findings, role: Role, part: Part, how: Beside) -> None:
    reader = Reader(engine, findings, Group((part,)))
    schema, dates = SCHEMAS[role], []
    for name in part.mapped.positions:
        kind = columns.fields()[name].kind
        if name not in schema:
            continue
        if kind == "id":
            reader.identifiers(name)
        elif kind == "amount":
            reader.amounts(name, lambda _: "kept")
        elif kind == "date":
            dates.append(name)
        elif name == "currency":
            reader.words(name, "VARCHAR", kinds.currency, "value_ignored", "kept")
        else:
            reader.text(name)
    read_dates(reader, dates, DateReading(how.as_of, how.dates))
    shape = reader.shapes[part.number]
    code = part.mapped.currency or how.currency or _only_currency(engine)
    own = shape.expressions.get("currency", "CAST(NULL AS VARCHAR)")
    shape.expressions["currency"] = f"coalesce({own}, {quoted(code)})" if code else own
    values = ", ".join(f"{shape.expressions.get(name, 'NULL')}" for name in schema)
    sheet = "NULL" if part.raw.sheet is None else quoted(part.raw.sheet)
    engine.execute(
        f"INSERT INTO {role} SELECT {part.entry}, {quoted(part.raw.file)}, {sheet}, r.line, {values} "
        f"FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)}"
    )


def _only_currency(engine: Engine) -> str | None:
    """The ledger's currency where it has but one."""
    found = [code for (code,) in engine.rows("SELECT DISTINCT currency FROM documents ORDER BY currency LIMIT 2")]
    return str(found[0]) if len(found) == 1 else None


def _gaps(findings: Findings) -> None:
    """Rows that cannot be used: left out, each with its reason. A letter without an amount is one without a reply."""
    findings.engine.execute("DELETE FROM replies WHERE confirmed_amount IS NULL")
    findings.rows(
        "SELECT entry, line, NULL, NULL FROM replies WHERE customer_id IS NULL",
        "customer_id", "reply_unnamed", "left_out",
    )  # fmt: skip
    findings.rows(
        "SELECT entry, line, customer_id, NULL FROM replies WHERE currency IS NULL", "currency", "reply_currency",
        "left_out",
    )  # fmt: skip
    findings.engine.execute(
        "DELETE FROM deliveries WHERE delivery_date IS NULL AND delivery_id IS NULL AND document_id IS NULL"
    )
    findings.rows(
        "SELECT entry, line, coalesce(delivery_id, document_id), NULL FROM deliveries WHERE delivery_date IS NULL",
        "delivery_date", "delivery_undated", "left_out",
    )  # fmt: skip


def _known_customers(engine: Engine, findings: Findings) -> None:
    """Customers by their number as the ledger writes it, whatever case, or by a name that only one of them has."""
    engine.execute(
        """
        CREATE OR REPLACE TABLE beside_customers AS
        SELECT lower(customer_id) AS known, min(customer_id) AS customer_id FROM customers
        GROUP BY lower(customer_id) HAVING count(DISTINCT customer_id) = 1
        UNION ALL
        SELECT lower(customer_name), min(customer_id) FROM customers
        WHERE customer_name IS NOT NULL AND lower(customer_name) NOT IN (SELECT lower(customer_id) FROM customers)
        GROUP BY lower(customer_name) HAVING count(DISTINCT customer_id) = 1
        """
    )
    for role in SCHEMAS:
        engine.execute(
            f"UPDATE {role} SET customer_id = k.customer_id FROM beside_customers AS k "
            f"WHERE k.known = lower({role}.customer_id) "
            f"AND {role}.customer_id NOT IN (SELECT customer_id FROM customers)"
        )
        findings.rows(
            f"SELECT entry, line, customer_id, NULL FROM {role} WHERE customer_id IS NOT NULL "
            "AND customer_id NOT IN (SELECT customer_id FROM customers)",
            "customer_id", "beside_customer_unknown", "kept",
        )  # fmt: skip


def _one_reply_each(findings: Findings) -> None:
    """Of several replies for one balance the latest counts: by its date, then by its place in the file."""
    findings.rows(
        "SELECT entry, line, customer_id, json_object('last', CAST(latest AS VARCHAR)) FROM ("
        "SELECT *, first_value(line) OVER newest AS latest, row_number() OVER newest AS place FROM replies "
        "WHERE customer_id IS NOT NULL AND currency IS NOT NULL WINDOW newest AS ("
        "PARTITION BY customer_id, currency ORDER BY reply_date DESC NULLS LAST, entry DESC)) WHERE place > 1",
        "customer_id", "reply_twice", "left_out",
    )  # fmt: skip
