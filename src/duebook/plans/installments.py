"""Payment plans: level, equal principal or interest only; agreed shares; fixed installments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from duebook.core.arguments import Column, Day, ExactRate, Money, Number, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.dates import DAY_COUNTS, months_later
from duebook.core.declare import Example, worksheet
from duebook.core.money import decimals, exact, readable, rounded
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.plans.plan_table import PLAN, PlanCalendar, on_business_days, written
from duebook.plans.schedule import (
    LONGEST,
    PERIODIC,
    Accrual,
    Installment,
    due_date,
    due_dates,
    fixed,
    spread,
    times,
)
from duebook.plans.split import shared, whole_cents
from duebook.policy.argument import PolicyArgument
from duebook.policy.calendars import CALENDAR_ERRORS, ConventionName

METHODS = ("level", "equal_principal", "interest_only")
ZH_METHODS = ("等额本息", "等额本金", "先息后本")

Owed = Annotated[
    Decimal,
    Money("What is to be paid, before the deposit, without interest.", "应付总额（扣首付前，不含利息）。", above=0),
]
Count = Annotated[int, Number("Number of installments.", "期数。", unit="count", whole=True, least=1, most=LONGEST)]
FirstDate = Annotated[
    date,
    Day(
        "Date of the first installment; the others follow it (31 Jan, 28 Feb, 31 Mar).",
        "首期日期；其余各期以此为锚（1月31日、2月28日、3月31日）。",
    ),
]
YearlyRate = Annotated[
    Decimal,
    ExactRate("Nominal yearly rate: 0.06. Default 0.", "名义年利率，如 0.06；默认 0。"),
]
EveryMonths = Annotated[
    int,
    Number(
        "Months from one installment to the next. Default 1.",
        "每期间隔月数；默认 1。",
        unit="months",
        whole=True,
        least=1,
        most=60,
    ),
]
StartDate = Annotated[
    date | None,
    Day(
        "Day from which interest runs, and of the deposit. Default: one period before the first date.",
        "起息日，也是首付日；默认为首期前一期。",
    ),
]
Deposit = Annotated[
    Decimal,
    Money(
        "Paid at the start: an amount, or a share of the amount when below 1 (0.3). Default 0.",
        "首付款：金额，或小于 1 时为占比（0.3）；默认 0。",
        least=0,
    ),
]
DayCount = Annotated[
    str,
    Text(
        "periodic (default): yearly rate × months ÷ 12; or actual/365, actual/360, actual/actual, 30/360, 30E/360.",
        "periodic（默认）：年利率 × 月数 ÷ 12；或 actual/365、actual/360、actual/actual、30/360、30E/360。",
        choices=(PERIODIC, *DAY_COUNTS),
        zh_choices=("按期", "实际/365", "实际/360", "实际/实际", "30/360", "30e/360"),
    ),
]
TO_THE_CENT = Label(
    "Interest is rounded half up each period; the last installment takes the residue and the balance ends at zero.",
    "每期利息四舍五入到分；末期承担尾差，余额归零。",
)
ANCHORED = Label(
    "Dates anchor to the first and clamp at month ends without drift.", "各期日期以首期为锚，遇月末截断但不漂移。"
)
AGREED_DATES = Label(
    "A calendar moves payment dates only: interest follows the agreed dates, so no amount depends on a holiday.",
    "日历只调整付款日：利息按约定日期计算，金额不受节假日影响。",
)
FIRST_PERIOD = Label(
    "A first period of odd length: whole periods back from the first date, the rest by days; 31 Jan to 28 Feb is one.",
    "首期长短不一时：自首期日往前数整期，余下按实际天数折算；1月31日至2月28日为一整月。",
)
_PLAN_ERRORS = {
    "plans.amount_vanishes": "#NUM!",
    "plans.deposit_too_large": "#NUM!",
    "plans.start_after_first": "#NUM!",
    "plans.beyond_calendar": "#NUM!",
    **CALENDAR_ERRORS,
}


@worksheet(
    "PAYMENT_PLAN",
    group="plans",
    help="A payment plan to the cent: date, opening balance, principal, interest, payment and closing balance.",
    zh="付款计划（精确到分）：日期、期初余额、本金、利息、应付金额与期末余额。",
    result=PLAN,
    equation="interest = opening × rate × the period's part of a year; payment = principal + interest; closing = "
    "opening − principal",
    equation_zh="利息 = 期初余额 × 利率 × 该期占全年的比例；付款 = 本金 + 利息；期末余额 = 期初余额 − 本金",
    source="OASIS OpenDocument 1.2, PMT, IPMT; Microsoft, IPMT: 66.67 in the first of 36 months on 8,000 at 10 %",
    examples=[
        Example((100, 3, date(2026, 1, 31)), 33.34, at=(4, 6), source="tryton, scenario_move_line_reschedule"),
        Example((100, 3, date(2026, 1, 31)), date(2026, 2, 28), at=(3, 2)),
        Example((8000, 36, date(2026, 1, 31), 0.1), 66.67, at=(2, 5)),
    ],
    conventions=[TO_THE_CENT, ANCHORED, AGREED_DATES, FIRST_PERIOD],
    errors={**_PLAN_ERRORS, "plans.balloon_too_large": "#NUM!", "plans.grace_too_long": "#NUM!"},
)
def payment_plan(
    amount: Owed,
    installments: Count,
    first_date: FirstDate,
    annual_rate: YearlyRate = Decimal(0),
    method: Annotated[
        str,
        Text(
            "level (default): equal payments; equal_principal; interest_only: principal with the last installment.",
            "level 等额本息（默认）；equal_principal 等额本金；interest_only 先息后本。",
            choices=METHODS,
            zh_choices=ZH_METHODS,
        ),
    ] = "level",
    start_date: StartDate = None,
    deposit: Deposit = Decimal(0),
    every_months: EveryMonths = 1,
    balloon: Annotated[
        Decimal,
        Money(
            "Part that the regular installments leave; the last one pays it: an amount, or a share of the amount when "
            "below 1 (0.2). Default 0.",
            "气球款：各期未还、末期一并偿还的部分；金额，或小于 1 时为占总额之比（0.2）；默认 0。",
            least=0,
        ),
    ] = Decimal(0),
    grace_periods: Annotated[
        int,
        Number(
            "First installments that pay interest only. Default 0.",
            "宽限期数：开头只付利息的期数；默认 0。",
            unit="count",
            whole=True,
            least=0,
            most=LONGEST,
        ),
    ] = 0,
    calendar: PlanCalendar = "",
    day_count: DayCount = PERIODIC,
    currency: CurrencyCode = "",
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> Table:
    """Rows of the plan, a deposit as row 0. Amounts exact in the currency's minor units."""
    digits = decimals(currency)
    days = due_dates(first_date, installments, every_months)
    accrual = _accrual(annual_rate, start_date, first_date, every_months, day_count)
    rows, financed = _deposit(amount, deposit, accrual.start, digits)
    left_over = _amount_or_share(balloon, rows[0].opening if rows else financed, digits)
    if left_over > financed:
        raise CellError("#NUM!", "plans.balloon_too_large", balloon=readable(left_over), financed=readable(financed))
    if grace_periods >= installments:
        raise CellError("#NUM!", "plans.grace_too_long", grace=grace_periods, installments=installments)
    rows += spread(financed, days, accrual, method, left_over, grace_periods, digits)
    if left_over:
        note("plans.balloon_in_last", balloon=readable(left_over), date=days[-1].isoformat())
    return written(on_business_days(rows, calendar, convention, policy))


