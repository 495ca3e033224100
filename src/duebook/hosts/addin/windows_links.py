"""The chain between Excel and Duebook on Windows, link by link: what is well, what is not. Nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.addin import environment, office
from duebook.hosts.addin.addin_file import version_of
from duebook.hosts.addin.bridge import pinned_version
from duebook.hosts.addin.findings import Finding, fault, note, unknown, well
from duebook.hosts.addin.machine import Machine

SAFE_NETWORK = rf"{office.EXCEL}\Security\Trusted Locations"


def mark_of(path: PurePath) -> PurePath:
    """The hidden stream in which Windows notes that a file came from the internet."""
    return path.with_name(path.name + ":Zone.Identifier")


@dataclass(frozen=True)
class Chain:
    """One look at the links; what several need is asked once."""

    machine: Machine
    addin: bytes | None
    """The add-in of this version; None where this copy of Duebook has none."""

    @cached_property
    def settings(self) -> Mapping[str, str] | None:
        data = self.machine.read(settings.place(self.machine.home, self.machine.platform))
        return None if data is None else settings.parsed(data, self.machine.code_page)

    @cached_property
    def interpreter(self) -> PurePath | None:
        told = (self.settings or {}).get("INTERPRETER_WIN", "")
        return type(self.machine.home)(told) if told else None

    @cached_property
    def probed(self) -> environment.Probed | str | None:
        """What the Python says that the settings name; None where there is none to ask."""
        path = self.interpreter
        if path is None or not path.is_absolute() or self.machine.read(path) is None:
            return None
        console = path.with_name("python.exe")
        return environment.probed(self.machine, console if self.machine.read(console) is not None else path)

    def findings(self) -> list[Finding]:
        """All links, in the order in which a press of a button passes them."""
        return [
            *excel(self.machine),
            *policies(self.machine),
            *self._addin(),
            *twice(self.machine),
            *self._disabled(),
            *self._settings(),
            *self._interpreter(),
            *self._packages(),
            *self._library(),
            *self._tips(),
        ]

    def _addin(self) -> list[Finding]:
        path = office.start_folder(self.machine) / office.ADDIN
        data = self.machine.read(path)
        if data is None:
            return [fault("addin", "addin_missing", path=path)]
        found: list[Finding] = []
        if self.addin is None or data != self.addin:
            there = version_of(data)
            key = "addin_stale" if there and there != VERSION else "addin_changed"
            found.append(fault("addin", key, path=path, found=there or "–", version=VERSION))
        if self.machine.read(mark_of(path)) is not None:
            found.append(fault("addin", "addin_marked", path=path))
        network = self.machine.values("HKCU", SAFE_NETWORK).get("AllowNetworkLocations")
        if environment.on_network(path) and network != 1:
            found.append(fault("addin", "addin_network", path=path))
        return found or [well("addin", version=VERSION, path=path)]

    def _disabled(self) -> list[Finding]:
        if office.disabled_items(self.machine):
            return [fault("disabled", "disabled_item", where=rf"HKCU\{office.DISABLED_ITEMS}")]
        return [well("disabled")]

    def _settings(self) -> list[Finding]:
        path = settings.place(self.machine.home, self.machine.platform)
        if self.settings is None:
            return [fault("settings", "settings_missing", path=path)]
        found = self.interpreter
        if found is None:
            return [fault("settings", "settings_without_python", path=path)]
        if not found.is_absolute():
            return [fault("settings", "settings_relative", path=path, found=found)]
        try:
            f"{path}{found}".encode(self.machine.code_page)
        except UnicodeEncodeError:
            return [fault("settings", "settings_unreadable", path=path)]
        if "\ufffd" in str(found) or "?" in str(found):
            return [fault("settings", "settings_unreadable", path=path)]
        return [well("settings", path=path)]

    def _interpreter(self) -> list[Finding]:
        path, found = self.interpreter, self.probed
        if path is None or not path.is_absolute():
            return [unknown("interpreter")]
        if found is None:
            return [fault("interpreter", "interpreter_missing", path=path)]
        if isinstance(found, str):
            return [fault("interpreter", "interpreter_dead", path=path, detail=found)]
        version = ".".join(map(str, found.python))
        if found.python[:2] < environment.OLDEST_PYTHON:
            return [fault("interpreter", "interpreter_old", path=path, found=version)]
        if found.bits != 64:
            return [fault("interpreter", "interpreter_32", path=path)]
        if environment.from_store(type(path)(found.base)):
            return [fault("interpreter", "interpreter_store", path=path)]
        if environment.in_onedrive(self.machine, path):
            return [fault("interpreter", "interpreter_onedrive", path=path)]
        return [well("interpreter", version=version, path=path)]

    def _packages(self) -> list[Finding]:
        """Duebook, xlwings and pywin32 in that environment."""
        found = self.probed
        if not isinstance(found, environment.Probed):
            return [unknown("duebook"), unknown("xlwings"), unknown("pywin32")]
        return packages(found, with_pywin32=True)

    def _library(self) -> list[Finding]:
        """The library by which Excel reaches Python must have Excel's bitness, whatever Python's is."""
        path = self.interpreter
        if self.probed is None or path is None:
            return [unknown("library")]
        told = office.excel(self.machine).bits
        for bits in (told,) if told else (64, 32):
            library = environment.find_dll(self.machine, path, bits)
            name, places = environment.dll_name(bits), f"{path.parent}, {path.parent.parent}"
            if library is None:
                return [fault("library", "library_missing", name=name, folders=places)]
            if environment.dll_bits(library[1]) != bits:
                facts = {"found": environment.dll_bits(library[1]) or "?", "bits": bits}
                return [fault("library", "library_foreign", path=library[0], **facts)]
        return [well("library", bits=f"{told}" if told else "64/32")]

    def _tips(self) -> list[Finding]:
        """Whether the optional add-in that shows function tips while typing is there."""
        folders = (office.start_folder(self.machine), office.addins_folder(self.machine))
        names = [name for folder in folders for name in self.machine.names(folder)]
        names += [value for _, value in office.opened_addins(self.machine)]
        if any("intellisense" in name.lower() and ".xll" in name.lower() for name in names):
            return [well("tips")]
        return [Finding("tips", "well", "tips_none")]


def packages(found: environment.Probed, with_pywin32: bool) -> list[Finding]:
    if found.duebook is None:
        duebook = fault("duebook", "duebook_missing")
    elif found.duebook != VERSION:
        duebook = fault("duebook", "duebook_version", found=found.duebook, version=VERSION)
    else:
        duebook = well("duebook", version=VERSION)
    if found.xlwings == pinned_version():
        xlwings = well("xlwings", version=pinned_version())
    else:
        key = "xlwings_version" if found.xlwings else "xlwings_missing"
        xlwings = fault("xlwings", key, found=found.xlwings or "–", version=pinned_version())
    if not with_pywin32:
        return [duebook, xlwings]
    return [duebook, xlwings, well("pywin32") if found.pywin32 else fault("pywin32", "pywin32_missing")]


def excel(machine: Machine) -> list[Finding]:
    """Which Excel there is."""
    found = office.excel(machine)
    if not found.versions:
        return [fault("excel", "excel_none")]
    if found.store:
        return [fault("excel", "excel_store")]
    if office.VERSION not in found.versions:
        return [fault("excel", "excel_old", found=found.versions[0])]
    if len(found.versions) > 1:
        return [note("excel", "excel_several", found=", ".join(found.versions))]
    if found.bits is None:
        return [note("excel", "excel_bits")]
    return [well("excel", bits=found.bits)]


def policies(machine: Machine) -> list[Finding]:
    """What policies and the Trust Center forbid. What AppLocker or WDAC forbid cannot be seen from here."""
    made = [(fault if one.blocks else note)("policies", one.key, where=one.where) for one in office.forbidden(machine)]
    return made or [well("policies")]


def twice(machine: Machine) -> list[Finding]:
    """Other copies that Excel would load too."""
    folders = [office.addins_folder(machine), office.alternate_folder(machine)]
    start = office.start_folder(machine)
    others = [str(f / office.ADDIN) for f in folders if f and f != start and machine.read(f / office.ADDIN) is not None]
    ticks = [rf"HKCU\{office.OPTIONS}\{n}" for n, value in office.opened_addins(machine) if office.names_addin(value)]
    if others or ticks:
        return [fault("twice", "twice_found", where=", ".join([*others, *ticks]))]
    return [well("twice")]
