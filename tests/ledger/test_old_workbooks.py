"""Workbooks in the binary forms .xls and .xlsb: cell by cell, and whatever is hostile or broken is refused in words."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import compound, old_workbook
from duebook.ledger.files import RawTable, Source, read_raw
from duebook.ledger.worker import number

from .made_books import packed
from .made_old_books import Cell, Computed, Made, Wrong, binary, record, xls, xls_95, xls_stream, xlsb, xlsb_parts
from .made_old_books import compound as made_compound

FORMS = {"xls": xls, "xlsb": xlsb}
HEADER = ["Customer ID", "Invoice No", "Invoice Date", "Amount"]
LEDGER = [HEADER, ["000123", "R-1", dt.date(2026, 10, 1), 100.25], ["C2 客户", "R-2", dt.date(2026, 10, 31), -7]]


def read(path: Path, sheet: str | None = None) -> dict[str, tuple[RawTable, list[tuple[Any, ...]]]]:
    with Engine(threads=1) as engine:
        found = {}
        for table in read_raw(Source(path, sheet=sheet), engine):
            rows = engine.rows(f"SELECT * FROM {table.name} ORDER BY record")
            assert len(rows) == table.records
            found[str(table.sheet)] = (table, rows)
        assert list(engine.spill_folder.iterdir()) == []
    return found


def refused(path: Path, sheet: str | None = None) -> str:
    with Engine(threads=1) as engine, pytest.raises(DuebookError) as caught:
        read_raw(Source(path, sheet=sheet), engine)
    assert path.name in caught.value.text("en") and str(path.parent) not in caught.value.text("zh")
    return caught.value.key.removeprefix("ledger_files.")


@pytest.mark.parametrize("date_1904", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_cell(tmp_path: Path, form: str, date_1904: bool) -> None:
    rows: list[list[Cell]] = [
        [f"Column {letter}" for letter in "ABCDEFGHIJ"],
        [
            "000123",
            1930571429,
            dt.date(2026, 10, 31),
            dt.datetime(2026, 10, 31, 23, 59, 59),
            True,
            False,
            Wrong("#N/A"),
            Wrong("#DIV/0!", formula=True),
            None,
            "=cmd|' /C calc'!A0",
        ],
        ["two\nlines 客户", 0.1 + 0.2, 1e21, -0.00000125, 1234.56, None, None, None, None, 45000],
        [None] * 10,
        [Computed("算出"), None, dt.date(1999, 12, 31), None, None, None, None, None, None, Wrong("#REF!")],
    ]
    found = read(FORMS[form](tmp_path / f"kinds.{form}", {"Ledger": Made(rows, hidden=(2,))}, date_1904))
    table, cells = found["Ledger"]
    assert table.facts["date_system"] == ("1904" if date_1904 else "1900")
    assert (table.facts["hidden_rows_read_too"], table.facts["blank_lines"]) == ("1", "1")
    assert cells == [
        (1, 2, "tnddbbee.t",
         "000123", "1930571429", "2026-10-31", "2026-10-31 23:59:59", "TRUE", "FALSE", "#N/A", "#DIV/0!", None,
         "=cmd|' /C calc'!A0"),
        (2, 3, "tnnnn....n",
         "two\nlines 客户", "0.3", "1000000000000000000000", "-0.00000125", "1234.56", None, None, None, None, "45000"),
        (3, 5, "t.d......e", "算出", None, "1999-12-31", *[None] * 6, "#REF!"),
    ]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_same_cells_as_in_xlsx(tmp_path: Path, form: str) -> None:
    """A title over two merged cells, a blank line, the header below: as XlsxWriter's file of the same content."""
    book = xlsxwriter.Workbook(tmp_path / "same.xlsx", {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Ledger")
    sheet.merge_range(0, 0, 0, 3, "Receivables")
    for row, cells in enumerate(LEDGER, 3):
        sheet.write_row(row, 0, cells)
    book.close()
    rows: list[list[Cell]] = [["Receivables"], [], [], *LEDGER]
    ours, theirs = read(FORMS[form](tmp_path / f"same.{form}", {"Ledger": Made(rows)})), read(tmp_path / "same.xlsx")
    assert ours["Ledger"][1] == theirs["Ledger"][1]
    assert ours["Ledger"][0].headers == theirs["Ledger"][0].headers == tuple(HEADER)
    assert ours["Ledger"][0].header_line == theirs["Ledger"][0].header_line == 4
    assert ours["Ledger"][0].facts == theirs["Ledger"][0].facts


@pytest.mark.parametrize("form", FORMS)
def test_hidden_sheets_are_named_and_read_when_asked_for(tmp_path: Path, form: str) -> None:
    sheets = {"隐藏": Made(LEDGER, 1), "Ledger": Made(LEDGER), "Deep": Made(LEDGER, 2), "Blank": Made([])}
    path = FORMS[form](tmp_path / f"sheets.{form}", sheets)
    found = read(path)
    assert list(found) == ["Ledger"]
    assert found["Ledger"][0].facts["hidden_sheets_not_read"] == "隐藏, Deep"
    assert list(read(path, "隐藏")) == ["隐藏"] and list(read(path, "Deep")) == ["Deep"]
    assert refused(path, "Nowhere") == "no_sheet"
    assert refused(path, "Blank") == "no_data"


@pytest.mark.parametrize("page", [1200, 1252, 936, 65001, 437])
@pytest.mark.parametrize("size", [1, 300])
def test_unicode_whatever_the_code_page_says(tmp_path: Path, page: int, size: int) -> None:
    """JExcelApi writes 1252 into its workbooks; in the mini stream and in sectors of its own."""
    sheets = {"应收": Made([HEADER, *([["贸易有限公司", "Müller", dt.date(2026, 10, 1), 1]] * size)])}
    path = xls(tmp_path / "unicode.xls", sheets, more=record(0x42, struct.pack("<H", page)))
    ((name, (table, rows)),) = read(path).items()
    assert (name, table.headers, len(rows)) == ("应收", tuple(HEADER), size)
    assert rows[-1][3:] == ("贸易有限公司", "Müller", "2026-10-01", "1")


NAMES = {
    936: ("应收账款", "贸易有限公司"),
    950: ("應收帳款", "貿易公司"),
    1252: ("Débits", "Müller"),
    437: ("Soll", "Müller"),
}


@pytest.mark.parametrize(("page", "name", "customer"), [(page, *names) for page, names in NAMES.items()])
def test_excel_95_in_a_code_page(tmp_path: Path, page: int, name: str, customer: str) -> None:
    rows: list[list[Cell]] = [HEADER, [customer, "R-1", "2026-10-01", 100.25], ["C2", "R-2", "2026-10-31", -7]]
    ((sheet, (table, found)),) = read(xls_95(tmp_path / "old.xls", name, rows, page)).items()
    assert (sheet, table.headers) == (name, tuple(HEADER))
    assert found == [
        (1, 2, "tttn", customer, "R-1", "2026-10-01", "100.25"),
        (2, 3, "tttn", "C2", "R-2", "2026-10-31", "-7"),
    ]
    assert list(read(tmp_path / "old.xls", name)) == [name]


WORDS = st.text(st.characters(codec="utf-16", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
CELLS = st.one_of(
    st.none(),
    WORDS,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False).map(float),
    st.dates(dt.date(1910, 1, 1), dt.date(2100, 12, 31)),
)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=12)
@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=12), date_1904=st.booleans())
def test_any_table_survives(tmp_path_factory: pytest.TempPathFactory, form: str, rows: Any, date_1904: bool) -> None:
    path = tmp_path_factory.mktemp("law") / f"any.{form}"
    header = ["Invoice No", "Customer", "Amount"]
    table, found = read(FORMS[form](path, {"S": Made([header, *rows])}, date_1904))["S"]
    assert table.headers == tuple(header)
    expected = []
    for line, row in enumerate(rows, 2):
        if any(cell is not None for cell in row):
            expected.append((len(expected) + 1, line, "".join(map(_kind, row)), *map(_text, row)))
    assert found == expected


