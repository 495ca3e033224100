"""Ratios of a customer's statements: liquidity, debt, cover, margin.

Each formula is written once, on numbers: floats in a cell, numpy arrays in Python. What a ratio cannot say is an error
with its reason, never infinity: a company without interest, debt or equity has no such ratio, and the score card names
the class it falls into. In an array such places become NaN.
"""

from __future__ import annotations

from typing import Annotated

from duebook.core.arguments import Number, Text, shown
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.ratios import Real, divided, is_array, only_where
from duebook.credit.statement_items import (
    BookEquity,
    CurrentAssets,
    CurrentLiabilities,
    NetIncome,
    TotalAssets,
    TotalLiabilities,
)

ONE_DATE = Label(
    "Balance-sheet items are of one date, in one currency and one unit (all in thousands, or none).",
    "资产负债表项目须为同一日期、同一币种、同一单位（都用千元，或都用元）。",
)
NOT_ONE_WAY = Label(
    "More liquidity is not always safer: on rated issuers a higher cash ratio went with worse ratings; cap its points.",
    "流动性并非越高越安全：在有评级的发行人中，现金比率越高评级反而越差；评分时应封顶。",
)
NO_INFINITY = Label(
    "Without a denominator there is no ratio: an error with its reason, never an infinite one that ranks best.",
    "分母为零时不存在该比率：报错并说明原因，绝不给出排名最好的无穷大。",
)

QUICK_METHODS = ("less_inventory", "less_prepaid", "liquid_only")
"""From the one that takes the least off current assets to the one that takes the most."""
QUICK_METHOD_NAMES = ("扣除存货", "再扣预付", "仅速动资产")

Cash = Annotated[Real, Number("Cash and bank balances.", "货币资金。", unit="money", least=0)]
Securities = Annotated[
    Real,
    Number(
        "Securities that can be sold at once (trading financial assets). Default 0.",
        "可随时变现的有价证券（交易性金融资产）；默认 0。",
        unit="money",
        least=0,
    ),
]
RestrictedCash = Annotated[
    Real,
    Number(
        "The part of cash that is pledged or blocked. Default 0.",
        "货币资金中受限（质押、冻结、保证金）的部分；默认 0。",
        unit="money",
        least=0,
    ),
]
CashDefinition = Annotated[
    str,
    Text(
        "cash_and_securities (default): cash, and securities that can be sold at once; cash_only: cash alone.",
        "现金及证券（默认）：货币资金加交易性金融资产；仅现金：只计货币资金。",
        choices=("cash_and_securities", "cash_only"),
        zh_choices=("现金及证券", "仅现金"),
    ),
]


def free_cash(cash: Real, securities: Real, restricted_cash: Real, definition: str) -> Real:
    """What can be paid out at once: cash, by definition with securities, less what is blocked."""
    cash = only_where(
        restricted_cash <= cash,
        cash,
        lambda: CellError("#NUM!", "ratios.restricted_above_cash", restricted=shown(restricted_cash), cash=shown(cash)),
    )
    if definition == "cash_only":
        if not is_array(securities) and securities:
            note("ratios.securities_left_out")
        return cash - restricted_cash
    return cash + securities - restricted_cash


@worksheet(
    "CASH_RATIO",
    group="credit",
    help="Cash ratio: how much of the current liabilities could be paid at once from free cash and securities.",
    zh="现金比率：可动用的货币资金及证券能立即偿付多少流动负债。",
    result=Result("ratio"),
    equation="(cash + securities − restricted_cash) ÷ current_liabilities",
    source="wx.hbjxjyw.com, 现金比率 = (货币资金 + 交易性金融资产) ÷ 流动负债: 0.8",
    examples=[Example((0.5, 1, 0.3), 0.8), Example((500, 1000, 300, 100, "cash_only"), 0.4)],
    conventions=[ONE_DATE, NOT_ONE_WAY],
    errors={"ratios.restricted_above_cash": "#NUM!"},
    arrays=True,
)
def cash_ratio(
    cash: Cash,
    current_liabilities: CurrentLiabilities,
    securities: Securities = 0,
    restricted_cash: RestrictedCash = 0,
    definition: CashDefinition = "cash_and_securities",
) -> Real:
    """Free cash ÷ current liabilities. CellError (#NUM!) where more cash is blocked than there is."""
    return divided(free_cash(cash, securities, restricted_cash, definition), current_liabilities)


