"""Tells what was recognized in a ledger, before any close."""

from __future__ import annotations

from typing import Any

from duebook.close.seal import problem_record
from duebook.core.messages import text
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
        print(f"  {problem_line(problem_record(problem), language)}")
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
        note = f"  ({table.dates[field]})" if field in table.dates else ""
        print(text("cli.recognized_column", language, header=header, field=field, note=note))
    if table.unused:
        print(text("cli.recognized_unused", language, headers=", ".join(table.unused)))
    facts = {**table.facts, **({"currency": table.currency} if table.currency else {})}
    for fact, value in [*facts.items(), *((key, str(count)) for key, count in table.repaired.items())]:
        print(text("cli.recognized_fact", language, name=fact, value=value))
