"""The ribbon: what Office's schema allows, callbacks that VBA has, pictures that are there, texts in both languages."""

from __future__ import annotations

import importlib
import itertools
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from lxml import etree
from tools import icons as drawing

from duebook.core import messages, resources
from duebook.core.cells import Label
from duebook.hosts.addin.ribbon import NAMESPACE, OURS, icons, ribbon_xml
from duebook.hosts.addin.texts import rows
from duebook.hosts.excel import buttons as declared
from duebook.hosts.excel.buttons import GROUPS, Button, buttons

AGREED = {
    "score_customers": "score", "credit_memo": "memo", "payment_plan": "plan", "refresh_signals": "signals",
    "review_list": "reviews", "fill_aging": "aging", "fill_exposure": "exposure", "monthly_close": "close",
    "explain_cell": "explain", "check_policy": "policy", "undo": "undo", "language": "language", "help": "help",
}  # fmt: skip
"""The buttons of the issue, and the picture of each."""


def made(name: str, group: str, large: bool = False, icon: str = "help", key: str = "A") -> Button:
    return Button(
        name, group, Label(name, "按钮"), Label("A tip.", "提示。"), icon, key, large, False, lambda book: None
    )


SOME = {
    button.name: button
    for button in (
        made("one", "credit", large=True, icon="score"),
        made("two", "credit", key="B"),
        made("three", "explain", key="C"),
    )
}

# --- the schema of 2009/07, as far as a tab of buttons goes -----------------------------------------------------------
# Written after the types CT_CustomUI, CT_Ribbon, CT_Tabs, CT_Tab, CT_Group and CT_Button that Microsoft publishes in
# [MS-CUSTOMUI2]. Of the attributes in one set at most one may stand.

ONE_OF = (
    {"id", "idQ", "idMso"}, {"label", "getLabel"}, {"image", "imageMso", "getImage"}, {"screentip", "getScreentip"},
    {"supertip", "getSupertip"}, {"keytip", "getKeytip"}, {"visible", "getVisible"}, {"enabled", "getEnabled"},
    {"size", "getSize"}, {"description", "getDescription"}, {"showLabel", "getShowLabel"},
    {"showImage", "getShowImage"},
    {"insertAfterMso", "insertBeforeMso", "insertAfterQ", "insertBeforeQ"},
)  # fmt: skip
_PLACED = {"id", "idQ", "idMso", "tag", "label", "getLabel", "visible", "getVisible", "keytip", "getKeytip",
           *ONE_OF[-1]}  # fmt: skip
_LOOK = {"image", "imageMso", "getImage", "screentip", "getScreentip", "supertip", "getSupertip"}
_SIZED = {"size", "getSize", "enabled", "getEnabled", "description", "getDescription"}
_SHOWN = {"showLabel", "getShowLabel", "showImage", "getShowImage"}
ALLOWED: Mapping[str, tuple[set[str], set[str], int]] = {
    "customUI": ({"onLoad", "loadImage"}, {"commands", "ribbon", "backstage", "contextMenus"}, 4),
    "ribbon": ({"startFromScratch"}, {"qat", "tabs", "contextualTabs"}, 3),
    "tabs": (set(), {"tab"}, 100),
    "tab": (_PLACED, {"group"}, 100),
    "group": (_PLACED | _LOOK | {"autoScale", "centerVertically"}, {"button", "separator"}, 1000),
    "button": (_PLACED | _LOOK | _SIZED | _SHOWN | {"onAction"}, set(), 0),
}
"""Element → attributes it may have, elements it may hold, and how many of them."""
LIMITS = {"label": 1024, "screentip": 1024, "supertip": 1024, "keytip": 3, "image": 1024, "id": 1024, "tag": 1024}
_NCNAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def faults(xml: str) -> list[str]:
    """What the schema forbids in a part customUI14.xml."""
    root = etree.fromstring(xml.encode())
    found = [] if root.tag == f"{{{NAMESPACE}}}customUI" else ["the root is no customUI of 2009/07"]
    for element in root.iter():
        name = etree.QName(element)
        if name.namespace != NAMESPACE or name.localname not in ALLOWED:
            found.append(f"element {name.localname}")
            continue
        attributes, children, most = ALLOWED[name.localname]
        found += [f"{name.localname} with {key}" for key in element.attrib if key not in attributes]
        inner = [etree.QName(child).localname for child in element]
        found += [f"{child} in {name.localname}" for child in inner if child not in children]
        found += [f"{name.localname} holds {len(inner)}"] * (len(inner) > most)
        found += [f"{sorted(both)} together" for both in (one & set(element.attrib) for one in ONE_OF) if len(both) > 1]
        found += list(_value_faults(element.attrib))
        if name.localname in ("tab", "group", "button") and not ONE_OF[0] & set(element.attrib):
            found.append(f"{name.localname} without id")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    return [*found, *(f"id {one} twice" for one in {one for one in ids if ids.count(one) > 1})]


