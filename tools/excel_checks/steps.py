"""A step of the check: what is expected, a function that looks, and what was seen. One that fails stops no other."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tools.excel_checks.desk import Desk

_DETAIL = 400


class State(StrEnum):
    PASS = "PASS"  # noqa: S105  # no password
    FAIL = "FAIL"
    NOT_TRIED = "NOT TRIED"


class NotTried(Exception):
    """A step cannot be tried here; the text says why."""


@dataclass(frozen=True)
class Seen:
    """What a step saw, whether that is as expected, and lines that belong into the report besides."""

    shown: str
    good: bool = True
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """`needs_excel`: whether it asks what only a real Excel can answer."""

    name: str
    expected: str
    look: Callable[[Desk], Seen]
    needs_excel: bool = False


@dataclass(frozen=True)
class Result:
    name: str
    expected: str
    shown: str
    state: State
    seconds: float
    details: tuple[str, ...] = ()


def step(
    into: list[Step], name: str, expected: str, needs_excel: bool = False
) -> Callable[..., Callable[[Desk], Seen]]:
    """Puts the function below into a list of steps."""

    def listed(look: Callable[[Desk], Seen]) -> Callable[[Desk], Seen]:
        into.append(Step(name, expected, look, needs_excel))
        return look

    return listed


def run(steps: Iterable[Step], desk: Desk, begins: Callable[[str], None] = lambda name: None) -> Iterator[Result]:
    """The result of each step, in order; `begins` hears its name before, as a step may hang in a box of Excel's."""
    for one in steps:
        begins(one.name)
        started = time.monotonic()
        seen, state = _tried(one, desk)
        yield Result(one.name, one.expected, seen.shown, state, round(time.monotonic() - started, 2), seen.details)


def _tried(one: Step, desk: Desk) -> tuple[Seen, State]:
    if one.needs_excel and not desk.real:
        return Seen("this needs a real Excel"), State.NOT_TRIED
    try:
        seen = one.look(desk)
    except NotTried as reason:
        return Seen(str(reason)), State.NOT_TRIED
    except Exception as error:  # whatever Excel says, the other steps go on
        said = " ".join(f"{type(error).__name__}: {error}".split())[:_DETAIL]
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Seen(said, False, (f"at {where.name}, line {where.lineno}: {where.line}",)), State.FAIL
    return seen, State.PASS if seen.good else State.FAIL
