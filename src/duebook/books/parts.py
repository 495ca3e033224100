"""The parts of a workbook file and how they hang together, whatever prefixes, folders or edition they come in.

Parts are parsed when first asked for and written anew only when marked as changed; all others stay byte for byte.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from duebook.books.package import Package
from duebook.books.references import column_letters, column_number
from duebook.books.thin import thinned, whole
from duebook.core.errors import DuebookError

Element = etree._Element

_ROOT_RELS = "_rels/.rels"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
CONTENT_TYPES = "[Content_Types].xml"
_LEGACY = re.compile(rb"\.(?:vml)$", re.IGNORECASE)


def local(element: Element) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Element, name: str) -> Element | None:
    return next((e for e in element if local(e) == name), None)


def children(element: Element, name: str) -> Iterator[Element]:
    return (e for e in element if local(e) == name)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    return element.iter(*(f"{{*}}{name}" for name in names))


def beside(element: Element, name: str) -> str:
    """A tag of this name in the element's own namespace."""
    namespace = etree.QName(element).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def parsed(data: bytes, part: str) -> Element:
    """XML without entities or a document type, as Office writes it; anything else is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_blank_text=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        if not part.lower().endswith(".vml"):
            raise DuebookError("books.damaged_xml", part=part) from error
        # old Office versions wrote <br> unclosed into VML; nothing else is so lenient
        root = etree.fromstring(re.sub(rb"<br\s*>", b"<br/>", data), parser)
    if root.getroottree().docinfo.internalDTD is not None:
        raise DuebookError("books.doctype", part=part)
    return root


def made_root(name: str, namespace: str) -> Element:
    """The root of a new part, in a namespace without a prefix."""
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>'.encode())


def serialized(root: Element) -> bytes:
    # what stands before the root element (a processing instruction, say) belongs to the part
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


@dataclass(frozen=True)
class Relation:
    id: str
    kind: str
    """The last word of the relationship type: worksheet, table, drawing, comments …"""
    part: str


@dataclass(frozen=True)
class SheetPart:
    name: str
    part: str
    kind: str
    """worksheet, chartsheet, dialogsheet, …"""


class Parts:
    """All parts of one workbook, with the changes made to them so far.

    With `thin`, large worksheets are read without rows of plain values: their trees are good for work on formulas.
    """

    def __init__(self, package: Package, thin: bool = False) -> None:
        self.package = package
        self._thin = thin
        self._held: dict[str, list[bytes]] = {}
        self._trees: dict[str, Element] = {}
        self._relations: dict[str, tuple[Relation, ...]] = {}
        self.changed: set[str] = set()
        self.dropped: set[str] = set()
        self.added: list[str] = []
        self.workbook = self._workbook_part()
        self.sheets = self._sheets()

    def _workbook_part(self) -> str:
        found = next((r.part for r in self.relations("") if r.kind == "officeDocument"), None)
        if found is None or found not in self.package or found.endswith(".bin"):
            raise DuebookError("books.not_a_workbook", path=self.package.path.name)
        if local(self.tree(found)) != "workbook":
            raise DuebookError("books.not_a_workbook", path=self.package.path.name)
        return found

    def _sheets(self) -> tuple[SheetPart, ...]:
        by_id = {r.id: r for r in self.relations(self.workbook)}
        holder = child(self.tree(self.workbook), "sheets")
        found = []
        for sheet in holder if holder is not None else ():
            key = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")
            relation = by_id.get(str(key))
            if local(sheet) == "sheet" and relation and relation.part in self.package:
                found.append(SheetPart(sheet.get("name", ""), relation.part, relation.kind))
            elif local(sheet) == "sheet":
                # its place counts: sheet-local names go by position
                found.append(SheetPart(sheet.get("name", ""), "", "missing"))
        return tuple(found)

    def relations(self, part: str) -> tuple[Relation, ...]:
        """What `part` relates to inside the package; "" for the package itself."""
        if part not in self._relations:
            self._relations[part] = tuple(self._read_relations(part))
        return self._relations[part]

    def _read_relations(self, part: str) -> Iterator[Relation]:
        name = relations_part(part)
        if name not in self:
            return
        for entry in self.tree(name):
            if local(entry) != "Relationship" or entry.get("TargetMode") == "External":
                continue
            target = entry.get("Target", "").replace("\\", "/")
            base = posixpath.dirname(part)
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(base, target))
            yield Relation(entry.get("Id", ""), entry.get("Type", "").rpartition("/")[2], path)

    def tree(self, part: str) -> Element:
        """The part's root element, parsed once; mark it with `touch` after changing it."""
        if part not in self._trees:
            data = self.package.read(part)
            thin = thinned(data) if self._thin else None
            if thin is not None:
                data, self._held[part] = thin
            self._trees[part] = parsed(data, part)
        return self._trees[part]

    def written(self, part: str) -> bytes:
        """The part as it goes into a file, with the changes made to its tree."""
        return whole(serialized(self.tree(part)), self._held.get(part, ()))

    def raw(self, part: str) -> bytes:
        return self.package.read(part)

    def touch(self, part: str) -> None:
        self.changed.add(part)

    def __contains__(self, part: str) -> bool:
        return part not in self.dropped and (part in self.package or part in self._trees)

    def add(self, part: str, root: Element, content_type: str = "") -> None:
        """A new part; without a content type of its own, the package's default for its ending holds."""
        self._trees[part] = root
        self.added.append(part)
        if content_type:
            types = self.tree(CONTENT_TYPES)
            types.append(types.makeelement(beside(types, "Override"), PartName=f"/{part}", ContentType=content_type))
            self.touch(CONTENT_TYPES)

    def add_default(self, ending: str, content_type: str) -> None:
        """The content type of all parts with this ending, unless one is set."""
        types = self.tree(CONTENT_TYPES)
        if not any(e.get("Extension", "").casefold() == ending for e in children(types, "Default")):
            types.insert(0, types.makeelement(beside(types, "Default"), Extension=ending, ContentType=content_type))
            self.touch(CONTENT_TYPES)

    def relate(self, owner: str, kind: str, target: str, external: bool = False) -> str:
        """A relation from `owner` to a part of the package, or to something outside; gives its id.

        `kind` is the type's last word for the relations of the office standards, else the whole type.
        """
        name = relations_part(owner)
        if name not in self:
            self.add(name, made_root("Relationships", _RELATIONS))
        root = self.tree(name)
        taken = {e.get("Id") for e in root}
        key = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        entry = root.makeelement(beside(root, "Relationship"), Id=key)
        entry.set("Type", kind if kind.startswith("http") else f"{self.office_relations}/{kind}")
        entry.set("Target", target if external else posixpath.relpath(target, posixpath.dirname(owner) or "."))
        if external:
            entry.set("TargetMode", "External")
        root.append(entry)
        self.touch(name)
        self._relations.pop(owner, None)
        return key

    @property
    def office_relations(self) -> str:
        """The namespace of relation types and of `r:id`, which tells the standard's two editions apart."""
        strict = "purl.oclc.org" in (etree.QName(self.tree(self.workbook)).namespace or "")
        return _STRICT if strict else _TRANSITIONAL

    def free_name(self, pattern: str) -> str:
        """The first name of the form `xl/comments{}.xml` that no part has; upper and lower case are one."""
        taken = {n.casefold() for n in (*self.package.names, *self.added)}
        return next(n for n in map(pattern.format, range(1, len(taken) + 2)) if n.casefold() not in taken)

    def drop(self, part: str) -> None:
        """Removes a part, its content type and the relation from the workbook to it."""
        self.dropped.add(part)
        if relations_part(part) in self:
            self.dropped.add(relations_part(part))
        types = self.tree(CONTENT_TYPES)
        for entry in [e for e in types if e.get("PartName", "").lstrip("/") == part]:
            types.remove(entry)
            self.touch(CONTENT_TYPES)
        name = relations_part(self.workbook)
        ids = {r.id for r in self.relations(self.workbook) if r.part == part}
        for entry in [e for e in self.tree(name) if e.get("Id") in ids]:
            self.tree(name).remove(entry)
            self.touch(name)
        self._relations.pop(self.workbook, None)

    def sheet(self, name: str) -> SheetPart | None:
        return next((s for s in self.sheets if s.name.casefold() == name.casefold()), None)

    def worksheets(self) -> Iterator[SheetPart]:
        return (s for s in self.sheets if s.kind == "worksheet")

    def related(self, part: str, *kinds: str) -> Iterator[str]:
        return (r.part for r in self.relations(part) if r.kind in kinds and r.part in self)

    @property
    def date1904(self) -> bool:
        properties = child(self.tree(self.workbook), "workbookPr")
        return properties is not None and properties.get("date1904") in ("1", "true")

    def style_part(self) -> str | None:
        return next(self.related(self.workbook, "styles"), None)

    def shared_strings(self) -> list[str]:
        if not hasattr(self, "_shared"):
            part = next(self.related(self.workbook, "sharedStrings"), None)
            self._shared = [string_text(si) for si in children(self.tree(part), "si")] if part else []
        return self._shared


