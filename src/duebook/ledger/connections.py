"""Runs one query in a database, for reading only, and gives its rows in batches.

SQLite and DuckDB files are opened here; every other kind through SQLAlchemy, an extra. Each is told to write nothing
and to give up in time. A driver's words are shown without the password, and nothing of it stays in an error's chain.
"""

from __future__ import annotations

import importlib.util
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duebook.core import engine
from duebook.core.errors import DuebookError
from duebook.ledger.database_address import Address

Row = Sequence[Any]
_BATCH = 5_000
_CONNECT_SECONDS = 10
_DRIVERS = {
    "postgresql": (("psycopg", "psycopg"), ("psycopg2", "psycopg2")),
    "mysql": (("MySQLdb", "mysqldb"), ("pymysql", "pymysql")),
    "mariadb": (("MySQLdb", "mysqldb"), ("pymysql", "pymysql")),
}
"""Kind → (Python module, SQLAlchemy's name of the driver), the one that is installed is taken where none is named."""
_PREPARED = {
    "postgresql": ("SET TRANSACTION READ ONLY", "SET LOCAL statement_timeout = '{seconds}s'"),
    "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_execution_time = {milliseconds}", "COMMIT"),
    "mariadb": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION max_statement_time = {seconds}", "COMMIT"),
    "oracle": ("SET TRANSACTION READ ONLY",),
}
"""What each kind is told before the query."""


@dataclass(frozen=True)
class Result:
    """The columns of a query and its rows."""

    columns: tuple[str, ...]
    batches: Iterator[Sequence[Row]]


@contextmanager
def queried(address: Address, query: str, seconds: float) -> Iterator[Result]:
    """The result of the query while the connection is open. DuebookError for whatever the database objects to."""
    door = {"sqlite": _sqlite, "duckdb": _duckdb}.get(address.kind, _sqlalchemy)
    end = time.monotonic() + seconds
    with ExitStack() as stack:
        failed: DuebookError | None = None
        try:
            result = stack.enter_context(door(address, query, seconds))
        except DuebookError:
            raise
        except Exception as error:
            failed = _failure(address, error, end, seconds)
        if failed:  # raised outside of the handler: the driver's own error, which may hold the address, is not chained
            raise failed
        yield Result(result.columns, _in_time(result.batches, address, end, seconds))


class _Unreachable(Exception):
    """The connection itself failed."""


def _in_time(batches: Iterator[Sequence[Row]], address: Address, end: float, seconds: float) -> Iterator[Sequence[Row]]:
    """The batches, as long as there is time; what fails while they are fetched is told as what fails before."""
    while True:
        failed: DuebookError | None = None
        try:
            batch = next(batches, None)
            if batch is not None and time.monotonic() > end:
                raise TimeoutError
        except Exception as error:
            failed = _failure(address, error, end, seconds)
        if failed:
            raise failed
        if batch is None:
            return
        yield batch


def _failure(address: Address, error: Exception, end: float, seconds: float) -> DuebookError:
    if time.monotonic() >= end or isinstance(error, TimeoutError):
        return DuebookError("database.too_slow", database=address.shown, seconds=f"{seconds:g}")
    key = "database.cannot_connect" if isinstance(error, _Unreachable) else "database.query_failed"
    own = getattr(error, "orig", None) or error  # SQLAlchemy adds the statement and a link to the driver's words
    reason = address.clean(str(own)) or type(own).__name__
    return DuebookError(key, database=address.shown, reason=reason)


def _many(fetch: Callable[[int], Sequence[Row]]) -> Iterator[Sequence[Row]]:
    while batch := fetch(_BATCH):
        yield batch


# ---- files ----


def _file(address: Address) -> Path:
    path = Path(address.database)
    if not path.is_file():
        raise DuebookError("file.not_found", path=path.name)
    return path


@contextmanager
def _sqlite(address: Address, query: str, seconds: float) -> Iterator[Result]:
    import sqlite3  # not in every Python

    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}

    def authorized(action: int, *about: str | None) -> int:
        return sqlite3.SQLITE_OK if action in allowed and "load_extension" not in about else sqlite3.SQLITE_DENY

    path = _file(address)
    end = time.monotonic() + seconds
    with closing(
        sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_CONNECT_SECONDS)
    ) as connection:
        connection.set_authorizer(authorized)
        connection.set_progress_handler(lambda: int(time.monotonic() > end), 100_000)
        cursor = connection.execute(query)
        yield Result(tuple(name for name, *_ in cursor.description or ()), _many(cursor.fetchmany))


@contextmanager
def _duckdb(address: Address, query: str, seconds: float) -> Iterator[Result]:
    path = _file(address)
    try:
        connection = engine.opened_file(path)
    except Exception as error:
        raise _Unreachable(str(error).replace(str(path.resolve()), path.name)) from error
    timer = threading.Timer(seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        connection.execute(query)
        yield Result(tuple(name for name, *_ in connection.description or ()), _many(connection.fetchmany))
    finally:
        timer.cancel()
        connection.close()


# ---- everything else ----


@contextmanager
def _sqlalchemy(address: Address, query: str, seconds: float) -> Iterator[Result]:
    try:
        import sqlalchemy
        from sqlalchemy.exc import NoSuchModuleError
        from sqlalchemy.pool import NullPool
    except ImportError:
        raise DuebookError("database.extra_missing", database=address.shown) from None
    driver = address.driver or _driver(address.kind)
    url = sqlalchemy.URL.create(
        f"{address.kind}+{driver}" if driver else address.kind,
        address.user,
        address.password,
        address.host,
        address.port,
        address.database or None,
        dict(address.options),
    )
    waiting = address.kind == "postgresql" and "connect_timeout" not in dict(address.options)
    try:
        door = sqlalchemy.create_engine(
            url,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"connect_timeout": _CONNECT_SECONDS} if waiting else {},
        )
    except NoSuchModuleError:
        raise DuebookError("database.kind_unknown", kind=address.kind) from None
    except ImportError as error:
        raise DuebookError("database.driver_missing", database=address.shown, driver=error.name or driver) from None
    try:
        connection = door.connect()
    except Exception as error:
        raise _Unreachable(str(getattr(error, "orig", None) or error)) from None
    with closing(connection):  # closing rolls back
        for statement in _PREPARED.get(address.kind, ()):
            connection.exec_driver_sql(statement.format(seconds=int(seconds), milliseconds=int(seconds * 1000)))
        streamed = connection.execution_options(stream_results=True, no_parameters=True, max_row_buffer=_BATCH)
        rows = streamed.exec_driver_sql(query)
        yield Result(tuple(rows.keys()), _many(rows.fetchmany))


def _driver(kind: str) -> str | None:
    """The installed driver of a kind for which there are several; None leaves the choice to SQLAlchemy."""
    known = _DRIVERS.get(kind, ())
    return next((name for module, name in known if importlib.util.find_spec(module)), known[0][1] if known else None)
