"""Slots beside each other, references over several sheets, subtotals: what filling allows and what it refuses."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from tests.books.test_fill import COLUMNS, edited, filled, items, template

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
    _, book, values = filled(path, Plan({"one": items(5), "two": items(5)}))
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
