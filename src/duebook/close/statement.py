"""Statements of account out of a sealed close: what a customer was billed and paid since a day, and what is open.

One statement per customer and currency: what is to be paid, and often the bank to pay it to, differs by currency. It
holds what concerns the customer only; nothing of the firm's own judgment (limits, allowance, whether a bill was
discounted or an invoice sold with recourse) is read. opening + Σ entries = Σ open items = balance, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from duebook.close import detail, show
from duebook.close.detail import Sealed
from duebook.close.open_items import day
from duebook.core.engine import Engine, Row, quoted
from duebook.core.errors import DuebookError

ZERO = Decimal(0)
MOST_ROWS = 1_000_000
"""What fits a sheet, with what stands around it."""
_AT_ONCE = 200
"""Statements whose rows are fetched together."""
_LINES = {
    "invoiced": "invoice",
    "credit_notes": "credit_note",
    "cash": "payment",
    "write_offs": "write_off",
    "bills": "bill",
    "journals": "journal",
}
"""What a line of the roll-forward is called here; the others keep their names."""
TELLING = ("write_off", "factoring")
"""What a firm may not want its customer to read: told to whoever makes the statements."""


@dataclass(frozen=True)
class Asked:
    """Whose statements: the `customers` named (by id, name or part of it); without any, all or those overdue."""

    customers: tuple[str, ...] = ()
    overdue: bool = False
    since: date | None = None
    """The first day of the movements; the first of the as-of date's month where it is left out."""


@dataclass(frozen=True)
class Addressee:
    customer_id: str
    customer_name: str | None
    currency: str


@dataclass(frozen=True)
class Entry:
    """A movement; `amount` is signed, a charge positive. `day` is None where the export does not tell it.

    `against`: the document that it settles, or that settles it; `balance`: what is open after it.
    """

    day: date | None
    document_id: str | None
    what: str
    against: str | None
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True)
class OpenItem:
    """An open document, a credit negative; `days_overdue` is None where it is not overdue. `bill`: a bill not yet paid,
    which is no part of the balance."""

    document_date: date
    document_id: str
    what: str
    due_date: date | None
    days_overdue: int | None
    amount: Decimal
    open: Decimal
    disputed: Decimal
    bill: bool


@dataclass(frozen=True)
class Statement:
    """`buckets` hold what is neither disputed nor a credit: Σ buckets + disputed + credits = balance.

    `disputed` is zero where the close leaves disputed amounts in the aging; `listed`: the ledger is a list of open
    items, so what was billed and paid in between is not among the entries.
    """

    addressee: Addressee
    since: date
    as_of: date
    opening: Decimal
    entries: tuple[Entry, ...]
    items: tuple[OpenItem, ...]
    buckets: tuple[Decimal, ...]
    overdue: Decimal
    oldest_days: int
    disputed: Decimal
    credits: Decimal
    listed: bool

    @property
    def balance(self) -> Decimal:
        return sum((item.open for item in self.items if not item.bill), ZERO)

    @property
    def bills(self) -> Decimal:
        return sum((item.open for item in self.items if item.bill), ZERO)

    @property
    def telling(self) -> tuple[str, ...]:
        """What stands in it that the customer may not be meant to read."""
        return tuple(what for what in TELLING if any(entry.what == what for entry in self.entries))


