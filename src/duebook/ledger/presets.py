"""Presets: what the exports of well-known systems look like (`presets.toml`), told by their headers or named.

A preset says which column is which field, and turns what is peculiar to its system into what any export says: codes
into kinds, noted items into documents that are in no account. The table read from the file stays as it is; what
differs stands in columns added to it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from duebook.core import resources
from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger.columns import plain
from duebook.ledger.raw import RawTable, cells

NONE = "none"
"""What the user names to have no preset told."""
_AIDS = ("special", "credit_open", "days_1", "days_2", "days_3")
"""Columns that serve to work out another one."""
_DAY_FORMS = "['%Y%m%d', '%Y-%m-%d', '%d.%m.%Y', '%Y/%m/%d', '%Y.%m.%d']"
_FEWEST = 3
"""Fields that a table must have for a preset that the user names to be meant for it."""


_STANDS_IN = {"kind": "special", "due_date": "base_date"}
"""The column an added field is told by where the table has none of its own."""


@dataclass(frozen=True)
class Preset:
    """One system's export. Codes are kept as `_code` writes them."""

    name: str
    signature: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str] = field(default_factory=dict)
    special_kinds: Mapping[str, str] = field(default_factory=dict)
    noted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    one_row_per: tuple[str, ...] = ()
    matched_while_open: bool = False
    headings: bool = False
    running: bool | None = None


@dataclass(frozen=True)
class Layout:
    """A preset on one table: field → position, and positions that recognition leaves alone."""

    preset: Preset
    positions: Mapping[str, int]
    ignored: frozenset[int]


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by its name."""
    table = tomllib.loads((resources.root() / "ledger" / "presets.toml").read_text("utf-8"))
    return {name: _preset(name, entry) for name, entry in table.items()}


def _preset(name: str, entry: Mapping[str, Any]) -> Preset:
    return Preset(
        name,
        tuple(tuple(map(plain, group)) for group in entry["signature"]),
        {field: tuple(map(plain, headers)) for field, headers in entry["columns"].items()},
        {_code(code): kind for code, kind in entry.get("kinds", {}).items()},
        {_code(code): kind for code, kind in entry.get("special_kinds", {}).items()},
        {field: tuple(map(_code, codes)) for field, codes in entry.get("noted", {}).items()},
        tuple(entry.get("one_row_per", ())),
        bool(entry.get("matched_while_open", False)),
        bool(entry.get("headings", False)),
        entry.get("running"),
    )


def _code(text: str) -> str:
    return text.strip().upper()


def known(name: str | None) -> None:
    """Refuses a preset that there is not."""
    if name not in (None, NONE) and name not in presets():
        raise DuebookError("presets.unknown", name=name, known=", ".join([*presets(), NONE]))


def told(headers: Sequence[str], named: str | None = None) -> Layout | None:
    """The preset that a table's headers show, or the one the user names where the table has columns of it."""
    if named == NONE:
        return None
    seen = {plain(header) for header in headers if header.strip()}
    if named is not None:
        layout = _layout(presets()[named], headers)
        return layout if len(layout.positions) >= _FEWEST else None
    fitting = [p for p in presets().values() if all(seen & {*group} for group in p.signature)]
    if not fitting:
        return None
    layouts = [_layout(preset, headers) for preset in fitting]
    # the one that knows most of the table; of two equals the one that asks for more
    return max(layouts, key=lambda found: (len(found.positions), len(found.preset.signature)))


def _layout(preset: Preset, headers: Sequence[str]) -> Layout:
    places: dict[str, int] = {}
    for position, header in enumerate(headers):
        if header.strip():
            places.setdefault(plain(header), position)
    found = {
        name: next(places[h] for h in known if h in places)
        for name, known in preset.columns.items()
        if name != "ignored" and any(h in places for h in known)
    }
    ignored = {places[h] for h in preset.columns.get("ignored", ()) if h in places}
    local = found.pop("local_amount", None)
    local_currency = found.pop("local_currency", None)
    if local is not None and "amount" in found:
        found["functional_amount"] = local
    elif local is not None:
        found["amount"] = local
        if local_currency is not None:
            found["currency"] = local_currency
    if local_currency is not None:
        ignored.add(local_currency)
    return Layout(preset, found, frozenset(ignored - {*found.values()}))


