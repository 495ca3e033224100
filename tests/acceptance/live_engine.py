"""An xlwings engine over LibreOffice: macros written for `xw.Book` run here against real open documents.

Test code. It shares the running office of `calc.py`, so Duebook's functions compute in its cells, and it behaves as
Excel on Windows does wherever Duebook's code depends on it: text that is typed in is read as a number, day, flag or
formula unless an apostrophe or the format "text" keeps it from that; a header that is emptied or there twice gets
another text; a formula entered into one cell of a blank column of a table fills it, unless that is switched off; a
very hidden sheet is neither moved nor deleted; errors come as xlwings has them; protection, visibility, filters and
corrections are found at `api`, under Excel's names.

    book = live.open(path)          # an xw.Book; live.new() is a blank one
    book.sheets[0].range("B7").select()
    live.fail_at(3)                 # the third write from here on fails, as if Excel were busy
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw
from calc import Calc, Document
from live_names import Names
from live_range import ErrorText, Range, Writing
from live_tables import Tables

CALCULATION = ("automatic", "manual", "semiautomatic")


class Engine:
    """What `xw.engines` holds."""

    name = "libreoffice"
    type = "desktop"

    def __init__(self, calc: Calc) -> None:
        self.calc = calc
        self.writing = Writing()
        self.app = App(self)

    @property
    def apps(self) -> Apps:
        return Apps(self.app)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data: Any, dates: Any, empty: Any, numbers: Any, err_to_str: bool) -> Any:
        return [[_cleaned(value, dates, empty, numbers, err_to_str) for value in row] for row in data]


def _cleaned(value: Any, dates: Any, empty: Any, numbers: Any, err_to_str: bool) -> Any:
    if value is None or value == "":
        return empty
    if isinstance(value, ErrorText):
        return str(value) if err_to_str else None
    if hasattr(value, "year"):
        names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
        return dates(**{name: getattr(value, name) for name in names}, tzinfo=None)
    return numbers(value) if numbers is not None and isinstance(value, float) else value


class Live:
    """The fixture: opens documents as `xw.Book`s."""

    def __init__(self, calc: Calc) -> None:
        self.engine = Engine(calc)
        self._public = xw.Engine(impl=self.engine)
        self._before = xw.engines.active
        xw.engines.add(self._public)
        xw.engines.active = self._public

    def open(self, path: Path) -> xw.Book:
        return xw.Book(impl=self.engine.app.books.open(str(path)))

    def new(self) -> xw.Book:
        return xw.Book(impl=self.engine.app.books.add())

    @property
    def app(self) -> App:
        return self.engine.app

    @property
    def writes(self) -> int:
        """How many writes there were since `fail_at`."""
        return self.engine.writing.count

    def fail_at(self, number: int | None, after: bool = False) -> None:
        """The write of this number from now on fails, before it does anything (or after it has). None: no more."""
        self.engine.writing.fail_at(number, after)

    def close(self) -> None:
        """Closes all books; the office goes on."""
        self.fail_at(None)
        for book in list(self.engine.app.books):
            book.close()
        self.engine.app.reset()

    def stop(self) -> None:
        self.close()
        xw.engines.active = self._before
        xw.engines.engines.remove(self._public)
        del xw.engines.engines_by_name[self.engine.name]


class Apps:
    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        return [self._app.pid]

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> App:
        return self._app

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self._app


class App:
    """The one office. What a macro shows in the status bar is recorded in `said`."""

    version = "16.0"
    pid = 1
    visible = True

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.books = Books(self)
        self.reset()

    def reset(self) -> None:
        self.said: list[Any] = []
        self.selection: Range | None = None
        self.screen_updating = self.display_alerts = self.enable_events = True
        self._calculation = "automatic"
        self.AutoCorrect = AutoCorrect()

    @property
    def api(self) -> Any:
        return self

    @property
    def status_bar(self) -> Any:
        return self.said[-1] if self.said else False

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self.said.append(value)

    @property
    def calculation(self) -> str:
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        assert value in CALCULATION, value
        self._calculation = value
        for book in self.books:
            book.component.enableAutomaticCalculation(value == "automatic")

    def calculate(self) -> None:
        for book in self.books:
            book.component.calculate()

    def activate(self, steal_focus: bool = False) -> None:
        pass

    def quit(self) -> None:
        raise AssertionError("a macro must not end Excel")


class AutoCorrect:
    """What Excel does to tables of its own accord, under its own names."""

    def __init__(self) -> None:
        self.AutoFillFormulasInLists = True
        self.AutoExpandListRange = True


class Books:
    """Open books, the active one last."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._open: list[Book] = []

    @property
    def active(self) -> Book:
        return self._open[-1]

    def __call__(self, key: int | str) -> Book:
        if isinstance(key, int):
            return self._open[key - 1]
        for book in self._open:
            if book.name == key:
                return book
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self._open))

    def add(self) -> Book:
        taken = {book.name for book in self._open}
        name = next(f"Book{n}" for n in range(1, 1000) if f"Book{n}" not in taken)
        return self._made(Book(self.app, self.app.engine.calc.new(), name))

    def open(self, fullname: str, *more: Any, **most: Any) -> Book:
        path = Path(fullname)
        return self._made(Book(self.app, self.app.engine.calc.open(path), str(path.resolve())))

    def _made(self, book: Book) -> Book:
        self._open.append(book)
        return book

    def raised(self, book: Book) -> None:
        self._open.remove(book)
        self._open.append(book)

    def closed(self, book: Book) -> None:
        self._open.remove(book)


