"""What the extension does once Python is new enough: functions, menu and toolbar of one running office.

`addin/libreoffice/duebook_addin.py` is what the office loads; it calls `functions`, `press` and `said` here. A button
is answered by one sentence. Which buttons there are: `buttons.BUTTONS`.
"""

from __future__ import annotations

from typing import Any

from duebook.core.errors import DuebookError
from duebook.core.messages import text
from duebook.hosts import settings
from duebook.hosts.excel import session
from duebook.hosts.libreoffice import dialogs, reasons, sheets
from duebook.hosts.libreoffice.buttons import BUTTONS
from duebook.hosts.libreoffice.formulas import Unreadable
from duebook.hosts.libreoffice.service import Factory, Functions


class Office:
    """The Duebook of one running office."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.session = session.session()
        self.session.language = language(context)
        doors = (self.session.door(False), self.session.door(True))
        self.factory = Factory(doors[0], context, doors[1], self.session.policy_warning)

    def said(self, button: str, component: Any) -> str:
        """Does what a button says to an open document and gives the sentence to show; empty where there is none."""
        try:
            return getattr(self, f"_{button}")(component) if button in BUTTONS else ""
        except DuebookError as error:
            return error.text(self.session.language)

    def _explain_cell(self, component: Any) -> str:
        cell = _selected(component)
        document, sheet, address = sheets.of_cells(cell)
        door = self.factory.door_of(document)
        try:
            sentence = reasons.explained(door, document, self.factory.built_in, sheet, address)
        except Unreadable as unread:
            sentence = text("libreoffice.unread", door.language, cell=address, part=str(unread))
        warning = self.session.policy_warning()
        return f"{sheet}.{address}\n\n{sentence}" + (f"\n\n{warning}" if warning else "")

    def _language(self, component: Any) -> str:
        wanted = "en" if self.session.language == "zh" else "zh"
        session.set_language(wanted)
        return text("extension.language", wanted)

    def _insert_function(self, component: Any) -> str:
        cell = _selected(component)
        door = self.factory.door
        formula = dialogs.chosen_function(self.context, door.language, reasons.function_of(door, cell))
        if formula:
            cell.getCellByPosition(0, 0).setPropertyValue("FormulaLocal", formula)
        return ""


def language(context: Any) -> str:
    """As set by the user for Duebook, else that of the office's menus."""
    if told := settings.chosen_language():
        return told
    create = context.ServiceManager.createInstanceWithContext
    provider = create("com.sun.star.configuration.ConfigurationProvider", context)
    path = dialogs.named_value("nodepath", "/org.openoffice.Setup/L10N")
    access = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (path,))
    return "zh" if str(access.getByName("ooLocale")).startswith("zh") else "en"


def _selected(component: Any) -> Any:
    """The cells that the user has selected, the first block of them. DuebookError."""
    if component is None or not component.supportsService(sheets.SPREADSHEET):
        raise DuebookError("extension.no_spreadsheet")
    selected = component.CurrentController.Selection if component.CurrentController else None
    if selected is not None and selected.supportsService("com.sun.star.sheet.SheetCellRanges") and selected.Count:
        selected = selected.getByIndex(0)
    if selected is None or not selected.supportsService("com.sun.star.sheet.SheetCellRange"):
        raise DuebookError("extension.no_cell")
    return selected


# --- what the office calls --------------------------------------------------------------------------------------------

_offices: dict[str, Office] = {}


def office(context: Any) -> Office:
    """One per process: an office has one Python."""
    if not _offices:
        _offices[""] = Office(context)
    return _offices[""]


def functions(context: Any) -> Functions:
    return office(context).factory.createInstanceWithContext(context)


def said(context: Any, button: str, component: Any = None) -> str:
    found = office(context)
    return found.said(button, component if component is not None else found.factory.desktop.CurrentComponent)


def press(context: Any, button: str) -> None:
    sentence = said(context, button)
    if sentence:
        dialogs.show(context, sentence)
