"""What to put into a workbook, free of any file format: slots, columns, rows, typed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

Value = str | int | float | Decimal | date | bool | None
Kind = Literal["text", "number", "date", "flag"]


@dataclass(frozen=True)
class Column:
    """One column of a slot. `labels` are the header texts it answers to, in any language; `key` always counts too."""

    key: str
    labels: tuple[str, ...] = ()
    kind: Kind = "text"

    def answers_to(self, header: str) -> bool:
        wanted = " ".join(header.split()).casefold()
        return wanted == self.key.casefold() or any(wanted == " ".join(x.split()).casefold() for x in self.labels)


def matched_columns(headers: Sequence[str], columns: Sequence[Column]) -> tuple[int | None, ...]:
    """For each header the column that answers to it; a column goes to the first header only."""
    taken: set[int] = set()
    found: list[int | None] = []
    for header in headers:
        source = next((i for i, c in enumerate(columns) if i not in taken and header and c.answers_to(header)), None)
        if source is not None:
            taken.add(source)
        found.append(source)
    return tuple(found)


class Rows(Protocol):
    """Rows for a table slot, read as often as needed, always in the same order."""

    @property
    def columns(self) -> tuple[Column, ...]: ...
    @property
    def count(self) -> int: ...
    def batches(self, size: int) -> Iterator[Sequence[tuple[Value, ...]]]:
        """All rows, in lists of at most `size`."""

    def total(self, key: str) -> Decimal:
        """The exact sum of a number column, blanks left out."""


@dataclass(frozen=True)
class Properties:
    """Document properties. `stamp` is the as-of date: no clock shows in an output."""

    title: str = ""
    subject: str = ""
    stamp: date | None = None


@dataclass(frozen=True)
class Plan:
    """`tables`: slot name (Excel table or defined name) → rows. `cells`: defined name → value.

    `headers` renames table columns (slot → column key → new header text), for columns whose meaning is policy, such
    as aging buckets, and shows them where the template hides them; `hidden` names columns (slot → keys) that this run
    has no use for.
    A slot the template does not have is skipped and reported; a template need not take everything.
    """

    tables: Mapping[str, Rows] = field(default_factory=dict)
    cells: Mapping[str, Value] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hidden: Mapping[str, Sequence[str]] = field(default_factory=dict)
    properties: Properties = Properties()
