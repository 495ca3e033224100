"""Reads a VBA project by MS-OVBA: unpacks chunks (2.4.1.3), decrypts keys (2.4.3.3), reads the records of `dir`."""

from __future__ import annotations

import struct


def unpacked(data: bytes) -> bytes:
    """2.4.1.3.1; every chunk but the last must unpack to 4,096 bytes."""
    assert data[0] == 1
    found, at = bytearray(), 1
    while at < len(data):
        assert len(found) % 4096 == 0, "a short chunk before another"
        (header,) = struct.unpack("<H", data[at : at + 2])
        assert header >> 12 & 7 == 3
        size = (header & 0xFFF) + 3
        chunk = data[at + 2 : at + size]
        assert len(chunk) == size - 2
        if header >> 15:
            found += _tokens(chunk)
        else:
            assert size == 4098
            found += chunk
        at += size
    return bytes(found)


def _tokens(chunk: bytes) -> bytes:
    found, at = bytearray(), 0
    while at < len(chunk):
        flags, at = chunk[at], at + 1
        for bit in range(8):
            if at >= len(chunk):
                break
            if not flags >> bit & 1:
                found.append(chunk[at])
                at += 1
                continue
            (token,) = struct.unpack("<H", chunk[at : at + 2])
            at += 2
            bits = 4
            while 1 << bits < len(found):
                bits += 1
            length = (token & (0xFFFF >> bits)) + 3
            back = (token >> (16 - bits)) + 1
            assert back <= len(found)
            for _ in range(length):
                found.append(found[-back])
    assert len(found) <= 4096
    return bytes(found)


def decrypted(text: str) -> tuple[int, bytes]:
    """The project key that was used, and the data."""
    packed = bytes.fromhex(text)
    seed, key = packed[0], packed[0] ^ packed[2]
    assert packed[0] ^ packed[1] == 2, "version"
    before, last, earlier = key, packed[2], packed[1]
    plain = bytearray()
    for byte in packed[3:]:
        before = byte ^ (earlier + before & 0xFF)
        plain.append(before)
        earlier, last = last, byte
    ignored = (seed & 6) // 2
    (length,) = struct.unpack("<I", plain[ignored : ignored + 4])
    data = bytes(plain[ignored + 4 :])
    assert len(data) == length
    return key, data


def records(data: bytes) -> list[tuple[int, bytes]]:
    """The records of the stream `dir` (2.3.4.2), unpacked."""
    found, at = [], 0
    while at < len(data):
        kind, size = struct.unpack("<HI", data[at : at + 6])
        if kind == 0x09:
            size += 2  # PROJECTVERSION: the size leaves out the minor version
        found.append((kind, data[at + 6 : at + 6 + size]))
        assert at + 6 + size <= len(data)
        at += 6 + size
    return found
