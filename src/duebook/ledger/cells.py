"""Reads columns of raw tables set-wise: plain values by SQL, and only what is left over, value by value, in Python.

Each reader gives, per part, the SQL expression of the typed value and the joins it needs. What cannot be read is
noted in the findings before any row is stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from duebook.core import amounts
from duebook.core.engine import Engine, identifier, quoted
from duebook.ledger.found import Findings, Part
from duebook.ledger.problems import Treatment

_WHOLE = r"-?[0-9]{1,14}"
_PLAIN = r"-?[0-9]{1,14}(\.[0-9]{1,4})?"
_GROUPED = r"-?[0-9]{1,3}(,[0-9]{3}){1,4}(\.[0-9]{1,4})?"
_SHOWS_POINT = r"\.([0-9]{1,2}|[0-9]{4})$|,[0-9]{3}\."


@dataclass
class Shape:
    """What a SELECT over one part needs: expressions by field, and joins."""

    expressions: dict[str, str] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """Parts with the same role and the same headers: one export, perhaps in several files, decided jointly."""

    parts: tuple[Part, ...]

    def has(self, name: str) -> bool:
        return name in self.parts[0].mapped.positions


class Reader:
    """Reads the columns of one group. `shapes` (by part number) grows with each column read."""

    def __init__(self, engine: Engine, findings: Findings, group: Group) -> None:
        self.engine, self.findings, self.group = engine, findings, group
        self.shapes: dict[int, Shape] = {part.number: Shape() for part in group.parts}
        self.repaired: dict[str, int] = {}

    def distinct(self, texts: Callable[[Part], str], where: Callable[[Part], str] | None = None) -> list[str]:
        """The distinct texts of a column over all parts, sorted."""
        each = " UNION ".join(
            f"SELECT DISTINCT {texts(p)} AS text FROM {identifier(p.raw.name)} AS r"
            + (f" WHERE {where(p)}" if where else "")
            for p in self.group.parts
        )
        return [text for (text,) in self.engine.rows(f"SELECT text FROM ({each}) WHERE text IS NOT NULL ORDER BY text")]

    def table(self, name: str, columns: Mapping[str, tuple[str, Sequence[object]]]) -> str:
        """A small engine table for looking up values; `columns`: name → (SQL type, values)."""
        full = f"map_{self.group.parts[0].number}_{name}"
        each = ", ".join(f"CAST(unnest(CAST(? AS VARCHAR[])) AS {kind}) AS {c}" for c, (kind, _) in columns.items())
        texts = [[None if v is None else str(v) for v in values] for _, values in columns.values()]
        self.engine.execute(f"CREATE OR REPLACE TABLE {identifier(full)} AS SELECT {each}", texts)
        return full

    def text(self, name: str) -> None:
        for part in self.group.parts:
            self.shapes[part.number].expressions[name] = part.text(name)

    def identifiers(self, name: str) -> None:
        """Numbers stay text; `1930571429.0`, `="0012"` and `'0012` are mended and reported."""
        for part in self.group.parts:
            cell = part.cell(name)
            if cell is None:
                continue
            base = part.text(name)
            # a cheap look first: few ids hold any of these
            rare = f"(contains({base}, '.') OR contains({base}, '+') OR {base} < '(' OR prefix({base}, '='))"
            odd = f"{rare} AND regexp_full_match({base}, '[0-9]+[.]0+|=\"[^\"]*\"|''.+')"
            lost = f"{rare} AND regexp_full_match({base}, '[0-9][.,]?[0-9]*[Ee][+][0-9]+')"
            raw = identifier(part.raw.name)
            mended, ruined = self.engine.one(
                f"SELECT count(*) FILTER ({odd}), count(*) FILTER ({lost}) FROM {raw} AS r"
            )
            if mended:
                clean = (
                    f"CASE WHEN NOT ({odd}) THEN {base} WHEN {base} LIKE '=%' THEN nullif(trim({base}, '=\"'), '') "
                    f"WHEN {base} LIKE '''%' THEN nullif(substr({base}, 2), '') "
                    f"ELSE split_part({base}, '.', 1) END"
                )
                self.findings.rows(
                    f"SELECT {part.entry}, r.line, {cell}, json_object('mended', {clean}) FROM {raw} AS r WHERE {odd}",
                    name, "id_repaired", "repaired",
                )  # fmt: skip
                self.repaired[name] = self.repaired.get(name, 0) + mended
                base = clean
            if ruined:
                self.findings.rows(
                    f"SELECT {part.entry}, r.line, {cell}, NULL FROM {raw} AS r WHERE {lost}",
                    name, "id_digits_lost", "kept",
                )  # fmt: skip
            self.shapes[part.number].expressions[name] = base

    def words(self, name: str, kind: str, meaning: Callable[[str], object], reason: str, treatment: Treatment) -> None:
        """A column of words with a known meaning each (yes/no, currency, terms); others are noted."""
        texts = self.distinct(lambda p: p.text(name))
        known = {text: meaning(text) for text in texts}
        table = self.table(name, {"text": ("VARCHAR", list(known)), "value": (kind, list(known.values()))})
        for part in self.group.parts:
            shape, alias = self.shapes[part.number], f"m_{name}"
            shape.joins.append(f"LEFT JOIN {identifier(table)} AS {alias} ON {alias}.text = {part.text(name)}")
            shape.expressions[name] = f"{alias}.value"
        self.note(name, {text: reason for text, value in known.items() if value is None}, lambda _: treatment)

    def note(
        self,
        name: str,
        bad: Mapping[str, str],
        treatment: Callable[[str], Treatment],
        text: Callable[[Part], str] | None = None,
    ) -> None:
        """Notes every row whose cell is one of `bad` (text → reason)."""
        if not bad:
            return
        table = self.table(f"{name}_bad", {"text": ("VARCHAR", list(bad)), "reason": ("VARCHAR", list(bad.values()))})
        for reason in sorted(set(bad.values())):
            for part in self.group.parts:
                self.findings.rows(
                    f"SELECT {part.entry}, r.line, b.text, NULL FROM {identifier(part.raw.name)} AS r "
                    f"JOIN {identifier(table)} AS b ON b.text = {text(part) if text else part.text(name)} "
                    f"WHERE b.reason = {quoted(reason)}",
                    name, reason, treatment(reason),
                )  # fmt: skip

    def amounts(self, name: str, treatment: Callable[[str], Treatment], unread: str = "value_ignored") -> None:
        """An amount column, exact to four decimals. The decimal mark is decided for the column, never row by row.

        `unread`: the reason told where an unreadable amount does not cost its row.
        """
        either = f"{_PLAIN}|{_GROUPED}"
        grouped = self._any(name, f"NOT regexp_full_match(t, '{_PLAIN}')")
        other = grouped and self._any(name, f"NOT regexp_full_match(t, '{either}')")
        hints = {p.raw.decimal_comma for p in self.group.parts}
        hint = hints.pop() if len(hints) == 1 else None
        comma = False
        if other or hint:
            point = self._any(name, f"regexp_matches(t, '{_SHOWS_POINT}') AND regexp_full_match(t, '{either}')")
            odd = self._left_over(name, either) if other else []
            comma = amounts.decimal_comma([*odd, *(["1.5"] if point else [])], hint)
        left = self._left_over(name, _WHOLE if comma else either) if comma or other else []
        scale = self.group.parts[0].mapped.scales.get(name, Decimal(1))
        table = self._parsed(name, left, comma, scale, treatment, unread) if left else None
        for part in self.group.parts:
            shape, base, alias = self.shapes[part.number], part.text(name), f"m_{name}"
            times = f" * {scale}" if scale != 1 else ""
            plain = _WHOLE if comma else _PLAIN
            expression = f"WHEN regexp_full_match({base}, '{plain}') THEN TRY_CAST({base} AS DECIMAL(18, 4)){times} "
            if grouped and not comma:
                expression += (
                    f"WHEN regexp_full_match({base}, '{_GROUPED}') "
                    f"THEN TRY_CAST(replace({base}, ',', '') AS DECIMAL(18, 4)){times} "
                )
            if table:
                shape.joins.append(f"LEFT JOIN {identifier(table)} AS {alias} ON {alias}.text = {base}")
                expression += f"ELSE {alias}.value "
                shape.expressions[f"{name}_mark"] = f"{alias}.mark"
            shape.expressions[name] = f"CAST(CASE {expression}END AS DECIMAL(18, 4))"

    def _any(self, name: str, test: str) -> bool:
        """Whether some text `t` of the column passes a test."""
        return any(
            self.engine.one(
                f"SELECT coalesce(bool_or({test}), false) "
                f"FROM (SELECT {p.text(name)} AS t FROM {identifier(p.raw.name)} AS r)"
            )[0]
            for p in self.group.parts
        )

    def _left_over(self, name: str, shape: str) -> list[str]:
        """The texts that SQL does not read: those without this shape."""
        return self.distinct(lambda p: p.text(name), lambda p: f"NOT regexp_full_match({p.text(name)}, '{shape}')")

    def _parsed(
        self,
        name: str,
        texts: Sequence[str],
        comma: bool,
        scale: Decimal,
        treatment: Callable[[str], Treatment],
        unread: str,
    ) -> str:
        values: list[Decimal | None] = []
        marks: list[str | None] = []
        bad: dict[str, str] = {}
        traces: dict[str, str] = {}
        for text in texts:
            found = amounts.parse(text, comma)
            value = found.value * scale if found else None
            if value is None and text.strip():
                bad[text] = "amount_unreadable"
            elif value is None:
                pass  # nothing but spaces: missing
            elif abs(value) >= amounts.LARGEST:
                bad[text], value = "amount_too_large", None
            elif value != value.quantize(Decimal("0.0001")):
                value = amounts.without_trace(value)
                (bad if value is None else traces)[text] = "amount_decimals" if value is None else "amount_trace"
            values.append(value)
            marks.append(found.mark if found else None)
        self.note(name, {t: r if treatment(r) == "left_out" else unread for t, r in bad.items()}, treatment)
        self.note(name, traces, lambda _: "repaired")
        columns: dict[str, tuple[str, Sequence[object]]] = {
            "text": ("VARCHAR", texts),
            "value": ("DECIMAL(18, 4)", [None if v is None else format(v, "f") for v in values]),
            "mark": ("VARCHAR", marks),
        }
        return self.table(name, columns)


def facts(**values: object) -> str:
    """Facts of a sentence as a JSON text."""
    return json.dumps({name: str(value) for name, value in values.items()}, ensure_ascii=False)
