"""Calls of Duebook's functions in formula texts, in every dialect, and in none of the places that only look like it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.books.formula_names import linked_books, renumbered
from duebook.books.slots import Name
from duebook.hosts.catalogue import functions
from duebook.hosts.sharing.formulas import CallingNames, Dialect, Finder, is_addin_file
from duebook.hosts.sharing.spills import without_spills

OURS = Finder(functions(), {1}, {"Own": {"HHI"}})

FOUND = {
    "DSO(A1,A2,30)": ["DSO bare"],
    "SUM(dso (1,2,3),Dso\n(1,2,3))": ["DSO bare", "DSO bare"],
    "_xludf.DSO(1,2,3)": ["DSO bare"],
    "DUEBOOK.DSO(1,2,3)": ["DSO bare"],
    "_xldudf_DSO(1,2,3)": ["DSO lite"],
    "_xldudf_duebook_dso(1,2,3)": ["DSO lite"],
    "_xldudf_DUEBOOK_CREDIT_SCORE(1)": ["CREDIT_SCORE lite"],
    "[1]!DSO(1,2,3)": ["DSO addin 1"],
    "'[1]'!DSO(1,2,3)": ["DSO addin 1"],
    "'C:\\Users\\Anna O''Hara\\AddIns\\Duebook.xlam'!DSO(1,2,3)": ["DSO addin"],
    "duebook.xlam!DSO(1,2,3)": ["DSO addin"],
    "IF(_xlfn.LET(_xlpm.x,DSO(1,2,3),_xlpm.x)>HHI(A:A),[1]!GINI(A:A))": ["DSO bare", "HHI bare", "GINI addin 1"],
    "-DSO(1,2,3)%+Sheet1!A1:DSO(1,2,3)": ["DSO bare", "DSO bare"],
    "DSO_AVERAGE(1)+DSO(2)": ["DSO_AVERAGE bare", "DSO bare"],
    # and none of ours
    '"DSO(1,2,3)"&"a""DSO(1)"': [],
    "'DSO(1)'!A1+'it''s DSO(1)'!B2": [],
    "MY_DSO(1)+DSOX(1)+X.DSO(1)+_DSO(1)+_xldudf_ACME_DSO(1)+_xll.DSO(1)": [],
    "DSO+DSO1+A1": [],
    "Late[DSO(x)]+Late[[#This Row],[a'[DSO(]]+[@[DSO(1)]]": [],
    "Sheet1!DSO(1)+[2]!DSO(1)+other.xlam!DSO(1)+'C:\\duebook.xlam\\other.xlsm'!DSO(1)": [],
    "_xlpm.DSO(1)": [],
    "{1,2;3,4}+#REF!": [],
    "": [],
}


@pytest.mark.parametrize("formula", FOUND)
def test_finds_calls(formula: str) -> None:
    found = [f"{u.name} {u.dialect}{'' if u.link is None else f' {u.link}'}" for u in OURS.uses(formula)]
    assert found == FOUND[formula]


def test_a_name_of_the_workbook_is_not_ours() -> None:
    """Where a sheet defines a LAMBDA called HHI, HHI(…) means that; the other dialects still mean ours."""
    assert list(OURS.uses("HHI(A:A)", "Own")) == []
    assert [u.name for u in OURS.uses("HHI(A:A)", "Other")] == ["HHI"]
    assert [u.name for u in OURS.uses("_xldudf_HHI(A:A)", "Own")] == ["HHI"]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (Dialect.BARE, 'IF(A1>1,DSO(1,2,3)&"DSO(1)",DSO (1))'),
        (Dialect.LITE, 'IF(A1>1,_xldudf_DSO(1,2,3)&"DSO(1)",_xldudf_DSO (1))'),
        (Dialect.ADDIN, 'IF(A1>1,[7]!DSO(1,2,3)&"DSO(1)",[7]!DSO (1))'),
    ],
)
def test_rewrites(dialect: Dialect, text: str) -> None:
    assert OURS.rewritten('IF(A1>1,[1]!DSO(1,2,3)&"DSO(1)",_xldudf_Dso (1))', dialect, 7) == text


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("_xlfn.SINGLE(A1:A3)*2", "@A1:A3*2"),
        ("_xlfn.SINGLE(DSO(A1:A3,1,2))", "@DSO(A1:A3,1,2)"),
        ("_xlfn.SINGLE(DSO(1,2,3)+HHI(A:A))", "@(DSO(1,2,3)+HHI(A:A))"),
        ("_xlfn.SINGLE('a-b (2)'!A1:B2)", "@'a-b (2)'!A1:B2"),
        ("SUM(_xlfn.ANCHORARRAY('Data (2)'!$G$1))", "SUM('Data (2)'!$G$1#)"),
        ("_xlfn.SINGLE(_xlfn.ANCHORARRAY(G1))", "@G1#"),
        ('"_xlfn.SINGLE("&_xlfn._xlws.SORT(A:A)', '"_xlfn.SINGLE("&SORT(A:A)'),
        ("_xlfn.SINGLE(A1", "@A1"),
    ],
)
def test_signs_are_shown_as_signs(stored: str, typed: str) -> None:
    assert OURS.readable(stored) == typed


def test_readable_is_what_a_person_types() -> None:
    stored = '_xlfn.LET(_xlpm.x,[1]!DSO(1,2,3),_xlpm.x&"_xlfn.A")+SUM(_xlfn.ANCHORARRAY(G1))'
    assert OURS.readable(stored) == 'LET(x,DSO(1,2,3),x&"_xlfn.A")+SUM(G1#)'


names = st.sampled_from(sorted(functions()))
inert = st.sampled_from(
    [
        "'DSO(1)'!A1",
        '"DSO(1)"',
        '"it""s GINI(2)"',
        "Late[DSO(]",
        "[@[HHI(1)]]",
        "MY_DSO(1)",
        "A1",
        "1.5",
        "[2]!Rate",
        "#N/A",
    ]
)
calls = st.builds(lambda name, inside: f"{name}({inside})", names, st.lists(inert, max_size=3).map(",".join))
formulas = st.lists(st.one_of(inert, calls), min_size=1, max_size=6).flatmap(
    lambda pieces: st.lists(
        st.sampled_from(["+", "&", "*", ","]), min_size=len(pieces) - 1, max_size=len(pieces) - 1
    ).map(lambda signs: "".join(p + s for p, s in zip(pieces, [*signs, ""], strict=True)))
)


@given(formulas, st.permutations(list(Dialect)))
def test_rewriting_is_undone_by_the_reverse(formula: str, order: list[Dialect]) -> None:
    found = [u.name for u in OURS.uses(formula)]
    changed = formula
    for dialect in order:
        changed = OURS.rewritten(changed, dialect, 1)
        assert [(u.name, u.dialect) for u in OURS.uses(changed)] == [(name, dialect) for name in found]
        assert OURS.rewritten(changed, dialect, 1) == changed
    assert OURS.rewritten(changed, Dialect.BARE) == formula


@given(st.lists(inert, min_size=1, max_size=6).map("&".join), st.sampled_from(list(Dialect)))
def test_rewriting_touches_nothing_else(formula: str, dialect: Dialect) -> None:
    assert OURS.rewritten(formula, dialect, 1) == formula


@given(st.text(alphabet="DSO(_xldudf.!'\"[]1A ,:", max_size=40), st.sampled_from(list(Dialect)))
def test_any_text_is_taken(formula: str, dialect: Dialect) -> None:
    """Whatever stands in a file, even nonsense: no exception, and what was rewritten is found again."""
    before = [u.name for u in OURS.uses(formula)]
    after = OURS.rewritten(formula, dialect, 1)
    if not before:
        assert after == formula


def test_numbers_of_linked_books() -> None:
    formula = "[2]!DSO(1)+'[3]a b'!A1+[1]S!B2+Late[2]+\"[3]!\"+[3]A:B!C1+[@[3]]"
    assert list(linked_books(formula)) == [2, 3, 1, 3]
    assert renumbered(formula, lambda n: n - 1) == "[1]!DSO(1)+'[2]a b'!A1+[0]S!B2+Late[2]+\"[3]!\"+[2]A:B!C1+[@[3]]"


@pytest.mark.parametrize(
    ("path", "is_ours"),
    [
        ("duebook.xlam", True),
        ("file:///C:\\Users\\anna\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\DUEBOOK.XLAM", True),
        ("https://example.com/x/duebook.xlam", True),
        ("C:\\duebook.xlam\\other.xlam", False),
        ("my-duebook.xlam", False),
    ],
)
def test_the_add_in_file(path: str, is_ours: bool) -> None:
    assert is_addin_file(path) is is_ours


def name(called: str, formula: str, sheet: str | None = None) -> Name:
    return Name(called, sheet, formula, None)  # type: ignore[arg-type]


def test_names_that_call_through_others() -> None:
    names = CallingNames([name("Twice", "Rate*2"), name("Rate", "DSO(1,2,3)"), name("Plain", "A1")], OURS)
    assert names.used_in("1+twice")
    assert names.used_in("Rate(1)")
    assert not names.used_in("Plain+Rates+Rate.x+\"Rate\"+'Rate'!A1")


@pytest.mark.parametrize(
    ("formula", "used"),
    [
        ('Late[a"b]+Rate+Late[c"d]', True),
        ("SUM(Rate:A3)", True),
        ("Data!Rate+'My data'!Rate", True),
        ("[0]!Rate", True),
        ("-Rate%", True),
        # the same letters, another meaning
        ("SUM(Late[Rate])+Late[[#This Row],[Rate]]+[@Rate]", False),
        ("Rate!A1+Rate:Cost!A1+Cost:Rate!A1+Rate[Open]", False),
        ("[2]!Rate+[2]Rate!A1+'[2]My data'!Rate+Book.xlsx!Rate", False),
        ("_xlfn.LET(_xlpm.Rate,1,_xlpm.Rate)+Rate?", False),
    ],
)
def test_names_are_told_from_what_looks_like_them(formula: str, used: bool) -> None:
    assert CallingNames([name("Rate", "DSO(1,2,3)")], OURS).used_in(formula, "Data") is used


def test_a_name_of_a_sheet_hides_the_workbooks() -> None:
    names = CallingNames([name("Rate", "DSO(1,2,3)"), name("Rate", "0.5", "Plan"), name("Own", "Rate*2", "Plan")], OURS)
    assert names.used_in("Rate", "Data")
    assert not names.used_in("Rate+Own", "Plan")
    assert not names.used_in("Plan!Rate", "Data")


def test_hostile_formulas_take_no_time() -> None:
    """Long words, brackets that never close, names in a long chain: none may take longer with its square."""
    start = time.process_time()
    for piece in ("a", "['", "[[a]", "'a!", "a:a!", " ", "(", "[1]", "_xlfn.ANCHORARRAY("):
        text = "DSO(1)+" + piece * (20_000 // len(piece))
        list(OURS.uses(text)), OURS.readable(text), list(linked_books(text))
        without_spills(f"_xlfn.ANCHORARRAY(A1)+{text}", "S", {("s", 1, 1): (1, 1, 2, 1)})
        OURS.maybe(piece * 20_000)
    chain = [name(f"N{n}", f"N{n + 1}*2") for n in range(3_000)] + [name("N3000", "DSO(1,2,3)")]
    assert CallingNames(chain, OURS).used_in("N0")
    assert time.process_time() - start < 5
