"""The sealed detail: what lay behind the figures of a close, as Parquet files in its folder.

Workbooks are for people and hold what fits a sheet; these files hold every document, allocation, open item and movement
as the close knew them, so that a later close can be compared with it and a customer looked up without the ledger. They
are written by the engine in a fixed order, so the same close gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.close import seal
from duebook.close.credit_lines import credit_lines
from duebook.close.result import Close
from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger.canonical import Recognized

FOLDER = "detail"
TABLES = {
    "documents": "no, file, line, customer_id, document_id, kind, account, document_date, due_date, currency, amount, "
    "base, listed, alone",
    "allocations": "allocation, target, source, kind, amount, effective, told, file, line, document_id, derived",
    "items": "no, file, line, customer_id, document_id, kind, account, document_date, due_date, due, currency, amount, "
    "open, disputed_open, receivable, late, days_past_due, bucket, held_as, dispute_reason, dispute_opened",
    "movements": "no, customer_id, currency, account, line, day, amount, allocation, other, told",
    "customers": "customer_id, currency, customer_name, parent_id, relation, oldest_days, buckets, exposure, "
    "credit_limit, limit_currency, insured_limit, cover_ratio, covered",
}
"""The files of the detail, with the columns that comparing, showing and statements cannot do without."""
_ROW_GROUP = 122_880
NUMBERED = "row_number() OVER (ORDER BY entry, paid_entry, kind, amount)"
"""The numbers of allocations, as `sql/linked.sql` gives them: in reading order, whatever order they are stored in."""

_ITEMS = (
    "no, file, sheet, line, customer_id, document_id, kind, account, document_date, due_date, due, currency, amount, "
    "open, aged, disputed, disputed_open, excluded, unapplied, receivable, retained, late, days_past_due, bucket, "
    "held_as, relation, contract_id, dispute_reason, dispute_opened"
)
_MOVEMENTS = "no, customer_id, currency, account, line, day, amount, allocation, other, told"
_BALANCE = (
    "aged", "disputed", "excluded", "unapplied", "receivable", "disputed_open", "overdue", "retention", "advances",
    "bills", "contract_assets", "revalued",
)  # fmt: skip


@dataclass(frozen=True)
class Sealed:
    """A sealed close with its detail opened: `views` by table name, `content` the seal, `name` the folder's."""

    name: str
    content: Mapping[str, Any]
    views: Mapping[str, str]


def selects(close: Close) -> dict[str, str]:
    """The rows of each table, as queries over the tables of a close under way."""
    alone = _files(close.ledger.recognized, alone=True)
    derived = ", ".join(map(quoted, close.ledger.derived)) or "''"
    buckets = ", ".join(f"coalesce(b.bucket_{n}, 0)" for n in range(1, close.scheme.buckets + 1))
    sums = ", ".join(f"coalesce(b.{name}, 0) AS {name}" for name in _BALANCE)
    return {
        # `listed`: the export tells what is open of a document; `alone`: and nothing of what it once was
        "documents": "SELECT no, file, sheet, line, customer_id, document_id, kind, account, document_date, due_date, "
        "recorded_date, currency, amount, base, contract_id, open_amount IS NOT NULL AS listed, "
        f"open_amount IS NOT NULL AND {_place()} IN ({alone}) AS alone FROM doc ORDER BY no",
        "allocations": "SELECT l.allocation, l.target, l.source, l.kind, l.amount, l.effective, l.told, a.file, "
        f"a.sheet, a.line, a.document_id, a.recorded_date, {_place('a.')} IN ({derived}) AS derived FROM link AS l "
        f"INNER JOIN (SELECT *, {NUMBERED} AS allocation FROM allocations) AS a "
        "ON l.allocation = a.allocation ORDER BY l.allocation",
        "items": f"SELECT {_ITEMS} FROM items ORDER BY no",
        "movements": f"SELECT {_MOVEMENTS} FROM movements ORDER BY no, allocation NULLS FIRST, line, amount",
        "customers": "SELECT w.customer_id, w.currency, coalesce(b.customer_name, k.customer_name, w.customer_name) "
        "AS customer_name, coalesce(b.parent_id, k.parent_id) AS parent_id, coalesce(b.relation, k.relation) "
        f"AS relation, coalesce(b.items, 0) AS items, coalesce(b.oldest_days, 0) AS oldest_days, {sums}, "
        f"[{buckets}] AS buckets, c.exposure, coalesce(c.credit_limit, k.credit_limit) AS credit_limit, "
        "coalesce(c.limit_currency, k.limit_currency) AS limit_currency, c.status, c.insured_limit, c.cover_ratio, "
        f"c.covered FROM {_WHO} AS w LEFT JOIN balances AS b ON w.customer_id = b.customer_id "
        "AND w.currency = b.currency LEFT JOIN credit_line AS c ON w.customer_id = c.customer_id "
        f"AND w.currency = c.currency LEFT JOIN {_KNOWN} AS k ON w.customer_id = k.customer_id "
        "ORDER BY w.customer_id, w.currency",
    }


