"""A credit policy on a worksheet: the same tables as in the TOML file, one block each, stacked in a range.

A block is its table's name in brackets (`[grade]`) in the first cell of a row, below it a row with the names of the
columns, below that one row per entry, up to the next name; blank rows are passed over. Blank cells are keys left out;
several values in one cell are separated by commas. Titles may stand above the first block. Anything else that belongs
to no key is refused with its row: nothing on the sheet is dropped. Tables that the range does not hold come from the
policy in use.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NoReturn

from duebook.core import dates
from duebook.core.arguments import shown
from duebook.core.cells import CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.policy.load import Policy, checked
from duebook.policy.sections import KNOWN_TABLES, LIST_KEYS

RANGE = Label("policy range", "政策区域")
"""What stands for a file's name in a refusal."""
_NAME = re.compile(r"[\[［【]+\s*([^\W\d][\w\s-]*?)\s*[\]］】]+")
_DAYS = ("holidays", "workdays")
"""Lists of days, of which a cell may hold a single one."""


def policy_of_range(rows: Sequence[Sequence[object]], base: Policy, since_1904: bool = False) -> Policy:
    """The policy that a range holds, over `base`. DuebookError names the row and the value at fault."""
    blocks = _Blocks(since_1904)
    for number, row in enumerate(rows, start=1):
        blocks.read(number, row)
    if not blocks.tables:
        raise DuebookError("policy.no_tables")
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return checked(RANGE, blocks.tables, blocks.lines, digest, base)


@dataclass
class _Blocks:
    """The blocks read so far. `keys`: the columns of the last one, none before its row of names is read."""

    since_1904: bool
    tables: dict[str, Any] = field(default_factory=dict)
    lines: dict[tuple[str, int, str], int] = field(default_factory=dict)
    name: str = ""
    keys: tuple[str, ...] = ()
    above: tuple[int, object] | None = None
    """The first row above all blocks that is more than a title: its number and value."""

    def read(self, number: int, row: Sequence[object]) -> None:
        filled = [cell for cell in row if not missing(cell)]
        first = row[0].strip() if row and isinstance(row[0], str) else ""
        if not filled:
            return
        if head := _NAME.fullmatch(first):
            self._begin(number, _key(head[1]), filled[1:])
        elif first in KNOWN_TABLES and len(filled) == 1:  # its brackets forgotten: its rows would count to another
            wanted = Label(f"[{first}], in brackets", f"加方括号的 [{first}]")
            _refuse(number, Label("the table's name", "表名"), first, wanted)
        elif not self.name:
            title = len(filled) == 1 and isinstance(filled[0], str)
            self.above = self.above or (None if title else (number, filled[0]))
        elif not self.keys:
            self._name_columns(number, row)
        else:
            self._add(number, row)

    def _begin(self, number: int, name: str, beside: Sequence[object]) -> None:
        below = Label("below the name of its table, such as [grade]", "写在所属表名（例如 [grade]）之下")
        if self.above:
            _refuse(self.above[0], Label("a cell above all tables", "所有表之上的单元格"), self.above[1], below)
        if beside:
            wanted = Label("left out: tables stand one below the other", "删去：各表上下排列")
            _refuse(number, Label(f"the cell beside [{name}]", f"[{name}] 旁的单元格"), beside[0], wanted)
        self.name, self.keys = name, ()
        self.lines.setdefault((name, 1, ""), number)
        self.tables.setdefault(name, {} if name == "policy" else [])  # without rows: a table that states nothing

    def _name_columns(self, number: int, row: Sequence[object]) -> None:
        for cell in row:
            if isinstance(cell, CellError):
                _refuse(number, Label("a column's name", "列名"), cell, Label("a text", "一段文字"))
        self.keys = tuple("" if missing(cell) else _key(str(cell)) for cell in row)
        for key, times in Counter(filter(None, self.keys)).items():
            if times > 1:
                wanted = Label("the name of one column only", "不重复的名称：每列一个")
                _refuse(number, Label("a column's name", "列名"), key, wanted)

    def _add(self, number: int, row: Sequence[object]) -> None:
        entry: dict[str, Any] = {}
        for place, (key, cell) in enumerate(itertools.zip_longest(self.keys, row), start=1):
            if missing(cell):
                continue
            if not key:
                where = Label(f"[{self.name}], column {place}", f"[{self.name}] 第 {place} 列")
                wanted = Label("blank, or below a column's name", "空白，或在其上方写明列名")
                _refuse(number, where, cell, wanted)
            entry[key] = _value(key, cell, self.since_1904)
        held = self.tables[self.name]
        if isinstance(held, list):
            held.append(entry)
        elif held:
            where = Label("the second row of [policy]", "[policy] 的第二行")
            _refuse(number, where, next(iter(entry.values())), Label("left out: it has one row", "删去：它只有一行"))
        else:
            held.update(entry)
        count = len(held) if isinstance(held, list) else 1
        self.lines.update({(self.name, count, key): number for key in ("", *self.keys)})


def _refuse(number: int, where: Label, value: object, wanted: Label) -> NoReturn:
    """Refuses what stands in the row of that number; an error in its place comes back as it is."""
    if isinstance(value, CellError):
        raise CellError(value.code, "cell.error_passed", argument=where, value=value.code)
    raise DuebookError("policy.bad_value", file=RANGE, line=number, where=where, value=shown(value), wanted=wanted)


def _key(heading: str) -> str:
    """A column's name as tables write it: "Minimum coverage" is minimum_coverage."""
    return "_".join(heading.lower().split())


def _value(key: str, cell: object, since_1904: bool) -> Any:
    """A cell as TOML would hold it: whole numbers as int, dates as date, listed values as a list."""
    if isinstance(cell, CellError):
        raise CellError(cell.code, "cell.error_passed", argument=key, value=cell.code)
    if key == "from" or key.endswith("_date"):
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return _day(cell, since_1904) or cell  # no day: the checker refuses it with its place
        if isinstance(cell, str):
            return dates.year_first(cell) or cell
        return cell
    if key in _DAYS and isinstance(cell, float) and (day := _day(cell, since_1904)):
        return [day]
    if key in LIST_KEYS:
        texts = str(cell if not isinstance(cell, float) else format(cell, ".15g")).replace("，", ",").split(",")
        return [_plain(text.strip()) for text in texts]
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else format(cell, ".15g")
    return cell


def _day(number: float, since_1904: bool) -> date | None:
    try:
        return dates.from_serial(float(number), since_1904)
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
