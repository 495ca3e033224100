"""What counts on a day: the limit with its temporary part, and the orders that are near enough to weigh on it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from duebook.core.arguments import Day, Money, Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import exact
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf
from duebook.portfolio.exposure import Limit

ZERO = Decimal(0)
_OCTOBER = date(2026, 10, 31)


@worksheet(
    "LIMIT_IN_FORCE",
    group="portfolio",
    help="The credit limit that counts on a day: a temporary limit up to its last day, then the standing limit again.",
    zh="某日有效的信用额度：临时额度有效期内计入，到期后恢复常规额度。",
    result=Result("money"),
    equation="while valid_from ≤ as_of ≤ valid_until: temporary_limit (replaces) or limit + temporary_limit (adds); "
    "else limit",
    equation_zh="valid_from ≤ as_of ≤ valid_until 期间：temporary_limit（replaces，替代）或 limit + "
    "temporary_limit（adds，追加）；其他时间为 limit",
    source="Definition: temporary limits expire; both kinds are in use",
    examples=[
        Example((100000, 50000, date(2026, 10, 31), _OCTOBER, "adds"), 150000),
        Example((100000, 150000, date(2026, 10, 30), _OCTOBER, "replaces"), 100000),
        Example((100000, 50000, date(2026, 12, 31), _OCTOBER), "#N/A"),
    ],
    conventions=[
        Label(
            "valid_until is the last day that counts; a temporary limit without one is refused, since it would never "
            "expire.",
            "valid_until 当日仍有效；没有到期日的临时额度不予接受，否则永不到期。",
        ),
        Label(
            "kind has no default: read as the new limit, an addition of 50,000 would cut a limit of 100,000 in half.",
            "kind 没有默认值：若把追加的 50,000 误作新额度，100,000 的额度会减半。",
        ),
        Label(
            "No limit at all gives #N/A. CREDIT_CHECK reviews a blank limit: hand it on as IFNA(LIMIT_IN_FORCE(…), "
            '"").',
            '没有任何额度时返回 #N/A。CREDIT_CHECK 对空白额度转审核：请写成 IFNA(LIMIT_IN_FORCE(…), "")。',
        ),
    ],
    errors={
        "portfolio.no_limit": "#N/A",
        "portfolio.temporary_undated": "#N/A",
        "portfolio.temporary_kind_needed": "#N/A",
        "portfolio.temporary_dates_swapped": "#NUM!",
    },
)
def limit_in_force(
    limit: Limit,
    temporary_limit: Annotated[
        Decimal | None,
        Money("Temporary limit. Blank: none.", "临时额度；留空为无。", nullable=True, least=0),
    ],
    valid_until: Annotated[
        date | None,
        Day("Last day of the temporary limit.", "临时额度的最后有效日。", nullable=True),
    ],
    as_of: AsOf,
    kind: Annotated[
        str,
        Text(
            "replaces (the temporary limit stands instead) or adds (on top); needed where there is one.",
            "replaces（替代常规额度）或 adds（在其上追加）；有临时额度时必填。",
            choices=("replaces", "adds"),
            zh_choices=("替代", "追加"),
        ),
    ] = "",
    valid_from: Annotated[
        date | None, Day("First day of the temporary limit. Default: any.", "临时额度的起始日；默认不限。")
    ] = None,
) -> Decimal:
    """Money. CellError (#N/A) where no limit counts that day, or where a temporary one lacks its last day or kind."""
    if temporary_limit is None:
        return _standing(limit)
    if valid_until is None:
        raise CellError("#N/A", "portfolio.temporary_undated", temporary=f"{exact(temporary_limit):,f}")
    if not kind:
        raise CellError("#N/A", "portfolio.temporary_kind_needed")
    if valid_from is not None and valid_from > valid_until:
        facts = {"start": valid_from.isoformat(), "end": valid_until.isoformat()}
        raise CellError("#NUM!", "portfolio.temporary_dates_swapped", **facts)
    if as_of > valid_until:
        note("portfolio.temporary_expired", end=valid_until.isoformat())
        return _standing(limit)
    if valid_from is not None and as_of < valid_from:
        note("portfolio.temporary_not_yet", start=valid_from.isoformat())
        return _standing(limit)
    note("portfolio.temporary_in_force", end=valid_until.isoformat())
    return exact(temporary_limit) + (_standing(limit) if kind == "adds" else ZERO)


def _standing(limit: Decimal | None) -> Decimal:
    if limit is None:
        raise CellError("#N/A", "portfolio.no_limit")
    return exact(limit)


@worksheet(
    "ORDER_IN_HORIZON",
    group="portfolio",
    help="The part of an order that counts as exposure: all of it if it is to be delivered within the horizon, else 0.",
    zh="订单计入敞口的金额：在考察期内交货的全额计入，否则为 0。",
    result=Result("money"),
    equation="amount if delivery_date ≤ as_of + horizon_days, else 0",
    equation_zh="delivery_date ≤ as_of + horizon_days 时为 amount，否则为 0",
    source="Definition; systems of record call it the credit horizon of open orders",
    examples=[
        Example((20000, date(2027, 1, 29), _OCTOBER, 90), 20000),
        Example((20000, date(2027, 1, 30), _OCTOBER, 90), 0),
        Example((20000, None, _OCTOBER, 90), 20000),
    ],
    conventions=[
        Label(
            "An order without a delivery date counts, and so does one whose delivery is late: both can be delivered "
            "tomorrow.",
            "没有交货日期或已过交货日期的订单都计入：它们随时可能交货。",
        ),
        Label(
            "SUM it over a customer's orders: that is orders_not_delivered of EXPOSURE.",
            "对客户的各订单求和，即为 EXPOSURE 的 orders_not_delivered。",
        ),
    ],
)
def order_in_horizon(
    amount: Annotated[
        Decimal, Money("Amount of the order not yet delivered, gross of VAT.", "订单未交货金额（含税）。", least=0)
    ],
    delivery_date: Annotated[
        date | None,
        Day("Agreed delivery date. Blank: none is agreed.", "约定交货日期；留空为未约定。", nullable=True),
    ],
    as_of: AsOf,
    horizon_days: Annotated[
        int,
        Number(
            "Horizon: orders for delivery up to that many days ahead count.",
            "考察期：此天数内交货的订单计入。",
            unit="days",
            whole=True,
            least=0,
            most=3660,
        ),
    ],
) -> Decimal:
    """Money: the amount or 0. OverflowError beyond the calendar."""
    if delivery_date is None:
        note("portfolio.order_undated")
        return exact(amount)
    until = as_of + timedelta(horizon_days)
    if delivery_date <= until:
        return exact(amount)
    note("portfolio.order_beyond", delivery=delivery_date.isoformat(), until=until.isoformat())
    return ZERO