class Statements:
    """The statements of a sealed close that were asked for, in the order of customer and currency."""

    def __init__(self, sealed: Sealed, engine: Engine, asked: Asked) -> None:
        """DuebookError where a customer is not known or the days do not fit."""
        self.sealed, self.engine = sealed, engine
        self.as_of = date.fromisoformat(sealed.content["as_of"])
        self.since = asked.since or self.as_of.replace(day=1)
        if self.since > self.as_of:
            facts = {"since": self.since.isoformat(), "as_of": self.as_of.isoformat()}
            raise DuebookError("statement.from_later", path=sealed.name, **facts)
        self.apart = sealed.content["policy"]["disputed"] != "open"
        self.bucket_labels: Mapping[str, Sequence[str]] = sealed.content["policy"]["bucket_labels"]
        customers = tuple(dict.fromkeys(self._meant(name) for name in asked.customers))
        self._choose(customers, asked.overdue)
        rows = engine.rows("SELECT customer_id, customer_name, currency FROM statement_for ORDER BY n")
        self.addressees = tuple(Addressee(*row) for row in rows)
        chosen = {addressee.customer_id for addressee in self.addressees}
        self.without = tuple(customer for customer in customers if customer not in chosen)
        """Customers asked for that neither owe anything nor had a movement."""
        self._gather()

    @property
    def known(self) -> tuple[str, ...]:
        """The ids of all customers of the close."""
        views = self.sealed.views
        rows = self.engine.rows(f"SELECT DISTINCT customer_id FROM {views['customers']} ORDER BY customer_id")
        return tuple(customer for (customer,) in rows)

    def _meant(self, name: str) -> str:
        """The id of the one customer that is meant."""
        found = show.candidates(self.sealed, self.engine, name)
        if not found:
            raise DuebookError("show.no_customer", customer=name, path=self.sealed.name)
        if len(found) > 1:
            shown = ", ".join(f"{c.customer_id} {c.customer_name or ''}".strip() for c in found[:5])
            raise DuebookError("statement.several", customer=name, candidates=shown)
        return found[0].customer_id

    def _choose(self, customers: Sequence[str], overdue: bool) -> None:
        views, apart = self.sealed.views, "disputed_open" if self.apart else "0"
        chosen = (
            f"SELECT customer_id, currency FROM {views['items']} WHERE receivable AND late "
            f"GROUP BY customer_id, currency HAVING sum(open - {apart}) > 0"
            if overdue
            else f"SELECT customer_id, currency FROM {views['items']} WHERE account IN ('receivable', 'bill') UNION "
            f"SELECT customer_id, currency FROM {views['movements']} WHERE account = 'receivable' AND amount <> 0 "
            f"AND day BETWEEN {day(self.since)} AND {day(self.as_of)}"
        )
        named = f"WHERE c.customer_id IN ({', '.join(map(quoted, customers))})" if customers else ""
        self.engine.execute(
            "CREATE OR REPLACE TABLE statement_for AS SELECT row_number() OVER (ORDER BY c.customer_id, c.currency) "
            "AS n, c.customer_id, k.customer_name, c.currency "
            f"FROM ({chosen}) AS c LEFT JOIN (SELECT customer_id, min(customer_name) AS customer_name "
            f"FROM {views['customers']} GROUP BY customer_id) AS k ON c.customer_id = k.customer_id {named} ORDER BY n"
        )

    def _gather(self) -> None:
        """Puts the rows of the chosen into tables, one behind the other."""
        views, first, last = self.sealed.views, day(self.since), day(self.as_of)
        self.engine.execute(
            "CREATE OR REPLACE TABLE statement_opening AS SELECT f.n, sum(m.amount) AS opening "
            f"FROM statement_for AS f INNER JOIN {views['movements']} AS m ON f.customer_id = m.customer_id "
            f"AND f.currency = m.currency WHERE m.account = 'receivable' AND m.day < {first} GROUP BY f.n"
        )
        # of an allocation the paying document comes first, whichever of the two stands in the receivables
        self.engine.execute(
            "CREATE OR REPLACE TABLE statement_entry AS SELECT f.n, CASE WHEN m.told THEN m.day END AS day, "
            "CASE WHEN a.target = m.no THEN coalesce(o.document_id, a.document_id) ELSE d.document_id END AS document, "
            "CASE WHEN m.line = 'undated' THEN 'undated' WHEN a.allocation IS NULL THEN d.kind ELSE m.line END "
            "AS what, CASE WHEN a.target = m.no THEN d.document_id WHEN a.allocation IS NOT NULL THEN o.document_id "
            "WHEN m.line <> 'undated' THEN s.settled END AS against, m.amount "
            f"FROM statement_for AS f INNER JOIN {views['movements']} AS m "
            "ON f.customer_id = m.customer_id AND f.currency = m.currency "
            f"LEFT JOIN {views['documents']} AS d ON m.no = d.no "
            f"LEFT JOIN {views['documents']} AS o ON m.other = o.no "
            f"LEFT JOIN {views['allocations']} AS a ON m.allocation = a.allocation "
            f"LEFT JOIN ({self._settled()}) AS s ON m.no = s.no "
            f"WHERE m.account = 'receivable' AND m.amount <> 0 AND m.day BETWEEN {first} AND {last} "
            "ORDER BY f.n, m.day, m.amount < 0, document, m.no, m.allocation NULLS FIRST, m.line"
        )
        self.engine.execute(
            "CREATE OR REPLACE TABLE statement_item AS SELECT f.n, i.document_date, i.document_id, "
            "CASE WHEN i.held_as = 'dishonored' THEN 'dishonored' ELSE i.kind END AS what, i.due_date, "
            "CASE WHEN i.receivable AND i.late THEN i.days_past_due END AS days_overdue, i.amount, i.open, "
            "CASE WHEN i.receivable THEN i.disputed_open ELSE 0 END AS disputed, i.account = 'bill' AS bill, "
            "i.receivable, i.bucket, d.listed "
            f"FROM statement_for AS f INNER JOIN {views['items']} AS i "
            "ON f.customer_id = i.customer_id AND f.currency = i.currency "
            f"LEFT JOIN {views['documents']} AS d ON i.no = d.no WHERE i.account IN ('receivable', 'bill') "
            "ORDER BY f.n, bill, i.open < 0, i.due, i.document_date, i.document_id, i.no"
        )
        for number, count in self.engine.rows(
            "SELECT n, count(*) FROM (SELECT n FROM statement_entry UNION ALL SELECT n FROM statement_item) "
            f"GROUP BY n HAVING count(*) > {MOST_ROWS} ORDER BY n LIMIT 1"
        ):
            customer = self.addressees[number - 1].customer_id
            raise DuebookError("statement.too_long", customer=customer, rows=f"{count:,}", most=f"{MOST_ROWS:,}")

    def _settled(self) -> str:
        """SQL: of each paying document what it settled by the as-of date, the first documents by number."""
        views = self.sealed.views
        return (
            "SELECT a.source AS no, array_to_string(list_sort(list(DISTINCT d.document_id))[1:3], ', ') || "
            "CASE WHEN count(DISTINCT d.document_id) > 3 THEN ' …' ELSE '' END AS settled "
            f"FROM {views['allocations']} AS a INNER JOIN {views['documents']} AS d ON a.target = d.no "
            f"WHERE a.amount <> 0 AND (a.effective IS NULL OR a.effective <= {day(self.as_of)}) GROUP BY a.source"
        )

    def __iter__(self) -> Iterator[Statement]:
        for start in range(1, len(self.addressees) + 1, _AT_ONCE):
            chosen = f"n BETWEEN {start} AND {start + _AT_ONCE - 1}"
            rows = self.engine.rows(f"SELECT n, opening FROM statement_opening WHERE {chosen}")
            openings: dict[int, Decimal] = dict(rows)
            entries, items = self._by_number("statement_entry", chosen), self._by_number("statement_item", chosen)
            for number in range(start, min(start + _AT_ONCE, len(self.addressees) + 1)):
                opening = openings.get(number, ZERO)
                yield self._statement(self.addressees[number - 1], opening, entries[number], items[number])

    def _by_number(self, table: str, chosen: str) -> Mapping[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for number, *row in self.engine.rows(f"SELECT * FROM {table} WHERE {chosen} ORDER BY rowid"):
            found[number].append(tuple(row))
        return found

    def _statement(
        self, addressee: Addressee, opening: Decimal, entries: Sequence[Row], items: Sequence[Row]
    ) -> Statement:
        width = max((len(labels) for labels in self.bucket_labels.values()), default=0)
        buckets, credits, disputed, overdue, oldest = [ZERO] * width, ZERO, ZERO, ZERO, 0
        for *_, days, _, still, part, bill, receivable, bucket, _ in items:
            aside = part if self.apart else ZERO
            if bill:
                continue
            if not receivable:
                credits += still
                continue
            buckets[bucket - 1] += still - aside
            disputed += aside
            if days is not None:
                overdue += still - aside
                oldest = max(oldest, days) if still > aside else oldest
        return Statement(
            addressee, self.since, self.as_of, opening, tuple(_entries(opening, entries)),
            tuple(OpenItem(*row[:9]) for row in items), tuple(buckets), overdue, oldest, disputed, credits,
            any(row[-1] for row in items),
        )  # fmt: skip


def _entries(opening: Decimal, rows: Sequence[Row]) -> Iterator[Entry]:
    balance = opening
    for when, document, what, against, amount in rows:
        balance += amount
        yield Entry(when, document, _LINES.get(str(what), str(what)), against, amount, balance)


def opened(folder: Path, engine: Engine, asked: Asked) -> Statements:
    """The statements out of a sealed folder."""
    return Statements(detail.opened(folder, engine, "stated"), engine, asked)
