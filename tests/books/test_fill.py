"""Filling templates that XlsxWriter makes: what grows, what moves, what follows, and what the file then says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from duebook.books.fill import Filled, fill
from duebook.books.plan import Column, Plan, Properties, Value  # noqa: F401  # Properties: for the other process below
from duebook.books.rows import ListRows
from duebook.core.errors import DuebookError

COLUMNS = (
    Column("customer", ("Customer", "客户")),
    Column("due", ("Due",), "date"),
    Column("amount", ("Amount",), "number"),
)


def items(count: int) -> ListRows:
    return ListRows(COLUMNS, [(f"C{n}", date(2026, 1, n % 28 + 1), Decimal(n + 1)) for n in range(count)])


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A table of three rows with totals row (rows 4 to 6, totals 7), a note and a sum below, and a summary sheet."""
    path = tmp_path / "template.xlsx"
    with xlsxwriter.Workbook(path) as book:
        data, summary = book.add_worksheet("Data"), book.add_worksheet("Sum mary")
        money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
        columns: list[dict[str, Any]] = [
            {"header": "Customer", "total_string": "Total"},
            {"header": "Due", "format": day},
            {"header": "Amount", "format": money, "total_function": "sum"},
            {"header": "Twice", "formula": "=C4*2"},
            {"header": "Remark"},
        ]
        data.add_table("A3:E7", {"name": "items", "total_row": True, "columns": columns})
        for column, style in (("B", day), ("C", money)):
            for number in (4, 5, 6):
                data.write_blank(f"{column}{number}", None, style)
        data.write("G5", "beside")
        data.write("A9", "note")
        data.write_formula("C10", "=SUM(C4:C6)", None, 999)
        data.write_comment("A9", "stays with the note")
        data.conditional_format("C4:C6", {"type": "cell", "criteria": ">", "value": "$C$10", "format": money})
        data.data_validation("A4:A6", {"validate": "list", "source": "='Sum mary'!$F$1:$F$2"})
        data.add_sparkline("F4", {"range": "Data!B4:C4"})
        data.merge_range("A12:C12", "merged")
        data.print_area("A1:E7")
        data.repeat_rows(2)
        data.set_h_pagebreaks([8])
        summary.write_formula("A1", "=Data!C7", None, 999)
        summary.write_formula("A2", "=SUM(items[Amount])", None, 999)
        summary.write_formula("A3", "=A1+A2+total", None, 999)
        summary.write_formula("A4", "=1+1", None, 999)
        summary.write_formula("A5", '=SUM(INDIRECT("Data!C4:C6"))', None, 999)
        summary.write_formula("A6", "=Data!A9", None, "note")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Data!$A$4:$A$6", "values": "=Data!$C$4:$C$6", "name": "=Data!$C$3"})
        summary.insert_chart("C9", chart)
        book.define_name("total", "=Data!$C$10")
        book.define_name("as_of", "='Sum mary'!$B$1")
    return path


def filled(template: Path, plan: Plan, name: str = "filled.xlsx") -> tuple[Filled, Any, Any]:
    """The report, and the filled book as openpyxl reads its formulas and its values."""
    target = template.parent / name
    report = fill(template, target, plan)
    assert report.changed <= report.allowed
    return report, openpyxl.load_workbook(target), openpyxl.load_workbook(target, data_only=True)


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def edited(path: Path, name: str, change: Callable[[str], str]) -> Path:
    """A copy of a workbook with one part changed."""
    target = path.with_name("edited-" + path.name)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == name:
                changed = change(data.decode())
                assert changed != data.decode()
                data = changed.encode()
            new.writestr(info, data)
    return target


