"""The summary of the aging workbook: key figures, aging, the ten largest, what changed."""

from __future__ import annotations

from tools.templates import style
from tools.templates.sheets import Book
from tools.templates.summary import LEFT, Card, Page, Span, looked_up

from duebook.books.plan import Value
from duebook.close.slots import BUCKET_COLUMNS

TEN = 10
FLAG_DAYS = 90
"""Where the reader starts from; a setting of the page, not of the policy."""

BUCKET_SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 4, "bucket", "text"),
    Span(5, 6, "items", "count"),
    Span(7, 11, "amount", "money"),
    Span(12, 13, "share", "rate"),
    Span(14, 18, "previous", "money"),
    Span(19, 23, "change", "money"),
)
TEN_SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 3, "id", "text"),
    Span(4, 11, "name", "text"),
    Span(12, 15, "balance", "money"),
    Span(16, 17, "share", "rate"),
    Span(18, 21, "overdue", "money"),
    Span(22, 23, "oldest", "days"),
)
CHANGE_SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 3, "id", "text"),
    Span(4, 11, "name", "text"),
    Span(12, 15, "previous", "money"),
    Span(16, 19, "balance", "money"),
    Span(20, 23, "change", "money"),
)
SHOWN_CHANGES = 5
CHART_ROWS = 9


def write_summary(book: Book) -> None:
    """Lays the page out from the top down; the tables it looks up are placed already."""
    page = Page(book, book.placed["figures"])
    styles, t = book.styles, book.text
    page.cover("aging_title")
    shown_date = styles(bold=True, font_size=11, align="left", num_format=style.DATE)
    chosen = styles.input(bold=True, font_size=11, align="center")
    page.control(
        (
            ("as_of", "as_of", shown_date, None),
            ("previous_as_of", "previous_as_of", shown_date, None),
            ("currency", "selected_currency", chosen, None),
            ("flag_days", "flag_days", styles.input(align="center", num_format=t("f_days")), FLAG_DAYS),
        )
    )
    page.choose_currency(page.row - 1, 10)
    days = {
        "validate": "integer",
        "criteria": "between",
        "minimum": 0,
        "maximum": 3650,
        "input_title": t("flag_days"),
        "input_message": t("pick_days"),
        "error_title": t("flag_days"),
        "error_message": t("wrong_days"),
    }
    page.sheet.data_validation(page.row - 1, LEFT + 15, page.row - 1, LEFT + 15, days)
    page.gap(10)
    page.headline()
    page.told("tie_out_words")
    page.gap(8)
    _cards(page)
    wraps = {"text_wrap": True, "valign": "top"} if book.bilingual else {}
    page.named("previous_words", 0, 23, styles(font_size=8, font_color=style.MUTED, **wraps))
    page.next(book.tall(18, 30))
    page.gap(6)
    _aging_block(page)
    page.gap(4)
    _largest(page)
    _changes(page)
    page.gap(6)
    page.put(0, 23, f"={page.figure('remark')}", styles(font_size=8, text_wrap=True, valign="top"))
    page.next(book.tall(34, 60))
    page.named("open_items_words", 0, 23, styles(font_size=8, font_color=style.AMBER, **wraps))
    page.next(book.tall(16, 30))
    page.legend()
    page.finish()


def _cards(page: Page) -> None:
    page.cards(
        (
            Card("kpi_balance", "balance", style.WHOLE, "items", "f_items", "previous_balance"),
            Card("kpi_overdue", "overdue", style.WHOLE, "overdue_share", "f_share", "previous_overdue"),
            *(
                Card(f"kpi_{key}", key, style.WHOLE, page.share(key, "balance"), "f_of_balance", f"previous_{key}")
                for key in ("disputed", "unapplied", "allowance")
            ),
        )
    )
    page.gap(8)
    top = page.row
    days = ("f_change_decimal", "f_was_decimal")
    page.cards(
        (
            Card("kpi_dso", "dso", style.DECIMAL, "period", "", "previous_dso", *days),
            None,
            Card(
                "kpi_add", "average_days_delinquent", style.DECIMAL, None, "", "previous_average_days_delinquent", *days
            ),
            Card(
                "kpi_cei",
                "collection_effectiveness",
                style.PERCENT,
                None,
                "",
                "previous_collection_effectiveness",
                "f_change_points",
                "f_was_percent",
            ),
            Card("kpi_turnover", "turnover", style.DECIMAL, None, "", "previous_turnover", *days),
        )
    )
    styles, t = page.book.styles, page.book.text
    small = {"font_size": 8, "font_color": style.MUTED, "shrink": True}
    page.put(5, 8, t("kpi_dso_other"), styles(**small, top=2, top_color=style.ACCENT), top)
    for offset, (words, key) in enumerate(
        (("kpi_average", "dso_average"), ("kpi_countback", "dso_countback"), ("kpi_best", "dso_best")), start=1
    ):
        bottom = {"valign": "bottom"} if offset == 1 else {}
        page.put(5, 7, t(words), styles(**{**small, "shrink": page.book.bilingual}, **bottom), top + offset)
        number = styles(font_size=9, align="right", shrink=True, num_format=style.DECIMAL, **bottom)
        page.put(8, 8, f'=IF({page.figure(key)}="","–",{page.figure(key)})', number, top + offset)


