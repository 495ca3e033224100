"""The VBA project as its readers see it: by the standard's records, its keys decrypted, and by olevba."""

from __future__ import annotations

import re
import struct

import pytest
from oletools.olevba import VBA_Parser
from tests.hosts.addin.compound_reader import Compound
from tests.hosts.addin.vba_reader import decrypted, records, unpacked

from duebook.hosts.addin.vba_project import Kind, Module, encrypted, project_id, source, vba_project

FUNCTION = """Option Explicit

Public Function DSO(Optional days) As Variant
Attribute DSO.VB_Description = "Days sales outstanding: ""days"" of sales."
Attribute DSO.VB_ProcData.VB_Invoke_Func = " \\n14"
    DSO = days
End Function
"""
MODULES = (
    Module("ThisWorkbook", "Private Sub Workbook_Open()\nEnd Sub\n", Kind.WORKBOOK),
    Module("TextsSheet", "", Kind.SHEET),
    Module("Functions", f'Attribute VB_Name = "Functions"\n{FUNCTION}'),
    Module("Keeper", "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\nPublic Kept As Long\n", Kind.CLASS),
)


@pytest.fixture(scope="module")
def made() -> Compound:
    return Compound(vba_project("Duebook", MODULES))


def test_the_streams(made: Compound) -> None:
    modules = {f"VBA/{module.name}" for module in MODULES}
    assert set(made.streams) == {"PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir"} | modules
    assert made.order[:3] == ["PROJECT", "PROJECTwm", "VBA"]


def test_no_performance_cache(made: Compound) -> None:
    """2.3.4.1: reserved 0x61CC, version 0xFFFF, 0, and nothing after the last reserved word."""
    assert made.streams["VBA/_VBA_PROJECT"] == bytes.fromhex("CC61 FFFF 00 0000")


def test_the_module_streams_hold_the_source(made: Compound) -> None:
    for module in MODULES:
        assert unpacked(made.streams[f"VBA/{module.name}"]).decode("ascii") == source(module)


def test_source_has_its_attributes_first_and_ends_its_lines_as_windows_does() -> None:
    text = source(MODULES[2])
    assert text.startswith('Attribute VB_Name = "Functions"\r\nOption Explicit\r\n')
    assert text.count("VB_Name") == 1 and text.endswith("End Function\r\n")
    assert text.replace("\r\n", "\n").partition("\n")[2] == FUNCTION, "descriptions of functions survive"
    assert source(MODULES[3]).endswith("Attribute VB_Customizable = False\r\nPublic Kept As Long\r\n")


@pytest.mark.parametrize(
    ("module", "base", "flags"),
    [
        (MODULES[0], "0{00020819-0000-0000-C000-000000000046}", (False, False, True, True, False, True)),
        (MODULES[1], "0{00020820-0000-0000-C000-000000000046}", (False, False, True, True, False, True)),
        (MODULES[3], "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}", (False, False, False, False, False, False)),
    ],
)
def test_documents_and_classes_say_what_they_are_based_on(module: Module, base: str, flags: tuple[bool, ...]) -> None:
    names = ("GlobalNameSpace", "Creatable", "PredeclaredId", "Exposed", "TemplateDerived", "Customizable")
    wanted = {"Name": f'"{module.name}"', "Base": f'"{base}"', **dict(zip(names, map(str, flags), strict=True))}
    assert dict(re.findall(r"^Attribute VB_(\w+) = (.*)\r$", source(module), re.MULTILINE)) == wanted


def test_dir(made: Compound) -> None:
    """2.3.4.2: every record in the order that the standard demands, the modules as they are named."""
    found = records(unpacked(made.streams["VBA/dir"]))
    project = [0x01, 0x02, 0x14, 0x03, 0x04, 0x05, 0x40, 0x06, 0x3D, 0x07, 0x08, 0x09, 0x0C, 0x3C]
    references = [0x16, 0x3E, 0x0D] * 2
    one = [0x19, 0x47, 0x1A, 0x32, 0x1C, 0x48, 0x31, 0x1E, 0x2C]
    kinds = [0x22, 0x22, 0x21, 0x22]
    modules = [kind for module in kinds for kind in (*one, module, 0x2B)]
    assert [kind for kind, _ in found] == [*project, *references, 0x0F, 0x13, *modules, 0x10]
    values = dict(found[:15])
    assert values[0x03] == struct.pack("<H", 1252) and values[0x04] == b"Duebook"
    assert dict(found)[0x0F] == struct.pack("<H", len(MODULES)) and dict(found)[0x13] == b"\xff\xff"
    assert [data for kind, data in found if kind == 0x19] == [m.name.encode() for m in MODULES]
    assert [data.decode("utf-16-le") for kind, data in found if kind == 0x32] == [m.name for m in MODULES]
    assert {data for kind, data in found if kind == 0x31} == {bytes(4)}, "the text begins at once"


