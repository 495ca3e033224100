"""The working of a credit limit: each method, how they combine, what binds, rounding. See `limit` for the functions.

    scaled = (methods that are known, combined) × the grade's multiplier
    limit = min(scaled, need, caps, the insurer's limit), rounded down to the policy's step

All amounts are exact Decimals in one currency; None is a figure that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import NamedTuple

from duebook.core import money
from duebook.core.cells import Label
from duebook.policy import limits as limit_policy
from duebook.policy import risk_amounts as risk_policy
from duebook.policy.limits import GradeLimit, LimitAmounts, LimitMethod, LimitRule
from duebook.policy.load import Policy


class Line(NamedTuple):
    """A line of the working: `factor` of `figure` gives `amount`; None where one is not known or does not apply."""

    name: Label
    figure: Decimal | None
    factor: Decimal | None
    amount: Decimal | None
    remark: Label


@dataclass(frozen=True)
class Customer:
    """What is known of the customer; None is not known."""

    grade: str
    purchases: Decimal
    terms_days: int
    equity: Decimal | None
    working_capital: Decimal | None
    reference: Decimal | None
    insurer_limit: Decimal | None
    net_margin: Decimal | None

    @property
    def negative_equity(self) -> bool:
        return self.equity is not None and self.equity < 0

    @property
    def figures(self) -> Mapping[str, Decimal | None]:
        return {
            "equity": self.equity,
            "net_worth": self.equity,
            "working_capital": self.working_capital,
            "reference": self.reference,
            "net_margin": self.net_margin,
        }


@dataclass(frozen=True)
class Rules:
    """What the policy says for this customer's grade and currency."""

    rule: LimitRule
    methods: tuple[LimitMethod, ...]
    grade: GradeLimit
    amounts: LimitAmounts
    risk_figures: tuple[str, ...]
    risk: Callable[[str, Decimal], Decimal]

    @property
    def uses_risk_amounts(self) -> bool:
        return any(method.name == "risk_amounts" for method in self.methods)

    @property
    def strength(self) -> tuple[str, ...]:
        """The figures of the customer's statements that the methods rest on and that can be withheld to gain by it.

        A margin is none of them: the amount that it bears is added, so without it there is only less.
        """
        asked = {"net_worth": ("equity",), "working_capital": ("working_capital",), "risk_amounts": self.risk_figures}
        used = {figure for method in self.methods for figure in asked.get(method.name, ())}
        return tuple(figure for figure in ("equity", "working_capital") if figure in used)


@dataclass(frozen=True)
class Working:
    """How a limit came about. `binding` is the line that decides, `before` the amount before rounding down.

    `missing`: figures of the customer's strength that are not known, which count as their worst or lead to a cap.
    """

    missing: tuple[str, ...]
    methods: tuple[Line, ...]
    need: Line
    combined: Line
    scaled: Line
    ceilings: tuple[Line, ...]
    binding: Line
    before: Decimal
    limit: Decimal
    step: Decimal

    @property
    def lines(self) -> tuple[Line, ...]:
        """In the order in which they follow from each other."""
        return (*self.methods, self.need, self.combined, self.scaled, *self.ceilings)

    @property
    def left_out(self) -> list[Label]:
        return [line.name for line in self.methods if line.amount is None]

    @property
    def unproven(self) -> bool:
        """Whether no method is known."""
        return len(self.left_out) == len(self.methods)


def rules_for(policy: Policy, grade: str, currency: str, on: date | None) -> Rules:
    found, risk = policy.section(limit_policy.read), policy.section(risk_policy.read)
    return Rules(
        found.rule(on),
        found.methods(on),
        found.grade(grade, on),
        found.amounts(currency, on),
        risk.figures(on),
        lambda figure, value: risk.risk(figure, value, on),
    )


def work_out(customer: Customer, rules: Rules, digits: int) -> Working:
    """The working of a limit. Every amount is exact; only the limit itself is rounded (down)."""
    with localcontext() as context:
        context.prec = 60
        need = _need(customer, rules.rule)
        missing = tuple(figure for figure in rules.strength if customer.figures[figure] is None)
        methods = tuple(_method(customer, rules, method) for method in rules.methods)
        combined, decides = _combined(customer, rules.rule, methods, need, missing)
        scaled = _scaled(combined, rules.grade)
        unproven = (bool(missing) and not rules.rule.missing_is_worst) or all(line.amount is None for line in methods)
        ceilings = _ceilings(customer, rules, unproven)
        bounds = ceilings if rules.rule.need_is_method else (need, *ceilings)
        lowest = _lowest((scaled, *bounds))
        before = lowest.amount or Decimal(0)
        if lowest is scaled and rules.grade.multiplier:
            lowest = decides
        cent = Decimal(1).scaleb(-digits)
        step = max(rules.amounts.step, cent)
        limit = _rounded_down(_rounded_down(before, step), cent)
        return Working(missing, methods, need, combined, scaled, ceilings, lowest, before, limit, step)


def _need(customer: Customer, rule: LimitRule) -> Line:
    days = Decimal(customer.terms_days)
    return Line(
        Label(
            f"Need (monthly purchases × terms ÷ {rule.month_days} days)",
            f"需求（月采购额 × 账期 ÷ {rule.month_days} 天）",
        ),
        customer.purchases,
        days / rule.month_days,
        customer.purchases * days / rule.month_days,
        Label("a method" if rule.need_is_method else "a ceiling", "方法之一" if rule.need_is_method else "上限"),
    )


