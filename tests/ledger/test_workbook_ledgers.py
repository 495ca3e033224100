"""Ledgers in workbooks as people keep them: several sheets, notes, 1904 dates, dates that Excel swapped, filters."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from duebook.core.errors import DuebookError
from duebook.ledger.raw import Source
from tests.ledger.made_ledgers import Read, write

HEAD = ("Customer ID", "Invoice No", "Invoice Date", "Due Date", "Amount", "Currency")
Cells = Sequence[Sequence[object]]


def book(path: Path, sheets: Mapping[str, Cells], hidden: Sequence[int] = (), **options: object) -> Source:
    with xlsxwriter.Workbook(str(path), options) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(r, c, datetime(value.year, value.month, value.day), day)
                    elif value is not None:
                        sheet.write(r, c, value)
            for r in hidden:
                sheet.set_row(r, None, None, {"hidden": True})
    return Source(path)


def invoices(count: int) -> list[tuple[object, ...]]:
    return [("C1", f"I{n}", date(2026, 9, n), date(2026, 10, n), 100.0, "USD") for n in range(1, count + 1)]


NOTES = [("The monthly export",), ("Prepared by Li Wei",)]
PIVOT = [("Row Labels", "Sum of Amount"), ("C1", 300), ("Grand Total", 300)]


def test_one_workbook_with_everything_on_its_own_sheet(tmp_path: Path) -> None:
    source = book(
        tmp_path / "book.xlsx",
        {
            "Notes": NOTES,
            "Invoices": [HEAD, *invoices(3)],
            "Payments": [
                ("Receipt No", "Invoice No", "Customer ID", "Date", "Amount", "Currency"),
                ("R1", "I1", "C1", date(2026, 10, 1), 100.0, "USD"),
            ],
            "Customers": [
                ("Customer ID", "Customer Name", "Credit Limit", "Limit Currency"),
                ("C1", "One", 1000, "USD"),
            ],
            "Pivot": PIVOT,
        },
    )
    read = Read([source])
    assert read.told() == []
    assert {r.sheet: r.role for r in read.ledger.recognized} == {
        "Notes": "unused", "Pivot": "unused", "Invoices": "invoices", "Payments": "payments", "Customers": "customers",
    }  # fmt: skip
    assert read.ledger.records == 4
    assert read.rows("customer_name, credit_limit", "customers", "1") == [("One", Decimal("1000.0000"))]


def test_a_summary_sheet_beside_the_ledger_is_not_read_and_said_as_a_problem(tmp_path: Path) -> None:
    summary = [("Customer", "Balance", "Currency"), ("C1", 300.0, "USD")]
    read = Read([book(tmp_path / "b.xlsx", {"Items": [HEAD, *invoices(3)], "Summary": summary})])
    assert read.told() == [("sheet_not_used", None, "kept")]
    assert read.ledger.problems[0].facts["sheet"] == "Summary"
    assert read.ledger.accepted == 3


@pytest.mark.parametrize("sheets", [{"Notes": NOTES}, {"Notes": NOTES, "Pivot": PIVOT}])
def test_a_workbook_without_any_ledger_is_refused(tmp_path: Path, sheets: Mapping[str, Cells]) -> None:
    with pytest.raises(DuebookError) as caught:
        Read([book(tmp_path / "b.xlsx", sheets)])
    assert caught.value.key == "ledger.column_missing"
    assert "b.xlsx" in caught.value.text()


def test_the_same_content_twice_is_refused(tmp_path: Path) -> None:
    first = book(tmp_path / "a.xlsx", {"Items": [HEAD, *invoices(3)]})
    copy = tmp_path / "copy of a.xlsx"
    copy.write_bytes(first.path.read_bytes())
    with pytest.raises(
        DuebookError, match=r"copy of a\.xlsx has the same content as a\.xlsx: every row would count twice"
    ):
        Read([first, Source(copy)])
    with pytest.raises(DuebookError, match="Give each file once"):
        Read([first, Source(first.path, "payments")])
    assert Read([Source(first.path, sheet="Items")]).ledger.accepted == 3


def test_a_row_repeated_in_another_file_names_that_file(tmp_path: Path) -> None:
    head = " | ".join(HEAD)
    row = "C1 | I1 | 2026-10-01 | 2026-10-31 | 10.00 | USD"
    read = Read([write(tmp_path / "a.csv", f"{head}\n{row}"), write(tmp_path / "b.csv", f"{head}\n{row}\n{row}9")])
    (problem,) = [p for p in read.ledger.problems if p.reason == "ledger.duplicate_row"]
    assert (problem.file, problem.line, problem.facts["first"]) == ("b.csv", 2, "2 (a.csv)")


@pytest.mark.parametrize(("system", "zero"), [(False, date(1899, 12, 30)), (True, date(1904, 1, 1))])
def test_day_numbers_count_from_the_workbooks_own_day(tmp_path: Path, system: bool, zero: date) -> None:
    """Cells without a date format hold plain day numbers; real date cells beside them must mean the same days."""
    rows = [
        ("C1", "I1", (date(2026, 9, 1) - zero).days, (date(2026, 10, 1) - zero).days, 100.0, "USD"),
        ("C1", "I2", date(2026, 9, 2), date(2026, 10, 2), 100.0, "USD"),
    ]
    read = Read([book(tmp_path / "a.xlsx", {"Items": [HEAD, *rows]}, date_1904=system)])
    assert read.rows("document_date, due_date") == [
        (date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 9, 2), date(2026, 10, 2)),
    ]
    assert set(read.told()) == {("date_serial", None, "repaired")}


def damaged(count: int) -> list[tuple[object, ...]]:
    """Every third day from 1 March 2026 as a day-first CSV opened in an American Excel: days up to 12 become real
    dates with day and month swapped, the others stay text."""

    def shown(day: date) -> object:
        return date(day.year, day.day, day.month) if day.day <= 12 else f"{day:%d/%m/%Y}"

    days = [date(2026, 3, 1) + timedelta(days=3 * n) for n in range(count)]
    return [("C1", f"I{n:02}", shown(day), shown(day + timedelta(days=30)), 100.0, "USD") for n, day in enumerate(days)]


TRUE_DAYS = [(date(2026, 3, 1) + timedelta(days=3 * n),) for n in range(40)]


def test_swapped_dates_of_a_workbook_are_put_back_and_said(tmp_path: Path) -> None:
    read = Read([book(tmp_path / "a.xlsx", {"Items": [HEAD, *damaged(40)]})])
    assert read.rows("document_date") == TRUE_DAYS
    assert read.rows("min(due_date - document_date), max(due_date - document_date)", order="1") == [(30, 30)]
    early = sum(1 for (day,) in TRUE_DAYS if day.day <= 12)
    told = {p.column: p.facts["count"] for p in read.ledger.problems if p.reason == "ledger.date_damaged"}
    assert told["Invoice Date"] == str(early)
    assert {p.treatment for p in read.ledger.problems} == {"repaired"}


@pytest.mark.parametrize("shown", ["%Y-%m-%d", "%d-%b-%Y", "serial"])
def test_swapped_dates_saved_as_csv_are_put_back_whatever_format_their_cells_had(tmp_path: Path, shown: str) -> None:
    def saved(value: object) -> object:
        if not isinstance(value, date):
            return value
        return (value - date(1899, 12, 30)).days if shown == "serial" else value.strftime(shown)

    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *([saved(cell) for cell in row] for row in damaged(40))])
    read = Read([Source(path)])
    assert read.rows("document_date") == TRUE_DAYS
    assert ("date_damaged", None, "repaired") in read.told()


def test_swapped_dates_saved_as_csv_in_american_form_read_as_they_were(tmp_path: Path) -> None:
    """Excel shows 3 April (meant: 4 March) as 4/3/2026, which is how it stood in the export: nothing to mend."""
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [[f"{c.month}/{c.day}/{c.year}" if isinstance(c, date) else c for c in row] for row in damaged(40)]
        csv.writer(file).writerows([HEAD, *rows])
    read = Read([Source(path)])
    assert read.rows("document_date") == TRUE_DAYS
    assert read.told() == []


def test_dates_beyond_the_twelfth_show_that_nothing_was_swapped(tmp_path: Path) -> None:
    rows = [("C1", f"I{n}", date(2026, 3, n), date(2026, 4, n), 100.0, "USD") for n in range(1, 25)]
    rows.append(("C1", "I99", "25/03/2026", "25/04/2026", 100.0, "USD"))  # type: ignore[arg-type]  # a text among dates
    read = Read([book(tmp_path / "a.xlsx", {"Items": [HEAD, *rows]})])
    assert read.rows("document_date") == [(date(2026, 3, n),) for n in range(1, 26)]
    assert read.told() == []


def test_rows_that_a_filter_hides_are_read_and_counted(tmp_path: Path) -> None:
    read = Read([book(tmp_path / "a.xlsx", {"Items": [HEAD, *invoices(5)]}, hidden=(2, 4))])
    assert read.ledger.accepted == 5
    assert read.ledger.recognized[0].facts["hidden_rows_read_too"] == "2"


def test_titles_merged_cells_empty_columns_and_a_total_row(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("应收明细")
        sheet.merge_range("A1:H1", "青松集团 应收账款明细表")
        sheet.merge_range("A2:H2", "截至 2026-10-31")
        for c, name in enumerate(
            ("客户编码 Customer ID", "发票号", "开票日期/Invoice Date", "到期日", "金额 (USD)", "", "")
        ):
            sheet.write(3, c, name)
        for r, row in enumerate(invoices(3), start=4):
            sheet.write_row(r, 0, [str(c) if isinstance(c, date) else c for c in row[:5]])
        sheet.write_row(7, 0, ["合计", None, None, None, 300.0])
        sheet.autofilter("A4:G7")
    read = Read([Source(path)], currency=None)
    assert read.told() == [("total_line", 8, "left_out")]
    assert read.rows("document_id, currency") == [(f"I{n}", "USD") for n in (1, 2, 3)]
