"""Until when a claim can be sued on: the limitation period of a law, from the due date or from what restarted it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from duebook.core.arguments import Day, Text
from duebook.core.cells import CellError, Label
from duebook.core.dates import months_later
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.policy import limitation
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.limitation import DUE, EVENTS
from duebook.policy.said import say_policy

ZH_EVENTS = ("到期", "承认债务", "催收", "部分付款")
_NAMES = {"due": "due date", "acknowledgment": "acknowledgment", "demand": "demand", "partial_payment": "part payment"}
EVENT_LABELS = {event: Label(_NAMES[event], zh) for event, zh in zip(EVENTS, ZH_EVENTS, strict=True)}


@worksheet(
    "LIMITATION_DATE",
    group="receivables",
    help="The last day of the limitation period of a claim, from its due date or from an event that restarts it.",
    zh="诉讼时效届满日：自到期日或使时效重新起算的事件起计算。",
    result=Result("date"),
    equation="last_event + years of the regime; from the end of the due year where the law says so",
    equation_zh="last_event + 该法域的年数；法律规定的，自到期当年年末起算",
    source="China: Civil Code art. 188, 195; England: Limitation Act 1980; Germany: BGB s. 195; others: the policy",
    examples=[
        Example((date(2023, 3, 15), "due", "CN"), date(2026, 3, 15)),
        Example((date(2024, 2, 29), "demand", "CN"), date(2027, 2, 28)),
        Example((date(2021, 5, 10), "due", "DE"), date(2024, 12, 31)),
        Example((date(2020, 3, 15), "demand", "EW"), "#N/A"),
    ],
    conventions=[
        Label(
            "The same day of the last year counts as the last day: the earlier reading where a law does not count the "
            "first day.",
            "以最后一年的对应日为最后一日：法律不计首日时取较早的读法。",
        ),
        Label(
            "Statements of law in a dated table, not legal advice: form, proof and suspension are for counsel.",
            "依据带日期的法律表，不构成法律意见：形式、证据与中止问题请咨询律师。",
        ),
    ],
    errors={"limitation.unknown_regime": "#VALUE!", "limitation.no_restart": "#N/A"},
)
def limitation_date(
    last_event: Annotated[date, Day("The day of the event that counts last.", "最近一次有效事件的日期。")],
    event: Annotated[
        str,
        Text(
            "What happened then: due, acknowledgment, demand, or partial_payment.",
            "事件：due 到期、acknowledgment 承认债务、demand 催收、partial_payment 部分付款。",
            choices=EVENTS,
            zh_choices=ZH_EVENTS,
        ),
    ],
    regime: Annotated[
        str,
        Text(
            "Law: CN, EW (England and Wales), SCT, DE, FR, IT, ES, NL, IE, HK, SG, US_UCC, or the policy's own. "
            "Default: the policy's first (CN).",
            "法域：CN、EW（英格兰和威尔士）、SCT、DE、FR、IT、ES、NL、IE、HK、SG、US_UCC 或自定义；"
            "默认取政策第一个（CN）。",
        ),
    ] = "",
    policy: PolicyArgument = None,
) -> date:
    """The last day. CellError: unknown regime, no rule in force then, an event that does not restart the period."""
    used = in_use(policy)
    rule = used.section(limitation.read).regime(regime, last_event)
    if event != DUE and event not in rule.restarts:
        names = [EVENT_LABELS[known] for known in rule.restarts]
        restarts = Label(", ".join(names) or "none", "、".join(name.zh for name in names) or "无")
        facts = {"regime": rule.regime, "event": EVENT_LABELS[event], "restarts": restarts}
        raise CellError("#N/A", "limitation.no_restart", **facts)
    note("limitation.rule", regime=rule.regime, years=rule.years, source=rule.source)
    start = last_event
    if event != DUE:
        note("limitation.restarted")
    elif rule.from_year_end:
        note("limitation.year_end")
        start = date(last_event.year, 12, 31)
    say_policy(used)
    return months_later(start, 12 * rule.years)
