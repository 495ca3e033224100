"""Worksheets read without the rows of plain values, which a tree would hold at some twenty times their size.

A run of such rows is held as bytes, with a mark in its place, and put back as it was when the sheet is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from duebook.books.references import area

LEAST = 4_000_000
"""Sheets of fewer bytes are read whole: there is nothing to gain."""
_DATA = re.compile(rb"<sheetData[^>]*(?<!/)>")
_ROW = re.compile(rb'<row\b[^>]*?\sr="([0-9]+)"[^>]*>')
_FORMULA = re.compile(rb"<f[\s/>]")
_AREA = re.compile(rb'<f\s[^>]*?\bref="([^"]*)"')
_MARK = re.compile(rb"<\?duebook-rows ([0-9]+)\?>")
_OTHER_QUOTES = re.compile(rb"<(?:row|f)\s[^>]*='")
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"'](?!utf-8[\"']|us-ascii[\"'])", re.IGNORECASE)
_BOMS = (b"\xff\xfe", b"\xfe\xff")
_END = b"</row>"


def thinned(data: bytes) -> tuple[bytes, list[bytes]] | None:
    """A worksheet without the rows that hold no formula, nor values of one that fills an area; and these rows.

    None where the sheet is small, or not written the way that all spreadsheet programs write large ones.
    """
    start = _DATA.search(data) if len(data) >= LEAST and _plain(data) else None
    end = data.find(b"</sheetData>", start.end()) if start else -1
    if start is None or end < 0:
        return None
    areas = [found for text in _AREA.findall(data) if (found := area(text.decode("ascii", "replace")))]
    wanted = _spans((first, last) for first, _, last, _ in areas)
    pieces, held, done = [data[: start.end()]], list[bytes](), start.end()
    for kept, until in _runs(data, start.end(), end, wanted):
        if until < 0:
            return None
        if kept:
            pieces.append(data[done:until])
        else:
            pieces.append(b"<?duebook-rows %d?>" % len(held))
            held.append(data[done:until])
        done = until
    return b"".join([*pieces, data[done:]]), held


def whole(data: bytes, held: Sequence[bytes]) -> bytes:
    """The sheet with the rows put back."""
    return _MARK.sub(lambda mark: held[int(mark[1])], data) if held else data


def _plain(data: bytes) -> bool:
    """Whether tags can be found by looking: no comments, sections or instructions, names without a prefix."""
    if data.startswith(_BOMS) or _OTHER_ENCODING.match(data, 3 if data.startswith(b"\xef\xbb\xbf") else 0):
        return False
    return b"<!" not in data and data.find(b"<?", 8) < 0 and not _OTHER_QUOTES.search(data)


def _runs(data: bytes, start: int, end: int, wanted: Sequence[tuple[int, int]]) -> Iterator[tuple[bool, int]]:
    """Where each run of rows ends and whether it is kept; -1 where a row cannot be read so."""
    at, run, span, before = start, None, 0, 0
    while at < end:
        found = _ROW.match(data, at)
        number = int(found[1]) if found else 0
        if found is None or number <= before:
            yield False, -1
            return
        before = number
        until = found.end()
        if not found[0].endswith(b"/>"):
            until = data.find(_END, until, end) + len(_END)
            if until < found.end():
                yield False, -1
                return
        while span < len(wanted) and wanted[span][1] < number:
            span += 1
        kept = span < len(wanted) and wanted[span][0] <= number
        kept = kept or _FORMULA.search(data, found.end(), until) is not None
        if run is not None and kept != run:
            yield run, at
        at, run = until, kept
    if run is not None:
        yield run, end


def _spans(found: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of rows in their order, those that meet joined."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined
