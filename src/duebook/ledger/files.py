"""Reads a ledger file, whatever it is, into raw text tables in the engine.

The file's own first bytes say what it is; its name does not count. Text goes to `records` or `json_lines`, workbooks
to `workbook` behind its guards, Parquet to `parquet`; what cannot be read is refused with a sentence that says how to
save it instead.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import compound, json_lines, parquet, records, workbook
from duebook.ledger.raw import Progress, RawTable, Source

__all__ = ["RawTable", "Source", "read_raw", "refuse_twice"]

# First bytes → message key. Each of these formats is refused by name, because "not text" would not help anyone.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "compressed"),
    (b"BZh", "compressed"),
    (b"\xfd7zXZ\x00", "compressed"),
    (b"7z\xbc\xaf\x27\x1c", "compressed"),
    (b"Rar!", "compressed"),
    (b"%PDF", "pdf"),
    (b"PARE", "encrypted_parquet"),
    # Excel 2, 3 and 4 wrote their records into the file itself, without a container.
    (b"\x09\x00\x04\x00", "old_excel"),
    (b"\x09\x02\x06\x00", "old_excel"),
    (b"\x09\x04\x06\x00", "old_excel"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_raw(source: Source, engine: Engine, *, progress: Progress | None = None) -> list[RawTable]:
    """One raw table per text file or non-empty visible sheet. Raises DuebookError for what cannot be read."""
    path = source.path
    if not path.exists():
        raise DuebookError("file.not_found", path=source.name)
    if not path.is_file():
        raise DuebookError("ledger_files.not_a_file", file=source.name)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise DuebookError("ledger_files.no_access", file=source.name, reason=error.strerror or "") from error
    if not start:
        raise DuebookError("ledger_files.empty", file=source.name)
    if start.startswith(_ZIP):
        return workbook.read(source, engine, progress)
    if start.startswith(compound.SIGNATURE):
        # The old binary formats and encrypted .xlsx share this container; a marker in its directory tells them apart.
        with path.open("rb") as file:
            if _ENCRYPTED in file.read(64_000_000):
                raise DuebookError("ledger_files.password", file=source.name)
        return workbook.read(source, engine, progress)
    if start.startswith(parquet.SIGNATURE):
        return [parquet.read(source, engine, progress)]
    for signature, key in _SIGNATURES:
        if start.startswith(signature):
            raise DuebookError(f"ledger_files.{key}", file=source.name)
    if source.delimiter is None and json_lines.begins(start):
        return [json_lines.read(source, engine, progress)]
    return [records.read(source, engine, progress)]


def refuse_twice(sources: Sequence[Source]) -> None:
    """The same content given twice as a ledger would count every row twice, or leave half of them out."""
    given: dict[tuple[int, str | None], list[Source]] = {}
    for source in sources:
        if source.role in (None, "invoices", "payments") and source.path.is_file():
            given.setdefault((source.path.stat().st_size, source.sheet), []).append(source)
    for alike in given.values():
        seen: dict[str, Source] = {}
        for source in alike if len(alike) > 1 else ():
            first = seen.setdefault(_digest(source.path), source)
            if first is not source:
                raise DuebookError("ledger_files.same_file", file=source.name, first=first.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
