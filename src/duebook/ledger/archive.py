"""The zip container of a workbook, read with distrust: directory checked first, then parts as bounded streams.

Python's zipfile reads the directory; the parts are inflated here, because sizes, names and check sums must be held
against what the directory says while the bytes flow (readers further down accept a broken check sum without a word).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from duebook.core.errors import DuebookError

_fast: ModuleType = zlib
with suppress(ImportError):  # no wheel for some processors; zlib does the same, slower
    from isal import isal_zlib

    _fast = isal_zlib

MAX_ENTRIES = 5_000
MAX_DIRECTORY = 4 << 20
MAX_TOTAL = 3 << 30
"""Uncompressed bytes of all parts: a full sheet of 1,048,576 × 30 cells has under 2 GB."""
MAX_RATIO = 200
"""Sheets of real ledgers shrink to a tenth or twentieth; deflate can reach a thousandth."""
_RATIO_MATTERS = 10 << 20
_CHUNK = 1 << 20
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAG = 1


class Archive:
    """An open zip whose directory has been checked. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        self.file = path.name
        _check_directory_size(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
            raise DuebookError("ledger_files.workbook_damaged", file=self.file) from error
        self._raw = path.open("rb")
        try:
            self._check(path.stat().st_size)
        except BaseException:
            self.close()
            raise
        self.parts = {entry.filename: entry for entry in self._zip.infolist()}

    def _check(self, size: int) -> None:
        entries = self._zip.infolist()
        names = [entry.filename.lower() for entry in entries]
        if len(entries) > MAX_ENTRIES:
            raise self._refused("entries", str(len(entries)))
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise self._refused("duplicate", twice)
        if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
            raise DuebookError("ledger_files.password", file=self.file)
        if (total := sum(entry.file_size for entry in entries)) > MAX_TOTAL:
            raise self._refused("total", f"{total:,}")
        end = 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            if entry.header_offset < end:  # parts laid over each other: the trick of small, huge bombs
                raise self._refused("overlap", entry.filename)
            end = entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size
            if end > size:
                raise DuebookError("ledger_files.workbook_damaged", file=self.file)
            if entry.file_size > _RATIO_MATTERS and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise self._refused("ratio", entry.filename)

    def _refused(self, rule: str, value: str) -> DuebookError:
        return DuebookError(f"ledger_files.zip_{rule}", file=self.file, value=value)

    def stream(self, name: str) -> Iterator[bytes]:
        """The part's bytes in pieces. Raises when it is longer than declared or its check sum is wrong."""
        entry = self.parts[name]
        self._raw.seek(entry.header_offset)
        header = self._raw.read(30)
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise DuebookError("ledger_files.workbook_damaged", file=self.file)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        self._raw.seek(name_length + extra_length, 1)
        position, left, given, check = self._raw.tell(), entry.compress_size, 0, 0
        if entry.compress_type not in (_STORED, _DEFLATED):
            raise self._refused("method", name)
        inflate = _fast.decompressobj(-15) if entry.compress_type == _DEFLATED else None
        pending = b""
        while left or pending:
            if not pending:
                self._raw.seek(position)  # other parts may be read meanwhile
                pending = self._raw.read(min(left, _CHUNK))
                if not pending:
                    break
                position += len(pending)
                left -= len(pending)
            piece, pending = self._inflated(inflate, pending)
            given += len(piece)
            if given > entry.file_size:
                raise self._refused("size", name)
            check = _fast.crc32(piece, check)
            if piece:
                yield piece
            elif inflate is not None and (inflate.eof or pending):  # the end, or no progress with more to read
                break
        if inflate is not None and not inflate.eof:
            piece = inflate.flush()
            given += len(piece)
            check = _fast.crc32(piece, check)
            if piece:
                yield piece
        if given != entry.file_size or check != entry.CRC:
            raise DuebookError("ledger_files.workbook_damaged", file=self.file)

    def _inflated(self, inflate: object, data: bytes) -> tuple[bytes, bytes]:
        """At most a few MB of plain bytes and the compressed rest: a bomb is never expanded at one stroke."""
        if inflate is None:
            return data, b""
        try:
            piece: bytes = inflate.decompress(data, 4 * _CHUNK)  # type: ignore[attr-defined]  # isal or zlib, same interface
        except _errors(_fast) as error:
            raise DuebookError("ledger_files.workbook_damaged", file=self.file) from error
        return piece, inflate.unconsumed_tail  # type: ignore[attr-defined]  # as above

    def read(self, name: str, most: int) -> bytes:
        """A small part as a whole."""
        if self.parts[name].file_size > most:
            raise self._refused("part", name)
        return b"".join(self.stream(name))

    def close(self) -> None:
        self._zip.close()
        self._raw.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _errors(module: ModuleType) -> tuple[type[Exception], ...]:
    return (zlib.error, getattr(module, "IsalError", zlib.error))


def _check_directory_size(path: Path) -> None:
    """Refuses a huge directory before zipfile builds an object for each entry."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - 66_000, 0))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) - place < 22:
        raise DuebookError("ledger_files.workbook_damaged", file=path.name)
    entries, length = struct.unpack("<HI", tail[place + 10 : place + 16])
    if entries == 0xFFFF or entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise DuebookError("ledger_files.zip_entries", file=path.name, value=str(entries))
