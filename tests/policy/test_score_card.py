"""A score card holds together or is refused: by table, entry and line, in a file and in a range."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.policy.refusals import changed, loaded, refused, shipped

from duebook.core.cells import CellError, Label
from duebook.core.errors import DuebookError
from duebook.policy import score_card
from duebook.policy.load import Policy, checked, load
from duebook.policy.score_card import Card
from duebook.policy.sheet import policy_of_range

OLD = "from = 2000-01-01"
YEARS = 'dimension = "years_operating", low = 3, high = 5'
DAY = date(2026, 1, 1)
Rows = list[list[object]]


def default(name: str) -> Card:
    return load().section(score_card.read).card(name, None)


def test_the_shipped_cards() -> None:
    existing, new = default("existing"), default("新客户")
    assert len(existing.dimensions) >= 24
    assert set(existing.group_weight) == {"qualification", "finance", "behavior"}
    for card in (existing, new):
        assert sum(d.weight for d in card.dimensions) == 1
        assert card.minimum_coverage == Decimal("0.60")
    assert {"third_party_score", "reputation"} <= set(new.by_key)
    ledger = {"days_beyond_terms", "share_paid_late", "worst_delay_days", "limit_use"}
    assert ledger <= set(existing.by_key) and not ledger & set(new.by_key)
    for dimension in (*existing.dimensions, *new.dimensions):
        assert dimension.lowest < dimension.highest, dimension.key


def test_cash_is_not_worth_more_without_end() -> None:
    cash = default("existing").by_key["cash_ratio"]
    assert cash.band(50.0).points < cash.band(0.5).points == cash.highest


def test_gone_equity_scores_the_worst() -> None:
    debt = default("existing").by_key["debt_to_assets"]
    assert debt.band(1.0).points == debt.band(9.0).points == debt.lowest == 0 < debt.band(0.999).points


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        (YEARS, 'dimension = "years_operating", low = 3, high = 6', "score_band 6, low", "overlap"),
        (YEARS, 'dimension = "years_operating", low = 3, high = 4', "score_band 6, low", "gap"),
        (YEARS, 'dimension = "years_operating", low = 5, high = 3', "score_band 5, high", "above 5"),
        (YEARS, 'dimension = "years_operatin", low = 3, high = 5', "score_band 5, dimension", "score_dimension"),
        (YEARS, 'dimension = "years_operating", value = "young"', "score_band 6, low", "gap"),
        ("high = 1, points = 10", "low = 0, high = 1, points = 10", "score_band 3, low", "blank"),
        ("low = 10, points = 100", "low = 10, high = 99, points = 100", "score_band 7, high", "blank"),
        ("low = 10, points = 100", "low = 10, points = 101", "score_band 7, points", "100 or less"),
        ("low = 10, points = 100", "low = 10", "score_band 7, points", "a number"),
        ("low = 10, points = 100", "low = 10, pionts = 100, points = 1", "score_band 7, pionts", "left out"),
        ('value = "fair", value_zh = "一般"', 'value = "good"', "score_band 28, value", "no other band"),
        ('value = "fair", value_zh = "一般"', "low = 1", "score_band 28, value", "filled"),
        ("value = false, points = 0", 'value = "perhaps", points = 0', "score_band 2, value", "TRUE or FALSE"),
        ("value = false, points = 0", "value = true, points = 0", "score_band 2, value", "no other band"),
        ('weight = "0.10", kind', 'weight = "0.09", kind', "score_dimension 27, weight", "add up to 0.99"),
        ('weight = "0.10", kind', 'weight = "0.11", kind', "score_dimension 27, weight", "add up to 1.01"),
        ('weight = "0.10", kind', 'weight = "10 %", kind', "score_dimension 19, weight", "0 to 1"),
        ('"days beyond terms, money-weighted"', '"limit use"', "score_dimension 23, dimension", "no other dimension"),
        ('card = "existing", dimension = "limit', 'card = "exist", dimension = "limit', "score_dimension 23, card",
         "existing, new"),
        ('group = "behavior"', 'group = "conduct"', "score_dimension 19, group", "qualification, finance, behavior"),
        ('kind = "flag"', 'kind = "switch"', "score_dimension 1, kind", "number, flag, text"),
        ('kind = "flag"', 'kind = "flag", least = 0', "score_dimension 1, kind", "only numbers have bounds"),
        ("least = 0, most = 500", "least = 9, most = 5", "score_dimension 2, most", "9 or more"),
        ('unit = "years"', 'unit = "moons"', "score_dimension 2, unit", "days"),
        ('missing = "renormalize"', 'missing = "guess"', "score_card 1, missing", "renormalize, worst, na, no score"),
        ('"0.60"', '"60"', "score_card 1, minimum_coverage", "0 to 1"),
        ('finance_cap_grade = "B"', 'finance_cap_grade = "Z"', "score_card 1, finance_cap_grade", "A, B, C, D, E"),
        (', finance_cap_grade = "B"', "", "score_card 1, finance_cap_grade", "missing finance value"),
        ('name = "new"', 'name = "Existing"', "score_card 2, name", "no other row"),
        ('name = "new"', 'name = "newer"', "score_dimension 28, card", "existing, newer"),
        ("value = false, score = 0", "value = false, score = 101", "score_knockout 1, score", "100 or less"),
        ("value = false, score = 0", "value = false, score = 0.001", "score_knockout 1, score", "two decimals"),
        ("value = false, score = 0", "score = 0", "score_knockout 1, low", "knock out"),
        ("value = false, score = 0", "low = 1, score = 0", "score_knockout 1, value", "is a flag"),
        ("low = 1, score = 20", 'value = "many", score = 20', "score_knockout 2, value", "blank, with low or high"),
        ('dimension = "license_valid", value = false, s', 'dimension = "licence", value = false, s',
         "score_knockout 1, dimension", "score_dimension"),
        ('low = 1, grade = "C"', 'low = 1, grade = "Z"', "score_cap 1, grade", "A, B, C, D, E"),
        ('low = 1, grade = "C"', 'low = 1, missing = true, grade = "C"', "score_cap 1, missing", "without low"),
        ('low = 1, grade = "C"', 'grade = "C"', "score_cap 1, missing", "without low"),
        ('group = "finance", missing = true', 'group = "finance"', "score_cap 2, missing", "true"),
        ('group = "finance", missing = true', "missing = true", "score_cap 2, dimension", "group is blank"),
        ('"net_margin", high = "-0.05", grade', '"net_margin", missing = true, missing_share = 1, grade',
         "score_cap 4, missing_share", "group"),
        ('worst_for = ["debt_to_assets", ', 'worst_for = ["debt", ', "score_worst 1, worst_for", "score_dimension"),
        ('worst_for = ["debt_to_assets", "paid_in_share"]', 'worst_for = "debt_to_assets"', "score_worst 1, worst_for",
         "a list"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_place(tmp_path: Path, old: str, new: str, where: str, says: str) -> None:
    text = shipped("score_card")
    assert old in text, old
    found = refused(tmp_path, text.replace(old, new, 1), where, says)
    wanted = found.facts["wanted"]
    assert isinstance(wanted, Label) and wanted.zh != wanted, "a Chinese reader is told in Chinese what to write"
    assert found.text("zh").endswith(f"应为：{wanted.zh}。") and found.text().endswith(f"it must be {wanted}.")


def test_a_refusal_names_the_line(tmp_path: Path) -> None:
    text = changed("score_card", YEARS, 'dimension = "years_operating", low = 3, high = 4')
    line = next(n for n, each in enumerate(text.splitlines(), 1) if '"years_operating", low = 5, high = 10' in each)
    with pytest.raises(DuebookError, match=f"mine.toml, line {line}: score_band 6, low is 5"):
        loaded(tmp_path, text)


def small() -> Rows:
    return [
        ["[score_card]"],
        ["from", "name", "missing", "minimum_coverage", "finance_cap_grade"],
        [DAY, "mine", "renormalize", 0.6, "C"],
        ["[score_dimension]"],
        ["from", "card", "dimension", "group", "weight", "kind"],
        [DAY, "mine", "years", "qualification", 0.4, "number"],
        [DAY, "mine", "cash", "finance", 0.6, "number"],
        ["[score_band]"],
        ["from", "dimension", "low", "high", "points"],
        [DAY, "years", None, 5, 40],
        [DAY, "years", 5, None, 90],
        [DAY, "cash", None, 0.2, 30],
        [DAY, "cash", 0.2, None, 80],
    ]


def of_range(rows: Rows) -> Policy:
    width = max(map(len, rows))
    return policy_of_range([[*row, *[None] * (width - len(row))] for row in rows], load())


@pytest.mark.parametrize(
    ("row", "column", "value", "line", "where"),
    [
        (10, 2, 6, 11, "score_band 2, low"),
        (10, 2, 4, 11, "score_band 2, low"),
        (6, 4, 0.59, 7, "score_dimension 2, weight"),
        (11, 1, "cahs", 12, "score_band 3, dimension"),
        (8, 3, "hihg", 10, "score_band 1, hihg"),
        (2, 4, "Z", 3, "score_card 1, finance_cap_grade"),
        (2, 2, "guess", 3, "score_card 1, missing"),
        (5, 1, "yours", 6, "score_dimension 1, card"),
    ],
)
def test_a_range_is_refused_by_its_row(row: int, column: int, value: object, line: int, where: str) -> None:
    rows = small()
    assert of_range(rows)
    rows[row][column] = value
    with pytest.raises(DuebookError, match=re.escape(f"policy range, line {line}: {where}")):
        of_range(rows)


def test_duebooks_rules_for_other_dimensions_fall_away_but_own_ones_must_fit() -> None:
    card = of_range(small()).section(score_card.read).card("mine", None)
    assert card.knockouts == () and [cap.group for cap in card.caps] == ["finance", "behavior"]
    own: Rows = [*small(), ["[score_knockout]"], ["from", "dimension", "low"], [DAY, "judgment_debtor_entries", 1]]
    with pytest.raises(DuebookError, match="score_knockout 1, dimension is judgment_debtor_entries"):
        of_range(own)
    none: Rows = [*small(), ["[score_cap]"], ["from", "dimension"]]
    assert of_range(none).section(score_card.read).card("mine", None).caps == ()


def test_duebooks_cards_fall_away_where_a_firm_states_dimensions_alone() -> None:
    rows = [[cell if cell != "mine" else "existing" for cell in row] for row in small()[3:]]
    cards = of_range(rows).section(score_card.read)
    assert list(cards.on(None)) == ["existing"]
    assert [d.key for d in cards.card("existing", None).dimensions] == ["years", "cash"]


def test_a_card_needs_dimensions() -> None:
    rows = small()
    with pytest.raises(DuebookError, match="score_card 2, name is empty"):
        of_range([*rows[:3], [DAY, "empty", "no score", 0, "C"], *rows[3:]])


def test_a_dimension_needs_bands_and_numbers_need_bands_of_numbers() -> None:
    rows = small()
    with pytest.raises(DuebookError, match=r"score_dimension 2, dimension is cash; .* rows give points"):
        of_range(rows[:-2])
    named: Rows = [["[score_band]"], ["from", "dimension", "value", "points"], [DAY, "years", "old", 9]]
    with pytest.raises(DuebookError, match=r"score_band 1, value is old; .* bands with low and high"):
        of_range([*rows[:7], *named, [DAY, "cash", "much", 9]])


def test_a_rule_on_a_card_must_name_that_cards_dimension() -> None:
    rows: Rows = [*small(), ["[score_worst]"], ["from", "card", "dimension", "low", "worst_for"]]
    assert of_range([*rows, [DAY, "mine", "cash", 9, "cash, years"]])
    with pytest.raises(DuebookError, match="score_worst 1, worst_for is debt"):
        of_range([*rows, [DAY, "mine", "cash", 9, "cash, debt"]])


def test_a_new_version_of_one_table_joins_the_others_from_its_day(tmp_path: Path) -> None:
    newer = [[date(2027, 1, 1), *row[1:]] for row in small()[5:7]]
    newer[0][4], newer[1][4] = 0.3, 0.7
    cards = of_range([*small()[:7], *newer, *small()[7:]]).section(score_card.read)
    weights = [[d.weight for d in cards.card("mine", day).dimensions] for day in (date(2026, 12, 31), date(2027, 1, 1))]
    assert weights == [[Decimal("0.4"), Decimal("0.6")], [Decimal("0.3"), Decimal("0.7")]]
    newer[1][4] = 0.8
    with pytest.raises(DuebookError, match=r"add up to 1\.1"):
        of_range([*small()[:7], *newer, *small()[7:]])


def test_a_card_is_found_by_either_name() -> None:
    cards = load().section(score_card.read)
    assert cards.card("老客户", None) == cards.card(" Existing", None)
    with pytest.raises(CellError, match="existing, new"):
        cards.card("old", None)
    with pytest.raises(DuebookError, match="1999-12-31"):
        cards.card("existing", date(1999, 12, 31))


def test_own_bands_of_a_card_come_before_those_for_every_card() -> None:
    rows = small()
    rows[8] = ["from", "dimension", "low", "high", "points", "card"]
    rows += [[DAY, "cash", None, None, 55, "mine"]]
    cash = of_range(rows).section(score_card.read).card("mine", None).by_key["cash"]
    assert [band.points for band in cash.bands] == [55]


def test_a_policy_without_the_card_keeps_duebooks() -> None:
    policy = checked("mine.toml", {"policy": {"name": "House", "adopted": True}}, {}, "")
    assert policy.section(score_card.read).card("existing", None) == default("existing")
    assert policy.illustrative(score_card), "the card is not the firm's own"