@worksheet(
    "CASH_RATIO_WITH_COVER",
    group="credit",
    help="Cash ratio with the claims that credit insurance is expected to pay counted as cash.",
    zh="含保险赔付的现金比率：把预计信用保险赔款计入现金。",
    result=Result("ratio"),
    equation="(cash + securities − restricted_cash + expected_claims_paid) ÷ current_liabilities",
    source="Definition: CASH_RATIO with insurance claims; own arithmetic",
    examples=[Example((500, 1000, 200), 0.7), Example((500, 1000, 200, 300, 100), 0.9)],
    conventions=[
        ONE_DATE,
        Label(
            "Only claims already filed and accepted, net of deductible, that are paid before the liabilities fall due.",
            "只计已报损并获受理、扣除免赔后、且在负债到期前可收到的赔款。",
        ),
    ],
    errors={"ratios.restricted_above_cash": "#NUM!"},
    arrays=True,
)
def cash_ratio_with_cover(
    cash: Cash,
    current_liabilities: CurrentLiabilities,
    expected_claims_paid: Annotated[
        Real,
        Number("Insurance claims expected to be paid in time.", "预计及时收到的保险赔款。", unit="money", least=0),
    ],
    securities: Securities = 0,
    restricted_cash: RestrictedCash = 0,
    definition: CashDefinition = "cash_and_securities",
) -> Real:
    """(Free cash + expected claims) ÷ current liabilities; the note gives the ratio without them."""
    free = free_cash(cash, securities, restricted_cash, definition)
    found = divided(free + expected_claims_paid, current_liabilities)
    if not is_array(found):
        note("ratios.without_cover", ratio=f"{float(divided(free, current_liabilities)):.4g}")
    return found


@worksheet(
    "QUICK_RATIO",
    group="credit",
    help="Quick ratio: current assets that turn into cash soon, over current liabilities. Three definitions in print.",
    zh="速动比率：可较快变现的流动资产与流动负债之比。通行三种口径。",
    result=Result("ratio"),
    equation="(current_assets − inventory − prepaid − other) ÷ current_liabilities; prepaid and other where the "
    "method takes them off",
    equation_zh="(current_assets − inventory − prepaid − other) ÷ current_liabilities；prepaid、other 按 method 扣除",
    source="financestrategists.com, balance sheet ratios: 690,000 ÷ 360,000 = 1.916 (stock and prepaid left out)",
    examples=[
        Example((970000, 270000, 360000), 1.944444, within=0.000001),
        Example((970000, 270000, 360000, 10000, None, "less_prepaid"), 1.916667, within=0.000001),
    ],
    conventions=[
        ONE_DATE,
        Label(
            "less_inventory: current assets less inventory; less_prepaid: less prepaid expenses too; "
            "liquid_only: less other current assets too, so that cash, securities and receivables are left.",
            "扣除存货：流动资产减存货；再扣预付：另减预付款项；仅速动资产：另减其他流动资产，只剩现金、证券与应收。",
        ),
    ],
    errors={
        "ratios.item_missing": "#N/A",
        "ratios.deductions_above_assets": "#NUM!",
    },
    arrays=True,
)
def quick_ratio(
    current_assets: CurrentAssets,
    inventory: Annotated[Real, Number("Inventory.", "存货。", unit="money", least=0)],
    current_liabilities: CurrentLiabilities,
    prepaid: Annotated[
        Real | None,
        Number(
            "Prepaid expenses and advances to suppliers; needed by less_prepaid and liquid_only.",
            "预付款项及待摊费用；“再扣预付”“仅速动资产”必填。",
            unit="money",
            least=0,
            nullable=True,
        ),
    ] = None,
    other: Annotated[
        Real | None,
        Number(
            "Other current assets that are no quick assets; needed by liquid_only.",
            "其他非速动流动资产；“仅速动资产”必填。",
            unit="money",
            least=0,
            nullable=True,
        ),
    ] = None,
    method: Annotated[
        str,
        Text(
            "less_inventory (default), less_prepaid or liquid_only: what is taken off current assets.",
            "扣除存货（默认）、再扣预付、仅速动资产：从流动资产中扣除哪些项目。",
            choices=QUICK_METHODS,
            zh_choices=QUICK_METHOD_NAMES,
        ),
    ] = "less_inventory",
) -> Real:
    """Quick assets ÷ current liabilities. CellError (#N/A) where the method needs an item that is blank."""
    taken = QUICK_METHODS.index(method)
    named = Label(method, QUICK_METHOD_NAMES[taken])
    quick = current_assets - inventory
    for place, (name, item) in enumerate((("prepaid", prepaid), ("other", other)), start=1):
        if place <= taken:
            if item is None:
                raise CellError("#N/A", "ratios.item_missing", argument=name, method=named)
            quick = quick - item
        elif item is not None and not is_array(item) and item:
            note("ratios.item_left_in", argument=name, method=named)
    quick = only_where(
        quick >= 0, quick, lambda: CellError("#NUM!", "ratios.deductions_above_assets", assets=shown(current_assets))
    )
    return divided(quick, current_liabilities)