def _value_faults(attributes: Mapping[str, str]) -> Iterator[str]:
    for key, value in attributes.items():
        if not 1 <= len(value) <= LIMITS.get(key, 1024):
            yield f"{key} of {len(value)} characters"
        if key == "id" and not _NCNAME.fullmatch(value):
            yield f"id {value} is no NCName"
        if key == "size" and value not in ("normal", "large"):
            yield f"size {value}"
        if key == "keytip" and re.search(r"\s", value):
            yield "keytip with a space"


def test_the_ribbon_keeps_the_schema() -> None:
    assert faults(ribbon_xml()) == []
    assert faults(ribbon_xml(SOME)) == []
    assert faults(ribbon_xml({})) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id="duebook_two"', 'id="duebook_one"', "id duebook_one twice"),
        ('id="duebook_two"', 'id="2 two"', "id 2 two is no NCName"),
        ('id="duebook_two"', "", "button without id"),
        ('id="duebook_two"', 'id="duebook_two" idMso="Copy"', "['id', 'idMso'] together"),
        ('id="duebook_two"', 'id="duebook_two" label="Two"', "['getLabel', 'label'] together"),
        ('id="duebook_two"', 'id="duebook_two" imageMso="Copy"', "['image', 'imageMso'] together"),
        ('id="duebook_two"', 'id="duebook_two" onClick="X"', "button with onClick"),
        ('size="large"', 'size="big"', "size big"),
        ('keytip="K"', 'keytip="DUEB"', "keytip of 4 characters"),
        ("2009/07/customui", "2006/01/customui", "the root is no customUI of 2009/07"),
        ("<tabs>", '<tabs id="x">', "tabs with id"),
        ("</tab>", "<tab/></tab>", "tab in tab"),
    ],
)
def test_the_check_finds_what_the_schema_forbids(old: str, new: str, fault: str) -> None:
    assert fault in faults(ribbon_xml(SOME).replace(old, new, 1))


# --- buttons ----------------------------------------------------------------------------------------------------------


def test_every_button_stands_once_in_its_group_in_order() -> None:
    root = etree.fromstring(ribbon_xml())
    shown = [
        (group.get("id"), button.get("id"), button.get("size"), button.get("image"))
        for group in root.iter("{*}group")
        for button in group
    ]
    wanted = [(OURS + b.group, OURS + b.name, "large" if b.large else "normal", b.icon) for b in buttons().values()]
    assert shown == wanted
    groups = [group.get("id") for group in root.iter("{*}group")]
    assert groups == [OURS + name for name in GROUPS], "each group has buttons, from left to right"


def test_the_buttons_of_the_issue_are_all_there_with_their_pictures() -> None:
    assert {name: button.icon for name, button in buttons().items()} == AGREED


def test_every_text_the_ribbon_asks_for_is_there_in_both_languages() -> None:
    """As VBA looks a label up: among the buttons, the groups and the messages."""
    texts = {(row.kind, row.key): (row.en, row.zh) for row in rows({}, buttons(), {})}
    for element in etree.fromstring(ribbon_xml()).iter("{*}group", "{*}button"):
        name = str(element.get("id")).removeprefix(OURS)
        kinds = ["group"] if etree.QName(element).localname == "group" else ["button", "tip", "keytip"]
        for kind in kinds:
            en, zh = texts[kind, name]
            assert en and zh and len(zh) <= 1024 and len(en) <= 1024
            if kind in ("group", "tip"):
                assert re.search("[一-鿿]", zh) or en == zh == "Duebook"
    names = [str(element.get("id")).removeprefix(OURS) for element in etree.fromstring(ribbon_xml()).iter("{*}group")]
    assert not {("button", name) for name in names} & set(texts), "a label is looked up by its name alone"


def test_a_ribbon_is_the_same_each_time() -> None:
    assert ribbon_xml(SOME) == ribbon_xml(SOME)
    assert ribbon_xml(SOME).count("<group") == 2, "a group without buttons is left out"


# --- VBA --------------------------------------------------------------------------------------------------------------

