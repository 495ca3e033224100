"""The LibreOffice host as far as it needs no office: Basic text, values that cross, formulas, `WHY` over cells."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import ERRORS, CellError
from duebook.core.messages import text
from duebook.hosts.call import Door
from duebook.hosts.catalogue import functions
from duebook.hosts.libreoffice import cells, shims
from duebook.hosts.libreoffice.formulas import (
    Array,
    Call,
    Constant,
    ErrorConstant,
    Name,
    Operation,
    Reference,
    Unreadable,
    calls,
    parsed,
    reference,
)
from duebook.hosts.libreoffice.left_out import Gaps, Where, left_out
from duebook.hosts.libreoffice.nested import FREE, MOST, Nesting
from duebook.hosts.libreoffice.reasons import Arguments, explained
from duebook.hosts.libreoffice.sheets import PLAIN_FUNCTIONS, Formula

# --- the Basic library ------------------------------------------------------------------------------------------------


def test_every_function_has_one_shim_that_hands_over_whatever_it_is_given() -> None:
    modules = shims.modules(functions())
    declared = re.findall(r"^Function (\w+)\((.*)\)$", "\n".join(modules.values()), re.MULTILINE)
    names = [name for name, _ in declared]
    ours = [name for name in names if not name.startswith("Duebook")]
    assert sorted(ours) == sorted(functions())
    assert len(set(map(str.upper, names))) == len(names), "Basic knows no upper and lower case"
    assert {arguments for name, arguments in declared if name in functions()} == {"ParamArray arguments()"}
    assert 'DSO = DuebookCall("DSO", arguments)' in modules[shims.FUNCTIONS_MODULE]


def test_functions_get_references_as_ranges() -> None:
    modules = shims.modules(functions())
    vba = [name for name, code in modules.items() if "Option VBASupport 1" in code]
    assert vba == [shims.FUNCTIONS_MODULE]


def test_nothing_but_service_and_dialogs_needs_the_office() -> None:
    code = (
        "import sys; sys.modules['uno'] = sys.modules['unohelper'] = None\n"
        "from duebook.hosts.libreoffice import buttons, cells, formulas, given, left_out\n"
        "from duebook.hosts.libreoffice import nested, reasons, sheets, shims"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_is_a_nan_that_calc_knows_by_its_number(code: str) -> None:
    value = cells.to_calc(CellError(code, "cell.fault", detail=""))
    assert math.isnan(value)
    assert cells.error_code(cells.number_of(value)) == code
    back = cells.from_calc(value)
    assert isinstance(back, CellError) and back.code == code
    assert back.text()


def test_the_numbers_are_those_of_calc() -> None:
    """`com.sun.star` and the help page "Error Codes in LibreOffice Calc": 503, 519, 521, 524, 525, 532, 32767."""
    assert sorted(cells.ERROR_NUMBERS.values()) == [503, 519, 521, 524, 525, 532, 32767]
    assert cells.error_code(502) == "#VALUE!", "an error of Calc's own"
    assert cells.number_of(1.5) == 0


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        (1, 1.0),
        (2.5, 2.5),
        (True, True),
        ("0042", "0042"),
        (None, ""),
        (date(1899, 12, 31), 1.0),
        (date(2026, 10, 31), 46326.0),
        (datetime(2026, 10, 31, 12), 46326.0),
        ([[True, None], ["x", date(2026, 10, 31)]], ((1.0, ""), ("x", 46326.0))),
    ],
)
def test_a_result_becomes_what_calc_takes(result: object, wanted: object) -> None:
    found = cells.to_calc(result)
    assert found == wanted and type(found) is type(wanted)


@pytest.mark.parametrize("result", [math.inf, -math.inf, math.nan])
def test_no_infinity_reaches_a_cell(result: float) -> None:
    assert cells.number_of(cells.to_calc(result)) == cells.ERROR_NUMBERS["#NUM!"]


def test_what_is_no_result_shows_as_an_error() -> None:
    assert cells.number_of(cells.to_calc(object())) == cells.ERROR_NUMBERS["#VALUE!"]


def test_an_argument_becomes_what_the_door_takes() -> None:
    """Whole numbers may cross as integers; a void is a blank; a row of a range may be flat."""
    assert cells.from_calc(((1, "a"), (None, 2.5))) == ((1.0, "a"), (None, 2.5))
    assert cells.from_calc((1, 2)) == ((1.0,), (2.0,))
    assert {type(cell) for row in cells.from_calc(((1, True),)) for cell in row} == {float}
    assert cells.from_calc("") == "" and cells.from_calc(None) is None
    assert cells.from_calc(object()) is None


@given(st.recursive(st.none() | st.floats() | st.integers() | st.text() | st.booleans(), st.lists, max_leaves=20))
def test_whatever_crosses_nothing_but_plain_cells_arrive(value: Any) -> None:
    found = cells.from_calc(value)
    flat = [cell for row in found for cell in row] if isinstance(found, tuple) else [found]
    assert {type(cell) for cell in flat} <= {float, str, type(None), CellError}


# --- formulas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("=1.5E+3", Constant("1.5E+3", 1500.0)),
        ('="say ""no"""', Constant('"say ""no"""', 'say "no"')),
        ("=#REF!", ErrorConstant("#REF!", "#REF!")),
        ("=B7", Reference("B7", None, "B7")),
        ("=$Sheet1.$B$7:C9", Reference("$Sheet1.$B$7:C9", "Sheet1", "B7:C9")),
        ("=$'My sheet''s; (1)'.A:A", Reference("$'My sheet''s; (1)'.A:A", "My sheet's; (1)", "A:A")),
        ("=账龄.B2", Reference("账龄.B2", "账龄", "B2")),
        ("=1:3", Reference("1:3", None, "1:3")),
        ("=as_of", Name("as_of")),
        ("={1;2|3;-4}", Array("{1;2|3;-4}", ((Constant("1", 1.0), Constant("2", 2.0)), (
            Constant("3", 3.0), Operation("-4", "-", (Constant("4", 4.0),)))))),
        ("=F()", Call("F()", "F", ())),
        ("=F(1;;3)", Call("F(1;;3)", "F", (Constant("1", 1.0), None, Constant("3", 3.0)))),
        ("=F(;)", Call("F(;)", "F", (None, None))),
        ("{=F(B7)}", Call("F(B7)", "F", (Reference("B7", None, "B7"),))),
        ("=-2^2", Operation("-2^2", "^", (Operation("-2", "-", (Constant("2", 2.0),)), Constant("2", 2.0)))),
        ("=3%", Operation("3%", "%", (Constant("3", 3.0),))),
        ("= 1 + 2 * 3", Operation("1 + 2 * 3", "+", (
            Constant("1", 1.0), Operation("2 * 3", "*", (Constant("2", 2.0), Constant("3", 3.0)))))),
        ("=(1+2)*3", Operation("(1+2)*3", "*", (
            Operation("1+2", "+", (Constant("1", 1.0), Constant("2", 2.0))), Constant("3", 3.0)))),
        ("=1-2-3", Operation("1-2-3", "-", (
            Operation("1-2", "-", (Constant("1", 1.0), Constant("2", 2.0))), Constant("3", 3.0)))),
    ],
)  # fmt: skip
def test_a_formula_is_taken_apart(formula: str, wanted: object) -> None:
    assert parsed(formula) == wanted


