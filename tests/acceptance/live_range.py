"""Ranges of the xlwings engine over LibreOffice: values, formulas and formats as Excel gives and takes them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import xlwings as xw
from calc import ERROR_FORMULAS
from xlwings import expansion, utils

from duebook.hosts.libreoffice.cells import error_code

if TYPE_CHECKING:
    from live_engine import Sheet

_EPOCH = datetime(1899, 12, 30)
_DATES, _TEXT, _LOGICAL = 2 | 4, 256, 1024  # com.sun.star.util.NumberFormat
_VALUE, _DATETIME, _STRING, _FORMULA = 1, 2, 4, 16  # com.sun.star.sheet.CellFlags
_FAILED = 4  # com.sun.star.sheet.FormulaResult.ERROR
_READ_AS_SOMETHING_ELSE = re.compile(r"^=|\d|^(true|false)$", re.IGNORECASE)


class ErrorText(str):
    """An error value, apart from a text that reads like one."""


class Writing:
    """Counts writes and lets the one that a test has chosen fail, before or after it is done."""

    def __init__(self) -> None:
        self.count = 0
        self._fails: int | None = None
        self._after = False
        self._within = 0

    def fail_at(self, number: int | None, after: bool = False) -> None:
        self.count, self._fails, self._after = 0, number, after

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        if not self._within:
            self.count += 1
        fails = not self._within and self.count == self._fails
        if fails and not self._after:
            raise RuntimeError("Excel is busy")
        self._within += 1
        try:
            yield
        finally:
            self._within -= 1
        if fails:
            raise RuntimeError("Excel is busy")


def _rgb(color: int) -> tuple[int, int, int] | None:
    return None if color == -1 else (color >> 16 & 255, color >> 8 & 255, color & 255)


def _looks(component: Any, name: str) -> set[Any]:
    """What a property of looks is in the cells of a range; Calc itself tells only one of those that differ."""
    formats = component.UniqueCellFormatRanges
    found = (getattr(formats.getByIndex(number), name) for number in range(formats.Count))
    return {getattr(value, "value", value) for value in found}  # an enumeration's member by its name


_ALIGNED = {"STANDARD": "general", "LEFT": "left", "CENTER": "center", "RIGHT": "right"}
_UPRIGHT = ("bottom", "top", "center")
"""Calc's own number of an alignment is the place here; its standard is at the bottom."""


