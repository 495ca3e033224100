"""`duebook statement CUSTOMER…`: statements of account out of a sealed close, a workbook per customer and currency."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from duebook.close import statement, statement_files
from duebook.close.statement import Asked, Statements
from duebook.close.statement_files import Look, Written
from duebook.close.wording import amount
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.money import plain
from duebook.hosts.cli import DONE
from duebook.hosts.commands import progress_line
from duebook.policy import letterhead
from duebook.policy.load import load

SHOWN = 20
"""Statements that are listed on the terminal."""
_PIPED_COLUMNS = 240
"""Into a file or a pipe there is no width to fit: figures are never cut."""


def run(chosen: argparse.Namespace) -> int:
    if bool(chosen.customers) + chosen.all + chosen.overdue != 1:
        raise DuebookError("statement.whose")
    statement_files.refuse(chosen.out, chosen.template)
    letterheads = load(chosen.policy).section(letterhead.read)
    # a template of the firm's own is in one language
    asked_for = chosen.language_asked or chosen.template is not None
    look = Look(chosen.language if asked_for else None, chosen.template, letterheads)
    asked = Asked(tuple(chosen.customers), chosen.overdue, chosen.since)
    with Engine() as engine, progress_line(chosen.language, chosen.json or chosen.quiet, "statement") as progress:
        stated = statement.opened(chosen.folder, engine, asked)
        written = statement_files.write(stated, chosen.out, look, lambda name: progress(f"write {name}"))
    if chosen.json:
        print(json.dumps(_as_json(stated, written), ensure_ascii=False, indent=1))
    elif not chosen.quiet:
        _tell(chosen, stated, written)
    return DONE


def _as_json(stated: Statements, written: Sequence[Written]) -> dict[str, object]:
    return {
        "as_of": stated.as_of.isoformat(),
        "from": stated.since.isoformat(),
        "statements": [{**asdict(w), "balance": plain(w.balance), "overdue": plain(w.overdue)} for w in written],
        "without": list(stated.without),
    }


def _tell(chosen: argparse.Namespace, stated: Statements, written: Sequence[Written]) -> None:
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_COLUMNS)

    def say(key: str, style: str | None = None, **facts: object) -> None:
        console.print(text(f"statement.{key}", chosen.language, **facts), style=style, markup=False, soft_wrap=True)

    if written:
        console.print(_listed(written[:SHOWN], chosen.language))
        if len(written) > SHOWN:
            say("more", count=f"{len(written) - SHOWN:,}")
        say("written" if len(written) > 1 else "written_one", count=f"{len(written):,}", folder=chosen.out)
        _warn(chosen, written, say)
    elif not chosen.customers:
        say("none_overdue" if chosen.overdue else "none")
    if stated.without:
        customers = text("close.list_comma", chosen.language).join(stated.without)
        say("without", "yellow", customers=customers, since=stated.since.isoformat())


def _listed(written: Sequence[Written], language: str) -> Any:
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("customer", "currency", "balance", "overdue", "file"):
        right = name in ("balance", "overdue")
        words = text(f"statement.column_{name}", language)
        shown.add_column(words, justify="right" if right else "left", no_wrap=right)
    for own in written:
        figures = (amount(own.balance, own.currency), amount(own.overdue, own.currency))
        customer = f"{own.customer_id} {own.customer_name or ''}".strip()
        shown.add_row(*map(Text, (customer, own.currency, *figures, own.file)))
    return shown


def _warn(chosen: argparse.Namespace, written: Sequence[Written], say: Callable[..., None]) -> None:
    """What to look at before the statements are sent."""
    telling = [own.file for own in written if own.telling]
    if telling:
        more = [] if len(telling) <= SHOWN else ["…"]
        comma = text("close.list_comma", chosen.language)
        say("telling", "yellow", files=comma.join([*telling[:SHOWN], *more]))
    if chosen.template is None and not any(own.addressed for own in written):
        say("unaddressed", "yellow")
