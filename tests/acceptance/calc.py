"""A live LibreOffice Calc whose cells call the Python under test by bare names.

One office per test run: a throw-away profile, a free port on loopback, the Basic functions of the catalogue in its
library, and our service inserted over the socket. A call then runs in this very process, so a test sees what it does.
(With `extension` the office answers by itself, as a user's does.)

    document = calc.open(path)                      # recalculated on load
    document.value("Sheet1", "B7")                  # 45.0, "text", True, "#N/A", None (blank)
    document.set("Sheet1", "B7", "=DSO(B2,C2,30)")  # formulas in Excel's notation
    document.close()

Whatever hangs longer than `PATIENCE` is ended, and the test that waited fails.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.hosts.catalogue import functions
from duebook.hosts.libreoffice import shims
from duebook.hosts.libreoffice.cells import ERROR_NUMBERS

Value = float | str | bool | None
"""What a cell shows: an error as its code ("#N/A"; "Err:502" for Calc's own), a blank cell as None."""
PATIENCE = 120.0
START = 60.0

ERROR_FORMULAS = {
    "#N/A": "=NA()", "#DIV/0!": "=1/0", "#NUM!": "=1E300*1E300", "#VALUE!": '="x"+1', "#NAME?": "=NO_SUCH_NAME",
    "#REF!": '=INDIRECT("no cell")',
}  # fmt: skip
"""Formulas that show an error, for `Document.set` of a `CellError`."""

_SETTINGS = "".join(
    f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse">'
    f"<value>{value}</value></prop></item>"
    for path, name, value in (
        ("Calc/Formula/Load", "OOXMLRecalcMode", 0),
        ("Calc/Formula/Load", "ODFRecalcMode", 0),
        ("Common/Misc", "UseDocumentSystemFileLocking", "false"),
        ("Common/Misc", "UseDocumentOOoLockFile", "false"),
    )
)
"""Recalculate whatever is loaded, leave no lock files; these go beside what the first start has written."""
_FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8", ".pdf": "calc_pdf_Export"}
_ERRORS = {number: code for code, number in ERROR_NUMBERS.items()}
_FAILED = 4  # com.sun.star.sheet.FormulaResult.ERROR
_DATE, _LOGICAL = 2, 1024  # com.sun.star.util.NumberFormat


def bridge(soffice: str, folder: Path) -> ModuleType | None:
    """LibreOffice's Python bridge, the module `uno`; None where it is not installed or not for this Python.

    It belongs to the system's Python: only its two modules are linked into `folder`, not all that lies beside them.
    """
    program = Path(soffice).resolve().parent
    with contextlib.suppress(ImportError):
        return importlib.import_module("uno")
    folder.mkdir(parents=True, exist_ok=True)
    for place in (program, Path("/usr/lib/python3/dist-packages")):
        if (place / "uno.py").is_file():
            for name in ("uno.py", "unohelper.py"):
                if not (folder / name).exists():
                    (folder / name).symlink_to(place / name)
            break
    sys.path[:0] = [str(folder), str(program)]
    try:
        return importlib.import_module("uno")
    except ImportError:
        return None


class Calc:
    """A running office. `door` answers the cells; `stop` ends it and removes everything."""

    def __init__(
        self, uno: ModuleType, soffice: str, folder: Path, door: Door | None = None, extension: Path | None = None
    ) -> None:
        """With an `extension` (`duebook.oxt`) the office answers by itself, as a user's does, and `service` is None."""
        self.uno = uno
        self.soffice = soffice
        self.profile = folder / "profile"
        self.service: Any = None
        self._process: subprocess.Popen[bytes] | None = None
        self._documents: list[Document] = []
        self._own_home = {} if extension is None else {"HOME": str(folder)}
        try:
            self._make_profile()
            if extension is None:
                self._start()
                self._answer(door or Door())
            else:
                self._start()
                self._add(extension)
                self._end()
                self._start()
        except BaseException:
            self.stop()
            raise

    # --- start and end ----------------------------------------------------------------------------------------------

    def _make_profile(self) -> None:
        self.profile.mkdir(parents=True)
        self._launch(["--terminate_after_init"]).wait(START)
        settings = self.profile / "user" / "registrymodifications.xcu"
        end = "</oor:items>"
        settings.write_text(settings.read_text("utf-8").replace(end, _SETTINGS + end), "utf-8")

    def _start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        address = f"socket,host=127.0.0.1,port={port};urp"
        self._process = self._launch([f"--accept={address};"])
        self.context = self._connected(f"uno:{address};StarOffice.ComponentContext")
        self.manager = self.context.ServiceManager
        self.desktop = self.manager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)

    def _answer(self, door: Door) -> None:
        """Has this very process answer the functions, which stand in the user's library of this office."""
        from duebook.hosts.libreoffice.service import Factory  # needs uno

        self.service = Factory(door, self.context)
        self.manager.insert(self.service)
        create = self.manager.createInstanceWithContext
        libraries = create("com.sun.star.script.ApplicationScriptLibraryContainer", self.context)
        libraries.loadLibrary(shims.LIBRARY)
        for name, text in shims.modules(functions()).items():
            libraries.getByName(shims.LIBRARY).insertByName(name, text)

    def _add(self, extension: Path) -> None:
        """Installs an extension, as its double click does; `unopkg` refuses to do so for root."""
        import extension_manager  # needs uno

        extension_manager.add(self.context, extension)

    def _end(self) -> None:
        assert self._process is not None
        with contextlib.suppress(Exception), _patient(self._process, 20):
            self.desktop.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(20)
        _end(self._process)
        self._process = None

    def _launch(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        command = [self.soffice, f"-env:UserInstallation={self.profile.resolve().as_uri()}"]
        command += ["--headless", "--norestore", "--nologo", "--nodefault", *arguments]
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, start_new_session=True, env=self._environment(), **quiet)

    def _environment(self) -> dict[str, str]:
        """An office with the extension writes settings: into a home of its own."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return {**kept, "LC_ALL": "C.UTF-8", **self._own_home}

    def _connected(self, address: str) -> Any:
        local = self.uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        late = time.monotonic() + START
        while True:
            try:
                return resolver.resolve(address)
            except Exception as error:  # not listening yet
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > late:
                    raise RuntimeError(f"LibreOffice does not answer at {address}") from error
                time.sleep(0.05)

    def stop(self) -> None:
        """Ends the office, by force where it does not end by itself, and removes its profile."""
        if (process := self._process) is not None:
            with contextlib.suppress(Exception), _patient(process, 20):
                for document in list(self._documents):
                    document.close()
                if self.service is not None:
                    self.manager.remove(self.service)
            self._end()
        shutil.rmtree(self.profile, ignore_errors=True)

    # --- what it does -----------------------------------------------------------------------------------------------

    def open(self, path: Path) -> Document:
        """A workbook, loaded hidden and recalculated; the file is not touched."""
        return self._loaded(path.resolve().as_uri())

    def new(self) -> Document:
        """A new workbook with one sheet, "Sheet1"."""
        return self._loaded("private:factory/scalc")

    def _loaded(self, url: str) -> Document:
        arguments = (self.property("Hidden", True), self.property("MacroExecutionMode", 4))
        with self.patient():
            component = self.desktop.loadComponentFromURL(url, "_blank", 0, arguments)
        assert component is not None, f"LibreOffice cannot open {url}"
        document = Document(self, component)
        self._documents.append(document)
        return document

    def closed(self, document: Document) -> None:
        if document in self._documents:
            self._documents.remove(document)

    @property
    def calls(self) -> int:
        """How many function calls the office has made so far."""
        return int(self.service.calls)

    @contextlib.contextmanager
    def answered_by(self, door: Door) -> Iterator[None]:
        """Another door (another language, say) for a while."""
        usual, self.service.door = self.service.door, door
        try:
            yield
        finally:
            self.service.door = usual

    def built_in(self) -> frozenset[str]:
        """The names of Calc's own functions, in English as documents and formulas here have them."""
        described = self.manager.createInstanceWithContext("com.sun.star.sheet.FunctionDescriptions", self.context)
        return frozenset(
            fact.Value
            for place in range(described.Count)
            for fact in described.getByIndex(place)
            if fact.Name == "Name"
        )

    def property(self, name: str, value: object) -> Any:
        found = self.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        found.Name, found.Value = name, value
        return found

    def patient(self) -> contextlib.AbstractContextManager[None]:
        assert self._process is not None, "LibreOffice has ended"
        return _patient(self._process, PATIENCE)


