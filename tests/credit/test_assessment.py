"""Laws of a score: parts that add up, hiding that never helps, bounds, order. On the shipped cards and on made ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from duebook.core.cells import CellError, Label
from duebook.credit.assessment import Assessment, assess, listed, percent
from duebook.policy import score_card
from duebook.policy.load import checked, load
from duebook.policy.score_card import Card

DAY = date(2026, 1, 1)
SHIPPED = tuple(load().section(score_card.read).on(None).values())
FINANCE, OTHER = ("f1", "f2", "f3"), ("q1", "b1")
Values = dict[str, object]


@st.composite
def shipped_values(draw: st.DrawFn) -> tuple[Card, Values]:
    """A shipped card and a value, edges and blanks included, for each of its dimensions."""
    card = draw(st.sampled_from(SHIPPED))
    return card, {d.key: draw(value_of(d)) for d in card.dimensions}


def value_of(dimension: Any) -> st.SearchStrategy[object]:
    named = st.sampled_from([fact for fact, _ in dimension.named.values()] or [0.0])
    if dimension.kind != "number":
        return st.none() | named
    least = dimension.reader.least if dimension.reader.least is not None else -1000.0
    most = dimension.reader.most if dimension.reader.most is not None else 1000.0
    edges = [edge for edge in dimension.edges if least <= edge <= most]
    every = st.integers(int(least), int(most)).map(float) if dimension.reader.whole else st.floats(least, most)
    numbers = st.sampled_from(edges) | every
    return st.none() | numbers | named if dimension.named else st.none() | numbers


@st.composite
def made_cards(draw: st.DrawFn) -> Card:
    """A small card with random points, knock-outs, caps and worst-points rules, finance ones too."""
    points = st.integers(0, 100)
    cuts = draw(st.lists(st.integers(1, 9), min_size=5, max_size=5))
    shares = [Decimal(n) / 10 for n in draw(st.permutations([1, 1, 2, 3, 3]))]
    dims, bands = [], []
    for key, cut, share in zip((*FINANCE, *OTHER), cuts, shares, strict=True):
        group = {"f": "finance", "q": "qualification", "b": "behavior"}[key[0]]
        dims.append(
            {"from": DAY, "card": "c", "dimension": key, "group": group, "weight": str(share), "kind": "number"}
        )
        bands.append({"from": DAY, "dimension": key, "high": cut, "points": draw(points)})
        bands.append({"from": DAY, "dimension": key, "low": cut, "points": draw(points)})
    anywhere = st.sampled_from((*FINANCE, *OTHER))
    rule = st.fixed_dictionaries({"from": st.just(DAY), "dimension": anywhere, "low": st.integers(0, 9)})
    grade = st.sampled_from("ABCDE")
    knock = rule.flatmap(lambda r: points.map(lambda score: {**r, "score": score}))
    worst = rule.flatmap(lambda r: st.lists(anywhere, min_size=1).map(lambda names: {**r, "worst_for": names}))
    cap = rule.flatmap(lambda r: grade.map(lambda name: {**r, "grade": name}))
    group_cap = st.fixed_dictionaries(
        {"from": st.just(DAY), "group": st.just("finance"), "missing": st.just(True), "grade": grade,
         "missing_share": st.sampled_from(["0", "0.4", "1"])}
    )  # fmt: skip
    least = draw(st.sampled_from(["0", "0.3", "0.6", "1"]))
    head = {"from": DAY, "name": "c", "minimum_coverage": least, "finance_cap_grade": draw(grade)}
    tables = {
        "score_card": [{**head, "missing": draw(st.sampled_from(["renormalize", "worst"]))}],
        "score_dimension": dims,
        "score_band": bands,
        "score_knockout": draw(st.lists(knock, max_size=2)),
        "score_cap": draw(st.lists(cap | group_cap, max_size=3)),
        "score_worst": draw(st.lists(worst, max_size=2)),
    }
    return checked("made", tables, {}, "").section(score_card.read).card("c", None)


def covered(card: Card) -> list[str]:
    """The dimensions of which hiding must not help."""
    every = card.missing == "worst"
    return [d.key for d in card.dimensions if every or d.group == "finance" or d.key in card.knocking]


def assessed(card: Card, values: Mapping[str, object]) -> Assessment | None:
    try:
        return assess(card, values)
    except CellError as error:
        assert error.key in ("score.too_little_known", "score.knockout_unknown")
        return None


@given(shipped_values())
def test_contributions_add_up_exactly_and_scores_stay_within_0_and_100(case: tuple[Card, Values]) -> None:
    found = assessed(*case)
    assume(found is not None)
    assert found is not None
    parts = found.contributions()
    assert sum(parts) == found.weighted
    assert 0 <= found.score <= found.weighted <= 100
    assert found.score == found.score.quantize(Decimal("0.01"))
    assert found.grade.low <= found.score
    for part, judged in zip(parts, found.judged, strict=True):
        assert abs(part - found.weight(judged) * (judged.points or 0)) < Decimal("0.01"), "never a whole cent away"


@given(shipped_values(), st.data())
def test_hiding_finance_values_and_knock_outs_never_helps(case: tuple[Card, Values], data: st.DataObject) -> None:
    card, values = case
    hidden = data.draw(st.sets(st.sampled_from(covered(card)), min_size=1))
    shown, without = assessed(card, values), assessed(card, {k: v for k, v in values.items() if k not in hidden})
    if without is not None:
        assert shown is not None and without.score <= shown.score


@settings(max_examples=150)
@given(made_cards(), st.data())
def test_hiding_never_helps_on_any_card(card: Card, data: st.DataObject) -> None:
    keys = covered(card)
    values: Values = {key: data.draw(st.none() | st.floats(0, 10)) for key in (*FINANCE, *OTHER)}
    hidden = data.draw(st.sets(st.sampled_from(keys), min_size=1))
    shown, without = assessed(card, values), assessed(card, {k: v for k, v in values.items() if k not in hidden})
    if without is not None:
        assert shown is not None and without.score <= shown.score


@settings(max_examples=60)
@given(made_cards(), st.data())
def test_parts_add_up_on_any_card(card: Card, data: st.DataObject) -> None:
    found = assessed(card, {key: data.draw(st.none() | st.floats(0, 10)) for key in (*FINANCE, *OTHER)})
    if found is not None:
        assert sum(found.contributions()) == found.weighted and 0 <= found.score <= 100


@given(shipped_values(), st.data())
def test_more_points_never_give_a_lower_score(case: tuple[Card, Values], data: st.DataObject) -> None:
    card, values = case
    ruled = {rule.dimension for rule in (*card.knockouts, *card.caps, *card.worst)}
    free = [d for d in card.dimensions if d.key not in ruled]
    dimension = data.draw(st.sampled_from(free))
    other = data.draw(value_of(dimension))
    mine = values[dimension.key]
    assume(mine is not None and other is not None)
    less, more = assessed(card, values), assessed(card, {**values, dimension.key: other})
    assume(less is not None and more is not None)
    assert less is not None and more is not None
    points = [dimension.band(dimension.fact(value)).points for value in (mine, other)]
    if points[0] <= points[1]:
        assert less.score <= more.score
    else:
        assert less.score >= more.score


@given(shipped_values(), st.randoms(use_true_random=False))
def test_order_does_not_matter(case: tuple[Card, Values], chance: Any) -> None:
    card, values = case
    mixed = list(values.items())
    chance.shuffle(mixed)
    first, second = assessed(card, values), assessed(card, dict(mixed))
    if first is None or second is None:
        assert first is second
    else:
        assert (first.score, first.contributions()) == (second.score, second.contributions())


def test_a_knock_out_asks_for_no_coverage() -> None:
    found = assess(SHIPPED[0], {"license_valid": False})
    assert (found.score, found.grade.name, found.knocked_out) == (0, "E", True)
    with pytest.raises(CellError, match=r"Only 2 % of the card's weight is known"):
        assess(SHIPPED[0], {"license_valid": True})


@pytest.mark.parametrize("missing", ["renormalize", "worst"])
def test_without_what_can_knock_out_there_is_no_score(missing: str) -> None:
    card = replace(SHIPPED[0], missing=missing)
    values: Values = {d.key: next(iter(d.named.values()))[0] if d.named else 1.0 for d in card.dimensions}
    values |= {"judgment_debtor_entries": 0, "debt_to_assets": 0.5}
    assert assess(card, values).score > 35
    for key, label in (("license_valid", "license valid"), ("judgment_debtor_entries", "judgment-debtor entries")):
        with pytest.raises(CellError, match=f"Check and fill in: {label} ") as refused:
            assess(card, {**values, key: None})
        assert refused.value.code == "#N/A"
    found = assess(card, {**values, "judgment_debtor_entries": 1, "license_valid": None})
    assert found.score == 0, "known to be knocked out to 20, so the license counts as its worst"
    assert found.ceilings[0].reason == "license valid not known, so taken at its worst"


def test_a_customer_whose_payments_nobody_knows_is_no_better_than_c() -> None:
    for card in SHIPPED:
        values: Values = {d.key: best(d) for d in card.dimensions}
        assert assess(card, values).score == 100
        for d in card.dimensions:
            if d.group == "behavior":
                values[d.key] = None
        assert assess(card, values).grade.name == "C", card.label


def best(dimension: Any) -> object:
    """A value that earns the dimension's highest points."""
    values = [fact for fact, _ in dimension.named.values()]
    if dimension.kind == "number":
        values += [max(dimension.edges[0] - 1, dimension.reader.least or 0.0), *dimension.edges]
    return next(value for value in values if dimension.band(value).points == dimension.highest)


def test_negative_equity_scores_the_worst_points_where_equity_counts() -> None:
    card = SHIPPED[0]
    values: Values = {d.key: next(iter(d.named.values()))[0] if d.named else 1.0 for d in card.dimensions}
    values |= {"debt_to_assets": 0.99, "judgment_debtor_entries": 0}
    sound, gone = (
        {judged.dimension.key: judged for judged in assess(card, {**values, "debt_to_assets": debt}).judged}
        for debt in (0.99, 1)
    )
    assert sound["paid_in_share"].points == 100 and gone["paid_in_share"].points == 0
    assert gone["debt_to_assets"].points == 0 and gone["paid_in_share"].lowered


def test_words() -> None:
    labels = [Label(f"d{n}", f"维{n}") for n in range(14)]
    assert listed(labels).endswith("d11 and 2 more") and listed(labels).zh.endswith("维11等共 14 项")
    assert (percent(Decimal("0.6")), percent(Decimal("0.625")).zh, percent(Decimal(1))) == ("60 %", "62.5%", "100 %")
