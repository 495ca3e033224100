"""The door: what a cell holds becomes what a function declares, and back. Every row of the design's table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pytest

from duebook.core.arguments import Column, Currency, Day, ExactRate, Flag, Matrix, Money, Number, Rate, Text, Value
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import REGISTRY, Example, Field, Parameter, Result, Spill, worksheet
from duebook.core.errors import DuebookError
from duebook.core.notes import note
from duebook.core.ratios import divided
from duebook.hosts.call import Door
from duebook.hosts.reasons import REMEMBERED_EACH, place
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.load import load

HELP: dict[str, Any] = {"help": "For the tests.", "zh": "测试用。", "source": "none", "examples": [Example((), 0)]}
AMOUNT = Money("An amount.", "金额。")


@worksheet("T_RATIO", group="credit", result=Result("ratio"), equation="a ÷ b", **HELP)
def t_ratio(
    a: Annotated[float, Number("Above.", "分子。", unit="money")],
    b: Annotated[float, Number("Below.", "分母。", unit="money", divisor=True, least=0)],
    scale: Annotated[float, Number("Scale.", "倍数。", unit="times", above=0, below=1000)] = 1,
) -> float:
    return divided(a, b) * scale  # type: ignore[no-any-return]


@worksheet("T_ECHO", group="credit", result=Result("value"), **HELP)
def t_echo(
    day: Annotated[date | None, Day("A day.", "日期。")] = None,
    flag: Annotated[bool | None, Flag("A flag.", "标志。")] = None,
    way: Annotated[
        str | None, Text("A way.", "方式。", choices=("whole", "by_month"), zh_choices=("整期", "按月"))
    ] = None,
    rate: Annotated[float | None, Rate("A rate.", "费率。", most=0.05)] = None,
    money: Annotated[Decimal | None, Money("An amount.", "金额。")] = None,
    currency: Annotated[str, Currency("A currency.", "币种。")] = "",
    count: Annotated[int | None, Number("A count.", "数量。", unit="count", whole=True, least=0)] = None,
    exact: Annotated[Decimal | None, ExactRate("A rate.", "利率。")] = None,
    text: Annotated[str | None, Text("A text.", "文本。")] = None,
) -> Any:
    given = [v for v in (day, flag, way, rate, money, currency or None, count, exact, text) if v is not None]
    return given[0] if len(given) == 1 else len(given)


@worksheet("T_LIMIT", group="credit", result=Result("text"), **HELP)
def t_limit(limit: Annotated[Decimal | None, Money("A limit.", "额度。", nullable=True)]) -> str:
    return "no limit" if limit is None else "nothing allowed" if limit == 0 else "a limit"


@worksheet("T_NOTED", group="credit", result=Result("value"), **HELP)
def t_noted(limit: Annotated[float, Number("A limit.", "额度。", unit="money")]) -> float:
    if limit < 0:
        note("insurance.above_limit", limit=limit, own=0)
    return limit


@worksheet("T_SUM", group="credit", result=Result("money"), **HELP)
def t_sum(
    customers: Annotated[Sequence[str], Column("Names.", "名称。", of=Text())],
    amounts: Annotated[Sequence[Decimal], Column("Amounts.", "金额。", of=Money())],
    marks: Annotated[Sequence[object] | None, Column("Marks.", "标记。", of=Value(nullable=True), least=0)] = None,
) -> Decimal:
    if len(customers) > len(set(customers)):
        note("cell.single_wanted", argument="customers")
    return sum(amounts, Decimal(0)) + (0 if marks is None else sum(mark is None for mark in marks))


@worksheet(
    "T_TABLE", group="credit", result=Spill((Field("Name", "名称", "text"), Field("Amount", "金额", "money"))), **HELP
)
def t_table(
    names: Annotated[Sequence[str], Column("Names.", "名称。", of=Text())],
    values: Annotated[Sequence[Sequence[float]], Matrix("Values.", "数值。", of=Number())],
    policy: PolicyArgument = None,
) -> Table:
    if names[0] == "policy":
        return Table(("Name",), [(in_use(policy).name,)])
    rows: list[tuple[object, object]] = [(name, sum(row)) for name, row in zip(names, values, strict=True)]
    return Table((Label("Name", "名称"), Label("Amount", "金额")), [*rows, (Label("Total", "合计"), None)])


@worksheet("T_WILD", group="credit", result=Result("value"), **HELP)
def t_wild(kind: Annotated[str, Text("What to do.", "做什么。")]) -> Any:
    def refuse() -> None:
        raise DuebookError("policy.unknown_scheme", name="x", known="y")

    actions: dict[str, Any] = {
        "inf": lambda: math.inf, "nan": lambda: math.nan, "complex": lambda: (-8.0) ** (1 / 3), "zero": lambda: 1 / 0,
        "overflow": lambda: math.exp(1e6), "decimal": lambda: Decimal("1e400"), "none": lambda: None,
        "bug": lambda: {}["x"], "policy": refuse, "early": lambda: date(1899, 1, 1), "numpy": lambda: np.float64(2.5),
    }  # fmt: skip
    return actions[kind]()


TESTED = {name: REGISTRY.pop(name) for name in list(REGISTRY) if name.startswith("T_")}


@pytest.fixture
def door() -> Door:
    return Door(functions=TESTED)


def shown(value: Any) -> Any:
    return value.code if isinstance(value, CellError) else value


ERROR = CellError("#REF!", "cell.missing", argument="x")


@pytest.mark.parametrize("nothing", [None, "", " ", "-", "--", "n/a", "N/A", "—", math.nan, pd.NaT, float("nan")])
def test_missing(door: Door, nothing: object) -> None:
    found = door.call("T_RATIO", [nothing, 2.0])
    assert found.code == "#N/A" and "a is blank" in found.text("en") and "空白不等于零" in found.text("zh")
    assert door.call("T_RATIO", [1.0, 2.0, nothing]) == 0.5, "an optional one takes its default"
    assert door.call("T_LIMIT", [nothing]) == "no limit", "a blank that has a meaning keeps it"


def test_missing_empty_and_wrong_are_three_things(door: Door) -> None:
    assert [shown(door.call("T_LIMIT", [value])) for value in (None, 0.0, "zero")] == [
        "no limit",
        "nothing allowed",
        "#VALUE!",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", 1234.5), ("1,234.50", 1234.5), ("１２３４．５", 1234.5), ("1,234.50-", -1234.5),
        ("(1,234.50)", -1234.5),
        ("¥1,234.50", 1234.5), ("￥1234.5", 1234.5), ("RMB 1,234.50", 1234.5), ("12%", 0.12), ("12.5％", 0.125),
        ("1.5万", 15000), ("2亿", 2e8), ("1.5E+3", 1500), ("-7", -7), ("−7", -7), (" 7 ", 7), ("$7", 7),
    ],
)  # fmt: skip
def test_text_that_is_a_number(door: Door, text: str, number: float) -> None:
    assert door.call("T_RATIO", [text, 1.0]) == pytest.approx(number)
    assert door.call("T_ECHO", [None, None, None, None, text]) == pytest.approx(number)


@pytest.mark.parametrize("text", ["ten", "1.2.3", "1e", "nan", "inf", "1e999", "0x10", "1_000", "=1+1", "9" * 61, True])
def test_text_that_is_none(door: Door, text: object) -> None:
    found = door.call("T_RATIO", [text, 1.0])
    assert found.code == "#VALUE!" and "is not a number" in found.text("en")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([ERROR, 1.0], "#REF!", "a holds the error #REF!"),
        ([1.0, 0.0], "#DIV/0!", "b is zero"),
        ([1.0, -1.0], "#NUM!", "b is -1; it must be 0 or more"),
        ([1.0, 1.0, 0.0], "#NUM!", "scale is 0; it must be above 0"),
        ([1.0, 1.0, 1000.0], "#NUM!", "scale is 1000; it must be below 1000"),
        ([math.inf, 1.0], "#NUM!", "a is no finite number"),
        ([10**400, 1.0], "#NUM!", "a is no finite number"),
        ([1e308, 1e-308], "#NUM!", "too large"),
        ([1.0], "#N/A", "b is blank"),
        ([1.0, 1.0, 1.0, 1.0], "#VALUE!", "at most 3 arguments, not 4"),
        ([datetime(2026, 1, 1), 1.0], "#VALUE!", "not a number"),
    ],
)
def test_errors_are_real_and_say_why(door: Door, arguments: list[object], code: str, says: str) -> None:
    found = door.call("T_RATIO", arguments, cell="Sheet1!B7")
    assert isinstance(found, CellError) and found.code == code
    assert says in found.text("en") and says in door.why("B7", "sheet1")


@pytest.mark.parametrize(
    ("place", "value", "seen"),
    [
        (0, 46326.0, date(2026, 10, 31)), (0, 46326.75, date(2026, 10, 31)), (0, "2026-10-31", date(2026, 10, 31)),
        (0, "2026年10月31日", date(2026, 10, 31)), (0, datetime(2026, 10, 31, 8), date(2026, 10, 31)),
        (0, date(2026, 10, 31), date(2026, 10, 31)), (0, np.float64(46326), date(2026, 10, 31)),
        (0, pd.Timestamp("2026-10-31"), date(2026, 10, 31)), (0, 59.0, date(1900, 2, 28)), (0, 61.0, date(1900, 3, 1)),
        (0, "31/10/2026", "#VALUE!"), (0, "2026-02-30", "#VALUE!"), (0, 60.0, "#NUM!"), (0, -1.0, "#NUM!"),
        (0, 20261031.0, "#NUM!"), (0, True, "#VALUE!"), (0, 3e6, "#NUM!"),
        (1, True, True), (1, 0.0, False), (1, "yes", True), (1, "否", False), (1, "perhaps", "#VALUE!"),
        (1, 2.0, "#VALUE!"),
        (2, "Whole", "whole"), (2, "by month", "by_month"), (2, "按月", "by_month"), (2, "weekly", "#VALUE!"),
        (3, 0.03, 0.03), (3, "3%", 0.03), (3, 15.0, "#NUM!"), (3, -0.01, "#NUM!"),
        (4, 0.1 + 0.2, 0.3), (4, 2.675, 2.675), (4, 1e15, "#NUM!"), (4, 12, 12.0),
        (5, "cny", "CNY"), (5, "XXQ", "#VALUE!"),
        (6, 3.0, 3), (6, 3.5, "#NUM!"), (6, -1.0, "#NUM!"), (6, "3", 3),
        (7, 0.06, 0.06), (7, 6.0, "#NUM!"),
        (8, 12.0, "12"), (8, "00012", "00012"), (8, True, "TRUE"), (8, "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)  # fmt: skip
def test_kinds(door: Door, place: int, value: object, seen: object) -> None:
    arguments: list[object] = [None] * 9
    arguments[place] = value
    found = door.call("T_ECHO", arguments)
    assert shown(found) == seen and type(shown(found)) is type(seen)


def test_the_1904_date_system() -> None:
    door = Door(since_1904=True, functions=TESTED)
    assert door.call("T_ECHO", [44864.0]) == date(2026, 10, 31)
    assert door.call("T_ECHO", [0.0]) == date(1904, 1, 1)


def test_a_slip_of_percent_is_asked_about(door: Door) -> None:
    found = door.call("T_ECHO", [None, None, None, 15.0])
    assert "Did you mean 0.15 (15 %)?" in found.text("en")
    found = door.call("T_ECHO", [20261031.0])
    assert "Did you mean DATE(2026,10,31)?" in found.text("en")


def test_ranges_broadcast_and_spill(door: Door) -> None:
    column, row = [[10.0], [20.0], [30.0]], [[1.0, 2.0]]
    assert door.call("T_RATIO", [column, row]) == [(10.0, 5.0), (20.0, 10.0), (30.0, 15.0)]
    assert door.call("T_RATIO", [column, 10.0, 2.0]) == [(2.0,), (4.0,), (6.0,)]
    found = door.call("T_RATIO", [column, [[1.0], [2.0]]], cell="S!A1")
    assert [shown(value) for (value,) in found] == [10.0, 10.0, "#N/A"], "unequal shapes pad with #N/A"
    assert "different sizes" in door.why("S!A3"), "no cell holds that error: it is the shapes"
    assert door.call("T_RATIO", [[[8.0]], 2.0]) == 4.0, "a range of one cell is that cell"
    mixed = door.call("T_RATIO", [[[10.0], [None], ["x"], [ERROR], ["1万"]], 10.0], cell="S!B2")
    assert [shown(value) for (value,) in mixed] == [1.0, "#N/A", "#VALUE!", "#REF!", 1000.0]
    assert "blank" in door.why("S!B3") and "error #REF!" in door.why("S!B5")


def test_a_range_answers_as_its_cells_do(door: Door) -> None:
    values = [1.0, -2.0, 0.0, None, "3", math.inf, 1e308, ERROR, True]
    one_by_one = [shown(door.call("T_RATIO", [7.0, value])) for value in values]
    in_one = [shown(value) for (value,) in door.call("T_RATIO", [7.0, [[value] for value in values]])]
    assert in_one == one_by_one


def test_a_cell_whose_place_counts_is_not_skipped() -> None:
    door = Door()
    assert door.call("SPLIT_CENTS", [100, [[70], [30], [None], [""]]])[2][2] == 30, "blanks at the end drop"
    for shares in ([[70], [None], [30]], [[None], [70], [30]]):
        found = door.call("SPLIT_CENTS", [100, shares])
        assert found.code == "#N/A" and "row" in found.text()


def test_columns_belong_together(door: Door) -> None:
    names, amounts = [["a"], [None], ["b"], [None]], [[0.1], [None], [0.2], [""]]
    assert door.call("T_SUM", [names, amounts]) == 0.3, "wholly blank rows drop; cents are exact"
    assert door.call("T_SUM", [[["a", "b"]], [[1.0, 2.0]]]) == 3.0, "rows serve as columns do"
    assert door.call("T_SUM", ["a", 5.0]) == 5.0, "one cell is a column of one"
    marked = door.call("T_SUM", [[["a"], ["b"]], [[1.0], [2.0]], [["x"], [None]]])
    assert marked == 4.0, "a nullable column keeps its blanks"
    for arguments, code, says in [
        ([names, [[0.1], [5.0], [0.2], [None]]], "#N/A", "customers, row 2 is blank"),
        ([names, [[0.1], [None]]], "#VALUE!", "amounts has 2 cells but customers has 4"),
        ([[["a", "b"], ["c", "d"]], amounts], "#VALUE!", "not a block of 2 × 2"),
        ([[[None]], [[None]]], "#N/A", "customers has no filled cell"),
        ([[["a"], ["b"]], [[1.0], ["x"]]], "#VALUE!", 'amounts, row 2: "x" is not a number'),
        ([[["a"], ["b"]], [[1.0], [ERROR]]], "#REF!", "amounts, row 2 holds the error #REF!"),
        ([ERROR, [[1.0]]], "#REF!", "customers holds the error"),
    ]:
        found = door.call("T_SUM", arguments)
        assert found.code == code and says in found.text("en"), found.text("en")


def test_a_kind_that_keeps_errors_hands_them_on(door: Door) -> None:
    kind = Column("Any.", "任意。", of=Number(nullable=True, keeps_errors=True))
    wrong = CellError("#REF!", "cell.missing", argument="x")
    found = door._column(Parameter("amount", kind, True), [1.0, "abc", wrong, None], range(4))
    assert found[0] == 1 and found[3] is None
    assert [error.code for error in found[1:3]] == ["#VALUE!", "#REF!"]
    assert "amount, row 2" in found[1].text()


def test_tables_spill_with_headers_in_the_language(door: Door) -> None:
    arguments: list[object] = [[["a"], ["b"]], [[1.0, 2.0], [3.0, 4.0]]]
    assert door.call("T_TABLE", arguments) == [["Name", "Amount"], ["a", 3.0], ["b", 7.0], ["Total", ""]]
    assert door.call("T_TABLE", [*arguments, None, False])[0] == ["a", 3.0]
    assert door.call("T_TABLE", [*arguments, None, "maybe"]).code == "#VALUE!"
    chinese = Door("zh", functions=TESTED)
    assert chinese.call("T_TABLE", arguments)[0] == ["名称", "金额"]
    assert chinese.call("T_TABLE", arguments)[-1] == ["合计", ""]


def test_a_policy_is_blank_a_name_or_a_range(door: Door) -> None:
    block: list[object] = [["policy"]], [[1.0]]  # type: ignore[assignment]
    ranged = [["[policy]", None], ["name", "adopted"], ["House", False], [None, None]]
    assert door.call("T_TABLE", [*block])[1] == [load().name]
    assert door.call("T_TABLE", [*block, "default"])[1] == [load().name]
    assert door.call("T_TABLE", [*block, ranged])[1] == ["House"]
    found = door.call("T_TABLE", [*block, "../../etc/passwd"])
    assert found.code == "#VALUE!" and "no credit policy" in found.text("en")
    known = Door(policies={"": load(), "house": load()}, functions=TESTED)
    assert known.call("T_TABLE", [*block, "HOUSE"])[1] == [load().name]


@pytest.mark.parametrize(
    ("kind", "gives"),
    [
        ("inf", "#NUM!"), ("nan", "#NUM!"), ("complex", "#VALUE!"), ("zero", "#DIV/0!"), ("overflow", "#NUM!"),
        ("decimal", "#NUM!"), ("none", "#VALUE!"), ("bug", "#VALUE!"), ("policy", "#VALUE!"), ("early", "#NUM!"),
        ("numpy", 2.5),
    ],
)  # fmt: skip
def test_no_result_is_ever_wrong_or_a_traceback(door: Door, kind: str, gives: object) -> None:
    found = door.call("T_WILD", [kind])
    assert shown(found) == gives
    for language in ("en", "zh"):
        assert not isinstance(found, CellError) or len(found.text(language)) > 10


def test_a_fault_of_ours_asks_for_a_report(door: Door) -> None:
    found = door.call("T_WILD", ["bug"])
    assert found.text() == (
        "Duebook itself failed here (KeyError: 'x'). Please report the formula and its figures as a fault."
    )


def test_the_reason_of_each_cell_is_kept(door: Door) -> None:
    door.call("T_SUM", [[["a"], ["a"]], [[1.0], [2.0]]], cell="Book!$C$3")
    assert "T_SUM: For the tests." in door.why("'Book'!C3") and "customers must be one cell" in door.why("c3", "BOOK")
    door.call("T_RATIO", [6.0, 3.0], cell="Book!C3")
    assert door.why("Book!C3") == "T_RATIO: For the tests. Rule: a ÷ b."
    for cell, code in (("Book!C4", "#N/A"), ("nonsense", "#VALUE!")):
        with pytest.raises(CellError) as refused:
            door.why(cell)
        assert refused.value.code == code
    assert door.explain("T_RATIO", [1.0, 0.0]).startswith("#DIV/0!: b is zero")


def test_two_books_with_a_sheet_of_the_same_name_do_not_answer_for_each_other(door: Door) -> None:
    door.call("T_RATIO", [1.0, 0.0], cell="[One.xlsx]Sheet1!B7")
    door.call("T_RATIO", [1.0, 2.0], cell="[Two.xlsx]Sheet1!B7")
    assert door.why("B7", "[One.xlsx]Sheet1").startswith("#DIV/0!")
    assert door.why("Sheet1!B7", "[One.xlsx]Sheet2").startswith("#DIV/0!")
    assert door.why("[Two.xlsx]Sheet1!B7", "[One.xlsx]Sheet1").startswith("T_RATIO")
    assert door.why("Sheet1!B7").startswith("T_RATIO"), "without a book the latest one answers"


def test_a_cell_of_a_block_gives_its_own_remarks_only(door: Door) -> None:
    door.call("T_NOTED", [[[5.0], [-3.0], ["x"], [-4.0]]], cell="S!B2")
    said = [door.why(f"S!B{row}") for row in range(2, 6)]
    assert "limit of -3" not in said[0] and "limit of -3" in said[1] and "limit of -4" not in said[1]
    assert said[2].startswith("#VALUE!") and "limit of -4" in said[3]
    assert door.explain("T_NOTED", [[[5.0], [-3.0]]], at=(0, 0)) == "T_NOTED: For the tests."
    assert "limit of -3" in door.explain("T_NOTED", [[[5.0], [-3.0]]], at=(1, 0))


def test_reasons_are_kept_within_bounds_and_never_the_figures(door: Door) -> None:
    wrong: list[object] = [[None]] * (REMEMBERED_EACH + 10)
    for row in range(8):
        door.call("T_RATIO", [wrong, 2.0], cell=f"S{row}!A1")
    assert door.why(f"S7!A{REMEMBERED_EACH}").startswith("#N/A: a is blank")
    for forgotten in (f"S7!A{REMEMBERED_EACH + 1}", "S0!A1"):
        with pytest.raises(CellError, match="Nothing is known"):
            door.why(forgotten)
    door.call("T_RATIO", [[[1.0], [2.0]], 2.0], cell="S7!A1")
    assert door.reason("S7!A2").value == "", "a figure is not kept, only that there is one"


def test_a_column_against_a_long_row_is_refused_before_it_fills_the_memory(door: Door) -> None:
    found = door.call("T_RATIO", [[[1.0]] * 100_000, [[1.0] * 100]])
    assert found.code == "#NUM!" and "100000 × 100" in found.text()


def test_a_blank_column_whose_blanks_mean_something_is_given(door: Door) -> None:
    names, amounts = [["a"], ["b"]], [[1.0], [2.0]]
    assert door.call("T_SUM", [names, amounts, [[None], [""]]]) == 5.0, "two blanks that count"
    assert door.call("T_SUM", [names, amounts, None]) == 3.0, "left out"


def test_a_table_is_explained_at_the_cell_that_is_asked_for(door: Door) -> None:
    arguments = [[[6.0], ["six"], [6.0]], [[3.0], [3.0], [0.0]]]
    assert door.explain("T_RATIO", arguments, at=(0, 0)) == "T_RATIO: For the tests. Rule: a ÷ b."
    assert door.explain("T_RATIO", arguments, at=(1, 0)).startswith('#VALUE!: a: "six" is not a number')
    assert door.explain("T_RATIO", arguments, at=(2, 0)).startswith("#DIV/0!: b is zero")
    first_error = door.explain("T_RATIO", arguments)
    assert first_error == door.explain("T_RATIO", arguments, at=(1, 0)) == door.explain("T_RATIO", arguments, at=(9, 9))


def test_an_unknown_function(door: Door) -> None:
    found = door.call("NO_SUCH", [1.0])
    assert found.code == "#NAME?" and "NO_SUCH" in found.text("zh")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("B7", ("", 7, 2)), ("$AA$10", ("", 10, 27)), ("Sheet1!b7", ("sheet1", 7, 2)),
        ("'My ''own'' sheet'!B7", ("my 'own' sheet", 7, 2)),
        ("[Book.xlsx]Data!C1", ("[book.xlsx]data", 1, 3)),
        ("'C:\\x\\[My Book.xlsx]Data'!C1", ("[my book.xlsx]data", 1, 3)),
        ("B7:C9", ("", 7, 2)), ("7B", None), ("", None), ("B", None),
        ("B7+1", None),
    ],
)  # fmt: skip
def test_addresses(text: str, where: object) -> None:
    assert place(text) == where
