"""Exposure of a close: each customer against its limit and cover, groups, and who needs watching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from duebook.close.customer_terms import UNKNOWN, Terms, amounts_currency, customer_terms
from duebook.close.figures import ZERO, Balance
from duebook.close.result import Close
from duebook.core import money
from duebook.core.money import ratio
from duebook.portfolio.cover import covered_amount
from duebook.portfolio.exposure import Status, figure, limit_status, limit_use


@dataclass(frozen=True)
class CreditLine:
    """One customer in one currency. `credit_limit` is None where none is set or it applies elsewhere: it is in another
    currency, or (status "whole") compares with the customer's exposure over all currencies, in `functional_lines`."""

    held: Balance
    exposure: Decimal
    credit_limit: Decimal | None
    limit_currency: str | None
    status: Status
    insured_limit: Decimal | None
    cover_ratio: Decimal | None
    covered: Decimal | None

    @property
    def over_limit(self) -> Decimal:
        return max(self.exposure - self.credit_limit, ZERO) if self.credit_limit is not None else ZERO

    @property
    def uncovered(self) -> Decimal | None:
        return None if self.covered is None else self.exposure - self.covered


@dataclass(frozen=True)
class Group:
    """A parent with its customers, or a customer alone, in one currency."""

    name: str
    customers: int
    exposure: Decimal
    credit_limit: Decimal | None


def credit_lines(close: Close) -> list[CreditLine]:
    """One per customer and currency; a limit applies in its own currency only. Where there are rates, the limit of a
    customer with several currencies applies to none of them but to the whole (`functional_lines`).

    A limit without a currency is taken to be in the close's --currency, or in the only currency the customer uses.
    """
    terms = customer_terms(close.engine)
    uninsurable = close.basis.left_out("cover")
    uses: dict[str, set[str]] = defaultdict(set)
    for held in close.balances:
        uses[held.customer_id].add(held.currency)
    found = []
    for held in close.balances:
        if not held.items and not held.exposure:
            continue  # an exchange difference booked to a customer is no exposure
        known = terms.get(held.customer_id, UNKNOWN)
        stated = amounts_currency(known, uses[held.customer_id], close.options.currency)
        whole = close.in_one_currency is not None and len(uses[held.customer_id]) > 1
        applies = stated == held.currency and not whole
        limit = known.credit_limit if applies else None
        status = limit_status(limit, held.exposure)
        if known.credit_limit is not None and not applies:
            status = "whole" if whole else "other_currency"
        found.append(
            CreditLine(
                held=held,
                exposure=held.exposure,
                credit_limit=limit,
                limit_currency=stated if known.credit_limit is not None else None,
                status=status,
                insured_limit=known.insured_limit if applies else None,
                cover_ratio=known.cover_ratio if applies and known.insured_limit is not None else None,
                covered=_covered(held, known, held.relation in uninsurable) if applies else None,
            )
        )
    return found


def functional_lines(close: Close) -> list[CreditLine]:
    """One per customer, all its currencies together in the functional one, against its limit translated into that.

    A limit without a currency is taken as in `credit_lines`, else to be in the functional currency.
    """
    functional = close.in_one_currency
    if functional is None:
        return []
    terms = customer_terms(close.engine)
    uninsurable = close.basis.left_out("cover")
    uses: dict[str, set[str]] = defaultdict(set)
    for held in close.balances:
        uses[held.customer_id].add(held.currency)
    found = []
    for held in functional.customers:
        if not held.items and not held.exposure:
            continue
        known = terms.get(held.customer_id, UNKNOWN)
        stated = amounts_currency(known, uses[held.customer_id], close.options.currency) or functional.currency
        amounts = [
            None if amount is None else functional.translated(amount, stated)
            for amount in (known.credit_limit, known.insured_limit)
        ]
        insured = replace(known, credit_limit=amounts[0], insured_limit=amounts[1])
        found.append(
            CreditLine(
                held=held,
                exposure=held.exposure,
                credit_limit=insured.credit_limit,
                limit_currency=stated if known.credit_limit is not None else None,
                status=limit_status(insured.credit_limit, held.exposure),
                insured_limit=insured.insured_limit,
                cover_ratio=known.cover_ratio if known.insured_limit is not None else None,
                covered=_covered(held, insured, held.relation in uninsurable),
            )
        )
    return found


