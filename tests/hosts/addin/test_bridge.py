"""The add-in's module `xlwings`: what is taken from the stock module, which doors are shut, what is refused."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.hosts.addin import bridge

CHECKOUT = Path(__file__).resolve().parents[3]
VERSION = metadata.version("xlwings")


@pytest.fixture(scope="module")
def module() -> str:
    return bridge.bridge_module()


def code(module: str) -> str:
    """Without comments: an apostrophe outside of quotation marks begins one."""
    return re.sub(r"""^((?:[^'"\n]|"[^"\n]*")*)'.*$""", r"\1", module, flags=re.MULTILINE)


def test_the_pin_is_that_of_pyproject() -> None:
    wanted = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert f"xlwings=={bridge.pinned_version()}" in wanted


def test_the_license_stays_whole(module: str) -> None:
    shipped = metadata.distribution("xlwings").read_text("licenses/LICENSE.txt")
    assert shipped
    words = " ".join(re.sub(r"^'", "", module, flags=re.MULTILINE).split())
    conditions = " ".join(shipped[shipped.index("Redistribution and use") :].split())
    assert conditions in words
    assert words.count("Zoomer Analytics LLC") == 1
    assert bridge.license_notice().endswith("POSSIBILITY OF SUCH DAMAGE.")


def test_only_what_is_needed_is_there(module: str) -> None:
    procedures = re.findall(r"^(?:Public |Private )?(?:Function|Sub) (\w+)\(", module, re.MULTILINE)
    assert procedures == [
        "XLPy", "XLPyLoadDLL", "XLPyCommand", "GetConfigFilePath", "GetConfig", "GetConfigFromFile",
        "FileExists", "FileExistsOnWindows", "FileOrFolderExistsOnMac", "ParentFolder", "RunPython", "ExecuteMac",
        "ReadFile",
    ]  # fmt: skip
    called = set(re.findall(r"\b(\w+)\(", code(module)))
    stock = set(re.findall(r"^(?:Public |Private )?(?:Function|Sub) (\w+)\(", bridge.stock_module(), re.MULTILINE))
    assert called & stock <= set(procedures), "calls what was left out"
    assert "\nOption Private Module\n" in module, "else GetConfig would be listed as a worksheet function"


def test_no_cell_can_start_a_program_or_read_a_file(module: str) -> None:
    """`=XLPyDLLActivateAuto(A1, "calc.exe")`, `=ReadFile("C:\\secret.txt")`, on a Mac `=RunPython("…")`: cells can call
    public functions by name, of a private module too; never private ones, nor a Sub."""
    found = re.findall(r"^ *(\w+ )?(Declare|Function|Sub) (?:PtrSafe )?(?:Function )?(\w+)", code(module), re.MULTILINE)
    assert len(found) > 15
    public = {(kind, name) for scope, kind, name in found if scope not in ("Private ", "End ", "Exit ")}
    assert public == {("Function", "XLPy"), ("Function", "GetConfig"), ("Sub", "RunPython")}


def test_every_block_is_closed(module: str) -> None:
    lines = [line.strip() for line in code(module).splitlines()]
    for opens, closes in (
        (r"#If\b.*Then$", "#End If"),
        (r"If\b.*Then$", "End If"),
        (r"(Public |Private )?Function\b", "End Function"),
        (r"(Public |Private )?Sub\b", "End Sub"),
        (r"Do\b", "Loop"),
    ):
        depth = 0
        for line in lines:
            depth += bool(re.match(opens, line)) - (line == closes)
            assert depth in (0, 1, 2, 3), (opens, line)
        assert depth == 0, opens


def test_what_is_declared_is_all_there_is(module: str) -> None:
    """Nothing of libc, and the library by the name that holds the pinned version."""
    declared = re.findall(r'Declare (?:PtrSafe )?Function (\w+) Lib "([^"]+)"', module)
    assert {name for name, _ in declared} == {"XLPyDLLActivateAuto", "LoadLibrary"}
    libraries = bridge.libraries(VERSION)
    assert {library for _, library in declared} == {"KERNEL32", *libraries.values()}
    assert set(libraries.values()) == {f"xlwings64-{VERSION}.dll", f"xlwings32-{VERSION}.dll"}


def test_no_workbook_chooses_the_program(module: str) -> None:
    """Settings come from the user's own file: the stock module asks the active workbook's sheet and folder first."""
    config = module[module.index("Function GetConfig(") : module.index("Function GetConfigFromFile")]
    assert "Workbook" not in config and "Sheet" not in config and "Directory" not in config
    text = code(module)
    assert "Sheets" not in text and "ThisWorkbook" not in text and '.py"' not in text
    active = [line.strip() for line in text.splitlines() if "ActiveWorkbook" in line]
    mac = text[text.index("Sub ExecuteMac") : text.index("Function ReadFile")]
    assert active == [line.strip() for line in mac.splitlines() if "ActiveWorkbook" in line], "Windows needs none open"
    assert 'PROJECT_NAME As String = "duebook"' in text


def test_python_starts_isolated_by_its_whole_path(module: str) -> None:
    command = code(module)[module.index("Function XLPyCommand") :]
    assert "PYTHONPATH" not in command[: command.index("End Function")]
    assert """tail = " -I -B -c ""import xlwings; xlwings.serve('$(CLSID)')\"""" in module
    assert 'Environ("SystemRoot") & "\\System32\\cmd.exe /K "' in module
    assert 'If Not (PYTHON_WIN Like "[A-Za-z]:\\*" Or PYTHON_WIN Like "\\\\*") Then' in module
    assert '"pythonw"' not in module and '"python"' not in module, "no bare name to look for"


def test_a_mac_hands_no_workbook_name_over_that_means_something_to_a_command_line(module: str) -> None:
    refused = re.search(r'ActiveWorkbook\.Name Like "\*\[(.*?)\]\*" Then', module)
    assert refused and set(refused[1].replace('""', '"')) == set('"$`\\|')
    assert "FullName" not in module
    assert 'ParameterString = "false;"' in module, "no folder of a workbook on Python's path"


def test_nothing_that_starts_writes_or_removes(module: str) -> None:
    for word in ("Shell", "WScript", "CreateObject", "MacScript", "MkDir", "FileCopy", "libc", "ExpandEnvironment"):
        assert word not in module
    assert not re.search(r"\bKill\b|\bFor (Output|Append|Binary|Random)\b|\b(Write|Print) #", module)


# --- another xlwings --------------------------------------------------------------------------------------------------


def test_another_text_is_refused() -> None:
    stock = bridge.stock_module()
    wrong = {
        "XLPyCommand": stock.replace("Function XLPyCommand(", "Function XLPyOrder("),
        "' User Config": stock.replace("' User Config", "' The user's"),
        "XLPy": stock + "\nFunction XLPy()\nEnd Function\n",
        f"'Version: {VERSION}": stock.replace(f"'Version: {VERSION}", "'Version: 9.9.9"),
        "DEFAULT": stock.replace("GetConfig = default\n", "GetConfig = other\n"),
    }
    for part, text in wrong.items():
        assert text != stock
        with pytest.raises(DuebookError) as refused:
            bridge.assembled(text, VERSION)
        assert refused.value.key == "addin_build.xlwings_changed", part


def test_a_library_of_another_version_is_refused() -> None:
    with pytest.raises(DuebookError, match=r"xlwings32-0\.1\.dll"):
        bridge.assembled(bridge.stock_module().replace(f"xlwings32-{VERSION}.dll", "xlwings32-0.1.dll"), VERSION)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_installed_version_must_be_the_pinned_one(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: "0.36.0")
    with pytest.raises(DuebookError) as refused:
        bridge.stock_module()
    said = refused.value.text(language)
    assert refused.value.key == "addin_build.xlwings_version"
    assert "0.36.0" in said and f"pip install xlwings=={VERSION}" in said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_xlwings_must_be_there(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge.util, "find_spec", lambda name: None)
    with pytest.raises(DuebookError) as refused:
        bridge.stock_module()
    assert refused.value.key == "addin_build.xlwings_missing"
    assert f"pip install xlwings=={VERSION}" in refused.value.text(language)


def test_an_installation_without_the_module_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "STOCK", "no_such.bas")
    with pytest.raises(DuebookError) as refused:
        bridge.stock_module()
    assert refused.value.key == "addin_build.xlwings_missing"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_pin_there_must_be(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["xlwings>=0.30"]\n')
    monkeypatch.setattr(resources, "root", lambda: tmp_path / "src" / "duebook")
    with pytest.raises(DuebookError) as refused:
        bridge.pinned_version()
    monkeypatch.undo()
    assert refused.value.key == "addin_build.not_pinned" and "xlwings==" in refused.value.text(language)


def test_an_installed_duebook_knows_the_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "root", lambda: tmp_path / "site" / "duebook")
    assert bridge.pinned_version() == VERSION


def test_the_build_does_not_import_xlwings() -> None:
    import subprocess
    import sys

    code = "import sys; from duebook.hosts.addin import bridge; bridge.bridge_module(); print('xlwings' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
