"""The gallery of worksheet functions: every function with live formulas, the expected value beside it, and a check.

One sheet per group, one block per function, one line (or a few, for ranges and tables) per worked case of
`tests/cases/functions`. What is expected comes from there, never from our own run; the check compares what the cell
computes with it. Bilingual, since it has no slots that a close fills.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.cases.functions import Case, cases, tolerance
from tools.templates import style
from tools.templates.sheets import CREATED
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell  # type: ignore[import-untyped]  # ships no py.typed
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # ships no py.typed

from duebook.core.cells import ERRORS
from duebook.core.declare import GROUPS, Declaration, Spill
from duebook.hosts import catalogue
from duebook.hosts.formula_text import formula

FONT = "Arial"
CHECK, CASE, FIRST = 0, 1, 2
"""Columns: the check, the case with its source, then result, expected, tolerance and arguments."""
WIDTH = 13.5
CASE_CHARACTERS = 50
FOOTER = "&L&8Duebook · &A&R&8&P / &N"
LAST = 11
"""The last column that headings span; cases may go on to the right."""
FORMATS = {
    "money": "#,##0.00##",
    "days": "#,##0.######",
    "rate": "0.00##%",
    "yearly rate": "0.00##%",
    "share": "0.00##%",
    "date": "yyyy-mm-dd",
}
ERROR_LIST = "{" + ",".join(f'"{code}"' for code in ERRORS) + "}"
RESULT, EXPECTED, TOLERANCE = "Result · 结果", "Expected · 应得", "Tolerance · 容差"


@dataclass(frozen=True)
class Look:
    """The cell formats of the gallery, made once."""

    workbook: Workbook

    def __post_init__(self) -> None:
        object.__setattr__(self, "_made", {})

    def __call__(self, **properties: Any) -> Any:
        made: dict[Any, Any] = self._made  # type: ignore[attr-defined]  # set above
        key = tuple(sorted(properties.items()))
        if key not in made:
            made[key] = self.workbook.add_format({"font_name": FONT, "font_size": 9, "valign": "top", **properties})
        return made[key]

    def value(self, unit: str, value: object, **properties: Any) -> Any:
        """A value in the format of its unit; texts and errors at the left."""
        if isinstance(value, (date, datetime)):
            unit = "date"
        if isinstance(value, bool) or not isinstance(value, (int, float, date)):
            return self(align="left", indent=1, **properties)
        return self(align="right", num_format=FORMATS.get(unit, "General"), **properties)


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
    sheet.set_column(FIRST, FIRST + 40, WIDTH)
    label = GROUPS[group]
    sheet.write(0, 0, f"{label} · {label.zh}", look(bold=True, font_size=14, font_color=style.ACCENT))
    own = [case for case in cases() if catalogue.functions()[case.function].group == group]
    right = max([LAST, *(_right(case) for case in own)])
    row, functions, checks = 2, 0, 0
    for declaration in catalogue.functions().values():
        if declaration.group != group:
            continue
        functions += 1
        row = _head(sheet, look, declaration, row)
        layout: list[tuple[str, int]] = []
        for case in (each for each in own if each.function == declaration.name):
            expected = _rows(wanted.get(case.id, case.gives))
            if layout != (layout := _layout(declaration, case)):
                row = _headings(sheet, look, layout, row)
            row = _case(sheet, look, declaration, case, row, expected)
            checks += 1
        row += 1
    span = xl_range_abs(2, CHECK, row, CHECK)
    for text, color in (("FALSE", style.RED), ("TRUE", style.LINK)):
        format_ = look(font_color=color, bold=text == "FALSE")
        sheet.conditional_format(span, {"type": "cell", "criteria": "==", "value": text, "format": format_})
    sheet.print_area(0, 0, row, right)
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
        sheet.set_row_pixels(row + down, 18 if _columns(said) <= 190 else 34)
    return row + 3


def _columns(text: str) -> int:
    """The width of a text in half-width characters: Chinese ones take two."""
    return sum(2 if character > "\u2e7f" else 1 for character in text)


def _right(case: Case) -> int:
    """The last column that a case takes."""
    return FIRST - 1 + sum(width for _, width in _layout(catalogue.functions()[case.function], case))


def _width(rows: Sequence[Sequence[object]]) -> int:
    return max(map(len, rows))


def _rows(value: Any) -> list[list[Any]]:
    """A value, a column or a block as rows of cells."""
    if not isinstance(value, list):
        return [[value]]
    return [row if isinstance(row, list) else [row] for row in value]


def _layout(declaration: Declaration, case: Case) -> list[tuple[str, int]]:
    """The headings over a case's columns with how many columns each takes; alike for all cases where sizes allow."""
    width = _width(_rows(case.gives))
    names = [p.name for p in declaration.parameters] + ["headers"]
    most = max(len(_given(each)) for each in cases() if each.function == declaration.name)
    widths = [*(_width(_rows(value)) for value in _given(case)), *[1] * most]
    given = list(zip(names[:most], widths, strict=False))
    return [(RESULT, width), (EXPECTED, width), (TOLERANCE, 1), *given]


