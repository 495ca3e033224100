"""`duebook show CUSTOMER [DIR]`: one customer out of a sealed close, on the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from duebook.close import show, wording
from duebook.close.show import Candidate, Document, Item, Payment, Shown, Standing, Step
from duebook.close.wording import amount
from duebook.core.engine import Engine
from duebook.core.messages import catalogue, in_edition, text
from duebook.core.money import plain
from duebook.hosts.cli import DONE, PROBLEMS

SECTIONS = ("items", "retention", "credits", "bills", "contract_assets", "other")
_PIPED_COLUMNS = 240
"""Into a file or a pipe there is no width to fit: figures are never cut."""


def run(chosen: argparse.Namespace) -> int:
    """Exit status: 1 where several customers fit and are listed."""
    with Engine() as engine:
        found = show.show(chosen.folder, chosen.customer, engine, document=chosen.document, payments=chosen.payments)
    if isinstance(found, list):
        _tell_candidates(found, chosen)
        return PROBLEMS
    if chosen.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        _Page(found, chosen.language).tell()
    return DONE


def as_json(found: Shown) -> dict[str, Any]:
    """Everything for a program; amounts as text."""
    content = {name: _plain(value) for name, value in asdict(found).items()}
    for record, standing in zip(content["standings"], found.standings, strict=True):
        record |= {"headroom": _plain(standing.headroom), "limit_use": _plain(standing.limit_use)}
    return content


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items()}
    return [_plain(entry) for entry in value] if isinstance(value, (list, tuple)) else value


def _tell_candidates(found: Sequence[Candidate], chosen: argparse.Namespace) -> None:
    if chosen.json:
        print(json.dumps({"candidates": [asdict(c) for c in found]}, ensure_ascii=False, indent=1))
        return
    many = len(found) > show.CANDIDATES
    count = min(len(found), show.CANDIDATES)
    print(text("show.several_more" if many else "show.several", chosen.language, customer=chosen.customer, count=count))
    for candidate in found[:count]:
        print(f"  {candidate.customer_id}  {candidate.customer_name or ''}".rstrip())


class _Page:
    """What is shown of one customer, in one language."""

    def __init__(self, found: Shown, language: str) -> None:
        from rich.console import Console

        self.found, self.language = found, language
        self.console = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPED_COLUMNS)

    def say(self, key: str, style: str | None = None, **facts: object) -> None:
        words = text(f"show.{key}", self.language, **facts)
        self.console.print(words, style=style, markup=False, soft_wrap=True)

    def tell(self) -> None:
        found = self.found
        name = f"{found.customer_id} {found.customer_name}" if found.customer_name else found.customer_id
        facts = {"customer": name, "as_of": found.as_of.isoformat()}
        if found.known_at:
            self.say("head_known", "bold", **facts, known_at=found.known_at.isoformat())
        else:
            self.say("head", "bold", **facts)
        if found.parent_id:
            self.say("group", group=found.parent_id)
        if found.documents:
            for document in found.documents:
                self._document(document)
            return
        if not found.standings:
            self.say("nothing_open")
        for standing in found.standings:
            self._standing(standing)
        for section in SECTIONS:
            self._items(section, [item for item in found.items if item.section == section])
        if found.standings:
            self._payments(found.payments)

    def _standing(self, held: Standing) -> None:
        def money(value: Decimal | None) -> str:
            return "–" if value is None else amount(value, held.currency)

        facts = {"currency": held.currency, "balance": money(held.balance), "overdue": money(held.overdue)}
        self.console.print()
        if held.oldest_days:
            self.say("headline_oldest", "bold", **facts, days=f"{held.oldest_days:,}")
        else:
            self.say("headline", "bold", **facts)
        if held.headroom is not None:
            use = wording.share(held.limit_use)
            limit, exposure, room = (money(v) for v in (held.credit_limit, held.exposure, held.headroom))
            style = "bold red" if held.headroom < 0 else None
            self.say("limit", style, limit=limit, exposure=exposure, headroom=room, use=use)
        elif held.credit_limit is not None and held.limit_currency:
            limit = amount(held.credit_limit, held.limit_currency)
            self.say("limit_other", limit=limit, currency=held.limit_currency)
        else:
            self.say("no_limit", exposure=money(held.exposure))
        if held.insured_limit is not None:
            ratio = wording.share(held.cover_ratio)
            self.say("cover", covered=money(held.covered), insured=money(held.insured_limit), ratio=ratio)
        self._buckets(held)

    def _buckets(self, held: Standing) -> None:
        labels = self._labels(len(held.buckets))
        parts = [*zip(labels, held.buckets, strict=True)]
        parts += [(text(f"cli.{key}_column", self.language), getattr(held, key)) for key in ("disputed", "unapplied")]
        rows = self._table([(label, True) for label, _ in parts])
        rows.add_row(*(amount(value, held.currency) for _, value in parts))
        self.console.print(rows)

    def _labels(self, count: int) -> list[str]:
        known = self.found.bucket_labels
        if not all(len(known.get(tongue, ())) == count for tongue in ("en", "zh")):
            return [str(n) for n in range(1, count + 1)]
        return [in_edition(self.language, lambda tongue: known[tongue][n]) for n in range(count)]  # noqa: B023  # used at once

    def _table(self, columns: Sequence[tuple[str, bool]]) -> Any:
        """A table with these headers; of each whether its column is of numbers."""
        from rich.table import Table

        found = Table(box=None, pad_edge=False, header_style="dim")
        for header, right in columns:
            found.add_column(header, justify="right" if right else "left", no_wrap=right)
        return found

    def _columns(self, *names: str) -> list[tuple[str, bool]]:
        numbers = ("late", "amount", "open", "disputed", "paid")
        return [(text(f"show.column_{name}", self.language), name in numbers) for name in names]

    def _items(self, section: str, items: Sequence[Item]) -> None:
        from rich.text import Text

        if not items:
            return
        self.console.print()
        self.say(f"section_{section}", "bold")
        disputes = any(item.disputed for item in items)
        names = ["document", "kind", "date", "due", "late", "amount", "open"]
        names += ["disputed", "dispute"] if disputes else []
        several = len({item.currency for item in self.found.items}) > 1
        rows = self._table([*self._columns(*names, "source")])
        for item in items:
            cells = [
                item.document_id,
                self._kind(item.kind) + (f" ({self._word('show.held', item.held_as)})" if item.held_as else ""),
                item.document_date.isoformat(),
                item.due_date.isoformat() if item.due_date else "–",
                f"{item.days_late:,}" if item.open > 0 else "–",  # a credit is never late
                amount(item.amount, item.currency),
                (f"{item.currency} " if several else "") + amount(item.open, item.currency),
            ]
            if disputes:
                opened = f"{item.dispute_opened}" if item.dispute_opened else ""
                cells += [amount(item.disputed, item.currency), f"{item.dispute_reason or ''} {opened}".strip()]
            rows.add_row(*map(Text, [*cells, f"{item.file}:{item.line}"]))
        self.console.print(rows)

    def _payments(self, payments: Sequence[Payment]) -> None:
        from rich.text import Text

        self.console.print()
        self.say("section_payments", "bold")
        if not payments:
            self.say("no_payments")
            return
        rows = self._table(self._columns("paid_on", "payment", "paid", "of", "due", "late", "source"))
        for paid in payments:
            late = "–" if paid.days_late is None else f"{paid.days_late:,}"
            rows.add_row(
                *map(
                    Text,
                    (
                        paid.day.isoformat(),
                        paid.payment_id or "–",
                        f"{paid.currency} {amount(paid.amount, paid.currency)}",
                        paid.document_id,
                        paid.due_date.isoformat() if paid.due_date else "–",
                        late,
                        f"{paid.file}:{paid.line}",
                    ),
                )
            )
        self.console.print(rows)

    def _document(self, document: Document) -> None:
        from rich.text import Text

        kind, due = self._kind(document.kind), document.due_date.isoformat() if document.due_date else "–"
        day = document.document_date.isoformat()
        self.console.print()
        self.say("document_head", "bold", document=document.document_id, kind=kind, date=day, due=due)
        rows = self._table([("", False), *self._columns("date", "amount", "source")])
        rows.columns[2].header = f"{rows.columns[2].header} ({document.currency})"
        first = text("show.step_amount", self.language)
        rows.add_row(first, day, amount(document.amount, document.currency), Text(f"{document.file}:{document.line}"))
        for step in document.steps:
            source = f"{step.file}:{step.line}" if step.file else "–"
            on = step.day.isoformat() if step.day else text("show.no_day", self.language)
            rows.add_row(*map(Text, (self._step(step), on, amount(step.amount, document.currency), source)))
        last = text("show.step_open", self.language, as_of=self.found.as_of.isoformat())
        rows.add_row(last, "", amount(document.open, document.currency), "", style="bold")
        self.console.print(rows)

    def _step(self, step: Step) -> str:
        if step.what == "undated":
            return text("show.step_undated", self.language)
        kind = self._kind(step.kind or "payment")
        key = "show.step_with" if step.other_id else "show.step_allocation"
        said = text(key, self.language, kind=kind, other=step.other_id or "")
        return said if step.counts else text("show.step_later", self.language, what=said, as_of=str(self.found.as_of))

    def _kind(self, kind: str) -> str:
        return self._word("show.way", kind) if f"show.way_{kind}" in catalogue("en") else self._word("close.kind", kind)

    def _word(self, group: str, name: str) -> str:
        """The word for a code; a code of a later version, which has none here, shows as it is."""
        return text(f"{group}_{name}", self.language) if f"{group}_{name}" in catalogue("en") else name