def prepared(engine: Engine, raw: RawTable, layout: Layout) -> tuple[RawTable, Layout]:
    """The table with columns added where the system says things its own way, and the layout that points to them."""
    added = _added(layout)
    width, name = len(raw.headers), f"{raw.name}_preset"
    positions = {n: p for n, p in layout.positions.items() if n not in _AIDS}
    ignored = {*layout.ignored, *(layout.positions[n] for n in _AIDS if n in layout.positions)}
    if not added:
        return raw, replace(layout, positions=positions, ignored=frozenset(ignored))
    headers, listed = [], []
    for place, (field_name, sql) in enumerate(added.items()):
        at = layout.positions.get(field_name, layout.positions.get(_STANDS_IN.get(field_name, ""), 0))
        headers.append(raw.headers[at])
        listed.append(f"{sql} AS c{width + 1 + place}")
        if field_name in positions:
            ignored.add(positions[field_name])
        positions[field_name] = width + place
    marks = f"CASE WHEN kinds IS NOT NULL THEN kinds || {quoted('t' * len(added))} END AS kinds"
    engine.execute(
        f"CREATE OR REPLACE VIEW {identifier(name)} AS SELECT record, line, {marks}, {', '.join(cells(width))}, "
        f"{', '.join(listed)} FROM {identifier(raw.name)}"
    )
    return (
        replace(raw, name=name, headers=(*raw.headers, *headers)),
        replace(layout, positions=positions, ignored=frozenset(ignored)),
    )


def _added(layout: Layout) -> dict[str, str]:
    """Field → SQL of what the table says in that field, in words that any export may use."""
    preset, cell = layout.preset, {name: f"c{place + 1}" for name, place in layout.positions.items()}
    found: dict[str, str] = {}
    cases = [
        f"WHEN upper(trim({cell[column]})) = {quoted(code)} THEN {quoted(kind)}"
        for column, meanings in (("special", preset.special_kinds), ("kind", preset.kinds))
        if column in cell
        for code, kind in meanings.items()
    ]
    if cases:
        found["kind"] = f"nullif(CASE {' '.join(cases)} ELSE {_or_empty(cell.get('kind'))} END, '')"
    if preset.matched_while_open and {"applies_to", "settled_date"} <= cell.keys():
        unsettled = f"nullif(trim({cell['settled_date']}, '0. /-'), '') IS NULL"
        names = f"regexp_matches({cell['applies_to']}, '[1-9]')"
        found["applies_to"] = f"CASE WHEN {unsettled} AND {names} THEN {cell['applies_to']} END"
    if "settled_date" in cell:
        day = cell["settled_date"]
        found["settled_date"] = (
            f"CASE WHEN NOT contains({day}, '4712') AND regexp_matches({day}, '[1-9]') THEN {day} END"
        )
    if "due_date" not in cell and {"base_date", "days_1", "days_2", "days_3"} & cell.keys() > {"base_date"}:
        found["due_date"] = _due_from_terms(cell)
    if "credit_open" in cell and "open_amount" in cell:
        credit = f"nullif(trim({cell['credit_open']}), '')"
        filled = f"regexp_matches(coalesce({cell['open_amount']}, ''), '[1-9]')"
        found["open_amount"] = (
            f"CASE WHEN {filled} OR {credit} IS NULL THEN {cell['open_amount']} "
            f"WHEN {credit} LIKE '-%' THEN substr({credit}, 2) ELSE '-' || {credit} END"
        )
    return found


def _due_from_terms(cell: Mapping[str, str]) -> str:
    """The day the last of the terms ends: base date + days, for charges; a credit is due on its base date."""
    days = [f"nullif(TRY_CAST({cell[n]} AS INTEGER), 0)" for n in ("days_3", "days_2", "days_1") if n in cell]
    base = f"CAST(try_strptime(trim({cell['base_date']}), {_DAY_FORMS}) AS DATE)"
    charge = f"upper(trim({cell['direction']})) IS DISTINCT FROM 'H'" if "direction" in cell else "true"
    return f"CAST(CASE WHEN {charge} THEN {base} + coalesce({', '.join(days)}, 0) ELSE {base} END AS VARCHAR)"


def noted(layout: Layout) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Where a table says of a row that it stands in no account, and by which codes: (position, codes)."""
    return tuple((layout.positions[n], codes) for n, codes in layout.preset.noted.items() if n in layout.positions)


def _or_empty(cell: str | None) -> str:
    """A cell, '' where it is blank or absent: DuckDB 2.0 filters a CASE wrongly whose other branch is a bare NULL."""
    return f"coalesce({cell}, '')" if cell else "''"


def repeated_rows(raw: RawTable, layout: Layout) -> str | None:
    """SQL for the records that repeat a document once more for another of its lines; None where none can."""
    if not layout.preset.one_row_per:
        return None
    key = ", ".join(f"c{layout.positions[n] + 1}" for n in layout.preset.one_row_per if n in layout.positions)
    return (
        f"SELECT record FROM (SELECT record, row_number() OVER (PARTITION BY {key} ORDER BY record) AS place "
        f"FROM {identifier(raw.name)}) WHERE place > 1"
    )
