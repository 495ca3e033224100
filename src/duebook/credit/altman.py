"""Altman's Z-scores: the model of 1968 for listed manufacturers and its three successors, with their zones.

The coefficients are the papers' own:

- `public_1968`: 1.2, 1.4, 3.3, 0.6, 0.999 (Altman 1968). Equity is at market value. Sales ÷ assets carries 0.999; the
  rounded 1.0 that many pages print moves the third decimal, and adding a bare 1.0 instead of 1.0 × sales ÷ assets is
  a common slip. The paper has X1 to X4 in percent, with coefficients a hundredth of these.
- `private` (Z′): 0.717, 0.847, 3.107, 0.420, 0.998 (Altman 1983). Equity is at book value.
- `z_double_prime` (Z″): 6.56, 3.26, 6.72, 1.05 without sales (Altman, Hartzell and Peck 1995), for companies outside
  manufacturing, where turnover differs by trade. Equity is at book value.
- `em_score`: Z″ + 3.25, so that zero stands for a defaulted bond.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from duebook.core.arguments import Number, Text, shown
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.ratios import Real, divided, is_array, only_where
from duebook.credit import zones
from duebook.credit.statement_items import (
    FRACTIONS,
    HIGHER_IS_SAFER,
    HORIZON,
    OUTLIERS,
    Ebit,
    TotalAssets,
    TotalLiabilitiesAsDivisor,
    WorkingCapital,
)

EM_GRAY_IN_PRINT = 4.15
"""The rating table of 1995 lets the gray zone of the EM score begin here; see `altman_zone`."""


class Model(NamedTuple):
    """Weights of one model. The first three and `sales` weigh items ÷ total assets, `equity` equity ÷ liabilities."""

    working_capital: float
    retained_earnings: float
    ebit: float
    equity: float
    sales: float
    constant: float
    distress_below: float
    safe_above: float


MODELS = {
    "public_1968": Model(1.2, 1.4, 3.3, 0.6, 0.999, 0.0, 1.81, 2.99),
    "private": Model(0.717, 0.847, 3.107, 0.420, 0.998, 0.0, 1.23, 2.90),
    "z_double_prime": Model(6.56, 3.26, 6.72, 1.05, 0.0, 0.0, 1.10, 2.60),
    "em_score": Model(6.56, 3.26, 6.72, 1.05, 0.0, 3.25, 4.35, 5.85),
}
MODEL_NAMES = ("上市制造业", "非上市制造业", "非制造业", "新兴市场")
AltmanModel = Annotated[
    str,
    Text(
        "public_1968 (listed manufacturer), private (unlisted manufacturer), z_double_prime (any other company), "
        "em_score (z_double_prime + 3.25). No default.",
        "上市制造业、非上市制造业、非制造业（Z″）、新兴市场（Z″ + 3.25）。必填，无默认值。",
        choices=tuple(MODELS),
        zh_choices=MODEL_NAMES,
    ),
]


@worksheet(
    "ALTMAN_Z",
    group="credit",
    help="Altman's Z-score, a warning of failure within a year or two, from statement items. Name the model.",
    zh="阿尔特曼 Z 值：由报表项目计算的破产预警指标。须指明模型。",
    result=Result("index"),
    equation="public_1968: 1.2 × working_capital ÷ TA + 1.4 × retained_earnings ÷ TA + 3.3 × ebit ÷ TA + 0.6 × "
    "equity ÷ total_liabilities + 0.999 × sales ÷ TA, TA = total_assets; private: weights 0.717, 0.847, 3.107, "
    "0.420, 0.998; z_double_prime: 6.56, 3.26, 6.72, 1.05, without sales; em_score: z_double_prime + 3.25",
    equation_zh="上市制造业：1.2 × working_capital ÷ TA + 1.4 × retained_earnings ÷ TA + 3.3 × ebit ÷ TA + 0.6 × "
    "equity ÷ total_liabilities + 0.999 × sales ÷ TA，TA = total_assets；非上市制造业：系数为 0.717、0.847、3.107、"
    "0.420、0.998；非制造业（Z″）：6.56、3.26、6.72、1.05，不含收入；新兴市场：Z″ + 3.25",
    source="Altman 1968, 1983; Altman, Hartzell and Peck 1995; exinfm.com, z_score: 2.86",
    examples=[
        Example(("public_1968", 100, 400, 50, 600, 1000, 700, 1500), 2.8578, within=0.0001),
        Example(("z_double_prime", 0.1, 0.1, 0.2, 0.4, 1, 1), 2.746, within=0.0001),
        Example(("public_1968", 100, 400, 50, 600, 1000, 700), "#N/A"),
    ],
    conventions=[
        Label(
            "Sales ÷ assets weighs 0.999 in public_1968, as in the paper, and equity there is the market value.",
            "上市制造业模型按原文取 0.999 × 收入 ÷ 资产，权益取市值；其余模型取账面值。",
        ),
        HIGHER_IS_SAFER,
        HORIZON,
        OUTLIERS,
        FRACTIONS,
    ],
    errors={"distress.sales_missing": "#N/A", "distress.market_value_negative": "#NUM!"},
    arrays=True,
)
def altman_z(
    model: AltmanModel,
    working_capital: WorkingCapital,
    retained_earnings: Annotated[
        Real,
        Number(
            "Retained earnings of all years; accumulated losses are negative.",
            "留存收益（盈余公积加未分配利润），累计亏损为负数。",
            unit="money",
        ),
    ],
    ebit: Ebit,
    equity: Annotated[
        Real,
        Number(
            "Equity: market value of the shares for public_1968, book value for the others.",
            "权益：上市制造业模型用股票市值，其余用账面值。",
            unit="money",
        ),
    ],
    total_assets: TotalAssets,
    total_liabilities: TotalLiabilitiesAsDivisor,
    sales: Annotated[
        Real | None,
        Number(
            "Sales of the year; needed by public_1968 and private, unused by the others.",
            "全年营业收入；上市、非上市制造业模型必填，其余不用。",
            unit="money",
            least=0,
            nullable=True,
        ),
    ] = None,
) -> Real:
    """The model's Z, without unit and bounds. CellError (#N/A) where the model needs sales and they are blank."""
    weigh = MODELS[model]
    named = Label(model, MODEL_NAMES[list(MODELS).index(model)])
    on_assets = weigh.working_capital * working_capital + weigh.retained_earnings * retained_earnings
    on_assets = on_assets + weigh.ebit * ebit
    if weigh.sales:
        if sales is None:
            raise CellError("#N/A", "distress.sales_missing", model=named)
        on_assets = on_assets + weigh.sales * sales
    elif sales is not None and not is_array(sales):
        note("distress.sales_unused", model=named)
    if model == "public_1968":
        refused = "distress.market_value_negative"
        equity = only_where(equity >= 0, equity, lambda: CellError("#NUM!", refused, value=shown(equity)))
    found = divided(on_assets, total_assets) + weigh.equity * divided(equity, total_liabilities)
    return found + weigh.constant if weigh.constant else found


