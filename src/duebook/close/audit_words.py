"""What the auditor pack says in words: what was looked at, how the sample was drawn, what came of it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from duebook.close import audit_cutoff, wording
from duebook.close.aging_book import Record, input_rows
from duebook.close.audit_confirmation import Answer, seed_of, wish
from duebook.close.audit_lists import annual_scheme
from duebook.close.audit_receipts import Reach
from duebook.close.audit_sampling import REASONS, Choice, Sample, debit_of
from duebook.close.figures import ZERO
from duebook.close.result import Close
from duebook.core.messages import text
from duebook.core.money import ratio
from duebook.policy import audit as audit_policy
from duebook.policy.audit import AuditRules
from duebook.receivables.aging import rule_in_words


def headline(close: Close, reach: Reach, figures: Record) -> str:
    """One sentence per currency: how much came in afterward, and how much is asked for."""
    currency, language = str(figures["currency"]), close.language

    def share(name: str) -> str:
        value = figures[name]
        return wording.share(value if isinstance(value, Decimal) else None)

    return text(
        "audit.headline" if figures["items"] else "audit.headline_nothing",
        language,
        currency=currency,
        open=wording.amount(Decimal(str(figures["open"])), currency),
        as_of=close.as_of.isoformat(),
        to=reach.to.isoformat(),
        collected=share("collected"),
        chosen=figures["chosen"],
        customers=figures["customers"],
        coverage=share("coverage"),
    )


def receipts(close: Close, reach: Reach) -> str:
    key = "nothing_later" if reach.latest <= close.as_of else "beyond" if reach.to > reach.latest else "words"
    facts = {"as_of": close.as_of.isoformat(), "to": reach.to.isoformat(), "latest": reach.latest.isoformat()}
    return text(f"audit.receipts_{key}", close.language, **facts)


def sample(close: Close, rules: AuditRules, samples: Mapping[str, Sample]) -> str:
    """How much each currency's sample covers, and which seed it follows from."""
    language = close.language
    told = [
        text(
            "audit.sample_currency",
            language,
            currency=currency,
            chosen=len(own.chosen),
            customers=len(own.choices),
            share=wording.share(ratio(own.chosen_debit, own.debit, 6)),
        )
        for currency, own in samples.items()
    ]
    asked = close.options.audit
    key = "audit.sample_words" if asked and asked.seed else "audit.sample_words_no_seed"
    return text(key, language, seed=seed_of(close), coverage=text("close.watch_joined", language).join(told))


def replies(close: Close, answers: Sequence[Answer]) -> str:
    language, asked = close.language, close.options.audit
    if asked is None or asked.replies is None:
        return text("audit.replies_none", language)
    counted = {s: sum(1 for a in answers if a.status == s) for s in ("agreed", "explained", "unexplained", "no_reply")}
    unasked = sum(1 for a in answers if a.letter is None)
    said = text("audit.replies_words", language, file=asked.replies.name, **counted)
    if unasked:
        said += text("close.sentence_gap", language) + text("audit.replies_unasked", language, count=unasked)
    return said


def cutoff(close: Close, rules: AuditRules) -> str:
    language, asked = close.language, close.options.audit
    if asked is not None and asked.deliveries is not None:
        key = "audit.cutoff_given"
    else:
        key = "audit.cutoff_numbers" if audit_cutoff.numbered(close) else "audit.cutoff_none"
    name = asked.deliveries.name if asked and asked.deliveries else ""
    near = text("audit.cutoff_near", language, days=rules.cut_off_days, count=rules.cut_off_documents)
    return text(key, language, file=name) + text("close.sentence_gap", language) + near


def policy_mark(close: Close) -> str | None:
    """Marks the rules of the pack where nobody has adopted them."""
    if not close.policy.illustrative(audit_policy):
        return None
    return text("close.illustrative", close.language, names=text("audit.illustrative", close.language))


def sampling_rows(close: Close, rules: AuditRules, samples: Mapping[str, Sample]) -> list[Record]:
    """For each currency: the population, each way of choosing with its rule, and what all of them cover."""
    rows: list[Record] = []
    for currency, own in samples.items():
        rows.append(
            _step(close, currency, own, "population", own.choices, text("audit.rule_population", close.language))
        )
        used = [
            reason
            for reason in REASONS
            if reason not in ("over", "coverage") or _by_value(close, rules, currency) == reason
        ]
        for reason in used:
            chosen = [c for c in own.choices if c.reason == reason]
            if chosen or reason != "same_customer":
                rows.append(_step(close, currency, own, reason, chosen, _rule(close, rules, currency, own, reason)))
        rows.append(_step(close, currency, own, "total", own.chosen, text("audit.rule_total", close.language)))
    return rows


def _by_value(close: Close, rules: AuditRules, currency: str) -> str:
    return "coverage" if wish(close, rules, currency).over is None else "over"


def _step(close: Close, currency: str, own: Sample, step: str, choices: Sequence[Choice], rule: str) -> Record:
    """Shares are of all customers with a balance, and of their debit balances; credit balances count as customers."""
    return {
        "currency": currency,
        "step": text(f"audit.step_{step}", close.language),
        "customers": len(choices),
        "amount": sum((c.candidate.balance for c in choices), ZERO),
        "share": ratio(debit_of(choices), own.debit, 6),
        "count_share": ratio(len(choices), len(own.choices), 6),
        "action": rule,
    }


def _rule(close: Close, rules: AuditRules, currency: str, own: Sample, reason: str) -> str:
    wanted = wish(close, rules, currency)

    def amount(value: Decimal | None) -> str:
        return "–" if value is None else wording.amount(value, currency)

    told: dict[str, dict[str, object]] = {
        "over": {"amount": amount(wanted.over)},
        "coverage": {"share": wording.share(wanted.coverage, 0)},
        "related": {},
        "unit": {
            "population": amount(own.population),
            "count": wanted.monetary_units,
            "interval": amount(own.interval),
            "start": amount(own.start),
            "text": f"{wanted.seed}|{currency}",
        },
        "random": {"count": wanted.random, "text": f"{wanted.seed}|{currency}|"},
        "same_customer": {},
    }
    key = f"audit.rule_{reason}"
    if reason == "related" and not wanted.related:
        key = "audit.rule_related_not"
    elif reason == "unit" and own.interval is None:
        key = "audit.rule_unit_none"
    return text(key, close.language, **told[reason])


def basis(close: Close, rules: AuditRules, reach: Reach) -> list[Record]:
    """What the lists rest on, in words; then the inputs."""
    language, scheme = close.language, annual_scheme(close)
    facts: dict[str, object] = {
        "as_of": close.as_of.isoformat(),
        "to": reach.to.isoformat(),
        "first": close.period.first.isoformat(),
        "days": rules.transit_days,
        "rule": rule_in_words(scheme, language),
        "scheme": scheme.name,
        "near": rules.cut_off_days,
        "count": rules.cut_off_documents,
        "seed": seed_of(close),
    }
    names = (
        "receipts",
        "confirmation",
        "sampling",
        "replies",
        "alternative",
        "cutoff",
        "sequence",
        "top_five",
        "related",
        "by_year",
        "credits",
        "unusual",
    )  # one list
    said: list[Record] = [
        {"name": text(f"audit.basis_{name}", language), "value": text(f"audit.basis_{name}_words", language, **facts)}
        for name in names
    ]
    asked = close.options.audit
    for path in (asked.replies, asked.deliveries) if asked else ():
        if path is not None:
            said.append({"name": text("close.basis_input", language), "value": path.name})
    return [*said, *input_rows(close)]
