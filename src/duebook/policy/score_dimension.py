"""The dimensions of a score card: how a value is read, and which band it falls into."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import cast

from duebook.core.arguments import Argument, Flag, Number, Text, shown
from duebook.core.cells import CellError, Label
from duebook.policy.check import Checker
from duebook.policy.score_rows import BandRow, Condition, DimensionRow, Fact, flag_of, plain
from duebook.policy.versions import Placed


@dataclass(frozen=True)
class Band:
    """What a value earns: its points, and the band in words."""

    points: Decimal
    words: Label


@dataclass(frozen=True)
class Dimension:
    """A dimension of a card. Numbers fall into `bands` by the lower bounds `edges`; named values are in `named`."""

    key: str
    label: Label
    group: str
    weight: Decimal
    kind: str
    reader: Argument = field(repr=False)
    edges: tuple[float, ...]
    bands: tuple[Band, ...]
    named: Mapping[str, tuple[Fact, Band]]
    """plain(name in either language) → the value as conditions see it, and its band."""

    def fact(self, value: object) -> Fact:
        """A cell's value that is not missing. CellError names the dimension and the rule that the value breaks."""
        if self.kind == "number":
            if isinstance(value, str) and (found := self.named.get(plain(value))):
                return found[0]
            number = float(self._number(value))
            return number if number.is_integer() else float(format(number, ".15g"))
        if self.kind == "flag":
            return bool(self.reader.read(value, self.label))
        return str(self.reader.read(value, self.label))

    def _number(self, value: object) -> float:
        try:
            return cast(float, self.reader.read(value, self.label))
        except CellError as error:
            if error.key != "cell.not_a_number" or not self.named:
                raise
            names = dict.fromkeys(fact for fact, _ in self.named.values())
            known, zh = ", ".join(map(str, names)), "、".join(fact.zh for fact in names if isinstance(fact, Label))
            facts = {"dimension": self.label, "value": shown(value), "known": Label(known, zh)}
            raise CellError(error.code, "score.neither_number_nor", **facts) from error

    def band(self, fact: Fact) -> Band:
        if type(fact) is float:
            return self.bands[bisect_right(self.edges, fact)]
        return self.named[plain(fact)][1]

    @cached_property
    def lowest(self) -> Decimal:
        """The worst points that any value earns."""
        return min(self._points)

    @cached_property
    def highest(self) -> Decimal:
        return max(self._points)

    @property
    def _points(self) -> list[Decimal]:
        return [band.points for band in (*self.bands, *(band for _, band in self.named.values()))]


def dimension_of(check: Checker, placed: Placed[DimensionRow], bands: Sequence[Placed[BandRow]]) -> Dimension:
    """The dimension of a row with those of `bands` that are its own: the card's, else those for every card."""
    where, row = placed
    every = [each for each in bands if each.row.dimension == row.key]
    own = [each for each in every if each.row.card == row.card] or [each for each in every if not each.row.card]
    if not own:
        wanted = Label("a dimension that [[score_band]] rows give points to", "在 [[score_band]] 中有分段的维度")
        check.refuse(f"{where}, dimension", row.key, wanted)
    named = [each for each in own if each.row.condition.value]
    numbers = sorted((each for each in own if not each.row.condition.value), key=_begin)
    if row.kind != "number" and numbers:
        check.refuse(f"{numbers[0].where}, value", None, by_value(row.key, row.kind))
    if row.kind == "number" and not numbers:
        wanted = Label(
            f"followed by bands with low and high: {row.key} is a number", f"后面还须有数值分段：{row.key} 是 number"
        )
        check.refuse(f"{own[-1].where}, value", own[-1].row.value, wanted)
    check.bands([(each.where, each.row.condition.low, each.row.condition.high) for each in numbers])
    return Dimension(
        row.key,
        row.label,
        row.group,
        row.weight,
        row.kind,
        _reader(row, [each.row.value for each in named]),
        tuple(float(_begin(each)) for each in numbers[1:]),
        tuple(Band(each.row.points, condition_words(each.row.condition)) for each in numbers),
        _named(check, row, named),
    )


def by_value(key: str, kind: str) -> Label:
    """What to write where a flag or text has bounds of numbers."""
    return Label(f"filled, low and high blank: {key} is a {kind}", f"填写，low 和 high 留空：{key} 是 {kind}")


def _begin(placed: Placed[BandRow]) -> Decimal:
    low = placed.row.condition.low
    return Decimal("-Infinity") if low is None else low


def _reader(row: DimensionRow, values: Sequence[Label]) -> Argument:
    if row.kind == "flag":
        return Flag(row.label, row.label.zh)
    if row.kind == "text":
        names = tuple(str(value) for value in values)
        return Text(row.label, row.label.zh, choices=names, zh_choices=tuple(value.zh for value in values))
    least, most = (None if bound is None else float(bound) for bound in (row.least, row.most))
    whole = row.unit == "count"  # half an entry would slip under "1 or more"
    slip = row.unit in ("share", "ratio", "rate", "yearly rate")
    return Number(row.label, row.label.zh, unit=row.unit, least=least, most=most, whole=whole, percent_slip=slip)


def _named(check: Checker, row: DimensionRow, placed: Sequence[Placed[BandRow]]) -> Mapping[str, tuple[Fact, Band]]:
    found: dict[str, tuple[Fact, Band]] = {}
    for where, band in placed:
        words = Label(f"is {band.value}", f"为{band.value.zh}")
        fact: Fact = band.value
        names = {plain(band.value), plain(band.value.zh)}
        if row.kind == "flag":
            flag = flag_of(str(band.value))
            if flag is None:
                check.refuse(f"{where}, value", band.value, Label("TRUE or FALSE", "TRUE 或 FALSE"))
            fact, names = flag, {plain(flag)}
            words = Label(f"is {str(flag).upper()}", f"为 {str(flag).upper()}")
        if names & set(found):
            wanted = Label(f"a value that no other band of {row.key} has", f"{row.key} 的其他分段没有的值")
            check.refuse(f"{where}, value", band.value, wanted)
        found.update(dict.fromkeys(names, (fact, Band(band.points, words))))
    if row.kind == "flag" and len(found) < 2:
        wanted = Label("followed by a band for the other: TRUE and FALSE", "后面还须有另一个：TRUE 和 FALSE 各一行")
        check.refuse(f"{placed[0].where}, value", placed[0].row.value, wanted)
    return found


def condition_words(condition: Condition) -> Label:
    low, high = condition.low, condition.high
    if low is None and high is None:
        return Label("any value", "任意值")
    if low is None:
        return Label(f"under {high:f}", f"低于 {high:f}")
    if high is None:
        return Label(f"{low:f} or more", f"不低于 {low:f}")
    return Label(f"from {low:f} to under {high:f}", f"{low:f} 至 {high:f}（不含）")
