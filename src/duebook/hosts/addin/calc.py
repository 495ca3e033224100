"""LibreOffice on this computer: where it is, which Python it has, and Duebook's extension in it.

The extension is added and removed by LibreOffice's own program `unopkg`, for the current user.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from duebook.core.errors import DuebookError
from duebook.core.version import VERSION
from duebook.hosts.addin import environment
from duebook.hosts.addin.effects import Effect, MakeFolder, RemoveEmptyFolder, RemoveFile, RunOffice, WriteFile
from duebook.hosts.addin.findings import Finding, fault, unknown, well
from duebook.hosts.addin.machine import Machine
from duebook.hosts.addin.plan import Plan

_EXTENSION = "duebook.oxt"
_SANDBOXES = ("/snap/bin/libreoffice", "/var/lib/flatpak/exports/bin/org.libreoffice.LibreOffice")


@dataclass(frozen=True)
class LibreOffice:
    """An installation: its program folder, and the version of the Python that it loads (empty: it has none)."""

    program: PurePath
    unopkg: PurePath
    python: tuple[int, ...]


@dataclass(frozen=True)
class Extension:
    """The built extension: how LibreOffice calls it, and its bytes."""

    identifier: str
    version: str
    data: bytes


def shipped_extension() -> Extension:
    from duebook.hosts.addin import oxt  # reads the whole catalogue, which Excel's doctor need not wait for

    return Extension(oxt.IDENTIFIER, VERSION, oxt.oxt())


def install_plan(machine: Machine, extension: Extension | None = None) -> Plan:
    """Adds the extension in place of an older one. DuebookError where LibreOffice could not use it."""
    extension = extension or shipped_extension()
    office = _usable(machine)
    before = installed_version(machine, office, extension.identifier)
    folder = environment.own(machine).parent
    file = folder / _EXTENSION
    add = (str(office.unopkg), "add", "--force", "--suppress-license", str(file))
    remove = None if before else (str(office.unopkg), "remove", extension.identifier)
    folders: list[Effect] = [] if machine.is_folder(folder) else [MakeFolder(folder)]
    effects = [
        *folders,
        WriteFile("extension", file, extension.data),
        RunOffice("add_extension", add, remove, office.program),
        RemoveFile(file),
        RemoveEmptyFolder(folder),
    ]
    return Plan(effects, "done_libreoffice", "done_libreoffice", notes=_open_note(machine))


def removal_plan(machine: Machine, extension: Extension | None = None) -> Plan:
    extension = extension or shipped_extension()
    office = found(machine)
    effects: list[Effect] = []
    if office and installed_version(machine, office, extension.identifier):
        remove = (str(office.unopkg), "remove", extension.identifier)
        effects.append(RunOffice("remove_extension", remove, None, office.program))
    return Plan(effects, "removed_libreoffice", "nothing_to_remove", notes=_open_note(machine) if effects else {})


def findings(machine: Machine, extension: Extension | None = None) -> list[Finding]:
    """The links between LibreOffice and Duebook."""
    extension = extension or shipped_extension()
    office = found(machine)
    if office is None:
        boxed = _sandboxed(machine)
        lost = fault("libreoffice", "libreoffice_sandboxed", path=boxed) if boxed else None
        rest = [unknown("libreoffice_python"), unknown("extension")]
        return [lost or fault("libreoffice", "libreoffice_none"), *rest]
    version = ".".join(map(str, office.python))
    if not office.python:
        python = fault("libreoffice_python", "libreoffice_python_none")
    elif office.python < environment.OLDEST_PYTHON:
        python = fault("libreoffice_python", "libreoffice_python_old", found=version)
    else:
        python = well("libreoffice_python", version=version)
    there = installed_version(machine, office, extension.identifier)
    if there is None:
        added = fault("extension", "extension_missing")
    elif there != extension.version:
        added = fault("extension", "extension_stale", found=there, version=VERSION)
    else:
        added = well("extension", version=there)
    return [well("libreoffice", path=office.program), python, added]


def found(machine: Machine) -> LibreOffice | None:
    """The first LibreOffice with its program for extensions."""
    name = "unopkg.com" if machine.platform == "win32" else "unopkg"
    for program in _program_folders(machine):
        if machine.read(program / name) is not None:
            return LibreOffice(program, program / name, _python(machine, program))
    return None


def _program_folders(machine: Machine) -> Iterator[PurePath]:
    kind = type(machine.home)
    if machine.platform == "win32":
        told = machine.values("HKLM", r"SOFTWARE\LibreOffice\UNO\InstallPath").get("")
        if isinstance(told, str):
            yield kind(told)
        for name in ("ProgramFiles", "ProgramW6432"):
            if machine.environment.get(name):
                yield kind(machine.environment[name]) / "LibreOffice" / "program"
    elif machine.platform == "darwin":
        for applications in (kind("/Applications"), machine.home / "Applications"):
            yield applications / "LibreOffice.app" / "Contents" / "MacOS"
    else:
        yield from (kind("/usr/lib/libreoffice/program"), kind("/usr/lib64/libreoffice/program"))
        named = [name for name in machine.names(kind("/opt")) if name.startswith("libreoffice")]
        yield from (kind("/opt") / name / "program" for name in sorted(named, reverse=True))


def _python(machine: Machine, program: PurePath) -> tuple[int, ...]:
    """The version of the Python LibreOffice brings, or that its bridge is linked to; empty where it has none."""
    for name in machine.names(program):
        if brought := re.fullmatch(r"python-core-(\d+)\.(\d+)\S*", name):
            return int(brought[1]), int(brought[2])
    framework = program.parent / "Frameworks" / "LibreOfficePython.framework" / "Versions"
    versions = [tuple(map(int, n.split("."))) for n in machine.names(framework) if re.fullmatch(r"\d+\.\d+", n)]
    if versions:
        return max(versions)
    for name in ("libpyuno.so", "pyuno.pyd"):
        linked = re.search(rb"(?:libpython|python)3\.?(\d+)\w*\.(?:so|dll)", machine.read(program / name) or b"")
        if linked:
            return 3, int(linked[1])
    return ()


def _usable(machine: Machine) -> LibreOffice:
    office = found(machine)
    if office is None:
        boxed = _sandboxed(machine)
        raise (
            DuebookError("install.libreoffice_sandboxed", path=boxed)
            if boxed
            else DuebookError("install.no_libreoffice")
        )
    if not office.python:
        raise DuebookError("install.libreoffice_no_python", path=office.program)
    if office.python < environment.OLDEST_PYTHON:
        version = ".".join(map(str, office.python))
        raise DuebookError("install.libreoffice_python", path=office.program, found=version)
    return office


def _sandboxed(machine: Machine) -> PurePath | None:
    paths = [type(machine.home)(path) for path in _SANDBOXES] if machine.platform == "linux" else []
    return next((path for path in paths if path.name in machine.names(path.parent)), None)


def installed_version(machine: Machine, office: LibreOffice, identifier: str) -> str | None:
    """The version of the extension that LibreOffice holds; None where it holds none."""
    answer = machine.ask([str(office.unopkg), "list", identifier])
    if answer.status != 0 or identifier not in answer.out:
        return None
    version = re.search(r"^\s*Version:\s*(\S+)", answer.out, re.MULTILINE)
    return version[1] if version else "–"


def _open_note(machine: Machine) -> dict[str, dict[str, object]]:
    """A profile in use holds a lock file."""
    kind = type(machine.home)
    if machine.platform == "win32":
        roaming = machine.environment.get("APPDATA")
        base = kind(roaming) if roaming else machine.home / "AppData" / "Roaming"
        profile = base / "LibreOffice" / "4"
    elif machine.platform == "darwin":
        profile = machine.home / "Library" / "Application Support" / "LibreOffice" / "4"
    else:
        profile = machine.home / ".config" / "libreoffice" / "4"
    return {"libreoffice_open": {}} if machine.read(profile / ".lock") is not None else {}
