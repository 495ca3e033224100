"""`duebook compare OLD NEW`: tells what moved between two closes and what changed in the past."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from duebook.close import compare, compare_book
from duebook.close.compare import Change, Comparison, RollLine
from duebook.close.wording import amount
from duebook.core.engine import Engine
from duebook.core.messages import text
from duebook.core.money import plain
from duebook.hosts.cli import DONE, PROBLEMS

LARGEST = 10
_PIPED_COLUMNS = 240
"""Into a file or a pipe there is no width to fit: figures are never cut."""


def run(chosen: argparse.Namespace) -> int:
    """Exit status: 1 where something changed in the past."""
    if chosen.out:
        compare_book.refuse(chosen.out)
    with Engine() as engine:
        found = compare.compare(chosen.old, chosen.new, engine, chosen.customer)
        if chosen.out:
            compare_book.write(found, chosen.out, chosen.language)
        if chosen.json:
            print(json.dumps(as_json(found), ensure_ascii=False, indent=1))
        elif not chosen.quiet:
            _tell(found, chosen)
        return PROBLEMS if found.count("changes") else DONE


def as_json(found: Comparison) -> dict[str, Any]:
    """The whole comparison for a program; amounts as text."""
    return {
        "old": {"folder": found.old_name, "as_of": found.since.isoformat()},
        "new": {"folder": found.new_name, "as_of": found.until.isoformat()},
        "lists_open": found.lists_open,
        "settings": [asdict(difference) for difference in found.settings],
        "totals": {currency: [asdict(d) for d in own] for currency, own in found.totals.items()},
        "roll_forward": [_roll_record(line) for line in found.roll],
        "changes": [{name: _plain(value) for name, value in asdict(change).items()} for change in found.changes()],
    }


def _roll_record(line: RollLine) -> dict[str, Any]:
    return {
        "currency": line.currency,
        "account": line.account,
        "customer_id": line.customer_id,
        "customer_name": line.customer_name,
        "opening": plain(line.opening),
        **{name: plain(value) for name, value in line.lines.items()},
        "closing": plain(line.closing),
        "unexplained": plain(line.unexplained),
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def _tell(found: Comparison, chosen: argparse.Namespace) -> None:
    from rich.console import Console

    language = chosen.language
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_COLUMNS)

    def say(words: str, style: str | None = None) -> None:
        console.print(words, style=style, markup=False, soft_wrap=True)

    together = compare.summed(found.roll)
    for currency in found.currencies:
        own = {account: line for (code, account), line in together.items() if code == currency}
        say(compare_book.headline(found, currency, language), "bold")
        console.print(_roll_table(own, currency, language))
        _tell_changes(console, found, currency, language)
    if not any(line.lines for line in found.roll) and not found.count("changes"):
        say(text("compare.identical", language))
    if found.lists_open:
        say(text("compare.lists_open", language))
    for words in compare_book.setting_words(found, language):
        say(words, "yellow")
    if chosen.out:
        say(text("compare.written", language, path=str(chosen.out)))


def _roll_table(own: dict[str, RollLine], currency: str, language: str) -> Any:
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column(text("compare.column_line", language))
    accounts = [account for account in compare.ACCOUNTS if account in own]
    for account in accounts:
        shown.add_column(text(f"compare.account_{account}", language), justify="right", no_wrap=True)
    for name in ("opening", *compare.LINES, "closing"):
        values = [_value(own[account], name) for account in accounts]
        if any(values) or name in ("opening", "closing"):
            style = "bold" if name in ("opening", "closing", "changed") else None
            words = text(f"compare.line_{name}", language)
            shown.add_row(words, *(amount(value, currency) for value in values), style=style)
    return shown


def _value(line: RollLine, name: str) -> Decimal:
    ends = {"opening": line.opening, "closing": line.closing}
    return ends[name] if name in ends else line.lines.get(name, compare.ZERO)


def _tell_changes(console: Any, found: Comparison, currency: str, language: str) -> None:
    from rich.table import Table
    from rich.text import Text

    largest = list(found.changes(largest=LARGEST, currency=currency))
    count = found.changes_in(currency)
    since = found.since.isoformat()
    key = "compare.largest" if count > len(largest) else "compare.all" if count else "compare.no_changes"
    words = text(key, language, currency=currency, since=since, count=f"{count:,}", shown=len(largest))
    console.print(words, markup=False, soft_wrap=True)
    if not largest:
        return
    shown = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("customer", "document", "what", "was", "is"):
        shown.add_column(text(f"compare.column_{name}", language), justify="left")
    shown.add_column(text("compare.column_effect", language, since=since), justify="right", no_wrap=True)
    for change in largest:
        shown.add_row(*map(Text, _cells(change, language)))
    console.print(shown)


def _cells(change: Change, language: str) -> Sequence[str]:
    name = f" {change.customer_name}" if change.customer_name else ""
    other = f" ← {change.other_id}" if change.other_id else ""
    return (
        f"{change.customer_id}{name}",
        f"{change.document_id}{other}",
        text(f"compare.what_{change.what}", language),
        _side(change, "old"),
        _side(change, "new"),
        amount(change.effect, change.currency),
    )


def _side(change: Change, side: str) -> str:
    """Amount, date, due date and source of a change as it was (`old`) or is (`new`); a dash where there is nothing."""
    value: Decimal | None = getattr(change, f"{side}_amount")
    if value is None:
        return "–"
    said = [amount(value, change.currency), str(getattr(change, f"{side}_date"))]
    if change.what == "due_date":
        said.append(f"→ {getattr(change, f'{side}_due')}")
    if change.what == "customer":
        said.append(getattr(change, f"{side}_customer"))
    return f"{', '.join(said)} ({getattr(change, f'{side}_file')}:{getattr(change, f'{side}_line')})"
