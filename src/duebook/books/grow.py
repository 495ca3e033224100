"""Everything that follows when rows of a sheet move: references on every sheet and in every part of the file.

`follow` visits each part that can hold a reference. Run dry, with `Watch` maps, it only finds out which parts refer to
the slots (the parts that filling may change) and which rows must stay; run with the final maps it rewrites them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from duebook.books.merged_cells import drop_single_merges
from duebook.books.parts import Element, Parts, SheetPart, child, children, descendants, local, relations_part
from duebook.books.references import (
    LAST_ROW,
    Reference,
    RowMap,
    Watch,
    area,
    area_text,
    mapped,
    mapped_areas,
    rewritten,
    tokens,
)
from duebook.books.slots import Name, Sheets, defined_names, tables
from duebook.books.spans import Spans
from duebook.books.structured_references import renamed_columns

_FORMULAS = frozenset({"f", "formula", "formula1", "formula2"})
_FORMULA_ATTRIBUTES = (
    *("linkedCell", "listFillRange", "fmlaLink", "fmlaRange", "fmlaTxbx", "fmlaGroup"),
    *("textlink", "cellRange"),  # a shape that shows a cell; a picture of cells (the camera)
)
_CELL_REFERENCES = frozenset({"hyperlink", "comment", "threadedComment"})
_POSITIONS = ("activeCell", "topLeftCell")
_CELL_ATTRIBUTES = frozenset({"cellWatch", "inputCells", "cellSmartTags", "singleXmlCell"})
_VML_FORMULAS = frozenset({"FmlaLink", "FmlaRange", "FmlaTxbx", "FmlaGroup", "FmlaPict"})


@dataclass
class Follow:
    """One pass over all parts. `maps` by case-folded sheet name; `renames`: table name → old column → new column."""

    parts: Parts
    sheets: Sheets
    maps: Mapping[str, RowMap]
    renames: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dry: bool = False
    referring: set[str] = field(default_factory=set)
    """Parts with something in them that refers to the slots' rows or below."""
    spans: Spans = field(init=False)
    _part: str = ""
    _filled_names: set[str] = field(default_factory=set)
    """Defined names, case-folded, that mean rows of a slot."""
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.spans = Spans(self.maps, tuple(s.name.casefold() for s in self.parts.sheets))

    def run(self) -> None:
        for sheet in self.parts.sheets:
            if sheet.kind == "missing":
                continue
            rows = self.maps.get(sheet.name.casefold())
            root = self._open(sheet.part)
            if child(root, "sheetData") is not None:
                self._cells(sheet, rows)
            self._around(root, sheet.name, rows)
            self._close()
            self._related(sheet, rows)
        self._workbook()

    # --- bookkeeping

    def _open(self, part: str) -> Element:
        self._part = part
        for rows in self.maps.values():
            if isinstance(rows, Watch):
                rows.touched = False
        return self.parts.tree(part)

    def _close(self) -> None:
        if any(isinstance(rows, Watch) and rows.touched for rows in self.maps.values()):
            self.referring.add(self._part)

    def _visit(self, part: str, visit: Callable[[Element], None]) -> None:
        if part in self._seen:
            return  # a chart that two drawings show moves once
        self._seen.add(part)
        visit(self._open(part))
        self._close()

    def _set(self, element: Element, attribute: str, value: str) -> None:
        if element.get(attribute) != value:
            self.referring.add(self._part)
            if not self.dry:
                element.set(attribute, value)
                self.parts.touch(self._part)

    def _text(self, element: Element, text: str) -> None:
        if (element.text or "") != text:
            self.referring.add(self._part)
            if not self.dry:
                element.text = text
                self.parts.touch(self._part)

    def _formula(self, formula: str, here: str, table: str | None = None) -> str:
        done = mapped(formula, self.maps, here, self.spans.moved)
        for name, columns in self.renames.items():
            done = renamed_columns(
                done, name, columns, inside=table is not None and table.casefold() == name.casefold()
            )
        return done

    # --- worksheets

    def _cells(self, sheet: SheetPart, rows: RowMap | None) -> None:
        grid = self.sheets.grid(sheet.part)
        inside = [(t.root.get("displayName", ""), t.area) for t in tables(self.parts) if t.sheet == sheet]
        inside = [(name, covered) for name, covered in inside if name in self.renames]
        for formula in descendants(grid.data, "f"):
            cell = formula.getparent()
            if formula.text and cell is not None:
                at = area(cell.get("r", "")) or (0, 0, 0, 0)
                table = next((n for n, a in inside if a[0] <= at[0] <= a[2] and a[1] <= at[1] <= a[3]), None)
                self._text(formula, self._formula(formula.text, sheet.name, table))
            for attribute in ("ref", "r1", "r2") if rows is not None else ():
                if rows is not None and formula.get(attribute):
                    self._set(formula, attribute, mapped_areas(formula.get(attribute, ""), rows, grows=False))
        if rows is None or self.dry:
            return
        for number, row in list(grid.rows.items()):
            moved = rows.cell(number)
            if moved is None or moved == number:
                continue
            self.parts.touch(sheet.part)
            row.set("r", str(moved))
            for cell in children(row, "c"):
                cell.set("r", cell.get("r", "").rstrip("0123456789") + str(moved))
        grid.rows = {int(row.get("r", "0")): row for row in children(grid.data, "row")}

    def _around(self, root: Element, here: str, rows: RowMap | None) -> None:
        """All of a sheet but its cells."""
        for part in root:
            if local(part) == "sheetData":
                continue
            for element in part.iter():
                name = local(element)
                if name == "sparkline":
                    self._sparkline(element, here, rows)
                elif _parent(element) != "sparkline":
                    self._element(element, name, here, rows)
        if rows is not None and not self.dry:
            drop_single_merges(root)

    def _element(self, element: Element, name: str, here: str, rows: RowMap | None) -> None:
        if name in _FORMULAS and element.text:
            self._text(element, self._formula(element.text, here))
        if name == "cfvo" and element.get("val"):  # a threshold of any type may be a reference
            self._set(element, "val", self._formula(element.get("val", ""), here))
        for attribute in _FORMULA_ATTRIBUTES:
            if element.get(attribute):
                self._set(element, attribute, self._formula(element.get(attribute, ""), here))
        if name == "hyperlink" and element.get("location"):
            self._set(element, "location", self._formula(element.get("location", ""), here))
        if name == "dataRef" and element.get("ref") and not _elsewhere(element):
            source = self.maps.get(element.get("sheet", "").casefold())
            if source is not None:
                self._set(element, "ref", mapped_areas(element.get("ref", ""), source))
        elif rows is not None:
            self._places(element, name, rows)

    def _places(self, element: Element, name: str, rows: RowMap) -> None:
        """What stands on the sheet at a row: areas, cells, scroll positions, breaks, anchors."""
        selection = name in ("selection", "sheetView", "pane", "customSheetView")
        if element.get("sqref"):
            text = element.get("sqref", "")
            self._set(element, "sqref", _positioned(text, rows) if selection else mapped_areas(text, rows) or text)
        if name == "sqref" and element.text:
            self._text(element, mapped_areas(element.text, rows) or element.text)
        if element.get("ref"):
            text = element.get("ref", "")
            covered = area(text)
            if name == "mergeCell" and covered and covered[0] == covered[2]:
                # cells merged along one row stay on that row, in a body of one row too
                row = rows.cell(covered[0]) or LAST_ROW
                self._set(element, "ref", area_text(row, covered[1], row, covered[3]))
                return
            grows = name not in _CELL_REFERENCES
            self._set(element, "ref", mapped_areas(text, rows, grows=grows and ":" in text) or text)
        if name in _CELL_ATTRIBUTES and element.get("r"):
            self._set(element, "r", mapped_areas(element.get("r", ""), rows, grows=False) or element.get("r", ""))
        for attribute in _POSITIONS:
            if element.get(attribute):
                self._set(element, attribute, _positioned(element.get(attribute, ""), rows))
        if name == "brk" and _parent(element) == "rowBreaks":
            self._set(element, "id", str(rows.anchor(int(element.get("id", "0")) + 1) - 1))
        if name == "from":
            self._anchor(element, rows)

    def _sparkline(self, sparkline: Element, here: str, rows: RowMap | None) -> None:
        """One cell's chart: its data on one row stay one row, in a body of one row too."""
        for element in sparkline:
            if local(element) == "f" and element.text:
                self._text(element, rewritten(element.text, lambda r: self._one_row(r, here)))
            elif local(element) == "sqref" and element.text and rows is not None:
                self._text(element, mapped_areas(element.text, rows, grows=False) or element.text)

    def _one_row(self, reference: Reference, here: str) -> str:
        start, end = reference.start, reference.end
        rows = self.maps.get((reference.sheet if reference.sheet is not None else here).casefold())
        if rows is None or end is None or start.row != end.row or not start.row:
            return self._formula(reference.text(), here)
        row = rows.cell(start.row)
        return reference.text() if row is None else _on_row(reference, row)

    def _anchor(self, start: Element, rows: RowMap) -> None:
        """A drawing keeps its size: the end moves as far as the start (Excel would stretch it over the new rows)."""
        row = child(start, "row")
        if row is None or not (row.text or "").strip().isdigit():
            return
        at = int(row.text or 0)
        moved = rows.anchor(at + 1) - 1
        self._text(row, str(moved))
        holder = start.getparent()
        end = child(holder, "to") if holder is not None else None
        last = child(end, "row") if end is not None else None
        if last is not None and moved != at:
            self._text(last, str(min(int(last.text or 0) + moved - at, LAST_ROW - 1)))

    # --- parts that belong to a sheet

    def _related(self, sheet: SheetPart, rows: RowMap | None) -> None:
        for relation in self.parts.relations(sheet.part):
            if relation.part not in self.parts.package:
                continue
            if relation.kind == "table":
                self._visit(relation.part, lambda root: self._table(root, sheet.name, rows))
            elif relation.kind == "drawing":
                self._visit(relation.part, lambda root: self._generic(root, sheet.name, rows))
                self._charts(relation.part)
                self._links(relation.part)
            elif relation.kind in ("ctrlProp", "comments", "threadedComment", "tableSingleCells", "namedSheetView"):
                self._visit(relation.part, lambda root: self._generic(root, sheet.name, rows))
            elif relation.kind == "vmlDrawing":
                self._visit(relation.part, lambda root: self._vml(root, sheet.name, rows))
            elif relation.kind == "pivotTable" and rows is not None:
                self._visit(relation.part, lambda root: self._pivot_table(root, rows))

    def _generic(self, root: Element, here: str, rows: RowMap | None) -> None:
        for element in root.iter():
            self._element(element, local(element), here, rows)

    def _links(self, drawing: str) -> None:
        """Shapes that lead to a cell when clicked: the place stands in the drawing's relations, as in an address."""
        if any(r.kind == "hyperlink" for r in self.parts.relations(drawing)):
            self._visit(relations_part(drawing), self._targets)

    def _targets(self, root: Element) -> None:
        for relation in root:
            target = relation.get("Target", "")
            if target.startswith("#") and relation.get("Type", "").endswith("/hyperlink"):
                place = unquote(target[1:])
                moved = self._formula(place, "")
                if moved != place:
                    self._set(relation, "Target", "#" + moved.replace(" ", "%20"))

    def _charts(self, drawing: str) -> None:
        for chart in self.parts.related(drawing, "chart", "chartEx"):
            self._visit(chart, self._chart)
            for shapes in self.parts.related(chart, "chartUserShapes"):
                self._visit(shapes, lambda root: self._generic(root, "", None))

    def _chart(self, root: Element) -> None:
        for element in descendants(root, "f", "sqref"):
            if element.text:
                self._text(element, self._formula(element.text, ""))

    def _table(self, root: Element, here: str, rows: RowMap | None) -> None:
        name = root.get("displayName", "")
        for element in root.iter():
            if local(element) in ("calculatedColumnFormula", "totalsRowFormula") and element.text:
                self._text(element, self._formula(element.text, here, name))
            if rows is not None and element.get("ref"):
                self._set(element, "ref", mapped_areas(element.get("ref", ""), rows))

    def _pivot_table(self, root: Element, rows: RowMap) -> None:
        for location in descendants(root, "location"):
            self._set(location, "ref", mapped_areas(location.get("ref", ""), rows))

    def _vml(self, root: Element, here: str, rows: RowMap | None) -> None:
        for element in root.iter():
            name = local(element)
            if name in _VML_FORMULAS and element.text:
                self._text(element, self._formula(element.text, here))
            elif rows is not None and name == "Row" and (element.text or "").strip().isdigit():
                self._text(element, str((rows.cell(int(element.text or 0) + 1) or LAST_ROW) - 1))
            elif rows is not None and name == "Anchor" and element.text:
                values = [v.strip() for v in element.text.split(",")]
                if len(values) == 8 and all(re.fullmatch(r"-?\d+", v) for v in values):
                    moved = rows.anchor(int(values[2]) + 1) - 1
                    by = moved - int(values[2])
                    if by:
                        values[2], values[6] = str(moved), str(int(values[6]) + by)
                        self._text(element, ", ".join(values))

    # --- the workbook

    def _workbook(self) -> None:
        self._open(self.parts.workbook)
        self._filled_names = {n.name.casefold() for n in defined_names(self.parts) if self._on_filled_rows(n)}
        for name in defined_names(self.parts):
            if name.formula:
                self._text(name.element, self._name(name))
        self._close()
        for part in self.parts.related(self.parts.workbook, "pivotCacheDefinition"):
            self._visit(part, self._pivot_source)
        for part in self.parts.related(self.parts.workbook, "volatileDependencies"):
            self._visit(part, self._volatile)
        for part in self.parts.related(self.parts.workbook, "connections"):
            self._visit(part, self._parameters)

    def _name(self, name: Name) -> str:
        return self._formula(name.formula, name.sheet or "")

    def _on_filled_rows(self, name: Name) -> bool:
        for token in tokens(name.formula):
            if isinstance(token, Reference):
                rows = self.maps.get((token.sheet or name.sheet or "").casefold())
                if rows is not None and rows.meets(token.area):
                    return True
        return False

    def _pivot_source(self, root: Element) -> None:
        named = {t.root.get("displayName", "").casefold(): t for t in tables(self.parts)}
        watched = set()
        for element in descendants(root, "worksheetSource", "rangeSet"):
            if _elsewhere(element):
                continue
            rows = self.maps.get(element.get("sheet", "").casefold())
            if rows is not None and element.get("ref"):
                covered = area(element.get("ref", ""))
                if covered and rows.meets(covered):
                    watched.add(element)
                self._set(element, "ref", mapped_areas(element.get("ref", ""), rows))
            name = element.get("name", "").casefold()
            table = named.get(name)
            if name in self._filled_names or (table is not None and table.sheet.name.casefold() in self.maps):
                watched.add(element)
        if watched:
            self._set(root, "refreshOnLoad", "1")

    def _parameters(self, root: Element) -> None:
        """Cells that a query takes its parameters from."""
        for parameter in descendants(root, "parameter"):
            if parameter.get("cell"):
                self._set(parameter, "cell", self._formula(parameter.get("cell", ""), ""))

    def _volatile(self, root: Element) -> None:
        holder = child(self.parts.tree(self.parts.workbook), "sheets")
        ids = {e.get("sheetId"): e.get("name", "") for e in holder} if holder is not None else {}
        for topic in descendants(root, "tr"):
            rows = self.maps.get(ids.get(topic.get("s"), "").casefold())
            if rows is not None:
                self._set(topic, "r", mapped_areas(topic.get("r", ""), rows, grows=False) or topic.get("r", ""))


def _parent(element: Element) -> str:
    parent = element.getparent()
    return "" if parent is None else local(parent)


def _elsewhere(source: Element) -> bool:
    """Whether an area is one of another workbook (which the relation with this id leads to)."""
    return any(str(name).endswith("}id") for name in source.attrib)


def _positioned(text: str, rows: RowMap) -> str:
    """Where the cursor or the window stands: moves along, and holds nothing in place."""
    done = []
    for part in text.split():
        done.append(re.sub(r"(\$?[A-Z]+\$?)(\d+)", lambda m: m[1] + str(rows.anchor(int(m[2]))), part))
    return " ".join(done)


def _on_row(reference: Reference, row: int) -> str:
    """A reference along one row, on another row."""
    end = reference.end
    assert end is not None
    return replace(reference, start=replace(reference.start, row=row), end=replace(end, row=row)).text()
