"""Writes the tables of docs/excel.md: the ribbon's buttons, and the settings of the month end, from their declarations.

`python tools/buttons_page.py` (or `make docs`); the rest of the page is written by hand. A test compares.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from duebook.hosts.addin.ribbon import TAB_KEY
from duebook.hosts.excel.buttons import GROUPS, Button, buttons
from duebook.hosts.excel.close_sheet import SETTINGS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "excel.md"
_BUTTONS = ("<!-- buttons: made by tools/buttons_page.py -->", "<!-- end of buttons -->")
_SETTINGS = ("<!-- settings: made by tools/buttons_page.py -->", "<!-- end of settings -->")


def page(current: str) -> str:
    """The page with fresh tables between its marks."""
    for (begin, end), table in ((_BUTTONS, buttons_table()), (_SETTINGS, settings_table())):
        before, rest = current.split(begin)
        current = f"{before}{begin}\n{table}{end}{rest.split(end)[1]}"
    return current


def buttons_table() -> str:
    """One row per button: label, keys, what it does, whether Undo takes it back; a head row per group."""
    rows = ["| button | keys | what it does | 说明 | Undo |", "|---|---|---|---|---|"]
    for group, members in groupby(buttons().values(), key=lambda found: found.group):
        label = GROUPS[group]
        title = label if label == label.zh else f"{label} · {label.zh}"
        rows += [f"| **{title}** | | | | |", *map(_row, members)]
    return "\n".join(rows) + "\n"


def _row(found: Button) -> str:
    keys = " ".join(["Alt", TAB_KEY, *found.key])
    name = found.label if found.label == found.label.zh else f"{found.label}<br>{found.label.zh}"
    undo = "yes" if found.writes and found.name != "undo" else "–"
    return f"| {name} | {keys} | {found.tip} | {found.tip.zh} | {undo} |"


def settings_table() -> str:
    """One row per setting of the sheet Close settings, as it says itself."""
    rows = [f"| {found.label} · {found.label.zh} | {found.help} | {found.help.zh} |" for found in SETTINGS]
    return "\n".join(["| setting | what to write | 填写说明 |", "|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8", newline="\n")
