"""The sales table: credit sales per month and currency, where a sales file gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import columns, kinds
from duebook.ledger.cells import Group, Reader
from duebook.ledger.dates import month_start
from duebook.ledger.found import Findings, Part


def read_sales(
    engine: Engine,
    findings: Findings,
    parts: Sequence[Part],
    currency: str | None,
    as_of: date | None,
    currency_open: bool = False,
) -> None:
    """Makes `sales` (month, currency, amount); empty without a sales file. Rows of one month and currency are added."""
    engine.execute("CREATE OR REPLACE TABLE sales_rows (month DATE, currency VARCHAR, amount DECIMAL(18, 4))")
    for part in parts:
        columns.require(part.mapped, part.raw.headers, part.raw.file, ("month",), ("sales_amount",))
        reader = Reader(engine, findings, Group((part,)))
        reader.words("month", "DATE", lambda text: month_start(text, as_of), "sales_unread", "kept")
        reader.amounts("sales_amount", lambda _: "kept", "sales_unread")
        shape = reader.shapes[part.number]
        if "currency" in part.mapped.positions:
            reader.words("currency", "VARCHAR", kinds.currency, "sales_unread", "kept")
        elif (code := part.mapped.currency or currency) is not None:
            shape.expressions["currency"] = quoted(code)
        elif currency_open:
            shape.expressions["currency"] = "CAST(NULL AS VARCHAR)"
        else:
            raise DuebookError("ledger.currency_needed", file=part.raw.file)
        each = ", ".join(shape.expressions[name] for name in ("month", "currency", "sales_amount"))
        engine.execute(
            f"INSERT INTO sales_rows SELECT {each} FROM {identifier(part.raw.name)} AS r {' '.join(shape.joins)}"
        )
    engine.execute(
        "CREATE OR REPLACE TABLE sales AS SELECT month, currency, CAST(sum(amount) AS DECIMAL(18, 4)) AS amount "
        "FROM sales_rows WHERE month IS NOT NULL AND currency IS NOT NULL AND amount IS NOT NULL "
        "GROUP BY month, currency ORDER BY month, currency"
    )
    engine.execute("DROP TABLE sales_rows")