class Book:
    def __init__(self, app: App, document: Document, fullname: str) -> None:
        self.app = app
        self.document = document
        self.component = document.component
        self.fullname = fullname
        self.very_hidden: set[str] = set()
        self.filtered_lists: dict[str, str] = {}
        """Lists that are no tables and are filtered, by their sheets; Calc tells nothing of them."""
        self.frozen: dict[str, str] = {}
        self.formats: dict[str, int] = {}
        self.format_texts: dict[int, str] = {}
        self.format_kinds: dict[int, int] = {}
        self.formula_texts: dict[str, str] = {}
        self.tables_by_sheet: dict[str, list[Any]] = {}
        self.active_sheet: str = self.component.Sheets.getByIndex(0).Name
        parser = self.component.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish = True
        parser.FormulaConvention = 3  # com.sun.star.sheet.AddressConvention.XL_OX
        self.parser = parser

    @property
    def api(self) -> Any:
        return _BookApi(self)

    @property
    def uno(self) -> Any:
        return self.app.engine.calc.uno

    def writing(self) -> contextlib.AbstractContextManager[None]:
        """Around each write: counted, and failing where a test wants it to."""
        return self.app.engine.writing.one()

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self, None)

    def activate(self) -> None:
        self.app.books.raised(self)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        if path:
            self.fullname = str(Path(path).resolve())
        self.document.save_as(Path(self.fullname))

    def close(self) -> None:
        self.app.books.closed(self)
        self.document.close()


