"""What needs an allowance, read from the open items: specific items leave the pools first, then each pool is summed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duebook.close.allowance import ZERO, AccountPool, Allowance, Matrix, SpecificItem, covered_by_bucket
from duebook.close.customer_terms import UNKNOWN, Terms, amounts_currency, customer_terms
from duebook.core import money
from duebook.core.engine import Engine, quoted
from duebook.ledger.checks import CREDITS
from duebook.policy import allowances as tables
from duebook.policy.closing import AgingScheme
from duebook.policy.load import Policy

THIRD_PARTY = "third_party"

_ASSESSED = f"""
CREATE OR REPLACE TABLE assessed AS
SELECT
    no, customer_id, currency, account, bucket, document_id, coalesce(relation, '{THIRD_PARTY}') AS relation,
    CASE WHEN account = 'receivable' AND kind = 'retention' AND retained THEN 'retention'
         WHEN account = 'receivable' THEN 'matrix'
         WHEN account = 'contract_asset' THEN 'contract_asset'
         WHEN held_as = 'dishonored' THEN 'dishonored_bill'
         WHEN bill_kind = 'bank_acceptance' THEN 'bank_acceptance'
         ELSE 'commercial_acceptance' END AS pool,
    CASE WHEN account = 'receivable' THEN aged + disputed ELSE open END AS amount,
    CASE WHEN receivable THEN open - disputed_open ELSE 0 END AS eligible,
    specific_allowance, specific_rate,
    open > 0 AND kind NOT IN {CREDITS} AND (specific_allowance IS NOT NULL OR specific_rate IS NOT NULL) AS by_itself
FROM items
WHERE account IN ('receivable', 'bill', 'contract_asset')
"""
_POOLED = (
    "NOT by_itself AND (customer_id, currency, account) NOT IN "
    "(SELECT customer_id, currency, account FROM assessed_customers)"
)


@dataclass(frozen=True)
class Basis:
    """What the allowances rest on. `own_rates`: by currency, loss rates of own closes that take the policy's place."""

    scheme: AgingScheme
    policy: Policy
    as_of: date
    currency: str | None = None
    rates_from: str = "policy"
    own_rates: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)

    @property
    def tables(self) -> tables.Allowances:
        return self.policy.section(tables.read)

    def left_out(self, use: str) -> tuple[str, ...]:
        """The relations that the policy leaves out of `dso`, `allowance` or `cover`."""
        return tables.LEFT_OUT[getattr(self.tables.relations(self.as_of), use)]


def allowances(engine: Engine, basis: Basis, currencies: Iterable[str]) -> dict[str, Allowance]:
    """The allowance of each currency, from the table `items`."""
    engine.execute(_ASSESSED)
    terms = customer_terms(engine)
    used = _currencies_used(engine)
    specific = _specific(engine, basis, terms, used)
    sums, left_out = _pools(engine, basis)
    covers = _covers(engine, basis, terms, used)
    rates = basis.tables.account_rates(basis.as_of)
    found = {}
    for currency in currencies:
        own, digits = sums.get(currency, {}), money.decimals(currency)
        found[currency] = Allowance(
            currency=currency,
            matrices=_matrices(basis, currency, own, covers.get(currency, {})),
            pools=tuple(
                AccountPool(name, total, rates[name], digits)
                for name in tables.ACCOUNTS
                if (total := sum((own[key] for key in own if key[1] == name), ZERO))
            ),
            specific=tuple(specific.get(currency, ())),
            left_out=left_out.get(currency, ZERO),
            rates_from=basis.rates_from if currency in basis.own_rates else "policy",
        )
    return found


def _currencies_used(engine: Engine) -> dict[str, set[str]]:
    """In which currencies the customers owe whose customers file states an allowance or a cover."""
    used: dict[str, set[str]] = defaultdict(set)
    for customer, currency in engine.rows(
        "SELECT DISTINCT customer_id, currency FROM assessed WHERE customer_id IN (SELECT customer_id FROM customers "
        "WHERE specific_allowance IS NOT NULL OR specific_rate IS NOT NULL OR insured_limit IS NOT NULL) ORDER BY ALL"
    ):
        used[customer].add(currency)
    return used


def _specific(
    engine: Engine, basis: Basis, terms: Mapping[str, Terms], used: Mapping[str, set[str]]
) -> dict[str, list[SpecificItem]]:
    """Specific items by currency; leaves `assessed_customers`, the (customer, currency, account) that left the pools.

    A customer's rate is for all that it owes, an amount for its receivables in the currency of its limit.
    """
    engine.execute(
        "CREATE OR REPLACE TABLE assessed_customers (customer_id VARCHAR, currency VARCHAR, account VARCHAR)"
    )
    apart = []
    for customer, own in terms.items():
        for currency in sorted(used.get(customer, ())):
            if own.specific_allowance is not None:
                if amounts_currency(own, used[customer], basis.currency) == currency:
                    apart.append((customer, currency, "receivable"))
            elif own.specific_rate is not None:
                apart += [(customer, currency, account) for account in ("receivable", "bill", "contract_asset")]
    engine.insert("assessed_customers", apart)
    found: dict[str, list[SpecificItem]] = defaultdict(list)
    rows = engine.rows(
        "WITH named AS (SELECT customer_id, min(customer_name) AS customer_name FROM balances GROUP BY customer_id), "
        "whole AS (SELECT a.customer_id, a.currency, a.account, NULL AS document_id, a.amount, "
        "NULL AS specific_allowance, NULL AS specific_rate, 0 AS no FROM assessed AS a "
        "INNER JOIN assessed_customers AS c ON a.customer_id = c.customer_id AND a.currency = c.currency "
        "AND a.account = c.account WHERE NOT a.by_itself), "
        "each AS (SELECT customer_id, currency, account, document_id, amount, specific_allowance, specific_rate, no "
        "FROM assessed WHERE by_itself UNION ALL SELECT customer_id, currency, account, document_id, sum(amount), "
        "NULL, NULL, 0 FROM whole GROUP BY ALL) "
        "SELECT e.currency, e.customer_id, n.customer_name, e.document_id, e.account, e.amount, e.specific_allowance, "
        "e.specific_rate FROM each AS e LEFT JOIN named AS n ON e.customer_id = n.customer_id "
        "ORDER BY e.currency, e.customer_id, e.account, e.document_id NULLS FIRST, e.no"
    )
    for currency, customer, name, document, account, amount, stated, rate in rows:
        if document is None:
            own = terms[customer]
            stated, rate = own.specific_allowance, own.specific_rate
        if amount <= 0:
            continue
        found[currency].append(
            SpecificItem(customer, name, document, account, amount, stated, rate, money.decimals(currency))
        )
    return found


