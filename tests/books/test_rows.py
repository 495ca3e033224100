"""Rows as XML: text stays text, numbers are plain, and the engine writes exactly what Python writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from duebook.books.body import BodyCell, RowShape, capped, escaped, plain_number, row_xml, serial
from duebook.books.plan import Column, Kind, Value
from duebook.books.rows import EngineRows, ListRows, any_risky, row_texts
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError

NASTY = (
    "plain",
    "",
    " leading",
    "trailing ",
    "tab\tinside",
    "\ttab first",
    "line\nbreak",
    "\rreturn first",
    "carriage\rreturn",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "a & b < c > d",
    "]]>",
    '"quoted"',
    "_x and x000D_",
    "\x01\x02\x1f",
    "\ufffe\uffff",
    "客户有限公司",
    "emoji 😀",
    "００１２",
    "Ω≈ç√∫˜µ≤≥÷",
    "null",
    "NaN",
    "1E+02",
    "\u202etest\u202c",
    "'; DROP TABLE items;--",
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(threads=2) as found:
        yield found


def shape(kinds: Sequence[Kind], style: str | None = "3") -> RowShape:
    cells = [BodyCell("ABCDEFGH"[i], style, "9" if style else None, i, kind) for i, kind in enumerate(kinds)]
    return RowShape("", ' ht="15"', tuple(cells))


def both(
    engine: Engine, kinds: Sequence[Kind], types: Sequence[str], rows: list[tuple[Value, ...]], like: RowShape
) -> None:
    """The XML from the engine and from a list, which must be one and the same."""
    columns = [Column(f"k{i}", kind=kind) for i, kind in enumerate(kinds)]
    engine.execute("DROP TABLE IF EXISTS given")
    engine.execute(f"CREATE TABLE given ({', '.join(f'c{i} {t}' for i, t in enumerate(types))})")
    engine.insert("given", rows)
    fast = EngineRows(engine, "SELECT * FROM given", columns)
    built = fast.row_texts(like, 5)
    assert built is not None, "the engine's way was not taken"
    slow = ListRows(columns, rows)
    assert [x for batch in built for x in batch] == [x for batch in row_texts(slow, like, 5) for x in batch]
    assert any_risky(fast) == any_risky(slow)


@pytest.mark.parametrize("style", ["3", None])
@pytest.mark.parametrize("texts", [NASTY, ("plain", "INV1"), ("=x", None), ("a&b",), (" x", "y")])
def test_engine_and_list_write_the_same_text(engine: Engine, texts: tuple[str | None, ...], style: str | None) -> None:
    both(engine, ["text"], ["VARCHAR"], [(t,) for t in texts], shape(["text"], style))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12),
        min_size=1,
        max_size=8,
    )
)
def test_engine_and_list_write_the_same_for_any_text(texts: list[str]) -> None:
    with Engine(threads=1) as engine:
        both(engine, ["text"], ["VARCHAR"], [(t,) for t in texts], shape(["text"]))


def test_engine_and_list_write_the_same_for_every_type(engine: Engine) -> None:
    kinds: list[Kind] = ["number", "number", "date", "flag", "text"]
    types = ["DECIMAL(18,4)", "BIGINT", "DATE", "BOOLEAN", "VARCHAR"]
    rows: list[tuple[Value, ...]] = [
        (Decimal("1234.5000"), 7, date(2026, 10, 31), True, "x"),
        (Decimal("-0.0100"), -9_000_000_000, date(1904, 1, 2), False, "-"),
        (Decimal("0.0000"), 0, date(9999, 12, 31), None, None),
        (Decimal("100.0000"), None, None, True, ""),
        (None, 10, date(2000, 2, 29), False, "a<b"),
    ]
    both(engine, kinds, types, rows, shape(kinds))


def test_engine_and_list_write_the_same_formulas(engine: Engine) -> None:
    formula = ("IF(A", 0, '="","<&>",A', -1, "*2)")
    cells = (
        BodyCell("A", "1", "2", 0, "number"),
        BodyCell("B", "1", "2", 0, "number", formula),
        BodyCell("C", None, None, 1, "text", formula),
        BodyCell("D", "1", "2", None, "text", formula),
        BodyCell("E", "1", "2", None, "text", formula, array=True),
        BodyCell("F", "4"),
    )
    rows: list[tuple[Value, ...]] = [(Decimal("1.5"), "a&b"), (None, None), (Decimal(2), "")]
    both(engine, ["number", "text"], ["DECIMAL(18,2)", "VARCHAR"], rows, RowShape("x:", "", cells))


def test_the_engine_keeps_the_order_of_many_rows(engine: Engine) -> None:
    rows = EngineRows(engine, "SELECT i::BIGINT FROM range(300000) t(i)", [Column("n", kind="number")])
    texts = (x for batch in row_texts(rows, shape(["number"]), 1) for x in batch)
    for number, text in enumerate(texts):
        if number % 9973 == 0:
            expected = f'<row r="{number + 1}" ht="15"><c r="A{number + 1}" s="3"><v>{number}</v></c></row>'
            assert text.decode() == expected
    assert number == 299_999


@pytest.mark.parametrize(
    ("type_", "kind"), [("DOUBLE", "number"), ("DATE", "text"), ("BIGINT", "text"), ("TIMESTAMP", "date")]
)
def test_what_the_engine_cannot_write_itself_takes_the_other_way(engine: Engine, type_: str, kind: Kind) -> None:
    value = {
        "DOUBLE": "0.1",
        "DATE": "DATE '2026-01-02'",
        "BIGINT": "-12",
        "TIMESTAMP": "TIMESTAMP '2026-01-02 12:00:00'",
    }
    rows = EngineRows(engine, f"SELECT {value[type_]}::{type_}", [Column("k", kind=kind)])
    expected = {
        "DOUBLE": '<c r="A5" s="3"><v>0.1</v></c>',
        "DATE": '<c r="A5" s="3" t="inlineStr"><is><t>2026-01-02</t></is></c>',
        "BIGINT": '<c r="A5" s="9" t="inlineStr"><is><t>-12</t></is></c>',
        "TIMESTAMP": '<c r="A5" s="3"><v>46024.5</v></c>',
    }
    assert list(row_texts(rows, shape([kind]), 5)) == [[f'<row r="5" ht="15">{expected[type_]}</row>'.encode()]]


@pytest.mark.parametrize("text", ["_x000D_", "_x000D_x000A_", "nul \0", "x" * 40_000])
def test_odd_text_is_the_same_from_the_engine(engine: Engine, text: str) -> None:
    columns = [Column("k")]
    engine.execute("CREATE OR REPLACE TABLE odd (a VARCHAR)")
    engine.insert("odd", [("plain",), (text,)])
    fast, slow = EngineRows(engine, "SELECT * FROM odd", columns), ListRows(columns, [("plain",), (text,)])
    assert list(row_texts(fast, shape(["text"]), 5)) == list(row_texts(slow, shape(["text"]), 5))


def test_totals_are_exact(engine: Engine) -> None:
    columns = [Column("amount", kind="number")]
    amounts = [(Decimal("0.10"),)] * 10 + [(None,)]
    engine.execute("CREATE OR REPLACE TABLE cents (a DECIMAL(18,4))")
    engine.insert("cents", amounts)
    assert EngineRows(engine, "SELECT * FROM cents", columns).total("amount") == Decimal("1.0")
    assert ListRows(columns, amounts).total("amount") == Decimal("1.0")
    assert ListRows(columns, [(0.1,), (0.2,)]).total("amount") == Decimal("0.3")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("1.500"), "1.5"),
        (Decimal("-0.00"), "0"),
        (Decimal("1E-9"), "0.000000001"),
        (1e21, "1000000000000000000000"),
        (0.1, "0.1"),
        (12, "12"),
    ],
)
def test_numbers_are_plain(value: int | float | Decimal, text: str) -> None:
    assert plain_number(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("-Infinity")])
def test_nan_and_infinity_never_reach_a_cell(value: float | Decimal) -> None:
    with pytest.raises(DuebookError) as caught:
        plain_number(value)
    assert caught.value.key == "books.not_a_number"


@pytest.mark.parametrize(
    ("day", "date1904", "number"),
    [
        # Excel's own: 1 January 1900 is 1, 28 February 59, 1 March 61 (it counts a 29 February 1900)
        (date(1900, 1, 1), False, "1"),
        (date(1900, 2, 28), False, "59"),
        (date(1900, 3, 1), False, "61"),
        (date(2000, 1, 1), False, "36526"),
        (date(1899, 12, 31), False, None),
        (date(1904, 1, 1), True, "0"),
        (date(2000, 1, 1), True, "35064"),
        (date(1903, 12, 31), True, None),
    ],
)
def test_dates_are_serials(day: date, date1904: bool, number: str | None) -> None:
    assert serial(day, date1904) == number


def test_long_text_is_cut_at_what_a_cell_holds() -> None:
    assert capped("x" * 40_000) == "x" * 32_767
    assert capped("😀" * 20_000) == "😀" * 16_383  # two units each; half a character is not kept


@given(st.text(max_size=20))
def test_any_text_is_valid_xml_and_reads_back(text: str) -> None:
    like = shape(["text"])
    cell = etree.fromstring(row_xml(like, 5, (text,)))
    shown = cell.findtext("c/is/t")
    if text == "":
        assert shown is None
        return
    from duebook.books.parts import decoded

    expected = "".join("\ufffd" if "\ud800" <= x <= "\udfff" else x for x in text)
    assert decoded(shown or "") == expected


def test_codes_that_only_look_like_codes_are_escaped() -> None:
    # ECMA-376 22.9.2.19: an underscore that starts such a sequence is itself written _x005F_
    assert escaped("_x000D_") == "_x005F_x000D_"
    assert escaped("_x000D_x000A_") == "_x005F_x000D_x005F_x000A_"
    assert escaped("\x07") == "_x0007_"
    assert escaped("a_b") == "a_b"
