"""Stands in for xlwings as xlwings Lite runs it, from Lite's documentation; only for tests, in any Python.

Blanks and "" arrive as None, error cells as None unless `err_to_str`, dates as serial numbers, and the shape of a
range follows `ndim`. A result's error texts become real errors, dates get a date format, None shows as 0.
"""

from __future__ import annotations

import inspect
import math
from datetime import date, datetime

ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
FUNCTIONS: dict[str, object] = {}
SCRIPTS: dict[str, object] = {}


class XlwingsError(Exception):
    """What a function or script raises to show a sentence."""


class Book:
    """The type hint by which a script gets its workbook."""


class Caller:
    """The type hint by which a function gets its calling cell."""

    def __init__(self, address: str) -> None:
        self.address = address


class Error(str):
    """A real error in a cell."""


class Serial(float):
    """A date in a cell: its number, formatted."""


def func(f):
    f.lite_name = f.__name__.upper()
    assert f.lite_name not in FUNCTIONS, f"{f.lite_name} is registered twice"
    FUNCTIONS[f.lite_name] = f
    return f


def arg(name, convert=None, **options):
    assert convert is None and set(options) <= {"doc", "ndim", "err_to_str"}, options

    def decorate(f):
        assert name in inspect.signature(f).parameters, f"{f.__name__} has no argument {name}"
        f.lite_arguments = {**getattr(f, "lite_arguments", {}), name: options}
        return f

    return decorate


def ret(**options):
    return lambda f: f


def script(f=None, *, name=None):
    def decorate(f):
        books = [p for p in inspect.signature(f, eval_str=True).parameters.values() if p.annotation is Book]
        assert len(books) <= 1
        hints = f.__annotations__
        assert [hint for hint in hints.values() if hint is Book], "a script has one workbook"
        SCRIPTS[name or f.__name__] = f
        return f

    return decorate if f is None else decorate(f)


def arguments(name):
    """The arguments that Excel shows, in order, and whether each may be left out."""
    shown = inspect.signature(FUNCTIONS[name]).parameters.values()
    return [(p.name, p.default is not p.empty) for p in shown if p.annotation is not Caller]


def call(name, *cells, at="Sheet1!A1"):
    """What the cell `at` shows of `=NAME(cells)`: a value, or the rows that it spills."""
    f = FUNCTIONS[name]
    shown = arguments(name)
    if len(cells) > len(shown) or any(not optional for _, optional in shown[len(cells) :]):
        return Error("#VALUE!")  # Excel does not even take such a formula
    given = {key: _read(cell, f.lite_arguments[key]) for (key, _), cell in zip(shown, cells, strict=False)}
    hints = inspect.signature(f).parameters.values()
    callers = {p.name: Caller(at) for p in hints if p.annotation is Caller}
    try:
        found = f(**callers, **given)
    except Exception:
        return Error("#VALUE!")
    if isinstance(found, list):
        rows = [row if isinstance(row, list) else [row] for row in found]
        return [[_written(cell) for cell in row] for row in rows]
    return _written(found)


def _read(cell, options):
    rows = cell if isinstance(cell, list) else [[cell]]
    rows = [[_value(value, options.get("err_to_str", False)) for value in row] for row in rows]
    if options.get("ndim") == 2:
        return rows
    if len(rows) == len(rows[0]) == 1:
        return rows[0][0]
    if len(rows) == 1:
        return rows[0]
    return [row[0] for row in rows] if len(rows[0]) == 1 else rows


def _value(value, err_to_str):
    if isinstance(value, Error):
        return str(value) if err_to_str else None
    if isinstance(value, (date, datetime)):
        return float(_serial(value))
    return None if value == "" else value


def _written(value):
    if isinstance(value, str):
        return Error(value) if value in ERRORS else value
    if isinstance(value, (date, datetime)):
        return Serial(_serial(value))
    if value is None:
        return 0
    assert isinstance(value, (bool, int, float)), f"Lite cannot write {type(value).__name__}"
    return Error("#NUM!") if isinstance(value, float) and math.isnan(value) else value


def _serial(day):
    """Excel's day number, from 1900; correct from 1 March 1900 on, as Lite's own."""
    return (date(day.year, day.month, day.day) - date(1899, 12, 30)).days
