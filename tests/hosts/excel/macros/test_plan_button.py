"""The settings of a payment plan, and the check that it adds up."""

from __future__ import annotations

from datetime import date

import pytest

from duebook.core.errors import DuebookError
from duebook.hosts.call import Door
from duebook.hosts.excel.macros import payment_plan
from duebook.hosts.excel.results import payment_plan as result


def test_every_argument_of_the_function_is_a_setting_with_its_own_help() -> None:
    names = [parameter.name for parameter in payment_plan.parameters()]
    assert list(payment_plan.LABELS) == names, "one label for each, in the function's order"
    for one, parameter in zip(payment_plan.asked()[1:], payment_plan.parameters(), strict=True):
        assert (one.field.key, one.needed) == (parameter.name, parameter.required)
        assert (str(one.help), one.help.zh) == (parameter.kind.help, parameter.kind.zh)
    units = {one.field.key: one.field.unit for one in payment_plan.asked()}
    assert units["first_date"] == units["start_date"] == "date" and units["annual_rate"] == "rate"
    assert units["amount"] == "money" and units["installments"] == "count" and units["method"] == "text"


def test_the_table_has_the_columns_of_the_function() -> None:
    rows = Door("zh").call("PAYMENT_PLAN", [100, 3, date(2026, 1, 31)])
    assert [field.zh for field in result().fields] == rows[0]


def rows() -> list[list[object]]:
    return [list(row) for row in Door().call("PAYMENT_PLAN", [1000, 3, date(2026, 1, 31), 0.12, None, None, 0.1])[1:]]


def test_a_plan_adds_up() -> None:
    plan = rows()
    payment_plan.checked(plan, payment_plan.sums(plan))


@pytest.mark.parametrize("place", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("row", [1, 3])
def test_a_plan_that_does_not_add_up_is_refused(row: int, place: int) -> None:
    plan = rows()
    cell = plan[row][place]
    assert isinstance(cell, float)
    plan[row][place] = cell + 0.01
    with pytest.raises(DuebookError) as refused:
        payment_plan.checked(plan, payment_plan.sums(plan))
    assert refused.value.key == "credit_buttons.plan_adds_not_up"
    assert refused.value.text("en") != refused.value.text("zh")
