"""Formula values: Microsoft's own examples, what must stay unknown, laws. Beside LibreOffice: tests/acceptance."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.books.evaluate import evaluate
from duebook.books.evaluate_view import CellValue, ExcelError, Key, Result, TableView, Unavailable, Unknown


class Sheet:
    """A book in memory; cells given as rows of the sheet `S`, from A1 on. Blank elsewhere."""

    def __init__(self, *rows: tuple[CellValue, ...], date1904: bool = False) -> None:
        self.cells: dict[Key, CellValue] = {
            ("S", r, c): value for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1) if value is not None
        }
        self.date1904 = date1904
        self.names: Mapping[str | tuple[str, str], str] = {}
        self.tables: Mapping[str, TableView] = {}
        self.streamed: dict[int, Decimal] = {}
        self.asked: list[tuple[int, int, int]] = []
        self.reads = 0

    def value(self, sheet: str, row: int, col: int) -> CellValue:
        self.reads += 1
        if col in self.streamed:
            raise Unavailable
        return self.cells.get((sheet, row, col))

    def column_total(self, sheet: str, first_row: int, last_row: int, col: int) -> Decimal | None:
        if col in self.streamed:
            self.asked.append((first_row, last_row, col))
            return self.streamed[col]
        return None


def value(formula: str, sheet: Sheet | None = None) -> Result:
    """The value of one formula in Z99 of the sheet `S`."""
    return evaluate({("S", 99, 26): formula}, sheet or Sheet())[("S", 99, 26)]


COMMISSION = Sheet((100_000, 7_000, 250_000), (200_000, 14_000), (300_000, 21_000), (400_000, 28_000))
FRUIT = Sheet(("Bananas", 25), ("Oranges", 38), ("Apples", 40), ("Pears", 41))
ENGINE = Sheet(
    ("Density", "Viscosity", "Temperature"),
    (0.457, 3.55, 500),
    (0.525, 3.25, 400),
    (0.606, 2.93, 300),
    (0.675, 2.75, 250),
    (0.746, 2.57, 200),
)
RANKS = Sheet((7,), (3.5,), (3.5,), (1,), (2,))
SUBTOTALS = Sheet((120,), (10,), (150,), (23,))


@pytest.mark.parametrize(
    ("formula", "sheet", "expected"),
    [
        # support.microsoft.com, the page of each function: the examples printed there
        ('SUMIF(A1:A4,">160000",B1:B4)', COMMISSION, 63_000),
        ('SUMIF(A1:A4,">160000")', COMMISSION, 900_000),
        ("SUMIF(A1:A4,300000,B1:B4)", COMMISSION, 21_000),
        ('SUMIF(A1:A4,">" & C1,B1:B4)', COMMISSION, 49_000),
        ("MATCH(39,B1:B4,1)", FRUIT, 2),
        ("MATCH(41,B1:B4,0)", FRUIT, 4),
        ("VLOOKUP(0.6,A2:C6,2)", ENGINE, 3.25),
        ("VLOOKUP(0.7,A2:C6,3,FALSE)", ENGINE, ExcelError("#N/A")),
        ("VLOOKUP(0.1,A2:C6,2,TRUE)", ENGINE, ExcelError("#N/A")),
        ("RANK(A2,A1:A5,1)", RANKS, 3),
        ("RANK(A1,A1:A5,1)", RANKS, 5),
        ("SUBTOTAL(9,A1:A4)", SUBTOTALS, 303),
        ("SUBTOTAL(1,A1:A4)", SUBTOTALS, 75.75),
        ("LARGE({3,5,3,5,4;4,2,4,6,7},3)", None, 5),
        ("LARGE({3,5,3,5,4;4,2,4,6,7},7)", None, 4),
        ("ROUND(2.15,1)", None, 2.2),
        ("ROUND(2.149,1)", None, 2.1),
        ("ROUND(-1.475,2)", None, -1.48),
        ("ROUND(21.5,-1)", None, 20),
        ("ROUND(626.3,-3)", None, 1000),
        ("ROUND(1.98,-1)", None, 0),
        ("ROUND(-50.55,-2)", None, -100),
        ("ROUNDUP(76.9,0)", None, 77),
        ("ROUNDUP(31415.92654,-2)", None, 31_500),
        ("ROUNDDOWN(-3.14159,1)", None, -3.1),
        ("ROUNDDOWN(31415.92654,-2)", None, 31_400),
        ("INT(-8.9)", None, -9),
        ("MOD(-3,2)", None, 1),
        ("MOD(3,-2)", None, -1),
        ("DATE(2008,14,2)", None, 39846),  # 2009-02-02
        ("DATE(2008,-3,2)", None, 39327),  # 2007-09-02
        ("DATE(2008,1,35)", None, 39482),  # 2008-02-04
        ("DATE(2008,1,-15)", None, 39432),  # 2007-12-16
        ("DATE(108,1,2)", None, 39449),  # 2008-01-02
        ("EOMONTH(40544,1)", None, 40602),  # 2011-01-01 → 2011-02-28
        ("EOMONTH(40544,-3)", None, 40482),  # → 2010-10-31
        ('REPT("*-",3)', None, "*-*-*-"),
        ('MID("Fluid Flow",7,20)', None, "Flow"),
        ('MID("Fluid Flow",20,5)', None, ""),
        ('TRIM(" First Quarter Earnings ")', None, "First Quarter Earnings"),
        ('EXACT("Word","word")', None, False),
        ('SUM("5",15,TRUE)', None, 21),
        ("5%^2", None, 0.0025),
    ],
)
def test_published_examples(formula: str, sheet: Sheet | None, expected: object) -> None:
    found = value(formula, sheet)
    assert found == (pytest.approx(expected, rel=1e-15) if isinstance(expected, float) else expected)
    assert isinstance(found, bool) == isinstance(expected, bool)


MIXED = Sheet(("12", 12, "1-30", date(2026, 1, 30)), (12, "x", "01/30", None), ("a-b", "ab", "ｘ", "x"))


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("TODAY()", "the clock"),
        ("NOW()-1", "the clock"),
        ("RAND()", "chance"),
        ("OFFSET(A1,1,0)", "not a function we know"),
        ('INDIRECT("A1")', "not a function we know"),
        ("IFNA(1,2)", "in a file the name carries a prefix; bare, Excel does not know it"),
        ("_xlfn.XLOOKUP(1,A1:A2,B1:B2)", "not a function we know"),
        ("[1]Other!A1", "another book"),
        ("'[1]Other'!A1", "another book"),
        ("'Jan:Mar'!A1", "several sheets"),
        ("Jan:Mar!A1", "several sheets"),
        ("A1:A3", "implicit intersection"),
        ("A1:A3+1", "implicit intersection"),
        ('IF(A1:A3="x",1,2)', "implicit intersection"),
        ("SUM(A1:A3*B1:B3)", "an array formula"),
        ("{1,2}", "an array"),
        ('SUM(SUMIF(A1:A3,{"a","b"}))', "an array criterion"),
        ("@A1", "implicit intersection"),
        ("A1#", "a spill"),
        ("SUM((A1,B1))", "a union"),
        ("A1:B2 B1:C2", "an intersection"),
        ("nothing_here+1", "an unknown name"),
        ("Table9[Amount]", "an unknown table"),
        ("[@Amount]", "no table here"),
        ("SUM(A:A)", "this view does not know the sheet's end"),
        ("SUM(1:3)", "a whole row"),
        ("COUNTIF(A1:A2,12)", "Excel counts text 12 as well, LibreOffice does not"),
        ('COUNTIF(C1:C2,"1-30")', "Excel reads both as one date"),
        ('"a-b"<"ab"', "hyphens sort by locale"),
        ("C3=D3", "full-width and plain letters"),
        ('"1,234"+1', "a locale's number"),
        ('VALUE("31/01/2026")', "a locale's date"),
        ('"2026-01-31"*1', "a date in text"),
        ('TEXT(5,"[h]:mm")', "a format we do not show"),
        ('TEXT(5,"€ 0")', "a format we do not show"),
        ("1E20&A1", "an exponent, perhaps"),
        ("0^0", "programs differ"),
        ("YEAR(30)", "before March 1900"),
        ("INT((0.1+0.7)*10)", "a hair below 8"),
        ("IF(TODAY()>0,1,2)", "the condition is unknown"),
        ("IFERROR(TODAY(),0)", "unknown is not an error"),
        ("SUM(1", "no closing parenthesis"),
        ("", "nothing"),
        ("ROUND(1)", "an argument too few"),
        ("MATCH(2,A1:A2,-1)", "falling order"),
    ],
)
def test_what_is_not_surely_understood_is_unknown(formula: str, why: str) -> None:
    assert value(formula, MIXED) is Unknown, why


def test_the_branch_not_taken_does_not_matter() -> None:
    assert value("IF(1=1,5,TODAY())") == 5
    assert value("IFERROR(5,TODAY())") == 5
    assert value("CHOOSE(1,5,TODAY())") == 5


def test_unknown_spreads_to_dependents_only() -> None:
    cells = {("S", 1, 1): "TODAY()", ("S", 1, 2): "A1+1", ("S", 1, 3): "SUM(A1:B1,1)", ("S", 1, 4): "1+1"}
    assert list(evaluate(cells, Sheet()).values()) == [Unknown, Unknown, Unknown, 2.0]


def test_cycles_are_unknown_and_what_hangs_on_them() -> None:
    cells = {("S", 1, 1): "B1", ("S", 1, 2): "C1+1", ("S", 1, 3): "A1", ("S", 1, 4): "A1", ("S", 1, 5): "SUM(E1:F1)"}
    assert set(evaluate(cells, Sheet()).values()) == {Unknown}


def test_a_long_chain_needs_no_deep_stack() -> None:
    cells = {("S", row, 1): f"A{row + 1}+1" for row in range(1, 5001)}
    assert evaluate(cells, Sheet())[("S", 1, 1)] == 5000.0


def test_a_view_that_cannot_tell_makes_unknown_but_its_totals_serve() -> None:
    sheet = Sheet()
    sheet.streamed = {4: Decimal("1234567.89")}
    assert value("SUM(D2:D900000)", sheet) == 1234567.89
    assert value("SUBTOTAL(109,D2:D900000)", sheet) == 1234567.89
    assert sheet.asked == [(2, 900_000, 4)] * 2
    assert value('SUMIF(D2:D9,">0")', sheet) is Unknown
    assert value("MAX(D2:D9)", sheet) is Unknown


def test_formulas_between_streamed_rows_are_added_by_themselves() -> None:
    """D1:D10 is streamed but for a formula in D5: 10 above it, 10 below it, and its own 3."""
    sheet = Sheet()
    sheet.streamed = {4: Decimal(10)}
    found = evaluate({("S", 5, 4): "1+2", ("S", 20, 1): "SUM(D1:D10)", ("S", 21, 1): "SUBTOTAL(9,D1:D10)"}, sheet)
    assert (found[("S", 20, 1)], found[("S", 21, 1)]) == (23.0, 23.0)
    assert sorted(set(sheet.asked)) == [(1, 4, 4), (6, 10, 4)]


def test_subtotals_leave_out_other_subtotals() -> None:
    cells = {("S", 5, 1): "SUBTOTAL(9,A1:A4)", ("S", 6, 1): "SUM(A1:A4)", ("S", 7, 1): "SUBTOTAL(9,A1:A6)"}
    assert evaluate(cells, SUBTOTALS)[("S", 7, 1)] == 606.0
    assert evaluate(cells | {("S", 7, 1): "SUBTOTAL(2,A1:A6)"}, SUBTOTALS)[("S", 7, 1)] == 5.0


def test_subtotals_that_are_not_computed_are_left_out_where_the_view_knows_them() -> None:
    """A5 holds a SUBTOTAL of 303 that nothing changed, so it comes from the view as a number."""

    class Knowing(Sheet):
        def is_subtotal(self, sheet: str, row: int, col: int) -> bool:
            return (sheet, row, col) == ("S", 5, 1)

    rows: list[tuple[CellValue, ...]] = [(120,), (10,), (150,), (23,), (303,)]
    assert value("SUBTOTAL(9,A1:A5)", Knowing(*rows)) == 303.0
    assert value("SUBTOTAL(2,A1:A5)", Knowing(*rows)) == 4.0
    assert value("SUM(A1:A5)", Knowing(*rows)) == 606.0


def test_a_sheet_name_in_other_letters_is_the_same_sheet() -> None:
    """Not the view's value of `s!A1`, which would be the old one."""
    assert evaluate({("S", 1, 1): "2+3", ("S", 1, 2): "s!A1*2"}, Sheet((99,)))[("S", 1, 2)] == 10.0


