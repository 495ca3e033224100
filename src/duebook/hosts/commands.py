"""What each command does with its arguments, and how its result is told."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from textwrap import indent
from typing import Any

from duebook.close.run import Outcome, close_month
from duebook.close.seal import workbooks
from duebook.close.verify import verify as verify_close
from duebook.close.wording import amount
from duebook.core.engine import Engine
from duebook.core.messages import in_edition, text
from duebook.hosts.cli import DONE, PROBLEMS, columns_of, options_of, sources_of

SHOWN_PROBLEMS = 10
GRAVITY = ("left_out", "kept", "repaired")


@contextmanager
def progress_line(language: str, quiet: bool, room: str = "cli") -> Iterator[Callable[[str], None]]:
    """A line with the step under way while it lasts, on a terminal only; its words are those of `room`."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda step: None
        return
    with console.status(text("cli.step_read", language)) as status:

        def show(step: str) -> None:
            name, _, what = step.partition(" ")
            status.update(text(f"{room}.step_{name}", language, what=what))

        yield show


def close(chosen: argparse.Namespace) -> int:
    options = options_of(chosen)
    with progress_line(chosen.language, chosen.json or chosen.quiet) as progress:
        outcome = close_month(options, progress)
    well = outcome.ties_out and (not outcome.problems or chosen.accept_problems)
    if chosen.json:
        print(json.dumps(dict(outcome.sealed), ensure_ascii=False, indent=1, sort_keys=True))
    elif not chosen.quiet:
        _tell_close(outcome, chosen)
    return DONE if well else PROBLEMS


