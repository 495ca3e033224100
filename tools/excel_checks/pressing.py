"""The ribbon's buttons on the sample month, pressed by the add-in's own way; boxes and status bar are for the eye."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import xlwings as xw
from tools.excel_checks.desk import Cell, Desk, cell, rows_differ, same, shown, written
from tools.excel_checks.sharing import command
from tools.excel_checks.steps import NotTried, Seen, Step, step

from duebook.core import resources
from duebook.hosts.excel.buttons import buttons
from duebook.hosts.excel.close_sheet import BY_KEY, TABLE
from duebook.hosts.excel.live.journal import new_sheet

STEPS: list[Step] = []
AGING, EXPOSURE = "aging", "exposure"
COMPARED = {AGING: ("figures", "bucket_totals", "aged_balance", "open_items"), EXPOSURE: ("exposure", "watch_list")}
"""Tables that the buttons fill, and the command line in its own way, from the same ledger."""
_OWN_SHEET = "duebook-check"
_KNOWN = {"fill_aging", "fill_exposure", "monthly_close", "undo", "explain_cell", "language", "help"}
"""Buttons with steps of their own. Language would change the user's settings, and Help opens the browser."""


def _sample(desk: Desk) -> Path:
    return desk.folder / "sample"


def _out(desk: Desk) -> Path:
    return desk.folder / "close-by-command"


@step(STEPS, "The sample month is written, and closed by the command line", "two filled workbooks to compare with")
def prepare(desk: Desk) -> Seen:
    month = desk.sample(_sample(desk))
    given = [str(month.invoices), "--payments", str(month.payments), "--customers", str(month.customers)]
    status, said = command(
        "close", *given, "--as-of", month.as_of.isoformat(), "--out", str(_out(desk)), "--accept-problems", "--quiet"
    )
    for name in (AGING, EXPOSURE):
        copy = desk.folder / f"duebook-check-{name}.xlsx"
        shutil.copyfile(resources.templates() / f"{name}.en.xlsx", copy)
        desk.open(name, copy)
    return Seen(said or "closed", status == 0)


def _filled(desk: Desk, name: str) -> xw.Book:
    if name not in desk.books:
        raise NotTried("the workbook to fill could not be opened")
    return desk.books[name]


@step(STEPS, "Fill aging asks for the ledger first", "a sheet with the table close_settings is added, and said")
def asks_first(desk: Desk) -> Seen:
    book = _filled(desk, AGING)
    answer = desk.press("fill_aging", book)
    return Seen(answer, answer.startswith("+") and table(book, TABLE) is not None)


@step(STEPS, "Fill aging", "the figures that the command line wrote; a Duebook cell that reads them follows")
def fill_aging(desk: Desk) -> Seen:
    book = _filled(desk, AGING)
    _wish(desk, book)
    own = new_sheet(book)
    own.name = _OWN_SHEET
    filled = table(book, "aged_balance").range.sheet.name
    own.range("A1").formula = f"=COUNTA('{filled}'!$A:$A)"
    desk.put(own.range("B1"), "=DSO(A1,10000,30)")
    before = cell(book, _OWN_SHEET, "A1")
    answer = desk.press("fill_aging", book)
    count, value = shown(own.range("A1:B1"))[0]
    follows = count != before and isinstance(count, float) and same(value, count * 30 / 10000)
    wrong = _unlike_command(desk, AGING)
    said = f"{answer} (the cell that reads it: {written(value)} of {written(count)} filled cells)"
    return Seen(said, answer.startswith("+") and follows and not wrong, tuple(wrong))


@step(STEPS, "Undo", "the figures of the template are back")
def undo_aging(desk: Desk) -> Seen:
    book = _filled(desk, AGING)
    filled = len(rows(book, "aged_balance"))
    answer = desk.press("undo", book)
    left = len(rows(book, "aged_balance"))
    return Seen(f"{answer} ({filled} rows, then {left})", answer.startswith("+") and left < filled)


@step(STEPS, "Fill exposure", "the figures that the command line wrote")
def fill_exposure(desk: Desk) -> Seen:
    book = _filled(desk, EXPOSURE)
    answer = desk.press("fill_exposure", book)
    wrong = _unlike_command(desk, EXPOSURE)
    return Seen(answer, answer.startswith("+") and not wrong, tuple(wrong))


