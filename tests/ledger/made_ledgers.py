"""Small ledgers written as CSV for the tests of the canonical ledger."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from duebook.core.engine import Engine, Row
from duebook.ledger.canonical import Ledger, Reading, read_ledger
from duebook.ledger.raw import Source

AS_OF = date(2026, 10, 31)


def write(path: Path, text: str) -> Source:
    """A CSV file from lines in which `|` stands between cells; indentation and blank lines do not count."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return Source(path)


class Read:
    """A ledger read in an engine of its own."""

    def __init__(
        self,
        sources: Sequence[Source],
        as_of: date | None = AS_OF,
        currency: str | None = "USD",
        dates: str = "auto",
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.engine = Engine(threads=1)
        self.ledger: Ledger = read_ledger(sources, Reading(as_of, currency, dates, columns or {}), self.engine)

    def rows(self, columns: str, table: str = "documents", order: str = "file, line") -> list[Row]:
        return self.engine.rows(f"SELECT {columns} FROM {table} ORDER BY {order}")

    def told(self) -> list[tuple[str, int | None, str]]:
        """(reason, line, treatment) of each problem."""
        return [(p.reason.removeprefix("ledger."), p.line, p.treatment) for p in self.ledger.problems]
