"""What goes into a statement of account: one customer, one currency, in words that are meant for the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from duebook.books.plan import Plan, Properties, Value
from duebook.close import wording
from duebook.close.aging_book import Record, records
from duebook.close.slots import table
from duebook.close.slots_statement import AGES, LETTERHEAD_LINES, PAY_LINES, STATEMENT_TABLES
from duebook.close.statement import Entry, OpenItem, Statement
from duebook.core.messages import Both, in_edition, text
from duebook.policy.letterhead import BANK, FIRM, Letterhead

OPTIONAL = ("disputed", "bill")
"""Columns that are shown where they say something."""
Letterheads = Mapping[str, Letterhead]
"""The letterhead in each language."""


def plan(
    stated: Statement, bucket_labels: Mapping[str, Sequence[str]], language: str, letterheads: Letterheads
) -> Plan:
    """The whole statement. What no letterhead states is left as the template has it."""
    title = text("statement.title", language)
    customer = stated.addressee.customer_name or stated.addressee.customer_id
    items = table(STATEMENT_TABLES, "statement_items")
    used = {"disputed": any(item.disputed for item in stated.items), "bill": any(item.bill for item in stated.items)}
    return Plan(
        tables={
            "statement_entries": records(STATEMENT_TABLES, "statement_entries", _entries(stated, language)),
            "statement_items": records(
                STATEMENT_TABLES, "statement_items", [_item(item, language) for item in stated.items]
            ),
        },
        cells={
            "customer_name": customer,
            "customer_id": stated.addressee.customer_id,
            "statement_currency": stated.addressee.currency,
            "as_of": stated.as_of,
            "statement_from": stated.since,
            "headline": headline(stated, language),
            "notes": _notes(stated, language),
            "opening_balance": stated.opening,
            "overdue": stated.overdue,
            **_ages(stated, bucket_labels, language),
            "pay_words": text("statement.quote", language, customer=stated.addressee.customer_id),
            **_sender(letterheads, language),
        },
        # named anew, so that they show even where a template has them hidden
        headers={"statement_items": {f.key: f.label(language) for f in items.fields if used.get(f.key)}},
        hidden={"statement_items": [key for key in OPTIONAL if not used[key]]},
        properties=Properties(title, customer, stated.as_of),
    )


def headline(stated: Statement, language: str) -> str:
    """What is owed, and what of it is overdue."""
    currency = stated.addressee.currency
    facts = {
        "as_of": stated.as_of.isoformat(),
        "currency": currency,
        "balance": wording.amount(abs(stated.balance), currency),
        "overdue": wording.amount(stated.overdue, currency),
        "days": f"{stated.oldest_days:,}",
    }
    side = "owed" if stated.balance > 0 else "in_credit" if stated.balance < 0 else "even"
    late = "" if not stated.overdue else "_overdue" if stated.oldest_days else "_due"
    return text(f"statement.{side}{late}", language, **facts)


def _notes(stated: Statement, language: str) -> str | None:
    currency = stated.addressee.currency
    noted = sum((item.disputed for item in stated.items), Decimal(0))
    said = []
    if noted:
        key = "statement.disputed_apart" if stated.disputed else "statement.disputed"
        said.append(text(key, language, amount=f"{currency} {wording.amount(noted, currency)}"))
    if stated.bills:
        said.append(text("statement.bills", language, amount=f"{currency} {wording.amount(stated.bills, currency)}"))
    if stated.listed:
        said.append(text("statement.listed", language))
    return text("close.sentence_gap", language).join(said) or None


def _entries(stated: Statement, language: str) -> list[Record]:
    opening: Record = {
        "document_date": stated.since,
        "what": text("statement.what_opening", language),
        "balance": stated.opening,
    }
    return [opening, *(_entry(entry, language) for entry in stated.entries)]


def _entry(entry: Entry, language: str) -> Record:
    return {
        "document_date": entry.day,
        "document_id": entry.document_id,
        "what": text(f"statement.what_{entry.what}", language),
        "against": entry.against,
        "debit": entry.amount if entry.amount > 0 else None,
        "credit": -entry.amount if entry.amount < 0 else None,
        "balance": entry.balance,
    }


def _item(item: OpenItem, language: str) -> Record:
    return {
        "document_date": item.document_date,
        "document_id": item.document_id,
        "what": text(f"statement.what_{item.what}", language),
        "due_date": item.due_date if item.amount > 0 else None,
        "days_overdue": item.days_overdue,
        "amount": item.amount,
        "open": None if item.bill else item.open,
        "disputed": item.disputed or None,
        "bill": item.open if item.bill else None,
    }


def _ages(stated: Statement, bucket_labels: Mapping[str, Sequence[str]], language: str) -> dict[str, Value]:
    """The aging, a line each: every bucket, then what is disputed and credits where there are any."""
    lines = [
        (in_edition(language, lambda tongue: bucket_labels[tongue][place]), amount)  # noqa: B023  # used at once
        for place, amount in enumerate(stated.buckets)
    ]
    lines += [
        (text(f"statement.age_{name}", language), amount)
        for name, amount in (("disputed", stated.disputed), ("credits", stated.credits))
        if amount
    ]
    found: dict[str, Value] = {}
    for number in range(1, AGES + 1):
        label, amount = lines[number - 1] if number <= len(lines) else (None, None)
        found |= {f"age_label_{number}": label, f"age_amount_{number}": amount}
    return found


def _sender(letterheads: Letterheads, language: str) -> dict[str, Value]:
    """Firm and bank, each only where a letterhead states it, and then whole."""
    found: dict[str, Value] = {}
    if any(any(own.texts(FIRM)) for own in letterheads.values()):
        name, *lines = (_said(letterheads, key, language) for key in FIRM)
        found["company_name"] = name
        found |= _numbered("company_line", lines, LETTERHEAD_LINES)
    if any(any(own.texts(BANK)) for own in letterheads.values()):
        found |= _numbered("pay_line", [_said(letterheads, key, language) for key in BANK], PAY_LINES)
    return found


def _numbered(name: str, lines: Sequence[str | None], most: int) -> dict[str, Value]:
    """The lines that say something, one below the other; the cells after them blank."""
    said = [line for line in lines if line]
    return {f"{name}_{number}": said[number - 1] if number <= len(said) else None for number in range(1, most + 1)}


def _said(letterheads: Letterheads, key: str, language: str) -> str | None:
    """A text of the letterhead; of the numbers of tax, bank and account with what they are."""

    def of(tongue: str) -> str:
        value = str(getattr(letterheads[tongue], key))
        labeled = value and key in (*BANK, "tax_id") and key != "payment_note"
        return text(f"statement.pay_{key}", tongue, value=value) if labeled else value

    words = in_edition(language, of)
    if isinstance(words, Both) and not (words.en and words.zh):
        return words.en or words.zh or None
    return words or None
