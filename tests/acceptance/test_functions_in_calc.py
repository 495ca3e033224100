"""Worksheet functions in real cells of LibreOffice Calc: figures, tables, errors, edits, languages, files.

Everything runs over the catalogue, so a function that is added to a finance room is tested here as well.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from calc import Calc, Document, Value, address, bridge, sized
from openpyxl import load_workbook
from tests.cases.functions import agrees

from duebook.core.cells import CellError, is_grid
from duebook.core.declare import Example, Spill
from duebook.core.messages import text
from duebook.hosts.call import Door
from duebook.hosts.catalogue import functions
from duebook.hosts.formula_text import argument_text

pytestmark = pytest.mark.office

SHEET = "Sheet1"
FUNCTIONS = {name: declaration for name, declaration in functions().items() if name != "WHY"}
EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{number}")
    for name, declaration in FUNCTIONS.items()
    for number, example in enumerate(declaration.examples, start=1)
]
ERROR_TYPES = {"#NULL!": 1, "#DIV/0!": 2, "#VALUE!": 3, "#REF!": 4, "#NAME?": 5, "#NUM!": 6, "#N/A": 7}


def rows_of(argument: Any) -> list[list[Any]]:
    """An argument of an example as the cells that hold it: a list is a column, a list of lists a block."""
    if not is_grid(argument):
        return [[argument]]
    return [list(row) if is_grid(row) else [row] for row in argument]


def laid_out(document: Document, name: str, arguments: Sequence[Any]) -> str:
    """Fills the arguments in from row 2 on, side by side, and gives the formula that points to them."""
    places, column = [], 0
    for argument in arguments:
        rows = rows_of(argument)
        if max(map(len, rows), default=0):
            places.append(document.set_block(SHEET, address(1, column), rows))
            column += max(map(len, rows))
        else:
            places.append(address(1, column))
        column += 1
    return f"={name}({','.join(places)})"


def shown(result: Any, in_table: bool = False) -> Any:
    """A result of the door as Calc shows it: dates as day numbers, errors as codes, flags of a table as 1 and 0."""
    if is_grid(result):
        return [[shown(cell, True) for cell in row] for row in result]
    if isinstance(result, CellError):
        return result.code
    if isinstance(result, bool):
        return float(result) if in_table else result
    if isinstance(result, date):
        return float((result - date(1899, 12, 30)).days)
    return "" if result is None else result


def computed(document: Document, name: str, arguments: Sequence[Any], result: Any) -> Any:
    """What Calc shows for a call: one cell, or the cells of an array formula as large as `result`."""
    formula = laid_out(document, name, arguments)
    target = "A500"
    if not is_grid(result):
        document.set(SHEET, target, formula)
        return document.value(SHEET, target)
    cells = sized(target, len(result), len(result[0]))
    document.set_array(SHEET, cells, formula)
    return document.values(SHEET, cells)


def equal(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(equal, found, wanted))
    if isinstance(wanted, bool) or isinstance(found, bool):
        return found is wanted
    if isinstance(wanted, (int, float)) and isinstance(found, (int, float)):
        return abs(found - wanted) <= 1e-12 * max(1.0, abs(wanted))
    return bool(found == wanted)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_holds_in_real_cells(calc: Calc, name: str, example: Example) -> None:
    """Cell by cell what the door gives in Python, and what the declaration says that it must give."""
    result = Door().call(name, list(example.arguments))
    before = calc.calls
    with calc.new() as document:
        found = computed(document, name, example.arguments, result)
    assert calc.calls > before, "the cell has called us"
    assert equal(found, shown(result))
    if example.at and is_grid(result):
        found = found[example.at[0] - 1][example.at[1] - 1]
    wanted = shown([[example.gives]])[0][0] if example.at else shown(example.gives)
    if is_grid(found) and is_grid(wanted):
        wanted = [["" if cell is None else cell for cell in row] for row in rows_of(wanted)]
    assert _agrees(found, wanted, example.within)


def test_the_policy_s_rates_go_straight_into_a_provision(calc: Calc) -> None:
    """As the page of POLICY_LOSS_RATES shows it: IFRS 9 IE76."""
    with calc.new() as document:
        balances = document.set_block(SHEET, "A1", [[b] for b in (15000000, 7500000, 4000000, 2500000, 1000000)])
        rates = 'INDEX(POLICY_LOSS_RATES("four_buckets","","",FALSE),0,2)'
        document.set(SHEET, "C1", f"=PROVISION({balances},{rates})")
        assert document.value(SHEET, "C1") == 580000


def _agrees(found: Any, wanted: Any, within: float) -> bool:
    """`agrees`, for errors that are codes already."""
    if isinstance(wanted, str) and wanted in ERROR_TYPES:
        return bool(found == wanted)
    return agrees(found, wanted, within)


def test_errors_are_real_errors(calc: Calc) -> None:
    """ISERROR, IFERROR, ISNA and ERROR.TYPE see them; a sum over them shows them."""
    with calc.new() as document:
        calls = {"#DIV/0!": "=DSO(9,0,30)", "#NUM!": "=DSO(-9,6,30)", "#VALUE!": '=DSO("x",6,30)', "#N/A": "=DSO(9,6)"}
        for row, (code, formula) in enumerate(calls.items(), start=1):
            document.set(SHEET, f"A{row}", formula)
            document.set(SHEET, f"B{row}", f"=ISERROR(A{row})")
            document.set(SHEET, f"C{row}", f'=IFERROR({formula[1:]},"replaced")')
            document.set(SHEET, f"D{row}", f"=ISNA(A{row})")
            document.set(SHEET, f"E{row}", f"=ERROR.TYPE(A{row})")
            document.set(SHEET, f"F{row}", f"=SUM(A{row}:A{row},1)")
            expected = [code, True, "replaced", code == "#N/A", ERROR_TYPES[code], code]
            assert document.values(SHEET, f"A{row}:F{row}") == [expected]
        document.set(SHEET, "H1", 5)
        document.set(SHEET, "H3", "=DSO(9,0,30)")
        document.set(SHEET, "H5", "=SUM(H1:H3)")
        assert document.value(SHEET, "H5") == "#DIV/0!"


def test_an_edit_recalculates(calc: Calc) -> None:
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[15000, 10000, 30, "=DSO(A1,B1,C1)", "=D1*2"]])
        assert document.values(SHEET, "D1:E1") == [[45, 90]]
        document.set(SHEET, "B1", 20000)
        assert document.values(SHEET, "D1:E1") == [[22.5, 45]]
        document.set(SHEET, "B1", 0)
        assert document.values(SHEET, "D1:E1") == [["#DIV/0!", "#DIV/0!"]]
        document.set(SHEET, "B1", None)
        assert document.values(SHEET, "D1:E1") == [["#N/A", "#N/A"]]


def test_a_plain_xlsx_computes_on_load_and_is_saved_with_bare_names(calc: Calc, tmp_path: Path) -> None:
    """The cached values are planted wrong; a table fills its array formula; the copy keeps formulas and values."""
    plain, copy = tmp_path / "plain.xlsx", tmp_path / "copy.xlsx"
    wanted = shown(Door().call("SPLIT_CENTS", [8, 3]))
    with xlsxwriter.Workbook(plain) as book:
        sheet = book.add_worksheet("Days & dates")
        sheet.write_row("A1", [15000, 10000, 30])
        sheet.write_formula("D1", "=DSO(A1,B1,C1)", value=999)
        sheet.write_formula("D2", '=IFERROR(DSO(A1,0,C1),"none")', value=999)
        sheet.write_formula("D3", "=DSO(A1,0,C1)", value=999)
        sheet.write_array_formula(
            f"F1:{address(len(wanted) - 1, 4 + len(wanted[0]))}", "{=SPLIT_CENTS(8,3)}", value=999
        )
    with calc.open(plain) as document:
        assert document.values("Days & dates", "D1:D3") == [[45], ["none"], ["#DIV/0!"]]
        assert document.values("Days & dates", sized("F1", len(wanted), len(wanted[0]))) == wanted
        document.save_as(copy)
    assert load_workbook(copy)["Days & dates"]["D1"].value == "=DSO(A1,B1,C1)"
    assert load_workbook(copy, data_only=True)["Days & dates"]["D1"].value == 45


def test_an_argument_that_is_an_error_comes_back(calc: Calc) -> None:
    """A cell's error reaches the door, which gives it back; for one computed in the formula Calc makes no call."""
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[15000], [CellError("#REF!", "cell.fault", detail="")], [3]])
        before = calc.calls
        document.set(SHEET, "C1", "=DSO(A2,A1,30)")
        document.set(SHEET, "C2", "=HHI(A1:A3)")
        assert document.values(SHEET, "C1:C2") == [["#REF!"], ["#REF!"]]
        assert calc.calls == before + 2
        document.set(SHEET, "C3", "=DSO(A1+A2,A1,30)")
        assert document.value(SHEET, "C3") == "#REF!"
        assert calc.calls == before + 2


