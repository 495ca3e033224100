"""Slots beside each other, references over several sheets, subtotals: what filling allows and what it refuses."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from tests.books.test_fill import COLUMNS, edited, filled, items, part, template

from duebook.books.fill import fill
from duebook.books.plan import Plan
from duebook.books.rows import ListRows
from duebook.core.errors import DuebookError

__all__ = ["template"]


def test_a_subtotal_leaves_out_a_subtotal_that_nothing_changed(tmp_path: Path) -> None:
    """B1 adds the table's column, rows below it, and a subtotal of other cells that the filling does not touch."""
    path = tmp_path / "template.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_formula("C1", "=SUBTOTAL(9,C4:C10)", None, 999)
        sheet.write_formula("D1", "=SUM(C4:C10)", None, 999)
        sheet.add_table("A3:C4", {"name": "items", "columns": [{"header": h} for h in ("Customer", "Due", "Amount")]})
        sheet.write_column("C6", [10, 20])
        sheet.write_formula("C8", "=SUBTOTAL(9,C6:C7)", None, 30)
        sheet.write_formula("C9", "=AGGREGATE(9,6,C6:C7)", None, 30)
    _, book, values = filled(path, Plan({"items": items(3)}))
    assert book["Data"]["C1"].value == "=SUBTOTAL(9,C4:C12)"
    assert values["Data"]["C10"].value == 30
    assert values["Data"]["C1"].value == 1 + 2 + 3 + 10 + 20
    assert values["Data"]["D1"].value == 1 + 2 + 3 + 10 + 20 + 30 + 30


@pytest.mark.parametrize("formula", ["SUBTOTAL(109,items[Amount])", "SUBTOTAL(109,[Amount])"])
def test_a_total_row_with_and_without_the_tables_name(template: Path, formula: str) -> None:
    """Excel writes items[Amount] into the totals cell, XlsxWriter [Amount]; both are values and both are renamed."""
    base = edited(
        template, "xl/worksheets/sheet1.xml", lambda x: re.sub(r"SUBTOTAL\(109,[^)]*\)", "SUBTOTAL(109,?)", x, count=1)
    )
    base = edited(base, "xl/worksheets/sheet1.xml", lambda x: x.replace("SUBTOTAL(109,?)", formula))
    _, book, values = filled(base, Plan({"items": items(6)}, headers={"items": {"amount": "Open"}}))
    assert book["Data"]["C10"].value == "=" + formula.replace("Amount", "Open")
    assert values["Data"]["C10"].value == 21


def test_references_over_several_sheets_stay_unless_all_of_them_move_alike(tmp_path: Path) -> None:
    """Rows inserted on one sheet of a span would make a moved reference miss its cell on the others."""
    path = tmp_path / "template.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Jan", "Feb 1", "Mar", "Apr"):
            sheet = book.add_worksheet(name)
            sheet.write_row("A3", ["Customer", "Due", "Amount"])
            sheet.write("C9", 100)
        for name, at in (("one", "=Jan!$A$4:$C$5"), ("two", "='Feb 1'!$A$4:$C$5")):
            book.define_name(name, at)
        total = book.add_worksheet("Total")
        for row, formula in enumerate(
            (
                "=SUM('Jan:Feb 1'!C9)",
                "=SUM('Jan:Mar'!C9)",
                "=SUM(Jan:Mar!C4:C9)",
                "=SUM(Mar:Apr!C9)",
                "=SUM(Jan:Jan!C9)",
                "=Jan!C9",
            )
        ):
            total.write_formula(row, 0, formula, None, 999)
    report, book, values = filled(path, Plan({"one": items(5), "two": items(5)}))
    assert report.spans == ("'Jan:Mar'!C9", "Jan:Mar!C4:C9")
    assert [book["Total"][f"A{r}"].value for r in range(1, 7)] == [
        "=SUM('Jan:Feb 1'!C12)",
        "=SUM('Jan:Mar'!C9)",
        "=SUM(Jan:Mar!C4:C9)",
        "=SUM(Mar:Apr!C9)",
        "=SUM(Jan:Jan!C12)",
        "=Jan!C12",
    ]
    # what no evaluator here can tell waits for the spreadsheet program
    assert [values["Total"][f"A{r}"].value for r in (1, 2, 3, 5)] == [None] * 4


