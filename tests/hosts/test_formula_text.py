"""A call as a person would type it."""

from __future__ import annotations

from datetime import date

import pytest

from duebook.hosts.formula_text import formula


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((15000, 10000.0, 30), "=F(15000, 10000, 30)"),
        ((1, None, 3, None, ""), "=F(1, , 3)"),
        ((), "=F()"),
        (('say "hi"', True, date(2026, 1, 31)), '=F("say ""hi""", TRUE, DATE(2026,1,31))'),
        (([1, 2.5, None], [["a", 1], ["b", 2]]), '=F({1;2.5;""}, {"a",1;"b",2})'),
        (([date(2026, 1, 31)],), '=F({"2026-01-31"})'),
    ],
)
def test_formula(arguments: tuple[object, ...], text: str) -> None:
    assert formula("F", arguments) == text
