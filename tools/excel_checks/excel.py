"""The real Excel on Windows: finds the one that a person has started, or starts one and opens the add-in in it.

An Excel that is started by a program opens nothing by itself: no start folder, no add-ins. The Excel of a person has
the add-in as every user has it, so that one is preferred: it proves the installation too.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import locale
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw
from tools.excel_checks.desk import ADDIN, Desk, cell, same, written
from tools.excel_checks.sharing import command
from tools.excel_checks.steps import NotTried, Seen, Step, step

from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.addin import office
from duebook.hosts.addin.machine import ThisMachine

BEFORE: list[Step] = []
"""Steps that come first: the installation."""
AFTER: list[Step] = []
"""Steps that come last: they end Duebook's Python."""
_AUTO_OPEN = 1  # xlAutoOpen
_LANGUAGE_OF_MENUS = 2  # msoLanguageIDUI
_DECIMAL_SEPARATOR, _LIST_SEPARATOR = 3, 5  # xlInternational
_PATIENCE = 30.0


def has_addin(app: Any) -> bool:
    """Add-ins are not among the open workbooks that can be counted, but answer to their name."""
    try:
        return bool(app.api.Workbooks(ADDIN).Name)
    except Exception:
        return False


@contextlib.contextmanager
def excel(start: bool) -> Iterator[tuple[Any, str]]:
    """An Excel with the add-in, and how it was come by. One that was started here is ended; a person's stays."""
    running = [] if start else list(xw.apps)
    app = next((one for one in running if has_addin(one)), None)
    if app is not None:
        with _quiet(app):
            yield app, "attached to the running Excel, which has the add-in loaded"
        return
    why = "; a running one has no add-in loaded" if running else ""
    app = xw.App(visible=True, add_book=False)
    try:
        open_addin(app, addin_file())
        with _quiet(app):
            yield app, f"started by this script, add-in opened from its file{why}"
    finally:
        app.quit()


@contextlib.contextmanager
def _quiet(app: Any) -> Iterator[None]:
    """No questions when the check's own workbooks are closed."""
    before = app.display_alerts
    app.display_alerts = False
    try:
        yield
    finally:
        with contextlib.suppress(Exception):
            app.display_alerts = before


def addin_file() -> Path:
    return Path(office.start_folder(ThisMachine())) / ADDIN


def open_addin(app: Any, path: Path) -> None:
    """Opens the installed add-in and runs its Auto_Open, as Excel does when a person starts it."""
    app.api.Workbooks.Open(str(path)).RunAutoMacros(_AUTO_OPEN)
    time.sleep(3)  # the add-in starts Python when Excel is idle


def facts(app: Any, how: str) -> dict[str, object]:
    """What the check ran on; what cannot be asked is left out."""
    asked = {
        "Windows": platform.platform,
        "Excel": lambda: f"{app.api.Version} build {app.api.Build}, {app.api.OperatingSystem}",
        "Excel's menus": lambda: f"language {app.api.LanguageSettings.LanguageID(_LANGUAGE_OF_MENUS)}",
        "separators": lambda: app.api.International(_DECIMAL_SEPARATOR) + " " + app.api.International(_LIST_SEPARATOR),
        "calculation": lambda: f"{app.calculation}, threads {app.api.MultiThreadedCalculation.Enabled}",
        "code page": lambda: f"{ctypes.windll.kernel32.GetACP()}, {locale.getlocale()[0]}",  # type: ignore[attr-defined]
        "this Python": lambda: f"{sys.version.split()[0]}, {platform.architecture()[0]}, {sys.executable}",
        "Excel's Python": lambda: settings.read().get("INTERPRETER_WIN", "not in the settings"),
        "Duebook": lambda: f"{VERSION}, language {settings.language()}, policy {settings.policy_file() or 'own'}",
        "xlwings": lambda: xw.__version__,
        "add-in file": addin_file,
    }
    found: dict[str, object] = {"how": how}
    for name, ask in asked.items():
        with contextlib.suppress(Exception):
            found[name] = str(ask())
    return found


@step(BEFORE, "duebook addin doctor", "no link is broken")
def doctor(desk: Desk) -> Seen:
    status, said = command("addin", "doctor", "--json")
    told = json.loads(said)
    lines = tuple(
        f"{one['state']:<7} {one['link']}: {one['message']}" + (f" -> {one['remedy']}" if "remedy" in one else "")
        for one in told["links"]
    )
    return Seen(told["message"] or "no verdict", status == 0, lines)


@step(BEFORE, "The add-in is in the Excel that you started", "loaded from the start folder, without a question", True)
def loaded(desk: Desk) -> Seen:
    if not desk.attached:
        raise NotTried("this script started Excel itself: start Excel by hand first, then run the script")
    path = str(desk.app.api.Workbooks(ADDIN).FullName)
    return Seen(path, Path(path) == addin_file())


@step(BEFORE, "The first cell", "45, while Python starts or runs already", needs_excel=True)
def first_cell(desk: Desk) -> Seen:
    book = desk.new("first")
    book.sheets[0].range("A1").formula = "=DSO(15000,10000,30)"
    value = cell(book, book.sheets[0].name, "A1")
    book.sheets[0].range("A1").formula = "=DSO(15000,10000,60)"
    started = time.monotonic()
    again = cell(book, book.sheets[0].name, "A1")
    desk.close("first")
    return Seen(
        f"{written(value)}; read again in {time.monotonic() - started:.3f} s", same(value, 45.0) and again == 90.0
    )


@step(
    BEFORE, "The Python that answers Excel", "the one of the settings; its number, for the last step", needs_excel=True
)
def server(desk: Desk) -> Seen:
    found = ask_server(desk.app)
    wanted = settings.read().get("INTERPRETER_WIN", "")
    good = Path(found["prefix"]).resolve() in Path(wanted).resolve().parents
    return Seen(", ".join(f"{name} {value}" for name, value in found.items()), good, (f"settings: {wanted}",))


def ask_server(app: Any) -> dict[str, str]:
    """What Excel's Python says of itself, asked through the add-in's own bridge."""
    bridge = app.macro(f"'{ADDIN}'!xlwings.XLPy")()

    def called(module: str, function: str) -> str:
        return str(bridge.Str(bridge.Call(bridge.Module(module), function)))

    return {
        "pid": called("os", "getpid"),
        "prefix": str(bridge.Str(bridge.GetAttr(bridge.Module("sys"), "prefix"))),
        "Python": called("platform", "python_version"),
        "greeting": called("duebook.hosts.excel.session", "hello"),
    }


@step(AFTER, "Python is ended under a running Excel", "the next cell starts it anew and shows the right value", True)
def killed(desk: Desk) -> Seen:
    before = ask_server(desk.app)["pid"]
    book = desk.new("killed")
    book.sheets[0].range("A1").value = 15000.0
    book.sheets[0].range("B1").formula = "=DSO(A1,10000,30)"
    os.kill(int(before), signal.SIGTERM)  # on Windows this ends the process at once
    time.sleep(1)
    started = time.monotonic()
    book.sheets[0].range("A1").value = 20000.0
    value = cell(book, book.sheets[0].name, "B1")
    taken = time.monotonic() - started
    after = ask_server(desk.app)["pid"]
    status = desk.app.status_bar
    desk.close("killed")
    said = f"{written(value)} after {taken:.1f} s, Python {before} then {after}; status bar: {status}"
    return Seen(said, same(value, 60.0) and after != before and taken < _PATIENCE)
