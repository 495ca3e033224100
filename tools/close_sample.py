"""`make close`: writes the sample month and closes it, September first so that October shows what changed."""

from __future__ import annotations

import sys
from pathlib import Path

from duebook.hosts.cli import main

BUILD = Path("build")
SAMPLE = BUILD / "sample"
PREVIOUS = BUILD / "close-2026-09-30"
CLOSE = BUILD / "close-2026-10-31"


def run() -> int:
    if status := main(["sample", str(SAMPLE)]):
        return status
    ledger = [str(SAMPLE / "invoices.csv"), "--payments", str(SAMPLE / "payments.csv")]
    ledger += ["--customers", str(SAMPLE / "customers.xlsx"), "--accept-problems"]
    if status := main(["close", *ledger, "--as-of", "2026-09-30", "--out", str(PREVIOUS), "--json"]):
        return status
    return main(["close", *ledger, "--as-of", "2026-10-31", "--previous", str(PREVIOUS), "--out", str(CLOSE)])


if __name__ == "__main__":
    sys.exit(run())
