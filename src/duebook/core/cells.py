"""What a cell can hold and show: numbers, text, flags, days, blanks, errors with a reason, and tables that spill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from duebook.core import messages
from duebook.core.errors import DuebookError

ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")


class Label(str):
    """A text that a sheet shows in the reader's language: English as `str`, Chinese as `.zh`."""

    zh: str
    __slots__ = ("zh",)

    def __new__(cls, en: str, zh: str) -> Label:
        label = super().__new__(cls, en)
        label.zh = zh
        return label

    def __reduce__(self) -> tuple[type[Label], tuple[str, str]]:
        return Label, (str(self), self.zh)

    def text(self, language: str) -> str:
        return messages.said(str(self), self.zh, language)


class CellError(DuebookError):
    """A real Excel error with its reason: `code` is what the cell shows, the sentence what `WHY` says.

    `CellError("#NUM!", "cell.too_small", argument="days", …)`; the key names a sentence in `messages/`.
    """

    def __init__(self, code: str, key: str, **facts: object) -> None:
        assert code in ERRORS, code
        self.code = code
        super().__init__(key, **facts)

    def text(self, language: str = "en") -> str:
        return messages.text(self.key, language, **shown_facts(self.facts, language))


class Table(NamedTuple):
    """A table that spills: the header texts, then the rows. Every row is as long as the header."""

    header: Sequence[str]
    rows: Sequence[Sequence[object]]


Cell = float | str | bool | date | CellError | None
Grid = Sequence[Sequence[object]]
"""Rows of cells, all equally long, as a host hands a range over."""


def shown_facts(facts: dict[str, object], language: str) -> dict[str, object]:
    """Facts of a sentence with labels in `language`."""
    return {name: fact.text(language) if isinstance(fact, Label) else fact for name, fact in facts.items()}


_NOTHING = frozenset({"", "-", "--", "—", "–", "——", "n/a", "na", "#n/a"})


def missing(value: object) -> bool:
    """Whether a cell holds nothing: blank, empty text, a dash, "n/a", or a table library's not-a-number.

    Zero, FALSE and an error are something. (An error cell is a `CellError`; the text "#N/A" is typed in.)
    """
    if value is None:
        return True
    if isinstance(value, str):
        return value.strip().lower() in _NOTHING
    return bool(value != value)  # NaN and NaT are not equal to themselves


def is_grid(value: object) -> bool:
    """Whether a host handed a range over (rows of cells) and not a single cell."""
    return isinstance(value, (list, tuple))


def blank_row(row: Iterable[object]) -> bool:
    return all(map(missing, row))
