"""Who sends statements of account, and to which bank they are paid: by language and currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from duebook.core.cells import Label
from duebook.core.money import minor_units
from duebook.policy.check import Checker, Entry, one_of
from duebook.policy.versions import Versions, versions

TABLES = ("letterhead",)
LANGUAGES = ("en", "zh")
FIRM = ("company", "address", "contact", "tax_id")
BANK = ("account_name", "bank", "account", "swift", "payment_note")


@dataclass(frozen=True)
class Letterhead:
    """What a row states, each text blank where it does not; `language` and `currency` are blank where it is for all."""

    language: str
    currency: str
    company: str = ""
    address: str = ""
    contact: str = ""
    tax_id: str = ""
    account_name: str = ""
    bank: str = ""
    account: str = ""
    swift: str = ""
    payment_note: str = ""

    def texts(self, keys: Sequence[str]) -> tuple[str, ...]:
        return tuple(getattr(self, key) for key in keys)


@dataclass(frozen=True)
class Letterheads:
    _rows: Versions[Letterhead]

    def on(self, day: date | None, language: str, currency: str) -> Letterhead:
        """The letterhead of a statement. Firm and bank are each taken whole from the row that fits best: one for the
        currency before one for all, then one for the language before one for all."""
        fitting = [
            row for row in self._rows.rows(day) if row.language in ("", language) and row.currency in ("", currency)
        ]
        best_last = sorted(fitting, key=lambda row: (bool(row.currency), bool(row.language)))
        found: dict[str, str] = {}
        for keys in (FIRM, BANK):
            for row in best_last:
                if any(row.texts(keys)):
                    found |= dict(zip(keys, row.texts(keys), strict=True))
        return Letterhead(language, currency, **found)


def read(check: Checker) -> Letterheads:
    return Letterheads(versions(check, "letterhead", _row))


def _row(check: Checker, where: str, entry: Entry) -> Letterhead:
    language = check.text(where, entry, "language", "")
    if language not in ("", *LANGUAGES):
        check.refuse(f"{where}, language", language, one_of(LANGUAGES))
    currency = check.text(where, entry, "currency", "")
    if currency not in ("", *minor_units()):
        wanted = Label("an ISO 4217 currency code, or left out", "ISO 4217 币种代码，或留空")
        check.refuse(f"{where}, currency", currency, wanted)
    return Letterhead(language, currency, *(check.text(where, entry, key, "") for key in (*FIRM, *BANK)))
