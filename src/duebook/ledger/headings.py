"""Where the header row stands: exports often begin with a title, a company name, a date, before the column names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from duebook.ledger import columns

SAMPLE = 60
"""Rows looked at; a header stands above all of them or among the first."""
_DEEPEST = 20

_NUMBER = re.compile(r"[-+(]?[¥￥$€£]?\s*[-+]?[\d０-９][\d０-９.,' \u00a0]*%?\)?-?(\s*[A-Z]{3})?$")
_DATE = re.compile(
    r"(\d{1,4}[-/.年]\s?(\d{1,2}|[A-Za-z]{3,9})[-/.月]\s?\d{1,4}日?|\d{1,2} [A-Za-z]{3,9} \d{4})([ T].*)?$"
)


def header_index(rows: Sequence[Sequence[str]]) -> int:
    """Index, among the first non-blank rows of a table, of the one that holds the column names.

    It is the row with most known column names, two at least. Where there is none, the first row that fills at least
    half of the columns, mostly with words; where no row does, the first that fills half of them (a file without
    column names keeps its first row as header, and is told so later).
    """
    if not rows:
        return 0
    known = [sum(map(_is_known, row)) for row in rows[:_DEEPEST]]
    if max(known) >= 2:
        return known.index(max(known))
    width = _usual_width(rows)
    need = min(width, max(2, (width + 1) // 2))
    full = [index for index, row in enumerate(rows[:_DEEPEST]) if sum(1 for cell in row if cell.strip()) >= need]
    for index in full:
        filled = [cell.strip() for cell in rows[index] if cell.strip()]
        words = sum(1 for cell in filled if not is_value(cell))
        if words * 3 >= len(filled) * 2:
            # A row of words below a row of words and values is data: names come first, once.
            return index if index == full[0] or _is_title(rows[full[0]], width) else full[0]
    return full[0] if full else 0


@cache
def _known_names() -> frozenset[str]:
    return frozenset(name for field in columns.fields().values() for name in field.ranks)


def _is_known(cell: str) -> bool:
    """Whether a cell is a column name we know, with or without a unit in parentheses behind it."""
    text = cell.strip()
    if not 1 < len(text) <= 60:
        return False
    return columns.plain(text) in _known_names() or columns.plain(re.split(r"[(（\[]", text)[0]) in _known_names()


def _is_title(row: Sequence[str], width: int) -> bool:
    """A row above the header that fills half of the columns: parameters such as 'As of | 2026-10-31 | Unit | EUR'."""
    filled = sum(1 for cell in row if cell.strip())
    return filled < width


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The number of filled columns that most rows have; the larger of two equally common."""
    counts = Counter(_last_filled(row) for row in rows)
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0]


def _last_filled(row: Sequence[str]) -> int:
    return max((place for place, cell in enumerate(row, 1) if cell.strip()), default=0)


def is_value(cell: str) -> bool:
    """Whether a cell holds a number or a date rather than words."""
    text = cell.strip()
    return bool(_NUMBER.match(text) or _DATE.match(text))


def decimal_comma(values: Sequence[str]) -> bool | None:
    """Whether amounts are written 1.234,56 (True) or 1,234.56 (False); None without evidence either way, or mixed."""
    comma = any(
        re.fullmatch(r"[-+(]?\D?\s?\d{1,3}(\.\d{3})*,\d{1,2}\)?|-?\d+,\d{1,2}|-?\d{1,3}(\.\d{3}){2,}", v.strip())
        for v in values
    )
    point = any(
        re.fullmatch(r"[-+(]?\D?\s?\d{1,3}(,\d{3})*\.\d{1,2}\)?|-?\d+\.\d{1,2}|-?\d{1,3}(,\d{3}){2,}", v.strip())
        for v in values
    )
    return None if comma == point else comma
