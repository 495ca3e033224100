"""The score functions: names in two languages, what WHY says, rows that explain themselves, errors by row, speed."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from duebook.core.cells import CellError
from duebook.credit.score import credit_score, credit_scores, score_detail
from duebook.hosts.call import Door
from duebook.policy import score_card
from duebook.policy.load import Policy, checked, load

DAY = date(2026, 1, 1)
CARDS = load().section(score_card.read).on(None)
GOOD: dict[str, object] = {
    "license_valid": True, "years_operating": 8, "paid_in_share": 0.9, "ownership_changes": 0,
    "legal_representative_changes": 1, "litigation_count": 1, "judgment_debtor_entries": 0, "reputation": "good",
    "sector_grade": "medium", "debt_to_assets": 0.5, "current_ratio": 1.6, "quick_ratio": 1.1, "cash_ratio": 0.25,
    "receivable_days": 62, "net_margin": 0.043, "interest_cover": "no debt", "statement_age_months": 10,
    "statement_audited": True, "days_beyond_terms": 4, "share_paid_late": 0.12, "worst_delay_days": 22,
    "delay_trend_days": -1, "limit_use": 0.7, "order_fulfillment": 0.95, "dispute_rate": 0.02,
    "dispute_resolution_days": 12, "broken_promises": 0,
}  # fmt: skip
"""9 of qualification make 21.20, 9 of finance 29.05, 9 of behavior 32.00: 82.25."""


def score(values: dict[str, object], **more: Any) -> Decimal:
    return credit_score(list(values), list(values.values()), **more)


def house(missing: str) -> Policy:
    dims = [("q", "qualification", "0.5", "number"), ("f", "finance", "0.3", "flag"), ("b", "behavior", "0.2", "text")]
    bands: list[dict[str, object]] = [
        {"dimension": "q", "high": 5, "points": 20}, {"dimension": "q", "low": 5, "points": 80},
        {"dimension": "f", "value": True, "points": 100}, {"dimension": "f", "value": False, "points": 10},
        {"dimension": "b", "value": "calm", "value_zh": "平稳", "points": 90},
        {"dimension": "b", "value": "wild", "points": 30},
    ]  # fmt: skip
    tables: dict[str, Any] = {
        "policy": {"name": "House", "version": "3", "adopted": True},
        "score_card": [{"name": "h", "missing": missing, "minimum_coverage": "0.4", "finance_cap_grade": "B"}],
        "score_dimension": [
            {"card": "h", "dimension": key, "group": group, "weight": weight, "kind": kind}
            for key, group, weight, kind in dims
        ],
        "score_band": bands,
        **{name: [] for name in ("score_knockout", "score_cap", "score_worst")},
    }
    dated = {name: [{"from": DAY, **row} for row in rows] for name, rows in tables.items() if name != "policy"}
    return checked("house.toml", {"policy": tables["policy"], **dated}, {}, "")


def test_the_whole_default_card() -> None:
    assert score(GOOD) == Decimal("82.25")
    assert credit_score(list(GOOD)[::-1], list(GOOD.values())[::-1]) == Decimal("82.25"), "any order"


def test_a_customer_that_always_pays_early_is_scored() -> None:
    early = score({**GOOD, "worst_delay_days": -3, "days_beyond_terms": -5})
    assert early == score({**GOOD, "worst_delay_days": 0, "days_beyond_terms": 0}) > score(GOOD)


@pytest.mark.parametrize(
    ("missing", "values", "gives"),
    [
        ("renormalize", [6, None, "calm"], Decimal("61.00")),  # 0.5 × 80 + 0.3 × 10 (worst) + 0.2 × 90
        ("renormalize", [6, True, None], Decimal("87.50")),  # (40 + 30) ÷ 0.8
        ("worst", [6, True, None], Decimal("76.00")),  # 40 + 30 + 0.2 × 30
        ("worst", [6, None, None], Decimal("49.00")),  # 40 + 3 + 6
    ],
)
def test_what_is_missing(missing: str, values: list[object], gives: Decimal) -> None:
    assert credit_score(["q", "f", "b"], values, house(missing), "h") == gives


@pytest.mark.parametrize("missing", ["na", "no score"])
def test_a_card_that_wants_everything(missing: str) -> None:
    assert credit_score(["q", "f", "b"], [6, True, "wild"], house(missing), "h") == 76
    with pytest.raises(CellError, match="Fill in: b") as refused:
        credit_score(["q", "f"], [6, True], house(missing), "h")
    assert refused.value.code == "#N/A"


@pytest.mark.parametrize("name", ["debt_to_assets", "Debt to assets", "资产负债率", " DEBT-TO-ASSETS "])
def test_a_dimension_has_three_names(name: str) -> None:
    values = {**GOOD, name: GOOD["debt_to_assets"]}
    if name != "debt_to_assets":
        del values["debt_to_assets"]
    assert score(values) == Decimal("82.25")


@pytest.mark.parametrize(
    ("dimensions", "values", "code", "says"),
    [
        (["deb_to_asets"], [0.5], "#VALUE!", "Did you mean: debt_to_assets"),
        (["xyzzy"], [0.5], "#VALUE!", "It has: license_valid, "),
        (["debt_to_assets", "资产负债率"], [0.5, 0.5], "#VALUE!", "there already"),
        (["debt_to_assets"], [65.0], "#NUM!", "Did you mean 0.65 (65 %)"),
        (["debt_to_assets"], ["low"], "#VALUE!", 'debt to assets: "low" is not a number'),
        (["debt_to_assets"], [True], "#VALUE!", "debt to assets"),
        (["debt_to_assets"], [DAY], "#VALUE!", "debt to assets"),
        (["license_valid"], ["perhaps"], "#VALUE!", "license valid"),
        (["reputation"], ["superb"], "#VALUE!", "excellent, good, fair, poor"),
        (["years_operating"], [-1.0], "#NUM!", "years operating is -1"),
        (["judgment_debtor_entries"], [0.5], "#NUM!", "judgment-debtor entries is 0.5; it must be a whole number"),
        (["interest_cover"], ["debt-free"], "#VALUE!", 'interest cover: "debt-free" is neither a number nor "no debt"'),
        (["interest_cover"], [CellError("#DIV/0!", "ratios.no_interest")], "#DIV/0!",
         "interest cover holds the error #DIV/0!"),
        (["net_margin"], [4.3], "#NUM!", "Did you mean 0.043 (4.3 %)"),
        (["years_operating"], [8.0], "#N/A", "Only 4 % of the card's weight is known, and the card"),
    ],
)  # fmt: skip
def test_what_cannot_be_scored_says_why(dimensions: list[str], values: list[object], code: str, says: str) -> None:
    with pytest.raises(CellError) as refused:
        credit_score(dimensions, values)
    assert refused.value.code == code and says in refused.value.text(), refused.value.text()
    assert refused.value.text("zh") != refused.value.text()


def test_numbers_as_people_write_them_and_edges_as_they_are_shown() -> None:
    assert score({**GOOD, "share_paid_late": "12 %", "receivable_days": "６２", "reputation": "良好"}) == Decimal(
        "82.25"
    )
    at_edge, below = ({**GOOD, "debt_to_assets": value} for value in (0.1 * 3 + 0.4, 0.7))
    assert score(at_edge) == score(below), "0.7 with a trace of binary arithmetic is 0.7"


@pytest.mark.parametrize(
    ("dimension", "value", "points"),
    [
        ("interest_cover", -2619.0, 0), ("interest_cover", 0.0, 0), ("interest_cover", 9810.0, 100),
        ("interest_cover", "无有息负债", 70), ("net_margin", -2619.0, 0), ("cash_ratio", 9810.0, 70),
        ("cash_ratio", 0.5, 100), ("debt_to_assets", 0.0, 100), ("debt_to_assets", 10.0, 0),
    ],
)  # fmt: skip
def test_absurd_values_fall_into_the_end_bands(dimension: str, value: object, points: int) -> None:
    values = {**GOOD, dimension: value}
    rows = score_detail(list(values), list(values.values())).rows
    label = CARDS["existing"].by_key[dimension].label
    assert next(row[2] for row in rows if row[0] == label) == points


def test_a_dimension_of_another_card_is_left_aside_and_said() -> None:
    door = Door()
    names, values = [*GOOD, "third_party_score"], [*GOOD.values(), 12]
    assert door.call("CREDIT_SCORE", [[names], [values]], "S!A1") == 82.25
    assert "Not on the card existing, so left aside: third_party_score." in door.why("S!A1")


def test_why_tells_what_decided() -> None:
    door = Door()
    prompt = {**GOOD, "days_beyond_terms": 0, "share_paid_late": 0}
    values = {**prompt, "judgment_debtor_entries": 2, "statement_audited": "", "limit_use": ""}
    assert door.call("CREDIT_SCORE", [[list(values)], [list(values.values())]], "S!A1") == 20
    why = door.why("S!A1")
    for said in (
        "Score card: existing, version 2026.1.", "Known: 94 % of the weight. Grade E.",
        "Knocked out: listed as a judgment debtor. The score is 20 at most", "Capped: finance values missing.",
        "counted as the worst value: statement audited.", "share their weight: limit use.",
        "illustrative until adopted",
    ):  # fmt: skip
        assert said in why, said
    values["share_paid_late"] = 1
    assert door.call("CREDIT_SCORE", [[list(values)], [list(values.values())]], "S!A1") == 20
    assert "Capped" not in door.why("S!A1"), "a cap above the points caps nothing"


def test_detail_adds_up_with_knock_outs_and_caps() -> None:
    for change in (
        {},
        {"judgment_debtor_entries": 1},
        {"debt_to_assets": 1.2},
        {"net_margin": None, "limit_use": None},
        {"judgment_debtor_entries": 2, "license_valid": None, "debt_to_assets": None},
    ):
        values = {**GOOD, **change}
        table = score_detail(list(values), list(values.values()))
        rows = [list(row) for row in table.rows]
        place = next(n for n, row in enumerate(rows) if row[0] == "Score")
        parts = [row[4] for row in rows[:place] if row[4] is not None]
        assert sum(parts) == rows[place][4] == score(values)
        assert sum(row[3] or 0 for row in rows[:place]) == pytest.approx(1)
        assert [row[0] for row in rows[place:]] == ["Score", "Grade", "Coverage", "Card", "Policy"]
        assert all(row[5] for row in rows[:place]), "each row says its rule"
        assert all(len(row) == len(table.header) for row in rows)


def test_detail_in_chinese() -> None:
    rows = Door("zh").call("SCORE_DETAIL", [[list(GOOD)], [list(GOOD.values())], "", "老客户"])
    assert rows[0] == ["维度", "值", "得分", "权重", "贡献", "规则"]
    assert rows[1][0] == "营业执照有效" and rows[10][5] == "0.4 至 0.55（不含）"
    assert rows[-1] == ["信用政策", "Duebook default", "", "", "", "2026.1；采用前仅供示例"]


def test_an_adopted_policy_is_not_marked() -> None:
    rows = score_detail(["q", "f", "b"], [6, True, "wild"], house("na"), "h").rows
    assert rows[-1][5] == "3"
    policy = house("na")
    partly = replace(policy, own={name: policy.own[name] for name in policy.own if name != "score_worst"}, _read={})
    said = score_detail(["q", "f", "b"], [6, True, "wild"], partly, "h").rows[-1][5]
    assert said == "3; illustrative: does not state score_worst"


def test_a_sheet_of_customers_keeps_its_errors_in_their_rows() -> None:
    wrong = CellError("#REF!", "cell.missing", argument="x")
    rows = [list(GOOD.values()) for _ in range(5)]
    rows[1][0], rows[2][1], rows[3][9] = "perhaps", wrong, ""
    customers = ["Ann", "Bo", 1001.0, "Di", ""]
    door = Door()
    found = door.call("CREDIT_SCORES", [[[name] for name in customers], [list(GOOD)], rows], "S!A1")
    assert [row[0] for row in found[1:5]] == ["Ann", "Bo", "1001", "Di"]
    assert found[1][1:4] == [82.25, "A", 1.0] and "(−1.8)" in found[1][4]
    assert [row[1].code for row in found[2:4]] == ["#VALUE!", "#REF!"]
    assert found[2][4].startswith('license valid: "perhaps"') and found[3][3] == ""
    assert found[4][1] == 64.99 and "debt to assets not known, so taken at its worst" in found[4][4]
    assert found[5][1].code == "#N/A" and "customers, row 5" in found[5][4]
    assert "perhaps" in door.why("S!B3") and "illustrative" in door.why("S!B2")


def test_a_sheet_agrees_with_single_scores() -> None:
    chance = random.Random(7)
    rows = [[value if chance.random() > 0.1 else None for value in GOOD.values()] for _ in range(40)]
    table = credit_scores([f"C{n}" for n in range(40)], list(GOOD), rows)
    for values, (_, found, *_rest) in zip(rows, table.rows, strict=True):
        if isinstance(found, CellError):
            with pytest.raises(CellError) as refused:
                credit_score(list(GOOD), values)
            assert refused.value.key == found.key == "score.knockout_unknown"
        else:
            assert found == credit_score(list(GOOD), values)


def test_a_thousand_customers_are_scored_in_well_under_a_second() -> None:
    rows = [list(GOOD.values()) for _ in range(1000)]
    arguments = [[[f"C{n}"] for n in range(1000)], [list(GOOD)], rows]
    door = Door()
    door.call("CREDIT_SCORES", arguments)
    begun = time.process_time()
    assert len(door.call("CREDIT_SCORES", arguments)) == 1001
    assert time.process_time() - begun < 0.9
