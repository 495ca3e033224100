"""Amounts split to the cent: the parts add up to the amount, always."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Annotated

from duebook.core.arguments import Column, Money, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import decimals, exact, rounded
from duebook.core.notes import note
from duebook.core.shared_arguments import CurrencyCode

MOST_PARTS = 1200
SPLIT = Spill(
    (Field("No", "序号", "count"), Field("Share", "占比", "share"), Field("Amount", "金额", "money")),
    "One row per part.",
    "每份一行。",
)


def whole_cents(amount: Decimal, digits: int) -> Decimal:
    """`amount` in its currency's minor units, half up; a note says where that changed it."""
    found = rounded(amount, digits)
    if found != amount:
        note("plans.rounded_amount", amount=f"{amount:,f}", rounded=f"{found:,f}")
    return found


def shared(amount: Decimal, shares: Sequence[Decimal], digits: int, residue: str = "first") -> list[Decimal]:
    """`amount` in proportion to `shares`, each part cut to minor units; what is over goes out one unit each.

    The left-over units go to the first parts, or to the last (`residue`), and never to a share of zero.
    ZeroDivisionError where the shares sum to zero.
    """
    unit = Decimal(1).scaleb(-digits)
    sign = -1 if amount < 0 else 1
    total = sum(shares, Decimal(0))
    if total == 0:
        raise ZeroDivisionError
    with localcontext() as context:
        context.prec = 60
        units = int(abs(amount) / unit)
        parts = [int(units * share / total) for share in shares]
        takers = [n for n, share in enumerate(shares) if share > 0]
        for n in (takers if residue == "first" else takers[::-1])[: units - sum(parts)]:
            parts[n] += 1
        return [sign * part * unit for part in parts]


@worksheet(
    "SPLIT_CENTS",
    group="plans",
    help="Splits an amount into equal parts, or by shares, to the cent: the parts add up to the amount exactly.",
    zh="将金额按等份或按比例拆分到分，各份之和与总额完全一致。",
    result=SPLIT,
    equation="each part cut to the minor unit; the units left over go one each to the first (or last) parts",
    equation_zh="各份截至最小货币单位；余下的单位依次加给最前（或最后）几份，每份一个",
    source="moneyphp, documentation of allocation: 8.00 in 3 is 2.67, 2.67, 2.66; 0.05 at 70/30 is 0.04, 0.01",
    examples=[
        Example((8, 3), [["No", "Share", "Amount"], [1, 1 / 3, 2.67], [2, 1 / 3, 2.67], [3, 1 / 3, 2.66]]),
        Example((0.05, [70, 30]), 0.04, at=(2, 3)),
    ],
    conventions=[
        Label("Order matters: 0.05 at 30/70 is 0.02 and 0.03.", "次序有影响：0.05 按 30/70 拆分为 0.02 与 0.03。"),
    ],
    errors={"plans.parts_not_whole": "#NUM!", "plans.too_many_parts": "#NUM!"},
)
def split_cents(
    amount: Annotated[Decimal, Money("The amount to split.", "要拆分的金额。")],
    parts_or_shares: Annotated[
        Sequence[Decimal],
        Column(
            "One whole number: that many equal parts. Several cells: shares in any scale (70 and 30, or 0.7 and 0.3).",
            "一个整数：等分的份数；多个单元格：各份比例，尺度不限（70 与 30，或 0.7 与 0.3）。",
            of=Money(unit="ratio", least=0),
            placed=True,
        ),
    ],
    currency: CurrencyCode = "",
    residue: Annotated[
        str,
        Text(
            "Which parts take the cents left over: first (default) or last.",
            "零头归前几份（first，默认）还是后几份（last）。",
            choices=("first", "last"),
            zh_choices=("前", "后"),
        ),
    ] = "first",
) -> Table:
    """Rows of number, share of the whole and amount. CellError: a number of parts that is not whole, or over 1200."""
    digits = decimals(currency)
    shares = [exact(share) for share in parts_or_shares]
    if len(shares) == 1:
        (parts,) = shares
        if parts < 1 or parts != int(parts):
            raise CellError("#NUM!", "plans.parts_not_whole", value=f"{parts:f}")
        _check_parts(int(parts))
        shares = [Decimal(1)] * int(parts)
    _check_parts(len(shares))
    amounts = shared(whole_cents(exact(amount), digits), shares, digits, residue)
    total = sum(shares)
    if len(parts_or_shares) > 2 and shares[-1] * 2 == total:  # a column copied with its total
        note("plans.total_among_shares")
    return Table(
        SPLIT.header,
        [(n, float(s / total), part) for n, (s, part) in enumerate(zip(shares, amounts, strict=True), start=1)],
    )


def _check_parts(count: int) -> None:
    if count > MOST_PARTS:
        raise CellError("#NUM!", "plans.too_many_parts", count=count, most=MOST_PARTS)
