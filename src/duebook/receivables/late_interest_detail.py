"""Late interest stretch by stretch, on a balance that part payments bring down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import Column, Day, Money, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf, CurrencyCode
from duebook.policy.argument import PolicyArgument, in_use
from duebook.policy.late_payment import CONTRACT, ORDERS
from duebook.policy.said import say_policy
from duebook.receivables.late_rates import (
    DAY_COUNT_BY_REGIME,
    RULE_ERRORS,
    RUNS,
    SOURCE,
    WHICH_RATE,
    AgreedRate,
    DayCount,
    RegimeName,
    Run,
    in_money,
    rule_of,
    say_day_count,
)

DETAIL = Spill(
    (
        Field("From", "起", "date"),
        Field("To", "止", "date"),
        Field("Days", "天数", "days"),
        Field("Balance", "计息余额", "money"),
        Field("Rate", "利率", "rate"),
        Field("Per", "利率周期", "text"),
        Field("Interest", "利息", "money"),
    ),
    help="A row per stretch of time with one balance and one rate; the total last.",
    zh="每段（余额与利率均不变）一行，最后一行为合计。",
)
_FIRST = {
    "principal": Label("principal, then interest, then costs", "本金，其次利息，再次费用"),
    "interest_first": Label("costs, then interest, then principal", "费用，其次利息，再次本金"),
}
_TOTAL, _YEAR, _DAY = Label("Total", "合计"), Label("year", "年"), Label("day", "日")


@worksheet(
    "LATE_INTEREST_DETAIL",
    group="receivables",
    help="Late interest on a balance that part payments bring down: every stretch with its days, rate and interest.",
    zh="部分付款后按余额分段计算逾期利息：逐段列出天数、利率与利息。",
    result=DETAIL,
    equation="per stretch balance × rate × time; each row is the rounded sum so far less that of the row before",
    equation_zh="每段 = 计息余额 × 利率 × 时间；每行 = 取整后的累计利息 − 上一行的累计利息",
    source=SOURCE,
    examples=[
        Example(
            (1000, date(2026, 1, 1), date(2026, 4, 1), "contract", [400], [date(2026, 2, 15)], 0.1), 19.73, at=(4, 7)
        ),
    ],
    conventions=[
        RUNS,
        DAY_COUNT_BY_REGIME,
        WHICH_RATE,
        Label(
            "Payments settle what allocation, or else the policy (table late_allocation), says: principal, or costs, "
            "then interest, then principal (China's Civil Code, art. 561; BGB s. 367). Interest stays due after the "
            "principal is paid; costs bear none.",
            "付款的冲抵顺序按 allocation，未填则按政策（表 late_allocation）：先本金，或依次为费用、利息、本金"
            "（《民法典》第 561 条）。本金付清后，已生利息仍可追索；费用不计息。",
        ),
    ],
    errors={**RULE_ERRORS, "late_payment.payments_unpaired": "#VALUE!"},
)
def late_interest_detail(
    amount: Annotated[Decimal, Money("Amount due, without any disputed part.", "到期金额（不含争议部分）。", least=0)],
    due_date: Annotated[date, Day("Due date.", "到期日。")],
    as_of: AsOf,
    regime: RegimeName,
    paid_amounts: Annotated[
        Sequence[Decimal],
        Column("Payments received. Default: none.", "已收款金额；默认无。", of=Money(least=0), rows="payments"),
    ] = (),
    paid_dates: Annotated[
        Sequence[date], Column("Day of each payment.", "各笔收款日。", of=Day(), rows="payments")
    ] = (),
    rate: AgreedRate = None,
    day_count: DayCount = "",
    allocation: Annotated[
        str,
        Text(
            "What a payment settles first: principal, or interest_first (costs, interest, principal). Default: policy.",
            "付款先冲：principal 本金，或 interest_first（依次为费用、利息、本金）；默认按政策。",
            choices=ORDERS,
            zh_choices=("本金", "先息后本"),
        ),
    ] = "",
    costs: Annotated[
        Decimal,
        Money(
            "Costs charged, such as reminder fees and fixed sums. Default 0.",
            "已收取的费用，如催款费、固定赔偿金；默认 0。",
            least=0,
        ),
    ] = Decimal(0),
    currency: CurrencyCode = "",
    policy: PolicyArgument = None,
) -> Table:
    """Stretches and their total; interest adds up to the rounded exact sum. Payments after `as_of` are left out."""
    used = in_use(policy)
    rule = rule_of(used, regime, rate, day_count, due_date)
    if len(paid_amounts) != len(paid_dates):
        raise CellError("#VALUE!", "late_payment.payments_unpaired", amounts=len(paid_amounts), dates=len(paid_dates))
    payments: dict[date, Decimal] = {}
    for day, paid in zip(paid_dates, paid_amounts, strict=True):
        if day <= as_of:
            payments[day] = payments.get(day, Decimal(0)) + money.exact(paid)
        else:
            note("late_payment.paid_later", paid=day.isoformat(), as_of=as_of.isoformat())
    order = allocation or rule.tables.order(as_of)
    account = _Account(money.exact(amount), money.exact(costs), order == "interest_first", currency)
    for day in sorted(day for day in payments if day <= due_date):
        account.pay(payments.pop(day))
    rows: list[tuple[object, ...]] = []
    days, first = 0, None
    for run in rule.runs(due_date, as_of, tuple(payments)) if account.balance else ():
        balance, interest = account.balance, account.accrue(run)
        days, first = days + run.days, first or run
        per = _DAY if run.per_day else _YEAR
        rows.append((run.first, run.last, run.days, balance, float(run.rate), per, interest))
        account.pay(payments.pop(run.last, Decimal(0)))
        if not account.balance:
            break  # rates after the last payment are not asked for
    for day in sorted(payments):
        account.pay(payments[day])
    rows.append((_TOTAL, None, days, None, None, None, account.charged))
    if paid_amounts:
        note("late_payment.settles", first=_FIRST[order])
    account.say()
    if first is not None and not first.per_day:
        say_day_count(rule, first)
    if rule.name != CONTRACT or (paid_amounts and not allocation):
        say_policy(used)
    return Table(DETAIL.header, rows)


class _Account:
    """Principal, interest and costs of one debt as time runs and payments come in."""

    def __init__(self, principal: Decimal, costs: Decimal, interest_first: bool, currency: str) -> None:
        self.balance, self._costs, self._interest_first, self._currency = principal, costs, interest_first, currency
        self._exact, self.charged, self._interest_paid, self._over = Fraction(0), Decimal(0), Decimal(0), Decimal(0)

    def accrue(self, run: Run) -> Decimal:
        """Adds a run's interest; gives what it adds to the rounded sum."""
        before = self.charged
        self._exact += run.interest(self.balance)
        self.charged = in_money(self._exact, self._currency)
        return self.charged - before

    def pay(self, amount: Decimal) -> None:
        """Settles in order; what one part does not need goes to the next."""
        order = (self._pay_principal, self._pay_interest, self._pay_costs)
        for settle in reversed(order) if self._interest_first else order:
            amount -= settle(amount)
        self._over += amount

    def _pay_principal(self, amount: Decimal) -> Decimal:
        taken = min(amount, self.balance)
        self.balance -= taken
        return taken

    def _pay_interest(self, amount: Decimal) -> Decimal:
        taken = min(amount, self.charged - self._interest_paid)
        self._interest_paid += taken
        return taken

    def _pay_costs(self, amount: Decimal) -> Decimal:
        taken = min(amount, self._costs)
        self._costs -= taken
        return taken

    def say(self) -> None:
        interest = self._shown(self.charged - self._interest_paid)
        note(
            "late_payment.still_open",
            principal=self._shown(self.balance),
            interest=interest,
            costs=self._shown(self._costs),
        )
        if self._over:
            note("late_payment.overpaid", amount=self._shown(self._over))

    def _shown(self, amount: Decimal) -> str:
        return f"{money.rounded(amount, money.decimals(self._currency)):,f}"
