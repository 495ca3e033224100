"""An open Calc document, as far as cells and `WHY` look into it: formulas, values with their errors, names.

Wraps the office's own objects; nothing here needs `uno` to be imported, and nothing changes the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from duebook.core.cells import CellError
from duebook.hosts.libreoffice.cells import error_code, error_value
from duebook.hosts.libreoffice.formulas import Reference, Unreadable, reference

SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
_FAILED = 4  # com.sun.star.sheet.FormulaResult.ERROR
_SEARCH_FORMULAS = 0
_LONG, _WIDE = 100_000, 500
"""A range of fewer rows and columns cannot be whole columns or rows; the sheet is not asked for its size."""
_GAP = r"[(;,]\s*[;,]|[;,]\s*\)"
"""Where an argument is left out; the separator is the user's choice."""


class Formula(NamedTuple):
    """The formula of a cell, and which row and column (from 0) of its array formula the cell is."""

    text: str
    row: int
    column: int


class Document:
    """One open spreadsheet document."""

    def __init__(self, component: Any) -> None:
        self._component = component

    def sheet(self, name: str) -> str | None:
        """The name of a sheet as the document writes it; upper and lower case are one. None if there is none."""
        for known in self._component.Sheets.ElementNames:
            if str(known).casefold() == name.casefold():
                return str(known)
        return None

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(self._component.Sheets.ElementNames)

    def formula(self, sheet: str, cell: str) -> Formula | None:
        """What computes a cell; None where nothing does."""
        found = self._range(sheet, cell).getCellByPosition(0, 0)
        text = str(found.Formula)
        if text.startswith("{="):
            cursor = found.Spreadsheet.createCursorByRange(found)
            cursor.collapseToCurrentArray()
            here, corner = found.CellAddress, cursor.RangeAddress
            return Formula(text, here.Row - corner.StartRow, here.Column - corner.StartColumn)
        return Formula(text, 0, 0) if text.startswith("=") and found.Type.value == "FORMULA" else None

    def compute(self, sheet: str, cell: str) -> str | None:
        """Has a cell computed that is out of date, and gives the error that it shows.

        Calc passes changes on only from cells that it has computed.
        """
        number = self._range(sheet, cell).getCellByPosition(0, 0).getError()
        return error_code(number) if number else None

    def values(self, sheet: str, cells: str) -> Any:
        """What one cell holds, or the rows of a range: numbers, texts, None for blank, `CellError` for an error."""
        (block,) = used([self._range(sheet, cells)])
        rows = contents(block, lambda _: cells)
        return rows if ":" in cells else rows[0][0]

    def named(self, name: str, sheet: str) -> Reference | None:
        """The cells that a name stands for, one of the sheet before one of the document; None if it is no range."""
        for names in (self._component.Sheets.getByName(sheet).NamedRanges, self._component.NamedRanges):
            for known in names.ElementNames:
                if known.casefold() == name.casefold():
                    cells = names.getByName(known).ReferredCells
                    return None if cells is None else _written(cells.AbsoluteName)
        return None

    def range(self, part: Reference, sheet: str) -> Any:
        """The office's own object for some cells."""
        return self._range(part.sheet or sheet, part.cells)

    def asking(self, text: str) -> list[str]:
        """The sheets with a formula `WHY("text")`; where none writes it so, those with any call of `WHY`."""
        exact: list[str] = []
        others: list[str] = []
        written = f'"{text.upper()}"'
        for sheet in self.sheets:
            formulas = self._formulas(sheet, "WHY(", pattern=False)
            if formulas:
                (exact if any(written in formula.upper() for formula in formulas) else others).append(sheet)
        return exact or others

    def with_gaps(self) -> list[tuple[str, str]]:
        """Sheet and text of each formula that seems to leave an argument out."""
        return [(sheet, text) for sheet in self.sheets for text in self._formulas(sheet, _GAP, pattern=True)]

    def calling(self, name: str) -> list[tuple[str, str]]:
        """Sheet and text of each formula that calls the function `name`."""
        return [(sheet, text) for sheet in self.sheets for text in self._formulas(sheet, f"{name}(", pattern=False)]

    @property
    def since_1904(self) -> bool:
        return int(self._component.NullDate.Year) == 1904

    @property
    def key(self) -> str:
        """What tells this document from others while the office runs."""
        return str(self._component.RuntimeUID)

    def _formulas(self, sheet: str, sought: str, pattern: bool) -> list[str]:
        """The formulas of a sheet in which a text, or a pattern, is found."""
        cells = self._component.Sheets.getByName(sheet)
        search = cells.createSearchDescriptor()
        search.SearchString = sought
        search.SearchRegularExpression = pattern
        search.SearchType = _SEARCH_FORMULAS
        found = cells.findAll(search)
        blocks = () if found is None else _each(found)
        texts = (str(text) for block in blocks for row in block.FormulaArray for text in row)
        return [text for text in texts if text.startswith(("=", "{="))]

    def _range(self, sheet: str, cells: str) -> Any:
        known = self.sheet(sheet)
        if known is None:
            raise Unreadable(sheet)
        return self._component.Sheets.getByName(known).getCellRangeByName(cells)


