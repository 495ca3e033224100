"""Concentration: how much of the exposure sits with few.

Amounts are netted per customer where names are given (name the parent to group), negatives are clipped and said. The
close and the cells share these formulas; `figure` turns a cell's `#DIV/0!` into None where there is nothing to share.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from typing import Annotated

from duebook.core.arguments import Column, Money, Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.money import exact, readable, rounded
from duebook.core.notes import note
from duebook.core.total_words import names_total

DIGITS = 6
PRECISION = 60
ZERO = Decimal(0)

NETTED = Label(
    "Amounts are netted per customer where names are given; a customer in credit counts as 0 and WHY says how much.",
    "填写客户名称时按客户轧差；净额为负的客户按 0 计，金额由 WHY 说明。",
)
GROUPS = Label(
    "To measure groups instead of legal entities, give the parent's name as the customer.",
    "如需按集团而非法人计量，请以母公司名称作为客户名称。",
)
TOTALS = Label(
    "A total row would count everything twice: one that says so beside the customers is refused.",
    "合计行会使全部金额重复计算：客户列中标明为合计的行会被拒绝。",
)
TOTAL_ERRORS = {"portfolio.total_row": "#VALUE!"}
Amounts = Annotated[
    Sequence[Decimal],
    Column("Amounts: exposure, receivables or sales, one currency.", "金额：敞口、应收或收入，同一币种。", of=Money()),
]
Customers = Annotated[
    Sequence[str] | None,
    Column(
        "Customer (or parent) of each amount. Without it every amount is a customer of its own.",
        "每笔金额所属客户（或母公司）；不填则每笔视为一个客户。",
        of=Text(),
    ),
]


def figure(formula: Callable[..., Decimal], amounts: Sequence[Decimal], **options: object) -> Decimal | None:
    """A formula of this room to 6 places; None where there is nothing to share."""
    try:
        return rounded(formula(amounts, **options), DIGITS)
    except ZeroDivisionError:
        return None


@worksheet(
    "TOP_SHARE",
    group="portfolio",
    help="Share of the n largest customers in the total.",
    zh="前 n 大客户占总额的比例。",
    result=Result("share"),
    equation="sum of the n largest ÷ sum of all",
    equation_zh="前 n 大之和 ÷ 合计",
    source="Definition; auditors ask for the top five",
    examples=[
        Example(([45, 30, 25],), 0.45),
        Example(([10, 20, 30, 40], ["A", "A", "B", "C"], 2), 0.7),
        Example(([0, -5],), "#DIV/0!"),
    ],
    conventions=[NETTED, GROUPS, TOTALS],
    errors=TOTAL_ERRORS,
)
def top_share(
    amounts: Amounts,
    customers: Customers = None,
    n: Annotated[
        int,
        Number(
            "How many customers count as the top. Default 1.",
            "取前几大客户，默认 1。",
            unit="count",
            whole=True,
            least=1,
        ),
    ] = 1,
) -> Decimal:
    """A fraction. ZeroDivisionError where no customer has a positive amount."""
    held = per_customer(amounts, customers)
    if n > len(held):
        note("portfolio.fewer_customers", n=n, customers=len(held))
    return _divided(sum(sorted(held, reverse=True)[:n], ZERO), sum(held, ZERO))


@worksheet(
    "HHI",
    group="portfolio",
    help="Herfindahl–Hirschman index of concentration: the sum of squared shares, 10,000 when one customer holds all.",
    zh="赫芬达尔指数（HHI）：各客户占比平方之和；只有一个客户时为 10,000。",
    result=Result("index"),
    equation="Σ (amount ÷ total)² × scale",
    equation_zh="Σ (金额 ÷ 总额)² × scale",
    source="US Department of Justice, Horizontal Merger Guidelines: shares of 30, 30, 20 and 20 % give 2,600",
    examples=[Example(([30, 30, 20, 20],), 2600), Example(([30, 30, 20, 20], None, 1), 0.26)],
    conventions=[NETTED, GROUPS, TOTALS],
    errors={"portfolio.hhi_scale": "#NUM!", **TOTAL_ERRORS},
)
def hhi(
    amounts: Amounts,
    customers: Customers = None,
    scale: Annotated[
        int,
        Number(
            "10000 for percentage shares (default), 1 for fractions.",
            "10000 按百分数计（默认），1 按小数计。",
            unit="index",
            whole=True,
        ),
    ] = 10_000,
) -> Decimal:
    """scale ÷ n when all n customers are equal, up to `scale`. ZeroDivisionError without a positive amount."""
    if scale not in (1, 10_000):
        raise CellError("#NUM!", "portfolio.hhi_scale", scale=scale)
    held = per_customer(amounts, customers)
    with localcontext() as context:
        context.prec = PRECISION
        total = sum(held, ZERO)
        return _divided(sum((amount * amount for amount in held), ZERO) * scale, total * total)


@worksheet(
    "EFFECTIVE_CUSTOMERS",
    group="portfolio",
    help="How many equally large customers would be as concentrated: the reciprocal of HHI.",
    zh="有效客户数：同等集中度相当于多少个规模相同的客户，即 HHI 的倒数。",
    result=Result("count"),
    equation="total² ÷ Σ amount² = 10,000 ÷ HHI",
    equation_zh="总额² ÷ Σ 金额² = 10,000 ÷ HHI",
    source="Definition (numbers equivalent of the Herfindahl index)",
    examples=[Example(([25, 25, 25, 25],), 4), Example(([30, 30, 20, 20],), 3.846153846, within=1e-8)],
    conventions=[NETTED, GROUPS, TOTALS],
    errors=TOTAL_ERRORS,
)
def effective_customers(amounts: Amounts, customers: Customers = None) -> Decimal:
    """From 1 to the number of customers. ZeroDivisionError without a positive amount."""
    return _divided(Decimal(1), hhi(amounts, customers, 1))


@worksheet(
    "GINI",
    group="portfolio",
    help="Gini index: how unequal customers are, 0 when all are equal; with n customers at most (n − 1) ÷ n.",
    zh="基尼系数：客户规模的不均程度，全部相等为 0；n 个客户时最大为 (n − 1) ÷ n。",
    result=Result("ratio"),
    equation="Σ (2i − n − 1) × amount i ÷ (n × total), the n amounts in rising order, i from 1",
    equation_zh="Σ (2i − n − 1) × 第 i 个金额 ÷ (n × 总额)，n 个金额由小到大排列，i 从 1 起",
    source="mathworld.wolfram.com, Gini coefficient; bit1024.com prints −0.0667 for 10…50, right is 0.2667",
    examples=[
        Example(([10, 20, 30, 40, 50],), 0.266666667, within=1e-9),
        Example(([0, 0, 0, 8],), 0.75),
        Example(([5, 5],), 0),
    ],
    conventions=[
        NETTED,
        Label(
            "Not corrected for small samples: 5 customers reach at most 0.8. WHY says the bound and the share of it.",
            "未作小样本修正：5 个客户最大为 0.8。上限及占上限的比例由 WHY 说明。",
        ),
        Label(
            "Customers with nothing owing are counted if they are in the range.", "区域内金额为 0 的客户也计入客户数。"
        ),
        TOTALS,
    ],
    errors=TOTAL_ERRORS,
)
def gini(amounts: Amounts, customers: Customers = None) -> Decimal:
    """From 0 to (n − 1) ÷ n. ZeroDivisionError where no customer has a positive amount."""
    held = sorted(per_customer(amounts, customers))
    n = len(held)
    found = _divided(
        sum(((2 * place - n - 1) * amount for place, amount in enumerate(held, start=1)), ZERO),
        n * sum(held, ZERO),
    )
    if n > 1:
        bound = _divided(Decimal(n - 1), Decimal(n))
        note("portfolio.gini_bound", customers=n, bound=f"{bound:.4f}", share=f"{found / bound * 100:.1f}")
    return found


def per_customer(amounts: Sequence[Decimal], customers: Sequence[str] | None = None) -> list[Decimal]:
    """One amount for each customer, in order of appearance, negatives clipped to 0 and said."""
    refuse_total(amounts, customers)
    return clipped(netted(amounts, customers))


def refuse_total(amounts: Sequence[Decimal], customers: Sequence[str] | None = None) -> None:
    """CellError (#VALUE!) for a row named a total that adds up the rows above it or all others.

    Without names a last amount that adds up all others is said, since nothing tells whether it is a customer.
    """
    held = [exact(amount) for amount in amounts]
    whole, above = sum(held, ZERO), ZERO
    for name, amount in zip(customers or (), held, strict=False):
        if amount and amount in (above, whole - amount) and names_total(name):
            raise CellError("#VALUE!", "portfolio.total_row", name=name, amount=readable(amount))
        above += amount
    if customers is None and len(held) > 2 and held[-1] and held[-1] * 2 == whole:
        note("portfolio.perhaps_total", amount=readable(held[-1]))


def netted(amounts: Sequence[Decimal], customers: Sequence[str] | None = None) -> list[Decimal]:
    """The sum for each name, in order of appearance; without names the amounts themselves."""
    if customers is None:
        return [exact(amount) for amount in amounts]
    return list(by_customer(amounts, customers).values())


def by_customer(amounts: Sequence[Decimal], customers: Sequence[str]) -> dict[str, Decimal]:
    """Name → sum of its amounts, in order of appearance. Names that differ only in case are said, not merged."""
    sums: dict[str, Decimal] = {}
    for name, amount in zip(customers, amounts, strict=True):
        sums[name] = sums.get(name, ZERO) + exact(amount)
    if alike := len(sums) - len({name.casefold() for name in sums}):
        note("portfolio.names_alike", count=alike)
    return sums


def clipped(amounts: Sequence[Decimal]) -> list[Decimal]:
    """The amounts with negatives at 0; how many there were and how much they held is said."""
    negative = [amount for amount in amounts if amount < 0]
    if negative:
        note("portfolio.clipped", count=len(negative), amount=readable(-sum(negative, ZERO)))
    return [max(amount, ZERO) for amount in amounts]


def _divided(numerator: Decimal, denominator: Decimal) -> Decimal:
    if denominator == 0:
        raise ZeroDivisionError
    with localcontext() as context:
        context.prec = PRECISION
        return numerator / denominator
