"""Provision by matrix: loss rate per aging bucket, each bucket's loss rounded to the currency's minor unit.

The close and the cells use one formula, `provision_by_bucket`. See `allowance` for how the allowance moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Annotated

from duebook.core.arguments import Column, ExactRate, Money, Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import decimals, exact, readable, rounded
from duebook.core.notes import note
from duebook.core.ratios import Real, divided
from duebook.core.shared_arguments import CurrencyCode

ZERO, ONE = Decimal(0), Decimal(1)

Balances = Annotated[
    Sequence[Decimal],
    Column(
        "Balance of each aging bucket, first bucket first.",
        "各账龄段余额，首段在前。",
        of=Money(),
        rows="buckets",
        placed=True,
    ),
]
LossRates = Annotated[
    Sequence[Decimal],
    Column(
        "Loss rate of each bucket, as a fraction: 0.016 for 1.6 %.",
        "各段损失率（小数），如 1.6% 填 0.016。",
        of=ExactRate(unit="rate"),
        rows="buckets",
    ),
]
RATES_OF_POLICY = Label(
    "The credit policy's own rates need not be copied: POLICY_LOSS_RATES gives them for the buckets of a scheme.",
    "信用政策中的损失率无需抄录：POLICY_LOSS_RATES 按账龄方案列出各段损失率。",
)
EACH_BUCKET_ROUNDED = Label(
    "Each bucket's loss is rounded to the currency's decimals; the total is the sum of the rounded figures.",
    "各段损失先按币种小数位取整，合计为取整后之和。",
)
CREDITS_NEED_NONE = Label("A negative balance needs no allowance and lowers none.", "负余额不计提，也不冲减其他段。")


def provision_by_bucket(
    balances: Sequence[Decimal],
    loss_rates: Sequence[Decimal],
    digits: int,
    covered: Sequence[Decimal] | None = None,
) -> tuple[Decimal, ...]:
    """Allowance per bucket: (balance − covered) × rate, `digits` decimals, half away from zero.

    A rate above 1 counts as 1 and a negative balance needs no allowance, so the allowance never exceeds the balance.
    Lists are equally long, first bucket first. Source: IFRS 9 B5.5.35 and IE74–IE77.
    """
    covers = covered if covered is not None else [ZERO] * len(balances)
    rows = zip(balances, loss_rates, covers, strict=True)
    with localcontext(prec=60):
        return tuple(rounded(max(b - c, ZERO) * min(rate, ONE), digits) for b, rate, c in rows)


@worksheet(
    "PROVISION",
    group="receivables",
    help="Allowance by provision matrix: specific items first, then the loss rate of each bucket on the pool; "
    "a forward factor and credit cover where given.",
    zh="应收账款减值准备（准备矩阵）：先单项，再对组合按各段损失率计提；可计入前瞻系数与信用保险。",
    result=Result("money"),
    equation="specific_allowance + Σ round((balance − specific balance − covered) × min(loss rate × forward_factor, "
    "1)) over the buckets",
    equation_zh="specific_allowance + 各段 round((余额 − 单项余额 − covered) × min(损失率 × forward_factor, 1)) 之和",
    source="IFRS 9 B5.5.35, IE74–IE77: 580,000 on 30 million; CAS 22 单项与组合",
    examples=[
        Example(
            ([15000000, 7500000, 4000000, 2500000, 1000000], [0.003, 0.016, 0.036, 0.066, 0.106]),
            580000.0,
            source="IFRS 9 IE76",
        ),
    ],
    conventions=[
        RATES_OF_POLICY,
        EACH_BUCKET_ROUNDED,
        CREDITS_NEED_NONE,
        Label(
            "Specific (单项) items leave their bucket before the pool (组合) is multiplied by its rate.",
            "单项计提的款项先从所在段剔除，其余组合再乘以损失率。",
        ),
        Label(
            "Cover reduces the loss, not the balance: the covered part of a bucket loses nothing, up to what is left "
            "of the pool. Cover of specific items lowers their specific_allowance.",
            "信用保险减少损失而非余额：各段已投保部分不计损失，以组合余额为限。"
            "单项款项的保险在 specific_allowance 中考虑。",
        ),
        Label("rate × forward_factor is capped at 100 %, and said.", "损失率 × 前瞻系数以 100% 为限，并加以提示。"),
    ],
    errors={
        "provision.specific_above_balance": "#NUM!",
        "provision.specific_allowance_missing": "#N/A",
        "provision.specific_balances_missing": "#N/A",
        "provision.specific_allowance_above": "#NUM!",
    },
)
def provision(
    balances: Balances,
    loss_rates: LossRates,
    forward_factor: Annotated[
        Decimal | int,
        Number(
            "Forward-looking factor on all rates: 1.1 raises them by a tenth. Default: 1.",
            "前瞻系数，乘以各段损失率：1.1 表示提高一成；默认 1。",
            least=0,
            most=10,
        ),
    ] = 1,
    covered: Annotated[
        Sequence[Decimal | None] | None,
        Column(
            "Part of each bucket's pool that credit insurance or guarantees would pay, such as 900 of 1,000 insured at "
            "90 %. Blank: none.",
            "各段组合余额中由信用保险或担保承担的金额，如 1,000 按 90% 投保填 900；留空为无。",
            of=Money(least=0, nullable=True),
            rows="buckets",
        ),
    ] = None,
    specific_balances: Annotated[
        Sequence[Decimal | None] | None,
        Column(
            "Part of each bucket that is assessed specifically and leaves the pool. Blank: none.",
            "各段中单项计提、从组合剔除的余额；留空为无。",
            of=Money(least=0, nullable=True),
            rows="buckets",
        ),
    ] = None,
    specific_allowance: Annotated[
        Sequence[Decimal] | None,
        Column(
            "Allowance for the specific items: one figure, or one per item.",
            "单项计提的准备：一个合计数或逐项金额。",
            of=Money(least=0),
            rows="specific",
        ),
    ] = None,
    currency: CurrencyCode = "",
) -> Decimal:
    """The total allowance in money. CellError where the specific part does not fit its balances."""
    with localcontext(prec=60):
        whole = [exact(balance) for balance in balances]
        apart = _amounts(specific_balances, len(whole))
        specific = _specific(whole, apart, specific_allowance)
        pool = [balance - out for balance, out in zip(whole, apart, strict=True)]
        plain = [exact(rate) for rate in loss_rates]
        rates = _forward(plain, exact(forward_factor))
        covers = _covers(pool, _amounts(covered, len(whole)))
        say_doubts(whole, plain)
        _say_if_share("specific_allowance", specific, sum(apart))
        return specific + sum(provision_by_bucket(pool, rates, decimals(currency), covers))


def say_doubts(balances: Sequence[Decimal], loss_rates: Sequence[Decimal]) -> None:
    """Notes credits, and what looks like a slip in the selection: rates that fall with age, a total below buckets."""
    if any(balance < 0 for balance in balances):
        note("provision.credits", buckets=sum(balance < 0 for balance in balances))
    falling = [bucket for bucket, (young, old) in enumerate(pairwise(loss_rates), start=2) if old < young]
    if falling:
        note("provision.rates_fall", buckets=listed(falling))
    if len(balances) > 2 and balances[-1] > 0 and balances[-1] * 2 == sum(balances):
        note("provision.perhaps_total", amount=readable(balances[-1]))


def _say_if_share(argument: str, amount: Decimal, of: Decimal | int) -> None:
    """Notes an amount that looks like a share: 0.9 of 1,000 takes off next to nothing, and nobody would see it."""
    if 0 < amount <= 1 and of >= 100:
        note("provision.perhaps_share", argument=argument, amount=readable(amount))


def listed(items: Sequence[object]) -> Label:
    """Several buckets, cohorts or stages as a sentence names them."""
    return Label(", ".join(map(str, items)), "、".join(map(str, items)))


def _amounts(column: Sequence[Decimal | None] | None, buckets: int) -> list[Decimal]:
    """A column of optional amounts; blanks are zero."""
    if column is None:
        return [ZERO] * buckets
    return [ZERO if amount is None else exact(amount) for amount in column]


def _specific(balances: Sequence[Decimal], apart: Sequence[Decimal], allowance: Sequence[Decimal] | None) -> Decimal:
    """The specific allowance, which needs the balances it covers and never exceeds them."""
    for bucket, (balance, out) in enumerate(zip(balances, apart, strict=True), start=1):
        if out > max(balance, ZERO):
            raise CellError(
                "#NUM!", "provision.specific_above_balance", bucket=bucket, specific=f"{out:f}", balance=f"{balance:f}"
            )
    if allowance is None:
        if any(apart):
            raise CellError("#N/A", "provision.specific_allowance_missing", specific=f"{sum(apart):f}")
        return ZERO
    total = sum((exact(amount) for amount in allowance), ZERO)
    if total and not any(apart):
        raise CellError("#N/A", "provision.specific_balances_missing", allowance=f"{total:f}")
    if total > sum(apart):
        raise CellError(
            "#NUM!", "provision.specific_allowance_above", allowance=f"{total:f}", specific=f"{sum(apart):f}"
        )
    return total


def _forward(rates: Sequence[Decimal], factor: Decimal) -> list[Decimal]:
    """Rates × factor, capped at 1."""
    raised = [rate * factor for rate in rates]
    capped = [bucket for bucket, rate in enumerate(raised, start=1) if rate > 1]
    if capped:
        note("provision.rate_capped", buckets=listed(capped))
    return [min(rate, ONE) for rate in raised]


def _covers(pool: Sequence[Decimal], covered: Sequence[Decimal]) -> list[Decimal]:
    """Cover up to what each bucket's pool holds."""
    most = [max(balance, ZERO) for balance in pool]
    clipped = [n for n, (cover, top) in enumerate(zip(covered, most, strict=True), start=1) if cover > top]
    if clipped:
        note("provision.cover_clipped", buckets=listed(clipped))
    _say_if_share("covered", max(covered), sum(most))
    return [min(cover, top) for cover, top in zip(covered, most, strict=True)]


