"""Every kind of part that can refer to rows, and where each reference must stand after growing and after shrinking.

The template's table `items` has its header on row 3, its body on rows 4 to 6 and its totals on row 7. With six rows of
data, what Excel does when three rows are inserted above row 7: row 7 and below go down by three, ranges over the body
end at row 9. With one row, as when rows 5 and 6 are deleted: row 7 and below go up by two, the body is row 4.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from tests.books import schemas
from tests.books.made_package import MAIN, OFFICE, X14, XM, Made, texts

from duebook.books.fill import Filled, fill
from duebook.books.plan import Column, Plan
from duebook.books.rows import ListRows

COLUMNS = (Column("customer", ("Customer",)), Column("due", ("Due",), "date"), Column("amount", ("Amount",), "number"))
DATA, OTHER, CHARTSHEET = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/chartsheets/sheet1.xml"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
DRAW = "http://schemas.openxmlformats.org/drawingml/2006/main"
THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
VIEWS = "http://schemas.microsoft.com/office/spreadsheetml/2019/namedsheetviews"
CHARTEX = "http://schemas.microsoft.com/office/drawing/2014/chartex"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
ID = "{11111111-1111-1111-1111-111111111111}"


def items(count: int) -> ListRows:
    return ListRows(COLUMNS, [(f"C{n}", date(2026, 1, n + 1), Decimal(n + 1)) for n in range(count)])


def base(path: Path) -> Made:
    with xlsxwriter.Workbook(path) as book:
        data, other = book.add_worksheet("Data"), book.add_worksheet("Other")
        sheet = book.add_chartsheet("Graph")
        columns: list[dict[str, Any]] = [
            {"header": "Customer", "total_string": "Total"},
            {"header": "Due"},
            {"header": "Amount", "total_function": "sum"},
        ]
        data.add_table("A3:C7", {"name": "items", "total_row": True, "columns": columns})
        data.write("A9", "note")
        data.write_comment("A9", "a comment", {"x_scale": 2})
        data.write_formula("C10", "=SUM(C4:C6)", None, 0)
        data.write_array_formula("E9:E11", "{=C4:C6*2}")
        data.write("C15", 1)
        data.insert_textbox("E13", "below", {"textlink": "=Data!$C$10"})
        other.insert_textbox("B2", "elsewhere", {"textlink": "=Data!$C$10"})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"categories": "=Data!$A$4:$A$6", "values": "=Data!$C$4:$C$6"})
        sheet.set_chart(chart)
        data.print_area("A1:C7")
        for name, formula in (
            ("total", "=Data!$C$10"),
            ("offset", "=OFFSET(Data!$A$4,0,0,COUNTA(Data!$A$4:$A$6),1)"),
            ("union", "=Data!$A$4:$A$6,Data!$C$10"),
            ("crossing", "=Data!$A$4:$C$6 Data!$C:$C"),
            ("to_the_end", "=Data!$A$4:$A$1048576"),
            ("columns", "=Data!$A:$C"),
            ("above", "=Data!$A$1:$C$2"),
            ("everything", "=Data!$A$3:$C$6"),
        ):
            book.define_name(name, formula)
    return Made.read(path)


def with_sheet_parts(made: Made) -> None:
    """All that stands in a worksheet part beside its cells."""
    made.replace("xl/workbook.xml", "Data!$A$1:$C$7", "Data!$A$1:$C$7,Data!$A$9:$C$10")
    made.replace(DATA, '<c r="C15"><v>1</v></c>', '<c r="C15"><f t="dataTable" ref="C15:C16" r1="C10"/><v>1</v></c>')
    made.put(
        DATA,
        "<pageMargins",
        '<protectedRanges><protectedRange sqref="C4:C6 A9" name="edit"/></protectedRanges>'
        '<scenarios current="0" sqref="C10"><scenario name="best" count="2"><inputCells r="C10" val="1"/>'
        '<inputCells r="A2" val="2"/></scenario></scenarios>'
        '<dataConsolidate><dataRefs count="1"><dataRef ref="A4:C6" sheet="Data"/></dataRefs></dataConsolidate>'
        f'<customSheetViews><customSheetView guid="{ID}" topLeftCell="A9"><selection activeCell="A9" sqref="A9"/>'
        '<rowBreaks count="1" manualBreakCount="1"><brk id="8" max="16383" man="1"/></rowBreaks>'
        '<autoFilter ref="A3:C6"/></customSheetView></customSheetViews>'
        '<conditionalFormatting sqref="C4:C6"><cfRule type="iconSet" priority="9"><iconSet><cfvo type="percent" '
        'val="0"/><cfvo type="num" val="$C$10"/><cfvo type="formula" val="SUM($C$4:$C$6)"/></iconSet></cfRule>'
        '</conditionalFormatting><hyperlinks><hyperlink ref="A9" location="Data!C10"/></hyperlinks>',
    )
    made.put(
        DATA,
        "<drawing ",
        '<rowBreaks count="2" manualBreakCount="2"><brk id="2" max="16383" man="1"/><brk id="8" max="16383" man="1"/>'
        '</rowBreaks><cellWatches><cellWatch r="C10"/></cellWatches>'
        '<ignoredErrors><ignoredError sqref="A4:A6 B9 B4:B1048576" numberStoredAsText="1"/></ignoredErrors>',
    )
    made.put(
        DATA,
        "</worksheet>",
        f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}" xmlns:xm="{XM}">'
        '<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="expression" priority="1" '
        f'id="{ID}"><xm:f>C4&gt;Data!$C$10</xm:f></x14:cfRule><xm:sqref>C4:C6</xm:sqref></x14:conditionalFormatting>'
        '</x14:conditionalFormattings></ext><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        f'xmlns:x14="{X14}" xmlns:xm="{XM}"><x14:dataValidations count="1"><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>Data!$A$9:$A$12</xm:f></x14:formula1><xm:sqref>A4:A6</xm:sqref></x14:dataValidation>"
        '</x14:dataValidations></ext><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" '
        f'xmlns:x14="{X14}" xmlns:xm="{XM}"><x14:sparklineGroups><x14:sparklineGroup dateAxis="1">'
        "<xm:f>Data!B4:B6</xm:f><x14:sparklines><x14:sparkline><xm:f>Data!C4:C6</xm:f><xm:sqref>D10</xm:sqref>"
        "</x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>",
    )
    made.put(
        OTHER,
        "<pageMargins",
        '<conditionalFormatting sqref="A9"><cfRule type="expression" priority="1"><formula>Data!$C$10&gt;0</formula>'
        '</cfRule></conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="A9">'
        "<formula1>Data!$A$4:$A$6</formula1></dataValidation></dataValidations><hyperlinks>"
        '<hyperlink ref="A9" location="Data!A9"/><hyperlink ref="A10" location="Other!A9"/>'
        '<hyperlink ref="A11" location="total"/></hyperlinks>',
    )
    made.replace(
        "xl/tables/table1.xml",
        '<autoFilter ref="A3:C6"/>',
        '<autoFilter ref="A3:C6"><filterColumn colId="0"><filters><filter val="A9"/></filters></filterColumn>'
        '</autoFilter><sortState ref="A4:C6"><sortCondition ref="C4:C6"/></sortState>',
    )


def with_form_controls(made: Made) -> None:
    """A drop-down as Excel keeps it: in the sheet, in a part of its properties, and in the old drawing language."""
    properties = made.add(
        "xl/ctrlProps/ctrlProp1.xml",
        f'<formControlPr xmlns="{X14}" objectType="Drop" fmlaLink="$C$10" fmlaRange="Data!$A$4:$A$6" '
        'fmlaTxbx="Other!$A$9" sel="1"/>',
        "application/vnd.ms-excel.controlproperties+xml",
        DATA,
        "ctrlProp",
    )
    corner = "<xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{}</xdr:row><xdr:rowOff>0</xdr:rowOff>"
    made.put(
        DATA,
        "<tableParts",
        f'<mc:AlternateContent xmlns:mc="{MC}"><mc:Choice xmlns:xdr="{XDR}" xmlns:x14="{X14}" Requires="x14">'
        f'<controls><control shapeId="2049" r:id="{properties}" name="Drop"><controlPr defaultSize="0" '
        f'linkedCell="Data!$C$10" listFillRange="Data!$A$4:$A$6"><anchor><from>{corner.format(12)}</from>'
        f"<to>{corner.format(14)}</to></anchor></controlPr></control></controls></mc:Choice></mc:AlternateContent>",
    )
    vml = next(n for n in made.parts if n.endswith(".vml"))
    made.put(
        vml,
        "</xml>",
        '<v:shape id="_x0000_s2049"><x:ClientData ObjectType="Drop"><x:Anchor>0, 0, 12, 0, 2, 0, 14, 0</x:Anchor>'
        "<x:FmlaRange>Data!$A$4:$A$6</x:FmlaRange><x:FmlaLink>$C$10</x:FmlaLink>"
        "<x:FmlaPict>Data!$A$4:$C$6</x:FmlaPict></x:ClientData></v:shape>",
    )


def with_related_parts(made: Made) -> None:
    made.add(
        "xl/threadedComments/threadedComment1.xml",
        f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="A9" personId="{ID}" id="{ID}"><text>why?</text>'
        "</threadedComment></ThreadedComments>",
        "application/vnd.ms-excel.threadedcomments+xml",
        DATA,
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
    )
    made.add(
        "xl/namedSheetViews/namedSheetView1.xml",
        f'<namedSheetViews xmlns="{VIEWS}"><namedSheetView name="Mine" id="{ID}"><nsvFilter filterId="{ID}" '
        'ref="A3:C6" tableId="1"><sortRules><sortRule colId="0"/></sortRules></nsvFilter></namedSheetView>'
        "</namedSheetViews>",
        "application/vnd.ms-excel.namedsheetviews+xml",
        DATA,
        "http://schemas.microsoft.com/office/2019/04/relationships/namedSheetView",
    )
    made.add(
        "xl/tables/tableSingleCells1.xml",
        f'<singleXmlCells xmlns="{MAIN}"><singleXmlCell id="9" r="C10" connectionId="0"><xmlCellPr id="1" '
        'uniqueName="x"><xmlPr mapId="1" xpath="/x" xmlDataType="string"/></xmlCellPr></singleXmlCell>'
        "</singleXmlCells>",
        SHEET_TYPE + "tableSingleCells+xml",
        DATA,
        "tableSingleCells",
    )
    made.add(
        "xl/charts/chartEx1.xml",
        f'<cx:chartSpace xmlns:cx="{CHARTEX}"><cx:chartData><cx:data id="0"><cx:strDim type="cat"><cx:f>'
        'Data!$A$4:$A$6</cx:f><cx:lvl ptCount="1"><cx:pt idx="0">old</cx:pt></cx:lvl></cx:strDim><cx:numDim type="val">'
        "<cx:f>Data!$C$4:$C$6</cx:f></cx:numDim></cx:data></cx:chartData></cx:chartSpace>",
        "application/vnd.ms-office.chartex+xml",
        "xl/drawings/drawing1.xml",
        "http://schemas.microsoft.com/office/2014/relationships/chartEx",
    )
    link = made.relate("xl/drawings/drawing1.xml", "hyperlink", "#Data!A9")
    made.put(
        "xl/drawings/drawing1.xml",
        "</xdr:wsDr>",
        "<xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>"
        '0</xdr:rowOff></xdr:from><xdr:ext cx="1" cy="1"/><xdr:sp macro="" textlink="">'
        f'<xdr:nvSpPr><xdr:cNvPr id="77" name="go"><a:hlinkClick xmlns:r="{OFFICE}" r:id="{link}"/></xdr:cNvPr>'
        '<xdr:cNvSpPr><a:extLst><a:ext uri="{84589F7E-364E-4C9E-8A38-B11213B215E9}"><a14:cameraTool '
        'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" cellRange="$A$4:$C$6"/></a:ext></a:extLst>'
        '</xdr:cNvSpPr></xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr></xdr:sp><xdr:clientData/>'
        "</xdr:oneCellAnchor>",
    )


def with_a_query(made: Made) -> None:
    """A query that takes a parameter from a cell."""
    made.add(
        "xl/connections.xml",
        f'<connections xmlns="{MAIN}"><connection id="1" name="ledger" type="1" refreshedVersion="6"><dbPr '
        'connection="DSN=x" command="select 1"/><parameters count="1"><parameter parameterType="cell" '
        'cell="Data!$C$10"/></parameters></connection></connections>',
        SHEET_TYPE + "connections+xml",
        "xl/workbook.xml",
        "connections",
    )


def with_pivots(made: Made) -> None:
    """One pivot each on a range, a table, a name, another sheet and another book. The first stands below the table."""
    sources = (
        'ref="A3:C6" sheet="Data"',
        'name="items"',
        'name="everything"',
        'ref="A3:C6" sheet="Other"',
        f'xmlns:r="{OFFICE}" r:id="rId1" ref="A3:C6" sheet="Data"',
    )
    ids = []
    for number, source in enumerate(sources, 1):
        cache = f"xl/pivotCache/pivotCacheDefinition{number}.xml"
        ids.append(
            made.add(
                cache,
                f'<pivotCacheDefinition xmlns="{MAIN}" saveData="0"><cacheSource type="worksheet">'
                f'<worksheetSource {source}/></cacheSource><cacheFields count="3">'
                + "".join(f'<cacheField name="{n}"><sharedItems/></cacheField>' for n in ("Customer", "Due", "Amount"))
                + "</cacheFields></pivotCacheDefinition>",
                SHEET_TYPE + "pivotCacheDefinition+xml",
                "xl/workbook.xml",
                "pivotCacheDefinition",
            )
        )
        table = f"xl/pivotTables/pivotTable{number}.xml"
        made.add(
            table,
            f'<pivotTableDefinition xmlns="{MAIN}" name="P{number}" cacheId="{number}" dataCaption="Values"><location '
            'ref="A20:B22" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/></pivotTableDefinition>',
            SHEET_TYPE + "pivotTable+xml",
            DATA if number == 1 else OTHER,
            "pivotTable",
        )
        made.relate(table, "pivotCacheDefinition", "/" + cache)
    caches = "".join(f'<pivotCache cacheId="{n}" r:id="{i}"/>' for n, i in enumerate(ids, 1))
    made.put("xl/workbook.xml", "</workbook>", f"<pivotCaches>{caches}</pivotCaches>")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("follow") / "template.xlsx"
    made = base(path)
    with_sheet_parts(made)
    with_form_controls(made)
    with_related_parts(made)
    with_a_query(made)
    with_pivots(made)
    return made.write(path)


@pytest.fixture(scope="module")
def grown(template: Path) -> tuple[Path, Filled]:
    target = template.with_name("grown.xlsx")
    return target, fill(template, target, Plan({"items": items(6)}))


@pytest.fixture(scope="module")
def shrunk(template: Path) -> tuple[Path, Filled]:
    target = template.with_name("shrunk.xlsx")
    return target, fill(template, target, Plan({"items": items(1)}))


SERIES = ("Data!$A$4:$A$9|Data!$C$4:$C$9", "Data!$A$4:$A$4|Data!$C$4:$C$4")
LINKS, NEW_CHART = "xl/drawings/_rels/drawing1.xml.rels", "/xl/charts/chartEx1.xml"
VML = "xl/drawings/vmlDrawing1.vml"
CASES: list[tuple[str, str, str, str | None, str, str]] = [
    # what, part, element, attribute, grown, shrunk (several values of one part joined by |)
    ("protected ranges", DATA, "protectedRange", "sqref", "C4:C9 A12", "C4 A7"),
    ("scenarios", DATA, "scenarios", "sqref", "C13", "C8"),
    ("scenario inputs", DATA, "inputCells", "r", "C13|A2", "C8|A2"),
    ("consolidation", DATA, "dataRef", "ref", "A4:C9", "A4:C4"),
    ("custom views", DATA, "customSheetView", "topLeftCell", "A12", "A7"),
    ("filters of custom views", DATA, "autoFilter", "ref", "A3:C9", "A3:C4"),
    ("row breaks", DATA, "brk", "id", "11|2|11", "6|2|6"),
    ("ignored errors", DATA, "ignoredError", "sqref", "A4:A9 B12 B4:B1048576", "A4 B7 B4:B1048576"),
    ("cell watches", DATA, "cellWatch", "r", "C13", "C8"),
    ("thresholds of icons", DATA, "cfvo", "val", "0|$C$13|SUM($C$4:$C$9)", "0|$C$8|SUM($C$4:$C$4)"),
    ("hyperlinks", DATA, "hyperlink", "ref", "A12", "A7"),
    ("hyperlinks into the sheet", DATA, "hyperlink", "location", "Data!C13", "Data!C8"),
    ("hyperlinks elsewhere", OTHER, "hyperlink", "ref", "A9|A10|A11", "A9|A10|A11"),
    ("hyperlinks from elsewhere", OTHER, "hyperlink", "location", "Data!A12|Other!A9|total", "Data!A7|Other!A9|total"),
    ("rules elsewhere", OTHER, "formula", None, "Data!$C$13>0", "Data!$C$8>0"),
    ("validations elsewhere", OTHER, "formula1", None, "Data!$A$4:$A$9", "Data!$A$4:$A$4"),
    ("where these stand", OTHER, "dataValidation", "sqref", "A9", "A9"),
    (
        "formulas of extensions, array formulas and data tables",
        DATA,
        "f",
        None,
        "SUBTOTAL(109,[Amount])|C4:C9*2|SUM(C4:C9)||C4>Data!$C$13|Data!$A$12:$A$15|Data!B4:B9|Data!C4:C9",
        "SUBTOTAL(109,[Amount])|C4:C4*2|SUM(C4:C4)||C4>Data!$C$8|Data!$A$7:$A$10|Data!B4:B4|Data!C4:C4",
    ),
    ("areas of extensions", DATA, "sqref", None, "C4:C9|A4:A9|D13", "C4|A4|D8"),
    ("areas of array formulas and data tables", DATA, "f", "ref", "E12:E14|C18:C19", "E7:E9|C13:C14"),
    ("inputs of data tables", DATA, "f", "r1", "C13", "C8"),
    ("linked cells of controls", DATA, "controlPr", "linkedCell", "Data!$C$13", "Data!$C$8"),
    ("lists of controls", DATA, "controlPr", "listFillRange", "Data!$A$4:$A$9", "Data!$A$4:$A$4"),
    ("control links", "xl/ctrlProps/ctrlProp1.xml", "formControlPr", "fmlaLink", "$C$13", "$C$8"),
    ("control lists", "xl/ctrlProps/ctrlProp1.xml", "formControlPr", "fmlaRange", "Data!$A$4:$A$9", "Data!$A$4:$A$4"),
    ("control texts elsewhere", "xl/ctrlProps/ctrlProp1.xml", "formControlPr", "fmlaTxbx", "Other!$A$9", "Other!$A$9"),
    ("old control links", VML, "FmlaLink", None, "$C$13", "$C$8"),
    ("old control lists", VML, "FmlaRange", None, "Data!$A$4:$A$9", "Data!$A$4:$A$4"),
    ("rows of old comments", VML, "Row", None, "11", "6"),
    ("comments", "xl/comments1.xml", "comment", "ref", "A12", "A7"),
    ("threaded comments", "xl/threadedComments/threadedComment1.xml", "threadedComment", "ref", "A12", "A7"),
    ("views of one person", "xl/namedSheetViews/namedSheetView1.xml", "nsvFilter", "ref", "A3:C9", "A3:C4"),
    ("single mapped cells", "xl/tables/tableSingleCells1.xml", "singleXmlCell", "r", "C13", "C8"),
    ("tables with totals", "xl/tables/table1.xml", "table", "ref", "A3:C10", "A3:C5"),
    ("their filters", "xl/tables/table1.xml", "autoFilter", "ref", "A3:C9", "A3:C4"),
    ("filter values stay", "xl/tables/table1.xml", "filter", "val", "A9", "A9"),
    ("their sorting", "xl/tables/table1.xml", "sortState", "ref", "A4:C9", "A4:C4"),
    ("what they sort by", "xl/tables/table1.xml", "sortCondition", "ref", "C4:C9", "C4"),
    ("new kinds of charts", "xl/charts/chartEx1.xml", "f", None, *SERIES),
    ("charts on sheets of their own", "xl/charts/chart1.xml", "f", None, *SERIES),
    ("texts of shapes", "xl/drawings/drawing1.xml", "sp", "textlink", "Data!$C$13|", "Data!$C$8|"),
    ("texts of shapes elsewhere", "xl/drawings/drawing2.xml", "sp", "textlink", "Data!$C$13", "Data!$C$8"),
    ("links of shapes", LINKS, "Relationship", "Target", f"{NEW_CHART}|#Data!A12", f"{NEW_CHART}|#Data!A7"),
    ("pivots below", "xl/pivotTables/pivotTable1.xml", "location", "ref", "A23:B25", "A18:B20"),
    ("pivots elsewhere", "xl/pivotTables/pivotTable2.xml", "location", "ref", "A20:B22", "A20:B22"),
    ("pivots on a range", "xl/pivotCache/pivotCacheDefinition1.xml", "worksheetSource", "ref", "A3:C9", "A3:C4"),
    ("pivots on another range", "xl/pivotCache/pivotCacheDefinition4.xml", "worksheetSource", "ref", "A3:C6", "A3:C6"),
    ("pivots on another book", "xl/pivotCache/pivotCacheDefinition5.xml", "worksheetSource", "ref", "A3:C6", "A3:C6"),
    ("parameters of queries", "xl/connections.xml", "parameter", "cell", "Data!$C$13", "Data!$C$8"),
    ("pictures of cells", "xl/drawings/drawing1.xml", "cameraTool", "cellRange", "$A$4:$C$9", "$A$4:$C$4"),
    ("old pictures of cells", VML, "FmlaPict", None, "Data!$A$4:$C$9", "Data!$A$4:$C$4"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "element", "attribute", "after_growth", "after_loss"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_references_follow(
    grown: tuple[Path, Filled],
    shrunk: tuple[Path, Filled],
    part: str,
    element: str,
    attribute: str | None,
    after_growth: str,
    after_loss: str,
) -> None:
    assert "|".join(texts(grown[0], part, element, attribute)) == after_growth
    assert "|".join(texts(shrunk[0], part, element, attribute)) == after_loss


NAMES = {
    "_xlnm.Print_Area": ("Data!$A$1:$C$10,Data!$A$12:$C$13", "Data!$A$1:$C$5,Data!$A$7:$C$8"),
    "total": ("Data!$C$13", "Data!$C$8"),
    "offset": (
        "OFFSET(Data!$A$4,0,0,COUNTA(Data!$A$4:$A$9),1)",
        "OFFSET(Data!$A$4,0,0,COUNTA(Data!$A$4:$A$4),1)",
    ),
    "union": ("Data!$A$4:$A$9,Data!$C$13", "Data!$A$4:$A$4,Data!$C$8"),
    "crossing": ("Data!$A$4:$C$9 Data!$C:$C", "Data!$A$4:$C$4 Data!$C:$C"),
    "to_the_end": ("Data!$A$4:$A$1048576", "Data!$A$4:$A$1048576"),
    "columns": ("Data!$A:$C", "Data!$A:$C"),
    "above": ("Data!$A$1:$C$2", "Data!$A$1:$C$2"),
    "everything": ("Data!$A$3:$C$9", "Data!$A$3:$C$4"),
}


@pytest.mark.parametrize("name", NAMES)
def test_names_follow(grown: tuple[Path, Filled], shrunk: tuple[Path, Filled], name: str) -> None:
    for (path, _), expected in zip((grown, shrunk), NAMES[name], strict=True):
        names = texts(path, "xl/workbook.xml", "definedName", "name")
        assert texts(path, "xl/workbook.xml", "definedName")[names.index(name)] == expected


def test_places_of_shapes_and_controls_keep_their_size(
    template: Path, grown: tuple[Path, Filled], shrunk: tuple[Path, Filled]
) -> None:
    """The text box starts on row 13 (12 from zero), the control too; a shape on row 2 stays."""

    def rows(path: Path, part: str) -> list[int]:
        return [int(t) for t in texts(path, part, "row") if t]

    before = rows(template, "xl/drawings/drawing1.xml")
    assert before[0] == 12
    for (path, _), by in ((grown, 3), (shrunk, -2)):
        assert rows(path, "xl/drawings/drawing1.xml") == [before[0] + by, before[1] + by, 1]
        assert rows(path, DATA) == [12 + by, 14 + by]
        old = [[int(v) for v in t.split(",")] for t in texts(template, VML, "Anchor")]
        new = [[int(v) for v in t.split(",")] for t in texts(path, VML, "Anchor")]
        moved = [[*o[:2], o[2] + by, *o[3:6], o[6] + by, o[7]] for o in old]
        assert new == moved


def test_pivots_on_filled_rows_are_refreshed_on_load(grown: tuple[Path, Filled], shrunk: tuple[Path, Filled]) -> None:
    for path, _ in (grown, shrunk):
        said = [
            texts(path, f"xl/pivotCache/pivotCacheDefinition{n}.xml", "pivotCacheDefinition", "refreshOnLoad")
            for n in (1, 2, 3, 4, 5)
        ]
        assert said == [["1"], ["1"], ["1"], [], []]


def test_only_parts_that_may_change_do(grown: tuple[Path, Filled], shrunk: tuple[Path, Filled]) -> None:
    for _, report in (grown, shrunk):
        assert report.changed <= report.allowed
        assert "xl/pivotTables/pivotTable2.xml" not in report.allowed
        assert "xl/pivotCache/pivotCacheDefinition4.xml" not in report.allowed


@pytest.mark.shared
def test_what_comes_out_is_as_valid_as_what_went_in(
    template: Path, grown: tuple[Path, Filled], shrunk: tuple[Path, Filled], shared: Path
) -> None:
    before = schemas.violations(template, shared / "schemas")
    for path, _ in (grown, shrunk):
        after = schemas.violations(path, shared / "schemas")
        new = {part: found - before.get(part, set()) for part, found in after.items()}
        assert {part: found for part, found in new.items() if found} == {}