def side_by_side(path: Path) -> Path:
    """Two tables on rows 4 to 6, a named cell between them on row 5, and a note below."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        headers = [{"header": h} for h in ("Customer", "Due", "Amount")]
        sheet.add_table("A3:C6", {"name": "left", "columns": headers})
        sheet.add_table("F3:H6", {"name": "right", "columns": headers})
        sheet.write("D5", "cell")
        sheet.write("A9", "note")
        sheet.write_formula("A10", "=SUM(left[Amount])+SUM(right[Amount])", None, 999)
        book.define_name("between", "=Data!$D$5")
    return path


def test_slots_side_by_side_that_keep_their_rows(tmp_path: Path) -> None:
    other = ListRows(COLUMNS, [(f"R{n}", date(2026, 2, n + 1), Decimal(n + 10)) for n in range(3)])
    path = side_by_side(tmp_path / "template.xlsx")
    _, book, values = filled(path, Plan({"left": items(3), "right": other}, cells={"between": 7}))
    data = values["Data"]
    assert [[data[f"{c}{r}"].value for c in "ACDFH"] for r in (4, 5, 6)] == [
        ["C0", 1, None, "R0", 10],
        ["C1", 2, 7, "R1", 11],
        ["C2", 3, None, "R2", 12],
    ]
    assert (data["A9"].value, data["A10"].value) == ("note", 6 + 33)
    assert [book["Data"].tables[t].ref for t in ("left", "right")] == ["A3:C6", "F3:H6"]


def test_slots_side_by_side_are_refused_where_one_grows(tmp_path: Path) -> None:
    path = side_by_side(tmp_path / "template.xlsx")
    with pytest.raises(DuebookError) as refused:
        fill(path, tmp_path / "out.xlsx", Plan({"left": items(3), "right": items(4)}))
    assert refused.value.key == "books.slots_side_by_side"
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_cell_slot_beside_a_body_keeps_its_row(tmp_path: Path, count: int) -> None:
    path = side_by_side(tmp_path / "template.xlsx")
    base = edited(path, "xl/workbook.xml", lambda x: x.replace("between", "asof"))
    _, book, values = filled(base, Plan({"left": items(count)}, cells={"asof": date(2026, 10, 31)}))
    assert values["Data"]["D5"].value == datetime(2026, 10, 31)
    assert book.defined_names["asof"].attr_text == "Data!$D$5"


def test_a_cell_slot_in_a_body_is_refused(tmp_path: Path) -> None:
    path = side_by_side(tmp_path / "template.xlsx")
    base = edited(path, "xl/workbook.xml", lambda x: x.replace("$D$5", "$B$5"))
    with pytest.raises(DuebookError) as refused:
        fill(base, tmp_path / "out.xlsx", Plan({"left": items(3)}, cells={"between": 1}))
    assert refused.value.key == "books.cell_in_body"


def named_slot(path: Path) -> Path:
    """No Excel table: headers on row 3, a name over the body of rows 4 to 6, a filter over both, formulas around."""
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("Data"), book.add_worksheet("Other")
        sheet.write_row("A3", ["Customer", "Due", "Amount"])
        sheet.autofilter("A3:C6")
        sheet.filter_column("A", "x == C1")
        sheet.write_formula("E1", "=SUBTOTAL(109,C4:C6)", None, 999)
        sheet.write_array_formula("E4:E6", "{=C4:C6*2}", None, 999)
        sheet.write("A9", "note")
        for row in range(4, 9):
            # rows 4 to 8 of another sheet look at the same rows of the body, and below it
            other.write_formula(row, 0, f"=Data!C{row + 1}*1", None, 999)
        book.define_name("items", "=Data!$A$4:$C$6")
    return path


def test_a_filter_over_a_name_follows(tmp_path: Path) -> None:
    path = named_slot(tmp_path / "template.xlsx")
    base = edited(
        path,
        "xl/worksheets/sheet1.xml",
        lambda x: x.replace(
            "</autoFilter>", '<sortState ref="A4:C6"><sortCondition ref="C4:C6"/></sortState></autoFilter>'
        ),
    )
    filled(base, Plan({"items": items(6)}))
    sheet, book = (part(tmp_path / "filled.xlsx", n) for n in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"))
    assert '<autoFilter ref="A3:C9">' in sheet
    assert '<sortState ref="A4:C9"><sortCondition ref="C4:C9"/>' in sheet
    assert "Data!$A$3:$C$9" in book and "_xlnm._FilterDatabase" in book
    assert re.findall(r"<definedName name=\"items\">([^<]*)<", book) == ["Data!$A$4:$C$9"]
    assert not re.search(r"<row [^>]*hidden=\"1\"", sheet), "no row of the new data is hidden by the old filter"


def test_an_array_formula_beside_the_body_covers_the_new_rows(tmp_path: Path) -> None:
    path = named_slot(tmp_path / "template.xlsx")
    _, book, values = filled(path, Plan({"items": items(6)}))
    array = book["Data"]["E4"].value
    assert (array.ref, array.text) == ("E4:E9", "=C4:C9*2")
    # its values wait for the spreadsheet program, on the old rows too
    assert [values["Data"][f"E{r}"].value for r in range(4, 10)] == [None] * 6
    assert values["Data"]["E1"].value == 21


def test_formulas_row_by_row_on_another_sheet(tmp_path: Path) -> None:
    """As in Excel: those that look at the body stay with their cell, those below it go along with theirs."""
    path = named_slot(tmp_path / "template.xlsx")
    _, book, values = filled(path, Plan({"items": items(5)}))
    assert [book["Other"][f"A{r}"].value for r in range(5, 10)] == [
        "=Data!C5*1",
        "=Data!C6*1",
        "=Data!C9*1",
        "=Data!C10*1",
        "=Data!C11*1",
    ]
    assert [values["Other"][f"A{r}"].value for r in (5, 6)] == [2, 3]


def test_a_shared_formula_across_the_body_after_loss(tmp_path: Path) -> None:
    """G2 to G9 share `C2*2`; rows 5 and 6 carry it beside the body, so that they stay, blank in the body."""
    path = named_slot(tmp_path / "template.xlsx")

    def shared(xml: str) -> str:
        for row in range(2, 10):
            text = "C2*2" if row == 2 else ""
            span = ' ref="G2:G9"' if row == 2 else ""
            cell = f'<c r="G{row}"><f t="shared"{span} si="0">{text}</f><v>7</v></c>'
            if f'<row r="{row}"' not in xml:
                after = max(r for r in range(1, row) if f'<row r="{r}"' in xml)
                end = xml.index("</row>", xml.index(f'<row r="{after}"')) + len("</row>")
                xml = xml[:end] + f'<row r="{row}"></row>' + xml[end:]
            end = xml.index("</row>", xml.index(f'<row r="{row}"'))
            xml = xml[:end] + cell + xml[end:]
        return xml

    base = edited(path, "xl/worksheets/sheet1.xml", shared)
    _, book, values = filled(base, Plan({"items": items(1)}))
    data = book["Data"]
    assert [data[f"G{r}"].value for r in range(2, 10)] == [f"=C{r}*2" for r in range(2, 10)]
    assert [values["Data"][f"G{r}"].value for r in (4, 5, 6)] == [2, 0, 0]
    assert [data[f"C{r}"].value for r in (4, 5, 6)] == [1, None, None]
    assert data["A9"].value == "note"


def test_what_would_leave_the_sheet_is_refused_and_what_only_reaches_its_end_stays(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row("A3", ["Customer", "Due", "Amount"])
        sheet.write_formula("E1", "=SUM(C4:C1048576)", None, 999)
        sheet.conditional_format("C4:C1048576", {"type": "cell", "criteria": ">", "value": 1})
        book.define_name("items", "=Data!$A$4:$C$6")
        book.define_name("rest", "=Data!$A$4:$C$1048576")
        book.define_name("last", "=Data!$A$1048576")
    _, book, values = filled(path, Plan({"items": items(6)}))
    assert book["Data"]["E1"].value == "=SUM(C4:C1048576)"
    assert values["Data"]["E1"].value == 21
    assert [str(r.sqref) for r in book["Data"].conditional_formatting] == ["C4:C1048576"]
    assert book.defined_names["rest"].attr_text == "Data!$A$4:$C$1048576"
    assert book.defined_names["last"].attr_text == "#REF!", "Excel would refuse to push a cell off; a blank one goes"
    base = edited(
        path,
        "xl/worksheets/sheet1.xml",
        lambda x: x.replace("</sheetData>", '<row r="1048575"><c r="A1048575"><v>1</v></c></row></sheetData>'),
    )
    with pytest.raises(DuebookError) as refused:
        fill(base, tmp_path / "out.xlsx", Plan({"items": items(6)}))
    assert refused.value.key == "books.no_room_below"
