"""The package: content types, relationships, sheets, ribbon and VBA project as their readers find them."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from oletools.olevba import VBA_Parser
from openpyxl import Workbook, load_workbook
from tests.books.schemas import violations
from tests.hosts.addin.compound_reader import Compound
from tests.hosts.addin.vba_reader import decrypted, unpacked

from duebook.hosts import catalogue
from duebook.hosts.addin import bridge, build, modules, texts, vba_project, xlam
from duebook.hosts.excel.buttons import buttons

CONTENT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RIBBON = "{http://schemas.microsoft.com/office/2009/07/customui}"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture(scope="module")
def made() -> bytes:
    return build.addin()


@pytest.fixture(scope="module")
def parts(made: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def relations(parts: dict[str, bytes], source: str) -> dict[str, tuple[str, str]]:
    """Identifier → (type, part) of one part's relationships."""
    folder, name = posixpath.split(source)
    found = {}
    for entry in etree.fromstring(parts[posixpath.join(folder, "_rels", f"{name}.rels")]):
        assert entry.tag == f"{RELATION}Relationship" and entry.get("TargetMode") is None
        target = posixpath.normpath(posixpath.join(folder, str(entry.get("Target"))))
        found[str(entry.get("Id"))] = (str(entry.get("Type")), target)
    return found


# --- the package ------------------------------------------------------------------------------------------------------


def test_every_part_has_a_content_type(parts: dict[str, bytes]) -> None:
    types = etree.fromstring(parts["[Content_Types].xml"])
    defaults = {entry.get("Extension"): entry.get("ContentType") for entry in types if entry.tag == f"{CONTENT}Default"}
    overrides = {
        entry.get("PartName"): entry.get("ContentType") for entry in types if entry.tag == f"{CONTENT}Override"
    }
    assert len(defaults) + len(overrides) == len(types)
    for name in parts:
        if name != "[Content_Types].xml":
            assert f"/{name}" in overrides or name.rpartition(".")[2] in defaults, name
    assert {name.lstrip("/") for name in overrides if name} <= set(parts), "a type for a part that is not there"
    assert overrides["/xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert overrides["/xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"


def test_every_relationship_leads_to_a_part_and_every_part_is_led_to(parts: dict[str, bytes]) -> None:
    reached = {"[Content_Types].xml"}
    for name in [name for name in parts if name.endswith(".rels")]:
        source = posixpath.join(posixpath.dirname(posixpath.dirname(name)), posixpath.basename(name)[: -len(".rels")])
        assert source in parts or source == ""
        entries = etree.fromstring(parts[name])
        keys = [str(entry.get("Id")) for entry in entries]
        assert len(set(keys)) == len(keys) and all(re.fullmatch(r"[A-Za-z_][\w.-]*", key) for key in keys)
        targets = {target for _, target in relations(parts, source).values()}
        assert targets <= set(parts), targets - set(parts)
        reached |= targets | {name}
    assert reached == set(parts)


def test_excel_finds_workbook_ribbon_and_project(parts: dict[str, bytes]) -> None:
    top = dict(relations(parts, "").values())
    assert top[f"{OFFICE}/officeDocument"] == "xl/workbook.xml"
    assert top["http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"] == "customUI/customUI14.xml"
    book = dict(relations(parts, "xl/workbook.xml").values())
    assert book["http://schemas.microsoft.com/office/2006/relationships/vbaProject"] == "xl/vbaProject.bin"


def test_names_of_parts_are_plain_and_differ_in_more_than_case(parts: dict[str, bytes]) -> None:
    assert len({name.lower() for name in parts}) == len(parts)
    assert all(re.fullmatch(r"[\w./\[\]-]+", name, re.ASCII) for name in parts)


def test_xml_is_well_formed_and_free_of_doctypes(parts: dict[str, bytes]) -> None:
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)
            assert b"<!DOCTYPE" not in data and b"<!ENTITY" not in data, name


def test_no_clock_no_system_no_compression_shows(made: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        for entry in package.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0) and entry.create_system == 0
            assert entry.compress_type == zipfile.ZIP_STORED and not entry.extra and not entry.flag_bits
        assert package.namelist()[0] == "[Content_Types].xml"


@pytest.mark.shared
def test_the_sheets_keep_to_the_schema(made: bytes, shared: Path, tmp_path: Path) -> None:
    (tmp_path / "duebook.xlam").write_bytes(made)
    assert violations(tmp_path / "duebook.xlam", shared / "schemas") == {}


@pytest.mark.shared
def test_properties_keep_to_the_schema(parts: dict[str, bytes], shared: Path) -> None:
    for part, schema in (
        ("docProps/app.xml", "shared-documentPropertiesExtended.xsd"),
        ("customXml/itemProps1.xml", "shared-customXmlDataProperties.xsd"),
    ):
        rules = etree.XMLSchema(etree.parse(shared / "schemas" / schema))
        assert rules.validate(etree.fromstring(parts[part])), rules.error_log


