"""Dispute clocks: within what time a dispute must be acknowledged, answered, resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy.check import Checker, in_force, new_date

TABLES = ("dispute_clock",)
UNITS = ("hours", "days")


class Clock(NamedTuple):
    """`limit` in `unit`s, and the whole days that dates can tell of it."""

    name: Label
    limit: int
    unit: str

    @property
    def days(self) -> int:
        """Whole days: a clock of 24 hours is kept up to the next day, one of 25 hours up to the day after."""
        return -(-self.limit // 24) if self.unit == "hours" else self.limit


@dataclass(frozen=True)
class Disputes:
    _clocks: Mapping[str, Sequence[tuple[date, Clock]]]

    def clock(self, name: str, on: date | None) -> Clock:
        """The clock `name` (English or Chinese) in force `on` that day."""
        wanted = name.strip().casefold()
        for known, series in self._clocks.items():
            if wanted in (known.casefold(), *(clock.name.zh.casefold() for _, clock in series)):
                return in_force(series, on, "dispute_clock")
        raise DuebookError("disputes.unknown_clock", name=name, known=", ".join(self._clocks))


def read(check: Checker) -> Disputes:
    found: dict[str, list[tuple[date, Clock]]] = {}
    for where, entry in check.entries("dispute_clock"):
        check.known_keys(where, entry)
        name, start = check.text(where, entry, "clock"), check.start(where, entry)
        series = found.setdefault(name, [])
        if any(start == known for known, _ in series):
            check.refuse(f"{where}, from", start, new_date(name))
        clock = Clock(
            Label(name, check.text(where, entry, "clock_zh", name)),
            check.whole(f"{where}, limit", entry.get("limit"), 1),
            check.choice(where, entry, "unit", UNITS),
        )
        series.append((start, clock))
    return Disputes(found)
