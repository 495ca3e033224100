"""The rows of the movements workbook: roll-forward, bills, retention, balance sheet, related parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from duebook.books.plan import Rows
from duebook.books.rows import EngineRows
from duebook.close import compare, compare_book, wording
from duebook.close.aging_book import Record, cases_in_words
from duebook.close.allowance_rows import APART
from duebook.close.compare import LINES, ZERO, RollLine
from duebook.close.detail import NUMBERED
from duebook.close.figures import Balance
from duebook.close.open_items import day
from duebook.close.result import Close
from duebook.close.roll_forward import Rolled
from duebook.close.slots import table
from duebook.close.slots_movements import MOVEMENTS_TABLES
from duebook.core.messages import text
from duebook.core.money import ratio, rounded

ENDS = ("opening", *LINES, "closing")
SHOWN = ("receivable", "bill", "contract_asset")
"""The accounts whose roll-forward the summary shows side by side."""
MATURITIES = (-1, 30, 60, 90, 180, None)
"""The last day of each span of days to maturity; -1: past it."""
UNKNOWN = len(MATURITIES)
_NAMED = (
    "LEFT JOIN (SELECT currency, customer_id, customer_name FROM balances) AS b "
    "ON i.customer_id = b.customer_id AND i.currency = b.currency"
)


def value_of(line: RollLine | None, name: str) -> Decimal:
    """The opening, the closing or a line of a roll-forward; zero where there is none."""
    if line is None:
        return ZERO
    return compare_book.value_of(line, name)


def figures(close: Close, rolled: Rolled) -> list[Record]:
    """One row per currency."""
    together = compare.summed(rolled.lines)
    found: list[Record] = []
    for f in close.figures:
        own = together.get((f.currency, "receivable"))
        found.append(
            {
                "currency": f.currency,
                **{name: value_of(own, name) for name in ENDS},
                **_sheet(close, f.currency),
                "balance": f.balance + f.excluded,
                "customers": f.customers,
                "headline": _headline(close, rolled, f.currency, own),
                "chart_title": _chart_title(close, rolled, f.currency, own),
                **_bars(close, own),
                "remark": text("movements.remark", close.language, since=rolled.since.isoformat()),
            }
        )
    return found


def _headline(close: Close, rolled: Rolled, currency: str, own: RollLine | None) -> str:
    shown = {"invoiced": value_of(own, "invoiced"), "cash": -value_of(own, "cash")}
    shown |= {name: value_of(own, name) for name in ("opening", "closing")}
    amounts = {name: wording.amount(value, currency) for name, value in shown.items()}
    days = {"since": rolled.since.isoformat(), "until": close.as_of.isoformat()}
    return text("movements.headline", close.language, currency=currency, **amounts, **days)


def _chart_title(close: Close, rolled: Rolled, currency: str, own: RollLine | None) -> str:
    """The message of the chart: by how much receivables rose or fell."""
    opening, closing = value_of(own, "opening"), value_of(own, "closing")
    change = closing - opening
    key = "rose" if change > 0 else "fell" if change < 0 else "stayed"
    facts = {"currency": currency, "change": wording.amount(abs(change), currency), "since": rolled.since.isoformat()}
    if opening > 0 and change:
        return text(f"movements.{key}_by", close.language, share=wording.share(abs(change) / opening), **facts)
    return text(f"movements.{key}", close.language, **facts)


def _bars(close: Close, own: RollLine | None) -> dict[str, str]:
    """What stands below each bar of the chart: its line and its amount, in whole units as on the cards."""
    amounts = {name: value_of(own, name) for name in ("opening", "invoiced", "credit_notes", "cash")}
    closing = value_of(own, "closing")
    amounts |= {"other": closing - sum(amounts.values(), ZERO), "closing": closing}
    return {
        f"bar_{number}": f"{text(f'movements.line_{name}', close.language)}\n{_whole(amount)}"
        for number, (name, amount) in enumerate(amounts.items(), start=1)
    }


def _whole(amount: Decimal) -> str:
    whole = rounded(amount, 0)
    return f"({-whole:,f})" if whole < 0 else f"{whole:,f}" if whole else "–"


def roll_lines(close: Close, rolled: Rolled) -> list[Record]:
    """Opening, every line that anything moved in this currency, closing."""
    together = compare.summed(rolled.lines)
    rows: list[Record] = []
    for f in close.figures:
        own = {account: together.get((f.currency, account)) for account in SHOWN}
        names = [n for n in ENDS if n in ("opening", "closing") or any(value_of(line, n) for line in own.values())]
        for number, name in enumerate(names, start=1):
            rows.append(
                {
                    "currency": f.currency,
                    "movement": text(f"movements.line_{name}", close.language),
                    **{account: value_of(line, name) if line else None for account, line in own.items()},
                    "lookup": f"{f.currency}|{number}",
                }
            )
    return rows


def roll_forward(rolled: Rolled) -> list[Record]:
    """Receivables by customer, largest closing balance first."""
    own = sorted(
        (line for line in rolled.lines if line.account == "receivable"),
        key=lambda line: (line.currency, -line.closing, line.customer_id),
    )
    return [
        {
            "customer_id": line.customer_id,
            "customer_name": line.customer_name,
            "currency": line.currency,
            **{name: value_of(line, name) for name in ENDS},
        }
        for line in own
    ]


def unused_lines(rolled: Rolled) -> tuple[str, ...]:
    """Lines in which no customer's receivables moved, so that the simple case stays simple."""
    used = {name for line in rolled.lines if line.account == "receivable" for name in line.lines}
    return tuple(name for name in LINES if name not in used)


