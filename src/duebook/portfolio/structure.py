"""Customer structure: the mix of core, growth and new customers against a target of the credit policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated, NamedTuple

from duebook.core.arguments import Column, Day, Money, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.dates import months_later
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import exact, in_percent
from duebook.core.notes import note
from duebook.policy import structure
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.said import say_policy
from duebook.policy.structure import Mix, MixClass
from duebook.portfolio.concentration import TOTAL_ERRORS, TOTALS, by_customer, clipped, refuse_total

ZERO = Decimal(0)
BASES: Mapping[str, Label] = {
    "count": Label("number of customers", "客户数"),
    "revenue": Label("revenue", "收入"),
    "margin": Label("margin", "毛利"),
    "exposure": Label("exposure", "敞口"),
    "effort": Label("effort", "投入"),
}


class Held(NamedTuple):
    """What one class holds: customers, their amounts (each 0 or more) and, where given, their margin."""

    customers: int
    amount: Decimal
    margin: Decimal


MIX = Spill(
    (
        Field("Class", "客户类别", "text"),
        Field("Customers", "客户数", "count"),
        Field("Amount", "金额", "value"),
        Field("Share", "占比", "share"),
        Field("Target", "目标占比", "share"),
        Field("Deviation", "偏离", "rate"),
        Field("Margin", "毛利", "money"),
        Field("Margin share", "毛利占比", "rate"),
    ),
    "One row for each class of the mix, then the total; its deviation is half the sum of the absolute deviations.",
    "每个类别一行，末行合计；合计偏离为各类偏离绝对值之和的一半。",
)


@worksheet(
    "CUSTOMER_MIX",
    group="portfolio",
    help="Core, growth and new customers against a target mix such as 30/50/20: shares, deviations and their sum.",
    zh="客户结构：核心、成长、新客户占比与目标（如 30/50/20）的差异及总偏离。",
    result=MIX,
    equation="deviation = share − target for each class; in all Σ |share − target| ÷ 2",
    equation_zh="各类偏离 = 占比 − 目标占比；合计偏离 = Σ |占比 − 目标占比| ÷ 2",
    source="Rules of thumb in print: 3-5-2 (core, growth, new) and 70/20/10 (mature, near-prime, trial)",
    examples=[
        Example(
            ([45, 35, 20], ["A", "B", "C"], "revenue", ["core", "growth", "new"]),
            [
                ["Class", "Customers", "Amount", "Share", "Target", "Deviation", "Margin", "Margin share"],
                ["core", 1, 45, 0.45, 0.3, 0.15, "", ""],
                ["growth", 1, 35, 0.35, 0.5, -0.15, "", ""],
                ["new", 1, 20, 0.2, 0.2, 0, "", ""],
                ["Total", 3, 100, 1, 1, 0.15, "", ""],
            ],
        ),
    ],
    conventions=[
        Label(
            "basis says what the amounts are; with count every customer weighs the same, amounts are only shown.",
            "basis 说明金额的口径；选 count 时每个客户权重相同，金额仅供展示。",
        ),
        Label(
            "Without classes: new = first sale within the policy's months before as_of (12); core = of the others, the "
            "largest by margin (else by amount) that together hold the policy's share (80 %); growth = the rest.",
            "未填类别时：新客户 = 首次销售在截止日前规定月数内（12）；核心 = 其余客户中按毛利（否则按金额）"
            "从大到小合计达到规定比例（80%）者；成长 = 其余客户。",
        ),
        Label(
            "Amounts are netted per customer; a customer in credit counts as 0 and WHY says how much.",
            "金额按客户轧差；净额为负的客户按 0 计，金额由 WHY 说明。",
        ),
        TOTALS,
    ],
    errors={
        **TOTAL_ERRORS,
        "portfolio.classes_needed": "#N/A",
        "portfolio.as_of_needed": "#N/A",
        "portfolio.unknown_class": "#VALUE!",
        "portfolio.class_conflict": "#VALUE!",
        "portfolio.first_sale_later": "#NUM!",
        "portfolio.unknown_mix": "#VALUE!",
    },
)
def customer_mix(
    amounts: Annotated[
        Sequence[Decimal],
        Column("Amount of each row, of the kind that basis names.", "各行金额，口径由 basis 指明。", of=Money()),
    ],
    customers: Annotated[Sequence[str], Column("Customer of each amount.", "各行所属客户。", of=Text())],
    basis: Annotated[
        str,
        Text(
            "What the shares are of: count, revenue, margin, exposure or effort.",
            "占比口径：count（客户数）、revenue（收入）、margin（毛利）、exposure（敞口）、effort（投入）。",
            choices=tuple(BASES),
            zh_choices=("客户数", "收入", "毛利", "敞口", "投入"),
        ),
    ],
    classes: Annotated[
        Sequence[str] | None,
        Column(
            "Class of each row's customer, as the mix names them: core, growth, new.",
            "各行客户的类别，按结构中的名称填写：核心客户、成长客户、新客户。",
            of=Text(),
        ),
    ] = None,
    first_sale: Annotated[
        Sequence[date] | None,
        Column(
            "Date of the customer's first sale, where classes are not given.",
            "客户首次销售日期；未填类别时使用。",
            of=Day(),
        ),
    ] = None,
    margin: Annotated[
        Sequence[Decimal] | None,
        Column(
            "Margin of each row: shows who carries the profit, and ranks core customers.",
            "各行毛利：显示利润来源，并用于核心客户排序。",
            of=Money(),
        ),
    ] = None,
    as_of: Annotated[
        date | None,
        Day(
            "As-of date: needed with first_sale; decides which policy tables count.",
            "截止日：填写 first_sale 时必填，并决定适用的政策版本。",
        ),
    ] = None,
    target: Annotated[
        str,
        Text(
            "The policy's mix: 30/50/20 (default), 70/20/10 or one of your own.",
            "政策中的目标结构：30/50/20（默认）、70/20/10 或自定。",
        ),
    ] = "",
    policy: PolicyArgument = None,
) -> Table:
    """Rows of class, customers, amount, share, target, deviation, margin, margin share; total last. Fractions.

    ZeroDivisionError where no customer has a positive amount (but for count).
    """
    mix = _mix(in_use(policy).section(structure.read).mixes(as_of), target)
    say_policy(in_use(policy), structure)
    refuse_total(amounts, customers)
    nets = by_customer(amounts, customers)
    profit = by_customer(margin, customers) if margin is not None else None
    sizes = dict(zip(nets, clipped(list(nets.values())), strict=True))
    if classes is not None:
        classed = _given(mix, customers, classes)
    else:
        rank = sizes if profit is None else {name: max(own, ZERO) for name, own in profit.items()}
        classed = _derived(mix, rank, _first_sales(customers, first_sale, as_of), as_of)
    held = {own.name: _held(own, classed, sizes, profit) for own in mix.classes}
    if basis != mix.meant_for:
        note("portfolio.mix_meant_for", mix=mix.name, meant=BASES[mix.meant_for], basis=BASES[basis])
    return Table(MIX.header, _rows(mix, held, basis, profit is not None))


def _mix(mixes: Mapping[str, Mix], target: str) -> Mix:
    """The mix that `target` names; the first where it is blank."""
    if not target:
        return next(iter(mixes.values()))
    found = next((mix for mix in mixes.values() if mix.name.casefold() == target.casefold()), None)
    if found is None:
        raise CellError("#VALUE!", "portfolio.unknown_mix", value=target, known=", ".join(mixes))
    return found


def _given(mix: Mix, customers: Sequence[str], classes: Sequence[str]) -> dict[str, MixClass]:
    """Customer → class as the caller says; a customer in two classes or in none of the mix is refused."""
    found: dict[str, MixClass] = {}
    for name, text in zip(customers, classes, strict=True):
        own = mix.named(text)
        if own is None:
            known = Label(", ".join(c.name for c in mix.classes), "、".join(c.zh for c in mix.classes))
            raise CellError("#VALUE!", "portfolio.unknown_class", customer=name, value=text, mix=mix.name, known=known)
        if found.setdefault(name, own) != own:
            facts = {"customer": name, "one": Label(found[name].name, found[name].zh), "other": Label(own.name, own.zh)}
            raise CellError("#VALUE!", "portfolio.class_conflict", **facts)
    return found


def _first_sales(customers: Sequence[str], first_sale: Sequence[date] | None, as_of: date | None) -> dict[str, date]:
    """Customer → its earliest first sale, none later than `as_of`."""
    if first_sale is None:
        raise CellError("#N/A", "portfolio.classes_needed")
    if as_of is None:
        raise CellError("#N/A", "portfolio.as_of_needed")
    found: dict[str, date] = {}
    for name, day in zip(customers, first_sale, strict=True):
        found[name] = min(found.get(name, day), day)
    for name, day in found.items():
        if day > as_of:
            facts = {"customer": name, "date": day.isoformat(), "as_of": as_of.isoformat()}
            raise CellError("#NUM!", "portfolio.first_sale_later", **facts)
    return found


def _derived(
    mix: Mix, rank: Mapping[str, Decimal], first_sales: Mapping[str, date], as_of: date | None
) -> dict[str, MixClass]:
    """Customer → class by the rules of the mix: new by first sale, then the largest of the others, then the rest."""
    assert as_of is not None
    since = months_later(as_of, -mix.new_months)
    found = {name: mix.by_rule("new") for name, day in first_sales.items() if day >= since}
    others = sorted((name for name in rank if name not in found), key=lambda name: (-rank[name], name))
    wanted = sum((rank[name] for name in others), ZERO) * mix.largest_share
    so_far = ZERO
    for name in others:
        found[name] = mix.by_rule("largest" if so_far < wanted else "rest")
        so_far += rank[name]
    rules = {rule: Label(own.name, own.zh) for rule in ("new", "largest", "rest") for own in [mix.by_rule(rule)]}
    share = in_percent(mix.largest_share)
    note("portfolio.classes_derived", since=since.isoformat(), share=share, **rules)
    return found


def _held(
    own: MixClass,
    classed: Mapping[str, MixClass],
    sizes: Mapping[str, Decimal],
    profit: Mapping[str, Decimal] | None,
) -> Held:
    names = [name for name, held in classed.items() if held == own]
    return Held(
        len(names),
        sum((sizes[name] for name in names), ZERO),
        sum((profit[name] for name in names), ZERO) if profit is not None else ZERO,
    )


def _rows(mix: Mix, held: Mapping[str, Held], basis: str, with_margin: bool) -> list[list[object]]:
    counted = {name: Decimal(own.customers) if basis == "count" else own.amount for name, own in held.items()}
    total = sum(counted.values(), ZERO)
    profit = sum((own.margin for own in held.values()), ZERO)
    rows: list[list[object]] = []
    off = ZERO
    for own in mix.classes:
        mine = held[own.name]
        share = _divided(counted[own.name], total)
        off += abs(share - own.target)
        margin = [mine.margin, float(mine.margin / profit) if profit > 0 else None] if with_margin else [None, None]
        label = Label(own.name, own.zh)
        rows.append(
            [label, mine.customers, mine.amount, float(share), float(own.target), float(share - own.target), *margin]
        )
    customers, amount = sum(own.customers for own in held.values()), sum((own.amount for own in held.values()), ZERO)
    if with_margin and profit > 0:
        largest = mix.by_rule("largest")
        carried = f"{_divided(held[largest.name].margin, profit) * 100:.1f}"
        note("portfolio.margin_carried", name=Label(largest.name, largest.zh), share=carried)
    last = [profit, 1.0 if profit > 0 else None] if with_margin else [None, None]
    return [*rows, [Label("Total", "合计"), customers, amount, 1.0, 1.0, float(off / 2), *last]]


def _divided(numerator: Decimal, denominator: Decimal) -> Decimal:
    if denominator == 0:
        raise ZeroDivisionError
    with localcontext() as context:
        context.prec = 60
        return exact(numerator) / exact(denominator)
