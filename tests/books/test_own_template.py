"""A controller's own workbook, through the command line: own columns in own order, a pivot, a chart, notes, macros.

The ledger has three open items, 1,350.49 in all: 1,000.00 due 61 days before the as-of date, 99.99 due on it and
250.50 due 14 days after it. The table's body has two rows, so that everything below it goes down by one.
"""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from tests.acceptance.office import Office, differences, errors
from tests.books import schemas
from tests.books.made_package import MAIN, Made, texts

from duebook.hosts.cli import main

LEDGER = """客户编码,客户名称,发票号码,开票日期,到期日,应收金额,币种
000123,Blue Pine Trading,INV-1,2026-08-01,2026-08-31,1000.00,EUR
000123,Blue Pine Trading,INV-2,2026-10-15,2026-11-14,250.50,EUR
000456,青松贸易,INV-3,2026-09-20,2026-10-31,99.99,EUR
"""
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
KINDS = {
    "own.xlsx": SHEET_TYPE + "sheet.main+xml",
    "own macros.xlsm": "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "own form.xltx": SHEET_TYPE + "template.main+xml",
}
FILLED = {"own.xlsx": "own.xlsx", "own macros.xlsm": "own macros.xlsm", "own form.xltx": "own form.xlsx"}
VBA = bytes(range(256)) * 20


def plain(path: Path) -> Made:
    """Header on row 5, body on rows 6 and 7, totals on row 8; notes and a sum below; a sheet with what a CFO reads."""
    with xlsxwriter.Workbook(path) as book:
        items, summary = book.add_worksheet("应收明细"), book.add_worksheet("Summary")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        money = book.add_format({"num_format": "#,##0.00", "font_color": "blue"})
        items.write("A1", "Open items of the group")
        items.write("A2", "As of")
        items.write_datetime("B2", datetime(2020, 1, 1), day)
        book.define_name("as_of", "='应收明细'!$B$2")
        columns: list[dict[str, Any]] = [
            {"header": "Our remark"},
            {"header": "客户名称", "total_string": "合计"},
            {"header": "Due date", "format": day},
            {"header": "Open", "format": money, "total_function": "sum"},
            {"header": "Late by", "formula": "=as_of-open_items[@[Due date]]"},
            {"header": "Document"},
        ]
        items.add_table("A5:F8", {"name": "open_items", "total_row": True, "columns": columns})
        for row in (5, 6):
            items.write_blank(row, 2, None, day)
            items.write_blank(row, 3, None, money)
        # XlsxWriter leaves the table's name out of totals, which LibreOffice does not know; Excel writes it
        items.write_formula("D8", "=SUBTOTAL(109,open_items[Open])", money, 999)
        items.write("A10", "Checked by:")
        items.write_formula("D11", "=SUM(D6:D7)", money, 999)
        items.write_comment("A10", "sign here")
        items.conditional_format("E6:E7", {"type": "cell", "criteria": ">", "value": 0, "format": money})
        items.data_validation("A6:A7", {"validate": "list", "source": ["chase", "wait"]})
        items.print_area("A1:F11")
        items.freeze_panes(5, 0)
        for row, formula in enumerate(
            (
                "=SUM(open_items[Open])",
                '=SUMIFS(open_items[Open],open_items[客户名称],"青松贸易")',
                '=COUNTIF(open_items[Late by],">0")',
                "='应收明细'!D8-'应收明细'!D11",
                "=YEAR(as_of)",
                '=IF(A4=0,"ties out","look again")',
            )
        ):
            summary.write_formula(row, 0, formula, None, 999)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"categories": "='应收明细'!$F$6:$F$7", "values": "='应收明细'!$D$6:$D$7"})
        summary.insert_chart("D2", chart)
    return Made.read(path)


def with_pivot(made: Made) -> None:
    fields = "".join(
        f'<cacheField name="{n}"><sharedItems/></cacheField>'
        for n in ("Our remark", "客户名称", "Due date", "Open", "Late by", "Document")
    )
    shown = '<pivotField showAll="0"/>' * 6
    cache = "xl/pivotCache/pivotCacheDefinition1.xml"
    reference = made.add(
        cache,
        f'<pivotCacheDefinition xmlns="{MAIN}" saveData="0"><cacheSource type="worksheet"><worksheetSource '
        f'name="open_items"/></cacheSource><cacheFields count="6">{fields}</cacheFields></pivotCacheDefinition>',
        SHEET_TYPE + "pivotCacheDefinition+xml",
        "xl/workbook.xml",
        "pivotCacheDefinition",
    )
    made.add(
        "xl/pivotTables/pivotTable1.xml",
        f'<pivotTableDefinition xmlns="{MAIN}" name="ByCustomer" cacheId="1" dataCaption="Values"><location '
        'ref="A20:C37" firstHeaderRow="0" firstDataRow="0" firstDataCol="0"/>'
        f'<pivotFields count="6">{shown}</pivotFields></pivotTableDefinition>',
        SHEET_TYPE + "pivotTable+xml",
        "xl/worksheets/sheet2.xml",
        "pivotTable",
    )
    made.relate("xl/pivotTables/pivotTable1.xml", "pivotCacheDefinition", "/" + cache)
    made.put(
        "xl/workbook.xml", "</workbook>", f'<pivotCaches><pivotCache cacheId="1" r:id="{reference}"/></pivotCaches>'
    )


def saved_as(made: Made, folder: Path, name: str) -> Path:
    made.replace("[Content_Types].xml", KINDS["own.xlsx"], KINDS[name])
    if name.endswith(".xlsm"):
        made.add(
            "xl/vbaProject.bin",
            VBA,
            "application/vnd.ms-office.vbaProject",
            "xl/workbook.xml",
            "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
        )
    return made.write(folder / name)


