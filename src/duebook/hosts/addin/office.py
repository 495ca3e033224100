"""What a Windows computer says of its Excel: which, 32 or 64 bits, where it starts from, what its policies forbid.

Everything is read from the registry and the folders; Excel itself is never started.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from duebook.hosts.addin.environment import dll_bits
from duebook.hosts.addin.machine import Hive, Machine, Value

ADDIN = "duebook.xlam"
VERSION = "16.0"
"""The registry's name for Excel 2016, 2019, 2021, 2024 and Microsoft 365."""
EXCEL = rf"Software\Microsoft\Office\{VERSION}\Excel"
OPTIONS = rf"{EXCEL}\Options"
ADDIN_MANAGER = rf"{EXCEL}\Add-in Manager"
DISABLED_ITEMS = rf"{EXCEL}\Resiliency\DisabledItems"
_POLICIES = rf"Software\Policies\Microsoft\Office\{VERSION}"
_CLICK_TO_RUN = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_APP_PATH = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_PACKAGES = r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"


@dataclass(frozen=True)
class Excel:
    """The Excel of a computer."""

    versions: tuple[str, ...]
    """As the registry numbers them: "16.0", "15.0" …; empty where none was found."""
    bits: int | None
    """None where nothing says so."""
    store: bool
    """From the Microsoft Store, and no other beside it."""


def excel(machine: Machine) -> Excel:
    roots = dict(_install_roots(machine))
    program = machine.values("HKLM", _APP_PATH).get("")
    click_to_run = machine.values("HKLM", _CLICK_TO_RUN)
    packages = machine.subkeys("HKCU", _PACKAGES)
    packaged = any(name.lower().startswith("microsoft.office.desktop") for name in packages)
    versions = set(roots)
    if packaged or (program and not roots) or ("Platform" in click_to_run and program):
        versions.add(VERSION)
    in_store = isinstance(program, str) and "\\windowsapps\\" in program.lower()
    store = packaged and (in_store or not (roots or program or click_to_run))
    return Excel(tuple(sorted(versions, key=float, reverse=True)), _bits(machine, roots, program, click_to_run), store)


def _install_roots(machine: Machine) -> Iterator[tuple[str, PurePath]]:
    """Version → folder of EXCEL.EXE, of all installations."""
    for root in (r"SOFTWARE\Microsoft\Office", r"SOFTWARE\WOW6432Node\Microsoft\Office"):
        for version in machine.subkeys("HKLM", root):
            if re.fullmatch(r"\d\d\.0", version):
                folder = machine.values("HKLM", rf"{root}\{version}\Excel\InstallRoot").get("Path")
                if isinstance(folder, str):
                    yield version, type(machine.home)(folder)


def _bits(machine: Machine, roots: dict[str, PurePath], program: Value | None, click_to_run: object) -> int | None:
    """EXCEL.EXE itself knows best; then what Click-to-Run and Outlook wrote down."""
    kind = type(machine.home)
    programs = [roots[VERSION] / "EXCEL.EXE"] if VERSION in roots else []
    programs += [kind(program.strip('"'))] if isinstance(program, str) else []
    for path in programs:
        if bits := dll_bits(machine.read(path) or b""):
            return bits
    told = machine.values("HKLM", _CLICK_TO_RUN).get("Platform")
    for root in (r"SOFTWARE\Microsoft\Office", r"SOFTWARE\WOW6432Node\Microsoft\Office"):
        told = told or machine.values("HKLM", rf"{root}\{VERSION}\Outlook").get("Bitness")
    return {"x86": 32, "x64": 64, "arm64": 64}.get(str(told).lower())


def roaming(machine: Machine) -> PurePath:
    told = machine.environment.get("APPDATA")
    return type(machine.home)(told) if told else machine.home / "AppData" / "Roaming"


def start_folder(machine: Machine) -> PurePath:
    """The user's own: Excel opens each file in it when it starts, and trusts it."""
    named = machine.values("HKCU", rf"Software\Microsoft\Office\{VERSION}\Common\General").get("Xlstart")
    folder = named if isinstance(named, str) and re.fullmatch(r"[\w -]+", named) else "XLSTART"
    return roaming(machine) / "Microsoft" / "Excel" / folder


