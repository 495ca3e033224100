"""From a score to a grade, and from a grade or a score to a probability of default, as the credit policy says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from duebook.core.arguments import Number, Text, Value, shown
from duebook.core.cells import Label
from duebook.core.declare import Example, Result, worksheet
from duebook.core.notes import note
from duebook.policy import default_probability as rates
from duebook.policy import grades
from duebook.policy.argument import PolicyArgument, PolicyDay, in_use
from duebook.policy.load import Policy
from duebook.policy.said import say_policy

Score = Annotated[
    float,
    Number("The score, 0 to 100, higher = better.", "评分，0 至 100，越高越好。", unit="points", least=0, most=100),
]
_ANY_NUMBER = Number()


@worksheet(
    "CREDIT_GRADE",
    group="credit",
    help="The policy's credit grade of a score. Bands are half-open: a score at a band's lower bound is in it.",
    zh="评分对应的信用等级（按信用政策）。分段左闭右开：恰等于下限的分数归入该段。",
    result=Result("text", "The grade's name.", "等级名称。"),
    equation="the grade whose low ≤ score < high",
    equation_zh="下限 ≤ score < 上限 的等级",
    source="The credit policy's [[grade]] table",
    examples=[Example((80,), "A"), Example((79.99,), "B"), Example((0,), "E"), Example((101,), "#NUM!")],
    conventions=[
        Label(
            "Grades cover 0 to 100 exactly once; 100 is in the highest. A policy with a gap or an overlap is refused.",
            "各等级不重不漏地覆盖 0 至 100，100 归最高等级；有空隙或重叠的政策会被拒绝。",
        )
    ],
)
def credit_grade(score: Score, policy: PolicyArgument = None, as_of: PolicyDay = None) -> str:
    """The name of the grade of `score`; notes its meaning and the policy."""
    policy = in_use(policy)
    found = policy.section(grades.read).on(as_of).of(score)
    _below_one(score)
    note("score.grade_band", grade=_with_meaning(found), band=found.range)
    say_policy(policy, grades)
    return found.name


@worksheet(
    "DEFAULT_PROBABILITY",
    group="credit",
    help="The policy's probability of default of a grade or a score, as a fraction. WHY names horizon and source.",
    zh="信用政策中某等级或某分数的违约概率（小数）。WHY 说明期限与来源。",
    result=Result("rate", "The share that defaults within the policy's horizon.", "政策期限内违约的比例。"),
    equation="the policy's rate of the grade, or of the score band with low ≤ score < high",
    equation_zh="政策中该等级的违约概率，或下限 ≤ 分数 < 上限 的分段的违约概率",
    source="The credit policy's [[default_probability]] table",
    examples=[
        Example(("grade", "A"), 0.003),
        Example(("score", 65), 0.01),
        Example(("grade", "Z"), "#VALUE!"),
        Example(("score", 120), "#NUM!"),
    ],
    conventions=[
        Label(
            "Duebook's own rates are illustrative until the firm adopts a policy; WHY says so.",
            "Duebook 自带的违约概率在企业采用自己的政策前仅供示例；WHY 会注明。",
        )
    ],
    errors={**grades.GRADE_ERRORS, **rates.ERRORS},
)
def default_probability(
    kind: Annotated[
        str,
        Text(
            "What value is: grade or score.",
            "value 是等级（grade）还是分数（score）。",
            choices=rates.KINDS,
            zh_choices=("等级", "分数"),
        ),
    ],
    value: Annotated[object, Value("The grade's name, or the score.", "等级名称，或分数。")],
    policy: PolicyArgument = None,
    as_of: PolicyDay = None,
) -> Decimal:
    """A fraction, exact. CellError where the policy has no such grade, no rates of that kind, or no band there."""
    policy = in_use(policy)
    found = _rate(policy, kind, value, as_of)
    facts = {"what": found.words, "months": found.months}
    if found.source:
        note("score.rate_of", **facts, source=found.source)
    else:
        note("score.rate_of_unnamed", **facts)
    say_policy(policy, rates)
    return found.rate


def _rate(policy: Policy, kind: str, value: object, as_of: date | None) -> rates.Rate:
    section = policy.section(rates.read)
    if kind == "score":
        score = _ANY_NUMBER.read(value, "value")
        _below_one(score)
        return section.on(as_of).of_score(score)
    grade = section.grades.on(as_of).find(Text().read(value, "value"), "value")
    return section.on(as_of).of_grade(grade.name)


def _below_one(score: float) -> None:
    """Says that a score below 1 is next to nothing: 0.85 may be meant for 85."""
    if 0 < score < 1:
        note("score.below_one", score=shown(score), meant=shown(score * 100))


def _with_meaning(grade: grades.Grade) -> Label:
    """The grade and what it stands for; a policy that does not say has the name for it, which need not stand twice."""
    en, zh = (f" ({grade.meaning})", f"（{grade.meaning.zh}）") if grade.meaning != grade.name else ("", "")
    return Label(grade.name + en, grade.name + zh)
