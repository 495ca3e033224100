"""The package `duebook.xlam` (OPC, ECMA-376): a workbook of two sheets, the VBA project, the ribbon and its pictures.

Parts are stored, not deflated, with one fixed date: the same parts give the same bytes on every machine, whatever its
deflate library. Of the sheets one says what this file is; the other, very hidden, holds the texts (`texts.py`).
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, relpath
from xml.sax.saxutils import quoteattr

from duebook.books.body import escaped
from duebook.hosts.addin.texts import HEADINGS, SHEET, Row

NOTICE_SHEET = "Duebook"
CODE_NAMES = {NOTICE_SHEET: "NoticeSheet", SHEET: "TextsSheet"}
"""The sheets and the VBA modules that stand for them."""
WORKBOOK_MODULE = "ThisWorkbook"
_DATE = (1980, 1, 1, 0, 0, 0)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

_TYPES = {
    "xl/workbook.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml",
    "xl/worksheets/sheet1.xml": _SHEET_TYPE,
    "xl/worksheets/sheet2.xml": _SHEET_TYPE,
    "xl/styles.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
    "xl/vbaProject.bin": "application/vnd.ms-office.vbaProject",
    "customXml/itemProps1.xml": "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
_DEFAULTS = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "xml": "application/xml",
    "png": "image/png",
}


@dataclass(frozen=True)
class Content:
    """What goes into the package. `notice`: lines of the visible sheet, the first being its title."""

    project: bytes
    texts: Sequence[Row]
    notice: Sequence[str]
    summary: str
    ribbon: str
    icons: Mapping[str, bytes]
    intellisense: bytes


def xlam(content: Content) -> bytes:
    """The bytes of the file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as package:
        for name, data in parts(content).items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system = 0  # else zipfile writes down on which system it runs
            package.writestr(entry, data)
    return packed.getvalue()


def parts(content: Content) -> dict[str, bytes]:
    """Part name → bytes, in the order of the file."""
    images = {name: f"customUI/images/{name}.png" for name in sorted(content.icons)}
    found: dict[str, bytes | str] = {
        "_rels/.rels": _relationships(
            "",
            {
                "rId1": (f"{_OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
                "rId2": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
                "rId3": (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
                "rId4": ("http://schemas.microsoft.com/office/2007/relationships/ui/extensibility", _RIBBON),
            },
        ),
        "xl/workbook.xml": _workbook(),
        "xl/_rels/workbook.xml.rels": _relationships(
            "xl/workbook.xml",
            {
                "rId1": (f"{_OFFICE}/relationships/worksheet", "xl/worksheets/sheet1.xml"),
                "rId2": (f"{_OFFICE}/relationships/worksheet", "xl/worksheets/sheet2.xml"),
                "rId3": (f"{_OFFICE}/relationships/styles", "xl/styles.xml"),
                "rId4": ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "xl/vbaProject.bin"),
                "rId5": (f"{_OFFICE}/relationships/customXml", "customXml/item1.xml"),
            },
        ),
        "xl/worksheets/sheet1.xml": _sheet(NOTICE_SHEET, [[line] for line in content.notice], (100,), _TITLE),
        "xl/worksheets/sheet2.xml": _sheet(SHEET, [HEADINGS, *content.texts], (12, 36, 60, 60), _BOLD),
        "xl/styles.xml": _STYLES,
        "xl/vbaProject.bin": content.project,
        _RIBBON: content.ribbon,
        "customUI/_rels/customUI14.xml.rels": _relationships(
            _RIBBON, {name: (f"{_OFFICE}/relationships/image", part) for name, part in images.items()}
        ),
        **{part: content.icons[name] for name, part in images.items()},
        "customXml/item1.xml": content.intellisense,
        "customXml/_rels/item1.xml.rels": _relationships(
            "customXml/item1.xml", {"rId1": (f"{_OFFICE}/relationships/customXmlProps", "customXml/itemProps1.xml")}
        ),
        "customXml/itemProps1.xml": _item_properties(content.intellisense),
        "docProps/core.xml": _core(content.summary),
        "docProps/app.xml": _XML
        + f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>Duebook</Application></Properties>',
    }
    data = {name: part.encode() if isinstance(part, str) else part for name, part in found.items()}
    return {"[Content_Types].xml": _content_types(data).encode(), **data}


_RIBBON = "customUI/customUI14.xml"


def _content_types(names: Iterable[str]) -> str:
    defaults = "".join(f'<Default Extension="{e}" ContentType="{t}"/>' for e, t in _DEFAULTS.items())
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPES[name]}"/>' for name in names if name in _TYPES
    )
    return f'{_XML}<Types xmlns="{_PACKAGE}/content-types">{defaults}{overrides}</Types>'


