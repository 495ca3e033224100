"""A workbook's copy that carries Duebook for xlwings Lite: its parts, what stays, what is refused; and the wheel."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pytest
import xlsxwriter
from lxml import etree
from tests.books.made_package import Made

from duebook.core.messages import LANGUAGES, text
from duebook.core.version import VERSION
from duebook.hosts import catalogue
from duebook.hosts.addin import lite_code, lite_wheel
from duebook.hosts.cli import main

CHECKOUT = Path(__file__).resolve().parents[3]
EXTENSION = "xl/webextensions/webextension1.xml"
PANES = "xl/webextensions/taskpanes.xml"
PANES_RELATIONS = "xl/webextensions/_rels/taskpanes.xml.rels"
CHANGED = {"[Content_Types].xml", "_rels/.rels"}
OFFICE = "http://schemas.microsoft.com/office/2011/relationships"
OTHER_ADDIN = (
    '<we:webextension xmlns:we="http://schemas.microsoft.com/office/webextensions/webextension/2010/11" id="{1}">'
    '<we:reference id="wa104380862" version="1.1" store="en-US" storeType="OMEX"/><we:properties>'
    '<we:property name="kept" value="&quot;as it is&quot;"/></we:properties></we:webextension>'
)
OTHER_PANES = (
    '<t:taskpanes xmlns:t="http://schemas.microsoft.com/office/webextensions/taskpanes/2010/11"><t:taskpane '
    'dockstate="right" visibility="1" width="300" row="1"><t:webextensionref xmlns:r="http://schemas.openxmlformats'
    '.org/officeDocument/2006/relationships" r:id="rId901"/></t:taskpane></t:taskpanes>'
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "月结 book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("One")
        sheet.write_row(0, 0, ["a", 1.5])
        sheet.write_formula("A2", "=DSO(15000,10000,30)", None, 45)
        sheet.write_formula("A3", '=_xldudf_DSO(15000,10000,30)&"DSO("', None, "45DSO(")
        sheet.write_formula("A4", "=SUM(B1)", None, 1.5)
    return path


def lite(workbook: Path, out: Path | None = None, *, language: str = "en") -> Path:
    """Runs the command; the copy."""
    target = out or workbook.with_name("copy" + workbook.suffix)
    assert main(["addin", "lite", str(workbook), "--out", str(target), "--language", language, "--quiet"]) == 0
    return target


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def files(path: Path, extension: str = EXTENSION) -> dict[str, str]:
    """The texts that Lite finds in a workbook."""
    root = etree.fromstring(parts(path)[extension])
    found = {str(e.get("name")): json.loads(str(e.get("value"))) for e in root.iter("{*}property")}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def with_files(book: Path, given: Mapping[str, object]) -> Path:
    """The same workbook as somebody's own in xlwings Lite."""
    made = Made.read(lite(book, book.with_name("made.xlsx")))
    root = etree.fromstring(made.parts[EXTENSION])
    (holder,) = root.iter("{*}properties")
    for entry in list(holder):
        holder.remove(entry)
    for name, value in given.items():
        kept = json.dumps(value) if not isinstance(value, bytes) else value.decode()
        etree.SubElement(holder, f"{{{etree.QName(holder).namespace}}}property", name=name, value=kept)
    made.parts[EXTENSION] = etree.tostring(root)
    return made.write(book.with_name("own.xlsx"))


# --- the copy ---------------------------------------------------------------------------------------------------------


def test_lite_finds_exactly_these_texts(book: Path) -> None:
    found = files(lite(book, language="zh"))
    assert found["main.py"] == lite_code.block("zh", False, len(catalogue.functions()))
    assert found["duebook_code.py"] == lite_code.code()
    assert found["requirements.txt"].splitlines() == [f"xlwings=={version('xlwings')}", *lite_wheel.requirements()]
    assert set(found) == {"main.py", "duebook_code.py", "requirements.txt", "pyodideVersion", "addinVersion"}
    compile(found["main.py"], "main.py", "exec")


def test_it_stays_far_below_what_an_add_in_may_keep_in_a_workbook(book: Path) -> None:
    """2 MB, says Office's documentation of document settings; code of the user's own must fit, too."""
    assert sum(len(json.dumps(value)) for value in files(lite(book)).values()) < 1_000_000


