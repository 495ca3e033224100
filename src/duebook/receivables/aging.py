"""Aging: which bucket an open amount falls into.

Conventions (`docs/decisions.md`): day 0, due on the as-of date, is not due; upper bounds are inclusive (30 days late
is in 1–30); the last bucket is open. Under a due-date basis the first bucket is "not due"; under a document-date
basis there is no such bucket and day 0 is in the first. A scheme in months counts by calendar: up to 12 months means
up to the same day of the next year (29 February counts to 28 February).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from duebook.core.dates import months_later
from duebook.policy.closing import AgingScheme


def days_past_due(due_date: date, as_of: date) -> int:
    """Days from `due_date` to `as_of`; negative before the due date, never floored."""
    return (as_of - due_date).days


def bucket_number(scheme: AgingScheme, basis_date: date, as_of: date) -> int:
    """The bucket of an item, 1 for the first. `basis_date` is its due or document date, as the scheme says."""
    first = 1
    if scheme.has_not_due:
        if basis_date >= as_of:
            return 1
        first = 2
    for place, upper in enumerate(scheme.upper):
        end = basis_date + timedelta(upper) if scheme.unit == "days" else months_later(basis_date, upper)
        if as_of <= end:
            return first + place
    return first + len(scheme.upper)


def bucket_sql(scheme: AgingScheme, basis_date: str, as_of: date) -> str:
    """The same rule as `bucket_number`, as a SQL CASE over the column `basis_date` (DuckDB's dialect).

    Built as an expression from the scheme, so that it can be transpiled and a cell and a close cannot disagree.
    """
    from sqlglot import exp

    column = exp.column(basis_date)
    day = exp.cast(exp.Literal.string(as_of.isoformat()), "date")
    case = exp.Case()
    first = 1
    if scheme.has_not_due:
        case = case.when(exp.GTE(this=column.copy(), expression=day.copy()), exp.Literal.number(1))
        first = 2
    for place, upper in enumerate(scheme.upper):
        if scheme.unit == "days":
            # day ≤ date + n, written as a day count so that each dialect has it
            age = exp.DateDiff(this=day.copy(), expression=column.copy(), unit=exp.var("day"))
            inside: exp.Expression = exp.LTE(this=age, expression=exp.Literal.number(upper))
        else:
            end = exp.DateAdd(this=column.copy(), expression=exp.Literal.number(upper), unit=exp.var("month"))
            inside = exp.LTE(this=day.copy(), expression=end)
        case = case.when(inside, exp.Literal.number(first + place))
    return str(case.else_(exp.Literal.number(first + len(scheme.upper))).sql(dialect="duckdb"))


def bucket_labels(scheme: AgingScheme, language: str = "en") -> tuple[str, ...]:
    """Header texts, first bucket first: "Not due", "1–30", …, ">120", or "≤ 1 year", "1–2 years" for whole years."""
    chinese = language == "zh"
    labels = [("未到期" if chinese else "Not due")] if scheme.has_not_due else []
    if scheme.unit == "days":
        low = 1 if scheme.has_not_due else 0
        day = "天" if chinese else " days"
        for upper in scheme.upper:
            labels.append(f"{low}–{upper}{day}")
            low = upper + 1
        return (*labels, f">{scheme.upper[-1]}{day}")
    years = all(upper % 12 == 0 for upper in scheme.upper)
    bounds = [upper // 12 if years else upper for upper in scheme.upper]
    unit = ("年" if years else "个月") if chinese else (" years" if years else " months")
    labels.append(f"≤{bounds[0]}{unit}")
    labels += [f"{low}–{high}{unit}" for low, high in pairwise(bounds)]
    return (*labels, f">{bounds[-1]}{unit}")


def rule_in_words(scheme: AgingScheme, language: str = "en") -> str:
    """The convention, as the sheet prints it."""
    if language == "zh":
        basis = "到期日" if scheme.basis == "due_date" else "单据日期"
        return f"按{basis}计算账龄" + ("；当天到期视为未到期" if scheme.has_not_due else "") + "；各档上限含当日"
    basis = "due date" if scheme.basis == "due_date" else "document date"
    day_zero = "; due on the as-of date is not due" if scheme.has_not_due else ""
    return f"Aged by {basis}{day_zero}; upper bounds are inclusive"


def overdue_buckets(scheme: AgingScheme) -> Sequence[int]:
    """Bucket numbers that are overdue. By document date nothing says what is overdue: see `days_past_due`."""
    return range(2, scheme.buckets + 1) if scheme.has_not_due else ()
