"""Finds and rewrites calls of Duebook's functions in the formulas of a workbook file, however its host stores them.

| dialect | what stands in the file             | who writes it so                                               |
|---------|-------------------------------------|----------------------------------------------------------------|
| bare    | `DSO(…)`, `_xludf.DSO(…)`           | LibreOffice, programs; Excel where it knows no such function   |
| lite    | `_xldudf_DSO(…)`                    | Excel with an Office.js add-in such as xlwings Lite; a         |
|         | `_xldudf_DUEBOOK_DSO(…)`            | namespace, if the add-in has one, stands before the name       |
| addin   | `[1]!DSO(…)`, `duebook.xlam!DSO(…)` | Excel with duebook.xlam; the number is that of a link part     |
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from duebook.books.formula_names import CalledName, called_names
from duebook.books.slots import Name
from duebook.hosts.addin.office import ADDIN

_LITE = "_xldudf_"
_NAMESPACE = "DUEBOOK"
_UNKNOWN_TO_EXCEL = "_xludf."
_SPILLED = re.compile(r"_xlfn\.ANCHORARRAY\(([^()]*)\)", re.IGNORECASE)
_CALL = re.compile(r"(\w+)\s*\(")
_HIDDEN_PREFIX = re.compile(r"_xl(?:fn|ws|pm|udf|eta)\.")


_NO_NAMES = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'(?=!)')
"""Texts and quoted sheets."""


class Dialect(StrEnum):
    BARE = "bare"
    LITE = "lite"
    ADDIN = "addin"


@dataclass(frozen=True)
class Use:
    """A call of a Duebook function: its name in the catalogue, and where and how the formula writes it."""

    name: str
    dialect: Dialect
    written: CalledName
    link: int | None = None
    """The external link that the call goes through."""


class Finder:
    """Knows what a call means in one workbook.

    `links`: the numbers of the external links that lead to the add-in. `own`: sheet → names (upper case) that the
    workbook itself defines there, under None those of the whole book; such a name is no function of ours.
    """

    def __init__(self, names: Collection[str], links: Collection[int], own: Mapping[str | None, Collection[str]]):
        self._names = frozenset(names)
        self._links = frozenset(links)
        self._own = own
        self._words = {form + name for name in names for form in ("", _LITE.upper(), f"{_LITE.upper()}{_NAMESPACE}_")}

    def maybe(self, text: str) -> bool:
        """A quick look at a formula or a whole part: False where no function of ours is called for certain."""
        return any(word.upper() in self._words for word in _CALL.findall(text))

    def uses(self, formula: str, sheet: str | None = None) -> Iterator[Use]:
        """The calls in a formula that stands on `sheet`, from left to right."""
        if self.maybe(formula):
            for called in called_names(formula):
                found = self._linked(called) if called.prefix else self._unlinked(called, sheet)
                if found:
                    yield found

    def _linked(self, called: CalledName) -> Use | None:
        name, book = called.name.upper(), called.prefix[:-1]
        if name not in self._names:
            return None
        number = re.fullmatch(r"'?\[(\d+)\]'?", book)
        if number:
            link = int(number[1])
            return Use(name, Dialect.ADDIN, called, link) if link in self._links else None
        return Use(name, Dialect.ADDIN, called) if is_addin_file(book.strip("'").replace("''", "'")) else None

    def _unlinked(self, called: CalledName, sheet: str | None) -> Use | None:
        name = called.name.upper()
        if name.startswith(_LITE.upper()):
            name = name.removeprefix(_LITE.upper())
            short = name.removeprefix(f"{_NAMESPACE}_")
            found = next((n for n in (name, short) if n in self._names), None)
            return Use(found, Dialect.LITE, called) if found else None
        plain = name.removeprefix(_UNKNOWN_TO_EXCEL.upper()).removeprefix(f"{_NAMESPACE}.")
        if plain not in self._names or (name == plain and self._defined_here(name, sheet)):
            return None
        return Use(plain, Dialect.BARE, called)

    def _defined_here(self, name: str, sheet: str | None) -> bool:
        return name in self._own.get(None, ()) or (sheet is not None and name in self._own.get(sheet, ()))

    def rewritten(self, formula: str, dialect: Dialect, link: int | None = None, sheet: str | None = None) -> str:
        """The formula in another dialect; `link` is the number of the link to the add-in, for `addin`."""
        done, pieces = 0, []
        for use in self.uses(formula, sheet):
            pieces += [formula[done : use.written.start], _written(use, dialect, link)]
            done = use.written.end
        return "".join([*pieces, formula[done:]])

    def readable(self, formula: str, sheet: str | None = None) -> str:
        """The formula as a person types it: bare names, without the prefixes that only files have."""
        bare = self.rewritten(formula, Dialect.BARE, sheet=sheet)
        return "".join(
            part if part.startswith('"') else _HIDDEN_PREFIX.sub("", _SPILLED.sub(r"\1#", part))
            for part in re.findall(r'"(?:[^"]|"")*"|[^"]+|"', bare)
        )


def _written(use: Use, dialect: Dialect, link: int | None) -> str:
    if dialect is Dialect.ADDIN:
        return f"[{link}]!{use.name}"
    if dialect is Dialect.LITE:
        return _LITE + use.name
    as_it_is = not use.written.prefix and use.written.name.upper() == use.name
    return use.written.name if as_it_is else use.name


def is_addin_file(path: str) -> bool:
    """Whether a path, of whatever system, names the add-in's file."""
    return re.split(r"[/\\]", path)[-1].casefold() == ADDIN


class CallingNames:
    """Names of a workbook whose formulas call functions of ours, themselves or through other such names.

    A cell that uses one holds a function of ours, though its own formula does not say so.
    """

    def __init__(self, names: Iterable[Name], finder: Finder) -> None:
        waiting = list(names)
        self._pattern: re.Pattern[str] | None = None
        found: set[str] = set()
        while True:
            calling = {n.name for n in waiting if any(finder.uses(n.formula, n.sheet)) or self.used_in(n.formula)}
            if calling <= found:
                return
            found |= calling
            either = "|".join(map(re.escape, sorted(found, reverse=True)))
            self._pattern = re.compile(rf"(?<![\w.\\?])(?:{either})(?![\w.\\?])", re.IGNORECASE)

    def may_be_used_in(self, text: str) -> bool:
        """A quick look, also at a whole part: False where no such name is used for certain."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def used_in(self, formula: str) -> bool:
        """Whether a formula uses such a name."""
        return self.may_be_used_in(formula) and self.may_be_used_in(_NO_NAMES.sub("", formula))
