"""What cells hold and how values are entered, on a stand-in for a range."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duebook.core.cells import CellError
from duebook.core.errors import DuebookError
from duebook.hosts.excel.live import cells


class Block:
    """A range as Excel tells it: values with and without error texts, and formulas."""

    def __init__(self, rows: Sequence[Sequence[Any]], errors: Sequence[Sequence[Any]], formulas: Any) -> None:
        self._rows, self._errors, self.formula2 = rows, errors, formulas
        self.shape = len(rows), len(rows[0])
        self.value: Any = rows

    def options(self, ndim: int, err_to_str: bool = False) -> Block:
        return Block(self._errors if err_to_str else self._rows, self._errors, self.formula2)


def block(value: Any, formula: str, told: Any = None) -> Block:
    return Block([[value]], [[value if told is None else told]], formula)


@pytest.mark.parametrize(
    ("found", "content"),
    [
        (block(None, ""), None),
        (block(None, '=""'), ('=""',)),
        (block(1.5, "1.5"), 1.5),
        (block(1.5, "=A1"), ("=A1",)),
        (block(True, "TRUE"), True),
        (block("007", "007"), "007"),
        (block("=1+1", "=1+1"), "=1+1"),
        (block("x", "=A1"), ("=A1",)),
        (block("#N/A", "#N/A"), "#N/A"),
        (block(None, "#N/A", "#N/A"), ("#N/A",)),
        (block(None, "=1/0", "#DIV/0!"), ("=1/0",)),
        (block(-2146826245, "=SEQUENCE(9)"), ("=SEQUENCE(9)",)),
        (block(datetime(2026, 10, 31), "46326"), 46326.0),
        (block(datetime(2026, 10, 31, 12, 30), "46326.5208333333"), 46326 + 12.5 / 24),
        (block(datetime(2026, 10, 31, 12, 30), "44864.5208333333"), 44864 + 12.5 / 24),  # counted from 1904
        (block(datetime(2026, 10, 31, 12, 30), "46326.52"), 46326.52),
        (block(Decimal("1.2346"), "1.23456"), 1.23456),  # a currency format: four places only are handed over
    ],
)
def test_contents_make_the_same_cell_again(found: Any, content: object) -> None:
    got = cells.contents(found)[0][0]
    assert type(got) is type(content)
    assert got == content


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("", ""),
        ("Acme", "Acme"),
        ("Acme & Co. (Trading)", "Acme & Co. (Trading)"),
        ("中国石油", "中国石油"),
        ("true", "'true"),
        ("FALSE", "'FALSE"),
        ("007", "'007"),
        ("=1", "'=1"),
        ("'x", "''x"),
        ("3M", "'3M"),
        ("Jan 5", "'Jan 5"),
        ("a\x00b", "ab"),
        ("-", "'-"),
        (" x", "' x"),
        ("#N/A", "'#N/A"),
    ],
)
def test_text_is_entered_so_that_it_stays_text(text: str, typed: str) -> None:
    assert cells.guarded(text) == typed


@given(st.text(max_size=40))
def test_no_text_is_entered_bare_that_excel_reads_as_something_else(text: str) -> None:
    typed = cells.guarded(text)
    if not typed.startswith("'"):
        assert not any(character.isdigit() for character in typed)
        assert not typed or typed[0].isalpha()
        assert typed.casefold() not in ("true", "false")


def test_long_text_is_cut_as_excel_counts() -> None:
    assert len(cells.guarded("😀" * 20_000).encode("utf-16-le")) <= 2 * 32_768


@pytest.mark.parametrize(
    ("value", "content"),
    [
        (None, None),
        ("", None),
        (3, 3.0),
        (Decimal("0.10"), 0.1),
        (True, True),
        (date(2026, 10, 31), datetime(2026, 10, 31)),
        (datetime(2026, 10, 31, 8), datetime(2026, 10, 31, 8)),
        (date(1899, 1, 1), "1899-01-01"),
        (CellError("#N/A", "cell.error_passed", argument="a", value="#N/A"), ("#N/A",)),
    ],
)
def test_values_become_contents(value: object, content: object) -> None:
    got = cells.content_of(value)
    assert type(got) is type(content)
    assert got == content


@pytest.mark.parametrize("value", [float("inf"), float("nan"), Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_no_number_never_reaches_a_cell(value: object) -> None:
    with pytest.raises(DuebookError) as refused:
        cells.content_of(value)
    assert refused.value.key == "books.not_a_number"


def test_old_excel_has_no_dynamic_arrays() -> None:
    class Old(Block):
        def __getattribute__(self, name: str) -> Any:
            if name == "formula2":
                raise AttributeError(name)
            return super().__getattribute__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "formula2":
                name = "formula"
            super().__setattr__(name, value)

    assert cells.formulas(Old([[1.0, 2.0]], [[1.0, 2.0]], ("=A1", "2"))) == [["=A1", "2"]]  # type: ignore[arg-type]
