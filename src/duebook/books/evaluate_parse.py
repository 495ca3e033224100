"""Formula text → a tree. What is not surely understood is refused: external books, 3-D references, unions, `@`, `#`.

Operators bind as in Excel, tightest first: `:` · sign · `%` · `^` · `*` `/` · `+` `-` · `&` · comparisons; all of them
group from the left, and a sign binds tighter than a power (−2^2 is 4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from duebook.books.evaluate_view import ExcelError

MAX_ROW: Final = 1_048_576
MAX_COL: Final = 16_384
_DEEPEST: Final = 150
"""Levels of a tree; deeper ones are refused here, so that the outcome never hangs on Python's stack."""


class NotUnderstood(Exception):
    """The formula, or what it meets, is beyond this evaluator."""


@dataclass(frozen=True)
class Constant:
    """A literal: number, text, TRUE/FALSE, error; or a value put in its place. None is an omitted argument."""

    value: float | str | bool | ExcelError | None


@dataclass(frozen=True)
class ArrayConstant:
    rows: tuple[tuple[float | str | bool | ExcelError, ...], ...]


@dataclass(frozen=True)
class Reference:
    """A rectangle of cells; `sheet` None is the formula's own. `fixed`: every coordinate carries a `$`."""

    sheet: str | None
    row: int
    col: int
    last_row: int
    last_col: int
    fixed: bool


@dataclass(frozen=True)
class Name:
    sheet: str | None
    name: str


@dataclass(frozen=True)
class TablePart:
    """A structured reference. `table` None is the table around the formula; no column means all of them."""

    table: str | None
    items: tuple[str, ...]
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Unary:
    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


Node = Constant | ArrayConstant | Reference | Name | TablePart | Unary | Binary | Call

