"""One declaration per worksheet function, from which every host, the help, the docs and the tests are made.

A function is written once, as a plain typed Python function whose arguments are `Annotated` with a kind of
`core/arguments`. The decorator `worksheet` records it under its Excel name and returns it untouched:

    @worksheet(
        "TURNOVER_DAYS", group="receivables", help="…", zh="…", result=Result("days"), equation="days ÷ turnover",
        source="…", examples=[Example((8, 365), 45.625)], arrays=True,
    )
    def turnover_days(turnover: Annotated[Real, Number("…", "…", unit="times", divisor=True)], …) -> Real:
        return divided(days, turnover)

The shape follows from the declaration: a `Spill` result is a table; a range argument makes a range function; all else
is elementwise (ranges broadcast at the door). A declaration that breaks a rule of Excel or of this house is refused
when its module is imported.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from duebook.core.arguments import UNITS, Argument, Cells, Column
from duebook.core.cells import Label

Function = TypeVar("Function", bound=Callable[..., Any])
Shape = Literal["elementwise", "range", "table"]
GROUPS: Mapping[str, Label] = {
    "receivables": Label("Receivables", "应收账款"),
    "credit": Label("Credit", "信用评估"),
    "plans": Label("Payment plans", "付款计划"),
    "portfolio": Label("Portfolio", "组合与保险"),
}
HELP_LIMIT = 255
"""Excel's function wizard shows no more, for the function and for each argument."""
ARGUMENT_LIMIT = 60
HEADERS_HELP = Label("Whether the header row comes first.", "是否显示标题行。")
"""Help of `headers`, the last argument of every table; the door itself takes it."""
NAME_LIMIT = 40


@dataclass(frozen=True)
class Result:
    """A single value: its unit (a key of `UNITS`) and, where the unit does not say it all, what it is."""

    unit: str
    help: str = ""
    zh: str = ""


@dataclass(frozen=True)
class Field:
    """A column of a spilled table: header in both languages, unit."""

    en: str
    zh: str
    unit: str

    @property
    def label(self) -> Label:
        return Label(self.en, self.zh)


@dataclass(frozen=True)
class Spill:
    """A table: its columns, and in words what a row is. The function gives `core.cells.Table`."""

    columns: tuple[Field, ...]
    help: str = ""
    zh: str = ""

    @property
    def header(self) -> tuple[Label, ...]:
        return tuple(column.label for column in self.columns)


@dataclass(frozen=True)
class Example:
    """A call as a cell would hold it and what it gives.

    `arguments`: numbers, texts, dates, None for left out; a list is a column, a list of lists a block. `gives`: a
    value, an error code, or rows of values; for a table also the one cell at `at` (row and column from 1, the header
    being row 1). `within`: the half width of what the source's rounding allows.
    """

    arguments: tuple[Any, ...]
    gives: Any
    within: float = 0.0
    source: str = ""
    at: tuple[int, int] | None = None


@dataclass(frozen=True)
class Parameter:
    """One argument of a function as declared. `default` is meaningless where it is required."""

    name: str
    kind: Argument
    required: bool
    default: Any = None


@dataclass(frozen=True)
class Declaration:
    """All that is known about one function. `errors`: message keys it raises itself → the error the cell shows."""

    name: str
    function: Callable[..., Any]
    group: str
    help: str
    zh: str
    result: Result | Spill
    equation: str
    source: str
    examples: tuple[Example, ...]
    conventions: tuple[Label, ...] = ()
    equation_zh: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    arrays: bool = False
    of_door: bool = False

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The arguments in order, read from the function's signature."""
        hints = get_type_hints(self.function, include_extras=True)
        found = []
        for name, parameter in inspect.signature(self.function).parameters.items():
            kinds = [extra for extra in get_args(hints.get(name)) if isinstance(extra, Argument)]
            if len(kinds) != 1:
                raise ValueError(f"{self.name}: argument {name} needs one kind of core/arguments in Annotated[…]")
            required = parameter.default is inspect.Parameter.empty
            found.append(Parameter(name, kinds[0], required, None if required else parameter.default))
        return tuple(found)

    @cached_property
    def shape(self) -> Shape:
        if isinstance(self.result, Spill):
            return "table"
        ranges = any(isinstance(p.kind, (Column, Cells)) for p in self.parameters)
        return "range" if ranges else "elementwise"

    @property
    def argument_help(self) -> tuple[tuple[str, Label], ...]:
        """Name and help of each argument as a host shows them, `headers` of a table included."""
        found = [(p.name, Label(p.kind.help, p.kind.zh)) for p in self.parameters]
        return tuple([*found, ("headers", HEADERS_HELP)] if self.shape == "table" else found)

    @property
    def syntax(self) -> str:
        """`DSO(receivables, credit_sales, days, [vat_rate])`; tables end with `[headers]`."""
        names = [p.name if p.required else f"[{p.name}]" for p in self.parameters]
        return f"{self.name}({', '.join([*names, '[headers]'] if self.shape == 'table' else names)})"


