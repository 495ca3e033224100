"""What a ribbon button calls: runs its macro on the open workbook and answers with one sentence.

The answer's first character tells VBA how to show it: "+" done, in the status bar; "?" done, and it is what the user
asked to be told, in a box; "-" could not, in a box. Nothing is raised into VBA. What is a fault of ours goes into a log
beside the settings, so that it can be reported.
"""

from __future__ import annotations

import contextlib
import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.excel.buttons import buttons, hearing

DONE, ASKED, COULD_NOT = "+", "?", "-"
LOG_LIMIT = 128 * 1024
"""Bytes that the log holds at the most; the oldest go."""
_ENTRY_LIMIT = 16 * 1024
_DETAIL = 160


def press(name: str, workbook: Any) -> str:
    """Runs the button `name` on `workbook`, an `xw.Book` or the COM object VBA hands over; None where none is open."""
    language = settings.language()
    book = None
    try:
        if workbook is None:
            raise DuebookError("excel.no_workbook")
        book = as_book(workbook)
        button = buttons().get(name)
        if button is None:
            raise DuebookError("excel.unknown_button", name=name)
        with hearing(book) as telling:
            button.macro(book)
        if not telling.said:
            _give_back_status_bar(book)
        return (ASKED if telling.boxed else DONE) + telling.said
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        _give_back_status_bar(book)
        return COULD_NOT + _sentence(name, error, language)


def press_here(name: str) -> None:
    """The same for Excel for Mac, whose VBA gets no answer from Python: boxes are shown from here."""
    import xlwings as xw

    book = xw.Book.caller()
    answer = press(name, book)
    if not answer.startswith(DONE):
        book.app.alert(answer[1:], title="Duebook")


def as_book(workbook: Any) -> Any:
    """The workbook as macros take it."""
    import xlwings as xw

    if isinstance(workbook, xw.Book):
        return workbook
    from xlwings import _xlwindows

    return xw.Book(impl=_xlwindows.Book(xl=workbook))


def _give_back_status_bar(book: Any) -> None:
    """Excel shows its own text there again."""
    with contextlib.suppress(Exception):
        book.app.status_bar = False


def _sentence(name: str, error: BaseException, language: str) -> str:
    """Why the button could not do its work, and what to do next."""
    if isinstance(error, DuebookError):
        return error.text(language)
    if isinstance(error, KeyboardInterrupt):
        return text("excel.interrupted", language)
    log = _logged(name, error)
    refusal = _refusal(error)
    if refusal:
        return text("excel.refused", language, detail=refusal)
    detail = " ".join(f"{type(error).__name__}: {error}".split())[:_DETAIL]
    if log is None:
        return text("excel.failed_unlogged", language, detail=detail)
    return text("excel.failed", language, detail=detail, log=log)


def _refusal(error: BaseException) -> str:
    """What Excel itself says of a command it refuses, in its own language; empty for any other error."""
    told = getattr(error, "excepinfo", None)  # pywin32's com_error: (code, program, description, …)
    said = told[2] if isinstance(told, tuple) and len(told) > 2 else None
    return " ".join(said.split())[:_DETAIL] if isinstance(said, str) else ""


def log_file() -> Path:
    """Where faults are noted down for a report."""
    return settings.path().with_name("duebook.log")


def _logged(name: str, error: BaseException) -> Path | None:
    """Notes a fault: when, which version and button, and where in the code. None if it cannot be written."""
    file = log_file()
    trace = "".join(traceback.format_exception(error))[-_ENTRY_LIMIT:]
    entry = f"{datetime.now():%Y-%m-%d %H:%M:%S} Duebook {VERSION}, {name}\n{trace}\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        kept = file.read_bytes() if file.is_file() else b""
        file.write_bytes((kept + entry.encode("utf-8", "backslashreplace"))[-LOG_LIMIT:])
    except OSError:
        return None
    return file