_CELL = r"\$?[A-Za-z]{1,3}\$?[0-9]{1,7}"
_END = r"(?![\w.(\[!\\?])"
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]+)
  | (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A))
  | (?P<sheet>'(?:[^']|'')+'!|[^\W\d][\w.]*!)
  | (?P<area>{_CELL}(?::{_CELL})?{_END})
  | (?P<columns>\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}{_END})
  | (?P<rows>\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}}{_END})
  | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
  | (?P<name>(?:[^\W\d]|\\)[\w.?\\]*)
  | (?P<operator><=|>=|<>|[-+*/^&=<>%(){{}},;:\[])
    """,
    re.VERBOSE,
)
_COORDINATE = re.compile(r"(\$?)([A-Za-z]{0,3})(\$?)([0-9]*)")
_BINDING = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5, ":": 9}
_PERCENT, _SIGN = 6, 7
_ITEMS = {"#ALL", "#DATA", "#HEADERS", "#TOTALS", "#THIS ROW"}


def parse(formula: str) -> Node:
    """The tree of a formula without its `=`; `NotUnderstood` where it is not surely read."""
    return _Parser(formula).whole()


def column_number(letters: str) -> int:
    """A → 1, XFD → 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def nodes(tree: Node) -> list[Node]:
    """Every node of a tree; its own first."""
    found, rest = [], [tree]
    while rest:
        node = rest.pop()
        found.append(node)
        rest.extend(_children(node))
    return found


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Unary):
        return (node.operand,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    return node.arguments if isinstance(node, Call) else ()


def _check_depth(tree: Node) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [child for node in level for child in _children(node)]
        if depth > _DEEPEST:
            raise NotUnderstood("nested too deeply")


class _Parser:
    def __init__(self, formula: str) -> None:
        self.formula = formula
        self.at = 0
        self.depth = 0
        self.kind, self.mark = "", ""
        self.advance()

    def whole(self) -> Node:
        tree = self.expression(0)
        if self.kind != "end":
            raise NotUnderstood(f"{self.mark!r} in {self.formula!r}")
        _check_depth(tree)
        return tree

    def advance(self) -> None:
        """The next token; spaces part tokens and are otherwise dropped (as an operator they fail to parse)."""
        while True:
            if self.at >= len(self.formula):
                self.kind, self.mark = "end", ""
                return
            match = _TOKEN.match(self.formula, self.at)
            if not match or not match.group():
                raise NotUnderstood(f"{self.formula[self.at]!r} in {self.formula!r}")
            self.at = match.end()
            if match.lastgroup != "space":
                self.kind, self.mark = match.lastgroup or "", match.group()
                return

    def expect(self, operator: str) -> None:
        if self.kind != "operator" or self.mark != operator:
            raise NotUnderstood(f"{operator} is missing in {self.formula!r}")
        self.advance()

    def is_operator(self, *operators: str) -> bool:
        return self.kind == "operator" and self.mark in operators

    def expression(self, binding: int) -> Node:
        self.depth += 1
        if self.depth > 70:  # Excel allows 64 levels
            raise NotUnderstood("nested too deeply")
        left = self.prefix()
        while self.kind == "operator":
            if self.mark == "%" and binding < _PERCENT:
                self.advance()
                left = Unary("%", left)
                continue
            strength = _BINDING.get(self.mark, 0)
            if strength <= binding:
                break
            operator = self.mark
            self.advance()
            left = _joined(operator, left, self.expression(strength))
        self.depth -= 1
        return left

    def prefix(self) -> Node:
        kind, mark = self.kind, self.mark
        if kind == "operator":
            return self.prefix_operator(mark)
        self.advance() if kind != "name" else None
        if kind == "number":
            return Constant(float(mark))
        if kind == "text":
            return Constant(mark[1:-1].replace('""', '"'))
        if kind == "error":
            return Constant(ExcelError(mark))
        if kind == "sheet":
            return self.on_sheet(mark)
        if kind in ("area", "columns", "rows"):
            return _reference(None, mark)
        if kind == "name":
            return self.named()
        raise NotUnderstood(f"{mark!r} in {self.formula!r}")

    def prefix_operator(self, mark: str) -> Node:
        if mark == "[":
            return self.table_part(None)
        if mark == "{":
            return self.array()
        self.advance()
        if mark in ("+", "-"):
            return Unary(mark, self.expression(_SIGN))
        if mark == "(":
            inside = self.expression(0)
            self.expect(")")
            return inside
        raise NotUnderstood(f"{mark!r} in {self.formula!r}")

    def on_sheet(self, prefix: str) -> Node:
        sheet = prefix[:-1]
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        if "[" in sheet or ":" in sheet:
            raise NotUnderstood(f"{prefix} points to another book or to several sheets")
        kind, mark = self.kind, self.mark
        self.advance()
        if kind in ("area", "columns", "rows"):
            return _reference(sheet, mark)
        if kind == "error":
            return Constant(ExcelError(mark))
        if kind == "name" and not self.is_operator("(", "["):
            return Name(sheet, mark)
        raise NotUnderstood(f"{mark!r} in {self.formula!r}")

    def named(self) -> Node:
        name = self.mark
        if self.formula[self.at : self.at + 1] == "[":
            return self.table_part(name)
        self.advance()
        if self.is_operator("("):
            return self.call(name.upper())
        if name.upper() in ("TRUE", "FALSE"):
            return Constant(name.upper() == "TRUE")
        return Name(None, name)

    def call(self, function: str) -> Node:
        self.expect("(")
        arguments: list[Node] = []
        if self.is_operator(")"):
            self.advance()
            return Call(function, ())
        while True:
            arguments.append(Constant(None) if self.is_operator(",", ")") else self.expression(0))
            if self.is_operator(")"):
                self.advance()
                return Call(function, tuple(arguments))
            self.expect(",")

    def array(self) -> Node:
        rows: list[list[float | str | bool | ExcelError]] = [[]]
        while True:
            self.advance()
            sign = -1.0 if self.is_operator("-") else 1.0
            if self.is_operator("-", "+"):
                self.advance()
                if self.kind != "number":
                    raise NotUnderstood(f"a sign without a number in {self.formula!r}")
            if self.is_operator("{", "(", "["):
                raise NotUnderstood(f"{self.mark!r} in an array")
            item = self.prefix()
            if not isinstance(item, Constant) or item.value is None:
                raise NotUnderstood(f"an array holds more than constants in {self.formula!r}")
            rows[-1].append(sign * item.value if isinstance(item.value, float) else item.value)
            if self.is_operator(";"):
                rows.append([])
            elif not self.is_operator(","):
                break
        self.expect("}")
        if len({len(row) for row in rows}) != 1:
            raise NotUnderstood(f"a ragged array in {self.formula!r}")
        return ArrayConstant(tuple(tuple(row) for row in rows))

    def table_part(self, table: str | None) -> Node:
        """A structured reference. The bracket is scanned by hand, since column names may hold anything."""
        if table is not None:
            self.at += 1  # the bracket itself; without a name it is already the current token
        start, depth = self.at, 1
        while depth:
            letter = self.formula[self.at : self.at + 1]
            if not letter:
                raise NotUnderstood(f"] is missing in {self.formula!r}")
            depth += {"[": 1, "]": -1}.get(letter, 0)
            self.at += 2 if letter == "'" else 1
        inside = self.formula[start : self.at - 1]
        self.advance()
        return _table_part(table, inside)


def _joined(operator: str, left: Node, right: Node) -> Node:
    """An operation; two plain cells around a colon are one rectangle already."""
    if operator == ":" and isinstance(left, Reference) and isinstance(right, Reference):
        if right.sheet is not None and right.sheet != left.sheet:
            raise NotUnderstood("a range over two sheets")
        return Reference(
            left.sheet,
            min(left.row, right.row),
            min(left.col, right.col),
            max(left.last_row, right.last_row),
            max(left.last_col, right.last_col),
            left.fixed and right.fixed,
        )
    return Binary(operator, left, right)


def _reference(sheet: str | None, token: str) -> Node:
    ends = [_COORDINATE.fullmatch(part) for part in token.split(":")]
    rows, cols, fixed = [], [], True
    for end in ends:
        assert end
        dollar, letters, row_dollar, digits = end.groups()
        if not letters and not row_dollar:  # in `$3:$5` the first dollar is the row's
            row_dollar = dollar
        fixed = fixed and (not letters or bool(dollar)) and (not digits or bool(row_dollar))
        cols.append(column_number(letters) if letters else 0)
        rows.append(int(digits) if digits else 0)
    if not any(cols):
        cols = [1, MAX_COL]
    elif not any(rows):
        rows = [1, MAX_ROW]
    if max(cols) > MAX_COL and len(ends) == 1:
        return Name(sheet, token)  # XFE1 is no cell, so it may be a name
    if min(rows) < 1 or min(cols) < 1 or max(rows) > MAX_ROW or max(cols) > MAX_COL:
        raise NotUnderstood(f"{token} is no cell")
    return Reference(sheet, min(rows), min(cols), max(rows), max(cols), fixed)


def _table_part(table: str | None, inside: str) -> Node:
    text = inside.strip()
    items: list[str] = []
    if text.startswith("@"):
        items.append("#THIS ROW")
        text = text[1:].strip()
        if text and not text.startswith("["):
            text = f"[{text}]"
    elif text.upper() in _ITEMS:
        return TablePart(table, (text.upper(),))
    elif text and not text.startswith("["):
        text = f"[{text}]"
    columns: list[str] = []
    while text:
        match = re.match(r"\[((?:[^'\[\]]|'.)*)\]\s*([,:]?)\s*", text, re.DOTALL)
        if not match or (match[2] and match.end() == len(text)) or (not match[2] and match.end() < len(text)):
            raise NotUnderstood(f"[{inside}]")
        part = match[1]
        if part.strip().upper() in _ITEMS:
            items.append(part.strip().upper())
        else:
            columns.append(re.sub(r"'(.)", r"\1", part, flags=re.DOTALL))
            if match[2] == "," or len(columns) > 2:
                raise NotUnderstood(f"[{inside}]")
        text = text[match.end() :]
    if not columns:
        return TablePart(table, tuple(items))
    return TablePart(table, tuple(items), columns[0], columns[-1])
