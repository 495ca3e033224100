"""What goes into the aging workbook: the figures of a close as rows and cells of its slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from duebook.books.plan import Plan, Properties, Rows, Value
from duebook.books.rows import EngineRows, ListRows
from duebook.close import functional_rows, wording
from duebook.close.allowance_rows import basis_rows, not_adopted, provision_rows
from duebook.close.figures import ZERO, Balance, CurrencyFigures
from duebook.close.result import Close
from duebook.close.slots import AGING_TABLES, BUCKET_COLUMNS, Table, table
from duebook.close.tie_out import TieOut
from duebook.core.engine import quoted
from duebook.core.errors import DuebookError
from duebook.core.messages import EDITIONS, as_header, text
from duebook.core.money import ratio
from duebook.ledger.kinds import KINDS
from duebook.receivables.aging import bucket_labels, rule_in_words

SHEET_ROWS = 1_048_576 - 64
"""Rows a detail table may take, the rows above it allowed for."""
TOP = 10

Record = Mapping[str, Value]


def plan(close: Close) -> Plan:
    """The whole aging workbook. DuebookError if the scheme has more buckets than the standard workbook has columns."""
    if close.scheme.buckets > BUCKET_COLUMNS:
        raise DuebookError(
            "close.too_many_buckets", scheme=close.scheme.name, count=close.scheme.buckets, columns=BUCKET_COLUMNS
        )
    labels = bucket_labels(close.scheme, close.language)
    renamed = {f"bucket_{n}": as_header(label) for n, label in enumerate(labels, start=1)}
    unused = [f"bucket_{n}" for n in range(close.scheme.buckets + 1, BUCKET_COLUMNS + 1)]
    aged = ("aged_balance", "aged_groups", "aged_units")
    scheme = {
        f"bucket_{n}": tuple(map(as_header, own))
        for n, own in enumerate(zip(*(bucket_labels(close.scheme, x) for x in EDITIONS), strict=True), start=1)
    }
    detail, detail_words = _open_items(close, labels)
    tables: dict[str, Rows] = {
        "figures": records(AGING_TABLES, "figures", figure_rows(close)),
        "bucket_totals": records(AGING_TABLES, "bucket_totals", _bucket_totals(close, labels)),
        "ten_largest": records(AGING_TABLES, "ten_largest", _ten_largest(close)),
        "changes": records(AGING_TABLES, "changes", _changes(close)),
        "aged_balance": records(
            AGING_TABLES, "aged_balance", [_aged(close, b) for b in close.balances if b.items], scheme
        ),
        "aged_groups": records(AGING_TABLES, "aged_groups", _summed(close, "parent_id", "close.group_none"), scheme),
        "aged_units": records(AGING_TABLES, "aged_units", _summed(close, "sales_unit", "close.unit_none"), scheme),
        "open_items": detail,
        "disputed_items": _disputed(close),
        "unapplied_items": _unapplied(close),
        "provision_matrix": records(AGING_TABLES, "provision_matrix", provision_rows(close, labels)),
        "problems": records(AGING_TABLES, "problems", problem_rows(close)),
        "tie_out": records(AGING_TABLES, "tie_out", [_tie_out(close, tie) for tie in close.tie_outs]),
        "reconciling_items": records(AGING_TABLES, "reconciling_items", reconciling_rows(close)),
        "basis": records(AGING_TABLES, "basis", basis(close)),
    }
    title = text("close.aging_title", close.language)
    return Plan(
        tables=tables,
        cells={
            "book_title": title,
            "cover_line": cover_line(close),
            "as_of": close.as_of,
            "previous_as_of": close.previous.as_of if close.previous else None,
            "tie_out_words": tie_out_words(close),
            "selected_currency": close.leading_currency,
            "policy_mark": policy_mark(close),
            "previous_words": _previous_words(close),
            "open_items_words": detail_words,
        },
        headers=dict.fromkeys(aged, renamed),
        hidden=dict.fromkeys(aged, unused),
        properties=Properties(title, cover_line(close), close.as_of),
    )


def records(
    tables: tuple[Table, ...], name: str, rows: Sequence[Record], also: Mapping[str, tuple[str, ...]] | None = None
) -> ListRows:
    """Rows given by key, in the order of the slot's columns. A key the slot does not have is a mistake: KeyError.

    `also` names further headers that a column answers to.
    """
    columns = table(tables, name).columns()
    if also:
        columns = tuple(replace(c, labels=(*c.labels, *also.get(c.key, ()))) for c in columns)
    keys = [column.key for column in columns]
    for row in rows[:1]:
        if stray := set(row) - set(keys):
            raise KeyError(f"{name} has no column {', '.join(sorted(stray))}")
    return ListRows(columns, [tuple(row.get(key) for key in keys) for row in rows])


def cover_line(close: Close) -> str:
    files = text("close.list_comma", close.language).join(
        dict.fromkeys(source.path.name for source in close.options.sources)
    )
    from duebook.core.version import VERSION

    return text(
        "close.cover_line",
        close.language,
        as_of=as_known(close),
        ledger=files,
        policy=f"{close.policy.name} {close.policy.version}".strip(),
        version=VERSION,
    )


def as_known(close: Close) -> str:
    """The as-of date, with the day on which things stood so where that was asked."""
    day, known_at = close.as_of.isoformat(), close.options.known_at
    return text("known.as_known", close.language, as_of=day, date=known_at.isoformat()) if known_at else day


def policy_mark(close: Close) -> str | None:
    """Names the rates and thresholds that nobody has adopted; None where the firm's own stand behind every figure."""
    names = not_adopted(close)
    return text("close.illustrative", close.language, names=names) if names else None


