"""The tables of a credit policy and their keys, as `tables.toml` describes them: for the checker and for the manual."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from duebook.core import resources

NOTE = "note"
"""The key that every table has: a text that nothing reads."""
UNDATED = ("policy", "aging_scheme")
"""The tables without `from`."""


@cache
def described() -> Mapping[str, Mapping[str, Any]]:
    """Table → what `tables.toml` says of it."""
    return tomllib.loads((resources.root() / "policy" / "tables.toml").read_text("utf-8"))


@cache
def keys(table: str) -> tuple[str, ...]:
    """The keys that a row of `table` may have."""
    return (*(() if table in UNDATED else ("from",)), *described()[table]["keys"], NOTE)
