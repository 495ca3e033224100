"""What a worksheet function is given: its arguments, worked out only when asked for, and the sheet around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from duebook.books.evaluate_criteria import Column
from duebook.books.evaluate_parse import Constant, Node, NotUnderstood
from duebook.books.evaluate_values import (
    EXACT,
    Failed,
    Scalar,
    as_logical,
    as_number,
    as_text,
    plain_number,
    whole,
)
from duebook.books.evaluate_view import ExcelError, Key


@dataclass(frozen=True)
class Area:
    """A rectangle of cells on a sheet."""

    sheet: str
    row: int
    col: int
    last_row: int
    last_col: int

    @property
    def height(self) -> int:
        return self.last_row - self.row + 1

    @property
    def width(self) -> int:
        return self.last_col - self.col + 1

    @property
    def single(self) -> bool:
        return self.height == 1 and self.width == 1

    def part(self, row: int, col: int, height: int, width: int) -> Area:
        """The rectangle that begins `row`, `col` (from 0) inside this one."""
        top, left = self.row + row, self.col + col
        return Area(self.sheet, top, left, top + height - 1, left + width - 1)


@dataclass(frozen=True)
class Grid:
    """Values in rows: an array constant, or an array on its way through SUMPRODUCT."""

    rows: tuple[tuple[Scalar, ...], ...]

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0])


Operand = Scalar | Area | Grid


class Sheets(Protocol):
    """The evaluator, as functions see it."""

    @property
    def date1904(self) -> bool: ...
    def operand(self, node: Node, at: Key, array: bool) -> Operand: ...
    def cell(self, sheet: str, row: int, col: int) -> Scalar: ...
    def column(self, area: Area, subtotals: bool = True) -> Column:
        """The cells of an area row by row; without `subtotals`, cells that hold a SUBTOTAL read as blank."""

    def total(self, area: Area, subtotals: bool = True) -> Decimal:
        """The exact sum of the numbers in an area; an error in it fails."""


class Arguments:
    """The arguments of one call. Indexes count from 0; asking for one that was left out gives a blank."""

    def __init__(self, sheets: Sheets, nodes: tuple[Node, ...], at: Key, array: bool) -> None:
        self.sheets = sheets
        self.nodes = nodes
        self.at = at
        self.array = array

    def __len__(self) -> int:
        return len(self.nodes)

    def given(self, index: int) -> bool:
        """Whether the argument is there and not empty."""
        return index < len(self.nodes) and self.nodes[index] != Constant(None)

    def operand(self, index: int) -> Operand:
        """The argument as it is: a value, a rectangle of cells or an array."""
        return self.sheets.operand(self.nodes[index], self.at, self.array) if index < len(self.nodes) else None

    def raw(self, index: int) -> Scalar:
        """A single value; an error comes as a value."""
        return single(self.sheets, self.operand(index))

    def value(self, index: int) -> float | str | bool | None:
        """A single value; an error ends the call."""
        found = self.raw(index)
        if isinstance(found, ExcelError):
            raise Failed(found)
        return found

    def number(self, index: int, default: float = 0.0) -> float:
        return as_number(self.raw(index)) if index < len(self.nodes) else default

    def whole(self, index: int, default: int = 0) -> int:
        return whole(self.number(index, default))

    def text(self, index: int) -> str:
        return as_text(self.raw(index))

    def logical(self, index: int, default: bool = False) -> bool:
        return as_logical(self.raw(index)) if index < len(self.nodes) else default

    def area(self, index: int) -> Area:
        found = self.operand(index)
        if isinstance(found, ExcelError):
            raise Failed(found)
        if not isinstance(found, Area):
            raise NotUnderstood("a function that needs cells is given something else")
        return found

    def block(self, index: int) -> Area | Grid:
        """Cells or an array; a single value is an array of one."""
        found = self.operand(index)
        if isinstance(found, ExcelError):
            raise Failed(found)
        return found if isinstance(found, (Area, Grid)) else Grid(((found,),))

    def numbers(self, first: int = 0, subtotals: bool = True) -> Iterator[float]:
        """All numbers from argument `first` on. In cells only numbers count; given directly, flags and text do too."""
        for index in range(first, len(self.nodes)):
            found = self.operand(index)
            if not isinstance(found, (Area, Grid)):
                yield as_number(found)
                continue
            for value in cells_of(self.sheets, found, subtotals):
                if isinstance(value, ExcelError):
                    raise Failed(value)
                if isinstance(value, float):
                    yield value

    def total(self, first: int = 0, subtotals: bool = True) -> Decimal:
        """The exact sum of all numbers from argument `first` on."""
        total = Decimal(0)
        for index in range(first, len(self.nodes)):
            found = self.operand(index)
            if isinstance(found, Area):
                total = EXACT.add(total, self.sheets.total(found, subtotals))
            else:
                inner = Arguments(self.sheets, (self.nodes[index],), self.at, self.array)
                total = exact_sum(inner.numbers(), total)
        return total


def exact_sum(numbers: Iterator[float], start: Decimal = Decimal(0)) -> Decimal:
    """The sum of the decimals that name these numbers."""
    for number in numbers:
        start = EXACT.add(start, Decimal(repr(number)))
    return start


def single(sheets: Sheets, operand: Operand) -> Scalar:
    """One value out of an operand. Several cells where one is wanted: implicit intersection, not understood."""
    if isinstance(operand, Area):
        if not operand.single:
            raise NotUnderstood("several cells where one value is wanted")
        return sheets.cell(operand.sheet, operand.row, operand.col)
    if isinstance(operand, Grid):
        if operand.height != 1 or operand.width != 1:
            raise NotUnderstood("an array where one value is wanted")
        return operand.rows[0][0]
    return operand


def cells_of(sheets: Sheets, block: Area | Grid, subtotals: bool = True) -> Iterator[Scalar]:
    """The values of a block, row by row."""
    if isinstance(block, Area):
        yield from sheets.column(block, subtotals).cells
    else:
        for row in block.rows:
            yield from row


def column_of(sheets: Sheets, block: Area | Grid) -> Column:
    return sheets.column(block) if isinstance(block, Area) else Column(list(cells_of(sheets, block)))


def counts_as_number(value: Scalar, direct: bool) -> bool:
    """Whether COUNT counts it: in cells numbers only; given directly also flags, blanks and numeric text."""
    if isinstance(value, float):
        return True
    if not direct or isinstance(value, ExcelError):
        return False
    return plain_number(value) is not None if isinstance(value, str) else True


@dataclass(frozen=True)
class Function:
    """A worksheet function. `lifted`: takes single values, so arrays go through it one by one inside SUMPRODUCT."""

    run: Callable[[Arguments], Operand]
    least: int
    most: int
    lifted: bool = False


FUNCTIONS: dict[str, Function] = {}
"""Every function that is understood, by its name in the file."""


def function(
    name: str, least: int, most: int | None = None, lifted: bool = False
) -> Callable[[Callable[[Arguments], Operand]], Callable[[Arguments], Operand]]:
    """Enters a function under its worksheet name; a call with another number of arguments is not understood."""

    def enter(run: Callable[[Arguments], Operand]) -> Callable[[Arguments], Operand]:
        FUNCTIONS[name] = Function(run, least, least if most is None else most, lifted)
        return run

    return enter


MANY = 255
