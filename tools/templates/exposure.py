"""The exposure workbook: summary, exposure against limits and cover, concentration, watch list, basis, figures."""

from __future__ import annotations

from pathlib import Path

from tools.templates import style
from tools.templates.checks import checks_and_basis
from tools.templates.sheets import LINK_ROW, Book, Placed, Preview
from tools.templates.summary import CHOICE_ROWS, LEFT, Card, Page, Span, choice, looked_up

from duebook.books.plan import Value
from duebook.close.slots import EXPOSURE_TABLES, table

SHEETS = ("summary", "exposure", "concentration", "watch_list", "basis", "figures")
START = LINK_ROW + 1
LAST_OF_FRAME = 8
"""Where the sentences atop the figures end, well within the first of its pages."""
TEN = 10
NEAR_LIMIT = 0.9
"""Where the reader starts from; a setting of the page, not of the policy."""
CHART_ROWS = 19
NAMES_SHARE = 0.26
"""How much of the chart's width the names take."""
EXPOSURE_AT, LIMIT_AT, USE_AT = 11, 14, 17
"""Grid columns of the block of groups; they agree with `SPANS`."""

SPANS = (
    Span(0, 0, "rank", "rank"),
    Span(1, 7, "group", "text"),
    Span(8, 10, "customers", "count"),
    Span(11, 13, "kpi_exposure", "money"),
    Span(14, 16, "limit", "money"),
    Span(17, 18, "use", "rate"),
    Span(19, 21, "share", "rate"),
    Span(22, 23, "cumulative", "rate"),
)


def build(path: Path, language: str, preview: Preview | None = None) -> None:
    """Writes the template (with `preview`, a filled page to look at) to `path`."""
    book = Book(path, language, "exposure_title", "exposure_subject", preview)
    book.add_sheets(SHEETS)
    _figures(book)
    _exposure(book)
    _concentration(book)
    _watch_list(book)
    _basis(book)
    _summary(book)
    book.workbook.close()


def _detail(book: Book, key: str, name: str, *, freeze: int, totals: bool, portrait: bool = False) -> Placed:
    placed = book.place(key, START, table(EXPOSURE_TABLES, name), totals=totals, widths=True)
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


def _exposure(book: Book) -> None:
    placed = _detail(book, "exposure", "exposure", freeze=2, totals=True)
    sheet, styles = book.sheets["exposure"], book.styles
    use, limit, gross = (placed.cell(key) for key in ("use", "credit_limit", "exposure"))
    over = f'=AND({limit}<>"",N({gross})>N({limit}))'
    near = f"=AND(N({limit})>0,N({use})>=near_limit)"
    red, amber = {"bold": True, "font_color": style.RED}, {"bold": True, "font_color": style.AMBER}
    column = placed.column("use")
    for rule, shown in (
        (over, styles.changed(**red, num_format='"▲ "0.0%_)')),
        (near, styles.changed(**amber, num_format='"● "0.0%_)')),
    ):
        condition = {"type": "formula", "criteria": rule, "format": shown}
        sheet.conditional_format(placed.first, column, placed.last, column, condition)
    # The words of the status carry a sign of their own.
    column = placed.column("status")
    condition = {"type": "formula", "criteria": over, "format": styles.changed(**red)}
    sheet.conditional_format(placed.first, column, placed.last, column, condition)
    _flag_zero_limit(book, "exposure", (placed.first, placed.column("credit_limit"), placed.last), limit, gross)
    column = placed.column("headroom")
    condition = {"type": "cell", "criteria": "<", "value": 0, "format": styles.changed(**red)}
    sheet.conditional_format(placed.first, column, placed.last, column, condition)
    column = placed.column("use")
    bar = {
        "type": "data_bar",
        "data_bar_2010": True,
        "bar_solid": True,
        "bar_color": "#C9D8E8",
        "bar_border_color": "#9FB6CC",
        "min_type": "num",
        "min_value": 0,
        "max_type": "num",
        "max_value": 1,
        "bar_axis_position": "none",
        "bar_negative_color_same": True,
    }
    sheet.conditional_format(placed.first, column, placed.last, column, bar)


