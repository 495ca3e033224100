"""Every sentence exists in both languages and asks for the same facts."""

from __future__ import annotations

import string

import pytest

from duebook.core.cells import Label
from duebook.core.messages import BOTH, LANGUAGES, Both, as_header, catalogue, in_edition, said, text, together, width


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


@pytest.mark.parametrize(
    ("en", "zh", "shown"),
    [
        ("As of", "截止日", "As of 截止日"),
        ("✓ TRUE", "✓ 相符", "✓ TRUE 相符"),
        ("1–30 days", "1–30天", "1–30 days 天"),
        (">120 days", ">120天", ">120 days 天"),
        ("12 days", "13天", "12 days 13天"),  # another number is another text
        ("(no group)", "（无集团）", "(no group) （无集团）"),
        ("HHI", "HHI指数", "HHI指数"),
        ("#", "#", "#"),
        ("CNY, EUR", "CNY、EUR", "CNY, EUR"),
        ("Ties out: CNY.", "核对相符：CNY。", "Ties out: CNY.\n核对相符：CNY。"),
        ("", "无", "无"),
        ("none", "", "none"),
    ],
)
def test_labels_stand_on_one_line_and_sentences_on_two(en: str, zh: str, shown: str) -> None:
    assert together(en, zh) == shown


def test_a_long_label_takes_two_lines() -> None:
    """Forty Latin letters, a space and four Chinese ones of double width are 49."""
    assert together("a" * 39, "四个汉字") == "a" * 39 + " 四个汉字"
    assert together("a" * 40, "四个汉字") == "a" * 40 + "\n四个汉字"
    assert width("ab四") == 4


def test_headers_always_take_two_lines() -> None:
    assert as_header(said("Customer", "客户名称", BOTH)) == "Customer\n客户名称"
    assert as_header(said("1–30 days", "1–30天", BOTH)) == "1–30 days\n1–30天"
    assert as_header(said("HHI", "HHI指数", BOTH)) == "HHI指数"
    assert as_header("Customer") == "Customer"


def test_what_is_put_together_stays_one_text_per_language() -> None:
    customer, comma = said("Customer", "客户", BOTH), text("close.list_comma", BOTH)
    listed = comma.join([customer, said("Group", "集团", BOTH)])
    assert (half_en(listed), listed.zh) == ("Customer, Group", "客户、集团")  # type: ignore[attr-defined]
    more = "(" + listed + ")"
    assert (half_en(more), more.zh) == ("(Customer, Group)", "(客户、集团)")  # type: ignore[attr-defined]
    assert in_edition(BOTH, lambda tongue: text("close.list_comma", tongue) + "x") == Both(", x", "、x")
    assert in_edition("zh", lambda tongue: tongue) == "zh"


def half_en(words: str) -> str:
    assert isinstance(words, Both)
    return words.en


def test_facts_show_each_language_in_its_half() -> None:
    shown = text("close.previous_words", BOTH, date=Label("last month", "上月"))
    assert shown == "Compared with the close of last month.\n与 上月 的结账比较。"
    assert (
        text("close.previous_words", "en", date=said("a number", "数字", BOTH))
        == "Compared with the close of a number."
    )
    assert text("close.previous_words", "zh", date=Label("loss rates", "损失率")) == "与 损失率 的结账比较。"


@pytest.mark.parametrize("key", sorted(catalogue(BOTH)))
def test_what_is_written_for_both_has_the_same_facts_and_both_languages(key: str) -> None:
    own = catalogue(BOTH)[key]
    assert facts(own) == facts(catalogue("en")[key])
    words = "".join(literal for literal, *_ in string.Formatter().parse(own))
    assert any("\u4e00" <= c <= "\u9fff" for c in words) and any(c.isascii() and c.isalpha() for c in words)
