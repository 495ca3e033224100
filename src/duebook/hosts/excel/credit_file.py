"""What a workbook knows of one customer: gathered from its tables, each figure with the table that it comes from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES, Field, table
from duebook.core.cells import Cell, CellError, Label, missing
from duebook.core.errors import DuebookError
from duebook.hosts.excel import score_table
from duebook.hosts.excel.basis import Basis
from duebook.hosts.excel.columns import CURRENCY, Asked, Columns, Customer, columns
from duebook.hosts.excel.live import cells as live_cells
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.tables import LiveTable
from duebook.hosts.excel.results import REVIEWS, SCORED, SCORES, SIGNALS, STANDARD, names
from duebook.hosts.excel.score_table import Scored
from duebook.policy import score_card

if TYPE_CHECKING:
    import xlwings as xw

LIMIT = (
    Asked(
        Field("expected_monthly_purchases", "Monthly purchases", "月采购额", "money"),
        Label(
            "Expected, gross of VAT. Without them there is no limit.", "预计每月采购额（含税）；缺此项无法计算额度。"
        ),
        ("expected monthly purchases", "预计月采购额"),
    ),
    Asked(
        Field("terms_days", "Terms, days", "账期天数", "count"),
        Label("Blank: the policy's for the grade.", "留空则按政策中该等级的账期。"),
        ("terms days", "账期"),
    ),
    Asked(
        Field("equity", "Equity", "净资产", "money"),
        Label("Net worth; blank: not known.", "留空为未知。"),
        ("net worth", "所有者权益", "所有者权益合计"),
    ),
    Asked(
        Field("working_capital", "Working capital", "营运资金", "money"),
        Label("Current assets less current liabilities.", "流动资产减流动负债。"),
    ),
    Asked(
        Field("reference", "Trade reference", "同业参考", "money"),
        Label("Highest credit another supplier saw paid as agreed.", "其他供应商按约收回的最高信用额。"),
    ),
    Asked(
        Field("insurer_limit", "Insurer's limit", "保险公司限额", "money"),
        Label("0: refused; blank: not insured.", "0 为拒保；留空为未投保。"),
        ("insured limit", "insurer limit", "保险限额"),
    ),
    Asked(Field("net_margin", "Net margin", "销售净利率", "rate"), Label("Net income ÷ sales.", "净利润 ÷ 营业收入。")),
    Asked(CURRENCY, Label("Of these amounts, such as CNY.", "以上金额的币种，如 CNY。")),
    Asked(Field("sector", "Sector", "行业"), Label("As the policy names it.", "按政策命名。")),
)
"""What LIMIT_DETAIL and CREDIT_TERMS take beside the grade."""
STATEMENT = tuple(
    Asked(Field(key, label, label.zh, "money"), label)
    for key, label in {
        "total_assets": Label("Total assets", "资产总计"),
        "total_liabilities": Label("Total liabilities", "负债合计"),
        "current_assets": Label("Current assets", "流动资产"),
        "current_liabilities": Label("Current liabilities", "流动负债"),
        "quick_assets": Label("Quick assets", "速动资产"),
        "retained_earnings": Label("Retained earnings", "留存收益"),
        "sales": Label("Sales", "营业收入"),
        "ebit": Label("EBIT", "息税前利润"),
        "profit_before_tax": Label("Profit before tax", "利润总额"),
        "net_income": Label("Net income", "净利润"),
        "depreciation": Label("Depreciation", "折旧"),
    }.items()
)
"""The items of a statement that the distress models take, beside equity and working capital."""
ITEMS = (*LIMIT, *STATEMENT)
_ALONE = {CURRENCY.key, "sector", "customer_id", "customer_name"}
"""Columns for which alone no table is read."""


class Given(NamedTuple):
    """A figure and the table that it comes from, "" where it was typed into the memo."""

    value: Cell
    source: str


class CreditFile(NamedTuple):
    """One customer. `told`: its row in `scores`; `exposure` and `aging`: its rows there, one per currency."""

    customer: Customer
    given: Mapping[str, Given]
    score: tuple[Scored, Mapping[str, Cell], LiveTable] | None
    told: Mapping[str, Cell]
    signals: Mapping[str, Cell]
    reviews: Mapping[str, Cell]
    exposure: Sequence[Mapping[str, Cell]]
    aging: Sequence[Mapping[str, Cell]]
    buckets: Sequence[str]

    def value(self, key: str) -> Cell:
        found = self.given.get(key)
        return None if found is None else found.value

    @property
    def grade(self) -> str:
        """By the score as it is now, else as `scores` has it; "" where there is none."""
        if self.score is not None and not isinstance(self.score[0].found, CellError):
            return self.score[0].found.grade.name
        told = self.told.get("grade")
        return told if self.score is None and isinstance(told, str) else ""


def gather(
    book: xw.Book, basis: Basis, customer: Customer, selected: LiveTable | None, typed: Mapping[str, Cell]
) -> CreditFile:
    """All that the tables of `book` say of `customer`; what was `typed` into the memo comes before them."""
    given = {key: Given(value, "") for key, value in typed.items()}
    score = None
    for found in _sources(book, basis, selected):
        rows = _of(found, customer)
        if rows:
            _take(given, found, rows)
            score = score or _score(basis, found.table, rows[0])
    aging, buckets = _aging(book, customer)
    return CreditFile(
        customer,
        given,
        score,
        _row(book, SCORES.name, SCORES.fields, customer),
        _row(book, SIGNALS.name, SIGNALS.fields, customer),
        _row(book, REVIEWS.name, REVIEWS.fields, customer),
        _rows(book, "exposure", table(EXPOSURE_TABLES, "exposure").fields, customer),
        aging,
        buckets,
    )


def _sources(book: xw.Book, basis: Basis, selected: LiveTable | None) -> Iterator[Columns]:
    """The tables in which a customer's figures can stand, what was scored last before the others."""
    if selected is not None and not ours(selected.name):
        yield columns(selected, ITEMS)
    if (scored := named_rows(book, SCORED)) is not None:
        yield columns(scored, ITEMS)
    cards = basis.policy.section(score_card.read)
    for sheet in book.sheets:
        for native in sheet.tables:
            if ours(native.name) or native.header_row_range is None:
                continue
            headers = tuple(map(tables.label, live_cells.shown(native.header_row_range)[0]))
            bare = columns(LiveTable(native.name, sheet.name, 1, 1, headers, ()), ITEMS)
            if not bare.has_customers:
                continue
            if set(bare.places) - _ALONE or _has_dimensions(basis, cards, bare.table):
                yield columns(tables.read(native), ITEMS)


