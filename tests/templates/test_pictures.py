"""The pictures of the docs: cut to what is printed, small, and all there."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools import pictures  # noqa: E402  # the tools are not part of the package

W, K, R = b"\xff\xff\xff", b"\x00\x00\x00", b"\xff\x00\x00"


def image(*rows: bytes) -> pictures.Image:
    return pictures.Image(len(rows[0]) // 3, len(rows), b"".join(rows))


def test_a_page_is_cut_to_what_is_printed() -> None:
    page = image(W * 5, W * 2 + K + W * 2, W * 3 + R + W, W * 5, W * 5)
    assert pictures.cut(page, 0) == image(K + W, W + R)
    assert pictures.cut(page, 1) == image(W * 4, W + K + W * 2, W * 2 + R + W, W * 4)
    assert pictures.cut(page, 9) == page


def test_a_white_page_stays_as_it_is() -> None:
    page = image(W * 3, W * 3)
    assert pictures.cut(page) == page


def test_a_ppm_is_read_and_another_file_refused() -> None:
    assert pictures.read_ppm(b"P6\n2 1\n255\n" + K + W) == image(K + W)
    with pytest.raises(ValueError):
        pictures.read_ppm(b"P5\n2 1\n255\n\x00\xff")


def test_a_png_holds_the_pixels() -> None:
    data = pictures.png(image(W + K, R + W))
    chunks, at = {}, 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        content = data[at + 8 : at + 8 + length]
        assert struct.unpack(">I", data[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        at += 12 + length
    assert struct.unpack(">II", chunks[b"IHDR"][:8]) == (2, 2)
    colors = [chunks[b"PLTE"][n : n + 3] for n in range(0, len(chunks[b"PLTE"]), 3)]
    lines = zlib.decompress(chunks[b"IDAT"])
    assert lines[0] == lines[3] == 0
    assert [colors[n] for n in lines[1:3] + lines[4:6]] == [W, K, R, W]


def test_every_picture_is_committed_and_small() -> None:
    found = {path.stem: path for path in pictures.FOLDER.glob("*.png")}
    drawn = {"ribbon", "ribbon-zh"}  # tools/ribbon_picture.py
    assert set(found) == {p.name for p in pictures.PICTURES} | {name for name, _ in pictures.GALLERY_PICTURES} | drawn
    for path in found.values():
        data = path.read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        assert len(data) < 250_000, path.name
        assert 600 < width < 1600 and 200 < height < 1400, path.name
