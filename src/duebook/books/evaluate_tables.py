"""The rows that a structured reference means: `[#Totals]`, `[#This Row]`, the data."""

from __future__ import annotations

from duebook.books.evaluate_parse import NotUnderstood
from duebook.books.evaluate_view import Key, TableView


def table_rows(table: TableView, items: tuple[str, ...], at: Key) -> tuple[int, int]:
    rows: list[int] = []
    for item in items or ("#DATA",):
        if item == "#THIS ROW":
            if table.sheet != at[0] or not table.first_row <= at[1] <= table.last_row:
                raise NotUnderstood("[#This Row] outside the table's rows")
            rows += [at[1]]
        elif item == "#DATA":
            rows += [table.first_row, table.last_row]
        elif item == "#HEADERS" and table.header_row is not None:
            rows += [table.header_row]
        elif item == "#TOTALS" and table.totals_row is not None:
            rows += [table.totals_row]
        elif item == "#ALL":
            rows += [table.header_row or table.first_row, table.totals_row or table.last_row]
        else:
            raise NotUnderstood(f"[{item}] of a table without it")
    return min(rows), max(rows)
