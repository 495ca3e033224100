"""`duebook addin doctor`: each link between the spreadsheet program and Duebook, what is broken, and how to mend it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from duebook.core.errors import DuebookError
from duebook.core.messages import text, width
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.addin import calc, environment, install, office
from duebook.hosts.addin.bridge import pinned_version
from duebook.hosts.addin.findings import SIGNS, Finding, fault, unknown, well
from duebook.hosts.addin.machine import Machine, ThisMachine
from duebook.hosts.addin.windows_links import Chain, packages

WELL, FAULTS = 0, 1


def run_doctor(chosen: argparse.Namespace, machine: Machine | None = None) -> int:
    """Tells each link; 0 where all is well, 1 where something is to be mended."""
    machine = machine or ThisMachine()
    found = calc.findings(machine) if chosen.libreoffice else findings(machine, _shipped())
    count = sum(one.state == "fault" for one in found)
    end = _end(found, count, chosen)
    if chosen.json:
        print(json.dumps(_json(found, end, chosen.language), ensure_ascii=False, indent=1))
    elif not chosen.quiet or count:
        _tell(found, chosen.language)
        print(f"\n{end}" if end else "", end="\n" if end else "")
        if machine.platform == "win32" and not chosen.libreoffice:
            print(text("doctor.unseen", chosen.language))
        if settings.both_asked():
            print(text("excel.one_language", chosen.language))
    return FAULTS if count else WELL


def _end(found: Sequence[Finding], count: int, chosen: argparse.Namespace) -> str:
    """The verdict; none where there is nothing that could be mended."""
    if found[0].key == "excel_none_here":
        return ""
    key = ("faults" if count else "well") + ("_libreoffice" if chosen.libreoffice else "")
    return text(f"doctor.{key}", chosen.language, count=count, version=VERSION)


def _shipped() -> bytes | None:
    try:
        return install.shipped_addin()
    except DuebookError:
        return None


def findings(machine: Machine, addin: bytes | None) -> list[Finding]:
    """The links between Excel and Duebook on this system."""
    if machine.platform == "win32":
        return Chain(machine, addin).findings()
    return _mac(machine, addin) if machine.platform == "darwin" else [fault("excel", "excel_none_here")]


def _mac(machine: Machine, addin: bytes | None) -> list[Finding]:
    """Excel for Mac starts Python by a script for each press of a button."""
    kind = type(machine.home)
    places = [kind("/Applications"), machine.home / "Applications"]
    there = any("Microsoft Excel.app" in machine.names(folder) for folder in places)
    excel = Finding("excel", "well", "excel_mac_well") if there else fault("excel", "excel_none_mac")
    script = machine.home / install.MAC_SCRIPTS / f"xlwings-{pinned_version()}.applescript"
    started = well("script", path=script) if machine.read(script) else fault("script", "script_missing", path=script)
    return [excel, _mac_addin(machine, addin), started, *_mac_python(machine)]


def _mac_addin(machine: Machine, addin: bytes | None) -> Finding:
    path = machine.home / install.MAC_START / office.ADDIN
    data = machine.read(path)
    if data is None:
        return fault("addin", "addin_missing", path=path)
    if data != addin:
        return fault("addin", "addin_changed", path=path, version=VERSION)
    return well("addin", path=path, version=VERSION)


def _mac_python(machine: Machine) -> list[Finding]:
    path = settings.place(machine.home, machine.platform)
    data = machine.read(path)
    rest = [unknown("interpreter"), unknown("duebook"), unknown("xlwings")]
    if data is None:
        return [fault("settings", "settings_missing", path=path), *rest]
    told = settings.parsed(data, machine.code_page).get("INTERPRETER_MAC", "")
    if not told:
        return [fault("settings", "settings_without_python", path=path), *rest]
    python = type(machine.home)(told)
    if not python.is_absolute():
        return [fault("settings", "settings_relative", path=path, found=python), *rest]
    whole = well("settings", path=path)
    if environment.is_odd(python):
        return [whole, fault("interpreter", "interpreter_odd", path=python), *rest[1:]]
    if machine.read(python) is None:
        return [whole, fault("interpreter", "interpreter_missing", path=python), *rest[1:]]
    found = environment.probed(machine, python)
    if isinstance(found, str):
        return [whole, fault("interpreter", "interpreter_dead", path=python, detail=found), *rest[1:]]
    version = ".".join(map(str, found.python))
    if found.python[:2] < environment.OLDEST_PYTHON:
        return [whole, fault("interpreter", "interpreter_old", path=python, found=version), *rest[1:]]
    runs = well("interpreter", version=version, path=python)
    return [whole, runs, *packages(found, with_pywin32=False)]


def _json(found: Sequence[Finding], end: str, language: str) -> dict[str, object]:
    links = [
        {
            "link": one.link,
            "state": one.state,
            "found": one.key,
            "message": one.said(language),
            **({"remedy": one.remedy(language)} if one.remedy(language) else {}),
        }
        for one in found
    ]
    return {"ok": not any(one.state == "fault" for one in found), "version": VERSION, "links": links, "message": end}


def _tell(found: Sequence[Finding], language: str) -> None:
    """One line per link, the remedy on its own below it."""
    wide = max(width(one.label(language)) for one in found)
    for one in found:
        label = one.label(language)
        said, beside = one.said(language), " " * (wide + 4)
        print(f"{SIGNS[one.state]} {label}{' ' * (wide - width(label))}  {_hanging(said, beside)}")
        if remedy := one.remedy(language):
            print(f"{beside}→ {_hanging(remedy, f'{beside}  ')}")


def _hanging(words: str, beside: str) -> str:
    """What is said in two languages, on two lines below each other."""
    return words.replace("\n", f"\n{beside}")
