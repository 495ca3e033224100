"""Reads policy tables entry by entry; every refusal names the file, the line, the entry, the value and what to write.

Each kind of rule (aging schemes, score cards, reminder ladders …) is a *section*: a module of this room that lists its
tables in `TABLES` and turns them into checked rules in `read(check)`. See `load` for how they come together.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.policy.tables import keys

Rule = TypeVar("Rule")
Entry = Mapping[str, Any]
BLANK = Label("blank", "空白")
"""How a refusal shows that a cell or key holds nothing."""
A_DATE = Label("a date such as 2026-01-01", "日期，例如 2026-01-01")


@dataclass(frozen=True)
class Source:
    """The entries of one table and where they come from: file, and (table, number, key) → line.

    `shipped`: Duebook's own (or, under a policy range, the firm's), because the policy does not state the table.
    """

    file: str
    entries: Any
    lines: Mapping[tuple[str, int, str], int]
    shipped: bool = False


class Checker:
    """Reads the tables that `source` finds by name."""

    def __init__(self, source: Callable[[str], Source]) -> None:
        self._source = source

    def refuse(self, where: str, value: object, wanted: Label) -> NoReturn:
        """Raises the refusal of `value`; `where` is "table number, key" as the entry helpers below write it.

        `wanted` ends the sentence "it must be …" in both languages; keys and named values stand in it as they are.
        """
        entry, _, key = where.partition(", ")
        table, _, number = entry.partition(" ")
        source = self._source(table.strip("[]"))
        place = (table.strip("[]"), int(number) if number.isdigit() else 1)
        line = source.lines.get((*place, key)) or source.lines.get((*place, "")) or 1
        shown = BLANK if value in (None, "", []) else value if isinstance(value, Label) else str(value)
        raise DuebookError("policy.bad_value", file=source.file, line=line, where=where, value=shown, wanted=wanted)

    def entries(self, name: str, optional: bool = False) -> list[tuple[str, Entry]]:
        """The entries of `[[name]]` with the words that place them ("name 2"); at least one unless `optional`."""
        found = self._source(name).entries
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            self.refuse(name, found, Label(f"a list of [[{name}]] entries", f"[[{name}]] 条目的列表"))
        if not found and not optional:
            self.refuse(name, found, Label(f"at least one [[{name}]] entry", f"至少一个 [[{name}]] 条目"))
        return [(f"{name} {number}", entry) for number, entry in enumerate(found, start=1)]

    def inherited(self, name: str, beside: str) -> bool:
        """Whether the table `name` is Duebook's while `beside` is the firm's own, so that rows may not fit."""
        return self._source(name).shipped and not self._source(beside).shipped

    def known_keys(self, where: str, entry: Entry) -> None:
        """Refuses a key that the table does not have: a misspelled one would silently do nothing."""
        allowed = keys(where.partition(" ")[0])
        for key in entry:
            if key not in allowed:
                names = ", ".join(allowed)
                wanted = Label(f"left out: the table has {names}", f"删去该列：此表只有 {names}")
                self.refuse(f"{where}, {key}", entry[key], wanted)

    def start(self, where: str, entry: Entry) -> date:
        """The day from which an entry is in force."""
        value = entry.get("from")
        if type(value) is not date:
            self.refuse(f"{where}, from", value, A_DATE)
        return value

    def choice(self, where: str, entry: Entry, key: str, allowed: Sequence[str]) -> str:
        value = entry.get(key)
        if value not in allowed:
            self.refuse(f"{where}, {key}", value, one_of(allowed))
        return str(value)

    def text(self, where: str, entry: Entry, key: str, default: str | None = None) -> str:
        """A text; refused where it is missing and there is no `default`."""
        value = entry.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse(f"{where}, {key}", value, Label("a text", "一段文字"))
        return value.strip()

    def flag(self, where: str, entry: Entry, key: str, default: bool) -> bool:
        """True or false; as a text too, or as the 1 or 0 that LibreOffice has for them."""
        value = entry.get(key, default)
        found = {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().casefold())
        if found is None:
            self.refuse(f"{where}, {key}", value, Label("true or false", "true 或 false"))
        return found

    def whole(self, where: str, value: object, least: int, most: int | None = None) -> int:
        """A whole number from `least` to `most`. `where` names the key too."""
        if type(value) is int and least <= value and (most is None or value <= most):
            return value
        if most is not None:
            self.refuse(where, value, Label(f"a whole number from {least} to {most}", f"{least} 至 {most} 的整数"))
        self.refuse(where, value, Label(f"a whole number, {least} or more", f"不小于 {least} 的整数"))

    def decimal(
        self, where: str, value: object, top: Decimal | None = None, least: Decimal | None = Decimal(0)
    ) -> Decimal:
        """An exact number from `least` (0) to `top`. `where` names the key too; `least=None` admits negatives."""
        try:
            found = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or (least is not None and found < least) or (top is not None and found > top):
            if top == 1 and least == 0:
                wanted = "a number from 0 to 1, such as 0.016 for 1.6 %"
                self.refuse(where, value, Label(wanted, "0 至 1 之间的小数，例如 1.6% 写作 0.016"))
            low = ("", "") if least is None else (f", {least} or more", f"，不小于 {least}")
            high = ("", "") if top is None else (f", {top} or less", f"，不大于 {top}")
            self.refuse(where, value, Label(f"a number{low[0]}{high[0]}", f"数字{low[1]}{high[1]}"))
        return found

    def bands(self, bounds: Sequence[tuple[str, Decimal | None, Decimal | None]], whole_line: bool = True) -> None:
        """Half-open bands [from, to) in the order given, each with its place: no gap, no overlap, each ends above its
        start. A bound of None is open; with `whole_line` the first and the last must be open."""
        for where, low, high in bounds:
            if low is not None and high is not None and low >= high:
                self.refuse(f"{where}, high", high, above(low))
        for (_, _, end), (where, begin, _) in itertools.pairwise(bounds):
            if end is None or begin is None:
                wanted = Label("a band that begins where the one before ends", "上一段的终点：各段须首尾相接")
                self.refuse(f"{where}, low", begin, wanted)
            if begin != end:
                kind = Label("leaves a gap", "之间有空隙") if begin > end else Label("overlaps it", "两段重叠")
                wanted = Label(f"{end}, where the band before ends: this {kind}", f"{end}，即上一段终点：现在{kind.zh}")
                self.refuse(f"{where}, low", begin, wanted)
        if whole_line and bounds:
            if bounds[0][1] is not None:
                wanted = Label("blank: the lowest band takes all that is lower", "空白：最低一段包含所有更低的值")
                self.refuse(f"{bounds[0][0]}, low", bounds[0][1], wanted)
            if bounds[-1][2] is not None:
                wanted = Label("blank: the highest band takes all that is higher", "空白：最高一段包含所有更高的值")
                self.refuse(f"{bounds[-1][0]}, high", bounds[-1][2], wanted)


def one_of(names: Sequence[str]) -> Label:
    """What to write where only some names will do."""
    known = ", ".join(names)
    return Label(f"one of {known}", f"以下之一：{known}")


def new_date(name: str) -> Label:
    """What to write where two entries of one name begin on the same day."""
    return Label(f"a date that no other entry of {name} has", f"{name} 的其他条目没有的日期")


def followed_by(names: Sequence[str]) -> Label:
    """What the last row lacks where a table must have a row for each of some names."""
    lacking = ", ".join(names)
    return Label(f"followed by rows for {lacking}", f"其后还须有以下各项的行：{lacking}")


def above(low: Decimal) -> Label:
    """What to write as the end of a band that begins at `low`."""
    return Label(f"above {low}, where the band begins", f"大于 {low}，即该段的起点")


def in_force(entries: Sequence[tuple[date, Rule]], on: date | None, table: str) -> Rule:
    """The entry with the latest start not after `on` (the newest where `on` is None); of equals the last."""
    valid = [entry for entry in entries if on is None or entry[0] <= on]
    if not valid:
        raise DuebookError("policy.none_in_force", table=table, date=on.isoformat() if on else "–")
    latest = max(start for start, _ in valid)
    return [rule for start, rule in valid if start == latest][-1]


_HEAD = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"\s*\"?([A-Za-z0-9_-]+)\"?\s*=")
_LIST = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=\s*\[\s*(#.*)?")
_ROW = re.compile(r"\s*\{")


def lines_of(toml: str) -> dict[tuple[str, int, str], int]:
    """(table, entry number, key) → line in the text, counted from 1; key "" is the entry's heading.

    TOML's own reader keeps no lines; policies are flat tables, so headings and keys are found by their lines. A long
    table may also be written as `name = [` with one `{ … },` per line, before the first heading.
    """
    found: dict[tuple[str, int, str], int] = {}
    count: dict[str, int] = {}
    table = listed = ""
    for number, line in enumerate(toml.splitlines(), start=1):
        if not table and (begun := _LIST.fullmatch(line)):
            listed = begun[1]
        elif not table and listed and _ROW.match(line):
            count[listed] = count.get(listed, 0) + 1
            found[(listed, count[listed], "")] = number
        elif head := _HEAD.fullmatch(line):
            table = head[1]
            count[table] = count.get(table, 0) + 1
            found[(table, count[table], "")] = number
        elif table and (key := _KEY.match(line)):
            found.setdefault((table, count[table], key[1]), number)
    return found
