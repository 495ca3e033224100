"""Workbooks with Duebook formulas in every place a file can have them; written by XlsxWriter, finished by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import xlsxwriter
from lxml import etree
from tests.books.made_package import MAIN, OFFICE, X14, XM, Made

LINK = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE_2017 = "http://schemas.microsoft.com/office/2017/10/relationships"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def same_xml(one: bytes, other: bytes) -> bool:
    def plain(data: bytes) -> bytes:
        return etree.tostring(etree.fromstring(data), method="c14n")

    return plain(one) == plain(other)


def cells(path: Path, sheet: int = 1) -> dict[str, etree._Element]:
    root = etree.fromstring(parts_of(path)[f"xl/worksheets/sheet{sheet}.xml"])
    return {c.get("r", ""): c for c in root.iter("{*}c")}


def formula(cell: etree._Element) -> str | None:
    found = cell.find("{*}f")
    return None if found is None else (found.text or "")


def shown(cell: etree._Element) -> str:
    """The stored value, of whatever type."""
    return "".join(cell.itertext("{*}v", "{*}t"))


def book(path: Path, formulas: Mapping[str, tuple[str, object]] | None = None) -> Path:
    """One sheet "Data": A1:A3 are numbers, other cells as given: formula and the value it had."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_column("A1", [15000, 10000, 30])
        workbook.set_calc_mode("auto")
        for at, (text, value) in (formulas or {}).items():
            sheet.write_formula(at, "=" + text, None, value)
    return computed(path)


def computed(path: Path) -> Path:
    """As Excel saves it: nothing asks to be computed on opening."""
    made = Made.read(path)
    made.replace("xl/workbook.xml", ' fullCalcOnLoad="1"', "")
    return made.write(path)


