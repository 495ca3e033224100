"""Delimited text: what Python's csv module writes reads back the same, and what is broken is reported, not lost."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import headings, plain
from duebook.ledger.files import RawTable, Source, read_raw

# Characters that have broken CSV readers: quotes, delimiters, line ends, our own separators, wide and rare letters.
_LETTERS = st.sampled_from(list('aZ09 .-\'""",;\t|\n\r\\#=\x1b\x1f012客户金额é€ß№\u2028\u0085\u00a0\ufeff𐐀'))
_CELL = st.text(_LETTERS, max_size=8) | st.text(max_size=6)
_UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "gb18030"]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    return draw(st.lists(st.lists(_CELL, min_size=width, max_size=width), min_size=1, max_size=8))


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> tuple[str, list[int]]:
    """The text, and the physical line on which each row begins (a line ends with LF, CR or CRLF)."""
    text = io.StringIO(newline="")
    if any(set(cell) & set("\r\n") for row in rows for cell in row):
        quoting = csv.QUOTE_ALL  # csv.writer leaves a CR bare where lines end with LF, and so cuts the record itself
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    lines = []
    for row in rows:
        before = text.getvalue().replace("\r\n", "\n").replace("\r", "\n")
        lines.append(before.count("\n") + 1)
        writer.writerow(row)
    return text.getvalue(), lines


def read(content: bytes, engine: Engine, **given: str) -> tuple[RawTable, list[tuple[object, ...]]]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.csv"
        path.write_bytes(content)
        (table,) = read_raw(Source(path, **given), engine)
    rows = engine.rows(f"SELECT * FROM {table.name} ORDER BY record")
    assert len(rows) + len(table.rejected) == table.records
    return table, rows


@settings(max_examples=150, deadline=None)
@given(
    tables(),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(_UNICODE),
)
@example([["a", 'x"y'], ["", "1\r\n2"]], ",", "\r\n", csv.QUOTE_MINIMAL, "utf-8")
def test_round_trip(rows: list[list[str]], delimiter: str, end: str, quoting: int, encoding: str) -> None:
    assume(
        not any("\0" in cell or any("\ud800" <= letter <= "\udfff" for letter in cell) for row in rows for cell in row)
    )
    assume(not any(sum(map(headings._is_known, row)) > 1 for row in rows))  # such a row is taken for the header
    header = [f"column {number}" for number in range(1, len(rows[0]) + 1)]
    text, lines = written([header, *rows], delimiter, end, quoting)
    codec = encoding.replace("-sig", "")
    with Engine(threads=1) as engine:
        table, found = read(text.encode(encoding), engine, delimiter=delimiter, encoding=codec)
    assert table.headers == tuple(header)
    assert table.rejected == ()
    expected = [
        (line, *(cell or None for cell in row))
        for line, row in zip(lines[1:], rows, strict=True)
        if any(row)  # a row of empty cells is a blank line
    ]
    assert [(line, *cells) for _, line, _, *cells in found] == expected
    assert [record for record, *_ in found] == list(range(1, len(expected) + 1))


_SENTENCES = {
    "utf-8": "Müller,客户",
    "utf-8-sig": "Müller,客户",
    "utf-16": "Müller,客户",
    "utf-16-le": "Müller,客户",
    "utf-16-be": "Müller,客户",
    "utf-32-le": "Müller,客户",
    "utf-32-be": "Müller,客户",
    "gb18030": "北京京东方科技,深圳市電子有限公司",
    "gbk": "上海贸易公司,已付款",
    "big5": "台北貿易股份有限公司,應收帳款",
    "cp1252": "Müller & Söhne,Zürich – 20 €",
    "latin-1": "Société Générale,à Besançon",
}


