"""Worksheet functions that decide and ask: IF, IFERROR, AND, ISBLANK and their kin."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duebook.books.evaluate_arguments import MANY, Area, Arguments, Grid, Operand, cells_of, function
from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_values import Failed, Scalar, as_logical
from duebook.books.evaluate_view import NA, VALUE, ExcelError


@function("IF", 2, 3)
def if_(args: Arguments) -> Operand:
    """Only the branch that is taken is worked out. An empty branch is 0, one left out is FALSE."""
    chosen = 1 if args.logical(0) else 2
    if chosen >= len(args):
        return False
    return args.operand(chosen) if args.given(chosen) else 0.0


@function("IFERROR", 2)
def iferror(args: Arguments) -> Operand:
    return _instead(args, lambda error: True)


@function("_XLFN.IFNA", 2)
def ifna(args: Arguments) -> Operand:
    """Newer than the file format, hence the prefix; without it Excel does not know the name."""
    return _instead(args, lambda error: error == NA)


def _instead(args: Arguments, caught: Callable[[ExcelError], bool]) -> Operand:
    try:
        found = args.raw(0)
    except Failed as failed:
        found = failed.error
    if isinstance(found, ExcelError) and caught(found):
        return args.operand(1) if args.given(1) else 0.0
    return found


@function("AND", 1, MANY)
def and_(args: Arguments) -> Operand:
    return all(list(_conditions(args)))


@function("OR", 1, MANY)
def or_(args: Arguments) -> Operand:
    return any(list(_conditions(args)))


def _conditions(args: Arguments) -> Iterator[bool]:
    """The truth of every argument; in cells text and blanks are passed over. None at all is an error."""
    none = True
    for index in range(len(args)):
        found = args.operand(index)
        if not isinstance(found, (Area, Grid)):
            if isinstance(found, str):
                raise NotUnderstood("text as a condition")
            none = False
            yield as_logical(found)
            continue
        for value in cells_of(args.sheets, found):
            if isinstance(value, ExcelError):
                raise Failed(value)
            if isinstance(value, (bool, float)):
                none = False
                yield bool(value)
    if none:
        raise Failed(VALUE)


@function("NOT", 1, lifted=True)
def not_(args: Arguments) -> Operand:
    return not args.logical(0)


@function("TRUE", 0)
def true(args: Arguments) -> Operand:
    return True


@function("FALSE", 0)
def false(args: Arguments) -> Operand:
    return False


@function("NA", 0)
def na(args: Arguments) -> Operand:
    return NA


def _question(name: str, holds: Callable[[Scalar], bool]) -> None:
    """A function that asks what kind of value it is given; errors are values here."""

    def ask(args: Arguments) -> Operand:
        try:
            return holds(args.raw(0))
        except Failed as failed:
            return holds(failed.error)

    function(name, 1, lifted=True)(ask)


_question("ISBLANK", lambda value: value is None)
_question("ISNUMBER", lambda value: isinstance(value, float))
_question("ISTEXT", lambda value: isinstance(value, str))
_question("ISNONTEXT", lambda value: not isinstance(value, str))
_question("ISLOGICAL", lambda value: isinstance(value, bool))
_question("ISERROR", lambda value: isinstance(value, ExcelError))
_question("ISERR", lambda value: isinstance(value, ExcelError) and value != NA)
_question("ISNA", lambda value: value == NA)


@function("N", 1)
def n(args: Arguments) -> Operand:
    value = args.value(0)
    return float(value) if isinstance(value, (bool, float)) else 0.0


@function("T", 1)
def t(args: Arguments) -> Operand:
    value = args.value(0)
    return value if isinstance(value, str) else ""