def _accrual(
    annual_rate: Decimal | float, start: date | None, first: date, every_months: int, day_count: str
) -> Accrual:
    if start is None:
        try:
            start = months_later(first, -every_months)
        except OverflowError:
            raise CellError("#NUM!", "plans.beyond_calendar", count=1, months=every_months) from None
    if start > first:
        facts = {"start": start.isoformat(), "first": first.isoformat()}
        raise CellError("#NUM!", "plans.start_after_first", **facts)
    return Accrual(exact(annual_rate), start, every_months, day_count)


def _deposit(
    amount: Decimal | float, deposit: Decimal | float, day: date, digits: int
) -> tuple[list[Installment], Decimal]:
    """The deposit's row, if there is one, and what is left to finance."""
    whole = _owed(amount, digits)
    paid = _amount_or_share(deposit, whole, digits)
    if paid >= whole:
        raise CellError("#NUM!", "plans.deposit_too_large", deposit=readable(paid), amount=readable(whole))
    if not paid:
        return [], whole
    # said, because 1 is an amount although a cell may show it as 100 %
    note("plans.deposit_read", deposit=readable(paid), share=f"{paid / whole * 100:.2f}")
    return [Installment(0, day, whole, paid, Decimal(0))], whole - paid


def _amount_or_share(part: Decimal | float, whole: Decimal, digits: int) -> Decimal:
    """A part of `whole` in minor units: stated as an amount, or as a share when below 1."""
    stated = exact(part)
    return rounded(times(whole, Fraction(stated)), digits) if stated < 1 else whole_cents(stated, digits)


