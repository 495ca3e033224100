"""What the Python that serves Excel keeps for as long as Excel runs: language, policy, and the reasons of its cells.

`udfs` calls `answer` for every cell. VBA calls `hello` and `warm` when the add-in opens; the buttons Language and
Check policy call `set_language` and `set_policy`, which count at once and are kept in the user's settings. A policy
file that changes on disk counts when a button or a new start of Excel reads it, never between two cells of one sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from duebook.core.arguments import PolicyChoice
from duebook.core.cells import CellError
from duebook.core.declare import Declaration
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.version import VERSION
from duebook.hosts import settings
from duebook.hosts.call import Door
from duebook.hosts.excel import cells
from duebook.hosts.ranges import single
from duebook.hosts.reasons import Memory, place
from duebook.policy.load import Policy, load


class Session:
    """The doors of one Excel, one for each date system, with one memory for `WHY`."""

    def __init__(self, language: str, policy_file: Path | None = None) -> None:
        memory = Memory()
        self._doors = {system: Door(language, system, memory=memory) for system in (False, True)}
        self.policy_fault: DuebookError | None = None
        """Why the chosen policy file cannot be used; Duebook's own policy then stands in, and `WHY` says so."""
        self._read_policy(policy_file)

    def door(self, since_1904: bool) -> Door:
        """What answers the cells of books that count their days from 1904, or not."""
        return self._doors[since_1904]

    @property
    def language(self) -> str:
        return self._doors[False].language

    @language.setter
    def language(self, language: str) -> None:
        for door in self._doors.values():
            door.language = language

    @property
    def policy(self) -> Policy:
        """The credit policy in use."""
        return self._doors[False].policies.get("") or load()

    @policy.setter
    def policy(self, policy: Policy) -> None:
        self.policy_fault = None
        for door in self._doors.values():
            door.policies[""] = policy

    def _read_policy(self, file: Path | None) -> None:
        if file is None:
            return
        try:
            self.policy = load(file)
        except DuebookError as fault:
            self.policy_fault = fault
        except Exception as fault:  # whatever the file holds, cells go on with Duebook's own policy
            self.policy_fault = DuebookError("excel.policy_unreadable", file=file.name, detail=type(fault).__name__)

    def answer(self, name: str, at: str, since_1904: bool, values: Sequence[Any]) -> Any:
        """The value, or rows of them, of `=name(values)` in the cell `at`; its book counts days from 1904 or not."""
        value = self._doors[since_1904].call(name, values, cell=at or None)
        if self.policy_fault is not None and name == "WHY" and isinstance(value, str) and values:
            asking = place(at)
            return self.why(str(single(values[0])), asking[0] if asking else "")
        return value

    def why(self, cell: str, sheet: str = "") -> str:
        """The sentence behind the last result in `cell` ("[Book.xlsx]Sheet1!B7"), in either date system.

        Of a function that follows the credit policy it says too where that is not the chosen one. CellError if nothing
        is known of the cell, as after opening a workbook.
        """
        door = self._doors[False]
        sentence = door.why(cell, sheet)
        if self.policy_fault is None or not follows_policy(door.functions[door.reason(cell, sheet).name]):
            return sentence
        return sentence + ("" if self.language == "zh" else " ") + self.policy_warning()

    def policy_warning(self) -> str:
        """That the chosen policy cannot be used and Duebook's own stands in; empty where all is well."""
        if self.policy_fault is None:
            return ""
        return text("excel.policy_stands_in", self.language, reason=self.policy_fault.text(self.language))


def follows_policy(declaration: Declaration) -> bool:
    """Whether a function computes by the credit policy."""
    return any(isinstance(parameter.kind, PolicyChoice) for parameter in declaration.parameters)


_session: Session | None = None


def session() -> Session:
    """The session of this process, made from the user's settings when first asked for."""
    global _session
    if _session is None:
        _session = Session(settings.language(), settings.policy_file())
    return _session


def answer(name: str, at: object, since_1904: object, *values: object) -> cells.Rows:
    """What a cell shows, as rows for VBA; `at` is the calling cell's address, "" where no cell calls. Never raises."""
    try:
        system = since_1904 is True
        where = at if isinstance(at, str) else ""
        found = session().answer(name, where, system, [cells.from_excel(value) for value in values])
        return cells.to_excel(found, system)
    except CellError as error:
        return cells.error_rows(error.code)
    except Exception:
        return cells.error_rows("#VALUE!")


# --- what VBA and the buttons call ------------------------------------------------------------------------------------


def hello() -> str:
    """VERSION|XLWINGS VERSION|LANGUAGE: the add-in compares them with its own when it opens."""
    return f"{VERSION}|{version('xlwings')}|{session().language}"


def warm() -> str:
    """Loads the catalogue and answers one call, so that no cell waits for it. A warning to show, else nothing."""
    answer("DSO", "", False, 1.0, 1.0, 30.0)
    return session().policy_warning()


def set_language(language: str) -> None:
    """Ribbon, help, headers and sentences in `language` from now on. DuebookError if unknown or not to be kept."""
    _keep(settings.LANGUAGE, settings.known_language(language))
    session().language = language


def set_policy(file: Path | None) -> Policy:
    """The policy in `file` counts from now on; None: Duebook's own. DuebookError if it cannot be used or kept.

    Cells computed before keep their figures until they are calculated again: the caller asks Excel to do so.
    """
    policy = load(file)
    _keep(settings.POLICY, None if file is None else str(file.absolute()))
    session().policy = policy
    return policy


def reread_policy() -> Policy:
    """Reads the chosen policy file again, as it is now. DuebookError if it cannot be used; the one before stays."""
    policy = load(settings.policy_file())
    session().policy = policy
    return policy


def _keep(key: str, value: str | None) -> None:
    try:
        settings.written({key: value})
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise DuebookError("excel.settings_not_kept", file=str(settings.path()), detail=detail) from error
    except UnicodeEncodeError as error:
        raise DuebookError("excel.settings_text", value=value, letters=error.object[error.start : error.end]) from error
