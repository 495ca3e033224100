"""Parquet: decimals and dates to the last digit, the file's name and folder mean nothing, damage is said in words.

The files are written by DuckDB, but one, in the form of Spark's old dates, by Arrow.
"""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import parquet, parquet_worker
from duebook.ledger.files import RawTable, Source, read_raw

from .made_ledgers import Read, write

LEDGER = """
    Customer ID | Customer     | Invoice No | Invoice Date | Due Date   | Amount     | Currency
    000123      | 贸易有限公司 | R-1        | 2026-08-01   | 2026-08-31 | 1234567.89 | CNY
    C2          | Bolt & Co    | R-2        | 2026-09-15   | 2026-10-15 | 0.10       | USD
"""
DOCUMENTS = "customer_id, customer_name, document_id, kind, document_date, due_date, amount, currency"


def made(path: Path, select: str, options: str = "") -> Path:
    """A Parquet file with the rows of a query."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE t AS {select}")
        plain = path.parent / "plain-name"
        connection.execute(f"COPY t TO '{plain}' (FORMAT parquet{options})")
    return plain.rename(path)


def read(path: Path) -> tuple[RawTable, list[tuple[Any, ...]]]:
    with Engine(threads=1) as engine:
        (table,) = read_raw(Source(path), engine)
        rows = engine.rows(f"SELECT * FROM {table.name} ORDER BY record")
        assert len(rows) == table.records and table.rejected == ()
        assert list(engine.spill_folder.iterdir()) == []
        return table, rows


def refused(path: Path) -> DuebookError:
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as caught:
        read_raw(Source(path), engine)
    assert path.name in caught.value.text("en") and str(path.parent) not in caught.value.text("zh")
    return caught.value


def ledger(amount: str) -> str:
    """The ledger with its amounts in the given type."""
    rows = "('000123', '贸易有限公司', 'R-1', '2026-08-01', '2026-08-31', 1234567.89, 'CNY'), " + (
        "('C2', 'Bolt & Co', 'R-2', '2026-09-15', '2026-10-15', 0.10, 'USD')"
    )
    return (
        'SELECT a AS "Customer ID", b AS "Customer", c AS "Invoice No", d::DATE AS "Invoice Date", e::DATE AS '
        f'"Due Date", f::{amount} AS "Amount", g AS "Currency" FROM (VALUES {rows}) AS v(a, b, c, d, e, f, g)'
    )


@pytest.mark.parametrize("amount", ["DECIMAL(9, 2)", "DECIMAL(18, 2)", "DECIMAL(38, 4)", "DOUBLE"])
def test_the_same_ledger_as_from_a_file(tmp_path: Path, amount: str) -> None:
    from_text = Read([write(tmp_path / "a.csv", LEDGER)], currency=None)
    ours = Read([Source(made(tmp_path / "a.parquet", ledger(amount)))], currency=None)
    assert ours.rows(DOCUMENTS) == from_text.rows(DOCUMENTS)
    assert ours.told() == from_text.told() == []


def test_every_kind_of_value(tmp_path: Path) -> None:
    path = made(
        tmp_path / "kinds.parquet",
        """SELECT * FROM (VALUES
        ('000123', 12345678901234567890123456789012345.678::DECIMAL(38,3), 255::UTINYINT, 9223372036854775807, true,
         DATE '2026-10-31', TIMESTAMP '2026-10-31 00:00:00', TIMESTAMP_NS '2026-10-31 08:30:00.5', TIME '08:30:00',
         1.5::FLOAT, 'open'::ENUM('open', 'paid'), 'raw'::BLOB),
        ('', NULL, NULL, -1, false, NULL, TIMESTAMP '1999-12-31 23:59:59', NULL, NULL, 'nan'::FLOAT, NULL, NULL))
        AS v(text, exact, small, big, yes, day, midnight, moment, clock, single, word, bytes)""",
    )
    table, rows = read(path)
    assert rows == [
        (1, 1, "tnnnbdddtntt", "000123", "12345678901234567890123456789012345.678", "255", "9223372036854775807",
         "TRUE", "2026-10-31", "2026-10-31", "2026-10-31 08:30:00", "08:30:00", "1.5", "open", "raw"),
        (2, 2, "...nb.d..e..", None, None, None, "-1", "FALSE", None, "1999-12-31 23:59:59", None, None, "nan",
         None, None),
    ]  # fmt: skip
    assert table.headers[:3] == ("text", "exact", "small")
    assert (table.header_line, table.facts["binary_numbers"]) == (0, "single")


@settings(max_examples=5)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1e7, 1e7), min_size=1, max_size=200))
def test_binary_numbers_by_their_shortest_text(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    """As Python's repr says it (the shortest text that reads back as the number), without exponent and '.0'."""
    path = tmp_path_factory.mktemp("floats") / "f.parquet"
    made(path, f"SELECT unnest([{', '.join(f'{value!r}::DOUBLE' for value in values)}]) AS f, 1 AS one")
    _, rows = read(path)
    for value, (_, _, kinds, text, _) in zip(values, rows, strict=True):
        assert kinds == "nn" and text == _plain(value), value


