"""The part of Duebook that a bundle takes along: found by following imports, so nothing is listed twice.

xlwings Lite's wheel and the LibreOffice extension hold the functions with what they need, and no engine, no readers
of ledgers and no writers of workbooks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from duebook.core import resources
from duebook.hosts.catalogue import ROOMS

_ALWAYS = "duebook.hosts.why"


def subset(roots: Iterable[str]) -> dict[str, bytes]:
    """Path below `src` → bytes: the functions and `roots` with all they reach, the tables and sentences beside them."""
    files = [_file(module) for module in included(roots)]
    found = {_path(file): text_of(file) for file in files}
    for folder in {file.parent for file in files}:
        found |= {_path(file): text_of(file) for file in folder.glob("*.toml")}
    code = b"".join(found.values())
    for sentences in (resources.root() / "messages").glob("*/*.toml"):
        if f'"{sentences.stem}.'.encode() in code:  # a key of this room, "room.name"
            found[_path(sentences)] = text_of(sentences)
    return dict(sorted(found.items()))


def included(roots: Iterable[str]) -> set[str]:
    """Every module that the functions and `roots` reach."""
    starts = [*roots, _ALWAYS, *(module for room in ROOMS for module in _modules(f"duebook.{room}"))]
    return set().union(*(_reached(start) for start in starts))


def text_of(file: Path) -> bytes:
    """A text as it lies in the sources, whatever line ends this checkout has."""
    return file.read_bytes().replace(b"\r\n", b"\n")


def _path(file: Path) -> str:
    return file.relative_to(resources.root().parent).as_posix()


def _modules(package: str) -> Iterator[str]:
    folder = _file(package).parent
    yield from sorted(f"{package}.{file.stem}" for file in folder.glob("*.py") if file.stem != "__init__")


def _reached(start: str) -> set[str]:
    """A module, what it imports of Duebook, and the packages they all lie in."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += [name for name in _imports(module) if name.startswith("duebook")]
            if "." in module:
                waiting.append(module.rpartition(".")[0])
    return found


@cache
def _imports(module: str) -> frozenset[str]:
    """What a module imports, at its top or inside a function; not what only a type checker sees."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(text_of(_file(module)))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting += node.orelse
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module and not node.level, f"{module} imports by a relative name"
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update({node.module}, {name for name in submodules if _is_module(name)})
        else:
            waiting += ast.iter_child_nodes(node)
    return frozenset(found)


def _is_module(name: str) -> bool:
    return name.partition(".")[0] == "duebook" and _file(name).is_file()


def _file(module: str) -> Path:
    place = resources.root().parent.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
