"""Loads a credit policy from TOML and checks it before anything is computed with it.

A policy is a set of flat, dated tables. Tables that a user's file leaves out are Duebook's own, and figures that rest
on those stay marked as illustrative.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

from duebook.core import resources
from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy import closing
from duebook.policy.check import Checker, Source, lines_of, one_of
from duebook.policy.closing import AgingScheme, CloseRules, WatchRules
from duebook.policy.sections import KNOWN_TABLES, SECTION_OF

Rules = TypeVar("Rules")


@dataclass(frozen=True)
class Policy:
    """A checked credit policy. `digest` is the SHA-256 of what it came from; `own` are the tables it states itself."""

    name: str
    version: str
    adopted: bool
    digest: str
    own: Mapping[str, Source] = field(repr=False)
    _read: dict[Callable[[Checker], Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def section(self, read: Callable[[Checker], Rules]) -> Rules:
        """The checked rules of one section: `policy.section(closing.read)`. Read once."""
        if read not in self._read:
            self._read[read] = read(Checker(self.source))
        return cast(Rules, self._read[read])

    def source(self, table: str) -> Source:
        """The entries of `table`: the policy's own, or Duebook's."""
        return self.own.get(table) or shipped(table)

    def faults(self) -> list[DuebookError]:
        """What keeps sections that the policy does not state from being used beside what it states."""
        found: dict[str, DuebookError] = {}
        for section in dict.fromkeys(SECTION_OF.values()):
            try:
                self.section(section.read)
            except DuebookError as fault:
                found.setdefault(str(fault), fault)
        return list(found.values())

    def illustrative(self, section: ModuleType) -> bool:
        """Whether figures that rest on `section` must be marked: not adopted, or some of its tables are Duebook's."""
        return not self.adopted or bool(self.not_own(section))

    def not_own(self, section: ModuleType) -> tuple[str, ...]:
        """The tables of `section` that the policy does not state, so that Duebook's stand in."""
        return tuple(table for table in section.TABLES if table not in self.own)

    @property
    def schemes(self) -> Mapping[str, AgingScheme]:
        return self.section(closing.read).schemes

    def scheme(self, name: str) -> AgingScheme:
        return self.section(closing.read).scheme(name)

    def loss_rates(self, scheme: str, on: date, relation: str | None = None) -> tuple[Decimal, ...] | None:
        return self.section(closing.read).loss_rates(scheme, on, relation)

    def close(self, on: date | None) -> CloseRules:
        return self.section(closing.read).close(on)

    def watch(self, on: date) -> WatchRules:
        return self.section(closing.read).watch(on)


def default_path() -> Path:
    return resources.root() / "policy" / "default.toml"


def load(path: Path | None = None) -> Policy:
    """The policy in `path`, or Duebook's default. DuebookError names the file, line, table and value at fault."""
    if path is None:
        return _default()
    tables, lines, digest = _toml(path)
    return checked(path.name, tables, lines, digest)


@cache
def _default() -> Policy:
    tables, lines, digest = _toml(default_path())
    # its tables are nobody's own: a policy that overlays it and adopts itself does not adopt them (see `not_own`)
    return replace(checked(default_path().name, tables, lines, digest), own={})


@cache
def shipped(table: str) -> Source:
    """Duebook's own entries of `table`."""
    section = SECTION_OF[table]
    path = (
        default_path()
        if section is closing
        else default_path().with_name(section.__name__.rpartition(".")[2] + ".toml")
    )
    tables, lines, _ = _toml(path)
    return Source(path.name, tables.get(table), lines, shipped=True)


@cache
def _shipped_toml(path: Path) -> tuple[dict[str, Any], dict[tuple[str, int, str], int], str]:
    return _parsed(path)


def _toml(path: Path) -> tuple[dict[str, Any], dict[tuple[str, int, str], int], str]:
    return _shipped_toml(path) if path.parent == default_path().parent else _parsed(path)


def _parsed(path: Path) -> tuple[dict[str, Any], dict[tuple[str, int, str], int], str]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DuebookError("file.not_found", path=path.name) from error
    try:
        content = raw.decode("utf-8-sig")
        return tomllib.loads(content), lines_of(content), hashlib.sha256(raw).hexdigest()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DuebookError("policy.not_toml", file=path.name, detail=_detail(error)) from error


def _detail(error: ValueError) -> Label:
    """What TOML's reader says; it speaks English only, so in Chinese the place must do."""
    if isinstance(error, UnicodeDecodeError):
        return Label("it is not UTF-8 text", "不是 UTF-8 编码的文本")
    place = re.search(r"at line (\d+), column (\d+)", str(error))
    zh = f"第 {place[1]} 行第 {place[2]} 列不符合 TOML 格式" if place else "末尾不符合 TOML 格式"
    return Label(str(error), zh)


def _beneath(base: Policy) -> dict[str, Source]:
    """The tables of a policy that another overlays: there they are inherited, as Duebook's own are elsewhere."""
    return {name: replace(source, shipped=True) for name, source in base.own.items()}


def checked(
    file: str,
    tables: Mapping[str, Any],
    lines: Mapping[tuple[str, int, str], int],
    digest: str,
    base: Policy | None = None,
) -> Policy:
    """The policy that `tables` hold, over `base` where they overlay one; all that they state is checked at once."""
    sources = {name: Source(file, entries, lines) for name, entries in tables.items()}
    for name, entries in tables.items():
        if name not in KNOWN_TABLES:
            Checker(sources.__getitem__).refuse(f"[{name}]", name, one_of(KNOWN_TABLES))
        _nothing_swallowed(Checker(sources.__getitem__), name, entries)
    head = _head(Checker(sources.__getitem__), tables.get("policy", {}))
    own = {name: source for name, source in sources.items() if name != "policy"}
    policy = Policy(
        name=str(head.get("name", base.name if base else file)),
        version=str(head.get("version", base.version if base else "")),
        adopted=head.get("adopted", base.adopted if base else False),
        digest=digest,
        own={**_beneath(base), **own} if base else own,
    )
    for section in {SECTION_OF[name].__name__: SECTION_OF[name] for name in own}.values():
        policy.section(section.read)
    return policy


def _head(check: Checker, head: object) -> Mapping[str, Any]:
    """The table `[policy]`, checked: a misspelled or doubtful `adopted` would silently leave a policy illustrative."""
    if not isinstance(head, dict):
        wanted = Label(
            "one [policy] heading with name, version and adopted", "一个 [policy] 标题，下设 name、version 和 adopted"
        )
        check.refuse("policy", head, wanted)
    check.known_keys("policy 1", head)
    for key in ("name", "version"):
        value = str(head.get(key, "–"))
        if not value.strip() or not isinstance(head.get(key, ""), (str, int, float, date)):
            check.refuse(f"policy 1, {key}", value, Label("a text", "一段文字"))
    return {**head, "adopted": check.flag("policy 1", head, "adopted", False)} if "adopted" in head else head


def _nothing_swallowed(check: Checker, name: str, entries: object) -> None:
    """Refuses a table written as `name = [ … ]` below another's heading: TOML makes it a key of that other table."""
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        for key in entry if isinstance(entry, dict) else ():
            if key in SECTION_OF and isinstance(entry[key], list) and any(isinstance(row, dict) for row in entry[key]):
                wanted = Label(
                    f"written above the first [heading], or as [[{key}]] rows",
                    f"写在第一个方括号标题之上，或写成 [[{key}]] 条目",
                )
                check.refuse(f"{name} {number}, {key}", "[…]", wanted)