SIGNATURES = {
    "onLoad": r"\w+ As IRibbonUI",
    "onAction": r"\w+ As IRibbonControl",
    "get": r"\w+ As IRibbonControl, ByRef \w+( As Variant)?",
}
"""What Office hands over to a callback."""


def test_every_callback_is_a_public_procedure_of_the_add_in_with_the_right_arguments() -> None:
    code = (resources.addin() / "vba" / "DuebookRibbon.bas").read_text("utf-8")
    assert "Option Private Module" not in code, "Office would not find them"
    procedures = dict(re.findall(r"^Public Sub (\w+)\((.*)\)\s*$", code, re.MULTILINE))
    asked = {
        (key, value)
        for element in etree.fromstring(ribbon_xml(SOME)).iter()
        for key, value in element.attrib.items()
        if key in ("onLoad", "onAction") or key.startswith("get")
    }
    assert {key for key, _ in asked} == {"onLoad", "onAction", "getLabel", "getScreentip", "getSupertip", "getKeytip"}
    for key, name in asked:
        arguments = procedures[name].replace("ByVal ", "")
        assert re.fullmatch(SIGNATURES.get(key, SIGNATURES["get"]), arguments), (name, arguments)
    assert f'OURS As String = "{OURS}"' in code


# --- pictures ---------------------------------------------------------------------------------------------------------


def opened(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the pixels of a PNG of red, green, blue and opacity; its checksums are looked at."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    width, height, depth, colors = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colors) == (8, 6) and b"IEND" in chunks
    lines = zlib.decompress(chunks[b"IDAT"])
    assert len(lines) == height * (width * 4 + 1) and not any(lines[:: width * 4 + 1])
    return width, height, b"".join(lines[n + 1 : n + 1 + width * 4] for n in range(0, len(lines), width * 4 + 1))


def test_every_button_has_a_picture_and_every_picture_a_button() -> None:
    assert {button.icon for button in buttons().values()} == set(icons())
    assert set(icons()) == set(AGREED.values()) == set(drawing.ICONS)


@pytest.mark.parametrize("name", sorted(AGREED.values()))
def test_a_picture_is_as_its_shapes_draw_it_at_32_pixels(name: str) -> None:
    width, height, pixels = opened(icons()[name])
    assert (width, height) == (32, 32)
    assert pixels == opened(drawing.picture(name))[2], "run: python tools/icons.py"


def halved(values: list[float]) -> list[float]:
    """A picture of 32 × 32 as it is at half its size: the mean of each four dots."""
    corners = [row * 32 + column for row in range(0, 32, 2) for column in range(0, 32, 2)]
    return [(values[at] + values[at + 1] + values[at + 32] + values[at + 33]) / 4 for at in corners]


def dots(name: str) -> list[bytes]:
    _, _, pixels = opened(icons()[name])
    return [pixels[at : at + 4] for at in range(0, len(pixels), 4)]


@pytest.mark.parametrize("name", sorted(AGREED.values()))
def test_a_picture_has_the_workbooks_colors_on_a_clear_ground_and_is_no_blur_at_half_its_size(name: str) -> None:
    solid = [dot[:3] for dot in dots(name) if dot[3] == 255]
    accent = bytes.fromhex(drawing.ACCENT[1:])
    assert 0.05 < solid.count(accent) / 1024 < 0.75, "the accent carries the picture"
    assert any(dot[3] == 0 for dot in dots(name)), "its ground is clear"
    small = halved([dot[3] for dot in dots(name)])
    assert sum(value > 230 for value in small) >= max(30, sum(25 < value < 230 for value in small) / 2)


def test_no_two_pictures_look_alike_at_half_their_size() -> None:
    small = {name: halved([sum(dot[:3]) / 3 * dot[3] / 255 + 255 - dot[3] for dot in dots(name)]) for name in icons()}
    for one, other in itertools.combinations(small, 2):
        apart = sum(abs(a - b) for a, b in zip(small[one], small[other], strict=True)) / len(small[one])
        assert apart > 15, (one, other, apart)


def test_what_is_declared_lies_in_the_modules_of_macros_only() -> None:
    buttons()
    package = importlib.import_module("duebook.hosts.excel.macros")
    assert all(b.macro.__module__.startswith(package.__name__) for b in declared.BUTTONS.values())


def test_the_pictures_lie_where_the_package_takes_them_from() -> None:
    assert Path(resources.addin() / "ribbon" / "icons").samefile(drawing.FOLDER)
    assert messages.LANGUAGES == ("en", "zh"), "a further language needs labels of its own"
