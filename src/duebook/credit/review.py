"""When a customer's credit is to be looked at again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import Day, Money, Text
from duebook.core.cells import CellError, Label
from duebook.core.dates import months_later
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.policy import reviews
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.grades import GRADE_ERRORS
from duebook.policy.said import say_policy


@worksheet(
    "REVIEW_DUE",
    group="credit",
    help="The next review date of a customer by grade and size: the shorter interval counts, key customers quarterly.",
    zh="按等级与规模确定客户下次复核日期：取较短间隔，重点客户每季度一次。",
    result=Result("date", "The day by which the review is due.", "应完成复核的日期。"),
    equation="last_review + min(months of the grade, months of the size class)",
    equation_zh="last_review + min(该等级的复核月数, 该规模的复核月数)",
    source="The credit policy's [[review_grade]] and [[review_size]] tables",
    examples=[
        Example((date(2026, 1, 31), "A", 50000), date(2027, 1, 31)),
        Example((date(2025, 11, 30), "A", 1000000), date(2026, 2, 28)),
        Example((date(2026, 1, 31), "Z", 0), "#VALUE!"),
    ],
    conventions=[
        Label(
            "Months end where they end: three months after 30 November is the last day of February.",
            "当月没有该日的，取当月最后一日：11 月 30 日之后三个月为 2 月最后一日。",
        ),
        Label(
            "exposure is in the currency in which the policy states its size classes.",
            "exposure 的币种须与政策规模分级的币种一致。",
        ),
    ],
    errors={**GRADE_ERRORS, "monitoring.beyond_calendar": "#NUM!"},
)
def review_due(
    last_review: Annotated[date, Day("Date of the last review.", "上次复核日期。")],
    grade: Annotated[str, Text("Credit grade, as the policy names it (A, B …).", "信用等级，按政策命名（A、B…）。")],
    exposure: Annotated[
        Decimal,
        Money(
            "Exposure to the customer (or its limit); a credit balance is the smallest size.",
            "客户敞口（或额度）；贷方余额按最小规模。",
        ),
    ],
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> date:
    """The due date; notes which interval counts and the policy. CellError for an unknown grade, or beyond 9999."""
    policy = in_use(policy)
    rules = policy.section(reviews.read)
    of_grade, of_size = rules.of_grade(grade, as_of), rules.of_size(money.exact(exposure), as_of)
    if of_size is not None and of_size.months < of_grade.months:
        months = of_size.months
        note("monitoring.review_by_size", size=of_size.name, months=months)
    else:
        months = of_grade.months
        note("monitoring.review_by_grade", grade=of_grade.grade, months=months)
    say_policy(policy, reviews)
    try:
        return months_later(last_review, months)
    except OverflowError:
        raise CellError("#NUM!", "monitoring.beyond_calendar", value=last_review) from None
