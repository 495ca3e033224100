"""The scripts of the xlwings Lite edition: what its Run button and its app mode offer.

A script only ever adds a sheet of text, so nothing needs to be undone. The macros of the ribbon cannot run in Lite:
they read formulas at once, to explain them or to put them back, and Lite hands formulas over later or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from types import ModuleType
from typing import Any

from duebook.books.references import column_letters
from duebook.core.cells import Label
from duebook.core.declare import GROUPS
from duebook.core.messages import text
from duebook.hosts.lite.bindings import Session

Rows = Sequence[Sequence[str]]
MOST_CELLS = 2_000
"""Cells explained on one sheet at the most."""
_LONGEST = 32_767
_BOOK = re.compile(r"\[.*\]")
_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Script:
    """A script: Python name, what the button says, what it does, and the rows of its sheet; no rows, no sheet."""

    name: str
    label: Label
    tip: Label
    sheet: Label
    rows: Callable[[Session, Any], Rows]


def explained(session: Session, book: Any) -> Rows:
    """Each cell that shows an error of ours or whose figure has a remark: address, function, why."""
    names = {name.lower(): name for name in (str(sheet.name) for sheet in book.sheets)}
    found = [
        (_address(names, sheet, row, column), answer.name, session.door.sentence(answer))
        for (sheet, row, column), answer in islice(session.memory.cells(), MOST_CELLS)
    ]
    return [_said(session, "cell", "function", "why"), *found] if found else []


def _address(names: Mapping[str, str], sheet: str, row: int, column: int) -> str:
    """`Sheet1!B7` or `'My sheet'!B7`, with the sheet's name as the workbook writes it."""
    plain = _BOOK.sub("", sheet, count=1)
    name = names.get(plain, plain)
    quoted = name if _PLAIN_NAME.fullmatch(name) else "'" + name.replace("'", "''") + "'"
    return f"{quoted}!{column_letters(column)}{row}"


def listed(session: Session, book: Any) -> Rows:
    """Every function: group, how it is written, what it gives."""
    language = session.door.language
    found = [
        (GROUPS[each.group].text(language), each.syntax, each.zh if language == "zh" else each.help)
        for each in session.door.functions.values()
    ]
    return [_said(session, "group", "function", "help"), *found]


def _said(session: Session, *columns: str) -> list[str]:
    return [text(f"lite.column_{column}", session.door.language) for column in columns]


SCRIPTS = (
    Script(
        "explain_cells",
        Label("Duebook: explain cells", "Duebook：说明单元格"),
        Label(
            "Adds a sheet with the reason of every error and the remarks on every figure that Duebook has computed "
            "since the workbook was opened.",
            "新建一张工作表，列出工作簿打开以来 Duebook 计算出的每个错误的原因和每个数值的备注。",
        ),
        Label("Duebook WHY", "Duebook 说明"),
        explained,
    ),
    Script(
        "list_functions",
        Label("Duebook: list functions", "Duebook：函数清单"),
        Label(
            "Adds a sheet with every function, its arguments and what it gives.",
            "新建一张工作表，列出全部函数、参数和用途。",
        ),
        Label("Duebook functions", "Duebook 函数"),
        listed,
    ),
)


def scripts(xlwings: ModuleType, session: Session) -> Mapping[str, Callable[[Any], None]]:
    """Python name → script, each registered with Lite's own decorator in `xlwings`."""
    return {script.name: _registered(xlwings, script, session) for script in SCRIPTS}


def _registered(xlwings: ModuleType, script: Script, session: Session) -> Callable[[Any], None]:
    language = session.door.language

    def run(book: Any) -> None:
        rows = script.rows(session, book)
        if not rows:
            print(text("lite.nothing_to_explain", language))
            return
        name = _free_name(book, script.sheet.text(language))
        sheet = book.sheets.add(name)
        sheet["A1"].value = [[_as_text(cell) for cell in row] for row in rows]
        print(text("lite.sheet_added", language, sheet=name, count=len(rows) - 1))

    run.__name__ = run.__qualname__ = script.name
    run.__doc__ = script.tip.text(language)
    run.__annotations__ = {"book": xlwings.Book}  # how Lite knows a script's workbook
    registered: Callable[[Any], None] = xlwings.script(name=script.label.text(language))(run)
    return registered


def _free_name(book: Any, wished: str) -> str:
    """A name that no sheet has yet: `Duebook WHY`, `Duebook WHY 2` …"""
    taken = {str(sheet.name).casefold() for sheet in book.sheets}
    names: Iterator[str] = (wished if number == 1 else f"{wished} {number}" for number in count(1))
    return next(name for name in names if name.casefold() not in taken)


def _as_text(cell: str) -> str:
    """A text that Excel does not take for a formula; it swallows the apostrophe."""
    return f"'{cell[: _LONGEST - 1]}" if cell.startswith(("=", "+", "-", "@", "'")) else cell[:_LONGEST]
