"""The door: the only way from a host to a worksheet function.

A host hands over a function's name and what its argument cells hold: numbers, texts, flags, dates, None for a blank,
`CellError` for an error, and rows of those for a range. The door turns them into what the function declares, calls
it, and turns the result back: a value, an error with its reason, or rows of such. It never raises and never lets
infinity, NaN or a fault of ours through as a number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple

from duebook.core.arguments import (
    Argument,
    Cells,
    Column,
    Context,
    Matrix,
    Number,
    PolicyChoice,
    cells_of,
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
from duebook.policy.load import Policy, load
from duebook.policy.sheet import policy_of_range

Place = tuple[str, int, int]
"""Sheet (lower case), row, column, counted from 1."""

_REMEMBERED = 200_000
"""Reasons kept at the most; the oldest go first."""
_NOTES = 12


class Answer(NamedTuple):
    """What a call gave: a value, a `CellError`, or rows of them; and what it said beside."""

    name: str
    value: Any
    notes: Sequence[Note] = ()


class Door:
    """One per host session. `language` is that of labels, headers and sentences; `policies` are known
    by name, "" being the one in use."""

    def __init__(
        self,
        language: str = "en",
        since_1904: bool = False,
        policies: Mapping[str, Policy] | None = None,
        functions: Mapping[str, Declaration] | None = None,
    ) -> None:
        self.language = language
        self._functions = functions
        self.policies = dict(policies or {})
        self._context = Context(since_1904, self._policy)
        self._answers: dict[Place, Answer] = {}
        self._ranges: dict[tuple[object, ...], Policy] = {}

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
            self._remember(where, answer)
        return answer.value

    def why(self, cell: str, sheet: str = "") -> str:
        """The sentence behind the last result in `cell`; `sheet` is that of the asking cell. CellError if unknown."""
        where = place(cell, sheet)
        if where is None:
            raise CellError("#VALUE!", "cell.not_a_cell", cell=cell)
        answer, row, column = self._recall(where)
        if answer is None:
            raise CellError("#N/A", "cell.no_reason", cell=cell)
        value = answer.value[row][column] if is_grid(answer.value) else answer.value
        return self.sentence(answer._replace(value=value))

    def sentence(self, answer: Answer) -> str:
        """What `WHY` shows of an answer: an error's reason, or the rule behind a figure and the remarks on it."""
        if isinstance(answer.value, CellError):
            return f"{answer.value.code}: {answer.value.text(self.language)}"
        declaration = self.functions[answer.name]
        said = declaration.zh if self.language == "zh" else declaration.help
        parts = [text("cell.computed", self.language, name=answer.name, help=said)]
        if declaration.equation:
            equation = declaration.equation
            parts.append(text("cell.computed_with", self.language, name=answer.name, equation=equation))
        parts += [note.text(self.language) for note in answer.notes]
        return " ".join(dict.fromkeys(parts))

    def explain(self, name: str, arguments: Sequence[object], at: tuple[int, int] | None = None) -> str:
        """The sentence behind `=name(arguments)`, for hosts that cannot tell which cell calls.

        Of a table, that of the cell `at` a row and column (from 0); without it, of its first error.
        """
        declaration = self.functions.get(name.upper())
        if declaration is None:
            return CellError("#NAME?", "cell.unknown_function", name=name).text(self.language)
        answer = self._answer(declaration, arguments, None)
        if is_grid(answer.value):
            if at and at[0] < len(answer.value) and at[1] < len(answer.value[0]):
                asked = answer.value[at[0]][at[1]]
            else:
                cells = (value for row in answer.value for value in row)
                asked = next((value for value in cells if isinstance(value, CellError)), "")
            answer = answer._replace(value=asked)
        return self.sentence(answer)

    # --- one call ---------------------------------------------------------------------------------------------------

    def _answer(self, declaration: Declaration, arguments: Sequence[object], caller: Place | None) -> Answer:
        arguments = [_single(value) for value in arguments]
        with listening() as notes:
            try:
                if declaration.of_door:
                    value: Any = self._of_door(declaration, arguments, caller)
                elif declaration.shape == "elementwise":
                    value = self._elementwise(declaration, arguments)
                else:
                    value = self._whole(declaration, arguments)
            except Exception as error:  # whatever happens, a cell shows an error with a reason, never a traceback
                value = as_cell_error(error)
        return Answer(declaration.name, value, _distinct(notes))

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

    def _elementwise(self, declaration: Declaration, arguments: Sequence[object]) -> Any:
        policy_at = {n for n, p in enumerate(declaration.parameters) if isinstance(p.kind, PolicyChoice)}
        ranges = [n for n, value in enumerate(arguments) if is_grid(value) and n not in policy_at]
        if not ranges:
            return self._finished(declaration.function(*self._scalars(declaration, arguments)))
        _count(declaration, arguments, len(declaration.parameters))
        height = max(len(_rows(arguments[n])) for n in ranges)
        width = max(len(_rows(arguments[n])[0]) for n in ranges)
        columns: list[Any] = []
        flawed = False
        for n, parameter in enumerate(declaration.parameters):
            value = arguments[n] if n < len(arguments) else None
            if n in ranges:
                column, whole = self._many(parameter, _spread(_rows(value), height, width))
                flawed = flawed or not whole
                columns.append(column)
            else:
                columns.append(repeat(self._argument(parameter, value)))
        found = None if flawed else self._in_one_go(declaration.function, columns)
        if found is None:
            found = [self._guarded(declaration.function, each) for each in zip(*columns, strict=False)]
        return list(zip(*[iter(found)] * width, strict=True))

    def _many(self, parameter: Parameter, cells: list[object]) -> tuple[list[Any], bool]:
        """A range's cells as the function sees them, and whether all could be read; others stay as their error."""
        kind = parameter.kind
        if isinstance(kind, Number) and type(kind).read is Number.read and _plain_floats(kind, parameter.name, cells):
            return cells, True
        found: list[Any] = []
        whole = True
        for value in cells:
            try:
                found.append(self._argument(parameter, value))
            except CellError as error:
                found.append(error)
                whole = False
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
        from duebook.core.arguments import Flag

        return True if missing(value) else Flag().read(value, "headers")

    def _gathered(self, parameters: Sequence[Parameter], arguments: Sequence[object]) -> list[Any]:
        """The arguments of a range or table function; columns of one group lose the rows that are blank in all."""
        raw: dict[str, list[Any]] = {}
        groups: dict[str, list[Parameter]] = {}
        for parameter, value in zip(parameters, arguments, strict=True):
            if isinstance(parameter.kind, Column):
                cells = _block(parameter, value)
                if cells is not None:
                    raw[parameter.name] = cells
                    groups.setdefault(parameter.kind.rows, []).append(parameter)
        kept = {rows: _kept_rows(columns, raw) for rows, columns in groups.items()}
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
        return found

    def _cells(self, parameter: Parameter, value: object) -> Any:
        if is_grid(value):
            value = [row for row in _rows(value) if not blank_row(row)]
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
        if type(of) is Number and _plain_floats(of, parameter.name, picked):
            return picked
        return [_read_in_row(of, value, parameter.name, row, context) for row, value in zip(rows, picked, strict=True)]

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
            if not value.is_finite():
                raise CellError("#NUM!", "cell.result_too_large")
            return float(value)
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
        key = tuple(tuple(row) for row in _rows(value))
        if key not in self._ranges:
            if len(self._ranges) >= 8:
                self._ranges.pop(next(iter(self._ranges)))
            self._ranges[key] = policy_of_range(key, self._policy(None))
        return self._ranges[key]

    # --- reasons ----------------------------------------------------------------------------------------------------

    def _remember(self, where: Place, answer: Answer) -> None:
        self._answers.pop(where, None)
        self._answers[where] = answer
        if len(self._answers) > _REMEMBERED:
            self._answers.pop(next(iter(self._answers)))

    def _recall(self, where: Place) -> tuple[Answer | None, int, int]:
        """The answer in a cell, or the spilled one that covers it, with the place inside."""
        if where in self._answers:
            return self._answers[where], 0, 0
        sheet, row, column = where
        for (home, top, left), answer in reversed(self._answers.items()):
            if home != sheet or not is_grid(answer.value):
                continue
            if 0 <= row - top < len(answer.value) and 0 <= column - left < len(answer.value[0]):
                return answer, row - top, column - left
        return None, 0, 0


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


