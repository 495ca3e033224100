"""Queries in databases: the same ledger as from a file, kept in the sealed folder; nothing secret is written down."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import sys
import time
import traceback
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID
from xml.sax.saxutils import escape

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.hosts.cli import main
from duebook.ledger import connections, database, database_address, snapshot
from duebook.ledger.files import read_raw
from duebook.ledger.raw import Source
from tests.conftest import absent

from .made_ledgers import Read, write
from .postgres import PASSWORD, USER, Cluster, program, running

LEDGER = """
    Customer ID | Customer     | Invoice No | Invoice Date | Due Date   | Amount     | Currency
    000123      | 贸易有限公司 | R-1        | 2026-08-01   | 2026-08-31 | 1234567.89 | CNY
    C2          | Bolt & Co    | R-2        | 2026-09-15   | 2026-10-15 | 0.10       | USD
    C2          | Bolt & Co    | R-3        | 2026-10-01   | 2026-11-30 | 20.00      | USD
"""
DOCUMENTS = "customer_id, customer_name, document_id, kind, document_date, due_date, amount, currency"
QUERY = (
    'SELECT customer AS "Customer ID", name AS "Customer", number AS "Invoice No", issued AS "Invoice Date", '
    'due AS "Due Date", amount AS "Amount", currency AS "Currency" FROM receivables ORDER BY number'
)
TABLE = (
    "CREATE TABLE receivables (customer VARCHAR(20), name VARCHAR(60), number VARCHAR(20), issued DATE, due DATE, "
    "amount NUMERIC(18, 2), currency CHAR(3))"
)
ROWS = (
    "INSERT INTO receivables VALUES "
    "('000123', '贸易有限公司', 'R-1', '2026-08-01', '2026-08-31', 1234567.89, 'CNY'), "
    "('C2', 'Bolt & Co', 'R-2', '2026-09-15', '2026-10-15', 0.10, 'USD'), "
    "('C2', 'Bolt & Co', 'R-3', '2026-10-01', '2026-11-30', 20.00, 'USD')"
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    """A real PostgreSQL with the ledger in it."""
    if not program("initdb") or not program("postgres"):
        absent("PostgreSQL (Debian package postgresql)")
    with running() as cluster:
        cluster.run(f"{TABLE}; {ROWS}; CREATE TABLE other (n INTEGER); CREATE SEQUENCE numbers")
        yield cluster


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    path = tmp_path / "erp.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(TABLE)
    connection.execute(ROWS)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def duck(tmp_path: Path) -> Path:
    path = tmp_path / "erp.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLE)
        connection.execute(ROWS)
    return path


def address(cluster: Cluster, password: str | None = PASSWORD) -> str:
    secret = f":{quote(password, safe='')}" if password is not None else ""
    return f"postgresql://{USER}{secret}@127.0.0.1:{cluster.port}/postgres"


def refused(url: str, query: str | None = QUERY) -> DuebookError:
    """What a source is refused with. No password in the words, nor in anything a traceback would show."""
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as caught:
        database.fetched([database.source(url, query)], engine)
    said = caught.value.text("en") + caught.value.text("zh") + "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in said and quote(PASSWORD, safe="") not in said and "S3cret" not in said
    return caught.value


def rows(url: str, query: str) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Headers and (kinds, cells) of what a query yields, once it has gone through its file."""
    with Engine(threads=1) as engine:
        (source,) = database.fetched([database.source(url, query)], engine)
        (table,) = read_raw(source, engine)
        return table.headers, [row[2:] for row in engine.rows(f"SELECT * FROM {table.name} ORDER BY record")]


# ---- the same ledger ----


