"""The catalogue: every worksheet function that the finance rooms declare, found by importing them.

Nothing heavy is loaded: the finance rooms are plain Python, and what needs numpy or an engine imports it where it is
used. Adding a function means declaring it in its room; it is found here without a further list.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from duebook.core.declare import GROUPS, REGISTRY, Declaration

ROOMS = ("receivables", "credit", "plans", "portfolio")


@cache
def functions() -> Mapping[str, Declaration]:
    """Excel name → declaration, by group and then by name."""
    for room in ROOMS:
        package = importlib.import_module(f"duebook.{room}")
        for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
            importlib.import_module(f"{package.__name__}.{module}")
    importlib.import_module("duebook.hosts.why")
    groups = list(GROUPS)
    ours = (d for d in REGISTRY.values() if d.function.__module__.startswith("duebook."))
    return {d.name: d for d in sorted(ours, key=lambda d: (groups.index(d.group), d.name))}


def python_api() -> Mapping[str, Callable[..., Any]]:
    """Python name (`dso`) → the function itself, as `import duebook` offers it."""
    return {declaration.function.__name__: declaration.function for declaration in functions().values()}
