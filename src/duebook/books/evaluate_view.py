"""What the evaluator needs to see of a workbook, and what it says when it cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, Protocol

from duebook.books.plan import Value

Key = tuple[str, int, int]
"""Sheet name, row, column; rows and columns count from 1."""


@dataclass(frozen=True)
class ExcelError:
    """An error as a cell holds it: `ExcelError("#DIV/0!")`. Equal codes are equal errors."""

    code: str

    def __str__(self) -> str:
        return self.code


NULL: Final = ExcelError("#NULL!")
DIV0: Final = ExcelError("#DIV/0!")
VALUE: Final = ExcelError("#VALUE!")
REF: Final = ExcelError("#REF!")
NAME: Final = ExcelError("#NAME?")
NUM: Final = ExcelError("#NUM!")
NA: Final = ExcelError("#N/A")
ERRORS: Final = (NULL, DIV0, VALUE, REF, NAME, NUM, NA)


class UnknownValue(Enum):
    """The type of `Unknown`; an enumeration of one, so that `is Unknown` narrows the type."""

    UNKNOWN = "unknown"


Unknown: Final = UnknownValue.UNKNOWN
"""Not computed here: drop the cached value and leave the cell to the spreadsheet program."""

CellValue = Value | ExcelError
Result = Value | ExcelError | UnknownValue


class Unavailable(Exception):
    """Raised by a view for a value it cannot give; the formula and its dependents become `Unknown`."""


@dataclass(frozen=True)
class TableView:
    """An Excel table. Rows and columns count from 1; `header_row` is None for a table without one.

    `columns` are the column names from `first_col` on. Without `totals_row` a reference to it is not understood.
    """

    sheet: str
    header_row: int | None
    first_row: int
    last_row: int
    first_col: int
    columns: tuple[str, ...]
    totals_row: int | None = None


class View(Protocol):
    """A workbook as the evaluator reads it; sheet names are spelled as the workbook spells them."""

    @property
    def date1904(self) -> bool: ...
    @property
    def names(self) -> Mapping[str | tuple[str, str], str]:
        """Defined names in upper case → formula text; those of one sheet under (sheet, NAME)."""

    @property
    def tables(self) -> Mapping[str, TableView]:
        """Table names in upper case."""

    def value(self, sheet: str, row: int, col: int) -> CellValue:
        """What the cell holds: None when blank, an `ExcelError` for an error. May raise `Unavailable`."""

    def column_total(self, sheet: str, first_row: int, last_row: int, col: int) -> Decimal | None:
        """The exact sum of the numbers in a stretch of a column, or None where only `value` can tell."""


class BoundedView(View, Protocol):
    """A view that also knows where a sheet ends; only then can whole columns and rows be read cell by cell."""

    def last_row(self, sheet: str) -> int:
        """No cell below this row holds anything."""


class FormulaView(View, Protocol):
    """A view that also knows formulas which are not being computed: a SUBTOTAL leaves out other SUBTOTALs."""

    def is_subtotal(self, sheet: str, row: int, col: int) -> bool:
        """Whether the cell's formula calls SUBTOTAL or AGGREGATE."""
