"""The workbook file as a zip package: read under guard, written with untouched entries copied as they are.

A replaced entry can be streamed: its blocks are deflated in threads, each ending on a byte boundary (full flush), so
that they join to one legal deflate stream. Dates are fixed; the same parts give the same bytes for one deflate library.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, BinaryIO

from duebook.core.errors import DuebookError

_deflater: ModuleType
try:  # about four times the speed of zlib; absent on some platforms
    from isal import isal_zlib as _deflater
except ImportError:  # pragma: no cover - depends on the platform
    _deflater = zlib

MOST_ENTRIES = 20_000
MOST_BYTES = 2 << 30
MOST_RATIO = 300
BLOCK = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
"""What `zipfile` raises for a damaged file; the last for a password, or a version that the damage made up."""
_LEVEL = 1
_DATE = 1 << 5 | 1  # 1980-01-01, the first day a zip can hold: no clock shows
_FULL = 0xFFFFFFFF
MOST_PLAIN = 0xFFFFFFFF
"""Sizes and offsets from here on need the zip64 records."""
MOST_PLAIN_ENTRIES = 0xFFFF
_END_OF_STREAM = b"\x03\x00"  # an empty, final deflate block


class Package:
    """A workbook file opened for reading, refused when it is no zip or would unpack to something monstrous."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise DuebookError("books.template_missing", path=path.name)
        try:
            self._zip = zipfile.ZipFile(path)
        except DAMAGED as error:
            raise DuebookError("books.not_a_workbook", path=path.name) from error
        self._guard()
        self.names = [i.filename for i in self._infos]
        self._known = set(self.names)

    def _guard(self) -> None:
        self._infos = [i for i in self._zip.infolist() if not i.filename.endswith("/")]
        total = sum(i.file_size for i in self._infos)
        swollen = any(i.file_size > 1 << 20 and i.file_size > MOST_RATIO * max(i.compress_size, 1) for i in self._infos)
        twice = len({i.filename for i in self._infos}) != len(self._infos)
        locked = any(i.flag_bits & 1 for i in self._infos)
        strange = any(i.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for i in self._infos)
        if len(self._infos) > MOST_ENTRIES or total > MOST_BYTES or swollen or twice or locked or strange:
            self._zip.close()
            raise DuebookError("books.unsafe_package", path=self.path.name)

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def read(self, name: str) -> bytes:
        try:
            return self._zip.read(name)
        except DAMAGED as error:
            raise DuebookError("books.damaged_part", path=self.path.name, part=name) from error

    def infos(self) -> list[zipfile.ZipInfo]:
        return self._infos

    def compressed(self, info: zipfile.ZipInfo) -> bytes:
        """The entry's bytes as they lie in the file; of an entry that `read` has found sound."""
        source: Any = self._zip.fp
        source.seek(info.header_offset)
        name_size, extra_size = struct.unpack("<HH", source.read(30)[26:30])
        source.seek(name_size + extra_size, os.SEEK_CUR)
        found: bytes = source.read(info.compress_size)
        return found

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Writer:
    """Writes a package to an open file."""

    def __init__(self, file: BinaryIO, threads: int = 2) -> None:
        self._file = file
        self._threads = threads
        self._entries: list[tuple[bytes, int, int, int, int, int, int]] = []
        self.digests: dict[str, str] = {}
        """SHA-256 of each entry, uncompressed."""

    def copy(self, package: Package, info: zipfile.ZipInfo) -> None:
        """An entry exactly as it is; it is unpacked for its digest only."""
        offset = self._file.tell()
        size = info.file_size
        # read first: of a damaged file the bytes could lie anywhere
        self.digests[info.filename] = hashlib.sha256(package.read(info.filename)).hexdigest()
        self._file.write(_header(info.filename, info.compress_type, info.CRC, info.compress_size, size))
        self._file.write(package.compressed(info))
        self._note(info.filename, info.compress_type, info.CRC, info.compress_size, size, offset)

    def write(self, name: str, data: bytes) -> None:
        """An entry that is at hand whole."""
        offset = self._file.tell()
        packed = b"".join(_deflated(block) for block in _blocks((data,))) + _END_OF_STREAM
        crc = _deflater.crc32(data)
        self._file.write(_header(name, zipfile.ZIP_DEFLATED, crc, len(packed), len(data)))
        self._file.write(packed)
        self.digests[name] = hashlib.sha256(data).hexdigest()
        self._note(name, zipfile.ZIP_DEFLATED, crc, len(packed), len(data), offset)

    def stream(self, name: str, chunks: Iterable[bytes]) -> None:
        """An entry from chunks of any size; cut into blocks of one size, so that chunking never shows in the file."""
        offset = self._file.tell()
        self._file.write(_header(name, zipfile.ZIP_DEFLATED, 0, 0, 0, streamed=True))
        digest = hashlib.sha256()
        crc = size = packed = 0
        with ThreadPoolExecutor(self._threads) as pool, ThreadPoolExecutor(1) as hasher:
            waiting: deque[tuple[Future[bytes], Future[None]]] = deque()
            for block in _blocks(chunks):
                # one thread alone takes the blocks for the digest, so they come in order
                waiting.append((pool.submit(_deflated, block), hasher.submit(digest.update, block)))
                crc = _deflater.crc32(block, crc)
                size += len(block)
                if len(waiting) > self._threads + 1:
                    packed += self._written(*waiting.popleft())
            while waiting:
                packed += self._written(*waiting.popleft())
        self.digests[name] = digest.hexdigest()
        packed += self._file.write(_END_OF_STREAM)
        end = self._file.tell()
        self._file.seek(offset)
        self._file.write(_header(name, zipfile.ZIP_DEFLATED, crc, packed, size, streamed=True))
        self._file.seek(end)
        self._note(name, zipfile.ZIP_DEFLATED, crc, packed, size, offset)

    def _written(self, block: Future[bytes], hashed: Future[None]) -> int:
        hashed.result()
        return self._file.write(block.result())

    def _note(self, name: str, method: int, crc: int, packed: int, size: int, offset: int) -> None:
        self._entries.append((name.encode(), _flags(name), method, crc, packed, size, offset))

    def finish(self) -> None:
        """The central directory, with zip64 records where sizes ask for them."""
        start = self._file.tell()
        for name, flags, method, crc, packed, size, offset in self._entries:
            big = max(packed, size, offset) >= MOST_PLAIN
            extra = struct.pack("<HHQQQ", 1, 24, size, packed, offset) if big else b""
            fields = (_FULL, _FULL) if big else (packed, size)
            self._file.write(
                struct.pack("<IHHHHHHI", 0x02014B50, 45, 45 if big else 20, flags, method, 0, _DATE, crc)
                + struct.pack("<IIHHHHHII", *fields, len(name), len(extra), 0, 0, 0, 0, _FULL if big else offset)
                + name
                + extra
            )
        end, count = self._file.tell(), len(self._entries)
        if end >= MOST_PLAIN or count >= MOST_PLAIN_ENTRIES:
            self._file.write(
                struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, end - start, start)
                + struct.pack("<IIQI", 0x07064B50, 0, end, 1)
            )
        shown = min(count, 0xFFFF)
        self._file.write(
            struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, shown, shown, min(end - start, _FULL), min(start, _FULL), 0)
        )


