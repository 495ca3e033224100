"""The process that parses a stranger's file: `python -m duebook.ledger.worker`, a job in, a summary out, as JSON.

It alone runs the reader on a stranger's bytes, under a cap on memory and processor time (on Linux; elsewhere the guard
and the caller's timeout must do). A cap that is hit ends the process, not the program that asked. Rows go to spill
files that the engine loads; a name of a file or an error text of the reader goes nowhere else.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from duebook.ledger import apart, binary_workbook, headings, old_workbook
from duebook.ledger.archive import Archive
from duebook.ledger.spill import Spill

_ERRORS = re.compile(rb"<(?:\w+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_AT = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_PLAIN_INTEGERS = 1e15


def number(value: float) -> str:
    """The shortest decimal text with 15 significant digits, as Excel shows it: no exponent, no trailing '.0'."""
    if value == int(value) and -_PLAIN_INTEGERS < value < _PLAIN_INTEGERS:
        return str(int(value))
    text = format(value, ".15g")
    return format(Decimal(text), "f") if "e" in text else text


def _moment(value: dt.datetime) -> str:
    if value.microsecond >= 500_000:  # Excel keeps times as fractions of a day: 08:00 comes as 07:59:59.999
        value += dt.timedelta(seconds=1)
    value = value.replace(microsecond=0)
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")


def _span(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_FORMS: dict[type, tuple[str, Callable[[Any], str]]] = {
    str: ("t", str),
    float: ("n", number),
    int: ("n", number),
    bool: ("b", lambda value: "TRUE" if value else "FALSE"),
    dt.date: ("d", dt.date.isoformat),
    dt.datetime: ("d", _moment),
    # Times of day and durations are no dates; they stay readable text.
    dt.time: ("t", lambda value: value.replace(microsecond=0).isoformat()),
    dt.timedelta: ("t", _span),
}
_KINDS = {kind: letter for kind, (letter, _) in _FORMS.items()}
_TEXTS = {kind: form for kind, (_, form) in _FORMS.items() if kind is not str}


def row_as_text(values: Sequence[Any]) -> tuple[str, list[str]]:
    """Kinds and texts of a row of cell values; '' is a blank cell."""
    texts = [value if type(value) is str else _TEXTS[type(value)](value) for value in values]
    kinds = "".join([_KINDS[type(value)] if value != "" else "." for value in values])
    return kinds, texts


def _errors(path: Path, part: str) -> dict[int, dict[int, str]]:
    """Error cells by row and column (1-based), which the reader gives as blanks. A scan of the sheet's part."""
    found: dict[int, dict[int, str]] = {}
    with Archive(path) as archive:
        rest = b""
        for piece in archive.stream(part):
            piece = rest + piece
            cut = max(piece.rfind(b"</c>"), piece.rfind(b":c>")) + 4
            rest = piece[cut:] if cut > 3 else piece
            for attributes, content in _ERRORS.findall(piece[:cut] if cut > 3 else b""):
                at, value = _AT.search(attributes), _VALUE.search(content)
                if at and value:
                    column = 0
                    for letter in at.group(1):
                        column = column * 26 + letter - 64
                    found.setdefault(int(at.group(2)), {})[column] = value.group(1).decode("utf-8", "replace")
    return found


def _rows(sheet: Any, errors: dict[int, dict[int, str]]) -> Iterator[tuple[int, str, list[str]]]:
    """(row number, kinds, texts) of every row that is not blank, from column A on."""
    before = sheet.start[1] if sheet.start else 0
    blanks, points = [""] * before, "." * before
    for line, values in enumerate(sheet.iter_rows(), 1):
        if not any(value != "" for value in values) and line not in errors:
            continue
        kinds, texts = row_as_text(values)
        if before:
            kinds, texts = points + kinds, blanks + texts
        for column, text in errors.get(line, {}).items():
            if column <= len(texts):
                texts[column - 1] = text
                kinds = kinds[: column - 1] + "e" + kinds[column:]
        yield line, kinds, texts


