"""Any export into one canonical ledger: `documents`, `allocations`, `customers` and `sales` in the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from duebook.core import money
from duebook.core.engine import Engine, identifier, quoted
from duebook.core.errors import DuebookError
from duebook.ledger import (
    account_lines,
    allocations,
    checks,
    claims,
    columns,
    customers,
    database,
    documents,
    kinds,
    known,
    presets,
    running_account,
    sales,
    sheets,
)  # fmt: skip
from duebook.ledger.cells import Group
from duebook.ledger.columns import Mapped
from duebook.ledger.date_evidence import DateColumn
from duebook.ledger.files import read_raw, refuse_twice
from duebook.ledger.found import ENTRY_SHIFT, Findings, Part, profiled, told
from duebook.ledger.problems import Problem
from duebook.ledger.raw import Progress, RawTable, Source

LEDGER_ROLES = ("invoices", "payments")
DATES = ("auto", "dmy", "mdy", "ymd")


@dataclass(frozen=True)
class Reading:
    """How a ledger is to be read. `columns` maps canonical names to headers and wins over recognition."""

    as_of: date | None
    currency: str | None = None
    dates: str = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    currency_open: bool = False
    """Whether amounts may stay without a currency, to look at a ledger before anything is decided."""
    preset: str | None = None
    """The system whose export it is (`presets.toml`), or `none`; None: told by the headers."""
    known_at: date | None = None
    """What was recorded later takes no part in the matching of running accounts."""


@dataclass(frozen=True)
class Recognized:
    """What was recognized in one table, for `inspect`. `dates`: field → how its layout was decided (`DATE_WORDS`)."""

    file: str
    sheet: str | None
    role: str
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    dates: Mapping[str, str]
    currency: str | None
    """column, header, given, invoice; None where the table has no money."""
    repaired: Mapping[str, int]
    records: int
    accepted: int
    left_out: int
    facts: Mapping[str, str] = field(default_factory=dict)
    preset: str | None = None
    """The system whose export it is, if it is a known one (`presets.toml`)."""
    later: int = 0
    """Records set aside because they were recorded after the day that the ledger is to be known on."""


@dataclass(frozen=True)
class Ledger:
    """The tables stand in the engine. records = accepted + left_out + later, over invoices and payments files."""

    problems: tuple[Problem, ...]
    recognized: tuple[Recognized, ...]
    records: int
    accepted: int
    left_out: int
    derived: tuple[str, ...] = ()
    """Files (with their sheets) whose matching is derived first-in first-out, because they tell none."""
    later: int = 0
    undated: int = 0
    """Rows without a recorded date, counted as known; 0 where it was not asked what was known when."""


def read_ledger(
    sources: Sequence[Source], reading: Reading, engine: Engine, *, progress: Progress | None = None
) -> Ledger:
    """Reads all sources into one canonical ledger. Raises DuebookError where a file cannot be a ledger at all."""
    sources = database.fetched(sources, engine)
    refuse_twice(sources)
    tables = [(source.role, raw) for source in sources for raw in read_raw(source, engine, progress=progress)]
    ledger = canonical(tables, reading, engine)
    for _, raw in tables:
        _forget(engine, raw)
    return ledger


def canonical(tables: Sequence[tuple[str | None, RawTable]], reading: Reading, engine: Engine) -> Ledger:
    """The ledger from raw tables, each with the role the user gave it or None. Their order does not matter."""
    reading = _checked(reading)
    every = _parts(engine, tables, reading)
    aside = sheets.set_aside(every, {raw.name for role, raw in tables if role is not None})
    parts = _told(engine, [profiled(engine, part) for part in every if part.number not in aside])
    ledger = [p for p in parts if p.mapped.role in LEDGER_ROLES]
    if not ledger:
        raise DuebookError("ledger.no_ledger", files=", ".join(sorted({p.raw.file for p in parts})))
    for part in ledger:
        documents.check_columns(part)
    if reading.known_at:
        known.require(ledger, reading.known_at)
    findings = Findings(engine)
    _remark_columns(findings, parts)
    sheets.remark(findings, every, aside)
    about_customers = [p for p in parts if p.mapped.role in ("customers", "limits")]
    customers.read_customers(engine, findings, about_customers)
    engine.execute(
        "CREATE OR REPLACE TABLE customer_terms AS "
        "SELECT lower(customer_id) AS customer_id, min(terms_days) AS terms_days "
        "FROM file_customers GROUP BY lower(customer_id) HAVING count(DISTINCT terms_days) = 1"
    )
    sales_parts = [p for p in parts if p.mapped.role == "sales"]
    sales.read_sales(engine, findings, sales_parts, reading.currency, reading.as_of, reading.currency_open)
    stored = documents.create(engine, ledger)
    known.begin(engine)
    readers: dict[int, documents.DocumentReader] = {}
    groups = _groups(ledger)
    for group in groups:
        reader = documents.DocumentReader(
            engine, findings, group, reading.as_of, reading.dates, reading.currency, reading.currency_open
        )
        checks.total_lines(engine, findings, group)
        checks.full_duplicates(engine, findings, group)
        checks.void_rows(engine, findings, group)
        reader.read(stored)
        if reading.known_at:
            known.set_aside(engine, findings, group.parts, reading.known_at)
        for part in group.parts:
            running_account.date_openings(engine, part)
        readers |= {p.number: reader for p in group.parts}
    files = sorted({p.raw.file for p in about_customers if p.mapped.role == "customers"})
    _check(engine, findings, groups, files, reading.currency_open, reading.known_at, reading.as_of)
    problems = told(findings, {p.number: p for p in parts})
    _publish(engine, parts)
    ledger_read = _counted(engine, parts, readers, problems)
    if reading.known_at:
        ledger_read = replace(ledger_read, undated=known.undated(engine))
    unused = tuple(_unused(p) for p in every if p.number in aside)
    for part in parts:
        account_lines.forget(engine, part)
    derived = sorted({p.raw.file + (f" [{p.raw.sheet}]" if p.raw.sheet else "") for p in ledger if p.mapped.running})
    return replace(ledger_read, recognized=(*ledger_read.recognized, *unused), derived=tuple(derived))


def _checked(reading: Reading) -> Reading:
    presets.known(reading.preset)
    if reading.dates not in DATES:
        raise DuebookError("ledger.dates_unknown", dates=reading.dates)
    if reading.currency is None:
        return reading
    code = kinds.currency(reading.currency)
    if code is None:
        raise DuebookError("ledger.currency_given_unknown", currency=reading.currency)
    assert code in money.minor_units()
    return replace(reading, currency=code)


def _parts(engine: Engine, tables: Sequence[tuple[str | None, RawTable]], reading: Reading) -> list[Part]:
    """Tables in an order of their own (file, sheet), so that the order they are given in changes nothing."""
    ordered = sorted(enumerate(tables), key=lambda t: (t[1][1].file, t[1][1].sheet or "", t[1][1].records, t[0]))
    found = [_part(engine, number, raw, role, reading) for number, (_, (role, raw)) in enumerate(ordered)]
    if reading.preset not in (None, presets.NONE) and not any(p.preset for p in found):
        seen = ", ".join(h for p in found for h in p.raw.headers if h)
        raise DuebookError("presets.not_fitting", name=reading.preset, seen=seen)
    for name, header in reading.columns.items():
        if not any(columns.plain(header) == columns.plain(h) for p in found for h in p.raw.headers):
            seen = ", ".join(h for p in found for h in p.raw.headers if h)
            raise DuebookError("ledger.column_absent", field=name, header=header, seen=seen)
    return found


def _part(engine: Engine, number: int, raw: RawTable, role: str | None, reading: Reading) -> Part:
    """A raw table with what its columns mean: by its preset, and an account's customers by the headings above them."""
    layout = presets.told(raw.headers, reading.preset) if role in (None, *LEDGER_ROLES) else None
    noted = presets.noted(layout) if layout else ()
    if layout:
        raw, layout = presets.prepared(engine, raw, layout)

    def mapped(raw: RawTable) -> Mapped:
        fixed, ignored = (layout.positions, layout.ignored) if layout else ({}, frozenset[int]())
        return columns.recognize(raw.headers, reading.columns, role, fixed=fixed, ignored=ignored)

    found = mapped(raw)
    if "document_date" not in found.positions and (whole := account_lines.dated(engine, raw)) is not raw:
        raw, found = whole, mapped(whole)
    bare = bool(layout and layout.preset.headings)
    if (found.sides or bare) and "customer_id" not in found.positions:
        headed = account_lines.filled(engine, raw, bare=bare)
        if headed is not raw:
            raw, found = headed, mapped(headed)
    repeated = presets.repeated_rows(raw, layout) if layout else None
    return Part(number, raw, found, preset=layout.preset if layout else None, repeated=repeated, noted=noted)