def _flag_zero_limit(book: Book, key: str, at: tuple[int, int, int], limit: str, gross: str) -> None:
    """A limit of zero has no use to show: the limit itself carries the sign. A blank limit is no limit, not zero."""
    first, column, last = at
    shown = book.styles.changed(bold=True, font_color=style.RED, num_format='0;-0;"▲ 0"_)')
    rule = {"type": "formula", "criteria": f'=AND({limit}<>"",N({limit})=0,N({gross})>0)', "format": shown}
    book.sheets[key].conditional_format(first, column, last, column, rule)


def _concentration(book: Book) -> None:
    # Rows of several currencies stand here and lookups name them, so the totals stay on the summary.
    _detail(book, "concentration", "concentration", freeze=3, totals=False, portrait=True)


def _watch_list(book: Book) -> None:
    _detail(book, "watch_list", "watch_list", freeze=3, totals=False)


def _basis(book: Book) -> None:
    def total(name: str, *fields: str) -> str:
        return "+".join(f"SUM({book.placed[name].range(f)})" for f in fields)

    gross = total("exposure", "exposure")
    headroom = book.placed["exposure"].range("headroom")
    lines: list[tuple[str, str, str | int]] = [
        ("check_exposure", total("exposure_figures", "exposure"), gross),
        ("check_cover", total("exposure_figures", "covered"), total("exposure", "covered")),
        ("check_limits", total("exposure_figures", "credit_limit"), total("exposure", "credit_limit")),
        ("check_over", total("exposure_figures", "over_limit"), f'-SUMIF({headroom},"<0",{headroom})'),
    ]
    checks_and_basis(book, EXPOSURE_TABLES, lines)


def _figures(book: Book) -> None:
    key = "figures"
    row = START + CHOICE_ROWS
    book.heading(key, row, "figures_heading", left=1)
    figures = book.place(key, row + 1, table(EXPOSURE_TABLES, "exposure_figures"), widths=True, filters=False)
    book.frame(key, LAST_OF_FRAME, left=1)
    choice(book, figures)
    book.page(key, right=figures.right, bottom=figures.last, repeat=0, freeze=(START, 1), wide=2)
    book.sheets[key].repeat_columns(0)


def _summary(book: Book) -> None:
    page = Page(book, book.placed["exposure_figures"])
    styles, t = book.styles, book.text
    page.cover("exposure_title")
    shown_date = styles(bold=True, font_size=11, align="left", num_format=style.DATE)
    chosen = styles.input(bold=True, font_size=11, align="center")
    page.control(
        (
            ("as_of", "as_of", shown_date, None),
            ("currency", "selected_currency", chosen, None),
            ("near_limit", "near_limit", styles.input(align="center", num_format="0%"), NEAR_LIMIT),
        )
    )
    page.choose_currency(page.row - 1, 5)
    share = {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 1,
        "input_title": t("near_limit"),
        "input_message": t("pick_use"),
        "error_title": t("near_limit"),
        "error_message": t("wrong_use"),
    }
    page.sheet.data_validation(page.row - 1, LEFT + 10, page.row - 1, LEFT + 10, share)
    page.gap(10)
    page.headline()
    page.told("limits_words")
    page.gap(8)
    _cards(page)
    page.gap(10)
    _concentration_block(page)
    page.gap(8)
    page.put(0, 23, f"={page.figure('remark')}", styles(font_size=8, text_wrap=True, valign="top"))
    page.next(book.tall(40, 60))
    page.legend()
    page.finish()


def _cards(page: Page) -> None:
    page.cards(
        (
            Card("kpi_exposure", "exposure", style.WHOLE, "customers", "f_customers"),
            Card("kpi_limit", "credit_limit", style.WHOLE, '=""', missing="no_limits"),
            Card(
                "kpi_headroom",
                "headroom",
                style.WHOLE,
                page.share("headroom", "credit_limit"),
                "f_free",
                missing="no_limits",
            ),
            Card("kpi_over", "over_limit", style.WHOLE, "over_limit_customers", "f_customers"),
            Card("kpi_none", "no_limit", style.WHOLE, "no_limit_customers", "f_customers"),
        )
    )
    page.gap(10)
    page.cards(
        (
            *(
                Card(f"kpi_{key}", key, style.WHOLE, page.share(key, "exposure"), "f_of_exposure", missing="no_cover")
                for key in ("covered", "uncovered")
            ),
            Card("kpi_top_1", "top_1", style.PERCENT, "top_5", "f_five"),
            Card("kpi_top_10", "top_10", style.PERCENT),
            Card("kpi_hhi", "hhi", style.WHOLE, "effective_customers", "f_effective"),
        )
    )