@pytest.mark.parametrize("kind", ["sqlite", "duckdb", "postgresql"])
def test_the_same_ledger_as_from_a_file(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    if kind == "postgresql":
        url = address(request.getfixturevalue("postgres"))
    else:
        url = f"{kind}:///{request.getfixturevalue('sqlite' if kind == 'sqlite' else 'duck')}"
    from_file = Read([write(tmp_path / "a.csv", LEDGER)], currency=None)
    from_database = Read([database.source(url, QUERY)], currency=None)
    found = from_database.rows(DOCUMENTS, order="document_id")
    assert found == from_file.rows(DOCUMENTS, order="document_id")
    assert [row[6] for row in found] == [Decimal("1234567.89"), Decimal("0.10"), Decimal("20.00")]
    assert from_database.told() == from_file.told()


def test_a_close_needs_the_database_once(
    tmp_path: Path, sqlite: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.sql").write_text(f"-- the open items\n{QUERY};\n", "utf-8")
    given_ = ["close", "sqlite:///erp.sqlite", "--query", "ledger.sql", "--as-of", "2026-10-31"]
    assert main([*given_, "--out", "one"]) == 0
    assert main([*given_, "--out", "two"]) == 0
    for name in ("close.json", "aging.xlsx", "exposure.xlsx", "inputs/erp.parquet"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name
    sealed = json.loads((tmp_path / "one" / "close.json").read_text("utf-8"))
    (ledger,) = [entry for entry in sealed["inputs"] if entry["use"] == "ledger"]
    assert ledger["name"] == "erp.parquet"
    (source,) = sealed["options"]["sources"]
    assert (source["database"], source["query"]) == ("sqlite:///erp.sqlite", f"-- the open items\n{QUERY}")
    sqlite.unlink()
    (tmp_path / "ledger.sql").unlink()
    capsys.readouterr()
    assert main(["verify", "one"]) == 0
    assert "Verified" in capsys.readouterr().out
    kept = tmp_path / "one" / "inputs" / "erp.parquet"
    kept.write_bytes(kept.read_bytes()[:-20] + bytes(20))
    assert main(["verify", "one"]) == 1
    assert "erp.parquet" in capsys.readouterr().out


def test_each_query_belongs_to_the_address_in_the_same_place(tmp_path: Path, sqlite: Path) -> None:
    with sqlite3.connect(sqlite) as connection:
        connection.execute("CREATE TABLE paid (receipt, customer, day, amount, currency, invoice)")
        connection.execute("INSERT INTO paid VALUES ('P-1', '000123', '2026-09-01', 34567.89, 'CNY', 'R-1')")
    connection.close()
    (tmp_path / "customers.csv").write_text("Customer ID,Customer Name,Terms\n000123,贸易有限公司,30\n", "utf-8")
    paid = (
        'SELECT receipt AS "Receipt No", customer AS "Customer ID", day AS "Payment Date", amount AS "Amount", '
        'currency AS "Currency", invoice AS "Applies to" FROM paid'
    )
    out, url = tmp_path / "out", f"sqlite:///{sqlite}"
    arguments = ["close", url, "--query", QUERY, "--payments", url, "--query", paid, "--as-of", "2026-10-31"]
    main([*arguments, "--customers", str(tmp_path / "customers.csv"), "--out", str(out), "--quiet"])
    sealed = json.loads((out / "close.json").read_text("utf-8"))
    assert sealed["totals"]["CNY"]["balance"] == "1200000"  # 1,234,567.89 − 34,567.89
    names = [(entry["name"], entry["role"]) for entry in sealed["options"]["sources"]]
    assert names == [("erp.parquet", None), ("erp-payments.parquet", "payments"), ("customers.csv", "customers")]
    assert sorted(path.name for path in (out / "inputs").iterdir()) == ["erp-payments.parquet", "erp.parquet"]


@pytest.mark.parametrize("words", [["sqlite:///a", "sqlite:///b", "--query", QUERY], ["a.csv", "--query", QUERY]])
def test_as_many_queries_as_addresses(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", *words]) == 2
    assert "database addresses" in capsys.readouterr().err


def test_inspect_tells_the_columns_of_a_query(sqlite: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", f"sqlite:///{sqlite}", "--query", QUERY]) == 0
    said = capsys.readouterr().out
    assert "erp.parquet: 3 records, read as invoices" in said and "Amount → amount" in said


# ---- values ----


def test_values_of_postgresql(postgres: Cluster) -> None:
    headers, found = rows(
        address(postgres),
        "SELECT 12345678901234567890.12::numeric AS big, 0.10::numeric(9,2) AS small, 1::bigint AS whole, true AS yes, "
        "DATE '2026-10-31' AS day, TIMESTAMP '2026-10-31 08:30:00' AS moment, 'a%b :c'::text AS word, NULL AS nothing, "
        "''::text AS blank, 0.1::float8 + 0.2::float8 AS binary, 'NaN'::numeric AS no_number, "
        "'00000000-0000-0000-0000-000000000007'::uuid AS id, TIME '08:30' AS clock",
    )
    assert headers[:3] == ("big", "small", "whole")
    assert found == [
        ("nnnbddt..ntted"[:11] + "tt", "12345678901234567890.12", "0.10", "1", "TRUE", "2026-10-31",
         "2026-10-31 08:30:00", "a%b :c", None, None, "0.30000000000000004", "NaN",
         "00000000-0000-0000-0000-000000000007", "08:30:00")
    ]  # fmt: skip


def test_the_rows_come_through_a_cursor_of_the_server(postgres: Cluster) -> None:
    """The query sees the cursor that it is itself: its rows are not held in memory all at once."""
    _, found = rows(address(postgres), "SELECT name, 1 AS n FROM pg_cursors")
    assert len(found) == 1 and found[0][1]


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "Decimal": st.decimals(-(10**15), 10**15, places=2, allow_nan=False),
    "int": st.integers(-(10**18), 10**18),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "date": st.dates(dt.date(1900, 1, 1), dt.date(9999, 12, 31)),
    "bool": st.booleans(),
    "str": st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30),
    "UUID": st.uuids(),
}
COLUMNS = st.lists(st.sampled_from(sorted(SCALARS)), min_size=1, max_size=4)


@settings(max_examples=12)
@given(data=st.data(), kinds=COLUMNS)
def test_any_rows_survive(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kinds: list[str]) -> None:
    """Written and read back, a value is the same; and the same rows give the same bytes."""
    made = data.draw(st.lists(st.tuples(*(st.none() | SCALARS[kind] for kind in kinds)), max_size=20))
    names = [f"column {place}" for place in range(len(kinds))]
    folder = tmp_path_factory.mktemp("snapshot")
    for name in ("one", "two"):
        assert snapshot.written(folder / f"{name}.parquet", "db", names, [made[:7], made[7:]]) == len(made)
    assert (folder / "one.parquet").read_bytes() == (folder / "two.parquet").read_bytes()
    with Engine(threads=1) as engine:
        back = engine.rows(f"SELECT * FROM read_parquet('{folder / 'one.parquet'}')")
    assert len(back) == len(made)
    for was, row in zip(made, back, strict=True):
        for before, after in zip(was, row, strict=True):
            assert after == (str(before) if isinstance(before, UUID) else before)


def test_mixed_columns_of_sqlite(tmp_path: Path) -> None:
    """A column of SQLite may hold anything: numbers beside texts stay as each is written."""
    path = tmp_path / "mixed.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a, b, c)")
        connection.executemany(
            "INSERT INTO t VALUES (?, ?, ?)", [(1, 1.5, "x"), ("two", 2, None), (None, 2**53 + 1, 1e-7)]
        )
    connection.close()
    _, found = rows(f"sqlite:///{path}", "SELECT * FROM t")
    assert found == [
        ("ttt", "1", "1.5", "x"),
        ("tt.", "two", "2", None),
        (".tt", None, "9007199254740993", "1e-07"),
    ]


def test_a_query_without_rows(sqlite: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["close", f"sqlite:///{sqlite}", "--query", f"SELECT * FROM ({QUERY}) AS q WHERE 1 = 0"]
    assert main([*arguments, "--as-of", "2026-10-31", "--out", str(tmp_path / "out")]) == 2
    assert "erp.parquet" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# ---- what is refused ----


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM receivables",
        "SELECT 1; DROP TABLE receivables",
        "WITH gone AS (DELETE FROM receivables RETURNING *) SELECT * FROM gone",
        "SELECT * INTO other FROM receivables",
        "CREATE TABLE x AS SELECT 1",
        "PRAGMA table_info(receivables)",
        "ATTACH 'other.db' AS o",
        "COPY receivables TO 'x.csv'",
        "-- nothing but a remark",
        "SELECT 'no end",
    ],
)
def test_only_one_select(sqlite: Path, query: str) -> None:
    before = sqlite.read_bytes()
    assert refused(f"sqlite:///{sqlite}", query).key in ("database.not_a_query", "database.query_failed")
    assert sqlite.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    ["SELECT ';' AS a, 1 AS b;", "SELECT 1 AS a -- ; DROP\n, 2 AS b", "(SELECT 1 AS a, 2 AS b)",
     "SELECT /* ; */ 1 AS a, t.\"update\" AS b FROM (SELECT 2 AS \"update\") AS t;;"],
)  # fmt: skip
def test_semicolons_that_end_nothing(duck: Path, query: str) -> None:
    assert len(rows(f"duckdb:///{duck}", query)[0]) == 2


