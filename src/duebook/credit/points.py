"""Points to double the odds: a score scale on which every `pdo` points double the odds good : bad.

score = base_score + pdo ÷ ln 2 × ln(odds ÷ base_odds). With 600 points at 50 : 1 and 20 points to double them, the
factor pdo ÷ ln 2 is 28.8539. Higher is safer. Odds are good : bad, so the probability of default is 1 ÷ (1 + odds).
"""

from __future__ import annotations

import math
from typing import Annotated

from duebook.core.arguments import Number
from duebook.core.cells import Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.ratios import Real, divided, logarithm, only_where

DOUBLINGS = 1000
"""More doublings than this are no odds that a number can hold."""
GOOD_TO_BAD = Label(
    "Odds are good : bad (25 means 25 good customers for one that fails).",
    "好坏比为 好 : 坏（25 表示每 25 个正常客户对应 1 个违约客户）。",
)
SCALE = Label(
    "Without further arguments: 600 points at 50 : 1, and 20 points double the odds.",
    "默认刻度：好坏比 50 : 1 时为 600 分，每 20 分好坏比翻倍。",
)

Odds = Annotated[Real, Number("Odds good : bad, such as 25.", "好坏比（好 : 坏），如 25。", unit="odds", above=0)]
BaseScore = Annotated[
    Real, Number("The score at the base odds. Default 600.", "基准好坏比对应的分数；默认 600。", unit="points")
]
BaseOdds = Annotated[
    Real,
    Number("Odds good : bad at the base score. Default 50.", "基准分数对应的好坏比；默认 50。", unit="odds", above=0),
]
PointsToDouble = Annotated[
    Real, Number("Points that double the odds. Default 20.", "好坏比翻倍所需分数；默认 20。", unit="points", above=0)
]


@worksheet(
    "POINTS_SCORE",
    group="credit",
    help="The score that odds good : bad stand for on a points-to-double-the-odds scale. Higher is safer.",
    zh="按“翻倍分数”刻度由好坏比换算评分，越高越安全。",
    result=Result("points"),
    equation="base_score + pdo ÷ ln 2 × ln(odds ÷ base_odds)",
    source="Siddiqi 2006, Credit Risk Scorecards, scaling: factor 28.8539 at 20 points to double",
    examples=[Example((50,), 600.0), Example((100,), 620.0), Example((25,), 580.0)],
    conventions=[GOOD_TO_BAD, SCALE],
    arrays=True,
)
def points_score(odds: Odds, base_score: BaseScore = 600, base_odds: BaseOdds = 50, pdo: PointsToDouble = 20) -> Real:
    """The score in points."""
    # a difference of logarithms, since the quotient of very large and very small odds is no number
    return base_score + pdo / math.log(2) * (logarithm(odds) - logarithm(base_odds))


@worksheet(
    "SCORE_ODDS",
    group="credit",
    help="The odds good : bad that a score stands for on a points-to-double-the-odds scale.",
    zh="按“翻倍分数”刻度由评分换算好坏比。",
    result=Result("odds"),
    equation="base_odds × 2 ^ ((score − base_score) ÷ pdo)",
    source="Siddiqi 2006, Credit Risk Scorecards, scaling; the inverse of POINTS_SCORE",
    examples=[Example((580,), 25.0), Example((600,), 50.0)],
    conventions=[GOOD_TO_BAD, SCALE],
    arrays=True,
)
def score_odds(
    score: Annotated[Real, Number("The score.", "评分。", unit="points")],
    base_score: BaseScore = 600,
    base_odds: BaseOdds = 50,
    pdo: PointsToDouble = 20,
) -> Real:
    """Odds good : bad. OverflowError where they are too large or too small for a number."""
    doublings = divided(score - base_score, pdo)
    sound = abs(doublings) <= DOUBLINGS
    return base_odds * 2.0 ** only_where(sound, doublings, lambda: OverflowError("no odds so far from the base"))


@worksheet(
    "ODDS_PROBABILITY",
    group="credit",
    help="The probability of default that odds good : bad stand for.",
    zh="由好坏比换算违约概率。",
    result=Result("rate"),
    equation="1 ÷ (1 + odds)",
    source="Definition: 25 good for one bad are 1 in 26, 3.846 %",
    examples=[Example((25,), 1 / 26), Example((1,), 0.5)],
    conventions=[GOOD_TO_BAD],
    arrays=True,
)
def odds_probability(odds: Odds) -> Real:
    """A fraction between 0 and 1."""
    return divided(1, 1 + odds)


@worksheet(
    "PROBABILITY_ODDS",
    group="credit",
    help="The odds good : bad that a probability of default stands for.",
    zh="由违约概率换算好坏比。",
    result=Result("odds"),
    equation="(1 − probability) ÷ probability",
    source="Definition; the inverse of ODDS_PROBABILITY",
    examples=[Example((0.02,), 49.0), Example((0.5,), 1.0)],
    conventions=[GOOD_TO_BAD],
    arrays=True,
)
def probability_odds(
    probability: Annotated[
        Real,
        Number(
            "Probability of default, between 0 and 1, such as 0.02.",
            "违约概率，0 与 1 之间，如 0.02。",
            unit="rate",
            above=0,
            below=1,
        ),
    ],
) -> Real:
    """Odds good : bad."""
    return divided(1 - probability, probability)
