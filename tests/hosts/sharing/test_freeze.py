"""`duebook freeze`: every formula of ours becomes the value it had, with a note, and nothing else changes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import xlsxwriter
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName
from shared_books import (
    THREADED,
    book,
    cells,
    computed,
    formula,
    linked,
    parts_of,
    rich,
    same_xml,
    shown,
    threaded,
)
from tests.books.made_package import Made
from tests.books.schemas import violations

from duebook.hosts.cli import main
from duebook.hosts.sharing.copies import opened


def frozen(path: Path, *words: str, status: int = 0) -> Path:
    assert main(["freeze", str(path), *words]) == status
    return path.with_name(f"{path.stem}.values{path.suffix}")


@pytest.fixture
def rich_book(tmp_path: Path) -> Path:
    return rich(tmp_path / "rich.xlsx")


def test_cells_hold_their_values(rich_book: Path) -> None:
    before = cells(rich_book)
    after = cells(frozen(rich_book, status=1))
    ours = ["B1", "B2", "B3", "B4", "B5", "B6", "C1", "C2", "C3", "D1", "G1", "H2"]
    assert sorted(at for at in before if formula(before[at]) is not None and formula(after[at]) is None) == sorted(ours)
    assert {at: shown(after[at]) for at in before} == {at: shown(before[at]) for at in before}
    kinds = {at: after[at].get("t") for at in ("B1", "B2", "B3", "B4", "B5")}
    assert kinds == {"B1": None, "B2": "inlineStr", "B3": None, "B4": "b", "B5": "e"}
    assert after["B3"].get("s") == before["B3"].get("s"), "dates keep their format"
    assert after["G1"].get("cm") is None
    assert formula(after["B7"]) == formula(before["B7"]), "a string, a sheet and a longer name are no call of ours"


def test_text_that_looks_like_a_formula_is_marked_as_text(rich_book: Path) -> None:
    target = frozen(rich_book, status=1)
    sheet = load_workbook(target)["Data"]
    assert (sheet["B6"].value, sheet["B6"].data_type, sheet["B6"].quotePrefix) == ("=1+1", "s", True)


def test_what_spills_is_referred_to_as_an_area(rich_book: Path) -> None:
    assert formula(cells(frozen(rich_book, status=1))["H1"]) == "SUM($G$1:$G$3)"


def test_notes(rich_book: Path) -> None:
    sheet = load_workbook(frozen(rich_book, status=1))["Data"]
    said = {at: sheet[at].comment.text for at in ("B1", "B2", "C2", "D1", "G1", "H2")}
    assert said == {
        "B1": "Formula: =DSO(A1,A2,A3) · frozen by Duebook",
        "B2": 'Ask Anna first.\n\nFormula: =IF(B1>40,"DSO("&ROUND(dso(A1,A2,A3),1)&")","") · frozen by Duebook',
        "C2": "Formula: =DSO($A$1,A2,30) · frozen by Duebook",
        "D1": "Formula: {=AGING(A1:A3,A1:A3)} · fills D1:E2 · frozen by Duebook",
        "G1": "Formula: =PAYMENT_PLAN(A1,3) · fills G1:G3 · frozen by Duebook",
        "H2": "Formula: =TwiceLate*2 · frozen by Duebook",
    }
    assert sheet["B1"].comment.author == "Duebook"
    assert sheet["B2"].comment.author == "Ben", "a note that was there stays its author's"
    assert sheet["E1"].comment is None and sheet["A1"].comment is None


def test_notes_in_chinese(rich_book: Path) -> None:
    sheet = load_workbook(frozen(rich_book, "--language", "zh", status=1))["Data"]
    assert sheet["B1"].comment.text == "公式：=DSO(A1,A2,A3) · 已由 Duebook 转为数值"


def test_each_note_has_one_box_with_a_number_of_its_own(rich_book: Path) -> None:
    parts = parts_of(frozen(rich_book, status=1))
    numbers: list[str] = []
    for name in [n for n in parts if n.endswith(".vml")]:
        root = etree.fromstring(parts[name])
        boxes = {(s.findtext(".//{*}Row"), s.findtext(".//{*}Column")): s.get("id", "") for s in root.iter("{*}shape")}
        numbers += boxes.values()
        blocks = {int(n) for e in root.iter("{*}idmap") for n in e.get("data", "").split(",")}
        assert {int(n.rpartition("s")[2]) // 1024 for n in boxes.values()} == blocks
        comments = parts[f"xl/comments{1 if 'Drawing1' in name else 2}.xml"]
        assert len(etree.fromstring(comments).findall(".//{*}comment")) == len(boxes)
    assert len(numbers) == len(set(numbers)) == 14


def test_everything_else_is_as_before(rich_book: Path) -> None:
    before, after = parts_of(rich_book), parts_of(frozen(rich_book, status=1))
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {
        "xl/worksheets/sheet1.xml",  # cells
        "xl/worksheets/sheet3.xml",  # cells, a legacy drawing
        "xl/worksheets/_rels/sheet3.xml.rels",
        "xl/tables/table1.xml",  # the column's formula
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
        "xl/styles.xml",  # the quoted style
        "xl/calcChain.xml",  # gone: the program makes it anew
        "xl/_rels/workbook.xml.rels",
        "[Content_Types].xml",
    }
    assert set(after) - set(before) == {"xl/comments2.xml", "xl/drawings/vmlDrawing2.vml"}
    assert "xl/calcChain.xml" not in after


def test_table_columns_do_not_fill_new_rows(rich_book: Path) -> None:
    assert b"calculatedColumnFormula" not in parts_of(frozen(rich_book, status=1))["xl/tables/table1.xml"]


@pytest.mark.shared
def test_is_valid_by_the_schemas(rich_book: Path, shared: Path) -> None:
    known = violations(rich_book, shared / "schemas")
    assert violations(frozen(rich_book, status=1), shared / "schemas") == known == {}


def test_what_cannot_be_frozen_is_named(rich_book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frozen(rich_book, "--json", status=1)
    left = json.loads(capsys.readouterr().out)["left"]
    assert [(e["kind"], e["where"], e["formula"]) for e in left] == [
        ("name", "Rate", "DSO(Data!$A$1,Data!$A$2,30)"),
        ("name", "TwiceLate", "Rate*2"),
        ("format", "Data!A1:A3", "DSO($A1,1,1)>3"),
        ("validation", "Data!A2", "DSO(A1,A2,A3)<99"),
        ("format", "Data!A3", "HHI($A$1:$A$3)>1"),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report(rich_book: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    frozen(rich_book, "--language", language, status=1)
    said = capsys.readouterr().out.splitlines()
    expected = {
        "en": "rich.values.xlsx: 14 formulas with Duebook functions (19 cells) now hold their values, on Data, Table.",
        "zh": "rich.values.xlsx：14 个含 Duebook 函数的公式（共 19 个单元格）已改为数值，所在工作表：Data, Table。",
    }
    assert said[0].startswith(expected[language])
    assert len(said) == 6
    assert all("=DSO(" in line or "=HHI(" in line or "=Rate*2" in line for line in said[1:])


def test_the_same_input_gives_the_same_bytes(rich_book: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    for out in (tmp_path / "one.xlsx", other / "two.xlsx"):
        main(["freeze", str(rich_book), "--out", str(out)])
    assert (tmp_path / "one.xlsx").read_bytes() == (other / "two.xlsx").read_bytes()


def test_freezing_twice_finds_nothing_more(rich_book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    once = frozen(rich_book, status=1)
    assert main(["freeze", str(once)]) == 1
    assert not (tmp_path / "rich.values.values.xlsx").exists()
    assert "no cell calls a Duebook function" in capsys.readouterr().out


def test_a_thread_gets_an_answer(tmp_path: Path) -> None:
    path = threaded(tmp_path / "thread.xlsx")
    parts = parts_of(frozen(path))
    thread = etree.fromstring(parts["xl/threadedComments/threadedComment1.xml"])
    assert [e.get("parentId") for e in thread] == [None, "{1}", "{1}"]
    answer = thread[2]
    assert answer.findtext("{*}text") == "Formula: =DSO(A1,A2,A3) · frozen by Duebook"
    assert (answer.get("ref"), answer.get("dT")) == ("B1", "2026-03-02T10:00:00.00")
    people = {e.get("id"): e.get("displayName") for e in etree.fromstring(parts["xl/persons/person.xml"])}
    assert people == {"{P}": "Anna", answer.get("personId"): "Duebook"}
    notes = etree.fromstring(parts["xl/comments1.xml"])
    assert len(notes.findall(".//{*}comment")) == 1
    assert "".join(notes.itertext("{*}t")).endswith("Reply:\n    Formula: =DSO(A1,A2,A3) · frozen by Duebook")
    assert same_xml(parts["xl/drawings/vmlDrawing1.vml"], parts_of(path)["xl/drawings/vmlDrawing1.vml"])
    assert etree.QName(thread).namespace == THREADED


def test_prefixed_parts(tmp_path: Path) -> None:
    """A writer that puts a prefix before every element, and leaves out the cells' references."""
    path = book(tmp_path / "x.xlsx", {"B1": ("DSO(A1,A2,A3)", 45), "B2": ("SUM(A1:A3)", 1)})
    made = Made.read(path)
    root = etree.fromstring(made.parts["xl/worksheets/sheet1.xml"])
    text = etree.tostring(root).decode()
    text = text.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=").replace(' r="B1"', "")
    made.parts["xl/worksheets/sheet1.xml"] = text.encode()
    made.write(path)
    target = frozen(path)
    after = cells(target)
    assert (formula(after["B1"]), shown(after["B1"]), formula(after["B2"])) == (None, "45", "SUM(A1:A3)")
    assert load_workbook(target)["Data"]["B1"].comment.text.startswith("Formula: =DSO")


