"""The movements workbook: roll-forward, bills, retention, balance sheet, allowance, relations, checks, figures."""

from __future__ import annotations

from pathlib import Path

from tools.templates import roll_chart, style
from tools.templates.checks import checks_and_basis
from tools.templates.sheets import LINK_ROW, Book, Preview, width
from tools.templates.summary import CHOICE_ROWS, COLUMNS, Card, Page, Span, choice, looked_up

from duebook.books.plan import Value
from duebook.close.slots import table
from duebook.close.slots_movements import MOVEMENTS_TABLES, ROLL_FIELDS

SHEETS = (
    "summary",
    "rolling",
    "bills",
    "retained",
    "presented",
    "currencies",
    "exchanged",
    "provided",
    "assessed",
    "parties",
    "basis",
    "figures",
)
START = LINK_ROW + 1
LAST_OF_FRAME = 8
LINES = len(ROLL_FIELDS)
"""As many lines as a roll-forward can have, opening and closing included."""
MOVED = tuple(f.key for f in ROLL_FIELDS if f.key != "closing")

SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 8, "movement", "text"),
    Span(10, 13, "col_receivable", "money"),
    Span(15, 18, "col_bill", "money"),
    Span(20, 23, "col_contract_asset", "money"),
)


def build(path: Path, language: str, preview: Preview | None = None) -> None:
    """Writes the template (with `preview`, a filled page to look at) to `path`."""
    book = Book(path, language, "movements_title", "movements_subject", preview)
    book.add_sheets(SHEETS)
    _figures(book)
    _rolling(book)
    _stacked(
        book,
        "bills",
        "bills_words",
        (("maturity_heading", "bill_maturities"), ("states_heading", "bill_states"), ("bills_heading", "bills")),
    )
    _stacked(
        book,
        "retained",
        "retention_words",
        (
            ("retention_heading", "retention_items"),
            ("factored_heading", "factored_items"),
            ("netting_heading", "netting_items"),
        ),
    )
    _stacked(
        book,
        "presented",
        None,
        (("presented_heading", "balance_sheet"), ("net_credit_heading", "net_credit_customers")),
    )
    _stacked(
        book,
        "currencies",
        "currencies_words",
        (
            ("currencies_heading", "currencies"),
            ("functional_totals_heading", "functional_totals"),
            ("account_tie_out_heading", "account_tie_out"),
        ),
    )
    _stacked(
        book,
        "exchanged",
        None,
        (
            ("functional_customers_heading", "functional_customers"),
            ("exchange_differences_heading", "exchange_differences"),
            ("net_of_tax_heading", "net_of_tax"),
        ),
    )
    _stacked(
        book,
        "provided",
        "allowance_words",
        (
            ("allowance_movement_heading", "allowance_movement"),
            ("allowance_pools_heading", "allowance_pools"),
            ("bad_debt_heading", "bad_debt_rates"),
        ),
    )
    _stacked(book, "assessed", None, (("specific_heading", "specific_items"), ("own_rates_heading", "own_loss_rates")))
    _parties(book)
    _marks(book)
    _basis(book)
    _summary(book)
    book.workbook.close()


def _told(book: Book, key: str, right: int, name: str) -> None:
    """A sentence of the close in the line of the way back."""
    fits = {"text_wrap": True, "valign": "top"} if book.bilingual else {"shrink": True}
    shown = book.styles(font_color=style.MUTED, **fits)
    book.sheets[key].merge_range(LINK_ROW, 2, LINK_ROW, right, "", shown)
    book.sheets[key].write_formula(LINK_ROW, 2, f'={name}&""', shown, "")
    if book.bilingual:
        book.sheets[key].set_row_pixels(LINK_ROW, 32)


def _rolling(book: Book) -> None:
    key = "rolling"
    placed = book.place(key, START, table(MOVEMENTS_TABLES, "roll_forward"), totals=True, widths=True)
    book.frame(key, placed.printed)
    book.page(key, right=placed.printed, bottom=placed.last, repeat=placed.header, freeze=(placed.first, 2))


def _stacked(book: Book, key: str, words: str | None, parts: tuple[tuple[str, str], ...]) -> None:
    """Several tables of one subject below each other; the widest sets the page."""
    row, right, bottom = START, 0, START
    for heading, name in parts:
        book.heading(key, row, heading)
        placed = book.place(key, row + 1, table(MOVEMENTS_TABLES, name), filters=False)
        row, right, bottom = placed.last + 3, max(right, placed.right), placed.last
    _widths(book, key, [name for _, name in parts])
    book.frame(key, right)
    if words:
        _told(book, key, right, words)
    book.page(key, right=right, bottom=bottom, repeat=0, freeze=(START, 2))


def _widths(book: Book, key: str, names: list[str]) -> None:
    """Each column as wide as the widest table needs it."""
    needed: dict[int, float] = {}
    for name in names:
        for number, f in enumerate(table(MOVEMENTS_TABLES, name).fields):
            needed[number] = max(needed.get(number, 0.0), width(f, name, book.bilingual))
    for number, wide in needed.items():
        book.sheets[key].set_column(number, number, wide)


def _parties(book: Book) -> None:
    key = "parties"
    placed = book.place(key, START, table(MOVEMENTS_TABLES, "related_balances"), totals=True, widths=True)
    book.frame(key, placed.printed)
    _told(book, key, placed.printed, "related_words")
    book.page(key, right=placed.printed, bottom=placed.last, repeat=placed.header, freeze=(placed.first, 2))


