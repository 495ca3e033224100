"""Other models of distress: Ohlson, Zmijewski, Springate, Taffler, Grover, with their zones and probabilities.

Statement items are the arguments; each model forms its own ratios. Where two sets of coefficients are in print, the set
is an argument without a default:

- Zmijewski 1984: `unweighted` (−4.336, −4.513, 5.679, −0.004), the probit on 40 failed and 800 sound companies, and
  `weighted` (−4.803, −3.599, 5.406, −0.100), the estimate corrected for the share of failures in that sample. Which
  is which shows in their figures: an ordinary company (income 5 % and debt 50 % of assets, current ratio 2) gets 4.2 %
  by the first, near the sample's own 40 in 840, and 0.7 % by the second, near the share of all companies that fail.
  Many pages print +0.004 for the last of the first set; the minus is followed here, since liquidity protects.
- Taffler: `taffler_1983` (3.20 + 12.18, 2.50, −10.68, 0.029 with the no-credit interval; Agarwal and Taffler 2007) and
  `tisshaw_1977` (0.53, 0.13, 0.18, 0.16), the set of textbooks, some of which put the no-credit interval where others
  have sales ÷ assets. These four add up to 1 and reward current liabilities: they look like the shares that the ratios
  have in a score rather than its coefficients, so this is a rule of thumb. The scales of the two differ.

Ohlson's model 1 measures size by the logarithm of total assets over a price index (GNP deflator, 1968 = 100), so it
depends on the unit of money: whole dollars. The deflator is a required argument.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from duebook.core.arguments import Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.ratios import Real, divided, logarithm, only_where
from duebook.credit.statement_items import (
    FRACTIONS,
    HIGHER_IS_SAFER,
    HIGHER_IS_WORSE,
    HORIZON,
    CurrentAssets,
    CurrentAssetsAsDivisor,
    CurrentLiabilities,
    Ebit,
    NetIncome,
    ProfitBeforeTax,
    Sales,
    TotalAssets,
    TotalLiabilities,
    TotalLiabilitiesAsDivisor,
    WorkingCapital,
)


@worksheet(
    "OHLSON_O",
    group="credit",
    help="Ohlson's O-score (model 1, failure within one year). BANKRUPTCY_PROBABILITY turns it into a probability.",
    zh="奥尔森 O 值（模型一，一年内破产）。用 BANKRUPTCY_PROBABILITY 换算为概率。",
    result=Result("index"),
    equation="−1.32 − 0.407 × ln(TA ÷ deflator) + 6.03 × TL ÷ TA − 1.43 × (CA − CL) ÷ TA + 0.0757 × CL ÷ CA − 1.72 "
    "× [TL > TA] − 2.37 × NI ÷ TA − 1.83 × FFO ÷ TL + 0.285 × [loss in both years] − 0.521 × (NI − NI before) ÷ "
    "(|NI| + |NI before|); what stands in [ ] counts 1 if true, else 0",
    equation_zh="−1.32 − 0.407 × ln(TA ÷ deflator) + 6.03 × TL ÷ TA − 1.43 × (CA − CL) ÷ TA + 0.0757 × CL ÷ CA − "
    "1.72 × [TL > TA] − 2.37 × NI ÷ TA − 1.83 × FFO ÷ TL + 0.285 × [两年均亏损] − 0.521 × (NI − 上年 NI) ÷ (|NI| + "
    "|上年 NI|)；TA 总资产、TL 总负债、CA 流动资产、CL 流动负债、NI 净利润、FFO 经营资金；[ ] 内成立为 1，否则为 0",
    source="Ohlson 1980, Journal of Accounting Research 18, table 4, model 1",
    examples=[Example((1000000, 500000, 1000000, 800000, 100000, 50000, 200000, 100), -3.421715, within=0.000001)],
    conventions=[
        HIGHER_IS_WORSE,
        HORIZON,
        Label(
            "deflator: US GNP price index with 1968 = 100, and amounts in whole US dollars (convert other currencies), "
            "since size enters by itself.",
            "deflator 为美国 GNP 物价指数（1968 = 100），金额须折算为美元并以元计，因为规模单独进入模型。",
        ),
        Label(
            "Without income in either year the change of income counts as none.",
            "两年净利润均为零时，利润变动按零计。",
        ),
    ],
    arrays=True,
)
def ohlson_o(
    total_assets: TotalAssets,
    total_liabilities: TotalLiabilitiesAsDivisor,
    current_assets: CurrentAssetsAsDivisor,
    current_liabilities: Annotated[Real, Number("Current liabilities.", "流动负债。", unit="money", least=0)],
    net_income: NetIncome,
    net_income_before: Annotated[
        Real, Number("Net income of the year before; a loss is negative.", "上年净利润，亏损为负数。", unit="money")
    ],
    funds_from_operations: Annotated[
        Real,
        Number(
            "Funds from operations: pretax income plus depreciation; may be negative.",
            "经营资金：税前利润加折旧摊销，可为负数。",
            unit="money",
        ),
    ],
    deflator: Annotated[
        Real,
        Number(
            "GNP price index, 1968 = 100, for amounts in whole dollars; 100 leaves amounts of 1968 as they are.",
            "GNP 物价指数（1968 = 100），金额以美元元计；填 100 即按 1968 年价格。",
            unit="index",
            above=0,
        ),
    ],
) -> Real:
    """The O-score, higher is worse. Zero assets, liabilities or current assets are ZeroDivisionError."""
    change = abs(net_income) + abs(net_income_before)
    # without income in either year the change is none: its numerator is zero, and one is put in place of the divisor
    change = divided(net_income - net_income_before, change + (change == 0))
    size = logarithm(divided(total_assets, deflator))
    on_assets = 6.03 * total_liabilities - 1.43 * (current_assets - current_liabilities) - 2.37 * net_income
    return (
        -1.32
        - 0.407 * size
        + divided(on_assets, total_assets)
        + 0.0757 * divided(current_liabilities, current_assets)
        - 1.83 * divided(funds_from_operations, total_liabilities)
        - 1.72 * (total_liabilities > total_assets)
        + 0.285 * ((net_income < 0) & (net_income_before < 0))
        - 0.521 * change
    )


class Probit(NamedTuple):
    """Zmijewski's coefficients: of net income ÷ assets, liabilities ÷ assets, current assets ÷ current liabilities."""

    constant: float
    return_on_assets: float
    debt: float
    liquidity: float


