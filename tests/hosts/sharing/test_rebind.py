"""`duebook rebind`: formulas in the dialect of another host, and back, with nothing lost and nothing added."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook
from shared_books import LINK as LINK_TYPE
from shared_books import book, cells, formula, linked, parts_of, rich, same_xml, shown
from tests.books.made_package import MAIN, OFFICE, Made, texts
from tests.books.schemas import violations

from duebook.hosts.cli import main

START_FOLDER = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"
LINK = "xl/externalLinks/externalLink1.xml"


def rebound(path: Path, to: str, status: int = 0) -> Path:
    out = path.with_name(f"{path.stem}-{to}{path.suffix}")
    assert main(["rebind", str(path), "--to", to, "--out", str(out)]) == status
    return out


def formulas(path: Path) -> list[tuple[str, str, str]]:
    """Every formula of the book: part, element, text."""
    found = []
    kinds = ("f", "formula", "formula1", "calculatedColumnFormula", "definedName")
    for name, data in parts_of(path).items():
        if name.startswith(("xl/worksheets/sheet", "xl/tables/", "xl/workbook.xml")):
            elements = etree.fromstring(data).iter(*(f"{{*}}{kind}" for kind in kinds))
            found += [(name, etree.QName(e).localname, e.text or "") for e in elements]
    return found


@pytest.fixture
def rich_book(tmp_path: Path) -> Path:
    return rich(tmp_path / "rich.xlsx")


@pytest.mark.parametrize(("to", "call"), [("lite", "_xldudf_DSO("), ("addin", "[1]!DSO(")])
def test_every_formula_is_rewritten(rich_book: Path, to: str, call: str) -> None:
    before, after = formulas(rich_book), formulas(rebound(rich_book, to))
    assert [where[:2] for where in before] == [where[:2] for where in after]
    changed = [kind for (_, kind, old), (_, _, new) in zip(before, after, strict=True) if old != new]
    assert sorted(set(changed)) == ["calculatedColumnFormula", "definedName", "f", "formula", "formula1"]
    texts_after = [text for _, _, text in after]
    assert len([text for text in texts_after if call in text]) == 11
    assert f'IF(B1>40,"DSO("&ROUND({call}A1,A2,A3),1)&")","")' in texts_after
    assert "\"DSO(1)\"&MY_DSO(1)&'DSO(1)'!A1" in texts_after
    assert f"{call.replace('DSO', 'HHI')}$A$1:$A$3)>1" in texts_after


def test_round_trip(rich_book: Path) -> None:
    """bare → lite → add-in → bare: the same formulas and the same parts."""
    end = rebound(rebound(rebound(rich_book, "lite"), "addin"), "bare")
    before, after = parts_of(rich_book), parts_of(end)
    assert list(before) == list(after)
    for name, data in before.items():
        if name == "xl/worksheets/sheet1.xml":
            data = data.replace(b"dso(A1", b"DSO(A1")  # names are written as the catalogue has them
        same = same_xml(data, after[name]) if name.endswith((".xml", ".rels")) else data == after[name]
        assert same, name


def test_values_and_marks_stay(rich_book: Path) -> None:
    before, after = cells(rich_book), cells(rebound(rich_book, "addin"))
    assert {at: (shown(c), dict(c.attrib)) for at, c in before.items()} == {
        at: (shown(c), dict(c.attrib)) for at, c in after.items()
    }
    assert after["G1"].get("cm") == "1", "a dynamic array stays one"
    assert after["C2"].find("{*}f").get("si") == "0", "a shared formula stays one"  # type: ignore[union-attr]


def test_other_parts_are_untouched(rich_book: Path) -> None:
    before, after = parts_of(rich_book), parts_of(rebound(rich_book, "lite"))
    changed = {name for name in before if before[name] != after[name]}
    sheets = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"}
    assert changed == sheets | {"xl/tables/table1.xml", "xl/workbook.xml"}


def test_the_link_to_the_add_in(rich_book: Path) -> None:
    """As Excel writes it for an add-in in the user's start folder: no path of any computer in it."""
    target = rebound(rich_book, "addin")
    parts = parts_of(target)
    assert texts(target, LINK, "definedName", "name") == [
        "AGING",
        "DSO",
        "DUE_DATE",
        "HHI",
        "PAYMENT_PLAN",
        "TERMS_TEXT",
    ]
    assert texts(target, LINK, "sheetName", "val") == ["Duebook", "duebook.texts"]
    relation = etree.fromstring(parts["xl/externalLinks/_rels/externalLink1.xml.rels"])[0]
    assert dict(relation.attrib) == {
        "Id": "rId1", "Type": START_FOLDER, "Target": "duebook.xlam", "TargetMode": "External",
    }  # fmt: skip
    types = {e.get("PartName"): e.get("ContentType", "") for e in etree.fromstring(parts["[Content_Types].xml"])}
    assert types[f"/{LINK}"] == LINK_TYPE
    workbook = etree.fromstring(parts["xl/workbook.xml"])
    order = [etree.QName(e).localname for e in workbook]
    assert order.index("sheets") < order.index("externalReferences") < order.index("definedNames")
    key = workbook.find("{*}externalReferences")[0].get(f"{{{OFFICE}}}id")  # type: ignore[index]
    relations = etree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    assert [r.get("Target") for r in relations if r.get("Id") == key] == ["externalLinks/externalLink1.xml"]


