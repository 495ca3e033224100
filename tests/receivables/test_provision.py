"""Provision matrices from a standard and textbooks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.receivables.provision import bad_debt_rate, provision, provision_by_bucket


def test_ifrs_9_example() -> None:
    """IFRS 9 IE74–IE77: 580,000 on 30 million."""
    balances = [Decimal(x) for x in ("15000000", "7500000", "4000000", "2500000", "1000000")]
    rates = [Decimal(x) for x in ("0.003", "0.016", "0.036", "0.066", "0.106")]
    assert sum(provision_by_bucket(balances, rates, 2)) == Decimal("580000")


def test_textbook_example() -> None:
    """Accounting Principles p. 375: 24,400."""
    balances = [Decimal(x) for x in ("560000", "252000", "4000", "800", "11200")]
    rates = [Decimal(x) for x in ("0.01", "0.05", "0.10", "0.25", "0.50")]
    assert sum(provision_by_bucket(balances, rates, 2)) == Decimal("24400")


def test_each_bucket_is_rounded_half_up_to_the_minor_unit() -> None:
    assert provision_by_bucket([Decimal("0.50"), Decimal("1.50")], [Decimal("0.01")] * 2, 2) == (
        Decimal("0.01"),
        Decimal("0.02"),
    )
    assert provision_by_bucket([Decimal(250)], [Decimal("0.01")], 0) == (Decimal(3),)


@given(
    st.lists(st.tuples(st.decimals("-1e9", "1e9", places=2), st.decimals("0", "3", places=4)), min_size=1, max_size=8)
)
def test_never_more_than_the_balance(rows: list[tuple[Decimal, Decimal]]) -> None:
    found = provision_by_bucket([b for b, _ in rows], [r for _, r in rows], 2)
    assert all(0 <= loss <= max(balance, 0) for loss, (balance, _) in zip(found, rows, strict=True))


BUCKETS = st.lists(
    st.tuples(st.decimals("-1e6", "1e9", places=2), st.decimals("0", "1", places=4), st.decimals("0", "1e9", places=2)),
    min_size=1,
    max_size=8,
)
Buckets = list[tuple[Decimal, Decimal, Decimal]]


def columns(buckets: Buckets) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    balances, rates, covered = ([row[n] for row in buckets] for n in range(3))
    return balances, rates, covered


@given(BUCKETS)
def test_the_cell_gives_what_the_close_gives(buckets: Buckets) -> None:
    balances, rates, _ = columns(buckets)
    assert provision(balances, rates) == sum(provision_by_bucket(balances, rates, 2))
    found = Door().call("PROVISION", [list(map(float, balances)), list(map(float, rates))])
    assert found == float(sum(provision_by_bucket(balances, rates, 2)))


@given(BUCKETS, st.decimals("0", "10", places=2), st.decimals("0", "1", places=2))
def test_a_higher_factor_never_lowers_the_allowance_and_cover_never_raises_it(
    buckets: Buckets, factor: Decimal, more: Decimal
) -> None:
    balances, rates, covered = columns(buckets)
    least = provision(balances, rates, factor, covered)
    assert least <= provision(balances, rates, factor)
    assert least <= provision(balances, rates, factor + more, covered)
    assert 0 <= least <= sum(max(balance, 0) for balance in balances)


@given(BUCKETS, st.data())
def test_specific_items_lost_whole_cost_their_balance(buckets: Buckets, data: st.DataObject) -> None:
    balances, rates, _ = columns(buckets)
    apart = [data.draw(st.decimals(0, max(balance, Decimal(0)), places=2)) for balance in balances]
    pool = [balance - out for balance, out in zip(balances, apart, strict=True)]
    found = provision(balances, rates, 1, None, apart, [sum(apart, Decimal(0))])
    assert found == sum(apart) + sum(provision_by_bucket(pool, rates, 2))
    assert found >= provision(balances, rates) - Decimal("0.01") * len(buckets)


@pytest.mark.parametrize(
    ("more", "key", "code"),
    [
        (([Decimal(2000)], [Decimal(1)]), "provision.specific_above_balance", "#NUM!"),
        (([Decimal(100)], None), "provision.specific_allowance_missing", "#N/A"),
        ((None, [Decimal(1)]), "provision.specific_balances_missing", "#N/A"),
        (([None], [Decimal(1)]), "provision.specific_balances_missing", "#N/A"),
        (([Decimal(100)], [Decimal(101)]), "provision.specific_allowance_above", "#NUM!"),
    ],
)
def test_the_specific_part_fits_its_balances(more: tuple[Any, Any], key: str, code: str) -> None:
    with pytest.raises(CellError) as refused:
        provision([Decimal(1000)], [Decimal("0.5")], 1, None, *more)
    assert (refused.value.key, refused.value.code) == (key, code)


def test_caps_and_clips_are_said() -> None:
    door = Door()
    door.call("PROVISION", [[1000, -5, 10], [0.9, 0.5, 0.1], 1.2, [None, None, 20]], cell="S!A1")
    said = door.why("S!A1")
    assert "forward factor of bucket 1." in said and "negative balance: 1" in said and "pool of bucket 3" in said


def test_a_bucket_left_blank_is_not_dropped() -> None:
    """The buckets after it would be named by the wrong number."""
    for name, more in (("PROVISION", []), ("AGED_PROVISION", [0])):
        found = Door().call(name, [[100, None, 50], [0.1, None, 0.5], *more])
        assert found.code == "#N/A" and "balances, row 2 is blank" in found.text()


def test_a_rate_in_percent_is_refused_with_the_fraction() -> None:
    assert "Did you mean 0.05" in Door().call("PROVISION", [[1000], [5]]).text()


def test_the_yen_has_no_cents() -> None:
    assert provision([Decimal(250)], [Decimal("0.01")], currency="JPY") == 3


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0.01, 1e9))
def test_bad_debt_rate_is_zero_where_all_came_back(lost: float, back: float, base: float) -> None:
    assert bad_debt_rate(lost, lost, base, "sales") == 0
    assert (bad_debt_rate(lost, back, base, "average_receivables") > 0) == (lost - back > 0)


def test_bad_debt_rate_names_its_base() -> None:
    door = Door()
    door.call("BAD_DEBT_RATE", [10, 0, 100, "average receivables"], cell="S!A1")
    assert "average receivables" in door.why("S!A1")
    assert door.call("BAD_DEBT_RATE", [10, 0, 0, "sales"]).code == "#DIV/0!"
    assert "sales" in door.call("BAD_DEBT_RATE", [10, 0, 5, "profit"]).text()
