"""The button that lists whose credit is to be looked at again, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from duebook.core.cells import Cell, CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.hosts.excel import basis as basis_of
from duebook.hosts.excel import sheets
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.buttons import button, progress, tell
from duebook.hosts.excel.columns import CUSTOMER_ID, CUSTOMER_NAME, Asked, Columns, Customer, chosen, columns
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import changes
from duebook.hosts.excel.results import EXPOSURE, GRADE, LAST_REVIEW, REVIEWS
from duebook.policy import reviews as review_policy

if TYPE_CHECKING:
    import xlwings as xw

INPUT = "review_input"
INPUT_SHEET = Label("Review input", "复核资料")
ASKED = (
    Asked(CUSTOMER_ID, Label("As in the ledger; leading zeros stay.", "与台账一致；前导零保留。")),
    Asked(CUSTOMER_NAME, Label("The customer's name.", "客户名称。")),
    Asked(
        GRADE,
        Label("As the policy names it; blank: from the table scores.", "按政策命名；留空则取自表格 scores。"),
        ("credit grade", "信用等级"),
    ),
    Asked(
        EXPOSURE,
        Label(
            "In the currency of the policy's size classes; blank: from the table exposure.",
            "币种与政策规模分级一致；留空则取自表格 exposure。",
        ),
        ("size", "规模"),
    ),
    Asked(
        LAST_REVIEW,
        Label("Such as 2026-10-31.", "如 2026-10-31。"),
        ("last review date", "date of last review", "上次复核", "最近复核日期"),
        needed=True,
    ),
)


class Review(NamedTuple):
    """A customer and the day by which it is to be reviewed, or the CellError that says why there is none."""

    customer: Customer
    grade: Cell
    exposure: Cell
    last: Cell
    due: Cell
    rule: str

    def overdue(self, day: date) -> int | None:
        """Days since it was due; None where it is not yet."""
        return (day - self.due).days if isinstance(self.due, date) and self.due < day else None

    def rank(self, day: date) -> tuple[int, date]:
        """Overdue ones first, the longest before; then those without a date; then as they fall due."""
        if not isinstance(self.due, date):
            return 1, date.min
        return (0 if self.due < day else 2), self.due


@button(
    group="credit",
    label=Label("Review list", "复核清单"),
    tip=Label(
        "From a table of customers with grade, exposure and last review: the next review of each by the policy's "
        "calendar, and how many days it is overdue, overdue ones first. Without a table it adds one to fill in.",
        "根据含等级、敞口和上次复核日期的客户表，按政策的复核周期列出每个客户的下次复核日期和逾期天数，已逾期者在前。没有表格时，先添加一张待填表。",
    ),
    icon="reviews",
    key="RL",
)
def review_list(book: xw.Book) -> None:
    basis = Basis(book)
    progress("credit_buttons.step_read")
    found = chosen(book, INPUT, ASKED, _fits, ours=(REVIEWS.name,))
    if found is None:
        with changes(book, "review_list") as change:
            lead = basis.text("lead_reviews")
            sheet = sheets.add_input(change, INPUT, INPUT_SHEET, lead, ASKED, basis.language, day=True)
        tell("credit_buttons.needs_input", sheet=sheet)
        return
    if not found.has_customers:
        raise DuebookError("credit_buttons.no_customers", table=found.table.title)
    if basis.day is None:
        _ask_day(book, basis)
        return
    rows = sorted(_reviews(book, found, basis), key=lambda review: review.rank(basis.day or date.min))
    if not rows:
        raise DuebookError("credit_buttons.nothing_filled_in", table=found.table.title)
    _write(book, basis, found, rows, basis.day)


def _fits(found: Columns) -> bool:
    return found.has_customers and LAST_REVIEW.key in found.places


def _ask_day(book: xw.Book, basis: Basis) -> None:
    """A cell for the day, on a sheet of its own; one that is there already and blank is named."""
    place = tables.named_cell(book, basis_of.AS_OF)
    if place is not None:
        raise DuebookError("credit_buttons.no_day", sheet=place.sheet)
    with changes(book, "review_list") as change:
        sheet = change.add_sheet(basis_of.DAY_SHEET.text(basis.language))
        change.set_cells(sheet, 1, 1, [[basis.text("lead_day")]])
        basis_of.ask_day(change, sheet, 3, basis.language)
    tell("credit_buttons.needs_day", sheet=sheet)


def _reviews(book: xw.Book, found: Columns, basis: Basis) -> Iterator[Review]:
    grades, exposures = _known(book, "scores", "grade"), _known(book, "exposure", "exposure")
    for row in found.rows():
        customer = found.customer(row)
        grade, exposure, last = (found.cell(row, key) for key in ("grade", "exposure", "last_review"))
        grade = grades.get(customer.id.casefold()) if missing(grade) else grade
        exposure = exposures.get(customer.id.casefold()) if missing(exposure) else exposure
        said = basis.hear("REVIEW_DUE", last, grade, exposure, None, basis.day)
        failed = isinstance(said.value, CellError)
        rule = basis.reason(said.value) if failed else basis.joined(said.remarks)
        yield Review(customer, grade, exposure, last, said.value, rule)


def _known(book: xw.Book, name: str, key: str) -> Mapping[str, Cell]:
    """Customer id → value in a table of this workbook, of customers that are there once: amounts in several currencies
    are never added up."""
    table = tables.find_table(book, name)
    if table is None:
        return {}
    known = columns(table, ASKED)
    found: dict[str, list[Cell]] = {}
    for row in known.rows():
        if customer := known.customer(row).id:
            found.setdefault(customer.casefold(), []).append(known.cell(row, key))
    return {customer: cells[0] for customer, cells in found.items() if len(cells) == 1}


def _write(book: xw.Book, basis: Basis, found: Columns, rows: Sequence[Review], day: date) -> None:
    source = basis.source(found.table, len(rows))
    made = [
        (*each.customer, each.grade, each.exposure, each.last, each.due, each.overdue(day), each.rule) for each in rows
    ]
    with changes(book, "review_list") as change:
        sheet = sheets.put_result(change, REVIEWS, made, [basis.words(review_policy), source], basis.language)
    overdue = sum(each.overdue(day) is not None for each in rows)
    undated = sum(isinstance(each.due, CellError) for each in rows)
    more = basis.text("no_review", count=f"{undated:,}") if undated else ""
    facts = {"count": f"{len(rows):,}", "overdue": f"{overdue:,}", "day": day.isoformat()}
    tell("credit_buttons.reviews", sheet=sheet, more=more, **facts)