def tie_out_words(close: Close) -> str:
    """Whether it ties out, in words: differences first, then what has no control total."""
    wrong = [tie for tie in close.tie_outs if tie.ties is False]
    right = [tie.currency for tie in close.tie_outs if tie.ties]
    unknown = [tie.currency for tie in close.tie_outs if tie.ties is None]
    said = []
    comma = text("close.list_comma", close.language)
    if wrong:
        gaps = comma.join(f"{t.currency} {wording.amount(t.difference or ZERO, t.currency)}" for t in wrong)
        said.append(text("close.ties_not", close.language, differences=gaps))
    if right:
        said.append(text("close.ties", close.language, currencies=comma.join(right)))
    if unknown and not any(tie.account == "functional" for tie in close.account_ties):
        said.append(text("close.no_control", close.language, currencies=comma.join(unknown), first=unknown[0]))
    said += functional_rows.tie_out_words(close)
    return text("close.sentence_gap", close.language).join(said)


def problem_rows(close: Close) -> list[Record]:
    language = close.language
    return [
        {
            "number": number,
            "file": problem.file,
            "sheet": problem.sheet,
            "line": problem.line,
            "column": problem.column,
            "value": problem.value,
            "reason": text(problem.reason, language, **problem.facts),
            "treatment": text(f"close.treatment_{problem.treatment}", language),
            "document_id": problem.document_id,
            "currency": problem.currency,
            "amount": problem.amount,
        }
        for number, problem in enumerate(close.ledger.problems, start=1)
    ]


def reconciling_rows(close: Close) -> list[Record]:
    rows: list[Record] = []
    for item in close.reconciling:
        name = text(f"{item.reason}_title", close.language) if item.reason.startswith(("ledger", "sources")) else None
        name = name or text(item.reason, close.language)
        if item.amount is None:
            name = text("close.reconciling_unknown_amount", close.language, reason=name)
        if item.currency is None:
            name = text("close.reconciling_unknown_currency", close.language, reason=name)
        rows.append({"currency": item.currency, "item": name, "count": item.count, "amount": item.amount})
    return rows


