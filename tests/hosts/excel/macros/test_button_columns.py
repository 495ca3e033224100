"""Which column means what, and which customer a row is about."""

from __future__ import annotations

import pytest

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.hosts.excel.columns import Customer, as_text, columns, plain_header
from duebook.hosts.excel.live.tables import LiveTable
from duebook.hosts.excel.macros import monitoring, reviews


def table(*headers: str, rows: tuple[tuple[object, ...], ...] = ()) -> LiveTable:
    return LiveTable("t", "S", 1, 1, headers, rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "places"),
    [
        (("Customer ID", "Customer", "Last review"), {"customer_id": 0, "customer_name": 1, "last_review": 2}),
        (("客户编码", "客户名称", "上次复核日期"), {"customer_id": 0, "customer_name": 1, "last_review": 2}),
        (("LAST REVIEW", "customer  no.", "Size (CNY)"), {"last_review": 0, "customer_id": 1, "exposure": 2}),
        (
            ("客户号", "上次复核", "敞口（万元）", "币种"),
            {"customer_id": 0, "last_review": 1, "exposure": 2, "currency": 3},
        ),
        (("Grade", "Credit grade", "City"), {"grade": 0}),  # the first of two counts
    ],
)
def test_headers_in_any_language_and_order(headers: tuple[str, ...], places: dict[str, int]) -> None:
    assert columns(table(*headers), reviews.ASKED).places == places


def test_what_means_nothing_is_named() -> None:
    assert columns(table("Customer", "City", "Grade", "Size", "Kommentar"), reviews.ASKED).ignored() == [
        "City",
        "Kommentar",
    ]


def test_what_is_needed_is_named_in_both_languages() -> None:
    with pytest.raises(DuebookError) as refused:
        columns(table("Customer", "Events"), monitoring.ASKED).needed(monitoring.ASKED)
    assert refused.value.key == "live.no_columns"
    assert "Kind of event, Window, days" in refused.value.text("en") and "事件类别、观察期天数" in refused.value.text(
        "zh"
    )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("007", "007"),
        (930.0, "930"),
        (1930571429.0, "1930571429"),
        (" Ann ", "Ann"),
        (None, ""),
        ("-", ""),
        (CellError("#REF!", "cell.error_passed", argument="x", value="#REF!"), "#REF!"),
    ],
)
def test_ids_are_text(cell: object, text: str) -> None:
    assert as_text(cell) == text  # type: ignore[arg-type]


def test_a_customer_is_known_by_id_then_by_name() -> None:
    assert Customer("007", "Ann").same(Customer("007", "Anne"))
    assert not Customer("007", "Ann").same(Customer("7", "Ann"))
    assert Customer("", "Ann").same(Customer("007", "ann"))
    assert not Customer("", "").same(Customer("", ""))
    assert Customer("", "Ann").title == "Ann" and Customer("7", "").title == "7"


def test_a_unit_at_the_end_of_a_header_does_not_matter() -> None:
    assert plain_header("cash ratio (ratio)") == plain_header("cash ratio（倍）") == "cash ratio"
    assert plain_header("third-party score (0 to 100)") == "third-party score"
