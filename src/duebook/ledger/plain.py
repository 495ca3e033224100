"""Proves that a UTF-8 text file is regular, and counts it, in one quick pass over its bytes.

Regular: one kind of line end, no blank line, no line break inside quotes, every record the same number of delimiters,
and quotes only around whole fields. The pass works on the pieces between quote characters: every second piece is
outside quotes, and there alone do delimiters and line ends count.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_LONGEST_LINE = 1 << 20
"""Longer lines go to the careful reader; the engine has a limit of its own."""


@dataclass(frozen=True)
class Count:
    """`content` is the number of bytes in all fields, without delimiters, line ends and quoting."""

    records: int
    content: int
    line_ends: str


def scan(path: Path, skip: int, delimiter: str, width: int) -> Count | None:
    """Counts the records after the first `skip` lines; None if the file is not regular."""
    mark = delimiter.encode("utf-8")
    if len(mark) != 1:
        return None
    records = content = 0
    end = b""
    with path.open("rb") as file:
        for _ in range(skip):
            line = file.readline(_LONGEST_LINE)
            if not line.endswith(b"\n") or line.count(b"\r") != line.count(b"\r\n"):
                return None
        rest = b""
        while True:
            read = file.read(_CHUNK)
            chunk = rest + read
            if read:
                cut = chunk.rfind(b"\n") + 1
                chunk, rest = chunk[:cut], chunk[cut:]
                if len(rest) > _LONGEST_LINE:
                    return None
                if not chunk:
                    continue
            end = end or (b"\r\n" if chunk.endswith(b"\r\n") else b"\n")
            if not read:
                if not chunk:
                    break
                chunk += end  # the last line may lack its end; only what is counted here gets one
            found = _piece(chunk, mark, end, width)
            if found is None:
                return None
            records += found[0]
            content += found[1]
            if not read:
                break
    return Count(records, content, "CRLF" if end == b"\r\n" else "LF")


def _piece(chunk: bytes, mark: bytes, end: bytes, width: int) -> tuple[int, int] | None:
    """Records and content bytes of whole lines; None if they are not regular."""
    breaks = chunk.count(b"\n")
    returns = chunk.count(b"\r")
    if returns != (chunk.count(b"\r\n") if end == b"\r\n" else 0) or (end == b"\r\n" and returns != breaks):
        return None
    quotes = doubled = 0
    outside = chunk
    if b'"' in chunk:
        pieces = (b"\n" + chunk).split(b'"')
        quotes = len(pieces) - 1
        if quotes % 2:
            return None  # a quoted field goes on in the next line
        unquoted = pieces[::2]
        kept = [piece for piece in unquoted if piece]
        doubled = len(unquoted) - len(kept)  # "" inside a quoted field leaves an empty piece between two quotes
        joined = b'"'.join(kept)
        fields = joined.count(b'"')
        before = joined.count(mark + b'"') + joined.count(b'\n"')
        after = joined.count(b'"' + mark) + joined.count(b'"' + end)
        if before != fields or after != fields:
            return None  # a quote in the middle of a field
        outside = joined[1:]
        if outside.count(b"\n") != breaks:
            return None
    lines = outside.split(b"\n")
    lines.pop()
    if {line.count(mark) for line in lines} != {width - 1} or min(map(len, lines)) < width - 1 + len(end) - 1:
        return None
    if quotes == 0 and min(map(len, lines)) == width - 1 + len(end) - 1:
        return None  # a line of nothing but delimiters is a blank line
    return breaks, len(chunk) - breaks * len(end) - breaks * (width - 1) - quotes + doubled
