"""Aging: which bucket an open amount falls into. One rule for a cell and for the close.

Conventions (`docs/decisions.md`): day 0, due on the as-of date, is not due; upper bounds are inclusive (30 days late
is in 1–30); the last bucket is open. Under a due-date basis the first bucket is "not due"; under a document-date
basis there is no such bucket and day 0 is in the first. A scheme in months counts by calendar: up to 12 months means
up to the same day of the next year (29 February counts to 28 February). One in fiscal years counts the year ends
crossed: what arose in the fiscal year of the as-of date is in the first bucket.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Annotated

from duebook.core.arguments import Day, Text
from duebook.core.cells import Label
from duebook.core.dates import months_later
from duebook.core.declare import Example, Result, worksheet
from duebook.core.messages import BOTH
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.closing import AgingScheme
from duebook.policy.load import Policy

SchemeName = Annotated[
    str,
    Text(
        "Aging scheme of the policy, such as standard, five_buckets, invoice_date, cn_annual. Default: the close's.",
        "信用政策中的账龄方案，如 standard、five_buckets、invoice_date、cn_annual；默认用月结方案。",
    ),
]
"""Default it to ""; `scheme_in_use` then gives the scheme of the close."""

DAY_ZERO_NOT_DUE = Label(
    "Due on the as-of date is not due; the upper bound of a bucket belongs to it: 30 days late is in 1–30. Schemes "
    "named after another system (erpnext, oca_statement, tryton) cut as that system does; their labels say where.",
    "截止日当天到期视为未到期；各段上限含当日：逾期 30 天属于 1–30 天。以其他系统命名的方案（erpnext、oca_statement、"
    "tryton）按该系统划分，以各段名称为准。",
)
BASIS_OF_SCHEME = Label(
    "The scheme names its basis: give due dates to a due-date scheme, invoice dates to an invoice-date scheme.",
    "方案规定计龄起点：到期日方案填到期日，单据日期方案填开票日期。",
)


@worksheet(
    "DAYS_PAST_DUE",
    group="receivables",
    help="Days from the due date to the as-of date: positive when overdue, negative before the due date.",
    zh="逾期天数：从到期日到截止日的天数；未到期时为负数。",
    result=Result("days"),
    equation="as_of − due_date",
    source="Definition; day 0 is not overdue",
    examples=[
        Example((date(2026, 10, 1), date(2026, 10, 31)), 30),
        Example((date(2026, 11, 15), date(2026, 10, 31)), -15),
    ],
    conventions=[Label("Not floored: what is not yet due counts below zero.", "不截为零：未到期为负数。")],
)
def days_past_due(due_date: Annotated[date, Day("The day the amount is due.", "到期日。")], as_of: AsOf) -> int:
    """Days from `due_date` to `as_of`; negative before the due date, never floored."""
    return (as_of - due_date).days


@worksheet(
    "AGING_BUCKET",
    group="receivables",
    help="The aging bucket of one item, as a label: not due, 1–30 days, … by a scheme of the credit policy.",
    zh="单笔款项所属的账龄段：未到期、1–30 天……，按信用政策的账龄方案。",
    result=Result("text"),
    source="Duebook's aging rule; the same that the month-end close runs",
    examples=[
        Example((date(2026, 10, 1), date(2026, 10, 31)), "1–30 days"),
        Example((date(2026, 10, 31), date(2026, 10, 31)), "Not due"),
        Example((date(2024, 10, 31), date(2026, 10, 31), "cn_annual"), "1–2 years"),
    ],
    conventions=[DAY_ZERO_NOT_DUE, BASIS_OF_SCHEME],
    errors={"policy.unknown_scheme": "#VALUE!"},
)
def aging_bucket(
    date: Annotated[
        date, Day("The item's due date or invoice date, as the scheme ages by.", "到期日或开票日期，视方案而定。")
    ],
    as_of: AsOf,
    scheme: SchemeName = "",
    policy: PolicyArgument = None,
) -> Label:
    """The label of the item's bucket. DuebookError (#VALUE!) names the known schemes where `scheme` is none of them."""
    rule = scheme_in_use(policy, scheme, as_of)
    return labels(rule)[bucket_number(rule, date, as_of) - 1]


def scheme_in_use(policy: Policy | None, scheme: str, as_of: date | None) -> AgingScheme:
    """The scheme of that name, or the one the close uses on `as_of`, by its newest entry where that is None.

    Says which rule and whose policy it is.
    """
    own = in_use(policy)
    rule = own.scheme(scheme or own.close(as_of).scheme)
    note("aging.scheme", scheme=rule.name, rule=_in_words(rule), policy=own.name, version=own.version)
    return rule


def bucket_number(scheme: AgingScheme, basis_date: date, as_of: date) -> int:
    """The bucket of an item, 1 for the first. `basis_date` is its due or document date, as the scheme says."""
    first = 1
    if scheme.has_not_due:
        if basis_date > as_of or (basis_date == as_of and scheme.day_zero == "not_due"):
            return 1
        first = 2
    for place, upper in enumerate(scheme.upper):
        if _reaches(scheme, basis_date, as_of, upper):
            return first + place
    return first + len(scheme.upper)


