"""Workbooks made by real programs (pivots, threads, controls, signed macros …), with a formula of ours put in.

Frozen, only the sheet with the formula changes, besides what its note needs; rebound to the add-in and back, the
workbook says what it said before.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from shared_books import parts_of, same_xml
from tests.books.made_package import Made
from tests.books.schemas import violations

from duebook.books import thin
from duebook.books.package import Package
from duebook.books.parts import Grid, Parts, serialized
from duebook.hosts.cli import main

pytestmark = pytest.mark.shared

NOTE = re.compile(r"xl/(?:comments\d*|drawings/vmlDrawing\d+|threadedComments/.*|persons/.*)\.(?:xml|vml)$|.*\.rels$")
NAMES = """
cal_picture_richdata.xlsx cxml_CubeFromRange.xlsx cxml_complex_icon_set.xlsx cxml_sparklines_input.xlsx
cxr_tPivot5_Static.xlsx jxls_sample.xlsx mini_TestCommentsAndNotes.xlsx mini_TestIssue186_Template2.xlsx
oxsdk_QueryTable.xlsx oxsdk_XMLMap.xlsx php_cf_databar.xlsx poi_45540_form_Header.xlsx poi_right-to-left.xlsx
poi_ExcelPivotTableSample.xlsx poi_ExcelWithAttachments.xlsm tpl_odcs_names_webext.xlsx xlw_dynamic_array02.xlsx
xlw_macro04_signed.xlsm
"""


def with_formula(source: Path, target: Path) -> tuple[Path, str]:
    """A copy whose first worksheet calls DSO below everything else; and that sheet's part."""
    with Package(source) as package:
        parts = Parts(package)
        sheet = next(parts.worksheets())
        grid = Grid(parts.tree(sheet.part), sheet.part)
        cell = grid.made(max(grid.rows, default=0) + 3, 2)
        for name, text in (("f", "DSO(15000,10000,30)"), ("v", "45")):
            made = cell.makeelement(cell.tag[:-1] + name)
            made.text = text
            cell.append(made)
        made_book = Made.read(source)
        made_book.parts[sheet.part] = serialized(grid.root)
    return made_book.write(target), sheet.part


@pytest.mark.parametrize("name", NAMES.split())
def test_real_workbooks(shared: Path, tmp_path: Path, name: str) -> None:
    path, part = with_formula(shared / "data" / "workbooks" / name, tmp_path / f"x{Path(name).suffix}")
    before = parts_of(path)
    faults = violations(path, shared / "schemas")

    frozen = path.with_stem("x.values")
    assert main(["freeze", str(path)]) == 0
    after = parts_of(frozen)
    changed = {n for n in before if before[n] != after.get(n)} | (set(after) - set(before))
    assert part in changed
    rest = {n for n in changed if n not in (part, "[Content_Types].xml", "xl/calcChain.xml") and not NOTE.match(n)}
    assert rest == set()
    assert "DSO" not in after[part].decode()
    assert {k: v for k, v in violations(frozen, shared / "schemas").items() if faults.get(k) != v} == {}

    addin, bare = path.with_stem("addin"), path.with_stem("bare")
    assert main(["rebind", str(path), "--to", "addin", "--out", str(addin)]) == 0
    assert {k: v for k, v in violations(addin, shared / "schemas").items() if faults.get(k) != v} == {}
    assert main(["rebind", str(addin), "--to", "bare", "--out", str(bare)]) == 0
    end = parts_of(bare)
    assert list(end) == list(before)
    for each, data in before.items():
        assert data == end[each] or same_xml(data, end[each]), each


@pytest.mark.parametrize("words", [["freeze"], ["rebind", "--to", "addin"]], ids=lambda words: str(words[0]))
@pytest.mark.parametrize("name", NAMES.split())
def test_a_large_sheet_gives_what_a_small_one_does(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: list[str]
) -> None:
    """Of large sheets the rows without formulas are never parsed; they come out byte for byte."""
    path, part = with_formula(shared / "data" / "workbooks" / name, tmp_path / f"x{Path(name).suffix}")
    results = {}
    for least in (10**9, 0):
        monkeypatch.setattr(thin, "LEAST", least)
        target = path.with_stem(f"out{least}")
        assert main([words[0], str(path), *words[1:], "--out", str(target)]) == 0
        results[least] = parts_of(target)
    assert list(results[0]) == list(results[10**9])
    for each, data in results[0].items():
        assert data == results[10**9][each] or same_xml(data, results[10**9][each]), each
    rows = [row for row in re.findall(rb"<row .*?</row>", parts_of(path)[part], re.DOTALL) if b"<f" not in row]
    if b'ref="' not in b"".join(re.findall(rb"<f [^>]*>", parts_of(path)[part])):
        assert all(row in results[0][part] for row in rows)