def opened(parts: dict[str, bytes]) -> Workbook:
    """The sheets in openpyxl, which opens workbooks but no add-ins: the content type tells them apart."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data.replace(b"excel.addin.macro", b"excel.sheet.macro"))
    return load_workbook(packed)


# --- sheets -----------------------------------------------------------------------------------------------------------


def test_the_texts_lie_on_a_very_hidden_sheet(parts: dict[str, bytes]) -> None:
    book = opened(parts)
    assert {sheet.title: sheet.sheet_state for sheet in book} == {"Duebook": "visible", "duebook.texts": "veryHidden"}
    version = bridge.pinned_version()
    rows = texts.rows(catalogue.functions(), buttons(), {"xlwings": version, **bridge.libraries(version)})
    found = [tuple(cell.value for cell in row) for row in book["duebook.texts"].iter_rows()]
    assert found == [texts.HEADINGS, *map(tuple, rows)]


def test_the_visible_sheet_says_what_this_is_and_whose_the_bridge_is(parts: dict[str, bytes]) -> None:
    book = opened(parts)
    lines = [row[0].value or "" for row in book["Duebook"].iter_rows()]
    assert lines[0].startswith("Duebook, the Excel add-in, version ")
    assert any("Duebook Excel 加载项" in line for line in lines)
    assert "\n".join(lines).endswith(bridge.license_notice())


def test_text_that_looks_like_a_formula_or_a_code_stays_text() -> None:
    told = texts.Row("message", "x", "=cmd|' /C calc'!A0", "_x000D_ & <b> \x07")
    line = xlam._sheet(texts.SHEET, [texts.HEADINGS, told], (1, 1, 1, 1), 0)
    cells = [t.text for t in etree.fromstring(line.encode()).iter(f"{MAIN}t")]
    assert cells[-2:] == ["=cmd|' /C calc'!A0", "_x005F_x000D_ & <b> _x0007_"]
    assert "<f>" not in line


def test_code_names_are_those_of_the_modules(parts: dict[str, bytes]) -> None:
    names = [etree.fromstring(parts["xl/workbook.xml"]).find(f"{MAIN}workbookPr")]
    names += [etree.fromstring(parts[f"xl/worksheets/sheet{n}.xml"]).find(f"{MAIN}sheetPr") for n in (1, 2)]
    told = [element.get("codeName") for element in names if element is not None]
    documents = [module.name for module in modules.modules() if module.kind.is_document]
    assert told == documents == ["ThisWorkbook", "NoticeSheet", "TextsSheet"]


# --- ribbon -----------------------------------------------------------------------------------------------------------


def test_the_ribbon_finds_its_pictures(parts: dict[str, bytes]) -> None:
    images = relations(parts, "customUI/customUI14.xml")
    shown = {element.get("image") for element in etree.fromstring(parts["customUI/customUI14.xml"]).iter()} - {None}
    assert shown and shown <= set(images)
    for type_, target in images.values():
        assert type_ == f"{OFFICE}/image" and parts[target].startswith(b"\x89PNG\r\n")


def test_the_ribbon_finds_its_procedures(parts: dict[str, bytes]) -> None:
    described = etree.fromstring(parts["customUI/customUI14.xml"])
    called = {
        str(value)
        for element in described.iter(f"{RIBBON}*")
        for key, value in element.attrib.items()
        if re.match(r"on[A-Z]|get[A-Z]", str(key))
    }
    assert called and called <= modules.callbacks(modules.modules())


# --- VBA --------------------------------------------------------------------------------------------------------------


def test_olevba_reads_every_module_as_it_was_written(made: bytes) -> None:
    parser = VBA_Parser("duebook.xlam", data=made)
    assert parser.detect_vba_macros()
    found = {name.rpartition(".")[0]: code for _, stream, name, code in parser.extract_all_macros() if "VBA/" in stream}
    assert found == {module.name: vba_project.source(module) for module in modules.modules()}


def test_every_function_has_its_wrapper(parts: dict[str, bytes]) -> None:
    streams = Compound(parts["xl/vbaProject.bin"]).streams
    code = "\n".join(unpacked(data).decode("ascii") for name, data in streams.items() if name.startswith("VBA/Due"))
    for name in catalogue.functions():
        assert len(re.findall(rf"^Public Function {name}\(", code, re.MULTILINE)) == 1, name
        assert f"Attribute {name}.VB_Description = " in code


def test_the_project_is_open_and_visible(parts: dict[str, bytes]) -> None:
    text = Compound(parts["xl/vbaProject.bin"]).streams["PROJECT"].decode("ascii")
    keys = dict(re.findall(r'^(CMG|DPB|GC)="(.*)"\r$', text, re.MULTILINE))
    assert {name: decrypted(key)[1] for name, key in keys.items()} == {"CMG": bytes(4), "DPB": b"\0", "GC": b"\xff"}


def test_modules_are_small_enough_for_the_editor() -> None:
    """The VBA editor takes at most 64 KB of code per module."""
    for module in modules.modules():
        assert len(vba_project.source(module)) < 64 * 1024, module.name


def test_the_custom_part_is_the_intellisense_file(parts: dict[str, bytes]) -> None:
    book = dict(relations(parts, "xl/workbook.xml").values())
    assert parts[book[f"{OFFICE}/customXml"]] == next(
        data for path, data in build.products(Path()).items() if path.name.endswith(".intellisense.xml")
    )
