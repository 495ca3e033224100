"""The buttons of Duebook itself: the language of all that it says, and the help."""

from __future__ import annotations

import webbrowser
from typing import TYPE_CHECKING

from duebook.core.cells import Label
from duebook.core.errors import DuebookError
from duebook.hosts import settings
from duebook.hosts.excel import buttons as declared
from duebook.hosts.excel import help_page, session
from duebook.hosts.excel.buttons import button, tell
from duebook.hosts.excel.live.tables import selected_cell
from duebook.hosts.excel.macros.explain import called_function

if TYPE_CHECKING:
    import xlwings as xw


@button(
    group="settings",
    label=Label("English / 中文", "中文 / English"),
    tip=Label(
        "Switches between English and Chinese: this tab, the help of functions, headers, and sentences. Tables spilled "
        "into cells change when they are calculated again (Ctrl+Alt+F9).",
        "在中文与英文之间切换：本选项卡、函数帮助、表头和说明。单元格中的表格在重新计算（Ctrl+Alt+F9）后改变。",
    ),
    icon="language",
    key="LA",
    writes=False,
)
def language(book: xw.Book) -> None:
    wanted = "en" if declared.language() == "zh" else "zh"
    session.set_language(wanted)
    declared.speak(wanted)
    tell("settings_buttons.language")


@button(
    group="settings",
    label=Label("Help", "帮助"),
    tip=Label(
        "Opens the help in your browser: every function with its arguments and examples, and every button. If the "
        "selected cell holds a Duebook function, that one comes first.",
        "在浏览器中打开帮助：每个函数的参数与示例，以及每个按钮。若所选单元格含有 Duebook 函数，则先显示该函数。",
    ),
    icon="help",
    key="HE",
    writes=False,
)
def help(book: xw.Book) -> None:
    spoken = declared.language()
    page = settings.path().with_name(f"duebook-help.{spoken}.html")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(help_page.page(spoken, _asked(book)), "utf-8")
    except OSError as error:
        raise DuebookError("settings_buttons.help_not_written", file=str(page)) from error
    if not webbrowser.open(page.as_uri()):
        raise DuebookError("settings_buttons.no_browser", file=str(page))
    tell("settings_buttons.help", file=str(page))


def _asked(book: xw.Book) -> str | None:
    """The Duebook function in the selected cell, if there is one."""
    try:
        at = selected_cell(book)
    except DuebookError:
        return None
    return called_function(str(book.sheets[at.sheet].range((at.row, at.column)).formula or ""))