class _BookApi:
    """Excel's own object, as far as xlwings has no name for its properties."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def ProtectStructure(self) -> bool:  # Excel's name
        return bool(self._book.component.isProtected())

    @property
    def Date1904(self) -> bool:  # Excel's name
        return bool(self._book.component.NullDate.Year == 1904)


class Sheets:
    def __init__(self, book: Book) -> None:
        self.book = book
        self._all = book.component.Sheets

    @property
    def active(self) -> Sheet:
        return self(self.book.active_sheet)

    def __call__(self, key: int | str) -> Sheet:
        if isinstance(key, int):
            return Sheet(self.book, self._all.getByIndex(key - 1))
        for name in self._all.ElementNames:
            if name.casefold() == key.casefold():
                return Sheet(self.book, self._all.getByName(name))
        raise KeyError(key)

    def __len__(self) -> int:
        return int(self._all.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (self(place + 1) for place in range(len(self)))

    def __contains__(self, key: str) -> bool:
        return bool(self._all.hasByName(key))

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        place = before.index - 1 if before else after.index if after else 0
        made = name or next(f"Sheet{n}" for n in range(1, 1000) if not self._all.hasByName(f"Sheet{n}"))
        with self.book.writing():
            if self.book.api.ProtectStructure:
                raise RuntimeError("Excel: the workbook is protected")
            if after and place == len(self) and after.api.Visible == 2:
                raise RuntimeError("Excel: Move method of Worksheet class failed")  # how xlwings adds behind the last
            self._all.insertNewByName(made, place)
            self.book.tables_by_sheet.clear()
        self.book.active_sheet = made
        return self(made)


class Sheet:
    def __init__(self, book: Book, component: Any) -> None:
        self.book = book
        self.component = component

    @property
    def api(self) -> Any:
        return _SheetApi(self)

    @property
    def name(self) -> str:
        return str(self.component.Name)

    @name.setter
    def name(self, value: str) -> None:
        if len(value) > 31 or set(value) & set("[]:*?/\\"):
            raise RuntimeError(f"Excel: {value} is no name of a sheet")
        with self.book.writing():
            if self.book.active_sheet == self.name:
                self.book.active_sheet = value
            self.component.Name = value
            self.book.tables_by_sheet.clear()

    @property
    def index(self) -> int:
        return int(self.component.RangeAddress.Sheet) + 1

    @property
    def visible(self) -> bool:
        return bool(self.component.IsVisible)

    @visible.setter
    def visible(self, value: Any) -> None:
        with self.book.writing():
            if self.book.api.ProtectStructure:
                raise RuntimeError("Excel: Unable to set the Visible property of the Worksheet class")
            self.component.IsVisible = bool(value)
        self.book.very_hidden.discard(self.name)

    @property
    def names(self) -> Names:
        return Names(self.book, self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def freeze_panes(self) -> Any:
        return _FreezePanes(self)

    @property
    def page_setup(self) -> Any:
        return _PageSetup(self)

    def activate(self) -> None:
        self.book.active_sheet = self.name

    select = activate

    def delete(self) -> None:
        with self.book.writing():
            if self.book.api.ProtectStructure or self.api.Visible == 2:
                raise RuntimeError("Excel: Delete method of Worksheet class failed")
            # Calc 7.4 loses the tables of the sheet before the one that goes: none stands before the first
            self.book.component.Sheets.moveByName(self.name, 0)
            self.book.component.Sheets.removeByName(self.name)
            self.book.tables_by_sheet.clear()

    def clear_contents(self) -> None:
        self.used_range.clear_contents()

    @property
    def used_range(self) -> Range:
        cursor = self.component.createCursor()
        cursor.gotoStartOfUsedArea(False)
        first = cursor.RangeAddress
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return Range(self, first.StartRow + 1, first.StartColumn + 1, last.EndRow + 1, last.EndColumn + 1)

    @property
    def cells(self) -> Range:
        return Range(self, 1, 1, 1_048_576, 1_024)

    def range(self, one: Any, other: Any = None) -> Range:
        if isinstance(one, tuple) and len(one) == 4:  # row, column, height, width: how xlwings slices
            return Range(self, one[0], one[1], one[0] + one[2] - 1, one[1] + one[3] - 1)
        corners = [self._corners(given) for given in ((one,) if other is None else (one, other))]
        rows = [corner[place] for corner in corners for place in (0, 2)]
        columns = [corner[place] for corner in corners for place in (1, 3)]
        return Range(self, min(rows), min(columns), max(rows), max(columns))

    def _corners(self, given: Any) -> tuple[int, int, int, int]:
        if isinstance(given, Range):
            return given.first_row, given.first_column, given.last_row, given.last_column
        if isinstance(given, tuple):
            return (*given, *given)
        text = given.replace("$", "")
        first, _, last = text.partition(":")
        if first.isdigit():
            return int(first), 1, int(last or first), 1_024
        address = self.component.getCellRangeByName(text).RangeAddress
        return address.StartRow + 1, address.StartColumn + 1, address.EndRow + 1, address.EndColumn + 1


class _SheetApi:
    """Excel's own object, as far as xlwings has no name for its properties."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def ProtectContents(self) -> bool:  # Excel's name
        return bool(self._sheet.component.isProtected())

    @property
    def AutoFilter(self) -> Any:  # Excel's name
        """The filter of a list that is no table."""
        address = self._sheet.book.filtered_lists.get(self._sheet.name)
        return None if address is None else _SheetFilter(self._sheet.range(address))

    @property
    def Visible(self) -> int:  # Excel's name
        return -1 if self._sheet.visible else 2 if self._sheet.name in self._sheet.book.very_hidden else 0

    @Visible.setter
    def Visible(self, value: int) -> None:  # Excel's name
        self._sheet.visible = value == -1
        if value == 2:
            self._sheet.book.very_hidden.add(self._sheet.name)


class _SheetFilter:
    FilterMode = True  # Excel's names

    def __init__(self, block: Range) -> None:
        self.Range = block


class _PageSetup:
    """What prints of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def print_area(self) -> str | None:
        areas = [
            self._sheet.component.getCellRangeByPosition(a.StartColumn, a.StartRow, a.EndColumn, a.EndRow)
            for a in self._sheet.component.getPrintAreas()
        ]
        return str(areas[0].AbsoluteName.rpartition(".")[2]) if areas else None

    @print_area.setter
    def print_area(self, address: str) -> None:
        self._sheet.component.setPrintAreas((self._sheet.range(address).component.RangeAddress,))


class _FreezePanes:
    """Recorded only: it belongs to the window, and hidden documents have none."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        self._sheet.book.frozen[self._sheet.name] = frozen_range

    def unfreeze(self) -> None:
        self._sheet.book.frozen.pop(self._sheet.name, None)
