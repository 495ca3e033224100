"""The rows and words in which a score explains itself."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from duebook.core.arguments import shown
from duebook.core.cells import Label
from duebook.core.money import rounded
from duebook.credit.assessment import Assessment, Ceiling, Judged, listed, percent
from duebook.policy import score_card
from duebook.policy.load import Policy

_REASONS = 3
"""Dimensions that a row of reasons names."""


def rule(judged: Judged) -> Label:
    """The rule behind a dimension's points, in words."""
    if judged.standing == "left out":
        return Label("not known: the other weights share its weight", "未知：其权重由其余维度分摊")
    if judged.standing == "worst":
        return Label("not known: counts as the worst value", "未知：按最差情况计")
    assert judged.band is not None
    if judged.lowered is not None:
        return Label(f"worst points: {judged.lowered}", f"按最差得分：{judged.lowered.zh}")
    return judged.band.words


def ceiling_rows(found: Assessment) -> list[tuple[object, ...]]:
    """A row for each knock-out and cap that holds; the one that lowers the score carries the difference."""
    rows: list[tuple[object, ...]] = []
    for ceiling in found.ceilings:
        title = Label("Knock-out", "一票否决") if ceiling.kind == "knockout" else Label("Cap", "封顶")
        lowers = found.score - found.weighted if ceiling is found.binding else Decimal(0)
        rows.append((title, None, None, None, lowers, ceiling_words(ceiling)))
    return rows


def ceiling_words(ceiling: Ceiling) -> Label:
    """Why a score may not pass which points."""
    return Label(f"{ceiling.reason}: at most {ceiling.most:f}", f"{ceiling.reason.zh}：最高 {ceiling.most:f}")


def closing_rows(found: Assessment, policy: Policy) -> list[tuple[object, ...]]:
    """Score, grade, coverage, card and policy."""
    card, grade = found.card, found.grade
    worth = Label(f"{grade.range}: {grade.meaning}", f"{grade.range.zh}：{grade.meaning.zh}")
    return [
        (Label("Score", "评分"), None, None, 1.0, found.score, Label("sum of the contributions", "贡献合计")),
        (Label("Grade", "等级"), grade.name, None, None, None, worth),
        (Label("Coverage", "覆盖率"), found.coverage, None, None, None, _coverage(found)),
        (Label("Card", "评分卡"), card.label, None, None, None, card.version or None),
        (Label("Policy", "信用政策"), policy.name, None, None, None, _version(policy)),
    ]


def _coverage(found: Assessment) -> Label:
    missing = [*found.labels("worst"), *found.labels("left out")]
    if not missing:
        return Label("everything is known", "全部已知")
    asked, lacking = percent(found.card.minimum_coverage), listed(missing)
    return Label(f"at least {asked}; missing: {lacking}", f"至少 {asked.zh}；缺失：{lacking.zh}")


def _version(policy: Policy) -> Label:
    if not policy.illustrative(score_card):
        return Label(policy.version, policy.version)
    if policy.adopted:
        tables = ", ".join(policy.not_own(score_card))
        return Label(
            f"{policy.version}; illustrative: does not state {tables}", f"{policy.version}；未列出 {tables}，仅供示例"
        )
    return Label(f"{policy.version}; illustrative until adopted", f"{policy.version}；采用前仅供示例")


def main_reasons(found: Assessment) -> Label:
    """Knock-outs and caps, then the dimensions that cost most, with the points that each costs."""
    words = [*(ceiling.reason for ceiling in found.telling), *dearest(found)]
    return joined(words) if words else Label("nothing against", "无扣分")


def dearest(found: Assessment) -> list[Label]:
    """The dimensions that cost most, with their value and the points that each costs."""
    words = []
    for loss, judged in found.losses()[:_REASONS]:
        lost = rounded(loss / found.counted, 1)
        label = judged.dimension.label
        value = "" if judged.value is None else f" {shown(judged.value)}"
        words.append(Label(f"{label}{value or ' not known'} (−{lost:f})", f"{label.zh}{value or '未知'}（−{lost:f}）"))
    return words


def joined(words: Sequence[Label]) -> Label:
    """Remarks in a row, in both languages."""
    return Label("; ".join(words), "；".join(word.zh for word in words))
