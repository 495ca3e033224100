"""What one body row of a slot looks like, and the XML of its cells.

`RowShape` is read off the template's first body row. Text is always written as text, in the cell itself, so that the
shared strings stay as they are and a name like `=cmd|…` can never become a formula.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from duebook.books.plan import Column, Value
from duebook.books.references import RowFormula, formula_at
from duebook.core.errors import DuebookError

MOST_TEXT = 32_767
"""Characters a cell holds, counted as Excel counts them: in UTF-16 units."""
RISKY = "=+-@\t\r"
"""Text that begins so is marked as text once more (quotePrefix), lest an edit or a CSV export makes it a formula."""


@dataclass(frozen=True)
class BodyCell:
    """One column of the body. Without `source` and `formula` it is a blank cell that keeps its style."""

    letters: str
    style: str | None = None
    quoted_style: str | None = None
    source: int | None = None
    kind: str = "text"
    formula: RowFormula | None = None
    array: bool = False
    """The formula is an array formula of its one cell."""
    cached: Mapping[int, tuple[str, str]] | None = None
    """Values of a formula without a source, where they could be computed: row → cell type and text."""


@dataclass(frozen=True)
class RowShape:
    """A body row: the namespace prefix of the sheet's elements (with its colon), row attributes, cells."""

    prefix: str
    attributes: str
    cells: tuple[BodyCell, ...]
    date1904: bool = False


_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Text as it stands in a cell's XML: markup escaped, control characters and look-alikes of codes as `_xHHHH_`."""
    return _SPECIAL.sub(_code, text) if _SPECIAL.search(text) else text


def _code(found: re.Match[str]) -> str:
    text = found[0]
    if text in _MARKUP:
        return _MARKUP[text]
    if text == "_":
        return "_x005F_"  # it would start what reads as a code
    if "\ud800" <= text <= "\udfff":
        return "\ufffd"  # half a character: no file can hold it
    return f"_x{ord(text):04X}_"


def coded(text: str) -> str:
    """Text for an XML library, which escapes markup itself but cannot hold control characters."""
    return _SPECIAL.sub(lambda found: found[0] if found[0] in _MARKUP else _code(found), text)


def needs_space(text: str) -> bool:
    return text[0] in " \t\n" or text[-1] in " \t\n"


def capped(text: str) -> str:
    if len(text) * 2 <= MOST_TEXT or len(text.encode("utf-16-le", "surrogatepass")) <= 2 * MOST_TEXT:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * MOST_TEXT].decode("utf-16-le", "ignore")


def plain_number(value: int | float | Decimal) -> str:
    """No exponent, no trailing zeros, no minus before zero. inf and nan are a programming error somewhere else."""
    if isinstance(value, int):
        return str(value)
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if not exact.is_finite():
        raise DuebookError("books.not_a_number", value=value)
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


FIRST_DAYS = {False: date(1900, 1, 1), True: date(1904, 1, 1)}
_LEAP_GHOST = date(1900, 3, 1)


def serial(value: date, date1904: bool) -> str | None:
    """The day's number in a workbook, None for a day before its calendar. Excel counts a 29 February 1900."""
    day = value.date() if isinstance(value, datetime) else value
    if day < FIRST_DAYS[date1904]:
        return None
    days = (day - (date(1904, 1, 1) if date1904 else date(1899, 12, 30))).days
    if not date1904 and day < _LEAP_GHOST:
        days -= 1
    if isinstance(value, datetime):
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return plain_number(round(Decimal(days) + Decimal(seconds) / 86_400, 9))
    return str(days)


def plain_text(value: Value) -> str:
    """A value as text, for a column that holds text whatever it looks like (document numbers)."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float, Decimal)):
        return plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    return value or ""


def typed(value: Value, kind: str, date1904: bool) -> tuple[str, str]:
    """Cell type ("" number, "b", "t" text) and content, unescaped; ("", "") is blank."""
    if value is None or value == "":
        return "", ""
    if kind == "text" or isinstance(value, str):
        return "t", capped(plain_text(value))
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if isinstance(value, date):
        number = serial(value, date1904)
        return ("", number) if number is not None else ("t", value.isoformat())
    return "", plain_number(value)


def cell_xml(cell: BodyCell, row: int, value: Value, shape: RowShape) -> str:
    p = shape.prefix
    kind, text = typed(value, cell.kind, shape.date1904)
    style = cell.quoted_style if kind == "t" and text[:1] in RISKY and cell.quoted_style else cell.style
    head = f'<{p}c r="{cell.letters}{row}"' + (f' s="{style}"' if style else "")
    if cell.formula is not None:
        head = f'<{p}c r="{cell.letters}{row}"' + (f' s="{cell.style}"' if cell.style else "")
        array = f' t="array" ref="{cell.letters}{row}"' if cell.array else ""
        formula = f"<{p}f{array}>{escaped(formula_at(cell.formula, row))}</{p}f>"
        if cell.source is None:
            known = (cell.cached or {}).get(row)
            if known is None:
                return f"{head}>{formula}</{p}c>"
            type_ = f' t="{known[0]}"' if known[0] else ""
            return f"{head}{type_}>{formula}<{p}v>{escaped(known[1])}</{p}v></{p}c>"
        shown = ' t="str"' if kind == "t" or not text else ' t="b"' if kind == "b" else ""
        return f"{head}{shown}>{formula}<{p}v>{escaped(text)}</{p}v></{p}c>"
    if not text:
        return f"{head}/>" if cell.style else ""
    if kind == "t":
        space = ' xml:space="preserve"' if needs_space(text) else ""
        return f'{head} t="inlineStr"><{p}is><{p}t{space}>{escaped(text)}</{p}t></{p}is></{p}c>'
    return f"{head}{' t=' + chr(34) + 'b' + chr(34) if kind else ''}><{p}v>{text}</{p}v></{p}c>"


def row_xml(shape: RowShape, row: int, values: Sequence[Value]) -> str:
    cells = [cell_xml(c, row, None if c.source is None else values[c.source], shape) for c in shape.cells]
    return f'<{shape.prefix}row r="{row}"{shape.attributes}>{"".join(cells)}</{shape.prefix}row>'


def is_risky(values: Sequence[Value], columns: Sequence[Column]) -> bool:
    """Whether a row holds text that asks for the quoted style."""
    return any(
        (isinstance(v, str) and v[:1] in RISKY and v != "")
        or (c.kind == "text" and isinstance(v, (int, float, Decimal)) and not isinstance(v, bool) and v < 0)
        for v, c in zip(values, columns, strict=True)
    )
