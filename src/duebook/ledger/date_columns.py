"""Reads the date columns of a group: each column's layout from its distinct values, the swapped ones by evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from duebook.core.engine import identifier, quoted
from duebook.ledger import date_evidence, dates
from duebook.ledger.cells import Reader, facts
from duebook.ledger.date_evidence import DUE, ISSUE, PAID, SETTLED_TOGETHER, Answer, Case, DateColumn
from duebook.ledger.problems import Treatment


@dataclass(frozen=True)
class DateReading:
    """How dates are to be read: as-of date, `--dates`, and where a row's terms in days stand (SQL by part number)."""

    as_of: date | None
    given: str
    terms: Mapping[int, str] = field(default_factory=dict)
    terms_joins: Mapping[int, Sequence[str]] = field(default_factory=dict)


def read_dates(reader: Reader, names: Sequence[str], how: DateReading) -> dict[str, DateColumn]:
    """Reads the date columns `names`; returns what was decided about each."""
    columns = {name: _column(reader, name, how) for name in names}
    together = {name: columns[name] for name in SETTLED_TOGETHER if name in columns}
    if all(c.settled for c in together.values()):
        cases: list[Case] = []
    else:
        cases = _cases(reader, together, how)
    weighed = date_evidence.weigh(columns, cases, how.as_of)
    columns.update(weighed)
    together = {name: columns[name] for name in together}
    if all(c.settled for c in together.values()):
        for name in together:
            _store(reader, columns[name])
    else:
        _store_cases(reader, together, cases, how)
    for name, column in columns.items():
        if name not in together:
            _store(reader, column)
        _remark(reader, column)
    return columns


def _column(reader: Reader, name: str, how: DateReading) -> DateColumn:
    values = {text: dates.read(text, how.as_of) for text in reader.distinct(lambda p: p.day_text(name))}
    bad = {text: _unread_reason(name, value.style) for text, value in values.items() if not value.by_label}
    reader.note(name, bad, _treatment, lambda p: p.day_text(name))
    return date_evidence.column(name, values, how.given)


def _unread_reason(name: str, style: str) -> str:
    if name in (ISSUE, PAID):
        return "date_implausible" if style == "implausible" else "date_unreadable"
    return "due_unreadable" if name == DUE else "value_ignored"


def _treatment(reason: str) -> Treatment:
    return "left_out" if reason in ("date_implausible", "date_unreadable") else "kept"


def _cases(reader: Reader, columns: Mapping[str, DateColumn], how: DateReading) -> list[Case]:
    each = " UNION ALL ".join(
        f"SELECT {', '.join(f'{p.day_text(n)} AS {n}' for n in columns)}, {how.terms.get(p.number, 'NULL')} AS terms "
        f"FROM {identifier(p.raw.name)} AS r {' '.join(how.terms_joins.get(p.number, ()))}"
        for p in reader.group.parts
    )
    rows = reader.engine.rows(f"SELECT *, count(*) FROM ({each}) GROUP BY ALL ORDER BY ALL")
    return [Case(dict(zip(columns, row[:-2], strict=True)), row[-2], row[-1]) for row in rows]


def _store(reader: Reader, column: DateColumn) -> None:
    """A column with one layout: text → day. Texts that stay open are noted where their date matters."""
    days = {text: column.options(text) for text in column.values}
    table = reader.table(
        column.name,
        {"text": ("VARCHAR", list(days)), "day": ("DATE", [d[0] if len(d) == 1 else None for d in days.values()])},
    )
    for part in reader.group.parts:
        shape, alias = reader.shapes[part.number], f"m_{column.name}"
        shape.joins.append(f"LEFT JOIN {identifier(table)} AS {alias} ON {alias}.text = {part.day_text(column.name)}")
        shape.expressions[column.name] = f"{alias}.day"
    unsettled = {text: "date_open" for text, d in days.items() if len(d) > 1}
    reader.note(column.name, unsettled, lambda _: "kept", lambda p: p.day_text(column.name))


