"""What a customers file says about a customer's credit: limit, cover, specific allowance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from duebook.core.engine import Engine


@dataclass(frozen=True)
class Terms:
    """Blank (None) is not zero."""

    credit_limit: Decimal | None = None
    limit_currency: str | None = None
    insured_limit: Decimal | None = None
    cover_ratio: Decimal | None = None
    specific_allowance: Decimal | None = None
    specific_rate: Decimal | None = None


UNKNOWN = Terms()


def customer_terms(engine: Engine) -> dict[str, Terms]:
    """Terms by customer id, from the customers table of the ledger."""
    return {
        row[0]: Terms(*row[1:])
        for row in engine.rows(
            "SELECT customer_id, min(credit_limit), min(limit_currency), min(insured_limit), min(cover_ratio), "
            "min(specific_allowance), min(specific_rate) FROM customers GROUP BY customer_id ORDER BY customer_id"
        )
    }


def amounts_currency(terms: Terms, used: Mapping[str, object] | set[str], default: str | None) -> str | None:
    """The currency that the amounts of `terms` are in: the stated one, the close's, or the only one the customer uses.

    None where nothing tells it.
    """
    stated = terms.limit_currency or default
    if stated is None and len(used) == 1:
        (stated,) = used
    return stated
