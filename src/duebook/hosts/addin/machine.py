"""The computer as installation and doctor see it: the one thin layer through which every effect goes.

`Machine` says what can be asked of a computer and done to it. `ThisMachine` is the real one; tests have another, with a
made-up home and registry. Paths are pure: those of Windows can be thought about on Linux.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePath
from typing import Literal, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from duebook.core import resources
from duebook.hosts import settings

Hive = Literal["HKCU", "HKLM"]
Value = str | int | bytes

LONGEST = 1800
"""Seconds that a program may take: an environment is downloaded over slow company networks."""
LONGEST_QUESTION = 90
_NO_WINDOW = 0x08000000  # CREATE_NO_WINDOW
_ALL_VIEWS = 0x0100  # KEY_WOW64_64KEY: a 32-bit Python sees what a 64-bit one sees


@dataclass(frozen=True)
class Answer:
    """How a program ended (None: it did not start, or had to be stopped) and what it wrote."""

    status: int | None
    out: str


@dataclass(frozen=True)
class Running:
    """The Python that runs Duebook now, and what that Duebook was installed from."""

    executable: PurePath
    prefix: PurePath
    base_prefix: PurePath
    origin: PurePath | str | None
    """A wheel or a folder, there or not; an address; None where it came from a package index."""


class Machine(Protocol):
    """What installation and doctor ask of a computer, and do to it. Effects raise OSError, the registry's too."""

    platform: str
    """As `sys.platform` says it."""
    home: PurePath
    environment: Mapping[str, str]
    code_page: str
    """The encoding in which VBA reads files and hands paths to Windows."""
    language: str
    """The user's language as the system knows it."""
    running: Running

    def read(self, path: PurePath) -> bytes | None:
        """The bytes of a file; None where there is none, or none that may be read."""

    def is_folder(self, path: PurePath) -> bool: ...

    def names(self, folder: PurePath) -> tuple[str, ...]:
        """What lies in a folder, in order of names; nothing where there is no such folder."""

    def held(self, path: PurePath) -> bool:
        """Whether another program holds this file so that it cannot be replaced."""

    def values(self, hive: Hive, key: str) -> Mapping[str, Value]:
        """The registry values under a key, by name; none where there is no such key, or no registry."""

    def subkeys(self, hive: Hive, key: str) -> tuple[str, ...]: ...

    def ask(self, command: Sequence[str], given: str = "") -> Answer:
        """Runs a program that changes nothing, `given` to its input."""

    def write(self, path: PurePath, data: bytes) -> None:
        """A file, whole or not at all."""

    def remove(self, path: PurePath) -> None: ...

    def make_folder(self, path: PurePath) -> None: ...

    def move(self, path: PurePath, target: PurePath) -> None:
        """Renames a folder."""

    def remove_folder(self, path: PurePath) -> None:
        """A folder with all that is in it."""

    def set_value(self, key: str, name: str, value: Value) -> None:
        """In the current user's registry; never the machine's."""

    def delete_value(self, key: str, name: str) -> None: ...

    def run(self, command: Sequence[str]) -> Answer:
        """Runs a program for what it does."""