@pytest.mark.parametrize(("encoding", "line"), _SENTENCES.items())
def test_the_encoding_is_told_from_the_bytes(encoding: str, line: str) -> None:
    text = "number,customer,remark\r\n" + "".join(f"{n},{line}\r\n" for n in range(1, 6))
    with Engine() as engine:
        _, rows = read(text.encode(encoding), engine)
    assert rows[4] == (5, 6, None, "5", *line.split(","))


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030"])
def test_one_foreign_line_at_the_end_counts(encoding: str) -> None:
    """Half a million plain lines, then one with an accent: the encoding is decided by all of the file."""
    last = {"cp1252": "Müller", "gb18030": "客户公司"}[encoding]
    text = "number,customer\n" + "7,plain\n" * 600_000 + f"8,{last}\n"
    with Engine() as engine:
        table, rows = read(text.encode(encoding), engine)
    assert table.records == 600_001
    assert rows[-1] == (600_001, 600_002, None, "8", last)


def test_a_late_bad_byte_is_refused_with_its_line() -> None:
    content = ("客户,金额\n" + "北京,1\n" * 400_000).encode() + b"\xff\xfe,2\n" + "上海,3\n".encode()
    with Engine() as engine, pytest.raises(DuebookError) as caught:
        read(content, engine)
    assert (caught.value.key, caught.value.facts["line"]) == ("ledger_files.bad_byte", 400_002)
    with Engine() as engine, pytest.raises(DuebookError) as caught:
        read("客户,金额\n北京,1\n".encode("gb18030") + b"a\xff,2\n", engine, encoding="gbk")
    assert (caught.value.key, caught.value.facts["line"]) == ("ledger_files.bad_byte", 3)


def test_an_unknown_encoding_name() -> None:
    with Engine() as engine, pytest.raises(DuebookError, match="no encoding named 'klingon'"):
        read(b"a,b\n1,2\n", engine, encoding="klingon")


def test_ragged_records_are_reported_with_their_line() -> None:
    content = b'id,name,amount\n1,a,10\n2,b\n3,c,30,,\n\n4,d,40,5\n"5,e,50\n6,"f"x,60\n7,g,70\n8,h,80\n'
    with Engine() as engine:
        table, rows = read(content, engine)
    assert [(line, first) for _, line, _, first, *_ in rows] == [(2, "1"), (4, "3"), (9, "7"), (10, "8")]
    assert [(p.line, p.reason, p.value) for p in table.rejected] == [
        (3, "ledger_files.too_few_fields", "2,b"),
        (6, "ledger_files.too_many_fields", "4,d,40,5"),
        (7, "ledger_files.bad_quote", '"5,e,50'),
        (8, "ledger_files.bad_quote", '6,"f"x,60'),
    ]
    assert (table.records, table.facts["blank_lines"], table.facts["trailing_delimiters"]) == (8, "1", "1")
    assert all(problem.file == "ledger.csv" and problem.treatment == "left_out" for problem in table.rejected)


def test_a_quote_never_closed_costs_one_line() -> None:
    content = "id,name\n" + "".join(f"{n},x\n" for n in range(1, 2001)) + '2001,"open\n' + "2002,y\n" * 3000
    with Engine() as engine:
        table, rows = read(content.encode(), engine)
    assert table.records == 5001
    assert [(p.line, p.reason) for p in table.rejected] == [(2002, "ledger_files.open_quote")]
    assert rows[-1][:2] == (5001, 5002)


def test_titles_blank_lines_and_totals_around_the_table() -> None:
    content = (
        "Example Trading Ltd,,,\nAged receivables,,,\n\nAs of,2026-10-31,,\n"
        "Customer,Invoice,Due date,Amount\nA,1,2026-11-01,10.50\nB,2,2026-09-01,20.00\n\nTotal,,,30.50\n"
    )
    with Engine() as engine:
        table, rows = read(content.encode(), engine)
    assert (table.headers[0], table.header_line, table.records) == ("Customer", 5, 3)
    assert [(line, first) for _, line, _, first, *_ in rows] == [(6, "A"), (7, "B"), (9, "Total")]
    assert table.facts["title_lines"] == "3"


