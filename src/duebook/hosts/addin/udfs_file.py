"""The text of `hosts/excel/udfs.py`: every worksheet function by its Excel name, made from the catalogue.

`python -m duebook.hosts.addin.udfs_file` writes it; a test compares what lies there.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path

from duebook.core.declare import Declaration
from duebook.hosts import catalogue

FILE = Path(__file__).resolve().parents[1] / "excel" / "udfs.py"
_LINE = 120
_HEAD = '''"""Every worksheet function as xlwings' `call_udf` finds it. Made by `hosts/addin/udfs_file.py`, not by hand.

VBA calls `XLPy.CallUDF("duebook.hosts.excel.udfs", NAME, Array(at, since_1904, …), Nothing, …)`. What comes back:

- one cell: that cell, not an array;
- one row: an array of one dimension, from 0 (xlwings takes the row out of its block);
- all else, a single column too: an array of two dimensions, from 0.

Cells are numbers (Double), flags (Boolean) and texts; blanks come as "", never as Empty or Null. A text that begins
with Chr(1) is an error by its name, or with two of them a text that begins with one. No error is ever raised.
Importing this loads neither xlwings nor the finance rooms: the first call does, or `session.warm`.
"""

from __future__ import annotations

from duebook.hosts.excel.xlfunc import xlfunc
'''


def udfs_text(functions: Mapping[str, Declaration] | None = None) -> str:
    """The whole module, as ruff would lay it out."""
    declared = catalogue.functions() if functions is None else functions
    return _HEAD + "\n" + "".join(map(_line, declared.values()))


def _line(declaration: Declaration) -> str:
    name, arguments = declaration.name, " ".join(argument for argument, _ in declaration.argument_help)
    line = f'{name} = xlfunc("{name}", "{arguments}")\n'
    if len(line) <= _LINE:
        return line
    parts = textwrap.wrap(arguments, _LINE - len('    " ",') - 1, break_on_hyphens=False)
    wrapped = "\n".join(f'    "{part} "' for part in parts[:-1])
    last = f'    "{parts[-1]}",'
    return f'{name} = xlfunc(\n    "{name}",\n' + "".join(f"{row}\n" for row in [*wrapped.splitlines(), last]) + ")\n"


if __name__ == "__main__":
    FILE.write_text(udfs_text(), "utf-8", newline="\n")
