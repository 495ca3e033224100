"""The Python environment that Excel starts: which one, what is in it, and how one of Duebook's own is made.

Where Duebook already runs in a virtual environment, Excel gets that one: what you try at the command line is then what
Excel runs. Else Duebook makes one of its own, so that nothing else on the computer can change its packages.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from duebook.core.errors import DuebookError
from duebook.core.version import VERSION
from duebook.hosts.addin.bridge import libraries, pinned_version
from duebook.hosts.addin.effects import Effect, InstallDuebook, MakeEnvironment, MakeFolder, SetAside, SweepFolder
from duebook.hosts.addin.effects import Verify as Check
from duebook.hosts.addin.machine import Machine

OLDEST_PYTHON = (3, 11)
_MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
"""Of a PE header: Intel 32, Intel 64, ARM 64 (Office for ARM loads Intel libraries of 64 bits)."""


@dataclass(frozen=True)
class Probed:
    """What a Python says of itself."""

    python: tuple[int, ...]
    bits: int
    duebook: str | None
    digest: str | None
    xlwings: str | None
    pywin32: bool
    base: str


def probed(machine: Machine, python: PurePath) -> Probed | str:
    """Starts a Python and asks, isolated as Excel starts it; where it does not start, what it said."""
    script = Path(__file__).with_name("probe.py").read_text("utf-8")
    answer = machine.ask([str(python), "-I", "-B", "-"], script)
    try:
        told = json.loads(answer.out.strip().splitlines()[-1]) if answer.status == 0 else None
        if told is not None:
            return Probed(**{**told, "python": tuple(told["python"])})
    except (ValueError, TypeError, KeyError, IndexError):
        return answer.out.strip()[-300:]
    return answer.out.strip()[-300:] or f"exit status {answer.status}"


def dll_name(bits: int) -> str:
    return libraries(pinned_version())[f"library{bits}"]


def dll_bits(data: bytes) -> int | None:
    """The bitness a Windows program or library is built for, from its PE header; None where it is none."""
    if data[:2] != b"MZ" or len(data) < 0x40:
        return None
    (start,) = struct.unpack_from("<I", data, 0x3C)
    if data[start : start + 4] != b"PE\0\0" or len(data) < start + 6:
        return None
    return _MACHINES.get(struct.unpack_from("<H", data, start + 4)[0])


def find_dll(machine: Machine, interpreter: PurePath, bits: int) -> tuple[PurePath, bytes] | None:
    """Where the add-in looks for it: beside the interpreter, then one folder up."""
    for folder in (interpreter.parent, interpreter.parent.parent):
        data = machine.read(folder / dll_name(bits))
        if data is not None:
            return folder / dll_name(bits), data
    return None


def in_onedrive(machine: Machine, path: PurePath) -> bool:
    roots = (machine.environment.get(name, "") for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"))
    kind = type(machine.home)
    return any(root and path.is_relative_to(kind(root)) for root in roots)


def on_network(path: PurePath) -> bool:
    return path.drive.startswith("\\\\")


def from_store(path: PurePath) -> bool:
    """Python from the Microsoft Store: Windows hides from other programs what it writes under AppData."""
    return "windowsapps" in (part.lower() for part in path.parts)


def is_odd(path: PurePath) -> bool:
    """On a Mac the path becomes part of a command line, in which these signs have a meaning (see `bridge`)."""
    return "'" in str(path) or "|" in str(path)


def own(machine: Machine) -> PurePath:
    """Where the environment of Duebook's own lies."""
    if machine.platform == "win32":
        local = machine.environment.get("LOCALAPPDATA")
        return (type(machine.home)(local) if local else machine.home / "AppData" / "Local") / "Duebook" / "env"
    return machine.home / ".duebook" / "env"


