"""Help while a formula is typed, for those who use Excel-DNA's IntelliSense add-in (free, MIT license).

It reads this XML from two places: a custom XML part inside the .xlam, which is how the installed add-in carries it, and
a file beside an add-in of the same name with the ending exchanged (`duebook.intellisense.xml`). In Excel's start folder
nothing may lie beside the add-in: Excel opens whatever it finds there.

Each description is bilingual: the file cannot know the user's language, which a ribbon button changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from duebook.core.declare import Declaration

FILE = "duebook.intellisense.xml"
NAMESPACE = "http://schemas.excel-dna.net/intellisense/1.0"
_NAMESPACES: Any = {None: NAMESPACE}  # the stubs know of no default namespace


def intellisense(functions: Mapping[str, Declaration]) -> bytes:
    """The XML with every function and each of its arguments."""
    root = etree.Element(_tag("IntelliSense"), nsmap=_NAMESPACES)
    info = etree.SubElement(root, _tag("FunctionInfo"))
    for declaration in functions.values():
        description = f"{declaration.help} {declaration.zh}"
        function = etree.SubElement(info, _tag("Function"), Name=declaration.name, Description=description)
        for name, help_ in declaration.argument_help:
            etree.SubElement(function, _tag("Argument"), Name=name, Description=f"{help_} {help_.zh}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