@pytest.mark.shared
@pytest.mark.parametrize("to", ["lite", "addin"])
def test_is_valid_by_the_schemas(rich_book: Path, shared: Path, to: str) -> None:
    assert violations(rebound(rich_book, to), shared / "schemas") == {}


def test_a_link_that_is_there_is_used_and_mended(tmp_path: Path) -> None:
    """A path on the computer of the person who saved the book last would not hold on another."""
    mine = "file:///C:\\Users\\anna\\AppData\\Roaming\\Microsoft\\AddIns\\duebook.xlam"
    links = {"rates.xlsx": "", mine: '<definedNames><definedName name="DSO"/></definedNames>'}
    mixed = {"B1": ("[2]!DSO(A1,A2,A3)+HHI(A1:A3)", 1), "B2": ("_xldudf_DUEBOOK_GINI(A1:A3)*[1]Sheet1!A1", 2)}
    target = rebound(linked(tmp_path / "x.xlsx", mixed, links), "addin")
    after = cells(target)
    assert formula(after["B1"]) == "[2]!DSO(A1,A2,A3)+[2]!HHI(A1:A3)"
    assert formula(after["B2"]) == "[2]!GINI(A1:A3)*[1]Sheet1!A1"
    part = "xl/externalLinks/externalLink2.xml"
    assert texts(target, part, "definedName", "name") == ["DSO", "GINI", "HHI"]
    assert texts(target, "xl/externalLinks/_rels/externalLink2.xml.rels", "Relationship", "Target") == ["duebook.xlam"]
    assert len([n for n in parts_of(target) if n.startswith("xl/externalLinks/externalLink")]) == 2


def test_two_links_to_the_add_in_become_one(tmp_path: Path) -> None:
    links = {"D:\\duebook.xlam": "", "rates.xlsx": "", "E:\\x\\Duebook.xlam": ""}
    mixed = {"B1": ("[1]!DSO(A1,A2,A3)+[3]!DSO(1,2,3)", 1), "B2": ("[2]Sheet1!A1", 2)}
    target = rebound(linked(tmp_path / "x.xlsx", mixed, links), "addin")
    after = cells(target)
    assert (formula(after["B1"]), formula(after["B2"])) == ("[1]!DSO(A1,A2,A3)+[1]!DSO(1,2,3)", "[2]Sheet1!A1")
    assert [n for n in parts_of(target) if "externalLink3" in n] == []


