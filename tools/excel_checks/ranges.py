"""Ranges and whole workbooks: spill, array formulas, the 1904 date system, formats and validation, speed."""

from __future__ import annotations

import time
from datetime import date

import xlwings as xw
from tools.excel_checks.cases import INPUTS, make_inputs
from tools.excel_checks.desk import Desk, cell, rows_differ, same, shown, written
from tools.excel_checks.steps import NotTried, Seen, Step, step

BOOK = "ranges"
STEPS: list[Step] = []
_PLAN = "=PAYMENT_PLAN(100,3,DATE(2026,1,31))"
_PLANNED = ((1.0, 33.33, 66.67), (2.0, 33.33, 33.34), (3.0, 33.34, 0.0))
"""Number, principal and closing balance (docs/functions/PAYMENT_PLAN.md)."""
_CUSTOM, _STOP, _EXPRESSION = 7, 1, 2  # xlValidateCustom, xlValidAlertStop, xlExpression
_LIST_SEPARATOR = 5  # xlListSeparator
_RED = 255
_SLOWEST_CELLS, _SLOWEST_COLUMN = 120.0, 5.0


def _book(desk: Desk) -> xw.Book:
    return desk.books[BOOK] if BOOK in desk.books else desk.new(BOOK)


def _fresh(desk: Desk, name: str) -> xw.Sheet:
    """A new sheet of the workbook of ranges."""
    book = _book(desk)
    return book.sheets.add(name, after=book.sheets[len(book.sheets) - 1])


def _plan_differs(sheet: xw.Sheet) -> list[str]:
    rows = [(row[0], row[3], row[6]) for row in shown(sheet.range("A2:G4"))]
    return rows_differ(rows, _PLANNED)


