"""Credit limits: what a customer can bear and what it needs, by the methods of the policy.

All amounts are in one currency and gross of VAT, as receivables are. The arithmetic is in `limit_working`.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from duebook.core import messages, money
from duebook.core.arguments import Money, Number, Text
from duebook.core.cells import Label, Table
from duebook.core.declare import Example, Field, Result, Spill, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.credit.limit_working import Customer, Line, Rules, Working, rules_for, work_out
from duebook.policy import limits as limit_policy
from duebook.policy import risk_amounts as risk_policy
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.credit_terms import LONGEST
from duebook.policy.grades import GRADE_ERRORS
from duebook.policy.load import Policy
from duebook.policy.said import say_policy

SOURCE = (
    "payontime.co.uk: the lower of 10 % of net worth and 20 % of working capital; theglobaltreasurer.com, The Credit "
    "Limit, 2011-05-05 (risk amounts)"
)
EQUATION = (
    "min(combined methods × grade multiplier, need, cap, insurer_limit), rounded down; "
    "need = expected_monthly_purchases × terms_days ÷ 30"
)
ONE_CURRENCY = Label(
    "All amounts in one currency and gross of VAT: the limit is compared with receivables, which carry VAT.",
    "所有金额须为同一币种且含税：额度与含税的应收账款比较。",
)
UNKNOWN = Label(
    "Blank is not known. By Duebook's policy equity and working capital that are not known count as their worst, so "
    "withholding a statement never helps; a policy may give a capped limit instead. A blank reference is left out.",
    "空白表示未知。按 Duebook 政策，净资产或营运资金未知按最差计，不交报表绝不占便宜；政策也可改为给予封顶的起始额度。"
    "同业参考为空则略去。",
)
NEGATIVE_EQUITY = Label("Negative equity gives a limit of 0.", "净资产为负时额度为 0。")
DOWN = Label("Rounded down to the policy's step, so a limit never exceeds what binds it.", "按政策步长向下取整。")

Grade = Annotated[str, Text("Credit grade, as the policy names it (A, B …).", "信用等级，按政策命名（A、B…）。")]
Purchases = Annotated[
    Decimal,
    Money("What the customer is expected to buy in a month, gross of VAT.", "预计每月采购额（含税）。", least=0),
]
TermsDays = Annotated[
    int, Number("Payment terms in days.", "账期天数。", unit="days", whole=True, least=0, most=LONGEST)
]
Equity = Annotated[
    Decimal | None,
    Money(
        "Equity (net worth); negative gives 0. Blank: not known, which counts as the worst unless the policy caps it.",
        "净资产；为负则额度为 0；空白为未知，除非政策另定上限，否则按最差计。",
    ),
]
WorkingCapital = Annotated[
    Decimal | None,
    Money(
        "Current assets less current liabilities. Blank: not known, which counts as 0 unless the policy caps it.",
        "营运资金（流动资产减流动负债）；空白为未知，除非政策另定上限，否则按 0 计。",
    ),
]
Reference = Annotated[
    Decimal | None,
    Money(
        "Trade reference: the highest credit another supplier saw paid as agreed. Blank: none.",
        "同业参考：其他供应商按约收回的最高信用额；空白为无。",
        least=0,
    ),
]
InsurerLimit = Annotated[
    Decimal | None,
    Money(
        "The credit insurer's limit for this buyer; 0 = refused. Blank: not insured.",
        "信用保险公司批复的限额；0 为拒保；空白为未投保。",
        least=0,
    ),
]
NetMargin = Annotated[
    Decimal | None,
    Number(
        "Net profit ÷ sales of the customer (0.05 = 5 %), for the method risk_amounts. Blank: not known.",
        "客户净利率（0.05 = 5%），用于 risk_amounts 方法；空白为未知。",
        unit="rate",
        least=-1,
        most=1,
        percent_slip=True,
    ),
]


_DETAIL = Spill(
    (
        Field("Step", "步骤", "text"),
        Field("Figure", "数值", "value"),
        Field("Factor", "系数", "ratio"),
        Field("Amount", "金额", "money"),
        Field("Binds", "决定项", "text"),
        Field("Remark", "备注", "text"),
    ),
    "One row per method, then combination, multiplier, ceilings, rounding, limit and policy.",
    "每种方法一行，其后为合并、系数、上限、取整、额度与政策。",
)


@worksheet(
    "CREDIT_LIMIT",
    group="credit",
    help="The credit limit of a customer by the policy's methods, grade multiplier and caps, rounded down.",
    zh="按信用政策的方法、等级系数与上限计算的客户信用额度，向下取整。",
    result=Result("money", "The limit, in the currency of the amounts.", "额度，币种同各金额。"),
    equation=EQUATION,
    equation_zh="min(各方法合并所得 × 等级系数, 需求, 上限, insurer_limit)，向下取整；需求 = "
    "expected_monthly_purchases × terms_days ÷ 30",
    source=SOURCE,
    examples=[
        Example(("A", 100000, 30, 500000, 150000), 30000.0),
        Example(("A", 12345, 30, 500000, 150000), 12000.0),
        Example(("A", 100000, 30, -1, 150000), 0.0),
        Example(("A", 100000, 30, None, 150000), 0.0),
        Example(("Z", 100000, 30), "#VALUE!"),
    ],
    conventions=[ONE_CURRENCY, UNKNOWN, NEGATIVE_EQUITY, DOWN],
    errors=GRADE_ERRORS,
)
def credit_limit(
    grade: Grade,
    expected_monthly_purchases: Purchases,
    terms_days: TermsDays,
    equity: Equity = None,
    working_capital: WorkingCapital = None,
    reference: Reference = None,
    insurer_limit: InsurerLimit = None,
    policy: PolicyArgument = None,
    currency: CurrencyCode = "",
    net_margin: NetMargin = None,
    as_of: PolicyDay = None,
) -> Decimal:
    """The limit, in money of one currency; notes what binds it, what is not known, and the policy.

    CellError (#VALUE!) for a grade that the policy does not have.
    """
    customer = _customer(
        grade, expected_monthly_purchases, terms_days, equity, working_capital, reference, insurer_limit, net_margin
    )
    policy = in_use(policy)
    return _worked(customer, policy, rules_for(policy, grade, currency, as_of), currency).limit


@worksheet(
    "LIMIT_DETAIL",
    group="credit",
    help="How CREDIT_LIMIT arrives at its amount: each method, multiplier, ceiling, what binds, rounding, policy.",
    zh="CREDIT_LIMIT 的计算过程：各方法、系数、上限、起决定作用的一项、取整与政策。",
    result=_DETAIL,
    equation=EQUATION,
    equation_zh="min(各方法合并所得 × 等级系数, 需求, 上限, insurer_limit)，向下取整；需求 = "
    "expected_monthly_purchases × terms_days ÷ 30",
    source=SOURCE,
    examples=[
        Example(("A", 100000, 30, 500000, 150000), "binds", at=(3, 5)),
        Example(("C", 200000, 45, 2000000, None, 45000), 0.0, at=(11, 4)),
    ],
    conventions=[ONE_CURRENCY, UNKNOWN, NEGATIVE_EQUITY, DOWN],
    errors=GRADE_ERRORS,
)
def limit_detail(
    grade: Grade,
    expected_monthly_purchases: Purchases,
    terms_days: TermsDays,
    equity: Equity = None,
    working_capital: WorkingCapital = None,
    reference: Reference = None,
    insurer_limit: InsurerLimit = None,
    policy: PolicyArgument = None,
    currency: CurrencyCode = "",
    net_margin: NetMargin = None,
    as_of: PolicyDay = None,
) -> Table:
    """The working of CREDIT_LIMIT with the same arguments. Amounts before the last step show rounded to the cent."""
    customer = _customer(
        grade, expected_monthly_purchases, terms_days, equity, working_capital, reference, insurer_limit, net_margin
    )
    policy = in_use(policy)
    rules = rules_for(policy, grade, currency, as_of)
    working = _worked(customer, policy, rules, currency)
    digits = money.decimals(currency)
    rows = [_row(line, working, digits) for line in working.lines]
    stepped = Label(
        f"Rounded down to steps of {money.readable(working.step, digits)}",
        f"按步长 {money.readable(working.step, digits)} 向下取整",
    )
    mark = "policy.in_use_illustrative" if policy.illustrative(_section(policy, rules)) else "policy.in_use"
    rows += [
        [stepped, money.rounded(working.before, digits), working.step, working.limit, None, None],
        [Label("Credit limit", "信用额度"), None, None, working.limit, None, working.binding.name],
        [
            Label("Policy", "政策"),
            None,
            None,
            None,
            None,
            _sentence(mark, name=policy.name, version=policy.version or "–"),
        ],
    ]
    return Table(_DETAIL.header, rows)


def _customer(
    grade: str,
    purchases: Decimal,
    terms_days: int,
    equity: Decimal | None,
    working_capital: Decimal | None,
    reference: Decimal | None,
    insurer_limit: Decimal | None,
    net_margin: float | Decimal | None,
) -> Customer:
    """The facts as exact numbers: Python callers may bring floats."""
    known = (equity, working_capital, reference, insurer_limit, net_margin)
    return Customer(grade, money.exact(purchases), terms_days, *(None if x is None else money.exact(x) for x in known))


def _worked(customer: Customer, policy: Policy, rules: Rules, currency: str) -> Working:
    """The working of the limit; notes what there is to say of it, and the policy."""
    working = work_out(customer, rules, money.decimals(currency))
    _say(customer, rules, working, currency)
    say_policy(policy, _section(policy, rules))
    return working


def _section(policy: Policy, rules: Rules) -> Any:
    """The policy section whose adoption decides the mark: the risk amounts where they are used and not adopted."""
    if rules.uses_risk_amounts and not policy.illustrative(limit_policy):
        return risk_policy
    return limit_policy


def _say(customer: Customer, rules: Rules, working: Working, currency: str) -> None:
    """The remarks on a limit, the one that decides first."""
    digits = money.decimals(currency)
    facts = {"amount": money.readable(working.before, digits), "step": money.readable(working.step, digits)}
    note("limits.binds", rule=working.binding.name, **facts)
    if customer.negative_equity:
        note("limits.negative_equity", equity=money.readable(customer.equity or Decimal(0), digits))
    if working.missing:
        figures = _listed([_FIGURES[figure] for figure in working.missing])
        note("limits.missing_worst" if rules.rule.missing_is_worst else "limits.missing_capped", figures=figures)
    elif working.unproven:
        note("limits.unproven")
    elif working.left_out:
        note("limits.left_out", methods=_listed(working.left_out))
    if working.before and not working.limit:
        note("limits.below_step", **facts)
    if customer.working_capital is not None and customer.working_capital < 0:
        note("limits.negative_working_capital", amount=money.readable(customer.working_capital, digits))
    if rules.grade.multiplier == 0:
        note("limits.grade_gets_nothing", grade=rules.grade.grade)
    if currency and rules.amounts.currency != currency:
        note("limits.other_currency", currency=currency)


_FIGURES = {"equity": Label("equity", "净资产"), "working_capital": Label("working capital", "营运资金")}


def _row(line: Line, working: Working, digits: int) -> list[object]:
    amount = None if line.amount is None else money.rounded(line.amount, digits)
    binds = Label("binds", "决定") if line is working.binding else None
    return [line.name, line.figure, line.factor, amount, binds, line.remark or None]


def _listed(names: list[Label]) -> Label:
    return Label("; ".join(names), "；".join(name.zh for name in names))


def _sentence(key: str, **facts: str) -> Label:
    return Label(messages.text(key, "en", **facts), messages.text(key, "zh", **facts))
