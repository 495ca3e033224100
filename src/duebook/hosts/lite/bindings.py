"""One Lite function per worksheet function, made from the catalogue: name, arguments, help; the door does the rest.

Lite reads a function's signature, so each is a Python function of its own, with the arguments of its declaration.
Every argument is asked for as rows of raw cells, errors as text. Where this xlwings can tell the calling cell, it is
asked for too, so that `WHY` knows the reasons by cell.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from duebook.core.declare import Declaration
from duebook.core.messages import text
from duebook.hosts import catalogue, settings
from duebook.hosts.call import Door
from duebook.hosts.lite.cells import from_lite, to_lite, trimmed
from duebook.hosts.lite.without_ssl import load_stdnum
from duebook.hosts.ranges import single
from duebook.hosts.reasons import Memory, place

SINCE_1904 = "DUEBOOK_SINCE_1904"
"""Set where the workbook counts its days from 1904: Lite does not tell."""
Binding = Callable[..., Any]


class Session:
    """The door of one workbook's Python."""

    def __init__(self, language: str | None = None, since_1904: bool | None = None) -> None:
        self.since_1904 = os.environ.get(SINCE_1904) == "1" if since_1904 is None else since_1904
        self.memory = Memory()
        self.door = Door(language or settings.language(), self.since_1904, memory=self.memory)

    def answer(self, name: str, caller: Any, cells: tuple[Any, ...]) -> Any:
        """What the calling cell shows of `=name(cells)`."""
        given = [from_lite(cell) for cell in trimmed(cells)]
        if name == "WHY" and (asked := _no_address(given[0])) is not None:
            return text("lite.why_wants_text", self.door.language, value=asked)
        return to_lite(self.door.call(name, given, address(caller)), self.since_1904)


def _no_address(given: Any) -> str | None:
    """What `WHY` was given where that is no address: Lite hands over what a cell holds, not which cell it is."""
    value = single(given)
    if value is None or (isinstance(value, str) and (place(value) or not value.strip())):
        return None
    return str(getattr(value, "code", value))[:40]


def address(caller: Any) -> str | None:
    """The calling cell as "Sheet1!$B$7"; None where Lite does not tell it."""
    found = str(getattr(caller, "address", None) or "")
    if not found or "!" in found:
        return found or None
    sheet = getattr(caller, "sheet_name", None) or getattr(caller, "sheet", None)
    name = str(getattr(sheet, "name", sheet) or "").replace("'", "''")
    return f"'{name}'!{found}" if name else found


def functions(xlwings: ModuleType, session: Session) -> Mapping[str, Binding]:
    """Python name → function, each registered with Lite's own decorators in `xlwings`."""
    load_stdnum()
    caller = getattr(xlwings, "Caller", None)
    found = {}
    for declaration in catalogue.functions().values():
        binding = _binding(declaration, session, caller)
        found[binding.__name__] = _registered(xlwings, binding, declaration, session.door.language)
    return found


def _binding(declaration: Declaration, session: Session, caller: Any) -> Binding:
    """`def dso(caller: Caller, receivables, credit_sales, days, vat_rate=None)`, as Lite wants to see it."""
    name = declaration.name.lower()
    scope: dict[str, Any] = {"answer": session.answer, "Caller": caller, "__name__": __name__}
    exec(compile(source(declaration, caller is not None), f"<{name}>", "exec", dont_inherit=True), scope)  # noqa: S102
    # (the text is made from our own declarations, whose names the catalogue checks)
    binding: Binding = scope[name]
    binding.__doc__ = declaration.zh if session.door.language == "zh" else declaration.help
    return binding


def source(declaration: Declaration, with_caller: bool) -> str:
    """The Python text of a binding. Named `dso`, it is `=DSO(…)` in a cell."""
    required = {parameter.name for parameter in declaration.parameters if parameter.required}
    names = [name for name, _ in declaration.argument_help]
    arguments = [name if name in required else f"{name}=None" for name in names]
    cells = "".join(f"{name}, " for name in names)
    calling = "caller" if with_caller else "None"
    head = ", ".join([*(["caller: Caller"] if with_caller else []), *arguments])
    return f"def {declaration.name.lower()}({head}):\n    return answer({declaration.name!r}, {calling}, ({cells}))\n"


def _registered(xlwings: ModuleType, binding: Binding, declaration: Declaration, language: str) -> Binding:
    for name, said in declaration.argument_help:
        binding = xlwings.arg(name, doc=said.text(language), ndim=2, err_to_str=True)(binding)
    registered: Binding = xlwings.func(binding)
    return registered
