"""A credit policy on a worksheet: the same tables as in the TOML file, one block each, stacked in a range.

A block is its table's name in brackets (`[grade]`) in the first cell of a row, below it a row with the names of the
columns, below that one row per entry, up to the next name; blank rows are passed over. Blank cells are keys left out;
several values in one cell are separated by commas. Tables that the range does not hold come from the policy in use.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from duebook.core import dates
from duebook.core.cells import CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.policy.load import Policy, checked
from duebook.policy.sections import KNOWN_TABLES, LIST_KEYS

RANGE = Label("policy range", "政策区域")
"""What stands for a file's name in a refusal."""
_NAME = re.compile(r"\[+\s*([A-Za-z0-9_]+)\s*\]+")


def policy_of_range(rows: Sequence[Sequence[object]], base: Policy, since_1904: bool = False) -> Policy:
    """The policy that a range holds, over `base`. DuebookError names the row and the value at fault."""
    tables, lines = _tables(rows, since_1904)
    if not tables:
        raise DuebookError("policy.no_tables")
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return checked(RANGE, tables, lines, digest, base)


def _tables(
    rows: Sequence[Sequence[object]], since_1904: bool
) -> tuple[dict[str, Any], dict[tuple[str, int, str], int]]:
    tables: dict[str, Any] = {}
    lines: dict[tuple[str, int, str], int] = {}
    name, keys = "", [""]
    for number, row in enumerate(rows, start=1):
        head = _NAME.fullmatch(row[0].strip()) if isinstance(row[0], str) else None
        if head:
            name, keys = head[1], []
            lines[(name, 1, "")] = number
        elif all(map(missing, row)):
            continue
        elif _bare_name(row):
            wanted = Label(f"[{row[0]}], in brackets", f"加方括号的 [{row[0]}]")
            facts = {"where": Label("the table's name", "表名"), "value": row[0], "wanted": wanted}
            raise DuebookError("policy.bad_value", file=RANGE, line=number, **facts)
        elif not name:
            continue
        elif not keys:
            keys = ["" if missing(cell) else _key(str(cell)) for cell in row]
            tables.setdefault(name, {} if name == "policy" else [])  # without rows: a table that states nothing
        else:
            filled = [(key, cell) for key, cell in zip(keys, row, strict=False) if key and not missing(cell)]
            entry = {key: _value(key, cell, since_1904) for key, cell in filled}
            if name == "policy":
                tables[name].update(entry)
                continue
            held = tables[name]
            held.append(entry)
            lines.update({(name, len(held), key): number for key in ("", *keys)})
    return tables, lines


def _bare_name(row: Sequence[object]) -> bool:
    """Whether a row holds nothing but the name of a table, its brackets forgotten: its rows would be lost."""
    return isinstance(row[0], str) and row[0].strip() in KNOWN_TABLES and all(map(missing, row[1:]))


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
            try:
                return dates.from_serial(float(cell), since_1904)
            except (ValueError, OverflowError):
                return cell  # no day: the checker refuses it with its place
        if isinstance(cell, str):
            return dates.year_first(cell) or cell
        return cell
    if key in LIST_KEYS:
        texts = str(cell if not isinstance(cell, float) else format(cell, ".15g")).replace("，", ",").split(",")
        return [_plain(text.strip()) for text in texts]
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else format(cell, ".15g")
    return cell


def _plain(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?[0-9]+", text) else text
