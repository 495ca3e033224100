"""Monitoring: events of five kinds give signals, signals give a tier, and a tier has an action.

A signal counts events against thresholds of the policy; a baseline (what is usual for this company) raises them.
Suppliers can be watched as well as customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import Column, Number, Text
from duebook.core.cells import Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.policy import monitoring as monitoring_policy
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.monitoring import COLOR_NAMES, COLORS, KINDS, Color, SignalRule, TierRule
from duebook.policy.said import say_policy

KIND_NAMES = ("工商变更", "涉诉", "付款放缓", "负面舆情", "高管变动")
LITERALS = Label(
    "green, yellow and red stay English in every language, so that formulas and formats compare alike.",
    "green（绿）、yellow（黄）、red（红）在各语言中保持英文，便于公式与条件格式比较。",
)
MOST_EVENTS = 1_000_000
_COLOR = Text(
    "green, yellow or red.", "green（绿）、yellow（黄）或 red（红）。", choices=COLORS, zh_choices=COLOR_NAMES
)


@worksheet(
    "RISK_SIGNAL",
    group="credit",
    help="The signal of one kind of event: green, yellow or red by the policy's counts per window.",
    zh="某类事件的风险信号：按政策在观察期内的次数给出 green、yellow 或 red。",
    result=Result("text", "green, yellow or red.", "green、yellow 或 red。"),
    equation="red where events ≥ max(the policy's red count, baseline × red_times), yellow likewise, both within "
    "the policy's window",
    equation_zh="events ≥ max(政策的红色次数, baseline × red_times) 为红，黄色同理；均按政策的观察期计",
    source="Duebook's monitoring rule; thresholds: the credit policy's [[risk_signal]] table",
    examples=[
        Example(("lawsuit", 0, 365), "green"),
        Example(("lawsuit", 1, 365), "yellow"),
        Example(("lawsuit", 3, 365), "red"),
        Example(("lawsuit", 3, 365, 4), "green"),
        Example(("bankruptcy", 1, 365), "#VALUE!"),
    ],
    conventions=[
        LITERALS,
        Label(
            "Events of a longer window are scaled down to the policy's; a shorter one is not scaled up.",
            "观察期长于政策的按比例折算；短于政策的不放大。",
        ),
        Label(
            "A baseline only raises the thresholds: many lawsuits are normal for some companies, none is a fault.",
            "基准只会提高阈值：有些企业诉讼多属常态，而没有诉讼不是问题。",
        ),
    ],
)
def risk_signal(
    kind: Annotated[
        str,
        Text(
            "Kind of event: registry_change, lawsuit, payment_slowdown, negative_news or executive_change.",
            "事件类别：工商变更、涉诉、付款放缓、负面舆情或高管变动。",
            choices=KINDS,
            zh_choices=KIND_NAMES,
        ),
    ],
    events: Annotated[
        int,
        Number(
            "Events counted in the window.", "观察期内的事件数。", unit="count", whole=True, least=0, most=MOST_EVENTS
        ),
    ],
    window_days: Annotated[
        int,
        Number(
            "Days over which the events were counted.", "统计事件的天数。", unit="days", whole=True, least=1, most=40000
        ),
    ],
    baseline: Annotated[
        float,
        Number(
            "Events usual for this company in a window of the same length. Default: 0.",
            "该企业在同样长度的观察期内通常的事件数；默认 0。",
            unit="count",
            least=0,
            most=MOST_EVENTS,
        ),
    ] = 0.0,
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> str:
    """ "green", "yellow" or "red", in every language; notes the counts, the thresholds and the policy."""
    policy = in_use(policy)
    rule = policy.section(monitoring_policy.read).signal(kind, as_of)
    counted, yellow, red = measured(rule, events, window_days, Fraction(money.exact(baseline)))
    signal: Color = "red" if counted >= red else "yellow" if counted >= yellow else "green"
    window = min(window_days, rule.window_days)
    facts = {"events": _shown(counted), "window": window, "yellow": _shown(yellow), "red": _shown(red)}
    note("monitoring.counted", kind=Label(kind, KIND_NAMES[KINDS.index(kind)]), **facts)
    if window_days < rule.window_days:
        note("monitoring.short_window", days=window_days, window=rule.window_days)
    say_policy(policy, monitoring_policy)
    return signal


def measured(
    rule: SignalRule, events: int, window_days: int, baseline: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Events in the policy's window, and from how many on they are yellow and red.

    Fractions, since 9 events are exactly 1.5 times a baseline of 6 in a window of 181 days too.
    """
    scale = Fraction(rule.window_days, max(window_days, rule.window_days))
    usual = baseline * scale
    yellow = max(Fraction(rule.yellow), usual * Fraction(rule.yellow_times))
    return events * scale, yellow, max(Fraction(rule.red), usual * Fraction(rule.red_times))