def contents(block: Any, named: Callable[[Any], str]) -> list[list[Any]]:
    """What some cells hold, row by row: numbers, texts, None for blank, `CellError` for an error.

    `named` tells how to call the cells in the sentence of an error.
    """
    rows: list[list[Any]] = [list(row) for row in block.getDataArray()]
    blank = any("" in row for row in rows)
    failed = any(None in row for row in rows)
    top, left = (block.RangeAddress.StartRow, block.RangeAddress.StartColumn) if blank or failed else (0, 0)
    if blank:  # blank, or empty text
        for area in block.queryEmptyCells().RangeAddresses:
            for row, column in _places(area):
                rows[row - top][column - left] = None
    if failed:
        for area in block.queryFormulaCells(_FAILED).RangeAddresses:
            for row, column in _places(area):
                code = error_code(block.getCellByPosition(column - left, row - top).getError())
                error = CellError(code, "cell.error_passed", argument=named(block), value=code)
                rows[row - top][column - left] = error
    return rows


def used(blocks: Sequence[Any]) -> list[Any]:
    """The cells of ranges; of whole columns and rows those in use, so that no million blanks are read.

    Ranges of one call end in the same row (or column), that of the sheet used furthest, so that their rows belong
    together.
    """
    areas = [block.RangeAddress for block in blocks]
    whole = [_whole(block, area) for block, area in zip(blocks, areas, strict=True)]
    if not any(map(any, whole)):
        return list(blocks)
    ends = [_end_of_use(block) for block, sides in zip(blocks, whole, strict=True) if any(sides)]
    bottom, right = max(end[0] for end in ends), max(end[1] for end in ends)
    found = []
    for block, area, (columns, rows) in zip(blocks, areas, whole, strict=True):
        last_row = min(area.EndRow, bottom) if columns else area.EndRow
        last_column = min(area.EndColumn, right) if rows else area.EndColumn
        below, beside = max(last_row - area.StartRow, 0), max(last_column - area.StartColumn, 0)
        found.append(block.getCellRangeByPosition(0, 0, beside, below) if columns or rows else block)
    return found


def _whole(block: Any, area: Any) -> tuple[bool, bool]:
    """Whether a range has whole columns, and whether it has whole rows."""
    tall, wide = area.EndRow - area.StartRow > _LONG, area.EndColumn - area.StartColumn > _WIDE
    if not tall and not wide:
        return False, False
    sheet = block.Spreadsheet.RangeAddress
    return tall and area.EndRow == sheet.EndRow, wide and area.EndColumn == sheet.EndColumn


def _end_of_use(block: Any) -> tuple[int, int]:
    cursor = block.Spreadsheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return cursor.RangeAddress.EndRow, cursor.RangeAddress.EndColumn


def name_of(block: Any) -> str:
    """The address of some cells as people write it: B7, B7:C9."""
    return _written(block.AbsoluteName).cells


def of_cells(cells: Any) -> tuple[Document, str, str]:
    """Document, sheet and address of the office's own object for some cells; the first of them, where it is a range."""
    sheet = cells.Spreadsheet
    first = _written(cells.getCellByPosition(0, 0).AbsoluteName)
    return Document(sheet.DrawPage.Forms.Parent), str(sheet.Name), first.cells


def open_documents(desktop: Any) -> Iterator[Document]:
    """Every open spreadsheet."""
    components = desktop.Components.createEnumeration()
    while components.hasMoreElements():
        component = components.nextElement()
        if component.supportsService(SPREADSHEET):
            yield Document(component)


def loading(desktop: Any) -> bool:
    """Whether a document is being opened: it computes its cells before it can be found among the open ones."""
    return any(frame.getController() is None for frame in _each(desktop.Frames))


def _written(name: str) -> Reference:
    """`$Sheet1.$A$1:$B$2`, as the office writes it."""
    return reference(name)


def _each(found: Any) -> Iterator[Any]:
    for place in range(found.Count):
        yield found.getByIndex(place)


def _places(area: Any) -> Iterator[tuple[int, int]]:
    for row in range(area.StartRow, area.EndRow + 1):
        for column in range(area.StartColumn, area.EndColumn + 1):
            yield row, column


class BuiltIn:
    """Calc's own functions, called outside any cell: only those whose result rests on their arguments alone."""

    def __init__(self, access: Any) -> None:
        self._access = access

    def __call__(self, name: str, arguments: Sequence[Any]) -> Any:
        """The result. Unreadable where the function fails, or cannot be called like this."""
        if name not in PLAIN_FUNCTIONS:
            raise Unreadable(name)
        try:
            # It gives nothing for #N/A and raises at every other error.
            found = self._access.callFunction(name, tuple(arguments))
        except Exception as error:
            raise Unreadable(name) from error
        return error_value("#N/A") if found is None else found


_PLAIN = """
ABS AND AVERAGE CEILING CHOOSE CONCATENATE COUNT COUNTA COUNTIF COUNTIFS DATE DATEVALUE DAY DAYS EDATE EOMONTH FALSE
FLOOR HLOOKUP IF INDEX INT LEFT LEN LOWER MATCH MAX MID MIN MOD MONTH NETWORKDAYS NOT OR POWER PRODUCT RIGHT ROUND
ROUNDDOWN ROUNDUP SUBSTITUTE SUM SUMIF SUMIFS SUMPRODUCT TEXT TODAY TRIM TRUE TRUNC UPPER VALUE VLOOKUP WEEKDAY
WORKDAY YEAR
"""
PLAIN_FUNCTIONS = frozenset(_PLAIN.split())
"""Not among them: what looks at its own place (ROW, INDIRECT, OFFSET) or takes an error (IFERROR)."""
