"""Limitation periods by law: how long a claim can be sued on, and what starts the period afresh.

What a policy states is added to Duebook's own rows; the same regime and `from` replaces ours. The first regime of the
policy's own table (of Duebook's where it has none) is the default.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy.check import Checker, new_date

TABLES = ("limitation",)
LISTS = ("restarts",)

DUE = "due"
EVENTS = (DUE, "acknowledgment", "demand", "partial_payment")
ENDS = ("day", "year_end")
MOST_YEARS = 100


@dataclass(frozen=True)
class Limitation:
    """`years` from the due date (from its year's end where `from_year_end`); `restarts`: the events that start it
    afresh, then always from their own day."""

    start: date
    regime: Label
    years: int
    from_year_end: bool
    restarts: tuple[str, ...]
    source: Label


@dataclass(frozen=True)
class Limitations:
    _regimes: Mapping[str, Sequence[Limitation]]
    default: str

    def regime(self, name: str, on: date) -> Limitation:
        """The rule of `name` ("" is the default) for an event `on` that day."""
        wanted = (name or self.default).strip().casefold()
        for known, series in self._regimes.items():
            if wanted in (known.casefold(), *(rule.regime.zh.casefold() for rule in series)):
                valid = [rule for rule in series if rule.start <= on]
                if not valid:
                    raise DuebookError("policy.none_in_force", table="limitation", date=on.isoformat())
                return valid[-1]
        raise DuebookError("limitation.unknown_regime", name=name, known=", ".join(self._regimes))


def read(check: Checker) -> Limitations:
    """The policy's rows over Duebook's own."""
    from duebook.policy.load import shipped  # the loader imports every section, this one too

    ours, own = _rows(Checker(shipped)), _rows(check)
    regimes: dict[str, list[Limitation]] = {}
    for (name, _), rule in sorted({**ours, **own}.items(), key=lambda each: each[0][1]):
        regimes.setdefault(name, []).append(rule)
    ordered = {name: regimes[name] for name, _ in (*own, *ours)}
    return Limitations(ordered, next(iter(ordered)))


def _rows(check: Checker) -> dict[tuple[str, date], Limitation]:
    found: dict[tuple[str, date], Limitation] = {}
    for where, entry in check.entries("limitation", optional=True):
        check.known_keys(where, entry)
        name, start = check.text(where, entry, "regime"), check.start(where, entry)
        source = check.text(where, entry, "source")
        if (name, start) in found:
            check.refuse(f"{where}, from", start, new_date(name))
        restarts = entry.get("restarts", [])
        wrong = [event for event in restarts if event not in EVENTS[1:]] if isinstance(restarts, list) else [restarts]
        if wrong:
            known = ", ".join(EVENTS[1:])
            check.refuse(f"{where}, restarts", wrong[0], Label(f"a list of {known}", f"由以下各项组成的列表：{known}"))
        found[name, start] = Limitation(
            start=start,
            regime=Label(name, check.text(where, entry, "regime_zh", name)),
            years=check.whole(f"{where}, years", entry.get("years"), 1, MOST_YEARS),
            from_year_end=check.choice(where, {"ends": "day", **entry}, "ends", ENDS) == "year_end",
            restarts=tuple(restarts),
            source=Label(source, check.text(where, entry, "source_zh", source)),
        )
    return found
