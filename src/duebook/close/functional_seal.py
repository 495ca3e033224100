"""What the seal keeps of a close in its functional currency, and of the control totals of other accounts."""

from __future__ import annotations

from typing import Any

from duebook.close.account_ties import AccountTie
from duebook.close.figures import ZERO
from duebook.close.functional import Functional, FxLine
from duebook.core.money import plain


def content(functional: Functional) -> dict[str, Any]:
    """Rates, totals over all currencies, and every currency and account with its exchange differences."""
    return {
        "currency": functional.currency,
        "since": functional.since.isoformat(),
        "rates": {
            code: {"rate": plain(quote.rate), "date": quote.day.isoformat(), "source": quote.source}
            for code, quote in functional.closing.items()
        },
        "totals": {
            **{
                name: plain(sum((getattr(b, name) for b in functional.customers), ZERO))
                for name in (
                    "balance", "aged", "overdue", "disputed", "excluded", "unapplied", "bills", "contract_assets",
                    "exposure",
                )
            },
            "customers": sum(1 for b in functional.customers if b.items),
            "allowance": plain(functional.allowance),
            "left_out": plain(functional.left_out),
            "entries": plain(functional.entries),
            **{name: plain(share) for name, share in functional.shares.items()},
        },
        "buckets": [
            plain(sum(amounts, ZERO)) for amounts in zip(*(b.buckets for b in functional.customers), strict=True)
        ],
        "accounts": [_line(line) for line in functional.by_account()],
        "customers": [
            [b.customer_id, b.customer_name, plain(b.balance), plain(b.exposure)] for b in functional.customers
        ],
    }  # fmt: skip


def _line(line: FxLine) -> dict[str, Any]:
    names = ("balance", "functional", "booked", "unrealized", "not_revalued", "realized")
    return {
        "currency": line.currency,
        "account": line.account,
        **{name: plain(getattr(line, name)) for name in names},
    }


def tie(found: AccountTie) -> dict[str, Any]:
    return {
        "account": found.account,
        "currency": found.currency,
        "parts": {name: plain(amount) for name, amount in found.parts},
        "total": plain(found.total),
        "control": plain(found.control),
        "difference": plain(found.difference),
        "ties": found.ties,
    }
