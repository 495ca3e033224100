"""Sentences in English and Chinese, one TOML file per room and language under `duebook/messages/`.

A key is `room.name`: the file's stem and the entry in it. Facts are filled in with `str.format`.

`both`, the bilingual edition, shows the two together by one rule (`together`, and `as_header` over a column). Only
workbooks of a close and the command line know it; everything else speaks one of LANGUAGES.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from duebook.core import resources

LANGUAGES = ("en", "zh")
BOTH = "both"
EDITIONS = (*LANGUAGES, BOTH)

ONE_LINE = 48
"""The widest label that stands on one line in both languages, in Latin letters; a Chinese one counts two."""
_SENTENCE_ENDS = tuple(".!?:。！？：")
_SIGNS = str.maketrans("、。“”", ',.""')
_UNLETTERED = re.compile(r"(?:\d|[^\w()（）\[\]【】\"'“”‘’])*")


def together(en: str, zh: str) -> str:
    """How a bilingual text reads: a label on one line ("As of 截止日"), a sentence and what is long on two.

    What both say is said once: a sign or a number before the words ("✓ TRUE 相符", "1–30 days 天"), or all of it
    ("CNY, EUR").
    """
    if not en or not zh or en in zh:
        return zh or en
    if _plain(en) == _plain(zh):
        return en
    sentence = en.endswith(_SENTENCE_ENDS) or zh.endswith(_SENTENCE_ENDS) or "\n" in en + zh
    if sentence or width(f"{en} {zh}") > ONE_LINE:
        return f"{en}\n{zh}"
    ahead = _ahead(en)
    return f"{en} {zh[len(_ahead(zh)) :].lstrip() if ahead.strip() == _ahead(zh).strip() else zh}"


def _plain(words: str) -> str:
    """A text without spaces, its full-width signs as the plain ones: names and numbers read alike in a list."""
    return "".join(unicodedata.normalize("NFKC", words.translate(_SIGNS)).split())


def _ahead(words: str) -> str:
    found = _UNLETTERED.match(words)
    return found[0] if found else ""


def width(words: str) -> int:
    """The columns that a text takes where a Latin letter takes one."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)


class Both(str):
    """A text in both languages: a `str` that shows them together and keeps the halves `en` and `zh`.

    What is put together of several (facts of a sentence, `+`, `join`) therefore stays one text per language.
    """

    en: str
    zh: str
    __slots__ = ("en", "zh")

    def __new__(cls, en: str, zh: str, shown: str | None = None) -> Both:
        both = super().__new__(cls, together(en, zh) if shown is None else shown)
        both.en, both.zh = en, zh
        return both

    def __reduce__(self) -> tuple[type[Both], tuple[str, str, str]]:
        return Both, (self.en, self.zh, str.__str__(self))

    def __add__(self, other: str) -> Both:
        return Both(self.en + half(other, "en"), self.zh + half(other, "zh"))

    def __radd__(self, other: str) -> Both:
        return Both(half(other, "en") + self.en, half(other, "zh") + self.zh)

    def __mod__(self, facts: Any) -> Both:
        return Both(self.en % _halves(facts, "en"), self.zh % _halves(facts, "zh"))

    def __str__(self) -> Both:
        return self  # what asks for a text keeps the halves

    def join(self, parts: Iterable[str]) -> Both:
        said = list(parts)
        return Both(self.en.join(half(part, "en") for part in said), self.zh.join(half(part, "zh") for part in said))


def half(fact: Any, language: str) -> Any:
    """What a text (or any other fact) says in one language: labels and bilingual texts know their own."""
    if language == "zh":
        return getattr(fact, "zh", fact)
    return fact.en if isinstance(fact, Both) else fact


def _halves(facts: Any, language: str) -> Any:
    """The facts of a `%` format (one, several or named) in one language."""
    if isinstance(facts, dict):
        return {name: half(fact, language) for name, fact in facts.items()}
    return tuple(half(fact, language) for fact in facts) if isinstance(facts, tuple) else half(facts, language)


def as_header(words: str) -> str:
    """A text as the header of a column: what is bilingual always stands on two lines there ("Customer\\n客户")."""
    if not isinstance(words, Both):
        return words
    return words.zh if words.en in words.zh else f"{words.en}\n{words.zh}"


def said(en: str, zh: str, language: str) -> str:
    """Of a text that exists in both languages what an edition shows."""
    if language == BOTH:
        return Both(en, zh)
    return zh if language == "zh" else en


def in_edition(language: str, make: Callable[[str], str]) -> str:
    """A text that is put together per language: made once, or in both editions' languages."""
    return Both(make("en"), make("zh")) if language == BOTH else make(language)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of one language, by `room.name`. Of "both", the few that read better than by the rule."""
    found: dict[str, str] = {}
    for path in sorted((resources.root() / "messages" / language).glob("*.toml")):
        for name, sentence in tomllib.loads(path.read_text("utf-8")).items():
            found[f"{path.stem}.{name}"] = sentence
    return found


def text(key: str, language: str = "en", **facts: object) -> str:
    """The sentence `key` in `language`, filled with `facts`; facts that know their Chinese (`cells.Label`) show it.

    In `both` it is a `Both`: each language's half shows the facts in that language. An unknown key is a programming
    error: KeyError.
    """
    if language == BOTH:
        en, zh = (text(key, tongue, **facts) for tongue in LANGUAGES)
        own = catalogue(BOTH).get(key)
        return Both(en, zh, own and own.format(**facts))
    return catalogue(language)[key].format(**{name: half(fact, language) for name, fact in facts.items()})
