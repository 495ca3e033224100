"""Writes the rows of a query to a Parquet file: the same rows give the same bytes, and every value comes back exactly.

The type of a column follows from the values in it, because drivers describe types each in their own way: decimals keep
all their digits, and what does not fit one type is kept as text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import spill
from duebook.ledger.raw import cells

MAX_ROWS = 20_000_000
MAX_BYTES = 8 << 30
_DIGITS = 38
_INTEGER = 1 << 63
_EXACT_FLOAT = 1 << 53
_ROW_GROUP = 122_880


def _moment(value: dt.datetime) -> str:
    return value.replace(tzinfo=None).isoformat(" ")  # the clock of the session's time zone, as the database shows it


def _clock(value: dt.timedelta) -> str:
    return str(value)


_TEXTS: dict[type, Any] = {
    str: str,
    bool: lambda value: "true" if value else "false",
    int: str,
    Decimal: lambda value: format(value, "f"),
    float: repr,
    dt.datetime: _moment,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: _clock,
    UUID: str,
}


class _Column:
    """What the values of a column have in common."""

    def __init__(self) -> None:
        self.kinds: set[type] = set()
        self.scale = self.whole = 0
        self.largest = 0
        self.odd = False

    def text(self, value: Any) -> str:
        """The value as text; KeyError for what is no single value."""
        kind = type(value)
        if kind not in _TEXTS:
            kind = next((known for known in _TEXTS if isinstance(value, known)), kind)
        text: str = _TEXTS[kind](value)
        self.kinds.add(kind)
        if kind is Decimal:
            _, digits, exponent = value.as_tuple()
            if isinstance(exponent, int):
                self.scale = max(self.scale, -exponent)
                self.whole = max(self.whole, len(digits) + exponent)
            else:
                self.odd = True  # not a number, or without end
        elif kind is int:
            self.largest = max(self.largest, abs(value))
            self.whole = max(self.whole, len(text))
        return text

    @property
    def type(self) -> str:
        """The SQL type that holds every value exactly."""
        match sorted(kind.__name__ for kind in self.kinds):
            case ["int"] if self.largest < _INTEGER:
                return "BIGINT"
            case ["int"] | ["Decimal"] | ["Decimal", "int"] if not self.odd and self.whole + self.scale <= _DIGITS:
                return f"DECIMAL({_DIGITS}, {self.scale})"
            case ["float"]:
                return "DOUBLE"
            case ["float", "int"] if self.largest <= _EXACT_FLOAT:
                return "DOUBLE"
            case ["bool"]:
                return "BOOLEAN"
            case ["date"]:
                return "DATE"
            case ["datetime"] | ["date", "datetime"]:
                return "TIMESTAMP"
        return "VARCHAR"


def written(target: Path, shown: str, names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> int:
    """Writes the file and returns its number of rows. `shown` names the database where it is refused."""
    columns = [_Column() for _ in names]
    rows_file = target.with_suffix(".rows")
    rows = size = 0
    try:
        with spill.Spill(rows_file, len(names)) as out:
            for batch in batches:
                for row in batch:
                    rows += 1
                    texts = [_text(*each, shown) for each in zip(columns, row, names, strict=True)]
                    size += sum(map(len, texts))
                    if rows > MAX_ROWS or size > MAX_BYTES:
                        raise DuebookError("database.too_many_rows", database=shown, limit=f"{MAX_ROWS:,}")
                    out.add(rows, rows, "", texts)
        with Engine(threads=1) as engine:  # one thread: row groups are cut at the same rows each time
            spill.load(engine, rows_file, "rows", len(names), escaped=out.escaped, longest=out.longest)
            picked = ", ".join(
                f"CAST({cell} AS {column.type}) AS {identifier(name)}"
                for cell, column, name in zip(cells(len(names)), columns, names, strict=True)
            )
            engine.execute(
                f"COPY (SELECT {picked} FROM rows) TO {quoted(str(target))} "
                f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
            )
    finally:
        rows_file.unlink(missing_ok=True)
    return rows


def _text(column: _Column, value: Any, name: str, shown: str) -> str:
    if value is None:
        return ""
    try:
        return column.text(value)
    except KeyError:
        raise DuebookError("database.column_kind", database=shown, column=name, kind=type(value).__name__) from None
