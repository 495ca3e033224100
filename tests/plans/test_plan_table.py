"""A plan is read back from a sheet as it was written, and a typed one as people type it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.dates import to_serial
from duebook.hosts.call import Door
from duebook.plans.plan_table import read

DOORS = {language: Door(language) for language in ("en", "zh")}
ROWS = [[date(2026, 1, 31), 100.0], [date(2026, 2, 28), 50.5]]


def as_sheet(grid: list[list[object]]) -> list[list[object]]:
    """What a host reads from the cells: dates as day numbers, every number a float."""
    return [
        [float(to_serial(c)) if isinstance(c, date) else float(c) if isinstance(c, int) else c for c in row]
        for row in grid
    ]


@settings(max_examples=60)
@given(
    st.decimals("0.01", "1e8", places=2),
    st.integers(1, 12),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.decimals("0", "1", places=4),
    st.sampled_from((0, 0.3)),
    st.sampled_from(("en", "zh")),
    st.booleans(),
)
def test_what_is_written_is_read(
    amount: Decimal, count: int, first: date, rate: Decimal, deposit: float, language: str, headers: bool
) -> None:
    arguments = [float(amount), count, first, float(rate), None, None, deposit, *[None] * 8, headers]
    grid = DOORS[language].call("PAYMENT_PLAN", arguments)
    if isinstance(grid, CellError):
        assert grid.key == "plans.deposit_too_large" and amount < Decimal("0.02")
        return
    found = read(as_sheet(grid))
    rows = grid[1:] if headers else grid
    assert found.split and found.principal == amount
    assert [row.day for row in found.rows] == [row[1] for row in rows]
    assert [float(row.payment) for row in found.rows] == [row[5] for row in rows]
    assert [row.number for row in found.rows] == [row[0] for row in rows]


@pytest.mark.parametrize(
    "grid",
    [
        ROWS,
        [["date", "payment"], *ROWS],
        [["日期", "金额"], *ROWS],
        [["Amount", "Due date", "remark"], *[[amount, day, "x"] for day, amount in ROWS]],
        [["no", "date", "payment"], *[[n, *row] for n, row in enumerate(ROWS, 1)], ["total", "", 150.5]],
        [["no", "date", "payment"], [1, *ROWS[0]], ["subtotal", "", 100], [2, *ROWS[1]], ["subtotal", "", "50.50"]],
        [
            ["期数", "还款日期", "月供"],
            *[[n, *row] for n, row in enumerate(ROWS, 1)],
            ["合计", None, 150.5],
            ["备注", "", ""],
        ],
        [["no", "date", "principal"], *[[n, *row] for n, row in enumerate(ROWS, 1)], ["total", "", 150.5]],
        [["date", "principal", "interest"], *[[day, amount - 1, 1] for day, amount in ROWS]],
        [["date", "interest", "payment"], *[[day, 1, amount] for day, amount in ROWS]],
        [["date", "principal", "payment"], *[[day, amount - 1, amount] for day, amount in ROWS]],
        [["date", "payment"], ["2026-01-31", "100"], ["2026/2/28", "¥50.50"]],
    ],
)
def test_typed_plans(grid: list[list[object]]) -> None:
    found = read(grid)
    assert [(row.day, row.payment) for row in found.rows] == [
        (date(2026, 1, 31), Decimal(100)),
        (date(2026, 2, 28), Decimal("50.5")),
    ]


@pytest.mark.parametrize(
    ("grid", "key"),
    [
        ([["Customer", "Limit"], ["A", 5]], "plans.columns"),
        ([[1.0, 2.0, 3.0]], "plans.columns"),
        ([[5.0]], "plans.columns"),
        ([["date", "payment"]], "plans.columns"),
        ([["date", "interest"], [date(2026, 1, 31), 5.0]], "plans.columns"),
        ([["date", "payment"], ROWS[1], ROWS[0]], "plans.dates_not_ordered"),
        ([["Installment", "Due date", "Amount"], [1, *ROWS[0]]], "plans.columns_twice"),
        ([["付款日期", "付款金额", "应付日期", "应付金额"], [*ROWS[1], *ROWS[0]]], "plans.columns_twice"),
        ([["no", "date", "payment"], ["deposit", "", 30], [1, *ROWS[0]]], "plans.no_date"),
        ([["no", "date", "payment"], [1, *ROWS[0]], ["total", "", 100.01]], "plans.no_date"),
        ([["no", "date", "payment"], [1, *ROWS[0]], ["total", "", "soon"]], "cell.not_a_number"),
        ([["date", "payment"], [date(2026, 1, 31), ""]], "cell.missing"),
        ([["date", "payment"], ["", 5.0]], "cell.missing"),
        ([["date", "payment"], [date(2026, 1, 31), "soon"]], "cell.not_a_number"),
        ([["date", "principal", "interest", "payment"], [date(2026, 1, 31), 5.0, 1.0, 7.0]], "plans.row_not_tied"),
        ([["date", "payment"], *ROWS[:1] * 2500], "plans.too_long"),
    ],
)
def test_what_is_no_plan(grid: list[list[object]], key: str) -> None:
    with pytest.raises(CellError) as refused:
        read(grid)
    assert refused.value.key == key


def test_an_error_names_the_row_of_the_sheet() -> None:
    """Totals in between do not shift it."""
    with pytest.raises(CellError) as refused:
        read([["no", "date", "payment"], [1, *ROWS[1]], ["subtotal", "", 50.5], [2, *ROWS[0]]])
    assert refused.value.facts["row"] == 4


@pytest.mark.parametrize(
    ("days", "start"),
    [
        ([date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)], date(2025, 12, 31)),
        ([date(2026, 2, 28), date(2026, 3, 31)], date(2026, 1, 31)),
        ([date(2026, 2, 28), date(2026, 3, 28)], date(2026, 1, 28)),
        ([date(2026, 2, 2), date(2026, 3, 31), date(2026, 6, 1)], date(2025, 12, 2)),
        ([date(2026, 1, 31)], None),
        ([date(2026, 1, 31), date(2026, 1, 31)], None),
        ([date(2026, 1, 31), date(2026, 2, 15)], None),
    ],
)
def test_when_a_plan_begins(days: list[date], start: date | None) -> None:
    assert read([[day, 1.0] for day in days]).start() == start
