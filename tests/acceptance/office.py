"""The acceptance oracle: a real LibreOffice opens workbooks, recalculates every formula and hands back what it shows.

Converting headless does not recalculate by itself: the profile must say so (`OOXMLRecalcMode` 0, "always"), else a
planted wrong cached value comes back unchanged. Every `Office` therefore has a throw-away profile of its own.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

Key = tuple[str, int, int]
"""Sheet name, row, column, counted from 1."""
Cell = str | float | bool | None

ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})

_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="ODFRecalcMode" oor:op="fuse"><value>{mode}</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True)
class Book:
    """What a workbook holds. Numbers are floats, dates their serials, errors their code; blank cells are absent."""

    path: Path
    sheets: tuple[str, ...]
    values: dict[Key, Cell] = field(repr=False)
    formulas: dict[Key, str] = field(repr=False)
    uncached: frozenset[Key] = field(repr=False)
    """Formula cells that carry no cached value at all."""


@dataclass(frozen=True)
class Difference:
    """A formula whose cached value is not what LibreOffice computes."""

    sheet: str
    row: int
    col: int
    formula: str
    cached: Cell
    recalculated: Cell


class Office:
    """A LibreOffice with a profile of its own in `folder`. `recalculate=False` leaves cached values as they are."""

    def __init__(self, soffice: str, folder: Path, recalculate: bool = True) -> None:
        self.soffice = soffice
        self.folder = folder
        self.profile = folder / "profile"
        self._runs = 0
        self.profile.mkdir(parents=True)
        self._run(["--terminate_after_init"], timeout=120)
        settings = self.profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_RECALCULATE.format(mode=0 if recalculate else 1), "utf-8")

    def recalculated(self, paths: Sequence[Path], timeout: float = 240) -> dict[Path, Book]:
        """Each workbook as LibreOffice sees it after computing all its formulas anew; one run for all of them."""
        made = self._converted(paths, "xlsx", timeout)
        return {path: read(made[path]) for path in paths}

    def pictures(self, path: Path, folder: Path, dpi: int = 70) -> list[Path]:
        """The printed pages of a workbook as PNG files in `folder`, in page order."""
        pdf = self._converted([path], "pdf", 240)[path]
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / path.stem
        subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(stem)], check=True, timeout=240)
        return sorted(folder.glob(f"{path.stem}-*.png"), key=lambda page: int(page.stem.rpartition("-")[2]))

    def _converted(self, paths: Sequence[Path], kind: str, timeout: float) -> dict[Path, Path]:
        """Copies under names of their own (stems may repeat), converted in one call."""
        self._runs += 1
        given, made = self.folder / f"in{self._runs}", self.folder / f"out{self._runs}"
        given.mkdir()
        copies = {path: given / f"{number:03}{path.suffix}" for number, path in enumerate(paths)}
        for path, copy in copies.items():
            shutil.copyfile(path, copy)
        arguments = ["--convert-to", kind, "--outdir", str(made), *map(str, copies.values())]
        said = self._run(arguments, timeout)
        found = {path: made / f"{copy.stem}.{kind}" for path, copy in copies.items()}
        missing = [path.name for path, result in found.items() if not result.is_file()]
        if missing:
            raise AssertionError(f"LibreOffice did not convert {', '.join(missing)}: {said}")
        return found

    def _run(self, arguments: Sequence[str], timeout: float) -> str:
        command = [self.soffice, f"-env:UserInstallation={self.profile.resolve().as_uri()}"]
        command += ["--headless", "--norestore", "--nologo", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
        return (done.stdout + done.stderr).strip()


def read(path: Path) -> Book:
    """The values and formulas of a workbook file, as they are stored."""
    values: dict[Key, Cell] = {}
    formulas: dict[Key, str] = {}
    shown, written = opened(path, values=True), opened(path, values=False)
    sheets = tuple(sheet.title for sheet in shown.worksheets)
    for sheet in written.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f" or isinstance(cell.value, (ArrayFormula, DataTableFormula)):
                    formulas[(sheet.title, cell.row, cell.column)] = _formula_text(cell.value)
    for sheet in shown.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = _cell(cell.value, shown.epoch)
                if value not in (None, ""):
                    values[(sheet.title, cell.row, cell.column)] = value
    return Book(path, sheets, values, formulas, frozenset(_uncached(path)))


def opened(path: Path, values: bool) -> Workbook:
    """A workbook in openpyxl, with values or formulas. What it would lose on saving is no matter: nothing is saved."""
    with warnings.catch_warnings(), path.open("rb") as file:
        warnings.simplefilter("ignore", UserWarning)  # drawings and extensions that openpyxl cannot keep
        return load_workbook(file, data_only=values)


def _formula_text(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return f"{{{value.text}}}"
    return "{TABLE}" if isinstance(value, DataTableFormula) else str(value)


def _cell(value: object, epoch: datetime) -> Cell:
    if isinstance(value, (datetime, date, time, timedelta)):
        return float(to_excel(value, epoch))
    if value is None or isinstance(value, (bool, str)):
        return value
    assert isinstance(value, (int, float)), repr(value)
    return float(value)


def differences(filled: Book | Path, recalculated: Book, uncached: bool = False) -> list[Difference]:
    """Formula cells of `filled` whose cached value is not the recalculated one.

    Numbers agree to the cent, small ones and rates more closely (`agree`); text and flags exactly; blank and "" are
    one. A cell without a cached value was left to the spreadsheet program on purpose; `uncached` lists those as well.
    """
    book = read(filled) if isinstance(filled, Path) else filled
    found = []
    for key, formula in sorted(book.formulas.items()):
        mine, theirs = book.values.get(key), recalculated.values.get(key)
        if key in book.uncached:
            if not uncached:
                continue
        elif agree(mine, theirs):
            continue
        found.append(Difference(*key, formula, mine, theirs))
    return found


def agree(mine: Cell, theirs: Cell) -> bool:
    """Whether two values of a cell are the same to a reader of the sheet.

    Half a cent is allowed, but never more than a millionth: a rate of 0.96 must not pass for 0.963. Beyond the
    15 digits of a float nothing can be told.
    """
    if isinstance(mine, bool) or isinstance(theirs, bool):
        return mine is theirs
    if isinstance(mine, float) and isinstance(theirs, float):
        size = abs(theirs)
        return abs(mine - theirs) <= max(min(0.005, 1e-6 * max(1.0, size)), 1e-14 * size)
    if isinstance(mine, float) or isinstance(theirs, float):
        return False
    return (mine or "") == (theirs or "")


def errors(book: Book) -> list[tuple[Key, str]]:
    """Every cell that shows an error, with its code."""
    return [(key, str(value)) for key, value in sorted(book.values.items()) if value in ERRORS]


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def _uncached(path: Path) -> Iterable[Key]:
    """Formula cells without a `<v>`; openpyxl reads those and empty text alike, so the part itself is asked."""
    with zipfile.ZipFile(path) as book:
        relations = etree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
        targets = {relation.get("Id"): str(relation.get("Target")) for relation in relations}
        for sheet in etree.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
            target = targets[sheet.get(_RELATION)]
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            with book.open(part) as stream:
                for _, cell in etree.iterparse(stream, tag=f"{_MAIN}c"):
                    if cell.find(f"{_MAIN}f") is not None and cell.find(f"{_MAIN}v") is None:
                        yield (str(sheet.get("name")), *_place(str(cell.get("r"))))
                    cell.clear()


def _place(reference: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", reference)
    assert match, reference
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
