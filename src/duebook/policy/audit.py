"""How the auditor pack draws its sample and how near to the as-of date it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from duebook.policy.check import Checker, Entry
from duebook.policy.versions import Versions, one_rule, versions

TABLES = ("audit",)


@dataclass(frozen=True)
class AuditRules:
    """`coverage`: the largest balances are chosen until they are this share of all debit balances; then
    `monetary_units` by monetary-unit sampling from what is left, and `random` customers from those still not chosen.

    `transit_days`: how long money and goods may be on their way; `cut_off_days` and `cut_off_documents`: how many days
    and at least how many documents of a kind are listed on either side of the as-of date.
    """

    coverage: Decimal
    monetary_units: int
    random: int
    related_parties: bool
    transit_days: int
    cut_off_days: int
    cut_off_documents: int


@dataclass(frozen=True)
class Audit:
    _rules: Versions[AuditRules]

    def on(self, day: date | None) -> AuditRules:
        return self._rules.rows(day)[0]


def read(check: Checker) -> Audit:
    rules = versions(check, "audit", _rules)
    one_rule(check, rules)
    return Audit(rules)


def _rules(check: Checker, where: str, entry: Entry) -> AuditRules:
    def whole(key: str, most: int) -> int:
        return check.whole(f"{where}, {key}", entry.get(key), 0, most)

    return AuditRules(
        check.decimal(f"{where}, coverage", entry.get("coverage"), Decimal(1)),
        whole("monetary_units", 10_000),
        whole("random", 10_000),
        check.flag(where, entry, "related_parties", True),
        whole("transit_days", 366),
        whole("cut_off_days", 366),
        whole("cut_off_documents", 1_000),
    )