def test_nesting_as_deep_as_excel_allows_and_deeper() -> None:
    assert value("IF(A1=0," * 64 + "7" + ",1)" * 64) == 7.0
    assert value("1" + "+1" * 100) == 101.0
    assert value("(" * 5000 + "1" + ")" * 5000) is Unknown
    assert value("1" + "+1" * 5000) is Unknown
    assert value("-" * 5000 + "1") is Unknown


def test_money_adds_up_to_the_cent_and_to_zero() -> None:
    sheet = Sheet(*((Decimal("0.10"),) for _ in range(1000)))
    assert value("SUM(A1:A1000)", sheet) == 100.0
    assert value("SUM(A1:A3)-0.3", sheet) == 0.0
    assert value("IF(A1+A2-0.3=-A3,1,2)", sheet) == 1.0


def test_dates_follow_the_books_epoch() -> None:
    for old, serial in ((False, 46326.0), (True, 46326.0 - 1462.0)):
        sheet = Sheet((date(2026, 10, 31), datetime(2026, 10, 31, 12)), date1904=old)
        assert value("A1", sheet) == serial
        assert value("B1-A1", sheet) == 0.5
        assert value('TEXT(DATE(YEAR(A1),MONTH(A1)+1,DAY(A1)-1),"yyyy-mm-dd")', sheet) == "2026-11-30"
        assert value('COUNTIF(A1:B1,">="&DATE(2026,10,31))', sheet) == 2.0


