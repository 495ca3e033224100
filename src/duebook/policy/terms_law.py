"""Laws on the length of payment terms: what CREDIT_TERMS says beside terms that may break one.

Entries of one `name` replace each other by `from`; the text is shown as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from duebook.core.cells import Label
from duebook.policy.check import Checker, Entry

TABLES = ("terms_law",)


@dataclass(frozen=True)
class TermsLaw:
    """A law that terms of more than `above` days may break."""

    name: str
    above: int
    text: Label


@dataclass(frozen=True)
class TermsLaws:
    _laws: tuple[tuple[date, TermsLaw], ...]

    def broken_by(self, days: int, on: date | None) -> tuple[TermsLaw, ...]:
        """The laws in force `on` that day (the newest where it is None) that terms of `days` may break."""
        latest: dict[str, TermsLaw] = {}
        for start, law in sorted(self._laws, key=lambda entry: entry[0]):
            if on is None or start <= on:
                latest[law.name.casefold()] = law
        return tuple(law for law in latest.values() if days > law.above)


def read(check: Checker) -> TermsLaws:
    return TermsLaws(tuple(_law(check, where, entry) for where, entry in check.entries("terms_law")))


def _law(check: Checker, where: str, entry: Entry) -> tuple[date, TermsLaw]:
    check.known_keys(where, entry)
    text = check.text(where, entry, "text_en")
    name, above = check.text(where, entry, "name"), check.whole(f"{where}, above", entry.get("above"), 0)
    return check.start(where, entry), TermsLaw(name, above, Label(text, check.text(where, entry, "text_zh", text)))
