"""Cell notes written into a workbook file: the comment, the box that shows it, and replies where a thread stands.

A note is an entry of the sheet's comments part and a shape of its legacy drawing. A cell with a threaded comment can
have no note of its own: there the text becomes a reply in the thread.
"""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator, Mapping
from itertools import count, islice

from lxml import etree

from duebook.books.body import capped, coded
from duebook.books.parts import Element, Parts, SheetPart, beside, child, children, descendants, local, made_root
from duebook.books.references import LAST_COLUMN, LAST_ROW, area_text

AUTHOR = "Duebook"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_PERSONS = "application/vnd.ms-excel.person+xml"
_THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_PERSON = "http://schemas.microsoft.com/office/2017/10/relationships/person"
_V, _O, _X = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_AFTER_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_BLOCK = 1024
"""Shape numbers are given out in blocks; each drawing lists the blocks it has."""
_PER_LINE, _MOST_LINES = 34, 14

Notes = Mapping[tuple[int, int], str]
"""(Row, column) → text."""


def add_notes(parts: Parts, sheet: SheetPart, notes: Notes) -> None:
    """Gives cells of a sheet their notes; a cell's own note or thread stays and is added to."""
    threads = _threads(parts, sheet.part)
    part = _comments_part(parts, sheet)
    root = parts.tree(part)
    author = _author(root)
    holder = child(root, "commentList")
    if holder is None:
        holder = etree.SubElement(root, beside(root, "commentList"))
    there = {e.get("ref", ""): e for e in children(holder, "comment")}
    new: list[tuple[int, int, str]] = []
    for (row, column), text in sorted(notes.items()):
        at = area_text(row, column, row, column)
        if at in threads:
            _reply(parts, threads[at], at, text)
        if at in there:
            _extend(there[at], ("\nReply:\n    " if at in threads else "\n\n") + text)
        elif at not in threads:
            holder.append(_comment(holder, at, author, text))
            new.append((row, column, text))
    if part not in parts.added:
        parts.touch(part)
    if new:
        _draw(parts, sheet, new)


# --- the comments part


def _comments_part(parts: Parts, sheet: SheetPart) -> str:
    found = next(parts.related(sheet.part, "comments"), None)
    if found is not None:
        return found
    root = made_root("comments", etree.QName(parts.tree(sheet.part)).namespace or "")
    part = parts.free_name("xl/comments{}.xml")
    parts.add(part, root, _COMMENTS)
    parts.relate(sheet.part, "comments", part)
    return part


def _author(root: Element) -> str:
    """Our number among the authors."""
    holder = child(root, "authors")
    if holder is None:
        holder = root.makeelement(beside(root, "authors"))
        root.insert(0, holder)
    names = [e.text or "" for e in children(holder, "author")]
    if AUTHOR not in names:
        etree.SubElement(holder, beside(holder, "author")).text = AUTHOR
        names.append(AUTHOR)
    return str(names.index(AUTHOR))


def _comment(holder: Element, at: str, author: str, text: str) -> Element:
    made = holder.makeelement(beside(holder, "comment"), ref=at, authorId=author)
    _run(etree.SubElement(made, beside(made, "text")), text)
    return made


def _run(holder: Element, text: str, place: int | None = None) -> None:
    run = holder.makeelement(beside(holder, "r"))
    said = etree.SubElement(run, beside(run, "t"))
    said.text = coded(capped(text))
    said.set(_SPACE, "preserve")
    holder.insert(len(holder) if place is None else place, run)


def _extend(comment: Element, text: str) -> None:
    """More text at the end of a note, before what only guides its pronunciation."""
    holder = child(comment, "text")
    if holder is None:
        holder = comment.makeelement(beside(comment, "text"))
        comment.insert(0, holder)
    _run(holder, text, sum(local(e) in ("t", "r") for e in holder))


# --- threads


