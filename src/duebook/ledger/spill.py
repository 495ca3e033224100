"""A row format between Python and the engine that has no quotes, so that nothing in a cell can be misread.

One line per row: record number, line number, kinds, cells, separated by the unit separator U+001F. The few characters
that have a meaning here are escaped in the cells and put back in the engine, only where a file holds any.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from duebook.core.engine import Engine, identifier, quoted
from duebook.ledger.raw import cells

_SEPARATOR = "\x1f"
_ESCAPE = "\x1b"
# The escape character itself comes first here and last on the way back, or "ESC 1" in a cell would be mistaken.
_ESCAPES = ((_ESCAPE, "0"), (_SEPARATOR, "1"), ("\n", "2"), ("\r", "3"))
_BATCH = 5_000


class Spill:
    """Writes rows to a file for `load`. Use as a context manager."""

    def __init__(self, path: Path, width: int) -> None:
        self.path = path
        self.width = width
        self.rows = 0
        self.escaped = False
        self.longest = 0
        self._lines: list[str] = []
        self._file: TextIO = path.open("w", encoding="utf-8", newline="")

    def add(self, record: int, line: int, kinds: str, values: Sequence[str]) -> None:
        text = _SEPARATOR.join(values)
        if "\n" in text or "\r" in text or _ESCAPE in text or text.count(_SEPARATOR) != self.width - 1:
            text = _SEPARATOR.join(map(_escaped, values))
            self.escaped = True
        if len(text) > self.longest:
            self.longest = len(text)
        self._lines.append(f"{record}\x1f{line}\x1f{kinds}\x1f{text}\n")
        self.rows += 1
        if len(self._lines) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        self._file.write("".join(self._lines))
        self._lines.clear()

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._file.close()


def _escaped(value: str) -> str:
    for letter, code in _ESCAPES:
        value = value.replace(letter, _ESCAPE + code)
    return value


def load(engine: Engine, path: Path, name: str, width: int, *, escaped: bool, longest: int) -> int:
    """Creates the raw table `name` (a view over the rows as they stand) from a spilled file; returns its row count."""
    shape = [
        "'record': 'BIGINT'",
        "'line': 'BIGINT'",
        "'kinds': 'VARCHAR'",
        *(f"'{c}': 'VARCHAR'" for c in cells(width)),
    ]
    source = (
        f"read_csv({quoted(str(path))}, auto_detect=false, header=false, delim={quoted(_SEPARATOR)}, quote='', "
        f"escape='', nullstr='', strict_mode=true, encoding='utf-8', compression='none', hive_partitioning=false, "
        f"columns={{{', '.join(shape)}}}, "
        f"max_line_size={max(2_000_000, 4 * longest + 1_000)})"
    )
    stored = f"{name}_cells"
    engine.execute(f"CREATE TABLE {identifier(stored)} AS SELECT * FROM {source}")
    columns = [_unescaped(c) for c in cells(width)] if escaped else cells(width)
    engine.execute(
        f"CREATE VIEW {identifier(name)} AS SELECT record, line, kinds, {', '.join(columns)} FROM {identifier(stored)}"
    )
    (count,) = engine.one(f"SELECT count(*) FROM {identifier(stored)}")
    return int(count)


def _unescaped(column: str) -> str:
    sql = column
    for letter, code in reversed(_ESCAPES):
        sql = f"replace({sql}, chr({ord(_ESCAPE)}) || '{code}', chr({ord(letter)}))"
    return f"{sql} AS {column}"