def _marks(book: Book) -> None:
    """Bills past maturity and dishonored ones carry a sign and a color."""
    placed = book.placed["bills"]
    red = book.styles.changed(bold=True, font_color=style.RED)
    late = book.styles.changed(bold=True, font_color=style.RED, num_format='"▲ "0;"▲ "-0')
    days, status = placed.column("days_left"), placed.column("status")
    rule = {"type": "formula", "criteria": f"=N({placed.cell('days_left')})<0", "format": late}
    book.sheets["bills"].conditional_format(placed.first, days, placed.last, days, rule)
    rule = {"type": "formula", "criteria": f'=LEFT({placed.cell("status")})="▲"', "format": red}
    book.sheets["bills"].conditional_format(placed.first, status, placed.last, status, rule)


def _basis(book: Book) -> None:
    def total(name: str, *fields: str) -> str:
        return "+".join(f"SUM({book.placed[name].range(f)})" for f in fields)

    moved = ("opening", "charge", "reversal", "write_offs", "recoveries", "fx")
    known = f'SUMIF({book.placed["allowance_movement"].range("opening")},"<>",{{}})'
    lines: list[tuple[str, str, str | int]] = [
        ("check_roll", total("roll_forward", *MOVED), total("roll_forward", "closing")),
        ("check_closing", total("roll_forward", "closing"), total("movements_figures", "balance")),
        ("check_bills", total("bill_maturities", "open"), total("bills", "open")),
        ("check_states", total("bill_states", "open"), total("bills", "open")),
        ("check_netting", total("netting_items", "amount"), total("roll_forward", "netting")),
        ("check_notes", total("balance_sheet", "notes"), total("bills", "open")),
        ("check_presented", total("balance_sheet", "balance"), total("roll_forward", "closing")),
        (
            "check_allowance_moved",
            total("allowance_movement", *moved),
            known.format(book.placed["allowance_movement"].range("closing")),
        ),
    ]
    checks_and_basis(book, MOVEMENTS_TABLES, lines)


def _figures(book: Book) -> None:
    key = "figures"
    row = START + CHOICE_ROWS + roll_chart.ROWS
    book.heading(key, row, "figures_heading", left=1)
    figures = book.place(key, row + 1, table(MOVEMENTS_TABLES, "movements_figures"), widths=True, filters=False)
    lines = book.place(key, figures.last + 3, table(MOVEMENTS_TABLES, "roll_lines"), filters=False)
    book.frame(key, LAST_OF_FRAME, left=1)
    choice(book, figures)
    roll_chart.data(book, figures)
    book.page(key, right=figures.right, bottom=lines.last, repeat=0, freeze=(START, 1), wide=3)
    book.sheets[key].repeat_columns(0)


def _summary(book: Book) -> None:
    page = Page(book, book.placed["movements_figures"])
    styles = book.styles
    page.cover("movements_title")
    shown_date = styles(bold=True, font_size=11, align="left", num_format=style.DATE)
    page.control(
        (
            ("as_of", "as_of", shown_date, None),
            ("opening_day", "opening_day", shown_date, None),
            ("currency", "selected_currency", styles.input(bold=True, font_size=11, align="center"), None),
        )
    )
    page.choose_currency(page.row - 1, 10)
    page.gap(10)
    page.headline()
    page.told("roll_words")
    page.gap(8)
    _cards(page)
    page.gap(10)
    _roll(page)
    page.gap(8)
    chart_row = page.row
    for _ in range(roll_chart.CHART_ROWS):
        page.next(20)
    roll_chart.draw(page, chart_row)
    page.gap(6)
    page.put(0, COLUMNS - 1, f"={page.figure('remark')}", styles(font_size=8, text_wrap=True, valign="top"))
    page.next(book.tall(30, 46))
    small = styles(font_size=8, font_color=style.MUTED, text_wrap=True, valign="top")
    for name in ("bills_words", "retention_words", "currencies_words", "related_words", "allowance_words"):
        page.named(name, 0, COLUMNS - 1, small)
        page.next(book.tall(24, 46))
    page.legend()
    page.finish()


def _cards(page: Page) -> None:
    def whole(label: str, value: str, note: str | None = None, shown: str = "") -> Card:
        return Card(label, value, style.WHOLE, note, shown)

    page.cards(
        (
            whole("kpi_roll_opening", "opening"),
            whole("kpi_invoiced", "invoiced"),
            whole("kpi_credit_notes", "credit_notes"),
            whole("kpi_cash", "cash"),
            whole("kpi_closing", "closing", "customers", "f_customers"),
        )
    )
    page.gap(8)
    page.cards(
        (
            whole("kpi_gross", "gross"),
            whole("kpi_liabilities", "contract_liabilities"),
            whole("kpi_notes", "notes"),
            whole("kpi_contract_assets", "contract_assets"),
            whole("kpi_allowance_now", "allowance"),
        )
    )


def _roll(page: Page) -> None:
    found = page.book.placed["roll_lines"]
    page.heading("roll_heading")
    first = page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(LINES):
        key = page.rank_key(first + number)
        name = looked_up(found, "movement", key, words=True)
        lines.append((number + 1, name, *(looked_up(found, c, key) for c in ("receivable", "bill", "contract_asset"))))
    page.block(SPANS, lines)
    page.hide_ranks(first, first + LINES - 1, 1)
