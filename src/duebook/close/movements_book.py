"""What goes into the movements workbook: how the balances came about, and what stands beside the receivables."""

from __future__ import annotations

from duebook.books.plan import Plan, Properties, Rows
from duebook.close import allowance_rows, functional_rows, movements_rows
from duebook.close.aging_book import Record, cover_line, input_rows, policy_mark, records
from duebook.close.result import Close
from duebook.close.roll_forward import Rolled, rolled
from duebook.close.slots_movements import MOVEMENTS_TABLES
from duebook.core.messages import text


def plan(close: Close) -> Plan:
    """The whole movements workbook."""
    forward = rolled(close)
    tables: dict[str, Rows] = {
        name: records(MOVEMENTS_TABLES, name, rows)
        for name, rows in (
            ("movements_figures", movements_rows.figures(close, forward)),
            ("roll_lines", movements_rows.roll_lines(close, forward)),
            ("roll_forward", movements_rows.roll_forward(forward)),
            ("bill_maturities", movements_rows.bill_maturities(close)),
            ("bill_states", movements_rows.bill_states(close)),
            ("balance_sheet", movements_rows.balance_sheet(close)),
            ("net_credit_customers", movements_rows.net_credit(close)),
            ("related_balances", movements_rows.related(close)),
            *functional_rows.rows(close).items(),
            *allowance_rows.rows(close).items(),
            ("basis", _basis(close, forward)),
        )
    }
    tables |= {
        "bills": movements_rows.bills(close),
        "retention_items": movements_rows.retention(close),
        "factored_items": movements_rows.factored(close),
        "netting_items": movements_rows.netting(close, forward.since),
    }
    title = text("movements.title", close.language)
    return Plan(
        tables=tables,
        cells={
            "book_title": title,
            "cover_line": cover_line(close),
            "as_of": close.as_of,
            "opening_day": forward.since,
            "selected_currency": close.leading_currency,
            "policy_mark": policy_mark(close),
            "roll_words": _roll_words(close, forward),
            "bills_words": _none(close, "bills", tables["bills"]),
            "retention_words": _none(close, "retention", tables["retention_items"]),
            "related_words": _none(close, "related", tables["related_balances"]),
            "currencies_words": functional_rows.words(close),
            "allowance_words": allowance_rows.words(close),
        },
        hidden={"roll_forward": movements_rows.unused_lines(forward)},
        properties=Properties(title, cover_line(close), close.as_of),
    )


def _none(close: Close, name: str, rows: Rows) -> str | None:
    """How to get a sheet that has no rows; blank where it has some."""
    return None if rows.count else text(f"movements.no_{name}", close.language)


def _roll_words(close: Close, forward: Rolled) -> str:
    """What the opening is, and what a ledger without a history cannot tell."""
    since = forward.since.isoformat()
    said = [
        text("movements.opening_sealed" if forward.sealed else "movements.opening_ledger", close.language, since=since)
    ]
    if any("undated" in line.lines for line in forward.lines):
        said.append(text("movements.undated", close.language))
    return text("close.sentence_gap", close.language).join(said)


def _basis(close: Close, forward: Rolled) -> list[Record]:
    since = forward.since.isoformat()
    said: list[Record] = [
        {
            "name": text(f"movements.basis_{name}", close.language),
            "value": text(f"movements.basis_{name}_words", close.language, since=since, until=close.as_of.isoformat()),
        }
        for name in ("opening", "lines", "bills", "retention", "credits")
    ]
    said += functional_rows.functional_basis(close)
    return [*said, *allowance_rows.basis_rows(close), *allowance_rows.bank_acceptance_rows(close), *input_rows(close)]
