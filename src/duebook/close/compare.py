"""Compares two closes: what moved since the earlier one, and what changed in the past after it was sealed.

For every customer, currency and account: opening (sealed then) + what changed in the past + what moved since = closing
(sealed now). Both parts come from the same movements, matched document by document and allocation by allocation
(`sql/paired.sql`, `compared.sql`, `changes.sql`), so nothing is left unexplained and every line is one document or one
allocation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from duebook.close import detail, seal
from duebook.close.open_items import day, statements
from duebook.close.result import Close
from duebook.core.engine import Engine, quoted
from duebook.core.errors import DuebookError

ZERO = Decimal(0)
ACCOUNTS = ("receivable", "bill", "contract_asset", "financing", "revaluation")
"""The accounts of a close, in the order in which they are shown."""
LINES = (
    "changed", "invoiced", "credit_notes", "cash", "write_offs", "bills", "netting", "factoring", "retention",
    "journals", "fx", "undated",
)  # fmt: skip
"""What leads from the opening to the closing balance: first what changed in the past, then what moved since."""


@dataclass(frozen=True)
class RollLine:
    """One customer in one account and currency. opening + Σ lines = closing; `lines` names only what is not zero."""

    currency: str
    account: str
    customer_id: str
    customer_name: str | None
    opening: Decimal
    lines: Mapping[str, Decimal]
    closing: Decimal

    @property
    def unexplained(self) -> Decimal:
        return self.closing - self.opening - sum(self.lines.values(), ZERO)


@dataclass(frozen=True)
class Change:
    """Something of the past that is not as sealed: a document, or an allocation (`other_id`: the other document).

    `what`: added, removed, amount, date, due_date, customer, account, open_amount, allocation_added,
    allocation_removed, allocation_changed. Blank (None) where the earlier or the later close has no such thing.
    """

    currency: str
    account: str
    customer_id: str
    customer_name: str | None
    what: str
    document_id: str
    kind: str
    other_id: str | None
    old_amount: Decimal | None
    new_amount: Decimal | None
    old_date: date | None
    new_date: date | None
    old_due: date | None
    new_due: date | None
    old_customer: str | None
    new_customer: str | None
    effect: Decimal
    old_file: str | None
    old_line: int | None
    new_file: str | None
    new_line: int | None


@dataclass(frozen=True)
class Difference:
    """A setting (or, per currency, a total) in which the two closes differ; the figures may differ by it."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Comparison:
    """The engine holds `changes` and `period` for whoever lists them; `customer` narrows everything to one."""

    engine: Engine
    old_name: str
    new_name: str
    since: date
    until: date
    roll: tuple[RollLine, ...]
    settings: tuple[Difference, ...]
    totals: Mapping[str, tuple[Difference, ...]]
    lists_open: bool
    """Whether the later close comes of open items: what is gone from it counts as settled, not told when."""
    customer: str | None
    views: Mapping[str, str]

    @property
    def currencies(self) -> list[str]:
        return sorted({line.currency for line in self.roll})

    def count(self, table: str) -> int:
        return int(self.engine.one(f"SELECT count(*) FROM {table} AS x{self.where('x')}")[0])

    def changes_in(self, currency: str) -> int:
        """How many changes of the past there are in a currency."""
        sql = f"SELECT count(*) FROM ({changes_sql(self)}) WHERE currency = {quoted(currency)}"
        return int(self.engine.one(sql)[0])

    def where(self, of: str) -> str:
        return f" WHERE {of}.customer_id = {quoted(self.customer)}" if self.customer else ""

    def changes(self, *, largest: int | None = None, currency: str | None = None) -> Iterator[Change]:
        """What changed in the past, by currency, customer and document; or the `largest` by effect in a currency."""
        sql = changes_sql(self)
        if largest is not None:
            mine = f" AND currency = {quoted(currency)}" if currency else ""
            sql = (
                f"SELECT * FROM ({sql}) WHERE true{mine} ORDER BY abs(effect) DESC, "
                "abs(coalesce(new_amount, 0) - coalesce(old_amount, 0)) DESC, customer_id, document_id, what "
                f"LIMIT {largest}"
            )
        for batch in self.engine.batches(sql):
            yield from (Change(*row) for row in batch)