@worksheet(
    "ALTMAN_ZONE",
    group="credit",
    help="The zone of an Altman Z: safe, gray or distress, by the cutoffs of its model.",
    zh="Z 值所处区间：安全、灰色或困境，按所用模型的界限。",
    result=Result("text", "safe, gray or distress.", "安全、灰色或困境。"),
    equation="distress < 1.81 ≤ gray ≤ 2.99 < safe for public_1968; private 1.23 and 2.90; z_double_prime 1.10 and "
    "2.60; em_score 4.35 and 5.85",
    equation_zh="上市制造业：困境 < 1.81 ≤ 灰色 ≤ 2.99 < 安全；非上市制造业的界限为 1.23 与 2.90；"
    "非制造业（Z″）1.10 与 2.60；新兴市场 4.35 与 5.85",
    source="Altman 1968, 1983; Altman, Hartzell and Peck 1995",
    examples=[Example(("public_1968", 2.8578), "gray"), Example(("z_double_prime", 2.746), "safe")],
    conventions=[
        Label(
            "A value on a cutoff is gray.",
            "恰在界限上的数值属灰色区。",
        ),
        Label(
            "em_score is z_double_prime + 3.25, so are its cutoffs; the rating table of 1995 begins gray at 4.15.",
            "新兴市场模型为 Z″ + 3.25，其界限同样加 3.25；1995 年评级对照表的灰色区下限为 4.15。",
        ),
        HORIZON,
    ],
)
def altman_zone(
    model: AltmanModel,
    z: Annotated[float, Number("The Z of that model.", "该模型的 Z 值。", unit="index")],
) -> Label:
    """`safe`, `gray` or `distress`.

    The EM score is Z″ with a constant added, so its cutoffs are those of Z″ with the same constant: a company must not
    change its zone with the name of the formula. Altman's rating table of 1995 puts the lower one at 4.15 (a bond rated
    B) instead of 4.35; values between the two say so.
    """
    weigh = MODELS[model]
    if model == "em_score" and EM_GRAY_IN_PRINT <= z < weigh.distress_below:
        note("distress.em_between_cutoffs", value=shown(z))
    return zones.zone(z, weigh.distress_below, weigh.safe_above)