def rich(path: Path) -> Path:
    """Every place that holds formulas: cells, arrays, dynamic arrays, shared formulas, tables, names, rules, notes."""
    with xlsxwriter.Workbook(path) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        data = workbook.add_worksheet("Data")
        data.write_column("A1", [15000, 10000, 30])
        data.write_formula("B1", "=DSO(A1,A2,A3)", None, 45)
        data.write_formula("B2", '=IF(B1>40,"DSO("&ROUND(dso(A1,A2,A3),1)&")","")', None, "DSO(45)")
        data.write_formula("B3", "=DUE_DATE(DATE(2026,1,31),30)", day, 46083)
        data.write_formula("B4", "=AND(DSO(A1,A2,A3)>40,TRUE)", None, True)
        data.write_formula("B5", "=DSO(A1,0,A3)", None, "#DIV/0!")
        data.write_formula("B6", '=TERMS_TEXT("=1+1")', None, "=1+1")
        data.write_formula("B7", "=\"DSO(1)\"&MY_DSO(1)&'DSO(1)'!A1", None, "kept")
        data.write_formula("B8", "=SUM(A1:A3)", None, 25030)
        data.write_array_formula("D1:E2", "{=AGING(A1:A3,A1:A3)}", None, 1)
        data.write_dynamic_array_formula("G1:G3", "=PAYMENT_PLAN(A1,3)", None, 5000)
        data.write_formula("H1", "=SUM(_xlfn.ANCHORARRAY(G1))", None, 15000)
        data.write_formula("H2", "=TwiceLate*2", None, 20)
        data.write_comment("B2", "Ask Anna first.", {"author": "Ben"})
        data.conditional_format("A1:A3", {"type": "formula", "criteria": "=DSO($A1,1,1)>3", "format": day})
        data.data_validation("A2", {"validate": "custom", "value": "=DSO(A1,A2,A3)<99"})
        quiet = workbook.add_worksheet("DSO(1)")
        quiet.write("A1", "x")
        table = workbook.add_worksheet("Table")
        columns = [{"header": "Open"}, {"header": "DSO", "formula": "=DSO([@Open],100,30)"}]
        table.add_table("A1:B3", {"name": "Late", "columns": columns, "data": [[100, 30], [200, 60]]})
        for row, value in ((1, 30), (2, 60)):
            table.write_formula(row, 1, "=DSO(Late[[#This Row],[Open]],100,30)", None, value)
        workbook.define_name("Rate", "=DSO(Data!$A$1,Data!$A$2,30)")
        workbook.define_name("TwiceLate", "=Rate*2")
        workbook.define_name("Plain", "=Data!$A$1")
    made = Made.read(computed(path))
    sheet = "xl/worksheets/sheet1.xml"
    shared = '<c r="C1"><f t="shared" ref="C1:C3" si="0">DSO($A$1,A1,30)</f><v>1</v></c>'
    made.put(sheet, '<c r="D1"', shared)
    made.put(sheet, '<c r="D2"', '<c r="C2"><f t="shared" si="0"/><v>2</v></c>')
    made.put(sheet, '<c r="G3"', '<c r="C3"><f t="shared" si="0"/><v>3</v></c>')
    rule = (
        f'<extLst><ext xmlns:x14="{X14}" uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}"><x14:conditionalFormattings>'
        f'<x14:conditionalFormatting xmlns:xm="{XM}"><x14:cfRule type="expression" priority="9"'
        ' id="{00000000-000E-0000-0000-000001000000}"><xm:f>HHI($A$1:$A$3)&gt;1</xm:f></x14:cfRule>'
        "<xm:sqref>A3</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    made.put(sheet, "</worksheet>", rule)
    chain = f'<calcChain xmlns="{MAIN}"><c r="B1" i="1"/><c r="B8"/></calcChain>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    made.add("xl/calcChain.xml", chain, kind, "xl/workbook.xml", "calcChain")
    return made.write(path)


def threaded(path: Path) -> Path:
    """A thread of two on B1, which holds a formula of ours."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Data")
        sheet.write_column("A1", [15000, 10000, 30])
        sheet.write_formula("B1", "=DSO(A1,A2,A3)", None, 45)
        sheet.write_comment("B1", "[Threaded comment]\n\nComment:\n    Why so high?", {"author": "tc={1}"})
    made = Made.read(computed(path))
    thread = (
        f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="B1" dT="2026-03-01T10:00:00.00" personId="{{P}}"'
        ' id="{1}"><text>Why so high?</text></threadedComment><threadedComment ref="B1" dT="2026-03-02T10:00:00.00"'
        ' personId="{P}" id="{2}" parentId="{1}"><text>?</text></threadedComment></ThreadedComments>'
    )
    person = f'<personList xmlns="{THREADED}"><person displayName="Anna" id="{{P}}" userId="a"/></personList>'
    for part, xml, kind, owner, relation in (
        ("threadedComments/threadedComment1", thread, "threadedcomments", "worksheets/sheet1", "threadedComment"),
        ("persons/person", person, "person", "workbook", "person"),
    ):
        content = f"application/vnd.ms-excel.{kind}+xml"
        made.add(f"xl/{part}.xml", xml, content, f"xl/{owner}.xml", f"{_OFFICE_2017}/{relation}")
    return made.write(path)


def linked(path: Path, formulas: Mapping[str, tuple[str, object]], targets: Mapping[str, str]) -> Path:
    """A book with external links: file → the XML inside its externalBook; numbered in this order."""
    book(path, formulas)
    made = Made.read(path)
    entries = []
    for number, (target, inside) in enumerate(targets.items(), start=1):
        part = f"xl/externalLinks/externalLink{number}.xml"
        xml = (
            f'<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1">{inside}</externalBook>'
            "</externalLink>"
        )
        key = made.add(part, xml, LINK, "xl/workbook.xml", "externalLink")
        made.parts[f"xl/externalLinks/_rels/externalLink{number}.xml.rels"] = (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath"'
            f' Target="{target}" TargetMode="External"/></Relationships>'
        ).encode()
        entries.append(f'<externalReference r:id="{key}"/>')
    made.put("xl/workbook.xml", "<calcPr", f"<externalReferences>{''.join(entries)}</externalReferences>")
    return made.write(path)
