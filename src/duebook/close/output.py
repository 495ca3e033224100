"""Writes an output folder whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duebook.books.package import DAMAGED
from duebook.core.errors import DuebookError

SEAL = "close.json"
_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2 and RENAME_SWAP of renamex_np
_AT_FDCWD = -100


@contextmanager
def replaced_whole(out: Path) -> Iterator[Path]:
    """Gives an empty folder to fill; at the end it takes the place of `out` in one step, or on an error it goes.

    Only a folder that Duebook made (it holds close.json), an empty one or none is replaced. Killed at any moment,
    `out` holds the old output or the new one; what a killed run left beside it is swept by the next.
    """
    out = out.resolve()
    refuse_foreign(out)
    refuse_open_workbooks(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _alone(out):
        _sweep(out)
        fresh = Path(tempfile.mkdtemp(prefix=_prefix(out), dir=out.parent))
        try:
            yield fresh
            fresh.chmod(0o755)
            _flush(fresh)
            _take_place(fresh, out)
        except PermissionError as error:
            raise DuebookError("close.output_locked", path=out.name) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Refuses a second close into one folder: each would sweep the other's work away. A killed run holds nothing."""
    path = out.parent / f".{out.name}.duebook.lock"
    with path.open("wb") as lock:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DuebookError("close.output_busy", path=out.name) from error
        try:
            yield
        finally:
            if sys.platform != "win32":
                path.unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def refuse_foreign(out: Path) -> None:
    """Never replaces a folder that is not Duebook's."""
    if out.is_dir():
        if any(out.iterdir()) and not (out / SEAL).is_file():
            raise DuebookError("close.output_foreign", path=out.name)
    elif out.exists():
        raise DuebookError("close.output_is_file", path=out.name)


def holds_table(path: Path, *names: str) -> bool:
    """Whether a file is a workbook with an Excel table of one of these names: ours, which may be replaced."""
    marks = [f'displayName="{name}"'.encode() for name in names]
    try:
        with zipfile.ZipFile(path) as book:
            tables = [entry for entry in book.infolist() if entry.filename.startswith("xl/tables/")]
            heads = [book.read(entry)[:2_000] for entry in tables if entry.file_size < 1 << 20]
    except DAMAGED:
        return False
    return any(mark in head for mark in marks for head in heads)


def refuse_open_workbooks(out: Path) -> None:
    """Excel and LibreOffice leave a lock file beside a workbook that they hold open."""
    if out.is_dir():
        for lock in sorted([*out.glob("~$*.xls*"), *out.glob(".~lock.*.xls*#")]):
            name = lock.name.removeprefix("~$").removeprefix(".~lock.").removesuffix("#")
            raise DuebookError("close.workbook_open", path=f"{out.name}/{name}")


def _prefix(out: Path) -> str:
    return f".{out.name}.duebook-"


def _sweep(out: Path) -> None:
    """Removes what killed runs left; puts back an old output that was moved aside when the new one never came."""
    for left in sorted(out.parent.glob(f"{_prefix(out)}*")):
        if left.name.endswith("-old") and not out.exists():
            left.rename(out)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _flush(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        if os.name == "nt" and path.is_dir():
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _take_place(fresh: Path, out: Path) -> None:
    if not out.exists():
        fresh.rename(out)
        return
    if _exchange(fresh, out):
        return
    # No atomic exchange here (Windows): the old output steps aside first, and _sweep brings it back after a crash.
    aside = fresh.with_name(fresh.name + "-old")
    out.rename(aside)
    try:
        fresh.rename(out)
    except OSError:
        aside.rename(out)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swaps two folders in one step where the system can."""
    names = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            return bool(library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE) == 0)
        if sys.platform == "darwin":
            return bool(library.renamex_np(names[0], names[1], _EXCHANGE) == 0)
    except (AttributeError, OSError, TypeError):
        return False
    return False
