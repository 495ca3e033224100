"""A policy on a worksheet: the same tables, checked the same way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from duebook.core.errors import DuebookError
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
