"""The part of Duebook that runs in xlwings Lite, as a wheel: same input, same bytes.

What goes in is found by following imports from the functions and from Lite's scripts, so nothing is listed twice. The
macros of the ribbon are not in it: they read formulas at once, to explain them or to undo, and Lite cannot.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from duebook.core import resources
from duebook.core.version import VERSION
from duebook.hosts.catalogue import ROOMS

PLUGIN = "duebook_lite"
"""The module that registers everything when it is imported: `addin/lite/duebook_lite.py`."""
NEEDS = ("holidays", "python-stdnum")
"""What must be installed beside it, pinned at the version that Duebook itself runs with here."""
_ROOTS = ("duebook.hosts.lite.bindings", "duebook.hosts.lite.scripts", "duebook.hosts.why")
_DATE = (1980, 1, 1, 0, 0, 0)


def name() -> str:
    """The wheel's file name."""
    return f"{PLUGIN}-{VERSION}-py3-none-any.whl"


def requirements() -> tuple[str, ...]:
    """`holidays==…` and the others, exactly."""
    return tuple(f"{package}=={version(package)}" for package in NEEDS)


@cache
def wheel() -> bytes:
    """The wheel's bytes."""
    files = contents()
    info = f"{PLUGIN}-{VERSION}.dist-info"
    needs = "".join(f"Requires-Dist: {need}\n" for need in requirements())
    files = {
        **files,
        f"{info}/METADATA": (
            "Metadata-Version: 2.1\nName: duebook-lite\n"
            f"Version: {VERSION}\nSummary: Duebook, trade credit management inside Excel, for xlwings Lite\n"
            f"License: MIT\nRequires-Python: >=3.11\n{needs}"
        ).encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: duebook\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    files[record] = "".join([*(_recorded(path, data) for path, data in files.items()), f"{record},,\n"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, _DATE)
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o100644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()


def _recorded(path: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


def contents() -> dict[str, bytes]:
    """Path in the wheel → bytes: the modules, the tables and sentences beside them, the plugin's own module."""
    files = [_file(module) for module in included()]
    found = {_path(file): _text(file) for file in files}
    for folder in {file.parent for file in files}:
        found |= {_path(file): _text(file) for file in folder.glob("*.toml")}
    code = b"".join(found.values())
    for sentences in (resources.root() / "messages").glob("*/*.toml"):
        if f'"{sentences.stem}.'.encode() in code:  # a key of this room, "room.name"
            found[_path(sentences)] = _text(sentences)
    found[f"{PLUGIN}.py"] = _text(resources.addin() / "lite" / f"{PLUGIN}.py")
    return dict(sorted(found.items()))


def _path(file: Path) -> str:
    return file.relative_to(resources.root().parent).as_posix()


def _text(file: Path) -> bytes:
    """A text as it lies in the sources, whatever line ends this checkout has."""
    return file.read_bytes().replace(b"\r\n", b"\n")


def included() -> set[str]:
    """Every module that the functions and the scripts reach."""
    starts = [*_ROOTS, *(module for room in ROOMS for module in _modules(f"duebook.{room}"))]
    return set().union(*(_reached(start) for start in starts))


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
    waiting: list[ast.AST] = [ast.parse(_text(_file(module)))]
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
