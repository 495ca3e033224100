"""The ribbon tab as Office reads it, made from the declared buttons, and its pictures.

Every text is asked of VBA (`addin/vba/DuebookRibbon.bas`), which knows the user's language. A picture is named by its
file's stem; in the package it is the relationship of that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from lxml import etree

from duebook.core import resources
from duebook.hosts.excel.buttons import Button, buttons

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"
OURS = "duebook_"
"""A control's id is this and the name of its button or group."""
TAB_KEY = "K"
"""Not D, E, I, O, T or V: with these the menus of old Excel begin, which many still type (Alt, D, F, F)."""
_TEXTS = {
    "getLabel": "DuebookLabel",
    "getScreentip": "DuebookScreentip",
    "getSupertip": "DuebookTip",
    "getKeytip": "DuebookKeytip",
}


def ribbon_xml(declared: Mapping[str, Button] | None = None) -> str:
    """The part customUI14.xml: the tab with a group for each group of buttons that has any."""
    found = (buttons() if declared is None else declared).values()
    default = {None: NAMESPACE}
    root = etree.Element("customUI", {"onLoad": "DuebookRibbonLoad"}, nsmap=default)  # type: ignore[arg-type]  # allowed
    tabs = etree.SubElement(etree.SubElement(root, "ribbon"), "tabs")
    tab = etree.SubElement(tabs, "tab", {"id": f"{OURS}tab", "label": "Duebook", "keytip": TAB_KEY})
    for group, members in groupby(found, key=lambda button: button.group):
        _group(tab, group, members)
    return etree.tostring(root, encoding="unicode", pretty_print=True)


def _group(tab: etree._Element, name: str, members: Iterable[Button]) -> None:
    group = etree.SubElement(tab, "group", {"id": OURS + name, "getLabel": _TEXTS["getLabel"]})
    for button in members:
        size = "large" if button.large else "normal"
        look = {"id": OURS + button.name, "size": size, "image": button.icon, **_TEXTS}
        etree.SubElement(group, "button", {**look, "onAction": "DuebookPress"})


def icons() -> Mapping[str, bytes]:
    """Name → PNG of every picture there is, by name."""
    folder = resources.addin() / "ribbon" / "icons"
    return {file.stem: file.read_bytes() for file in sorted(folder.glob("*.png"))}
