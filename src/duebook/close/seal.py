"""The seal of a close: `close.json` says what went in, what came out, and every total; `verify` checks it again."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.books.package import DAMAGED
from duebook.close import functional_seal
from duebook.close.allowance import ACCOUNTS, PARTS, Assessed, Movement
from duebook.close.figures import CurrencyFigures
from duebook.close.options import AuditRequest, CloseOptions
from duebook.close.output import SEAL
from duebook.close.own_rates import OwnRates
from duebook.close.result import Close, Previous
from duebook.core.errors import DuebookError
from duebook.core.messages import LANGUAGES
from duebook.core.money import plain, ratio
from duebook.core.version import VERSION
from duebook.ledger.database import shown_query
from duebook.ledger.problems import Problem
from duebook.receivables.aging import bucket_labels

FORMAT = 1
MOVEMENT = ("opening", "write_offs", "recoveries", "fx", "charge", "reversal", "closing")


@dataclass(frozen=True)
class Input:
    """A file that went in: `use` is ledger, policy, rates, template, previous or history."""

    use: str
    name: str
    sha256: str


def digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def parts(path: Path) -> dict[str, str]:
    """SHA-256 of each part of a workbook, uncompressed: the same on every platform, however it was compressed."""
    found = {}
    with zipfile.ZipFile(path) as book:
        for entry in book.infolist():
            with book.open(entry) as stream:
                found[entry.filename] = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    return dict(sorted(found.items()))


def seal(close: Close, inputs: Sequence[Input], outputs: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The content of close.json. Nothing in it depends on clock, path, time zone, locale or machine."""
    options = close.options
    return {
        "duebook": VERSION,
        "format": FORMAT,
        "as_of": options.as_of.isoformat(),
        "options": recorded(options),
        "policy": {
            "name": close.policy.name,
            "version": close.policy.version,
            "adopted": close.policy.adopted,
            "scheme": close.scheme.name,
            "disputed": close.disputed,
            "unapplied": close.unapplied,
            "period": str(close.period),
            "bucket_labels": {language: list(bucket_labels(close.scheme, language)) for language in LANGUAGES},
        },
        "inputs": [asdict(entry) for entry in inputs],
        "records": [
            {
                "file": r.file,
                "sheet": r.sheet,
                "role": r.role,
                "records": r.records,
                "accepted": r.accepted,
                "left_out": r.left_out,
                "recorded_later": r.later,
                "preset": r.preset,
                "open_amounts": "open_amount" in r.columns,
            }
            for r in close.ledger.recognized
        ],
        "derived": list(close.ledger.derived),
        "totals": {f.currency: totals(f) for f in close.figures},
        "buckets": {f.currency: [plain(amount) for amount in f.buckets] for f in close.figures},
        "movements": _movements(close),
        "tie_out": [
            {
                "currency": tie.currency,
                "not_due": plain(tie.not_due),
                "buckets": plain(tie.buckets),
                "disputed": plain(tie.disputed),
                "unapplied": plain(tie.unapplied),
                "reconciling": plain(tie.reconciling),
                "total": plain(tie.total),
                "control": plain(tie.control),
                "difference": plain(tie.difference),
            }
            for tie in close.tie_outs
        ],
        "functional": functional_seal.content(close.functional) if close.functional else None,
        "account_tie_out": [functional_seal.tie(tie) for tie in close.account_ties],
        "reconciling": [
            {"currency": r.currency, "reason": r.reason, "count": r.count, "amount": plain(r.amount)}
            for r in close.reconciling
        ],
        "balances": [
            [b.currency, b.customer_id, b.customer_name, *(plain(x) for x in (b.balance, b.overdue, b.disputed))]
            for b in close.balances
        ],
        "allowance": {f.currency: _allowance(f) for f in close.figures},
        "allowance_movement": [
            {"currency": line.currency, "account": line.account, "part": line.part, **_moved(line)}
            for line in close.allowance_movement
        ],
        "own_loss_rates": {own.currency: _own_rates(own) for own in close.own_rates},
        "problems": [problem_record(problem) for problem in close.ledger.problems],
        "outputs": dict(outputs),
    }


