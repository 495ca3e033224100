"""Stand-ins for Windows' COM modules, in which xlwings' own COM server, `call_udf` and conversions run on any machine.

Only the operating system is replaced; what xlwings does with a call between COM and Python is its own code. `crossed`
does what pywin32 does with a result on its way out, and refuses what pywin32 could not send.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import sys
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

OURS = ("pythoncom", "pywintypes", "win32com", "win32api", "win32con", "win32event", "win32gui", "win32process")
NAMES = (
    *OURS, "win32timezone", "win32com.client", "win32com.server", "win32com.server.util", "win32com.server.policy",
    "win32com.server.dispatcher", "win32com.server.exception",
)  # fmt: skip
REAL = ("xlwings._xlwindows", "xlwings.udfs", "xlwings.com_server")
MISSING = -2147352572
SCODES = {
    "#NULL!": -2146826288, "#DIV/0!": -2146826281, "#VALUE!": -2146826273, "#REF!": -2146826265,
    "#NAME?": -2146826259, "#NUM!": -2146826252, "#N/A": -2146826246,
}  # fmt: skip
"""What pywin32 makes of an error cell; xlwings' own table says the same (a test compares)."""


class Time(datetime):
    """pywin32's time."""


class ComError(Exception):
    """pywin32's com_error: what Excel says of a command it refuses."""

    def __init__(self, hresult: int, said: str, excepinfo: tuple[Any, ...] | None) -> None:
        super().__init__(hresult, said, excepinfo, None)
        self.hresult = hresult
        self.excepinfo = excepinfo


class Dispatch:
    """A COM object."""

    def __init__(self, inner: object = None, **_: object) -> None:
        self.inner = inner


def _modules() -> dict[str, ModuleType]:
    found: dict[str, Any] = {name: MagicMock(name=name) for name in NAMES}
    for name, module in found.items():
        module.__name__ = name
        module.__path__ = []
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(found[parent], child, module)
    found["pywintypes"].TimeType = Time
    found["pywintypes"].com_error = ComError
    found["pywintypes"].error = type("error", (Exception,), {})
    found["pythoncom"].__file__ = "pythoncom"
    found["pythoncom"].TypeIIDs = {found["pythoncom"].IID_IDispatch: type("PyIDispatch", (), {})}
    client = found["win32com.client"]
    client.Dispatch = client.DispatchEx = client.CDispatch = Dispatch
    client.CoClassBaseClass = client.DispatchBaseClass = type("Base", (), {})
    found["win32com.server.util"].unwrap = _unwrap
    found["win32com.server.util"].wrap = lambda inner, *_, **__: Wrapped(inner)
    return found


class Wrapped:
    """An object of ours as COM holds it."""

    def __init__(self, inner: object) -> None:
        self.inner = inner


def _unwrap(wrapped: object) -> object:
    if not isinstance(wrapped, Wrapped):
        raise TypeError("not ours")
    return wrapped.inner


@contextlib.contextmanager
def windows() -> Iterator[Any]:
    """xlwings as on Windows; gives `XLPython`, the object whose methods VBA calls. All is put back afterwards."""
    import xlwings

    kept = {name: sys.modules.get(name) for name in (*NAMES, *REAL)}
    engines = list(xlwings.engines.engines), dict(xlwings.engines.engines_by_name)
    libraries = {name: getattr(ctypes, name, None) for name in ("windll", "oledll", "PyDLL")}
    try:
        sys.modules.update(_modules())
        for name in libraries:
            setattr(ctypes, name, MagicMock(name=name))
        for name in REAL:
            sys.modules.pop(name, None)
            importlib.import_module(name)
        xlwings.engines.add(xlwings.main.Engine(impl=xlwings._xlwindows.engine))
        yield sys.modules["xlwings.com_server"].XLPython()
    finally:
        xlwings.engines.engines, xlwings.engines.engines_by_name = engines
        for name, module in kept.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
        for name, library in libraries.items():
            delattr(ctypes, name) if library is None else setattr(ctypes, name, library)
        for name in REAL:
            if hasattr(xlwings, name.partition(".")[2]):
                delattr(xlwings, name.partition(".")[2])


def crossed(result: Any) -> Any:
    """A result as VBA gets it. AssertionError for what pywin32 could not send, or what VBA should not see."""
    if isinstance(result, tuple):  # several results: VBA sees the first; the others go into arguments by reference
        return crossed(result[0])
    if isinstance(result, list):
        assert result, "an empty array cannot be sent"
        if isinstance(result[0], (list, tuple)):
            assert len({len(row) for row in result}) == 1, "rows of one length"
            return tuple(tuple(map(_plain, row)) for row in result)
        return tuple(map(_plain, result))
    return _plain(result)


def _plain(cell: Any) -> Any:
    assert type(cell) in (float, str, bool), f"{cell!r} is no cell"
    if type(cell) is float:
        assert cell == cell and abs(cell) != float("inf")
    return cell