@dataclass(frozen=True)
class Unplaced:
    """An allowance that the customers file states and that nothing open takes; `currency` None: nothing tells which."""

    customer_id: str
    customer_name: str | None
    currency: str | None
    stated: Decimal


def unplaced(engine: Engine, basis: Basis, provisions: Iterable[Allowance]) -> list[Unplaced]:
    """What customers files state in vain, by customer: nothing is dropped without a word."""
    taken = {item.customer_id for own in provisions for item in own.specific if item.document_id is None}
    used = _currencies_used(engine)
    names: dict[str, str | None] = dict(
        engine.rows("SELECT customer_id, min(customer_name) FROM customers GROUP BY customer_id")
    )
    return [
        Unplaced(customer, names[customer], amounts_currency(own, used.get(customer, set()), basis.currency), stated)
        for customer, own in customer_terms(engine).items()
        if (stated := own.specific_allowance) and customer not in taken
    ]


def _pools(engine: Engine, basis: Basis) -> tuple[dict[str, dict[tuple[str, str, int], Decimal]], dict[str, Decimal]]:
    """Amounts by currency and (relation, pool, bucket), and by currency what the policy leaves out."""
    left_out = basis.left_out("allowance")
    sums: dict[str, dict[tuple[str, str, int], Decimal]] = defaultdict(dict)
    apart: dict[str, Decimal] = defaultdict(Decimal)
    for currency, relation, pool, bucket, amount in engine.rows(
        f"SELECT currency, relation, pool, bucket, sum(amount) FROM assessed WHERE {_POOLED} "
        "GROUP BY ALL HAVING sum(amount) <> 0 ORDER BY ALL"
    ):
        if relation in left_out:
            apart[currency] += amount
        else:
            sums[currency][relation, pool, bucket] = amount
    return sums, apart


def _matrices(
    basis: Basis,
    currency: str,
    sums: Mapping[tuple[str, str, int], Decimal],
    covers: Mapping[tuple[str, int], Decimal],
) -> tuple[Matrix, ...]:
    """The general pool, and one for each class of customers that has rates of its own and owes something."""
    general = basis.own_rates.get(currency) or basis.policy.loss_rates(basis.scheme.name, basis.as_of)
    apart = {
        relation: rates
        for relation in sorted({relation for relation, pool, _ in sums if pool == "matrix"})
        if (rates := basis.policy.loss_rates(basis.scheme.name, basis.as_of, relation)) is not None
    }
    found = []
    for name, rates in (("", general), *apart.items()):
        members = {relation for relation, _, _ in sums if (relation if relation in apart else "") == name}
        buckets = range(1, basis.scheme.buckets + 1)
        base = tuple(sum((sums.get((r, "matrix", n), ZERO) for r in members), ZERO) for n in buckets)
        taken = tuple(sum((covers.get((r, n), ZERO) for r in members), ZERO) for n in buckets)
        found.append(Matrix(name, base, rates, taken, money.decimals(currency)))
    return tuple(found)


def _covers(
    engine: Engine, basis: Basis, terms: Mapping[str, Terms], used: Mapping[str, set[str]]
) -> dict[str, dict[tuple[str, int], Decimal]]:
    """By currency and (relation, bucket) what insurance takes over; nothing unless the policy counts it."""
    found: dict[str, dict[tuple[str, int], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    if basis.tables.rules(basis.as_of).cover == "ignored":
        return found
    outside = "".join(f" AND relation <> {quoted(relation)}" for relation in basis.left_out("cover"))
    owed: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [ZERO] * basis.scheme.buckets)
    for customer, currency, relation, bucket, amount, eligible in engine.rows(
        "SELECT customer_id, currency, relation, bucket, sum(amount), sum(eligible) FROM assessed "
        f"WHERE pool = 'matrix' AND {_POOLED}{outside} AND customer_id IN "
        "(SELECT customer_id FROM customers WHERE insured_limit > 0) GROUP BY ALL ORDER BY ALL"
    ):
        owed[customer, currency, relation][bucket - 1] = min(amount, eligible)
    left = {customer: own.insured_limit or ZERO for customer, own in terms.items()}
    for (customer, currency, relation), buckets in owed.items():
        own = terms.get(customer, UNKNOWN)
        if amounts_currency(own, used[customer], basis.currency) != currency:
            continue
        share = Decimal(1) if own.cover_ratio is None else own.cover_ratio
        for place, amount in enumerate(covered_by_bucket(buckets, left[customer], share), start=1):
            found[currency][relation, place] += amount
        left[customer] -= min(sum((max(amount, ZERO) for amount in buckets), ZERO), left[customer])
    return found
