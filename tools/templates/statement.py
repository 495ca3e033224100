"""The statement of account: one page to send, letterhead on top, movements, open items, aging and how to pay."""

from __future__ import annotations

from pathlib import Path

from tools.templates import style
from tools.templates.sheets import Book, Placed, Preview, write
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed

from duebook.books.plan import Value
from duebook.close.slots import table
from duebook.close.slots_statement import AGES, LETTERHEAD_LINES, PAY_LINES, STATEMENT_TABLES

KEY = "statement"
A, B, C, D, E, F, G = range(7)
LAST = 8
WIDTHS = (11.0, 16.0, 24.0, 16.0, 13.5, 13.5, 13.5, 13.5, 13.5)
"""The two tables stand below each other and share their columns; the last two show only where they say something."""
WIDE = {"both": {A: 13.0, C: 27.0, E: 17.0}}


def build(path: Path, language: str, preview: Preview | None = None) -> None:
    """Writes the template (with `preview`, a filled page to look at) to `path`."""
    book = Book(path, language, "statement_title", "statement_subject", preview)
    book.add_sheets((KEY,))
    book.sheets[KEY].set_footer(book.text("statement_footer"))
    _Letter(book).write()
    book.workbook.close()


class _Letter:
    """The sheet, written from the top down; `row` is where the next thing goes."""

    def __init__(self, book: Book) -> None:
        self.book, self.sheet, self.styles = book, book.sheets[KEY], book.styles
        self.row = 0
        for column, wide in enumerate(WIDTHS):
            self.sheet.set_column(column, column, WIDE.get(book.language, {}).get(column, wide))
        self.muted = self.styles(font_size=8, font_color=style.MUTED, shrink=True)
        self.fits = {"text_wrap": True} if book.bilingual else {"shrink": True}
        """A text of the firm's own takes a line, in two languages two."""
        self.sums: dict[str, str] = {}

    def write(self) -> None:
        self._letterhead()
        self._addressed()
        self._answer()
        strip = self.row
        self.row += 2
        self._gap(6)
        entries = self._table("statement_movements", "statement_entries")
        items = self._table("statement_open", "statement_items")
        self._totals(entries, items, strip)
        self._foot()
        self.book.page(KEY, right=LAST, bottom=self.row, repeat=0, freeze=None, portrait=True)

    # -- cells ---------------------------------------------------------------------------------------------------

    def _put(self, first: int, last: int, content: Value, shown: Format, rows: int = 1) -> None:
        """`content` across columns `first`…`last` of the row: a formula where it begins with "=", else a value."""
        if last > first or rows > 1:
            self.sheet.merge_range(self.row, first, self.row + rows - 1, last, "", shown)
        if isinstance(content, str) and content.startswith("=") and content[1:2] != " ":
            self.sheet.write_formula(self.row, first, content, shown, "")
        else:
            write(self.sheet, self.row, first, content, shown)

    def _named(self, name: str, first: int, last: int, shown: Format, rows: int = 1) -> None:
        """A cell that the close fills by its defined name."""
        self._put(first, last, self.book.preview.cells.get(name), shown, rows)
        self.book.name(name, KEY, self.row, first)

    def _next(self, pixels: int = 18) -> None:
        self.sheet.set_row_pixels(self.row, pixels)
        self.row += 1

    def _gap(self, pixels: int = 8) -> None:
        self._next(pixels)

    def _money(self, **look: object) -> Format:
        return self.styles(**{**style.value_format("money"), **look})

    # -- parts of the page ---------------------------------------------------------------------------------------

    def _letterhead(self) -> None:
        t, styles = self.book.text, self.styles
        name = styles(bold=True, font_size=14, font_color=style.ACCENT, **self.fits)
        self._named("company_name", A, D, name)
        title = styles(bold=True, font_size=18, font_color=style.ACCENT, align="right", shrink=True)
        self._put(E, LAST, t("statement_title"), title)
        self._next(self.book.tall(30, 44))
        for number in range(1, LETTERHEAD_LINES + 1):
            self._named(f"company_line_{number}", A, D, styles(font_size=8, font_color=style.MUTED, **self.fits))
            self._next(self.book.tall(15, 26))
        rule = styles(bottom=2, bottom_color=style.ACCENT)
        self._put(A, LAST, None, rule)
        self._gap(6)
        self._gap(10)

    def _addressed(self) -> None:
        t, styles = self.book.text, self.styles
        value = styles(bold=True, align="left", shrink=True)
        date = styles(bold=True, align="left", num_format=style.DATE)
        facts = (
            ("statement_customer", "customer_id", value),
            ("statement_as_of", "as_of", date),
            ("statement_from", "statement_from", date),
            ("statement_currency", "statement_currency", value),
        )
        for number, (label, name, shown) in enumerate(facts):
            if number == 0:
                self._put(A, D, t("statement_to"), self.muted)
            elif number == 1:
                name_style = styles(bold=True, font_size=12, text_wrap=True, valign="top")
                self._named("customer_name", A, D, name_style, rows=3)
            self._put(E, E, t(label), self.muted)
            self._named(name, F, LAST, shown)
            self._next(18)
        self._gap(8)

    def _answer(self) -> None:
        book = self.book
        big = self.styles(bold=True, font_size=11, text_wrap=True, valign="top")
        self._named("headline", A, LAST, big)
        self._next(book.tall(34, 64))
        self._named("notes", A, LAST, self.styles(font_size=8, text_wrap=True, valign="top", font_color=style.MUTED))
        self._next(book.tall(26, 48))

    def _table(self, heading: str, name: str) -> Placed:
        self.book.heading(KEY, self.row, heading)
        placed = self.book.place(KEY, self.row + 1, table(STATEMENT_TABLES, name), filters=False)
        self.row = placed.last + 1
        total = self.styles(bold=True, top=1, top_color=style.RULE)
        for column in range(placed.right + 1):
            self.sheet.write_blank(self.row, column, None, total)
        self.sheet.write(self.row, A, self.book.text("statement_total"), total)
        money = self._money(bold=True, top=1, top_color=style.RULE)
        keys = ("debit", "credit") if name == "statement_entries" else ("open", "disputed", "bill")
        for key in keys:
            column = placed.column(key)
            self.sheet.write_formula(self.row, column, f"=SUM({placed.range(key)})", money, "")
            self.sums[key] = xl_rowcol_to_cell(self.row, column, row_abs=True, col_abs=True)
        self._decimals(placed.first, self.row, E, placed.right)
        self._next(20)
        self._gap(8)
        return placed

    def _decimals(self, top: int, bottom: int, left: int, right: int) -> None:
        """Yen without decimals, dinars with three."""
        self.book.by_currency(self.sheet, top, left, bottom, right, "statement_currency")

    def _totals(self, entries: Placed, items: Placed, strip: int) -> None:
        """The strip above the tables: opening + debits − credits = balance, and what of it is overdue."""
        below, self.row = self.row, strip
        t, styles = self.book.text, self.styles
        label = {"font_color": style.MUTED, "font_size": 8, "top": 2, "top_color": style.ACCENT, "align": "right"}
        spans = ((A, B, "opening"), (C, C, "debits"), (D, D, "credits"), (E, F, "balance"), (G, LAST, "overdue"))
        for first, last, name in spans:
            self._put(first, last, t(f"statement_{name}"), styles(**label, shrink=True, num_format="@_)"))
        self._next(self.book.tall(16))
        value = self._money(bold=True, font_size=12)
        self._named("opening_balance", A, B, value)
        self._put(C, C, f"={self.sums['debit']}", value)
        self._put(D, D, f"={self.sums['credit']}", value)
        balance = f"=opening_balance+{self.sums['debit']}-{self.sums['credit']}"
        self._put(E, F, balance, value)
        self._named("overdue", G, LAST, value)
        self._decimals(self.row, self.row, A, LAST)
        self._next(24)
        red = styles.changed(bold=True, font_color=style.RED, num_format='"▲ "0')
        days = items.column("days_overdue")
        rule = {"type": "formula", "criteria": f"=N({items.cell('days_overdue')})>0", "format": red}
        self.sheet.conditional_format(items.first, days, items.last, days, rule)
        closing = self._money(bold=True, top=1, top_color=style.RULE)
        at = entries.last + 1
        self.sheet.write_formula(at, G, balance, closing, "")
        self.row = below

    def _foot(self) -> None:
        """The aging at the left, how to pay at the right, and what the customer may send back."""
        t, styles = self.book.text, self.styles
        head = styles(bold=True, font_size=11, font_color=style.ACCENT, bottom=1, bottom_color=style.RULE)
        self._put(A, C, t("statement_aging"), head)
        self._put(E, LAST, t("statement_pay"), head)
        self._next(24)
        top = self.row
        amounts = f"{xl_rowcol_to_cell(top + 1, C, True, True)}:{xl_rowcol_to_cell(top + AGES, C, True, True)}"
        self._put(A, B, t("statement_whole"), styles(bold=True))
        self._put(C, C, f"=SUM({amounts})", self._money(bold=True))
        self._named("pay_words", E, LAST, styles(text_wrap=True, valign="top"), rows=2)
        for number in range(AGES + 1):
            if number:
                self._named(f"age_label_{number}", A, B, styles(align="left", shrink=True, indent=1))
                self._named(f"age_amount_{number}", C, C, self._money())
            if 2 <= number < 2 + PAY_LINES:
                self._named(f"pay_line_{number - 1}", E, LAST, styles(align="left", **self.fits))
            self._next(self.book.tall(17, 30))
        self._decimals(top, self.row, C, C)
        self._gap(10)
        self._put(A, LAST, t("statement_reply"), styles(top=1, top_color=style.RULE, text_wrap=True))
        self._next(self.book.tall(22, 34))
        line = styles(bottom=1, bottom_color=style.RULE)
        for label, end in (("statement_agrees", None), ("statement_differs", F), ("statement_signed", F)):
            self._put(A, C, self.book.title(label), styles(shrink=True))
            if end:
                self._put(D, end, None, line)
            self._next(22)
        self.row -= 1
