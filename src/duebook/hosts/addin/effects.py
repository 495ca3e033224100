"""What an installation does to a computer, as data: each effect can be told in words, done, and undone.

A rehearsal (`--dry-run`) tells the list; a real run does the same list, and where one effect fails, what the earlier
ones did is undone. Texts are in `messages/*/install.toml`, keys `do_…`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol

from duebook.core import resources
from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.hosts.addin.machine import Machine, Value

Undo = Callable[[], None]


class Effect(Protocol):
    def said(self, language: str) -> str:
        """One line: what it does, and where."""

    def undo(self, machine: Machine) -> Undo:
        """Asked for before it is done: how to come back to the state of now, also from half-way."""

    def do(self, machine: Machine) -> None:
        """OSError, DuebookError."""


def carry_out(machine: Machine, effects: Sequence[Effect], tell: Callable[[Effect], None]) -> None:
    """Does all effects, each told before, or none: what a failure leaves is undone, last first. DuebookError."""
    undos: list[Undo] = []
    for effect in effects:
        tell(effect)
        try:
            undos.append(effect.undo(machine))
            effect.do(machine)
        except BaseException as error:
            stuck = _undone(undos)
            if isinstance(error, DuebookError) and not stuck:
                raise
            if isinstance(error, (OSError, DuebookError)):
                raise _failure(effect, error, stuck) from error
            raise


def _undone(undos: Sequence[Undo]) -> bool:
    """Whether something could not be undone; the rest is undone all the same."""
    stuck = False
    for undo in reversed(undos):
        try:
            undo()
        except OSError:
            stuck = True
    return stuck


def _failure(effect: Effect, error: OSError | DuebookError, stuck: bool) -> DuebookError:
    if stuck:
        return DuebookError("install.stuck", what=_said(effect), detail=_detail(error))
    if isinstance(error, PermissionError):
        return DuebookError("install.denied", what=_said(effect))
    return DuebookError("install.failed", what=_said(effect), detail=_detail(error))


def _said(effect: Effect) -> Label:
    return Label(effect.said("en"), effect.said("zh"))


def _detail(error: OSError | DuebookError) -> Label:
    if isinstance(error, DuebookError):
        return Label(error.text("en"), error.text("zh"))
    return Label(error.strerror or str(error), error.strerror or str(error))


def _nothing() -> None:
    """Where there is nothing to undo."""


@dataclass(frozen=True)
class WriteFile:
    """A file with these bytes in place of what is there."""

    key: str
    path: PurePath
    data: bytes = field(repr=False)

    def said(self, language: str) -> str:
        return text(f"install.do_{self.key}", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        return _restoring(machine, self.path)

    def do(self, machine: Machine) -> None:
        machine.write(self.path, self.data)


@dataclass(frozen=True)
class RemoveFile:
    path: PurePath

    def said(self, language: str) -> str:
        return text("install.do_remove_file", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        return _restoring(machine, self.path)

    def do(self, machine: Machine) -> None:
        machine.remove(self.path)


def _restoring(machine: Machine, path: PurePath) -> Undo:
    before = machine.read(path)

    def restore() -> None:
        if machine.read(path) == before:
            return
        if before is None:
            machine.remove(path)
        else:
            machine.write(path, before)

    return restore


@dataclass(frozen=True)
class MakeFolder:
    """A folder, with the missing folders above it."""

    path: PurePath

    def said(self, language: str) -> str:
        return text("install.do_make_folder", language, path=self.path)

    def _missing(self, machine: Machine) -> list[PurePath]:
        """From the lowest up."""
        above = [self.path, *self.path.parents]
        return above[: next((n for n, folder in enumerate(above) if machine.is_folder(folder)), len(above))]

    def undo(self, machine: Machine) -> Undo:
        missing = self._missing(machine)

        def remove() -> None:
            for folder in missing:
                if machine.is_folder(folder) and not machine.names(folder):
                    machine.remove_folder(folder)

        return remove

    def do(self, machine: Machine) -> None:
        for folder in reversed(self._missing(machine)):
            machine.make_folder(folder)


@dataclass(frozen=True)
class RemoveEmptyFolder:
    """A folder of ours that nothing else was put into; one with something in it stays."""

    path: PurePath

    def said(self, language: str) -> str:
        return text("install.do_remove_empty", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        return _remaking(machine, self.path)

    def do(self, machine: Machine) -> None:
        if machine.is_folder(self.path) and not machine.names(self.path):
            machine.remove_folder(self.path)


def _remaking(machine: Machine, path: PurePath) -> Undo:
    return lambda: None if machine.is_folder(path) else machine.make_folder(path)


@dataclass(frozen=True)
class SetAside:
    """A folder renamed, so that it can come back. Windows refuses where one of its programs runs."""

    path: PurePath
    aside: PurePath

    def said(self, language: str) -> str:
        return text("install.do_set_aside", language, path=self.path, aside=self.aside.name)

    def undo(self, machine: Machine) -> Undo:
        def back() -> None:
            if machine.is_folder(self.aside) and not machine.is_folder(self.path):
                machine.move(self.aside, self.path)

        return back

    def do(self, machine: Machine) -> None:
        machine.move(self.path, self.aside)


@dataclass(frozen=True)
class SweepFolder:
    """A folder that nothing uses any more, removed last. What cannot be removed now stays for the next time."""

    path: PurePath

    def said(self, language: str) -> str:
        return text("install.do_sweep", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        return _nothing

    def do(self, machine: Machine) -> None:
        with suppress(OSError):
            machine.remove_folder(self.path)


@dataclass(frozen=True)
class MakeEnvironment:
    """A Python environment of Duebook's own, from the Python that runs."""

    path: PurePath

    def said(self, language: str) -> str:
        return text("install.do_make_environment", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        return lambda: machine.remove_folder(self.path) if machine.is_folder(self.path) else None

    def do(self, machine: Machine) -> None:
        _run(machine, [str(machine.running.executable), "-m", "venv", str(self.path)], "install.environment_failed")


@dataclass(frozen=True)
class InstallDuebook:
    """pip in the environment; it reads the company's mirror and proxy from its own settings."""

    python: PurePath
    requirement: str
    beside: PurePath | None
    """The folder of Duebook's wheel, in which those it needs may lie too."""
    offline: bool
    """They all do, so nothing is asked of the internet, and their versions are taken as they are."""

    def said(self, language: str) -> str:
        return text("install.do_pip", language, requirement=self.requirement)

    def undo(self, machine: Machine) -> Undo:
        return _nothing  # goes with the environment

    def do(self, machine: Machine) -> None:
        options = ["--disable-pip-version-check", "--no-input", "--no-user"]
        options += ["--find-links", str(self.beside)] if self.beside else []
        options += ["--no-index"] if self.offline else ["--constraint", str(resources.constraints())]
        command = [str(self.python), "-m", "pip", "install", *options, self.requirement]
        _run(machine, command, "install.pip_failed")


@dataclass(frozen=True)
class RunOffice:
    """A program of LibreOffice, and the one that takes it back."""

    key: str
    command: tuple[str, ...]
    reverse: tuple[str, ...] | None
    path: PurePath | str

    def said(self, language: str) -> str:
        return text(f"install.do_{self.key}", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        reverse = self.reverse
        return _nothing if reverse is None else lambda: _ignored(machine.run(reverse))

    def do(self, machine: Machine) -> None:
        _run(machine, self.command, "install.unopkg_failed")


def _ignored(_: object) -> None:
    """An undoing that may find nothing to undo."""


def _run(machine: Machine, command: Sequence[str], failure: str) -> None:
    answer = machine.run(command)
    if answer.status != 0:
        raise DuebookError(failure, detail=last_line(answer.out), command=" ".join(command))


def last_line(out: str) -> str:
    """What a program said last: where it failed, that is the reason."""
    lines = [line.strip() for line in out.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["–"])[-1][:300].rstrip(".")


@dataclass(frozen=True)
class Verify:
    """A check between the effects that change things: what it refuses is undone too."""

    key: str
    path: PurePath
    verify: Callable[[Machine], object] = field(repr=False, compare=False)

    def said(self, language: str) -> str:
        return text(f"install.do_{self.key}", language, path=self.path)

    def undo(self, machine: Machine) -> Undo:
        return _nothing

    def do(self, machine: Machine) -> None:
        self.verify(machine)


@dataclass(frozen=True)
class SetValue:
    """A value in the current user's registry; None deletes it."""

    key: str
    name: str
    value: Value | None

    def said(self, language: str) -> str:
        if self.value is None:
            return text("install.do_delete_value", language, place=self.key, name=self.name)
        return text("install.do_set_value", language, place=self.key, name=self.name, value=self.value)

    def undo(self, machine: Machine) -> Undo:
        before = machine.values("HKCU", self.key).get(self.name)

        def restore() -> None:
            if machine.values("HKCU", self.key).get(self.name) != before:
                _put(machine, self.key, self.name, before)

        return restore

    def do(self, machine: Machine) -> None:
        _put(machine, self.key, self.name, self.value)


def _put(machine: Machine, key: str, name: str, value: Value | None) -> None:
    if value is None:
        machine.delete_value(key, name)
    else:
        machine.set_value(key, name, value)
