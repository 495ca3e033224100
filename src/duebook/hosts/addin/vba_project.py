"""Writes a VBA project (`vbaProject.bin`, MS-OVBA) from the text of its modules.

There is no performance cache: Excel compiles the modules from their text when it opens the project. Nothing depends on
a clock or a machine; the project's identifier follows from its name.
"""

from __future__ import annotations

import re
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from duebook.hosts.addin.compound_file import compound_file
from duebook.hosts.addin.vba_compression import compressed

CODE_PAGE = 1252
ENGLISH = 0x0409
MODULE_LIMIT = 31
"""Characters of a module's name; it is a stream's name too."""
LINE_LIMIT = 1023
"""Characters of a line that the VBA editor takes."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CLASS_HEADER = re.compile(r"\AVERSION [0-9.]+ CLASS\r?\nBEGIN\r?\n.*?^END\r?\n", re.DOTALL | re.MULTILINE)
_NAME_ATTRIBUTE = re.compile(r'^Attribute VB_Name = "([^"]*)"\r?\n', re.MULTILINE)


class Kind(Enum):
    """A module's kind; the value is the identifier of what a document or class is based on."""

    STANDARD = ""
    WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
    SHEET = "0{00020820-0000-0000-C000-000000000046}"
    CLASS = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"

    @property
    def is_document(self) -> bool:
        return self in (Kind.WORKBOOK, Kind.SHEET)


@dataclass(frozen=True)
class Module:
    """A module; `text` may carry its `Attribute VB_Name` line (as an exported file does) and must then agree."""

    name: str
    text: str
    kind: Kind = Kind.STANDARD


@dataclass(frozen=True)
class Reference:
    """A type library that the project uses: its name in the project, and the identifier by which Excel finds it."""

    name: str
    library: str


