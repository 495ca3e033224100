"""Whatever changes a cell of LibreOffice Calc, all that rests on it follows, in whichever order Calc comes to it.

A function that reads a cell out of date has Calc compute that cell within the call. `WHY` stands on both sides of the
cell that it asks about, so that one of the two is computed first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from calc import Calc, Document, bridge

from duebook.core.cells import CellError
from duebook.core.messages import text
from duebook.hosts.call import Door

pytestmark = pytest.mark.office

SHEET = "Sheet1"
RULE = Door().explain("DSO", [15000, 10000, 30])
REFUSED = Door().explain("DSO", ["much", 10000, 30])


def sheet_of(document: Document) -> Any:
    return document.component.Sheets.getByName(SHEET)


def dispatch(document: Document, command: str, *facts: tuple[str, object]) -> None:
    """Does what a menu entry does."""
    calc = document.calc
    dispatcher = calc.manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", calc.context)
    properties = tuple(calc.property(name, value) for name, value in facts)
    with calc.patient():
        dispatcher.executeDispatch(document.component.CurrentController.Frame, f".uno:{command}", "", 0, properties)


CHAIN = {
    "A1": "=WHY(C1)", "C1": "=DSO(C2,30,30)", "D1": "=WHY(C1)", "E1": "=C1+C2",
    "A2": "=WHY(C2)", "C2": "=DSO(B1,10000,30)", "D2": "=WHY(C2)",
}  # fmt: skip
"""B1 is the amount, on which C2 rests; C1 rests on C2."""


def chain(document: Document) -> None:
    document.set(SHEET, "B1", 15000)
    for cell, formula in CHAIN.items():
        document.set(SHEET, cell, formula)


def settled(document: Document, amount: float | str) -> None:
    """All cells show what the amount asks for."""
    if isinstance(amount, str):
        error = CellError("#VALUE!", "cell.error_passed", argument="C2", value="#VALUE!")
        passed = Door().explain("DSO", [error, 30, 30])
        assert document.values(SHEET, "C1:E2") == [["#VALUE!", passed, "#VALUE!"], ["#VALUE!", REFUSED, None]]
        assert document.values(SHEET, "A1:A2") == [[passed], [REFUSED]]
        return
    days = amount / 10000 * 30
    assert document.values(SHEET, "C1:E2") == [[days, RULE, 2 * days], [days, RULE, None]]
    assert document.values(SHEET, "A1:A2") == [[RULE], [RULE]]


def copied(document: Document, amount: float | str) -> None:
    """As by copy and paste; an office without a screen has no clipboard."""
    document.set(SHEET, "B9", amount)
    sheet_of(document).copyRange(corner_of(document, "B1"), area_of(document, "B9"))


def moved(document: Document, amount: float | str) -> None:
    """As by cut and paste."""
    document.set(SHEET, "B9", amount)
    sheet_of(document).moveRange(corner_of(document, "B1"), area_of(document, "B9"))


def filled(document: Document, amount: float | str) -> None:
    """Fills up, from the row below, so that the amount itself is filled in."""
    document.set(SHEET, "B2", amount)
    document.component.CurrentController.select(sheet_of(document).getCellRangeByName("B1:B2"))
    dispatch(document, "FillUp")


def typed(document: Document, amount: float | str) -> None:
    document.component.CurrentController.select(sheet_of(document).getCellRangeByName("B1"))
    dispatch(document, "EnterString", ("StringName", str(amount)))


def later(document: Document, amount: float | str) -> None:
    """While automatic calculation is off, which leaves all cells out of date."""
    document.component.enableAutomaticCalculation(False)
    document.set(SHEET, "B1", amount)
    document.component.enableAutomaticCalculation(True)


def area_of(document: Document, cells: str) -> Any:
    return sheet_of(document).getCellRangeByName(cells).RangeAddress


def corner_of(document: Document, cells: str) -> Any:
    return sheet_of(document).getCellRangeByName(cells).getCellByPosition(0, 0).CellAddress


CHANGES: Sequence[Callable[[Document, Any], None]] = (
    lambda document, amount: document.set(SHEET, "B1", amount),
    lambda document, amount: sheet_of(document).getCellRangeByName("B1").setDataArray(((amount,),)),
    lambda document, amount: sheet_of(document).getCellRangeByName("B1").setFormulaArray(((str(amount),),)),
    lambda document, amount: sheet_of(document).getCellRangeByName("B1:B2").setDataArray(((amount,), ("x",))),
    copied, moved, filled, typed, later,
)  # fmt: skip
NAMES = ("set", "data", "formulas", "block", "copied", "moved", "filled", "typed", "later")


@pytest.mark.parametrize("change", CHANGES, ids=NAMES)
def test_all_follows_a_change(calc: Calc, change: Callable[[Document, Any], None]) -> None:
    with calc.new() as document:
        chain(document)
        settled(document, 15000)
        change(document, 20000)
        settled(document, 20000)
        change(document, "much")
        settled(document, "much")
        change(document, 25000)
        settled(document, 25000)


def test_all_follows_undo_and_redo(calc: Calc) -> None:
    with calc.new() as document:
        chain(document)
        typed(document, 20000)
        typed(document, "much")
        undo = document.component.UndoManager
        for step, amount in ((undo.undo, 20000), (undo.undo, 15000), (undo.redo, 20000), (undo.redo, "much")):
            step()
            settled(document, amount)


def test_formulas_can_be_filled_down_over_one_another(calc: Calc) -> None:
    """Each row rests on the next; with `WHY` before it."""
    with calc.new() as document:
        document.set_block(SHEET, "A1", [["=WHY(B1)", "=DSO(B2,30,30)", "=WHY(B1)"]])
        document.set(SHEET, "B20", 7)
        document.component.CurrentController.select(sheet_of(document).getCellRangeByName("A1:C19"))
        dispatch(document, "FillDown")
        assert document.values(SHEET, "A1:C19") == [[RULE, 7, RULE]] * 19
        dispatch(document, "Undo")
        dispatch(document, "Redo")
        assert document.values(SHEET, "A1:C19") == [[RULE, 7, RULE]] * 19


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_workbook_is_loaded_with_why_first(calc: Calc, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "why.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write("B1", 15000)
        for cell, formula in CHAIN.items():
            sheet.write_formula(cell, formula)
    if suffix == ".ods":
        with calc.open(path) as document:
            path = path.with_suffix(suffix)
            document.save_as(path)
    with calc.open(path) as document:
        settled(document, 15000)
        document.recalculate()
        settled(document, 15000)


# --- long chains ------------------------------------------------------------------------------------------------------


def test_a_long_chain_is_computed_from_its_end(calc: Calc) -> None:
    """Without care each cell would be computed inside the call before it, until the office has no room left."""
    with calc.new() as document:
        last_first(document, "=DSO(B{next},30,30)", 60)
        for amount in (8, 9):
            sheet_of(document).getCellRangeByName("B61").setDataArray(((amount,),))
            assert document.values(SHEET, "B1:B60") == [[amount]] * 60


def test_a_chain_that_cannot_be_followed_is_an_error_and_no_end_of_the_office(calc: Calc) -> None:
    with calc.new() as document:
        last_first(document, '=DSO(INDIRECT("B{next}"),30,30)', 90)
        document.recalculate()
        shown = [row[0] for row in document.values(SHEET, "B1:B90")]
        assert shown[0] == "#VALUE!" and shown[-1] == 7 and set(shown) == {"#VALUE!", 7}
        assert document.calc._process is not None and document.calc._process.poll() is None


def test_a_circle_is_an_error(calc: Calc) -> None:
    with calc.new() as document:
        for row in range(1, 13):
            document.set(SHEET, f"A{row}", f"=DSO(A{row % 12 + 1},30,30)")
        document.set(SHEET, "B1", "=WHY(A1)")
        document.recalculate()
        assert all(str(row[0]).startswith(("Err:", "#")) for row in document.values(SHEET, "A1:A12"))


def last_first(document: Document, formula: str, rows: int) -> None:
    """A column B in which each cell rests on the next, the last of them on a number."""
    document.set(SHEET, f"B{rows + 1}", 7)
    for row in range(rows, 0, -1):
        document.set(SHEET, f"B{row}", formula.format(next=row + 1))


def test_why_says_that_a_cell_has_no_answer_yet(calc: Calc) -> None:
    """Nothing answered when the cell was computed, so it shows an error that its arguments do not explain."""

    class Broken(Door):
        def call(self, name: str, arguments: Sequence[object], cell: str | None = None) -> Any:
            raise RuntimeError("a fault of ours")

    with calc.new() as document:
        with calc.answered_by(Broken()):
            document.set(SHEET, "A1", "=DSO(9,6,30)")
            assert document.value(SHEET, "A1") == "#VALUE!"
        document.set(SHEET, "A2", "=WHY(A1)")
        assert document.value(SHEET, "A2") == f"#VALUE!: {text('libreoffice.out_of_turn', name='DSO')}"
        document.recalculate()
        assert document.values(SHEET, "A1:A2") == [[45], [RULE]]


def test_a_macro_of_the_user_that_cannot_be_compiled_stops_all_functions(soffice: str, tmp_path: Path) -> None:
    """LibreOffice then runs no Basic function at all, and says nothing: the guide tells users what to do."""
    uno = bridge(soffice, tmp_path / "uno")
    assert uno
    office = Calc(uno, soffice, tmp_path / "office")
    try:
        libraries = office.manager.createInstanceWithContext(
            "com.sun.star.script.ApplicationScriptLibraryContainer", office.context
        )
        libraries.getByName("Standard").insertByName("Mine", "Function Twice(x\n  = = 2\nEnd Function\n")
        document = office.new()
        document.set(SHEET, "A1", "=DSO(9,6,30)")
        assert document.value(SHEET, "A1") in ("", 0)
        assert office.calls == 0
    finally:
        office.stop()
