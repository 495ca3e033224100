"""The allowance as rows of the workbooks: the provision matrix, specific items, its movement, rates of own closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from duebook.books.plan import Value
from duebook.close import wording
from duebook.close.allowance import ACCOUNTS, ZERO, Allowance, Matrix, Movement, SpecificItem
from duebook.close.assessed import Unplaced, unplaced
from duebook.close.own_rates import OwnRates, Rates
from duebook.close.result import Close
from duebook.close.written_off import in_period
from duebook.core.messages import said as said_both
from duebook.core.messages import text
from duebook.core.money import ratio
from duebook.policy import allowances, closing
from duebook.receivables.aging import bucket_labels
from duebook.receivables.dso import figure
from duebook.receivables.provision import bad_debt_rate

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


def rows(close: Close) -> dict[str, list[Record]]:
    """The rows of `slots_movements.ALLOWANCE_TABLES`, by table."""
    return {
        "allowance_movement": [_movement(close, line) for line in close.allowance_movement],
        "allowance_pools": [row for f in close.figures for row in _pools(close, f.provision)],
        "specific_items": [
            *(_specific(close, f.currency, item) for f in close.figures for item in f.provision.specific),
            *(_in_vain(close, item) for item in _unplaced(close)),
        ],
        "own_loss_rates": [row for own in close.own_rates for row in _own_rates(close, own)],
        "bad_debt_rates": _bad_debt(close),
    }


def words(close: Close) -> str | None:
    """What a reader of the allowance must know: rates nobody has adopted, an opening that is missing or not split."""
    language = close.language
    said = []
    if names := not_adopted(close, watch=False):
        said.append(text("close.illustrative", language, names=names))
    if close.previous is None or close.previous.allowances is None:
        said.append(text("allowance.no_opening", language))
    elif close.previous.allowance_unsplit:
        said.append(text("allowance.opening_unsplit", language))
    return text("close.sentence_gap", language).join(said) if said else None


def not_adopted(close: Close, watch: bool = True) -> str:
    """Of loss rates and watch thresholds those that are a proposal: an adopted policy may leave either to Duebook."""
    own = (*close.policy.not_own(closing), *close.policy.not_own(allowances))
    pools = [pool for f in close.figures for pool in f.provision.pools]
    tables = ["loss_rates", *(["account_loss_rates"] if pools else []), *(["watch"] if watch else [])]
    proposed = [name for name in tables if not close.policy.adopted or name in own]
    return text("close.list_comma", close.language).join(
        text(f"close.illustrative_{name}", close.language) for name in proposed
    )


def _movement(close: Close, line: Movement) -> Record:
    row: dict[str, Value] = {
        "currency": line.currency,
        "account": text(f"allowance.account_{line.account}", close.language),
        "part": text(f"allowance.part_{line.part}", close.language),
        "closing": line.closing,
    }
    if line.opening is not None and line.charge is not None and line.reversal is not None:
        row |= {
            "opening": line.opening,
            "charge": line.charge,
            "reversal": ZERO - line.reversal,
            "write_offs": ZERO - line.write_offs,
            "recoveries": line.recoveries,
            "fx": line.fx,
            "booked": line.change,
            "difference": ZERO,
        }
    return row


def _pools(close: Close, own: Allowance) -> list[Record]:
    """Pools and specific items by account; blank allowances where the policy has no rates."""
    found: list[tuple[str, str, Decimal, Decimal | None]] = []
    language = close.language
    for matrix in own.matrices:
        name = f"close.relation_{matrix.relation}" if matrix.relation else "allowance.pool_aged"
        losses = matrix.allowance
        total = None if losses is None else sum(losses, ZERO)
        found.append(("receivable", text(name, language), sum(matrix.base, ZERO), total))
    for pool in own.pools:
        found.append((pool.account, text(f"allowance.pool_{pool.name}", language), pool.balance, pool.allowance))
    for account in ACCOUNTS:
        balance = sum((item.balance for item in own.specific if item.account == account), ZERO)
        if balance:
            found.append((account, text("allowance.specific", language), balance, own.required(account, "specific")))
    if own.left_out:
        found.append(("receivable", text("allowance.left_out", language), own.left_out, ZERO))
    order = {account: place for place, account in enumerate(ACCOUNTS)}
    return [
        {
            "currency": own.currency,
            "account": text(f"allowance.account_{account}", language),
            "pool": pool_name,
            "balance": balance,
            "allowance": allowance,
        }
        for account, pool_name, balance, allowance in sorted(found, key=lambda row: order[row[0]])
        if balance or allowance
    ]


def _specific(close: Close, currency: str, item: SpecificItem) -> Record:
    said = []
    if item.stated is not None and item.rate is not None:
        said.append(text("allowance.both_given", close.language))
    if item.capped:
        said.append(text("allowance.capped", close.language, wanted=wording.amount(item.wanted, currency)))
    return {
        "currency": currency,
        "customer_id": item.customer_id,
        "customer_name": item.customer_name,
        "document_id": item.document_id or text("allowance.whole_customer", close.language),
        "account": text(f"allowance.account_{item.account}", close.language),
        "balance": item.balance,
        "rate": ratio(item.allowance, item.balance, 6),
        "allowance": item.allowance,
        "remark": text("close.sentence_gap", close.language).join(said) or None,
    }


def _unplaced(close: Close) -> list[Unplaced]:
    return unplaced(close.engine, close.basis, [f.provision for f in close.figures])


def _in_vain(close: Close, item: Unplaced) -> Record:
    if item.currency is None:
        remark = text("allowance.unplaced", close.language, amount=f"{item.stated:,f}")
    else:
        stated = f"{item.currency} {wording.amount(item.stated, item.currency)}"
        remark = text("allowance.unplaced_currency", close.language, amount=stated, currency=item.currency)
    return {
        "currency": item.currency,
        "customer_id": item.customer_id,
        "customer_name": item.customer_name,
        "document_id": text("allowance.whole_customer", close.language),
        "allowance": ZERO,
        "remark": remark,
    }


def _own_rates(close: Close, own: OwnRates) -> list[Record]:
    """A row per bucket; the first also says what is true of the whole currency."""
    language, basis = close.language, close.basis
    of_policy = basis.policy.loss_rates(basis.scheme.name, basis.as_of)
    in_use = basis.own_rates.get(own.currency, of_policy)
    source = basis.rates_from if own.currency in basis.own_rates else "policy"
    remarks = _remarks(close, own)
    found: list[Record] = []
    for place, bucket in enumerate(bucket_labels(close.scheme, language)):
        found.append(
            {
                "currency": own.currency,
                "bucket": bucket,
                "policy_rate": _at(of_policy, place),
                "roll": _at(own.roll.steps, place),
                "roll_rate": _at(own.roll.rates, place),
                "reached": _at(own.cohort.steps, place),
                "cohort_rate": _at(own.cohort.rates, place),
                "used_rate": _at(in_use, place),
                "source": text(f"allowance.source_{source}", language),
                "remark": remarks[place] or None,
            }
        )
    return found


def _remarks(close: Close, own: OwnRates) -> list[str]:
    """By bucket what was done to its rates; what is true of the whole currency fills the rows that say nothing yet."""
    language = close.language
    whole = [_reason(found, language) for found in (own.roll, own.cohort) if found.reason]
    if own.written_off:
        amount = f"{own.currency} {wording.amount(own.written_off, own.currency)}"
        whole.append(text("allowance.put_back", language, amount=amount))
    if own.cohort.rates:
        whole.append(text("allowance.cohorts_counted", language, count=own.cohorts))
    found = []
    for place in range(close.scheme.buckets):
        done = [
            text("allowance.done", language, source=text(f"allowance.source_{name}", language), done=remark)
            for name, rates in (("roll", own.roll), ("cohort", own.cohort))
            if place < len(rates.remarks) and (remark := rates.remarks[place]) is not None
        ]
        if not done and whole:
            done = [whole.pop(0)]
        found.append(text("close.sentence_gap", language).join(done))
    found[-1] = text("close.sentence_gap", language).join([*([found[-1]] if found[-1] else []), *whole])
    return found


def _reason(found: Rates, language: str) -> str:
    """Why there are no rates."""
    return said_both(found.said.text("en"), found.said.text("zh"), language)


def _at(values: Sequence[Decimal] | None, place: int) -> Decimal | None:
    return values[place] if values is not None and place < len(values) else None


def _bad_debt(close: Close) -> list[Record]:
    """BAD_DEBT_RATE over the period of the sales figures, against each base by its name."""
    found: list[Record] = []
    period = close.period
    moved = in_period(close.engine, period.first - timedelta(1), period.last)
    for f in close.figures:
        flow = moved.get(f.currency)
        if flow is None:
            continue
        bases = {"sales": f.sales.sales, "average_receivables": (f.sales.opening + f.sales.closing) / 2}
        for basis, base in bases.items():
            rate = figure(bad_debt_rate, flow.write_offs, flow.recoveries, base, basis) if base > 0 else None
            found.append(
                {
                    "currency": f.currency,
                    "period": str(period),
                    "basis": text(f"allowance.basis_{basis}", close.language),
                    "write_offs": flow.write_offs,
                    "recoveries": flow.recoveries,
                    "base": base,
                    "rate": rate,
                }
            )
    return found


def basis_rows(close: Close) -> list[Record]:
    """What the provision rests on beyond the policy's rates by bucket; nothing where the ledger holds nothing of it."""
    language, tables, on = close.language, close.basis.tables, close.as_of
    comma = text("close.list_comma", language)
    said: list[tuple[str, str]] = []
    if specific := sum(len(f.provision.specific) for f in close.figures):
        said.append(("specific", text("allowance.basis_specific_words", language, count=specific)))
    if in_vain := _unplaced(close):
        named = comma.join(item.customer_id for item in in_vain)
        said.append(("in_vain", text("allowance.basis_in_vain_words", language, customers=named)))
    if names := sorted({pool.name for f in close.figures for pool in f.provision.pools}):
        rates = tables.account_rates(on)
        listed = comma.join(
            f"{text(f'allowance.pool_{name}', language)} " + wording.share(rates[name]) for name in names
        )
        said.append(("pools", text("allowance.basis_pools_words", language, rates=listed)))
    if any(sum(matrix.covered) for f in close.figures for matrix in f.provision.matrices):
        said.append(("cover_reduces", text("allowance.basis_cover_reduces_words", language)))
    if close.own_rates:
        source, closes = close.basis.rates_from, max(own.closes for own in close.own_rates)
        words_of = "proposal" if source == "policy" else "loss_rates"
        taken = text(f"allowance.source_{source}", language)
        said.append(("loss_rates", text(f"allowance.basis_{words_of}_words", language, source=taken, closes=closes)))
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
