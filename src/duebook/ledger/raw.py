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
    """A ledger file, and what the user says about it. None means: told by the file itself."""

    path: Path
    role: str | None = None
    """'invoices', 'payments', 'customers', 'limits', 'sales', or None = told by its columns."""
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def name(self) -> str:
        """The display name: no folder, because no path may show in an output."""
        return self.path.name


@dataclass(frozen=True)
class RawTable:
    """One table as text. In the engine it is `name`, with the columns

    - `record` BIGINT: number of the data record, 1-based, rejected ones counted;
    - `line` BIGINT: the physical line in the file (where the record starts), or the row of the sheet;
    - `kinds` VARCHAR: NULL for text files; for sheets one letter per column: t text, n number, d date,
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
