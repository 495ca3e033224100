"""What goes into the auditor pack: subsequent receipts, confirmations, cut-off, and the lists that auditors ask for."""

from __future__ import annotations

from duebook.books.plan import Plan, Properties, Rows, Value
from duebook.close import audit_confirmation, audit_cutoff, audit_lists, audit_receipts, audit_rows, audit_words
from duebook.close.aging_book import Record, cover_line, records
from duebook.close.audit_confirmation import RELATED, to_confirm
from duebook.close.audit_pack import Pack, packed
from duebook.close.figures import ZERO
from duebook.close.result import Close
from duebook.close.slots import BUCKET_COLUMNS
from duebook.close.slots_audit import AUDIT_TABLES, YEARS
from duebook.core.messages import as_header, text
from duebook.core.money import ratio
from duebook.receivables.aging import bucket_labels

OTHERWISE = ("credit_notes", "bills", "write_offs", "earlier", "other")


def plan(close: Close) -> Plan:
    """The whole auditor pack."""
    pack = packed(close)
    language = close.language
    years = bucket_labels(audit_lists.annual_scheme(close), language)
    year_headers = {f"year_{n}": as_header(label) for n, label in enumerate(years, start=1)}
    labels = bucket_labels(close.scheme, language)
    buckets = {f"bucket_{n}": as_header(label) for n, label in enumerate(labels[:BUCKET_COLUMNS], start=1)}
    detail, detail_words = audit_rows.receipts(pack)
    tables: dict[str, Rows] = {"subsequent_receipts": detail} | {
        name: records(AUDIT_TABLES, name, rows)
        for name, rows in (
            ("audit_figures", [_figures(pack, currency) for currency in pack.currencies]),
            ("receipts_by_customer", audit_rows.by_customer(pack)),
            ("confirmations", audit_rows.confirmations(pack)),
            ("sampling", audit_words.sampling_rows(close, pack.rules, pack.samples)),
            ("confirmation_letters", audit_rows.letters(pack)),
            ("replies", [audit_rows.answer_row(pack, answer) for answer in pack.answers]),
            ("top_five", audit_rows.top_five(pack)),
            ("related_parties", audit_rows.related(pack)),
            ("aging_by_year", audit_rows.by_year(pack)),
            ("aging_bridge", audit_rows.bridge(pack, labels)),
            ("credit_balances", audit_rows.credits_held(pack)),
            ("basis", audit_words.basis(close, pack.rules, pack.reach)),
        )
    }
    tables["delivered_not_invoiced"] = audit_rows.deliveries(pack, "delivered_not_invoiced", "delivery_date")
    tables["invoiced_not_delivered"] = audit_rows.deliveries(pack, "invoiced_not_delivered", "document_date")
    tables["cutoff_documents"] = audit_rows.documents(pack)
    tables["unusual_items"] = audit_rows.unusual(pack)
    title = text("audit.title", language)
    unused = _unused(pack)
    hidden_years = [f"year_{n}" for n in range(len(years) + 1, YEARS + 1)]
    return Plan(
        tables=tables,
        cells={
            "book_title": title,
            "cover_line": cover_line(close),
            "as_of": close.as_of,
            "receipts_to": pack.reach.to,
            "sample_seed": audit_confirmation.seed_of(close),
            "selected_currency": close.leading_currency,
            "policy_mark": audit_words.policy_mark(close),
            "receipts_words": audit_words.receipts(close, pack.reach),
            "sample_words": audit_words.sample(close, pack.rules, pack.samples),
            "replies_words": audit_words.replies(close, pack.answers),
            "cutoff_words": audit_words.cutoff(close, pack.rules),
            "receipts_detail_words": detail_words,
        },
        headers={"top_five": buckets, "aging_by_year": year_headers, "aging_bridge": year_headers},
        hidden={
            **unused,
            "top_five": [*unused["top_five"], *(f"bucket_{n}" for n in range(len(labels) + 1, BUCKET_COLUMNS + 1))],
            "aging_by_year": [*unused["aging_by_year"], *hidden_years],
            "aging_bridge": hidden_years,
        },
        properties=Properties(title, cover_line(close), close.as_of),
    )