def test_everything_else_is_byte_for_byte_the_workbook(book: Path) -> None:
    before, after = parts(book), parts(lite(book))
    assert list(after) == [*before, EXTENSION, PANES, PANES_RELATIONS]
    assert {name for name in before if before[name] != after[name]} == CHANGED


def test_the_package_hangs_together(book: Path) -> None:
    found = parts(lite(book))
    types = {e.get("PartName"): e.get("ContentType") for e in etree.fromstring(found["[Content_Types].xml"])}
    assert types[f"/{EXTENSION}"] == "application/vnd.ms-office.webextension+xml"
    assert types[f"/{PANES}"] == "application/vnd.ms-office.webextensiontaskpanes+xml"
    tops = etree.fromstring(found["_rels/.rels"])
    (top,) = [e for e in tops if str(e.get("Type")) == f"{OFFICE}/webextensiontaskpanes"]
    assert top.get("Target") == PANES
    assert len({e.get("Id") for e in tops}) == len(tops)
    (relation,) = etree.fromstring(found[PANES_RELATIONS])
    assert (relation.get("Type"), relation.get("Target")) == (f"{OFFICE}/webextension", "webextension1.xml")
    (pane,) = etree.fromstring(found[PANES])
    assert [value for key, value in pane[0].attrib.items() if key.endswith("}id")] == [relation.get("Id")]
    extension = etree.fromstring(found[EXTENSION])
    assert [etree.QName(e).localname for e in extension] == [
        "reference", "alternateReferences", "properties", "bindings", "snapshot",
    ]  # fmt: skip
    assert re.fullmatch(r"\{[0-9A-F-]{36}\}", str(extension.get("id")))
    (shown,) = [e for e in extension.iter("{*}property") if str(e.get("name")).startswith("Office.")]
    assert shown.get("value") == "true"


def test_the_same_workbook_gives_the_same_copy(book: Path, tmp_path: Path) -> None:
    again = tmp_path / "elsewhere" / "other name.xlsx"
    again.parent.mkdir()
    again.write_bytes(book.read_bytes())
    assert lite(book).read_bytes() == lite(again).read_bytes()


def test_doing_it_again_renews_ours_and_nothing_else(book: Path, tmp_path: Path) -> None:
    first = lite(book)
    second = lite(first, tmp_path / "second.xlsx")
    assert parts(first) == parts(second)
    third = lite(first, tmp_path / "third.xlsx", language="zh")
    assert 'language="zh"' in files(third)["main.py"]
    assert {name for name, data in parts(third).items() if parts(first)[name] != data} == {EXTENSION}


def test_a_book_that_counts_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as made:
        made.add_worksheet()
    assert "since_1904=True" in files(lite(path))["main.py"]


def test_macros_stay(book: Path, tmp_path: Path) -> None:
    macros = tmp_path / "book.xlsm"
    macros.write_bytes(book.read_bytes())
    assert lite(macros).suffix == ".xlsm"


def test_another_add_in_and_its_pane_stay(book: Path, tmp_path: Path) -> None:
    made = Made.read(book)
    types = "application/vnd.ms-office.webextension"
    made.add(
        "xl/webextensions/taskpanes.xml", OTHER_PANES, types + "taskpanes+xml", "", f"{OFFICE}/webextensiontaskpanes"
    )
    made.add(EXTENSION, OTHER_ADDIN, types + "+xml", PANES, f"{OFFICE}/webextension")
    made._ids = 900
    made.replace(PANES_RELATIONS, 'Id="rId902"', 'Id="rId901"')
    before = made.write(tmp_path / "other.xlsx")
    after = lite(before)
    assert parts(after)[EXTENSION] == parts(before)[EXTENSION]
    panes = etree.fromstring(parts(after)[PANES])
    ids = [next(v for k, v in pane[0].attrib.items() if k.endswith("}id")) for pane in panes]
    targets = {e.get("Id"): e.get("Target") for e in etree.fromstring(parts(after)[PANES_RELATIONS])}
    assert [targets[key] for key in ids] == [f"/{EXTENSION}", "webextension2.xml"]
    assert [pane.get("row") for pane in panes] == ["1", "2"]
    assert "main.py" in files(after, "xl/webextensions/webextension2.xml")


