"""Ledger sources in databases: a query is run once, its rows are kept as a Parquet file, and that file is the ledger.

A close puts the file into its sealed folder, so that `verify` needs no database. Reading the ledger from the file, now
and then, is one way for both: what is sealed is what was read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import sqlglot
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import connections, database_address, snapshot
from duebook.ledger.raw import MAX_COLUMNS, Source

SECONDS = 600.0
"""A query that has not given all its rows by then is given up."""
FOLDER = "inputs"
_DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}
_STARTS = (TokenType.SELECT, TokenType.WITH)
_WRITES = frozenset(
    (
        TokenType.INSERT,
        TokenType.UPDATE,
        TokenType.DELETE,
        TokenType.MERGE,
        TokenType.INTO,
        TokenType.CREATE,
        TokenType.DROP,
        TokenType.ALTER,
        TokenType.TRUNCATE,
    )
)
_PASSWORD = re.compile(r"(password\s*=\s*)('[^']*'|[^\s',;)]+)", re.IGNORECASE)


def source(url: str, query: str | None, role: str | None = None) -> Source:
    """A database as a source. DuebookError for an address that is unclear and a query that is none."""
    address = database_address.parsed(url)
    if not query or not query.strip():
        raise DuebookError("database.no_query", database=address.shown)
    return Source(
        Path(f"{address.stem}.parquet"),
        role,
        query=_checked(query, address),
        database=address.shown,
        url=url,
    )


def named(sources: Sequence[Source]) -> tuple[Source, ...]:
    """The same sources, each query under a name of its own: erp.parquet, erp-payments.parquet, erp-2.parquet."""
    taken = {given.path.name.lower() for given in sources if given.url is None}
    found = []
    for given in sources:
        if given.url is not None:
            stem = given.path.stem
            wanted = [stem, *([f"{stem}-{given.role}"] if given.role else []), *(f"{stem}-{n}" for n in range(2, 1000))]
            name = next(word for word in wanted if f"{word}.parquet".lower() not in taken)
            given = replace(given, path=given.path.with_name(f"{name}.parquet"))
            taken.add(given.path.name.lower())
        found.append(given)
    return tuple(found)


def fetched(sources: Sequence[Source], engine: Engine) -> tuple[Source, ...]:
    """The same sources, those in databases as files in the engine's folder. Others stay as they are."""
    found = []
    for given in named(sources):
        if given.url is not None:
            folder = engine.spill_folder / FOLDER
            folder.mkdir(exist_ok=True)
            path = folder / given.path.name
            _keep(given, path)
            given = replace(given, path=path, url=None)
        found.append(given)
    return tuple(found)


def shown_query(query: str) -> str:
    """A query as it is recorded: a password that someone wrote into it is left out."""
    return _PASSWORD.sub(rf"\1{database_address.HIDDEN}", database_address.without_secrets(query))


def _keep(given: Source, path: Path) -> None:
    address = database_address.parsed(given.url or "")
    with connections.queried(address, given.query or "", SECONDS) as result:
        names = [str(name) for name in result.columns]
        if not names or len(names) > MAX_COLUMNS:
            raise DuebookError("database.not_a_query", database=address.shown, value=(given.query or "")[:80])
        lower = [name.lower() for name in names]
        if twice := next((name for name in names if lower.count(name.lower()) > 1), None):
            raise DuebookError("database.column_twice", database=address.shown, column=twice)
        snapshot.written(path, address.shown, names, result.batches)


def _checked(query: str, address: database_address.Address) -> str:
    """The one statement of a query, without its semicolon. It must read, and nothing else."""
    try:
        tokens = sqlglot.tokenize(query, read=_DIALECTS.get(address.kind, address.kind))
    except (SqlglotError, ValueError):
        try:
            tokens = sqlglot.tokenize(query)
        except SqlglotError as error:
            raise DuebookError("database.not_a_query", database=address.shown, value=_start(query)) from error
    ends = [place for place, token in enumerate(tokens) if token.token_type == TokenType.SEMICOLON]
    while ends and ends[-1] == len(tokens) - 1:
        query = query[: tokens[-1].start]
        tokens, ends = tokens[:-1], ends[:-1]
    kinds = [token.token_type for token in tokens]
    first = next((kind for kind in kinds if kind != TokenType.L_PAREN), None)
    pairs = pairwise([TokenType.SEMICOLON, *kinds])
    writes = any(kind in _WRITES and before != TokenType.DOT for before, kind in pairs)  # t.update is a column
    if ends or first not in _STARTS or writes:
        raise DuebookError("database.not_a_query", database=address.shown, value=_start(query))
    return query.strip()


def _start(query: str) -> str:
    return " ".join(shown_query(query).split())[:80]
