"""The bilingual edition of a close: the same figures as in one language, every word in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.run import close_month
from duebook.close.verify import verify
from duebook.core.messages import EDITIONS
from duebook.ledger.files import Source
from duebook.sample.month import write_month

ENGLISH, CHINESE = re.compile(r"[A-Za-z]{2}"), re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of the sample month's close in each edition, compared with the month before."""
    folder = tmp_path_factory.mktemp("editions")
    month = write_month(folder / "sample")
    sources = (Source(month.invoices), Source(month.payments, "payments"), Source(month.customers, "customers"))
    before = folder / "before"
    close_month(CloseOptions(sources, month.previous_as_of, before))
    found = {}
    for language in EDITIONS:
        found[language] = folder / language
        options = CloseOptions(sources, month.as_of, found[language], language=language, previous=before)
        close_month(replace(options, audit=AuditRequest(seed="spring")))
    return found


def books(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.xlsx"))


def cells(path: Path) -> Iterator[tuple[str, object]]:
    for number, sheet in enumerate(load_workbook(path, data_only=True)):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{number}!{cell.coordinate}", cell.value


def test_the_figures_are_those_of_one_language(closed: dict[str, Path]) -> None:
    assert books(closed["both"]) == books(closed["en"]) == books(closed["zh"])
    for name in books(closed["both"]):
        en, zh, both = (dict(cells(closed[language] / name)) for language in ("en", "zh", "both"))
        assert set(en) == set(both) == set(zh), name
        for cell, value in en.items():
            assert isinstance(both[cell], str) or both[cell] == value == zh[cell], (name, cell)


def test_where_the_languages_differ_both_are_shown(closed: dict[str, Path]) -> None:
    """Each cell whose English and Chinese differ shows words of both, in halves or as one line."""
    differing = 0
    for name in books(closed["both"]):
        en, zh, both = (dict(cells(closed[language] / name)) for language in ("en", "zh", "both"))
        for cell, shown in both.items():
            one, other = en[cell], zh[cell]
            if not isinstance(one, str) or one == other:
                assert shown == one, (name, cell, shown)
                continue
            differing += 1
            said = str(shown)
            for own, script in ((one, ENGLISH), (str(other), CHINESE)):
                if script.search(own):
                    assert script.search(said), (name, cell, said)
            assert said.count("\n") <= 1, (name, cell, said)
    assert differing > 500


def test_no_word_is_cut_to_a_line_that_does_not_wrap(closed: dict[str, Path]) -> None:
    """A text on two lines stands in a cell that wraps: Excel shows it on one line elsewhere."""
    for name in books(closed["both"]):
        for sheet in load_workbook(closed["both"] / name):
            if sheet.title.startswith("Figures"):
                continue  # what the summary looks up
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and "\n" in cell.value and not cell.value.startswith("="):
                        assert cell.alignment.wrap_text, (name, sheet.title, cell.coordinate, cell.value)


def test_it_verifies_and_is_sealed_without_words(closed: dict[str, Path]) -> None:
    found = verify(closed["both"], [closed["both"].parent / "sample"])
    assert found.findings == () or not found.findings
    sealed = (closed["both"] / "close.json").read_text("utf-8")
    plain = (closed["en"] / "close.json").read_text("utf-8")
    without = re.compile(r'"(sha256|xl/[^"]*|docProps/[^"]*|_rels/[^"]*|\[Content_Types\].xml)": "[0-9a-f]{64}"')
    assert without.sub("", sealed).replace('"both"', '"en"').replace(".both.xlsx", ".en.xlsx") == without.sub("", plain)
