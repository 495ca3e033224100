"""A policy on a worksheet: the same tables, checked the same way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.policy.chinese import check_chinese

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.policy import calendars
from duebook.policy.load import load
from duebook.policy.sheet import policy_of_range

RATES = [
    ["[policy]", None, None],
    ["name", "adopted", None],
    ["House", True, None],
    [None, None, None],
    ["[loss_rates]", None, None],
    ["from", "scheme", "rates"],
    [46023.0, "standard", "0, 0.01, 0.02, 0.03, 0.04, 1"],
]


def test_a_range_overlays_the_policy_in_use() -> None:
    policy = policy_of_range(RATES, load())
    rates = policy.loss_rates("standard", date(2026, 6, 30))
    assert rates is not None and rates[1] == Decimal("0.01")
    assert policy.loss_rates("standard", date(2025, 6, 30)) is None, "the range replaces the whole table"
    assert (policy.name, policy.adopted) == ("House", True)
    assert policy.schemes == load().schemes


def test_a_refusal_names_the_row() -> None:
    wrong = [*RATES[:-1], [46023.0, "standard", "0, 2"]]
    with pytest.raises(DuebookError) as refused:
        policy_of_range(wrong, load())
    assert refused.value.facts["line"] == 7 and "loss_rates 1, rates" in str(refused.value)


def test_a_range_without_tables_is_refused() -> None:
    with pytest.raises(DuebookError) as refused:
        policy_of_range([["a", "b"], [1.0, 2.0]], load())
    assert refused.value.key == "policy.no_tables"


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(DuebookError, match="greade"):
        policy_of_range([["[greade]"], ["name"], ["A"]], load())


def test_a_name_without_its_brackets_is_refused_by_its_row() -> None:
    """Else its rows would count to the table above, or to none."""
    bare = [[("loss_rates" if cell == "[loss_rates]" else cell) for cell in row] for row in RATES]
    for rows, line in ((bare, 5), (bare[4:], 1)):
        with pytest.raises(DuebookError) as refused:
            policy_of_range(rows, load())
        assert refused.value.facts["line"] == line
        assert str(refused.value).endswith("the table's name is loss_rates; it must be [loss_rates], in brackets.")
        assert refused.value.text("zh").startswith(f"政策区域 第 {line} 行：表名")


def test_headings_are_read_as_people_write_them() -> None:
    rows = [*RATES[:-2], ["From ", "Scheme", " RATES"], RATES[-1]]
    assert policy_of_range(rows, load()).loss_rates("standard", date(2026, 6, 30)) is not None


def test_a_table_without_rows_states_nothing() -> None:
    with pytest.raises(DuebookError, match="at least one"):
        policy_of_range([["[loss_rates]", None], ["from", "scheme"]], load())


def test_a_number_that_is_no_day_is_refused_by_place() -> None:
    with pytest.raises(DuebookError, match="loss_rates 1, from"):
        policy_of_range(
            [["[loss_rates]", None, None], ["from", "scheme", "rates"], [60.0, "standard", "0, 0, 0, 0, 0, 1"]], load()
        )


def test_days_of_a_book_that_counts_from_1904() -> None:
    policy = policy_of_range([*RATES[:-1], [46023.0 - 1462, "standard", "0, 0, 0, 0, 0, 1"]], load(), since_1904=True)
    assert policy.loss_rates("standard", date(2026, 1, 1)) is not None
    assert policy.loss_rates("standard", date(2025, 12, 31)) is None


def test_blank_rows_within_a_table_lose_nothing() -> None:
    policy = policy_of_range([*RATES, [None, None, None], [46388.0, "standard", "0, 0, 0, 0, 0, 1"]], load())
    rates = policy.loss_rates("standard", date(2027, 1, 1))
    assert rates is not None and rates[1] == 0


NAME, HEADINGS, ROW = RATES[4:]
LOST: dict[str, tuple[int, list[list[object]], str]] = {
    "a value under a blank heading": (7, [NAME, [*HEADINGS[:2], None], ROW], "[loss_rates], column 3 is 0, 0.01"),
    "a row longer than its headings": (7, [NAME, HEADINGS, [*ROW, "note"]], "[loss_rates], column 4 is note;"),
    "text beside the table's name": (
        5,
        [["[loss_rates]", None, "2026"], HEADINGS, ROW],
        "the cell beside [loss_rates]",
    ),
    "a table beside another": (
        5,
        [["[loss_rates]", "[close]", None], HEADINGS, ROW],
        "is [close]; it must be left out",
    ),
    "one name over two columns": (6, [NAME, ["from", "scheme", "From "], ROW], "a column's name is from; it must be"),
    "the headings once more": (7, [NAME, HEADINGS, HEADINGS, ROW], "loss_rates 1, scheme is scheme; it must be"),
}


@pytest.mark.parametrize(("line", "rows", "says"), LOST.values(), ids=LOST.keys())
def test_nothing_on_the_sheet_is_dropped(line: int, rows: list[list[object]], says: str) -> None:
    with pytest.raises(DuebookError) as refused:
        policy_of_range([*RATES[:4], *rows], load())
    assert refused.value.facts["line"] == line and says in str(refused.value)
    assert f"政策区域 第 {line} 行" in refused.value.text("zh")
    check_chinese(refused.value, {})


def test_rows_above_all_tables() -> None:
    assert policy_of_range([["Our rates of 2026", None, None], *RATES], load()).name == "House", "a title is none"
    with pytest.raises(DuebookError, match="line 2: a cell above all tables is from") as refused:
        policy_of_range([["Rates", None], ["from", "grade"], [46023.0, "A"], *RATES], load())
    check_chinese(refused.value, {})


def test_a_second_row_of_the_head_is_refused() -> None:
    with pytest.raises(DuebookError, match=r"line 4: the second row of \[policy\] is Other") as refused:
        policy_of_range([*RATES[:3], ["Other", False, None], *RATES[4:]], load())
    check_chinese(refused.value, {})


def test_a_name_with_nothing_below_it_is_refused() -> None:
    with pytest.raises(DuebookError, match="line 8: watch is blank; it must be at least one"):
        policy_of_range([*RATES, ["[watch]", None, None]], load())


def test_a_table_in_two_blocks_is_one_table() -> None:
    again = [RATES[4], RATES[5], [46388.0, "standard", "0, 2"]]
    with pytest.raises(DuebookError, match="line 10: loss_rates 2, rates is 2"):
        policy_of_range([*RATES, *again], load())


def test_an_error_in_the_range_comes_back() -> None:
    broken = CellError("#REF!", "cell.missing", argument="x")
    for rows in ([*RATES[:-1], [46023.0, broken, "0"]], [*RATES[:5], ["from", broken, "rates"]], [[broken], *RATES]):
        with pytest.raises(CellError) as refused:
            policy_of_range(rows, load())
        assert refused.value.code == "#REF!"


def test_brackets_of_a_chinese_keyboard() -> None:
    for name in ("【loss_rates】", "［Loss rates］", "[[loss_rates]]"):
        policy = policy_of_range([*RATES[:4], [name, None, None], *RATES[5:]], load())
        assert policy.own["loss_rates"].entries, name


@pytest.mark.parametrize(("cell", "adopted"), [(True, True), (1.0, True), ("false", False), (0.0, False)])
def test_a_flag_is_read_as_programs_hold_it(cell: object, adopted: bool) -> None:
    """LibreOffice has no TRUE of its own: its cells hold 1."""
    assert policy_of_range([RATES[0], RATES[1], ["House", cell, None]], load()).adopted is adopted


def test_a_single_day_in_a_list_of_days() -> None:
    rows: list[list[object]] = [
        ["[own_calendar]", None, None], ["from", "name", "holidays"], [46023.0 - 1462, "plant", 46100.0 - 1462],
    ]  # fmt: skip
    plant = policy_of_range(rows, load(), since_1904=True).section(calendars.read).named("plant")
    assert plant.listed(date(2026, 3, 19)) is False and plant.listed(date(2026, 3, 20)) is None