class ThisMachine:
    """The computer Duebook runs on."""

    def __init__(self) -> None:
        self.platform = sys.platform
        self.home: PurePath = Path.home()
        self.environment: Mapping[str, str] = os.environ
        self.code_page = "mbcs" if sys.platform == "win32" else "utf-8"
        self.language = settings.system_language()
        self.running = Running(Path(sys.executable), Path(sys.prefix), Path(sys.base_prefix), _origin())

    def read(self, path: PurePath) -> bytes | None:
        try:
            return Path(path).read_bytes()
        except OSError:
            return None

    def is_folder(self, path: PurePath) -> bool:
        return Path(path).is_dir()

    def names(self, folder: PurePath) -> tuple[str, ...]:
        try:
            return tuple(sorted(path.name for path in Path(folder).iterdir()))
        except OSError:
            return ()

    def held(self, path: PurePath) -> bool:
        try:
            with Path(path).open("r+b"):
                return False
        except FileNotFoundError:
            return False
        except OSError:
            return os.access(path, os.W_OK)  # a file that may not be written is not held: writing it will say so

    def values(self, hive: Hive, key: str) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(_hive(hive), key, 0, winreg.KEY_READ | _ALL_VIEWS) as opened:
                    for number in range(winreg.QueryInfoKey(opened)[1]):
                        name, value, _ = winreg.EnumValue(opened, number)
                        found[name] = value
            except OSError:
                return found
        return found

    def subkeys(self, hive: Hive, key: str) -> tuple[str, ...]:
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(_hive(hive), key, 0, winreg.KEY_READ | _ALL_VIEWS) as opened:
                    return tuple(winreg.EnumKey(opened, n) for n in range(winreg.QueryInfoKey(opened)[0]))
            except OSError:
                return ()
        return ()

    def ask(self, command: Sequence[str], given: str = "") -> Answer:
        return self._started(command, given, LONGEST_QUESTION)

    def write(self, path: PurePath, data: bytes) -> None:
        handle, name = _temporary(path)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(0o644)  # mkstemp lets nobody else read, which Excel for Mac may be
            _unlocked(path)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def remove(self, path: PurePath) -> None:
        _unlocked(path)
        Path(path).unlink()

    def make_folder(self, path: PurePath) -> None:
        Path(path).mkdir()

    def move(self, path: PurePath, target: PurePath) -> None:
        Path(path).rename(target)

    def remove_folder(self, path: PurePath) -> None:
        shutil.rmtree(path)

    def set_value(self, key: str, name: str, value: Value) -> None:
        if sys.platform == "win32":
            import winreg

            kinds = {str: winreg.REG_SZ, int: winreg.REG_DWORD, bytes: winreg.REG_BINARY}
            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_WRITE | _ALL_VIEWS) as opened:
                winreg.SetValueEx(opened, name, 0, kinds[type(value)], value)
            return
        raise OSError("no registry")

    def delete_value(self, key: str, name: str) -> None:
        if sys.platform == "win32":
            import winreg

            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key, 0, winreg.KEY_WRITE | _ALL_VIEWS) as opened:
                winreg.DeleteValue(opened, name)
            return
        raise OSError("no registry")

    def run(self, command: Sequence[str]) -> Answer:
        return self._started(command, "", LONGEST)

    def _started(self, command: Sequence[str], given: str, longest: float) -> Answer:
        """No shell is between: arguments arrive as they are. Started from the home folder, which has no modules."""
        try:
            done = subprocess.run(  # noqa: S603 - our own commands, by absolute path
                list(command),
                input=given,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                cwd=self.home,
                timeout=longest,
                check=False,
                creationflags=_NO_WINDOW if sys.platform == "win32" else 0,
                env=_undisturbed(os.environ),
            )
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            return Answer(None, str(error))
        return Answer(done.returncode, done.stdout + done.stderr)


def _unlocked(path: PurePath) -> None:
    """Windows neither replaces nor removes a file marked read-only, as add-ins copied from a share often are."""
    if sys.platform == "win32" and Path(path).exists():
        Path(path).chmod(stat.S_IWRITE)


def _temporary(path: PurePath) -> tuple[int, str]:
    """A file to fill, one folder up where it can be: Excel opens whatever a killed run leaves in its start folder."""
    for folder in (Path(path.parent.parent), Path(path.parent)):
        try:
            if folder.stat().st_dev == Path(path.parent).stat().st_dev:
                return tempfile.mkstemp(dir=folder, prefix=f"~{path.name}")
        except PermissionError:
            continue
    raise PermissionError(13, "Permission denied", str(path.parent))


def _undisturbed(environment: Mapping[str, str]) -> dict[str, str]:
    """Without PYTHONPATH and its like: pip leaves out what it finds there; Excel's Python does not look there."""
    kept = {name: value for name, value in environment.items() if not name.upper().startswith("PYTHON")}
    return {**kept, "PYTHONIOENCODING": "utf-8"}


def _hive(hive: Hive) -> int:
    if sys.platform == "win32":
        import winreg

        return winreg.HKEY_CURRENT_USER if hive == "HKCU" else winreg.HKEY_LOCAL_MACHINE
    raise OSError("no registry")


def _origin() -> PurePath | str | None:
    """The checkout Duebook runs from, or what pip remembers having installed it from."""
    checkout = resources.root().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return checkout
    try:
        return told_origin(metadata.distribution("duebook").read_text("direct_url.json") or "{}")
    except (metadata.PackageNotFoundError, ValueError, AttributeError, KeyError):
        return None


def told_origin(record: str, local: Callable[[str], str] = url2pathname) -> PurePath | str | None:
    """The place that a `direct_url.json` names: a file's or folder's path, another address as pip takes it."""
    told = json.loads(record)
    url = str(told.get("url", ""))
    parts = urlsplit(url)
    if parts.scheme == "file":
        server = "" if parts.netloc in ("", "localhost") else f"//{parts.netloc}"
        return Path(local(server + parts.path))
    if version := told.get("vcs_info"):
        url = f"{version['vcs']}+{url}@{version['commit_id']}"
    return url or None
