"""Tables whose rows belong together: rows with the same `from` make one version, which replaces the one before whole.

So a row that is dropped from a newer version is gone, and each version can be checked for gaps by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from duebook.core.cells import Label
from duebook.policy.check import Checker, Entry, in_force

Row = TypeVar("Row")


class Placed(NamedTuple, Generic[Row]):
    """A row and the words that place it in its table ("limit_grade 3")."""

    where: str
    row: Row


class Versions(Generic[Row]):
    """The versions of one table, oldest first."""

    def __init__(self, table: str, versions: Sequence[tuple[date, tuple[Placed[Row], ...]]]) -> None:
        self.table = table
        self.all = tuple(versions)

    @property
    def starts(self) -> tuple[date, ...]:
        return tuple(start for start, _ in self.all)

    def placed(self, on: date | None) -> tuple[Placed[Row], ...]:
        """The rows in force `on` that day (the newest where it is None), with their places."""
        return in_force(self.all, on, self.table)

    def rows(self, on: date | None) -> tuple[Row, ...]:
        return tuple(placed.row for placed in self.placed(on))


def versions(check: Checker, table: str, read: Callable[[Checker, str, Entry], Row]) -> Versions[Row]:
    """The rows of `[[table]]` by version; every row has `from`, and `read` gives its rule."""
    found: dict[date, list[Placed[Row]]] = {}
    for where, entry in check.entries(table):
        check.known_keys(where, entry)
        found.setdefault(check.start(where, entry), []).append(Placed(where, read(check, where, entry)))
    return Versions(table, [(start, tuple(found[start])) for start in sorted(found)])


def one_rule(check: Checker, table: Versions[Row]) -> None:
    """Refuses two rows of one day in a table whose versions are single rows."""
    for start, rows in table.all:
        if len(rows) > 1:
            wanted = Label("a day that no other row has: one rule at a time", "其他行没有的日期：每次只有一条规则")
            check.refuse(f"{rows[1].where}, from", start, wanted)


def used_once(check: Checker, rows: Iterable[Placed[Row]], key: str, name: Callable[[Row], object]) -> None:
    """Refuses a name that stands in two rows of one version."""
    seen: set[object] = set()
    for where, row in rows:
        if name(row) in seen:
            wanted = Label("a value that no other row of this `from` has", "同一 from 的其他行没有的值")
            check.refuse(f"{where}, {key}", name(row), wanted)
        seen.add(name(row))
