"""Loss rates from a firm's own history: by cohort, and by roll rates (迁徙率).

Both take what was written off as lost, never as collected, and cap what cannot be above 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Annotated, NamedTuple

from duebook.core.arguments import ExactRate, Matrix, Money, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import exact, in_percent, readable
from duebook.core.notes import note
from duebook.core.ratios import divided
from duebook.receivables.provision import listed

ZERO, ONE = Decimal(0), Decimal(1)
CAPPED = Label("capped", "已封顶")
POOLED = Label("pooled", "采用汇总比率")
LOST = Label("lost", "损失")
STAGE_COLUMNS = (
    Field("Stage", "阶段", "count"),
    Field("Reached", "到达金额", "money"),
    Field("Lost", "最终损失", "money"),
    Field("Loss rate", "损失率", "rate"),
    Field("Remark", "备注", "text"),
)
FROM, TO = Field("From bucket", "从第几段", "count"), Field("To bucket", "到第几段", "count")
PERIOD = Field("Each pair of periods", "各相邻两期", "rate")
AVERAGE = Field("Average", "平均迁徙率", "rate")
LOSS = Field("Loss rate", "损失率", "rate")
REMARK = Field("Remark", "备注", "text")
Money2D = Sequence[Sequence[Decimal]]


@worksheet(
    "LOSS_RATES",
    group="receivables",
    help="Loss rate per aging bucket from cohorts: of all that reached a bucket, the part that was lost in the end.",
    zh="批次法损失率：到达各账龄段的金额中，最终损失的比例。",
    result=Spill(
        STAGE_COLUMNS, help="One row per stage; the last is the loss itself.", zh="每个阶段一行，最后一行为损失本身。"
    ),
    equation="Σ lost ÷ Σ reached, over all cohorts, for each stage",
    equation_zh="各阶段损失率 = 所有批次最终损失之和 ÷ 到达该阶段金额之和",
    source="ifrscommunity.com, provision matrix: 2,000 lost of 100,000, 50,000, 23,000, 8,000; IFRS 9 B5.5.35",
    examples=[Example(([100000, 50000, 23000, 8000, 2000],), 0.02, at=(2, 4))],
    conventions=[
        Label(
            "Cohorts are pooled by money: a large cohort counts more than a small one.",
            "各批次按金额合并：大批次权重更大。",
        ),
        Label(
            "Where nothing reached a stage, the rate of the whole flow stands in its place and is said.",
            "没有款项到达的阶段采用整体损失率，并加以提示。",
        ),
    ],
    errors={"provision.one_stage": "#N/A"},
)
def loss_rates(
    cohort_flow: Annotated[
        Sequence[Sequence[Decimal]],
        Matrix(
            "Each row a cohort: what was sold, what of it reached each bucket, what was lost at last. Leave out "
            "cohorts whose end is not known yet. A single row or column is one cohort.",
            "每行一个批次：销售额、到达各段的金额、最后为损失；结果未定的批次不要列入。单行或单列为一个批次。",
            of=Money(least=0),
            rows="cohorts",
        ),
    ],
) -> Table:
    """Rates as fractions. CellError (#N/A) for a single stage; ZeroDivisionError where nothing entered the flow."""
    flows = [[exact(amount) for amount in row] for row in cohort_flow]
    if len(flows[0]) == 1:
        flows = [[row[0] for row in flows]]
    if len(flows[0]) < 2:
        raise CellError("#N/A", "provision.one_stage")
    growing = [n for n, flow in enumerate(flows, start=1) if any(later > at for at, later in pairwise(flow))]
    if growing:
        note("provision.flow_grows", cohorts=listed(growing))
    if len(flows) > 1:
        note("provision.cohorts_pooled", cohorts=len(flows))
    with localcontext(prec=60):
        found = stages([sum(stage, ZERO) for stage in zip(*flows, strict=True)])
    pooled = [n for n, stage in enumerate(found, start=1) if stage.remark is POOLED]
    if pooled:
        note("provision.stages_pooled", stages=listed(pooled))
    lost = found[-1].reached
    rows = [[n, stage.reached, lost, float(stage.rate), stage.remark] for n, stage in enumerate(found, start=1)]
    return Table([column.label for column in STAGE_COLUMNS], rows)


class Stage(NamedTuple):
    """What reached a stage and which part of it was lost in the end; `remark` is CAPPED, POOLED or None."""

    reached: Decimal
    rate: Decimal
    remark: Label | None


def stages(reached: Sequence[Decimal]) -> list[Stage]:
    """From what reached each stage, the loss last. ZeroDivisionError where nothing entered the flow."""
    lost = reached[-1]
    whole = min(divided(lost, reached[0]), ONE)
    found = []
    for amount in reached:
        rate, remark = (whole, POOLED) if amount == 0 else (lost / amount, None)
        if rate > ONE:
            rate, remark = ONE, CAPPED
        found.append(Stage(amount, rate, remark))
    return found


@dataclass(frozen=True)
class Roll:
    """From one bucket to the next: the rate of each pair of periods, and what was done to them."""

    rates: tuple[Decimal, ...]
    capped: bool
    pooled: bool

    @property
    def average(self) -> Decimal:
        return sum(self.rates, ZERO) / len(self.rates)


@worksheet(
    "ROLL_RATES",
    group="receivables",
    help="Roll rates (迁徙率): the part of each bucket that rolls into the next from period to period, their average, "
    "and the loss rate that follows: the product of the rolls from that bucket on.",
    zh="迁徙率：各账龄段逐期迁入下一段的比例、平均迁徙率，以及由此连乘得到的损失率。",
    result=Spill(
        (FROM, TO, PERIOD, AVERAGE, LOSS, REMARK),
        help="One row per bucket: a column for each pair of periods, the average, the loss rate. The last row is the "
        "last bucket's own loss.",
        zh="每段一行：各相邻两期一列，其后为平均迁徙率与损失率；最后一行为末段自身的损失。",
    ),
    equation="roll rate = (next bucket a period later + write-offs) ÷ bucket; loss rate = product of the averages "
    "from the bucket on",
    equation_zh="迁徙率 = (下一期的下一段余额 + 核销额) ÷ 本段余额；损失率 = 自该段起各段平均迁徙率的连乘积",
    source="siliu.net 9d49wnzm8p (北京注协专家提示 2020-3): 100 becomes 50 with 20 written off, which is 70 %",
    examples=[
        Example(([[100, 0], [0, 50]], [[0, 0], [0, 20]]), 0.7, at=(2, 3)),
        Example(([[100, 40, 10], [100, 50, 20]],), 0.25, at=(2, 5)),
    ],
    conventions=[
        Label(
            "A write-off is not a collection: it is put back and goes on rolling as a loss.",
            "核销不是收款：加回后继续作为损失迁徙。",
        ),
        Label("A rate above 100 % is capped and flagged.", "超过 100% 的比率封顶并标注。"),
        Label(
            "Where a bucket was empty, its rate over all periods stands in; if it was always empty, that of all "
            "buckets together. Both are said.",
            "某期该段为零时采用该段各期汇总比率；始终为零时采用全部账龄段汇总比率，均加以提示。",
        ),
        Label(
            "The average is the plain mean of the periods; the last bucket is lost at last_loss_rate, 100 % if blank.",
            "平均为各期简单平均；末段按 last_loss_rate 损失，留空为 100%。",
        ),
        Label(
            "An open last bucket (over 5 years) keeps what it held: name it open, and that counts in the base of the "
            "last roll.",
            "开口末段（如 5 年以上）会留存原有余额：last_bucket 填 open，则末次迁徙的分母包含它。",
        ),
    ],
    errors={"provision.one_month": "#N/A", "provision.one_bucket": "#N/A"},
)
def roll_rates(
    balances_by_month: Annotated[
        Sequence[Sequence[Decimal]],
        Matrix(
            "Balances: a row per month (or year), the oldest first; a column per bucket as long as the step, the "
            "youngest first.",
            "余额：每月（或每年）一行，最早在前；每段一列，段宽与间隔一致，账龄最短的在前。",
            of=Money(least=0),
            rows="months",
            placed=True,
        ),
    ],
    write_offs: Annotated[
        Sequence[Sequence[Decimal | None]] | None,
        Matrix(
            "Written off during each month (or year), in the bucket where it would stand at its end. Same "
            "size as the balances. Blank: none.",
            "各期坏账核销额，填在期末本应所处的段；大小与余额区域相同，留空为无。",
            of=Money(least=0, nullable=True),
            rows="months",
            placed=True,
        ),
    ] = None,
    last_loss_rate: Annotated[
        Decimal | int,
        ExactRate(
            "What is lost of the last bucket, as a fraction. Default: 1.",
            "末段的损失比例（小数）；默认 1。",
            unit="rate",
        ),
    ] = 1,
    last_bucket: Annotated[
        str,
        Text(
            "closed: the last bucket is one step long like the others; open: it also keeps what stood in it before. "
            "Default: closed.",
            "closed（末段与其他段同宽）或 open（末段还留存原有余额）；默认 closed。",
            choices=("closed", "open"),
            zh_choices=("闭口", "开口"),
        ),
    ] = "closed",
) -> Table:
    """Rates as fractions. CellError (#N/A) with fewer than two periods or buckets, (#VALUE!) where sizes differ;
    ZeroDivisionError where no bucket ever held anything."""
    held = [[exact(amount) for amount in row] for row in balances_by_month]
    if len(held) < 2:
        raise CellError("#N/A", "provision.one_month")
    if len(held[0]) < 2:
        raise CellError("#N/A", "provision.one_bucket")
    with localcontext(prec=60):
        found = rolls(held, write_offs, last_bucket == "open")
        _say(found)
        last = exact(last_loss_rate)
        note("provision.last_bucket", rate=in_percent(last))
        return _roll_table(found, last)


def _put_back(held: Money2D, write_offs: Sequence[Sequence[Decimal | None]], open_last: bool) -> list[list[Decimal]]:
    """Balances as if nothing had been written off: what was, goes on to the next bucket each period."""
    if len(write_offs[0]) != len(held[0]) or len(write_offs) != len(held):
        facts = {"found": len(write_offs[0]), "other": "balances_by_month", "expected": len(held[0])}
        raise CellError("#VALUE!", "cell.lengths_differ", argument="write_offs", **facts)
    gone = [ZERO] * len(held[0])
    found, total = [], ZERO
    for balances, written in zip(held, write_offs, strict=True):
        now = [ZERO if amount is None else exact(amount) for amount in written]
        total += sum(now)
        # a period on, each stands one bucket further; out of the last one it leaves, unless that is open
        stays = gone[-1] if open_last else ZERO
        gone = [amount + before for amount, before in zip(now, [ZERO, *gone], strict=False)]
        gone[-1] += stays
        found.append([balance + back for balance, back in zip(balances, gone, strict=True)])
    if total:
        note("provision.write_offs_back", amount=readable(total))
    return found


def rolls(held: Money2D, write_offs: Sequence[Sequence[Decimal | None]] | None, open_last: bool) -> list[Roll]:
    """One per bucket but the last, from balances by period (a row each, the oldest first) and what was written off.

    `open_last`: the last bucket keeps what stood in it. ZeroDivisionError where no bucket ever held anything.
    """
    if write_offs is not None:
        held = _put_back(held, write_offs, open_last)
    steps = list(pairwise(held))
    buckets = range(len(held[0]) - 1)
    bases = [[before[n] for n in buckets] for before, _ in steps]
    if open_last:
        for base, (before, _) in zip(bases, steps, strict=True):
            base[-1] += before[-1]
    base_of = [sum((base[n] for base in bases), ZERO) for n in buckets]
    into = [sum((after[n + 1] for _, after in steps), ZERO) for n in buckets]
    found = []
    for n in buckets:
        empty = [base[n] == 0 for base in bases]
        raw = [
            _pooled(into, base_of, n) if nothing else after[n + 1] / base[n]
            for nothing, base, (_, after) in zip(empty, bases, steps, strict=True)
        ]
        found.append(Roll(tuple(min(rate, ONE) for rate in raw), any(rate > 1 for rate in raw), any(empty)))
    return found


def _pooled(into: Sequence[Decimal], bases: Sequence[Decimal], bucket: int) -> Decimal:
    """The bucket's rate over all periods; where it never held anything, that of all buckets together."""
    if bases[bucket]:
        return into[bucket] / bases[bucket]
    found: Decimal = divided(sum(into), sum(bases))
    return found


def chained(rolls: Sequence[Roll], last: Decimal) -> list[Decimal]:
    """Loss rate per bucket: the product of the average rolls from that bucket on; `last` for the last one."""
    found = [last]
    for roll in reversed(rolls):
        found.insert(0, found[0] * roll.average)
    return found


def _say(rolls: Sequence[Roll]) -> None:
    capped = [f"{n}→{n + 1}" for n, roll in enumerate(rolls, start=1) if roll.capped]
    pooled = [f"{n}→{n + 1}" for n, roll in enumerate(rolls, start=1) if roll.pooled]
    if capped:
        note("provision.rolls_capped", rolls=listed(capped))
    if pooled:
        note("provision.rolls_pooled", rolls=listed(pooled))


def _roll_table(rolls: Sequence[Roll], last: Decimal) -> Table:
    periods = range(1, len(rolls[0].rates) + 1)
    between = [Label(f"Period {n} to {n + 1}", f"第 {n} 至 {n + 1} 期") for n in periods]
    rows: list[list[object]] = []
    for place, (roll, loss) in enumerate(zip(rolls, chained(rolls, last), strict=False), start=1):
        rates = [float(rate) for rate in roll.rates]
        rows.append([place, place + 1, *rates, float(roll.average), float(loss), remark(roll)])
    rows.append([len(rolls) + 1, LOST, *[None] * len(periods), float(last), float(last), None])
    return Table([FROM.label, TO.label, *between, AVERAGE.label, LOSS.label, REMARK.label], rows)


def remark(roll: Roll) -> Label | None:
    """What was done to the rates of a roll."""
    if roll.capped and roll.pooled:
        return Label(f"{CAPPED}, {POOLED}", f"{CAPPED.zh}，{POOLED.zh}")
    return CAPPED if roll.capped else POOLED if roll.pooled else None
