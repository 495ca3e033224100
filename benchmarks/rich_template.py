"""A month-end template with what finance people put into one: tables, charts, formats, checks, names, print set-up.

Its sheet "Open items" holds the table `open_items`, twelve columns and one body row, for `fill_million.py` to fill.
"""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # publishes no types

COLUMNS = (
    ("customer_id", "Customer ID", "text"),
    ("customer_name", "Customer", "text"),
    ("document_id", "Document", "text"),
    ("kind", "Kind", "text"),
    ("document_date", "Document date", "date"),
    ("due_date", "Due date", "date"),
    ("currency", "Currency", "text"),
    ("amount", "Amount", "money"),
    ("open", "Open", "money"),
    ("disputed", "Disputed", "money"),
    ("days", "Days past due", "count"),
    ("bucket", "Bucket", "text"),
)
HEADER_ROW = 5
"""The table's header, counted from 0; the body starts below it."""


def write_template(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        formats = {
            "text": book.add_format({"font_name": "Arial", "font_size": 9}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "font_name": "Arial", "font_size": 9}),
            "money": book.add_format({"num_format": '#,##0.00;(#,##0.00);"–"', "font_name": "Arial", "font_size": 9}),
            "count": book.add_format({"num_format": "#,##0", "font_name": "Arial", "font_size": 9}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "header": book.add_format(
                {"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "text_wrap": True}
            ),
            "late": book.add_format({"bg_color": "#FDE9E7", "font_color": "#9C1C12"}),
        }
        summary = book.add_worksheet("Summary")
        items = book.add_worksheet("Open items")
        lists = book.add_worksheet("Lists")
        lists.write_column("A1", ["CNY", "USD", "EUR", "JPY"])
        lists.hide()
        _items(items, formats)
        _summary(book, summary, formats)
        book.define_name("Currencies", "=Lists!$A$1:$A$4")
        book.define_name("OpenTotal", f"=SUM('Open items'!$I${HEADER_ROW + 2}:$I${HEADER_ROW + 2})")
        book.set_properties({"title": "Month end", "company": "Benchmark"})


def _items(sheet: Any, formats: dict[str, Any]) -> None:
    header, first = HEADER_ROW, HEADER_ROW + 1
    last = len(COLUMNS) - 1
    sheet.merge_range(0, 0, 0, last, "Open items", formats["title"])
    sheet.write_formula(2, 8, f"=SUBTOTAL(109,I{first + 1}:I{first + 1})", formats["money"])
    columns = [
        {"header": label, "format": formats[unit], "header_format": formats["header"]} for _, label, unit in COLUMNS
    ]
    sheet.add_table(
        header, 0, first, last, {"name": "open_items", "columns": columns, "style": "Table Style Light 1", "data": []}
    )
    for place, (_, _, unit) in enumerate(COLUMNS):
        sheet.write_blank(first, place, None, formats[unit])
        sheet.set_column(place, place, 34 if place == 1 else 14)
    late = {"type": "cell", "criteria": ">", "value": 90, "format": formats["late"]}
    sheet.conditional_format(first, 10, first, 10, late)
    sheet.conditional_format(first, 8, first, 8, {"type": "data_bar", "data_bar_2010": True, "bar_color": "#5B7DB1"})
    disputed = {"type": "formula", "criteria": f"=$J{first + 1}>0", "format": formats["late"]}
    sheet.conditional_format(first, 0, first, last, disputed)
    sheet.data_validation(first, 6, first, 6, {"validate": "list", "source": "=Currencies"})
    sheet.write_comment(header, 8, "Amount less what was applied by the as-of date")
    sheet.freeze_panes(first, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, first, last)
    sheet.set_header("&L&G&COpen items", {"image_left": "logo.png", "image_data_left": BytesIO(_picture())})
    sheet.set_footer("&CPage &P of &N")


def _summary(book: Any, sheet: Any, formats: dict[str, Any]) -> None:
    body = HEADER_ROW + 2
    buckets = ("Not due", "1–30", "31–60", "61–90", "91–120", ">120")
    sheet.write("A1", "Receivables at month end", formats["title"])
    for row, label in enumerate(buckets, start=3):
        sheet.write(row, 0, label)
        formula = f"=SUMIFS('Open items'!$I${body}:$I${body},'Open items'!$L${body}:$L${body},A{row + 1})"
        sheet.write_formula(row, 1, formula, formats["money"])
        sheet.add_sparkline(row, 3, {"range": "Summary!$B$4:$B$9", "type": "column"})
    sheet.write_formula("B10", "=SUM(B4:B9)", formats["money"])
    sheet.write_formula("B11", "=ROUND(B10-OpenTotal,2)=0")
    for kind, cell in (("column", "F3"), ("line", "F20")):
        chart = book.add_chart({"type": kind})
        chart.add_series(
            {"categories": "=Summary!$A$4:$A$9", "values": "=Summary!$B$4:$B$9", "data_labels": {"value": True}}
        )
        chart.set_title({"name": "Receivables by age"})
        sheet.insert_chart(cell, chart)
    sheet.set_column("A:D", 16)


def _picture() -> bytes:
    """A small PNG, for the page header."""
    width, height = 64, 32

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((31, 56, 100)) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
