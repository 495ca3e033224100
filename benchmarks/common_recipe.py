"""The month-end script that many people write: pandas reads, cuts and pivots, openpyxl fills the workbook.

A fair version: identifiers stay text, rows are written once with the template's styles looked up beforehand, tables
are stretched over their rows. It fills the two large tables of the aging workbook and the exposure table, in the same
templates that Duebook fills. It does not tie out, check, keep exact cents, work out DSO, or look after charts.

Run: python common_recipe.py LEDGER AGING_TEMPLATE EXPOSURE_TEMPLATE FOLDER
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]  # no stubs installed
from openpyxl import load_workbook  # type: ignore[import-untyped]  # no stubs installed
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # no stubs installed

AS_OF = pd.Timestamp("2026-10-31")
LABELS = ["Bucket 1", "Bucket 2", "Bucket 3", "Bucket 4", "Bucket 5", "Bucket 6"]
EDGES = [-float("inf"), 0, 30, 60, 90, 120, float("inf")]


def read(ledger: str) -> pd.DataFrame:
    text = dict.fromkeys(("customer_id", "customer_name", "document_type", "invoice_no", "sales_unit"), str)
    frame = pd.read_csv(ledger, dtype=text, parse_dates=["invoice_date", "due_date", "payment_date"])
    paid = frame["paid_amount"].where(frame["payment_date"] <= AS_OF, 0.0).fillna(0.0)
    frame["open"] = (frame["invoice_amount"] - paid).round(2)
    frame = frame[(frame["invoice_date"] <= AS_OF) & (frame["open"] != 0)].copy()
    frame["days"] = (AS_OF - frame["due_date"]).dt.days
    frame["bucket"] = pd.cut(frame["days"], EDGES, labels=LABELS).astype(str)
    frame["line"] = frame.index + 2
    return frame


def aged_balance(items: pd.DataFrame) -> pd.DataFrame:
    keys = ["customer_id", "customer_name", "sales_unit", "currency"]
    table = items.pivot_table(index=keys, columns="bucket", values="open", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=LABELS, fill_value=0.0).round(2)
    table["total"] = table[LABELS].sum(axis=1).round(2)
    table["overdue"] = table[LABELS[1:]].sum(axis=1).round(2)
    table["oldest"] = items.groupby(keys)["days"].max().clip(lower=0)
    return table.reset_index()


def fill(sheet: Worksheet, name: str, frame: pd.DataFrame, columns: dict[str, str]) -> None:
    """Writes `frame` under the header of the table `name`; `columns`: header → column of the frame."""
    table = sheet.tables[name]
    corner, end = table.ref.split(":")
    header = sheet[corner].row
    first = header + 1
    width = sheet[end].column
    texts = {sheet.cell(header, c).value: c for c in range(1, width + 1)}
    styles = {c: sheet.cell(first, c)._style for c in range(1, width + 1)}
    taken = [(texts[h], column) for h, column in columns.items()]
    values = zip(*(frame[column].tolist() for _, column in taken), strict=True)
    places = [place for place, _ in taken]
    for row, cells in enumerate(values, start=first):
        for place, value in zip(places, cells, strict=True):
            cell = sheet.cell(row, place, value)
            cell._style = styles[place]
    table.ref = f"{corner}:{sheet.cell(first + len(frame) - 1, width).coordinate}"
    if table.autoFilter is not None:
        table.autoFilter.ref = table.ref


def main(ledger: str, aging: str, exposure: str, folder: str) -> None:
    warnings.simplefilter("ignore")  # openpyxl says which parts of the template it drops
    items = read(ledger)
    items["file"] = Path(ledger).name
    items["disputed"] = 0.0
    balance = aged_balance(items)
    book = load_workbook(aging)
    keys = {"Customer ID": "customer_id", "Customer": "customer_name", "Currency": "currency"}
    fill(
        book["Aged balance"],
        "aged_balance",
        balance,
        {
            **keys,
            "Sales unit": "sales_unit",
            **{label: label for label in LABELS},
            "Aged total": "total",
            "Balance": "total",
            "Overdue": "overdue",
            "Oldest, days": "oldest",
        },
    )
    fill(
        book["Open items"],
        "open_items",
        items,
        {
            **keys,
            "Document": "invoice_no",
            "Kind": "document_type",
            "Document date": "invoice_date",
            "Due date": "due_date",
            "Amount": "invoice_amount",
            "Open": "open",
            "Of it disputed": "disputed",
            "Days past due": "days",
            "Bucket": "bucket",
            "File": "file",
            "Line": "line",
        },
    )
    book.save(Path(folder) / "aging.xlsx")
    book = load_workbook(exposure)
    columns = {**keys, "Open items": "total", "Exposure": "total", "Overdue": "overdue", "Oldest, days": "oldest"}
    fill(book["Exposure"], "exposure", balance, columns)
    book.save(Path(folder) / "exposure.xlsx")
    totals = items.groupby(["currency", "bucket"])["open"].agg(["size", "sum"]).round(2)
    print(json.dumps({"|".join(key): [int(row["size"]), row["sum"]] for key, row in totals.iterrows()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
