"""Worksheet functions that find a cell: INDEX, MATCH, VLOOKUP and their kin, and those that ask where a cell is."""

from __future__ import annotations

from duebook.books.evaluate_arguments import MANY, Area, Arguments, Grid, Operand, column_of, function
from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_values import Failed
from duebook.books.evaluate_view import NA, REF, VALUE


@function("INDEX", 2, 3)
def index(args: Arguments) -> Operand:
    """A cell of a block, or with 0 a whole row or column of it. With one number, a single row counts across."""
    block = args.block(0)
    row, col = args.whole(1), args.whole(2)
    if len(args) == 2 and block.height == 1:
        row, col = 0 if block.width == 1 and row <= 1 else 1, row
    elif len(args) == 2 and block.width > 1:
        raise Failed(REF) if row > block.height else NotUnderstood("INDEX of a block with one number")
    if row < 0 or col < 0:
        raise Failed(VALUE)
    if row > block.height or col > block.width:
        raise Failed(REF)
    top, height = (row - 1, 1) if row else (0, block.height)
    left, width = (col - 1, 1) if col else (0, block.width)
    if isinstance(block, Area):
        return block.part(top, left, height, width)
    return Grid(tuple(line[left : left + width] for line in block.rows[top : top + height]))


@function("MATCH", 2, 3)
def match(args: Arguments) -> Operand:
    block = args.block(1)
    if block.height > 1 and block.width > 1:
        raise Failed(NA)
    kind = args.number(2, 1.0)
    if kind < 0:
        raise NotUnderstood("MATCH in falling order")
    return float(_search(args, block, exact=kind == 0) + 1)


def _search(args: Arguments, block: Area | Grid, exact: bool) -> int:
    """The place of argument 0 in one row or column of cells; not found is #N/A."""
    wanted = args.value(0)
    column = column_of(args.sheets, block)
    if wanted is None and exact and not any(cell in (0.0, "") for cell in column.cells):
        raise Failed(NA)  # a blank finds no blank; whether it finds 0 or "" differs between programs
    if wanted is None or (wanted == "" and not exact):
        raise NotUnderstood("a search for nothing")
    place = column.first(wanted) if exact else column.last_not_above(wanted)
    if place is None:
        raise Failed(NA)
    return place


@function("VLOOKUP", 3, 4)
def vlookup(args: Arguments) -> Operand:
    block, step = args.block(1), args.whole(2)
    if step < 1:
        raise Failed(VALUE)
    if step > block.width:
        raise Failed(REF)
    place = _search(args, _line(block, col=0), exact=not args.logical(3, True))
    return _spot(block, place, step - 1)


@function("HLOOKUP", 3, 4)
def hlookup(args: Arguments) -> Operand:
    block, step = args.block(1), args.whole(2)
    if step < 1:
        raise Failed(VALUE)
    if step > block.height:
        raise Failed(REF)
    place = _search(args, _line(block, row=0), exact=not args.logical(3, True))
    return _spot(block, step - 1, place)


@function("LOOKUP", 3)
def lookup(args: Arguments) -> Operand:
    """The vector form: find in one row or column, answer from another of the same length."""
    searched, answers = args.block(1), args.block(2)
    if min(searched.height, searched.width) != 1 or min(answers.height, answers.width) != 1:
        raise NotUnderstood("LOOKUP in a block")
    if max(searched.height, searched.width) != max(answers.height, answers.width):
        raise NotUnderstood("LOOKUP between rows of different length")
    place = _search(args, searched, exact=False)
    row, col = (place, 0) if answers.height > 1 else (0, place)
    return _spot(answers, row, col)


def _line(block: Area | Grid, row: int | None = None, col: int | None = None) -> Area | Grid:
    """One row or one column of a block."""
    if isinstance(block, Area):
        if col is not None:
            return block.part(0, col, block.height, 1)
        return block.part(row or 0, 0, 1, block.width)
    if col is not None:
        return Grid(tuple((line[col],) for line in block.rows))
    return Grid((block.rows[row or 0],))


def _spot(block: Area | Grid, row: int, col: int) -> Operand:
    """One cell of a block."""
    return block.part(row, col, 1, 1) if isinstance(block, Area) else block.rows[row][col]


@function("CHOOSE", 2, MANY)
def choose(args: Arguments) -> Operand:
    """Only the chosen value is worked out."""
    chosen = args.whole(0)
    if not 1 <= chosen < len(args):
        raise Failed(VALUE)
    return args.operand(chosen) if args.given(chosen) else 0.0


@function("ROW", 0, 1)
def row_(args: Arguments) -> Operand:
    if not len(args):
        return float(args.at[1])
    area = args.area(0)
    if area.height > 1:
        raise NotUnderstood("ROW of several rows")
    return float(area.row)


@function("COLUMN", 0, 1)
def column(args: Arguments) -> Operand:
    if not len(args):
        return float(args.at[2])
    area = args.area(0)
    if area.width > 1:
        raise NotUnderstood("COLUMN of several columns")
    return float(area.col)


@function("ROWS", 1)
def rows(args: Arguments) -> Operand:
    return float(args.block(0).height)


@function("COLUMNS", 1)
def columns(args: Arguments) -> Operand:
    return float(args.block(0).width)
