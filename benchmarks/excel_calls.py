"""A cell's way from Excel to its answer: xlwings' own `CallUDF` with our raw conversion, beside the door and beside
xlwings' default conversion (which turns error cells and "" into nothing, and so could not be used).

Windows' COM is stood in for, so that its share (the same for every way) is left out.
Run: python benchmarks/excel_calls.py [--runs N]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the stand-ins lie with the tests

from tests.hosts.excel.com import windows  # after the path is known

from arguments import arguments  # after the path is known
from functions import CELLS, pair, table  # after the path is known

MODULE = "duebook.hosts.excel.udfs"


def main(runs: int) -> str:
    from duebook.hosts.call import Door
    from duebook.hosts.excel.cells import from_excel, to_excel

    door = Door()
    column = tuple((1000.0 + number,) for number in range(CELLS))
    result = [(value,) for (value,) in column]
    with windows() as xlpy:
        from xlwings import conversion

        def called(first: object) -> object:
            return xlpy.CallUDF(MODULE, "DSO", ("[B.xlsx]S!$A$1", False, first, 10000.0, 30.0), None, None)

        def answered(first: object) -> object:
            return door.call("DSO", (first, 10000.0, 30.0), cell="[B.xlsx]S!$A$1")

        rows = [
            ("one cell, =DSO(…)", *pair(lambda: called(1500.0), lambda: answered(1500.0), runs, 2000)),
            (f"a column of {CELLS:,}, =DSO(…)", *pair(lambda: called(column), lambda: answered(column), runs)),
        ]
        beside = [
            (f"{CELLS:,} cells in", *pair(lambda: from_excel(column), lambda: conversion.read(None, column, {}), runs)),
            (f"{CELLS:,} cells out", *pair(lambda: to_excel(result), lambda: conversion.write(result, None, {}), runs)),
        ]
    return "\n\n".join(
        (
            table("A call through xlwings beside the door alone", rows, "CallUDF", "door"),
            table("Our conversion beside xlwings' default", beside, "ours", "xlwings"),
        )
    )


if __name__ == "__main__":
    print(main(max(5, arguments(__doc__ or "").runs)))
