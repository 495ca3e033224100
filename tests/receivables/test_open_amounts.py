"""Open amounts: as of any day they tie to amounts less allocations, and nothing that was allocated vanishes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.hosts.call import Door
from duebook.receivables.open_amounts import TOO_MUCH, UNKNOWN, WRONG_WAY, open_amount

AS_OF = date(2026, 10, 31)
DAYS = st.integers(-20, 20).map(lambda n: AS_OF + timedelta(n))
CENTS = st.decimals("-1000", "1000", places=2)
DOCUMENTS = st.dictionaries(st.sampled_from("ABCDE"), st.tuples(CENTS, DAYS), min_size=1)
ALLOCATIONS = st.lists(st.tuples(st.sampled_from("ABCDEFG"), CENTS, DAYS), max_size=10)
Documents = dict[str, tuple[Decimal, date]]
Allocations = list[tuple[str, Decimal, date]]


def rows(documents: Documents, allocations: Allocations, as_of: date = AS_OF) -> list[list]:
    columns = [list(column) for column in zip(*allocations, strict=True)] or [None] * 3
    amounts, days = ([pair[n] for pair in documents.values()] for n in (0, 1))
    return [list(row) for row in open_amount(list(documents), amounts, days, *columns, as_of).rows]


@given(DOCUMENTS, ALLOCATIONS, DAYS)
def test_open_amounts_tie_as_of_any_day(documents: Documents, allocations: Allocations, day: date) -> None:
    inside = {name for name, (_, dated) in documents.items() if dated <= day}
    amounts = sum(documents[name][0] for name in inside)
    later = set(documents) - inside
    used = sum(a for name, a, on in allocations if on <= day and name not in later)
    found = rows(documents, allocations, day)
    assert sum(row[4] for row in found) == amounts - used
    assert sum(row[3] for row in found) == used
    assert [row[0] for row in found if row[5] is not UNKNOWN] == [n for n in documents if n in inside]


@given(DOCUMENTS, ALLOCATIONS)
def test_later_allocations_change_nothing(documents: Documents, allocations: Allocations) -> None:
    by_then = [entry for entry in allocations if entry[2] <= AS_OF]
    assert rows(documents, allocations) == rows(documents, by_then)


@given(DOCUMENTS, ALLOCATIONS)
def test_a_remark_wherever_something_cannot_be(documents: Documents, allocations: Allocations) -> None:
    for name, _, amount, used, left, remark in rows(documents, allocations):
        if name not in documents:
            assert remark is UNKNOWN and left == -used
        elif min(amount, 0) <= left <= max(amount, 0):
            assert remark is None
        else:
            assert remark in (TOO_MUCH, WRONG_WAY)


@pytest.mark.parametrize(("off", "wanted"), [(-1, 100), (0, 0), (1, 0)])
def test_settled_on_the_day_is_closed(off: int, wanted: int) -> None:
    as_of = AS_OF + timedelta(off)
    ((*_, left, _),) = rows({"A": (Decimal(100), date(2026, 9, 1))}, [("A", Decimal(100), AS_OF)], as_of)
    assert left == wanted


@pytest.mark.parametrize(
    ("amount", "allocated", "remark"),
    [(100, 100, None), (100, 101, TOO_MUCH), (100, -1, WRONG_WAY), (-100, -40, None), (-100, -101, TOO_MUCH),
     (-100, 5, WRONG_WAY), (0, 5, TOO_MUCH), (0, 0, None)],
)  # fmt: skip
def test_remarks(amount: int, allocated: int, remark: object) -> None:
    documents = {"A": (Decimal(amount), date(2026, 9, 1))}
    ((*_, found),) = rows(documents, [("A", Decimal(allocated), AS_OF)])
    assert found is remark


def test_what_is_left_out_or_put_back_is_said() -> None:
    door = Door()
    ids, allocated = ["A", "B"], ["A", "A", "C", "B"]
    days = [date(2026, 9, 1), date(2026, 11, 1)]
    on = [AS_OF, date(2026, 11, 5), AS_OF, AS_OF]
    door.call("OPEN_AMOUNT", [ids, [100, 50], days, allocated, [130, 5, 7, 50], on, AS_OF], cell="S!A1")
    said = door.why("S!E2")
    for part in ("left out: 1, together 50", "wait with their documents: 1, together 50", "put back: 1, together 5",
                 "1, together 30 too much", "not in the list: 1, together 7"):  # fmt: skip
        assert part in said, part


def test_a_document_listed_twice_is_refused() -> None:
    with pytest.raises(CellError, match="document B is entry 2 and entry 3"):
        open_amount(["A", "B", "B"], [Decimal(1)] * 3, [AS_OF] * 3, None, None, None, AS_OF)


def test_half_an_allocation_is_refused() -> None:
    with pytest.raises(CellError, match="allocation_amount is blank"):
        open_amount(["A"], [Decimal(1)], [AS_OF], ["A"], None, None, AS_OF)