@worksheet(
    "RISK_TIER",
    group="credit",
    help="The tier of a customer from its signals: the worst of them, or red where several are not green.",
    zh="由各信号得出客户的风险层级：取最严重者；多个非绿信号合计为红。",
    result=Result("text", "green, yellow or red.", "green、yellow 或 red。"),
    equation="red: red signals ≥ red_signals, or signals that are not green ≥ yellow_for_red; yellow: signals that "
    "are not green ≥ yellow_signals; else green",
    equation_zh="红：红色信号数 ≥ red_signals，或非绿信号数 ≥ yellow_for_red；黄：非绿信号数 ≥ yellow_signals；"
    "否则为绿（各阈值见政策）",
    source="Duebook's monitoring rule; counts: the credit policy's [[risk_tier]] table",
    examples=[
        Example((["green", "green", "yellow"],), "yellow"),
        Example((["green", "red", "yellow"],), "red"),
        Example((["yellow", "yellow", "yellow"],), "red"),
        Example((["green", "blue"],), "#VALUE!"),
    ],
    conventions=[
        LITERALS,
        Label("Blank cells are no signals; they do not count as green.", "空白单元格不是信号，不计为绿。"),
    ],
)
def risk_tier(
    signals: Annotated[
        Sequence[str],
        Column("Signals of one customer: green, yellow or red.", "同一客户的各信号：green、yellow 或 red。", of=_COLOR),
    ],
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> str:
    """ "green", "yellow" or "red", in every language; notes the counts and the policy."""
    policy = in_use(policy)
    tier = tier_of(signals, policy.section(monitoring_policy.read).tier(as_of))
    counts = {color: sum(signal == color for signal in signals) for color in COLORS}
    note("monitoring.signals", **counts)
    say_policy(policy, monitoring_policy)
    return tier


def tier_of(signals: Sequence[str], rule: TierRule) -> Color:
    """The tier of `signals`; a red signal counts among those that are not green too."""
    red = sum(signal == "red" for signal in signals)
    not_green = red + sum(signal == "yellow" for signal in signals)
    if red >= rule.red_signals or (rule.yellow_for_red and not_green >= rule.yellow_for_red):
        return "red"
    return "yellow" if not_green >= rule.yellow_signals else "green"


@worksheet(
    "TIER_ACTION",
    group="credit",
    help="What the policy does at a tier: green deliver, yellow collect early, red hold new deliveries.",
    zh="政策在某层级的措施：绿正常发货、黄提前催收、红暂停新发货。",
    result=Result("text", "The action, in the reader's language.", "措施，按使用者语言。"),
    equation="the policy's action for the tier",
    equation_zh="政策中该层级的措施",
    source="Duebook's monitoring rule; texts: the credit policy's [[tier_action]] table",
    examples=[
        Example(("green",), "Deliver on the agreed terms; review on the calendar."),
        Example(("blue",), "#VALUE!"),
    ],
)
def tier_action(tier: Annotated[str, _COLOR], policy: PolicyArgument = None, as_of: PolicyDay = None) -> Label:
    """The action in both languages; notes the policy."""
    policy = in_use(policy)
    say_policy(policy, monitoring_policy)
    return policy.section(monitoring_policy.read).action(tier, as_of)


def _shown(count: Fraction) -> str:
    return f"{money.rounded(Decimal(count.numerator) / count.denominator, 2).normalize():f}"