def _given(case: Case) -> list[Any]:
    """The arguments without those left out at the end."""
    given = list(case.args)
    while given and given[-1] == "":
        given.pop()
    return given


def _headings(sheet: Worksheet, look: Look, layout: list[tuple[str, int]], row: int) -> int:
    head = {"font_color": style.MUTED, "bottom": 1, "bottom_color": style.HAIRLINE, "shrink": True}
    sheet.write_string(row, CASE, "Case, source, working · 示例与来源", look(**head))
    column = FIRST
    for title, width in layout:
        for each in range(width):
            sheet.write_string(row, column + each, "" if each else title, look(**head))
        column += width
    return row + 1


def _case(
    sheet: Worksheet, look: Look, declaration: Declaration, case: Case, top: int, expected: list[list[Any]]
) -> int:
    """One worked case; the first row below it."""
    height, width = len(expected), _width(expected)
    bound_column = FIRST + 2 * width
    references, deepest = _arguments(sheet, look, declaration, case, top, bound_column + 1)
    _result(sheet, look, declaration, case, top, references, expected)
    units = _units(declaration, case, width)
    for down, cells in enumerate(expected):
        for right, value in enumerate(cells):
            _write(sheet, top + down, FIRST + width + right, value, look.value(units[right], value))
    bound = tolerance(case.within, 0.0, *(value for cells in expected for value in cells if _number(value)))
    sheet.write_number(top, bound_column, bound, look(num_format="General", align="right", font_color=style.MUTED))
    bottom = top + max(height, deepest) - 1
    said = f"{case.id}: " + "; ".join(part for part in (case.source, case.working) if part)
    quiet = look(font_color=style.MUTED, text_wrap=True)
    if bottom > top:
        sheet.merge_range(top, CASE, bottom, CASE, said, quiet)
    else:
        sheet.write_string(top, CASE, said, quiet)
    lines = -(-_columns(said) // CASE_CHARACTERS)
    if lines > bottom - top + 1:  # the last row takes what the sentence needs beyond the rows there are
        sheet.set_row_pixels(bottom, 16 * (lines - bottom + top))
    mark = look(align="center", num_format='"TRUE";"TRUE";"FALSE"')
    sheet.write_formula(top, CHECK, _check(expected, top, width, bound_column), mark, True)
    return bottom + 1


def _arguments(
    sheet: Worksheet, look: Look, declaration: Declaration, case: Case, row: int, column: int
) -> tuple[list[str], int]:
    """Writes the arguments side by side; their references in the formula, and how many rows the deepest takes."""
    references, deepest = [], 1
    units = [*(p.kind.unit for p in declaration.parameters), "flag"]
    for unit, value in zip(units, _given(case), strict=False):
        rows = _rows(value)
        for down, cells in enumerate(rows):
            for right, cell in enumerate(cells):
                ink = {"font_color": style.INPUT_INK, "bg_color": style.INPUT_FILL}
                if case.asks:  # WHY is asked about a live cell
                    asked = formula(case.asks["function"], case.asks["args"], ",")
                    sheet.write_formula(row, column, asked, look(align="right"), str(case.gives).partition(":")[0])
                else:
                    _write(sheet, row + down, column + right, cell, look.value(unit, cell, **ink))
        references.append(str(xl_range_abs(row, column, row + len(rows) - 1, column + _width(rows) - 1)))
        deepest = max(deepest, len(rows))
        column += _width(rows)
    return references, deepest


def _result(
    sheet: Worksheet,
    look: Look,
    declaration: Declaration,
    case: Case,
    top: int,
    references: list[str],
    expected: list[list[Any]],
) -> None:
    """The live formula: one cell, one cell of a table by INDEX, or an array formula over the table's size."""
    call = f"{declaration.name}({','.join(references)})"
    if case.at:
        call = f"INDEX({call},{case.at[0]},{case.at[1]})"
    units = _units(declaration, case, _width(expected))
    if len(expected) == 1 and len(expected[0]) == 1:
        value = expected[0][0]
        sheet.write_formula(top, FIRST, f"={call}", look.value(units[0], value), _cached(value))
        return
    first = look.value(units[0], expected[0][0])
    right, bottom = FIRST + _width(expected) - 1, top + len(expected) - 1
    sheet.write_array_formula(top, FIRST, bottom, right, f"{{={call}}}", first, _cached(expected[0][0]))
    for down, cells in enumerate(expected):
        for along, value in enumerate(cells):
            if down or along:  # the cached values of the other cells of the array
                _write(sheet, top + down, FIRST + along, value, look.value(units[along], value))


def _units(declaration: Declaration, case: Case, width: int) -> list[str]:
    if isinstance(declaration.result, Spill):
        units = [column.unit for column in declaration.result.columns]
        if case.at:
            return [units[case.at[1] - 1]] if case.at[1] <= len(units) else ["value"]
        return list(itertools.islice(itertools.chain(units, itertools.repeat(units[-1])), width))
    return [declaration.result.unit] * width


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cached(value: Any) -> Any:
    """What the cell shows before it is computed: Protected View and previews show this."""
    if isinstance(value, bool) or value is None:
        return value if value is not None else ""
    if isinstance(value, (date, datetime)):
        return (value - date(1899, 12, 30)).days
    return value


def _write(sheet: Worksheet, row: int, column: int, value: Any, look: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, look)
    elif _number(value):
        sheet.write_number(row, column, value, look)
    elif isinstance(value, (date, datetime)):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)
    else:
        sheet.write_string(row, column, str(value), look)


