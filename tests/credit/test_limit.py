"""Credit limits: monotone in what the customer is worth and in its grade, never above what binds them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.credit.limit import credit_limit, limit_detail
from duebook.hosts.call import Door

DOOR = Door()
GRADES = "ABCDE"
FIGURES = ("equity", "working_capital", "reference", "insurer_limit")
FROM = "2000-01-01"
AMOUNT, STEP_COLUMN, BINDS = 3, 0, 4

amounts = st.decimals("0", "1e8", places=2)
signed = st.decimals("-1e6", "1e8", places=2)
maybe = st.none() | signed
facts = st.fixed_dictionaries(
    {
        "equity": maybe,
        "working_capital": maybe,
        "reference": st.none() | amounts,
        "insurer_limit": st.none() | amounts,
    }
)


def policy(*tables: list[list[object]]) -> list[list[object]]:
    """A policy range of these tables, its rows equally long."""
    rows = [row for table in tables for row in [*table, []]]
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def rule(
    combine: str = "lowest", need: str = "ceiling", insurer: str = "ceiling", missing: str = ""
) -> list[list[object]]:
    keys = ["from", "combine", "need", "insurer", "missing"]
    return [["[limit_rule]"], keys, [FROM, combine, need, insurer, missing]]


def limit(*args: Any) -> Any:
    return DOOR.call("CREDIT_LIMIT", list(args))


@given(st.sampled_from(GRADES), amounts, st.integers(0, 365), facts)
def test_a_limit_never_exceeds_what_bounds_it(grade: str, purchases: Decimal, days: int, known: dict[str, Any]) -> None:
    found = credit_limit(grade, purchases, days, **known)
    assert 0 <= found <= min(purchases * days / 30, Decimal(5_000_000))
    assert found % 1000 == 0
    for figure, share in (("equity", 10), ("working_capital", 5), ("reference", 1), ("insurer_limit", 1)):
        if known[figure] is not None:
            assert found <= max(known[figure], Decimal(0)) / share, figure
    if grade == "E" or (known["equity"] is not None and known["equity"] < 0):
        assert found == 0


@given(
    amounts,
    st.integers(0, 365),
    facts,
    st.sampled_from([*FIGURES, "purchases", "days"]),
    amounts,
    st.sampled_from(["lowest", "average", "highest"]),
    st.sampled_from(["ceiling", "method"]),
)
def test_more_of_a_known_figure_never_lowers_the_limit(
    purchases: Decimal, days: int, known: dict[str, Any], figure: str, more: Decimal, combine: str, need: str
) -> None:
    before = {"purchases": purchases, "days": days, **known}
    if before[figure] is None:
        before[figure] = Decimal(0)
    after = {**before, figure: before[figure] + (1 if figure == "days" else more)}
    under = policy(rule(combine, need))

    def call(facts: dict[str, Any]) -> Any:
        cells = [None if facts[name] is None else float(facts[name]) for name in FIGURES]
        return limit("B", float(facts["purchases"]), facts["days"], *cells, under)

    assert call(before) <= call(after)


@given(
    amounts,
    st.integers(0, 365),
    facts,
    st.sets(st.sampled_from(["equity", "working_capital"]), min_size=1),
    st.sampled_from(["lowest", "average", "highest"]),
    st.sampled_from(["ceiling", "method"]),
    st.sampled_from(["net_worth", "risk_amounts"]),
)
def test_withholding_statements_never_helps_beyond_what_the_policy_says(
    purchases: Decimal, days: int, known: dict[str, Any], hidden: set[str], combine: str, need: str, method: str
) -> None:
    methods: list[list[object]] = [["[limit_method]"], ["from", "method", "share"], [FROM, method, 0.1]]
    methods += [[FROM, "working_capital", 0.2], [FROM, "reference", 1]]

    def call(facts: dict[str, Any], missing: str) -> Any:
        cells = [None if facts[name] is None else float(facts[name]) for name in FIGURES]
        return limit("A", float(purchases), days, *cells, policy(rule(combine, need, missing=missing), methods))

    silent = {**known, **dict.fromkeys(hidden)}
    assert call(silent, "worst") <= call(known, "worst")
    assert call(silent, "capped") <= 100_000


@given(amounts, st.integers(0, 365), facts)
def test_a_better_grade_never_gets_less(purchases: Decimal, days: int, known: dict[str, Any]) -> None:
    found = [credit_limit(grade, purchases, days, **known) for grade in GRADES]
    assert found == sorted(found, reverse=True)


@given(st.sampled_from(GRADES), amounts, st.integers(0, 365), facts)
def test_the_detail_is_the_limit_and_one_line_binds(
    grade: str, purchases: Decimal, days: int, known: dict[str, Any]
) -> None:
    found = limit_detail(grade, purchases, days, **known)
    rows = {str(row[STEP_COLUMN]): row for row in found.rows}
    assert rows["Credit limit"][AMOUNT] == credit_limit(grade, purchases, days, **known)
    binding = [row for row in found.rows if row[BINDS] is not None]
    assert len(binding) == 1 and binding[0][AMOUNT] is not None
    assert rows["Credit limit"][-1] == binding[0][STEP_COLUMN]


@pytest.mark.parametrize(
    ("tables", "gives", "why"),
    [
        ([rule("highest")], 50_000, "the higher of 50,000 and 30,000"),
        ([rule("average")], 40_000, "their mean"),
        ([rule("average", "method")], 60_000, "the mean of 50,000, 30,000 and the need of 100,000"),
        ([rule("highest", "method")], 100_000, "the need is the highest"),
        ([rule(insurer="shown")], 30_000, "the insurer's 1,000 is shown only"),
        ([rule()], 1_000, "the insurer's 1,000 binds"),
    ],
)
def test_the_policy_says_how_methods_combine(tables: list[Any], gives: float, why: str) -> None:
    insurer = None if "insurer" not in why else 1000
    assert limit("A", 100_000, 30, 500_000, 150_000, None, insurer, policy(*tables)) == gives, why


def test_a_need_that_is_a_method_is_multiplied_too() -> None:
    """Grade B has 0.8: as a ceiling the need of 60,000 stands, as a method it becomes 48,000."""
    facts = ("B", 60_000, 30, 5_000_000, 5_000_000)
    assert limit(*facts, None, None, policy(rule())) == 60_000
    assert limit(*facts, None, None, policy(rule(need="method"))) == 48_000


def test_a_cap_and_its_share_by_grade() -> None:
    facts = [50_000_000, 60, 900_000_000, 900_000_000]
    assert [limit(grade, *facts) for grade in GRADES] == [5_000_000, 3_000_000, 1_000_000, 200_000, 0]
    uncapped = policy([["[limit_amount]"], ["from", "step"], [FROM, 0.01]])
    assert limit("A", 50_000_000.55, 30, 900_000_000, 900_000_000, None, None, uncapped) == 50_000_000.55


def test_limits_are_whole_cents_of_their_currency() -> None:
    fine = policy([["[limit_amount]"], ["from", "step"], [FROM, 0.0005]])
    facts = ("A", 100, 31, 9999, 9999, None, None, fine)
    assert limit(*facts) == 103.33
    assert limit(*facts, "JPY") == 103
    assert limit(*facts, "KWD") == 103.333


@pytest.mark.parametrize(
    ("missing", "equity", "working_capital", "gives"),
    [
        ("worst", 500_000, 500_000, 50_000),
        ("worst", None, 500_000, 0),
        ("worst", 500_000, None, 0),
        ("worst", None, None, 0),
        ("capped", 500_000, None, 50_000),
        ("capped", 5_000_000, None, 100_000),
        ("capped", None, 5_000_000, 100_000),
        ("capped", None, None, 100_000),
        ("capped", 500_000, 0, 0),
    ],
)
def test_what_is_not_known_counts_as_the_policy_says(
    missing: str, equity: Any, working_capital: Any, gives: int
) -> None:
    under = policy(rule(missing=missing))
    assert limit("A", 900_000, 30, equity, working_capital, None, None, under) == gives


def test_a_method_that_the_policy_does_not_use_asks_for_nothing() -> None:
    under = policy([["[limit_method]"], ["from", "method"], [FROM, "reference"]])
    assert limit("A", 900_000, 30, None, None, 45_000, None, under) == 45_000
    assert limit("A", 900_000, 30, None, None, None, None, under) == 100_000, "no method is known: the cap for such"


def test_an_insurer_that_refused_is_not_one_that_was_not_asked() -> None:
    assert limit("A", 100_000, 30, 500_000, 500_000) == 50_000
    assert limit("A", 100_000, 30, 500_000, 500_000, None, 0) == 0


def test_a_need_that_does_not_divide_loses_no_step() -> None:
    """1,000 × 10 ÷ 30 × 0.6 is 200 exactly, though a third has no last digit."""
    grades: list[list[object]] = [["[limit_grade]"], ["from", "grade", "multiplier"], *([FROM, g, 0.6] for g in GRADES)]
    under = policy(rule(need="method"), grades, [["[limit_amount]"], ["from", "step"], [FROM, 100]])
    assert limit("A", 1000, 10, 1e6, 1e6, None, None, under) == 200


def test_floats_from_python_are_read_at_fifteen_digits() -> None:
    assert credit_limit("A", 0.1 + 0.2, 300_000, 1e9, 1e9) == 3000  # type: ignore[arg-type]  # not 2,000 or 3,000.00…4


CAPPED = (None, None, None, policy(rule(missing="capped")))
REFERENCE = policy([["[limit_method]"], ["from", "method"], [FROM, "reference"]])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("A", 100_000, 30, 500_000, 150_000), "Decided by: 20 % of working capital"),
        (("A", 100_000, 30, 500_000, 150_000), "Not known and left out: 100 % of the highest credit"),
        (("A", 100_000, 30), "Not known: equity; working capital. What is not known counts as its worst"),
        (("A", 100_000, 30, None, 1), "Decided by: Equity not known, so no credit."),
        (("A", 9e6, 30, 9e6, *CAPPED), "Not known: working capital. Without such figures the limit is at most"),
        (("A", 9e6, 30, None, None, None, None, REFERENCE), "its need counts"),
        (("A", 100_000, 30, 500_000, 4_999), "999.80 is less than one step of 1,000, so nothing is left"),
        (("A", 100_000, 30, -12.5), "Equity is -12.50"),
        (("A", 100_000, 30, 1, -7), "Working capital is -7: its method gives 0"),
        (("E", 100_000, 30, 500_000), "no open credit to grade E"),
        (("A", 100_000, 30, None, None, None, None, None, "EUR"), "no caps for EUR"),
        (("A", 100_000, 30), "Credit policy: Duebook default, version 2026.1; illustrative until adopted."),
    ],
)
def test_why_says_what_decided(args: tuple[Any, ...], says: str) -> None:
    for name in ("CREDIT_LIMIT", "LIMIT_DETAIL"):
        DOOR.call(name, list(args), "Sheet1!B2")
        assert says in DOOR.why("Sheet1!B2")


def test_an_adopted_policy_is_not_marked_but_its_risk_amounts_are() -> None:
    """A firm that adopts its limits, and uses Duebook's risk amounts, is told so."""
    own = [
        [["[policy]"], ["name", "adopted"], ["Ours", True]],
        rule(),
        [["[limit_amount]"], ["from", "step"], [FROM, 1]],
        [["[limit_grade]"], ["from", "grade", "multiplier"], *([FROM, grade, 1] for grade in GRADES)],
    ]
    for method, marked in (("net_worth", False), ("risk_amounts", True)):
        methods: list[list[object]] = [["[limit_method]"], ["from", "method"], [FROM, method]]
        DOOR.call("CREDIT_LIMIT", ["A", 100, 30, 9, None, None, None, policy(*own, methods)], "B2")
        assert ("Ours" in DOOR.why("B2"), "illustrative" in DOOR.why("B2")) == (True, marked)


def test_an_unknown_grade_lists_the_policys() -> None:
    with pytest.raises(CellError, match="A, B, C, D, E") as refused:
        credit_limit("F", Decimal(1), 30)
    assert refused.value.code == "#VALUE!"


def test_chinese_detail_has_no_english_line() -> None:
    rows = Door("zh").call("LIMIT_DETAIL", ["A", 100_000, 30, 500_000, 150_000])
    assert [row[0] for row in rows[1:4]] == ["净资产的 10%", "营运资金的 20%", "按约付款的最高信用额的 100%"]
    with listening() as notes:
        credit_limit("A", Decimal(1), 30)
    assert all(note.text("zh") for note in notes)
