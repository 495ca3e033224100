"""The parts of a workbook file in which an Office add-in keeps what belongs to the workbook: web extensions.

A web extension names its add-in and holds its properties, each a name and a value in JSON; a list of task panes says
which extensions show one. xlwings Lite keeps a workbook's Python files there, one property a file.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping

from lxml import etree

from duebook.books.parts import Element, Parts, beside, child, children, descendants, local
from duebook.core.errors import DuebookError

LITE = "wa200008175"
"""xlwings Lite in the Office store."""
SEEN_IN_WORKBOOKS = {"pyodideVersion": "0.27.5", "addinVersion": "1.0.0.0-35"}
"""What workbooks saved by Lite hold besides their files; Lite knows by them what wrote the workbook."""
_EXTENSION = "http://schemas.microsoft.com/office/webextensions/webextension/2010/11"
_PANES = "http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE_2011 = "http://schemas.microsoft.com/office/2011/relationships"
_PANES_RELATION = "webextensiontaskpanes"
_FOLDER = "xl/webextensions"
_AUTO_SHOW = "Office.AutoShowTaskpaneWithDocument"


class Extension:
    """The web extension of xlwings Lite in a workbook, made where there is none; `seed` makes its identity."""

    def __init__(self, parts: Parts, seed: str) -> None:
        self.parts = parts
        self._part = next(_of_lite(parts), None)
        self._root = parts.tree(self._part) if self._part else _made_extension(seed)

    def files(self) -> dict[str, str]:
        """The texts that the workbook carries, by property name."""
        found = {}
        for entry in self._entries():
            name = entry.get("name", "")
            try:
                value = json.loads(entry.get("value", ""))
            except ValueError:
                value = None
            if isinstance(value, str):
                found[name] = value
            elif name.endswith((".py", ".txt")):
                raise DuebookError("lite.file_unreadable", module=name)
        return found

    def put(self, texts: Mapping[str, str]) -> None:
        """Sets properties to texts; every other property stays."""
        entries = {entry.get("name"): entry for entry in self._entries()}
        holder = self._properties()
        for name, text in texts.items():
            entry = entries.get(name)
            if entry is None:
                entry = etree.SubElement(holder, beside(holder, "property"))
                entry.set("name", name)
            entry.set("value", json.dumps(text, ensure_ascii=False).replace("/", "\\/"))
        if self._part:
            self.parts.touch(self._part)
        else:
            shown = etree.SubElement(holder, beside(holder, "property"))
            shown.set("name", _AUTO_SHOW)
            shown.set("value", "true")
            self._add()

    @property
    def found(self) -> bool:
        """Whether the workbook was one of xlwings Lite before."""
        return self._part is not None

    def _entries(self) -> list[Element]:
        holder = child(self._root, "properties")
        return [] if holder is None else list(children(holder, "property"))

    def _properties(self) -> Element:
        holder = child(self._root, "properties")
        if holder is None:
            holder = etree.Element(beside(self._root, "properties"))
            earlier = [e for e in self._root if local(e) in ("reference", "alternateReferences")]
            earlier[-1].addnext(holder) if earlier else self._root.insert(0, holder)
        return holder

    def _add(self) -> None:
        """Puts a new extension, with a task pane of its own, into the package."""
        parts = self.parts
        part = parts.free_name(f"{_FOLDER}/webextension{{}}.xml")
        parts.add(part, self._root, "application/vnd.ms-office.webextension+xml")
        panes = next((r.part for r in parts.relations("") if r.kind == _PANES_RELATION), None)
        if panes is None or panes not in parts:
            panes = f"{_FOLDER}/taskpanes.xml"
            if panes in parts:
                panes = parts.free_name(f"{_FOLDER}/taskpanes{{}}.xml")
            root = etree.Element(f"{{{_PANES}}}taskpanes", nsmap={"wetp": _PANES})
            parts.add(panes, root, "application/vnd.ms-office.webextensiontaskpanes+xml")
            parts.relate("", f"{_OFFICE_2011}/{_PANES_RELATION}", panes)
        _pane(parts.tree(panes), parts.relate(panes, f"{_OFFICE_2011}/webextension", part))
        parts.touch(panes)


def _of_lite(parts: Parts) -> Iterator[str]:
    """The extensions that are xlwings Lite: from the store, or a company's own installation of it."""
    for panes in parts.related("", _PANES_RELATION):
        for part in parts.related(panes, "webextension"):
            root = parts.tree(part)
            if local(root) != "webextension":
                raise DuebookError("books.damaged_xml", part=part)
            stores = {entry.get("id", "").lower() for entry in descendants(root, "reference")}
            names = {entry.get("name") for entry in descendants(root, "property")}
            if LITE in stores or {"main.py", "requirements.txt"} <= names:
                yield part


def _made_extension(seed: str) -> Element:
    """An extension as Lite itself writes it into a workbook; `seed` makes its identity."""
    root = etree.Element(f"{{{_EXTENSION}}}webextension", nsmap={"we": _EXTENSION})
    root.set("id", "{" + str(uuid.uuid5(uuid.NAMESPACE_OID, seed)).upper() + "}")
    store = {"version": "1.0.0.0", "storeType": "OMEX"}
    etree.SubElement(root, f"{{{_EXTENSION}}}reference", {"id": LITE, "store": "en-US", **store})
    others = etree.SubElement(root, f"{{{_EXTENSION}}}alternateReferences")
    etree.SubElement(others, f"{{{_EXTENSION}}}reference", {"id": LITE.upper(), "store": LITE.upper(), **store})
    etree.SubElement(root, f"{{{_EXTENSION}}}properties")
    etree.SubElement(root, f"{{{_EXTENSION}}}bindings")
    etree.SubElement(root, f"{{{_EXTENSION}}}snapshot", nsmap={"r": _DOCUMENT})
    return root


def _pane(panes: Element, key: str) -> None:
    row = str(1 + sum(1 for _ in children(panes, "taskpane")))
    placed = {"dockstate": "right", "visibility": "0", "width": "350", "row": row}
    pane = etree.SubElement(panes, beside(panes, "taskpane"), placed)
    reference = etree.SubElement(pane, beside(panes, "webextensionref"), nsmap={"r": _DOCUMENT})
    reference.set(f"{{{_DOCUMENT}}}id", key)
