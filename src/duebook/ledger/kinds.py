"""Words for document types, yes and no and currencies, in English and Chinese (`kinds.toml`)."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache

from duebook.core import money, resources
from duebook.core.total_words import plain_word

CHARGE_KINDS = ("invoice", "retention", "bill", "revaluation")
"""Kinds that add to what is owed."""
CREDIT_KINDS = ("credit_note", "payment", "advance", "write_off", "factoring", "netting")
"""Kinds that reduce what is owed: stored negative, however an export writes them."""
KINDS = (*CHARGE_KINDS, *CREDIT_KINDS, "journal")
"""All kinds; a journal entry goes either way, by its sign."""
RELATIONS = ("related", "intercompany", "third_party")
BILL_KINDS = ("bank_acceptance", "commercial_acceptance")
BILL_STATES = ("held", "endorsed", "discounted", "collected", "dishonored")


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((resources.root() / "ledger" / "kinds.toml").read_text("utf-8"))


@cache
def _words(section: str) -> Mapping[str, str]:
    return {plain_word(w): meaning for meaning, words in _table()[section].items() for w in (meaning, *words)}


def kind(text: str) -> str | None:
    """The canonical kind that a document-type text means, or None."""
    return _words("kinds").get(plain_word(text))


def relation(text: str) -> str | None:
    """related, intercompany or third_party, or None. A bare yes or no answers whether the party is related."""
    found = _words("relations").get(plain_word(text))
    if found is None and (yes := flag(text)) is not None:
        return "related" if yes else "third_party"
    return found


def bill_kind(text: str) -> str | None:
    """bank_acceptance or commercial_acceptance, or None."""
    return _words("bill_kinds").get(plain_word(text))


def bill_state(text: str) -> str | None:
    """held, endorsed, discounted, collected or dishonored, or None."""
    return _words("bill_states").get(plain_word(text))


def recourse(text: str) -> bool | None:
    """Whether a transfer is with recourse, or None where the text does not say."""
    found = _words("recourse").get(plain_word(text))
    return flag(text) if found is None else found == "with"


def flag(text: str) -> bool | None:
    """True, False, or None where the text is neither yes nor no."""
    found = _words("flags").get(plain_word(text)) or ("no" if text.strip() in ("-", "—") else None)
    return None if found is None else found == "yes"


def currency(text: str) -> str | None:
    """The ISO code that a cell of a currency column means, or None."""
    code = unicodedata.normalize("NFKC", text).strip().upper()
    return code if code in money.minor_units() else _words("currencies").get(plain_word(text))


def is_out(text: str) -> bool:
    """Whether a status says that the document is in no account: void, cancelled, a draft."""
    return plain_word(text) in _words("statuses")
