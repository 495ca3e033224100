"""Names that Excel takes for sheets and columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.hosts.excel.live.changes import _distinct, sheet_name


@pytest.mark.parametrize(
    ("wanted", "taken", "made"),
    [
        ("Scores", [], "Scores"),
        ("Scores", ["scores"], "Scores (2)"),
        ("Scores", ["scores", "Scores (2)"], "Scores (3)"),
        ("a/b:c[d]?*\\e", [], "a b c d e"),
        ("'quoted'", [], "quoted"),
        ("History", [], "History (2)"),
        ("", [], "Sheet"),
        ("x" * 40, [], "x" * 31),
        ("x" * 40, ["X" * 31], "x" * 27 + " (2)"),
    ],
)
def test_sheet_names(wanted: str, taken: list[str], made: str) -> None:
    assert sheet_name(wanted, taken) == made


@given(st.text(max_size=60), st.lists(st.text(max_size=31), max_size=4))
def test_any_text_makes_a_name_that_excel_takes(wanted: str, taken: list[str]) -> None:
    made = sheet_name(wanted, taken)
    assert 1 <= len(made.encode("utf-16-le", "surrogatepass")) // 2 <= 31
    assert not set(made) & set("[]:*?/\\")
    assert not made.startswith("'")
    assert not made.endswith("'")
    assert made.casefold() not in {name.casefold() for name in taken}


def test_headers_differ_and_none_is_blank() -> None:
    assert _distinct(["A", "a", "", "A"]) == ["A", "a (2)", "Column3", "A (3)"]
