"""The cash conversion cycle and what it is made of, besides DSO."""

from __future__ import annotations

from typing import Annotated

from duebook.core.arguments import Number, Text
from duebook.core.cells import Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.ratios import Real, divided

PeriodDays = Annotated[
    Real,
    Number("Days of the period, such as 30, 90 or 365.", "期间天数，如 30、90、365。", unit="days", above=0),
]
SAME_PERIOD = Label(
    "The costs and the days are of one period: a year's costs go with 365 (or 360), a month's with 30.",
    "成本与天数须属同一期间：全年成本配 365（或 360），一个月配 30。",
)
_SOURCE = (
    "professioncalculators.com: inventory 200, cost 800, receivables 150, revenue 1,200, payables 100, purchases 750"
)


@worksheet(
    "CASH_CONVERSION_CYCLE",
    group="receivables",
    help="Days from paying suppliers to being paid by customers: days in inventory plus DSO less days payable.",
    zh="现金周转周期：从付款给供应商到收到客户货款的天数，即存货天数加 DSO 减应付天数。",
    result=Result("days"),
    equation="days_inventory + dso − days_payable",
    source=_SOURCE,
    examples=[Example((91.25, 45.625, 48.666667), 88.208333, within=0.000001)],
    conventions=[
        Label(
            "Negative where days payable exceed days in inventory and DSO together.",
            "应付天数超过存货天数与 DSO 之和时为负数。",
        ),
    ],
    arrays=True,
)
def cash_conversion_cycle(
    days_inventory: Annotated[Real, Number("Days in inventory.", "存货周转天数。", unit="days", least=0)],
    dso: Annotated[Real, Number("Days sales outstanding.", "应收账款周转天数（DSO）。", unit="days", least=0)],
    days_payable: Annotated[Real, Number("Days payable.", "应付账款周转天数。", unit="days", least=0)],
) -> Real:
    """days_inventory + dso − days_payable, in days; can be negative."""
    return days_inventory + dso - days_payable


@worksheet(
    "DAYS_INVENTORY",
    group="receivables",
    help="How many days the inventory lasts at the period's cost of goods sold.",
    zh="存货周转天数：按期间销售成本，存货可用多少天。",
    result=Result("days"),
    equation="inventory ÷ cogs × days",
    source=_SOURCE,
    examples=[Example((200, 800, 365), 91.25)],
    conventions=[SAME_PERIOD],
    arrays=True,
)
def days_inventory(
    inventory: Annotated[
        Real, Number("Inventory at the period's end, or its mean.", "期末（或平均）存货。", unit="money", least=0)
    ],
    cogs: Annotated[
        Real, Number("Cost of goods sold of the period.", "期间销售成本。", unit="money", divisor=True, least=0)
    ],
    days: PeriodDays,
) -> Real:
    """inventory × days ÷ cogs, in days. ZeroDivisionError without cost."""
    return divided(inventory * days, cogs)


@worksheet(
    "DAYS_PAYABLE",
    group="receivables",
    help="How many days the firm takes to pay its suppliers. The base is named: cost of goods sold, or purchases.",
    zh="应付账款周转天数：付款给供应商所用的天数。须指明基数：销售成本或采购额。",
    result=Result("days"),
    equation="payables ÷ base × days",
    source=_SOURCE,
    examples=[
        Example((100, 750, 365, "purchases"), 48.666667, within=0.000001),
        Example((100, 800, 365, "cogs"), 45.625),
    ],
    conventions=[
        SAME_PERIOD,
        Label(
            "Purchases = cost of goods sold + closing − opening inventory: the two bases differ when stock moves.",
            "采购额 = 销售成本 + 期末存货 − 期初存货：存货变动时两种基数不同。",
        ),
    ],
    arrays=True,
)
def days_payable(
    payables: Annotated[
        Real, Number("Payables at the period's end, or their mean.", "期末（或平均）应付账款。", unit="money", least=0)
    ],
    base: Annotated[
        Real,
        Number(
            "Cost of goods sold or purchases of the period.",
            "期间销售成本或采购额。",
            unit="money",
            divisor=True,
            least=0,
        ),
    ],
    days: PeriodDays,
    basis: Annotated[
        str,
        Text(
            "What base is: cogs (cost of goods sold) or purchases. It is shown with the figure; it changes no number.",
            "base 是什么：cogs（销售成本）或 purchases（采购额）。随结果显示，不改变数值。",
            choices=("cogs", "purchases"),
            zh_choices=("销售成本", "采购额"),
        ),
    ],
) -> Real:
    """payables × days ÷ base, in days. ZeroDivisionError without costs or purchases."""
    note("receivables.base", basis=BASES[basis])
    return divided(payables * days, base)


BASES = {
    "cogs": Label("cost of goods sold", "销售成本"),
    "purchases": Label("purchases", "采购额"),
}
