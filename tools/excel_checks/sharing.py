"""A workbook that this Excel has saved: how it stores the formulas, and whether `freeze` and `rebind` understand it."""

from __future__ import annotations

import contextlib
import io
import posixpath
import re
import zipfile
from pathlib import Path

from lxml import etree
from tools.excel_checks import cases
from tools.excel_checks.desk import Desk
from tools.excel_checks.steps import NotTried, Seen, Step, step

from duebook.hosts.catalogue import functions
from duebook.hosts.cli import main

STEPS: list[Step] = []
SAVED = "duebook-check-saved.xlsx"
_MOST_TOLD = 12
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def command(*arguments: str) -> tuple[int, str]:
    """Runs a command of Duebook in this process; its exit status, and what it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main([*arguments, "--language", "en"])
    return status, " ".join(said.getvalue().split())


def stored(path: Path) -> list[str]:
    """The formulas with Duebook functions, word for word as they stand in the file."""
    name = re.compile(rf"(?:{'|'.join(functions())})\s*\(", re.IGNORECASE)
    found = []
    with zipfile.ZipFile(path) as book:
        for part in sorted(part for part in book.namelist() if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part)):
            for cell in _tree(book, part).iter(f"{_MAIN}c"):
                formula = cell.find(f"{_MAIN}f")
                if formula is not None and formula.text and name.search(formula.text):
                    found.append(f"{posixpath.basename(part)} {cell.get('r')}: {formula.text}")
    return found


def links(path: Path) -> list[str]:
    """Where the links to other workbooks lead, word for word."""
    with zipfile.ZipFile(path) as book:
        parts = sorted(part for part in book.namelist() if part.startswith("xl/externalLinks/_rels/"))
        return [f"{posixpath.basename(part)}: {one.get('Target')}" for part in parts for one in _tree(book, part)]


def _tree(book: zipfile.ZipFile, part: str) -> etree._Element:
    return etree.fromstring(book.read(part), etree.XMLParser(resolve_entities=False, no_network=True))


def _saved(desk: Desk) -> Path:
    path = desk.folder / SAVED
    if not path.is_file():
        raise NotTried("the workbook of single cells was not saved")
    return path


@step(STEPS, "Excel saves the workbook of single cells", "a file; its formulas are recorded here word for word")
def save(desk: Desk) -> Seen:
    path = desk.folder / SAVED
    desk.books[cases.BOOK].save(str(path))
    desk.close(cases.BOOK)  # Excel lets nobody read it while it is open; and WHY by text must find one such sheet only
    formulas = stored(path)
    told = [*formulas[:_MOST_TOLD], *(f"link {line}" for line in links(path))]
    return Seen(f"{len(formulas)} formulas with Duebook functions", bool(formulas), tuple(told))


@step(STEPS, "duebook freeze", "a copy without Duebook formulas; every cell shows what it must")
def freeze(desk: Desk) -> Seen:
    path, copy = _saved(desk), desk.folder / "duebook-check-frozen.xlsx"
    copy.unlink(missing_ok=True)
    status, said = command("freeze", str(path), "--out", str(copy))
    if status == 2:
        return Seen(said, False)
    left = stored(copy)
    wrong = cases.wrong(desk, desk.open("frozen", copy))
    desk.close("frozen")
    return Seen(said, not left and not wrong, (*left, *wrong))


@step(STEPS, "duebook rebind: to xlwings Lite and back to bare", "every cell shows what it must, computed anew")
def rebind_bare(desk: Desk) -> Seen:
    return _rebound(desk, "bare")


@step(
    STEPS,
    "duebook rebind: to xlwings Lite and back to the add-in",
    "every cell shows what it must, computed anew",
    True,
)
def rebind_addin(desk: Desk) -> Seen:
    return _rebound(desk, "addin")


def _rebound(desk: Desk, dialect: str) -> Seen:
    """Lite's dialect is another one in any case; the way back ends where this Excel computes it."""
    path = _saved(desk)
    told: list[str] = []
    for wanted in ("lite", dialect):
        copy = desk.folder / f"duebook-check-{wanted}.xlsx"
        copy.unlink(missing_ok=True)
        status, said = command("rebind", str(path), "--to", wanted, "--out", str(copy))
        if status != 0:
            return Seen(said, False)
        told += [f"{wanted}: {formula}" for formula in stored(copy)[:2]]
        path = copy
    book = desk.open(dialect, path)
    desk.calculate(book)
    wrong = cases.wrong(desk, book)
    desk.close(dialect)
    return Seen(said, not wrong, (*wrong, *told))