def test_references_name_their_libraries(made: Compound) -> None:
    found = records(unpacked(made.streams["VBA/dir"]))
    assert [data for kind, data in found if kind == 0x16] == [b"stdole", b"Office"]
    for data in (data for kind, data in found if kind == 0x0D):
        (size,) = struct.unpack("<I", data[:4])
        library = data[4 : 4 + size].decode("ascii")
        assert re.fullmatch(r"\*\\G\{[0-9A-F-]{36}\}#\d+\.\d+#0#[^#]+#[^#]+", library)
        assert data[4 + size :] == bytes(6)


def test_project_stream(made: Compound) -> None:
    text = made.streams["PROJECT"].decode("ascii")
    pattern = (
        r'ID="(\{[0-9A-F-]{36}\})"\r\n'
        r"Document=ThisWorkbook/&H00000000\r\nDocument=TextsSheet/&H00000000\r\nModule=Functions\r\nClass=Keeper\r\n"
        r'Name="Duebook"\r\nHelpContextID="0"\r\nVersionCompatible32="393222000"\r\n'
        r'CMG="([0-9A-F]{22,28})"\r\nDPB="([0-9A-F]{16,})"\r\nGC="([0-9A-F]{16,22})"\r\n\r\n'
        r"\[Host Extender Info\]\r\n&H00000001=\{3832D640-CF90-11CF-8E43-00A0C911005A\};VBE;&H00000000\r\n\r\n"
        r"\[Workspace\]\r\n(?:\w+=0, 0, 0, 0, C\r\n){4}"
    )
    found = re.fullmatch(pattern, text)
    assert found, text
    key = sum(found[1].encode()) & 0xFF
    assert decrypted(found[2]) == (key, bytes(4)), "not protected"
    assert decrypted(found[3]) == (key, b"\0"), "no password"
    assert decrypted(found[4]) == (key, b"\xff"), "visible"


@pytest.mark.parametrize("seed", range(256))
def test_keys_decrypt_whatever_the_seed(seed: int) -> None:
    known = project_id("Duebook")
    for data in (bytes(4), b"\0", b"\xff", b"any data"):
        assert decrypted(encrypted(data, known, seed)) == (sum(known.encode()) & 0xFF, data)


def test_name_map(made: Compound) -> None:
    pairs = [m.name.encode() + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in MODULES]
    assert made.streams["PROJECTwm"] == b"".join(pairs) + b"\0\0"


def test_olevba_reads_every_module() -> None:
    parser = VBA_Parser("vbaProject.bin", data=vba_project("Duebook", MODULES))
    found = {name: code for _, stream, name, code in parser.extract_all_macros() if stream.startswith("VBA/")}
    assert sorted(found) == ["Functions.bas", "Keeper.cls", "TextsSheet.cls", "ThisWorkbook.cls"]
    assert found["Functions.bas"] == source(MODULES[2])


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (Module("M", "' fine\n' 信用\n"), "M, line 3: '信' (U+4FE1) is no plain letter"),
        (Module("M", "' 5 × 3\n"), "line 2: '×' (U+00D7)"),
        (Module("1st", ""), "1st: a module's name is a word"),
        (Module("M" * 32, ""), "at most 31 letters"),
        (Module("duebook", ""), "the project or another module has this name"),
        (Module("M", 'Attribute VB_Name = "Other"\n'), "M: the text names another module, Other"),
        (Module("M", "'\n'" + "x" * 1023), "M, line 2: more than 1023 characters"),
    ],
)
def test_what_vba_could_not_hold_is_refused(module: Module, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        vba_project("Duebook", [*MODULES[:1], module])


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="THISWORKBOOK"):
        vba_project("Duebook", [*MODULES, Module("THISWORKBOOK", "")])
