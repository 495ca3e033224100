"""How a debt bears interest: the stretches of time at one rate, by contract or by a regime of the policy.

Interest runs from the day after the due date to the day of payment, simple, on each day's own rate: a half-year's end
or a new rate splits the time, exactly. Shares of a year are taken from the due date on, so that the pieces add up to
the whole under every day count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Annotated

from duebook.core import money
from duebook.core.arguments import ExactRate, Text, shown
from duebook.core.cells import CellError, Label
from duebook.core.dates import DAY_COUNTS, year_fraction
from duebook.core.notes import note
from duebook.policy import late_payment
from duebook.policy.late_payment import CONTRACT, LatePayment, Regime
from duebook.policy.load import Policy
from duebook.policy.said import say_policy

CONTRACT_DAY_COUNT = "actual/365"
CONTRACT_NAMES = (CONTRACT, "合同", "合同约定", "约定")
RULE_ERRORS = {
    "late_payment.unknown_regime": "#VALUE!",
    "late_payment.rate_missing": "#N/A",
    "late_payment.rate_is_law": "#VALUE!",
    "late_payment.not_in_force": "#N/A",
    "late_payment.no_reference": "#N/A",
}
RUNS = Label(
    "Interest is simple and runs from the day after the due date to the day of payment; paid in time is 0.",
    "逾期利息按单利，自到期日次日起算至付款日（含）；按期付款为 0。",
)
DAY_COUNT_BY_REGIME = Label(
    "Day count unless given: contract, EU and UK actual/365, DE actual/actual, CN_SALES actual/360; CN_SME is a daily "
    "rate and needs none.",
    "未指定计息基准时：contract、EU、UK 为 actual/365，DE 为 actual/actual，CN_SALES 为 actual/360；"
    "CN_SME 为日利率，无需计息基准。",
)
WHICH_RATE = Label(
    "EU and DE: each day has the rate of its half-year; UK and CN_SALES: the rate of the day on which interest starts "
    "to run stays. A rate that the policy does not know yet is an error, never the old one.",
    "EU、DE 逐日适用当期（半年度）利率；UK、CN_SALES 按起算日（违约时）利率固定不变。"
    "政策中尚未列出的利率报错，绝不沿用旧利率。",
)
WHO = Label(
    "CN_SME is for SME suppliers against large enterprises and public bodies only. Leave disputed amounts out.",
    "CN_SME 仅适用于中小企业向大型企业、机关事业单位供货的款项。争议金额不应计入。",
)
SOURCE = (
    "gov.uk, late commercial payments (1,000 at 8.5 % for 50 days); Directive 2011/7/EU; State Council decree 802, "
    "art. 17; rates: policy table late_reference"
)

RegimeName = Annotated[
    str,
    Text(
        "contract (needs rate), CN_SME, CN_SALES, EU, DE, UK, or a regime of your policy.",
        "contract（合同约定，须填 rate）、CN_SME、CN_SALES、EU、DE、UK，或政策中的其他规则。",
    ),
]
AgreedRate = Annotated[
    Decimal | None,
    ExactRate(
        "Agreed yearly rate (0.05 % a day is 0.1825): needed for contract; CN_SME takes it in place of 0.05 % a day. "
        "Else blank.",
        "约定年利率（日万分之五即 0.1825）：contract 必填；CN_SME 有约定时填写，否则按日万分之五；其他规则留空。",
    ),
]
DayCount = Annotated[
    str,
    Text(
        "Day count of yearly rates: actual/365, actual/360, actual/actual, 30/360, 30e/360. Default: the regime's.",
        "年利率的计息基准：actual/365、actual/360、actual/actual、30/360、30e/360；默认按所选规则。",
        choices=tuple(DAY_COUNTS),
    ),
]


@dataclass(frozen=True)
class Run:
    """Days `first` to `last`, both accruing, at one rate; `days` or `years` is what the rate multiplies."""

    first: date
    last: date
    rate: Decimal
    per_day: bool
    time: Fraction

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def interest(self, balance: Decimal) -> Fraction:
        return Fraction(balance) * Fraction(self.rate) * self.time


@dataclass(frozen=True)
class Rule:
    """How one debt bears interest: its regime (None: contract), agreed rate and day count."""

    tables: LatePayment
    name: str
    agreed: Decimal | None
    day_count: str

    def runs(self, due: date, until: date, cuts: Sequence[date] = ()) -> Iterator[Run]:
        """The time from the day after `due` to `until`, split where a rate changes and after each day of `cuts`.

        One at a time: a rate that is not known is an error only for who asks so far.
        """
        if due >= until:
            return
        first = due + timedelta(1)
        starts = {first, *(cut + timedelta(1) for cut in cuts if due < cut < until)}
        if self.name != CONTRACT and self.agreed is None and not self.regime_on(first).at_start:
            starts |= set(self.tables.changes(self.name, first, until))
        ordered = sorted(starts)
        for start, following in zip(ordered, [*ordered[1:], until + timedelta(1)], strict=True):
            yield self._run(due, start, following - timedelta(1))

    def _run(self, due: date, first: date, last: date) -> Run:
        rate, per_day, own_day_count = self._rate(first, due + timedelta(1))
        if per_day:
            return Run(first, last, rate, True, Fraction((last - first).days + 1))
        day_count = self.day_count or own_day_count
        before = first - timedelta(1)
        years = year_fraction(due, last, day_count) - year_fraction(due, before, day_count)
        return Run(first, last, rate, False, years)

    def _rate(self, on: date, begun: date) -> tuple[Decimal, bool, str]:
        """The rate of the day `on`, whether it is a daily one, and the regime's day count; `begun`: interest's first
        day, which alone decides where the regime says so."""
        if self.name == CONTRACT:
            assert self.agreed is not None
            return self.agreed, False, CONTRACT_DAY_COUNT
        start = self.regime_on(begun)
        if self.agreed is not None:
            return self.agreed, False, start.day_count
        regime = start if start.at_start else self.regime_on(on)
        if not regime.reference:
            assert regime.rate is not None
            return regime.rate, regime.per_day, regime.day_count
        day = begun if regime.at_start else on
        found = self.tables.reference(regime.reference, day)
        if found is None:
            facts = {"reference": regime.reference, "date": day.isoformat()}
            raise CellError("#N/A", "late_payment.no_reference", regime=self.name, **facts)
        with localcontext() as context:
            context.prec = 60
            return max(found.rate * regime.multiple + regime.margin, Decimal(0)), False, regime.day_count

    def regime_on(self, on: date) -> Regime:
        found = self.tables.regime(self.name, on)
        if found is None:
            raise CellError("#N/A", "late_payment.not_in_force", regime=self.name, date=on.isoformat())
        return found


def rule_of(policy: Policy, regime: str, rate: Decimal | None, day_count: str, due: date) -> Rule:
    """The rule that the arguments name. CellError: unknown regime, rate missing, or a rate where the law sets it."""
    tables = policy.section(late_payment.read)
    if regime.strip().casefold() in CONTRACT_NAMES:
        if rate is None:
            raise CellError("#N/A", "late_payment.rate_missing")
        late_payment.say_if_daily("rate", money.exact(rate))
        return Rule(tables, CONTRACT, money.exact(rate), day_count)
    name = tables.name(regime)
    if name is None:
        known = ", ".join((CONTRACT, *tables.regimes))
        raise CellError("#VALUE!", "late_payment.unknown_regime", regime=shown(regime), known=known)
    found = tables.regime(name, due + timedelta(1))
    if rate is not None and found is not None:
        if not found.agreed_floor:
            raise CellError("#VALUE!", "late_payment.rate_is_law", regime=name)
        late_payment.say_if_daily("rate", money.exact(rate))
        _say_floor(tables, found.agreed_floor, money.exact(rate), due)
    return Rule(tables, name, None if rate is None else money.exact(rate), day_count)


def _say_floor(tables: LatePayment, reference: str, rate: Decimal, due: date) -> None:
    """Says where an agreed rate is under the rate that the law asks for. The contract's own day is not known here."""
    found = tables.reference(reference, due)
    facts = {"reference": reference, "rate": money.in_percent(rate)}
    if found is None:
        note("late_payment.floor_unknown", date=due.isoformat(), **facts)
    elif rate < found.rate:
        note("late_payment.below_floor", floor=money.in_percent(found.rate), since=found.start.isoformat(), **facts)