def test_prefixed_packages_are_read_as_well(book: Path, tmp_path: Path) -> None:
    made = Made.read(book)
    for part in ("[Content_Types].xml", "_rels/.rels"):
        root = etree.fromstring(made.parts[part])
        prefixed = etree.Element(root.tag, nsmap={"x": etree.QName(root).namespace})
        prefixed.extend(list(root))
        etree.cleanup_namespaces(prefixed)
        made.parts[part] = etree.tostring(prefixed)
        assert b"<x:" in made.parts[part]
    after = parts(lite(made.write(tmp_path / "prefixed.xlsx")))
    for part in ("[Content_Types].xml", "_rels/.rels"):
        root = etree.fromstring(after[part])
        assert len({etree.QName(e).namespace for e in root.iter()}) == 1


# --- somebody's own code ----------------------------------------------------------------------------------------------

OWN = """'Mine.'
from __future__ import annotations

from xlwings import func


@func
def dso(a):
    return a
"""


def test_own_code_stays_and_ours_comes_before_it(book: Path, tmp_path: Path) -> None:
    own = with_files(
        book, {"main.py": OWN, "requirements.txt": "xlwings==0.37.8\nPython_Stdnum\npandas", "x.py": "a = 1"}
    )
    copy = lite(own)
    found = files(copy)
    assert found["x.py"] == "a = 1"
    assert found["requirements.txt"] == f"xlwings==0.37.8\nPython_Stdnum\npandas\nholidays=={version('holidays')}\n"
    ours = lite_code.block("en", False, len(catalogue.functions()))
    head, tail = OWN.splitlines(keepends=True)[:2], OWN.splitlines(keepends=True)[2:]
    assert found["main.py"] == "".join(head) + ours + "\n" + "".join(tail)
    compile(found["main.py"], "main.py", "exec")
    again = lite(copy, tmp_path / "again.xlsx")
    assert files(again) == found
    assert "pyodideVersion" not in found, "the workbook's own settings are Lite's business"


@pytest.mark.parametrize("ending", ["", "\n", "\n\n# the end"])
def test_only_the_block_is_replaced(ending: str) -> None:
    ours, older = (lite_code.block("en", False, count) for count in (116, 12))
    mixed = "import os\n" + older.rstrip("\n") + ending
    assert lite_code.main_with(mixed, ours) == "import os\n" + ours.rstrip("\n") + ending


def test_a_module_with_a_docstring_alone() -> None:
    ours = lite_code.block("en", False, 1)
    assert lite_code.main_with('"""Mine."""', ours) == '"""Mine."""\n' + ours + "\n"
    assert lite_code.main_with("  \n", ours) == ours
    assert lite_code.main_with("x = 1\n", ours) == ours + "\nx = 1\n"


def refused(workbook: Path, capsys: pytest.CaptureFixture[str], key: str, **facts: object) -> None:
    """Refused with this sentence in both languages, and nothing written."""
    target = workbook.with_name("refused" + workbook.suffix)
    for language in LANGUAGES:
        assert main(["addin", "lite", str(workbook), "--out", str(target), "--language", language]) == 2
        assert text(key, language, **facts) in capsys.readouterr().err
    assert not target.exists()


