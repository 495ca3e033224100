"""The customers table: names, groups, limits, cover and terms from customers and limits files."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from duebook.core import amounts
from duebook.core.engine import Engine, identifier, quoted
from duebook.ledger import columns, kinds
from duebook.ledger.cells import Group, Reader
from duebook.ledger.date_evidence import terms_days
from duebook.ledger.found import Findings, Part, shown

SCHEMA = {
    "customer_id": "VARCHAR", "customer_name": "VARCHAR", "parent_id": "VARCHAR", "sales_unit": "VARCHAR",
    "credit_limit": "DECIMAL(18, 4)", "limit_currency": "VARCHAR", "terms_days": "INTEGER",
    "insured_limit": "DECIMAL(18, 4)", "cover_ratio": "DECIMAL(18, 9)", "grade": "VARCHAR", "relation": "VARCHAR",
    "country": "VARCHAR", "specific_allowance": "DECIMAL(18, 4)", "specific_rate": "DECIMAL(18, 9)",
}  # fmt: skip


def share(text: str) -> Decimal | None:
    """A share such as a cover: 0.9, 90 or 90 % are all 0.9. Above 100 % it is none."""
    plain = text.replace("％", "%").strip()
    found = amounts.parse(plain.removesuffix("%"))
    if found is None or found.mark or not 0 <= found.value <= 100:
        return None
    return found.value / 100 if plain.endswith("%") or found.value > 1 else found.value


def read_customers(engine: Engine, findings: Findings, parts: Sequence[Part]) -> None:
    """Makes `file_customers`: per customer id the first row of the customers files, and what limits files add."""
    listed = ", ".join(f"{name} {kind}" for name, kind in SCHEMA.items())
    engine.execute(f"CREATE OR REPLACE TABLE customer_rows (entry BIGINT, line BIGINT, role VARCHAR, {listed})")
    for part in parts:
        columns.require(part.mapped, part.raw.headers, part.raw.file, ("customer_id",))
        _read(engine, Reader(engine, findings, Group((part,))), part, findings)
    findings.rows(
        "SELECT entry, line, customer_name, NULL FROM customer_rows WHERE customer_id IS NULL",
        "customer_id", "customer_unnamed", "kept",
    )  # fmt: skip
    engine.execute("DELETE FROM customer_rows WHERE customer_id IS NULL")
    findings.rows(
        "SELECT r.entry, r.line, r.customer_id, json_object('first', CAST(f.line AS VARCHAR)) FROM customer_rows AS r "
        "JOIN (SELECT role, customer_id, min(entry) AS entry, arg_min(line, entry) AS line FROM customer_rows "
        "GROUP BY role, customer_id) AS f "
        "ON f.role = r.role AND f.customer_id = r.customer_id AND f.entry < r.entry",
        "customer_id", "duplicate_customer", "repaired",
    )  # fmt: skip
    findings.rows(
        "SELECT r.entry, r.line, r.customer_id, json_object('other', f.customer_id, 'first', CAST(f.line AS VARCHAR)) "
        "FROM customer_rows AS r JOIN (SELECT role, lower(customer_id) AS folded, min(entry) AS entry, "
        "arg_min(line, entry) AS line, arg_min(customer_id, entry) AS customer_id FROM customer_rows "
        "GROUP BY role, lower(customer_id)) AS f "
        "ON f.role = r.role AND f.folded = lower(r.customer_id) AND f.customer_id <> r.customer_id",
        "customer_id", "customer_case_twin", "kept",
    )  # fmt: skip
    _limits(engine, findings)
    names = [name for name in SCHEMA if name != "customer_id"]
    # A limits file is about limits: there it wins; for everything else the customers file does.
    wins = {"credit_limit", "limit_currency", "insured_limit", "cover_ratio", "specific_allowance", "specific_rate"}
    picked = ", ".join(
        f"coalesce({'l' if n in wins else 'c'}.{n}, {'c' if n in wins else 'l'}.{n}) AS {n}" for n in names
    )
    first = (
        "SELECT * EXCLUDE (place) FROM (SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY entry) AS place "
        "FROM customer_rows WHERE role = '{}') WHERE place = 1"
    )
    engine.execute(
        "CREATE OR REPLACE TABLE file_customers AS "
        f"SELECT coalesce(c.customer_id, l.customer_id) AS customer_id, {picked} "
        f"FROM ({first.format('customers')}) AS c FULL JOIN ({first.format('limits')}) AS l "
        "ON c.customer_id = l.customer_id ORDER BY 1"
    )
    engine.execute("DROP TABLE customer_rows")


def _limits(engine: Engine, findings: Findings) -> None:
    """Limits that mean nothing are blank, never a number: below zero, or marked in another currency than the row's."""
    for name in ("credit_limit", "insured_limit"):
        findings.rows(
            f"SELECT entry, line, {shown(name)}, NULL FROM customer_rows WHERE {name} < 0",
            name, "limit_negative", "kept",
        )  # fmt: skip
        engine.execute(f"UPDATE customer_rows SET {name} = NULL WHERE {name} < 0")
    findings.rows(
        "SELECT entry, line, NULL, NULL FROM customer_rows "
        "WHERE insured_limit > 0 AND cover_ratio IS NULL",
        "cover_ratio", "cover_assumed", "kept",
    )  # fmt: skip
    findings.rows(
        f"SELECT entry, line, {shown('specific_allowance')}, NULL FROM customer_rows WHERE specific_allowance < 0",
        "specific_allowance", "value_ignored", "kept",
    )  # fmt: skip
    engine.execute("UPDATE customer_rows SET specific_allowance = NULL WHERE specific_allowance < 0")


