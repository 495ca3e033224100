"""The monthly close, end to end: read, age, tie out, fill, seal."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from duebook.books.fill import fill
from duebook.books.plan import Plan, Rows, Value
from duebook.close import (
    account_ties,
    aging_book,
    audit_book,
    detail,
    exposure_book,
    figures,
    functional_figures,
    functional_rows,
    loss_history,
    movements_book,
    open_items,
    output,
    sales_with_tax,
    seal,
    tie_out,
    written_off,
)
from duebook.close.assessed import Basis
from duebook.close.options import CloseOptions
from duebook.close.result import Close
from duebook.core import resources
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.ledger import audit_files, database
from duebook.ledger.canonical import Reading, read_ledger
from duebook.policy import load as policy_file

Progress = Callable[[str], None]
"""Called with the step that begins: read, age, fill NAME, seal."""

STANDARD = ("aging", "exposure")
"""The workbooks of every close."""
BOOKS: Mapping[str, tuple[Callable[[Close], Plan], Callable[[CloseOptions], bool]]] = {
    "aging": (aging_book.plan, lambda options: True),
    "exposure": (exposure_book.plan, lambda options: True),
    "movements": (movements_book.plan, lambda options: True),
    "audit": (audit_book.plan, lambda options: options.audit is not None),
}
"""Every standard workbook: what goes into it, and whether a close writes it."""


@dataclass(frozen=True)
class Outcome:
    """What a finished close tells its caller: the seal's content, and whether all is well."""

    sealed: Mapping[str, Any]
    tie_out_words: str
    headlines: tuple[str, ...]
    problems: int
    ties_out: bool
    skipped: tuple[str, ...] = ()
    replaced: str | None = None
    """As-of date of the close that lay in the output folder before, if it was another day's."""


def close_month(
    options: CloseOptions, progress: Progress = lambda step: None, also: Callable[[Close], None] = lambda close: None
) -> Outcome:
    """Runs one close and replaces the output folder whole. DuebookError leaves the old output untouched.

    `also` is called with the figures once the workbooks are filled, before anything takes its place: a host fills its
    open workbooks there, and where that fails, nothing is written.
    """
    output.refuse_foreign(options.out)
    given = [options.policy, options.rates, *(folder / output.SEAL for folder in options.history)]
    given += options.audit.files.values() if options.audit else ()
    files = [source.path for source in options.sources if source.url is None]
    for path in [*files, *(path for path in given if path)]:
        if not path.exists():  # a folder is told from a missing file where it is read
            raise DuebookError("file.not_found", path=path.name)
    replaced = _other_day_in(options)
    with Engine() as engine:
        progress("read")
        options = replace(options, sources=database.fetched(options.sources, engine))
        close = figured(options, engine, progress)
        with output.replaced_whole(options.out) as folder:
            outputs, skipped = _fill_books(close, folder, progress)
            also(close)
            progress("seal")
            _keep_snapshots(options, folder)
            outputs |= detail.write(close, folder)
            content = seal.seal(close, _inputs(options, close), outputs)
            seal.written(folder, content)
        return Outcome(
            sealed=content,
            tie_out_words=aging_book.tie_out_words(close),
            headlines=tuple(filter(None, (*_headlines(close), functional_rows.headline(close)))),
            problems=len(close.ledger.problems),
            ties_out=close.ties_out,
            skipped=skipped,
            replaced=replaced,
        )


def _headlines(close: Close) -> list[str]:
    """The answer in a sentence, for each currency."""
    return [str(row["headline"]) for row in aging_book.figure_rows(close)]


def _other_day_in(options: CloseOptions) -> str | None:
    """The as-of date of a close of another day that this one will replace: worth saying, --out may be a slip."""
    try:
        before = str(seal.read(options.out)["as_of"])
    except DuebookError:
        return None
    return before if before != options.as_of.isoformat() else None


