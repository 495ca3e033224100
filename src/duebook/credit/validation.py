"""Whether a score or one of its dimensions has told good from bad customers, on a firm's own history.

Higher scores are better throughout, so weight of evidence is ln(share of the good ÷ share of the bad), positive where a
bin holds more than its share of good customers, and the area under the curve is the chance that a good customer scores
above a bad one.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Annotated, NamedTuple

from duebook.core.arguments import Column, Flag, Number, shown
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Result, Spill, worksheet
from duebook.core.notes import note

HALF = 0.5
"""Added to both counts of a bin that lacks good or bad customers, so that its weight is finite."""
FLOOR = 0.0001
"""What an empty bin's share counts as in the stability index."""
FEW = 30
"""Fewer failures than this make any figure here uncertain: it is said."""

BadFlag = Annotated[
    Sequence[bool],
    Column(
        "TRUE (or 1) where the customer failed within the horizon, FALSE (or 0) where not.",
        "在观察期内违约填 TRUE（或 1），未违约填 FALSE（或 0）。",
        of=Flag(),
    ),
]
Scores = Annotated[
    Sequence[float],
    Column("The score of each customer, higher is better.", "各客户评分，越高越好。", of=Number(unit="points")),
]


def need_both(bad_flag: Sequence[bool]) -> tuple[int, int]:
    """How many are good and how many bad. CellError (#NUM!) where one kind is missing: nothing can be told apart."""
    bad = sum(bad_flag)
    good = len(bad_flag) - bad
    if not good or not bad:
        raise CellError("#NUM!", "validation.one_kind_only", good=good, bad=bad)
    if min(good, bad) < FEW:
        note("validation.few", good=good, bad=bad)
    return good, bad


class Bin(NamedTuple):
    """Customers from `start` (included) to `end` (excluded); None is open. Both None: those without a value."""

    title: Label
    start: float | None
    end: float | None
    good: int
    bad: int


class Evidence(NamedTuple):
    """Weight of evidence and information value of a bin."""

    weight: float
    information: float


def evidence(good: int, bad: int, all_good: int, all_bad: int) -> Evidence | None:
    """ln(%good ÷ %bad) and (%good − %bad) times it. None for a bin without customers.

    Where one kind is missing, half a customer is added to both counts: the usual adjustment, which keeps the weight
    finite and its sign right. Both figures use the adjusted shares, so the information value is never negative.
    """
    if not good and not bad:
        return None
    more = 0 if good and bad else HALF
    of_good, of_bad = (good + more) / all_good, (bad + more) / all_bad
    weight = math.log(of_good) - math.log(of_bad)
    return Evidence(weight, (of_good - of_bad) * weight)


def bins(value: Sequence[float | None], bad_flag: Sequence[bool], cuts: Sequence[float]) -> Iterator[Bin]:
    """The bins between rising `cuts`, from the lowest; then those without a value, if there are any."""
    counts = [[0, 0] for _ in range(len(cuts) + 2)]
    for each, bad in zip(value, bad_flag, strict=True):
        counts[-1 if each is None else bisect_right(cuts, each)][bad] += 1
    edges = [None, *cuts, None]
    for place, (start, end) in enumerate(pairwise(edges)):
        yield Bin(_title(start, end), start, end, *counts[place])
    if any(counts[-1]):
        yield Bin(Label("no value", "无取值"), None, None, *counts[-1])


def _title(start: float | None, end: float | None) -> Label:
    low, high = ("" if edge is None else shown(edge) for edge in (start, end))
    if start is None:
        return Label(f"below {high}", f"{high} 以下")
    if end is None:
        return Label(f"{low} and over", f"{low} 及以上")
    return Label(f"{low} to below {high}", f"{low} 至 {high}（不含）")


EVIDENCE = Spill(
    (
        Field("Bin", "分箱", "text"),
        Field("From", "下限（含）", "value"),
        Field("To", "上限（不含）", "value"),
        Field("Good", "好客户数", "count"),
        Field("Bad", "坏客户数", "count"),
        Field("Share of good", "好客户占比", "share"),
        Field("Share of bad", "坏客户占比", "share"),
        Field("Bad rate", "坏客户率", "rate"),
        Field("WOE", "WOE", "index"),
        Field("Information value", "信息值", "index"),
    ),
    "One row per bin, those without a value last, then the total.",
    "每箱一行，无取值者单列，末行合计。",
)


