"""Amounts as exports write them, exactly: `$4,235.00`, `1.234,50`, `(1,234.50)`, `1,234.50-`, `￥１２．５万`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from duebook.core import money

LARGEST = Decimal(10) ** 14
"""Amounts are stored as DECIMAL(18,4): fourteen digits before the point."""

_MARKS = {
    "$": "", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NT$": "TWD",
    "S$": "SGD", "NZ$": "NZD", "€": "EUR", "£": "", "¥": "", "CN¥": "CNY", "JP¥": "JPY", "RMB": "CNY", "RMB¥": "CNY",
    "CNY¥": "CNY", "元": "", "圆": "", "人民币": "CNY", "美元": "USD", "欧元": "EUR", "港币": "HKD", "港元": "HKD",
    "日元": "JPY",
}  # fmt: skip
"""Currency marks, with the currency where the mark leaves no doubt."""
_SHARED_MARKS = {
    "$": "AUD USD CAD HKD NZD SGD TWD MXN BRL ARS CLP COP BND FJD JMD XCD BZD BSD BBD GYD KYD LRD NAD SBD SRD TTD UYU",
    "¥": "CNY JPY",
    "元": "CNY TWD HKD JPY",
    "圆": "CNY JPY",
    "£": "GBP EGP GIP FKP SHP SSP SYP LBP SDG",
}
_UNITS = {"万": 4, "萬": 4, "亿": 8, "億": 8, "千": 3}
_MARK = "|".join(re.escape(m) for m in sorted(_MARKS, key=len, reverse=True))
_SHAPE = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+])?\s*(?P<mark>{_MARK}|[A-Z]{{3}})?\s*(?P<sign2>[-+])?\s*"
    rf"(?P<digits>\d[\d.,' ]*|[.,]\d+)\s*(?P<unit>[万萬亿億千])?\s*(?P<mark2>{_MARK}|[A-Z]{{3}})?\s*"
    rf"(?P<sign3>-|CR|DR)?\s*(?P<close>\))?\s*(?P<sign4>-)?"
)


_BARE = re.compile(r"[\s\d.,'()+-]*")
_QUOTED = re.compile(r"""^(?:=\s*"([^"]*)"|'(?=.)(.*))$""")
"""How Excel is told that a number is text: ="12.50", '12.50."""
_TRACE = Decimal("0.000001")


@dataclass(frozen=True)
class Amount:
    """A number read exactly, with the mark it carried (`$`, `RMB`), or None where it had none."""

    value: Decimal
    mark: str | None = None


def parse(text: str, comma: bool = False) -> Amount | None:
    """The amount that `text` writes; `comma`: the column has decimal commas. None if it is no amount."""
    plain = _QUOTED.sub(r"\1\2", unicodedata.normalize("NFKC", text).strip()).upper()
    for dash in "−–—﹣":
        plain = plain.replace(dash, "-")
    m = _SHAPE.fullmatch(plain.strip())
    if not m or (m["open"] is None) != (m["close"] is None) or (m["mark"] and m["mark2"]):
        return None
    mark = m["mark"] or m["mark2"]
    if mark and mark not in _MARKS and mark not in money.minor_units():
        return None
    digits = _digits(m["digits"].strip(), comma)
    if digits is None:
        return None
    signs = [s for s in (m["sign"], m["sign2"], m["sign3"], m["sign4"], m["open"]) if s]
    if len(signs) > 1:
        return None
    value = digits.scaleb(_UNITS[m["unit"]]) if m["unit"] else digits
    return Amount(-value if signs and signs[0] in ("-", "(", "CR") else value, mark)


def _digits(text: str, comma: bool) -> Decimal | None:
    """Digits with or without separators: groups of three, of four (Chinese banks), or of two and three (India)."""
    point, separator = (",", ".") if comma else (".", ",")
    whole, dot, fraction = text.partition(point)
    if dot and (not fraction.isdigit() and fraction != ""):
        return None
    for mark in (separator, "'", " "):
        if mark in whole:
            first, *groups = whole.split(mark)
            size = {len(g) for g in groups}
            indian = len(groups) > 1 and len(groups[-1]) == 3 and {len(g) for g in groups[:-1]} == {2}
            if not (size in ({3}, {4}) or indian) or not 1 <= len(first) <= max(size) or not first.isdigit():
                return None
            whole = "".join((first, *groups))
    if not whole and not fraction:
        return None
    if (whole and not whole.isdigit()) or not (whole + fraction).isascii():
        return None
    return Decimal(f"{whole or '0'}.{fraction or '0'}")


def without_trace(value: Decimal) -> Decimal | None:
    """The cents that an amount means where only binary arithmetic adds decimals: 0.30000000000000004 → 0.30.

    None where the rest is a millionth of a unit or more: such an amount is not rounded.
    """
    cents = money.rounded(value)
    return cents if abs(value - cents) < _TRACE else None


def shared_mark(text: str) -> tuple[str, ...]:
    """The currencies that a mark alone may mean: `¥` CNY or JPY; none for what is no such mark."""
    return tuple(_SHARED_MARKS.get(unicodedata.normalize("NFKC", text).strip().upper(), "").split())


def currencies(text: str) -> frozenset[str]:
    """The currencies that an amount may be in by the mark it carries: `¥100` CNY or JPY; none where it carries none."""
    found = None if _BARE.fullmatch(text) else parse(text)
    if found is None or found.mark is None:
        return frozenset()
    return _possible(found.mark)


def _possible(mark: str) -> frozenset[str]:
    return frozenset(_SHARED_MARKS[mark].split() if mark in _SHARED_MARKS else (_MARKS.get(mark) or mark,))


def currency_of(mark: str | None) -> str | None:
    """The currency of a mark that leaves no doubt: RMB → CNY, `$` → None."""
    return None if mark is None or mark in _SHARED_MARKS else _MARKS.get(mark) or mark


def mark_fits(mark: str | None, currency: str | None) -> bool:
    """Whether an amount marked so can be in `currency`: `$` fits AUD, not CNY; RMB fits CNY only."""
    return mark is None or currency is None or currency in _possible(mark)


_COMMA = re.compile(r"\d,\d{1,2}(?!\d)|\d,\d{5,}|\.\d{3},|^\D*,\d|\d,\d{4}(?!\d|,)")
_POINT = re.compile(r"\d\.\d{1,2}(?!\d)|\d\.\d{4,}|,\d{3,4}\.|^\D*\.\d")
_POINT_GROUPS = re.compile(r"\.\d{3}\.\d{3}(?!\d)")


def decimal_comma(texts: Iterable[str], hint: bool | None = None) -> bool:
    """Whether a column has decimal commas, told by the values that leave no doubt; where both or none occur, `hint`.

    `1,234` and `1.234` alone tell nothing: without a hint a comma separates thousands and a point is a decimal point.
    """
    comma = point = False
    for text in texts:
        plain = unicodedata.normalize("NFKC", text)
        comma = comma or bool(_COMMA.search(plain) or _POINT_GROUPS.search(plain))
        point = point or bool(_POINT.search(plain))
    if comma != point:
        return comma
    return bool(hint)
