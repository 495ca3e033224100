"""The VBA modules of the add-in, gathered from where they come from, and what none of them may hold.

Hand-written ones lie in `addin/vba`, the functions come from the catalogue (`wrappers`), the way to Python from xlwings
(`bridge`). No module starts a program or writes a file, and whatever text one asks for is on the sheet of texts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.hosts.addin import bridge, wrappers
from duebook.hosts.addin.texts import Row
from duebook.hosts.addin.vba_project import Kind, Module, source
from duebook.hosts.addin.xlam import CODE_NAMES, WORKBOOK_MODULE

_KINDS = {".bas": Kind.STANDARD, ".cls": Kind.CLASS}

FORBIDDEN = (
    r"\w*Shell\w*",
    r"\w*WScript\w*",
    r"(?:Create|Get)Object\b",
    r"MacScript\b",
    r"\bURLDownloadToFile\w*",
    r"\bFor\s+(?:Output|Append|Binary|Random)\b",
    r"\b(?:Kill|FileCopy|MkDir|RmDir|SetAttr|ChDir|SendKeys)\b",
    r"\b(?:Print|Write|Put)\s*#",
    r"^\s*Name\s.*\sAs\s",
    r"\b(?:VBProject|VBComponents|SaveAs|SaveCopyAs|ExecuteExcel4Macro)\b",
)
"""What starts programs, writes files or rewrites code; programs that scan mail look for these words too."""
_ASKED = (
    (re.compile(r'\bDuebookText\("(\w+)"'), "message"),
    (re.compile(r'\bDuebookFact\("(\w+)"'), "fact"),
    (re.compile(r'\bTextOf\("(\w+)", "(\w+)"'), ""),
)


def modules() -> tuple[Module, ...]:
    """All modules: the workbook's, the sheets', then the others by name."""
    written = {module.name: module for module in _written()}
    workbook = written.pop(WORKBOOK_MODULE, Module(WORKBOOK_MODULE, "", Kind.WORKBOOK))
    sheets = [Module(name, "", Kind.SHEET) for name in CODE_NAMES.values()]
    made = [Module(name, text) for name, text in wrappers.modules().items()]
    bridging = Module(bridge.MODULE, bridge.bridge_module())
    return (workbook, *sheets, *sorted([*written.values(), *made, bridging], key=lambda module: module.name))


def _written() -> Iterator[Module]:
    folder = resources.addin() / "vba"
    files = sorted(path for path in folder.glob("*") if path.suffix in _KINDS)
    if not files:
        raise DuebookError("addin_build.source_missing", name="vba/*.bas")
    for path in files:
        kind = Kind.WORKBOOK if path.stem == WORKBOOK_MODULE else _KINDS[path.suffix]
        yield Module(path.stem, _read(path), kind)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except UnicodeDecodeError as error:
        raise DuebookError("addin_build.module_refused", detail=f"{path.name}: {error.reason}") from error


def check(found: Sequence[Module], texts: Iterable[Row]) -> None:
    """DuebookError for the first module that holds what none may, or asks for a text that is not there."""
    known = {(row.kind, row.key) for row in texts}
    for module in found:
        for number, line in enumerate(source(module).split("\r\n"), start=1):
            _check_line(module.name, number, line, known)


def _check_line(module: str, number: int, line: str, known: Collection[tuple[str, str]]) -> None:
    for word in FORBIDDEN:
        if refused := re.search(word, line, re.IGNORECASE):
            raise DuebookError("addin_build.word_refused", module=module, line=number, word=refused[0].strip())
    for pattern, kind in _ASKED:
        for asked in pattern.finditer(line):
            told = (kind, asked[1]) if kind else (asked[1], asked[2])
            if told not in known:
                raise DuebookError("addin_build.text_missing", module=module, line=number, wanted=" ".join(told))


def callbacks(found: Sequence[Module]) -> frozenset[str]:
    """The public procedures of standard modules: what a ribbon may call."""
    pattern = re.compile(r"^(?:Public )?Sub (\w+)\(", re.MULTILINE)
    standard = (module for module in found if module.kind is Kind.STANDARD)
    return frozenset(name for module in standard for name in pattern.findall(module.text.replace("\r", "")))
