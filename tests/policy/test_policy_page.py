"""The manual of policies: its tables are those of the code, and its examples work."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tools import policy_page

from duebook.core.errors import DuebookError
from duebook.policy import grades, reminders, sections
from duebook.policy.load import Policy, load
from duebook.policy.sheet import policy_of_range

MANUAL = policy_page.PAGE.read_text("utf-8")
HOUSE = re.findall(r"```toml\n(.*?)```", MANUAL, re.DOTALL)
DAY = date(2026, 10, 31)


def on_sheet() -> list[list[object]]:
    """The picture of a worksheet, as its cells hold it."""
    lines = re.findall(r"^\|\s*\d+ \|(.*)\|$", MANUAL, re.MULTILINE)
    return [[{"": None, "TRUE": True}.get(cell.strip(), cell.strip()) for cell in line.split("|")] for line in lines]


def in_file(folder: Path, text: str) -> Policy:
    path = folder / "house.toml"
    path.write_text(text, "utf-8")
    return load(path)


def test_the_tables_are_up_to_date() -> None:
    assert policy_page.page(MANUAL) == MANUAL, "run: make docs"


def test_every_section_and_table_is_there() -> None:
    assert {section.__name__.rpartition(".")[2] for section in sections.SECTIONS} == set(policy_page.TITLES)
    for table in sections.SECTION_OF:
        assert f"#### `[[{table}]]`" in MANUAL


def test_the_example_of_a_file(tmp_path: Path) -> None:
    (text,) = HOUSE
    policy = in_file(tmp_path, text)
    rates = policy.loss_rates("standard", DAY)
    assert policy.adopted and rates is not None and rates[1] == Decimal("0.015")
    assert [step.days for step in policy.section(reminders.read).ladder("", DAY)[1]] == [5, 20]


def test_the_example_of_a_worksheet() -> None:
    rows = on_sheet()
    policy = policy_of_range(rows, load())
    assert policy.section(grades.read).on(DAY).names == ("good", "watch", "prepaid")
    assert policy.name == "House policy" and policy.loss_rates("standard", DAY) is not None


def test_the_refusals_are_what_is_said(tmp_path: Path) -> None:
    with pytest.raises(DuebookError) as short:
        in_file(tmp_path, re.sub(r"rates = .*", "rates = [0.004, 0.015]", HOUSE[0]))
    gap = on_sheet()
    gap[7][2] = 65
    with pytest.raises(DuebookError) as low:
        policy_of_range(gap, load())
    for sentence in (short.value.text(), low.value.text(), low.value.text("zh")):
        assert f"> {sentence}" in MANUAL, sentence