def _threads(parts: Parts, sheet_part: str) -> dict[str, tuple[str, Element]]:
    """Cell → the part and the first comment of its thread."""
    found: dict[str, tuple[str, Element]] = {}
    for part in parts.related(sheet_part, "threadedComment"):
        for entry in children(parts.tree(part), "threadedComment"):
            if not entry.get("parentId"):
                found.setdefault(entry.get("ref", ""), (part, entry))
    return found


def _reply(parts: Parts, thread: tuple[str, Element], at: str, text: str) -> None:
    """An answer in the thread, with the time of the last one: no clock shows."""
    part, first = thread
    holder = first.getparent()
    assert holder is not None
    own = [first, *(e for e in children(holder, "threadedComment") if e.get("parentId") == first.get("id"))]
    made = holder.makeelement(beside(holder, "threadedComment"), ref=at)
    if own[-1].get("dT"):
        made.set("dT", own[-1].get("dT", ""))
    made.set("personId", _person(parts))
    made.set("id", _guid(f"{first.get('id')} {len(own)} {text}"))
    made.set("parentId", first.get("id", ""))
    etree.SubElement(made, beside(made, "text")).text = capped(text)
    own[-1].addnext(made)
    parts.touch(part)


def _person(parts: Parts) -> str:
    """Our entry among the persons who comment."""
    key = _guid(AUTHOR)
    part = next(parts.related(parts.workbook, "person"), None)
    if part is None:
        part = parts.free_name("xl/persons/person{}.xml")
        parts.add(part, made_root("personList", _THREADED), _PERSONS)
        parts.relate(parts.workbook, _PERSON, part)
    root = parts.tree(part)
    if not any(e.get("id") == key for e in root):
        entry = etree.SubElement(root, beside(root, "person"), displayName=AUTHOR)
        for name, value in (("id", key), ("userId", AUTHOR), ("providerId", "None")):
            entry.set(name, value)
        if part not in parts.added:
            parts.touch(part)
    return key


def _guid(text: str) -> str:
    """The same text, the same identity."""
    return f"{{{str(uuid.uuid5(uuid.NAMESPACE_URL, 'duebook:' + text)).upper()}}}"


# --- the boxes


def _draw(parts: Parts, sheet: SheetPart, new: list[tuple[int, int, str]]) -> None:
    part = _drawing(parts, sheet)
    root = parts.tree(part)
    numbers = _shape_numbers(parts, root, len(new))
    if not any(e.get("id") == "_x0000_t202" for e in descendants(root, "shapetype")):
        root.append(_box_type())
    for (row, column, text), number in zip(new, numbers, strict=True):
        root.append(_box(row, column, text, number))
    if part not in parts.added:
        parts.touch(part)


def _drawing(parts: Parts, sheet: SheetPart) -> str:
    """The sheet's legacy drawing, made if it has none."""
    root = parts.tree(sheet.part)
    entry = child(root, "legacyDrawing")
    if entry is not None:
        key = next((v for k, v in entry.attrib.items() if str(k).endswith("}id")), "")
        found = next((r.part for r in parts.relations(sheet.part) if r.id == key and r.part in parts), None)
        if found is not None:
            return found
    drawing = etree.Element("xml", nsmap={"v": _V, "o": _O, "x": _X})
    part = parts.free_name("xl/drawings/vmlDrawing{}.vml")
    parts.add(part, drawing)
    parts.add_default("vml", _VML_TYPE)
    if entry is None:
        entry = root.makeelement(beside(root, "legacyDrawing"))
        _place(root, entry)
    for old in [k for k in entry.attrib if str(k).endswith("}id")]:
        del entry.attrib[old]
    entry.set(f"{{{parts.office_relations}}}id", parts.relate(sheet.part, "vmlDrawing", part))
    parts.touch(sheet.part)
    return part


def _place(root: Element, entry: Element) -> None:
    """In the schema's order; controls may be wrapped in alternate content."""
    for element in root:
        wrapped = local(element) == "AlternateContent" and any(descendants(element, "controls", "oleObjects"))
        if wrapped or local(element) in _AFTER_DRAWING:
            element.addprevious(entry)
            return
    root.append(entry)


