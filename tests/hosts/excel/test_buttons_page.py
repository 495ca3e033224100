"""The guide to the add-in: its tables are those of the declarations, and the names it tells are real."""

from __future__ import annotations

import re

from tools import buttons_page

from duebook.hosts.excel import close_sheet, results, score_table
from duebook.hosts.excel.basis import AS_OF
from duebook.hosts.excel.buttons import GROUPS, buttons
from duebook.hosts.excel.macros import explain, monitoring, payment_plan, reviews

GUIDE = buttons_page.PAGE.read_text("utf-8")


def test_the_page_is_up_to_date() -> None:
    assert buttons_page.page(GUIDE) == GUIDE, "run: make docs"


def test_every_button_and_setting_is_in_the_tables() -> None:
    table = buttons_page.buttons_table()
    for button in buttons().values():
        assert table.count(button.tip) == table.count(button.tip.zh) == 1
    assert all(f"**{label}" in table for label in GROUPS.values())
    undone = [line for line in table.splitlines() if line.endswith("| yes |")]
    assert len(undone) == sum(button.writes for button in buttons().values()) - 1, "Undo itself cannot be undone"
    assert buttons_page.settings_table().count("\n") == len(close_sheet.SETTINGS) + 2


def test_every_button_says_what_it_reads_and_writes() -> None:
    part = GUIDE.split("### What they read and write")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")][2:]
    named = {name.strip() for row in rows for name in row.split("|")[1].split(",")}
    assert named == {str(button.label) for button in buttons().values()}
    known = {
        *results.names(), score_table.INPUT, monitoring.INPUT, payment_plan.INPUT, reviews.INPUT, explain.CHECK_TABLE,
        AS_OF, "memo_1", "exposure",
    }  # fmt: skip
    told = {name for row in rows for name in re.findall(r"`([a-z_0-9]+)`", row)}
    assert told <= known
    assert {*results.names(), score_table.INPUT, monitoring.INPUT, payment_plan.INPUT, reviews.INPUT} <= told
