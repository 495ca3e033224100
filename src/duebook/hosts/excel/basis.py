"""What the figures of a button rest on: the day, the credit policy, and the door to the functions of the catalogue."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from duebook.core.cells import CellError, Label, missing
from duebook.core.dates import year_first
from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.core.notes import listening
from duebook.hosts.call import Door
from duebook.hosts.excel import session
from duebook.hosts.excel.buttons import language
from duebook.hosts.excel.live import tables
from duebook.hosts.excel.live.cells import FORMATS
from duebook.hosts.excel.live.changes import INPUT_FILL, INPUT_INK, Change
from duebook.hosts.excel.live.tables import LiveTable
from duebook.policy.load import Policy
from duebook.policy.said import say_policy

if TYPE_CHECKING:
    import xlwings as xw

AS_OF = "as_of"
"""The defined name of the cell with the day; the standard workbooks have it."""
DAY_SHEET = Label("As of", "截止日")
_HERE = "[button]cells!A1"


class Said(NamedTuple):
    """What a function gave, and its remarks in the language."""

    value: Any
    remarks: tuple[str, ...] = ()


class Basis:
    """The language, policy and day of one press, and the functions with them."""

    def __init__(self, book: xw.Book) -> None:
        self.book = book
        self.language = language()
        self.policy: Policy = session.session().policy
        self.day = day(book)
        self._door = Door(self.language, _since_1904(book), {"": self.policy})

    def ask(self, name: str, *arguments: object) -> Any:
        """The value of `=NAME(arguments)`, a CellError included."""
        return self._door.call(name, arguments)

    def hear(self, name: str, *arguments: object) -> Said:
        """The same with what the function says of it."""
        value = self._door.call(name, arguments, cell=_HERE)
        notes = self._door.reason(_HERE).notes
        # which policy counts is said once, above the result
        remarks = (note.text(self.language) for note in notes if not note.key.startswith("policy.in_use"))
        return Said(value, tuple(remarks))

    def text(self, key: str, **facts: object) -> str:
        shown = {name: fact.text(self.language) if isinstance(fact, Label) else fact for name, fact in facts.items()}
        return text(f"credit_buttons.{key}", self.language, **shown)

    def words(self, *sections: ModuleType, dated: bool = True) -> str:
        """As of which day (if it counts) and by which policy; whether the policy is illustrative for `sections`."""
        with listening() as notes:
            doubtful = next((section for section in sections if self.policy.illustrative(section)), None)
            say_policy(self.policy, doubtful)
        parts = [self.text("as_of", day=self.day.isoformat()) if self.day else self.text("newest")] if dated else []
        parts += [note.text(self.language) for note in notes]
        if warning := session.session().policy_warning():
            parts.append(warning)
        return self.joined(parts)

    def joined(self, sentences: Sequence[str]) -> str:
        """Sentences one after the other."""
        return ("" if self.language == "zh" else " ").join(sentence for sentence in sentences if sentence)

    def source(self, table: LiveTable, count: int) -> str:
        """How many rows came from which table."""
        title = table.name or Label("the selected cells", "所选区域")
        return self.text("rows_from", table=title, sheet=table.sheet, count=f"{count:,}")

    def comma(self, names: Sequence[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(names)

    def listed(self, key: str, names: Sequence[str]) -> str:
        """A sentence about `names`; nothing where there are none."""
        return self.text(key, names=self.comma(names)) if names else ""

    def reason(self, error: CellError) -> str:
        return error.text(self.language)


def day(book: xw.Book) -> date | None:
    """The day in the cell called `as_of`; None where there is no such cell or it is blank."""
    if tables.named_cell(book, AS_OF) is None:
        return None
    value = tables.named_value(book, AS_OF)
    if missing(value):
        return None
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    found = year_first(str(value)) if isinstance(value, str) else None
    if found is None:
        shown = value.code if isinstance(value, CellError) else tables.label(value)
        raise DuebookError("credit_buttons.not_a_day", value=shown)
    return found


def ask_day(change: Change, sheet: str, row: int, language: str) -> None:
    """The cell to write the day into, with its label to the left. A cell that has the name already is left alone."""
    if tables.named_cell(change.book, AS_OF) is not None:
        return
    change.set_cells(sheet, row, 1, [[DAY_SHEET.text(language)]])
    change.set_format(sheet, (row, 2, 1, 1), FORMATS["date"])
    change.paint(sheet, (row, 2, 1, 1), fill=INPUT_FILL, ink=INPUT_INK)
    change.define_name(AS_OF, sheet, (row, 2, 1, 1))


def _since_1904(book: xw.Book) -> bool:
    """Whether the workbook counts its days from 1904; xlwings has no name for it."""
    with contextlib.suppress(Exception):
        return book.api.Date1904 is True
    return False
