"""Each guide for users exists in English and Chinese; both name the same commands, options, functions and keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from duebook.hosts import cli
from duebook.hosts.catalogue import functions

ROOT = Path(__file__).resolve().parents[2]
DOCS, CHINESE = ROOT / "docs", ROOT / "docs" / "zh"
PAGES = sorted(page.name for page in CHINESE.glob("*.md") if page.name != "close.md")
IN_BOTH_LANGUAGES = {"functions", "pictures", "zh", "glossary.md", "slots.md"}
"""Pages that carry both languages side by side."""
ENGLISH_ONLY = {"decisions.md", "backtest.md", "windows-check.md", "policy.md"}
"""For whoever develops, proves or writes a policy file; the tables of policy.md carry the Chinese names."""
_COMMAND = re.compile(r"duebook (close|inspect|verify|sample|freeze|rebind|policy check|addin \w+)")
_LINK = re.compile(r"\]\(([^)#\s]+)?(?:#([^)\s]*))?\)")


def read(page: Path) -> str:
    return page.read_text("utf-8")


def commands(text: str) -> set[str]:
    return set(_COMMAND.findall(text))


def options(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def named_functions(text: str) -> set[str]:
    return {word for word in re.findall(r"\b[A-Z][A-Z_]+\b", text) if word in functions()}


def test_every_guide_has_a_chinese_page() -> None:
    guides = {page.name for page in DOCS.iterdir()} - IN_BOTH_LANGUAGES - ENGLISH_ONLY
    assert guides == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_both_pages_name_the_same(page: str) -> None:
    english, chinese = read(DOCS / page), read(CHINESE / page)
    assert commands(chinese) == commands(english)
    assert named_functions(chinese) == named_functions(english)
    # --language zh is what a Chinese reader adds
    assert options(chinese) - {"--language"} == options(english) - {"--language"}
    assert f"](zh/{page})" in english and f"](../{page})" in chinese


def test_both_readmes_name_the_same() -> None:
    english, chinese = read(ROOT / "README.md"), read(ROOT / "README.zh.md")
    opening = english[: english.index("<!-- functions")]
    assert commands(chinese) == commands(opening)
    assert "README.md" in chinese


def parsers_options() -> set[str]:
    """The options of `duebook close`."""
    close = cli._parser("en")._subparsers._group_actions[0].choices["close"]  # type: ignore[union-attr,index]
    return {word for action in close._actions for word in action.option_strings if word.startswith("--")}


def test_the_page_of_the_month_end_names_every_option_and_no_other() -> None:
    named, known = options(read(CHINESE / "close.md")), parsers_options()
    assert named - known == set(), "no such option"
    assert known - named - {"--help", "--sheets"} == set(), "not on the page"


def links(page: Path) -> Iterator[tuple[Path, str]]:
    for target, anchor in _LINK.findall(read(page)):
        if "://" not in target:
            yield (page.parent / target).resolve() if target else page, anchor


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them."""
    found = set()
    for heading in re.findall(r"(?m)^#+ (.+)$", read(page)):
        found.add(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", [*CHINESE.glob("*.md"), ROOT / "README.zh.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), target
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), (target.name, anchor)


@pytest.mark.parametrize("page", [*CHINESE.glob("*.md"), ROOT / "README.zh.md"], ids=lambda page: page.name)
def test_chinese_pages_are_written_in_chinese(page: Path) -> None:
    """More Chinese characters than English words outside of code."""
    text = re.sub(r"`[^`]*`|```.*?```|\]\([^)]*\)", "", read(page), flags=re.DOTALL)
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) > 3 * len(re.findall(r"[A-Za-z]{3,}", text))
