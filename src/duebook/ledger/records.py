"""Reads delimited text into a raw table: every record counted, every line numbered, nothing dropped.

The engine is fast but not to be trusted with a file it does not expect (its defaults returned two of five records
without a word). So `plain` first proves in one pass over the bytes that the file is regular; only then does the
engine read the file itself, and it must return as many rows and as many bytes as were counted. Any other file is read
here, record by record, by Python's own reader under the same strict rules.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import headings, plain, spill, text
from duebook.ledger.problems import Problem
from duebook.ledger.raw import MAX_COLUMNS, Progress, RawTable, Source, cells, free_name

_SAMPLE = 1 << 20
"""Characters from the start that delimiter and header are told by."""
_DELIMITERS = "\t;|,"
_DELIMITER_NAMES = {"\t": "tab", ";": "semicolon", "|": "vertical bar", ",": "comma"}
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|!entity|html|workbook|table|\?mso|ss:workbook)\b", re.IGNORECASE)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*$', re.IGNORECASE)
_LONGEST_RECORD = 1 << 20
"""Characters of one record, over all its lines; a quote left open would swallow the rest of the file."""
_MOST_LINES = 500
_EXCERPT = 80
REJECTED = ("too_many_fields", "too_few_fields", "open_quote", "bad_quote")
"""Reasons for which a record cannot be split into the columns of the header (`ledger_files.…`)."""


@dataclass(frozen=True)
class Record:
    """A record as it stands: its first physical line, its last, and its fields, or the reason why it has none."""

    line: int
    last: int
    fields: list[str]
    reason: str | None = None
    excerpt: str = ""


@dataclass(frozen=True)
class Layout:
    """What the start of the file says about the rest."""

    delimiter: str
    separator_line: bool
    headers: tuple[str, ...]
    header_line: int
    header_last: int
    blanks: int
    decimal_comma: bool | None
    titles: tuple[tuple[str, ...], ...]


def read(source: Source, engine: Engine, progress: Progress | None = None) -> RawTable:
    """The raw table of a text file. Raises DuebookError when the file is no table."""
    encoding = text.decide(source.path, source.encoding)
    name = free_name(engine)
    copy = engine.spill_folder / f"{name}.utf8"
    try:
        path = text.as_utf8(source.path, encoding, copy)
        if progress:
            progress(source.name, 0.3)
        layout = _layout(path, source)
        facts = {
            "encoding": encoding.label + (" with byte order mark" if encoding.mark else ""),
            "delimiter": _DELIMITER_NAMES.get(layout.delimiter, layout.delimiter),
            "decimal_mark": {True: "comma", False: "point", None: "not told"}[layout.decimal_comma],
        }
        if layout.separator_line:
            facts["separator_line"] = "yes"
        if titles := layout.header_line - 1 - int(layout.separator_line) - layout.blanks:
            facts["title_lines"] = str(titles)
        found = _whole(path, layout, engine, name)
        if found is None:
            found = _record_by_record(path, layout, source, engine, name)
        records, rejected, more = found
    finally:
        copy.unlink(missing_ok=True)
    if progress:
        progress(source.name, 1.0)
    if len(rejected) * 2 > records:
        raise DuebookError(
            "ledger_files.not_a_table",
            file=source.name,
            line=layout.header_line,
            columns=len(layout.headers),
            fitting=records - len(rejected),
            records=records,
        )
    return RawTable(
        name,
        source.name,
        None,
        layout.headers,
        layout.header_line,
        records,
        tuple(rejected),
        {**facts, **more},
        layout.decimal_comma,
        titles=layout.titles,
    )


# ---- the start of the file ----


def _layout(path: Path, source: Source) -> Layout:
    """Delimiter and header, from the first records."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        start = file.read(_SAMPLE)
    if not start.strip():
        raise DuebookError("ledger_files.empty", file=source.name)
    if _MARKUP.match(start):
        raise DuebookError("ledger_files.markup", file=source.name)
    if source.encoding is None and _binary(start):  # who names the encoding has seen that it is text
        raise DuebookError("ledger_files.not_text", file=source.name)
    first = start.splitlines()[0]
    separator = _SEPARATOR_LINE.match(first)
    named = {name: letter for letter, name in _DELIMITER_NAMES.items()} | {"\\t": "\t"}
    delimiter = named.get(source.delimiter or "", source.delimiter) or (separator.group(1) if separator else None)
    lines = _cut(start)
    if separator:
        lines = lines[1:]
    if delimiter is None:
        delimiter = _likeliest(lines)
    if delimiter is None:
        raise DuebookError("ledger_files.one_column", file=source.name, value=first[:_EXCERPT])
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise DuebookError("ledger_files.bad_delimiter", file=source.name, value=delimiter)
    sample = list(islice(split(iter(lines), delimiter), 400))
    full = [record for record in sample if any(field.strip() for field in record.fields)]
    if not full:
        raise DuebookError("ledger_files.empty", file=source.name)
    head = full[headings.header_index([record.fields for record in full[: headings.SAMPLE]])]
    headers = tuple(head.fields)
    if len(headers) < 2:
        raise DuebookError("ledger_files.one_column", file=source.name, value=first[:_EXCERPT])
    if len(headers) > MAX_COLUMNS:
        raise DuebookError("ledger_files.too_wide", file=source.name, columns=len(headers), limit=MAX_COLUMNS)
    shift = 1 if separator else 0
    blanks = sum(1 for r in sample if r.line < head.line and not r.reason and not any(f.strip() for f in r.fields))
    values = [field for record in full if record.line > head.line for field in record.fields]
    comma = headings.decimal_comma(values)
    titles = tuple(tuple(record.fields) for record in full if record.line < head.line)
    return Layout(delimiter, bool(separator), headers, head.line + shift, head.last + shift, blanks, comma, titles)


