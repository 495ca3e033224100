"""The gallery of worksheet functions: every function with live formulas, the expected value beside it, and a check.

One sheet per group, one block per function, one line (or a few, for ranges and tables) per worked case of
`tests/cases/functions`. What is expected comes from there, never from our own run; the check compares what the cell
computes with it. Bilingual, since it has no slots that a close fills.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cases.functions import cases
from tools.templates import style
from tools.templates.function_cases import CASE, CHECK, FIRST, FONT, LAST, Look, Shelf, text_columns, write_case
from tools.templates.sheets import CREATED
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.utility import xl_range_abs  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no py.typed

from duebook.core.declare import GROUPS, Declaration
from duebook.hosts import catalogue

WIDTH = 13.5
FOOTER = "&L&8Duebook · &A&R&8&P / &N"


def build(path: Path, wanted: Mapping[str, Any] | None = None) -> None:
    """Writes the gallery to `path`. `wanted`: other expectations by case id, for the test that a wrong one shows."""
    workbook = Workbook(str(path), {"default_format_properties": {"font_name": FONT, "font_size": 9}})
    workbook.set_properties({"title": "Duebook: the worksheet functions", "created": CREATED})
    look = Look(workbook)
    start = workbook.add_worksheet("Start")
    counts = {}
    for group, label in GROUPS.items():
        sheet = workbook.add_worksheet(str(label))
        counts[str(label)] = _group(sheet, look, group, wanted or {})
    _start(start, look, counts)
    workbook.close()


def _start(sheet: Worksheet, look: Look, counts: Mapping[str, tuple[int, int]]) -> None:
    """The first sheet: what this is, whether all checks hold, and how to read the rest."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 4, 15)
    sheet.set_column(5, 5, 22)
    heading = look(bold=True, font_color=style.ACCENT, bg_color=style.PANEL, bottom=2, bottom_color=style.ACCENT)
    right = look(
        bold=True, font_color=style.ACCENT, bg_color=style.PANEL, bottom=2, bottom_color=style.ACCENT, align="right"
    )
    sheet.write(
        0, 0, "Duebook: the worksheet functions · 工作表函数", look(bold=True, font_size=16, font_color=style.ACCENT)
    )
    sheet.set_row_pixels(0, 34)
    sheet.set_row_pixels(1, 26)
    first, last = 4, 3 + len(counts)
    total = f"D{first + 1}:D{last + 1}"
    everything = sum(checks for _, checks in counts.values())
    sheet.write_formula(
        1, 0,
        f'=IF(B{last + 2}=C{last + 2},'
        f'"All "&B{last + 2}&" checks hold. · "'
        f'&"全部 "&B{last + 2}&" 项检查通过。",'
        f'D{last + 2}&" of "&B{last + 2}&" checks fail: look for FALSE. · "'
        f'&"有 "&D{last + 2}&" 项未通过，请查找 FALSE。")',
        look(bold=True, font_size=11),
        f"All {everything} checks hold. · 全部 {everything} 项检查通过。",
    )  # fmt: skip
    for column, title in enumerate(("Group · 类别", "Checks · 检查", "TRUE", "FALSE", "Functions · 函数")):
        sheet.write(3, column, title, right if column else heading)
    for row, (name, (functions, checks)) in enumerate(counts.items(), start=first):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", look(font_color=style.LINK, underline=1), name)
        sheet.write_number(row, 1, checks, look(num_format="#,##0"))
        for column, flag in ((2, "TRUE"), (3, "FALSE")):
            held = checks if flag == "TRUE" else 0
            sheet.write_formula(row, column, f"=COUNTIF('{name}'!$A:$A,{flag})", look(num_format="#,##0"), held)
        sheet.write_number(row, 4, functions, look(num_format="#,##0"))
    bottom = look(bold=True, top=1, top_color=style.RULE, num_format="#,##0")
    sheet.write(last + 1, 0, "All · 合计", bottom)
    for column, held in ((1, everything), (2, everything), (3, 0), (4, sum(f for f, _ in counts.values()))):
        letter = "ABCDE"[column]
        sheet.write_formula(last + 1, column, f"=SUM({letter}{first + 1}:{letter}{last + 1})", bottom, held)
    sheet.conditional_format(
        total, {"type": "cell", "criteria": ">", "value": 0, "format": look(font_color=style.RED, bold=True)}
    )
    for row, sentence in enumerate(
        (
            "The formulas are live: they need Duebook's functions in this program, else they show #NAME?.",
            "公式为实时公式：需要本表格程序已装载 Duebook 函数，否则显示 #NAME?。",
            "Change an argument (blue on yellow) and the result follows; =WHY(cell) says why a cell shows it.",
            "修改参数（黄底蓝字），结果随之变化；=WHY(单元格) 说明其原因。",
            "What is expected is a published example or written-out arithmetic, never Duebook's own run.",
            "“应得”来自公开示例或旁注算式，绝非 Duebook 自身的运算结果。",
            "An expected error is right too: blank is not zero, and a figure that does not exist is an error.",
            "应得为错误值同样是正确结果：空白不等于零，不存在的数值应报错而不是给出数字。",
        ),
        start=last + 4,
    ):
        sheet.merge_range(
            row,
            0,
            row,
            5,
            sentence,
            look(text_wrap=True, font_color=style.MUTED if row % 2 == (last + 5) % 2 else style.INK),
        )
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(FOOTER)


