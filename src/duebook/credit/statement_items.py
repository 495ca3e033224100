"""Statement items that several models share, and what is true of all of them, so that they read alike everywhere."""

from __future__ import annotations

from typing import Annotated

from duebook.core.arguments import Number
from duebook.core.cells import Label
from duebook.core.ratios import Real

HORIZON = Label(
    "Horizon: one year ahead. On real failures a one-year AUC of 0.70 to 0.77 is usual, five years ahead 0.50 to 0.60.",
    "预测期为一年。用真实违约检验，一年期 AUC 通常为 0.70 至 0.77，五年期仅 0.50 至 0.60。",
)
OUTLIERS = Label(
    "Values have no bounds (−2,619 to 9,810 on real companies): limit outliers before averaging or charting them.",
    "取值没有上下限（真实企业从 −2,619 到 9,810）：求平均或作图前请先处理极端值。",
)
FRACTIONS = Label(
    "Items are amounts and ratios fractions (0.25); papers that print ratios in percent print smaller coefficients.",
    "参数填金额，比率为小数（0.25）；有的论文用百分数，其系数相应较小。",
)
HIGHER_IS_SAFER = Label("Higher is safer.", "数值越高越安全。")
HIGHER_IS_WORSE = Label("Higher is worse.", "数值越高越危险。")

WorkingCapital = Annotated[
    Real,
    Number(
        "Working capital: current assets less current liabilities; may be negative.",
        "营运资金：流动资产减流动负债，可为负数。",
        unit="money",
    ),
]
CurrentAssets = Annotated[Real, Number("Current assets.", "流动资产。", unit="money", least=0)]
CurrentAssetsAsDivisor = Annotated[Real, Number("Current assets.", "流动资产。", unit="money", least=0, divisor=True)]
CurrentLiabilities = Annotated[Real, Number("Current liabilities.", "流动负债。", unit="money", least=0, divisor=True)]
TotalAssets = Annotated[Real, Number("Total assets.", "资产总计。", unit="money", least=0, divisor=True)]
TotalLiabilities = Annotated[Real, Number("Total liabilities.", "负债合计。", unit="money", least=0)]
TotalLiabilitiesAsDivisor = Annotated[
    Real, Number("Total liabilities.", "负债合计。", unit="money", least=0, divisor=True)
]
BookEquity = Annotated[
    Real, Number("Owners' equity by the books; may be negative.", "所有者权益（账面），可为负数。", unit="money")
]
Ebit = Annotated[
    Real, Number("Earnings before interest and taxes; a loss is negative.", "息税前利润，亏损为负数。", unit="money")
]
ProfitBeforeTax = Annotated[
    Real, Number("Profit before tax; a loss is negative.", "利润总额，亏损为负数。", unit="money")
]
NetIncome = Annotated[Real, Number("Net income; a loss is negative.", "净利润，亏损为负数。", unit="money")]
Sales = Annotated[Real, Number("Sales of the same year.", "同年营业收入。", unit="money", least=0)]
