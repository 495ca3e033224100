"""Looks a binary workbook (.xlsb, MS-XLSB) over before any reader parses it: sheets, extents, hidden rows, errors.

It is the zip container of .xlsx with streams of records (kind, length, bytes) in the place of XML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from duebook.core.errors import DuebookError
from duebook.ledger import guard
from duebook.ledger.archive import Archive
from duebook.ledger.guard import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Sheet, Survey
from duebook.ledger.old_workbook import ERRORS

_ROW, _CELL_ERROR, _FORMULA_ERROR, _STRING, _RICH_STRING = 0, 3, 11, 19, 62
_FIRST_CELL, _LAST_CELL = 2, 11
"""Cells with a value, of a formula or not. Kind 1 is a blank cell with a format."""
_SHEET, _PROPERTIES = 156, 153
_HIDDEN_ROW = 0x10
_LONGEST_RECORD = 16 << 20
_BOOK_PART = 16 << 20
_DENSER = 4
"""The same cells take a fourth of the bytes that they take as XML; the time limit counts in those."""


def survey(path: Path, only: str | None = None) -> Survey:
    """Scans the workbook. Raises DuebookError for whatever must not reach the reader.

    Every part is checked; only the sheet named `only` needs to be small enough to read.
    """
    with Archive(path) as archive:
        listed, date_1904 = _listed(archive)
        by_part = {sheet.part: sheet for sheet in listed}
        found: dict[str, Sheet] = {}
        strings = bytes_of_strings = total = 0
        for name, entry in archive.parts.items():
            total += entry.file_size
            if name in by_part and (only is None or by_part[name].name == only):
                found[name] = _measured(archive, by_part[name])
            elif name.lower().endswith("sharedstrings.bin"):
                strings = sum(1 for kind, _ in _records(archive, name) if kind == _STRING)
                bytes_of_strings = entry.file_size
            else:
                for _ in guard.checked(archive, name):
                    pass
    sheets = tuple(found.get(sheet.part, sheet) for sheet in listed)
    read = [sheet for sheet in sheets if sheet.visible or sheet.name == only]
    memory = guard.memory_needed(read, strings, bytes_of_strings)
    return Survey(sheets, date_1904, _DENSER * total, memory, "xlsb")


def errors(path: Path, part: str) -> dict[int, dict[int, str]]:
    """Error cells of a sheet by row and column (1-based), which the reader gives as blanks."""
    found: dict[int, dict[int, str]] = {}
    row = 0
    with Archive(path) as archive:
        for kind, data in _records(archive, part):
            if kind == _ROW:
                row = _number(data) + 1
            elif kind in (_CELL_ERROR, _FORMULA_ERROR) and len(data) > 8:
                found.setdefault(row, {})[_number(data) + 1] = ERRORS.get(data[8], "#VALUE!")
    return found


def _number(data: bytes, place: int = 0) -> int:
    return int.from_bytes(data[place : place + 4], "little")


def _listed(archive: Archive) -> tuple[list[Sheet], bool]:
    """The worksheets in the order of the workbook, and whether dates count from 1904."""
    main = guard.main_part(archive)
    if archive.parts[main].file_size > _BOOK_PART:
        raise DuebookError("ledger_files.zip_part", file=archive.file, value=main)
    folder, _, file = main.rpartition("/")
    targets = {key: (kind, part) for key, kind, part in guard.relations(archive, f"{folder}/_rels/{file}.rels")}
    sheets, date_1904 = [], False
    for record, data in _records(archive, main):
        if record == _PROPERTIES:
            date_1904 = bool(data[:1]) and bool(data[0] & 1)
        elif record == _SHEET:
            key, place = _text(data, 8)
            name, _ = _text(data, place)
            kind, part = targets.get(key, ("", ""))
            if kind == "worksheet" and part in archive.parts:
                sheets.append(Sheet(name, part, _number(data) == 0))
    if not sheets:
        raise DuebookError("ledger_files.no_data", file=archive.file)
    return sheets, date_1904


def _text(data: bytes, place: int) -> tuple[str, int]:
    """A text of two-byte letters after its length, and the place behind it; a length of -1 is no text."""
    length = _number(data, place)
    place += 4
    if length == 0xFFFFFFFF:
        return "", place
    return data[place : place + 2 * length].decode("utf-16-le", "replace"), place + 2 * length


def _records(archive: Archive, name: str) -> Iterator[tuple[int, bytes]]:
    """(kind, bytes) of each record of a part. A record that runs out of its part is damage."""
    damaged = DuebookError("ledger_files.workbook_damaged", file=archive.file)
    rest = b""
    pieces: Iterable[bytes] = archive.stream(name)
    for piece in pieces:
        rest += piece
        place, end = 0, len(rest)
        while place < end:
            start = place
            kind = rest[place]
            place += 1
            if kind & 0x80:
                if place >= end:
                    place = start
                    break
                kind = (kind & 0x7F) | (rest[place] & 0x7F) << 7
                place += 1
            length = shift = 0
            while place < end:
                byte = rest[place]
                place += 1
                length |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 or shift > 21:
                    break
            else:
                place = start
                break
            if length > _LONGEST_RECORD:
                raise damaged
            if place + length > end:
                place = start
                break
            yield kind, rest[place : place + length]
            place += length
        rest = rest[place:]
        if len(rest) > _LONGEST_RECORD + 8:
            raise damaged
    if rest:
        raise damaged


def _measured(archive: Archive, sheet: Sheet) -> Sheet:
    """Cells and extent of a sheet, whether any cell holds an error, and how many rows are hidden."""
    row = rows = columns = cells = hidden = 0
    wrong = False
    for kind, data in _records(archive, sheet.part):
        if kind == _RICH_STRING:  # programs keep such texts in their table; the reader skips one in a cell
            raise DuebookError("ledger_files.rich_text", file=archive.file, sheet=sheet.name)
        if _FIRST_CELL <= kind <= _LAST_CELL:
            column = data[0] | data[1] << 8 | data[2] << 16 if len(data) >= 8 else MAX_COLUMNS
            cells += 1
            rows = max(rows, row)
            if column >= columns:
                columns = column + 1
            if kind in (_CELL_ERROR, _FORMULA_ERROR):
                wrong = True
        elif kind == _ROW and len(data) >= 12:
            row = _number(data) + 1
            hidden += bool(data[11] & _HIDDEN_ROW)
    area = rows * columns
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        area = max(area, MAX_CELLS + 1)
    if area > MAX_CELLS:
        raise guard.too_wide(archive.file, sheet.name, area)
    return replace(sheet, area=area, cells=cells, errors=wrong, hidden_rows=hidden)
