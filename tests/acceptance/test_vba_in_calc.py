"""The VBA wrappers and the logic behind them, run for real by LibreOffice's VBA support in the add-in as it is built.

Of the add-in's modules only the host glue and the way to Python are not run here: they need Excel and Windows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from calc import Document
from excel_in_calc import Excel, office, opened, package, trial
from test_functions_in_calc import ERROR_TYPES, EXAMPLES, computed, equal, shown
from tests.hosts.excel.com import SCODES, windows

from duebook.core.cells import CellError
from duebook.core.declare import Example
from duebook.core.messages import text
from duebook.hosts.call import Door
from duebook.hosts.excel import session

pytestmark = pytest.mark.office

SHEET = "Sheet1"
ERROR = CellError("#N/A", "cell.fault", detail="")


@pytest.fixture(scope="module")
def excel() -> Iterator[Excel]:
    with windows() as xlpy:
        yield Excel(xlpy)


@pytest.fixture(scope="module")
def opened_addin(soffice: str, excel: Excel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Document]:
    folder = tmp_path_factory.mktemp("vba")
    with office(soffice, folder, excel) as calc:
        path = folder / "duebook.xlam"
        path.write_bytes(package({"DuebookHost": trial("DuebookHost")}, {"xlwings": "0"}, ("Trial",)))
        yield opened(calc, path, SHEET)


@pytest.fixture
def book(opened_addin: Document, excel: Excel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Document]:
    """The open add-in with an empty sheet, and a session of the test's own."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setattr(session, "_session", None)
    opened_addin.component.Sheets.getByName(SHEET).clearContents(1023)
    excel.place, excel.since_1904 = "", False
    excel.calls.clear()
    yield opened_addin
    assert excel.faults == []


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_an_example_through_its_wrapper_gives_what_the_door_gives(
    book: Document, excel: Excel, name: str, example: Example
) -> None:
    result = Door().call(name, list(example.arguments))
    found = computed(book, name, example.arguments, result)
    assert excel.calls and {called for called, _ in excel.calls} == {name}
    assert equal(found, shown(result))


def test_errors_are_real_errors(book: Document) -> None:
    calls = {"#DIV/0!": "=DSO(9,0,30)", "#NUM!": "=DSO(-9,6,30)", "#VALUE!": '=DSO("x",6,30)', "#N/A": "=DSO(9,6)"}
    for row, (code, formula) in enumerate(calls.items(), start=1):
        book.set(SHEET, f"A{row}", formula)
        book.set(SHEET, f"B{row}", f"=ISERROR(A{row})")
        book.set(SHEET, f"C{row}", f"=ISNA(A{row})")
        book.set(SHEET, f"D{row}", f"=ERROR.TYPE(A{row})")
        book.set(SHEET, f"E{row}", f'=IFERROR({formula[1:]},"replaced")')
        book.set(SHEET, f"F{row}", f"=SUM(A{row}:A{row},1)")
        expected = [code, True, code == "#N/A", ERROR_TYPES[code], "replaced", code]
        assert book.values(SHEET, f"A{row}:F{row}") == [expected]


@pytest.mark.parametrize("code", [code for code in ERROR_TYPES if code != "#NULL!"])
def test_each_mark_becomes_its_error(book: Document, code: str) -> None:
    book.set(SHEET, "A1", f'=TRIAL_MARK("{code}")')
    assert book.value(SHEET, "A1") == code


def test_a_code_that_is_none_is_an_error_all_the_same(book: Document) -> None:
    book.set(SHEET, "A1", '=TRIAL_MARK("45")')
    assert book.value(SHEET, "A1") == "#VALUE!"


@pytest.mark.parametrize("first", [0, 1, -3])
def test_marks_in_arrays_with_any_lower_bound(book: Document, first: int) -> None:
    book.set_array(SHEET, "A1:D1", f"=TRIAL_ROW({first})")
    assert book.values(SHEET, "A1:D1") == [["#N/A", 7, "\x01escaped", "plain"]]
    book.set_array(SHEET, "A3:B4", f"=TRIAL_ROWS({first})")
    assert book.values(SHEET, "A3:B4") == [["#DIV/0!", "\x01"], [1, "#NUM!"]]
    book.set(SHEET, "A6", f"=TRIAL_LOWER_BOUND({first})")
    assert book.value(SHEET, "A6") == first


