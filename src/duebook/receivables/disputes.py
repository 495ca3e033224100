"""How long a dispute takes, and whether a clock on it (24 hours, 48 hours, 21 days) is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, NamedTuple

from duebook.core.arguments import Day, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf
from duebook.policy import disputes
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.disputes import Clock
from duebook.policy.load import Policy
from duebook.policy.said import say_policy

KEPT, RUNNING, BROKEN = Label("kept", "按时"), Label("running", "进行中"), Label("broken", "超时")
_UNITS = {"hours": Label("hours", "小时"), "days": Label("days", "天")}

Opened = Annotated[date, Day("The day the customer raised the dispute.", "客户提出争议的日期。")]
Closed = Annotated[
    date | None,
    Day(
        "The day the clock's event happened (answered, resolved); blank while open.",
        "办结日（已答复、已解决）；未结留空。",
    ),
]
ERRORS = {
    "disputes.closed_before": "#NUM!",
    "disputes.opened_later": "#NUM!",
    "disputes.unknown_clock": "#VALUE!",
}
WHOLE_DAYS = Label(
    "Dates carry no hours: 24 hours are kept up to the next day, 48 hours up to the second day after.",
    "日期不含时刻：24 小时以次日为限，48 小时以第二日为限。",
)
OPEN_AT = Label(
    "Closed after the as-of date is open on it: a past date is looked at with what was known then.",
    "截止日之后才结案的，在截止日视为未结案。",
)


class _Age(NamedTuple):
    days: int
    open: bool


@worksheet(
    "DISPUTE_DAYS",
    group="receivables",
    help="Days from opening a dispute to its close, or to the as-of date while it is open; WHY tells about a clock.",
    zh="争议天数：自提出至结案，未结的计至截止日；WHY 说明时限是否超过。",
    result=Result("days"),
    equation="closed (as_of while not closed by then) − opened",
    equation_zh="closed（截至 as_of 未结的以 as_of 代替）− opened",
    source="Definition; clocks: policy table dispute_clock",
    examples=[
        Example((date(2026, 3, 1), date(2026, 3, 31), date(2026, 3, 15)), 14),
        Example((date(2026, 3, 1), date(2026, 3, 31), None, "resolve"), 30),
    ],
    conventions=[WHOLE_DAYS, OPEN_AT],
    errors=ERRORS,
)
def dispute_days(
    opened: Opened,
    as_of: AsOf,
    closed: Closed = None,
    clock: Annotated[
        str,
        Text(
            "Clock to judge in WHY: acknowledge (24 h), answer (48 h), resolve (21 days), or the policy's own.",
            "在 WHY 中判断的时限：acknowledge（24 小时）、answer（48 小时）、resolve（21 天）或自定义。",
        ),
    ] = "",
    policy: PolicyArgument = None,
) -> int:
    """Whole days. CellError: closed before opened, opened after `as_of`, unknown clock."""
    age = _age(opened, as_of, closed)
    if clock:
        _judged(in_use(policy), clock, opened, as_of, age)
    return age.days


@worksheet(
    "DISPUTE_CLOCK",
    group="receivables",
    help="Whether a dispute keeps a clock of the policy: kept, running, or broken.",
    zh="争议是否遵守政策时限：按时、进行中或超时。",
    result=Result("text"),
    equation="broken if the days exceed the clock's limit; else running while open, kept once closed",
    equation_zh="天数超过该时限为超时；否则未结为进行中，已结为按时",
    source="Clocks: policy table dispute_clock (24 hours, 48 hours, 21 days)",
    examples=[
        Example((date(2026, 3, 1), date(2026, 3, 31), "resolve", date(2026, 3, 22)), "kept"),
        Example((date(2026, 3, 1), date(2026, 3, 31), "resolve", date(2026, 3, 23)), "broken"),
        Example((date(2026, 3, 1), date(2026, 3, 15), "resolve"), "running"),
        Example((date(2026, 3, 1), date(2026, 3, 3), "acknowledge"), "broken"),
    ],
    conventions=[WHOLE_DAYS, OPEN_AT],
    errors=ERRORS,
)
def dispute_clock(
    opened: Opened,
    as_of: AsOf,
    clock: Annotated[
        str,
        Text(
            "acknowledge (24 hours), answer (48 hours), resolve (21 days), or the policy's own.",
            "acknowledge 受理（24 小时）、answer 答复（48 小时）、resolve 解决（21 天）或自定义。",
        ),
    ],
    closed: Closed = None,
    policy: PolicyArgument = None,
) -> Label:
    """kept, running or broken. CellError: closed before opened, opened after `as_of`, unknown clock."""
    return _judged(in_use(policy), clock, opened, as_of, _age(opened, as_of, closed))


def _age(opened: date, as_of: date, closed: date | None) -> _Age:
    if closed is not None and closed < opened:
        raise CellError("#NUM!", "disputes.closed_before", closed=closed.isoformat(), opened=opened.isoformat())
    if opened > as_of:
        raise CellError("#NUM!", "disputes.opened_later", opened=opened.isoformat(), as_of=as_of.isoformat())
    if closed is not None and closed > as_of:
        note("disputes.closed_later", closed=closed.isoformat(), as_of=as_of.isoformat())
    if closed is None or closed > as_of:
        return _Age((as_of - opened).days, True)
    return _Age((closed - opened).days, False)


def _judged(policy: Policy, name: str, opened: date, as_of: date, age: _Age) -> Label:
    clock: Clock = policy.section(disputes.read).clock(name, as_of)
    facts = {"clock": clock.name, "limit": clock.limit, "unit": _UNITS[clock.unit], "days": age.days}
    if age.days > clock.days:
        note("disputes.broken", over=age.days - clock.days, **facts)
        found = BROKEN
    elif age.open:
        until = opened + timedelta(clock.days)
        note("disputes.running", most=clock.days, until=until.isoformat(), **facts)
        found = RUNNING
    else:
        note("disputes.kept", most=clock.days, **facts)
        found = KEPT
    say_policy(policy, disputes)
    return found
