"""One way to write a million rows, in a process of its own. The rows lie in memory before the clock starts.

Each way gets them in the form it likes best: the SQL engine's table (Duebook), Python tuples (Duebook again, openpyxl,
XlsxWriter), an Arrow-backed polars frame (rust_xlsxwriter). openpyxl and Duebook fill the rich template; XlsxWriter and
rust_xlsxwriter cannot open a file and write a bare sheet, which is less work.

Run: python fill_writers.py WAY ROWS TEMPLATE TARGET
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich_template import COLUMNS, HEADER_ROW

# Row n of the sample, as SQL over range(rows); integer arithmetic, so that every way writes the same values.
ROWS_SQL = """
    SELECT
        printf('%07d', n * 7919 % 8000) AS customer_id,
        printf('Customer %04d Trading Co. Ltd.', n * 7919 % 8000) AS customer_name,
        printf('INV%08d', n) AS document_id,
        CASE WHEN n % 40 = 0 THEN 'credit_note' ELSE 'invoice' END AS kind,
        DATE '2025-11-01' + CAST(n % 360 AS INTEGER) AS document_date,
        DATE '2025-12-31' + CAST(n % 360 AS INTEGER) AS due_date,
        CASE n % 4 WHEN 0 THEN 'CNY' WHEN 1 THEN 'USD' WHEN 2 THEN 'EUR' ELSE 'JPY' END AS currency,
        CAST((n * 2654435761 % 90000000 + 5000) AS DECIMAL(18, 2)) / 100 AS amount_raw,
        CAST(304 - n % 360 AS BIGINT) AS days
    FROM range({rows}) AS r(n)
"""
TABLE_SQL = f"""
    SELECT customer_id, customer_name, document_id, kind, document_date, due_date, currency,
        CAST(amount_raw AS DECIMAL(18, 2)) AS amount, CAST(amount_raw AS DECIMAL(18, 2)) AS open,
        CAST(0 AS DECIMAL(18, 2)) AS disputed, days,
        CASE WHEN days <= 0 THEN 'Not due' WHEN days <= 30 THEN '1–30' WHEN days <= 60 THEN '31–60'
             WHEN days <= 90 THEN '61–90' WHEN days <= 120 THEN '91–120' ELSE '>120' END AS bucket
    FROM ({ROWS_SQL})
"""


def tuples(rows: int) -> list[tuple[Any, ...]]:
    """The rows as Python has them: text, dates, floats."""
    import duckdb

    money = [place for place, (_, _, unit) in enumerate(COLUMNS) if unit == "money"]
    columns = [f"CAST({key} AS DOUBLE)" if place in money else key for place, (key, _, _) in enumerate(COLUMNS)]
    found: list[tuple[Any, ...]] = duckdb.sql(
        f"SELECT {', '.join(columns)} FROM ({TABLE_SQL.format(rows=rows)})"
    ).fetchall()
    return found


def _plan(held: Any) -> Any:
    from duebook.books.plan import Plan

    return Plan(tables={"open_items": held})


def _columns() -> Any:
    from duebook.books.plan import Column, Kind

    kinds: dict[str, Kind] = {"text": "text", "date": "date", "money": "number", "count": "number"}
    return tuple(Column(key, (label,), kinds[unit]) for key, label, unit in COLUMNS)


def duebook_engine(rows: int, template: Path, target: Path) -> Callable[[], None]:
    from duebook.books.fill import fill
    from duebook.books.rows import EngineRows
    from duebook.core.engine import Engine

    engine = Engine()
    engine.execute(f"CREATE TABLE items AS {TABLE_SQL.format(rows=rows)}")
    plan = _plan(EngineRows(engine, "SELECT * FROM items", _columns()))

    def work() -> None:
        fill(template, target, plan)
        engine.close()

    return work


def duebook_tuples(rows: int, template: Path, target: Path) -> Callable[[], None]:
    from duebook.books.fill import fill
    from duebook.books.rows import ListRows

    plan = _plan(ListRows(_columns(), tuples(rows)))
    return lambda: (fill(template, target, plan), None)[1]


def openpyxl(rows: int, template: Path, target: Path) -> Callable[[], None]:
    """Load the template, append, save. No styles per cell: the fastest that openpyxl offers here."""
    import warnings

    from openpyxl import load_workbook  # type: ignore[import-untyped]  # no stubs installed

    warnings.simplefilter("ignore")  # it says which parts of the template it drops
    data = tuples(rows)

    def work() -> None:
        book = load_workbook(template)
        sheet = book["Open items"]
        sheet.delete_rows(HEADER_ROW + 2)
        sheet._current_row = HEADER_ROW + 1  # `append` goes on below the header
        for row in data:
            sheet.append(row)
        table = sheet.tables["open_items"]
        table.ref = f"A{HEADER_ROW + 1}:L{HEADER_ROW + 1 + rows}"
        table.autoFilter.ref = table.ref
        book.save(target)

    return work


def xlsxwriter_constant_memory(rows: int, template: Path, target: Path) -> Callable[[], None]:
    import xlsxwriter  # type: ignore[import-untyped]  # publishes no types

    data = tuples(rows)

    def work() -> None:
        with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as book:
            sheet = book.add_worksheet("Open items")
            named = {"date": "yyyy-mm-dd", "money": "#,##0.00", "count": "#,##0"}
            formats = {unit: book.add_format({"num_format": code}) for unit, code in named.items()}
            units = [unit for _, _, unit in COLUMNS]
            for place, (_, label, _) in enumerate(COLUMNS):
                sheet.write_string(0, place, label)
            for at, row in enumerate(data, start=1):
                for place, (value, unit) in enumerate(zip(row, units, strict=True)):
                    if unit == "text":
                        sheet.write_string(at, place, value)
                    elif unit == "date":
                        sheet.write_datetime(at, place, value, formats[unit])
                    else:
                        sheet.write_number(at, place, value, formats[unit])

    return work


def rust_xlsxwriter(rows: int, template: Path, target: Path) -> Callable[[], None]:
    """rust_xlsxwriter through the binding rustpy-xlsxwriter, which reads the frame's Arrow memory directly."""
    import polars
    from rustpy_xlsxwriter import (  # type: ignore[import-not-found]  # in the bench extra only
        Format,
        write_worksheet,
    )

    # by column, because a frame of a million tuples would first hold them twice
    columns = zip(*tuples(rows), strict=True)
    frame = polars.DataFrame({label: list(c) for (_, label, _), c in zip(COLUMNS, columns, strict=True)})
    codes = {"date": "yyyy-mm-dd", "money": "#,##0.00", "count": "#,##0"}
    formats = {label: Format().set_num_format(codes[unit]) for _, label, unit in COLUMNS if unit in codes}
    return lambda: write_worksheet(frame, str(target), "Open items", column_formats=formats)


WAYS: dict[str, Callable[[int, Path, Path], Callable[[], None]]] = {
    "duebook_engine": duebook_engine,
    "duebook_tuples": duebook_tuples,
    "openpyxl": openpyxl,
    "xlsxwriter_constant_memory": xlsxwriter_constant_memory,
    "rust_xlsxwriter": rust_xlsxwriter,
}


def main(way: str, rows: str, template: str, target: str) -> None:
    work = WAYS[way](int(rows), Path(template), Path(target))
    started, busy = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    print(json.dumps({"seconds": seconds, "cpu": cpu, "bytes": Path(target).stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
