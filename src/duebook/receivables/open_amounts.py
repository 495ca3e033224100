"""Open amounts as of a day: later allocations are put back, and no allocation vanishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Annotated, Any

from duebook.core.arguments import Column, Day, Money, Text
from duebook.core.cells import CellError, Label, Table
from duebook.core.declare import Example, Field, Spill, worksheet
from duebook.core.money import exact
from duebook.core.notes import note
from duebook.core.shared_arguments import AsOf

ZERO = Decimal(0)
PRECISION = 60
COLUMNS = (
    Field("Document", "单据", "text"),
    Field("Document date", "单据日期", "date"),
    Field("Amount", "金额", "money"),
    Field("Allocated", "已核销", "money"),
    Field("Open", "未结", "money"),
    Field("Remark", "备注", "text"),
)
TOO_MUCH = Label("over-allocated", "超额核销")
WRONG_WAY = Label("allocations increase it", "核销方向相反")
UNKNOWN = Label("not in the list of documents", "清单中无此单据")
_DAY = date(2026, 10, 31)


@dataclass
class Allocated:
    """What allocations did to one document up to a day, and what they do later."""

    by_then: Decimal = ZERO
    count: int = 0
    later: Decimal = ZERO
    later_count: int = 0

    def add(self, amount: Decimal, on: date, as_of: date) -> None:
        if on <= as_of:
            self.by_then += amount
            self.count += 1
        else:
            self.later += amount
            self.later_count += 1


@worksheet(
    "OPEN_AMOUNT",
    group="receivables",
    help="Open amount of each document on a day: its amount less what was allocated to it by then; later allocations "
    "are put back.",
    zh="各单据在某日的未结金额：单据金额减去截至该日的核销；之后的核销予以还原。",
    result=Spill(
        COLUMNS,
        help="One row per document dated by then, in the order given; then one per unknown document that allocations "
        "name.",
        zh="按给定顺序列出截至该日的单据，其后列出核销所指的未知单据。",
    ),
    equation="amount less the allocations dated up to as_of, for each document dated up to as_of",
    equation_zh="截至 as_of 的各单据：未结 = amount − 截至 as_of 的核销",
    source="Duebook's rule of open amounts; OCA account-financial-reporting issue 707 and Odoo pull request 19984",
    examples=[
        Example((["INV-1"], [100], [date(2026, 9, 1)], ["INV-1"], [40], [_DAY], _DAY), 60.0, at=(2, 5)),
        Example((["INV-1"], [100], [date(2026, 9, 1)], ["INV-1"], [40], [date(2026, 11, 1)], _DAY), 100.0, at=(2, 5)),
    ],
    conventions=[
        Label("Settled on the as-of date is closed on it.", "截止日当天结清的，当天即视为已结。"),
        Label(
            "More allocated than the amount stays visible as a negative open amount with a remark; so does an "
            "allocation to a document that is not in the list.",
            "核销超过金额的，以负的未结金额并加备注列出；指向未知单据的核销亦然。",
        ),
        Label(
            "A credit note is a document with a negative amount, and what is used of it a negative allocation.",
            "红字单据金额为负，使用它的核销也为负。",
        ),
    ],
    errors={"aging.document_twice": "#VALUE!", "aging.allocation_column": "#N/A"},
)
def open_amount(
    document: Annotated[
        Sequence[str],
        Column("Document number of each document, each once.", "各单据号，不可重复。", of=Text(), rows="documents"),
    ],
    amount: Annotated[
        Sequence[Decimal],
        Column(
            "Amount of each document; credit notes negative.", "各单据金额，红字为负。", of=Money(), rows="documents"
        ),
    ],
    document_date: Annotated[
        Sequence[date], Column("Date of each document.", "各单据日期。", of=Day(), rows="documents")
    ],
    allocation_document: Annotated[
        Sequence[str] | None,
        Column(
            "Document that each allocation (payment, credit) reduces. Blank column: no allocations.",
            "每笔核销所冲减的单据；整列留空表示没有核销。",
            of=Text(),
            rows="allocations",
            nullable=True,
        ),
    ],
    allocation_amount: Annotated[
        Sequence[Decimal] | None,
        Column("Amount of each allocation.", "每笔核销金额。", of=Money(), rows="allocations", nullable=True),
    ],
    allocation_date: Annotated[
        Sequence[date] | None,
        Column(
            "Day each allocation takes effect: the later of the payment's date and the day it was allocated.",
            "每笔核销的生效日：收款日与核销日中较晚者。",
            of=Day(),
            rows="allocations",
            nullable=True,
        ),
    ],
    as_of: AsOf,
) -> Table:
    """Amounts in one currency; Σ open = Σ amounts dated by then − Σ allocations effective by then, exactly.

    CellError: #VALUE! where a document is listed twice, #N/A where only some of the allocation columns are filled.
    """
    _refuse_twice(document)
    columns = _allocation_columns(allocation_document, allocation_amount, allocation_date)
    with localcontext(prec=PRECISION):
        allocated: dict[str, Allocated] = {}
        for target, used, day in zip(*columns, strict=True):
            allocated.setdefault(target, Allocated()).add(exact(used), day, as_of)
        listed = [(name, exact(a), day) for name, a, day in zip(document, amount, document_date, strict=True)]
        rows = [_row(name, day, a, allocated.get(name)) for name, a, day in listed if day <= as_of]
        known = set(document)
        unknown = {name: found for name, found in sorted(allocated.items()) if name not in known}
        rows += [[name, None, None, f.by_then, -f.by_then, UNKNOWN] for name, f in unknown.items() if f.count]
        _say(listed, rows, allocated, unknown, as_of)
    return Table([column.label for column in COLUMNS], rows)


def _refuse_twice(documents: Sequence[str]) -> None:
    first: dict[str, int] = {}
    for row, name in enumerate(documents, start=1):
        if name in first:
            raise CellError("#VALUE!", "aging.document_twice", document=name, first=first[name], second=row)
        first[name] = row


def _allocation_columns(
    documents: Sequence[str] | None, amounts: Sequence[Decimal] | None, days: Sequence[date] | None
) -> tuple[Sequence[str], Sequence[Decimal], Sequence[date]]:
    """The three columns, all empty where none is given."""
    given = {"allocation_document": documents, "allocation_amount": amounts, "allocation_date": days}
    blank = [name for name, column in given.items() if column is None]
    if blank and len(blank) < len(given):
        raise CellError("#N/A", "aging.allocation_column", argument=blank[0])
    return documents or (), amounts or (), days or ()


def _row(name: str, day: date, amount: Decimal, allocated: Allocated | None) -> list[Any]:
    used = allocated.by_then if allocated else ZERO
    left = amount - used
    remark = None
    if used * amount < 0:
        remark = WRONG_WAY
    elif left * amount < 0 or (amount == 0 and used != 0):
        remark = TOO_MUCH
    return [name, day, amount, used, left, remark]


def _say(
    listed: Sequence[tuple[str, Decimal, date]],
    rows: Sequence[Sequence[Any]],
    allocated: Mapping[str, Allocated],
    unknown: Mapping[str, Allocated],
    as_of: date,
) -> None:
    """What the table leaves out, puts back or shows although it cannot be."""
    day = as_of.isoformat()
    later = [(name, amount) for name, amount, dated in listed if dated > as_of]
    if later:
        note("aging.not_yet_in", as_of=day, documents=len(later), amount=_written(sum(a for _, a in later)))
    waiting = [allocated[name] for name, _ in later if name in allocated and allocated[name].count]
    if waiting:
        facts = {"allocations": sum(f.count for f in waiting), "amount": _written(sum(f.by_then for f in waiting))}
        note("aging.waiting", as_of=day, **facts)
    back = [found for found in allocated.values() if found.later_count]
    if back:
        facts = {"allocations": sum(f.later_count for f in back), "amount": _written(sum(f.later for f in back))}
        note("aging.put_back", as_of=day, **facts)
    over = [abs(row[4]) for row in rows if row[5] is TOO_MUCH]
    if over:
        note("aging.over_allocated", documents=len(over), amount=_written(sum(over)))
    if unknown:
        amount = _written(sum(f.by_then + f.later for f in unknown.values()))
        note("aging.unknown_documents", documents=len(unknown), amount=amount)


def _written(amount: Decimal | int) -> str:
    return f"{amount:,f}"
