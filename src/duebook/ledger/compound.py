"""The container of old Office files (OLE compound file, MS-CFB): finds one stream in it, trusting nothing.

Sectors are chained through tables in the file itself, so a chain may run in a circle or out of the file; both are
refused. The whole file is held in memory, therefore its size is bounded.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from duebook.core.errors import DuebookError

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_FILE = 256 << 20
"""Bytes; a full sheet of the old format (65,536 × 256 numbers) has 235 MB at most, in practice a fraction."""
_HEADER, _ENTRY, _IN_HEADER = 512, 128, 109
_LAST = 0xFFFFFFFA  # sector numbers from here on are marks: free, end of chain, table
_NO_SECTOR = 0xFFFFFFFE
_STREAM, _ROOT = 2, 5


class Compound:
    """An open compound file: its streams' names, and their bytes."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        if (size := path.stat().st_size) > MAX_FILE:
            raise DuebookError("ledger_files.too_large", file=self.file, size=size >> 20, limit=MAX_FILE >> 20)
        self._data = path.read_bytes()
        if len(self._data) < _HEADER or not self._data.startswith(SIGNATURE):
            raise self._damaged()
        shift, mini_shift = struct.unpack_from("<HH", self._data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise self._damaged()
        self._size: int = 1 << shift
        self._mini_size: int = 1 << mini_shift
        first_directory, self._cutoff, first_mini = struct.unpack_from("<I4xII", self._data, 48)
        self._next = self._table(self._table_sectors())
        self._mini_next = self._table(self._chain(first_mini, self._next)) if first_mini < _LAST else ()
        self._entries = self._directory(first_directory)
        root = next((start for kind, start, _ in self._entries.values() if kind == _ROOT), _NO_SECTOR)
        self._small_numbers = self._chain(root, self._next) if root < _LAST else []
        self._small = self._sectors(self._small_numbers)

    def _damaged(self) -> DuebookError:
        return DuebookError("ledger_files.workbook_damaged", file=self.file)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise self._damaged()
        return self._data[start : start + self._size]  # programs cut the last sector short

    def _sectors(self, numbers: Iterable[int]) -> bytes:
        return b"".join(map(self._sector, numbers))

    def _table(self, sectors: Iterable[int]) -> tuple[int, ...]:
        data = self._sectors(sectors)
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _table_sectors(self) -> list[int]:
        """The sectors of the allocation table: 109 in the header, more in a chain of sectors of their own."""
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        (further,) = struct.unpack_from("<I", self._data, 68)
        seen: set[int] = set()
        while further < _LAST:
            if further in seen:
                raise self._damaged()
            seen.add(further)
            *numbers, further = self._table([further]) or (_NO_SECTOR,)
            found += numbers
        sectors = [number for number in found if number < _LAST]
        if len(set(sectors)) != len(sectors):
            raise self._damaged()
        return sectors

    def _chain(self, start: int, following: tuple[int, ...]) -> list[int]:
        found: list[int] = []
        number = start
        while number < _LAST:
            found.append(number)
            if number >= len(following) or len(found) > len(following):  # out of the table, or in a circle
                raise self._damaged()
            number = following[number]
        return found

    def _directory(self, start: int) -> dict[str, tuple[int, int, int]]:
        """Name → (kind, first sector, size), of streams and the root. The tree of storages is not needed."""
        data = self._sectors(self._chain(start, self._next))
        found: dict[str, tuple[int, int, int]] = {}
        for place in range(0, len(data) - _ENTRY + 1, _ENTRY):
            entry = data[place : place + _ENTRY]
            length, kind = struct.unpack_from("<HB", entry, 64)
            if kind not in (_STREAM, _ROOT) or not 2 <= length <= 64:
                continue
            first, size = struct.unpack_from("<II", entry, 116)
            name = entry[: length - 2].decode("utf-16-le", "replace")
            found.setdefault(name.lower(), (kind, first, size))
        return found

    def stream(self, *names: str) -> bytes | None:
        """The bytes of the first of these streams that there is; None where there is none."""
        for name in names:
            kind, _, size = self._entries.get(name.lower(), (0, 0, 0))
            if kind != _STREAM:
                continue
            numbers, small = self._numbers(name)
            piece: Callable[[int], bytes] = self._mini_sector if small else self._sector
            data = b"".join(chain(map(piece, numbers)))[:size]
            if len(data) < size:
                raise self._damaged()
            return data
        return None

    def _numbers(self, name: str) -> tuple[list[int], bool]:
        """The sectors of a stream, and whether they are those of the mini stream."""
        _, first, size = self._entries[name.lower()]
        small = size < self._cutoff
        return self._chain(first, self._mini_next if small else self._next), small

    def offset(self, place: int, *names: str) -> int:
        """Where in the file the byte at a place in the first of these streams stands."""
        name = next(name for name in names if self._entries.get(name.lower(), (0, 0, 0))[0] == _STREAM)
        numbers, small = self._numbers(name)
        if small:
            place = numbers[place // self._mini_size] * self._mini_size + place % self._mini_size
            numbers = self._small_numbers
        return (numbers[place // self._size] + 1) * self._size + place % self._size

    def _mini_sector(self, number: int) -> bytes:
        found = self._small[number * self._mini_size : (number + 1) * self._mini_size]
        if not found:
            raise self._damaged()
        return found