@worksheet(
    "WEIGHT_OF_EVIDENCE",
    group="credit",
    help="Per bin of a value: good and bad customers, weight of evidence and information value, with totals.",
    zh="按取值分箱：好、坏客户数，证据权重（WOE）与信息值（IV），末行合计。",
    result=EVIDENCE,
    equation="WOE = ln(share of good ÷ share of bad); information value = (share of good − share of bad) × WOE",
    equation_zh="WOE = ln(好客户占比 ÷ 坏客户占比)；信息值 = (好客户占比 − 坏客户占比) × WOE",
    source="Siddiqi 2006, Credit Risk Scorecards; sign as ln(%good ÷ %bad)",
    examples=[
        Example(([1, 1, 1, 2, 2, 2], [1, 1, 0, 1, 0, 0], [2]), -0.693147, within=1e-6, at=(2, 9)),
        Example(([1, 2], [0, 0], [2]), "#NUM!"),
    ],
    conventions=[
        Label("Bins are half-open: from ≤ value < to.", "分箱为半开区间：下限 ≤ 取值 < 上限。"),
        Label(
            "A bin without good or without bad customers gets half a customer added to both counts for its weight.",
            "某箱缺少好客户或坏客户时，计算 WOE 前两个计数各加 0.5。",
        ),
        Label(
            "Customers without a value form a bin of their own: that a figure is missing may tell something.",
            "无取值的客户单独成箱：缺失本身可能就是信号。",
        ),
    ],
    errors={"validation.one_kind_only": "#NUM!", "validation.cuts_not_rising": "#NUM!"},
)
def weight_of_evidence(
    value: Annotated[
        Sequence[float | None],
        Column(
            "The value of each customer; blank where it is missing.",
            "各客户的取值；缺失留空。",
            of=Number(unit="value", nullable=True),
        ),
    ],
    bad_flag: BadFlag,
    cuts: Annotated[
        Sequence[float],
        Column(
            "Where one bin ends and the next begins, rising.",
            "各分箱之间的分界值，由小到大。",
            of=Number(unit="value"),
            rows="cuts",
        ),
    ],
) -> Table:
    """See the declaration. CellError (#NUM!) where cuts do not rise or customers of one kind are missing."""
    for lower, upper in pairwise(cuts):
        if lower >= upper:
            raise CellError("#NUM!", "validation.cuts_not_rising", lower=shown(lower), upper=shown(upper))
    all_good, all_bad = need_both(bad_flag)
    rows: list[list[object]] = []
    total = 0.0
    for title, start, end, good, bad in bins(value, bad_flag, cuts):
        found = evidence(good, bad, all_good, all_bad)
        if found is None:
            note("validation.bin_empty", bin=title)
            rows.append([title, start, end, 0, 0, 0.0, 0.0, None, None, None])
            continue
        if not good or not bad:
            note("validation.bin_adjusted", bin=title)
        total += found.information
        rows.append([title, start, end, good, bad, good / all_good, bad / all_bad, bad / (good + bad), *found])
    everyone = all_good + all_bad
    rows.append([Label("Total", "合计"), None, None, all_good, all_bad, 1.0, 1.0, all_bad / everyone, None, total])
    return Table(EVIDENCE.header, rows)


@worksheet(
    "SCORE_AUC",
    group="credit",
    help="Area under the curve: the chance that a good customer scores above a bad one (0.5 = no better than chance).",
    zh="AUC：随机一个好客户评分高于坏客户的概率（0.5 相当于随机猜测）。",
    result=Result("ratio", "0 to 1; the accuracy ratio (Gini) is 2 × AUC − 1.", "0 到 1；基尼系数为 2 × AUC − 1。"),
    equation="pairs of one good and one bad customer in which the good one scores higher, ties counting half ÷ all "
    "such pairs",
    equation_zh="好客户评分高于坏客户的配对数（同分计 0.5）÷ 全部“一好一坏”配对数",
    source="Mann and Whitney 1947; Hanley and McNeil 1982",
    examples=[
        Example(([0.9, 0.6, 0.65, 0.2], [0, 0, 1, 1]), 0.75),
        Example(([5, 5], [0, 1]), 0.5),
    ],
    conventions=[
        Label(
            "Higher scores are better. For a model where higher is worse give −score; the result is 1 less the other.",
            "评分越高越好；若模型数值越高越差，请填负值，否则结果为 1 减去应有值。",
        ),
    ],
    errors={"validation.one_kind_only": "#NUM!"},
)
def score_auc(score: Scores, bad_flag: BadFlag) -> float:
    """Between 0 and 1. CellError (#NUM!) where customers of one kind are missing."""
    good, bad = need_both(bad_flag)
    bad_below, wins = 0, 0.0
    for _, at_bads, at_goods in _by_score(score, bad_flag):
        wins += at_goods * (bad_below + at_bads / 2)
        bad_below += at_bads
    found = wins / (good * bad)
    note("validation.counted", good=good, bad=bad, gini=f"{2 * found - 1:.3f}")
    if found < 0.5:
        note("validation.upside_down")
    return found


