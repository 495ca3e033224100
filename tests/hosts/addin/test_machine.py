"""The real computer, as far as this one is like it: files, programs, the probe; Windows' registry by a stand-in."""

from __future__ import annotations

import json
import nturl2path
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from tests.hosts.addin.made_up_machine import chosen, program
from tests.hosts.addin.test_install import ADDIN, shipped

from duebook.core.version import VERSION
from duebook.hosts.addin import doctor, environment, install, office
from duebook.hosts.addin.bridge import pinned_version
from duebook.hosts.addin.machine import ThisMachine, Value, told_origin

__all__ = ["shipped"]


@pytest.fixture
def machine() -> ThisMachine:
    return ThisMachine()


def test_files(machine: ThisMachine, tmp_path: Path) -> None:
    folder, file = tmp_path / "王 & 芳", tmp_path / "王 & 芳" / "a.txt"
    machine.make_folder(folder)
    assert machine.read(file) is None and machine.names(folder) == () and not machine.held(file)
    machine.write(file, b"one")
    machine.write(file, b"two")
    assert machine.read(file) == b"two" and machine.names(folder) == ("a.txt",) and not machine.held(file)
    machine.move(folder, tmp_path / "aside")
    assert machine.is_folder(tmp_path / "aside") and not machine.is_folder(folder)
    machine.remove(tmp_path / "aside" / "a.txt")
    machine.remove_folder(tmp_path / "aside")
    assert machine.names(tmp_path) == () and machine.names(file) == ()