def _kind(cell: Cell) -> str:
    return {type(None): ".", str: "t", bool: "b", int: "n", float: "n", dt.date: "d"}[type(cell)]


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return number(float(cell))
    return cell.isoformat() if isinstance(cell, dt.date) else cell if isinstance(cell, str) else None


# ---- refusals of .xls ----


def test_a_password_is_asked_for_by_a_record(tmp_path: Path) -> None:
    path = xls(tmp_path / "locked.xls", {"S": Made(LEDGER)}, more=record(0x2F, bytes(6)))
    assert refused(path) == "password"


def test_other_office_files(tmp_path: Path) -> None:
    path = tmp_path / "letter.xls"
    path.write_bytes(made_compound({"WordDocument": bytes(5000), "1Table": bytes(100)}))
    assert refused(path) == "no_workbook_inside"


def test_a_small_and_a_large_stream(tmp_path: Path) -> None:
    """Under 4,096 bytes a stream stands in the mini stream; above 7 MB the table of sectors needs one of its own."""
    small = xls(tmp_path / "small.xls", {"S": Made(LEDGER)})
    assert len(xls_stream({"S": Made(LEDGER)})) < 4096
    assert len(read(small)["S"][1]) == 2
    rows = [HEADER, *([f"C{n}", "R" * 60, dt.date(2026, 1, 1), n] for n in range(40_000))]
    large = xls(tmp_path / "large.xls", {"S": Made(rows)})
    assert large.stat().st_size > 109 * 128 * 512
    table, found = read(large)["S"]
    assert table.records == 40_000
    assert sum(int(row[-1]) for row in found) == 40_000 * 39_999 // 2


