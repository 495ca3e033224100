"""How a score card judges one customer: points, what is missing, knock-outs, caps, and parts that add up exactly.

What is missing on a `renormalize` card is left out, and the other weights share its weight. Finance values, values that
can knock out and every value on a `worst` card are different: a missing one counts as the worst that it could be. It
scores its worst points, and every knock-out, cap and worst-points rule on it holds. So, whatever the hidden value is,
the score with it hidden is never above the score with it shown. But nobody is knocked out by a blank alone: unless a
known value knocks out, there is no score until every value that can is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal, localcontext
from functools import cached_property
from typing import Literal, NamedTuple

from duebook.core.cells import CellError, Label
from duebook.core.money import rounded
from duebook.policy.grades import STEP, Grade
from duebook.policy.score_card import Card
from duebook.policy.score_dimension import Band, Dimension
from duebook.policy.score_rows import Cap, Fact, Rule

Standing = Literal["known", "worst", "left out"]
_PRECISION = 60
_DECIMALS = 2


class Ceiling(NamedTuple):
    """A score that may not be passed, and why."""

    kind: Literal["knockout", "cap"]
    most: Decimal
    reason: Label
    known: bool = True
    """Whether it rests on a value that is known, and not on what a missing one may be."""


class Judged(NamedTuple):
    """One dimension of one customer. `points` is None where it is left out."""

    dimension: Dimension
    value: object
    standing: Standing
    points: Decimal | None
    band: Band | None
    lowered: Label | None
    """The worst-points rule that holds, if one does."""


@dataclass(frozen=True)
class Assessment:
    """A customer on a card."""

    card: Card
    judged: tuple[Judged, ...]
    ceilings: tuple[Ceiling, ...]

    @cached_property
    def counted(self) -> Decimal:
        """The weight that earns points, of 1."""
        return sum((j.dimension.weight for j in self.judged if j.points is not None), Decimal(0))

    @cached_property
    def coverage(self) -> Decimal:
        """The weight of what is known, of 1."""
        return sum((j.dimension.weight for j in self.judged if j.standing == "known"), Decimal(0))

    @cached_property
    def weighted(self) -> Decimal:
        """The weighted mean of the points, two decimals, before knock-outs and caps."""
        if not self.counted:
            return Decimal(0)
        with localcontext() as context:
            context.prec = _PRECISION
            total = sum((j.dimension.weight * j.points for j in self.judged if j.points is not None), Decimal(0))
            return rounded(total / self.counted, _DECIMALS)

    @cached_property
    def binding(self) -> Ceiling | None:
        """The lowest ceiling, where it lowers the score; knock-outs before caps."""
        lowest = min(self.ceilings, key=lambda ceiling: (ceiling.most, ceiling.kind != "knockout"), default=None)
        return lowest if lowest is not None and lowest.most < self.weighted else None

    @property
    def telling(self) -> list[Ceiling]:
        """The ceilings worth a word: knock-outs, and caps below what the points alone give."""
        return [each for each in self.ceilings if each.kind == "knockout" or each.most < self.weighted]

    @cached_property
    def score(self) -> Decimal:
        return self.binding.most if self.binding else self.weighted

    @cached_property
    def grade(self) -> Grade:
        return self.card.grades.of(self.score)

    @property
    def knocked_out(self) -> bool:
        """Whether a value that is known knocks out."""
        return any(ceiling.kind == "knockout" and ceiling.known for ceiling in self.ceilings)

    def labels(self, standing: Standing) -> list[Label]:
        return [j.dimension.label for j in self.judged if j.standing == standing]

    def weight(self, judged: Judged) -> Decimal:
        """The dimension's part of the score: its weight among those that earn points."""
        if judged.points is None or not self.counted:
            return Decimal(0)
        with localcontext() as context:
            context.prec = _PRECISION
            return judged.dimension.weight / self.counted

    def contributions(self) -> list[Decimal]:
        """weight × points of each dimension at two decimals, which add up to `weighted` exactly.

        Each is cut to two decimals; the cents still missing go to those that lost most by the cut (largest remainder).
        """
        with localcontext() as context:
            context.prec = _PRECISION
            exact = [self.weight(j) * (j.points or 0) for j in self.judged]
            parts = [part.quantize(STEP, rounding=ROUND_FLOOR) for part in exact]
            cents = int((self.weighted - sum(parts, Decimal(0))) / STEP)
            losses = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
            for place in losses[:cents]:
                parts[place] += STEP
            return parts

    def losses(self) -> list[tuple[Decimal, Judged]]:
        """What each dimension costs against its best points, the dearest first; nothing where it costs nothing."""
        found = [
            (j.dimension.weight * (j.dimension.highest - j.points), j) for j in self.judged if j.points is not None
        ]
        return sorted((loss for loss in found if loss[0] > 0), key=lambda loss: -loss[0])


