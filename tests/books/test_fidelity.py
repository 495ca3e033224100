"""Promise 4 on real workbooks: a slot is put on a sheet of each, filled with more and fewer rows, and all else stays.

The slot is a defined name written into a copy of the template by editing its workbook part, over existing cells of the
busiest sheet. What may change is computed by the writer; the comparison here reads the files with plain zip and XML.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree
from tests.books.schemas import violations

from duebook.books.fill import Filled, fill
from duebook.books.plan import Column, Plan, Properties
from duebook.books.rows import ListRows

pytestmark = pytest.mark.shared

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
WORKBOOKS = sorted(p.name for p in (SHARED / "data" / "workbooks").glob("*.xls?")) if SHARED.is_dir() else []
REPORT = Path(__file__).resolve().parents[2] / "build" / "fidelity.txt"
SLOT = "duebook_slot"
COLUMNS = (Column("name"), Column("day", kind="date"), Column("amount", kind="number"))
# elements that belong to the body rows themselves, whose number is the number of rows
_OF_ROWS = frozenset(
    {"row", "c", "v", "is", "t", "r", "f", "rPr", "sz", "color", "rFont", "family", "charset", "scheme"}
)
# what a growing body repeats per row, and what a one-cell merge or a rebuilt cache takes away or adds
_MAY_DIFFER = frozenset({"mergeCell", "sparkline", "sqref", "ptCount", "pt", "calcPr", "xf"})
# caches of charts on filled cells go where the values cannot be told (volatile names, pivots); dates are the as-of date
_MAY_DIFFER_IN = {
    "xl/charts/": frozenset({"numCache", "strCache", "multiLvlStrCache", "formatCode", "lvl"}),
    "docProps/core.xml": frozenset({"created", "modified"}),
    # twins of cell styles (date format, quoted text) bring what their originals have
    "xl/styles.xml": frozenset({"alignment", "protection"}),
}


def rows(count: int) -> ListRows:
    return ListRows(COLUMNS, [(f"Kunde {n} & Söhne", date(2026, 1, 1 + n % 28), Decimal(n) / 4) for n in range(count)])


def with_slot(source: Path, target: Path) -> tuple[int, int]:
    """A copy of `source` with the slot's name over three rows in the middle of its busiest sheet; gives these rows."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        workbook = etree.fromstring(old.read("xl/workbook.xml"))
        links = {e.get("Id"): e.get("Target") for e in etree.fromstring(old.read("xl/_rels/workbook.xml.rels"))}
        best: tuple[int, str, list[int]] = (-1, "", [])
        for sheet in workbook.iter("{*}sheet"):
            key = next(v for k, v in sheet.attrib.items() if k.endswith("}id"))
            part = "xl/" + links[key] if not links[key].startswith("/") else links[key][1:]
            root = etree.fromstring(old.read(part))
            numbers = [int(r.get("r")) for r in root.iter("{*}row") if len(r)]
            if root.find("{*}sheetData") is not None and len(numbers) > best[0]:
                best = len(numbers), sheet.get("name"), numbers
        _, title, numbers = best
        first = numbers[len(numbers) // 2] if numbers else 3
        last = first + 2
        names = workbook.find("{*}definedNames")
        namespace = etree.QName(workbook).namespace
        if names is None:
            names = etree.Element(f"{{{namespace}}}definedNames")
            before = [e for e in workbook if etree.QName(e).localname in ("sheets", "externalReferences")]
            before[-1].addnext(names)
        name = etree.SubElement(names, f"{{{namespace}}}definedName", name=SLOT)
        quoted = title.replace("'", "''")
        name.text = f"'{quoted}'!$B${first}:$D${last}"
        for info in old.infolist():
            data = etree.tostring(workbook) if info.filename == "xl/workbook.xml" else old.read(info)
            new.writestr(info, data)
    return first, last


def counts(data: bytes) -> Counter[str]:
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True, recover=True))
    return Counter(etree.QName(e).localname for e in root.iter() if isinstance(e.tag, str))


def differences(template: Path, filled: Path, report: Filled) -> Iterator[str]:
    """What changed beyond what may; empty when promise 4 holds."""
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(filled) as new:
        before, after = old.namelist(), new.namelist()
        gone = [n for n in before if n not in after]
        if any(not n.endswith("calcChain.xml") for n in gone) or set(after) - set(before):
            yield f"parts lost {gone}, new {set(after) - set(before)}"
        for name in after:
            a, b = old.read(name), new.read(name)
            if a == b:
                continue
            if name not in report.allowed:
                yield f"{name} changed, but nothing in it refers to the slot"
            if re.search(r"\.rels$|Content_Types", name):
                continue
            was, now = counts(a), counts(b)
            free = _OF_ROWS | _MAY_DIFFER
            free |= next((names for start, names in _MAY_DIFFER_IN.items() if name.startswith(start)), frozenset())
            for element in sorted(set(was) | set(now)):
                if element not in free and was[element] != now[element]:
                    yield f"{name}: {element} {was[element]} -> {now[element]}"


def part_report(title: str, template: Path, filled: Path, report: Filled) -> str:
    lines = [f"{title}: {len(report.changed)} of the {len(report.allowed)} parts that may change did"]
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(filled) as new:
        for name in old.namelist():
            state = (
                "dropped" if name not in new.namelist() else "same" if old.read(name) == new.read(name) else "changed"
            )
            lines.append(f"  {state:8}{'may change' if name in report.allowed else '':12}{name}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def lines() -> Iterator[list[str]]:
    found: list[str] = []
    yield found
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(found) + "\n", "utf-8")


@pytest.mark.parametrize("count", [40, 2, 0], ids=["grown", "shrunk", "empty"])
@pytest.mark.parametrize("workbook", WORKBOOKS or ["none"])
def test_nothing_but_what_refers_to_the_slot_changes(
    workbook: str, count: int, shared: Path, tmp_path: Path, lines: list[str]
) -> None:
    source = shared / "data" / "workbooks" / workbook
    template, target = tmp_path / f"template{source.suffix}", tmp_path / f"filled{source.suffix}"
    with_slot(source, template)
    report = fill(template, target, Plan({SLOT: rows(count)}, properties=Properties(stamp=date(2026, 10, 31))))
    text = part_report(f"{workbook}, {count} rows", template, target, report)
    print(text)
    lines.append(text)
    assert report.slots == (SLOT,)
    assert report.changed <= report.allowed
    assert list(differences(template, target, report)) == []
    old, new = violations(template, shared / "schemas"), violations(target, shared / "schemas")
    assert {part: found - old.get(part, set()) for part, found in new.items() if found - old.get(part, set())} == {}


@pytest.mark.office
def test_libreoffice_opens_every_filled_workbook(shared: Path, soffice: str, tmp_path: Path) -> None:
    filled = tmp_path / "filled"
    filled.mkdir()
    for workbook in WORKBOOKS:
        source = shared / "data" / "workbooks" / workbook
        template = tmp_path / f"template{source.suffix}"
        with_slot(source, template)
        fill(template, filled / workbook, Plan({SLOT: rows(40)}))
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "csv"]
    names = [str(filled / name) for name in WORKBOOKS]
    subprocess.run([*command, "--outdir", str(tmp_path / "out"), *names], check=True, timeout=300, capture_output=True)
    opened = {p.stem for p in (tmp_path / "out").glob("*.csv")}
    assert opened == {Path(name).stem for name in WORKBOOKS}
