"""The parts about the workbook as a whole: calculation on load, document properties, content type."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from duebook.books.parts import CONTENT_TYPES, Element, Parts, beside, child, local
from duebook.books.plan import Properties
from duebook.core.errors import DuebookError

# what may stand before calcPr in a workbook part, in the schema's order
_BEFORE_CALC = (
    "fileVersion",
    "fileSharing",
    "workbookPr",
    "AlternateContent",
    "revisionPtr",
    "absPath",
    "workbookProtection",
    "bookViews",
    "sheets",
    "functionGroups",
    "externalReferences",
    "definedNames",
)
_DC = "http://purl.org/dc/elements/1.1/"
_DCTERMS = "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    ".xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ".xltm": "application/vnd.ms-excel.template.macroEnabled.main+xml",
}


def calculate_on_load(parts: Parts) -> set[str]:
    """Has the program calculate everything when it opens the book; the old calculation order goes."""
    root = parts.tree(parts.workbook)
    settings = child(root, "calcPr")
    if settings is None:
        settings = placed_before_calculation(root, "calcPr")
    settings.set("fullCalcOnLoad", "1")
    parts.touch(parts.workbook)
    allowed = {parts.workbook}
    for chain in list(parts.related(parts.workbook, "calcChain")):
        before = set(parts.changed)
        parts.drop(chain)
        allowed |= {chain} | (parts.changed - before) | {CONTENT_TYPES}
    return allowed


def placed_before_calculation(root: Element, name: str) -> Element:
    """A new child of the workbook element, `calcPr` or one that comes before it, in the schema's order."""
    before = _BEFORE_CALC[: _BEFORE_CALC.index(name)] if name in _BEFORE_CALC else _BEFORE_CALC
    made = etree.Element(beside(root, name))
    [e for e in root if local(e) in before][-1].addnext(made)
    return made


def set_properties(parts: Parts, properties: Properties) -> set[str]:
    """Title, subject and dates of the document: the as-of date, so that no clock shows."""
    part = next(parts.related("", "core-properties"), None)
    if properties.stamp is None or part is None:
        return set()
    root = parts.tree(part)
    stamp = f"{properties.stamp.isoformat()}T00:00:00Z"
    for name, value in (("title", properties.title), ("subject", properties.subject)):
        if value:
            _property(root, f"{{{_DC}}}{name}").text = value
    for name in ("created", "modified"):
        element = _property(root, f"{{{_DCTERMS}}}{name}")
        element.text = stamp
        element.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
    parts.touch(part)
    return {part}


def _property(root: Element, tag: str) -> Element:
    found = root.find(tag)
    if found is None:
        namespace = etree.QName(tag).namespace
        prefix = "dcterms" if namespace == _DCTERMS else "dc"
        found = etree.SubElement(root, tag, nsmap={prefix: namespace} if namespace else None)
    return found


def rename_type(parts: Parts, target: Path) -> set[str]:
    """A template (.xltx) filled to a workbook (.xlsx) says so in its content types; macros need .xlsm."""
    wanted = _TYPES.get(target.suffix.lower())
    types = parts.tree(CONTENT_TYPES)
    entry = next((e for e in types if e.get("PartName", "").lstrip("/") == parts.workbook), None)
    now = entry.get("ContentType", "") if entry is not None else ""
    if wanted is None:
        raise DuebookError("books.target_suffix", path=target.name)
    if entry is None or now == wanted:
        return set()
    macros = "macroEnabled" in now
    if macros != ("macroEnabled" in wanted):
        key = "books.macros_need_xlsm" if macros else "books.no_macros_here"
        raise DuebookError(key, path=target.name)
    if now in _TYPES.values():
        entry.set("ContentType", wanted)
        parts.touch(CONTENT_TYPES)
        return {CONTENT_TYPES}
    return set()
