"""The functions that a formula calls, the names it may use, and the numbers of the books it is linked to.

All look past texts ("…"), quoted sheets ('…'!) and structured references ([…]), where the same letters mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_STRUCTURED = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\]"
_WORD = r"[\w.\\?]+"
_QUOTED = r"'(?:[^']|'')*'"
_LINKED = rf"(?<![\w.\]])\[[^\[\]]+\](?:{_WORD}(?::{_WORD})?)?"
# what is never closed is stepped over whole: tried anew at each bracket, a long one would take forever
_UNCLOSED = r"\[(?:[^\[\]']|'.)*+"
_CALLS = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|(?P<prefix>(?:{_QUOTED}|{_LINKED}|(?<![\w.\\?\]]){_WORD})!)?(?P<name>(?<![\w.\\?])[^\W\d][\w.]*)(?=\s*\()"
    rf"|{_QUOTED}!?|{_LINKED}!|{_WORD}(?:{_STRUCTURED})?|{_STRUCTURED}|{_UNCLOSED}",
    re.DOTALL,
)
_NAMES = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|(?P<prefix>(?:{_QUOTED}|{_LINKED}|{_WORD}(?::{_WORD})?)!)?"
    rf"(?P<name>[^\W\d][\w.\\?]*|\\[\w.\\?]*)(?![\w.\\?!\[])"
    rf"|{_QUOTED}!?|{_LINKED}!?|{_WORD}(?::{_WORD}(?=!))?(?:{_STRUCTURED})?|{_STRUCTURED}|{_UNCLOSED}",
    re.DOTALL,
)
_PARENTHESES = re.compile(r'[()]|"(?:[^"]|"")*"' rf"|{_QUOTED}|{_STRUCTURED}|{_UNCLOSED}", re.DOTALL)
_LINKS = re.compile(
    r'"(?:[^"]|"")*"'
    rf"|'\[(?P<quoted>\d+)\](?:[^']|'')*'!|(?<![\w.\]])\[(?P<plain>\d+)\](?:{_WORD}(?::{_WORD})?)?!"
    rf"|{_QUOTED}!?|{_WORD}(?:{_STRUCTURED})?|{_STRUCTURED}|{_UNCLOSED}",
    re.DOTALL,
)


@dataclass(frozen=True)
class CalledName:
    """A function's name where a formula calls it: `formula[start:end]` is `prefix` (with its `!`, or "") and `name`."""

    prefix: str
    name: str
    start: int
    end: int


def called_names(formula: str) -> Iterator[CalledName]:
    """Every function that is called, from left to right."""
    for found in _CALLS.finditer(formula):
        if found["name"]:
            yield CalledName(found["prefix"] or "", found["name"], found.start(), found.end())


def used_names(formula: str) -> Iterator[tuple[str, str]]:
    """What may be a defined name, called or not, as prefix (with its `!`, or "") and name; cells and functions too."""
    for found in _NAMES.finditer(formula):
        if found["name"]:
            yield found["prefix"] or "", found["name"]


def argument_of(formula: str, called: CalledName) -> tuple[str, int]:
    """What stands between the parentheses of a call, and where in the formula it ends, after the closing one.

    A call that is never closed has the rest of the formula.
    """
    start, depth = formula.index("(", called.end) + 1, 0
    for found in _PARENTHESES.finditer(formula, start - 1):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return formula[start : found.start()], found.end()
    return formula[start:], len(formula)


def outside(formula: str) -> Iterator[str]:
    """The pieces of a formula that stand in no parentheses, text, quoted sheet or structured reference."""
    done = depth = 0
    for found in _PARENTHESES.finditer(formula):
        if not depth:
            yield formula[done : found.start()]
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        done = found.end()
    if not depth:
        yield formula[done:]


def linked_books(formula: str) -> Iterator[int]:
    """The numbers of the other books that a formula refers to: 1 in `[1]Sheet1!A1`, `'[1]My sheet'!A1`, `[1]!Rate`."""
    for found in _LINKS.finditer(formula):
        if number := found["quoted"] or found["plain"]:
            yield int(number)


def renumbered(formula: str, change: Callable[[int], int]) -> str:
    """The formula with the numbers of the books it is linked to changed."""

    def one(found: re.Match[str]) -> str:
        which = "quoted" if found["quoted"] else "plain"
        if not found[which]:
            return found[0]
        start, end = found.start(which) - found.start(), found.end(which) - found.start()
        return f"{found[0][:start]}{change(int(found[which]))}{found[0][end:]}"

    return _LINKS.sub(one, formula)
