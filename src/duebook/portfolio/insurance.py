"""Credit insurance in money: what a claim pays, what cover costs, whether it is worth its premium."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Annotated, NamedTuple

from duebook.core.arguments import Column, ExactRate, Money, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import decimals, exact, in_percent, readable, rounded
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode

ZERO, ONE = Decimal(0), Decimal(1)
PRECISION = 60

Cover = Annotated[Decimal, ExactRate("Cover percentage, such as 0.9.", "赔付比例，如 0.9。", unit="share")]


@worksheet(
    "INSURANCE_CLAIM",
    group="portfolio",
    help="What credit insurance pays of a loss after limit, recoveries, first losses, retention, maximum liability.",
    zh="信用保险对一笔损失的赔付额：依次考虑限额、追回款、免赔额、最低自留、累计免赔与最高赔偿限额。",
    result=Result("money"),
    equation="(insured loss − deductible) × cover, or insured loss × cover − deductible, as order says; insured "
    "loss = (loss − recoveries) × min(1, limit ÷ loss)",
    equation_zh="(保险损失 − deductible) × cover，或 保险损失 × cover − deductible，视 order 而定；保险损失 = (loss "
    "− recoveries) × min(1, limit ÷ loss)",
    source="pufind.com (40,500); ciff.co.uk, first losses explained (retention, threshold), pro-rata salvage",
    examples=[
        Example((50000, 50000, 0.9, 5000, "before_cover"), 40500),
        Example((50000, 50000, 0.9, 5000, "after_cover"), 40000),
        Example((5000, 5000, 0.85, None, None, 1000), 4000),
        Example((50000, 50000, 0.9, 5000), "#N/A"),
    ],
    conventions=[
        Label(
            "order has no default where there is a deductible: before or after cover gives 40,500 or 40,000 on 50,000.",
            "有免赔额时必须填写 order：同为 50,000 的损失，先扣或后扣免赔额分别赔 40,500 或 40,000。",
        ),
        Label(
            "Recoveries are shared in proportion limit ÷ loss, at most 1: debt above the limit was your own risk.",
            "追回款按 限额 ÷ 损失（最高 1）分摊：超限额部分由自己承担。",
        ),
        Label(
            "minimum_retention: you bear at least this much of the insured loss, deductible and own share included.",
            "最低自留：保险损失中自担部分（含免赔额与自留比例）不低于该金额。",
        ),
        Label(
            "threshold (franchise): a loss up to it pays nothing, a loss above it is paid in full.",
            "起赔点：损失不超过时不赔，超过时全额按比例赔付。",
        ),
        Label(
            "Then the aggregate first loss still left is used up, and the claim stops at the maximum liability left.",
            "随后扣减剩余累计免赔额，赔付不超过剩余最高赔偿限额。",
        ),
    ],
    errors={
        "insurance.order_needed": "#N/A",
        "insurance.recoveries_above_loss": "#NUM!",
        "insurance.share_for_amount": "#NUM!",
    },
)
def insurance_claim(
    loss: Annotated[
        Decimal,
        Money(
            "The debt that is lost, before recoveries; eligible amounts only.",
            "损失的债权金额，未扣追回款；仅含可保金额。",
            least=0,
        ),
    ],
    limit: Annotated[Decimal, Money("The insurer's limit on this customer.", "保险公司批复的该客户限额。", least=0)],
    cover: Cover,
    deductible: Annotated[
        Decimal, Money("Each-and-every first loss. Default 0.", "每次事故免赔额，默认 0。", least=0)
    ] = ZERO,
    order: Annotated[
        str,
        Text(
            "Deductible before_cover or after_cover; needed where there is one.",
            "免赔额扣除顺序：before_cover（先扣免赔额）或 after_cover（后扣免赔额）；有免赔额时必填。",
            choices=("before_cover", "after_cover"),
            zh_choices=("先扣免赔额", "后扣免赔额"),
        ),
    ] = "",
    minimum_retention: Annotated[
        Decimal, Money("Least that the insured bears of the insured loss. Default 0.", "最低自留额，默认 0。", least=0)
    ] = ZERO,
    threshold: Annotated[
        Decimal,
        Money(
            "Franchise: losses up to it are not paid. Default 0: none.",
            "起赔点：不超过该金额的损失不赔。默认 0（无）。",
            least=0,
        ),
    ] = ZERO,
    aggregate_left: Annotated[
        Decimal,
        Money("What is left of the year's aggregate first loss. Default 0.", "本年度剩余累计免赔额，默认 0。", least=0),
    ] = ZERO,
    maximum_left: Annotated[
        Decimal | None,
        Money(
            "What is left of the maximum liability. Default: no maximum.",
            "剩余最高赔偿限额；默认无上限。",
            nullable=True,
            least=0,
        ),
    ] = None,
    recoveries: Annotated[
        Decimal, Money("What was recovered of the debt. Default 0.", "已追回金额，默认 0。", least=0)
    ] = ZERO,
    currency: CurrencyCode = "",
) -> Decimal:
    """Money, rounded half up. CellError without an order for a deductible, with recoveries above the loss, or where a
    share stands for an amount."""
    loss, limit, recoveries = exact(loss), exact(limit), exact(recoveries)
    deductible, retention = exact(deductible), exact(minimum_retention)
    first_losses = {"deductible": deductible, "minimum_retention": retention, "threshold": exact(threshold)}
    for name, amount in first_losses.items():
        if 0 < amount < 1:  # 10 % in a cell
            share = in_percent(amount)
            raise CellError("#NUM!", "insurance.share_for_amount", argument=name, value=f"{amount:f}", share=share)
    if deductible > 0 and not order:
        raise CellError("#N/A", "insurance.order_needed")
    if recoveries > loss:
        raise CellError(
            "#NUM!", "insurance.recoveries_above_loss", recoveries=readable(recoveries), loss=readable(loss)
        )
    if loss <= exact(threshold):
        if loss > 0:
            note("insurance.under_threshold", threshold=readable(exact(threshold)))
        return ZERO
    insured = insured_loss(loss, limit, recoveries)
    with localcontext() as context:
        context.prec = PRECISION
        if order == "after_cover":
            payable = max(insured * exact(cover) - deductible, ZERO)
        else:
            payable = max(insured - deductible, ZERO) * exact(cover)
        if payable > max(insured - retention, ZERO):
            payable = max(insured - retention, ZERO)
            note("insurance.minimum_retained", retention=readable(retention))
        payable = _after_totals(payable, exact(aggregate_left), maximum_left)
    return rounded(payable, decimals(currency))


def insured_loss(loss: Decimal, limit: Decimal, recoveries: Decimal) -> Decimal:
    """What is left of the insured part of a loss: recoveries are shared in the proportion limit ÷ loss."""
    if loss <= limit:
        return loss - recoveries
    note("insurance.above_limit", limit=readable(limit), own=readable(loss - limit))
    with localcontext() as context:
        context.prec = PRECISION
        return limit * (loss - recoveries) / loss


def _after_totals(payable: Decimal, aggregate_left: Decimal, maximum_left: Decimal | None) -> Decimal:
    """A claim after the aggregate first loss and the maximum liability that are left."""
    if used := min(payable, aggregate_left):
        note("insurance.aggregate_used", used=readable(used, 2), left=readable(aggregate_left - used, 2))
        payable -= used
    if maximum_left is not None and payable > exact(maximum_left):
        note("insurance.maximum_reached", maximum=readable(exact(maximum_left)))
        return exact(maximum_left)
    return payable


BASES = {
    "turnover": Label("insurable turnover of the insurance year", "保险年度可保营业额"),
    "shipments": Label("declared shipments", "申报发运额"),
    "balances": Label("the sum of the declared balances", "申报的应收余额合计"),
}


@worksheet(
    "INSURANCE_PREMIUM",
    group="portfolio",
    help="Premium of a credit insurance contract: rate on turnover, shipments or balances, at least the minimum.",
    zh="信用保险保费：按营业额、申报发运额或应收余额乘费率，不低于最低保费。",
    result=Result("money"),
    equation="max(basis_amount × rate, minimum)",
    source="Allianz Trade Hong Kong, credit insurance cost: 20 m at 0.25 % is 50,000; creditinsurance.co.uk, rates",
    examples=[
        Example((20000000, 0.0025, "turnover"), 50000),
        Example((2000000, 0.0035, "turnover", 10000), 10000),
        Example((20000000, 0.25, "turnover"), "#NUM!"),
    ],
    conventions=[
        Label(
            "The rate belongs to its basis: one on balances is quoted per declaration; give the sum of those declared.",
            "费率与口径须一致：按余额计费的费率针对每次申报，请填写各次申报余额之和。",
        ),
        Label("A rate over 5 % is taken for a slip of the percent sign.", "费率超过 5% 视为百分号误填。"),
    ],
)
def insurance_premium(
    basis_amount: Annotated[Decimal, Money("Amount that the rate is quoted on.", "计费基数金额。", least=0)],
    rate: Annotated[
        Decimal,
        ExactRate(
            "Premium rate, a fraction: 0.0025 is 0.25 %.", "保险费率（小数）：0.0025 即 0.25%。", unit="rate", most=0.05
        ),
    ],
    basis: Annotated[
        str,
        Text(
            "What the amount is: turnover, shipments or balances.",
            "计费口径：turnover（营业额）、shipments（申报发运额）或 balances（应收余额）。",
            choices=tuple(BASES),
            zh_choices=("营业额", "申报发运额", "应收余额"),
        ),
    ],
    minimum: Annotated[Decimal, Money("Minimum premium. Default 0.", "最低保费，默认 0。", least=0)] = ZERO,
    currency: CurrencyCode = "",
) -> Decimal:
    """Money, rounded half up; never below the minimum premium."""
    by_rate = rounded(exact(basis_amount) * exact(rate), decimals(currency))
    note("insurance.premium_basis", basis=BASES[basis])
    if by_rate < exact(minimum):
        note("insurance.minimum_premium", by_rate=readable(by_rate))
        return exact(minimum)
    return by_rate


class Worth(NamedTuple):
    """What cover is worth over the period of the probabilities; money."""

    expected_loss: Decimal
    expected_loss_with_cover: Decimal
    saved_loss: Decimal
    break_even_premium: Decimal
    net_benefit: Decimal


MEASURES = {
    "saved_loss": "预期减损",
    "net_benefit": "净收益",
    "expected_loss": "无保险预期损失",
    "expected_loss_with_cover": "有保险预期损失",
    "break_even_premium": "盈亏平衡保费",
}


@worksheet(
    "INSURANCE_VALUE",
    group="portfolio",
    help="Whether credit insurance is worth its premium: expected loss with and without cover, break-even premium.",
    zh="信用保险是否值得其保费：有无保险的预期损失、净收益与盈亏平衡保费。",
    result=Result("money"),
    equation="expected_loss = Σ exposure × pd × loss_given_default; saved_loss = Σ min(exposure, limit) × pd × "
    "loss_given_default × cover; expected_loss_with_cover = expected_loss − saved_loss; break_even_premium = "
    "saved_loss − other_costs; net_benefit = break_even_premium − premium",
    equation_zh="无保险预期损失 = Σ 敞口 × pd × loss_given_default；预期减损 = Σ min(敞口, 限额) × pd × "
    "loss_given_default × cover；有保险预期损失 = 无保险预期损失 − 预期减损；盈亏平衡保费 = 预期减损 − other_costs；"
    "净收益 = 盈亏平衡保费 − premium",
    source="Definition: expected loss = exposure × probability of default × loss given default",
    examples=[
        Example(([100000, 50000], [0.02, 0.04], 0.9, 2000, "net_benefit"), 1600),
        Example(([100000, 50000], [0.02, 0.04], 0.9, 2000, "break_even_premium"), 3600),
    ],
    conventions=[
        Label(
            "Premium and probabilities stand for the same period, as a rule one year.",
            "保费与违约概率须为同一期间，通常为一年。",
        ),
        Label(
            "An expected value is a mean over many years: it says nothing of how bad one year can be.",
            "预期值是多年平均，不反映个别年份的最坏情况。",
        ),
        Label(
            "With limits, only what is within the insurer's limit is covered; a blank limit means not insured.",
            "填写 limits 时仅限额内部分受保；限额留空的客户视为未投保。",
        ),
    ],
)
def insurance_value(
    exposures: Annotated[
        Sequence[Decimal], Column("Exposure to each customer.", "各客户敞口。", of=Money(least=0), rows="customers")
    ],
    pd: Annotated[
        Sequence[Decimal],
        Column(
            "Probability of default of each customer over the premium's period.",
            "各客户在保费期间的违约概率。",
            of=ExactRate(unit="rate"),
            rows="customers",
        ),
    ],
    cover: Cover,
    premium: Annotated[Decimal, Money("Premium of the same period.", "同期保费。", least=0)],
    measure: Annotated[
        str,
        Text(
            "saved_loss, net_benefit, expected_loss, expected_loss_with_cover or break_even_premium.",
            "结果口径：预期减损、净收益、无保险预期损失、有保险预期损失或盈亏平衡保费。",
            choices=tuple(MEASURES),
            zh_choices=tuple(MEASURES.values()),
        ),
    ],
    loss_given_default: Annotated[
        Decimal,
        ExactRate("Part that is lost when a customer fails. Default 1.", "违约损失率，默认 1。", unit="rate"),
    ] = ONE,
    limits: Annotated[
        Sequence[Decimal | None] | None,
        Column(
            "The insurer's limit on each customer; blank: not insured. Default: all is within limits.",
            "各客户的保险限额；留空为未投保。默认全部在限额内。",
            of=Money(nullable=True, least=0),
            rows="customers",
        ),
    ] = None,
    other_costs: Annotated[
        Decimal,
        Money("Limit fees and other costs of the cover. Default 0.", "限额审批费等其他保险成本，默认 0。", least=0),
    ] = ZERO,
    currency: CurrencyCode = "",
) -> Decimal:
    """The figure that `measure` names, in money; WHY says the others."""
    whole = [exact(exposure) for exposure in exposures]
    within: Sequence[Decimal | None] = whole if limits is None else limits
    insured = [ZERO if own is None else min(held, exact(own)) for held, own in zip(whole, within, strict=True)]
    with localcontext() as context:
        context.prec = PRECISION
        risks = [exact(each) * exact(loss_given_default) for each in pd]
        expected = sum((held * risk for held, risk in zip(whole, risks, strict=True)), ZERO)
        saved = sum((held * risk for held, risk in zip(insured, risks, strict=True)), ZERO) * exact(cover)
        break_even = saved - exact(other_costs)
        worth = Worth(expected, expected - saved, saved, break_even, break_even - exact(premium))
    digits = decimals(currency)
    note("insurance.worth", **{name: readable(own, digits) for name, own in worth._asdict().items()})
    if limits is None:
        note("insurance.all_within_limits")
    elif refused := sum(own is None for own in limits):
        note("insurance.not_insured", count=refused)
    return rounded(Decimal(getattr(worth, measure)), digits)
