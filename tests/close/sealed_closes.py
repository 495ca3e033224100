"""Small closes, sealed with their detail and without their workbooks: what `compare` and `show` look into."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.close import detail, seal
from duebook.close.options import CloseOptions
from duebook.close.run import figured
from duebook.core.engine import Engine
from duebook.ledger.files import Source

HEAD = "Customer ID | Customer | Document No | Type | Invoice Date | Due Date | Amount | Currency"
PAID = "Customer ID | Payment No | Document type | Payment Date | Applies to | Amount | Currency"


def table(path: Path, text: str) -> Path:
    """A file from lines whose cells are separated by bars."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return written(path, rows)


def written(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def sealed(folder: Path, as_of: str, ledger: Path, *others: tuple[str, Path], **more: Any) -> Path:
    """A sealed folder of a close of `ledger` and other files by role."""
    sources = (Source(ledger, "invoices"), *(Source(path, role) for role, path in others))
    options = CloseOptions(sources, date.fromisoformat(as_of), folder, control_totals={"CNY": Decimal(0)}, **more)
    folder.mkdir(parents=True)
    with Engine(threads=1) as engine:
        close = figured(options, engine)
        seal.written(folder, seal.seal(close, (), detail.write(close, folder)))
    return folder
