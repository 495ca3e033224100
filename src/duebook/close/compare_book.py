"""The comparison as a workbook: the roll-forward, what changed in the past, what moved since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from duebook.books.fill import fill
from duebook.books.plan import Plan, Properties, Rows
from duebook.books.rows import EngineRows
from duebook.close import compare, output
from duebook.close.aging_book import SHEET_ROWS, TOP, Record, cases_in_words, records
from duebook.close.compare import ACCOUNTS, LINES, Comparison, RollLine
from duebook.close.slots import table
from duebook.close.slots_compare import COMPARE_TABLES
from duebook.close.wording import amount
from duebook.core import resources
from duebook.core.engine import quoted
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.version import VERSION
from duebook.ledger.kinds import KINDS

ZERO = Decimal(0)
ENDS = ("opening", *LINES, "closing")
WHATS = (
    "added", "removed", "amount", "date", "due_date", "customer", "account", "open_amount", "allocation_added",
    "allocation_removed", "allocation_changed",
)  # fmt: skip


def refuse(path: Path) -> None:
    """Refuses a name that is no workbook's, or a file that is no comparison, before anything is read."""
    if path.suffix.lower() != ".xlsx":
        raise DuebookError("compare.output_suffix", path=path.name)
    if path.exists() and not output.holds_table(path, "compare_changes"):
        raise DuebookError("compare.output_exists", path=path.name)


