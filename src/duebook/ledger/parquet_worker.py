"""Turns a Parquet file into one whose columns are texts, row by row as they stand. Runs in the worker process only.

What it makes is trusted: the program loads it without looking at the stranger's file again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from duebook.core.engine import Engine, Row, exhausted, identifier, quoted, refusals
from duebook.ledger.raw import MAX_COLUMNS, cells

MAX_ROWS = 50_000_000
MAX_CELLS = 2_000_000_000
MAX_TEXT = 16 << 30
"""Bytes of all texts: a dictionary lets a small file repeat a long text without end."""
_ENGINE_MEMORY = "512MB"

_WHOLE = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)")
_MOMENT = re.compile(r"TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE|TIMESTAMP_NS WITH TIME ZONE")
_TEXTS = re.compile(r"VARCHAR|UUID|TIME|TIME_NS|INTERVAL|ENUM\(.*\)|TIME WITH TIME ZONE", re.DOTALL)
_BINARY = ("FLOAT", "DOUBLE")


def as_text(job: dict[str, Any]) -> dict[str, Any] | None:
    """Writes the text table to `job["target"]`. What was found, or why it is refused; None for a damaged file."""
    try:
        with Engine(_ENGINE_MEMORY, threads=1) as engine:
            return _converted(engine, _literal(job["path"]), Path(job["target"]))
    except exhausted() as error:
        raise MemoryError from error
    except refusals():
        return None


def _literal(path: str) -> str:
    """The path so that no letter in it is a pattern for several files."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def _converted(engine: Engine, path: str, target: Path) -> dict[str, Any] | None:
    source = (
        f"read_parquet({quoted(path)}, binary_as_string=true, hive_partitioning=false, filename=false, "
        "file_row_number=false, union_by_name=false)"
    )
    columns = engine.rows(f"DESCRIBE SELECT * FROM {source}")
    headers, old_moments = _schema(engine, path)
    if len(headers) != len(columns):
        headers = [str(name) for name, *_ in columns]
    (rows,) = engine.one(f"SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata({quoted(path)})")
    if refused := _refused(headers, columns, rows):
        return {"refused": refused}
    texts = [_text(identifier(name), kind) for name, kind, *_ in columns]
    letters = [_letter(f"c{place}", kind) for place, (_, kind, *_) in enumerate(columns, 1)]
    named = ", ".join(f"nullif({text}, '') AS c{place}" for place, text in enumerate(texts, 1))
    filled = [f"CASE WHEN c{place} IS NULL THEN '.' ELSE {letter} END" for place, letter in enumerate(letters, 1)]
    engine.execute(
        f"COPY (SELECT row_number() OVER () AS record, row_number() OVER () AS line, {' || '.join(filled)} AS kinds, "
        f"{', '.join(cells(len(columns)))} FROM (SELECT {named} FROM {source})) "
        f"TO {quoted(str(target))} (FORMAT parquet, COMPRESSION snappy)"
    )
    length = " + ".join(f"coalesce(sum(strlen({cell})), 0)" for cell in cells(len(columns)))
    counted, size = engine.one(f"SELECT count(*), ({length})::HUGEINT FROM read_parquet({quoted(str(target))})")
    if size > MAX_TEXT:
        return {"refused": {"key": "sources.parquet_text", "facts": {"size": f"{size:,}", "limit": f"{MAX_TEXT:,}"}}}
    if counted != rows:
        return None
    return {
        "headers": headers,
        "rows": rows,
        "binary": [place for place, (_, kind, *_) in enumerate(columns) if kind in _BINARY],
        "single": [place for place, (_, kind, *_) in enumerate(columns) if kind == "FLOAT"],
        "moments": _with_times(engine, source, columns, old_moments),
    }


def _schema(engine: Engine, path: str) -> tuple[list[str], set[int]]:
    """The names of the columns as the file has them, and which hold moments in the old form of 96 bits."""
    found = engine.rows(f"SELECT name, type, num_children FROM parquet_schema({quoted(path)})")
    headers: list[str] = []
    old: set[int] = set()
    for name, kind, children in found[1:]:  # the first is the root; a nested column is refused anyway
        if children:
            return [], set()
        if kind == "INT96":
            old.add(len(headers))
        headers.append(str(name))
    return headers, old