@step(STEPS, "Monthly close", "both workbooks filled; the output folder is as `duebook verify` wants it")
def monthly_close(desk: Desk) -> Seen:
    answer = desk.press("monthly_close", _filled(desk, AGING))
    wrong = [*_unlike_command(desk, AGING), *_unlike_command(desk, EXPOSURE)]
    status, said = command("verify", str(desk.folder / "close-by-button"), str(_sample(desk)), "--quiet")
    return Seen(answer, answer.startswith("+") and not wrong and status == 0, (*wrong, f"verify: {said or 'holds'}"))


@step(STEPS, "Undo after the close", "both workbooks go back, each by its own press")
def undo_close(desk: Desk) -> Seen:
    answers = [desk.press("undo", _filled(desk, name)) for name in (AGING, EXPOSURE)]
    return Seen(" | ".join(answers), all(answer.startswith("+") for answer in answers))


@step(STEPS, "Explain cell", "the reason of the selected cell's error", needs_excel=True)
def explain_cell(desk: Desk) -> Seen:
    book = desk.new("explain")
    target = book.sheets[0].range("B7")
    target.formula = "=DSO(15000,0,30)"
    book.activate()
    target.select()
    answer = desk.press("explain_cell", book)
    desk.close("explain")
    return Seen(answer, answer.startswith("?") and "B7" in answer and "credit_sales" in answer)


@step(STEPS, "A button on a protected sheet", "it could not, says why, and changes nothing", needs_excel=True)
def protected(desk: Desk) -> Seen:
    book = _filled(desk, AGING)
    sheet = next(one for one in book.sheets if any(table.name == "aged_balance" for table in one.tables))
    before = shown(sheet.used_range)
    sheet.api.Protect()
    try:
        answer = desk.press("fill_aging", book)
    finally:
        sheet.api.Unprotect()
    wrong = rows_differ(shown(sheet.used_range), before)
    return Seen(answer, answer.startswith("-") and len(answer) > 1 and not wrong, tuple(wrong[:5]))


@step(STEPS, "Every other button on a blank workbook", "each answers with a sentence, and none fails")
def the_others(desk: Desk) -> Seen:
    answers = {}
    for name in buttons():
        if name not in _KNOWN:
            book = desk.new("blank")
            answers[name] = desk.press(name, book)
            desk.close("blank")
    failed = [name for name, answer in answers.items() if len(answer) < 10 or "duebook.log" in answer]
    told = tuple(f"{name}: {answer}" for name, answer in answers.items())
    return Seen(f"{len(answers) - len(failed)} of {len(answers)} answer", not failed, told)


# --- tables of open workbooks -----------------------------------------------------------------------------------------


def table(book: xw.Book, name: str) -> Any:
    return next((one for sheet in book.sheets for one in sheet.tables if one.name == name), None)


def rows(book: xw.Book, name: str) -> list[list[Cell]]:
    """A table with its header row."""
    found = table(book, name)
    if found is None:
        raise LookupError(f"{book.name} has no table {name}")
    return shown(found.range)


def _wish(desk: Desk, book: xw.Book) -> None:
    """Fills in the sheet of close settings, as a person does."""
    wanted = {
        "ledger": str(_sample(desk) / "invoices.csv"),
        "payments": str(_sample(desk) / "payments.csv"),
        "customers": str(_sample(desk) / "customers.xlsx"),
        "as_of": datetime(2026, 10, 31),
        "out": str(desk.folder / "close-by-button"),
    }
    found = table(book, TABLE)
    if found is None:
        raise NotTried("there is no sheet of close settings")
    labels = {str(label): key for key, setting in BY_KEY.items() for label in (setting.label, setting.label.zh)}
    top, left = found.range.row, found.range.column
    for down, row in enumerate(shown(found.range)[1:], start=1):
        key = labels.get(str(row[0]))
        if key in wanted:
            found.range.sheet.range((top + down, left + 1)).value = wanted[key]


def _unlike_command(desk: Desk, name: str) -> list[str]:
    """Where the tables of the open workbook differ from the file that the command line wrote."""
    path = _out(desk) / f"{name}.xlsx"
    known = desk.open("by-command", path)
    found = []
    for wanted in COMPARED[name]:
        differs = rows_differ(rows(desk.books[name], wanted), rows(known, wanted))
        found += [f"{wanted}: {line}" for line in differs[:5]]
    desk.close("by-command")
    return found