def figured(options: CloseOptions, engine: Engine, progress: Progress = lambda step: None) -> Close:
    """Everything up to the figures; nothing is written."""
    policy = policy_file.load(options.policy)
    rules = policy.close(options.as_of)
    scheme = policy.scheme(options.scheme or rules.scheme)
    disputed, unapplied = options.disputed or rules.disputed, options.unapplied or rules.unapplied
    period = options.period or figures.default_period(options.as_of, rules.period_months)
    basis = Basis(scheme, policy, options.as_of, options.currency, rules.loss_rates)
    earlier = loss_history.read(options.history, basis, disputed, unapplied)
    previous = seal.previous(options.previous, scheme.name) if options.previous else None
    progress("read")
    reading = Reading(
        as_of=options.as_of,
        currency=options.currency,
        dates=options.dates,
        columns=dict(options.columns),
        preset=options.preset,
        known_at=options.known_at,
    )
    ledger = read_ledger(options.sources, reading, engine)
    vat = sales_with_tax.apply(engine, options.vat_rates, rules.vat_rate)
    progress("age")
    open_items.link_allocations(engine, options.known_at)
    open_items.age(engine, options.as_of, scheme, disputed, unapplied)
    held = figures.balances(engine, scheme, basis.tables.bank_acceptances(options.as_of))
    own_rates = loss_history.proposals(engine, earlier, held, basis)
    basis = loss_history.chosen(basis, own_rates, held)
    by_currency = figures.by_currency(engine, held, basis, period)
    if not by_currency and not options.control_totals and not options.account_controls:
        files = ", ".join(source.path.name for source in options.sources)
        day = options.as_of.isoformat()
        (dated,) = engine.one(f"SELECT count(*) FROM documents WHERE document_date <= DATE '{day}'")
        key = "close.nothing_open" if dated else "close.nothing_read"
        raise DuebookError(key, as_of=day, files=files, count=f"{dated:,}")
    reconciling = tie_out.reconciling_items(engine, by_currency, ledger.problems)
    asked = functional_figures.Asked(options, rules, period, previous)
    in_one, found = functional_figures.read(engine, asked, held, by_currency, reconciling)
    ledger = replace(ledger, problems=(*ledger.problems, *found))
    if options.audit:  # after the ledger's own problems have been told: these files are no part of it
        beside = audit_files.Beside(options.as_of, options.dates, options.currency)
        found = audit_files.read_beside(engine, options.audit.replies, options.audit.deliveries, beside)
        ledger = replace(ledger, problems=(*ledger.problems, *found))
    return Close(
        options=options,
        engine=engine,
        ledger=ledger,
        policy=policy,
        scheme=scheme,
        disputed=disputed,
        unapplied=unapplied,
        period=period,
        watch=policy.watch(options.as_of),
        balances=tuple(held),
        figures=tuple(by_currency),
        reconciling=tuple(reconciling),
        tie_outs=tuple(tie_out.tie_outs(by_currency, reconciling, options.control_totals, scheme.has_not_due)),
        previous=previous,
        basis=basis,
        allowance_movement=written_off.movement(engine, [f.provision for f in by_currency], previous, options.as_of),
        own_rates=own_rates,
        functional=in_one,
        account_ties=tuple(account_ties.account_ties(options.account_controls, by_currency, in_one)),
        vat_rates=vat,
    )


def templates(options: CloseOptions) -> dict[str, Path]:
    """Output name → template: the standard workbooks, and the user's own, which take the place of one so named."""
    found = {f"{name}.xlsx": resources.templates() / f"{name}.{options.language}.xlsx" for name in wanted(options)}
    for template in options.templates:
        if not template.is_file():
            raise DuebookError("close.no_template", path=template.name)
        suffix = {".xltx": ".xlsx", ".xltm": ".xlsm"}.get(template.suffix.lower(), template.suffix)
        found[template.stem + suffix] = template
    return found


def wanted(options: CloseOptions) -> list[str]:
    """The standard workbooks that a close writes."""
    return [name for name, (_, is_wanted) in BOOKS.items() if is_wanted(options)]


def standard_plan(close: Close, book: str) -> Plan:
    """What goes into a standard workbook, by its name in `BOOKS`."""
    return BOOKS[book][0](close)


def _fill_books(close: Close, folder: Path, progress: Progress) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    plans: dict[str, Plan] = {}
    outputs: dict[str, dict[str, Any]] = {}
    skipped: list[str] = []
    for name, template in templates(close.options).items():
        progress(f"fill {name}")
        standard = template.parent == resources.templates()
        for part in wanted(close.options):
            if part not in plans and (not standard or name == f"{part}.xlsx"):
                plans[part] = standard_plan(close, part)
        chosen = plans[name.removesuffix(".xlsx")] if standard else _for_own_template(plans)
        filled = fill(template, folder / name, chosen)
        if not standard:
            if not filled.slots:
                raise DuebookError("close.template_no_slots", path=template.name)
            for slot, headers in filled.unmatched_headers.items():
                skipped += [f"{name}, {slot}: {header}" for header in headers]
        outputs[name] = {"sha256": seal.digest(folder / name), "parts": dict(sorted(filled.parts.items()))}
    return outputs, tuple(skipped)


def _for_own_template(plans: Mapping[str, Plan]) -> Plan:
    """A user's own workbook may hold slots of any standard book; its headers stay as they are.

    A name that several books have is the first one's."""
    tables: dict[str, Rows] = {}
    cells: dict[str, Value] = {}
    for part in reversed([plans[name] for name in BOOKS if name in plans]):
        tables |= part.tables
        cells |= part.cells
    return replace(plans["aging"], tables=tables, cells=cells, headers={}, hidden={})


def _keep_snapshots(options: CloseOptions, folder: Path) -> None:
    """Copies what queries gave into the sealed folder: `verify` runs the close again without the database."""
    for source in options.sources:
        if source.database is not None:
            (folder / database.FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(source.path, folder / database.FOLDER / source.path.name)


def _inputs(options: CloseOptions, close: Close) -> list[seal.Input]:
    found = [seal.Input("ledger", source.path.name, seal.digest(source.path)) for source in options.sources]
    found.append(seal.Input("policy", options.policy.name if options.policy else "default policy", close.policy.digest))
    found += [seal.Input("template", path.name, seal.digest(path)) for path in templates(options).values()]
    if options.rates:
        found.append(seal.Input("rates", options.rates.name, seal.digest(options.rates)))
    for number, folder in enumerate(options.history):
        found.append(seal.Input("history", f"{number} {output.SEAL}", seal.digest(folder / output.SEAL)))
    if options.audit:
        found += [seal.Input(use, path.name, seal.digest(path)) for use, path in options.audit.files.items()]
    if options.previous:
        found.append(seal.Input("previous", output.SEAL, seal.digest(options.previous / output.SEAL)))
    return found
