"""Insured amounts of open invoices, and the days on which a cover policy wants something done."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated

from duebook.core.arguments import Column, Day, ExactRate, Flag, Money, Number, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Result, Spill, worksheet
from duebook.core.money import decimals, exact, in_percent, readable, rounded
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.policy import cover as policy_tables
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.cover import CoverPolicy
from duebook.policy.said import say_policy

ZERO = Decimal(0)


def covered_amount(
    eligible: Decimal, insured_limit: Decimal | None, cover_ratio: Decimal | None, digits: int
) -> Decimal | None:
    """min(eligible, insured limit) × cover, rounded to `digits`; None where nothing says that it is insured.

    `eligible` leaves out disputed amounts: insurers do not cover them until the dispute is settled.
    """
    if insured_limit is None:
        return None
    cover = Decimal(1) if cover_ratio is None else cover_ratio
    return rounded(min(max(eligible, ZERO), insured_limit) * cover, digits)


@worksheet(
    "ELIGIBLE_AMOUNT",
    group="portfolio",
    help="Part of an open invoice that credit insurance can cover: without VAT, disputes, affiliates, long terms.",
    zh="未收发票中可保的金额：不含增值税与争议金额，关联方及超长账期不保。",
    result=Result("money"),
    equation="(open − disputed) ÷ (1 + vat_rate); 0 for affiliates and for terms_days above maximum_terms_days",
    equation_zh="(open − disputed) ÷ (1 + vat_rate)；关联方以及 terms_days 超过 maximum_terms_days 的为 0",
    source="Short-term credit insurance wordings: VAT, disputes, affiliates and terms beyond the contract are excluded",
    examples=[Example((11300, 0.13, 2260), 8000), Example((11300, None, None, None, 150, 120), 0)],
    conventions=[
        Label(
            "open and disputed carry VAT alike; a dispute is not insured until it is settled in your favor.",
            "open 与 disputed 同为含税；争议在作出有利于己方的解决之前不予承保。",
        )
    ],
    errors={"insurance.disputed_above_open": "#NUM!", "insurance.terms_needed": "#N/A"},
)
def eligible_amount(
    open: Annotated[
        Decimal, Money("Open amount, after payments and credit notes.", "未收金额，已扣收款与贷项。", least=0)
    ],
    vat_rate: Annotated[
        Decimal,
        ExactRate(
            "VAT rate in it, such as 0.13, if VAT is not insured. Default 0.",
            "所含增值税率，如 0.13；默认 0。",
            unit="rate",
        ),
    ] = ZERO,
    disputed: Annotated[Decimal, Money("Disputed part of it. Default 0.", "其中争议金额，默认 0。", least=0)] = ZERO,
    affiliate: Annotated[
        bool, Flag("TRUE if the customer is an affiliate. Default FALSE.", "客户为关联方时填 TRUE，默认 FALSE。")
    ] = False,
    terms_days: Annotated[
        int | None,
        Number(
            "Payment terms of the invoice in days; needed where there is a longest.",
            "发票账期（天）；填写最长账期时必填。",
            unit="days",
            whole=True,
            least=0,
        ),
    ] = None,
    maximum_terms_days: Annotated[
        int | None,
        Number(
            "Longest terms that the contract insures. Default: any.",
            "合同承保的最长账期；默认不限。",
            unit="days",
            whole=True,
            least=0,
        ),
    ] = None,
    currency: CurrencyCode = "",
) -> Decimal:
    """Money, rounded half up. CellError where more is disputed than open, or where only the longest terms are known."""
    owed, held_back = exact(open), exact(disputed)
    if held_back > owed:
        raise CellError("#NUM!", "insurance.disputed_above_open", disputed=readable(held_back), open=readable(owed))
    if affiliate:
        note("insurance.affiliate")
        return ZERO
    if maximum_terms_days is not None and terms_days is None:
        raise CellError("#N/A", "insurance.terms_needed", longest=maximum_terms_days)
    if maximum_terms_days is not None and terms_days is not None and terms_days > maximum_terms_days:
        note("insurance.terms_too_long", days=terms_days, longest=maximum_terms_days)
        return ZERO
    with localcontext() as context:
        context.prec = 60
        return rounded((owed - held_back) / (1 + exact(vat_rate)), decimals(currency))


INSURED = Spill(
    (
        Field("Due date", "到期日", "date"),
        Field("Open", "未收金额", "money"),
        Field("Eligible", "可保金额", "money"),
        Field("Limit used", "占用限额", "money"),
        Field("Insured", "保险金额", "money"),
        Field("Not insured", "未保险金额", "money"),
    ),
    "One row for each invoice, in the order given.",
    "每张发票一行，顺序与输入一致。",
)


@worksheet(
    "INSURED_AMOUNT",
    group="portfolio",
    help="What credit insurance covers of each open invoice: the insurer's limit is used oldest due date first.",
    zh="每张未收发票的信用保险金额：保险限额按到期日先后依次占用。",
    result=INSURED,
    equation="min(eligible, what is left of the limit) × cover, the limit being used oldest due date first",
    equation_zh="min(eligible, 剩余限额) × cover，限额按到期日先后占用",
    source="Short-term credit insurance wordings: limit used by the oldest debts first, then the cover percentage",
    examples=[
        Example(
            ([60000, 70000], [date(2026, 3, 31), date(2026, 2, 28)], 100000, 0.9),
            [
                ["Due date", "Open", "Eligible", "Limit used", "Insured", "Not insured"],
                [date(2026, 3, 31), 60000, 60000, 30000, 27000, 33000],
                [date(2026, 2, 28), 70000, 70000, 70000, 63000, 7000],
            ],
        )
    ],
    conventions=[
        Label(
            "eligible leaves out what ELIGIBLE_AMOUNT leaves out (VAT, disputes …); what exceeds open is cut.",
            "eligible 见 ELIGIBLE_AMOUNT（不含增值税、争议金额等）；超过未收金额时按未收金额计。",
        ),
        Label(
            "Equal due dates use the limit in the order given.",
            "到期日相同时按输入顺序占用限额。",
        ),
        Label(
            "Rounded on the running total, so that the invoices add up to the cover of the whole; a line may differ by "
            "a cent from its own product.",
            "按累计数四舍五入，使各行之和等于整体保险金额；单行可能相差一分。",
        ),
    ],
)
def insured_amount(
    open: Annotated[
        Sequence[Decimal],
        Column(
            "Open amount of each invoice, after its payments and credit notes.",
            "每张发票的未收金额，已扣收款与贷项。",
            of=Money(least=0),
            rows="invoices",
        ),
    ],
    due_date: Annotated[
        Sequence[date], Column("Due date of each invoice.", "每张发票的到期日。", of=Day(), rows="invoices")
    ],
    limit: Annotated[Decimal, Money("The insurer's limit on this customer.", "保险公司批复的该客户限额。", least=0)],
    cover: Annotated[Decimal, ExactRate("Cover percentage, such as 0.9.", "赔付比例，如 0.9。", unit="share")],
    eligible: Annotated[
        Sequence[Decimal] | None,
        Column(
            "Eligible part of each invoice. Default: all that is open.",
            "每张发票的可保金额；默认为全部未收金额。",
            of=Money(least=0),
            rows="invoices",
        ),
    ] = None,
    currency: CurrencyCode = "",
) -> Table:
    """Rows of due date, open, eligible, limit used, insured, not insured; money, exact to the cent."""
    owed = [exact(amount) for amount in open]
    fit = [
        min(exact(amount), whole) for amount, whole in zip(open if eligible is None else eligible, owed, strict=True)
    ]
    if eligible is not None and (cut := sum(map(exact, eligible), ZERO) - sum(fit, ZERO)) > 0:
        note("insurance.eligible_cut", amount=readable(cut))
    used, insured = _by_age(fit, due_date, exact(limit), exact(cover), decimals(currency))
    note("insurance.insured_total", insured=readable(sum(insured, ZERO)), left=readable(exact(limit) - sum(used, ZERO)))
    columns = zip(due_date, owed, fit, used, insured, strict=True)
    return Table(INSURED.header, [[*row, row[1] - row[4]] for row in columns])


def _by_age(
    fit: Sequence[Decimal], due_date: Sequence[date], limit: Decimal, cover: Decimal, digits: int
) -> tuple[list[Decimal], list[Decimal]]:
    """What each invoice uses of the limit and what is insured of it, oldest due date first, in the order given."""
    used, insured = [ZERO] * len(fit), [ZERO] * len(fit)
    so_far = covered = ZERO
    for place in sorted(range(len(fit)), key=due_date.__getitem__):
        used[place] = min(fit[place], limit - so_far)
        so_far += used[place]
        reached = covered_amount(so_far, limit, cover, digits) or ZERO
        insured[place], covered = reached - covered, reached
    return used, insured


DATES = Spill(
    (
        Field("Due date", "到期日", "date"),
        Field("Extension ends", "延展期截止", "date"),
        Field("Report overdue by", "最晚报损日", "date"),
        Field("Stop shipments on", "停止发货日", "date"),
        Field("Claim from", "可索赔起日", "date"),
        Field("Claim until", "最晚索赔日", "date"),
    ),
    "One row for each due date.",
    "每个到期日一行。",
)


@worksheet(
    "COVER_DATES",
    group="portfolio",
    help="Days on which an insurance contract wants something done: report overdue, stop shipments, file the claim.",
    zh="保险合同规定的日期：最晚报告逾期、停止发货与索赔期间。",
    result=DATES,
    equation="each day = due_date + that period of the insurance contract",
    equation_zh="各日期 = due_date + 保险合同中的相应期限",
    source="The credit policy's [[cover_policy]] table; illustrative until your own contracts are entered there",
    examples=[
        Example(
            (date(2026, 1, 31), "whole_turnover"),
            [
                ["Due date", "Extension ends", "Report overdue by", "Stop shipments on", "Claim from", "Claim until"],
                [
                    date(2026, 1, 31),
                    date(2026, 4, 1),
                    date(2026, 5, 1),
                    date(2026, 4, 1),
                    date(2026, 7, 31),
                    date(2027, 1, 31),
                ],
            ],
        )
    ],
    conventions=[
        Label(
            "Calendar days: where a last day is no business day, act before it. Day 0 is the due date as first agreed.",
            "按日历日计算：最后一日非工作日的应提前办理。第 0 天为原约定到期日。",
        ),
        Label(
            "cover_policy is an insurance contract of the policy's table; policy always means the credit policy.",
            "cover_policy 指政策表中的保险合同；policy 始终指信用政策。",
        ),
    ],
    errors={"insurance.unknown_cover_policy": "#VALUE!"},
)
def cover_dates(
    due_date: Annotated[
        Sequence[date],
        Column("Due date, as first agreed; a range for several.", "原约定到期日；可选取多个。", of=Day()),
    ],
    cover_policy: Annotated[
        str,
        Text(
            "Insurance contract, by its name in the policy: whole_turnover, export_short_term or your own.",
            "保险合同在政策中的名称：whole_turnover（国内统保）、export_short_term（短期出口）或自定。",
        ),
    ],
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> Table:
    """Rows of due date, extension end, last reporting day, stop-shipment day, first and last day to claim."""
    credit_policy = in_use(policy)
    contract = _contract(credit_policy.section(policy_tables.read).policies(as_of).values(), cover_policy)
    say_policy(credit_policy, policy_tables)
    note("insurance.contract", name=Label(contract.name, contract.zh), cover=in_percent(contract.cover))
    rows = []
    for day in due_date:
        own = contract.duties(day)
        rows.append([day, own.extension_end, own.report_by, own.stop_shipment, own.claim_from, own.claim_until])
    return Table(DATES.header, rows)


def _contract(contracts: Collection[CoverPolicy], name: str) -> CoverPolicy:
    """The contract of that name, in English or Chinese."""
    wanted = name.strip().casefold()
    for contract in contracts:
        if wanted in (contract.name.casefold(), contract.zh.casefold()):
            return contract
    known = Label(", ".join(c.name for c in contracts), "、".join(c.zh for c in contracts))
    raise CellError("#VALUE!", "insurance.unknown_cover_policy", value=name, known=known)


PERILS = Spill(
    (
        Field("Peril", "承保风险", "text"),
        Field("Kind", "类别", "text"),
        Field("Cover", "最高赔付比例", "share"),
    ),
    "One row for each cause of loss in the policy's table.",
    "政策表中每项承保风险一行。",
)
KINDS = {"commercial": Label("commercial", "商业风险"), "political": Label("political", "政治风险")}


@worksheet(
    "COVER_PERILS",
    group="portfolio",
    help="The causes of loss that are insured, from the policy's table: commercial, political or all.",
    zh="政策表中的承保风险清单：商业风险、政治风险或全部。",
    result=PERILS,
    source="The credit policy's [[peril]] table, which the user keeps; it starts with twelve",
    examples=[Example(("commercial",), "repudiation of goods", at=(4, 1)), Example((None,), "insolvency", at=(2, 1))],
    conventions=[
        Label(
            "Cover is the most that is paid of a loss from that cause; illustrative until adopted.",
            "最高赔付比例为该风险损失的赔付上限；采用前仅供示例。",
        )
    ],
    errors={"insurance.no_perils": "#N/A"},
)
def cover_perils(
    kind: Annotated[
        str,
        Text(
            "commercial, political or all (default).",
            "commercial（商业风险）、political（政治风险）或 all（全部，默认）。",
            choices=("all", *KINDS),
            zh_choices=("全部", "商业风险", "政治风险"),
        ),
    ] = "all",
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> Table:
    """Rows of peril, kind and the highest cover, a fraction."""
    credit_policy = in_use(policy)
    perils = credit_policy.section(policy_tables.read).perils(as_of)
    wanted = [own for own in perils if kind in ("all", own.kind)]
    if not wanted:
        raise CellError("#N/A", "insurance.no_perils", kind=KINDS[kind])
    say_policy(credit_policy, policy_tables)
    return Table(PERILS.header, [[Label(own.name, own.zh), KINDS[own.kind], float(own.cover)] for own in wanted])