def read_sheet(sheet: Any, spilled: Path, errors: dict[int, dict[int, str]]) -> dict[str, Any] | None:
    """Writes the records below the header to `spilled`; None for a sheet without any value."""
    rows = _rows(sheet, errors)
    head = list(islice(rows, headings.SAMPLE))
    if not head:
        return None
    index = headings.header_index([texts for _, _, texts in head])
    header_line, _, headers = head[index]
    records, last = 0, header_line
    with Spill(spilled, len(headers)) as spill:
        for part in (iter(head[index + 1 :]), rows):
            for line, kinds, texts in part:
                records += 1
                last = line
                spill.add(records, line, kinds, texts)
    # A count of its own, in a second pass over the sheet: every row with a value, less the header and what is above.
    filled = sum(1 for line, row in enumerate(sheet.iter_rows(), 1) if any(v != "" for v in row) or line in errors)
    return {
        "counted": filled - index - 1,
        "headers": headers,
        "header_line": header_line,
        "titles": index,
        "above": [texts for _, _, texts in head[:index]],
        "records": records,
        "blanks": last - header_line - records,
        "escaped": spill.escaped,
        "longest": spill.longest,
        "sample": [
            text
            for _, kinds, texts in head[index + 1 :]
            for kind, text in zip(kinds, texts, strict=True)
            if kind == "t"
        ],
    }


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the guard's bounds and the caller's timeout
        return
    if sys.platform == "linux":  # macOS accepts the call and ignores it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_workbook(job: dict[str, Any]) -> dict[str, Any] | None:
    """A summary of each sheet of the job; None where the reader finds the workbook damaged."""
    import python_calamine as calamine

    summaries: list[dict[str, Any] | None] = []
    errors_of = {"xls": old_workbook.errors, "xlsb": binary_workbook.errors}.get(job["form"], _errors)
    try:
        with _opened(job) as book:
            for number_, sheet in enumerate(job["sheets"]):
                errors = errors_of(Path(job["path"]), sheet["part"]) if sheet["errors"] else {}
                spilled = Path(job["folder"]) / f"{job['stem']}-{number_}.rows"
                opened = _sheet(book, sheet, job["form"])
                if job["page"] and job["page"]["codec"]:
                    opened = _Recoded(opened, job["page"]["codec"])
                summaries.append(read_sheet(opened, spilled, errors))
    except (calamine.CalamineError, IndexError, UnicodeDecodeError):
        return None
    return {"sheets": summaries}


def _opened(job: dict[str, Any]) -> Any:
    """The reader's workbook, an old one with the code page that the reader must be told."""
    import python_calamine as calamine

    if not job["page"]:
        return calamine.CalamineWorkbook.from_path(job["path"])
    data = bytearray(Path(job["path"]).read_bytes())
    struct.pack_into("<H", data, job["page"]["offset"], job["page"]["told"])
    return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))


class _Recoded:
    """A sheet whose texts are the bytes of another encoding, read as Windows-1252."""

    def __init__(self, sheet: Any, codec: str) -> None:
        self._sheet, self._codec = sheet, codec
        self.start = sheet.start
        letters = {}
        for byte in range(256):
            try:
                letters[ord(bytes((byte,)).decode("cp1252"))] = byte
            except UnicodeDecodeError:
                letters[byte] = byte  # five bytes that have no letter stand for themselves
        self._byte = letters

    def iter_rows(self) -> Iterator[list[Any]]:
        for values in self._sheet.iter_rows():
            yield [self._text(value) if type(value) is str and not value.isascii() else value for value in values]

    def _text(self, value: str) -> str:
        return bytes([self._byte[ord(letter)] for letter in value]).decode(self._codec)


def _sheet(book: Any, sheet: dict[str, Any], form: str) -> Any:
    """The reader's sheet; of an old workbook by its place, because names there depend on a code page."""
    if form != "xls":
        return book.get_sheet_by_name(sheet["name"])
    kinds = [str(found.typ) for found in book.sheets_metadata]
    places = [place for place, kind in enumerate(kinds) if kind.endswith("WorkSheet")]
    return book.get_sheet_by_index(places[sheet["place"]])


def main() -> int:
    job = json.load(sys.stdin)
    _limit(job["memory"], job["seconds"])
    try:
        if job["form"] == "parquet":
            from duebook.ledger import parquet_worker

            found = parquet_worker.as_text(job)
        else:
            found = read_workbook(job)
    except MemoryError:
        return apart.MEMORY
    if found is None:
        return apart.UNREADABLE
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