@worksheet(
    "CURRENT_RATIO",
    group="credit",
    help="Current ratio: current assets over current liabilities.",
    zh="流动比率：流动资产与流动负债之比。",
    result=Result("ratio"),
    equation="current_assets ÷ current_liabilities",
    source="financestrategists.com, balance sheet ratios: working capital 180,000 at 2.5 means 300,000 over 120,000",
    examples=[Example((300000, 120000), 2.5)],
    conventions=[ONE_DATE],
    arrays=True,
)
def current_ratio(current_assets: CurrentAssets, current_liabilities: CurrentLiabilities) -> Real:
    """current_assets ÷ current_liabilities."""
    return divided(current_assets, current_liabilities)


@worksheet(
    "DEBT_TO_ASSETS",
    group="credit",
    help="Debt ratio: the share of total assets that is financed by liabilities.",
    zh="资产负债率：总资产中由负债筹资的比例。",
    result=Result("rate"),
    equation="total_liabilities ÷ total_assets",
    source="Definition; CFA curriculum, solvency ratios",
    examples=[Example((600, 1000), 0.6)],
    conventions=[ONE_DATE],
    arrays=True,
)
def debt_to_assets(total_liabilities: TotalLiabilities, total_assets: TotalAssets) -> Real:
    """total_liabilities ÷ total_assets; above 1 equity is negative, which is said."""
    if not is_array(total_assets) and not is_array(total_liabilities) and total_liabilities > total_assets:
        note("ratios.negative_equity")
    return divided(total_liabilities, total_assets)


@worksheet(
    "EQUITY_RATIO",
    group="credit",
    help="Equity ratio: the share of total assets that the owners financed; negative where equity is.",
    zh="权益比率：总资产中由所有者投入的比例；权益为负时为负。",
    result=Result("rate"),
    equation="equity ÷ total_assets",
    source="Definition; one less DEBT_TO_ASSETS",
    examples=[Example((400, 1000), 0.4), Example((-50, 1000), -0.05)],
    conventions=[ONE_DATE],
    arrays=True,
)
def equity_ratio(equity: BookEquity, total_assets: TotalAssets) -> Real:
    """equity ÷ total_assets."""
    return divided(equity, total_assets)


@worksheet(
    "DEBT_TO_EQUITY",
    group="credit",
    help="Debt to equity: liabilities over owners' equity. Without positive equity there is no such ratio.",
    zh="产权比率：负债与所有者权益之比。权益不为正时不存在该比率。",
    result=Result("ratio"),
    equation="total_liabilities ÷ equity",
    source="Definition; CFA curriculum, solvency ratios",
    examples=[Example((600, 400), 1.5), Example((600, -10), "#NUM!"), Example((600, 0), "#NUM!")],
    conventions=[ONE_DATE, NO_INFINITY],
    errors={"ratios.equity_not_positive": "#NUM!"},
    arrays=True,
)
def debt_to_equity(total_liabilities: TotalLiabilities, equity: BookEquity) -> Real:
    """total_liabilities ÷ equity. CellError (#NUM!) at or below zero equity: −12 would read as less debt than 0.5."""
    sound = only_where(
        equity > 0, equity, lambda: CellError("#NUM!", "ratios.equity_not_positive", equity=shown(equity))
    )
    return divided(total_liabilities, sound)