_WHO = (
    "(SELECT customer_id, currency, min(customer_name) AS customer_name FROM doc GROUP BY customer_id, currency "
    "UNION ALL SELECT customer_id, NULL, min(customer_name) FROM customers "
    "WHERE customer_id NOT IN (SELECT customer_id FROM doc) GROUP BY customer_id)"
)
"""Every customer with each currency it has documents in; one that has none, with none."""
_KNOWN = (
    "(SELECT customer_id, min(customer_name) AS customer_name, min(parent_id) AS parent_id, min(relation) AS relation, "
    "min(credit_limit) AS credit_limit, min(limit_currency) AS limit_currency FROM customers GROUP BY customer_id)"
)


def _place(of: str = "") -> str:
    """SQL for a file with its sheet, as `Ledger.derived` names them."""
    return f"{of}file || CASE WHEN {of}sheet IS NULL THEN '' ELSE ' [' || {of}sheet || ']' END"


def _files(recognized: Sequence[Recognized], *, alone: bool) -> str:
    """The files that tell an open amount, as a list in SQL; `alone`: those that tell no other amount."""
    found = []
    for table in recognized:
        still = table.columns.get("open_amount")
        if still is not None and (not alone or table.columns.get("amount") == still):
            found.append(quoted(table.file + (f" [{table.sheet}]" if table.sheet else "")))
    return ", ".join(found) or "''"


def prepare(close: Close) -> None:
    """Puts what Python has worked out per customer (exposure, limit, cover) beside the engine's own tables."""
    lines = credit_lines(close)

    def texts(values: Sequence[Decimal | None]) -> list[str | None]:
        return [None if value is None else f"{value:f}" for value in values]

    close.engine.execute(
        "CREATE OR REPLACE TABLE credit_line AS SELECT customer_id, currency, limit_currency, status, "
        "CAST(exposure AS DECIMAL(18, 4)) AS exposure, CAST(credit_limit AS DECIMAL(18, 4)) AS credit_limit, "
        "CAST(insured_limit AS DECIMAL(18, 4)) AS insured_limit, CAST(cover_ratio AS DECIMAL(18, 9)) AS cover_ratio, "
        "CAST(covered AS DECIMAL(18, 4)) AS covered FROM (SELECT "
        + ", ".join(f"unnest(CAST(${name} AS VARCHAR[])) AS {name}" for name in _LINE)
        + ")",
        {
            "customer_id": [line.held.customer_id for line in lines],
            "currency": [line.held.currency for line in lines],
            "limit_currency": [line.limit_currency for line in lines],
            "status": [line.status for line in lines],
            "exposure": texts([line.exposure for line in lines]),
            "credit_limit": texts([line.credit_limit for line in lines]),
            "insured_limit": texts([line.insured_limit for line in lines]),
            "cover_ratio": texts([line.cover_ratio for line in lines]),
            "covered": texts([line.covered for line in lines]),
        },
    )


_LINE = (
    "customer_id", "currency", "limit_currency", "status", "exposure", "credit_limit", "insured_limit", "cover_ratio",
    "covered",
)  # fmt: skip


def write(close: Close, folder: Path) -> dict[str, dict[str, Any]]:
    """Writes `detail/` into the folder being sealed; returns what the seal says of each file."""
    prepare(close)
    (folder / FOLDER).mkdir()
    outputs = {}
    for name, query in selects(close).items():
        path = folder / FOLDER / f"{name}.parquet"
        close.engine.execute(
            f"COPY ({query}) TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
        )
        outputs[f"{FOLDER}/{path.name}"] = {"sha256": seal.digest(path), "parts": {}}
    return outputs


def live(close: Close, prefix: str) -> dict[str, str]:
    """The same tables of a close under way, as views: what is not sealed yet compares like what is."""
    prepare(close)
    views = {}
    for name, query in selects(close).items():
        views[name] = f"{prefix}_{name}"
        close.engine.execute(f"CREATE OR REPLACE VIEW {identifier(views[name])} AS {query}")
    return views


def opened(folder: Path, engine: Engine, prefix: str) -> Sealed:
    """The detail of a sealed folder, as views in the engine. DuebookError where it is missing or not as sealed."""
    content = seal.read(folder)
    views = {}
    for name, needed in TABLES.items():
        file = f"{FOLDER}/{name}.parquet"
        if file not in content["outputs"]:
            raise DuebookError("detail.none", path=folder.name, as_of=content["as_of"])
        path = folder / FOLDER / f"{name}.parquet"
        if not path.is_file() or seal.digest(path) != content["outputs"][file]["sha256"]:
            raise DuebookError("detail.changed", path=folder.name, file=file)
        views[name] = f"{prefix}_{name}"
        engine.execute(
            f"CREATE OR REPLACE VIEW {identifier(views[name])} AS SELECT * FROM read_parquet({quoted(str(path))})"
        )
        if not set(needed.split(", ")) <= set(engine.columns(views[name])):
            raise DuebookError(
                "detail.other_version", path=folder.name, as_of=content["as_of"], then=content["duebook"]
            )
    return Sealed(folder.resolve().name, content, views)