ZMIJEWSKI_SETS = {
    "unweighted": Probit(-4.336, -4.513, 5.679, -0.004),
    "weighted": Probit(-4.803, -3.599, 5.406, -0.100),
}


@worksheet(
    "ZMIJEWSKI",
    group="credit",
    help="Zmijewski's score: at or above 0 failure is more likely than not. Two sets of coefficients; name one.",
    zh="兹米耶夫斯基得分：大于等于 0 表示破产可能性超过一半。通行两套系数，须指明。",
    result=Result("index"),
    equation="unweighted: −4.336 − 4.513 × net_income ÷ total_assets + 5.679 × total_liabilities ÷ total_assets − "
    "0.004 × current_assets ÷ current_liabilities; weighted: −4.803, −3.599, 5.406, −0.100",
    equation_zh="未加权：−4.336 − 4.513 × net_income ÷ total_assets + 5.679 × total_liabilities ÷ total_assets − "
    "0.004 × current_assets ÷ current_liabilities；加权：系数为 −4.803、−3.599、5.406、−0.100",
    source="Zmijewski 1984, Journal of Accounting Research 22 (supplement)",
    examples=[
        Example(("unweighted", 0.05, 0.6, 1, 1.5, 1), -1.16025, within=1e-6),
        Example(("weighted", 0.05, 0.6, 1, 1.5, 1), -1.88935, within=1e-6),
    ],
    conventions=[
        HIGHER_IS_WORSE,
        HORIZON,
        Label(
            "unweighted is the probit usually quoted, weighted is corrected for the sample's share of failures.",
            "未加权为常被引用的 probit 系数；加权为按样本破产比例校正后的系数。",
        ),
        Label(
            "Pages that print +0.004 for the current ratio differ by 0.008 times it.",
            "有的资料流动比率系数印作 +0.004，结果相差 0.008 × 流动比率。",
        ),
        FRACTIONS,
    ],
    arrays=True,
)
def zmijewski(
    coefficients: Annotated[
        str,
        Text(
            "unweighted (−4.336, −4.513, 5.679, −0.004) or weighted (−4.803, −3.599, 5.406, −0.100). No default.",
            "未加权（−4.336、−4.513、5.679、−0.004）或加权（−4.803、−3.599、5.406、−0.100）。必填。",
            choices=tuple(ZMIJEWSKI_SETS),
            zh_choices=("未加权", "加权"),
        ),
    ],
    net_income: NetIncome,
    total_liabilities: TotalLiabilities,
    total_assets: TotalAssets,
    current_assets: CurrentAssets,
    current_liabilities: CurrentLiabilities,
) -> Real:
    """The probit value, higher is worse."""
    by = ZMIJEWSKI_SETS[coefficients]
    on_assets = by.return_on_assets * net_income + by.debt * total_liabilities
    return by.constant + divided(on_assets, total_assets) + by.liquidity * divided(current_assets, current_liabilities)