def test_an_escaped_text_loses_one_mark(book: Document) -> None:
    for row, (marks, plain, length) in enumerate([(0, "abc", 3), (2, "abc", 4), (3, "#N/A", 6), (2, "", 1)], start=1):
        book.set(SHEET, f"A{row}", f'=TRIAL_LENGTH({marks},"{plain}")')
        assert book.value(SHEET, f"A{row}") == length


def test_an_error_inside_a_table_is_a_real_error_in_its_cell(book: Document) -> None:
    book.set_block(SHEET, "A1", [[10], ["ten"], [-10]])
    book.set_array(SHEET, "C1:C3", "=DSO(A1:A3,6,30)")
    book.set_array(SHEET, "D1:D3", "=ISERROR(C1:C3)")
    assert book.values(SHEET, "C1:D3") == [[50, 0], ["#VALUE!", 1], ["#NUM!", 1]]


def test_an_edit_recalculates(book: Document) -> None:
    book.set_block(SHEET, "A1", [[15000, 10000, 30, "=DSO(A1,B1,C1)", "=D1*2"]])
    assert book.values(SHEET, "D1:E1") == [[45, 90]]
    book.set(SHEET, "B1", 20000)
    assert book.values(SHEET, "D1:E1") == [[22.5, 45]]
    book.set(SHEET, "B1", None)
    assert book.values(SHEET, "D1:E1") == [["#N/A", "#N/A"]]


# --- what crosses -----------------------------------------------------------------------------------------------------


def sent(book: Document, excel: Excel, formula: str) -> list[Any]:
    """What a formula hands over to Python."""
    excel.calls.clear()
    book.set(SHEET, "Z99", formula)
    book.value(SHEET, "Z99")
    return excel.last


def test_only_arguments_missing_at_the_end_are_left_out(book: Document, excel: Excel) -> None:
    assert sent(book, excel, "=DSO(9,6,30,0.13)") == [9, 6, 30, 0.13]
    assert sent(book, excel, "=DSO(9,6,30)") == [9, 6, 30]
    assert sent(book, excel, "=DSO(9)") == [9]
    assert sent(book, excel, "=DSO()") == []
    assert sent(book, excel, "=TRIAL_LEFT_OUT(9,30)") == [9, None, 30]
    assert sent(book, excel, "=TRIAL_ALL_LEFT_OUT()") == []


def test_a_missing_argument_is_named(book: Document, excel: Excel) -> None:
    """Excel itself would show #VALUE! without a reason, were the arguments not declared Optional."""
    excel.place = f"[duebook.xlam]{SHEET}!$A$1"
    book.set(SHEET, "A1", "=DSO(9,6)")
    assert book.value(SHEET, "A1") == "#N/A"
    book.set(SHEET, "A2", "=WHY(A1)")
    assert book.value(SHEET, "A2") == "#N/A: " + text("cell.missing", argument="days")


def test_cells_cross_as_values(book: Document, excel: Excel) -> None:
    """Blank, empty text, text, number, flag, error; a block is rows, one cell is its value."""
    book.set_block(SHEET, "A1", [[1.5, "账龄", None], [True, "", ERROR]])
    book.set(SHEET, "B2", '=""')
    assert sent(book, excel, "=DSO(A1,B1,C1)") == [1.5, "账龄", None]
    assert sent(book, excel, "=DSO(A2,B2,C2)") == [True, "", SCODES["#N/A"]]
    assert type(excel.last[0]) is bool
    assert sent(book, excel, "=HHI(A1:C1)") == [((1.5, "账龄", None),)]
    assert sent(book, excel, "=HHI(C1:C2)") == [((None,), (SCODES["#N/A"],))]
    assert {type(cell) for cell in (*excel.last[0][1],)} == {int}


def test_an_error_in_comes_out_the_same(book: Document) -> None:
    """In Calc's own way of calling functions none would be called; the wrapper is, as in Excel."""
    book.set_block(SHEET, "A1", [[10], [ERROR], [CellError("#REF!", "cell.fault", detail="")]])
    book.set(SHEET, "B1", "=DSO(A2,6,30)")
    book.set(SHEET, "B2", "=DSO(A3,6,30)")
    book.set(SHEET, "B3", "=HHI(A1:A2)")
    assert book.values(SHEET, "B1:B3") == [["#N/A"], ["#REF!"], ["#N/A"]]


