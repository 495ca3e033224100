"""Every text the add-in shows, as rows of its very hidden sheet `duebook.texts`: VBA source holds none.

VBA source is text in the system's code page, so Chinese would break there; a sheet holds any language. One row is one
text: kind, key, English, Chinese. A function's rows stand together, its arguments in order:

    function   DSO               Days sales outstanding …     应收账款周转天数 …
    category   DSO               Duebook · Receivables        Duebook · 应收账款
    argument   DSO.receivables   …                            …
    group      credit            Credit                       信用
    button     score_customers   Score customers              客户评分
    tip        score_customers   …                            …
    keytip     score_customers   S                            S
    message    no_workbook       …                            …         (messages/*/addin.toml; {name} is filled by VBA)
    fact       version           0.1.0                        0.1.0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from duebook.core import messages
from duebook.core.cells import Label
from duebook.core.declare import GROUPS, HELP_LIMIT, Declaration
from duebook.core.version import VERSION
from duebook.hosts.excel.buttons import GROUPS as BUTTON_GROUPS
from duebook.hosts.excel.buttons import Button

SHEET = "duebook.texts"
ROOM = "addin"
"""The room of the messages that VBA shows."""
CELL_LIMIT = 32_767


class Row(NamedTuple):
    """One text."""

    kind: str
    key: str
    en: str
    zh: str


HEADINGS = Row(*Row._fields)


def rows(
    functions: Mapping[str, Declaration], buttons: Mapping[str, Button], facts: Mapping[str, str]
) -> tuple[Row, ...]:
    """All rows below the headings. ValueError for a text that Excel's function wizard or a cell could not show."""
    found = [
        *(row for declaration in functions.values() for row in _function(declaration)),
        *_labels("group", BUTTON_GROUPS),
        *(row for button in buttons.values() for row in _button(button)),
        *_messages(),
        *(Row("fact", key, value, value) for key, value in {"version": VERSION, **facts}.items()),
    ]
    for row in found:
        limit = HELP_LIMIT if row.kind in ("function", "argument") else CELL_LIMIT
        if not all(1 <= len(text) <= limit for text in (row.en, row.zh)):
            raise ValueError(f"{row.kind} {row.key}: a text of 1 to {limit} characters is needed in both languages")
    return tuple(found)


def category(declaration: Declaration) -> Label:
    """The category under which the function wizard lists a function."""
    group = GROUPS[declaration.group]
    return Label(f"Duebook · {group}", f"Duebook · {group.zh}")


def _function(declaration: Declaration) -> Iterator[Row]:
    name = declaration.name
    yield Row("function", name, declaration.help, declaration.zh)
    yield Row("category", name, category(declaration), category(declaration).zh)
    for argument, help_ in declaration.argument_help:
        yield Row("argument", f"{name}.{argument}", help_, help_.zh)


def _labels(kind: str, labels: Mapping[str, Label]) -> Iterator[Row]:
    for key, label in labels.items():
        yield Row(kind, key, label, label.zh)


def _button(button: Button) -> Iterator[Row]:
    texts = {"button": button.label, "tip": button.tip, "keytip": Label(button.key, button.key)}
    for kind, label in texts.items():
        yield Row(kind, button.name, label, label.zh)


def _messages() -> Iterator[Row]:
    english, chinese = messages.catalogue("en"), messages.catalogue("zh")
    for key in english:
        room, _, name = key.partition(".")
        if room == ROOM:
            yield Row("message", name, english[key], chinese[key])


def keys(found: Iterable[Row], kind: str) -> frozenset[str]:
    """The keys of one kind."""
    return frozenset(row.key for row in found if row.kind == kind)
