"""Checks the parts of a workbook against the ECMA-376 schemas (transitional) in ../shared/schemas.

Extensions that a part marks as ignorable are taken out first, as the standard says a reader may; of alternate content
the fallback is checked.
"""

from __future__ import annotations

import re
import zipfile
from functools import cache
from pathlib import Path

from lxml import etree

_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XML = "http://www.w3.org/XML/1998/namespace"
_PARSER = etree.XMLParser(huge_tree=True, resolve_entities=False)
_SHEET_ML = re.compile(
    r"^xl/(workbook|styles|sharedStrings|connections|calcChain|comments\d*|(worksheets|chartsheets|tables|pivotTables"
    r"|pivotCache|externalLinks|queryTables)/[^/]+)\.xml$"
)
_BY_PART = (
    (_SHEET_ML, "sml.xsd"),
    (re.compile(r"^xl/charts/chart\d+\.xml$"), "dml-chart.xsd"),
    (re.compile(r"^xl/drawings/drawing\d+\.xml$"), "dml-spreadsheetDrawing.xsd"),
)


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


def violations(workbook: Path, schemas: Path) -> dict[str, set[str]]:
    """Part → what the schema objects to (without line numbers, so that two files can be compared)."""
    found: dict[str, set[str]] = {}
    with zipfile.ZipFile(workbook) as package:
        for name in package.namelist():
            file = next((xsd for pattern, xsd in _BY_PART if pattern.match(name)), None)
            if file is None:
                continue
            root = etree.fromstring(etree.tostring(_plain(etree.fromstring(package.read(name), _PARSER))), _PARSER)
            schema = _schema(schemas / file)
            if not schema.validate(root):
                found[name] = {error.message for error in schema.error_log}
    return found


def _plain(root: etree._Element) -> etree._Element:
    ignorable = {root.nsmap.get(p) for p in (root.get(f"{{{_MC}}}Ignorable") or "").split()}
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        for attribute in list(element.attrib):
            namespace = etree.QName(attribute).namespace
            if namespace in (_MC, _XML) or (namespace and namespace in ignorable):
                del element.attrib[attribute]
        parent = element.getparent()
        if parent is None:
            continue
        name = etree.QName(element)
        if name.namespace == _MC and name.localname == "AlternateContent":
            fallback = element.find(f"{{{_MC}}}Fallback")
            place = parent.index(element)
            parent.remove(element)
            for offset, entry in enumerate(list(fallback) if fallback is not None else []):
                parent.insert(place + offset, entry)
        elif name.namespace in ignorable:
            parent.remove(element)
    return root
