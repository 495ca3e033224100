"""Interest on late payment, by contract or by law, and the fixed sum that a law adds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import Day, Money, shown
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.policy import late_payment
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.late_payment import CONTRACT
from duebook.policy.said import say_policy
from duebook.receivables.late_rates import (
    CONTRACT_NAMES,
    DAY_COUNT_BY_REGIME,
    RULE_ERRORS,
    RUNS,
    SOURCE,
    WHICH_RATE,
    WHO,
    AgreedRate,
    DayCount,
    RegimeName,
    in_money,
    rule_of,
    say_runs,
)


@worksheet(
    "LATE_INTEREST",
    group="receivables",
    help="Interest on an amount paid late, by contract or by a statutory regime; rates that change are followed.",
    zh="逾期利息：按合同约定利率或法定规则计算，利率变动时分段计息。",
    result=Result("money"),
    equation="Σ amount × rate of the period × its share of a year (or its days, for a daily rate), rounded half up",
    equation_zh="Σ amount × 各段利率 × 该段占全年的比例（日利率则乘天数），四舍五入",
    source=SOURCE,
    examples=[
        Example((100, date(2026, 1, 1), date(2026, 1, 16), "contract", 0.1), 0.41),
        Example((1000, date(2014, 2, 1), date(2014, 3, 23), "UK"), 11.64),
        Example((1000000, date(2025, 6, 30), date(2025, 9, 28), "CN_SME"), 45000),
        Example((10000, date(2023, 6, 15), date(2023, 7, 15), "EU"), 92.47),
        Example((100, date(2026, 1, 1), date(2026, 1, 16), "contract"), "#N/A"),
    ],
    conventions=[RUNS, DAY_COUNT_BY_REGIME, WHICH_RATE, WHO],
    errors={**RULE_ERRORS, "late_payment.no_end": "#N/A"},
)
def late_interest(
    amount: Annotated[
        Decimal, Money("Amount paid late, without any disputed part.", "逾期金额（不含争议部分）。", least=0)
    ],
    due_date: Annotated[date, Day("Due date.", "到期日。")],
    paid_date: Annotated[
        date | None,
        Day(
            "Day of payment; blank: not paid yet, then as_of is needed.",
            "付款日；未付留空，此时须填 as_of。",
            nullable=True,
        ),
    ],
    regime: RegimeName,
    rate: AgreedRate = None,
    day_count: DayCount = "",
    as_of: Annotated[
        date | None,
        Day(
            "Until when interest is counted while unpaid; payments after it are not known yet.",
            "未付时计息截止日；其后的付款视为尚未发生。",
        ),
    ] = None,
    currency: CurrencyCode = "",
    policy: PolicyArgument = None,
) -> Decimal:
    """Interest in money. CellError: no end of the time, a rate missing or unknown, a regime unknown or not in force."""
    ends = [day for day in (paid_date, as_of) if day is not None]
    if not ends:
        raise CellError("#N/A", "late_payment.no_end")
    used = in_use(policy)
    rule = rule_of(used, regime, rate, day_count, due_date)
    until = min(ends)
    runs = list(rule.runs(due_date, until)) if amount else []
    if paid_date is not None and as_of is not None and as_of < paid_date:
        note("late_payment.paid_later", paid=paid_date.isoformat(), as_of=as_of.isoformat())
    if runs:
        say_runs(used, rule, runs)
    elif not amount:
        note("late_payment.no_debt")
    elif paid_date is not None and paid_date <= due_date:
        note("late_payment.in_time")
    else:
        note("late_payment.not_late", date=until.isoformat())
    return in_money(sum((run.interest(money.exact(amount)) for run in runs), Fraction(0)), currency)


@worksheet(
    "LATE_FEE",
    group="receivables",
    help="The fixed sum that a regime adds to each late payment for the cost of collecting: EU 40 EUR, UK by size.",
    zh="法定逾期固定赔偿金：欧盟每笔 40 欧元，英国按债务金额分档。",
    result=Result("money", "In the regime's currency.", "以该规则的币种计。"),
    equation="the fee of the highest step (amount_from) that is not above amount; 0 where the regime has none",
    equation_zh="不高于 amount 的最高一档（amount_from）的固定赔偿金；该规则没有的为 0",
    source="Directive 2011/7/EU, art. 6; Late Payment of Commercial Debts (Interest) Act 1998, s. 5A",
    examples=[
        Example((999.99, "UK"), 40),
        Example((1000, "UK"), 70),
        Example((10000, "UK"), 100),
        Example((4500, "EU"), 40),
        Example((4500, "CN_SME"), 0),
    ],
    conventions=[
        Label(
            "Once for each late payment, in the regime's currency (EUR, GBP), whatever the currency of the debt.",
            "每笔逾期付款计一次，以该规则的币种（欧元、英镑）计，与欠款币种无关。",
        ),
    ],
    errors={"late_payment.unknown_regime": "#VALUE!"},
)
def late_fee(
    amount: Annotated[Decimal, Money("The debt that was paid late.", "逾期债务金额。", least=0)],
    regime: RegimeName,
    as_of: PolicyDay = None,
    policy: PolicyArgument = None,
) -> Decimal:
    """The fixed sum in the regime's currency; 0 where there is no debt or no fixed sum. CellError: unknown regime."""
    used = in_use(policy)
    tables = used.section(late_payment.read)
    name = CONTRACT if regime.strip().casefold() in CONTRACT_NAMES else tables.name(regime)
    if name is None:
        known = ", ".join((CONTRACT, *tables.regimes))
        raise CellError("#VALUE!", "late_payment.unknown_regime", regime=shown(regime), known=known)
    found = tables.fee(name, money.exact(amount), as_of)
    if found is None or amount == 0:
        note("late_payment.no_fee", regime=name)
        return Decimal(0)
    note("late_payment.fee", regime=name, fee=f"{found.fee:f}", currency=found.currency)
    say_policy(used)
    return found.fee