def _owed(amount: Decimal | float, digits: int) -> Decimal:
    """The amount in whole minor units. CellError where nothing of it is left."""
    whole = whole_cents(exact(amount), digits)
    if not whole:
        raise CellError("#NUM!", "plans.amount_vanishes", amount=f"{exact(amount):f}")
    return whole


@worksheet(
    "PAYMENT_PLAN_FIXED",
    group="plans",
    help="A plan of fixed installments until all is paid, or for a number of them; the last takes all that is left.",
    zh="固定每期金额的付款计划，直至付清或至约定期数；末期付清全部余额。",
    result=PLAN,
    equation="installments of the same amount while more is owed; the last = opening + interest",
    equation_zh="每期付款额相同，直至最后一期；最后一期 = 期初余额 + 利息",
    source="tryton, scenario_move_line_reschedule: 100 by 30 is 30, 30, 30, 10; formsbirds.com, balloon loan",
    examples=[
        Example((100, 30, date(2026, 1, 31), 0, 2), 10.0, at=(5, 6)),
        Example((100, 10, date(2026, 1, 31)), 10, at=(11, 1), source="numpy-financial#16: NPER(0, −10, 100) is 10"),
        Example((500000, 4219.28, date(2026, 1, 31), 0.06, 1, 60), 384265.10, at=(61, 6), source="formsbirds.com"),
    ],
    conventions=[TO_THE_CENT, ANCHORED, AGREED_DATES, FIRST_PERIOD],
    errors={**_PLAN_ERRORS, "plans.installment_too_small": "#NUM!", "plans.too_many": "#NUM!"},
)
def payment_plan_fixed(
    amount: Owed,
    installment: Annotated[Decimal, Money("What is paid each time.", "每期支付金额。", above=0)],
    first_date: FirstDate,
    annual_rate: YearlyRate = Decimal(0),
    every_months: EveryMonths = 1,
    installments: Annotated[
        int | None,
        Number(
            "Installments at most; the last then pays all that is left (a balloon). Blank: until all is paid.",
            "最多期数，届时末期一并付清余额（气球款）；留空则至付清为止。",
            unit="count",
            whole=True,
            least=1,
            most=LONGEST,
        ),
    ] = None,
    start_date: StartDate = None,
    deposit: Deposit = Decimal(0),
    calendar: PlanCalendar = "",
    day_count: DayCount = PERIODIC,
    currency: CurrencyCode = "",
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> Table:
    """Rows of the plan. CellError where the installment does not cover the interest, or 1,200 do not suffice."""
    digits = decimals(currency)
    accrual = _accrual(annual_rate, start_date, first_date, every_months, day_count)
    rows, financed = _deposit(amount, deposit, accrual.start, digits)
    paid = whole_cents(exact(installment), digits)

    def day_of(number: int) -> date:
        return due_date(first_date, number, every_months)

    rows += fixed(financed, paid, day_of, accrual, digits, installments)
    return written(on_business_days(rows, calendar, convention, policy))


@worksheet(
    "PAYMENT_PLAN_SHARES",
    group="plans",
    help="A payment plan by agreed shares and dates, such as 30 % / 60 % / 10 %; interest on what is left, if agreed.",
    zh="按约定比例与日期的付款计划，如 30%/60%/10%；可对余额计息。",
    result=PLAN,
    equation="principal = amount × share, to the cent; interest = opening × rate × the period's part of a year",
    equation_zh="本金 = amount × 比例，精确到分；利息 = 期初余额 × 利率 × 该期占全年的比例",
    source="Definition; shares are split to the cent as in SPLIT_CENTS, the last takes the residue",
    examples=[
        Example((1000, [0.3, 0.6, 0.1], [date(2026, 1, 31), date(2026, 3, 31), date(2026, 12, 31)]), 600.0, at=(3, 6)),
    ],
    conventions=[
        Label("Shares add up to 1 (100 %).", "各比例之和须为 1（100%）。"),
        AGREED_DATES,
    ],
    errors={
        "plans.shares_not_whole": "#NUM!",
        "plans.dates_not_ordered": "#VALUE!",
        "plans.start_needed": "#N/A",
        "plans.amount_vanishes": "#NUM!",
        "plans.start_after_first": "#NUM!",
        "plans.too_many_parts": "#NUM!",
        **CALENDAR_ERRORS,
    },
)
def payment_plan_shares(
    amount: Owed,
    shares: Annotated[
        Sequence[Decimal],
        Column("Share of each installment: 0.3, 0.6, 0.1.", "各期比例：0.3、0.6、0.1。", of=ExactRate(unit="share")),
    ],
    dates: Annotated[Sequence[date], Column("Date of each installment.", "各期日期。", of=Day())],
    annual_rate: YearlyRate = Decimal(0),
    start_date: Annotated[
        date | None,
        Day("Day from which interest runs; needed with a rate.", "起息日；有利率时必填。"),
    ] = None,
    day_count: Annotated[
        str,
        Text(
            "actual/365 (default), actual/360, actual/actual, 30/360 or 30E/360.",
            "actual/365（默认）、actual/360、actual/actual、30/360 或 30E/360。",
            choices=tuple(DAY_COUNTS),
            zh_choices=("实际/365", "实际/360", "实际/实际", "30/360", "30e/360"),
        ),
    ] = "actual/365",
    calendar: PlanCalendar = "",
    currency: CurrencyCode = "",
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> Table:
    """Rows of the plan; the last takes the residue. CellError where shares are not 100 % or dates go back."""
    digits = decimals(currency)
    parts = [exact(share) for share in shares]
    if len(parts) > LONGEST:
        raise CellError("#NUM!", "plans.too_many_parts", count=len(parts), most=LONGEST)
    total = sum(parts, Decimal(0))
    if abs(total - 1) > Decimal("1e-9"):
        raise CellError("#NUM!", "plans.shares_not_whole", total=total)
    for row, (before, later) in enumerate(pairwise(dates), start=2):
        if later < before:
            facts = {"row": row, "date": later.isoformat(), "before": before.isoformat()}
            raise CellError("#VALUE!", "plans.dates_not_ordered", **facts)
    rate = exact(annual_rate)
    if rate and start_date is None:
        raise CellError("#N/A", "plans.start_needed")
    accrual = _accrual(rate, start_date or dates[0], dates[0], 1, day_count)
    whole = _owed(amount, digits)
    rows: list[Installment] = []
    left = whole
    factors = accrual.factors(dates)
    for number, (day, principal) in enumerate(zip(dates, _by_shares(whole, parts, digits), strict=True), start=1):
        rows.append(Installment(number, day, left, principal, rounded(times(left, factors[number - 1]), digits)))
        left -= principal
    return written(on_business_days(rows, calendar, convention, policy))


def _by_shares(amount: Decimal, shares: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Each share rounded half up; the last takes the residue, unless that would be negative: then cents are shared."""
    parts = [rounded(times(amount, Fraction(share)), digits) for share in shares[:-1]]
    last = amount - sum(parts, Decimal(0))
    return [*parts, last] if last >= 0 else shared(amount, shares, digits, "last")