def test_larger_than_the_form_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compound, "MAX_FILE", 1 << 10)
    assert refused(xls(tmp_path / "large.xls", {"S": Made(LEDGER)})) == "too_large"


def test_stray_cells_far_out(tmp_path: Path) -> None:
    """A sheet of 65,536 × 256 holds 16.8 million cells: three such pass the limit of 40 million, two do not."""
    cell = record(0x0204, struct.pack("<HHH", 65_535, 255, 0) + struct.pack("<HB", 1, 0) + b"x")
    good = xls_stream({"A": Made(LEDGER), "B": Made(LEDGER), "C": Made(LEDGER)})
    # each sheet's stream gets the cell before its end; offsets are put right by moving the later sheets
    place, parts = len(good), []
    for end in (m for m in reversed(range(len(good) - 3)) if good[m : m + 4] == record(0x0A)):
        if len(parts) < 3:
            parts.append(good[end:place])
            place = end
    stream = bytearray(good[:place] + cell.join([b"", *reversed(parts)]))
    for nth, name in enumerate("ABC"):
        at = bytes(stream).index(struct.pack("<BBBB", 0, 0, 1, 1) + name.encode("utf-16-le")) - 4
        (start,) = struct.unpack_from("<I", stream, at)
        struct.pack_into("<I", stream, at, start + nth * len(cell))
    path = tmp_path / "far.xls"
    path.write_bytes(made_compound({"Workbook": bytes(stream)}))
    assert refused(path) == "extent"


