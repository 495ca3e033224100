"""Single cells: a workbook with inputs of every kind, one formula a line, and what it must show.

The values come from the functions' worked examples (`docs/functions`) or are plain arithmetic, never from a run.
`<key>` in a formula stands for the cell of another case. One step a case; the workbook stays open for later steps.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import xlwings as xw
from tools.excel_checks.desk import Desk, cell, same, shown, written
from tools.excel_checks.steps import Seen, Step

BOOK = "cases"
INPUTS, CASES, ODD = "Inputs", "Cases", "应收 it's"
TABLE, NAME = "check_amounts", "check_receivables"
_COLUMN = 3


@dataclass(frozen=True)
class Holds:
    """A text that must occur in what the cell shows. Duebook may speak English or Chinese: names of arguments stay."""

    text: str


@dataclass(frozen=True)
class Case:
    key: str
    name: str
    formula: str
    shows: float | str | bool | Holds
    needs_excel: bool = False
    """LibreOffice hands no function an error or a gap in the middle, and takes no typed reference to a table."""


INPUT_CELLS: Sequence[tuple[str, object]] = (
    ("A1", [[15000.0], [10000.0], [30.0]]),
    ("B3", "abc"),
    ("D1", [[30.0], [30.0], [20.0], [20.0]]),
    ("E1", [[30.0], [None], [20.0]]),
    ("F1", [[15000.0], [None], [10000.0]]),
    ("G1", 1234.56789),
    ("I1", [["a", 30.0], ["b", 30.0], ["a", 20.0], ["b", 20.0]]),
    ("L1", [["Customer", "Amount"], ["a", 30.0], ["b", 30.0], ["c", 20.0], ["d", 20.0]]),
)
INPUT_FORMULAS = (
    ("B1", "=NA()"), ("B2", "=1/0"), ("E2", "=NA()"), ("F2", "=NA()"),
    ("H1", "=DATE(2026,10,1)"), ("H2", "=DATE(2026,10,31)"),
)  # fmt: skip
INPUT_FORMATS = (("G1", "$#,##0.00"), ("H1", "yyyy-mm-dd"), ("H2", "yyyy-mm-dd"))

_GIVEN = "Inputs!$A$1,Inputs!$A$2,Inputs!$A$3"
_FAULTY = "DSO(Inputs!$B$1,Inputs!$A$2,Inputs!$A$3)"
ALL: Sequence[Case] = (
    Case("plain", "A function with numbers", "=DSO(15000,10000,30)", 45.0),
    Case("cells", "A function with cells", f"=DSO({_GIVEN})", 45.0),
    Case("nested", "A function inside a function", "=DSO(DSO(15000,10000,30),45,30)", 30.0),
    Case("inside", "A function inside Excel's own", "=SUM(DSO(15000,10000,30),5)", 50.0),
    Case("flag", "A result that is TRUE", '=IS_BUSINESS_DAY(DATE(2026,11,2),"weekend")=TRUE', True),
    Case("is_error", "An error in an input cell: ISERROR", f"=ISERROR({_FAULTY})", True),
    Case("is_na", "An error in an input cell: ISNA", f"=ISNA({_FAULTY})", True),
    Case("if_error", "An error in an input cell: IFERROR", f'=IFERROR({_FAULTY},"caught")', "caught"),
    Case("same_error", "The same error comes back (2 is #DIV/0!)", "=ERROR.TYPE(DSO(Inputs!$B$2,1,30))", 2.0),
    Case("faulty", "The error itself is shown", f"={_FAULTY}", "#N/A"),
    Case("faulty_why", "WHY names the argument that holds the error", "=WHY(<faulty>)", Holds("receivables"), True),
    Case("zero", "A denominator of zero", "=DSO(15000,0,30)", "#DIV/0!"),
    Case("zero_why", "WHY by reference names the argument", "=WHY(<zero>)", Holds("credit_sales")),
    Case("zero_why_text", "WHY by address as text", '=WHY("Cases!<zero>")', Holds("credit_sales")),
    Case("zero_sum", "SUM over an error is an error", "=ISERROR(SUM(<zero>))", True),
    Case("plain_why", "WHY of a figure names its function", "=WHY(<plain>)", Holds("DSO")),
    Case("odd_why", "WHY across sheets; a sheet named in Chinese with an apostrophe", "=WHY('应收 it''s'!$A$1)",
         Holds("credit_sales")),
    Case("text", "Text in place of a number", "=DSO(Inputs!$B$3,10000,30)", "#VALUE!"),
    Case("blank", "A blank cell is not zero", "=DSO(Inputs!$C$1,10000,30)", "#N/A"),
    Case("bound", "A number out of bounds", "=DSO(-1,10000,30)", "#NUM!"),
    Case("na_in_range", "#N/A inside a range", "=ISNA(HHI(Inputs!$E$1:$E$3))", True),
    Case("left_out", "Arguments left out at the end", "=POINTS_SCORE(100)", 620.0),
    Case("gap", "An argument left out in the middle takes its default", "=POINTS_SCORE(100,,50,20)", 620.0, True),
    Case("gap_needed", "A needed argument left out in the middle", "=DSO(9,,30)", "#N/A", True),
    Case("gap_why", "… and WHY names it", "=WHY(<gap_needed>)", Holds("credit_sales"), True),
    Case("column", "A whole column", "=HHI(Inputs!$D:$D)", 2600.0),
    Case("columns", "Two whole columns side by side", "=HHI(Inputs!$J:$J,Inputs!$I:$I)", 5000.0),
    Case("currency", "A currency format takes no digits away", "=DSO(Inputs!$G$1,10000,30)", 3.70370367),
    Case("days", "Cells with a date format", "=DAYS_PAST_DUE(Inputs!$H$1,Inputs!$H$2)", 30.0),
    Case("today", "TODAY() as an argument", "=DAYS_PAST_DUE(TODAY()-5,TODAY())", 5.0),
    Case("due", "A date as result", '=DUE_DATE(DATE(2016,1,22),"net 30")=DATE(2016,2,21)', True),
    Case("chinese", "Chinese text as argument", '=DUE_DATE(DATE(2026,3,12),"月结30天")=DATE(2026,4,30)', True),
    Case("table", "A column of a table", f"=HHI({TABLE}[Amount])", 2600.0, True),
    Case("name", "A defined name", f"=DSO({NAME},10000,30)", 45.0),
)  # fmt: skip


def steps(cases: Sequence[Case] = ALL) -> list[Step]:
    """Making the workbook, then a step for each case."""
    rows = {case.key: row for row, case in enumerate(cases, start=2)}

    def make(desk: Desk) -> Seen:
        book = desk.new(BOOK)
        make_inputs(book)
        refused = []
        for case in cases:
            row = rows[case.key]
            book.sheets[CASES].range((row, 1)).value = case.name
            try:
                desk.put(book.sheets[CASES].range((row, _COLUMN)), formula_of(case, rows))
            except Exception as error:  # the other formulas are still worth trying
                refused.append(f"{case.name}: {formula_of(case, rows)}: {error}")
        desk.calculate(book)
        return Seen(f"{len(cases) - len(refused)} of {len(cases)} formulas", not refused, tuple(refused))

    made = Step("The workbook of single cells is made", "Excel takes every formula", make)
    return [made, *(_step(case, rows) for case in cases)]


def make_inputs(book: xw.Book) -> None:
    """The three sheets, their inputs, a table and a name."""
    sheet = book.sheets[0]
    sheet.name = INPUTS
    for place, number_format in INPUT_FORMATS:
        sheet.range(place).number_format = number_format
    for place, value in INPUT_CELLS:
        sheet.range(place).value = value
    for place, formula in INPUT_FORMULAS:
        sheet.range(place).formula = formula
    sheet.tables.add(source=sheet.range("L1:M5"), name=TABLE)
    book.names.add(NAME, f"={INPUTS}!$A$1")
    odd = book.sheets.add(ODD, after=sheet)
    odd.range("A1").formula = "=DSO(15000,0,30)"
    book.sheets.add(CASES, after=odd)


def formula_of(case: Case, rows: dict[str, int]) -> str:
    return re.sub(r"<(\w+)>", lambda found: f"$C${rows[found[1]]}", case.formula)


def is_right(case: Case, value: object) -> bool:
    """Whether a cell shows what its case expects."""
    if isinstance(case.shows, Holds):
        return isinstance(value, str) and case.shows.text in value
    return same(value, case.shows)


def wrong(desk: Desk, book: xw.Book) -> list[str]:
    """What a copy of the workbook, made by other means, shows wrongly."""
    values = [row[0] for row in shown(book.sheets[CASES].range((2, _COLUMN), (len(ALL) + 1, _COLUMN)))]
    return [
        f"{CASES}!$C${row}: {case.formula} shows {written(value)}, expected {_wanted(case)}"
        for row, (case, value) in enumerate(zip(ALL, values, strict=True), start=2)
        if (desk.real or not case.needs_excel) and not is_right(case, value)
    ]


def _wanted(case: Case) -> str:
    return f'a text with "{case.shows.text}"' if isinstance(case.shows, Holds) else written(case.shows)


def _step(case: Case, rows: dict[str, int]) -> Step:
    formula, place = formula_of(case, rows), f"$C${rows[case.key]}"

    def look(desk: Desk) -> Seen:
        value = cell(desk.books[BOOK], CASES, place)
        return Seen(f"{CASES}!{place}: {formula} shows {written(value)}", is_right(case, value))

    return Step(f"Cell: {case.name}", f"{CASES}!{place}: {formula} shows {_wanted(case)}", look, case.needs_excel)