@pytest.mark.parametrize(
    "formula", ["=", "=F(", "=F(1;2", "=A1:A2!B1", "=A1~B1", "=(1", "={1;2", '="open', "=1 2", "=)"]
)
def test_what_is_not_understood_is_said(formula: str) -> None:
    with pytest.raises(Unreadable):
        parsed(formula)


@given(st.text(alphabet="A1$.:;(){}|\"'+-*/^&=<>%#! DSO,", max_size=30))
def test_any_text_is_read_or_refused(formula: str) -> None:
    try:
        part = parsed(formula)
    except Unreadable:
        return
    assert part.text == part.text.strip()


def test_calls_are_found_from_the_outside_in() -> None:
    found = calls(parsed("=IF(A1>0;ROUND(DSO(B1;C1;30);1);-HHI(D1:D9))"))
    assert [call.name for call in found] == ["IF", "ROUND", "DSO", "HHI"]


@pytest.mark.parametrize(
    ("address", "sheet", "cell"),
    [
        ("B7", None, "B7"),
        (" $b$7 ", None, "B7"),
        ("Sheet1!B7", "Sheet1", "B7"),
        ("$Sheet1.$B$7", "Sheet1", "B7"),
        ("'Ledger''s (2)'!B7", "Ledger's (2)", "B7"),
        ("账龄!B7:C9", "账龄", "B7:C9"),
    ],
)
def test_an_address_is_read_as_people_write_it(address: str, sheet: str | None, cell: str) -> None:
    found = reference(address)
    assert (found.sheet, found.cells) == (sheet, cell)