@pytest.fixture(scope="module", params=KINDS)
def closed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The template in one of the three formats, and what a close made of it."""
    folder = tmp_path_factory.mktemp("own")
    made = plain(folder / "plain.xlsx")
    with_pivot(made)
    template = saved_as(made, folder, request.param)
    before = template.read_bytes()
    ledger = folder / "ledger.csv"
    ledger.write_text(LEDGER, "utf-8")
    out = folder / "out"
    words = ["close", str(ledger), "--as-of", "2026-10-31", "--template", str(template), "--out", str(out), "--quiet"]
    assert main(words) == 0
    assert template.read_bytes() == before, "a template is never changed"
    standard = {"aging.xlsx", "exposure.xlsx", "movements.xlsx", "close.json", "detail"}
    assert {p.name for p in out.iterdir()} == {*standard, FILLED[request.param]}
    return template, out / FILLED[request.param]


def test_rows_stand_in_the_users_own_columns(closed: tuple[Path, Path]) -> None:
    sheet = openpyxl.load_workbook(closed[1], data_only=True)["应收明细"]
    assert [c.value for c in sheet[5][:6]] == ["Our remark", "客户名称", "Due date", "Open", "Late by", "Document"]
    rows = {row[5]: row[:5] for row in sheet.iter_rows(min_row=6, max_row=8, max_col=6, values_only=True)}
    assert rows == {
        "INV-1": (None, "Blue Pine Trading", datetime(2026, 8, 31), 1000, 61),
        "INV-2": (None, "Blue Pine Trading", datetime(2026, 11, 14), 250.5, -14),
        "INV-3": (None, "青松贸易", datetime(2026, 10, 31), 99.99, 0),
    }
    assert sheet["B2"].value == datetime(2026, 10, 31)
    assert (sheet["B9"].value, sheet["D9"].value, sheet["D12"].value) == ("合计", 1350.49, 1350.49)
    assert (sheet["A11"].value, sheet["A11"].comment.text) == ("Checked by:", "sign here")
    assert {sheet[f"D{row}"].number_format for row in (6, 7, 8)} == {"#,##0.00"}
    assert sheet["D8"].font.color.rgb == "FF0000FF"


def test_everything_about_the_rows_follows(closed: tuple[Path, Path]) -> None:
    path = closed[1]
    book = openpyxl.load_workbook(path, keep_vba=True)
    sheet, summary = book["应收明细"], book["Summary"]
    assert sheet.tables["open_items"].ref == "A5:F9"
    assert sheet.tables["open_items"].autoFilter.ref == "A5:F8"
    assert sheet["D12"].value == "=SUM(D6:D8)"
    assert sheet["D9"].value == "=SUBTOTAL(109,open_items[Open])"
    assert [str(r.sqref) for r in sheet.conditional_formatting] == ["E6:E8"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "A6:A8"
    assert sheet.print_area == "'应收明细'!$A$1:$F$12"
    assert sheet.freeze_panes == "A6"
    assert summary["A4"].value == "='应收明细'!D9-'应收明细'!D12"
    assert texts(path, "xl/charts/chart1.xml", "f") == ["'应收明细'!$F$6:$F$8", "'应收明细'!$D$6:$D$8"]
    assert sorted(texts(path, "xl/charts/chart1.xml", "v")) == ["1000", "250.5", "99.99", "INV-1", "INV-2", "INV-3"]
    cache = "xl/pivotCache/pivotCacheDefinition1.xml"
    assert texts(path, cache, "worksheetSource", "name") == ["open_items"]
    assert texts(path, cache, "pivotCacheDefinition", "refreshOnLoad") == ["1"]
    assert texts(path, "xl/pivotTables/pivotTable1.xml", "location", "ref") == ["A20:C37"]


def test_the_summary_shows_the_new_figures_at_once(closed: tuple[Path, Path]) -> None:
    summary = openpyxl.load_workbook(closed[1], data_only=True)["Summary"]
    assert [summary[f"A{row}"].value for row in range(1, 7)] == [
        1350.49,
        99.99,
        1,
        0,
        date(2026, 10, 31).year,
        "ties out",
    ]


def test_the_kind_of_file_is_right_and_macros_are_untouched(closed: tuple[Path, Path]) -> None:
    template, path = closed
    kind = KINDS["own.xlsx"] if template.suffix == ".xltx" else KINDS[template.name]
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(template) as old:
        assert f'PartName="/xl/workbook.xml" ContentType="{kind}"' in package.read("[Content_Types].xml").decode()
        assert ("xl/vbaProject.bin" in package.namelist()) == (template.suffix == ".xlsm")
        if template.suffix == ".xlsm":
            assert package.read("xl/vbaProject.bin") == VBA
        for name in ("xl/pivotTables/pivotTable1.xml", "xl/theme/theme1.xml", "xl/sharedStrings.xml"):
            assert package.read(name) == old.read(name)


@pytest.mark.shared
def test_the_filled_book_is_valid(closed: tuple[Path, Path], shared: Path) -> None:
    before, after = (schemas.violations(path, shared / "schemas") for path in closed)
    assert after == before


@pytest.mark.office
def test_libreoffice_computes_the_same(closed: tuple[Path, Path], soffice: str, tmp_path: Path) -> None:
    _, path = closed
    found = Office(soffice, tmp_path / "office").recalculated([path])
    assert errors(found[path]) == []
    assert differences(path, found[path], uncached=True) == []
    assert len(found[path].formulas) == 3 + 2 + 6