@worksheet(
    "SPRINGATE",
    group="credit",
    help="Springate's score: below 0.862 the company is classed as failing.",
    zh="斯普林盖特得分：低于 0.862 判为将失败。",
    result=Result("index"),
    equation="1.03 × working_capital ÷ TA + 3.07 × ebit ÷ TA + 0.66 × profit_before_tax ÷ current_liabilities + "
    "0.4 × sales ÷ TA (TA = total_assets)",
    source="Springate 1978, Simon Fraser University; coefficients and cutoff as printed by ycharts.com",
    examples=[Example((0.1, 0.05, 0.2, 1.5, 1, 1), 0.9885, within=1e-6)],
    conventions=[HIGHER_IS_SAFER, HORIZON, FRACTIONS],
    arrays=True,
)
def springate(
    working_capital: WorkingCapital,
    ebit: Ebit,
    profit_before_tax: ProfitBeforeTax,
    sales: Sales,
    total_assets: TotalAssets,
    current_liabilities: CurrentLiabilities,
) -> Real:
    """The S-score, without unit; `DISTRESS_ZONE("springate", …)` reads it."""
    on_assets = 1.03 * working_capital + 3.07 * ebit + 0.4 * sales
    return divided(on_assets, total_assets) + 0.66 * divided(profit_before_tax, current_liabilities)