def _check(expected: Sequence[Sequence[Any]], top: int, width: int, tolerance: int) -> str:
    """TRUE where every cell of the result is what is expected; an unexpected error is FALSE, not an error."""
    bound = xl_rowcol_to_cell(top, tolerance, row_abs=True, col_abs=True)
    conditions = [
        _condition(
            value,
            xl_rowcol_to_cell(top + down, FIRST + right),
            xl_rowcol_to_cell(top + down, FIRST + width + right),
            bound,
        )
        for down, cells in enumerate(expected)
        for right, value in enumerate(cells)
    ]
    groups = [f"AND({','.join(conditions[n : n + 30])})" for n in range(0, len(conditions), 30)]
    return f"=IFERROR({groups[0] if len(groups) == 1 else 'AND(' + ','.join(groups) + ')'},FALSE)"


def _condition(value: Any, result: str, wanted: str, bound: str) -> str:
    if isinstance(value, str) and value in ERRORS:
        return f"ERROR.TYPE({result})=MATCH({wanted},{ERROR_LIST},0)"
    if isinstance(value, bool):
        return f"N({result})=N({wanted})"
    if isinstance(value, (int, float, date)):
        return f"ABS({result}-{wanted})<={bound}"
    return f'EXACT({result}&"",{wanted}&"")'
