"""What the close counts in: loss rates of accounts beside the receivables, cover, related parties, bank acceptances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, cast

from duebook.policy.check import Checker, Entry, followed_by
from duebook.policy.versions import Versions, one_rule, used_once, versions

TABLES = ("account_loss_rates", "allowance", "relations", "bills")

Account = Literal["retention", "bank_acceptance", "commercial_acceptance", "dishonored_bill", "contract_asset"]
ACCOUNTS: tuple[Account, ...] = (
    "retention",
    "bank_acceptance",
    "commercial_acceptance",
    "dishonored_bill",
    "contract_asset",
)
"""The pools that are not aged: each has one rate."""
Cover = Literal["ignored", "reduces_loss"]
COVER = ("ignored", "reduces_loss")
Parties = Literal["all", "without_intercompany", "third_party"]
PARTIES = ("all", "without_intercompany", "third_party")
BankAcceptances = Literal["customer", "acceptor"]
BANK_ACCEPTANCES = ("customer", "acceptor")

LEFT_OUT: Mapping[Parties, tuple[str, ...]] = {
    "all": (),
    "without_intercompany": ("intercompany",),
    "third_party": ("intercompany", "related"),
}
"""The relations that each choice of parties leaves out; a customer without a relation is a third party."""


@dataclass(frozen=True)
class AllowanceRules:
    """`last_bucket_loss`: what is lost of the oldest bucket where rates come from own closes, as a fraction."""

    cover: Cover
    last_bucket_loss: Decimal


@dataclass(frozen=True)
class RelationRules:
    """Whom each figure counts."""

    dso: Parties
    allowance: Parties
    cover: Parties


@dataclass(frozen=True)
class Allowances:
    """The checked tables."""

    _account_rates: Versions[tuple[str, Decimal]]
    _allowance: Versions[AllowanceRules]
    _relations: Versions[RelationRules]
    _bills: Versions[BankAcceptances]

    def account_rates(self, on: date) -> Mapping[str, Decimal]:
        """The loss rate of each of `ACCOUNTS`, as a fraction."""
        return dict(self._account_rates.rows(on))

    def rules(self, on: date) -> AllowanceRules:
        return self._allowance.rows(on)[0]

    def relations(self, on: date) -> RelationRules:
        return self._relations.rows(on)[0]

    def bank_acceptances(self, on: date) -> BankAcceptances:
        """Whose risk a bank's acceptance is."""
        return self._bills.rows(on)[0]


def read(check: Checker) -> Allowances:
    rates = versions(check, "account_loss_rates", _account_rate)
    for _, rows in rates.all:
        used_once(check, rows, "account", lambda row: row[0])
        if lacking := [account for account in ACCOUNTS if account not in {row[0] for _, row in rows}]:
            check.refuse(f"{rows[-1].where}, account", rows[-1].row[0], followed_by(lacking))
    allowance = versions(check, "allowance", _allowance)
    relations = versions(check, "relations", _relations)
    bills = versions(check, "bills", _bills)
    one_rule(check, allowance)
    one_rule(check, relations)
    one_rule(check, bills)
    return Allowances(rates, allowance, relations, bills)


def _account_rate(check: Checker, where: str, entry: Entry) -> tuple[str, Decimal]:
    account = check.choice(where, entry, "account", ACCOUNTS)
    return account, check.decimal(f"{where}, rate", entry.get("rate"), Decimal(1))


def _allowance(check: Checker, where: str, entry: Entry) -> AllowanceRules:
    return AllowanceRules(
        cast(Cover, check.choice(where, entry, "cover", COVER)),
        check.decimal(f"{where}, last_bucket_loss", entry.get("last_bucket_loss", 1), Decimal(1)),
    )


def _relations(check: Checker, where: str, entry: Entry) -> RelationRules:
    chosen = {key: cast(Parties, check.choice(where, entry, key, PARTIES)) for key in ("dso", "allowance", "cover")}
    return RelationRules(**chosen)


def _bills(check: Checker, where: str, entry: Entry) -> BankAcceptances:
    return cast(BankAcceptances, check.choice(where, entry, "bank_acceptances", BANK_ACCEPTANCES))
