"""Days to pay and beyond terms: weighted by money, and no better for invoices that are never paid."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.receivables.days_to_pay import days_beyond_terms, days_to_pay

AS_OF = date(2026, 10, 31)
START = date(2026, 6, 1)
INVOICES = st.lists(
    st.tuples(st.decimals("0.01", "1e9", places=2), st.integers(0, 150), st.none() | st.integers(0, 300)),
    min_size=1,
    max_size=10,
)
Invoices = list[tuple[Decimal, int, int | None]]
Columns = tuple[list[Decimal], list[date], list[date | None]]


def columns(invoices: Invoices) -> Columns:
    starts = [START + timedelta(start) for _, start, _ in invoices]
    paid = [None if days is None else START + timedelta(start + days) for _, start, days in invoices]
    return [amount for amount, _, _ in invoices], starts, paid


@given(INVOICES)
def test_the_mean_lies_between_the_quickest_and_the_slowest(invoices: Invoices) -> None:
    days = [days for _, _, days in invoices if days is not None]
    assume(days)
    assert min(days) - 1e-6 <= days_to_pay(*columns(invoices)) <= max(days) + 1e-6


@given(INVOICES, st.integers(1, 100))
def test_a_bill_left_unpaid_never_looks_better_later(invoices: Invoices, more: int) -> None:
    """Beyond terms: with nothing more paid, the figure of a later day is no smaller once all unpaid are overdue."""
    late = AS_OF + timedelta(more)
    amounts, due, paid = columns(invoices)
    paid = [day if day is not None and day <= AS_OF else None for day in paid]
    assert days_beyond_terms(amounts, due, paid, AS_OF) <= days_beyond_terms(amounts, due, paid, late) + 1e-6


@given(INVOICES)
def test_payments_of_the_future_have_not_happened(invoices: Invoices) -> None:
    amounts, starts, paid = columns(invoices)
    known = [day if day is not None and day <= AS_OF else None for day in paid]
    assert days_to_pay(amounts, starts, paid, AS_OF) == days_to_pay(amounts, starts, known, AS_OF)
    assert days_beyond_terms(amounts, starts, paid, AS_OF) == days_beyond_terms(amounts, starts, known, AS_OF)


@given(INVOICES, st.integers(0, 60))
def test_floored_is_never_less_and_never_below_zero(invoices: Invoices, terms: int) -> None:
    amounts, starts, paid = columns(invoices)
    assume(any(paid))
    due = [day + timedelta(terms) for day in starts]
    plain = days_beyond_terms(amounts, due, paid)
    floored = days_beyond_terms(amounts, due, paid, None, "floored")
    assert floored >= max(plain, 0) - 1e-9
    assert plain == pytest.approx(days_to_pay(amounts, starts, paid) - terms, abs=1e-6)


@given(INVOICES)
def test_one_invoice_in_two_parts_weighs_the_same(invoices: Invoices) -> None:
    halves = [(amount / 2, start, days) for amount, start, days in invoices for _ in range(2)]
    whole, split = (days_to_pay(*columns(each), AS_OF) for each in (invoices, halves))
    assert whole == pytest.approx(split)


def test_a_customer_who_stopped_paying_does_not_look_perfect() -> None:
    amounts, due = [Decimal(100)] * 2, [date(2026, 9, 1), date(2026, 9, 1)]
    paid = [date(2026, 9, 1), None]
    assert days_beyond_terms(amounts, due, paid) == 0
    assert days_beyond_terms(amounts, due, paid, AS_OF) == 30


@pytest.mark.parametrize(("off", "wanted"), [(-1, 5.5), (0, 10), (1, 10)])
def test_due_on_the_day_is_not_overdue_yet(off: int, wanted: float) -> None:
    """One item paid 10 days late; the unpaid other one is 1 day late, due today, due tomorrow."""
    due = [date(2026, 9, 1), AS_OF + timedelta(off)]
    assert days_beyond_terms([Decimal(100)] * 2, due, [date(2026, 9, 11), None], AS_OF) == wanted


def test_invoices_of_the_future_are_not_in() -> None:
    amounts, invoiced = [Decimal(100)] * 2, [date(2026, 10, 1), date(2026, 11, 5)]
    assert days_to_pay(amounts, invoiced, [date(2026, 10, 11), date(2026, 12, 1)], AS_OF) == 10
    door = Door()
    door.call("DAYS_TO_PAY", [amounts, invoiced, [date(2026, 10, 11), None], AS_OF], cell="S!A1")
    assert "dated after 2026-10-31 are left out: 1" in door.why("S!A1")


@pytest.mark.parametrize("name", ["DAYS_TO_PAY", "DAYS_BEYOND_TERMS"])
def test_a_customer_who_never_paid_has_a_figure_from_a_day_and_a_remedy_without(name: str) -> None:
    start = [date(2026, 10, 1), date(2026, 9, 1)]
    assert Door().call(name, [[100, 100], start, [None, None], AS_OF]) == 45
    assert "give as_of" in Door().call(name, [[100, 100], start, [None, None]]).text()


def test_nothing_that_counts_is_an_error() -> None:
    for function in (days_to_pay, days_beyond_terms):
        with pytest.raises(CellError, match="none is paid") as refused:
            function([Decimal(5)], [AS_OF], [None])
        assert refused.value.code == "#N/A"
        with pytest.raises(ZeroDivisionError):
            function([Decimal(0)], [AS_OF], [AS_OF])


def test_what_is_left_out_is_said() -> None:
    door = Door()
    door.call("DAYS_BEYOND_TERMS", [[1, 1], [AS_OF, date(2026, 12, 1)], [AS_OF, None]], cell="S!A1")
    assert "left out: 1" in door.why("S!A1")
    door.call("DAYS_BEYOND_TERMS", [[1, 1], [AS_OF, date(2026, 12, 1)], [AS_OF, None], AS_OF], cell="S!A1")
    assert "not yet overdue are left out: 1" in door.why("S!A1")


def test_a_customer_who_never_paid_is_no_blank_column() -> None:
    """The column of payment dates is blank throughout, which says that nothing was paid, not that it was left out."""
    issued, none_paid = [[AS_OF - timedelta(50)], [AS_OF - timedelta(20)]], [[None], [None]]
    assert Door().call("DAYS_TO_PAY", [[[100.0], [200.0]], issued, none_paid, AS_OF]) == 30
    assert Door().call("DAYS_TO_PAY", [100.0, AS_OF - timedelta(7), None, AS_OF]) == 7
    assert Door().call("DAYS_TO_PAY", [[[100.0], [200.0]], issued, none_paid]).code == "#N/A"