def test_the_calling_cell_and_its_date_system_go_first(book: Document, excel: Excel) -> None:
    excel.place, excel.since_1904 = "[Book.xlsx]Sheet1!$B$7", True
    book.set(SHEET, "A1", '=DUE_DATE(0,"30")')
    assert book.value(SHEET, "A1") == 30  # 31 January 1904, counted from 1 January 1904
    assert excel.calls[-1] == ("DUE_DATE", ["[Book.xlsx]Sheet1!$B$7", True, 0.0, "30"])


def test_whole_columns_are_cut_to_the_part_in_use(book: Document, excel: Excel) -> None:
    book.set_block(SHEET, "A1", [[10, 20, 30], [11, 21, 31], [12, None, 32]])
    book.set(SHEET, "E5", "x")
    used = ((10,), (11,), (12,), (None,), (None,))
    assert cut(book, excel, "=HHI(A:A)") == used
    assert cut(book, excel, "=HHI(A2:A1048576)") == used[1:]
    assert cut(book, excel, "=HHI(A9:A1048576)") is None, "at least one cell"
    assert cut(book, excel, "=HHI(A1:A9)") == (*used, *[(None,)] * 4), "what does not reach the end is not cut"
    assert cut(book, excel, "=HHI(A:B)") == ((10, 20), (11, 21), (12, None), (None, None), (None, None))


def cut(book: Document, excel: Excel, formula: str) -> Any:
    """The first argument; the formula stands on another sheet, so that it is not itself in use."""
    excel.calls.clear()
    formula = formula.replace("(", f"({SHEET}!", 1)
    book.set("Duebook", "A1", formula)
    book.value("Duebook", "A1")
    return excel.last[0]


def test_whole_rows_are_cut_too(book: Document, excel: Excel) -> None:
    book.set_block(SHEET, "A1", [[10, 20, None, 40], [11, 21, 31, None]])
    assert cut(book, excel, "=HHI(1:1)") == ((10, 20, None, 40),)
    assert cut(book, excel, "=HHI(1:2)") == ((10, 20, None, 40), (11, 21, 31, None))
    assert cut(book, excel, "=HHI(B1:XFD1)") == ((20, None, 40),)


def test_whole_columns_of_two_sheets_end_in_the_same_row(book: Document, excel: Excel) -> None:
    if "Other" not in book.sheets:
        book.add_sheet("Other")
    book.set_block(SHEET, "A1", [[10], [20]])
    book.set_block("Other", "B1", [["a"], ["b"], ["c"], ["d"]])
    excel.calls.clear()
    book.set("Duebook", "A1", f"=HHI({SHEET}!A:A,Other!B:B)")
    book.value("Duebook", "A1")
    amounts, customers = excel.last
    assert amounts == ((10,), (20,), (None,), (None,))
    assert customers == (("a",), ("b",), ("c",), ("d",))


# --- WHY --------------------------------------------------------------------------------------------------------------


def test_why_gets_the_address_of_its_reference(book: Document, excel: Excel) -> None:
    where = f"[duebook.xlam]{SHEET}!"
    excel.place = f"{where}$B$7"
    book.set(SHEET, "B7", "=DSO(9,0,30)")
    assert book.value(SHEET, "B7") == "#DIV/0!"
    excel.place = f"{where}$C$7"
    book.set(SHEET, "C7", "=WHY(B7)")
    assert str(book.value(SHEET, "C7")).startswith("#DIV/0!: credit_sales")
    assert excel.last == [f"{where}$B$7"]
    book.set(SHEET, "C8", '=WHY("B7")')
    assert book.value(SHEET, "C8") == book.value(SHEET, "C7")
    book.set(SHEET, "C9", "=WHY(Z50)")
    assert book.value(SHEET, "C9") == "#N/A"
    assert sent(book, excel, "=WHY()") == []


def test_why_follows_its_cell(book: Document, excel: Excel) -> None:
    book.set_block(SHEET, "A1", [[0, "=DSO(9,A1,30)", "=WHY(B1)"]])
    assert book.values(SHEET, "B1:C1")[0][0] == "#DIV/0!"
    excel.calls.clear()
    book.set(SHEET, "A1", 6)
    assert book.value(SHEET, "B1") == 45
    book.value(SHEET, "C1")
    assert [name for name, _ in excel.calls] == ["DSO", "WHY"]
