"""A close in its functional currency as rows and sentences of the workbooks and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from duebook.books.plan import Value
from duebook.close import wording
from duebook.close.account_ties import AccountTie
from duebook.close.credit_lines import functional_lines
from duebook.close.figures import ZERO
from duebook.close.functional import ACCOUNTS, Functional, FxLine, summed
from duebook.close.net_of_tax import net_of_tax
from duebook.close.result import Close
from duebook.core.messages import text
from duebook.core.money import ratio
from duebook.portfolio.exposure import figure, headroom
from duebook.receivables.aging import bucket_labels

Record = Mapping[str, Value]


def rows(close: Close) -> dict[str, list[Record]]:
    """The tables of `slots_movements.FUNCTIONAL_TABLES`, by name; those of the rates are empty without rates."""
    functional = close.in_one_currency
    return {
        "currencies": _currencies(close, functional) if functional else [],
        "functional_totals": _totals(close, functional) if functional else [],
        "account_tie_out": [row for tie in close.account_ties for row in _tie(close, tie)],
        "functional_customers": _customers(close, functional) if functional else [],
        "exchange_differences": _differences(close, functional) if functional else [],
        "net_of_tax": [
            {
                "currency": own.currency,
                "gross": own.gross,
                "net": own.net,
                "tax": own.gross - own.net,
                "untold": own.untold,
                "open": own.gross + own.untold,
            }
            for own in net_of_tax(close.engine)
        ],
    }


def words(close: Close) -> str:
    """What the sheet of currencies rests on, or how to get one."""
    functional = close.in_one_currency
    if functional is None:
        return text("functional.no_rates", close.language)
    facts = {"currency": functional.currency, "since": functional.since.isoformat()}
    return text("functional.words", close.language, **facts)


def _currencies(close: Close, functional: Functional) -> list[Record]:
    found = [_account(close, functional, line, line.currency) for line in functional.by_account()]
    for account in ACCOUNTS:
        if (whole := functional.total(account)) is not None:
            found.append({**_account(close, functional, whole, functional.label), "balance": None})
    return found


def _account(close: Close, functional: Functional, line: FxLine, label: str) -> Record:
    quote = functional.closing.get(line.currency)
    return {
        "original": label,
        "account": text(f"functional.account_{line.account}", close.language),
        "balance": line.balance,
        "rate": quote.rate if quote else None,
        "rate_date": quote.day if quote else None,
        "source": (quote.source or None) if quote else None,
        **_fx(line),
    }


def _totals(close: Close, functional: Functional) -> list[Record]:
    """The aged balance of all customers, then figures beside it, then how much the largest groups hold of it."""

    def whole(name: str) -> Decimal:
        return sum((getattr(b, name) for b in functional.customers), ZERO)

    balance = whole("balance")
    labels = bucket_labels(close.scheme, close.language)
    aged = [sum((b.buckets[n] for b in functional.customers), ZERO) for n in range(close.scheme.buckets)]
    parts = [*zip(labels, aged, strict=True)]
    parts += [(_item(close, name), whole(name)) for name in ("disputed", "unapplied")]
    parts.append((_item(close, "balance"), balance))
    found: list[Record] = [{"item": n, "amount": a, "share": ratio(a, balance, 6)} for n, a in parts]
    beside = {name: whole(name) for name in ("overdue", "excluded", "bills", "contract_assets", "exposure")}
    beside |= {} if functional.allowance is None else {"allowance": functional.allowance}
    found += [{"item": _item(close, name), "amount": amount} for name, amount in beside.items() if amount]
    found += [{"item": _item(close, name), "share": functional.shares[name]} for name in ("top_1", "top_5", "top_10")]
    return found


def _item(close: Close, name: str) -> str:
    return text(f"functional.item_{name}", close.language)


def _fx(line: FxLine) -> dict[str, Decimal | None]:
    names = ("functional", "booked", "not_revalued", "unrealized", "realized")
    return {name: getattr(line, name) for name in names}


def _tie(close: Close, tie: AccountTie) -> list[Record]:
    account = _account_name(close, tie)

    def row(name: str, amount: Decimal) -> Record:
        item = text(f"functional.part_{name}", close.language)
        return {"account": account, "original": tie.currency, "item": item, "amount": amount}

    lines = [row(name, amount) for name, amount in tie.parts]
    return [*lines, row("total", tie.total), row("control", tie.control), row("difference", tie.difference)]


def _account_name(close: Close, tie: AccountTie) -> str:
    return text(f"functional.tie_{tie.account}", close.language, currency=tie.currency)


def _customers(close: Close, functional: Functional) -> list[Record]:
    differences = {line.customer_id: line for line in summed(functional.lines, ("customer_id",))}
    lines = sorted(functional_lines(close), key=lambda line: (-line.exposure, line.held.customer_id))
    whole = sum((line.exposure for line in lines), ZERO)
    return [
        {
            "customer_id": line.held.customer_id,
            "customer_name": line.held.customer_name,
            "exposure": line.exposure,
            "limit": line.credit_limit,
            "headroom": figure(headroom, line.credit_limit, line.exposure),
            "share": ratio(line.exposure, whole, 6),
            "balance": line.held.balance + line.held.excluded,
            "overdue": line.held.overdue,
            "unrealized": differences[line.held.customer_id].unrealized,
            "realized": differences[line.held.customer_id].realized,
        }
        for line in lines
    ]


def _differences(close: Close, functional: Functional) -> list[Record]:
    names = {b.customer_id: b.customer_name for b in close.balances}
    return [
        {
            "customer_id": line.customer_id,
            "customer_name": names.get(line.customer_id),
            "original": line.currency,
            "account": text(f"functional.account_{line.account}", close.language),
            "balance": line.balance,
            **_fx(line),
        }
        for line in functional.lines
        if line.currency != functional.currency and (line.balance or line.realized)
    ]


def headline(close: Close) -> str | None:
    """The whole in one sentence, for the command line; None without rates or with but one currency."""
    functional = close.in_one_currency
    if functional is None:
        return None
    language, code, whole = close.language, functional.currency, functional.total("receivable")
    amounts = {
        "balance": whole.functional if whole else ZERO,
        "overdue": sum((b.overdue for b in functional.customers), ZERO),
    }
    said = text("functional.headline", language, currency=code, **_in_words(amounts, code))
    known = {name: getattr(whole, name, None) for name in ("booked", "unrealized", "realized")}
    found = {name: amount for name, amount in known.items() if amount is not None}
    if len(found) == len(known):
        since = functional.since.isoformat()
        said += text("functional.headline_booked", language, since=since, **_in_words(found, code))
        if whole and whole.not_revalued:
            advances = _in_words({"amount": whole.not_revalued}, code)
            said += text("functional.headline_advances", language, **advances)
    else:
        said += text("functional.headline_unknown", language)
    return said + text("close.sentence_end", language)


def _in_words(amounts: Mapping[str, Decimal], currency: str) -> dict[str, str]:
    return {name: wording.amount(amount, currency) for name, amount in amounts.items()}


def tie_out_words(close: Close) -> list[str]:
    """A sentence for each control total of another account."""
    return [_tie_words(close, tie) for tie in close.account_ties]


def _tie_words(close: Close, tie: AccountTie) -> str:
    account = _account_name(close, tie)
    amounts = _in_words({"pending": tie.pending, "difference": tie.difference}, tie.currency)
    key = "ties_before" if tie.ties_before else "ties" if tie.ties else "ties_not"
    return text(f"functional.{key}", close.language, account=account, **amounts)


def functional_basis(close: Close) -> list[Record]:
    """What the functional currency rests on: its rates with day and source, and the rules; nothing without rates."""
    functional, language = close.in_one_currency, close.language
    if functional is None:
        return []
    listed = text("close.list_comma", language).join(
        text(
            "functional.basis_rate",
            language,
            pair=f"{code}/{functional.currency}",
            rate=quote.shown,
            date=quote.day.isoformat(),
            source=quote.source or text("functional.basis_no_source", language),
        )
        for code, quote in functional.closing.items()
    )
    facts = {"label": functional.label, "currency": functional.currency, "rates": listed}
    advances = close.policy.close(close.as_of).advances
    booked = ("functional.basis_booked_words", f"functional.basis_advances_{advances}")
    return [
        {"name": text("functional.basis", language), "value": text("functional.basis_words", language, **facts)},
        {
            "name": text("functional.basis_booked", language),
            "value": text("close.sentence_gap", language).join(text(key, language) for key in booked),
        },
    ]


def tax_basis(close: Close) -> list[Record]:
    """On which basis DSO compares receivables and sales, where a sales file was raised to have its tax."""
    if not close.vat_rates:
        return []
    rates = text("close.list_comma", close.language).join(
        f"{code} {wording.share(rate)}" for code, rate in sorted(close.vat_rates.items())
    )
    value = text("functional.basis_vat_rate", close.language, rates=rates)
    return [{"name": text("functional.basis_vat", close.language), "value": value}]