def basis(close: Close) -> list[Record]:
    """Convention, policy and inputs: what the figures rest on."""
    language = close.language

    def named(name: str, value: str) -> Record:
        return {"name": text(f"close.{name}", language), "value": value}

    names = not_adopted(close)
    mark = text("close.basis_policy_mark", language, names=names) if names else ""
    period = close.period
    said = [
        named("basis_aging", rule_in_words(close.scheme, language)),
        named("basis_scheme", f"{close.scheme.name}: " + " | ".join(bucket_labels(close.scheme, language))),
        named("basis_open", text("close.basis_open_words", language, date=close.as_of.isoformat())),
        named("basis_disputed", text(f"close.basis_disputed_{close.disputed}", language)),
        named("basis_unapplied", text(f"close.basis_unapplied_{close.unapplied}", language)),
        named(
            "basis_period",
            text(
                "close.basis_period_words",
                language,
                first=period.first.isoformat(),
                last=period.last.isoformat(),
                days=period.days,
            ),
        ),
        *(
            named(f"basis_{name}", text(f"close.basis_{name}_words", language))
            for name in ("dso", "cei", "provision", "concentration")
        ),
        named(
            "basis_policy",
            text(
                "close.basis_policy_words",
                language,
                name=close.policy.name,
                version=close.policy.version or "–",
                mark=mark,
            ),
        ),
    ]
    if close.options.known_at:
        facts = {"later": f"{close.ledger.later:,}", "undated": f"{close.ledger.undated:,}"}
        words = text("known.basis_words", language, date=close.options.known_at.isoformat(), **facts)
        said.append({"name": text("known.basis", language), "value": words})
    said += functional_rows.tax_basis(close)
    said += basis_rows(close)
    said += [named("basis_derived", text("close.basis_derived_words", language, name=f)) for f in close.ledger.derived]
    return [*said, *input_rows(close)]


def input_rows(close: Close) -> list[Record]:
    language = close.language
    return [
        {
            "name": text("close.basis_input", language),
            "value": text(
                "close.basis_input_unused" if recognized.role == "unused" else "close.basis_input_words",
                language,
                name=recognized.file + (f" [{recognized.sheet}]" if recognized.sheet else ""),
                records=recognized.records,
                accepted=recognized.accepted,
                left_out=recognized.left_out,
            ),
        }
        for recognized in close.ledger.recognized
    ]


def figure_rows(close: Close) -> list[Record]:
    """One row per currency: every figure of the summary, its headline and its chart title."""
    return [_figures(close, f) for f in close.figures]


def _figures(close: Close, f: CurrencyFigures) -> Record:
    sales, before = f.sales, close.previous
    overdue_share = ratio(f.overdue, f.aged, 6)

    def earlier(name: str) -> Decimal | None:
        return before.total(f.currency, name) if before else None

    chart_share, chart_label, chart_before = _late(close, f)
    return {
        "currency": f.currency,
        "items": f.items,
        "customers": f.customers,
        "balance": f.balance,
        "aged": f.aged,
        "overdue": f.overdue,
        "overdue_share": overdue_share,
        "disputed": f.disputed,
        "unapplied": f.unapplied,
        "excluded": f.excluded,
        "allowance": f.allowance,
        "period": str(sales.period),
        "period_days": sales.period.days,
        "sales": sales.sales,
        "dso": sales.dso,
        "dso_with_bills": sales.dso_with_bills,
        "dso_average": sales.dso_average,
        "dso_countback": sales.countback.days,
        "dso_best": sales.dso_best,
        "average_days_delinquent": sales.average_days_delinquent,
        "collection_effectiveness": sales.collection_effectiveness,
        "turnover": sales.turnover,
        "top_1": f.top_1,
        "top_5": f.top_5,
        "top_10": f.top_10,
        "hhi": f.hhi,
        **{
            f"previous_{name}": earlier(name)
            for name in (
                "balance",
                "overdue",
                "overdue_share",
                "disputed",
                "unapplied",
                "allowance",
                "dso",
                "average_days_delinquent",
                "collection_effectiveness",
                "turnover",
            )
        },
        "headline": wording.headline(
            close.language,
            f.currency,
            f.balance,
            f.customers,
            overdue_share,
            earlier("overdue_share"),
            before.as_of if before else None,
            close.options.known_at,
        ),
        "chart_title": wording.chart_title(
            close.language, chart_label, chart_share, chart_before, before.as_of if before else None
        ),
        "remark": _remark(close, f),
    }


