"""Days sales outstanding and its relatives.

Formulas are written once, on numbers: exact Decimals in the close, floats in a cell, numpy arrays in Python. A zero
denominator raises ZeroDivisionError, amounts that cannot be of one period CellError; `figure` turns both into None
for sheets that show a blank with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from duebook.core.arguments import Column, Day, Money, Number, Text, shown
from duebook.core.cells import CellError, Label
from duebook.core.dates import months_later
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import exact, rounded
from duebook.core.notes import note
from duebook.core.ratios import Real, divided, only_where

DIGITS = 6
ONE_BASIS = Label(
    "Receivables and sales stand on one basis: give vat_rate where receivables carry VAT and sales do not (China).",
    "应收与收入口径须一致：应收含税而收入不含税时填写 vat_rate。",
)
DAYS_REQUIRED = Label(
    "days is the length of the sales period, always asked for: 365 with one month's sales is twelve times too long.",
    "days 为收入所属期间的天数，必须填写：用一个月的收入配 365 天，结果是应有值的十二倍。",
)

Receivables = Annotated[Real, Number("Receivables at the period's end.", "期末应收账款。", unit="money", least=0)]
CreditSales = Annotated[
    Real, Number("Credit sales of the period.", "期间赊销收入。", unit="money", divisor=True, least=0)
]
Days = Annotated[
    Real,
    Number("Days of the sales period, such as 30, 90 or 365.", "收入期间天数，如 30、90、365。", unit="days", above=0),
]
VatRate = Annotated[
    Real,
    Number(
        "VAT rate in receivables, if sales are net of it: 0.13. Default 0.",
        "应收所含增值税率（收入不含税时），如 0.13；默认 0。",
        unit="rate",
        least=0,
        most=1,
        percent_slip=True,
    ),
]


def figure(formula: Callable[..., Real], *amounts: Real) -> Decimal | None:
    """A formula of this room on exact Decimals, to 6 places; None where it has no value for them."""
    try:
        return rounded(formula(*amounts), DIGITS)
    except (ZeroDivisionError, CellError):
        return None


@worksheet(
    "DSO",
    group="receivables",
    help="Days sales outstanding: how many days of credit sales the receivables stand for.",
    zh="应收账款周转天数（DSO）：应收相当于多少天的赊销收入。",
    result=Result("days"),
    equation="receivables ÷ (1 + vat_rate) ÷ credit_sales × days",
    source="creditguru.com, average days delinquent: 15,000 on 10,000 in 30 days is 45",
    examples=[Example((15000, 10000, 30), 45.0), Example((113000, 100000, 30, 0.13), 30.0)],
    conventions=[ONE_BASIS, DAYS_REQUIRED],
    arrays=True,
)
def dso(receivables: Receivables, credit_sales: CreditSales, days: Days, vat_rate: VatRate = 0) -> Real:
    """receivables ÷ (1 + vat_rate) ÷ credit_sales × days, in days. ZeroDivisionError without sales."""
    period = days if _no_vat(vat_rate) else days / (1 + vat_rate)
    return divided(receivables, credit_sales) * period


def _no_vat(vat_rate: Real) -> bool:
    """Whether no VAT rate was given: then an exact Decimal stays exact, and an array is not gone through once more."""
    return isinstance(vat_rate, int) and vat_rate == 0


@worksheet(
    "DSO_AVERAGE",
    group="receivables",
    help="DSO on the mean of opening and closing receivables.",
    zh="按期初期末平均应收计算的 DSO。",
    result=Result("days"),
    equation="(opening + closing) ÷ 2 ÷ (1 + vat_rate) ÷ credit_sales × days",
    source="fool.com, days sales outstanding: mean 18,000 on 20,000 in 30 days is 27",
    examples=[Example((18000, 18000, 20000, 30), 27.0)],
    conventions=[ONE_BASIS, DAYS_REQUIRED],
    arrays=True,
)
def dso_average(
    opening: Annotated[Real, Number("Receivables at the period's start.", "期初应收账款。", unit="money", least=0)],
    closing: Receivables,
    credit_sales: CreditSales,
    days: Days,
    vat_rate: VatRate = 0,
) -> Real:
    """DSO on (opening + closing) ÷ 2, in days."""
    return dso((opening + closing) / 2, credit_sales, days, vat_rate)


@worksheet(
    "DSO_BEST_POSSIBLE",
    group="receivables",
    help="DSO if nothing were overdue: what the payment terms alone cost in days.",
    zh="最佳 DSO：若无任何逾期，仅账期所占的天数。",
    result=Result("days"),
    equation="current_receivables ÷ (1 + vat_rate) ÷ credit_sales × days",
    source="creditguru.com, average days delinquent: 4,000 not due on 10,000 in 30 days is 12",
    examples=[Example((4000, 10000, 30), 12.0)],
    conventions=[ONE_BASIS, DAYS_REQUIRED],
    arrays=True,
)
def dso_best_possible(
    current_receivables: Annotated[Real, Number("Receivables not yet due.", "未到期应收账款。", unit="money", least=0)],
    credit_sales: CreditSales,
    days: Days,
    vat_rate: VatRate = 0,
) -> Real:
    """Receivables not yet due ÷ (1 + vat_rate) ÷ credit_sales × days."""
    return dso(current_receivables, credit_sales, days, vat_rate)


@worksheet(
    "AVERAGE_DAYS_DELINQUENT",
    group="receivables",
    help="Average days delinquent: DSO less best possible DSO, the days that lateness costs.",
    zh="平均逾期天数：DSO 减最佳 DSO，即逾期所占的天数。",
    result=Result("days"),
    equation="dso − best_possible",
    source="creditguru.com, average days delinquent: 45 less 12 is 33",
    examples=[Example((45, 12), 33.0)],
    errors={"receivables.best_above_dso": "#NUM!"},
    arrays=True,
)
def average_days_delinquent(
    dso: Annotated[Real, Number("DSO.", "DSO 天数。", unit="days", least=0)],
    best_possible: Annotated[
        Real, Number("Best possible DSO of the same period.", "同期最佳 DSO。", unit="days", least=0)
    ],
) -> Real:
    """dso − best_possible, in days. CellError (#NUM!) where it would be negative."""
    return only_where(
        best_possible <= dso,
        dso - best_possible,
        lambda: CellError("#NUM!", "receivables.best_above_dso", best=shown(best_possible), dso=shown(dso)),
    )


@worksheet(
    "COLLECTION_EFFECTIVENESS",
    group="receivables",
    help="Collection effectiveness index: what was collected of what could be. Two conventions are in print; name one.",
    zh="收款效率指数（CEI）：可收款项中已收回的比例。通行两种口径，须指明。",
    result=Result("rate"),
    equation="(opening + S − closing) ÷ (opening + S − closing_current); S = credit_sales × (1 + vat_rate), divided "
    "by months where the convention is monthly",
    equation_zh="(opening + S − closing) ÷ (opening + S − closing_current)；S = credit_sales × (1 + vat_rate)，"
    "口径为 monthly（月均）时再除以 months",
    source="creditguru.com, collection effectiveness index (monthly, 55.93 %); wizedu.com 116374 (whole, 79.63 %)",
    examples=[
        Example((6200, 10890, 6340, 3590, "whole"), 0.7963, within=0.00005),
        Example((6200, 10890, 6340, 3590, "monthly", 3), 0.5593, within=0.00005),
    ],
    conventions=[
        Label(
            "whole takes the period's sales, monthly the mean of a month: 79.63 % and 55.93 % on the same data.",
            "whole 用整期赊销额，monthly 用月均赊销额：同一数据分别为 79.63% 与 55.93%。",
        ),
        ONE_BASIS,
    ],
    errors={
        "receivables.cei_months": "#N/A",
        "receivables.cei_above_one": "#NUM!",
        "receivables.cei_below_zero": "#NUM!",
    },
)
def collection_effectiveness(
    opening: Annotated[Real, Number("Receivables at the period's start.", "期初应收账款。", unit="money", least=0)],
    credit_sales: Annotated[Real, Number("Credit sales of the whole period.", "整期赊销收入。", unit="money", least=0)],
    closing: Receivables,
    closing_current: Annotated[
        Real, Number("Receivables at the period's end that are not yet due.", "期末未到期应收。", unit="money", least=0)
    ],
    convention: Annotated[
        str,
        Text(
            "whole: the period's sales; monthly: sales ÷ months.",
            "whole（整期）或 monthly（月均）。",
            choices=("whole", "monthly"),
            zh_choices=("整期", "月均"),
        ),
    ],
    months: Annotated[
        int | None,
        Number(
            "Months in the period; needed for monthly.",
            "期间月数；monthly 时必填。",
            unit="months",
            whole=True,
            least=1,
        ),
    ] = None,
    vat_rate: VatRate = 0,
) -> Real:
    """A fraction from 0 to 1, which is when all that was due came in; exact Decimals throughout, so that it is so.

    ZeroDivisionError when nothing was due. CellError without months, or where the amounts cannot be of one period.
    """
    before, sales, after, current = map(exact, (opening, credit_sales, closing, closing_current))
    if current > after:
        raise CellError("#NUM!", "receivables.cei_above_one", current=f"{current:,f}", closing=f"{after:,f}")
    sales *= 1 + exact(vat_rate)
    if convention == "monthly":
        if months is None:
            raise CellError("#N/A", "receivables.cei_months")
        sales /= months
    if after > before + sales:
        most = f"{rounded(before + sales):,f}"
        raise CellError("#NUM!", "receivables.cei_below_zero", closing=f"{after:,f}", most=most)
    return divided(before + sales - after, before + sales - current)


@worksheet(
    "RECEIVABLES_TURNOVER",
    group="receivables",
    help="How many times a period's credit sales turn the average receivables over (times, not days).",
    zh="应收账款周转率（次）：期间赊销收入周转平均应收的次数，不是天数。",
    result=Result("times"),
    equation="credit_sales × (1 + vat_rate) ÷ average_receivables",
    source="Definition; CFA curriculum, activity ratios",
    examples=[Example((1200, 150), 8.0), Example((1000, 113, 0.13), 10.0)],
    conventions=[ONE_BASIS],
    arrays=True,
)
def receivables_turnover(
    credit_sales: Annotated[Real, Number("Credit sales of the period.", "期间赊销收入。", unit="money", least=0)],
    average_receivables: Annotated[
        Real, Number("Mean of opening and closing receivables.", "平均应收账款。", unit="money", divisor=True, least=0)
    ],
    vat_rate: VatRate = 0,
) -> Real:
    """credit_sales × (1 + vat_rate) ÷ average_receivables, times in the period."""
    turnover = divided(credit_sales, average_receivables)
    return turnover if _no_vat(vat_rate) else turnover * (1 + vat_rate)


@worksheet(
    "TURNOVER_DAYS",
    group="receivables",
    help="Days of one turnover: the days of the period divided by its turnover in times.",
    zh="周转天数：期间天数除以周转率（次）。",
    result=Result("days"),
    equation="days ÷ turnover",
    source="Definition; the reciprocal of RECEIVABLES_TURNOVER",
    examples=[Example((8, 365), 45.625)],
    arrays=True,
)
def turnover_days(
    turnover: Annotated[
        Real, Number("Turnover of the period, in times.", "期间周转率（次）。", unit="times", divisor=True, least=0)
    ],
    days: Days,
) -> Real:
    """days ÷ turnover."""
    return divided(days, turnover)


@dataclass(frozen=True)
class Countback:
    """`days` is None where the sales history does not cover the receivables: more than `covered_days` days.

    `empty_months` counts months without sales that were passed over: a gap in the data, or a month without sales.
    """

    days: Decimal | None
    covered_days: int
    empty_months: int


def countback(receivables: Decimal, sales_newest_first: Sequence[Decimal], days_in_month: Sequence[int]) -> Countback:
    """Count-back (exhaustion) DSO: whole months while sales are covered, then the fraction of the next.

    `sales_newest_first` and `days_in_month` run from the month of the as-of date backwards, equally long.
    """
    left, covered, empty = receivables, 0, 0
    for sales, days in zip(sales_newest_first, days_in_month, strict=True):
        if left <= 0:
            break
        if sales > left:
            return Countback(rounded(covered + left / sales * days, DIGITS), covered, empty)
        empty += sales <= 0
        left -= sales
        covered += days
    if left > 0:
        return Countback(None, covered, empty)
    return Countback(Decimal(covered), covered, empty)


@worksheet(
    "DSO_COUNTBACK",
    group="receivables",
    help="Count-back DSO: months of sales, newest first, are used up by the receivables; then the fraction of a month.",
    zh="倒推法 DSO：从最近月份起用各月收入抵减应收，余额按当月比例折算天数。",
    result=Result("days"),
    equation="the days of each month, newest first, whose sales × (1 + vat_rate) the receivables cover in full, "
    "then what is left ÷ the next month's sales with VAT × its days",
    equation_zh="从最近月份起，应收足以抵减其含税收入（收入 × (1 + vat_rate)）的各月天数之和 + 余额 ÷ "
    "下一个月的含税收入 × 该月天数",
    source="support.benjipays.com 150000179580 (73.71); Oracle HFM's printed example (179.7) is wrong, 166.33 is right",
    examples=[
        Example((212000, [100000, 80000, 70000], [30, 30, 30]), 73.714286, within=0.000001),
        Example((12000, [2500, 1750, 2250, 2500, 2000, 2250], [30, 31, 31, 30, 31, 30]), 166.333333, within=0.000001),
        Example((100, [30, 40], [31, 30]), "#N/A"),
    ],
    conventions=[
        Label(
            "A history that does not reach back far enough is an error, never a cap.",
            "历史月份不足时报错，绝不静默封顶。",
        ),
        Label(
            "A month without sales counts its days and is said. A month that is missing cannot be seen in the sales: "
            "give month, and a gap is an error.",
            "无收入的月份照计天数并加以提示。缺失的月份无法从收入中看出：填写 month，缺月即报错。",
        ),
        ONE_BASIS,
    ],
    errors={
        "receivables.history_exhausted": "#N/A",
        "receivables.month_missing": "#N/A",
        "receivables.months_order": "#VALUE!",
    },
)
def dso_countback(
    receivables: Annotated[Decimal, Money("Receivables at the as-of date.", "截止日应收账款。", least=0)],
    sales_newest_first: Annotated[
        Sequence[Decimal],
        Column(
            "Sales by month, the newest first.",
            "各月收入，最近月份在前。",
            of=Money(least=0),
            rows="months",
            placed=True,
        ),
    ],
    days_in_month: Annotated[
        Sequence[int],
        Column(
            "Days of each of those months.",
            "对应各月天数。",
            of=Number(unit="days", whole=True, least=1, most=366),
            rows="months",
            placed=True,
        ),
    ],
    vat_rate: VatRate = 0,
    month: Annotated[
        Sequence[date] | None,
        Column(
            "Month of each figure, as any day in it, so that a missing month is found. Blank: not checked.",
            "各月收入所属月份（该月任意一天），用于发现缺月；留空则不检查。",
            of=Day(),
            rows="months",
            placed=True,
        ),
    ] = None,
) -> float:
    """Days; see `countback`. CellError (#N/A) where the history is used up before the receivables are, or where `month`
    shows a gap; #VALUE! where its months do not run backwards."""
    if month is not None:
        _refuse_gaps(month)
    gross = 1 + exact(vat_rate)
    found = countback(exact(receivables), [exact(sales) * gross for sales in sales_newest_first], days_in_month)
    if found.empty_months:
        note("receivables.months_without_sales", months=found.empty_months)
    if found.days is None:
        raise CellError("#N/A", "receivables.history_exhausted", days=found.covered_days)
    return float(found.days)


def _refuse_gaps(months: Sequence[date]) -> None:
    """CellError unless each month is the one before the last."""
    for row, (later, earlier) in enumerate(pairwise(months), start=2):
        wanted = months_later(later.replace(day=1), -1)
        if earlier.replace(day=1) < wanted:
            raise CellError("#N/A", "receivables.month_missing", month=f"{wanted:%Y-%m}", row=row)
        if earlier.replace(day=1) > wanted:
            facts = {"row": row, "month": f"{earlier:%Y-%m}", "before": f"{later:%Y-%m}"}
            raise CellError("#VALUE!", "receivables.months_order", **facts)
