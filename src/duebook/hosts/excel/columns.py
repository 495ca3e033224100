"""Which column of a table in a workbook means what, and which customer a row is about.

Headers are known by key, English and Chinese label; those of customers by every name that the ledger reader knows. A
unit in parentheses at the end of a header does not matter.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from duebook.close.slots import Field
from duebook.core.cells import Cell, Label, blank_row, missing
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.tables import LiveTable
from duebook.ledger import columns as ledger_columns

if TYPE_CHECKING:
    import xlwings as xw

CUSTOMER_ID = Field("customer_id", "Customer ID", "客户编码", "id")
CUSTOMER_NAME = Field("customer_name", "Customer", "客户名称")
CURRENCY = Field("currency", "Currency", "币种")
BY_LEDGER = ("customer_id", "customer_name", "currency")
"""Columns that exports have too, under many names."""
_UNIT = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


class Asked(NamedTuple):
    """A column or a setting that a user fills in: what to write, and other headers that it answers to."""

    field: Field
    help: Label
    also: tuple[str, ...] = ()
    needed: bool = False


class Customer(NamedTuple):
    """Whom a row is about: id and name as text, "" where the table does not say."""

    id: str
    name: str

    @property
    def title(self) -> str:
        return self.name or self.id

    def same(self, other: Customer) -> bool:
        """Whether both are one customer: by id where both have one, else by name."""
        if self.id and other.id:
            return self.id.casefold() == other.id.casefold()
        return bool(self.name) and self.name.casefold() == other.name.casefold()


class Columns(NamedTuple):
    """A table and the place (from 0) of each known column."""

    table: LiveTable
    places: Mapping[str, int]

    def cell(self, row: Sequence[Cell], key: str) -> Cell:
        place = self.places.get(key)
        return None if place is None else row[place]

    def customer(self, row: Sequence[Cell]) -> Customer:
        return Customer(as_text(self.cell(row, "customer_id")), as_text(self.cell(row, "customer_name")))

    @property
    def has_customers(self) -> bool:
        return "customer_id" in self.places or "customer_name" in self.places

    def rows(self) -> Iterator[Sequence[Cell]]:
        """The rows that hold anything."""
        return (row for row in self.table.rows if not blank_row(row))

    def ignored(self) -> list[str]:
        """The headers that mean nothing here."""
        return [header for place, header in enumerate(self.table.headers) if place not in self.places.values()]

    def needed(self, asked: Sequence[Asked]) -> Columns:
        """This table, where it has every needed column; DuebookError names those that are absent."""
        absent = [one.field for one in asked if one.needed and one.field.key not in self.places]
        if absent:
            en, zh = ", ".join(f.en for f in absent), "、".join(f.zh for f in absent)
            raise DuebookError("live.no_columns", table=self.table.title, columns=Label(en, zh))
        return self


def as_text(cell: Cell) -> str:
    """A cell as an id or a name: 930 typed as a number is "930". An error cell is its code."""
    return "" if missing(cell) else tables.label(cell).strip()


def plain_header(header: str) -> str:
    """A header without the unit in parentheses at its end."""
    return _UNIT.sub("", header).strip()


def columns(table: LiveTable, asked: Sequence[Asked]) -> Columns:
    """Every column of `table` that is known: customers, and what is asked for. The first of two counts."""
    places: dict[str, int] = {}
    for place, header in enumerate(table.headers):
        key = key_of(header, asked) or key_of(plain_header(header), asked)
        if key is not None:
            places.setdefault(key, place)
    for key in BY_LEDGER:
        found = None if key in places else _by_ledger(table.headers, key, set(places.values()))
        if found is not None:
            places[key] = found
    return Columns(table, places)


def key_of(header: str, asked: Sequence[Asked]) -> str | None:
    """The key of the column or setting that has this name."""
    wanted = " ".join(header.split()).casefold()
    for one in asked:
        if wanted in (name.casefold() for name in (one.field.key, one.field.en, one.field.zh, *one.also)):
            return one.field.key
    return None


def _by_ledger(headers: Sequence[str], key: str, taken: set[int]) -> int | None:
    """The header that the ledger reader would choose for a field."""
    ranks = ledger_columns.fields()[key].ranks
    found = [
        (ranks[plain], place)
        for place, header in enumerate(headers)
        if place not in taken and (plain := ledger_columns.plain(header)) in ranks
    ]
    return min(found)[1] if found else None


def chosen(
    book: xw.Book, name: str, asked: Sequence[Asked], fits: Callable[[Columns], bool], ours: Sequence[str] = ()
) -> Columns | None:
    """The selected table where it fits, else the table called `name`; None where there is neither.

    A table of `ours` (a result) is no input. DuebookError where the named table lacks a needed column.
    """
    selected = None
    with contextlib.suppress(DuebookError):  # nothing is selected, or nothing that is a table
        selected = tables.selected_table(book)
    if selected is not None and selected.name.casefold() not in (*ours, name):
        found = columns(selected, asked)
        if fits(found):
            return found
    named = tables.find_table(book, name)
    return None if named is None else columns(named, asked).needed(asked)