REGISTRY: dict[str, Declaration] = {}
"""Every declared function by its Excel name. Filled when the finance rooms are imported: see `hosts/catalogue`."""


def worksheet(
    name: str,
    *,
    group: str,
    help: str,
    zh: str,
    result: Result | Spill,
    source: str,
    examples: Sequence[Example],
    equation: str = "",
    equation_zh: str = "",
    conventions: Sequence[Label] = (),
    errors: Mapping[str, str] | None = None,
    arrays: bool = False,
    of_door: bool = False,
) -> Callable[[Function], Function]:
    """Declares the function below as `=NAME(…)` and returns it untouched. ValueError says what is wrong with it."""

    def record(function: Function) -> Function:
        declaration = Declaration(
            name=name,
            function=function,
            group=group,
            help=help,
            zh=zh,
            result=result,
            equation=equation,
            equation_zh=equation_zh or equation,
            source=source,
            examples=tuple(examples),
            conventions=tuple(conventions),
            errors=dict(errors or {}),
            arrays=arrays,
            of_door=of_door,
        )
        known = REGISTRY.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"{name} is declared twice: in {known.function.__module__} and {function.__module__}")
        if wrong := quick_faults(declaration):
            raise ValueError(f"{name}: {'; '.join(wrong)}")
        REGISTRY[name] = declaration
        return function

    return record


_NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}|R[0-9]*(C[0-9]*)?|C[0-9]*")


def quick_faults(declaration: Declaration) -> list[str]:
    """What Excel or this house would refuse, as far as it shows without reading the signature."""
    wrong = []
    name = declaration.name
    if not _NAME.fullmatch(name) or len(name) > NAME_LIMIT:
        wrong.append("a name is capital letters, digits and single underscores, no dots, at most 40")
    if _CELL.fullmatch(name):
        wrong.append("Excel would read this name as a cell")
    if declaration.group not in GROUPS:
        wrong.append(f"unknown group {declaration.group}")
    for text in (declaration.help, declaration.zh):
        if not text or len(text) > HELP_LIMIT:
            wrong.append("help is needed in both languages, at most 255 characters")
    if not declaration.source:
        wrong.append("a source is needed")
    if not declaration.examples:
        wrong.append("an example is needed")
    columns = declaration.result.columns if isinstance(declaration.result, Spill) else (declaration.result,)
    wrong += [f"unknown unit {column.unit}" for column in columns if column.unit not in UNITS]
    return wrong


def faults(declaration: Declaration) -> list[str]:
    """Everything a declaration can do wrong, its arguments included. Slower; for the tests of the catalogue."""
    wrong = quick_faults(declaration)
    parameters = declaration.parameters
    if len(parameters) + (declaration.shape == "table") > ARGUMENT_LIMIT:
        wrong.append("more than 60 arguments")
    for parameter in parameters:
        kind = parameter.kind
        for text in (kind.help, kind.zh):
            if not text or len(text) > HELP_LIMIT:
                wrong.append(f"{parameter.name}: help is needed in both languages, at most 255 characters")
        if kind.unit not in UNITS:
            wrong.append(f"{parameter.name}: unknown unit {kind.unit}")
        if parameter.name == "headers":
            wrong.append("the name headers is the door's own")
    if any(not earlier.required and later.required for earlier, later in itertools.pairwise(parameters)):
        wrong.append("a required argument follows an optional one")
    return wrong
