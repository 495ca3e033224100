"""`duebook addin build`: what it writes and says, the same bytes everywhere, and nothing stale in the repository."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from tests.hosts.addin.compound_reader import Compound
from tests.hosts.addin.vba_reader import unpacked

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.hosts import catalogue
from duebook.hosts.addin import bridge, build, intellisense, modules, ribbon, udfs_file, vba_project
from duebook.hosts.addin.vba_project import Module
from duebook.hosts.cli import main

CHECKOUT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def made() -> bytes:
    return build.addin()


# --- the committed add-in ---------------------------------------------------------------------------------------------


def contents(data: bytes) -> dict[str, bytes]:
    """Part by part, the VBA project stream by stream."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        found = {name: package.read(name) for name in package.namelist()}
    streams = Compound(found.pop("xl/vbaProject.bin")).streams
    packed = {name for name in streams if name.startswith("VBA/") and name != "VBA/_VBA_PROJECT"}
    return found | {name: unpacked(data) if name in packed else data for name, data in streams.items()}


def test_the_committed_add_in_is_what_its_sources_make(made: bytes) -> None:
    """If this fails: `duebook addin build`, and commit what it writes."""
    committed, fresh = contents((resources.addin() / build.ADDIN).read_bytes()), contents(made)
    assert list(committed) == list(fresh)
    stale = [name for name, data in fresh.items() if committed[name] != data]
    assert stale == []
    assert (resources.addin() / build.ADDIN).read_bytes() == made


def test_the_committed_description_and_module_are_what_their_sources_make() -> None:
    described = (resources.addin() / intellisense.FILE).read_bytes()
    assert described == intellisense.intellisense(catalogue.functions())
    assert udfs_file.FILE.read_text("utf-8") == udfs_file.udfs_text()


# --- the same bytes everywhere ----------------------------------------------------------------------------------------


def test_no_machine_shows_in_the_bytes(tmp_path: Path) -> None:
    """Another process with another hash seed, folder, time zone, language and home builds the same."""
    code = (
        "import hashlib, pathlib; from duebook.hosts.addin import build; "
        "print(hashlib.sha256(b''.join(build.products(pathlib.Path()).values())).hexdigest())"
    )
    there = {"PYTHONHASHSEED": "77", "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "HOME": str(tmp_path)}
    environment = {**os.environ, **there, "DUEBOOK_LANGUAGE": "zh"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(b"".join(build.products(Path()).values())).hexdigest()


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "unchanged"), [("en", "unchanged"), ("zh", "无变化")])
def test_it_writes_into_a_folder_and_says_so(
    language: str, unchanged: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], made: bytes
) -> None:
    command = ["addin", "build", "--out", str(tmp_path / "new" / "folder"), "--language", language]
    assert main(command) == 0
    said = capsys.readouterr().out.splitlines()
    assert (tmp_path / "new" / "folder" / "duebook.xlam").read_bytes() == made
    assert f"{len(made):,}" in said[0] and "duebook.xlam" in said[0]
    assert (tmp_path / "new" / "folder" / "duebook.intellisense.xml").is_file()
    names = {path.suffix for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {".xlam", ".xml", ".whl", ".oxt"}, "sources of the package are built in place only"
    before = (tmp_path / "new" / "folder" / "duebook.xlam").stat().st_mtime_ns
    assert main(command) == 0
    assert all(unchanged in line for line in capsys.readouterr().out.splitlines())
    assert (tmp_path / "new" / "folder" / "duebook.xlam").stat().st_mtime_ns == before
    assert main([*command, "--quiet"]) == 0 and capsys.readouterr().out == ""


def test_json_names_what_was_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["addin", "build", "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {str(path) for path in tmp_path.rglob("*") if path.is_file()} and all(told.values())


def test_in_a_checkout_it_builds_in_place() -> None:
    found = build.products(resources.addin(), in_place=True)
    assert {path.relative_to(CHECKOUT).as_posix() for path in found} >= {
        "addin/duebook.xlam",
        "addin/duebook.intellisense.xml",
        "src/duebook/hosts/excel/udfs.py",
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_installed_duebook_asks_for_a_folder(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "_is_checkout", lambda: False)
    assert main(["addin", "build", "--language", language]) == 2
    assert "duebook addin build --out" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_refused_build_writes_nothing(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(modules, "modules", lambda: (Module("M", "Shell x"),))
    assert main(["addin", "build", "--out", str(tmp_path / "out"), "--language", language]) == 2
    assert "Shell" in capsys.readouterr().err and not (tmp_path / "out").exists()


# --- refusals ---------------------------------------------------------------------------------------------------------


def refused(key: str, language: str, *said: str) -> None:
    with pytest.raises(DuebookError) as error:
        build.addin()
    assert error.value.key == f"addin_build.{key}"
    for words in said:
        assert words in error.value.text(language)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_ribbon_calls_what_is_there(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    described = ribbon.ribbon_xml()
    monkeypatch.setattr(ribbon, "ribbon_xml", lambda: described.replace("DuebookPress", "DuebookPush"))
    refused("callback_missing", language, "DuebookPush")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_ribbon_shows_what_is_there(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    described = ribbon.ribbon_xml().replace('size="large"', 'size="large" image="no-such"')
    monkeypatch.setattr(ribbon, "ribbon_xml", lambda: described)
    refused("picture_missing", language, "no-such")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_module_that_vba_cannot_hold(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = modules.modules()
    monkeypatch.setattr(modules, "modules", lambda: (*found, Module("M", "' 5 × 3")))
    refused("module_refused", language, "M, line 2", "U+00D7")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_that_is_too_long(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    functions = dict(catalogue.functions())
    functions["DSO"] = replace(functions["DSO"], help="x" * 256)
    monkeypatch.setattr(catalogue, "functions", lambda: functions)
    refused("text_refused", language, "function DSO", "255")


def test_every_refusal_is_met_here() -> None:
    """Each sentence of the room is provoked in this folder's tests."""
    from duebook.core import messages

    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for key in messages.catalogue("en"):
        room, _, name = key.partition(".")
        if room == "addin_build" and name not in ("written", "unchanged", "no_checkout"):
            assert f'"{name}"' in tests or f'"{key}"' in tests, name


def test_the_pinned_version_is_in_the_facts(made: bytes) -> None:
    sheet = contents(made)["xl/worksheets/sheet2.xml"].decode()
    for word in (bridge.pinned_version(), *bridge.libraries(bridge.pinned_version()).values()):
        assert f">{word}</t>" in sheet


def test_the_project_holds_no_more_than_its_modules(made: bytes) -> None:
    streams = {name for name in contents(made) if name.startswith("VBA/")}
    wanted = {f"VBA/{module.name}" for module in modules.modules()}
    assert streams == wanted | {"VBA/dir", "VBA/_VBA_PROJECT"}
    assert vba_project.project_id(build.PROJECT).encode() in contents(made)["PROJECT"]