def _late(close: Close, f: CurrencyFigures) -> tuple[Decimal | None, str, Decimal | None]:
    """The share that the chart's title tells: over 60 days where the scheme has that edge, else the last bucket."""
    scheme = close.scheme
    if scheme.unit == "days" and scheme.has_not_due and 60 in scheme.upper:
        first = scheme.upper.index(60) + 2
        label = text("close.chart_older", close.language, days=60)
    else:
        first = scheme.buckets - 1
        label = text("close.chart_last", close.language, bucket=bucket_labels(scheme, close.language)[-1])
    share = ratio(sum(f.buckets[first:], ZERO), f.aged, 6)
    before = close.previous.buckets.get(f.currency) if close.previous else None
    return share, label, ratio(sum(before[first:], ZERO), sum(before, ZERO), 6) if before else None


def _remark(close: Close, f: CurrencyFigures) -> str:
    language, sales, said = close.language, f.sales, []
    if sales.sales <= 0:
        first, last = sales.period.first.isoformat(), sales.period.last.isoformat()
        said.append(text("close.remark_no_sales", language, first=first, last=last))
    elif sales.countback.days is None:
        said.append(text("close.remark_countback", language, days=sales.countback.covered_days))
    if sales.sales > 0 and sales.closing > sales.opening + sales.sales:
        said.append(text("close.remark_no_cei", language))
    if sales.countback.empty_months:
        said.append(text("close.remark_empty_months", language, count=sales.countback.empty_months))
    groups: dict[str, Decimal] = defaultdict(Decimal)
    for balance in close.balances:
        if balance.currency == f.currency:
            groups[balance.group] += balance.balance
    if clipped := sum(amount < 0 for amount in groups.values()):
        said.append(text("close.remark_clipped", language, count=clipped))
    if close.ledger.problems:
        said.append(text("close.remark_oldest", language, count=f"{len(close.ledger.problems):,}"))
    return text("close.sentence_gap", close.language).join(said)


def _bucket_totals(close: Close, labels: Sequence[str]) -> list[Record]:
    rows: list[Record] = []
    for f in close.figures:
        before = close.previous.buckets.get(f.currency) if close.previous else None
        for n, label in enumerate(labels, start=1):
            rows.append(
                {
                    "lookup": f"{f.currency}|{n}",
                    "currency": f.currency,
                    "bucket": label,
                    "items": f.bucket_items[n - 1],
                    "amount": f.buckets[n - 1],
                    "share": ratio(f.buckets[n - 1], f.aged, 6),
                    "previous": before[n - 1] if before else None,
                }
            )
    return rows


def _ten_largest(close: Close) -> list[Record]:
    rows: list[Record] = []
    for f in close.figures:
        own = [b for b in close.balances if b.currency == f.currency and b.balance > 0][:TOP]
        for rank, b in enumerate(own, start=1):
            rows.append(
                {
                    "lookup": f"{f.currency}|{rank}",
                    "currency": f.currency,
                    "rank": rank,
                    "customer_id": b.customer_id,
                    "customer_name": b.customer_name,
                    "balance": b.balance,
                    "share": ratio(b.balance, f.balance, 6) if f.balance > 0 else None,
                    "overdue": b.overdue,
                    "oldest_days": b.oldest_days,
                }
            )
    return rows