def write(found: Comparison, path: Path, language: str) -> None:
    """Writes the workbook whole, or leaves what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fill(resources.templates() / f"compare.{language}.xlsx", path, plan(found, language))


def plan(found: Comparison, language: str) -> Plan:
    """The whole comparison workbook."""
    together = compare.summed(found.roll)
    changes, changes_words = _changes(found, language)
    movements, movements_words = _movements(found, language)
    title = text("compare.title", language)
    cover = _cover(found, language)
    figures = [_figures(found, currency, together, language) for currency in found.currencies]
    return Plan(
        tables={
            "compare_figures": records(COMPARE_TABLES, "compare_figures", figures),
            "compare_lines": records(COMPARE_TABLES, "compare_lines", _roll_lines(found, together, language)),
            "compare_largest": records(COMPARE_TABLES, "compare_largest", _largest(found, language)),
            "compare_customers": records(
                COMPARE_TABLES, "compare_customers", [_customer(line, language) for line in found.roll]
            ),
            "compare_changes": changes,
            "compare_movements": movements,
            "basis": records(COMPARE_TABLES, "basis", _basis(found, language)),
        },
        cells={
            "book_title": title,
            "cover_line": cover,
            "as_of": found.until,
            "previous_as_of": found.since,
            "selected_currency": _leading(found),
            "policy_mark": None,
            "compare_words": _words(found, language),
            "changes_words": changes_words,
            "movements_words": movements_words,
        },
        hidden={"compare_customers": _unused(found.roll)},
        properties=Properties(title, cover, found.until),
    )


def headline(found: Comparison, currency: str, language: str) -> str:
    """The answer in one sentence: from which balance to which, and how much of it is change of the past."""
    line = compare.summed(found.roll).get((currency, "receivable"))
    line = line or RollLine(currency, "receivable", "", None, ZERO, {}, ZERO)
    changed = line.lines.get("changed", ZERO)
    facts = {
        "currency": currency,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "opening": amount(line.opening, currency),
        "closing": amount(line.closing, currency),
        "changed": amount(changed, currency),
        "moved": amount(line.closing - line.opening - changed, currency),
    }
    key = "compare.headline" if changed else "compare.headline_untouched"
    return text(key, language, **facts)


def setting_words(found: Comparison, language: str) -> list[str]:
    """A sentence for each setting in which the two closes differ."""
    return [
        text(
            "compare.setting",
            language,
            name=text(f"compare.setting_{difference.name}", language),
            old=difference.old or "–",
            new=difference.new or "–",
        )
        for difference in found.settings
    ]


def _leading(found: Comparison) -> str:
    """The currency with most lines, then the first by code."""
    counts = {currency: sum(line.currency == currency for line in found.roll) for currency in found.currencies}
    return max(found.currencies, key=lambda currency: counts[currency], default="")


def _cover(found: Comparison, language: str) -> str:
    facts = {"since": found.since.isoformat(), "until": found.until.isoformat()}
    return text("compare.cover_line", language, **facts, old=found.old_name, new=found.new_name, version=VERSION)


def _words(found: Comparison, language: str) -> str | None:
    said = [text("compare.lists_open", language)] if found.lists_open else []
    if found.settings:
        said.append(text("compare.settings_differ", language, count=len(found.settings)))
    return text("close.sentence_gap", language).join(said) or None


def _figures(found: Comparison, currency: str, together: Mapping[tuple[str, str], RollLine], language: str) -> Record:
    line = together.get((currency, "receivable"), RollLine(currency, "receivable", "", None, ZERO, {}, ZERO))
    changed = line.lines.get("changed", ZERO)
    where = f"{found.where('x') or ' WHERE true'} AND x.currency = {quoted(currency)}"
    (movements,) = found.engine.one(f"SELECT count(*) FROM period AS x{where}")
    own = [other for (code, _), other in together.items() if code == currency]
    return {
        "currency": currency,
        "opening": line.opening,
        "changed": changed,
        "moved": line.closing - line.opening - changed,
        "closing": line.closing,
        "customers": len({x.customer_id for x in found.roll if x.currency == currency}),
        "changes": found.changes_in(currency),
        "movements": movements,
        "unexplained": sum((other.unexplained for other in own), ZERO),
        "headline": headline(found, currency, language),
        "remark": text("compare.remark", language, since=found.since.isoformat()),
    }


def _roll_lines(found: Comparison, together: Mapping[tuple[str, str], RollLine], language: str) -> list[Record]:
    rows: list[Record] = []
    for currency in found.currencies:
        own = {account: together.get((currency, account)) for account in ACCOUNTS}
        for number, name in enumerate(ENDS, start=1):
            rows.append(
                {
                    "currency": currency,
                    "movement": text(f"compare.line_{name}", language),
                    **{account: value_of(line, name) if line else None for account, line in own.items()},
                    "lookup": f"{currency}|{number}",
                }
            )
    return rows


def value_of(line: RollLine, name: str) -> Decimal:
    """The opening, the closing or a line of a roll-forward."""
    ends = {"opening": line.opening, "closing": line.closing}
    return ends[name] if name in ends else line.lines.get(name, ZERO)


def _largest(found: Comparison, language: str) -> list[Record]:
    return [
        {
            "currency": currency,
            "rank": rank,
            "customer_id": change.customer_id,
            "customer_name": change.customer_name or change.customer_id,
            "document_id": change.document_id,
            "what": text(f"compare.what_{change.what}", language),
            "effect": change.effect,
            "lookup": f"{currency}|{rank}",
        }
        for currency in found.currencies
        for rank, change in enumerate(found.changes(largest=TOP, currency=currency), start=1)
    ]


def _customer(line: RollLine, language: str) -> Record:
    return {
        "customer_id": line.customer_id,
        "customer_name": line.customer_name,
        "currency": line.currency,
        "account": text(f"compare.account_{line.account}", language),
        **{name: value_of(line, name) for name in ENDS},
    }


def _unused(roll: Sequence[RollLine]) -> tuple[str, ...]:
    """Lines that say nothing of these two closes, so that the simple case stays simple."""
    used = {name for line in roll for name in line.lines}
    return tuple(name for name in LINES if name not in used and name != "changed")


def _basis(found: Comparison, language: str) -> list[Record]:
    since = found.since.isoformat()
    said = [
        {
            "name": text(f"compare.basis_{name}", language),
            "value": text(f"compare.basis_{name}_words", language, since=since),
        }
        for name in ("opening", "changed", "moved", "matched", *(["lists_open"] if found.lists_open else []))
    ]
    return [
        *said,
        *({"name": text("compare.basis_setting", language), "value": x} for x in setting_words(found, language)),
    ]


def _case(column: str, prefix: str, names: Sequence[str], language: str) -> str:
    return cases_in_words(column, {name: text(f"{prefix}{name}", language) for name in names})


def _changes(found: Comparison, language: str) -> tuple[Rows, str | None]:
    """Every change of the past; where they do not fit a sheet, one row per customer, account and what changed."""
    columns = table(COMPARE_TABLES, "compare_changes").columns()
    count, source = found.count("changes"), compare.changes_sql(found)
    account = _case("account", "compare.account_", ACCOUNTS, language)
    what = _case("what", "compare.what_", WHATS, language)
    if count > SHEET_ROWS:
        sql = (
            f"SELECT customer_id, min(customer_name), currency, {account} AS account_words, NULL, NULL, "
            f"{what} AS what_words, NULL, sum(old_amount), sum(new_amount), sum(effect), NULL, NULL, NULL, NULL, NULL, "
            f"NULL, NULL, NULL, NULL, NULL FROM ({source}) GROUP BY customer_id, currency, account, what, "
            "account_words, what_words ORDER BY currency, customer_id, account, what"
        )
        words = text("compare.changes_summed", language, count=f"{count:,}", rows=f"{SHEET_ROWS:,}")
        return EngineRows(found.engine, sql, columns), words
    sql = (
        f"SELECT customer_id, customer_name, currency, {account}, document_id, "
        f"{_case('kind', 'close.kind_', KINDS, language)}, {what}, other_id, old_amount, new_amount, effect, old_date, "
        f"new_date, old_due, new_due, old_customer, new_customer, old_file, old_line, new_file, new_line "
        f"FROM ({source})"
    )
    return EngineRows(found.engine, sql, columns), None


def _movements(found: Comparison, language: str) -> tuple[Rows, str | None]:
    """Every movement since; where they do not fit a sheet, one row per customer, account, line and day."""
    columns = table(COMPARE_TABLES, "compare_movements").columns()
    views, count = found.views, found.count("period")
    account = _case("m.account", "compare.account_", ACCOUNTS, language)
    line = _case("m.line", "compare.line_", LINES, language)
    names = f"LEFT JOIN {compare.names_sql(views)} AS k ON m.customer_id = k.customer_id"
    if count > SHEET_ROWS:
        sql = (
            f"SELECT m.customer_id, min(k.customer_name), m.currency, {account} AS account_words, "
            f"{line} AS line_words, m.day, NULL, NULL, NULL, sum(m.amount), NULL, NULL "
            f"FROM period AS m {names}{found.where('m')} "
            "GROUP BY m.customer_id, m.currency, m.account, m.line, account_words, line_words, m.day "
            "ORDER BY m.currency, m.customer_id, m.account, m.line, m.day"
        )
        words = text("compare.movements_summed", language, count=f"{count:,}", rows=f"{SHEET_ROWS:,}")
        return EngineRows(found.engine, sql, columns), words
    kind = _case("coalesce(n.kind, d.kind)", "close.kind_", KINDS, language)
    sql = (
        f"SELECT m.customer_id, k.customer_name, m.currency, {account}, {line}, m.day, "
        f"coalesce(n.document_id, d.document_id), {kind}, "
        "CASE WHEN m.allocation IS NOT NULL THEN coalesce(o.document_id, a.document_id) END, m.amount, "
        "coalesce(a.file, n.file, d.file), CASE WHEN a.file IS NOT NULL THEN a.line "
        f"WHEN n.file IS NOT NULL THEN n.line ELSE d.line END "
        f"FROM period AS m INNER JOIN paired AS p ON m.pair = p.pair {names} "
        f"LEFT JOIN {views['new_documents']} AS n ON p.new = n.no "
        f"LEFT JOIN {views['old_documents']} AS d ON p.old = d.no "
        f"LEFT JOIN {views['new_allocations']} AS a ON m.allocation = a.allocation "
        f"LEFT JOIN paired AS q ON m.other = q.pair LEFT JOIN {views['new_documents']} AS o ON q.new = o.no"
        f"{found.where('m')} ORDER BY m.currency, m.customer_id, m.account, m.day NULLS LAST, m.pair, "
        "m.allocation NULLS FIRST, m.line, m.amount"
    )
    return EngineRows(found.engine, sql, columns), None