def chosen(machine: Machine) -> PurePath:
    """The environment Duebook runs in where it is a virtual one at a safe place, else its own."""
    prefix = machine.running.prefix
    virtual = prefix != machine.running.base_prefix
    unsafe = in_onedrive(machine, prefix) or on_network(prefix) or (machine.platform == "darwin" and is_odd(prefix))
    return prefix if virtual and not unsafe else own(machine)


def python_of(machine: Machine, environment: PurePath, windowless: bool = False) -> PurePath:
    if machine.platform == "win32":
        return environment / "Scripts" / ("pythonw.exe" if windowless else "python.exe")
    return environment / "bin" / "python"


def effects(machine: Machine, environment: PurePath, bits: Sequence[int]) -> tuple[list[Effect], list[Effect]]:
    """What makes the environment right, and what to sweep away once all else is done."""
    python = python_of(machine, environment)
    check = Check("check_environment", environment, partial(_verified, environment=environment, bits=bits))
    if environment == machine.running.prefix:
        return [check], []
    aside = environment.with_name(environment.name + ".old")
    left = [SweepFolder(aside)] if machine.is_folder(aside) else []
    if _is_right(machine, environment, bits):
        return [check], [*left]
    made: list[Effect] = [*left]
    if machine.is_folder(environment):
        made.append(SetAside(environment, aside))
    elif not machine.is_folder(environment.parent):
        made.append(MakeFolder(environment.parent))
    made += [MakeEnvironment(environment), source(machine, python), check]
    return made, [SweepFolder(aside)] if machine.is_folder(environment) else []


def source(machine: Machine, python: PurePath) -> InstallDuebook:
    """What pip installs: what this Duebook came from, else its version from the package index.

    Where the wheel is gone, the index is not asked instead: a package of that name there may be a stranger's.
    """
    origin = machine.running.origin
    if origin is None:
        return InstallDuebook(python, f"duebook=={VERSION}", None, offline=False)
    if isinstance(origin, str):
        return InstallDuebook(python, f"duebook @ {origin}", None, offline=False)
    if origin.suffix != ".whl" and machine.is_folder(origin):
        return InstallDuebook(python, str(origin), None, offline=False)
    if machine.read(origin) is None:
        raise DuebookError("install.origin_gone", path=origin)
    # a folder made by `pip download` or `pip wheel` holds xlwings beside Duebook: then it holds the others too
    wheelhouse = any(name.startswith(f"xlwings-{pinned_version()}-") for name in machine.names(origin.parent))
    return InstallDuebook(python, str(origin), origin.parent, offline=wheelhouse)


def _is_right(machine: Machine, environment: PurePath, bits: Sequence[int]) -> bool:
    """Whether Excel can use it and it holds the very Duebook that runs now; two builds of one version differ."""
    try:
        there = _verified(machine, environment, bits)
    except DuebookError:
        return False
    here = probed(machine, machine.running.executable)
    return not isinstance(here, str) and there.digest == here.digest


def _verified(machine: Machine, environment: PurePath, bits: Sequence[int]) -> Probed:
    """What the environment's Python says; DuebookError where Excel could not use it."""
    python = python_of(machine, environment)
    found = probed(machine, python)
    if isinstance(found, str):
        raise DuebookError("install.environment_dead", path=environment, detail=found)
    if found.duebook != VERSION:
        raise DuebookError("install.environment_duebook", path=environment, found=found.duebook or "–", version=VERSION)
    if found.xlwings != pinned_version():
        here, wanted = found.xlwings or "–", pinned_version()
        raise DuebookError("install.environment_xlwings", path=environment, found=here, version=wanted, python=python)
    if machine.platform != "win32":
        return found
    for wanted_bits in bits:
        library = find_dll(machine, python, wanted_bits)
        if library is None or dll_bits(library[1]) != wanted_bits:
            name = dll_name(wanted_bits)
            facts = {"name": name, "version": pinned_version(), "python": python}
            raise DuebookError("install.environment_dll", path=environment, **facts)
    if not found.pywin32:
        raise DuebookError("install.environment_pywin32", path=environment, python=python)
    return found
