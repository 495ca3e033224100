"""Checks the Excel add-in in a real Excel on Windows and writes a report to send: build/windows-check/report.txt.

    duebook addin install              (Excel closed)
    start Excel, open a blank workbook, save and close your own workbooks
    python tools\\windows_check.py

The script attaches to the Excel that you have started, because an Excel that a program starts opens neither its start
folder nor its add-ins. If none runs with the add-in (or with --start), it starts one and opens the add-in itself. It
works in workbooks of its own, in build/windows-check, and closes and removes them. Leave mouse and keyboard alone
until it ends (a few minutes). At the end it ends Duebook's Python once, to see that the next cell starts it anew.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is on the path and the checkout is not

from tools.excel_checks import cases, gallery, pressing, ranges, sharing  # noqa: E402  # after the path is known
from tools.excel_checks.desk import Desk  # noqa: E402
from tools.excel_checks.report import Report  # noqa: E402
from tools.excel_checks.steps import State, Step, run  # noqa: E402

GOOD, FAULTS, REFUSED = 0, 1, 2


def middle() -> list[Step]:
    """The steps between those of the installation and those that end Duebook's Python."""
    return [*cases.steps(), *gallery.STEPS, *ranges.STEPS, *sharing.STEPS, *pressing.STEPS]


def check(desk: Desk, steps: Sequence[Step], report: Report) -> None:
    """Runs the steps, tells each at the screen, and closes what they opened."""

    def begins(name: str) -> None:
        report.begin(name)
        print(f"… {name}", flush=True)

    try:
        for result in run(steps, desk, begins):
            report.add(result)
            print(f"{result.state:<9} {result.name}: {result.shown}", flush=True)
    finally:
        desk.close_all()


def main(arguments: Sequence[str] | None = None) -> int:
    """0: nothing failed, 1: something did, 2: not tried, as this is not Windows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/windows-check"), help="folder of the report")
    parser.add_argument("--start", action="store_true", help="start an Excel of its own, even where one runs")
    parser.add_argument("--keep", action="store_true", help="keep the workbooks that were made")
    chosen = parser.parse_args(arguments)
    if sys.platform != "win32":
        print("This needs Excel on Windows. What Linux can prove, `make test` does.", file=sys.stderr)
        return REFUSED
    from tools.excel_checks import excel

    out = chosen.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="workbooks-", dir=out))
    try:
        with excel.excel(chosen.start) as (app, how):
            desk = Desk(app, folder)
            report = Report(out, excel.facts(app, how))
            desk.attached = how.startswith("attached")
            check(desk, [*excel.BEFORE, *middle(), *excel.AFTER], report)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{report.summary()}. The report to send: {out / 'report.txt'}")
    return FAULTS if report.count(State.FAIL) else GOOD


if __name__ == "__main__":
    sys.exit(main())