def _concentration_block(page: Page) -> None:
    book = page.book
    groups = book.placed["concentration"]
    chart_row = page.row
    for _ in range(CHART_ROWS):
        page.next(20)
    page.put(0, 23, book.text("exposure_key"), book.styles(font_size=8, font_color=style.MUTED, align="center"))
    page.next(16)
    page.heading("concentration_heading")
    first = page.row + 1
    lines: list[tuple[Value, ...]] = []
    for number in range(TEN):
        at = first + number
        key = page.rank_key(at)
        gross, limit = page.cell(EXPOSURE_AT, at), page.cell(LIMIT_AT, at)
        use = f'=IF(OR({gross}="",N({limit})=0),"",{gross}/{limit})'
        name = looked_up(groups, "group", key, words=True)
        customers, exposure, credit, share, cumulative = (
            looked_up(groups, column, key)
            for column in ("customers", "exposure", "credit_limit", "share", "cumulative")
        )
        lines.append((number + 1, name, customers, exposure, credit, use, share, cumulative))
    last = first + TEN - 1
    page.block(SPANS, lines, pixels=21)
    page.hide_ranks(first, last, 1)
    over = book.styles.changed(bold=True, font_color=style.RED, num_format='"▲ "0.0%_)')
    near = book.styles.changed(bold=True, font_color=style.AMBER, num_format='"● "0.0%_)')
    cell = page.cell(USE_AT, first).replace("$", "")
    area = (first, LEFT + USE_AT, last, LEFT + USE_AT)
    for rule, shown in ((f"=N({cell})>1", over), (f"=N({cell})>=near_limit", near)):
        page.sheet.conditional_format(*area, {"type": "formula", "criteria": rule, "format": shown})
    limit, gross = (page.cell(at, first).replace("$", "") for at in (LIMIT_AT, EXPOSURE_AT))
    _flag_zero_limit(book, "summary", (first, LEFT + LIMIT_AT, last), limit, gross)
    _chart(page, chart_row, first, last)


def _chart(page: Page, row: int, first: int, last: int) -> None:
    """Exposure as bars, the limit as a frame around them: what sticks out of its frame is over the limit."""
    book = page.book
    sheet = book.text("summary")
    names = [sheet, first, LEFT + 1, last, LEFT + 1]
    font = {"name": book.styles.font, "size": 8, "color": style.INK}
    chart = book.workbook.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": book.text("kpi_exposure"),
            "categories": names,
            "values": [sheet, first, LEFT + EXPOSURE_AT, last, LEFT + EXPOSURE_AT],
            "fill": {"color": style.TINT},
            # On white, so that the frame of a limit close by does not cross the number.
            "data_labels": {
                "value": True,
                "num_format": "#,##0;(#,##0);;",
                "font": font,
                "position": "outside_end",
                "fill": {"color": "#FFFFFF"},
            },
            "gap": 55,
            "overlap": 100,
        }
    )
    chart.add_series(
        {
            "name": book.text("limit"),
            "categories": names,
            "values": [sheet, first, LEFT + LIMIT_AT, last, LEFT + LIMIT_AT],
            "fill": {"none": True},
            "border": {"color": style.INK, "width": 1.25},
        }
    )
    page.dress(chart)
    # A fixed place, so that a long name cannot push the bars off the page.
    top = 0.14 if book.bilingual else 0.1
    place = {"x": NAMES_SHARE, "y": top, "width": 0.96 - NAMES_SHARE, "height": 0.98 - top}
    chart.set_plotarea({"fill": {"none": True}, "layout": place})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": style.RULE}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    page.insert(chart, row, CHART_ROWS, "alt_exposure")