@worksheet(
    "SCORE_KS",
    group="credit",
    help="Kolmogorov-Smirnov: the largest gap between the shares of bad and of good customers up to a score.",
    zh="KS 值：在同一分数以下，坏客户累计占比与好客户累计占比的最大差距。",
    result=Result("share"),
    equation="the largest |share of bad up to a score − share of good up to it|",
    equation_zh="各评分处 |坏客户累计占比 − 好客户累计占比| 的最大值",
    source="Siddiqi 2006, Credit Risk Scorecards, validation",
    examples=[Example(([1, 2, 3, 4], [1, 0, 1, 0]), 0.5), Example(([1, 2, 3, 4], [1, 1, 0, 0]), 1.0)],
    errors={"validation.one_kind_only": "#NUM!"},
)
def score_ks(score: Scores, bad_flag: BadFlag) -> float:
    """Between 0 and 1; the note names the score at which the gap is widest."""
    good, bad = need_both(bad_flag)
    bads, goods, widest, at = 0, 0, 0.0, 0.0
    for level, at_bads, at_goods in _by_score(score, bad_flag):
        bads += at_bads
        goods += at_goods
        gap = abs(bads / bad - goods / good)
        if gap > widest:
            widest, at = gap, level
    note("validation.widest_at", score=shown(at))
    return widest


def _by_score(score: Sequence[float], bad_flag: Sequence[bool]) -> Iterator[tuple[float, int, int]]:
    """Each score from the lowest, with how many bad and good customers have exactly it."""
    for level, group in groupby(sorted(zip(score, bad_flag, strict=True)), key=lambda pair: pair[0]):
        flags = [bad for _, bad in group]
        yield level, sum(flags), len(flags) - sum(flags)


@worksheet(
    "SCORE_STABILITY",
    group="credit",
    help="Population stability index: how far today's customers over the score bands differ from those of the card.",
    zh="群体稳定性指数（PSI）：当前客户在各评分段的分布与建卡时的差异。",
    result=Result("index"),
    equation="Σ (actual − expected) × ln(actual ÷ expected), both as shares",
    equation_zh="Σ (actual − expected) × ln(actual ÷ expected)，两者均为占比",
    source="Siddiqi 2006, Credit Risk Scorecards, monitoring; hackingnote.com, IV of the same form: 0.260",
    examples=[
        Example(([0.25, 0.25, 0.5], [0.25, 0.25, 0.5]), 0.0),
        Example(([50, 50], [0.6, 0.4]), 0.0405465, within=1e-7),
    ],
    conventions=[
        Label(
            "Read as: under 0.10 stable, 0.10 to 0.25 look into it, over 0.25 the card meets another population.",
            "通常解读：低于 0.10 稳定；0.10 至 0.25 需关注；高于 0.25 表明客群已变。",
        ),
        Label(
            "Shares or counts per band, each brought to a sum of 1. An empty band counts as a share of 0.0001.",
            "可填各段占比或户数，均先折算为合计 1；空段按 0.0001 计。",
        ),
    ],
    errors={"validation.nobody": "#NUM!", "validation.total_band": "#VALUE!"},
)
def score_stability(
    expected: Annotated[
        Sequence[float],
        Column(
            "Share or count of customers per score band when the card was made.",
            "建卡时各评分段的占比或户数。",
            of=Number(unit="share", least=0),
        ),
    ],
    actual: Annotated[
        Sequence[float],
        Column(
            "Share or count per band now, the bands in the same order.",
            "目前各评分段的占比或户数，顺序相同。",
            of=Number(unit="share", least=0),
        ),
    ],
) -> float:
    """Zero or more. CellError where one is zero in every band (#NUM!), or where a total follows the bands (#VALUE!)."""
    sums = {"expected": math.fsum(expected), "actual": math.fsum(actual)}
    for name, total in sums.items():
        if total == 0:
            raise CellError("#NUM!", "validation.nobody", argument=name)
    if len(actual) > 2 and all(map(_ends_in_total, (expected, actual), sums.values())):
        raise CellError("#VALUE!", "validation.total_band", expected=shown(expected[-1]), actual=shown(actual[-1]))
    empty, found = 0, 0.0
    for one, other in zip(expected, actual, strict=True):
        before, now = one / sums["expected"], other / sums["actual"]
        empty += (before == 0) != (now == 0)
        if before or now:
            before, now = before or FLOOR, now or FLOOR
            found += (now - before) * (math.log(now) - math.log(before))
    if empty:
        note("validation.empty_bands", count=empty)
    return found


def _ends_in_total(shares: Sequence[float], total: float) -> bool:
    """Whether the last is the sum of the others; half of what adds up to 1 or 100 may be a band."""
    whole = any(math.isclose(total, each, rel_tol=1e-6) for each in (1, 100))
    return not whole and math.isclose(2 * shares[-1], total, rel_tol=1e-6)
