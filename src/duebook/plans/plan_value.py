"""What a plan is worth and costs: present value, cost to the seller, the rate in it, whether the customer can bear it.

Two ways of discounting, named by one flag. Nominal (`effective` FALSE): the yearly rate divided over the plan's own
periods, as PAYMENT_PLAN charges it (÷ 12 per month, ÷ 4 per quarter), months counted on the calendar, a part of one by
its days. Effective (TRUE): yearly rate, actual days ÷ 365, as XNPV and XIRR do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, NamedTuple

from duebook.core.arguments import Column, Day, Flag, Money, Number, Rate
from duebook.core.cells import CellError, Label
from duebook.core.dates import months_later, whole_months
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import exact, readable
from duebook.core.notes import note
from duebook.core.ratios import divided
from duebook.plans.plan_table import PLAN_ERRORS, Due, Plan, PlanCells, read
from duebook.plans.rate_of_return import present_value, rates

DiscountRate = Annotated[
    float,
    Rate("Yearly discount rate: 0.12.", "年折现率，如 0.12。", unit="yearly rate"),
]
Effective = Annotated[
    bool,
    Flag(
        "FALSE (default): nominal rate, ÷ 12 per month (÷ 4 per quarter). TRUE: effective, days ÷ 365, as XIRR.",
        "FALSE（默认）：名义年利率，按月 ÷ 12（按季 ÷ 4）；TRUE：实际年利率，按天数 ÷ 365，同 XIRR。",
    ),
]
FromDate = Annotated[
    date | None,
    Day(
        "Day of the value. Default: the deposit's date, else one period before the first installment.",
        "估值日；默认为首付日，否则为首期前一期。",
    ),
]
TWO_RATES = Label(
    "Nominal 12 % is 1 % a month in a monthly plan (effective 12.68 % a year) and 3 % a quarter in a quarterly one, as "
    "PAYMENT_PLAN charges it; without a regular period, by month. WHY says which was used and from which day.",
    "名义 12%：按月计划为每月 1%（实际年利率 12.68%），按季计划为每季 3%，与 PAYMENT_PLAN 计息一致；"
    "各期间隔不规则时按月。WHY 注明所用口径与起算日。",
)
UNROUNDED = Label("A valuation, not an amount to book: it is not rounded.", "估值而非入账金额，不取整。")
WEEK = 0.25
"""Of a month: how far a calendar may have moved a date from the plan's rhythm."""
_ERRORS = {**PLAN_ERRORS, "plans.from_needed": "#N/A", "plans.from_after_first": "#NUM!"}
_TWELVE = [["date", "payment"], *[[date(2026, month, 28), 10000] for month in range(1, 13)]]


def months_between(begin: date, end: date) -> float:
    """Months from `begin` to `end`: whole ones on the calendar, the rest by the days of the month that has begun."""
    exactly = whole_months(begin, end)
    if exactly is not None:
        return float(exactly)
    whole = (end.year - begin.year) * 12 + end.month - begin.month
    if months_later(begin, whole) > end:
        whole -= 1
    last = months_later(begin, whole)
    try:
        following = months_later(begin, whole + 1)
    except OverflowError:  # beyond the last month that the calendar has
        following = date.max
    return whole + (end - last).days / (following - last).days


class _Clock(NamedTuple):
    """How time counts: periods in a year that the yearly rate is divided over (1 where effective), each row's time."""

    per_year: float
    times: list[float]


def _clock(rows: Sequence[Due], begin: date, effective: bool) -> _Clock:
    if effective:
        return _Clock(1, [(row.day - begin).days / 365 for row in rows])
    months = [months_between(begin, row.day) for row in rows]
    period = _period(months)
    return _Clock(12 / period, [month / period for month in months])


def _period(months: Sequence[float]) -> int:
    """The plan's period in months: the largest that all its dates are multiples of, a week of moved days allowed.

    1 where there is none: then the rate is divided by month.
    """
    whole = [math.floor(month + 0.5) for month in months]
    near = all(abs(month - count) <= WEEK for month, count in zip(months, whole, strict=True))
    return max(1, math.gcd(*whole)) if near and 0 not in whole[1:] else 1


def _say_clock(clock: _Clock, begin: date, effective: bool) -> None:
    """Notes which reading of the rate was used, and from which day."""
    start = begin.isoformat()
    if effective:
        note("plans.discounted_effective", start=start)
    elif clock.per_year == 12:
        note("plans.discounted_nominal", start=start)
    else:
        note("plans.discounted_by_period", start=start, months=round(12 / clock.per_year))


def _start(plan: Plan, from_date: date | None) -> date:
    begin = from_date or plan.start()
    if begin is None:
        raise CellError("#N/A", "plans.from_needed")
    if begin > plan.rows[0].day:
        facts = {"start": begin.isoformat(), "first": plan.rows[0].day.isoformat()}
        raise CellError("#NUM!", "plans.from_after_first", **facts)
    return begin


