"""How the standard workbooks look: colors with a meaning, number formats by unit, fonts by language.

One accent for what counts, grays for structure, amber and red only for what needs action and always with a sign
beside the color, so that the pages survive black-and-white print and color-blind readers (blue and orange-red differ
for all common kinds).
"""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # ships no py.typed

from duebook.core.money import minor_units

ACCENT = "#1F4E79"
TINT = "#8FB0D1"
INK = "#262626"
MUTED = "#6B6B6B"
HAIRLINE = "#D9D9D9"
RULE = "#8C8C8C"
PANEL = "#EAEFF4"
PREVIOUS = "#BFC7CF"
AMBER = "#9C5700"
RED = "#B3261E"
INPUT_INK = "#0000FF"
INPUT_FILL = "#FFFBE0"
LINK = "#00703C"

FONTS = {"en": "Arial", "zh": "Microsoft YaHei", "both": "Microsoft YaHei"}
"""Both come with Excel on Windows and Mac; elsewhere the system substitutes a face of the same widths."""

# A trailing `_)` leaves the room of a closing parenthesis, so that decimals stand under each other.
MONEY = '#,##0.00_);(#,##0.00);"–"_)'
WHOLE = '#,##0_);(#,##0);"–"_)'
# Days are no amounts: what is not due yet has a minus, not the parentheses of a credit.
DAYS = '#,##0_);-#,##0_);"–"_)'
DECIMAL = '0.0_);(0.0);"–"_)'
PERCENT = '0.0%_);(0.0%);"–"_)'
DATE = "yyyy-mm-dd"
EXCHANGE_RATE = "#,##0.0000#####_)"

FORMATS = {
    "money": MONEY,
    "count": WHOLE,
    "days": DAYS,
    "decimal": DECIMAL,
    "rate": PERCENT,
    "fx": EXCHANGE_RATE,
    "date": DATE,
    "id": "@",
}
RIGHT_ALIGNED = frozenset(FORMATS) - {"date", "id"}

WIDTHS = {
    "money": 13.5,
    "count": 9.0,
    "days": 10.0,
    "decimal": 13.5,
    "rate": 10.0,
    "fx": 11.0,
    "date": 11.0,
    "id": 14.0,
}


class Styles:
    """Cell formats of one workbook, made once each and shared."""

    def __init__(self, workbook: Workbook, language: str) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.font = FONTS[language]

    def __call__(self, **properties: Any) -> Format:
        """A cell format: the house font at 9 points in ink, and what `properties` say."""
        wanted = {
            "font_name": self.font,
            "font_size": 9,
            "font_color": INK,
            "valign": "vcenter",
            **properties,
        }
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(wanted)
        return self._made[key]

    def changed(self, **properties: Any) -> Format:
        """A conditional format: only the `properties` that differ."""
        key = (("conditional", True), *sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]

    def body(self, unit: str, **properties: Any) -> Format:
        """A body cell: a hairline under each row, numbers at the right and never wider than the column."""
        return self(bottom=1, bottom_color=HAIRLINE, **{**value_format(unit), **properties})

    def header(self, unit: str, **properties: Any) -> Format:
        # Text at the top: Excel puts the filter button over the bottom right corner.
        look = {"bold": True, "font_color": ACCENT, "bg_color": PANEL, "text_wrap": True, "valign": "top"}
        edges = {"top": 1, "top_color": RULE, "bottom": 2, "bottom_color": ACCENT}
        return self(**{**header_format(unit), **look, **edges, **properties})

    def input(self, **properties: Any) -> Format:
        """A cell that the reader may change: blue on pale yellow, boxed."""
        return self(font_color=INPUT_INK, bg_color=INPUT_FILL, border=1, border_color=RULE, **properties)


def value_format(unit: str) -> dict[str, Any]:
    """Alignment and number format of a value of `unit`. Numbers shrink before they would show as ####."""
    found: dict[str, Any] = {}
    if unit in FORMATS:
        found["num_format"] = FORMATS[unit]
    if unit in RIGHT_ALIGNED:
        found.update(align="right", shrink=True)
    else:
        found["align"] = "left"
    return found


def header_format(unit: str) -> dict[str, Any]:
    """Alignment of a header over values of `unit`; its text too keeps the room of a closing parenthesis."""
    return {"align": "right", "num_format": "@_)"} if unit in RIGHT_ALIGNED else {"align": "left"}


def money_format(digits: int) -> str:
    """The money format of a currency with `digits` minor units: JPY 1,234; KWD 1,234.567."""
    zeros = f".{'0' * digits}" if digits else ""
    return f'#,##0{zeros}_);(#,##0{zeros});"–"_)'


def currencies_by_digits() -> dict[int, str]:
    """Minor units other than two → their codes as "|JPY|KRW|…|", to look a code up in a conditional format."""
    found: dict[int, list[str]] = {}
    for code, digits in minor_units().items():
        if digits != 2:
            found.setdefault(digits, []).append(code)
    return {digits: f"|{'|'.join(codes)}|" for digits, codes in sorted(found.items())}
