"""Reads Parquet into a raw table: exact decimals and dates as they are, in a process of its own."""

from __future__ import annotations

from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import apart, headings
from duebook.ledger.raw import Progress, RawTable, Source, cells, free_name

SIGNATURE = b"PAR1"
MAX_FILE = 4 << 30
_MEMORY = 3 << 30
_SECONDS = 20
_BYTES_PER_SECOND = 1 << 20
"""Compressed bytes; a million rows of a ledger are some ten of these and take five seconds."""
_SAMPLE = 400
_REMARKS = {"single": ("sources.single_precision", "amount"), "moments": ("sources.universal_time", "date")}
"""What the worker finds of a column → what is remarked, and of which kind of field."""


def read(source: Source, engine: Engine, progress: Progress | None = None) -> RawTable:
    """The raw table of a Parquet file; `line` is the row's number. Raises DuebookError where it cannot be read."""
    size = source.path.stat().st_size
    if size > MAX_FILE:
        raise DuebookError("ledger_files.too_large", file=source.name, size=size >> 20, limit=MAX_FILE >> 20)
    with source.path.open("rb") as file:
        file.seek(-min(size, len(SIGNATURE)), 2)
        if size < 12 or file.read() != SIGNATURE:
            raise DuebookError("sources.parquet_damaged", file=source.name)
    name = free_name(engine)
    target = engine.spill_folder / f"{name}.parquet"
    job = {"form": "parquet", "target": str(target)}
    seconds = _SECONDS + size // _BYTES_PER_SECOND
    try:
        found = apart.worked(source, engine, job, _MEMORY, seconds, "sources.parquet_damaged")
        stored = identifier(f"{name}_cells")
        engine.execute(f"CREATE TABLE {stored} AS SELECT * FROM read_parquet({quoted(str(target))})")
        engine.execute(f"CREATE VIEW {identifier(name)} AS SELECT * FROM {stored}")
    finally:
        target.unlink(missing_ok=True)
    if progress:
        progress(source.name, 1.0)
    headers, records = tuple(found["headers"]), int(found["rows"])
    facts = {"binary_numbers": ", ".join(headers[place] for place in found["binary"])} if found["binary"] else {}
    return RawTable(
        name,
        source.name,
        None,
        headers,
        0,
        records,
        (),
        facts,
        headings.decimal_comma(_texts(engine, name, len(headers))),
        remarks=tuple((*said, place) for fact, said in _REMARKS.items() for place in found[fact]),
    )


def _texts(engine: Engine, name: str, width: int) -> list[str]:
    """Texts (no numbers, no dates) of the first rows: they may show how amounts are written."""
    rows = engine.rows(
        f"SELECT kinds, {', '.join(cells(width))} FROM {identifier(name)} ORDER BY record LIMIT {_SAMPLE}"
    )
    return [text for kinds, *texts in rows for kind, text in zip(kinds, texts, strict=True) if kind == "t"]