_METHOD_NAMES: Mapping[str, Label] = {
    "net_worth": Label("of net worth", "净资产"),
    "working_capital": Label("of working capital", "营运资金"),
    "reference": Label("of the highest credit paid as agreed", "按约付款的最高信用额"),
    "risk_amounts": Label("of the risk amounts", "风险额合计"),
}
_LEFT_OUT = Label("not known: left out", "未知：略去")
_WORST = Label("not known: gives 0", "未知：计为 0")
_NOTHING = Label("", "")
_HAIR = Decimal("1E-20")


def _method(customer: Customer, rules: Rules, method: LimitMethod) -> Line:
    """One method: its share of the customer's figure, never below 0."""
    share = money.in_percent(method.share)
    of = _METHOD_NAMES[method.name]
    name = Label(f"{share} % {of}", f"{of.zh}的 {share}%")
    figure = _risk_sum(customer, rules) if method.name == "risk_amounts" else customer.figures[method.name]
    if figure is None:
        if method.name != "reference" and rules.rule.missing_is_worst:
            return Line(name, None, method.share, Decimal(0), _WORST)
        return Line(name, None, method.share, None, _LEFT_OUT)
    remark = Label("negative: gives 0", "为负：计为 0") if figure < 0 else _NOTHING
    return Line(name, figure, method.share, max(figure, Decimal(0)) * method.share, remark)


def _risk_sum(customer: Customer, rules: Rules) -> Decimal | None:
    """The amounts that the known figures bear, together; None where none of them is known."""
    known = [(figure, value) for figure in rules.risk_figures if (value := customer.figures[figure]) is not None]
    return sum((rules.risk(figure, value) for figure, value in known), Decimal(0)) if known else None


_COMBINED: Mapping[str, Label] = {
    "lowest": Label("Lowest of the methods", "各方法中最低"),
    "average": Label("Average of the methods", "各方法的平均"),
    "highest": Label("Highest of the methods", "各方法中最高"),
}


def _combined(
    customer: Customer, rule: LimitRule, methods: Sequence[Line], need: Line, missing: Sequence[str]
) -> tuple[Line, Line]:
    """The methods that are known, combined (the need alone where none is), and the line that decides that."""
    if rule.missing_is_worst and "equity" in missing:
        found = Line(Label("Equity not known, so no credit", "净资产未知，不授信"), None, None, Decimal(0), _NOTHING)
        return found, found
    if customer.negative_equity:
        name = Label("Negative equity, so no credit", "净资产为负，不授信")
        found = Line(name, customer.equity, None, Decimal(0), _NOTHING)
        return found, found
    known = [line for line in methods if line.amount is not None]
    if not known:
        name = Label("No method is known: the need", "各方法均未知：取需求额")
        return Line(name, None, None, need.amount, _NOTHING), need
    if rule.need_is_method:
        known.append(need)
    amounts = [line.amount for line in known if line.amount is not None]
    if rule.combine == "average":
        found = Line(_COMBINED["average"], None, None, sum(amounts, Decimal(0)) / len(amounts), _NOTHING)
        return found, found
    chosen = min(amounts) if rule.combine == "lowest" else max(amounts)
    decides = next(line for line in known if line.amount == chosen)
    return Line(_COMBINED[rule.combine], None, None, chosen, _NOTHING), decides


def _scaled(combined: Line, grade: GradeLimit) -> Line:
    assert combined.amount is not None
    name = Label(f"Grade {grade.grade}: × {grade.multiplier:f}", f"等级 {grade.grade}：× {grade.multiplier:f}")
    return Line(name, combined.amount, grade.multiplier, combined.amount * grade.multiplier, _NOTHING)


def _ceilings(customer: Customer, rules: Rules, unproven: bool) -> tuple[Line, ...]:
    """What the limit may not exceed beside the need; an amount of None is no ceiling."""
    cap, share = rules.amounts.cap, rules.grade.cap_share
    insurer = customer.insurer_limit
    binds = rules.rule.insurer_is_ceiling
    none = Label("none", "无")
    lines = [
        Line(
            Label(f"Cap of grade {rules.grade.grade}", f"等级 {rules.grade.grade} 的上限"),
            cap,
            share,
            None if cap is None else cap * share,
            none if cap is None else _NOTHING,
        ),
        Line(
            Label("Insurer's limit", "保险公司限额"),
            insurer,
            None,
            insurer if binds else None,
            none if insurer is None else _NOTHING if binds else Label("shown only", "仅供参考"),
        ),
    ]
    if unproven:
        most = rules.amounts.unproven_cap
        name = Label("Cap where figures are not known", "资料不全时的上限")
        lines.append(Line(name, most, None, most, none if most is None else _NOTHING))
    return tuple(lines)


def _lowest(lines: Sequence[Line]) -> Line:
    """The line with the lowest amount, of equals the first; lines without an amount do not count."""
    found: Line | None = None
    for line in lines:
        if line.amount is not None and (found is None or found.amount is None or line.amount < found.amount):
            found = line
    assert found is not None
    return found


def _rounded_down(amount: Decimal, step: Decimal) -> Decimal:
    # a third of 1,000 times 0.6 is a hair under 200: what the sixty digits cut off must not cost a step
    return (amount / step).quantize(_HAIR).to_integral_value(ROUND_FLOOR) * step
