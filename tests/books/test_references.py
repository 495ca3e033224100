"""References follow moved rows as they do in Excel when rows are inserted or deleted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.books.references import (
    LAST_ROW,
    Reference,
    Region,
    RowMap,
    Watch,
    area,
    area_text,
    column_letters,
    column_number,
    formula_at,
    mapped,
    mapped_areas,
    moved_by,
    row_formula,
    tokens,
)
from duebook.books.structured_references import renamed_columns

GROWN = RowMap((Region(5, 6, 9, 9),))  # body 5..6 becomes 5..9: three rows more
SHRUNK = RowMap((Region(5, 9, 6, 6),))  # body 5..9 becomes 5..6: three rows fewer
ONE_ROW = RowMap((Region(5, 5, 9, 9),))
STACKED = RowMap((Region(5, 6, 9, 9), Region(12, 13, 12, 12)))


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A4", "A4"),
        ("A5+A6", "A5+A6"),
        ("A7", "A10"),
        ("$A$7", "$A$10"),
        ("SUM(C5:C6)", "SUM(C5:C9)"),
        ("SUM($C$5:$C$6)", "SUM($C$5:$C$9)"),
        ("SUM(C4:C7)", "SUM(C4:C10)"),
        ("SUM(C1:C4)", "SUM(C1:C4)"),
        ("SUM(C6:C20)", "SUM(C6:C23)"),
        ("SUM(C5:C5)", "SUM(C5:C5)"),
        ("SUM(C:C)", "SUM(C:C)"),
        ("SUM(5:6)", "SUM(5:9)"),
        ("SUM($7:$8)", "SUM($10:$11)"),
        ("A2:A1048576", "A2:A1048576"),
        ('"A9"&A9', '"A9"&A12'),
        ('"say ""A9"""&A9', '"say ""A9"""&A12'),
        ("Data!A9", "Data!A12"),
        ("data!A9", "data!A12"),
        ("'Data'!A9", "'Data'!A12"),
        ("Other!A9", "Other!A9"),
        ("'It''s'!A9", "'It''s'!A9"),
        ("[1]Data!A9", "[1]Data!A9"),
        ("'[1]Data'!A9", "'[1]Data'!A9"),
        ("SUM(Data:Other!A9)", "SUM(Data:Other!A9)"),
        ("LOG10(A9)", "LOG10(A12)"),
        ("Rate9+A9", "Rate9+A12"),
        ("ABCD9", "ABCD9"),
        ("T[[#This Row],[A9]]+T[A9]", "T[[#This Row],[A9]]+T[A9]"),
        ("_xlfn.ANCHORARRAY(A9)", "_xlfn.ANCHORARRAY(A12)"),
        ("A1048576", "#REF!"),
    ],
)
def test_growth_moves_references_as_excel_does(formula: str, expected: str) -> None:
    assert mapped(formula, {"data": GROWN}, "Data") == expected


def test_a_formula_elsewhere_follows_only_what_it_reads_on_the_grown_sheet() -> None:
    assert mapped("A9+Data!A9+SUM(Data!C5:C6)", {"data": GROWN}, "Summary") == "A9+Data!A12+SUM(Data!C5:C9)"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("SUM(C5:C9)", "SUM(C5:C6)"),
        ("SUM(C4:C10)", "SUM(C4:C7)"),
        ("SUM(C8:C12)", "SUM(C7:C9)"),
        ("A10", "A7"),
        ("SUM(C5:C8)", "SUM(C5:C6)"),
    ],
)
def test_shrinking_moves_references_as_excel_does(formula: str, expected: str) -> None:
    assert mapped(formula, {"data": SHRUNK}, "Data") == expected


def test_one_row_body_grows_ranges_but_not_single_cells() -> None:
    assert mapped("SUM(C5:C5)+C5", {"data": ONE_ROW}, "Data") == "SUM(C5:C9)+C5"
    assert mapped_areas("C5 E5:F5", ONE_ROW) == "C5:C9 E5:F9"
    assert mapped_areas("C5", ONE_ROW, grows=False) == "C5"


def test_two_regions_below_each_other_compose() -> None:
    assert mapped("A7+SUM(B12:B13)+A20+SUM(C5:C13)", {"data": STACKED}, "Data") == "A10+SUM(B15:B15)+A22+SUM(C5:C15)"


def test_ranges_end_at_the_sheets_last_row() -> None:
    high = RowMap((Region(5, 6, LAST_ROW - 10, LAST_ROW - 10),))
    assert mapped_areas("A7:A40", high) == f"A{LAST_ROW - 9}:A{LAST_ROW}"
    assert mapped("A40", {"data": high}, "Data") == "#REF!"


@pytest.mark.parametrize("text", ["C8", "SUM(C8:C9)", "Data!$C$7"])
def test_rows_that_are_referred_to_one_by_one_are_kept(text: str) -> None:
    """A top-ten list with seven customers: the summary's references to rows eight to ten must not become #REF!."""
    region = Region(5, 9, 6, 6)
    watch = Watch((region,))
    assert mapped(text, {"data": watch}, "Data") == text
    assert watch.touched
    assert watch.needed == {region: int(text.rstrip(")")[-1])}


