"""Which reminder is due: by age, or one step at a time; when a level is reached, and what its letter costs."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from duebook.core.arguments import Day, Money, Number, Rate, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf
from duebook.policy import reminders
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.load import Policy
from duebook.policy.reminders import Ladder
from duebook.policy.said import say_policy

LadderName = Annotated[
    str,
    Text(
        "Ladder of the policy: standard (+3, +15, +30, +60 days), three_letters, or your own. Default: the first.",
        "政策中的催款阶梯：standard（逾期 3、15、30、60 天）、three_letters 或自定义；默认取第一个。",
    ),
]
DueDate = Annotated[date, Day("Due date.", "到期日。")]
SOURCE = "Ladder: policy table reminder_step; staged: tryton/account_dunning scenario (a draft letter waits)"


@worksheet(
    "REMINDER_LEVEL",
    group="receivables",
    help="The reminder level of an overdue item: 0 none, else 1, 2, 3 …, by its age or one step after the last letter.",
    zh="逾期款项的催款级别：0 为不催，否则为 1、2、3……，按账龄或在上一封之后逐级。",
    result=Result("count", "Level; 0: no reminder.", "级别；0 为不催。"),
    equation="by_age: the highest level of the ladder whose days are reached; staged: at most one above the last "
    "letter sent",
    equation_zh="by_age：阶梯中已达天数的最高级别；staged：最多比上一封已发出的高一级",
    source=SOURCE,
    examples=[
        Example((date(2026, 1, 1), date(2026, 1, 4)), 1),
        Example((date(2026, 1, 1), date(2026, 3, 2)), 4),
        Example((date(2026, 1, 1), date(2026, 3, 2), 1, date(2026, 2, 1), None, None, None, "staged"), 2),
        Example((date(2026, 1, 1), date(2026, 3, 2), None, None, 1), 0),
    ],
    conventions=[
        Label(
            "Day 0 (due on the as-of date) is not overdue. Fully disputed, blocked or settled items get no reminder.",
            "截止日当天到期不算逾期。全额争议、暂停催款或已结清的不催。",
        ),
        Label(
            "staged: one step per run, after the last letter was sent (a level without last_sent is a draft) and the "
            "ladder's waiting time has passed. A result equal to last_level means that nothing new goes out.",
            "staged：每次只升一级，须上一封已发出（有级别而无 last_sent 视为草稿）且已过等待天数。"
            "结果等于 last_level 即暂无新信。",
        ),
    ],
    errors={
        "reminders.unknown_ladder": "#VALUE!",
        "reminders.level_unknown": "#NUM!",
        "reminders.sent_later": "#NUM!",
        "reminders.sent_without_level": "#N/A",
    },
)
def reminder_level(
    due_date: DueDate,
    as_of: AsOf,
    last_level: Annotated[
        int,
        Number(
            "Level of the last letter. Default 0: none yet.",
            "上一封的级别；默认 0，尚未发过。",
            unit="count",
            whole=True,
            least=0,
            most=99,
        ),
    ] = 0,
    last_sent: Annotated[
        date | None, Day("Day it was sent; blank while it is a draft.", "上一封的发出日；尚为草稿时留空。")
    ] = None,
    disputed_share: Annotated[
        float,
        Rate(
            "Share of the amount in dispute: 1 is all of it. Default 0.",
            "争议金额占比，1 为全额；默认 0。",
            unit="share",
        ),
    ] = 0.0,
    blocked_until: Annotated[
        date | None, Day("No reminder up to this day, that day included.", "暂停催款至该日（含）。")
    ] = None,
    ladder: LadderName = "",
    mode: Annotated[
        str,
        Text(
            "by_age (default): the level that the age reaches; staged: one step per run.",
            "by_age（默认）按逾期天数；staged 逐级升级。",
            choices=("by_age", "staged"),
            zh_choices=("按账龄", "逐级"),
        ),
    ] = "by_age",
    open_amount: Annotated[
        Decimal | None,
        Money(
            "Amount still open; 0 or less: no reminder. Default: taken as open.",
            "尚欠金额；0 或负数不催；默认视为未付。",
        ),
    ] = None,
    policy: PolicyArgument = None,
) -> int:
    """A level of the ladder, 0 for none. CellError: unknown ladder, a last level above it, a letter after `as_of`."""
    used = in_use(policy)
    name, steps = used.section(reminders.read).ladder(ladder, as_of)
    if last_level > len(steps):
        facts = {"argument": "last_level", "level": last_level, "ladder": name, "steps": len(steps)}
        raise CellError("#NUM!", "reminders.level_unknown", **facts)
    if last_sent is not None and last_sent > as_of:
        raise CellError("#NUM!", "reminders.sent_later", sent=last_sent.isoformat(), as_of=as_of.isoformat())
    if last_sent is not None and not last_level:
        raise CellError("#N/A", "reminders.sent_without_level")
    if _held_back(due_date, as_of, disputed_share, blocked_until, open_amount):
        return 0
    days = (as_of - due_date).days
    by_age = sum(step.days <= days for step in steps)
    if not by_age:
        note("reminders.too_young", days=days, ladder=name, first=steps[0].days)
        return 0
    level = _staged(steps, by_age, last_level, last_sent, as_of, days) if mode == "staged" else by_age
    if mode != "staged":
        note("reminders.reached", days=days, level=by_age, ladder=name, title=steps[by_age - 1].title)
        if last_sent is not None and last_level >= by_age:
            note("reminders.already_sent", level=last_level, sent=last_sent.isoformat())
    say_policy(used, reminders)
    return level


def _held_back(
    due_date: date, as_of: date, disputed_share: float, blocked_until: date | None, open_amount: Decimal | None
) -> bool:
    """Whether no reminder goes out whatever the age; says why."""
    if open_amount is not None and open_amount <= 0:
        note("reminders.settled")
    elif as_of <= due_date:
        note("reminders.not_overdue")
    elif disputed_share >= 1:
        note("reminders.disputed")
    elif blocked_until is not None and as_of <= blocked_until:
        note("reminders.blocked", until=blocked_until.isoformat())
    else:
        if disputed_share > 0:
            note("reminders.part_disputed", share=format(disputed_share * 100, ".4g"))
        return False
    return True


def _staged(steps: Ladder, by_age: int, last_level: int, last_sent: date | None, as_of: date, days: int) -> int:
    """At most one level above the last letter; a draft, or a letter too fresh, keeps its level."""
    if not last_level:
        allowed = 1
    elif last_sent is None:
        note("reminders.draft", level=last_level)
        allowed = last_level
    else:
        allowed = min(last_level + 1, len(steps))
        step = steps[allowed - 1]
        from_day = last_sent + timedelta(step.wait)
        if allowed > last_level and from_day > as_of and by_age > last_level:
            facts = {"sent": last_sent.isoformat(), "from_day": from_day.isoformat()}
            note("reminders.wait", next_level=allowed, wait=step.wait, **facts)
            allowed = last_level
        elif min(by_age, allowed) <= last_level:
            note("reminders.already_sent", level=last_level, sent=last_sent.isoformat())
    level = min(by_age, allowed)
    if level < by_age and level > last_level:
        note("reminders.step", level=level, days=days, age_level=by_age)
    return level


def _step(policy: Policy, ladder: str, level: int, on: date | None) -> reminders.ReminderStep:
    name, steps = policy.section(reminders.read).ladder(ladder, on)
    if level > len(steps):
        facts = {"argument": "level", "level": level, "ladder": name, "steps": len(steps)}
        raise CellError("#NUM!", "reminders.level_unknown", **facts)
    say_policy(policy, reminders)
    return steps[level - 1]


Level = Annotated[
    int, Number("Level of the ladder, from 1.", "催款级别，从 1 起。", unit="count", whole=True, least=1, most=99)
]
STEP_ERRORS = {"reminders.unknown_ladder": "#VALUE!", "reminders.level_unknown": "#NUM!"}


@worksheet(
    "REMINDER_DATE",
    group="receivables",
    help="The day from which an item that stays unpaid reaches a reminder level.",
    zh="款项未付时达到某催款级别的日期。",
    result=Result("date"),
    equation="due_date + days of the level in the ladder",
    equation_zh="due_date + 阶梯中该级别的天数",
    source="Ladder: policy table reminder_step",
    examples=[Example((date(2026, 1, 1), 2), date(2026, 1, 16))],
    errors=STEP_ERRORS,
)
def reminder_date(
    due_date: DueDate, level: Level, ladder: LadderName = "", as_of: PolicyDay = None, policy: PolicyArgument = None
) -> date:
    """A date. CellError: unknown ladder or level."""
    return due_date + timedelta(_step(in_use(policy), ladder, level, as_of).days)


@worksheet(
    "REMINDER_FEE",
    group="receivables",
    help="What the letter of a reminder level costs the customer, once per letter, by the policy's ladder.",
    zh="某级催款函向客户收取的费用，每封一次，按政策阶梯。",
    result=Result("money"),
    equation="fee of the level in the ladder",
    equation_zh="阶梯中该级别的费用",
    source="Ladder: policy table reminder_step",
    examples=[Example((1,), 0)],
    errors=STEP_ERRORS,
)
def reminder_fee(
    level: Level, ladder: LadderName = "", as_of: PolicyDay = None, policy: PolicyArgument = None
) -> Decimal:
    """Money. CellError: unknown ladder or level."""
    return _step(in_use(policy), ladder, level, as_of).fee