# ---- other accounts ----


def bill_maturities(close: Close) -> list[Record]:
    """Open bills by currency and days to maturity; past maturity first."""
    left = f"date_diff('day', {day(close.as_of)}, i.due_date)"
    rows = close.engine.rows(
        f"SELECT i.currency, {left}, i.open FROM items AS i WHERE i.account = 'bill' ORDER BY i.currency, i.no"
    )
    held: dict[str, dict[int, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for currency, days, amount in rows:
        place = (
            UNKNOWN if days is None else next(n for n, last in enumerate(MATURITIES) if last is None or days <= last)
        )
        held[currency][place].append(amount)
    return [
        {
            "currency": currency,
            "span": _span(close, place),
            "items": len(amounts),
            "open": sum(amounts, ZERO),
        }
        for currency, places in sorted(held.items())
        for place, amounts in sorted(places.items())
    ]


def _span(close: Close, place: int) -> str:
    if place == UNKNOWN:
        return text("movements.maturity_unknown", close.language)
    if place == 0:
        return text("movements.maturity_past", close.language)
    before, last = MATURITIES[place - 1] or 0, MATURITIES[place]
    if last is None:
        return text("movements.maturity_beyond", close.language, days=before)
    return text("movements.maturity_span", close.language, first=before + 1, last=last)


def bill_states(close: Close) -> list[Record]:
    """Open bills by what became of them and whether they may come back."""
    rows = close.engine.rows(
        "SELECT currency, held_as, recourse, count(*), sum(open) FROM items WHERE account = 'bill' "
        "GROUP BY currency, held_as, recourse ORDER BY currency, held_as DESC, recourse NULLS LAST"
    )
    return [
        {
            "currency": currency,
            "status": text(f"movements.held_{state}", close.language),
            "recourse": None
            if recourse is None
            else text(f"movements.recourse_{'with' if recourse else 'without'}", close.language),
            "items": count,
            "open": amount,
        }
        for currency, state, recourse, count, amount in rows
    ]


def bills(close: Close) -> Rows:
    kind = _words(close, "i.bill_kind", "bill", ("bank_acceptance", "commercial_acceptance"))
    state = _words(close, "i.held_as", "held", ("held", "endorsed", "discounted", "dishonored"))
    recourse = _words(
        close,
        "CASE WHEN i.recourse THEN 'with' WHEN NOT i.recourse THEN 'without' END",
        "recourse",
        ("with", "without"),
    )
    sql = (
        f"SELECT i.customer_id, b.customer_name, i.document_id, {kind}, i.acceptor, i.document_date, i.due_date, "
        f"date_diff('day', {day(close.as_of)}, i.due_date), i.currency, i.amount, i.open, {state}, {recourse}, "
        f"i.file, i.line FROM items AS i {_NAMED} WHERE i.account = 'bill' "
        "ORDER BY i.currency, i.due_date NULLS LAST, i.customer_id, i.document_id, i.no"
    )
    return EngineRows(close.engine, sql, table(MOVEMENTS_TABLES, "bills").columns())


def retention(close: Close) -> Rows:
    status = _words(close, "CASE WHEN i.retained THEN 'waits' ELSE 'released' END", "retention", ("waits", "released"))
    account = _words(close, "i.account", "account", ("receivable", "contract_asset"))
    sql = (
        "SELECT i.customer_id, b.customer_name, i.document_id, i.contract_id, i.document_date, i.due_date, "
        f"{status}, {account}, i.currency, i.open, i.file, i.line FROM items AS i {_NAMED} WHERE i.kind = 'retention' "
        "ORDER BY i.currency, i.due_date NULLS LAST, i.customer_id, i.document_id, i.no"
    )
    return EngineRows(close.engine, sql, table(MOVEMENTS_TABLES, "retention_items").columns())


def factored(close: Close) -> Rows:
    sql = (
        "SELECT i.customer_id, b.customer_name, i.document_id, i.due_date, i.currency, i.open, i.days_past_due, "
        f"i.file, i.line FROM items AS i {_NAMED} WHERE i.held_as = 'factored' "
        "ORDER BY i.currency, i.due, i.customer_id, i.document_id, i.no"
    )
    return EngineRows(close.engine, sql, table(MOVEMENTS_TABLES, "factored_items").columns())


def netting(close: Close, since: date) -> Rows:
    """What was set off after `since`; an entry of its own, or a settlement that names none."""
    settled = (
        "SELECT l.source AS no, string_agg(DISTINCT t.document_id, ', ' ORDER BY t.document_id) AS documents "
        "FROM link AS l INNER JOIN doc AS t ON l.target = t.no WHERE l.amount <> 0 GROUP BY l.source"
    )
    sql = (
        "SELECT m.customer_id, b.customer_name, coalesce(o.document_id, a.document_id, d.document_id), m.day, "
        "coalesce(o.agreement_id, o.contract_id, d.agreement_id, d.contract_id), "
        "CASE WHEN m.allocation IS NULL THEN s.documents ELSE d.document_id END, m.currency, m.amount, "
        "coalesce(a.file, d.file), CASE WHEN a.file IS NOT NULL THEN a.line ELSE d.line END FROM movements AS m "
        "INNER JOIN doc AS d ON m.no = d.no LEFT JOIN doc AS o ON m.other = o.no "
        f"LEFT JOIN (SELECT {NUMBERED} AS allocation, document_id, file, line FROM allocations) AS a "
        f"ON m.allocation = a.allocation LEFT JOIN ({settled}) AS s ON m.no = s.no "
        "LEFT JOIN (SELECT currency, customer_id, customer_name FROM balances) AS b "
        "ON m.customer_id = b.customer_id AND m.currency = b.currency "
        "WHERE m.line = 'netting' AND m.account = 'receivable' AND m.amount <> 0 "
        f"AND m.day > {day(since)} AND m.day <= {day(close.as_of)} "
        "ORDER BY m.currency, m.day, m.customer_id, m.no, m.allocation NULLS FIRST"
    )
    return EngineRows(close.engine, sql, table(MOVEMENTS_TABLES, "netting_items").columns())


def _words(close: Close, column: str, room: str, codes: Sequence[str]) -> str:
    return cases_in_words(column, {code: text(f"movements.{room}_{code}", close.language) for code in codes})


# ---- balance sheet and related parties ----


def split(b: Balance) -> dict[str, Decimal]:
    """What a customer owes, and its credits apart: gross + contract liabilities + other credits = its balance."""
    whole = b.balance + b.excluded
    return {
        "gross": b.receivable,
        "contract_liabilities": b.advances,
        "other_credits": whole - b.receivable - b.advances,
    }


def balance_sheet(close: Close) -> list[Record]:
    """One row per currency, with what its formulas show."""
    found: list[Record] = []
    for f in close.figures:
        own = _sheet(close, f.currency)
        claims = sum((own[key] or ZERO for key in ("gross", "notes", "contract_assets")), ZERO)
        balance = sum((own[key] or ZERO for key in ("gross", "contract_liabilities", "other_credits")), ZERO)
        carrying = claims - (own["allowance"] or ZERO)
        found.append({"currency": f.currency, **own, "balance": balance, "carrying": carrying})
    return found


def _sheet(close: Close, currency: str) -> dict[str, Decimal | None]:
    own = [b for b in close.balances if b.currency == currency]
    parts = [split(b) for b in own]
    provision = next(f.provision for f in close.figures if f.currency == currency)
    totals = (provision.total(account) for account in SHOWN)
    known = [total for total in totals if total is not None]
    return {
        **{key: sum((p[key] for p in parts), ZERO) for key in ("gross", "contract_liabilities", "other_credits")},
        "retained": sum((b.retention for b in own), ZERO),
        "notes": sum((b.bills for b in own), ZERO),
        "contract_assets": sum((b.contract_assets for b in own), ZERO),
        "allowance": sum(known, ZERO) if known else None,
    }


def net_credit(close: Close) -> list[Record]:
    """Customers with more credit than debt, largest first."""
    rows: list[Record] = []
    for b in close.balances:
        whole = b.balance + b.excluded
        if whole < 0:
            names: Record = {"customer_id": b.customer_id, "customer_name": b.customer_name, "currency": b.currency}
            rows.append({**names, **split(b), "balance": whole})
    return sorted(rows, key=lambda row: (str(row["currency"]), row["balance"], str(row["customer_id"])))


def related(close: Close) -> list[Record]:
    """Related parties and intercompany by customer, with their share of the currency's balance."""
    whole: Mapping[str, Decimal] = {f.currency: f.balance + f.excluded for f in close.figures}
    return [
        {
            "customer_id": b.customer_id,
            "customer_name": b.customer_name,
            "relation": text(f"close.relation_{b.relation}", close.language),
            "currency": b.currency,
            "balance": b.balance + b.excluded,
            "share": ratio(b.balance + b.excluded, whole[b.currency], 6) if whole[b.currency] > 0 else None,
            "overdue": b.overdue,
            "notes": b.bills,
            "contract_assets": b.contract_assets,
        }
        for b in close.balances
        if b.relation in APART and (b.items or b.bills or b.contract_assets)
    ]
