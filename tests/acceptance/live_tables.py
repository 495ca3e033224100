"""Tables of the xlwings engine over LibreOffice: its database ranges, which the tables of an .xlsx file become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from live_range import Range
from xlwings import base_classes as bc

if TYPE_CHECKING:
    from live_engine import Sheet


class Tables:
    def __init__(self, sheet: Sheet) -> None:
        self.parent = sheet
        self._all = sheet.book.component.DatabaseRanges

    def __iter__(self) -> Iterator[Table]:
        known, sheet = self.parent.book.tables_by_sheet, self.parent.name
        if sheet not in known:
            place = self.parent.index - 1
            found = (self._all.getByIndex(number) for number in range(self._all.Count))
            known[sheet] = [table for table in found if table.DataArea.Sheet == place]
        return iter([Table(self.parent, table) for table in known[sheet]])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, key: int | str) -> Table:
        if isinstance(key, int):
            return list(self)[key - 1]
        for table in self:
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)

    def __contains__(self, key: str) -> bool:
        return any(table.name.casefold() == key.casefold() for table in self)

    def add(self, source: Any = None, name: str | None = None, **more: Any) -> Table:
        block: Range = source.impl
        if any(_meet(table.range, block) for table in self):
            raise RuntimeError("Excel: a table cannot overlap another table")
        made = name or next(f"Table{n}" for n in range(1, 1000) if not self._all.hasByName(f"Table{n}"))
        with self.parent.book.writing():
            self._all.addNewByName(made, block.component.RangeAddress)
            self.parent.book.tables_by_sheet.clear()
            table = self(made)
            table.component.ContainsHeader = True
            table.see_to_headers(block)
        return table


class Table:
    table_style = "TableStyleMedium2"

    def __init__(self, sheet: Sheet, component: Any) -> None:
        self.parent = sheet
        self.component = component

    @property
    def api(self) -> Any:
        return _TableApi(self)

    @property
    def name(self) -> str:
        return str(self.component.Name)

    @name.setter
    def name(self, value: str) -> None:
        with self.parent.book.writing():
            if self.parent.book.component.DatabaseRanges.hasByName(value):
                raise RuntimeError(f"Excel: there is a table {value} already")
            self.component.Name = value

    display_name = name

    @property
    def range(self) -> Range:
        area = self.component.DataArea
        return Range(self.parent, area.StartRow + 1, area.StartColumn + 1, area.EndRow + 1, area.EndColumn + 1)

    @property
    def header_row_range(self) -> Range | None:
        block = self.range
        if not self.component.ContainsHeader:
            return None
        return Range(self.parent, block.first_row, block.first_column, block.first_row, block.last_column)

    @property
    def data_body_range(self) -> Range:
        block = self.range
        return Range(self.parent, block.first_row + 1, block.first_column, block.last_row, block.last_column)

    @property
    def show_totals(self) -> bool:
        return bool(self.component.TotalsRow)

    @property
    def autofilter(self) -> Any:
        return _AutoFilter(self)

    def resize(self, range: Any) -> None:
        block: Range = range.impl
        own = self.range
        if block.shape[0] < 2 or (block.first_row, block.first_column) != (own.first_row, own.first_column):
            raise RuntimeError("Excel: the header must stay where it is, and one row below it")
        if any(other.name != self.name and _meet(other.range, block) for other in Tables(self.parent)):
            raise RuntimeError("Excel: a table cannot overlap another table")
        with self.parent.book.writing():
            self.component.DataArea = block.component.RangeAddress
            self.see_to_headers(block)

    def see_to_headers(self, written: Range) -> None:
        """Excel's care for headers: an empty one gets a text, one that is there already another."""
        header = self.header_row_range
        if header is None or not _meet(header, written):
            return
        taken: set[str] = set()
        for place, cell in enumerate(header.component.getDataArray()[0]):
            text = plain = (cell if isinstance(cell, str) else format(cell, ".15g")) or f"Column{place + 1}"
            number = 1
            while text.casefold() in taken:
                number += 1
                text = f"{plain}{number}"
            taken.add(text.casefold())
            if text != cell:
                header.component.getCellByPosition(place, 0).setString(text)

    def unlist(self) -> None:
        with self.parent.book.writing():
            self.parent.book.component.DatabaseRanges.removeByName(self.name)
            self.parent.book.tables_by_sheet.clear()


class _TableApi:
    """Excel's own object, as far as xlwings has no name for what it does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def Unlist(self) -> None:  # Excel's name
        self._table.unlist()


class _AutoFilter:
    def __init__(self, table: Table) -> None:
        self._table = table

    @property
    def criteria(self) -> list[dict[str, Any]]:
        filtered = {found.Field for found in self._table.component.getFilterDescriptor().getFilterFields()}
        kinds = ("values" if place in filtered else "none" for place in range(self._table.range.shape[1]))
        return [bc.empty_autofilter_criteria(place + 1, kind) for place, kind in enumerate(kinds)]


def _meet(one: Range, other: Range) -> bool:
    return (
        one.first_row <= other.last_row
        and other.first_row <= one.last_row
        and one.first_column <= other.last_column
        and other.first_column <= one.last_column
    )
