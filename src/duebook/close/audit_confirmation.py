"""Confirmations of a close: who is asked, what was answered, and what may explain a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from duebook.close.audit_replies import Explanation, Paper, explained
from duebook.close.audit_sampling import Candidate, Sample, Wish, sample
from duebook.close.figures import Balance
from duebook.close.open_items import day
from duebook.close.options import AuditRequest
from duebook.close.result import Close
from duebook.core.errors import DuebookError
from duebook.policy.audit import AuditRules

RELATED = ("related", "intercompany")
Key = tuple[str, str]
"""Currency and customer."""


@dataclass(frozen=True)
class Reply:
    """What a customer confirmed, with the row of the file."""

    amount: Decimal
    reply_date: date | None
    remark: str | None


@dataclass(frozen=True)
class Answer:
    """A balance that was asked for, or confirmed unasked, and what came of it; `explanation` is None without a reply.

    `status`: agreed, explained, unexplained, no_reply, or unasked (a reply of a customer that was not chosen).
    """

    key: Key
    letter: str | None
    book: Decimal
    reply: Reply | None
    explanation: Explanation | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.reply is None else self.book - self.reply.amount

    @property
    def status(self) -> str:
        if self.explanation is None:
            return "no_reply"
        if self.explanation.unexplained:
            return "unexplained"
        if self.difference:
            return "explained"
        return "agreed" if self.letter else "unasked"


def to_confirm(held: Balance) -> Decimal:
    """The balance of the receivables account: disputed amounts included, wherever the close shows them."""
    return held.balance + held.excluded


def wish(close: Close, rules: AuditRules, currency: str) -> Wish:
    """How customers of a currency are chosen: as asked for, else by policy."""
    asked = close.options.audit or AuditRequest()
    units = rules.monetary_units if asked.sample is None else asked.sample
    over = asked.over.get(currency, _bare(close, asked))
    return Wish(seed_of(close), rules.coverage, units, rules.random, rules.related_parties, over)


def seed_of(close: Close) -> str:
    """The seed asked for; without one the as-of date, so that a close stays the same however often it is run."""
    asked = close.options.audit or AuditRequest()
    return asked.seed or close.as_of.isoformat()


def _bare(close: Close, asked: AuditRequest) -> Decimal | None:
    """An amount given without a currency: it is meant where there is one currency only."""
    bare = asked.over.get("")
    currencies = sorted({held.currency for held in close.balances})
    if bare is not None and len(currencies) > 1:
        raise DuebookError("audit_refusals.over_currency", currencies=", ".join(currencies), amount=f"{bare:f}")
    return bare


def samples(close: Close, rules: AuditRules) -> Mapping[str, Sample]:
    """Currency → its sample. A customer chosen in one currency is asked for its balances in all of them."""
    found: dict[str, Sample] = {}
    for currency in sorted({held.currency for held in close.balances}):
        own = [held for held in close.balances if held.currency == currency]
        candidates = [Candidate(b.customer_id, to_confirm(b), b.relation in RELATED) for b in own]
        found[currency] = sample(currency, candidates, wish(close, rules, currency))
    asked = {choice.candidate.customer_id for own in found.values() for choice in own.chosen}
    return {currency: _all_currencies(own, asked) for currency, own in found.items()}


def _all_currencies(own: Sample, asked: set[str]) -> Sample:
    return replace(
        own,
        choices=tuple(
            replace(choice, reason="same_customer")
            if choice.reason is None and choice.candidate.customer_id in asked
            else choice
            for choice in own.choices
        ),
    )


def letters(chosen: Mapping[str, Sample]) -> Mapping[str, str]:
    """Customer → the number of its letter, by customer: "001", "002" …"""
    customers = sorted({c.candidate.customer_id for own in chosen.values() for c in own.chosen})
    return {customer: f"{number:03d}" for number, customer in enumerate(customers, start=1)}


def answers(close: Close, rules: AuditRules, chosen: Mapping[str, Sample]) -> list[Answer]:
    """Every balance asked for or confirmed, by letter; replies that nobody asked for come last."""
    numbers = letters(chosen)
    books = {(b.currency, b.customer_id): to_confirm(b) for b in close.balances}
    asked = {(currency, c.candidate.customer_id) for currency, own in chosen.items() for c in own.chosen}
    replies = {
        (row[0], row[1]): Reply(*row[2:])
        for row in close.engine.rows(
            "SELECT currency, customer_id, confirmed_amount, reply_date, remark FROM replies ORDER BY ALL"
        )
    }
    papers = _papers(close, rules, {key for key, reply in replies.items() if books.get(key) != reply.amount})
    found = []
    for key in sorted({*asked, *replies}, key=lambda key: (numbers.get(key[1]) is None, key[1], key[0])):
        book, reply = books.get(key, Decimal(0)), replies.get(key)
        told = None if reply is None else explained(book - reply.amount, papers.get(key, ()), close.as_of)
        found.append(Answer(key, numbers.get(key[1]), book, reply, told))
    return found


def _papers(close: Close, rules: AuditRules, wanted: set[Key]) -> Mapping[Key, list[Paper]]:
    """What book and customer may see differently around the as-of date, for the replies that differ."""
    near, as_of = timedelta(rules.transit_days), close.as_of
    before, after = day(as_of - near), day(as_of + near)
    later = f"document_date > {day(as_of)} AND document_date <= {after}"
    found: dict[Key, list[Paper]] = {}
    rows = close.engine.rows(
        f"""
        SELECT currency, customer_id, 'receipts_in_transit' AS cause, document_id, document_date, -amount AS amount
        FROM doc WHERE kind IN ('payment', 'advance') AND account = 'receivable' AND {later}
        UNION ALL
        SELECT t.currency, t.customer_id, 'receipts_in_transit', t.document_id, l.effective, l.amount
        FROM link AS l INNER JOIN doc AS t ON l.target = t.no
        WHERE l.source IS NULL AND l.kind = 'payment' AND t.account = 'receivable'
            AND t.document_date <= {day(as_of)} AND l.effective > {day(as_of)} AND l.effective <= {after}
        UNION ALL
        SELECT currency, customer_id, 'goods_in_transit', document_id, document_date, open FROM items
        WHERE kind = 'invoice' AND receivable AND document_date > {before}
        UNION ALL
        SELECT currency, customer_id, 'disputed', document_id, coalesce(dispute_opened, document_date), disputed_open
        FROM items WHERE disputed_open > 0 AND document_date <= {before}
        UNION ALL
        SELECT currency, customer_id, 'credit_notes', document_id, document_date, open FROM items
        WHERE kind = 'credit_note' AND account = 'receivable' AND document_date > {before}
        UNION ALL
        SELECT currency, customer_id, 'credit_notes', document_id, document_date, -amount FROM doc
        WHERE kind = 'credit_note' AND account = 'receivable' AND {later}
        UNION ALL
        SELECT currency, customer_id, 'invoiced_later', document_id, document_date, -amount FROM doc
        WHERE kind = 'invoice' AND account = 'receivable' AND {later}
        ORDER BY ALL
        """
    )
    for currency, customer, cause, document, when, amount in rows:
        if (currency, customer) in wanted and amount:
            found.setdefault((currency, customer), []).append(Paper(cause, document or "", when, amount))
    return found
