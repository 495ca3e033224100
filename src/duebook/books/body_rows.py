"""A slot's body in its template sheet: what a row looks like, what else stands on its rows, where the rows go in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, permutations
from xml.sax.saxutils import quoteattr

from lxml import etree

from duebook.books.body import BodyCell, RowShape
from duebook.books.parts import Element, Grid, Parts, child, children, column_of, local
from duebook.books.plan import Rows
from duebook.books.references import (
    LAST_ROW,
    Region,
    RowMap,
    area,
    area_text,
    column_letters,
    row_formula,
)
from duebook.books.rows import row_texts
from duebook.books.slots import Placement
from duebook.books.structured_references import renamed_columns
from duebook.core.errors import DuebookError

_CONTENT = ("v", "f", "is")
_OWN_ROW = ("r", "spans", "hidden", "collapsed")  # a template row that a filter hides must not hide all others


@dataclass
class Body:
    """A slot with its rows, on the way into the sheet."""

    placement: Placement
    rows: Rows
    count: int
    attributes: dict[str, str]
    styles: dict[int, str]
    formulas: dict[int, tuple[str, bool]]
    """Sheet column → formula of the first body row, and whether it is an array formula."""
    side_until: int = 0
    """The last body row that carries something beside the slot."""
    kept_until: int = 0
    """The last body row where that something is more than a format."""

    @property
    def new_last(self) -> int:
        """In the template's rows; an empty slot keeps one blank row, as a table must."""
        return self.placement.first + max(self.count, 1) - 1

    def region(self, needed: int = 0) -> Region:
        last = self.placement.last
        room = max(self.new_last, needed, self.kept_until)
        return Region(self.placement.first, last, self.new_last, room if self.new_last < last else self.new_last)


def read_body(parts: Parts, grid: Grid, placement: Placement, rows: Rows) -> Body:
    """Reads the first body row and takes the template's own body cells out of the sheet."""
    count = rows.count
    if placement.first + max(count, 1) - 1 + placement.totals > LAST_ROW:
        most = LAST_ROW - placement.first + 1 - placement.totals
        raise DuebookError("books.too_many_rows", slot=placement.slot, rows=count, most=most)
    row = grid.rows.get(placement.first)
    attributes = {} if row is None else {str(k): str(v) for k, v in row.attrib.items() if k not in _OWN_ROW}
    body = Body(placement, rows, count, attributes, {}, {})
    span = range(placement.first_column, placement.last_column + 1)
    for column, cell in grid.cells(placement.first):
        if column in span:
            if cell.get("s"):
                body.styles[column] = cell.get("s", "")
            formula = child(cell, "f")
            if formula is not None and formula.text:
                body.formulas[column] = (formula.text, formula.get("t") == "array")
    for column in span:
        if column not in body.styles and (style := _default_style(grid, row, column)):
            body.styles[column] = style
    _calculated_columns(parts, body)
    for number in [n for n in grid.rows if placement.first <= n <= placement.last]:
        _strip_row(grid, body, number, span)
    return body


def _default_style(grid: Grid, row: Element | None, column: int) -> str | None:
    """The style of a cell that is not there: its row's, else its column's."""
    if row is not None and grid.cell(int(row.get("r", "0")), column) is not None:
        return None
    if row is not None and row.get("customFormat") in ("1", "true"):
        return row.get("s")
    holder = child(grid.root, "cols")
    for entry in children(holder, "col") if holder is not None else ():
        if int(entry.get("min", "0")) <= column <= int(entry.get("max", "0")):
            return entry.get("style")
    return None


def _calculated_columns(parts: Parts, body: Body) -> None:
    """A table's calculated column counts as a formula column where the body cell itself holds none."""
    if body.placement.table_part is None:
        return
    holder = child(parts.tree(body.placement.table_part), "tableColumns")
    for offset, column in enumerate(children(holder, "tableColumn") if holder is not None else ()):
        formula = child(column, "calculatedColumnFormula")
        at = body.placement.first_column + offset
        if formula is not None and formula.text and at not in body.formulas:
            body.formulas[at] = (formula.text, formula.get("array") in ("1", "true"))


def _strip_row(grid: Grid, body: Body, number: int, span: range) -> None:
    row = grid.rows[number]
    given_up = number > body.new_last
    for column, cell in grid.cells(number):
        if column in span:
            if given_up and cell.get("s"):
                _emptied(cell)
            else:
                row.remove(cell)
        else:
            body.side_until = max(body.side_until, number)
            if any(local(e) in _CONTENT for e in cell):
                body.kept_until = max(body.kept_until, number)
    for attribute in _OWN_ROW[1:]:
        row.attrib.pop(attribute, "")


def share_rows(bodies: Sequence[Body]) -> None:
    """Slots beside each other: the rows that both stand on carry something beside each of them."""
    for one, other in permutations(bodies, 2):
        here, there = one.placement, other.placement
        if here.sheet == there.sheet and here.first <= there.last and there.first <= here.last:
            one.side_until = max(one.side_until, min(here.last, there.last))


def _emptied(cell: Element) -> None:
    for part in list(cell):
        cell.remove(part)
    for attribute in ("t", "cm", "vm"):
        cell.attrib.pop(attribute, "")


def drop_rows(grid: Grid, region: Region) -> None:
    """Takes out the body rows that nothing needs any more."""
    for number in [n for n in grid.rows if region.room_last < n <= region.last]:
        grid.data.remove(grid.rows.pop(number))