def _changes(close: Close) -> list[Record]:
    if close.previous is None:
        return []
    moved: dict[str, list[tuple[Decimal, str, str | None, Decimal, Decimal]]] = defaultdict(list)
    now = {(b.currency, b.customer_id): b for b in close.balances}
    for currency, customer in sorted({*now, *close.previous.balances}):
        held = now.get((currency, customer))
        name, before = close.previous.balances.get((currency, customer), (None, ZERO))
        balance = held.balance if held else ZERO
        if balance != before:
            shown = held.customer_name if held else name
            moved[currency].append((balance - before, customer, shown, before, balance))
    rows: list[Record] = []
    for currency, changes in sorted(moved.items()):
        largest = sorted(changes, key=lambda change: (-abs(change[0]), change[1]))[:TOP]
        for rank, (change, customer, shown, before, balance) in enumerate(largest, start=1):
            rows.append(
                {
                    "lookup": f"{currency}|{rank}",
                    "currency": currency,
                    "rank": rank,
                    "customer_id": customer,
                    "customer_name": shown,
                    "previous": before,
                    "balance": balance,
                    "change": change,
                }
            )
    return rows


def _aged(close: Close, b: Balance) -> Record:
    return {
        "customer_id": b.customer_id,
        "customer_name": b.customer_name,
        "parent_id": b.parent_id,
        "sales_unit": b.sales_unit,
        "currency": b.currency,
        **{f"bucket_{n}": amount for n, amount in enumerate(b.buckets, start=1)},
        "aged": b.aged,
        "disputed": b.disputed,
        "unapplied": b.unapplied,
        "balance": b.balance,
        "overdue": b.overdue,
        "oldest_days": b.oldest_days,
    }


def _summed(close: Close, by: str, missing: str) -> list[Record]:
    """The aged balance by group or sales unit: largest first within a currency."""
    held: dict[tuple[str, str], list[Balance]] = defaultdict(list)
    for b in (b for b in close.balances if b.items):
        held[b.currency, getattr(b, by) or text(missing, close.language)].append(b)
    rows: list[Record] = []
    for (currency, name), own in held.items():
        rows.append(
            {
                by: name,
                "currency": currency,
                "customers": len(own),
                **{
                    f"bucket_{n}": sum((b.buckets[n - 1] for b in own), ZERO)
                    for n in range(1, close.scheme.buckets + 1)
                },
                **{
                    key: sum((getattr(b, key) for b in own), ZERO)
                    for key in ("aged", "disputed", "unapplied", "balance", "overdue")
                },
            }
        )
    order = {(currency, name): sum((b.balance for b in own), ZERO) for (currency, name), own in held.items()}
    rows.sort(key=lambda row: (str(row["currency"]), -order[str(row["currency"]), str(row[by])], str(row[by])))
    return rows


def cases_in_words(column: str, words: Mapping[str, str] | Mapping[int, str]) -> str:
    """A SQL CASE that shows codes as words; an unknown code shows as it is."""
    whens = " ".join(
        f"WHEN {column} = {quoted(code) if isinstance(code, str) else code} THEN {quoted(word)}"
        for code, word in words.items()
    )
    return f"CASE {whens} ELSE CAST({column} AS VARCHAR) END"


def kinds_in_words(close: Close, column: str = "i.kind") -> str:
    """A SQL CASE that shows kinds of documents in the language of the close."""
    return cases_in_words(column, {kind: text(f"close.kind_{kind}", close.language) for kind in KINDS})


_NAMED = (
    "FROM (SELECT * FROM items WHERE account = 'receivable') AS i INNER JOIN ("
    "SELECT currency, customer_id, customer_name, row_number() OVER (ORDER BY currency, customer_id) AS place "
    "FROM balances) AS b ON i.customer_id = b.customer_id AND i.currency = b.currency"
)
_ORDERED = "ORDER BY b.place, i.due, i.document_date, i.document_id, i.amount, i.no"
"""By currency, customer and age. A place is quicker to sort by than texts; `no` runs by file, sheet and line."""


