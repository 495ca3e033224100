"""The door: the only way from a host to a worksheet function.

A host hands over a function's name and what its argument cells hold: numbers, texts, flags, dates, None for a blank,
`CellError` for an error, and rows of those for a range. The door turns them into what the function declares, calls
it, and turns the result back: a value, an error with its reason, or rows of such. It never raises and never lets
infinity, NaN or a fault of ours through as a number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat
from typing import Any

from duebook.core.arguments import (
    Cells,
    Column,
    Context,
    Flag,
    Matrix,
    Number,
    PolicyChoice,
    read_cell,
    row_label,
)
from duebook.core.cells import CellError, Label, Table, blank_row, is_grid, missing
from duebook.core.dates import to_serial
from duebook.core.declare import Declaration, Parameter
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.notes import Note, listening
from duebook.hosts import catalogue
from duebook.hosts.marks import mixed_places, one_currency
from duebook.hosts.ranges import PAD, column_cells, kept_rows, plain_floats, read_in_row, rows_of, single, spread
from duebook.hosts.reasons import REMEMBERED_EACH, Answer, Memory, Place, distinct, place, reasons
from duebook.policy.load import Policy, load
from duebook.policy.sheet import policy_of_range

_MOST_CELLS = 5_000_000
"""A column against a row makes a block: what one call computes at the most."""


class Door:
    """One per host session. `language` is that of labels, headers and sentences; `policies` are known
    by name, "" being the one in use. Doors of one session (one per date system) may share a `memory` for `WHY`."""

    def __init__(
        self,
        language: str = "en",
        since_1904: bool = False,
        policies: Mapping[str, Policy] | None = None,
        functions: Mapping[str, Declaration] | None = None,
        memory: Memory | None = None,
    ) -> None:
        self.language = language
        self._functions = functions
        self.policies = dict(policies or {})
        self._context = Context(since_1904, self._policy)
        self._memory = memory if memory is not None else Memory()
        self._ranges: dict[tuple[object, ...], Policy] = {}

    @property
    def since_1904(self) -> bool:
        """Whether the books behind this door count their days from 1904."""
        return self._context.since_1904

    @property
    def functions(self) -> Mapping[str, Declaration]:
        """What can be called: the whole catalogue, unless the host said otherwise."""
        if self._functions is None:
            self._functions = catalogue.functions()
        return self._functions

    def call(self, name: str, arguments: Sequence[object], cell: str | None = None) -> Any:
        """The value (or rows of values) of `=name(arguments)`. `cell` is the calling cell, as "Sheet1!B7"."""
        declaration = self.functions.get(name.upper())
        if declaration is None:
            answer = Answer(name, CellError("#NAME?", "cell.unknown_function", name=name))
        else:
            answer = self._answer(declaration, arguments, place(cell) if cell else None)
        if cell and (where := place(cell)):
            self._memory.remember(where, answer)
        return answer.value

    def why(self, cell: str, sheet: str = "") -> str:
        """The sentence behind the last result in `cell`; `sheet` is that of the asking cell. CellError if unknown."""
        return self.sentence(self.reason(cell, sheet))

    def reason(self, cell: str, sheet: str = "") -> Answer:
        """What is remembered of the last result in `cell`: its error or remarks; an empty value for any figure."""
        where = place(cell, sheet)
        if where is None:
            raise CellError("#VALUE!", "cell.not_a_cell", cell=cell)
        found = self._memory.recall(where)
        if found is None:
            raise CellError("#N/A", "cell.no_reason", cell=cell)
        return found

    def sentence(self, answer: Answer) -> str:
        """What `WHY` shows of an answer: an error's reason, or the rule behind a figure and the remarks on it."""
        if isinstance(answer.value, CellError):
            return f"{answer.value.code}: {answer.value.text(self.language)}"
        declaration = self.functions[answer.name]
        said = declaration.zh if self.language == "zh" else declaration.help
        parts = [text("cell.computed", self.language, name=answer.name, help=said)]
        if declaration.equation:
            equation = declaration.equation_zh if self.language == "zh" else declaration.equation
            parts.append(text("cell.computed_with", self.language, equation=equation))
        parts += [note.text(self.language) for note in answer.notes]
        return ("" if self.language == "zh" else " ").join(dict.fromkeys(parts))

    def explain(self, name: str, arguments: Sequence[object], at: tuple[int, int] | None = None) -> str:
        """The sentence behind `=name(arguments)`, for hosts that cannot tell which cell calls.

        Of a table, that of the cell `at` a row and column (from 0); without it, of its first error.
        """
        declaration = self.functions.get(name.upper())
        if declaration is None:
            return CellError("#NAME?", "cell.unknown_function", name=name).text(self.language)
        found = reasons(self._answer(declaration, arguments, None))
        row, column = at or (0, 0)
        if not at or row >= found.height or column >= found.width:
            row, column = divmod(next(iter(found.errors), 0), found.width)
        return self.sentence(found.at(row, column) or Answer(found.name, ""))

    # --- one call ---------------------------------------------------------------------------------------------------

    def _answer(self, declaration: Declaration, arguments: Sequence[object], caller: Place | None) -> Answer:
        arguments = [single(value) for value in arguments]
        remarks: dict[int, Sequence[Note]] = {}
        with listening() as notes:
            try:
                if declaration.of_door:
                    value: Any = self._of_door(declaration, arguments, caller)
                elif declaration.shape == "elementwise":
                    value = self._elementwise(declaration, arguments, notes, remarks)
                else:
                    value = self._whole(declaration, arguments)
            except Exception as error:  # whatever happens, a cell shows an error with a reason, never a traceback
                value = as_cell_error(error)
        return Answer(declaration.name, value, distinct(notes), remarks)

    def _of_door(self, declaration: Declaration, arguments: Sequence[object], caller: Place | None) -> str:
        (cell,) = self._scalars(declaration, arguments)
        return self.why(cell, caller[0] if caller else "")

    def _argument(self, parameter: Parameter, value: object) -> Any:
        """One argument that is a single cell, as the function sees it."""
        kind = parameter.kind
        if isinstance(kind, PolicyChoice):
            return kind.read(value, parameter.name, self._context)
        if missing(value):
            if not parameter.required:
                return parameter.default
            if kind.nullable:
                return None
            raise CellError("#N/A", "cell.missing", argument=parameter.name)
        return kind.read(value, parameter.name, self._context)

    def _scalars(self, declaration: Declaration, arguments: Sequence[object]) -> list[Any]:
        parameters = declaration.parameters
        _count(declaration, arguments, len(parameters))
        given = len(arguments)
        return [self._argument(p, arguments[n] if n < given else None) for n, p in enumerate(parameters)]

    # --- elementwise ------------------------------------------------------------------------------------------------

    def _elementwise(
        self,
        declaration: Declaration,
        arguments: Sequence[object],
        notes: list[Note],
        remarks: dict[int, Sequence[Note]],
    ) -> Any:
        """One value, or of ranges a block of them; what is noted on a cell of a block is moved to its `remarks`."""
        policy_at = {n for n, p in enumerate(declaration.parameters) if isinstance(p.kind, PolicyChoice)}
        ranges = [n for n, value in enumerate(arguments) if is_grid(value) and n not in policy_at]
        if not ranges:
            values = self._scalars(declaration, arguments)
            mixed_places(declaration.parameters, arguments)
            return self._finished(declaration.function(*values))
        _count(declaration, arguments, len(declaration.parameters))
        height = max(len(rows_of(arguments[n])) for n in ranges)
        width = max(len(rows_of(arguments[n])[0]) for n in ranges)
        if height * width > _MOST_CELLS:
            raise CellError("#NUM!", "cell.too_many_cells", height=height, width=width, most=f"{_MOST_CELLS:,}")
        columns: list[Any] = []
        cells: list[Any] = [*arguments, *[None] * (len(declaration.parameters) - len(arguments))]
        for n in ranges:
            cells[n] = spread(rows_of(arguments[n]), height, width)
        mixed = mixed_places(declaration.parameters, cells)
        flawed = bool(mixed)
        for n, parameter in enumerate(declaration.parameters):
            if n in ranges:
                column, whole = self._many(parameter, cells[n])
                flawed = flawed or not whole
                columns.append(column)
            else:
                columns.append(repeat(self._argument(parameter, cells[n])))
        found = None if flawed else self._in_one_go(declaration.function, columns)
        if found is None or notes:
            notes.clear()
            found = []
            for number, each in enumerate(zip(*columns, strict=False)):
                found.append(mixed.get(number) or self._guarded(declaration.function, each))
                if notes:
                    if len(remarks) < REMEMBERED_EACH:
                        remarks[number] = distinct(notes)
                    notes.clear()
        return list(zip(*[iter(found)] * width, strict=True))

    def _many(self, parameter: Parameter, cells: list[object]) -> tuple[list[Any], bool]:
        """A range's cells as the function sees them, and whether all could be read; others stay as their error."""
        kind = parameter.kind
        if isinstance(kind, Number) and type(kind).read is Number.read and plain_floats(kind, parameter.name, cells):
            return cells, True
        found: list[Any] = []
        whole = True
        for value in cells:
            try:
                read = value if value is PAD else self._argument(parameter, value)
            except CellError as error:
                read = error
            found.append(read)
            whole = whole and type(read) is not CellError
        return found, whole

    def _in_one_go(self, function: Callable[..., Any], columns: Sequence[Any]) -> list[Any] | None:
        """All cells in one sweep; None where some cell fails, which the guarded way then names."""
        try:
            found = list(map(function, *columns))
            if all(type(value) is float for value in found) and all(map(math.isfinite, found)):
                return found
            return [self._finished(value) for value in found]
        except Exception:
            return None

    def _guarded(self, function: Callable[..., Any], values: Sequence[Any]) -> Any:
        for value in values:
            if type(value) is CellError:
                return value
        try:
            return self._finished(function(*values))
        except Exception as error:
            return as_cell_error(error)

    # --- ranges and tables ------------------------------------------------------------------------------------------

    def _whole(self, declaration: Declaration, arguments: Sequence[object]) -> Any:
        spills = declaration.shape == "table"
        parameters = declaration.parameters
        _count(declaration, arguments, len(parameters) + spills)
        headers = True
        if spills and len(arguments) > len(parameters):
            headers = self._headers(arguments[len(parameters)])
            arguments = arguments[: len(parameters)]
        values = self._gathered(parameters, [*arguments, *[None] * (len(parameters) - len(arguments))])
        result = declaration.function(*values)
        if not spills:
            return self._finished(result)
        assert isinstance(result, Table), declaration.name
        rows = [[self._finished(value, blank="") for value in row] for row in result.rows]
        if headers:
            rows.insert(0, [self._finished(title) for title in result.header])
        return rows or [[""]]

    @staticmethod
    def _headers(value: object) -> bool:
        return True if missing(value) else Flag().read(value, "headers")

    def _gathered(self, parameters: Sequence[Parameter], arguments: Sequence[object]) -> list[Any]:
        """The arguments of a range or table function; columns of one group lose the rows that are blank in all."""
        raw: dict[str, list[Any]] = {}
        groups: dict[str, list[Parameter]] = {}
        for parameter, value in zip(parameters, arguments, strict=True):
            if isinstance(parameter.kind, Column):
                cells = column_cells(parameter, value)
                if cells is not None:
                    raw[parameter.name] = cells
                    groups.setdefault(parameter.kind.rows, []).append(parameter)
        kept = {rows: kept_rows(columns, raw) for rows, columns in groups.items()}
        found: list[Any] = []
        for parameter, value in zip(parameters, arguments, strict=True):
            kind = parameter.kind
            if not isinstance(kind, Column):
                found.append(
                    self._cells(parameter, value) if isinstance(kind, Cells) else self._argument(parameter, value)
                )
            elif parameter.name not in raw:
                if parameter.required and not kind.nullable:
                    raise CellError("#N/A", "cell.column_blank", argument=parameter.name)
                found.append(None if parameter.required else parameter.default)
            else:
                found.append(self._column(parameter, raw[parameter.name], kept[kind.rows]))
        one_currency(parameters, arguments, raw)
        return found

    def _cells(self, parameter: Parameter, value: object) -> Any:
        if is_grid(value):
            value = [row for row in rows_of(value) if not blank_row(row)]
            if not value:
                raise CellError("#N/A", "cell.column_blank", argument=parameter.name)
            return parameter.kind.read(value, parameter.name, self._context)
        if missing(value):
            return self._argument(parameter, value)
        return parameter.kind.read([[value]], parameter.name, self._context)

    def _column(self, parameter: Parameter, cells: list[Any], rows: Sequence[int]) -> list[Any]:
        kind = parameter.kind
        assert isinstance(kind, Column)
        if len(rows) < kind.least:
            facts = {"argument": parameter.name, "found": len(rows), "expected": kind.least}
            raise CellError("#N/A", "cell.too_few_cells", **facts)
        of, context = kind.of, self._context
        if isinstance(kind, Matrix):
            return [
                [read_cell(of, value, row_label(parameter.name, row + 1), context) for value in cells[row]]
                for row in rows
            ]
        picked = cells if len(rows) == len(cells) else [cells[row] for row in rows]
        if type(of) is Number and plain_floats(of, parameter.name, picked):
            return picked
        return [read_in_row(of, value, parameter.name, row, context) for row, value in zip(rows, picked, strict=True)]

    # --- results ----------------------------------------------------------------------------------------------------

    def _finished(self, value: Any, blank: str | None = None) -> Any:
        """A result as a cell shows it: labels in the language, decimals as numbers, never infinity or NaN."""
        kind = type(value)
        if kind is float or kind is int:
            if not math.isfinite(value):
                raise CellError("#NUM!", "cell.result_too_large")
            return float(value) if kind is int and abs(value) > 2**53 else value
        if kind is str or kind is bool or kind is CellError:
            return value
        if kind is Label:
            return value.text(self.language)
        if kind is Decimal:
            return self._finished(float(value))  # infinite beyond 1e308
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            try:
                to_serial(value, self._context.since_1904)
            except ValueError:
                raise CellError("#NUM!", "cell.result_too_large") from None
            return value
        if value is None and blank is not None:
            return blank
        if hasattr(value, "item"):
            return self._finished(value.item(), blank)
        raise TypeError(f"a result of {kind.__name__}")

    # --- policies ---------------------------------------------------------------------------------------------------

    def _policy(self, value: object) -> Policy:
        """Blank: the policy in use. Text: one that this host knows. A range: the tables in it, over the one in use."""
        if missing(value):
            return self.policies.get("") or load()
        if not is_grid(value):
            name = str(value).strip()
            for known, policy in self.policies.items():
                if name.casefold() in (known.casefold(), policy.name.casefold()):
                    return policy
            known_names = ", ".join(sorted({p.name for p in (*self.policies.values(), load())}))
            if name.casefold() in ("default", load().name.casefold()):
                return load()
            raise CellError("#VALUE!", "cell.unknown_policy", value=name, known=known_names)
        base = self._policy(None)
        rows = tuple(tuple(row) for row in rows_of(value))
        key = (base.digest, rows)
        if key not in self._ranges:
            if len(self._ranges) >= 8:
                self._ranges.pop(next(iter(self._ranges)))
            self._ranges[key] = policy_of_range(rows, base, self._context.since_1904)
        return self._ranges[key]


def as_cell_error(error: Exception) -> CellError:
    """Any exception as the error a cell shows."""
    if isinstance(error, CellError):
        return error
    if isinstance(error, DuebookError):
        return CellError("#VALUE!", error.key, **error.facts)
    if isinstance(error, ZeroDivisionError):
        return CellError("#DIV/0!", "cell.divided_by_zero")
    if isinstance(error, ArithmeticError):
        return CellError("#NUM!", "cell.result_too_large")
    return CellError("#VALUE!", "cell.fault", detail=f"{type(error).__name__}: {error}"[:120])


def _count(declaration: Declaration, arguments: Sequence[object], most: int) -> None:
    if len(arguments) > most:
        facts = {"name": declaration.name, "expected": most, "found": len(arguments)}
        raise CellError("#VALUE!", "cell.too_many_arguments", **facts)


DOOR = Door()
"""The door of a plain Python session; hosts make their own."""
