"""Writes docs/slots.md: every slot that Duebook fills, for people who bring their own workbook."""

from __future__ import annotations

from pathlib import Path

from duebook.close.slots import AGING_CELLS, AGING_TABLES, EXPOSURE_CELLS, EXPOSURE_TABLES, Table
from duebook.close.slots_audit import AUDIT_CELLS, AUDIT_TABLES
from duebook.close.slots_movements import MOVEMENTS_CELLS, MOVEMENTS_TABLES
from duebook.close.slots_statement import STATEMENT_CELLS, STATEMENT_TABLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "slots.md"

HEAD = """# Slots: what Duebook fills in a workbook

Give your own workbook with `--template FILE` (.xlsx, .xlsm, .xltx or .xltm). Duebook fills

- every **Excel table** that has one of the names below (*Table Design → Table Name*), or a **defined name** that refers
  to a range: the columns are found by their headers, in English or Chinese or by the key, in any order. Columns you do
  not want are left out; columns of your own stay blank, and formula columns are copied down;
- every **cell** that has one of the names below.

The table grows or shrinks to the rows; everything that refers to it follows. Rows below move. Nothing else changes.
Amounts are numbers in the currency of their row, rates are fractions, dates are dates, numbers of customers and
documents are text. Bucket columns also answer to the labels of the aging scheme ("1–30 days", "未到期").

This page is made by `tools/slots_page.py` from `src/duebook/close/slots*.py`.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for title, tables, cells in (
        ("The aging workbook", AGING_TABLES, AGING_CELLS),
        ("The exposure workbook", EXPOSURE_TABLES, EXPOSURE_CELLS),
        ("The movements workbook", MOVEMENTS_TABLES, MOVEMENTS_CELLS),
        ("The auditor pack", AUDIT_TABLES, AUDIT_CELLS),
        ("The statement of account (duebook statement --template)", STATEMENT_TABLES, STATEMENT_CELLS),
    ):
        parts.append(f"## {title}\n\n### Cells\n\n| name | holds |\n|---|---|\n")
        parts.append("".join(f"| `{name}` | {what} |\n" for name, what in cells.items()))
        parts += [_table(table) for table in tables]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _table(table: Table) -> str:
    rows = "".join(f"| `{f.key}` | {f.en} | {f.zh} | {f.unit} |\n" for f in table.fields)
    return f"### Table `{table.name}`\n\n| key | English header | Chinese header | unit |\n|---|---|---|---|\n{rows}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8", newline="\n")
