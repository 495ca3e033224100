"""The auditor pack: summary, subsequent receipts, confirmations, replies, cut-off, further lists, checks, figures."""

from __future__ import annotations

from pathlib import Path

from tools.templates import style
from tools.templates.checks import checks_and_basis
from tools.templates.sheets import LINK_ROW, Book, Placed, Preview, quoted
from tools.templates.summary import CHOICE_ROWS, COLUMNS, LEFT, Card, Page, Span, choice, looked_up

from duebook.books.plan import Value
from duebook.close.audit_pack import FIVE
from duebook.close.slots import table
from duebook.close.slots_audit import AUDIT_TABLES

SHEETS = (
    "summary",
    "receipts",
    "receipts_customers",
    "confirmations",
    "sampling",
    "letters",
    "replies",
    "cutoff",
    "sequence",
    "top_five",
    "related",
    "by_year",
    "bridge",
    "credits",
    "unusual",
    "basis",
    "figures",
)
START = LINK_ROW + 1
LAST_OF_FRAME = 8
SENTENCE_PIXELS = 46
"""Rules of this book take three lines."""

SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 8, "name", "text"),
    Span(10, 13, "balance", "money"),
    Span(15, 16, "share", "rate"),
    Span(17, 20, "received", "money"),
    Span(21, 23, "collected", "rate"),
)


def build(path: Path, language: str, preview: Preview | None = None) -> None:
    """Writes the template (with `preview`, a filled page to look at) to `path`."""
    book = Book(path, language, "audit_title", "audit_subject", preview)
    book.sentence_pixels = {"basis": SENTENCE_PIXELS, "sampling": SENTENCE_PIXELS}
    book.inputs = {"confirmation_letters": ("contact", "address", "confirmed_amount", "reply_date", "comment")}
    book.add_sheets(SHEETS)
    _figures(book)
    _receipts(book)
    _confirmations(book)
    _cutoff(book)
    _lists(book)
    _basis(book)
    _summary(book)
    book.workbook.close()


def _detail(book: Book, key: str, name: str, *, freeze: int = 2, totals: bool = True, portrait: bool = False) -> Placed:
    placed = book.place(key, START, table(AUDIT_TABLES, name), totals=totals, widths=True)
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


def _told(book: Book, key: str, placed: Placed, name: str, **look: object) -> None:
    """A sentence of the summary again, in the line of the way back."""
    fits = {"text_wrap": True, "valign": "top"} if book.bilingual else {"shrink": True}
    shown = book.styles(**{"font_color": style.MUTED, **look, **fits})
    book.sheets[key].merge_range(LINK_ROW, 1, LINK_ROW, placed.printed, "", shown)
    book.sheets[key].write_formula(LINK_ROW, 1, f'={name}&""', shown, "")
    if book.bilingual:
        book.sheets[key].set_row_pixels(LINK_ROW, 32)


def _receipts(book: Book) -> None:
    placed = _detail(book, "receipts", "subsequent_receipts")
    _told(book, "receipts", placed, "receipts_detail_words", bold=True, font_color=style.AMBER)
    _detail(book, "receipts_customers", "receipts_by_customer")


def _confirmations(book: Book) -> None:
    placed = _detail(book, "confirmations", "confirmations")
    chosen = book.styles.changed(bold=True, font_color=style.ACCENT)
    first, last = placed.column("chosen"), placed.column("choice")
    rule = {"type": "formula", "criteria": f'={placed.cell("chosen")}<>""', "format": chosen}
    book.sheets["confirmations"].conditional_format(placed.first, first, placed.last, last, rule)
    _detail(book, "sampling", "sampling", freeze=2, totals=False)
    _detail(book, "letters", "confirmation_letters", freeze=3, totals=False)
    placed = _detail(book, "replies", "replies", freeze=3)
    _told(book, "replies", placed, "replies_words")
    cell, red = placed.cell("unexplained"), {"bold": True, "font_color": style.RED}
    # The words of the status carry a sign of their own.
    for field, shown in (("unexplained", {"num_format": '"▲ "#,##0.00_);"▲ "(#,##0.00)'}), ("status", {})):
        rule = {"type": "formula", "criteria": f"=N({cell})<>0", "format": book.styles.changed(**red, **shown)}
        column = placed.column(field)
        book.sheets["replies"].conditional_format(placed.first, column, placed.last, column, rule)


