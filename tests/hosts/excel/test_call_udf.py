"""Every function through xlwings' own `CallUDF`, as VBA calls it, beside the door: values, shapes, errors, blanks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from tests.hosts.excel.com import MISSING, SCODES, Dispatch, Time, crossed

from duebook.core.cells import CellError
from duebook.core.declare import Declaration
from duebook.hosts import catalogue
from duebook.hosts.addin.udfs_file import FILE, udfs_text
from duebook.hosts.call import Door

FUNCTIONS = catalogue.functions()
HOME = "[Book 1.xlsx]Sheet1!$B$7"
MODULE = "duebook.hosts.excel.udfs"


def called(xlpy: Any, name: str, arguments: Sequence[Any], at: str = "", since_1904: bool = False) -> Any:
    """What VBA gets of its own line `XLPy.CallUDF(…)`."""
    return crossed(xlpy.CallUDF(MODULE, name, (at, since_1904, *arguments), None, Dispatch() if at else None))


def serial(day: date, since_1904: bool) -> float:
    """Excel's day number; before March 1900 it is one lower, because Excel knows a 29 February 1900."""
    number = (day - (date(1904, 1, 1) if since_1904 else date(1899, 12, 30))).days
    return float(number - (not since_1904 and number < 61))


def as_com(value: Any, since_1904: bool) -> Any:
    """An example's argument as Value2 and pywin32 hand it over: tuples of rows, dates as serial numbers."""
    if isinstance(value, list):
        rows = [row if isinstance(row, list) else [row] for row in value]
        return tuple(tuple(as_com(cell, since_1904) for cell in row) for row in rows)
    if isinstance(value, date):
        return serial(value, since_1904)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def in_vba(value: Any, since_1904: bool = False) -> Any:
    """A result of the door as VBA should get it; written down here on its own, not by the code under test."""
    if isinstance(value, (list, tuple)):
        rows = tuple(tuple(in_vba(cell, since_1904) for cell in row) for row in value)
        if len(rows) == 1:
            return rows[0][0] if len(rows[0]) == 1 else rows[0]
        return rows
    if isinstance(value, CellError):
        return "\x01" + value.code
    if isinstance(value, date):
        return serial(value, since_1904)
    if value is None:
        return ""
    return value if isinstance(value, (str, bool)) else float(value)


# --- the generated module ---------------------------------------------------------------------------------------------


def test_the_module_is_as_the_catalogue_makes_it() -> None:
    assert FILE.read_text("utf-8") == udfs_text(), "run: python -m duebook.hosts.addin.udfs_file"


@pytest.mark.parametrize("declaration", FUNCTIONS.values(), ids=list(FUNCTIONS))
def test_the_metadata_names_every_argument_and_asks_for_no_conversion(declaration: Declaration) -> None:
    from duebook.hosts.excel import udfs

    about = vars(getattr(udfs, declaration.name))["__xlfunc__"]
    names = [argument["name"] for argument in about["args"]]
    tail = ["headers"] if declaration.shape == "table" else []
    assert names == ["at", "since_1904", *(parameter.name for parameter in declaration.parameters), *tail]
    assert "caller" not in names, "xlwings puts a range into an argument of this name"
    assert len(set(names)) == len(names)
    assert all(argument["options"] == {"convert": "raw"} for argument in (*about["args"], about["ret"]))


def test_importing_it_loads_neither_xlwings_nor_the_finance_rooms() -> None:
    heavy = "('xlwings', 'numpy', 'pandas', 'duckdb', 'lxml', 'duebook.receivables', 'duebook.credit', 'duebook.plans')"
    code = f"import sys, duebook.hosts.excel.udfs; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- every function ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("since_1904", [False, True], ids=["1900", "1904"])
@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "WHY"])
def test_examples_are_answered_as_at_the_door(xlpy: Any, name: str, since_1904: bool) -> None:
    door = Door(since_1904=since_1904)
    for example in FUNCTIONS[name].examples:
        arguments = [as_com(value, since_1904) for value in example.arguments]
        found = called(xlpy, name, arguments, HOME, since_1904)
        assert found == in_vba(door.call(name, example.arguments), since_1904)


ERROR = CellError("#N/A", "cell.error_passed", argument="the cell", value="#N/A")


def variants(value: Any) -> list[tuple[Any, Any]]:
    """What may stand in an argument's place: as pywin32 hands it over, and as the door must see it."""
    one = value[0][0] if isinstance(value, tuple) else value
    held = [
        (SCODES["#DIV/0!"], CellError("#DIV/0!", "cell.error_passed", argument="the cell", value="#DIV/0!")),
        (MISSING, None), (None, None), ("", ""), (True, True), ("no such thing", "no such thing"), (7, 7.0),
        (Decimal("7.5"), Decimal("7.5")), (Time(2026, 10, 31), datetime(2026, 10, 31)), (-1.5, -1.5), (0.0, 0.0),
    ]  # fmt: skip
    ranges = [
        ((), None),
        (((one,),), ((one,),)),
        ((one, None, SCODES["#N/A"]), ((one, None, ERROR),)),
        (((one, one, ""),), ((one, one, ""),)),
        (((one,), (None,), ("",), (SCODES["#N/A"],)), ((one,), (None,), ("",), (ERROR,))),
        (((one, one), (SCODES["#N/A"], one)), ((one, one), (ERROR, one))),
        (((MISSING, one), (one, 7)), ((None, one), (one, 7.0))),
    ]
    return [*held, *ranges]


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "WHY"])
def test_whatever_stands_in_an_argument_is_answered_as_at_the_door(xlpy: Any, name: str) -> None:
    example = FUNCTIONS[name].examples[0]
    door = Door()
    given = [as_com(value, False) for value in example.arguments]
    for place in range(len(given)):
        for sent, seen in variants(given[place]):
            arguments = [*given[:place], sent, *given[place + 1 :]]
            wanted = in_vba(door.call(name, [*given[:place], seen, *given[place + 1 :]]))
            assert called(xlpy, name, arguments) == wanted, (place, sent)