@pytest.mark.parametrize("form", FORMS)
def test_cut_and_damaged_anywhere(tmp_path: Path, form: str) -> None:
    """No cut and no byte makes it fail otherwise than in words."""
    whole = FORMS[form](tmp_path / f"whole.{form}", {"S": Made(LEDGER), "T": Made(LEDGER)}).read_bytes()
    path = tmp_path / f"broken.{form}"
    for place in range(8, len(whole), len(whole) // 6):
        for data in (whole[:place], whole[:place] + b"\xff\xff\xff\xff" + whole[place + 4 :]):
            path.write_bytes(data)
            with Engine(threads=1) as engine:
                try:
                    read_raw(Source(path), engine)
                except DuebookError as error:
                    assert error.key.startswith("ledger_files.")
                assert list(engine.spill_folder.iterdir()) == []


@settings(max_examples=300)
@given(st.data())
def test_the_survey_withstands_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """The guard alone, without the reader behind it: 300 files with bytes changed at random places."""
    whole = bytearray(made_compound({"Workbook": xls_stream({"S": Made(LEDGER), "T": Made(LEDGER)})}))
    for place in data.draw(st.lists(st.integers(8, len(whole) - 1), min_size=1, max_size=6)):
        whole[place] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "any.xls"
    path.write_bytes(whole)
    try:
        old_workbook.survey(path)
    except DuebookError as error:
        assert error.key.startswith("ledger_files.")


def test_chains_that_never_end(tmp_path: Path) -> None:
    whole = bytearray(made_compound({"Workbook": xls_stream({"S": Made(LEDGER)}).ljust(6000, b"\0")}))
    (table,) = struct.unpack_from("<I", whole, 76)
    circle = bytes(whole)[: 512 * (table + 1)] + struct.pack("<128I", *([0] * 128)) + bytes(whole)[512 * (table + 2) :]
    path = tmp_path / "circle.xls"
    path.write_bytes(circle)
    assert refused(path) == "workbook_damaged"
    extra = len(whole) // 512 - 1  # one more sector, in which the table of tables leads into itself
    struct.pack_into("<II", whole, 68, extra, 1)
    path.write_bytes(whole + struct.pack("<128I", *([0xFFFFFFFF] * 127), extra))
    assert refused(path) == "workbook_damaged"


def test_one_sheet_under_many_names(tmp_path: Path) -> None:
    """Two thousand names for one sheet would be read two thousand times."""
    stream = xls_stream({"A": Made(LEDGER), "B": Made(LEDGER)})
    at = stream.index(struct.pack("<BBBB", 0, 0, 1, 1) + "B".encode("utf-16-le")) - 4
    first = stream.index(struct.pack("<BBBB", 0, 0, 1, 1) + "A".encode("utf-16-le")) - 4
    path = tmp_path / "twice.xls"
    path.write_bytes(made_compound({"Workbook": stream[:at] + stream[first : first + 4] + stream[at + 4 :]}))
    assert refused(path) == "workbook_damaged"


# ---- refusals of .xlsb ----


def _with_sheet(folder: Path, *records: bytes) -> Path:
    parts = xlsb_parts({"S": Made(LEDGER)})
    parts["xl/worksheets/sheet1.bin"] = b"".join([binary(129), binary(145), *records, binary(146), binary(130)])
    return packed(folder / "made.xlsb", parts)


def _row(number_: int) -> bytes:
    return binary(0, struct.pack("<IIHBBBI", number_, 0, 300, 0, 0, 0, 0))


def _cell(column: int) -> bytes:
    return binary(5, struct.pack("<IId", column, 0, 1.0))


def test_stray_cells_far_out_in_binary(tmp_path: Path) -> None:
    assert refused(_with_sheet(tmp_path, _row(0), _cell(0), _row(1_048_575), _cell(16_383))) == "extent"
    assert refused(_with_sheet(tmp_path, _row(0), _cell(0), _row(4_000_000_000), _cell(1))) == "extent"
    assert refused(_with_sheet(tmp_path, _row(0), _cell(0), _cell(0xFFFFFF))) == "extent"


def test_text_that_the_reader_would_skip(tmp_path: Path) -> None:
    """Formatted text in a cell itself, not in the table of texts: the reader gives a blank without a word."""
    text = "C1".encode("utf-16-le")
    cell = binary(62, struct.pack("<II", 0, 0) + b"\0" + struct.pack("<I", 2) + text)
    assert refused(_with_sheet(tmp_path, _row(0), _cell(1), cell)) == "rich_text"


def test_a_record_longer_than_its_part(tmp_path: Path) -> None:
    assert refused(_with_sheet(tmp_path, _row(0), b"\x05\xff\xff\x7f")) == "workbook_damaged"
    assert refused(_with_sheet(tmp_path, _row(0), b"\x05\xff\xff\xff\x7f")) == "workbook_damaged"


def test_bombs_and_entities_are_refused_as_in_xlsx(tmp_path: Path) -> None:
    parts = xlsb_parts({"S": Made(LEDGER)})
    parts["xl/worksheets/sheet1.bin"] = bytes(64 << 20)
    assert refused(packed(tmp_path / "bomb.xlsb", parts)) == "zip_ratio"
    parts = xlsb_parts({"S": Made(LEDGER)})
    parts["xl/_rels/workbook.bin.rels"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/_rels/workbook.bin.rels"]
    assert refused(packed(tmp_path / "entity.xlsb", parts)) == "entities"
    parts = xlsb_parts({"S": Made(LEDGER)})
    del parts["xl/workbook.bin"]
    assert refused(packed(tmp_path / "headless.xlsb", parts)) == "workbook_damaged"
