"""Every sentence exists in both languages and asks for the same facts."""

from __future__ import annotations

import string

import pytest

from duebook.core.messages import LANGUAGES, catalogue


def facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_the_same_keys_in_every_language() -> None:
    keys = [set(catalogue(language)) for language in LANGUAGES]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 50


@pytest.mark.parametrize("key", sorted(catalogue("en")))
def test_the_same_facts_in_every_language(key: str) -> None:
    assert facts(catalogue("en")[key]) == facts(catalogue("zh")[key])


def test_chinese_is_chinese() -> None:
    same_in_both = {"TRUE", "FALSE", "DSO", "duebook：", "Duebook"} | {
        "Excel",
        "LibreOffice",
        "Python",
        "pywin32",
        "xlwings",
    }
    for key, sentence in catalogue("zh").items():
        words = "".join(literal for literal, *_ in string.Formatter().parse(sentence))
        has_chinese = any("\u4e00" <= c <= "\u9fff" for c in words)
        assert has_chinese or words.strip(" ，") in same_in_both or not any(c.isalpha() for c in words), key
