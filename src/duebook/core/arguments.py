"""The kinds of argument a worksheet function can declare, and how each reads what a cell holds.

Every kind carries its help in both languages and its unit. `read` turns one cell into the Python value that the
function sees, or raises the `CellError` that the cell then shows. Ranges are gathered by the door (`hosts/call`) and
each of their cells goes through the same `read`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from duebook.core import amounts, dates
from duebook.core.cells import CellError, Grid, Label, is_grid, missing
from duebook.core.money import exact, minor_units

UNITS: Mapping[str, Label] = {
    "money": Label("money, one currency", "金额（同一币种）"),
    "foreign money": Label("money, foreign currency", "金额（外币）"),
    "days": Label("days", "天"),
    "months": Label("months", "月"),
    "years": Label("years", "年"),
    "rate": Label("fraction (0.25 = 25 %)", "小数（0.25 = 25%）"),
    "yearly rate": Label("yearly rate, fraction (0.06 = 6 %)", "年利率，小数（0.06 = 6%）"),
    "share": Label("share, fraction from 0 to 1", "占比，0 到 1 的小数"),
    "ratio": Label("ratio", "比率"),
    "times": Label("times", "次"),
    "count": Label("count", "数量"),
    "points": Label("points", "分"),
    "index": Label("index", "指数"),
    "odds": Label("odds, good : bad", "好坏比"),
    "date": Label("date", "日期"),
    "text": Label("text", "文本"),
    "flag": Label("TRUE or FALSE", "TRUE 或 FALSE"),
    "value": Label("any value", "任意值"),
    "policy": Label("credit policy", "信用政策"),
    "table": Label("range", "区域"),
}


@dataclass(frozen=True)
class Context:
    """What a host knows that a cell does not say: the date system, and how to find a credit policy."""

    since_1904: bool = False
    policy: Callable[[object], Any] | None = None


PLAIN = Context()


@dataclass(frozen=True)
class Argument:
    """One argument: `help` and `zh` say what it is, `unit` in what. `nullable`: a blank means something (None).

    `keeps_errors`, for cells of a range: one that cannot be read is seen as its `CellError`, so that a table function
    can leave the error in that cell's row and serve the others.
    """

    help: str = ""
    zh: str = ""
    _: KW_ONLY
    nullable: bool = False
    keeps_errors: bool = False
    unit: str = "value"

    def read(self, value: object, name: str, context: Context = PLAIN) -> Any:
        """The Python value of one cell that is not missing. CellError names the argument, the rule and the value."""
        raise NotImplementedError


def scalar(value: object, name: str) -> object:
    """A single cell's value, free of numpy and pandas wrappers; an error cell comes back as the same error."""
    if isinstance(value, CellError):
        raise CellError(value.code, "cell.error_passed", argument=name, value=value.code)
    if is_grid(value):
        raise CellError("#VALUE!", "cell.single_wanted", argument=name)
    if hasattr(value, "dtype") and hasattr(value, "item"):
        return value.item()
    return value


def shown(value: object) -> str:
    """A value as a sentence shows it: no trailing `.0`, flags in capitals, long texts cut."""
    if isinstance(value, bool):
        return str(value).upper()
    text = format(value, ".15g") if isinstance(value, float) else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _number(value: object, name: str) -> float | int | Decimal:
    """A number as a float, int or exact Decimal; text is read as people write amounts and percentages."""
    if isinstance(value, bool):
        raise CellError("#VALUE!", "cell.not_a_number", argument=name, value=str(value).upper())
    if isinstance(value, (float, int)):
        if isinstance(value, float) and not math.isfinite(value):
            raise CellError("#NUM!", "cell.not_finite", argument=name)
        return value
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise CellError("#NUM!", "cell.not_finite", argument=name)
        return value
    if isinstance(value, str):
        text = value.strip()
        percent = text.endswith(("%", "％"))
        found = amounts.parse(text[:-1] if percent else text) if len(text) <= 60 else None
        if found is not None:
            return found.value / 100 if percent else found.value
        exponent = _scientific(text)
        if exponent is not None:
            return exponent
    raise CellError("#VALUE!", "cell.not_a_number", argument=name, value=shown(value))


def _scientific(text: str) -> float | None:
    """`1.5E+6`, as spreadsheets write large numbers when they become text."""
    if "e" in text.lower() and text.isascii() and "_" not in text:
        try:
            found = float(text)
        except ValueError:
            return None
        return found if math.isfinite(found) else None
    return None