def _refused(headers: Sequence[str], columns: Sequence[Row], rows: int) -> dict[str, Any] | None:
    if len(headers) > MAX_COLUMNS or rows > MAX_ROWS or rows * len(headers) > MAX_CELLS:
        facts = {"rows": f"{rows:,}", "columns": f"{len(headers):,}", "limit": f"{MAX_ROWS:,}"}
        return {"key": "sources.parquet_size", "facts": facts}
    for header, (_, kind, *_) in zip(headers, columns, strict=True):
        if not _text("c", kind):
            return {"key": "sources.parquet_nested", "facts": {"column": header, "kind": kind[:60]}}
    return None


def _text(cell: str, kind: str) -> str:
    """SQL for a value as text; '' for a kind that is no single value."""
    if _WHOLE.fullmatch(kind) or kind == "DATE" or (kind.startswith("DECIMAL(") and kind.endswith(")")):
        return f"CAST({cell} AS VARCHAR)"
    if kind == "BOOLEAN":
        return f"upper(CAST({cell} AS VARCHAR))"
    if kind in _BINARY:
        return _plain(cell)
    if _MOMENT.fullmatch(kind):
        moment = f"CAST({cell} AS TIMESTAMP)"
        return (
            f"CASE WHEN NOT isfinite({moment}) THEN CAST({cell} AS VARCHAR) "
            f"WHEN date_trunc('day', {moment}) = {moment} THEN CAST(CAST({moment} AS DATE) AS VARCHAR) "
            f"ELSE CAST(date_trunc('second', {moment}) AS VARCHAR) END"
        )
    return f"CAST({cell} AS VARCHAR)" if _TEXTS.fullmatch(kind) or kind == '"NULL"' else ""


def _plain(cell: str) -> str:
    """SQL for the shortest decimal text that is this binary number and no other, without exponent or '.0'."""
    text = f"CAST({cell} AS VARCHAR)"
    sign = f"CASE WHEN {cell} < 0 THEN '-' ELSE '' END"
    digits = f"regexp_replace(split_part({text}, 'e', 1), '[-.]|[.]0$', '', 'g')"
    power = f"CAST(split_part({text}, 'e', 2) AS INTEGER)"
    small = f"{sign} || '0.' || repeat('0', -{power} - 1) || {digits}"
    large = (
        f"{sign} || left(rpad({digits}, greatest(length({digits}), {power} + 1)::INTEGER, '0'), {power} + 1) || "
        f"CASE WHEN length({digits}) > {power} + 1 THEN '.' || substr({digits}, {power} + 2) ELSE '' END"
    )
    return (
        f"CASE WHEN NOT isfinite({cell}) THEN {text} WHEN {cell} = 0 THEN '0' "
        f"WHEN contains({text}, 'e-') THEN {small} WHEN contains({text}, 'e') THEN {large} "
        f"ELSE regexp_replace({text}, '[.]0$', '') END"
    )


def _letter(cell: str, kind: str) -> str:
    """SQL for the letter of a filled cell: what is no number or no date in a column of such is an error."""
    if kind in _BINARY:
        return f"CASE WHEN {cell} IN ('nan', '-nan', 'inf', '-inf') THEN 'e' ELSE 'n' END"
    if kind == "BOOLEAN":
        return "'b'"
    if kind == "DATE" or _MOMENT.fullmatch(kind):
        return f"CASE WHEN contains({cell}, 'infinity') THEN 'e' ELSE 'd' END"
    return "'t'" if _TEXTS.fullmatch(kind) or kind == '"NULL"' else "'n'"


def _with_times(engine: Engine, source: str, columns: Sequence[Row], old: set[int]) -> list[int]:
    """Columns of moments in universal time in which some is not midnight: their day depends on where one is."""
    found = []
    for place, (name, kind, *_) in enumerate(columns):
        if place in old or (kind.startswith("TIMESTAMP") and kind.endswith("WITH TIME ZONE")):
            moment = f"CAST({identifier(name)} AS TIMESTAMP)"
            timed = f"coalesce(bool_or(date_trunc('day', {moment}) <> {moment}), false)"
            if engine.one(f"SELECT {timed} FROM {source}")[0]:
                found.append(place)
    return found
