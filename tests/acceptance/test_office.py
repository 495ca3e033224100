"""The oracle itself: it must see a wrong cached value, an error, and only what is really wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from office import Book, Difference, Office, agree, differences, errors, read


def book(path: Path, planted: float, name: str = "Sheet1") -> Path:
    """Two amounts of 3 and 4; C1 adds them and carries `planted` as cached value, C2 divides by zero."""
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet(name)
        sheet.write("A1", 3)
        sheet.write("B1", 4)
        sheet.write_formula("C1", "=A1+B1", value=planted)
        sheet.write_formula("C2", "=A1/0", value="#DIV/0!")
        sheet.write_formula("C3", '=IF(A1=3,"","no")', value="")
        sheet.write_formula("C4", "=A1=3", value=True)
        sheet.write_formula("C5", '="x"&B1', value="x4")
    return path


@pytest.mark.office
def test_planted_wrong_value_is_caught_and_only_that(office: Office, tmp_path: Path) -> None:
    (tmp_path / "right").mkdir()
    wrong, right = book(tmp_path / "b.xlsx", 999), book(tmp_path / "right" / "b.xlsx", 7)  # equal stems, one run
    found = office.recalculated([wrong, right])
    assert differences(wrong, found[wrong]) == [Difference("Sheet1", 1, 3, "=A1+B1", 999.0, 7.0)]
    assert differences(right, found[right]) == []
    assert errors(found[right]) == [(("Sheet1", 2, 3), "#DIV/0!")]


@pytest.mark.office
def test_without_recalculation_the_planted_value_would_pass(soffice: str, tmp_path: Path) -> None:
    """Why the profile matters: conversion alone hands back the cached value as it is."""
    wrong = book(tmp_path / "b.xlsx", 999)
    asleep = Office(soffice, tmp_path / "asleep", recalculate=False)
    assert asleep.recalculated([wrong])[wrong].values[("Sheet1", 1, 3)] == 999.0


@pytest.mark.office
def test_pages_become_pictures(office: Office, tmp_path: Path) -> None:
    pages = office.pictures(book(tmp_path / "b.xlsx", 7), tmp_path / "pages")
    assert [page.name for page in pages] == ["b-1.png"]
    assert pages[0].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_dropped_value_is_listed_only_on_request(tmp_path: Path) -> None:
    mine = read(book(tmp_path / "b.xlsx", 7))
    key = ("Sheet1", 1, 3)
    dropped = Book(
        mine.path, mine.sheets, {k: v for k, v in mine.values.items() if k != key}, mine.formulas, frozenset({key})
    )
    assert differences(dropped, mine) == []
    assert differences(dropped, mine, uncached=True) == [Difference("Sheet1", 1, 3, "=A1+B1", None, 7.0)]


def test_the_file_tells_empty_text_from_no_value(tmp_path: Path) -> None:
    """C3's cached value is empty text, which is a value; a formula cell written without `<v>` has none."""
    import zipfile

    path = book(tmp_path / "b.xlsx", 7)
    assert read(path).uncached == frozenset()
    stripped = tmp_path / "c.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stripped, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>7</v>", b""))
    assert read(stripped).uncached == frozenset({("Sheet1", 1, 3)})


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (10_000.0, 10_000.004, True),
        (10_000.0, 10_000.006, False),
        (5e9, 5e9 + 0.01, False),
        (0.96, 0.963, False),
        (0.0, 1e-7, True),
        (1.0, True, False),
        (True, True, True),
        ("a", "A", False),
        (None, "", True),
        (0.0, None, False),
        ("", 0.0, False),
        ("#N/A", "#REF!", False),
    ],
)
def test_agreement(mine: object, theirs: object, expected: bool) -> None:
    assert agree(mine, theirs) is expected  # type: ignore[arg-type]  # the table mixes the kinds a cell can hold