def test_names_of_the_sheet_come_before_those_of_the_book() -> None:
    sheet = Sheet((5, 7))
    sheet.names = {
        "LIMIT": "S!$A$1",
        ("S", "LIMIT"): "S!$B$1",
        "BELOW": "S!A2",
        "LOOP": "POOL+1",
        "POOL": "LOOP",
        "TWICE": "Limit*2",
    }
    assert value("limit*2", sheet) == 14.0
    assert evaluate({("T", 1, 1): "Limit*2"}, sheet)[("T", 1, 1)] == 10.0
    assert evaluate({("T", 1, 1): "S!Limit*2"}, sheet)[("T", 1, 1)] == 14.0
    assert value("below", sheet) is Unknown  # relative: it means another cell in every cell
    assert value("loop", sheet) is Unknown
    assert value("twice", sheet) is Unknown  # which LIMIT is meant hangs on where the name is read
    assert evaluate({("T", 1, 1): "twice"}, sheet)[("T", 1, 1)] == 10.0


def test_structured_references() -> None:
    sheet = Sheet(
        ("Customer", "Amount [USD]", "Due's"), ("Acme", 10, 1), ("Bolt", 20, 2), ("Zeta", 30, 3), (None, None, 6)
    )
    sheet.tables = {"ITEMS": TableView("S", 1, 2, 4, 1, ("Customer", "Amount [USD]", "Due's"), totals_row=5)}
    assert value("SUM(Items[Amount '[USD']])", sheet) == 60.0
    assert value("SUM(Items[[Amount '[USD']]:[Due''s]])", sheet) == 66.0
    assert value("Items[[#Totals],[Due''s]]", sheet) == 6.0
    assert value("Items[[#Headers],[Customer]]&COUNTA(Items[#Headers])", sheet) == "Customer3"
    assert value("ROWS(Items[#All])", sheet) == 5.0
    assert value("Items[Nothing]", sheet) == ExcelError("#REF!")
    inside = {("S", 3, 4): "Items[[#This Row],[Amount '[USD']]]*2", ("S", 3, 3): "[@[Amount '[USD']]]+1"}
    assert evaluate(inside, sheet) == {("S", 3, 4): 40.0, ("S", 3, 3): 21.0}