def _open_items(close: Close, labels: Sequence[str]) -> tuple[Rows, str | None]:
    """The detail: every open item, or one line per customer, currency, kind and bucket where a sheet is too short."""
    columns = table(AGING_TABLES, "open_items").columns()
    bucket = f"CASE WHEN i.aged = 0 THEN NULL ELSE {cases_in_words('i.bucket', dict(enumerate(labels, start=1)))} END"
    count = close.engine.one("SELECT count(*) FROM items WHERE account = 'receivable'")[0]
    if count <= SHEET_ROWS:
        sql = (
            f"SELECT i.customer_id, b.customer_name, i.document_id, {kinds_in_words(close)}, i.document_date, "
            f"i.due_date, i.currency, i.amount, i.open, i.disputed_open, i.days_past_due, {bucket}, i.file, i.line "
            f"{_NAMED} {_ORDERED}"
        )
        return EngineRows(close.engine, sql, columns), None
    many = text("close.summarized_items", close.language, count="#")
    before, _, after = many.partition("#")
    sql = (
        f"SELECT i.customer_id, min(b.customer_name), {quoted(before)} || count(*) || {quoted(after)}, "
        f"{kinds_in_words(close)}, min(i.document_date), min(i.due_date), i.currency, sum(i.amount), sum(i.open), "
        f"sum(i.disputed_open), max(i.days_past_due), {bucket} AS bucket, NULL, NULL {_NAMED} "
        f"GROUP BY i.customer_id, i.currency, i.kind, {bucket}, i.bucket "
        "ORDER BY i.currency, i.customer_id, i.kind, i.bucket"
    )
    words = text("close.detail_summarized", close.language, count=f"{count:,}", rows=f"{SHEET_ROWS:,}")
    return EngineRows(close.engine, sql, columns), words


def _disputed(close: Close) -> Rows:
    as_of = close.as_of.isoformat()
    sql = (
        "SELECT i.customer_id, b.customer_name, i.document_id, i.due_date, i.currency, i.open, i.disputed_open, "
        f"i.dispute_reason, i.dispute_opened, date_diff('day', i.dispute_opened, DATE '{as_of}'), i.days_past_due, "
        f"i.file, i.line {_NAMED} WHERE i.disputed_open <> 0 {_ORDERED}"
    )
    return EngineRows(close.engine, sql, table(AGING_TABLES, "disputed_items").columns())


def _unapplied(close: Close) -> Rows:
    sql = (
        f"SELECT i.customer_id, b.customer_name, i.document_id, {kinds_in_words(close)}, i.document_date, i.currency, "
        f"i.amount, i.unapplied, i.file, i.line {_NAMED} WHERE i.unapplied <> 0 {_ORDERED}"
    )
    return EngineRows(close.engine, sql, table(AGING_TABLES, "unapplied_items").columns())


def _tie_out(close: Close, tie: TieOut) -> Record:
    known = {True: "close.ties_yes", False: "close.ties_no", None: "close.ties_unknown"}
    return {
        "currency": tie.currency,
        "not_due": tie.not_due,
        "buckets": tie.buckets,
        "disputed": tie.disputed,
        "unapplied": tie.unapplied,
        "reconciling": tie.reconciling,
        "total": tie.total,
        "control": tie.control,
        "difference": tie.difference,
        "ties": text(known[tie.ties], close.language),
    }


def _previous_words(close: Close) -> str:
    if close.previous is None:
        return text("close.no_previous", close.language)
    said = text("close.previous_words", close.language, date=close.previous.as_of.isoformat())
    if not close.previous.buckets:
        said += text("close.sentence_gap", close.language) + text("close.previous_other_basis", close.language)
    return said