def refuse_overflow(grid: Grid, rows: RowMap, slot: str) -> None:
    filled = [n for n, row in grid.rows.items() if any(local(e) in _CONTENT for c in row for e in c)]
    if filled and rows.cell(max(filled)) is None:
        raise DuebookError("books.no_room_below", slot=slot, row=max(filled))


def shape_of(
    body: Body,
    grid: Grid,
    maps: Mapping[str, RowMap],
    renames: Mapping[str, Mapping[str, str]],
    quoted_styles: Mapping[str, str],
    region: Region,
    date1904: bool,
) -> RowShape:
    placement = body.placement
    prefix = grid.data.prefix
    cells = []
    for offset, source in enumerate(placement.sources):
        column = placement.first_column + offset
        style = body.styles.get(column)
        formula = body.formulas.get(column)
        text = None
        if formula is not None:
            source_text = formula[0]
            for table, columns in renames.items():
                source_text = renamed_columns(source_text, table, columns, inside=placement.table_part is not None)
            text = row_formula(source_text, placement.sheet.name, placement.first, region, maps)
        kind = body.rows.columns[source].kind if source is not None else "text"
        cells.append(
            BodyCell(
                column_letters(column),
                style,
                quoted_styles.get(style or "0"),
                source,
                kind,
                text,
                formula is not None and formula[1],
            )
        )
    attributes = "".join(f" {_attribute(grid, name)}={quoteattr(value)}" for name, value in body.attributes.items())
    return RowShape(f"{prefix}:" if prefix else "", attributes, tuple(cells), date1904)


def _attribute(grid: Grid, name: str) -> str:
    """A row attribute as written in this part (x14ac:dyDescent)."""
    if not name.startswith("{"):
        return name
    namespace, _, plain = name[1:].partition("}")
    prefix = next((p for p, uri in grid.root.nsmap.items() if uri == namespace and p), None)
    return f"{prefix}:{plain}" if prefix else plain


def place_body(grid: Grid, body: Body, shape: RowShape, rows: RowMap, mark: str) -> Iterator[list[bytes]]:
    """Puts the rows that share their row with other cells into the tree, a mark after them for all others.

    Returns the texts that stand for the mark when the sheet is written.
    """
    first = rows.cell(body.placement.first) or LAST_ROW
    shared = min(body.side_until, body.new_last) - body.placement.first + 1 if body.side_until else 0
    batches = iter(row_texts(body.rows, shape, first) if body.count else [_blank_row(shape, first)])
    rest: list[bytes] = []
    offset = 0
    while offset < shared:
        batch = next(batches)
        taken = min(shared - offset, len(batch))
        for index in range(taken):
            _merge_row(grid, first + offset + index, batch[index])
        offset += taken
        rest = batch[taken:]
    start = first + max(shared, 0)
    above = [n for n in grid.rows if n < start]
    # rows without anything beside the slot are streamed, not kept twice
    for number in [n for n in grid.rows if start <= n < first + max(body.count, 1)]:
        grid.data.remove(grid.rows.pop(number))
    comment = etree.Comment(mark)
    if above:
        grid.rows[max(above)].addnext(comment)
    else:
        grid.data.insert(0, comment)
    return chain([rest], batches)


def _blank_row(shape: RowShape, row: int) -> list[bytes]:
    cells = "".join(
        f'<{shape.prefix}c r="{c.letters}{row}" s="{c.style}"/>' for c in shape.cells if c.style is not None
    )
    return [f'<{shape.prefix}row r="{row}"{shape.attributes}>{cells}</{shape.prefix}row>'.encode()]


def _merge_row(grid: Grid, number: int, text: bytes) -> None:
    declared = "".join(f' xmlns{":" + p if p else ""}="{uri}"' for p, uri in grid.data.nsmap.items())
    made = etree.fromstring(f"<made{declared}>".encode() + text + b"</made>")[0]
    existing = grid.rows.get(number)
    if existing is None:
        grid.made(number, 1)
        existing = grid.rows[number]
        existing.remove(existing[0])
    cells = [*children(existing, "c"), *children(made, "c")]
    cells.sort(key=lambda c: column_of(c.get("r", "")))
    for name, value in made.attrib.items():
        existing.set(name, value)
    for index, cell in enumerate(cells):
        existing.insert(index, cell)


def set_dimension(root: Element, areas: Sequence[tuple[int, int, int, int]]) -> None:
    """The sheet's used range takes the filled areas in."""
    dimension = child(root, "dimension")
    now = area(dimension.get("ref", "")) if dimension is not None else None
    if dimension is None or now is None:
        return
    covered = [now, *areas]
    dimension.set(
        "ref",
        area_text(
            min(a[0] for a in covered),
            min(a[1] for a in covered),
            max(a[2] for a in covered),
            max(a[3] for a in covered),
        ),
    )


def sheet_chunks(data: bytes, bodies: Mapping[str, Iterator[list[bytes]]]) -> Iterator[bytes]:
    """The sheet part with the rows in place of their marks."""
    for piece in re.split(rb"(<!--duebook-rows-[0-9]+-->)", data):
        mark = piece[4:-3].decode() if piece.startswith(b"<!--duebook-rows-") else ""
        if mark not in bodies:
            yield piece
            continue
        for texts in bodies[mark]:
            yield b"".join(texts)
