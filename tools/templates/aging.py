"""The aging workbook: summary, aged balance, items by kind, provision, problems, tie-out, basis, figures."""

from __future__ import annotations

from pathlib import Path

from tools.templates import aging_summary, style
from tools.templates.checks import checks_and_basis
from tools.templates.sheets import LINK_ROW, Book, Placed, Preview
from tools.templates.summary import CHOICE_ROWS, choice

from duebook.close.slots import AGING_TABLES, table

SHEETS = (
    "summary",
    "aged_balance",
    "groups",
    "open_items",
    "disputed",
    "unapplied",
    "provision",
    "problems",
    "tie_out",
    "basis",
    "lists",
    "figures",
)
START = LINK_ROW + 1
LAST_OF_FRAME = 8
"""Where the sentences atop the figures end, well within the first of its pages."""


def build(path: Path, language: str, preview: Preview | None = None) -> None:
    """Writes the template (with `preview`, a filled page to look at) to `path`."""
    book = Book(path, language, "aging_title", "aging_subject", preview)
    book.add_sheets(SHEETS)
    _figures(book)
    _lists(book)
    _aged_balance(book)
    _groups(book)
    _items(book)
    _provision(book)
    _problems(book)
    _tie_out(book)
    _basis(book)
    aging_summary.write_summary(book)
    book.workbook.close()


def _detail(book: Book, key: str, name: str, *, freeze: int, totals: bool = True, portrait: bool = False) -> Placed:
    """A sheet with one table: totals above the header, both in sight while scrolling and the header on each page."""
    placed = book.place(key, START, table(AGING_TABLES, name), totals=totals, widths=True)
    book.frame(key, placed.printed)
    book.page(
        key,
        right=placed.printed,
        bottom=placed.last,
        repeat=placed.header,
        freeze=(placed.first, freeze),
        portrait=portrait,
    )
    return placed


def _flag_old(book: Book, key: str, placed: Placed, field: str, owed: str) -> None:
    """Marks what is overdue longer than the reader's threshold, in amber and with a sign; a credit is never late."""
    column, cell = placed.column(field), placed.cell(field)
    marked = book.styles.changed(bold=True, font_color=style.AMBER, num_format='"▲ "#,##0_)')
    rule = {"type": "formula", "criteria": f"=AND(N({cell})>flag_days,N({placed.cell(owed)})>0)", "format": marked}
    book.sheets[key].conditional_format(placed.first, column, placed.last, column, rule)


def _aged_balance(book: Book) -> None:
    placed = _detail(book, "aged_balance", "aged_balance", freeze=2)
    _flag_old(book, "aged_balance", placed, "oldest_days", "balance")


def _groups(book: Book) -> None:
    key = "groups"
    sheet = book.sheets[key]
    row, bottom, right = START, 0, 0
    for words, name in (("by_group", "aged_groups"), ("by_unit", "aged_units")):
        book.heading(key, row, words)
        placed = book.place(key, row + 1, table(AGING_TABLES, name), totals=True, widths=True)
        bottom, right, row = placed.last, placed.right, placed.last + 3
    book.frame(key, right)
    sheet.set_column(0, 0, 32)
    book.page(key, right=right, bottom=bottom, repeat=0, freeze=(START, 1))


def _items(book: Book) -> None:
    placed = _detail(book, "open_items", "open_items", freeze=2)
    _flag_old(book, "open_items", placed, "days_past_due", "open")
    # Only when the detail exceeds a sheet does the close say anything here.
    fits = {"text_wrap": True, "valign": "top"} if book.bilingual else {"shrink": True}
    warning = book.styles(bold=True, font_color=style.AMBER, **fits)
    book.sheets["open_items"].merge_range(LINK_ROW, 1, LINK_ROW, placed.printed, "", warning)
    book.sheets["open_items"].write_formula(LINK_ROW, 1, '=open_items_words&""', warning, "")
    placed = _detail(book, "disputed", "disputed_items", freeze=2)
    _flag_old(book, "disputed", placed, "dispute_days", "disputed")
    _detail(book, "unapplied", "unapplied_items", freeze=2)


