"""When an invoice is due: the terms' words turned into a date, or into a schedule of parts that adds up to the cent."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import Column, Day, Money, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Result, Spill, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.plans.split import shared, whole_cents
from duebook.plans.terms import Part, Rule, Terms, discount_end, reached
from duebook.plans.terms_reading import parsed
from duebook.plans.terms_rule import TERMS_ERRORS
from duebook.policy.argument import PolicyArgument
from duebook.policy.calendars import (
    CALENDAR_ERRORS,
    WEEKEND,
    ConventionName,
    adjusted,
    business_day,
    note_provisional,
)
from duebook.policy.load import Policy

SOURCE = (
    "Trade usage; frappe/erpnext test_customer.py, Dolibarr PR 18694 (both EOM orders), OCA/account-payment 919 "
    "(months clamp without drift)"
)
BASE = Label(
    "The base date is what the terms count from: invoice, delivery, bill of lading, acceptance, sight or statement "
    "cut-off. Base words in the terms move nothing.",
    "起算日由条款决定：开票、交货、提单、承兑、见票或对账截止日。条款中的起算词本身不移动日期。",
)
EOM_ORDERS = Label(
    '"45 days EOM" goes 45 days on, then to the month\'s end; "EOM + 45" and 月结45天 go to the month\'s end first. '
    '"net 45 EOM" is read both ways in the trade and is refused.',
    "“45 days EOM”先加 45 天再到月底；“EOM + 45”与“月结45天”先到月底再加 45 天。“net 45 EOM”两种读法都有，不予猜测。",
)
MONTHS_CLAMP = Label(
    "Months keep the day and clamp to the month's end; a month after a month's end is a month's end.",
    "按月推算保留日号，遇短月取月末；月末加整月仍为月末。",
)
LISTS = Label(
    "A list of growing numbers is equal parts by days (30/60/90); one that adds up to 100 is shares in percent, each "
    "due on its own milestone (30/60/10: order, delivery, retention). Where both fit (20/30/50) it is refused.",
    "递增数列为按天数等分（30/60/90）；合计为 100 的为百分比，各自在其节点到期（30/60/10：预付、交货、质保）；"
    "两者皆可（20/30/50）时不予猜测。",
)

BaseDate = Annotated[
    date,
    Day(
        "What the terms count from: invoice, delivery, bill of lading, acceptance or statement date.",
        "账期起算日：开票日、交货日、提单日、承兑日或对账截止日。",
    ),
]
TermsText = Annotated[
    str,
    Text(
        "Payment terms: net 30, 45 days EOM, EOM + 45, 2/10 net 30, 30/60/90, sight, D/A 60, 10th of next month …",
        "付款条件：net 30、月结30天、货到60天、45 days EOM、EOM + 45、2/10 net 30、30/60/90、见票即付、次月10日……",
    ),
]
NO_CALENDAR = ""
CalendarOrNone = Annotated[
    str,
    Text(
        "Calendar that moves a due date to a business day: weekend, CN, US, DE, TARGET … Default: no move.",
        "用于把到期日调整到营业日的日历：weekend、CN、US、DE、TARGET……；默认不调整。",
    ),
]


SCHEDULE = Spill(
    (
        Field("No", "期次", "count"),
        Field("Due date", "到期日", "date"),
        Field("Share", "比例", "share"),
        Field("Amount", "金额", "money"),
        Field("Discount until", "折扣截止日", "date"),
        Field("Amount with discount", "折扣后金额", "money"),
    ),
    help="A row per part, in the order of the terms.",
    zh="每期一行，按条款顺序。",
)


class _Calendar:
    """The calendar of one call: moves due dates, counts business days, remembers what is provisional."""

    def __init__(self, policy: Policy | None, name: str, convention: str) -> None:
        self._policy, self._name, self._convention = policy, name, convention
        self._provisional: list[date] = []
        self._weekends_only = False

    def due(self, rule: Rule, base: date) -> date:
        day = reached(rule, base, self._business_days)
        if not self._name:
            return day
        found, provisional = adjusted(self._policy, self._name, day, self._convention)
        if provisional:
            self._provisional.append(found)
        return found

    def _business_days(self, day: date, n: int) -> date:
        name = self._name or WEEKEND
        self._weekends_only = not self._name
        for _ in range(n * 8 + 40):
            if n == 0:
                return day
            day += timedelta(1)
            works, provisional = business_day(self._policy, name, day)
            n -= works
            if provisional:
                self._provisional.append(day)
        raise CellError("#NUM!", "calendars.no_business_day", calendar=name, date=day.isoformat())

    def say(self) -> None:
        if self._weekends_only:
            note("due_dates.weekends_only")
        if self._provisional:
            note_provisional(self._name or WEEKEND, *self._provisional)


@worksheet(
    "DUE_DATE",
    group="receivables",
    help="The due date that payment terms give, counted from a base date. Several parts: the last one.",
    zh="按付款条件由起算日推算到期日；分期时取最后一期。",
    result=Result("date"),
    equation="base_date moved by the steps of the terms in the order written, then to a business day if a calendar "
    "is given",
    equation_zh="base_date 按付款条件所写顺序逐步推算；填写 calendar 时再调整到营业日",
    source=SOURCE,
    examples=[
        Example((date(2016, 1, 22), "net 30"), date(2016, 2, 21)),
        Example((date(2021, 9, 13), "45 days EOM"), date(2021, 10, 31)),
        Example((date(2021, 9, 13), "EOM + 45"), date(2021, 11, 14)),
        Example((date(2025, 2, 28), "1 month EOM"), date(2025, 3, 31)),
        Example((date(2026, 3, 12), "月结30天"), date(2026, 4, 30)),
        Example((date(2026, 3, 12), "net 30 EOM"), "#VALUE!"),
    ],
    conventions=[BASE, EOM_ORDERS, MONTHS_CLAMP, LISTS],
    errors={**TERMS_ERRORS, **CALENDAR_ERRORS},
)
def due_date(
    base_date: BaseDate,
    terms: TermsText,
    calendar: CalendarOrNone = NO_CALENDAR,
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> date:
    """The (last) due date. CellError: wording not understood or ambiguous, calendar unknown."""
    found = parsed(terms)
    days = _Calendar(policy, calendar, convention)
    last = max(days.due(part.rule, base_date) for part in found.parts)
    days.say()
    _say_reading(found)
    return last


@worksheet(
    "DUE_SCHEDULE",
    group="receivables",
    help="Every part of an amount under payment terms: date, share and amount to the cent, with any cash discount.",
    zh="付款条件下各期的到期日、比例与金额（精确到分），并列出现金折扣。",
    result=SCHEDULE,
    equation="each part = share × amount cut to whole cents; the cents left over go one each to the first parts",
    equation_zh="各期 = 比例 × amount，截至分；余下的分依次加给前几期，每期一分",
    source=SOURCE,
    examples=[
        Example((date(2026, 1, 31), 100, "30/60/90"), 33.34, at=(2, 4)),
        Example((date(2026, 1, 31), 236, "10/10 net 30"), 212.4, at=(2, 6)),
        Example((date(2026, 1, 31), 1000, "30% deposit, 70% net 60"), date(2026, 4, 1), at=(3, 2)),
    ],
    conventions=[
        BASE,
        EOM_ORDERS,
        LISTS,
        Label(
            "The parts add up to the amount exactly. Parts that name a milestone and no days are due on base_date, or "
            "on their date in milestones.",
            "各期之和恒等于总额。只写节点未写天数的部分，按起算日到期，或按 milestones 中对应日期到期。",
        ),
    ],
    errors={**TERMS_ERRORS, **CALENDAR_ERRORS, "due_dates.milestones": "#VALUE!"},
)
def due_schedule(
    base_date: BaseDate,
    amount: Annotated[Decimal, Money("Amount to pay in all, gross.", "应付总额（含税）。", least=0)],
    terms: TermsText,
    milestones: Annotated[
        Sequence[date] | None,
        Column(
            "Base date of each part, where the parts count from different days (order, delivery, acceptance).",
            "各期各自的起算日（如签约、交货、验收）；默认均按 base_date。",
            of=Day(),
            rows="milestones",
            placed=True,
        ),
    ] = None,
    currency: CurrencyCode = "",
    calendar: CalendarOrNone = NO_CALENDAR,
    convention: ConventionName = "following",
    policy: PolicyArgument = None,
) -> Table:
    """The parts in the order of the terms; amounts sum to `amount` rounded to the currency's decimals."""
    found = parsed(terms)
    if milestones and len(milestones) != len(found.parts):
        raise CellError("#VALUE!", "due_dates.milestones", found=len(milestones), parts=len(found.parts))
    bases = milestones or [base_date] * len(found.parts)
    days = _Calendar(policy, calendar, convention)
    due = [days.due(part.rule, base) for part, base in zip(found.parts, bases, strict=True)]
    amounts = _amounts(amount, found.parts, currency)
    rows = [
        (number, day, float(part.share), one, *_discount_cells(found, base, one, currency))
        for number, (part, base, day, one) in enumerate(zip(found.parts, bases, due, amounts, strict=True), start=1)
    ]
    days.say()
    _say_reading(found, dated=bool(milestones))
    return Table(SCHEDULE.header, rows)


