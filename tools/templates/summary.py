"""The page a CFO prints: a fixed grid with cover, key figures, blocks and legend. Holds no growing table.

The grid has five groups of four narrow columns with a thin gap between them: key figures stand in the five groups,
tables and the chart span them. Every figure is looked up on the sheet "Figures" by the chosen currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools.templates import style
from tools.templates.sheets import LINK_ROW, Book, Placed, quoted, write
from xlsxwriter.chart import Chart  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed

from duebook.books.plan import Value

LEFT = 1
COLUMNS = 24
UNIT_PIXELS, GAP_PIXELS, MARGIN_PIXELS = 37, 10, 12
BILINGUAL_UNIT_PIXELS = 43
"""The bilingual page is taller, so that it may be as much wider: labels need the room, and the print is no smaller."""
GAPS = (4, 9, 14, 19)
CARD_STARTS = (0, 5, 10, 15, 20)
CHOICE_ROWS = 3
"""Rows of `choice` on the sheet of figures, the blank one below included."""
CHOICE_COLUMN = 4

TITLE_CELL = xl_rowcol_to_cell(LINK_ROW + 2, CHOICE_COLUMN, row_abs=True, col_abs=True)
"""Where the sheet of figures holds the chart title of the chosen currency: a chart title is linked to one cell."""


@dataclass(frozen=True)
class Card:
    """A key figure: its label, the field with its value, a note below, and what it was before."""

    label: str
    value: str
    number: str
    note: str | None = None
    note_format: str = ""
    previous: str | None = None
    change_format: str = "f_change_money"
    previous_format: str = "f_was_money"
    missing: str = ""
    """Text key of the note where the figure is not known."""


@dataclass(frozen=True)
class Span:
    """A column of a block: its first and last grid column, header text key and unit."""

    first: int
    last: int
    header: str
    unit: str


class Page:
    """The summary sheet, written from the top down; `row` is where the next thing goes."""

    def __init__(self, book: Book, figures: Placed) -> None:
        self.book, self.figures = book, figures
        self.sheet = book.sheets["summary"]
        self.row = 0
        self.sheet.set_column_pixels(0, 0, MARGIN_PIXELS)
        unit = BILINGUAL_UNIT_PIXELS if book.bilingual else UNIT_PIXELS
        self.pixels = (COLUMNS - len(GAPS)) * unit + len(GAPS) * GAP_PIXELS
        for column in range(COLUMNS):
            self.sheet.set_column_pixels(LEFT + column, LEFT + column, GAP_PIXELS if column in GAPS else unit)

    # -- cells ---------------------------------------------------------------------------------------------------

    def put(self, first: int, last: int, content: Value, cell_format: Format, row: int | None = None) -> None:
        """`content` across grid columns `first`…`last`: a formula where it begins with "=", else a value."""
        row = self.row if row is None else row
        left, right = LEFT + first, LEFT + last
        if right > left:
            self.sheet.merge_range(row, left, row, right, "", cell_format)
        if isinstance(content, str) and content.startswith("="):
            self.sheet.write_formula(row, left, content, cell_format, "")
        else:
            write(self.sheet, row, left, content, cell_format)

    def next(self, pixels: int = 20) -> None:
        """Gives the current row its height and goes to the next."""
        self.sheet.set_row_pixels(self.row, pixels)
        self.row += 1

    def gap(self, pixels: int = 8) -> None:
        self.next(pixels)

    def named(self, name: str, first: int, last: int, cell_format: Format, content: Value = None) -> None:
        """A cell that the close fills by its defined name."""
        self.put(first, last, self.book.preview.cells.get(name, content), cell_format)
        self.book.name(name, "summary", self.row, LEFT + first)

    def cell(self, first: int, row: int | None = None) -> str:
        return str(xl_rowcol_to_cell(self.row if row is None else row, LEFT + first, row_abs=True, col_abs=True))

    def figure(self, key: str) -> str:
        """Formula text for a figure of the chosen currency: blank stays blank, it never turns into zero."""
        found = f"INDEX({self.figures.range(key)},figures_row)"
        return f'IF(figures_row=0,"",IF({found}="","",{found}))'

    def share(self, part: str, whole: str) -> str:
        """A formula for one figure as a share of another; blank where there is nothing to divide by."""
        one, other = self.figure(part), self.figure(whole)
        return f'=IF(OR(N({other})=0,{one}=""),"",{one}/{other})'

    # -- parts of the page ---------------------------------------------------------------------------------------

    def cover(self, title: str) -> None:
        styles, t = self.book.styles, self.book.text
        self.next(10)
        self.named("book_title", 0, 23, styles(bold=True, font_size=20, font_color=style.ACCENT), t(title))
        self.next(36)
        self.named("cover_line", 0, 23, styles(font_color=style.MUTED, font_size=8, text_wrap=True, valign="top"))
        self.next(28)
        fits = {"text_wrap": True} if self.book.bilingual else {"shrink": True}
        mark = styles(italic=True, bold=True, font_size=8, font_color=style.AMBER, valign="top", **fits)
        self.named("policy_mark", 0, 23, mark)
        self.next(self.book.tall(18, 30))

    def control(self, controls: Sequence[tuple[str, str, Format, Value]]) -> None:
        """The strip of what can be chosen: label over named cell; whether the checks hold in the last group."""
        muted = self.book.styles(font_color=style.MUTED, font_size=8)
        for (label, *_), start in zip(controls, CARD_STARTS, strict=False):
            self.put(start, start + 3, self.book.text(label), muted)
        self.put(CARD_STARTS[4], COLUMNS - 1, self.book.text("checks_heading"), muted)
        self.next(15)
        for (_, name, shown, content), start in zip(controls, CARD_STARTS, strict=False):
            self.named(name, start, start + 3, shown, content)
        self._check_sign()
        self.next(21)

    def choose_currency(self, row: int, start: int) -> None:
        t = self.book.text
        rule = {
            "validate": "list",
            "source": f"={self.figures.range('currency')}",
            "input_title": t("pick_title"),
            "input_message": t("pick_currency"),
            "error_title": t("pick_title"),
            "error_message": t("wrong_currency"),
        }
        self.sheet.data_validation(row, LEFT + start, row, LEFT + start, rule)

    def headline(self) -> None:
        points = 11 if self.book.bilingual else 12  # each half on one line, as a rule
        big = self.book.styles(bold=True, font_size=points, text_wrap=True, valign="top")
        self.put(0, 23, f"={self.figure('headline')}", big)
        self.next(self.book.tall(48, 68))

    def _check_sign(self) -> None:
        """Whether every check of the book holds: the count of failing ones, its number format says it in words."""
        styles, start = self.book.styles, CARD_STARTS[4]
        shown = styles(bold=True, font_size=11, align="left", shrink=True, num_format=self.book.text("f_checks"))
        self.put(start, COLUMNS - 1, "=N(checks_failed)", shown)
        wrong = styles.changed(font_color=style.RED)
        left, right = LEFT + start, LEFT + COLUMNS - 1
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": wrong}
        self.sheet.conditional_format(self.row, left, self.row, right, rule)

    def told(self, name: str) -> None:
        """A sentence of the close across the page, two lines at most."""
        self.named(name, 0, COLUMNS - 1, self.book.styles(text_wrap=True, valign="top"))
        self.next(self.book.tall(30, 46))

    def heading(self, words: str) -> None:
        accent = self.book.styles(bold=True, font_size=11, font_color=style.ACCENT, valign="bottom")
        self.put(0, 23, self.book.title(words), accent)
        self.next(24)

    def cards(self, cards: Sequence[Card | None]) -> None:
        """A strip of key figures in four lines: label, value, note, before and change."""
        styles, t, top = self.book.styles, self.book.text, self.row
        for card, start in zip(cards, CARD_STARTS, strict=True):
            if card is None:
                continue
            end = start + 3
            label = styles(font_color=style.MUTED, font_size=8, top=2, top_color=style.ACCENT, shrink=True)
            value = styles(bold=True, font_size=15, align="left", shrink=True, num_format=card.number)
            known = self.figure(card.value)
            self.put(start, end, t(card.label), label, top)
            # A dash says that the figure is not known, an empty card would look like a fault.
            self.put(start, end, f'=IF({known}="","–",{known})', value, top + 1)
            small = {"font_size": 8, "font_color": style.MUTED, "shrink": True, "align": "left"}
            if card.note:
                shown = t(card.note_format) if card.note_format else "General"
                content = card.note if card.note.startswith("=") else f"={self.figure(card.note)}"
                if card.missing:
                    content = f'=IF({known}="","{t(card.missing)}",{content[1:]})'
                self.put(start, end, content, styles(**small, num_format=shown), top + 2)
            if card.previous:
                before, now = self.figure(card.previous), self.cell(start, top + 1)
                was = self.cell(start + 2, top + 3)
                change = f'=IF(OR({was}="",{now}="–"),"",{now}-{was})'
                bold = {**small, "font_color": style.INK, "num_format": t(card.change_format)}
                self.put(start, start + 1, change, styles(**bold), top + 3)
                shown = t(card.previous_format)
                self.put(start + 2, end, f"={before}", styles(**{**small, "align": "right"}, num_format=shown), top + 3)
        compared = any(card and card.previous for card in cards)
        for pixels in (18, 27, 16, 16) if compared else (18, 27, 16):
            self.next(pixels)

    def block(self, spans: Sequence[Span], lines: Sequence[Sequence[Value]], *, pixels: int = 18) -> int:
        """A small table: a header line and formula lines; returns the row of its first line."""
        t = self.book.text
        for span in spans:
            self.put(span.first, span.last, t(span.header), self.header(span.unit))
        self.next(20)
        first = self.row
        for line in lines:
            for span, content in zip(spans, line, strict=True):
                self.put(span.first, span.last, content, self.line_format(span.unit))
            self.next(pixels)
        for span in spans:
            if span.unit == "money":
                left, right = LEFT + span.first, LEFT + span.last
                self.book.by_currency(self.sheet, first, left, self.row - 1, right, "selected_currency")
        return first

    def header(self, unit: str) -> Format:
        lines = {"top": 1, "top_color": style.RULE, "bottom": 1, "bottom_color": style.RULE}
        look = {"bold": True, "font_size": 8, "font_color": style.ACCENT, "bg_color": style.PANEL, "shrink": True}
        return self.book.styles(**look, **lines, **style.header_format(unit))

    def line_format(self, unit: str, **properties: object) -> Format:
        shown = style.value_format(unit)
        if unit == "text":
            shown = {"align": "left"}  # the edge of its merged cells cuts a long name off
        elif unit == "rank":
            shown = {"align": "left", "font_color": style.MUTED}
        return self.book.styles(bottom=1, bottom_color=style.HAIRLINE, **{**shown, **properties})

    def hide_ranks(self, first: int, last: int, name_column: int) -> None:
        """Ranks without a customer are not shown."""
        name = xl_rowcol_to_cell(first, LEFT + name_column, col_abs=True)
        hidden = self.book.styles.changed(num_format=";;;")
        rule = {"type": "formula", "criteria": f'={name}=""', "format": hidden}
        self.sheet.conditional_format(first, LEFT, last, LEFT, rule)

    def legend(self) -> None:
        styles, t = self.book.styles, self.book.text
        small = {"font_size": 8, "align": "center"}
        self.put(0, 3, t("legend"), styles(font_size=8, font_color=style.MUTED))
        self.put(5, 8, t("legend_input"), styles.input(**small))
        self.put(10, 13, t("legend_formula"), styles(**small, border=1, border_color=style.HAIRLINE))
        self.put(
            15, 18, t("legend_check"), styles(**small, border=1, border_color=style.HAIRLINE, font_color=style.ACCENT)
        )
        link = f"internal:{quoted(t('figures'))}!A1"
        self.sheet.merge_range(self.row, LEFT + 20, self.row, LEFT + 23, "", styles(**small, font_color=style.LINK))
        green = styles(**small, font_color=style.LINK, underline=1)
        self.sheet.write_url(self.row, LEFT + 20, link, green, t("legend_link"))
        self.next(18)

    def finish(self) -> None:
        """A4 portrait on one page, nothing selected but A1."""
        sheet = self.sheet
        sheet.set_portrait()
        sheet.center_horizontally()
        sheet.fit_to_pages(1, 1)
        sheet.repeat_rows(1)
        sheet.print_area(0, 0, self.row - 1, LEFT + COLUMNS - 1)

    def dress(self, chart: Chart) -> None:
        """No frame, no legend, and the close's message as title."""
        font = {"name": self.book.styles.font, "size": 10, "bold": True, "color": style.ACCENT}
        words = f"={quoted(self.book.text('figures'))}!{TITLE_CELL}"
        place = {"x": 0.005, "y": 0.02}
        # A linked title shows its cached text until the program recalculates.
        shown = self.book.preview.chart_title
        chart.set_title({"name": words, "data": [shown], "name_font": font, "overlay": False, "layout": place})
        chart.set_legend({"none": True})
        chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
        chart.set_plotarea({"fill": {"none": True}})

    def insert(self, chart: Chart, row: int, rows: int, description: str) -> None:
        """The chart across the page, over `rows` empty rows of 20 pixels."""
        chart.set_size({"width": self.pixels, "height": rows * 20 - 4})
        options = {"object_position": 2, "description": self.book.text(description), "y_offset": 2}
        self.sheet.insert_chart(row, LEFT, chart, options)

    def rank_key(self, row: int) -> str:
        """What a looked-up table calls a row: currency|rank, the rank standing in the block's first column."""
        return f'selected_currency&"|"&{xl_rowcol_to_cell(row, LEFT, col_abs=True)}'