def relations_part(part: str) -> str:
    if not part:
        return _ROOT_RELS
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def decoded(text: str) -> str:
    """Text as a person reads it: `_x000D_` in a file is one character."""
    return _CODED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def string_text(item: Element) -> str:
    """The text of a shared or inline string: its runs joined, phonetic guides left out."""
    found = []
    for entry in item:
        if local(entry) == "t":
            found.append(entry.text or "")
        elif local(entry) == "r":
            found.extend(t.text or "" for t in children(entry, "t"))
    return decoded("".join(found))


class Grid:
    """The rows and cells of a worksheet part. Missing row and cell references are written in on first use."""

    def __init__(self, root: Element, part: str) -> None:
        self.root = root
        found = child(root, "sheetData")
        if found is None:
            raise DuebookError("books.damaged_xml", part=part)
        self.data = found
        self._number()

    def _number(self) -> None:
        self.rows: dict[int, Element] = {}
        row_number = 0
        for row in children(self.data, "row"):
            row_number = int(row.get("r") or row_number + 1)
            if row.get("r") is None:
                row.set("r", str(row_number))
            self.rows[row_number] = row
            column = 0
            for cell in children(row, "c"):
                reference = cell.get("r")
                column = column_of(reference) if reference else column + 1
                if not reference:
                    cell.set("r", f"{column_letters(column)}{row_number}")

    def cells(self, row: int) -> list[tuple[int, Element]]:
        element = self.rows.get(row)
        return [] if element is None else [(column_of(c.get("r", "")), c) for c in children(element, "c")]

    def cell(self, row: int, column: int) -> Element | None:
        return next((c for at, c in self.cells(row) if at == column), None)

    def made(self, row: int, column: int) -> Element:
        """The cell, put in its place if it is not there yet."""
        element = self.rows.get(row)
        if element is None:
            element = etree.Element(beside(self.data, "row"), nsmap=None)
            element.set("r", str(row))
            after = [r for r in self.rows if r < row]
            if after:
                self.rows[max(after)].addnext(element)
            else:
                self.data.insert(0, element)
            self.rows[row] = element
        place = 0
        for index, cell in enumerate(element):
            if local(cell) != "c":
                continue
            at = column_of(cell.get("r", ""))
            if at == column:
                return cell
            if at < column:
                place = index + 1
        made = etree.Element(beside(self.data, "c"))
        made.set("r", f"{column_letters(column)}{row}")
        element.insert(place, made)
        return made


def column_of(reference: str) -> int:
    return column_number(reference.rstrip("0123456789"))