def test_a_grown_table_takes_everything_along(template: Path) -> None:
    report, book, values = filled(template, Plan({"items": items(6)}))
    data, shown = book["Data"], values["Data"]
    assert [[c.value for c in row[:3]] for row in shown["A4:E9"]] == [
        [f"C{n}", datetime(2026, 1, n + 1), n + 1] for n in range(6)
    ]
    assert data.tables["items"].ref == "A3:E10"
    assert data.tables["items"].autoFilter.ref == "A3:E9"
    assert [data[f"D{r}"].value for r in range(4, 10)] == [f"=C{r}*2" for r in range(4, 10)]
    assert [shown[f"D{r}"].value for r in range(4, 10)] == [2 * n for n in range(1, 7)]
    assert data["A10"].value == "Total"
    assert (data["A12"].value, data["A12"].comment.text) == ("note", "stays with the note")
    assert data["C13"].value == "=SUM(C4:C9)"
    assert data["G5"].value == "beside"
    assert data["C9"].number_format == "#,##0.00"
    assert data["B9"].number_format == "yyyy-mm-dd"
    assert [str(r) for r in data.merged_cells.ranges] == ["A15:C15"]
    assert data.print_area == "'Data'!$A$1:$E$10"
    assert data.print_title_rows == "$3:$3"
    assert [b.id for b in data.row_breaks.brk] == [11]
    rules = {str(r.sqref): r.rules[0].formula for r in data.conditional_formatting}
    assert rules == {"C4:C9": ["$C$13"]}
    assert str(data.data_validations.dataValidation[0].sqref) == "A4:A9"
    assert book.defined_names["total"].attr_text == "Data!$C$13"
    assert [book["Sum mary"][f"A{r}"].value for r in (1, 2, 6)] == ["=Data!C10", "=SUM(items[Amount])", "=Data!A12"]
    assert report.unmatched_headers == {"items": ("Remark",)}
    assert report.absent == ()


def test_each_new_row_gets_the_sparkline_of_the_first(template: Path) -> None:
    filled(template, Plan({"items": items(6)}))
    xml = part(template.parent / "filled.xlsx", "xl/worksheets/sheet1.xml")
    found = re.findall(r"<xm:f>([^<]*)</xm:f><xm:sqref>([^<]*)</xm:sqref>", xml)
    # the template's rows two and three have none of their own, and keep none
    assert found == [(f"Data!B{r}:C{r}", f"F{r}") for r in (4, 7, 8, 9)]


def test_cached_values_are_right_at_once_or_gone(template: Path) -> None:
    report, _, values = filled(template, Plan({"items": items(6)}))
    shown = values["Sum mary"]
    assert [shown[f"A{r}"].value for r in range(1, 7)] == [21, 21, 63, 999, None, "note"]
    assert values["Data"]["C13"].value == 21
    assert report.dropped == 1  # INDIRECT: only the spreadsheet program can tell
    workbook = part(template.parent / "filled.xlsx", "xl/workbook.xml")
    assert 'fullCalcOnLoad="1"' in workbook


def test_chart_caches_show_the_new_rows(template: Path) -> None:
    filled(template, Plan({"items": items(4)}, headers={"items": {"amount": "Open"}}))
    chart = part(template.parent / "filled.xlsx", "xl/charts/chart1.xml")
    assert "Data!$C$4:$C$7" in chart and "Data!$A$4:$A$7" in chart
    caches = re.findall(r"<c:(?:num|str)Cache>.*?</c:(?:num|str)Cache>", chart)
    assert [re.findall(r"<c:v>([^<]*)</c:v>", c) for c in caches] == [
        ["Open"],
        ["C0", "C1", "C2", "C3"],
        ["1", "2", "3", "4"],
    ]


def test_a_shrunk_table_gives_its_rows_back(template: Path) -> None:
    plain = edited(template, "xl/worksheets/sheet1.xml", lambda x: re.sub(r'<c r="G5"[^>]*>.*?</c>', "", x))
    _, book, values = filled(plain, Plan({"items": items(1)}))
    data = book["Data"]
    assert data.tables["items"].ref == "A3:E5"
    assert data["A7"].value == "note"
    assert data["C8"].value == "=SUM(C4:C4)"
    assert (values["Data"]["C8"].value, values["Sum mary"]["A1"].value) == (1, 1)


def test_rows_that_carry_something_else_stay(template: Path) -> None:
    """`beside` stands on the second body row: with one row of data it is not lost."""
    _, book, _ = filled(template, Plan({"items": items(1)}))
    data = book["Data"]
    assert data["G5"].value == "beside"
    assert data["A5"].value is None
    assert data["A8"].value == "note"


def test_single_references_to_rows_that_go_keep_them_blank(template: Path) -> None:
    """A summary that shows a list cell by cell must not end in #REF! or show what moved up."""
    with_links = edited(template, "xl/worksheets/sheet2.xml", lambda x: x.replace("<f>1+1</f>", "<f>Data!A6</f>"))
    _, book, values = filled(with_links, Plan({"items": items(2)}))
    assert book["Sum mary"]["A4"].value == "=Data!A6"
    assert book["Data"]["A6"].value is None
    assert values["Sum mary"]["A4"].value == 0


