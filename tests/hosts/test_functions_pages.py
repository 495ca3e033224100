"""The pages of the functions and the README's table are what the catalogue gives; a stale one fails."""

from __future__ import annotations

import re

from tools import functions_pages as pages

from duebook.hosts import catalogue


def test_the_pages_are_up_to_date() -> None:
    made = pages.pages()
    assert {path.name for path in pages.PAGES.glob("*.md")} == set(made), "run: make docs"
    stale = [name for name, content in made.items() if (pages.PAGES / name).read_text("utf-8") != content]
    assert not stale, "run: make docs"


def test_the_readme_lists_every_function() -> None:
    content = pages.README.read_text("utf-8")
    assert pages.readme(content) == content, "run: make docs"
    assert len(re.findall(r"docs/functions/[A-Z_0-9]+\.md", content)) >= len(catalogue.functions())


def test_a_page_says_all_that_a_user_asks() -> None:
    made = pages.pages()
    for name, declaration in catalogue.functions().items():
        page = made[f"{name}.md"]
        for title in ("Arguments", "Result", "Errors", "Examples", "Source", "Python"):
            assert f"## {title}" in page or f"## In {title}" in page, (name, title)
        assert declaration.syntax in page and declaration.help in page and declaration.zh in page
        for parameter in declaration.parameters:
            assert f"| `{parameter.name}` |" in page
        assert "{" not in re.sub(r"`[^`]*`", "", page), f"{name}: a sentence is not filled in"


def test_an_example_is_written_as_a_cell_holds_it() -> None:
    assert "`=DSO(15000, 10000, 30)` → **45**" in pages.pages()["DSO.md"]