def _discounting(
    plan: Plan, annual_rate: float, effective: bool, from_date: date | None
) -> tuple[float, list[float], list[float]]:
    """The rate per period, the payments, and their times in periods from the day the plan begins, or `from_date`."""
    begin = _start(plan, from_date)
    clock = _clock(plan.rows, begin, effective)
    _say_clock(clock, begin, effective)
    payments = [float(row.payment) for row in plan.rows]
    return annual_rate / clock.per_year, payments, clock.times


@worksheet(
    "PLAN_PRESENT_VALUE",
    group="plans",
    help="What a plan's payments are worth when it begins: each discounted from its date.",
    zh="付款计划在起始日的现值：各期按日期折现。",
    result=Result("money"),
    equation="Σ payment ÷ (1 + annual_rate ÷ periods a year)^periods, or where effective Σ payment ÷ (1 + "
    "annual_rate)^(days ÷ 365)",
    equation_zh="Σ 付款 ÷ (1 + annual_rate ÷ 每年期数)^期数；effective 为 TRUE 时：Σ 付款 ÷ (1 + annual_rate)^(天数 "
    "÷ 365)",
    source="Definition of present value; OASIS OpenDocument 1.2, PV and XNPV",
    examples=[Example((_TWELVE, 0.12), 112550.774735, within=0.000001)],
    conventions=[TWO_RATES, UNROUNDED],
    errors=_ERRORS,
)
def plan_present_value(
    plan: PlanCells, annual_rate: DiscountRate, effective: Effective = False, from_date: FromDate = None
) -> float:
    """A present value, unrounded. CellError where the plan does not show when it begins and from_date is blank."""
    return present_value(*_discounting(read(plan), annual_rate, effective, from_date))


@worksheet(
    "PLAN_COST",
    group="plans",
    help="What a plan costs the seller: the amount less the present value of its payments, or that as a share.",
    zh="付款计划对卖方的成本：金额减去各期付款现值，或其占比。",
    result=Result("money", "or a share of the amount with as_share", "as_share 为 TRUE 时为占比"),
    equation="amount − PLAN_PRESENT_VALUE; divided by amount where as_share",
    equation_zh="amount − PLAN_PRESENT_VALUE；as_share 为 TRUE 时再除以 amount",
    source="Definition; 120,000 free of interest in 12 month-end parts at 1 % a month costs 6.2077 %",
    examples=[Example((_TWELVE, 0.12, True, False, None, 120000), 0.062077, within=0.0000005)],
    conventions=[TWO_RATES, UNROUNDED],
    errors={**_ERRORS, "plans.amount_needed": "#N/A"},
)
def plan_cost(
    plan: PlanCells,
    annual_rate: DiscountRate,
    as_share: Annotated[
        bool, Flag("TRUE: as a share of the amount. Default FALSE.", "TRUE：按占金额的比例；默认 FALSE。")
    ] = False,
    effective: Effective = False,
    from_date: FromDate = None,
    amount: Annotated[
        Decimal | None,
        Money(
            "What the payments stand for. Default: the plan's principal column, deposit included.",
            "计划对应的金额；默认为本金列合计（含首付）。",
            above=0,
        ),
    ] = None,
) -> float:
    """Money, or a fraction of the amount; negative where the plan earns more than the rate."""
    agreed = read(plan)
    if amount is None:
        if not agreed.split:
            raise CellError("#N/A", "plans.amount_needed")
        amount = agreed.principal
    rate, payments, times = _discounting(agreed, annual_rate, effective, from_date)
    force = math.log1p(rate)
    lost = math.fsum(-payment * math.expm1(-force * time) for payment, time in zip(payments, times, strict=True))
    cost = lost + float(exact(amount) - sum((row.payment for row in agreed.rows), Decimal(0)))
    return float(divided(cost, float(amount))) if as_share else cost


