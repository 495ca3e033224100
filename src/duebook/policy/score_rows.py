"""The rows of a score card's flat tables, each checked by itself; `score_card` puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, cast

from duebook.core.arguments import UNITS, Flag
from duebook.core.cells import CellError, Label
from duebook.policy.check import Checker, Entry, above
from duebook.policy.grades import BEST_SCORE, STEP, TWO_DECIMALS, Grades

Missing = Literal["renormalize", "worst", "na"]
Group = Literal["qualification", "finance", "behavior"]
Kind = Literal["number", "flag", "text"]
MISSING = ("renormalize", "worst", "na", "no score")
"""The last two mean the same: a worksheet takes a cell with "na" for a blank."""
GROUPS: Mapping[str, str] = {"qualification": "资质", "finance": "财务", "behavior": "行为"}
"""The groups of dimensions, with their Chinese names."""
KINDS = ("number", "flag", "text")

Fact = float | bool | str
"""What a dimension's value is after reading: a number, a flag, or one of the dimension's named values."""


@dataclass(frozen=True)
class CardRow:
    """`finance_cap`: the best grade that a card with a missing finance value may reach; "" where none is stated."""

    label: Label
    version: str
    missing: Missing
    minimum_coverage: Decimal
    finance_cap: str


@dataclass(frozen=True)
class DimensionRow:
    card: str
    key: str
    label: Label
    group: Group
    weight: Decimal
    kind: Kind
    unit: str
    least: Decimal | None
    most: Decimal | None


@dataclass(frozen=True)
class Condition:
    """A value in [low, high), or the named value `value`; nothing at all (`always`) where all three are blank."""

    low: Decimal | None
    high: Decimal | None
    value: str

    @property
    def always(self) -> bool:
        return self.low is None and self.high is None and not self.value

    def met(self, fact: Fact) -> bool:
        if self.value:
            return not isinstance(fact, float) and plain(fact) == plain(self.value)
        if not isinstance(fact, float):
            return False
        return (self.low is None or fact >= float(self.low)) and (self.high is None or fact < float(self.high))


@dataclass(frozen=True)
class BandRow:
    """Points of a dimension's value; `card` "" means every card that has the dimension."""

    card: str
    dimension: str
    condition: Condition
    value: Label
    points: Decimal


@dataclass(frozen=True)
class Rule:
    """What happens where a condition on a dimension holds; `card` "" means every card that has the dimension."""

    card: str
    dimension: str
    condition: Condition
    reason: Label


@dataclass(frozen=True)
class Knockout(Rule):
    """The score is `score` at most."""

    score: Decimal


@dataclass(frozen=True)
class Cap(Rule):
    """The score is that of `grade` at most. With `missing`: where the dimension is unknown, or at least that share of
    the weight of `group` (any of it where 0)."""

    grade: str
    missing: bool
    group: str
    missing_share: Decimal


@dataclass(frozen=True)
class Worst(Rule):
    """The dimensions in `worst_for` score their worst points."""

    worst_for: tuple[str, ...]


def plain(text: object) -> str:
    """A name as it is compared: case, spaces, hyphens and underscores do not matter."""
    return "".join(str(text).casefold().replace("_", " ").replace("-", " ").split())


def card_row(check: Checker, where: str, entry: Entry, grades: Grades) -> CardRow:
    name = check.text(where, entry, "name")
    missing = check.choice(where, entry, "missing", MISSING)
    return CardRow(
        Label(name, check.text(where, entry, "name_zh", name) or name),
        check.text(where, entry, "version", ""),
        cast(Missing, "na" if missing == "no score" else missing),
        check.decimal(f"{where}, minimum_coverage", entry.get("minimum_coverage"), Decimal(1)),
        grades.named(check, where, entry, "finance_cap_grade") if _given(entry, "finance_cap_grade") else "",
    )


def dimension_row(check: Checker, where: str, entry: Entry) -> DimensionRow:
    key = check.text(where, entry, "dimension")
    name = check.text(where, entry, "name_en", key.replace("_", " ")) or key
    kind = cast(Kind, check.choice(where, entry, "kind", KINDS))
    bounds = [
        check.decimal(f"{where}, {bound}", entry[bound], least=None) if _given(entry, bound) else None
        for bound in ("least", "most")
    ]
    if kind != "number" and bounds != [None, None]:
        wanted = Label("number: only numbers have bounds", "number：只有数字才有 least 和 most")
        check.refuse(f"{where}, kind", kind, wanted)
    if None not in bounds and cast(Decimal, bounds[0]) > cast(Decimal, bounds[1]):
        wanted = Label(f"{bounds[0]} or more, as `least` says", f"不小于 {bounds[0]}，即 least 的值")
        check.refuse(f"{where}, most", bounds[1], wanted)
    unit = {"number": "ratio", "flag": "flag", "text": "text"}[kind]
    return DimensionRow(
        check.text(where, entry, "card"),
        key,
        Label(name, check.text(where, entry, "name_zh", name) or name),
        cast(Group, check.choice(where, entry, "group", tuple(GROUPS))),
        check.decimal(f"{where}, weight", entry.get("weight"), Decimal(1)),
        kind,
        check.choice(where, {"unit": unit, **entry}, "unit", tuple(UNITS)),
        *bounds,
    )