@worksheet(
    "TAFFLER",
    group="credit",
    help="Taffler's z-score for British industrial companies. Two versions in print, on different scales; name one.",
    zh="塔夫勒 z 值（英国工业企业）。通行两个版本，量纲不同，须指明。",
    result=Result("index"),
    equation="taffler_1983: 3.20 + 12.18 × PBT ÷ CL + 2.50 × CA ÷ TL − 10.68 × CL ÷ TA + 0.029 × (quick_assets − "
    "CL) ÷ ((sales − PBT − depreciation) ÷ 365); tisshaw_1977: 0.53 × PBT ÷ CL + 0.13 × CA ÷ TL + 0.18 × CL ÷ TA + "
    "0.16 × sales ÷ TA",
    equation_zh="taffler_1983：3.20 + 12.18 × PBT ÷ CL + 2.50 × CA ÷ TL − 10.68 × CL ÷ TA + 0.029 × (quick_assets − "
    "CL) ÷ ((sales − PBT − depreciation) ÷ 365)；tisshaw_1977：0.53 × PBT ÷ CL + 0.13 × CA ÷ TL + 0.18 × CL ÷ TA + "
    "0.16 × sales ÷ TA；PBT 利润总额、CA 流动资产、CL 流动负债、TL 总负债、TA 总资产",
    source="Agarwal and Taffler 2007, Accounting and Business Research 37; Taffler and Tisshaw 1977, Accountancy 88",
    examples=[
        Example(("tisshaw_1977", 100, 500, 250, 500, 1000, 1500), 0.627, within=1e-6),
        Example(("taffler_1983", 100, 500, 250, 500, 1000, 1500, 300, 40), 8.291154, within=1e-6),
        Example(("taffler_1983", 100, 500, 250, 500, 1000, 1500), "#N/A"),
    ],
    conventions=[
        HIGHER_IS_SAFER,
        HORIZON,
        Label(
            "taffler_1983 parts at 0; tisshaw_1977 at 0.2 (distress below) and 0.3 (safe above).",
            "taffler_1983 以 0 为界；tisshaw_1977 低于 0.2 为困境，高于 0.3 为安全。",
        ),
        Label(
            "tisshaw_1977 is a textbook rule of thumb: its weights add up to 1, and more current liabilities raise it. "
            "Prefer taffler_1983 where its items are known.",
            "tisshaw_1977 为教科书中的经验公式：系数合计为 1，且流动负债越多得分越高。资料齐全时宜用 taffler_1983。",
        ),
    ],
    errors={"distress.interval_items_missing": "#N/A", "distress.no_operating_expenses": "#NUM!"},
    arrays=True,
)
def taffler(
    coefficients: Annotated[
        str,
        Text(
            "taffler_1983 (3.20, 12.18, 2.50, −10.68, 0.029) or tisshaw_1977 (0.53, 0.13, 0.18, 0.16). No default.",
            "taffler_1983（3.20、12.18、2.50、−10.68、0.029）或 tisshaw_1977（0.53、0.13、0.18、0.16）。必填。",
            choices=("taffler_1983", "tisshaw_1977"),
        ),
    ],
    profit_before_tax: ProfitBeforeTax,
    current_assets: CurrentAssets,
    current_liabilities: CurrentLiabilities,
    total_liabilities: TotalLiabilitiesAsDivisor,
    total_assets: TotalAssets,
    sales: Sales,
    quick_assets: Annotated[
        Real | None,
        Number(
            "Quick assets: current assets less inventory and prepaid; needed by taffler_1983.",
            "速动资产：流动资产减存货和预付；taffler_1983 必填。",
            unit="money",
            least=0,
            nullable=True,
        ),
    ] = None,
    depreciation: Annotated[
        Real | None,
        Number(
            "Depreciation of the year; needed by taffler_1983.",
            "全年折旧；taffler_1983 必填。",
            unit="money",
            least=0,
            nullable=True,
        ),
    ] = None,
) -> Real:
    """The z-score of that version. CellError (#N/A) where the no-credit interval needs an item that is blank."""
    profit = divided(profit_before_tax, current_liabilities)
    position = divided(current_assets, total_liabilities)
    short_debt = divided(current_liabilities, total_assets)
    if coefficients == "tisshaw_1977":
        return 0.53 * profit + 0.13 * position + 0.18 * short_debt + 0.16 * divided(sales, total_assets)
    if quick_assets is None or depreciation is None:
        raise CellError("#N/A", "distress.interval_items_missing")
    daily = _daily_expenses(sales - profit_before_tax - depreciation)
    interval = divided(quick_assets - current_liabilities, daily)
    return 3.20 + 12.18 * profit + 2.50 * position - 10.68 * short_debt + 0.029 * interval


def _daily_expenses(expenses: Real) -> Real:
    """Operating expenses of a day, which the no-credit interval divides by: not above zero they make no interval."""
    return only_where(expenses > 0, expenses, lambda: CellError("#NUM!", "distress.no_operating_expenses")) / 365


@worksheet(
    "GROVER",
    group="credit",
    help="Grover's score: at or below −0.02 the company is classed as failing, at or above 0.01 as sound.",
    zh="格罗弗得分：不高于 −0.02 判为将破产，不低于 0.01 判为健康。",
    result=Result("index"),
    equation="1.650 × working_capital ÷ TA + 3.404 × ebit ÷ TA − 0.016 × net_income ÷ TA + 0.057 (TA = total_assets)",
    source="Grover 2001, as printed by 123dok.com with its cutoffs",
    examples=[Example((0.1, 0.05, 0.03, 1), 0.39172, within=1e-6)],
    conventions=[
        HIGHER_IS_SAFER,
        HORIZON,
        Label(
            "Return on assets is a fraction as the other ratios are; in percent the same company would show 0.344.",
            "总资产收益率与其他比率一样取小数；若用百分数，同一企业会得 0.344。",
        ),
    ],
    arrays=True,
)
def grover(working_capital: WorkingCapital, ebit: Ebit, net_income: NetIncome, total_assets: TotalAssets) -> Real:
    """The G-score, without unit; `DISTRESS_ZONE("grover", …)` reads it."""
    return divided(1.650 * working_capital + 3.404 * ebit - 0.016 * net_income, total_assets) + 0.057
