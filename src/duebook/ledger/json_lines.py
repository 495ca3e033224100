"""Reads JSON lines (one object per line) and a JSON array of flat objects into a raw table.

Numbers keep the digits that stand in the file: they never become binary numbers. An object that cannot be a row
(broken, nested, a name twice) is reported with its line and left out; the others are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from json import JSONDecodeError
from pathlib import Path
from typing import TextIO

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import headings, spill, text
from duebook.ledger.problems import Problem
from duebook.ledger.raw import MAX_COLUMNS, Progress, RawTable, Source, free_name

_BEGINS = re.compile(rb"\s*(\[\s*)?\{\s*(\"|\}|$)")
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xff\xfe", b"\xfe\xff")
_LONGEST = 1 << 20
"""Characters of one object."""
_MOST_ARRAY = 128 << 20
"""Characters of an array, which is held in memory."""
_MOST_CELLS = 400_000_000
"""Rows × names: objects with few names each, but never the same, would fill the disk with blanks."""
_EXCERPT = 80
REJECTED = ("json_broken", "json_constant", "json_letters", "json_no_object", "json_twice", "json_nested", "json_long")
"""Reasons for which an object is no row (`sources.…`)."""
_WIDEST_POWER = 40
_UNFIT_LETTERS = re.compile("[\ud800-\udfff\0]")
_SPACE = re.compile(r"[ \t\r\n]*")

Pairs = tuple[tuple[str, object], ...]


class _Number(str):
    """The text of a number, as it stands in the file."""


@dataclass(frozen=True)
class _Row:
    """An object: the line where it begins, and its values by name; or why it cannot be read, and how it begins."""

    line: int
    values: dict[str, object]
    reason: str | None = None
    excerpt: str = ""
    facts: tuple[tuple[str, str], ...] = ()


class _Unfit(ValueError):
    """An object that is JSON, but no row: with the reason and its facts."""

    def __init__(self, reason: str, **facts: str) -> None:
        super().__init__(reason)
        self.reason, self.facts = reason, facts


def begins(start: bytes) -> bool:
    """Whether a file that begins so is JSON: an object with a name first, alone or in an array."""
    for mark in _MARKS:
        if start.startswith(mark):
            start = start.removeprefix(mark)
            break
    return bool(_BEGINS.match(start.replace(b"\0", b"")))  # UTF-16 and UTF-32 put zero bytes between ASCII letters


def read(source: Source, engine: Engine, progress: Progress | None = None) -> RawTable:
    """The raw table of a JSON file: a column for each name, in the order in which they first occur."""
    encoding = text.decide(source.path, source.encoding)
    name = free_name(engine)
    copy, spilled = engine.spill_folder / f"{name}.utf8", engine.spill_folder / f"{name}.rows"
    try:
        path = text.as_utf8(source.path, encoding, copy)
        headers, records, unread = _surveyed(path, source)
        if progress:
            progress(source.name, 0.5)
        rejected: list[Problem] = []
        samples: list[str] = []
        with spill.Spill(spilled, len(headers)) as out:
            for number, row in enumerate(_rows(path, source), 1):
                if row.reason is not None:
                    rejected.append(_problem(row, source))
                    continue
                kinds, values = _texts(row.values, headers)
                if number <= headings.SAMPLE:
                    samples += [value for kind, value in zip(kinds, values, strict=True) if kind == "t"]
                out.add(number, row.line, kinds, values)
        count = spill.load(engine, spilled, name, len(headers), escaped=out.escaped, longest=out.longest)
    finally:
        copy.unlink(missing_ok=True)
        spilled.unlink(missing_ok=True)
    if count + len(rejected) != records or len(rejected) != unread:
        raise DuebookError("ledger_files.count_differs", file=source.name, counted=records, read=count + len(rejected))
    if progress:
        progress(source.name, 1.0)
    facts = {"encoding": encoding.label + (" with byte order mark" if encoding.mark else "")}
    comma = headings.decimal_comma(samples)
    return RawTable(name, source.name, None, headers, 0, records, tuple(rejected), facts, comma)


def _surveyed(path: Path, source: Source) -> tuple[tuple[str, ...], int, int]:
    """A first pass: all names, the number of objects, and of those that cannot be read."""
    names: dict[str, None] = {}
    records = unread = 0
    first: _Row | None = None
    for row in _rows(path, source):
        records += 1
        if row.reason is not None:
            unread += 1
            first = first or row
        elif not row.values.keys() <= names.keys():
            names |= dict.fromkeys(row.values)
            if len(names) > MAX_COLUMNS:
                raise DuebookError("sources.json_wide", file=source.name, limit=f"{MAX_COLUMNS:,}")
    if first and unread * 2 > records:
        reason = DuebookError(first.reason or "", **dict(first.facts)).text()
        raise DuebookError(
            "sources.json_no_rows",
            file=source.name,
            line=first.line,
            unread=unread,
            records=records,
            reason=reason,
        )
    if not names:
        raise DuebookError("ledger_files.empty", file=source.name)
    if len(names) * records > _MOST_CELLS:
        raise DuebookError("sources.json_wide", file=source.name, limit=f"{MAX_COLUMNS:,}")
    return tuple(names), records, unread


def _problem(row: _Row, source: Source) -> Problem:
    excerpt = row.excerpt[:_EXCERPT] + ("…" if len(row.excerpt) > _EXCERPT else "")
    return Problem(source.name, None, row.line, None, excerpt, row.reason or "", "left_out", dict(row.facts))


# ---- values ----


def _texts(values: dict[str, object], headers: tuple[str, ...]) -> tuple[str, list[str]]:
    kinds, texts = [], []
    for header in headers:
        value = values.get(header)
        if value is None or value == "":
            kind, told = ".", ""
        elif isinstance(value, bool):
            kind, told = "b", "TRUE" if value else "FALSE"
        elif isinstance(value, _Number):
            kind, told = "n", _plain(value)
        else:
            kind, told = "t", str(value)
        kinds.append(kind)
        texts.append(told)
    return "".join(kinds), texts


def _plain(number: str) -> str:
    """A number without an exponent: 1.5e3 → 1500; one that is out of all reason stays as it is."""
    mantissa, mark, power = number.lower().partition("e")
    if not mark or len(power) > 4 or abs(int(power)) > _WIDEST_POWER or len(mantissa) > _WIDEST_POWER:
        return str(number)
    return format(Decimal(number), "f")


def _pairs(pairs: list[tuple[str, object]]) -> Pairs:
    """An object's names and values in order, twice the same name and all: the decoder would keep the last."""
    return tuple(pairs)


