"""Cells of open workbooks written down as files: nothing rounded, no file in another's place."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from duebook.core.cells import Cell, CellError
from duebook.hosts.excel.open_sheets import written_down


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("007", "007"),
        (100200300400.0, "100200300400"),
        (1234567890123456.0, "1234567890123456"),
        (0.1, "0.1"),
        (8160746.83, "8160746.83"),
        (True, "TRUE"),
        (date(2026, 10, 31), "2026-10-31"),
        (datetime(2026, 10, 31, 8, 30), "2026-10-31T08:30:00"),
        (CellError("#N/A", "cell.error_passed", argument="a", value="#N/A"), "#N/A"),
        ('say "a", b\nc', 'say "a", b\nc'),
    ],
)
def test_cells_are_written_in_full(tmp_path: Path, cell: Cell, text: str) -> None:
    assert read(written_down([["Amount"], [cell, "x"]], tmp_path, "ledger", "Export")) == [["Amount"], [text, "x"]]


def test_no_file_takes_the_place_of_another(tmp_path: Path) -> None:
    words = ["a/b", "a_b", "A:B", "[Oct.xlsx]a", "台账", "x" * 300, "x" * 301]
    made = [written_down([[word]], tmp_path, "ledger", word) for word in words]
    assert [read(path) for path in made] == [[[word]] for word in words]
    assert len({path.name.casefold() for path in made}) == len(words)
    assert made[1].name == "ledger-a_b (2).csv" and made[4].name == "ledger-台账.csv"
    assert all(len(path.name) < 80 for path in made)
