"""What the policy says of credit limits: methods and how they combine, multipliers by grade, caps, rounding.

Rows with the same `from` make one version of their table (`versions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from duebook.core.cells import Label
from duebook.core.money import minor_units
from duebook.policy import grades
from duebook.policy.by_grade import every_grade
from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Placed, Versions, one_rule, used_once, versions

TABLES = ("limit_rule", "limit_method", "limit_grade", "limit_amount")

Combine = Literal["lowest", "average", "highest"]
MethodName = Literal["net_worth", "working_capital", "reference", "risk_amounts"]
COMBINE = ("lowest", "average", "highest")
NEED = ("ceiling", "method")
INSURER = ("ceiling", "shown")
MISSING = ("worst", "capped")
METHODS = ("net_worth", "working_capital", "reference", "risk_amounts")
HIGHEST_MULTIPLIER = Decimal(10)
MONTH_DAYS = (28, 31)


@dataclass(frozen=True)
class LimitRule:
    """How the methods come together. `month_days`: the days that a month's purchases are spread over.

    `missing_is_worst`: a figure of the statements that is not known counts as its worst, so that withholding it never
    helps; else its method is left out and the limit is at most the unproven cap.
    """

    combine: Combine
    need_is_method: bool
    month_days: int
    insurer_is_ceiling: bool
    missing_is_worst: bool


@dataclass(frozen=True)
class LimitMethod:
    """A measure of how much credit a customer can bear: `share` of the figure of its name."""

    name: MethodName
    share: Decimal


@dataclass(frozen=True)
class LimitAmounts:
    """Amounts in one currency ("" = every currency without a row). None: no cap. `step`: limits are whole steps.

    `unproven_cap`: the most where figures that measure the customer's strength are not known.
    """

    currency: str
    cap: Decimal | None
    unproven_cap: Decimal | None
    step: Decimal


@dataclass(frozen=True)
class GradeLimit:
    """`cap_share`: the part of the policy's cap that this grade may reach."""

    grade: str
    multiplier: Decimal
    cap_share: Decimal


@dataclass(frozen=True)
class Limits:
    """The checked tables of limits. `on`: the day that counts, None for the newest entries."""

    scale: grades.Grades
    _rule: Versions[LimitRule]
    _methods: Versions[LimitMethod]
    _amounts: Versions[LimitAmounts]
    _grades: Versions[GradeLimit]

    def rule(self, on: date | None) -> LimitRule:
        return self._rule.rows(on)[0]

    def methods(self, on: date | None) -> tuple[LimitMethod, ...]:
        return self._methods.rows(on)

    def amounts(self, currency: str, on: date | None) -> LimitAmounts:
        """The amounts of `currency`, or those for every currency without a row."""
        rows = {row.currency: row for row in self._amounts.rows(on)}
        return rows.get(currency) or rows[""]

    def grade(self, name: str, on: date | None) -> GradeLimit:
        """The multiplier and cap of a grade. CellError lists the grades where it is none."""
        known = self.scale.on(on).find(name).name
        return next(row for row in self._grades.rows(on) if row.grade == known)


def read(check: Checker) -> Limits:
    scale = grades.read(check)

    def of_grade(check: Checker, where: str, entry: Entry) -> GradeLimit:
        return GradeLimit(
            scale.named(check, where, entry),
            check.decimal(f"{where}, multiplier", entry.get("multiplier"), HIGHEST_MULTIPLIER),
            check.decimal(f"{where}, cap_share", entry.get("cap_share", 1), Decimal(1)),
        )

    found = Limits(
        scale,
        versions(check, "limit_rule", _rule),
        versions(check, "limit_method", _method),
        versions(check, "limit_amount", _amounts),
        versions(check, "limit_grade", of_grade),
    )
    one_rule(check, found._rule)
    for _, methods in found._methods.all:
        used_once(check, methods, "method", lambda method: method.name)
    for _, amounts in found._amounts.all:
        _for_every_currency(check, amounts)
    figures = {"multiplier": lambda row: row.multiplier, "cap_share": lambda row: row.cap_share}
    every_grade(check, found._grades, scale, lambda row: row.grade, figures)
    return found


def _rule(check: Checker, where: str, entry: Entry) -> LimitRule:
    return LimitRule(
        cast(Combine, check.choice(where, entry, "combine", COMBINE)),
        check.choice(where, entry, "need", NEED) == "method",
        check.whole(f"{where}, month_days", entry.get("month_days", 30), *MONTH_DAYS),
        check.choice(where, entry, "insurer", INSURER) == "ceiling",
        check.choice(where, {"missing": "worst", **entry}, "missing", MISSING) == "worst",
    )


def _method(check: Checker, where: str, entry: Entry) -> LimitMethod:
    return LimitMethod(
        cast(MethodName, check.choice(where, entry, "method", METHODS)),
        check.decimal(f"{where}, share", entry.get("share", 1), Decimal(1)),
    )


def _amounts(check: Checker, where: str, entry: Entry) -> LimitAmounts:
    currency = check.text(where, entry, "currency", "").upper()
    if currency and currency not in minor_units():
        wanted = Label(
            "an ISO 4217 code such as CNY, or blank for all other currencies",
            "ISO 4217 币种代码，例如 CNY；留空则适用于其他所有币种",
        )
        check.refuse(f"{where}, currency", currency, wanted)
    step = check.decimal(f"{where}, step", entry.get("step"))
    if step == 0:
        check.refuse(f"{where}, step", step, Label("above 0, such as 1000", "大于 0 的数，例如 1000"))
    cap, unproven = (
        check.decimal(f"{where}, {key}", entry[key]) if key in entry else None for key in ("cap", "unproven_cap")
    )
    return LimitAmounts(currency, cap, unproven, step)


def _for_every_currency(check: Checker, rows: Sequence[Placed[LimitAmounts]]) -> None:
    used_once(check, rows, "currency", lambda row: row.currency)
    if all(row.currency for _, row in rows):
        wanted = Label(
            "blank in one row of this `from`, which serves all other currencies",
            "空白：同一 from 须有一行币种留空，适用于其他所有币种",
        )
        check.refuse(f"{rows[-1].where}, currency", rows[-1].row.currency, wanted)