def alternate_folder(machine: Machine) -> PurePath | None:
    """A second start folder that the user or the company has set."""
    told = machine.values("HKCU", OPTIONS).get("AltStartup")
    return type(machine.home)(told) if isinstance(told, str) and told.strip() else None


def addins_folder(machine: Machine) -> PurePath:
    """Where Excel's dialog of add-ins looks."""
    return roaming(machine) / "Microsoft" / "AddIns"


def opened_addins(machine: Machine) -> list[tuple[str, str]]:
    """The values OPEN, OPEN1, OPEN2 … by which Excel loads add-ins ticked in its dialog, in order."""
    values = machine.values("HKCU", OPTIONS)
    names = sorted((n for n in values if re.fullmatch(r"OPEN\d*", n, re.IGNORECASE)), key=lambda n: int(n[4:] or 0))
    return [(name, str(values[name])) for name in names]


def names_addin(value: str) -> bool:
    """Whether an OPEN value or a path is that of our add-in."""
    return re.split(r'[\\/"]', value.strip('" ').lower())[-1] == ADDIN


def disabled_items(machine: Machine) -> list[str]:
    """The names of the registry values by which Excel keeps our add-in from loading after a crash."""
    marks = (ADDIN.encode("utf-16-le"), ADDIN.encode("ascii"))
    found = machine.values("HKCU", DISABLED_ITEMS)
    return sorted(n for n, v in found.items() if isinstance(v, bytes) and any(m in v.lower() for m in marks))


@dataclass(frozen=True)
class Forbidden:
    """A policy or setting that stands in the way: its fault's key, and the registry value that says so."""

    key: str
    where: str
    blocks: bool
    """False: it may, but our place in the start folder is usually let through."""


def forbidden(machine: Machine) -> list[Forbidden]:
    """What policies (and the user's own Trust Center) forbid, gravest first."""
    security = rf"{_POLICIES}\Excel\Security"
    own = rf"{EXCEL}\Security"
    every = [
        ("policy_no_vba", rf"{_POLICIES}\Common", "VBAOff", (1,), True),
        ("policy_no_addins", security, "DisableAllAddins", (1,), True),
        ("own_no_addins", own, "DisableAllAddins", (1,), True),
        ("policy_signed_addins", security, "RequireAddinSig", (1,), True),
        ("own_signed_addins", own, "RequireAddinSig", (1,), True),
        ("policy_no_trusted_places", rf"{security}\Trusted Locations", "AllLocationsDisabled", (1,), True),
        ("own_no_trusted_places", rf"{own}\Trusted Locations", "AllLocationsDisabled", (1,), True),
        ("policy_no_own_places", rf"{_POLICIES}\Common\Security\Trusted Locations", "Allow User Locations", (0,), True),
        ("policy_macros", security, "VBAWarnings", (3, 4), False),
        ("policy_internet", security, "BlockContentExecutionFromInternet", (1,), False),
    ]
    found = [
        Forbidden(key, rf"{where}\{name}", blocks)
        for key, place, name, values, blocks in every
        if (where := _set(machine, place, name, values, own=key.startswith("own_")))
    ]
    listed = rf"{_POLICIES}\Excel\Resiliency"
    if (where := _set(machine, listed, "RestrictToList", (1,), own=False)) and not _on_list(machine, listed):
        found.insert(0, Forbidden("policy_listed_addins", rf"{where}\RestrictToList", True))
    return found


def _set(machine: Machine, key: str, name: str, values: tuple[int, ...], own: bool) -> str | None:
    """Under which key a value is so; policies are looked for in the user's and the machine's registry."""
    hives: tuple[Hive, ...] = ("HKCU",) if own else ("HKCU", "HKLM")
    for hive in hives:
        found = {n.lower(): v for n, v in machine.values(hive, key).items()}.get(name.lower())
        if found in values or str(found) in map(str, values):
            return rf"{hive}\{key}"
    return None


def _on_list(machine: Machine, key: str) -> bool:
    hives: tuple[Hive, ...] = ("HKCU", "HKLM")
    lists = [machine.values(hive, rf"{key}\AddinList") for hive in hives]
    return any(name.lower() == ADDIN and str(value) in ("1", "2") for one in lists for name, value in one.items())
