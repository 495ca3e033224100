"""Reads a close into its functional currency: which it is, the closing rates, and everything at these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from duebook.close import functional
from duebook.close.booked_values import Book, fx_lines
from duebook.close.customer_terms import amounts_currency, customer_terms
from duebook.close.figures import ZERO, Balance, CurrencyFigures
from duebook.close.functional import Functional, translated
from duebook.close.open_items import day
from duebook.close.options import CloseOptions, Period
from duebook.close.result import Previous
from duebook.close.tie_out import ReconcilingItem
from duebook.core.cells import Label
from duebook.core.engine import Engine
from duebook.core.errors import DuebookError
from duebook.core.messages import LANGUAGES, text
from duebook.core.money import decimals
from duebook.ledger.problems import Problem
from duebook.ledger.rates import Quote, Rates, read_rates
from duebook.policy.closing import CloseRules
from duebook.portfolio import concentration


@dataclass(frozen=True)
class Asked:
    """What a close asks of this module: its options, rules, period and earlier close."""

    options: CloseOptions
    rules: CloseRules
    period: Period
    previous: Previous | None

    @property
    def since(self) -> date:
        """The day before realized differences count: that of the earlier close, else the day before the period."""
        as_of = self.options.as_of
        earlier = self.previous is not None and self.previous.as_of < as_of
        return self.previous.as_of if self.previous and earlier else self.period.first - timedelta(1)


def read(
    engine: Engine,
    asked: Asked,
    held: Sequence[Balance],
    figures: Sequence[CurrencyFigures],
    reconciling: Sequence[ReconcilingItem],
) -> tuple[Functional | None, tuple[Problem, ...]]:
    """The close in its functional currency, and what is to be said of the rates; (None, ()) where none is asked for.

    DuebookError names the currency, the day and the remedy where a rate is missing: nothing is added without one.
    """
    options = asked.options
    if options.functional is None and options.rates is None:
        return None, ()
    rates, problems = Rates(""), tuple[Problem, ...]()
    if options.rates is not None:
        rates, problems = read_rates(engine, options.rates, options.as_of, options.functional, options.dates)
    currency = options.functional or rates.only_target()
    if currency is None:
        targets = ", ".join(sorted({to for _, to in rates.quotes})) or "–"
        raise DuebookError("functional_remarks.no_currency", file=rates.file, currencies=targets)
    wanted = {b.currency for b in held} | {i.currency for i in reconciling if i.currency and i.amount}
    wanted |= _of_limits(engine, asked, currency, held)
    unread = [problem for problem in problems if problem.treatment == "left_out"]
    closing, old = _closing_rates(asked, currency, rates, wanted, unread)
    rules = asked.rules
    book = Book(currency, rates, asked.since, options.as_of, rules.booked_rate_days, rules.advances)
    ledgers = [source.path.name for source in options.sources if source.role in (None, "invoices", "payments")]
    at = {code: quote.rate for code, quote in closing.items()}
    lines, booked = fx_lines(engine, book, held, at, ", ".join(dict.fromkeys(ledgers)))
    balances = [functional.balance_translated(b, currency, _rate(closing, b.currency, currency)) for b in held]
    customers = functional.customers_of(balances)
    found = Functional(
        currency=currency,
        closing=closing,
        balances=tuple(balances),
        customers=tuple(customers),
        lines=tuple(lines),
        allowances=_allowances(figures, currency, closing),
        left_out=_left_out(reconciling, currency, closing),
        entries=_entries(engine, currency, closing, options.as_of),
        since=asked.since,
        shares=_shares(customers),
    )
    return found, (*problems, *old, *booked)


def _rate(closing: Mapping[str, Quote], currency: str, into: str) -> Decimal:
    return functional.ONE if currency == into else closing[currency].rate


def _of_limits(engine: Engine, asked: Asked, into: str, held: Sequence[Balance]) -> set[str]:
    """The currencies in which limits of customers with a balance are."""
    uses: dict[str, set[str]] = defaultdict(set)
    for balance in held:
        uses[balance.customer_id].add(balance.currency)
    return {
        amounts_currency(terms, uses[customer], asked.options.currency) or into
        for customer, terms in customer_terms(engine).items()
        if customer in uses and (terms.credit_limit is not None or terms.insured_limit is not None)
    }


def _closing_rates(
    asked: Asked, into: str, rates: Rates, wanted: set[str], unread: Sequence[Problem]
) -> tuple[dict[str, Quote], list[Problem]]:
    """The closing rate of every wanted currency but the functional one, and which of them are old."""
    options = asked.options
    reason, closing = "functional_remarks.old_rate", dict[str, Quote]()
    problems = []
    for code in sorted(wanted - {into}):
        quote = closing[code] = needed(rates, code, into, options.as_of, unread)
        if (options.as_of - quote.day).days > asked.rules.rate_days:
            facts = {
                "value": quote.shown,
                "pair": f"{code}/{into}",
                "date": quote.day.isoformat(),
                "days": str((options.as_of - quote.day).days),
                "most": str(asked.rules.rate_days),
            }
            problems.append(Problem(rates.file, None, quote.line, None, None, reason, "kept", facts))
    return closing, problems


def needed(rates: Rates, base: str, into: str, on: date, unread: Sequence[Problem] = ()) -> Quote:
    """The closing rate; an error says what is there instead. `unread`: what could not be used of the file."""
    found = rates.latest(base, into, on)
    if found is not None:
        return found
    facts = {"currency": base, "pair": f"{base}/{into}", "date": on.isoformat(), "functional": into}
    if not rates.file:
        raise DuebookError("functional_remarks.rates_needed", **facts)
    if turned := rates.latest(into, base, on):
        raise DuebookError(
            "functional_remarks.rate_inverted",
            file=rates.file,
            other=f"{into}/{base}",
            rate=turned.shown,
            line=turned.line,
            **facts,
        )
    later = rates.quotes.get((base, into))
    if later:
        raise DuebookError("functional_remarks.rate_later", file=rates.file, first=later[0].day.isoformat(), **facts)
    if unread:
        first = unread[0]
        reason = Label(*(text(first.reason, language, **first.facts) for language in LANGUAGES))
        facts |= {"count": f"{len(unread):,}", "line": str(first.line)}
        raise DuebookError("functional_remarks.rate_unread", file=rates.file, reason=reason, **facts)
    raise DuebookError("functional_remarks.rate_missing", file=rates.file, **facts)


def _allowances(
    figures: Sequence[CurrencyFigures], into: str, closing: Mapping[str, Quote]
) -> dict[str, Decimal | None]:
    """The allowance of the receivables by currency, translated at the closing rate."""
    digits = decimals(into)
    return {
        f.currency: None if f.allowance is None else translated(f.allowance, _rate(closing, f.currency, into), digits)
        for f in figures
        if f.currency == into or f.currency in closing
    }


def _left_out(reconciling: Sequence[ReconcilingItem], into: str, closing: Mapping[str, Quote]) -> Decimal:
    """Rows that are in no balance. Disputes that are excluded are open all the same; export entries stand apart."""
    digits, total = decimals(into), ZERO
    for item in reconciling:
        beside = item.reason in ("close.disputes_excluded", "close.revaluation_entries")
        if item.amount and item.currency and not beside and (item.currency == into or item.currency in closing):
            total += translated(item.amount, _rate(closing, item.currency, into), digits)
    return total


def _entries(engine: Engine, into: str, closing: Mapping[str, Quote], as_of: date) -> Decimal:
    """Exchange differences that the export has booked by now: as stated, else the entry's own amount translated."""
    digits, total = decimals(into), ZERO
    for code, stated, amount in engine.rows(
        "SELECT d.currency, d.functional_amount, coalesce(o.open, 0) FROM doc AS d "
        "LEFT JOIN open_now AS o ON d.no = o.no "
        f"WHERE d.account = 'revaluation' AND d.document_date <= {day(as_of)} ORDER BY d.no"
    ):
        own = amount if code == into else stated
        if own is None and code in closing:
            own = translated(amount, _rate(closing, code, into), digits)
        total += own or ZERO
    return total


def _shares(customers: Sequence[Balance]) -> dict[str, Decimal | None]:
    groups = concentration.netted([b.balance for b in customers], [b.group for b in customers])
    tops = {f"top_{n}": concentration.figure(concentration.top_share, groups, n=n) for n in (1, 5, 10)}
    return {**tops, "hhi": concentration.figure(concentration.hhi, groups)}
