"""Reminder ladders: which letter is due at which age, how long after the letter before, and what it costs.

A ladder's rows with the same `from` make one version of it; a newer version replaces the older one whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy.check import Checker, in_force

TABLES = ("reminder_step",)


class ReminderStep(NamedTuple):
    """Level `level` is due from `days` days past due, at least `wait` days after the letter before; it costs `fee`."""

    level: int
    days: int
    wait: int
    title: Label
    fee: Decimal


Ladder = Sequence[ReminderStep]


@dataclass(frozen=True)
class Reminders:
    """The ladders by name, the default one first."""

    _ladders: Mapping[str, Sequence[tuple[date, Ladder]]]

    def ladder(self, name: str, on: date | None) -> tuple[str, Ladder]:
        """The ladder `name` ("" is the first of the table) in force `on` that day, with its name as written."""
        wanted = name.strip().casefold()
        found = [known for known in self._ladders if not wanted or known.casefold() == wanted]
        if not found:
            known = ", ".join(self._ladders)
            raise DuebookError("reminders.unknown_ladder", name=name, known=known)
        return found[0], in_force(self._ladders[found[0]], on, "reminder_step")


def read(check: Checker) -> Reminders:
    versions: dict[str, dict[date, list[tuple[str, ReminderStep]]]] = {}
    for where, entry in check.entries("reminder_step"):
        check.known_keys(where, entry)
        title = check.text(where, entry, "title", "")
        step = ReminderStep(
            check.whole(f"{where}, level", entry.get("level"), 1),
            check.whole(f"{where}, days", entry.get("days"), 1),
            check.whole(f"{where}, wait", entry.get("wait", 0), 0),
            Label(title, check.text(where, entry, "title_zh", title)),
            check.decimal(f"{where}, fee", entry.get("fee", 0)),
        )
        ladder = versions.setdefault(check.text(where, entry, "ladder"), {})
        ladder.setdefault(check.start(where, entry), []).append((where, step))
    return Reminders(
        {
            name: [(start, _steps(check, placed)) for start, placed in sorted(ladder.items())]
            for name, ladder in versions.items()
        }
    )


def _steps(check: Checker, placed: list[tuple[str, ReminderStep]]) -> Ladder:
    """The steps in order: levels 1, 2, 3 … at growing ages."""
    placed = sorted(placed, key=lambda each: each[1].level)
    for expected, (where, step) in enumerate(placed, start=1):
        if step.level != expected:
            wanted = Label(
                f"{expected}: levels of a ladder count 1, 2, 3 …, each once",
                f"{expected}：催款级别依次为 1、2、3……，每级一次",
            )
            check.refuse(f"{where}, level", step.level, wanted)
    for (_, before), (where, step) in itertools.pairwise(placed):
        if step.days <= before.days:
            wanted = Label(f"above {before.days}, the days of the level before", f"大于 {before.days}，即上一级的天数")
            check.refuse(f"{where}, days", step.days, wanted)
    return tuple(step for _, step in placed)