def _discount_cells(terms: Terms, base: date, amount: Decimal, currency: str) -> tuple[date | None, Decimal | None]:
    """Until when the first (largest) discount can be taken, and what is paid then; blanks where there is none."""
    if not terms.discounts:
        return None, None
    offer = terms.discounts[0]
    if len(terms.discounts) > 1:
        note("due_dates.more_discounts", offers=len(terms.discounts))
    return discount_end(offer.rule, base), discounted(amount, offer.rate, currency)


def discounted(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """`amount` less its discount; the discount is what is rounded, half up."""
    return amount - money.rounded(amount * rate, money.decimals(currency))


def _amounts(amount: Decimal, parts: Sequence[Part], currency: str) -> list[Decimal]:
    """The amount of each part, cut to minor units; the units left over go one each to the first parts."""
    digits = money.decimals(currency)
    scale = math.lcm(*(part.share.denominator for part in parts))
    weights = [Decimal(int(part.share * scale)) for part in parts]
    return shared(whole_cents(money.exact(amount), digits), weights, digits)


# --- what the terms were read as ------------------------------------------------------------------------------------

_PERIOD_ENDS = {
    3: ("to the quarter's end", "到季末"),
    6: ("to the half-year's end", "到半年末"),
    12: ("to the year's end", "到年末"),
}
_STEPS: dict[str, Callable[[int], Label]] = {
    "days": lambda n: Label(f"+ {n} day" + "s" * (n != 1), f"加 {n} 天"),
    "months": lambda n: Label(f"+ {n} month" + "s" * (n != 1), f"加 {n} 个月"),
    "month_end": lambda n: Label("to the month's end", "到月底"),
    "month_day": lambda n: Label(f"to day {n} of the next month", f"到次月 {n} 日"),
    "on_day": lambda n: Label(f"to the next day {n} of a month", f"到最近的 {n} 日"),
    "business_days": lambda n: Label(f"+ {n} business day" + "s" * (n != 1), f"加 {n} 个营业日"),
    "period_end": lambda n: Label(*_PERIOD_ENDS[n]),
    "half_month": lambda n: Label("to the 15th or the month's end", "到 15 日或月底"),
}


def in_words(rule: Rule) -> Label:
    """A rule as a sentence shows it: "base date + 45 days, to the month's end"."""
    steps = [_STEPS[step.kind](step.n) for step in rule]
    return Label(" ".join(["base date", ", ".join(steps)]).strip(), "起算日" + "，".join(step.zh for step in steps))


def _say_reading(terms: Terms, dated: bool = False) -> None:
    """Notes how the wording was read: the steps, the parts, discounts and milestones."""
    if len(terms.parts) == 1:
        note("due_dates.read_as", reading=in_words(terms.parts[0].rule))
    else:
        note("due_dates.parts", parts=len(terms.parts), reading=_parts_in_words(terms.parts))
    if terms.discounts:
        note("due_dates.discount_left_out")
    if len(terms.parts) > 1 and not dated and any(part.milestone for part in terms.parts):
        note("due_dates.no_milestones")


def _parts_in_words(parts: Sequence[Part]) -> Label:
    shown = [(format(float(part.share * 100), ".4g"), in_words(part.rule)) for part in parts[:6]]
    more = len(parts) > len(shown)
    return Label(
        "; ".join(f"{share} % at {rule}" for share, rule in shown) + (" …" if more else ""),
        "；".join(f"{share}%：{rule.zh}" for share, rule in shown) + ("……" if more else ""),
    )