def _tell_close(outcome: Outcome, chosen: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.table import Table

    language, sealed = chosen.language, outcome.sealed
    # Into a file or a pipe there is no width to fit: figures are never cut.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    for headline in outcome.headlines:
        console.print(headline, style="bold", markup=False, soft_wrap=True)
    shown = Table(box=None, pad_edge=False, header_style="dim")
    for key, right in (("currency", False), ("items_column", True), ("customers_column", True)):
        shown.add_column(
            text(f"cli.{key}" if key != "currency" else "cli.currency_column", language),
            justify="right" if right else "left",
        )
    for key in ("not_due", "overdue", "disputed", "unapplied", "total"):
        shown.add_column(text(f"cli.{key}_column", language), justify="right", no_wrap=True)
    for tie in sealed["tie_out"]:
        own, currency = sealed["totals"].get(tie["currency"], {}), tie["currency"]
        aged, *others = (Decimal(own.get(key, "0")) for key in ("aged", "overdue", "disputed", "unapplied", "balance"))
        # by due date under every scheme: one that ages by invoice date has no bucket "not due"
        figures = [amount(figure, currency) for figure in (aged - others[0], *others)]
        shown.add_row(currency, f"{own.get('items', 0):,}", f"{own.get('customers', 0):,}", *figures)
    console.print(shown)
    style = "green" if outcome.ties_out and all(t["control"] for t in sealed["tie_out"]) else None
    console.print(outcome.tie_out_words, style=style if outcome.ties_out else "bold red", markup=False, soft_wrap=True)
    if outcome.problems:
        _tell_problems(console, sealed["problems"], language)
    for skipped in outcome.skipped:
        console.print(text("cli.unmatched", language, what=skipped), markup=False, soft_wrap=True)
    if outcome.replaced:
        console.print(text("cli.replaced", language, date=outcome.replaced), style="yellow", markup=False)
    files = ", ".join(workbooks(sealed))
    console.print(text("cli.written", language, folder=str(chosen.out), files=files), markup=False, soft_wrap=True)


def _tell_problems(console: Any, problems: list[dict[str, Any]], language: str) -> None:
    money: dict[str, Decimal] = {}
    left_out = [p for p in problems if p["treatment"] == "left_out"]
    for problem in left_out:
        if "amount" in problem and "currency" in problem:
            money[problem["currency"]] = money.get(problem["currency"], Decimal(0)) + Decimal(problem["amount"])
    rows = sum(int(p.get("facts", {}).get("more", "1").replace(",", "")) for p in left_out)
    sums = ", ".join(f"{currency} {amount(total, currency)}" for currency, total in sorted(money.items())) or "–"
    console.print(
        text("cli.problems", language, count=f"{len(problems):,}", left_out=f"{rows:,}", money=sums),
        style="yellow",
        markup=False,
        soft_wrap=True,
    )
    gravest_first = sorted(problems, key=lambda problem: GRAVITY.index(problem["treatment"]))
    for problem in gravest_first[:SHOWN_PROBLEMS]:
        console.print(indent(problem_line(problem, language), "  "), markup=False, soft_wrap=True)
    if len(problems) > SHOWN_PROBLEMS:
        more = text("cli.more_problems", language, count=f"{len(problems) - SHOWN_PROBLEMS:,}")
        console.print(indent(more, "  "), markup=False, soft_wrap=True)


def problem_line(problem: dict[str, Any], language: str) -> str:
    """file [sheet], line, column, value: reason (treatment). In both languages one line each."""
    return in_edition(language, lambda tongue: _problem_line(problem, tongue))


def _problem_line(problem: dict[str, Any], language: str) -> str:
    where = problem["file"] + (f" [{problem['sheet']}]" if problem.get("sheet") else "")
    if problem.get("line"):
        where += text("cli.at_line", language, line=problem["line"])
    if problem.get("column"):
        where += f", {problem['column']}"
    if problem.get("value"):
        where += f" = {problem['value'][:60]}"
    said = text(problem["reason"], language, **problem.get("facts", {}))
    treatment = text(f"close.treatment_{problem['treatment']}", language)
    return text("cli.problem_line", language, where=where, said=said, treatment=treatment)


def verify(chosen: argparse.Namespace) -> int:
    with progress_line(chosen.language, chosen.json or chosen.quiet) as progress:
        verdict = verify_close(chosen.folder, chosen.search, progress)
    said = [text(finding.key, chosen.language, **finding.facts) for finding in verdict.findings]
    if chosen.json:
        found = {"ok": not said, "recomputed": verdict.recomputed, "missing": verdict.missing, "findings": said}
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for line in said:
            print(line)
        if verdict.missing:
            print(text("cli.verify_partly", chosen.language, files=", ".join(verdict.missing)))
        elif not said:
            print(text("cli.verified", chosen.language))
    return DONE if not said and verdict.recomputed else PROBLEMS


def inspect(chosen: argparse.Namespace) -> int:
    from duebook.hosts.inspection import recognized_json, tell_recognized
    from duebook.ledger.canonical import Reading, read_ledger

    reading = Reading(
        chosen.as_of, chosen.currency, chosen.dates, columns_of(chosen), currency_open=True, preset=chosen.preset
    )
    with Engine() as engine, progress_line(chosen.language, chosen.json or chosen.quiet):
        ledger = read_ledger(sources_of(chosen), reading, engine)
    if chosen.json:
        print(json.dumps(recognized_json(ledger), ensure_ascii=False, indent=1))
    else:
        tell_recognized(ledger, chosen.language)
    return PROBLEMS if ledger.problems else DONE


def check_policy(chosen: argparse.Namespace) -> int:
    """Checks a credit policy whole; a fault in what it states is refused as everywhere."""
    from duebook.policy.load import load
    from duebook.policy.sections import SECTION_OF

    policy, language = load(chosen.file), chosen.language
    own = [table for table in SECTION_OF if table in policy.own]
    others = [table for table in SECTION_OF if table not in policy.own]
    unusable = [fault.text(language) for fault in policy.faults()]
    if chosen.json:
        found: dict[str, object] = {"name": policy.name, "version": policy.version, "adopted": policy.adopted}
        found |= {"states": own, "from_duebook": others, "unusable": unusable, "sha256": policy.digest}
        print(json.dumps(found, ensure_ascii=False, indent=1))
    elif not chosen.quiet:
        print(text("cli.policy_head", language, file=chosen.file.name, name=policy.name, version=policy.version or "–"))
        print(text(f"cli.policy_{'adopted' if policy.adopted else 'not_adopted'}", language))
        for key, tables in (("states", own), ("from_duebook", others)):
            print(text(f"cli.policy_{key}", language, tables=", ".join(tables) or "–"))
        for sentence in unusable:
            print(text("cli.policy_unusable", language, sentence=sentence))
        print(text("cli.policy_no_faults", language))
    return DONE


def sample(chosen: argparse.Namespace) -> int:
    """Writes the sample month and says how to close it."""
    from duebook.sample.month import write_month

    month = write_month(chosen.folder)
    totals = {currency: str(total) for currency, total in sorted(month.control_totals(month.as_of).items())}
    if chosen.json:
        files = [str(path) for path in month.files]
        print(json.dumps({"files": files, "as_of": month.as_of.isoformat(), "control_totals": totals}, indent=1))
        return DONE
    command = " ".join(
        [
            f"duebook close {month.invoices} --payments {month.payments} --customers {month.customers}",
            f"--as-of {month.as_of.isoformat()}",
            *(f"--control-total {currency}={total}" for currency, total in totals.items()),
        ]
    )
    print(text("cli.sample_written", chosen.language, folder=str(chosen.folder), command=command))
    return DONE
