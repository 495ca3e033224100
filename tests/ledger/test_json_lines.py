"""JSON lines and JSON lists: numbers keep their digits; what is no row is told with its line, nothing is dropped."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import json_lines
from duebook.ledger.files import RawTable, Source, read_raw

from .made_ledgers import Read, write

LEDGER = """
    Customer ID | Customer     | Invoice No | Invoice Date | Due Date   | Amount     | Currency
    000123      | 贸易有限公司 | R-1        | 2026-08-01   | 2026-08-31 | 1234567.89 | CNY
    C2          | Bolt & Co    | R-2        | 2026-09-15   | 2026-10-15 | 0.10       | USD
"""
DOCUMENTS = "customer_id, customer_name, document_id, kind, document_date, due_date, amount, currency"
OBJECTS = [
    '{"Customer ID": "000123", "Customer": "贸易有限公司", "Invoice No": "R-1", "Invoice Date": "2026-08-01", '
    '"Due Date": "2026-08-31", "Amount": 1234567.89, "Currency": "CNY"}',
    '{"Currency": "USD", "Customer ID": "C2", "Customer": "Bolt & Co", "Invoice No": "R-2", '
    '"Invoice Date": "2026-09-15", "Due Date": "2026-10-15", "Amount": 0.10}',
]
GOOD = '{"Invoice": "R", "Amount": 1}'


def read(path: Path, **given_: str) -> tuple[RawTable, list[tuple[Any, ...]]]:
    with Engine(threads=1) as engine:
        (table,) = read_raw(Source(path, **given_), engine)  # type: ignore[arg-type]  # names of its fields
        rows = engine.rows(f"SELECT * FROM {table.name} ORDER BY record")
        assert len(rows) + len(table.rejected) == table.records
        assert list(engine.spill_folder.iterdir()) == []
        return table, rows


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "ledger.jsonl"
    path.write_bytes(text.encode(encoding))
    return path


def refused(path: Path) -> DuebookError:
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as caught:
        read_raw(Source(path), engine)
    assert path.name in caught.value.text("en") and path.name in caught.value.text("zh")
    return caught.value


# ---- the same ledger ----


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_same_ledger_as_from_a_file(tmp_path: Path, encoding: str, ends: str) -> None:
    from_text = Read([write(tmp_path / "a.csv", LEDGER)], currency=None)
    ours = Read([Source(written(tmp_path, ends.join(OBJECTS) + ends, encoding))], currency=None)
    assert ours.rows(DOCUMENTS, order="document_id") == from_text.rows(DOCUMENTS, order="document_id")
    assert ours.told() == []


@pytest.mark.parametrize("form", ["[{0},{1}]", "[\n  {0},\n  {1}\n]\n", " [ {0} ,\r\n{1} ] "])
def test_a_list_of_objects(tmp_path: Path, form: str) -> None:
    from_text = Read([write(tmp_path / "a.csv", LEDGER)], currency=None)
    ours = Read([Source(written(tmp_path, form.replace("{0}", OBJECTS[0]).replace("{1}", OBJECTS[1])))], currency=None)
    assert ours.rows(DOCUMENTS, order="document_id") == from_text.rows(DOCUMENTS, order="document_id")


def test_kinds_lines_and_names(tmp_path: Path) -> None:
    """Names stand in the order in which they first occur; what a line lacks is blank, as null and "" are."""
    lines = [
        '{"Invoice": "R-1", "Amount": 100.10, "Paid": true}',
        "",
        '{"Amount": -1.5E3, "Note": "=1+1", "Invoice": null, "Paid": ""}',
        '{"Amount": 12345678901234567890.123456789, "Invoice": "a\\u5ba2\\nb", "Paid": false}',
        '{"Amount": 1e999999999, "Invoice": "0.10"}',
    ]
    table, rows = read(written(tmp_path, "\n".join(lines)))
    assert (table.headers, table.header_line) == (("Invoice", "Amount", "Paid", "Note"), 0)
    assert rows == [
        (1, 1, "tnb.", "R-1", "100.10", "TRUE", None),
        (2, 3, ".n.t", None, "-1500", None, "=1+1"),
        (3, 4, "tnb.", "a客\nb", "12345678901234567890.123456789", "FALSE", None),
        (4, 5, "tn..", "0.10", "1e999999999", None, None),
    ]


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.integers(-(10**30), 10**30),
    st.decimals(-(10**20), 10**20, places=4, allow_nan=False),
)


@settings(max_examples=20)
@given(st.lists(st.fixed_dictionaries({"Invoice": VALUES, "客户": VALUES, "Amount": VALUES}), min_size=1, max_size=10))
def test_any_table_survives(tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]) -> None:
    folder = tmp_path_factory.getbasetemp()
    table, rows = read(written(folder, "\n".join(map(_line, made)) + "\n"))
    assert table.headers == tuple(made[0])
    assert [row[3:] for row in rows] == [tuple(_text(row[name]) for name in table.headers) for row in made]


def _line(row: dict[str, Any]) -> str:
    values = {name: format(v, "f") if isinstance(v, Decimal) else json.dumps(v) for name, v in row.items()}
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in values.items()) + "}"


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).upper()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


# ---- lines that are no rows ----


@pytest.mark.parametrize(
    ("line", "reason", "facts"),
    [
        ('{"Invoice": "R", "Amount": 1', "json_broken", {"column": "29"}),
        ('{"Invoice": "R", "Amount": 1,}', "json_broken", {"column": "30"}),
        (f"{GOOD},", "json_broken", {"column": "30"}),
        (f"{GOOD}{GOOD}", "json_broken", {"column": "30"}),
        ("{'Invoice': 'R'}", "json_broken", {"column": "2"}),
        ("Invoice,Amount", "json_broken", {"column": "1"}),
        ('{"Amount": NaN}', "json_constant", {"word": "NaN"}),
        ('{"Amount": -Infinity}', "json_constant", {"word": "-Infinity"}),
        ('["R", 1]', "json_no_object", {}),
        ("12", "json_no_object", {}),
        ('{"Amount": 1, "Amount": 2}', "json_twice", {"name": "Amount"}),
        ('{"Invoice": "R", "Lines": [1]}', "json_nested", {"name": "Lines"}),
        ('{"Customer": {"id": 1}}', "json_nested", {"name": "Customer"}),
        ('{"Invoice": "\\ud800"}', "json_letters", {}),
        ('{"Invoice": "a\\u0000"}', "json_letters", {}),
        ("[" * 100_000, "json_nested", {"name": "…"}),
    ],
)  # fmt: skip
def test_a_line_that_is_no_row(tmp_path: Path, line: str, reason: str, facts: dict[str, str]) -> None:
    table, rows = read(written(tmp_path, "\n".join([GOOD, GOOD, line, GOOD])))
    (problem,) = table.rejected
    assert (problem.reason, problem.line, problem.treatment) == (f"sources.{reason}", 3, "left_out")
    assert problem.facts == facts and line.startswith(str(problem.value).removesuffix("…"))
    assert [(record, at) for record, at, *_ in rows] == [(1, 1), (2, 2), (4, 4)]


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    """Whole or not, its rest is not taken for lines of their own."""
    long = '{"Invoice": "' + "x" * (1 << 20) + '"}'
    table, rows = read(written(tmp_path, "\n".join([GOOD, long, GOOD, GOOD, long])))
    assert [(p.reason, p.line) for p in table.rejected] == [("sources.json_long", 2), ("sources.json_long", 5)]
    assert len(rows) == 3


def test_left_out_rows_are_counted_in_the_ledger(tmp_path: Path) -> None:
    broken = OBJECTS[0].replace("R-1", "R-9")[:-1]
    ours = Read([Source(written(tmp_path, "\n".join([*OBJECTS, broken])))], currency=None)
    assert (ours.ledger.records, ours.ledger.accepted, ours.ledger.left_out) == (3, 2, 1)
    assert ours.rows("document_date")[0] == (dt.date(2026, 8, 1),)


# ---- files that are no tables ----


def test_more_broken_lines_than_rows(tmp_path: Path) -> None:
    """A JSON object written over many lines is one object to people, and no line of it a row."""
    error = refused(written(tmp_path, json.dumps({"Invoice": "R", "Amount": 1}, indent=1)))
    assert (error.key, error.facts["line"]) == ("sources.json_no_rows", 1)
    nested = '{"Invoice": "R", "Lines": [1]}'
    assert "'Lines'" in refused(written(tmp_path, f"{nested}\n{nested}\n{GOOD}")).text()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"[{GOOD},\n{GOOD}", 2),
        (f"[{GOOD}\n{GOOD}]", 2),
        (f"[{GOOD},\n]", 2),
        (f"[{GOOD}]\n\n{GOOD}", 3),
        ('[{"Amount": 1},\n{"Amount": 1', 2),
        (f"[{GOOD},\n{{'Amount': 1}}]", 2),
    ],
)
def test_a_broken_list(tmp_path: Path, text: str, line: int) -> None:
    error = refused(written(tmp_path, text))
    assert (error.key, error.facts["line"]) == ("sources.json_array_broken", line)


def test_a_list_with_elements_that_are_no_rows(tmp_path: Path) -> None:
    elements = [GOOD, '{"Amount": 1, "Amount": 2}', "17", f"\n{GOOD}", '{"Lines": []}', GOOD, GOOD]
    table, rows = read(written(tmp_path, f"[{', '.join(elements)}]"))
    reasons = [(p.reason.removeprefix("sources."), p.line) for p in table.rejected]
    assert reasons == [("json_twice", 1), ("json_no_object", 1), ("json_nested", 2)]
    assert [row[1] for row in rows] == [1, 2, 2, 2]


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = "\n".join(json.dumps({f"n{n * 100 + m}": 1 for m in range(100)}) for n in range(170))
    assert refused(written(tmp_path, wide)).key == "sources.json_wide"
    monkeypatch.setattr(json_lines, "_MOST_CELLS", 3)
    assert refused(written(tmp_path, f"{GOOD}\n{GOOD}")).key == "sources.json_wide"
    monkeypatch.setattr(json_lines, "_MOST_ARRAY", 20)
    assert refused(written(tmp_path, f"[{GOOD}]")).key == "sources.json_array_large"


def test_a_byte_that_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes('{"客户": "贸易"}\n{"客户": "公司"}\n'.encode() + b'{"a": "\xff"}\n')
    error = refused(path)
    assert (error.key, error.facts["line"]) == ("ledger_files.bad_byte", 3)


@pytest.mark.parametrize("text", ["{}", "{}\n{}\n"])
def test_objects_without_names(tmp_path: Path, text: str) -> None:
    assert refused(written(tmp_path, text)).key == "ledger_files.empty"


@pytest.mark.parametrize("text", ["{a},b\n1,2\n", "[1],b\n1,2\n", "{,b\n1,2\n"])
def test_text_that_only_begins_like_it(tmp_path: Path, text: str) -> None:
    assert len(read(written(tmp_path, text))[0].headers) == 2


def test_who_names_a_delimiter_means_a_table(tmp_path: Path) -> None:
    table, _ = read(written(tmp_path, '{"a";b\n1;2\n'.replace('"', "")), delimiter=";")
    assert table.headers == ("{a", "b")
