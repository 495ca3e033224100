"""Defined names of the xlwings engine over LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from live_range import Range

if TYPE_CHECKING:
    from live_engine import Book, Sheet


class Names:
    """Defined names: of a sheet, or of the book, which lists those of its sheets as `Sheet1!name`."""

    def __init__(self, book: Book, sheet: Sheet | None) -> None:
        self.book = book
        self._sheet = sheet

    def _all(self) -> list[Name]:
        sheets = [self._sheet] if self._sheet else list(self.book.sheets)
        own = [Name(self.book, sheet, found) for sheet in sheets for found in _elements(sheet.component.NamedRanges)]
        whole = [] if self._sheet else [Name(self.book, None, n) for n in _elements(self.book.component.NamedRanges)]
        return sorted(whole + own, key=lambda name: name.name.casefold())

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name.name, name) for name in self._all()]

    def __call__(self, key: int | str) -> Name:
        if isinstance(key, int):
            return self._all()[key - 1]
        for name in self._all():
            if name.name.casefold() == key.casefold():
                return name
        raise KeyError(key)

    def contains(self, key: int | str) -> bool:
        return any(name.name.casefold() == str(key).casefold() for name in self._all())

    def __len__(self) -> int:
        return len(self._all())

    def add(self, name: str, refers_to: str) -> Name:
        holder = (self._sheet.component if self._sheet else self.book.component).NamedRanges
        origin = self.book.uno.createUnoStruct("com.sun.star.table.CellAddress")
        with self.book.writing():
            holder.addNewByName(name, "$A$1", origin, 0)
            made = Name(self.book, self._sheet, holder.getByName(name))
            made.set_tokens(refers_to)
        return made


def _elements(names: Any) -> Iterator[Any]:
    return (names.getByIndex(place) for place in range(names.Count))


class Name:
    def __init__(self, book: Book, sheet: Sheet | None, component: Any) -> None:
        self.book = book
        self._sheet = sheet
        self._component = component

    @property
    def name(self) -> str:
        own = str(self._component.Name)
        return f"{self._sheet.name}!{own}" if self._sheet else own

    @property
    def refers_to(self) -> str:
        origin = self._component.ReferencePosition
        return "=" + str(self.book.parser.printFormula(self._component.getTokens(), origin))

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        with self.book.writing():
            self.set_tokens(value)

    def set_tokens(self, refers_to: str) -> None:
        origin = self._component.ReferencePosition
        self._component.setTokens(self.book.parser.parseFormula(refers_to.removeprefix("="), origin))

    @property
    def refers_to_range(self) -> Range:
        cells = self._component.ReferredCells
        if cells is None:
            raise RuntimeError("Excel: this name refers to no range")
        address = cells.RangeAddress
        sheet = self.book.sheets(cells.Spreadsheet.Name)
        return Range(sheet, address.StartRow + 1, address.StartColumn + 1, address.EndRow + 1, address.EndColumn + 1)

    def delete(self) -> None:
        holder = (self._sheet.component if self._sheet else self.book.component).NamedRanges
        with self.book.writing():
            holder.removeByName(self._component.Name)
