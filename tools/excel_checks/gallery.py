"""The gallery of functions, computed by this Excel: every one of its checks must turn TRUE.

The values that the file brings along are right, so a program that computes nothing would pass. They are taken out of
the copy first.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import xlwings as xw
from lxml import etree
from tools.excel_checks.desk import Cell, Desk, cell, same, shown, written
from tools.excel_checks.steps import NotTried, Seen, Step, step

from duebook.core import resources
from duebook.hosts import settings

BOOK = "gallery"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PAIRS = re.compile(
    r"ABS\(\$?(?P<a>\w+)-\$?(?P<b>\w+)\)<=(?P<within>[$\w]+)"
    r'|EXACT\((?P<c>\w+)&"",(?P<d>\w+)&""\)'
    r"|ERROR\.TYPE\((?P<e>\w+)\)=MATCH\((?P<f>\w+),"
    r"|\bN\((?P<g>\w+)\)=N\((?P<h>\w+)\)"
)
"""What a check compares: the cell with the result, then the one with the expectation."""
MOST_TOLD = 60
STEPS: list[Step] = []


def emptied(gallery: Path, copy: Path) -> int:
    """Writes a copy whose formulas carry no values, and gives how many formulas there are."""
    count = 0
    with zipfile.ZipFile(gallery) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
                for found in root.iter(f"{_MAIN}c"):
                    value = found.find(f"{_MAIN}v")
                    if found.find(f"{_MAIN}f") is not None and value is not None:
                        found.remove(value)
                        found.attrib.pop("t", "")
                        count += 1
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(name, data)
    return count


def gallery_file() -> Path:
    return resources.templates() / "functions.xlsx"


@step(STEPS, "Gallery: every function on sample figures", "every check of functions.xlsx is TRUE, computed anew")
def every_check(desk: Desk) -> Seen:
    if settings.language() != "en":
        raise NotTried('the gallery expects English headers: press the button "中文 / English" and run this again')
    copy = desk.folder / "duebook-check-functions.xlsx"
    formulas = emptied(gallery_file(), copy)
    book = desk.open(BOOK, copy)
    desk.calculate(book)
    good, failed = 0, []
    for sheet in book.sheets:
        if sheet.name != "Start":
            held = checks(sheet)
            good += sum(mark is True for _, _, mark in held)
            failed += [(sheet, row, case) for row, case, mark in held if mark is not True]
    told = [line for sheet, row, case in failed[:MOST_TOLD] for line in told_of(sheet, row, case)]
    start = written(cell(book, "Start", "A2"))
    said = f"{good} of {good + len(failed)} checks are TRUE ({formulas} formulas); Start says: {start}"
    return Seen(said, good > 0 and not failed, tuple(told))


def checks(sheet: xw.Sheet) -> list[tuple[int, str, Cell]]:
    """Row, case and mark of each check: marks stand in column A, their cases in B."""
    last = sheet.used_range.last_cell.row
    rows = shown(sheet.range((1, 1), (last, 2)))
    return [(n, str(case), _flag(mark)) for n, (mark, case) in enumerate(rows, start=1) if case and mark is not None]


def _flag(mark: Cell) -> Cell:
    return {1.0: True, 0.0: False}.get(mark, mark) if isinstance(mark, float) else mark


def told_of(sheet: xw.Sheet, row: int, case: str) -> list[str]:
    """Cell by cell, what a check that failed compares and finds different."""
    check = str(sheet.range((row, 1)).formula)
    lines = []
    for found in _PAIRS.finditer(check):
        result, wanted = [cell_name for key, cell_name in found.groupdict().items() if cell_name and key != "within"]
        value, other = (shown(sheet.range(name))[0][0] for name in (result, wanted))
        within = shown(sheet.range(found["within"].replace("$", "")))[0][0] if found["within"] else None
        if not _agree(value, other, within):
            formula = sheet.range(result).formula
            lines.append(f"{sheet.name}!{result}: {formula} shows {written(value)}, expected {written(other)} ({case})")
    return lines or [f"{sheet.name}!A{row}: {check} is not TRUE ({case})"]


def _agree(value: Cell, other: Cell, within: Cell) -> bool:
    if isinstance(within, float) and isinstance(value, float) and isinstance(other, float):
        return abs(value - other) <= within
    return same(value, other, 0)
