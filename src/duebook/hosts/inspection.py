"""Tells what was recognized in a ledger, before any close."""

from __future__ import annotations

from textwrap import indent
from typing import Any

from duebook.close.seal import problem_record
from duebook.core.messages import catalogue, text
from duebook.hosts.commands import problem_line
from duebook.ledger.canonical import Ledger, Recognized

SHOWN_PROBLEMS = 20


def recognized_json(ledger: Ledger) -> dict[str, Any]:
    """The same facts for a program."""
    return {
        "tables": [
            {
                "file": table.file,
                "sheet": table.sheet,
                "role": table.role,
                "records": table.records,
                "accepted": table.accepted,
                "left_out": table.left_out,
                "columns": dict(table.columns),
                "unused": list(table.unused),
                "dates": dict(table.dates),
                "currency": table.currency,
                "repaired": dict(table.repaired),
                "facts": dict(table.facts),
                "preset": table.preset,
            }
            for table in ledger.recognized
        ],
        "problems": [problem_record(problem) for problem in ledger.problems],
    }


def tell_recognized(ledger: Ledger, language: str) -> None:
    """Prints one block per table, then the problems."""
    for table in ledger.recognized:
        _tell_table(table, language)
    if not ledger.problems:
        print(text("cli.no_problems", language))
        return
    print(text("cli.problems_found", language, count=f"{len(ledger.problems):,}"))
    for problem in ledger.problems[:SHOWN_PROBLEMS]:
        print(indent(problem_line(problem_record(problem), language), "  "))
    if len(ledger.problems) > SHOWN_PROBLEMS:
        print(f"  {text('cli.more_problems_inspect', language, count=f'{len(ledger.problems) - SHOWN_PROBLEMS:,}')}")


def _tell_table(table: Recognized, language: str) -> None:
    name = table.file + (f" [{table.sheet}]" if table.sheet else "")
    print(
        text(
            "cli.recognized",
            language,
            file=name,
            role=text(f"cli.role_{table.role}", language),
            records=f"{table.records:,}",
            accepted=f"{table.accepted:,}",
            left_out=f"{table.left_out:,}",
        )
    )
    if table.preset:
        print("  " + text("presets.looks_like", language, title=text(f"presets.{table.preset}", language)))
    for field, header in table.columns.items():
        note = f"  ({_dates(table.dates[field], language)})" if field in table.dates else ""
        print(text("cli.recognized_column", language, header=header, field=field, note=note))
    if table.unused:
        print(text("cli.recognized_unused", language, headers=", ".join(table.unused)))
    facts = {**table.facts, **({"currency": table.currency} if table.currency else {})}
    for fact, value in facts.items():
        name = _known(f"fact_{fact}", fact, language)
        print(text("cli.recognized_fact", language, name=name, value=_word(value, language)))
    for field, count in table.repaired.items():
        name = text("inspect.fact_repaired", language, field=field)
        print(text("cli.recognized_fact", language, name=name, value=f"{count:,}"))


def _known(name: str, word: str, language: str) -> str:
    """What the user's language has for a word of the reader's; the word itself where it needs no translation."""
    return text(f"inspect.{name}", language) if f"inspect.{name}" in catalogue("en") else word


def _word(value: str, language: str) -> str:
    encoding, marked, _ = value.partition(" with byte order mark")
    if marked:
        return text("inspect.word_with_byte_order_mark", language, name=encoding)
    return _known(f"word_{value.replace(' ', '_')}", value, language)


def _dates(how: str, language: str) -> str:
    """ "dmy: terms" → day first, by the payment terms."""
    words = [_known(f"dates_{word}", word, language) for word in how.split(": ")]
    return text("close.list_comma", language).join(words)
