"""A workbook that carries Duebook for xlwings Lite still opens in a real spreadsheet program, with the same values."""

from __future__ import annotations

from pathlib import Path

import pytest
from office import Office

from duebook.core import resources
from duebook.hosts.cli import main


@pytest.mark.office
def test_the_copy_opens_and_shows_the_same(office: Office, tmp_path: Path) -> None:
    book = resources.templates() / "aging.en.xlsx"
    copy = tmp_path / "copy.xlsx"
    assert main(["addin", "lite", str(book), "--out", str(copy), "--quiet"]) == 0
    found = office.recalculated([book, copy])
    assert found[copy].sheets == found[book].sheets
    assert found[copy].values == found[book].values
    assert found[copy].formulas == found[book].formulas