def test_links_behind_the_removed_one_keep_their_meaning(tmp_path: Path) -> None:
    """The first link goes; the second is the first from now on, in cells, names, charts and buttons."""
    links = {"duebook.xlam": "", "rates.xlsx": ""}
    mixed = {"B1": ("[1]!DSO(A1,A2,A3)", 1), "B2": ("'[2]My rates'!A1+SUM([2]Sheet1:Sheet3!A1)&\"[2]!\"", 2)}
    path = linked(tmp_path / "x.xlsx", mixed, links)
    made = Made.read(path)
    made.put("xl/workbook.xml", "<calcPr", '<definedNames><definedName name="R">[2]!Rate</definedName></definedNames>')
    chart = '<c:chart xmlns:c="urn:c"><c:f>[2]Sheet1!$A$1:$A$3</c:f></c:chart>'
    made.add("xl/charts/chart1.xml", chart, "application/xml", "xl/worksheets/sheet1.xml", "chart")
    shape = '<xdr:sp xmlns:xdr="urn:x" macro="[2]!Run" textlink="[2]Sheet1!$A$1"/>'
    linked_object = '<oleObjects><oleObject progId="Word.Document" link="[2]!\'\'\'\'" shapeId="1"/></oleObjects>'
    made.put("xl/worksheets/sheet1.xml", "</worksheet>", linked_object)
    made.add("xl/drawings/drawing1.xml", shape, "application/xml", "xl/worksheets/sheet1.xml", "drawing")
    made.write(path)
    target = rebound(path, "bare")
    after = cells(target)
    assert formula(after["B1"]) == "DSO(A1,A2,A3)"
    assert formula(after["B2"]) == "'[1]My rates'!A1+SUM([1]Sheet1:Sheet3!A1)&\"[2]!\""
    assert texts(target, "xl/worksheets/sheet1.xml", "oleObject", "link") == ["[1]!''''"]
    assert texts(target, "xl/workbook.xml", "definedName") == ["[1]!Rate"]
    assert texts(target, "xl/charts/chart1.xml", "f") == ["[1]Sheet1!$A$1:$A$3"]
    assert texts(target, "xl/drawings/drawing1.xml", "sp", "macro") == ["[1]!Run"]
    assert texts(target, "xl/drawings/drawing1.xml", "sp", "textlink") == ["[1]Sheet1!$A$1"]
    assert [n for n in parts_of(target) if n.startswith("xl/externalLinks/externalLink")] == [
        "xl/externalLinks/externalLink2.xml"
    ]


@pytest.mark.parametrize("to", ["bare", "addin"])
def test_a_lost_link_is_mended(tmp_path: Path, to: str) -> None:
    """LibreOffice writes names in small letters and loses the link; the number may be another link's one day."""
    path = linked(tmp_path / "x.xlsx", {"B1": ("[2]!dso(A1,A2,A3)*[1]Sheet1!A1", 1)}, {"rates.xlsx": ""})
    target = rebound(path, to)
    assert formula(cells(target)["B1"]) == ("" if to == "bare" else "[2]!") + "DSO(A1,A2,A3)*[1]Sheet1!A1"
    files = [n for n in parts_of(target) if n.startswith("xl/externalLinks/externalLink")]
    assert len(files) == (1 if to == "bare" else 2)


def test_an_add_in_under_another_file_name(tmp_path: Path) -> None:
    """Browsers save a second download as `duebook (1).xlam`; the sheets in it tell what it is."""
    inside = '<sheetNames><sheetName val="Duebook"/><sheetName val="duebook.texts"/></sheetNames>'
    links = {"file:///C:\\Users\\anna\\Downloads\\duebook%20(1).xlam": inside, "other.xlam": ""}
    path = linked(tmp_path / "x.xlsx", {"B1": ("[1]!DSO(A1,A2,A3)", 1), "B2": ("[2]!DSO(A1)", 1)}, links)
    target = rebound(path, "addin")
    assert texts(target, "xl/externalLinks/_rels/externalLink1.xml.rels", "Relationship", "Target") == ["duebook.xlam"]
    after = cells(rebound(path, "bare"))
    assert (formula(after["B1"]), formula(after["B2"])) == ("DSO(A1,A2,A3)", "[1]!DSO(A1)")


