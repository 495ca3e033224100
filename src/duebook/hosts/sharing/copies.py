"""A workbook opened for sharing, and the copy of it that is written: guards, names, what the workbook calls ours."""

from __future__ import annotations

import zipfile
from pathlib import Path
from traceback import clear_frames
from types import TracebackType

from duebook.books.package import Package
from duebook.books.parts import Parts
from duebook.books.save import save
from duebook.books.slots import defined_names
from duebook.core.errors import DuebookError
from duebook.hosts.catalogue import functions
from duebook.hosts.sharing.formulas import Finder
from duebook.hosts.sharing.links import AddinNumbers

_OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST_READ = 64_000_000
_FAULTS = {"books.damaged_xml": "sharing.damaged", "books.doctype": "sharing.doctype"}
"""Sentences about a template, and what they are for any workbook."""


class opened:
    """The parts of a workbook, in a `with`; refused with a sentence where it is none, is locked or could do harm.

    A class, since a generator needs memory to be told that there is none.
    """

    def __init__(self, path: Path) -> None:
        _refuse_other_formats(path)
        self._name = path.name
        self._package = Package(path)

    def __enter__(self) -> Parts:
        package = self._package.__enter__()
        if "xl/workbook.bin" in package:
            self._package.__exit__(None, None, None)
            raise DuebookError("sharing.binary", path=self._name)
        try:
            return Parts(package, thin=True)
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, MemoryError):
            clear_frames(trace)  # what was under way holds the memory that telling of it needs
        self._package.__exit__(kind, error, trace)
        if isinstance(error, MemoryError):
            raise DuebookError("sharing.too_large", path=self._name) from None
        if isinstance(error, DuebookError) and error.key in _FAULTS:
            raise DuebookError(_FAULTS[error.key], path=self._name, **error.facts) from error
        if isinstance(error, ValueError):  # a number that is none, where the format wants one
            raise DuebookError("sharing.unreadable", path=self._name, detail=str(error)) from error


def _refuse_other_formats(path: Path) -> None:
    if not path.is_file():
        raise DuebookError("file.not_found", path=path.name)
    try:
        with path.open("rb") as file:
            start = file.read(len(_OLD_CONTAINER))
            # old binary workbooks and encrypted ones share a container; its directory tells them apart
            rest = file.read(_MOST_READ) if start == _OLD_CONTAINER else b""
    except OSError as error:
        raise DuebookError("sharing.no_access", path=path.name, reason=error.strerror or "") from error
    if start == _OLD_CONTAINER:
        raise DuebookError("sharing.password" if _ENCRYPTED in rest else "sharing.old_format", path=path.name)
    if not zipfile.is_zipfile(path):
        raise DuebookError("sharing.not_a_workbook", path=path.name)


def copy_path(workbook: Path, out: Path | None, mark: str) -> Path:
    """Where the copy goes: `out`, or beside the workbook as `NAME.MARK.xlsx`. Never over a file that is there."""
    target = workbook.with_name(f"{workbook.stem}.{mark}{workbook.suffix}") if out is None else out
    if target.suffix.lower() != workbook.suffix.lower():
        raise DuebookError("sharing.other_ending", path=target.name, ending=workbook.suffix)
    if not target.parent.is_dir():
        raise DuebookError("sharing.no_folder", path=target.name, folder=target.parent.name)
    if target.exists() and workbook.exists() and target.samefile(workbook):
        raise DuebookError("sharing.over_itself", path=target.name)
    if target.exists():
        raise DuebookError("sharing.exists", path=target.name)
    return target


def written(parts: Parts, target: Path) -> None:
    """Saves the copy whole or not at all."""
    try:
        save(parts, target)
    except OSError as error:
        raise DuebookError("sharing.not_written", path=target.name, reason=error.strerror or str(error)) from error


def finder(parts: Parts) -> Finder:
    """What counts as a call of ours in this workbook: names that it defines itself do not.

    A hidden name that only says #NAME? is how Excel notes a function that it did not know; it defines nothing.
    """
    own: dict[str | None, set[str]] = {}
    for name in defined_names(parts):
        if name.formula and not name.formula.startswith("#"):
            own.setdefault(name.sheet, set()).add(name.name.upper())
    return Finder(functions(), AddinNumbers(parts), own)


def signed(parts: Parts) -> bool:
    """Whether the workbook carries a digital signature: it covers what a copy changes, so it holds no longer there."""
    return any(r.kind == "origin" for r in parts.relations(""))