def test_an_error_in_a_range_counts_for_its_own_row_only(calc: Calc) -> None:
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[9], [CellError("#DIV/0!", "cell.fault", detail="")], [None]])
        document.set_array(SHEET, "C1:C3", "=DSO(A1:A3,6,30)")
        assert document.values(SHEET, "C1:C3") == [[45], ["#DIV/0!"], ["#N/A"]]


def test_whole_columns_are_read_as_far_as_they_are_used(calc: Calc) -> None:
    door = Listening()
    with calc.answered_by(door), calc.new() as document:
        document.set_block(SHEET, "A1", [[1, 4], [2, 5], [None, 6]])
        document.add_sheet("Other")
        document.set("Other", "B5", 7)
        start = time.monotonic()
        columns = arrived(document, door, "=HHI(A:A,B:B,Other!B:B,1:1)")
        assert time.monotonic() - start < 2
        assert [len(column) for column in columns[:3]] == [9, 9, 9], "row 9 holds the formula itself"
        assert columns[0][:3] == ((1,), (2,), (None,)) and columns[2][4] == (7,)
        assert columns[3] == ((1, 4),)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_door_gives_the_error_of_an_argument_back(name: str) -> None:
    """For every argument of the function's first example; a list has the error in its first cell."""
    declaration = FUNCTIONS[name]
    arguments = list(declaration.examples[0].arguments)
    for place, parameter in enumerate(declaration.parameters[: len(arguments)]):
        if getattr(getattr(parameter.kind, "of", parameter.kind), "keeps_errors", False):
            continue
        error = CellError("#REF!", "cell.fault", detail="")
        result = Door().call(name, [*arguments[:place], error, *arguments[place + 1 :]])
        assert isinstance(result, CellError) and result.code == "#REF!", parameter.name
        assert parameter.name in result.text(), "the sentence names the argument"