def _cutoff(book: Book) -> None:
    key, row = "cutoff", START
    placed = None
    for words, name in (
        ("delivered_heading", "delivered_not_invoiced"),
        ("invoiced_heading", "invoiced_not_delivered"),
    ):
        book.heading(key, row, words)
        placed = book.place(key, row + 1, table(AUDIT_TABLES, name), totals=True, widths=True)
        row = placed.last + 3
    assert placed is not None
    book.frame(key, placed.right)
    _told(book, key, placed, "cutoff_words")
    book.page(key, right=placed.right, bottom=placed.last, repeat=0, freeze=(START, 2))
    placed = _detail(book, "sequence", "cutoff_documents", freeze=3, totals=False)
    column, cell = placed.column("sequence"), placed.cell("sequence")
    amber = book.styles.changed(bold=True, font_color=style.AMBER)
    rule = {"type": "formula", "criteria": f'=LEFT({cell})="▲"', "format": amber}
    book.sheets["sequence"].conditional_format(placed.first, column, placed.last, column, rule)


def _lists(book: Book) -> None:
    _detail(book, "top_five", "top_five", freeze=4, totals=False)
    _detail(book, "related", "related_parties")
    _detail(book, "by_year", "aging_by_year")
    _detail(book, "bridge", "aging_bridge", freeze=1)
    _detail(book, "credits", "credit_balances", portrait=True)
    _detail(book, "unusual", "unusual_items", freeze=1, totals=False)


def _basis(book: Book) -> None:
    def total(name: str, *fields: str) -> str:
        return "+".join(f"SUM({book.placed[name].range(f)})" for f in fields)

    letters = total("confirmation_letters", "balance")
    confirmations = book.placed["confirmations"]
    chosen = f'SUMIF({confirmations.range("chosen")},"<>",{confirmations.range("balance")})'
    later = ("receipts", "credit_notes", "bills", "write_offs", "earlier", "other", "still_open")
    years = tuple(f"year_{n}" for n in range(1, 7))
    parts = ("receipts_in_transit", "goods_in_transit", "disputed", "credit_notes", "invoiced_later", "unexplained")
    lines: list[tuple[str, str, str | int]] = [
        ("check_receipts", total("receipts_by_customer", "open"), total("subsequent_receipts", "open")),
        ("check_later", total("subsequent_receipts", *later), total("subsequent_receipts", "open")),
        ("check_confirmations", total("confirmations", "balance"), total("audit_figures", "balance")),
        ("check_letters", letters, chosen),
        ("check_replies", total("replies", "difference"), total("replies", *parts)),
        ("check_by_year", total("aging_by_year", "balance"), total("confirmations", "balance")),
        ("check_years", total("aging_by_year", *years), total("aging_by_year", "gross")),
        ("check_year_bridge", total("aging_bridge", "gross"), total("aging_by_year", "gross")),
        ("check_reclassified", total("credit_balances", "reclassified"), total("audit_figures", "credit_balances")),
        (
            "check_related",
            total("related_parties", "opening", "invoiced", "credit_notes", "cash", "other"),
            total("related_parties", "balance"),
        ),
    ]
    checks_and_basis(book, AUDIT_TABLES, lines)


def _figures(book: Book) -> None:
    key = "figures"
    row = START + CHOICE_ROWS
    book.heading(key, row, "figures_heading", left=1)
    figures = book.place(key, row + 1, table(AUDIT_TABLES, "audit_figures"), widths=True, filters=False)
    book.frame(key, LAST_OF_FRAME, left=1)
    choice(book, figures, chart=False)
    book.page(key, right=figures.right, bottom=figures.last, repeat=0, freeze=(START, 1), wide=3)
    book.sheets[key].repeat_columns(0)