def _covered(held: Balance, terms: Terms, uninsurable: bool) -> Decimal | None:
    """What insurance pays of a balance: nothing for an affiliate, limit or not, where the policy says so."""
    eligible = ZERO if uninsurable else held.receivable - held.disputed_open
    return covered_amount(eligible, terms.insured_limit, terms.cover_ratio, money.decimals(held.currency))


def groups(lines: Sequence[CreditLine]) -> dict[str, list[Group]]:
    """Groups by currency, largest exposure first. A group's limit is the sum of its members' (None if none has one)."""
    held: dict[tuple[str, str], list[CreditLine]] = defaultdict(list)
    for line in lines:
        held[line.held.currency, line.held.group].append(line)
    found: dict[str, list[Group]] = defaultdict(list)
    for (currency, group), own in held.items():
        limits = [line.credit_limit for line in own if line.credit_limit is not None]
        name = group
        if own[0].held.parent_id is None and own[0].held.customer_name:
            name = f"{own[0].held.customer_name} ({group})"
        found[currency].append(
            Group(
                name,
                len(own),
                sum((line.exposure for line in own), ZERO),
                sum(limits, ZERO) if limits else None,
            )
        )
    return {currency: sorted(own, key=lambda g: (-g.exposure, g.name)) for currency, own in sorted(found.items())}


@dataclass(frozen=True)
class Watch:
    """Why a customer is watched: message keys of `close.watch_…` with their facts, gravest first."""

    line: CreditLine
    reasons: tuple[tuple[str, Mapping[str, str]], ...]
    action: str


def watch_list(close: Close, lines: Sequence[CreditLine]) -> list[Watch]:
    """Customers that a rule of the policy catches: over limit, long overdue, much overdue, no limit, concentration."""
    rules = close.watch
    by_group: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    by_currency: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        by_group[line.held.currency, line.held.group] += line.exposure
        by_currency[line.held.currency] += line.exposure
    with_limits = {line.held.currency for line in lines if line.credit_limit is not None}
    found = []
    for line in lines:
        held, action = line.held, ""
        reasons: list[tuple[str, Mapping[str, str]]] = []
        if line.exposure <= 0:
            continue
        use = figure(limit_use, line.credit_limit, line.exposure, 6)
        late = ratio(held.overdue, line.exposure, 6) or ZERO
        group = ratio(by_group[held.currency, held.group], by_currency[held.currency], 6) or ZERO
        if line.status == "over":
            reasons.append(("over", {}))
            action = action or "over"
        elif use is not None and use > rules.limit_use:
            reasons.append(("use", {"share": _percent(use)}))
            action = action or "over"
        if held.oldest_days > rules.overdue_days:
            reasons.append(("overdue_days", {"days": str(held.oldest_days)}))
            action = action or "overdue"
        if late > rules.overdue_share and held.overdue >= rules.overdue_minimum:
            reasons.append(("overdue_share", {"share": _percent(late)}))
            action = action or "overdue"
        if line.status == "no_limit" and held.currency in with_limits:
            reasons.append(("no_limit", {}))
            action = action or "no_limit"
        if group > rules.group_share:
            reasons.append(("group_share", {"share": _percent(group)}))
            action = action or "group"
        if reasons:
            found.append(Watch(line, tuple(reasons), action))
    order = {"over": 0, "overdue": 1, "no_limit": 2, "group": 3}
    found.sort(key=lambda w: (w.line.held.currency, order[w.action], -w.line.exposure, w.line.held.customer_id))
    return found


def _percent(value: Decimal) -> str:
    return f"{money.rounded(value * 100, 1)}%"
