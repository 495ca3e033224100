"""A million rows of twelve columns into a rich template: Duebook beside the usual libraries.

Run: python benchmarks/fill_million.py [--rows N] [--runs N]
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from pathlib import Path

import measure
from arguments import arguments
from rich_template import write_template

HERE = Path(__file__).resolve().parent
OURS = "duebook_engine"
NAMES = {
    OURS: "Duebook, rows in its SQL engine",
    "duebook_tuples": "Duebook, rows as Python tuples",
    "openpyxl": "openpyxl: load, append, save",
    "xlsxwriter_constant_memory": "XlsxWriter constant memory (bare sheet)",
    "rust_xlsxwriter": "rust_xlsxwriter, one thread (bare sheet)",
}
NEEDS = {"openpyxl": "openpyxl", "xlsxwriter_constant_memory": "xlsxwriter", "rust_xlsxwriter": "rustpy_xlsxwriter"}
SLOW = ("openpyxl", "xlsxwriter_constant_memory", "duebook_tuples")
"""Once is enough for what takes the better part of a minute."""


def measured(way: str, rows: int, runs: int, folder: Path, template: Path) -> tuple[measure.Result, int]:
    """The result of one way, and the size of its file."""
    missing = NEEDS.get(way)
    if missing and importlib.util.find_spec(missing) is None:
        return measure.Result(NAMES[way], None, remark=f"{missing} is not installed: pip install duebook[bench]"), 0
    target = folder / f"{way}.xlsx"
    found, size = [], 0
    for _ in range(1 if way in SLOW else runs):
        done = measure.run(
            [sys.executable, str(HERE / "fill_writers.py"), way, str(rows), str(template), str(target)], folder
        )
        said = json.loads(done.output.splitlines()[-1])
        found.append((said["seconds"], said["cpu"], done.megabytes))
        size = said["bytes"]
        target.unlink()
    return measure.median(NAMES[way], found, f"{size / 1e6:.0f} MB"), size


def main(rows: int, runs: int, only_ours: bool = False) -> str:
    with tempfile.TemporaryDirectory(prefix="duebook-bench-") as name:
        folder = Path(name)
        template = folder / "rich.xlsx"
        write_template(template)
        results = [measured(way, rows, runs, folder, template)[0] for way in NAMES if way == OURS or not only_ours]
    title = f"{rows:,} rows × 12 columns into a template (time of the filling alone; peak includes the rows in memory)"
    return measure.table(title, results[0], results[1:])


if __name__ == "__main__":
    given = arguments(__doc__ or "")
    print(main(given.rows, given.runs, given.ours))