def _store_cases(reader: Reader, columns: Mapping[str, DateColumn], cases: Sequence[Case], how: DateReading) -> None:
    """Columns that only evidence settles: one answer per combination of texts and terms."""
    limit = date_evidence.horizon(columns, how.as_of)
    answers = [
        date_evidence.settle({n: c.options(case.texts.get(n)) for n, c in columns.items()}, case.terms, limit)
        for case in cases
    ]
    answers = [_with_fallback(answer, case, columns) for answer, case in zip(answers, cases, strict=True)]
    shown: dict[str, tuple[str, Sequence[object]]] = {"terms": ("INTEGER", [case.terms for case in cases])}
    for name in columns:
        shown[f"{name}_text"] = ("VARCHAR", [case.texts.get(name) for case in cases])
        shown[name] = ("DATE", [_day(answer, name, how.as_of) for answer in answers])
        shown[f"{name}_open"] = ("VARCHAR", [_open(answer, name, how.as_of) for answer in answers])
    table = reader.table("dates", shown)
    for part in reader.group.parts:
        shape = reader.shapes[part.number]
        terms = how.terms.get(part.number, "CAST(NULL AS INTEGER)")
        on = " AND ".join(
            [f"c.terms IS NOT DISTINCT FROM {terms}"]
            + [f"c.{name}_text IS NOT DISTINCT FROM {part.day_text(name)}" for name in columns]
        )
        join = f"LEFT JOIN {identifier(table)} AS c ON {on}"
        shape.joins += [join]
        for name in columns:
            shape.expressions[name] = f"c.{name}"
            base = f"FROM {identifier(part.raw.name)} AS r {' '.join(how.terms_joins.get(part.number, ()))} {join}"
            if name == PAID:
                shape.expressions["settled_unknown"] = f"c.{name}_open LIKE 'before%'"
                reader.findings.rows(
                    f"SELECT {part.entry}, r.line, {part.day_text(name)}, substr(c.{name}_open, 7) {base} "
                    f"WHERE c.{name}_open LIKE 'before%'",
                    name, "paid_date_open", "kept",
                )  # fmt: skip
            reader.findings.rows(
                f"SELECT {part.entry}, r.line, {part.day_text(name)}, c.{name}_open {base} "
                f"WHERE c.{name}_open LIKE '{{%'",
                name, "date_ambiguous", "left_out",
            )  # fmt: skip
    _remark_mixed(reader, columns, cases, answers)


def _with_fallback(answer: Answer, case: Case, columns: Mapping[str, DateColumn]) -> Answer:
    """`--dates` settles what evidence leaves open in a mixed column."""
    days, by, still = dict(answer.days), dict(answer.by), dict(answer.open)
    for name in answer.open:
        text, layout = case.texts.get(name), columns[name].fallback
        if text is not None and layout is not None and layout in columns[name].values[text].by_label:
            days[name] = columns[name].values[text].by_label[layout]
            by[name] = "given"
            del still[name]
    return replace(answer, days=days, by=by, open=still)


def _day(answer: Answer, name: str, as_of: date | None) -> date | None:
    open_days = answer.open.get(name)
    if name == PAID and open_days and as_of and min(open_days) > as_of:
        return min(open_days)  # either way paid after the as-of date
    return answer.days.get(name)


def _open(answer: Answer, name: str, as_of: date | None) -> str | None:
    """The readings of a date that nothing settles, for its report; `before…` where both lie on or before as-of."""
    days = answer.open.get(name)
    if not days or (name == PAID and as_of and min(days) > as_of):
        return None
    said = facts(readings=" / ".join(day.isoformat() for day in days))
    return f"before{said}" if name == PAID and as_of and max(days) <= as_of else said


def _remark(reader: Reader, column: DateColumn) -> None:
    """Serial numbers and Excel's damage are said once per column, with the number of rows."""
    serial = [text for text, value in column.values.items() if value.style == "serial"]
    damaged = [t for t, v in column.values.items() if v.style == "damaged" and dates.SWAPPED in column.left]
    doubtful = [t for t, v in column.values.items() if v.style == "damaged" and dates.AS_IS in column.left]
    treatments: tuple[tuple[str, list[str], Treatment], ...] = (
        ("date_serial", serial, "repaired"),
        ("date_damaged", damaged, "repaired"),
        ("date_maybe_damaged", [] if column.tally else doubtful, "kept"),
    )
    for reason, texts, treatment in treatments:
        if not texts:
            continue
        listed = ", ".join(quoted(t) for t in texts)
        for part in reader.group.parts:
            (count,) = reader.engine.one(
                f"SELECT count(*) FROM {identifier(part.raw.name)} AS r "
                f"WHERE {part.day_text(column.name)} IN ({listed})"
            )
            if count:
                reader.findings.remark(part, column.name, reason, treatment, texts[0], count=f"{count:,}")
                if treatment == "repaired":
                    reader.repaired[column.name] = reader.repaired.get(column.name, 0) + count


def _remark_mixed(
    reader: Reader, columns: Mapping[str, DateColumn], cases: Sequence[Case], answers: Sequence[Answer]
) -> None:
    """A mixed column is said so, with how many rows which evidence settled."""
    for name, column in columns.items():
        if column.how != "mixed":
            continue
        counted = {"terms": 0, "order": 0, "given": 0, "open": 0}
        for case, answer in zip(cases, answers, strict=True):
            if len(column.options(case.texts.get(name))) > 1:
                counted["open" if name in answer.open else answer.by.get(name, "order")] += case.rows
        for part in reader.group.parts[:1]:
            reader.findings.remark(
                part, name, "date_mixed", "repaired",
                **{by: f"{rows:,}" for by, rows in counted.items()},
            )  # fmt: skip
