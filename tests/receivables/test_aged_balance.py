"""The aged balance ties for each customer and currency, to the cent, whatever happens to credits."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.hosts.call import Door
from duebook.policy.closing import UNAPPLIED
from duebook.policy.load import load
from duebook.receivables.aged_balance import TOTAL, aging
from duebook.receivables.aging import bucket_sql

AS_OF = date(2026, 10, 31)
SCHEMES = list(load().schemes)
ITEMS = st.lists(
    st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(["CNY", "USD", "JPY"]),
        st.integers(-2200, 100).map(lambda n: AS_OF + timedelta(n)),
        st.decimals("-1e9", "1e9", places=2),
    ),
    min_size=1,
    max_size=12,
)
Item = tuple[str, str, date, Decimal]


def table(items: list[Item], scheme: str = "standard", unapplied: str = "separate") -> list[list]:
    customers, currencies, days, amounts = map(list, zip(*items, strict=True))
    return [list(row) for row in aging(customers, days, amounts, AS_OF, scheme, currencies, unapplied).rows]


@given(ITEMS, st.sampled_from(SCHEMES), st.sampled_from(UNAPPLIED))
def test_buckets_and_unapplied_are_the_total_of_each_customer(items: list[Item], scheme: str, unapplied: str) -> None:
    owed: Counter[tuple[str, str]] = Counter()
    for customer, currency, _, amount in items:
        owed[customer, currency] += amount  # type: ignore[assignment]  # Counter of Decimal
    rows = table(items, scheme, unapplied)
    lines = [row for row in rows if row[0] is not TOTAL]
    assert {(row[0], row[1]): row[-1] for row in lines} == owed
    assert all(sum(row[2:-1]) == row[-1] for row in rows)


@given(ITEMS, st.sampled_from(UNAPPLIED))
def test_each_block_ends_with_the_sum_of_its_customers(items: list[Item], unapplied: str) -> None:
    rows = table(items, "standard", unapplied)
    currencies = sorted({currency for _, currency, _, _ in items})
    assert [row[1] for row in rows if row[0] is TOTAL] == currencies
    for currency in currencies:
        *lines, total = [row for row in rows if row[1] == currency]
        assert total[0] is TOTAL
        assert total[2:] == [sum(column) for column in list(zip(*lines, strict=True))[2:]]


@given(ITEMS)
def test_buckets_are_never_negative_unless_credits_are_aged(items: list[Item]) -> None:
    for unapplied in ("separate", "fold"):
        for row in table(items, "standard", unapplied):
            assert min(row[2:-2]) >= 0 >= row[-2]


@given(ITEMS)
def test_folding_leaves_credits_only_where_nothing_is_owed(items: list[Item]) -> None:
    apart = {(row[0], row[1]): row for row in table(items)}
    for row in table(items, unapplied="fold"):
        before = apart[row[0], row[1]]
        assert row[-1] == before[-1]
        if row[0] is not TOTAL:
            assert row[-2] == min(before[-1], 0), "credits are used up, or all debts are"
            assert all(now <= then for now, then in zip(row[2:-2], before[2:-2], strict=True))


@given(ITEMS, st.randoms())
def test_the_order_of_rows_does_not_matter(items: list[Item], chance: object) -> None:
    shuffled = items.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random
    for unapplied in UNAPPLIED:
        assert table(shuffled, unapplied=unapplied) == table(items, unapplied=unapplied)


@pytest.mark.parametrize("name", SCHEMES)
def test_the_close_sums_the_same(name: str) -> None:
    scheme = load().schemes[name]
    items = [("A", "CNY", AS_OF - timedelta(7 * n), Decimal(n) / 7 // Decimal("0.01") / 100) for n in range(1, 320)]
    with Engine() as engine:
        engine.execute("CREATE TABLE items (day DATE, amount DECIMAL(18, 4))")
        engine.insert("items", [(day, amount) for _, _, day, amount in items])
        case = bucket_sql(scheme, "day", AS_OF)
        found = dict(engine.rows(f"SELECT {case} AS bucket, sum(amount) FROM items GROUP BY bucket"))
    (row, _) = table(items, name)
    assert [found.get(n, 0) for n in range(1, scheme.buckets + 1)] == row[2:-2]


def test_headers_and_totals_speak_chinese_and_headers_can_go() -> None:
    arguments = [["甲"], [date(2026, 10, 1)], ["1,000.50"], AS_OF, "five_buckets"]
    header, row, total = Door("zh").call("AGING", arguments)
    assert header == ["客户", "未到期", "1–30天", "31–60天", "61–90天", ">90天", "未核销", "合计"]
    assert row == ["甲", 0, 1000.5, 0, 0, 0, 0, 1000.5] and total[0] == "合计"
    assert len(Door("zh").call("AGING", [*arguments, None, None, None, False])) == 2


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [(0, ["A", None], "customer, row 2"), (1, [AS_OF, None], "date, row 2"), (2, [1, "x"], "amount, row 2"),
     (4, "weekly", "cn_annual"), (5, ["CNY", None], "currency, row 2"), (5, ["CNY", "XXQ"], "XXQ"),
     (6, "hide", "separate"), (2, [1], "cells")],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_by_name(place: int, value: object, says: str) -> None:
    arguments: list[object] = [["A", "B"], [AS_OF, AS_OF], [1, 2], AS_OF, "standard", ["CNY", "CNY"], "fold"]
    arguments[place] = value
    assert says in Door().call("AGING", arguments).text()


def test_documents_of_the_future_are_said_under_an_invoice_date_scheme() -> None:
    door = Door()
    door.call("AGING", [["A"], [AS_OF + timedelta(1)], [5], AS_OF, "invoice_date"], cell="S!A1")
    assert "dated after 2026-10-31: 1" in door.why("S!A2")


def test_scheme_and_credits_follow_the_policys_close() -> None:
    """What the firm's policy says of the close holds in a cell too, from the day it is in force."""
    policy = [
        ["[close]", "", "", "", ""],
        ["from", "scheme", "disputed", "unapplied", "period_months"],
        [date(2026, 1, 1), "standard", "separate", "separate", 3],
        [date(2026, 10, 1), "five_buckets", "separate", "fold", 3],
    ]
    items = [["A", "A"], [date(2026, 8, 1), date(2026, 8, 2)], [100, -30]]
    before = Door().call("AGING", [*items, date(2026, 9, 30), None, None, None, policy])
    after = Door().call("AGING", [*items, AS_OF, None, None, None, policy])
    assert (len(before[0]), before[1][-2:]) == (9, [-30, 70])
    assert (len(after[0]), after[1][-2:]) == (8, [0, 70])
