"""A ledger of a million lines to both workbooks with all detail: `duebook close` beside the common recipe.

Both run as whole processes, from the start of Python to the last byte, on the same file into the same templates.
Afterwards the figures of both are compared: a fast wrong answer is worth nothing.

Run: python benchmarks/close_million.py [--rows N] [--runs N]
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import measure
from arguments import arguments
from ledger_csv import write_ledger

HERE = Path(__file__).resolve().parent
AS_OF = "2026-10-31"


def close(ledger: Path, folder: Path, runs: int) -> tuple[measure.Result, Path]:
    """`duebook close`, several times; the folder of the last run."""
    found = []
    out = folder / "duebook"
    for _ in range(runs):
        shutil.rmtree(out, ignore_errors=True)
        command = [sys.executable, "-m", "duebook.hosts.cli", "close", str(ledger), "--as-of", AS_OF, "--out", str(out)]
        done = measure.run(command, folder)
        found.append((done.seconds, done.cpu, done.megabytes))
    return measure.median("duebook close", found, "every row checked, exact cents, sealed"), out


def recipe(ledger: Path, folder: Path) -> tuple[measure.Result, dict[str, list[str]]]:
    """The pandas and openpyxl script, once; its totals by currency and bucket."""
    from duebook.core.resources import templates

    out = folder / "recipe"
    out.mkdir()
    books = [str(templates() / f"{name}.en.xlsx") for name in ("aging", "exposure")]
    done = measure.run([sys.executable, str(HERE / "common_recipe.py"), str(ledger), *books, str(out)], folder)
    totals = json.loads(done.output.splitlines()[-1])
    return measure.median("pandas, cut, pivot, openpyxl", [(done.seconds, done.cpu, done.megabytes)]), totals


def main(rows: int, runs: int, only_ours: bool = False) -> str:
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as name:
        folder = Path(name)
        ledger = folder / "ledger.csv"
        write_ledger(ledger, rows)
        size = ledger.stat().st_size / 1e6
        title = f"{rows:,} lines of CSV ({size:.0f} MB) → aging and exposure workbooks with all detail (whole process)"
        ours, out = close(ledger, folder, runs)
        if only_ours:
            return measure.table(title, ours, [])
        theirs, totals = recipe(ledger, folder)
        differences = compared(out, totals)
    return measure.table(title, ours, [theirs]) + f"\n  {differences}"


def compared(out: Path, totals: dict[str, list[str]]) -> str:
    """Whether both found the same items and money in every bucket; the recipe's floats to the cent."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # no stubs installed

    book = load_workbook(out / "aging.xlsx", read_only=True, data_only=True)
    ours: dict[str, tuple[int, Decimal]] = {}
    for name in ("Figures", "Lists"):
        header: list[object] = []
        for row in book[name].iter_rows(values_only=True):
            cells = dict(zip(header, row, strict=False))
            if {"Lookup", "Currency", "Bucket", "Items", "Amount"} <= set(row):
                header = list(row)
            elif header and cells["Currency"] is None:
                break
            elif cells.get("Items"):
                place = str(cells["Lookup"]).partition("|")[2]
                amount = Decimal(str(cells["Amount"])).quantize(Decimal("0.01"))
                ours[f"{cells['Currency']}|Bucket {place}"] = int(str(cells["Items"])), amount
    theirs = {key: (int(n), Decimal(str(x)).quantize(Decimal("0.01"))) for key, (n, x) in totals.items()}
    if ours == theirs:
        return f"Both find the same items and cents in all {len(ours)} buckets."
    wrong = sorted(set(ours.items()) ^ set(theirs.items()))
    raise SystemExit(f"The figures differ: {wrong[:6]}")


if __name__ == "__main__":
    given = arguments(__doc__ or "")
    print(main(given.rows, given.runs, given.ours))
