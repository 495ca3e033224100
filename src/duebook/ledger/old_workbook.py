"""Looks an old workbook (.xls, BIFF5 to BIFF8) over before any reader parses it: password, sheets, extents, errors.

Such a workbook is one stream of records (kind, length, bytes) in a compound file. The reader that follows sets up every
sheet at its full extent as soon as it opens the file, so all of them together must fit.
"""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from duebook.core.errors import DuebookError
from duebook.ledger.compound import Compound
from duebook.ledger.guard import MAX_CELLS, CodePage, Sheet, Survey, too_wide

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
"""How Excel's binary formats number the error values of cells."""
_STREAMS = ("Workbook", "Book")
_BOF, _EOF, _FILEPASS, _DATEMODE, _CODEPAGE, _BOUNDSHEET = 0x0809, 0x0A, 0x2F, 0x22, 0x42, 0x85
_ROW, _FORMULA, _BOOLERR, _MULRK = 0x0208, 0x0006, 0x0205, 0x00BD
_CELLS = frozenset((0x0203, 0x027E, 0x00FD, 0x0204, 0x00D6, _FORMULA, _BOOLERR, _MULRK))
"""Records that hold values: NUMBER, RK, LABELSST, LABEL, RSTRING, FORMULA, BOOLERR, MULRK. Others are formats."""
_BIFF8 = 0x0600
_UNICODE, _WINDOWS = 1200, 1252
_HIDDEN_ROW = 0x20
_MOST_SHEETS = 4_096


@dataclass
class _Globals:
    """What the first part of the stream says of the whole workbook."""

    version: int = _BIFF8
    date_1904: bool = False
    page: int = 1252
    page_at: int | None = None
    sheets: list[Sheet] = field(default_factory=list)


def survey(path: Path) -> Survey:
    """Scans the workbook. Raises DuebookError for whatever must not reach the reader."""
    container = Compound(path)
    stream = _stream(container)
    found = _globals(stream, path.name)
    starts = [sheet.part for sheet in found.sheets]
    if len(set(starts)) != len(starts) or len(starts) > _MOST_SHEETS:  # one sheet under many names: a bomb
        raise DuebookError("ledger_files.workbook_damaged", file=path.name)
    sheets = []
    for sheet in found.sheets:
        measured = _measured(stream, sheet, path.name)
        sheets.append(measured)
        if (area := sum(each.area for each in sheets)) > MAX_CELLS:
            raise too_wide(path.name, sheet.name, area)
    if not sheets:
        raise DuebookError("ledger_files.no_data", file=path.name)
    area, cells = sum(sheet.area for sheet in sheets), sum(sheet.cells for sheet in sheets)
    memory = (640 << 20) + 40 * area + 80 * cells + 6 * len(stream)
    page = _code_page(container, found)
    return Survey(tuple(sheets), found.date_1904, 4 * len(stream), memory, "xls", page)


def errors(path: Path, part: str) -> dict[int, dict[int, str]]:
    """Error cells of a sheet by row and column (1-based), which the reader gives as blanks."""
    found: dict[int, dict[int, str]] = {}
    for kind, data in _sheet(_stream(Compound(path)), int(part), path.name):
        code = _error_code(kind, data)
        if code is not None:
            row, column = struct.unpack_from("<HH", data)
            found.setdefault(row + 1, {})[column + 1] = ERRORS.get(code, "#VALUE!")
    return found


def _stream(container: Compound) -> bytes:
    stream = container.stream(*_STREAMS)
    if stream is None:
        raise DuebookError("ledger_files.no_workbook_inside", file=container.file)
    return stream


def _code_page(container: Compound, found: _Globals) -> CodePage | None:
    """What the reader must be told of the code page; None where it reads the file as it is.

    BIFF8 holds Unicode whatever its code page says (JExcelApi says 1252), but the reader believes the record. In BIFF5
    it garbles pages of two-byte letters: told that it were Windows-1252, it hands each byte on.
    """
    if found.page_at is None:
        return None
    unicode = found.version >= _BIFF8
    told = _UNICODE if unicode else _WINDOWS
    if found.page == told:
        return None
    return CodePage(container.offset(found.page_at, *_STREAMS), told, None if unicode else _codec(found.page))