@worksheet(
    "BAD_DEBT_RATE",
    group="receivables",
    help="Net write-offs as a fraction of a base, which is named: credit sales or average receivables of the period.",
    zh="坏账率：净核销额占基数的比例；须指明基数为赊销收入或平均应收账款。",
    result=Result("rate"),
    equation="(write_offs − recoveries) ÷ base",
    source="Definition (net charge-off rate)",
    examples=[
        Example((12000, 2000, 1000000, "sales"), 0.01),
        Example((12000, 2000, 200000, "average_receivables"), 0.05),
    ],
    conventions=[
        Label(
            "On sales and on receivables the figure differs by the turnover: never compare one with the other.",
            "以收入为基数与以应收为基数，结果相差周转率的倍数，不可互相比较。",
        ),
        Label("Negative where more is recovered than written off.", "收回多于核销时为负数。"),
    ],
    arrays=True,
)
def bad_debt_rate(
    write_offs: Annotated[Real, Number("Written off in the period.", "期间核销额。", unit="money", least=0)],
    recoveries: Annotated[
        Real,
        Number("Recovered in the period of what was written off.", "期间收回的已核销款项。", unit="money", least=0),
    ],
    base: Annotated[
        Real,
        Number(
            "Credit sales or average receivables of the period.",
            "期间赊销收入或平均应收账款。",
            unit="money",
            divisor=True,
            least=0,
        ),
    ],
    basis: Annotated[
        str,
        Text(
            "What base is: sales or average_receivables. It is shown with the figure; it changes no number.",
            "base 是什么：sales（赊销收入）或 average_receivables（平均应收）。随结果显示，不改变数值。",
            choices=("sales", "average_receivables"),
            zh_choices=("赊销收入", "平均应收"),
        ),
    ],
) -> Real:
    """(write_offs − recoveries) ÷ base, a fraction. ZeroDivisionError where the base is zero."""
    note("provision.base", basis=BASES[basis])
    return divided(write_offs - recoveries, base)


BASES = {
    "sales": Label("credit sales", "赊销收入"),
    "average_receivables": Label("average receivables", "平均应收账款"),
}