def test_a_write_that_fails_leaves_the_old_file_alone(
    machine: ThisMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    machine.write(file, b"old")

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        machine.write(file, b"new")
    assert file.read_bytes() == b"old" and machine.names(tmp_path) == ("a.txt",)
    assert not any(name.startswith("~a.txt") for name in machine.names(tmp_path.parent))


def test_nothing_but_the_file_is_ever_in_its_folder(
    machine: ThisMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr("os.fsync", lambda _: seen.append(machine.names(tmp_path / "XLSTART")))
    machine.make_folder(tmp_path / "XLSTART")
    machine.write(tmp_path / "XLSTART" / "duebook.xlam", b"new")
    assert seen == [()] and machine.names(tmp_path) == ("XLSTART",)


def test_a_file_marked_read_only_is_replaced_and_removed(
    machine: ThisMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses both while the mark is there; here, that is made up."""
    replace, unlink = Path.replace, Path.unlink

    def refuse(path: Path) -> None:
        if path.exists() and not path.stat().st_mode & 0o200:
            raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "replace", lambda path, target: (refuse(Path(target)), replace(path, target))[1])
    monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: (refuse(path), unlink(path, missing_ok))[1])
    monkeypatch.setattr("duebook.hosts.addin.machine.sys", SimpleNamespace(platform="win32"))
    file = tmp_path / "duebook.xlam"
    file.write_bytes(b"old")
    file.chmod(0o444)
    machine.write(file, b"new")
    assert file.read_bytes() == b"new"
    file.chmod(0o444)
    machine.remove(file)
    assert not file.exists()


def test_programs(machine: ThisMachine) -> None:
    assert machine.ask([sys.executable, "-I", "-c", "print('应收')"]).out.strip() == "应收"
    assert machine.ask([sys.executable, "-I", "-"], "print(6 * 7)").out.strip() == "42"
    assert machine.run([sys.executable, "-I", "-c", "raise SystemExit(3)"]).status == 3
    assert machine.ask(["/no/such/program"]).status is None


def test_the_probe_tells_of_this_python(machine: ThisMachine) -> None:
    found = environment.probed(machine, Path(sys.executable))
    assert isinstance(found, environment.Probed)
    assert found.python == tuple(sys.version_info[:3]) and found.bits == 64 and found.xlwings == pinned_version()
    assert found.duebook == VERSION and found.digest and len(found.digest) == 64
    assert isinstance(environment.probed(machine, Path("/bin/false")), str)


def test_other_pythons_paths_do_not_disturb(machine: ThisMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip would take what it finds there for installed; the Python that Excel starts does not look there."""
    monkeypatch.setenv("PYTHONPATH", "/somewhere/else")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.com/simple")
    program = "import os, sys; print('/somewhere/else' in sys.path, os.environ['PIP_INDEX_URL'])"
    assert machine.ask([sys.executable, "-c", program]).out.split() == ["False", "https://mirror.example.com/simple"]


def test_a_duebook_that_does_not_load_is_not_taken_for_one(machine: ThisMachine, tmp_path: Path) -> None:
    """The probe loads all functions: a file that a virus scanner took away shows."""
    probe = Path(environment.__file__).with_name("probe.py").read_text("utf-8")
    broken = "import sys; sys.modules['duebook.receivables.dso'] = None\n"
    answers = [json.loads(machine.ask([sys.executable, "-I", "-B", "-"], text).out) for text in (probe, broken + probe)]
    assert [answer["duebook"] for answer in answers] == [VERSION, None]


def test_where_duebook_came_from(machine: ThisMachine) -> None:
    assert machine.running.origin == Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("record", "origin"),
    [
        ({"url": "file:///C:/My%20files/duebook.whl"}, r"C:\My files\duebook.whl"),
        ({"url": "file://server/share/duebook.whl"}, r"\\server\share\duebook.whl"),
        ({"url": "file:////server/share/duebook.whl"}, r"\\server\share\duebook.whl"),
        ({"url": "https://example.com/duebook.whl", "archive_info": {}}, "https://example.com/duebook.whl"),
        (
            {"url": "https://example.com/duebook.git", "vcs_info": {"vcs": "git", "commit_id": "12ab"}},
            "git+https://example.com/duebook.git@12ab",
        ),
        ({}, "None"),
    ],
)
def test_what_pip_remembers_on_windows(record: dict[str, object], origin: str) -> None:
    assert str(told_origin(json.dumps(record), nturl2path.url2pathname)) == origin


def test_installing_for_real_as_on_a_mac(
    machine: ThisMachine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Real files, real Python, real probe: only the system's name and the home folder are another's."""
    machine.platform, machine.home = "darwin", tmp_path
    (tmp_path / "Library/Containers/com.microsoft.Excel/Data").mkdir(parents=True)
    assert install.run_install(chosen(language="zh", language_asked=True), machine) == 0
    assert (tmp_path / install.MAC_START / office.ADDIN).read_bytes() == ADDIN
    kept = (tmp_path / "Library/Containers/com.microsoft.Excel/Data/duebook.conf").read_text("utf-8")
    assert f'"INTERPRETER_MAC","{sys.prefix}/bin/python"' in kept and '"DUEBOOK_LANGUAGE","zh"' in kept
    faults = [one.key for one in doctor.findings(machine, ADDIN) if one.state == "fault"]
    assert set(faults) <= {"excel_none_mac"}
    assert install.run_uninstall(chosen(), machine) == 0
    left = [path.suffix for path in tmp_path.rglob("*") if path.is_file()]
    assert left == [".applescript"]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("told", "language"), [("zh_TW", "zh"), ("Chinese (Simplified)_China", "zh"), ("de_DE", "en"), (None, "en")]
)
def test_the_language_of_the_system(told: str | None, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getlocale", lambda: (told, "936"))
    assert ThisMachine().language == language


# --- Windows' registry ------------------------------------------------------------------------------------------------


class _Key:
    def __init__(self, values: dict[str, Value], below: list[str], rights: int) -> None:
        self.values, self.below, self.rights = values, below, rights

    def __enter__(self) -> _Key:
        return self

    def __exit__(self, *_: object) -> None:
        return None


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[tuple[str, str], dict[str, Value]]]:
    """Windows' module `winreg` as documented, as far as it is used; the machine's hive cannot be written."""
    kept: dict[tuple[str, str], dict[str, Value]] = {}
    winreg: Any = ModuleType("winreg")
    winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE = "HKCU", "HKLM"
    winreg.KEY_READ, winreg.KEY_WRITE, winreg.REG_SZ, winreg.REG_DWORD, winreg.REG_BINARY = 0x20019, 0x20006, 1, 4, 3

    def opened(hive: str, key: str, reserved: int, rights: int) -> _Key:
        assert reserved == 0 and rights & 0x0100, "the 64-bit view is asked for"
        if (hive, key) not in kept:
            raise FileNotFoundError(2, key)
        below = sorted(where[1][len(key) + 1 :] for where in kept if where[1].startswith(key + "\\"))
        return _Key(kept[hive, key], below, rights)

    def created(hive: str, key: str, reserved: int, rights: int) -> _Key:
        assert hive == "HKCU"
        kept.setdefault((hive, key), {})
        return opened(hive, key, reserved, rights)

    def put(key: _Key, name: str, reserved: int, kind: int, value: Value) -> None:
        assert key.rights & 2 and {1: str, 4: int, 3: bytes}[kind] is type(value)
        key.values[name] = value

    def dropped(key: _Key, name: str) -> None:
        assert key.rights & 2
        if name not in key.values:
            raise FileNotFoundError(2, name)
        del key.values[name]

    winreg.OpenKey, winreg.CreateKeyEx, winreg.SetValueEx, winreg.DeleteValue = opened, created, put, dropped
    winreg.QueryInfoKey = lambda key: (len(key.below), len(key.values), 0)
    winreg.EnumValue = lambda key, number: (*list(key.values.items())[number], 1)
    winreg.EnumKey = lambda key, number: key.below[number]
    monkeypatch.setitem(sys.modules, "winreg", winreg)
    monkeypatch.setattr("duebook.hosts.addin.machine.sys", SimpleNamespace(platform="win32"))
    yield kept


def test_the_registry(machine: ThisMachine, registry: dict[tuple[str, str], dict[str, Value]]) -> None:
    for name, value in {"OPEN": "a.xlam", "Number": 7, "Item": b"\1\2"}.items():
        machine.set_value(office.OPTIONS, name, value)
    assert machine.values("HKCU", office.OPTIONS) == {"OPEN": "a.xlam", "Number": 7, "Item": b"\1\2"}
    machine.delete_value(office.OPTIONS, "OPEN")
    with pytest.raises(OSError, match="OPEN"):
        machine.delete_value(office.OPTIONS, "OPEN")
    assert registry == {("HKCU", office.OPTIONS): {"Number": 7, "Item": b"\1\2"}}
    assert machine.values("HKLM", office.OPTIONS) == {} and machine.subkeys("HKLM", "SOFTWARE") == ()
    registry["HKLM", "SOFTWARE"] = {}
    registry["HKLM", r"SOFTWARE\Microsoft"] = {}
    assert machine.subkeys("HKLM", "SOFTWARE") == ("Microsoft",)


def test_without_a_registry(machine: ThisMachine) -> None:
    assert machine.values("HKCU", "Software") == {} and machine.subkeys("HKLM", "SOFTWARE") == ()
    for act in (lambda: machine.set_value("a", "b", 1), lambda: machine.delete_value("a", "b")):
        with pytest.raises(OSError, match="no registry"):
            act()


def test_the_bits_of_a_program() -> None:
    assert [environment.dll_bits(program(number)) for number in (0x8664, 0x14C, 0xAA64, 0x1C0)] == [64, 32, 64, None]
    assert [environment.dll_bits(data) for data in (b"", b"MZ", b"MZ" + b"\xff" * 62, b"#!/bin/sh")] == [None] * 4
