"""Workbooks with damaged bytes: a changed output of a seal and nobody's statement, never a traceback."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from duebook.close import output, seal
from duebook.core import resources

WORKBOOK = "statement.en.xlsx"


@pytest.fixture(params=range(4))
def damaged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder whose workbook is damaged anew at every step; every record of the zip is hit sooner or later."""
    sound = (resources.templates() / WORKBOOK).read_bytes()
    marks = (b"PK\1\2", b"PK\3\4", b"PK\5\6")
    places = [at for at in range(len(sound) - 46) if sound[at : at + 4] in marks]
    chance = random.Random(request.param)

    def steps() -> Iterator[Path]:
        for _ in range(100):
            data = bytearray(sound)
            data[chance.choice(places) + chance.randrange(46)] ^= chance.randrange(1, 256)
            data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
            (tmp_path / WORKBOOK).write_bytes(data)
            yield tmp_path

    return steps()


def test_a_damaged_workbook_is_a_changed_output(damaged: Iterator[Path]) -> None:
    path = resources.templates() / WORKBOOK
    sealed = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "parts": seal.parts(path)}
    for folder in damaged:
        assert list(seal.changed_outputs(folder, {"outputs": {WORKBOOK: sealed}}))


def test_a_damaged_workbook_is_ours_or_not(damaged: Iterator[Path]) -> None:
    found = {output.holds_table(folder / WORKBOOK, "statement_items") for folder in damaged}
    assert found == {True, False}
