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
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from duebook.books.formula_names import CalledName, argument_of, called_names, outside, used_names
from duebook.books.slots import Name
from duebook.hosts.addin.office import ADDIN

_LITE = "_xldudf_"
_NAMESPACE = "DUEBOOK"
_UNKNOWN_TO_EXCEL = "_xludf."
_CALL = re.compile(r"\b([^\W\d]\w*+)\s*+\(")
_WORD = re.compile(r"[\w.\\?]++")
_HIDDEN_PREFIX = re.compile(r"_xl(?:fn|ws|pm|udf|eta)\.")
_WHOLE_BOOK = ""
_THIS_BOOK = "[0]"
_OTHER_FILE = re.compile(r"\.xl\w{1,2}$", re.IGNORECASE)
_OPERATOR = re.compile(r"[-+*/^&=<>%, ]")
_SIGNS = {"_XLFN.ANCHORARRAY": "{}#", "_XLFN.SINGLE": "@{}"}
"""Functions in the file that are signs on the screen."""


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

    `links`: the numbers of external links that mean the add-in. `own`: sheet → names (upper case) that the
    workbook itself defines there, under None those of the whole book; such a name is no function of ours.
    """

    def __init__(self, names: Collection[str], links: Container[int], own: Mapping[str | None, Collection[str]]):
        self._names = frozenset(names)
        self._links = links
        self._own = own
        self._words = {form + name for name in names for form in ("", _LITE.upper(), f"{_LITE.upper()}{_NAMESPACE}_")}

    def maybe(self, text: str) -> bool:
        """A quick look at a formula or a whole part: False where no function of ours is called for certain."""
        return any(found[1].upper() in self._words for found in _CALL.finditer(text))

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
        shown = self.rewritten(formula, Dialect.BARE, sheet=sheet)
        for called in reversed(list(called_names(shown))):
            sign = None if called.prefix else _SIGNS.get(called.name.upper())
            if sign is not None:
                inside, end = argument_of(shown, called)
                shown = shown[: called.start] + sign.format(_operand(inside.strip())) + shown[end:]
        return "".join(
            part if part.startswith('"') else _HIDDEN_PREFIX.sub("", part)
            for part in re.findall(r'"(?:[^"]|"")*"|[^"]+|"', shown)
        )


def _operand(formula: str) -> str:
    """In parentheses where an operator stands outside of calls, texts and sheet names."""
    several = any(_OPERATOR.search(part) for part in outside(formula))
    return f"({formula})" if several else formula


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

    A cell that uses one holds a function of ours, though its own formula does not say so. A name of a sheet hides the
    workbook's name of the same letters there.
    """

    def __init__(self, names: Iterable[Name], finder: Finder) -> None:
        known = {(_key(n.sheet), n.name.upper()): n for n in names}
        self._known = known.keys()
        users: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for key, name in known.items():
            for meant in self._meant(name.formula, name.sheet):
                users.setdefault(meant, []).append(key)
        waiting = [key for key, name in known.items() if any(finder.uses(name.formula, name.sheet))]
        self._calling: set[tuple[str, str]] = set()
        while waiting:
            key = waiting.pop()
            if key not in self._calling:
                self._calling.add(key)
                waiting += users.get(key, ())
        self._words = {name for _, name in self._calling}

    def may_be_used_in(self, text: str) -> bool:
        """A quick look, also at a whole part: False where no such name is used for certain."""
        return bool(self._words) and any(word[0].upper() in self._words for word in _WORD.finditer(text))

    def used_in(self, formula: str, sheet: str | None = None) -> bool:
        """Whether a formula that stands on `sheet` uses such a name."""
        return self.may_be_used_in(formula) and any(key in self._calling for key in self._meant(formula, sheet))

    def _meant(self, formula: str, sheet: str | None) -> Iterator[tuple[str, str]]:
        """The workbook's names that a formula uses; names of other books are none of them."""
        for prefix, name in used_names(formula):
            book = prefix.strip("'!").replace("''", "'")
            if "[" in book.removeprefix(_THIS_BOOK):
                continue
            own = (_key(book or sheet), name.upper())
            for key in (own, (_WHOLE_BOOK, name.upper())):
                if key in self._known:
                    # `Rates.xlsx!Rate` is not `Rate`; a sheet may have a dot in its name all the same
                    if key == own or not _OTHER_FILE.search(book):
                        yield key
                    break


def _key(sheet: str | None) -> str:
    return _WHOLE_BOOK if sheet is None else sheet.casefold()
