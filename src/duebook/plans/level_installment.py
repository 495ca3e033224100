"""One level installment, and the interest in some of them: a spreadsheet's PMT and CUMIPMT, with positive signs."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from duebook.core.arguments import Money, Number, Rate
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import decimals, exact, rounded
from duebook.core.shared_arguments import CurrencyCode
from duebook.plans import annuity
from duebook.plans.installments import Count, EveryMonths, YearlyRate
from duebook.plans.schedule import regular_factor, regular_payment
from duebook.plans.split import whole_cents


@worksheet(
    "INSTALLMENT",
    group="plans",
    help="The level installment of a plan, as a positive amount: equal parts when the rate is 0.",
    zh="等额本息的每期金额（正数）；利率为 0 时为等份。",
    result=Result("money"),
    equation="amount × i ÷ (1 − (1 + i)^−installments), rounded half up; i = annual_rate × every_months ÷ 12",
    equation_zh="amount × i ÷ (1 − (1 + i)^−installments)，四舍五入；i = annual_rate × every_months ÷ 12",
    source="Microsoft, PMT: 10,000 at 8 % over 10 months is 1,037.03",
    examples=[Example((10000, 10, 0.08), 1037.03), Example((100, 3), 33.33)],
    conventions=[
        Label("PMT's sign is reversed: a positive amount.", "与 PMT 符号相反：结果为正数。"),
        Label(
            "Nominal yearly rate divided by the periods of a year, not compounded.",
            "名义年利率按期数平均，不按复利折算。",
        ),
    ],
)
def installment(
    amount: Annotated[Decimal, Money("The amount financed.", "分期金额。", above=0)],
    installments: Count,
    annual_rate: YearlyRate = Decimal(0),
    every_months: EveryMonths = 1,
    currency: CurrencyCode = "",
) -> Decimal:
    """The payment of each period, rounded half up to the minor unit, as PAYMENT_PLAN's first rows show it."""
    digits = decimals(currency)
    factor = regular_factor(exact(annual_rate), every_months)
    return rounded(regular_payment(whole_cents(exact(amount), digits), factor, installments), digits)


@worksheet(
    "INSTALLMENT_INTEREST",
    group="plans",
    help="Interest of a level plan's installments from one number to another, unrounded: what CUMIPMT gives, positive.",
    zh="等额本息计划中从某期到某期的利息合计（未取整）：即 CUMIPMT 的正数。",
    result=Result("money"),
    equation="Σ balance before each installment × annual_rate × every_months ÷ 12",
    equation_zh="Σ 每期付款前的余额 × annual_rate × every_months ÷ 12",
    source="Microsoft, CUMIPMT: 125,000 at 9 % over 360 months, months 13 to 24: 11,135.23213",
    examples=[Example((125000, 360, 0.09, 13, 24), 11135.23213, within=5e-6)],
    conventions=[
        Label(
            "The formula's figure. PAYMENT_PLAN rounds each month to the cent, so its rows may differ by some cents.",
            "公式值；PAYMENT_PLAN 每期取整到分，合计可能相差几分。",
        ),
    ],
    errors={"plans.numbers_not_ordered": "#NUM!"},
)
def installment_interest(
    amount: Annotated[float, Number("The amount financed.", "分期金额。", unit="money", above=0, below=1e14)],
    installments: Count,
    annual_rate: Annotated[float, Rate("Nominal yearly rate: 0.06.", "名义年利率，如 0.06。", unit="yearly rate")],
    from_no: Annotated[int, Number("First installment counted.", "起始期数。", unit="count", whole=True, least=1)],
    to_no: Annotated[int, Number("Last installment counted.", "结束期数。", unit="count", whole=True, least=1)],
    every_months: EveryMonths = 1,
) -> float:
    """A positive amount. CellError where the numbers are no installments of the plan, in order."""
    if not from_no <= to_no <= installments:
        facts = {"first": from_no, "last": to_no, "installments": installments}
        raise CellError("#NUM!", "plans.numbers_not_ordered", **facts)
    rate = annual_rate * every_months / 12
    return -annuity.cumulative_interest(rate, installments, amount, from_no, to_no)