class Font:
    """The looks of a range's text, as far as macros set them. Of cells that differ Excel says nothing."""

    def __init__(self, component: Any) -> None:
        self.component = component

    def _one(self, name: str) -> Any:
        found = _looks(self.component, name)
        return found.pop() if len(found) == 1 else None

    @property
    def bold(self) -> bool | None:
        weight = self._one("CharWeight")
        return None if weight is None else bool(weight > 100)

    @bold.setter
    def bold(self, value: bool) -> None:
        self.component.CharWeight = self.component.CharWeightAsian = 150.0 if value else 100.0

    @property
    def size(self) -> float | None:
        found = self._one("CharHeight")
        return None if found is None else float(found)

    @size.setter
    def size(self, value: float) -> None:
        self.component.CharHeight = self.component.CharHeightAsian = float(value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        found = self._one("CharColor")
        return None if found is None else _rgb(found) or (0, 0, 0)

    @color.setter
    def color(self, value: tuple[int, int, int]) -> None:
        self.component.CharColor = value[0] << 16 | value[1] << 8 | value[2]


class Range:
    """Rows and columns from 1, both ends included."""

    max_cells_per_read = None
    max_cells_per_write = None

    def __init__(self, sheet: Sheet, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        self.sheet = sheet
        self.book = sheet.book
        self.first_row, self.first_column = first_row, first_column
        self.last_row, self.last_column = last_row, last_column
        self.options: dict[str, Any] = {}

    @property
    def component(self) -> Any:
        return self.sheet.component.getCellRangeByPosition(
            self.first_column - 1, self.first_row - 1, self.last_column - 1, self.last_row - 1
        )

    api = component

    @property
    def row(self) -> int:
        return self.first_row

    @property
    def column(self) -> int:
        return self.first_column

    @property
    def shape(self) -> tuple[int, int]:
        return self.last_row - self.first_row + 1, self.last_column - self.first_column + 1

    @property
    def coords(self) -> tuple[Any, ...]:
        return (self.sheet.name, self.row, self.column, *self.shape)

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, one: int, other: int | None = None) -> Range:
        if other is None:
            down, right = divmod(one - 1, self.shape[1])
        else:
            down, right = one - 1, other - 1
        row, column = self.first_row + down, self.first_column + right
        return Range(self.sheet, row, column, row, column)

    def get_address(self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False) -> str:
        mark, dollar = "$" if col_absolute else "", "$" if row_absolute else ""
        ends = ((self.first_row, self.first_column), (self.last_row, self.last_column))
        texts = [f"{mark}{utils.col_name(column)}{dollar}{row}" for row, column in ends]
        text = texts[0] if texts[0] == texts[1] else ":".join(texts)
        return f"[{self.book.name}]{self.sheet.name}!{text}" if external else text

    @property
    def address(self) -> str:
        return self.get_address()

    Address = address  # Excel's name

    def select(self) -> None:
        self.sheet.activate()
        self.book.app.selection = self

    def expand(self, mode: str = "table") -> Any:
        return expansion.expanders[mode].expand(xw.Range(impl=self)).impl

    @property
    def current_region(self) -> Range:
        cursor = self.sheet.component.createCursorByRange(self.component)
        cursor.collapseToCurrentRegion()
        return self._from(cursor.RangeAddress)

    def _from(self, found: Any) -> Range:
        return Range(self.sheet, found.StartRow + 1, found.StartColumn + 1, found.EndRow + 1, found.EndColumn + 1)

    # --- values -----------------------------------------------------------------------------------------------------

    @property
    def raw_value(self) -> Any:
        block = self.component
        rows = [list(row) for row in block.getDataArray()]
        for area, kind in self._formatted(block, _DATES | _LOGICAL):
            for row, column in self._places(area):
                value = rows[row][column]
                if isinstance(value, float):
                    rows[row][column] = bool(value) if kind & _LOGICAL else _EPOCH + timedelta(days=value)
        for area in block.queryFormulaCells(_FAILED).RangeAddresses:
            for row, column in self._places(area):
                rows[row][column] = ErrorText(error_code(block.getCellByPosition(column, row).getError()))
        return rows

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        height, width = self.shape
        rows = data if isinstance(data, (list, tuple)) else [[data] * width for _ in range(height)]
        with self._changed():
            block = self.component
            textual = [self._area_places(area) for area, _ in self._formatted(block, _TEXT)]
            for area, _ in self._formatted(block, _LOGICAL):
                self._from(area).component.NumberFormat = self._key("General")
            plain = [[_plain(value) for value in row] for row in rows]
            read: list[tuple[int, int, str]] = []
            for row, values in enumerate(rows):
                for column, value in enumerate(values):
                    if type(value) is str and not value.startswith("'") and _READ_AS_SOMETHING_ELSE.search(value):
                        if not any(a <= row <= c and b <= column <= d for a, b, c, d in textual):
                            plain[row][column] = ""
                            read.append((row, column, value))
                    elif type(value) is float and any(a <= row <= c and b <= column <= d for a, b, c, d in textual):
                        plain[row][column] = format(value, ".15g")  # into the format "text" a number goes as text
            block.setDataArray(tuple(map(tuple, plain)))
            for row, column, text in read:
                self._type(row, column, text)
            self._mark(rows, bool, "BOOLEAN")
            self._mark(rows, datetime, "m/d/yyyy")

    def _type(self, row: int, column: int, text: str) -> None:
        """As typed into a cell of the format "General"."""
        cell = self.component.getCellByPosition(column, row)
        if text.startswith("="):
            cell.setTokens(self.book.parser.parseFormula(text[1:], cell.CellAddress))
            return
        cell.setFormula(text)
        if text.casefold() in ("true", "false"):
            cell.NumberFormat = self._key("BOOLEAN")

    def _mark(self, rows: Any, kind: type, number_format: str) -> None:
        """Flags and days bring a number format of their own into cells that have none."""
        for column in range(len(rows[0])):
            first = 0
            for marked, run in groupby(isinstance(row[column], kind) for row in rows):
                last = first + sum(1 for _ in run) - 1
                if marked:
                    cells = self._from_places(first, column, last, column).component
                    for area, _ in self._formatted(cells, 0, general=True):
                        self._from(area).component.NumberFormat = self._key(number_format)
                first = last + 1

    def _from_places(self, first_row: int, first_column: int, last_row: int, last_column: int) -> Range:
        top, left = self.first_row, self.first_column
        return Range(self.sheet, top + first_row, left + first_column, top + last_row, left + last_column)

    @property
    def formula(self) -> Any:
        block = self.component
        rows = [[_constant(value) for value in row] for row in block.getDataArray()]
        for area, _ in self._formatted(block, _LOGICAL):
            for row, column in self._places(area):
                if rows[row][column] in ("0", "1"):
                    rows[row][column] = "TRUE" if rows[row][column] == "1" else "FALSE"
        known = self.book.formula_texts
        areas = block.queryContentCells(_FORMULA).RangeAddresses
        calcs = block.getFormulaArray() if areas else ()
        for area in areas:
            for row, column in self._places(area):
                text = calcs[row][column]
                if text not in known:  # Calc's own text says all, so that each is translated once
                    known[text] = self._formula_of(block.getCellByPosition(column, row))
                rows[row][column] = known[text]
        return rows[0][0] if self.shape == (1, 1) else tuple(map(tuple, rows))

    def _formula_of(self, cell: Any) -> str:
        if str(cell.Formula).startswith("{"):
            cursor = cell.Spreadsheet.createCursorByRange(cell)
            cursor.collapseToCurrentArray()
            return "=" + str(self.book.parser.printFormula(cursor.getArrayTokens(), cell.CellAddress))
        return "=" + str(self.book.parser.printFormula(cell.getTokens(), cell.CellAddress))

    @formula.setter
    def formula(self, value: Any) -> None:
        height, width = self.shape
        rows = value if isinstance(value, (list, tuple)) else [[value] * width for _ in range(height)]
        with self._changed():
            for row, texts in enumerate(rows):
                for column, text in enumerate(texts):
                    self._type(row, column, ERROR_FORMULAS.get(text, text))
            if self.book.app.AutoCorrect.AutoFillFormulasInLists:
                self._fill_column()

    def _fill_column(self) -> None:
        """A formula in one cell of a table whose column is blank otherwise fills the column."""
        from live_tables import Tables

        for table in Tables(self.sheet):
            body = table.data_body_range
            inside = body.first_row <= self.first_row <= self.last_row <= body.last_row
            if self.shape == (1, 1) and inside and body.first_column <= self.first_column <= body.last_column:
                column = Range(self.sheet, body.first_row, self.first_column, body.last_row, self.first_column)
                rows = [row[0] for row in column.component.getFormulaArray()]
                if sum(text != "" for text in rows) == 1:
                    for place in range(len(rows)):
                        column._type(place, 0, self.formula)

    formula2 = formula

    @property
    def has_array(self) -> bool | None:
        found = {text.startswith("{") for row in self.component.getFormulaArray() for text in row}
        return found.pop() if len(found) == 1 else None

    def clear_contents(self) -> None:
        with self._changed():
            self.component.clearContents(_VALUE | _DATETIME | _STRING | _FORMULA)

    def copy(self, destination: Any = None) -> None:
        """Cells with their formats; a destination of more rows is filled with them again and again."""
        target = destination.impl
        with self.book.writing():
            source = self.component.RangeAddress
            done, height = 0, self.shape[0]
            while done < target.shape[0]:
                self.sheet.component.copyRange(target._corner(done), source)
                done += height

    def _corner(self, down: int) -> Any:
        found = self.book.uno.createUnoStruct("com.sun.star.table.CellAddress")
        found.Sheet, found.Row, found.Column = self.sheet.index - 1, self.first_row - 1 + down, self.first_column - 1
        return found

    # --- formats ----------------------------------------------------------------------------------------------------

    @property
    def color(self) -> tuple[int, int, int] | None:
        found = _looks(self.component, "CellBackColor")
        return _rgb(found.pop()) if len(found) == 1 else (0, 0, 0)

    @color.setter
    def color(self, value: tuple[int, int, int] | None) -> None:
        self.component.CellBackColor = -1 if value is None else value[0] << 16 | value[1] << 8 | value[2]

    @property
    def wrap_text(self) -> bool | None:
        found = _looks(self.component, "IsTextWrapped")
        return bool(found.pop()) if len(found) == 1 else None

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.component.IsTextWrapped = value

    @property
    def horizontal_alignment(self) -> str | None:
        return self._alignment("HoriJustify", _ALIGNED)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        names = {ours: theirs for theirs, ours in _ALIGNED.items()}
        self.component.HoriJustify = self.book.uno.Enum("com.sun.star.table.CellHoriJustify", names[value])

    @property
    def vertical_alignment(self) -> str | None:
        return self._alignment("VertJustify", dict(enumerate(_UPRIGHT)))

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self.component.VertJustify = _UPRIGHT.index(value)

    def _alignment(self, name: str, names: Mapping[Any, str]) -> str | None:
        found = _looks(self.component, name)
        return names[found.pop()] if len(found) == 1 else None

    def autofit(self, axis: str | None = None) -> None:
        assert axis == "r", "only heights"
        self.component.Rows.OptimalHeight = True

    @property
    def font(self) -> Font:
        return Font(self.component)

    @property
    def number_format(self) -> str | None:
        keys = {key for key, _ in _number_formats(self.component)}
        texts = {self._format_text(key) for key in keys}
        return texts.pop() if len(texts) == 1 else None

    @number_format.setter
    def number_format(self, value: str) -> None:
        with self.book.writing():
            block = self.component
            flags = [area for area, _ in self._formatted(block, _LOGICAL)] if value == "General" else []
            block.NumberFormat = self._key(value)
            for area in flags:
                self._from(area).component.NumberFormat = self._key("BOOLEAN")

    def _format_text(self, key: int) -> str:
        if key not in self.book.format_texts:
            text = str(self.book.component.NumberFormats.getByKey(key).FormatString)
            self.book.format_texts[key] = "General" if self._kind(key) & _LOGICAL else text
        return self.book.format_texts[key]

    def _key(self, text: str) -> int:
        if text not in self.book.formats:
            formats = self.book.component.NumberFormats
            locale = self.book.uno.createUnoStruct("com.sun.star.lang.Locale")
            locale.Language, locale.Country = "en", "US"
            key = formats.queryKey(text, locale, False)
            self.book.formats[text] = key if key != -1 else formats.addNew(text, locale)
        return self.book.formats[text]

    def _formatted(self, block: Any, kinds: int, general: bool = False) -> list[tuple[Any, int]]:
        """The areas of number formats of some kinds (or of none, "General"), with their kind."""
        found = [(area, own) for own, areas in _number_formats(block) for area in areas]
        return [
            (area, self._kind(key))
            for area, key in found
            if self._kind(key) & kinds
            or (general and not self._kind(key) & _LOGICAL and self._format_text(key) == "General")
        ]

    def _kind(self, key: int) -> int:
        if key not in self.book.format_kinds:
            self.book.format_kinds[key] = int(self.book.component.NumberFormats.getByKey(key).Type)
        return self.book.format_kinds[key]

    def _places(self, area: Any) -> Iterator[tuple[int, int]]:
        first_row, first_column, last_row, last_column = self._area_places(area)
        for row in range(first_row, last_row + 1):
            for column in range(first_column, last_column + 1):
                yield row, column

    def _area_places(self, area: Any) -> tuple[int, int, int, int]:
        top, left = self.first_row - 1, self.first_column - 1
        return area.StartRow - top, area.StartColumn - left, area.EndRow - top, area.EndColumn - left

    # --- rows, columns, merged cells --------------------------------------------------------------------------------

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        assert shift == "down" and self.last_column >= 1_024, "only whole rows"
        with self.book.writing():
            self.sheet.component.Rows.insertByIndex(self.first_row - 1, self.shape[0])

    def delete(self, shift: str | None = None) -> None:
        assert shift == "up" and self.last_column >= 1_024, "only whole rows"
        with self.book.writing():
            self.sheet.component.Rows.removeByIndex(self.first_row - 1, self.shape[0])

    @property
    def column_hidden(self) -> bool | None:
        found = {not column.IsVisible for column in _columns(self.component)}
        return found.pop() if len(found) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        with self.book.writing():
            self.component.Columns.IsVisible = not value

    @property
    def column_width(self) -> float | None:
        found = {column.Width for column in _columns(self.component)}
        return found.pop() / 200 if len(found) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        with self.book.writing():
            self.component.Columns.Width = round(value * 200)

    @property
    def merge_cells(self) -> bool:
        return bool(self.component.getIsMerged()) or (self.shape == (1, 1) and self.merge_area.shape != (1, 1))

    @property
    def merge_area(self) -> Range:
        cursor = self.sheet.component.createCursorByRange(self.component)
        cursor.collapseToMergedArea()
        return self._from(cursor.RangeAddress)

    def merge(self, across: bool = False) -> None:
        self.component.merge(True)

    @contextlib.contextmanager
    def _changed(self) -> Iterator[None]:
        """A write of contents: refused on a protected sheet; headers of tables are seen to afterwards, as by Excel."""
        with self.book.writing():
            if self.sheet.component.isProtected():
                raise RuntimeError("Excel: the sheet is protected")
            yield
            from live_tables import Tables

            for table in Tables(self.sheet):
                table.see_to_headers(self)


def _number_formats(block: Any) -> list[tuple[int, Any]]:
    """Each number format of a block with the areas that have it; the same format may come several times."""
    address = block.RangeAddress
    if address.StartRow == address.EndRow and address.StartColumn == address.EndColumn:
        return [(block.NumberFormat, (address,))]
    return [(found.NumberFormat, found.RangeAddresses) for found in block.UniqueCellFormatRanges]


def _columns(component: Any) -> Iterator[Any]:
    return (component.Columns.getByIndex(place) for place in range(component.Columns.Count))


def _plain(value: Any) -> float | str:
    if value is None:
        return ""
    if isinstance(value, (bool, int, float)):
        return float(value)
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _EPOCH) / timedelta(days=1)
    if isinstance(value, date):
        return float((value - _EPOCH.date()).days)
    return value.removeprefix("'")


def _constant(value: Any) -> str:
    return format(value, ".15g") if isinstance(value, float) else value or ""
