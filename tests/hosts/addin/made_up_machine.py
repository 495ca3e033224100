"""Computers made up for tests: files, folders and registry in memory, with a log of all that is done to them."""

from __future__ import annotations

import argparse
import copy
import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from duebook.core.version import VERSION
from duebook.hosts.addin.bridge import libraries, pinned_version
from duebook.hosts.addin.machine import Answer, Hive, Running, Value

PACKAGE = {
    "python": [3, 11, 9],
    "bits": 64,
    "base": r"C:\Python311",
    "duebook": VERSION,
    "digest": "of this build",
    "xlwings": pinned_version(),
    "pywin32": True,
}
"""What a healthy Python says of itself."""


def program(machine: int) -> bytes:
    """The beginning of a Windows program: 0x8664 has 64 bits, 0x14c has 32."""
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + struct.pack("<H", machine) + b"\0" * 20


class MadeUpMachine:
    """See `duebook.hosts.addin.machine.Machine`. `fails_at` is the number of the effect that fails, from 0."""

    def __init__(self, platform: str, home: PurePath, running: Running, **more: Any) -> None:
        self.platform = platform
        self.home = home
        self.environment: Mapping[str, str] = more.get("environment", {})
        self.code_page: str = more.get("code_page", "utf-8")
        self.language: str = more.get("language", "en")
        self.running = running
        self.files: dict[PurePath, bytes] = {}
        self.folders: set[PurePath] = set()
        self.registry: dict[tuple[str, str], dict[str, Value]] = {}
        self.open_files: set[PurePath] = set()
        self.pythons: dict[PurePath, dict[str, Any]] = {}
        self.installed = dict(PACKAGE)
        """What pip brings about."""
        self.extensions: dict[str, str] = {}
        self.log: list[tuple[str, ...]] = []
        self.asked: list[Sequence[str]] = []
        self.fails_at: int | None = None
        self.failure: BaseException = OSError(28, "No space left on device")
        self.put_folder(home)

    # --- preparing, not logged

    def put(self, path: PurePath, data: bytes) -> None:
        self.put_folder(path.parent)
        self.files[path] = data

    def put_folder(self, path: PurePath) -> None:
        self.folders |= {path, *path.parents}

    def put_python(self, path: PurePath, **differing: Any) -> None:
        self.put(path, b"")
        self.pythons[path] = {**PACKAGE, **differing}

    def put_values(self, hive: str, key: str, **values: Value) -> None:
        self.registry.setdefault((hive, key.lower()), {}).update(values)

    def state(self) -> object:
        """All there is, to compare."""
        registry = {key: values for key, values in self.registry.items() if values}
        return copy.deepcopy((self.files, self.folders, registry, self.pythons, self.extensions))

    # --- asking

    def read(self, path: PurePath) -> bytes | None:
        return self.files.get(path)

    def is_folder(self, path: PurePath) -> bool:
        return path in self.folders

    def names(self, folder: PurePath) -> tuple[str, ...]:
        return tuple(sorted(path.name for path in {*self.files, *self.folders} if path.parent == folder != path))

    def held(self, path: PurePath) -> bool:
        return path in self.open_files

    def values(self, hive: Hive, key: str) -> Mapping[str, Value]:
        return dict(self.registry.get((hive, key.lower()), {}))

    def subkeys(self, hive: Hive, key: str) -> tuple[str, ...]:
        above = key.lower() + "\\"
        below = [place[len(above) :] for where, place in self.registry if where == hive and place.startswith(above)]
        return tuple(sorted({place.split("\\")[0] for place in below}))

    def ask(self, command: Sequence[str], given: str = "") -> Answer:
        self.asked.append(tuple(command))
        path = type(self.home)(command[0])
        if path.stem == "unopkg":
            version = self.extensions.get(command[2])
            said = f"Identifier: {command[2]}\n  Version: {version}\n"
            return Answer(0, said) if version else Answer(1, "no such extension")
        if path not in self.files:
            return Answer(None, "not found")
        told = self.pythons.get(path, {})
        return Answer(0, json.dumps(told)) if "digest" in told else Answer(1, "Fatal Python error: no encodings")

    # --- effects

    def _done(self, *what: object) -> None:
        if self.fails_at == len(self.log):
            self.fails_at = None  # it fails once; undoing works
            raise self.failure
        self.log.append(tuple(map(str, what)))

    def write(self, path: PurePath, data: bytes) -> None:
        self._done("write", path)
        if path.parent not in self.folders:
            raise FileNotFoundError(path)
        self._refuse_open(path)
        self.files[path] = data
        self.files.pop(path.with_name(path.name + ":Zone.Identifier"), None)

    def remove(self, path: PurePath) -> None:
        self._done("remove", path)
        self._refuse_open(path)
        del self.files[path]

    def make_folder(self, path: PurePath) -> None:
        self._done("make_folder", path)
        if path in self.folders or path.parent not in self.folders:
            raise FileExistsError(path)
        self.folders.add(path)

    def move(self, path: PurePath, target: PurePath) -> None:
        self._done("move", path)
        for file in self._under(path, self.files):
            self._refuse_open(file)
        for table in (self.files, self.pythons):
            for file in self._under(path, table):
                table[target / file.relative_to(path)] = table.pop(file)  # type: ignore[attr-defined]
        for folder in self._under(path, self.folders):
            self.folders.remove(folder)
            self.folders.add(target / folder.relative_to(path))

    def remove_folder(self, path: PurePath) -> None:
        self._done("remove_folder", path)
        for file in self._under(path, self.files):
            self._refuse_open(file)
        for file in self._under(path, self.files):
            self.pythons.pop(file, None)
            del self.files[file]
        self.folders -= set(self._under(path, self.folders))

    def set_value(self, key: str, name: str, value: Value) -> None:
        self._done("set_value", key, name)
        self.put_values("HKCU", key, **{name: value})

    def delete_value(self, key: str, name: str) -> None:
        self._done("delete_value", key, name)
        del self.registry["HKCU", key.lower()][name]

    def run(self, command: Sequence[str]) -> Answer:
        self._done("run", *command)
        words = tuple(command)
        if words[1:3] == ("-m", "venv"):
            self._made_environment(type(self.home)(words[3]))
        elif words[1:4] == ("-m", "pip", "install"):
            self._installed_packages(type(self.home)(words[0]))
        elif words[1] == "add":
            self.extensions["org.duebook.calc"] = VERSION
        elif words[1] == "remove":
            self.extensions.pop(words[2], None)
        else:
            return Answer(1, f"unknown: {words}")
        return Answer(0, "done")

    def _made_environment(self, folder: PurePath) -> None:
        names = ("Scripts/python.exe", "Scripts/pythonw.exe") if self.platform == "win32" else ("bin/python",)
        for name in names:
            self.put_python(folder / name, duebook=None, digest=None, xlwings=None, pywin32=False)

    def _installed_packages(self, python: PurePath) -> None:
        environment = python.parent.parent
        for path in self._under(environment, self.pythons):
            self.pythons[path] = dict(self.installed)
        if self.platform == "win32":
            self.put(environment / libraries(pinned_version())["library64"], program(0x8664))
            self.put(environment / libraries(pinned_version())["library32"], program(0x14C))

    def _refuse_open(self, path: PurePath) -> None:
        if path in self.open_files:
            raise PermissionError(13, "Permission denied", str(path))

    @staticmethod
    def _under(path: PurePath, paths: Any) -> list[PurePath]:
        return [each for each in list(paths) if each == path or path in each.parents]