def _summary(book: Book) -> None:
    page = Page(book, book.placed["audit_figures"])
    styles = book.styles
    page.cover("audit_title")
    shown_date = styles(bold=True, font_size=11, align="left", num_format=style.DATE)
    page.control(
        (
            ("as_of", "as_of", shown_date, None),
            ("receipts_to", "receipts_to", shown_date, None),
            ("currency", "selected_currency", styles.input(bold=True, font_size=11, align="center"), None),
            ("sample_seed", "sample_seed", styles(bold=True, font_size=11, align="left", shrink=True), None),
        )
    )
    page.choose_currency(page.row - 1, 10)
    page.gap(10)
    page.headline()
    for name in ("receipts_words", "sample_words", "replies_words", "cutoff_words"):
        page.told(name)
    warning = styles(bold=True, font_size=8, font_color=style.AMBER, shrink=True)
    page.named("receipts_detail_words", 0, COLUMNS - 1, warning)
    page.next(12)
    page.gap(6)
    _cards(page)
    page.gap(10)
    _five(page)
    page.gap(8)
    _index(page)
    page.gap(8)
    page.legend()
    page.finish()


def _cards(page: Page) -> None:
    def whole(label: str, value: str, note: str | None = None, shown: str = "") -> Card:
        return Card(label, value, style.WHOLE, note, shown)

    page.cards(
        (
            whole("kpi_open", "open", "items", "f_items"),
            whole("kpi_received", "receipts", "collected", "f_of_open"),
            whole("kpi_otherwise", "settled_otherwise", page.share("settled_otherwise", "open"), "f_of_open"),
            whole("kpi_still", "still_open", page.share("still_open", "open"), "f_of_open"),
            whole("kpi_unapplied_later", "unapplied_later"),
        )
    )
    page.gap(8)
    page.cards(
        (
            whole("kpi_chosen", "chosen_amount", "coverage", "f_of_debit"),
            whole("kpi_replied", "replied_amount", "replied", "f_replies"),
            whole("kpi_unexplained", "unexplained", "unexplained_customers", "f_customers"),
            whole("kpi_not_invoiced", "not_invoiced", "not_invoiced_count", "f_deliveries"),
            whole("kpi_not_delivered", "not_delivered", "not_delivered_count", "f_invoices"),
        )
    )
    page.gap(8)
    page.cards(
        (
            whole("kpi_customers", "balance", "customers", "f_customers"),
            whole("kpi_five", "top_5_amount", "top_5", "f_of_balance"),
            whole("kpi_related", "related", "related_share", "f_of_balance"),
            whole("kpi_over_year", "over_year", "over_year_share", "f_share"),
            whole("kpi_credits", "credit_balances", "credit_customers", "f_customers"),
        )
    )


def _five(page: Page) -> None:
    largest = page.book.placed["top_five"]
    page.heading("five_heading")
    first = page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(FIVE):
        key = page.rank_key(first + number)
        name = looked_up(largest, "customer_name", key, words=True)
        figures = (looked_up(largest, column, key) for column in ("balance", "share", "receipts", "collected"))
        lines.append((number + 1, name, *figures))
    page.block(SPANS, lines)
    page.hide_ranks(first, first + FIVE - 1, 1)


def _index(page: Page) -> None:
    """Links to every sheet with what it is for."""
    book, styles = page.book, page.book.styles
    page.heading("index_heading")
    link = styles(font_color=style.LINK, underline=1, shrink=True)
    line = styles(font_size=8, font_color=style.MUTED, **({"text_wrap": True} if book.bilingual else {"shrink": True}))
    for key in SHEETS[1:-1]:
        left, right = LEFT, LEFT + 5
        page.sheet.merge_range(page.row, left, page.row, right, "", link)
        page.sheet.write_url(page.row, left, f"internal:{quoted(book.text(key))}!A1", link, book.title(key))
        page.put(6, COLUMNS - 1, book.text(f"{key}_note"), line)
        page.next(30 if book.bilingual else 16)
