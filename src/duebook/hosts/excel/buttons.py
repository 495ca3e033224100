"""One declaration per ribbon button, like `core/declare` for functions.

    @button(group="credit", label=Label("Score customers", "客户评分"), tip=Label("…", "…"), icon="score", key="S")
    def score_customers(book: xw.Book) -> None:
        progress("macros.scoring", count=12)
        with changes(book, "score_customers") as change:
            ...
        tell("macros.scored", count=12)

The decorated function takes the open workbook, does its work whole or not at all, and says in one sentence, in the
status bar, what it did. Where it cannot, it raises DuebookError, whose sentence says why and what to do next, and the
workbook is as before. From the declarations come the ribbon, its help, Lite's scripts and the docs page.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duebook.core import messages
from duebook.core.cells import Label, shown_facts
from duebook.hosts import settings

if TYPE_CHECKING:
    import xlwings as xw

GROUPS: Mapping[str, Label] = {
    "credit": Label("Credit", "信用"),
    "close": Label("Month end", "月结"),
    "explain": Label("Explain", "说明"),
    "settings": Label("Duebook", "Duebook"),
}
"""The groups of the ribbon tab, from left to right."""
TIP_LIMIT = 1024
"""A supertip holds no more."""
LABEL_LIMIT = 30

Macro = Callable[["xw.Book"], None]


@dataclass(frozen=True)
class Button:
    """A button: `name` is the function's; `icon` a picture in `addin/ribbon/icons`; `key` its key tip (1–3 letters).

    `writes`: whether it changes the workbook, and thus can be undone.
    """

    name: str
    group: str
    label: Label
    tip: Label
    icon: str
    key: str
    large: bool
    writes: bool
    macro: Macro


BUTTONS: dict[str, Button] = {}
"""Every declared button by name; `buttons()` fills it."""


class _Telling:
    """Where a running macro's sentences go."""

    def __init__(self, book: Any, language: str) -> None:
        self.book = book
        self.language = language
        self.said = ""
        self.boxed = False
        """Whether the sentence is what the user asked for, and should be read in a box."""

    def show(self, sentence: str) -> None:
        with contextlib.suppress(Exception):  # a host without a status bar is no reason to fail
            self.book.app.status_bar = sentence


_telling: ContextVar[_Telling | None] = ContextVar("duebook_telling", default=None)


def button(
    *,
    group: str,
    label: Label,
    tip: Label,
    icon: str,
    key: str,
    large: bool = False,
    writes: bool = True,
) -> Callable[[Macro], Macro]:
    """Declares the macro below as a button of the ribbon. ValueError says what is wrong with the declaration."""

    def record(function: Macro) -> Macro:
        name = function.__name__

        @functools.wraps(function)
        def macro(book: xw.Book) -> None:
            with _told(book) as telling:
                function(book)
                telling.show(telling.said)

        found = Button(name, group, label, tip, icon, key, large, writes, macro)
        if wrong := _faults(found):
            raise ValueError(f"{name}: {'; '.join(wrong)}")
        BUTTONS[name] = found
        return macro

    return record


def _faults(found: Button) -> list[str]:
    wrong = []
    known = BUTTONS.get(found.name)
    if known is not None and known.macro.__module__ != found.macro.__module__:
        wrong.append(f"also declared in {known.macro.__module__}")
    if found.group not in GROUPS:
        wrong.append(f"unknown group {found.group}")
    if any(not said or len(said) > LABEL_LIMIT for said in (found.label, found.label.zh)):
        wrong.append(f"a label is needed in both languages, at most {LABEL_LIMIT} characters")
    if any(not said or len(said) > TIP_LIMIT for said in (found.tip, found.tip.zh)):
        wrong.append(f"a tip is needed in both languages, at most {TIP_LIMIT} characters")
    if not (1 <= len(found.key) <= 3 and found.key.isascii() and found.key.isalnum() and found.key.isupper()):
        wrong.append("a key tip is one to three capital letters or digits")
    taken = [other.name for other in BUTTONS.values() if other.key == found.key and other.name != found.name]
    if taken:
        wrong.append(f"key tip {found.key} is taken by {taken[0]}")
    return wrong


def buttons() -> Mapping[str, Button]:
    """Name → button: by group, the large ones first, then as declared, whoever imported a module before."""
    package = importlib.import_module("duebook.hosts.excel.macros")
    for module in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{package.__name__}.{module}")
    groups = list(GROUPS)
    order = sorted(BUTTONS.values(), key=lambda b: (groups.index(b.group), not b.large, b.macro.__module__))
    return {found.name: found for found in order}


@contextlib.contextmanager
def _told(book: Any) -> Iterator[_Telling]:
    """One macro runs inside another's telling where it calls it."""
    outer = _telling.get()
    if outer is not None:
        yield outer
        return
    telling = _Telling(book, settings.language())
    token = _telling.set(telling)
    try:
        yield telling
    finally:
        _telling.reset(token)


@contextlib.contextmanager
def hearing(book: Any) -> Iterator[_Telling]:
    """Runs macros and keeps what they say: `said` is the sentence of the last."""
    with _told(book) as telling:
        yield telling


def language() -> str:
    """The language of the running macro, else that of the settings."""
    telling = _telling.get()
    return telling.language if telling else settings.language()


def progress(key: str, **facts: object) -> None:
    """Shows the step that begins in the status bar."""
    telling = _telling.get()
    if telling is not None:
        telling.show(_sentence(key, telling.language, facts))


def tell(key: str, **facts: object) -> None:
    """What the macro did, in one sentence."""
    telling = _telling.get()
    if telling is not None:
        telling.said = _sentence(key, telling.language, facts)


def answer(key: str, **facts: object) -> None:
    """What the user asked to be told: a host that can shows it in a box."""
    telling = _telling.get()
    if telling is not None:
        telling.boxed = True
    tell(key, **facts)


def speak(language: str) -> None:
    """The running macro goes on in another language."""
    telling = _telling.get()
    if telling is not None:
        telling.language = language


def _sentence(key: str, language: str, facts: dict[str, object]) -> str:
    return messages.text(key, language, **shown_facts(facts, language))
