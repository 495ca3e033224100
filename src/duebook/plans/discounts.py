"""What paying early is worth: the cash discount of payment terms, its yearly yield, and the discount of a bill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import Day, ExactRate, Flag, Money, Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.dates import DAY_COUNTS, year_fraction
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.plans.due_dates import BASE, BaseDate, TermsText, discounted
from duebook.plans.terms import Rule, discount_end
from duebook.plans.terms_reading import parsed
from duebook.plans.terms_rule import TERMS_ERRORS

LAST_DAY_COUNTS = Label(
    "The last day of the discount still counts: paid on day 10 of 2/10 net 30 earns it.",
    "折扣期最后一天付款仍享受折扣：2/10 net 30 第 10 天付款有效。",
)


@worksheet(
    "EARLY_PAYMENT",
    group="receivables",
    help="What to pay on a date under payment terms: less the cash discount if it is kept, else the full amount.",
    zh="按付款条件在某日应付的金额：折扣期内扣除现金折扣，否则为全额。",
    result=Result("money"),
    equation="amount less the discount rate on it, rounded half up, if paid_date ≤ base_date + discount days; else "
    "amount",
    equation_zh="paid_date ≤ base_date + 折扣期天数时：amount − amount × 折扣率（四舍五入）；否则为 amount",
    source="frappe/erpnext test_payment_entry.py: 236 less 10 % is 212.40, a discount of 23.60",
    examples=[
        Example((236, "10/10 net 30", date(2026, 3, 1), date(2026, 3, 11)), 212.4),
        Example((236, "10/10 net 30", date(2026, 3, 1), date(2026, 3, 12)), 236),
    ],
    conventions=[BASE, LAST_DAY_COUNTS],
    errors=TERMS_ERRORS,
)
def early_payment(
    amount: Annotated[Decimal, Money("Invoice amount, gross.", "发票金额（含税）。", least=0)],
    terms: TermsText,
    base_date: BaseDate,
    paid_date: Annotated[date, Day("The day of payment.", "付款日。")],
    currency: CurrencyCode = "",
) -> Decimal:
    """The amount to pay, in money; the largest discount whose last day is not before `paid_date`."""
    amount = money.rounded(money.exact(amount), money.decimals(currency))
    found = parsed(terms)
    if not found.discounts:
        note("due_dates.no_discount")
        return amount
    for offer in found.discounts:
        until = discount_end(offer.rule, base_date)
        if paid_date <= until:
            less = discounted(amount, offer.rate, currency)
            facts = {"rate": money.in_percent(offer.rate), "discount": f"{amount - less:,f}"}
            note("due_dates.discount_kept", until=until.isoformat(), **facts)
            return less
    note("due_dates.discount_missed", until=until.isoformat())
    return amount


@worksheet(
    "DISCOUNT_YIELD",
    group="receivables",
    help="The yearly rate that a buyer gives up by not taking a cash discount: 2/10 net 30 costs 37.24 % a year.",
    zh="放弃现金折扣的年化成本：2/10 net 30 约为每年 37.24%。",
    result=Result("yearly rate"),
    equation="d ÷ (1 − d) × basis ÷ days gained; compound: (1 + d ÷ (1 − d)) ^ (basis ÷ days gained) − 1; d = the "
    "discount as a fraction, days gained = net days − discount days",
    equation_zh="d ÷ (1 − d) × basis ÷ 提前天数；复利：(1 + d ÷ (1 − d)) ^ (basis ÷ 提前天数) − 1；d 为折扣率，"
    "提前天数 = 净账期天数 − 折扣期天数",
    source="calcufinance, mathcelebrity, analystforum: 37.24 % (365), 36.73 % (360), 34.31 % (2/20 net 45, compound)",
    examples=[
        Example(("2/10 net 30",), 0.3724, within=0.00005),
        Example(("2/10 net 30", 360), 0.3673, within=0.00005),
        Example(("2/20 net 45", 365, True), 0.3431, within=0.00005),
        Example(("net 30",), "#VALUE!"),
    ],
    errors={
        **TERMS_ERRORS,
        "due_dates.yield_needs_days": "#VALUE!",
        "due_dates.yield_no_discount": "#VALUE!",
        "due_dates.yield_no_days": "#NUM!",
    },
)
def discount_yield(
    terms: TermsText,
    basis: Annotated[
        int,
        Number(
            "Days of a year: 365 (default) or 360.",
            "一年按多少天：365（默认）或 360。",
            unit="days",
            whole=True,
            least=360,
            most=366,
        ),
    ] = 365,
    compound: Annotated[
        bool,
        Flag("TRUE: compounded over the year. Default FALSE: simple.", "TRUE：按复利年化；默认 FALSE 为单利。"),
    ] = False,
) -> float:
    """A yearly rate as a fraction. CellError where the terms offer no discount or are not in plain days."""
    found = parsed(terms)
    if not found.discounts:
        raise CellError("#VALUE!", "due_dates.yield_no_discount", terms=terms)
    offer = found.discounts[0]
    early, late = _days(offer.rule), _days(found.parts[0].rule)
    if early is None or late is None:
        raise CellError("#VALUE!", "due_dates.yield_needs_days", terms=terms)
    if late <= early:
        raise CellError("#NUM!", "due_dates.yield_no_days", terms=terms, discount_days=early, net_days=late)
    if len(found.discounts) > 1:
        rate = money.in_percent(offer.rate)
        note("due_dates.yield_first", offers=len(found.discounts), rate=rate, days=early)
    gain = float(offer.rate / (1 - offer.rate))
    return (1 + gain) ** (basis / (late - early)) - 1 if compound else gain * basis / (late - early)


def _days(rule: Rule) -> int | None:
    """The length of a rule in days; None where it has months or month ends."""
    return sum(step.n for step in rule) if all(step.kind == "days" for step in rule) else None


@worksheet(
    "BILL_DISCOUNT",
    group="receivables",
    help="The discount (interest) that a bank keeps when it buys a bill before maturity; proceeds are face less this.",
    zh="票据贴现息：到期前贴现时银行扣除的利息；实付金额为票面减贴现息。",
    result=Result("money"),
    equation="face × rate × (days from discount_date to maturity + extra_days) ÷ days of the year, rounded half up",
    equation_zh="face × rate × (discount_date 至 maturity 的天数 + extra_days) ÷ 全年天数，四舍五入",
    source="PBoC Payment and Settlement Measures (1997), on bills: simple discount to the day before maturity, three "
    "extra days where the acceptor sits elsewhere; daily rate = yearly rate ÷ 360",
    examples=[
        Example((1000000, date(2026, 3, 1), date(2026, 8, 28), 0.036), 18000),
        Example((100000, date(2026, 1, 1), date(2026, 4, 1), 0.04, "actual/365"), 986.3),
    ],
    conventions=[
        Label(
            "Simple bank discount on the face value, actual days over 360 unless day_count says otherwise.",
            "按票面单利贴现，默认实际天数 ÷ 360，可由 day_count 指定。",
        ),
    ],
    errors={"due_dates.bill_dates": "#NUM!", "due_dates.bill_too_long": "#NUM!"},
)
def bill_discount(
    face: Annotated[Decimal, Money("Face value of the bill.", "票面金额。", least=0)],
    discount_date: Annotated[date, Day("The day the bank buys the bill.", "贴现日。")],
    maturity: Annotated[date, Day("The day the bill is due.", "票据到期日。")],
    rate: Annotated[Decimal, ExactRate("Yearly discount rate: 0.036 for 3.6 %.", "年贴现率，如 0.036 表示 3.6%。")],
    day_count: Annotated[
        str,
        Text(
            "Day count: actual/360 (default), actual/365, actual/actual, 30/360, 30e/360.",
            "计息基准：actual/360（默认）、actual/365、actual/actual、30/360、30e/360。",
            choices=tuple(DAY_COUNTS),
        ),
    ] = "actual/360",
    extra_days: Annotated[
        int,
        Number(
            "Days added for the way of the money, 3 for a paper bill accepted elsewhere (China). Default 0.",
            "另加的划款天数，异地纸质汇票为 3 天；默认 0。",
            unit="days",
            whole=True,
            least=0,
            most=30,
        ),
    ] = 0,
    currency: CurrencyCode = "",
) -> Decimal:
    """The discount, in money. CellError where maturity is before the discount date or nothing would be paid out."""
    face, rate = money.exact(face), money.exact(rate)
    if maturity < discount_date:
        dates = {"maturity": maturity.isoformat(), "discount_date": discount_date.isoformat()}
        raise CellError("#NUM!", "due_dates.bill_dates", **dates)
    extra = 360 if day_count.endswith("360") else 365
    with localcontext() as context:
        context.prec = 60
        years = year_fraction(discount_date, maturity, day_count)
        part = Decimal(years.numerator) / years.denominator + Decimal(extra_days) / extra
        discount = money.rounded(face * rate * part, money.decimals(currency))
    if discount > face:
        raise CellError("#NUM!", "due_dates.bill_too_long", discount=f"{discount:,f}", face=f"{face:,f}")
    counted = int(years * 360) if day_count.startswith("30") else (maturity - discount_date).days
    facts = {"discount": f"{discount:,f}", "proceeds": f"{face - discount:,f}"}
    note("due_dates.bill_proceeds", days=counted + extra_days, day_count=day_count, **facts)
    return discount
