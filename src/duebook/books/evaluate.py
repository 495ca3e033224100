"""Formulas → the values that a spreadsheet program would show, for the cached values of a filled workbook.

`evaluate(cells, view)` computes what it surely understands and says `Unknown` for the rest: unknown or volatile
functions, other books, array formulas, several cells where one is wanted, cycles, whatever depends on the locale or
differs between programs. An `Unknown` cell loses its cached value and waits for the spreadsheet program.

Known to differ: Excel leaves flags in cells out of SUM and COUNT and calls them no number, LibreOffice counts
them; here Excel is followed. Functions sum exactly, where programs may carry noise in the 16th digit: a book that
compares sums without ROUND may see a difference there that is none here. Formulas given here must be plain ones: array
formulas (`t="array"`) are the caller's to leave out. Rows that are hidden count in SUBTOTAL as if they were shown.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from decimal import Decimal

from duebook.books import evaluate_dates, evaluate_logic, evaluate_lookup, evaluate_numbers, evaluate_text
from duebook.books.evaluate_arguments import FUNCTIONS, Area, Arguments, Function, Grid, Operand, exact_sum, single
from duebook.books.evaluate_criteria import Column
from duebook.books.evaluate_operators import binary, unary
from duebook.books.evaluate_parse import (
    MAX_COL,
    MAX_ROW,
    ArrayConstant,
    Binary,
    Call,
    Constant,
    Name,
    Node,
    NotUnderstood,
    Reference,
    TablePart,
    Unary,
    nodes,
    parse,
)
from duebook.books.evaluate_tables import table_rows
from duebook.books.evaluate_values import EXACT, Failed, Scalar, scalar
from duebook.books.evaluate_view import (
    REF,
    CellValue,
    ExcelError,
    Key,
    Result,
    TableView,
    Unavailable,
    Unknown,
    View,
)

_ROOMS = (
    evaluate_dates,
    evaluate_logic,
    evaluate_lookup,
    evaluate_numbers,
    evaluate_text,
)  # importing them enters their functions
_MOST_CELLS = 400_000
"""Cells that one range may be read of; above it only exact column totals are used."""

__all__ = ["CellValue", "ExcelError", "Key", "Result", "TableView", "Unavailable", "Unknown", "View", "evaluate"]


def evaluate(cells: Mapping[Key, str], view: View) -> dict[Key, Result]:
    """The value of every formula in `cells` (sheet, row, column → text without `=`), or `Unknown`.

    They may depend on each other in any order; a cycle is `Unknown`. Numbers come as floats, dates as serials, errors
    as `ExcelError`. Cells that are not in `cells` are read from `view`.
    """
    return _Evaluator(cells, view).run()


class _Pending(Exception):
    """Formulas that must be computed first."""

    def __init__(self, keys: list[Key]) -> None:
        self.keys = keys
        super().__init__(len(keys))


class _Evaluator:
    def __init__(self, cells: Mapping[Key, str], view: View) -> None:
        self.formulas = cells
        self.view = view
        self.date1904 = view.date1904
        self.results: dict[Key, Result] = {}
        self.trees: dict[Key, Node | None] = {}
        self.names: dict[str | tuple[str, str], Node | None] = {}
        self.open_names: list[str | tuple[str, str]] = []
        self.read: dict[Key, Scalar] = {}
        self.columns: dict[tuple[Area, bool], Column] = {}
        self.subtotal_keys: set[Key] = set()
        self.rows_by_column: dict[tuple[str, int], list[int]] = {}
        for sheet, row, col in sorted(cells):
            self.rows_by_column.setdefault((sheet, col), []).append(row)
        self.columns_by_sheet: dict[str, list[int]] = {}
        for sheet, col in self.rows_by_column:
            self.columns_by_sheet.setdefault(sheet, []).append(col)
        self.table_list = sorted(view.tables.items())
        self.spelled = {sheet.casefold(): sheet for sheet in self.columns_by_sheet}

    def run(self) -> dict[Key, Result]:
        for key, formula in self.formulas.items():
            self.trees[key] = tree = _tree(formula)
            if tree and any(
                isinstance(node, Call) and node.function in ("SUBTOTAL", "AGGREGATE") for node in nodes(tree)
            ):
                self.subtotal_keys.add(key)
        for key in sorted(self.formulas):
            self.settle(key)
        return {key: self.results[key] for key in self.formulas}

    def settle(self, key: Key) -> None:
        """Computes a formula and, before it, those it needs; a stack of our own, as chains may be long."""
        stack, waiting = [key], set[Key]()
        while stack:
            at = stack[-1]
            if at in self.results:
                waiting.discard(stack.pop())
                continue
            try:
                self.results[at] = self.formula(at)
            except _Pending as pending:
                waiting.add(at)
                if any(needed in waiting for needed in pending.keys):
                    self.results[at] = Unknown  # a cycle
                else:
                    stack.extend(pending.keys)

    def formula(self, key: Key) -> Result:
        tree = self.trees[key]
        if tree is None:
            return Unknown
        try:
            value = single(self, self.operand(tree, key, False))
        except Failed as failed:
            return failed.error
        except (NotUnderstood, Unavailable):
            return Unknown
        if isinstance(value, str) and len(value) > 32_767:
            return Unknown
        return 0.0 if value is None else value

    # --- cells ---

    def cell(self, sheet: str, row: int, col: int) -> Scalar:
        key = (sheet, row, col)
        if key in self.formulas:
            if key not in self.results:
                raise _Pending([key])
            result = self.results[key]
            if result is Unknown:
                raise NotUnderstood(f"{key} is not known")
            return scalar(result, self.date1904)
        if key not in self.read:
            self.read[key] = scalar(self.view.value(sheet, row, col), self.date1904)
        return self.read[key]

    def column(self, area: Area, subtotals: bool = True) -> Column:
        found = self.columns.get((area, subtotals))
        if found is None:
            bounded = self.bounded(area)
            if bounded.height * bounded.width > _MOST_CELLS:
                raise NotUnderstood("too many cells to read")
            self.require(bounded)
            cells = [
                self.cell(area.sheet, row, col) if subtotals or not self.is_subtotal(area.sheet, row, col) else None
                for row in range(bounded.row, bounded.last_row + 1)
                for col in range(bounded.col, bounded.last_col + 1)
            ]
            found = self.columns[(area, subtotals)] = Column(cells, cut=bounded != area)
        return found

    def is_subtotal(self, sheet: str, row: int, col: int) -> bool:
        if (sheet, row, col) in self.formulas:
            return (sheet, row, col) in self.subtotal_keys
        ask = getattr(self.view, "is_subtotal", None)  # a FormulaView has it, a plain View need not
        return bool(ask and ask(sheet, row, col))

    def bounded(self, area: Area) -> Area:
        """`area` down to the sheet's last row, where it runs to the sheet's end."""
        if area.width == MAX_COL:
            raise NotUnderstood("whole rows")
        if area.last_row < MAX_ROW or area.height == 1:
            return area
        last_row = getattr(self.view, "last_row", None)  # a BoundedView has it, a plain View need not
        if last_row is None:
            raise NotUnderstood("whole columns of a sheet whose end is not known")
        return Area(area.sheet, area.row, area.col, max(area.row, int(last_row(area.sheet))), area.last_col)

    def require(self, area: Area) -> None:
        """Asks for every formula in `area` that is not computed yet, all at once."""
        missing = [key for key in self.formulas_in(area) if key not in self.results]
        if missing:
            raise _Pending(missing)

    def formulas_in(self, area: Area) -> Iterator[Key]:
        for col in self.columns_by_sheet.get(area.sheet, ()):
            if area.col <= col <= area.last_col:
                rows = self.rows_by_column[(area.sheet, col)]
                for row in rows[bisect_left(rows, area.row) : bisect_right(rows, area.last_row)]:
                    yield (area.sheet, row, col)

    def total(self, area: Area, subtotals: bool = True) -> Decimal:
        """Column by column: totals that the view knows, formulas by themselves, the rest cell by cell."""
        self.require(area)
        if area.width > 1_000:
            raise NotUnderstood("whole rows")
        total = Decimal(0)
        for col in range(area.col, area.last_col + 1):
            top = area.row
            for _, row, _ in self.formulas_in(Area(area.sheet, area.row, col, area.last_row, col)):
                total = EXACT.add(total, self.stretch(area.sheet, top, row - 1, col, subtotals))
                if subtotals or (area.sheet, row, col) not in self.subtotal_keys:
                    total = exact_sum(_numbers([self.cell(area.sheet, row, col)]), total)
                top = row + 1
            total = EXACT.add(total, self.stretch(area.sheet, top, area.last_row, col, subtotals))
        return total

    def stretch(self, sheet: str, top: int, bottom: int, col: int, subtotals: bool) -> Decimal:
        """The sum of a stretch of a column without formulas that are being computed."""
        if bottom < top:
            return Decimal(0)
        known = self.view.column_total(sheet, top, bottom, col) if bottom > top else None
        if known is not None:
            return known
        return exact_sum(_numbers(self.column(Area(sheet, top, col, bottom, col), subtotals).cells))

    # --- the tree ---

    def operand(self, node: Node, at: Key, array: bool) -> Operand:
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Reference):
            sheet = at[0] if node.sheet is None else self.spelled.get(node.sheet.casefold(), node.sheet)
            return Area(sheet, node.row, node.col, node.last_row, node.last_col)
        if isinstance(node, Call):
            return self.call(node, at, array)
        if isinstance(node, Binary):
            return self.binary(node, at, array)
        if isinstance(node, Unary):
            operand = self.operand(node.operand, at, array)
            return operand if node.operator == "+" else self.each(lambda x: unary(node.operator, x), array, operand)
        if isinstance(node, ArrayConstant):
            return Grid(node.rows)
        return self.table_part(node, at) if isinstance(node, TablePart) else self.name(node, at, array)

    def binary(self, node: Binary, at: Key, array: bool) -> Operand:
        left, right = self.operand(node.left, at, array), self.operand(node.right, at, array)
        if node.operator == ":":
            if not isinstance(left, Area) or not isinstance(right, Area) or left.sheet != right.sheet:
                raise NotUnderstood("a range between two things that are no cells")
            return Area(
                left.sheet,
                min(left.row, right.row),
                min(left.col, right.col),
                max(left.last_row, right.last_row),
                max(left.last_col, right.last_col),
            )
        return self.each(lambda a, b: binary(node.operator, a, b), array, left, right)

    def call(self, node: Call, at: Key, array: bool) -> Operand:
        function = FUNCTIONS.get(node.function)
        if function is None or not function.least <= len(node.arguments) <= function.most:
            raise NotUnderstood(f"{node.function} with {len(node.arguments)} arguments")
        if not (array and function.lifted):
            return function.run(Arguments(self, node.arguments, at, array))
        operands = [self.operand(argument, at, True) for argument in node.arguments]

        def run(*values: Scalar) -> Scalar:
            constants = tuple(Constant(value) for value in values)
            return single(self, _run(function, Arguments(self, constants, at, True)))

        return self.each(run, True, *operands)

    def each(self, work: object, array: bool, *operands: Operand) -> Operand:
        """`work` on single values, or, in an array, on each place of blocks of one size."""
        assert callable(work)
        blocks = [x for x in operands if isinstance(x, Grid) or (isinstance(x, Area) and not x.single)]
        if not blocks or not array:
            result: Scalar = work(*(single(self, x) for x in operands))
            return result
        height, width = blocks[0].height, blocks[0].width
        if any((block.height, block.width) != (height, width) for block in blocks):
            raise NotUnderstood("arrays of different sizes")
        parts = [
            self.flat(x) if x in blocks else [single(self, x)] * (height * width)  # `in` compares frozen rectangles
            for x in operands
        ]
        values = [_caught(work, places) for places in zip(*parts, strict=True)]
        return Grid(tuple(tuple(values[row * width : (row + 1) * width]) for row in range(height)))

    def flat(self, block: Operand) -> list[Scalar]:
        if isinstance(block, Area):
            column = self.column(block)
            if column.cut:
                raise NotUnderstood("whole columns in an array")
            return list(column.cells)
        assert isinstance(block, Grid)
        return [value for row in block.rows for value in row]

    # --- names and tables ---

    def name(self, node: Name, at: Key, array: bool) -> Operand:
        upper = node.name.upper()
        local = (at[0] if node.sheet is None else self.spelled.get(node.sheet.casefold(), node.sheet), upper)
        if self.open_names and local in self.view.names:
            raise NotUnderstood("a sheet's own name inside another name")
        for key in (local, upper):
            if key in self.view.names:
                return self.named(key, at, array)
        if node.sheet is None and upper in self.view.tables:
            return self.table_part(TablePart(node.name, ()), at)
        raise NotUnderstood(f"the name {node.name}")

    def named(self, key: str | tuple[str, str], at: Key, array: bool) -> Operand:
        if key not in self.names:
            self.names[key] = _name_tree(self.view.names[key])
        tree = self.names[key]
        if tree is None or key in self.open_names or len(self.open_names) > 5:
            raise NotUnderstood(f"the name {key}")
        self.open_names.append(key)
        try:
            return self.operand(tree, at, array)
        finally:
            self.open_names.pop()

    def table_part(self, part: TablePart, at: Key) -> Area | ExcelError:
        table = self.table(part.table, at)
        first, last = 0, len(table.columns) - 1
        if part.first is not None and part.last is not None:
            places = {name.casefold(): place for place, name in enumerate(table.columns)}
            if part.first.casefold() not in places or part.last.casefold() not in places:
                return REF
            first, last = sorted((places[part.first.casefold()], places[part.last.casefold()]))
        top, bottom = table_rows(table, part.items, at)
        return Area(table.sheet, top, table.first_col + first, bottom, table.first_col + last)

    def table(self, name: str | None, at: Key) -> TableView:
        if name is not None:
            table = self.view.tables.get(name.upper())
            if table is None:
                raise NotUnderstood(f"the table {name}")
            return table
        for _, table in self.table_list:
            bottom = max(table.last_row, table.totals_row or 0)
            if (
                table.sheet == at[0]
                and (table.header_row or table.first_row) <= at[1] <= bottom
                and table.first_col <= at[2] < table.first_col + len(table.columns)
            ):
                return table
        raise NotUnderstood("a table reference outside any table")


def _tree(formula: str) -> Node | None:
    try:
        return parse(formula.removeprefix("="))
    except NotUnderstood:
        return None


def _name_tree(formula: str) -> Node | None:
    """The tree of a defined name that means the same everywhere: fixed cells with their sheet."""
    tree = _tree(formula)
    for node in nodes(tree) if tree else ():
        if isinstance(node, Reference) and not (node.fixed and node.sheet):
            return None
        if isinstance(node, TablePart) and node.table is None:
            return None
    return tree


def _numbers(values: object) -> Iterator[float]:
    """The numbers among cells; an error fails."""
    assert isinstance(values, (list, tuple))
    for value in values:
        if isinstance(value, ExcelError):
            raise Failed(value)
        if isinstance(value, float):
            yield value


def _run(function: Function, arguments: Arguments) -> Operand:
    return function.run(arguments)


def _caught(work: object, values: tuple[Scalar, ...]) -> Scalar:
    """The result at one place of an array; an error stays in its place."""
    assert callable(work)
    try:
        result: Scalar = work(*values)
    except Failed as failed:
        return failed.error
    return result