@pytest.mark.parametrize(
    ("text", "delimiter", "comma"),
    [
        ("a;b\n1;1.234,50\n2;0,75\n", "semicolon", True),
        ('a,b\n1,"1,234.50"\n2,0.75\n', "comma", False),
        ("a\tb\n1\t12\n2\t34\n", "tab", None),
        ("a|b\n1|1.234,50\n2|1,234.50\n", "vertical bar", None),
    ],
)
def test_delimiter_and_decimal_mark(text: str, delimiter: str, comma: bool | None) -> None:
    with Engine() as engine:
        table, _ = read(text.encode(), engine)
    assert (table.facts["delimiter"], table.decimal_comma) == (delimiter, comma)


def test_a_separator_line_beats_the_looks_of_the_file() -> None:
    with Engine() as engine:
        table, rows = read(b"sep=|\r\na,b|c,d\r\n1,2|3,4\r\n", engine)
    assert (table.headers, table.header_line) == (("a,b", "c,d"), 2)
    assert rows == [(1, 3, None, "1,2", "3,4")]


def test_large_regular_and_large_irregular_files_agree() -> None:
    """The engine reads the regular file itself, the strict reader the other; both give the same rows."""
    lines = [f'{n},"Customer ""{n % 97}""",{n}.50,' for n in range(1, 30_001)]
    regular = "id,name,amount,note\r\n" + "".join(f"{line}\r\n" for line in lines)
    irregular = regular.replace("\r\n", "\n", 1)  # two kinds of line ends
    with Engine() as engine:
        _, one = read(regular.encode(), engine)
        _, two = read(irregular.encode(), engine)
    assert one == two
    assert one[-1] == (30_000, 30_001, None, "30000", 'Customer "27"', "30000.50", None)


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from('ab1",";\n\r é'), max_size=60), st.sampled_from(["", "\r\n", "\n", '1,"a"\r\n']))
@example('1,"a""b"\n', "")
@example('"",""\n1,2\n', "")
@example('1,"a\n2,"b"\n', "")
@example('1,a"b\n2,c"d\n', "")
def test_the_quick_way_and_the_careful_way_agree_on_any_text(junk: str, end: str) -> None:
    """Whatever the quick scan lets the engine read itself must come out as the strict reader has it."""
    content = ("x,y\r\n" if "\r\n" in end else "x,y\n").encode() + (junk + end).encode()

    def outcome() -> object:
        with Engine(threads=1) as engine:
            try:
                table, rows = read(content, engine, delimiter=",", encoding="utf-8")
            except DuebookError as error:
                return error.key
            return rows, table.records, [(p.line, p.reason) for p in table.rejected]

    quick = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "scan", lambda *_: None)
        assert quick == outcome()


def test_neither_folder_nor_name_changes_what_is_read(tmp_path: Path) -> None:
    """Brackets, wildcards, key=value folders and endings mean something to the engine, and nothing here."""
    folder = tmp_path / "year=2026" / "it's [1]*"
    folder.mkdir(parents=True)
    (folder / "export1x.csv").write_bytes(b"a,b\n7,8\n")
    for name in ("export[1]?.csv", "plain.csv.gz", "~ledger.parquet", "账簿 2026.csv"):
        (folder / name).write_bytes(b"a,b\n1,2\n")
        with Engine() as engine:
            (table,) = read_raw(Source(folder / name), engine)
            assert engine.rows(f"SELECT * FROM {table.name}") == [(1, 2, None, "1", "2")]
            assert engine.columns(table.name) == ["record", "line", "kinds", "c1", "c2"]


def test_delimiters_by_name() -> None:
    with Engine() as engine:
        assert read(b"a;b\tc\n1;2\t3\n", engine, delimiter="tab")[0].headers == ("a;b", "c")
        assert read(b"a;b\tc\n1;2\t3\n", engine, delimiter="semicolon")[0].headers == ("a", "b\tc")
        with pytest.raises(DuebookError, match="cannot be a delimiter"):
            read(b"a;b\n1;2\n", engine, delimiter="::")
