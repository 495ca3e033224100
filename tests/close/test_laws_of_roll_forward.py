"""Laws of the movements workbook over random histories of all kinds: what stands one by one adds up to its line."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.close import compare, movements_rows, open_items, roll_forward
from duebook.close.options import Period
from duebook.close.result import Close
from duebook.close.roll_forward import Rolled
from duebook.core.engine import Engine
from duebook.policy import load
from tests.close.small_ledgers import Row, engine_with
from tests.close.test_laws_of_movement import DAYS, held_at, histories


def closed(engine: Engine, since: date, as_of: date) -> Close:
    """As much of a close as the rows of the workbook look at."""
    for column in ("document_id VARCHAR", "file VARCHAR", "line BIGINT"):
        engine.execute(f"ALTER TABLE allocations ADD COLUMN IF NOT EXISTS {column}")
    open_items.link_allocations(engine)
    open_items.age(engine, as_of, load.load().schemes["standard"], "separate", "separate")
    options: Any = SimpleNamespace(previous=None)
    period = Period(since + timedelta(1), as_of)
    return cast(
        Close,
        SimpleNamespace(engine=engine, as_of=as_of, language="en", options=options, previous=None, period=period),
    )


def summed(rolled: Rolled, name: str, account: str) -> dict[str, Decimal]:
    """A line of one account by currency, where it is not zero."""
    together = {currency: line for (currency, of), line in compare.summed(rolled.lines).items() if of == account}
    amounts = {currency: movements_rows.value_of(line, name) for currency, line in together.items()}
    return {currency: amount for currency, amount in amounts.items() if amount}


def listed(rows: list[dict[str, Any]], amount: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found[row["currency"]] += row[amount]
    return {currency: total for currency, total in found.items() if total}


@given(histories(), DAYS, st.integers(1, 200))
@settings(max_examples=20, deadline=None)
def test_the_roll_forward_closes_and_its_lists_add_up(
    history: tuple[list[Row], list[Row]], since: date, days: int
) -> None:
    as_of = since + timedelta(days)
    with engine_with(*history) as engine:
        close = closed(engine, since, as_of)
        rolled = roll_forward.rolled(close)
        opening, closing = held_at(engine, since), held_at(engine, as_of)
        for line in rolled.lines:
            key = (line.customer_id, line.currency, line.account)
            assert line.unexplained == 0
            assert (line.opening, line.closing) == (opening.pop(key, 0), closing.pop(key, 0))
        assert not opening and not closing, "nobody is left out"
        netting = movements_rows.netting(close, since)
        names = [column.key for column in netting.columns]
        one_by_one = [dict(zip(names, row, strict=True)) for batch in netting.batches(100) for row in batch]
        assert listed(one_by_one, "amount") == summed(rolled, "netting", "receivable")
        bills = summed(rolled, "closing", "bill")
        assert listed([dict(row) for row in movements_rows.bill_states(close)], "open") == bills
        assert listed([dict(row) for row in movements_rows.bill_maturities(close)], "open") == bills
