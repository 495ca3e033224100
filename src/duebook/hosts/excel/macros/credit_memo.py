"""The button that writes a credit memo for one customer: what is proposed, why, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from duebook.core.cells import Cell, Label
from duebook.core.errors import DuebookError
from duebook.hosts.excel import memo, sheets
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.buttons import button, progress, tell
from duebook.hosts.excel.columns import CUSTOMER_ID, CUSTOMER_NAME, Asked, Customer, as_text, columns
from duebook.hosts.excel.credit_file import ITEMS, LIMIT, gather
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import Area
from duebook.hosts.excel.live.changes import Change, changes
from duebook.hosts.excel.live.tables import LiveTable
from duebook.hosts.excel.memo import WIDTHS, Line

if TYPE_CHECKING:
    import xlwings as xw

SHEET = Label("Memo {customer}", "授信备忘录 {customer}")
ASKED = (
    Asked(CUSTOMER_ID, Label("Whom the memo is about.", "备忘录所述客户。")),
    Asked(CUSTOMER_NAME, Label("The customer's name.", "客户名称。")),
    *LIMIT,
)
"""What a memo asks for, beside the page that prints."""
_NAME = re.compile(r"memo_(\d+)", re.IGNORECASE)
_BESIDE = 8
"""The column of what the memo asks for."""
_TOP = 4
_LETTERS = 9.0


class Memo(NamedTuple):
    """A memo of this workbook: the table of what it asks for, and what was written there."""

    table: LiveTable
    customer: Customer
    typed: Mapping[str, Cell]

    @property
    def number(self) -> int:
        named = _NAME.fullmatch(self.table.name)
        return int(named[1]) if named else 0


@button(
    group="credit",
    label=Label("Credit memo", "授信备忘录"),
    tip=Label(
        "Writes a memo for the customer in the selected row: grade, score, terms and limit with their rules, exposure "
        "and aging, distress models, and what is missing. Fill in the yellow cells beside it and press again.",
        "为所选行的客户编写授信备忘录：等级、评分、账期和额度及其规则，敞口与账龄，破产预警模型，以及缺失的资料。填写旁边的黄色单元格后再按一次即可更新。",
    ),
    icon="memo",
    key="CM",
)
def credit_memo(book: xw.Book) -> None:
    basis = Basis(book)
    known = list(_memos(book))
    customer, selected = _customer(book, known)
    own = next((found for found in known if found.customer.same(customer)), None)
    progress("credit_buttons.step_memo", customer=customer.title)
    file = gather(book, basis, customer, selected, own.typed if own else {})
    lines = memo.compose(basis, file)
    with changes(book, "credit_memo") as change:
        sheet = _write(change, basis, customer, lines, own, 1 + max((each.number for each in known), default=0))
    said = next(line.cells[0] for line in lines if line.style == "strong")
    tell("credit_buttons.memo", sheet=sheet, proposal=said)


def _memos(book: xw.Book) -> list[Memo]:
    """The memos of the workbook."""
    found = []
    for table in (
        tables.read(native) for sheet in book.sheets for native in sheet.tables if _NAME.fullmatch(native.name)
    ):
        values = sheets.settings(table, ASKED)
        customer = Customer(*(as_text(values.pop(field.key, None)) for field in (CUSTOMER_ID, CUSTOMER_NAME)))
        found.append(Memo(table, customer, values))
    return found


def _customer(book: xw.Book, known: Sequence[Memo]) -> tuple[Customer, LiveTable | None]:
    """The customer of the memo in front, or of the selected row, with the table that the row is in."""
    at = tables.selected_cell(book)
    for own in known:
        if own.table.sheet == at.sheet:
            return own.customer, None
    table = tables.selected_table(book)
    found = columns(table, ITEMS)
    number = at.row - table.row - 1
    if not found.has_customers or not 0 <= number < len(table.rows):
        raise DuebookError("credit_buttons.no_customer_row", table=table.title)
    customer = found.customer(table.rows[number])
    if not customer.title:
        raise DuebookError("credit_buttons.no_customer_row", table=table.title)
    return customer, table


def _write(
    change: Change, basis: Basis, customer: Customer, lines: Sequence[Line], own: Memo | None, number: int
) -> str:
    """The memo on its sheet, which is the one before where there is one."""
    if own is None:
        sheet = change.add_sheet(SHEET.text(basis.language).format(customer=customer.title))
        name = f"memo_{number}"
    else:
        sheet, name = own.table.sheet, own.table.name
        before = change.book.sheets[sheet].used_range
        area = (1, 1, before.row + before.shape[0], len(WIDTHS))
        change.clear(sheet, *area)
        change.set_format(sheet, area, "General")
        change.paint(sheet, area, size=_LETTERS)
        change.unpaint(sheet, area)
    width = len(WIDTHS)
    change.set_cells(sheet, 1, 1, [[*line.cells, *[None] * (width - len(line.cells))] for line in lines])
    _dress(change, sheet, lines)
    values = {
        CUSTOMER_ID.key: customer.id or None,
        CUSTOMER_NAME.key: customer.name or None,
        **(own.typed if own else {}),
    }
    change.set_cells(sheet, _TOP - 2, _BESIDE, [[basis.text("memo_ask")]])
    sheets.put_settings(change, name, sheet, ASKED, basis.language, (_TOP, _BESIDE), values)
    for column, size in enumerate((*WIDTHS, 3, 20, 18, 46), start=1):
        change.set_width(sheet, column, size)
    change.print_area(sheet, (1, 1, len(lines), width))
    return sheet


def _dress(change: Change, sheet: str, lines: Sequence[Line]) -> None:
    """Small letters, so that a memo takes two pages at the most; formats by unit; titles and headers stand out."""
    width = len(WIDTHS)
    change.paint(sheet, (1, 1, len(lines), width), size=_LETTERS, valign="top")
    for column in range(width):
        row = 1
        for unit, run in groupby(_unit(line, column) for line in lines):
            height = len(list(run))
            if unit:
                change.set_format(sheet, (row, column + 1, height, 1), sheets.OWN_FORMATS[unit])
            row += height
    row = 1
    for style, same in groupby(lines, _style):
        block = list(same)
        _paint(change, sheet, (row, 1, len(block), width), style, block[0])
        row += len(block)
    change.fit_rows(sheet, (1, 1, len(lines), width))


def _style(line: Line) -> str:
    """How a line looks; "row" for one of a table, whose texts are wrapped."""
    return line.style or ("row" if len(line.cells) == len(WIDTHS) and line.units else "")


def _paint(change: Change, sheet: str, area: Area, style: str, line: Line) -> None:
    """The looks of some lines of one style, of which `line` is the first."""
    if style == "title":
        change.paint(sheet, area, bold=True, size=14)
    elif style in ("strong", "section"):
        change.paint(sheet, area, bold=True, size=11)
    elif style == "header":
        change.paint(sheet, area, bold=True, fill=sheets.GRAY, wrap=True)
        for column in range(area[3]):
            if _unit(line._replace(style=""), column):
                change.paint(sheet, (area[0], area[1] + column, area[2], 1), align="right")
    elif style == "row":
        change.paint(sheet, area, wrap=True)


def _unit(line: Line, column: int) -> str:
    """The unit that gives a cell its number format; "" for texts and titles."""
    unit = line.units[column] if column < len(line.units) else ""
    return "" if line.style or unit in (None, "text", "value") else str(unit)