class Document:
    """An open workbook. Cells are named as in Excel: sheet name, and "B7" or "A1:C9"."""

    def __init__(self, calc: Calc, component: Any) -> None:
        self.calc = calc
        self.component = component
        self._formats: dict[int, int] = {}
        self._sheets: dict[str, Any] = {}
        self._parser: Any = None

    def __enter__(self) -> Document:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(self.component.Sheets.ElementNames)

    def add_sheet(self, name: str) -> None:
        self.component.Sheets.insertNewByName(name, len(self.sheets))

    def value(self, sheet: str, cell: str) -> Value:
        """What one cell shows."""
        return self.values(sheet, cell)[0][0]

    def values(self, sheet: str, cells: str) -> list[list[Value]]:
        """What the cells of a range show, row by row. A date is its day number, a flag in an array formula 1 or 0."""
        block = self._range(sheet, cells)
        with self.calc.patient():
            rows: list[list[Value]] = [[*row] for row in block.getDataArray()]
            for at in _within(block, block.queryEmptyCells()):
                rows[at[0]][at[1]] = None
            for at in _within(block, block.queryFormulaCells(_FAILED)):
                number = block.getCellByPosition(at[1], at[0]).getError()
                rows[at[0]][at[1]] = _ERRORS.get(number, f"Err:{number}")
            for formatted in block.CellFormatRanges:
                if self._format(formatted.NumberFormat) & _LOGICAL:
                    for row, column in _places(block, formatted.RangeAddress):
                        if isinstance(found := rows[row][column], float):
                            rows[row][column] = bool(found)
        return rows

    def formula(self, sheet: str, cell: str) -> str:
        """The formula of a cell in Calc's own notation, or its content."""
        return str(self._range(sheet, cell).getCellByPosition(0, 0).getFormula())

    def set(self, sheet: str, cell: str, value: object) -> None:
        """Fills a cell: a number, text, flag, date, None (clears it), `CellError`, or a formula (begins with "=")."""
        if isinstance(value, CellError):
            value = ERROR_FORMULAS[value.code]
        target = self._range(sheet, cell).getCellByPosition(0, 0)
        with self.calc.patient():
            if value is None:
                target.setFormula("")
            elif isinstance(value, bool):
                target.setValue(float(value))
                target.NumberFormat = self._standard(_LOGICAL)
            elif isinstance(value, date):
                target.setValue(float((value - date(1899, 12, 30)).days))
                target.NumberFormat = self._standard(_DATE)
            elif isinstance(value, str) and value.startswith("="):
                target.setTokens(self._tokens(value, target.CellAddress))
            elif isinstance(value, str):
                target.setString(value)
            else:
                assert isinstance(value, (int, float)), repr(value)
                target.setValue(float(value))

    def set_block(self, sheet: str, cell: str, rows: Sequence[Sequence[object]]) -> str:
        """Fills cells row by row from `cell` on as `set` does, and gives the range that they take."""
        width = max(map(len, rows))
        cells = sized(cell, len(rows), width)
        block = self._range(sheet, cells)
        top, left = block.RangeAddress.StartRow, block.RangeAddress.StartColumn
        plain = [[_at_once(value) for value in (*row, *[None] * (width - len(row)))] for row in rows]
        with self.calc.patient():
            block.setDataArray(tuple(map(tuple, plain)))
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                if _at_once(value) != value and value is not None:
                    self.set(sheet, address(top + down, left + right), value)
        return cells

    def set_array(self, sheet: str, cells: str, formula: str) -> None:
        """One array formula over a range."""
        block = self._range(sheet, cells)
        corner = block.getCellByPosition(0, 0).CellAddress
        with self.calc.patient():
            block.setArrayTokens(self._tokens(formula, corner))

    def recalculate(self, hard: bool = True) -> None:
        """Computes every formula anew; not `hard`: only what is out of date."""
        with self.calc.patient():
            if hard:
                self.component.calculateAll()
            else:
                self.component.calculate()

    def save_as(self, path: Path) -> None:
        """A copy as .xlsx, .ods or .pdf."""
        wanted = self.calc.property("FilterName", _FILTERS[path.suffix])
        with self.calc.patient():
            self.component.storeToURL(path.resolve().as_uri(), (wanted,))

    def close(self) -> None:
        self.calc.closed(self)
        with self.calc.patient():
            self.component.close(True)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _range(self, sheet: str, cells: str) -> Any:
        if sheet not in self._sheets:
            self._sheets[sheet] = self.component.Sheets.getByName(sheet)
        return self._sheets[sheet].getCellRangeByName(cells.replace("$", ""))

    def _tokens(self, formula: str, at: Any) -> Any:
        if self._parser is None:
            self._parser = self._excel_parser()
        return self._parser.parseFormula(formula.removeprefix("="), at)

    def _excel_parser(self) -> Any:
        parser = self.component.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish = True
        parser.FormulaConvention = 3  # com.sun.star.sheet.AddressConvention.XL_OX: as .xlsx files have it
        return parser

    def _format(self, key: int) -> int:
        if key not in self._formats:
            self._formats[key] = self.component.NumberFormats.getByKey(key).Type
        return self._formats[key]

    def _standard(self, kind: int) -> int:
        locale = self.calc.uno.createUnoStruct("com.sun.star.lang.Locale")
        return int(self.component.NumberFormats.getStandardFormat(kind, locale))


