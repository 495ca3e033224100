"""One Lite script per ribbon button that can run there: those whose macros need nothing but Python and xlwings.

Which ones those are is decided when the edition is packed (`hosts/addin/lite_wheel`): the others are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from duebook.hosts import settings
from duebook.hosts.excel.buttons import Button, buttons
from duebook.hosts.excel.press import COULD_NOT, press

Script = Callable[[Any], None]


def scripts(xlwings: ModuleType, language: str | None = None) -> Mapping[str, Script]:
    """Python name (`press_explain_cell`) → script, each registered with Lite's own decorator in `xlwings`."""
    spoken = language or settings.language()
    return {f"press_{name}": _script(xlwings, button, spoken) for name, button in buttons().items()}


def _script(xlwings: ModuleType, button: Button, language: str) -> Script:
    def script(book: Any) -> None:
        answer = press(button.name, book)
        if answer.startswith(COULD_NOT):
            raise xlwings.XlwingsError(answer[1:])
        print(answer[1:])

    script.__name__ = script.__qualname__ = f"press_{button.name}"
    script.__doc__ = button.tip.text(language)
    script.__annotations__ = {"book": xlwings.Book}  # how Lite knows a script's workbook
    registered: Script = xlwings.script(name=button.label.text(language))(script)
    return registered