def test_no_rows_leave_one_blank_styled_row(template: Path) -> None:
    plain = edited(template, "xl/worksheets/sheet1.xml", lambda x: re.sub(r'<c r="G5"[^>]*>.*?</c>', "", x))
    report, book, values = filled(plain, Plan({"items": items(0)}))
    data = book["Data"]
    assert data.tables["items"].ref == "A3:E5"
    assert [c.value for c in data["A4:E4"][0]] == [None] * 5
    assert data["C4"].number_format == "#,##0.00"
    assert values["Sum mary"]["A2"].value == 0
    assert report.dropped == 1  # INDIRECT


def test_slots_below_each_other_grow_independently(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for name, first in (("upper", 2), ("lower", 8)):
            sheet.write_row(first - 2, 0, ["Customer", "Due", "Amount"])
            book.define_name(name, f"=Data!$A${first}:$C${first + 1}")
        sheet.write_formula("C12", "=SUM(C2:C3)+SUM(C8:C9)")
    _, book, values = filled(path, Plan({"upper": items(5), "lower": items(1)}))
    data = book["Data"]
    assert [data[f"A{r}"].value for r in (2, 6, 10, 11)] == ["C0", "C4", "Customer", "C0"]
    assert data["C14"].value == "=SUM(C2:C6)+SUM(C11:C11)"
    assert values["Data"]["C14"].value == 16
    assert book.defined_names["lower"].attr_text == "Data!$A$11:$C$11"


def test_slots_side_by_side_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "side.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Data")
        book.define_name("left", "=Data!$A$2:$C$3")
        book.define_name("right", "=Data!$E$3:$G$4")
    with pytest.raises(DuebookError, match="left and right share rows on sheet Data"):
        fill(path, tmp_path / "out.xlsx", Plan({"left": items(2), "right": items(3)}))
    assert not (tmp_path / "out.xlsx").exists()


def test_shared_and_array_formulas_follow(template: Path) -> None:
    """As Excel writes them: one shared formula over cells above and below the body, one array formula over it."""
    cells = (
        '<row r="14"><c r="A14"><f t="shared" ref="A14:B14" si="0">C4+$C$10</f><v>1</v></c>'
        '<c r="B14"><f t="shared" si="0"/><v>1</v></c>'
        '<c r="C14"><f t="array" ref="C14:C14">SUM(C4:C6*2)</f><v>1</v></c></row></sheetData>'
    )
    made = edited(template, "xl/worksheets/sheet1.xml", lambda x: x.replace("</sheetData>", cells))
    _, book, values = filled(made, Plan({"items": items(6)}))
    data = book["Data"]
    assert (data["A17"].value, data["B17"].value) == ("=C4+$C$13", "=D4+$C$13")
    assert (data["C17"].value.ref, data["C17"].value.text) == ("C17", "=SUM(C4:C9*2)")
    assert values["Data"]["A17"].value == 22
    assert values["Data"]["C17"].value is None


def test_single_cells_take_values_of_every_type(template: Path) -> None:
    report, _, values = filled(template, Plan(cells={"as_of": date(2026, 10, 31), "nowhere": 1}))
    assert values["Sum mary"]["B1"].value == datetime(2026, 10, 31)
    assert report.absent == ("nowhere",)
    assert report.slots == ("as_of",)


def test_headers_are_renamed_in_cell_table_and_formulas(template: Path) -> None:
    plan = Plan({"items": items(2)}, headers={"items": {"amount": "1–30 days [due]"}}, hidden={"items": ["due"]})
    _, book, values = filled(template, plan)
    data = book["Data"]
    assert data["C3"].value == "1–30 days [due]"
    assert data.tables["items"].tableColumns[2].name == "1–30 days [due]"
    assert book["Sum mary"]["A2"].value == "=SUM(items[1–30 days '[due']])"
    assert values["Sum mary"]["A2"].value == 3
    assert data.column_dimensions["B"].hidden and not data.column_dimensions["A"].hidden


INJECTION = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(1)",
    "\tx",
    "=HYPERLINK(1)",
    " lead",
    "a&b<c>",
    "00123",
    "客户",
    "_x0041_",
    "l1\nl2",
]


def test_text_stays_text(template: Path) -> None:
    rows = ListRows(COLUMNS, [(text, None, None) for text in INJECTION])
    _, book, _ = filled(template, Plan({"items": rows}))
    cells = [book["Data"].cell(4 + i, 1) for i in range(len(INJECTION))]
    # openpyxl shows the file's spelling of what only looks like a code
    assert [(c.value or "").replace("_x005F_", "_") for c in cells] == INJECTION
    assert {c.data_type for c in cells} == {"s"}
    assert [c.quotePrefix for c in cells] == [t[0] in "=+-@\t" for t in INJECTION]