def _plain(value: float) -> str:
    text = format(Decimal(repr(value)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if value == 0 else text


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "VARCHAR": st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
    "DECIMAL(18, 2)": st.decimals(-(10**15), 10**15, places=2, allow_nan=False),
    "BIGINT": st.integers(-(2**63), 2**63 - 1),
    "DATE": st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
}


@settings(max_examples=6)
@given(data=st.data(), kinds=st.lists(st.sampled_from(sorted(VALUES)), min_size=2, max_size=5))
def test_any_table_survives(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kinds: list[str]) -> None:
    values = data.draw(st.lists(st.tuples(*(st.none() | VALUES[kind] for kind in kinds)), min_size=1, max_size=15))
    path = tmp_path_factory.mktemp("law") / "any.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(f'c{n} {kind}' for n, kind in enumerate(kinds))})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(kinds))})", list(map(list, values)))
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    _, rows = read(path)
    assert [row[3:] for row in rows] == [tuple(map(_text, row)) for row in values]


def _text(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, dt.date) else str(value)


# ---- money and days that are not what they seem ----


def test_numbers_of_32_bits_are_remarked_where_they_are_money(tmp_path: Path) -> None:
    """1,234,567.89 is stored as 1,234,567.875 and shows as 1234567.9: the cents were lost before we came."""
    read_ = Read([Source(made(tmp_path / "f.parquet", ledger("FLOAT")))], currency=None)
    (problem,) = [p for p in read_.ledger.problems if p.reason == "sources.single_precision"]
    assert (problem.column, problem.line, problem.treatment) == ("Amount", None, "kept")
    assert read_.rows("amount")[0][0] == Decimal("1234567.9")


def test_moments_in_universal_time_are_remarked_unless_they_are_days(tmp_path: Path) -> None:
    """Midnight in Shanghai is 16:00 in UTC, the day before."""
    select = ledger("DECIMAL(18, 2)").replace("d::DATE", "d::{0}").replace("e::DATE", "e::DATE::TIMESTAMPTZ")
    timed = select.format("TIMESTAMPTZ - INTERVAL 8 HOURS")
    read_ = Read([Source(made(tmp_path / "t.parquet", timed))], currency=None)
    remarks = [(p.column, p.treatment) for p in read_.ledger.problems if p.reason == "sources.universal_time"]
    assert remarks == [("Invoice Date", "kept")]
    assert read_.rows("document_date, due_date")[0] == (dt.date(2026, 7, 31), dt.date(2026, 8, 31))


OLD_MOMENTS = base64.b64decode(
    """
UEFSMRUEFRwVHEwVBBUAEgAAAwAAAFItMQMAAABSLTIVABUSFRIsFQQVEBUGFQYcAAAAAgAAAAQBAQMCFQQVMBUwTBUEFQASAAAAAIoLYzQAAEWO
JQAAAIoLYzQAAHKOJQAVABUSFRIsFQQVEBUGFQYcAAAAAgAAAAQBAQMCFQQVEBUQTBUEFQASAAAAAABu////OBUAFRIVEiwVBBUQFQYVBhwAAAAC
AAAABAEBAwIVBBlMNQAYBnNjaGVtYRUGABUMJQIYCkludm9pY2UgTm8lAEwcAAAAFQYlAhgMSW52b2ljZSBEYXRlABUOFQgVAhgGQW1vdW50JQoV
BBUSLFwVBBUSAAAAFgQZHBk8JgAcFQwZNQAGEBkYCkludm9pY2UgTm8VABYEFnAWcCZAJggpLBUEFQAVAgAVABUQFQIAPBYMGQYZJgAEAAAAJgAc
FQYZNQAGEBkYDEludm9pY2UgRGF0ZRUAFgQWhAEWhAEmxAEmeCksFQQVABUCABUAFRAVAgA8KQYZJgAEAAAAJgAcFQ4ZNQAGEBkYBkFtb3VudBUA
FgQWZBZkJqgCJvwBKSwVBBUAFQIAFQAVEBUCADwpBhkmAAQAAAAW2AIWBCYIFtgCACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZ
PBwAABwAABwAAABTAQAAUEFSMQ==
"""
)
"""Two rows by pyarrow 26 (`use_deprecated_int96_timestamps`): midnight in Shanghai, 16:00 in UTC."""


