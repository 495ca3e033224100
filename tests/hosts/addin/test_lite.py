"""xlwings Lite: what its functions answer, and the workbook's copy that carries them.

`lite_stand_in/xlwings.py` behaves as Lite's documentation says; what Lite itself does can only be seen in Excel.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.hosts.addin.lite_answers import STAND_IN, expected, laid_out, same

from duebook.core.cells import CellError
from duebook.core.messages import text
from duebook.hosts import catalogue
from duebook.hosts.lite import bindings, scripts
from duebook.hosts.lite.bindings import Session, address, functions
from duebook.hosts.lite.cells import from_lite, to_lite, trimmed

Lite = Callable[..., ModuleType]


@pytest.fixture
def lite() -> Iterator[Lite]:
    """A fresh stand-in for xlwings with every function registered."""

    def made(session: Session | None = None, caller: bool = True) -> ModuleType:
        spec = importlib.util.spec_from_file_location("xlwings_stand_in", STAND_IN / "xlwings.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if not caller:
            del module.__dict__["Caller"]
        functions(module, session or Session("en", False))
        return module

    yield made


# --- alone in a Python that has nothing else --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What `main.py` and every example gave in a Python with the standard library and Lite's packages only."""
    folder = tmp_path_factory.mktemp("lite")
    files = laid_out(folder)
    program = (
        f"import sys; sys.path.insert(0, {str(folder / 'installed')!r}); import json, lite_run\n"
        f"print(json.dumps(lite_run.run({str(files)!r})))"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    environment = {"TMPDIR": str(folder), "HOME": str(folder)} | (
        {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if os.name == "nt" else {}
    )
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_function_is_registered_with_its_arguments(alone: Any) -> None:
    wanted = {}
    for name, declaration in catalogue.functions().items():
        required = {p.name for p in declaration.parameters if p.required}
        wanted[name] = [[argument, argument not in required] for argument, _ in declaration.argument_help]
    assert alone["functions"] == wanted
    assert {name.lower() for name in wanted} <= set(alone["exported"])


def test_every_example_is_answered_as_by_the_door(alone: Any) -> None:
    wanted = expected()
    found = {(name, number): value for name, number, value in alone["examples"]}
    assert found.keys() == wanted.keys()
    assert not {call: (found[call], wanted[call]) for call in wanted if not same(found[call], wanted[call])}


def test_nothing_is_loaded_that_lite_does_not_have(alone: Any) -> None:
    assert alone["refused"] == []
    assert alone["speechless"] == []
    assert alone["scripts"] == ["Duebook: explain cells", "Duebook: list functions"]
    assert alone["first"] == 45


# --- values -----------------------------------------------------------------------------------------------------------


def test_a_missing_argument_is_a_real_error(lite: Lite) -> None:
    xw = lite()
    for blank in (None, "", "n/a"):
        found = xw.call("DSO", blank, 10000, 30)
        assert (type(found).__name__, found) == ("Error", "#N/A")
    assert xw.call("DSO", 15000, 10000, 30, None) == 45
    assert xw.call("DSO", 15000, 10000, 30, 0.13) == xw.call("DSO", 15000, 10000, 30, "13%")


def test_an_error_comes_back_as_the_same_error(lite: Lite) -> None:
    xw = lite()
    for code in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"):
        found = xw.call("DSO", xw.Error(code), 10000, 30)
        assert (type(found).__name__, found) == ("Error", code)
    newer = xw.call("DSO", xw.Error("#SPILL!"), 10000, 30)
    assert (type(newer).__name__, newer) == ("Error", "#VALUE!")


def test_ranges_keep_their_direction(lite: Lite) -> None:
    """A column against a row makes a block; Lite's own reading would make lists of both."""
    block = lite().call("DSO", [[15000], [20000]], [[10000, 5000]], 30)
    assert block == [[45, 90], [60, 120]]


def test_errors_inside_a_spill_are_real(lite: Lite) -> None:
    xw = lite()
    found = xw.call("DSO", [[15000], ["abc"], [None]], 10000, 30)
    assert [[type(cell).__name__ for cell in row] for row in found] == [["float"], ["Error"], ["Error"]]
    assert [row[0] for row in found] == [45, "#VALUE!", "#N/A"]


def test_whole_columns_end_where_the_longest_does() -> None:
    blank = [[None]] * 1_048_573
    first = [[15000.0], [20000.0], [None], *blank]
    second = [[10000.0], [10000.0], [10000.0], *blank]
    short = [[1.0], [None]]
    assert trimmed([first, 30, second, short]) == [first[:3], 30, second[:3], short]
    assert trimmed([[[""], [None], [None], *blank]]) == [[[""]]]
    assert Session("en", False).answer("DSO", None, (first, second, [[30]])) == [[45], [60], ["#N/A"]]


def test_dates_are_serial_numbers_in_and_dates_out(lite: Lite) -> None:
    xw = lite()
    found = xw.call("DUE_DATE", 46326, "30 days")
    assert (type(found).__name__, float(found)) == ("Serial", 46356)
    assert float(xw.call("DUE_DATE", date(2026, 10, 31), "30 days")) == 46356


def test_a_book_that_counts_from_1904(lite: Lite) -> None:
    """Lite writes dates from 1900 on: such a book gets its own day numbers."""
    xw = lite(Session("en", True))
    assert (type(xw.call("DUE_DATE", 46326 - 1462, "30 days")).__name__) == "int"
    assert xw.call("DUE_DATE", 46326 - 1462, "30 days") == 46356 - 1462


def test_the_system_of_a_plain_session(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Session("en").since_1904 is False
    monkeypatch.setenv(bindings.SINCE_1904, "1")
    assert Session("en").since_1904 is True


def test_what_the_browser_calls_nothing_is_a_blank() -> None:
    null = type("JsNull", (), {})()
    assert from_lite([[null, None]]) == [[None, None]]
    assert from_lite(null) is None
    assert from_lite([1, 2]) == [[1], [2]]
    assert from_lite({"type": "FormattedNumber", "basicValue": 3.5, "numberFormat": "0"}) == 3.5


def test_a_text_like_an_error_stays_a_text() -> None:
    assert to_lite("#N/A") == " #N/A"
    assert to_lite([["#REF!", "a"]]) == [[" #REF!", "a"]]
    assert to_lite(CellError("#REF!", "cell.error_passed", argument="a", value="#REF!")) == "#REF!"


def test_days_that_programs_count_apart_are_numbers() -> None:
    assert to_lite(date(1900, 2, 28)) == 59
    assert to_lite(date(1900, 3, 1)) == date(1900, 3, 1)


# --- WHY --------------------------------------------------------------------------------------------------------------


def test_why_knows_the_calling_cells(lite: Lite) -> None:
    xw = lite()
    xw.call("DSO", "abc", 10000, 30, at="Sheet1!B7")
    xw.call("DSO", [[1], ["x"]], 10000, 30, at="'My sheet'!$D$2")
    assert xw.call("WHY", "B7", at="Sheet1!C7").startswith("#VALUE!: receivables")
    assert xw.call("WHY", "$B$7", at="Sheet1!C7") == xw.call("WHY", "Sheet1!B7", at="Other!A1")
    assert "x" in xw.call("WHY", "D3", at="My sheet!A1")
    unknown = xw.call("WHY", "B8", at="Sheet1!C7")
    assert (type(unknown).__name__, unknown) == ("Error", "#N/A")


@pytest.mark.parametrize(
    ("language", "said"), [("en", 'Write its address as text, =WHY("B7")'), ("zh", "请以文本写出地址")]
)
def test_why_of_a_reference_says_what_to_write(lite: Lite, language: str, said: str) -> None:
    """Lite hands over what the cell holds, an error as well."""
    xw = lite(Session(language, False))
    for held in (45.5, xw.Error("#NUM!"), "overdue"):
        found = xw.call("WHY", held)
        assert said in found and (str(held) in found)
        assert type(found) is str


def test_without_a_calling_cell_everything_but_why_works(lite: Lite) -> None:
    """An xlwings before 0.36.17."""
    found = lite(caller=False).FUNCTIONS
    assert found["DSO"]([[15000]], [[10000]], [[30]]) == 45
    assert found["WHY"]([["B7"]]) == "#N/A"


def test_addresses_in_every_form_lite_may_tell_them() -> None:
    assert address(None) is None
    assert address(SimpleNamespace(address="Sheet1!B7")) == "Sheet1!B7"
    assert address(SimpleNamespace(address="$B$7", sheet_name="It's")) == "'It''s'!$B$7"
    assert address(SimpleNamespace(address="B7", sheet=SimpleNamespace(name="One"))) == "'One'!B7"
    assert address(SimpleNamespace(address="B7")) == "B7"


# --- help and scripts -------------------------------------------------------------------------------------------------


def test_help_is_in_the_language(lite: Lite) -> None:
    for language in ("en", "zh"):
        found = lite(Session(language, False)).FUNCTIONS
        for name, declaration in catalogue.functions().items():
            assert found[name].__doc__ == (declaration.zh if language == "zh" else declaration.help)
            docs = {argument: options["doc"] for argument, options in found[name].lite_arguments.items()}
            assert docs == {argument: said.text(language) for argument, said in declaration.argument_help}


class FakeSheet:
    def __init__(self, name: str) -> None:
        self.name = name
        self.cells: dict[str, SimpleNamespace] = {}

    def __getitem__(self, at: str) -> SimpleNamespace:
        return self.cells.setdefault(at, SimpleNamespace(value=None))


class FakeSheets(list[FakeSheet]):
    def add(self, name: str) -> FakeSheet:
        self.append(FakeSheet(name))
        return self[-1]


@pytest.fixture
def fake() -> SimpleNamespace:
    return SimpleNamespace(sheets=FakeSheets([FakeSheet("Sheet1"), FakeSheet("My sheet"), FakeSheet("duebook why")]))


def scripted(lite: Lite, language: str) -> ModuleType:
    session = Session(language, False)
    xw = lite(session)
    scripts.scripts(xw, session)
    return xw


def test_a_script_lists_the_reasons_of_all_cells(
    lite: Lite, fake: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    xw = scripted(lite, "en")
    xw.SCRIPTS["Duebook: explain cells"](fake)
    assert capsys.readouterr().out.strip() == text("lite.nothing_to_explain", "en")
    assert len(fake.sheets) == 3
    xw.call("DSO", 1, 10000, 30, at="Sheet1!A1")
    xw.call("DSO", [[1], ["x"]], 10000, 30, at="[book.xlsx]My sheet!$D$2")
    xw.call("DSO", 1, 0, 30, at="Sheet1!B7")
    xw.call("COMPANY_ID_CHECK", "91350100M000100Y44", at="Sheet1!C1")
    xw.SCRIPTS["Duebook: explain cells"](fake)
    rows = fake.sheets[-1]["A1"].value
    assert fake.sheets[-1].name == "Duebook WHY 2"
    assert [row[:2] for row in rows] == [
        ["Cell", "Function"], ["''My sheet'!D3", "DSO"], ["Sheet1!B7", "DSO"], ["Sheet1!C1", "COMPANY_ID_CHECK"],
    ]  # fmt: skip
    assert rows[1][2].startswith("#VALUE!: ") and rows[2][2].startswith("#DIV/0!: ")
    assert capsys.readouterr().out.strip() == text("lite.sheet_added", "en", sheet="Duebook WHY 2", count=3)


def test_a_script_lists_the_functions(lite: Lite, fake: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    xw = scripted(lite, "zh")
    xw.SCRIPTS["Duebook：函数清单"](fake)
    rows = fake.sheets[-1]["A1"].value
    assert rows[0] == ["类别", "函数", "用途"]
    assert len(rows) == 1 + len(catalogue.functions())
    assert ["应收账款", "DSO(receivables, credit_sales, days, [vat_rate])"] in [row[:2] for row in rows]
    assert text("lite.sheet_added", "zh", sheet="Duebook 函数", count=len(rows) - 1) in capsys.readouterr().out


def test_no_text_becomes_a_formula(lite: Lite, fake: SimpleNamespace) -> None:
    xw = scripted(lite, "en")
    fake.sheets.append(FakeSheet("=cmd"))
    xw.call("DSO", "x", 10000, 30, at="'=cmd'!A1")
    xw.SCRIPTS["Duebook: explain cells"](fake)
    for row in fake.sheets[-1]["A1"].value:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
