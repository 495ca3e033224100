"""The allowance as rows of the workbooks: the provision matrix, specific items, its movement, rates of own closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from duebook.books.plan import Value
from duebook.close import wording
from duebook.close.allowance import ZERO, Allowance, Matrix
from duebook.close.result import Close
from duebook.core.messages import text

Record = Mapping[str, Value]
APART = ("related", "intercompany")


def provision_rows(close: Close, labels: Sequence[str]) -> list[Record]:
    """The provision matrix of the receivables: each bucket, and below what is not aged or is assessed by itself."""
    return [row for f in close.figures for row in _provision(close, f.provision, labels)]


def _provision(close: Close, own: Allowance, labels: Sequence[str]) -> list[Record]:
    rows: list[Record] = []

    def line(bucket: str, amount: Decimal, rate: Decimal | None, allowance: Decimal | None) -> None:
        known = allowance if own.known else None
        rows.append({"currency": own.currency, "bucket": bucket, "amount": amount, "rate": rate, "allowance": known})

    for matrix in own.matrices:
        rates, losses = matrix.rates, matrix.allowance
        for place, bucket in enumerate(_names(close, matrix, labels)):
            rate = None if rates is None else rates[place]
            line(bucket, matrix.base[place], rate, None if losses is None else losses[place])
    for pool in own.pools:
        if pool.account == "receivable":
            line(text(f"allowance.pool_{pool.name}", close.language), pool.balance, pool.rate, pool.allowance)
    if apart := [item for item in own.specific if item.account == "receivable"]:
        balance = sum((item.balance for item in apart), ZERO)
        line(text("allowance.specific", close.language), balance, None, own.required("receivable", "specific"))
    if own.left_out:
        line(text("allowance.left_out", close.language), own.left_out, None, ZERO)
    return rows


def _names(close: Close, matrix: Matrix, labels: Sequence[str]) -> list[str]:
    if not matrix.relation:
        return list(labels)
    relation = text(f"close.relation_{matrix.relation}", close.language)
    return [text("allowance.pool_relation", close.language, bucket=label, relation=relation) for label in labels]


def basis_rows(close: Close) -> list[Record]:
    """What the provision rests on beyond the policy's rates by bucket; nothing where the ledger holds nothing of it."""
    language, tables, on = close.language, close.basis.tables, close.as_of
    comma = text("close.list_comma", language)
    said: list[tuple[str, str]] = []
    if specific := sum(len(f.provision.specific) for f in close.figures):
        said.append(("specific", text("allowance.basis_specific_words", language, count=specific)))
    if names := sorted({pool.name for f in close.figures for pool in f.provision.pools}):
        rates = tables.account_rates(on)
        listed = comma.join(
            f"{text(f'allowance.pool_{name}', language)} " + wording.share(rates[name]) for name in names
        )
        said.append(("pools", text("allowance.basis_pools_words", language, rates=listed)))
    if any(sum(matrix.covered) for f in close.figures for matrix in f.provision.matrices):
        said.append(("cover_reduces", text("allowance.basis_cover_reduces_words", language)))
    return [*_named(close, said), *relation_rows(close)]


def relation_rows(close: Close) -> list[Record]:
    """Related parties: what they owe, and which figures count them; nothing where there are none."""
    language = close.language
    owed: dict[tuple[str, str], Decimal] = {}
    for balance in close.balances:
        if balance.relation in APART:
            key = (balance.currency, balance.relation)
            owed[key] = owed.get(key, ZERO) + balance.balance
    if not owed:
        return []
    rules = close.basis.tables.relations(close.as_of)
    parties = {use: text(f"allowance.parties_{getattr(rules, use)}", language) for use in ("dso", "allowance", "cover")}
    listed = text("close.list_comma", language).join(
        f"{text(f'close.relation_{relation}', language)} " + f"{currency} {wording.amount(amount, currency)}"
        for (currency, relation), amount in sorted(owed.items())
    )
    said = [("relations", text("allowance.basis_relations_words", language, **parties)), ("relation_owed", listed)]
    if rules.dso != "all" and close.engine.one("SELECT count(*) FROM sales")[0]:
        said.append(("sales_whole", text("allowance.basis_sales_whole_words", language)))
    return _named(close, said)


def bank_acceptance_rows(close: Close) -> list[Record]:
    """Whose exposure acceptances of banks are; nothing where the ledger holds none."""
    (held,) = close.engine.one("SELECT count(*) FROM items WHERE account = 'bill' AND bill_kind = 'bank_acceptance'")
    if not held:
        return []
    whose = close.basis.tables.bank_acceptances(close.as_of)
    return _named(close, [("bank_acceptances", text(f"allowance.basis_bank_acceptances_{whose}", close.language))])


def _named(close: Close, said: Sequence[tuple[str, str]]) -> list[Record]:
    return [{"name": text(f"allowance.basis_{name}", close.language), "value": value} for name, value in said]
