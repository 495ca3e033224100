"""Loss rates: fractions between 0 and 1, write-offs never count as collected, what stands in is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.receivables.loss_rates import CAPPED, POOLED, loss_rates, roll_rates

MONEY = st.decimals("0", "1e6", places=2)
FLOWS = st.integers(2, 6).flatmap(lambda n: st.lists(st.lists(MONEY, min_size=n, max_size=n), min_size=1, max_size=4))
FALLING = FLOWS.map(lambda flows: [sorted(flow, reverse=True) for flow in flows])
GRIDS = st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(MONEY, min_size=n, max_size=n), min_size=2, max_size=5))
Grid = list[list[Decimal]]


@given(FALLING)
def test_the_further_a_debt_got_the_more_of_it_is_lost(flows: Grid) -> None:
    assume(all(sum(stage) > 0 for stage in zip(*flows, strict=True)))
    rates = [row[3] for row in loss_rates(flows).rows]
    assert all(0 <= rate <= 1 for rate in rates)
    assert rates == sorted(rates) and rates[-1] == 1


@given(FALLING)
def test_cohorts_together_lie_between_the_best_and_the_worst(flows: Grid) -> None:
    assume(all(flow[0] > 0 for flow in flows))
    each = [flow[-1] / flow[0] for flow in flows]
    together = loss_rates(flows).rows[0][3]
    assert float(min(each)) - 1e-12 <= together <= float(max(each)) + 1e-12


@given(FLOWS)
def test_a_flow_as_row_or_column_is_one_cohort(flows: Grid) -> None:
    (flow, *_) = flows
    assume(flow[0] > 0)
    assert loss_rates([flow]) == loss_rates([[amount] for amount in flow])


@given(FLOWS)
def test_what_stands_in_or_is_capped_is_remarked(flows: Grid) -> None:
    assume(sum(flow[0] for flow in flows) > 0)
    for _, reached, lost, rate, remark in loss_rates(flows).rows:
        assert 0 <= rate <= 1
        assert (remark is POOLED) == (reached == 0)
        assert (remark is CAPPED) == (lost > reached > 0)


def rolls(held: Grid, *more: object) -> list[list]:
    return [list(row) for row in roll_rates(held, *more).rows]  # type: ignore[arg-type]


@given(GRIDS)
def test_rolls_are_shares_and_losses_their_product(held: Grid) -> None:
    assume(any(amount > 0 for row in held[:-1] for amount in row[:-1]))
    rows = rolls(held)
    *moving, last = rows
    assert all(0 <= rate <= 1 for row in moving for rate in row[2:-1])
    loss = last[-2]
    assert loss == 1
    for row in reversed(moving):
        assert row[-3] == pytest.approx(sum(row[2:-3]) / len(row[2:-3]))
        loss *= row[-3]
        assert row[-2] == pytest.approx(loss)


@given(GRIDS, st.data())
def test_a_write_off_never_lowers_a_loss_rate(held: Grid, data: st.DataObject) -> None:
    """Writing off what stands in a bucket, instead of keeping it there, leaves every rate as it was."""
    assume(any(amount > 0 for row in held[:-1] for amount in row[:-1]))
    month = len(held) - 1
    bucket = data.draw(st.integers(0, len(held[0]) - 1))
    gone = data.draw(st.decimals(0, held[month][bucket], places=2))
    cut = [row.copy() for row in held]
    cut[month][bucket] -= gone
    written: list[list[Decimal | None]] = [[None] * len(row) for row in held]
    written[month][bucket] = gone
    assert rolls(cut, written) == rolls(held)
    before = [row[-2] for row in rolls(cut)]
    assert all(now >= then for now, then in zip((row[-2] for row in rolls(held)), before, strict=True))


COHORT = st.tuples(st.integers(1, 999), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2))


@given(st.lists(COHORT, min_size=4, max_size=6), st.integers(2, 4), st.sampled_from(["closed", "open"]))
def test_write_offs_in_any_month_change_no_roll(cohorts: list, width: int, last_bucket: str) -> None:
    """A book kept without write-offs, and the same book with some of what is owed written off along the way."""
    months = len(cohorts)
    kept = [[Decimal(0)] * width for _ in range(months)]
    books = [row.copy() for row in kept]
    written: list[list[Decimal | None]] = [[Decimal(0)] * width for _ in range(months)]
    for born, (sold, steps) in enumerate(cohorts):
        owed, lost = sold, 0
        for month in range(born, months):
            bucket = min(month - born, width - 1)
            paid, off = steps[month - born] if 0 < month - born < len(steps) else (0, 0)
            paid = min(paid, owed - lost)
            owed -= paid
            off = min(off, owed - lost)
            lost += off
            if month - born < width or last_bucket == "open":
                kept[month][bucket] += owed
                books[month][bucket] += owed - lost
                written[month][bucket] += off  # type: ignore[operator]  # no blank among them
    assert rolls(books, written, 1, last_bucket) == rolls(kept, None, 1, last_bucket)


def test_a_write_off_goes_on_as_a_loss() -> None:
    """100, of which 20 are written off on the way, 30 collected, 25 collected later: 45 are lost in the end."""
    held = [[Decimal(x) for x in row] for row in ((100, 0, 0), (0, 50, 0), (0, 0, 25))]
    written = [[None] * 3, [None, Decimal(20), None], [None] * 3]
    assert rolls(held, written)[0][-2] == pytest.approx(0.45)
    assert rolls(held)[0][-2] == pytest.approx(0.25), "without the write-off 20 would count as collected"


def test_a_bucket_that_never_held_anything_takes_the_rate_of_all() -> None:
    held = [[Decimal(x) for x in row] for row in ((100, 0, 10), (100, 0, 10))]
    first, second, _ = rolls(held)
    assert (first[2], second[2], second[-1]) == (0.0, 0.1, POOLED)


def test_nothing_to_learn_from_is_a_division_by_zero() -> None:
    zero = [[Decimal(0)] * 3] * 3
    with pytest.raises(ZeroDivisionError):
        rolls(zero)
    with pytest.raises(ZeroDivisionError):
        loss_rates(zero)


def test_the_last_bucket_loses_what_the_caller_says() -> None:
    held = [[Decimal(100), Decimal(0)], [Decimal(0), Decimal(50)]]
    assert [row[-2] for row in rolls(held, None, Decimal("0.4"))] == [pytest.approx(0.2), 0.4]


def test_an_open_last_bucket_keeps_what_it_held() -> None:
    held = [[Decimal(100), Decimal(60)], [Decimal(100), Decimal(120)]]
    assert rolls(held)[0][2] == 1.0 and rolls(held)[0][-1] is CAPPED
    assert rolls(held, None, 1, "open")[0][2] == 0.75


@pytest.mark.parametrize(
    ("arguments", "says"),
    [([[[1, 2]]], "one row"), ([[1, 2]], "one bucket"), ([[[1, -2], [1, 2]]], "balances_by_month, row 1"),
     ([[[1, 2], [1, 2]], [[1], [2]]], "write_offs has 1"), ([[[1, None], [1, 2]]], "blank"),
     ([[[9, 1], [None, None], [9, 4]]], "row 2 is blank")],
)  # fmt: skip
def test_what_is_no_history_is_an_error(arguments: list[object], says: str) -> None:
    assert says in Door().call("ROLL_RATES", arguments).text()


def test_caps_and_pools_are_said() -> None:
    door = Door()
    door.call("ROLL_RATES", [[[100, 10], [0, 140], [100, 30]], [[None, None], [None, 5], [None, None]]], cell="S!A1")
    said = door.why("S!C2")
    assert "capped: 1→2" in said and "pooled rate is used: 1→2" in said and "(5)" in said
    door.call("LOSS_RATES", [[[100, 0, 4], [50, 0, 60]]], cell="S!A1")
    assert "in cohort 1, 2" in door.why("S!A1") and "reached stage 2" in door.why("S!A1")


def test_one_stage_is_no_flow() -> None:
    with pytest.raises(CellError, match="one stage"):
        loss_rates([[Decimal(5)]])