def _records(stream: bytes, place: int, file: str) -> Iterator[tuple[int, bytes]]:
    """(kind, bytes) from a place on. A record that runs out of the stream is damage."""
    end = len(stream)
    while place + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, place)
        place += 4
        if place + length > end:
            raise DuebookError("ledger_files.workbook_damaged", file=file)
        yield kind, stream[place : place + length]
        place += length


def _globals(stream: bytes, file: str) -> _Globals:
    found = _Globals()
    bounds: list[bytes] = []
    records = _records(stream, 0, file)
    kind, data = next(records, (0, b""))
    if kind != _BOF or len(data) < 4:
        raise DuebookError("ledger_files.old_excel" if kind & 0xFF == 9 else "ledger_files.workbook_damaged", file=file)
    (found.version,) = struct.unpack_from("<H", data)
    place = 4 + len(data)
    for kind, data in records:
        place += 4 + len(data)
        if kind == _EOF:
            break
        if kind == _FILEPASS:
            raise DuebookError("ledger_files.password", file=file)
        if kind == _DATEMODE:
            found.date_1904 = data[:1] == b"\x01"
        elif kind == _CODEPAGE and len(data) >= 2:
            (found.page,) = struct.unpack_from("<H", data)
            found.page_at = place - len(data)
        elif kind == _BOUNDSHEET and len(data) >= 8:
            bounds.append(data)
    for data in bounds:
        start, state, sort = struct.unpack_from("<IBB", data)
        if sort == 0:  # others are charts and macro sheets
            found.sheets.append(Sheet(_name(data, found), str(start), state & 3 == 0))
    return found


def _codec(page: int) -> str:
    name = {10000: "mac_roman", 32768: "mac_roman", 32769: "cp1252", 1200: "utf-16-le"}.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"


def _name(data: bytes, found: _Globals) -> str:
    """A sheet's name: in BIFF8 after a flag that tells one byte a letter (Latin-1) from two."""
    length = data[6]
    if found.version < _BIFF8:
        return data[7 : 7 + length].decode(_codec(found.page), "replace")
    if data[7] & 1:
        return data[8 : 8 + 2 * length].decode("utf-16-le", "replace")
    return data[8 : 8 + length].decode("latin-1")


def _sheet(stream: bytes, start: int, file: str) -> Iterator[tuple[int, bytes]]:
    """The records of a sheet, without those of the charts in it."""
    depth = 0
    for kind, data in _records(stream, start, file):
        if kind == _BOF:
            depth += 1
        elif depth == 0:
            break
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield kind, data
    raise DuebookError("ledger_files.workbook_damaged", file=file)


def _measured(stream: bytes, sheet: Sheet, file: str) -> Sheet:
    """Cells and extent of a sheet, whether any cell holds an error, and how many rows are hidden."""
    rows = columns = cells = hidden = 0
    wrong = False
    for kind, data in _sheet(stream, int(sheet.part), file):
        if kind in _CELLS:
            if len(data) < 6:
                raise DuebookError("ledger_files.workbook_damaged", file=file)
            row, column = struct.unpack_from("<HH", data)
            if kind == _MULRK:
                column = int.from_bytes(data[-2:], "little")
            cells += 1
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            wrong = wrong or _error_code(kind, data) is not None
        elif kind == _ROW and len(data) >= 16:
            hidden += bool(data[12] & _HIDDEN_ROW)
    return replace(sheet, area=rows * columns, cells=cells, errors=wrong, hidden_rows=hidden)


def _error_code(kind: int, data: bytes) -> int | None:
    if kind == _BOOLERR and len(data) >= 8 and data[7] == 1:
        return data[6]
    if kind == _FORMULA and len(data) >= 14 and data[12:14] == b"\xff\xff" and data[6] == 2:
        return data[8]
    return None
