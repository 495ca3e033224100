"""Words for document types, yes and no and currencies, in English and Chinese (`kinds.toml`)."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache

from duebook.core import money, resources
from duebook.core.total_words import plain_word

SUPPORTED = ("invoice", "credit_note", "payment", "advance")
"""Kinds that the ledger takes in; the others are recognized and reported (they are kinds of their own later)."""


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads((resources.root() / "ledger" / "kinds.toml").read_text("utf-8"))


@cache
def _words(section: str) -> Mapping[str, str]:
    return {plain_word(w): meaning for meaning, words in _table()[section].items() for w in (meaning, *words)}


def kind(text: str) -> str | None:
    """The canonical kind that a document-type text means, or None."""
    return _words("kinds").get(plain_word(text))


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
