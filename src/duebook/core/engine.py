"""The one door to DuckDB: everything that speaks SQL goes through an `Engine`.

DuckDB changes its Python API between major versions, so no other module imports it. An engine is in memory, reaches
nothing outside the files it is told to read, keeps row order, and spills to its own temporary folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

Row = tuple[Any, ...]
Values = Sequence[object] | Mapping[str, object]


class Engine:
    """A private, in-memory SQL engine (DuckDB). Use as a context manager; sums of DECIMAL are exact."""

    def __init__(self, memory_limit: str = "640MB", threads: int | None = None) -> None:
        import duckdb  # loaded here only: `import duebook` must stay quick

        self._spill = tempfile.TemporaryDirectory(prefix="duebook-", ignore_cleanup_errors=True)
        self._connection = duckdb.connect(":memory:")
        self.execute(f"SET memory_limit = '{memory_limit}'")
        self.execute(f"SET temp_directory = {quoted(self._spill.name)}")
        self.execute("SET TimeZone = 'UTC'")
        self.execute("SET preserve_insertion_order = true")
        self.execute("SET enable_progress_bar = false")
        if threads:
            self.execute(f"SET threads = {int(threads)}")

    def execute(self, sql: str, values: Values | None = None) -> None:
        """Runs a statement whose result is not wanted. `?` in `sql` takes a sequence of values, `$name` a mapping."""
        self._connection.execute(sql, values) if values is not None else self._connection.execute(sql)

    def rows(self, sql: str, values: Values | None = None) -> list[Row]:
        """All rows of a query, as tuples (DECIMAL → Decimal, DATE → date, NULL → None)."""
        self.execute(sql, values)
        found: list[Row] = self._connection.fetchall()
        return found

    def batches(self, sql: str, size: int = 20_000) -> Iterator[list[Row]]:
        """The rows of a query in lists of at most `size`, without holding them all; other queries may run between."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql)
            while found := cursor.fetchmany(size):
                yield found
        finally:
            cursor.close()

    def one(self, sql: str, values: Values | None = None) -> Row:
        """The first row of a query that always has one."""
        return self.rows(sql, values)[0]

    def columns(self, table: str) -> list[str]:
        return [name for name, *_ in self.rows(f"DESCRIBE {identifier(table)}")]

    def insert(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Appends a few thousand rows at most (problems, small tables); large data comes in through a file."""
        held = [list(row) for row in rows]
        if held:
            marks = ", ".join("?" for _ in held[0])
            self._connection.executemany(f"INSERT INTO {identifier(table)} VALUES ({marks})", held)

    def close(self) -> None:
        self._connection.close()
        self._spill.cleanup()

    @property
    def spill_folder(self) -> Path:
        """A private folder for intermediate files; it goes with the engine."""
        return Path(self._spill.name)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def opened_file(path: Path) -> Any:
    """A DuckDB connection to a database file of the user's, for reading only; it reaches no other file."""
    import duckdb

    closed = {"enable_external_access": "false", "autoload_known_extensions": "false", "lock_configuration": "true"}
    return duckdb.connect(str(path), read_only=True, config={**closed, "memory_limit": "1GB"})


def refusals() -> tuple[type[Exception], ...]:
    """What the engine raises over a file that it cannot read."""
    import duckdb

    return (duckdb.Error, UnicodeDecodeError)


def exhausted() -> type[Exception]:
    """What the engine raises when its memory does not suffice."""
    import duckdb

    found: type[Exception] = duckdb.OutOfMemoryException
    return found


def identifier(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """`text` as a SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