def test_what_only_covers_the_body_keeps_no_rows() -> None:
    watch = Watch((Region(5, 9, 6, 6),))
    mapped("SUM(C5:C9)+A1", {"data": watch}, "Data")
    assert watch.touched
    assert watch.needed == {}


def test_what_lies_above_the_body_is_not_touched() -> None:
    watch = Watch((Region(5, 9, 6, 6),))
    mapped("SUM(C1:C4)+Other!C7", {"data": watch}, "Data")
    assert not watch.touched


@pytest.mark.parametrize(
    ("formula", "row_12"),
    [
        ("B5*C5", "B12*C12"),
        ("D4+C5", "D11+C12"),
        ("B5/B$7", "B12/B$14"),
        ("B5/B7", "B12/B14"),
        ("SUM(C$5:C5)", "SUM(C$5:C12)"),
        ("B5*$B$2", "B12*$B$2"),
        ("B5*B2", "B12*B2"),
        ("B5/SUM(B5:B6)", "B12/SUM(B5:B13)"),
        ("SUM(B5:D5)", "SUM(B12:D12)"),
        ("Rates!B5", "Rates!B12"),
        ("VLOOKUP(A5,Rates!$A$1:$B$9,2,0)", "VLOOKUP(A12,Rates!$A$1:$B$9,2,0)"),
        ('[@Open]&"B5"', '[@Open]&"B5"'),
    ],
)
def test_body_formulas_move_with_their_row(formula: str, row_12: str) -> None:
    region = Region(5, 6, 13, 13)
    made = row_formula(formula, "Data", 5, region, {"data": RowMap((region,))})
    assert formula_at(made, 12) == row_12


def test_shared_formulas_read_as_copied() -> None:
    assert moved_by("A1+$B$2+C3:D$4+Other!A$1", 2, 1) == "B3+$B$2+D5:E$4+Other!B$1"


@pytest.mark.parametrize(
    ("formula", "inside", "expected"),
    [
        ("SUM(T[Old])", False, "SUM(T[New])"),
        ("T[[#This Row],[Old]]", False, "T[[#This Row],[New]]"),
        ("SUM(T[[#Totals],[Old]:[Other]])", False, "SUM(T[[#Totals],[New]:[Other]])"),
        ("[@Old]*2", True, "[@New]*2"),
        ("[@Old]*2", False, "[@Old]*2"),
        ("U[Old]", True, "U[Old]"),
        ('"T[Old]"', False, '"T[Old]"'),
    ],
)
def test_renamed_columns_are_renamed_in_formulas(formula: str, inside: bool, expected: str) -> None:
    assert renamed_columns(formula, "T", {"Old": "New"}, inside) == expected


def test_brackets_in_a_new_column_name_are_escaped() -> None:
    assert renamed_columns("T[Old]", "T", {"Old": "1[30]"}) == "T[1'[30']]"


rows_ = st.integers(1, 60)


@st.composite
def regions(draw: st.DrawFn) -> Region:
    first = draw(st.integers(2, 30))
    last = first + draw(st.integers(0, 8))
    new_last = first + draw(st.integers(0, 40))
    return Region(first, last, new_last, new_last)


@given(regions(), rows_, rows_)
def test_rows_outside_the_body_keep_their_order_and_distance(region: Region, one: int, other: int) -> None:
    rows = RowMap((region,))
    for a, b in ((one, other),):
        outside = [r for r in (a, b) if not region.first <= r <= region.last]
        moved = [rows.cell(r) or 0 for r in outside]
        if len(outside) == 2:
            assert (a < b) == (moved[0] < moved[1]) and (a == b) == (moved[0] == moved[1])
        for before, after in zip(outside, moved, strict=True):
            assert after - before == (region.shift if before > region.last else 0)


@given(regions(), rows_, rows_)
def test_a_range_around_the_body_still_covers_it(region: Region, above: int, below: int) -> None:
    start, end = max(1, region.first - above), region.last + below
    moved = RowMap((region,)).range(start, end)
    assert moved == (start, end + region.shift)


@given(st.integers(1, 16_384))
def test_column_letters_and_numbers_are_inverse(number: int) -> None:
    assert column_number(column_letters(number)) == number


@given(st.text(alphabet="ABZ$:!'\"[]()1290 ,+Sheet", max_size=30))
def test_cutting_a_formula_loses_nothing(formula: str) -> None:
    assert "".join(t.text() if isinstance(t, Reference) else t for t in tokens(formula)) == formula


def test_areas_read_and_written() -> None:
    assert area("$B$2:D9") == (2, 2, 9, 4)
    assert area("B:B") is None
    assert area_text(2, 2, 2, 2) == "B2"
