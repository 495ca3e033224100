"""What goes into the exposure workbook: limits, headroom, cover, concentration, watch list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from duebook.books.plan import Plan, Properties
from duebook.close import wording
from duebook.close.aging_book import TOP, Record, cover_line, input_rows, policy_mark, records
from duebook.close.allowance_rows import bank_acceptance_rows, relation_rows
from duebook.close.credit_lines import CreditLine, Group, Watch, credit_lines, functional_lines, groups, watch_list
from duebook.close.figures import ZERO
from duebook.close.functional_rows import functional_basis
from duebook.close.result import Close
from duebook.close.slots import EXPOSURE_TABLES
from duebook.core.messages import text
from duebook.core.money import ratio
from duebook.portfolio import concentration
from duebook.portfolio.exposure import figure as of_limit
from duebook.portfolio.exposure import headroom, limit_use


def plan(close: Close) -> Plan:
    """The whole exposure workbook."""
    lines = credit_lines(close)
    sets = {currency: [line for line in lines if line.held.currency == currency] for currency in groups(lines)}
    whole = functional_lines(close)
    if whole and close.in_one_currency:
        sets = {close.in_one_currency.label: whole, **sets}
    by_currency = {label: own for label, lines in sets.items() for own in groups(lines).values()}
    figures = [_figures(close, label, lines, by_currency[label]) for label, lines in sets.items()]
    title = text("close.exposure_title", close.language)
    return Plan(
        tables={
            "exposure_figures": records(EXPOSURE_TABLES, "exposure_figures", figures),
            "exposure": records(
                EXPOSURE_TABLES,
                "exposure",
                [_line(close, label, line) for label, lines in sets.items() for line in lines],
            ),
            "concentration": records(EXPOSURE_TABLES, "concentration", _concentration(by_currency)),
            "watch_list": records(
                EXPOSURE_TABLES,
                "watch_list",
                [_watch(close, n, w) for n, w in enumerate(watch_list(close, whole or lines), start=1)],
            ),
            "basis": records(EXPOSURE_TABLES, "basis", _basis(close)),
        },
        cells={
            "book_title": title,
            "cover_line": cover_line(close),
            "as_of": close.as_of,
            "selected_currency": close.in_one_currency.label if close.in_one_currency else close.leading_currency,
            "policy_mark": policy_mark(close),
            "limits_words": _limits_words(close, lines),
        },
        hidden={"exposure": _unused(lines)},
        properties=Properties(title, cover_line(close), close.as_of),
    )


def _unused(lines: Sequence[CreditLine]) -> tuple[str, ...]:
    """Columns that say nothing in this ledger, so that the simple case stays simple."""
    wanted = {
        "bills": any(line.held.bills for line in lines),
        "contract_assets": any(line.held.contract_assets for line in lines),
        "relation": any(line.held.relation for line in lines),
    }
    return tuple(key for key, shown in wanted.items() if not shown)


def _figures(close: Close, label: str, own: Sequence[CreditLine], own_groups: Sequence[Group]) -> Record:
    currency = own[0].held.currency
    exposure = sum((line.exposure for line in own), ZERO)
    over = [line for line in own if line.status == "over"]
    without = [line for line in own if line.status in ("no_limit", "other_currency") and line.exposure > 0]
    limits = [line for line in own if line.credit_limit is not None]
    covered = [line.covered for line in own if line.covered is not None]
    amounts = [group.exposure for group in own_groups]
    top_10 = concentration.figure(concentration.top_share, amounts, n=10)
    over_amount = sum((line.over_limit for line in over), ZERO)
    chart = (
        text("close.exposure_chart_empty", close.language)
        if top_10 is None
        else text("close.exposure_chart", close.language, share=wording.share(top_10, 0))
    )
    return {
        "currency": label,
        "customers": len(own),
        "exposure": exposure,
        "credit_limit": sum((line.credit_limit or ZERO for line in limits), ZERO) if limits else None,
        "headroom": (
            sum((of_limit(headroom, line.credit_limit, line.exposure) or ZERO for line in limits), ZERO)
            if limits
            else None
        ),
        "over_limit": over_amount,
        "over_limit_customers": len(over),
        "no_limit": sum((line.exposure for line in without), ZERO),
        "no_limit_customers": len(without),
        "covered": sum(covered, ZERO) if covered else None,
        "uncovered": exposure - sum(covered, ZERO) if covered else None,
        "top_1": concentration.figure(concentration.top_share, amounts, n=1),
        "top_5": concentration.figure(concentration.top_share, amounts, n=5),
        "top_10": top_10,
        "hhi": concentration.figure(concentration.hhi, amounts),
        "effective_customers": concentration.figure(concentration.effective_customers, amounts),
        "headline": text(
            "close.exposure_headline" if over else "close.exposure_headline_none_over",
            close.language,
            currency=currency if label == currency else text("functional.all_in", close.language, currency=currency),
            exposure=wording.amount(exposure, currency),
            customers=f"{len(own):,}",
            over=len(over),
            amount=wording.amount(over_amount, currency),
            without=len(without),
        )
        + wording.ending(close.language, close.options.known_at),
        "chart_title": chart,
    }


def _line(close: Close, label: str, line: CreditLine) -> Record:
    held = line.held
    whole = close.in_one_currency.label if close.in_one_currency and line.status == "whole" else None
    return {
        "customer_id": held.customer_id,
        "customer_name": held.customer_name,
        "parent_id": held.parent_id,
        "currency": label,
        "open": held.receivable,
        "unapplied": held.balance + held.excluded - held.receivable,
        "bills": held.bills,
        "contract_assets": held.contract_assets,
        "exposure": line.exposure,
        "credit_limit": line.credit_limit,
        "headroom": of_limit(headroom, line.credit_limit, line.exposure),
        "use": of_limit(limit_use, line.credit_limit, line.exposure, 6),
        "insured_limit": line.insured_limit,
        "cover_ratio": line.cover_ratio,
        "covered": line.covered,
        "uncovered": line.uncovered,
        "overdue": held.overdue,
        "oldest_days": held.oldest_days,
        "status": text(f"close.status_{line.status}", close.language, currency=whole or line.limit_currency or ""),
        "relation": text(f"close.relation_{held.relation}", close.language) if held.relation else None,
    }


def _concentration(by_currency: Mapping[str, Sequence[Group]]) -> list[Record]:
    rows: list[Record] = []
    for currency, own in by_currency.items():
        total = sum((group.exposure for group in own), ZERO)
        so_far = ZERO
        for rank, group in enumerate([g for g in own if g.exposure > 0][:TOP], start=1):
            so_far += group.exposure
            rows.append(
                {
                    "lookup": f"{currency}|{rank}",
                    "currency": currency,
                    "rank": rank,
                    "group": group.name,
                    "customers": group.customers,
                    "exposure": group.exposure,
                    "credit_limit": group.credit_limit,
                    "share": ratio(group.exposure, total, 6),
                    "cumulative": ratio(so_far, total, 6),
                }
            )
    return rows


def _watch(close: Close, number: int, watch: Watch) -> Record:
    line, language = watch.line, close.language
    reasons = [text(f"close.watch_{key}", language, **facts) for key, facts in watch.reasons]
    over: Decimal | None = line.over_limit or None
    return {
        "number": number,
        "customer_id": line.held.customer_id,
        "customer_name": line.held.customer_name,
        "currency": close.in_one_currency.label if close.in_one_currency else line.held.currency,
        "exposure": line.exposure,
        "credit_limit": line.credit_limit,
        "over_limit": over,
        "overdue": line.held.overdue,
        "oldest_days": line.held.oldest_days,
        "reason": text("close.watch_joined", language).join(reasons),
        "action": text(f"close.action_{watch.action}", language),
    }


def _basis(close: Close) -> list[Record]:
    language = close.language
    said: list[Record] = [
        {"name": text(f"close.basis_{name}", language), "value": text(f"close.basis_{name}_words", language)}
        for name in ("exposure", "limit", "cover", "concentration")
    ]
    rules = close.watch
    watched = text(
        "close.basis_watch_words",
        language,
        use=wording.share(rules.limit_use),
        days=rules.overdue_days,
        share=wording.share(rules.overdue_share),
        minimum=f"{rules.overdue_minimum:,f}",
        group=wording.share(rules.group_share),
    )
    said.append({"name": text("close.basis_watch", language), "value": watched})
    return [*said, *functional_basis(close), *bank_acceptance_rows(close), *relation_rows(close), *input_rows(close)]


def _limits_words(close: Close, lines: Sequence[CreditLine]) -> str:
    if any(line.limit_currency for line in lines):
        files = [r.file for r in close.ledger.recognized if r.role in ("customers", "limits")]
        return text(
            "close.limits_given",
            close.language,
            files=text("close.list_comma", close.language).join(dict.fromkeys(files)),
        )
    return text("close.limits_none", close.language)
