"""Unrealized exchange differences of open amounts: a figure of its own, never mixed into aging or allowance."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Annotated

from duebook.core.arguments import Money
from duebook.core.cells import Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import decimals, exact, readable, rounded
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode

APART = 5
"""Rates further apart than this are rather quoted otherwise (inverted, or for 100 units) than moved."""


@worksheet(
    "REVALUATION",
    group="receivables",
    help="Unrealized exchange difference of an open foreign-currency amount: at the closing rate less as booked; "
    "a gain is positive.",
    zh="外币未结金额的未实现汇兑损益：按期末汇率折算减账面金额；收益为正。",
    result=Result("money"),
    equation="round(amount × closing_rate) − round(amount × booked_rate)",
    source="IAS 21.23 and 21.28: monetary items at the closing rate, differences in profit or loss",
    examples=[Example((100, 80, 75), -500.0), Example((1000, 7.1, 7.25, "CNY"), 150.0)],
    conventions=[
        Label(
            "Both sides are rounded as the ledger books them, so that booked amount plus difference is the new amount.",
            "两边均按账面位数取整，因此账面金额加差额即为新金额。",
        ),
        Label(
            "Rates are units of the functional currency for one of the foreign currency.",
            "汇率为一单位外币折合的记账本位币。",
        ),
    ],
)
def revaluation(
    amount: Annotated[
        Decimal,
        Money(
            "Open amount in the foreign currency; credits negative.", "外币未结金额，贷方为负。", unit="foreign money"
        ),
    ],
    booked_rate: Annotated[
        Decimal, Money("Rate at which the amount stands in the books.", "入账汇率。", unit="ratio", above=0)
    ],
    closing_rate: Annotated[Decimal, Money("Rate on the as-of date.", "期末汇率。", unit="ratio", above=0)],
    currency: CurrencyCode = "",
) -> Decimal:
    """The difference in the functional currency, with the decimals of `currency` (that currency's code)."""
    digits = decimals(currency)
    with localcontext(prec=60):
        then, now = exact(booked_rate), exact(closing_rate)
        if max(then, now) > APART * min(then, now):
            note("receivables.rates_apart", booked=readable(then), closing=readable(now))
        booked = rounded(exact(amount) * then, digits)
        return rounded(exact(amount) * now, digits) - booked