@worksheet(
    "INTEREST_COVER",
    group="credit",
    help="Interest cover: how many times earnings before interest and taxes pay the interest.",
    zh="利息保障倍数：息税前利润为利息费用的倍数。",
    result=Result("times"),
    equation="ebit ÷ interest",
    source="Definition; CFA curriculum, coverage ratios",
    examples=[Example((500, 100), 5.0), Example((500, 0), "#DIV/0!")],
    conventions=[NO_INFINITY],
    errors={"ratios.no_interest": "#DIV/0!"},
    arrays=True,
)
def interest_cover(
    ebit: Annotated[
        Real,
        Number("Earnings before interest and taxes; a loss is negative.", "息税前利润，亏损为负数。", unit="money"),
    ],
    interest: Annotated[
        Real,
        Number(
            "Interest expense of the same period, capitalized interest included, as a positive amount.",
            "同期利息费用（含资本化利息），填正数。",
            unit="money",
            least=0,
        ),
    ],
) -> Real:
    """ebit ÷ interest, in times. CellError (#DIV/0!) without interest: there is nothing to cover, and that is said."""
    return divided(ebit, only_where(interest != 0, interest, lambda: CellError("#DIV/0!", "ratios.no_interest")))


@worksheet(
    "CASH_FLOW_TO_DEBT",
    group="credit",
    help="Cash flow to debt: the share of debt that a year's operating cash flow could repay.",
    zh="现金流量债务比：一年经营活动现金净流量可偿还债务的比例。",
    result=Result("ratio"),
    equation="operating_cash_flow ÷ debt",
    source="Beaver 1966, cash flow to total debt; CFA curriculum, coverage ratios",
    examples=[Example((200, 1000), 0.2), Example((200, 0), "#DIV/0!")],
    conventions=[
        NO_INFINITY,
        Label(
            "Debt is total liabilities (Beaver), or interest-bearing debt, or current liabilities: use one throughout.",
            "债务可取负债合计（Beaver）、有息债务或流动负债：前后须一致。",
        ),
    ],
    errors={"ratios.no_debt": "#DIV/0!"},
    arrays=True,
)
def cash_flow_to_debt(
    operating_cash_flow: Annotated[
        Real,
        Number(
            "Net cash from operations of a year; an outflow is negative.",
            "全年经营活动现金净流量，净流出为负数。",
            unit="money",
        ),
    ],
    debt: Annotated[Real, Number("Debt at the year's end.", "年末债务。", unit="money", least=0)],
) -> Real:
    """operating_cash_flow ÷ debt. CellError (#DIV/0!) without debt: there is nothing to repay, and that is said."""
    return divided(operating_cash_flow, only_where(debt != 0, debt, lambda: CellError("#DIV/0!", "ratios.no_debt")))


@worksheet(
    "NET_MARGIN",
    group="credit",
    help="Net margin: net income as a share of sales.",
    zh="销售净利率：净利润占营业收入的比例。",
    result=Result("rate"),
    equation="net_income ÷ sales",
    source="Definition; CFA curriculum, profitability ratios",
    examples=[Example((50, 1000), 0.05), Example((-20, 1000), -0.02)],
    arrays=True,
)
def net_margin(
    net_income: NetIncome,
    sales: Annotated[Real, Number("Sales of the same period.", "同期营业收入。", unit="money", least=0, divisor=True)],
) -> Real:
    """net_income ÷ sales."""
    return divided(net_income, sales)


@worksheet(
    "RETURN_ON_ASSETS",
    group="credit",
    help="Return on assets: a year's net income as a share of total assets.",
    zh="总资产收益率：全年净利润占资产总额的比例。",
    result=Result("rate"),
    equation="net_income ÷ total_assets",
    source="Definition; CFA curriculum, profitability ratios",
    examples=[Example((30, 1000), 0.03)],
    conventions=[
        Label(
            "Total assets at the year's end, or the mean of opening and closing: use one throughout.",
            "资产总额可取年末数或年初年末平均数：前后须一致。",
        ),
    ],
    arrays=True,
)
def return_on_assets(net_income: NetIncome, total_assets: TotalAssets) -> Real:
    """net_income ÷ total_assets."""
    return divided(net_income, total_assets)