@pytest.mark.parametrize("left_out", [MISSING, None, ""])
def test_an_argument_left_out_in_the_middle_takes_its_default(xlpy: Any, left_out: Any) -> None:
    # the base score is 600; twice the base odds of 50 are one doubling, worth the 20 points given
    assert called(xlpy, "POINTS_SCORE", (100.0, left_out, 50.0, 20.0)) == pytest.approx(620)


def test_too_many_arguments_are_an_error_with_a_reason(xlpy: Any) -> None:
    assert called(xlpy, "DSO", (1.0, 1.0, 30.0, 0.0, 0.0), HOME) == "\x01#VALUE!"
    assert "at most 4 arguments" in called(xlpy, "WHY", (HOME,))


# --- shapes, errors and blanks on the way -----------------------------------------------------------------------------


def test_a_column_comes_back_as_rows_a_row_as_one_dimension_a_single_cell_as_itself(xlpy: Any) -> None:
    column, row, single = ((15000.0,), (8000.0,)), ((15000.0, 8000.0),), ((15000.0,),)
    assert called(xlpy, "DSO", (column, 10000.0, 30.0)) == ((45.0,), (24.0,))
    assert called(xlpy, "DSO", (row, 10000.0, 30.0)) == (45.0, 24.0)
    assert called(xlpy, "DSO", ((15000.0, 8000.0), 10000.0, 30.0)) == (45.0, 24.0)
    assert called(xlpy, "DSO", (single, 10000.0, 30.0)) == 45.0


def test_error_cells_and_empty_texts_survive_where_xlwings_own_conversion_loses_them(xlpy: Any) -> None:
    cells = ((15000.0,), (SCODES["#REF!"],), ("",), (None,), (0.0,))
    import xlwings

    assert xlwings.conversion.read(None, cells, {}) == [15000.0, None, None, None, 0.0]  # what we do without
    assert xlwings.conversion.read(None, cells, {"convert": "raw"}) is cells
    found = called(xlpy, "DSO", (cells, 10000.0, 30.0))
    assert found == ((45.0,), ("\x01#REF!",), ("\x01#N/A",), ("\x01#N/A",), (0.0,))


def test_the_errors_are_those_that_xlwings_knows_by_the_same_numbers(xlpy: Any) -> None:
    import xlwings

    assert {code: number for number, code in xlwings._xlwindows.cell_errors.items()} == SCODES
    for code, number in SCODES.items():
        assert called(xlpy, "DSO", (number, 10000.0, 30.0)) == "\x01" + code


def test_why_knows_a_cell_of_either_date_system_by_its_full_address(xlpy: Any) -> None:
    old, new = "'[Old book.xlsx]Sheet 1'!$B$7", "[New.xlsx]Sheet1!$B$7"
    called(xlpy, "DSO", (15000.0, 0.0, 30.0), old, since_1904=True)
    called(xlpy, "DAYS_PAST_DUE", ("31/02/2026", 46000.0), new)
    assert called(xlpy, "WHY", (old,), "[New.xlsx]Sheet1!$C$7").startswith("#DIV/0!: credit_sales is zero")
    assert "31/02/2026" in called(xlpy, "WHY", (new,), "[New.xlsx]Sheet1!$C$8")
    assert called(xlpy, "WHY", ("[New.xlsx]Sheet1!$Z$1",)) == "\x01#N/A"
    assert called(xlpy, "WHY", (((new,),),)).startswith("#VALUE!")
    assert called(xlpy, "WHY", ()) == "\x01#N/A"


def test_a_day_is_sent_as_the_serial_number_of_the_callers_book(xlpy: Any) -> None:
    day = date(2026, 10, 31)
    for system in (False, True):
        found = called(xlpy, "DUE_DATE", (serial(day, system), "net 30"), HOME, system)
        assert found == serial(date(2026, 11, 30), system)


def test_nothing_is_raised_whatever_is_sent(xlpy: Any) -> None:
    strange: list[Any] = [
        object(), Dispatch(), (((1.0,),),), ((),), ({},), float("nan"), float("inf"), 10**400, b"x", "\ud800",
        ((1.0, 2.0), (3.0,)), [1.0, [2.0]],
    ]  # fmt: skip
    for value in strange:
        for name in ("DSO", "HHI", "AGING", "WHY"):
            found = called(xlpy, name, (value, value, value))
            cells = chain.from_iterable(found) if isinstance(found, tuple) and isinstance(found[0], tuple) else [found]
            if value != [1.0, [2.0]]:
                assert any(str(cell).startswith("\x01#") for cell in cells), (name, value, found)
    for at, system in ((SCODES["#N/A"], "x"), (None, None), (Dispatch(), 1)):
        assert xlpy.CallUDF(MODULE, "DSO", (at, system, 15000.0, 10000.0, 30.0), None, None) == 45.0


def test_an_upgraded_module_is_loaded_again_and_the_session_goes_on(xlpy: Any) -> None:
    """xlwings loads a module anew when its file changes, as an upgrade under a running Excel does."""
    called(xlpy, "DSO", (15000.0, 0.0, 30.0), HOME)
    sys.modules["xlwings.udfs"].udf_modules[MODULE]["filetime"] = 0
    assert called(xlpy, "WHY", (HOME,)).startswith("#DIV/0!")
