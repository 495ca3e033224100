"""Score cards: weighted dimensions whose values earn points by band, with knock-outs, caps and the rules of what is
missing.

Rows with the same `from` make one version of their table. On every day on which a table changes, each card must hold
together: its weights add up to 1, its dimensions have bands without gap or overlap, and every rule names a dimension
that it has. Rules and bands of Duebook's own for cards and dimensions that a firm's policy does not have fall away.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from duebook.core.cells import CellError, Label
from duebook.policy import grades
from duebook.policy.check import Checker, Entry, in_force
from duebook.policy.grades import Grade, GradeScale
from duebook.policy.score_dimension import Dimension, by_value, condition_words, dimension_of
from duebook.policy.score_rows import (
    GROUPS,
    BandRow,
    Cap,
    CardRow,
    Condition,
    DimensionRow,
    Knockout,
    Rule,
    Worst,
    band_row,
    cap_row,
    card_row,
    dimension_row,
    flag_of,
    knockout_row,
    plain,
    worst_row,
)
from duebook.policy.versions import Placed, Versions, used_once, versions

TABLES = ("score_card", "score_dimension", "score_band", "score_knockout", "score_cap", "score_worst")
LISTS = ("worst_for",)

AnyRule = TypeVar("AnyRule", bound=Rule)
Row = TypeVar("Row")


@dataclass(frozen=True)
class Card:
    """A score card as it stands on one day, ready to score."""

    label: Label
    version: str
    missing: str
    minimum_coverage: Decimal
    finance_cap: Grade | None
    dimensions: tuple[Dimension, ...]
    knockouts: tuple[Knockout, ...]
    caps: tuple[Cap, ...]
    worst: tuple[Worst, ...]
    grades: GradeScale = field(repr=False)

    @cached_property
    def by_name(self) -> Mapping[str, Dimension]:
        """Every dimension under its key and its names in both languages, as `plain` compares them."""
        return {
            plain(name): dimension
            for dimension in self.dimensions
            for name in (dimension.key, dimension.label, dimension.label.zh)
        }

    @cached_property
    def by_key(self) -> Mapping[str, Dimension]:
        return {dimension.key: dimension for dimension in self.dimensions}

    @cached_property
    def knocking(self) -> frozenset[str]:
        """The dimensions that can knock out."""
        return frozenset(rule.dimension for rule in self.knockouts)

    @cached_property
    def group_weight(self) -> Mapping[str, Decimal]:
        found: dict[str, Decimal] = {}
        for dimension in self.dimensions:
            found[dimension.group] = found.get(dimension.group, Decimal(0)) + dimension.weight
        return found


@dataclass(frozen=True)
class ScoreCards:
    """The checked cards of every day on which a table of theirs changes."""

    _days: tuple[tuple[date, Mapping[str, Card]], ...]

    def on(self, day: date | None) -> Mapping[str, Card]:
        """The cards in force on `day` (the newest where it is None), by plain name."""
        return in_force(self._days, day, "score_card")

    def card(self, name: str, day: date | None) -> Card:
        """The card of that name, English or Chinese. CellError (#VALUE!) lists those there are."""
        cards = self.on(day)
        wanted = plain(name)
        for card in cards.values():
            if wanted in (plain(card.label), plain(card.label.zh)):
                return card
        labels = [card.label for card in cards.values()]
        known = Label(", ".join(labels), "、".join(label.zh for label in labels))
        raise CellError("#VALUE!", "score.unknown_card", value=name[:60], known=known)


@dataclass(frozen=True)
class _Tables:
    """The rows of all tables, by version."""

    grades: grades.Grades
    card: Versions[CardRow]
    dimension: Versions[DimensionRow]
    band: Versions[BandRow]
    knockout: Versions[Knockout]
    cap: Versions[Cap]
    worst: Versions[Worst]

    @property
    def days(self) -> list[date]:
        """The days on which some table changes, from the first on which a card can stand."""
        needed = (self.grades, self.card, self.dimension, self.band)
        first = max(table.starts[0] for table in needed)
        every = (*needed, self.knockout, self.cap, self.worst)
        return sorted({first, *(day for table in every for day in table.starts if day > first)})


def read(check: Checker) -> ScoreCards:
    """The cards of every version. Refusals name the table, the entry and what to write."""
    scale = grades.read(check)
    tables = _Tables(
        scale,
        versions(check, "score_card", lambda check, where, entry: card_row(check, where, entry, scale)),
        versions(check, "score_dimension", dimension_row),
        versions(check, "score_band", band_row),
        _optional(check, "score_knockout", knockout_row),
        _optional(check, "score_cap", lambda check, where, entry: cap_row(check, where, entry, scale)),
        _optional(check, "score_worst", worst_row),
    )
    return ScoreCards(tuple((day, _cards(check, tables, day)) for day in tables.days))


def _optional(check: Checker, table: str, read: Callable[[Checker, str, Entry], Row]) -> Versions[Row]:
    return versions(check, table, read) if check.entries(table, optional=True) else Versions(table, ())


def _rows(table: Versions[Row], day: date) -> tuple[Placed[Row], ...]:
    """The rows in force; none before an optional table's first version."""
    return table.placed(day) if table.all and table.starts[0] <= day else ()


def _cards(check: Checker, tables: _Tables, day: date) -> Mapping[str, Card]:
    rows = tables.card.placed(day)
    used_once(check, rows, "name", lambda row: plain(row.label))
    names = {str(row.label) for _, row in rows}
    for table in (tables.dimension, tables.band, tables.knockout, tables.cap, tables.worst):
        _known_cards(check, table, day, names)
    every = {row.key for row in tables.dimension.rows(day)}
    for table in (tables.band, tables.knockout, tables.cap, tables.worst):
        _known_dimensions(check, table, day, every)
    if check.inherited("score_card", "score_dimension"):
        used = {row.card for row in tables.dimension.rows(day)}
        rows = tuple(placed for placed in rows if str(placed.row.label) in used)
    return {plain(placed.row.label): _card(check, tables, placed, day) for placed in rows}


def _known_cards(check: Checker, table: Versions[Any], day: date, names: Iterable[str]) -> None:
    if check.inherited(table.table, "score_card"):
        return
    for where, row in _rows(table, day):
        card = getattr(row, "card", "")
        if card and card not in names:
            check.refuse(f"{where}, card", card, _one_of("card", "评分卡", "score_card", sorted(names)))


def _known_dimensions(check: Checker, table: Versions[Any], day: date, every: Iterable[str]) -> None:
    if check.inherited(table.table, "score_dimension"):
        return
    for where, row in _rows(table, day):
        for key in ("dimension", "worst_for"):
            value = getattr(row, key, ())
            for name in value if isinstance(value, tuple) else (value,):
                if name and name not in every:
                    wanted = _one_of("dimension", "维度", "score_dimension", _near(name, every))
                    check.refuse(f"{where}, {key}", name, wanted)


def _near(name: str, known: Iterable[str]) -> list[str]:
    """Those of `known` that `name` may mean: a few that resemble it, else all."""
    return difflib.get_close_matches(name, sorted(known), n=3) or sorted(known)


def _one_of(kind: str, zh: str, table: str, names: Sequence[str]) -> Label:
    listed = ", ".join(names)
    return Label(f"a {kind} of [[{table}]]: {listed}", f"[[{table}]] 中的{zh}：{listed}")


def _of_card(name: str, dimensions: Mapping[str, Dimension]) -> Label:
    listed = ", ".join(_near(name, dimensions))
    return Label(f"a dimension of that card: {listed}", f"该评分卡的维度：{listed}")


def _card(check: Checker, tables: _Tables, placed: Placed[CardRow], day: date) -> Card:
    where, row = placed
    scale = tables.grades.on(day)
    own = [each for each in tables.dimension.placed(day) if each.row.card == str(row.label)]
    if not own:
        wanted = Label("a card that [[score_dimension]] rows name", "[[score_dimension]] 中有维度的评分卡")
        check.refuse(f"{where}, name", row.label, wanted)
    _weights(check, own, row)
    dimensions = {each.row.key: dimension_of(check, each, tables.band.placed(day)) for each in own}
    _names_differ(check, own)
    if not row.finance_cap and any(dimension.group == "finance" for dimension in dimensions.values()):
        wanted = Label(
            "a grade: the best that a missing finance value leaves open", "一个等级：财务数据缺失时最高能得到的等级"
        )
        check.refuse(f"{where}, finance_cap_grade", None, wanted)
    return Card(
        row.label,
        row.version,
        row.missing,
        row.minimum_coverage,
        _grade(check, where, "finance_cap_grade", row.finance_cap, scale) if row.finance_cap else None,
        tuple(dimensions.values()),
        tuple(rule for _, rule in _rules(check, tables.knockout, dimensions, row, day)),
        tuple(_caps(check, tables, dimensions, row, day)),
        tuple(_worst(check, tables, dimensions, row, day)),
        scale,
    )


def _grade(check: Checker, where: str, key: str, name: str, scale: GradeScale) -> Grade:
    if name not in scale.names:
        known = ", ".join(scale.names)
        check.refuse(f"{where}, {key}", name, Label(f"a grade in force with it: {known}", f"同时有效的等级：{known}"))
    return scale.find(name)


def _weights(check: Checker, own: Sequence[Placed[DimensionRow]], row: CardRow) -> None:
    total = sum((each.row.weight for each in own), Decimal(0))
    if total != 1:
        last = own[-1]
        wanted = Label(
            f"such that the {len(own)} weights of card {row.label} add up to 1; they add up to {total}",
            f"使评分卡 {row.label} 的 {len(own)} 个权重合计为 1 的值；现合计为 {total}",
        )
        check.refuse(f"{last.where}, weight", last.row.weight, wanted)


def _names_differ(check: Checker, own: Sequence[Placed[DimensionRow]]) -> None:
    """Two dimensions of a card share no name in either language."""
    seen: dict[str, str] = {}
    for where, row in own:
        for key, name in (("dimension", row.key), ("name_en", str(row.label)), ("name_zh", row.label.zh)):
            if seen.setdefault(plain(name), where) != where:
                wanted = Label("a name that no other dimension of the card has", "该评分卡其他维度没有的名称")
                check.refuse(f"{where}, {key}", name, wanted)


def _rules(
    check: Checker, table: Versions[AnyRule], dimensions: Mapping[str, Dimension], card: CardRow, day: date
) -> list[tuple[str, AnyRule]]:
    """The rules of one card with their places, their named values in the dimension's spelling."""
    found = []
    inherited = check.inherited(table.table, "score_dimension")
    for where, rule in _rows(table, day):
        if rule.card not in ("", str(card.label)) or (not rule.dimension and isinstance(rule, Cap)):
            continue
        if rule.dimension not in dimensions:
            if rule.card and not inherited:
                check.refuse(f"{where}, dimension", rule.dimension, _of_card(rule.dimension, dimensions))
            continue
        dimension = dimensions[rule.dimension]
        condition = _of_kind(check, where, rule.condition, dimension)
        words = Label(
            f"{dimension.label} {_said(condition)}".strip(), f"{dimension.label.zh}{_said(condition).zh}".strip()
        )
        found.append((where, replace(rule, condition=condition, reason=rule.reason if rule.reason else words)))
    return found


def _said(condition: Condition) -> Label:
    if condition.always:
        return Label("is not known", "未知")
    return Label(f"is {condition.value}", f"为{condition.value}") if condition.value else condition_words(condition)


def _of_kind(check: Checker, where: str, condition: Condition, dimension: Dimension) -> Condition:
    """The condition with its value in the dimension's own spelling; refused where the dimension cannot have it."""
    if condition.always:
        return condition
    if not condition.value:
        if dimension.kind != "number":
            check.refuse(f"{where}, value", None, by_value(dimension.key, dimension.kind))
        return condition
    flag = flag_of(condition.value) if dimension.kind == "flag" else None
    name = plain(condition.value if flag is None else flag)
    if name not in dimension.named:
        known = ", ".join(sorted({str(fact) for fact, _ in dimension.named.values()}))
        wanted = Label(f"one of the values of {dimension.key}: {known}", f"{dimension.key} 的值之一：{known}")
        blank = Label("blank, with low or high filled instead", "空白，改填 low 或 high")
        check.refuse(f"{where}, value", condition.value, wanted if known else blank)
    return Condition(None, None, str(dimension.named[name][0]))


def _caps(check: Checker, tables: _Tables, dimensions: Mapping[str, Dimension], card: CardRow, day: date) -> list[Cap]:
    """The caps of one card, those on whole groups included."""
    scale = tables.grades.on(day)
    found = _rules(check, tables.cap, dimensions, card, day)
    for where, cap in _rows(tables.cap, day):
        if cap.group and cap.card in ("", str(card.label)):
            words = Label(f"{cap.group} values are missing", f"{GROUPS[cap.group]}数据缺失")
            found.append((where, replace(cap, reason=cap.reason if cap.reason else words)))
    for where, cap in found:
        _grade(check, where, "grade", cap.grade, scale)
    return [cap for _, cap in found]


def _worst(
    check: Checker, tables: _Tables, dimensions: Mapping[str, Dimension], card: CardRow, day: date
) -> list[Worst]:
    found = []
    inherited = check.inherited("score_worst", "score_dimension")
    for where, rule in _rules(check, tables.worst, dimensions, card, day):
        for name in rule.worst_for:
            if name not in dimensions and rule.card and not inherited:
                check.refuse(f"{where}, worst_for", name, _of_card(name, dimensions))
        found.append(replace(rule, worst_for=tuple(name for name in rule.worst_for if name in dimensions)))
    return found
