"""The buttons that explain and check: why a cell shows what it shows, undo, the credit policy."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from duebook.books.formula_names import called_names
from duebook.close.slots import AGING_TABLES, EXPOSURE_TABLES, Field
from duebook.core.cells import CellError, Label
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.hosts import catalogue, settings
from duebook.hosts.excel import buttons as declared
from duebook.hosts.excel import close_sheet, results, session
from duebook.hosts.excel.buttons import answer, button, tell
from duebook.hosts.excel.live import changes as live_changes
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.changes import Change, changes
from duebook.policy.load import Policy, load
from duebook.policy.sections import SECTION_OF
from duebook.policy.sheet import policy_of_range

if TYPE_CHECKING:
    import xlwings as xw

_AGED = {slot.name for slot in AGING_TABLES if any(field.key.startswith("bucket_") for field in slot.fields)}
CHECK_TABLE = "policy_check"
CHECK_SHEET = Label("Policy check", "政策检查")
CHECK_HEADERS = (
    Label("Table", "表"),
    Label("Stated by", "出处"),
    Label("Usable", "可用"),
    Label("Finding", "结果"),
)


@button(
    group="explain",
    label=Label("Explain cell", "说明单元格"),
    tip=Label(
        "Why the selected cell shows what it shows: the reason of an error and what to do, the rule behind a figure, "
        "or what a column of the aging and exposure workbooks holds.",
        "说明所选单元格为何如此：错误的原因与处理办法、数字背后的规则，或账龄、敞口工作簿中该列的含义。",
    ),
    icon="explain",
    key="EC",
    large=True,
    writes=False,
)
def explain_cell(book: xw.Book) -> None:
    at = tables.selected_cell(book)
    cell = book.sheets[at.sheet].range((at.row, at.column))
    formula = str(cell.formula or "")
    name = called_function(formula)
    if name is not None:
        sentence = _why(book, cell)
    elif found := _column_of(book, at):
        table, column = found
        sentence = _of_slot(book, table, column)
    elif formula.startswith("="):
        sentence = text("explain.other_formula", declared.language(), formula=formula)
    else:
        sentence = text("explain.typed_in" if cell.value is not None else "explain.blank", declared.language())
    answer("explain.cell", cell=f"{at.sheet}!{cell.address.replace('$', '')}", sentence=sentence)


def called_function(formula: str) -> str | None:
    """The first Duebook function that a formula calls, however its host writes the name."""
    known = catalogue.functions()
    for called in called_names(formula):
        name = called.name.upper().removeprefix("_XLDUDF_").removeprefix("_XLUDF.").removeprefix("DUEBOOK_")
        if name in known and name != "WHY":
            return name
    return None


def _why(book: Any, cell: Any) -> str:
    """The sentence remembered for the cell. After a workbook is opened nothing is, until the cell is computed anew."""
    of_sheet = f"[{book.name}]{cell.sheet.name}".replace("'", "''")
    address = f"'{of_sheet}'!{cell.address.replace('$', '')}"
    for attempt in range(2):
        try:
            return session.session().why(address)
        except CellError:
            if attempt == 0:
                _calculated_anew(cell)
    return text("explain.not_computed", declared.language())


def _calculated_anew(cell: Any) -> None:
    with contextlib.suppress(Exception):  # Excel on Windows: nothing is written, so that its own undo stays
        cell.api.Calculate()
        return
    with contextlib.suppress(Exception):  # a cell of an array cannot be written alone
        cell.formula2 = cell.formula2


@functools.cache
def _written_tables() -> Mapping[str, Sequence[Field]]:
    """The columns of every table that a button writes, by its name in lower case."""
    standard = {slot.name: slot.fields for slot in (*AGING_TABLES, *EXPOSURE_TABLES)}
    own = {result.name: result.fields for result in results.every()}
    return {name.casefold(): fields for name, fields in (standard | own).items()}


def _column_of(book: Any, at: tables.Place) -> tuple[str, Field | str] | None:
    """The table of a button and the column of it that the cell is in; a header that is none of its own as it reads."""
    for found in book.sheets[at.sheet].tables:
        fields = _written_tables().get(found.name.casefold())
        block = found.range
        height, width = block.shape
        if fields and 0 <= at.row - block.row < height and 0 <= at.column - block.column < width:
            header = str(block.sheet.range((block.row, at.column)).value or "")
            field = next((f for f in fields if f.column().answers_to(header)), None)
            return found.name, field or header
    return None


def _of_slot(book: Any, table: str, field: Field | str) -> str:
    language = declared.language()
    if isinstance(field, str):  # a bucket is called by the policy's days
        return text("explain.bucket" if table.casefold() in _AGED else "explain.own_column", language, column=field)
    unit = text(f"explain.unit_{field.unit}", language)
    sentence = text("explain.slot", language, column=field.label(language), table=table, unit=unit)
    if table.casefold() not in results.STANDARD:
        return sentence
    try:
        return f"{sentence} {tables.named_value(book, 'cover_line') or ''}".strip()
    except DuebookError:
        return sentence


@button(
    group="explain",
    label=Label("Undo", "撤销"),
    tip=Label(
        "Takes back what the last Duebook button wrote into this workbook: values, formulas, tables and sheets, also "
        "after saving and opening it again. Cells changed by hand since then are not overwritten.",
        "撤回上一个 Duebook 按钮写入本工作簿的内容：数值、公式、表格和工作表；保存并重新打开后仍可撤销。"
        "此后手工修改过的单元格不会被覆盖。",
    ),
    icon="undo",
    key="UN",
)
def undo(book: xw.Book) -> None:
    try:
        tell("explain.undone", what=_label_of(live_changes.undo(book)))
    except DuebookError as refused:
        title = refused.facts.get("title")
        if isinstance(title, str):  # a button's name, where its label is what users know
            raise DuebookError(refused.key, **(refused.facts | {"title": _label_of(title)})) from refused
        raise


def _label_of(title: str) -> Label | str:
    button_of = declared.buttons().get(title)
    return button_of.label if button_of else title


@button(
    group="explain",
    label=Label("Check policy", "检查政策"),
    tip=Label(
        "Checks a credit policy whole: the selected policy tables of a worksheet; else the policy file on the sheet "
        "Close settings, which cells then use too; else the policy in use. Faults are named with row and remedy.",
        "完整检查信用政策：所选工作表中的政策表；否则为“月结设置”中的政策文件（单元格随后也使用它）；否则为当前政策。逐条指出错误所在行与改法。",
    ),
    icon="policy",
    key="CP",
)
def check_policy(book: xw.Book) -> None:
    policy, where = _policy_to_check(book)
    rows = list(_findings(policy))
    with changes(book, "check_policy") as change:
        _write_findings(change, policy, where, rows)
    faults = len({row[3] for row in rows if row[2] is False})
    key = "policy_faults" if faults else "policy_adopted" if policy.adopted else "policy_illustrative"
    answer(f"explain.{key}", name=policy.name, where=where, count=faults, sheet=CHECK_SHEET)


def _write_findings(change: Change, policy: Policy, where: str | Label, rows: Sequence[Sequence[object]]) -> None:
    """The table of findings with a line above that names the policy; on a sheet of its own at the first time."""
    language = declared.language()
    before = tables.find_table(change.book, CHECK_TABLE)
    sheet = before.sheet if before else change.add_sheet(CHECK_SHEET.text(language))
    headers = [header.text(language) for header in CHECK_HEADERS]
    row, column, _, width = change.put_table(CHECK_TABLE, sheet, headers, rows, at=(3, 1))
    if before is None:
        for place, characters in enumerate((26, 24, 10, 110), start=1):
            change.set_width(sheet, place, characters)
        change.paint(sheet, (1, 1, 1, 1), bold=True)
        change.paint(sheet, (row, column, 1, width), bold=True)
        change.freeze(sheet, row + 1)
    if row > 2:
        head = text("explain.policy_head", language, where=_in(where), name=policy.name, version=policy.version or "–")
        change.set_cells(sheet, row - 2, column, [[head]])


def _in(where: str | Label) -> str:
    return where.text(declared.language()) if isinstance(where, Label) else where


def _policy_to_check(book: Any) -> tuple[Policy, str | Label]:
    """The selected tables, the file on the close settings, or the policy in use; and where it came from."""
    rows = _selected_policy(book)
    if rows is not None:
        return policy_of_range(rows, session.session().policy), Label("selected cells", "所选区域")
    wished = close_sheet.wishes(book)
    file = close_sheet.policy_file(wished) if wished else None
    if file is not None:
        return session.set_policy(file), file.name
    chosen = settings.policy_file()
    if chosen is not None:
        return session.reread_policy(), chosen.name
    return load(), Label("Duebook's own", "Duebook 自带")


def _selected_policy(book: Any) -> Sequence[Sequence[object]] | None:
    """The selected block if it holds policy tables: a name in brackets at the start of a row."""
    try:
        rows = tables.selected_rows(book)
    except DuebookError:  # a chart is selected, say: then the policy in use is meant
        return None
    named = any(isinstance(row[0], str) and row[0].strip().startswith(("[", "［", "【")) for row in rows if row)
    return rows if named else None


def _findings(policy: Policy) -> Iterator[list[object]]:
    """One row per policy table: who states it, whether its section can be used, and why not."""
    language = declared.language()
    for table, section in SECTION_OF.items():
        own = table in policy.own
        stated = policy.name if own else text("explain.by_duebook", language)
        try:
            policy.section(section.read)
        except DuebookError as fault:
            yield [table, stated, False, fault.text(language)]
            continue
        yield [table, stated, True, "" if own else text("explain.stands_in", language)]
