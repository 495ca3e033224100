"""What was known on a day: rows recorded later are set aside before anything looks at them.

Everything after that (signs, duplicates, who pays what) then sees the ledger as it stood on that day. A row that tells
no recorded date counts as known. Fields of a known row are those of the export: an edit of a row leaves no trace in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from duebook.core.engine import Engine, identifier
from duebook.core.errors import DuebookError
from duebook.ledger.found import ENTRY_SHIFT, Findings, Part
from duebook.ledger.problems import Problem

RECORDED, SETTLED_RECORDED = "recorded_date", "settled_recorded_date"
LATER = "later_rows"
"""The table of rows set aside."""


def require(parts: Sequence[Part], day: date) -> None:
    """Refuses where no file of the ledger tells when an entry was recorded."""
    if any(RECORDED in part.mapped.positions for part in parts):
        return
    files = ", ".join(sorted({part.raw.file for part in parts}))
    seen = ", ".join(dict.fromkeys(header for part in parts for header in part.raw.headers if header))
    raise DuebookError("known.no_recorded_date", files=files, date=day.isoformat(), seen=seen)


def begin(engine: Engine) -> None:
    """Makes the table of rows set aside, like `document_rows`."""
    engine.execute(f"CREATE OR REPLACE TABLE {LATER} AS SELECT * FROM document_rows LIMIT 0")


def set_aside(engine: Engine, findings: Findings, parts: Sequence[Part], day: date) -> None:
    """Moves what was recorded after `day` from `document_rows` to `later_rows`; what was found about it goes."""
    engine.execute(f"INSERT INTO {LATER} SELECT * FROM document_rows WHERE {RECORDED} > DATE '{day.isoformat()}'")
    for table in ("document_rows", "found"):
        engine.execute(f"DELETE FROM {table} WHERE entry IN (SELECT entry FROM {LATER})")
    for part in parts:
        _remark(engine, findings, part, day)


def counted(engine: Engine) -> Mapping[int, int]:
    """Rows set aside, by the number of their table."""
    return dict(engine.rows(f"SELECT entry >> {ENTRY_SHIFT}, count(*) FROM {LATER} GROUP BY 1"))


def undated(engine: Engine) -> int:
    """Rows of the ledger that do not tell when they were recorded."""
    (count,) = engine.one(f"SELECT count(*) FROM document_rows WHERE {RECORDED} IS NULL")
    return int(count)


def settle_later(engine: Engine) -> None:
    """Tells of open items what was settled later, so that their open amount can be taken back to the day.

    The open amount of an export is that of its own day. What a row recorded since took off an item is added to
    `allocation_rows` with its recorded date; `close/sql/linked.sql` puts it back.
    """
    has = set(engine.columns("document_rows"))
    if not {"open_amount", "applies_to"} <= has:
        return
    applied = "coalesce(p.applied_amount, p.amount)" if "applied_amount" in has else "p.amount"
    engine.execute(
        "INSERT INTO allocation_rows SELECT p.entry, p.line, d.customer_id, p.document_id, p.kind, p.applies_to, "
        f"CAST(abs({applied}) AS DECIMAL(18, 4)), d.currency, p.document_date, p.document_date, p.{RECORDED}, d.entry, "
        f"NULL FROM {LATER} AS p INNER JOIN (SELECT customer_id, currency, document_id, min(entry) AS entry "
        "FROM document_rows WHERE amount > 0 AND open_amount IS NOT NULL GROUP BY ALL) AS d "
        "ON d.document_id = p.applies_to AND d.customer_id = coalesce(p.customer_id, d.customer_id) "
        f"AND d.currency = coalesce(p.currency, d.currency) WHERE p.applies_to <> p.document_id AND {applied} <> 0 "
        "QUALIFY count(*) OVER (PARTITION BY p.entry) = 1 ORDER BY p.entry"
    )


def _remark(engine: Engine, findings: Findings, part: Part, day: date) -> None:
    """What a file does not tell, so that its rows may be counted as known although they were not."""

    def said(reason: str, field: str, count: int = 0) -> None:
        facts = {"value": "", "count": f"{count:,}", "date": day.isoformat()}
        header = part.header(field)
        problem = Problem(part.raw.file, part.raw.sheet, None, header, None, f"known.{reason}", "kept", facts)
        findings.remarks.append(problem)

    own = f"(entry >> {ENTRY_SHIFT}) = {part.number}"
    (undated,) = engine.one(f"SELECT count(*) FROM document_rows WHERE {own} AND {RECORDED} IS NULL")
    if RECORDED not in part.mapped.positions:
        said("no_column", RECORDED, undated)
    elif undated:
        said("rows_undated", RECORDED, undated)
    if "open_amount" in part.mapped.positions:
        said("open_amounts", "open_amount")
    settled = [name for name in ("settled_date", "paid_amount") if name in part.mapped.positions]
    if settled and SETTLED_RECORDED not in part.mapped.positions:
        cell = identifier(settled[0])
        (count,) = engine.one(f"SELECT count(*) FROM document_rows WHERE {own} AND {cell} IS NOT NULL")
        if count:
            said("settled_with_invoice", settled[0], count)
