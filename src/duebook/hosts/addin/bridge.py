"""The module `xlwings` of the add-in: what it needs of xlwings' own custom add-in module, with the doors shut.

xlwings ships that module as text (BSD license, notice kept). Procedures are taken from the installed xlwings, never
typed again; `bridge.toml` lists them and what changes in them. Each must fit exactly once, so that another version of
xlwings is refused, not guessed at. What changes, and why:

- Settings come from the user's own file only. The stock module asks a sheet of the active workbook and a file beside
  it first: a stranger's workbook could name the program to start.
- Python starts isolated (`-I`) and gets no folder of a workbook on its path, so that no file lying beside a workbook is
  imported; code on sheets never runs; and no open workbook is needed.
- Library, interpreter and command processor are named by whole paths: Windows looks for bare names in the current
  folder too.
- Settings are read once per session, not several times at every call of a function.
- What starts programs or reads files is private, or a Sub: cells can call public functions, even of a private module.
- Nothing writes, removes or starts files by other means, on a Mac either. There a workbook's name becomes part of a
  command line, so a name with signs that mean something there is refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from duebook.core import resources
from duebook.core.errors import DuebookError

MODULE = "xlwings"
STOCK = "xlwings_custom_addin.bas"


@dataclass(frozen=True)
class Change:
    """Some lines of a part become others; see `bridge.toml`."""

    first: str
    last: str = ""
    new: str = ""


@dataclass(frozen=True)
class Part:
    """A procedure of the stock module by its `name`, or the lines from `begins` up to before `ends_before`."""

    name: str
    begins: str = ""
    ends_before: str = ""
    public: bool = False
    changes: tuple[Change, ...] = ()


# --- which xlwings ----------------------------------------------------------------------------------------------------


def pinned_version() -> str:
    """The one version of xlwings that goes with this Duebook, as pyproject (or the installed package) pins it."""
    project = resources.root().parent.parent / "pyproject.toml"
    wanted: Sequence[str]
    if project.is_file():
        wanted = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    else:
        wanted = metadata.requires("duebook") or ()
    for requirement in wanted:
        if found := re.fullmatch(r"xlwings\s*==\s*([0-9.]+)", requirement):
            return found[1]
    raise DuebookError("addin_build.not_pinned")


def stock_module() -> str:
    """The text of the module that the installed xlwings ships; xlwings itself is not imported."""
    wanted = pinned_version()
    spec = util.find_spec("xlwings")
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise DuebookError("addin_build.xlwings_missing", wanted=wanted)
    found = metadata.version("xlwings")
    if found != wanted:
        raise DuebookError("addin_build.xlwings_version", wanted=wanted, found=found)
    try:
        return (Path(folders[0]) / STOCK).read_text("ascii").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DuebookError("addin_build.xlwings_missing", wanted=wanted) from error


def libraries(version: str) -> Mapping[str, str]:
    """The file names of xlwings' library, for Excel of 64 and of 32 bits."""
    return {"library64": f"xlwings64-{version}.dll", "library32": f"xlwings32-{version}.dll"}


# --- the module -------------------------------------------------------------------------------------------------------


def bridge_module() -> str:
    """The text of the add-in's module `xlwings`."""
    return assembled(stock_module(), pinned_version())


def assembled(stock: str, version: str) -> str:
    """The module made of the text `stock`. DuebookError where that is not what it should be."""
    for mark in (f"'Version: {version}", f'Public Const XLWINGS_VERSION As String = "{version}"'):
        _once(stock.split("\n"), mark)
    taken = [_shut(_changed(_taken(stock, part), part), part) for part in _parts()]
    module = "\n\n".join(text.strip("\n") for text in taken) + "\n"
    named = set(re.findall(r"xlwings(?:64|32)-[\w.]+\.dll", module))
    if named != set(libraries(version).values()):
        raise DuebookError("addin_build.xlwings_changed", what=", ".join(sorted(named)), count=len(named))
    return module


def license_notice() -> str:
    """The notice that must go with what is taken from xlwings, free of comment signs."""
    head = Part("license", "'xlwings is distributed under", '\'Attribute VB_Name = "Main"')
    lines = _taken(stock_module(), head).strip().split("\n")
    return "\n".join(line.removeprefix("'") for line in lines)


def _parts() -> tuple[Part, ...]:
    told = tomllib.loads((resources.root() / "hosts/addin/bridge.toml").read_text("utf-8"))
    return tuple(
        Part(
            part["name"],
            part.get("begins", ""),
            part.get("ends_before", ""),
            part.get("public", False),
            tuple(Change(**change) for change in part.get("change", ())),
        )
        for part in told["part"]
    )


def _taken(stock: str, part: Part) -> str:
    """What a part is in the stock module, unchanged."""
    lines = stock.split("\n")
    if part.begins:
        return "\n".join(lines[_once(lines, part.begins) : _once(lines, part.ends_before)])
    pattern = rf"^(?:Public |Private )?(Function|Sub) {part.name}\(.*?^End \1$"
    found = list(re.finditer(pattern, stock, re.MULTILINE | re.DOTALL))
    if len(found) != 1:
        raise DuebookError("addin_build.xlwings_changed", what=part.name, count=len(found))
    return found[0][0]


def _changed(text: str, part: Part) -> str:
    lines = text.split("\n")
    for change in part.changes:
        begin = _once(lines, change.first)
        last = change.last or change.first
        ends = [place for place in _places(lines, last) if place > begin or not change.last]
        if not ends:
            raise DuebookError("addin_build.xlwings_changed", what=f"{part.name}: {last}", count=0)
        lines[begin : ends[0] + last.count("\n") + 1] = change.new.split("\n")[:-1]
    return "\n".join(lines)


def _shut(text: str, part: Part) -> str:
    """Procedures and declared functions that no module of ours calls, made private: a cell of any workbook can call a
    public one by its name, and one of these starts programs."""
    if part.public:
        return text
    return re.sub(r"^(\s*)(?:Public )?(?=(?:Declare|Function|Sub)\b)", r"\1Private ", text, flags=re.MULTILINE)


def _once(lines: Sequence[str], beginning: str) -> int:
    """The one place where lines begin so."""
    found = _places(lines, beginning)
    if len(found) != 1:
        raise DuebookError("addin_build.xlwings_changed", what=beginning, count=len(found))
    return found[0]


def _places(lines: Sequence[str], beginning: str) -> list[int]:
    """Where lines begin as those of `beginning` do, one after the other."""
    wanted = beginning.split("\n")
    bare = [line.strip() for line in lines]
    return [
        place
        for place in range(len(bare) - len(wanted) + 1)
        if all(bare[place + offset].startswith(line) for offset, line in enumerate(wanted))
    ]
