"""Whether an order may be delivered: released, reviewed by a person, or blocked; and the reason in a sentence.

The strictest of the reasons that the policy knows decides: the limit, what is overdue, the risk signal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated, NamedTuple

from duebook.core import messages, money
from duebook.core.arguments import ExactRate, Money, Number, Text
from duebook.core.cells import Label, shown_facts
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.policy import order_check as check_policy
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.load import Policy
from duebook.policy.monitoring import COLOR_NAMES, COLORS
from duebook.policy.order_check import DECISIONS, Decision, OrderCheck
from duebook.policy.said import say_policy

EQUATION = "release where exposure_before + order ≤ limit and nothing else stands against it"
SOURCE = (
    "Duebook's definitions: a blank limit is no limit set (ERPNext reads 0 as no check, Tryton as block everything), "
    "equality passes; each economic amount counts once (frappe/erpnext#47279)"
)
BLANK_LIMIT = Label(
    "A blank limit means none is set: review, never a silent release. 0 means nothing is allowed. Equality passes.",
    "额度为空表示未设定：转人工审核，绝不静默放行；0 表示不允许赊销；恰好等于额度则通过。",
)
ONCE = Label(
    "exposure_before holds each amount once: an order becomes a delivery, a delivery an invoice (see EXPOSURE).",
    "exposure_before 中每笔金额只计一次：订单转为发货、发货转为发票（见 EXPOSURE）。",
)
LITERALS = Label(
    "release, review and block stay English in every language, so that formulas compare alike; CHECK_REASON says them.",
    "release（放行）、review（审核）、block（冻结）在各语言中保持英文，便于公式比较；文字说明见 CHECK_REASON。",
)
STRICTEST = Label(
    "The strictest reason decides. What is not given is not checked, and WHY says so.",
    "以最严格的理由为准；未提供的项目不检查，WHY 会注明。",
)

Limit = Annotated[
    Decimal | None,
    Money(
        "Credit limit; blank = none set (review), 0 = nothing allowed.",
        "信用额度；空白为未设定（审核），0 为不允许。",
        least=0,
        nullable=True,
    ),
]
ExposureBefore = Annotated[
    Decimal,
    Money("Exposure before this order; a credit balance counts as 0.", "本订单前的敞口；贷方余额按 0 计。"),
]
Order = Annotated[Decimal, Money("The order to check, gross of VAT.", "待检查的订单金额（含税）。", least=0)]
OldestOverdueDays = Annotated[
    float | None,
    Number(
        "Days past due of the oldest undisputed item; negative = not yet due. Blank: not checked.",
        "最早一笔无争议款项的逾期天数；负数为未到期；空白则不检查。",
        unit="days",
        least=-40000,
        most=40000,
    ),
]
OverdueShare = Annotated[
    Decimal | None,
    ExactRate(
        "Overdue ÷ open items, 0 to 1. Blank: not checked.", "逾期额 ÷ 未结额，0 到 1；空白则不检查。", unit="share"
    ),
]
Signal = Annotated[
    str,
    Text(
        "Risk tier of the customer: green, yellow or red (RISK_TIER). Blank: not checked.",
        "客户风险层级：green、yellow、red（见 RISK_TIER）；空白则不检查。",
        choices=COLORS,
        zh_choices=COLOR_NAMES,
    ),
]


class Reason(NamedTuple):
    """A decision that one thing leads to, and the sentence that says so. `kind`: limit, overdue or signal."""

    kind: str
    decision: Decision
    key: str
    facts: dict[str, object]


class Asked(NamedTuple):
    """An order and what is known of its customer; None is not known."""

    limit: Decimal | None
    exposure: Decimal
    order: Decimal
    overdue_days: Decimal | None
    overdue_share: Decimal | None
    signal: str


def decide(asked: Asked, rules: OrderCheck) -> tuple[Decision, list[Reason]]:
    """The decision and the reasons behind it, the strictest first: a release has the limit as its reason."""
    reasons = [_limit_reason(asked, rules), *_other_reasons(asked, rules)]
    if asked.limit is None:
        reasons = [_softened(reason, rules) for reason in reasons]
    against = [reason for reason in reasons if reason.decision != "release"]
    found = sorted(against or reasons[:1], key=lambda reason: -DECISIONS.index(reason.decision))
    return found[0].decision, found


def _limit_reason(asked: Asked, rules: OrderCheck) -> Reason:
    if asked.limit is None:
        return Reason("limit", "review", "limits.check_no_limit", {})
    with localcontext() as context:
        context.prec = 60  # a difference far behind the point must not vanish
        exposure = max(asked.exposure, Decimal(0))
        total = exposure + asked.order
        excess = total - asked.limit
        tolerated = asked.limit * (1 + rules.over_limit_review)
    facts = {"exposure": exposure, "order": asked.order, "total": total, "limit": asked.limit}
    shown: dict[str, object] = {name: _shown(amount) for name, amount in facts.items()}
    if excess <= 0:
        return Reason("limit", "release", "limits.check_within", shown)
    over = {**shown, "excess": _shown(excess)}
    return Reason("limit", "review" if total <= tolerated else "block", "limits.check_over", over)


def _other_reasons(asked: Asked, rules: OrderCheck) -> Iterator[Reason]:
    if asked.overdue_days is not None:
        yield _over("overdue_days", rules.overdue_days, asked.overdue_days, Decimal(1))
    if asked.overdue_share is not None:
        yield _over("overdue_share", rules.overdue_share, asked.overdue_share, Decimal(100))
    if asked.signal in ("yellow", "red"):
        color = Label(asked.signal, COLOR_NAMES[COLORS.index(asked.signal)])
        yield Reason(
            "signal", rules.yellow if asked.signal == "yellow" else rules.red, "limits.check_signal", {"signal": color}
        )


def _over(name: str, bounds: check_policy.Thresholds, value: Decimal, scale: Decimal) -> Reason:
    decision = bounds.decide(value)
    bound = bounds.block if decision == "block" else bounds.review
    return Reason(
        "overdue", decision, f"limits.check_{name}", {"value": _shown(value * scale), "bound": _shown(bound * scale)}
    )


def _softened(reason: Reason, rules: OrderCheck) -> Reason:
    """Without a limit nobody has decided on the customer yet: only what the policy names may block."""
    may_block = rules.without_limit_block == "any" or rules.without_limit_block == reason.kind
    return reason if may_block or reason.decision != "block" else reason._replace(decision="review")


def _asked(
    limit: Decimal | None,
    exposure_before: Decimal,
    order: Decimal,
    oldest_overdue_days: float | None,
    overdue_share: Decimal | None,
    signal: str,
) -> Asked:
    """The facts as exact numbers: Python callers may bring floats."""
    known, days, share = (None if x is None else money.exact(x) for x in (limit, oldest_overdue_days, overdue_share))
    return Asked(known, money.exact(exposure_before), money.exact(order), days, share, signal)


def _sentences(asked: Asked, reasons: list[Reason]) -> list[tuple[str, dict[str, object]]]:
    """What is to be said of a decision: its reasons, then what could not be checked."""
    said = [(reason.key, reason.facts) for reason in reasons]
    if asked.exposure < 0:
        said.append(("limits.check_negative_exposure", {"exposure": _shown(asked.exposure)}))
    open_points = [
        name
        for name, value in (
            (Label("days overdue", "逾期天数"), asked.overdue_days),
            (Label("overdue share", "逾期占比"), asked.overdue_share),
            (Label("risk signal", "风险信号"), asked.signal or None),
        )
        if value is None
    ]
    if open_points:
        what = Label(", ".join(open_points), "、".join(name.zh for name in open_points))
        said.append(("limits.check_not_looked_at", {"what": what}))
    return said


def _answer(asked: Asked, policy: Policy, on: date | None) -> tuple[Decision, list[tuple[str, dict[str, object]]]]:
    decision, reasons = decide(asked, policy.section(check_policy.read).on(on))
    said = _sentences(asked, reasons)
    for key, facts in said:
        note(key, **facts)
    say_policy(policy, check_policy)
    return decision, said


@worksheet(
    "CREDIT_CHECK",
    group="credit",
    help="Whether an order may be delivered on credit: release, review or block.",
    zh="订单能否赊销发货：release（放行）、review（审核）或 block（冻结）。",
    result=Result("text", "release, review or block.", "release、review 或 block。"),
    equation=EQUATION,
    equation_zh="若 exposure_before + order ≤ limit 且没有其他不利情形，则放行（release）",
    source=SOURCE,
    examples=[
        Example((100, 60, 40), "release"),
        Example((100, 60, 41), "block"),
        Example((None, 0, 1), "review"),
        Example((0, 0, 1), "block"),
        Example((100, 0, 1, 0, 0, "yellow"), "review"),
    ],
    conventions=[BLANK_LIMIT, ONCE, LITERALS, STRICTEST],
)
def credit_check(
    limit: Limit,
    exposure_before: ExposureBefore,
    order: Order,
    oldest_overdue_days: OldestOverdueDays = None,
    overdue_share: OverdueShare = None,
    signal: Signal = "",
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> str:
    """ "release", "review" or "block", in every language; notes the reasons and the policy. One currency."""
    asked = _asked(limit, exposure_before, order, oldest_overdue_days, overdue_share, signal)
    return _answer(asked, in_use(policy), as_of)[0]


@worksheet(
    "CHECK_REASON",
    group="credit",
    help="Why CREDIT_CHECK releases, reviews or blocks an order, in a sentence. Takes the same arguments.",
    zh="用一句话说明 CREDIT_CHECK 为何放行、审核或冻结订单；参数相同。",
    result=Result("text", "The decision and its reasons, the strictest first.", "决定及其理由，最严格者在前。"),
    equation=EQUATION,
    equation_zh="若 exposure_before + order ≤ limit 且没有其他不利情形，则放行（release）",
    source=SOURCE,
    examples=[
        Example(
            (100, 60, 50, 0, 0, "green"),
            "Block. Exposure 60 plus the order 50 is 110, which is 10 above the limit of 100.",
        ),
    ],
    conventions=[BLANK_LIMIT, ONCE, STRICTEST],
)
def check_reason(
    limit: Limit,
    exposure_before: ExposureBefore,
    order: Order,
    oldest_overdue_days: OldestOverdueDays = None,
    overdue_share: OverdueShare = None,
    signal: Signal = "",
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> Label:
    """The decision of CREDIT_CHECK with its reasons, in the reader's language."""
    asked = _asked(limit, exposure_before, order, oldest_overdue_days, overdue_share, signal)
    decision, said = _answer(asked, in_use(policy), as_of)
    texts = {tongue: [_text(key, tongue, facts) for key, facts in said] for tongue in messages.LANGUAGES}
    named = DECISION_NAMES[decision]
    return Label(
        messages.text("limits.check_decision", "en", decision=named, reasons=" ".join(texts["en"])),
        messages.text("limits.check_decision", "zh", decision=named.zh, reasons="".join(texts["zh"])),
    )


DECISION_NAMES = {
    "release": Label("Release", "放行（release）"),
    "review": Label("Review", "审核（review）"),
    "block": Label("Block", "冻结（block）"),
}


def _text(key: str, language: str, facts: dict[str, object]) -> str:
    return messages.text(key, language, **shown_facts(facts, language))


def _shown(amount: Decimal) -> str:
    """A number as a sentence shows it: thousands separated, no trailing zeros, ten decimals at the most."""
    return f"{money.rounded(amount, 10).normalize():,f}"