def _reaches(scheme: AgingScheme, basis_date: date, as_of: date, upper: int) -> bool:
    """Whether an item is no older than `upper` units."""
    if scheme.unit == "days":
        return (as_of - basis_date).days <= upper
    if scheme.unit == "fiscal_years":
        return basis_date >= _fiscal_start(scheme, as_of, upper)
    try:
        return as_of <= months_later(basis_date, upper)
    except OverflowError:
        return True  # beyond the calendar's last day


def _fiscal_start(scheme: AgingScheme, as_of: date, years: int) -> date:
    """The first day of the fiscal year that is `years` − 1 before that of `as_of`."""
    year = as_of.year - (as_of.month < scheme.year_starts) - years + 1
    return date(year, scheme.year_starts, 1) if year >= 1 else date.min


def bucket_sql(scheme: AgingScheme, basis_date: str, as_of: date) -> str:
    """The same rule as `bucket_number`, as a SQL CASE over the column `basis_date` (DuckDB's dialect).

    Built as an expression from the scheme, so that it can be transpiled and a cell and a close cannot disagree.
    """
    from sqlglot import exp

    def literal(value: date) -> exp.Expression:
        return exp.cast(exp.Literal.string(value.isoformat()), "date")

    column = exp.column(basis_date)
    day = literal(as_of)
    case = exp.Case()
    first = 1
    if scheme.has_not_due:
        later = exp.GTE if scheme.day_zero == "not_due" else exp.GT
        case = case.when(later(this=column.copy(), expression=day.copy()), exp.Literal.number(1))
        first = 2
    for place, upper in enumerate(scheme.upper):
        if scheme.unit == "days":
            # day ≤ date + n, written as a day count so that each dialect has it
            age = exp.DateDiff(this=day.copy(), expression=column.copy(), unit=exp.var("day"))
            inside: exp.Expression = exp.LTE(this=age, expression=exp.Literal.number(upper))
        elif scheme.unit == "fiscal_years":
            inside = exp.GTE(this=column.copy(), expression=literal(_fiscal_start(scheme, as_of, upper)))
        else:
            end = exp.DateAdd(this=column.copy(), expression=exp.Literal.number(upper), unit=exp.var("month"))
            inside = exp.LTE(this=day.copy(), expression=end)
        case = case.when(inside, exp.Literal.number(first + place))
    return str(case.else_(exp.Literal.number(first + len(scheme.upper))).sql(dialect="duckdb"))


def bucket_labels(scheme: AgingScheme, language: str = "en") -> tuple[str, ...]:
    """Header texts, first bucket first: "Not due", "1–30", …, ">120", or "≤ 1 year", "1–2 years" for whole years."""
    if language == BOTH:
        return tuple(label.text(language) for label in labels(scheme))
    chinese = language == "zh"
    found = [("未到期" if chinese else "Not due")] if scheme.has_not_due else []
    if scheme.unit == "days":
        low = 1 if scheme.has_not_due and scheme.day_zero == "not_due" else 0
        day = "天" if chinese else " days"
        for upper in scheme.upper:
            found.append(f"{low}–{upper}{day}")
            low = upper + 1
        return (*found, f">{scheme.upper[-1]}{day}")
    years = scheme.unit == "fiscal_years" or all(upper % 12 == 0 for upper in scheme.upper)
    bounds = [upper // 12 if years and scheme.unit == "months" else upper for upper in scheme.upper]
    unit = ("年" if years else "个月") if chinese else (" years" if years else " months")
    found.append(f"≤{bounds[0]}{unit.removesuffix('s') if bounds[0] == 1 else unit}")
    found += [f"{low}–{high}{unit}" for low, high in pairwise(bounds)]
    return (*found, f">{bounds[-1]}{unit}")


@cache
def labels(scheme: AgingScheme) -> tuple[Label, ...]:
    """`bucket_labels` in both languages, for cells."""
    pairs = zip(bucket_labels(scheme, "en"), bucket_labels(scheme, "zh"), strict=True)
    return tuple(Label(en, zh) for en, zh in pairs)


def rule_in_words(scheme: AgingScheme, language: str = "en") -> str:
    """The convention, as the sheet prints it."""
    if language == BOTH:
        return _in_words(scheme).text(language)
    chinese = language == "zh"
    words = [f"按{_BASIS_ZH[scheme.basis]}计算账龄" if chinese else f"Aged by {_BASIS[scheme.basis]}"]
    if scheme.has_not_due:
        late = scheme.day_zero == "overdue"
        if chinese:
            words.append(f"当天到期视为{'逾期' if late else '未到期'}")
        else:
            words.append(f"due on the as-of date is {'overdue' if late else 'not due'}")
    if scheme.unit == "fiscal_years":
        month = scheme.year_starts
        words.append(
            f"按跨越的会计年度计，年度始于 {month} 月"
            if chinese
            else f"by fiscal years crossed, a year beginning in month {month}"
        )
    else:
        words.append("各段上限含当日" if chinese else "upper bounds are inclusive")
    return ("；" if chinese else "; ").join(words)


_BASIS = {"due_date": "due date", "document_date": "document date"}
_BASIS_ZH = {"due_date": "到期日", "document_date": "单据日期"}


@cache
def _in_words(scheme: AgingScheme) -> Label:
    return Label(rule_in_words(scheme), rule_in_words(scheme, "zh"))


def overdue_buckets(scheme: AgingScheme) -> Sequence[int]:
    """Bucket numbers that are overdue. By document date nothing says what is overdue: see `days_past_due`."""
    return range(2, scheme.buckets + 1) if scheme.has_not_due else ()