def _shape_numbers(parts: Parts, root: Element, wanted: int) -> Iterator[int]:
    """Fresh numbers for shapes, from blocks that no drawing of the workbook has yet."""
    taken = {0}
    for part in [*parts.package.names, *parts.added]:
        if part.lower().endswith(".vml") and part not in parts.dropped:
            for entry in descendants(parts.tree(part), "idmap"):
                taken |= {int(n) for n in entry.get("data", "").split(",") if n.strip().isdigit()}
    blocks = list(islice(count(max(taken) + 1), math.ceil(wanted / (_BLOCK - 1))))
    layout = next(descendants(root, "shapelayout"), None)
    if layout is None:
        layout = etree.Element(f"{{{_O}}}shapelayout", {f"{{{_V}}}ext": "edit"}, nsmap={"v": _V, "o": _O})
        root.insert(0, layout)
    idmap = next(descendants(layout, "idmap"), None)
    if idmap is None:
        idmap = etree.SubElement(layout, f"{{{_O}}}idmap", {f"{{{_V}}}ext": "edit"})
    had = [n for n in idmap.get("data", "").split(",") if n.strip()]
    idmap.set("data", ",".join([*had, *map(str, blocks)]))
    return islice((block * _BLOCK + n for block in blocks for n in range(1, _BLOCK)), wanted)


def _box_type() -> Element:
    made = etree.Element(f"{{{_V}}}shapetype", nsmap={"v": _V, "o": _O, "x": _X})
    facts = {"id": "_x0000_t202", "coordsize": "21600,21600", "path": "m,l,21600r21600,l21600,xe"}
    for name, value in facts.items():
        made.set(name, value)
    made.set(f"{{{_O}}}spt", "202")
    etree.SubElement(made, f"{{{_V}}}stroke", joinstyle="miter")
    etree.SubElement(made, f"{{{_V}}}path", {"gradientshapeok": "t", f"{{{_O}}}connecttype": "rect"})
    return made


def _box(row: int, column: int, text: str, number: int) -> Element:
    """A yellow box, hidden until the mouse is over the cell, to the right of it and as high as its text."""
    lines = sum(max(1, math.ceil(_width(line) / _PER_LINE)) for line in text.split("\n"))
    height = min(lines, _MOST_LINES) + 1
    left = min(column, LAST_COLUMN - 5)
    top = max(0, min(row - 2, LAST_ROW - height - 1))
    made = etree.Element(f"{{{_V}}}shape", nsmap={"v": _V, "o": _O, "x": _X})
    made.set("id", f"_x0000_s{number}")
    made.set("type", "#_x0000_t202")
    made.set("style", f"position:absolute;width:200pt;height:{height * 15}pt;z-index:1;visibility:hidden")
    made.set("fillcolor", "#ffffe1")
    made.set(f"{{{_O}}}insetmode", "auto")
    etree.SubElement(made, f"{{{_V}}}fill", color2="#ffffe1")
    etree.SubElement(made, f"{{{_V}}}shadow", on="t", color="black", obscured="t")
    etree.SubElement(made, f"{{{_V}}}path", {f"{{{_O}}}connecttype": "none"})
    box = etree.SubElement(made, f"{{{_V}}}textbox", style="mso-direction-alt:auto")
    etree.SubElement(box, "div", style="text-align:left")
    data = etree.SubElement(made, f"{{{_X}}}ClientData", ObjectType="Note")
    etree.SubElement(data, f"{{{_X}}}MoveWithCells")
    etree.SubElement(data, f"{{{_X}}}SizeWithCells")
    anchor = (left, 15, top, 4, left + 4, 15, top + height, 4)
    for name, value in (("Anchor", ", ".join(map(str, anchor))), ("AutoFill", "False")):
        etree.SubElement(data, f"{{{_X}}}{name}").text = value
    for name, value in (("Row", str(row - 1)), ("Column", str(column - 1))):
        etree.SubElement(data, f"{{{_X}}}{name}").text = value
    return made


def _width(line: str) -> int:
    """Letters as wide as they look: Chinese ones take the room of two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in line)