def _binary(start: str) -> bool:
    """Control characters that no export writes, in numbers."""
    controls = sum(1 for letter in start[:65536] if letter < " " and letter not in "\t\r\n\f\x1a\x1b\x1f")
    return controls > max(20, len(start[:65536]) / 50)


def _cut(start: str) -> list[str]:
    """The sample's physical lines with their ends, the last one left out if the sample cut it."""
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", start)
    return lines[:-1] if len(start) >= _SAMPLE and len(lines) > 1 else lines


def _likeliest(lines: list[str]) -> str | None:
    """The delimiter that cuts most lines into the same number of fields, and into the more fields of two equals."""
    best: tuple[float, int] = (0.0, 0)
    found = None
    for delimiter in _DELIMITERS:
        widths = [
            len(record.fields)
            for record in islice(split(iter(lines), delimiter), 200)
            if any(record.fields) or record.reason
        ]
        counts = Counter(width for width in widths if width > 1)
        if counts:
            width, count = max(counts.items(), key=lambda item: (item[1], item[0]))
            if (rank := (count / len(widths), width)) > best:
                best, found = rank, delimiter
    return found


# ---- the regular file: the engine reads it ----


def _whole(path: Path, layout: Layout, engine: Engine, name: str) -> tuple[int, list[Problem], dict[str, str]] | None:
    """Lets the engine read the file as it is; None if the file is irregular or the engine disagrees with the count."""
    width = len(layout.headers)
    counted = plain.scan(path, layout.header_last, layout.delimiter, width)
    if counted is None or counted.records == 0:
        return None
    stored = f"{name}_cells"
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in cells(width))
    try:
        engine.execute(
            f"CREATE TABLE {identifier(stored)} AS SELECT * FROM read_csv({quoted(str(path.resolve()))}, "
            f"auto_detect=false, header=false, skip={layout.header_last}, delim={quoted(layout.delimiter)}, "
            f"quote='\"', escape='\"', "
            f"nullstr='', allow_quoted_nulls=true, strict_mode=true, null_padding=false, encoding='utf-8', "
            f"compression='none', hive_partitioning=false, "  # neither ending nor folder of the file may mean anything
            f"columns={{{columns}}})"
        )
        length = " + ".join(f"coalesce(strlen({column}), 0)" for column in cells(width))
        blank = " AND ".join(f"{column} IS NULL" for column in cells(width))
        found = engine.one(
            f"SELECT count(*), coalesce(sum(({length})::HUGEINT), 0), count(*) FILTER ({blank}) "
            f"FROM {identifier(stored)}"
        )
        agreed = found == (counted.records, counted.content, 0)
    except Exception:  # whatever the engine objects to, the strict reader decides
        agreed = False
    if not agreed:
        engine.execute(f"DROP TABLE IF EXISTS {identifier(stored)}")
        return None
    engine.execute(
        f"CREATE VIEW {identifier(name)} AS SELECT rowid + 1 AS record, rowid + {layout.header_last + 1} AS line, "
        f"NULL::VARCHAR AS kinds, {', '.join(cells(width))} FROM {identifier(stored)}"
    )
    return counted.records, [], {"line_ends": counted.line_ends, "blank_lines": "0"}


