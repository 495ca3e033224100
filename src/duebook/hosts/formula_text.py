"""A call as a person would type it: `=DSO(15000, 10000, 30)`; for the docs, the gallery and the tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal


def formula(name: str, arguments: Sequence[object], separator: str = ", ") -> str:
    """The formula with its arguments written out; arguments left out at the end are left out."""
    given = list(arguments)
    while given and _blank(given[-1]):
        given.pop()
    return f"={name}({separator.join(map(argument_text, given))})"


def argument_text(value: object) -> str:
    """A value as an argument in a formula: nothing for a blank, an array constant for a column or a block."""
    if _blank(value):
        return ""
    if isinstance(value, (list, tuple)):
        rows = [row if isinstance(row, (list, tuple)) else [row] for row in value]
        return "{" + ";".join(",".join(_in_array(cell) for cell in row) for row in rows) + "}"
    if isinstance(value, (date, datetime)):
        return f"DATE({value.year},{value.month},{value.day})"
    return _in_array(value)


def _in_array(value: object) -> str:
    """Array constants hold no blanks and no DATE(): a blank is empty text, a date its year-first text."""
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (float, Decimal)):
        return format(value, ".15g")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (date, datetime)):
        return f'"{value:%Y-%m-%d}"'
    return '"' + str(value).replace('"', '""') + '"'


def _blank(value: object) -> bool:
    return value is None or value == ""