def _provision(book: Book) -> None:
    placed = _detail(book, "provision", "provision_matrix", freeze=2, portrait=True)
    sheet = book.sheets["provision"]
    mark = book.styles(bold=True, italic=True, font_color=style.AMBER, shrink=True)
    sheet.merge_range(LINK_ROW, 1, LINK_ROW, placed.printed, "", mark)
    sheet.write_formula(LINK_ROW, 1, '=policy_mark&""', mark, "")
    # Loss rates are small: two decimals of a percent.
    rate = book.styles.changed(num_format='0.00%_);(0.00%);"–"_)')
    column = placed.column("rate")
    rule = {"type": "no_blanks", "format": rate}
    sheet.conditional_format(placed.first, column, placed.last, column, rule)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 4, 22)


def _problems(book: Book) -> None:
    _detail(book, "problems", "problems", freeze=1, totals=False)


def _tie_out(book: Book) -> None:
    key = "tie_out"
    bridge_table = table(AGING_TABLES, "tie_out")
    sheet = book.frame(key, len(bridge_table.fields) - 1)
    book.heading(key, START, "bridge_heading")
    bridge = book.place(key, START + 1, bridge_table, filters=False)
    book.heading(key, bridge.last + 2, "reconciling_heading")
    reconciling = book.place(key, bridge.last + 3, table(AGING_TABLES, "reconciling_items"), filters=False)
    column, cell = bridge.column("difference"), bridge.cell("difference")
    wrong = book.styles.changed(bold=True, font_color=style.RED, num_format='"✗ "#,##0.00##_);"✗ "(#,##0.00##)')
    rule = {"type": "formula", "criteria": f"=ABS(N({cell}))>0", "format": wrong}
    sheet.conditional_format(bridge.first, column, bridge.last, column, rule)
    # Column A holds currencies above and the names of the reconciling items below.
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, bridge.right - 1, 14.5)
    sheet.set_column(bridge.right, bridge.right, 17)
    book.page(key, right=bridge.right, bottom=reconciling.last, repeat=0, freeze=(START, 1))


def _basis(book: Book) -> None:
    bridge = book.placed["tie_out"]

    def total(name: str, *fields: str) -> str:
        return "+".join(f"SUM({book.placed[name].range(f)})" for f in fields)

    balance, off = total("aged_balance", "balance"), bridge.range("difference")
    lines: list[tuple[str, str, str | int]] = [
        ("check_control", f'COUNTIF({off},">0")+COUNTIF({off},"<0")', 0),
        ("check_items", total("open_items", "open"), f"{balance}+{total('figures', 'excluded')}"),
        ("check_unapplied", total("unapplied_items", "open"), total("aged_balance", "unapplied")),
        ("check_disputed", total("disputed_items", "disputed"), total("open_items", "disputed")),
        ("check_parts", total("aged_balance", "aged", "disputed", "unapplied"), balance),
        ("check_groups", total("aged_groups", "balance"), balance),
        ("check_units", total("aged_units", "balance"), balance),
        ("check_buckets", total("bucket_totals", "amount"), total("aged_balance", "aged")),
        ("check_bridge", total("tie_out", "not_due", "buckets", "disputed", "unapplied"), balance),
        ("check_reconciling", total("reconciling_items", "amount"), total("tie_out", "reconciling")),
        ("check_allowance", total("provision_matrix", "allowance"), total("figures", "allowance")),
    ]
    checks_and_basis(book, AGING_TABLES, lines)


def _figures(book: Book) -> None:
    key = "figures"
    # Column A repeats on every printed page and holds the currencies only; what runs on starts in column B.
    row = START + CHOICE_ROWS
    book.heading(key, row, "figures_heading", left=1)
    figures = book.place(key, row + 1, table(AGING_TABLES, "figures"), widths=True, filters=False)
    book.frame(key, LAST_OF_FRAME, left=1)
    choice(book, figures)
    book.page(key, right=figures.right, bottom=figures.last, repeat=0, freeze=(START, 1), wide=3)
    book.sheets[key].repeat_columns(0)


def _lists(book: Book) -> None:
    key, row, right = "lists", START, 0
    sheet = book.sheets[key]
    for words, name in (
        ("bucket_heading", "bucket_totals"),
        ("ten_heading", "ten_largest"),
        ("changes_heading", "changes"),
    ):
        book.heading(key, row, words)
        placed = book.place(key, row + 1, table(AGING_TABLES, name), filters=False)
        row, right = placed.last + 2, max(right, placed.right)
    # The three tables share columns: names and the amounts of the first stand in D.
    for column, wide in enumerate((10, 14, 14, 32, 16, 16, 16, 12, 11)):
        sheet.set_column(column, column, wide)
    book.frame(key, right)
    book.page(key, right=right, bottom=row - 2, repeat=0, freeze=(START, 1), portrait=True)
