"""What pywin32 hands over becomes what the door takes, and a result becomes what VBA can turn into cells."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hosts.excel.com import MISSING, SCODES, Time

from duebook.core.cells import ERRORS, CellError, Label
from duebook.hosts.excel.cells import ERROR_NUMBERS, MARK, from_excel, to_excel


@pytest.mark.parametrize("value", [1.5, 0.0, "text", "", "=1+1", True, False, None])
def test_a_plain_cell_is_taken_as_it_is(value: Any) -> None:
    assert from_excel(value) is value
    assert from_excel(((value,), (value,))) == ((value,), (value,))


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_cell_is_that_error(code: str) -> None:
    found = from_excel(SCODES[code])
    assert isinstance(found, CellError) and found.code == code
    assert SCODES[code] == -2146828288 + ERROR_NUMBERS[code]


@pytest.mark.parametrize(("number", "code"), [(2043, "#N/A"), (2045, "#VALUE!"), (2047, "#VALUE!"), (2050, "#VALUE!")])
def test_an_error_of_a_later_excel_stays_an_error(number: int, code: str) -> None:
    """#GETTING_DATA, #SPILL!, #BLOCKED!, #CALC!: never a number."""
    found = from_excel(-2146828288 + number)
    assert isinstance(found, CellError) and found.code == code


def test_what_cells_do_not_hold_but_code_may_hand_over() -> None:
    assert from_excel(MISSING) is None
    assert from_excel(()) is None and from_excel(((),)) is None
    assert (from_excel(7), type(from_excel(7))) == (7.0, float)
    assert from_excel(Decimal("7.25")) == Decimal("7.25")
    east = timezone(timedelta(hours=8))
    assert from_excel(Time(2026, 10, 31, 8, tzinfo=east)) == datetime(2026, 10, 31, 8)
    assert from_excel((1.0, "a", MISSING)) == ((1.0, "a", None),), "one dimension is a row"
    assert from_excel(((1.0, 2), (None, True))) == ((1.0, 2.0), (None, True))


def test_a_result_is_rows_whatever_it_is() -> None:
    assert to_excel(1.5) == [[1.5]]
    assert to_excel(7) == [[7.0]] and type(to_excel(7)[0][0]) is float
    assert to_excel(True) == [[True]] and to_excel(None) == [[""]] and to_excel("") == [[""]]
    assert to_excel(Label("Total", "合计")) == [["Total"]] and type(to_excel(Label("Total", "合计"))[0][0]) is str
    assert to_excel(Decimal("0.1")) == [[0.1]]
    assert to_excel([(1.0, None), ("a", CellError("#N/A", "cell.fault"))]) == [[1.0, ""], ["a", "\x01#N/A"]]


def test_a_text_that_begins_like_a_mark_is_told_from_an_error() -> None:
    for said in ("\x01#N/A", "\x01", "\x01\x01x"):
        assert to_excel(said) == [["\x01" + said]]
    assert to_excel("a\x01b") == [["a\x01b"]]
    assert to_excel(CellError("#DIV/0!", "cell.divided_by_zero")) == [["\x01#DIV/0!"]]


def test_days_are_serial_numbers_of_the_callers_system() -> None:
    # Excel shows 2026-10-31 as 46326, and 1904 books count 1462 days less; 60 is its 29 February 1900
    assert to_excel(date(2026, 10, 31)) == [[46326.0]] and to_excel(date(2026, 10, 31), True) == [[44864.0]]
    assert to_excel(datetime(2026, 10, 31, 23, 59)) == [[46326.0]]
    assert to_excel(date(1900, 2, 28)) == [[59.0]] and to_excel(date(1900, 3, 1)) == [[61.0]]


def unmarked(sent: Any) -> Any:
    """What VBA makes of a cell: DuebookResults does the same."""
    if not isinstance(sent, str) or not sent.startswith(MARK):
        return sent
    rest = sent[1:]
    return rest if rest.startswith(MARK) else CellError(rest, "cell.fault")


@given(st.one_of(st.text(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(ERRORS)))
def test_no_result_is_taken_for_another(value: Any) -> None:
    for held in (value, MARK + value if isinstance(value, str) else value):
        back = unmarked(to_excel(held)[0][0])
        assert type(back) is type(held) and back == held
    if value in ERRORS:
        back = unmarked(to_excel(CellError(str(value), "cell.fault"))[0][0])
        assert isinstance(back, CellError) and back.code == value


def test_a_hundred_thousand_plain_cells_cross_in_a_blink() -> None:
    rows = tuple((float(number),) for number in range(100_000))

    def quickest(cross: Any) -> float:
        def once() -> float:
            start = time.process_time()
            assert len(cross(rows)) == len(rows)
            return time.process_time() - start

        return min(once() for _ in range(5))

    assert quickest(from_excel) < 0.05
    assert quickest(to_excel) < 0.05