def _moved(line: Movement) -> dict[str, str | None]:
    return {name: plain(getattr(line, name)) for name in MOVEMENT}


def _allowance(f: CurrencyFigures) -> dict[str, Any]:
    """The allowance of one currency by account, specific items and pools apart."""
    own = f.provision
    return {
        "rates": own.rates_from,
        "accounts": {
            account: {part: plain(own.required(account, part)) if own.known else None for part in PARTS}
            for account in ACCOUNTS
        },
        "left_out": plain(own.left_out),
        "specific_items": [
            [item.customer_id, item.document_id, item.account, plain(item.balance), plain(item.allowance)]
            for item in own.specific
        ],
    }


def _own_rates(own: OwnRates) -> dict[str, Any]:
    proposed = {"roll": own.roll, "cohort": own.cohort}
    return {
        "closes": own.closes,
        **{name: list(map(plain, found.rates)) if found.rates else None for name, found in proposed.items()},
    }


def _movements(close: Close) -> dict[str, dict[str, dict[str, str | None]]]:
    """What each account of each currency held a day before the period, each line since, and what it holds now."""
    found: dict[str, dict[str, dict[str, str | None]]] = {}
    for currency, account, line, amount in close.engine.rows(
        f"SELECT currency, account, CASE WHEN day < DATE '{close.period.first}' THEN 'opening' ELSE line END AS part, "
        f"sum(amount) FROM movements WHERE day <= DATE '{close.as_of}' GROUP BY ALL ORDER BY ALL"
    ):
        found.setdefault(account, {}).setdefault(currency, {})[line] = plain(amount)
    return found


def problem_record(problem: Problem) -> dict[str, Any]:
    """What is known of a problem, amounts as text."""
    return {
        key: (plain(value) if isinstance(value, Decimal) else value)
        for key, value in asdict(problem).items()
        if value not in (None, {}, "")
    }


def totals(f: CurrencyFigures) -> dict[str, Any]:
    sales = f.sales
    return {
        "items": f.items,
        "customers": f.customers,
        "balance": plain(f.balance),
        "aged": plain(f.aged),
        "overdue": plain(f.overdue),
        "overdue_share": plain(ratio(f.overdue, f.aged, 6)),
        "disputed": plain(f.disputed),
        "excluded": plain(f.excluded),
        "unapplied": plain(f.unapplied),
        "allowance": plain(f.allowance),
        "bucket_items": list(f.bucket_items),
        "disputed_items": f.disputed_items,
        "opening": plain(sales.opening),
        "sales": plain(sales.sales),
        "period_days": sales.period.days,
        "dso": plain(sales.dso),
        "dso_with_bills": plain(sales.dso_with_bills),
        "dso_average": plain(sales.dso_average),
        "dso_best": plain(sales.dso_best),
        "dso_countback": plain(sales.countback.days),
        "average_days_delinquent": plain(sales.average_days_delinquent),
        "collection_effectiveness": plain(sales.collection_effectiveness),
        "turnover": plain(sales.turnover),
        "top_1": plain(f.top_1),
        "top_5": plain(f.top_5),
        "top_10": plain(f.top_10),
        "hhi": plain(f.hhi),
    }


def recorded(options: CloseOptions) -> dict[str, Any]:
    """The options that shape the figures, so that `verify` can run the close again. No paths: names only."""
    return {
        "sources": [
            {
                "name": source.path.name,
                "role": source.role,
                "sheet": source.sheet,
                "encoding": source.encoding,
                "delimiter": source.delimiter,
                **({"database": source.database, "query": shown_query(source.query or "")} if source.database else {}),
            }
            for source in options.sources
        ],
        "currency": options.currency,
        "dates": options.dates,
        "columns": dict(sorted(options.columns.items())),
        "preset": options.preset,
        "control_totals": {currency: plain(total) for currency, total in sorted(options.control_totals.items())},
        "disputed": options.disputed,
        "unapplied": options.unapplied,
        "scheme": options.scheme,
        "period": str(options.period) if options.period else None,
        "language": options.language,
        "templates": [template.name for template in options.templates],
        "known_at": options.known_at.isoformat() if options.known_at else None,
        "functional": options.functional,
        "rates": options.rates.name if options.rates else None,
        "account_controls": [[*key, plain(total)] for key, total in sorted(options.account_controls.items())],
        "vat_rates": {currency: plain(rate) for currency, rate in sorted(options.vat_rates.items())},
        "history": len(options.history),
        "audit": _audit(options.audit),
        "policy": options.policy is not None,
        "previous": options.previous is not None,
    }


