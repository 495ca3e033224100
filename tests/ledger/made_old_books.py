"""Workbooks in Excel's binary forms, written record by record: .xls (MS-XLS in MS-CFB) and .xlsb (MS-XLSB).

A cell is None, a text, a number, a bool, a date, or `Wrong("#N/A")`, an error, also as a formula's result.
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .made_books import packed

CODES = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}

FORMULA = b"\x1e\x01\0\x1e\0\0\x06"
"""=1/0 as both forms write it; the stored result is what counts."""


@dataclass(frozen=True)
class Wrong:
    """An error cell."""

    text: str
    formula: bool = False


@dataclass(frozen=True)
class Computed:
    """A formula whose stored result is a text."""

    text: str


Cell = str | int | float | bool | dt.date | Wrong | Computed | None
Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Made:
    """A sheet: `state` 0 visible, 1 hidden, 2 very hidden; `hidden` rows by index."""

    rows: Rows
    state: int = 0
    hidden: tuple[int, ...] = ()


def serial(value: dt.date, date_1904: bool) -> float:
    """The day number of a date (and time) in one of Excel's two systems."""
    epoch = dt.datetime(1904, 1, 1) if date_1904 else dt.datetime(1899, 12, 30)
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    return (moment - epoch) / dt.timedelta(days=1)


# ---- the compound file ----

