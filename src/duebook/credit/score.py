"""Credit scores from the policy's score card: one customer, one customer explained, a whole sheet of customers."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from duebook.core.arguments import Column, Matrix, Text, Value, shown
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Result, Spill, worksheet
from duebook.core.notes import note
from duebook.credit.assessment import Assessment, assess, listed, percent
from duebook.credit.score_words import ceiling_rows, closing_rows, main_reasons, rule
from duebook.policy import score_card
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.load import Policy
from duebook.policy.said import say_policy
from duebook.policy.score_card import Card, ScoreCards
from duebook.policy.score_rows import plain

SOURCE = "The credit policy's score card; L. Thomas, J. Crook, D. Edelman, Credit Scoring and Its Applications, 2017"
ERRORS = {
    "score.unknown_card": "#VALUE!",
    "score.unknown_dimension": "#VALUE!",
    "score.unknown_dimension_near": "#VALUE!",
    "score.dimension_twice": "#VALUE!",
    "score.too_little_known": "#N/A",
    "score.values_missing": "#N/A",
    "score.knockout_unknown": "#N/A",
    "score.neither_number_nor": "#VALUE!",
}
HIDING = Label(
    "A missing finance value scores its worst points and caps the grade; without a value that can knock out there is "
    "no score. So hiding these never helps. Other blanks count as the card's missing rule says.",
    "缺失的财务数据按最差得分并限制等级上限；一票否决项未知则不评分。因此隐瞒这些数据绝不会得到更好的结果。"
    "其他空白按评分卡的 missing 规则处理。",
)
PARTS = Label(
    "Score and contributions have two decimals; contributions are rounded by largest remainder so that they add up.",
    "评分与贡献均保留两位小数；贡献按最大余额法取整，合计恰等于评分。",
)
Dimensions = Annotated[
    Sequence[str],
    Column(
        "Names of the dimensions: their key or name in the policy, English or Chinese; any order.",
        "各维度名称：政策中的键名或中英文名称，顺序不限。",
        of=Text(),
        rows="dimensions",
    ),
]
Values = Annotated[
    Sequence[object],
    Column(
        "The customer's values, cell by cell beside the dimensions; blank where unknown.",
        "客户各维度的值，与维度逐格对应；未知则留空。",
        of=Value(nullable=True, keeps_errors=True),
        rows="dimensions",
    ),
]
CardName = Annotated[
    str,
    Text(
        "Score card: existing (default) for customers with a ledger history, new for those without, or another.",
        "评分卡：existing（老客户，默认）、new（新客户），或政策中的其他评分卡。",
    ),
]

_DETAIL = Spill(
    (
        Field("Dimension", "维度", "text"),
        Field("Value", "值", "value"),
        Field("Points", "得分", "points"),
        Field("Weight", "权重", "share"),
        Field("Contribution", "贡献", "points"),
        Field("Rule", "规则", "text"),
    ),
    "A row for each dimension and each knock-out or cap; then score, grade, coverage, card and policy.",
    "每个维度、否决项和封顶项各一行，随后是评分、等级、覆盖率、评分卡与政策。",
)
_SCORES = Spill(
    (
        Field("Customer", "客户", "text"),
        Field("Score", "评分", "points"),
        Field("Grade", "等级", "text"),
        Field("Coverage", "覆盖率", "share"),
        Field("Main reasons", "主要原因", "text"),
    ),
    "One row per customer, in the sheet's order.",
    "每个客户一行，按原表顺序。",
)


def _example_card() -> list[list[object]]:
    return [
        ["[score_card]", "", "", "", "", ""],
        ["from", "name", "missing", "minimum_coverage", "finance_cap_grade", ""],
        ["2026-01-01", "existing", "renormalize", 0.6, "C", ""],
        ["[score_dimension]", "", "", "", "", ""],
        ["from", "card", "dimension", "group", "weight", "kind"],
        ["2026-01-01", "existing", "years", "qualification", 0.4, "number"],
        ["2026-01-01", "existing", "cash_ratio", "finance", 0.6, "number"],
        ["[score_band]", "", "", "", "", ""],
        ["from", "dimension", "low", "high", "points", ""],
        ["2026-01-01", "years", "", 5, 40, ""],
        ["2026-01-01", "years", 5, "", 90, ""],
        ["2026-01-01", "cash_ratio", "", 0.2, 30, ""],
        ["2026-01-01", "cash_ratio", 0.2, "", 80, ""],
    ]


@worksheet(
    "CREDIT_SCORE",
    group="credit",
    help="Credit score of a customer by the policy's score card: 0 to 100, higher = better. Knock-outs come first; WHY "
    "says what is missing, capped or knocked out.",
    zh="按信用政策的评分卡计算客户评分：0 至 100，越高越好。先判定一票否决项；WHY 说明缺失、封顶与否决原因。",
    result=Result("points", "The score, two decimals.", "评分，两位小数。"),
    equation="Σ weight × points ÷ Σ weight of what counts, then at most what knock-outs and caps allow",
    equation_zh="Σ 权重 × 得分 ÷ 计入项目的权重之和，再以一票否决与封顶所允许的分数为限",
    source=SOURCE,
    examples=[
        Example((["years", "cash_ratio"], [7, 0.25], _example_card()), 84.0),
        Example((["cash_ratio", "years"], [0.1, 2], _example_card()), 34.0),
        Example((["years", "cash_ratio"], [7, ""], _example_card()), "#N/A"),
        Example((["years", "cash_ration"], [7, 0.25], _example_card()), "#VALUE!"),
    ],
    conventions=[HIDING, PARTS],
    errors=ERRORS,
)
def credit_score(
    dimensions: Dimensions,
    values: Values,
    policy: PolicyArgument = None,
    card: CardName = "existing",
    as_of: PolicyDay = None,
) -> Decimal:
    """0 to 100. CellError: unknown or repeated dimension (#VALUE!), a value that does not fit its dimension, or less
    known than the card asks for (#N/A)."""
    policy = in_use(policy)
    found = _assessed(policy, card, as_of, dimensions, values)
    _say(found, policy)
    return found.score


@worksheet(
    "SCORE_DETAIL",
    group="credit",
    help="How a credit score comes about: points, weight and contribution of each dimension with its rule, then "
    "knock-outs, caps, score, grade, coverage and policy. Contributions add up to the score.",
    zh="信用评分明细：各维度的得分、权重、贡献与规则，随后是否决、封顶、评分、等级、覆盖率与政策。贡献合计恰等于评分。",
    result=_DETAIL,
    equation="contribution = weight × points; score = Σ contributions",
    equation_zh="贡献 = 权重 × 得分；评分 = 贡献之和",
    source=SOURCE,
    examples=[
        Example((["years", "cash_ratio"], [7, 0.25], _example_card()), 36.0, at=(2, 5)),
        Example((["years", "cash_ratio"], [7, 0.25], _example_card()), 48.0, at=(3, 5)),
        Example((["years", "cash_ratio"], [7, 0.25], _example_card()), 84.0, at=(4, 5)),
    ],
    conventions=[HIDING, PARTS],
    errors=ERRORS,
)
def score_detail(
    dimensions: Dimensions,
    values: Values,
    policy: PolicyArgument = None,
    card: CardName = "existing",
    as_of: PolicyDay = None,
) -> Table:
    """One row per dimension of the card, in the card's order; CellError as `credit_score`."""
    policy = in_use(policy)
    found = _assessed(policy, card, as_of, dimensions, values)
    _say(found, policy)
    rows = [
        (
            judged.dimension.label,
            judged.value,
            judged.points,
            None if judged.points is None else float(found.weight(judged)),
            None if judged.points is None else contribution,
            rule(judged),
        )
        for judged, contribution in zip(found.judged, found.contributions(), strict=True)
    ]
    return Table(_DETAIL.header, [*rows, *ceiling_rows(found), *closing_rows(found, policy)])


@worksheet(
    "CREDIT_SCORES",
    group="credit",
    help="Credit scores of a whole customer sheet: score, grade, coverage and main reasons, one row per customer. "
    "An error in one row leaves the others.",
    zh="整张客户表的信用评分：每个客户一行，列出评分、等级、覆盖率与主要原因。某一行出错不影响其他行。",
    result=_SCORES,
    equation="as CREDIT_SCORE, row by row; a reason's figure is the points it costs: weight × (best points − points)",
    equation_zh="逐行同 CREDIT_SCORE；原因后的数字为所失分数：权重 × (最高得分 − 得分)",
    source=SOURCE,
    examples=[
        Example(
            (["Ann", "Bo"], ["years", "cash_ratio"], [[7, 0.25], [2, 0.1]], _example_card()),
            34.0,
            at=(3, 2),
        ),
        Example(
            (["Ann", "Bo"], ["years", "cash_ratio"], [["x", 0.25], [2, 0.1]], _example_card()), "#VALUE!", at=(2, 2)
        ),
    ],
    conventions=[HIDING],
    errors=ERRORS,
)
def credit_scores(
    customers: Annotated[
        Sequence[str | CellError],
        Column("The customers, one per row.", "客户，每行一个。", of=Text(keeps_errors=True), rows="customers"),
    ],
    dimensions: Dimensions,
    values: Annotated[
        Sequence[Sequence[object]],
        Matrix(
            "Their values: a row for each customer, a column for each dimension; blank where unknown.",
            "各客户的值：每个客户一行，每个维度一列；未知则留空。",
            of=Value(nullable=True, keeps_errors=True),
            rows="customers",
        ),
    ],
    policy: PolicyArgument = None,
    card: CardName = "existing",
    as_of: PolicyDay = None,
) -> Table:
    """One row per customer. CellError for the whole sheet only where the dimensions or the card are wrong."""
    policy = in_use(policy)
    cards = policy.section(score_card.read)
    chosen = cards.card(card, as_of)
    keys = _keys(cards, chosen, dimensions, as_of)
    if values and len(values[0]) != len(dimensions):
        facts = {"argument": "values", "found": len(values[0]), "other": "dimensions", "expected": len(dimensions)}
        raise CellError("#VALUE!", "cell.lengths_differ", **facts)
    rows = [_customer_row(chosen, keys, customer, row) for customer, row in zip(customers, values, strict=True)]
    note("score.card", card=chosen.label, version=chosen.version or "–")
    say_policy(policy, score_card)
    return Table(_SCORES.header, rows)


def _assessed(
    policy: Policy, card: str, as_of: date | None, dimensions: Sequence[str], values: Sequence[object]
) -> Assessment:
    cards = policy.section(score_card.read)
    chosen = cards.card(card, as_of)
    keys = _keys(cards, chosen, dimensions, as_of)
    return assess(chosen, {key: value for key, value in zip(keys, values, strict=True) if key})


def _keys(cards: ScoreCards, card: Card, dimensions: Sequence[str], as_of: date | None) -> list[str]:
    """The card's key for each name; "" for a dimension that only another card has, which is left aside and said."""
    found: list[str] = []
    aside: list[str] = []
    for name in dimensions:
        dimension = card.by_name.get(plain(name))
        if dimension is not None:
            if dimension.key in found:
                raise CellError("#VALUE!", "score.dimension_twice", name=shown(name), dimension=dimension.label)
            found.append(dimension.key)
        elif any(plain(name) in other.by_name for other in cards.on(as_of).values()):
            aside.append(name)
            found.append("")
        else:
            raise _unknown(card, name)
    if aside:
        note("score.not_on_card", card=card.label, names=", ".join(aside))
    return found


def _unknown(card: Card, name: str) -> CellError:
    near = difflib.get_close_matches(plain(name), card.by_name, n=3, cutoff=0.6)
    keys = list(dict.fromkeys(card.by_name[each].key for each in near))
    facts = {"name": shown(name), "card": card.label}
    if keys:
        return CellError("#VALUE!", "score.unknown_dimension_near", **facts, near=", ".join(keys))
    known = ", ".join(dimension.key for dimension in card.dimensions)
    return CellError("#VALUE!", "score.unknown_dimension", **facts, known=known)


def _say(found: Assessment, policy: Policy) -> None:
    """What WHY shows beside a score."""
    note("score.card", card=found.card.label, version=found.card.version or "–")
    note("score.coverage", coverage=percent(found.coverage), grade=found.grade.name)
    for ceiling in found.telling:
        key = "score.knocked_out" if ceiling.kind == "knockout" else "score.capped"
        note(key, reason=ceiling.reason, most=f"{ceiling.most:f}", weighted=f"{found.weighted:f}")
    if worst := found.labels("worst"):
        note("score.counted_worst", names=listed(worst))
    if aside := found.labels("left out"):
        note("score.left_out", names=listed(aside))
    say_policy(policy, score_card)


def _customer_row(
    card: Card, keys: Sequence[str], customer: str | CellError, values: Sequence[object]
) -> tuple[object, ...]:
    try:
        if isinstance(customer, CellError):
            raise customer
        found = assess(card, {key: value for key, value in zip(keys, values, strict=True) if key})
    except CellError as error:
        reason = Label(error.text("en"), error.text("zh"))
        return (customer, error, error, None, reason)
    return (customer, found.score, found.grade.name, found.coverage, main_reasons(found))
