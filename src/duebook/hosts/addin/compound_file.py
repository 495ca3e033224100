"""Writes a compound file (MS-CFB version 3): the small file system in one file that holds a VBA project.

Layout: header, streams of at least 4,096 bytes, the mini stream with all smaller ones, the mini FAT, the directory,
the FAT, and (from 110 FAT sectors on) the DIFAT. Times, identifiers and states are zero: no clock shows.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Storage = Mapping[str, "bytes | Storage"]
"""Name → a stream's bytes, or a storage within."""

SECTOR, MINI_SECTOR = 512, 64
MINI_LIMIT = 4096
"""Streams below this size live in the mini stream."""
NAME_LIMIT = 31

FREE, END, FAT_SECTOR, DIFAT_SECTOR, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF
_IN_HEADER = 109  # FAT sectors whose places stand in the header itself
_PER_SECTOR = SECTOR // 4
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1


@dataclass
class _Entry:
    """One entry of the directory; `left`, `right`, `child` are places in it."""

    name: str
    kind: int
    data: bytes = b""
    color: int = _BLACK
    left: int = NONE
    right: int = NONE
    child: int = NONE
    start: int = END
    size: int = 0


def compound_file(root: Storage) -> bytes:
    """The bytes of the file with this content. ValueError for a name that the format cannot hold."""
    entries = _directory(root)
    sectors, mini = _Sectors(SECTOR), _Sectors(MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            entry.size = len(entry.data)
            entry.start = (mini if entry.size < MINI_LIMIT else sectors).add(entry.data)
    entries[0].size = len(mini.data)
    entries[0].start = sectors.add(bytes(mini.data))
    mini_fat = _table(mini.chain)
    mini_start = sectors.add(mini_fat)
    directory_start = sectors.add(_directory_bytes(entries))
    return _file(sectors, directory_start, mini_start, len(mini_fat) // SECTOR)


# --- the directory ----------------------------------------------------------------------------------------------------


def _directory(root: Storage) -> list[_Entry]:
    """All entries, the root first, a storage's members after it."""
    entries = [_Entry("Root Entry", _ROOT)]
    _add_members(entries, 0, root)
    return entries


def _add_members(entries: list[_Entry], place: int, storage: Storage) -> None:
    members: dict[tuple[int, str], int] = {}
    for name, content in storage.items():
        _check_name(name)
        if _order(name) in members:
            raise ValueError(f"{name}: this name stands twice in one storage")
        members[_order(name)] = len(entries)
        if isinstance(content, bytes):
            entries.append(_Entry(name, _STREAM, content))
        else:
            entries.append(_Entry(name, _STORAGE))
            _add_members(entries, len(entries) - 1, content)
    ordered = [members[key] for key in sorted(members)]
    entries[place].child = _tree(entries, ordered, 1, len(ordered).bit_length())


def _check_name(name: str) -> None:
    units = len(name.encode("utf-16-le")) // 2
    if not 1 <= units <= NAME_LIMIT or any(character in "/\\:!" for character in name):
        raise ValueError(f"{name!r}: a name has 1 to {NAME_LIMIT} characters and none of / \\ : !")


def _order(name: str) -> tuple[int, str]:
    """Siblings are in the order of length, then of upper-case letters."""
    return len(name.encode("utf-16-le")), "".join(c.upper() if len(c.upper()) == 1 else c for c in name)


def _tree(entries: list[_Entry], ordered: Sequence[int], depth: int, deepest: int) -> int:
    """A red-black tree over ordered siblings: halved, so that only the deepest level is incomplete; that is red."""
    if not ordered:
        return NONE
    middle = len(ordered) // 2
    entry = entries[ordered[middle]]
    entry.color = _RED if depth == deepest and depth > 1 else _BLACK
    entry.left = _tree(entries, ordered[:middle], depth + 1, deepest)
    entry.right = _tree(entries, ordered[middle + 1 :], depth + 1, deepest)
    return ordered[middle]


def _directory_bytes(entries: Sequence[_Entry]) -> bytes:
    packed = b"".join(map(_entry_bytes, entries))
    unused = _entry_bytes(_Entry("", 0, color=_RED, start=0))
    return packed + unused * (-len(entries) % (SECTOR // 128))


def _entry_bytes(entry: _Entry) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le") if entry.name else b""
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(name), entry.kind, entry.color, entry.left, entry.right, entry.child)
        + bytes(16 + 4 + 8 + 8)  # class, state, times
        + struct.pack("<IQ", _start(entry), entry.size)
    )


def _start(entry: _Entry) -> int:
    """A storage has no sectors of its own: zero."""
    return 0 if entry.kind == _STORAGE else entry.start


# --- sectors ----------------------------------------------------------------------------------------------------------


class _Sectors:
    """Sectors of one size, and the chains of those that belong together."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.data = bytearray()
        self.chain: list[int] = []

    def add(self, data: bytes) -> int:
        """Appends a stream; gives its first sector, END for an empty one."""
        if not data:
            return END
        first, count = len(self.chain), -(-len(data) // self.size)
        self.data += data + bytes(-len(data) % self.size)
        self.chain += [*range(first + 1, first + count), END]
        return first


def _table(chain: Sequence[int]) -> bytes:
    """A chain as whole sectors, filled with FREE."""
    return b"".join(struct.pack("<I", place) for place in chain) + b"\xff" * (-len(chain) * 4 % SECTOR)


def _file(sectors: _Sectors, directory_start: int, mini_start: int, mini_count: int) -> bytes:
    """Header, sectors, FAT and DIFAT. The FAT holds itself and the DIFAT too, so their number is found by growing."""
    used = len(sectors.chain)
    fats = difats = 0
    while fats * _PER_SECTOR < used + fats + difats:
        fats += 1
        difats = max(0, -(-(fats - _IN_HEADER) // (_PER_SECTOR - 1)))
    fat = _table([*sectors.chain, *[FAT_SECTOR] * fats, *[DIFAT_SECTOR] * difats])
    places = [*range(used, used + fats)]
    first_difat = used + fats
    listed = [*places[:_IN_HEADER], *[FREE] * (_IN_HEADER - fats)]
    header = (
        bytes.fromhex("D0CF11E0A1B11AE1")
        + bytes(16)
        + struct.pack("<HHHHH", 0x003E, 3, 0xFFFE, 9, 6)  # version, byte order, sizes of sectors as powers of two
        + bytes(6)
        + struct.pack("<IIIII", 0, fats, directory_start, 0, MINI_LIMIT)
        + struct.pack("<IIII", mini_start, mini_count, first_difat if difats else END, difats)
        + struct.pack(f"<{_IN_HEADER}I", *listed)
    )
    return header + bytes(sectors.data) + fat + _difat(places[_IN_HEADER:], first_difat, difats)


def _difat(places: Sequence[int], first: int, count: int) -> bytes:
    """Sectors that list the FAT sectors for which the header has no room, each pointing to the next."""
    packed = bytearray()
    for number in range(count):
        part = places[number * (_PER_SECTOR - 1) : (number + 1) * (_PER_SECTOR - 1)]
        after = first + number + 1 if number + 1 < count else END
        packed += struct.pack(f"<{_PER_SECTOR}I", *part, *[FREE] * (_PER_SECTOR - 1 - len(part)), after)
    return bytes(packed)
