"""The tables that the credit buttons write: names and columns are the contract that formulas and files rely on."""

from __future__ import annotations

from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES, Field
from duebook.close.slots_audit import AUDIT_TABLES
from duebook.close.slots_movements import MOVEMENTS_TABLES
from duebook.core.cells import Label
from duebook.core.declare import Spill
from duebook.hosts import catalogue
from duebook.hosts.excel.columns import CUSTOMER_ID, CUSTOMER_NAME
from duebook.hosts.excel.sheets import Result

GRADE = Field("grade", "Grade", "等级")
EXPOSURE = Field("exposure", "Exposure", "敞口", "money")
LAST_REVIEW = Field("last_review", "Last review", "上次复核日期", "date")
SCORED = "scores_from"
"""The defined name of the block that was scored last."""
SCORES = Result(
    "scores",
    Label("Scores", "评分"),
    Label("Credit scores", "信用评分"),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Field("card", "Card", "评分卡"),
        Field("score", "Score", "评分", "points"),
        GRADE,
        Field("terms_days", "Terms, days", "账期天数", "days"),
        Field("coverage", "Known", "已知权重", "rate"),
        Field("held_down", "What holds it down", "压低评分的原因"),
        Field("costs", "Costs most (points lost)", "失分最多的维度"),
        Field("missing", "Missing", "缺失的维度"),
    ),
)
SIGNALS = Result(
    "signals",
    Label("Signals", "预警信号"),
    Label("Risk signals", "风险预警信号"),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Field("tier", "Tier", "层级"),
        Field("action", "Action", "措施"),
        Field("red", "Red signals", "红色信号"),
        Field("yellow", "Yellow signals", "黄色信号"),
        Field("green", "Green signals", "绿色信号"),
        Field("remark", "Remark", "备注"),
    ),
)
DETAILS = Result(
    "signal_details",
    Label("Signal details", "预警明细"),
    Label("Risk signals, row by row", "风险预警信号明细"),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        Field("kind", "Kind of event", "事件类别"),
        Field("events", "Events", "事件数", "number"),
        Field("window_days", "Window, days", "观察期天数", "number"),
        Field("baseline", "Usual events", "通常事件数", "number"),
        Field("signal", "Signal", "信号"),
        Field("rule", "Rule, or why there is no signal", "规则，或无信号的原因"),
    ),
)
REVIEWS = Result(
    "reviews",
    Label("Reviews", "复核清单"),
    Label("Credit reviews", "信用复核清单"),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        GRADE,
        EXPOSURE,
        LAST_REVIEW,
        Field("next_review", "Next review", "下次复核", "date"),
        Field("days_overdue", "Days overdue", "逾期天数", "days"),
        Field("rule", "Rule, or why there is no date", "规则，或无日期的原因"),
    ),
)
PLAN = "PAYMENT_PLAN"


def payment_plan() -> Result:
    """The table `payment_plan`: the columns that the function of that name spills."""
    spill = catalogue.functions()[PLAN].result
    assert isinstance(spill, Spill)
    fields = tuple(Field(column.en.casefold(), column.en, column.zh, column.unit) for column in spill.columns)
    return Result("payment_plan", Label("Payment plan", "付款计划"), Label("Payment plan", "付款计划"), fields)


STANDARD = frozenset(table.name for table in (*AGING_TABLES, *EXPOSURE_TABLES, *MOVEMENTS_TABLES, *AUDIT_TABLES))
"""The tables that a close fills: they hold a figure or two that score cards know, but are no customers to score."""


def every() -> tuple[Result, ...]:
    return (SCORES, SIGNALS, DETAILS, REVIEWS, payment_plan())


def names() -> frozenset[str]:
    """The names of all of them."""
    return frozenset(each.name for each in every())
