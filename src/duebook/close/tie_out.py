"""Tie-out: not due + buckets + disputed + unapplied + named reconciling items = control account, per currency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duebook.close.figures import ZERO, CurrencyFigures
from duebook.core.engine import Engine
from duebook.ledger.found import ROWS_ALIKE, SILENT, reason_meant, rows_meant
from duebook.ledger.problems import Problem

DUPLICATE = "ledger.duplicate_row"


@dataclass(frozen=True)
class ReconcilingItem:
    """Rows of the export that are in no bucket. `amount` is None where no amount could be read."""

    currency: str | None
    reason: str
    count: int
    amount: Decimal | None


@dataclass(frozen=True)
class TieOut:
    """One currency. `control` is None where no control total was given."""

    currency: str
    not_due: Decimal
    buckets: Decimal
    disputed: Decimal
    unapplied: Decimal
    reconciling: Decimal
    control: Decimal | None

    @property
    def total(self) -> Decimal:
        return self.not_due + self.buckets + self.disputed + self.unapplied + self.reconciling

    @property
    def difference(self) -> Decimal | None:
        return None if self.control is None else self.total - self.control

    @property
    def ties(self) -> bool | None:
        return None if self.difference is None else self.difference == 0


def reconciling_items(
    engine: Engine, figures: Sequence[CurrencyFigures], problems: Sequence[Problem]
) -> list[ReconcilingItem]:
    """Excluded disputes, exchange differences booked in the export, and the rows left out, by reason and currency.

    A duplicate counts with what is still open of its twin (a paid invoice exported twice distorts nothing); any other
    row with the amount it carries, since nothing is known to have been paid on it. What is no receivable itself counts
    with what it would do to the receivables: a bill takes off the invoice it names.
    """
    found = [
        ReconcilingItem(f.currency, "close.disputes_excluded", f.excluded_items, f.excluded)
        for f in figures
        if f.excluded_items
    ]
    found += [
        ReconcilingItem(f.currency, "close.revaluation_entries", f.revalued_items, f.revalued)
        for f in figures
        if f.revalued_items
    ]
    duplicates = [p for p in problems if reason_meant(p) == DUPLICATE and p.treatment == "left_out"]
    twins = _open_of_twins(engine, [p for p in duplicates if p.reason == DUPLICATE])
    beyond = _open_of_all_twins(engine) if any(p.reason == ROWS_ALIKE for p in duplicates) else None
    counted: Counter[tuple[str, str]] = Counter()
    sums: dict[tuple[str, str], Decimal | None] = {}
    for problem in problems:
        if problem.treatment != "left_out":
            continue
        key = (problem.currency or "", reason_meant(problem))
        counted[key] += rows_meant(problem)
        amount = ZERO if key[1] in SILENT else problem.amount if problem.carried is None else problem.carried
        if key[1] == DUPLICATE and (problem.carried is None or beyond is not None):
            amount = (
                twins.get((problem.document_id, problem.currency, problem.amount), ZERO) if beyond is None else None
            )
        known = sums.get(key)
        sums[key] = known if amount is None else (known or ZERO) + amount
    for (currency, reason), count in sorted(counted.items()):
        amount = sums[currency, reason]
        if beyond is not None and reason == DUPLICATE:
            amount = beyond.get(currency or None, ZERO)
        found.append(ReconcilingItem(currency or None, reason, count, amount))
    return found


def _open_of_twins(
    engine: Engine, duplicates: Sequence[Problem]
) -> dict[tuple[str | None, str | None, Decimal | None], Decimal]:
    """What is open of the document that each duplicate repeats."""
    if not duplicates:
        return {}
    engine.execute("CREATE OR REPLACE TABLE twin (document_id VARCHAR, currency VARCHAR, amount DECIMAL(18, 4))")
    engine.insert("twin", sorted({(p.document_id, p.currency, p.amount) for p in duplicates}, key=str))
    rows = engine.rows(
        "SELECT t.document_id, t.currency, t.amount, min(o.open) FROM twin AS t "
        "INNER JOIN doc AS d ON t.document_id = d.document_id AND t.currency = d.currency AND t.amount = d.amount "
        "INNER JOIN open_now AS o ON d.no = o.no GROUP BY ALL"
    )
    return {(document, currency, amount): still for document, currency, amount, still in rows}


def _open_of_all_twins(engine: Engine) -> dict[str | None, Decimal]:
    """The same, summed by currency over the rows themselves, where there are more than the problems list."""
    rows = engine.rows(
        "WITH twin AS (SELECT t.document_id, t.currency, t.amount, t.carried, count(*) AS n FROM left_rows AS t "
        f"WHERE entry IN (SELECT entry FROM found WHERE reason = '{DUPLICATE}') "
        "AND entry NOT IN (SELECT entry FROM found WHERE reason = 'ledger.total_line') GROUP BY ALL), "
        "held AS (SELECT d.document_id, d.currency, d.amount, min(o.open) AS open FROM doc AS d "
        "INNER JOIN open_now AS o ON d.no = o.no GROUP BY ALL) "
        "SELECT currency, sum(open) FROM (SELECT t.currency, CASE WHEN t.carried IS NULL THEN t.n * h.open "
        "ELSE t.n * t.carried END AS open FROM twin AS t LEFT JOIN held AS h ON t.document_id = h.document_id "
        "AND t.currency = h.currency AND t.amount = h.amount) WHERE open IS NOT NULL GROUP BY ALL"
    )
    return dict(rows)


def tie_outs(
    figures: Sequence[CurrencyFigures],
    reconciling: Sequence[ReconcilingItem],
    control: Mapping[str, Decimal],
    has_not_due: bool,
) -> list[TieOut]:
    """One per currency of the figures, of the reconciling items and of the control totals given."""
    held = {f.currency: f for f in figures}
    currencies = sorted({*held, *control, *(item.currency for item in reconciling if item.currency)})
    found = []
    for currency in currencies:
        own = held.get(currency)
        not_due = own.buckets[0] if own and has_not_due else ZERO
        found.append(
            TieOut(
                currency=currency,
                not_due=not_due,
                buckets=own.aged - not_due if own else ZERO,
                disputed=own.disputed if own else ZERO,
                unapplied=own.unapplied if own else ZERO,
                reconciling=sum((i.amount or ZERO for i in reconciling if i.currency == currency), ZERO),
                control=control.get(currency),
            )
        )
    return found
