"""`duebook addin install` and `uninstall`: what has to be done on this computer, as a list of effects, then done.

On Windows the add-in goes into the user's own start folder of Excel: each file there is opened at start, the folder is
trusted, and workbooks store links to it without the user's path. The other way, Excel's folder of add-ins with an OPEN
value in the registry, is not taken: Excel writes its list of OPEN values anew whenever it closes. What that way left
behind is removed, else the add-in would be loaded twice.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from importlib import util
from pathlib import Path, PurePath
from textwrap import indent

from duebook.core import resources
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.addin import environment, office, windows_links
from duebook.hosts.addin.bridge import pinned_version
from duebook.hosts.addin.effects import (
    Effect,
    MakeFolder,
    RemoveEmptyFolder,
    RemoveFile,
    SetAside,
    SetValue,
    SweepFolder,
    WriteFile,
    carry_out,
)
from duebook.hosts.addin.machine import Machine, ThisMachine
from duebook.hosts.addin.plan import Plan

DONE = 0
OURS = ("INTERPRETER_WIN", "INTERPRETER_MAC", "DUEBOOK_VERSION", settings.LANGUAGE)
"""What an installation writes into the settings; the rest is the user's."""
MAC_SCRIPTS = "Library/Application Scripts/com.microsoft.Excel"
MAC_START = "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"


def run_install(chosen: argparse.Namespace, machine: Machine | None = None) -> int:
    """Installs for the current user, or says with --dry-run what that would do. DuebookError."""
    machine = machine or ThisMachine()
    asked = settings.known_language(chosen.language) if chosen.language_asked else None
    if chosen.libreoffice:
        from duebook.hosts.addin import calc

        plan = calc.install_plan(machine)
    elif machine.platform == "win32":
        plan = windows_plan(machine, shipped_addin(), asked)
    elif machine.platform == "darwin":
        plan = mac_plan(machine, shipped_addin(), asked)
    else:
        raise DuebookError("install.no_excel_here")
    return _carried_out(machine, plan, chosen)


def run_uninstall(chosen: argparse.Namespace, machine: Machine | None = None) -> int:
    """Removes what an installation put in place; settings of others, workbooks and policies stay. DuebookError."""
    machine = machine or ThisMachine()
    if chosen.libreoffice:
        from duebook.hosts.addin import calc

        plan = calc.removal_plan(machine)
    elif machine.platform in ("win32", "darwin"):
        plan = removal_plan(machine)
    else:
        raise DuebookError("install.no_excel_here")
    return _carried_out(machine, plan, chosen)


def shipped_addin() -> bytes:
    """The add-in that came with this Duebook."""
    path = resources.addin() / office.ADDIN
    if not path.is_file():
        raise DuebookError("install.not_built", file=path.name)
    return path.read_bytes()


# --- what to do -------------------------------------------------------------------------------------------------------


def windows_plan(machine: Machine, addin: bytes, language: str | None) -> Plan:
    if environment.from_store(machine.running.base_prefix):
        raise DuebookError("install.store_python")
    place = environment.chosen(machine)
    excel = office.excel(machine)
    folder = office.start_folder(machine)
    _refuse_open(machine, folder / office.ADDIN)
    bits = (excel.bits,) if excel.bits else (64, 32)
    interpreter = environment.python_of(machine, place, windowless=True)
    kept = _settings(machine, "INTERPRETER_WIN", interpreter, language)
    made, swept = environment.effects(machine, place, bits)
    effects = [
        *made,
        *_written(machine, "addin", folder / office.ADDIN, addin),
        *_without_leftovers(machine),
        *[SetValue(office.DISABLED_ITEMS, name, None) for name in office.disabled_items(machine)],
        *_written(machine, "settings", settings.place(machine.home, machine.platform), kept),
        *swept,
    ]
    around = [*windows_links.excel(machine), *windows_links.policies(machine), *windows_links.twice(machine)]
    return Plan(effects, "done", "already", [one for one in around if one.state in ("fault", "note")])


def mac_plan(machine: Machine, addin: bytes, language: str | None) -> Plan:
    place = environment.chosen(machine)
    if environment.is_odd(place):
        raise DuebookError("install.odd_home", path=place)
    container = settings.place(machine.home, machine.platform).parent
    if not machine.is_folder(container):  # macOS makes it for Excel; one made by hand would shut Excel out
        raise DuebookError("install.excel_first", path=container)
    script = f"xlwings-{pinned_version()}.applescript"
    _refuse_open(machine, machine.home / MAC_START / office.ADDIN)
    kept = _settings(machine, "INTERPRETER_MAC", environment.python_of(machine, place), language)
    made, swept = environment.effects(machine, place, ())
    effects = [
        *made,
        *_written(machine, "applescript", machine.home / MAC_SCRIPTS / script, _applescript(script)),
        *_written(machine, "addin", machine.home / MAC_START / office.ADDIN, addin),
        *_written(machine, "settings", settings.place(machine.home, machine.platform), kept),
        *swept,
    ]
    return Plan(effects, "done_mac", "already")