def in_money(interest: Fraction, currency: str) -> Decimal:
    """An exact sum rounded half up to the currency's decimals."""
    with localcontext() as context:
        context.prec = 80
        return money.rounded(Decimal(interest.numerator) / interest.denominator, money.decimals(currency))


def say_runs(policy: Policy, rule: Rule, runs: Sequence[Run]) -> None:
    """Notes the rates and days that made the figure, the day count and the policy."""
    for run in runs[:6]:
        facts = {"first": run.first.isoformat(), "last": run.last.isoformat(), "days": run.days}
        note("late_payment.run_daily" if run.per_day else "late_payment.run", rate=money.in_percent(run.rate), **facts)
    if len(runs) > 6:
        note("late_payment.more_runs", runs=len(runs))
    if runs[0].per_day:
        if rule.day_count:
            note("late_payment.daily_rate", regime=rule.name)
    else:
        say_day_count(rule, runs[0])
    if rule.name != CONTRACT:
        say_policy(policy)


def say_day_count(rule: Rule, first: Run) -> None:
    """Notes by which day count the yearly rate of a rule's `first` run became interest."""
    own = CONTRACT_DAY_COUNT if rule.name == CONTRACT else rule.regime_on(first.first).day_count
    note("late_payment.day_count", day_count=rule.day_count or own)