@pytest.mark.parametrize(
    ("cell", "computed_"),
    [
        ('<c r="B1"><f>DSO(A1,A2,A3)</f></c>', False),
        ('<c r="B1"><f>DSO(A1,A2,A3)</f><v></v></c>', False),
        ('<c r="B1" t="str"><f>DSO(A1,A2,A3)</f></c>', False),
        ('<c r="B1" t="e"><f>DSO(A1,A2,A3)</f><v>#NAME?</v></c>', False),
        ('<c r="B1" t="e"><f>DSO(A1,A2,A3)</f><v>#BUSY!</v></c>', False),
        ('<c r="B1" t="e" cm="1" vm="1"><f t="array" ref="B1">AGING(A1,A1)</f><v>#VALUE!</v></c>', False),
        ('<c r="B1" t="str"><f>DSO(A1,A2,A3)</f><v></v></c>', True),
        ('<c r="B1" t="e"><f>DSO(A1,A2,A3)</f><v>#VALUE!</v></c>', True),
        ('<c r="B1"><f>DSO(A1,A2,A3)</f><v>0</v></c>', True),
    ],
)
def test_without_a_value_nothing_is_frozen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, computed_: bool
) -> None:
    path = book(tmp_path / "x.xlsx", {"B1": ("1", 1)})
    made = Made.read(path)
    made.replace("xl/worksheets/sheet1.xml", '<c r="B1"><f>1</f><v>1</v></c>', cell)
    made.write(path)
    frozen(path, status=0 if computed_ else 2)
    said = capsys.readouterr()
    assert (tmp_path / "x.values.xlsx").exists() == computed_
    if not computed_:
        assert "1 cells with Duebook functions have no computed value: Data!B1." in said.err
        assert "Open the workbook in Excel with the add-in, recalculate" in said.err