def removal_plan(machine: Machine) -> Plan:
    """The add-in first, so that Excel never meets one without its Python; folders last.

    On a Mac xlwings' script stays: workbooks of other people's making may use the same one.
    """
    windows = machine.platform == "win32"
    addin = (office.start_folder(machine) if windows else machine.home / MAC_START) / office.ADDIN
    _refuse_open(machine, addin)
    effects: list[Effect] = [RemoveFile(addin)] if machine.read(addin) is not None else []
    if windows:
        effects += _without_leftovers(machine)
        effects += [SetValue(office.DISABLED_ITEMS, name, None) for name in office.disabled_items(machine)]
    effects += _without_settings(machine)
    folder = environment.own(machine)
    notes: dict[str, Mapping[str, object]] = {}
    if machine.running.prefix.is_relative_to(folder) and machine.is_folder(folder):
        notes["own_environment_stays"] = {"path": folder}
    else:
        effects += _without_environment(machine, folder)
    return Plan(effects, "removed", "nothing_to_remove", notes=notes)


def _refuse_open(machine: Machine, file: PurePath) -> None:
    if machine.held(file):
        raise DuebookError("install.excel_open", file=file.name)


def _written(machine: Machine, key: str, path: PurePath, data: bytes) -> list[Effect]:
    """A file with its folder, where it is not there as it should be. Python's copy carries no mark of the internet."""
    marked = machine.read(windows_links.mark_of(path)) is not None if machine.platform == "win32" else False
    if machine.read(path) == data and not marked:
        return []
    folder: list[Effect] = [] if machine.is_folder(path.parent) else [MakeFolder(path.parent)]
    return [*folder, WriteFile(key, path, data)]


def _settings(machine: Machine, key: str, interpreter: PurePath, language: str | None) -> bytes:
    """The settings file with ours set: a language asked for, else the one set before, else the system's."""
    file = settings.place(machine.home, machine.platform)
    before = settings.parsed(machine.read(file) or b"", machine.code_page)
    speaks = language or before.get(settings.LANGUAGE) or machine.language
    after = {**before, key: str(interpreter), settings.LANGUAGE: speaks, "DUEBOOK_VERSION": VERSION}
    try:
        str(file).encode(machine.code_page)
        return settings.encoded(after, machine.code_page)
    except UnicodeEncodeError as error:
        raise DuebookError("install.wide_path", path=interpreter) from error


def _without_leftovers(machine: Machine) -> list[Effect]:
    """What Excel's dialog of add-ins left: its copy, its tick (the OPEN values close up) and its list."""
    copy = office.addins_folder(machine) / office.ADDIN
    effects: list[Effect] = [RemoveFile(copy)] if machine.read(copy) is not None else []
    opened = office.opened_addins(machine)
    kept = [value for _, value in opened if not office.names_addin(value)]
    if len(kept) != len(opened):
        for (name, before), value in zip(opened, [*kept, *[None] * (len(opened) - len(kept))], strict=True):
            if value != before:
                effects.append(SetValue(office.OPTIONS, name, value))
    listed = machine.values("HKCU", office.ADDIN_MANAGER)
    return effects + [SetValue(office.ADDIN_MANAGER, name, None) for name in listed if office.names_addin(name)]


def _without_settings(machine: Machine) -> list[Effect]:
    file = settings.place(machine.home, machine.platform)
    data = machine.read(file)
    if data is None:
        return []
    before = settings.parsed(data, machine.code_page)
    kept = {key: value for key, value in before.items() if key not in OURS}
    if not kept:
        folder: list[Effect] = [RemoveEmptyFolder(file.parent)] if machine.platform == "win32" else []
        return [RemoveFile(file), *folder]
    if kept == before:
        return []
    return [WriteFile("settings", file, settings.encoded(kept, machine.code_page))]


def _without_environment(machine: Machine, folder: PurePath) -> list[Effect]:
    aside = folder.with_name(folder.name + ".old")
    effects: list[Effect] = [SweepFolder(aside)] if machine.is_folder(aside) else []
    if machine.is_folder(folder):
        effects += [SetAside(folder, aside), SweepFolder(aside)]
    return [*effects, RemoveEmptyFolder(folder.parent)] if effects else []


def _applescript(name: str) -> bytes:
    spec = util.find_spec("xlwings")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    path = Path(folders[0]) / name if folders else Path(name)
    if not path.is_file():
        raise DuebookError("install.no_applescript", file=name, version=pinned_version())
    return path.read_bytes()


# --- doing and telling ------------------------------------------------------------------------------------------------


def _teller(language: str, told: bool) -> Callable[[Effect], None]:
    return lambda effect: print(indent(effect.said(language), "  "), flush=True) if told else None


def _carried_out(machine: Machine, plan: Plan, chosen: argparse.Namespace) -> int:
    language, told = chosen.language, not (chosen.json or chosen.quiet)
    said = [effect.said(language) for effect in plan.effects] if plan.changes else []
    notes = [text(f"install.{key}", language, **facts) for key, facts in plan.notes.items()]
    notes += [" ".join((one.said(language), one.remedy(language))) for one in plan.findings]
    if chosen.dry_run:
        end = text("install.rehearsal" if said else "install.rehearsal_nothing", language)
        lines = [end, *(indent(line, "  ") for line in said)]
    else:
        carry_out(machine, plan.effects, _teller(language, told and plan.changes))
        end = text(f"install.{plan.done if said else plan.nothing}", language, version=VERSION)
        lines = [end]
    if told:
        print("\n".join(lines))
        if notes:
            print("\n".join(["", text("install.attention", language), *(f"  ! {note}" for note in notes)]))
    if chosen.json:
        made = {"dry_run": bool(chosen.dry_run), "version": VERSION, "effects": said, "notes": notes, "message": end}
        print(json.dumps(made, ensure_ascii=False, indent=1))
    return DONE