@step(STEPS, "A table spills", "A1:G4 of the payment plan: 33.33, 33.33, 33.34", needs_excel=True)
def spills(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Spill")
    try:
        sheet.range("A1").formula2 = _PLAN
        spilled = sheet.range("A1").api.HasSpill
    except Exception as error:
        raise NotTried(f"this Excel does not spill ({error}): use Ctrl+Shift+Enter") from error
    wrong = _plan_differs(sheet)
    took = sheet.range("A1").api.SpillingToRange.Address if spilled else "A1 alone"
    empty = cell(sheet.book, sheet.name, "B1")
    return Seen(f"spills to {took}, header {written(empty)}", bool(spilled) and not wrong, tuple(wrong))


@step(STEPS, "A column of arguments with #N/A in it spills down", "45, #N/A, 30; the error is one", needs_excel=True)
def column_spills(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Column")
    sheet.range("A1").value = [[15000.0], [None], [10000.0]]
    sheet.range("A2").formula = "=NA()"
    try:
        sheet.range("B1").formula2 = "=DSO(A1:A3,10000,30)"
        sheet.range("D1").formula2 = "=DSO(TRANSPOSE(A1:A3),10000,30)"
    except Exception as error:
        raise NotTried(f"this Excel does not spill ({error})") from error
    sheet.range("H1").formula = "=ISNA(B2)"
    down, right = [row[0] for row in shown(sheet.range("B1:B3"))], shown(sheet.range("D1:F1"))[0]
    good = down == [45.0, "#N/A", 30.0] and right == down and cell(sheet.book, sheet.name, "H1") is True
    return Seen(f"down {down}, right {right}, ISNA {written(cell(sheet.book, sheet.name, 'H1'))}", good)


@step(STEPS, "An array formula (Ctrl+Shift+Enter) holds a table", "A1:G4 of the payment plan, to the cent")
def array_formula(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Array")
    desk.put_array(sheet.range("A1:G4"), _PLAN)
    wrong = _plan_differs(sheet)
    return Seen("the plan" if not wrong else "another table", not wrong, tuple(wrong))


@step(STEPS, "A blank cell inside a table", 'looks empty: =A4="" is TRUE')
def blank_in_table(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Blank")
    sheet.range("A1").value = [["Date", "Payment"], ["2026-01-31", 100.0], ["2026-02-28", 100.0]]
    desk.put_array(sheet.range("D1:L4"), "=PLAN_STATUS(A1:B3,50,DATE(2026,1,31),DATE(2026,3,10))")
    sheet.range("N1").formula = '=E4=""'  # the row of totals has no date
    mark, total = cell(sheet.book, sheet.name, "N1"), cell(sheet.book, sheet.name, "F4")
    return Seen(f"{written(mark)}; the total above is {written(total)}", mark is True and same(total, 200.0))


@step(STEPS, "An edit of an input", "the cell follows at once: 45, then 60")
def edit_follows(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Edit")
    sheet.range("A1").value = 15000.0
    sheet.range("B1").formula = "=DSO(A1,10000,30)"
    before = cell(sheet.book, sheet.name, "B1")
    sheet.range("A1").value = 20000.0
    after = cell(sheet.book, sheet.name, "B1")
    return Seen(f"{written(before)}, then {written(after)}", same(before, 45.0) and same(after, 60.0))


@step(STEPS, "WHY follows an edit", "nothing wrong, then the cleared argument by name", needs_excel=True)
def why_follows(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Why")
    sheet.range("A1").value = 15000.0
    sheet.range("B1").formula = "=DSO(A1,10000,30)"
    sheet.range("C1").formula = "=WHY(B1)"
    before = str(cell(sheet.book, sheet.name, "C1"))
    sheet.range("A1").value = None
    value, after = cell(sheet.book, sheet.name, "B1"), str(cell(sheet.book, sheet.name, "C1"))
    good = "#N/A" not in before and value == "#N/A" and "receivables" in after
    return Seen(f"{before} | {written(value)} | {after}", good)


@step(STEPS, "A workbook that counts its days from 1904", "due on 2016-02-21; a plan and its status agree", True)
def since_1904(desk: Desk) -> Seen:
    book = desk.new("since_1904")
    book.api.Date1904 = True
    sheet = book.sheets[0]
    sheet.range("A1").formula = "=DATE(2016,1,22)"
    sheet.range("B1").formula = '=DUE_DATE(A1,"net 30")=DATE(2016,2,21)'
    desk.put_array(sheet.range("D1:J4"), _PLAN)
    desk.put_array(sheet.range("D8:L12"), "=PLAN_STATUS(D1:J4,50,DATE(2026,1,31),DATE(2026,3,10))")
    sheet.range("A2").formula = "=E2=DATE(2026,1,31)"
    sheet.range("A3").formula = "=E9=DATE(2026,1,31)"
    found = {what: cell(book, sheet.name, at) for what, at in (("due", "B1"), ("plan", "A2"), ("status", "A3"))}
    desk.close("since_1904")
    return Seen(", ".join(f"{what} {written(value)}" for what, value in found.items()), set(found.values()) == {True})


@step(STEPS, "A conditional format that asks Duebook", "by a helper cell it works; directly Excel may refuse it", True)
def conditional_format(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Format")
    sheet.range("B1").formula = "=DSO(15000,10000,30)>40"
    direct = _colored(sheet, "A1", _local(desk, "=DSO(15000,10000,30)>40"))
    helped = _colored(sheet, "A2", "=$B$1")
    return Seen(f"directly: {direct}; by a helper cell: {helped}", helped == "colored")


def _local(desk: Desk, formula: str) -> str:
    """Rules take formulas with the separator of the user's language."""
    return formula.replace(",", str(desk.app.api.International(_LIST_SEPARATOR)))


def _colored(sheet: xw.Sheet, place: str, formula: str) -> str:
    target = sheet.range(place).api
    try:
        rule = target.FormatConditions.Add(Type=_EXPRESSION, Formula1=formula)
        rule.Interior.Color = _RED
        return "colored" if int(target.DisplayFormat.Interior.Color) == _RED else "taken, but not colored"
    except Exception as error:
        return f"refused ({error})"


@step(STEPS, "A data validation that asks Duebook", "by a helper cell it works; directly Excel may refuse it", True)
def validation(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Validation")
    sheet.range("A1").value = [[1.0], [1.0]]
    sheet.range("B1").formula = "=DSO(15000,10000,30)>40"
    direct = _accepted(sheet, "A1", _local(desk, "=DSO(15000,10000,30)>40"))
    helped = _accepted(sheet, "A2", "=$B$1")
    return Seen(f"directly: {direct}; by a helper cell: {helped}", helped == "accepted as valid")


def _accepted(sheet: xw.Sheet, place: str, formula: str) -> str:
    target = sheet.range(place).api
    try:
        target.Validation.Add(Type=_CUSTOM, AlertStyle=_STOP, Formula1=formula)
        return "accepted as valid" if target.Validation.Value else "taken, but calls the value wrong"
    except Exception as error:
        return f"refused ({error})"


@step(STEPS, "A formula that reads another workbook", "45 from the inputs over there", needs_excel=True)
def other_workbook(desk: Desk) -> Seen:
    other = desk.new("other")
    make_inputs(other)
    sheet = _fresh(desk, "Abroad")
    sheet.range("A1").formula = f"=DSO('[{other.name}]{INPUTS}'!$A$1,'[{other.name}]{INPUTS}'!$A$2,30)"
    sheet.range("A2").formula = f"=WHY('[{other.name}]应收 it''s'!$A$1)"
    value, why = cell(sheet.book, sheet.name, "A1"), cell(sheet.book, sheet.name, "A2")
    desk.close("other")
    return Seen(f"{written(value)}; WHY: {why}", same(value, 45.0) and "credit_sales" in str(why))


@step(STEPS, "Many cells", f"each its own right value, in less than {_SLOWEST_CELLS:.0f} seconds")
def many_cells(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Many")
    sheet.range("A1").value = [[float(n), 10000.0] for n in range(1, desk.cells + 1)]
    started = time.monotonic()
    sheet.range((1, 3), (desk.cells, 3)).formula = [[f"=DSO(A{n},B{n},30)"] for n in range(1, desk.cells + 1)]
    values = [row[0] for row in shown(sheet.range((1, 3), (desk.cells, 3)))]
    taken = time.monotonic() - started
    wrong = [n for n, value in enumerate(values, start=1) if not same(value, n * 30 / 10000)]
    said = f"{desk.cells:,} cells in {taken:.1f} s, {taken / desk.cells * 1000:.2f} ms each; {len(wrong)} wrong"
    told = [
        f"Many!C{n}: =DSO(A{n},B{n},30) shows {written(values[n - 1])}, expected {n * 30 / 10000}" for n in wrong[:10]
    ]
    return Seen(said, not wrong and taken < _SLOWEST_CELLS, tuple(told))


@step(STEPS, "A whole column with many rows", f"HHI of equal amounts, in less than {_SLOWEST_COLUMN:.0f} seconds", True)
def long_column(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Long")
    sheet.range("A1").value = [[1.0]] * desk.rows
    started = time.monotonic()
    sheet.range("C1").formula = "=HHI($A:$A)"
    value = cell(sheet.book, sheet.name, "C1")
    taken = time.monotonic() - started
    good = same(value, 10_000 / desk.rows) and taken < _SLOWEST_COLUMN
    return Seen(f"{written(value)} for {desk.rows:,} rows in {taken:.2f} s", good)


@step(STEPS, "A date that today's Excel made", "the day number of 2026-10-31 is 46326")
def day_number(desk: Desk) -> Seen:
    sheet = _fresh(desk, "Day")
    sheet.range("A1").formula = '=DUE_DATE(DATE(2026,10,1),"net 30")'
    value = cell(sheet.book, sheet.name, "A1")
    return Seen(written(value), same(value, float((date(2026, 10, 31) - date(1899, 12, 30)).days)))