def what_if(path: Path, marks: str, edge: dict[str, tuple[str, object]]) -> Path:
    """B1 holds a formula of ours; F12:G13 is a what-if table with results 7, 8, 9, 10, whose formulas are at `edge`."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_column("A1", [15000, 10000, 30])
        sheet.write_formula("B1", "=DSO(A1,A2,A3)", None, 45)
        for at, (said, value) in edge.items():
            sheet.write_formula(at, "=" + said, None, value)
        sheet.write_row("F12", [7, 8])
        sheet.write_row("F13", [9, 10])
        workbook.add_worksheet("Other").write_formula("A1", "=Data!B1*2", None, 90)
        workbook.define_name("Late", "=Other!$A$1")
        workbook.define_name("Free", "=Data!$A$1*2")
    made = Made.read(computed(path))
    table = f'<c r="F12"><f t="dataTable" ref="F12:G13" {marks}/>'
    made.replace("xl/worksheets/sheet1.xml", '<c r="F12">', table)
    return made.write(path)


ROW, COLUMN, BOTH = 'dt2D="0" dtr="1" r1="A1"', 'dt2D="0" dtr="0" r1="A1"', 'dt2D="1" dtr="1" r1="A1" r2="A2"'


@pytest.mark.parametrize(
    ("marks", "edge", "said"),
    [
        (COLUMN, {"G11": ("B1*2", 90)}, "{=TABLE(,A1)}"),
        (ROW, {"E13": ("B1*2", 90)}, "{=TABLE(A1,)}"),
        (BOTH, {"E11": ("B1*2", 90)}, "{=TABLE(A1,A2)}"),
        (BOTH, {"E11": ("SUM(Late,1)", 91)}, "{=TABLE(A1,A2)}"),  # through a name, another sheet, another cell
        (BOTH, {"E11": ("C1", 91), "C1": ("SUM(B:B)", 91)}, "{=TABLE(A1,A2)}"),
        (BOTH, {"E11": ('INDIRECT("B"&1)', 45)}, "{=TABLE(A1,A2)}"),  # who knows
    ],
)
def test_a_what_if_table_that_looks_at_a_frozen_formula_becomes_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], marks: str, edge: dict[str, tuple[str, object]], said: str
) -> None:
    target = frozen(what_if(tmp_path / "x.xlsx", marks, edge))
    after = cells(target)
    assert formula(after["F12"]) is None
    assert [shown(after[at]) for at in ("F12", "G12", "F13", "G13")] == ["7", "8", "9", "10"]
    comment = load_workbook(target)["Data"]["F12"].comment.text
    assert comment == f"Formula: {said} · fills F12:G13 · frozen by Duebook"
    told = capsys.readouterr().out
    assert "x.values.xlsx: 1 formulas with Duebook functions (1 cells)" in told
    assert "What-if tables that depend on these formulas hold values too: Data!F12:G13." in told
    target.unlink()
    frozen(tmp_path / "x.xlsx", "--language", "zh")
    assert "依赖这些公式的模拟运算表也已改为数值：Data!F12:G13。" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("marks", "edge"),
    [
        (COLUMN, {"G11": ("A1*2", 1), "E11": ("B1", 45)}),  # its formulas stand above it, not at the corner
        (ROW, {"E13": ("Free+1", 1), "F11": ("B1", 45)}),
        (BOTH, {"E11": ("SUM(A:A,'Other'!B:B)", 1), "F11": ("B1", 45)}),
        (BOTH, {"E11": ("C1", 1), "C1": ("C2", 1), "C2": ("C1", 1)}),  # round in a circle, as some workbooks are
    ],
)
def test_other_what_if_tables_go_on_working(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], marks: str, edge: dict[str, tuple[str, object]]
) -> None:
    path = what_if(tmp_path / "x.xlsx", marks, edge)
    element = etree.tostring(cells(path)["F12"])
    target = frozen(path)
    assert etree.tostring(cells(target)["F12"]) == element
    assert comments_of(target) == ["B1"]
    assert "What-if" not in capsys.readouterr().out


def comments_of(path: Path) -> list[str]:
    root = etree.fromstring(parts_of(path)["xl/comments1.xml"])
    return [c.get("ref", "") for c in root.iter("{*}comment")]


def test_what_if_tables_of_an_entangled_workbook(tmp_path: Path) -> None:
    """Running sums over running sums: what depends on what is found out in time, or taken for granted."""
    path = tmp_path / "x.xlsx"
    rows = 4_000
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_formula("A1", "=DSO(1,2,3)", None, 1)
        for row in range(1, rows):
            sheet.write_formula(row, 2, f"=SUM(C$1:C{row})+1", None, row)
        sheet.write_formula("F5", f"=C{rows}", None, 1)
        sheet.write_number("G6", 5)
    made = Made.read(computed(path))
    made.replace("xl/worksheets/sheet1.xml", '<c r="G6">', f'<c r="G6"><f t="dataTable" ref="G6:G6" {BOTH}/>')
    made.write(path)
    start = time.process_time()
    frozen(path)
    assert time.process_time() - start < 20


def test_names_written_as_numbers(tmp_path: Path) -> None:
    """openpyxl writes each letter beyond ASCII as a number in formulas."""
    path = tmp_path / "x.xlsx"
    made = Workbook()
    made.active["A1"] = "=逾期天数*2"  # type: ignore[index]
    made.defined_names["逾期天数"] = DefinedName("逾期天数", attr_text="DSO(1,2,3)")
    made.save(path)
    package = Made.read(path)
    raw = package.parts["xl/worksheets/sheet1.xml"].decode()
    assert "&#36926;" in raw, "else the test shows nothing"
    package.parts["xl/worksheets/sheet1.xml"] = raw.replace("<v></v>", "<v>9</v>").replace("<v />", "<v>9</v>").encode()
    package.write(path)
    after = cells(frozen(path, status=1))
    assert (formula(after["A1"]), shown(after["A1"])) == (None, "9")


def test_a_column_called_like_a_name_is_none(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.add_table("A1:B3", {"name": "Late", "columns": [{"header": "Rate"}, {"header": "DSO"}]})
        sheet.write_formula("D1", "=SUM(Late[Rate])+SUM(Late[DSO])", None, 3)
        sheet.write_formula("D2", "=DSO(1,2,3)", None, 4)
        workbook.define_name("Rate", "=DSO(1,2,3)")
    after = cells(frozen(computed(path), status=1))
    assert formula(after["D1"]) == "SUM(Late[Rate])+SUM(Late[DSO])"
    assert formula(after["D2"]) is None


def test_spills_on_a_sheet_that_was_copied(tmp_path: Path) -> None:
    """Excel calls a copied sheet `Plan (2)`."""
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Plan (2)")
        sheet.write_dynamic_array_formula("G1:G3", "=PAYMENT_PLAN(A1,3)", None, 5000)
        other = workbook.add_worksheet("Sum")
        other.write_formula("A1", "=SUM(_xlfn.ANCHORARRAY('Plan (2)'!G1))", None, 15000)
    assert formula(cells(frozen(computed(path)), 2)["A1"]) == "SUM('Plan (2)'!$G$1:$G$3)"


def test_a_formula_inside_anothers_area_stays(tmp_path: Path) -> None:
    """No program writes that; whoever does must not lose a formula by it."""
    path = book(tmp_path / "x.xlsx", {"B1": ("1", 1), "B2": ("A1*2", 30000)})
    made = Made.read(path)
    array = '<c r="B1"><f t="array" ref="B1:B3">AGING(A1:A3,A1:A3)</f><v>1</v></c>'
    made.replace("xl/worksheets/sheet1.xml", '<c r="B1"><f>1</f><v>1</v></c>', array)
    made.write(path)
    after = cells(frozen(path))
    assert (formula(after["B1"]), formula(after["B2"])) == (None, "A1*2")


def test_many_dashes_in_many_styles(tmp_path: Path) -> None:
    """`-` for "nothing due" is a text that begins as a formula does; each style gets its quoted twin once."""
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        styles = [workbook.add_format({"font_size": 5 + n / 4}) for n in range(200)]
        sheet = workbook.add_worksheet("Data")
        for row in range(3_000):
            sheet.write_formula(row, 0, '=IF(B1="","-",DSO(B1,1,2))', styles[row % 200], "-")
    start = time.process_time()
    target = frozen(computed(path))
    assert time.process_time() - start < 6
    sheet = load_workbook(target)["Data"]
    assert all(cell.quotePrefix and cell.value == "-" for (cell,) in sheet.iter_rows())
    assert {cell.font.sz for (cell,) in sheet.iter_rows()} == {5 + n / 4 for n in range(200)}


def test_a_totals_row(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("T")
        columns = [{"header": "Open", "total_function": "=HHI([Open])", "total_value": 5}, {"header": "B"}]
        sheet.add_table("A1:B4", {"columns": columns, "total_row": True, "data": [[1, 2], [3, 4]]})
    target = frozen(computed(path))
    part = parts_of(target)["xl/tables/table1.xml"]
    assert b"totalsRowFormula" not in part and b"totalsRowFunction" not in part
    assert (formula(cells(target)["A4"]), shown(cells(target)["A4"])) == (None, "5")


def test_the_link_to_the_add_in_goes_with_its_last_formula(tmp_path: Path) -> None:
    formulas = {"B1": ("[1]!DSO(A1,A2,A3)", 45), "B2": ("'[2]My rates'!A1+[2]!Rate", 3)}
    links = {"duebook.xlam": '<definedNames><definedName name="DSO"/></definedNames>', "rates.xlsx": ""}
    path = linked(tmp_path / "x.xlsx", formulas, links)
    target = frozen(path)
    parts = parts_of(target)
    assert [n for n in parts if "externalLink1" in n] == []
    assert formula(cells(target)["B2"]) == "'[1]My rates'!A1+[1]!Rate"
    assert parts["xl/workbook.xml"].count(b"<externalReference ") == 1
    assert load_workbook(target)["Data"]["B1"].comment.text == "Formula: =DSO(A1,A2,A3) · frozen by Duebook"


def test_a_table_beside_a_large_ledger(tmp_path: Path) -> None:
    """A ledger of 40,000 rows is no tree of a million elements because one table beside it is frozen."""
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Data")
        for row in range(40_000):
            sheet.write_row(row, 0, [f"Customer {row}", row, row + 0.25, row / 8])
            if row == 20_000:
                sheet.write_formula(row, 6, "=DSO(B1,C1,30)", None, 9)
    computed(path)
    before = parts_of(path)["xl/worksheets/sheet1.xml"]
    with opened(path) as parts:
        assert len(list(parts.tree("xl/worksheets/sheet1.xml").iter("{*}c"))) == 5
    frozen(path)
    after = parts_of(path.with_stem("ledger.values"))["xl/worksheets/sheet1.xml"]
    row = before.index(b'<row r="20001"')
    assert before[before.index(b"<sheetData>") : row] in after


def test_many_formulas(tmp_path: Path) -> None:
    """Very many, filled down: quick, and one note for each formula filled down instead of 20,000."""
    path = tmp_path / "many.xlsx"
    rows = 10_000
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Data")
        for row in range(rows):
            sheet.write_formula(row, 1, f"=DSO(A{row + 1},100,30)", None, row)
            sheet.write_formula(row, 2, f"=HHI(A$1:A{row + 1})*{2 if row == 6_000 else 1}", None, row)
    computed(path)
    start = time.process_time()
    target = frozen(path)
    assert time.process_time() - start < 10
    comments = etree.fromstring(parts_of(target)["xl/comments1.xml"])
    said = {c.get("ref"): "".join(c.itertext("{*}t")) for c in comments.iter("{*}comment")}
    assert said == {
        "B1": "Formula: =DSO(A1,100,30) · filled down over B1:B10000 · frozen by Duebook",
        "C1": "Formula: =HHI(A$1:A1)*1 · filled down over C1:C6000 · frozen by Duebook",
        "C6001": "Formula: =HHI(A$1:A6001)*2 · frozen by Duebook",
        "C6002": "Formula: =HHI(A$1:A6002)*1 · filled down over C6002:C10000 · frozen by Duebook",
    }
    assert b"<f>" not in parts_of(target)["xl/worksheets/sheet1.xml"]


@pytest.mark.shared
def test_macros_and_signatures_are_kept(shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Made.read(shared / "data" / "workbooks" / "xlw_macro04_signed.xlsm")
    sheet = "xl/worksheets/sheet1.xml"
    made.replace(sheet, "</sheetData>", '<row r="90"><c r="A90"><f>DSO(1,2,3)</f><v>9</v></c></row></sheetData>')
    made.relate(
        "", "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin", "_x/o.sigs"
    )
    path = made.write(tmp_path / "m.xlsm")
    target = frozen(path)
    assert target.name == "m.values.xlsm"
    before, after = parts_of(path), parts_of(target)
    macros = [n for n in before if "vba" in n.lower()]
    assert len(macros) >= 2
    assert all(before[n] == after[n] for n in macros)
    assert "digital signature" in capsys.readouterr().out


def test_values_not_from_excel_are_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet().write_formula("A1", "=DSO(1,2,3)", None, 1)
    frozen(path)
    assert "asks to be computed when it is opened" in capsys.readouterr().out


def test_quiet_still_tells_problems(rich_book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frozen(rich_book, "--quiet", status=1)
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 5