def _told(engine: Engine, parts: Sequence[Part]) -> list[Part]:
    """The parts with what their cells say about being running accounts, and the lines of these that are no entries."""
    found = [part for group in _groups(parts) for part in running_account.told(engine, group.parts)]
    return [
        replace(p, lines=account_lines.mark(engine, p, p.repeated))
        if p.mapped.running or p.raw.headed or p.repeated
        else p
        for p in sorted(found, key=lambda p: p.number)
    ]


def _groups(parts: Sequence[Part]) -> list[Group]:
    together: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        key = (part.mapped.role, tuple(sorted(columns.plain(h) for h in part.raw.headers)))
        together.setdefault(key, []).append(part)
    return [Group(tuple(own)) for own in together.values()]


def _remark_columns(findings: Findings, parts: Sequence[Part]) -> None:
    for part in parts:
        for header, name in part.mapped.passed_over:
            taken = part.header(name) or ""
            findings.remark(part, header, "column_passed_over", "kept", header, meaning=name, taken=taken)
        for name, scale in sorted(part.mapped.scales.items()):
            findings.remark(part, name, "column_scaled", "repaired", header=part.header(name), scale=f"{scale:,}")
        kinds_at = {(columns.fields()[name].kind, place) for name, place in part.mapped.positions.items()}
        for reason, kind, place in part.raw.remarks:
            if (kind, place) in kinds_at:
                header = part.raw.headers[place]
                findings.remarks.append(Problem(part.raw.file, part.raw.sheet, None, header, None, reason, "kept"))


