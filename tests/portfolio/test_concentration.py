"""Concentration: bounds, netting per customer, what is said of customers in credit. Figures: tests/cases."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.notes import listening
from duebook.portfolio import concentration

CENTS = st.decimals("-1e6", "1e9", places=2)
AMOUNTS = st.lists(CENTS, min_size=1, max_size=30)
NAMED = st.lists(st.tuples(st.sampled_from("ABCDE"), CENTS), min_size=1, max_size=30)
LAST_DIGIT = Decimal("1e-20")
"""What a division rounded to 28 digits may be off by."""
FORMULAS = (
    concentration.top_share,
    concentration.hhi,
    concentration.gini,
    concentration.effective_customers,
)


@given(AMOUNTS)
def test_bounds(amounts: list[Decimal]) -> None:
    n = len(amounts)
    if not any(amount > 0 for amount in amounts):
        assert [concentration.figure(formula, amounts) for formula in FORMULAS] == [None] * len(FORMULAS)
        return
    assert Decimal(10_000) / n <= concentration.hhi(amounts) + LAST_DIGIT and concentration.hhi(amounts) <= 10_000
    assert 1 <= concentration.effective_customers(amounts) <= n + LAST_DIGIT
    assert 0 <= concentration.gini(amounts) <= Decimal(n - 1) / n + LAST_DIGIT
    shares = [concentration.top_share(amounts, n=top) for top in range(1, n + 1)]
    assert shares == sorted(shares) and shares[-1] == 1


@given(st.integers(1, 40), st.decimals("0.01", "1e9", places=2))
def test_equal_customers_are_the_least_concentrated(n: int, amount: Decimal) -> None:
    amounts = [amount] * n
    assert concentration.figure(concentration.effective_customers, amounts) == n
    assert concentration.gini(amounts) == 0
    assert float(concentration.hhi(amounts)) == pytest.approx(10_000 / n)


@given(st.integers(2, 40), st.decimals("0.01", "1e9", places=2))
def test_one_customer_with_all_reaches_every_bound(n: int, amount: Decimal) -> None:
    amounts = [amount, *[Decimal(0)] * (n - 1)]
    assert concentration.hhi(amounts) == 10_000 and concentration.effective_customers(amounts) == 1
    assert float(concentration.gini(amounts)) == pytest.approx((n - 1) / n)
    assert concentration.top_share(amounts) == 1


@given(NAMED)
def test_netting_by_name_is_netting_beforehand(rows: list[tuple[str, Decimal]]) -> None:
    names, amounts = [name for name, _ in rows], [amount for _, amount in rows]
    sums = [sum((a for n, a in rows if n == name), Decimal(0)) for name in dict.fromkeys(names)]
    for formula in FORMULAS:
        by_name = concentration.figure(formula, amounts, customers=names)
        assert by_name == concentration.figure(formula, sums)


@given(st.lists(st.decimals("0.01", "1e9", places=2), min_size=2, max_size=20), st.integers(2, 1000))
def test_the_unit_of_money_does_not_matter(amounts: list[Decimal], factor: int) -> None:
    for formula in FORMULAS:
        found = concentration.figure(formula, [amount * factor for amount in amounts])
        assert found == concentration.figure(formula, amounts)


@given(st.lists(st.decimals("0.01", "1e9", places=2), min_size=2, max_size=20))
def test_gini_is_half_the_relative_mean_difference(amounts: list[Decimal]) -> None:
    """mathworld.wolfram.com, Gini coefficient: Σᵢ Σⱼ |xᵢ − xⱼ| ÷ (2 n² mean)."""
    differences = sum(abs(a - b) for a in amounts for b in amounts)
    expected = differences / (2 * len(amounts) * sum(amounts))
    assert float(concentration.gini(amounts)) == pytest.approx(float(expected), abs=1e-15)


def test_customers_in_credit_are_clipped_and_said() -> None:
    with listening() as said:
        found = concentration.hhi([Decimal(50), Decimal(50), Decimal(-30), Decimal("-0.5")])
    assert found == 5000
    assert [note.text() for note in said] == ["Customers in credit, counted as 0: 2, together 30.5."]


def test_a_credit_is_netted_within_its_customer_before_clipping() -> None:
    with listening() as said:
        found = concentration.top_share([Decimal(80), Decimal(-30), Decimal(50)], ["A", "A", "B"])
    assert found == Decimal("0.5") and said == []


def test_small_samples_say_their_bound() -> None:
    with listening() as said:
        concentration.gini([Decimal(x) for x in (10, 20, 30, 40, 50)])
    assert said[0].facts == {"customers": 5, "bound": "0.8000", "share": "33.3"}
    with listening() as alone:
        assert concentration.gini([Decimal(7)]) == 0
    assert alone == [], "one customer has no bound to compare with"


def test_names_that_differ_in_case_only_are_said() -> None:
    with listening() as said:
        found = concentration.top_share([Decimal(60), Decimal(40)], ["Acme", "ACME"])
    assert found == Decimal("0.6") and said[0].key == "portfolio.names_alike"


def test_more_top_customers_than_there_are() -> None:
    with listening() as said:
        assert concentration.top_share([Decimal(60), Decimal(40)], n=5) == 1
    assert said[0].facts == {"n": 5, "customers": 2}


@pytest.mark.parametrize("scale", [0, 100, -1, 9999])
def test_other_scales_are_refused(scale: int) -> None:
    with pytest.raises(CellError, match="10000 for percentage shares") as refused:
        concentration.hhi([Decimal(1)], scale=scale)
    assert refused.value.code == "#NUM!"


def test_floats_count_as_the_decimals_they_stand_for() -> None:
    assert concentration.top_share([0.1, 0.2]) == concentration.top_share([Decimal("0.1"), Decimal("0.2")])  # type: ignore[list-item]


@pytest.mark.parametrize("name", ["Total", "grand total", "合计", "合  计：", "小计", "Subtotal"])
def test_a_total_row_is_refused_where_it_is_named(name: str) -> None:
    customers = ["A", "B", name, "C"]
    for formula in FORMULAS:
        with pytest.raises(CellError) as refused:
            formula([Decimal(3), Decimal(4), Decimal(7), Decimal(5)], customers)
        assert refused.value.key == "portfolio.total_row"
    assert concentration.hhi([Decimal(3), Decimal(4), Decimal(8)], ["A", "B", name])  # a customer of that name


def test_a_last_amount_that_adds_up_the_others_is_said() -> None:
    for amounts, said in (([3, 4, 7], True), ([7, 7], False), ([3, 4, 8], False), ([3, -3, 0], False)):
        with listening() as heard:
            concentration.refuse_total([Decimal(amount) for amount in amounts])
        assert [note.key for note in heard] == ["portfolio.perhaps_total"] * said