@dataclass(frozen=True, kw_only=True)
class Number(Argument):
    """A float within bounds. `above`/`below` exclude the bound, `least`/`most` include it.

    `divisor`: a zero gives `#DIV/0!`. `whole`: a whole number, seen as int. `percent_slip`: above `most` the sentence
    asks whether a hundredth was meant (15 for 15 %).
    """

    unit: str = "ratio"
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    divisor: bool = False
    whole: bool = False
    percent_slip: bool = False

    def read(self, value: object, name: str, context: Context = PLAIN) -> Any:
        if type(value) is not float:
            value = self.converted(_number(scalar(value, name), name), name)
        elif not math.isfinite(value):
            raise CellError("#NUM!", "cell.not_finite", argument=name)
        if self.whole:
            value = self._whole(value, name)
        self.check(value, name)
        return value

    def converted(self, value: float | int | Decimal, name: str) -> Any:
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if not math.isfinite(found):
            raise CellError("#NUM!", "cell.not_finite", argument=name)
        return found

    def _whole(self, value: Any, name: str) -> int:
        if value != int(value) or abs(value) > 1e15:
            raise CellError("#NUM!", "cell.not_whole", argument=name, value=shown(value))
        return int(value)

    def check(self, value: Any, name: str) -> None:
        """Raises the `CellError` of the first bound that `value` breaks."""
        if self.divisor and value == 0:
            raise CellError("#DIV/0!", "cell.zero_divisor", argument=name)
        if self.least is not None and value < self.least:
            raise CellError("#NUM!", "cell.too_small", argument=name, value=shown(value), bound=shown(self.least))
        if self.above is not None and value <= self.above:
            raise CellError("#NUM!", "cell.not_above", argument=name, value=shown(value), bound=shown(self.above))
        if self.most is not None and value > self.most:
            if self.percent_slip:
                facts = {"meant": shown(float(value) / 100), "bound": shown(self.most)}
                raise CellError("#NUM!", "cell.percent_slip", argument=name, value=shown(value), **facts)
            raise CellError("#NUM!", "cell.too_large", argument=name, value=shown(value), bound=shown(self.most))
        if self.below is not None and value >= self.below:
            raise CellError("#NUM!", "cell.not_below", argument=name, value=shown(value), bound=shown(self.below))


@dataclass(frozen=True, kw_only=True)
class Money(Number):
    """An exact amount, seen as Decimal: the 15 digits that a spreadsheet shows of its binary number."""

    unit: str = "money"

    def read(self, value: object, name: str, context: Context = PLAIN) -> Any:
        found = _number(scalar(value, name), name)
        amount = exact(found)
        if abs(amount) >= amounts.LARGEST:
            raise CellError("#NUM!", "cell.amount_too_large", argument=name, value=shown(value))
        self.check(amount, name)
        return amount


@dataclass(frozen=True, kw_only=True)
class Rate(Number):
    """A fraction from 0 to `most`; 15 where 0.15 was meant is refused with that advice. Seen as float."""

    unit: str = "rate"
    least: float | None = 0
    most: float | None = 1
    percent_slip: bool = True


@dataclass(frozen=True, kw_only=True)
class ExactRate(Rate):
    """A rate that multiplies money: seen as exact Decimal."""

    unit: str = "yearly rate"

    def converted(self, value: float | int | Decimal, name: str) -> Any:
        return exact(value)

    def read(self, value: object, name: str, context: Context = PLAIN) -> Any:
        found = self.converted(_number(scalar(value, name), name), name)
        self.check(found, name)
        return found


@dataclass(frozen=True, kw_only=True)
class Day(Argument):
    """A date: a day number, a date, or year-first text."""

    unit: str = "date"

    def read(self, value: object, name: str, context: Context = PLAIN) -> date:
        value = scalar(value, name)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            found = dates.year_first(value)
            if found is None:
                raise CellError("#VALUE!", "cell.not_a_date", argument=name, value=shown(value))
            return found
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
            try:
                return dates.from_serial(float(value), context.since_1904)
            except (ValueError, OverflowError):
                meant = dates.year_first(f"{value:.0f}"[:4] + "-" + f"{value:.0f}"[4:6] + "-" + f"{value:.0f}"[6:8])
                if meant and 1e7 <= value < 1e8:
                    facts = {"value": shown(value), "meant": f"DATE({meant.year},{meant.month},{meant.day})"}
                    raise CellError("#NUM!", "cell.date_digits", argument=name, **facts) from None
                raise CellError("#NUM!", "cell.date_out_of_range", argument=name, value=shown(value)) from None
        raise CellError("#VALUE!", "cell.not_a_date", argument=name, value=shown(value))


