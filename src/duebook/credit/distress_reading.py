"""What a distress model's value means: its zone by the model's own cutoffs, and its probability where it has one."""

from __future__ import annotations

import math
from typing import Annotated

from duebook.core.arguments import Number, Text
from duebook.core.cells import CellError, Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.core.ratios import Real, exponential, is_array
from duebook.credit import zones
from duebook.credit.altman import MODELS as ALTMAN_MODELS
from duebook.credit.statement_items import HORIZON

WITHOUT_PROBABILITY = (*ALTMAN_MODELS, "springate", "taffler_1983", "tisshaw_1977", "grover")


@worksheet(
    "DISTRESS_ZONE",
    group="credit",
    help="The zone of a distress score by the cutoffs of its model: safe, gray or distress.",
    zh="破产预警得分所处区间：安全、灰色或困境，按该模型的界限。",
    result=Result("text", "safe, gray or distress.", "安全、灰色或困境。"),
    equation="distress where springate < 0.862, taffler_1983 < 0, tisshaw_1977 < 0.2, grover ≤ −0.02, zmijewski ≥ "
    "0; gray where 0.2 ≤ tisshaw_1977 ≤ 0.3, −0.02 < grover < 0.01; else safe",
    equation_zh="困境：springate < 0.862、taffler_1983 < 0、tisshaw_1977 < 0.2、grover ≤ −0.02、zmijewski ≥ 0；"
    "灰色：0.2 ≤ tisshaw_1977 ≤ 0.3、−0.02 < grover < 0.01；其余为安全",
    source="Springate 1978; Agarwal and Taffler 2007; Taffler and Tisshaw 1977; Grover 2001; Zmijewski 1984",
    examples=[
        Example(("springate", 0.9885), "safe"),
        Example(("grover", 0), "gray"),
        Example(("zmijewski", 0.2), "distress"),
    ],
    conventions=[
        Label(
            "Ohlson's score has no agreed cutoff (a probability of 0.038 in the paper, 0.5 elsewhere): read its "
            "probability. For Altman's models use ALTMAN_ZONE.",
            "奥尔森得分没有公认界限（原文为概率 0.038，他处用 0.5）：请看概率。阿尔特曼模型请用 ALTMAN_ZONE。",
        ),
        HORIZON,
    ],
)
def distress_zone(
    model: Annotated[
        str,
        Text(
            "springate, taffler_1983, tisshaw_1977, grover or zmijewski.",
            "springate、taffler_1983、tisshaw_1977、grover 或 zmijewski。",
            choices=("springate", "taffler_1983", "tisshaw_1977", "grover", "zmijewski"),
        ),
    ],
    value: Annotated[float, Number("The model's value.", "该模型的得分。", unit="index")],
) -> Label:
    """`safe`, `gray` or `distress`. Springate and Taffler 1983 have one cutoff, so no gray."""
    if model == "zmijewski":
        return zones.DISTRESS if value >= 0 else zones.SAFE
    if model == "grover":
        return zones.DISTRESS if value <= -0.02 else zones.SAFE if value >= 0.01 else zones.GRAY
    if model == "tisshaw_1977":
        return zones.zone(value, 0.2, 0.3)
    return zones.DISTRESS if value < (0.862 if model == "springate" else 0) else zones.SAFE


@worksheet(
    "BANKRUPTCY_PROBABILITY",
    group="credit",
    help="The probability of failure within a year that a model's value stands for, where the model has one.",
    zh="模型得分所对应的一年内破产概率（仅限本身给出概率的模型）。",
    result=Result("rate"),
    equation="ohlson: 1 ÷ (1 + e^−value); zmijewski: Φ(value), Φ being the standard normal distribution",
    equation_zh="ohlson：1 ÷ (1 + e^−value)；zmijewski：Φ(value)，Φ 为标准正态分布函数",
    source="Ohlson 1980 (logit); Zmijewski 1984 (probit)",
    examples=[
        Example(("zmijewski", -1.16025), 0.12297, within=5e-6),
        Example(("zmijewski", -1.88935), 0.02942, within=5e-6),
        Example(("ohlson", 0), 0.5),
        Example(("public_1968", 2.86), "#N/A"),
    ],
    conventions=[
        HORIZON,
        Label(
            "A model's probability is that of its own sample of its own years; set rates by own history.",
            "模型给出的概率来自其样本和年代；实际违约率应以自身历史校准。",
        ),
    ],
    errors={"distress.no_probability": "#N/A"},
    arrays=True,
)
def bankruptcy_probability(
    model: Annotated[
        str,
        Text(
            "ohlson or zmijewski; the other models have no probability.",
            "ohlson 或 zmijewski；其他模型没有概率。",
            choices=("ohlson", "zmijewski", *WITHOUT_PROBABILITY),
        ),
    ],
    value: Annotated[Real, Number("The model's value.", "该模型的得分。", unit="index")],
) -> Real:
    """A fraction. CellError (#N/A) for a discriminant model: its value orders companies and is no probability."""
    if model in WITHOUT_PROBABILITY:
        raise CellError("#N/A", "distress.no_probability", model=model)
    if not is_array(value):
        note("distress.probability_of_its_sample", model=model)
    return 1 / (1 + exponential(-value)) if model == "ohlson" else normal_distribution(value)


def normal_distribution(value: Real) -> Real:
    """Φ(value): the share of a standard normal distribution below `value`, exact to the float in the far tail too."""
    if is_array(value):
        import numpy

        return numpy.vectorize(normal_distribution, otypes=[float])(value)
    return math.erfc(-value / math.sqrt(2)) / 2