def test_every_other_part_is_byte_for_byte_the_same(template: Path) -> None:
    report = fill(template, template.parent / "out.xlsx", Plan({"items": items(3)}))
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(template.parent / "out.xlsx") as new:
        assert old.namelist() == new.namelist()
        different = {n for n in old.namelist() if old.read(n) != new.read(n)}
    assert different <= report.allowed
    assert not different & {"xl/theme/theme1.xml", "xl/styles.xml", "docProps/app.xml", "docProps/core.xml"}


def test_same_input_same_bytes_whatever_the_surroundings(template: Path) -> None:
    """Another process with another time zone, hash seed, folder and clock writes the same file."""
    plan = (
        "Plan({'items': items(50)}, {'as_of': date(2026, 10, 31)}, properties=Properties('T', 'S', date(2026, 10, 31)))"
    )
    code = (
        "import sys; from pathlib import Path; from tests.books.test_fill import *\n"
        f"fill(Path(sys.argv[1]), Path(sys.argv[2]), {plan})"
    )
    found = []
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/Los_Angeles")):
        folder = template.parent / seed
        folder.mkdir()
        target = folder / f"out-{seed}.xlsx"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        root = Path(__file__).resolve().parents[2]
        subprocess.run([sys.executable, "-c", code, str(template), str(target)], check=True, cwd=root, env=environment)
        found.append(target.read_bytes())
    assert found[0] == found[1]
    core = part(template.parent / "1" / "out-1.xlsx", "docProps/core.xml")
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[0-9:]+Z", core)) == {"2026-10-31T00:00:00Z"}


def test_a_template_file_becomes_a_workbook(template: Path) -> None:
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    as_template = edited(
        template, "[Content_Types].xml", lambda x: x.replace(main + "sheet.main+xml", main + "template.main+xml")
    )
    fill(as_template, template.parent / "out.xlsx", Plan({"items": items(1)}))
    assert main + "sheet.main+xml" in part(template.parent / "out.xlsx", "[Content_Types].xml")


def test_prefixed_xml_is_read_and_written(template: Path) -> None:
    """Some programs write <x:row>, <x:c> (ClosedXML); the new rows carry the same prefix."""

    def prefixed(xml: str) -> str:
        head, _, body = xml.partition("<worksheet")
        body = "<worksheet" + body
        body = re.sub(r"<(/?)(?![\w]+:)(\w)", r"<\1x:\2", body)
        return head + body.replace("xmlns=", "xmlns:x=", 1)

    made = edited(template, "xl/worksheets/sheet1.xml", prefixed)
    _, book, values = filled(made, Plan({"items": items(6)}))
    assert '<x:row r="9"' in part(made.parent / "filled.xlsx", "xl/worksheets/sheet1.xml")
    assert values["Data"]["A9"].value == "C5"
    assert values["Data"]["C13"].value == 21
    assert book["Data"]["D9"].value == "=C9*2"


def test_a_name_over_one_cell_takes_columns_by_its_header(tmp_path: Path) -> None:
    path = tmp_path / "name.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row("B2", ["Amount", "客户", "Due"])
        book.define_name("items", "=Data!$B$3")
    _, _, values = filled(path, Plan({"items": items(2)}))
    assert [c.value for c in values["Data"]["B4:C4"][0]] == [2, "C1"]