def assess(card: Card, values: Mapping[str, object]) -> Assessment:
    """Judges the values of one customer, by dimension key; None (or no entry) is missing.

    CellError (#N/A) where nothing known knocks out and less than the card's minimum is known, something that could
    knock out is not, or anything is missing on an `na` card.
    """
    facts: dict[str, Fact] = {}
    for dimension in card.dimensions:
        value = values.get(dimension.key)
        if value is not None:
            facts[dimension.key] = dimension.fact(value)
    found = Assessment(card, _judged(card, values, facts), _ceilings(card, facts))
    if not found.knocked_out:
        _enough(found)
    return found


def _assumed(card: Card, dimension: Dimension) -> bool:
    """Whether a missing value of the dimension counts as the worst that it could be."""
    return card.missing == "worst" or dimension.group == "finance" or dimension.key in card.knocking


def _holds(card: Card, rule: Rule, facts: Mapping[str, Fact]) -> bool:
    fact = facts.get(rule.dimension)
    return _assumed(card, card.by_key[rule.dimension]) if fact is None else rule.condition.met(fact)


def _judged(card: Card, values: Mapping[str, object], facts: Mapping[str, Fact]) -> tuple[Judged, ...]:
    lowered: dict[str, Label] = {}
    for rule in card.worst:
        if _holds(card, rule, facts):
            for key in rule.worst_for:
                lowered.setdefault(key, rule.reason)
    found = []
    for dimension in card.dimensions:
        key = dimension.key
        fact = facts.get(key)
        if fact is not None:
            band = dimension.band(fact)
            points = dimension.lowest if key in lowered else band.points
            found.append(Judged(dimension, values[key], "known", points, band, lowered.get(key)))
        elif _assumed(card, dimension):
            found.append(Judged(dimension, None, "worst", dimension.lowest, None, None))
        else:
            found.append(Judged(dimension, None, "left out", None, None, None))
    return tuple(found)


def _ceilings(card: Card, facts: Mapping[str, Fact]) -> tuple[Ceiling, ...]:
    """The knock-outs and caps that hold, in the card's order."""
    found = [
        Ceiling("knockout", rule.score, _reason(card, rule, facts), rule.dimension in facts)
        for rule in card.knockouts
        if _holds(card, rule, facts)
    ]
    missing: dict[str, Decimal] = {}
    for dimension in card.dimensions:
        if dimension.key not in facts:
            missing[dimension.group] = missing.get(dimension.group, Decimal(0)) + dimension.weight
    if "finance" in missing and card.finance_cap:
        found.append(Ceiling("cap", card.finance_cap.top, Label("finance values missing", "财务数据缺失")))
    found += [
        Ceiling("cap", card.grades.find(cap.grade).top, _reason(card, cap, facts))
        for cap in card.caps
        if _capped(card, cap, facts, missing)
    ]
    return tuple(found)


def _reason(card: Card, rule: Rule, facts: Mapping[str, Fact]) -> Label:
    """The rule's reason; where it only may hold, because the value is missing, that."""
    if not rule.dimension or rule.dimension in facts or rule.condition.always:
        return rule.reason
    label = card.by_key[rule.dimension].label
    return Label(f"{label} not known, so taken at its worst", f"{label.zh}未知，按最差情况计")


def _capped(card: Card, cap: Cap, facts: Mapping[str, Fact], missing: Mapping[str, Decimal]) -> bool:
    if cap.group:
        return cap.group in missing and missing[cap.group] >= cap.missing_share * card.group_weight[cap.group]
    if cap.missing:
        return cap.dimension not in facts
    return _holds(card, cap, facts)


def _enough(found: Assessment) -> None:
    card = found.card
    lacking = [*found.labels("worst"), *found.labels("left out")]
    if lacking and card.missing == "na":
        raise CellError("#N/A", "score.values_missing", card=card.label, missing=listed(lacking))
    if found.coverage < card.minimum_coverage or not found.counted:
        facts = {"coverage": percent(found.coverage), "minimum": percent(card.minimum_coverage)}
        raise CellError("#N/A", "score.too_little_known", card=card.label, missing=listed(lacking), **facts)
    if unchecked := [j.dimension.label for j in found.judged if j.value is None and j.dimension.key in card.knocking]:
        raise CellError("#N/A", "score.knockout_unknown", card=card.label, missing=listed(unchecked))


def listed(labels: Sequence[Label], most: int = 12) -> Label:
    """Names in a row, in both languages; a long row ends with how many more there are."""
    more = len(labels) - most
    tail, zh_tail = (f" and {more} more", f"等共 {len(labels)} 项") if more > 0 else ("", "")
    shown = labels[:most]
    return Label(", ".join(shown) + tail, "、".join(label.zh for label in shown) + zh_tail)


def percent(share: Decimal) -> Label:
    """0.6 as "60 %", with a decimal where it has one."""
    figure = f"{rounded(share * 100, 1).normalize():f}"
    return Label(f"{figure} %", f"{figure}%")
