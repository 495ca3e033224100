"""Reads of an installed .xlam which version it is; the file may be any file at all."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from duebook.books.parts import Element, descendants, parsed
from duebook.core.errors import DuebookError
from duebook.hosts.addin.texts import SHEET

MOST = 16 << 20
"""Bytes of a part; the whole add-in has a tenth of that."""
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError),  # packed in a way that zipfile does not know, or under a password
    *(DuebookError, KeyError, IndexError, ValueError),
)


def version_of(data: bytes) -> str | None:
    """The row "fact, version" of the sheet of texts; None where the file has none or cannot be read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            for row in _rows(package):
                if row[:2] == ["fact", "version"] and len(row) > 2:
                    return row[2]
    except _UNREADABLE:
        return None
    return None


def _rows(package: zipfile.ZipFile) -> Iterator[list[str]]:
    """The texts of each row of that sheet."""
    sheets = descendants(_xml(package, "xl/workbook.xml"), "sheet")
    link = {str(sheet.get("name")): _relation(sheet) for sheet in sheets}[SHEET]
    links = descendants(_xml(package, "xl/_rels/workbook.xml.rels"), "Relationship")
    target = {str(relation.get("Id")): str(relation.get("Target")) for relation in links}[link]
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    shared = [_text(item) for item in _items(package)]
    for row in descendants(_xml(package, part), "row"):
        yield [_cell(cell, shared) for cell in descendants(row, "c")]


def _items(package: zipfile.ZipFile) -> Iterator[Element]:
    name = "xl/sharedStrings.xml"
    return descendants(_xml(package, name), "si") if name in package.namelist() else iter(())


def _relation(sheet: Element) -> str:
    return next((str(value) for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")


def _cell(cell: Element, shared: list[str]) -> str:
    if cell.get("t") == "s":
        return shared[int(_value(cell))]
    return _text(cell) if cell.get("t") == "inlineStr" else _value(cell)


def _value(cell: Element) -> str:
    return next((v.text or "" for v in descendants(cell, "v")), "")


def _text(element: Element) -> str:
    return "".join(t.text or "" for t in descendants(element, "t"))


def _xml(package: zipfile.ZipFile, name: str) -> Element:
    """A part, read no further than it may be long."""
    with package.open(name) as part:
        data = part.read(MOST + 1)
    if len(data) > MOST:
        raise ValueError(name)
    return parsed(data, name)