def address(row: int, column: int) -> str:
    """`B7` for row 6, column 1, counted from 0."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def sized(cell: str, height: int, width: int) -> str:
    """The range of a size that begins at a cell: `sized("B7", 2, 3)` is "B7:D8"."""
    match = re.fullmatch(r"([A-Z]+)([0-9]+)", cell)
    assert match, cell
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return f"{cell}:{address(int(match[2]) - 2 + height, column - 2 + width)}"


def _at_once(value: object) -> float | str:
    """A cell's value where it can be filled in together with others: a number or text, else blank for now."""
    if isinstance(value, str):
        return "" if value.startswith("=") else value
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _within(block: Any, found: Any) -> Iterator[tuple[int, int]]:
    for area in found.RangeAddresses:
        yield from _places(block, area)


def _places(block: Any, area: Any) -> Iterator[tuple[int, int]]:
    """The cells of an area, by row and column inside the block."""
    top, left = block.RangeAddress.StartRow, block.RangeAddress.StartColumn
    for row in range(area.StartRow, area.EndRow + 1):
        for column in range(area.StartColumn, area.EndColumn + 1):
            yield row - top, column - left


@contextlib.contextmanager
def _patient(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    """Ends an office that does not answer in time, so that the waiting call fails instead of hanging."""
    timer = threading.Timer(seconds, _end, [process])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends an office and what it started: it leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
