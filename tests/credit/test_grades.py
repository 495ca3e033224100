"""From score to grade to probability: what the functions say beside, whose policy, whose day. Figures: tests/cases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit.grades import credit_grade, default_probability
from duebook.hosts.call import Door
from duebook.policy.load import checked

OWN = {
    "policy": {"name": "House", "version": "7", "adopted": True},
    "grade": [
        {"from": date(2026, 1, 1), "grade": "ok", "low": 50},
        {"from": date(2026, 1, 1), "grade": "no", "high": 50},
        {"from": date(2027, 1, 1), "grade": "ok", "low": 60},
        {"from": date(2027, 1, 1), "grade": "no", "high": 60},
    ],
    "default_probability": [
        {"from": date(2026, 1, 1), "kind": "grade", "grade": "ok", "rate": "0.011", "source": "own history"},
        {"from": date(2026, 1, 1), "kind": "grade", "grade": "no", "rate": "0.2", "horizon_months": 24},
    ],
}
HOUSE = checked("house.toml", OWN, {}, "")


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_higher_score_is_never_a_worse_grade_or_a_likelier_default(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert credit_grade(high) <= credit_grade(low), "A is before B"
    assert default_probability("score", high) <= default_probability("score", low)


def test_the_day_decides_and_without_one_the_newest_entry() -> None:
    assert credit_grade(55, HOUSE, date(2026, 12, 31)) == "ok"
    assert credit_grade(55, HOUSE, date(2027, 1, 1)) == credit_grade(55, HOUSE) == "no"


def test_a_policy_not_adopted_marks_its_rates() -> None:
    door = Door(policies={"house": HOUSE})
    door.call("DEFAULT_PROBABILITY", ["grade", "A"], "S!A1")
    assert "illustrative until adopted" in door.why("S!A1") and "over 12 months" in door.why("S!A1")
    door.call("DEFAULT_PROBABILITY", ["grade", "OK", "house"], "S!A2")
    assert "illustrative" not in door.why("S!A2") and "Source: own history. Credit policy: House" in door.why("S!A2")
    door.call("DEFAULT_PROBABILITY", ["grade", "no", "house"], "S!A3")
    assert "over 24 months. The policy names no source" in door.why("S!A3")


def test_the_grade_says_what_it_means() -> None:
    with listening() as notes:
        credit_grade(65)
    assert "Grade B (good: small weaknesses): scores 65 to under 80." in [note.text() for note in notes]
    assert "等级 B（良：略有不足）：分数 65 至 80（不含）。" in [note.text("zh") for note in notes]


@pytest.mark.parametrize(
    ("kind", "value", "code", "says"),
    [
        ("grade", "AA", "#VALUE!", 'the policy has no grade "AA". Use one of: A, B, C, D, E'),
        ("grade", True, "#VALUE!", "TRUE"),
        ("grade", date(2026, 1, 1), "#VALUE!", "2026-01-01"),
        ("score", "high", "#VALUE!", '"high" is not a number'),
        ("score", True, "#VALUE!", "TRUE"),
        ("score", -0.1, "#NUM!", "from 0 to 100"),
        ("score", 1e300, "#NUM!", "from 0 to 100"),
    ],
)
def test_what_cannot_be_looked_up_says_why(kind: str, value: object, code: str, says: str) -> None:
    with pytest.raises(CellError) as refused:
        default_probability(kind, value)
    assert refused.value.code == code and says in refused.value.text()


def test_no_rates_of_a_kind_is_said() -> None:
    with pytest.raises(CellError, match="no default probabilities by score"):
        default_probability("score", 50, HOUSE)
    assert default_probability("grade", "ok", HOUSE) == Decimal("0.011")


def test_a_range_of_scores_spills() -> None:
    assert Door().call("CREDIT_GRADE", [[[90], [70], ["x"]]])[:2] == [("A",), ("B",)]
    assert Door("zh").call("DEFAULT_PROBABILITY", ["等级", [["A"], ["E"]]]) == [(0.003,), (0.25,)]


@pytest.mark.parametrize(("score", "said"), [(0.85, True), (0.01, True), (0, False), (1, False), (85, False)])
def test_a_score_that_looks_like_a_fraction_is_said(score: float, said: bool) -> None:
    door = Door()
    for name, arguments in (("CREDIT_GRADE", [score]), ("DEFAULT_PROBABILITY", ["score", score])):
        door.call(name, arguments, "S!A1")
        assert ("multiply by 100" in door.why("S!A1")) is said
