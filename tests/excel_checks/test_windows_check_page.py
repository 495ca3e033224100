"""The page with the ten steps: each has its Chinese line, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from duebook.hosts.excel.buttons import buttons
from duebook.hosts.excel.close_sheet import SETTINGS, SHEET

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "windows-check.md").read_text("utf-8")


def test_ten_steps_each_with_what_to_see_and_a_chinese_line() -> None:
    part = PAGE.split("## The ten steps")[1].split("\n## ")[0]
    steps = re.split(r"(?m)^\*\*(?=\d+\. )", part)[1:]
    assert [int(step.split(".")[0]) for step in steps] == list(range(1, 11))
    for step in steps:
        assert "*See*" in step and re.search(r"(?m)^中文：.*[。；]$", step), step
    assert sum(int(found) for found in re.findall(r"\((\d+) minutes?\)", part)) <= 25


def test_what_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([\w./-]+)", PAGE):
        assert (DOCS / target).exists(), target
    known = {*(str(button.label) for button in buttons().values()), "Duebook"}
    pressed = set(re.findall(r"(?:press|then) [*][*]([^*]+)[*][*]", " ".join(PAGE.split())))
    assert pressed and pressed <= known, pressed - known
    assert f"*{SHEET}*" in PAGE
    wanted = {"Ledger", "Payments", "Customers", "As of"}
    assert wanted <= {str(setting.label) for setting in SETTINGS} and all(f"*{name}*" in PAGE for name in wanted)
