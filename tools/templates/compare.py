"""The comparison workbook: summary, roll-forward by customer, changes in the past, movements, checks, figures."""

from __future__ import annotations

from pathlib import Path

from tools.templates import style
from tools.templates.checks import checks_and_basis
from tools.templates.sheets import LINK_ROW, Book, Placed, Preview
from tools.templates.summary import CHOICE_ROWS, Card, Page, Span, choice, looked_up

from duebook.books.plan import Value
from duebook.close.compare import ACCOUNTS, LINES
from duebook.close.slots import table
from duebook.close.slots_compare import COMPARE_TABLES

SHEETS = ("summary", "compare_roll", "compare_changes", "compare_movements", "basis", "figures", "compare_lists")
START = LINK_ROW + 1
LAST_OF_FRAME = 8
TEN = 10

LINE_SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 6, "compare_line", "text"),
    *(
        Span(first, last, f"compare_{account}", "money")
        for (first, last), account in zip(((7, 10), (11, 13), (14, 17), (18, 20), (21, 23)), ACCOUNTS, strict=True)
    ),
)
CHANGE_SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 8, "name", "text"),
    Span(9, 13, "compare_document", "text"),
    Span(14, 19, "compare_what", "text"),
    Span(20, 23, "compare_effect", "money"),
)


def build(path: Path, language: str, preview: Preview | None = None) -> None:
    """Writes the template (with `preview`, a filled page to look at) to `path`."""
    book = Book(path, language, "compare_title", "compare_subject", preview)
    book.add_sheets(SHEETS)
    _figures(book)
    _lists(book)
    _detail(book, "compare_roll", "compare_customers")
    for key, words in (("compare_changes", "changes_words"), ("compare_movements", "movements_words")):
        placed = _detail(book, key, key)
        warning = book.styles(bold=True, font_color=style.AMBER, shrink=True)
        book.sheets[key].merge_range(LINK_ROW, 1, LINK_ROW, placed.printed, "", warning)
        book.sheets[key].write_formula(LINK_ROW, 1, f'={words}&""', warning, "")
    _basis(book)
    _summary(book)
    book.workbook.close()


def _detail(book: Book, key: str, name: str) -> Placed:
    # Rows of several accounts stand here, so the totals stay on the summary.
    placed = book.place(key, START, table(COMPARE_TABLES, name), widths=True)
    book.frame(key, placed.printed)
    book.page(key, right=placed.printed, bottom=placed.last, repeat=placed.header, freeze=(placed.first, 2))
    return placed


def _basis(book: Book) -> None:
    def total(name: str, *fields: str) -> str:
        return "+".join(f"SUM({book.placed[name].range(f)})" for f in fields)

    lines: list[tuple[str, str, str | int]] = [
        (
            "check_rolls",
            total("compare_customers", "opening", *LINES),
            total("compare_customers", "closing"),
        ),
        ("check_past", total("compare_changes", "effect"), total("compare_customers", "changed")),
        (
            "check_moved",
            total("compare_movements", "amount"),
            total("compare_customers", *(line for line in LINES if line != "changed")),
        ),
        ("check_rest", total("compare_figures", "unexplained"), 0),
    ]
    checks_and_basis(book, COMPARE_TABLES, lines)


def _figures(book: Book) -> None:
    key = "figures"
    row = START + CHOICE_ROWS
    book.heading(key, row, "figures_heading", left=1)
    figures = book.place(key, row + 1, table(COMPARE_TABLES, "compare_figures"), widths=True, filters=False)
    book.frame(key, LAST_OF_FRAME, left=1)
    choice(book, figures, chart=False)
    book.page(key, right=figures.right, bottom=figures.last, repeat=0, freeze=(START, 1), wide=2)
    book.sheets[key].repeat_columns(0)


def _lists(book: Book) -> None:
    key, row, right = "compare_lists", START, 0
    for words, name in (("compare_lines_heading", "compare_lines"), ("compare_largest", "compare_largest")):
        book.heading(key, row, words)
        placed = book.place(key, row + 1, table(COMPARE_TABLES, name), filters=False)
        row, right = placed.last + 2, max(right, placed.right)
    # The two tables share columns: lines and names, amounts and documents.
    for column, wide in enumerate((10, 24, 16, 28, 18, 20, 16, 12)):
        book.sheets[key].set_column(column, column, wide)
    book.frame(key, right)
    book.page(key, right=right, bottom=row - 2, repeat=0, freeze=(START, 1))


def _summary(book: Book) -> None:
    page = Page(book, book.placed["compare_figures"])
    styles = book.styles
    page.cover("compare_title")
    shown_date = styles(bold=True, font_size=11, align="left", num_format=style.DATE)
    page.control(
        (
            ("compare_since", "previous_as_of", shown_date, None),
            ("compare_until", "as_of", shown_date, None),
            ("currency", "selected_currency", styles.input(bold=True, font_size=11, align="center"), None),
        )
    )
    page.choose_currency(page.row - 1, 10)
    page.gap(10)
    page.headline()
    page.told("compare_words")
    page.named("changes_words", 0, 11, styles(font_size=8, font_color=style.AMBER, shrink=True))
    page.named("movements_words", 12, 23, styles(font_size=8, font_color=style.AMBER, shrink=True))
    page.next(12)
    page.gap(6)
    _cards(page)
    page.gap(10)
    page.heading("compare_block")
    _lines(page)
    page.gap(8)
    page.heading("compare_largest")
    _changes(page)
    page.gap(8)
    page.put(0, 23, f"={page.figure('remark')}", styles(font_size=8, text_wrap=True, valign="top"))
    page.next(book.tall(30, 46))
    page.legend()
    page.finish()


def _cards(page: Page) -> None:
    page.cards(
        (
            Card("kpi_opening", "opening", style.WHOLE),
            Card("kpi_changed", "changed", style.WHOLE, "changes", "f_changes"),
            Card("kpi_moved", "moved", style.WHOLE, "movements", "f_movements"),
            Card("kpi_closing", "closing", style.WHOLE, "customers", "f_customers"),
            Card("kpi_unexplained_rest", "unexplained", style.WHOLE),
        )
    )


def _lines(page: Page) -> None:
    placed, first = page.book.placed["compare_lines"], page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(len(LINES) + 2):
        key = page.rank_key(first + number)
        amounts = (looked_up(placed, account, key) for account in ACCOUNTS)
        lines.append((number + 1, looked_up(placed, "movement", key, words=True), *amounts))
    page.block(LINE_SPANS, lines)


def _changes(page: Page) -> None:
    placed, first = page.book.placed["compare_largest"], page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(TEN):
        key = page.rank_key(first + number)
        name = looked_up(placed, "customer_name", key, words=True)
        words = (looked_up(placed, column, key, words=True) for column in ("document_id", "what"))
        lines.append((number + 1, name, *words, looked_up(placed, "effect", key)))
    page.block(CHANGE_SPANS, lines)
    page.hide_ranks(first, first + TEN - 1, 9)