_FREE, _END, _TABLE, _TABLES = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root; those under 4,096 bytes in the mini stream."""
    sectors: list[bytes] = []
    following: dict[int, int] = {}

    def put(data: bytes) -> int:
        """Stores data in new sectors; the first one's number."""
        if not data:
            return _END
        first = len(sectors)
        for place in range(0, len(data), 512):
            sectors.append(data[place : place + 512].ljust(512, b"\0"))
            following[len(sectors) - 1] = len(sectors)
        following[len(sectors) - 1] = _END
        return first

    small, small_next = b"", list[int]()
    entries = []
    for name, data in streams.items():
        if len(data) < 4096:
            start = len(small) // 64
            small += data.ljust(-(-len(data) // 64) * 64, b"\0")
            small_next += [*range(start + 1, len(small) // 64), _END]
        else:
            start = put(data)
        entries.append(_entry(name, 2, start, len(data), -1))
    root = _entry("Root Entry", 5, put(small), len(small), 1 if entries else -1)
    mini = put(struct.pack(f"<{len(small_next)}I", *small_next)) if small_next else _END
    directory = put(b"".join([root, *entries]).ljust(512, b"\0"))
    tables = further = 0
    while (len(sectors) + tables + further) > tables * 128:
        tables += 1
        further = max(-(-(tables - 109) // 127), 0)
    first_table = len(sectors)
    numbers = [following[n] for n in range(len(sectors))] + [_TABLE] * tables + [_TABLES] * further
    numbers += [_FREE] * (tables * 128 - len(numbers))
    put(struct.pack(f"<{len(numbers)}I", *numbers))
    places = [*range(first_table, first_table + tables)]
    places += [_FREE] * (109 + 127 * further - tables)
    for n in range(further):
        own = places[109 + 127 * n : 109 + 127 * (n + 1)]
        put(struct.pack("<128I", *own, len(sectors) + 1 if n + 1 < further else _END))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory, 0, 4096, mini,
        int(mini != _END), first_table + tables if further else _END, further,
    )  # fmt: skip
    return header + struct.pack("<109I", *places[:109]) + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    head = struct.pack("<64sHBBIII", text, len(text), kind, 1, _FREE, _FREE, child & 0xFFFFFFFF)
    return head.ljust(116, b"\0") + struct.pack("<IQ", start, size)


# ---- .xls ----


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(sort: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, sort, 0x0DBB, 1996, 0, 6))


def xls_stream(sheets: Mapping[str, Made], date_1904: bool = False, more: bytes = b"") -> bytes:
    """The stream of a BIFF8 workbook; `more` records stand right behind its first one."""
    formats = b"".join(
        record(0x00E0, struct.pack("<HHHBBBBIIH", 0, form, 0, 0, 0, 0, 0, 0, 0, 0)) for form in (0, 14, 22)
    )
    bodies = [_xls_sheet(made, date_1904) for made in sheets.values()]
    head = _begin(5) + more + record(0x22, struct.pack("<H", date_1904)) + formats
    names = [record(0x85, _bound(0, made.state, name)) for name, made in sheets.items()]
    place = len(head) + sum(map(len, names)) + len(record(0x0A))
    names = []
    for (name, made), body in zip(sheets.items(), bodies, strict=True):
        names.append(record(0x85, _bound(place, made.state, name)))
        place += len(body)
    return head + b"".join(names) + record(0x0A) + b"".join(bodies)


def _bound(place: int, state: int, name: str) -> bytes:
    return struct.pack("<IBBBB", place, state, 0, len(name), 1) + name.encode("utf-16-le")


def _xls_sheet(made: Made, date_1904: bool) -> bytes:
    size = struct.pack("<IIHHH", 0, len(made.rows), 0, max(map(len, made.rows), default=0), 0)
    found = [_begin(0x10), record(0x0200, size)]
    for row in made.hidden:
        found.append(record(0x0208, struct.pack("<HHHHHHI", row, 0, 256, 255, 0, 0, 0x20)))
    for row, cells in enumerate(made.rows):
        found += [_xls_cell(row, column, cell, date_1904) for column, cell in enumerate(cells) if cell is not None]
    return b"".join(found) + record(0x0A)


def _xls_cell(row: int, column: int, cell: Cell, date_1904: bool) -> bytes:
    style = 0 if not isinstance(cell, dt.date) else 2 if isinstance(cell, dt.datetime) else 1
    place = struct.pack("<HHH", row, column, style)
    match cell:
        case str():
            return record(
                0x0204, place + struct.pack("<HB", len(cell.encode("utf-16-le")) // 2, 1) + cell.encode("utf-16-le")
            )
        case bool():
            return record(0x0205, place + bytes((cell, 0)))
        case Wrong(text, formula):
            if not formula:
                return record(0x0205, place + bytes((CODES[text], 1)))
            return record(
                0x0006,
                place
                + bytes((2, 0, CODES[text], 0, 0, 0, 0xFF, 0xFF))
                + struct.pack("<HIH", 0, 0, len(FORMULA))
                + FORMULA,
            )
        case Computed(text):
            head = place + bytes(6) + b"\xff\xff" + struct.pack("<HIH", 0, 0, len(FORMULA)) + FORMULA
            data = text.encode("utf-16-le")
            return record(0x0006, head) + record(0x0207, struct.pack("<HB", len(data) // 2, 1) + data)
        case dt.date():
            return record(0x0203, place + struct.pack("<d", serial(cell, date_1904)))
        case int() if -(1 << 29) <= cell < 1 << 29:
            return record(0x027E, place + struct.pack("<i", cell << 2 | 2))
        case int() | float():
            return record(0x0203, place + struct.pack("<d", cell))
    raise TypeError(cell)


def xls(path: Path, sheets: Mapping[str, Made], date_1904: bool = False, more: bytes = b"") -> Path:
    path.write_bytes(compound({"Workbook": xls_stream(sheets, date_1904, more)}))
    return path


def xls_95(path: Path, name: str, rows: Rows, page: int) -> Path:
    """A workbook of Excel 5.0/95 (BIFF5), with one sheet of texts and numbers; texts are bytes of a code page."""

    def begin(sort: int) -> bytes:
        return record(0x0809, struct.pack("<HHHH", 0x0500, sort, 0x096C, 1993))

    def coded(text: str) -> bytes:
        return text.encode(f"cp{page}")

    found = [begin(0x10), record(0x0200, struct.pack("<HHHHH", 0, len(rows), 0, max(map(len, rows)), 0))]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                found.append(record(0x0204, place + struct.pack("<H", len(coded(cell))) + coded(cell)))
            elif isinstance(cell, int | float):
                found.append(record(0x0203, place + struct.pack("<d", cell)))
    head = begin(5) + record(0x42, struct.pack("<H", page))
    start = len(head) + 4 + 7 + len(coded(name)) + 4
    bound = record(0x85, struct.pack("<IBBB", start, 0, 0, len(coded(name))) + coded(name))
    stream = b"".join([head, bound, record(0x0A), *found, record(0x0A)])
    path.write_bytes(compound({"Book": stream.ljust(4096, b"\0")}))
    return path


# ---- .xlsb ----


def binary(kind: int, data: bytes = b"") -> bytes:
    """A record: the kind in one byte or two, the length in groups of seven bits."""
    head = bytes((kind,)) if kind < 0x80 else bytes((kind & 0x7F | 0x80, kind >> 7))
    length, sizes = len(data), b""
    while True:
        sizes += bytes((length & 0x7F | (0x80 if length > 0x7F else 0),))
        length >>= 7
        if not length:
            return head + sizes + data


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MS = "application/vnd.ms-excel"


def xlsb_parts(sheets: Mapping[str, Made], date_1904: bool = False) -> dict[str, bytes]:
    """The parts of a binary workbook; texts stand in the shared table, those of the first row in the cells."""
    texts_of: dict[str, int] = {}
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.bin" ContentType="{_MS}.worksheet"/>'
        for n in range(1, len(sheets) + 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    listed = [
        binary(156, struct.pack("<II", made.state, n) + _wide(f"rId{n}") + _wide(name))
        for n, (name, made) in enumerate(sheets.items(), 1)
    ]
    sheet_parts = [_xlsb_sheet(made, date_1904, texts_of) for made in sheets.values()]
    book = [
        binary(131),
        binary(153, struct.pack("<III", int(date_1904), 0, 0)),
        binary(143),
        *listed,
        binary(144),
        binary(132),
    ]
    texts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="bin" ContentType="{_MS}.sheet.binary.macroEnabled.main"/>'
        f'<Override PartName="/xl/sharedStrings.bin" ContentType="{_MS}.sharedStrings"/>'
        f'<Override PartName="/xl/styles.bin" ContentType="{_MS}.styles"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rIdT" Type="{_LINKS}/sharedStrings" Target="sharedStrings.bin"/>'
        f'<Relationship Id="rIdS" Type="{_LINKS}/styles" Target="styles.bin"/></Relationships>',
    }
    found = {name: text.encode() for name, text in texts.items()}
    found["xl/workbook.bin"] = b"".join(book)
    found["xl/styles.bin"] = _styles()
    items = [binary(19, b"\0" + _wide(text)) for text in texts_of]
    counts = struct.pack("<II", len(items), len(items))
    found["xl/sharedStrings.bin"] = b"".join([binary(159, counts), *items, binary(160)])
    for n, part in enumerate(sheet_parts, 1):
        found[f"xl/worksheets/sheet{n}.bin"] = part
    return found


def _styles() -> bytes:
    formats = [binary(47, struct.pack("<HHHHHBBHBB", 0xFFFF, form, 0, 0, 0, 0, 0, 0, 0, 0)) for form in (0, 14, 22)]
    return b"".join([binary(278), binary(617, struct.pack("<I", 3)), *formats, binary(618), binary(279)])


def _xlsb_sheet(made: Made, date_1904: bool, texts: dict[str, int]) -> bytes:
    width = max(map(len, made.rows), default=0)
    size = struct.pack("<IIII", 0, max(len(made.rows) - 1, 0), 0, max(width - 1, 0))
    found = [binary(129), binary(148, size), binary(145)]
    for row, cells in enumerate(made.rows):
        flags = 0x10 if row in made.hidden else 0
        found.append(binary(0, struct.pack("<IIHBBBI", row, 0, 300, 0, flags, 0, 0)))
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and row:
                found.append(binary(7, struct.pack("<III", column, 0, texts.setdefault(cell, len(texts)))))
            elif cell is not None:
                found.append(_xlsb_cell(column, cell, date_1904))
    return b"".join([*found, binary(146), binary(130)])


def _xlsb_cell(column: int, cell: Cell, date_1904: bool) -> bytes:
    style = 0 if not isinstance(cell, dt.date) else 2 if isinstance(cell, dt.datetime) else 1
    place = struct.pack("<II", column, style)
    match cell:
        case str():
            return binary(6, place + _wide(cell))
        case bool():
            return binary(4, place + bytes((cell,)))
        case Wrong(text, formula):
            rest = struct.pack("<HI", 0, len(FORMULA)) + FORMULA + bytes(4) if formula else b""
            return binary(11 if formula else 3, place + bytes((CODES[text],)) + rest)
        case Computed(text):
            return binary(8, place + _wide(text) + struct.pack("<HI", 0, len(FORMULA)) + FORMULA + bytes(4))
        case dt.date():
            return binary(5, place + struct.pack("<d", serial(cell, date_1904)))
        case int() if -(1 << 29) <= cell < 1 << 29:
            return binary(2, place + struct.pack("<i", cell << 2 | 2))
        case int() | float():
            return binary(5, place + struct.pack("<d", cell))
    raise TypeError(cell)


def xlsb(path: Path, sheets: Mapping[str, Made], date_1904: bool = False) -> Path:
    return packed(path, xlsb_parts(sheets, date_1904))
