"""The aging workbook: summary, aged balance, open items, disputed, unapplied, provision, problems, tie-out, figures."""

from __future__ import annotations

from pathlib import Path

from tools.templates import style
from tools.templates.checks import checks
from tools.templates.sheets import LINK_ROW, Book, Placed, Preview
from tools.templates.summary import CHOICE_ROWS, LEFT, Card, Page, Span, choice, looked_up

from duebook.books.plan import Value
from duebook.close.slots import AGING_TABLES, BUCKET_COLUMNS, table

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
    "lists",
    "figures",
)
TEN = 10
START = LINK_ROW + 1
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
    _summary(book)
    book.workbook.close()


def _detail(book: Book, key: str, name: str, *, freeze: int, totals: bool = True) -> Placed:
    """A sheet with one table: totals above the header, both in sight while scrolling and the header on each page."""
    book.frame(key)
    placed = book.place(key, START, table(AGING_TABLES, name), totals=totals, widths=True)
    book.page(key, right=placed.right, bottom=placed.last, repeat=placed.header, freeze=(placed.first, freeze))
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
    sheet = book.frame(key)
    row, bottom, right = START, 0, 0
    for words, name in (("by_group", "aged_groups"), ("by_unit", "aged_units")):
        book.heading(key, row, words)
        placed = book.place(key, row + 1, table(AGING_TABLES, name), totals=True, widths=True)
        bottom, right, row = placed.last, placed.right, placed.last + 3
    sheet.set_column(0, 0, 34)
    book.page(key, right=right, bottom=bottom, repeat=0, freeze=(START, 1))


def _items(book: Book) -> None:
    placed = _detail(book, "open_items", "open_items", freeze=2)
    _flag_old(book, "open_items", placed, "days_past_due", "open")
    # Only when the detail exceeds a sheet does the close say anything here.
    warning = book.styles(bold=True, font_color=style.AMBER)
    book.sheets["open_items"].write_formula(LINK_ROW, 1, '=open_items_words&""', warning, "")
    placed = _detail(book, "disputed", "disputed_items", freeze=2)
    _flag_old(book, "disputed", placed, "dispute_days", "disputed")
    _detail(book, "unapplied", "unapplied_items", freeze=2)


def _provision(book: Book) -> None:
    placed = _detail(book, "provision", "provision_matrix", freeze=2)
    sheet = book.sheets["provision"]
    mark = book.styles(bold=True, italic=True, font_color=style.AMBER)
    sheet.write_formula(LINK_ROW, 2, '=policy_mark&""', mark, "")
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
    sheet = book.frame(key)
    lines = 11
    row = START + lines + 4
    book.heading(key, row, "bridge_heading")
    bridge = book.place(key, row + 1, table(AGING_TABLES, "tie_out"), filters=False)
    book.heading(key, bridge.last + 2, "reconciling_heading")
    reconciling = book.place(key, bridge.last + 3, table(AGING_TABLES, "reconciling_items"), filters=False)
    book.heading(key, reconciling.last + 2, "basis_heading")
    basis = book.place(key, reconciling.last + 3, table(AGING_TABLES, "basis"), filters=False)

    def total(name: str, *fields: str) -> str:
        return "+".join(f"SUM({book.placed[name].range(f)})" for f in fields)

    balance, off = total("aged_balance", "balance"), bridge.range("difference")
    written: list[tuple[str, str, str | int]] = [
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
    assert len(written) == lines
    checks(book, key, START, written)
    column, cell = bridge.column("difference"), bridge.cell("difference")
    wrong = book.styles.changed(bold=True, font_color=style.RED, num_format='"✗ "#,##0.00##_);"✗ "(#,##0.00##)')
    rule = {"type": "formula", "criteria": f"=ABS(N({cell}))>0", "format": wrong}
    sheet.conditional_format(bridge.first, column, bridge.last, column, rule)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, bridge.right - 1, 17)
    sheet.set_column(bridge.right, bridge.right, 14)
    book.page(key, right=bridge.right, bottom=basis.last, repeat=0, freeze=(START, 1))


def _figures(book: Book) -> None:
    key = "figures"
    # Column A repeats on every printed page and holds the currencies only; what runs on starts in column B.
    book.frame(key, left=1)
    row = START + CHOICE_ROWS
    book.heading(key, row, "figures_heading", left=1)
    figures = book.place(key, row + 1, table(AGING_TABLES, "figures"), widths=True, filters=False)
    choice(book, figures)
    book.page(key, right=figures.right, bottom=figures.last, repeat=0, freeze=(START, 1), wide=3)
    book.sheets[key].repeat_columns(0)


def _lists(book: Book) -> None:
    key, row, right = "lists", START, 0
    sheet = book.frame(key)
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
    book.page(key, right=right, bottom=row - 2, repeat=0, freeze=(START, 1))
    sheet.set_portrait()


def _summary(book: Book) -> None:
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
    page.named("previous_words", 0, 23, styles(font_size=8, font_color=style.MUTED))
    page.next(18)
    page.gap(6)
    _aging_block(page)
    page.gap(4)
    _largest(page)
    _changes(page)
    page.gap(6)
    page.put(0, 23, f"={page.figure('remark')}", styles(font_size=8, text_wrap=True, valign="top"))
    page.next(34)
    page.named("open_items_words", 0, 23, styles(font_size=8, font_color=style.AMBER))
    page.next(16)
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
        page.put(5, 7, t(words), styles(**{**small, "shrink": False}, **bottom), top + offset)
        number = styles(font_size=9, align="right", shrink=True, num_format=style.DECIMAL, **bottom)
        page.put(8, 8, f"={page.figure(key)}", number, top + offset)


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
