"""Looks of cells that a change gives to a sheet that was there before: taken back with all else."""

from __future__ import annotations

from typing import Any

import pytest
import xlwings as xw
from live_engine import Live

from duebook.hosts.excel.live.changes import Change, changes, undo
from duebook.hosts.excel.live.looks import TRAITS

pytestmark = pytest.mark.office

GREEN, BLUE = (0, 128, 0), (0, 0, 255)


def looks(book: xw.Book) -> dict[tuple[int, int], tuple[Any, ...]]:
    """Every trait of every cell of the block, as LibreOffice tells it of each cell alone."""
    sheet = book.sheets["Data"].impl.component
    names = ("CharWeight", "CharHeight", "CharColor", "CellBackColor", "IsTextWrapped", "HoriJustify", "VertJustify")
    assert len(names) == len(TRAITS)
    found = {}
    for row in range(12):
        for column in range(6):
            cell = sheet.getCellByPosition(column, row)
            # the color of a letter that none was ever given to is black
            values = [max(0, cell.CharColor) if name == "CharColor" else getattr(cell, name) for name in names]
            found[row, column] = tuple(getattr(value, "value", value) for value in values)
    return found


def motley(live: Live) -> xw.Book:
    book = live.new()
    sheet = book.sheets.add("Data")
    sheet.range("A1:F12").value = 1
    sheet.range("A1:F1").font.bold = True
    sheet.range("B3:C7").color = GREEN
    sheet.range("C5").font.color = BLUE
    sheet.range("D2:D9").wrap_text = True
    sheet.range("E4").horizontal_alignment = "right"
    sheet.range("A6:F6").vertical_alignment = "top"
    sheet.range("F12").font.size = 20
    return book


def dress(change: Change) -> None:
    change.unpaint("Data", (1, 1, 12, 6))
    change.paint("Data", (2, 2, 4, 4), bold=True, size=9, fill=BLUE, ink=GREEN, wrap=True, align="center", valign="top")
    change.paint("Data", (3, 3, 1, 1), bold=False)


def test_looks_are_taken_back(live: Live) -> None:
    book = motley(live)
    before = looks(book)
    with changes(book, "looks") as change:
        dress(change)
        # what the first stroke keeps is not read again, but for sizes, which `unpaint` leaves
        assert [{look[0] for look in s.data["looks"]} for s in change.pen.strokes] == [
            {"bold", "fill", "ink", "wrap", "align", "valign"},
            {"size"},
        ]
    after = looks(book)
    assert after[2, 3] != before[2, 3] and after[0, 0] != before[0, 0] and after[2, 2] != after[2, 3]
    assert undo(book) == "looks"
    assert looks(book) == before


def test_a_failure_gives_looks_back_where_rows_moved_too(live: Live) -> None:
    book = motley(live)
    before = looks(book)
    with pytest.raises(ZeroDivisionError), changes(book, "looks") as change:
        dress(change)
        change.insert_rows("Data", 3, 2)
        change.paint("Data", (1, 1, 12, 6), fill=GREEN, bold=True)
        raise ZeroDivisionError
    assert looks(book) == before


def test_a_sheet_of_its_own_goes_as_a_whole_and_keeps_nothing(live: Live) -> None:
    book = live.new()
    with changes(book, "looks") as change:
        sheet = change.add_sheet("Data")
        change.set_cells(sheet, 1, 1, [[1, 2], [3, 4]], kinds=["money", "days"])
        dress(change)
        assert [stroke.kind for stroke in change.pen.strokes] == ["sheet_added", "cells"]
        change.print_area(sheet, (1, 1, 2, 2))
        change.fit_rows(sheet, (1, 1, 2, 2))
    assert book.sheets["Data"].page_setup.print_area == "$A$1:$B$2"
    undo(book)
    assert "Data" not in book.sheets
