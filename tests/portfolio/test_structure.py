"""Customer structure: shares add up, deviation within 0 and 1, who is core, growth or new. Figures: tests/cases."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.portfolio.structure import customer_mix

AS_OF = date(2026, 10, 31)
ROWS = st.lists(
    st.tuples(st.sampled_from("ABCDEFGH"), st.decimals("-1e5", "1e8", places=2), st.integers(0, 2000)),
    min_size=1,
    max_size=20,
)


def mix(rows: list[tuple[str, Decimal, int]], **more: Any) -> list[list[Any]]:
    """Customer, amount, days since the first sale."""
    names, amounts, days = (list(column) for column in zip(*rows, strict=True))
    since = [AS_OF - timedelta(ago) for ago in days]
    facts = {"basis": "revenue", "first_sale": since, "as_of": AS_OF, **more}
    return [list(row) for row in customer_mix(amounts, names, **facts).rows]


@given(ROWS, st.sampled_from(["count", "revenue", "margin", "exposure", "effort"]))
def test_shares_add_up_and_the_deviation_is_a_share(rows: list[tuple[str, Decimal, int]], basis: str) -> None:
    try:
        *classes, total = mix(rows, basis=basis)
    except ZeroDivisionError:
        nets: dict[str, Decimal] = {}
        for name, amount, _ in rows:
            nets[name] = nets.get(name, Decimal(0)) + amount
        assert basis != "count" and all(net <= 0 for net in nets.values())
        return
    assert sum(row[3] for row in classes) == pytest.approx(1) and all(0 <= row[3] <= 1 for row in classes)
    assert 0 <= total[5] <= 1
    assert total[5] == pytest.approx(sum(abs(row[5]) for row in classes) / 2)
    assert sum(row[1] for row in classes) == total[1] == len({name for name, _, _ in rows})
    assert sum(row[2] for row in classes) == total[2]


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[str, Decimal, int]], chance: Any) -> None:
    shuffled = chance.sample(rows, len(rows))
    assert mix(rows, basis="count") == mix(shuffled, basis="count")


@pytest.mark.parametrize(("first", "new"), [(date(2025, 10, 30), 0), (date(2025, 10, 31), 1), (AS_OF, 1)])
def test_new_is_within_twelve_months(first: date, new: int) -> None:
    table = customer_mix([Decimal(1)], ["A"], "count", None, [first], None, AS_OF)
    assert table.rows[2][:2] == ["new", new]


def test_the_earliest_first_sale_of_a_customer_counts() -> None:
    table = customer_mix([1, 1], ["A", "A"], "count", None, [AS_OF, date(2020, 1, 1)], None, AS_OF)  # type: ignore[list-item]
    assert [row[1] for row in table.rows] == [1, 0, 0, 1]


def test_a_first_sale_after_the_as_of_date_is_refused() -> None:
    with pytest.raises(CellError, match="customer B is 2026-11-01, after as_of 2026-10-31") as refused:
        customer_mix([1, 1], ["A", "B"], "count", None, [AS_OF, AS_OF + timedelta(1)], None, AS_OF)  # type: ignore[list-item]
    assert refused.value.code == "#NUM!"


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({}, "#N/A", "Give classes, or first_sale and as_of"),
        ({"first_sale": [date(2020, 1, 1)] * 2}, "#N/A", "as_of is blank"),
        ({"classes": ["core", "gold"]}, "#VALUE!", '"gold" of customer B .*core, growth, new'),
        ({"classes": ["core", "new"], "target": "50/50"}, "#VALUE!", 'no mix "50/50".*30/50/20, 70/20/10'),
    ],
)
def test_refusals_name_what_to_do(more: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(CellError, match=says) as refused:
        customer_mix([Decimal(6), Decimal(4)], ["A", "B"], "revenue", **more)
    assert refused.value.code == code


def test_one_customer_in_two_classes_is_refused() -> None:
    with pytest.raises(CellError, match="Customer A is in two classes, core and new"):
        customer_mix([Decimal(6), Decimal(4)], ["A", "A"], "revenue", ["core", "new"])


def test_classes_and_sentences_in_chinese() -> None:
    door = Door("zh")
    rows = door.call("CUSTOMER_MIX", [[60.0, 40.0], ["A", "B"], "收入", ["核心客户", "成长客户"]], "A1")
    assert [row[0] for row in rows] == ["客户类别", "核心客户", "成长客户", "新客户", "合计"]
    assert "目标 30/50/20 按客户数制定；此处按收入计量" in door.why("A1")


def test_the_basis_is_compared_with_what_the_target_was_written_for() -> None:
    args = ([Decimal(7), Decimal(2), Decimal(1)], ["A", "B", "C"], "effort", ["mature", "near-prime", "trial"])
    with listening() as said:
        customer_mix(*args, target="70/20/10")
    assert "portfolio.mix_meant_for" not in [note.key for note in said]
    with listening() as said:
        customer_mix(*args[:2], "revenue", args[3], target="70/20/10")
    assert "a mix by effort; here it is measured by revenue" in " ".join(note.text() for note in said)


def test_a_loss_making_core_is_not_called_the_profit() -> None:
    *_, total = mix([("A", Decimal(9), 900), ("B", Decimal(1), 10)], margin=[Decimal(-5), Decimal(3)])
    assert total[6:] == [Decimal(-2), None]


def test_own_mix_in_a_range() -> None:
    own = [
        ["[mix]", None, None, None, None, None],
        ["from", "name", "meant_for", "new_months", "largest_share", None],
        [date(2020, 1, 1), "60/30/10", "exposure", 6.0, 0.5, None],
        [None] * 6,
        ["[mix_class]", None, None, None, None, None],
        ["from", "mix", "name", "zh", "target", "rule"],
        [date(2020, 1, 1), "60/30/10", "key", None, 0.6, "largest"],
        [date(2020, 1, 1), "60/30/10", "other", None, 0.3, "rest"],
        [date(2020, 1, 1), "60/30/10", "young", None, 0.1, "new"],
    ]
    first = [date(2020, 1, 1), date(2020, 1, 1), date(2026, 4, 29)]
    args = [[60.0, 30.0, 10.0], ["A", "B", "C"], "exposure", None, first, None, AS_OF, None, own]
    rows = Door().call("CUSTOMER_MIX", args)
    assert [row[:2] for row in rows[1:]] == [["key", 1], ["other", 2], ["young", 0], ["Total", 3]]
    assert rows[4][5] == pytest.approx(0.1)


def test_core_is_as_few_as_reach_the_share() -> None:
    """80 and 20: the first alone holds the policy's 80 %; 79.99 and 20.01 take both."""
    old = [date(2020, 1, 1)] * 2
    for amounts, core in (((80, 20), 1), (("79.99", "20.01"), 2)):
        table = customer_mix([Decimal(a) for a in amounts], ["A", "B"], "revenue", None, old, None, AS_OF)
        assert [row[1] for row in table.rows] == [core, 2 - core, 0, 2]