def test_openpyxl_keeps_the_link(rich_book: Path) -> None:
    """Whoever changes a cell with it saves a workbook that Excel still finds the add-in from."""
    target = rebound(rich_book, "addin")
    workbook = load_workbook(target)
    workbook.save(target)
    part = "xl/externalLinks/externalLink1.xml"
    assert texts(target, part, "definedName", "name")[:2] == ["AGING", "DSO"]
    assert texts(target, part.replace("s/e", "s/_rels/e") + ".rels", "Relationship", "Type") == [START_FOLDER]
    assert formula(cells(target)["B1"]) == "[1]!DSO(A1,A2,A3)"


def test_a_link_that_something_else_uses_stays(tmp_path: Path) -> None:
    """A button that runs a macro of the add-in, say."""
    path = linked(tmp_path / "x.xlsx", {"B1": ("[1]!DSO(A1,A2,A3)", 1)}, {"duebook.xlam": ""})
    made = Made.read(path)
    shape = '<xdr:sp xmlns:xdr="urn:x" macro="[1]!DuebookPress"/>'
    made.add("xl/drawings/drawing1.xml", shape, "application/xml", "xl/worksheets/sheet1.xml", "drawing")
    made.write(path)
    target = rebound(path, "lite")
    assert formula(cells(target)["B1"]) == "_xldudf_DSO(A1,A2,A3)"
    assert LINK in parts_of(target)


def test_a_name_of_the_workbook_stays(tmp_path: Path) -> None:
    """`HHI` is here the workbook's own LAMBDA; a hidden name that says #NAME? is only Excel's note of our function."""
    path = book(tmp_path / "x.xlsx", {"B1": ("HHI(A1:A3)", 1), "B2": ("DSO(A1,A2,A3)", 2)})
    made = Made.read(path)
    names = '<definedName name="DSO" hidden="1">#NAME?</definedName><definedName name="HHI">_xlfn.LAMBDA(_xlpm.x,1)'
    made.put("xl/workbook.xml", "<calcPr", f"<definedNames>{names}</definedName></definedNames>")
    made.write(path)
    after = cells(rebound(path, "lite"))
    assert (formula(after["B1"]), formula(after["B2"])) == ("HHI(A1:A3)", "_xldudf_DSO(A1,A2,A3)")


@pytest.mark.parametrize("to", ["bare", "lite", "addin"])
def test_twice_is_once(rich_book: Path, to: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = rich_book if to == "bare" else rebound(rich_book, to)
    assert rebound(first, to, status=1).exists() is False
    assert "already" in capsys.readouterr().out


def test_strict_documents(tmp_path: Path) -> None:
    """The standard's strict edition has other namespaces; what is added speaks it too."""
    path = book(tmp_path / "x.xlsx", {"B1": ("DSO(A1,A2,A3)", 45)})
    made = Made.read(path)
    strict = {MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main", OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships"}  # fmt: skip # noqa: E501
    for name, data in made.parts.items():
        for old, new in strict.items():
            data = data.replace(old.encode(), new.encode())
        made.parts[name] = data
    made.write(path)
    target = rebound(path, "addin")
    assert formula(cells(target)["B1"]) == "[1]!DSO(A1,A2,A3)"
    assert b"schemas.openxmlformats.org/spreadsheetml" not in parts_of(target)[LINK]
    relations = texts(target, "xl/_rels/workbook.xml.rels", "Relationship", "Type")
    assert strict[OFFICE] + "/externalLink" in relations


def test_the_report(rich_book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rebind", str(rich_book), "--to", "addin"]) == 0
    assert capsys.readouterr().out == (
        "rich.addin.xlsx: 16 formulas now call Duebook's functions through the Excel add-in, on Data, Table."
        " Values and everything else are as before; the original workbook is unchanged.\n"
    )
    assert main(["rebind", str(rich_book), "--to", "lite", "--json", "--language", "zh"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["formulas"], told["sheets"]) == (16, ["Data", "Table"])
    assert told["message"].startswith("rich.lite.xlsx：16 个公式现已按 xlwings Lite 的写法调用 Duebook 函数")
