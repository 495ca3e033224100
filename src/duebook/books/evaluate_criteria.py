"""Which cells meet a criterion: `">=30"`, `"<>"`, `"Acme*"`, as SUMIFS, COUNTIF and their kin read it; wildcards.

Excel reads a criterion's text as a number or a date where it can and then also meets text that reads the same
("0012" meets "12"). Where that would decide the outcome, the formula is left to Excel.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_values import Scalar, fold, may_be_number, order, plain_number, same_text
from duebook.books.evaluate_view import ExcelError

_OPERATOR = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)
_ORDER: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MONTHS = re.compile(r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|月", re.IGNORECASE)


class Column:
    """The cells of a range in reading order, with the indexes that make equality quick."""

    def __init__(self, cells: Sequence[Scalar], cut: bool = False) -> None:
        """`cut`: the range goes on with blank cells that are not among `cells`."""
        self.cells = cells
        self.cut = cut
        self._met: dict[tuple[type, Scalar], frozenset[int]] = {}

    @cached_property
    def texts(self) -> dict[str, list[int]]:
        """Positions by folded text."""
        found: dict[str, list[int]] = {}
        for at, cell in enumerate(self.cells):
            if isinstance(cell, str):
                found.setdefault(fold(cell), []).append(at)
        return found

    @cached_property
    def numbers(self) -> dict[str, list[int]]:
        """Positions by the 15 digits shown."""
        found: dict[str, list[int]] = {}
        for at, cell in enumerate(self.cells):
            if isinstance(cell, float):
                found.setdefault(_digits(cell), []).append(at)
        return found

    @cached_property
    def numeric_texts(self) -> dict[str, set[str]]:
        """Texts that plainly are numbers, by the digits of that number."""
        found: dict[str, set[str]] = {}
        for text in self.texts:
            number = plain_number(text)
            if number is not None:
                found.setdefault(_digits(number), set()).add(text)
        return found

    @cached_property
    def dated(self) -> dict[tuple[int, ...], set[str]]:
        """Texts with digits, by the numbers in them; those that may name a month under ()."""
        found: dict[tuple[int, ...], set[str]] = {}
        for text in self.texts:
            if may_be_number(text):
                found.setdefault(() if _MONTHS.search(text) else _parts(text), set()).add(text)
        return found

    @cached_property
    def odd_texts(self) -> list[str]:
        return [text for text in self.texts if not text.isascii()]

    def meeting(self, criterion: Scalar) -> frozenset[int]:
        """Positions of the cells that meet `criterion`."""
        key = (type(criterion), criterion)  # a flag and the number 1 are equal in Python, not in Excel
        if key not in self._met:
            self._met[key] = self._search(criterion)
        return self._met[key]

    def _search(self, criterion: Scalar) -> frozenset[int]:
        if isinstance(criterion, ExcelError):
            raise NotUnderstood("an error as a criterion")
        if criterion is None:
            criterion = 0.0  # a blank criterion cell counts as 0
        if not isinstance(criterion, str):
            return self._equal(criterion)
        match = _OPERATOR.fullmatch(criterion)
        assert match
        sign, operand = match[1] or "", match[2]
        if operand == "":
            return self._blank(sign)
        value = _operand(operand)
        if sign in ("", "="):
            return self._equal(value)
        if sign == "<>":
            return self._others(self._equal(value))
        return self._ordered(_ORDER[sign], value)

    def _blank(self, sign: str) -> frozenset[int]:
        """`"="`: nothing in the cell. `""`: nothing, or empty text. `"<>"`: anything in the cell."""
        if sign == "<>":
            return frozenset(at for at, cell in enumerate(self.cells) if cell is not None)
        if sign not in ("", "="):
            raise NotUnderstood(f"the criterion {sign!r} alone")
        self._whole()
        return frozenset(at for at, cell in enumerate(self.cells) if cell is None or (cell == "" and not sign))

    def _others(self, equal: frozenset[int]) -> frozenset[int]:
        self._whole()
        return frozenset(range(len(self.cells))) - equal

    def _whole(self) -> None:
        if self.cut:
            raise NotUnderstood("blank cells of a whole column are not counted here")

    def _equal(self, value: float | str | bool) -> frozenset[int]:
        if isinstance(value, bool):
            return frozenset(at for at, cell in enumerate(self.cells) if cell is value)
        if isinstance(value, float):
            if self.numeric_texts.get(_digits(value)):
                raise NotUnderstood(f"text that reads as {value!r} meets the number in Excel only")
            return frozenset(self.numbers.get(_digits(value), ()))
        number = plain_number(value)
        if number is not None:
            if self.numeric_texts.get(_digits(number), set()) - {fold(value)}:
                raise NotUnderstood(f"other text that reads as {value!r}")
            found = self.numbers.get(_digits(number), [])
            return frozenset(found + self.texts.get(fold(value), []))
        if re.search(r"[*?~]", value):
            pattern = wildcard(value)
            return frozenset(at for text, places in self.texts.items() if pattern.fullmatch(text) for at in places)
        if may_be_number(value) and (not value[0].isalpha() or _MONTHS.search(value)):
            self._check_dates(value)
        for text in self.odd_texts:
            same_text(text, value)
        return frozenset(self.texts.get(fold(value), ()))

    def _check_dates(self, value: str) -> None:
        """`1-30` is a date to Excel: only sure when no cell could be the same date written in another way."""
        alike = (self.dated.get(_parts(value), set()) | self.dated.get((), set())) - {fold(value)}
        if alike:
            raise NotUnderstood(f"{value!r} and {min(alike)!r} may be the same date")
        if self.numbers:
            raise NotUnderstood(f"{value!r} may be a date among numbers")

    def _ordered(self, holds: Callable[[int, int], bool], value: float | str | bool) -> frozenset[int]:
        if isinstance(value, str) and (number := plain_number(value)) is not None:
            value = number
        if isinstance(value, str) and may_be_number(value):
            raise NotUnderstood(f"{value!r} as a bound")
        kind = type(value)
        return frozenset(at for at, x in enumerate(self.cells) if type(x) is kind and holds(order(x, value), 0))

    def first(self, value: float | str | bool) -> int | None:
        """Position of the first cell equal to `value`, kinds kept apart (MATCH and VLOOKUP, exact)."""
        if isinstance(value, bool):
            return next((at for at, cell in enumerate(self.cells) if cell is value), None)
        if isinstance(value, float):
            return next(iter(self.numbers.get(_digits(value), ())), None)
        if re.search(r"[*?~]", value):
            pattern = wildcard(value)
            return min((places[0] for text, places in self.texts.items() if pattern.fullmatch(text)), default=None)
        for text in self.odd_texts:
            same_text(text, value)
        return next(iter(self.texts.get(fold(value), ())), None)

    def last_not_above(self, value: float | str | bool) -> int | None:
        """Position of the last cell that is not above `value` in sorted cells of its kind (MATCH 1, LOOKUP)."""
        alike = [(at, cell) for at, cell in enumerate(self.cells) if type(cell) is type(value)]
        for (_, earlier), (_, later) in pairwise(alike):
            if order(earlier, later) > 0:
                raise NotUnderstood("an approximate search in cells that are not sorted")
        return max((at for at, cell in alike if order(cell, value) <= 0), default=None)


def wildcard(pattern: str) -> re.Pattern[str]:
    """`*` any text, `?` one letter, `~` takes the next one as it is; upper and lower case alike."""
    found = []
    for letter in re.findall(r"~[*?~]|.", fold(pattern), re.DOTALL):
        if len(letter) == 2:
            found.append(re.escape(letter[1]))
        else:
            found.append({"*": ".*", "?": "."}.get(letter, re.escape(letter)))
    return re.compile("".join(found), re.DOTALL)


def _operand(text: str) -> float | str | bool:
    """The operand of a criterion. Plain numbers stay text here: they may also meet text of the same spelling."""
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if text.startswith("#"):
        raise NotUnderstood(f"{text!r} as a criterion")
    return text


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"[0-9]+", text))


def _digits(number: float) -> str:
    """The 15 digits of a number as a key; −0 and 0 are the same."""
    return format(number + 0.0, ".15g")
