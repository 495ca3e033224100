"""Hostile workbooks, made here: each is refused by name, quickly, in little memory, before a reader sees it."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
import warnings
import zipfile
from pathlib import Path

import pytest

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import guard
from duebook.ledger.files import Source, read_raw

from .made_books import TWO_CELLS, packed, parts, sheet
from .test_files import in_own_process


def refused(path: Path) -> str:
    began = time.monotonic()
    with Engine() as engine, pytest.raises(DuebookError) as caught:
        read_raw(Source(path), engine)
    assert time.monotonic() - began < 10
    assert path.name in caught.value.text("en")
    return caught.value.key.removeprefix("ledger_files.")


def test_the_made_workbook_is_fine_otherwise(tmp_path: Path) -> None:
    survey = guard.survey(packed(tmp_path / "a.xlsx", parts()))
    assert [(s.name, s.part, s.visible, s.area, s.cells) for s in survey.sheets] == [
        ("Data", "xl/worksheets/sheet1.xml", True, 2, 2)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<row r="1"><c r="XFD1048576"><v>2</v></c><c r="A1"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c><c\tr = 'XFD1048576'><v>2</v></c></row>",
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="4294967295"><c><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="ZZZZZZ9"><v>2</v></c></row>',
    ],
)
def test_giant_extent(tmp_path: Path, rows: str) -> None:
    """The first is the 4.6 KB file that aborts the reader's process."""
    path = packed(tmp_path / "sparse.xlsx", parts(rows))
    (tmp_path / "temporary").mkdir()
    found = in_own_process(path, tmp_path / "temporary")
    assert found["refused"] == "ledger_files.extent"
    assert found["megabytes"] < 1000


def test_giant_extent_hidden_behind_a_large_sheet(tmp_path: Path) -> None:
    """Above 24 MB of XML the quick measure is used; it must see the one cell that is far out, wherever it stands."""
    row = '<row r="{0}"><c r="A{0}"><v>1234567.25</v></c><c r="B{0}"><v>7654321.75</v></c></row>'
    many = "".join(row.format(number) for number in range(1, 340_000))
    far = '<row r="340000"><c r="XFD1048576"><v>1</v></c></row>'
    assert len(many) > guard._EXACT
    assert refused(packed(tmp_path / "far.xlsx", parts(many + far))) == "extent"
    prefixed = sheet(many + far.replace("<", "<x:").replace("<x:/", "</x:"))
    contents = {**parts(), "xl/worksheets/sheet1.xml": prefixed.encode()}
    assert refused(packed(tmp_path / "prefixed.xlsx", contents)) == "extent"
    survey = guard.survey(packed(tmp_path / "near.xlsx", parts(many)))
    assert survey.sheets[0].cells == 2 * 339_999


_BOMB = '<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;">]>'


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml", "_rels/.rels"])
def test_entities_in_any_part(tmp_path: Path, part: str) -> None:
    contents = parts()
    contents[part] = _BOMB.encode() + contents[part].split(b"?>")[-1]
    assert refused(packed(tmp_path / "a.xlsx", contents)) == "entities"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp037"])
def test_entities_in_an_encoding_that_hides_them(tmp_path: Path, encoding: str) -> None:
    contents = parts()
    text = f'<?xml version="1.0" encoding="{encoding}"?>{_BOMB}' + sheet(TWO_CELLS).split("?>")[1]
    contents["xl/worksheets/sheet1.xml"] = text.encode(encoding)
    assert refused(packed(tmp_path / "a.xlsx", contents)) == "xml_encoding"


def test_entities_across_the_border_of_two_pieces(tmp_path: Path) -> None:
    """The scan works on pieces of some MB; a declaration cut by one must be seen all the same."""
    for shift in range(0, 12, 3):
        contents = parts()
        padding = b"<!--" + b"x" * ((4 << 20) - 30 - shift) + b"-->"
        contents["xl/theme.xml"] = b"<a>" + padding + _BOMB.encode() + b"</a>"
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as file:  # stored, so that pieces are cut where they are
            for name, data in contents.items():
                file.writestr(name, data)
        assert refused(tmp_path / "a.xlsx") == "entities"


def test_a_part_that_unpacks_a_thousandfold(tmp_path: Path) -> None:
    contents = parts()
    contents["xl/media/picture.bin"] = bytes(60 << 20)
    assert refused(packed(tmp_path / "bomb.xlsx", contents)) == "zip_ratio"


def test_a_part_longer_than_declared(tmp_path: Path) -> None:
    """The directory says 2,000 bytes; 20 MB come out. Nothing beyond what is declared is unpacked."""
    contents = parts()
    contents["xl/big.xml"] = b"<a>" + b" " * (20 << 20) + b"</a>"
    path = packed(tmp_path / "lie.xlsx", contents)
    data = path.read_bytes()
    true, false = struct.pack("<I", len(contents["xl/big.xml"])), struct.pack("<I", 2_000)
    assert data.count(true) == 2
    path.write_bytes(data.replace(true, false))
    assert refused(path) == "zip_size"