def test_a_module_of_the_same_name_is_not_replaced(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("duebook_code.py", "duebook_lite.py"):
        own = with_files(book, {"main.py": "", "requirements.txt": "", module: "mine = 1"})
        refused(own, capsys, "lite.module_taken", path=own.name, module=module)
        own.with_name("made.xlsx").unlink()


def test_code_that_cannot_be_read_is_not_touched(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = with_files(book, {"main.py": "def (:\n", "requirements.txt": ""})
    refused(own, capsys, "lite.main_unreadable", detail="invalid syntax (<unknown>, line 1)")
    own.with_name("made.xlsx").unlink()
    own = with_files(book, {"main.py": f"{lite_code.END}\n{lite_code.BEGIN}\n", "requirements.txt": ""})
    refused(own, capsys, "lite.marks_broken", begin=lite_code.BEGIN, end=lite_code.END)
    own.with_name("made.xlsx").unlink()
    own = with_files(book, {"main.py": b"not JSON", "requirements.txt": ""})
    refused(own, capsys, "lite.file_unreadable", module="main.py")


def test_other_files_are_refused(book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    refused(old, capsys, "sharing.old_format", path=old.name)
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    refused(locked, capsys, "sharing.password", path=locked.name)
    refused(tmp_path / "none.xlsx", capsys, "file.not_found", path="none.xlsx")
    assert main(["addin", "lite", str(book), "--out", str(book)]) == 2
    assert text("sharing.over_itself", "en", path=book.name) in capsys.readouterr().err


# --- what is said -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_was_made_and_what_comes_next(
    book: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert main(["addin", "lite", str(book), "--language", language]) == 0
    copy = book.with_name("月结 book.lite.xlsx")
    size = f"{len(lite_code.code()) / 1024:,.0f}"
    count = len(catalogue.functions())
    assert capsys.readouterr().out.splitlines() == [
        text("lite.embedded", language, file=str(copy), functions=count, size=size),
        text("lite.unbound", language, count="1", file=str(copy)),
        text("lite.next_step", language, file=copy.name),
    ]
    assert main(["addin", "lite", str(copy), "--out", str(copy.with_stem("b")), "--language", language]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == text("lite.renewed", language, file=str(copy.with_stem("b")), functions=count, size=size)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("asked", "told"), [("xlwings==0.33.15  # required", True), ("xlwings==0.36.17", False)])
def test_an_older_xlwings_is_pointed_out(
    book: Path, capsys: pytest.CaptureFixture[str], language: str, asked: str, told: bool
) -> None:
    own = with_files(book, {"main.py": "", "requirements.txt": asked})
    assert main(["addin", "lite", str(own), "--language", language]) == 0
    sentence = text("lite.older_xlwings", language, newest=f"xlwings=={version('xlwings')}")
    assert (sentence in capsys.readouterr().out.splitlines()) is told


def test_for_programs(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", "lite", str(book), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {
        "file": str(book.with_name("月结 book.lite.xlsx")),
        "functions": len(catalogue.functions()),
        "bytes": len(lite_code.code()),
        "unbound_formulas": 1,
        "tells_caller": True,
    }


# --- the wheel --------------------------------------------------------------------------------------------------------


def test_the_wheel_lists_what_is_in_it() -> None:
    with zipfile.ZipFile(io.BytesIO(lite_wheel.wheel())) as wheel:
        assert wheel.testzip() is None
        names = wheel.namelist()
        info = f"duebook_lite-{VERSION}.dist-info"
        rows = list(csv.reader(io.StringIO(wheel.read(f"{info}/RECORD").decode())))
        assert [row[0] for row in rows] == names
        for name, digest, size in rows[:-1]:
            data = wheel.read(name)
            wanted = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert (digest, size) == (f"sha256={wanted}", str(len(data))), name
        assert {entry.date_time for entry in wheel.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_wheel_needs_what_the_lock_pins() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text("utf-8")
    assert lite_wheel.requirements() == tuple(
        next(line.split(" ")[0] for line in lock.splitlines() if line.startswith(f"{name}=="))
        for name in ("holidays", "python-stdnum")
    )


def test_the_wheel_is_the_same_in_another_process() -> None:
    program = (
        "import hashlib; from duebook.hosts.addin.lite_wheel import wheel; print(hashlib.sha256(wheel()).hexdigest())"
    )
    done = subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(lite_wheel.wheel()).hexdigest(), done.stderr


def test_pip_installs_the_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / lite_wheel.name()
    wheel.write_bytes(lite_wheel.wheel())
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--target", str(tmp_path / "site"), str(wheel)], check=True)
    assert (tmp_path / "site" / "duebook_lite.py").is_file()
    assert (tmp_path / "site" / "duebook" / "messages" / "zh" / "cell.toml").is_file()


def test_the_wheel_holds_what_runs_in_lite_and_no_more() -> None:
    contents = lite_wheel.contents()
    assert {path.split("/")[1] for path in contents if path.count("/") > 1 and "messages" not in path} == {
        "books", "core", "credit", "hosts", "plans", "policy", "portfolio", "receivables",
    }  # fmt: skip
    assert [path for path in contents if path.startswith("duebook/books")] == [
        "duebook/books/__init__.py", "duebook/books/references.py",
    ]  # fmt: skip
    assert "duebook/messages/zh/cell.toml" in contents and "duebook/messages/en/cli.toml" not in contents


def test_a_damaged_copy_of_the_code_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = lite_code.code()
    spoiled = re.sub(r'CODE = """\n....', 'CODE = """\nAAAA', source)
    assert spoiled != source
    scope: dict[str, object] = {}
    exec(compile(spoiled, "duebook_code.py", "exec"), scope)
    start = scope["start"]
    assert callable(start)
    monkeypatch.setenv("DUEBOOK_LANGUAGE", "en")
    monkeypatch.setenv("DUEBOOK_SINCE_1904", "0")
    with pytest.raises(ImportError, match="damaged"):
        start()