def _check(
    engine: Engine,
    findings: Findings,
    groups: Sequence[Group],
    customer_files: Sequence[str],
    currency_open: bool,
    known_at: date | None,
    as_of: date | None,
) -> None:
    """Checks and mends in the one order that works: signs need kinds, payers need invoices, sums need payers."""
    for group in groups:
        checks.signs(engine, findings, group)
    allocations.fill_payers(engine)
    allocations.payers_missing(engine, findings, currency_open)
    checks.customer_ids(engine, findings, customer_files)
    claims.relations(engine, findings)
    checks.row_checks(engine, findings)
    parts = [p for g in groups for p in g.parts]
    gone = "FROM document_rows WHERE entry IN (SELECT entry FROM found WHERE treatment = 'left_out')"
    engine.execute(
        "CREATE OR REPLACE TABLE left_rows AS SELECT entry, document_id, customer_id, currency, amount, "
        f"{allocations.carried(engine, parts)} AS carried {gone}"
    )
    engine.execute(f"DELETE {gone}")
    unnumbered = [p.number for p in parts if p.mapped.role == "payments" or p.mapped.running]
    checks.same_document(engine, findings, unnumbered)
    for part in parts:
        allocations.spread_receipts(engine, part)
    allocations.make_allocations(engine, findings, parts, as_of)
    if known_at:
        known.settle_later(engine)
        later = known.counted(engine)
    running = [part for part in parts if part.mapped.running]
    if running:
        running_account.match(engine, running, known_at)
    for part in running:
        if not (known_at and later.get(part.number)):  # with rows set aside, the balance cannot follow
            running_account.check_balance(engine, findings, part)
        running_account.remark(engine, findings, part)