@worksheet(
    "PLAN_RATE",
    group="plans",
    help="The yearly rate at which a plan's payments are worth the amount: IRR × periods a year, or effective, XIRR.",
    zh="付款计划隐含的年利率：使各期付款现值等于该金额。名义口径同 IRR × 每年期数，实际口径同 XIRR。",
    result=Result("yearly rate"),
    equation="the rate at which amount = Σ payment ÷ (1 + rate ÷ periods a year)^periods, or where effective Σ payment "
    "÷ (1 + rate)^(days ÷ 365)",
    equation_zh="使 amount = Σ 付款 ÷ (1 + 利率 ÷ 每年期数)^期数 的利率；effective 为 TRUE 时：Σ 付款 ÷ (1 + 利率)^"
    "(天数 ÷ 365)",
    source="Microsoft, XIRR: −10,000 and four receipts give 0.373362535; OASIS OpenDocument 1.2, IRR and XIRR",
    examples=[
        Example(
            (
                [
                    ["date", "payment"],
                    [date(2008, 3, 1), 2750],
                    [date(2008, 10, 30), 4250],
                    [date(2009, 2, 15), 3250],
                    [date(2009, 4, 1), 2750],
                ],
                10000,
                True,
                date(2008, 1, 1),
            ),
            0.373362535,
            within=5e-9,
        )
    ],
    conventions=[
        TWO_RATES,
        Label(
            "Where several rates fit, the one a spreadsheet reaches from 10 % is given and WHY lists all.",
            "若有多个利率满足，取电子表格自 10% 起算所得者，WHY 列出全部。",
        ),
    ],
    errors={**_ERRORS, "plans.no_rate": "#NUM!"},
)
def plan_rate(
    plan: PlanCells,
    amount: Annotated[
        Decimal,
        Money("What the customer gets at the start: the price if paid in cash.", "起始日所得金额：现款价。", above=0),
    ],
    effective: Effective = False,
    from_date: FromDate = None,
) -> float:
    """A yearly rate. CellError (#NUM!) where no rate makes the payments worth the amount."""
    agreed = read(plan)
    begin = _start(agreed, from_date)
    flows = [-float(exact(amount)), *(float(row.payment) for row in agreed.rows)]
    clock = _clock(agreed.rows, begin, effective)
    found = rates(flows, [0.0, *clock.times])
    if found is None:
        paid = sum((row.payment for row in agreed.rows), Decimal(0))
        raise CellError("#NUM!", "plans.no_rate", amount=readable(exact(amount)), paid=readable(paid))
    yearly = [rate * clock.per_year for rate in found.all]
    if not all(map(math.isfinite, yearly)):
        raise OverflowError
    if len(yearly) > 1:
        shown = [f"{rate * 100:.4g}" for rate in yearly]
        note("plans.several_rates", rates=Label(", ".join(f"{r} %" for r in shown), "、".join(f"{r}%" for r in shown)))
    _say_clock(clock, begin, effective)
    return found.chosen * clock.per_year


@worksheet(
    "PLAN_AFFORDABLE",
    group="plans",
    help="Whether the customer's free cash of each month covers the plan's payments. WHY names the tightest month.",
    zh="客户每月可用现金能否覆盖计划付款；WHY 指出最紧的月份。",
    result=Result("flag"),
    equation="in every month of the plan: payments ≤ monthly_free_cash × max_share",
    equation_zh="计划的每个月：付款合计 ≤ monthly_free_cash × max_share",
    source="Definition: month by month, nothing carried over",
    examples=[
        Example(([["date", "payment"], [date(2026, 1, 31), 100], [date(2026, 2, 28), 100]], 200, 0.5), True),
        Example(([["date", "payment"], [date(2026, 1, 31), 100], [date(2026, 2, 28), 120]], 200, 0.5), False),
    ],
    conventions=[
        Label(
            "Month by month: what is left over in one month does not help the next.",
            "逐月判断：某月结余不结转至下月。",
        ),
    ],
    errors={**PLAN_ERRORS, "plans.months_missing": "#N/A"},
)
def plan_affordable(
    plan: PlanCells,
    monthly_free_cash: Annotated[
        Sequence[Decimal],
        Column(
            "Free cash of a month: one cell for every month, or one for each month from the plan's first on.",
            "每月可用现金：一个单元格适用各月，或自首月起逐月填列。",
            of=Money(),
            placed=True,
        ),
    ],
    max_share: Annotated[
        Decimal,
        Number(
            "Share of the free cash that may go to the plan. Default 1.",
            "可用于计划的比例；默认 1。",
            unit="share",
            above=0,
            most=1,
            percent_slip=True,
        ),
    ] = Decimal(1),
) -> bool:
    """TRUE or FALSE. CellError where free cash is given by month and the plan runs longer."""
    agreed = read(plan)
    first = agreed.rows[0].day
    owed: dict[int, Decimal] = {}
    for row in agreed.rows:
        month = (row.day.year - first.year) * 12 + row.day.month - first.month
        owed[month] = owed.get(month, Decimal(0)) + row.payment
    if 1 < len(monthly_free_cash) <= max(owed):
        facts = {"found": len(monthly_free_cash), "expected": max(owed) + 1}
        raise CellError("#N/A", "plans.months_missing", **facts)
    free = [exact(cash) * exact(max_share) for cash in monthly_free_cash]
    by_month = {month: free[0] if len(free) == 1 else free[month] for month in owed}
    tightest = min(owed, key=lambda month: (by_month[month] - owed[month], month))
    day = months_later(first.replace(day=1), tightest)
    left = by_month[tightest] - owed[tightest]
    named = f"{day.year}-{day.month:02}"
    figures = {"payment": owed[tightest], "free": by_month[tightest], "left": left}
    note("plans.tightest_month", month=named, **{name: readable(money, 2) for name, money in figures.items()})
    return all(owed[month] <= by_month[month] for month in owed)