def _relationships(source: str, targets: Mapping[str, tuple[str, str]]) -> str:
    """Identifier → (type, part); targets are written as seen from the source part."""
    lines = "".join(
        f'<Relationship Id="{key}" Type="{type_}" Target="{relpath(part, dirname(source) or ".")}"/>'
        for key, (type_, part) in targets.items()
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _workbook() -> str:
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
        f'<workbookPr codeName="{WORKBOOK_MODULE}"/><bookViews><workbookView/></bookViews><sheets>'
        f'<sheet name="{NOTICE_SHEET}" sheetId="1" r:id="rId1"/>'
        f'<sheet name="{SHEET}" sheetId="2" state="veryHidden" r:id="rId2"/></sheets></workbook>'
    )


# --- sheets -----------------------------------------------------------------------------------------------------------

_PLAIN, _TITLE, _BOLD = 0, 1, 2
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="3"><font><sz val="11"/><name val="Arial"/><family val="2"/></font>'
    '<font><b/><sz val="14"/><name val="Arial"/><family val="2"/></font>'
    '<font><b/><sz val="11"/><name val="Arial"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3">'
    + "".join(
        f'<xf numFmtId="49" fontId="{font}" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"'
        ' applyFont="1"/>'
        for font in (_PLAIN, _TITLE, _BOLD)
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _sheet(name: str, lines: Sequence[Sequence[str]], widths: Sequence[int], first: int) -> str:
    """A sheet of texts from A1 on; the first row in the style `first`."""
    cols = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    rows = "".join(
        f'<row r="{number}">{"".join(_cells(number, line, first if number == 1 else _PLAIN))}</row>'
        for number, line in enumerate(lines, 1)
    )
    corner = f"{'ABCD'[len(widths) - 1]}{len(lines)}"
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr codeName="{CODE_NAMES[name]}">'
        f'<pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="A1:{corner}"/>'
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{cols}</cols><sheetData>{rows}</sheetData>"
        '<pageSetup paperSize="9" fitToHeight="0"/></worksheet>'
    )


def _cells(row: int, texts: Sequence[str], style: int) -> Iterable[str]:
    for column, text in zip("ABCD", texts, strict=False):
        if text:
            said = f'<is><t xml:space="preserve">{escaped(text)}</t></is>'
            yield f'<c r="{column}{row}" s="{style}" t="inlineStr">{said}</c>'


# --- properties -------------------------------------------------------------------------------------------------------


def _core(summary: str) -> str:
    """Title and description are what Excel's list of add-ins shows."""
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Duebook</dc:title>'
        f"<dc:creator>Duebook</dc:creator><dc:description>{escaped(summary)}</dc:description>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:created></cp:coreProperties>'
    )


def _item_properties(item: bytes) -> str:
    namespace = re.search(rb'xmlns="([^"]+)"', item)
    assert namespace, "the custom part has a namespace"
    uri = namespace[1].decode()
    known = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, uri)}}}".upper()
    return (
        f'{_XML}<ds:datastoreItem ds:itemID="{known}" xmlns:ds="{_OFFICE}/customXml">'
        f"<ds:schemaRefs><ds:schemaRef ds:uri={quoteattr(uri)}/></ds:schemaRefs></ds:datastoreItem>"
    )
