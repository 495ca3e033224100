"""All of an open workbook as LibreOffice itself tells it, to compare: not through the code under test."""

from __future__ import annotations

from typing import Any

import xlwings as xw

UNDO = "duebook.undo"


def snapshot(book: xw.Book) -> dict[str, Any]:
    """Sheet by sheet: cells, number formats, hidden columns and widths; the book's names and tables; the sheets."""
    component = book.impl.component
    found: dict[str, Any] = {"sheets": [name for name in component.Sheets.ElementNames if name != UNDO]}
    for name in found["sheets"]:
        found[name] = _sheet(book, component.Sheets.getByName(name))
    names, ranges = component.NamedRanges, component.DatabaseRanges
    found["names"] = {name: names.getByName(name).Content for name in sorted(names.ElementNames)}
    found["tables"] = {name: _area(ranges.getByName(name).DataArea) for name in sorted(ranges.ElementNames)}
    return found


def _sheet(book: xw.Book, sheet: Any) -> dict[str, Any]:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    block = sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
    cells = {}
    for row, (texts, values) in enumerate(zip(block.getFormulaArray(), block.getDataArray(), strict=True)):
        for column, (text, value) in enumerate(zip(texts, values, strict=True)):
            if text != "" or value != "":
                cells[row, column] = (text, type(value).__name__, value)
    formats: dict[tuple[int, int], str] = {}
    for found in block.UniqueCellFormatRanges:
        text = book.impl.component.NumberFormats.getByKey(found.NumberFormat).FormatString
        if text != "General":
            for area in found.RangeAddresses:
                for row in range(area.StartRow, area.EndRow + 1):
                    for column in range(area.StartColumn, area.EndColumn + 1):
                        formats[row, column] = text
    columns = [sheet.Columns.getByIndex(place) for place in range(5)]
    looks = [(column.IsVisible, column.Width) for column in columns]
    return {"cells": cells, "formats": formats, "columns": looks}


def _area(area: Any) -> tuple[int, ...]:
    return (area.Sheet, area.StartRow, area.StartColumn, area.EndRow, area.EndColumn)


def differences(one: Any, other: Any, at: str = "") -> list[str]:
    """Where two snapshots differ, each place with both of its values."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [*one, *(key for key in other if key not in one)]
        return [text for key in keys for text in differences(one.get(key), other.get(key), f"{at}/{key}")]
    return [] if one == other else [f"{at}: {one!r} != {other!r}"]
