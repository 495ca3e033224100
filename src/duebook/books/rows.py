"""Rows for table slots: small ones from a list, large ones straight from the SQL engine.

Both give the same XML for the same values. `EngineRows` lets the engine build the text of whole rows, which is several
times the speed of Python; columns with anything out of the ordinary take the Python way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duebook.books.body import MOST_TEXT, BodyCell, RowShape, escaped, is_risky, row_xml
from duebook.books.plan import Column, Rows, Value
from duebook.core.engine import Engine, identifier, quoted

BATCH = 10_000


class ListRows:
    """Rows at hand, one tuple each, in the order of `columns`."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]]) -> None:
        self._columns = tuple(columns)
        self._rows = list(rows)
        for row in self._rows:
            if len(row) != len(self._columns):
                raise ValueError(f"a row of {len(row)} values for {len(self._columns)} columns")

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    @property
    def count(self) -> int:
        return len(self._rows)

    def batches(self, size: int) -> Iterator[Sequence[tuple[Value, ...]]]:
        for start in range(0, len(self._rows), size):
            yield self._rows[start : start + size]

    def total(self, key: str) -> Decimal:
        place = [c.key for c in self._columns].index(key)
        return sum((exact(r[place]) for r in self._rows), Decimal(0))


def exact(value: Value) -> Decimal:
    """A number's exact value; 0 for what a sum leaves out (text, dates, flags, blanks)."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return Decimal(0)
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


@dataclass(frozen=True)
class _Traits:
    """What occurs in an engine column: it decides how much its SQL must look after."""

    gaps: bool
    markup: bool = False
    codes: bool = False
    spaced: bool = False
    risky: bool = False
    odd: bool = False
    """Only Python writes it rightly: over-long text, look-alikes of codes, NUL."""
    early: bool = False


_tables = itertools.count(1)
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_CONTROL = [*range(1, 9), *range(11, 32), 0xFFFE, 0xFFFF]
_UNUSUAL = r"[&<>\x00-\x08\x0B-\x1F\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_|^[=+\-@\t\r\n ]|[ \t\n]$"
_CODES = r"[\x00-\x08\x0B-\x1F\x{FFFE}\x{FFFF}]"
_ODD = r"\x00|_x[0-9A-Fa-f]{4}_"


class EngineRows:
    """The rows of a query, whose columns are those of `columns` in order. The query runs once, at first use."""

    def __init__(self, engine: Engine, sql: str, columns: Sequence[Column]) -> None:
        self._engine = engine
        self._sql = sql
        self._columns = tuple(columns)
        self._table: str | None = None
        self._traits: dict[int, _Traits] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    @property
    def table(self) -> str:
        """The engine table that holds the rows; its row ids are their order."""
        if self._table is None:
            name = f"books_rows_{next(_tables)}"
            self._engine.execute(f"CREATE TABLE {identifier(name)} AS {self._sql}")
            found = self._engine.rows(f"DESCRIBE {identifier(name)}")
            if len(found) != len(self._columns):
                raise ValueError(f"a query of {len(found)} columns for {len(self._columns)} columns")
            self._types = [(str(row[0]), str(row[1]).upper()) for row in found]
            self._table = name
        return self._table

    @property
    def count(self) -> int:
        return int(self._engine.one(f"SELECT count(*) FROM {identifier(self.table)}")[0])

    def batches(self, size: int) -> Iterator[Sequence[tuple[Value, ...]]]:
        yield from self._engine.batches(f"SELECT * FROM {identifier(self.table)} ORDER BY rowid", size)

    def total(self, key: str) -> Decimal:
        table = identifier(self.table)
        name, type_ = self._types[[c.key for c in self._columns].index(key)]
        if type_.startswith("DECIMAL") or type_ in _INTEGERS:
            found = self._engine.one(f"SELECT sum({identifier(name)}) FROM {table}")[0]
            return Decimal(found or 0)
        values = (row[0] for batch in self._engine.batches(f"SELECT {identifier(name)} FROM {table}") for row in batch)
        return sum((exact(value) for value in values), Decimal(0))

    def is_risky(self) -> bool:
        """Whether any text asks for the quoted style."""
        return any(self._traits_of(i).risky for i in range(len(self._columns)))

    def row_texts(self, shape: RowShape, first_row: int) -> Iterator[list[bytes]] | None:
        """The XML of all rows, built and encoded by the engine; None where a column needs the Python way."""
        table = self.table
        if any(c.cached or (c.source is not None and not self._is_plain(c.source, c, shape)) for c in shape.cells):
            return None
        p = shape.prefix
        pieces = [_sql(f'<{p}row r="'), "rn", _sql(f'"{shape.attributes}>')]
        for cell in shape.cells:
            pieces += self._cell_sql(cell, p, shape.date1904)
        text = ", ".join(_merged([*pieces, _sql(f"</{p}row>")]))
        number = f"(rowid + {int(first_row)}) AS rn_number, CAST(rn_number AS VARCHAR) AS rn"
        inner = f"SELECT *, {number} FROM {identifier(table)}"
        sql = f"SELECT encode(concat({text})) FROM ({inner})"
        return ([row[0] for row in batch] for batch in self._engine.batches(sql, BATCH))

    def _is_plain(self, index: int, cell: BodyCell, shape: RowShape) -> bool:
        name, type_ = self._types[index]
        traits = self._traits_of(index)
        if name.casefold() in ("rn", "rn_number", "rowid"):
            return False
        if type_ == "VARCHAR":
            return not traits.odd
        if type_ == "DATE":
            return not traits.early and cell.kind != "text"
        return cell.kind != "text" and (type_ == "BOOLEAN" or type_ in _INTEGERS or type_.startswith("DECIMAL"))

    def _traits_of(self, index: int) -> _Traits:
        if index not in self._traits:
            table = identifier(self.table)
            name, type_ = self._types[index]
            column, kind = identifier(name), self._columns[index].kind
            if type_ == "VARCHAR":
                self._traits[index] = self._text_traits(column, table)
            elif type_ == "DATE":
                gaps, first = self._engine.one(f"SELECT count(*) - count({column}), min({column}) FROM {table}")
                self._traits[index] = _Traits(bool(gaps), early=first is not None and first < date(1904, 1, 2))
            else:
                gaps, low = f"count(*) - count({column})", f"coalesce(min({column}) < 0, false)"
                low = low if kind == "text" and type_ not in ("BOOLEAN", "TIMESTAMP") else "false"
                found = self._engine.one(f"SELECT {gaps}, {low} FROM {table}")
                self._traits[index] = _Traits(bool(found[0]), risky=bool(found[1]))
        return self._traits[index]

    def _text_traits(self, column: str, table: str) -> _Traits:
        gaps, longest, unusual = self._engine.one(
            f"SELECT count(*) - count(nullif({column}, '')), coalesce(max(length({column})), 0), "
            f"coalesce(bool_or(regexp_matches({column}, '{_UNUSUAL}')), false) FROM {table}"
        )
        if not unusual:
            return _Traits(bool(gaps), odd=longest * 2 > MOST_TEXT)
        markup, codes, odd, spaced, risky = self._engine.one(
            f"SELECT bool_or(regexp_matches({column}, '[&<>]')), bool_or(regexp_matches({column}, '{_CODES}')), "
            f"bool_or(regexp_matches({column}, '{_ODD}')), "
            f"bool_or(regexp_matches({column}, '^[ \\t\\n]|[ \\t\\n]$')), "
            f"bool_or(regexp_matches({column}, '^[=+\\-@\\t\\r]')) FROM {table}"
        )
        return _Traits(bool(gaps), markup, codes, spaced, risky, odd or longest * 2 > MOST_TEXT)

    def _cell_sql(self, cell: BodyCell, p: str, date1904: bool) -> list[str]:
        """The pieces of one cell, for `concat`. Mirrors `body.cell_xml` exactly; the tests hold both side by side."""
        style = f' s="{cell.style}"' if cell.style else ""
        place = [_sql(f'<{p}c r="{cell.letters}'), "rn"]
        if cell.formula is not None:
            return place + self._formula_sql(cell, p, style, date1904)
        blank = [*place, _sql(f'"{style}/>')] if style else []
        if cell.source is None:
            return blank
        name, type_ = self._types[cell.source]
        traits = self._traits_of(cell.source)
        column = identifier(name)
        head: list[str]
        if type_ == "VARCHAR":
            styled = _sql(style)
            if traits.risky and cell.quoted_style:
                risky = f"regexp_matches({column}, '^[=+\\-@\\t\\r]')"
                quoted_attribute = _sql(f' s="{cell.quoted_style}"')
                styled = f"CASE WHEN {risky} THEN {quoted_attribute} ELSE {styled} END"
            space = "''"
            if traits.spaced:
                space = f"""CASE WHEN regexp_matches({column}, '^[ \\t\\n]|[ \\t\\n]$')
                    THEN ' xml:space="preserve"' ELSE '' END"""
            head = [_sql('"'), styled, _sql(f' t="inlineStr"><{p}is><{p}t'), space, _sql(">")]
            whole = [*place, *head, _escaped_sql(column, traits), _sql(f"</{p}t></{p}is></{p}c>")]
            filled = f"{column} <> ''"
        else:
            flag = ' t="b"' if type_ == "BOOLEAN" else ""
            value = _number_sql(column, type_, date1904)
            whole = [*place, _sql(f'"{style}{flag}><{p}v>'), value, _sql(f"</{p}v></{p}c>")]
            filled = f"{column} IS NOT NULL"
        if not traits.gaps:
            return whole
        joined, empty = ", ".join(_merged(whole)), ", ".join(_merged(blank)) or "''"
        return [f"CASE WHEN {filled} THEN concat({joined}) ELSE concat({empty}) END"]

    def _formula_sql(self, cell: BodyCell, p: str, style: str, date1904: bool) -> list[str]:
        assert cell.formula is not None
        parts = [
            _sql(escaped(x)) if isinstance(x, str) else f"CAST(rn_number + ({x}) AS VARCHAR)" for x in cell.formula
        ]
        array = [_sql(f' t="array" ref="{cell.letters}'), "rn", _sql('"')] if cell.array else []
        formula = [_sql(f"><{p}f"), *array, _sql(">"), *parts, _sql(f"</{p}f>")]
        if cell.source is None:
            return [_sql(f'"{style}'), *formula, _sql(f"</{p}c>")]
        name, type_ = self._types[cell.source]
        column = identifier(name)
        text = type_ == "VARCHAR"
        value = _escaped_sql(column, self._traits_of(cell.source)) if text else _number_sql(column, type_, date1904)
        shown = ' t="str"' if text else ' t="b"' if type_ == "BOOLEAN" else ""
        kind = f"CASE WHEN {column} IS NULL THEN ' t=\"str\"' ELSE {_sql(shown)} END"
        return [_sql(f'"{style}'), kind, *formula, _sql(f"<{p}v>"), f"coalesce({value}, '')", _sql(f"</{p}v></{p}c>")]


def _sql(text: str) -> str:
    return quoted(text)


def _merged(pieces: Sequence[str]) -> list[str]:
    """Neighboring literals joined: fewer pieces for the engine to copy."""
    done: list[str] = []
    for piece in pieces:
        literal = piece.startswith("'") and piece.endswith("'")
        if literal and done and done[-1].startswith("'") and done[-1].endswith("'"):
            done[-1] = done[-1][:-1] + piece[1:]
        elif piece != "''":
            done.append(piece)
    return done


def _number_sql(column: str, type_: str, date1904: bool) -> str:
    if type_ == "BOOLEAN":
        return f"CASE WHEN {column} THEN '1' WHEN NOT {column} THEN '0' END"
    if type_ == "DATE":
        return f"CAST({column} - DATE '{'1904-01-01' if date1904 else '1899-12-30'}' AS VARCHAR)"
    text = f"CAST({column} AS VARCHAR)"
    if type_.startswith("DECIMAL") and not type_.endswith(",0)"):
        return f"rtrim(rtrim({text}, '0'), '.')"
    return text


def _escaped_sql(column: str, traits: _Traits) -> str:
    text = column
    if traits.codes:
        coded = column
        for code in _CONTROL:
            coded = f"replace({coded}, chr({code}), '_x{code:04X}_')"
        text = f"CASE WHEN regexp_matches({column}, '{_CODES}') THEN {coded} ELSE {column} END"
    if traits.markup:
        text = f"replace(replace(replace({text}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    return text


def row_texts(rows: Rows, shape: RowShape, first_row: int) -> Iterator[list[bytes]]:
    """The XML of every row in UTF-8, in lists."""
    if isinstance(rows, EngineRows):
        built = rows.row_texts(shape, first_row)
        if built is not None:
            yield from built
            return
    row = first_row
    for batch in rows.batches(BATCH):
        yield [row_xml(shape, row + i, values).encode() for i, values in enumerate(batch)]
        row += len(batch)


def any_risky(rows: Rows) -> bool:
    if isinstance(rows, EngineRows):
        return rows.is_risky()
    return any(is_risky(row, rows.columns) for batch in rows.batches(BATCH) for row in batch)
