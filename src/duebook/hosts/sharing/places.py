"""Where formulas stand in a workbook file: cells, names, conditional formats, validations, table columns, and more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from duebook.books.parts import Element, Parts, SheetPart, child, decoded, descendants, local
from duebook.books.slots import defined_names, tables

CELL, NAME, FORMAT, VALIDATION, COLUMN, TOTAL, OTHER = (
    "cell",
    "name",
    "format",
    "validation",
    "column",
    "total",
    "other",
)
_RULES = {"cfRule": FORMAT, "conditionalFormatting": FORMAT, "dataValidation": VALIDATION}
_CONTROLS = (
    "macro",
    "linkedCell",
    "listFillRange",
    "textlink",
    "fmlaLink",
    "fmlaRange",
    "fmlaGroup",
    "fmlaTxbx",
    "link",
)
"""Attributes of controls, buttons, shapes and linked objects that hold a formula."""


@dataclass(frozen=True)
class Place:
    """A formula: an element's text or, where `attribute` names one, that attribute."""

    kind: str
    part: str
    sheet: str | None
    at: str
    """The cell, the areas of a rule, the name, or the column of a table."""
    element: Element
    attribute: str = ""

    @property
    def text(self) -> str:
        return (self.element.get(self.attribute, "") if self.attribute else self.element.text) or ""

    def put(self, text: str) -> None:
        if self.attribute:
            self.element.set(self.attribute, text)
        else:
            self.element.text = text

    @property
    def where(self) -> str:
        """For people: `Sheet1!B7`, or the name."""
        return self.at if self.sheet is None or self.kind in (COLUMN, TOTAL) else f"{self.sheet}!{self.at}"


def part_text(parts: Parts, part: str) -> str:
    """A part's XML as text, for a quick look before it is parsed."""
    raw = parts.raw(part)
    shown = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    # some programs write every letter beyond ASCII as a number
    return unescape(shown) if "&#" in shown else shown


def sheet_places(parts: Parts, sheet: SheetPart) -> Iterator[Place]:
    """The formulas of one worksheet: of its cells (as a shared formula's master has it), rules and controls."""
    root = parts.tree(sheet.part)
    for element in descendants(root, "f", "formula", "formula1", "formula2"):
        parent = element.getparent()
        if not element.text or parent is None:
            continue
        if local(parent) == "c":
            yield Place(CELL, sheet.part, sheet.name, parent.get("r", ""), element)
        else:
            kind, at = _rule(element)
            yield Place(kind, sheet.part, sheet.name, at, element)
    for value in descendants(root, "cfvo"):
        if value.get("val"):
            yield Place(FORMAT, sheet.part, sheet.name, _rule(value)[1], value, "val")
    yield from _control_places(parts, sheet.part, sheet.name)


def _rule(element: Element) -> tuple[str, str]:
    """What kind of rule a formula belongs to, and the cells that the rule is for."""
    kind = OTHER
    for above in element.iterancestors():
        kind = _RULES.get(local(above), kind)
        areas = child(above, "sqref")  # in the newer rules an element of its own
        if kind != OTHER and (above.get("sqref") or areas is not None):
            return kind, above.get("sqref") or (areas.text if areas is not None else "") or ""
    return kind, ""


def book_places(parts: Parts) -> Iterator[Place]:
    """The formulas outside the worksheets that a function may stand in: names and table columns."""
    for name in defined_names(parts):
        if name.formula:
            yield Place(NAME, parts.workbook, None if name.sheet is None else name.sheet, name.name, name.element)
    for table in tables(parts):
        for column in table.columns:
            for tag, kind in (("calculatedColumnFormula", COLUMN), ("totalsRowFormula", TOTAL)):
                element = child(column, tag)
                if element is not None and element.text:
                    at = f"{table.names[0]}[{decoded(column.get('name', ''))}]"
                    yield Place(kind, table.part, table.sheet.name, at, element)


def linked_places(parts: Parts) -> Iterator[Place]:
    """The formulas in charts, shapes and controls: they call no functions, but may refer to other books."""
    for part in parts.package.names:
        folder = part.lower()
        if part in parts.dropped or not folder.endswith((".xml", ".vml")):
            continue
        if "/charts/" in folder:
            yield from (Place(OTHER, part, None, "", e) for e in descendants(parts.tree(part), "f") if e.text)
        elif "/drawings/" in folder or "/ctrlprops/" in folder:
            yield from _control_places(parts, part, None)


def _control_places(parts: Parts, part: str, sheet: str | None) -> Iterator[Place]:
    raw = part_text(parts, part)
    if not any(name in raw for name in (*(f" {attribute}=" for attribute in _CONTROLS), "Fmla")):
        return
    for element in parts.tree(part).iter():
        if local(element).startswith("Fmla") and element.text:
            yield Place(OTHER, part, sheet, "", element)
        for attribute in _CONTROLS:
            if element.get(attribute) and isinstance(element.tag, str):
                yield Place(OTHER, part, sheet, "", element, attribute)