def band_row(check: Checker, where: str, entry: Entry) -> BandRow:
    condition = _condition(check, where, entry)
    return BandRow(
        check.text(where, entry, "card", ""),
        check.text(where, entry, "dimension"),
        condition,
        Label(condition.value, check.text(where, entry, "value_zh", condition.value)),
        check.decimal(f"{where}, points", entry.get("points"), BEST_SCORE),
    )


def knockout_row(check: Checker, where: str, entry: Entry) -> Knockout:
    condition = _condition(check, where, entry)
    if condition.always:
        wanted = Label("filled, or high or value: the values that knock out", "填写 low、high 或 value：哪些值一票否决")
        check.refuse(f"{where}, low", None, wanted)
    score = check.decimal(f"{where}, score", entry.get("score", 0), BEST_SCORE)
    if score % STEP:
        check.refuse(f"{where}, score", score, TWO_DECIMALS)
    return Knockout(*_rule(check, where, entry, condition), score=score)


def cap_row(check: Checker, where: str, entry: Entry, grades: Grades) -> Cap:
    condition = _condition(check, where, entry)
    group = check.choice(where, entry, "group", tuple(GROUPS)) if _given(entry, "group") else ""
    missing = check.flag(where, entry, "missing", False)
    share = check.decimal(f"{where}, missing_share", entry.get("missing_share", 0), Decimal(1))
    if bool(group) == _given(entry, "dimension"):
        wanted = Label("filled where group is blank, and only there", "与 group 二者填且只填一个")
        check.refuse(f"{where}, dimension", entry.get("dimension"), wanted)
    if group and not missing:
        wanted = Label("true: a cap on a group is for its missing values", "true：对整组的封顶针对其缺失的数据")
        check.refuse(f"{where}, missing", missing, wanted)
    if missing != condition.always:
        wanted = Label(
            "true without low, high and value, or false with one of them",
            "true（low、high、value 均留空），或 false（三者至少填一个）",
        )
        check.refuse(f"{where}, missing", missing, wanted)
    if share and not group:
        check.refuse(f"{where}, missing_share", share, Label("blank: it goes with group", "空白：它只与 group 同用"))
    rule = _rule(check, where, entry, condition, check.text(where, entry, "dimension", ""))
    return Cap(*rule, grades.named(check, where, entry), missing, group, share)


def worst_row(check: Checker, where: str, entry: Entry) -> Worst:
    condition = _condition(check, where, entry)
    names = entry.get("worst_for")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        wanted = Label('a list of dimensions such as ["debt_to_assets"]', '维度列表，例如 ["debt_to_assets"]')
        check.refuse(f"{where}, worst_for", names, wanted)
    if condition.always:
        wanted = Label(
            "filled, or high or value: the values that the rule is for", "填写 low、high 或 value：针对哪些值"
        )
        check.refuse(f"{where}, low", None, wanted)
    return Worst(*_rule(check, where, entry, condition), worst_for=tuple(cast(list[str], names)))


def _rule(
    check: Checker, where: str, entry: Entry, condition: Condition, dimension: str | None = None
) -> tuple[str, str, Condition, Label]:
    reason = check.text(where, entry, "reason_en", "")
    if dimension is None:
        dimension = check.text(where, entry, "dimension")
    return (
        check.text(where, entry, "card", ""),
        dimension,
        condition,
        Label(reason, check.text(where, entry, "reason_zh", reason)),
    )


def _given(entry: Entry, key: str) -> bool:
    return bool(entry.get(key, "") != "")


def _condition(check: Checker, where: str, entry: Entry) -> Condition:
    low, high = (
        check.decimal(f"{where}, {key}", entry[key], least=None) if _given(entry, key) else None
        for key in ("low", "high")
    )
    value = entry.get("value", "")
    if isinstance(value, bool):
        value = str(value).upper()
    if isinstance(value, (list, dict)):
        check.refuse(f"{where}, value", value, Label("a text, or true or false", "一段文字，或 true、false"))
    if value != "" and (low is not None or high is not None):
        wanted = Label("blank where low or high is filled", "空白：low 或 high 已填写")
        check.refuse(f"{where}, value", value, wanted)
    if low is not None and high is not None and low >= high:
        check.refuse(f"{where}, high", high, above(low))
    return Condition(low, high, str(value).strip())


def flag_of(text: str) -> bool | None:
    """TRUE or FALSE as a policy writes them; None for any other text."""
    try:
        return bool(Flag().read(text, "value"))
    except CellError:
        return None