def test_databases_are_opened_for_reading_only(postgres: Cluster, sqlite: Path, duck: Path, tmp_path: Path) -> None:
    """What passes for a SELECT and writes all the same fails in the database itself."""
    failed = refused(address(postgres), "SELECT nextval('numbers') AS n")
    assert failed.key == "database.query_failed" and "read-only" in failed.text()
    assert refused(f"sqlite:///{sqlite}", "SELECT load_extension('x')").key == "database.query_failed"
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    reaching = f"SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')"
    assert refused(f"duckdb:///{duck}", reaching).key == "database.query_failed"


@pytest.mark.parametrize("kind", ["postgresql", "sqlite", "duckdb"])
def test_a_query_that_takes_too_long(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(database, "SECONDS", 1.0)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c, 1 AS d FROM n"
    url = {
        "postgresql": lambda: address(request.getfixturevalue("postgres")),
        "sqlite": lambda: f"sqlite:///{request.getfixturevalue('sqlite')}",
        "duckdb": lambda: f"duckdb:///{request.getfixturevalue('duck')}",
    }[kind]()
    began = time.monotonic()
    assert refused(url, endless).key == "database.too_slow"
    assert time.monotonic() - began < 5


def test_more_rows_than_a_ledger_has(sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MAX_ROWS", 2)
    assert refused(f"sqlite:///{sqlite}").key == "database.too_many_rows"


def test_columns_that_cannot_be_kept(postgres: Cluster, sqlite: Path) -> None:
    assert refused(f"sqlite:///{sqlite}", "SELECT 1 AS a, 2 AS A").key == "database.column_twice"
    assert refused(f"sqlite:///{sqlite}", "SELECT x'00' AS a, 2 AS b").key == "database.column_kind"
    assert refused(address(postgres), "SELECT ARRAY[1] AS a, 2 AS b").facts["kind"] == "list"


def test_what_is_not_there(postgres: Cluster, sqlite: Path, duck: Path, tmp_path: Path) -> None:
    for url in (address(postgres), f"sqlite:///{sqlite}", f"duckdb:///{duck}"):
        missing = refused(url, "SELECT * FROM nowhere")
        assert missing.key == "database.query_failed" and "nowhere" in missing.text()
    assert refused(f"sqlite:///{tmp_path / 'absent.db'}").key == "file.not_found"
    (tmp_path / "text.db").write_text("no database at all, but long enough to be one " * 40)
    assert refused(f"sqlite:///{tmp_path / 'text.db'}").key == "database.query_failed"
    assert refused(f"duckdb:///{tmp_path / 'text.db'}").key == "database.cannot_connect"


def test_packages_that_are_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("mysql+pymysql://u@h/d").key == "database.driver_missing"
    assert refused("klingon://u@h/d").key == "database.kind_unknown"
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    missing = refused("postgresql://u@h/d")
    assert missing.key == "database.extra_missing" and 'pip install "duebook[database]"' in missing.text()


# ---- secrets ----


@pytest.mark.parametrize("way", ["environment", "password file", "option"])
def test_ways_to_give_the_password(
    postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    url = address(postgres, None)
    if way == "environment":
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
    elif way == "password file":
        kept = tmp_path / "pgpass"
        kept.write_text(f"127.0.0.1:*:*:{USER}:{PASSWORD.replace(':', chr(92) + ':')}\n")
        kept.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(kept))
    else:  # over the socket
        secret = quote(PASSWORD, safe="")
        url = f"postgresql:///postgres?host={postgres.folder}&port={postgres.port}&user={USER}&password={secret}"
    assert len(rows(url, QUERY)[1]) == 3


def test_no_file_and_no_line_of_a_close_holds_the_password(
    postgres: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["close", address(postgres), "--query", QUERY, "--as-of", "2026-10-31", "--out", str(out)]
    assert main(arguments) == 0
    said = capsys.readouterr()
    assert (out / "inputs" / "postgres.parquet").is_file()
    files = [path.read_bytes() for path in out.rglob("*") if path.is_file()]
    files += [part for book in out.glob("*.xlsx") for part in _parts(book)]
    everything = b"".join([said.out.encode(), said.err.encode(), *files])
    for spelling in (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), escape(PASSWORD), USER):
        assert spelling.encode() not in everything


def _parts(book: Path) -> list[bytes]:
    with zipfile.ZipFile(book) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_a_wrong_password_is_not_repeated(postgres: Cluster) -> None:
    failed = refused(address(postgres, PASSWORD + "x"))
    assert failed.key == "database.cannot_connect" and "password authentication failed" in failed.text()
    nobody = refused(f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:1/x")
    assert nobody.key == "database.cannot_connect"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:S3cret/word@host/db",
        "postgresql://u:S3cret?x@host/db",
        "postgresql://u:S3cret#x@host/db",
        "postgresql://u:S3:cret@ho:st/db",
        "postgresql://u@host:S3cret/db",
    ],
)
def test_an_unclear_address_is_refused_unseen(url: str) -> None:
    error = refused(url)
    assert error.key == "database.address_unclear"
    assert "cret" not in error.text()


def test_no_error_and_no_picture_of_a_source_holds_the_secret(capsys: pytest.CaptureFixture[str]) -> None:
    url = f"postgresql://me:{quote(PASSWORD, safe='')}@h/d"
    source = database.source(url, QUERY)
    assert "S3cret" not in repr(source) and "S3cret" not in repr(database_address.parsed(url))
    assert source.database == "postgresql://h/d"
    with pytest.raises(SystemExit):
        main(["close", url, "--as-of", "2026-10-31", "--unknown", url])
    assert "S3cret" not in "".join(capsys.readouterr())
    assert main(["close", url, "--as-of", "2026-10-31", "--columns", url]) == 2
    assert "S3cret" not in "".join(capsys.readouterr())


@given(st.text(min_size=1, max_size=20), st.text(max_size=40), st.text(max_size=40))
def test_words_of_a_driver_are_shown_without_the_password(password: str, before: str, after: str) -> None:
    where = database_address.parsed(f"postgresql://u:{quote(password, safe='')}@h/d")
    assert where.password == password
    shown = where.clean(f"{before} {password} {after}")
    if len(password) >= 3 and password.strip() == password and password not in f" {database_address.HIDDEN} ":
        assert f" {password} " not in f" {shown} "


@pytest.mark.parametrize(
    ("url", "shown", "stem"),
    [
        ("postgres://me@db.example.com:5433/erp_prod", "postgresql://db.example.com:5433/erp_prod", "erp_prod"),
        ("mysql+pymysql://me:pw@h/应收", "mysql://h/应收", "应收"),
        ("postgresql:///d?host=/run/sock", "postgresql:///d", "d"),
        ("postgresql://me:p%40ss@[::1]:5432/d", "postgresql://::1:5432/d", "d"),
        ("sqlite:////data/ledgers/erp.2026.db", "sqlite:///erp.2026.db", "erp_2026"),
        ("duckdb:///erp", "duckdb:///erp", "erp"),
        ("sqlite:///C:\\data\\erp.db", "sqlite:///erp.db", "erp"),
        ("mssql+pyodbc://me:pw@dsn", "mssql://dsn/", "mssql"),
    ],
)
def test_addresses(url: str, shown: str, stem: str) -> None:
    found = database_address.parsed(url)
    assert (found.shown, found.stem) == (shown, stem)


def test_files_need_a_name() -> None:
    for url in ("sqlite://", "sqlite:///", "sqlite:///:memory:", "duckdb://erp.db"):
        assert refused(url).key == "database.address_file"
    assert refused("sqlite:///x.db", " ").key == "database.no_query"


def test_names_are_not_taken_twice() -> None:
    given_ = [
        Source(Path("ERP.parquet")),
        *(database.source("sqlite:///erp.db", QUERY, role) for role in (None, "sales")),
    ]
    names = [source.path.name for source in database.named([*given_, *given_[1:]])]
    assert names == ["ERP.parquet", "erp-2.parquet", "erp-sales.parquet", "erp-3.parquet", "erp-4.parquet"]


def test_a_password_in_a_query_is_not_recorded() -> None:
    query = "SELECT * FROM dblink('host=h user=u password=hunter2', 'x') WHERE note = 'postgresql://a:hunter3@h/d'"
    assert "hunter" not in database.shown_query(query)
    assert database.shown_query(QUERY) == QUERY


def test_an_interrupted_fetch_is_told_as_a_failed_query(sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails between two batches is no fault of ours either."""

    def broken(fetch: Any) -> Iterator[Any]:
        yield fetch(1)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(connections, "_many", broken)
    assert "disk I/O error" in refused(f"sqlite:///{sqlite}").text()
