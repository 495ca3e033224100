"""`make close`: writes the sample month and closes it, September first so that October shows what changed."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

from duebook.hosts.cli import main
from duebook.sample.month import SampleMonth, write_month

BUILD = Path("build")


def run() -> int:
    """Exit status of the October close; September is only there to be compared with."""
    shutil.rmtree(BUILD / "sample", ignore_errors=True)  # an older Duebook's sample would be refused
    month = write_month(BUILD / "sample")
    before, now = (BUILD / f"close-{day}" for day in (month.previous_as_of, month.as_of))
    status = main([*_close(month, month.previous_as_of), "--out", str(before), "--quiet"])
    if status:
        return status
    print(f"Sample month of {month.as_of}, compared with {month.previous_as_of}:\n")
    return main([*_close(month, month.as_of), "--previous", str(before), "--out", str(now)])


def _close(month: SampleMonth, as_of: date) -> list[str]:
    command = ["close", str(month.invoices), "--payments", str(month.payments), "--customers", str(month.customers)]
    for currency, total in sorted(month.control_totals(as_of).items()):
        command += ["--control-total", f"{currency}={total}"]
    rates = ["--rates", str(month.rates), "--functional", "CNY"]
    return [*command, *rates, "--as-of", as_of.isoformat(), "--accept-problems"]


if __name__ == "__main__":
    sys.exit(run())