def compare(old: Path, new: Path, engine: Engine, customer: str | None = None) -> Comparison:
    """Compares two sealed folders. DuebookError where the earlier one is the later, or one has no detail."""
    one, two = detail.opened(old, engine, "old"), detail.opened(new, engine, "new")
    if one.content["as_of"] > two.content["as_of"]:
        facts = {"old_as_of": one.content["as_of"], "new_as_of": two.content["as_of"]}
        raise DuebookError("compare.order", old=one.name, new=two.name, **facts)
    return _compared(engine, one, two, customer)


def with_sealed(close: Close, folder: Path) -> Comparison:
    """Compares a close under way with an earlier sealed one, in the engine of the close."""
    old = detail.opened(folder, close.engine, "old")
    if old.content["as_of"] > close.as_of.isoformat():
        facts = {"old_as_of": old.content["as_of"], "new_as_of": close.as_of.isoformat()}
        raise DuebookError("compare.order", old=old.name, new=close.options.out.name, **facts)
    content = seal.seal(close, (), {})
    return _compared(close.engine, old, detail.Sealed("", content, detail.live(close, "new")), None)


def roll_forward(close: Close, folder: Path) -> tuple[RollLine, ...]:
    """The roll-forward from an earlier sealed close to one under way: one line per account, currency and customer."""
    return with_sealed(close, folder).roll


def _compared(engine: Engine, old: detail.Sealed, new: detail.Sealed, customer: str | None) -> Comparison:
    views = {f"old_{name}": view for name, view in old.views.items()}
    views |= {f"new_{name}": view for name, view in new.views.items()}
    since, until = (date.fromisoformat(side.content["as_of"]) for side in (old, new))
    lists_open = any(record.get("open_amounts") for record in new.content["records"] if record["role"] == "invoices")
    parts = {**views, "since": day(since), "until": day(until), "lists_open": "true" if lists_open else "false"}
    for name in ("paired", "compared", "changes"):
        engine.execute(statements(name, **parts))
    found = Comparison(
        engine, old.name, new.name, since, until, (), settings(old.content, new.content),
        totals(old.content, new.content), lists_open, customer, views,
    )  # fmt: skip
    if customer is not None and not _knows(found, customer):
        raise DuebookError("compare.no_customer", customer=customer, old=old.name, new=new.name)
    return Comparison(**{**found.__dict__, "roll": tuple(_roll(found))})


def _knows(found: Comparison, customer: str) -> bool:
    sides = " UNION ALL ".join(f"SELECT customer_id FROM {found.views[f'{side}_customers']}" for side in ("old", "new"))
    (count,) = found.engine.one(f"SELECT count(*) FROM ({sides}) WHERE customer_id = {quoted(customer)}")
    return bool(count)


def names_sql(views: Mapping[str, str]) -> str:
    """Customer ids with their names: those of the later close, else of the earlier."""
    return (
        "(SELECT customer_id, coalesce(min(new_name), min(old_name)) AS customer_name FROM ("
        f"SELECT customer_id, customer_name AS new_name, NULL AS old_name FROM {views['new_customers']} UNION ALL "
        f"SELECT customer_id, NULL, customer_name FROM {views['old_customers']}) GROUP BY customer_id)"
    )


def changes_sql(found: Comparison) -> str:
    """Every change of the past in its order, with the fields of `Change`."""
    return (
        "SELECT c.currency, c.account, c.customer_id, k.customer_name, c.what, c.document_id, c.kind, c.other_id, "
        "c.old_amount, c.new_amount, c.old_date, c.new_date, c.old_due, c.new_due, c.old_customer, c.new_customer, "
        "c.effect, c.old_file, c.old_line, c.new_file, c.new_line FROM changes AS c "
        f"LEFT JOIN {names_sql(found.views)} AS k ON c.customer_id = k.customer_id{found.where('c')} "
        "ORDER BY c.currency, c.customer_id, c.account, c.document_id, c.pair, c.old_place, c.new_place"
    )