def _marked(engine: Engine, findings: Findings, part: Part, reader: Reader) -> None:
    """The currency mark of a limit: it says the currency where the row does not, and must not contradict it."""
    shape = reader.shapes[part.number]
    for name in ("credit_limit", "insured_limit"):
        mark = shape.expressions.get(f"{name}_mark")
        if mark is None:
            continue
        code, value = shape.expressions.get("limit_currency", "CAST(NULL AS VARCHAR)"), shape.expressions[name]
        joined = f"FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)}"
        pairs = engine.rows(f"SELECT DISTINCT {mark}, {code} {joined} WHERE {mark} IS NOT NULL ORDER BY ALL")
        wrong = [(m, c) for m, c in pairs if not amounts.mark_fits(m, c)]
        for text, currency in wrong:
            test = f"{mark} = {quoted(text)} AND {code} = {quoted(currency)}"
            findings.rows(
                f"SELECT {part.entry}, r.line, {part.text(name)}, json_object('currency', {quoted(currency)}) "
                f"{joined} WHERE {test}",
                name, "limit_mark", "kept",
            )  # fmt: skip
            value = f"CASE WHEN {test} THEN NULL ELSE {value} END"
        shape.expressions[name] = value
        told = {m: c for m, _ in pairs if (c := amounts.currency_of(m))}
        if name == "credit_limit" and told:
            cases = " ".join(f"WHEN {mark} = {quoted(m)} THEN {quoted(c)}" for m, c in told.items())
            shape.expressions["limit_currency"] = f"coalesce({code}, CASE {cases} END)"


def say_percents(findings: Findings, part: Part, reader: Reader, name: str) -> None:
    """A share written as 90 rather than 90 % or 0.9 is read as percent, and said."""
    texts = reader.distinct(lambda p: p.text(name))
    bare = [t for t in texts if (found := amounts.parse(t)) and 1 < found.value <= 100]
    if bare:
        findings.remark(part, name, "cover_percent", "repaired", bare[0], count=len(bare))


def _read(engine: Engine, reader: Reader, part: Part, findings: Findings) -> None:
    for name in part.mapped.positions:
        if name in ("customer_id", "parent_id"):
            reader.identifiers(name)
        elif name in ("credit_limit", "insured_limit", "specific_allowance"):
            reader.amounts(name, lambda _: "kept")
        elif name == "terms":
            reader.words(name, "INTEGER", terms_days, "terms_unread", "kept")
        elif name == "limit_currency":
            reader.words(name, "VARCHAR", kinds.currency, "value_ignored", "kept")
        elif name == "relation":
            reader.words("relation", "VARCHAR", kinds.relation, "value_ignored", "kept")
        elif name in ("cover_ratio", "specific_rate"):
            reader.words(name, "DECIMAL(18, 9)", share, "value_ignored", "kept")
        elif name in SCHEMA:
            reader.text(name)
    _marked(engine, findings, part, reader)
    for name in ("cover_ratio", "specific_rate"):
        if name in part.mapped.positions:
            say_percents(findings, part, reader, name)
    shape = reader.shapes[part.number]
    shape.expressions["terms_days"] = shape.expressions.pop("terms", "NULL")
    values = ", ".join(shape.expressions.get(name, "NULL") for name in SCHEMA)
    engine.execute(
        f"INSERT INTO customer_rows SELECT {part.entry}, r.line, {quoted(part.mapped.role)}, {values} "
        f"FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)}"
    )


def make_customers(engine: Engine) -> None:
    """The `customers` table: those of the files, then those only the ledger knows."""
    known = {name for name, *_ in engine.rows("DESCRIBE document_rows")}
    own = {
        name: f"min({name})" if name in known else f"CAST(NULL AS {kind})"
        for name, kind in SCHEMA.items()
        if name in ("customer_name", "parent_id", "sales_unit", "relation", "country")
    }
    picked = ", ".join(
        f"{own.get(name, f'CAST(NULL AS {kind})')}" for name, kind in SCHEMA.items() if name != "customer_id"
    )
    engine.execute(
        "CREATE OR REPLACE TABLE customers AS SELECT * FROM file_customers UNION ALL "
        f"SELECT customer_id, {picked} FROM document_rows "
        "WHERE customer_id NOT IN (SELECT customer_id FROM file_customers) GROUP BY customer_id ORDER BY customer_id"
    )
