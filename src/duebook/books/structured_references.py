"""Structured references (`items[Amount]`) in formulas, when a table's columns get new names."""

from __future__ import annotations

import re
from collections.abc import Mapping

_STRUCTURED = re.compile(
    r'"(?:[^"]|"")*"'
    r"|([^\W\d][\w.\\]*)?(\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*\])"
)
_COLUMN_NAME = re.compile(r"\[(@?)((?:[^\[\]'@]|'.)(?:[^\[\]']|'.)*)\]")
_BARE_NAME = re.compile(r"(?<=\],)[^\[\],]+(?=\]$)")  # [[#This Row],Name], as some programs write it
_ESCAPED = re.compile(r"'(.)")


def renamed_columns(formula: str, table: str, renames: Mapping[str, str], inside: bool = False) -> str:
    """Structured references to `table`'s columns under their new names; `inside`: the formula stands in the table."""

    def column(found: re.Match[str]) -> str:
        old = _ESCAPED.sub(r"\1", found[2])
        return f"[{found[1]}{_escaped(renames[old])}]" if old in renames else found[0]

    def bare(found: re.Match[str]) -> str:
        return _escaped(renames[found[0]]) if found[0] in renames else found[0]

    def change(found: re.Match[str]) -> str:
        name, brackets = found.groups()
        if not brackets or ((name or "").casefold() != table.casefold() and (name or not inside)):
            return found[0]
        return (name or "") + _BARE_NAME.sub(bare, _COLUMN_NAME.sub(column, brackets))

    return _STRUCTURED.sub(change, formula)


def _escaped(name: str) -> str:
    return re.sub(r"(['\[\]#@])", r"'\1", name)
