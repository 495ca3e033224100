"""The compression of MS-OVBA 2.4.1, in which a VBA project keeps its modules: chunks of 4,096 bytes, each on its own.

A chunk is a row of tokens: bytes as they are, or copies of what stood earlier in the same chunk. The longest copy is
taken, of several the nearest, as in the standard's algorithm 2.4.1.3.19.4.
"""

from __future__ import annotations

import struct

CHUNK = 4096
_SIGNATURE = b"\x01"
_COMPRESSED, _RAW = 0xB000, 0x3000  # flag and signature in a chunk's header
_SHORTEST = 3


def compressed(data: bytes) -> bytes:
    """A container that unpacks to `data`.

    ValueError for a last, partial chunk that does not shrink: the standard fills such a chunk up with NULs, which
    would become part of a module's text. Text of any kind shrinks.
    """
    return _SIGNATURE + b"".join(_chunk(data[start : start + CHUNK]) for start in range(0, len(data), CHUNK))


def _chunk(data: bytes) -> bytes:
    tokens = _tokens(data)
    if len(tokens) <= CHUNK:
        return struct.pack("<H", _COMPRESSED | (len(tokens) - 1)) + tokens  # the size is that of the chunk less three
    if len(data) < CHUNK:
        raise ValueError("the last chunk does not shrink, and only a whole chunk can be stored as it is")
    return struct.pack("<H", _RAW | (CHUNK - 1)) + data


def _tokens(data: bytes) -> bytes:
    """Groups of up to eight tokens, each behind a byte whose bits tell which of them are copies."""
    packed = bytearray()
    at = 0
    while at < len(data):
        flags_at = len(packed)
        packed.append(0)
        for bit in range(8):
            if at >= len(data):
                break
            distance, length = _copy(data, at)
            if length:
                packed[flags_at] |= 1 << bit
                packed += _copy_token(at, distance, length)
                at += length
            else:
                packed.append(data[at])
                at += 1
    return bytes(packed)


def _copy(data: bytes, at: int) -> tuple[int, int]:
    """How far back the longest copy for this place begins and how long it is; (0, 0) where there is none."""
    longest = min(len(data) - at, (0xFFFF >> _distance_bits(at)) + _SHORTEST)
    distance, length = 0, _SHORTEST - 1
    while length < longest:
        # the nearest place where one byte more than so far agrees; it may run into what it copies
        found = data.rfind(data[at : at + length + 1], 0, at + length)
        if found < 0:
            break
        length += 1
        while length < longest and data[found + length] == data[at + length]:
            length += 1
        distance = at - found
    return (distance, length) if distance else (0, 0)


def _copy_token(at: int, distance: int, length: int) -> bytes:
    return struct.pack("<H", (distance - 1) << (16 - _distance_bits(at)) | (length - _SHORTEST))


def _distance_bits(at: int) -> int:
    """How many of a copy's 16 bits hold its distance: what reaches back to the chunk's beginning, at least four."""
    return max((at - 1).bit_length(), 4) if at else 4
