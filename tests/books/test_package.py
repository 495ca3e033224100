"""The zip package that a filled workbook is: the same parts whatever deflate library, and sizes beyond 4 GB."""

from __future__ import annotations

import random
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from duebook.books import package
from duebook.books.package import Package, Writer
from duebook.core.errors import DuebookError

PARTS = {"[Content_Types].xml": b"<Types/>", "xl/sheet.xml": b"<row/>" * 500_000, "xl/other.bin": b"\x00\xff" * 3}


def written(path: Path) -> Path:
    """A package with a copied, a whole and a streamed entry."""
    source = path.with_suffix(".source")
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as old:
        old.writestr("xl/old.bin", b"old" * 1000)
    with Package(source) as old_package, path.open("w+b") as file:
        writer = Writer(file)
        for info in old_package.infos():
            writer.copy(old_package, info)
        for name, data in PARTS.items():
            if name == "xl/sheet.xml":
                writer.stream(name, (data[n : n + 77_777] for n in range(0, len(data), 77_777)))
            else:
                writer.write(name, data)
        writer.finish()
    return path


def holds_everything(path: Path) -> None:
    """As Python reads it, and as the `unzip` program does where there is one."""
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        assert {n: found.read(n) for n in found.namelist()} == {"xl/old.bin": b"old" * 1000} | PARTS
    if shutil.which("unzip"):
        done = subprocess.run(["unzip", "-tq", str(path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_without_the_quick_deflate_library_the_parts_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever library packed them, any zip reader gets the same parts back; packing twice gives the same file."""
    holds_everything(written(tmp_path / "quick.zip"))
    monkeypatch.setattr(package, "_deflater", zlib)
    holds_everything(written(tmp_path / "plain.zip"))
    assert (tmp_path / "plain.zip").read_bytes() == written(tmp_path / "again.zip").read_bytes()


@pytest.mark.parametrize("most", [0, 50, 100_000])
def test_zip64_records_are_read_by_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """With the limit brought down: all entries beyond it, those after the first, only the streamed one's size."""
    monkeypatch.setattr(package, "MOST_PLAIN", most)
    path = written(tmp_path / "big.zip")
    holds_everything(path)
    assert b"PK\x06\x06" in path.read_bytes() or most == 100_000


def test_many_entries_take_the_zip64_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_PLAIN_ENTRIES", 2)
    path = written(tmp_path / "many.zip")
    holds_everything(path)
    assert b"PK\x06\x06" in path.read_bytes()


@pytest.mark.slow
def test_a_part_over_four_gigabytes(tmp_path: Path) -> None:
    block = b"<row r='1'><c/></row>" * 50_000
    count = (4 << 30) // len(block) + 10

    def rows() -> Iterator[bytes]:
        for _ in range(count):
            yield block

    path = tmp_path / "huge.zip"
    with path.open("w+b") as file:
        writer = Writer(file)
        writer.stream("xl/sheet.xml", rows())
        writer.write("xl/after.xml", b"<after/>")
        writer.finish()
    with zipfile.ZipFile(path) as found:
        info = found.getinfo("xl/sheet.xml")
        assert info.file_size == count * len(block) > 4 << 30
        assert found.read("xl/after.xml") == b"<after/>"
        checked = 0
        with found.open(info) as part:  # reading to the end checks the sum
            while chunk := part.read(1 << 24):
                checked += len(chunk)
        assert checked == info.file_size


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_package_is_refused_in_words(tmp_path: Path, seed: int) -> None:
    """Bytes of the zip's own records are overwritten: each file is copied whole or refused, never a traceback."""
    sound = written(tmp_path / "sound.xlsx").read_bytes()
    places = [at for mark in (b"PK\1\2", b"PK\3\4", b"PK\5\6") for at in _found(sound, mark)]
    chance, path, refused = random.Random(seed), tmp_path / "damaged.xlsx", 0
    for _ in range(250):
        damaged = bytearray(sound)
        for _ in range(chance.randint(1, 3)):
            damaged[min(chance.choice(places) + chance.randrange(46), len(sound) - 1)] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            with Package(path) as package_, (tmp_path / "copy").open("w+b") as file:
                for info in package_.infos():
                    Writer(file).copy(package_, info)
        except DuebookError as refusal:
            refused += 1
            assert refusal.key in ("books.damaged_part", "books.not_a_workbook", "books.unsafe_package")
    assert refused > 100


def _found(data: bytes, mark: bytes) -> Iterator[int]:
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)
