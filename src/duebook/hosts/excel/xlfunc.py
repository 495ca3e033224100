"""A worksheet function as xlwings calls it: a Python function that carries xlwings' own metadata.

xlwings' decorators would load numpy and pandas with xlwings, and read type hints as conversions. Its default
conversion turns error cells, and "" in a range of numbers, into nothing. With `raw` every value crosses as pywin32
made it, and `cells` reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duebook.hosts.excel.cells import Rows
from duebook.hosts.excel.session import answer

OURS = ("at", "since_1904")
"""What VBA sends before the declared arguments: the calling cell's address, and its book's date system."""
_RAW = {"convert": "raw"}


def xlfunc(name: str, arguments: str) -> Callable[..., Rows]:
    """The function `name` for xlwings' `call_udf`; `arguments` are the declared ones, parted by spaces."""

    def call(at: object, since_1904: object, *values: object) -> Rows:
        return answer(name, at, since_1904, *values)

    call.__name__ = call.__qualname__ = name
    vars(call)["__xlfunc__"] = _metadata(name, (*OURS, *arguments.split()))
    return call


def _metadata(name: str, arguments: tuple[str, ...]) -> dict[str, Any]:
    """What xlwings' own decorator would have written down."""
    args = [
        {"name": argument, "pos": place, "vba": None, "doc": "", "vararg": False, "options": _RAW, "optional": None}
        for place, argument in enumerate(arguments)
    ]
    return {
        "name": name,
        "sub": False,
        "args": args,
        "argmap": {arg["name"]: arg for arg in args},
        "ret": {"doc": "", "options": _RAW},
        "category": "Duebook",
        "call_in_wizard": True,
        "volatile": False,
        "async_mode": None,
    }
