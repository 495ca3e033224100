"""Runs in any Python, the browser's too: loads a workbook's Lite files and works out every example of the catalogue.

`run(folder)`: `folder` holds main.py and duebook_code.py as xlwings Lite would lay them out; a stand-in for xlwings
and the packages of requirements.txt are importable. Gives what a host can compare, as plain JSON values.
"""

from __future__ import annotations

import importlib
import sys
import time
from datetime import date

REFUSED = {
    "duckdb", "sqlglot", "lxml", "isal", "numpy", "pandas", "polars", "rich", "python_calamine", "openpyxl",
    "fastexcel", "pyarrow",
}  # fmt: skip
"""Packages that xlwings Lite does not have, or not at once."""


class Refuse:
    """An import that would fail in Lite fails here too."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ImportError(f"{name} is not to be had in xlwings Lite")


def run(folder):
    sys.meta_path.insert(0, Refuse())
    sys.path.insert(0, folder)
    started = time.perf_counter()
    main = importlib.import_module("main")
    loaded = time.perf_counter()
    import xlwings

    first = shown(xlwings.call("DSO", 15000, 10000, 30))
    answered = time.perf_counter()
    return {
        "load": loaded - started,
        "answer": answered - loaded,
        "first": first,
        "functions": {name: xlwings.arguments(name) for name in xlwings.FUNCTIONS},
        "exported": sorted(name for name in vars(main) if not name.startswith("_")),
        "scripts": sorted(xlwings.SCRIPTS),
        "examples": examples(xlwings),
        "speechless": speechless(),
        "version": sys.version.partition(" ")[0],
        "refused": sorted(REFUSED & {name.partition(".")[0] for name in sys.modules}),
    }


def examples(xlwings):
    """Function, number of the example → what the cell shows."""
    from duebook.hosts import catalogue

    found = []
    for name, declaration in catalogue.functions().items():
        for number, example in enumerate(declaration.examples):
            cells = [cell(argument) for argument in example.arguments]
            found.append([name, number, shown(xlwings.call(name, *cells, at=f"Sheet1!C{number + 1}"))])
    return found


def speechless():
    """The sentences that a function may need and the edition does not have."""
    from duebook.core import messages
    from duebook.hosts import catalogue

    wanted = {key for declaration in catalogue.functions().values() for key in declaration.errors}
    return sorted(key for key in wanted for language in ("en", "zh") if key not in messages.catalogue(language))


def cell(argument):
    """An example's argument as cells: a column or a block is rows."""
    if isinstance(argument, list):
        return [list(row) if isinstance(row, (list, tuple)) else [row] for row in argument]
    return argument


def shown(value):
    """A cell or a spill as plain JSON values; an error and a date say what they are."""
    if isinstance(value, list):
        return [[shown(one) for one in row] for row in value]
    kind = type(value).__name__
    if kind == "Error":
        return {"error": str(value)}
    if kind == "Serial":
        return {"date": (date(1899, 12, 30).toordinal() + int(value))}
    return value