def looked_up(table: Placed, column: str, key: str, *, words: bool = False) -> str:
    """A formula that finds `column` of `table` by its `lookup` key; blank where there is no such row."""
    found = f"INDEX({table.range(column)},MATCH({key},{table.range('lookup')},0))"
    return f'=IFERROR({found}&"","")' if words else f'=IFERROR(IF({found}="","",{found}),"")'


def choice(book: Book, figures: Placed, chart: bool = True) -> None:
    """Atop the sheet of figures: the row of the chosen currency, and the title of its chart if there is one."""
    sheet, row = book.sheets["figures"], LINK_ROW + 1
    muted = book.styles(font_color=style.MUTED)
    sheet.write(row, 1, book.text("selected_row"), muted)
    found = f"=IFERROR(MATCH(selected_currency,{figures.range('currency')},0),0)"
    sheet.write_formula(row, CHOICE_COLUMN, found, book.styles(align="left"), "")
    book.name("figures_row", "figures", row, CHOICE_COLUMN)
    if not chart:
        return
    sheet.write(row + 1, 1, book.text("selected_title"), muted)
    words = f'=IF(figures_row=0,"",INDEX({figures.range("chart_title")},figures_row)&"")'
    sheet.write_formula(row + 1, CHOICE_COLUMN, words, book.styles(), "")
