"""Exposure against limits and guarantees. One currency at a time; credits are shown apart, never netted silently.

Each economic amount counts once: an order that is delivered leaves the orders, a delivery that is invoiced leaves the
deliveries, and a bill takes the place of the invoice that it closes. The close and the cells share these formulas;
`figure` turns the errors of a cell into None for sheets that show a blank with its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal

from duebook.core.arguments import Money, Number
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import exact, readable, rounded
from duebook.core.notes import note
from duebook.core.ratios import Real, divided, is_array

Status = Literal["within", "over", "no_limit", "other_currency", "whole"]
ZERO = Decimal(0)
DIGITS = 6

BLANK_LIMIT = Label(
    "A blank limit means that none is set and gives #N/A; a limit of 0 allows nothing. Blank is not zero.",
    "额度留空表示未设额度，返回 #N/A；额度 0 表示不允许任何赊销。空白不等于零。",
)
CREDIT_BALANCE = Label(
    "A credit balance counts as an exposure of 0, as in CREDIT_CHECK: what was paid ahead adds nothing to the limit.",
    "贷方余额按敞口 0 计，与 CREDIT_CHECK 一致：预付的款项不增加额度。",
)


def figure(
    formula: Callable[..., Real], limit: Decimal | None, exposure: Decimal, digits: int | None = None
) -> Decimal | None:
    """`headroom` or `limit_use` on exact Decimals, to `digits` places; None without a limit to compare with."""
    try:
        found = formula(limit, exposure)
    except (CellError, ZeroDivisionError):
        return None
    return found if digits is None else rounded(found, digits)


@worksheet(
    "EXPOSURE",
    group="portfolio",
    help="Gross exposure to a customer: open items, orders, deliveries and bills, each economic amount once.",
    zh="客户总敞口：未收款、未交货订单、已交货未开票与未到期票据之和，同一笔业务只计一次。",
    result=Result("money"),
    equation="open_items + orders_not_delivered + delivered_not_invoiced + bills_not_matured",
    source="Definition; github.com/frappe/erpnext issue 47279: a delivery of 60 is an exposure of 60, not 120",
    examples=[Example((100000, 20000, 5000, 30000), 155000), Example((0, None, 60), 60)],
    conventions=[
        Label(
            "Once only: what is delivered is no longer an order, what is invoiced no longer a delivery.",
            "只计一次：已交货的不再算订单，已开票的不再算未开票交货。",
        ),
        Label(
            "Taking a bill closes the invoice, not the exposure: bills count until the acceptor has paid.",
            "收到票据结清的是发票，不是敞口：承兑人付款前票据仍计入。",
        ),
        Label(
            "Gross: advances and unapplied credits are not taken off; where you may offset them, NET_EXPOSURE does.",
            "总额口径：预收款与未核销贷项不扣减；可抵销的部分在 NET_EXPOSURE 中扣除。",
        ),
    ],
)
def exposure(
    open_items: Annotated[
        Decimal,
        Money(
            "Open invoices, gross of VAT, before advances and unapplied credits.",
            "未收发票金额（含税），未扣预收款与未核销贷项。",
            least=0,
        ),
    ],
    orders_not_delivered: Annotated[
        Decimal,
        Money(
            "Accepted orders not yet delivered; ORDER_IN_HORIZON leaves out far ones. Default 0.",
            "已接受但未交货的订单；远期订单可用 ORDER_IN_HORIZON 剔除。默认 0。",
            least=0,
        ),
    ] = ZERO,
    delivered_not_invoiced: Annotated[
        Decimal, Money("Deliveries not yet invoiced. Default 0.", "已交货但未开票的金额。默认 0。", least=0)
    ] = ZERO,
    bills_not_matured: Annotated[
        Decimal,
        Money(
            "Bills held, or endorsed or discounted with recourse, not yet matured. Default 0.",
            "持有的未到期票据，以及附追索权背书或贴现的未到期票据。默认 0。",
            least=0,
        ),
    ] = ZERO,
) -> Decimal:
    """The sum of the four, in money; exact."""
    return exact(open_items) + exact(orders_not_delivered) + exact(delivered_not_invoiced) + exact(bills_not_matured)


@worksheet(
    "NET_EXPOSURE",
    group="portfolio",
    help="Exposure after guarantees and insured amounts: what is lost if the customer fails. Never below 0.",
    zh="扣除担保与保险赔付后的净敞口：客户违约时自担的金额，不低于 0。",
    result=Result("money"),
    equation="max(exposure − guarantees − covered, 0)",
    source="Definition",
    examples=[Example((155000, 30000, 90000), 35000), Example((50000, 60000), 0)],
    conventions=[
        Label(
            "Guarantees above the exposure secure nothing more: the result stops at 0 and WHY says the excess.",
            "担保超过敞口的部分不再起作用：结果止于 0，超出额由 WHY 说明。",
        )
    ],
)
def net_exposure(
    exposure: Annotated[Decimal, Money("Gross exposure.", "总敞口。", least=0)],
    guarantees: Annotated[
        Decimal,
        Money(
            "Deposits, guarantees, letters of credit and credits that you may offset. Default 0.",
            "保证金、保函、信用证等担保及可抵销的贷项。默认 0。",
            least=0,
        ),
    ] = ZERO,
    covered: Annotated[
        Decimal,
        Money(
            "What credit insurance would pay, after its cover percentage. Default 0.",
            "信用保险可赔付金额（已乘赔付比例）。默认 0。",
            least=0,
        ),
    ] = ZERO,
) -> Decimal:
    """max(exposure − guarantees − covered, 0), in money; an excess is said."""
    rest = exact(exposure) - exact(guarantees) - exact(covered)
    if rest < 0:
        note("portfolio.over_secured", excess=readable(-rest))
    return max(rest, ZERO)


Limit = Annotated[
    Real,
    Money(
        "Credit limit. Blank: none is set; 0: nothing allowed.",
        "信用额度。留空：未设；0：不允许赊销。",
        nullable=True,
        least=0,
    ),
]


@worksheet(
    "HEADROOM",
    group="portfolio",
    help="What a customer may still buy on credit: limit less exposure, negative when the limit is exceeded.",
    zh="可用额度：信用额度减敞口，超额时为负。",
    result=Result("money"),
    equation="limit − max(exposure, 0)",
    source="Definition",
    examples=[Example((100000, 80000), 20000), Example((100000, 120000), -20000), Example((None, 5), "#N/A")],
    conventions=[BLANK_LIMIT, CREDIT_BALANCE],
    errors={"portfolio.no_limit": "#N/A"},
)
def headroom(
    limit: Limit,
    exposure: Annotated[Real, Money("Exposure, see EXPOSURE.", "敞口，见 EXPOSURE。")],
) -> Decimal:
    """limit − exposure, in money; exact. CellError (#N/A) where no limit is set."""
    if limit is None:
        raise CellError("#N/A", "portfolio.no_limit")
    return exact(limit) - exact(_owed(exposure))


@worksheet(
    "LIMIT_USE",
    group="portfolio",
    help="How much of a credit limit is used: exposure ÷ limit, above 1 when exceeded.",
    zh="额度使用率：敞口 ÷ 信用额度，超额时大于 1。",
    result=Result("ratio"),
    equation="max(exposure, 0) ÷ limit",
    source="Definition",
    examples=[Example((100000, 80000), 0.8), Example((0, 80000), "#DIV/0!"), Example((None, 5), "#N/A")],
    conventions=[BLANK_LIMIT, CREDIT_BALANCE],
    errors={"portfolio.no_limit": "#N/A"},
    arrays=True,
)
def limit_use(
    limit: Annotated[
        Real,
        Number(
            "Credit limit. Blank: none is set.",
            "信用额度。留空：未设。",
            unit="money",
            nullable=True,
            least=0,
            divisor=True,
        ),
    ],
    exposure: Annotated[Real, Number("Exposure, see EXPOSURE.", "敞口，见 EXPOSURE。", unit="money")],
) -> Real:
    """exposure ÷ limit. CellError (#N/A) where no limit is set, ZeroDivisionError where it is 0."""
    if limit is None:
        raise CellError("#N/A", "portfolio.no_limit")
    return divided(_owed(exposure), limit)


def _owed(exposure: Real) -> Real:
    """An exposure; a credit balance as 0, and said so."""
    if is_array(exposure):
        return exposure if exposure.min(initial=0) >= 0 else exposure.clip(0)  # a look is cheaper than a copy
    if exposure >= 0:
        return exposure
    note("portfolio.credit_balance", amount=readable(-exact(exposure)))
    return exposure - exposure


def limit_status(limit: Decimal | None, exposure: Decimal) -> Status:
    """Blank limit → "no_limit" (review, never released silently); 0 allows nothing; equality is within."""
    if limit is None:
        return "no_limit"
    return "over" if exposure > limit else "within"
