"""`WHY` in Calc: the sentence behind what a cell shows.

Calc tells a function not which cell calls it, and calls none where an argument computed in the formula is an error.
So `WHY` looks up the formula of the cell that is asked about, takes the first Duebook function in
it, reads what its arguments hold, errors included, and lets the door explain that call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from duebook.core.cells import CellError, is_grid
from duebook.core.messages import text
from duebook.hosts.call import Door
from duebook.hosts.libreoffice import cells, sheets
from duebook.hosts.libreoffice.formulas import (
    Array,
    Call,
    Constant,
    ErrorConstant,
    Name,
    Operation,
    Part,
    Reference,
    Unreadable,
    calls,
    parsed,
    reference,
)
from duebook.hosts.libreoffice.left_out import Gaps, Where, left_out
from duebook.hosts.libreoffice.sheets import Document, Formula
from duebook.hosts.reasons import Answer

CHOOSING = frozenset({"IF", "CHOOSE", "COUNT", "COUNTA"})
"""Functions whose result need not be an error when an argument is one."""
BuiltIn = Callable[[str, Sequence[Any]], Any]
DoorOf = Callable[[Document | None], Door]
"""What answers the cells of a document; None: the usual."""


def why(door_of: DoorOf, desktop: Any, built_in: BuiltIn, given: Sequence[Any]) -> str:
    """The answer to `WHY(given)`: a reference (the office's own object for it) or an address as text.

    Errors: `#N/A` without an argument, `#VALUE!` where it is no cell. All else is answered by a sentence.
    """
    if len(given) != 1 or cells.blank(given[0]):
        raise CellError("#N/A", "cell.missing", argument="cell")
    asked = given[0]
    language = door_of(None).language
    if not isinstance(asked, str):
        if not hasattr(asked, "RangeAddress"):
            raise CellError("#VALUE!", "cell.not_a_cell", cell=str(asked))
        document, sheet, cell = sheets.of_cells(asked)
        return explained(door_of(document), document, built_in, sheet, cell, sheets.loading(desktop))
    try:
        address = reference(asked)
    except Unreadable:
        raise CellError("#VALUE!", "cell.not_a_cell", cell=asked) from None
    if sheets.loading(desktop):
        return text("libreoffice.loading", language, cell=asked)
    places = _places(list(sheets.open_documents(desktop)), address, asked)
    if not places:
        return text("libreoffice.no_sheet", language, cell=asked)
    if len(places) > 1:
        return text("libreoffice.several_sheets", language, cell=asked)
    return explained(door_of(places[0][0]), places[0][0], built_in, places[0][1], address.cells.partition(":")[0])


def _places(documents: Sequence[Document], address: Reference, asked: str) -> list[tuple[Document, str]]:
    """Where an address as text can point: on the sheet it names or, without one, on the sheet that asks."""
    documents = [document for document in documents if document.asking(asked)] or documents
    found: list[tuple[Document, str]] = []
    for document in documents:
        if address.sheet is not None:
            named = document.sheet(address.sheet)
            found += [(document, named)] if named is not None else []
        elif len(document.sheets) == 1:
            found.append((document, document.sheets[0]))
        else:
            found += [(document, sheet) for sheet in document.asking(asked) or document.sheets]
    return found


def explained(door: Door, document: Document, built_in: BuiltIn, sheet: str, cell: str, loading: bool = False) -> str:
    """The sentence behind a cell of a document, which may still be `loading`."""
    formula = document.formula(sheet, cell)
    if formula is None:
        return text("libreoffice.no_formula", door.language, cell=cell)
    try:
        tree = parsed(formula.text)
    except Unreadable as unread:
        return text("libreoffice.unread", door.language, cell=cell, part=str(unread))
    call = _first_call(door, tree)
    if call is None:
        return text("libreoffice.no_function", door.language, cell=cell)
    shown = document.compute(sheet, cell)
    reader = Arguments(door, document, built_in, sheet)
    sentence = _call_explained(door, reader, call, formula, loading, shown if tree is call else None)
    return sentence if tree is call else f"{call.text}: {sentence}"


def _first_call(door: Door, tree: Part) -> Call | None:
    """The outermost call of a Duebook function, other than `WHY`, that stands first."""
    return next((found for found in calls(tree) if found.name in door.functions and found.name != "WHY"), None)


def function_of(door: Door, cells: Any) -> str | None:
    """The Duebook function in the first of some cells (the office's own object for them), if there is one."""
    document, sheet, cell = sheets.of_cells(cells)
    formula = document.formula(sheet, cell)
    try:
        call = _first_call(door, parsed(formula.text)) if formula else None
    except Unreadable:
        return None
    return call.name if call else None


def _call_explained(
    door: Door, reader: Arguments, call: Call, formula: Formula, loading: bool, shown: str | None
) -> str:
    """The sentence behind a call; `shown` is the error of a cell that holds nothing else."""
    values: list[Any] = []
    for argument in call.arguments:
        try:
            values.append(reader.value(argument))
        except Unreadable:
            assert argument is not None
            return text("libreoffice.unread", door.language, cell=call.text, part=argument.text)
    try:
        reader.certain_of_gaps(call, values, loading)
    except CellError as error:
        return door.sentence(Answer(call.name, error))
    if shown == "#VALUE!" and not isinstance(result := door.call(call.name, values), CellError) and not is_grid(result):
        return door.sentence(Answer(call.name, CellError(shown, "libreoffice.out_of_turn", name=call.name)))
    return door.explain(call.name, values, at=(formula.row, formula.column))


class Arguments:
    """Reads what the arguments of a formula hold, as the function in the cell is given them."""

    def __init__(self, door: Door, document: Document, built_in: BuiltIn, sheet: str) -> None:
        self._door = door
        self._document = document
        self._built_in = built_in
        self._sheet = sheet

    def value(self, part: Part | None) -> Any:
        """A number, text, None, `CellError`, or rows of them. Unreadable where only Calc itself could tell."""
        match part:
            case None:
                return None
            case Constant():
                return part.value
            case ErrorConstant():
                return CellError(part.code, "cell.error_passed", argument=part.text, value=part.code)
            case Array():
                return [[self.value(cell) for cell in row] for row in part.rows]
            case Reference():
                return self._document.values(part.sheet or self._sheet, part.cells)
            case Name():
                return self.value(self._named(part))
            case Call():
                return self._result(part)
            case Operation():
                return self._computed(part)
        raise Unreadable(part.text)

    def certain_of_gaps(self, call: Call, values: Sequence[Any], loading: bool) -> None:
        """Refuses, as the function in the cell does, a call whose zeros Calc cannot tell from arguments left out."""
        handed: list[object] = []
        for part, value in zip(call.arguments, values, strict=True):
            cells = self._named(part) if isinstance(part, Name) else part
            handed.append(
                _place(cells, self._sheet) if isinstance(cells, Reference) else 0.0 if part is None else value
            )
        still_hidden = loading and not any(isinstance(value, Where) for value in handed)
        left_out(call.name, handed, None if still_hidden else [self._document], Gaps())

    def _named(self, part: Name) -> Reference:
        found = self._document.named(part.text, self._sheet)
        if found is None:
            raise Unreadable(part.text)
        return found

    def _result(self, call: Call) -> Any:
        if call.name == "WHY":
            raise Unreadable(call.text)
        if call.name in self._door.functions:
            values = [self.value(argument) for argument in call.arguments]
            return cells.from_calc(cells.to_calc(self._door.call(call.name, values), self._door.since_1904))
        return self._built_in_result(call)

    def _built_in_result(self, call: Call) -> Any:
        """One of Calc's own functions. It fails without saying why: then an error in what it was given passes on."""
        given, errors = [], []
        for argument in call.arguments:
            part = self._named(argument) if isinstance(argument, Name) else argument
            value = self.value(part)
            if isinstance(value, CellError) and not isinstance(part, Reference):
                if call.name in CHOOSING:
                    raise Unreadable(call.text)
                return value
            flat = [cell for row in value for cell in row] if is_grid(value) else [value]
            errors += [cell for cell in flat if isinstance(cell, CellError)]
            given.append(self._handed_over(part, value))
        try:
            return cells.from_calc(self._built_in(call.name, given))
        except Unreadable:
            if errors:
                return errors[0]
            raise Unreadable(call.text) from None

    def _handed_over(self, part: Part | None, value: Any) -> Any:
        if isinstance(part, Reference):
            return self._document.range(part, self._sheet)
        if is_grid(value):
            raise Unreadable(part.text if part else "")
        return "" if value is None else value

    def _computed(self, part: Operation) -> Any:
        values = [self.value(operand) for operand in part.operands]
        for value in values:
            if isinstance(value, CellError):
                return value
        if any(map(is_grid, values)):
            raise Unreadable(part.text)
        if part.operator == "&":
            return "".join(map(_as_text, values))
        if any(isinstance(value, str) for value in values):
            raise Unreadable(part.text)
        try:
            found = _arithmetic(part.operator, [value or 0.0 for value in values])
        except ZeroDivisionError:
            return CellError("#DIV/0!", "cell.divided_by_zero")
        except (OverflowError, ValueError):
            return CellError("#NUM!", "cell.result_too_large")
        if found is None:
            raise Unreadable(part.text)
        return found if math.isfinite(found) else CellError("#NUM!", "cell.result_too_large")


def _place(part: Reference, sheet: str) -> Where:
    home = (part.sheet or sheet).replace("'", "''")
    return Where(f"'{home}'.{part.cells}")


def _as_text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else format(value, ".15g")


def _arithmetic(operator: str, values: Sequence[float]) -> float | None:
    """What an operator makes of numbers; None for one that is not computed here (comparisons)."""
    if len(values) == 1:
        return {"-": -values[0], "+": values[0], "%": values[0] / 100}[operator]
    first, second = values
    match operator:
        case "+":
            return first + second
        case "-":
            return first - second
        case "*":
            return first * second
        case "/":
            return first / second
        case "^":
            return math.pow(first, second)
    return None
