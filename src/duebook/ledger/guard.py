"""Looks a workbook over before any reader parses it: entities, encodings, extents, counts.

A file of 4.6 KB with cells in A1 and XFD1048576 makes the reader ask for terabytes and abort the process. So the parts
are scanned as byte streams here, in little memory, and what the reader will need is known before it starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from duebook.core.errors import DuebookError
from duebook.ledger.archive import Archive

MAX_CELLS = 40_000_000
"""Cells of a sheet's extent, blank ones included: 1,048,576 rows × 38 columns."""
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_STRING = 1 << 20
"""Bytes of one shared string; Excel allows 32,767 characters."""
_SMALL_PART = 16 << 20
_EXACT = 24 << 20
"""Sheets up to this size are measured exactly; larger ones first by a bound that is quick to find."""

_DECLARATION = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)[\"']")
_PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}
_FORBIDDEN = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_WIDE_OR_LOW = re.compile(rb' r="(?:([A-Za-z]{2,})[0-9]+|[A-Za-z]?([0-9]{7,}))"')  # begins literally: fast
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]*)([0-9]+)\s*[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden\s*=\s*[\"'](?:1|true)")
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")


@dataclass(frozen=True)
class Sheet:
    """A worksheet as the workbook lists it, and what the scan found in its part."""

    name: str
    part: str
    visible: bool
    area: int = 0
    cells: int = 0
    errors: bool = False
    hidden_rows: int = 0


@dataclass(frozen=True)
class CodePage:
    """`told` goes into the file's bytes at `offset`; texts come back as bytes of Windows-1252 and mean `codec`."""

    offset: int
    told: int
    codec: str | None


@dataclass(frozen=True)
class Survey:
    """What the reader will meet: sheets in their order, and the memory that it will need at most."""

    sheets: tuple[Sheet, ...]
    date_1904: bool
    total: int
    memory: int
    form: str = "xlsx"
    """'xlsx' (as .xlsm), 'xlsb' or 'xls'."""
    page: CodePage | None = None
    """Of an 'xls' whose reader must be told another code page than the file says."""


def survey(path: Path, only: str | None = None) -> Survey:
    """Scans the workbook. Raises DuebookError for whatever must not reach the reader.

    Every part is scanned for entities and check sums; only the sheet named `only` needs to be small enough to read.
    """
    with Archive(path) as archive:
        listed, date_1904 = _listed(archive)
        by_part = {sheet.part: sheet for sheet in listed}
        found: dict[str, Sheet] = {}
        strings = bytes_of_strings = total = 0
        for name, entry in archive.parts.items():
            total += entry.file_size
            pieces = checked(archive, name)
            if name in by_part and (only is None or by_part[name].name == only):
                found[name] = _measured(archive, by_part[name], pieces)
            elif name.lower().endswith("sharedstrings.xml"):
                strings, bytes_of_strings = _strings(archive, pieces), entry.file_size
            else:
                for _ in pieces:
                    pass
    sheets = tuple(found.get(sheet.part, sheet) for sheet in listed)
    read = [sheet for sheet in sheets if sheet.visible or sheet.name == only]
    return Survey(sheets, date_1904, total, memory_needed(read, strings, bytes_of_strings))


def memory_needed(read: Sequence[Sheet], strings: int, bytes_of_strings: int) -> int:
    """Measured for the reader: about 32 bytes per cell of the extent, twice while a row is turned into text, the
    strings once in the table and once in the cells; the rest is Python itself.
    """
    area = max((sheet.area for sheet in read), default=0)
    cells = max((sheet.cells for sheet in read), default=0)
    return (640 << 20) + 40 * area + 80 * cells + 3 * bytes_of_strings + 64 * strings


# ---- the list of sheets ----


def _parsed(archive: Archive, name: str) -> etree._Element:
    if name not in archive.parts:
        raise DuebookError("ledger_files.workbook_damaged", file=archive.file)
    data = archive.read(name, _SMALL_PART)
    _refuse_entities(archive, name, data)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DuebookError("ledger_files.workbook_damaged", file=archive.file) from error


def relations(archive: Archive, name: str) -> list[tuple[str, str, str]]:
    """(id, kind, target part) of a relationships part; `kind` is the last word of the type."""
    folder = name.split("_rels/")[0]
    found = []
    for one in _parsed(archive, name):
        if not isinstance(one.tag, str) or one.get("TargetMode") == "External":
            continue
        target = str(one.get("Target", ""))
        part = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
        found.append((str(one.get("Id", "")), str(one.get("Type", "")).rsplit("/", 1)[-1], part))
    return found


def _joined(folder: str, target: str) -> str:
    steps: list[str] = []
    for step in (folder + target).split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def main_part(archive: Archive) -> str:
    """The part that lists the sheets: XML, or binary records (`.bin`) in an .xlsb. Refuses what is no workbook."""
    names = set(archive.parts)
    if "mimetype" in names or "content.xml" in names:
        raise DuebookError("ledger_files.open_document", file=archive.file)
    if "[Content_Types].xml" not in names:
        raise DuebookError("ledger_files.not_a_workbook", file=archive.file)
    main = next((part for _, kind, part in relations(archive, "_rels/.rels") if kind == "officeDocument"), "")
    if not main.startswith("xl/"):
        raise DuebookError("ledger_files.not_a_workbook", file=archive.file)
    if main not in names:
        raise DuebookError("ledger_files.workbook_damaged", file=archive.file)
    return main


def _listed(archive: Archive) -> tuple[list[Sheet], bool]:
    """The worksheets in the order of the workbook, and whether dates count from 1904."""
    main = main_part(archive)
    folder, _, file = main.rpartition("/")
    root = _parsed(archive, main)
    targets = {key: (kind, part) for key, kind, part in relations(archive, f"{folder}/_rels/{file}.rels")}
    sheets = []
    date_1904 = False
    for element in root.iter():
        local = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if local == "workbookPr":
            date_1904 = element.get("date1904") in ("1", "true")
        elif local == "sheet":
            key = next((str(v) for k, v in element.attrib.items() if str(k).endswith("}id")), "")
            kind, part = targets.get(key, ("", ""))
            if kind == "worksheet" and part in archive.parts:
                visible = element.get("state", "visible") == "visible"
                sheets.append(Sheet(str(element.get("name", "")), part, visible))
    if not sheets:
        raise DuebookError("ledger_files.no_data", file=archive.file)
    return sheets, date_1904


# ---- streams ----


def checked(archive: Archive, name: str) -> Iterator[bytes]:
    """The part in pieces that end before a '<', entities refused. A part that is not XML passes unlooked at."""
    rest = b""
    first, markup = True, False
    for piece in archive.stream(name):
        if first:
            first = False
            markup = _is_markup(archive, name, piece)
        if not markup:
            continue
        piece = rest + piece
        cut = piece.rfind(b"<")
        if cut <= 0:
            if len(piece) > 64 << 20:
                raise DuebookError("ledger_files.zip_part", file=archive.file, value=name)
            rest = piece
            continue
        piece, rest = piece[:cut], piece[cut:]
        if b"<!" in piece:
            _refuse_entities(archive, name, piece)
        yield piece
    if rest:
        _refuse_entities(archive, name, rest)
        yield rest


def _is_markup(archive: Archive, name: str, start: bytes) -> bool:
    """Whether a part is XML. An encoding in which '<!DOCTYPE' has other bytes is refused: it could hide entities."""
    head = start[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if name.lower().endswith((".xml", ".rels")):
        declared = _DECLARATION.match(head)
        hidden = head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head or not head.startswith(b"<")
        if hidden or (declared and declared.group(1).lower() not in _PLAIN):
            raise DuebookError("ledger_files.xml_encoding", file=archive.file, value=name)
        return True
    return head.startswith(b"<")


def _refuse_entities(archive: Archive, name: str, data: bytes) -> None:
    if _FORBIDDEN.search(data):
        raise DuebookError("ledger_files.entities", file=archive.file, value=name)


def _strings(archive: Archive, pieces: Iterator[bytes]) -> int:
    """The number of shared strings; refuses one that no spreadsheet program could have written."""
    count = run = 0
    for piece in pieces:
        starts = piece.count(b"<si")
        count += starts
        first = piece.find(b"<si")
        longest = run + (first if first >= 0 else len(piece))
        if starts:
            run = len(piece) - piece.rfind(b"<si")
            longest = max(longest, run if starts == 1 else max(map(len, piece.split(b"<si"))))
        else:
            run = longest
        if longest > MAX_STRING:
            raise DuebookError("ledger_files.long_text", file=archive.file)
    return count


def _measured(archive: Archive, sheet: Sheet, pieces: Iterator[bytes]) -> Sheet:
    """Cells and extent of a sheet's part; refuses an extent that the reader could not hold."""
    hidden: list[int] = []
    pieces = _hidden_rows(pieces, hidden)
    if archive.parts[sheet.part].file_size <= _EXACT:
        area, cells, errors = _extent(pieces)
    else:
        columns, rows, cells, errors, unusual = 26, MAX_ROWS, 0, False, False
        for piece in pieces:
            here = piece.count(b"<c ")
            cells += here
            errors = errors or b't="e"' in piece
            # As programs write it, each cell and row has its reference after one blank, in double quotes. Anything
            # else (prefixes, single quotes, none at all) is measured by the slower, exact pass.
            unusual = unusual or piece.count(b' r="') != here + piece.count(b"<row ") or b"='" in piece
            for letters, row in _WIDE_OR_LOW.findall(piece):
                columns = max(columns, _column(letters))
                rows = max(rows, int(row[:12] or 0))
        area = columns * rows
        if unusual or area > MAX_CELLS:
            area, cells, errors = _extent(checked(archive, sheet.part))
    if area > MAX_CELLS:
        raise too_wide(archive.file, sheet.name, area)
    return Sheet(sheet.name, sheet.part, sheet.visible, area, cells, errors, sum(hidden))


def too_wide(file: str, sheet: str, area: int) -> DuebookError:
    """The refusal of a sheet whose cells lie too far apart."""
    return DuebookError("ledger_files.extent", file=file, sheet=sheet, cells=f"{area:,}", limit=f"{MAX_CELLS:,}")


def _hidden_rows(pieces: Iterator[bytes], found: list[int]) -> Iterator[bytes]:
    """The same pieces; the number of hidden rows of each goes to `found`: a filter left on hides rows, not money."""
    for piece in pieces:
        if b"hidden" in piece:
            found.append(len(_HIDDEN_ROW.findall(piece)))
        yield piece


def _extent(pieces: Iterator[bytes]) -> tuple[int, int, bool]:
    """Rows × columns between the outermost cells and A1, the number of cells, whether any holds an error."""
    columns = rows = counted_rows = cells = 0
    errors = False
    for piece in pieces:
        found = _REFERENCE.findall(piece)
        columns = max(columns, max((_column(letters) for letters in {letters for letters, _ in found}), default=0))
        rows = max(rows, max((int(row[:12] or 0) for _, row in found), default=0))
        cells += len(_CELL.findall(piece))
        counted_rows += piece.count(b"<row") + piece.count(b":row")
        errors = errors or bool(_ERROR.search(piece))
    # Rows and cells without a reference stand next to each other; there are at most as many as elements.
    rows = max(rows, counted_rows)
    columns = columns or min(cells, MAX_COLUMNS)
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        return max(rows * max(columns, 1), MAX_CELLS + 1), cells, errors
    return rows * columns, cells, errors


def _column(letters: bytes) -> int:
    """A → 1, Z → 26, AA → 27; capped far beyond a sheet, for hostile names."""
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number
