"""The benchmarks compare like with like: on a few rows, every way writes the same values. No time is tested here."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
ROWS = 250


def run(script: str, *arguments: object) -> str:
    command = [sys.executable, str(BENCHMARKS / script), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def program(text: str, *arguments: object) -> None:
    subprocess.run([sys.executable, "-c", text, *map(str, arguments)], check=True, cwd=BENCHMARKS)


def expected() -> list[tuple[object, ...]]:
    """The rows by the recipe in `fill_writers.ROWS_SQL`, in Python's own arithmetic."""
    found: list[tuple[object, ...]] = []
    for n in range(ROWS):
        customer = n * 7919 % 8000
        days = 304 - n % 360
        ends = ((0, "Not due"), (30, "1–30"), (60, "31–60"), (90, "61–90"), (120, "91–120"), (999, ">120"))
        amount = Decimal(n * 2654435761 % 90_000_000 + 5000) / 100
        found.append(
            (
                f"{customer:07d}",
                f"Customer {customer:04d} Trading Co. Ltd.",
                f"INV{n:08d}",
                "invoice" if n % 40 else "credit_note",
                date.fromordinal(date(2025, 11, 1).toordinal() + n % 360),
                date.fromordinal(date(2025, 12, 31).toordinal() + n % 360),
                ("CNY", "USD", "EUR", "JPY")[n % 4],
                amount,
                amount,
                Decimal(0),
                days,
                next(label for end, label in ends if days <= end),
            )
        )
    return found


def plain(value: object) -> object:
    if hasattr(value, "date"):
        return value.date()
    return Decimal(str(value)) if isinstance(value, float) else value


@pytest.mark.parametrize(
    "way", ["duebook_engine", "duebook_tuples", "openpyxl", "xlsxwriter_constant_memory", "rust_xlsxwriter"]
)
def test_every_way_writes_the_same_rows(tmp_path: Path, way: str) -> None:
    template, target = tmp_path / "rich.xlsx", tmp_path / "out.xlsx"
    program("import sys, pathlib, rich_template; rich_template.write_template(pathlib.Path(sys.argv[1]))", template)
    said = json.loads(run("fill_writers.py", way, ROWS, template, target))
    assert said["seconds"] > 0 and said["bytes"] == target.stat().st_size
    rows = list(load_workbook(target)["Open items"].iter_rows(values_only=True))
    header = next(n for n, row in enumerate(rows) if row[0] == "Customer ID")
    assert [tuple(map(plain, row[:12])) for row in rows[header + 1 :]] == expected()


def test_the_ledger_is_as_described_and_the_recipe_adds_it_up(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    program("import sys, pathlib, ledger_csv; ledger_csv.write_ledger(pathlib.Path(sys.argv[1]), 2000)", ledger)
    with ledger.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 2000 and len(lines[0]) == 12
    open_amounts: dict[str, list[Decimal]] = {}
    for line in lines:
        assert line["invoice_date"] <= line["payment_date"] <= "2026-10-31" or not line["payment_date"]
        rest = Decimal(line["invoice_amount"]) - Decimal(line["paid_amount"] or 0)
        assert rest >= 0
        late = (date(2026, 10, 31) - date.fromisoformat(line["due_date"])).days
        place = 1 + sum(late > edge for edge in (0, 30, 60, 90, 120))
        if rest:
            open_amounts.setdefault(f"{line['currency']}|Bucket {place}", []).append(rest)
    paid = sum(line["paid_amount"] == line["invoice_amount"] for line in lines)
    partly = sum(line["paid_amount"] != "" for line in lines) - paid
    assert 150 < paid < 250 and 430 < partly < 570  # one in ten, one in four
    templates = [BENCHMARKS.parent / "xlsx_templates" / f"{name}.en.xlsx" for name in ("aging", "exposure")]
    totals = json.loads(run("common_recipe.py", ledger, *templates, tmp_path))
    assert {key: (n, Decimal(str(x))) for key, (n, x) in totals.items()} == {
        key: (len(amounts), sum(amounts)) for key, amounts in open_amounts.items()
    }
    items = list(load_workbook(tmp_path / "aging.xlsx", read_only=True)["Open items"].iter_rows(values_only=True))
    assert sum(isinstance(row[-1], int) for row in items) == sum(map(len, open_amounts.values()))
