"""Compound files read back by the standard and by olefile."""

from __future__ import annotations

import io

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hosts.addin.compound_reader import Compound

from duebook.hosts.addin.compound_file import compound_file

NAMES = st.text("abcDEF_12é", min_size=1, max_size=31)
SIZES = st.sampled_from([0, 63, 64, 65, 4095, 4096, 4097, 9000])
DATA = st.one_of(st.binary(max_size=200), SIZES.map(lambda size: b"x" * size))


@given(st.dictionaries(NAMES.map(str.upper), st.one_of(DATA, st.dictionaries(NAMES.map(str.upper), DATA)), max_size=12))
def test_what_was_written_is_read(tree: dict[str, bytes | dict[str, bytes]]) -> None:
    wanted = {}
    for name, content in tree.items():
        wanted |= {name: content} if isinstance(content, bytes) else {f"{name}/{n}": d for n, d in content.items()}
    assert Compound(compound_file(tree)).streams == wanted


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 20, 100])
def test_any_number_of_siblings_makes_a_red_black_tree(count: int) -> None:
    tree = {f"s{'x' * (number % 5)}{number}": bytes([number]) for number in range(count)}
    assert Compound(compound_file(tree)).streams == tree


@pytest.mark.parametrize(
    "sectors",
    [
        109 * 128 - 111,  # the header's list of FAT sectors just suffices, one more does not
        109 * 128 - 110,
        109 * 128 - 109,
        (109 + 127) * 128,
        (109 + 127 + 127) * 128 + 5,
    ],
)
def test_large_files_list_their_fat_beyond_the_header(sectors: int) -> None:
    big = bytes(range(256)) * (sectors * 2)
    made = compound_file({"big": big, "small": b"s"})
    assert Compound(made).streams == {"big": big, "small": b"s"}
    with olefile.OleFileIO(io.BytesIO(made)) as other:
        assert other.openstream("big").read() == big
        assert other.openstream("small").read() == b"s"


def test_olefile_finds_nothing_to_complain_of() -> None:
    made = compound_file({"PROJECT": b"p" * 300, "VBA": {"dir": b"d" * 5000, "_VBA_PROJECT": b"v"}, "empty": b""})
    with olefile.OleFileIO(io.BytesIO(made), raise_defects=olefile.DEFECT_UNSURE) as other:
        assert other.parsing_issues == []
        assert sorted(map("/".join, other.listdir())) == ["PROJECT", "VBA/_VBA_PROJECT", "VBA/dir", "empty"]
        assert other.openstream("VBA/dir").read() == b"d" * 5000


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "a!b", "a\\b"])
def test_names_that_the_format_cannot_hold_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 31 characters"):
        compound_file({name: b""})


def test_names_differ_in_more_than_case() -> None:
    with pytest.raises(ValueError, match="twice"):
        compound_file({"Dir": b"", "dir": b""})