def _publish(engine: Engine, parts: Sequence[Part]) -> None:
    """Views in the promised shape over the stored rows: absent columns cost nothing."""
    has = set(engine.columns("document_rows"))
    number = f"(entry >> {ENTRY_SHIFT})"
    file = " ".join(f"WHEN {p.number} THEN {quoted(p.raw.file)}" for p in parts)
    sheet = " ".join(f"WHEN {p.number} THEN {quoted(p.raw.sheet)}" for p in parts if p.raw.sheet is not None)
    where = (
        f"CASE {number} {file} END AS file, "
        + (f"CASE {number} {sheet} END AS sheet, " if sheet else "CAST(NULL AS VARCHAR) AS sheet, ")
        + "line"
    )
    picked = ", ".join(
        name if name in has else f"CAST(NULL AS {kind}) AS {name}" for name, kind in documents.SCHEMA.items()
    )
    flags = [f"{'coalesce(disputed, false)' if 'disputed' in has else 'false'}"]
    if "disputed_amount" in has:
        flags.append("coalesce(disputed_amount, 0) <> 0")
    picked = f"* REPLACE ({' OR '.join(flags)} AS disputed) FROM (SELECT {where}, {picked}, entry"
    engine.execute(f"CREATE OR REPLACE VIEW documents AS SELECT {picked} FROM document_rows)")
    engine.execute(
        f"CREATE OR REPLACE VIEW allocations AS SELECT {where}, customer_id, document_id, kind, applies_to, amount, "
        "currency, document_date, applied_date, recorded_date, paid_entry, paying_entry, entry FROM allocation_rows"
    )
    customers.make_customers(engine)


def _counted(
    engine: Engine,
    parts: Sequence[Part],
    readers: Mapping[int, documents.DocumentReader],
    problems: tuple[Problem, ...],
) -> Ledger:
    count = f"SELECT entry >> {ENTRY_SHIFT}, count(*)"
    accepted: Counter[int] = Counter(dict(engine.rows(f"{count} FROM document_rows GROUP BY 1")))
    left_out: Counter[int] = Counter(dict(engine.rows(f"{count} FROM left_rows GROUP BY 1")))
    later = Counter(known.counted(engine))
    recognized = []
    for part in parts:
        is_ledger = part.mapped.role in LEDGER_ROLES
        reader = readers.get(part.number)
        gone = left_out[part.number] + len(part.raw.rejected)
        taken = accepted[part.number] if is_ledger else part.raw.records - gone
        # the promise that nothing is lost; a failure here is a fault of ours, never of the file
        assert taken + gone + later[part.number] == part.raw.records, (part.raw.file, taken, gone, part.raw.records)
        recognized.append(
            Recognized(
                part.raw.file, part.raw.sheet, part.mapped.role,
                {name: part.raw.headers[position] for name, position in part.mapped.positions.items()},
                part.mapped.unused,
                {name: _how(column) for name, column in reader.decided.items()} if reader else {},
                reader.currency_from.get(part.number) if reader else None,
                dict(sorted(reader.reader.repaired.items())) if reader else {},
                part.raw.records, taken, gone, part.raw.facts, part.preset.name if part.preset else None,
                later[part.number],
            )
        )  # fmt: skip
    ledger = [r for r in recognized if r.role in LEDGER_ROLES]
    return Ledger(
        problems,
        tuple(recognized),
        sum(r.records for r in ledger),
        sum(r.accepted for r in ledger),
        sum(r.left_out for r in ledger),
        later=sum(r.later for r in ledger),
    )


def _unused(part: Part) -> Recognized:
    """A sheet that is no part of the ledger: said, with the columns it has, and not counted."""
    raw = part.raw
    headers = tuple(header for header in raw.headers if header)
    return Recognized(raw.file, raw.sheet, "unused", {}, headers, {}, None, {}, raw.records, 0, 0, raw.facts)


def _how(column: DateColumn) -> str:
    """plain, or `layout: evidence`, for example "dmy: parts", "mixed", "dmy: terms"."""
    layouts = sorted(column.left)
    return f"{layouts[0]}: {column.how}" if len(layouts) == 1 else column.how


def _forget(engine: Engine, raw: RawTable) -> None:
    """Frees the raw text, which is as large as the ledger itself."""
    engine.execute(f"DROP VIEW IF EXISTS {identifier(raw.name)}")
    engine.execute(f"DROP TABLE IF EXISTS {identifier(f'{raw.name}_cells')}")
