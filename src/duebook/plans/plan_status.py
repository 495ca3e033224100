"""What has been paid of a plan: payments go to the oldest installment first, and nothing is lost."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Annotated

from duebook.core.arguments import Column, Day, Money
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import exact, readable
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf
from duebook.plans.plan_table import PLAN_ERRORS, Plan, PlanCells, read, running_total

PaidAmounts = Annotated[
    Sequence[Decimal] | None,
    Column(
        "Amounts received; a returned payment is negative. Blank: nothing was paid.",
        "各笔收款金额；退回的款项为负数。留空表示尚未付款。",
        of=Money(),
        rows="paid",
        nullable=True,
    ),
]
PaidDates = Annotated[
    Sequence[date] | None,
    Column("Date of each of them.", "各笔收款日期。", of=Day(), rows="paid", nullable=True),
]
STATUS = Spill(
    (
        Field("No", "期数", "count"),
        Field("Date", "日期", "date"),
        Field("Payment", "应付金额", "money"),
        Field("Paid", "已付", "money"),
        Field("Open", "未付", "money"),
        Field("Overdue", "逾期", "money"),
        Field("Days overdue", "逾期天数", "days"),
        Field("Paid on", "付清日", "date"),
        Field("State", "状态", "text"),
    ),
    "One row per installment, then what was paid too much, then the total.",
    "每期一行，其后为多付款与合计。",
)
PAID, PART_PAID = Label("paid", "已付清"), Label("part paid", "部分已付")
OPEN, OVERDUE = Label("open", "未到期"), Label("overdue", "已逾期")
OVERPAID, RETURNED, TOTAL = Label("Overpaid", "多付"), Label("Returned", "退回"), Label("Total", "合计")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Receipts:
    """What came in by day, up to the as-of date, in order. `later`: what came in after it, left out."""

    days: tuple[date, ...]
    amounts: tuple[Decimal, ...]
    later: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, _ZERO)

    def settled(self, owed: Decimal) -> date | None:
        """The day from which the receipts cover `owed` for good; None where they do not."""
        found = None
        for day, held in zip(self.days, accumulate(self.amounts), strict=True):
            if held < owed:
                found = None
            elif found is None:
                found = day
        return found


def receipts(amounts: Sequence[Decimal] | None, dates: Sequence[date] | None, as_of: date) -> Receipts:
    """Receipts added up by day. CellError where only one of the two columns is filled."""
    if (amounts is None) != (dates is None):
        missing = Label("paid_date", "paid_date") if dates is None else Label("paid_amount", "paid_amount")
        raise CellError("#N/A", "cell.column_blank", argument=missing)
    by_day: dict[date, Decimal] = {}
    later = _ZERO
    for amount, day in zip(amounts or (), dates or (), strict=True):
        if day > as_of:
            later += exact(amount)
        else:
            by_day[day] = by_day.get(day, _ZERO) + exact(amount)
    days = sorted(by_day)
    return Receipts(tuple(days), tuple(by_day[day] for day in days), later)


def overdue_from(plan: Plan, as_of: date) -> int:
    """How many rows have fallen due before `as_of`; the day itself is not overdue."""
    return bisect_left([row.day for row in plan.rows], as_of)


@worksheet(
    "PLAN_STATUS",
    group="plans",
    help="What is paid, open and overdue of each installment; receipts settle the oldest first. WHY: the next due.",
    zh="各期已付、未付与逾期；收款先冲最早一期。WHY 注明下一期应付。",
    result=STATUS,
    equation="paid = min(payment, receipts − earlier installments); open = payment − paid; overdue if date < as_of",
    equation_zh="已付 = min(应付, 已收款 − 之前各期应付)；未付 = 应付 − 已付；到期日 < as_of 的为逾期",
    source="Definition; the day an installment falls due is not overdue, as everywhere in Duebook",
    examples=[
        Example(
            (
                [["date", "payment"], [date(2026, 1, 31), 100], [date(2026, 2, 28), 100], [date(2026, 3, 31), 100]],
                [150],
                [date(2026, 2, 1)],
                date(2026, 3, 10),
            ),
            50.0,
            at=(3, 6),
        )
    ],
    conventions=[
        Label(
            "Oldest first. Receipts after as_of are left out and said; what was overpaid stands in a row of its own.",
            "先冲最早一期。截止日后的收款不计并注明；多付的款项单列一行。",
        ),
    ],
    errors=PLAN_ERRORS,
)
def plan_status(plan: PlanCells, paid_amount: PaidAmounts, paid_date: PaidDates, as_of: AsOf) -> Table:
    """A row per installment, the surplus, the total: paid over all rows = receipts up to `as_of`."""
    agreed = read(plan)
    held = receipts(paid_amount, paid_date, as_of)
    due = overdue_from(agreed, as_of)
    rows: list[tuple[object, ...]] = []
    late = settled_so_far = _ZERO
    next_due = None
    for place, (row, until) in enumerate(zip(agreed.rows, running_total(agreed), strict=True)):
        paid = part_paid(held.total, until, row.payment)
        left = row.payment - paid
        overdue = left if place < due and left > 0 else _ZERO
        late += overdue
        settled_so_far += paid
        if left > 0 and next_due is None and place >= due:
            next_due = row
            note("plans.next_due", number=row.number, date=row.day.isoformat(), amount=readable(left))
        days = (as_of - row.day).days if overdue else 0
        settled = held.settled(until) if left <= 0 else None
        rows.append((row.number, row.day, row.payment, paid, left, overdue, days, settled, _state(paid, left, overdue)))
    owed = sum((row.payment for row in agreed.rows), _ZERO)
    surplus = held.total - settled_so_far
    if surplus:
        rows.append((OVERPAID if surplus > 0 else RETURNED, None, None, surplus, -surplus, None, None, None, None))
    rows.append((TOTAL, None, owed, held.total, owed - held.total, late, None, None, None))
    _say(held, late, next_due is None)
    return Table(STATUS.header, rows)


def part_paid(total: Decimal, until: Decimal, payment: Decimal) -> Decimal:
    """What of `payment` is paid, where `until` has fallen due with it and `total` came in."""
    if payment < 0:  # a refund in the plan is taken as given once its turn comes
        return payment if total >= until - payment else _ZERO
    return min(max(total - (until - payment), _ZERO), payment)


def _state(paid: Decimal, left: Decimal, overdue: Decimal) -> Label:
    if left <= 0:
        return PAID
    if overdue:
        return OVERDUE
    return PART_PAID if paid > 0 else OPEN


def _say(held: Receipts, late: Decimal, nothing_due: bool) -> None:
    if late:
        note("plans.overdue", amount=readable(late))
    elif nothing_due:
        note("plans.all_paid")
    if held.later:
        note("plans.later_receipts", amount=readable(held.later))
