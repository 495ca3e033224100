"""Sheets without their rows of plain values: what is kept, what is held, and that all comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from duebook.books import thin
from duebook.books.thin import thinned, whole

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="urn:x"><sheetData>'
TAIL = '</sheetData><tail a="1"/></worksheet>'
VALUE = '<c r="A{}" t="inlineStr"><is><t>客户 &amp; Söhne</t></is></c>'


def sheet(rows: dict[int, str], head: str = HEAD) -> bytes:
    return (head + "".join(f'<row r="{n}" spans="1:2">{cells}</row>' for n, cells in rows.items()) + TAIL).encode()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thin, "LEAST", 0)


def kept(data: bytes) -> list[str]:
    found = thinned(data)
    assert found is not None
    return [str(e.get("r")) for e in etree.fromstring(found[0]).iter("{*}row")]


def test_rows_with_formulas_and_what_they_fill_are_kept() -> None:
    rows = {n: VALUE.format(n) for n in range(1, 30)}
    rows[3] += '<c r="B3"><f>A1</f></c>'
    rows[9] += '<c r="B9"><f t="shared" si="0"/></c>'
    rows[12] += '<c r="B12"><f t="array" aca="1" ref="B12:C14">X()</f></c>'
    rows[20] += '<c r="B20" t="str"><v>&lt;f&gt;</v></c>'
    assert kept(sheet(rows)) == ["3", "9", "12", "13", "14"]


def test_rows_without_cells() -> None:
    data = (HEAD + '<row r="1"/><row r="2" ht="9"><c r="A2"><f/></c></row><row r="5"/>' + TAIL).encode()
    assert kept(data) == ["2"]
    assert whole(*thinned(data)) == data  # type: ignore[misc]


texts = st.sampled_from([VALUE.format(1), "", "<c><f>A1</f><v>1</v></c>", '<c><f t="array" ref="A2:A40">X()</f></c>'])


@given(st.dictionaries(st.integers(1, 60), texts, max_size=12))
def test_all_comes_back(rows: dict[int, str]) -> None:
    data = sheet(dict(sorted(rows.items())))
    found = thinned(data)
    assert found is not None
    assert whole(*found) == data
    tree = etree.fromstring(found[0])
    assert len(list(tree.iter("{*}f"))) == data.count(b"<f")


@pytest.mark.parametrize(
    "data",
    [
        sheet({1: VALUE}).decode().encode("utf-16"),
        sheet({1: "<c/>"}, HEAD.replace("UTF-8", "gbk")),
        sheet({1: "<!-- </row> --><c/>"}),
        sheet({1: "<c><v><![CDATA[</row>]]></v></c>"}),
        sheet({1: "<?duebook-rows 0?><c/>"}),
        sheet({1: "<c><f t='array' ref='A1:A9'>X()</f></c>"}),
        sheet({2: "<c/>", 1: "<c/>"}),
        sheet({1: "<c/>"}).replace(b' r="1"', b""),
        sheet({1: "<c/>"}).replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?"),
        sheet({1: "<c/>"}).replace(b"</row>", b""),
        sheet({1: "<c/>"}).replace(b"</row>", b"</row>text"),
        b"<worksheet><sheetData/></worksheet>",
        b"",
    ],
)
def test_other_sheets_are_read_whole(data: bytes) -> None:
    assert thinned(data) is None