def test_merged_cells_of_the_body_row_repeat_and_those_beside_stay(tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row("A1", ["Customer", "", "Due", "Amount"])
        sheet.merge_range("A2:B2", "")
        sheet.merge_range("F2:G2", "beside")
        sheet.merge_range("A4:D4", "below")
        book.define_name("items", "=Data!$A$2:$D$2")
    _, book_, _ = filled(path, Plan({"items": items(3)}))
    assert {str(r) for r in book_["Data"].merged_cells.ranges} == {"A2:B2", "A3:B3", "A4:B4", "F2:G2", "A6:D6"}
    assert [book_["Data"][f"A{r}"].value for r in (2, 3, 4, 6)] == ["C0", "C1", "C2", "below"]


def test_rows_are_not_hidden_as_a_filtered_template_row_is(template: Path) -> None:
    hidden = edited(
        template, "xl/worksheets/sheet1.xml", lambda x: re.sub(r'<row r="4"', '<row r="4" hidden="1" ht="20"', x)
    )
    _, book, _ = filled(hidden, Plan({"items": items(3)}))
    assert [book["Data"].row_dimensions[r].hidden for r in (4, 5, 6)] == [False] * 3
    assert [book["Data"].row_dimensions[r].height for r in (4, 5, 6)] == [20] * 3


def test_a_cell_that_starts_a_shared_formula_can_be_filled(template: Path) -> None:
    shared = (
        '<row r="20"><c r="A20"><f t="shared" ref="A20:B20" si="0">C4+1</f><v>1</v></c>'
        '<c r="B20"><f t="shared" si="0"/><v>1</v></c></row></sheetData>'
    )
    made = edited(template, "xl/worksheets/sheet1.xml", lambda x: x.replace("</sheetData>", shared))
    named = edited(made, "xl/workbook.xml", lambda x: x.replace("'Sum mary'!$B$1", "Data!$A$20"))
    _, book, _ = filled(named, Plan(cells={"as_of": "x"}))
    assert (book["Data"]["A20"].value, book["Data"]["B20"].value) == ("x", "=D4+1")


def test_dates_count_from_1904_where_the_book_does(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet("Data")
        book.define_name("day", "=Data!$A$1")
    filled(path, Plan(cells={"day": date(2000, 1, 1)}))
    assert "<v>35064</v>" in part(tmp_path / "filled.xlsx", "xl/worksheets/sheet1.xml")


class Many(ListRows):
    """Claims many rows without holding them."""

    @property
    def count(self) -> int:
        return 1_048_576


def test_more_rows_than_a_sheet_has_are_refused(template: Path) -> None:
    with pytest.raises(DuebookError, match="gets 1048576 rows, but its sheet has room for 1048572"):
        fill(template, template.parent / "out.xlsx", Plan({"items": Many(COLUMNS, [])}))
    assert not (template.parent / "out.xlsx").exists()


def test_a_target_open_elsewhere_says_so_and_stays(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = template.parent / "out.xlsx"
    target.write_bytes(b"before")

    def locked(self: Path, other: Path) -> Path:
        raise PermissionError(13, "in use", str(other))

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(DuebookError, match=r"out\.xlsx is open in Excel"):
        fill(template, target, Plan({"items": items(1)}))
    assert target.read_bytes() == b"before"
    assert not list(template.parent.glob(".duebook-*"))


def test_a_failure_while_writing_leaves_the_old_file(template: Path) -> None:
    class Failing(ListRows):
        def batches(self, size: int) -> Any:
            yield [("x", None, Decimal(1))]
            raise RuntimeError("the source broke")

    target = template.parent / "out.xlsx"
    target.write_bytes(b"before")
    rows: list[tuple[Value, ...]] = [("x", None, Decimal(1))] * 2
    with pytest.raises(RuntimeError, match="the source broke"):
        fill(template, target, Plan({"items": Failing(COLUMNS, rows)}))
    assert target.read_bytes() == b"before"
    assert not list(template.parent.glob(".duebook-*"))


@pytest.mark.parametrize(
    ("name", "change", "key"),
    [
        (
            "xl/worksheets/sheet1.xml",
            lambda x: x.replace("<worksheet", "<!DOCTYPE a []><worksheet", 1),
            "books.doctype",
        ),
        ("xl/worksheets/sheet1.xml", lambda x: x[:-20], "books.damaged_xml"),
        ("xl/worksheets/sheet1.xml", lambda x: x + " " * 5_000_000, "books.unsafe_package"),
    ],
)
def test_templates_that_no_program_writes_are_refused(
    template: Path, name: str, change: Callable[[str], str], key: str
) -> None:
    target = template.with_name("bad.xlsx")
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, change(data.decode()) if info.filename == name else data)
    with pytest.raises(DuebookError) as caught:
        fill(target, template.parent / "out.xlsx", Plan({"items": items(1)}))
    assert caught.value.key == key
    assert caught.value.text("en") != caught.value.text("zh")


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.xlsx"
    for content in (b"not a zip", b""):
        path.write_bytes(content)
        with pytest.raises(DuebookError, match=r"no\.xlsx: not an Excel workbook"):
            fill(path, tmp_path / "out.xlsx", Plan())
    with pytest.raises(DuebookError, match="no such template"):
        fill(tmp_path / "absent.xlsx", tmp_path / "out.xlsx", Plan())
