"""The checks block of a standard workbook: two sides, their difference, whether they agree, and how many fail."""

from __future__ import annotations

from tools.templates import style
from tools.templates.sheets import LINE_PIXELS, LINK_ROW, PLAIN_HEADER_PIXELS, Book
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed

from duebook.close.slots import Table, table

START = LINK_ROW + 1

DESCRIPTION, LEFT_SIDE, RIGHT_SIDE, DIFFERENCE, HOLDS = 0, 2, 3, 4, 5
RIGHT = HOLDS
BASIS_WIDTHS = (26, 90, 16, 16, 14, 14)
"""Columns of the sheet that holds the checks and, below them, the basis: name and a sentence that wraps."""


def checks(book: Book, key: str, row: int, lines: list[tuple[str, str, str | int]]) -> int:
    """Writes the block on sheet `key` from `row` and returns the next free row.

    `lines` are (text key, left formula, right formula or number).

    Sums run over all currencies: as amounts they mean nothing, as control sums they must agree. The count of failing
    checks gets the name `checks_failed`, which the summary shows as a sign.
    """
    sheet, styles, t = book.sheets[key], book.styles, book.text
    book.heading(key, row, "checks_heading")
    header = row + 1
    sheet.merge_range(header, DESCRIPTION, header, LEFT_SIDE - 1, t("check"), styles.header("text", valign="vcenter"))
    for column, words in ((LEFT_SIDE, "left"), (RIGHT_SIDE, "right"), (DIFFERENCE, "difference")):
        sheet.write(header, column, t(words), styles.header("money", valign="vcenter"))
    sheet.write(header, HOLDS, t("holds"), styles.header("text", valign="vcenter", indent=1))
    sheet.set_row_pixels(header, book.tall(PLAIN_HEADER_PIXELS))
    first = header + 1
    for number, (words, left, right) in enumerate(lines):
        at = first + number
        wraps = {"text_wrap": True} if book.bilingual else {}
        if wraps:
            sheet.set_row_pixels(at, book.tall(LINE_PIXELS))
        sheet.merge_range(at, DESCRIPTION, at, LEFT_SIDE - 1, t(words), styles.body("text", **wraps))
        sheet.write_formula(at, LEFT_SIDE, f"={left}", styles.body("money"), "")
        if isinstance(right, int):
            sheet.write_number(at, RIGHT_SIDE, right, styles.body("money"))
        else:
            sheet.write_formula(at, RIGHT_SIDE, f"={right}", styles.body("money"), "")
        one, other, off = (xl_rowcol_to_cell(at, c) for c in (LEFT_SIDE, RIGHT_SIDE, DIFFERENCE))
        # Four decimals are what amounts are stored with; below that is floating-point dust.
        sheet.write_formula(at, DIFFERENCE, f"=ROUND({one}-{other},4)", styles.body("money"), "")
        # In words: LibreOffice shows a truth value that another program cached as 1.
        held_words = f'=IF({off}=0,"{t("holds_yes")}","{t("holds_no")}")'
        sheet.write_formula(at, HOLDS, held_words, styles.body("text", font_color=style.ACCENT, indent=1), "")
    last = first + len(lines) - 1
    held = f"{xl_rowcol_to_cell(first, HOLDS, True, True)}:{xl_rowcol_to_cell(last, HOLDS, True, True)}"
    failed = styles.changed(bold=True, font_color="#FFFFFF", bg_color=style.RED)
    rule = {"type": "cell", "criteria": "==", "value": f'"{t("holds_no")}"', "format": failed}
    sheet.conditional_format(first, HOLDS, last, HOLDS, rule)
    total = last + 1
    sheet.merge_range(total, DESCRIPTION, total, DIFFERENCE, t("checks_failed"), styles(bold=True))
    count = styles(bold=True, align="left", indent=1, num_format='0;-0;"✓ 0"')
    sheet.write_formula(total, HOLDS, f'=COUNTIF({held},"{t("holds_no")}")', count, "")
    wrong = styles.changed(bold=True, font_color=style.RED, num_format='"✗ "0')
    sheet.conditional_format(total, HOLDS, total, HOLDS, {"type": "cell", "criteria": ">", "value": 0, "format": wrong})
    book.name("checks_failed", key, total, HOLDS)
    return total + 2


def checks_and_basis(book: Book, tables: tuple[Table, ...], lines: list[tuple[str, str, str | int]]) -> None:
    """The sheet of the rules: every check, then what the figures rest on."""
    key = "basis"
    sheet = book.frame(key, RIGHT)
    row = START + len(lines) + 4
    book.heading(key, row, "basis_heading")
    basis = book.place(key, row + 1, table(tables, "basis"), filters=False)
    checks(book, key, START, lines)
    for column, wide in enumerate(BASIS_WIDTHS):
        sheet.set_column(column, column, wide)
    book.page(key, right=RIGHT, bottom=basis.last, repeat=0, freeze=(START, 1))
