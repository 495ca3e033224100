"""Words that name a total row ("Grand total", "合计："), in an export as in a selected range."""

from __future__ import annotations

import unicodedata
from functools import cache

_WORDS = (
    "total", "totals", "grand total", "subtotal", "sub total", "sum", "overall total", "report total", "total amount",
    "合计", "总计", "小计", "本页合计", "共计", "累计", "本页小计", "合計", "總計", "小計", "总合计",
    "summe", "gesamt", "zwischensumme", "gesamtsumme", "sous total", "total général",
)  # fmt: skip


def plain_word(text: str) -> str:
    """A word as lists of words are searched: without case, width, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and c not in "_-.:：。*")


@cache
def total_words() -> frozenset[str]:
    """Every such word, as `plain_word` writes it."""
    return frozenset(map(plain_word, _WORDS))


def names_total(text: str) -> bool:
    """Whether a cell says nothing but that its row is a total."""
    return plain_word(text) in total_words()