def _group(sheet: Worksheet, look: Look, group: str, wanted: Mapping[str, Any]) -> tuple[int, int]:
    """One sheet; the numbers of functions and of checks on it."""
    sheet.hide_gridlines(2)
    sheet.set_column(CHECK, CHECK, 8)
    sheet.set_column(CASE, CASE, 48)
    sheet.set_column(FIRST, LAST, WIDTH)
    label = GROUPS[group]
    sheet.set_row_pixels(0, 28)
    sheet.write(0, 0, f"{label} · {label.zh}", look(bold=True, font_size=14, font_color=style.ACCENT))
    own = [case for case in cases() if catalogue.functions()[case.function].group == group]
    row, functions, checks = 2, 0, 0
    for declaration in catalogue.functions().values():
        if declaration.group != group:
            continue
        functions += 1
        row = _head(sheet, look, declaration, row)
        shelves: list[Shelf] = []
        for case in (each for each in own if each.function == declaration.name):
            expected = wanted.get(case.id, case.gives)
            row, shelves = write_case(sheet, look, declaration, case, row, expected, shelves)
            checks += 1
        row += 1
    span = xl_range_abs(2, CHECK, row, CHECK)
    for text, color in (("FALSE", style.RED), ("TRUE", style.LINK)):
        format_ = look(font_color=color, bold=text == "FALSE")
        sheet.conditional_format(span, {"type": "cell", "criteria": "==", "value": text, "format": format_})
    sheet.print_area(0, 0, row, LAST)
    sheet.freeze_panes(2, FIRST)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(FOOTER)
    return functions, checks


def _head(sheet: Worksheet, look: Look, declaration: Declaration, row: int) -> int:
    """The band with the function's syntax and help, kept inside the page; the row below it."""
    band = look(bold=True, font_size=10, font_color="#FFFFFF", bg_color=style.ACCENT, shrink=True)
    sheet.merge_range(row, CHECK, row, LAST, "", band)
    sheet.write_string(row, CHECK, f"={declaration.syntax}", band)  # as text: it begins like a formula
    sheet.set_row_pixels(row, 20)
    for down, said, color in ((1, declaration.help, style.INK), (2, declaration.zh, style.MUTED)):
        sheet.merge_range(row + down, CHECK, row + down, LAST, said, look(text_wrap=True, font_color=color))
        sheet.set_row_pixels(row + down, 18 if text_columns(said) <= 190 else 34)
    return row + 3