def test_old_moments_of_96_bits_are_universal_time_too(tmp_path: Path) -> None:
    path = tmp_path / "spark.parquet"
    path.write_bytes(OLD_MOMENTS)
    table, rows = read(path)
    assert table.remarks == (("sources.universal_time", "date", 1),)
    assert rows == [
        (1, 1, "tdn", "R-1", "2026-07-31 16:00:00", "1.10"),
        (2, 2, "tdn", "R-2", "2026-09-14 16:00:00", "-2.00"),
    ]


# ---- names and folders ----


@pytest.mark.parametrize(
    "name", ["*.parquet", "a[1].parquet", "a?.parquet", "year=2026/month=10/a.parquet", "it's.parquet"]
)
def test_a_name_is_no_pattern_and_a_folder_no_column(tmp_path: Path, name: str) -> None:
    """Beside it stands a file that the name as a pattern would take as well."""
    path = made(tmp_path / name, "SELECT 'right' AS a, 1 AS b")
    made(path.parent / "a1.parquet", "SELECT 'wrong' AS a, 2 AS b")
    table, rows = read(path)
    assert (table.headers, [row[3] for row in rows]) == (("a", "b"), ["right"])


def test_the_content_counts_not_the_name(tmp_path: Path) -> None:
    assert read(made(tmp_path / "ledger.csv", "SELECT 1 AS a, 2 AS b"))[0].records == 1


# ---- refusals ----


@pytest.mark.parametrize(
    ("value", "kind"),
    [("[1, 2]", "INTEGER[]"), ("{'a': 1}", "STRUCT"), ("MAP {'a': 1}", "MAP"), ("[[1]]", "INTEGER[][]")],
)
def test_nested_columns_are_refused_by_name(tmp_path: Path, value: str, kind: str) -> None:
    error = refused(made(tmp_path / "nested.parquet", f"SELECT 1 AS a, {value} AS lines"))
    assert error.key == "sources.parquet_nested"
    assert error.facts["column"] == "lines" and str(error.facts["kind"]).startswith(kind)


def test_cut_and_damaged_anywhere(tmp_path: Path) -> None:
    whole = made(tmp_path / "whole.parquet", "SELECT i AS a, 'text ' || i AS b FROM range(500) AS r(i)").read_bytes()
    path = tmp_path / "broken.parquet"
    for place in (4, 200, len(whole) // 2, len(whole) - 200, len(whole) - 9, len(whole) - 6):
        for data in (whole[:place], whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :]):
            path.write_bytes(data)
            with Engine(threads=1) as engine:
                try:
                    read_raw(Source(path), engine)
                except DuebookError as error:
                    assert error.key in ("sources.parquet_damaged", "ledger_files.worker_memory")
                assert list(engine.spill_folder.iterdir()) == []
    path.write_bytes(b"PAR1PAR1")
    assert refused(path).key == "sources.parquet_damaged"


def test_text_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, in a column that does not say whether it holds text."""
    path = made(tmp_path / "bytes.parquet", r"SELECT '\xFF\xFE'::BLOB AS a, 1 AS b")
    assert refused(path).key == "sources.parquet_damaged"


@pytest.mark.parametrize(
    ("limit", "value", "key"),
    [("MAX_ROWS", 99, "parquet_size"), ("MAX_CELLS", 199, "parquet_size"), ("MAX_TEXT", 1000, "parquet_text")],
)
def test_more_than_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, key: str) -> None:
    """100 rows of two columns, with a text that a dictionary holds once."""
    path = made(tmp_path / "many.parquet", "SELECT i AS a, 'twenty letters of it' AS b FROM range(100) AS r(i)")
    monkeypatch.setattr(parquet_worker, limit, value)
    found = parquet_worker.as_text({"path": str(path), "target": str(tmp_path / "target")})
    assert found is not None and found["refused"]["key"] == f"sources.{key}"


def test_a_file_too_large_to_begin_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_FILE", 100)
    assert refused(made(tmp_path / "large.parquet", "SELECT 1 AS a, 2 AS b")).key == "ledger_files.too_large"


def test_more_memory_than_the_worker_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a few KB with a text of 200 MB."""
    path = made(tmp_path / "long.parquet", "SELECT repeat('x', 200_000_000) AS a, 1 AS b", ", COMPRESSION zstd")
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(parquet, "_MEMORY", 400 << 20)
    assert refused(path).key == "ledger_files.worker_memory"


def test_a_worker_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(tmp_path / "a.parquet", "SELECT 1 AS a, 2 AS b")
    monkeypatch.setattr(parquet, "_SECONDS", 0.01)
    assert refused(path).key == "ledger_files.worker_time"