def _aging_block(page: Page) -> None:
    book, t = page.book, page.book.text
    totals = book.placed["bucket_totals"]
    chart_row = page.row
    for _ in range(CHART_ROWS):
        page.next(20)
    page.put(
        0,
        23,
        f'=IF(previous_as_of="","","{t("chart_key")}")',
        book.styles(font_size=8, font_color=style.MUTED, align="center"),
    )
    page.next(16)
    first = page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(BUCKET_COLUMNS):
        key = page.rank_key(first + number)
        now, before = page.cell(7, first + number), page.cell(14, first + number)
        lines.append(
            (
                number + 1,
                looked_up(totals, "bucket", key, words=True),
                looked_up(totals, "items", key),
                looked_up(totals, "amount", key),
                looked_up(totals, "share", key),
                looked_up(totals, "previous", key),
                f'=IF(OR({before}="",{now}=""),"",{now}-{before})',
            )
        )
    last = first + len(lines) - 1
    page.block(BUCKET_SPANS, lines)
    page.hide_ranks(first, last, 1)
    _total_lines(page, first, last)
    _aging_chart(page, chart_row, first, last)


def _total_lines(page: Page, first: int, last: int) -> None:
    """Aged total, disputed, unapplied and the balance they add up to, under the buckets."""
    t, start = page.book.text, page.row
    column = {span.header: f"{page.cell(span.first, first)}:{page.cell(span.first, last)}" for span in BUCKET_SPANS}
    for words, key in (
        ("aged_total", None),
        ("disputed", "disputed"),
        ("unapplied", "unapplied"),
        ("balance", "balance"),
    ):
        now, before = page.cell(7), page.cell(14)
        had = f'IF({page.figure("previous_balance")}="","",SUM({column["previous"]}))'
        strong = key in (None, "balance")
        line = (
            "",
            t(words),
            f"=SUM({column['items']})" if key is None else "",
            f"={page.figure(key)}" if key else f"=SUM({column['amount']})",
            f"=SUM({column['share']})" if key is None else "",
            f"={page.figure(f'previous_{key}')}" if key else f"={had}",
            f'=IF(OR({before}="",{now}=""),"",{now}-{before})',
        )
        for span, content in zip(BUCKET_SPANS, line, strict=True):
            lines = {"top": 1, "top_color": style.RULE} if strong else {}
            page.put(span.first, span.last, content or None, page.line_format(span.unit, bold=strong, **lines))
        page.next(18)
    for at in (7, 14, 19):
        page.book.by_currency(page.sheet, start, LEFT + at, page.row - 1, LEFT + at, "selected_currency")


def _aging_chart(page: Page, row: int, first: int, last: int) -> None:
    """Amounts by age in the accent, the previous close behind in gray; the title is the message of the close."""
    book = page.book
    sheet = book.text("summary")
    labels = [sheet, first, LEFT + 1, last, LEFT + 1]
    font = {"name": book.styles.font, "size": 8, "color": style.INK}
    chart = book.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": book.text("previous_as_of"),
            "categories": labels,
            "values": [sheet, first, LEFT + 14, last, LEFT + 14],
            "fill": {"color": style.PREVIOUS},
            "gap": 60,
            "overlap": -5,
        }
    )
    chart.add_series(
        {
            "name": book.text("as_of"),
            "categories": labels,
            "values": [sheet, first, LEFT + 7, last, LEFT + 7],
            "fill": {"color": style.ACCENT},
            "data_labels": {"value": True, "num_format": "#,##0;(#,##0);;", "font": font, "position": "outside_end"},
        }
    )
    page.dress(chart)
    chart.set_x_axis({"num_font": font, "line": {"color": style.RULE}, "major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    page.insert(chart, row, CHART_ROWS, "alt_aging")


def _largest(page: Page) -> None:
    ten = page.book.placed["ten_largest"]
    page.heading("ten_heading")
    first = page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(TEN):
        key = page.rank_key(first + number)
        words = [looked_up(ten, column, key, words=True) for column in ("customer_id", "customer_name")]
        rest = [looked_up(ten, column, key) for column in ("balance", "share", "overdue", "oldest_days")]
        lines.append((number + 1, *words, *rest))
    page.block(TEN_SPANS, lines, pixels=17)
    page.hide_ranks(first, first + TEN - 1, 1)
    marked = page.book.styles.changed(bold=True, font_color=style.AMBER, num_format='"▲ "#,##0_)')
    cell = page.cell(22, first).replace("$", "")
    rule = {"type": "formula", "criteria": f"=N({cell})>flag_days", "format": marked}
    page.sheet.conditional_format(first, LEFT + 22, first + TEN - 1, LEFT + 22, rule)


def _changes(page: Page) -> None:
    changes = page.book.placed["changes"]
    page.heading("changes_heading")
    first = page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(SHOWN_CHANGES):
        key = page.rank_key(first + number)
        words = [looked_up(changes, column, key, words=True) for column in ("customer_id", "customer_name")]
        rest = [looked_up(changes, column, key) for column in ("previous", "balance", "change")]
        lines.append((number + 1, *words, *rest))
    page.block(CHANGE_SPANS, lines, pixels=17)
    page.hide_ranks(first, first + SHOWN_CHANGES - 1, 1)
