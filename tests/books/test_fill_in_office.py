"""What a filled book says before anything recalculates is what LibreOffice computes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from tests.acceptance.office import Office, differences, errors

from duebook.books.fill import fill
from duebook.books.plan import Column, Plan, Value
from duebook.books.rows import ListRows

pytestmark = pytest.mark.office

COLUMNS = (Column("Customer"), Column("Bucket"), Column("Amount", kind="number"))


def rows(count: int) -> ListRows:
    made: list[tuple[Value, ...]] = [
        (f"C{n % 3}", ("0-30", "31-60")[n % 2], Decimal(n * 37 % 1000) / 100 + 1) for n in range(count)
    ]
    return ListRows(COLUMNS, made)


def template(path: Path) -> Path:
    """Two slots below each other, formulas of every kind on their rows, between, below, and on another sheet."""
    with xlsxwriter.Workbook(path) as book:
        data, summary = book.add_worksheet("Data"), book.add_worksheet("Summary")
        columns: list[dict[str, Any]] = [
            {"header": "Customer", "total_string": "Total"},
            {"header": "Bucket"},
            {"header": "Amount", "total_function": "sum"},
            {"header": "Share", "formula": "=C3/C$7"},
        ]
        data.add_table("A2:D7", {"name": "items", "total_row": True, "columns": columns})
        # XlsxWriter writes [Amount] without the table's name, which LibreOffice 7.4 does not know; Excel writes it so
        data.write_formula("C7", "=SUBTOTAL(109,items[Amount])")
        data.write_row("F2", ["Running"])
        data.write_formula("F3", "=SUM(C$3:C3)")
        data.write_formula("C9", "=SUM(C3:C6)/COUNT(C3:C6)")
        data.write_row("A11", ["Customer", "Bucket", "Amount"])
        data.write_row("A12", ["x", "y", 1])
        data.write_formula("C13", "=SUM(C12:C12)")
        data.write_formula("C14", "=C13+C9+C7")
        for number, formula in enumerate(
            (
                '=SUMIFS(items[Amount],items[Bucket],"0-30")',
                "=SUM(Data!C3:C6)-Data!C7",
                "=total*2",
                "=SUM(below)",
                '=IFERROR(VLOOKUP("C1",Data!A3:C6,3,FALSE),0)',
                "=INDEX(items[Customer],1)",
                "=COUNTA(items[Customer])",
                '=IF(A1>10,"much","little")',
                "=ROUND(MAX(items[Amount])*1.005,2)",
                "=ROWS(items[Amount])",
            )
        ):
            summary.write_formula(number, 0, formula, None, 999)
        book.define_name("total", "=Data!$C$14")
        book.define_name("more", "=Data!$A$12:$C$12")
        book.define_name("below", "=Data!$C$12:$C$12")
    return path


def test_every_cached_value_is_the_recalculated_one(soffice: str, tmp_path: Path) -> None:
    base = template(tmp_path / "template.xlsx")
    filled = []
    for upper, lower in ((9, 3), (1, 1), (4, 6), (200, 40)):
        target = tmp_path / f"filled-{upper}-{lower}.xlsx"
        report = fill(base, target, Plan({"items": rows(upper), "more": rows(lower)}))
        assert report.dropped == 0
        assert report.refreshed >= 13
        filled.append(target)
    # the oracle sees a wrong cache: the template's own values are all 999
    found = Office(soffice, tmp_path / "office").recalculated([*filled, base])
    assert differences(base, found[base]) != []
    for target in filled:
        assert errors(found[target]) == []
        assert differences(target, found[target], uncached=True) == []