def _unused(pack: Pack) -> dict[str, list[str]]:
    """Slot → columns that say nothing in this ledger."""
    held, later = pack.close.balances, pack.later.values()
    settled = [key for key in OTHERWISE if not any(getattr(entry, key) for entry in later)]
    accounts = [key for key in ("bills", "contract_assets") if not any(getattr(b, key) for b in held)]
    related = [] if any(relation in RELATED for _, relation in pack.names.values()) else ["relation"]
    return {
        "subsequent_receipts": settled,
        "receipts_by_customer": settled,
        "confirmations": [*accounts, *related],
        "confirmation_letters": accounts,
        "related_parties": accounts,
        "top_five": related,
        "aging_by_year": related,
        "credit_balances": related,
    }


def _figures(pack: Pack, currency: str) -> Record:
    close = pack.close
    own = [b for b in close.balances if b.currency == currency]
    later = audit_receipts.total(pack.later, currency)
    whole, five = pack.balance(currency), sum((to_confirm(b) for b in pack.largest(currency)), ZERO)
    related = sum((to_confirm(b) for b in own if b.relation in RELATED), ZERO)
    over_year = pack.over_year.get(currency, ZERO)
    gross = sum((b.receivable for b in own), ZERO)
    credit = [-to_confirm(b) for b in own if to_confirm(b) < 0]
    cut = {
        name: audit_cutoff.totals(close, name).get(currency, (0, ZERO))
        for name in ("delivered_not_invoiced", "invoiced_not_delivered")
    }
    figures: dict[str, Value] = {
        "currency": currency,
        "customers": len(own),
        "balance": whole,
        "items": later.items,
        "open": later.open,
        "receipts": later.receipts,
        "settled_otherwise": later.settled_otherwise,
        "still_open": later.still_open,
        "collected": ratio(later.receipts, later.open, 6),
        "unapplied_later": later.unapplied_later,
        **_sample_figures(pack, currency),
        **_reply_figures(pack, currency),
        "not_invoiced": cut["delivered_not_invoiced"][1],
        "not_invoiced_count": cut["delivered_not_invoiced"][0],
        "not_delivered": cut["invoiced_not_delivered"][1],
        "not_delivered_count": cut["invoiced_not_delivered"][0],
        "top_5_amount": five,
        "top_5": ratio(five, whole, 6) if whole > 0 else None,
        "related": related,
        "related_share": ratio(related, whole, 6) if whole > 0 else None,
        "over_year": over_year,
        "over_year_share": ratio(over_year, gross, 6),
        "credit_balances": sum(credit, ZERO),
        "credit_customers": len(credit),
    }
    return {**figures, "headline": audit_words.headline(close, pack.reach, figures)}


def _sample_figures(pack: Pack, currency: str) -> dict[str, Value]:
    own = pack.samples.get(currency)
    if own is None:
        return {"debit": ZERO, "chosen": 0, "chosen_amount": ZERO, "coverage": None, "coverage_count": None}
    return {
        "debit": own.debit,
        "chosen": len(own.chosen),
        "chosen_amount": own.chosen_debit,
        "coverage": ratio(own.chosen_debit, own.debit, 6),
        "coverage_count": ratio(len(own.chosen), len(own.choices), 6),
    }


def _reply_figures(pack: Pack, currency: str) -> dict[str, Value]:
    replied = [a for a in pack.answers if a.key[0] == currency and a.reply is not None]
    open_ends = [a.explanation.unexplained for a in replied if a.explanation and a.explanation.unexplained]
    return {
        "replied": len(replied),
        "replied_amount": sum((a.book for a in replied), ZERO),
        "differing": sum(1 for a in replied if a.difference),
        "unexplained": sum((abs(amount) for amount in open_ends), ZERO),
        "unexplained_customers": len(open_ends),
    }