_ADDRESS = re.compile(r"(?:(?P<sheet>.+)!)?\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[0-9]{1,7})(?::.*)?")


def place(address: str, sheet: str = "") -> Place | None:
    """Where an address points: `B7`, `Sheet1!$B$7`, `'My sheet'!B7`, `[Book.xlsx]Sheet1!B7`. None if it is none."""
    m = _ADDRESS.fullmatch(address.strip())
    if not m:
        return None
    named = (m["sheet"] or "").strip("'").rpartition("]")[2].replace("''", "'")
    column = 0
    for letter in m["column"].upper():
        column = column * 26 + ord(letter) - 64
    return (named or sheet).lower(), int(m["row"]), column


def _distinct(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The first few different remarks, in order."""
    found: list[Note] = []
    for note in notes:
        if note not in found:
            found.append(note)
            if len(found) == _NOTES:
                break
    return tuple(found)


def _count(declaration: Declaration, arguments: Sequence[object], most: int) -> None:
    if len(arguments) > most:
        facts = {"name": declaration.name, "expected": most, "found": len(arguments)}
        raise CellError("#VALUE!", "cell.too_many_arguments", **facts)


def _single(value: object) -> object:
    """Rows of cells, all equally long; a range of one cell as that cell; a flat list as a column."""
    if not is_grid(value):
        return value
    rows: Sequence[Any] = value  # type: ignore[assignment]  # is_grid has told
    if not set(map(type, rows)) <= {list, tuple}:
        rows = [row if is_grid(row) else (row,) for row in rows]
    width = max(map(len, rows), default=0)
    if not width:
        return None
    if min(map(len, rows)) < width:
        rows = [(*row, *[None] * (width - len(row))) for row in rows]
    return rows[0][0] if len(rows) == 1 and width == 1 else rows


def _rows(value: object) -> Sequence[Sequence[object]]:
    assert isinstance(value, (list, tuple))
    return value


def _spread(rows: Sequence[Sequence[object]], height: int, width: int) -> list[object]:
    """The cells of a range over the common shape: one row or column repeats, what is short is padded with `#N/A`."""
    if len(rows) == height and len(rows[0]) == width:
        return [value for row in rows for value in row] if width > 1 else [row[0] for row in rows]
    pad = CellError("#N/A", "cell.shapes_differ")
    across = [[*row] * width if len(row) == 1 else [*row, *[pad] * (width - len(row))] for row in rows]
    if len(across) == 1:
        return across[0] * height
    down = [value for row in across for value in row]
    return down + [pad] * (height * width - len(down))


def _plain_floats(kind: Number, name: str, cells: Sequence[Any]) -> bool:
    """Whether all cells are floats within the bounds, checked in bulk: then they are what the function sees."""
    if kind.whole or set(map(type, cells)) != {float} or not all(map(math.isfinite, cells)):
        return False
    try:
        kind.check(min(cells), name)
        kind.check(max(cells), name)
    except CellError:
        return False
    return not (kind.divisor and 0.0 in cells)


def _block(parameter: Parameter, value: object) -> list[Any] | None:
    """The cells of a column argument (or the rows of a matrix); None where nothing was given or all is blank."""
    kind = parameter.kind
    if isinstance(value, CellError):
        raise CellError(value.code, "cell.error_passed", argument=parameter.name, value=value.code)
    if not is_grid(value):
        return None if missing(value) else [[value]] if isinstance(kind, Matrix) else [value]
    rows = _rows(value)
    if isinstance(kind, Matrix):
        return None if all(map(blank_row, rows)) else list(rows)
    if len(rows) > 1 and len(rows[0]) > 1:
        facts = {"height": len(rows), "width": len(rows[0])}
        raise CellError("#VALUE!", "cell.not_one_column", argument=parameter.name, **facts)
    cells = list(cells_of(rows))
    return None if blank_row(cells) else cells


def _kept_rows(columns: Sequence[Parameter], raw: Mapping[str, list[Any]]) -> Sequence[int]:
    """The rows of a group that are not blank in every column; columns of other lengths are refused."""
    first = columns[0]
    length = len(raw[first.name])
    for column in columns[1:]:
        if len(raw[column.name]) != length:
            facts = {"argument": column.name, "found": len(raw[column.name]), "other": first.name, "expected": length}
            raise CellError("#VALUE!", "cell.lengths_differ", **facts)
    cells = [raw[column.name] for column in columns]
    return [row for row in range(length) if not all(_blank(column[row]) for column in cells)]


def _blank(value: Any) -> bool:
    return blank_row(value) if is_grid(value) else missing(value)


def _read_in_row(kind: Argument, value: object, name: str, row: int, context: Context) -> Any:
    """`read_cell`, naming the row only where it fails: the label would cost more than the reading."""
    if type(value) is float or type(value) is str or type(value) is date:
        try:
            found = read_cell(kind, value, name, context)
        except CellError:
            pass
        else:
            if type(found) is not CellError:
                return found
    return read_cell(kind, value, row_label(name, row + 1), context)


DOOR = Door()
"""The door of a plain Python session; hosts make their own."""
