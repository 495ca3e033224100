"""At what foreign-currency documents stand in the books, and what settling them realized.

A document is booked at the amount that the export gives in the functional currency, else at the rate of its day. Each
allocation takes booked value off both documents in proportion to what it settles, so that opening + documents + settled
+ realized = closing, to the cent: realized = what came in at its own rate less what the settled part was booked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duebook.close.figures import ZERO, Balance
from duebook.close.functional import ACCOUNTS, ONE, Booked, FxLine, translated
from duebook.close.open_items import day, statements
from duebook.core.engine import Engine, quoted
from duebook.core.money import decimals, readable
from duebook.ledger.problems import Problem
from duebook.ledger.rates import Rates

APART = 5
"""A document booked further than this from the rate of its day is in another currency, or misread."""
OF_ACCOUNTS = "('receivable', 'bill', 'contract_asset')"


@dataclass(frozen=True)
class Book:
    """How documents are booked: in `currency`, at `rates`; from the day after `since` up to `as_of` things move.

    `rate_days`: a rate of a document's day that is older is told. `advances`: "booked" where advances received stay as
    booked (IFRIC 22: they are settled in goods), "closing" where the books revalue them with the rest.
    """

    currency: str
    rates: Rates
    since: date
    as_of: date
    rate_days: int
    advances: str = "booked"

    @property
    def digits(self) -> int:
        return decimals(self.currency)


Key = tuple[str, str, str]
"""Currency, account, customer."""


@dataclass
class _Sums:
    """What is added up for one customer in one currency and account; `unknown`: some document has no booked value."""

    booked: Decimal = ZERO
    advances: Decimal = ZERO
    advances_booked: Decimal = ZERO
    opening: Decimal = ZERO
    documents: Decimal = ZERO
    settled: Decimal = ZERO
    realized: Decimal = ZERO
    unknown: bool = False


@dataclass(frozen=True)
class _Document:
    """A document as far as its booking goes; `base` is what was open of it at first."""

    no: int
    name: str
    on: date
    amount: Decimal
    stated: Decimal | None
    base: Decimal
    kind: str
    key: Key


_DOCUMENT = "{d}.no, {d}.document_id, {d}.document_date, {d}.amount, {d}.functional_amount, {d}.base, {d}.kind, "
_DOCUMENT += "{d}.currency, {d}.account, {d}.customer_id"


def _document(row: Sequence[object]) -> _Document | None:
    """The document that `_DOCUMENT` reads; None where there is none."""
    if row[0] is None:
        return None
    no, name, on, amount, stated, base, kind, *key = row
    return _Document(no, name, on, amount, stated, base, kind, tuple(key))  # type: ignore[arg-type]  # rows are untyped


@dataclass
class _Reader:
    """Goes through documents and allocations once, adding up by currency, account and customer."""

    engine: Engine
    book: Book
    sums: dict[Key, _Sums] = field(default_factory=lambda: defaultdict(_Sums))
    noted: dict[tuple[str, str], list[tuple[date, str, str]]] = field(default_factory=lambda: defaultdict(list))

    def documents(self) -> None:
        """What is open now and was at the opening, and what came in between."""
        since = self.book.since
        self.engine.execute(statements("open_at", table="open_before", as_of=day(since)))
        sql = (
            f"SELECT coalesce(o.open, 0), coalesce(b.open, 0), {_DOCUMENT.format(d='d')} FROM doc AS d "
            "LEFT JOIN open_now AS o ON d.no = o.no LEFT JOIN open_before AS b ON d.no = b.no "
            f"WHERE d.account IN {OF_ACCOUNTS} AND d.currency <> {quoted(self.book.currency)} "
            f"AND d.document_date <= {day(self.book.as_of)} "
            f"AND (o.no IS NOT NULL OR b.no IS NOT NULL OR d.document_date > {day(since)}) ORDER BY d.no"
        )
        for batch in self.engine.batches(sql):
            for still, before, *row in batch:
                if found := _document(row):
                    self._add(found, still, before)

    def _add(self, found: _Document, still: Decimal, before: Decimal) -> None:
        own, digits = self.sums[found.key], self.book.digits
        booked = self._booked(found, noting=True)
        if booked is None:
            own.unknown = True
            return
        value = booked.of(still, digits)
        own.booked += value
        own.opening += booked.of(before, digits)
        if found.kind == "advance" and self.book.advances == "booked":
            own.advances += still
            own.advances_booked += value
        if found.on > self.book.since:
            own.documents += booked.of(found.base, digits)

    def _booked(self, found: _Document, *, noting: bool = False) -> Booked | None:
        """How a document is booked; None where the export does not say and its day has no rate."""
        currency = found.key[0]
        quote = self.book.rates.latest(currency, self.book.currency, found.on)
        remark = fact = ""
        booked = None
        if found.stated is not None and found.amount:
            booked = Booked(abs(found.stated), abs(found.amount))
            if quote and not _near(booked, quote.rate):
                remark, fact = "booked_apart", readable(abs(found.stated))
        elif quote is None:
            remark = "booked_unknown"
        else:
            booked = Booked(quote.rate, ONE)
            if (found.on - quote.day).days > self.book.rate_days:
                remark, fact = "booked_old_rate", quote.day.isoformat()
        if noting and remark:
            self.noted[remark, currency].append((found.on, found.name, fact))
        return booked

    def allocations(self) -> None:
        """What allocations since the opening realized: they are followed in the order of their days."""
        day_of = "greatest(coalesce(l.effective, t.document_date), t.document_date, s.document_date)"
        sql = (
            f"SELECT {day_of} AS day, l.amount, l.told, {_DOCUMENT.format(d='t')}, {_DOCUMENT.format(d='s')} "
            "FROM link AS l INNER JOIN doc AS t ON l.target = t.no LEFT JOIN doc AS s ON l.source = s.no "
            f"WHERE t.currency <> {quoted(self.book.currency)} AND l.amount <> 0 "
            f"AND {day_of} <= {day(self.book.as_of)} ORDER BY day, l.allocation"
        )
        left: dict[int, Decimal] = {}
        for batch in self.engine.batches(sql):
            for on, amount, told, *row in batch:
                target, source = _document(row[:10]), _document(row[10:])
                assert target is not None  # by the inner join
                steps = [_step(left, target, -amount)] + ([_step(left, source, amount)] if source else [])
                if on > self.book.since:
                    self._settle(on if told else None, amount, steps)

    def _settle(self, on: date | None, amount: Decimal, steps: Sequence[tuple[_Document, Decimal, Decimal]]) -> None:
        """One allocation: the paying document's booked value meets the paid one's, or the rate of the day does."""
        target = steps[0][0]
        own, currency = self._of(target), target.key[0]
        moved = [self._moved(step) for step in steps]
        gone = moved[0]
        if any(value is None for value in moved) or gone is None:
            for document, _, _ in steps:
                self._of(document).unknown = True
            return
        if len(moved) > 1:
            came = moved[1] or ZERO
            self._of(steps[1][0]).settled += came
        elif on is None:  # nobody knows when: nothing can be told but that it is gone
            self.noted["settled_undated", currency].append((target.on, target.name, ""))
            came = -gone
        else:
            quote = self.book.rates.latest(currency, self.book.currency, on)
            if quote is None:
                self.noted["settled_unknown", currency].append((on, target.name, ""))
                own.unknown = True
                return
            came = translated(amount, quote.rate, self.book.digits)
        own.settled -= came
        own.realized += came + gone

    def _of(self, document: _Document) -> _Sums:
        """Where a document is added up; what stands in other accounts (financing, revaluation) is in no line."""
        return self.sums[document.key] if document.key[1] in ACCOUNTS else _Sums()

    def _moved(self, step: tuple[_Document, Decimal, Decimal]) -> Decimal | None:
        """By how much the booked value of a document changes."""
        document, before, after = step
        booked = self._booked(document)
        return booked.of(after, self.book.digits) - booked.of(before, self.book.digits) if booked else None

    def problems(self, file: str) -> Iterator[Problem]:
        """What is odd about booked values: one remark per kind and currency, naming the first document."""
        for (reason, currency), noted in sorted(self.noted.items()):
            on, document, fact = min(noted)
            facts = {"value": fact, "currency": currency, "count": f"{len(noted):,}", "document": document}
            facts |= {"date": on.isoformat(), "pair": f"{currency}/{self.book.currency}"}
            yield Problem(file, None, None, None, None, f"functional_remarks.{reason}", "kept", facts)


def _near(booked: Booked, rate: Decimal) -> bool:
    return booked.amount * rate <= APART * booked.value <= APART * APART * booked.amount * rate


def _step(left: dict[int, Decimal], document: _Document, by: Decimal) -> tuple[_Document, Decimal, Decimal]:
    """What is open of a document before and after an allocation, which `left` remembers."""
    before = left.get(document.no, document.base)
    left[document.no] = before + by
    return document, before, before + by


def fx_lines(
    engine: Engine, book: Book, held: Sequence[Balance], closing: dict[str, Decimal], file: str
) -> tuple[list[FxLine], list[Problem]]:
    """One line per currency, account and customer with anything in it, and what is to be said of booked values.

    `closing`: the closing rates; the functional currency itself is booked as it stands. `file` is named in remarks.
    """
    reader = _Reader(engine, book)
    reader.documents()
    reader.allocations()
    balances = {
        (b.currency, account, b.customer_id): amount
        for b in held
        for account, amount in zip(ACCOUNTS, (b.balance + b.excluded, b.bills, b.contract_assets), strict=True)
        if amount or (b.currency, account, b.customer_id) in reader.sums
    }
    keys = {*balances, *reader.sums}
    lines = [_line(key, balances.get(key, ZERO), reader.sums.get(key), book, closing) for key in sorted(keys)]
    return lines, list(reader.problems(file))


def _line(key: Key, balance: Decimal, sums: _Sums | None, book: Book, closing: dict[str, Decimal]) -> FxLine:
    currency, account, customer = key
    if currency == book.currency:
        return FxLine(currency, account, customer, balance, balance, balance, ZERO, None, None, None, ZERO)
    found, rate = sums or _Sums(), closing.get(currency, ZERO)
    functional = translated(balance, rate, book.digits)
    if found.unknown:
        return FxLine(currency, account, customer, balance, functional, None, None, None, None, None, None)
    return FxLine(
        currency=currency,
        account=account,
        customer_id=customer,
        balance=balance,
        functional=functional,
        booked=found.booked,
        not_revalued=translated(found.advances, rate, book.digits) - found.advances_booked,
        opening=found.opening,
        documents=found.documents,
        settled=found.settled,
        realized=found.realized,
    )
