"""The buttons of the month end: fill the open aging or exposure workbook, or run the whole close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duebook.close import aging_book
from duebook.close.result import Close
from duebook.close.run import STANDARD, close_month, figured, standard_plan
from duebook.close.seal import workbooks
from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES
from duebook.core.cells import Label
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.hosts.excel import close_sheet
from duebook.hosts.excel.buttons import button, language, progress, tell
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import Change, changes
from duebook.hosts.excel.live.filling import fill_live

if TYPE_CHECKING:
    import xlwings as xw

_NAMES = {"aging": {t.name for t in AGING_TABLES}, "exposure": {t.name for t in EXPOSURE_TABLES}}
OWN_TABLES: Mapping[str, frozenset[str]] = {
    "aging": frozenset(_NAMES["aging"] - _NAMES["exposure"]),
    "exposure": frozenset(_NAMES["exposure"] - _NAMES["aging"]),
}
"""The tables that tell an aging workbook from an exposure workbook; one of the user's own may hold both."""


@button(
    group="close",
    label=Label("Fill aging", "填写账龄表"),
    tip=Label(
        "Reads the ledger named on the sheet Close settings, ages it as of the day given there, ties it out, and fills "
        "the aging tables of this workbook. Undo puts the old figures back.",
        "读取“月结设置”中的台账，按其中的截止日计算账龄并核对总账，填写本工作簿的账龄表格。可用“撤销”恢复原有数字。",
    ),
    icon="aging",
    key="FA",
)
def fill_aging(book: xw.Book) -> None:
    _fill(book, "aging")


@button(
    group="close",
    label=Label("Fill exposure", "填写敞口表"),
    tip=Label(
        "Reads the ledger named on the sheet Close settings and fills this workbook's exposure tables: exposure "
        "against limits and cover, concentration, watch list. Undo puts the old figures back.",
        "读取“月结设置”中的台账，填写本工作簿的敞口表格：敞口与额度、保险的对比，集中度，关注名单。可用“撤销”恢复原有数字。",
    ),
    icon="exposure",
    key="FE",
)
def fill_exposure(book: xw.Book) -> None:
    _fill(book, "exposure")


@button(
    group="close",
    label=Label("Monthly close", "月结"),
    tip=Label(
        "The whole month end: reads the ledger, ages it, ties it out to the control account, fills every open aging "
        "and exposure workbook, and writes the sealed close into the output folder. All of it or nothing.",
        "完整月结：读取台账、计算账龄、核对总账，填写所有已打开的账龄和敞口工作簿，并把封存的月结写入输出文件夹。要么全部完成，要么全部不变。",
    ),
    icon="close",
    key="MC",
    large=True,
)
def monthly_close(book: xw.Book) -> None:
    wished = _wishes(book)
    if wished is None:
        return
    out = close_sheet.out_folder(wished)
    done: list[str] = []
    sealed: list[str] = []
    notes: list[str] = []
    with ExitStack() as open_changes:

        def fill_open_books(close: Close) -> None:
            for other in list(book.app.books):
                parts = _parts(other)
                if parts and close_sheet.is_sealed(other):  # last month's, open to be compared
                    sealed.append(other.name)
                elif parts:
                    change = open_changes.enter_context(changes(other, "monthly_close"))
                    for part in parts:
                        notes.append(_fill_part(other, part, close, change))
                    done.append(other.name)

        with close_sheet.close_options(wished, out) as options:
            outcome = close_month(options, _step, fill_open_books)
    key = "books_filled"
    if not done:
        key = "books_opened"
        done = _opened(book, out, workbooks(outcome.sealed))
    said = _listed(key, done) + "".join(dict.fromkeys(notes)) + _listed("books_sealed", sealed)
    tell(
        "month_end.closed",
        as_of=str(outcome.sealed["as_of"]),
        folder=str(out),
        tie_out=outcome.tie_out_words,
        problems=_problems(outcome.problems),
        books=said,
    )


def _listed(key: str, names: Sequence[str]) -> str:
    listed = text("close.list_comma", language()).join(names)
    return text(f"month_end.{key}", language(), books=listed) if names else ""


def _opened(book: Any, out: Path, names: Sequence[str]) -> list[str]:
    """Opens what was written, where no open workbook could take the figures. Excel holds one workbook of a name."""
    taken = {other.name.casefold() for other in book.app.books}
    fresh = [name for name in names if name.casefold() not in taken]
    for name in fresh:
        book.app.books.open(str(out / name), read_only=True)  # a sealed workbook that is saved is sealed no more
    return fresh


def _fill(book: Any, part: str) -> None:
    """Fills the tables of one standard workbook in the open book, which may be the user's own."""
    if part not in _parts(book):
        raise DuebookError("month_end.no_slots", book=book.name)
    wished = _wishes(book)
    if wished is None:
        return
    with close_sheet.close_options(wished) as options, Engine() as engine:
        close = figured(options, engine, _step)
        with changes(book, f"fill_{part}") as change:
            notes = _fill_part(book, part, close, change)
        tell(
            "month_end.filled",
            book=book.name,
            as_of=close.as_of.isoformat(),
            headline=" ".join(str(row["headline"]) for row in aging_book.figure_rows(close)),
            tie_out=aging_book.tie_out_words(close),
            problems=_problems(len(close.ledger.problems)) + notes,
        )


def _fill_part(book: Any, part: str, close: Close, change: Change) -> str:
    """Fills one part in the language of the book's own headers; says what it has no place for, and what had to go."""
    progress("month_end.step_fill", what=book.name)
    spoken = _spoken(book, part, close.language)
    close = replace(close, options=replace(close.options, language=spoken))
    filled = fill_live(book, standard_plan(close, part), change)
    absent = [name for name in filled.absent if name in OWN_TABLES[part]]
    emptied = [f"{table}[{header}]" for table, headers in filled.unmatched_headers.items() for header in headers]
    notes = text("month_end.absent", language(), names=", ".join(absent)) if absent else ""
    return notes + (text("month_end.emptied", language(), columns=", ".join(emptied)) if emptied else "")


def _parts(book: Any) -> list[str]:
    """Which standard workbooks' tables are in the book."""
    names = {name.casefold() for name in tables.names(book)}
    return [part for part in STANDARD if names & OWN_TABLES[part]]


def _spoken(book: Any, part: str, otherwise: str) -> str:
    """The language of the headers in the book: a Chinese workbook stays Chinese on an English ribbon."""
    for name in sorted(OWN_TABLES[part]):
        found = tables.find_table(book, name)
        if found is not None:
            return "zh" if any("\u4e00" <= c <= "\u9fff" for c in "".join(found.headers)) else "en"
    return otherwise


def _wishes(book: Any) -> close_sheet.Wishes | None:
    """The close settings; where no open workbook has them, the sheet for them is added and the user told."""
    wished = close_sheet.wishes(book)
    if wished is None:
        with changes(book, "close_settings") as change:
            close_sheet.add_sheet(change, language())
        tell("month_end.needs_settings", sheet=close_sheet.SHEET)
    return wished


def _step(step: str) -> None:
    name, _, what = step.partition(" ")
    progress(f"month_end.step_{name}", what=what)


def _problems(count: int) -> str:
    return text("month_end.problems", language(), count=f"{count:,}") if count else ""
