"""The LibreOffice extension, as far as it needs no office: what is in it, that it is whole, and the same anywhere."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
import types
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from duebook.core.messages import text
from duebook.core.version import VERSION
from duebook.hosts import catalogue
from duebook.hosts.addin import oxt
from duebook.hosts.excel.buttons import buttons
from duebook.hosts.libreoffice import cells, shims
from duebook.hosts.libreoffice.buttons import BUTTONS

OOR = "{http://openoffice.org/2001/registry}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    return oxt.contents()


def test_it_is_written_whole_and_holds_its_parts(tmp_path: Path, parts: dict[str, bytes]) -> None:
    (tmp_path / "duebook.oxt").write_bytes(b"an older one")
    written = oxt.build_oxt(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["duebook.oxt"] == [written.name]
    with zipfile.ZipFile(written) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == sorted(parts)
        assert all(archive.read(name) == data for name, data in parts.items())
        assert {(i.date_time, i.external_attr >> 16) for i in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 0o100644)}
    assert written.stat().st_size < 4_000_000


def test_it_is_the_same_in_any_place_time_zone_and_order(tmp_path: Path) -> None:
    code = "import hashlib; from duebook.hosts.addin.oxt import oxt; print(hashlib.sha256(oxt()).hexdigest())"
    changed = {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "DUEBOOK_LANGUAGE": "zh"}
    environment = {**os.environ, **changed}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.strip() == hashlib.sha256(oxt.oxt()).hexdigest()


def test_what_the_office_reads_is_well_formed_and_nothing_is_missing(parts: dict[str, bytes]) -> None:
    trees = {name: etree.fromstring(data) for name, data in parts.items() if name.endswith((".xml", ".xcu"))}
    assert sorted(trees) == ["Addons.xcu", "CalcWindowState.xcu", "META-INF/manifest.xml", "description.xml"]
    listed = [
        next(v for k, v in entry.attrib.items() if k.endswith("full-path")) for entry in trees["META-INF/manifest.xml"]
    ]
    assert sorted(listed) == ["Addons.xcu", "CalcWindowState.xcu", "duebook_addin.py"]
    linked = [
        value
        for element in trees["description.xml"].iter()
        for key, value in element.attrib.items()
        if key.endswith("href")
    ]
    pictures = re.findall(r"%origin%/([^<]+)<", parts["Addons.xcu"].decode())
    assert linked and pictures
    assert {*listed, *linked, *pictures} <= set(parts)


def test_it_says_what_it_is_and_which_office_it_needs(parts: dict[str, bytes]) -> None:
    described = {etree.QName(e).localname: dict(e.attrib) for e in etree.fromstring(parts["description.xml"]).iter()}
    assert described["identifier"] == {"value": "duebook.hosts.libreoffice"}
    assert described["version"] == {"value": VERSION}
    assert described["LibreOffice-minimal-version"]["value"] == "7.4"
    for language in ("en", "zh"):
        assert parts[f"description/about.{language}.txt"].decode().strip() == text("extension.about", language)


def test_every_function_has_its_bare_name(parts: dict[str, bytes]) -> None:
    basic = {Path(name).stem: data.decode() for name, data in parts.items() if name.startswith("basic/")}
    assert basic == dict(shims.modules(catalogue.functions()))
    declared = re.findall(r"^Function (\w+)\(ParamArray", basic[shims.FUNCTIONS_MODULE], re.MULTILINE)
    assert sorted(declared) == sorted(catalogue.functions())
    assert all(code.isascii() and len(code) < 64_000 for code in basic.values())
    assert all(code.startswith("' Duebook: ") for code in basic.values()), "known as ours by the component"


def test_what_comes_along_is_plain_python_that_needs_nothing_else(parts: dict[str, bytes]) -> None:
    """Every module that is imported at the top of one that comes along is Python's own, the office's, or here."""
    ours = {name.removeprefix("pythonpath/") for name in parts if name.startswith("pythonpath/")}
    assert not [name for name in ours if name.endswith((".so", ".pyd", ".dll", ".pyc"))]
    brought = {name.split("/")[0].removesuffix(".py") for name in ours}
    brought = {name for name in brought if not name.endswith(".dist-info")}
    assert brought == {"dateutil", "duebook", "holidays", "six", "stdnum"}
    known = brought | set(sys.stdlib_module_names) | {"uno", "unohelper", "com"}
    missing = {
        (name, module)
        for name in ours
        if name.startswith("duebook/") and name.endswith(".py")
        for module in _imported_at_the_top(parts[f"pythonpath/{name}"])
        if module not in known
    }
    assert missing == set()


def _imported_at_the_top(code: bytes) -> set[str]:
    found = set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_it_computes_without_any_other_package(parts: dict[str, bytes], tmp_path: Path) -> None:
    """In a Python that sees the standard library and the extension's own folder, and nothing of this project."""
    for name, data in parts.items():
        if name.startswith("pythonpath/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from duebook.hosts.call import Door\n"
        "import duebook; assert duebook.__file__.startswith(sys.argv[1])\n"
        "door, bad = Door(), []\n"
        "for name, function in door.functions.items():\n"
        "    for example in function.examples:\n"
        "        found = door.call(name, list(example.arguments))\n"
        "        if getattr(found, 'key', '') in ('cell.fault', 'calendars.no_package'):\n"
        "            bad.append((name, found.facts))\n"
        "print(len(door.functions))\n"
        "assert not bad, bad\n"
        "import holidays; assert len(holidays.country_holidays('DE', years=2026)) > 5\n"
        "import stdnum.de.vat\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(tmp_path / "pythonpath")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == str(len(catalogue.functions()))


def test_the_licenses_of_all_that_comes_along_are_in_it(parts: dict[str, bytes]) -> None:
    for package in ("duebook", *oxt.PACKAGES):
        found = [name for name in parts if name.startswith(f"licenses/{package}/")]
        assert found, package
        assert any(b"opyright" in parts[name] or b"LICENSE" in parts[name] for name in found), package
    needed = {re.split(r"[ ;<>=\[(]", need)[0] for name in ("holidays", "python-dateutil", "python-stdnum")
              for need in metadata.requires(name) or () if "extra ==" not in need}  # fmt: skip
    assert needed <= set(oxt.PACKAGES)


# --- menu and toolbar -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bar", ["OfficeMenuBar", "OfficeToolBar"])
def test_menu_and_toolbar_hold_every_entry_in_both_languages(parts: dict[str, bytes], bar: str) -> None:
    tree = etree.fromstring(parts["Addons.xcu"])
    (node,) = (n for n in tree.iter("node") if n.get(f"{OOR}name") == bar)
    entries = [n for n in node.iter("node") if re.fullmatch(r"[mt]\d", n.get(f"{OOR}name") or "")]
    pressed = [entry.findtext(f"prop[@{OOR}name='URL']/value") for entry in entries]
    assert pressed == [f"service:duebook.hosts.libreoffice.Press?{name}" for name in BUTTONS]
    for name, entry in zip(BUTTONS, entries, strict=True):
        titles = {v.get(LANG): v.text for v in entry.iterfind(f"prop[@{OOR}name='Title']/value")}
        label = buttons()[name].label if name in buttons() else None
        english = str(label) if label else text(f"extension.{name}")
        chinese = label.zh if label else text(f"extension.{name}", "zh")
        assert titles == {"en-US": english, "zh-CN": chinese, "zh-TW": chinese}
        assert entry.findtext(f"prop[@{OOR}name='Context']/value") == "com.sun.star.sheet.SpreadsheetDocument"


def test_every_entry_is_answered(parts: dict[str, bytes]) -> None:
    code = parts["pythonpath/duebook/hosts/libreoffice/extension.py"].decode()
    assert set(re.findall(r"def _(\w+)\(self, component", code)) == set(BUTTONS)


# --- the component ----------------------------------------------------------------------------------------------------


def test_the_component_is_understood_by_an_old_python(parts: dict[str, bytes]) -> None:
    """Before it knows that Python is too old it must not use what an old one cannot read."""
    tree = ast.parse(parts["duebook_addin.py"], feature_version=(3, 8))
    top = _imported_at_the_top(parts["duebook_addin.py"])
    assert top == {"com", "pathlib", "struct", "sys", "unohelper"}
    newer = [n for n in ast.walk(tree) if isinstance(n, (ast.Match,)) or getattr(n, "type_params", None)]
    assert newer == []


def test_an_old_python_is_told_so_in_both_languages(parts: dict[str, bytes]) -> None:
    for language in ("en", "zh"):
        sentence = parts[f"description/old_python.{language}.txt"].decode().strip()
        assert sentence.format(found="3.8") == text("extension.old_python", language, found="3.8")
        assert "3.11" in sentence


class Found:
    """Any object of the office: what is asked of it gives the next one."""

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update(facts)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self


@pytest.fixture
def component(parts: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Loads the component as an office with Python 3.8 does, whose menus speak the language that is asked for."""

    class Helper:
        def addImplementation(self, *_: object) -> None:
            pass

    interfaces = {"frame": ["XTerminateListener"], "lang": ["XServiceInfo"], "task": ["XJob", "XJobExecutor"]}
    stand_ins = {
        "uno": {"createUnoStruct": lambda _: Found()},
        "unohelper": {"Base": type("Base", (), {}), "ImplementationHelper": Helper},
        **{name: {} for name in ("com", "com.sun", "com.sun.star")},
        **{f"com.sun.star.{room}": {name: type(name, (), {}) for name in names} for room, names in interfaces.items()},
    }
    for name, facts in stand_ins.items():
        module = types.ModuleType(name)
        module.__dict__.update(facts)
        monkeypatch.setitem(sys.modules, name, module)
    for name, data in parts.items():
        if not name.startswith("pythonpath/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    place = str(tmp_path / oxt.COMPONENT)
    loaded = types.ModuleType("duebook_addin")
    loaded.__file__ = place
    exec(compile(parts[oxt.COMPONENT], place, "exec"), loaded.__dict__)
    return lambda locale: (loaded, Found(ServiceManager=Found(getByName=lambda _: locale)))


@pytest.mark.parametrize(("locale", "language"), [("en-US", "en"), ("zh-CN", "zh"), ("de", "en")])
def test_an_office_with_an_old_python_gets_a_sentence_and_no_crash(
    component: Callable[[str], Any], locale: str, language: str
) -> None:
    addin, context = component(locale)
    sentence = text("extension.old_python", language, found="3.8")
    functions = addin.functions(context)
    assert functions.execute((Found(Name="WHY", Value=()),)) == sentence
    found = functions.execute((Found(Name="DSO", Value=(9.0, 6.0, 30.0)),))
    assert cells.error_code(cells.number_of(found)) == "#VALUE!"
    assert addin.Press(context).execute(()) == sentence
    assert sorted(name for name, _ in addin._modules()) == [shims.MODULE, shims.FUNCTIONS_MODULE]
