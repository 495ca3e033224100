"""A plan spread anew after a missed installment: what is left, to the cent, and nothing is forgiven by accident.

What is left on the as-of date = principal of all installments + interest that has fallen due or accrued + late
interest − receipts. Receipts settle the oldest installment first, its interest before its principal (China: Civil Code
561); what goes beyond the installments due settles accrued interest, then principal. Late interest runs on overdue
principal only (no interest on interest), on the balance as it was each day.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import accumulate, pairwise
from typing import Annotated

from duebook.core.arguments import Day, ExactRate, Flag, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, worksheet
from duebook.core.money import decimals, exact, readable, rounded
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf, CurrencyCode
from duebook.plans.installments import (
    METHODS,
    TO_THE_CENT,
    ZH_METHODS,
    Count,
    EveryMonths,
    YearlyRate,
)
from duebook.plans.plan_status import PaidAmounts, PaidDates, Receipts, receipts
from duebook.plans.plan_table import PLAN, PLAN_ERRORS, Plan, PlanCalendar, PlanCells, on_business_days, read, written
from duebook.plans.schedule import Accrual, Installment, due_dates, spread
from duebook.plans.split import whole_cents
from duebook.policy.argument import PolicyArgument
from duebook.policy.calendars import CALENDAR_ERRORS, ConventionName
from duebook.policy.late_payment import say_if_daily

_ZERO = Decimal(0)


@dataclass(frozen=True)
class Left:
    """What is owed on a day: unpaid principal, unpaid interest (fallen due or accrued), late interest."""

    principal: Decimal
    interest: Decimal
    late_interest: Decimal

    @property
    def total(self) -> Decimal:
        return self.principal + self.interest + self.late_interest


def left_of(plan: Plan, held: Receipts, as_of: date, late_rate: Decimal, digits: int) -> Left:
    """What is left of `plan` on `as_of`; all zero or negative principal where more came in than is owed."""
    fallen = bisect_right([row.day for row in plan.rows], as_of)
    interest = sum((row.interest for row in plan.rows[:fallen]), _ZERO) + _accrued(plan, fallen, as_of, digits)
    paid_interest = min(_interest_paid(plan, fallen, held.total), interest)
    beyond = held.total - sum((row.payment for row in plan.rows[:fallen]), _ZERO)
    if beyond > 0:  # all that fell due is paid: the rest settles what has accrued since
        paid_interest = min(interest, paid_interest + beyond)
    return Left(
        plan.principal - (held.total - paid_interest),
        interest - paid_interest,
        rounded(_late_interest(plan, held, as_of, late_rate), digits),
    )


def _accrued(plan: Plan, fallen: int, as_of: date, digits: int) -> Decimal:
    """Interest of the running period up to `as_of`, by days of the period."""
    if fallen == len(plan.rows):
        return _ZERO
    running = plan.rows[fallen]
    begin = plan.rows[fallen - 1].day if fallen else plan.start()
    if begin is None or begin >= running.day or as_of <= begin:
        return _ZERO
    with localcontext() as context:
        context.prec = 60
        return rounded(running.interest * (as_of - begin).days / (running.day - begin).days, digits)


def _interest_paid(plan: Plan, fallen: int, total: Decimal) -> Decimal:
    """Interest that receipts of `total` settle in the rows fallen due, oldest first, interest before principal."""
    paid, left = _ZERO, max(total, _ZERO)
    for row in plan.rows[:fallen]:
        paid += min(left, row.interest)
        left = max(_ZERO, left - row.payment)
    return paid


def _late_interest(plan: Plan, held: Receipts, as_of: date, late_rate: Decimal) -> Decimal:
    """Overdue principal day by day × yearly rate ÷ 365, unrounded."""
    if not late_rate:
        return _ZERO
    rows = [row for row in plan.rows if row.day < as_of]
    due_on = [row.day for row in rows]
    days = sorted({*due_on, *(day for day in held.days if day < as_of), as_of})
    owed = [_ZERO, *accumulate(row.payment for row in rows)]
    principal = [_ZERO, *accumulate(row.principal for row in rows)]
    cash, received = _ZERO, 0
    weighted = _ZERO
    for begin, end in pairwise(days):
        while received < len(held.days) and held.days[received] <= begin:
            cash += held.amounts[received]
            received += 1
        fallen = bisect_right(due_on, begin)
        full = min(bisect_right(owed, cash, 0, fallen + 1) - 1, fallen) if cash > 0 else 0
        unpaid = principal[fallen] - principal[full]
        if full < fallen:
            unpaid -= max(_ZERO, max(cash, _ZERO) - owed[full] - rows[full].interest)
        weighted += max(_ZERO, unpaid) * (end - begin).days
    with localcontext() as context:
        context.prec = 60
        return weighted * late_rate / 365


@worksheet(
    "REPLAN",
    group="plans",
    help="Spreads what is left of a plan over new installments: unpaid principal, interest so far, late interest.",
    zh="将计划的剩余部分重新分期：未付本金、已计利息与逾期利息。",
    result=PLAN,
    equation="left = principal + interest fallen due or accrued + late interest − receipts; then as PAYMENT_PLAN",
    equation_zh="剩余 = 本金 + 已到期或应计的利息 + 逾期利息 − 已收款；其后同 PAYMENT_PLAN",
    source="Definition; order interest before principal: China, Civil Code art. 561",
    examples=[
        Example(
            (
                [["date", "payment"], [date(2026, 1, 31), 100], [date(2026, 2, 28), 100], [date(2026, 3, 31), 100]],
                [100],
                [date(2026, 1, 31)],
                date(2026, 3, 10),
                4,
            ),
            50.0,
            at=(2, 6),
        )
    ],
    conventions=[
        TO_THE_CENT,
        Label(
            "Interest of installments not yet due is not owed: only what has accrued by days up to as_of.",
            "未到期各期的利息不计，只计至截止日按天应计的部分。",
        ),
        Label(
            "Late interest runs on overdue principal, actual days ÷ 365, on the balance as it was each day.",
            "逾期利息按逾期本金逐日余额、实际天数 ÷ 365 计算，不对利息计息。",
        ),
        Label(
            "Interest so far is due at once, as row 0, unless capitalize adds it to the new principal.",
            "已计利息作为第 0 行立即应付；capitalize 为 TRUE 时并入新本金。",
        ),
    ],
    errors={
        **PLAN_ERRORS,
        **CALENDAR_ERRORS,
        "plans.nothing_left": "#NUM!",
        "plans.start_after_first": "#NUM!",
        "plans.beyond_calendar": "#NUM!",
    },
)
def replan(
    plan: PlanCells,
    paid_amount: PaidAmounts,
    paid_date: PaidDates,
    as_of: AsOf,
    installments: Count,
    annual_rate: YearlyRate = _ZERO,
    late_rate: Annotated[
        Decimal,
        ExactRate("Yearly rate on overdue principal: 0.1825. Default 0.", "逾期本金的年利率，如 0.1825；默认 0。"),
    ] = _ZERO,
    capitalize: Annotated[
        bool,
        Flag(
            "TRUE: interest so far joins the new principal. FALSE (default): it is due at once, as row 0.",
            "TRUE：已计利息并入新本金；FALSE（默认）：作为第 0 行立即应付。",
        ),
    ] = False,
    first_date: Annotated[
        date | None,
        Day(
            "Date of the first new installment, which the others follow. Default: one period after as_of.",
            "新计划首期日期，其余各期以此为锚；默认为截止日后一期。",
        ),
    ] = None,
    every_months: EveryMonths = 1,
    method: Annotated[
        str,
        Text(
            "level (default), equal_principal or interest_only.",
            "level 等额本息（默认）、equal_principal 等额本金或 interest_only 先息后本。",
            choices=METHODS,
            zh_choices=ZH_METHODS,
        ),
    ] = "level",
    calendar: PlanCalendar = "",
    currency: CurrencyCode = "",
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> Table:
    """The new plan. Its principal and its row 0 add up to what was left. CellError where nothing is left."""
    digits = decimals(currency)
    agreed = read(plan)
    held = receipts(paid_amount, paid_date, as_of)
    if held.later:
        note("plans.later_receipts", amount=readable(held.later))
    say_if_daily("late_rate", exact(late_rate))
    left = left_of(agreed, held, as_of, exact(late_rate), digits)
    principal, rows = _opening_rows(left, as_of, capitalize, digits)
    if principal <= 0:
        raise CellError("#NUM!", "plans.nothing_left", total=readable(left.total), principal=readable(left.principal))
    owed_so_far = {"principal": left.principal, "interest": left.interest, "late": left.late_interest}
    note("plans.left", **{name: readable(owed) for name, owed in owed_so_far.items()})
    if not annual_rate and any(row.interest for row in agreed.rows):
        note("plans.without_interest")
    if not agreed.split:
        note("plans.all_principal")
    if first_date and as_of > first_date:
        raise CellError("#NUM!", "plans.start_after_first", start=as_of.isoformat(), first=first_date.isoformat())
    if first_date:
        days = due_dates(first_date, installments, every_months)
    else:  # anchored to as_of itself: from 31 January on, 28 February, 31 March
        days = due_dates(as_of, installments + 1, every_months)[1:]
    rows += spread(principal, days, Accrual(exact(annual_rate), as_of, every_months), method, digits=digits)
    return written(on_business_days(rows, calendar, convention, policy))


def _opening_rows(left: Left, as_of: date, capitalize: bool, digits: int) -> tuple[Decimal, list[Installment]]:
    """The new principal, and row 0 with the interest that is due at once."""
    due_now = whole_cents(left.interest + left.late_interest, digits)
    if capitalize or not due_now:
        return whole_cents(left.total, digits), []
    principal = whole_cents(left.principal, digits)
    return principal, [Installment(0, as_of, principal, _ZERO, due_now)]
