"""Adds an extension to a running office for its user, saying yes to what it asks. Needs `uno`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

_MANAGER = "/singletons/com.sun.star.deployment.ExtensionManager"
_YES = "com.sun.star.task.XInteractionApprove"


class _Agreed(unohelper.Base, XInteractionHandler):
    def handle(self, request: Any) -> None:
        for answer in request.getContinuations():
            if answer.queryInterface(uno.getTypeByName(_YES)):
                answer.select()


class _Environment(unohelper.Base, XCommandEnvironment):
    InteractionHandler = _Agreed()
    ProgressHandler = None

    def getInteractionHandler(self) -> Any:
        return self.InteractionHandler

    def getProgressHandler(self) -> Any:
        return self.ProgressHandler


def add(context: Any, extension: Path) -> None:
    """Installs `extension`; it works after the office's next start."""
    manager = context.getValueByName(_MANAGER)
    manager.addExtension(extension.resolve().as_uri(), (), "user", None, _Environment())