def windows(user: str = "Fang", code_page: str = "utf-8", language: str = "en") -> MadeUpMachine:
    """Windows with Microsoft 365 of 64 bits and Python from python.org; Duebook not yet installed."""
    home = PureWindowsPath("C:/Users") / user
    python = PureWindowsPath("C:/Python311/python.exe")
    environment = {
        "APPDATA": str(home / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(home / "AppData" / "Local"),
        "OneDrive": str(home / "OneDrive"),
    }
    running = Running(python, python.parent, python.parent, home / "Downloads" / f"duebook-{VERSION}-py3-none-any.whl")
    machine = MadeUpMachine("win32", home, running, environment=environment, code_page=code_page, language=language)
    machine.put_python(python)
    machine.put(home / "Downloads" / f"duebook-{VERSION}-py3-none-any.whl", b"a wheel")
    root = PureWindowsPath("C:/Program Files/Microsoft Office/root/Office16")
    machine.put(root / "EXCEL.EXE", program(0x8664))
    machine.put_values("HKLM", r"SOFTWARE\Microsoft\Office\16.0\Excel\InstallRoot", Path=str(root) + "\\")
    machine.put_values("HKLM", r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", Platform="x64")
    machine.put_values(
        "HKLM", r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", **{"": str(root / "EXCEL.EXE")}
    )
    machine.put_folder(home / "AppData" / "Local")
    machine.put_folder(home / "AppData" / "Roaming" / "Microsoft" / "Excel")
    machine.put_folder(home / "AppData" / "Roaming" / "Microsoft" / "AddIns")
    return machine


def mac(user: str = "fang") -> MadeUpMachine:
    """macOS with Excel and Python from python.org."""
    home = PurePosixPath("/Users") / user
    prefix = PurePosixPath("/Library/Frameworks/Python.framework/Versions/3.11")
    machine = MadeUpMachine("darwin", home, Running(prefix / "bin/python3", prefix, prefix, None))
    machine.put_python(prefix / "bin/python3")
    machine.put_folder(PurePosixPath("/Applications/Microsoft Excel.app"))
    machine.put_folder(home / "Library/Containers/com.microsoft.Excel/Data")
    return machine


def chosen(**options: Any) -> argparse.Namespace:
    """The arguments of a command, as the command line would hand them on."""
    usual = {"language": "en", "language_asked": False, "json": False, "quiet": False}
    return argparse.Namespace(**{**usual, "dry_run": False, "libreoffice": False, **options})