REFERENCES = (
    Reference(
        "stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
    ),
    Reference(
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
        r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
"""What every project of Excel refers to; VBA and Excel itself need no mention. The paths are hints only."""


def vba_project(name: str, modules: Sequence[Module], references: Sequence[Reference] = REFERENCES) -> bytes:
    """The bytes of the project. ValueError for a module that VBA could not hold."""
    _check(name, modules)
    storage = {"_VBA_PROJECT": _NO_CACHE, "dir": compressed(_dir(name, modules, references))}
    for module in modules:
        storage[module.name] = compressed(_encoded(source(module), module.name))
    return compound_file({"PROJECT": _project(name, modules), "PROJECTwm": _name_map(modules), "VBA": storage})


def source(module: Module) -> str:
    """A module's text as the project keeps it: its attributes first, lines ending in CR LF."""
    text = _CLASS_HEADER.sub("", module.text)
    named = _NAME_ATTRIBUTE.search(text)
    if named and named[1] != module.name:
        raise ValueError(f"{module.name}: the text names another module, {named[1]}")
    body = _NAME_ATTRIBUTE.sub("", text, count=1).replace("\r\n", "\n").rstrip("\n")
    lines = [f'Attribute VB_Name = "{module.name}"', *_attributes(module, body), *body.split("\n")]
    return "\r\n".join([*lines, ""])


def _attributes(module: Module, body: str) -> list[str]:
    """What a document or a class must say of itself, as far as its text does not."""
    if module.kind is Kind.STANDARD:
        return []
    flags = {"GlobalNameSpace": False, "Creatable": False}
    flags |= {"PredeclaredId": module.kind.is_document, "Exposed": module.kind.is_document}
    flags |= {"TemplateDerived": False, "Customizable": module.kind.is_document}
    said = {"Base": f'"{module.kind.value}"'} | {key: str(value) for key, value in flags.items()}
    known = set(re.findall(r"^Attribute VB_(\w+) =", body, re.MULTILINE))
    return [f"Attribute VB_{key} = {value}" for key, value in said.items() if key not in known]


# --- checks -----------------------------------------------------------------------------------------------------------


def _check(name: str, modules: Sequence[Module]) -> None:
    known: set[str] = {name.upper()}
    for module in modules:
        if not _NAME.fullmatch(module.name) or len(module.name) > MODULE_LIMIT:
            raise ValueError(f"{module.name}: a module's name is a word of at most {MODULE_LIMIT} letters")
        if module.name.upper() in known:
            raise ValueError(f"{module.name}: the project or another module has this name")
        known.add(module.name.upper())
        for number, line in enumerate(module.text.splitlines(), start=1):
            if len(line) > LINE_LIMIT:
                raise ValueError(f"{module.name}, line {number}: more than {LINE_LIMIT} characters")


def _encoded(text: str, module: str) -> bytes:
    """The text's bytes. Whatever code page a project names, VBA reads its text in that of the system: a letter beyond
    ASCII is another one in China, and may swallow the quotation mark after it. So none is taken."""
    try:
        return text.encode("ascii")
    except UnicodeEncodeError as error:
        line, sign = text.count("\n", 0, error.start) + 1, text[error.start]
        raise ValueError(
            f"{module}, line {line}: {sign!r} (U+{ord(sign):04X}) is no plain letter, and VBA would read it in the code"
            " page of each user's system; texts for users belong on the sheet of texts"
        ) from error


# --- the stream "dir" -------------------------------------------------------------------------------------------------

_NO_CACHE = struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0)
"""The whole stream `_VBA_PROJECT` (2.3.4.1): the version says that no cache follows."""
_PROJECT_VERSION = (1, 0)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HI", kind, len(data)) + data


def _twice(kind: int, unicode_kind: int, text: str) -> bytes:
    """A text in the code page and in Unicode."""
    return _record(kind, text.encode(f"cp{CODE_PAGE}")) + _record(unicode_kind, text.encode("utf-16-le"))


def _long(kind: int, number: int) -> bytes:
    return _record(kind, struct.pack("<I", number))


def _short(kind: int, number: int) -> bytes:
    return _record(kind, struct.pack("<H", number))


def _dir(name: str, modules: Sequence[Module], references: Sequence[Reference]) -> bytes:
    """2.3.4.2: what the project is, what it refers to, its modules."""
    return (
        _long(0x01, 3)  # 64-bit Windows; Excel of any kind takes it
        + _long(0x02, ENGLISH)
        + _long(0x14, ENGLISH)
        + _short(0x03, CODE_PAGE)
        + _record(0x04, name.encode("ascii"))
        + _twice(0x05, 0x40, "")  # description
        + _record(0x06, b"")  # help file, twice
        + _record(0x3D, b"")
        + _long(0x07, 0)  # help context
        + _long(0x08, 0)  # flags
        + struct.pack("<HIIH", 0x09, 4, *_PROJECT_VERSION)
        + _twice(0x0C, 0x3C, "")  # constants
        + b"".join(map(_reference, references))
        + _short(0x0F, len(modules))
        + _short(0x13, 0xFFFF)  # cookie: none
        + b"".join(map(_module, modules))
        + _record(0x10, b"")
    )


def _reference(reference: Reference) -> bytes:
    library = reference.library.encode("ascii")
    counted = struct.pack("<I", len(library)) + library + bytes(6)
    return _twice(0x16, 0x3E, reference.name) + _record(0x0D, counted)


def _module(module: Module) -> bytes:
    return (
        _twice(0x19, 0x47, module.name)
        + _twice(0x1A, 0x32, module.name)  # the stream's name
        + _twice(0x1C, 0x48, "")  # description
        + _long(0x31, 0)  # where the text begins in the stream: at once, there is no cache before it
        + _long(0x1E, 0)  # help context
        + _short(0x2C, 0xFFFF)  # cookie: none
        + _record(0x21 if module.kind is Kind.STANDARD else 0x22, b"")
        + _record(0x2B, b"")
    )


# --- the streams "PROJECT" and "PROJECTwm" ----------------------------------------------------------------------------

_NOT_PROTECTED = bytes(4)
_NO_PASSWORD = bytes(1)
_VISIBLE = b"\xff"
_SEED = 0x2A  # any byte will do: nothing here is secret


def project_id(name: str) -> str:
    """The identifier of the project with this name."""
    return f"{{{uuid.uuid5(uuid.NAMESPACE_URL, f'https://duebook/{name}')}}}".upper()


def _project(name: str, modules: Sequence[Module]) -> bytes:
    """2.3.1: the project's properties, one per line."""
    words = {Kind.STANDARD: "Module={}", Kind.CLASS: "Class={}"}
    known = project_id(name)
    lines = [
        f'ID="{known}"',
        *(words.get(module.kind, "Document={}/&H00000000").format(module.name) for module in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypted(_NOT_PROTECTED, known)}"',
        f'DPB="{encrypted(_NO_PASSWORD, known)}"',
        f'GC="{encrypted(_VISIBLE, known)}"',
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),  # editor windows: closed
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def encrypted(data: bytes, known: str, seed: int = _SEED) -> str:
    """2.4.3.2: protection, password and visibility are scrambled with the project's identifier `known`."""
    key = sum(known.encode("ascii")) & 0xFF
    packed = bytearray((seed, seed ^ 2, seed ^ key))
    before = key
    ignored = bytes((seed & 6) // 2)
    for byte in ignored + struct.pack("<I", len(data)) + data:
        packed.append(byte ^ (packed[-2] + before & 0xFF))
        before = byte
    return packed.hex().upper()


def _name_map(modules: Sequence[Module]) -> bytes:
    """2.3.3: the modules' names in the code page and in Unicode."""
    pairs = (f"{m.name}\0".encode("ascii") + f"{m.name}\0".encode("utf-16-le") for m in modules)
    return b"".join(pairs) + bytes(2)