def _flags(name: str) -> int:
    return 0 if name.isascii() else 0x800


def _header(name: str, method: int, crc: int, packed: int, size: int, streamed: bool = False) -> bytes:
    """A local header. A stream's size is not known when its header is first written, so it reserves room for zip64
    sizes in the form of Office's own padding field (growth hint); plain headers need none, as Excel prefers."""
    data = name.encode()
    big = max(packed, size) >= MOST_PLAIN
    extra = b""
    if big:
        extra = struct.pack("<HHQQ", 1, 16, size, packed)
    elif streamed:
        extra = struct.pack("<HHHH12x", 0xA220, 16, 0xA028, 0)
    fields = (_FULL, _FULL) if big else (packed, size)
    return (
        struct.pack("<IHHHHHI", 0x04034B50, 45 if big else 20, _flags(name), method, 0, _DATE, crc)
        + struct.pack("<IIHH", *fields, len(data), len(extra))
        + data
        + extra
    )


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            joined = b"".join(held)
            whole = size - size % BLOCK
            for start in range(0, whole, BLOCK):
                yield joined[start : start + BLOCK]
            held, size = [joined[whole:]], size - whole
    if size:
        yield b"".join(held)


def _deflated(block: bytes) -> bytes:
    packer = _deflater.compressobj(_LEVEL, zlib.DEFLATED, -15)
    packed: bytes = packer.compress(block) + packer.flush(_deflater.Z_FULL_FLUSH)
    return packed


def replaced(target: Path, write: Callable[[BinaryIO], None]) -> None:
    """Writes `target` whole or not at all: a temporary file beside it, synced, then put in its place."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".duebook-", suffix=".tmp", dir=target.parent)
    except PermissionError as error:
        raise DuebookError("books.folder_not_writable", path=target.name) from error
    try:
        with os.fdopen(handle, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes the file private; an output has the rights that any new file would have
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except PermissionError as error:
        raise DuebookError("books.target_open", path=target.name) from error
    finally:
        Path(name).unlink(missing_ok=True)