def test_criteria_reread_nothing_and_stay_quick() -> None:
    """400 SUMIFS and COUNTIFS over 5,000 rows: cells are read once, equal criteria looked up in an index."""
    sheet = Sheet(*((f"C-{row % 400:04}", "USD" if row % 3 else "EUR", row % 100, row / 100) for row in range(5000)))
    cells = {
        ("F", n, 1): f'SUMIFS(S!$D$1:$D$5000,S!$A$1:$A$5000,"C-{n:04}",S!$B$1:$B$5000,"USD",S!$C$1:$C$5000,">{n % 9}")'
        for n in range(1, 401)
    } | {("F", n, 2): f'COUNTIF(S!$A$1:$A$5000,"C-{n:04}")' for n in range(1, 401)}
    began = time.process_time()
    found = evaluate(cells, sheet)
    assert time.process_time() - began < 5.0
    assert sheet.reads == 4 * 5000
    rows = [r for r in range(5000) if r % 400 == 7 and r % 3 and r % 100 > 7]
    assert found[("F", 7, 1)] == float(sum(Decimal(r) / 100 for r in rows))
    assert found[("F", 7, 2)] == 13.0  # 7, 407, … 4807


cents = st.integers(-(10**11), 10**11).map(lambda n: Decimal(n) / 100)
scalars = st.one_of(st.none(), cents, st.sampled_from(["", "USD", "x y", "é"]), st.booleans())


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["USD", "EUR", "usd", "CNY"]), cents), min_size=1, max_size=40))
def test_parts_by_currency_add_up_to_the_whole(rows: list[tuple[str, Decimal]]) -> None:
    last, sheet = len(rows), Sheet(*rows)
    parts = "+".join(f'SUMIFS(B1:B{last},A1:A{last},"{code}")' for code in ("USD", "EUR", "CNY"))
    whole = value(f"SUM(B1:B{last})", sheet)
    assert whole == float(sum(amount for _, amount in rows))
    assert value(f"ROUND({parts}-SUM(B1:B{last}),2)", sheet) == 0.0
    assert value(f'SUMIF(B1:B{last},"<0")+SUMIF(B1:B{last},">=0")', sheet) == pytest.approx(whole, abs=0.001)
    assert value(f'COUNTIF(A1:A{last},"USD")+COUNTIF(A1:A{last},"<>USD")', sheet) == last


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_rounding_is_half_away_from_zero(thousandths: int, digits: int) -> None:
    """Worked out on whole numbers: a thousandth more or less than half decides, half goes away from zero."""
    step = 10 ** max(0, 3 - digits)
    up = (abs(thousandths) + step // 2) // step * step
    expected = (up if thousandths >= 0 else -up) / 1000
    assert value(f"ROUND(A1,{digits})", Sheet((Decimal(thousandths) / 1000,))) == expected


@settings(deadline=None)
@given(st.lists(scalars, min_size=1, max_size=12), st.sampled_from(["", "USD", "<>USD", "=", "<>", ">0", "u*", "?*"]))
def test_countif_counts_what_is_there(values: list[CellValue], criterion: str) -> None:
    """Against a plain reading of Microsoft's rules, cell by cell."""
    rules: dict[str, Callable[[CellValue], bool]] = {
        "": lambda v: v is None or v == "",
        "USD": lambda v: v == "USD",
        "<>USD": lambda v: v != "USD",
        "=": lambda v: v is None,
        "<>": lambda v: v is not None,
        ">0": lambda v: isinstance(v, Decimal) and v > 0,
        "u*": lambda v: v == "USD",
        "?*": lambda v: isinstance(v, str) and v != "",
    }
    found = value(f'COUNTIF(A1:A{len(values)},"{criterion}")', Sheet(*((v,) for v in values)))
    assert found == sum(1 for v in values if rules[criterion](v))


@settings(deadline=None)
@given(st.permutations(range(1, 9)))
def test_the_order_of_the_cells_changes_nothing(order: list[int]) -> None:
    texts = {1: "A2+A3", 2: "SUM(A3:A8)", 3: "A4*2", 4: "A8", 5: "TODAY()", 6: "A7", 7: "A6", 8: '"x"&1/4'}
    plain = evaluate({("S", row, 1): text for row, text in texts.items()}, Sheet())
    shuffled = evaluate({("S", row, 1): texts[row] for row in order}, Sheet())
    assert shuffled == plain
    assert list(shuffled) == [("S", row, 1) for row in order]


PIECES = """A1 B2:C9 $A$1 S!A1 1 2.5 "a" "5" TRUE #N/A + - * / ^ & = <> < % ( ) , : { } ; [ ] @ # SUM( IF( INDEX( MATCH(
VLOOKUP( ROUND( TEXT( DATE( MID( SUMPRODUCT( COUNTIF( IFERROR( REPT( MOD( 1E308 -1 0 name T[x] ' !"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split()), min_size=1, max_size=14))
def test_any_text_gives_a_value_or_unknown(parts: list[str]) -> None:
    """Whatever a user's template holds: never an exception, never inf or nan."""
    found = value("".join(parts), Sheet((1, "a", None), (-2.5, True, ExcelError("#N/A")), ("5", date(2026, 1, 1), "")))
    if isinstance(found, float):
        assert abs(found) < float("inf")
    else:
        assert found is Unknown or isinstance(found, (str, bool, ExcelError))
