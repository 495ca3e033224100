"""Sentences in English and Chinese, one TOML file per room and language under `duebook/messages/`.

A key is `room.name`: the file's stem and the entry in it. Facts are filled in with `str.format`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from duebook.core import resources

LANGUAGES = ("en", "zh")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All sentences of one language, by `room.name`."""
    found: dict[str, str] = {}
    for path in sorted((resources.root() / "messages" / language).glob("*.toml")):
        for name, sentence in tomllib.loads(path.read_text("utf-8")).items():
            found[f"{path.stem}.{name}"] = sentence
    return found


def text(key: str, language: str = "en", **facts: object) -> str:
    """The sentence `key` in `language`, filled with `facts`; facts that know their Chinese (`cells.Label`) show it.

    An unknown key is a programming error: KeyError.
    """
    said = {name: getattr(fact, "zh", fact) for name, fact in facts.items()} if language == "zh" else facts
    return catalogue(language)[key].format(**said)
