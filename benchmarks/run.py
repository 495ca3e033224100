"""All benchmarks, one table each. Run: python benchmarks/run.py [--rows N] [--runs N]

Nothing else should run meanwhile. A full run takes about ten minutes, nearly all of it spent by the slow ways.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform

import close_million
import excel_calls
import fill_million
import functions
from arguments import arguments

_PACKAGES = (
    "duckdb",
    "isal",
    "pandas",
    "polars",
    "openpyxl",
    "xlsxwriter",
    "rustpy-xlsxwriter",
    "numpy",
    "numpy-financial",
    "pyxirr",
    "financetoolkit",
)


def surroundings() -> str:
    """The machine and the versions: numbers mean nothing without them."""
    found = []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{package} –")
    return f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {', '.join(found)}"


def main() -> None:
    given = arguments(__doc__ or "")
    print(surroundings(), end="\n\n", flush=True)
    print(functions.main(max(5, given.runs)), end="\n\n", flush=True)
    print(excel_calls.main(max(5, given.runs)), end="\n\n", flush=True)
    print(close_million.main(given.rows, given.runs, given.ours), end="\n\n", flush=True)
    print(fill_million.main(given.rows, given.runs, given.ours), flush=True)


if __name__ == "__main__":
    main()