def _roll(found: Comparison) -> Iterator[RollLine]:
    views = found.views
    rows = found.engine.rows(
        "SELECT x.currency, x.account, x.customer_id, k.customer_name, x.line, sum(x.amount) FROM ("
        f"SELECT currency, account, customer_id, 'opening' AS line, open AS amount FROM {views['old_items']} UNION ALL "
        f"SELECT currency, account, customer_id, 'closing', open FROM {views['new_items']} UNION ALL "
        "SELECT currency, account, customer_id, 'changed', effect FROM past UNION ALL "
        "SELECT currency, account, customer_id, line, amount FROM period) AS x "
        f"LEFT JOIN {names_sql(views)} AS k ON x.customer_id = k.customer_id{found.where('x')} "
        "GROUP BY ALL HAVING sum(x.amount) <> 0 ORDER BY x.currency, x.customer_id"
    )
    sums: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(dict)
    names: dict[str, str | None] = {}
    for currency, account, customer, name, line, amount in rows:
        sums[currency, account, customer][line] = amount
        names[customer] = name
    order = {account: place for place, account in enumerate(ACCOUNTS)}
    for currency, account, customer in sorted(sums, key=lambda k: (k[0], order[k[1]], k[2])):
        own = sums[currency, account, customer]
        yield RollLine(
            currency, account, customer, names[customer], own.pop("opening", ZERO),
            {line: own[line] for line in (*LINES, *sorted(own)) if line in own and line != "closing"},
            own.get("closing", ZERO),
        )  # fmt: skip


SETTINGS = ("scheme", "disputed", "unapplied", "name", "version")
"""Of the policy; the figures of a close follow them."""
OPTIONS = ("known_at", "currency", "dates", "preset", "functional", "period")


def settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What the two closes were told differently. Which documents are open does not depend on it; figures may."""
    found = [
        Difference(name if name not in ("name", "version") else f"policy_{name}", *both)
        for name in SETTINGS
        if (both := _both(old["policy"], new["policy"], name))
    ]
    found += [Difference(name, *both) for name in OPTIONS if (both := _both(old["options"], new["options"], name))]
    columns = [", ".join(f"{k}={v}" for k, v in side["options"]["columns"].items()) or None for side in (old, new)]
    if columns[0] != columns[1]:
        found.append(Difference("columns", *columns))
    if old["duebook"] != new["duebook"]:
        found.append(Difference("duebook", old["duebook"], new["duebook"]))
    digests = [[i["sha256"] for i in side["inputs"] if i["use"] == "policy"] for side in (old, new)]
    if digests[0] != digests[1] and not any(d.name == "policy_version" for d in found):
        found.append(Difference("policy_text", *(d[0][:12] if d else None for d in digests)))
    return tuple(found)


def _both(old: Mapping[str, Any], new: Mapping[str, Any], name: str) -> tuple[str | None, str | None] | None:
    """The two values of an entry as text, or None where they agree."""
    one, two = (None if side.get(name) in (None, "") else str(side[name]) for side in (old, new))
    return None if one == two else (one, two)


TOTALS = ("balance", "overdue", "disputed", "excluded", "unapplied", "allowance", "dso")


def totals(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Difference, ...]]:
    """The headline figures of both closes by currency, where they differ."""
    found = {}
    for currency in sorted({*old["totals"], *new["totals"]}):
        one, two = (side["totals"].get(currency, {}) for side in (old, new))
        own = [Difference(name, *both) for name in TOTALS if (both := _both(one, two, name))]
        if own:
            found[currency] = tuple(own)
    return found


def summed(roll: Sequence[RollLine]) -> dict[tuple[str, str], RollLine]:
    """The roll-forward of all customers together, by currency and account."""
    together: dict[tuple[str, str], list[RollLine]] = defaultdict(list)
    for line in roll:
        together[line.currency, line.account].append(line)
    found = {}
    for (currency, account), own in together.items():
        lines = {name: total for name in LINES if (total := sum((x.lines.get(name, ZERO) for x in own), ZERO))}
        opening, closing = (sum((getattr(x, side) for x in own), ZERO) for side in ("opening", "closing"))
        found[currency, account] = RollLine(currency, account, "", None, opening, lines, closing)
    return found