@dataclass(frozen=True, kw_only=True)
class Text(Argument):
    """A text. With `choices`, one of these (case and spaces do not matter); `zh_choices` are their Chinese names."""

    unit: str = "text"
    choices: tuple[str, ...] = ()
    zh_choices: tuple[str, ...] = ()

    def read(self, value: object, name: str, context: Context = PLAIN) -> str:
        value = scalar(value, name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a customer number typed as a number
        text = ("TRUE" if value else "FALSE") if isinstance(value, bool) else str(value).strip()
        if not self.choices:
            return text
        wanted = _plain(text)
        for place, choice in enumerate(self.choices):
            if wanted == _plain(choice) or (self.zh_choices and wanted == _plain(self.zh_choices[place])):
                return choice
        known = Label(", ".join(self.choices), "、".join(self.zh_choices or self.choices))
        raise CellError("#VALUE!", "cell.unknown_choice", argument=name, value=shown(text), known=known)


@dataclass(frozen=True, kw_only=True)
class Currency(Text):
    """An ISO 4217 code, which decides how many decimals money has. Optional everywhere: "" means two decimals."""

    def read(self, value: object, name: str, context: Context = PLAIN) -> str:
        code = super().read(value, name, context).upper()
        if code not in minor_units():
            raise CellError("#VALUE!", "cell.unknown_currency", argument=name, value=shown(code))
        return code


def _plain(text: str) -> str:
    return text.strip().casefold().replace(" ", "_").replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class Flag(Argument):
    """TRUE or FALSE; 1 and 0 and yes/no in both languages are read too."""

    unit: str = "flag"
    _words: ClassVar[Mapping[str, bool]] = {
        "true": True, "yes": True, "y": True, "是": True, "真": True, "1": True,
        "false": False, "no": False, "n": False, "否": False, "假": False, "0": False,
    }  # fmt: skip

    def read(self, value: object, name: str, context: Context = PLAIN) -> bool:
        value = scalar(value, name)
        if isinstance(value, bool):
            return value
        if isinstance(value, (int, float)) and value in (0, 1):
            return bool(value)
        if isinstance(value, str) and value.strip().casefold() in self._words:
            return self._words[value.strip().casefold()]
        raise CellError("#VALUE!", "cell.not_a_flag", argument=name, value=shown(value))


@dataclass(frozen=True, kw_only=True)
class Value(Argument):
    """Any single cell as it is: float, text, flag or date. For functions whose policy says what a value must be."""

    unit: str = "value"

    def read(self, value: object, name: str, context: Context = PLAIN) -> object:
        value = scalar(value, name)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, (bool, str, date)):
            return value
        return Number.converted(_PLAIN_NUMBER, _number(value, name), name)


_PLAIN_NUMBER = Number()


@dataclass(frozen=True, kw_only=True)
class PolicyChoice(Argument):
    """The credit policy: blank for the one in use, the name of one that the host knows, or a range that holds one."""

    unit: str = "policy"
    help: str = "Credit policy: blank for the one in use, a policy's name, or a range with policy tables."
    zh: str = "信用政策：留空用当前政策，或填政策名称，或选取含政策表的区域。"

    def read(self, value: object, name: str, context: Context = PLAIN) -> Any:
        if isinstance(value, CellError):
            scalar(value, name)
        assert context.policy is not None
        return context.policy(value)


@dataclass(frozen=True, kw_only=True)
class Column(Argument):
    """One column (or one row) of cells, seen as a list. `of` reads each cell.

    Columns with the same `rows` belong together row by row: they must be equally long, rows blank in all of them drop,
    and a row blank in some is an error unless the kind there is nullable. `least` cells at the fewest. `placed`: a
    cell's place says what it is (a month, a part), so that only blank rows at the end drop.
    """

    of: Argument
    rows: str = "rows"
    least: int = 1
    placed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", self.of.unit)  # a column has its cells' unit


@dataclass(frozen=True, kw_only=True)
class Matrix(Column):
    """A block of cells, seen as a list of rows, each a list. Its rows align with columns of the same `rows`."""


class CellsSince1904(list[Sequence[object]]):
    """A block from a book that counts days from 1904: its day numbers are read so."""


@dataclass(frozen=True, kw_only=True)
class Cells(Argument):
    """A block of cells as it stands (blanks and texts too), for tables that another function spilled."""

    unit: str = "table"

    def read(self, value: object, name: str, context: Context = PLAIN) -> Grid:
        if isinstance(value, CellError):
            scalar(value, name)
        grid = value if isinstance(value, (list, tuple)) else ((value,),)
        for row in grid:
            for cell in row:
                if isinstance(cell, CellError):
                    scalar(cell, name)
        return CellsSince1904(grid) if context.since_1904 else grid


def row_label(name: str, row: int) -> Label:
    """An argument's cell in a sentence: "amount, row 7"."""
    return Label(f"{name}, row {row}", f"{name} 第 {row} 行")


def cells_of(value: object) -> Sequence[object]:
    """The cells of a range that is one column or one row, in order; a single cell is a column of one."""
    if not isinstance(value, (list, tuple)):
        return (value,)
    if len(value) == 1:
        return list(value[0]) if isinstance(value[0], (list, tuple)) else list(value)
    return [row[0] if isinstance(row, (list, tuple)) and len(row) == 1 else row for row in value]


def read_cell(kind: Argument, value: object, name: str, context: Context) -> Any:
    """One cell of a range. A blank one is None where the kind is nullable, else `#N/A`."""
    try:
        if missing(value):
            if kind.nullable:
                return None
            raise CellError("#N/A", "cell.missing", argument=name)
        return kind.read(value, name, context)
    except CellError as error:
        if kind.keeps_errors:
            return error
        raise
