"""The text of a Calc formula, taken apart, so that `WHY` can look up what a function was given.

The notation is the one of a cell's `Formula` property, the same in every language and on every screen: arguments apart
by `;`, arrays as `{1;2|3;4}`, sheets before a point (`$'My sheet'.B7`). `parsed` gives a tree or raises `Unreadable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn


class Unreadable(ValueError):
    """A formula, or a part of one, that is not understood here; `str()` is that part."""


@dataclass(frozen=True)
class Part:
    """A part of a formula; `text` is how it is written."""

    text: str


@dataclass(frozen=True)
class Constant(Part):
    """A number or text."""

    value: float | str


@dataclass(frozen=True)
class ErrorConstant(Part):
    """An error written into the formula, such as the `#REF!` of a deleted cell."""

    code: str


@dataclass(frozen=True)
class Array(Part):
    """An array of constants, row by row."""

    rows: tuple[tuple[Part, ...], ...]


@dataclass(frozen=True)
class Reference(Part):
    """Cells: `cells` as "B7", "B7:C9", "A:A" or "1:3", without dollars; no `sheet` where it is the formula's own."""

    sheet: str | None
    cells: str


@dataclass(frozen=True)
class Name(Part):
    """A named range or expression."""


@dataclass(frozen=True)
class Call(Part):
    """A function call. An argument that is left out is None."""

    name: str
    arguments: tuple[Part | None, ...]


@dataclass(frozen=True)
class Operation(Part):
    """An operator and what it works on: two operands, or one (`-` before, `%` behind)."""

    operator: str
    operands: tuple[Part, ...]


def parsed(formula: str) -> Part:
    """The tree of a formula as its cell writes it: `=…`, or `{=…}` where it is an array formula."""
    text = formula.strip()
    if text.startswith("{="):
        text = text.removeprefix("{").removesuffix("}")
    return _Reader(text.removeprefix("=")).whole()


def reference(text: str) -> Reference:
    """An address as people write it: `B7`, `Sheet1.B7`, `Sheet1!$B$7`, `'My sheet'!B7`."""
    found = _REFERENCE.fullmatch(text.strip()) or _EXCEL_REFERENCE.fullmatch(text.strip())
    if not found:
        raise Unreadable(text)
    return _reference(found)


def calls(part: Part | None) -> Iterator[Call]:
    """Every function call in a formula, the outer before the inner, from left to right."""
    if isinstance(part, Call):
        yield part
        for argument in part.arguments:
            yield from calls(argument)
    elif isinstance(part, Operation):
        for operand in part.operands:
            yield from calls(operand)


_SHEET = r"\$?(?P<sheet>'(?:[^']|'')+'|[^\W\d]\w*)"
_CELL, _COLUMN, _ROW = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}", r"\$?[A-Z]{1,3}", r"\$?[0-9]{1,7}"
_CELLS = rf"(?P<cells>{_CELL}(?::{_CELL})?|{_COLUMN}:{_COLUMN}|{_ROW}:{_ROW})"
_REFERENCE = re.compile(rf"(?:{_SHEET}\.)?{_CELLS}(?![\w.(])", re.IGNORECASE)
_EXCEL_REFERENCE = re.compile(rf"(?:{_SHEET}!)?{_CELLS}", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:E[+-]?[0-9]+)?|\.[0-9]+(?:E[+-]?[0-9]+)?", re.IGNORECASE)
_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)")
_CALL = re.compile(r"([^\W\d][\w.]*)\(")
_NAME = re.compile(r"[^\W\d][\w.]*(?![\w.(!])")
_BINARY = (("<>", "<=", ">=", "=", "<", ">"), ("&",), ("+", "-"), ("*", "/"), ("^",))
"""Operators, the loosest first; of one level the left goes first."""


def _reference(found: re.Match[str]) -> Reference:
    sheet = found["sheet"]
    if sheet is not None and sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return Reference(found[0], sheet, found["cells"].replace("$", "").upper())


class _Reader:
    """Reads a formula from left to right; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def whole(self) -> Part:
        part = self.expression()
        if self.at < len(self.text):
            self.fail()
        return part

    def fail(self) -> NoReturn:
        raise Unreadable(self.text[self.at :] or self.text)

    def taken(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What stands here, if it is of this form; then the reader goes on behind it and the spaces after it."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
            self.skip()
        return found

    def skip(self) -> None:
        space = _SPACE.match(self.text, self.at)
        assert space
        self.at = space.end()

    def sign(self, *signs: str) -> str | None:
        for sign in signs:
            if self.text.startswith(sign, self.at):
                self.at += len(sign)
                self.skip()
                return sign
        return None

    def since(self, start: int) -> str:
        return self.text[start : self.at].strip()

    def expression(self, level: int = 0) -> Part:
        if level == len(_BINARY):
            return self.signed()
        if level == 0:
            self.skip()
        start = self.at
        part = self.expression(level + 1)
        while operator := self.sign(*_BINARY[level]):
            other = self.expression(level + 1)
            part = Operation(self.since(start), operator, (part, other))
        return part

    def signed(self) -> Part:
        """Signs bind more tightly than any power: -2^2 is 4 in a spreadsheet."""
        start = self.at
        if sign := self.sign("-", "+"):
            operand = self.signed()
            return Operation(self.since(start), sign, (operand,))
        part = self.single()
        while self.sign("%"):
            part = Operation(self.since(start), "%", (part,))
        if self.text.startswith(("~", "!", ":"), self.at):
            self.fail()  # unions, intersections and computed ranges
        return part

    def single(self) -> Part:
        if self.sign("("):
            part = self.expression()
            if not self.sign(")"):
                self.fail()
            return part
        if self.sign("{"):
            return self.array()
        if found := self.taken(_TEXT):
            return Constant(found[0], found[1].replace('""', '"'))
        if found := self.taken(_ERROR):
            return ErrorConstant(found[0], found[0])
        if found := self.taken(_CALL):
            return self.call(found)
        if found := self.taken(_REFERENCE):
            return _reference(found)
        if found := self.taken(_NUMBER):
            return Constant(found[0], float(found[0]))
        if found := self.taken(_NAME):
            return Name(found[0])
        self.fail()

    def call(self, found: re.Match[str]) -> Call:
        arguments: list[Part | None] = []
        if not self.sign(")"):
            while True:
                arguments.append(None if self.text.startswith((";", ")"), self.at) else self.expression())
                if self.sign(")"):
                    break
                if not self.sign(";"):
                    self.fail()
        return Call(self.since(found.start()), found[1].upper(), tuple(arguments))

    def array(self) -> Array:
        start = self.at - 1
        rows: list[tuple[Part, ...]] = []
        row: list[Part] = []
        while True:
            row.append(self.signed())
            if self.sign(";"):
                continue
            rows.append(tuple(row))
            row = []
            if self.sign("}"):
                return Array(self.since(start), tuple(rows))
            if not self.sign("|"):
                self.fail()