def _constant(word: str) -> object:
    raise _Unfit("sources.json_constant", word=word)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_Number, parse_int=_Number, parse_constant=_constant, strict=False
)

_LENIENT = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)


def _object(content: str, place: int = 0) -> tuple[dict[str, object], int]:
    """The flat object that begins at a place, and the place behind it. Raises _Unfit."""
    try:
        found, end = _DECODER.raw_decode(content, place)
    except JSONDecodeError as error:
        raise _Unfit("sources.json_broken", column=str(error.pos - place + 1)) from error
    except RecursionError as error:
        raise _Unfit("sources.json_nested", name="…") from error
    if not isinstance(found, tuple):
        raise _Unfit("sources.json_no_object")
    values: dict[str, object] = {}
    for name, value in found:
        if name in values:
            raise _Unfit("sources.json_twice", name=name)
        if isinstance(value, tuple | list):
            raise _Unfit("sources.json_nested", name=name)
        values[name] = value
    # The file itself holds neither (the decoder has seen to it); an escape can.
    if content.find("\\u", place, end) >= 0:
        told = "".join(each for each in (*values, *values.values()) if isinstance(each, str))
        if _UNFIT_LETTERS.search(told):
            raise _Unfit("sources.json_letters")
    return values, end


# ---- rows ----


def _rows(path: Path, source: Source) -> Iterator[_Row]:
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        while (start := file.read(4096)) and not start.strip():
            pass
        file.seek(0)
        yield from _array(file, source) if start.lstrip().startswith("[") else _lines(file)


def _lines(file: TextIO) -> Iterator[_Row]:
    """One object per line. Blank lines do not count."""
    number = 0
    while line := file.readline(_LONGEST + 1):
        number += 1
        if len(line) > _LONGEST and not line.endswith("\n"):
            excerpt = line[:_EXCERPT]
            while (line := file.readline(_LONGEST)) and not line.endswith("\n"):
                pass
            yield _Row(number, {}, "sources.json_long", excerpt, (("limit", f"{_LONGEST:,}"),))
            continue
        content = line.strip()
        if content:
            yield _line(number, content)


def _line(number: int, content: str) -> _Row:
    try:
        values, end = _object(content)
        if content[end:].strip():
            raise _Unfit("sources.json_broken", column=str(end + 1))
    except _Unfit as error:
        return _Row(number, {}, error.reason, content[: _EXCERPT + 1], tuple(error.facts.items()))
    return _Row(number, values)


def _array(file: TextIO, source: Source) -> Iterator[_Row]:
    """The objects of one array. Behind a broken one nothing can be told apart any more: the file is refused."""
    content = file.read(_MOST_ARRAY + 1)
    if len(content) > _MOST_ARRAY:
        raise DuebookError("sources.json_array_large", file=source.name, limit=_MOST_ARRAY >> 20)
    place, line, counted = content.index("[") + 1, 1, 0
    after = ""
    while after != "]":
        place = _behind_space(content, place)
        line, counted = line + content.count("\n", counted, place), place
        row, place = _element(content, place, line)
        if place < 0:
            raise DuebookError("sources.json_array_broken", file=source.name, line=line)
        yield row
        place = _behind_space(content, place)
        after = content[place : place + 1]
        place += 1
        further = _behind_space(content, place)
        if after not in (",", "]") or (after == "]" and further < len(content)):
            line += content.count("\n", counted, further if after == "]" else place)
            raise DuebookError("sources.json_array_broken", file=source.name, line=line)


def _element(content: str, place: int, line: int) -> tuple[_Row, int]:
    """An element of the array and the place behind it, -1 if it is broken."""
    try:
        values, end = _object(content, place)
    except _Unfit as error:
        excerpt = content[place : place + _EXCERPT + 1]
        return _Row(line, {}, error.reason, excerpt, tuple(error.facts.items())), _behind_value(content, place)
    return _Row(line, values), end


def _behind_space(content: str, place: int) -> int:
    found = _SPACE.match(content, place)
    return found.end() if found else place


def _behind_value(content: str, place: int) -> int:
    """Where a value that is JSON, though no row, ends; -1 where it is broken."""
    try:
        return _LENIENT.raw_decode(content, place)[1]
    except (JSONDecodeError, RecursionError):
        return -1