def test_no_name_is_a_function_of_calc(calc: Calc) -> None:
    assert {"SUM", "XIRR", "DURATION"} <= calc.built_in()
    assert set(functions()) & calc.built_in() == set()


class Listening(Door):
    """Remembers what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Any] = []

    def call(self, name: str, arguments: Sequence[object], cell: str | None = None) -> Any:
        self.heard.append(list(arguments))
        return super().call(name, arguments, cell)


def arrived(document: Document, door: Listening, formula: str) -> list[Any]:
    """What a formula hands over when its cell is computed."""
    document.set(SHEET, "A9", formula)
    document.value(SHEET, "A9")
    (arguments,) = door.heard
    door.heard.clear()
    assert {type(cell) for cell in arguments} <= {float, str, tuple, type(None)}
    return arguments  # type: ignore[no-any-return]


def test_cells_arrive_as_they_are(calc: Calc) -> None:
    """Blank, text, empty text, flag, date, blocks; Calc knows flags and dates as numbers with a format."""
    door = Listening()
    with calc.answered_by(door), calc.new() as document:
        document.set_block(SHEET, "A1", [[None, "账龄", '=""', True, False, date(2026, 10, 31), 1e300, -0.5]])
        assert arrived(document, door, "=DSO(A1,B1,C1,D1,E1,F1,G1,H1)") == [
            None, "账龄", "", 1.0, 0.0, 46326.0, 1e300, -0.5
        ]  # fmt: skip
        assert arrived(document, door, '=DSO(A1:B1,A1:A2,{1,2;3,"x"},A1:A1)') == [
            ((None, "账龄"),), ((None,), (None,)), ((1.0, 2.0), (3.0, "x")), None
        ]  # fmt: skip


def test_arguments_left_out_are_missing_and_not_zero(calc: Calc) -> None:
    """Calc hands over 0 for both; the formulas of the workbook tell them apart."""
    door = Listening()
    with calc.answered_by(door), calc.new() as document:
        document.set(SHEET, "B1", 0)
        for formula, arrives, gives in (
            ("=DSO(9,6,30)", [9, 6, 30], 45),
            ("=DSO(9,6)", [9, 6], "#N/A"),
            ("=DSO()", [], "#N/A"),
            ("=DSO(0)", [0], "#N/A"),
            ("=DSO(9,,30)", [9, None, 30], "#N/A"),
            ("=DSO(B1,,30)", [0, None, 30], "#N/A"),
            ("=DSO(9,6,30,)", [9, 6, 30, None], 45),
            ("=DSO(,6,30)", [None, 6, 30], "#N/A"),
            ("=DSO(0,6,30)", [0, 6, 30], 0),
            ("=DSO(B1,6,30)", [0, 6, 30], 0),
            ("=DSO(9,9-9,30)", [9, 0, 30], "#DIV/0!"),
            ("=DSO(9,0,30)", [9, 0, 30], "#DIV/0!"),
            ("=IFERROR(DSO(9,,30),DSO(9,6,30))", [9, None, 30], 45),
            ('=DSO(9,"",30)', [9, "", 30], "#N/A"),
            ("=DSO(9,6,30,0,1)", [9, 6, 30, 0, 1], "#VALUE!"),
        ):
            document.set(SHEET, "A9", formula)
            assert document.value(SHEET, "A9") == gives, formula
            assert door.heard[0] == arrives, formula
            door.heard.clear()
        document.set(SHEET, "A1", "=DSO(9,,30)")
        document.set(SHEET, "A2", "=WHY(A1)")
        assert document.value(SHEET, "A2") == Door().explain("DSO", [9, None, 30])


def test_a_zero_beside_the_same_call_with_a_gap_is_an_error_and_no_guess(calc: Calc) -> None:
    with calc.new() as document:
        document.set(SHEET, "A1", "=DSO(9,,30)")
        document.set(SHEET, "A2", "=DSO(9,0,30)")
        document.set(SHEET, "A3", "=DSO(9,0,31)")
        document.recalculate()
        assert document.values(SHEET, "A1:A3") == [["#VALUE!"], ["#VALUE!"], ["#DIV/0!"]]
        document.set(SHEET, "B1", "=WHY(A1)")
        document.set(SHEET, "B2", "=WHY(A2)")
        sentence = f"#VALUE!: {text('libreoffice.zero_or_left_out', name='DSO')}"
        assert document.values(SHEET, "B1:B2") == [[sentence], [sentence]]
        document.set(SHEET, "A2", '=DSO(9,"",30)')
        document.recalculate()
        assert document.values(SHEET, "A1:A2") == [["#N/A"], ["#N/A"]]


def test_a_zero_without_any_cell_waits_until_the_workbook_is_open(calc: Calc, tmp_path: Path) -> None:
    path = tmp_path / "gap.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(SHEET)
        for row, formula in enumerate(("=DSO(9,,30)", "=DSO(9,0,31)", "=DSO(B1,,30)", "=WHY(A1)"), start=1):
            sheet.write_formula(f"A{row}", formula)
        sheet.write("B1", 9)
    with calc.open(path) as document:
        assert document.values(SHEET, "A1:A3") == [["#VALUE!"], ["#VALUE!"], ["#N/A"]]
        assert document.value(SHEET, "A4") == f"#VALUE!: {text('libreoffice.zero_while_loading', name='DSO')}"
        document.recalculate()
        assert document.values(SHEET, "A1:A3") == [["#N/A"], ["#DIV/0!"], ["#N/A"]]


def test_a_workbook_of_the_1904_system_is_read_with_its_own_day_numbers(calc: Calc, tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    name, arguments, result = next(
        (declaration.name, example.arguments, example.gives)
        for declaration in FUNCTIONS.values()
        for example in declaration.examples
        if isinstance(example.gives, date) and isinstance(example.arguments[0], date)
    )
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        sheet = book.add_worksheet(SHEET)
        sheet.write_datetime("A1", arguments[0], book.add_format({"num_format": "yyyy-mm-dd"}))
        cells = ",".join(["A1", *map(argument_text, arguments[1:])])
        sheet.write_formula("A2", f"={name}({cells})")
        sheet.write_formula("A3", "=WHY(A2)")
    with calc.open(path) as document:
        assert document.value(SHEET, "A2") == (result - date(1904, 1, 1)).days
        document.recalculate()
        assert document.value(SHEET, "A3") == Door(since_1904=True).explain(name, arguments)


def test_results_keep_their_type(calc: Calc) -> None:
    """A flag is a logical value in a cell of its own; text stays text though it looks like a number or a formula."""

    class Giving(Door):
        def call(self, name: str, arguments: Sequence[object], cell: str | None = None) -> Any:
            return results[int(arguments[0])]  # type: ignore[call-overload]

    results: list[Any] = [True, False, "0042", "=1+1", "", date(2026, 10, 31), 7, 0.1, "文" * 2000]
    with calc.answered_by(Giving()), calc.new() as document:
        for row, result in enumerate(results, start=1):
            document.set(SHEET, f"A{row}", f"=DSO({row - 1})")
            document.set(SHEET, f"B{row}", f"=ISLOGICAL(A{row})")
            document.set(SHEET, f"C{row}", f"=ISTEXT(A{row})")
            expected = [shown(result), isinstance(result, bool), isinstance(result, str)]
            assert document.values(SHEET, f"A{row}:C{row}") == [expected]


@pytest.mark.parametrize("name", [name for name, found in FUNCTIONS.items() if found.shape == "table"])
def test_a_chinese_host_shows_chinese_headers(calc: Calc, name: str) -> None:
    declaration = FUNCTIONS[name]
    door = Door("zh")
    example = next(found for found in declaration.examples if is_grid(door.call(name, list(found.arguments))))
    result = door.call(name, list(example.arguments))
    with calc.answered_by(door), calc.new() as document:
        assert equal(computed(document, name, example.arguments, result), shown(result))
    assert isinstance(declaration.result, Spill)
    assert not set(result[0]) & {column.en for column in declaration.result.columns if column.en != column.zh}


# --- WHY --------------------------------------------------------------------------------------------------------------


def reason(document: Document, formula: str, ask: str = "=WHY(D1)") -> Value:
    document.set(SHEET, "D1", formula)
    document.set(SHEET, "E1", ask)
    return document.value(SHEET, "E1")


@pytest.mark.parametrize("ask", ["=WHY(D1)", '=WHY("D1")', '=WHY("$D$1")', '=WHY("Sheet1!D1")', '=WHY("Sheet1.D1")'])
def test_why_tells_the_reason_of_an_error_and_the_rule_behind_a_figure(calc: Calc, ask: str) -> None:
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[15000, 0, 30]])
        found = str(reason(document, "=DSO(A1,B1,C1)", ask))
        assert found.startswith("#DIV/0!: ") and "credit_sales" in found
        document.set(SHEET, "B1", 10000)
        document.recalculate()
        assert document.value(SHEET, "E1") == Door().explain("DSO", [15000, 10000, 30])


def test_why_follows_an_edit_when_it_points_to_the_cell(calc: Calc) -> None:
    with calc.new() as document:
        document.set(SHEET, "A1", 0)
        assert "#DIV/0!" in str(reason(document, "=DSO(9,A1,30)"))
        document.set(SHEET, "A1", 6)
        assert "#DIV/0!" not in str(document.value(SHEET, "E1"))


def test_why_names_the_argument_that_is_an_error(calc: Calc) -> None:
    """Calc has made no call there, so nobody but the formula knows."""
    with calc.new() as document:
        document.set(SHEET, "A1", "=1/0")
        wanted = f"#DIV/0!: {text('cell.error_passed', argument='credit_sales', value='#DIV/0!')}"
        assert reason(document, "=DSO(9,A1,30)") == wanted
        assert reason(document, "=DSO(9,A1+1,30)") == wanted
        assert reason(document, "=DSO(9,SUM(A1:A3),30)") == wanted


def test_why_looks_inside_other_functions_names_and_sums(calc: Calc) -> None:
    with calc.new() as document:
        document.add_sheet("Ledger's")
        for row, amount in enumerate((10, 20, 30), start=1):
            document.set("Ledger's", f"A{row}", amount)
        here = document.component.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
        document.component.NamedRanges.addNewByName("sales", "$'Ledger''s'.$A$1", here, 0)
        inner = "DSO(SUM('Ledger''s'!A1:A3)*2,sales-10,3*10)"
        assert document.value(SHEET, "D1") is None
        found = str(reason(document, f'=IFERROR(ROUND({inner},1),"?")'))
        assert document.value(SHEET, "D1") == "?"
        assert ": #DIV/0!: credit_sales is zero" in found
        assert found.startswith("DSO(SUM(")
        document.set("Ledger's", "A1", 30)
        assert document.value(SHEET, "D1") == 240  # (30 + 20 + 30) × 2 ÷ 20 × 30
        assert "#DIV/0!" not in str(document.value(SHEET, "E1"))


def test_why_of_a_cell_of_an_array_formula_tells_of_that_cell(calc: Calc) -> None:
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[10], ["ten"], [-10]])
        document.set_array(SHEET, "D1:D3", "=DSO(A1:A3,6,30)")
        for row in (1, 2, 3):
            document.set(SHEET, f"E{row}", f"=WHY(D{row})")
        shown = [str(row[0]) for row in document.values(SHEET, "E1:E3")]
        assert shown[0].startswith("DSO: ")
        assert shown[1].startswith('#VALUE!: receivables: "ten" is not a number')
        assert shown[2].startswith("#NUM!: receivables is -10")


def test_why_says_what_it_cannot_explain(calc: Calc) -> None:
    with calc.new() as document:
        document.set_block(SHEET, "A1", [[5, "=A1+1", '=DSO(INDIRECT("A1"),6,30)']])
        for ask, wanted in (
            ("=WHY(A1)", text("libreoffice.no_formula", cell="A1")),
            ("=WHY(Z99)", text("libreoffice.no_formula", cell="Z99")),
            ("=WHY(B1)", text("libreoffice.no_function", cell="B1")),
            ("=WHY(C1)", text("libreoffice.unread", cell='DSO(INDIRECT("A1");6;30)', part='INDIRECT("A1")')),
            ('=WHY("Gone!A1")', text("libreoffice.no_sheet", cell="Gone!A1")),
            ('=WHY("no cell")', "#VALUE!"),
            ("=WHY(5)", "#VALUE!"),
            ("=WHY()", "#N/A"),
        ):
            document.set(SHEET, "E1", ask)
            assert document.value(SHEET, "E1") == wanted, ask
        with calc.answered_by(Door("zh")):
            document.set(SHEET, "E1", "=WHY(A1)")
            assert document.value(SHEET, "E1") == text("libreoffice.no_formula", "zh", cell="A1")


def test_why_with_an_address_as_text_means_the_sheet_that_asks(calc: Calc, tmp_path: Path) -> None:
    """Calc does not say which cell calls: the sheet and workbook that ask so are looked up, and never guessed."""
    path = tmp_path / "asking.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("First").write_formula("A1", "=DSO(1,0,1)")
        second = book.add_worksheet("Second")
        second.write_formula("A1", '=DSO("x",1,1)')
        second.write_formula("B1", '=WHY("A1")')
    with calc.new() as other, calc.open(path) as document:
        other.set(SHEET, "A1", "=DSO(-1,1,1)")
        assert document.value("Second", "B1") == text("libreoffice.loading", cell="A1"), "not yet to be found"
        document.recalculate()
        assert str(document.value("Second", "B1")).startswith("#VALUE!")
        document.set("First", "B1", '=WHY("A1")')
        assert document.value("First", "B1") == text("libreoffice.several_sheets", cell="A1")
        document.set("First", "B1", '=WHY("First!A1")')
        assert str(document.value("First", "B1")).startswith("#DIV/0!")


# --- the office itself ------------------------------------------------------------------------------------------------


def test_whatever_fails_a_cell_shows_an_error(calc: Calc) -> None:
    class Broken(Door):
        def call(self, name: str, arguments: Sequence[object], cell: str | None = None) -> Any:
            raise RuntimeError("a fault of ours")

    with calc.answered_by(Broken()), calc.new() as document:
        document.set(SHEET, "A1", "=DSO(9,6,30)")
        assert document.value(SHEET, "A1") == "#VALUE!"


def test_calls_are_quick(calc: Calc) -> None:
    """About a millisecond each; the bound leaves room for a busy machine."""
    with calc.new() as document:
        start = time.monotonic()
        for row in range(1, 301):
            document.set(SHEET, f"A{row}", f"=DSO(9,6,{row})")
        assert document.value(SHEET, "A300") == 450
        assert time.monotonic() - start < 15


def test_an_office_is_gone_when_it_is_stopped_even_if_it_hangs(soffice: str, tmp_path: Path) -> None:
    """And a cell shows a real error where nothing answers any more."""
    uno = bridge(soffice, tmp_path / "uno")
    assert uno
    office = Calc(uno, soffice, tmp_path / "office")
    try:
        process, profile = office._process, office.profile
        assert process and profile.is_dir()
        document = office.new()
        office.manager.remove(office.service)
        document.set(SHEET, "A1", "=DSO(9,6,30)")
        document.set(SHEET, "A2", "=WHY(A1)")
        assert document.values(SHEET, "A1:A2") == [["#VALUE!"], ["#VALUE!"]]
        process.kill()  # what a crash looks like
    finally:
        office.stop()
    assert process.poll() is not None
    assert not profile.exists()
