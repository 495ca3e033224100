"""Reads a compound file by MS-CFB, strictly: whatever the standard asks of a writer is asserted on the way."""

from __future__ import annotations

import struct
from dataclasses import dataclass

FREE, END, FAT, DIFAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5


@dataclass(frozen=True)
class Entry:
    name: str
    kind: int
    color: int
    left: int
    right: int
    child: int
    start: int
    size: int
    rest: bytes


class Compound:
    """The content of a file: `streams` by path ("VBA/dir"), `order` as the directory lists them."""

    def __init__(self, data: bytes) -> None:
        assert data[:8] == bytes.fromhex("D0CF11E0A1B11AE1") and data[8:24] == bytes(16)
        assert struct.unpack("<HHHHH", data[24:34]) == (0x3E, 3, 0xFFFE, 9, 6)
        assert data[34:40] == bytes(6) and len(data) % 512 == 0
        zero, fats, directory, transaction, cutoff = struct.unpack("<IIIII", data[40:60])
        mini, minis, difat, difats = struct.unpack("<IIII", data[60:76])
        assert (zero, transaction, cutoff) == (0, 0, 4096)
        self.sectors = [data[at : at + 512] for at in range(512, len(data), 512)]
        self.used: set[int] = set()
        places = self._fat_places(struct.unpack("<109I", data[76:512]), fats, difat, difats)
        self.fat = [place for at in places for place in struct.unpack("<128I", self.sectors[at])]
        assert all(self.fat[at] == FAT for at in places)
        assert all(place == FREE for place in self.fat[len(self.sectors) :])
        self.entries = self._entries(self.chain(directory))
        root = self.entries[0]
        assert (root.name, root.kind) == ("Root Entry", ROOT)
        table = self.chain(mini)
        assert len(table) == minis * 512
        self.mini_fat = struct.unpack(f"<{len(table) // 4}I", table)
        self.mini_stream = self.chain(root.start)[: root.size]
        assert root.size % 64 == 0
        self.streams: dict[str, bytes] = {}
        self.order = [entry.name for entry in self.entries[1:]]
        self._walk(root, "")
        owned = {place for place, value in enumerate(self.fat[: len(self.sectors)]) if value not in (FAT, DIFAT)}
        assert owned == self.used, "sectors that belong to nothing"

    def _fat_places(self, listed: tuple[int, ...], fats: int, difat: int, difats: int) -> list[int]:
        places = [place for place in listed if place != FREE]
        for _ in range(difats):
            *more, following = struct.unpack("<128I", self.sectors[difat])
            places += [place for place in more if place != FREE]
            difat = following
        assert difat == END and len(places) == len(set(places)) == fats
        return places

    def chain(self, at: int) -> bytes:
        found = bytearray()
        while at != END:
            assert at not in self.used, "a sector in two chains"
            self.used.add(at)
            found += self.sectors[at]
            at = self.fat[at]
        return bytes(found)

    def mini_chain(self, at: int) -> bytes:
        found = bytearray()
        while at != END:
            found += self.mini_stream[at * 64 : at * 64 + 64]
            at = self.mini_fat[at]
        return bytes(found)

    @staticmethod
    def _entries(data: bytes) -> list[Entry]:
        found = []
        for at in range(0, len(data), 128):
            raw = data[at : at + 128]
            length, kind, color, left, right, child = struct.unpack("<HBBIII", raw[64:80])
            start, size = struct.unpack("<IQ", raw[116:128])
            if kind == 0:
                assert (left, right, child) == (NONE, NONE, NONE)
                assert not any(raw[:68]) and not any(raw[80:])
                continue
            name = raw[: length - 2].decode("utf-16-le")
            assert not any(raw[length - 2 : 64]) and 2 < length <= 64
            found.append(Entry(name, kind, color, left, right, child, start, size, raw[80:116]))
        return found

    def _walk(self, entry: Entry, path: str) -> None:
        assert not any(entry.rest), "class, state or a time is set"
        if entry.kind == STREAM:
            data = self.chain(entry.start) if entry.size >= 4096 else self.mini_chain(entry.start)
            assert len(data) - entry.size < (512 if entry.size >= 4096 else 64)
            assert entry.child == NONE
            self.streams[path] = data[: entry.size]
            return
        if entry.kind == STORAGE:
            assert (entry.start, entry.size) == (0, 0)
        children = self._siblings(entry.child)
        keys = [(len(child.name.encode("utf-16-le")), child.name.upper()) for child in children]
        assert keys == sorted(set(keys)), "siblings out of order"
        for child in children:
            self._walk(child, f"{path}/{child.name}".lstrip("/"))

    def _siblings(self, at: int) -> list[Entry]:
        """In order; checks the red-black tree on the way."""
        if at != NONE:
            assert self.entries[at].color == 1, "the root of a tree is black"
        found: list[Entry] = []
        self._blacks(at, found)
        return found

    def _blacks(self, at: int, found: list[Entry]) -> int:
        if at == NONE:
            return 1
        entry = self.entries[at]
        for below in (entry.left, entry.right):
            assert below == NONE or entry.color == 1 or self.entries[below].color == 1, "red below red"
        left = self._blacks(entry.left, found)
        found.append(entry)
        assert left == self._blacks(entry.right, found), "more black on one side"
        return left + entry.color