@pytest.mark.parametrize("address", ["", "hello", "DSO(1)", "7", "=B7", "B7,C8"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Unreadable):
        reference(address)


# --- arguments left out -----------------------------------------------------------------------------------------------

HANDED = [Where("$S.$A$1"), 0.0, 30.0]


@pytest.mark.parametrize(
    ("formulas", "wanted"),
    [
        (["=DSO(A1;;30)"], {1}),
        (["=dso(S.$A$1; ;30)"], {1}),
        (["=IF(1;2;DSO(A1;;B1-B2))"], {1}),
        (["=DSO(A2;;30)"], set()),
        (["=DSO(A1;;31)"], set()),
        (["=DSO(A1;;30;1)"], set()),
        (["=DSO(A1;;A1)"], set()),
        (["=DSO(T.A1;;30)"], set()),
        (["=HHI(A1;;30)"], set()),
        (["=DSO(A1;0;30)"], set()),
        (["=DSO(A1;B1;30)", "=DSO(A1;;30)"], {1}),
        (["=DSO(A1;0;31)", "=DSO(A1;;30)"], {1}),
        (["=A1:A2!A1;;", "=DSO(A1;;30)"], {1}),
        ([], set()),
    ],
)
def test_a_zero_stands_for_nothing_where_the_formula_says_so(formulas: Sequence[str], wanted: set[int]) -> None:
    document: Any = Sheets(dict(enumerate(formulas)))
    assert left_out("DSO", HANDED, [document], Gaps()) == wanted


@pytest.mark.parametrize(
    ("handed", "formula"),
    [
        ([Where("$S.$A$1:$A$1048576"), 0], "=HHI(A:A;)"),
        ([Where("$S.$A$1:$AMJ$1"), 0], "=HHI(1:1;)"),
        ([Where("$'My sheet'.$A$1:$A$9"), 0.0], "=HHI('My sheet'.A1:A9;)"),
        ([Where("$S.$A$1:$A$1"), 0.0], "=HHI(A1;)"),
        ([((1.0, 2.0),), 0.0], "=HHI({1;2};)"),
        ([2.0, 0.0], "=HHI(1+1;)"),
    ],
)
def test_a_call_is_known_by_what_it_was_handed(handed: list[object], formula: str) -> None:
    document: Any = Sheets({"A1": formula})
    assert left_out("HHI", handed, [document], Gaps()) == {1}


@pytest.mark.parametrize("rival", ["=DSO(A1;0;30)", "=DSO(A1;9-9;30)"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_where_zero_and_nothing_look_the_same_the_cell_says_so(rival: str, language: str) -> None:
    document: Any = Sheets({"A1": 9.0, "B1": "=DSO(A1;;30)", "B2": rival})
    with pytest.raises(CellError) as refused:
        left_out("DSO", HANDED, [document], Gaps())
    assert refused.value.code == "#VALUE!" and refused.value.key == "libreoffice.zero_or_left_out"
    said = explained(Door(language), document, built_in, "S", "B1")
    assert said == f"#VALUE!: {text('libreoffice.zero_or_left_out', language, name='DSO')}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_while_loading_a_zero_from_no_cell_waits(language: str) -> None:
    document: Any = Sheets({"A1": 9.0, "B1": "=DSO(9;;30)", "B2": "=DSO(A1;;30)"})
    with pytest.raises(CellError) as refused:
        left_out("DSO", [9.0, 0.0, 30.0], None, Gaps())
    assert refused.value.key == "libreoffice.zero_while_loading"
    said = explained(Door(language), document, built_in, "S", "B1", loading=True)
    assert said == f"#VALUE!: {text('libreoffice.zero_while_loading', language, name='DSO')}"
    assert "#N/A" in explained(Door(language), document, built_in, "S", "B2", loading=True)
    assert left_out("HHI", [0.0], None, Gaps()) == set(), "one argument alone is never left out"


def test_what_was_found_is_trusted_for_as_long_as_the_search_took() -> None:
    times = iter([10.0, 12.0, 13.9, 14.1, 14.1])
    document: Any = Sheets({})
    searches = []
    document.with_gaps = lambda: searches.append(1) or []
    gaps = Gaps(clock=lambda: next(times))
    for _ in range(3):
        gaps.of(document)
    assert len(searches) == 2


# --- WHY --------------------------------------------------------------------------------------------------------------


class Sheets:
    """Cells in memory in place of an open document."""

    def __init__(self, values: Mapping[str, Any], names: Mapping[str, str] | None = None) -> None:
        self._values = values
        self._names = dict(names or {})
        self.computed: list[str] = []
        self.shows: str | None = None

    def formula(self, sheet: str, cell: str) -> Formula | None:
        found = self._values.get(cell)
        return Formula(found, 0, 0) if isinstance(found, str) and found.startswith(("=", "{=")) else None

    def compute(self, sheet: str, cell: str) -> str | None:
        self.computed.append(cell)
        return self.shows

    def values(self, sheet: str, cells: str) -> Any:
        if sheet != "S":
            raise Unreadable(sheet)
        return self._values.get(cells)

    def named(self, name: str, sheet: str) -> Reference | None:
        return reference(self._names[name]) if name in self._names else None

    def range(self, part: Reference, sheet: str) -> Any:
        return self._values.get(part.cells)

    @property
    def key(self) -> str:
        return "in memory"

    def _formulas(self) -> list[tuple[str, str]]:
        return [("S", value) for value in self._values.values() if isinstance(value, str) and value.startswith("=")]

    def with_gaps(self) -> list[tuple[str, str]]:
        return [(sheet, formula) for sheet, formula in self._formulas() if re.search(r"[(;]\s*;|;\s*\)", formula)]

    def calling(self, name: str) -> list[tuple[str, str]]:
        return [(sheet, formula) for sheet, formula in self._formulas() if f"{name}(" in formula.upper()]


def built_in(name: str, arguments: Sequence[Any]) -> Any:
    if name != "SUM":
        raise Unreadable(name)
    return float(sum(arguments))


ZERO = CellError("#DIV/0!", "cell.error_passed", argument="A9", value="#DIV/0!")


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [
        ("3", 3.0),
        ('"3"', "3"),
        ("A1", 5.0),
        ("S.A1", 5.0),
        ("Z1", None),
        ("A1:A2", [[5.0], [None]]),
        ("rate", 5.0),
        ("-A1%", -0.05),
        ("2^3*A1-1", 39.0),
        ("Z1+1", 1.0),
        ('A1&"x"&Z1', "5x"),
        ("{1;2|3;4}", [[1.0, 2.0], [3.0, 4.0]]),
        ("SUM(A1;rate)", 10.0),
        ("DSO(9;6;30)", 45.0),
        ("DSO(9;6;30)+SUM(1)", 46.0),
        ("TRUE", None),
    ],
)
def test_an_argument_holds_what_the_cell_hands_over(argument: str, wanted: object) -> None:
    document: Any = Sheets({"A1": 5.0, "A1:A2": [[5.0], [None]]}, {"rate": "S.A1", "TRUE": "Z1"})
    part = parsed(f"={argument}")
    assert Arguments(Door(), document, built_in, "S").value(part) == wanted


@pytest.mark.parametrize(
    ("argument", "code"),
    [
        ("A9", "#DIV/0!"),
        ("A9+1", "#DIV/0!"),
        ("SUM(1;A9+1)", "#DIV/0!"),
        ("1/0", "#DIV/0!"),
        ("1/Z1", "#DIV/0!"),
        ("(-8)^0.5", "#NUM!"),
        ("10^400", "#NUM!"),
        ("#REF!", "#REF!"),
        ("DSO(9;0;30)", "#DIV/0!"),
        ('DSO("x";6;30)', "#VALUE!"),
    ],
)
def test_an_argument_that_is_an_error_is_seen_as_such(argument: str, code: str) -> None:
    document: Any = Sheets({"A9": ZERO})
    found = Arguments(Door(), document, built_in, "S").value(parsed(f"={argument}"))
    assert isinstance(found, CellError) and found.code == code


@pytest.mark.parametrize(
    "argument",
    ["unknown_name", 'INDIRECT("A1")', "A1:A2*2", '"a"+1', "A1>2", "T.A1", 'WHY("A1")', "SUM({1;2})", "IF(1;2;A9+1)"],
)
def test_what_only_calc_could_tell_is_not_guessed(argument: str) -> None:
    document: Any = Sheets({"A1": 5.0, "A1:A2": [[5.0], [None]], "A9": ZERO})
    with pytest.raises(Unreadable):
        Arguments(Door(), document, built_in, "S").value(parsed(f"={argument}"))


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("=DSO(A1;0;30)", "#DIV/0!: credit_sales is zero"),
        ("=DSO(A1;A9;30)", "#DIV/0!: credit_sales holds the error #DIV/0!"),
        ("=DSO(A1;Z1;30)", "#N/A: credit_sales is blank"),
        ("=DSO(A1;6;30)", "DSO: Days sales outstanding"),
        ("=IFERROR(dso(A1;0;30);0)", "dso(A1;0;30): #DIV/0!: credit_sales is zero"),
        ("=DSO(A1;;30)", "#N/A: credit_sales is blank"),
        ("{=DSO(A1;0;30)}", "#DIV/0!: credit_sales is zero"),
    ],
)
def test_why_explains_the_first_duebook_call(formula: str, says: str) -> None:
    document: Any = Sheets({"A1": 9.0, "A9": ZERO, "B1": formula})
    assert explained(Door(), document, built_in, "S", "B1").startswith(says)
    assert document.computed == ["B1"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_says_what_it_can_explain(language: str) -> None:
    door = Door(language)
    formulas = {"B1": "=A1+1", "B2": '=DSO(INDIRECT("A1");6;30)', "B3": "=A1:A2!A1"}
    document: Any = Sheets({"A1": 9.0, **formulas})

    def said(key: str, **facts: object) -> str:
        return text(f"libreoffice.{key}", language, **facts)

    assert explained(door, document, built_in, "S", "A1") == said("no_formula", cell="A1")
    assert explained(door, document, built_in, "S", "B1") == said("no_function", cell="B1")
    unread = said("unread", cell='DSO(INDIRECT("A1");6;30)', part='INDIRECT("A1")')
    assert explained(door, document, built_in, "S", "B2") == unread
    assert explained(door, document, built_in, "S", "B3") == said("unread", cell="B3", part="!A1")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_says_of_an_error_without_a_reason_that_the_cell_had_no_answer(language: str) -> None:
    formulas = {"B1": "=DSO(A1;6;30)", "B2": '=DSO("x";6;30)', "B3": "=ROUND(DSO(A1;6;30);A2)"}
    document: Any = Sheets({"A1": 9.0, "A2": "x", **formulas})
    door = Door(language)
    figure = explained(door, document, built_in, "S", "B1")
    document.shows = "#VALUE!"
    assert explained(door, document, built_in, "S", "B1") == (
        f"#VALUE!: {text('libreoffice.out_of_turn', language, name='DSO')}"
    )
    assert explained(door, document, built_in, "S", "B2") == door.explain("DSO", ["x", 6.0, 30.0])
    assert explained(door, document, built_in, "S", "B3").endswith(figure), "the error can be that of ROUND"


# --- calls inside calls -----------------------------------------------------------------------------------------------


class Chain:
    """Cells of which each has the next computed before itself, in place of the office's; blocks of one cell."""

    def __init__(self, nesting: Nesting, row: int, cells: dict[int, Chain], hidden: bool = False) -> None:
        self.nesting, self.row, self.cells, self.hidden = nesting, row, cells, hidden
        self.Sheet = self.Column = 0
        self.CellAddress, self.Row, self.Cells = self, row, self
        self.left: list[Chain] = []
        self.value: int | str | None = None
        self.depth = 0

    def queryContentCells(self, flags: int) -> Chain:
        return self

    def queryPrecedents(self, recursive: bool) -> Chain:
        return Nowhere(self) if self.hidden else self.cells[self.row + 1]

    def createEnumeration(self) -> Chain:
        self.left = [self] if self.row < len(self.cells) else []
        return self

    def hasMoreElements(self) -> bool:
        return bool(self.left)

    def nextElement(self) -> Chain:
        return self.left.pop()

    def getError(self, depth: int = 0) -> None:
        if self.value is not None or self.row == len(self.cells):
            return
        further = self.cells[self.row + 1]
        try:
            with self.nesting.call("DSO", [further]):
                self.depth = self.nesting._depth
                further.getError()
                self.value = 1
        except CellError as error:
            self.value = error.key


class Nowhere(Chain):
    def __init__(self, of: Chain) -> None:
        super().__init__(of.nesting, len(of.cells), of.cells)


def computed_chain(length: int, hidden: bool) -> list[Chain]:
    nesting, cells = Nesting(), dict[int, Chain]()
    for row in range(1, length + 2):
        cells[row] = Chain(nesting, row, cells, hidden)
    cells[1].getError()
    assert nesting._depth == 0 and not nesting._settled
    return [cells[row] for row in range(1, length + 1)]


def test_a_chain_goes_no_deeper_than_it_must() -> None:
    chain = computed_chain(5000, hidden=False)
    assert [cell.value for cell in chain] == [1] * 5000
    assert max(cell.depth for cell in chain) == FREE + 2


def test_a_chain_that_no_reference_shows_ends_in_an_error() -> None:
    chain = computed_chain(MOST + 5, hidden=True)
    assert [cell.value for cell in chain] == [*[1] * MOST, "libreoffice.out_of_turn", *[None] * 4]


def test_no_duebook_function_is_taken_for_one_of_calc() -> None:
    assert not PLAIN_FUNCTIONS & set(functions())