def ours(name: str) -> bool:
    """Whether a table is a result of a button, or what a memo asks for."""
    return name.casefold() in names() or name.casefold().startswith("memo_")


def named_rows(book: xw.Book, name: str) -> LiveTable | None:
    """The block that a defined name refers to, its first row the headers."""
    block = tables.named_block(book, name)
    if block is None or block.shape[0] < 2:
        return None
    rows = live_cells.shown(block)
    headers = tuple(map(tables.label, rows.pop(0)))
    return LiveTable("", block.sheet.name, block.row, block.column, headers, tuple(map(tuple, rows)))


def _has_dimensions(basis: Basis, cards: score_card.ScoreCards, found: LiveTable) -> bool:
    if found.name.casefold() in STANDARD:
        return False
    with contextlib.suppress(DuebookError):  # a table with a dimension twice is no source
        return score_table.score_table(found, cards, basis.day).scores
    return False


def _of(found: Columns, customer: Customer) -> list[Sequence[Cell]]:
    """The rows of a customer."""
    return [row for row in found.rows() if found.customer(row).same(customer)]


def _take(given: dict[str, Given], found: Columns, rows: Sequence[Sequence[Cell]]) -> None:
    """The items that a table states of the customer. Rows that differ (one per currency, say) state nothing."""
    for one in ITEMS:
        key = one.field.key
        if key in given or key not in found.places:
            continue
        values = {found.cell(row, key) for row in rows if not missing(found.cell(row, key))}
        if len(values) == 1:
            given[key] = Given(values.pop(), found.table.title)


def _score(basis: Basis, found: LiveTable, row: Sequence[Cell]) -> tuple[Scored, Mapping[str, Cell], LiveTable] | None:
    """The row as the score card sees it, if it has a dimension."""
    if not _has_dimensions(basis, cards := basis.policy.section(score_card.read), found):
        return None
    known = score_table.score_table(found, cards, basis.day)
    scored = score_table.score(known, row)
    return scored, known.values(row, scored.card) if scored.card else {}, found


def _rows(book: xw.Book, name: str, fields: Sequence[Field], customer: Customer) -> list[Mapping[str, Cell]]:
    found = tables.find_table(book, name)
    if found is None:
        return []
    known = columns(found, [Asked(field, Label("", "")) for field in fields])
    return [{key: row[place] for key, place in known.places.items()} for row in _of(known, customer)]


def _row(book: xw.Book, name: str, fields: Sequence[Field], customer: Customer) -> Mapping[str, Cell]:
    return next(iter(_rows(book, name, fields, customer)), {})


def _aging(book: xw.Book, customer: Customer) -> tuple[Sequence[Mapping[str, Cell]], Sequence[str]]:
    """The customer's rows of `aged_balance`, and the headers of its buckets, which stand between currency and total."""
    found = tables.find_table(book, "aged_balance")
    if found is None:
        return [], []
    fields = [field for field in table(AGING_TABLES, "aged_balance").fields if not field.key.startswith("bucket_")]
    known = columns(found, [Asked(field, Label("", "")) for field in fields])
    first, last = known.places.get("currency"), known.places.get("aged")
    places = range(first + 1, last) if first is not None and last is not None else range(0)
    buckets = [found.headers[place] for place in places]
    rows = [
        {key: row[place] for key, place in known.places.items()}
        | {found.headers[place]: row[place] for place in places}
        for row in _of(known, customer)
    ]
    return rows, buckets
