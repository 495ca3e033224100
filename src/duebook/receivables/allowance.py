"""The allowance account: what is required, what must be charged for it, and how it moves through the period.

opening − write-offs + recoveries ± exchange differences + charge − reversal = closing, in every table.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Annotated

from duebook.core.arguments import Money
from duebook.core.cells import Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import decimals, exact, readable
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode
from duebook.receivables.provision import (
    CREDITS_NEED_NONE,
    EACH_BUCKET_ROUNDED,
    RATES_OF_POLICY,
    Balances,
    LossRates,
    provision_by_bucket,
    say_doubts,
)

LINE = Field("Line", "项目", "text")
AMOUNT = Field("Amount", "金额", "money")
MATRIX = (LINE, Field("Balance", "余额", "money"), Field("Loss rate", "损失率", "rate"), AMOUNT)
OPENING = Label("Opening allowance", "期初准备")
WRITE_OFFS = Label("Write-offs", "本期核销")
RECOVERIES = Label("Recoveries", "收回已核销")
EXCHANGE = Label("Exchange differences", "汇兑差额")
CHARGE = Label("Charge", "本期计提")
REVERSAL = Label("Reversal", "本期转回")
CLOSING = Label("Closing allowance", "期末准备")
REQUIRED = Label("Required allowance", "应有准备")
SIGNS = Label(
    "Lines carry their sign, so that they add up: write-offs and reversals are negative.",
    "各行带符号，可直接相加：核销与转回为负数。",
)

Opening = Annotated[Decimal, Money("Allowance at the period's start.", "期初坏账准备余额。", least=0)]
WriteOffs = Annotated[
    Decimal, Money("Written off against the allowance in the period. Default 0.", "本期核销额；默认 0。", least=0)
]
Recoveries = Annotated[
    Decimal,
    Money("Recovered in the period of what was written off. Default 0.", "本期收回的已核销款项；默认 0。", least=0),
]
Exchange = Annotated[
    Decimal,
    Money(
        "Exchange differences on the allowance; negative lowers it. Default 0.", "准备的汇兑差额，减少为负；默认 0。"
    ),
]


@worksheet(
    "AGED_PROVISION",
    group="receivables",
    help="Allowance by aging (账龄分析法): required per bucket and in total, then from the opening allowance to the "
    "charge and the closing allowance.",
    zh="账龄分析法计提坏账准备：各段及合计应有准备，再由期初余额推算本期计提与期末余额。",
    result=Spill(
        MATRIX,
        help="One row per bucket, the required total, then the movement from opening to closing allowance.",
        zh="各账龄段、应有准备合计，再列期初到期末的变动。",
    ),
    equation="required = Σ round(balance × rate) over the buckets; charge = required − (opening − write_offs + "
    "recoveries + fx)",
    equation_zh="应有准备 = 各段 round(余额 × 损失率) 之和；本期计提 = 应有准备 − (opening − write_offs + "
    "recoveries + fx)",
    source="账龄分析法，企业会计准则第 22 号; kaotiyun.com MCxR777K: 60, 35, 17, 10 at 1, 10, 15, 25 % is 9.15",
    examples=[
        Example(([60, 35, 17, 10], [0.01, 0.1, 0.15, 0.25], 5), 9.15, at=(6, 4)),
        Example(([60, 35, 17, 10], [0.01, 0.1, 0.15, 0.25], 5, 1), 5.15, at=(11, 4)),
    ],
    conventions=[RATES_OF_POLICY, EACH_BUCKET_ROUNDED, CREDITS_NEED_NONE, SIGNS],
)
def aged_provision(
    balances: Balances,
    rates: LossRates,
    opening: Opening,
    write_offs: WriteOffs = Decimal(0),
    recoveries: Recoveries = Decimal(0),
    fx: Exchange = Decimal(0),
    currency: CurrencyCode = "",
) -> Table:
    """The matrix (balance, rate, allowance) and the movement below it, in money; see `movement`."""
    digits = decimals(currency)
    with localcontext(prec=60):
        whole = [exact(balance) for balance in balances]
        share = [exact(rate) for rate in rates]
        losses = provision_by_bucket(whole, share, digits)
        required = sum(losses, Decimal(0))
        say_doubts(whole, share)
        rows: list[list[object]] = [
            [Label(f"Bucket {n}", f"第 {n} 段"), *row]
            for n, row in enumerate(zip(whole, share, losses, strict=True), start=1)
        ]
        rows.append([REQUIRED, sum(whole), None, required])
        lines = movement(*(exact(x) for x in (opening, required, write_offs, recoveries, fx)))
    rows += [[label, None, None, amount] for label, amount in lines]
    return Table([column.label for column in MATRIX], rows)


@worksheet(
    "ALLOWANCE_MOVEMENT",
    group="receivables",
    help="How the allowance moved: opening, write-offs, recoveries, exchange differences, the charge or reversal that "
    "brings it to what is required, closing.",
    zh="坏账准备变动表：期初、核销、收回、汇兑差额、为达到应有余额的计提或转回、期末。",
    result=Spill((LINE, AMOUNT), help="One row per line of the movement.", zh="每个变动项目一行。"),
    equation="opening − write_offs + recoveries + fx + charge − reversal = required",
    equation_zh="opening − write_offs + recoveries + fx + 本期计提 − 本期转回 = required",
    source="IFRS 7.35H; 财会〔2019〕6 号, 坏账准备变动",
    examples=[
        Example((100, 120, 30, 5), 45.0, at=(6, 2)),
        Example((100, 40, 30, 5), -35.0, at=(7, 2)),
    ],
    conventions=[SIGNS],
)
def allowance_movement(
    opening: Opening,
    required: Annotated[
        Decimal,
        Money(
            "Allowance required at the period's end, such as PROVISION gives.",
            "期末应有准备，如 PROVISION 的结果。",
            least=0,
        ),
    ],
    write_offs: WriteOffs = Decimal(0),
    recoveries: Recoveries = Decimal(0),
    fx: Exchange = Decimal(0),
) -> Table:
    """Lines with their sign, in money; they add up to the last one, which is `required`."""
    with localcontext(prec=60):
        lines = movement(*(exact(x) for x in (opening, required, write_offs, recoveries, fx)))
    return Table([LINE.label, AMOUNT.label], [list(line) for line in lines])


def movement(
    opening: Decimal, required: Decimal, write_offs: Decimal, recoveries: Decimal, fx: Decimal
) -> Sequence[tuple[Label, Decimal]]:
    """The lines from opening to closing allowance with their sign; all but the last add up to the last."""
    before = opening - write_offs + recoveries + fx
    if before < 0:
        note("provision.write_offs_above", short=readable(-before))
    change = required - before
    return (
        (OPENING, opening),
        (WRITE_OFFS, Decimal(0) - write_offs),
        (RECOVERIES, recoveries),
        (EXCHANGE, fx),
        (CHARGE, max(change, Decimal(0))),
        (REVERSAL, min(change, Decimal(0))),
        (CLOSING, required),
    )
