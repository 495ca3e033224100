"""A plan as a sheet shows it: written by the plan functions, and read back from the range they spilled into.

A plan that somebody typed is read too: with a row of titles (English or Chinese) any columns that include a date and a
payment, in any order; without titles either PAYMENT_PLAN's seven columns, or two: date and payment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Annotated

from duebook.core.arguments import Cells, CellsSince1904, Context, Day, Money, Text, row_label, shown
from duebook.core.cells import CellError, Grid, Label, Table, missing
from duebook.core.dates import month_end, months_later, year_first
from duebook.core.declare import Field, Spill
from duebook.core.money import exact, readable
from duebook.plans.schedule import Installment
from duebook.policy.calendars import adjusted, note_provisional
from duebook.policy.load import Policy

PLAN = Spill(
    (
        Field("No", "期数", "count"),
        Field("Date", "日期", "date"),
        Field("Opening", "期初余额", "money"),
        Field("Principal", "本金", "money"),
        Field("Interest", "利息", "money"),
        Field("Payment", "应付金额", "money"),
        Field("Closing", "期末余额", "money"),
    ),
    "One row per installment; a deposit is row 0.",
    "每期一行；首付款为第 0 行。",
)
PlanCells = Annotated[
    Grid,
    Cells(
        "The plan: the range that PAYMENT_PLAN fills, with or without titles; or two columns, date and payment.",
        "付款计划：PAYMENT_PLAN 的结果区域（含或不含标题行），或日期与金额两列。",
    ),
]
PLAN_ERRORS: Mapping[str, str] = {
    "plans.columns": "#VALUE!",
    "plans.columns_twice": "#VALUE!",
    "plans.no_date": "#VALUE!",
    "plans.dates_not_ordered": "#VALUE!",
    "plans.row_not_tied": "#VALUE!",
    "plans.too_long": "#NUM!",
}
"""What `read` can raise, for the `errors` of functions that take a plan. (Unreadable cells are the door's errors.)"""
PlanCalendar = Annotated[
    str,
    Text(
        "Calendar that moves the dates to business days: CN, US, weekend …. Blank: dates stay as they fall.",
        "按此日历将日期调整到营业日：CN、US、weekend……；留空则不调整。",
    ),
]


def _key(field: Field) -> str:
    """What this module calls a column, and a sentence in English."""
    return field.en.casefold()


_TITLES: Mapping[str, str] = {
    **{title.casefold(): _key(field) for field in PLAN.columns for title in (field.en, field.zh)},
    "number": "no", "#": "no", "installment no": "no", "序号": "no", "期次": "no", "期号": "no",
    "due date": "date", "due_date": "date", "到期日": "date", "应付日": "date", "付款日": "date", "应付日期": "date",
    "付款日期": "date", "amount": "payment", "installment": "payment", "金额": "payment", "付款金额": "payment",
    "每期金额": "payment", "付款": "payment", "应付": "payment", "应付本金": "principal", "应付利息": "interest",
    "应还日期": "date", "还款日期": "date", "还款日": "date", "应还金额": "payment", "还款金额": "payment",
    "月供": "payment", "应还本金": "principal", "应还利息": "interest",
}  # fmt: skip
_LONGEST = 2400
_DAY, _AMOUNT = Day(), Money()


@dataclass(frozen=True)
class Due:
    """A row of a plan as read: number 0 is a deposit; without a principal column, all of the payment is principal."""

    number: int
    day: date
    principal: Decimal
    interest: Decimal

    @property
    def payment(self) -> Decimal:
        return self.principal + self.interest


@dataclass(frozen=True)
class Plan:
    """The rows by date. `split`: whether principal and interest were told apart."""

    rows: tuple[Due, ...]
    split: bool

    @property
    def principal(self) -> Decimal:
        return sum((row.principal for row in self.rows), Decimal(0))

    @property
    def deposit(self) -> bool:
        return self.rows[0].number == 0

    def start(self) -> date | None:
        """The day the plan begins: its deposit's, else one period before its first date, as its first dates show.

        None where they show none: one installment only, or dates that lie no whole months apart.
        """
        first = self.rows[0].day
        if self.deposit:
            return first
        if len(self.rows) < 2:
            return None
        second = self.rows[1].day
        months = round((second - first).days / 30.4375)
        try:
            if months < 1 or abs((months_later(first, months) - second).days) > 10:
                return None
            begin = months_later(first, -months)
        except OverflowError:
            return None
        return month_end(begin) if all(row.day == month_end(row.day) for row in self.rows) else begin


def written(rows: Sequence[Installment]) -> Table:
    """A plan as it spills."""
    return Table(
        PLAN.header,
        [(row.number, row.day, row.opening, row.principal, row.interest, row.payment, row.closing) for row in rows],
    )


def on_business_days(
    rows: Sequence[Installment], calendar: str, convention: str, policy: Policy | None
) -> list[Installment]:
    """The rows with their dates moved by `calendar` ("" moves none). Interest stays that of the agreed dates."""
    if not calendar:
        return list(rows)
    found: list[Installment] = []
    provisional: list[date] = []
    for row in rows:
        day, unsure = adjusted(policy, calendar, row.day, convention)
        found.append(row.on(day))
        if unsure:
            provisional.append(max(row.day, day))
    if provisional:
        note_provisional(calendar, *provisional)
    return found


def read(cells: Grid) -> Plan:
    """The plan in a range. CellError says which row or column cannot be used, and what to do."""
    places, rows = _columns(cells)
    if len(rows) > _LONGEST:
        raise CellError("#NUM!", "plans.too_long", rows=len(rows), most=_LONGEST)
    context = Context(since_1904=isinstance(cells, CellsSince1904))
    found: list[Due] = []
    sums = [Decimal(0), Decimal(0)]  # of all rows so far, and of those since the last subtotal
    for number, row in rows:
        if _is_sum(row, places, number, sums):
            sums[1] = Decimal(0)
            continue
        due = _due(row, places, number, len(found) + (not found or found[0].number != 0), context)
        if found and due.day < found[-1].day:
            facts = {"row": number, "date": due.day.isoformat(), "before": found[-1].day.isoformat()}
            raise CellError("#VALUE!", "plans.dates_not_ordered", **facts)
        found.append(due)
        sums = [so_far + (due.payment if "payment" in places else due.principal) for so_far in sums]
    if not found:
        raise CellError("#VALUE!", "plans.columns")
    return Plan(tuple(found), "principal" in places or "interest" in places)


def _columns(cells: Grid) -> tuple[dict[str, int], list[tuple[int, Sequence[object]]]]:
    """Column → place, and the rows of amounts with their number in the range."""
    rows = list(enumerate(cells, start=1))
    titles = [_TITLES.get(str(cell).strip().casefold(), "") if isinstance(cell, str) else "" for cell in cells[0]]
    if any(titles):
        _refuse_twice(cells[0], titles)
        places = {title: place for place, title in enumerate(titles) if title}
        rows = rows[1:]
    elif len(cells[0]) == len(PLAN.columns):
        places = {_key(field): place for place, field in enumerate(PLAN.columns)}
    else:
        places = {"date": 0, "payment": 1} if len(cells[0]) == 2 else {}
    titled = not any(titles) and places and _is_words(cells[0][places["date"]])
    if titled or "date" not in places or ("payment" not in places and "principal" not in places):
        raise CellError("#VALUE!", "plans.columns")
    return places, rows


def _refuse_twice(row: Sequence[object], titles: Sequence[str]) -> None:
    """Two columns that can both be meant (应付金额 and 付款金额, installment and amount) would be one at random."""
    for title in ("date", "payment", "principal", "interest"):
        both = [str(cell).strip() for cell, known in zip(row, titles, strict=True) if known == title]
        if len(both) > 1:
            raise CellError("#VALUE!", "plans.columns_twice", first=both[0], second=both[1])


def _is_words(cell: object) -> bool:
    return isinstance(cell, str) and not missing(cell) and year_first(cell) is None


def _is_sum(row: Sequence[object], places: Mapping[str, int], number: int, sums: Sequence[Decimal]) -> bool:
    """A total or remark below the plan: words where the number stands, no date, and no amount but one of `sums`.

    CellError for another amount: a deposit that has no date yet must not be lost.
    """
    words = row[places["no"]] if "no" in places else None
    if not isinstance(words, str) or words.strip().isdigit() or not missing(row[places["date"]]):
        return False
    cell, name = row[places[_amount(places)]], _named(_amount(places), number)
    amount = None if missing(cell) else _AMOUNT.read(cell, name)
    if isinstance(amount, Decimal) and amount not in sums:
        raise CellError("#VALUE!", "plans.no_date", row=number, words=shown(words), amount=readable(amount))
    return True


def _amount(places: Mapping[str, int]) -> str:
    """The column that a total of the plan adds up."""
    return "payment" if "payment" in places else "principal"


def _due(row: Sequence[object], places: Mapping[str, int], number: int, count: int, context: Context) -> Due:
    def cell(column: str, read: Callable[..., object]) -> object:
        value = row[places[column]] if column in places else None
        if missing(value):
            if column in ("date", "payment") and column in places:
                raise CellError("#N/A", "cell.missing", argument=_named(column, number))
            return None
        return read(value, _named(column, number), context)

    day = cell("date", _DAY.read)
    payment, principal, interest = (cell(column, _AMOUNT.read) for column in ("payment", "principal", "interest"))
    no = row[places["no"]] if "no" in places else None
    assert isinstance(day, date)
    return Due(0 if no == 0 or no == "0" else count, day, *_parts(payment, principal, interest, number))


def _parts(payment: object, principal: object, interest: object, number: int) -> tuple[Decimal, Decimal]:
    """Principal and interest of a row; the payment must be their sum."""
    bears = interest if isinstance(interest, Decimal) else None
    repays = principal if isinstance(principal, Decimal) else None
    if not isinstance(payment, Decimal):
        return repays or Decimal(0), bears or Decimal(0)
    if repays is None:
        return payment - (bears or 0), bears or Decimal(0)
    if bears is None:
        return repays, exact(payment - repays)
    if repays + bears != payment:
        facts = {
            "row": number,
            "payment": readable(payment),
            "principal": readable(repays),
            "interest": readable(bears),
        }
        raise CellError("#VALUE!", "plans.row_not_tied", **facts)
    return repays, bears


def _named(column: str, row: int) -> Label:
    titles = {_key(field): field for field in PLAN.columns}
    english, chinese = row_label("plan", row), titles[column].zh
    return Label(f"{english}, {column}", f"{english.zh}“{chinese}”")


def running_total(plan: Plan) -> list[Decimal]:
    """What has fallen due with each row, from the first."""
    return list(accumulate(row.payment for row in plan.rows))
