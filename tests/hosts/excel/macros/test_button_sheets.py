"""Lines that fit, and what a memo is made of."""

from __future__ import annotations

import pytest

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.hosts import catalogue
from duebook.hosts.excel import credit_file, distress_models, memo, sheets
from duebook.hosts.excel.columns import Asked
from duebook.hosts.excel.live.cells import FORMATS
from duebook.hosts.excel.live.tables import LiveTable
from duebook.hosts.excel.macros import credit_memo, payment_plan


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 13, ["one two three"]),
        ("antidisestablishmentarianism is long", 10, ["antidisestablishmentarianism", "is long"]),
        ("信用政策的等级。", 8, ["信用政策", "的等级。"]),
        ("信用政策，版本", 8, ["信用政", "策，版本"]),  # no line begins with a mark
        ("版本 2026.1 采用前", 10, ["版本", "2026.1 采", "用前"]),
    ],
)
def test_a_text_in_lines(text: str, width: int, lines: list[str]) -> None:
    assert sheets.folded(text, width) == lines
    assert "".join(lines).replace(" ", "") == text.replace(" ", ""), "nothing is lost"


def test_a_column_is_as_wide_as_it_needs_to_be() -> None:
    assert sheets.fitting(["Score", 1.0, None], "points") == 9
    assert sheets.fitting(["客户名称", "北京某某贸易有限公司"], "text") == 22
    assert sheets.fitting(["x" * 200], "text") == 42
    assert sheets.fitting(["Exposure"], "money") == 16


def settings(*rows: tuple[object, object]) -> LiveTable:
    return LiveTable("plan_input", "S", 1, 1, ("Setting", "Value"), rows)  # type: ignore[arg-type]


def test_settings_are_read_by_key_and_by_label() -> None:
    found = sheets.settings(
        settings(("Amount", 100.0), ("首期日期", "2026-01-31"), ("currency", " "), ("deposit", "-"), (None, 3.0)),
        payment_plan.asked(),
    )
    assert found == {"amount": 100.0, "first_date": "2026-01-31"}


@pytest.mark.parametrize(
    ("rows", "key"), [((("Colour", 1.0),), "unknown_setting"), ((("Amount", 1.0), ("应付总额", 2.0)), "setting_twice")]
)
def test_settings_that_are_refused(rows: tuple[tuple[object, object], ...], key: str) -> None:
    with pytest.raises(DuebookError) as refused:
        sheets.settings(settings(*rows), payment_plan.asked())
    assert refused.value.key == f"credit_buttons.{key}"
    assert refused.value.text("en") != refused.value.text("zh")


def test_every_unit_has_a_format() -> None:
    asked: list[Asked] = [*credit_memo.ASKED, *payment_plan.asked(), *credit_file.STATEMENT]
    assert {one.field.unit for one in asked} <= set(FORMATS)


def test_a_memo_asks_for_what_the_limit_takes() -> None:
    names = {parameter.name for parameter in catalogue.functions()["LIMIT_DETAIL"].parameters}
    asked = {one.field.key for one in credit_file.LIMIT}
    assert names - {"grade", "policy", "as_of"} == asked - {"sector"}


def test_the_items_of_the_distress_models_are_known() -> None:
    """Each model takes items that a memo looks for, and its zone can be asked."""
    known = {one.field.key for one in credit_file.ITEMS}
    used = set()
    for model in distress_models.MODELS:
        parameters = distress_models._parameters(model)
        assert {name for name, _ in parameters} <= known, model.function
        used |= {name for name, _ in parameters}
    assert {one.field.key for one in credit_file.STATEMENT} <= used, "no item is looked for in vain"


def test_a_memo_is_as_wide_as_a_sheet_of_paper() -> None:
    """A4 upright, less Excel's usual margins of 0.7 inch, has room for 90 characters of the usual letter."""
    assert sum(memo.WIDTHS) <= 84 and len(memo.WIDTHS) == 6
    assert sum(memo.WIDTHS[2:]) * 11 / 9 >= memo.NARROW


def test_rows_of_one_customer_that_differ_state_nothing() -> None:
    given: dict[str, credit_file.Given] = {}
    found = credit_file.columns(
        LiveTable("exposure", "S", 1, 1, ("Customer ID", "Currency", "Insured limit"), ()), credit_file.ITEMS
    )
    credit_file._take(given, found, [("7", "CNY", 5.0), ("7", "USD", 5.0)])
    assert given == {"insurer_limit": credit_file.Given(5.0, "exposure")}
    error = CellError("#N/A", "cell.error_passed", argument="x", value="#N/A")
    credit_file._take(given, found, [("7", error, None)])
    assert given["currency"].value is error, "an error is passed on to the function, which says so"
