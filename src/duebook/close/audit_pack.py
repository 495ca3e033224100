"""All that the auditor pack is made of, asked of the ledger once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from duebook.close import audit_confirmation, audit_cutoff, audit_lists, audit_receipts
from duebook.close.audit_confirmation import RELATED, Answer, Key, to_confirm
from duebook.close.audit_receipts import Later, Reach
from duebook.close.audit_sampling import Sample
from duebook.close.figures import ZERO, Balance
from duebook.close.result import Close
from duebook.core.messages import text
from duebook.policy import audit as audit_policy
from duebook.policy.audit import AuditRules

FIVE = 5


@dataclass(frozen=True)
class Pack:
    """All that the pack is made of, found once."""

    close: Close
    rules: AuditRules
    reach: Reach
    names: Mapping[str, tuple[str | None, str | None]]
    later: Mapping[Key, Later]
    samples: Mapping[str, Sample]
    answers: Sequence[Answer]
    over_year: Mapping[str, Decimal]
    """Currency → receivables older than a year, disputed ones included."""

    @property
    def currencies(self) -> list[str]:
        return sorted({*self.samples, *(key[0] for key in self.later), *(f.currency for f in self.close.figures)})

    @cached_property
    def held(self) -> Mapping[Key, Balance]:
        """Balances by currency and customer."""
        return {(b.currency, b.customer_id): b for b in self.close.balances}

    def largest(self, currency: str) -> list[Balance]:
        """The five largest debit balances."""
        own = [b for b in self.close.balances if b.currency == currency and to_confirm(b) > 0]
        return sorted(own, key=lambda b: (-to_confirm(b), b.customer_id))[:FIVE]

    def balance(self, currency: str) -> Decimal:
        """The receivables account: all debit balances less all credit balances."""
        return sum((to_confirm(b) for b in self.close.balances if b.currency == currency), ZERO)

    def name(self, customer: str) -> str | None:
        return self.names.get(customer, (None, None))[0]

    def relation(self, customer: str) -> str | None:
        code = self.names.get(customer, (None, None))[1]
        return text(f"close.relation_{code}", self.close.language) if code in RELATED else None


def packed(close: Close) -> Pack:
    """Runs every question of the pack against the ledger."""
    rules = close.policy.section(audit_policy.read).on(close.as_of)
    reach = audit_receipts.reach(close)
    audit_receipts.make(close, reach.to)
    audit_cutoff.make(close, rules, reach.to)
    audit_lists.name_customers(close)
    samples = audit_confirmation.samples(close, rules)
    names = close.engine.rows("SELECT customer_id, customer_name, relation FROM audit_names ORDER BY customer_id")
    return Pack(
        close=close,
        rules=rules,
        reach=reach,
        names={row[0]: (row[1], row[2]) for row in names},
        later=audit_receipts.by_customer(close.engine),
        samples=samples,
        answers=audit_confirmation.answers(close, rules, samples),
        over_year=audit_lists.over_year(close),
    )
