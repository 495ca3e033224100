"""What reading yields before anyone knows what the columns mean: a source, and the raw text table read from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duebook.core.engine import Engine
from duebook.ledger.problems import Problem

Progress = Callable[[str, float], None]
"""Called with a file's display name and the share read so far (0…1)."""

MAX_COLUMNS = 16_384
"""As many as an Excel sheet has; a wider text file is not a ledger."""


@dataclass(frozen=True)
class Source:
    """A ledger file, and what the user says about it. None means: told by the file itself.

    A query in a database is a source too: its `path` is then the name under which its rows are kept (`database`).
    """

    path: Path
    role: str | None = None
    """'invoices', 'payments', 'customers', 'limits', 'sales', or None = told by its columns."""
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    query: str | None = None
    """The SQL text that yields the rows, for a database."""
    database: str | None = None
    """Where the rows come from, as it is shown: without user and password."""
    url: str | None = field(default=None, repr=False)
    """The database's address, secrets and all, until the query has run; written nowhere."""

    @property
    def name(self) -> str:
        """The display name: no folder, because no path may show in an output."""
        return self.path.name


@dataclass(frozen=True)
class RawTable:
    """One table as text. In the engine it is `name`, with the columns

    - `record` BIGINT: number of the data record, 1-based, rejected ones counted;
    - `line` BIGINT: the physical line in the file (where the record starts), the row of the sheet, or the row's number
      where neither is;
    - `kinds` VARCHAR: NULL for text files; otherwise one letter per column: t text, n number, d date,
      b boolean, e error, . blank;
    - `c1` … `cN` VARCHAR: the values, NULL where empty.

    Rows in the engine + len(rejected) == records, always.
    """

    name: str
    file: str
    sheet: str | None
    headers: tuple[str, ...]
    header_line: int
    records: int
    rejected: tuple[Problem, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    decimal_comma: bool | None = None
    remarks: tuple[tuple[str, str, int], ...] = ()
    """(message key, kind of field, position of a column): what is said of the column where it is such a field."""
    titles: tuple[tuple[str, ...], ...] = ()
    """The lines above the header, cell by cell."""
    headed: bool = False
    """Whether the last two columns hold the customers that stood as headings above their rows (`account_lines`)."""


def free_name(engine: Engine) -> str:
    """A table name not yet taken in the engine: raw_1, raw_2, …"""
    (taken,) = engine.one("SELECT count(*) FROM duckdb_views() WHERE view_name LIKE 'raw\\_%' ESCAPE '\\'")
    return f"raw_{taken + 1}"


def cells(width: int) -> list[str]:
    """c1 … cN."""
    return [f"c{number}" for number in range(1, width + 1)]
