"""The chart of the movements workbook: steps from the opening to the closing balance, each as tall as its amount.

Six bars, the same in every currency, so that none stands empty: opening, invoiced, credit notes, cash, everything else,
closing. A step hangs between what was there before and after it; one that crosses zero has a part on either side.
"""

from __future__ import annotations

from tools.templates import style
from tools.templates.sheets import LINK_ROW, Book, Placed
from tools.templates.summary import CHOICE_ROWS, Page
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed

from duebook.close.slots_movements import BARS

START = LINK_ROW + 1 + CHOICE_ROWS
"""The row of the heading on the sheet of figures."""
ROWS = BARS + 3
"""With heading, header, and a blank row below."""
CHART_ROWS = 11
STEPS = ("opening", "invoiced", "credit_notes", "cash", None, "closing")
"""The figures behind the bars; None: what is left to the closing balance."""
LABEL, BEFORE, AFTER, BASE = 1, 2, 3, 4
SHOWN = (("ends", style.ACCENT), ("up", style.TINT), ("down", style.RULE))
"""Bars that stand on the axis, steps up, steps down; each with its part above and below zero."""


def data(book: Book, figures: Placed) -> None:
    """Where each bar begins and ends, on the sheet of figures."""
    key = "figures"
    sheet, t = book.sheets[key], book.text
    book.heading(key, START, "roll_chart_heading", left=LABEL)
    head = book.styles.header("money", valign="vcenter")
    sheet.write(START + 1, LABEL, t("movement"), book.styles.header("text", valign="vcenter"))
    names = ["bar_before", "bar_after", "bar_base", "bar_base", *(f"bar_{name}" for name, _ in SHOWN for _ in "+-")]
    for column, name in enumerate(names, start=BEFORE):
        sheet.write(START + 1, column, t(name), head)
    sheet.set_row_pixels(START + 1, 24 + (22 if book.bilingual else 0))
    money, words = book.styles.body("money"), book.styles.body("text", font_size=7, text_wrap=True)
    for place, step in enumerate(STEPS):
        row = START + 2 + place
        sheet.set_row_pixels(row, book.tall(26, 38))
        label = f'=IF(figures_row=0,"",INDEX({figures.range(f"bar_{place + 1}")},figures_row)&"")'
        sheet.write_formula(row, LABEL, label, words, "")
        for column, formula in enumerate(_formulas(figures, place, step, row), start=BEFORE):
            if formula == "0":
                sheet.write_number(row, column, 0, money)
            else:
                sheet.write_formula(row, column, f"={formula}", money, "")
    book.by_currency(sheet, START + 2, BEFORE, START + 1 + BARS, BASE + 1 + 2 * len(SHOWN), "selected_currency")


def _formulas(figures: Placed, place: int, step: str | None, row: int) -> list[str]:
    def figure(name: str) -> str:
        return f"IF(figures_row=0,0,N(INDEX({figures.range(name)},figures_row)))"

    before, after = (xl_rowcol_to_cell(row, column, col_abs=True) for column in (BEFORE, AFTER))
    end = step in ("opening", "closing")
    if end:
        begins, ends = "0", figure(str(step))
    else:
        begins = xl_rowcol_to_cell(row - 1, AFTER, col_abs=True)
        ends = figure("closing") if step is None else f"{before}+{figure(step)}"
    above, below = (xl_rowcol_to_cell(row, column, col_abs=True) for column in (BASE, BASE + 1))
    high = f"MAX(0,{before},{after})-{above}"
    low = f"MIN(0,{before},{after})-{below}"
    rises = f"{after}>={before}"
    found = [begins, ends, f"MAX(0,MIN({before},{after}))", f"MIN(0,MAX({before},{after}))"]
    for name, _ in SHOWN:
        for part in (high, low):
            chosen = part if end else f"IF({rises},{part},0)" if name == "up" else f"IF({rises},0,{part})"
            found.append(chosen if end == (name == "ends") else "0")
    return found


def draw(page: Page, row: int) -> None:
    """The chart on the summary, over CHART_ROWS rows from `row`."""
    book = page.book
    figures = book.text("figures")
    first, last = START + 2, START + 1 + BARS
    chart = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    fills = [None, None, *(color for _, color in SHOWN for _ in "+-")]
    for column, color in enumerate(fills, start=BASE):
        chart.add_series(
            {
                "name": book.text("roll_chart_heading"),
                "categories": [figures, first, LABEL, last, LABEL],
                "values": [figures, first, column, last, column],
                "fill": {"color": color} if color else {"none": True},
                "border": {"none": True},
                "gap": 45,
            }
        )
    page.dress(chart)
    top = 0.2 if book.bilingual else 0.14
    place = {"x": 0.01, "y": top, "width": 0.98, "height": 0.78 - top}
    chart.set_plotarea({"fill": {"none": True}, "layout": place})
    font = {"name": book.styles.font, "size": 8, "color": style.INK}
    chart.set_x_axis(
        {"num_font": font, "line": {"color": style.RULE}, "major_tick_mark": "none", "label_position": "low"}
    )
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    page.insert(chart, row, CHART_ROWS, "alt_roll")