def _audit(asked: AuditRequest | None) -> dict[str, Any] | None:
    """What the auditor pack was asked for; None where none was."""
    if asked is None:
        return None
    return {
        "receipts_to": asked.receipts_to.isoformat() if asked.receipts_to else None,
        "sample": asked.sample,
        "seed": asked.seed,
        "over": {currency: plain(amount) for currency, amount in sorted(asked.over.items())},
        **{use: asked.files[use].name if use in asked.files else None for use in ("replies", "deliveries")},
    }


def written(folder: Path, content: Mapping[str, Any]) -> Path:
    path = folder / SEAL
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8", newline="\n")
    return path


def read(folder: Path) -> dict[str, Any]:
    """close.json of a sealed folder. DuebookError where there is none or it is damaged."""
    path = folder / SEAL
    if not path.is_file():
        raise DuebookError("close.seal_missing", path=folder.name)
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']}")
    except (ValueError, KeyError, TypeError) as error:
        raise DuebookError("close.seal_damaged", path=folder.name, detail=str(error)) from error
    return dict(content)


def previous(folder: Path, scheme: str) -> Previous:
    """What an earlier sealed close said, for comparison."""
    try:
        content = read(folder)
        same = content["policy"]["scheme"] == scheme
        return Previous(
            as_of=date.fromisoformat(content["as_of"]),
            scheme=content["policy"]["scheme"],
            totals={
                currency: {name: Decimal(value) for name, value in own.items() if isinstance(value, str)}
                for currency, own in content["totals"].items()
            },
            buckets=(
                {currency: tuple(map(Decimal, amounts)) for currency, amounts in content["buckets"].items()}
                if same
                else {}
            ),
            balances={(row[0], row[1]): (row[2], Decimal(row[3])) for row in content["balances"]},
            **_previous_allowance(content),
        )
    except (KeyError, IndexError, ValueError, ArithmeticError) as error:
        raise DuebookError("close.previous_unreadable", path=folder.name) from error


def _previous_allowance(content: Mapping[str, Any]) -> dict[str, Any]:
    """What an earlier seal says of its allowance; one of an older version told its total only."""
    if "allowance" not in content:
        totals = {cur: own.get("allowance") for cur, own in content["totals"].items()}
        found = {(cur, "receivable", "pool"): Decimal(total) for cur, total in totals.items() if total is not None}
        return {"allowances": found or None, "allowance_unsplit": True}
    amounts = {
        (currency, account, part): Decimal(amount)
        for currency, own in content["allowance"].items()
        for account, parts in own["accounts"].items()
        for part, amount in parts.items()
        if amount is not None
    }
    items = [(currency, *row[:2]) for currency, own in content["allowance"].items() for row in own["specific_items"]]
    customers = frozenset((currency, customer) for currency, customer, document in items if document is None)
    return {"allowances": amounts or None, "assessed": Assessed(customers, frozenset(i for i in items if i[2]))}


def workbooks(content: Mapping[str, Any]) -> list[str]:
    """The names of the workbooks among the outputs: what a person opens."""
    return sorted(name for name in content["outputs"] if "/" not in name)


def changed_outputs(folder: Path, content: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Outputs that are not as sealed: (file, part), part blank where the whole file is missing or damaged."""
    for name, sealed in sorted(content["outputs"].items()):
        path = folder / name
        if not path.is_file():
            yield name, ""
            continue
        if digest(path) == sealed["sha256"]:
            continue
        try:
            now = parts(path)
        except DAMAGED:
            yield name, ""
            continue
        then = sealed["parts"]
        changed = [part for part in sorted({*now, *then}) if now.get(part) != then.get(part)]
        for part in changed or [""]:
            yield name, part
