"""The allowance account adds up in every table, and the required allowance is the close's."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from duebook.hosts.call import Door
from duebook.receivables.allowance import CHARGE, CLOSING, REQUIRED, REVERSAL, aged_provision, allowance_movement
from duebook.receivables.provision import provision_by_bucket

MONEY = st.decimals("0", "1e9", places=2)
FX = st.decimals("-1e6", "1e6", places=2)
BUCKETS = st.lists(st.tuples(st.decimals("-1e9", "1e9", places=2), st.decimals("0", "1", places=4)), min_size=1)


@given(MONEY, MONEY, MONEY, MONEY, FX)
def test_lines_add_up_to_the_closing_allowance(
    opening: Decimal, required: Decimal, write_offs: Decimal, recoveries: Decimal, fx: Decimal
) -> None:
    lines = dict(allowance_movement(opening, required, write_offs, recoveries, fx).rows)
    closing = lines.pop(CLOSING)
    assert sum(lines.values()) == closing == required
    assert lines[CHARGE] >= 0 >= lines[REVERSAL] and 0 in (lines[CHARGE], lines[REVERSAL])


@given(BUCKETS, MONEY, MONEY)
def test_the_matrix_is_that_of_the_close(
    buckets: list[tuple[Decimal, Decimal]], opening: Decimal, write_offs: Decimal
) -> None:
    balances, rates = ([pair[n] for pair in buckets] for n in (0, 1))
    rows = aged_provision(balances, rates, opening, write_offs).rows
    losses = provision_by_bucket(balances, rates, 2)
    assert [row[3] for row in rows[: len(buckets)]] == list(losses)
    assert rows[len(buckets)][0] is REQUIRED and rows[len(buckets)][3] == sum(losses)
    movement = [list(row) for row in allowance_movement(opening, sum(losses, Decimal(0)), write_offs).rows]
    assert [[row[0], row[3]] for row in rows[len(buckets) + 1 :]] == movement


def test_yen_have_no_decimals() -> None:
    rows = aged_provision([Decimal(250)], [Decimal("0.01")], Decimal(0), currency="JPY").rows
    assert rows[0][3] == 3


def test_write_offs_above_the_allowance_are_said() -> None:
    door = Door()
    door.call("ALLOWANCE_MOVEMENT", [10, 5, 30], cell="S!A1")
    assert "by 20; the charge" in door.why("S!B6")
    door.call("AGED_PROVISION", [[100, -5], [0.1, 0.2], 10], cell="S!A1")
    assert "negative balance: 1" in door.why("S!A1")
