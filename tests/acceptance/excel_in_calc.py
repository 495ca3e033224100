"""The add-in's own VBA in LibreOffice: what is Excel's is answered by this process, as xlwings answers it on Windows.

A package as `duebook addin build` makes it is opened, the module `DuebookHost` exchanged for `vba/DuebookHost.bas`,
which asks the service below. A call then takes the whole way: cell → wrapper → DuebookCalls → xlwings' own COM server
(its Windows modules stood in for) → udfs → door → DuebookResults → cell.
"""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from calc import Calc, Document, bridge
from tests.conftest import absent
from tests.hosts.excel.com import SCODES, crossed

from duebook.core.cells import CellError
from duebook.hosts.addin import modules, texts
from duebook.hosts.addin.build import PROJECT
from duebook.hosts.addin.vba_project import Kind, Module, vba_project
from duebook.hosts.addin.xlam import Content, xlam
from duebook.hosts.catalogue import functions
from duebook.hosts.excel.buttons import Button
from duebook.hosts.excel.cells import ERROR_NUMBERS
from duebook.hosts.libreoffice import shims
from duebook.hosts.libreoffice.cells import error_value
from duebook.hosts.libreoffice.sheets import of_cells

VBA = Path(__file__).with_name("vba")
SERVICE = "duebook.tests.Excel"
_FILTER = "Calc MS Excel 2007 VBA XML"
_LOGICAL = 1024  # com.sun.star.util.NumberFormat
_ERROR_CODES = {number: code for code, number in ERROR_NUMBERS.items()}


class Down(Exception):
    """Nothing answers: a fault that a test asked for."""


class Excel:
    """What Excel and xlwings do for the add-in. A test sets `place` and `since_1904` and reads `calls`."""

    def __init__(self, xlpy: Any) -> None:
        self.xlpy = xlpy
        self.place = ""
        self.since_1904 = False
        self.calls: list[tuple[str, list[Any]]] = []
        self.faults: list[str] = []
        """What went wrong in here: Basic would show it as an empty cell."""

    def answer(self, what: str, values: tuple[Any, ...]) -> Any:
        if what == "place":
            return self.place
        if what == "since_1904":
            return self.since_1904
        if what == "cells":
            return cell_values(values[0])
        if what == "error":
            return error_value(_ERROR_CODES[values[0]])
        sent = [from_basic(value) for value in values]
        self.calls.append((what, sent))
        return crossed(self.xlpy.CallUDF("duebook.hosts.excel.udfs", what, sent, None, None))

    @property
    def last(self) -> list[Any]:
        """The arguments of the last call, after the calling cell and the date system."""
        return self.calls[-1][1][2:]


def from_basic(value: Any) -> Any:
    """As pywin32 has it: Basic packs whole numbers as integers, of which COM's error values alone are."""
    if isinstance(value, tuple):
        return tuple(map(from_basic, value))
    return float(value) if type(value) is int and value not in SCODES.values() else value


def cell_values(block: Any) -> Any:
    """`Range.Value2` as pywin32 hands it over: a single cell's value, else rows; an error is its integer."""
    document, sheet, _ = of_cells(block)
    address = block.AbsoluteName.rpartition(".")[2].replace("$", "")
    found = document.values(sheet, address)
    flags = block.Spreadsheet.DrawPage.Forms.Parent.NumberFormats.getByKey(block.NumberFormat).Type & _LOGICAL
    rows = found if isinstance(found, list) else [[found]]
    told = tuple(tuple(_told(value, bool(flags)) for value in row) for row in rows)
    return told if isinstance(found, list) else told[0][0]


def _told(value: Any, flag: bool) -> Any:
    if isinstance(value, CellError):
        return SCODES[value.code]
    return bool(value) if flag and value is not None else value


def factory(excel: Any) -> Any:
    """What LibreOffice makes the service of, under the name `SERVICE`."""
    import unohelper  # type: ignore[import-not-found]
    from com.sun.star.lang import XServiceInfo, XSingleComponentFactory  # type: ignore[import-not-found]
    from com.sun.star.task import XJob  # type: ignore[import-not-found]

    class Service(unohelper.Base, XJob):  # type: ignore[misc]
        def execute(self, request: Any) -> Any:
            try:
                return excel.answer(request[0].Name, tuple(request[0].Value or ()))
            except Down:
                raise
            except Exception:
                excel.faults.append(traceback.format_exc())
                raise

    class Factory(unohelper.Base, XSingleComponentFactory, XServiceInfo):  # type: ignore[misc]
        def createInstanceWithContext(self, context: Any) -> Any:
            return Service()

        def createInstanceWithArgumentsAndContext(self, arguments: Any, context: Any) -> Any:
            return Service()

        def getImplementationName(self) -> str:
            return SERVICE

        def supportsService(self, name: str) -> bool:
            return name == SERVICE

        def getSupportedServiceNames(self) -> tuple[str, ...]:
            return (SERVICE,)

    return Factory()


def exchanged(text: str, words: Mapping[str, str]) -> str:
    """Source with some of Excel's words exchanged; each must occur."""
    for word, other in words.items():
        assert word in text, word
        text = text.replace(word, other)
    return text


def trial(name: str) -> Module:
    """A module of the tests' own, from `vba/`."""
    (file,) = VBA.glob(f"{name}.*")
    return Module(name, file.read_text("ascii"), Kind.CLASS if file.suffix == ".cls" else Kind.STANDARD)


def package(
    twins: Mapping[str, Module],
    facts: Mapping[str, str],
    others: tuple[str, ...] = (),
    buttons: Mapping[str, Button] | None = None,
) -> bytes:
    """The add-in as it is built, but with `twins` in the place of modules, and the modules `others` of `vba/` added."""
    rows = texts.rows(functions(), buttons or {}, facts)
    found = modules.modules()
    assert set(twins) <= {module.name for module in found}
    added = map(trial, others)
    project = vba_project(PROJECT, [*(twins.get(module.name, module) for module in found), *added])
    ribbon = '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"/>'
    return xlam(Content(project, rows, ["Duebook"], "Duebook", ribbon, {}, b'<functions xmlns="urn:test"/>'))


@contextlib.contextmanager
def office(soffice: str, folder: Path, excel: Any) -> Iterator[Calc]:
    """An office without the bare functions of the LibreOffice edition, so that the wrappers alone answer."""
    uno = bridge(soffice, folder / "uno")
    if uno is None:
        absent("LibreOffice's Python bridge (python3-uno, for this version of Python)")
    assert uno
    with patch.object(shims, "modules", return_value={}):
        calc = Calc(uno, soffice, folder / "calc")
    try:
        calc.manager.insert(factory(excel))
        yield calc
    finally:
        calc.stop()


def opened(calc: Calc, path: Path, sheet: str) -> Document:
    """The add-in as an open document, its macros allowed, with a free sheet."""
    arguments = [calc.property("Hidden", True), calc.property("MacroExecutionMode", 4)]
    with calc.patient():
        component = calc.desktop.loadComponentFromURL(
            path.as_uri(), "_blank", 0, (*arguments, calc.property("FilterName", _FILTER))
        )
    assert component is not None
    document = Document(calc, component)
    document.add_sheet(sheet)
    return document