# ---- any other file: record by record ----


def _record_by_record(
    path: Path, layout: Layout, source: Source, engine: Engine, name: str
) -> tuple[int, list[Problem], dict[str, str]]:
    """Reads what `plain.scan` calls irregular: embedded line breaks, blank lines, ragged records, lone quotes."""
    width = len(layout.headers)
    rejected: list[Problem] = []
    records = blanks = trailing = 0
    spilled = engine.spill_folder / f"{name}.rows"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file, spill.Spill(spilled, width) as rows:
            lines = islice(file, layout.header_last, None)
            for record in split(lines, layout.delimiter, width, layout.header_last):
                fields = record.fields
                if record.reason is None and not any(fields):
                    blanks += 1
                    continue
                records += 1
                if record.reason is None and len(fields) > width and not any(fields[width:]):
                    fields = fields[:width]  # a delimiter at the end of the record, or empty columns: nothing is lost
                    trailing += 1
                elif record.reason is None and len(fields) < width and not any(layout.headers[len(fields) :]):
                    fields = fields + [""] * (width - len(fields))  # the missing columns have no name either
                if record.reason is not None or len(fields) != width:
                    rejected.append(_problem(record, width, source))
                else:
                    rows.add(records, record.line, "", fields)
            ends = _line_ends(file.newlines)
        count = spill.load(engine, spilled, name, width, escaped=rows.escaped, longest=rows.longest)
    finally:
        spilled.unlink(missing_ok=True)
    if count + len(rejected) != records:
        raise DuebookError("ledger_files.count_differs", file=source.name, counted=records, read=count + len(rejected))
    facts = {"line_ends": ends, "blank_lines": str(blanks + layout.blanks)}
    if trailing:
        facts["trailing_delimiters"] = str(trailing)
    return records, rejected, facts


def _problem(record: Record, width: int, source: Source) -> Problem:
    reason = record.reason or ("too_many_fields" if len(record.fields) > width else "too_few_fields")
    facts = {"expected": str(width), "found": str(len(record.fields))}
    excerpt = record.excerpt[:_EXCERPT] + ("…" if len(record.excerpt) > _EXCERPT else "")
    return Problem(source.name, None, record.line, None, excerpt, f"ledger_files.{reason}", "left_out", facts)


def _line_ends(seen: str | tuple[str, ...] | None) -> str:
    names = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}
    ends = (seen,) if isinstance(seen, str) else seen or ()
    return " and ".join(sorted(names[end] for end in ends)) or "none"


class _Lines:
    """Physical lines for the csv reader, which remembers those of the current record so that they can be reread."""

    def __init__(self, lines: Iterator[str], before: int) -> None:
        self._lines = lines
        self._again: list[str] = []
        self.number = before
        self.taken: list[str] = []
        self._length = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.number += 1
        self.taken.append(line)
        self._length += len(line)
        if len(self.taken) > 1 and (self._length > _LONGEST_RECORD or len(self.taken) > _MOST_LINES):
            raise csv.Error("record too long")
        return line

    def begin(self) -> None:
        self.taken.clear()
        self._length = 0

    def reread(self) -> str:
        """Gives back all lines of the current record but the first, which it returns."""
        first, *rest = self.taken
        self._again.extend(reversed(rest))
        self.number -= len(rest)
        return first


def split(lines: Iterator[str], delimiter: str, width: int | None = None, before: int = 0) -> Iterator[Record]:
    """The records of a text, strictly split. `before` lines were read already.

    A record that cannot be split is its first line alone; reading goes on with the next line, so a quote left open
    costs one line and not the rest of the file. With `width`, the same holds for a record of several lines whose
    number of fields is wrong.
    """
    csv.field_size_limit(_LONGEST_RECORD * 4)
    feed = _Lines(lines, before)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        start = feed.number + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reason = "bad_quote" if "expected after" in str(error) else "open_quote"
            first = feed.reread()
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            yield Record(start, feed.number, [], reason, first.rstrip("\r\n"))
            continue
        if (
            width is not None
            and len(fields) != width
            and len(feed.taken) > 1
            and (len(fields) < width or any(fields[width:]))
        ):
            first = feed.reread()
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            yield Record(start, feed.number, [], "bad_quote", first.rstrip("\r\n"))
            continue
        excerpt = feed.taken[0].rstrip("\r\n") if width is not None and len(fields) != width else ""
        yield Record(start, feed.number, fields, None, excerpt)