def test_a_wrong_check_sum(tmp_path: Path) -> None:
    """The reader would take the changed amount without a word."""
    path = tmp_path / "changed.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for name, data in parts().items():
            file.writestr(name, data)
    path.write_bytes(path.read_bytes().replace(b"<v>2</v>", b"<v>9</v>"))
    assert refused(path) == "workbook_damaged"


def test_too_many_parts(tmp_path: Path) -> None:
    contents = parts() | {f"xl/part{number}.xml": b"<a/>" for number in range(6_000)}
    assert refused(packed(tmp_path / "many.xlsx", contents)) == "zip_entries"


def test_a_part_that_occurs_twice(tmp_path: Path) -> None:
    path = packed(tmp_path / "twice.xlsx", parts())
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as file:
        warnings.simplefilter("ignore")  # zipfile warns of what the test is about
        file.writestr("XL/worksheets/sheet1.xml", sheet('<row r="1"><c r="A1"><v>7</v></c></row>'))
    assert refused(path) == "zip_duplicate"


def test_overlapping_parts(tmp_path: Path) -> None:
    """Two directory entries over the same bytes, the way small files unpack to petabytes."""
    path = packed(tmp_path / "overlap.xlsx", {**parts(), "xl/a.xml": b"<a/>", "xl/b.xml": b"<a/>"})
    data = bytearray(path.read_bytes())
    entries = [at for at in range(len(data)) if data[at : at + 4] == b"PK\x01\x02"]
    data[entries[-1] + 42 : entries[-1] + 46] = data[entries[-2] + 42 : entries[-2] + 46]
    path.write_bytes(bytes(data))
    assert refused(path) == "zip_overlap"


def test_total_size(tmp_path: Path) -> None:
    """Four parts of 1 GB each by the directory; refused on its word, nothing is unpacked."""
    contents = parts() | {f"xl/{n}.xml": b"<a/>" + bytes([n]) * 1000 for n in range(1, 5)}
    path = packed(tmp_path / "total.xlsx", contents)
    data = path.read_bytes().replace(struct.pack("<I", 1004), struct.pack("<I", 1 << 30))
    path.write_bytes(data)
    assert refused(path) == "zip_total"


def test_one_giant_string_for_many_cells(tmp_path: Path) -> None:
    contents = parts()
    contents["xl/sharedStrings.xml"] = b"<sst><si><t>" + b"ab1" * 700_000 + b"</t></si></sst>"
    assert refused(packed(tmp_path / "long.xlsx", contents)) == "long_text"


def test_a_flag_says_encrypted(tmp_path: Path) -> None:
    path = packed(tmp_path / "locked.xlsx", parts())
    data = bytearray(path.read_bytes())
    for at in range(len(data)):
        if data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1
    path.write_bytes(bytes(data))
    assert refused(path) == "password"


def test_cut_off_anywhere(tmp_path: Path) -> None:
    data = packed(tmp_path / "whole.xlsx", parts()).read_bytes()
    for cut in range(4, len(data), 211):
        (tmp_path / "cut.xlsx").write_bytes(data[:cut])
        assert refused(tmp_path / "cut.xlsx") == "workbook_damaged"


@pytest.mark.skipif(sys.platform != "linux", reason="the memory cap works on Linux; elsewhere guard and timeout do")
def test_the_cap_ends_the_worker_and_not_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the guard's measure falsified, the reader runs into the cap: a sentence, no abort, nothing left behind."""
    wide = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="CL1000000"><v>2</v></c></row>'
    path = packed(tmp_path / "sparse.xlsx", parts(wide))
    monkeypatch.setattr(guard, "MAX_CELLS", 1 << 62)
    honest = guard.survey

    def small(path: Path, only: str | None = None) -> guard.Survey:
        found = honest(path, only)
        return guard.Survey(found.sheets, found.date_1904, found.total, 700 << 20)

    monkeypatch.setattr(guard, "survey", small)
    with Engine() as engine:
        with pytest.raises(DuebookError) as caught:
            read_raw(Source(path), engine)
        assert caught.value.key == "ledger_files.worker_memory"
        assert list(engine.spill_folder.iterdir()) == []


def test_a_worker_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.run

    def sleeping(command: list[str], **given: object) -> object:
        return real([sys.executable, "-c", "import time; time.sleep(60)"], **{**given, "timeout": 0.5})  # type: ignore[call-overload]  # passed on as received

    monkeypatch.setattr(subprocess, "run", sleeping)
    assert refused(packed(tmp_path / "slow.xlsx", parts())) == "worker_time"
